//! What a tagger is made of, checked; and as the arguments that make another like it.

use super::{
    error::{exception, invalid},
    gazetteer::{Gazetteer, defaults},
    input::strings,
};
use crate::{
    Annotator, AnnotatorBuilder, Case, Error, Label, LabelScheme, Overlaps, Patterns, Rule,
    SourceDefaults, Titles,
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyList},
};
use std::{collections::BTreeMap, path::PathBuf};

/// The settings of a tagger.
#[derive(Debug)]
pub(super) struct Settings {
    gazetteers: Vec<Source>,
    builtin: bool,
    patterns: Vec<PathBuf>,
    rules: bool,
    without: Vec<Rule>,
    titles: Titles,
    pub(super) date_field: String,
    defaults: SourceDefaults,
    labels: Vec<Label>,
    map_labels: BTreeMap<Label, Label>,
    min_score: f64,
    overlaps: Overlaps,
    attributes: bool,
    pub(super) threads: usize,
}

/// A gazetteer of the user's.
#[derive(Debug)]
enum Source {
    Path(PathBuf),
    Gazetteer(Py<Gazetteer>),
}

/// The arguments of `Tagger`, as they were given.
pub(super) struct Given<'a, 'py> {
    pub(super) gazetteers: Option<&'a Bound<'py, PyAny>>,
    pub(super) builtin: Option<bool>,
    pub(super) patterns: Option<&'a Bound<'py, PyAny>>,
    pub(super) rules: Option<bool>,
    pub(super) without: Option<&'a Bound<'py, PyAny>>,
    pub(super) titles: Option<&'a str>,
    pub(super) date_field: Option<&'a str>,
    pub(super) label: Option<&'a str>,
    pub(super) case: Option<&'a str>,
    pub(super) labels: Option<&'a Bound<'py, PyAny>>,
    pub(super) map_labels: Option<&'a Bound<'py, PyAny>>,
    pub(super) min_score: Option<f64>,
    pub(super) overlaps: Option<&'a str>,
    pub(super) attributes: Option<bool>,
    pub(super) threads: Option<usize>,
}

impl Settings {
    pub(super) fn new(py: Python<'_>, given: &Given<'_, '_>) -> PyResult<Settings> {
        let words = |option, value: Option<&Bound<'_, PyAny>>| {
            value.map_or(Ok(Vec::new()), |v| strings(option, v))
        };
        let rule = |name: String| {
            Rule::of_name(&name).ok_or_else(|| {
                invalid(format!(
                    "without: no rule {name:?}: wiretag.rules() lists them"
                ))
            })
        };
        let label = |name: String| Label::new(&name).map_err(|e| exception(py, &e));
        let min_score = given.min_score.unwrap_or(0.0);
        if !(0.0..=1.0).contains(&min_score) {
            return Err(invalid(format!(
                "min_score is {min_score}: a score is a number from 0 to 1"
            )));
        }
        let overlaps = match given.overlaps.unwrap_or("longest") {
            "longest" => Overlaps::Longest,
            "all" => Overlaps::All,
            other => return Err(unknown("overlaps", other, &["longest", "all"])),
        };
        let settings = Settings {
            gazetteers: given.gazetteers.map_or(Ok(Vec::new()), sources)?,
            builtin: given.builtin.unwrap_or(true),
            patterns: given.patterns.map_or(Ok(Vec::new()), paths)?,
            rules: given.rules.unwrap_or(true),
            without: words("without", given.without)?
                .into_iter()
                .map(rule)
                .collect::<PyResult<_>>()?,
            titles: match given.titles {
                Some(word) => named("titles", word, Titles::ALL, Titles::as_str)?,
                None => Titles::default(),
            },
            date_field: given.date_field.unwrap_or("date").to_owned(),
            defaults: defaults(py, given.label, given.case)?,
            labels: words("labels", given.labels)?
                .into_iter()
                .map(label)
                .collect::<PyResult<_>>()?,
            map_labels: given
                .map_labels
                .map_or(Ok(BTreeMap::new()), |m| label_map(py, m))?,
            min_score,
            overlaps,
            attributes: given.attributes.unwrap_or(false),
            threads: given.threads.unwrap_or(0),
        };
        if !settings.builtin && settings.gazetteers.is_empty() && settings.patterns.is_empty() {
            return Err(invalid(
                "builtin=False leaves no gazetteer: add one with gazetteers=, or patterns with patterns=",
            ));
        }
        Ok(settings)
    }

    /// Reads all and makes the annotator.
    pub(super) fn annotator(&self) -> Result<Annotator, Error> {
        let mut builder = crate::Gazetteer::builder();
        for source in &self.gazetteers {
            match source {
                Source::Path(path) => {
                    builder.add_path(path, &self.defaults)?;
                }
                Source::Gazetteer(gazetteer) => gazetteer.get().add_to(&mut builder)?,
            }
        }
        if self.builtin {
            builder.add_builtin();
        }
        let mut annotator = AnnotatorBuilder::default();
        annotator
            .patterns(Patterns::from_paths(&self.patterns)?)
            .rules(self.rules)
            .without(self.without.iter().copied())
            .titles(self.titles)
            .date_field(&self.date_field)
            .map_labels(self.map_labels.clone())
            .min_score(self.min_score)
            .overlaps(self.overlaps)
            .attributes(self.attributes);
        if !self.labels.is_empty() {
            annotator.labels(self.labels.iter().copied());
        }
        annotator.build(builder.build()?)
    }

    /// The keywords that make a tagger like this one.
    pub(super) fn keywords<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let keywords = PyDict::new(py);
        let gazetteers = PyList::empty(py);
        for source in &self.gazetteers {
            match source {
                Source::Path(path) => gazetteers.append(path.as_os_str())?,
                Source::Gazetteer(gazetteer) => gazetteers.append(gazetteer.clone_ref(py))?,
            }
        }
        let patterns: Vec<_> = self.patterns.iter().map(|p| p.as_os_str()).collect();
        let without: Vec<_> = self.without.iter().map(|r| r.as_str()).collect();
        let labels: Vec<_> = self.labels.iter().map(|l| l.as_str()).collect();
        let map = self.map_labels.iter();
        let map: BTreeMap<_, _> = map.map(|(from, to)| (from.as_str(), to.as_str())).collect();
        keywords.set_item("gazetteers", gazetteers)?;
        keywords.set_item("builtin", self.builtin)?;
        keywords.set_item("patterns", patterns)?;
        keywords.set_item("rules", self.rules)?;
        keywords.set_item("without", without)?;
        keywords.set_item("titles", self.titles.as_str())?;
        keywords.set_item("date_field", &self.date_field)?;
        keywords.set_item("label", self.defaults.label.map(Label::as_str))?;
        keywords.set_item("case", self.defaults.case.map(|c| c.to_string()))?;
        keywords.set_item("labels", labels)?;
        keywords.set_item("map_labels", map)?;
        keywords.set_item("min_score", self.min_score)?;
        let overlaps = match self.overlaps {
            Overlaps::Longest => "longest",
            Overlaps::All => "all",
        };
        keywords.set_item("overlaps", overlaps)?;
        keywords.set_item("attributes", self.attributes)?;
        keywords.set_item("threads", self.threads)?;
        Ok(keywords)
    }
}

