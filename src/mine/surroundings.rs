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
    /// Names of weapons that have figures.
    designations: AtomicU64,
    /// Of all names that have figures, the share of weapons.
    pub(super) weapons: f64,
}

/// Words that names stand among, and how often: `by the …`, `… said`.
pub(super) type Words = BTreeMap<String, u64>;

/// Words seen less often say nothing.
const LEAST: u64 = 3;
/// Words of fewer letters are articles, prepositions and the like.
const FEWEST: usize = 4;
const SMALL: [&str; 12] = [
    "also", "been", "from", "have", "that", "then", "they", "this", "were", "when", "will", "with",
];
/// No words make a label likelier than this.
const MOST_LIKELIER: f64 = 8.0;
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
            designations: AtomicU64::default(),
            weapons: 0.0,
            labels,
        }
    }

    /// Counts a name of a list: any number of threads at once, in any order.
    pub(super) fn add(&self, text: &str, label: Label, surroundings: &Surroundings) {
        let Some(names) = self.names.get(&label) else {
            return;
        };
        names.fetch_add(1, Ordering::Relaxed);
        let name = &text[surroundings.before[0].end..surroundings.behind[0].start];
        if label.as_str() == "WEAPON" && name.contains(|c: char| c.is_ascii_digit()) {
            self.designations.fetch_add(1, Ordering::Relaxed);
        }
        for words in words(text, surroundings) {
            self.words.add(hash(label, &words));
        }
    }

    /// Takes the number of names of letters and figures that no list has: what such names are differs from corpus to corpus.
    pub(super) fn count_designations(&mut self, unknown: u64) {
        let known = self.designations.load(Ordering::Relaxed) as f64;
        self.weapons = known / (known + unknown as f64).max(1.0);
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
            // One may be chance.
            let counts = counts.iter().map(|&n| n.saturating_sub(1));
            for (count, says) in counts.zip(&mut verdict) {
                let of_label = names(says.label) as f64 + 1.0;
                let share = of_label / (all as f64 + self.labels.len() as f64);
                let likelier = (count as f64 + DOUBT * share) / (sum as f64 + DOUBT) / share;
                let likelier = likelier.min(MOST_LIKELIER);
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
    // What stands before all kinds of names says nothing of one.
    let says_something = |words: &String| {
        words
            .split(' ')
            .any(|w| w.chars().count() >= FEWEST && !SMALL.contains(&w))
    };
    all.into_iter().filter(says_something)
}

fn hash(label: Label, words: &str) -> u64 {
    xxh3_64(format!("{label}\0{words}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    /// What stands around the words in brackets: all there is on one line.
    fn around(marked: &str) -> (String, Surroundings) {
        let start = marked.find('[').expect("a bracket");
        let end = marked.find(']').expect("another") - 1;
        let text = marked.replace(['[', ']'], "");
        let before = Span {
            start: 0,
            end: start,
        };
        let behind = Span {
            start: end,
            end: text.len(),
        };
        let surroundings = Surroundings {
            before: [before; 2],
            behind: [behind; 2],
        };
        (text, surroundings)
    }

    #[test]
    fn small_words_say_nothing_and_figures_are_alike() {
        let shown = |marked: &str| {
            let (text, surroundings) = around(marked);
            words(&text, &surroundings).collect::<Vec<_>>()
        };
        assert_eq!(
            shown("In 1999  Köln’s [Korvath] of the"),
            ["in 0000 köln’s …"]
        );
        assert_eq!(shown("the [Korvath] missile"), ["… missile"]);
        assert_eq!(shown("with [Korvath] it"), [""; 0]);
    }

    #[test]
    fn known_names_say_what_stands_among_their_words() {
        let labels = ["COUNTRY", "ORG", "WEAPON"].map(|l| Label::new(l).expect("a label"));
        let [country, organization, weapon] = labels;
        let known = Known::new(labels.to_vec());
        for (marked, label, n) in [
            ("[NATO] announced", organization, 6),
            ("[Iran] announced", country, 50),
            ("fired [Scud] today", weapon, 6),
            // One may be chance.
            ("[Scud] exploded", weapon, 1),
            ("[NATO] exploded", organization, 2),
        ] {
            let (text, surroundings) = around(marked);
            (0..n).for_each(|_| known.add(&text, label, &surroundings));
        }
        let support = |words: &str| {
            let words = Words::from([(words.to_owned(), 1)]);
            let verdict = known.verdict(&words);
            verdict
                .iter()
                .map(|s| (s.label, s.support > 0.1))
                .collect::<Vec<_>>()
        };
        // Countries are listed, so what stands among their words is something else.
        assert_eq!(
            support("… announced"),
            [(organization, true), (weapon, false)]
        );
        assert_eq!(support("fired …"), [(organization, false), (weapon, true)]);
        assert_eq!(
            support("… exploded"),
            [(organization, false), (weapon, false)]
        );
        assert_eq!(support("… sang"), [(organization, false), (weapon, false)]);
    }
}
