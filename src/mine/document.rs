//! The names of one document: sightings of the same name put together.

use super::surroundings::{Words, words};
use crate::{
    document::{EntryId, Origin, Rule},
    eval::Example,
    gazetteer::{AliasKind, SEPARATOR, folded_key},
    rules::{ClueKind, Sighting},
    span::Label,
    tokens::Tokens,
};
use std::collections::{BTreeMap, HashMap};

/// What was seen of a name.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) mentions: u64,
    /// Mentions whose capitals mean something.
    pub(super) firm: u64,
    /// How it is written, and how often with capitals that mean something, and at all.
    pub(super) surfaces: BTreeMap<String, (u64, u64)>,
    /// What speaks for labels: how often, and the first words that say it.
    pub(super) clues: BTreeMap<(Label, ClueKind), (u64, Vec<String>)>,
    /// The words around it.
    pub(super) words: Words,
    /// Other names of it, by their keys.
    pub(super) aliases: BTreeMap<(String, AliasKind), (String, u64)>,
    /// The entity of a list that documents say it is.
    pub(super) entry: Option<EntryId>,
    pub(super) examples: Vec<Example>,
}

/// The key of a name: its folded tokens.
pub(super) fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    folded_key(name, &Tokens::of(name), &mut key);
    key
}

/// The names of a document by their keys, in the order of the text.
pub(super) fn names(id: &str, text: &str, sightings: &[Sighting]) -> Vec<(String, Seen)> {
    let mut names = Names::default();
    for sighting in sightings {
        names.add(id, text, sighting);
    }
    names.acronyms(text, sightings);
    names.short_forms();
    names.finish()
}

#[derive(Default)]
struct Names {
    keys: HashMap<String, usize>,
    seen: Vec<(String, Seen)>,
    /// Names of which a rule said that they are short forms.
    shorts: Vec<bool>,
    /// For each sighting its name.
    of: Vec<usize>,
    /// Names that became part of another.
    gone: Vec<bool>,
}

impl Names {
    fn add(&mut self, id: &str, text: &str, sighting: &Sighting) {
        let surface: Vec<&str> = text[sighting.span.range()].split_whitespace().collect();
        let surface = surface.join(" ");
        let key = key(&surface);
        let number = *self.keys.entry(key.clone()).or_insert_with(|| {
            self.seen.push((key, Seen::default()));
            self.shorts.push(false);
            self.gone.push(false);
            self.seen.len() - 1
        });
        self.of.push(number);
        let short = [Rule::PersonShort, Rule::OrganizationShort].map(Origin::Rule);
        self.shorts[number] |= sighting.origin.is_some_and(|o| short.contains(&o));
        let seen = &mut self.seen[number].1;
        seen.mentions += 1;
        seen.firm += u64::from(sighting.firm);
        let surface = seen.surfaces.entry(surface).or_default();
        surface.0 += u64::from(sighting.firm);
        surface.1 += 1;
        for clue in &sighting.clues {
            let words: Vec<&str> = text[clue.words.range()].split_whitespace().collect();
            let (n, examples) = seen.clues.entry((clue.label, clue.kind)).or_default();
            *n += 1;
            add_words(examples, words.join(" "));
        }
        for words in sighting.surroundings.iter().flat_map(|s| words(text, s)) {
            *seen.words.entry(words).or_default() += 1;
        }
        seen.entry = seen.entry.or(sighting.entry);
        if seen.examples.is_empty() && sighting.firm {
            seen.examples.push(Example::new(id, text, sighting.span));
        }
    }

    /// `Pacific Trade Watch (PTW)`, `PTW (Pacific Trade Watch)`: one name.
    fn acronyms(&mut self, text: &str, sightings: &[Sighting]) {
        let by_brackets = |s: &Sighting| s.origin == Some(Origin::Rule(Rule::OrganizationAcronym));
        for (i, pair) in sightings.windows(2).enumerate() {
            let [a, b] = pair else { continue };
            let between = text.get(a.span.end..b.span.start);
            let brackets =
                between.is_some_and(|t| t.trim() == "(") && text[b.span.end..].starts_with(')');
            if !brackets || !(by_brackets(a) || by_brackets(b)) {
                continue;
            }
            let (long, short) = match a.span.len() < b.span.len() {
                true => (self.of[i + 1], self.of[i]),
                false => (self.of[i], self.of[i + 1]),
            };
            self.join(short, long, AliasKind::Acronym);
        }
    }

