//! The column of spans: a list of structs a row, made part by part.

use crate::{Mention, OffsetUnit};
use arrow_array::{
    Array, ArrayRef, ListArray, StringArray, StructArray,
    builder::{
        Float64Builder, Int64Builder, ListBuilder, MapBuilder, MapFieldNames, StringBuilder,
    },
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, Fields};
use arrow_select::concat::concat;
use std::{collections::HashMap, sync::Arc};

/// Spans of several rows.
pub(super) struct Part {
    spans: StructArray,
    /// How many spans each row has; none where the row has no spans.
    lengths: Vec<Option<usize>>,
    /// Rows whose text could not be annotated, and why.
    pub(super) faults: Vec<(usize, String)>,
    /// Bytes of the strings in the spans, but for those in lists.
    bytes: usize,
}

/// Spans that are being added.
pub(super) struct Spans {
    start: Int64Builder,
    end: Int64Builder,
    label: StringBuilder,
    text: StringBuilder,
    entity: StringBuilder,
    name: StringBuilder,
    also: ListBuilder<StringBuilder>,
    origin: StringBuilder,
    score: Float64Builder,
    zone: StringBuilder,
    lost: StringBuilder,
    attributes: MapBuilder<StringBuilder, StringBuilder>,
    /// Of the row that is being made.
    length: usize,
    lengths: Vec<Option<usize>>,
    faults: Vec<(usize, String)>,
    bytes: usize,
}

impl Default for Spans {
    fn default() -> Spans {
        let names = MapFieldNames {
            entry: "entries".to_owned(),
            key: "key".to_owned(),
            value: "value".to_owned(),
        };
        let attributes = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new());
        Spans {
            start: Int64Builder::new(),
            end: Int64Builder::new(),
            label: StringBuilder::new(),
            text: StringBuilder::new(),
            entity: StringBuilder::new(),
            name: StringBuilder::new(),
            also: ListBuilder::new(StringBuilder::new()),
            origin: StringBuilder::new(),
            score: Float64Builder::new(),
            zone: StringBuilder::new(),
            lost: StringBuilder::new(),
            attributes,
            length: 0,
            lengths: Vec::new(),
            faults: Vec::new(),
            bytes: 0,
        }
    }
}

/// What a column of spans is.
pub(super) fn field(unit: OffsetUnit) -> Field {
    Field::new("spans", DataType::List(Arc::new(item())), true).with_metadata(metadata(unit))
}

/// What says what offsets count.
pub(super) fn metadata(unit: OffsetUnit) -> HashMap<String, String> {
    HashMap::from([(OffsetUnit::KEY.to_owned(), unit.as_str().to_owned())])
}

fn item() -> Field {
    let empty = Spans::default().finish();
    Field::new("item", empty.spans.data_type().clone(), false)
}

impl Spans {
    /// Adds spans to the row that is being made.
    pub(super) fn push(&mut self, mentions: &[Mention<'_>]) {
        for mention in mentions {
            self.start.append_value(mention.start as i64);
            self.end.append_value(mention.end as i64);
            self.label.append_value(&mention.label);
            self.text.append_value(&mention.text);
            self.entity.append_option(mention.entity.as_deref());
            self.name.append_option(mention.name.as_deref());
            for id in &mention.also {
                self.also.values().append_value(id);
            }
            self.also.append(!mention.also.is_empty());
            self.origin.append_value(&mention.origin);
            self.score.append_option(mention.score);
            self.zone.append_option(mention.zone.as_deref());
            self.lost.append_option(mention.lost.as_deref());
            for (key, value) in &mention.attributes {
                self.attributes.keys().append_value(key);
                self.attributes.values().append_value(value);
                self.bytes += key.len() + value.len();
            }
            self.attributes
                .append(!mention.attributes.is_empty())
                .expect("each key has a value");
            let strings = [&mention.entity, &mention.name, &mention.lost];
            let strings = strings.iter().filter_map(|s| s.as_ref());
            self.bytes += mention.text.len() + strings.map(|s| s.len()).sum::<usize>();
        }
        self.length += mentions.len();
    }

    /// Ends a row.
    pub(super) fn end_row(&mut self) {
        self.lengths.push(Some(std::mem::take(&mut self.length)));
    }

    /// Ends a row that has no text.
    pub(super) fn end_null(&mut self) {
        self.lengths.push(None);
    }

    /// Ends a row whose text could not be annotated.
    pub(super) fn end_fault(&mut self, row: usize, message: String) {
        self.faults.push((row, message));
        self.end_null();
    }

    pub(super) fn finish(mut self) -> Part {
        let columns: [(&str, ArrayRef, bool); 12] = [
            ("start", Arc::new(self.start.finish()), false),
            ("end", Arc::new(self.end.finish()), false),
            ("label", Arc::new(self.label.finish()), false),
            ("text", Arc::new(self.text.finish()), false),
            ("entity", Arc::new(self.entity.finish()), true),
            ("name", Arc::new(self.name.finish()), true),
            ("also", Arc::new(self.also.finish()), true),
            ("origin", Arc::new(self.origin.finish()), false),
            ("score", Arc::new(self.score.finish()), true),
            ("zone", Arc::new(self.zone.finish()), true),
            ("lost", Arc::new(self.lost.finish()), true),
            ("attributes", Arc::new(self.attributes.finish()), true),
        ];
        let field = |(name, array, nullable): &(&str, ArrayRef, bool)| {
            Field::new(*name, array.data_type().clone(), *nullable)
        };
        let fields: Fields = columns.iter().map(field).collect();
        let arrays = columns.into_iter().map(|(_, array, _)| array).collect();
        Part {
            spans: StructArray::new(fields, arrays, None),
            lengths: self.lengths,
            faults: self.faults,
            bytes: self.bytes,
        }
    }
}

/// The column that parts make, in their order.
///
/// # Errors
/// When it would be longer than a column can be.
pub(super) fn joined(parts: &[Part]) -> Result<ListArray, String> {
    // Offsets have 31 bits. No string of a span is told here that is not counted, but for labels and origins, which are short.
    let spans: usize = parts.iter().map(|p| p.spans.len()).sum();
    let bytes: usize = parts.iter().map(|p| p.bytes).sum();
    if bytes.max(spans * 64) > i32::MAX as usize {
        return Err(format!(
            "{spans} spans in one batch, their names {bytes} bytes: give it in smaller batches"
        ));
    }
    let arrays: Vec<&dyn Array> = parts.iter().map(|p| &p.spans as &dyn Array).collect();
    let spans = concat(&arrays).expect("parts of spans are of one type");
    let lengths = || parts.iter().flat_map(|p| &p.lengths);
    let offsets = OffsetBuffer::from_lengths(lengths().map(|l| l.unwrap_or(0)));
    let nulls: NullBuffer = lengths().map(Option::is_some).collect();
    let nulls = Some(nulls).filter(|n| n.null_count() > 0);
    Ok(ListArray::new(Arc::new(item()), offsets, spans, nulls))
}

/// The column that says what was wrong with each row.
pub(super) fn errors(parts: &[Part], rows: usize) -> StringArray {
    let mut errors = vec![None; rows];
    for (row, message) in parts.iter().flat_map(|p| &p.faults) {
        errors[*row] = Some(message.as_str());
    }
    errors.into()
}
