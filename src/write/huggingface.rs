//! Hugging Face: a folder that [`datasets`](https://huggingface.co/docs/datasets) and the Hub load as it is.
//!
//! # Format
//!
//! `README.md` is the [card](crate::card). A row is a sentence, if no other unit is asked for, with the columns
//!
//! - `id`: the id of the record;
//! - `tokens`: its [words](super::align);
//! - `ner_tags`: their tags (IOB2) as a `ClassLabel`, which is `O` and for each label of the run, in their order, `B-LABEL` and
//!   `I-LABEL`: not only for those that occur, so that the numbers are the same for other inputs;
//! - `source` and `start`: the id of the document and where in it the row starts, in code points.
//!
//! With `huggingface` the rows are a Parquet file, `data/train.parquet`, whose metadata has the names of the classes. With
//! `huggingface-jsonl` they are objects in lines, `data/train.jsonl`, whose tags are strings: the card makes classes of them, and what
//! does not read cards understands them too.

use super::{
    Aligned, Feature, Writer,
    align::Alignment,
    folder::{Collector, Files, push_part, take_number, take_part},
    parquet::{Cell, Kind, Table},
};
use crate::{
    card::{ANNOTATED_BY, Card, Column, Counts, Part},
    error::Error,
    json::push_string,
    record::{OffsetUnit, Record},
    span::Label,
    words::Tokenizer,
    write::TextUnit,
};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::{borrow::Cow, collections::BTreeMap, ops::Range};

/// The writer of datasets.
#[derive(Clone, Copy, Debug)]
pub struct HuggingFace {
    /// Are the rows lines of JSON, not a table of Parquet?
    pub jsonl: bool,
}

impl Writer for HuggingFace {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        self.write_aligned(&Alignment::of(self).align(record), out);
    }

    fn write_aligned(&self, aligned: &Aligned<'_>, out: &mut Vec<u8>) {
        let record = &aligned.record;
        let (source, start) = place(record);
        out.extend_from_slice(&start.to_le_bytes());
        push_part(record.id.as_bytes(), out);
        push_part(source.as_bytes(), out);
        for name in [PUBLISHER, ANNOTATED_BY] {
            push_part(
                meta::<String>(record, name).unwrap_or_default().as_bytes(),
                out,
            );
        }
        out.extend_from_slice(&(aligned.words.len() as u64).to_le_bytes());
        for i in 0..aligned.words.len() {
            push_part(aligned.text(i).as_bytes(), out);
        }
        for (range, span) in aligned.ranges.iter().zip(&record.spans) {
            out.extend_from_slice(&(range.start as u64).to_le_bytes());
            out.extend_from_slice(&(range.end as u64).to_le_bytes());
            push_part(span.label.as_bytes(), out);
            push_part(span.origin.as_bytes(), out);
        }
    }

    fn tokenizer(&self) -> Option<Tokenizer> {
        Some(Tokenizer::Words)
    }

    fn text_unit(&self) -> TextUnit {
        TextUnit::Sentence
    }

    fn collector(&self) -> Option<Box<dyn Collector>> {
        Some(Box::new(Dataset {
            jsonl: self.jsonl,
            labels: Vec::new(),
            table: None,
            counts: Counts::default(),
            card: Card::default(),
        }))
    }

    fn lacks(&self) -> &'static [Feature] {
        &[
            Feature::WhiteSpace,
            Feature::Meta,
            Feature::Overlaps,
            Feature::Entity,
            Feature::Name,
            Feature::Also,
            Feature::Origin,
            Feature::Score,
            Feature::Zone,
            Feature::Lost,
            Feature::Attributes,
        ]
    }

    fn unit(&self) -> Option<OffsetUnit> {
        Some(OffsetUnit::Codepoint)
    }
}

/// The document that a record is of, and where in it it starts: a part of a document says it in its meta.
fn place<'r>(record: &'r Record<'_>) -> (Cow<'r, str>, u64) {
    match (meta(record, "doc_id"), meta(record, "doc_start")) {
        (Some(id), Some(start)) => (Cow::Owned(id), start),
        _ => (Cow::Borrowed(&record.id), 0),
    }
}

/// The field of meta that tells sources in the card.
const PUBLISHER: &str = "source";

/// The card tells no more sources apart.
const MOST_SOURCES: usize = 10_000;

