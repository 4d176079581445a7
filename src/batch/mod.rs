//! [`Batch`]: many documents from reader to writer, in parallel, in order, in bounded memory.

mod chunks;
mod file;
mod packing;
mod state;

pub use chunks::Shard;
pub use file::{OutputFile, Resumed};
pub use state::Job;

use crate::{
    annotator::{Annotator, Found, Scratch},
    error::{Error, Problem, Severity},
    read::{Parsed, Raw, ReadOptions, Sources},
    record::OffsetUnit,
    span::Label,
    write::Writer,
};
use chunks::{Chunk, Chunks};
use packing::{Packer, Packing};
use state::Progress;
use std::{
    collections::{BTreeMap, HashSet},
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};
use xxhash_rust::xxh3::xxh3_64;

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
    /// Documents that could not be read.
    pub errors: u64,
    /// Documents that were read with a doubt.
    pub warnings: u64,
    /// Was it told to stop before the end?
    pub stopped: bool,
}

/// What became of a chunk.
#[derive(Default)]
struct Done {
    /// Its records, packed.
    frame: Vec<u8>,
    documents: Vec<DocumentDone>,
    spans: BTreeMap<Label, u64>,
    end: chunks::Position,
}

/// What is told and counted of a document, when its turn comes.
#[derive(Default)]
struct DocumentDone {
    problems: Vec<Problem>,
    /// Of a document that was written.
    written: Option<Written>,
}

struct Written {
    name: Arc<str>,
    line: Option<u64>,
    id: String,
    bytes: usize,
}

/// A thread takes no further chunk while so many bytes of output wait for their turn, or so many chunks.
const MAX_WAITING: usize = 16 << 20;
const MAX_WAITING_CHUNKS: usize = 1 << 10;

