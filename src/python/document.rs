//! `Document`: a text and what is annotated in it.

use super::{
    error::invalid,
    html,
    span::{Findings, Span},
};
use crate::{
    Annotator, Found, Mention, Meta, OffsetUnit, Offsets, Record, Zone,
    write::{Writer, jsonl::Jsonl},
    zones,
};
use pyo3::{
    prelude::*,
    pybacked::PyBackedStr,
    sync::PyOnceLock,
    types::{PyDict, PyString, PyTuple},
};
use serde_json::value::RawValue;
use std::{
    borrow::Cow,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

/// A text and the spans that are annotated in it.
///
/// What ``Tagger`` and ``read`` give. Spans are made when they are first asked for. To change a document, make another one.
///
/// Args:
///     text: The text.
///     spans: Its spans, in any order; each must lie inside the text.
///     id: Its name, unique among those that it is written with.
///     meta: What else is known of it: names and values that JSON can hold.
#[pyclass(frozen, module = "wiretag")]
pub(super) struct Document {
    text: PyBackedStr,
    id: String,
    meta: PyOnceLock<Py<PyDict>>,
    spans: PyOnceLock<Py<PyTuple>>,
    /// What spans are made of, unless they were given.
    findings: Option<Arc<Findings>>,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut document = f.debug_struct("Document");
        document.field("id", &self.id).finish_non_exhaustive()
    }
}

/// A text with what came along with it.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) text: PyBackedStr,
    pub(super) id: String,
    pub(super) meta: Option<Py<PyDict>>,
}

impl Document {
    /// A text, and what an annotator found in it.
    pub(super) fn annotated(
        py: Python<'_>,
        text: Text,
        annotator: Arc<Annotator>,
        found: Found,
    ) -> Document {
        let findings = Findings::new(text.text.clone_ref(py), annotator, found);
        Document {
            text: text.text,
            id: text.id,
            meta: filled(py, text.meta),
            spans: PyOnceLock::new(),
            findings: Some(Arc::new(findings)),
        }
    }

    /// A text with these spans, in their order.
    pub(super) fn with_spans(
        py: Python<'_>,
        text: Text,
        spans: Vec<Mention<'static>>,
    ) -> PyResult<Document> {
        let spans = spans.into_iter().map(Span::own).collect::<Vec<_>>();
        Ok(Document {
            text: text.text,
            id: text.id,
            meta: filled(py, text.meta),
            spans: filled(py, Some(PyTuple::new(py, spans)?.unbind())),
            findings: None,
        })
    }

    /// The same text as an input.
    pub(super) fn to_text(&self, py: Python<'_>) -> Text {
        Text {
            text: self.text.clone_ref(py),
            id: self.id.clone(),
            meta: self.meta.get(py).map(|m| m.clone_ref(py)),
        }
    }

    /// Its spans, as records have them.
    pub(super) fn mentions<'d>(&'d self, py: Python<'_>) -> Vec<Mention<'d>> {
        match (&self.findings, self.spans.get(py)) {
            (Some(findings), _) => findings.mentions(),
            (None, Some(spans)) => {
                let spans = spans.bind(py).iter();
                let spans = spans.map(|s| s.cast_into::<Span>().expect("spans were checked"));
                spans.map(|s| s.get().to_mention()).collect()
            }
            (None, None) => Vec::new(),
        }
    }

    /// The record, whose id is `number` where the document has none.
    pub(super) fn line(&self, py: Python<'_>, number: Option<usize>) -> PyResult<Vec<u8>> {
        let id = match number.filter(|_| self.id.is_empty()) {
            Some(number) => Cow::Owned(number.to_string()),
            None => Cow::Borrowed(&*self.id),
        };
        let meta = self.meta.get(py).map(|m| raw_meta(m.bind(py)));
        let record = Record {
            id,
            text: Cow::Borrowed(&self.text),
            offset_unit: OffsetUnit::Codepoint,
            spans: self.mentions(py),
            meta: meta.transpose()?.unwrap_or_default().into(),
        };
        let mut line = Vec::with_capacity(self.text.len() * 5 / 4 + 256);
        Jsonl.write(&record, &mut line);
        Ok(line)
    }
}

fn filled<T: Send + Sync>(py: Python<'_>, value: Option<T>) -> PyOnceLock<T> {
    let cell = PyOnceLock::new();
    if let Some(value) = value {
        // The cell is new, and so empty.
        let _ = cell.set(py, value);
    }
    cell
}

/// The fields of a dictionary as JSON.
pub(super) fn raw_meta(meta: &Bound<'_, PyDict>) -> PyResult<Meta> {
    let py = meta.py();
    let dumps = py.import("json")?.getattr("dumps")?;
    let options = PyDict::new(py);
    options.set_item("ensure_ascii", false)?;
    options.set_item("allow_nan", false)?;
    let field = |(name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
        let name: String = name
            .extract()
            .map_err(|_| invalid(format!("meta: the name {name} is not a string")))?;
        let json = dumps.call((value,), Some(&options));
        let json: String = json
            .and_then(|j| j.extract())
            .map_err(|e| invalid(format!("meta: {name:?} can't be written as JSON: {e}")))?;
        let value = RawValue::from_string(json).map_err(|e| invalid(format!("meta: {e}")))?;
        Ok((name, value))
    };
    meta.iter().map(field).collect()
}

