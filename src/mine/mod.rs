//! Names that a corpus uses and the lists lack: [`Miner`] reads documents and proposes what to add.
//!
//! Each document is annotated as ever; what a rule or a pattern found and no list knows, and capitals that nothing explains, are
//! sightings. Sightings of one name are put together, first in the document, then over all, and what stands in and around them says
//! what the name most likely is. Nothing is learned and nothing is added: proposals are for somebody to read.
//!
//! ```no_run
//! use wiretag::{Annotator, Gazetteer, mine::Miner, read::Sources};
//! let annotator = Annotator::builder().build(Gazetteer::builtin()?)?;
//! let mined = Miner::new(&annotator).run(Sources::new(["news/"]), &mut |problem| eprintln!("{problem}"))?;
//! for group in &mined.groups {
//!     for proposal in &group.proposals {
//!         println!("{} {:?}", proposal.name, proposal.label);
//!     }
//! }
//! # Ok::<(), wiretag::Error>(())
//! ```

mod counts;
mod document;
mod judge;
mod list;
mod proposal;
mod show;
mod surroundings;

pub use proposal::{Evidence, KnownName, Proposal, Relation};

use crate::{
    annotator::{Annotator, Found, Scratch},
    batch::{Piece, in_blocks, pieces},
    error::{Error, Problem, Severity},
    gazetteer::Gazetteer,
    read::{Parsed, ReadOptions, Sources, Stream},
    span::Label,
};
use counts::{Counts, Sketch};
use document::Seen;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
};
use surroundings::Known;

/// Finds names that documents use and the lists lack.
///
/// Memory grows with the distinct names that are seen, about 2.5 kB each, up to [`Miner::most_names`]; beyond that, names of the
/// fewest documents are forgotten. The result is the same whatever the number of threads.
#[derive(Debug)]
pub struct Miner<'a> {
    /// Whose lists and rules names are looked for in.
    pub annotator: &'a Annotator,
    /// How documents are read. Default: [`ReadOptions::default`].
    pub read: ReadOptions,
    /// The labels that are proposed; `None` for all, names of which nothing says what they are included. Default: `None`.
    pub labels: Option<Vec<Label>>,
    /// Names with fewer mentions are left out. Default: 2.
    pub min_mentions: u64,
    /// Names in fewer documents are left out. Default: 1.
    pub min_documents: u64,
    /// The most proposals for each label; 0 for all. Default: 0.
    pub most: usize,
    /// Names that are not to be proposed again. Default: none.
    pub ignore: Option<Gazetteer>,
    /// The most names that are counted at once. Default: 200,000.
    pub most_names: usize,
    /// Counts the bytes read, as they are on disk, while the run goes on.
    pub bytes_read: Arc<AtomicU64>,
    /// Set to true, ends the run behind the documents that are under way.
    pub stop: Arc<AtomicBool>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mined {
    /// Proposals by label, sorted by its name; what nothing is known of comes last.
    pub groups: Vec<Proposals>,
    /// Documents that were read.
    pub documents: u64,
    /// Documents and files that could not be read.
    pub errors: u64,
    /// How often a name was forgotten because there were too many.
    pub forgotten: u64,
    /// Was it told to stop before the end?
    pub stopped: bool,
}

/// The proposals of a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposals {
    /// None: nothing says what these are.
    pub label: Option<Label>,
    /// The best first.
    pub proposals: Vec<Proposal>,
    /// How many there are, of which `proposals` are the first.
    pub all: usize,
}

/// What a thread reuses.
#[derive(Default)]
struct Scratches {
    scratch: Scratch,
    found: Found,
}

/// What was made of a piece of the input.
#[derive(Default)]
struct Done {
    names: Vec<(String, Seen)>,
    is_document: bool,
    problems: Vec<Problem>,
}

impl<'a> Miner<'a> {
    /// A miner with default settings.
    pub fn new(annotator: &'a Annotator) -> Miner<'a> {
        Miner {
            annotator,
            read: ReadOptions::default(),
            labels: None,
            min_mentions: 2,
            min_documents: 1,
            most: 0,
            ignore: None,
            most_names: 200_000,
            bytes_read: Arc::default(),
            stop: Arc::default(),
        }
    }

    /// Reads all sources and makes proposals. Problems are reported in the order of the input, while the run goes on.
    ///
    /// # Errors
    /// When the annotator has no rules, or its gazetteer no lexicons: nothing would tell names from other words then. When labels are
    /// asked for that neither gazetteer nor rules have.
    pub fn run(&self, sources: Sources, report: &mut dyn FnMut(&Problem)) -> Result<Mined, Error> {
        if !self.annotator.has_lexicons() {
            return Err(Error::invalid(
                "names are told from other words by rules and lexicons (common words, given names, titles): leave --no-rules and --no-builtin out, or add lexicons with -g",
            ));
        }
        let labels = self.annotator.labels();
        if let Some(label) = self.labels.iter().flatten().find(|l| !labels.contains(l)) {
            let labels: Vec<&str> = labels.iter().map(|l| l.as_str()).collect();
            return Err(Error::invalid(format!(
                "no label {:?}: the gazetteers and rules have {}",
                label.as_str(),
                labels.join(", ")
            )));
        }
        let lower = Sketch::new(1 << 20);
        let known = Known::new(labels);
        let mut counts = Counts::new(self.most_names);
        let mut mined = Mined::default();
        let (read, count) = (self.read.clone(), self.bytes_read.clone());
        let ended = in_blocks(
            pieces(sources, move |source| Stream::open(source, &read, &count)),
            &self.stop,
            |piece, scratches| self.names(piece, (&lower, &known), scratches),
            |done: Done| {
                for problem in &done.problems {
                    mined.errors += u64::from(problem.severity == Severity::Error);
                    report(problem);
                }
                mined.documents += u64::from(done.is_document);
                counts.add(done.names);
                Ok(())
            },
        )?;
        mined.stopped = !ended;
        mined.forgotten = counts.forgotten;
        mined.groups = proposal::propose(self, counts, &lower, known);
        Ok(mined)
    }

    /// The names of a document that no list has.
    fn names(
        &self,
        piece: &Piece,
        (lower, around): (&Sketch, &Known),
        scratches: &mut Scratches,
    ) -> Done {
        let raw = match piece {
            Ok(raw) => raw,
            Err(problem) => return Done::of(problem.clone()),
        };
        // A fault of ours in one document must not cost the others.
        let done = catch_unwind(AssertUnwindSafe(|| {
            let Parsed { document, problems } = raw.parse(&self.read);
            let Some(document) = document else {
                return Done {
                    problems,
                    ..Done::default()
                };
            };
            let Scratches { scratch, found } = &mut *scratches;
            let (sightings, known) = self.annotator.sightings(scratch, found, &document);
            let tokens = scratch.tokens();
            for i in (0..tokens.len()).filter(|&i| !tokens.shape(i).starts_upper()) {
                lower.add(tokens.hash(i));
            }
            for (label, surroundings) in &known {
                around.add(document.text(), *label, surroundings);
            }
            Done {
                names: document::names(document.id(), document.text(), &sightings),
                is_document: true,
                problems,
            }
        }));
        done.unwrap_or_else(|_| {
            *scratches = Scratches::default();
            let message = "an internal error, please report it with this document; it was left out";
            Done::of(Problem::error(&raw.name, raw.line, message))
        })
    }
}

impl Done {
    fn of(problem: Problem) -> Done {
        Done {
            problems: vec![problem],
            ..Done::default()
        }
    }
}
