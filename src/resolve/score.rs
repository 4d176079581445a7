//! Scores: how likely an annotation is right.
//!
//! A score starts with the precision that its origin and label showed on development data, and is moved by what else was said of the
//! span: another list or rule that says the same, or one that says something else.

use crate::{
    document::{Origin, Rule, Score},
    span::Label,
};

/// The score of an annotation.
pub(super) fn of(origin: Origin, label: Label, agreed: bool, opposed: bool) -> Score {
    let (right, found) = counts(origin, label);
    // Nine of ten are right before anything is counted.
    let share = (f64::from(right) + 9.0) / (f64::from(found) + 10.0);
    let mut odds = share / (1.0 - share);
    if agreed {
        odds *= AGREED;
    }
    if opposed {
        odds *= OPPOSED;
    }
    Score::new(odds / (1.0 + odds))
}

/// How much likelier an annotation is right that another list or rule agrees with.
const AGREED: f64 = 3.0;
/// The same where one says something else of the span.
const OPPOSED: f64 = 0.3;

/// How many annotations of this origin and label were right, and how many there were.
fn counts(origin: Origin, label: Label) -> (u32, u32) {
    match origin {
        Origin::Alias(_) => ALIASES
            .iter()
            .find(|(name, _, _)| *name == label.as_str())
            .map_or((0, 0), |&(_, right, found)| (right, found)),
        Origin::Rule(rule) => RULES
            .iter()
            .find(|(r, _, _)| *r == rule)
            .map_or((0, 0), |&(_, right, found)| (right, found)),
        // Nobody has counted what users write.
        Origin::Pattern(_) => (0, 0),
    }
}

/// Names of lists by label: right, found.
const ALIASES: &[(&str, u32, u32)] = &[
    ("COUNTRY", 369, 378),
    ("LOCATION", 220, 233),
    ("NATIONALITY", 171, 183),
    ("ORG", 278, 281),
    ("PERSON", 120, 121),
    ("WEAPON", 94, 103),
];

/// Rules: right, found.
const RULES: &[(Rule, u32, u32)] = &[
    (Rule::NameAndKind, 2, 2),
    (Rule::OrganizationAcronym, 2, 2),
    (Rule::OrganizationHead, 38, 38),
    (Rule::OrganizationOf, 11, 12),
    (Rule::OrganizationShort, 3, 3),
    (Rule::PersonApposition, 35, 36),
    (Rule::PersonFamilyFirst, 1, 1),
    (Rule::PersonFamilyName, 0, 1),
    (Rule::PersonGivenName, 80, 85),
    (Rule::PersonInitial, 1, 1),
    (Rule::PersonRole, 4, 5),
    (Rule::PersonShort, 95, 96),
    (Rule::PersonSpeech, 2, 2),
    (Rule::PersonTitle, 5, 6),
    (Rule::PlaceHead, 26, 27),
];
