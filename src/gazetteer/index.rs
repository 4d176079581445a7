//! The table of rolling prefix hashes, and the two bit filters before it.
//!
//! A key is the folded tokens of a name; its hash is made token by token ([`extend_key`]), so one walk over the text's tokens looks
//! up every name that starts at a token. A slot of the table is 64 bits: a tag of 32 bits of the hash, one bit for "longer names
//! start so", and the number of the first alias of the key that ends here. The build makes sure that no two prefixes share a hash, and that none hides
//! behind another's tag in its run of slots: it tries another seed otherwise. So a look-up never misses; what it finds is verified
//! on the bytes.

use crate::{
    machine,
    tokens::{extend_key, fold, hash_bytes},
};

/// The part of a gazetteer that the matcher walks.
#[derive(Debug)]
pub(crate) struct Index {
    seed: u64,
    table: Vec<u64>,
    shift: u32,
    /// Two bits for the hash of a first token: a whole name; the start of a longer one.
    first: Vec<u64>,
    first_shift: u32,
    /// One bit for the hash of the first two tokens of a longer name.
    second: Vec<u64>,
    second_shift: u32,
}

/// A prefix of names: its hash, the first alias of the key that it is (if it is a whole one) and whether longer names start so.
#[derive(Clone, Copy, Debug)]
struct Prefix {
    hash: u64,
    depth: usize,
    alias: Option<u32>,
    continues: bool,
}

/// What the table says of a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(u32);

impl Slot {
    /// The first alias whose key the prefix is, if it is a whole name.
    #[inline]
    pub(crate) fn alias(self) -> Option<u32> {
        (self.0 & !CONTINUES).checked_sub(1)
    }

    /// Do longer names start with the prefix?
    #[inline]
    pub(crate) fn continues(self) -> bool {
        self.0 & CONTINUES != 0
    }
}

const CONTINUES: u32 = 1 << 31;

/// All 32 bits of a tag.
const WHOLE_TAG: u32 = !0;

impl Index {
    /// The index of sorted keys, each the folded tokens of a name joined by `separator`, with a number below 2^31 - 1.
    pub(crate) fn build<'a>(
        keys: impl Iterator<Item = (&'a str, u32)> + Clone,
        separator: char,
    ) -> Index {
        Index::build_tagged(keys, separator, WHOLE_TAG)
    }

    /// `tag_mask` lets a test make collisions frequent.
    fn build_tagged<'a>(
        keys: impl Iterator<Item = (&'a str, u32)> + Clone,
        separator: char,
        tag_mask: u32,
    ) -> Index {
        let mut seed = 0u64;
        loop {
            let prefixes = prefixes(keys.clone(), separator, seed);
            if let Some(index) = Index::with_seed(&prefixes, seed, tag_mask) {
                return index;
            }
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        }
    }

