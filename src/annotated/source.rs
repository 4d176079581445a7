//! Files of annotated documents: opened, cut into pieces, and the pieces parsed.

use super::{
    Claimed, Cut, Fault, FaultKind, Format, Options, bdocjs, brat, conll, doccano, gliner, jsonl,
    label_studio, object::Object, prodigy, spacy,
};
use crate::{
    error::Problem,
    read::{self, Raw, ReadOptions, Source, Sources, Stream},
};
use std::{
    collections::VecDeque,
    iter,
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

/// Pieces of a file: documents, or what has several.
pub type Pieces = Box<dyn Iterator<Item = Result<Raw, Problem>> + Send>;

/// Files of a folder of brat that have no annotations.
const CONFIGURATION: [&str; 5] = [
    "annotation.conf",
    "visual.conf",
    "tools.conf",
    "kb_shortcuts.conf",
    "sim_search.conf",
];

/// Opens a file and cuts it into pieces for [`parse_raw`]. A file that only stands beside another (the text of an `.ann`, a
/// configuration) has none.
///
/// # Errors
/// When it can't be read.
pub fn open(source: &Source, options: &Options, count: &Arc<AtomicU64>) -> Result<Pieces, Problem> {
    let told = options.from.or_else(|| Format::of_name(&source.name));
    if is_beside(source, options.from) {
        return Ok(Box::new(iter::empty()));
    }
    let mut read = ReadOptions::default();
    read.max_document = options.max_document;
    // Predictions may be without texts.
    read.text_fields.clear();
    read.binary = told == Some(Format::Spacy);
    match told.map(Format::cut) {
        Some(Cut::Whole) => read.from = Some(read::Format::Text),
        Some(Cut::Rows) => read.from = Some(read::Format::Parquet),
        Some(Cut::Objects) => read.among = &[read::Format::Jsonl, read::Format::Json],
        None => {
            read.among = &[
                read::Format::Text,
                read::Format::Jsonl,
                read::Format::Json,
                read::Format::Parquet,
            ];
        }
    }
    let stream = Stream::open(source, &read, count)?;
    let Some(path) = source
        .path
        .as_deref()
        .filter(|_| told == Some(Format::Brat))
    else {
        return Ok(Box::new(stream));
    };
    let problem = |message: String| Problem::error(&source.name, None, message);
    if path.extension().is_none_or(|e| e != "ann") {
        let message = "not an .ann: brat has an .ann and a .txt for each document";
        return Err(problem(message.to_owned()));
    }
    let text = path.with_extension("txt");
    if !text.exists() {
        let message = format!("no text beside it: {} is not there", text.display());
        return Err(problem(message));
    }
    let text = Source {
        name: text.display().to_string(),
        id: source.id.clone(),
        path: Some(text),
    };
    // An empty file is no piece: an .ann without annotations, an article without a word.
    let whole =
        |stream: Stream| -> Result<Option<Raw>, Problem> { stream.into_iter().next().transpose() };
    let ann = whole(stream)?;
    let text = whole(Stream::open(&text, &read, count)?)?;
    let mut raw = Raw {
        name: source.name.as_str().into(),
        id: source.id.as_str().into(),
        line: Some(1),
        format: read::Format::Text,
        bytes: ann.map(|a| a.bytes).unwrap_or_default(),
    };
    raw.bytes.push(0);
    raw.bytes.extend(text.map(|t| t.bytes).unwrap_or_default());
    Ok(Box::new(iter::once(Ok(raw))))
}

/// Is it a file of brat that goes with another?
fn is_beside(source: &Source, from: Option<Format>) -> bool {
    let Some(path) = source
        .path
        .as_deref()
        .filter(|_| from.is_none_or(|f| f == Format::Brat))
    else {
        return false;
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if CONFIGURATION.contains(&&*name) {
        return true;
    }
    let is_text = Path::new(&*name).extension().is_some_and(|e| e == "txt");
    is_text && path.with_extension("ann").exists()
}

/// The documents of a piece.
pub fn parse_raw(raw: &Raw, options: &Options) -> Vec<Result<Claimed, Fault>> {
    let line = raw.line.unwrap_or(1);
    let mut told = options.from.or_else(|| Format::of_name(&raw.name));
    if told == Some(Format::Spacy) {
        return spacy::read(&raw.name, &raw.bytes, options);
    }
    if raw.format == read::Format::Parquet {
        told = Some(Format::Parquet);
    }
    let text = match std::str::from_utf8(&raw.bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}'),
        Err(e) => {
            let before = &raw.bytes[..e.valid_up_to()];
            let breaks = memchr::memchr_iter(b'\n', before).count() as u64;
            let message = "not UTF-8: convert the file";
            return vec![Err(Fault::error(FaultKind::Bytes, line + breaks, message))];
        }
    };
    if told.is_none() && raw.format == read::Format::Text {
        if text.trim().is_empty() {
            return Vec::new();
        }
        told = Format::of_text(text);
        if told.is_none() {
            let names: Vec<&str> = Format::ALL.iter().map(|f| f.as_str()).collect();
            let message = format!(
                "none of the formats by its content: --from names it ({})",
                names.join(", ")
            );
            return vec![Err(Fault::error(FaultKind::Unreadable, 1, message))];
        }
    }
    parse_text(&raw.name, Some(&raw.id), line, text, told, options)
}

pub(super) fn parse_text(
    file: &Arc<str>,
    id: Option<&str>,
    line: u64,
    text: &str,
    told: Option<Format>,
    options: &Options,
) -> Vec<Result<Claimed, Fault>> {
    match told {
        Some(Format::Conll) => conll::read(file, text).into_iter().map(Ok).collect(),
        Some(Format::Brat) => vec![Ok(brat::read(file, id, text))],
        Some(Format::Spacy) => spacy::read(file, text.as_bytes(), options),
        _ => vec![parse_object(file, line, text, told, options)],
    }
}

fn parse_object(
    file: &Arc<str>,
    line: u64,
    text: &str,
    told: Option<Format>,
    options: &Options,
) -> Result<Claimed, Fault> {
    let text = text.trim_end();
    if !text.trim_start().starts_with('{') {
        return Err(Fault::error(FaultKind::Syntax, line, "not a JSON object"));
    }
    let object = Object::of(text).map_err(|e| {
        // An object over several lines: the fault may be further down than its start.
        let line = line + e.line().saturating_sub(1) as u64;
        let message = format!("bad JSON: {e}");
        let message = message.split(" at line").next().unwrap_or_default();
        let message = format!("{message} at byte {}", e.column());
        Fault::error(FaultKind::Syntax, line, message)
    })?;
    let format = told.unwrap_or_else(|| Format::of_object(&object));
    let mut claimed = Claimed::new(file, line, format);
    let read = match format {
        Format::Prodigy => prodigy::read(&mut claimed, &object),
        Format::Doccano => doccano::read(&mut claimed, &object),
        Format::LabelStudio => label_studio::read(&mut claimed, &object),
        Format::Gliner => gliner::read(&mut claimed, &object),
        Format::Bdocjs => bdocjs::read(&mut claimed, &object),
        Format::Jsonl | Format::Parquet | Format::Brat | Format::Conll | Format::Spacy => {
            jsonl::read(&mut claimed, &object, options)
        }
    };
    match read {
        Ok(()) => Ok(claimed),
        Err(message) => Err(Fault::error(FaultKind::Field, line, message)),
    }
}

/// The annotated documents of files, one after the other.
///
/// ```no_run
/// use wiretag::annotated::{Documents, Options};
/// for document in Documents::new(["gold.jsonl"], &Options::default()) {
///     match document {
///         Ok(claimed) => println!("{}: {} spans", claimed.name(), claimed.claims.len()),
///         Err((file, fault)) => eprintln!("{file}:{}: {}", fault.line, fault.message),
///     }
/// }
/// ```
pub struct Documents {
    sources: Sources,
    options: Options,
    pieces: Option<Pieces>,
    ready: VecDeque<Item>,
    count: Arc<AtomicU64>,
}

/// A document, or what could not be read, with its file.
type Item = Result<Claimed, (Arc<str>, Fault)>;

impl Documents {
    /// The documents of files, folders and patterns; `-` is standard input.
    pub fn new(paths: impl IntoIterator<Item = impl Into<String>>, options: &Options) -> Documents {
        Documents {
            sources: Sources::new(paths),
            options: options.clone(),
            pieces: None,
            ready: VecDeque::new(),
            count: Arc::default(),
        }
    }

    /// Counts the bytes read, as they are on disk.
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        self.count.clone()
    }
}

impl std::fmt::Debug for Documents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Documents")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Iterator for Documents {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            let failed = |problem: Problem, kind| {
                let line = problem.line.unwrap_or(1);
                let fault = Fault::error(kind, line, problem.message);
                Err((Arc::from(problem.path), fault))
            };
            let Some(pieces) = &mut self.pieces else {
                let source = self.sources.next()?;
                match source.and_then(|s| open(&s, &self.options, &self.count)) {
                    Ok(pieces) => self.pieces = Some(pieces),
                    Err(problem) => return Some(failed(problem, FaultKind::Unreadable)),
                }
                continue;
            };
            match pieces.next() {
                None => self.pieces = None,
                Some(Err(problem)) => return Some(failed(problem, FaultKind::Bytes)),
                Some(Ok(raw)) => {
                    let read = parse_raw(&raw, &self.options).into_iter();
                    let read = read.map(|r| r.map_err(|fault| (raw.name.clone(), fault)));
                    self.ready.extend(read);
                }
            }
        }
    }
}
