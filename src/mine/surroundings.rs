//! The words around names: those around names of the lists say what stands among the same words.

use super::counts::Sketch;
use crate::{rules::Surroundings, span::Label};
use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::{AtomicU64, Ordering},
};
use xxhash_rust::xxh3::xxh3_64;

/// How often names of each label that lists have stand among which words, in all documents. Its size does not grow.
#[derive(Debug)]
pub(super) struct Known {
    labels: Vec<Label>,
    /// By words and label.
    words: Sketch,
    names: HashMap<Label, AtomicU64>,
}

/// Words that names stand among, and how often: `by the …`, `… said`.
pub(super) type Words = BTreeMap<String, u64>;

/// Words seen less often say nothing.
const LEAST: u64 = 3;
/// What words say is believed after so many names.
const DOUBT: f64 = 4.0;
/// Words are no independent witnesses: what one says is in part what its neighbour says.
const SHARE: f64 = 0.35;

impl Known {
    /// Nothing is known of names of any label yet. Countries and nationalities are few and listed: what stands among the same words is
    /// a place, so they are left out.
    pub(super) fn new(mut labels: Vec<Label>) -> Known {
        labels.retain(|l| !matches!(l.as_str(), "COUNTRY" | "NATIONALITY"));
        Known {
            words: Sketch::new(1 << 22),
            names: labels.iter().map(|&l| (l, AtomicU64::default())).collect(),
            labels,
        }
    }

    /// Counts a name of a list: any number of threads at once, in any order.
    pub(super) fn add(&self, text: &str, label: Label, surroundings: &Surroundings) {
        let Some(names) = self.names.get(&label) else {
            return;
        };
        names.fetch_add(1, Ordering::Relaxed);
        for words in words(text, surroundings) {
            self.words.add(hash(label, &words));
        }
    }

    /// What the words around a name say of each label.
    pub(super) fn verdict<'w>(&self, around: &'w Words) -> Vec<Says<'w>> {
        let names = |label: Label| {
            self.names
                .get(&label)
                .map_or(0, |n| n.load(Ordering::Relaxed))
        };
        let all: u64 = self.labels.iter().map(|&l| names(l)).sum();
        let says = |&label: &Label| Says {
            label,
            support: 0.0,
            words: Vec::new(),
        };
        let mut verdict: Vec<Says<'w>> = self.labels.iter().map(says).collect();
        for (words, &n) in around {
            let counts = self.labels.iter().map(|&l| self.words.get(hash(l, words)));
            let counts: Vec<u64> = counts.collect();
            let sum: u64 = counts.iter().sum();
            if sum < LEAST {
                continue;
            }
            for (count, says) in counts.iter().zip(&mut verdict) {
                let of_label = names(says.label) as f64 + 1.0;
                let share = of_label / (all as f64 + self.labels.len() as f64);
                let likelier = (*count as f64 + DOUBT * share) / (sum as f64 + DOUBT) / share;
                let support = SHARE * likelier.ln() * (n as f64).sqrt().min(3.0);
                says.support += support;
                if support > 0.0 {
                    says.words.push((support, words, n));
                }
            }
        }
        for says in &mut verdict {
            says.words
                .sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        }
        verdict
    }
}

/// What the words around a name say of a label.
pub(super) struct Says<'w> {
    pub(super) label: Label,
    /// How much likelier they make it: the logarithm of a ratio.
    pub(super) support: f64,
    /// Those that speak for it, the weightiest first: their part of it, the words, how often they are there.
    pub(super) words: Vec<(f64, &'w str, u64)>,
}

/// The words around a name as they are counted: `by the …`, `… said`; the name is the dots, figures are 0.
pub(super) fn words(text: &str, surroundings: &Surroundings) -> impl Iterator<Item = String> {
    let plain = |range: std::ops::Range<usize>| {
        let words = text[range].split_whitespace().collect::<Vec<_>>().join(" ");
        let lower = words.to_lowercase();
        lower.replace(|c: char| c.is_numeric(), "0")
    };
    let before = surroundings
        .before
        .map(|s| format!("{} …", plain(s.range())));
    let behind = surroundings
        .behind
        .map(|s| format!("… {}", plain(s.range())));
    let mut all: Vec<String> = before.into_iter().chain(behind).collect();
    // Where a sentence starts or ends one word is as much as two.
    all.dedup();
    all.into_iter()
}

fn hash(label: Label, words: &str) -> u64 {
    xxh3_64(format!("{label}\0{words}").as_bytes())
}
