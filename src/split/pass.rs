//! A pass over the input: all documents, in its order, each taken by the same rules.

use super::Split;
use crate::{
    annotated::{Claimed, Proved, open, parse_raw},
    batch::{Piece, in_blocks, pieces},
    error::{Error, Problem},
    read::Sources,
    record::{OffsetUnit, Record},
    span::Label,
};
use std::{
    cmp::Reverse,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// What is made of a piece of the input, and why nothing is.
pub(super) enum Outcome<T> {
    /// What was made of a document, and what was wrong with parts of it.
    Made(T, Vec<Problem>),
    /// A document that counts for nothing: its name and the reason.
    Refused(String, &'static str),
    /// What could not be read.
    Unread(Problem),
}

/// A document as it goes into the set.
pub(super) struct Taken<'a> {
    pub(super) record: Record<'a>,
    /// The labels of its spans.
    pub(super) labels: Vec<Label>,
    /// Spans that are left out for their score.
    pub(super) low: Vec<Proved<'a>>,
    /// What the file has that records have no place for.
    pub(super) unread: BTreeMap<&'static str, u64>,
}

impl Split {
    /// Makes something of every document in parallel, with a scratch for each thread, and takes it in the order of the input. Gives
    /// whether it came to the end: it was not told to stop.
    pub(super) fn pass<T: Send, S: Default>(
        &self,
        sources: Sources,
        make: impl Fn(&Taken<'_>, &str, &mut S) -> T + Sync,
        mut take: impl FnMut(Outcome<T>) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let (read, count) = (self.read.clone(), self.bytes_read.clone());
        in_blocks(
            pieces(sources, move |source| open(source, &read, &count)),
            &self.stop,
            |piece, scratch| self.outcomes(piece, &make, scratch),
            |outcomes| outcomes.into_iter().try_for_each(&mut take),
        )
    }

    fn outcomes<T, S: Default>(
        &self,
        piece: &Piece,
        make: impl Fn(&Taken<'_>, &str, &mut S) -> T,
        scratch: &mut S,
    ) -> Vec<Outcome<T>> {
        let raw = match piece {
            Ok(raw) => raw,
            Err(problem) => return vec![Outcome::Unread(problem.clone())],
        };
        // A fault of ours in one document must not cost the others.
        let done = catch_unwind(AssertUnwindSafe(|| {
            let documents = parse_raw(raw, &self.read).into_iter();
            let documents = documents.map(|document| match document {
                Ok(claimed) => self.outcome(claimed, |taken, file| make(taken, file, scratch)),
                Err(fault) => {
                    Outcome::Unread(fault.problem(&raw.name, ": the document is left out"))
                }
            });
            documents.collect::<Vec<_>>()
        }));
        done.unwrap_or_else(|_| {
            *scratch = S::default();
            let message = "an internal error, please report it with this document; it was left out";
            vec![Outcome::Unread(Problem::error(
                &raw.name, raw.line, message,
            ))]
        })
    }

    fn outcome<T>(
        &self,
        mut claimed: Claimed,
        make: impl FnOnce(&Taken<'_>, &str) -> T,
    ) -> Outcome<T> {
        if let Some(why) = claimed.refused {
            return Outcome::Refused(claimed.name(), why);
        }
        let file = claimed.file.clone();
        let Some(text) = claimed.text.take() else {
            let message = "no field \"text\": the document is left out";
            return Outcome::Unread(Problem::error(&file, Some(claimed.line), message));
        };
        let (mut proved, faults) = claimed.resolve(&text);
        let faults = claimed.faults.iter().chain(&faults);
        let problems = faults.map(|f| f.problem(&file, ": left out")).collect();
        if let Some(labels) = &self.labels {
            proved.retain(|p| labels.contains(&p.label));
        }
        proved.sort_by_key(|p| (p.span.start, Reverse(p.span.end), p.label));
        let is_low = |p: &Proved<'_>| {
            let least = self.min_score.zip(p.claim.score);
            least.is_some_and(|(least, score)| score < least)
        };
        let (low, proved): (Vec<_>, Vec<_>) = proved.into_iter().partition(is_low);
        let taken = Taken {
            record: claimed.record(&text, &proved, OffsetUnit::default()),
            labels: proved.iter().map(|p| p.label).collect(),
            low,
            unread: claimed.left_behind(&proved),
        };
        Outcome::Made(make(&taken, &file), problems)
    }
}
