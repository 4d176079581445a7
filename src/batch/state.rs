//! What stands in `FILE.state`: which run this is, and how far it got.

use super::{Summary, chunks::Position};
use crate::{span::Label, write::align::Misfit};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};

/// What the bytes of an output depend on, as names and values: the version, the input, the gazetteers, the options. A run goes on
/// from where another stopped if the two are equal.
///
/// ```
/// use wiretag::{Job, read::Sources};
/// let inventory = Sources::new(["examples/articles"]).inventory();
/// let job = Job::new().with("inputs", inventory).with("--to", "jsonl");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job(Vec<(String, String)>);

impl Default for Job {
    fn default() -> Job {
        Job::new()
    }
}

impl Job {
    /// A job that depends on the version of this crate alone.
    pub fn new() -> Job {
        Job(Vec::new()).with("version", env!("CARGO_PKG_VERSION"))
    }

    /// The same job, which depends on this too.
    pub fn with(mut self, name: &str, value: impl ToString) -> Job {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    /// What is not as it was `before`, if anything.
    pub(super) fn difference(&self, before: &Job) -> Option<String> {
        if self == before {
            return None;
        }
        let mut pairs = before.0.iter().zip(&self.0);
        Some(match pairs.find(|(old, new)| old != new) {
            Some(((name, old), (same, new))) if name == same => {
                format!("{name} was {old:?}, is {new:?}")
            }
            _ => "it was started by another command".to_owned(),
        })
    }
}

/// How far a run got.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    pub(super) position: Position,
    pub(super) summary: Summary,
    /// Hashes of the ids so far.
    pub(super) ids: HashSet<u64>,
}

/// The state of a run.
#[derive(Debug)]
pub(super) struct State {
    pub(super) job: Job,
    /// Is the output whole?
    pub(super) finished: bool,
    /// Bytes of the output that belong to this state.
    pub(super) length: u64,
    pub(super) progress: Progress,
}

const FORMAT: u64 = 2;

impl State {
    /// The state as a file: a line of JSON, then the hashes of the ids, 8 bytes each, little endian. A finished run needs them no
    /// more.
    pub(super) fn to_bytes(job: &Job, finished: bool, length: u64, progress: &Progress) -> Vec<u8> {
        let Progress {
            position,
            summary,
            ids,
        } = progress;
        let ids = if finished { &HashSet::new() } else { ids };
        let spans = summary.spans.iter();
        let spans: serde_json::Map<String, Value> = spans
            .map(|(label, &n)| (label.as_str().to_owned(), n.into()))
            .collect();
        let header = json!({
            "wiretag_state": FORMAT,
            "job": job.0.iter().map(|(n, v)| json!([n, v])).collect::<Vec<_>>(),
            "finished": finished,
            "length": length,
            "source": position.source,
            "item": position.item,
            "number": position.number,
            "documents": summary.documents,
            "bytes": summary.bytes,
            "spans": spans,
            "moved": misfits(&summary.moved),
            "left_out": misfits(&summary.left_out),
            "errors": summary.errors,
            "warnings": summary.warnings,
            "ids": ids.len(),
        });
        let mut bytes = header.to_string().into_bytes();
        bytes.push(b'\n');
        bytes.reserve(8 * ids.len());
        for id in ids {
            bytes.extend_from_slice(&id.to_le_bytes());
        }
        bytes
    }

    /// Reads a state.
    ///
    /// # Errors
    /// When it is none, with the reason.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<State, &'static str> {
        const DAMAGED: &str = "is no state of wiretag, or damaged";
        let end = memchr::memchr(b'\n', bytes).ok_or(DAMAGED)?;
        let header: Value = serde_json::from_slice(&bytes[..end]).map_err(|_| DAMAGED)?;
        let number = |name: &str| header[name].as_u64().ok_or(DAMAGED);
        if number("wiretag_state")? != FORMAT {
            return Err("is of another version of wiretag");
        }
        let pair =
            |pair: &Value| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned()));
        let job = header["job"].as_array().ok_or(DAMAGED)?.iter().map(pair);
        let spans = header["spans"].as_object().ok_or(DAMAGED)?.iter();
        let spans = spans.map(|(label, n)| Some((Label::new(label).ok()?, n.as_u64()?)));
        let misfits = |name: &str| {
            let counts = header[name].as_object().ok_or(DAMAGED)?.iter();
            let counts = counts.map(|(misfit, n)| Some((Misfit::of_name(misfit)?, n.as_u64()?)));
            counts.collect::<Option<BTreeMap<_, _>>>().ok_or(DAMAGED)
        };
        let (ids, rest) = bytes[end + 1..].as_chunks::<8>();
        if ids.len() as u64 != number("ids")? || !rest.is_empty() {
            return Err(DAMAGED);
        }
        Ok(State {
            job: Job(job.collect::<Option<_>>().ok_or(DAMAGED)?),
            finished: header["finished"].as_bool().ok_or(DAMAGED)?,
            length: number("length")?,
            progress: Progress {
                position: Position {
                    source: number("source")?,
                    item: number("item")?,
                    number: number("number")?,
                },
                summary: Summary {
                    documents: number("documents")?,
                    bytes: number("bytes")?,
                    spans: spans.collect::<Option<_>>().ok_or(DAMAGED)?,
                    moved: misfits("moved")?,
                    left_out: misfits("left_out")?,
                    errors: number("errors")?,
                    warnings: number("warnings")?,
                    stopped: false,
                },
                ids: ids.iter().map(|id| u64::from_le_bytes(*id)).collect(),
            },
        })
    }
}

fn misfits(counts: &BTreeMap<Misfit, u64>) -> serde_json::Map<String, Value> {
    let counts = counts.iter();
    counts
        .map(|(misfit, &n)| (misfit.as_str().to_owned(), n.into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(to: &str) -> Job {
        Job::new().with("--to", to).with("--labels", "")
    }

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let mut progress = Progress {
            position: Position {
                source: 1,
                item: 2,
                number: 3,
            },
            ..Progress::default()
        };
        progress.summary.documents = u64::MAX;
        let label = Label::new("ORG").unwrap();
        progress.summary.spans.insert(label, 7);
        progress.summary.moved.insert(Misfit::EndsInside, 3);
        progress.summary.left_out.insert(Misfit::NoWord, 1);
        progress.ids.extend([0, 1, u64::MAX]);
        let bytes = State::to_bytes(&job("jsonl"), false, 9, &progress);
        let state = State::from_bytes(&bytes).unwrap();
        assert_eq!(state.job, job("jsonl"));
        assert_eq!((state.finished, state.length), (false, 9));
        assert_eq!(state.progress.position, progress.position);
        assert_eq!(state.progress.summary, progress.summary);
        assert_eq!(state.progress.ids, progress.ids);
        // No part of it is taken for the whole.
        for len in 0..bytes.len() {
            assert!(State::from_bytes(&bytes[..len]).is_err(), "{len}");
        }
        assert!(State::from_bytes(&[&bytes[..], b"x"].concat()).is_err());
    }

    #[test]
    fn jobs_differ_by_name_and_value() {
        assert_eq!(job("jsonl").difference(&job("jsonl")), None);
        assert_eq!(
            job("jsonl").difference(&job("marked")).unwrap(),
            "--to was \"marked\", is \"jsonl\""
        );
    }
}
