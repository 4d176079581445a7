//! The engine of a run: threads that take chunks, do a [`Task`] with each document, and write what is ready in its order.

use super::{
    OutputFile, OutputFolder, Shard, Summary, Zoning,
    chunks::{Chunk, Chunks, Position},
    file,
    listing::Listing,
    packing::{Packer, Packing},
    records::Records,
    state::Progress,
};
use crate::{
    annotator::{Found, Scratch},
    document::Document,
    error::{Error, Problem, Severity},
    read::{Raw, Source, Sources},
    span::Label,
    write::{
        Collector, Files, Frame, TextUnit, Writer,
        align::{Align, Alignment, Unaligned},
    },
};
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

/// Raw documents of a source.
pub(super) type Items = Box<dyn Iterator<Item = Result<Raw, Problem>> + Send>;

/// What a run does with its input.
pub(super) trait Task: Sync {
    /// Opens a source and cuts it into raw documents; counts the bytes that are read.
    fn open(&self, source: &Source, count: &Arc<AtomicU64>) -> Result<Items, Problem>;

    /// Makes records of a raw document. Pure: called from many threads.
    fn records(
        &self,
        scratches: &mut Scratches,
        raw: &Raw,
        records: &mut Records<'_>,
    ) -> Vec<DocumentDone>;
}

/// A run: what is to be done, and how.
pub(super) struct Run<'a> {
    pub(super) task: &'a dyn Task,
    pub(super) writer: &'a dyn Writer,
    pub(super) text_unit: TextUnit,
    pub(super) alignment: Option<Alignment>,
    pub(super) zoning: &'a Zoning,
    pub(super) listing: Option<&'a Listing>,
    /// The labels that there may be; none where that is not known.
    pub(super) labels: Vec<Label>,
    pub(super) threads: usize,
    pub(super) shard: Shard,
    pub(super) bytes_read: &'a Arc<AtomicU64>,
    pub(super) stop: &'a AtomicBool,
}

/// What became of a chunk.
#[derive(Default)]
struct Done {
    /// Its records, packed.
    frame: Vec<u8>,
    /// Where they end, if they go to files of their own.
    ends: Option<Vec<(String, usize)>>,
    documents: Vec<DocumentDone>,
    spans: BTreeMap<Label, u64>,
    end: Position,
}

/// What is told and counted of a document, when its turn comes.
#[derive(Default)]
pub(super) struct DocumentDone {
    pub(super) problems: Vec<Problem>,
    pub(super) unaligned: Vec<Unaligned>,
    /// Of a document that was written.
    pub(super) written: Option<Written>,
}

pub(super) struct Written {
    pub(super) name: Arc<str>,
    pub(super) line: Option<u64>,
    pub(super) id: String,
    pub(super) bytes: usize,
}

/// A thread takes no further chunk while so many bytes of output wait for their turn, or so many chunks.
const MAX_WAITING: usize = 16 << 20;
const MAX_WAITING_CHUNKS: usize = 1 << 10;

/// No more room is made for the records of a chunk before they are there.
const MAX_RESERVED: usize = 4 << 20;

/// More ids than this are not remembered: the set that finds repeated ones must not grow with the input.
const MAX_IDS: usize = 5_000_000;

/// What a thread reuses.
#[derive(Default)]
pub(super) struct Scratches {
    pub(super) scratch: Scratch,
    pub(super) found: Found,
    /// Room for the records of a chunk.
    records: usize,
}

