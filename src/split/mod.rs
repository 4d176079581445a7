//! [`Split`]: annotated documents to train, dev and test, so that no story is on two sides.
//!
//! The input is read twice. The first pass keeps a sketch of each text and the numbers of its names; then all is decided; the second
//! pass writes each document where it belongs. No text is held.

mod caps;
mod cluster;
mod corpus;
mod output;
mod pass;
mod report;
mod sides;
mod sketch;

pub use report::{SplitPart, SplitReport, Unseen};

use crate::{
    annotated::Options,
    batch::OutputFolder,
    error::{Error, Problem, Severity},
    read::Sources,
    span::Label,
};
use caps::{Kept, Reason};
use cluster::{Clusters, Index, ranks};
use corpus::{Corpus, Facts};
use pass::Outcome;
use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
};

/// How a set of annotated documents is split.
///
/// Near-duplicates stay together: documents whose word triples are in the longest document of their cluster by at least
/// [`similarity`](Split::similarity). Whatever the split goes by, no document of dev or test resembles one of another side when it is
/// done: what does is left out, and listed.
///
/// What belongs where depends on the content of the documents and on [`seed`](Split::seed), not on the order of files or lines, nor
/// on threads (rayon's pool works). Takes about a kilobyte of memory a document besides 8 bytes a mention, and reads the input twice.
///
/// ```no_run
/// use wiretag::{OutputFolder, Split, read::Sources};
/// let split = Split::default();
/// let folder = OutputFolder::create("set")?;
/// let report = split.run(|| Sources::new(["articles.jsonl"]), folder, &mut |p| eprintln!("{p}"))?;
/// for part in &report.parts {
///     println!("{}: {} documents", part.side, part.counts.documents);
/// }
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Debug)]
pub struct Split {
    /// How documents are read. Default: [`Options::default`].
    pub read: Options,
    /// The labels that are kept; `None` for all. Default: `None`.
    pub labels: Option<Vec<Label>>,
    /// Spans with a lower score are left out; those without one are kept. Default: none.
    pub min_score: Option<f64>,
    /// The share of documents that is dev. Default: 0.1.
    pub dev: f64,
    /// The share of documents that is test. Default: 0.1.
    pub test: f64,
    /// What the split goes by. Default: [`By::Content`].
    pub by: By,
    /// What chance depends on. Default: 0.
    pub seed: u64,
    /// Documents are near-duplicates if at least this share of the shorter one's word triples stands in the longer one. Default: 0.4.
    pub similarity: f64,
    /// What becomes of duplicates. Default: [`Duplicates::Keep`].
    pub duplicates: Duplicates,
    /// The most that one name (a label and a text, in any case) may have of all mentions. Default: no limit.
    pub max_surface: Option<f64>,
    /// The most that one document may have of all mentions. Default: no limit.
    pub max_document_share: Option<f64>,
    /// The most that documents without spans may be of all. Default: no limit.
    pub empty: Option<f64>,
    /// What the card calls the set. Default: `Named entities`.
    pub name: String,
    /// The licence that the card states. Default: unknown.
    pub license: Option<String>,
    /// Counts the bytes read in both passes, as they are on disk, while the run goes on.
    pub bytes_read: Arc<AtomicU64>,
    /// Set to true, ends the run behind the documents that are under way.
    pub stop: Arc<AtomicBool>,
}

/// What a split goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// Documents, labels and documents without spans have the same shares on all sides.
    #[default]
    Content,
    /// The newest documents are test, those before them dev, by a date in this field of their meta.
    Time(String),
    /// All documents with one value in this field of their meta are on one side.
    Source(String),
    /// Entities of test and dev are held out of train.
    Entity,
}

/// What becomes of duplicates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// All stay, on one side: what goes in comes out, unless somebody asks for less.
    #[default]
    Keep,
    /// Of equal texts one stays.
    DropExact,
    /// Of near-duplicates the longest stays.
    Drop,
}

/// A side of a split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// What a model learns from.
    Train,
    /// What it is tuned on.
    Dev,
    /// What it is judged by.
    Test,
}

impl Side {
    /// All sides.
    pub const ALL: [Side; 3] = [Side::Train, Side::Dev, Side::Test];

    /// Its name, which its file has.
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Train => "train",
            Side::Dev => "dev",
            Side::Test => "test",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Default for Split {
    fn default() -> Split {
        Split {
            read: Options::default(),
            labels: None,
            min_score: None,
            dev: 0.1,
            test: 0.1,
            by: By::default(),
            seed: 0,
            similarity: 0.4,
            duplicates: Duplicates::default(),
            max_surface: None,
            max_document_share: None,
            empty: None,
            name: "Named entities".to_owned(),
            license: None,
            bytes_read: Arc::default(),
            stop: Arc::default(),
        }
    }
}

/// What was decided.
struct Plan {
    clusters: Clusters,
    /// The side of each document, if it is on one.
    sides: Vec<Option<Side>>,
    reasons: Vec<Option<Reason>>,
}

impl Split {
    /// Splits all sources into the files of a folder: `train.jsonl`, `dev.jsonl` and `test.jsonl`, whose lines are in the order of the
    /// input; `left-out.jsonl`, `duplicates.jsonl`; and the card, `README.md`. Problems are reported in the order of the input.
    ///
    /// # Errors
    /// When shares make no sense, when a source can't be read twice or changed in between, when no document has what the split goes
    /// by, or a file can't be written.
    pub fn run(
        &self,
        sources: impl Fn() -> Sources,
        folder: OutputFolder,
        report: &mut dyn FnMut(&Problem),
    ) -> Result<SplitReport, Error> {
        Ok(match self.decide(&sources, report) {
            Ok(Some((corpus, plan))) => self.write(sources(), &corpus, &plan, folder)?,
            nothing => {
                folder.discard();
                nothing?;
                SplitReport::stopped()
            }
        })
    }

