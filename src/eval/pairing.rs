//! Pairing: which prediction is compared with which gold span. One to one, in time near-linear in their number.
//!
//! First, spans that are equal in bounds and label are paired. What is left is paired in the order of the text: each prediction takes
//! a gold span that overlaps it and that no other has, by the [`Preference`] of the scheme.

use super::sides::Counted;
use crate::span::{Label, Span};
use std::collections::{BTreeMap, HashMap};

/// Which of several gold spans a prediction takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preference {
    /// One with its bounds, else the first (strict, exact, partial).
    Bounds,
    /// Of those with its label the one whose bounds are nearest, else the first (type).
    Label,
}

/// So many overlapping gold spans of its label a prediction looks at to find the nearest. More than two overlap only where gold spans
/// overlap each other or a prediction goes over sentences; the bound keeps the time near-linear there too.
const MOST_LOOKED_AT: usize = 64;

/// For each prediction the gold span that it is paired with. Both sides are sorted and without repetitions.
pub(super) fn pair(
    gold: &[Counted<'_>],
    predicted: &[Counted<'_>],
    preference: Preference,
) -> Vec<Option<usize>> {
    let mut of_predicted = vec![None; predicted.len()];
    let mut free = vec![true; gold.len()];
    merge(gold, predicted, |s| s.key(), &mut of_predicted, &mut free);
    if preference == Preference::Bounds {
        merge(gold, predicted, |s| s.span, &mut of_predicted, &mut free);
    }
    if of_predicted.iter().all(Option::is_some) || !free.contains(&true) {
        return of_predicted;
    }
    let rest: Vec<usize> = (0..gold.len()).filter(|&g| free[g]).collect();
    let mut all = Overlaps::new(gold, rest.iter().copied());
    // Gold spans by label, each label with a look-up of its own.
    let mut by_label: BTreeMap<Label, Overlaps> = BTreeMap::new();
    if preference == Preference::Label {
        let mut members: BTreeMap<Label, Vec<usize>> = BTreeMap::new();
        for &g in &rest {
            members.entry(gold[g].label).or_default().push(g);
        }
        by_label.extend(
            members
                .into_iter()
                .map(|(label, of_label)| (label, Overlaps::new(gold, of_label.into_iter()))),
        );
    }
    for (p, prediction) in predicted.iter().enumerate() {
        if of_predicted[p].is_some() {
            continue;
        }
        let near = by_label.get(&prediction.label).and_then(|of_label| {
            let mut near: Option<(usize, usize)> = None;
            let found = of_label.overlapping(prediction.span).take(MOST_LOOKED_AT);
            for g in found {
                let distance = distance(gold[g].chars, prediction.chars);
                if near.is_none_or(|(least, _)| distance < least) {
                    near = Some((distance, g));
                }
            }
            near.map(|(_, g)| g)
        });
        let taken = near.or_else(|| all.overlapping(prediction.span).next());
        if let Some(g) = taken {
            of_predicted[p] = Some(g);
            all.remove(g);
            if let Some(of_label) = by_label.get_mut(&gold[g].label) {
                of_label.remove(g);
            }
        }
    }
    of_predicted
}

/// Pairs what is free on both sides and has equal keys. Keys rise on both sides; of several with one key each is paired once.
fn merge<K: Ord>(
    gold: &[Counted<'_>],
    predicted: &[Counted<'_>],
    key: impl Fn(&Counted<'_>) -> K,
    of_predicted: &mut [Option<usize>],
    free: &mut [bool],
) {
    let mut g = 0;
    for (p, prediction) in predicted.iter().enumerate() {
        if of_predicted[p].is_some() {
            continue;
        }
        let wanted = key(prediction);
        while g < gold.len() && (!free[g] || key(&gold[g]) < wanted) {
            g += 1;
        }
        if g < gold.len() && key(&gold[g]) == wanted {
            of_predicted[p] = Some(g);
            free[g] = false;
        }
    }
}

/// How far the bounds of two spans are apart, in characters.
fn distance(a: Span, b: Span) -> usize {
    a.start.abs_diff(b.start) + a.end.abs_diff(b.end)
}

/// Gold spans that nobody has taken yet, in a tree of their furthest ends: the first that overlaps a span is found, and one is removed,
/// in logarithmic time, however they overlap each other.
struct Overlaps {
    /// The spans, by start, as numbers of the gold side.
    members: Vec<usize>,
    starts: Vec<usize>,
    place: HashMap<usize, usize>,
    /// A binary tree in an array: the leaves are the ends of the spans (0 once taken), each node the larger of its two children.
    furthest: Vec<usize>,
    leaves: usize,
}

impl Overlaps {
    fn new(gold: &[Counted<'_>], members: impl Iterator<Item = usize>) -> Overlaps {
        let members: Vec<usize> = members.collect();
        let leaves = members.len().next_power_of_two();
        let mut furthest = vec![0; 2 * leaves];
        for (at, &g) in members.iter().enumerate() {
            furthest[leaves + at] = gold[g].span.end;
        }
        for node in (1..leaves).rev() {
            furthest[node] = furthest[2 * node].max(furthest[2 * node + 1]);
        }
        Overlaps {
            starts: members.iter().map(|&g| gold[g].span.start).collect(),
            place: members.iter().enumerate().map(|(at, &g)| (g, at)).collect(),
            members,
            furthest,
            leaves,
        }
    }

    /// The free spans that overlap this one, by start.
    fn overlapping(&self, span: Span) -> impl Iterator<Item = usize> {
        let until = self.starts.partition_point(|&start| start < span.end);
        let mut from = 0;
        std::iter::from_fn(move || {
            let at = self.first_beyond(from, span.start)?;
            from = at + 1;
            (at < until).then(|| self.members[at])
        })
    }

    /// The first leaf from this one on whose end lies behind a byte.
    fn first_beyond(&self, from: usize, byte: usize) -> Option<usize> {
        if from >= self.leaves {
            return None;
        }
        let mut node = self.leaves + from;
        // Up, to the first tree on the right that holds one; then down to it.
        while self.furthest[node] <= byte {
            while node % 2 == 1 {
                node /= 2;
            }
            if node == 0 {
                return None;
            }
            node += 1;
        }
        while node < self.leaves {
            node *= 2;
            node += usize::from(self.furthest[node] <= byte);
        }
        Some(node - self.leaves)
    }

    fn remove(&mut self, g: usize) {
        let Some(&at) = self.place.get(&g) else {
            return;
        };
        let mut node = self.leaves + at;
        self.furthest[node] = 0;
        while node > 1 {
            node /= 2;
            self.furthest[node] = self.furthest[2 * node].max(self.furthest[2 * node + 1]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(spans: &[(usize, usize, &str)]) -> Vec<Counted<'static>> {
        let mut spans: Vec<_> = spans
            .iter()
            .map(|&(start, end, label)| Counted {
                number: 0,
                span: Span { start, end },
                chars: Span { start, end },
                label: Label::new(label).unwrap(),
                origin: None,
                score: None,
            })
            .collect();
        spans.sort_by_key(Counted::key);
        spans.dedup_by_key(|s| s.key());
        spans
    }

    /// The same by trying all pairs.
    fn naive(
        gold: &[Counted<'_>],
        predicted: &[Counted<'_>],
        by: Preference,
    ) -> Vec<Option<usize>> {
        let mut found = vec![None; predicted.len()];
        let free = |found: &[Option<usize>], g: usize| !found.contains(&Some(g));
        for pass in 0..3 {
            for (p, prediction) in predicted.iter().enumerate() {
                if found[p].is_some() {
                    continue;
                }
                let mut of = (0..gold.len()).filter(|&g| free(&found, g));
                let overlap = |&g: &usize| gold[g].span.overlaps(prediction.span);
                let gap = |g: usize| {
                    gold[g].span.start.abs_diff(prediction.span.start)
                        + gold[g].span.end.abs_diff(prediction.span.end)
                };
                let taken = match pass {
                    0 => of.find(|&g| gold[g].key() == prediction.key()),
                    1 if by == Preference::Bounds => of.find(|&g| gold[g].span == prediction.span),
                    1 => None,
                    _ => {
                        let all: Vec<usize> = of.filter(overlap).collect();
                        let mut same: Vec<usize> = all.clone();
                        same.retain(|&g| {
                            by == Preference::Label && gold[g].label == prediction.label
                        });
                        same.into_iter()
                            .min_by_key(|&g| gap(g))
                            .or(all.first().copied())
                    }
                };
                found[p] = taken;
            }
        }
        found
    }

    #[test]
    fn pairs_are_those_of_trying_all() {
        let mut rng = fastrand::Rng::with_seed(7);
        for round in 0..20_000 {
            let side = |rng: &mut fastrand::Rng| {
                let all: Vec<_> = (0..rng.usize(..9))
                    .map(|_| {
                        let start = rng.usize(..30);
                        let label = *rng.choice(&["ORG", "PERSON", "COUNTRY"]).unwrap();
                        (start, start + 1 + rng.usize(..8), label)
                    })
                    .collect();
                spans(&all)
            };
            let (gold, predicted) = (side(&mut rng), side(&mut rng));
            for by in [Preference::Bounds, Preference::Label] {
                assert_eq!(
                    pair(&gold, &predicted, by),
                    naive(&gold, &predicted, by),
                    "{round} {by:?}\n{gold:?}\n{predicted:?}"
                );
            }
        }
    }

    #[test]
    fn spans_of_equal_bounds_and_label_come_first() {
        let gold = spans(&[(0, 5, "ORG"), (3, 8, "ORG")]);
        let predicted = spans(&[(0, 4, "ORG"), (0, 5, "ORG")]);
        for by in [Preference::Bounds, Preference::Label] {
            let pairs = pair(&gold, &predicted, by);
            assert_eq!(pairs, [Some(1), Some(0)]);
        }
    }

    #[test]
    fn the_nearest_of_its_label_is_taken() {
        let gold = spans(&[(0, 2, "ORG"), (3, 9, "ORG"), (2, 3, "PERSON")]);
        let predicted = spans(&[(1, 9, "ORG")]);
        let take = |by| pair(&gold, &predicted, by)[0];
        assert_eq!(take(Preference::Bounds), Some(0));
        assert_eq!(take(Preference::Label), Some(2));
    }
}
