//! What is wrong with characters: spaces, encodings, scripts.

use crate::tokens::fold::is_invisible;
use encoding_rs::WINDOWS_1252;
use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The line without control characters and those that show nothing; none where it has none.
///
/// Joiners stay between letters that are not Latin: Persian and the scripts of India spell with them.
pub(super) fn without_invisible(line: &str) -> Option<String> {
    let is_odd = |c: char| c != '\t' && c.is_control() || is_invisible(c) && c != '\u{640}';
    if !line.contains(is_odd) {
        return None;
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let between = |d: Option<char>| d.is_some_and(|d| d.is_alphabetic() && script(d).is_none());
        let spells = matches!(c, '\u{200c}' | '\u{200d}')
            && between(out.chars().next_back())
            && between(rest.peek().copied());
        let is_emoji = matches!(c, '\u{200d}' | '\u{fe0f}')
            && !between(out.chars().next_back())
            && out.chars().next_back().is_some_and(|d| d as u32 > 0x2000);
        if !is_odd(c) || spells || is_emoji {
            out.push(c);
        }
    }
    (out != line).then_some(out)
}

/// The line with one space of the plain kind between words and none at the ends of cells; none where it is so.
pub(super) fn with_plain_spaces(line: &str) -> Option<String> {
    let odd = |c: char| c.is_whitespace() && c != ' ' && c != '\t' && !c.is_control();
    let line: Cow<'_, str> = match line.is_ascii() || !line.contains(odd) {
        true => Cow::Borrowed(line),
        false => Cow::Owned(line.replace(odd, " ")),
    };
    let is_space = |b: u8| b == b' ' || b == b'\t';
    let is_stray = |p: &[u8]| p[0] == b' ' && is_space(p[1]) || p[0] == b'\t' && p[1] == b' ';
    if !line.as_bytes().windows(2).any(is_stray) && !line.starts_with(' ') && !line.ends_with(' ') {
        return match line {
            Cow::Borrowed(_) => None,
            Cow::Owned(line) => Some(line),
        };
    }
    let cells = line.split('\t').map(|cell| {
        let words = cell.split(' ').filter(|w| !w.is_empty());
        words.collect::<Vec<_>>().join(" ")
    });
    Some(cells.collect::<Vec<_>>().join("\t"))
}

/// The line in NFC; none where it is.
pub(super) fn to_nfc(line: &str) -> Option<String> {
    (!line.is_ascii() && !is_nfc(line)).then(|| line.nfc().collect())
}

/// The line with words that are UTF-8 read as Windows-1252 read as what they are; none where there is none.
pub(super) fn without_mojibake(line: &str) -> Option<String> {
    if line.is_ascii() {
        return None;
    }
    let mut out = String::with_capacity(line.len());
    for word in line.split_inclusive([' ', '\t']) {
        match repaired(word) {
            Some(word) => out.push_str(&word),
            None => out.push_str(word),
        }
    }
    (out != line).then_some(out)
}

/// What a word was before it was read as Windows-1252, perhaps twice; none if no UTF-8 is behind it.
fn repaired(word: &str) -> Option<String> {
    if word.is_ascii() {
        return None;
    }
    let (bytes, _, unmappable) = WINDOWS_1252.encode(word);
    let text = std::str::from_utf8(&bytes).ok().filter(|_| !unmappable)?;
    Some(repaired(text).unwrap_or_else(|| text.to_owned()))
}

/// Scripts whose letters look like each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Greek,
    Cyrillic,
}

/// The script of a letter, if it is one of these.
pub(super) fn script(c: char) -> Option<Script> {
    match c {
        'µ' => None,
        'a'..='z' | 'A'..='Z' | 'ª' | 'º' | 'À'..='ɏ' | 'Ḁ'..='ỿ' if c.is_alphabetic() => {
            Some(Script::Latin)
        }
        'Ͱ'..='Ͽ' | 'ἀ'..='῾' if c.is_alphabetic() => Some(Script::Greek),
        'Ѐ'..='ԯ' if c.is_alphabetic() => Some(Script::Cyrillic),
        _ => None,
    }
}

