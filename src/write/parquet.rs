//! Parquet: tables whose rows come one after the other, with a footer at the end.
//!
//! Rows are kept until there are enough for a row group; then its bytes are there to be taken. So memory is bounded by a group and by
//! the footer, which has a few hundred bytes a group and column. The same rows give the same bytes.

use super::VERSION;
use parquet::{
    basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical},
    data_type::{ByteArray, ByteArrayType, DataType, Int64Type},
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::{Type, TypePtr},
};
use std::sync::Arc;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// A list of strings.
    Texts,
    /// A list of whole numbers.
    Integers,
}

/// A table that is being written.
pub(crate) struct Table {
    file: SerializedFileWriter<Vec<u8>>,
    columns: Vec<Column>,
    rows: usize,
    /// Roughly the bytes of the rows that are kept.
    bytes: usize,
}

/// The cells of the rows that are kept.
struct Column {
    kind: Kind,
    texts: Vec<ByteArray>,
    integers: Vec<i64>,
    /// For each value, and each list without one, what is there: see [`PRESENT`].
    levels: Vec<i16>,
    /// For each of these whether it goes on with the list of the one before.
    repeats: Vec<i16>,
}

/// A group has at most so many rows, and about so many bytes.
const MOST_ROWS: usize = 50_000;
const MOST_BYTES: usize = 16 << 20;

/// Levels of a value that is there, by the nesting of its column; of a list that is there and empty. (What is missing has lower
/// ones: readers expect columns that may have nothing, but here none has.)
const PRESENT: i16 = 1;
const IN_LIST: i16 = 3;
const EMPTY_LIST: i16 = 1;

/// Why writing does not fail: the columns are those of the schema, and a vector takes all.
const SURE: &str = "rows that fit the schema go into memory";

impl Table {
    /// A table with these columns, and values that belong to the whole file.
    pub(crate) fn new<'n>(
        columns: impl IntoIterator<Item = (&'n str, Kind)>,
        metadata: &[(&str, String)],
    ) -> Table {
        let columns: Vec<(&str, Kind)> = columns.into_iter().collect();
        let fields = columns.iter().map(|(name, kind)| field(name, *kind));
        let schema = Type::group_type_builder("schema").with_fields(fields.collect());
        let metadata = metadata
            .iter()
            .map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone()));
        let properties = WriterProperties::builder()
            .set_created_by(format!("wiretag version {VERSION}"))
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(metadata.collect()));
        let file = SerializedFileWriter::new(
            Vec::new(),
            Arc::new(schema.build().expect(SURE)),
            Arc::new(properties.build()),
        );
        let column = |&(_, kind): &(&str, Kind)| Column {
            kind,
            texts: Vec::new(),
            integers: Vec::new(),
            levels: Vec::new(),
            repeats: Vec::new(),
        };
        Table {
            file: file.expect(SURE),
            columns: columns.iter().map(column).collect(),
            rows: 0,
            bytes: 0,
        }
    }

    /// The cell of a column in the row that is being written: each column needs one.
    pub(crate) fn text(&mut self, column: usize, value: &str) {
        self.bytes += value.len() + 32;
        self.columns[column].texts.push(value.into());
    }

    pub(crate) fn integer(&mut self, column: usize, value: i64) {
        self.bytes += 8;
        self.columns[column].integers.push(value);
    }

    pub(crate) fn texts<'t>(&mut self, column: usize, values: impl Iterator<Item = &'t str>) {
        let before = self.columns[column].texts.len();
        for value in values {
            self.text(column, value);
        }
        self.columns[column].list(before);
    }

    pub(crate) fn integers(&mut self, column: usize, values: impl Iterator<Item = i64>) {
        let before = self.columns[column].integers.len();
        for value in values {
            self.integer(column, value);
        }
        self.columns[column].list(before);
    }

    /// Ends a row.
    pub(crate) fn end_row(&mut self) {
        self.rows += 1;
        if self.rows == MOST_ROWS || self.bytes >= MOST_BYTES {
            self.end_group();
        }
    }

    /// The bytes that are there since they were taken last.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.file.flush().expect(SURE);
        std::mem::take(self.file.inner_mut())
    }

    /// Ends the table; gives the rest of its bytes.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        if self.rows > 0 {
            self.end_group();
        }
        self.file.into_inner().expect(SURE)
    }

    fn end_group(&mut self) {
        let mut group = self.file.next_row_group().expect(SURE);
        for column in &mut self.columns {
            let writer = group.next_column().expect(SURE).expect(SURE);
            match column.kind {
                Kind::Text | Kind::Texts => {
                    let texts = std::mem::take(&mut column.texts);
                    column.write::<ByteArrayType>(&texts, writer);
                }
                Kind::Integer | Kind::Integers => {
                    let integers = std::mem::take(&mut column.integers);
                    column.write::<Int64Type>(&integers, writer);
                }
            }
        }
        group.close().expect(SURE);
        (self.rows, self.bytes) = (0, 0);
    }
}

impl Column {
    /// What was added since there were so many values is a list.
    fn list(&mut self, before: usize) {
        let behind = self.texts.len().max(self.integers.len());
        if behind == before {
            self.levels.push(EMPTY_LIST);
            self.repeats.push(0);
        }
        for i in before..behind {
            self.levels.push(IN_LIST);
            self.repeats.push(i16::from(i > before));
        }
    }

    fn write<T: DataType>(&mut self, values: &[T::T], mut writer: SerializedColumnWriter<'_>) {
        let is_list = matches!(self.kind, Kind::Texts | Kind::Integers);
        if !is_list {
            self.levels = vec![PRESENT; values.len()];
        }
        let repeats = is_list.then_some(&*self.repeats);
        let written = writer
            .typed::<T>()
            .write_batch(values, Some(&self.levels), repeats);
        written.expect(SURE);
        writer.close().expect(SURE);
        self.levels.clear();
        self.repeats.clear();
    }
}

/// A column of the schema, as most programs write it: everything may be missing.
fn field(name: &str, kind: Kind) -> TypePtr {
    let value = |name| {
        let is_text = matches!(kind, Kind::Text | Kind::Texts);
        let physical = if is_text {
            Physical::BYTE_ARRAY
        } else {
            Physical::INT64
        };
        let value = Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(is_text.then_some(LogicalType::String));
        Arc::new(value.build().expect(SURE))
    };
    if matches!(kind, Kind::Text | Kind::Integer) {
        return value(name);
    }
    let list = Type::group_type_builder("list")
        .with_repetition(Repetition::REPEATED)
        .with_fields(vec![value("element")]);
    let list = Arc::new(list.build().expect(SURE));
    let column = Type::group_type_builder(name)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(Some(LogicalType::List))
        .with_converted_type(ConvertedType::LIST)
        .with_fields(vec![list]);
    Arc::new(column.build().expect(SURE))
}
