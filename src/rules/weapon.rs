//! Rules for weapons.

use super::Addition;
use crate::{
    document::Rule,
    gazetteer::{Case, Gazetteer},
    matcher::Match,
    span::Span,
    tokens::{Gap, Tokens},
};

/// A name with the common noun of its kind directly behind it is one span: `Hwasong-12 missile`, `Javelin antitank missiles`. It is
/// the entity of the name.
pub(super) fn name_and_kind(
    gazetteer: &Gazetteer,
    tokens: &Tokens,
    names: &[Match],
    additions: &mut Vec<Addition>,
) {
    let is_weapon = |m: &Match| {
        let label = gazetteer.alias_label(m.alias);
        label.is_some_and(|l| l.as_str() == "WEAPON")
    };
    let is_common_noun = |m: &Match| gazetteer.alias(m.alias).case == Case::Any;
    for (i, name) in names.iter().enumerate() {
        let behind = name.last as usize + 1;
        if behind == tokens.len() || !tokens.gap(behind).within(Gap::SPACE | Gap::LINE) {
            continue;
        }
        let start = tokens.span(behind).start;
        let kinds = names[i + 1..]
            .iter()
            .skip_while(|m| m.span.start < start)
            .take_while(|m| m.span.start == start);
        // The longest comes first.
        let Some(kind) = kinds
            .into_iter()
            .find(|m| is_common_noun(m) && is_weapon(m))
        else {
            continue;
        };
        if is_weapon(name) && !is_common_noun(name) {
            additions.push(Addition {
                span: Span {
                    start: name.span.start,
                    end: kind.span.end,
                },
                alias: name.alias,
                rule: Rule::NameAndKind,
            });
        }
    }
}
