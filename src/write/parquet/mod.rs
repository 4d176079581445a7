//! Parquet: a table with a row for each record, for data frames and engines of SQL.
//!
//! # Format
//!
//! | column | type | what it is |
//! |---|---|---|
//! | `id` | string | id of the document |
//! | `text` | string | its text |
//! | `spans` | list of structs | its spans, in the order of [JSONL](super::jsonl) |
//! | `meta` | string | its meta as an object of JSON; null if there is none |
//!
//! A span has the fields that it has in [JSONL](super::jsonl), in their order: `start`, `end` (64-bit integers), `label`, `text`, `entity`,
//! `name`, `also` (a list of strings), `origin`, `score` (a double), `zone`, `lost` (strings) and `attributes` (a map of strings). What is
//! absent there is null here. What the offsets count is in the metadata of the file, with the key `wiretag.offset_unit`: `codepoint`
//! (default), `byte` or `utf16`.
//!
//! Pages are compressed with Snappy. A row group has 16 MiB of values or 50,000 rows. Numbers of definition and repetition are those that
//! pyarrow writes for columns that may have nulls, so that all readers of nested columns know them.
//!
//! ```sql
//! -- DuckDB
//! SELECT s.entity, count(*) FROM (SELECT unnest(spans) AS s FROM 'out.parquet') GROUP BY ALL;
//! ```

mod table;

pub(super) use table::{Cell, Kind, Table};

use super::{
    Collector, Files, Writer,
    folder::{push_part, take_part},
    jsonl::push_meta_object,
};
use crate::{
    error::Error,
    record::{Mention, OffsetUnit, Record},
    span::Label,
};

/// The writer of tables.
#[derive(Clone, Copy, Debug)]
pub struct Parquet;

const COLUMNS: [(&str, Kind); 4] = [
    ("id", Kind::Text),
    ("text", Kind::Text),
    ("spans", Kind::List(&SPAN)),
    ("meta", Kind::Text),
];

const SPAN: Kind = Kind::Struct(&[
    ("start", Kind::Integer),
    ("end", Kind::Integer),
    ("label", Kind::Text),
    ("text", Kind::Text),
    ("entity", Kind::Text),
    ("name", Kind::Text),
    ("also", Kind::List(&Kind::Text)),
    ("origin", Kind::Text),
    ("score", Kind::Real),
    ("zone", Kind::Text),
    ("lost", Kind::Text),
    ("attributes", Kind::Map),
]);

impl Writer for Parquet {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        let mut meta = Vec::new();
        push_meta_object(record, &mut meta);
        let meta = std::str::from_utf8(&meta).expect("JSON is UTF-8");
        push_part(record.offset_unit.as_str().as_bytes(), out);
        for cell in [
            Cell::Text(&record.id),
            Cell::Text(&record.text),
            Cell::List(record.spans.iter().map(span).collect()),
            match record.meta.is_empty() {
                true => Cell::Null,
                false => Cell::Text(meta),
            },
        ] {
            cell.push(out);
        }
    }

    fn collector(&self) -> Option<Box<dyn Collector>> {
        Some(Box::new(Rows {
            table: Some(Table::new(COLUMNS, &[])),
            unit: None,
        }))
    }
}

fn span<'r>(mention: &'r Mention<'_>) -> Cell<'r> {
    let text = |text: &'r Option<_>| text.as_deref().map_or(Cell::Null, Cell::Text);
    let list = |cells: Vec<Cell<'r>>| match cells.is_empty() {
        true => Cell::Null,
        false => Cell::List(cells),
    };
    let attributes = mention.attributes.iter();
    Cell::Struct(vec![
        Cell::Integer(mention.start as i64),
        Cell::Integer(mention.end as i64),
        Cell::Text(&mention.label),
        Cell::Text(&mention.text),
        text(&mention.entity),
        text(&mention.name),
        list(mention.also.iter().map(|id| Cell::Text(id)).collect()),
        Cell::Text(&mention.origin),
        mention.score.map_or(Cell::Null, Cell::Real),
        text(&mention.zone),
        text(&mention.lost),
        list(
            attributes
                .flat_map(|(name, value)| [Cell::Text(name), Cell::Text(value)])
                .collect(),
        ),
    ])
}

/// Rows on their way into the file.
struct Rows {
    /// There until the end.
    table: Option<Table>,
    /// What the offsets count: all records of a run have one unit.
    unit: Option<String>,
}

impl Collector for Rows {
    fn is_one_file(&self) -> bool {
        true
    }

    fn add(&mut self, _: &str, mut record: &[u8], files: &mut dyn Files) -> Result<(), Error> {
        let unit = take_part(&mut record);
        if self.unit.is_none() {
            self.unit = Some(String::from_utf8_lossy(unit).into_owned());
        }
        let cells = COLUMNS.map(|_| Cell::take(&mut record));
        let Some(table) = &mut self.table else {
            return Ok(());
        };
        table.row(&cells);
        let bytes = table.take();
        match bytes.is_empty() {
            true => Ok(()),
            false => files.append(FILE, &bytes),
        }
    }

    fn finish(&mut self, _: &[Label], files: &mut dyn Files) -> Result<(), Error> {
        let Some(mut table) = self.table.take() else {
            return Ok(());
        };
        if let Some(unit) = &self.unit {
            table.add_metadata(OffsetUnit::KEY, unit);
        }
        files.append(FILE, &table.finish())
    }
}

/// What the one file is called where it is none of several.
const FILE: &str = "";
