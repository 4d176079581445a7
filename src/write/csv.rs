//! CSV of mentions: a row a span, for spreadsheets and data frames.
//!
//! # Format
//!
//! Comma-separated values as RFC 4180 has them, UTF-8, lines end with a line feed. The first row names the columns: `id` (of the
//! document), `start`, `end`, `label`, `text`, `entity`, `name`, `also` (ids parted by spaces), `origin`, `score`, `zone`, `lost`; the
//! words are those of the [record](super::jsonl). A cell without a value is empty. The text of documents, their meta, and documents
//! without spans are not there.

use super::{Feature, Frame, Writer, jsonl};
use crate::record::Record;

/// The writer of rows.
#[derive(Clone, Copy, Debug)]
pub struct Csv;

impl Writer for Csv {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        for span in &record.spans {
            push_cell(&record.id, out);
            out.extend_from_slice(format!(",{},{}", span.start, span.end).as_bytes());
            let also = span.also.join(" ");
            let cells = [
                Some(&*span.label),
                Some(&*span.text),
                span.entity.as_deref(),
                span.name.as_deref(),
                Some(&*also),
                Some(&*span.origin),
            ];
            for cell in cells {
                out.push(b',');
                push_cell(cell.unwrap_or_default(), out);
            }
            out.push(b',');
            if let Some(score) = span.score {
                jsonl::push_score(score, out);
            }
            for cell in [&span.zone, &span.lost] {
                out.push(b',');
                push_cell(cell.as_deref().unwrap_or_default(), out);
            }
            out.push(b'\n');
        }
    }

    fn frame(&self) -> Frame {
        Frame {
            head: "id,start,end,label,text,entity,name,also,origin,score,zone,lost\n",
            ..Frame::default()
        }
    }

    fn lacks(&self) -> &'static [Feature] {
        &[
            Feature::Text,
            Feature::Empty,
            Feature::Meta,
            Feature::Attributes,
        ]
    }
}

fn push_cell(cell: &str, out: &mut Vec<u8>) {
    if !cell.contains([',', '"', '\n', '\r']) && cell.trim() == cell {
        return out.extend_from_slice(cell.as_bytes());
    }
    out.push(b'"');
    out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}
