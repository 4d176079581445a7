//! Texts that resemble each other, brought together around the longest of them.

use super::sketch::{HASHES, Signature, Sketch};

/// So many values of a signature have to be equal in one band for two texts to be compared. With two, texts that have a fifth of
/// their shingles in common meet with a probability of 0.93, with a third of 0.999; unrelated ones of news hardly ever.
const ROWS: usize = 2;
const BANDS: usize = HASHES / ROWS;

/// The most texts of one bucket that a text is compared with: time stays linear where very many share a phrase.
const MOST_COMPARED: usize = 64;

const NONE: u32 = u32::MAX;

/// Texts by the bands of their signatures (locality-sensitive hashing): 256 bytes a text and as many a place of its tables.
#[derive(Debug)]
pub(super) struct Index {
    /// The newest text of each bucket, band by band.
    heads: Vec<u32>,
    bits: u32,
    /// For each text the one before it in the bucket, by band.
    next: Vec<[u32; BANDS]>,
    /// The number that its owner gave a text.
    numbers: Vec<u32>,
    /// Who asked last whether a text is like his.
    asked: Vec<u32>,
}

impl Index {
    /// An index with room for so many texts.
    pub(super) fn new(texts: usize) -> Index {
        let bits = texts.max(16).next_power_of_two().ilog2();
        Index {
            heads: vec![NONE; BANDS << bits],
            bits,
            next: Vec::new(),
            numbers: Vec::new(),
            asked: Vec::new(),
        }
    }

    fn buckets(&self, signature: &Signature) -> impl Iterator<Item = usize> + use<> {
        let bits = self.bits;
        let (keys, _) = signature.as_chunks::<ROWS>();
        let keys: [[u16; ROWS]; BANDS] = std::array::from_fn(|band| keys[band]);
        keys.into_iter().enumerate().map(move |(band, [a, b])| {
            let key = (u64::from(a) << 16 | u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            band << bits | (key >> (64 - bits)) as usize
        })
    }

    pub(super) fn insert(&mut self, number: u32, signature: &Signature) {
        let place = self.numbers.len() as u32;
        let mut next = [NONE; BANDS];
        for (next, bucket) in next.iter_mut().zip(self.buckets(signature)) {
            *next = std::mem::replace(&mut self.heads[bucket], place);
        }
        self.next.push(next);
        self.numbers.push(number);
        self.asked.push(NONE);
    }

    /// Calls with the number of each text that has a band in common with text `asker`, once.
    fn candidates(&mut self, asker: u32, signature: &Signature, mut call: impl FnMut(u32)) {
        for (band, bucket) in self.buckets(signature).enumerate() {
            let mut place = self.heads[bucket];
            for _ in 0..MOST_COMPARED {
                if place == NONE {
                    break;
                }
                let i = place as usize;
                if self.asked[i] != asker {
                    self.asked[i] = asker;
                    call(self.numbers[i]);
                }
                place = self.next[i][band];
            }
        }
    }

    /// The text that text `asker` resembles most, and how much, if that is at least `share`. Of several the first in `order`, a
    /// number for each text.
    pub(super) fn nearest(
        &mut self,
        asker: u32,
        sketches: &[Sketch],
        order: &[u32],
        share: f64,
    ) -> Option<(u32, f64)> {
        let sketch = &sketches[asker as usize];
        let mut nearest: Option<(u32, f64)> = None;
        self.candidates(asker, &sketch.signature, |number| {
            let found = sketch.resemblance(&sketches[number as usize]);
            let is_nearer = nearest.is_none_or(|(other, most)| {
                found > most || found == most && order[number as usize] < order[other as usize]
            });
            if found >= share && is_nearer {
                nearest = Some((number, found));
            }
        });
        nearest
    }
}

/// The clusters of texts.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    /// For each text the longest of its cluster, which it resembles; itself, if that is it.
    pub(super) leaders: Vec<u32>,
    /// How much it resembles it.
    pub(super) shares: Vec<f32>,
}