/// What JSON text is in Python.
pub(super) fn loads<'py>(py: Python<'py>, json: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.getattr("loads")?.call1((json,))
}

#[pymethods]
impl Document {
    #[new]
    #[pyo3(signature = (text, spans=Vec::new(), *, id="", meta=None))]
    fn new(
        py: Python<'_>,
        text: PyBackedStr,
        spans: Vec<Bound<'_, Span>>,
        id: &str,
        meta: Option<Py<PyDict>>,
    ) -> PyResult<Document> {
        let places = crate::annotated::Units::new(&text, OffsetUnit::Codepoint);
        let mut mentions = Vec::with_capacity(spans.len());
        for span in spans {
            let mut mention = span.get().to_mention();
            let Some(bytes) = places.span(mention.start as u64, mention.end as u64) else {
                let (start, end, len) = (mention.start, mention.end, places.len());
                return Err(invalid(format!(
                    "span {start}..{end}: the text has {len} characters"
                )));
            };
            let covered = &text[bytes.range()];
            if mention.text.is_empty() {
                mention.text = covered.to_owned().into();
            } else if mention.text != covered {
                let (start, end, said) = (mention.start, mention.end, &mention.text);
                return Err(invalid(format!(
                    "span {start}..{end}: it should be {said:?} and is {covered:?}"
                )));
            }
            mentions.push(mention);
        }
        mentions.sort_by_key(|m| (m.start, std::cmp::Reverse(m.end)));
        let text = Text {
            text,
            id: id.to_owned(),
            meta,
        };
        Document::with_spans(py, text, mentions)
    }

    /// The text, to which all offsets refer.
    #[getter]
    fn text(&self, py: Python<'_>) -> Py<PyString> {
        self.text.as_py_str().clone_ref(py)
    }

    /// The id; empty where none was given.
    #[getter]
    fn id(&self) -> &str {
        &self.id
    }

    /// What else is known of the document.
    #[getter]
    fn meta(&self, py: Python<'_>) -> Py<PyDict> {
        let meta = self.meta.get_or_init(py, || PyDict::new(py).unbind());
        meta.clone_ref(py)
    }

    /// The annotated spans, by start, then longest first.
    #[getter]
    fn spans(&self, py: Python<'_>) -> PyResult<Py<PyTuple>> {
        let spans = self.spans.get_or_try_init(py, || {
            let spans = self.findings.as_ref().map(Findings::spans);
            PyTuple::new(py, spans.unwrap_or_default()).map(Bound::unbind)
        });
        spans.map(|s| s.clone_ref(py))
    }

    /// The zones of the text, by start: datelines, bylines, credits, boilerplate, and links in which nothing is found.
    #[getter]
    fn zones<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let mut fresh = Vec::new();
        let all = match &self.findings {
            Some(findings) => findings.zones(),
            None => {
                zones(&self.text, &mut fresh);
                &fresh
            }
        };
        let class = py.import("wiretag._types")?.getattr("Zone")?;
        let mut offsets = Offsets::new(&self.text, OffsetUnit::Codepoint);
        let zone = |zone: &Zone| {
            let start = offsets.at(zone.span.start);
            let end = start + OffsetUnit::Codepoint.count(&self.text[zone.span.range()]);
            class.call1((start, end, zone.kind.as_str()))
        };
        let all = all.iter().map(zone).collect::<PyResult<Vec<_>>>()?;
        PyTuple::new(py, all)
    }

    /// The record: what a line of the JSONL has that ``wiretag annotate`` writes.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        loads(py, &self.to_json(py)?)
    }

    /// The record as a line of JSON, without a line break.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        let mut line = self.line(py, None)?;
        line.pop();
        Ok(String::from_utf8(line).expect("JSON is UTF-8"))
    }

    fn __len__(&self) -> usize {
        OffsetUnit::Codepoint.count(&self.text)
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(other) = other.cast::<Document>() else {
            return Ok(false);
        };
        let other = other.get();
        let same = *self.text == *other.text && self.id == other.id;
        Ok(same
            && self.mentions(py) == other.mentions(py)
            && self.meta(py).bind(py).eq(other.meta(py))?)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.id, &*self.text).hash(&mut hasher);
        hasher.finish()
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let kwargs = PyDict::new(py);
        kwargs.set_item("id", &self.id)?;
        kwargs.set_item("meta", self.meta(py))?;
        let args = (self.text(py), self.spans(py)?);
        (args, kwargs).into_pyobject(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let text = self.text.as_py_str().bind(py);
        let mut shown = text.repr()?.to_string();
        if shown.chars().count() > 60 {
            shown = shown.chars().take(57).chain("...".chars()).collect();
        }
        let n = self.spans(py)?.bind(py).len();
        let spans = if n == 1 { "span" } else { "spans" };
        let id = match self.id.as_str() {
            "" => String::new(),
            id => format!("{}: ", PyString::new(py, id).repr()?),
        };
        Ok(format!("<Document {id}{shown}, {n} {spans}>"))
    }

    fn _repr_html_(&self, py: Python<'_>) -> String {
        html::page(&self.text, &self.mentions(py))
    }
}
