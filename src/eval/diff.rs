//! What changed between two annotations of the same documents, of which none is gold.

use super::{
    LabelledSpan, Pair,
    errors::{Example, Frequencies, shown},
    table::note,
};
use crate::{
    span::{Label, Span},
    table::{Align, Row, Table},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt};

/// The ways in which spans change. What has other bounds is lost there and gained here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It is new.
    Gained,
    /// It is gone.
    Lost,
    /// It has another label.
    Relabelled,
    /// It has its label and another entity.
    Relinked,
}

impl ChangeKind {
    /// All kinds.
    pub const ALL: [ChangeKind; 4] = [
        ChangeKind::Gained,
        ChangeKind::Lost,
        ChangeKind::Relabelled,
        ChangeKind::Relinked,
    ];

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Gained => "gained",
            ChangeKind::Lost => "lost",
            ChangeKind::Relabelled => "relabelled",
            ChangeKind::Relinked => "relinked",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a span is taken for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reading {
    /// Its label.
    pub label: Label,
    /// Id of its entity.
    pub entity: Option<String>,
}

/// All spans that changed in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanChange {
    /// How.
    pub kind: ChangeKind,
    /// What they say, white space as single spaces, the middle left out (`…`) if it is long.
    pub text: String,
    /// What they were taken for; none of what was gained.
    pub old: Option<Reading>,
    /// What they are taken for now; none of what was lost.
    pub new: Option<Reading>,
    /// How many.
    pub count: u64,
    /// The first places.
    pub examples: Vec<Example>,
}

/// Collects what changed, document by document; memory grows with the distinct changes.
///
/// ```
/// use wiretag::{Label, Span, eval::{ChangeKind, Diff, LabelledSpan}};
/// let span = |start, end, label| LabelledSpan::new(Span { start, end }, Label::new(label).unwrap());
/// let mut diff = Diff::default();
/// diff.add("a", "Georgia met Iran.", &[span(0, 7, "COUNTRY")], &[span(0, 7, "PLACE"), span(12, 16, "COUNTRY")]);
/// let report = diff.report();
/// assert_eq!(report.of(ChangeKind::Relabelled).next().unwrap().text, "Georgia");
/// assert_eq!(report.count(ChangeKind::Gained), 1);
/// assert_eq!(report.count(ChangeKind::Lost), 0);
/// ```
#[derive(Default)]
pub struct Diff {
    changes: Frequencies<Key>,
    documents: u64,
    changed: u64,
}

type Key = (ChangeKind, String, Option<Reading>, Option<Reading>);

impl fmt::Debug for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Diff")
            .field("documents", &self.documents)
            .field("changed", &self.changed)
            .finish_non_exhaustive()
    }
}

/// What changed, the most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiffReport {
    /// Documents that were compared.
    pub documents: u64,
    /// Documents in which something changed.
    pub changed: u64,
    /// All changes.
    pub changes: Vec<SpanChange>,
}

/// By its bounds, what is said of a span: several labels where spans overlap.
type Readings = BTreeMap<Span, Vec<Reading>>;

fn readings(spans: &[LabelledSpan]) -> Readings {
    let mut readings = Readings::new();
    for span in spans {
        let reading = Reading {
            label: span.label,
            entity: span.entity.clone(),
        };
        let there = readings.entry(span.span).or_default();
        if !there.contains(&reading) {
            there.push(reading);
        }
    }
    readings
}

impl Diff {
    /// Compares two annotations of a text.
    ///
    /// # Panics
    /// When a span does not lie on character boundaries of the text.
    pub fn add(&mut self, id: &str, text: &str, old: &[LabelledSpan], new: &[LabelledSpan]) {
        self.documents += 1;
        let (mut old, mut new) = (readings(old), readings(new));
        let mut bounds: Vec<Span> = old.keys().chain(new.keys()).copied().collect();
        bounds.sort_unstable();
        bounds.dedup();
        let mut is_changed = false;
        for span in bounds {
            let (mut was, mut is) = (
                old.remove(&span).unwrap_or_default(),
                new.remove(&span).unwrap_or_default(),
            );
            was.retain(|reading| match is.iter().position(|r| r == reading) {
                Some(same) => {
                    is.remove(same);
                    false
                }
                None => true,
            });
            for (kind, was, is) in changes(was, is) {
                is_changed = true;
                let key = (kind, shown(&text[span.range()]), was, is);
                self.changes.count(key, id, text, span);
            }
        }
        self.changed += u64::from(is_changed);
    }

    /// Compares the sides of a pair, of which the gold one is the old one.
    pub fn add_pair(&mut self, pair: &Pair<'_>) {
        let old = pair.gold;
        self.add(&old.id, &old.text, &old.spans, &pair.predicted);
    }

