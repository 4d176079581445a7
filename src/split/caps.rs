//! What is left out of a set before it is split: copies, what there is too much of, what lacks what the split goes by.

use super::{By, Duplicates, Split, cluster::Clusters, corpus::Corpus, sketch::hash};
use crate::error::Error;

/// Why a document is left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reason {
    /// Its meta does not have what the split goes by.
    NoKey,
    /// Its text is that of another.
    Exact(u32),
    /// It resembles another, so much.
    Near(u32, f32),
    /// It has too large a share of all mentions.
    Document,
    /// It mentions a name that there is too much of.
    Surface(u32),
    /// It has no spans, like too many others.
    Empty,
    /// It resembles a document of another side, so much.
    Leak(u32, f32),
}

/// What becomes of the documents: those that stay, in the order of their content, and why the others go.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) documents: Vec<u32>,
    pub(super) reasons: Vec<Option<Reason>>,
}

impl Kept {
    /// Leaves out the documents for which there is a reason.
    pub(super) fn leave_out(&mut self, reason: impl Fn(u32) -> Option<Reason>) {
        let reasons = &mut self.reasons;
        self.documents.retain(|&document| {
            let reason = reason(document);
            reasons[document as usize] = reason;
            reason.is_none()
        });
    }
}

impl Split {
    /// Leaves out what the settings say.
    pub(super) fn keep(
        &self,
        corpus: &Corpus,
        clusters: &Clusters,
        order: Vec<u32>,
    ) -> Result<Kept, Error> {
        let mut kept = Kept {
            reasons: vec![None; order.len()],
            documents: order,
        };
        if let By::Time(field) | By::Source(field) = &self.by {
            if corpus.keys.iter().all(Option::is_none) && corpus.len() > 0 {
                let what = match self.by {
                    By::Time(_) => "date",
                    _ => "value",
                };
                return Err(Error::invalid(format!(
                    "no document has a {what} in the field {field:?} of its meta: --field names another"
                )));
            }
            kept.leave_out(|d| corpus.keys[d as usize].is_none().then_some(Reason::NoKey));
        }
        self.leave_out_duplicates(corpus, clusters, &mut kept);
        if let Some(share) = self.max_document_share {
            let all: usize = kept
                .documents
                .iter()
                .map(|&d| corpus.mentions(d).len())
                .sum();
            let most = share * all as f64;
            kept.leave_out(|d| {
                (corpus.mentions(d).len() as f64 > most).then_some(Reason::Document)
            });
        }
        if let Some(share) = self.max_surface {
            leave_out_surfaces(corpus, share, &mut kept)?;
        }
        if let Some(share) = self.empty {
            self.leave_out_empty(corpus, share, &mut kept);
        }
        Ok(kept)
    }

    /// Of equal texts the first in the order of content stays, of a cluster its leader.
    fn leave_out_duplicates(&self, corpus: &Corpus, clusters: &Clusters, kept: &mut Kept) {
        if self.duplicates == Duplicates::Keep {
            return;
        }
        let mut first: Option<u32> = None;
        for &document in &kept.documents {
            let i = document as usize;
            let same = first.filter(|f| corpus.texts[*f as usize] == corpus.texts[i]);
            first = same.or(Some(document));
            kept.reasons[i] = match same {
                Some(same) => Some(Reason::Exact(same)),
                None if self.duplicates == Duplicates::DropExact => None,
                None => {
                    let leader = clusters.leaders[i];
                    (leader != document).then(|| Reason::Near(leader, clusters.shares[i]))
                }
            };
        }
        let reasons = &kept.reasons;
        kept.documents.retain(|d| reasons[*d as usize].is_none());
    }

    /// Documents without spans are at most this share of those that stay; which of them go is chance.
    fn leave_out_empty(&self, corpus: &Corpus, share: f64, kept: &mut Kept) {
        let documents = kept.documents.iter().copied();
        let is_empty = |d: &u32| corpus.mentions(*d).is_empty();
        let mut empty: Vec<u32> = documents.filter(is_empty).collect();
        let others = (kept.documents.len() - empty.len()) as f64;
        let most = match share < 1.0 {
            true => (share * others / (1.0 - share)).round() as usize,
            false => empty.len(),
        };
        empty.sort_by_cached_key(|&d| {
            let (text, record) = (corpus.texts[d as usize], corpus.records[d as usize]);
            (hash(&text.to_le_bytes(), self.seed), record, d)
        });
        let mut gone = empty.split_off(most.min(empty.len()));
        gone.sort_unstable();
        kept.leave_out(|d| gone.binary_search(&d).is_ok().then_some(Reason::Empty));
    }
}

/// Leaves out documents until no name has more than this share of the mentions that are left: of those that mention what there is
/// too much of, those first that mention least else.
fn leave_out_surfaces(corpus: &Corpus, share: f64, kept: &mut Kept) -> Result<(), Error> {
    let mut counts = vec![0u64; corpus.names.len()];
    let mut all = 0;
    for mention in kept.documents.iter().flat_map(|&d| corpus.mentions(d)) {
        counts[mention.name as usize] += 1;
        all += 1;
    }
    let names = counts.iter().filter(|n| **n > 0).count();
    if names > 0 && share * (names as f64) < 1.0 {
        return Err(Error::invalid(format!(
            "of {names} names each would have more than {share} of all mentions: give --max-surface at least {:.4}",
            (1e4 / names as f64).ceil() / 1e4
        )));
    }
    loop {
        let most = (share * all as f64).max(1.0) as u64;
        let over: Vec<bool> = counts.iter().map(|n| *n > most).collect();
        let is_over = |m: &super::corpus::Mention| over[m.name as usize];
        let documents = kept.documents.iter().copied().enumerate();
        let mut having: Vec<(usize, usize, u32)> = documents
            .filter(|(_, d)| corpus.mentions(*d).iter().any(is_over))
            .map(|(rank, d)| {
                let others = corpus.mentions(d).iter().filter(|m| !is_over(m));
                (others.count(), rank, d)
            })
            .collect();
        if having.is_empty() {
            return Ok(());
        }
        having.sort_unstable();
        for (_, _, document) in having {
            let mentions = corpus.mentions(document);
            let over = mentions.iter().find(|m| counts[m.name as usize] > most);
            if let Some(mention) = over {
                kept.reasons[document as usize] = Some(Reason::Surface(mention.name));
                for mention in mentions {
                    counts[mention.name as usize] -= 1;
                }
                all -= mentions.len();
            }
        }
        let reasons = &kept.reasons;
        kept.documents.retain(|d| reasons[*d as usize].is_none());
    }
}
