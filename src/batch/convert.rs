//! [`Conversion`]: annotated documents of one format to another.

use super::{
    Listing, OutputFile, OutputFolder, Shard, Summary, Zoning,
    records::Records,
    run::{DocumentDone, Items, Run, Scratches, Task, Written},
};
use crate::{
    annotated::{Claimed, Options, Proved, open, parse_raw},
    error::{Error, Problem},
    read::{Raw, Source, Sources},
    record::OffsetUnit,
    span::Label,
    write::{
        Feature, OutputFormat, TextUnit,
        align::{Alignment, first_disjoint},
    },
};
use std::{
    cmp::Reverse,
    collections::BTreeMap,
    io::Write,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64},
    },
};

/// A run that converts annotated documents, in parallel, in the order of the input.
///
/// ```no_run
/// use wiretag::{Conversion, read::Sources, write::OutputFormat};
/// let mut out = Vec::new();
/// let conversion = Conversion::new(OutputFormat::Prodigy);
/// let converted = conversion.run(Sources::new(["gold.conll"]), &mut out, &mut |p| eprintln!("{p}"))?;
/// for (feature, count) in &converted.unheld {
///     eprintln!("Prodigy has no place for {feature}: {count}");
/// }
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Debug)]
pub struct Conversion {
    /// How documents are read. Default: [`Options::default`].
    pub read: Options,
    /// The format of the output.
    pub to: OutputFormat,
    /// What offsets count, in formats that leave it open. Default: code points.
    pub unit: OffsetUnit,
    /// What a record is about. Default: a document.
    pub text_unit: TextUnit,
    /// What is left out of zones. Default: nothing.
    pub zoning: Zoning,
    /// How spans are laid on words; `None`: as is the default for the format, if it has words. Default: `None`.
    pub alignment: Option<Alignment>,
    /// Where spans are listed that do not lie on words. Default: nowhere.
    pub listing: Option<Listing>,
    /// Labels that become others. Default: none.
    pub map: BTreeMap<String, Label>,
    /// The labels that are kept; `None` for all. Default: `None`.
    pub labels: Option<Vec<Label>>,
    /// Spans with a lower score are left out; those without a score stay. Default: none is.
    pub min_score: f64,
    /// What becomes of spans that overlap. Default: [`Overlapping::AsHeld`].
    pub overlapping: Overlapping,
    /// Threads that work; 0 for one a core. Default: 0.
    pub threads: usize,
    /// Counts the bytes read, as they are on disk, while the run goes on.
    pub bytes_read: Arc<AtomicU64>,
    /// Set to true, ends the run behind the documents that are under way.
    pub stop: Arc<AtomicBool>,
}

/// What becomes of spans that overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlapping {
    /// All are kept where the format holds them, else the longest.
    #[default]
    AsHeld,
    /// The longest is kept, of several the first.
    Longest,
    /// All are kept.
    All,
}

/// What a conversion did.
#[derive(Clone, Debug, Default)]
pub struct Converted {
    /// Documents, spans and problems.
    pub summary: Summary,
    /// What the output has no place for, and how often it was there.
    pub unheld: BTreeMap<Feature, u64>,
    /// What the input has that records have no place for.
    pub unread: BTreeMap<&'static str, u64>,
    /// Documents that were passed over, with the reason.
    pub refused: BTreeMap<&'static str, u64>,
}

/// What is counted while a conversion runs.
type Counts = Mutex<Converted>;

/// A conversion with its counts.
struct Converting<'a> {
    conversion: &'a Conversion,
    counts: Counts,
    lacks: &'static [Feature],
}

impl Conversion {
    /// A conversion to a format, with default settings.
    pub fn new(to: OutputFormat) -> Conversion {
        Conversion {
            read: Options::default(),
            to,
            unit: OffsetUnit::default(),
            text_unit: TextUnit::default(),
            zoning: Zoning::default(),
            alignment: None,
            listing: None,
            map: BTreeMap::new(),
            labels: None,
            min_score: 0.0,
            overlapping: Overlapping::default(),
            threads: 0,
            bytes_read: Arc::default(),
            stop: Arc::default(),
        }
    }

    /// Converts all sources into one stream. Problems are reported in the order of the input.
    ///
    /// # Errors
    /// When `out` can't be written or threads can't be started; when the format is a folder.
    pub fn run(
        &self,
        sources: Sources,
        out: &mut (dyn Write + Send),
        report: &mut (dyn FnMut(&Problem) + Send),
    ) -> Result<Converted, Error> {
        self.with(|run| run.to_stream(sources, out, report))
    }

    /// The same into a file.
    ///
    /// # Errors
    /// When the file can't be written or threads can't be started.
    pub fn run_to_file(
        &self,
        sources: Sources,
        file: OutputFile,
        report: &mut (dyn FnMut(&Problem) + Send),
    ) -> Result<Converted, Error> {
        self.with(|run| run.to_file(sources, file, report))
    }

