//! [`Condition`]: what a pattern asks of one word. The functions of characters are those of Python, which spaCy uses.

use regex::Regex;
use std::{borrow::Cow, cell::OnceCell, sync::LazyLock};

/// All tests must hold; without any it is every word.
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    pub(super) tests: Vec<Test>,
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    OneOf {
        field: Field,
        /// Sorted.
        values: Vec<Box<str>>,
        negative: bool,
    },
    Matches(Field, Regex),
    Length(Comparison, f64),
    LengthOneOf {
        values: Vec<u64>,
        negative: bool,
    },
    Flag(Flag, bool),
}

/// What a test reads of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Text,
    Lower,
    Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    Alpha,
    Ascii,
    Digit,
    Lower,
    Upper,
    Title,
    Punct,
    LikeNum,
}

/// A word, with what is worked out of it where a test asks.
pub(super) struct Surface<'t> {
    text: &'t str,
    lower: OnceCell<Cow<'t, str>>,
    shape: OnceCell<String>,
}

impl<'t> Surface<'t> {
    pub(super) fn of(text: &'t str) -> Surface<'t> {
        Surface {
            text,
            lower: OnceCell::new(),
            shape: OnceCell::new(),
        }
    }

    fn lower(&self) -> &str {
        self.lower.get_or_init(|| {
            let is_lower = |b: u8| b.is_ascii() && !b.is_ascii_uppercase();
            match self.text.bytes().all(is_lower) {
                true => Cow::Borrowed(self.text),
                false => Cow::Owned(self.text.to_lowercase()),
            }
        })
    }

    pub(super) fn field(&self, field: Field) -> &str {
        match field {
            Field::Text => self.text,
            Field::Lower => self.lower(),
            Field::Shape => self.shape.get_or_init(|| shape(self.text)),
        }
    }
}

impl Condition {
    pub(super) fn holds(&self, word: &Surface) -> bool {
        self.tests.iter().all(|test| test.holds(word))
    }

    /// The one text or lower-case form that a word must have, if nothing else is asked.
    pub(super) fn literal(&self) -> Option<(Field, &str)> {
        match (&self.tests[..], self.literals()) {
            ([_], Some((field, [value]))) => Some((field, value)),
            _ => None,
        }
    }

    /// The texts or lower-case forms that a word must have one of, where the condition says so.
    pub(super) fn literals(&self) -> Option<(Field, &[Box<str>])> {
        self.tests.iter().find_map(|test| match test {
            Test::OneOf {
                field: field @ (Field::Text | Field::Lower),
                values,
                negative: false,
            } => Some((*field, &values[..])),
            _ => None,
        })
    }
}

impl Test {
    fn holds(&self, word: &Surface) -> bool {
        match self {
            Test::OneOf {
                field,
                values,
                negative,
            } => {
                let value = word.field(*field);
                values.binary_search_by(|v| (**v).cmp(value)).is_ok() != *negative
            }
            Test::Matches(field, regex) => regex.is_match(word.field(*field)),
            Test::Length(comparison, value) => {
                let length = word.text.chars().count() as f64;
                match comparison {
                    Comparison::Equal => length == *value,
                    Comparison::NotEqual => length != *value,
                    Comparison::Less => length < *value,
                    Comparison::AtMost => length <= *value,
                    Comparison::More => length > *value,
                    Comparison::AtLeast => length >= *value,
                }
            }
            Test::LengthOneOf { values, negative } => {
                values.contains(&(word.text.chars().count() as u64)) != *negative
            }
            Test::Flag(flag, value) => flag.holds(word.text) == *value,
        }
    }
}

/// A class of characters that the standard library does not have.
fn class(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the classes are there")
}

static LETTERS: LazyLock<Regex> = LazyLock::new(|| class(r"^\p{L}+$"));
static MARKS: LazyLock<Regex> = LazyLock::new(|| class(r"^\p{P}+$"));
/// Decimal digits, and what else Unicode counts as a digit.
static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    class(concat!(
        r"^[\p{Nd}²³¹\u{1369}-\u{1371}\u{19DA}\u{2070}\u{2074}-\u{2079}\u{2080}-\u{2089}\u{2460}-\u{2468}\u{2474}-\u{247C}",
        r"\u{2488}-\u{2490}\u{24EA}\u{24F5}-\u{24FD}\u{24FF}\u{2776}-\u{277E}\u{2780}-\u{2788}\u{278A}-\u{2792}",
        r"\u{10A40}-\u{10A43}\u{10E60}-\u{10E68}\u{11052}-\u{1105A}\u{1F100}-\u{1F10A}]+$",
    ))
});

impl Flag {
    fn holds(self, text: &str) -> bool {
        match self {
            Flag::Alpha => is_alpha(text),
            Flag::Ascii => text.is_ascii(),
            Flag::Digit => is_digit(text),
            Flag::Lower => {
                !text.chars().any(|c| c.is_uppercase() || is_titlecase(c))
                    && text.chars().any(char::is_lowercase)
            }
            Flag::Upper => {
                !text.chars().any(|c| c.is_lowercase() || is_titlecase(c))
                    && text.chars().any(char::is_uppercase)
            }
            Flag::Title => is_title(text),
            Flag::Punct => match text.is_ascii() {
                true => text
                    .bytes()
                    .all(|b| b.is_ascii_punctuation() && !b"$+<=>^`|~".contains(&b)),
                false => MARKS.is_match(text),
            },
            Flag::LikeNum => is_like_number(text),
        }
    }
}

