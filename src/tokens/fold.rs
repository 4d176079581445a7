//! Folding: the form in which texts and names are compared. One function serves both.
//!
//! Folding takes away case, diacritics, width and other compatibility forms, tatweel, and characters that show nothing (soft hyphen,
//! zero-width). `Köln`, `KOLN` and `ｋöｌｎ` fold to `koln`, `ﬁ` to `fi`, `İran` to `iran`, `ß` to `ss`.

use std::sync::OnceLock;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What a character that is not ASCII means for the division into tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Part of a word.
    Letter,
    /// A word of its own: scripts that put no space between words.
    Single,
    /// A decimal digit.
    Digit,
    /// Goes with the character before it: marks, and what shows nothing.
    Extend,
    /// Not part of a token.
    Gap,
}

/// The class of a character that is not ASCII. Worked out for pages of 256 characters when one of them is first asked for: the general
/// look-up costs a text in Hindi or Russian a quarter of its time.
pub(crate) fn class(c: char) -> Class {
    static PAGES: [OnceLock<Box<[Class; 256]>>; 256] = [const { OnceLock::new() }; 256];
    let code = c as usize;
    let Some(page) = PAGES.get(code >> 8) else {
        return work_out_class(c);
    };
    let work_out = || {
        Box::new(std::array::from_fn(|low| {
            let c = char::from_u32((code & !0xff | low) as u32);
            c.map_or(Class::Gap, work_out_class)
        }))
    };
    page.get_or_init(work_out)[code & 0xff]
}

fn work_out_class(c: char) -> Class {
    match c {
        _ if is_apostrophe(c) => Class::Gap,
        _ if is_invisible(c) => Class::Extend,
        // Quotation marks, dashes, bullets: most of what is not ASCII in English text.
        '\u{2010}'..='\u{2070}' => Class::Gap,
        // Letters with accents: most of the rest.
        '\u{c0}'..='\u{24f}' if c != '×' && c != '÷' => Class::Letter,
        _ if digit(c).is_some() => Class::Digit,
        // Footnote marks behind a word are no part of it.
        'ª' | 'º' => Class::Gap,
        _ if is_combining_mark(c) => Class::Extend,
        _ if is_unspaced(c) => Class::Single,
        _ if c.is_alphabetic() => Class::Letter,
        _ => Class::Gap,
    }
}

/// Characters that show nothing and stand inside words: soft hyphen, zero-width, direction marks, variation selectors, tatweel.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{640}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Apostrophes of all kinds, the letters that look like one included.
pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '’'
            | '‘'
            | '‛'
            | 'ʼ'
            | 'ʻ'
            | 'ʽ'
            | 'ʾ'
            | 'ʿ'
            | 'ʹ'
            | '´'
            | '`'
            | '′'
            | '＇'
            | 'ꞌ'
    )
}

/// Scripts that put no space between words: Han, Hiragana, Thai, Lao, Khmer, Myanmar.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{309f}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3fffd}')
        && c.is_alphabetic()
}

/// The value of a decimal digit of the scripts that news mixes in: full width, Arabic, Persian, Devanagari, Bengali.
fn digit(c: char) -> Option<u8> {
    let zero = match c {
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{966}'..='\u{96f}' => 0x966,
        '\u{9e6}'..='\u{9ef}' => 0x9e6,
        _ => return None,
    };
    Some((c as u32 - zero) as u8)
}

/// Marks that folding drops: accents of Latin, Greek and Cyrillic, vowel points of Arabic and Hebrew. The vowel signs of Indic and
/// Thai scripts are no decoration and stay.
fn is_dropped_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Appends the folded form of a token to `out`.
pub(crate) fn fold(token: &str, out: &mut String) {
    if token.is_ascii() && !token.contains('.') {
        let start = out.len();
        out.push_str(token);
        out[start..].make_ascii_lowercase();
        return;
    }
    fold_keeping_case(token, |c| {
        out.extend(c.to_lowercase().filter(|&c| !is_dropped_mark(c)))
    });
}

