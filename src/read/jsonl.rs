//! JSONL: a document a line. Two fields become id and text, all others meta, byte for byte.
//!
//! Records that this program wrote can be read again: their `meta` is taken over, their old `spans` and `offset_unit` are left out.

use super::{Format, Parsed, Raw, ReadOptions, Reader, decode::decode, last_of_each, list, stream};
use crate::{
    document::{Document, Meta},
    json,
};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

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
    let mut fields = match fields(&line) {
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
        match string_of(fields[at].1) {
            Ok(Some(part)) if text.is_empty() => {
                text = part;
                found = true;
            }
            Ok(Some(part)) => {
                if !part.is_empty() {
                    text.push_str("\n\n");
                }
                text.push_str(&part);
            }
            Ok(None) => {}
            Err(_) => return Parsed::error(raw, format!("field {name:?} is not a string")),
        }
        fields.remove(at);
    }
    if !found {
        let names: Vec<&str> = fields.iter().map(|(k, _)| &**k).collect();
        return Parsed::error(
            raw,
            format!(
                "no text in field {}, the {} has {} (--text-field names another)",
                list(&options.text_fields),
                if raw.format == Format::Parquet {
                    "row"
                } else {
                    "line"
                },
                list(&names)
            ),
        );
    }
    let id = match fields.iter().position(|(k, _)| *k == options.id_field) {
        None => None,
        Some(at) => match id_of(fields.remove(at).1) {
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

/// The names and values of an object's fields in their order, the values as they stand in the line. No two have one name.
pub(crate) type Fields<'a> = Vec<(Cow<'a, str>, &'a str)>;

/// The fields of an object.
pub(crate) fn fields(line: &str) -> Result<Fields<'_>, serde_json::Error> {
    match plain_fields(line) {
        Some(fields) => Ok(fields),
        None => serde_json::from_str(line).map(|AllFields(fields)| fields),
    }
}

/// The fields of an object that has a few, with names without escapes; none where somebody else must look. What it takes,
/// [`AllFields`] takes too, and reads the same.
fn plain_fields(line: &str) -> Option<Fields<'_>> {
    let behind = |sign: char, rest: &'_ str| {
        rest.trim_start_matches(SPACE)
            .strip_prefix(sign)
            .map(str::len)
    };
    let tail = |len: usize| &line[line.len() - len..];
    let mut fields = Fields::with_capacity(4);
    let mut rest = tail(behind('{', line)?);
    loop {
        rest = tail(behind('"', rest)?);
        let name = &rest[..json::string_len(rest)?];
        let is_known = fields.iter().any(|(known, _)| known == name);
        if is_known || name.contains('\\') || fields.len() == MOST_PLAIN_FIELDS {
            return None;
        }
        let value = tail(behind(':', &rest[name.len() + 1..])?).trim_start_matches(SPACE);
        let len = match value.strip_prefix('"') {
            Some(string) => json::string_len(string)? + 2,
            None => {
                let mut values =
                    serde_json::Deserializer::from_str(value).into_iter::<IgnoredAny>();
                values.next()?.ok()?;
                values.byte_offset()
            }
        };
        fields.push((name.into(), &value[..len]));
        rest = &value[len..];
        match behind(',', rest) {
            Some(len) => rest = tail(len),
            None => break,
        }
    }
    let end = tail(behind('}', rest)?);
    end.trim_start_matches(SPACE).is_empty().then_some(fields)
}

/// What may stand between the parts of JSON.
const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// The names of so many fields are compared one by one.
const MOST_PLAIN_FIELDS: usize = 16;

/// The fields of an object as `serde_json` reads them.
struct AllFields<'a>(Fields<'a>);

impl<'de> Deserialize<'de> for AllFields<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<AllFields<'de>, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = AllFields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<AllFields<'de>, M::Error> {
                let mut fields = Fields::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    fields.push((name.into(), value.get()));
                }
                // Of two fields with one name the last counts, as in other readers of JSON.
                Ok(AllFields(last_of_each(fields)))
            }
        }
        from.deserialize_map(FieldsVisitor)
    }
}

/// The string that a value is; none for null.
pub(crate) fn string_of(value: &str) -> Result<Option<String>, serde_json::Error> {
    let quoted = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    match quoted.and_then(json::unescape) {
        Some(string) => Ok(Some(string)),
        None => serde_json::from_str(value),
    }
}

