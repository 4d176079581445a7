//! What is in annotated documents: counts by label, entity, surface, origin, zone, source and time, pairs and ambiguity.
//!
//! [`Stats`] takes the documents of [`annotated`](crate::annotated) one by one and keeps names and numbers alone; [`Stats::report`]
//! makes tables of them.
//!
//! ```
//! use wiretag::{annotated::{Options, parse}, stats::{By, Stats}};
//! let line = r#"{"text": "Iran met Iran's neighbours.", "date": "2026-05-01", "label": [[0, 4, "COUNTRY"], [9, 13, "COUNTRY"]]}"#;
//! let read = parse("a.jsonl", 1, line, &Options::default());
//! let mut stats = Stats::new(vec![By::Surface]);
//! assert!(stats.add(read[0].as_ref().unwrap()).is_empty());
//! let report = stats.report(10);
//! assert_eq!(
//!     report.tables()[0].aligned(),
//!     "surface  label    spans  documents  first       last\n\
//!      Iran     COUNTRY      2          1  2026-05-01  2026-05-01\n"
//! );
//! ```

mod names;
mod report;

pub use report::{Cell, Group, Report};

use crate::{
    annotated::{Claimed, Proved},
    date,
    document::field_of,
    error::Problem,
};
use names::Names;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
};

/// What spans are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// What they are.
    Label,
    /// The ids of entities; spans without one are not there.
    Entity,
    /// What they say, white space as single spaces.
    Surface,
    /// What found them.
    Origin,
    /// The zone that they lie in.
    Zone,
    /// A field of the document's meta, such as its outlet.
    Source,
    /// The month of the document, in UTC.
    Month,
    /// The year of the document, in UTC.
    Year,
    /// Two names of one document: entities, and surfaces where there is no entity.
    Pair,
    /// Surfaces that have several labels or entities.
    Ambiguity,
}

impl By {
    /// All, in the order in which they are shown.
    pub const ALL: [By; 10] = [
        By::Label,
        By::Entity,
        By::Surface,
        By::Origin,
        By::Zone,
        By::Source,
        By::Month,
        By::Year,
        By::Pair,
        By::Ambiguity,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            By::Label => "label",
            By::Entity => "entity",
            By::Surface => "surface",
            By::Origin => "origin",
            By::Zone => "zone",
            By::Source => "source",
            By::Month => "month",
            By::Year => "year",
            By::Pair => "pair",
            By::Ambiguity => "ambiguity",
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Counts over annotated documents.
///
/// Memory grows with the distinct names that are counted, not with documents or spans; for pairs with the distinct pairs, of which a
/// document gives at most those of its 200 most frequent names.
#[derive(Debug)]
pub struct Stats {
    /// The field of meta with the date of a document. Default: `date`.
    pub date_field: String,
    /// The field of meta with the source of a document. Default: `source`.
    pub source_field: String,
    by: Vec<By>,
    names: Names,
    counts: HashMap<Key, Tally>,
    totals: Totals,
}

/// What is counted: by what, and up to three numbers of [`Names`].
type Key = (By, [u32; 3]);

/// What was counted.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    spans: u64,
    documents: u64,
    /// The number of the document that was counted last.
    last_document: u64,
    /// Of the documents that have a date the first and the last, in seconds since 1970.
    dates: Option<(i64, i64)>,
}

/// All documents together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Documents.
    pub documents: u64,
    /// Documents that have spans.
    pub with_spans: u64,
    /// Documents that have a date.
    pub with_date: u64,
    /// Spans.
    pub spans: u64,
    /// Spans that have the id of an entity.
    pub linked: u64,
    /// Bytes of all texts.
    pub bytes: u64,
    /// Of these, bytes that lie in a span.
    pub covered: u64,
    /// Documents that have more names than pairs are counted of.
    pub cut: u64,
}

/// Pairs are counted of so many names of a document: a list of ten thousand names would give fifty million pairs that mean nothing.
const MOST_PAIRED: usize = 200;

/// No name.
const NONE: u32 = u32::MAX;

impl Stats {
    /// Counts by these.
    pub fn new(by: Vec<By>) -> Stats {
        Stats {
            date_field: "date".into(),
            source_field: "source".into(),
            by,
            names: Names::default(),
            counts: HashMap::new(),
            totals: Totals::default(),
        }
    }

