//! The Aho-Corasick engine, over a folded copy of the text: for aliases that match inside words, and as the reference that the token
//! index is tested against. The only importer of the aho-corasick crate.

use super::{
    Look, Match,
    policy::{Refusal, Verifier},
};
use crate::{
    document::AliasId,
    gazetteer::{AliasRow, Part, SEPARATOR},
    span::Span,
    tokens::{Tokens, fold},
};
use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// The folded tokens of a text with a separator before, between and behind them, and where each starts.
#[derive(Debug, Default)]
pub(super) struct FoldedText {
    folded: String,
    starts: Vec<u32>,
}

impl FoldedText {
    pub(super) fn fill(&mut self, text: &str, tokens: &Tokens) {
        self.folded.clear();
        self.starts.clear();
        self.folded.push(SEPARATOR);
        for i in 0..tokens.len() {
            self.starts.push(self.folded.len() as u32);
            fold::fold(&text[tokens.span(i).range()], &mut self.folded);
            self.folded.push(SEPARATOR);
        }
    }

    /// The token that a byte of the folded text lies in.
    fn token(&self, at: usize) -> usize {
        self.starts.partition_point(|&s| s as usize <= at) - 1
    }
}

/// An automaton over folded names.
#[derive(Debug)]
pub(super) struct Automaton {
    automaton: AhoCorasick,
    /// For each pattern its alias in the part; of the aliases of one key the first.
    aliases: Vec<u32>,
}

impl Automaton {
    /// Of all keys, with a separator at both ends: whole tokens.
    pub(super) fn of_keys(part: &Part) -> Automaton {
        Automaton::of(part, part.keys(), &SEPARATOR.to_string())
    }

    /// Of the aliases that match inside words.
    pub(super) fn of_substrings(part: &Part) -> Automaton {
        Automaton::of(part, part.substrings(), "")
    }

    fn of(part: &Part, aliases: impl Iterator<Item = u32>, ends: &str) -> Automaton {
        // Every word of a key has letters but in a damaged gazetteer.
        let keys = aliases
            .map(|alias| (alias, part.alias_key(alias)))
            .filter(|(_, key)| !key.split(SEPARATOR).any(str::is_empty));
        let (aliases, keys): (Vec<u32>, Vec<String>) = keys
            .map(|(alias, key)| (alias, format!("{ends}{key}{ends}")))
            .unzip();
        Automaton {
            automaton: build(&keys),
            aliases,
        }
    }

    /// Collects every run of tokens that is a key.
    pub(super) fn find_keys(&self, text: &FoldedText, found: &mut Vec<Look>) {
        for m in self.automaton.find_overlapping_iter(&text.folded) {
            let separator = SEPARATOR.len_utf8();
            let (first, last) = (
                text.token(m.start() + separator),
                text.token(m.end() - separator),
            );
            found.push(Look {
                first: first as u32,
                last: last as u32,
                alias: self.aliases[m.pattern().as_usize()],
            });
        }
    }

    /// Gives every place where an alias stands, inside a word or not, and whether its policies allow it there, contexts apart.
    pub(super) fn find_substrings(
        &self,
        verify: &Verifier<'_>,
        folded: &FoldedText,
        mut give: impl FnMut(Match, &AliasRow, Result<(), Refusal>),
    ) {
        for m in self.automaton.find_overlapping_iter(&folded.folded) {
            let Verifier {
                part, text, tokens, ..
            } = *verify;
            let alias = self.aliases[m.pattern().as_usize()];
            let (first, last) = (folded.token(m.start()), folded.token(m.end() - 1));
            let start = unfolded(
                text,
                tokens.span(first),
                m.start() - folded.starts[first] as usize,
            );
            let end = unfolded(
                text,
                tokens.span(last),
                m.end() - folded.starts[last] as usize,
            );
            let (Some(start), Some(end)) = (start, end) else {
                continue;
            };
            let span = Span { start, end };
            let Some(row) = part.aliases().row(alias) else {
                continue;
            };
            let name = Match {
                span,
                alias: AliasId(part.first_alias + alias),
                first: first as u32,
                last: last as u32,
            };
            let allowed = verify.substring_allows(first, last, span, alias, &row);
            give(name, &row, allowed);
        }
    }
}

fn build(patterns: &[String]) -> AhoCorasick {
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(patterns)
        .expect("the names take less than the 4 GiB that an automaton may have")
}

/// The byte of the text at which the folded form of `token` has this length; none inside a character.
fn unfolded(text: &str, token: Span, folded_len: usize) -> Option<usize> {
    let mut folded = String::new();
    for (i, c) in text[token.range()].char_indices() {
        if folded.len() >= folded_len {
            return (folded.len() == folded_len).then_some(token.start + i);
        }
        fold::fold(c.encode_utf8(&mut [0; 4]), &mut folded);
    }
    (folded.len() == folded_len).then_some(token.end)
}