/// The id in a field: a string or a number; none for null.
fn id_of(value: &str) -> Result<Option<String>, &'static str> {
    if let Ok(id) = string_of(value) {
        return Ok(id);
    }
    match serde_json::from_str(value) {
        Ok(serde_json::Value::Number(_)) => Ok(Some(value.to_owned())),
        _ => Err("is neither a string nor a number"),
    }
}

/// What is left of a line's fields.
fn meta(fields: Fields<'_>) -> Meta {
    let has = |name: &str| fields.iter().any(|(k, _)| k == name);
    if !(has("offset_unit") && has("spans")) {
        return fields.into_iter().map(owned).collect();
    }
    let mut meta = Fields::new();
    for (key, value) in fields {
        match &*key {
            "offset_unit" | "spans" => {}
            "meta" => match self::fields(value) {
                Ok(inner) => meta.extend(inner),
                Err(_) if value == "null" => {}
                Err(_) => meta.push((key, value)),
            },
            _ => meta.push((key, value)),
        }
    }
    last_of_each(meta).into_iter().map(owned).collect()
}

/// A field on one line.
pub(crate) fn owned((name, value): (Cow<'_, str>, &str)) -> (String, Box<RawValue>) {
    let value = match value.contains(['\n', '\r']) {
        true => RawValue::from_string(on_one_line(value)),
        false => serde_json::from_str(value),
    };
    (
        name.into_owned(),
        value.expect("the value was read as JSON before"),
    )
}

/// A value that goes over several lines without the space between its parts, as a record is a line.
fn on_one_line(value: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let line = value.chars().filter(|&c| {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            return true;
        }
        in_string = c == '"';
        !c.is_ascii_whitespace()
    });
    line.collect()
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
            && (fields(start).is_ok() || start.len() > 4096 && start.starts_with("{\""));
    };
    line.starts_with('{') && fields(line).is_ok()
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

    #[test]
    fn the_short_way_reads_what_serde_json_reads_or_leaves_it() {
        let mut rng = fastrand::Rng::with_seed(6);
        let parts = [
            "{",
            "}",
            "{\"",
            "\"",
            "\"}",
            ":",
            ",",
            "\":\"",
            "\",\"",
            " ",
            "\n",
            "\t",
            "a",
            "b",
            "é",
            "\\n",
            "\\\"",
            "\\",
            "\u{1}",
            "1",
            "-1.5e3",
            "01",
            "null",
            "true",
            "nul",
            "[1,{\"a\":[]}]",
            "[",
            "{}",
            "\"a\":1",
            "\"b\": \"x\"",
            "\"text\":null",
            "\\ud800",
        ];
        let (mut plain, mut lines) = (0, 0);
        for _ in 0..300_000 {
            let inside: String = (0..rng.usize(..9))
                .map(|_| *rng.choice(&parts).unwrap())
                .collect();
            let line = match rng.usize(..4) {
                0 => inside,
                1 => format!("{{\"a\":\"{inside}\"}}"),
                _ => format!("{{{inside}}}"),
            };
            let expected = serde_json::from_str::<AllFields>(&line);
            lines += usize::from(expected.is_ok());
            if let Some(fields) = plain_fields(&line) {
                assert_eq!(fields, expected.unwrap().0, "{line}");
                plain += 1;
            }
        }
        assert!(plain > 10_000 && plain * 2 > lines, "{plain} of {lines}");
        assert!(
            plain_fields(r#"{"id": "a", "n": 1.50, "x": [{}], "text": "a \n \" b"} "#).is_some()
        );
    }

    #[test]
    fn escapes_are_read_and_those_that_stand_for_nothing_refused() {
        let options = ReadOptions::default();
        assert_eq!(
            parse(
                r#"{"id":"\u0061","text":"\u201cK\u00f6ln\u201d \ud83d\ude80\n","n":"\ud800"}"#,
                &options
            )
            .unwrap(),
            r#"a | “Köln” 🚀/ | n="\ud800""#
        );
        assert_eq!(
            parse(r#"{"text":"\ud800 a"}"#, &options).unwrap_err(),
            "a.jsonl:3: field \"text\" is not a string"
        );
        assert_eq!(
            parse("{\"text\":\"a\tb\"}", &options).unwrap_err(),
            "a.jsonl:3: bad JSON at byte 10: control character (\\u0000-\\u001F) found while parsing a string"
        );
        assert_eq!(
            parse(r#"{"text":"a","text":"b","x":1,"x":2}"#, &options).unwrap(),
            "a.jsonl:3 | b | x=2"
        );
    }
}
