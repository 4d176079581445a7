//! [`Summary`]: what is counted of all documents, and how the page has it.

use super::{against::Judged, document::Sketch};
use crate::{annotated::Proved, document::Score, span::Label, write::VERSION};
use jiff::{ToSpan, Unit, civil::Date};
use serde_json::{Value, json};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

/// So many entities are in the table, besides those of the documents in the page.
const MOST_ENTITIES: usize = 20_000;
/// So many distinct forms of an entity are counted; in data that is in order none has as many.
const MOST_FORMS: usize = 64;
/// So many forms of an entity the page shows.
const SHOWN_FORMS: usize = 12;
/// So many distinct origins are told apart: each adds a row to the filters.
const MOST_ORIGINS: usize = 500;
/// So many entities have their pairs counted: a document's are the bits of one number.
const MOST_TOGETHER: usize = 64;

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Summary {
    documents: u32,
    spans: u64,
    characters: u64,
    refused: BTreeMap<&'static str, u64>,
    labels: Names,
    origins: Names,
    zones: Names,
    kinds: Kinds,
    entities: Vec<Entity>,
    numbers: HashMap<Key, u32>,
    days: BTreeMap<Date, Count>,
    undated: Count,
}

/// What the spans of a document became.
#[derive(Debug)]
pub(super) struct Taken {
    /// The number of the document.
    pub(super) number: u32,
    /// Of each span its kind and its entity.
    pub(super) spans: Vec<(u32, u32)>,
    /// What differs from gold, if it is there.
    pub(super) gold: Option<Judged>,
    /// What differs from another output.
    pub(super) changes: Option<Judged>,
}

/// What filters tell apart: numbers of label, origin and zone, and the tenth of the score.
type Kind = (u32, u32, u32, Option<u8>);

/// All kinds that occur.
#[derive(Debug, Default)]
struct Kinds {
    all: Vec<Kind>,
    numbers: HashMap<Kind, u32>,
}

/// Names in the order of their first occurrence.
#[derive(Debug, Default)]
struct Names {
    all: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
}

/// Which entity a span is about: its id, or where it has none its form.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    label: Label,
    has_id: bool,
    name: Box<str>,
}

/// An entity and its mentions.
#[derive(Debug)]
struct Entity {
    label: u32,
    id: Option<Box<str>>,
    name: Option<Box<str>>,
    mentions: u64,
    by_kind: Vec<(u32, u64)>,
    forms: Vec<(Box<str>, u64)>,
    /// Numbers of documents, rising.
    documents: Vec<u32>,
    days: Option<(Date, Date)>,
}

/// Documents and their spans by kind.
#[derive(Debug, Default)]
struct Count {
    documents: u64,
    by_kind: BTreeMap<u32, u64>,
}

impl Summary {
    pub(super) fn documents(&self) -> u64 {
        self.documents.into()
    }

    pub(super) fn spans(&self) -> u64 {
        self.spans
    }

    pub(super) fn refuse(&mut self, why: &'static str) {
        *self.refused.entry(why).or_default() += 1;
    }

    /// Counts a document.
    pub(super) fn add(&mut self, sketch: &Sketch<'_>) -> Taken {
        let number = self.documents;
        self.documents += 1;
        self.characters += sketch.text.chars().count() as u64;
        let spans = sketch.spans.iter();
        let spans: Vec<_> = spans.map(|p| self.add_span(sketch, p, number)).collect();
        self.spans += spans.len() as u64;
        let count = match sketch.date {
            Some(day) => self.days.entry(day).or_default(),
            None => &mut self.undated,
        };
        count.documents += 1;
        for (kind, _) in &spans {
            *count.by_kind.entry(*kind).or_default() += 1;
        }
        Taken {
            number,
            spans,
            gold: None,
            changes: None,
        }
    }