impl Run<'_> {
    pub(super) fn to_stream(
        &self,
        sources: Sources,
        out: &mut (dyn Write + Send),
        report: &mut (dyn FnMut(&Problem) + Send),
    ) -> Result<Summary, Error> {
        let mut sink = Sink {
            collector: self.collector_of_file()?,
            out: Out::Stream(out),
        };
        let progress = Progress::default();
        let (progress, ran) = self.run_into(sources, &mut sink, Packing::Plain, progress, report);
        ran?;
        if let Out::Stream(out) = sink.out {
            out.flush()?;
        }
        Ok(progress.summary)
    }

    pub(super) fn to_file(
        &self,
        sources: Sources,
        mut file: OutputFile,
        report: &mut (dyn FnMut(&Problem) + Send),
    ) -> Result<Summary, Error> {
        let (packing, progress) = (file.packing(), file.take_progress());
        let collector = match self.collector_of_file() {
            Ok(Some(_)) if packing != Packing::Plain => Err(Error::invalid(
                "the format is packed inside: leave .gz and .zst out of the name",
            )),
            other => other,
        };
        let collector = match collector {
            Ok(collector) => collector,
            Err(e) => {
                file.discard();
                return Err(e);
            }
        };
        let mut sink = Sink {
            collector,
            out: Out::File(Box::new(file::Writing::new(file)?)),
        };
        let (progress, ran) = self.run_into(sources, &mut sink, packing, progress, report);
        let Out::File(file) = sink.out else {
            return Ok(progress.summary);
        };
        match ran {
            Ok(()) if !progress.summary.stopped => {
                file.finish(&progress, self.writer.beside(&labels_of(&progress.summary)))?;
            }
            Ok(()) => file.leave(&progress)?,
            Err(e) => {
                // What is wrong was found already; the state before is as good.
                let _ = file.leave(&progress);
                return Err(e);
            }
        }
        Ok(progress.summary)
    }

    pub(super) fn to_folder(
        &self,
        sources: Sources,
        folder: OutputFolder,
        report: &mut (dyn FnMut(&Problem) + Send),
    ) -> Result<Summary, Error> {
        let Some(mut collector) = self.writer.collector().filter(|c| !c.is_one_file()) else {
            folder.discard();
            return Err(Error::invalid("the format is one file, not a folder"));
        };
        if let Err(e) = collector.start(&self.labels) {
            folder.discard();
            return Err(e);
        }
        let mut sink = Sink {
            collector: Some(collector),
            out: Out::Folder(folder),
        };
        let progress = Progress::default();
        let (progress, ran) = self.run_into(sources, &mut sink, Packing::Plain, progress, report);
        ran?;
        match sink.out {
            Out::Folder(folder) if !progress.summary.stopped => folder.finish()?,
            _ => {}
        }
        Ok(progress.summary)
    }

    /// What makes one file of the records, in formats that need it; it has started.
    fn collector_of_file(&self) -> Result<Option<Box<dyn Collector>>, Error> {
        let Some(mut collector) = self.writer.collector() else {
            return Ok(None);
        };
        if !collector.is_one_file() {
            return Err(Error::invalid(
                "the format is a folder of files: it needs the name of one",
            ));
        }
        collector.start(&self.labels)?;
        Ok(Some(collector))
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
        let chunks = Chunks::new(sources, self.task, self.bytes_read, self.shard, start);
        let started = matches!(&sink.out, Out::File(file) if file.length() > 0);
        let turn = Turn {
            frame: self.writer.frame(),
            packing,
            started,
            next: 0,
            waiting: BTreeMap::new(),
            waiting_bytes: 0,
            ended: false,
            result: Ok(()),
            progress,
            sink,
            listing: self.listing,
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
        let turn = work.turn.into_inner();
        let mut turn = turn.unwrap_or_else(PoisonError::into_inner);
        if turn.result.is_ok() {
            turn.result = turn.write_end();
        }
        if let (Some(listing), Ok(())) = (self.listing, &turn.result) {
            turn.result = listing.flush();
        }
        (turn.progress, turn.result)
    }

    /// What each thread does.
    fn work(&self, work: &Work<'_, '_, '_>) {
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
            match self.do_chunk(chunk, &mut scratches, &mut packer) {
                Ok(done) => work.hand_in(number, done),
                Err(e) => return work.end(Err(e)),
            }
        }
    }

    fn do_chunk(
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
        let alignment = self.alignment();
        let mut records = Records::new(
            self.writer,
            self.text_unit,
            alignment,
            self.zoning,
            scratches.records,
        );
        for item in chunk.items {
            match item {
                Ok(raw) => {
                    let documents = self.records(scratches, &raw, &mut records);
                    let strict = alignment.is_some_and(|a| a.policy == Align::Fail);
                    done.documents
                        .extend(documents.into_iter().map(|d| match strict {
                            true => d.with_unaligned_as_problems(),
                            false => d,
                        }));
                }
                Err(problem) => done.documents.push(DocumentDone::problem(problem)),
            }
        }
        // The next chunk has about as much; one document that is much larger is no rule.
        let len = records.bytes.len();
        scratches.records = (len + len / 8).min(MAX_RESERVED);
        if len > 0 {
            done.frame = packer.frame(records.bytes)?;
        }
        done.ends = records.ends;
        done.spans = records.spans;
        Ok(done)
    }

    /// How spans are laid on words, if they are.
    fn alignment(&self) -> Option<Alignment> {
        let of_format = Alignment::of(self.writer);
        let asked = self.alignment.map(|asked| Alignment {
            flat: asked.flat || of_format.flat,
            ..asked
        });
        asked.or(self.writer.tokenizer().map(|_| of_format))
    }

    fn records(
        &self,
        scratches: &mut Scratches,
        raw: &Raw,
        records: &mut Records<'_>,
    ) -> Vec<DocumentDone> {
        let mark = records.mark();
        // A fault of ours in one document must not cost the others.
        let done = catch_unwind(AssertUnwindSafe(|| {
            self.task.records(scratches, raw, records)
        }));
        done.unwrap_or_else(|_| {
            *scratches = Scratches::default();
            records.cut(mark);
            let message = "an internal error, please report it with this document; it was left out";
            vec![DocumentDone::problem(Problem::error(
                &raw.name, raw.line, message,
            ))]
        })
    }
}

