//! A source as a stream of raw documents: decompressed, its format known, never more than one document in memory.

use super::{Format, ReadOptions, Source, decode, zstd};
use crate::error::Problem;
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::{
    fs::File,
    io::{self, Cursor, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A document as it came, before it is parsed.
#[derive(Clone, Debug)]
pub struct Raw {
    /// What messages call its source.
    pub name: Arc<str>,
    /// The id of its source.
    pub id: Arc<str>,
    /// The line it starts on, in formats with several documents a file; in a web archive the number of its record, in a table of
    /// Parquet of its row.
    pub line: Option<u64>,
    /// Its format.
    pub format: Format,
    /// Its bytes: UTF-8, if the source did not say otherwise. A row of CSV comes with the header above it, one of
    /// Parquet is an object of JSON.
    pub bytes: Vec<u8>,
}

impl Raw {
    /// Makes a document of it. Pure and thread-safe; time is linear.
    pub fn parse(&self, options: &ReadOptions) -> super::Parsed {
        self.format.reader().parse(self, options)
    }
}

/// What cuts raw documents off one stream, and remembers what it must between them.
pub(crate) trait Cutter: Send {
    /// The next raw document; none at the end.
    fn cut(&mut self, input: &mut Input) -> Option<Result<Cut, Fault>>;
}

/// The raw documents of a source, cut off one after the other.
pub(crate) type Pieces = Box<dyn Iterator<Item = Result<Cut, Fault>> + Send>;

/// A stream and what cuts it.
struct Cutting {
    cutter: Box<dyn Cutter>,
    input: Input,
}

impl Iterator for Cutting {
    type Item = Result<Cut, Fault>;

    fn next(&mut self) -> Option<Result<Cut, Fault>> {
        let cut = self.cutter.cut(&mut self.input)?;
        self.input.found();
        Some(cut)
    }
}

/// A piece that was cut off a stream.
#[derive(Debug)]
pub(crate) struct Cut {
    pub(crate) bytes: Vec<u8>,
    pub(crate) line: Option<u64>,
}

/// Why a piece could not be cut off, and where it starts.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) line: Option<u64>,
    pub(crate) message: String,
}

/// Takes the whole stream as one document.
#[derive(Debug, Default)]
pub(super) struct Whole {
    done: bool,
}

impl Cutter for Whole {
    fn cut(&mut self, input: &mut Input) -> Option<Result<Cut, Fault>> {
        if std::mem::replace(&mut self.done, true) {
            return None;
        }
        let fault = |message| Fault {
            line: None,
            message,
        };
        Some(loop {
            if input.rest().len() > input.max_document {
                break Err(fault(too_large(input.max_document)));
            }
            match input.more() {
                Ok(true) => {}
                Ok(false) => {
                    let bytes = input.take(input.rest().len());
                    break Ok(Cut { bytes, line: None });
                }
                Err(message) => break Err(fault(message)),
            }
        })
    }
}

/// Takes each line that is not blank as a document.
#[derive(Debug)]
pub(super) struct Lines;

impl Cutter for Lines {
    fn cut(&mut self, input: &mut Input) -> Option<Result<Cut, Fault>> {
        loop {
            let line = input.line();
            let fault = |message| {
                Some(Err(Fault {
                    line: Some(line),
                    message,
                }))
            };
            match input.find_line() {
                Err(message) => return fault(message),
                Ok(Found::End) => return None,
                Ok(Found::TooLong) => {
                    return fault(match input.skip_line() {
                        Ok(()) => too_large(input.max_document),
                        Err(message) => message,
                    });
                }
                Ok(Found::Line(len)) => {
                    let bytes = &input.rest()[..len];
                    if bytes.trim_ascii().is_empty() || bytes == b"\xef\xbb\xbf\n" {
                        input.consume(len);
                        continue;
                    }
                    let bytes = input.take(len);
                    return Some(Ok(Cut {
                        bytes,
                        line: Some(line),
                    }));
                }
            }
        }
    }
}

/// What readers cut documents off: a window on the stream that grows until a document fits.
pub(crate) struct Input {
    stream: Box<dyn Read + Send>,
    window: Vec<u8>,
    /// Where in the window what was not cut off yet starts.
    at: usize,
    /// Line breaks before it.
    breaks: u64,
    /// Bytes of the stream before the window.
    gone: u64,
    /// The byte of the stream behind the last of these line breaks.
    line_start: u64,
    max_document: usize,
    /// Bytes read since the last document.
    barren: u64,
    ended: bool,
    given_up: bool,
}

/// Where a line ends.
pub(super) enum Found {
    /// So many bytes from here, its line break included.
    Line(usize),
    /// Behind more bytes than a document may have.
    TooLong,
    /// There is no line any more.
    End,
}

/// What a [`Scan`] knows after a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The piece goes on.
    On,
    /// This was its last byte.
    End,
    /// It can't be a piece of this format.
    Broken,
}

