//! [`Voting`]: what labelling functions say of many documents, for weak supervision.

use super::{
    OutputFolder, Shard, Summary, Zoning,
    records::Records,
    run::{DocumentDone, Items, Run, Scratches, Task},
};
use crate::{
    annotator::LabellingFunctions,
    document::Document,
    error::{Error, Problem},
    read::{Parsed, Raw, ReadOptions, Source, Sources, Stream},
    record::{Mention, OffsetUnit, Offsets, Record},
    write::{
        TextUnit,
        votes::{Gold, NOTHING, VoteSummary, Votes},
    },
};
use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
};

/// A run over many documents that writes the votes of all labelling functions to a [folder](crate::write::votes), in parallel, in the
/// order of the input.
///
/// ```no_run
/// use wiretag::{Annotator, Gazetteer, LabellingFunctions, OutputFolder, Voting, read::Sources};
/// let annotator = Annotator::builder().build(Gazetteer::builtin()?)?;
/// let functions = LabellingFunctions::of(&annotator);
/// let (_, votes) = Voting::new(&functions).run_to_folder(
///     Sources::new(["examples/articles"]),
///     OutputFolder::create("votes")?,
///     &mut |problem| eprintln!("{problem}"),
/// )?;
/// for function in votes.functions {
///     println!("{}: {} votes, {} conflicts", function.name, function.votes, function.conflicts);
/// }
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Debug)]
pub struct Voting<'a> {
    /// What votes.
    pub functions: &'a LabellingFunctions<'a>,
    /// How documents are read. Default: [`ReadOptions::default`].
    pub read: ReadOptions,
    /// What is right, to judge the functions by. Default: nothing is known.
    pub gold: Option<Gold>,
    /// Threads that work; 0 for one a core. Default: 0.
    pub threads: usize,
    /// Counts the bytes read, as they are on disk, while the run goes on.
    pub bytes_read: Arc<AtomicU64>,
    /// Set to true, ends the run behind the documents that are under way.
    pub stop: Arc<AtomicBool>,
}

impl<'a> Voting<'a> {
    /// A run with default settings.
    pub fn new(functions: &'a LabellingFunctions<'a>) -> Voting<'a> {
        Voting {
            functions,
            read: ReadOptions::default(),
            gold: None,
            threads: 0,
            bytes_read: Arc::default(),
            stop: Arc::default(),
        }
    }

    /// Lets the functions vote on all sources. Problems are reported in the order of the input, while the run goes on.
    ///
    /// # Errors
    /// When a file can't be written, or threads can't be started.
    pub fn run_to_folder(
        mut self,
        sources: Sources,
        folder: OutputFolder,
        report: &mut (dyn FnMut(&Problem) + Send),
    ) -> Result<(Summary, VoteSummary), Error> {
        let labels = self.functions.annotator().labels();
        let writer = Votes::new(self.functions.names(), &labels, self.gold.take());
        let summary = Run {
            task: &self,
            writer: &writer,
            text_unit: TextUnit::Document,
            alignment: None,
            zoning: &Zoning::default(),
            listing: None,
            labels,
            threads: self.threads,
            shard: Shard::default(),
            bytes_read: &self.bytes_read,
            stop: &self.stop,
        }
        .to_folder(sources, folder, report)?;
        Ok((summary, writer.summary()))
    }

    /// All votes as spans, whose origin is the function.
    fn record<'d>(&'d self, doc: &'d Document, scratches: &mut Scratches) -> Record<'d> {
        let Scratches { scratch, found, .. } = scratches;
        let gazetteer = self.functions.annotator().gazetteer();
        let mut starts = Offsets::new(doc.text(), OffsetUnit::Codepoint);
        let votes = self.functions.votes_with(scratch, found, doc);
        let mention = |vote: &crate::annotator::Vote| {
            let text = &doc.text()[vote.span.range()];
            let start = starts.at(vote.span.start);
            Mention {
                start,
                end: start + starts.count_ahead(text.len()),
                label: vote
                    .label
                    .map_or(NOTHING.into(), |l| l.as_str().to_owned().into()),
                text: text.into(),
                entity: vote.entry.map(|e| gazetteer.entry_id(e)),
                name: vote.entry.map(|e| gazetteer.entry_name(e).into()),
                also: Vec::new(),
                origin: self.functions.name(vote.function).into(),
                score: None,
                zone: None,
                lost: None,
                attributes: Vec::new(),
            }
        };
        Record {
            id: doc.id().into(),
            text: doc.text().into(),
            offset_unit: OffsetUnit::Codepoint,
            spans: votes.iter().map(mention).collect(),
            meta: Cow::Borrowed(doc.meta()),
        }
    }
}

impl Task for Voting<'_> {
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
        let record = self.record(&document, scratches);
        records.push(&record);
        vec![DocumentDone::written(problems, raw, &document)]
    }
}