    /// The same into a folder, of formats that are one.
    ///
    /// # Errors
    /// When a file can't be written or threads can't be started.
    pub fn run_to_folder(
        &self,
        sources: Sources,
        folder: OutputFolder,
        report: &mut (dyn FnMut(&Problem) + Send),
    ) -> Result<Converted, Error> {
        self.with(|run| run.to_folder(sources, folder, report))
    }

    fn with(
        &self,
        run: impl FnOnce(&Run<'_>) -> Result<Summary, Error>,
    ) -> Result<Converted, Error> {
        let writer = self.to.writer();
        let task = Converting {
            conversion: self,
            counts: Counts::default(),
            lacks: writer.lacks(),
        };
        let summary = run(&Run {
            task: &task,
            writer,
            text_unit: self.text_unit,
            alignment: self.alignment,
            zoning: &self.zoning,
            listing: self.listing.as_ref(),
            labels: self.labels.clone().unwrap_or_default(),
            threads: self.threads,
            shard: Shard::default(),
            bytes_read: &self.bytes_read,
            stop: &self.stop,
        })?;
        let counts = task.counts.into_inner();
        Ok(Converted {
            summary,
            ..counts.unwrap_or_else(PoisonError::into_inner)
        })
    }
}

impl Task for Converting<'_> {
    fn open(&self, source: &Source, count: &Arc<AtomicU64>) -> Result<Items, Problem> {
        open(source, &self.conversion.read, count)
    }

    fn records(
        &self,
        _: &mut Scratches,
        raw: &Raw,
        records: &mut Records<'_>,
    ) -> Vec<DocumentDone> {
        let mut counts = Converted::default();
        let documents = parse_raw(raw, &self.conversion.read).into_iter();
        let done = documents.filter_map(|document| match document {
            Ok(claimed) => self.document(claimed, raw, records, &mut counts),
            Err(fault) => {
                let problem = fault.problem(&raw.name, ": the document is left out");
                Some(DocumentDone::problem(problem))
            }
        });
        let done = done.collect();
        self.add(counts);
        done
    }
}

impl Converting<'_> {
    fn add(&self, counts: Converted) {
        let mut all = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        add_all(&mut all.unheld, counts.unheld);
        add_all(&mut all.unread, counts.unread);
        add_all(&mut all.refused, counts.refused);
    }

    fn document(
        &self,
        mut claimed: Claimed,
        raw: &Raw,
        records: &mut Records<'_>,
        counts: &mut Converted,
    ) -> Option<DocumentDone> {
        if let Some(why) = claimed.refused {
            *counts.refused.entry(why).or_default() += 1;
            return None;
        }
        let file = claimed.file.clone();
        let line = Some(claimed.line);
        let Some(text) = claimed.text.take() else {
            let message = "no field \"text\": the document is left out";
            return Some(DocumentDone::problem(Problem::error(&file, line, message)));
        };
        for claim in &mut claimed.claims {
            if let Some(label) = self.conversion.map.get(&claim.label) {
                claim.label = label.as_str().to_owned();
            }
        }
        let (mut proved, faults) = claimed.resolve(&text);
        let faults = claimed.faults.iter().chain(&faults);
        let problems = faults.map(|f| f.problem(&file, ": left out")).collect();
        if let Some(labels) = &self.conversion.labels {
            proved.retain(|p| labels.contains(&p.label));
        }
        let min_score = self.conversion.min_score;
        proved.retain(|p| p.claim.score.is_none_or(|score| score >= min_score));
        add_all(&mut counts.unread, claimed.left_behind(&proved));
        proved.sort_by_key(|p| (p.span.start, Reverse(p.span.end), p.label));
        let flat = match self.conversion.overlapping {
            Overlapping::AsHeld => self.lacks.contains(&Feature::Overlaps),
            Overlapping::Longest => true,
            Overlapping::All => false,
        };
        if flat {
            let before = proved.len();
            proved = longest(proved);
            let gone = (before - proved.len()) as u64;
            if gone > 0 {
                *counts.unheld.entry(Feature::Overlaps).or_default() += gone;
            }
        }
        let written = Written {
            name: raw.name.clone(),
            line,
            id: claimed.name(),
            bytes: text.len(),
        };
        let unit = self.conversion.to.writer().unit();
        let record = claimed.record(&text, &proved, unit.unwrap_or(self.conversion.unit));
        for feature in self.lacks {
            let n = feature.count(&record);
            if n > 0 {
                *counts.unheld.entry(*feature).or_default() += n;
            }
        }
        records.push(&record);
        Some(DocumentDone {
            problems,
            unaligned: records.take_unaligned(),
            written: Some(written),
        })
    }
}

/// Of spans that overlap the longest, of several the first. Both are sorted by start.
fn longest(spans: Vec<Proved<'_>>) -> Vec<Proved<'_>> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|&i| (Reverse(spans[i].span.len()), i));
    let ranges: Vec<_> = spans.iter().map(|p| p.span.range()).collect();
    let kept = first_disjoint(&ranges, order);
    let kept = spans.into_iter().zip(kept).filter(|(_, kept)| *kept);
    kept.map(|(span, _)| span).collect()
}

fn add_all<K: Ord>(all: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
    for (what, n) in more {
        *all.entry(what).or_default() += n;
    }
}
