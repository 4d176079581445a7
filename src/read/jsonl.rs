//! JSONL: a document a line. Two fields become id and text, all others meta, byte for byte.
//!
//! Records that this program wrote can be read again: their `meta` is taken over, their old `spans` and `offset_unit` are left out.

use super::{Parsed, Raw, ReadOptions, Reader, decode::decode, last_of_each, list, stream};
use crate::document::{Document, Meta};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::fmt;

pub(super) struct Jsonl;

impl Reader for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["jsonl", "ndjson", "jsonlines"]
    }

    fn looks_like(&self, start: &str) -> bool {
        starts_with_an_object(start)
    }

    fn cutter(&self, _: &ReadOptions) -> Box<dyn stream::Cutter> {
        Box::new(stream::Lines)
    }

    fn parse(&self, raw: &Raw, options: &ReadOptions) -> Parsed {
        parse_object(raw, options)
    }
}

/// Makes a document of a JSON object, be it on one line or on several.
pub(super) fn parse_object(raw: &Raw, options: &ReadOptions) -> Parsed {
    let (line, warning) = decode(raw.bytes.trim_ascii_end(), options.encoding, None);
    let Fields(mut fields) = match serde_json::from_str(&line) {
        Ok(fields) => fields,
        Err(e) => {
            let mut parsed = Parsed::error(raw, bad_json(&line, &e));
            for problem in &mut parsed.problems {
                // An object over several lines: the fault may be further down than its start.
                problem.line = raw.line.map(|l| l + e.line().saturating_sub(1) as u64);
            }
            return parsed;
        }
    };
    let mut text = String::new();
    let mut found = false;
    for name in &options.text_fields {
        let Some(at) = fields.iter().position(|(k, _)| k == name) else {
            continue;
        };
        match serde_json::from_str::<Option<String>>(fields[at].1.get()) {
            Ok(Some(part)) => {
                if found && !part.is_empty() && !text.is_empty() {
                    text.push_str("\n\n");
                }
                text.push_str(&part);
                found = true;
            }
            Ok(None) => {}
            Err(_) => return Parsed::error(raw, format!("field {name:?} is not a string")),
        }
        fields.remove(at);
    }
    if !found {
        let names: Vec<&str> = fields.iter().map(|(k, _)| k.as_str()).collect();
        return Parsed::error(
            raw,
            format!(
                "no text in field {}, the line has {} (--text-field names another)",
                list(&options.text_fields),
                list(&names)
            ),
        );
    }
    let id = match fields.iter().position(|(k, _)| *k == options.id_field) {
        None => None,
        Some(at) => match id_of(fields.remove(at).1.get()) {
            Ok(id) => id,
            Err(message) => {
                return Parsed::error(raw, format!("field {:?} {message}", options.id_field));
            }
        },
    };
    let id = id.unwrap_or_else(|| format!("{}:{}", raw.id, raw.line.unwrap_or(1)));
    let warning = warning.or_else(|| text.trim().is_empty().then(|| "an empty text".to_owned()));
    Parsed::document(
        Document::new(id, text).with_meta(meta(fields)),
        raw,
        warning,
    )
}

/// The fields of an object in their order, their values as they stand.
struct Fields(Meta);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Fields, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Fields, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry::<String, Box<RawValue>>()? {
                    fields.push(field);
                }
                // Of two fields with one name the last counts, as in other readers of JSON.
                Ok(Fields(last_of_each(fields)))
            }
        }
        from.deserialize_map(FieldsVisitor)
    }
}

/// The id in a field: a string or a number; none for null.
fn id_of(value: &str) -> Result<Option<String>, &'static str> {
    match serde_json::from_str(value) {
        Ok(serde_json::Value::String(id)) => Ok(Some(id)),
        Ok(serde_json::Value::Number(_)) => Ok(Some(value.to_owned())),
        Ok(serde_json::Value::Null) => Ok(None),
        _ => Err("is neither a string nor a number"),
    }
}

/// What is left of a line's fields.
fn meta(fields: Meta) -> Meta {
    let is_record =
        fields.iter().any(|(k, _)| k == "offset_unit") && fields.iter().any(|(k, _)| k == "spans");
    let mut meta = Vec::new();
    for (key, value) in fields {
        if is_record && (key == "offset_unit" || key == "spans") {
            continue;
        }
        let inner = if is_record && key == "meta" {
            serde_json::from_str::<Fields>(value.get()).ok()
        } else {
            None
        };
        match inner {
            Some(Fields(inner)) => meta.extend(inner),
            None => meta.push((key, value)),
        }
    }
    last_of_each(meta.into_iter().map(|(k, v)| (k, on_one_line(v))))
}

