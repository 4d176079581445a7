//! Label Studio: tasks with predictions, which people confirm or correct.
//!
//! # Format
//!
//! An array of tasks, one a line. A task has `data`: `text`, `doc_id` and the document's meta (`$text` in the labelling configuration
//! is the text); and `predictions`: one, with `model_version` `wiretag-VERSION` and a `result` for each span: `id`, `from_name` `label`,
//! `to_name` `text`, `type` `labels`, `value` (`start`, `end` in UTF-16 units as JavaScript counts them, `text`, `labels`), `score` if
//! there is one, and `meta` with what else the [record](super::jsonl) says of the span.
//!
//! Beside an output file stands its labelling configuration, `FILE.config.xml`, with the labels that occur: it is what Settings →
//! Labeling Interface → Code takes.

use super::{Feature, Frame, Writer, jsonl, spans_in};
use crate::{
    json::push_string,
    record::{Mention, OffsetUnit, Record},
    span::Label,
};

/// The writer of tasks for Label Studio.
#[derive(Clone, Copy, Debug)]
pub struct LabelStudio;

impl Writer for LabelStudio {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"data\":{\"text\":");
        push_string(&record.text, out);
        out.extend_from_slice(b",\"doc_id\":");
        push_string(&record.id, out);
        jsonl::push_meta(record, out);
        out.extend_from_slice(b"},\"predictions\":[{\"model_version\":\"wiretag-");
        out.extend_from_slice(super::VERSION.as_bytes());
        out.extend_from_slice(b"\",\"result\":[");
        for (i, (start, end, span)) in spans_in(record, OffsetUnit::Utf16).enumerate() {
            if i > 0 {
                out.push(b',');
            }
            let head = format!(
                "{{\"id\":\"s{i}\",\"from_name\":\"label\",\"to_name\":\"text\",\"type\":\"labels\",\"value\":{{\"start\":{start},\"end\":{end},\"text\":"
            );
            out.extend_from_slice(head.as_bytes());
            push_string(&span.text, out);
            out.extend_from_slice(b",\"labels\":[");
            push_string(&span.label, out);
            out.extend_from_slice(b"]}");
            if let Some(score) = span.score {
                out.extend_from_slice(b",\"score\":");
                jsonl::push_score(score, out);
            }
            let before = out.len();
            let details = Mention {
                score: None,
                ..span.clone()
            };
            jsonl::push_details(&details, out);
            if out.len() > before {
                // The first comma of the details becomes the start of their object.
                let details = out.split_off(before);
                out.extend_from_slice(b",\"meta\":{");
                out.extend_from_slice(&details[1..]);
                out.push(b'}');
            }
            out.push(b'}');
        }
        out.extend_from_slice(b"]}]}");
    }

    fn frame(&self) -> Frame {
        Frame {
            head: "[\n",
            between: ",\n",
            tail: "\n]\n",
        }
    }

    fn beside(&self, labels: &[Label]) -> Option<(&'static str, Vec<u8>)> {
        let mut config = "<View>\n  <Labels name=\"label\" toName=\"text\">\n".to_owned();
        for label in labels {
            let label = label.as_str();
            let escaped = label
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('"', "&quot;");
            config.push_str(&format!("    <Label value=\"{escaped}\"/>\n"));
        }
        config.push_str("  </Labels>\n  <Text name=\"text\" value=\"$text\"/>\n</View>\n");
        Some((".config.xml", config.into_bytes()))
    }

    fn lacks(&self) -> &'static [Feature] {
        &[Feature::Lost]
    }

    fn unit(&self) -> Option<OffsetUnit> {
        Some(OffsetUnit::Utf16)
    }
}