    fn add_span(&mut self, sketch: &Sketch<'_>, p: &Proved<'_>, document: u32) -> (u32, u32) {
        let claim = p.claim;
        let label = self.labels.number(p.label.as_str());
        let origin = match claim.origin.as_deref() {
            None | Some("") => "none",
            Some(_) if self.origins.all.len() >= MOST_ORIGINS => "others",
            Some(origin) => origin,
        };
        let kind = self.kinds.number((
            label,
            self.origins.number(origin),
            self.zones.number(sketch.zone(p.span).unwrap_or("body")),
            claim.score.map(|score| Score::new(score).tenth()),
        ));
        let form = sketch.text[p.span.range()].split_whitespace();
        let form = form.collect::<Vec<_>>().join(" ");
        let key = Key {
            label: p.label,
            has_id: claim.entity.is_some(),
            name: claim.entity.as_deref().unwrap_or(&form).into(),
        };
        let next = self.entities.len() as u32;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.entities
                .push(Entity::new(label, claim.entity.as_deref()));
        }
        let entity = &mut self.entities[number as usize];
        if entity.name.is_none() {
            entity.name = claim.name.as_deref().map(Into::into);
        }
        entity.add(kind, &form, document, sketch.date);
        (kind, number)
    }

    /// What the page shows of all documents. Entities have their numbers, which the documents of the page use: those of `needed` are
    /// among them.
    pub(super) fn json(&self, needed: &BTreeSet<u32>, title: &str) -> Value {
        let order = self.by_frequency();
        let shown = order.iter().enumerate();
        let (shown, left): (Vec<_>, Vec<_>) =
            shown.partition(|(rank, n)| *rank < MOST_ENTITIES || needed.contains(n));
        let left_mentions = left.iter().map(|(_, n)| self.entity(**n).mentions);
        let entities = shown.iter().map(|(_, n)| self.entity(**n).json(**n));
        let kinds = self.kinds.all.iter();
        let kinds = kinds.map(|(l, o, z, tenth)| json!([l, o, z, tenth]));
        json!({
            "title": title,
            "version": VERSION,
            "documents": self.documents,
            "spans": self.spans,
            "characters": self.characters,
            "refused": self.refused,
            "labels": self.labels.all,
            "origins": self.origins.all,
            "zones": self.zones.all,
            "kinds": kinds.collect::<Vec<_>>(),
            "entities": entities.collect::<Vec<_>>(),
            "left_out": {"entities": left.len(), "mentions": left_mentions.sum::<u64>()},
            "all_entities": self.entities.len(),
            "time": self.time(),
            "together": self.together(),
        })
    }

    fn entity(&self, number: u32) -> &Entity {
        &self.entities[number as usize]
    }

    /// All entities, those with most mentions first, then as they came.
    fn by_frequency(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.entities.len() as u32).collect();
        order.sort_by_key(|n| Reverse(self.entity(*n).mentions));
        order
    }

    /// Documents and spans by day, month or year: so that a chart has a few dozen columns.
    fn time(&self) -> Value {
        let ends = self.days.keys().next().zip(self.days.keys().next_back());
        let Some((first, last)) = ends else {
            return Value::Null;
        };
        let days = last.since((Unit::Day, *first)).map_or(0, |s| s.get_days());
        let unit = match days {
            ..=45 => Unit::Day,
            46..=1500 => Unit::Month,
            _ => Unit::Year,
        };
        let mut periods: BTreeMap<Date, Count> = BTreeMap::new();
        for (day, count) in &self.days {
            let period = periods.entry(start_of(*day, unit)).or_default();
            period.documents += count.documents;
            for (kind, n) in &count.by_kind {
                *period.by_kind.entry(*kind).or_default() += n;
            }
        }
        let mut rows = Vec::new();
        let mut at = start_of(*first, unit);
        // Periods without documents are columns too.
        while at <= *last {
            let count = periods.remove(&at).unwrap_or_default();
            rows.push(json!([
                name_of(at, unit),
                count.documents,
                pairs(&count.by_kind)
            ]));
            let step = match unit {
                Unit::Day => 1.day(),
                Unit::Month => 1.month(),
                _ => 1.year(),
            };
            let Ok(next) = at.checked_add(step) else {
                break;
            };
            at = next;
        }
        let unit = match unit {
            Unit::Day => "day",
            Unit::Month => "month",
            _ => "year",
        };
        json!({"unit": unit, "periods": rows, "undated": self.undated.documents})
    }

    /// The entities that are in most documents, and for each pair of them the documents that have both.
    fn together(&self) -> Value {
        let mut order: Vec<u32> = (0..self.entities.len() as u32).collect();
        order.sort_by_key(|n| Reverse(self.entity(*n).documents.len()));
        order.truncate(MOST_TOGETHER);
        let mut members = vec![0u64; self.documents as usize];
        for (bit, n) in order.iter().enumerate() {
            for document in &self.entity(*n).documents {
                members[*document as usize] |= 1 << bit;
            }
        }
        let mut counts = vec![vec![0u64; order.len()]; order.len()];
        for mut rest in members {
            while rest != 0 {
                let a = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                let mut others = rest;
                while others != 0 {
                    let b = others.trailing_zeros() as usize;
                    others &= others - 1;
                    counts[a][b] += 1;
                }
            }
        }
        // Of each row what is behind the diagonal.
        let rows = counts.iter().enumerate().map(|(a, row)| &row[a + 1..]);
        json!({"entities": order, "documents": rows.collect::<Vec<_>>()})
    }
}

