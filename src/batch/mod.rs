//! [`Batch`]: many documents from reader to writer, in parallel, in order, in bounded memory.

mod blocks;
mod chunks;
mod convert;
mod file;
mod folder;
mod label_scheme;
mod listing;
mod packing;
mod records;
mod run;
mod state;
mod votes;
mod zoning;

pub(crate) use blocks::{Piece, in_blocks, pieces};
pub use chunks::Shard;
pub use convert::{Conversion, Converted, Overlapping};
pub use file::{OutputFile, Resumed};
pub use folder::OutputFolder;
pub use label_scheme::LabelScheme;
pub use listing::Listing;
pub use state::Job;
pub use votes::Voting;
pub use zoning::Zoning;

use crate::{
    annotator::Annotator,
    card::ANNOTATED_BY,
    error::{Error, Problem},
    read::{Parsed, Raw, ReadOptions, Source, Sources, Stream},
    record::OffsetUnit,
    span::Label,
    write::{
        TextUnit, Writer,
        align::{Alignment, Misfit, Unaligned},
    },
};
use records::Records;
use run::{DocumentDone, Items, Run, Scratches, Task};
use serde_json::value::to_raw_value;
use std::{
    collections::BTreeMap,
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
};

/// A run over many documents: sources in, one stream of records out, in the order of the input.
///
/// `threads` threads do the same work, the calling one among them: each reads the next few documents, annotates and packs them, and
/// writes what is ready in the order of the input. So reading, unpacking, annotating and packing go on at once, one thread is one
/// thread, and what waits is a few megabytes, whatever the size of the input. Documents that can't be read are reported and left
/// out.
///
/// ```
/// use wiretag::{Annotator, Batch, Gazetteer, read::Sources};
/// let annotator = Annotator::builder().build(Gazetteer::builtin()?)?;
/// let mut out = Vec::new();
/// let summary = Batch::new(&annotator).run(Sources::new(["examples/articles"]), &mut out, &mut |problem| eprintln!("{problem}"))?;
/// assert!(summary.documents > 5 && summary.errors == 0);
/// assert_eq!(out.iter().filter(|&&b| b == b'\n').count() as u64, summary.documents);
/// # Ok::<(), wiretag::Error>(())
/// ```
pub struct Batch<'a> {
    /// What annotates.
    pub annotator: &'a Annotator,
    /// How documents are read. Default: [`ReadOptions::default`].
    pub read: ReadOptions,
    /// What offsets count. Default: code points.
    pub unit: OffsetUnit,
    /// What writes. Default: JSONL.
    pub writer: &'a dyn Writer,
    /// What a record is about. Default: a document.
    pub text_unit: TextUnit,
    /// What is left out of zones. Default: nothing.
    pub zoning: Zoning,
    /// How spans are laid on words; `None`: as is the default for the format, if it has words. Default: `None`.
    pub alignment: Option<Alignment>,
    /// Where spans are listed that do not lie on words. Default: nowhere.
    pub listing: Option<Listing>,
    /// What annotates, in words: the field [`annotated_by`](crate::card::ANNOTATED_BY) of the meta of all documents. Default: none.
    pub annotated_by: Option<String>,
    /// Threads that work; 0 for one a core. Default: 0.
    pub threads: usize,
    /// The documents that are annotated. Default: all.
    pub shard: Shard,
    /// Counts the bytes read, as they are on disk, while the run goes on.
    pub bytes_read: Arc<AtomicU64>,
    /// Set to true, ends the run behind the documents that are under way.
    pub stop: Arc<AtomicBool>,
}

impl std::fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch")
            .field("read", &self.read)
            .field("unit", &self.unit)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Documents written.
    pub documents: u64,
    /// Bytes of their texts (UTF-8).
    pub bytes: u64,
    /// Spans written, by label; those that lost the competition are not counted.
    pub spans: BTreeMap<Label, u64>,
    /// Spans that were moved to the bounds of words, by what was wrong with them.
    pub moved: BTreeMap<Misfit, u64>,
    /// Spans that were left out because they do not lie on words, by what is wrong with them.
    pub left_out: BTreeMap<Misfit, u64>,
    /// Documents that could not be read.
    pub errors: u64,
    /// Documents that were read with a doubt.
    pub warnings: u64,
    /// Was it told to stop before the end?
    pub stopped: bool,
}

