//! Two predictions against one gold: what changed, and whether it could be chance.

use super::{
    Options, Pair,
    errors::{Example, Frequencies, Surface},
    ratio,
    sides::{Counted, Sides},
};
use crate::span::Label;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// How the bootstrap is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompareOptions {
    /// Samples that are drawn. Default: 10,000.
    pub samples: u32,
    /// What the samples are drawn from: the same seed gives the same samples, on any number of threads. Default: 1.
    pub seed: u64,
}

impl Default for CompareOptions {
    fn default() -> CompareOptions {
        CompareOptions {
            samples: 10_000,
            seed: 1,
        }
    }
}

/// Strict F1 of two predictions, and what their difference means.
///
/// The test is the paired bootstrap over documents (Koehn 2004, "Statistical significance tests for machine translation evaluation";
/// Berg-Kirkpatrick, Burkett and Klein 2012, "An empirical investigation of statistical significance in NLP"). A sample is as many
/// documents as there are, drawn with replacement, the same for both predictions; it has a difference of its own. Documents are drawn,
/// not spans, for spans of one document are not independent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Difference {
    /// Strict F1 of the predictions.
    pub f1: f64,
    /// Strict F1 of the other predictions.
    pub other_f1: f64,
    /// 2.5 % of the samples have a smaller difference.
    pub low: f64,
    /// 2.5 % of the samples have a larger difference.
    pub high: f64,
    /// How often a difference of this size, in either direction, would come by chance: the share of the samples whose difference is
    /// at least as far from the one observed as that is from 0. (So Berg-Kirkpatrick et al., who ask for differences of more than
    /// twice the one observed, but in both directions; the sample that was observed counts as one, so that it is never 0.)
    pub p_value: f64,
}

impl Difference {
    /// By how much the predictions are better than the other ones.
    pub fn difference(&self) -> f64 {
        self.f1 - self.other_f1
    }
}

/// Mentions that changed in one way and have the same surface and label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What they say, and their label.
    pub surface: Surface,
    /// How many.
    pub count: u64,
    /// The first of them.
    pub example: Example,
}

/// What is different between two predictions. Each list has the most frequent first.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// How it was tested.
    pub options: CompareOptions,
    /// All labels together.
    pub all: Difference,
    /// Each label.
    pub labels: BTreeMap<Label, Difference>,
    /// Gold mentions that the predictions have strictly right and the other ones have not.
    pub won: Vec<Change>,
    /// Gold mentions that the other predictions have strictly right and these have not.
    pub lost: Vec<Change>,
    /// Predictions that are wrong and that the others do not have.
    pub wrong_added: Vec<Change>,
    /// Predictions of the others that are wrong and that these do not have.
    pub wrong_gone: Vec<Change>,
}

/// How many mentions a list of changes stands for.
pub(super) fn total(changes: &[Change]) -> u64 {
    changes.iter().map(|c| c.count).sum()
}

/// Spans of a document or sample, under one label or all: what strict F1 needs of both predictions.
#[derive(Clone, Copy, Default)]
struct Tally {
    gold: u64,
    predicted: [u64; 2],
    correct: [u64; 2],
}

impl Tally {
    fn f1(&self, side: usize) -> f64 {
        let spans = self.gold + self.predicted[side];
        ratio(2.0 * self.correct[side] as f64, spans as f64)
    }

    fn difference(&self) -> f64 {
        self.f1(0) - self.f1(1)
    }

    fn add(&mut self, other: &Tally) {
        self.gold += other.gold;
        for side in 0..2 {
            self.predicted[side] += other.predicted[side];
            self.correct[side] += other.correct[side];
        }
    }
}

