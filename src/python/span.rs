//! `Span`: a place in a text, and what it is.

use super::{document::loads, error::invalid};
use crate::{Annotation, Annotator, Found, Mention, OffsetUnit, Offsets, Zone};
use pyo3::{
    IntoPyObjectExt,
    prelude::*,
    pybacked::PyBackedStr,
    types::{PyDict, PyString, PyTuple},
};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, OnceLock},
};

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
pub(super) struct Span(Content);

/// What a span is made of.
#[derive(Debug)]
enum Content {
    Own(Box<Mention<'static>>),
    /// An annotation of what was found in a text.
    Found(Arc<Findings>, usize),
}

/// What was found in a text. Its spans share it: making one costs next to nothing.
#[derive(Debug)]
pub(super) struct Findings {
    text: PyBackedStr,
    annotator: Arc<Annotator>,
    found: Found,
    /// Start and end of each annotation, in characters; made when they are first asked for.
    places: OnceLock<Vec<(usize, usize)>>,
}

impl Findings {
    pub(super) fn new(text: PyBackedStr, annotator: Arc<Annotator>, found: Found) -> Findings {
        Findings {
            text,
            annotator,
            found,
            places: OnceLock::new(),
        }
    }

    /// The spans, as records have them.
    pub(super) fn mentions(&self) -> Vec<Mention<'_>> {
        let unit = OffsetUnit::Codepoint;
        self.annotator.mentions(&self.text, &self.found, unit)
    }

    /// The spans, by start, then longest first.
    pub(super) fn spans(self: &Arc<Findings>) -> Vec<Span> {
        if !self.found.lost.is_empty() {
            // They stand between the others.
            let mentions = self.mentions().into_iter();
            return mentions.map(|m| Span::own(owned(m))).collect();
        }
        let all = 0..self.found.annotations.len();
        all.map(|i| Span(Content::Found(self.clone(), i))).collect()
    }

    /// The zones of the text, in bytes.
    pub(super) fn zones(&self) -> &Vec<Zone> {
        &self.found.zones
    }

    fn place(&self, index: usize) -> (usize, usize) {
        let places = self.places.get_or_init(|| {
            let mut offsets = Offsets::new(&self.text, OffsetUnit::Codepoint);
            let place = |a: &Annotation| (offsets.at(a.span.start), offsets.at(a.span.end));
            self.found.annotations.iter().map(place).collect()
        });
        places[index]
    }

    fn annotation(&self, index: usize) -> &Annotation {
        &self.found.annotations[index]
    }

    fn mention(&self, index: usize) -> Mention<'_> {
        let place = self.place(index);
        self.annotator
            .mention_at(&self.text, &self.found, index, place)
    }
}

impl Span {
    /// A span that stands alone.
    pub(super) fn own(mention: Mention<'static>) -> Span {
        Span(Content::Own(Box::new(mention)))
    }

    /// The span as records have it.
    pub(super) fn to_mention(&self) -> Mention<'static> {
        match &self.0 {
            Content::Own(mention) => (**mention).clone(),
            Content::Found(findings, index) => owned(findings.mention(*index)),
        }
    }

    fn with<T>(&self, call: impl FnOnce(&Mention<'_>) -> T) -> T {
        match &self.0 {
            Content::Own(mention) => call(mention),
            Content::Found(findings, index) => call(&findings.mention(*index)),
        }
    }

    fn place(&self) -> (usize, usize) {
        match &self.0 {
            Content::Own(mention) => (mention.start, mention.end),
            Content::Found(findings, index) => findings.place(*index),
        }
    }

    fn label_name(&self) -> &str {
        match &self.0 {
            Content::Own(mention) => &mention.label,
            Content::Found(findings, index) => findings.annotation(*index).label.as_str(),
        }
    }

    fn covered(&self) -> &str {
        match &self.0 {
            Content::Own(mention) => &mention.text,
            Content::Found(findings, index) => {
                &findings.text[findings.annotation(*index).span.range()]
            }
        }
    }
}

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
        Ok(Span::own(Mention {
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
        self.place().0
    }

    /// Where it ends (exclusive), in characters of the text.
    #[getter]
    fn end(&self) -> usize {
        self.place().1
    }

    /// What it is.
    #[getter]
    fn label<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::intern(py, self.label_name())
    }

    /// The text between ``start`` and ``end``.
    #[getter]
    fn text(&self) -> &str {
        self.covered()
    }

    /// Id of the entity, ``country/KP``, or of the pattern that found it; None where neither has one.
    #[getter]
    fn entity<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        self.with(|m| m.entity.as_deref().map(|id| PyString::new(py, id)))
    }

    /// Canonical name of the entity; None where no list has it.
    #[getter]
    fn name<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        self.with(|m| m.name.as_deref().map(|name| PyString::new(py, name)))
    }

    /// Ids of other entities that have a name of this form and label.
    #[getter]
    fn also<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.with(|m| PyTuple::new(py, m.also.iter().map(|id| &**id)))
    }

    /// What found it: ``alias``, ``rule:NAME``, or ``pattern``.
    #[getter]
    fn origin<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        self.with(|m| PyString::intern(py, &m.origin))
    }

    /// How likely it is right, a share of 1 in steps of 0.01; None for what lost or has none.
    #[getter]
    fn score(&self) -> Option<f64> {
        self.with(|m| m.score)
    }

    /// The zone that it lies in: ``dateline``, ``byline``, ``credit``, ``boilerplate``; else None.
    #[getter]
    fn zone<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        self.with(|m| m.zone.as_deref().map(|zone| PyString::intern(py, zone)))
    }

    /// Why it lost to another span, where the tagger keeps those (``overlaps="all"``); else None.
    #[getter]
    fn lost<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        self.with(|m| m.lost.as_deref().map(|why| PyString::new(py, why)))
    }

    /// What else is known of it: attributes of its entity, where the tagger copies them (``attributes=True``).
    #[getter]
    fn attributes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let attributes = PyDict::new(py);
        self.with(|m| {
            let mut pairs = m.attributes.iter();
            pairs.try_for_each(|(name, value)| attributes.set_item(&**name, &**value))
        })?;
        Ok(attributes)
    }

    /// The span as it stands in the record of its document.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let json = self.with(|m| serde_json::to_string(m));
        loads(py, &json.expect("a mention is JSON"))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let other = other.cast::<Span>();
        other.is_ok_and(|other| self.with(|a| other.get().with(|b| a == b)))
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.place(), self.label_name(), self.covered()).hash(&mut hasher);
        hasher.finish()
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let kwargs = PyDict::new(py);
        kwargs.set_item("entity", self.entity(py))?;
        kwargs.set_item("name", self.name(py))?;
        kwargs.set_item("also", self.also(py)?)?;
        kwargs.set_item("origin", self.origin(py))?;
        kwargs.set_item("score", self.score())?;
        kwargs.set_item("zone", self.zone(py))?;
        kwargs.set_item("lost", self.lost(py))?;
        kwargs.set_item("attributes", self.attributes(py)?)?;
        let args = (self.start(), self.end(), self.label(py), self.covered());
        (args.into_bound_py_any(py)?, kwargs).into_pyobject(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (start, end) = self.place();
        let text = PyString::new(py, self.covered()).repr()?;
        let entity = match self.entity(py) {
            Some(entity) => format!(", entity={}", entity.repr()?),
            None => String::new(),
        };
        let label = self.label_name();
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
