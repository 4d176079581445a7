//! The values of one column of a row group, or of the furthest part of one, a few rows at a time.

use super::said;
use crate::json::push_string;
use base64::prelude::{BASE64_STANDARD, Engine};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use parquet::{
    basic::{Compression, ConvertedType, LogicalType, TimeUnit},
    column::reader::ColumnReader,
    data_type::{ByteArray, FixedLenByteArray, Int96},
    errors::ParquetError,
    file::reader::RowGroupReader,
    schema::types::ColumnDescriptor,
};
use std::io::Write;

/// A column that is being read.
pub(super) struct Leaf {
    name: String,
    reader: ColumnReader,
    values: Values,
    meaning: Meaning,
    /// Must its bytes be text?
    is_text: bool,
    /// The level of definition of what is there.
    there: i16,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    /// The next of these levels, and the next value.
    level: usize,
    value: usize,
    /// How many levels there are.
    levels: usize,
    /// What is wrong with a value of this row.
    fault: Option<&'static str>,
}

/// Values as they are stored.
enum Values {
    Bool(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Int96(Vec<Int96>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
}

/// What stored values mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Numbers, and bytes that are text if they are UTF-8.
    Plain,
    /// A number without a sign.
    Unsigned,
    /// Text.
    Text,
    /// Days since 1970.
    Date,
    /// A time of the day in units of so many nanoseconds.
    Time(i64),
    /// Time since 1970 in units of so many nanoseconds, and whether it is that of UTC.
    Timestamp(i64, bool),
    /// So many of the digits stand behind the point.
    Decimal(i32),
    Float16,
    Uuid,
}

impl Meaning {
    fn of(column: &ColumnDescriptor) -> Meaning {
        let nanos = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => 1_000_000,
            TimeUnit::MICROS => 1_000,
            TimeUnit::NANOS => 1,
        };
        match column.logical_type_ref() {
            Some(LogicalType::Time(time)) => return Meaning::Time(nanos(&time.unit)),
            Some(LogicalType::Timestamp(time)) => {
                return Meaning::Timestamp(nanos(&time.unit), time.is_adjusted_to_u_t_c);
            }
            Some(LogicalType::Float16) => return Meaning::Float16,
            Some(LogicalType::Uuid) => return Meaning::Uuid,
            _ => {}
        }
        match column.converted_type() {
            ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON => Meaning::Text,
            ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64 => Meaning::Unsigned,
            ConvertedType::DATE => Meaning::Date,
            ConvertedType::TIME_MILLIS => Meaning::Time(1_000_000),
            ConvertedType::TIME_MICROS => Meaning::Time(1_000),
            ConvertedType::TIMESTAMP_MILLIS => Meaning::Timestamp(1_000_000, true),
            ConvertedType::TIMESTAMP_MICROS => Meaning::Timestamp(1_000, true),
            ConvertedType::DECIMAL => Meaning::Decimal(column.type_scale()),
            _ => Meaning::Plain,
        }
    }
}

impl Leaf {
    /// Opens a column of a row group; those of `texts` must be text.
    pub(super) fn open(
        group: &dyn RowGroupReader,
        column: usize,
        texts: &[String],
    ) -> Result<Leaf, String> {
        let metadata = group.metadata().column(column);
        let descriptor = metadata.column_descr();
        let name = descriptor.path().string();
        let at = |message: String| format!("column {name:?}: {message}");
        let reader = match metadata.compression() {
            Compression::BROTLI(_) | Compression::LZO => {
                let message =
                    "compressed by Brotli or LZO: write the table with Snappy, Zstd, gzip or LZ4";
                return Err(at(message.to_owned()));
            }
            _ => group.get_column_reader(column).map_err(|e| at(said(&e)))?,
        };
        let values = match reader {
            ColumnReader::BoolColumnReader(_) => Values::Bool(Vec::new()),
            ColumnReader::Int32ColumnReader(_) => Values::Int32(Vec::new()),
            ColumnReader::Int64ColumnReader(_) => Values::Int64(Vec::new()),
            ColumnReader::Int96ColumnReader(_) => Values::Int96(Vec::new()),
            ColumnReader::FloatColumnReader(_) => Values::Float(Vec::new()),
            ColumnReader::DoubleColumnReader(_) => Values::Double(Vec::new()),
            ColumnReader::ByteArrayColumnReader(_) => Values::Bytes(Vec::new()),
            ColumnReader::FixedLenByteArrayColumnReader(_) => Values::Fixed(Vec::new()),
        };
        Ok(Leaf {
            reader,
            values,
            meaning: Meaning::of(descriptor),
            is_text: texts.contains(&name),
            there: descriptor.max_def_level(),
            definitions: Vec::new(),
            repetitions: Vec::new(),
            level: 0,
            value: 0,
            levels: 0,
            fault: None,
            name,
        })
    }

