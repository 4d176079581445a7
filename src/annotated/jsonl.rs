//! Records of this crate, and what resembles them: specified at [`Format::Jsonl`](super::Format::Jsonl).

use super::{
    Claim, Claimed, FaultKind, Options,
    object::{Object, number, string},
};
use crate::{record::OffsetUnit, span::Label};
use serde_json::Value;

pub(super) fn read(
    claimed: &mut Claimed,
    object: &Object<'_>,
    options: &Options,
) -> Result<(), String> {
    claimed.id = object.id("id")?;
    claimed.text = object.string("text")?;
    if let Some(word) = object.string("offset_unit")? {
        claimed.unit = [OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16]
            .into_iter()
            .find(|u| u.as_str() == word)
            .ok_or(format!(
                "offset_unit {word:?} is none of codepoint, byte, utf16"
            ))?;
    }
    if let Some(types) = object.list("annotated_types")? {
        let label = |t: &Value| {
            let name = t.as_str().ok_or("\"annotated_types\" has no strings")?;
            Label::new(name).map_err(|e| e.to_string())
        };
        claimed.annotated_types = Some(types.iter().map(label).collect::<Result<_, String>>()?);
    }
    let list = object.list("spans")?.ok_or("no field \"spans\"")?;
    claimed.claims.reserve(list.len());
    for (i, value) in list.iter().enumerate() {
        match span(value, options, claimed) {
            Ok(claim) => claimed.claims.push(claim),
            Err(message) => {
                let message = format!("span {} of \"spans\": {message}", i + 1);
                claimed.fault(FaultKind::Field, message);
            }
        }
    }
    claimed.meta = object.meta(&["id", "text", "offset_unit", "annotated_types", "spans"]);
    Ok(())
}

const KNOWN: [&str; 7] = ["start", "end", "label", "text", "lost", "optional", "opt"];

fn span(value: &Value, options: &Options, claimed: &mut Claimed) -> Result<Claim, String> {
    let Value::Object(span) = value else {
        return Err("not an object".to_owned());
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
    // What is not null lost.
    let lost = span.get("lost").filter(|lost| !lost.is_null());
    let mut claim = Claim {
        start: number(span, "start")?,
        end: number(span, "end")?,
        label: label.to_owned(),
        text: string(span, "text")?.map(str::to_owned),
        optional: flag("optional")? || flag("opt")?,
        lost: lost.map(|l| l.as_str().map_or_else(|| l.to_string(), str::to_owned)),
        ..Claim::default()
    };
    claim.take_fields(span, &KNOWN, claimed);
    Ok(claim)
}
