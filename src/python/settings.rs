//! What a tagger is made of, checked; and as the arguments that make another like it.

use super::{
    document::loads,
    error::{exception, invalid},
    gazetteer::Gazetteer,
    input::strings,
};
use crate::{
    Annotator, AnnotatorBuilder, Case, Error, Label, LabelScheme, Overlaps, Patterns, Rule,
    SourceDefaults, Titles, config::Config,
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyList, PyMapping},
};
use std::{collections::BTreeMap, path::PathBuf};

/// The settings of a tagger.
#[derive(Debug)]
pub(super) struct Settings {
    gazetteers: Vec<Source>,
    builtin: bool,
    patterns: PatternFiles,
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

/// Patterns of the user's.
#[derive(Debug)]
enum PatternFiles {
    Paths(Vec<PathBuf>),
    /// The lines of a file that a program has in memory.
    Lines(String),
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
    pub(super) config: Option<PathBuf>,
    pub(super) threads: Option<usize>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            gazetteers: Vec::new(),
            builtin: true,
            patterns: PatternFiles::Paths(Vec::new()),
            rules: true,
            without: Vec::new(),
            titles: Titles::default(),
            date_field: "date".to_owned(),
            defaults: SourceDefaults::default(),
            labels: Vec::new(),
            map_labels: BTreeMap::new(),
            min_score: 0.0,
            overlaps: Overlaps::default(),
            attributes: false,
            threads: 0,
        }
    }
}

impl Settings {
    /// What the arguments say; else what the file of settings says; else what holds without both.
    pub(super) fn new(py: Python<'_>, given: &Given<'_, '_>) -> PyResult<Settings> {
        let mut settings = Settings::default();
        if let Some(path) = &given.config {
            let config = Config::read(path).map_err(|e| exception(py, &e))?;
            for value in config.values() {
                let set = settings.set(value.setting.key, value.words.clone());
                set.map_err(|message| exception(py, &config.wrong(value, message)))?;
            }
        }
        settings.take(given)?;
        if !settings.builtin && settings.gazetteers.is_empty() && settings.patterns.is_empty() {
            return Err(invalid(
                "builtin=False leaves no gazetteer: add one with gazetteers=, or patterns with patterns=",
            ));
        }
        Ok(settings)
    }

