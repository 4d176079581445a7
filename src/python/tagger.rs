//! `Tagger`: an annotator with its threads.

use super::{
    arrow::{self, Columns},
    document::{Document, Text, raw_meta},
    error::{exception, in_document, invalid},
    explain::Explanation,
    input,
    settings::{Given, Settings},
    workers::{Memory, Team, Workers},
};
use crate::{
    Annotator, Found, OffsetUnit,
    explain::{Report, occurrences, word_at},
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyIterator, PyList, PyTuple},
};
use pyo3_arrow::input::AnyArray;
use rayon::prelude::*;
use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::Arc,
};

/// Threads get so many bytes of text each before the interpreter is asked for signals; a tenth of a second.
pub(super) const BYTES_AT_ONCE: usize = 4 << 20;

/// Finds the entities of texts: gazetteers, rules and patterns behind one call.
///
/// Making one reads the gazetteers, 0.1 s for the built-in ones: make one and share it, among threads too. It pickles as its arguments:
/// lists travel by path, gazetteers made from bytes with their bytes.
///
/// Args:
///     gazetteers: Lists, folders of lists, compiled gazetteers (paths), ``Gazetteer`` objects; they come before the built-in ones
///         where names tie.
///     builtin: Use the built-in gazetteers. Default: True.
///     patterns: Files of patterns, spaCy's and Prodigy's ``patterns.jsonl``; or the patterns themselves, as an ``EntityRuler`` takes
///         them.
///     rules: Apply rules besides the lists. Default: True.
///     without: Rules that are not applied; ``wiretag.rules()`` lists them.
///     titles: ``inside``: titles are parts of people (*President Obama*). Default: ``outside``.
///     date_field: The field of meta with the date of a document, for names that count from or until a day. Default: ``date``.
///     label: Label of the names in plain lists.
///     case: Case policy of names in lists that set none: ``any``, ``title``, ``exact``. Default: by the form of each name.
///     labels: Keep spans of these labels alone, after the competition among all and as they are mapped. Default: all.
///     map_labels: Labels that become others: a mapping, or ``["ontonotes"]``, ``conll2003``, ``re3d``. Default: none.
///     min_score: Leave out spans with a lower score, from 0 to 1. Default: 0.
///     overlaps: ``all`` keeps what lost to a longer span, too; its ``lost`` says why. Default: ``longest``.
///     attributes: Copy the attributes of entities to their spans. Default: False.
///     config: A file of settings, ``wiretag.toml``, for what no argument says; its settings of input and output are passed over.
///         Default: none; none is looked for.
///     threads: Threads that work in batches; 0 for one a core. Default: 0.
///
/// Raises:
///     DataError: When a list or a pattern is bad; ``problems`` has every finding with its file and line.
///     FileError: When a file can't be read.
///     Error: When an argument is none.
#[pyclass(frozen, module = "wiretag")]
#[derive(Debug)]
pub(super) struct Tagger {
    settings: Settings,
    annotator: Arc<Annotator>,
    workers: Workers,
}

