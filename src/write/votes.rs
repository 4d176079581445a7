//! Votes of labelling functions: a folder for weak supervision.
//!
//! # Format
//!
//! - `votes.jsonl`: [records](super::jsonl) of the documents with every vote as a span, its `origin` the function that voted. Votes for
//!   nothing (blocking phrases) are no spans.
//! - `matrix.parquet`: the label matrix. A row is a span that some function voted on, in the order of the text: `document`, the id;
//!   `start` and `end`, in code points; `text`; `gold`, where there is gold; then a column for each function, named as it is. A value is
//!   the number of a label, 0 for `O` (nothing), or -1 where the function abstains. A phrase that blocks votes 0 on all spans in it.
//!   Where a function said several things of a span, its first counts.
//! - `spacy/00001.spacy` and so on: [DocBin](super::spacy) files without `doc.ents`, `doc.spans` having a group for each function.
//! - `summary.json`: `documents`; `rows` of the matrix; `labels`, in the order of their numbers; and of each function in `functions` the
//!   `name`, the `labels` it voted for, how many `votes`; `coverage`, `overlaps` and `conflicts` as shares of the rows: where it voted,
//!   where another one did too, where another one voted otherwise; and by the gold `correct`, `incorrect` and `accuracy`, null
//!   where nothing was judged.
//!
//! These are the measures of Snorkel's `LFAnalysis`.

use super::{
    Writer, byte_ranges,
    folder::{Collector, Files, push_part, take_number, take_part},
    jsonl::Jsonl,
    parquet::{Cell, Kind, Table},
    spacy::{DocBins, Groups, Spacy},
};
use crate::{
    error::Error,
    record::{OffsetUnit, Record},
    span::{Label, Span},
};
use serde_json::{Value, json};
use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

/// The label of votes for nothing, and its number.
pub(crate) const NOTHING: &str = "O";
const NOTHING_NUMBER: usize = 0;
const ABSTAIN: i64 = -1;

/// The writer of votes, for records whose spans are votes: their origin is the name of a function.
pub(crate) struct Votes {
    functions: Vec<String>,
    numbers: HashMap<String, usize>,
    /// `O` and the labels that there may be.
    labels: Vec<String>,
    gold: Option<Gold>,
    summary: Arc<Mutex<VoteSummary>>,
}

/// What is right, by the ids of documents.
pub type Gold = HashMap<String, GoldDocument>;

/// What is right in a document.
#[derive(Clone, Debug, Default)]
pub struct GoldDocument {
    /// Its text: in a document with another one nothing is judged.
    pub text: String,
    /// Its spans, in bytes.
    pub spans: HashMap<Span, Label>,
    /// Spans of which it is open whether they are right.
    pub open: Vec<Span>,
    /// The labels that it was annotated for; `None`: all.
    pub annotated_types: Option<Vec<Label>>,
}

/// What functions did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoteSummary {
    /// Documents.
    pub documents: u64,
    /// Those that were judged by the gold.
    pub judged: u64,
    /// Rows of the matrix: spans that were voted on.
    pub rows: u64,
    /// `O` and the labels, by their numbers.
    pub labels: Vec<String>,
    /// The functions, by the order of their columns.
    pub functions: Vec<FunctionSummary>,
}

/// What a function did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionSummary {
    /// Its name.
    pub name: String,
    /// The numbers of the labels that it voted for.
    pub labels: BTreeSet<usize>,
    /// Rows that it voted on.
    pub votes: u64,
    /// Of these, those that another one voted on too.
    pub overlaps: u64,
    /// Of these, those where another one voted otherwise.
    pub conflicts: u64,
    /// Votes that the gold has.
    pub correct: u64,
    /// Votes where the gold has something else, or nothing.
    pub incorrect: u64,
}

impl FunctionSummary {
    /// The share of its votes that are correct, of those that were judged.
    pub fn accuracy(&self) -> Option<f64> {
        let judged = self.correct + self.incorrect;
        (judged > 0).then(|| self.correct as f64 / judged as f64)
    }
}

impl VoteSummary {
    /// As `summary.json` has it.
    fn to_json(&self) -> Value {
        let share = |n: u64| match self.rows {
            0 => 0.0,
            rows => n as f64 / rows as f64,
        };
        let function = |f: &FunctionSummary| {
            let labels: Vec<&str> = f.labels.iter().map(|&n| &*self.labels[n]).collect();
            json!({
                "name": f.name,
                "labels": labels,
                "votes": f.votes,
                "coverage": share(f.votes),
                "overlaps": share(f.overlaps),
                "conflicts": share(f.conflicts),
                "correct": f.correct,
                "incorrect": f.incorrect,
                "accuracy": f.accuracy(),
            })
        };
        let functions: Vec<Value> = self.functions.iter().map(function).collect();
        json!({
            "documents": self.documents,
            "judged": self.judged,
            "rows": self.rows,
            "labels": self.labels,
            "functions": functions,
        })
    }
}

