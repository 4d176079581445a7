//! Classes of characters, as spaCy's rules have them: letters of the scripts that it knows, marks, quotes, currencies, symbols.

use regex::Regex;
use std::sync::LazyLock;

/// A letter.
pub(super) fn is_alpha(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii() && (is_cased_script(c) || is_uncased(c))
}

/// A small letter, or one of a script that has no capitals.
pub(super) fn is_lower(c: char) -> bool {
    match c.is_ascii() {
        true => c.is_ascii_lowercase(),
        false => c.is_lowercase() && is_cased_script(c) || is_uncased(c),
    }
}

/// A capital, or a letter of a script that has none.
pub(super) fn is_upper(c: char) -> bool {
    match c.is_ascii() {
        true => c.is_ascii_uppercase(),
        false => c.is_uppercase() && is_cased_script(c) || is_uncased(c),
    }
}

/// Latin, and the letters of modern Greek, Russian, Ukrainian, Macedonian and Tatar.
fn is_cased_script(c: char) -> bool {
    match c {
        '\u{d7}' | '\u{f7}' | '\u{1c0}'..='\u{1c3}' => false,
        '\u{c0}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' => true,
        '\u{1d00}'..='\u{1d25}' | '\u{1d6b}'..='\u{1d77}' | '\u{1d79}'..='\u{1d9a}' => true,
        '\u{2c60}'..='\u{2c7b}' | '\u{2c7e}' | '\u{2c7f}' => true,
        '\u{a722}'..='\u{a76f}' | '\u{a771}'..='\u{a787}' | '\u{a78b}'..='\u{a78e}' => true,
        '\u{a790}'..='\u{a7b9}' | '\u{a7fa}' | '\u{ab30}'..='\u{ab5a}' => true,
        '\u{ab60}'..='\u{ab64}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => true,
        'α'..='ω' | 'Α'..='Ω' => true,
        'а'..='я' | 'А'..='Я' => true,
        _ => "άέίόώήύΆΈΊΌΏΉΎёЁіїєґІЇЄҐѓѕјљњќѐѝЃЅЈЉЊЌЀЍәөүҗңһӘӨҮҖҢҺ".contains(c),
    }
}

/// What stands in the blocks of scripts without capitals, signs and marks included.
fn is_uncased(c: char) -> bool {
    matches!(c,
        // Hebrew, Arabic.
        '\u{591}'..='\u{5f4}' | '\u{fb1d}'..='\u{fb4f}'
        | '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{6d5}' | '\u{6e5}'..='\u{6ff}' | '\u{750}'..='\u{77f}'
        | '\u{8a0}'..='\u{8bd}' | '\u{fb50}'..='\u{fbb1}' | '\u{fbd3}'..='\u{fd3d}' | '\u{fd50}'..='\u{fdc7}'
        | '\u{fdf0}'..='\u{fdfb}' | '\u{fe70}'..='\u{fefc}' | '\u{1ee00}'..='\u{1eebb}'
        // Devanagari, Bengali; Tamil; Telugu, Kannada; Sinhala; Ethiopic.
        | '\u{900}'..='\u{9ff}' | '\u{b80}'..='\u{bff}' | '\u{c00}'..='\u{cff}' | '\u{d80}'..='\u{dff}'
        | '\u{1200}'..='\u{137f}'
        // Korean, Japanese, Chinese.
        | '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' | '\u{3000}'..='\u{30ff}'
        | '\u{2e80}'..='\u{2fdf}' | '\u{2ff0}'..='\u{2fff}' | '\u{31c0}'..='\u{31ef}'
        | '\u{3200}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{1f200}'..='\u{1f2ff}' | '\u{20000}'..='\u{2a6df}'
        | '\u{2a700}'..='\u{2ebef}' | '\u{2f800}'..='\u{2fa1f}')
}

/// A mark that is parted from a word at both its ends.
pub(super) fn is_mark(c: char) -> bool {
    "…,:;!?¿؟¡()[]{}<>_#*&。？！，、；：～·।،۔؛٪".contains(c)
}

/// A quotation mark, or a bracket of East Asia.
pub(super) fn is_quote(c: char) -> bool {
    "'\"”“`‘´’‚,„»«「」『』（）〔〕【】《》〈〉〈〉⟦⟧".contains(c)
}

/// A sign of a currency.
pub(super) fn is_currency(c: char) -> bool {
    matches!(
        c,
        '$' | '£' | '€' | '¥' | '฿' | '﷼' | '\u{20a0}'..='\u{20bf}'
    )
}

/// A symbol that is none of mathematics and of currencies, if Unicode 11 had it: emoji among them.
pub(super) fn is_icon(c: char) -> bool {
    static ICONS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^[\p{So}&&\p{Age=11.0}]$").expect("the expression is a constant")
    });
    // No letter is one, and these are most of what is asked for.
    !c.is_ascii() && !c.is_alphabetic() && ICONS.is_match(c.encode_utf8(&mut [0; 4]))
}