    /// Reads so many rows, in the place of those before.
    pub(super) fn read(&mut self, rows: usize) -> Result<(), String> {
        (self.level, self.value) = (0, 0);
        self.definitions.clear();
        self.repetitions.clear();
        let (d, r) = (&mut self.definitions, &mut self.repetitions);
        macro_rules! read {
            ($($reader:ident $values:ident,)*) => {
                match (&mut self.reader, &mut self.values) {
                    $((ColumnReader::$reader(reader), Values::$values(values)) => {
                        values.clear();
                        reader.read_records(rows, Some(d), Some(r), values)
                    })*
                    _ => Err(ParquetError::General("its type has changed".to_owned())),
                }
            };
        }
        let read = read! {
            BoolColumnReader Bool,
            Int32ColumnReader Int32,
            Int64ColumnReader Int64,
            Int96ColumnReader Int96,
            FloatColumnReader Float,
            DoubleColumnReader Double,
            ByteArrayColumnReader Bytes,
            FixedLenByteArrayColumnReader Fixed,
        };
        let at = |message: String| format!("column {:?}: {message}", self.name);
        let (records, _, levels) = read.map_err(|e| at(said(&e)))?;
        self.levels = levels;
        match records == rows {
            true => Ok(()),
            false => Err(at(format!("{records} values where there are {rows} rows"))),
        }
    }

    /// The level of definition of what is next.
    pub(super) fn definition(&self) -> Option<i16> {
        match self.there {
            // What is always there has no levels.
            0 => (self.level < self.levels).then_some(0),
            _ => self.definitions.get(self.level).copied(),
        }
    }

    /// The level of repetition of what is next; 0 at the end of a row.
    pub(super) fn repetition(&self) -> i16 {
        self.repetitions.get(self.level).copied().unwrap_or(0)
    }

    /// Leaves behind what is next, which is nothing.
    pub(super) fn pass(&mut self) -> Option<()> {
        let definition = self.definition()?;
        self.level += 1;
        (definition < self.there).then_some(())
    }

    /// Appends what is next as JSON.
    pub(super) fn push(&mut self, out: &mut Vec<u8>) -> Option<()> {
        if self.definition()? < self.there {
            out.extend_from_slice(b"null");
        } else {
            self.push_value(out)?;
            self.value += 1;
        }
        self.level += 1;
        Some(())
    }

    /// What was wrong with values of the row that has ended.
    ///
    /// # Errors
    /// When there is more of it than the other columns have.
    pub(super) fn end_row(&mut self) -> Result<Option<String>, String> {
        let name = &self.name;
        if self.repetition() != 0 {
            return Err(format!(
                "column {name:?}: more values than in other columns"
            ));
        }
        let fault = self.fault.take();
        Ok(fault.map(|fault| format!("column {name:?} {fault}")))
    }

    fn push_value(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let i = self.value;
        match &self.values {
            Values::Bool(values) => {
                let word: &[u8] = if *values.get(i)? { b"true" } else { b"false" };
                out.extend_from_slice(word);
            }
            Values::Int32(values) => {
                let value = *values.get(i)?;
                match self.meaning {
                    Meaning::Unsigned => push_integer(value.cast_unsigned(), out),
                    _ => push_number(self.meaning, value.into(), out),
                }
            }
            Values::Int64(values) => {
                let value = *values.get(i)?;
                match self.meaning {
                    Meaning::Unsigned => push_integer(value.cast_unsigned(), out),
                    _ => push_number(self.meaning, value, out),
                }
            }
            // Instants, as programs wrote them before there were timestamps.
            Values::Int96(values) => {
                push_number(
                    Meaning::Timestamp(1_000, true),
                    values.get(i)?.to_micros(),
                    out,
                );
            }
            Values::Float(values) => push_real(*values.get(i)?, out),
            Values::Double(values) => push_real(*values.get(i)?, out),
            Values::Bytes(values) => {
                let bytes = values.get(i)?.data();
                self.fault = self.push_bytes(bytes, std::str::from_utf8(bytes).ok(), out);
            }
            Values::Fixed(values) => {
                self.fault = self.push_bytes(values.get(i)?.data(), None, out);
            }
        }
        Some(())
    }

