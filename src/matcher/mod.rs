//! [`Matcher`]: where the names of a gazetteer stand in a text. Finds loosely, by folded tokens, and verifies strictly, by each
//! alias's policy on the bytes.

mod policy;
mod substring;
mod token_index;

use crate::{
    document::AliasId,
    gazetteer::{AliasRow, Gazetteer, Part},
    span::Span,
    tokens::Tokens,
};
use std::sync::Arc;
use substring::{Automaton, FoldedText};

/// Finds every alias of a gazetteer that its policies allow: overlapping ones and several for one span too.
///
/// ```
/// use std::sync::Arc;
/// use wiretag::{Gazetteer, Matcher, Matches, Tokens};
/// let gazetteer = Arc::new(Gazetteer::from_str("# label: COUNTRY\nname\nKorea\nNorth Korea\n")?);
/// let matcher = Matcher::new(gazetteer.clone());
/// let text = "North\u{a0}Korea's";
/// let mut tokens = Tokens::default();
/// tokens.fill(text, gazetteer.seed());
/// let mut matches = Matches::default();
/// matcher.find(text, &tokens, &mut matches);
/// let found: Vec<&str> = matches.names().iter().map(|m| &text[m.span.range()]).collect();
/// assert_eq!(found, ["North\u{a0}Korea", "Korea"]);
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Debug)]
pub struct Matcher {
    gazetteer: Arc<Gazetteer>,
    engine: EngineState,
    /// For aliases that match inside words: one for each part of the gazetteer, nothing where none has any.
    inside: Vec<Automaton>,
}

/// How names are looked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// A table of rolling prefix hashes, walked token by token: fast, whatever the size of the lists.
    #[default]
    TokenIndex,
    /// An Aho-Corasick automaton over a folded copy of the text: slow; the reference that the index is tested against.
    AhoCorasick,
}

#[derive(Debug)]
enum EngineState {
    TokenIndex,
    /// For each part of the gazetteer.
    AhoCorasick(Vec<Automaton>),
}

/// A name found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Match {
    /// Bytes of the text.
    pub span: Span,
    /// The alias whose policies allow it.
    pub alias: AliasId,
    /// Its first token.
    pub first: u32,
    /// Its last token.
    pub last: u32,
}

/// A word of a lexicon found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) lexicon: u16,
    pub(crate) first: u32,
    pub(crate) last: u32,
}

/// How many names ahead of the one that is verified texts are asked for: a load from memory takes as long as some verifications.
const AHEAD: usize = 6;

/// A run of tokens that may be a key, and the first alias of the key: to be verified.
#[derive(Clone, Copy, Debug)]
struct Look {
    first: u32,
    last: u32,
    alias: u32,
}

/// What a [`Matcher`] finds in one text, and memory that it reuses for the next.
#[derive(Debug, Default)]
pub struct Matches {
    names: Vec<Match>,
    hits: Vec<Hit>,
    starts: Vec<u32>,
    looks: Vec<Look>,
    scratch: policy::Scratch,
    hashes: Vec<u64>,
    folded_text: FoldedText,
}

impl Matches {
    /// The names, sorted by span (the longer one first), then by alias.
    pub fn names(&self) -> &[Match] {
        &self.names
    }
}

impl Matcher {
    /// A matcher with the default engine. Costs nothing: the gazetteer has its index.
    pub fn new(gazetteer: impl Into<Arc<Gazetteer>>) -> Matcher {
        Matcher::with_engine(gazetteer, Engine::TokenIndex)
    }

    /// A matcher with this engine.
    ///
    /// # Panics
    /// When the automaton of [`Engine::AhoCorasick`] would be larger than the 4 GiB that its crate allows.
    pub fn with_engine(gazetteer: impl Into<Arc<Gazetteer>>, engine: Engine) -> Matcher {
        let gazetteer = gazetteer.into();
        let engine = match engine {
            Engine::TokenIndex => EngineState::TokenIndex,
            Engine::AhoCorasick => {
                let parts = gazetteer.parts().iter();
                EngineState::AhoCorasick(parts.map(Automaton::of_keys).collect())
            }
        };
        let parts = gazetteer.parts();
        let inside = match parts.iter().any(|p| p.substrings().next().is_some()) {
            true => parts.iter().map(Automaton::of_substrings).collect(),
            false => Vec::new(),
        };
        Matcher {
            gazetteer,
            engine,
            inside,
        }
    }

