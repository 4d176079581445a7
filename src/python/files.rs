//! Files of documents: read one by one, and converted as a whole.

use super::{
    document::{Document, Text},
    error::{exception, invalid, problem},
    input,
    settings::{label, label_map, map_words, named},
    span::owned,
    workers::interruptible,
};
use crate::{
    Conversion, Error, OutputFile, OutputFolder, Overlapping, Problem, Severity, Tokenizer,
    annotated::{self, Claimed, Documents, Fault},
    read::{Format, Raw, ReadOptions, Sources, Stream},
    write::{
        OutputFormat, TextUnit,
        align::{Align, Alignment},
    },
};
use pyo3::{
    prelude::*,
    pybacked::PyBackedStr,
    types::{PyDict, PyList, PyString},
};
use serde_json::value::RawValue;
use std::{
    cmp::Reverse,
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Documents of files, read as they are used: what ``read`` and ``read_articles`` give.
#[pyclass(frozen, module = "wiretag")]
pub(super) struct Reader {
    files: Mutex<Files>,
    problems: Mutex<Vec<Problem>>,
    skip: bool,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

/// What is read.
enum Files {
    Annotated(Box<Documents>),
    Articles(Box<Articles>),
}

/// Articles of sources.
struct Articles {
    sources: Sources,
    options: ReadOptions,
    stream: Option<Stream>,
}

/// A document, if there is one, and what is wrong with it.
struct Read {
    content: Option<Content>,
    problems: Vec<Problem>,
}

/// A document as it stands in a file.
enum Content {
    Claimed(Box<Claimed>, String),
    Article(crate::Document),
}

#[pymethods]
impl Reader {
    fn __iter__(slf: Bound<'_, Reader>) -> Bound<'_, Reader> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Document>> {
        loop {
            py.check_signals()?;
            let Some(read) = py.detach(|| lock(&self.files).next()) else {
                return Ok(None);
            };
            let is_bad = |p: &Problem| p.severity == Severity::Error;
            if !self.skip && read.problems.iter().any(is_bad) {
                return Err(exception(py, &Error::problems(read.problems)));
            }
            lock(&self.problems).extend(read.problems);
            if let Some(content) = read.content {
                return content.into_document(py).map(Some);
            }
        }
    }

    /// What was wrong with what was read so far: warnings, and with ``errors="skip"`` what was left out.
    #[getter]
    fn problems<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        // What calls into the interpreter must hold no lock that others wait for.
        let problems = lock(&self.problems).clone();
        problem_list(py, &problems)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Files {
    fn next(&mut self) -> Option<Read> {
        match self {
            Files::Annotated(documents) => documents.next().map(Read::annotated),
            Files::Articles(articles) => articles.next(),
        }
    }
}

impl Articles {
    fn next(&mut self) -> Option<Read> {
        loop {
            let Some(stream) = &mut self.stream else {
                let source = self.sources.next()?;
                let opened = source.and_then(|s| Stream::open(&s, &self.options, &Arc::default()));
                match opened {
                    Ok(stream) => self.stream = Some(stream),
                    Err(problem) => return Some(Read::problem(problem)),
                }
                continue;
            };
            match stream.next() {
                Some(Ok(raw)) => return Some(self.article(&raw)),
                Some(Err(problem)) => return Some(Read::problem(problem)),
                None => self.stream = None,
            }
        }
    }

    fn article(&self, raw: &Raw) -> Read {
        let parsed = raw.parse(&self.options);
        Read {
            content: parsed.document.map(Content::Article),
            problems: parsed.problems,
        }
    }
}

impl Read {
    fn problem(problem: Problem) -> Read {
        Read {
            content: None,
            problems: vec![problem],
        }
    }

    fn annotated(read: Result<Claimed, (Arc<str>, Fault)>) -> Read {
        let mut claimed = match read {
            Ok(claimed) => claimed,
            Err((file, fault)) => {
                return Read::problem(fault.problem(&file, ": the document is left out"));
            }
        };
        if claimed.refused.is_some() {
            return Read {
                content: None,
                problems: Vec::new(),
            };
        }
        let file = claimed.file.clone();
        let Some(text) = claimed.text.take() else {
            return Read::problem(Problem {
                path: file.to_string(),
                line: Some(claimed.line),
                severity: Severity::Error,
                message: "no field \"text\": the document is left out".to_owned(),
            });
        };
        let (_, faults) = claimed.resolve(&text);
        let faults = claimed.faults.iter().chain(&faults);
        let problems = faults.map(|f| f.problem(&file, ": left out")).collect();
        Read {
            content: Some(Content::Claimed(Box::new(claimed), text)),
            problems,
        }
    }
}

impl Content {
    fn into_document(self, py: Python<'_>) -> PyResult<Document> {
        let string = |text: &str| {
            let text = PyString::new(py, text);
            PyBackedStr::try_from(text).expect("text of Rust is Unicode")
        };
        let meta = |meta: &[(String, Box<RawValue>)]| -> PyResult<Option<Py<PyDict>>> {
            if meta.is_empty() {
                return Ok(None);
            }
            let dict = PyDict::new(py);
            for (name, value) in meta {
                dict.set_item(name, super::document::loads(py, value.get())?)?;
            }
            Ok(Some(dict.unbind()))
        };
        match self {
            Content::Article(article) => {
                let text = Text {
                    text: string(article.text()),
                    id: article.id().to_owned(),
                    meta: meta(article.meta())?,
                };
                Document::with_spans(py, text, Vec::new())
            }
            Content::Claimed(claimed, whole) => {
                let (mut proved, _) = claimed.resolve(&whole);
                proved.sort_by_key(|p| (p.span.start, Reverse(p.span.end), p.label));
                let record = claimed.record(&whole, &proved, crate::OffsetUnit::Codepoint);
                let spans = record.spans.into_iter().map(owned).collect();
                let text = Text {
                    text: string(&whole),
                    id: record.id.into_owned(),
                    meta: meta(&record.meta)?,
                };
                Document::with_spans(py, text, spans)
            }
        }
    }
}

/// Reads annotated documents: what ``wiretag annotate`` and ``write`` write, and what annotation tools do.
///
/// Args:
///     paths: A file, a folder, a pattern such as ``gold/*.jsonl``, or several; also packed (.gz, .zst, .bz2).
///     format: ``jsonl``, ``prodigy``, ``doccano``, ``label-studio``, ``bdocjs``, ``brat``, ``conll``, ``gliner``, ``spacy``,
///         ``parquet``. Default: by name, then content.
///     label_field: The field of a span that has its label, in JSONL.
///     errors: What becomes of documents and spans that are wrong. ``raise``: a ``DataError`` with file and line; the next call goes
///         on behind it. ``skip``: they are left out, and ``problems`` of the reader tells them.
///
/// Returns:
///     An iterator over documents.
#[pyfunction]
#[pyo3(signature = (paths, *, format=None, label_field="label", errors="raise"))]
pub(super) fn read(
    paths: &Bound<'_, PyAny>,
    format: Option<&str>,
    label_field: &str,
    errors: &str,
) -> PyResult<Reader> {
    let mut options = annotated::Options {
        label_field: label_field.to_owned(),
        ..annotated::Options::default()
    };
    if let Some(word) = format {
        options.from = Some(annotated_format(word)?);
    }
    Ok(Reader {
        files: Mutex::new(Files::Annotated(Box::new(Documents::new(
            names(paths)?,
            &options,
        )))),
        problems: Mutex::default(),
        skip: skips(errors)?,
    })
}

/// Reads articles: texts to annotate, from all formats that ``wiretag annotate`` reads.
///
/// Args:
///     paths: A file, a folder, a pattern such as ``news/*.html``, or several; also packed (.gz, .zst, .bz2).
///     format: ``text``, ``markdown``, ``jsonl``, ``json``, ``html``, ``csv``, ``tsv``, ``warc``, ``parquet``. Default: by name, then content.
///     text_field: Of JSONL, JSON, CSV, TSV: the fields that make the text, joined by a blank line. Default: ``text``.
///     id_field: The field with the id.
///     encoding: Of what is not UTF-8. Default: as HTML declares, else a guess.
///     max_document: The most bytes that a document may have.
///     errors: What becomes of articles that can't be read. ``raise``: a ``DataError`` with file and line; the next call goes on behind
///         it. ``skip``: they are left out, and ``problems`` of the reader tells them.
///
/// Returns:
///     An iterator over documents without spans, for ``Tagger.annotate_iter``.
#[pyfunction]
#[pyo3(signature = (paths, *, format=None, text_field=None, id_field="id", encoding=None, max_document=67_108_864, errors="raise"))]
#[allow(
    clippy::too_many_arguments,
    reason = "they are keywords in Python, an option each"
)]
pub(super) fn read_articles(
    py: Python<'_>,
    paths: &Bound<'_, PyAny>,
    format: Option<&str>,
    text_field: Option<&Bound<'_, PyAny>>,
    id_field: &str,
    encoding: Option<&str>,
    max_document: usize,
    errors: &str,
) -> PyResult<Reader> {
    let mut options = ReadOptions::default();
    if let Some(word) = format {
        let format = named("format", word, Format::ALL, Format::as_str);
        options.from = Some(format.map_err(invalid)?);
    }
    if let Some(fields) = text_field {
        options.text_fields = input::strings("text_field", fields)?;
    }
    if let Some(name) = encoding {
        options.set_encoding(name).map_err(|e| exception(py, &e))?;
    }
    options.id_field = id_field.to_owned();
    options.max_document = max_document;
    let articles = Articles {
        sources: Sources::new(names(paths)?),
        options,
        stream: None,
    };
    Ok(Reader {
        files: Mutex::new(Files::Articles(Box::new(articles))),
        problems: Mutex::default(),
        skip: skips(errors)?,
    })
}

/// Converts annotated documents from one format to another, on all cores, in bounded memory.
///
/// Args:
///     paths: A file, a folder, a pattern, or several.
///     output: The file (.gz and .zst pack it) or folder; it appears when it is whole.
///     to: ``jsonl``, ``prodigy``, ``doccano``, ``doccano-entities``, ``label-studio``, ``conll``, ``bilou``, ``gliner``, ``parquet``, ``csv``,
///         ``marked``, or a folder: ``spacy``, ``huggingface``, ``huggingface-jsonl``, ``brat``, ``bdocjs``.
///     format: Format of the input. Default: by name, then content.
///     labels: Keep spans of these labels alone. Default: all.
///     map_labels: Labels that become others: a mapping, or ``["ontonotes"]``. Default: none.
///     min_score: Leave out spans with a lower score; those without a score stay.
///     overlaps: Where spans overlap: ``longest`` keeps the longest, ``all`` keeps all. Default: all where the format holds them.
///     unit: What a record is about: ``document``, ``paragraph``, ``sentence``. Default: as is usual in the format.
///     tokenizer: What cuts words: ``words``, ``spacy``. Default: as is usual in the format.
///     align: Spans that do not start and end with words: ``expand``, ``contract``, ``drop``, ``fail``. Default: ``expand`` in formats of
///         words, else they stay.
///     threads: Threads that work; 0 for one a core.
///     errors: ``raise``: a ``DataError`` at the end tells of documents and spans that could not be read; the output has the others.
///         ``skip``: they are in ``problems`` of what is returned.
///
/// Returns:
///     What was done: ``documents``, ``spans`` by label, ``moved`` and ``left_out`` spans that did not lie on words, ``unheld``: what
///     the format has no place for, ``unread``: what the input has that documents have no place for, ``problems``.
#[pyfunction]
#[pyo3(signature = (paths, output, *, to, format=None, labels=None, map_labels=None, min_score=0.0, overlaps=None, unit=None, tokenizer=None, align=None, threads=0, errors="raise"))]
#[allow(
    clippy::too_many_arguments,
    reason = "they are keywords in Python, an option each"
)]
pub(super) fn convert<'py>(
    py: Python<'py>,
    paths: &Bound<'py, PyAny>,
    output: PathBuf,
    to: &str,
    format: Option<&str>,
    labels: Option<&Bound<'py, PyAny>>,
    map_labels: Option<&Bound<'py, PyAny>>,
    min_score: f64,
    overlaps: Option<&str>,
    unit: Option<&str>,
    tokenizer: Option<&str>,
    align: Option<&str>,
    threads: usize,
    errors: &str,
) -> PyResult<Bound<'py, PyDict>> {
    let skip = skips(errors)?;
    let to = named("to", to, OutputFormat::ALL, OutputFormat::as_str).map_err(invalid)?;
    let mut conversion = Conversion::new(to);
    conversion.read.from = format.map(annotated_format).transpose()?;
    if let Some(labels) = labels {
        let labels = input::strings("labels", labels)?;
        let labels: Result<Vec<_>, _> = labels.iter().map(|l| label(l)).collect();
        conversion.labels = Some(labels.map_err(invalid)?);
    }
    if let Some(map) = map_labels {
        let map = label_map(&map_words(map)?).map_err(invalid)?.into_iter();
        let map = map.map(|(from, to)| (from.as_str().to_owned(), to));
        conversion.map = map.collect();
    }
    conversion.min_score = super::settings::score(min_score).map_err(invalid)?;
    conversion.overlapping = match overlaps {
        None => Overlapping::AsHeld,
        Some("longest") => Overlapping::Longest,
        Some("all") if to.may_overlap() => Overlapping::All,
        Some("all") => {
            return Err(invalid(format!(
                "the format {to} can't hold spans that overlap: leave overlaps=\"all\" out"
            )));
        }
        Some(other) => {
            return Err(invalid(format!(
                "overlaps is {other:?}: there are longest, all"
            )));
        }
    };
    conversion.text_unit = match unit {
        None => to.writer().text_unit(),
        Some(word) => named("unit", word, TextUnit::ALL, TextUnit::as_str).map_err(invalid)?,
    };
    if tokenizer.is_some() || align.is_some() {
        let tokenizer = tokenizer
            .map(|word| named("tokenizer", word, Tokenizer::ALL, Tokenizer::as_str))
            .transpose()
            .map_err(invalid)?;
        let policy = align
            .map(|word| named("align", word, Align::ALL, Align::as_str))
            .transpose()
            .map_err(invalid)?;
        conversion.alignment = Some(Alignment {
            tokenizer: tokenizer.or(to.writer().tokenizer()).unwrap_or_default(),
            policy: policy.unwrap_or_default(),
            flat: conversion.overlapping == Overlapping::Longest,
        });
    }
    conversion.threads = threads;
    let paths = names(paths)?;
    let stop = conversion.stop.clone();
    let mut problems = Vec::new();
    let converted = interruptible(py, &stop, || {
        run(&conversion, paths, &output, &mut |p| {
            problems.push(p.clone())
        })
    })?;
    let converted = converted.map_err(|e| exception(py, &e))?;
    if !skip && problems.iter().any(|p| p.severity == Severity::Error) {
        return Err(exception(py, &Error::problems(problems)));
    }
    let summary = converted.summary;
    let done = PyDict::new(py);
    done.set_item("documents", summary.documents)?;
    done.set_item("spans", counts(&summary.spans))?;
    done.set_item("moved", counts(&summary.moved))?;
    done.set_item("left_out", counts(&summary.left_out))?;
    done.set_item("unheld", counts(&converted.unheld))?;
    done.set_item("unread", counts(&converted.unread))?;
    done.set_item("refused", counts(&converted.refused))?;
    done.set_item("problems", problem_list(py, &problems)?)?;
    Ok(done)
}

