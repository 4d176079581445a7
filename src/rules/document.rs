//! Rules on the whole document: what is named in full once may be short elsewhere, and brackets define acronyms.

use super::{
    Addition, Found,
    lexicon::Is,
    scene::{Casing, Listed, Scene},
};
use crate::{
    document::{Annotation, EntryId, Rule, ZoneKind},
    span::Label,
    tokens::Gap,
};
use std::collections::HashMap;

/// Short forms that the names of a document license.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// By the hash of their first token.
    shorts: HashMap<u64, Vec<Short>>,
    /// A bit for each hash in `shorts`: most tokens have none.
    filter: [u64; 4],
}

#[derive(Debug)]
struct Short {
    /// Hashes of the tokens.
    tokens: Vec<u64>,
    kind: Kind,
    label: Label,
    entry: Option<EntryId>,
    /// Tokens of the name that licenses it.
    full: (usize, usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Surname,
    GivenName,
    /// In just these letters.
    Acronym,
    /// Behind `the`.
    Head,
    Company,
    /// A town that is called as a country or a larger city is.
    Town,
}

impl Memory {
    fn clear(&mut self) {
        self.shorts.clear();
        self.filter = [0; 4];
    }

    fn add(&mut self, scene: &Scene, (first, last): (usize, usize), kind: Kind, from: &From) {
        let tokens: Vec<u64> = (first..=last).map(|i| scene.tokens.hash(i)).collect();
        self.filter[(tokens[0] >> 6) as usize & 3] |= 1 << (tokens[0] & 63);
        let shorts = self.shorts.entry(tokens[0]).or_default();
        if !shorts
            .iter()
            .any(|s| s.tokens == tokens && s.kind == kind && s.label == from.label)
        {
            shorts.push(Short {
                tokens,
                kind,
                label: from.label,
                entry: from.entry,
                full: from.tokens,
            });
        }
    }

