//! Prodigy: a task a line, to be corrected in `ner.manual` or `spans.manual`.
//!
//! # Format
//!
//! One JSON object a line: `id`, `text`, `spans` (each `start`, `end`, `label`, in code points, then what the [record](super::jsonl)
//! says of the span: `text`, `entity`, `name`, `also`, `origin`, `score`, `zone`, `attributes`, as far as it is known) and `meta`, which
//! Prodigy shows in the corner of the card. There are no tokens and no hashes: the recipes add both. Spans are disjoint, as `ner.manual`
//! needs them, unless others are asked for.

use super::{Feature, Writer, jsonl, spans_in};
use crate::{
    json::push_string,
    record::{OffsetUnit, Record},
};

/// The writer of tasks for Prodigy.
#[derive(Clone, Copy, Debug)]
pub struct Prodigy;

impl Writer for Prodigy {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"id\":");
        push_string(&record.id, out);
        out.extend_from_slice(b",\"text\":");
        push_string(&record.text, out);
        out.extend_from_slice(b",\"spans\":[");
        for (i, (start, end, span)) in spans_in(record, OffsetUnit::Codepoint).enumerate() {
            if i > 0 {
                out.push(b',');
            }
            out.extend_from_slice(
                format!("{{\"start\":{start},\"end\":{end},\"label\":").as_bytes(),
            );
            push_string(&span.label, out);
            out.extend_from_slice(b",\"text\":");
            push_string(&span.text, out);
            jsonl::push_details(span, out);
            out.push(b'}');
        }
        out.push(b']');
        jsonl::push_meta(record, out);
        out.extend_from_slice(b"}\n");
    }

    fn lacks(&self) -> &'static [Feature] {
        &[Feature::Overlaps, Feature::Lost]
    }

    fn unit(&self) -> Option<OffsetUnit> {
        Some(OffsetUnit::Codepoint)
    }
}
