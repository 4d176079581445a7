//! A JSON object to a document with spans. The fields are specified at [`CorpusFormat::Jsonl`](super::CorpusFormat::Jsonl).

use super::{
    Annotated, Corpus, CorpusOptions,
    corpus::{Entry, Waiting, resolve},
};
use crate::{error::Problem, record::OffsetUnit, span::Label};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// Adds the document of an object, or says why there is none.
pub(super) fn parse(
    file: &std::sync::Arc<str>,
    line: u64,
    text: &str,
    options: &CorpusOptions,
    corpus: &mut Corpus,
) {
    let object = match serde_json::from_str(text.trim_end()) {
        Ok(Value::Object(object)) => object,
        Ok(_) => {
            let message = "not a JSON object: left out";
            return corpus.complain(Problem::error(file, Some(line), message));
        }
        Err(e) => {
            // An object over several lines: the fault may be further down than its start.
            let line = line + e.line().saturating_sub(1) as u64;
            let message = format!("bad JSON, left out: {e}");
            let message = message.split(" at line").next().unwrap_or_default();
            let message = format!("{message} at byte {}", e.column());
            return corpus.complain(Problem::error(file, Some(line), message));
        }
    };
    let mut problems = Vec::new();
    match document(file, line, &object, options, &mut problems) {
        Ok(entry) => corpus.add(entry),
        Err(message) => problems.push(Problem::error(
            file,
            Some(line),
            format!("{message}: the document is left out"),
        )),
    }
    corpus.problems_mut().append(&mut problems);
}

fn document(
    file: &std::sync::Arc<str>,
    line: u64,
    object: &Object,
    options: &CorpusOptions,
    problems: &mut Vec<Problem>,
) -> Result<Entry, String> {
    let id = match object.get("id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Number(id)) => Some(id.to_string()),
        Some(_) => return Err("field \"id\" is neither a string nor a number".to_owned()),
    };
    let text = string(object, "text")?;
    let unit = match string(object, "offset_unit")? {
        None => OffsetUnit::Codepoint,
        Some(word) => [OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16]
            .into_iter()
            .find(|u| u.as_str() == word)
            .ok_or(format!(
                "offset_unit {word:?} is none of codepoint, byte, utf16"
            ))?,
    };
    let annotated_types = match object.get("annotated_types") {
        None | Some(Value::Null) => None,
        Some(Value::Array(types)) => Some(
            types
                .iter()
                .map(|t| {
                    Label::new(t.as_str().ok_or("\"annotated_types\" has no strings")?)
                        .map_err(|e| e.to_string())
                })
                .collect::<Result<Vec<_>, String>>()?,
        ),
        Some(_) => return Err("field \"annotated_types\" is not an array".to_owned()),
    };
    let Some(Value::Array(list)) = object.get("spans") else {
        return Err(match object.contains_key("spans") {
            true => "field \"spans\" is not an array".to_owned(),
            false => "no field \"spans\"".to_owned(),
        });
    };
    let mut waiting = Vec::with_capacity(list.len());
    for (i, value) in list.iter().enumerate() {
        match span(value, unit, options) {
            Ok(Some(span)) => waiting.push(span),
            Ok(None) => {}
            Err(message) => {
                let message = format!("span {} of \"spans\": {message}: left out", i + 1);
                problems.push(Problem::error(file, Some(line), message));
            }
        }
    }
    let has_id = id.is_some();
    let mut entry = Entry {
        file: file.clone(),
        line,
        has_id,
        doc: Annotated {
            id: id.unwrap_or_else(|| format!("{file}:{line}")),
            text: String::new(),
            spans: Vec::new(),
            annotated_types,
        },
        waiting: None,
    };
    match text {
        Some(text) => {
            entry.doc.spans = resolve(text, waiting, (file, line), problems);
            entry.doc.text = text.to_owned();
        }
        None => entry.waiting = Some(waiting),
    }
    Ok(entry)
}

/// A span; none if it lost a competition.
fn span(
    value: &Value,
    unit: OffsetUnit,
    options: &CorpusOptions,
) -> Result<Option<Waiting>, String> {
    let Value::Object(span) = value else {
        return Err("not an object".to_owned());
    };
    if span.get("lost").is_some_and(|lost| !lost.is_null()) {
        return Ok(None);
    }
    let offset = |name: &str| match span.get(name) {
        Some(value) => value
            .as_u64()
            .ok_or_else(|| format!("field {name:?} is not a whole number from 0 on")),
        None => Err(format!("no field {name:?}")),
    };
    let label = match string(span, &options.label_field)? {
        Some(label) => label,
        None => {
            string(span, "label")?.ok_or_else(|| format!("no field {:?}", options.label_field))?
        }
    };
    let flag = |name: &str| match span.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(format!("field {name:?} is neither true nor false")),
    };
    Ok(Some(Waiting {
        start: offset("start")?,
        end: offset("end")?,
        unit,
        label: Label::new(label).map_err(|e| e.to_string())?,
        text: string(span, "text")?.map(str::to_owned),
        optional: flag("optional")? || flag("opt")?,
        origin: string(span, "origin")?.map(str::to_owned),
    }))
}

/// A field that is a string, null or absent.
fn string<'o>(object: &'o Object, name: &str) -> Result<Option<&'o str>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(string)) => Ok(Some(string)),
        Some(_) => Err(format!("field {name:?} is not a string")),
    }
}