/// Letters of Cyrillic and Greek, and the Latin ones that they look like.
const LOOK_ALIKES: [(char, char); 50] = [
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('х', 'x'),
    ('у', 'y'),
    ('і', 'i'),
    ('ѕ', 's'),
    ('ј', 'j'),
    ('һ', 'h'),
    ('ԁ', 'd'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('У', 'Y'),
    ('І', 'I'),
    ('Ѕ', 'S'),
    ('Ј', 'J'),
    ('Ү', 'Y'),
    ('Ԛ', 'Q'),
    ('Ԝ', 'W'),
    ('ӏ', 'l'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
    ('ο', 'o'),
    ('ν', 'v'),
    ('ι', 'i'),
];

/// The Latin letter that a letter looks like.
fn latin(c: char) -> Option<char> {
    LOOK_ALIKES.iter().find(|(l, _)| *l == c).map(|(_, l)| *l)
}

/// The letter of another script that a Latin letter looks like.
fn other(c: char, wanted: Script) -> Option<char> {
    let mut alike = LOOK_ALIKES.iter().filter(|(_, l)| *l == c);
    alike
        .find(|(o, _)| script(*o) == Some(wanted))
        .map(|(o, _)| *o)
}

/// A word of a name whose letters are of a script that they should not be of.
#[derive(Debug, PartialEq)]
pub(super) struct Disguised<'a> {
    pub(super) word: &'a str,
    /// Are its own letters of two scripts? Else those of its neighbours are of another one.
    pub(super) mixed: bool,
    /// The word in one script, where all letters of the other have a twin in it.
    pub(super) plain: Option<String>,
}

/// The first such word of a name.
pub(super) fn disguised(name: &str) -> Option<Disguised<'_>> {
    if name.is_ascii() {
        return None;
    }
    let words = || {
        name.split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
    };
    let count = |word: &str, wanted| word.chars().filter(|c| script(*c) == Some(wanted)).count();
    let mut latin_beside = false;
    for word in words() {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let [l, g, c] = [Script::Latin, Script::Greek, Script::Cyrillic].map(|s| count(word, s));
        latin_beside |= l == letters && l > 1;
        let foreign = if c >= g {
            Script::Cyrillic
        } else {
            Script::Greek
        };
        if l > 0 && g + c > 0 {
            let to_latin = || {
                word.chars()
                    .map(|c| {
                        if c.is_ascii_digit() || script(c) == Some(Script::Latin) {
                            Some(c)
                        } else {
                            latin(c)
                        }
                    })
                    .collect::<Option<String>>()
            };
            let to_other = || {
                word.chars()
                    .map(|c| {
                        if script(c) == Some(Script::Latin) {
                            other(c, foreign)
                        } else {
                            Some(c)
                        }
                    })
                    .collect::<Option<String>>()
            };
            let plain = match l >= g + c {
                true => to_latin().or_else(to_other),
                false => to_other().or_else(to_latin),
            };
            return Some(Disguised {
                word,
                mixed: true,
                plain,
            });
        }
    }
    let looks_latin =
        |word: &&str| word.chars().count() > 1 && word.chars().all(|c| latin(c).is_some());
    let word = words().find(looks_latin).filter(|_| latin_beside)?;
    Some(Disguised {
        word,
        mixed: false,
        plain: word.chars().map(latin).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mojibake_is_told_from_letters_that_are_meant() {
        for (bad, good) in [
            ("KÃ¶ln", "Köln"),
            ("Oâ€™Neill", "O’Neill"),
            ("x\tÐœÐ¾Ñ\u{81}ÐºÐ²Ð°", "x\tМосква"),
            ("SÃƒÂ£o Paulo", "São Paulo"),
        ] {
            assert_eq!(without_mojibake(bad).as_deref(), Some(good), "{bad}");
        }
        for good in [
            "Köln",
            "São Tomé",
            "Ã",
            "Москва",
            "10 µm",
            "Åland – Â",
            "İstanbul",
            "café",
        ] {
            assert_eq!(without_mojibake(good), None, "{good}");
        }
    }

    #[test]
    fn joiners_that_spell_and_emoji_stay() {
        assert_eq!(
            without_invisible("می\u{200c}خواهم 👩\u{200d}👧 ❤\u{fe0f}"),
            None
        );
        assert_eq!(
            without_invisible("Ki\u{200b}ev\u{7}").as_deref(),
            Some("Kiev")
        );
        assert_eq!(without_invisible("a\u{200c}b").as_deref(), Some("ab"));
    }

    #[test]
    fn words_in_disguise_are_found() {
        let of = |name| disguised(name).map(|d| (d.mixed, d.plain));
        assert_eq!(of("Нamas"), Some((true, Some("Hamas".to_owned()))));
        assert_eq!(of("МоскBа"), Some((true, Some("МоскВа".to_owned()))));
        assert_eq!(of("Putиn"), Some((true, None)));
        assert_eq!(of("АТО Group"), Some((false, Some("ATO".to_owned()))));
        for good in ["СССР", "С-400", "Köln", "Ελλάδα", "TAURUS КЕПД 350", "µm"] {
            assert_eq!(of(good), None, "{good}");
        }
    }
}
