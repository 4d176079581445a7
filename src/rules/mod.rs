//! Rules on the token stream: what they add to the candidates that the lists gave. One file a family.

mod weapon;

use crate::{
    document::{AliasId, Rule},
    gazetteer::Gazetteer,
    matcher::Match,
    span::Span,
    tokens::Tokens,
};

/// A candidate that a rule adds: it has the entry, label and priority of an alias on a span that no alias has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Addition {
    pub(crate) span: Span,
    pub(crate) alias: AliasId,
    pub(crate) rule: Rule,
}

/// Applies all rules to the names that were found in a text, which are sorted by start.
pub(crate) fn apply(
    gazetteer: &Gazetteer,
    tokens: &Tokens,
    names: &[Match],
    additions: &mut Vec<Addition>,
) {
    additions.clear();
    weapon::name_and_kind(gazetteer, tokens, names, additions);
}
