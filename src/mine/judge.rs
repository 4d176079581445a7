//! What a name most likely is, and how much a reviewer should care.

use super::{counts::Group, surroundings::Known};
use crate::{document::Rule, rules::ClueKind, span::Label};
use std::collections::{BTreeMap, btree_map::Entry};

/// What clues say together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verdict {
    pub(super) label: Option<Label>,
    /// How likely the label is right, from 0 to 1.
    pub(super) confidence: f64,
}

/// What speaks for no label at all weighs as much as this clue.
const NOTHING: f64 = 0.5;

/// Words around a name that known names of a label rarely have speak against it, but not loudly: there are many words.
const LEAST_WORDS: f64 = -0.2;

/// Words alone make no label.
const MOST_WORDS: f64 = 0.4;

/// How much one kind of clue counts where it is there at every mention.
fn weight(kind: ClueKind) -> f64 {
    match kind {
        // Where nearly all such names are weapons; next to nothing where half of them are.
        ClueKind::Designation => 4.0,
        ClueKind::Rule(rule) => match rule {
            Rule::PersonSpeech | Rule::PersonFamilyName | Rule::OrganizationUnit => 1.5,
            Rule::PersonShort | Rule::OrganizationShort => 1.0,
            _ => 3.0,
        },
        ClueKind::Pattern => 4.0,
        ClueKind::NounBefore | ClueKind::Title => 2.5,
        ClueKind::NounBehind | ClueKind::Head | ClueKind::GivenName | ClueKind::Who => 2.0,
        ClueKind::Company | ClueKind::PlaceBehind => 1.5,
        ClueKind::Preposition => 1.6,
        ClueKind::RoleOf => 1.0,
        ClueKind::FamilyName => 1.0,
        ClueKind::Compound => 0.8,
        ClueKind::Speech => 0.7,
        ClueKind::Acronym => 0.9,
    }
}

/// Judges a name by its clues.
pub(super) fn judge(group: &Group, known: &Known) -> Verdict {
    let mentions = group.seen.mentions.max(1) as f64;
    let mut support: BTreeMap<Label, f64> = BTreeMap::new();
    let person = Label::new("PERSON").expect("a short word");
    for (&(label, kind), (n, _)) in &group.seen.clues {
        // One of two mentions says more than one of forty; ten of forty say as much as one of two.
        let n = match kind {
            // The form of a name does not say more the oftener it is there; it says less if nothing else does.
            ClueKind::Acronym | ClueKind::Designation => (*n).min(2),
            _ => *n,
        };
        // One mention may be chance, three are not; few of many say less than all.
        let sure = 1.0 - (-0.7 * n as f64).exp();
        let share = (n as f64 / mentions).powf(0.4);
        let weight = match kind {
            ClueKind::Designation => weight(kind) * known.weapons.powi(2),
            _ => weight(kind),
        };
        let says = weight * sure * share;
        *support.entry(label).or_default() += says;
        // Nothing happens in a person, whatever given name a place has.
        if kind == ClueKind::Preposition {
            *support.entry(person).or_default() -= says;
        }
    }
    for says in known.verdict(&group.seen.words) {
        let support = support.entry(says.label);
        let most = match &support {
            Entry::Occupied(_) => f64::INFINITY,
            Entry::Vacant(_) => MOST_WORDS,
        };
        *support.or_default() += says.support.clamp(LEAST_WORDS, most);
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