/// What the threads share.
struct Work<'s, 'w, 't> {
    packing: Packing,
    chunks: Mutex<Chunks<'t>>,
    turn: Mutex<Turn<'s, 'w>>,
    /// Told when chunks that waited were written, or the work has ended.
    room: Condvar,
}

/// Chunks that are done, written in their order.
struct Turn<'s, 'w> {
    frame: Frame,
    packing: Packing,
    /// Is there a record before the next?
    started: bool,
    /// The chunk that is written next.
    next: u64,
    waiting: BTreeMap<u64, Done>,
    waiting_bytes: usize,
    /// Is no further chunk to be taken?
    ended: bool,
    result: Result<(), Error>,
    progress: Progress,
    sink: &'s mut Sink<'w>,
    listing: Option<&'s Listing>,
    report: &'s mut (dyn FnMut(&Problem) + Send),
}

/// Where records go.
struct Sink<'w> {
    /// What puts them into files, in formats that need it.
    collector: Option<Box<dyn Collector>>,
    out: Out<'w>,
}

/// Where bytes go.
enum Out<'w> {
    Stream(&'w mut (dyn Write + Send)),
    File(Box<file::Writing>),
    Folder(OutputFolder),
}

impl Sink<'_> {
    /// Writes the records of a chunk, that end where `ends` says.
    fn write(&mut self, frame: &[u8], ends: Option<&[(String, usize)]>) -> Result<(), Error> {
        let Some(collector) = &mut self.collector else {
            return self.out.append("", frame);
        };
        let mut start = 0;
        for (id, end) in ends.unwrap_or_default() {
            collector.add(id, &frame[start..*end], &mut self.out)?;
            start = *end;
        }
        Ok(())
    }
}

impl Files for Out<'_> {
    fn name(&self) -> String {
        match self {
            Out::Folder(folder) => folder.name(),
            Out::Stream(_) | Out::File(_) => String::new(),
        }
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Out::Stream(out) => Ok(out.write_all(bytes)?),
            Out::File(file) => file.write(bytes),
            Out::Folder(folder) => folder.append(name, bytes),
        }
    }
}

