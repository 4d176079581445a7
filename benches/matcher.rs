//! The matcher against its rivals, in one run: tokens and look-up by the prefix-hash index, against the aho-corasick crate.
//!
//! `cargo bench --bench matcher [-- NAMES...]` prints MB/s of text and the ratio to the first rival for lists of 5,000 and 100,000
//! generated names (or of the sizes given). All take turns, several times, and the medians are printed: machines are noisy, read
//! the ratios. All must find the same spans, or the bench fails.

#![allow(
    clippy::print_stdout,
    reason = "the result of a bench is what it prints"
)]

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};
use fastrand::Rng;
use std::{hint::black_box, sync::Arc, time::Instant};
use wiretag::{Gazetteer, Matcher, Matches, SourceDefaults, Tokens};

const TEXT_BYTES: usize = 16 << 20;
/// Texts come as documents of about this length, as articles do.
const DOCUMENT_BYTES: usize = 4000;
const ROUNDS: usize = 5;

type Spans = Vec<(usize, usize)>;

fn main() {
    let sizes: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|a| a.parse().ok())
        .collect();
    for size in if sizes.is_empty() {
        vec![5_000, 100_000]
    } else {
        sizes
    } {
        compare(size);
    }
}

fn compare(size: usize) {
    let mut rng = Rng::with_seed(7);
    let words = Words::new(&mut rng);
    let names = words.names(size, &mut rng);
    let documents = words.documents(&names, &mut rng);
    let bytes: usize = documents.iter().map(String::len).sum();

    let start = Instant::now();
    let mut builder = Gazetteer::builder();
    // The automata know no policies: the index is asked for the same.
    builder.add_source(
        "names",
        &format!(
            "# label: NAME\n# case: any\n# hyphen: yes\n{}",
            names.join("\n")
        ),
        &SourceDefaults::default(),
    );
    let gazetteer = Arc::new(builder.build().expect("generated names are good"));
    let index_build = start.elapsed();
    let matcher = Matcher::new(gazetteer.clone());

    let start = Instant::now();
    let overlapping = automaton(&names, MatchKind::Standard, StartKind::Unanchored);
    let automaton_build = start.elapsed();
    let anchored = automaton(&names, MatchKind::LeftmostLongest, StartKind::Anchored);

    let (mut tokens, mut matches, mut candidates) =
        (Tokens::default(), Matches::default(), Spans::new());
    let mut index = |text: &str, out: &mut Spans| {
        tokens.fill(text, gazetteer.seed());
        matcher.find(text, &tokens, &mut matches);
        candidates.clear();
        candidates.extend(matches.names().iter().map(|m| (m.span.start, m.span.end)));
        longest(&mut candidates, out);
    };
    let mut raw = Spans::new();
    let mut whole = |text: &str, out: &mut Spans| {
        raw.clear();
        raw.extend(
            overlapping
                .find_overlapping_iter(text)
                .map(|m| (m.start(), m.end()))
                .filter(|&(s, e)| bounded(text, s, e)),
        );
        longest(&mut raw, out);
    };
    let mut walked = |text: &str, out: &mut Spans| walk(&anchored, text, out);
    type Run<'a> = &'a mut dyn FnMut(&str, &mut Spans);
    let mut runs: [(&str, Run<'_>); 3] = [
        ("aho-corasick, overlapping, boundary filter", &mut whole),
        ("aho-corasick, walked from word starts", &mut walked),
        ("token index", &mut index),
    ];

    let mut times = vec![Vec::new(); runs.len()];
    let mut spans = Spans::new();
    for _ in 0..ROUNDS {
        let mut found = Vec::new();
        for (k, (_, run)) in runs.iter_mut().enumerate() {
            let start = Instant::now();
            let mut sum = 0usize;
            for text in &documents {
                run(text, &mut spans);
                sum = spans.iter().fold(sum, |sum, s| {
                    sum.wrapping_mul(31).wrapping_add(s.0 * 7 + s.1)
                });
            }
            times[k].push(start.elapsed().as_secs_f64());
            found.push(black_box(sum));
        }
        // The walk takes the longest at each place and goes on behind it; the others take all and then the longest: the same.
        assert!(
            found.iter().all(|f| *f == found[0]),
            "the engines disagree: {found:?}"
        );
    }
    println!(
        "{size} names, {} keys, {:.1} MB of text in {} documents",
        gazetteer.alias_count(),
        bytes as f64 / 1e6,
        documents.len()
    );
    println!(
        "  build: token index {:.2} s, {} bytes a name; aho-corasick {:.2} s, {} bytes a name",
        index_build.as_secs_f64(),
        gazetteer.memory() / size,
        automaton_build.as_secs_f64(),
        overlapping.memory_usage() / size
    );
    let rate = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        bytes as f64 / 1e6 / times[times.len() / 2]
    };
    let base = rate(&mut times[0]);
    for (k, (name, _)) in runs.iter().enumerate() {
        let rate = rate(&mut times[k]);
        println!("  {name:44} {rate:7.1} MB/s {:6.2}x", rate / base);
    }
}

