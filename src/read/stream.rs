//! A source as a stream of raw documents: decompressed, its format known, never more than one document in memory.

use super::{Format, ReadOptions, Source, decode};
use crate::error::Problem;
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
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
    /// The line it stands on, in formats with a document a line.
    pub line: Option<u64>,
    /// Its format.
    pub format: Format,
    /// Its bytes: UTF-8, if the source did not say otherwise.
    pub bytes: Vec<u8>,
}

impl Raw {
    /// Makes a document of it. Pure and thread-safe; time is linear.
    pub fn parse(&self, options: &ReadOptions) -> super::Parsed {
        self.format.reader().parse(self, options)
    }
}

/// A piece that a reader cut off its input.
#[derive(Debug)]
pub(crate) struct Cut {
    pub(crate) bytes: Vec<u8>,
    pub(crate) line: Option<u64>,
}

/// What readers cut documents off.
pub(crate) struct Input {
    bytes: Box<dyn BufRead + Send>,
    line: u64,
    max_document: usize,
    done: bool,
}

/// How much of a file is looked at to tell its format.
const PEEK: usize = 64 << 10;

impl Input {
    /// All that is left as one document.
    pub(super) fn whole(&mut self) -> Option<Result<Cut, String>> {
        if std::mem::replace(&mut self.done, true) {
            return None;
        }
        let mut bytes = Vec::new();
        Some(
            match (&mut self.bytes)
                .take(self.max_document as u64 + 1)
                .read_to_end(&mut bytes)
            {
                Err(e) => Err(read_error(&e)),
                Ok(_) if bytes.len() > self.max_document => Err(too_large(self.max_document)),
                Ok(_) => Ok(Cut { bytes, line: None }),
            },
        )
    }

    /// The next line that is not blank as one document.
    pub(super) fn line(&mut self) -> Option<Result<Cut, String>> {
        while !self.done {
            self.line += 1;
            let mut bytes = Vec::new();
            match self.read_line(&mut bytes) {
                Err(e) => {
                    self.done = true;
                    return Some(Err(read_error(&e)));
                }
                Ok(false) => return Some(Err(too_large(self.max_document))),
                Ok(true) if bytes.trim_ascii().is_empty() || bytes == b"\xef\xbb\xbf\n" => {}
                Ok(true) => {
                    return Some(Ok(Cut {
                        bytes,
                        line: Some(self.line),
                    }));
                }
            }
        }
        None
    }

    /// Appends a line to `bytes`, its end included; says whether it was short enough. Too long a line is passed over.
    fn read_line(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        let mut fits = true;
        loop {
            let buffer = match self.bytes.fill_buf() {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if buffer.is_empty() {
                self.done = true;
                return Ok(fits);
            }
            let (used, ended) = match memchr::memchr(b'\n', buffer) {
                Some(at) => (at + 1, true),
                None => (buffer.len(), false),
            };
            fits &= bytes.len() + used <= self.max_document;
            if fits {
                bytes.extend_from_slice(&buffer[..used]);
            } else {
                bytes.clear();
            }
            self.bytes.consume(used);
            if ended {
                return Ok(fits);
            }
        }
    }
}

/// A source that is being read.
pub struct Stream {
    name: Arc<str>,
    id: Arc<str>,
    format: Format,
    input: Input,
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
    /// Opens a source, decompresses it if it is a .gz, and finds out its format. Adds to `count` what it reads, in bytes as they are
    /// on disk.
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
        let mut name = name.to_lowercase();
        if start.starts_with(b"\x1f\x8b") {
            let inside = flate2::read::MultiGzDecoder::new(Cursor::new(start).chain(rest));
            (start, rest) = peek(Box::new(inside)).map_err(|e| problem(read_error(&e)))?;
            name.truncate(name.trim_end_matches(".gz").len());
        }
        let bom = encoding_rs::Encoding::for_bom(&start).map(|(encoding, _)| encoding);
        let encoding = match bom {
            Some(bom) if bom != encoding_rs::UTF_8 => Some(bom),
            Some(_) => None,
            // Other encodings are left to the single documents: what is UTF-8 there stays so.
            None => options
                .encoding
                .filter(|e| [encoding_rs::UTF_16LE, encoding_rs::UTF_16BE].contains(e)),
        };
        if let Some(encoding) = encoding {
            let decoded = DecodeReaderBytesBuilder::new()
                .encoding(Some(encoding))
                .build(Cursor::new(start).chain(rest));
            (start, rest) = peek(Box::new(decoded)).map_err(|e| problem(read_error(&e)))?;
        }
        if let Some(message) = decode::binary(&start) {
            return Err(problem(message));
        }
        let extension = name.rsplit_once('.').map_or("", |(_, e)| e);
        let format = options
            .from
            .or_else(|| Format::of_extension(extension))
            .unwrap_or_else(|| {
                // The end of the part looked at may cut a character, or a line of JSON: both are no reason to take it for something else.
                Format::of_content(&String::from_utf8_lossy(&start))
            });
        let bytes = Box::new(BufReader::with_capacity(
            256 << 10,
            Cursor::new(start).chain(rest),
        ));
        let input = Input {
            bytes,
            line: 0,
            max_document: options.max_document,
            done: false,
        };
        Ok(Stream {
            name: source.name.as_str().into(),
            id: source.id.as_str().into(),
            format,
            input,
        })
    }
}

impl Iterator for Stream {
    type Item = Result<Raw, Problem>;

    fn next(&mut self) -> Option<Result<Raw, Problem>> {
        let cut = self.format.reader().cut(&mut self.input)?;
        let line = (self.input.line > 0).then_some(self.input.line);
        Some(match cut {
            Ok(cut) => Ok(Raw {
                name: self.name.clone(),
                id: self.id.clone(),
                line: cut.line,
                format: self.format,
                bytes: cut.bytes,
            }),
            Err(message) => Err(Problem::error(&self.name, line, message)),
        })
    }
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

fn too_large(max: usize) -> String {
    format!(
        "a document of more than {} (--max-document allows more)",
        size(max)
    )
}

fn size(bytes: usize) -> String {
    match bytes {
        b if b >= 1 << 20 && b % (1 << 20) == 0 => format!("{} MiB", b >> 20),
        b if b >= 1 << 10 && b % (1 << 10) == 0 => format!("{} KiB", b >> 10),
        b => format!("{b} bytes"),
    }
}