#[pymethods]
impl Tagger {
    #[new]
    #[pyo3(signature = (gazetteers=None, *, builtin=None, patterns=None, rules=None, without=None, titles=None, date_field=None, label=None, case=None, labels=None, map_labels=None, min_score=None, overlaps=None, attributes=None, config=None, threads=None))]
    #[allow(
        clippy::too_many_arguments,
        reason = "they are keywords in Python, an option each"
    )]
    fn new(
        py: Python<'_>,
        gazetteers: Option<&Bound<'_, PyAny>>,
        builtin: Option<bool>,
        patterns: Option<&Bound<'_, PyAny>>,
        rules: Option<bool>,
        without: Option<&Bound<'_, PyAny>>,
        titles: Option<&str>,
        date_field: Option<&str>,
        label: Option<&str>,
        case: Option<&str>,
        labels: Option<&Bound<'_, PyAny>>,
        map_labels: Option<&Bound<'_, PyAny>>,
        min_score: Option<f64>,
        overlaps: Option<&str>,
        attributes: Option<bool>,
        config: Option<PathBuf>,
        threads: Option<usize>,
    ) -> PyResult<Tagger> {
        let given = Given {
            gazetteers,
            builtin,
            patterns,
            rules,
            without,
            titles,
            date_field,
            label,
            case,
            labels,
            map_labels,
            min_score,
            overlaps,
            attributes,
            config,
            threads,
        };
        let settings = Settings::new(py, &given)?;
        let workers = Workers::new(settings.threads);
        let team = workers.team(py)?;
        let annotator = py.detach(|| team.run(|| settings.annotator()));
        let annotator = annotator.map_err(|e| exception(py, &e))?;
        Ok(Tagger {
            settings,
            annotator: Arc::new(annotator),
            workers,
        })
    }

    /// Annotates one text, in the thread that calls.
    ///
    /// Args:
    ///     text: The text.
    ///     id: Its name.
    ///     meta: What else is known of it: goes into the record.
    #[pyo3(signature = (text, id="", meta=None))]
    fn annotate(
        &self,
        py: Python<'_>,
        text: &Bound<'_, pyo3::types::PyString>,
        id: &str,
        meta: Option<Py<PyDict>>,
    ) -> PyResult<Document> {
        let text = Text {
            text: input::utf8(text).map_err(invalid)?,
            id: id.to_owned(),
            meta,
        };
        let team = self.workers.team(py)?;
        let task = self.task(py, &text)?;
        let found = py.detach(|| team.with_spare_memory(|m| self.found(m, &task)));
        let found = found.map_err(invalid)?;
        Ok(self.document(py, text, found))
    }

    /// Annotates many texts on all cores, without the lock of the interpreter; gives the documents in the order of the texts.
    ///
    /// Args:
    ///     texts: Strings; mappings with ``text``, perhaps ``id``, and what becomes ``meta``, as lines of JSONL have them; or documents,
    ///         whose old spans are left out.
    ///     errors: What becomes of a text that can't be annotated. ``raise``: its ``DocumentError`` is raised. ``keep``: it stands in
    ///         the list in the document's place, and all others are annotated.
    #[pyo3(signature = (texts, *, errors="raise"))]
    fn annotate_batch<'py>(
        &self,
        texts: &Bound<'py, PyAny>,
        errors: &str,
    ) -> PyResult<Bound<'py, PyList>> {
        let keep = keeps(errors)?;
        let py = texts.py();
        let mut source = Source::new(texts.try_iter()?);
        let documents = PyList::empty(py);
        let bytes = BYTES_AT_ONCE * self.workers.count();
        loop {
            let chunk = source.take(bytes, usize::MAX)?;
            if chunk.is_empty() {
                return Ok(documents);
            }
            for document in self.annotate_chunk(py, chunk)? {
                documents.append(document_or_error(py, document, keep)?)?;
            }
            py.check_signals()?;
        }
    }

    /// The same as a stream: takes texts from an iterable and gives documents, in bounded memory.
    ///
    /// Args:
    ///     texts: As for ``annotate_batch``; it is read a chunk at a time, ahead of what is given.
    ///     chunk: The most texts of a chunk; one also ends at 4 MB of text a thread.
    ///     errors: As for ``annotate_batch``.
    #[pyo3(signature = (texts, *, chunk=4096, errors="raise"))]
    fn annotate_iter(
        slf: &Bound<'_, Tagger>,
        texts: &Bound<'_, PyAny>,
        chunk: usize,
        errors: &str,
    ) -> PyResult<Annotations> {
        if chunk == 0 {
            return Err(invalid("chunk is 0: a chunk has at least one text"));
        }
        Ok(Annotations {
            tagger: slf.clone().unbind(),
            source: Some(texts.try_iter()?.unbind()),
            index: 0,
            chunk,
            keep: keeps(errors)?,
            ready: VecDeque::new(),
        })
    }

    /// Annotates a column of Arrow data on all cores, without the lock of the interpreter and without copying a text.
    ///
    /// Takes whatever has the Arrow PyCapsule interface: tables, batches and arrays of pyarrow, data frames and series of polars,
    /// relations of DuckDB, data frames of pandas from 2.2 on (with pyarrow). What it gives has it too:
    /// ``pyarrow.table(tagger.annotate_arrow(table))``, ``polars.DataFrame(...)``, ``pyarrow.record_batch(...)`` of a batch,
    /// ``pyarrow.array(...)`` of an array.
    ///
    /// Of a table the result has all columns and, behind them, ``spans``: for each row a list of structs with the fields ``start``,
    /// ``end`` (int64), ``label``, ``text``, ``entity``, ``name`` (string), ``also`` (list of strings), ``origin`` (string), ``score``
    /// (double), ``zone``, ``lost`` (string) and ``attributes`` (map of strings), null where a ``Span`` has none. Of an array of texts
    /// it is the array of these lists. Where a text is null, its spans are.
    ///
    /// Args:
    ///     data: A table, a batch, a data frame, or the texts themselves as an array.
    ///     text: The column with the texts: string, large_string, string_view, or a dictionary of these.
    ///     id: The column with the ids that errors name. Default: none.
    ///     errors: What becomes of a text that can't be annotated. ``raise``: its ``DocumentError`` is raised. ``column``: its spans are
    ///         null, and a column ``error`` says why; it is null in all other rows.
    ///     offset_unit: What offsets count: ``codepoint``, ``byte`` (of UTF-8) or ``utf16``. The metadata of the column ``spans`` and of
    ///         the table say it (``wiretag.offset_unit``). Default: ``codepoint``.
    ///
    /// A column with the tagger's ``date_field`` gives the dates of the texts.
    #[pyo3(signature = (data, *, text="text", id=None, errors="raise", offset_unit="codepoint"))]
    fn annotate_arrow<'py>(
        &self,
        py: Python<'py>,
        data: AnyArray,
        text: &str,
        id: Option<&str>,
        errors: &str,
        offset_unit: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let date = &self.settings.date_field;
        let columns = Columns::new(text, id, date, errors, offset_unit)?;
        arrow::annotate(py, self, data, &columns)
    }

    /// Explains why a text, or a word in it, is annotated as it is.
    ///
    /// Args:
    ///     text: The text, or a ``Document``.
    ///     word: Explain this word or these words alone, wherever they stand, in any case.
    ///     at: Explain the word at this character alone.
    #[pyo3(signature = (text, *, word=None, at=None))]
    fn explain(
        &self,
        text: &Bound<'_, PyAny>,
        word: Option<&str>,
        at: Option<usize>,
    ) -> PyResult<Explanation> {
        let py = text.py();
        let text = input::text(text, 0)?;
        let words = match (word, at) {
            (Some(_), Some(_)) => return Err(invalid("word and at exclude each other")),
            (Some(word), None) => Some(occurrences(&text.text, word)),
            (None, Some(at)) => {
                let word = word_at(&text.text, at, OffsetUnit::Codepoint);
                Some(vec![word.map_err(|e| exception(py, &e))?])
            }
            (None, None) => None,
        };
        if let (Some(word), Some([])) = (word, words.as_deref()) {
            return Err(invalid(format!("{word:?} does not stand in the text")));
        }
        let meta = text.meta.as_ref().map(|m| raw_meta(m.bind(py)));
        let id = if text.id.is_empty() { "text" } else { &text.id };
        let document = crate::Document::new(id, &*text.text);
        let document = document.with_meta(meta.transpose()?.unwrap_or_default());
        let report = py.detach(|| {
            let unit = OffsetUnit::Codepoint;
            Report::of(&self.annotator, &document, words.as_deref(), unit)
        });
        Ok(Explanation(report))
    }

    /// The labels that spans may have, sorted.
    #[getter]
    fn labels(&self) -> Vec<&'static str> {
        let labels = self.annotator.labels().into_iter();
        labels.map(|l| l.as_str()).collect()
    }

    /// Threads that work in batches.
    #[getter]
    pub(super) fn threads(&self) -> usize {
        self.workers.count()
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        (PyTuple::empty(py), self.settings.keywords(py)?).into_pyobject(py)
    }

    fn __repr__(&self) -> String {
        let gazetteer = self.annotator.gazetteer();
        format!(
            "<Tagger: {} names, labels {}>",
            gazetteer.alias_count(),
            self.labels().join(", ")
        )
    }
}

