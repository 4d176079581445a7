//! `Document` and `Span`: a text and what is annotated in it.

use super::{error::invalid, html};
use crate::{
    Annotator, Found, Mention, Meta, OffsetUnit, Offsets, Record, Zone,
    write::{Writer, jsonl::Jsonl},
    zones,
};
use pyo3::{
    IntoPyObjectExt,
    prelude::*,
    pybacked::PyBackedStr,
    sync::PyOnceLock,
    types::{PyDict, PyString, PyTuple},
};
use serde_json::value::RawValue;
use std::{
    borrow::Cow,
    collections::BTreeMap,
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
    found: Option<(Arc<Annotator>, Found)>,
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
        Document {
            text: text.text,
            id: text.id,
            meta: filled(py, text.meta),
            spans: PyOnceLock::new(),
            found: Some((annotator, found)),
        }
    }

    /// A text with these spans, in their order.
    pub(super) fn with_spans(
        py: Python<'_>,
        text: Text,
        spans: Vec<Mention<'static>>,
    ) -> PyResult<Document> {
        let spans = spans.into_iter().map(Span).collect::<Vec<_>>();
        Ok(Document {
            text: text.text,
            id: text.id,
            meta: filled(py, text.meta),
            spans: filled(py, Some(PyTuple::new(py, spans)?.unbind())),
            found: None,
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
        match (&self.found, self.spans.get(py)) {
            (Some((annotator, found)), _) => {
                annotator.mentions(&self.text, found, OffsetUnit::Codepoint)
            }
            (None, Some(spans)) => {
                let spans = spans.bind(py).iter();
                let spans = spans.map(|s| s.cast_into::<Span>().expect("spans were checked"));
                spans.map(|s| s.get().0.clone()).collect()
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
            let mut mention = span.get().0.clone();
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
            let mentions = self.mentions(py).into_iter();
            let spans: Vec<Span> = mentions.map(|m| Span(owned(m))).collect();
            PyTuple::new(py, spans).map(Bound::unbind)
        });
        spans.map(|s| s.clone_ref(py))
    }

    /// The zones of the text, by start: datelines, bylines, credits, boilerplate, and links in which nothing is found.
    #[getter]
    fn zones<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let mut fresh = Vec::new();
        let all = match &self.found {
            Some((_, found)) => &found.zones,
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

/// A span that has a label.
///
/// Args:
///     start: Where it starts, in characters of the text.
///     end: Where it ends (exclusive), in characters.
///     label: What it is, ``COUNTRY``.
///     text: What it covers; a ``Document`` fills it in where it is empty, and checks it where it is not.
///     entity: Id of the entity, ``country/KP``.
///     name: Canonical name of the entity.
///     also: Ids of other entities that have a name of this form and label.
///     origin: What found it.
///     score: How likely it is right, from 0 to 1.
///     zone: The zone that it lies in.
///     attributes: What else is known of it.
#[pyclass(frozen, module = "wiretag")]
#[derive(Debug)]
pub(super) struct Span(Mention<'static>);

#[pymethods]
impl Span {
    #[new]
    #[pyo3(signature = (start, end, label, text="", *, entity=None, name=None, also=Vec::new(), origin="", score=None, zone=None, lost=None, attributes=BTreeMap::new()))]
    #[allow(
        clippy::too_many_arguments,
        reason = "they are keywords in Python, a field each"
    )]
    fn new(
        start: usize,
        end: usize,
        label: &str,
        text: &str,
        entity: Option<String>,
        name: Option<String>,
        also: Vec<String>,
        origin: &str,
        score: Option<f64>,
        zone: Option<String>,
        lost: Option<String>,
        attributes: BTreeMap<String, String>,
    ) -> PyResult<Span> {
        let label = crate::Label::new(label).map_err(|e| invalid(e.to_string()))?;
        if start >= end {
            return Err(invalid(format!("span {start}..{end}: it is empty")));
        }
        if let Some(score) = score.filter(|s| !(0.0..=1.0).contains(s)) {
            return Err(invalid(format!(
                "score {score}: a score is a number from 0 to 1"
            )));
        }
        let pair = |(k, v): (String, String)| (k.into(), v.into());
        Ok(Span(Mention {
            start,
            end,
            label: label.as_str().into(),
            text: text.to_owned().into(),
            entity: entity.map(Cow::from),
            name: name.map(Cow::from),
            also: also.into_iter().map(Cow::from).collect(),
            origin: origin.to_owned().into(),
            score,
            zone: zone.map(Cow::from),
            lost: lost.map(Cow::from),
            attributes: attributes.into_iter().map(pair).collect(),
        }))
    }

    /// Where it starts, in characters of the text.
    #[getter]
    fn start(&self) -> usize {
        self.0.start
    }

    /// Where it ends (exclusive), in characters of the text.
    #[getter]
    fn end(&self) -> usize {
        self.0.end
    }

    /// What it is.
    #[getter]
    fn label<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::intern(py, &self.0.label)
    }

    /// The text between ``start`` and ``end``.
    #[getter]
    fn text(&self) -> &str {
        &self.0.text
    }

    /// Id of the entity, ``country/KP``, or of the pattern that found it; None where neither has one.
    #[getter]
    fn entity(&self) -> Option<&str> {
        self.0.entity.as_deref()
    }

    /// Canonical name of the entity; None where no list has it.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Ids of other entities that have a name of this form and label.
    #[getter]
    fn also<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.also.iter().map(|id| &**id))
    }

    /// What found it: ``alias``, ``rule:NAME``, or ``pattern``.
    #[getter]
    fn origin<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::intern(py, &self.0.origin)
    }

    /// How likely it is right, a share of 1 in steps of 0.01; None for what lost or has none.
    #[getter]
    fn score(&self) -> Option<f64> {
        self.0.score
    }

    /// The zone that it lies in: ``dateline``, ``byline``, ``credit``, ``boilerplate``; else None.
    #[getter]
    fn zone(&self) -> Option<&str> {
        self.0.zone.as_deref()
    }

    /// Why it lost to another span, where the tagger keeps those (``overlaps="all"``); else None.
    #[getter]
    fn lost(&self) -> Option<&str> {
        self.0.lost.as_deref()
    }

    /// What else is known of it: attributes of its entity, where the tagger copies them (``attributes=True``).
    #[getter]
    fn attributes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let attributes = PyDict::new(py);
        for (name, value) in &self.0.attributes {
            attributes.set_item(&**name, &**value)?;
        }
        Ok(attributes)
    }

    /// The span as it stands in the record of its document.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let json = serde_json::to_string(&self.0).expect("a mention is JSON");
        loads(py, &json)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Span>().is_ok_and(|o| o.get().0 == self.0)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.0.start, self.0.end, &self.0.label, &self.0.entity).hash(&mut hasher);
        hasher.finish()
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let kwargs = PyDict::new(py);
        kwargs.set_item("entity", self.entity())?;
        kwargs.set_item("name", self.name())?;
        kwargs.set_item("also", self.also(py)?)?;
        kwargs.set_item("origin", self.origin(py))?;
        kwargs.set_item("score", self.score())?;
        kwargs.set_item("zone", self.zone())?;
        kwargs.set_item("lost", self.lost())?;
        kwargs.set_item("attributes", self.attributes(py)?)?;
        let args = (self.start(), self.end(), self.label(py), self.text());
        (args.into_bound_py_any(py)?, kwargs).into_pyobject(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let text = PyString::new(py, &self.0.text).repr()?.to_string();
        let Mention {
            start, end, label, ..
        } = &self.0;
        let entity = match self.entity() {
            Some(entity) => format!(", entity={}", PyString::new(py, entity).repr()?),
            None => String::new(),
        };
        Ok(format!("Span({start}, {end}, '{label}', {text}{entity})"))
    }
}

/// A mention that borrows nothing.
pub(super) fn owned(mention: Mention<'_>) -> Mention<'static> {
    fn own(text: Cow<'_, str>) -> Cow<'static, str> {
        Cow::Owned(text.into_owned())
    }
    let pair = |(k, v)| (own(k), own(v));
    Mention {
        start: mention.start,
        end: mention.end,
        label: own(mention.label),
        text: own(mention.text),
        entity: mention.entity.map(own),
        name: mention.name.map(own),
        also: mention.also.into_iter().map(own).collect(),
        origin: own(mention.origin),
        score: mention.score,
        zone: mention.zone.map(own),
        lost: mention.lost.map(own),
        attributes: mention.attributes.into_iter().map(pair).collect(),
    }
}