/// No more room is made for the records of a chunk before they are there.
const MAX_RESERVED: usize = 4 << 20;

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
        let mut sink = Sink::Stream(out);
        let progress = Progress::default();
        let (progress, ran) = self.run_into(sources, &mut sink, Packing::Plain, progress, report);
        ran?;
        out.flush()?;
        Ok(progress.summary)
    }

    /// The same into a file, which goes on with what is in it. If the run stops or fails, what was finished stays, and
    /// [`OutputFile::resume`] goes on with it.
    ///
    /// # Errors
    /// When the file can't be written, threads can't be started, or the input has fewer documents than when the run began.
    pub fn run_to_file(
        &self,
        sources: Sources,
        mut file: OutputFile,
        report: &mut (dyn FnMut(&Problem) + Send),
    ) -> Result<Summary, Error> {
        let (packing, progress) = (file.packing(), file.take_progress());
        let mut file = file::Writing::new(file)?;
        let mut sink = Sink::File(&mut file);
        let (progress, ran) = self.run_into(sources, &mut sink, packing, progress, report);
        match ran {
            Ok(()) if !progress.summary.stopped => file.finish(&progress)?,
            Ok(()) => file.leave(&progress)?,
            Err(e) => {
                // What is wrong was found already; the state before is as good.
                let _ = file.leave(&progress);
                return Err(e);
            }
        }
        Ok(progress.summary)
    }

    /// Goes on from `progress`; gives how far it came, whether or not it came to the end.
    fn run_into(
        &self,
        sources: Sources,
        sink: &mut Sink<'_>,
        packing: Packing,
        progress: Progress,
        report: &mut (dyn FnMut(&Problem) + Send),
    ) -> (Progress, Result<(), Error>) {
        let start = progress.position;
        let chunks = Chunks::new(sources, &self.read, &self.bytes_read, self.shard, start);
        let turn = Turn {
            next: 0,
            waiting: BTreeMap::new(),
            waiting_bytes: 0,
            ended: false,
            result: Ok(()),
            progress,
            sink,
            report,
        };
        let work = Work {
            packing,
            chunks: Mutex::new(chunks),
            turn: Mutex::new(turn),
            room: Condvar::new(),
        };
        let threads = match self.threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            n => n,
        };
        thread::scope(|scope| {
            for _ in 1..threads {
                let worker = thread::Builder::new().spawn_scoped(scope, || self.work(&work));
                if let Err(e) = worker {
                    work.end(Err(Error::invalid(format!("can't start threads: {e}"))));
                }
            }
            self.work(&work);
        });
        let turn = work
            .turn
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        (turn.progress, turn.result)
    }

    /// What each thread does.
    fn work(&self, work: &Work<'_, '_>) {
        let _ends = EndOnPanic(work);
        let mut scratches = Scratches::default();
        let mut packer = match work.packing.packer() {
            Ok(packer) => packer,
            Err(e) => return work.end(Err(e.into())),
        };
        while work.wait_for_room() {
            if self.stop.load(Ordering::Relaxed) {
                return work.stop();
            }
            let chunk = lock(&work.chunks).next();
            let chunk = match chunk {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return,
                Err(e) => return work.end(Err(e)),
            };
            let number = chunk.number;
            match self.annotate_chunk(chunk, &mut scratches, &mut packer) {
                Ok(done) => work.hand_in(number, done),
                Err(e) => return work.end(Err(e)),
            }
        }
    }

    fn annotate_chunk(
        &self,
        chunk: Chunk,
        scratches: &mut Scratches,
        packer: &mut Packer,
    ) -> Result<Done, Error> {
        let mut done = Done {
            end: chunk.end,
            ..Done::default()
        };
        // Growing step by step would copy all that is there several times.
        let mut records = Vec::with_capacity(scratches.records);
        for item in chunk.items {
            let document = match item {
                Ok(raw) => self.annotate(scratches, &raw, &mut records, &mut done.spans),
                Err(problem) => DocumentDone::problem(problem),
            };
            done.documents.push(document);
        }
        // The next chunk has about as much; one document that is much larger is no rule.
        scratches.records = (records.len() + records.len() / 8).min(MAX_RESERVED);
        if !records.is_empty() {
            done.frame = packer.frame(records)?;
        }
        Ok(done)
    }

    fn annotate(
        &self,
        scratches: &mut Scratches,
        raw: &Raw,
        records: &mut Vec<u8>,
        spans: &mut BTreeMap<Label, u64>,
    ) -> DocumentDone {
        let len = records.len();
        // A fault of ours in one document must not cost the others.
        let done = catch_unwind(AssertUnwindSafe(|| {
            self.annotate_raw(scratches, raw, records)
        }));
        let Ok(done) = done else {
            *scratches = Scratches::default();
            records.truncate(len);
            let message = "an internal error, please report it with this document; it was left out";
            return DocumentDone::problem(Problem::error(&raw.name, raw.line, message));
        };
        if done.written.is_some() {
            for annotation in &scratches.found.annotations {
                *spans.entry(annotation.label).or_default() += 1;
            }
        }
        done
    }

    fn annotate_raw(
        &self,
        scratches: &mut Scratches,
        raw: &Raw,
        records: &mut Vec<u8>,
    ) -> DocumentDone {
        let Parsed { document, problems } = raw.parse(&self.read);
        let Some(document) = document else {
            return DocumentDone {
                problems,
                written: None,
            };
        };
        let Scratches { scratch, found, .. } = scratches;
        self.annotator.annotate_into(scratch, &document, found);
        // Growing step by step, a line of a gigabyte would need two.
        records.reserve(document.text().len() * 5 / 4 + 160 * found.annotations.len() + 256);
        let record = self.annotator.record(&document, found, self.unit);
        self.writer.write(&record, records);
        let written = Written {
            name: raw.name.clone(),
            line: raw.line,
            id: document.id().to_owned(),
            bytes: document.text().len(),
        };
        DocumentDone {
            problems,
            written: Some(written),
        }
    }
}

/// What the threads share.
struct Work<'s, 'w> {
    packing: Packing,
    chunks: Mutex<Chunks>,
    turn: Mutex<Turn<'s, 'w>>,
    /// Told when chunks that waited were written, or the work has ended.
    room: Condvar,
}

/// Chunks that are done, written in their order.
struct Turn<'s, 'w> {
    /// The chunk that is written next.
    next: u64,
    waiting: BTreeMap<u64, Done>,
    waiting_bytes: usize,
    /// Is no further chunk to be taken?
    ended: bool,
    result: Result<(), Error>,
    progress: Progress,
    sink: &'s mut Sink<'w>,
    report: &'s mut (dyn FnMut(&Problem) + Send),
}

