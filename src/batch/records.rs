//! The records of a chunk, as bytes.

use super::Zoning;
use crate::{
    record::Record,
    span::Label,
    write::{
        TextUnit, Writer,
        align::{Alignment, Unaligned},
        excerpts,
    },
};

use std::{collections::BTreeMap, ops::Range};

/// The records of a chunk: bytes for a stream, or for what puts them into files.
pub(super) struct Records<'w> {
    writer: &'w dyn Writer,
    text_unit: TextUnit,
    alignment: Option<Alignment>,
    zoning: &'w Zoning,
    between: &'static str,
    pub(super) bytes: Vec<u8>,
    /// Of formats that are a folder: the id of each record, and where it ends.
    pub(super) ends: Option<Vec<(String, usize)>>,
    unaligned: Vec<Unaligned>,
    /// How many spans of each label there are, those that lost a competition apart.
    pub(super) spans: BTreeMap<Label, u64>,
}

impl<'w> Records<'w> {
    pub(super) fn new(
        writer: &'w dyn Writer,
        text_unit: TextUnit,
        alignment: Option<Alignment>,
        zoning: &'w Zoning,
        room: usize,
    ) -> Records<'w> {
        Records {
            writer,
            text_unit,
            alignment,
            zoning,
            between: writer.frame().between,
            bytes: Vec::with_capacity(room),
            ends: writer.collector().map(|_| Vec::new()),
            unaligned: Vec::new(),
            spans: BTreeMap::new(),
        }
    }

    /// Appends a record, or those of its parts.
    pub(super) fn push(&mut self, record: &Record<'_>) {
        match self.zoning.is_empty() {
            true => self.push_parts(record, &[]),
            false => {
                let (record, without) = self.zoning.apply(record);
                self.push_parts(&record, &without);
            }
        }
    }

    /// The same without these parts of its text.
    fn push_parts(&mut self, record: &Record<'_>, without: &[Range<usize>]) {
        match self.text_unit {
            TextUnit::Document => self.push_one(record),
            unit => {
                for record in excerpts(record, unit, without) {
                    self.push_one(&record);
                }
            }
        }
    }

    fn push_one(&mut self, record: &Record<'_>) {
        if !self.bytes.is_empty() {
            self.bytes.extend_from_slice(self.between.as_bytes());
        }
        match &self.alignment {
            None => {
                self.count(record);
                self.writer.write(record, &mut self.bytes);
            }
            Some(alignment) => {
                let mut aligned = alignment.align(record);
                self.unaligned.append(&mut aligned.unaligned);
                self.count(&aligned.record);
                self.writer.write_aligned(&aligned, &mut self.bytes);
            }
        }
        if let Some(ends) = &mut self.ends {
            ends.push((record.id.clone().into_owned(), self.bytes.len()));
        }
    }

    fn count(&mut self, record: &Record<'_>) {
        for span in record.spans.iter().filter(|s| s.lost.is_none()) {
            let mut counts = self.spans.iter_mut();
            match counts.find(|(label, _)| label.as_str() == span.label) {
                Some((_, n)) => *n += 1,
                // What is no label can't be the label of a record.
                None => {
                    let label = Label::new(&span.label);
                    self.spans.extend(label.map(|label| (label, 1)));
                }
            }
        }
    }

    /// The spans that did not lie on words, of the records since this was asked last.
    pub(super) fn take_unaligned(&mut self) -> Vec<Unaligned> {
        std::mem::take(&mut self.unaligned)
    }

    /// How far it is: [`Records::cut`] goes back there.
    pub(super) fn mark(&self) -> (usize, usize) {
        (self.bytes.len(), self.ends.as_ref().map_or(0, Vec::len))
    }

    pub(super) fn cut(&mut self, (bytes, ends): (usize, usize)) {
        self.bytes.truncate(bytes);
        self.unaligned.clear();
        if let Some(all) = &mut self.ends {
            all.truncate(ends);
        }
    }
}
