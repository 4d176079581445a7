//! [`Corpus`]: what is kept of all documents between the two passes over the input.

use super::{
    By, Split,
    pass::Taken,
    sketch::{Sketch, Sketcher, hash},
};
use crate::{
    date,
    document::field_of,
    error::Error,
    span::Label,
    words::Words,
    write::{Writer, jsonl::Jsonl},
};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};

/// All documents, each by its number in the order of the input: about 300 bytes a document, 8 a mention, and what names there are.
#[derive(Debug, Default)]
pub(super) struct Corpus {
    pub(super) sketches: Vec<Sketch>,
    /// Hashes of the texts.
    pub(super) texts: Vec<u64>,
    /// Hashes of the records: what the second pass has to find again.
    pub(super) records: Vec<u64>,
    pub(super) words: Vec<u32>,
    /// What the split goes by: seconds or the number of a source, where it goes by them and the document has it.
    pub(super) keys: Vec<Option<i64>>,
    mentions: Vec<Mention>,
    /// Where the mentions of each document end.
    ends: Vec<usize>,
    pub(super) names: Numbers,
    /// The number of the label of each name, and the labels.
    label_of: Vec<u16>,
    pub(super) labels: Vec<Label>,
    pub(super) entities: Numbers,
    sources: Numbers,
    /// What was wrong with documents, errors and warnings.
    pub(super) problems: (u64, u64),
    /// What documents have that records have no place for.
    pub(super) unread: BTreeMap<&'static str, u64>,
}

/// A span, by the number of its name and of its entity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mention {
    pub(super) name: u32,
    pub(super) entity: u32,
}

/// Hashes numbered in the order in which they come.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    numbers: HashMap<u64, u32>,
    pub(super) hashes: Vec<u64>,
}

impl Numbers {
    fn of(&mut self, hash: u64) -> u32 {
        let next = self.hashes.len() as u32;
        let number = *self.numbers.entry(hash).or_insert(next);
        if number == next {
            self.hashes.push(hash);
        }
        number
    }

    pub(super) fn len(&self) -> usize {
        self.hashes.len()
    }
}

/// What the first pass takes of a document.
#[derive(Debug)]
pub(super) struct Facts {
    sketch: Sketch,
    text: u64,
    record: u64,
    words: u32,
    key: Option<Key>,
    /// Label, hash of the name, hash of the entity.
    spans: Vec<(Label, u64, u64)>,
    unread: BTreeMap<&'static str, u64>,
}

#[derive(Debug)]
enum Key {
    Time(i64),
    Source(u64),
}

/// What a thread reuses.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    sketcher: Sketcher,
    line: Vec<u8>,
}

impl Facts {
    pub(super) fn of(split: &Split, taken: &Taken<'_>, scratch: &mut Scratch) -> Facts {
        let record = &taken.record;
        scratch.line.clear();
        Jsonl.write(record, &mut scratch.line);
        let spans = taken
            .labels
            .iter()
            .zip(&record.spans)
            .map(|(&label, span)| {
                let name = name_hash(label, &span.text);
                let entity = span.entity.as_deref();
                (label, name, entity.map_or(name, |e| hash(e.as_bytes(), 1)))
            });
        Facts {
            sketch: scratch.sketcher.sketch(&record.text),
            text: hash(record.text.as_bytes(), 0),
            record: hash(&scratch.line, 0),
            words: Words::of(&record.text).len() as u32,
            key: key(split, &record.meta),
            spans: spans.collect(),
            unread: taken.unread.clone(),
        }
    }
}

impl Corpus {
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(super) fn add(&mut self, facts: Facts) -> Result<(), Error> {
        // Numbers of documents have 32 bits, of which one means that there is none.
        if self.len() >= u32::MAX as usize {
            return Err(Error::invalid(
                "more than 4,294,967,294 documents: split a part of them",
            ));
        }
        self.sketches.push(facts.sketch);
        self.texts.push(facts.text);
        self.records.push(facts.record);
        self.words.push(facts.words);
        self.keys.push(facts.key.map(|key| match key {
            Key::Time(time) => time,
            Key::Source(hash) => self.sources.of(hash).into(),
        }));
        for (label, name, entity) in facts.spans {
            let name = self.names.of(name);
            if name as usize == self.label_of.len() {
                let known = self.labels.iter().position(|l| *l == label);
                let number = known.unwrap_or(self.labels.len());
                if number == self.labels.len() {
                    self.labels.push(label);
                }
                // A process has at most 65,535 labels.
                self.label_of.push(number as u16);
            }
            let entity = self.entities.of(entity);
            self.mentions.push(Mention { name, entity });
        }
        self.ends.push(self.mentions.len());
        for (what, n) in facts.unread {
            *self.unread.entry(what).or_default() += n;
        }
        Ok(())
    }

    pub(super) fn mentions(&self, document: u32) -> &[Mention] {
        let i = document as usize;
        let start = i.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.mentions[start..self.ends[i]]
    }

    pub(super) fn label_number(&self, mention: &Mention) -> usize {
        self.label_of[mention.name as usize].into()
    }

    pub(super) fn label(&self, mention: &Mention) -> Label {
        self.labels[self.label_number(mention)]
    }

    /// Numbers the labels by their names, so that the order of the input has no part in what is computed with them.
    pub(super) fn sort_labels(&mut self) {
        let mut sorted = self.labels.clone();
        sorted.sort_unstable();
        let number = |of: &u16| sorted.binary_search(&self.labels[usize::from(*of)]);
        let numbers = self
            .label_of
            .iter()
            .map(|of| number(of).expect("all are there") as u16);
        self.label_of = numbers.collect();
        self.labels = sorted;
    }

    /// All documents, the longest first, then by what they say: an order that the input's has no part in. Those with one text stand
    /// side by side.
    pub(super) fn by_content(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_unstable_by_key(|&document| {
            let i = document as usize;
            let shingles = self.sketches[i].shingles;
            (
                u32::MAX - shingles,
                self.texts[i],
                self.records[i],
                document,
            )
        });
        order
    }
}

/// The hash of a name: its label, and its words in lower case.
pub(super) fn name_hash(label: Label, text: &str) -> u64 {
    let words: Vec<&str> = text.split_whitespace().collect();
    let folded = words.join(" ").to_lowercase();
    hash(format!("{label}\n{folded}").as_bytes(), 0)
}

fn key(split: &Split, meta: &[(String, Box<RawValue>)]) -> Option<Key> {
    match &split.by {
        By::Content | By::Entity => None,
        By::Time(field) => field_of(meta, field).and_then(date::seconds).map(Key::Time),
        By::Source(field) => {
            let value = field_of(meta, field).filter(|v| *v != "null")?;
            Some(Key::Source(hash(value.as_bytes(), 2)))
        }
    }
}
