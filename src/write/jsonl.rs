//! JSONL: one record a line, in the order of the input.
//!
//! # Format
//!
//! UTF-8, one JSON object a line, each line ended by a line feed. The fields of a record, in this order:
//!
//! | field | type | what it is |
//! |---|---|---|
//! | `id` | string | id of the document: of a file its path relative to the argument, with `/` and all extensions; of a JSONL line its id field, else `path:line` |
//! | `text` | string | the text to which all offsets refer; not normalised in any way |
//! | `offset_unit` | string | what `start` and `end` count: `codepoint` (default), `byte` (of the UTF-8 text), `utf16` |
//! | `spans` | array | the annotated spans, by start, then the longer first; disjoint unless losers are asked for |
//! | `meta` | object | the other fields of the input, as they were; absent if there are none |
//!
//! The fields of a span, in this order:
//!
//! | field | type | what it is |
//! |---|---|---|
//! | `start`, `end` | integer | half-open: `end` is the first unit behind the span |
//! | `label` | string | the class: `COUNTRY`, `NATIONALITY`, `ORG`, `PERSON`, `WEAPON`, `LOCATION`, or one of the user's |
//! | `text` | string | `text[start..end]`, so that a reader can prove its offsets |
//! | `entity` | string or null | id of the entity, `country/KP`, or of the pattern that found it; null where neither has one |
//! | `name` | string or null | canonical name of the entity; null where no list has it |
//! | `also` | array of strings | ids of further entities with a name of this form and label; absent if there are none |
//! | `origin` | string | what found it: `alias`, `rule:NAME` (`wiretag rules` lists them), or `pattern` (one of the user's); empty where a file that was converted does not say |
//! | `score` | number | how likely it is right: a share of 1 in steps of 0.01, from 0.01 to 0.99; absent for what lost |
//! | `zone` | string | `dateline`, `byline`, `credit` or `boilerplate`, when the span lies in one; else absent |
//! | `lost` | string | why the span lost the competition; only with `--overlaps all`, and absent on winners |
//! | `attributes` | object | attributes of the entity, strings; only with `--attributes`, absent if there are none |
//!
//! Fields may be added; readers should ignore those that they do not know.
//!
//! # Example
//!
//! ```json
//! {"id":"a1","text":"Iran denied it.","offset_unit":"codepoint","spans":[{"start":0,"end":4,"label":"COUNTRY","text":"Iran","entity":"country/IR","name":"Iran","origin":"alias","score":0.98}],"meta":{"source":"example.org"}}
//! ```

use super::Writer;
use crate::{
    json::push_string,
    record::{Mention, Record},
};

/// The writer of JSONL.
#[derive(Clone, Copy, Debug)]
pub struct Jsonl;

// By hand: it is most of what is written, and serde_json takes three times as long. A test compares the two.
impl Writer for Jsonl {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        let fields = [
            (&b"{\"id\":"[..], &*record.id),
            (b",\"text\":", &record.text),
            (b",\"offset_unit\":", record.offset_unit.as_str()),
        ];
        push_fields(&fields, out);
        out.extend_from_slice(b",\"spans\":[");
        for (i, mention) in record.spans.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            push_mention(mention, out);
        }
        out.push(b']');
        push_meta(record, out);
        out.extend_from_slice(b"}\n");
    }
}

/// The field `meta` with the comma before it, if there is any.
pub(super) fn push_meta(record: &Record<'_>, out: &mut Vec<u8>) {
    if !record.meta.is_empty() {
        out.extend_from_slice(b",\"meta\":");
        push_meta_object(record, out);
    }
}

/// The meta as an object.
pub(super) fn push_meta_object(record: &Record<'_>, out: &mut Vec<u8>) {
    push_object(
        record.meta.iter().map(|(k, v)| (k, v.get())),
        out,
        |value, out| {
            out.extend_from_slice(value.as_bytes());
        },
    );
}

/// What is known of a span besides its place, label and text, each field with the comma before it: for formats whose spans have room
/// for fields of others. What is not known is left out.
pub(super) fn push_details(mention: &Mention<'_>, out: &mut Vec<u8>) {
    for (name, value) in [
        (&b",\"entity\":"[..], &mention.entity),
        (b",\"name\":", &mention.name),
    ] {
        if let Some(value) = value {
            push_fields(&[(name, value)], out);
        }
    }
    push_also(mention, out);
    if !mention.origin.is_empty() {
        push_fields(&[(b",\"origin\":", &mention.origin)], out);
    }
    push_behind_origin(mention, out);
}