impl Summary {
    fn add_unaligned(&mut self, unaligned: &Unaligned) {
        let counts = match unaligned.became {
            Some(_) => &mut self.moved,
            None => &mut self.left_out,
        };
        *counts.entry(unaligned.reason).or_default() += 1;
    }
}

impl<'a> Batch<'a> {
    /// A run with default settings.
    pub fn new(annotator: &'a Annotator) -> Batch<'a> {
        Batch {
            annotator,
            read: ReadOptions::default(),
            unit: OffsetUnit::default(),
            writer: &crate::write::jsonl::Jsonl,
            text_unit: TextUnit::default(),
            zoning: Zoning::default(),
            alignment: None,
            listing: None,
            annotated_by: None,
            threads: 0,
            shard: Shard::default(),
            bytes_read: Arc::default(),
            stop: Arc::default(),
        }
    }

    /// Annotates all sources. Problems are reported in the order of the input, while the run goes on.
    ///
    /// # Errors
    /// When `out` can't be written or threads can't be started.
    pub fn run(
        &self,
        sources: Sources,
        out: &mut (dyn Write + Send),
        report: &mut (dyn FnMut(&Problem) + Send),
    ) -> Result<Summary, Error> {
        self.as_run().to_stream(sources, out, report)
    }

    /// The same into a file, which goes on with what is in it. If the run stops or fails, what was finished stays, and
    /// [`OutputFile::resume`] goes on with it.
    ///
    /// # Errors
    /// When the file can't be written, threads can't be started, or the input has fewer documents than when the run began.
    pub fn run_to_file(
        &self,
        sources: Sources,
        file: OutputFile,
        report: &mut (dyn FnMut(&Problem) + Send),
    ) -> Result<Summary, Error> {
        self.as_run().to_file(sources, file, report)
    }

    /// The same into a folder, of formats that are one.
    ///
    /// # Errors
    /// When a file can't be written, or threads can't be started.
    pub fn run_to_folder(
        &self,
        sources: Sources,
        folder: OutputFolder,
        report: &mut (dyn FnMut(&Problem) + Send),
    ) -> Result<Summary, Error> {
        self.as_run().to_folder(sources, folder, report)
    }

    fn as_run(&self) -> Run<'_> {
        Run {
            task: self,
            writer: self.writer,
            text_unit: self.text_unit,
            alignment: self.alignment,
            zoning: &self.zoning,
            listing: self.listing.as_ref(),
            labels: self.annotator.labels(),
            threads: self.threads,
            shard: self.shard,
            bytes_read: &self.bytes_read,
            stop: &self.stop,
        }
    }
}

impl Task for Batch<'_> {
    fn open(&self, source: &Source, count: &Arc<AtomicU64>) -> Result<Items, Problem> {
        Ok(Box::new(Stream::open(source, &self.read, count)?))
    }

    fn records(
        &self,
        scratches: &mut Scratches,
        raw: &Raw,
        records: &mut Records<'_>,
    ) -> Vec<DocumentDone> {
        let Parsed { document, problems } = raw.parse(&self.read);
        let Some(document) = document else {
            return vec![DocumentDone::unread(problems)];
        };
        let Scratches { scratch, found, .. } = scratches;
        self.annotator.annotate_into(scratch, &document, found);
        // Growing step by step, a line of a gigabyte would need two.
        let room = document.text().len() * 5 / 4 + 160 * found.annotations.len() + 256;
        records.bytes.reserve(room);
        let mut record = self.annotator.record(&document, found, self.unit);
        if let Some(by) = &self.annotated_by {
            let value = to_raw_value(by).expect("a string is JSON");
            let meta = record.meta.to_mut();
            meta.retain(|(name, _)| name != ANNOTATED_BY);
            meta.push((ANNOTATED_BY.to_owned(), value));
        }
        records.push(&record);
        vec![DocumentDone {
            unaligned: records.take_unaligned(),
            ..DocumentDone::written(problems, raw, &document)
        }]
    }
}
