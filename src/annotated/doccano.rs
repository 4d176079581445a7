//! JSONL of doccano: specified at [`Format::Doccano`](super::Format::Doccano).

use super::{
    Claim, Claimed, FaultKind,
    object::{Object, number, string},
};
use serde_json::Value;

pub(super) fn read(claimed: &mut Claimed, object: &Object<'_>) -> Result<(), String> {
    // What our writer puts there; doccano's own id is the number of an example.
    claimed.id = match object.id("doc_id")? {
        Some(id) => Some(id),
        None => object.id("id")?,
    };
    let text_field = if object.get("text").is_some() {
        "text"
    } else {
        "data"
    };
    claimed.text = Some(object.string(text_field)?.ok_or("no field \"text\"")?);
    // Projects allow overlaps only where they were set up to.
    claimed.flat = true;
    let lists = ["label", "labels", "entities"];
    if !lists.iter().any(|l| object.get(l).is_some()) {
        return Err("no field \"label\" or \"entities\"".to_owned());
    }
    for list in lists {
        for (i, value) in object.list(list)?.iter().flatten().enumerate() {
            match span(value, claimed) {
                Ok(claim) => claimed.claims.push(claim),
                Err(message) => {
                    let message = format!("span {} of {list:?}: {message}", i + 1);
                    claimed.fault(FaultKind::Field, message);
                }
            }
        }
    }
    for what in ["relations", "cats", "Comments"] {
        let n = object.list(what)?.map_or(0, |r| r.len());
        claimed.unread(what, n);
    }
    let known = [
        "id",
        "doc_id",
        text_field,
        "label",
        "labels",
        "entities",
        "relations",
        "cats",
        "Comments",
    ];
    claimed.meta = object.meta(&known);
    Ok(())
}

/// `[start, end, label]`, or an object.
fn span(value: &Value, claimed: &mut Claimed) -> Result<Claim, String> {
    match value {
        Value::Array(triple) => {
            let [start, end, label] = &triple[..] else {
                return Err("not three values: start, end, label".to_owned());
            };
            let offset = |value: &Value| {
                let offset = value.as_u64();
                offset.ok_or_else(|| format!("{value} is not a whole number from 0 on"))
            };
            let label = label.as_str().ok_or("the label is not a string")?;
            Ok(Claim {
                start: offset(start)?,
                end: offset(end)?,
                label: label.to_owned(),
                ..Claim::default()
            })
        }
        Value::Object(span) => {
            let mut claim = Claim {
                start: number(span, "start_offset")?,
                end: number(span, "end_offset")?,
                label: string(span, "label")?
                    .ok_or("no field \"label\"")?
                    .to_owned(),
                ..Claim::default()
            };
            let known = ["id", "start_offset", "end_offset", "label"];
            claim.take_fields(span, &known, claimed);
            Ok(claim)
        }
        _ => Err("neither [start, end, label] nor an object".to_owned()),
    }
}