impl Entity {
    fn new(label: u32, id: Option<&str>) -> Entity {
        Entity {
            label,
            id: id.map(Into::into),
            name: None,
            mentions: 0,
            by_kind: Vec::new(),
            forms: Vec::new(),
            documents: Vec::new(),
            days: None,
        }
    }

    fn add(&mut self, kind: u32, form: &str, document: u32, day: Option<Date>) {
        self.mentions += 1;
        match self.by_kind.iter_mut().find(|(k, _)| *k == kind) {
            Some((_, n)) => *n += 1,
            None => self.by_kind.push((kind, 1)),
        }
        match self.forms.iter().position(|(f, _)| **f == *form) {
            Some(at) => self.forms[at].1 += 1,
            None if self.forms.len() < MOST_FORMS => self.forms.push((form.into(), 1)),
            None => {}
        }
        if self.documents.last() != Some(&document) {
            self.documents.push(document);
        }
        if let Some(day) = day {
            let (first, last) = self.days.unwrap_or((day, day));
            self.days = Some((first.min(day), last.max(day)));
        }
    }

    /// An array: number, label, id, name, documents, mentions by kind, forms with counts, first and last day.
    fn json(&self, number: u32) -> Value {
        let mut forms: Vec<_> = self.forms.iter().collect();
        forms.sort_by_key(|(_, n)| Reverse(*n));
        forms.truncate(SHOWN_FORMS);
        let flat = self.by_kind.iter().flat_map(|(k, n)| [u64::from(*k), *n]);
        json!([
            number,
            self.label,
            self.id,
            self.name,
            self.documents.len(),
            flat.collect::<Vec<_>>(),
            forms,
            self.days
                .map(|(first, last)| [first.to_string(), last.to_string()]),
        ])
    }
}

impl Kinds {
    fn number(&mut self, kind: Kind) -> u32 {
        *self.numbers.entry(kind).or_insert_with(|| {
            self.all.push(kind);
            self.all.len() as u32 - 1
        })
    }
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.all.len() as u32;
        self.all.push(name.into());
        self.numbers.insert(name.into(), number);
        number
    }
}

fn pairs(by_kind: &BTreeMap<u32, u64>) -> Vec<u64> {
    let flat = by_kind.iter().flat_map(|(k, n)| [u64::from(*k), *n]);
    flat.collect()
}

fn start_of(day: Date, unit: Unit) -> Date {
    match unit {
        Unit::Day => day,
        Unit::Month => day.first_of_month(),
        _ => day.first_of_year(),
    }
}

fn name_of(start: Date, unit: Unit) -> String {
    match unit {
        Unit::Day => start.to_string(),
        Unit::Month => format!("{:04}-{:02}", start.year(), start.month()),
        _ => format!("{:04}", start.year()),
    }
}