impl Clusters {
    /// Goes through the texts in their `order`, the longest first: each joins the leader that it resembles most, at least by
    /// `share`, or becomes one. So no chain of texts that each resemble the next makes a cluster, and the order of the input has no
    /// say. Equal texts (by `texts`, their hashes) stand side by side in `order`.
    pub(super) fn of(sketches: &[Sketch], texts: &[u64], order: &[u32], share: f64) -> Clusters {
        let mut clusters = Clusters {
            leaders: (0..sketches.len() as u32).collect(),
            shares: vec![1.0; sketches.len()],
        };
        let ranks = ranks(order);
        let mut index = Index::new(sketches.len());
        for (at, &text) in order.iter().enumerate() {
            let i = text as usize;
            let before = at.checked_sub(1).map(|at| order[at] as usize);
            if let Some(same) = before.filter(|&b| texts[b] == texts[i]) {
                clusters.leaders[i] = clusters.leaders[same];
                clusters.shares[i] = clusters.shares[same];
            } else if let Some((leader, found)) = index.nearest(text, sketches, &ranks, share) {
                clusters.leaders[i] = leader;
                clusters.shares[i] = found as f32;
            } else {
                index.insert(text, &sketches[i].signature);
            }
        }
        clusters
    }
}

/// The place of each text in an order.
pub(super) fn ranks(order: &[u32]) -> Vec<u32> {
    let mut ranks = vec![0; order.len()];
    for (rank, &text) in order.iter().enumerate() {
        ranks[text as usize] = rank as u32;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::{
        super::sketch::{Sketcher, hash},
        *,
    };

    fn clusters(texts: &[String]) -> Vec<u32> {
        let mut sketcher = Sketcher::default();
        let sketches: Vec<Sketch> = texts.iter().map(|t| sketcher.sketch(t)).collect();
        let hashes: Vec<u64> = texts.iter().map(|t| hash(t.as_bytes(), 0)).collect();
        let mut order: Vec<u32> = (0..texts.len() as u32).collect();
        order.sort_by_key(|&i| {
            (
                std::cmp::Reverse(sketches[i as usize].shingles),
                hashes[i as usize],
            )
        });
        Clusters::of(&sketches, &hashes, &order, 0.5).leaders
    }

    /// Words that no other text has.
    fn words(rng: &mut fastrand::Rng, n: usize) -> Vec<String> {
        (0..n)
            .map(|_| (0..8).map(|_| rng.lowercase()).collect())
            .collect()
    }

    #[test]
    fn chains_are_cut() {
        // Each text has three quarters of its words from the one before: the tenth has none of the first.
        let mut rng = fastrand::Rng::with_seed(9);
        let all = words(&mut rng, 400);
        let texts: Vec<String> = (0..10)
            .map(|i| all[25 * i..25 * i + 100].join(" "))
            .collect();
        let leaders = clusters(&texts);
        for (i, &leader) in leaders.iter().enumerate() {
            let apart = i.abs_diff(leader as usize);
            assert!(apart <= 2, "{leaders:?}");
        }
        assert!(
            leaders.iter().enumerate().any(|(i, &l)| l as usize != i),
            "{leaders:?}"
        );
    }

    #[test]
    fn the_longest_leads_and_equal_texts_follow_one_leader() {
        let mut rng = fastrand::Rng::with_seed(3);
        let story = words(&mut rng, 60);
        let long = [&story[..], &words(&mut rng, 30)].concat();
        let texts = [
            story.join(" "),
            words(&mut rng, 80).join(" "),
            long.join(" "),
            story.join(" "),
        ];
        assert_eq!(clusters(&texts), [2, 1, 2, 2]);
    }

    #[test]
    fn texts_that_share_one_phrase_with_very_many_stay_apart() {
        let mut rng = fastrand::Rng::with_seed(5);
        let phrase = words(&mut rng, 12);
        let texts: Vec<String> = (0..500)
            .map(|_| [&phrase[..], &words(&mut rng, 60)].concat().join(" "))
            .collect();
        let alone = clusters(&texts)
            .iter()
            .enumerate()
            .filter(|(i, l)| **l as usize == *i)
            .count();
        assert_eq!(alone, 500);
    }
}