/// A value as it stands; one that goes over several lines without the space between its parts, as a record is a line.
fn on_one_line(value: Box<RawValue>) -> Box<RawValue> {
    if !value.get().contains(['\n', '\r']) {
        return value;
    }
    let (mut in_string, mut escaped) = (false, false);
    let line = value.get().chars().filter(|&c| {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            return true;
        }
        in_string = c == '"';
        !c.is_ascii_whitespace()
    });
    RawValue::from_string(line.collect()).unwrap_or(value)
}

fn bad_json(line: &str, error: &serde_json::Error) -> String {
    if !line.trim_start().starts_with('{') {
        return "not a JSON object".to_owned();
    }
    format!(
        "bad JSON at byte {}: {}",
        error.column(),
        error
            .to_string()
            .split(" at line")
            .next()
            .unwrap_or_default()
    )
}

/// Is the first line of a text a JSON object?
pub(super) fn starts_with_an_object(start: &str) -> bool {
    let start = start.trim_start_matches('\u{feff}').trim_start();
    let Some((line, _)) = start.split_once('\n') else {
        // The whole of a short file, or the start of a long line.
        return start.starts_with('{')
            && (serde_json::from_str::<Fields>(start).is_ok()
                || start.len() > 4096 && start.starts_with("{\""));
    };
    line.starts_with('{') && serde_json::from_str::<Fields>(line).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Format;

    fn parse(line: &str, options: &ReadOptions) -> Result<String, String> {
        let raw = Raw {
            name: "a.jsonl".into(),
            id: "a.jsonl".into(),
            line: Some(3),
            format: Format::Jsonl,
            bytes: line.as_bytes().to_vec(),
        };
        let parsed = Jsonl.parse(&raw, options);
        match parsed.document {
            Some(doc) => {
                let meta: Vec<String> =
                    doc.meta().iter().map(|(k, v)| format!("{k}={v}")).collect();
                Ok(format!(
                    "{} | {} | {}",
                    doc.id(),
                    doc.text().replace('\n', "/"),
                    meta.join(" ")
                ))
            }
            None => Err(parsed.problems[0].to_string()),
        }
    }

    #[test]
    fn fields_become_id_text_and_meta() {
        let options = ReadOptions::default();
        assert_eq!(
            parse(r#"{"n":1.50,"id":7,"text":"Iran","x":{"b":[1]}}"#, &options).unwrap(),
            r#"7 | Iran | n=1.50 x={"b":[1]}"#
        );
        assert_eq!(
            parse(r#"{"text":"Iran"}"#, &options).unwrap(),
            "a.jsonl:3 | Iran | "
        );
    }

    #[test]
    fn several_text_fields_are_joined_and_absent_ones_passed_over() {
        let options = ReadOptions {
            text_fields: vec!["title".into(), "body".into()],
            ..ReadOptions::default()
        };
        assert_eq!(
            parse(r#"{"id":"x","body":"B","title":"T"}"#, &options).unwrap(),
            "x | T//B | "
        );
        assert_eq!(
            parse(r#"{"id":"x","body":"B","title":null}"#, &options).unwrap(),
            "x | B | "
        );
    }

    #[test]
    fn a_record_of_ours_is_read_again() {
        let line = r#"{"id":"a","text":"Iran","offset_unit":"codepoint","spans":[],"meta":{"date":"2020"}}"#;
        assert_eq!(
            parse(line, &ReadOptions::default()).unwrap(),
            r#"a | Iran | date="2020""#
        );
    }

    #[test]
    fn bad_lines_say_what_is_wrong() {
        let options = ReadOptions::default();
        assert_eq!(
            parse("[1]", &options).unwrap_err(),
            "a.jsonl:3: not a JSON object"
        );
        assert_eq!(
            parse(r#"{"text": "a"#, &options).unwrap_err(),
            "a.jsonl:3: bad JSON at byte 11: EOF while parsing a string"
        );
        assert_eq!(
            parse(r#"{"text": 5}"#, &options).unwrap_err(),
            "a.jsonl:3: field \"text\" is not a string"
        );
        assert_eq!(
            parse(r#"{"id":"x","body":"B"}"#, &options).unwrap_err(),
            "a.jsonl:3: no text in field \"text\", the line has \"id\", \"body\" (--text-field names another)"
        );
    }
}