fn automaton(names: &[String], kind: MatchKind, start: StartKind) -> AhoCorasick {
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .ascii_case_insensitive(true)
        .match_kind(kind)
        .start_kind(start)
        .build(names)
        .expect("the names fit an automaton")
}

/// Are both ends of a span word boundaries?
fn bounded(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let word = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_alphanumeric);
    (start == 0 || !word(start - 1)) && !word(end)
}

/// The rival of the rivals: looks only where a word starts. Shorter matches hidden by a longer one that ends inside a word are found
/// by shortening the input.
fn walk(automaton: &AhoCorasick, text: &str, out: &mut Spans) {
    out.clear();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let mut end = bytes.len();
        let hit = loop {
            match automaton.find(Input::new(text).span(at..end).anchored(Anchored::Yes)) {
                Some(m) if bounded(text, m.start(), m.end()) => break Some(m.end()),
                Some(m) if m.end() > at + 1 => end = m.end() - 1,
                _ => break None,
            }
        };
        match hit {
            Some(end) => {
                out.push((at, end));
                at = end;
            }
            None => {
                at += bytes[at..]
                    .iter()
                    .take_while(|b| b.is_ascii_alphanumeric())
                    .count()
            }
        }
    }
}

/// Leftmost, longest.
fn longest(candidates: &mut Spans, out: &mut Spans) {
    out.clear();
    candidates.sort_unstable_by_key(|&(s, e)| (s, std::cmp::Reverse(e)));
    let mut end = 0;
    for &(s, e) in candidates.iter() {
        if s >= end {
            out.push((s, e));
            end = e;
        }
    }
}

/// Made-up words that are about as long and as often repeated as those of English.
struct Words {
    common: Vec<String>,
    rare: Vec<String>,
}

impl Words {
    fn new(rng: &mut Rng) -> Words {
        let mut word = |syllables: std::ops::Range<usize>| -> String {
            let (starts, vowels, ends) = (
                [
                    "b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w",
                    "st", "tr", "sh", "th",
                ],
                ["a", "e", "i", "o", "u", "ea"],
                ["", "", "n", "r", "s", "l", "t"],
            );
            (0..rng.usize(syllables))
                .flat_map(|_| {
                    [
                        *rng.choice(&starts).unwrap_or(&"b"),
                        *rng.choice(&vowels).unwrap_or(&"a"),
                        *rng.choice(&ends).unwrap_or(&""),
                    ]
                })
                .collect()
        };
        Words {
            common: (0..3000).map(|_| word(1..3)).collect(),
            rare: (0..60_000).map(|_| word(2..4)).collect(),
        }
    }

    /// A word by its rank: few make most of a text.
    fn running(&self, rng: &mut Rng) -> &str {
        let rank = rng.f64();
        if rank < 0.8 {
            &self.common[(rng.f64().powi(3) * self.common.len() as f64) as usize]
        } else {
            &self.rare[rng.usize(..self.rare.len())]
        }
    }

    /// Names of one to four words; some words are common ones, as in `Bank of Japan`.
    fn names(&self, count: usize, rng: &mut Rng) -> Vec<String> {
        let mut names = std::collections::BTreeSet::new();
        while names.len() < count {
            let n = *rng.choice(&[1, 2, 2, 2, 3, 3, 4]).unwrap_or(&2);
            let word = |i: usize, rng: &mut Rng| {
                let word = if i > 0 && rng.f64() < 0.3 {
                    self.running(rng)
                } else {
                    &self.rare[rng.usize(..self.rare.len())]
                };
                capitalised(word)
            };
            let name: Vec<String> = (0..n).map(|i| word(i, rng)).collect();
            if n > 1 || name[0].len() > 5 {
                names.insert(name.join(" "));
            }
        }
        names.into_iter().collect()
    }

    /// Running text with a name every hundred bytes.
    fn documents(&self, names: &[String], rng: &mut Rng) -> Vec<String> {
        let (mut documents, mut bytes) = (Vec::new(), 0);
        while bytes < TEXT_BYTES {
            let mut text = String::new();
            while text.len() < DOCUMENT_BYTES {
                let sentence = rng.usize(8..25);
                for i in 0..sentence {
                    if rng.usize(..16) == 0 {
                        text.push_str(&names[rng.usize(..names.len())]);
                    } else if i == 0 {
                        text.push_str(&capitalised(self.running(rng)));
                    } else {
                        text.push_str(self.running(rng));
                    }
                    text.push_str(if i + 1 == sentence {
                        ". "
                    } else if rng.usize(..12) == 0 {
                        ", "
                    } else {
                        " "
                    });
                }
            }
            bytes += text.len();
            documents.push(text);
        }
        documents
    }
}

fn capitalised(word: &str) -> String {
    let mut word = word.to_owned();
    word[..1].make_ascii_uppercase();
    word
}
