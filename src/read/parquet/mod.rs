//! Parquet: a document a row. A row becomes an object of JSON, which is read as a line of JSONL is.
//!
//! What JSON has no type for: dates and times are strings as ISO 8601 has them, decimals are numbers, bytes that are no UTF-8 are
//! base64, maps are objects, and what is no finite number is null. Tables that this program wrote say in their
//! metadata what offsets count; then their rows say it too, and their meta is the object that it was.
//!
//! Row groups are read one after the other, of each column a few pages: memory is bounded by the pages, however large the groups.

mod leaf;
mod tree;

use super::{
    Parsed, Raw, ReadOptions, Reader, jsonl, list,
    stream::{Cut, Cutter, Fault, Input, Pieces, too_large},
};
use crate::{json::push_string, record::OffsetUnit};
use bytes::Bytes;
use leaf::Leaf;
use parquet::{
    errors::{ParquetError, Result as Read_},
    file::reader::{ChunkReader, FileReader, Length, SerializedFileReader},
};
use serde::de::IgnoredAny;
use std::{
    fs::File,
    io::BufReader,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tree::Node;

pub(super) struct Parquet;

impl Reader for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["parquet", "parq", "pqt"]
    }

    fn magic(&self) -> Option<&'static [u8]> {
        Some(b"PAR1")
    }

    fn cutter(&self, _: &ReadOptions) -> Box<dyn Cutter> {
        Box::new(NoFile)
    }

    fn open(
        &self,
        path: &Path,
        options: &ReadOptions,
        count: &Arc<AtomicU64>,
    ) -> Option<Result<Pieces, String>> {
        let rows = guarded(|| Rows::open(path, options, count));
        Some(rows.map(|rows| Box::new(rows) as Pieces))
    }

    fn parse(&self, raw: &Raw, options: &ReadOptions) -> Parsed {
        jsonl::parse_object(raw, options)
    }
}

/// What is there of a table that comes as a stream.
struct NoFile;

impl Cutter for NoFile {
    fn cut(&mut self, input: &mut Input) -> Option<Result<Cut, Fault>> {
        if input.is_given_up() {
            return None;
        }
        input.give_up();
        Some(Err(Fault {
            line: None,
            message: "a table of Parquet has its contents listed at its end: it must be a file, neither a pipe nor packed in .gz, .bz2 or .zst"
                .to_owned(),
        }))
    }
}

/// The rows of a file, as objects of JSON.
struct Rows {
    file: SerializedFileReader<Counted>,
    columns: Vec<(String, Node)>,
    /// What offsets count, where the file says it.
    unit: Option<String>,
    /// The columns that are read as text: bytes that are none are a fault there.
    texts: Vec<String>,
    max_document: usize,
    /// The row group that is read next, and the columns of the one that is being read.
    next_group: usize,
    leaves: Vec<Leaf>,
    /// Rows of the group that are not in memory yet, and of those that are.
    unread: usize,
    ready: usize,
    /// How many rows are read into memory at once.
    batch: usize,
    /// The number of the last row.
    row: u64,
}

/// About so many bytes of rows are in memory at once, if a row has not more, and at most so many rows.
const BATCH_BYTES: i64 = 1 << 20;
const BATCH_ROWS: i64 = 1024;

impl Rows {
    fn open(path: &Path, options: &ReadOptions, count: &Arc<AtomicU64>) -> Result<Rows, String> {
        let file = File::open(path).map_err(|e| e.to_string())?;
        let counted = Counted {
            len: file.metadata().map_err(|e| e.to_string())?.len(),
            file,
            count: count.clone(),
        };
        let file = SerializedFileReader::new(counted)
            .map_err(|e| format!("no table of Parquet, or a damaged one: {}", said(&e)))?;
        let metadata = file.metadata().file_metadata();
        let columns = tree::columns(metadata.schema_descr())?;
        let texts = &options.text_fields;
        if !texts.is_empty() && !columns.iter().any(|(name, _)| texts.contains(name)) {
            let names: Vec<&str> = columns.iter().map(|(name, _)| &**name).collect();
            return Err(format!(
                "no text in column {}, the table has {} (--text-field names another)",
                list(texts),
                list(&names)
            ));
        }
        let mut pairs = metadata.key_value_metadata().into_iter().flatten();
        let unit = pairs.find(|pair| pair.key == OffsetUnit::KEY);
        Ok(Rows {
            unit: unit.and_then(|pair| pair.value.clone()),
            columns,
            texts: texts.clone(),
            max_document: options.max_document,
            next_group: 0,
            leaves: Vec::new(),
            unread: 0,
            ready: 0,
            batch: 0,
            row: 0,
            file,
        })
    }

