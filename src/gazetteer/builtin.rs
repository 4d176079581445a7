//! The shipped gazetteers, in the order that breaks ties.

use xxhash_rust::xxh3::Xxh3;

/// Path and text of each file.
pub(super) const FILES: &[(&str, &str)] = &[
    (
        "gazetteers/blocks.tsv",
        include_str!("../../gazetteers/blocks.tsv"),
    ),
    (
        "gazetteers/compass.tsv",
        include_str!("../../gazetteers/compass.tsv"),
    ),
    (
        "gazetteers/countries.tsv",
        include_str!("../../gazetteers/countries.tsv"),
    ),
    (
        "gazetteers/event-heads.tsv",
        include_str!("../../gazetteers/event-heads.tsv"),
    ),
    (
        "gazetteers/given-names.tsv",
        include_str!("../../gazetteers/given-names.tsv"),
    ),
    (
        "gazetteers/months-days.tsv",
        include_str!("../../gazetteers/months-days.tsv"),
    ),
    (
        "gazetteers/name-particles.tsv",
        include_str!("../../gazetteers/name-particles.tsv"),
    ),
    (
        "gazetteers/org-heads.tsv",
        include_str!("../../gazetteers/org-heads.tsv"),
    ),
    (
        "gazetteers/org-suffixes.tsv",
        include_str!("../../gazetteers/org-suffixes.tsv"),
    ),
    (
        "gazetteers/orgs-armed-groups.tsv",
        include_str!("../../gazetteers/orgs-armed-groups.tsv"),
    ),
    (
        "gazetteers/orgs-companies.tsv",
        include_str!("../../gazetteers/orgs-companies.tsv"),
    ),
    (
        "gazetteers/orgs-governments.tsv",
        include_str!("../../gazetteers/orgs-governments.tsv"),
    ),
    (
        "gazetteers/orgs-institutes.tsv",
        include_str!("../../gazetteers/orgs-institutes.tsv"),
    ),
    (
        "gazetteers/orgs-international.tsv",
        include_str!("../../gazetteers/orgs-international.tsv"),
    ),
    (
        "gazetteers/orgs-media.tsv",
        include_str!("../../gazetteers/orgs-media.tsv"),
    ),
    (
        "gazetteers/orgs-military.tsv",
        include_str!("../../gazetteers/orgs-military.tsv"),
    ),
    (
        "gazetteers/orgs-parties.tsv",
        include_str!("../../gazetteers/orgs-parties.tsv"),
    ),
    (
        "gazetteers/people-historical.tsv",
        include_str!("../../gazetteers/people-historical.tsv"),
    ),
    (
        "gazetteers/people-leaders.tsv",
        include_str!("../../gazetteers/people-leaders.tsv"),
    ),
    (
        "gazetteers/people-officials.tsv",
        include_str!("../../gazetteers/people-officials.tsv"),
    ),
    (
        "gazetteers/people-others.tsv",
        include_str!("../../gazetteers/people-others.tsv"),
    ),
    (
        "gazetteers/place-heads.tsv",
        include_str!("../../gazetteers/place-heads.tsv"),
    ),
    (
        "gazetteers/places-capitals.tsv",
        include_str!("../../gazetteers/places-capitals.tsv"),
    ),
    (
        "gazetteers/places-cities.tsv",
        include_str!("../../gazetteers/places-cities.tsv"),
    ),
    (
        "gazetteers/places-regions.tsv",
        include_str!("../../gazetteers/places-regions.tsv"),
    ),
    (
        "gazetteers/places-sites.tsv",
        include_str!("../../gazetteers/places-sites.tsv"),
    ),
    (
        "gazetteers/places-waters.tsv",
        include_str!("../../gazetteers/places-waters.tsv"),
    ),
    (
        "gazetteers/roles.tsv",
        include_str!("../../gazetteers/roles.tsv"),
    ),
    (
        "gazetteers/speech-verbs.tsv",
        include_str!("../../gazetteers/speech-verbs.tsv"),
    ),
    (
        "gazetteers/titles.tsv",
        include_str!("../../gazetteers/titles.tsv"),
    ),
    (
        "gazetteers/us-homonyms.tsv",
        include_str!("../../gazetteers/us-homonyms.tsv"),
    ),
    (
        "gazetteers/us-states.tsv",
        include_str!("../../gazetteers/us-states.tsv"),
    ),
    (
        "gazetteers/weapon-heads.tsv",
        include_str!("../../gazetteers/weapon-heads.tsv"),
    ),
    (
        "gazetteers/weapon-kinds.tsv",
        include_str!("../../gazetteers/weapon-kinds.tsv"),
    ),
    (
        "gazetteers/weapon-makers.tsv",
        include_str!("../../gazetteers/weapon-makers.tsv"),
    ),
    (
        "gazetteers/weapon-modifiers.tsv",
        include_str!("../../gazetteers/weapon-modifiers.tsv"),
    ),
    (
        "gazetteers/weapons-air-defence.tsv",
        include_str!("../../gazetteers/weapons-air-defence.tsv"),
    ),
    (
        "gazetteers/weapons-aircraft.tsv",
        include_str!("../../gazetteers/weapons-aircraft.tsv"),
    ),
    (
        "gazetteers/weapons-drones.tsv",
        include_str!("../../gazetteers/weapons-drones.tsv"),
    ),
    (
        "gazetteers/weapons-land.tsv",
        include_str!("../../gazetteers/weapons-land.tsv"),
    ),
    (
        "gazetteers/weapons-missiles.tsv",
        include_str!("../../gazetteers/weapons-missiles.tsv"),
    ),
    (
        "gazetteers/weapons-nuclear-chemical.tsv",
        include_str!("../../gazetteers/weapons-nuclear-chemical.tsv"),
    ),
    (
        "gazetteers/weapons-ships.tsv",
        include_str!("../../gazetteers/weapons-ships.tsv"),
    ),
    (
        "gazetteers/weapons-small-arms.tsv",
        include_str!("../../gazetteers/weapons-small-arms.tsv"),
    ),
];

/// Lists of single words for rules alone: nearly every token of a text is in one of them, so they are no names to look up.
pub(super) const WORD_LISTS: &[(&str, &str)] = &[
    (
        "gazetteers/common-words.tsv",
        include_str!("../../gazetteers/common-words.tsv"),
    ),
    (
        "gazetteers/family-names.tsv",
        include_str!("../../gazetteers/family-names.tsv"),
    ),
];

/// A hash of all names and texts.
pub(super) fn hash() -> u64 {
    let mut hash = Xxh3::new();
    for part in FILES
        .iter()
        .chain(WORD_LISTS)
        .flat_map(|(path, text)| [path, text])
    {
        hash.update(&part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.digest()
}

/// The names of their lexicons.
pub(super) fn lexicons() -> impl Iterator<Item = &'static str> {
    let header = |(_, text): &(&str, &'static str)| {
        let mut lines = text.lines().take_while(|l| l.starts_with('#'));
        lines.find_map(|l| l.strip_prefix("# lexicon:"))
    };
    FILES.iter().filter_map(header).map(str::trim)
}
