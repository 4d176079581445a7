//! [`Sketch`]: what is kept of a text to tell whether it resembles another.

use crate::{document::Zone, tokens::Tokens, zones::zones};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// So many hash functions: the standard error of a resemblance is at most 0.045.
pub(super) const HASHES: usize = 128;

/// 16 bits of the least value of each hash function over the shingles of a text. Two texts agree in as many of them, as a share, as
/// they have shingles in common: unequal values agree once in 65,536.
pub(super) type Signature = [u16; HASHES];

/// The signature of a text, and how many shingles it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sketch {
    pub(super) signature: Signature,
    pub(super) shingles: u32,
}

/// A shingle is so many tokens in a row. With more of them a number that changed would cost more shingles, with fewer all texts
/// would have some in common.
const TOKENS: usize = 3;

/// Texts that have fewer shingles in common resemble each other only if they have all: half of a line of eight words is chance.
const FEWEST_COMMON: f64 = 5.0;

/// Texts that agree in fewer values have nothing in common that could be told from chance: a few phrases of a long text, thought of
/// as part of a short one, were half of that. Unrelated texts of news agree in two or three values at most.
const FEWEST_EQUAL: u32 = 10;

/// All numbers are the same: those of an update differ from those of the story before.
const NUMBER: u64 = 0x6e75_6d62_6572;

/// Makes sketches, in memory that is reused.
#[derive(Debug, Default)]
pub(super) struct Sketcher {
    tokens: Tokens,
    zones: Vec<Zone>,
    words: Vec<u64>,
    shingles: Vec<u64>,
}

impl Sketcher {
    /// The sketch of a text: of its words, in any case, without datelines, bylines, credits, boilerplate and addresses, which copies
    /// of one story change and other stories have in common. Takes time linear in the text, about 128 steps a word.
    pub(super) fn sketch(&mut self, text: &str) -> Sketch {
        self.tokens.fill(text, 0);
        zones(text, &mut self.zones);
        self.words.clear();
        let mut zones = self.zones.iter().peekable();
        for i in 0..self.tokens.len() {
            let span = self.tokens.span(i);
            while zones.next_if(|z| z.span.end <= span.start).is_some() {}
            if zones.peek().is_none_or(|z| !z.span.overlaps(span)) {
                self.words.push(match self.tokens.shape(i).is_digits() {
                    true => NUMBER,
                    false => self.tokens.hash(i),
                });
            }
        }
        self.shingles.clear();
        match self.words.len() {
            0 => self.shingles.push(xxh3_64(text.as_bytes())),
            1..TOKENS => self.shingles.push(shingle(&self.words)),
            _ => {
                let windows = self.words.windows(TOKENS);
                self.shingles.extend(windows.map(shingle));
            }
        }
        self.shingles.sort_unstable();
        self.shingles.dedup();
        Sketch {
            signature: signature(&self.shingles),
            shingles: self.shingles.len() as u32,
        }
    }
}

fn shingle(words: &[u64]) -> u64 {
    let sum = words.iter().fold(0u64, |sum, word| {
        (sum ^ word)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
    });
    mixed(sum)
}

/// All bits of a number depend on all of its bits (the end of MurmurHash3).
fn mixed(mut x: u64) -> u64 {
    x ^= x >> 33;
    x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 33;
    x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ x >> 33
}

/// Shingles are mixed well, so that a product with an odd number is a hash function of them whose order owes nothing to that of
/// another.
fn signature(shingles: &[u64]) -> Signature {
    let mut least = [u64::MAX; HASHES];
    for &shingle in shingles {
        for (least, factor) in least.iter_mut().zip(&FACTORS) {
            *least = (*least).min(shingle.wrapping_mul(*factor));
        }
    }
    least.map(|value| (mixed(value) >> 48) as u16)
}

static FACTORS: [u64; HASHES] = factors();

const fn factors() -> [u64; HASHES] {
    let mut factors = [0; HASHES];
    // SplitMix64.
    let (mut state, mut i) = (6u64, 0);
    while i < HASHES {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        factors[i] = (z ^ (z >> 31)) | 1;
        i += 1;
    }
    factors
}

