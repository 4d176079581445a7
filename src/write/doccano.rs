//! doccano: a document a line, for sequence labelling.
//!
//! # Format
//!
//! One JSON object a line: `text`; `label`, a list of `[start, end, label]` in code points, or, for projects with relations, `entities`,
//! a list of `id`, `start_offset`, `end_offset`, `label`, with an empty list of `relations`; then `doc_id` and the document's meta, which
//! doccano keeps and gives back. (Its own `id` is the number of an example in its database.) Spans are disjoint, as doccano needs them
//! unless a project allows others.

use super::{Feature, Writer, spans_in};
use crate::{
    json::push_string,
    record::{OffsetUnit, Record},
};

/// The writer of JSONL for doccano.
#[derive(Clone, Copy, Debug)]
pub struct Doccano {
    /// Are spans objects, for projects with relations?
    pub entities: bool,
}

/// Fields of doccano, and of this writer: meta of these names would hide them.
const OWN: [&str; 9] = [
    "id",
    "doc_id",
    "text",
    "data",
    "label",
    "labels",
    "entities",
    "relations",
    "Comments",
];

impl Writer for Doccano {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"text\":");
        push_string(&record.text, out);
        out.extend_from_slice(match self.entities {
            true => b",\"entities\":[",
            false => b",\"label\":[",
        });
        for (i, (start, end, span)) in spans_in(record, OffsetUnit::Codepoint).enumerate() {
            if i > 0 {
                out.push(b',');
            }
            match self.entities {
                true => {
                    let fields = format!(
                        "{{\"id\":{i},\"start_offset\":{start},\"end_offset\":{end},\"label\":"
                    );
                    out.extend_from_slice(fields.as_bytes());
                    push_string(&span.label, out);
                    out.push(b'}');
                }
                false => {
                    out.extend_from_slice(format!("[{start},{end},").as_bytes());
                    push_string(&span.label, out);
                    out.push(b']');
                }
            }
        }
        out.push(b']');
        if self.entities {
            out.extend_from_slice(b",\"relations\":[]");
        }
        out.extend_from_slice(b",\"doc_id\":");
        push_string(&record.id, out);
        for (name, value) in record.meta.iter() {
            out.push(b',');
            match OWN.contains(&&**name) {
                true => push_string(&format!("meta_{name}"), out),
                false => push_string(name, out),
            }
            out.push(b':');
            out.extend_from_slice(value.get().as_bytes());
        }
        out.extend_from_slice(b"}\n");
    }

    fn lacks(&self) -> &'static [Feature] {
        &[
            Feature::Overlaps,
            Feature::Entity,
            Feature::Name,
            Feature::Also,
            Feature::Origin,
            Feature::Score,
            Feature::Zone,
            Feature::Lost,
            Feature::Attributes,
        ]
    }

    fn unit(&self) -> Option<OffsetUnit> {
        Some(OffsetUnit::Codepoint)
    }
}