/// Appends the folded form, but with the case as it stands, to `out`: what an exact match compares.
pub(crate) fn fold_case(token: &str, out: &mut String) {
    fold_keeping_case(token, |c| out.push(c));
}

#[inline]
fn fold_keeping_case(token: &str, mut push: impl FnMut(char)) {
    for c in token.chars() {
        if c.is_ascii() {
            // The periods of a dotted acronym are the only other thing inside a token.
            if c != '.' {
                push(c);
            }
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        if let Some(d) = digit(c) {
            push((b'0' + d) as char);
            continue;
        }
        // Letters that no decomposition takes apart but that newsrooms write without their stroke.
        let plain = match c {
            'ß' => "ss",
            'ẞ' => "SS",
            'ø' => "o",
            'Ø' => "O",
            'ł' => "l",
            'Ł' => "L",
            'đ' | 'ð' => "d",
            'Đ' | 'Ð' => "D",
            'ħ' => "h",
            'Ħ' => "H",
            'ı' => "i",
            'æ' => "ae",
            'Æ' => "AE",
            'œ' => "oe",
            'Œ' => "OE",
            'þ' => "th",
            'Þ' => "TH",
            'ə' => "e",
            // The sigma at the end of a word is no other letter.
            'ς' => "σ",
            'Ə' => "E",
            _ => "",
        };
        if !plain.is_empty() {
            plain.chars().for_each(&mut push);
            continue;
        }
        for d in std::iter::once(c).nfkd() {
            // The decomposition of a compatibility form may hold what the rules above speak of (`ǿ` is `ø` and an accent).
            match d {
                'ø' => push('o'),
                'Ø' => push('O'),
                'æ' => "ae".chars().for_each(&mut push),
                'Æ' => "AE".chars().for_each(&mut push),
                _ if is_dropped_mark(d) || is_invisible(d) => {}
                _ => push(d),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(token: &str) -> String {
        let mut out = String::new();
        fold(token, &mut out);
        out
    }

    #[test]
    fn forms_of_one_word_fold_alike() {
        for (form, expected) in [
            ("Köln", "koln"),
            ("KO\u{308}LN", "koln"),
            ("ｋｏ\u{ad}ln", "koln"),
            ("İstanbul", "istanbul"),
            ("ıstanbul", "istanbul"),
            ("ﬁre", "fire"),
            ("STRASSE", "strasse"),
            ("straße", "strasse"),
            ("U.S.", "us"),
            ("Łódź", "lodz"),
            ("Зеле\u{301}нский", "зеленскии"),
            ("إيران", "ايران"),
            ("Ⅷ", "viii"),
            ("１４", "14"),
            ("٣", "3"),
            ("Ǿ", "o"),
        ] {
            assert_eq!(folded(form), expected, "{form}");
        }
    }

    #[test]
    fn exact_form_keeps_case_and_drops_the_rest() {
        let mut out = String::new();
        fold_case("ＵＳ", &mut out);
        fold_case("Hwasŏng", &mut out);
        assert_eq!(out, "USHwasong");
    }

    #[test]
    fn every_character_has_the_class_that_is_worked_out_for_it() {
        for c in '\u{80}'..=char::MAX {
            assert_eq!(class(c), work_out_class(c), "{c:?}");
        }
    }

    #[test]
    fn classes_of_characters() {
        assert_eq!(class('é'), Class::Letter);
        assert_eq!(class('北'), Class::Single);
        assert_eq!(class('イ'), Class::Letter);
        assert_eq!(class('\u{301}'), Class::Extend);
        assert_eq!(class('\u{ad}'), Class::Extend);
        assert_eq!(class('１'), Class::Digit);
        assert_eq!(class('²'), Class::Gap);
        assert_eq!(class('’'), Class::Gap);
        assert_eq!(class('🚀'), Class::Gap);
    }
}