    /// The first pass, and what follows from it. Nothing if it was told to stop.
    fn decide(
        &self,
        sources: &impl Fn() -> Sources,
        report: &mut dyn FnMut(&Problem),
    ) -> Result<Option<(Corpus, Plan)>, Error> {
        self.check()?;
        if sources().inventory().streams {
            return Err(Error::invalid(
                "standard input and pipes can't be read twice: write them to a file, which may be a .gz or .zst",
            ));
        }
        let mut corpus = Corpus::default();
        let (mut errors, mut warnings) = (0, 0);
        let mut tell = |problem: &Problem| {
            match problem.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
            }
            report(problem);
        };
        let whole = self.pass(
            sources(),
            |taken, _, scratch| Facts::of(self, taken, scratch),
            |outcome| {
                match outcome {
                    Outcome::Made(facts, problems) => {
                        problems.iter().for_each(&mut tell);
                        corpus.add(facts)?;
                    }
                    Outcome::Refused(..) => {}
                    Outcome::Unread(problem) => tell(&problem),
                }
                Ok(())
            },
        )?;
        if !whole {
            return Ok(None);
        }
        corpus.sort_labels();
        corpus.problems = (errors, warnings);
        let plan = self.plan(&corpus)?;
        Ok(Some((corpus, plan)))
    }

    fn share(&self, side: Side) -> f64 {
        match side {
            Side::Train => 1.0 - self.dev - self.test,
            Side::Dev => self.dev,
            Side::Test => self.test,
        }
    }

    fn check(&self) -> Result<(), Error> {
        let shares = [Some(self.dev), Some(self.test), Some(self.similarity)];
        let more = [self.max_surface, self.max_document_share, self.empty];
        for share in shares.into_iter().chain(more).flatten() {
            if !(0.0..=1.0).contains(&share) {
                return Err(Error::invalid(format!(
                    "{share} is no share: write 0.1 for a tenth"
                )));
            }
        }
        if self.share(Side::Train) <= 0.0 {
            return Err(Error::invalid("dev and test leave nothing for train"));
        }
        if self.similarity == 0.0 {
            return Err(Error::invalid(
                "all documents resemble each other by 0: write 0.4",
            ));
        }
        Ok(())
    }

    /// Decides where each document belongs.
    fn plan(&self, corpus: &Corpus) -> Result<Plan, Error> {
        let order = corpus.by_content();
        let ranks = ranks(&order);
        let clusters = Clusters::of(&corpus.sketches, &corpus.texts, &order, self.similarity);
        let mut kept = self.keep(corpus, &clusters, order)?;
        let key = |document: u32| match self.by {
            By::Source(_) => corpus.keys[document as usize].expect("others were left out") as u32,
            _ => clusters.leaders[document as usize],
        };
        let groups = sides::groups(corpus, &kept.documents, key, self.seed);
        let mut sides = vec![None; corpus.len()];
        for (group, side) in groups.iter().zip(self.sides(corpus, &groups)) {
            for &document in &group.documents {
                sides[document as usize] = Some(side);
            }
        }
        self.leave_out_leaks(corpus, &ranks, &mut sides, &mut kept);
        Ok(Plan {
            clusters,
            sides,
            reasons: kept.reasons,
        })
    }

    /// Leaves out of test what resembles train, and of dev what resembles train or test: members of two clusters may, and where
    /// sources or entities decide, those of one are on several sides.
    fn leave_out_leaks(
        &self,
        corpus: &Corpus,
        ranks: &[u32],
        sides: &mut [Option<Side>],
        kept: &mut Kept,
    ) {
        let mut index = Index::new(kept.documents.len());
        let mut known = HashSet::new();
        for side in [Side::Train, Side::Test, Side::Dev] {
            let on_side = |d: &&u32| sides[**d as usize] == Some(side);
            let documents: Vec<u32> = kept.documents.iter().filter(on_side).copied().collect();
            let mut stay = Vec::with_capacity(documents.len());
            for document in documents {
                let leak = match side {
                    Side::Train => None,
                    _ => index.nearest(document, &corpus.sketches, ranks, self.similarity),
                };
                match leak {
                    None => stay.push(document),
                    Some((of, share)) => {
                        sides[document as usize] = None;
                        kept.reasons[document as usize] = Some(Reason::Leak(of, share as f32));
                    }
                }
            }
            for document in stay {
                if known.insert(corpus.texts[document as usize]) {
                    index.insert(document, &corpus.sketches[document as usize].signature);
                }
            }
        }
    }
}
