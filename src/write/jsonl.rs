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
//! | `entity` | string or null | id of the entity, `country/KP`; null where no list has it |
//! | `name` | string or null | canonical name of the entity; null where no list has it |
//! | `also` | array of strings | ids of further entities with a name of this form and label; absent if there are none |
//! | `origin` | string | what found it: `alias`, or `rule:NAME` (`rule:name-and-kind`: a weapon's name with its kind behind it) |
//! | `zone` | string | `dateline`, `byline`, `credit` or `boilerplate`, when the span lies in one; else absent |
//! | `lost` | string | why the span lost the competition; only with `--overlaps all`, and absent on winners |
//! | `attributes` | object | attributes of the entity, strings; only with `--attributes`, absent if there are none |
//!
//! Fields may be added; readers should ignore those that they do not know.
//!
//! # Example
//!
//! ```json
//! {"id":"a1","text":"Iran denied it.","offset_unit":"codepoint","spans":[{"start":0,"end":4,"label":"COUNTRY","text":"Iran","entity":"country/IR","name":"Iran","origin":"alias"}],"meta":{"source":"example.org"}}
//! ```

use super::Writer;
use crate::record::Record;

/// The writer of JSONL.
#[derive(Clone, Copy, Debug)]
pub struct Jsonl;

impl Writer for Jsonl {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        serde_json::to_writer(&mut *out, record)
            .expect("a record has string keys only, and memory does not fail");
        out.push(b'\n');
    }
}