/// Converts into a file or a folder.
fn run(
    conversion: &Conversion,
    paths: Vec<String>,
    output: &Path,
    report: &mut (dyn FnMut(&Problem) + Send),
) -> Result<crate::Converted, Error> {
    let sources = Sources::new(paths);
    if conversion.to.is_folder() {
        let sources = sources.without([output.to_owned(), OutputFolder::part_of(output)]);
        return conversion.run_to_folder(sources, OutputFolder::create(output)?, report);
    }
    let sources = sources.without(OutputFile::working_files(output));
    conversion.run_to_file(sources, OutputFile::create(output, None)?, report)
}

fn counts<K: fmt::Display>(counts: &BTreeMap<K, u64>) -> BTreeMap<String, u64> {
    let counts = counts.iter();
    counts.map(|(what, n)| (what.to_string(), *n)).collect()
}

/// Problems as a list of `wiretag.Problem`.
pub(super) fn problem_list<'py>(
    py: Python<'py>,
    problems: &[Problem],
) -> PyResult<Bound<'py, PyList>> {
    let all = problems.iter().map(|p| problem(py, p));
    PyList::new(py, all.collect::<PyResult<Vec<_>>>()?)
}

/// The format of annotated documents that a word names.
pub(super) fn annotated_format(word: &str) -> PyResult<annotated::Format> {
    let all = annotated::Format::ALL;
    named("format", word, all, annotated::Format::as_str).map_err(invalid)
}

pub(super) fn skips(errors: &str) -> PyResult<bool> {
    match errors {
        "raise" => Ok(false),
        "skip" => Ok(true),
        other => Err(invalid(format!(
            "errors is {other:?}: there are raise, skip"
        ))),
    }
}

/// The names of files, as the command line has them.
fn names(paths: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let paths = super::settings::paths(paths)?;
    Ok(paths
        .iter()
        .map(|p| p.to_string_lossy().into_owned())
        .collect())
}