/// A field of the meta, if it is of this type.
fn meta<T: DeserializeOwned>(record: &Record<'_>, name: &str) -> Option<T> {
    let (_, value) = record.meta.iter().find(|(n, _)| n == name)?;
    serde_json::from_str(value.get()).ok()
}

/// Rows on their way into a file.
struct Dataset {
    jsonl: bool,
    labels: Vec<Label>,
    table: Option<Table>,
    counts: Counts,
    /// Sources, annotators and origins, counted.
    card: Card,
}

/// A row as it was handed over.
struct Row<'b> {
    start: u64,
    id: &'b str,
    source: &'b str,
    publisher: &'b str,
    annotator: &'b str,
    tokens: Vec<&'b str>,
    /// Words, label and origin.
    spans: Vec<(Range<usize>, &'b str, &'b str)>,
}

impl<'b> Row<'b> {
    fn of(mut rest: &'b [u8]) -> Row<'b> {
        let rest = &mut rest;
        let text = |rest: &mut &'b [u8]| {
            std::str::from_utf8(take_part(rest)).expect("strings are handed over as they were")
        };
        let start = take_number(rest);
        let (id, source) = (text(rest), text(rest));
        let (publisher, annotator) = (text(rest), text(rest));
        let tokens = (0..take_number(rest)).map(|_| text(rest)).collect();
        let mut spans = Vec::new();
        while !rest.is_empty() {
            let range = take_number(rest) as usize..take_number(rest) as usize;
            spans.push((range, text(rest), text(rest)));
        }
        Row {
            start,
            id,
            source,
            publisher,
            annotator,
            tokens,
            spans,
        }
    }

    /// For each token the number of its label's first class, and whether it starts a span; none where there is no span.
    fn tags(&self) -> Vec<Option<(&'b str, bool)>> {
        let mut tags = vec![None; self.tokens.len()];
        for (range, label, _) in &self.spans {
            for i in range.clone() {
                tags[i] = Some((*label, i == range.start));
            }
        }
        tags
    }
}

const COLUMNS: [(&str, Kind); 5] = [
    ("id", Kind::Text),
    ("tokens", Kind::List(&Kind::Text)),
    ("ner_tags", Kind::List(&Kind::Integer)),
    ("source", Kind::Text),
    ("start", Kind::Integer),
];

impl Collector for Dataset {
    fn start(&mut self, labels: &[Label]) -> Result<(), Error> {
        if labels.is_empty() {
            return Err(Error::invalid(
                "classes are numbered before the first document is read: name the labels with --labels",
            ));
        }
        self.labels = labels.to_vec();
        self.labels.sort();
        self.labels.dedup();
        let features = self.columns().into_iter();
        let features = features.map(|(name, column)| (name, feature(&column)));
        let features: serde_json::Map<_, _> = features.collect();
        let info = json!({"info": {"features": features}});
        if !self.jsonl {
            self.table = Some(Table::new(COLUMNS, &[("huggingface", info.to_string())]));
        }
        Ok(())
    }

    fn add(&mut self, _: &str, record: &[u8], files: &mut dyn Files) -> Result<(), Error> {
        let row = Row::of(record);
        self.count(&row);
        let bytes = match &mut self.table {
            Some(table) => {
                add_row(table, &row, &self.labels)?;
                table.take()
            }
            None => line(&row),
        };
        match bytes.is_empty() {
            true => Ok(()),
            false => files.append(self.file(), &bytes),
        }
    }

    fn finish(&mut self, _: &[Label], files: &mut dyn Files) -> Result<(), Error> {
        let rest = self.table.take().map(Table::finish).unwrap_or_default();
        files.append(self.file(), &rest)?;
        // Where no document says it, the card does.
        self.card
            .sources
            .retain(|name, n| !name.is_empty() || *n < self.counts.documents);
        let mut card = Card {
            sources: std::mem::take(&mut self.card.sources),
            annotators: std::mem::take(&mut self.card.annotators),
            origins: std::mem::take(&mut self.card.origins),
            ..Card::new(files.name())
        };
        card.columns = self.columns();
        card.parts.push(Part {
            name: "train".to_owned(),
            files: self.file().to_owned(),
            counts: std::mem::take(&mut self.counts),
        });
        files.append("README.md", card.to_string().as_bytes())
    }
}