impl Sketch {
    /// How much of the shorter text stands in the longer, as a share of its shingles; 0 where that is chance.
    pub(super) fn resemblance(&self, other: &Sketch) -> f64 {
        let pairs = self.signature.iter().zip(&other.signature);
        let equal = pairs.map(|(a, b)| u32::from(a == b)).sum::<u32>();
        match equal {
            0..FEWEST_EQUAL => return 0.0,
            // Of a text of three words or so that is all there is.
            _ if equal as usize == HASHES => return 1.0,
            _ => {}
        }
        let (a, b) = (f64::from(self.shingles), f64::from(other.shingles));
        let jaccard = f64::from(equal) / HASHES as f64;
        let common = (jaccard * (a + b) / (1.0 + jaccard)).min(a.min(b));
        match common < FEWEST_COMMON {
            true => 0.0,
            false => common / a.min(b),
        }
    }
}

/// A hash of a text that takes part in an order: equal texts alone are equal.
pub(super) fn hash(bytes: &[u8], seed: u64) -> u64 {
    xxh3_64_with_seed(bytes, seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resemblance(a: &str, b: &str) -> f64 {
        let mut sketcher = Sketcher::default();
        let a = sketcher.sketch(a);
        a.resemblance(&sketcher.sketch(b))
    }

    const STORY: &str = "SEOUL (Reuters) - North Korea fired an intercontinental ballistic missile into the sea off its east coast early on Thursday, the South said, its first launch of a long-range weapon in five months. It flew for 73 minutes and came down 200 km west of Hokkaido, Japanese officials said, and fishing crews hurried back to port.";

    #[test]
    fn copies_and_updates_resemble_their_story() {
        assert_eq!(resemblance(STORY, STORY), 1.0);
        let loud = STORY.to_uppercase().replace("SEOUL (REUTERS) - ", "");
        assert_eq!(
            resemblance(STORY, &loud),
            1.0,
            "case, dateline and credit count nothing"
        );
        let numbers = STORY.replace("73", "74").replace("200", "210");
        assert_eq!(resemblance(STORY, &numbers), 1.0);
        let more = format!(
            "{STORY} The launch came a day after the South and the United States ended an exercise of their fleets that Pyongyang had called a rehearsal for war, and hours before a meeting of the Security Council that China had asked for."
        );
        assert!(resemblance(STORY, &more) > 0.8);
        let (_, second) = STORY.split_once("months. ").unwrap();
        let lead = format!(
            "Pyongyang has tested another of its largest rockets, officials of two neighbours reported this morning. {second}"
        );
        assert!(
            resemblance(STORY, &lead) > 0.4,
            "{}",
            resemblance(STORY, &lead)
        );
    }

    #[test]
    fn other_texts_do_not() {
        let other = "SEOUL (Reuters) - North Korea said on Thursday that it would send a delegation of athletes to the games in the South, the first in five months of talks, officials said.";
        assert!(resemblance(STORY, other) < 0.2);
        // A phrase is no text.
        assert_eq!(
            resemblance(
                "officials in Tehran said on Monday",
                "officials in Tehran said on Friday"
            ),
            0.0
        );
        assert_eq!(resemblance("Soccer results", "Soccer results"), 1.0);
        assert_eq!(resemblance("Soccer results", "Tennis results"), 0.0);
        assert_eq!(resemblance("", "…"), 0.0);
        assert_eq!(resemblance("北京消息人士周四说", "北京消息人士周四说"), 1.0);
    }

    #[test]
    fn shares_are_near_the_truth() {
        let mut rng = fastrand::Rng::with_seed(4);
        let mut words = |n: usize| -> Vec<String> {
            (0..n)
                .map(|_| {
                    format!("w{}x", rng.u32(..)).replace(|c: char| c.is_ascii_digit(), "q")
                        + &rng.u32(..).to_string().replace('1', "a")
                })
                .map(|w| w.bytes().map(|b| (b'a' + b % 26) as char).collect())
                .collect()
        };
        for (len, common) in [(100, 50), (200, 150), (1000, 300)] {
            let shared = words(common);
            let text = |words: Vec<String>| {
                shared
                    .iter()
                    .chain(&words)
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let (a, b) = (text(words(len - common)), text(words(len - common)));
            let expected = (common - 2) as f64 / (len - 2) as f64;
            let found = resemblance(&a, &b);
            assert!((found - expected).abs() < 0.12, "{found} {expected}");
        }
    }
}
