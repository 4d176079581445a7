//! bdocjs: a folder with a `.bdocjs` for each document, for GATE and python-gatenlp.
//!
//! # Format
//!
//! One JSON object a file, [as gatenlp saves documents](https://gatenlp.github.io/python-gatenlp/): `name`, the id of the document;
//! `offset_type`, `p` for code points (default) or `j` for UTF-16 units (`--offsets utf16`); `features`, the document's meta; `text`;
//! and `annotation_sets` with the default set: an annotation of `type` LABEL for each span, its `features` what the
//! [record](super::jsonl) says of it. The name of the file is the id, made as for [brat](super::brat).

use super::{
    Feature, Writer,
    folder::{Collector, FileNames, Files},
    jsonl, spans_in,
};
use crate::{
    error::Error,
    json::push_string,
    record::{OffsetUnit, Record},
    span::Label,
};

/// The writer of bdocjs.
#[derive(Clone, Copy, Debug)]
pub struct Bdocjs;

impl Writer for Bdocjs {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        // GATE knows no bytes.
        let (unit, sign) = match record.offset_unit {
            OffsetUnit::Utf16 => (OffsetUnit::Utf16, "j"),
            OffsetUnit::Codepoint | OffsetUnit::Byte => (OffsetUnit::Codepoint, "p"),
        };
        out.extend_from_slice(b"{\"annotation_sets\":{\"\":{\"name\":\"\",\"annotations\":[");
        let mut count = 0;
        for (i, (start, end, span)) in spans_in(record, unit).enumerate() {
            if i > 0 {
                out.push(b',');
            }
            out.extend_from_slice(b"{\"type\":");
            push_string(&span.label, out);
            let place = format!(",\"start\":{start},\"end\":{end},\"id\":{i},\"features\":{{");
            out.extend_from_slice(place.as_bytes());
            let before = out.len();
            jsonl::push_details(span, out);
            if out.len() > before {
                // Without the comma before the first.
                out.remove(before);
            }
            out.extend_from_slice(b"}}");
            count = i + 1;
        }
        out.extend_from_slice(format!("],\"next_annid\":{count}}}}},\"text\":").as_bytes());
        push_string(&record.text, out);
        out.extend_from_slice(b",\"features\":");
        jsonl::push_object(
            record.meta.iter().map(|(k, v)| (k, v.get())),
            out,
            |value, out| out.extend_from_slice(value.as_bytes()),
        );
        out.extend_from_slice(format!(",\"offset_type\":\"{sign}\",\"name\":").as_bytes());
        push_string(&record.id, out);
        out.extend_from_slice(b"}\n");
    }

    fn collector(&self) -> Option<Box<dyn Collector>> {
        Some(Box::new(Documents::default()))
    }

    fn lacks(&self) -> &'static [Feature] {
        &[Feature::Lost]
    }
}

#[derive(Default)]
struct Documents {
    names: FileNames,
}

impl Collector for Documents {
    fn add(&mut self, id: &str, record: &[u8], files: &mut dyn Files) -> Result<(), Error> {
        let name = self.names.of(id, ".bdocjs");
        files.append(&format!("{name}.bdocjs"), record)
    }

    fn finish(&mut self, _: &[Label], _: &mut dyn Files) -> Result<(), Error> {
        Ok(())
    }
}