impl Dataset {
    fn file(&self) -> &'static str {
        match self.jsonl {
            true => "data/train.jsonl",
            false => "data/train.parquet",
        }
    }

    fn columns(&self) -> Vec<(String, Column)> {
        let column = |(name, kind): (&str, Kind)| {
            let column = match kind {
                Kind::Text => Column::Text,
                Kind::Integer => Column::Integer,
                Kind::List(Kind::Text) => Column::Texts,
                _ => Column::Classes(classes(&self.labels)),
            };
            (name.to_owned(), column)
        };
        COLUMNS.map(column).into()
    }

    fn count(&mut self, row: &Row<'_>) {
        self.counts.documents += 1;
        self.counts.empty += u64::from(row.spans.is_empty());
        self.counts.words += row.tokens.len() as u64;
        let mut spans: BTreeMap<&str, u64> = BTreeMap::new();
        for (_, label, origin) in &row.spans {
            *spans.entry(label).or_default() += 1;
            add(&mut self.card.origins, origin);
        }
        if self.card.sources.len() < MOST_SOURCES {
            add(&mut self.card.sources, row.publisher);
        }
        if !row.annotator.is_empty() {
            add(&mut self.card.annotators, row.annotator);
        }
        for (label, n) in spans {
            if let Ok(label) = Label::new(label) {
                *self.counts.spans.entry(label).or_default() += n;
            }
        }
    }
}

fn add(counts: &mut BTreeMap<String, u64>, name: &str) {
    match counts.get_mut(name) {
        Some(n) => *n += 1,
        None => {
            counts.insert(name.to_owned(), 1);
        }
    }
}

/// The names of the classes: `O`, then two a label.
fn classes(labels: &[Label]) -> Vec<String> {
    let names = labels
        .iter()
        .flat_map(|l| [format!("B-{l}"), format!("I-{l}")]);
    std::iter::once("O".to_owned()).chain(names).collect()
}

/// What the metadata of a table says of a column. `Sequence` is understood by all versions, `List` by those from 4.0 on.
fn feature(column: &Column) -> serde_json::Value {
    let value = |dtype: &str| json!({"dtype": dtype, "_type": "Value"});
    let list = |feature| json!({"feature": feature, "_type": "Sequence"});
    match column {
        Column::Text => value("string"),
        Column::Integer => value("int64"),
        Column::Texts => list(value("string")),
        Column::Classes(names) => list(json!({"names": names, "_type": "ClassLabel"})),
    }
}

fn add_row(table: &mut Table, row: &Row<'_>, labels: &[Label]) -> Result<(), Error> {
    let class = |tag: &Option<(&str, bool)>| match tag {
        None => Ok(0),
        Some((label, is_start)) => {
            let place = labels.iter().position(|l| l.as_str() == *label);
            let place = place.ok_or_else(|| {
                Error::invalid(format!(
                    "{:?}: label {label} is none of those that were named before",
                    row.id
                ))
            })?;
            Ok((1 + 2 * place + usize::from(!is_start)) as i64)
        }
    };
    let tags = row.tags();
    let tags = tags.iter().map(|tag| class(tag).map(Cell::Integer));
    table.row(&[
        Cell::Text(row.id),
        Cell::List(row.tokens.iter().map(|t| Cell::Text(t)).collect()),
        Cell::List(tags.collect::<Result<_, Error>>()?),
        Cell::Text(row.source),
        Cell::Integer(row.start as i64),
    ]);
    Ok(())
}

/// A row as a line of JSON.
fn line(row: &Row<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(b"{\"id\":");
    push_string(row.id, &mut out);
    out.extend_from_slice(b",\"tokens\":[");
    for (i, token) in row.tokens.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        push_string(token, &mut out);
    }
    out.extend_from_slice(b"],\"ner_tags\":[");
    for (i, tag) in row.tags().iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        match tag {
            None => out.extend_from_slice(b"\"O\""),
            Some((label, true)) => push_string(&format!("B-{label}"), &mut out),
            Some((label, false)) => push_string(&format!("I-{label}"), &mut out),
        }
    }
    out.extend_from_slice(b"],\"source\":");
    push_string(row.source, &mut out);
    out.extend_from_slice(format!(",\"start\":{}}}\n", row.start).as_bytes());
    out
}