/// The labels of the spans that were written.
fn labels_of(summary: &Summary) -> Vec<Label> {
    summary.spans.keys().copied().collect()
}

/// A lock that was held by a thread that panicked is good enough: all ends, and the panic goes on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Work<'_, '_, '_> {
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
struct EndOnPanic<'a, 's, 'w, 't>(&'a Work<'s, 'w, 't>);

impl Drop for EndOnPanic<'_, '_, '_, '_> {
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
            if !done.frame.is_empty() {
                let before = match self.started {
                    true => self.frame.between,
                    false => self.frame.head,
                };
                self.write_part(before)?;
                self.started = true;
                self.sink.write(&done.frame, done.ends.as_deref())?;
            }
            self.count(done)?;
            if let Out::File(file) = &mut self.sink.out {
                file.wrote(&self.progress)?;
            }
        }
        Ok(())
    }

    /// Writes what stands behind the last record.
    fn write_end(&mut self) -> Result<(), Error> {
        let Sink { collector, out } = &mut self.sink;
        let is_stopped = self.progress.summary.stopped;
        if let Some(collector) = collector {
            // What has one file is whole when it has its end: then what was finished can be read.
            return match is_stopped && !collector.is_one_file() {
                true => Ok(()),
                false => collector.finish(&labels_of(&self.progress.summary), out),
            };
        }
        if is_stopped || matches!(out, Out::File(file) if file.is_whole()) {
            return Ok(());
        }
        if !self.started {
            self.write_part(self.frame.head)?;
        }
        self.write_part(self.frame.tail)
    }

    /// Writes a part of the frame.
    fn write_part(&mut self, part: &str) -> Result<(), Error> {
        if part.is_empty() {
            return Ok(());
        }
        let part = self.packing.packer()?.frame(part.as_bytes().to_vec())?;
        self.sink.write(&part, None)
    }

    /// Counts what was written, and tells what was wrong.
    fn count(&mut self, done: Done) -> Result<(), Error> {
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
            for unaligned in &document.unaligned {
                summary.add_unaligned(unaligned);
            }
            if let Some(listing) = self.listing {
                listing.add(&document.unaligned)?;
            }
            for problem in &document.problems {
                match problem.severity {
                    Severity::Error => summary.errors += 1,
                    Severity::Warning => summary.warnings += 1,
                }
                (self.report)(problem);
            }
        }
        Ok(())
    }
}

impl Done {
    /// Roughly the bytes that it holds while it waits.
    fn weight(&self) -> usize {
        let unaligned: usize = self.documents.iter().map(|d| d.unaligned.len()).sum();
        self.frame.len() + 256 * (self.documents.len() + unaligned)
    }
}

impl DocumentDone {
    pub(super) fn problem(problem: Problem) -> DocumentDone {
        DocumentDone {
            problems: vec![problem],
            ..DocumentDone::default()
        }
    }

    /// Of a document that could not be read.
    pub(super) fn unread(problems: Vec<Problem>) -> DocumentDone {
        DocumentDone {
            problems,
            ..DocumentDone::default()
        }
    }

    /// Of a document whose record is written.
    pub(super) fn written(problems: Vec<Problem>, raw: &Raw, document: &Document) -> DocumentDone {
        DocumentDone {
            problems,
            written: Some(Written {
                name: raw.name.clone(),
                line: raw.line,
                id: document.id().to_owned(),
                bytes: document.text().len(),
            }),
            ..DocumentDone::default()
        }
    }

    /// The same where spans must lie on words.
    fn with_unaligned_as_problems(mut self) -> DocumentDone {
        if let Some(Written { name, line, .. }) = &self.written {
            let problem = |u: &Unaligned| Problem::error(name, *line, format!("{u}: left out"));
            self.problems.extend(self.unaligned.iter().map(problem));
        }
        self
    }
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