    #[inline]
    fn of(&self, hash: u64) -> &[Short] {
        match self.filter[(hash >> 6) as usize & 3] & 1 << (hash & 63) {
            0 => &[],
            _ => self.shorts.get(&hash).map_or(&[], Vec::as_slice),
        }
    }
}

/// A name that licenses short forms.
struct From {
    label: Label,
    entry: Option<EntryId>,
    tokens: (usize, usize),
}

/// Applies the rules, given what was found so far, sorted and disjoint.
pub(super) fn find(scene: &Scene, names: &[Annotation], memory: &mut Memory, found: &mut Found) {
    memory.clear();
    for name in names {
        let first = scene.tokens.first_after(name.span.start);
        let mut last = first;
        while last + 1 < scene.len() && scene.tokens.span(last + 1).start < name.span.end {
            last += 1;
        }
        let from = From {
            label: name.label,
            entry: name.entry,
            tokens: (first, last),
        };
        // Who wrote the article, or took the picture, is not who it is about.
        let credit = matches!(
            name.zone,
            Some(ZoneKind::Byline | ZoneKind::Credit | ZoneKind::Boilerplate)
        );
        match name.label.as_str() {
            "PERSON" if !credit => person(scene, &from, memory),
            "ORG" => {
                // `SDF` where the words around it say which one is that one elsewhere too.
                if first == last && is_acronym(scene, first) && !scene.is(first, Is::COMMON) {
                    memory.add(scene, (first, first), Kind::Acronym, &from);
                }
                organization(scene, &from, memory);
                acronym_behind(scene, &from, memory, found);
            }
            "COUNTRY" | "WEAPON" | "LOCATION" => acronym_behind(scene, &from, memory, found),
            _ => {}
        }
    }
    towns(scene, memory, found);
    acronyms_of_unknown(scene, names, memory, found);
    if memory.shorts.is_empty() {
        return;
    }
    let hashes = scene.tokens.hashes();
    for (i, &hash) in hashes.iter().enumerate() {
        for short in memory.of(hash) {
            let last = i + short.tokens.len() - 1;
            if last < hashes.len()
                && hashes[i..=last] == short.tokens[..]
                && (i < short.full.0 || i > short.full.1)
            {
                short_form(scene, short, (i, last), found);
            }
        }
    }
}

/// `Lebanon, Tennessee`: the town of that name, here and in all of the text.
fn towns(scene: &Scene, memory: &mut Memory, found: &mut Found) {
    for state in scene.words(Is::STATE) {
        let Some(last) = state.first.checked_sub(1) else {
            continue;
        };
        let gap = scene.gap(state.first);
        let comma = gap.has(Gap::COMMA) && gap.within(Gap::COMMA | Gap::SPACE | Gap::LINE);
        // In a dateline the policies of the lists have seen the state already.
        let cue = scene.is_first(last) || last > 0 && scene.is_one_of(last - 1, PLACE_PREPOSITIONS);
        let dateline = cue && !scene.is_listed(last, Listed::ANY);
        let part = scene.is_joined(last)
            && (scene.is_capital(last - 1)
                || scene
                    .names_at(last - 1)
                    .iter()
                    .any(|m| m.last as usize == last));
        let place = scene.is_listed(last, Listed::COUNTRY.or(Listed::LOCATION));
        // `Russia, Georgia and Ukraine`, `In Lebanon, Texas troops` are no towns.
        let closed = !scene.is_spaced(state.last + 1)
            && !scene.is_listed(state.first, Listed::COUNTRY)
            && !scene.is_one_of(state.first, &["Georgia", "Washington"]);
        if part
            || !comma
            || !closed
            || !scene.is_capital(last)
            || !(place || dateline)
            || scene.is(last, Is::STATE)
        {
            continue;
        }
        let from = From {
            label: found.rules.labels.location,
            entry: None,
            tokens: (last, last),
        };
        let priority = 1 + listed_priority(scene, last, last);
        found.push(
            scene,
            (last, last),
            from.label,
            None,
            Rule::PlaceState,
            priority,
        );
        memory.add(scene, (last, last), Kind::Town, &from);
    }
}

/// The short forms of a person's full name.
fn person(scene: &Scene, from: &From, memory: &mut Memory) {
    let (first, mut last) = from.tokens;
    while last > first
        && matches!(
            scene.word(last),
            "Jr" | "Sr" | "II" | "III" | "IV" | "JR" | "SR"
        )
    {
        last -= 1;
    }
    let words = 1
        + (first + 1..=last)
            .filter(|&i| scene.is_spaced(i) || scene.gap(i).has(Gap::PERIOD | Gap::QUOTE))
            .count();
    if words < 2 {
        return;
    }
    let family_first = scene.is(first, Is::FAMILY_FIRST) && !scene.is(first, Is::GIVEN)
        || scene.is(first, Is::FAMILY_FIRST) && scene.is_syllables(first + 1, last);
    if family_first && scene.is_syllables(first + 1, last) {
        memory.add(scene, (first, first), Kind::Surname, from);
        return;
    }
    // The last word, over hyphens and apostrophes; then with its particles.
    let mut start = last;
    while start > first
        && !scene.is_spaced(start)
        && scene.gap(start).within(Gap::HYPHEN | Gap::APOSTROPHE)
    {
        // `al-Ansari` without its article too.
        if scene.is(start - 1, Is::PARTICLE) && scene.gap(start) == Gap::HYPHEN {
            memory.add(scene, (start, last), Kind::Surname, from);
        }
        start -= 1;
    }
    if scene.word(start).chars().count() < 2 {
        return;
    }
    memory.add(scene, (start, last), Kind::Surname, from);
    let mut with = start;
    while with > first + 1 && scene.is(with - 1, Is::PARTICLE) {
        with -= 1;
    }
    if with < start {
        memory.add(scene, (with, last), Kind::Surname, from);
    }
    let given = scene.is(first, Is::GIVEN) || !scene.is(first, Is::COMMON);
    if given
        && scene.word(first).chars().count() > 2
        && !scene.shape(first).is_dotted()
        && scene.gap(first + 1) != Gap::HYPHEN
    {
        memory.add(scene, (first, first), Kind::GivenName, from);
    }
}

/// The short forms of an organization's full name.
fn organization(scene: &Scene, from: &From, memory: &mut Memory) {
    let (first, last) = from.tokens;
    if first == last {
        return;
    }
    let kinds = Is::HEAD_PUBLIC.or(Is::HEAD_SCHOOL);
    let end = scene
        .word_to(last, Is::HEAD_END)
        .filter(|h| h.is.has(kinds) && h.first > first);
    let start = (first..=last)
        .filter_map(|i| scene.word_at(i, Is::HEAD_START))
        .find(|h| {
            h.last < last && h.is.has(kinds) && scene.is_one_of(h.last + 1, &["of", "for", "on"])
        });
    for head in [end, start].into_iter().flatten() {
        memory.add(scene, (head.first, head.last), Kind::Head, from);
        if head.first < head.last {
            memory.add(scene, (head.last, head.last), Kind::Head, from);
        }
    }
    // `BellSouth Corp.`, `Mahan Air`: the name without its suffix.
    let suffix = scene
        .word_to(last, Is::SUFFIX_FORM.or(Is::SUFFIX_WORD))
        .or_else(|| scene.word_to(last, Is::HEAD_COMPANY));
    if let Some(suffix) = suffix
        && suffix.first > first
    {
        let mut rest = suffix.first - 1;
        while rest > first
            && (scene.is(
                rest,
                Is::SUFFIX_FORM.or(Is::SUFFIX_WORD).or(Is::HEAD_COMPANY),
            ) || !scene.is_capital(rest))
        {
            rest -= 1;
        }
        for last in [rest, first] {
            let unknown = (first..=last).any(|i| {
                !scene.is(i, Is::COMMON.or(Is::GIVEN).or(Is::COMPASS).or(Is::HEAD_END))
                    && !scene.is_listed(i, Listed::ANY)
                    && scene.word(i).chars().count() > 3
            });
            let starts_plain = scene.is_listed(
                first,
                Listed::COUNTRY.or(Listed::NATIONALITY).or(Listed::LOCATION),
            ) || scene.is(first, Is::COMMON);
            let adjective = last == first
                && ADJECTIVES
                    .iter()
                    .any(|end| scene.word(first).ends_with(end));
            if unknown && !adjective && !(starts_plain && last == first) {
                memory.add(scene, (first, last), Kind::Company, from);
            }
        }
    }
}

/// What adjectives of places end in: `African`.
const ADJECTIVES: [&str; 3] = ["an", "ish", "ese"];

/// Is token `i` written as an acronym: `OPCW`, `HuJI`, `SDF`?
fn is_acronym(scene: &Scene, i: usize) -> bool {
    let word = scene.word(i);
    let upper = word.chars().filter(|c| c.is_uppercase()).count();
    (2..=8).contains(&word.chars().count())
        && upper >= 2
        && upper * 2 > word.chars().count()
        && scene.casing(i) == Casing::Normal
}

/// The acronym alone in brackets behind token `last`, if there is one.
fn in_brackets(scene: &Scene, last: usize) -> Option<usize> {
    let i = last + 1;
    if i >= scene.len() {
        return None;
    }
    let (open, close) = (scene.gap(i), scene.gap(i + 1));
    let alone = open.has(Gap::OPEN)
        && open.within(Gap::OPEN | Gap::SPACE | Gap::LINE | Gap::QUOTE)
        && close.has(Gap::CLOSE);
    (alone && is_acronym(scene, i)).then_some(i)
}

/// The acronym before brackets that hold these tokens alone.
fn before_brackets(scene: &Scene, first: usize, last: usize) -> Option<usize> {
    let acronym = first.checked_sub(1)?;
    let (open, close) = (scene.gap(first), scene.gap(last + 1));
    let alone = open.has(Gap::OPEN) && open.within(Gap::OPEN | Gap::SPACE) && close.has(Gap::CLOSE);
    (alone && is_acronym(scene, acronym)).then_some(acronym)
}

/// `International Atomic Energy Agency (IAEA)`: the acronym stands for it in all of the text.
fn acronym_behind(scene: &Scene, from: &From, memory: &mut Memory, found: &mut Found) {
    let (first, last) = from.tokens;
    let Some(acronym) = in_brackets(scene, last).or_else(|| before_brackets(scene, first, last))
    else {
        return;
    };
    let initial = scene.word(acronym).chars().next();
    let fits = first < last
        && (first..=last).any(|i| {
            scene.word(i).chars().next().map(|c| c.to_ascii_uppercase())
                == initial.map(|c| c.to_ascii_uppercase())
        });
    if fits && (from.label.as_str() == "ORG" || spells(scene, first, last, scene.word(acronym))) {
        memory.add(scene, (acronym, acronym), Kind::Acronym, from);
        found.push(
            scene,
            (acronym, acronym),
            from.label,
            from.entry,
            Rule::OrganizationAcronym,
            0,
        );
    }
}

/// Do the initials of these tokens spell the acronym, small words left out or not?
fn spells(scene: &Scene, first: usize, last: usize, acronym: &str) -> bool {
    let initials = |small: bool| -> String {
        let tokens = (first..=last).filter(|&i| small || scene.shape(i).starts_upper());
        tokens
            .filter_map(|i| scene.word(i).chars().next())
            .flat_map(char::to_uppercase)
            .collect()
    };
    let acronym = acronym.trim_end_matches('s').to_uppercase();
    initials(false) == acronym || initials(true) == acronym
}

/// `Pacific Trade Watch (PTW)`, `PTW (Pacific Trade Watch)`: initials show what the acronym stands for.
fn acronyms_of_unknown(
    scene: &Scene,
    names: &[Annotation],
    memory: &mut Memory,
    found: &mut Found,
) {
    let free = |first: usize, last: usize| {
        let span = scene.span(first, last);
        let at = names.partition_point(|n| n.span.end <= span.start);
        // Names inside are parts of the long form.
        names[at..]
            .iter()
            .take_while(|n| n.span.start < span.end)
            .all(|n| span.contains(n.span) && n.span != span)
    };
    for i in 0..scene.len() {
        if !scene.gap(i).has(Gap::OPEN) || i == 0 || scene.is_hidden(i) {
            continue;
        }
        let (long, acronym) = if let Some(acronym) = in_brackets(scene, i - 1) {
            let letters = scene
                .word(acronym)
                .chars()
                .filter(|c| c.is_uppercase())
                .count();
            let long = (0..i)
                .rev()
                .take(2 * letters + 2)
                .take_while(|&k| k + 1 == i || scene.is_joined(k + 1))
                .find(|&k| {
                    scene.shape(k).starts_upper() && spells(scene, k, i - 1, scene.word(acronym))
                });
            (long.map(|first| (first, i - 1)), acronym)
        } else if is_acronym(scene, i - 1) {
            // The long form is all that the brackets hold.
            let close = (i..(i + 12).min(scene.len())).find(|&k| scene.gap(k + 1).has(Gap::CLOSE));
            let long = close.filter(|&last| {
                (i + 1..=last).all(|k| scene.is_joined(k))
                    && spells(scene, i, last, scene.word(i - 1))
            });
            (long.map(|last| (i, last)), i - 1)
        } else {
            continue;
        };
        let Some((first, last)) = long else { continue };
        let letters = scene
            .word(acronym)
            .chars()
            .filter(|c| c.is_uppercase())
            .count();
        let other = scene.is(last, Is::EVENT_END.or(Is::PLACE_BEHIND))
            && !scene.is(last, Is::HEAD_END)
            || scene.is(first, Is::EVENT_START)
            || (first..=last).any(|k| scene.is(k, Is::WEAPON));
        // `Integrated Development Environment (IDE)`: something in it says that it is a body, or of where.
        let body = (first..=last).any(|k| {
            scene.is(k, Is::HEAD_END.or(Is::HEAD_START).or(Is::SUFFIX_WORD))
                || scene.is_listed(
                    k,
                    Listed::COUNTRY
                        .or(Listed::NATIONALITY)
                        .or(Listed::LOCATION)
                        .or(Listed::ORGANIZATION),
                )
        }) && !scene.is(last, Is::TITLE.or(Is::ROLE));
        if !body || letters < 3 || other || first == last || !free(first, last) {
            continue;
        }
        let from = From {
            label: found.rules.labels.organization,
            entry: None,
            tokens: (first, last),
        };
        found.push(
            scene,
            (first, last),
            from.label,
            None,
            Rule::OrganizationAcronym,
            0,
        );
        if free(acronym, acronym) {
            found.push(
                scene,
                (acronym, acronym),
                from.label,
                None,
                Rule::OrganizationAcronym,
                0,
            );
        }
        memory.add(scene, (acronym, acronym), Kind::Acronym, &from);
    }
}

/// Adds a short form where it stands as one.
fn short_form(scene: &Scene, short: &Short, (first, last): (usize, usize), found: &mut Found) {
    if scene.is_hidden(first) {
        return;
    }
    let rule = match short.kind {
        Kind::Surname | Kind::GivenName => Rule::PersonShort,
        Kind::Acronym => Rule::OrganizationAcronym,
        Kind::Head | Kind::Company => Rule::OrganizationShort,
        Kind::Town => Rule::PlaceState,
    };
    let mut priority = 0;
    match short.kind {
        Kind::Acronym => {
            if scene.word(first) != scene.word_of(short) {
                return;
            }
        }
        Kind::Town => {
            let longer = scene.names_at(first).iter().any(|m| m.last as usize > last);
            // `the Paris News` is no mention of it.
            if longer || !stands_alone(scene, first, last, false) {
                return;
            }
            priority = 1 + listed_priority(scene, first, last);
        }
        Kind::Head => {
            let article =
                first > 0 && scene.is_spaced(first) && scene.is_one_of(first - 1, &["the", "The"]);
            let goes_on = scene.is_joined(last + 1)
                && (scene.is_capital(last + 1) || scene.is_one_of(last + 1, &["of", "for"]));
            let capitals = (first..=last).all(|i| scene.shape(i).starts_upper());
            if !article || goes_on || !capitals || scene.casing(first) != Casing::Normal {
                return;
            }
        }
        Kind::Surname | Kind::GivenName | Kind::Company => {
            let person = short.kind != Kind::Company;
            if !stands_alone(scene, first, last, person) {
                return;
            }
            // `has lent a Sherman to`: one of many.
            let article = first > 0
                && scene.is_spaced(first)
                && scene.is_one_of(first - 1, &["a", "an", "A", "An"]);
            let ends = !scene.is_spaced(last + 1)
                || scene.is_one_of(
                    last + 1,
                    &[
                        "to", "in", "of", "and", "or", "at", "from", "with", "was", "is", "that",
                    ],
                );
            if person && article && ends {
                return;
            }
            let listed = scene.is_listed(first, Listed::NO_PERSON) && person;
            if listed {
                // The state or city of this name, or the person? What stands before says it.
                let place = first > 0
                    && scene.is_spaced(first)
                    && scene.is_one_of(first - 1, PLACE_PREPOSITIONS);
                let behind = scene.gap(last + 1).has(Gap::COMMA)
                    && scene.is_listed(last + 1, Listed::LOCATION.or(Listed::COUNTRY));
                let more = scene.names_at(first).iter().any(|m| m.last as usize > last);
                if first < short.full.0
                    || place
                    || behind
                    || more
                    || short.kind == Kind::GivenName && !is_person_here(scene, (first, last))
                {
                    return;
                }
                priority = 1 + listed_priority(scene, first, last);
            }
            let common = scene.is(first, Is::COMMON) && first == last;
            if common && person {
                let named = scene.is(first, Is::FAMILY.or(Is::COMMON_NAME));
                let ok = short.kind == Kind::Surname
                    && (!scene.is_first(first) || named || speaks(scene, last + 1))
                    && scene.casing(first) == Casing::Normal;
                if !ok {
                    return;
                }
            }
            if common && !person {
                return;
            }
        }
    }
    found.push(
        scene,
        (first, last),
        short.label,
        short.entry,
        rule,
        priority,
    );
}

const PLACE_PREPOSITIONS: &[&str] = &[
    "in", "In", "at", "At", "near", "Near", "from", "From", "to", "across", "outside", "inside",
    "into", "around", "through", "within", "of", "via", "toward", "towards", "over", "between",
];

/// The highest priority of the names that the lists have for just these tokens.
fn listed_priority(scene: &Scene, first: usize, last: usize) -> i8 {
    let names = scene
        .names_at(first)
        .iter()
        .filter(|m| m.last as usize == last);
    names
        .map(|m| scene.gazetteer.alias_priority(m.alias))
        .max()
        .unwrap_or(0)
}

/// Does a verb of speech or the like of it stand at token `i`?
fn speaks(scene: &Scene, i: usize) -> bool {
    scene.is_spaced(i)
        && scene.word_at(i, Is::SPEECH.or(Is::SPEECH_WEAK)).is_some()
        && !scene.is_capital(i)
        || scene.gap(i) == Gap::APOSTROPHE && scene.is_one_of(i, &["s"])
}

/// Is the given name of a person, which is a country or city too, the person here?
fn is_person_here(scene: &Scene, (first, last): (usize, usize)) -> bool {
    if scene.gap(last + 1) == Gap::APOSTROPHE {
        return false;
    }
    // `his brother Chad`, `I told Chad`, `Chad said`: elsewhere it is the country more often.
    let cue = Is::ROLE.or(Is::SPEECH).or(Is::SPEECH_WEAK);
    let before = first > 0 && scene.is_spaced(first) && scene.word_to(first - 1, cue).is_some();
    before || speaks(scene, last + 1)
}

/// Do these tokens start with capitals, and is no part of a longer name beside them?
fn stands_alone(scene: &Scene, first: usize, last: usize, person: bool) -> bool {
    let particle = scene.is(first, Is::PARTICLE) && last > first;
    let capitals = (first..=last).any(|i| scene.shape(i).starts_upper())
        && (scene.shape(first).starts_upper() || particle);
    if !capitals {
        return false;
    }
    if first > 0 && scene.is_joined(first) {
        let before = first - 1;
        let cue = scene.word_to(before, Is::TITLE.or(Is::ROLE)).is_some()
            || scene.is(before, Is::CALENDAR)
            || scene.is_listed(
                before,
                Listed::NATIONALITY
                    .or(Listed::COUNTRY)
                    .or(Listed::ORGANIZATION)
                    .or(Listed::LOCATION),
            )
            || scene.is_first(before) && scene.is(before, Is::COMMON)
            || scene.casing(before) != Casing::Normal && scene.is(before, Is::COMMON);
        let hyphen = scene.gap(first) == Gap::HYPHEN;
        let name = scene.is_capital(before)
            || scene.is(before, Is::PARTICLE) && !scene.is(before, Is::COMMON) && person;
        let compound = hyphen
            && !scene.is_capital(before)
            && scene.is_one_of(before, &["anti", "pro", "non", "ex", "post", "pre"]);
        if hyphen && !compound || name && !cue {
            return false;
        }
    }
    let next = last + 1;
    if next < scene.len() && scene.is_joined(next) && scene.is_capital(next) {
        if scene.casing(next) != Casing::Normal {
            return !scene.is(next, Is::HEAD_END.or(Is::SUFFIX_FORM));
        }
        return false;
    }
    true
}

impl Scene<'_> {
    /// The acronym as the brackets write it.
    fn word_of(&self, short: &Short) -> &str {
        let (first, last) = short.full;
        if first == last {
            return self.word(first);
        }
        // It stands behind the full name or before it, within a few tokens.
        let near = (first.saturating_sub(2)..(last + 4).min(self.len()))
            .filter(|i| *i < first || *i > last);
        near.into_iter()
            .find(|&i| self.tokens.hash(i) == short.tokens[0])
            .map_or("", |i| self.word(i))
    }
}

impl Found<'_> {
    fn push(
        &mut self,
        scene: &Scene,
        tokens: (usize, usize),
        label: Label,
        entry: Option<EntryId>,
        rule: Rule,
        priority: i8,
    ) {
        if !self.rules.switched_off.contains(&rule) {
            self.additions.push(Addition {
                span: scene.span(tokens.0, tokens.1),
                label: Some(label),
                entry,
                rule,
                priority,
            });
        }
    }
}