    /// The gazetteer that it searches for.
    pub fn gazetteer(&self) -> &Arc<Gazetteer> {
        &self.gazetteer
    }

    /// Finds the names in a text whose tokens have the gazetteer's seed; what `matches` held before is gone.
    ///
    /// # Panics
    /// When the tokens are those of another text.
    pub fn find(&self, text: &str, tokens: &Tokens, matches: &mut Matches) {
        matches.names.clear();
        matches.hits.clear();
        if !self.inside.is_empty() {
            matches.folded_text.fill(text, tokens);
        }
        for part in 0..self.gazetteer.parts().len() {
            self.find_part(part, text, tokens, matches);
        }
        let Matches {
            names,
            hits,
            scratch,
            hashes,
            ..
        } = matches;
        hits.sort_unstable_by_key(|h| (h.first, h.last, h.lexicon));
        let mut names_behind = 0;
        for i in 0..self.gazetteer.parts().len() {
            let part = &self.gazetteer.parts()[i];
            let next = self.gazetteer.parts().get(i + 1);
            let is_mine = |m: &Match| next.is_none_or(|n| m.alias.0 < n.first_alias);
            // Those of a part stand together.
            let count = names[names_behind..]
                .iter()
                .take_while(|m| is_mine(m))
                .count();
            let verify = policy::Verifier::new(part, text, tokens, hashes);
            let mut kept = names_behind;
            for k in names_behind..names_behind + count {
                if verify.context_allows(&names[k], hits, scratch) {
                    names[kept] = names[k];
                    kept += 1;
                }
            }
            names.drain(kept..names_behind + count);
            names_behind = kept;
        }
        names.sort_unstable_by_key(|m| (m.span.start, std::cmp::Reverse(m.span.end), m.alias));
        names.dedup();
    }

    /// Adds the names that a part of the gazetteer has here, contexts apart, and the words of its lexicons.
    fn find_part(&self, number: usize, text: &str, tokens: &Tokens, matches: &mut Matches) {
        let part = &self.gazetteer.parts()[number];
        let Matches {
            names,
            hits,
            starts,
            looks,
            scratch,
            hashes,
            folded_text,
        } = matches;
        looks.clear();
        let verify = policy::Verifier::new(part, text, tokens, hashes);
        match &self.engine {
            EngineState::TokenIndex => {
                token_index::find(part, tokens, verify.hashes, starts, looks);
            }
            EngineState::AhoCorasick(automata) => {
                folded_text.fill(text, tokens);
                automata[number].find_keys(folded_text, looks);
            }
        }
        // Verified in a second step: then the loads of one name do not wait for those of the one before.
        let aliases = part.aliases();
        for (i, look) in looks.iter().enumerate() {
            if let Some(ahead) = looks.get(i + AHEAD) {
                aliases.prefetch_text(ahead.alias);
            }
            let (first, last) = (look.first as usize, look.last as usize);
            scratch.start_key();
            for alias in look.alias..=look.alias.saturating_add(part.most() as u32) {
                let Some(row) = aliases.row(alias) else { break };
                if let Some(span) = verify.span(first, last, alias, &row, aliases, scratch) {
                    add(part, alias, &row, span, look, names, hits);
                }
                if !row.more {
                    break;
                }
            }
        }
        if let Some(inside) = self.inside.get(number) {
            inside.find_substrings(part, text, tokens, folded_text, names);
        }
    }
}

/// Keeps a name, or a word of a lexicon.
fn add(
    part: &Part,
    alias: u32,
    row: &AliasRow,
    span: Span,
    look: &Look,
    names: &mut Vec<Match>,
    hits: &mut Vec<Hit>,
) {
    let Look { first, last, .. } = *look;
    match part.lexicon(row) {
        Some(lexicon) => hits.push(Hit {
            lexicon,
            first,
            last,
        }),
        None => names.push(Match {
            span,
            alias: AliasId(part.first_alias + alias),
            first,
            last,
        }),
    }
}