/// A text and its place in the input, or what is wrong with it.
type Item = (usize, PyResult<Text>);

/// A document, or why there is none.
type Outcome = PyResult<Document>;

/// What a thread annotates.
pub(super) struct Task<'t> {
    pub(super) text: &'t str,
    pub(super) date: Option<String>,
}

impl Tagger {
    fn document(&self, py: Python<'_>, text: Text, found: Found) -> Document {
        Document::annotated(py, text, self.annotator.clone(), found)
    }

    fn task<'t>(&self, py: Python<'_>, text: &'t Text) -> PyResult<Task<'t>> {
        let date = match &text.meta {
            Some(meta) => meta.bind(py).get_item(&self.settings.date_field)?,
            None => None,
        };
        Ok(Task {
            text: &text.text,
            date: date.map(|d| d.str()?.extract()).transpose()?,
        })
    }

    /// What is found in a text; a message for what is a fault of ours.
    fn found(&self, memory: &mut Memory, task: &Task<'_>) -> Result<Found, String> {
        // A copy is as large as what is in it.
        self.annotated(memory, task, Found::clone)
    }

    /// The same in the memory where it was found.
    pub(super) fn annotated<T>(
        &self,
        memory: &mut Memory,
        task: &Task<'_>,
        take: impl FnOnce(&Found) -> T,
    ) -> Result<T, String> {
        let Task { text, date } = task;
        // Offsets inside have 32 bits.
        if text.len() > u32::MAX as usize - (1 << 20) {
            return Err("the text is too long: the most is 4095 MB".to_owned());
        }
        // A panic in one text must not cost the others.
        let annotated = catch_unwind(AssertUnwindSafe(|| {
            let Memory { scratch, found } = memory;
            self.annotator
                .annotate_text(scratch, text, date.as_deref(), found);
            take(found)
        }));
        annotated.map_err(|_| {
            *memory = Memory::default();
            "an internal error, please report it with this text".to_owned()
        })
    }