fn is_alpha(text: &str) -> bool {
    match text.is_ascii() {
        true => !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic()),
        false => LETTERS.is_match(text),
    }
}

fn is_digit(text: &str) -> bool {
    match text.is_ascii() {
        true => !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()),
        false => DIGITS.is_match(text),
    }
}

/// `ǅ` and its kind: one letter, the first half of it a capital.
fn is_titlecase(c: char) -> bool {
    matches!(
        c,
        'ǅ' | 'ǈ' | 'ǋ' | 'ǲ'
            | '\u{1f88}'..='\u{1f8f}'
            | '\u{1f98}'..='\u{1f9f}'
            | '\u{1fa8}'..='\u{1faf}'
            | '\u{1fbc}'
            | '\u{1fcc}'
            | '\u{1ffc}'
    )
}

/// Does every run of letters start with a capital and go on without one?
fn is_title(text: &str) -> bool {
    let (mut after_cased, mut any) = (false, false);
    for c in text.chars() {
        let upper = c.is_uppercase() || is_titlecase(c);
        if upper && after_cased || c.is_lowercase() && !after_cased {
            return false;
        }
        after_cased = upper || c.is_lowercase();
        any |= after_cased;
    }
    any
}

/// A number in digits or in words, as English spaCy has it.
fn is_like_number(text: &str) -> bool {
    const NUMBERS: &[&str] = &[
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
        "hundred",
        "thousand",
        "million",
        "billion",
        "trillion",
        "quadrillion",
        "quintillion",
        "sextillion",
        "septillion",
        "octillion",
        "nonillion",
        "decillion",
        "gajillion",
        "bazillion",
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
        "thirtieth",
        "fortieth",
        "fiftieth",
        "sixtieth",
        "seventieth",
        "eightieth",
        "ninetieth",
        "hundredth",
        "thousandth",
        "millionth",
        "billionth",
        "trillionth",
        "quadrillionth",
        "quintillionth",
        "sextillionth",
        "septillionth",
        "octillionth",
        "nonillionth",
        "decillionth",
        "gajillionth",
        "bazillionth",
    ];
    let text = text.strip_prefix(['+', '-', '±', '~']).unwrap_or(text);
    let text: String = text.chars().filter(|c| !matches!(c, ',' | '.')).collect();
    if is_digit(&text) {
        return true;
    }
    if let Some((above, below)) = text.split_once('/')
        && is_digit(above)
        && is_digit(below)
    {
        return true;
    }
    let lower = text.to_lowercase();
    NUMBERS.contains(&&*lower)
        || ["st", "nd", "rd", "th"]
            .iter()
            .any(|ending| lower.strip_suffix(ending).is_some_and(is_digit))
}

/// `Xxxx` for `Korea`, `XX-dd` for `AK-47`: letters as `X` and `x`, digits as `d`, runs of one of them at most four long.
fn shape(text: &str) -> String {
    if text.chars().count() >= 100 {
        return "LONG".to_owned();
    }
    let mut shape = String::new();
    let (mut last, mut run) = (None, 0);
    let mut buffer = [0; 4];
    for c in text.chars() {
        let s: &str = c.encode_utf8(&mut buffer);
        let class = match c {
            _ if is_alpha(s) => match c.is_uppercase() {
                true => 'X',
                false => 'x',
            },
            _ if is_digit(s) => 'd',
            c => c,
        };
        run = if last == Some(class) { run + 1 } else { 0 };
        last = Some(class);
        if run < 4 {
            shape.push(class);
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_and_flags_are_those_of_python() {
        for (word, expected) in [
            ("Hwasong-18", "Xxxxx-dd"),
            ("UNESCO", "XXXX"),
            ("1234567", "dddd"),
            ("’s", "’x"),
            ("Köln", "Xxxx"),
            ("ǅ²", "xd"),
            ("北京", "xx"),
        ] {
            assert_eq!(shape(word), expected, "{word}");
        }
        use Flag::*;
        for (word, flags) in [
            ("Korea", &[Alpha, Ascii, Title][..]),
            ("korea", &[Alpha, Ascii, Lower]),
            ("IAEA", &[Alpha, Ascii, Upper]),
            ("O’Neill", &[Title]),
            ("U.S.", &[Ascii, Upper, Title]),
            ("T-72b3", &[Ascii]),
            ("10", &[Ascii, Digit, LikeNum]),
            ("1,000.5", &[Ascii, LikeNum]),
            ("3/4", &[Ascii, LikeNum]),
            ("Third", &[Alpha, Ascii, Title, LikeNum]),
            ("21st", &[Ascii, Lower, LikeNum]),
            ("²", &[Digit, LikeNum]),
            ("٣", &[Digit, LikeNum]),
            ("½", &[]),
            ("Ⅷ", &[Upper, Title]),
            ("ǅ", &[Alpha, Title]),
            ("北", &[Alpha]),
            ("e\u{301}", &[Lower]),
            ("--", &[Ascii, Punct]),
            ("$", &[Ascii]),
            ("“", &[Punct]),
            ("🚀", &[]),
        ] {
            let found: Vec<Flag> = [Alpha, Ascii, Digit, Lower, Upper, Title, Punct, LikeNum]
                .into_iter()
                .filter(|f| f.holds(word))
                .collect();
            assert_eq!(found, flags, "{word}");
        }
    }
}
