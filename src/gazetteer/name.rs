//! What a name needs of a text, worked out once when it is read: its key and its punctuation.

use crate::tokens::{
    Gap, Tokens,
    fold::{self, is_apostrophe, is_invisible},
};

/// The most tokens that a name may have.
pub(super) const MAX_TOKENS: usize = 32;

/// Stands between the folded tokens of a key: no token holds it, and it sorts before everything that one can hold.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// What stands between two words of a name without being said: spaces and hyphens.
pub(crate) const SOFT: Gap = Gap::SPACE.or(Gap::LINE).or(Gap::HYPHEN);

/// What a name needs of a text, its key apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NameShape {
    pub(super) tokens: u8,
    /// What few names have.
    pub(super) punctuation: Option<Box<Punctuation>>,
}

/// The punctuation that a name needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Punctuation {
    /// What must stand in each inner gap, with [`SEPARATOR`] between them; empty when spaces and hyphens do.
    pub(super) gaps: String,
    /// What must stand before the first token.
    pub(super) lead: String,
    /// What must stand behind the last token.
    pub(super) trail: String,
}

impl NameShape {
    /// The shape of a name without white space at its ends. Its key (the folded tokens with [`SEPARATOR`] between them: names with
    /// the same key are forms of one name) is appended to `keys`.
    ///
    /// # Errors
    /// When the name can never match, in words.
    pub(super) fn of(
        name: &str,
        tokens: &mut Tokens,
        keys: &mut Vec<u8>,
    ) -> Result<NameShape, String> {
        if let Some(tokens) = plain_key(name.as_bytes(), keys) {
            return Ok(NameShape {
                tokens,
                punctuation: None,
            });
        }
        tokens.fill(name, 0);
        let n = tokens.len();
        if n == 0 {
            return Err(format!(
                "name {name:?} has no letter and no digit, so it can never match"
            ));
        }
        if n > MAX_TOKENS {
            return Err(format!(
                "name {name:?} has {n} words and numbers, the most is {MAX_TOKENS}"
            ));
        }
        let mut key = String::with_capacity(name.len());
        folded_key(name, tokens, &mut key);
        if key.split(SEPARATOR).any(str::is_empty) {
            return Err(format!(
                "name {name:?} has a word of marks alone, so it can never match"
            ));
        }
        keys.extend_from_slice(key.as_bytes());
        let punctuation = Punctuation::of(name, tokens);
        let bare = punctuation == Punctuation::default();
        Ok(NameShape {
            tokens: n as u8,
            punctuation: (!bare).then(|| Box::new(punctuation)),
        })
    }
}

/// Can a text hold this name?
///
/// # Errors
/// When none can, in words.
pub(crate) fn can_match(name: &str) -> Result<(), String> {
    NameShape::of(name, &mut Tokens::default(), &mut Vec::new()).map(drop)
}

/// Appends the key of a name of ASCII letters and digits with one space or hyphen between its words, as most names are, and says how
/// many tokens it has. Other names are left to the division into tokens: it gives the same for these, ten times as slowly.
fn plain_key(name: &[u8], keys: &mut Vec<u8>) -> Option<u8> {
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        Letter,
        Digit,
        Gap,
    }
    let start = keys.len();
    let (mut before, mut tokens) = (Kind::Gap, 0);
    for &b in name {
        let kind = match b {
            b'a'..=b'z' | b'A'..=b'Z' => Kind::Letter,
            b'0'..=b'9' => Kind::Digit,
            b' ' | b'-' if before != Kind::Gap => Kind::Gap,
            _ => {
                keys.truncate(start);
                return None;
            }
        };
        if kind != Kind::Gap {
            if kind != before {
                if tokens > 0 {
                    keys.push(SEPARATOR as u8);
                }
                tokens += 1;
            }
            keys.push(b.to_ascii_lowercase());
        }
        before = kind;
    }
    if before == Kind::Gap || tokens > MAX_TOKENS {
        keys.truncate(start);
        return None;
    }
    Some(tokens as u8)
}

/// The folded tokens of a name, joined: its key.
pub(crate) fn folded_key(name: &str, tokens: &Tokens, out: &mut String) {
    for i in 0..tokens.len() {
        if i > 0 {
            out.push(SEPARATOR);
        }
        fold::fold(&name[tokens.span(i).range()], out);
    }
}

impl Punctuation {
    fn of(name: &str, tokens: &Tokens) -> Punctuation {
        let n = tokens.len();
        let mut gaps = String::new();
        let is_dash = |gap: Gap| gap == Gap::HYPHEN | Gap::SPACE;
        if (1..n).any(|i| !tokens.gap(i).within(SOFT) || is_dash(tokens.gap(i))) {
            for i in 1..n {
                if i > 1 {
                    gaps.push(SEPARATOR);
                }
                let gap = tokens.gap(i);
                if is_dash(gap) {
                    gaps.push_str("- ");
                } else if !gap.within(SOFT) {
                    let between = &name[tokens.span(i - 1).end..tokens.span(i).start];
                    let needed = normal_punctuation(between);
                    // Periods and spaces leave nothing.
                    gaps.push_str(if needed.is_empty() { "." } else { &needed });
                    // `Workers' Party` has a space that `O'Neill` has not.
                    if needed == "'" && gap.has(Gap::SPACE) {
                        gaps.push(' ');
                    }
                }
            }
        }
        Punctuation {
            gaps,
            lead: visible(&name[..tokens.span(0).start]),
            trail: visible(&name[tokens.span(n - 1).end..]),
        }
    }
}

/// Punctuation without characters that show nothing.
fn visible(punctuation: &str) -> String {
    punctuation.chars().filter(|&c| !is_invisible(c)).collect()
}

/// The punctuation of a gap in its normal form: no spaces, no periods, no characters that show nothing; one kind of hyphen,
/// apostrophe and quotation mark; no width.
pub(crate) fn normal_punctuation(gap: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut out = String::new();
    // An accent that stands for an apostrophe would be taken apart.
    let plain = gap.chars().map(|c| if is_apostrophe(c) { '\'' } else { c });
    for c in plain.nfkc() {
        match c {
            _ if c.is_whitespace() || c == '.' || is_invisible(c) => {}
            '\u{2010}'..='\u{2013}' | '\u{2212}' => out.push('-'),
            '“' | '”' | '„' | '«' | '»' => out.push('"'),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_have_the_key_that_the_division_into_tokens_gives() {
        let mut rng = fastrand::Rng::with_seed(3);
        let mut plain = 0;
        for _ in 0..20_000 {
            let n = rng.usize(1..12);
            let name: String = (0..n)
                .map(|_| *rng.choice(b"aZk19 -.'").expect("not empty") as char)
                .collect();
            let mut keys = Vec::new();
            let Some(count) = plain_key(name.as_bytes(), &mut keys) else {
                assert!(keys.is_empty());
                continue;
            };
            plain += 1;
            let tokens = Tokens::of(&name);
            let mut key = String::new();
            folded_key(&name, &tokens, &mut key);
            assert_eq!(
                (key.as_bytes(), tokens.len()),
                (&keys[..], count as usize),
                "{name:?}"
            );
            assert_eq!(
                Punctuation::of(&name, &tokens),
                Punctuation::default(),
                "{name:?}"
            );
        }
        assert!(plain > 1000, "only {plain} names were plain");
    }
}