    pub(super) fn annotator(&self) -> &Annotator {
        &self.annotator
    }

    pub(super) fn team(&self, py: Python<'_>) -> PyResult<Arc<Team>> {
        self.workers.team(py)
    }

    fn annotate_chunk(&self, py: Python<'_>, chunk: Vec<Item>) -> PyResult<Vec<Outcome>> {
        let team = self.workers.team(py)?;
        let texts = chunk.iter().map(|(_, text)| text.as_ref().ok());
        let tasks = texts.map(|text| text.map(|t| self.task(py, t)).transpose());
        let tasks: Vec<Option<Task<'_>>> = tasks.collect::<PyResult<_>>()?;
        let found = py.detach(|| self.found_in_all(&team, &tasks));
        let outcome = |((index, text), found): (Item, Option<_>)| {
            let text = text?;
            match found.expect("every text was annotated") {
                Ok(found) => Ok(self.document(py, text, found)),
                Err(message) => Err(in_document(index, &text.id, message)),
            }
        };
        Ok(chunk.into_iter().zip(found).map(outcome).collect())
    }

    fn found_in_all(
        &self,
        team: &Team,
        tasks: &[Option<Task<'_>>],
    ) -> Vec<Option<Result<Found, String>>> {
        let found = |task: &Option<Task<'_>>| {
            let task = task.as_ref()?;
            Some(team.with_memory(|memory| self.found(memory, task)))
        };
        team.run(|| tasks.par_iter().map(found).collect())
    }
}

fn keeps(errors: &str) -> PyResult<bool> {
    match errors {
        "raise" => Ok(false),
        "keep" => Ok(true),
        other => Err(invalid(format!(
            "errors is {other:?}: there are raise, keep"
        ))),
    }
}

fn document_or_error(py: Python<'_>, outcome: Outcome, keep: bool) -> PyResult<Py<PyAny>> {
    match outcome {
        Ok(document) => Ok(Py::new(py, document)?.into_any()),
        Err(e) if keep => Ok(e.into_value(py).into_any()),
        Err(e) => Err(e),
    }
}

/// The texts of an iterable, a chunk at a time.
struct Source<'py> {
    items: Bound<'py, PyIterator>,
    /// Of the next one.
    index: usize,
}

impl<'py> Source<'py> {
    fn new(items: Bound<'py, PyIterator>) -> Source<'py> {
        Source { items, index: 0 }
    }

    /// The next texts: no more than so many, and no more bytes but for the last of them. Empty at the end.
    ///
    /// # Errors
    /// What the iterable raises.
    fn take(&mut self, bytes: usize, count: usize) -> PyResult<Vec<Item>> {
        let (mut chunk, mut size) = (Vec::new(), 0);
        while size < bytes && chunk.len() < count {
            let Some(item) = self.items.next() else {
                break;
            };
            let text = input::text(&item?, self.index);
            size += text.as_ref().map_or(0, |t| t.text.len());
            chunk.push((self.index, text));
            self.index += 1;
        }
        Ok(chunk)
    }
}

/// Documents of a stream of texts: what ``Tagger.annotate_iter`` gives.
#[pyclass(module = "wiretag")]
#[derive(Debug)]
pub(super) struct Annotations {
    tagger: Py<Tagger>,
    /// None at its end.
    source: Option<Py<PyIterator>>,
    index: usize,
    chunk: usize,
    keep: bool,
    ready: VecDeque<Outcome>,
}

#[pymethods]
impl Annotations {
    fn __iter__(slf: PyRef<'_, Annotations>) -> PyRef<'_, Annotations> {
        slf
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        if self.ready.is_empty()
            && let Some(source) = &self.source
        {
            let tagger = self.tagger.get();
            let mut source = Source {
                items: source.bind(py).clone(),
                index: self.index,
            };
            let chunk = source.take(BYTES_AT_ONCE * tagger.workers.count(), self.chunk)?;
            self.index = source.index;
            if chunk.is_empty() {
                self.source = None;
            }
            self.ready = tagger.annotate_chunk(py, chunk)?.into();
            py.check_signals()?;
        }
        let next = self.ready.pop_front();
        next.map(|outcome| document_or_error(py, outcome, self.keep))
            .transpose()
    }
}