/// Finds the end of a piece, byte by byte.
pub(super) trait Scan {
    fn step(&mut self, byte: u8) -> Step;
}

/// What was found in the window. Nothing is cut off yet, so that a broken piece can be looked at again.
#[derive(Debug)]
pub(super) enum Piece {
    /// A piece of so many bytes.
    Whole(usize),
    /// More bytes than a document may have, and no end.
    TooLarge,
    /// It broke.
    Broken,
    /// The stream ended inside.
    Open,
    /// The stream could not be read.
    Failed(String),
}

/// How a .gz starts.
const GZIP: &[u8] = b"\x1f\x8b";

/// How a .bz2 starts.
const BZIP2: &[u8] = b"BZh";

/// How much is read at once, and how much of a file is looked at to tell its format.
const READ: usize = 256 << 10;
const PEEK: usize = 64 << 10;

/// A stream that goes on without the end of a document for so many times the largest document is given up: a few kilobytes can be
/// unpacked to terabytes, and the other sources wait behind.
const BARREN: u64 = 16;
const BARREN_AT_LEAST: u64 = 256 << 20;

impl Input {
    fn new(stream: Box<dyn Read + Send>, max_document: usize) -> Input {
        Input {
            stream,
            window: Vec::new(),
            at: 0,
            breaks: 0,
            gone: 0,
            line_start: 0,
            max_document,
            barren: 0,
            ended: false,
            given_up: false,
        }
    }

    /// The most bytes that a document may have.
    pub(super) fn max_document(&self) -> usize {
        self.max_document
    }

    /// The number of the line that starts here.
    pub(super) fn line(&self) -> u64 {
        self.breaks + 1
    }

    /// The byte of the stream that is here.
    pub(super) fn offset(&self) -> u64 {
        self.gone + self.at as u64
    }

    /// Bytes between the start of this line and here.
    pub(super) fn column(&self) -> u64 {
        self.offset() - self.line_start
    }

    /// What is in the window.
    pub(super) fn rest(&self) -> &[u8] {
        &self.window[self.at..]
    }