    /// The index for one seed; none if it can't tell two prefixes apart.
    fn with_seed(prefixes: &[Prefix], seed: u64, tag_mask: u32) -> Option<Index> {
        let capacity = (prefixes.len() * 3 / 2).next_power_of_two().max(64);
        let shift = 64 - capacity.trailing_zeros();
        let mut table = vec![0u64; capacity];
        let count = |depth: usize| prefixes.iter().filter(|p| p.depth == depth).count();
        // 16 slots of two bits and 12 of one bit for a prefix: under one in a dozen other tokens pass.
        let first_slots = (count(1) * 16).next_power_of_two().max(1 << 10);
        let second_slots = (count(2) * 12).next_power_of_two().max(1 << 10);
        let mut index = Index {
            seed,
            shift,
            first: vec![0; first_slots / 32],
            first_shift: 64 - first_slots.trailing_zeros(),
            second: vec![0; second_slots / 64],
            second_shift: 64 - second_slots.trailing_zeros(),
            table: Vec::new(),
        };
        for prefix in prefixes {
            let tag = prefix.hash as u32 & tag_mask;
            let mut at = (prefix.hash >> shift) as usize;
            while table[at] != 0 {
                if (table[at] >> 32) as u32 & tag_mask == tag {
                    return None;
                }
                at = (at + 1) & (capacity - 1);
            }
            let payload =
                prefix.alias.map_or(0, |a| a + 1) | if prefix.continues { CONTINUES } else { 0 };
            table[at] = u64::from(prefix.hash as u32) << 32 | u64::from(payload);
            if prefix.depth == 1 {
                let bits = u64::from(prefix.alias.is_some()) | u64::from(prefix.continues) << 1;
                let slot = (prefix.hash >> index.first_shift) as usize;
                index.first[slot >> 5] |= bits << (2 * (slot & 31));
            } else if prefix.depth == 2 {
                let slot = (prefix.hash >> index.second_shift) as usize;
                index.second[slot >> 6] |= 1 << (slot & 63);
            }
        }
        index.table = table;
        Some(index)
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn memory(&self) -> usize {
        8 * (self.table.len() + self.first.len() + self.second.len())
    }

    /// May a name start with a token of this hash? Bit 0: a whole name; bit 1: a longer one.
    #[inline]
    pub(crate) fn may_start(&self, hash: u64) -> u64 {
        let slot = (hash >> self.first_shift) as usize;
        self.first[slot >> 5] >> (2 * (slot & 31)) & 3
    }

    /// May a name of two or more tokens start with two whose key is this?
    #[inline]
    pub(crate) fn may_go_on(&self, key: u64) -> bool {
        let slot = (key >> self.second_shift) as usize;
        self.second[slot >> 6] >> (slot & 63) & 1 != 0
    }

    /// Asks for the slot that [`Index::get`] will read for a key.
    #[inline]
    pub(crate) fn prefetch(&self, key: u64) {
        machine::prefetch(&self.table, (key >> self.shift) as usize);
    }

    /// What the table has for a key. A stranger may be taken for a name; a name is never missed.
    #[inline]
    pub(crate) fn get(&self, key: u64) -> Option<Slot> {
        let mask = self.table.len() - 1;
        let mut at = (key >> self.shift) as usize & mask;
        loop {
            let slot = self.table[at];
            if slot == 0 {
                return None;
            }
            if (slot >> 32) as u32 == key as u32 {
                return Some(Slot(slot as u32));
            }
            at = (at + 1) & mask;
        }
    }
}

/// Every prefix of the sorted keys once.
fn prefixes<'a>(
    keys: impl Iterator<Item = (&'a str, u32)>,
    separator: char,
    seed: u64,
) -> Vec<Prefix> {
    let mut all: Vec<Prefix> = Vec::new();
    // The prefixes of the key before, shortest first: index into `all`.
    let mut path: Vec<usize> = Vec::new();
    let mut before = "";
    for (key, alias) in keys {
        let common = key
            .split(separator)
            .zip(before.split(separator))
            .take_while(|(a, b)| a == b)
            .count()
            .min(path.len());
        path.truncate(common);
        for (depth, token) in key.split(separator).enumerate().skip(common) {
            let hash = hash_bytes(token.as_bytes(), seed);
            let hash = match path.last() {
                None => hash,
                Some(&parent) => {
                    all[parent].continues = true;
                    extend_key(all[parent].hash, hash)
                }
            };
            path.push(all.len());
            all.push(Prefix {
                hash,
                depth: depth + 1,
                alias: None,
                continues: false,
            });
        }
        if let Some(&last) = path.last() {
            all[last].alias = Some(alias);
        }
        before = key;
    }
    all
}

/// The folded tokens of a name, joined: its key. Two names with the same key are forms of one name.
pub(crate) fn folded_key(
    text: &str,
    tokens: &crate::tokens::Tokens,
    range: std::ops::Range<usize>,
    separator: char,
    out: &mut String,
) {
    let first = range.start;
    for i in range {
        if i > first {
            out.push(separator);
        }
        fold::fold(&text[tokens.span(i).range()], out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(n: usize) -> Vec<String> {
        let mut keys: Vec<String> = (0..n)
            .map(|i| format!("w{}\u{1f}x{}", i % 17, i))
            .chain((0..17).map(|i| format!("w{i}")))
            .chain(["w1\u{1f}x1\u{1f}y".into()])
            .collect();
        keys.sort();
        keys
    }

    fn numbered(keys: &[String]) -> impl Iterator<Item = (&str, u32)> + Clone {
        keys.iter().enumerate().map(|(i, k)| (k.as_str(), i as u32))
    }

    fn look_up(index: &Index, key: &str) -> Option<Slot> {
        let mut tokens = key
            .split('\u{1f}')
            .map(|t| hash_bytes(t.as_bytes(), index.seed()));
        let first = tokens.next().expect("a key has a token");
        index.get(tokens.fold(first, extend_key))
    }

    #[test]
    fn every_key_is_found_and_a_stranger_is_not() {
        let keys = keys(5000);
        let index = Index::build(numbered(&keys), '\u{1f}');
        for (number, key) in keys.iter().enumerate() {
            assert_eq!(
                look_up(&index, key).and_then(Slot::alias),
                Some(number as u32),
                "{key:?}"
            );
        }
        assert!(look_up(&index, "w1").expect("a key").continues());
        assert!(!look_up(&index, "w2\u{1f}x2").expect("a key").continues());
        assert_eq!(look_up(&index, "stranger"), None);
    }

    #[test]
    fn a_build_that_cannot_tell_two_keys_apart_takes_another_seed() {
        // Tags of a few bits collide in most runs of slots: many seeds fail, and the one that is kept has no hidden key.
        let keys = keys(40);
        let index = Index::build_tagged(numbered(&keys), '\u{1f}', 0b11111);
        assert_ne!(
            index.seed(),
            0,
            "the first seed should have failed, or this tests nothing"
        );
        for (number, key) in keys.iter().enumerate() {
            assert_eq!(
                look_up(&index, key).and_then(Slot::alias),
                Some(number as u32),
                "{key:?}"
            );
        }
    }

    #[test]
    fn an_empty_index_finds_nothing() {
        let index = Index::build(std::iter::empty(), '\u{1f}');
        assert_eq!(index.get(42), None);
        assert_eq!(index.may_start(42), 0);
    }
}