    /// What changed.
    pub fn report(self) -> DiffReport {
        let changes = self.changes.by_frequency();
        let change = |((kind, text, old, new), count, examples): (Key, _, _)| SpanChange {
            kind,
            text,
            old,
            new,
            count,
            examples,
        };
        DiffReport {
            documents: self.documents,
            changed: self.changed,
            changes: changes.map(change).collect(),
        }
    }
}

/// What became of what was said of one span: readings of one label belong together, then those that are left.
fn changes(
    mut old: Vec<Reading>,
    mut new: Vec<Reading>,
) -> Vec<(ChangeKind, Option<Reading>, Option<Reading>)> {
    let mut found = Vec::new();
    old.retain(|was| match new.iter().position(|r| r.label == was.label) {
        Some(at) => {
            let is = new.remove(at);
            found.push((ChangeKind::Relinked, Some(was.clone()), Some(is)));
            false
        }
        None => true,
    });
    let (mut old, mut new) = (old.into_iter(), new.into_iter());
    loop {
        found.push(match (old.next(), new.next()) {
            (None, None) => return found,
            (None, is) => (ChangeKind::Gained, None, is),
            (was, None) => (ChangeKind::Lost, was, None),
            (was, is) => (ChangeKind::Relabelled, was, is),
        });
    }
}

impl DiffReport {
    /// The changes of a kind.
    pub fn of(&self, kind: ChangeKind) -> impl Iterator<Item = &SpanChange> {
        self.changes.iter().filter(move |c| c.kind == kind)
    }

    /// How many spans changed in this way.
    pub fn count(&self, kind: ChangeKind) -> u64 {
        self.of(kind).map(|c| c.count).sum()
    }

    /// All in a sentence.
    pub fn summary(&self) -> String {
        let counts = ChangeKind::ALL.map(|kind| format!("{} {kind}", self.count(kind)));
        format!(
            "documents changed: {} of {}; spans: {}",
            self.changed,
            self.documents,
            counts.join(", ")
        )
    }

    /// A table for each kind that occurs, with the `top` most frequent changes (0: all).
    pub fn tables(&self, top: usize) -> Vec<Table> {
        let kinds = ChangeKind::ALL.into_iter().filter(|&k| self.count(k) > 0);
        kinds.map(|kind| self.table(kind, top)).collect()
    }

    fn table(&self, kind: ChangeKind, top: usize) -> Table {
        let all = self.of(kind).count();
        let most = if top == 0 { all } else { top.min(all) };
        let shown = match most < all {
            true => format!("{most} of {all}"),
            false => all.to_string(),
        };
        let told = |r: &Reading| match &r.entity {
            Some(entity) => format!("{} {entity}", r.label),
            None => r.label.to_string(),
        };
        let row = |c: &SpanChange| {
            let mut cells = vec![c.count.to_string(), format!("\"{}\"", c.text)];
            cells.extend([&c.old, &c.new].into_iter().flatten().map(told));
            Row {
                cells,
                notes: c.examples.iter().map(note).collect(),
            }
        };
        let readings: &[&'static str] = match kind {
            ChangeKind::Gained | ChangeKind::Lost => &["reading"],
            ChangeKind::Relabelled | ChangeKind::Relinked => &["was", "is"],
        };
        let words = [&["surface"][..], readings].concat();
        let mut columns = vec![("spans", Align::Right)];
        columns.extend(words.into_iter().map(|name| (name, Align::Left)));
        Table {
            title: format!("{kind} (spans: {}, surfaces: {shown})", self.count(kind)),
            columns,
            rows: self.of(kind).take(most).map(row).collect(),
        }
    }

    /// The report as one JSON object and a line feed: `documents`, `changed`, and for each kind (`gained`, `lost`, `relabelled`,
    /// `relinked`) `spans`, how many there are, and `changes`, all of them, the most frequent first: `text`, `old` and `new` (objects
    /// with `label` and `entity`, or null), `count`, `examples` (objects with `document` and `snippet`).
    pub fn json(&self) -> String {
        let mut report = json!({"documents": self.documents, "changed": self.changed});
        for kind in ChangeKind::ALL {
            report[kind.as_str()] = json!({
                "spans": self.count(kind),
                "changes": self.of(kind).map(SpanChange::json).collect::<Vec<_>>(),
            });
        }
        format!("{report:#}\n")
    }
}

impl SpanChange {
    fn json(&self) -> Value {
        let reading = |r: &Reading| json!({"label": r.label.as_str(), "entity": r.entity});
        let examples = self.examples.iter();
        let examples = examples.map(|e| json!({"document": e.document, "snippet": e.snippet}));
        json!({
            "text": self.text,
            "old": self.old.as_ref().map(reading),
            "new": self.new.as_ref().map(reading),
            "count": self.count,
            "examples": examples.collect::<Vec<_>>(),
        })
    }
}