    /// Reads more into the window; false at the end of the stream. After an error the stream is at its end.
    pub(super) fn more(&mut self) -> Result<bool, String> {
        if self.ended {
            return Ok(false);
        }
        // Now and then is enough: a window that is cut off in small pieces must not be moved for each.
        if self.at > READ || self.at == self.window.len() {
            self.gone += self.at as u64;
            self.window.drain(..self.at);
            self.at = 0;
        }
        let len = self.window.len();
        self.window.resize(len + READ, 0);
        let read = loop {
            match self.stream.read(&mut self.window[len..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.window.truncate(len + *read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => {
                self.ended = true;
                Ok(false)
            }
            Ok(n) => {
                self.barren += n as u64;
                let most = (self.max_document as u64 * BARREN).max(BARREN_AT_LEAST);
                if self.barren > most {
                    self.give_up();
                    return Err(format!(
                        "more than {} without the end of a document: the rest is left out",
                        size(most)
                    ));
                }
                Ok(true)
            }
            Err(e) => {
                self.give_up();
                Err(read_error(&e))
            }
        }
    }

    /// Leaves the rest of the stream.
    pub(super) fn give_up(&mut self) {
        self.given_up = true;
        self.ended = true;
        self.window.clear();
        self.at = 0;
    }

    /// Was the rest of the stream left, for a reason that was told?
    pub(super) fn is_given_up(&self) -> bool {
        self.given_up
    }

    /// A document, or a part that is none, has come to its end.
    pub(super) fn found(&mut self) {
        self.barren = 0;
    }

    /// Leaves so many bytes of the window behind.
    pub(super) fn consume(&mut self, len: usize) {
        let bytes = &self.window[self.at..self.at + len];
        self.breaks += memchr::memchr_iter(b'\n', bytes).count() as u64;
        if let Some(last) = memchr::memrchr(b'\n', bytes) {
            self.line_start = self.offset() + last as u64 + 1;
        }
        self.at += len;
    }

    /// So many bytes of the window, cut off.
    pub(super) fn take(&mut self, len: usize) -> Vec<u8> {
        let bytes = self.rest()[..len].to_vec();
        self.consume(len);
        bytes
    }

    /// Reads on until the window has so many bytes; false if the stream ends before.
    pub(super) fn fill(&mut self, len: usize) -> Result<bool, String> {
        while self.rest().len() < len {
            if !self.more()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Leaves so many bytes of the stream behind; false if it ends before.
    pub(super) fn skip(&mut self, mut len: u64) -> Result<bool, String> {
        loop {
            let here = len.min(self.rest().len() as u64);
            self.consume(here as usize);
            len -= here;
            if len == 0 {
                return Ok(true);
            }
            if !self.more()? {
                return Ok(false);
            }
        }
    }

    /// Looks for the end of the line that starts here.
    pub(super) fn find_line(&mut self) -> Result<Found, String> {
        let mut searched = 0;
        loop {
            let rest = self.rest();
            let end = memchr::memchr(b'\n', &rest[searched..]).map(|at| searched + at + 1);
            searched = rest.len();
            if end.unwrap_or(searched) > self.max_document {
                return Ok(Found::TooLong);
            }
            match end {
                Some(len) => return Ok(Found::Line(len)),
                None if self.more()? => {}
                None if searched == 0 => return Ok(Found::End),
                None => return Ok(Found::Line(searched)),
            }
        }
    }

    /// Leaves the rest of this line behind, however long it is.
    pub(super) fn skip_line(&mut self) -> Result<(), String> {
        loop {
            if let Some(at) = memchr::memchr(b'\n', self.rest()) {
                self.consume(at + 1);
                return Ok(());
            }
            self.consume(self.rest().len());
            if !self.more()? {
                return Ok(());
            }
        }
    }

    /// Looks for the end of the piece that starts here.
    pub(super) fn find(&mut self, scan: &mut dyn Scan) -> Piece {
        let mut searched = 0;
        loop {
            let rest = self.rest();
            for (at, &byte) in rest.iter().enumerate().skip(searched) {
                if at >= self.max_document {
                    return Piece::TooLarge;
                }
                match scan.step(byte) {
                    Step::On => {}
                    Step::End => return Piece::Whole(at + 1),
                    Step::Broken => return Piece::Broken,
                }
            }
            searched = rest.len();
            match self.more() {
                Ok(true) => {}
                Ok(false) => return Piece::Open,
                Err(message) => return Piece::Failed(message),
            }
        }
    }

    /// Leaves a piece behind that was [`Piece::TooLarge`]; false if it has no end.
    pub(super) fn skip_piece(&mut self, scan: &mut dyn Scan) -> Result<bool, String> {
        // So far the scan went.
        self.consume(self.max_document.min(self.rest().len()));
        loop {
            let rest = self.rest();
            let end = rest.iter().position(|&byte| scan.step(byte) != Step::On);
            match end {
                Some(at) => {
                    self.consume(at + 1);
                    return Ok(true);
                }
                None => self.consume(rest.len()),
            }
            if !self.more()? {
                return Ok(false);
            }
        }
    }
}

/// A source that is being read.
pub struct Stream {
    name: Arc<str>,
    id: Arc<str>,
    format: Format,
    pieces: Pieces,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream")
            .field("name", &self.name)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Stream {
    /// Opens a source, decompresses it if it is a .gz, .bz2 or .zst (one layer: what is packed twice is no text), and finds out its format.
    /// Adds to `count` what it reads, in bytes as they are on disk.
    ///
    /// # Errors
    /// When it can't be read or is no text.
    pub fn open(
        source: &Source,
        options: &ReadOptions,
        count: &Arc<AtomicU64>,
    ) -> Result<Stream, Problem> {
        let problem = |message: String| Problem::error(&source.name, None, message);
        let (raw, name): (Box<dyn Read + Send>, &str) = match &source.path {
            Some(path) => {
                let file = File::open(path).map_err(|e| problem(e.to_string()))?;
                (
                    Box::new(Counted(file, count.clone())),
                    path.file_name()
                        .and_then(|n| n.to_str())
                        .unwrap_or_default(),
                )
            }
            None => (Box::new(Counted(io::stdin(), count.clone())), ""),
        };
        let (mut start, mut rest) = peek(raw).map_err(|e| problem(read_error(&e)))?;
        let name = name.to_lowercase();
        let mut stem = name.as_str();
        if start.starts_with(GZIP) {
            let unpacked = flate2::read::MultiGzDecoder::new(Cursor::new(start).chain(rest));
            (start, rest) = peek(Box::new(unpacked)).map_err(|e| problem(read_error(&e)))?;
            stem = name.strip_suffix(".gz").unwrap_or(&name);
        } else if start.starts_with(BZIP2) {
            let unpacked = bzip2::read::MultiBzDecoder::new(Cursor::new(start).chain(rest));
            (start, rest) = peek(Box::new(unpacked)).map_err(|e| problem(read_error(&e)))?;
            stem = name.strip_suffix(".bz2").unwrap_or(&name);
        } else if zstd::starts(&start) {
            let unpacked = zstd::Zstd::new(Cursor::new(start).chain(rest));
            let unpacked = unpacked.map_err(|e| problem(e.to_string()))?;
            (start, rest) = peek(Box::new(unpacked)).map_err(|e| problem(read_error(&e)))?;
            stem = name.strip_suffix(".zst").unwrap_or(&name);
        }
        let extension = stem.rsplit_once('.').map_or("", |(_, e)| e);
        let told = options
            .from
            .or_else(|| Format::of_extension(extension))
            .or_else(|| Format::of_magic(&start))
            .filter(|told| options.from.is_some() || options.among.contains(told));
        let is_container = told.is_some_and(|f| f.reader().magic().is_some());
        if !is_container && !options.binary {
            (start, rest) = utf8(start, rest, options).map_err(|e| problem(read_error(&e)))?;
            if let Some(message) = decode::binary(&start) {
                return Err(problem(message));
            }
        }
        // The end of the part looked at may cut a character, or a line of JSON: both are no reason to take it for something else.
        let format = told
            .unwrap_or_else(|| Format::of_content(&String::from_utf8_lossy(&start), options.among));
        let reader = format.reader();
        // What is packed is no file any more, and what is no regular file has no end to look at.
        let plain = source
            .path
            .as_ref()
            .filter(|path| stem == name && path.is_file());
        let pieces = match plain.and_then(|path| reader.open(path, options, count)) {
            Some(pieces) => pieces.map_err(problem)?,
            None => Box::new(Cutting {
                cutter: reader.cutter(options),
                input: Input::new(
                    Box::new(Cursor::new(start).chain(rest)),
                    options.max_document,
                ),
            }),
        };
        Ok(Stream {
            name: source.name.as_str().into(),
            id: source.id.as_str().into(),
            format,
            pieces,
        })
    }
}

impl Iterator for Stream {
    type Item = Result<Raw, Problem>;

    fn next(&mut self) -> Option<Result<Raw, Problem>> {
        Some(match self.pieces.next()? {
            Ok(cut) => Ok(Raw {
                name: self.name.clone(),
                id: self.id.clone(),
                line: cut.line,
                format: self.format,
                bytes: cut.bytes,
            }),
            Err(fault) => Err(Problem::error(&self.name, fault.line, fault.message)),
        })
    }
}

/// A stream in UTF-16 as UTF-8, whether it says so itself or was told to be; others as they are. Other encodings are left to the
/// single documents: what is UTF-8 there stays so.
fn utf8(
    start: Vec<u8>,
    rest: Box<dyn Read + Send>,
    options: &ReadOptions,
) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let encoding = match encoding_rs::Encoding::for_bom(&start) {
        Some((bom, _)) => (bom != encoding_rs::UTF_8).then_some(bom),
        None => options
            .encoding
            .filter(|e| [encoding_rs::UTF_16LE, encoding_rs::UTF_16BE].contains(e)),
    };
    if encoding.is_none() {
        return Ok((start, rest));
    }
    let decoded = DecodeReaderBytesBuilder::new()
        .encoding(encoding)
        .build(Cursor::new(start).chain(rest));
    peek(Box::new(decoded))
}

/// The first bytes of a stream, and the stream behind them. A fault behind the start is left for later: what stands before it counts.
fn peek(mut stream: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut start = vec![0; PEEK];
    let mut len = 0;
    while len < PEEK {
        match stream.read(&mut start[len..]) {
            Ok(0) => break,
            Ok(n) => len += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if len == 0 => return Err(e),
            Err(e) => {
                start.truncate(len);
                return Ok((start, Box::new(Failed(Some(e)))));
            }
        }
    }
    start.truncate(len);
    Ok((start, stream))
}

/// A stream that counts what is read from it.
struct Counted<R>(R, Arc<AtomicU64>);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.0.read(buffer)?;
        self.1.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// A stream that fails once more.
struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        match self.0.take() {
            Some(e) => Err(e),
            None => Ok(0),
        }
    }
}

fn read_error(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::UnexpectedEof => {
            "the compressed data ends too early: the file is truncated".to_owned()
        }
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            format!("damaged compressed data: {e}")
        }
        _ => e.to_string(),
    }
}

pub(super) fn too_large(max: usize) -> String {
    format!(
        "a document of more than {} (--max-document allows more)",
        size(max as u64)
    )
}

fn size(bytes: u64) -> String {
    match bytes {
        b if b >= 1 << 20 && b % (1 << 20) == 0 => format!("{} MiB", b >> 20),
        b if b >= 1 << 10 && b % (1 << 10) == 0 => format!("{} KiB", b >> 10),
        b => format!("{b} bytes"),
    }
}