fn push_mention(mention: &Mention<'_>, out: &mut Vec<u8>) {
    let mut digits = itoa::Buffer::new();
    out.extend_from_slice(b"{\"start\":");
    out.extend_from_slice(digits.format(mention.start).as_bytes());
    out.extend_from_slice(b",\"end\":");
    out.extend_from_slice(digits.format(mention.end).as_bytes());
    push_fields(
        &[
            (b",\"label\":", &mention.label),
            (b",\"text\":", &mention.text),
        ],
        out,
    );
    for (name, value) in [
        (&b",\"entity\":"[..], &mention.entity),
        (b",\"name\":", &mention.name),
    ] {
        match value {
            Some(value) => push_fields(&[(name, value)], out),
            None => {
                out.extend_from_slice(name);
                out.extend_from_slice(b"null");
            }
        }
    }
    push_also(mention, out);
    push_fields(&[(b",\"origin\":", &mention.origin)], out);
    push_behind_origin(mention, out);
    out.push(b'}');
}

fn push_also(mention: &Mention<'_>, out: &mut Vec<u8>) {
    for (i, id) in mention.also.iter().enumerate() {
        push_fields(&[(if i == 0 { b",\"also\":[" } else { b"," }, id)], out);
    }
    if !mention.also.is_empty() {
        out.push(b']');
    }
}

fn push_behind_origin(mention: &Mention<'_>, out: &mut Vec<u8>) {
    if let Some(score) = mention.score {
        out.extend_from_slice(b",\"score\":");
        push_score(score, out);
    }
    for (name, value) in [
        (&b",\"zone\":"[..], &mention.zone),
        (b",\"lost\":", &mention.lost),
    ] {
        if let Some(value) = value {
            push_fields(&[(name, value)], out);
        }
    }
    if !mention.attributes.is_empty() {
        out.extend_from_slice(b",\"attributes\":");
        push_object(
            mention.attributes.iter().map(|(k, v)| (k, v)),
            out,
            |value, out| {
                push_string(value, out);
            },
        );
    }
}

/// A share of 1 in steps of 0.01, as short as it can be.
pub(super) fn push_score(score: f64, out: &mut Vec<u8>) {
    let cents = (score * 100.0).round().clamp(0.0, 100.0) as u8;
    let (ones, tenths, rest) = (cents / 100, cents / 10 % 10, cents % 10);
    out.extend_from_slice(&[b'0' + ones, b'.', b'0' + tenths]);
    if rest > 0 {
        out.push(b'0' + rest);
    }
}

/// Strings, each behind what stands before it.
#[inline]
fn push_fields(fields: &[(&[u8], &str)], out: &mut Vec<u8>) {
    for (before, value) in fields {
        out.extend_from_slice(before);
        push_string(value, out);
    }
}

/// An object.
pub(super) fn push_object<V>(
    fields: impl Iterator<Item = (impl AsRef<str>, V)>,
    out: &mut Vec<u8>,
    push_value: impl Fn(V, &mut Vec<u8>),
) {
    out.push(b'{');
    for (i, (name, value)) in fields.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        push_string(name.as_ref(), out);
        out.push(b':');
        push_value(value, out);
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::OffsetUnit;
    use serde_json::value::RawValue;
    use std::borrow::Cow;

    #[test]
    fn records_are_written_as_serde_json_writes_them() {
        let strings = [
            "",
            "Iran",
            "a \"b\" \\",
            "\n\u{1}\u{7f}é🚀",
            "Côte d’Ivoire \t and much else, \r\n of all kinds",
        ];
        let mut rng = fastrand::Rng::with_seed(5);
        for _ in 0..5000 {
            let mut string = || Cow::from(strings[rng.usize(..strings.len())]);
            let mention =
                |rng: &mut fastrand::Rng, string: &mut dyn FnMut() -> Cow<'static, str>| Mention {
                    start: rng.usize(..20),
                    end: rng.usize(..),
                    label: string(),
                    text: string(),
                    entity: rng.bool().then(&mut *string),
                    name: rng.bool().then(&mut *string),
                    also: (0..rng.usize(..3)).map(|_| string()).collect(),
                    origin: string(),
                    score: rng.bool().then(|| f64::from(rng.u8(1..100)) / 100.0),
                    zone: rng.bool().then(&mut *string),
                    lost: rng.bool().then(&mut *string),
                    attributes: (0..rng.usize(..3)).map(|_| (string(), string())).collect(),
                };
            let mut other = fastrand::Rng::with_seed(string().len() as u64);
            let meta: Vec<(String, Box<RawValue>)> = (0..other.usize(..3))
                .map(|_| {
                    let value = serde_json::value::to_raw_value(&string()).unwrap();
                    (string().into_owned(), value)
                })
                .collect();
            let record = Record {
                id: string(),
                text: string(),
                offset_unit: *other
                    .choice(&[OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16])
                    .unwrap(),
                spans: (0..other.usize(..4))
                    .map(|_| mention(&mut other, &mut string))
                    .collect(),
                meta: meta.into(),
            };
            let mut out = Vec::new();
            Jsonl.write(&record, &mut out);
            assert_eq!(
                String::from_utf8(out).unwrap(),
                serde_json::to_string(&record).unwrap() + "\n"
            );
        }
    }
}
