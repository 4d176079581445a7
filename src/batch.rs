//! [`Batch`]: many documents from reader to writer, in parallel, in order, in bounded memory.

use crate::{
    annotator::{Annotator, Found, Scratch},
    error::{Error, Problem, Severity},
    read::{Parsed, Raw, ReadOptions, Sources, Stream},
    record::OffsetUnit,
    span::Label,
    write::Writer,
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::AtomicU64,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

/// A run over many documents: sources in, one stream of records out, in the order of the input.
///
/// Three steps go on at once: one thread reads and cuts, `threads` parse and annotate, and the calling thread writes. What waits
/// between them is a few megabytes, whatever the size of the input; documents that can't be read are reported and left out.
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
    /// Threads that parse and annotate; 0 for one a core. Default: 0.
    pub threads: usize,
    /// Counts the bytes read, as they are on disk, while the run goes on.
    pub bytes_read: Arc<AtomicU64>,
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
    /// Documents that could not be read.
    pub errors: u64,
    /// Documents that were read with a doubt.
    pub warnings: u64,
}

/// Documents that travel together.
type Chunk = Vec<Result<Raw, Problem>>;

/// A document done.
#[derive(Debug, Default)]
struct Output {
    record: Vec<u8>,
    problems: Vec<Problem>,
    /// Source, line and id of the document, if there is one.
    id: Option<(String, Option<u64>, String)>,
    bytes: usize,
    spans: Vec<Label>,
}

/// A chunk is sent off when its documents have so many bytes for each thread, or so many documents: large enough to keep all threads
/// busy, small enough that a few of them are no burden.
const CHUNK_BYTES: usize = 1 << 20;
const CHUNK_DOCUMENTS: usize = 1 << 12;

/// More ids than this are not remembered: the set that finds repeated ones must not grow with the input.
const MAX_IDS: usize = 5_000_000;

impl<'a> Batch<'a> {
    /// A run with default settings.
    pub fn new(annotator: &'a Annotator) -> Batch<'a> {
        Batch {
            annotator,
            read: ReadOptions::default(),
            unit: OffsetUnit::default(),
            writer: &crate::write::jsonl::Jsonl,
            threads: 0,
            bytes_read: Arc::default(),
        }
    }

    /// Annotates all sources. Problems are reported in the order of the input, while the run goes on.
    ///
    /// # Errors
    /// When `out` can't be written or threads can't be started.
    pub fn run(
        &self,
        sources: Sources,
        out: &mut dyn Write,
        report: &mut dyn FnMut(&Problem),
    ) -> Result<Summary, Error> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads)
            .build();
        let pool = pool.map_err(|e| Error::invalid(format!("can't start threads: {e}")))?;
        let chunk_bytes = CHUNK_BYTES * pool.current_num_threads();
        thread::scope(|scope| {
            let (to_pool, chunks) = sync_channel::<Chunk>(1);
            let (to_writer, outputs) = sync_channel::<Vec<Output>>(1);
            scope.spawn(move || self.read_all(sources, chunk_bytes, &to_pool));
            scope.spawn(move || {
                for chunk in chunks {
                    let done = pool.install(|| {
                        chunk
                            .into_par_iter()
                            .map_init(Scratches::default, |s, raw| self.annotate(s, raw))
                            .collect()
                    });
                    // The writer has gone away: so do we.
                    if to_writer.send(done).is_err() {
                        break;
                    }
                }
            });
            self.write_all(outputs, out, report)
        })
    }

    fn read_all(&self, sources: Sources, chunk_bytes: usize, to: &SyncSender<Chunk>) {
        let (mut chunk, mut bytes) = (Chunk::new(), 0);
        for source in sources {
            let stream = match source.and_then(|s| Stream::open(&s, &self.read, &self.bytes_read)) {
                Ok(stream) => stream,
                Err(problem) => {
                    chunk.push(Err(problem));
                    continue;
                }
            };
            for raw in stream {
                bytes += raw.as_ref().map_or(0, |r| r.bytes.len());
                chunk.push(raw);
                if bytes >= chunk_bytes || chunk.len() >= CHUNK_DOCUMENTS {
                    if to.send(std::mem::take(&mut chunk)).is_err() {
                        return;
                    }
                    bytes = 0;
                }
            }
        }
        if !chunk.is_empty() {
            // If nobody listens any more, nobody needs it.
            let _ = to.send(chunk);
        }
    }

    fn annotate(&self, scratches: &mut Scratches, raw: Result<Raw, Problem>) -> Output {
        let raw = match raw {
            Ok(raw) => raw,
            Err(problem) => {
                return Output {
                    problems: vec![problem],
                    ..Output::default()
                };
            }
        };
        // A fault of ours in one document must not cost the others.
        catch_unwind(AssertUnwindSafe(|| self.annotate_raw(scratches, &raw))).unwrap_or_else(|_| {
            *scratches = Scratches::default();
            let message = "an internal error, please report it with this document; it was left out";
            Output {
                problems: vec![Problem::error(&raw.name, raw.line, message)],
                ..Output::default()
            }
        })
    }

    fn annotate_raw(&self, scratches: &mut Scratches, raw: &Raw) -> Output {
        let Parsed { document, problems } = raw.parse(&self.read);
        let Some(document) = document else {
            return Output {
                problems,
                ..Output::default()
            };
        };
        let found = &mut scratches.found;
        self.annotator
            .annotate_into(&mut scratches.scratch, &document, found);
        let mut record =
            Vec::with_capacity(document.text().len() * 5 / 4 + 160 * found.annotations.len() + 256);
        self.writer.write(
            &self.annotator.record(&document, found, self.unit),
            &mut record,
        );
        Output {
            record,
            problems,
            id: Some((raw.name.to_string(), raw.line, document.id().to_owned())),
            bytes: document.text().len(),
            spans: found.annotations.iter().map(|a| a.label).collect(),
        }
    }

    fn write_all(
        &self,
        outputs: Receiver<Vec<Output>>,
        out: &mut dyn Write,
        report: &mut dyn FnMut(&Problem),
    ) -> Result<Summary, Error> {
        let mut summary = Summary::default();
        let mut ids = HashSet::new();
        for output in outputs.into_iter().flatten() {
            let mut problems = output.problems;
            if let Some((name, line, id)) = output.id {
                problems.extend(repeated(&mut ids, &name, line, &id));
                summary.documents += 1;
                summary.bytes += output.bytes as u64;
            }
            for problem in &problems {
                match problem.severity {
                    Severity::Error => summary.errors += 1,
                    Severity::Warning => summary.warnings += 1,
                }
                report(problem);
            }
            for label in output.spans {
                *summary.spans.entry(label).or_default() += 1;
            }
            out.write_all(&output.record)?;
        }
        out.flush()?;
        Ok(summary)
    }
}

/// What a thread reuses.
#[derive(Default)]
struct Scratches {
    scratch: Scratch,
    found: Found,
}

/// A warning where an id was there before.
fn repeated(ids: &mut HashSet<u64>, name: &str, line: Option<u64>, id: &str) -> Option<Problem> {
    if ids.len() >= MAX_IDS {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    if !ids.insert(hasher.finish()) {
        return Some(Problem::warning(
            name,
            line,
            format!("id {id:?} was there before: tools that train need it to be unique"),
        ));
    }
    (ids.len() == MAX_IDS).then(|| {
        Problem::warning(
            name,
            line,
            format!("more than {MAX_IDS} documents: from here on, repeated ids are not found"),
        )
    })
}
