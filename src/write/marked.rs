//! Marked text: a document's text with its spans in brackets, `[Iran|COUNTRY] denied it.`
//!
//! # Format
//!
//! For each document a line `== ID`, its text, and a blank line. A span is `[`, its text, `|`, its label, `]`. A backslash takes the
//! special meaning from the character behind it: before every `[` and `\` of the text, inside a span also before `]` and `|`, and at the
//! start of a line that starts with `== `, `-- ` or `>> `. Spans do not overlap; offsets, entities and meta are not kept.
//!
//! The output is a file of test cases as `tests/cases/` has them (there, lines that start with `-- ` behind the first say why, and lines
//! that start with `>> ` are the lines of a gazetteer): see a fault in the terminal, paste it as a test.

use super::{Feature, Writer, byte_spans};
use crate::record::Record;

/// The writer of marked text.
#[derive(Clone, Copy, Debug)]
pub struct Marked;

impl Writer for Marked {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        let mut marked = format!("== {}\n", record.id.replace(['\n', '\r'], " "));
        let mut done = 0;
        for (span, label) in byte_spans(record) {
            push_text(&record.text[done..span.start], false, &mut marked);
            // A line that starts with a bracket needs no care.
            marked.push('[');
            push_text(&record.text[span.clone()], true, &mut marked);
            marked.push('|');
            marked.push_str(label);
            marked.push(']');
            done = span.end;
        }
        push_text(&record.text[done..], false, &mut marked);
        marked.truncate(marked.trim_end_matches('\n').len());
        marked.push_str("\n\n");
        out.extend_from_slice(marked.as_bytes());
    }

    fn lacks(&self) -> &'static [Feature] {
        &[
            Feature::Meta,
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
}

fn push_text(text: &str, in_span: bool, marked: &mut String) {
    for (i, c) in text.char_indices() {
        let line_starts = matches!(c, '=' | '-' | '>') && marked.ends_with('\n');
        let directive = line_starts
            && ["== ", "-- ", ">> "]
                .iter()
                .any(|d| text[i..].starts_with(d));
        if matches!(c, '[' | '\\') || in_span && matches!(c, ']' | '|') || directive {
            marked.push('\\');
        }
        marked.push(c);
    }
}