impl Votes {
    pub(crate) fn new(functions: &[String], labels: &[Label], gold: Option<Gold>) -> Votes {
        let names = labels.iter().map(|l| l.as_str().to_owned());
        let labels: Vec<String> = std::iter::once(NOTHING.to_owned()).chain(names).collect();
        let summary = VoteSummary {
            labels: labels.clone(),
            functions: functions
                .iter()
                .map(|name| FunctionSummary {
                    name: name.clone(),
                    ..FunctionSummary::default()
                })
                .collect(),
            ..VoteSummary::default()
        };
        Votes {
            functions: functions.to_vec(),
            numbers: functions.iter().cloned().zip(0..).collect(),
            labels,
            gold,
            summary: Arc::new(Mutex::new(summary)),
        }
    }

    /// What was counted, once the folder is written.
    pub(crate) fn summary(&self) -> VoteSummary {
        let summary = self.summary.lock();
        summary.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn label(&self, name: &str) -> usize {
        let place = self.labels.iter().position(|l| l == name);
        place.expect("votes are for labels that were named")
    }

    /// The spans that were voted on, with the votes on each.
    fn rows(&self, record: &Record<'_>) -> Vec<Row> {
        let ranges = byte_ranges(record);
        let mut rows: BTreeMap<(usize, Reverse<usize>), Row> = BTreeMap::new();
        for (span, bytes) in record.spans.iter().zip(&ranges) {
            let row = rows.entry((bytes.start, Reverse(bytes.end)));
            let row = row.or_insert_with(|| Row {
                start: span.start,
                end: span.end,
                bytes: bytes.clone(),
                votes: BTreeMap::new(),
            });
            let function = self.numbers[&*span.origin];
            row.votes
                .entry(function)
                .or_insert_with(|| self.label(&span.label));
        }
        let mut rows: Vec<Row> = rows.into_values().collect();
        let blocks = record.spans.iter().zip(&ranges);
        for (block, bytes) in blocks.filter(|(s, _)| s.label == NOTHING) {
            let function = self.numbers[&*block.origin];
            let from = rows.partition_point(|r| r.bytes.start < bytes.start);
            let inside = rows[from..].iter_mut();
            for row in inside.take_while(|r| r.bytes.start < bytes.end) {
                if row.bytes.end <= bytes.end {
                    row.votes.entry(function).or_insert(NOTHING_NUMBER);
                }
            }
        }
        rows
    }

    /// The number of the label that a row has by the gold; none where it does not say.
    fn judgement(&self, gold: &GoldDocument, row: &Row) -> Option<usize> {
        let span = Span {
            start: row.bytes.start,
            end: row.bytes.end,
        };
        if gold.open.contains(&span) {
            return None;
        }
        if let Some(label) = gold.spans.get(&span) {
            // A label that no function votes for is still none of theirs.
            let place = self.labels.iter().position(|l| l == label.as_str());
            return Some(place.unwrap_or(NOTHING_NUMBER));
        }
        let is_asked = |n: &usize| {
            let types = gold.annotated_types.as_ref();
            types.is_none_or(|types| types.iter().any(|t| t.as_str() == self.labels[*n]))
        };
        let mut voted = row.votes.values().filter(|n| **n != NOTHING_NUMBER);
        voted.all(is_asked).then_some(NOTHING_NUMBER)
    }
}

/// A row of the matrix.
struct Row {
    start: usize,
    end: usize,
    bytes: Range<usize>,
    /// For each function that does not abstain the number of a label.
    votes: BTreeMap<usize, usize>,
}

const SPACY: Spacy = Spacy {
    groups: Groups::ByOrigin,
};

impl Writer for Votes {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        let gold = self.gold.as_ref().and_then(|gold| gold.get(&*record.id));
        let gold = gold.filter(|gold| gold.text == record.text);
        let named = record.spans.iter().filter(|s| s.label != NOTHING);
        let spans = Record {
            id: Cow::Borrowed(&record.id),
            text: Cow::Borrowed(&record.text),
            offset_unit: record.offset_unit,
            spans: named.cloned().collect(),
            meta: Cow::Borrowed(&record.meta),
        };
        for writer in [&Jsonl as &dyn Writer, &SPACY] {
            let mut part = Vec::new();
            writer.write(&spans, &mut part);
            push_part(&part, out);
        }
        let number = |n: usize, out: &mut Vec<u8>| out.extend_from_slice(&(n as u64).to_le_bytes());
        number(usize::from(gold.is_some()), out);
        for row in self.rows(record) {
            let judgement = gold.and_then(|gold| self.judgement(gold, &row));
            number(row.start, out);
            number(row.end, out);
            push_part(&record.text.as_bytes()[row.bytes.clone()], out);
            // 0 where the gold does not say.
            number(judgement.map_or(0, |n| n + 1), out);
            number(row.votes.len(), out);
            for (function, label) in row.votes {
                number(function, out);
                number(label, out);
            }
        }
    }

