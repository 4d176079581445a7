//! [`Matcher`]: where the names of a gazetteer stand in a text. Finds loosely, by folded tokens, and verifies strictly, by each
//! alias's policy on the bytes.

mod policy;
mod substring;
mod token_index;

use crate::{
    document::{AliasId, EntryId},
    gazetteer::Gazetteer,
    span::Span,
    tokens::Tokens,
};
pub use policy::Refusal;
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

/// An alias whose folded tokens stand in a text, and that a policy keeps from matching there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Refused {
    /// The tokens: bytes of the text.
    pub span: Span,
    /// The alias.
    pub alias: AliasId,
    /// The first reason that was met; there may be more.
    pub refusal: Refusal,
}

/// A word of a lexicon found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) lexicon: u16,
    pub(crate) first: u32,
    pub(crate) last: u32,
    /// The word's line in the lexicon.
    pub(crate) entry: EntryId,
}

/// How many names ahead of the one that is verified texts are asked for: a load from memory takes as long as some verifications.
const AHEAD: usize = 6;

/// A run of tokens that may be a key, and the first alias of the key: to be verified.
#[derive(Clone, Copy, Debug, Default)]
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
    looks: Vec<Look>,
    /// Names that depend on the words around them or on the day, and the part of the gazetteer that each is of.
    waiting: Vec<(Match, u32)>,
    walk: token_index::Scratch,
    scratch: policy::Scratch,
    hashes: Vec<u64>,
    folded_text: FoldedText,
}

impl Matches {
    /// The names, sorted by span (the longer one first), then by alias.
    pub fn names(&self) -> &[Match] {
        &self.names
    }

    /// The words of lexicons, in no order.
    pub(crate) fn hits(&self) -> &[Hit] {
        &self.hits
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
        self.find_and_tell(text, tokens, None, matches, None);
    }

    /// The same in a text of this day, a number such as 20180419; adds to `refused`, if it is there, what policies kept from matching.
    pub(crate) fn find_and_tell(
        &self,
        text: &str,
        tokens: &Tokens,
        day: Option<u32>,
        matches: &mut Matches,
        mut refused: Option<&mut Vec<Refused>>,
    ) {
        matches.names.clear();
        matches.hits.clear();
        matches.waiting.clear();
        if !self.inside.is_empty() {
            matches.folded_text.fill(text, tokens);
        }
        for part in 0..self.gazetteer.parts().len() {
            self.find_part(part, text, tokens, matches, refused.as_deref_mut());
        }
        let Matches {
            names,
            hits,
            waiting,
            scratch,
            hashes,
            ..
        } = matches;
        if !waiting.is_empty() {
            hits.sort_unstable_by_key(|h| (h.first, h.last, h.lexicon));
            for group in waiting.chunk_by(|a, b| a.1 == b.1) {
                let part = &self.gazetteer.parts()[group[0].1 as usize];
                let verify = policy::Verifier::new(part, text, tokens, hashes);
                names.extend(group.iter().map(|(name, _)| *name).filter(|name| {
                    match verify.conditions_allow(name, hits, day, scratch) {
                        Ok(()) => true,
                        Err(refusal) => {
                            tell(&mut refused, name.span, name.alias, refusal);
                            false
                        }
                    }
                }));
            }
        }
        // Most texts need no more: names of one part come in order, unless they have punctuation of their own at their ends.
        let order = |m: &Match| (m.span.start, std::cmp::Reverse(m.span.end), m.alias);
        if !names.is_sorted_by(|a, b| order(a) < order(b)) {
            names.sort_by_key(order);
            names.dedup();
        }
    }

    /// Adds the names that a part of the gazetteer has here, contexts apart, and the words of its lexicons.
    fn find_part(
        &self,
        number: usize,
        text: &str,
        tokens: &Tokens,
        matches: &mut Matches,
        mut refused: Option<&mut Vec<Refused>>,
    ) {
        let part = &self.gazetteer.parts()[number];
        let Matches {
            names,
            hits,
            looks,
            waiting,
            walk,
            scratch,
            hashes,
            folded_text,
        } = matches;
        looks.clear();
        let verify = policy::Verifier::new(part, text, tokens, hashes);
        match &self.engine {
            EngineState::TokenIndex => {
                token_index::find(part, tokens, verify.hashes, walk, looks);
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
                match verify.span(first, last, alias, &row, aliases, scratch) {
                    Ok(span) => {
                        let name = Match {
                            span,
                            alias: AliasId(part.first_alias + alias),
                            first: look.first,
                            last: look.last,
                        };
                        if let Some(lexicon) = part.lexicon(&row) {
                            let entry = aliases.entry(&row).unwrap_or(0);
                            hits.push(Hit {
                                lexicon,
                                first: look.first,
                                last: look.last,
                                entry: EntryId(part.first_entry + entry),
                            });
                        } else if aliases.has_conditions(&row) {
                            waiting.push((name, number as u32));
                        } else {
                            names.push(name);
                        }
                    }
                    Err(denied) if refused.is_some() && part.lexicon(&row).is_none() => {
                        let span = Span {
                            start: tokens.span(first).start,
                            end: tokens.span(last).end,
                        };
                        let alias = AliasId(part.first_alias + alias);
                        let refusal = verify.refusal(denied, first, last, &row);
                        tell(&mut refused, span, alias, refusal);
                    }
                    Err(_) => {}
                }
                if !row.more {
                    break;
                }
            }
        }
        if let Some(inside) = self.inside.get(number) {
            inside.find_substrings(&verify, folded_text, |name, row, allowed| match allowed {
                Ok(()) if aliases.has_conditions(row) => waiting.push((name, number as u32)),
                Ok(()) => names.push(name),
                Err(refusal) => tell(&mut refused, name.span, name.alias, Some(refusal)),
            });
        }
    }
}

/// Adds an alias that did not match to those that are told of, if somebody asked and its tokens were there.
fn tell(
    refused: &mut Option<&mut Vec<Refused>>,
    span: Span,
    alias: AliasId,
    refusal: Option<Refusal>,
) {
    if let (Some(refused), Some(refusal)) = (refused, refusal) {
        refused.push(Refused {
            span,
            alias,
            refusal,
        });
    }
}
