//! What a name needs of a text, worked out once when it is read: its key, its capitals, its punctuation.

use super::{
    SEPARATOR,
    builder::{Alias, Entry},
    index::folded_key,
};
use crate::tokens::{
    Gap, Tokens,
    fold::{is_apostrophe, is_invisible},
};

/// The most tokens that a name may have: as many as the bits of [`NameShape::capitals`].
pub(super) const MAX_TOKENS: usize = 32;

/// What stands between two words of a name without being said: spaces and hyphens.
pub(crate) const SOFT: Gap = Gap::SPACE.or(Gap::LINE).or(Gap::HYPHEN);

/// What a name needs of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NameShape {
    /// Its folded tokens with [`SEPARATOR`] between them.
    pub(super) key: String,
    pub(super) tokens: u8,
    /// Which tokens start with a capital.
    pub(super) capitals: u32,
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
    /// The shape of a name without white space at its ends.
    ///
    /// # Errors
    /// When the name can never match, in words.
    pub(super) fn of(name: &str, tokens: &mut Tokens) -> Result<NameShape, String> {
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
        folded_key(name, tokens, 0..n, SEPARATOR, &mut key);
        if key.split(SEPARATOR).any(str::is_empty) {
            return Err(format!(
                "name {name:?} has a word of marks alone, so it can never match"
            ));
        }
        let capitals = (0..n).fold(0, |bits, i| {
            bits | u32::from(tokens.shape(i).starts_upper()) << i
        });
        let punctuation = Punctuation::of(name, tokens);
        let bare = punctuation == Punctuation::default();
        Ok(NameShape {
            key,
            tokens: n as u8,
            capitals,
            punctuation: (!bare).then(|| Box::new(punctuation)),
        })
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

/// An entry as a file has it, with the shapes of its names.
#[derive(Clone, Debug)]
pub(super) struct ShapedEntry {
    pub(super) entry: Entry,
    /// For each alias of the entry.
    pub(super) shapes: Vec<NameShape>,
    /// The line, from 1; 0 where there is none.
    pub(super) line: u64,
    /// Does the line say the id?
    pub(super) has_own_id: bool,
}

impl ShapedEntry {
    /// Shapes the names of an entry; those that can never match are reported and left out.
    pub(super) fn new(
        mut entry: Entry,
        line: u64,
        has_own_id: bool,
        tokens: &mut Tokens,
        problem: &mut dyn FnMut(String),
    ) -> ShapedEntry {
        let mut shapes = Vec::with_capacity(entry.aliases.len());
        entry.aliases.retain_mut(|alias: &mut Alias| {
            if alias.text.trim().len() < alias.text.len() {
                alias.text = alias.text.trim().to_owned();
            }
            match NameShape::of(&alias.text, tokens) {
                Ok(shape) => {
                    shapes.push(shape);
                    true
                }
                Err(message) => {
                    problem(message);
                    false
                }
            }
        });
        ShapedEntry {
            entry,
            shapes,
            line,
            has_own_id,
        }
    }
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