    /// `Brack` is Oona Brack where the text has her in full; `General Atomics Aeronautical` is the company that goes on with `Systems`.
    fn short_forms(&mut self) {
        for short in 0..self.seen.len() {
            let (key, seen) = &self.seen[short];
            if self.gone[short] || seen.entry.is_some() {
                continue;
            }
            let surname = !key.contains(SEPARATOR);
            let behind = format!("{SEPARATOR}{key}");
            let before = format!("{key}{SEPARATOR}");
            let is_full = |&full: &usize| {
                let (full_key, full_seen) = &self.seen[full];
                let person = full_seen.clues.keys().any(|(label, kind)| {
                    label.as_str() == "PERSON" && matches!(kind, ClueKind::Rule(_))
                });
                let licensed = self.shorts[short]
                    && (full_key.ends_with(&behind) || full_key.starts_with(&before));
                !self.gone[full]
                    && full_key.len() > key.len()
                    && (licensed || person && surname && full_key.ends_with(&behind))
            };
            if let Some(full) = (0..self.seen.len()).find(is_full) {
                let starts = self.seen[full].0.starts_with(&before);
                let organization = self.seen[short].1.clues.keys().any(|(label, kind)| {
                    label.as_str() == "ORG" && *kind == ClueKind::Rule(Rule::OrganizationShort)
                });
                match starts && organization {
                    true => self.join(short, full, AliasKind::Short),
                    // Rules know which surnames and which heads stand for the name.
                    false => self.count_to(short, full),
                }
            }
        }
    }

    /// Makes a name another name of a longer one.
    fn join(&mut self, short: usize, long: usize, kind: AliasKind) {
        if short == long || self.gone[short] || self.gone[long] {
            return;
        }
        let (key, seen) = &self.seen[short];
        let surface = best_surface(&seen.surfaces).to_owned();
        let alias = ((key.clone(), kind), (surface, seen.mentions));
        self.count_to(short, long);
        self.seen[long].1.aliases.extend([alias]);
    }

    /// Counts the mentions of a name for another.
    fn count_to(&mut self, short: usize, long: usize) {
        self.gone[short] = true;
        let seen = std::mem::take(&mut self.seen[short].1);
        let long = &mut self.seen[long].1;
        long.mentions += seen.mentions;
        long.firm += seen.firm;
        for (words, n) in seen.words {
            *long.words.entry(words).or_default() += n;
        }
        for (clue, (n, words)) in seen.clues {
            let form = matches!(
                clue.1,
                ClueKind::Acronym | ClueKind::FamilyName | ClueKind::GivenName
            );
            if !form {
                let mine = long.clues.entry(clue).or_default();
                mine.0 += n;
                words.into_iter().for_each(|w| add_words(&mut mine.1, w));
            }
        }
    }

    fn finish(self) -> Vec<(String, Seen)> {
        let all = self.seen.into_iter().zip(self.gone);
        all.filter(|(_, gone)| !gone)
            .map(|(name, _)| name)
            .collect()
    }
}

/// So many words are kept of each kind of clue.
const MOST_WORDS: usize = 3;

/// Adds words that say something, the first few of them.
pub(super) fn add_words(words: &mut Vec<String>, more: String) {
    if words.len() < MOST_WORDS && !more.is_empty() && !words.contains(&more) {
        words.push(more);
    }
}

/// How a name is written most often where its capitals mean something; of several not in capitals, then the first in order.
pub(super) fn best_surface(surfaces: &BTreeMap<String, (u64, u64)>) -> &str {
    let has_lower = |surface: &str| surface.contains(char::is_lowercase);
    let best = surfaces.iter().rev();
    let best = best.max_by_key(|(surface, counts)| (**counts, has_lower(surface)));
    best.map_or("", |(surface, _)| surface)
}