    fn unit(&self) -> Option<OffsetUnit> {
        Some(OffsetUnit::Codepoint)
    }

    fn collector(&self) -> Option<Box<dyn Collector>> {
        let fixed = [
            ("document", Kind::Text),
            ("start", Kind::Integer),
            ("end", Kind::Integer),
            ("text", Kind::Text),
        ];
        let gold = self.gold.as_ref().map(|_| ("gold", Kind::Integer));
        let functions = self.functions.iter().map(|f| (&**f, Kind::Integer));
        let columns = fixed.into_iter().chain(gold).chain(functions);
        let labels = ("labels", json!(self.labels).to_string());
        Some(Box::new(Matrix {
            table: Some(Table::new(columns, &[labels])),
            has_gold: self.gold.is_some(),
            docbins: DocBins::in_folder("spacy/"),
            summary: self.summary.clone(),
        }))
    }
}

/// Votes on their way into files.
struct Matrix {
    table: Option<Table>,
    has_gold: bool,
    docbins: DocBins,
    summary: Arc<Mutex<VoteSummary>>,
}

const LINES: &str = "votes.jsonl";
const MATRIX: &str = "matrix.parquet";

impl Collector for Matrix {
    fn add(&mut self, id: &str, record: &[u8], files: &mut dyn Files) -> Result<(), Error> {
        let mut rest = record;
        files.append(LINES, take_part(&mut rest))?;
        self.docbins.add(id, take_part(&mut rest), files)?;
        let mut summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner);
        summary.documents += 1;
        summary.judged += take_number(&mut rest);
        let table = self
            .table
            .as_mut()
            .expect("a table is written until the end");
        while !rest.is_empty() {
            let (start, end) = (take_number(&mut rest), take_number(&mut rest));
            let text = std::str::from_utf8(take_part(&mut rest));
            let text = text.expect("strings are handed over as they were");
            let gold = (take_number(&mut rest) as usize).checked_sub(1);
            let votes: BTreeMap<usize, usize> = (0..take_number(&mut rest))
                .map(|_| {
                    (
                        take_number(&mut rest) as usize,
                        take_number(&mut rest) as usize,
                    )
                })
                .collect();
            summary.add(&votes, gold);
            let value = |n: Option<usize>| Cell::Integer(n.map_or(ABSTAIN, |n| n as i64));
            let mut cells = vec![
                Cell::Text(id),
                Cell::Integer(start as i64),
                Cell::Integer(end as i64),
                Cell::Text(text),
            ];
            cells.extend(self.has_gold.then(|| value(gold)));
            let functions = 0..summary.functions.len();
            cells.extend(functions.map(|f| value(votes.get(&f).copied())));
            table.row(&cells);
        }
        drop(summary);
        let bytes = table.take();
        match bytes.is_empty() {
            true => Ok(()),
            false => files.append(MATRIX, &bytes),
        }
    }

    fn finish(&mut self, labels: &[Label], files: &mut dyn Files) -> Result<(), Error> {
        files.append(LINES, b"")?;
        let rest = self.table.take().map(Table::finish).unwrap_or_default();
        files.append(MATRIX, &rest)?;
        self.docbins.finish(labels, files)?;
        let summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner);
        let json = format!("{:#}\n", summary.to_json());
        files.append("summary.json", json.as_bytes())
    }
}

impl VoteSummary {
    /// Counts a row.
    fn add(&mut self, votes: &BTreeMap<usize, usize>, gold: Option<usize>) {
        self.rows += 1;
        for (&function, &label) in votes {
            let counts = &mut self.functions[function];
            counts.labels.insert(label);
            counts.votes += 1;
            counts.overlaps += u64::from(votes.len() > 1);
            counts.conflicts += u64::from(votes.values().any(|&other| other != label));
            match gold {
                Some(gold) if gold == label => counts.correct += 1,
                Some(_) => counts.incorrect += 1,
                None => {}
            }
        }
    }
}