/// A path or a gazetteer, or several.
fn sources(value: &Bound<'_, PyAny>) -> PyResult<Vec<Source>> {
    let one = |value: &Bound<'_, PyAny>| -> PyResult<Source> {
        match value.cast::<Gazetteer>() {
            Ok(gazetteer) => Ok(Source::Gazetteer(gazetteer.clone().unbind())),
            Err(_) => Ok(Source::Path(value.extract()?)),
        }
    };
    if let Ok(source) = one(value) {
        return Ok(vec![source]);
    }
    value.try_iter()?.map(|item| one(&item?)).collect()
}

/// A path, or several.
pub(super) fn paths(value: &Bound<'_, PyAny>) -> PyResult<Vec<PathBuf>> {
    if let Ok(one) = value.extract() {
        return Ok(vec![one]);
    }
    value.try_iter()?.map(|item| item?.extract()).collect()
}

/// A mapping from labels to labels; or names of schemes and `FROM=TO`, as on the command line.
fn label_map(py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<BTreeMap<Label, Label>> {
    let label = |name: &str| Label::new(name).map_err(|e| exception(py, &e));
    if let Ok(map) = value.extract::<BTreeMap<String, String>>() {
        let pairs = map.iter();
        return pairs
            .map(|(from, to)| Ok((label(from)?, label(to)?)))
            .collect();
    }
    let (mut pairs, mut schemes) = (BTreeMap::new(), Vec::new());
    for word in strings("map_labels", value)? {
        match word.split_once('=') {
            Some((from, to)) => {
                pairs.insert(label(from)?, label(to)?);
            }
            None => schemes.push(named(
                "map_labels",
                &word,
                LabelScheme::ALL,
                LabelScheme::as_str,
            )?),
        }
    }
    for (from, to) in schemes.iter().flat_map(|s| s.pairs()) {
        pairs.entry(label(from)?).or_insert(label(to)?);
    }
    Ok(pairs)
}

/// The case policy of a word.
pub(super) fn case(word: &str) -> PyResult<Case> {
    match word {
        "any" => Ok(Case::Any),
        "title" => Ok(Case::Title),
        "exact" => Ok(Case::Exact),
        _ => Err(unknown("case", word, &["any", "title", "exact"])),
    }
}

/// One of a closed set of things, by its name.
pub(super) fn named<T: Copy>(
    option: &str,
    word: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> PyResult<T> {
    let found = all.iter().copied().find(|&t| name(t) == word);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|&t| name(t)).collect();
        unknown(option, word, &names)
    })
}

fn unknown(option: &str, word: &str, names: &[&str]) -> PyErr {
    invalid(format!(
        "{option} is {word:?}: there are {}",
        names.join(", ")
    ))
}
