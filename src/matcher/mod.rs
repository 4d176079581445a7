//! [`Matcher`]: where the names of a gazetteer stand in a text. Finds loosely, by folded tokens, and verifies strictly, by each
//! alias's policy on the bytes.

mod policy;
mod substring;
mod token_index;

use crate::{
    document::AliasId,
    gazetteer::{Gazetteer, Role},
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
    /// For aliases that match inside words.
    inside: Option<Automaton>,
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
    AhoCorasick(Automaton),
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
    folded: String,
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
            Engine::AhoCorasick => EngineState::AhoCorasick(Automaton::of_keys(&gazetteer)),
        };
        let inside =
            (!gazetteer.substrings().is_empty()).then(|| Automaton::of_substrings(&gazetteer));
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
        let gazetteer = &*self.gazetteer;
        let Matches {
            names,
            hits,
            starts,
            looks,
            folded,
            folded_text,
        } = matches;
        names.clear();
        hits.clear();
        looks.clear();
        match &self.engine {
            EngineState::TokenIndex => token_index::find(gazetteer, tokens, starts, looks),
            EngineState::AhoCorasick(automaton) => {
                folded_text.fill(text, tokens);
                automaton.find_keys(folded_text, looks);
            }
        }
        // Verified in a second step: then the loads of one name do not wait for those of the one before.
        let verify = policy::Verifier {
            gazetteer,
            text,
            tokens,
        };
        for (i, look) in looks.iter().enumerate() {
            if let Some(ahead) = looks.get(i + AHEAD) {
                gazetteer.prefetch_text(AliasId(ahead.alias));
            }
            let (first, last) = (look.first as usize, look.last as usize);
            let mut alias = AliasId(look.alias);
            let mut is_key = None;
            loop {
                let row = gazetteer.alias(alias);
                if let Some(span) = verify.span(first, last, alias, &mut is_key, folded) {
                    if row.role == Role::Lexicon {
                        hits.push(Hit {
                            lexicon: gazetteer.lexicon(row.entry),
                            first: look.first,
                            last: look.last,
                        });
                    } else {
                        names.push(Match {
                            span,
                            alias,
                            first: look.first,
                            last: look.last,
                        });
                    }
                }
                if !row.more {
                    break;
                }
                alias.0 += 1;
            }
        }
        if let Some(inside) = &self.inside {
            folded_text.fill(text, tokens);
            inside.find_substrings(gazetteer, text, tokens, folded_text, names);
        }
        hits.sort_unstable_by_key(|h| (h.first, h.last, h.lexicon));
        names.retain(|m| verify.context_allows(m, hits, folded));
        names.sort_unstable_by_key(|m| (m.span.start, std::cmp::Reverse(m.span.end), m.alias));
        names.dedup();
    }
}