    /// All documents so far.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Counts a document, and gives what was wrong with it: spans that are none are left out. One that its annotator rejected counts
    /// for nothing.
    pub fn add(&mut self, claimed: &Claimed) -> Vec<Problem> {
        if claimed.refused.is_some() {
            return Vec::new();
        }
        let Some(text) = &claimed.text else {
            let message = "no field \"text\": the document is left out";
            return vec![Problem::error(&claimed.file, Some(claimed.line), message)];
        };
        let (spans, faults) = claimed.resolve(text);
        let faults = claimed.faults.iter().chain(&faults);
        let problems = faults.map(|f| f.problem(&claimed.file, ": left out"));
        self.totals.documents += 1;
        self.totals.with_spans += u64::from(!spans.is_empty());
        self.totals.spans += spans.len() as u64;
        self.totals.bytes += text.len() as u64;
        self.totals.covered += covered(&spans);
        let date = field_of(&claimed.meta, &self.date_field).and_then(date::seconds);
        self.totals.with_date += u64::from(date.is_some());
        for by in self.by.clone() {
            match by {
                By::Source | By::Month | By::Year => {
                    let key = self.document_key(by, claimed, date);
                    self.count((by, key), spans.len() as u64, date);
                }
                By::Pair => self.count_pairs(text, &spans, date),
                _ => {
                    for span in &spans {
                        self.count_span(by, text, span, date);
                    }
                }
            }
        }
        let linked = spans.iter().filter(|s| s.claim.entity.is_some());
        self.totals.linked += linked.count() as u64;
        problems.collect()
    }

    fn count(&mut self, key: Key, spans: u64, date: Option<i64>) {
        let document = self.totals.documents;
        let tally = self.counts.entry(key).or_default();
        tally.spans += spans;
        if tally.last_document != document {
            tally.last_document = document;
            tally.documents += 1;
            if let Some(date) = date {
                let (first, last) = tally.dates.unwrap_or((date, date));
                tally.dates = Some((first.min(date), last.max(date)));
            }
        }
    }

    fn document_key(&mut self, by: By, claimed: &Claimed, date: Option<i64>) -> [u32; 3] {
        let name = match by {
            By::Source => field_of(&claimed.meta, &self.source_field).and_then(words_of),
            By::Month => date.and_then(date::day_of).map(|day| day[..7].to_owned()),
            _ => date.and_then(date::day_of).map(|day| day[..4].to_owned()),
        };
        [self.number_of(name.as_deref()), NONE, NONE]
    }

    fn number_of(&mut self, name: Option<&str>) -> u32 {
        name.map_or(NONE, |name| self.names.number(name))
    }

    fn count_span(&mut self, by: By, text: &str, span: &Proved<'_>, date: Option<i64>) {
        let claim = span.claim;
        let label = self.names.number(span.label.as_str());
        let key = match by {
            By::Label => [label, NONE, NONE],
            By::Entity => {
                let Some(id) = &claim.entity else { return };
                let id = self.names.number(id);
                if let Some(name) = &claim.name {
                    self.names.call(id, name);
                }
                [id, label, NONE]
            }
            By::Origin => [self.number_of(claim.origin.as_deref()), NONE, NONE],
            By::Zone => [self.number_of(claim.zone.as_deref()), NONE, NONE],
            By::Surface => [self.surface(text, span), label, NONE],
            _ => {
                let surface = self.surface(text, span);
                // What a span could be as well is a reading that no span has chosen.
                for other in &claim.also {
                    let key = [surface, label, self.names.number(other)];
                    self.counts.entry((by, key)).or_default();
                }
                [surface, label, self.number_of(claim.entity.as_deref())]
            }
        };
        self.count((by, key), 1, date);
    }

    fn surface(&mut self, text: &str, span: &Proved<'_>) -> u32 {
        let words: Vec<&str> = text[span.span.range()].split_whitespace().collect();
        self.names.number(&words.join(" "))
    }

    fn count_pairs(&mut self, text: &str, spans: &[Proved<'_>], date: Option<i64>) {
        let mut found: BTreeMap<u32, u64> = BTreeMap::new();
        for span in spans {
            let name = match &span.claim.entity {
                Some(id) => self.names.number(id),
                None => self.surface(text, span),
            };
            if let Some(called) = &span.claim.name {
                self.names.call(name, called);
            }
            *found.entry(name).or_default() += 1;
        }
        self.totals.cut += u64::from(found.len() > MOST_PAIRED);
        let mut names: Vec<(u32, u64)> = found.into_iter().collect();
        names.sort_by_key(|&(name, n)| (std::cmp::Reverse(n), name));
        for (i, &(a, n)) in names.iter().enumerate() {
            // How often each is there alone, for the share of both.
            self.count((By::Pair, [a, NONE, NONE]), n, date);
            for &(b, m) in names.iter().take(MOST_PAIRED).skip(i + 1) {
                if i < MOST_PAIRED {
                    self.count((By::Pair, [a.min(b), a.max(b), NONE]), n.min(m), date);
                }
            }
        }
    }
}

/// How many bytes lie in spans; those that several cover count once.
fn covered(spans: &[Proved<'_>]) -> u64 {
    let ranges: BTreeSet<_> = spans.iter().map(|s| (s.span.start, s.span.end)).collect();
    let (mut covered, mut behind) = (0, 0);
    for (start, end) in ranges {
        covered += end.saturating_sub(start.max(behind));
        behind = behind.max(end);
    }
    covered as u64
}

/// A value of meta as a word: a string as it is, other values as JSON has them.
fn words_of(json: &str) -> Option<String> {
    match serde_json::from_str(json).ok()? {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text),
        value => Some(value.to_string()),
    }
}
