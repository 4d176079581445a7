//! Counts over all documents, in bounded memory.

use super::document::{Seen, add_words};
use std::{
    collections::HashMap,
    sync::atomic::{AtomicU32, Ordering},
};

/// What was seen of a name in all documents.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) documents: u64,
    pub(super) seen: Seen,
}

/// The names of all documents by their keys.
///
/// Where there are more than fit, names of the fewest documents are forgotten, until half the room is free. So names that are rare in
/// between may be missed or counted less; those of many documents are not.
#[derive(Debug)]
pub(super) struct Counts {
    groups: HashMap<String, Group>,
    most: usize,
    /// How often names were forgotten.
    pub(super) forgotten: u64,
}

/// So many examples, surfaces and other names of a name are kept.
const MOST_EXAMPLES: usize = 3;
const MOST_SURFACES: usize = 8;
/// So many different words around it.
const MOST_WORDS: usize = 48;

impl Counts {
    pub(super) fn new(most: usize) -> Counts {
        Counts {
            groups: HashMap::new(),
            most,
            forgotten: 0,
        }
    }

    /// Adds the names of a document: its order decides what is forgotten, so that the same input gives the same counts.
    pub(super) fn add(&mut self, names: Vec<(String, Seen)>) {
        for (key, seen) in names {
            self.groups
                .entry(key)
                .or_default()
                .add(Group { documents: 1, seen });
        }
        let mut least = 1;
        if self.groups.len() > self.most {
            while self.groups.len() > self.most / 2 {
                let before = self.groups.len();
                self.groups.retain(|_, group| group.documents > least);
                self.forgotten += (before - self.groups.len()) as u64;
                least += 1;
            }
        }
    }

    /// All names, sorted by their keys.
    pub(super) fn into_groups(self) -> Vec<(String, Group)> {
        let mut groups: Vec<_> = self.groups.into_iter().collect();
        groups.sort_by(|(a, _), (b, _)| a.cmp(b));
        groups
    }
}

impl Group {
    pub(super) fn add(&mut self, other: Group) {
        self.documents += other.documents;
        let (mine, seen) = (&mut self.seen, other.seen);
        mine.mentions += seen.mentions;
        mine.firm += seen.firm;
        for (surface, (firm, all)) in seen.surfaces {
            if mine.surfaces.len() < MOST_SURFACES || mine.surfaces.contains_key(&surface) {
                let counts = mine.surfaces.entry(surface).or_default();
                counts.0 += firm;
                counts.1 += all;
            }
        }
        for (clue, (n, words)) in seen.clues {
            let counts = mine.clues.entry(clue).or_default();
            counts.0 += n;
            words.into_iter().for_each(|w| add_words(&mut counts.1, w));
        }
        for (alias, (surface, n)) in seen.aliases {
            if mine.aliases.len() < MOST_SURFACES || mine.aliases.contains_key(&alias) {
                mine.aliases.entry(alias).or_insert((surface, 0)).1 += n;
            }
        }
        for (words, n) in seen.words {
            if mine.words.len() < MOST_WORDS || mine.words.contains_key(&words) {
                *mine.words.entry(words).or_default() += n;
            }
        }
        mine.entry = mine.entry.or(seen.entry);
        let room = MOST_EXAMPLES.saturating_sub(mine.examples.len());
        mine.examples.extend(seen.examples.into_iter().take(room));
    }
}

/// How often there was what has a hash: at least that often, and rarely more. Its size does not grow, and threads may count at once.
#[derive(Debug)]
pub(super) struct Sketch(Vec<AtomicU32>);

impl Sketch {
    /// A sketch of so many cells, a power of two.
    pub(super) fn new(size: usize) -> Sketch {
        let mut cells = Vec::new();
        cells.resize_with(size, AtomicU32::default);
        Sketch(cells)
    }

    fn cell(&self, hash: u64) -> &AtomicU32 {
        &self.0[hash as usize & (self.0.len() - 1)]
    }

    pub(super) fn add(&self, hash: u64) {
        self.cell(hash).fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn get(&self, hash: u64) -> u64 {
        u64::from(self.cell(hash).load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts documents, each with the names of one line; `name documents` of what is left.
    fn counted(most: usize, documents: &[&str]) -> (String, u64) {
        let mut counts = Counts::new(most);
        for names in documents {
            let seen = || Seen {
                mentions: 1,
                ..Seen::default()
            };
            let names = names.split(' ').map(|name| (name.to_owned(), seen()));
            counts.add(names.collect());
        }
        let forgotten = counts.forgotten;
        let groups = counts.into_groups();
        let groups = groups
            .iter()
            .map(|(key, g)| format!("{key} {}", g.documents));
        (groups.collect::<Vec<_>>().join(", "), forgotten)
    }

    #[test]
    fn names_of_the_fewest_documents_are_forgotten_first() {
        let documents = ["köln a b", "köln a c", "köln d e"];
        let all = "a 2, b 1, c 1, d 1, e 1, köln 3";
        assert_eq!(counted(6, &documents), (all.to_owned(), 0));
        // The fifth name is one too many: those of one document go, then those of two.
        assert_eq!(counted(4, &documents), ("a 2, köln 3".to_owned(), 4));
    }

    #[test]
    fn a_sketch_counts_what_has_a_hash() {
        let sketch = Sketch::new(1 << 4);
        [3, 3, 7].into_iter().for_each(|hash| sketch.add(hash));
        assert_eq!([3, 7, 8].map(|hash| sketch.get(hash)), [2, 1, 0]);
    }
}