/// Compares predictions with other ones for the same gold documents, which come in the same order on both sides.
///
/// Time is near-linear in the documents, and the bootstrap is linear in samples × documents × labels of a document; it is shared by the
/// threads of rayon's pool.
///
/// # Panics
/// When a span does not lie on character boundaries of its text.
pub fn compare(
    pairs: &[Pair<'_>],
    other: &[Pair<'_>],
    options: &Options,
    test: CompareOptions,
) -> Comparison {
    let mut changes: [Changes; 4] = Default::default();
    let mut rows: BTreeMap<Label, usize> = BTreeMap::new();
    let mut docs: Vec<BTreeMap<Label, Tally>> = Vec::new();
    for (pair, other) in pairs.iter().zip(other) {
        let sides = [Sides::new(pair, options), Sides::new(other, options)];
        let id = &pair.gold.id;
        let [won, lost, added, gone] = &mut changes;
        won.add(id, sides[0].text, right(&sides[0]), &sides[1].predicted);
        lost.add(id, sides[1].text, right(&sides[1]), &sides[0].predicted);
        added.add(id, sides[0].text, wrong(&sides[0]), &sides[1].predicted);
        gone.add(id, sides[1].text, wrong(&sides[1]), &sides[0].predicted);
        let mut tallies: BTreeMap<Label, Tally> = BTreeMap::new();
        for gold in &sides[0].gold {
            tallies.entry(gold.label).or_default().gold += 1;
        }
        for (side, doc) in sides.iter().enumerate() {
            for prediction in &doc.predicted {
                tallies.entry(prediction.label).or_default().predicted[side] += 1;
            }
            for prediction in right(doc) {
                tallies.entry(prediction.label).or_default().correct[side] += 1;
            }
        }
        for &label in tallies.keys() {
            rows.insert(label, 0);
        }
        docs.push(tallies);
    }
    // The first row is that of all labels.
    for (i, row) in rows.values_mut().enumerate() {
        *row = i + 1;
    }
    let docs: Vec<Vec<(usize, Tally)>> = docs
        .into_iter()
        .map(|tallies| tallies.into_iter().map(|(l, t)| (rows[&l], t)).collect())
        .collect();
    let mut tested = bootstrap(&docs, rows.len() + 1, test).into_iter();
    let [won, lost, wrong_added, wrong_gone] = changes.map(Changes::by_frequency);
    Comparison {
        options: test,
        all: tested.next().unwrap_or_default(),
        labels: rows.into_keys().zip(tested).collect(),
        won,
        lost,
        wrong_added,
        wrong_gone,
    }
}

/// Strict differences of all rows, over documents that have tallies for some of them.
fn bootstrap(
    docs: &[Vec<(usize, Tally)>],
    rows: usize,
    options: CompareOptions,
) -> Vec<Difference> {
    let sum = |drawn: &mut dyn Iterator<Item = usize>| {
        let mut sums = vec![Tally::default(); rows];
        for doc in drawn {
            for (row, tally) in &docs[doc] {
                sums[*row].add(tally);
                sums[0].add(tally);
            }
        }
        sums
    };
    let observed = sum(&mut (0..docs.len()));
    // By sample, then row.
    let sampled: Vec<Vec<f64>> = (0..u64::from(options.samples))
        .into_par_iter()
        .map(|sample| {
            // Each sample has a generator of its own, so that threads do not matter; the factor keeps their seeds apart.
            let seed = options
                .seed
                .wrapping_add(sample.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let mut rng = fastrand::Rng::with_seed(seed);
            let sums = sum(&mut (0..docs.len()).map(|_| rng.usize(..docs.len())));
            sums.iter().map(Tally::difference).collect()
        })
        .collect();
    let difference_of = |row: usize| {
        let tally = &observed[row];
        let mut differences: Vec<f64> = sampled.iter().map(|s| s[row]).collect();
        differences.sort_by(f64::total_cmp);
        let observed = tally.difference();
        // Sums of fractions: what should be equal may differ in the last digits.
        let reach = observed.abs() - 1e-12;
        let as_far = differences
            .iter()
            .filter(|d| (*d - observed).abs() >= reach);
        let quantile = |q: f64| {
            let at = (q * differences.len() as f64) as usize;
            differences.get(at.min(differences.len().saturating_sub(1)))
        };
        Difference {
            f1: tally.f1(0),
            other_f1: tally.f1(1),
            low: quantile(0.025).copied().unwrap_or(observed),
            high: quantile(0.975).copied().unwrap_or(observed),
            p_value: (1 + as_far.count()) as f64 / (1 + differences.len()) as f64,
        }
    };
    (0..rows).map(difference_of).collect()
}

/// The predictions that are strictly right.
fn right<'d, 'a>(doc: &'d Sides<'a>) -> impl Iterator<Item = &'d Counted<'a>> {
    let has = |p: &&Counted<'_>| {
        doc.gold
            .binary_search_by_key(&p.key(), Counted::key)
            .is_ok()
    };
    doc.predicted.iter().filter(has)
}

/// The others.
fn wrong<'d, 'a>(doc: &'d Sides<'a>) -> impl Iterator<Item = &'d Counted<'a>> {
    let has = |p: &&Counted<'_>| {
        doc.gold
            .binary_search_by_key(&p.key(), Counted::key)
            .is_err()
    };
    doc.predicted.iter().filter(has)
}

#[derive(Default)]
struct Changes(Frequencies<Surface>);

impl Changes {
    /// Adds those spans that another side does not have.
    fn add<'d, 'a: 'd>(
        &mut self,
        id: &str,
        text: &str,
        spans: impl Iterator<Item = &'d Counted<'a>>,
        other: &[Counted<'_>],
    ) {
        let other: HashSet<_> = other.iter().map(Counted::key).collect();
        for span in spans.filter(|s| !other.contains(&s.key())) {
            self.0.count(Surface::new(text, span), id, text, span.span);
        }
    }

    fn by_frequency(self) -> Vec<Change> {
        let change = |(surface, count, examples): (Surface, u64, Vec<Example>)| Change {
            surface,
            count,
            example: examples
                .into_iter()
                .next()
                .expect("what is counted stands somewhere"),
        };
        self.0.by_frequency().map(change).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Documents of one label with (gold, predicted, correct, predicted by the other, correct by the other).
    fn docs(of: &[(u64, [u64; 2], [u64; 2])]) -> Vec<Vec<(usize, Tally)>> {
        let tally =
            |&(gold, [predicted, correct], [other, other_correct]): &(u64, [u64; 2], [u64; 2])| {
                Tally {
                    gold,
                    predicted: [predicted, other],
                    correct: [correct, other_correct],
                }
            };
        of.iter().map(|d| vec![(1, tally(d))]).collect()
    }

    #[test]
    fn two_equal_predictions_do_not_differ() {
        let docs = docs(&[(4, [4, 3], [4, 3]), (2, [3, 1], [3, 1])]);
        let found = bootstrap(&docs, 2, CompareOptions::default())[0];
        assert_eq!((found.difference(), found.p_value), (0.0, 1.0));
        assert_eq!((found.low, found.high), (0.0, 0.0));
    }

    #[test]
    fn what_is_better_in_every_document_is_no_chance() {
        let docs = docs(&[(10, [10, 9], [10, 5]); 30]);
        let found = bootstrap(&docs, 2, CompareOptions::default())[1];
        assert!((found.difference() - 0.4).abs() < 1e-9);
        // All samples have the same difference: none is as far from it as it is from 0.
        assert_eq!(found.p_value, 1.0 / 10_001.0);
    }

    #[test]
    fn p_and_interval_are_those_of_all_samples_counted_by_hand() {
        // Two documents, one won and one lost by half as much. Of the four equally likely samples the differences are 0.4 twice the
        // first, -0.2 twice the second and 0.1 for both: as far from 0.1 as 0.1 is from 0 are the first two, half of all samples.
        let docs = docs(&[(10, [10, 9], [10, 5]), (10, [10, 5], [10, 7])]);
        let found = bootstrap(&docs, 2, CompareOptions::default())[0];
        assert!((found.difference() - 0.1).abs() < 1e-9);
        assert!((found.p_value - 0.5).abs() < 0.02, "{}", found.p_value);
        assert!((found.low + 0.2).abs() < 1e-9 && (found.high - 0.4).abs() < 1e-9);
    }

    #[test]
    fn samples_depend_on_the_seed_alone() {
        let docs = docs(&[
            (9, [9, 7], [8, 6]),
            (3, [2, 1], [3, 2]),
            (5, [6, 4], [5, 3]),
        ]);
        let run = |seed| bootstrap(&docs, 2, CompareOptions { samples: 200, seed });
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }
}
