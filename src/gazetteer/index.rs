//! The table of rolling prefix hashes, and the two bit filters before it.
//!
//! A key is the folded tokens of a name; its hash is made token by token ([`extend_key`]), so one walk over the text's tokens looks
//! up every name that starts at a token. A prefix in the table takes 64 bits: a tag of 32 bits of the hash, one bit for "longer
//! names start so", and the number of the first alias of the key that ends here. Eight prefixes are a bucket, which is a line of the
//! cache: first the tags, which are compared all at once, then the rest. What does not fit goes to the next bucket. The build makes
//! sure that no two prefixes share a hash, and that none hides behind another's tag in the buckets that are read for it: it tries
//! another seed otherwise. So a look-up never misses; what it finds is verified on the bytes.

use super::{
    image::{Image, Section},
    name::SEPARATOR,
};
use crate::{
    machine,
    tokens::{extend_key, hash_bytes},
};

/// The arrays of an index, as they are written to an image.
#[derive(Debug)]
pub(super) struct IndexArrays {
    pub(super) seed: u64,
    pub(super) table: Vec<u64>,
    /// Two bits for the hash of a first token: a whole name; the start of a longer one.
    pub(super) first: Vec<u64>,
    /// One bit for the hash of the first two tokens of a longer name.
    pub(super) second: Vec<u64>,
    /// The most buckets that a look-up reads.
    pub(super) run: usize,
}

/// The part of an image that the matcher walks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Index<'a> {
    table: &'a [Bucket],
    first: &'a [[u8; 8]],
    second: &'a [[u8; 8]],
    first_shift: u32,
    second_shift: u32,
    run: usize,
}

/// A prefix of names: its hash, the first alias of the key that it is (if it is a whole one) and whether longer names start so.
#[derive(Clone, Copy, Debug)]
struct Prefix {
    hash: u64,
    depth: u32,
    /// Number of the alias plus one, and [`CONTINUES`].
    payload: u32,
}

/// Eight tags, then eight [`Slot`]s; the free ones are behind the others.
type Bucket = [u8; 64];

const BUCKET: usize = 8;

/// What the table says of a prefix; zero where it has none.
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

impl IndexArrays {
    /// The index of sorted keys, each the folded tokens of a name joined by [`SEPARATOR`], with a number below 2^31 - 1.
    pub(super) fn build<'a>(
        keys: impl Iterator<Item = (&'a [u8], u32)> + Clone,
        seed: u64,
    ) -> IndexArrays {
        IndexArrays::build_tagged(keys, seed, WHOLE_TAG)
    }

    /// `tag_mask` lets a test make collisions frequent.
    fn build_tagged<'a>(
        keys: impl Iterator<Item = (&'a [u8], u32)> + Clone,
        mut seed: u64,
        tag_mask: u32,
    ) -> IndexArrays {
        loop {
            let prefixes = prefixes(keys.clone(), seed);
            if let Some(index) = IndexArrays::with_seed(&prefixes, seed, tag_mask) {
                return index;
            }
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        }
    }

    /// The index for one seed; none if it can't tell two prefixes apart.
    fn with_seed(prefixes: &[Prefix], seed: u64, tag_mask: u32) -> Option<IndexArrays> {
        // A small table is half full: a look-up reads one bucket. In one of millions memory counts: six sevenths.
        let spare = match prefixes.len() {
            0..=4_000_000 => prefixes.len(),
            _ => prefixes.len() / 6,
        };
        let buckets = (prefixes.len() + spare).div_ceil(BUCKET) + BUCKET;
        let mut table = vec![[[0u32; BUCKET]; 2]; buckets];
        let count = |depth: u32| prefixes.iter().filter(|p| p.depth == depth).count();
        // 16 slots of two bits and 12 of one bit for a prefix: under one in a dozen other tokens pass.
        let first_slots = (count(1) * 16).next_power_of_two().max(1 << 10);
        let second_slots = (count(2) * 12).next_power_of_two().max(1 << 10);
        let mut first = vec![0u64; first_slots / 32];
        let mut second = vec![0u64; second_slots / 64];
        let first_shift = 64 - first_slots.trailing_zeros();
        let second_shift = 64 - second_slots.trailing_zeros();
        let mut run = 1;
        for prefix in prefixes {
            let tag = prefix.hash as u32;
            let mut at = place(prefix.hash, buckets);
            let mut read = 1;
            loop {
                let [tags, slots] = &mut table[at];
                let free = slots.iter().position(|&s| s == 0).unwrap_or(BUCKET);
                if tags[..free].iter().any(|t| (t ^ tag) & tag_mask == 0) {
                    return None;
                }
                if free < BUCKET {
                    (tags[free], slots[free]) = (tag, prefix.payload);
                    break;
                }
                at = if at + 1 == buckets { 0 } else { at + 1 };
                read += 1;
            }
            run = run.max(read);
            if prefix.depth == 1 {
                let slot = (prefix.hash >> first_shift) as usize;
                let whole = u64::from(prefix.payload & !CONTINUES != 0);
                let bits = whole | u64::from(prefix.payload & CONTINUES != 0) << 1;
                first[slot >> 5] |= bits << (2 * (slot & 31));
            } else if prefix.depth == 2 {
                let slot = (prefix.hash >> second_shift) as usize;
                second[slot >> 6] |= 1 << (slot & 63);
            }
        }
        let words = table.as_flattened().as_flattened().as_chunks::<2>().0;
        let table = words
            .iter()
            .map(|[low, high]| u64::from(*low) | u64::from(*high) << 32);
        Some(IndexArrays {
            seed,
            table: table.collect(),
            first,
            second,
            run,
        })
    }
}