/// Where records go.
enum Sink<'w> {
    Stream(&'w mut (dyn Write + Send)),
    File(&'w mut file::Writing),
}

/// A lock that was held by a thread that panicked is good enough: all ends, and the panic goes on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Work<'_, '_> {
    /// Waits until a chunk may be taken; false if none is to be taken any more.
    fn wait_for_room(&self) -> bool {
        let full = |turn: &mut Turn<'_, '_>| {
            let waiting = turn.waiting.len();
            !turn.ended && (turn.waiting_bytes > MAX_WAITING || waiting > MAX_WAITING_CHUNKS)
        };
        let turn = self.room.wait_while(lock(&self.turn), full);
        !turn.unwrap_or_else(PoisonError::into_inner).ended
    }

    /// Writes a chunk that is done, and those that waited for it; or lets it wait.
    fn hand_in(&self, number: u64, done: Done) {
        let mut turn = lock(&self.turn);
        turn.waiting_bytes += done.weight();
        turn.waiting.insert(number, done);
        if number != turn.next {
            return;
        }
        let written = turn.write_ready();
        drop(turn);
        match written {
            Ok(()) => self.room.notify_all(),
            Err(e) => self.end(Err(e)),
        }
    }

    /// Lets no chunk be taken any more; the first result counts.
    fn end(&self, result: Result<(), Error>) {
        let mut turn = lock(&self.turn);
        turn.ended = true;
        if turn.result.is_ok() {
            turn.result = result;
        }
        drop(turn);
        self.room.notify_all();
    }

    /// The same because it was told to.
    fn stop(&self) {
        lock(&self.turn).progress.summary.stopped = true;
        self.end(Ok(()));
    }
}

/// Ends the work when a thread panics: the others would wait for its chunk.
struct EndOnPanic<'a, 's, 'w>(&'a Work<'s, 'w>);

impl Drop for EndOnPanic<'_, '_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.end(Ok(()));
        }
    }
}

impl Turn<'_, '_> {
    fn write_ready(&mut self) -> Result<(), Error> {
        while let Some(done) = self.waiting.remove(&self.next) {
            // After an error nothing may follow what could not be written.
            if self.result.is_err() {
                return Ok(());
            }
            self.next += 1;
            self.waiting_bytes -= done.weight();
            match &mut self.sink {
                Sink::Stream(out) => out.write_all(&done.frame)?,
                Sink::File(file) => file.write(&done.frame)?,
            }
            self.count(done);
            if let Sink::File(file) = &mut self.sink {
                file.wrote(&self.progress)?;
            }
        }
        Ok(())
    }

    /// Counts what was written, and tells what was wrong.
    fn count(&mut self, done: Done) {
        let Progress {
            position,
            summary,
            ids,
        } = &mut self.progress;
        *position = done.end;
        for (label, n) in done.spans {
            *summary.spans.entry(label).or_default() += n;
        }
        for mut document in done.documents {
            if let Some(written) = document.written {
                document.problems.extend(repeated(ids, &written));
                summary.documents += 1;
                summary.bytes += written.bytes as u64;
            }
            for problem in &document.problems {
                match problem.severity {
                    Severity::Error => summary.errors += 1,
                    Severity::Warning => summary.warnings += 1,
                }
                (self.report)(problem);
            }
        }
    }
}

impl Done {
    /// Roughly the bytes that it holds while it waits.
    fn weight(&self) -> usize {
        self.frame.len() + 256 * self.documents.len()
    }
}

impl DocumentDone {
    fn problem(problem: Problem) -> DocumentDone {
        DocumentDone {
            problems: vec![problem],
            written: None,
        }
    }
}

/// What a thread reuses.
#[derive(Default)]
struct Scratches {
    scratch: Scratch,
    found: Found,
    /// Room for the records of a chunk.
    records: usize,
}

/// A warning where an id was there before.
fn repeated(ids: &mut HashSet<u64>, written: &Written) -> Option<Problem> {
    if ids.len() >= MAX_IDS {
        return None;
    }
    let Written { name, line, id, .. } = written;
    // The hashes stand in files, so this must be the same function everywhere.
    if !ids.insert(xxh3_64(id.as_bytes())) {
        return Some(Problem::warning(
            name,
            *line,
            format!("id {id:?} was there before: tools that train need it to be unique"),
        ));
    }
    (ids.len() == MAX_IDS).then(|| {
        Problem::warning(
            name,
            *line,
            format!("more than {MAX_IDS} documents: from here on, repeated ids are not found"),
        )
    })
}
