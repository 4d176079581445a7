//! Tables of Parquet: rows that come one after the other, with a footer at the end.
//!
//! Rows are kept until there are enough for a row group; then its bytes are there to be taken. So memory is bounded by a group and by
//! the footer, which has a few hundred bytes a group and column. The same rows give the same bytes.

use crate::write::{
    VERSION,
    folder::{push_part, take_number, take_part},
};
use parquet::{
    basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical},
    data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type},
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::{Type, TypePtr},
};
use std::sync::Arc;

/// The type of a column, or of what is in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// A floating-point number.
    Real,
    /// A list.
    List(&'static Kind),
    /// Fields of these names.
    Struct(&'static [(&'static str, Kind)]),
    /// Strings by strings; its cells are lists of keys, each with its value behind it.
    Map,
}

/// What stands in a column of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'c> {
    Null,
    Text(&'c str),
    Integer(i64),
    Real(f64),
    List(Vec<Cell<'c>>),
    Struct(Vec<Cell<'c>>),
}

impl<'c> Cell<'c> {
    /// Appends it to a record that is handed over to a collector.
    pub(crate) fn push(&self, out: &mut Vec<u8>) {
        let number = |tag: u8, n: u64, out: &mut Vec<u8>| {
            out.push(tag);
            out.extend_from_slice(&n.to_le_bytes());
        };
        match self {
            Cell::Null => out.push(NULL),
            Cell::Text(text) => {
                out.push(TEXT);
                push_part(text.as_bytes(), out);
            }
            Cell::Integer(integer) => number(INTEGER, integer.cast_unsigned(), out),
            Cell::Real(real) => number(REAL, real.to_bits(), out),
            Cell::List(cells) | Cell::Struct(cells) => {
                let is_list = matches!(self, Cell::List(_));
                number(if is_list { LIST } else { STRUCT }, cells.len() as u64, out);
                for cell in cells {
                    cell.push(out);
                }
            }
        }
    }

    /// Takes off the next cell of such a record.
    pub(crate) fn take(rest: &mut &'c [u8]) -> Cell<'c> {
        let (tag, behind) = rest.split_first().expect(AS_MADE);
        *rest = behind;
        let cells =
            |rest: &mut &'c [u8]| (0..take_number(rest)).map(|_| Cell::take(rest)).collect();
        match *tag {
            TEXT => Cell::Text(std::str::from_utf8(take_part(rest)).expect(AS_MADE)),
            INTEGER => Cell::Integer(take_number(rest).cast_signed()),
            REAL => Cell::Real(f64::from_bits(take_number(rest))),
            LIST => Cell::List(cells(rest)),
            STRUCT => Cell::Struct(cells(rest)),
            _ => Cell::Null,
        }
    }
}

/// What tells cells apart in a record that is handed over.
const NULL: u8 = 0;
const TEXT: u8 = 1;
const INTEGER: u8 = 2;
const REAL: u8 = 3;
const LIST: u8 = 4;
const STRUCT: u8 = 5;

const AS_MADE: &str = "records are handed over as they were made";

/// A table that is being written.
pub(crate) struct Table {
    file: SerializedFileWriter<Vec<u8>>,
    kinds: Vec<Kind>,
    leaves: Vec<Leaf>,
    rows: usize,
    /// Roughly the bytes of the rows that are kept.
    bytes: usize,
}

/// The values of one kind in the rows that are kept: a column, or what is furthest down in one.
struct Leaf {
    kind: Kind,
    is_repeated: bool,
    texts: Vec<ByteArray>,
    integers: Vec<i64>,
    reals: Vec<f64>,
    /// For each value, and each place without one, how far down its column something is there.
    levels: Vec<i16>,
    /// For each of these which of the lists around it goes on: 0 where a row starts.
    repeats: Vec<i16>,
}

/// A group has at most so many rows, and about so many bytes.
const MOST_ROWS: usize = 50_000;
const MOST_BYTES: usize = 16 << 20;

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
        let mut leaves = Vec::new();
        for (_, kind) in &columns {
            kind.add_leaves(false, &mut leaves);
        }
        Table {
            file: file.expect(SURE),
            kinds: columns.into_iter().map(|(_, kind)| kind).collect(),
            leaves,
            rows: 0,
            bytes: 0,
        }
    }

    /// Adds a row: a cell for each column.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) {
        let mut leaves = self.leaves.iter_mut();
        for (kind, cell) in self.kinds.iter().zip(cells) {
            let (these, rest) = leaves.into_slice().split_at_mut(kind.leaves());
            self.bytes += add(these, *kind, cell, Level::default());
            leaves = rest.iter_mut();
        }
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

    /// Adds a value that belongs to the whole file.
    pub(crate) fn add_metadata(&mut self, key: &str, value: &str) {
        let pair = KeyValue::new(key.to_owned(), value.to_owned());
        self.file.append_key_value_metadata(pair);
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
        for leaf in &mut self.leaves {
            let writer = group.next_column().expect(SURE).expect(SURE);
            match leaf.kind {
                Kind::Integer => {
                    let integers = std::mem::take(&mut leaf.integers);
                    leaf.write::<Int64Type>(&integers, writer);
                }
                Kind::Real => {
                    let reals = std::mem::take(&mut leaf.reals);
                    leaf.write::<DoubleType>(&reals, writer);
                }
                _ => {
                    let texts = std::mem::take(&mut leaf.texts);
                    leaf.write::<ByteArrayType>(&texts, writer);
                }
            }
        }
        group.close().expect(SURE);
        (self.rows, self.bytes) = (0, 0);
    }
}

/// Where a cell stands in its column.
#[derive(Clone, Copy, Default)]
struct Level {
    /// How many of those around it, which all may be missing or empty, are there.
    there: i16,
    /// The list around it that goes on with it, counted from the outermost; 0 for none.
    goes_on: i16,
    /// How many lists are around it.
    lists: i16,
}

impl Level {
    /// One step down, into what is there.
    fn down(self) -> Level {
        Level {
            there: self.there + 1,
            ..self
        }
    }

    /// At the place `i` of a list that is there.
    fn at(self, i: usize) -> Level {
        let lists = self.lists + 1;
        Level {
            there: self.there + 2,
            goes_on: if i == 0 { self.goes_on } else { lists },
            lists,
        }
    }
}

/// Adds a cell to the leaves of its column; gives roughly its bytes.
fn add(leaves: &mut [Leaf], kind: Kind, cell: &Cell<'_>, level: Level) -> usize {
    match (kind, cell) {
        (Kind::Struct(fields), Cell::Struct(cells)) => {
            let (mut bytes, mut rest) = (0, leaves);
            for ((_, kind), cell) in fields.iter().zip(cells) {
                let (these, others) = rest.split_at_mut(kind.leaves());
                bytes += add(these, *kind, cell, level.down());
                rest = others;
            }
            bytes
        }
        (Kind::List(_) | Kind::Map, Cell::List(cells)) if cells.is_empty() => {
            missing(leaves, level.down())
        }
        (Kind::List(kind), Cell::List(cells)) => {
            let cells = cells.iter().enumerate();
            cells
                .map(|(i, cell)| add(leaves, *kind, cell, level.at(i)))
                .sum()
        }
        (Kind::Map, Cell::List(cells)) => {
            let (keys, values) = leaves.split_at_mut(1);
            let pairs = cells.chunks(2).enumerate();
            pairs
                .map(|(i, pair)| {
                    // A key is always there, so being there is no step down.
                    let key = Level {
                        there: level.there + 1,
                        ..level.at(i)
                    };
                    add(keys, Kind::Text, &pair[0], key)
                        + add(values, Kind::Text, &pair[1], level.at(i))
                })
                .sum()
        }
        (_, cell) => leaves[0]
            .value(cell, level)
            .unwrap_or_else(|| missing(leaves, level)),
    }
}

/// Adds to all leaves that there is nothing from here on.
fn missing(leaves: &mut [Leaf], level: Level) -> usize {
    for leaf in &mut *leaves {
        leaf.place(level);
    }
    4 * leaves.len()
}

impl Kind {
    /// How many leaves it has.
    fn leaves(self) -> usize {
        match self {
            Kind::Text | Kind::Integer | Kind::Real => 1,
            Kind::List(kind) => kind.leaves(),
            Kind::Struct(fields) => fields.iter().map(|(_, kind)| kind.leaves()).sum(),
            Kind::Map => 2,
        }
    }

    fn add_leaves(self, is_repeated: bool, leaves: &mut Vec<Leaf>) {
        match self {
            Kind::List(kind) => kind.add_leaves(true, leaves),
            Kind::Struct(fields) => {
                for (_, kind) in fields {
                    kind.add_leaves(is_repeated, leaves);
                }
            }
            Kind::Map => {
                for _ in 0..2 {
                    Kind::Text.add_leaves(true, leaves);
                }
            }
            kind => leaves.push(Leaf {
                kind,
                is_repeated,
                texts: Vec::new(),
                integers: Vec::new(),
                reals: Vec::new(),
                levels: Vec::new(),
                repeats: Vec::new(),
            }),
        }
    }
}

impl Leaf {
    /// Adds a value; gives roughly its bytes, or nothing if it is none.
    fn value(&mut self, cell: &Cell<'_>, level: Level) -> Option<usize> {
        let bytes = match cell {
            Cell::Text(text) => {
                self.texts.push((*text).into());
                text.len() + 32
            }
            Cell::Integer(integer) => {
                self.integers.push(*integer);
                8
            }
            Cell::Real(real) => {
                self.reals.push(*real);
                8
            }
            Cell::Null | Cell::List(_) | Cell::Struct(_) => return None,
        };
        self.place(level.down());
        Some(bytes)
    }

    fn place(&mut self, level: Level) {
        self.levels.push(level.there);
        if self.is_repeated {
            self.repeats.push(level.goes_on);
        }
    }

    fn write<T: DataType>(&mut self, values: &[T::T], mut writer: SerializedColumnWriter<'_>) {
        let repeats = self.is_repeated.then_some(&*self.repeats);
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
    let primitive = |physical, logical| {
        Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
    };
    let group = |fields, logical, converted| {
        Type::group_type_builder(name)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .with_converted_type(converted)
            .with_fields(fields)
            .build()
    };
    let built = match kind {
        Kind::Text => primitive(Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Integer => primitive(Physical::INT64, None),
        Kind::Real => primitive(Physical::DOUBLE, None),
        Kind::Struct(fields) => {
            let fields = fields.iter().map(|(name, kind)| field(name, *kind));
            group(fields.collect(), None, ConvertedType::NONE)
        }
        Kind::List(kind) => {
            let element = vec![field("element", *kind)];
            group(
                vec![repeated("list", element)],
                Some(LogicalType::List),
                ConvertedType::LIST,
            )
        }
        Kind::Map => {
            let key = Type::primitive_type_builder("key", Physical::BYTE_ARRAY)
                .with_repetition(Repetition::REQUIRED)
                .with_logical_type(Some(LogicalType::String));
            let pair = vec![
                Arc::new(key.build().expect(SURE)),
                field("value", Kind::Text),
            ];
            group(
                vec![repeated("key_value", pair)],
                Some(LogicalType::Map),
                ConvertedType::MAP,
            )
        }
    };
    Arc::new(built.expect(SURE))
}

/// What stands in a list.
fn repeated(name: &str, fields: Vec<TypePtr>) -> TypePtr {
    let group = Type::group_type_builder(name)
        .with_repetition(Repetition::REPEATED)
        .with_fields(fields);
    Arc::new(group.build().expect(SURE))
}
