//! GLiNER: examples to train on, an object a line.
//!
//! # Format
//!
//! - `id` of the record;
//! - `tokenized_text`, the words;
//! - `ner`, each `[FIRST, LAST, LABEL]`: the numbers of the first and the last word, both inclusive;
//! - `starts`, where each word starts in the text of the record, in code points.
//!
//! GLiNER reads `tokenized_text` and `ner`; the others are there so that spans can be traced back to the text. Labels are natural words,
//! because the model reads them: in small letters, `_` as a space, and common abbreviations in full (`ORG` is `organization`). A label
//! that has small letters already is written as it is, but for `_`.
//!
//! Spans may overlap. Words are [aligned](super::align); the kinds of white space between them and all else that is known of documents
//! and spans have no place. A sentence is the unit, if nothing else is asked for: GLiNER cuts off what is long.

use super::{Aligned, Feature, TextUnit, Writer, align::Alignment};
use crate::{
    json::push_string,
    record::{OffsetUnit, Offsets, Record},
    words::Tokenizer,
};
use std::borrow::Cow;

/// The writer of examples.
#[derive(Clone, Copy, Debug)]
pub struct Gliner;

impl Writer for Gliner {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        self.write_aligned(&Alignment::of(self).align(record), out);
    }

    fn write_aligned(&self, aligned: &Aligned<'_>, out: &mut Vec<u8>) {
        if aligned.words.is_empty() {
            return;
        }
        out.extend_from_slice(b"{\"id\":");
        push_string(&aligned.record.id, out);
        out.extend_from_slice(b",\"tokenized_text\":[");
        for i in 0..aligned.words.len() {
            if i > 0 {
                out.push(b',');
            }
            push_string(aligned.text(i), out);
        }
        out.extend_from_slice(b"],\"ner\":[");
        let spans = aligned.ranges.iter().zip(&aligned.record.spans);
        for (i, (range, span)) in spans.enumerate() {
            let comma = if i > 0 { "," } else { "" };
            let place = format!("{comma}[{},{},", range.start, range.end - 1);
            out.extend_from_slice(place.as_bytes());
            push_string(&natural(&span.label), out);
            out.push(b']');
        }
        out.extend_from_slice(b"],\"starts\":[");
        let mut offsets = Offsets::new(&aligned.record.text, OffsetUnit::Codepoint);
        let mut digits = itoa::Buffer::new();
        for (i, word) in aligned.words.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            let start = offsets.at(word.span.start);
            out.extend_from_slice(digits.format(start).as_bytes());
        }
        out.extend_from_slice(b"]}\n");
    }

    fn tokenizer(&self) -> Option<Tokenizer> {
        Some(Tokenizer::Words)
    }

    fn text_unit(&self) -> TextUnit {
        TextUnit::Sentence
    }

    fn lacks(&self) -> &'static [Feature] {
        &[
            Feature::WhiteSpace,
            Feature::Wordless,
            Feature::Meta,
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

/// A label as a model of language reads it.
fn natural(label: &str) -> Cow<'_, str> {
    match label {
        "ORG" => "organization".into(),
        "PER" => "person".into(),
        "LOC" => "location".into(),
        "GPE" => "country, city or state".into(),
        "NORP" => "nationality, religious or political group".into(),
        "FAC" => "facility".into(),
        "MISC" => "miscellaneous".into(),
        _ if label.chars().any(char::is_lowercase) => label.replace('_', " ").into(),
        _ => label.to_lowercase().replace('_', " ").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_natural_words() {
        for (label, words) in [
            ("COUNTRY", "country"),
            ("ORG", "organization"),
            ("MILITARY_UNIT", "military unit"),
            ("weapon_system", "weapon system"),
            ("Place", "Place"),
            ("ÉTAT", "état"),
        ] {
            assert_eq!(natural(label), words);
        }
    }
}
