//! The records of a chunk, as bytes.

use crate::{
    record::Record,
    write::{TextUnit, Writer, excerpts},
};

/// The records of a chunk: bytes for a stream, or for what puts them into files.
pub(super) struct Records<'w> {
    writer: &'w dyn Writer,
    text_unit: TextUnit,
    between: &'static str,
    pub(super) bytes: Vec<u8>,
    /// Of formats that are a folder: the id of each record, and where it ends.
    pub(super) ends: Option<Vec<(String, usize)>>,
}

impl<'w> Records<'w> {
    pub(super) fn new(writer: &'w dyn Writer, text_unit: TextUnit, room: usize) -> Records<'w> {
        Records {
            writer,
            text_unit,
            between: writer.frame().between,
            bytes: Vec::with_capacity(room),
            ends: writer.collector().map(|_| Vec::new()),
        }
    }

    /// Appends a record, or those of its parts.
    pub(super) fn push(&mut self, record: &Record<'_>) {
        match self.text_unit {
            TextUnit::Document => self.push_one(record),
            unit => {
                for record in excerpts(record, unit) {
                    self.push_one(&record);
                }
            }
        }
    }

    fn push_one(&mut self, record: &Record<'_>) {
        if !self.bytes.is_empty() {
            self.bytes.extend_from_slice(self.between.as_bytes());
        }
        self.writer.write(record, &mut self.bytes);
        if let Some(ends) = &mut self.ends {
            ends.push((record.id.clone().into_owned(), self.bytes.len()));
        }
    }

    /// How far it is: [`Records::cut`] goes back there.
    pub(super) fn mark(&self) -> (usize, usize) {
        (self.bytes.len(), self.ends.as_ref().map_or(0, Vec::len))
    }

    pub(super) fn cut(&mut self, (bytes, ends): (usize, usize)) {
        self.bytes.truncate(bytes);
        if let Some(all) = &mut self.ends {
            all.truncate(ends);
        }
    }
}
