//! bdocjs of GATE: specified at [`Format::Bdocjs`](super::Format::Bdocjs).

use super::{
    Claim, Claimed, FaultKind,
    object::{Object, number, string},
};
use crate::record::OffsetUnit;
use serde_json::{Map, Value};
use std::collections::HashSet;

pub(super) fn read(claimed: &mut Claimed, object: &Object<'_>) -> Result<(), String> {
    claimed.text = Some(object.string("text")?.ok_or("no field \"text\"")?);
    claimed.unit = match object.string("offset_type")?.as_deref() {
        None | Some("p") => OffsetUnit::Codepoint,
        Some("j") => OffsetUnit::Utf16,
        Some(other) => {
            return Err(format!(
                "offset_type {other:?} is neither p (code points) nor j (UTF-16)"
            ));
        }
    };
    claimed.id = object.string("name")?.filter(|n| !n.is_empty());
    let features = object.object("features")?;
    claimed.meta = features.map(|f| f.meta(&[])).unwrap_or_default();
    let sets = object.get("annotation_sets").unwrap_or("{}");
    let Ok(Value::Object(sets)) = serde_json::from_str(sets) else {
        return Err("field \"annotation_sets\" is not an object".to_owned());
    };
    for (name, set) in &sets {
        let place = match name.is_empty() {
            true => "the default set".to_owned(),
            false => format!("set {name:?}"),
        };
        let annotations = set.get("annotations").and_then(Value::as_array);
        let Some(annotations) = annotations else {
            claimed.fault(
                FaultKind::Field,
                format!("{place}: no array \"annotations\""),
            );
            continue;
        };
        let mut ids = HashSet::new();
        for (i, value) in annotations.iter().enumerate() {
            let place = format!("annotation {} of {place}", i + 1);
            match annotation(value, claimed) {
                Ok((id, claim)) => {
                    if !ids.insert(id) {
                        let message = format!("{place}: id {id} was there before");
                        claimed.fault(FaultKind::Id, message);
                    }
                    claimed.claims.push(claim);
                }
                Err(message) => claimed.fault(FaultKind::Field, format!("{place}: {message}")),
            }
        }
    }
    Ok(())
}

fn annotation(value: &Value, claimed: &mut Claimed) -> Result<(u64, Claim), String> {
    let Value::Object(annotation) = value else {
        return Err("not an object".to_owned());
    };
    let mut claim = Claim {
        start: number(annotation, "start")?,
        end: number(annotation, "end")?,
        label: string(annotation, "type")?
            .ok_or("no field \"type\"")?
            .to_owned(),
        ..Claim::default()
    };
    let nothing = Map::new();
    let features = match annotation.get("features") {
        None | Some(Value::Null) => &nothing,
        Some(Value::Object(features)) => features,
        Some(_) => return Err("field \"features\" is not an object".to_owned()),
    };
    claim.take_fields(features, &[], claimed);
    Ok((number(annotation, "id")?, claim))
}