    /// Appends bytes, and as what text they may be read; gives what is wrong with them, or with those before.
    fn push_bytes(
        &self,
        bytes: &[u8],
        text: Option<&str>,
        out: &mut Vec<u8>,
    ) -> Option<&'static str> {
        match self.meaning {
            Meaning::Decimal(scale) if (1..=16).contains(&bytes.len()) => {
                push_decimal(signed(bytes), scale, out);
            }
            Meaning::Float16 if bytes.len() == 2 => {
                push_real(half(u16::from_le_bytes([bytes[0], bytes[1]])), out);
            }
            Meaning::Uuid if bytes.len() == 16 => {
                let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect();
                let parts = [0..4, 4..6, 6..8, 8..10, 10..16];
                let parts: [String; 5] = parts.map(|part| hex(&bytes[part]));
                push_string(&parts.join("-"), out);
            }
            meaning => match text {
                Some(text) => push_string(text, out),
                None => {
                    push_string(&BASE64_STANDARD.encode(bytes), out);
                    let must_be = self.is_text || meaning == Meaning::Text;
                    return must_be.then_some("is not UTF-8").or(self.fault);
                }
            },
        }
        self.fault
    }
}

/// Appends a whole number, or what it stands for.
fn push_number(meaning: Meaning, value: i64, out: &mut Vec<u8>) {
    let text = match meaning {
        Meaning::Date => date(value),
        Meaning::Time(nanos) => civil(value, nanos).map(|t| t.time().to_string()),
        Meaning::Timestamp(nanos, true) => instant(value, nanos).map(|t| t.to_string()),
        Meaning::Timestamp(nanos, false) => civil(value, nanos).map(|t| t.to_string()),
        Meaning::Decimal(scale) => return push_decimal(value.into(), scale, out),
        _ => None,
    };
    match text {
        Some(text) => push_string(&text, out),
        // Dates outside of calendars are the numbers that they are.
        None => push_integer(value, out),
    }
}

fn push_integer(value: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// What is no finite number is null.
fn push_real(value: impl Into<serde_json::Value>, out: &mut Vec<u8>) {
    out.extend_from_slice(value.into().to_string().as_bytes());
}

/// A number of so many digits behind its point; a scale that makes no sense leaves it whole.
fn push_decimal(value: i128, scale: i32, out: &mut Vec<u8>) {
    let scale = usize::try_from(scale).unwrap_or(0).min(64);
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (ones, rest) = digits.split_at(digits.len() - scale);
    let point = if rest.is_empty() { "" } else { "." };
    write!(out, "{sign}{ones}{point}{rest}").expect("a number goes into memory");
}

/// A number with a sign, its most significant byte first.
fn signed(bytes: &[u8]) -> i128 {
    let fill = if bytes[0] & 0x80 == 0 { 0 } else { -1 };
    bytes.iter().fold(fill, |n, b| n << 8 | i128::from(*b))
}

fn date(days: i64) -> Option<String> {
    let days = jiff::Span::new().try_days(days).ok()?;
    let date = Date::constant(1970, 1, 1).checked_add(days).ok()?;
    Some(date.to_string())
}

fn instant(value: i64, nanos: i64) -> Option<Timestamp> {
    Timestamp::from_nanosecond(i128::from(value) * i128::from(nanos)).ok()
}

fn civil(value: i64, nanos: i64) -> Option<jiff::civil::DateTime> {
    Some(TimeZone::UTC.to_datetime(instant(value, nanos)?))
}

/// The number that 16 bits are in IEEE 754.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    }
}
