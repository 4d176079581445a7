//! What a name most likely is, and how much a reviewer should care.

use super::counts::Group;
use crate::{document::Rule, rules::ClueKind, span::Label};
use std::collections::BTreeMap;

/// What clues say together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verdict {
    pub(super) label: Option<Label>,
    /// How likely the label is right, from 0 to 1.
    pub(super) confidence: f64,
}

/// What speaks for no label at all weighs as much as this clue.
const NOTHING: f64 = 0.8;

/// How much one kind of clue counts where it is there at every mention.
fn weight(kind: ClueKind) -> f64 {
    match kind {
        ClueKind::Rule(rule) => match rule {
            Rule::PersonSpeech | Rule::PersonFamilyName | Rule::OrganizationUnit => 1.5,
            Rule::PersonShort | Rule::OrganizationShort => 1.0,
            _ => 3.0,
        },
        ClueKind::Pattern => 4.0,
        ClueKind::NounBefore | ClueKind::Title => 2.5,
        ClueKind::NounBehind | ClueKind::Head | ClueKind::GivenName | ClueKind::Who => 2.0,
        ClueKind::Company | ClueKind::PlaceBehind => 1.5,
        ClueKind::RoleOf | ClueKind::Preposition => 1.2,
        ClueKind::FamilyName => 1.0,
        ClueKind::Compound => 0.8,
        ClueKind::Speech => 0.7,
        // A form alone says too little: `UTC`, `COVID-19`.
        ClueKind::Acronym | ClueKind::Designation => 0.5,
        ClueKind::Article => 0.4,
    }
}

/// Judges a name by its clues.
pub(super) fn judge(group: &Group) -> Verdict {
    let mentions = group.seen.mentions.max(1) as f64;
    let mut support: BTreeMap<Label, f64> = BTreeMap::new();
    for (&(label, kind), (n, _)) in &group.seen.clues {
        // One of two mentions says more than one of forty; ten of forty say as much as one of two.
        let share = (*n as f64 / (mentions.powf(0.7) + 0.5)).min(1.5);
        *support.entry(label).or_default() += weight(kind) * share;
    }
    let all: f64 = support.values().map(|s| s.exp()).sum();
    let best = support.iter().max_by(|(_, a), (_, b)| a.total_cmp(b));
    match best {
        Some((&label, &s)) if s > NOTHING => Verdict {
            label: Some(label),
            confidence: s.exp() / (all + NOTHING.exp()),
        },
        _ => Verdict {
            label: None,
            confidence: NOTHING.exp() / (all + NOTHING.exp()),
        },
    }
}

/// The order of proposals: names that are surely names, in many documents, come first.
pub(super) fn score(group: &Group, verdict: Verdict, lower: u64) -> f64 {
    let Group { documents, seen } = group;
    let firm = seen.firm as f64 / seen.mentions.max(1) as f64;
    // A word that is written without a capital as often is no name.
    let capital = seen.mentions as f64 / (seen.mentions + lower) as f64;
    let known = match verdict.label {
        Some(_) => verdict.confidence,
        None => 0.3 * verdict.confidence,
    };
    known * firm.sqrt() * capital * (1.0 + (*documents as f64).ln())
}