/// Where a look-up in a table of so many places starts.
#[inline]
pub(super) fn place(hash: u64, capacity: usize) -> usize {
    // The tag is the other half of the hash.
    (((hash >> 32) * capacity as u64) >> 32) as usize
}

impl<'a> Index<'a> {
    pub(super) fn of(image: &'a Image) -> Index<'a> {
        let (first, second) = (image.rows(Section::First), image.rows(Section::Second));
        Index {
            table: image.rows(Section::Table),
            first_shift: 64 - (first.len() * 32).trailing_zeros(),
            second_shift: 64 - (second.len() * 64).trailing_zeros(),
            first,
            second,
            run: image.figures.run,
        }
    }

    /// May a name start with a token of this hash? Bit 0: a whole name; bit 1: a longer one.
    #[inline]
    pub(crate) fn may_start(&self, hash: u64) -> u64 {
        let slot = (hash >> self.first_shift) as usize;
        u64::from_le_bytes(self.first[slot >> 5]) >> (2 * (slot & 31)) & 3
    }

    /// Writes the numbers of the hashes that [`Index::may_start`] lets pass to the start of `out`, which is as long as the hashes;
    /// gives how many they are.
    #[inline(never)]
    pub(crate) fn starts(&self, hashes: &[u64], out: &mut [u32]) -> usize {
        let Index {
            first, first_shift, ..
        } = *self;
        let mut len = 0;
        for (i, &hash) in hashes.iter().enumerate() {
            let slot = hash >> (first_shift & 63);
            let bits = u64::from_le_bytes(first[slot as usize >> 5]) >> (2 * (slot & 31)) & 3;
            out[len] = i as u32;
            len += usize::from(bits != 0);
        }
        len
    }

    /// May a name of two or more tokens start with two whose key is this?
    #[inline]
    pub(crate) fn may_go_on(&self, key: u64) -> bool {
        let slot = (key >> self.second_shift) as usize;
        u64::from_le_bytes(self.second[slot >> 6]) >> (slot & 63) & 1 != 0
    }

    /// Asks for what [`Index::may_go_on`] will read for a key.
    #[inline]
    pub(crate) fn prefetch_second(&self, key: u64) {
        machine::prefetch(self.second, (key >> self.second_shift) as usize >> 6);
    }

    /// Asks for the bucket that [`Index::get`] will read for a key.
    #[inline]
    pub(crate) fn prefetch(&self, key: u64) {
        machine::prefetch(self.table, place(key, self.table.len()));
    }

    /// What the table has for a key. A stranger may be taken for a name; a name is never missed.
    #[inline]
    pub(crate) fn get(&self, key: u64) -> Slot {
        let mut at = place(key, self.table.len());
        for _ in 0..self.run {
            let Some(bucket) = self.table.get(at) else {
                break;
            };
            let (tags, slots) = bucket.split_first_chunk().expect("a bucket has two halves");
            let (slots, _) = slots.as_chunks::<4>();
            if let Some(k) = machine::position(tags, key as u32) {
                return Slot(u32::from_le_bytes(slots[k]));
            }
            if slots[BUCKET - 1] == [0; 4] {
                break;
            }
            at = if at + 1 == self.table.len() {
                0
            } else {
                at + 1
            };
        }
        Slot(0)
    }
}

/// Every prefix of the sorted keys once.
fn prefixes<'a>(keys: impl Iterator<Item = (&'a [u8], u32)>, seed: u64) -> Vec<Prefix> {
    let is_end = |key: &[u8], at: usize| key.get(at).is_none_or(|&b| b == SEPARATOR as u8);
    let mut all: Vec<Prefix> = Vec::new();
    // The prefixes of the key before, shortest first: index into `all`, and where it ends in the key.
    let mut path: Vec<(usize, usize)> = Vec::new();
    let mut before: &[u8] = &[];
    for (key, alias) in keys {
        let same = key.iter().zip(before).take_while(|(a, b)| a == b).count();
        while path
            .last()
            .is_some_and(|&(_, end)| end > same || !is_end(key, end))
        {
            path.pop();
        }
        let mut start = path.last().map_or(0, |&(_, end)| end + 1);
        while start <= key.len() {
            let rest = &key[start..];
            let len = rest.iter().position(|&b| b == SEPARATOR as u8);
            let end = start + len.unwrap_or(rest.len());
            let hash = hash_bytes(&key[start..end], seed);
            let hash = match path.last() {
                None => hash,
                Some(&(parent, _)) => {
                    all[parent].payload |= CONTINUES;
                    extend_key(all[parent].hash, hash)
                }
            };
            path.push((all.len(), end));
            all.push(Prefix {
                hash,
                depth: path.len() as u32,
                payload: 0,
            });
            start = end + 1;
        }
        if let Some(&(last, _)) = path.last() {
            all[last].payload |= alias + 1;
        }
        before = key;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gazetteer::image::{Catalogue, Figures, Writer};

    fn keys(n: usize) -> Vec<String> {
        let mut keys: Vec<String> = (0..n)
            .map(|i| format!("w{}\u{1f}x{}", i % 17, i))
            .chain((0..17).map(|i| format!("w{i}")))
            .chain(["w1\u{1f}x1\u{1f}y".into()])
            .collect();
        keys.sort();
        keys
    }

    fn numbered(keys: &[String]) -> impl Iterator<Item = (&[u8], u32)> + Clone {
        keys.iter()
            .enumerate()
            .map(|(i, k)| (k.as_bytes(), i as u32))
    }

    /// An image that has an index and nothing else.
    fn image(arrays: &IndexArrays) -> Image {
        let mut writer = Writer::new(&Catalogue::default(), 0);
        writer.words(Section::Table, &arrays.table);
        writer.words(Section::First, &arrays.first);
        writer.words(Section::Second, &arrays.second);
        writer.section(Section::Aliases, |out| out.extend([0; 12]));
        writer.empty_rest();
        writer.finish(Figures {
            seed: arrays.seed,
            longest: 1,
            most: 1,
            run: arrays.run,
            has_validities: false,
        })
    }

    fn look_up(image: &Image, key: &str) -> Slot {
        let index = Index::of(image);
        let mut tokens = key
            .split('\u{1f}')
            .map(|t| hash_bytes(t.as_bytes(), image.figures.seed));
        let first = tokens.next().expect("a key has a token");
        index.get(tokens.fold(first, extend_key))
    }

    #[test]
    fn every_key_is_found_and_a_stranger_is_not() {
        let keys = keys(5000);
        let index = image(&IndexArrays::build(numbered(&keys), 0));
        for (number, key) in keys.iter().enumerate() {
            assert_eq!(look_up(&index, key).alias(), Some(number as u32), "{key:?}");
        }
        assert!(look_up(&index, "w1").continues());
        assert!(!look_up(&index, "w2\u{1f}x2").continues());
        assert_eq!(look_up(&index, "stranger"), Slot(0));
    }

    #[test]
    fn a_build_that_cannot_tell_two_keys_apart_takes_another_seed() {
        // Tags of a few bits collide in most runs of slots: many seeds fail, and the one that is kept has no hidden key.
        let keys = keys(400);
        let index = image(&IndexArrays::build_tagged(numbered(&keys), 0, 0b11_1111));
        assert_ne!(
            index.figures.seed, 0,
            "the first seed should have failed, or this tests nothing"
        );
        for (number, key) in keys.iter().enumerate() {
            assert_eq!(look_up(&index, key).alias(), Some(number as u32), "{key:?}");
        }
    }

    #[test]
    fn an_empty_index_finds_nothing() {
        let image = image(&IndexArrays::build(std::iter::empty(), 0));
        let index = Index::of(&image);
        assert_eq!(index.get(42), Slot(0));
        assert_eq!(index.may_start(42), 0);
    }
}
