//! Which group of documents goes to which side.

use super::{By, Side, Split, corpus::Corpus, sketch::hash};
use std::collections::BTreeMap;

/// Documents that go together.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) documents: Vec<u32>,
    /// A hash of its first text: its place among others that are alike. Annotations have no part in it, so that the same articles
    /// annotated anew are split much as before.
    pub(super) hash: u64,
}

/// The documents with the same key, in the order of `kept`, which is one of their content.
pub(super) fn groups(
    corpus: &Corpus,
    kept: &[u32],
    key: impl Fn(u32) -> u32,
    seed: u64,
) -> Vec<Group> {
    let mut groups: BTreeMap<u32, Group> = BTreeMap::new();
    for &document in kept {
        let group = groups.entry(key(document)).or_default();
        group.documents.push(document);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        let first = group.documents[0] as usize;
        group.hash = hash(&corpus.texts[first].to_le_bytes(), seed);
    }
    groups.sort_by_key(|g| {
        let first = g.documents[0];
        (g.hash, corpus.records[first as usize], first)
    });
    groups
}

impl Split {
    /// The side of each group.
    pub(super) fn sides(&self, corpus: &Corpus, groups: &[Group]) -> Vec<Side> {
        match &self.by {
            By::Content | By::Source(_) => self.stratified(corpus, groups),
            By::Time(_) => self.by_time(corpus, groups),
            By::Entity => self.by_entity(corpus, groups),
        }
    }

    /// So many of so many documents belong to a side.
    fn target(&self, side: Side, documents: usize) -> f64 {
        self.share(side) * documents as f64
    }

    /// Each side gets its share of documents, of documents without spans and of the spans of each label, as nearly as groups allow.
    ///
    /// Groups are taken by what is scarce in them, the scarcest first, and each goes where the squares of what is too much or too
    /// little grow least: large groups and rare labels while there is room for them, what is common fills up.
    fn stratified(&self, corpus: &Corpus, groups: &[Group]) -> Vec<Side> {
        let strata: Vec<Vec<(usize, f64)>> = groups.iter().map(|g| strata(corpus, g)).collect();
        let kinds = 2 + corpus.labels.len();
        let mut totals = vec![0.0; kinds];
        for &(kind, n) in strata.iter().flatten() {
            totals[kind] += n;
        }
        let labels = totals[2..].iter().filter(|t| **t > 0.0).count();
        // The number of documents counts as much as all labels together.
        let weight = |kind: usize| {
            if kind == DOCUMENTS {
                labels.max(1) as f64
            } else {
                1.0
            }
        };
        let scarcity = |i: usize| {
            let shares = strata[i].iter().map(|(kind, n)| n / totals[*kind]);
            let most = shares.fold(0.0, f64::max);
            // Within a power of two, chance: else the seed would change little.
            most.log2().floor() as i64
        };
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_cached_key(|&i| (-scarcity(i), groups[i].hash, i));
        let sides: Vec<Side> = Side::ALL
            .into_iter()
            .filter(|s| self.share(*s) > 0.0)
            .collect();
        let mut filled = vec![vec![0.0; kinds]; sides.len()];
        let mut chosen = vec![Side::Train; groups.len()];
        for i in order {
            let cost = |s: usize| -> f64 {
                let share = self.share(sides[s]);
                let terms = strata[i].iter().map(|&(kind, n)| {
                    let total: f64 = totals[kind];
                    let over = filled[s][kind] - share * total;
                    weight(kind) * (2.0 * over * n + n * n) / (total * total * share)
                });
                terms.sum()
            };
            let costs: Vec<f64> = (0..sides.len()).map(cost).collect();
            let best = (0..sides.len()).min_by(|&a, &b| costs[a].total_cmp(&costs[b]));
            let best = best.expect("train has a share");
            for &(kind, n) in &strata[i] {
                filled[best][kind] += n;
            }
            chosen[i] = sides[best];
        }
        chosen
    }

    /// The groups with the newest documents are test, those before them dev. A group is as new as its newest document: what is in
    /// train is older than all that is new in the others.
    fn by_time(&self, corpus: &Corpus, groups: &[Group]) -> Vec<Side> {
        let newest = |i: usize| {
            let times = groups[i].documents.iter().map(|&d| corpus.keys[d as usize]);
            times.max().flatten()
        };
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_cached_key(|&i| (newest(i), groups[i].hash, i));
        let all: usize = groups.iter().map(|g| g.documents.len()).sum();
        let mut chosen = vec![Side::Train; groups.len()];
        for side in [Side::Test, Side::Dev] {
            let target = self.target(side, all);
            let mut filled = 0.0;
            while let Some(&i) = order.last() {
                let more = groups[i].documents.len() as f64;
                // Half of a group too many is as good as half of it too few.
                if filled + more / 2.0 > target {
                    break;
                }
                order.pop();
                filled += more;
                chosen[i] = side;
            }
        }
        chosen
    }

    /// Entities are held out, in an order of chance, with all groups that mention them, until test and dev are full: train never
    /// mentions one of them. Those that are in more than a quarter of what a side may have are never held out.
    fn by_entity(&self, corpus: &Corpus, groups: &[Group]) -> Vec<Side> {
        let mut mentions: Vec<(u32, u32)> = Vec::new();
        for (group, i) in groups.iter().zip(0..) {
            let documents = group.documents.iter();
            let entities = documents
                .flat_map(|&d| corpus.mentions(d))
                .map(|m| (m.entity, i));
            mentions.extend(entities);
        }
        mentions.sort_unstable();
        mentions.dedup();
        let mut entities: Vec<&[(u32, u32)]> = mentions.chunk_by(|a, b| a.0 == b.0).collect();
        entities.sort_by_cached_key(|of| {
            let content = corpus.entities.hashes[of[0].0 as usize];
            hash(&content.to_le_bytes(), self.seed)
        });
        let all: usize = groups.iter().map(|g| g.documents.len()).sum();
        let mut chosen: Vec<Option<Side>> = vec![None; groups.len()];
        for side in [Side::Test, Side::Dev] {
            let target = self.target(side, all);
            let mut filled = 0.0;
            for of in &entities {
                let size = |i: u32| groups[i as usize].documents.len() as f64;
                let free = of.iter().filter(|(_, i)| chosen[*i as usize].is_none());
                let more: f64 = free.map(|(_, i)| size(*i)).sum();
                let elsewhere = |i: u32| chosen[i as usize].is_some_and(|s| s != side);
                let is_common = of.len() > 1 && more > target / 4.0;
                if is_common || filled + more > target || of.iter().any(|(_, i)| elsewhere(*i)) {
                    continue;
                }
                for (_, i) in *of {
                    chosen[*i as usize] = Some(side);
                }
                filled += more;
            }
        }
        chosen
            .into_iter()
            .map(|side| side.unwrap_or(Side::Train))
            .collect()
    }
}

/// What a group has of each kind: documents, documents without spans, spans by label.
fn strata(corpus: &Corpus, group: &Group) -> Vec<(usize, f64)> {
    let mut counts: BTreeMap<usize, f64> = BTreeMap::new();
    for &document in &group.documents {
        *counts.entry(DOCUMENTS).or_default() += 1.0;
        let mentions = corpus.mentions(document);
        if mentions.is_empty() {
            *counts.entry(EMPTY).or_default() += 1.0;
        }
        for mention in mentions {
            *counts.entry(2 + corpus.label_number(mention)).or_default() += 1.0;
        }
    }
    counts.into_iter().collect()
}

const DOCUMENTS: usize = 0;
const EMPTY: usize = 1;