    /// The next row; none at the end of the file. What is damaged further than a row is the error.
    fn object(&mut self) -> Result<Option<Result<Vec<u8>, String>>, String> {
        while self.ready == 0 {
            if self.unread == 0 {
                if self.next_group == self.file.num_row_groups() {
                    return Ok(None);
                }
                self.open_group()?;
                continue;
            }
            let rows = self.batch.min(self.unread);
            for leaf in &mut self.leaves {
                leaf.read(rows)?;
            }
            (self.unread, self.ready) = (self.unread - rows, rows);
        }
        let mut out = vec![b'{'];
        if let Some(unit) = &self.unit {
            out.extend_from_slice(b"\"offset_unit\":");
            push_string(unit, &mut out);
        }
        for (name, node) in &self.columns {
            if out.len() > 1 {
                out.push(b',');
            }
            push_string(name, &mut out);
            out.push(b':');
            let start = out.len();
            node.push(&mut self.leaves, &mut out)?;
            if self.unit.is_some() && name == "meta" {
                unquote(start, &mut out);
            }
        }
        out.push(b'}');
        let faults = self.leaves.iter_mut().map(Leaf::end_row);
        let fault = faults.collect::<Result<Vec<_>, _>>()?.into_iter().flatten();
        self.ready -= 1;
        Ok(Some(match fault.last() {
            Some(message) => Err(message),
            None if out.len() > self.max_document => Err(too_large(self.max_document)),
            None => Ok(out),
        }))
    }

    /// Opens the columns of the next row group.
    fn open_group(&mut self) -> Result<(), String> {
        let number = self.next_group;
        self.next_group += 1;
        let group = self.file.metadata().row_group(number);
        let rows = group.num_rows();
        self.unread = usize::try_from(rows).map_err(|_| "it has less than no rows")?;
        // The library panics over these.
        let places = group.columns().iter().flat_map(|column| {
            let dictionary = column.dictionary_page_offset().unwrap_or(0);
            [
                dictionary,
                column.data_page_offset(),
                column.compressed_size(),
            ]
        });
        if places.min().is_some_and(|least| least < 0) {
            return Err("its columns are nowhere in the file".to_owned());
        }
        let size = group.total_byte_size() / rows.max(1);
        self.batch = (BATCH_BYTES / size.max(1)).clamp(1, BATCH_ROWS) as usize;
        let group = self.file.get_row_group(number).map_err(|e| said(&e))?;
        self.leaves.clear();
        for column in 0..group.num_columns() {
            let leaf = Leaf::open(&*group, column, &self.texts)?;
            self.leaves.push(leaf);
        }
        Ok(())
    }

    /// Leaves the rest of the row group that is being read behind, for this reason.
    fn left_behind(&mut self, why: &str) -> Fault {
        let rows = std::mem::take(&mut self.unread) as u64;
        let rows = rows.saturating_add(std::mem::take(&mut self.ready) as u64);
        let line = self.row + 1;
        self.row = self.row.saturating_add(rows);
        Fault {
            line: Some(line),
            message: format!(
                "row group {}: {why}: its rows from here on are left out",
                self.next_group
            ),
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Cut, Fault>;

    fn next(&mut self) -> Option<Result<Cut, Fault>> {
        let object = match guarded(|| self.object()) {
            Ok(object) => object?,
            Err(why) => return Some(Err(self.left_behind(&why))),
        };
        self.row += 1;
        let line = Some(self.row);
        Some(match object {
            Ok(bytes) => Ok(Cut { bytes, line }),
            Err(message) => Err(Fault { line, message }),
        })
    }
}

/// A string of JSON as the object that it holds, where it holds one.
fn unquote(start: usize, out: &mut Vec<u8>) {
    let string = serde_json::from_slice::<String>(&out[start..]);
    let Ok(string) = string else { return };
    if string.starts_with('{') && serde_json::from_str::<IgnoredAny>(&string).is_ok() {
        out.truncate(start);
        out.extend_from_slice(string.as_bytes());
    }
}

/// Calls what may meet a damaged file. The library panics over some of those.
fn guarded<T>(call: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let called = catch_unwind(AssertUnwindSafe(call));
    called.unwrap_or_else(|_| Err("damaged".to_owned()))
}

/// What the library says is wrong.
fn said(e: &ParquetError) -> String {
    match e {
        ParquetError::General(message) | ParquetError::EOF(message) => message.clone(),
        other => other.to_string(),
    }
}

/// A file that counts what is read of it, and does not believe what it says of its own length.
struct Counted {
    file: File,
    len: u64,
    count: Arc<AtomicU64>,
}

impl Length for Counted {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for Counted {
    type T = BufReader<File>;

    fn get_read(&self, start: u64) -> Read_<BufReader<File>> {
        self.file.get_read(start)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Read_<Bytes> {
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.len) {
            let message = format!("bytes {start} and {length} more are not there");
            return Err(ParquetError::EOF(message));
        }
        self.count.fetch_add(length as u64, Ordering::Relaxed);
        self.file.get_bytes(start, length)
    }
}