    /// Sets what words say, those of a file or of arguments. Settings of input and output are none of a tagger's.
    fn set(&mut self, key: &str, words: Vec<String>) -> Result<(), String> {
        let word = words.first().map(String::as_str).unwrap_or_default();
        match key {
            "gazetteers" => {
                self.gazetteers = words.iter().map(|w| Source::Path(w.into())).collect();
            }
            "builtin" => self.builtin = word == "true",
            "patterns" => {
                let paths = words.iter().map(PathBuf::from);
                self.patterns = PatternFiles::Paths(paths.collect());
            }
            "rules" => self.rules = word == "true",
            "without" => self.without = words.iter().map(|w| rule(w)).collect::<Result<_, _>>()?,
            "titles" => self.titles = named(key, word, Titles::ALL, Titles::as_str)?,
            "date-field" => self.date_field = word.to_owned(),
            "label" => self.defaults.label = Some(label(word)?),
            "case" => self.defaults.case = Some(case(word)?),
            "labels" => self.labels = words.iter().map(|w| label(w)).collect::<Result<_, _>>()?,
            "map-labels" => self.map_labels = label_map(&words)?,
            "min-score" => self.min_score = score(word.parse().unwrap_or(f64::NAN))?,
            "threads" => {
                self.threads = word
                    .parse()
                    .map_err(|_| "threads is a number of threads".to_owned())?
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes what the arguments say.
    fn take(&mut self, given: &Given<'_, '_>) -> PyResult<()> {
        let mut set = |key, words| self.set(key, words).map_err(invalid);
        let lists = [("without", given.without), ("labels", given.labels)];
        for (key, value) in lists {
            if let Some(value) = value {
                set(key, strings(key, value)?)?;
            }
        }
        let words = [
            ("titles", given.titles),
            ("date-field", given.date_field),
            ("label", given.label),
            ("case", given.case),
        ];
        for (key, word) in words {
            if let Some(word) = word {
                set(key, vec![word.to_owned()])?;
            }
        }
        if let Some(map) = given.map_labels {
            set("map-labels", map_words(map)?)?;
        }
        if let Some(gazetteers) = given.gazetteers {
            self.gazetteers = sources(gazetteers)?;
        }
        if let Some(patterns) = given.patterns {
            self.patterns = PatternFiles::of(patterns)?;
        }
        if let Some(share) = given.min_score {
            self.min_score = score(share).map_err(invalid)?;
        }
        self.overlaps = match given.overlaps {
            None | Some("longest") => Overlaps::Longest,
            Some("all") => Overlaps::All,
            Some(other) => return Err(invalid(unknown("overlaps", other, &["longest", "all"]))),
        };
        self.builtin = given.builtin.unwrap_or(self.builtin);
        self.rules = given.rules.unwrap_or(self.rules);
        self.attributes = given.attributes.unwrap_or_default();
        self.threads = given.threads.unwrap_or(self.threads);
        Ok(())
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
            .patterns(self.patterns.read()?)
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
        let without: Vec<_> = self.without.iter().map(|r| r.as_str()).collect();
        let labels: Vec<_> = self.labels.iter().map(|l| l.as_str()).collect();
        let map = self.map_labels.iter();
        let map: BTreeMap<_, _> = map.map(|(from, to)| (from.as_str(), to.as_str())).collect();
        keywords.set_item("gazetteers", gazetteers)?;
        keywords.set_item("builtin", self.builtin)?;
        keywords.set_item("patterns", self.patterns.argument(py)?)?;
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

impl PatternFiles {
    /// Paths, or mappings as lines of a file have them.
    fn of(value: &Bound<'_, PyAny>) -> PyResult<PatternFiles> {
        if value.extract::<PathBuf>().is_ok() {
            return Ok(PatternFiles::Paths(paths(value)?));
        }
        let is_mapping = |item: &Bound<'_, PyAny>| item.cast::<PyMapping>().is_ok();
        let items = match is_mapping(value) {
            true => vec![value.clone()],
            false => value.try_iter()?.collect::<PyResult<_>>()?,
        };
        if !items.iter().any(is_mapping) {
            let paths = items.iter().map(|item| item.extract());
            return Ok(PatternFiles::Paths(paths.collect::<PyResult<_>>()?));
        }
        if !items.iter().all(is_mapping) {
            return Err(invalid(
                "patterns are files or mappings, not both: write the mappings to a file, a line each",
            ));
        }
        let dumps = value.py().import("json")?.getattr("dumps")?;
        let mut lines = String::new();
        for item in items {
            let line: String = dumps.call1((item,))?.extract()?;
            lines.push_str(&line);
            lines.push('\n');
        }
        Ok(PatternFiles::Lines(lines))
    }

    fn is_empty(&self) -> bool {
        match self {
            PatternFiles::Paths(paths) => paths.is_empty(),
            PatternFiles::Lines(lines) => lines.is_empty(),
        }
    }

    fn read(&self) -> Result<Patterns, Error> {
        match self {
            PatternFiles::Paths(paths) => Patterns::from_paths(paths),
            PatternFiles::Lines(lines) => Patterns::from_str("patterns", lines),
        }
    }

    /// The argument that they came from.
    fn argument<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        match self {
            PatternFiles::Paths(paths) => PyList::new(py, paths.iter().map(|p| p.as_os_str())),
            PatternFiles::Lines(lines) => {
                let lines = lines.lines().map(|line| loads(py, line));
                PyList::new(py, lines.collect::<PyResult<Vec<_>>>()?)
            }
        }
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

/// A mapping from labels to labels, or words, as the words of a command line.
pub(super) fn map_words(value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    match value.extract::<BTreeMap<String, String>>() {
        Ok(map) => Ok(map
            .iter()
            .map(|(from, to)| format!("{from}={to}"))
            .collect()),
        Err(_) => strings("map_labels", value),
    }
}

/// What becomes of labels: `FROM=TO`, and names of schemes; a pair goes before a scheme.
pub(super) fn label_map(words: &[String]) -> Result<BTreeMap<Label, Label>, String> {
    let (mut pairs, mut schemes) = (BTreeMap::new(), Vec::new());
    for word in words {
        match word.split_once('=') {
            Some((from, to)) => {
                if pairs.insert(label(from)?, label(to)?).is_some() {
                    return Err(format!("map_labels has {from} twice"));
                }
            }
            None => {
                let all = LabelScheme::ALL;
                schemes.push(named("map_labels", word, all, LabelScheme::as_str)?);
            }
        }
    }
    for (from, to) in schemes.iter().flat_map(|s| s.pairs()) {
        pairs.entry(label(from)?).or_insert(label(to)?);
    }
    Ok(pairs)
}

fn rule(name: &str) -> Result<Rule, String> {
    let rule = Rule::of_name(name);
    rule.ok_or_else(|| format!("without: no rule {name:?}: wiretag.rules() lists them"))
}

pub(super) fn score(share: f64) -> Result<f64, String> {
    match share {
        0.0..=1.0 => Ok(share),
        _ => Err(format!(
            "min_score is {share}: a score is a number from 0 to 1"
        )),
    }
}

/// The label of a name.
pub(super) fn label(name: &str) -> Result<Label, String> {
    Label::new(name).map_err(|e| e.to_string())
}

/// The case policy of a word.
pub(super) fn case(word: &str) -> Result<Case, String> {
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
) -> Result<T, String> {
    let found = all.iter().copied().find(|&t| name(t) == word);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|&t| name(t)).collect();
        unknown(option, word, &names)
    })
}

fn unknown(option: &str, word: &str, names: &[&str]) -> String {
    format!("{option} is {word:?}: there are {}", names.join(", "))
}
