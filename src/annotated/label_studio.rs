//! Tasks of Label Studio: specified at [`Format::LabelStudio`](super::Format::LabelStudio).

use super::{
    Claim, Claimed, FaultKind,
    object::{Object, number, string},
};
use crate::record::OffsetUnit;
use serde_json::{Map, Value};

/// Is it of the short form: a text, and a list of regions with `labels` by the name of the control?
pub(super) fn is_short(object: &Object<'_>) -> bool {
    object.get("text").is_some() && short_regions(object).is_some()
}

/// The name of the control, and its regions. Exports have fields by these names whatever the control is called.
fn short_regions(object: &Object<'_>) -> Option<(&'static str, Vec<Value>)> {
    ["label", "labels", "ner"].into_iter().find_map(|name| {
        let list = object.list(name).ok()??;
        let is_region = |v: &Value| v.get("labels").is_some() && v.get("start").is_some();
        (!list.is_empty() && list.iter().all(is_region)).then_some((name, list))
    })
}

pub(super) fn read(claimed: &mut Claimed, object: &Object<'_>) -> Result<(), String> {
    claimed.unit = OffsetUnit::Utf16;
    if object.get("data").is_none()
        && let Some((name, regions)) = short_regions(object)
    {
        claimed.id = object.id("id")?;
        claimed.text = Some(object.string("text")?.ok_or("no field \"text\"")?);
        for (i, value) in regions.iter().enumerate() {
            let place = format!("region {} of {name:?}", i + 1);
            match value {
                Value::Object(region) => add(region, region, &place, claimed),
                _ => claimed.fault(FaultKind::Field, format!("{place}: not an object")),
            }
        }
        let own = [
            "id",
            "text",
            name,
            "annotator",
            "annotation_id",
            "created_at",
            "updated_at",
            "lead_time",
        ];
        claimed.meta = object.meta(&own);
        return Ok(());
    }
    let data = object.object("data")?.ok_or("no field \"data\"")?;
    let text = data.string("text")?;
    claimed.text = Some(text.ok_or("no field \"text\" in \"data\"")?);
    claimed.id = match data.id("doc_id")? {
        Some(id) => Some(id),
        None => match data.id("id")? {
            Some(id) => Some(id),
            None => object.id("id")?,
        },
    };
    claimed.meta = data.meta(&["text", "doc_id", "id"]);
    let annotations = object.list("annotations")?.unwrap_or_default();
    let predictions = object.list("predictions")?.unwrap_or_default();
    let flag = |a: &Value, name: &str| a.get(name).and_then(Value::as_bool) == Some(true);
    let done: Vec<(usize, &Value)> = annotations
        .iter()
        .enumerate()
        .filter(|(_, a)| !flag(a, "was_cancelled"))
        .collect();
    let truth = done.iter().find(|(_, a)| flag(a, "ground_truth"));
    let (place, chosen) = match truth.or(done.first()) {
        Some((i, annotation)) => {
            claimed.unread("further annotations of a task", done.len() - 1);
            (format!("annotation {}", i + 1), *annotation)
        }
        None if !annotations.is_empty() => {
            claimed.refused = Some("its annotation was cancelled");
            return Ok(());
        }
        None => match predictions.first() {
            Some(prediction) => {
                claimed.unread("further predictions of a task", predictions.len() - 1);
                ("prediction 1".to_owned(), prediction)
            }
            None => return Ok(()),
        },
    };
    let Some(results) = chosen.get("result").and_then(Value::as_array) else {
        return Err(format!("{place}: no array \"result\""));
    };
    let mut sides = None;
    for (i, value) in results.iter().enumerate() {
        let place = format!("{place}, region {}", i + 1);
        let Value::Object(region) = value else {
            claimed.fault(FaultKind::Field, format!("{place}: not an object"));
            continue;
        };
        match region.get("type").and_then(Value::as_str) {
            Some("labels") | Some("hypertextlabels") => {}
            None => {
                claimed.fault(FaultKind::Field, format!("{place}: no field \"type\""));
                continue;
            }
            Some("relation") => {
                claimed.unread("relations", 1);
                continue;
            }
            Some(_) => {
                claimed.unread("results that are no labels of a span", 1);
                continue;
            }
        }
        for name in ["from_name", "to_name"] {
            if !region.get(name).is_some_and(Value::is_string) {
                claimed.fault(FaultKind::Field, format!("{place}: no string {name:?}"));
            }
        }
        // What one label control gives to one text is what is read: another is another layer.
        let names = (region.get("from_name"), region.get("to_name"));
        if *sides.get_or_insert(names) != names {
            let message = format!("{place}: another from_name or to_name than region 1 has");
            claimed.fault(FaultKind::Reference, message);
        }
        let Some(Value::Object(value)) = region.get("value") else {
            claimed.fault(FaultKind::Field, format!("{place}: no object \"value\""));
            continue;
        };
        add(value, region, &place, claimed);
    }
    Ok(())
}

/// Adds a claim for each label of a region.
fn add(
    value: &Map<String, Value>,
    region: &Map<String, Value>,
    place: &str,
    claimed: &mut Claimed,
) {
    let read = || -> Result<_, String> {
        let labels = value.get("labels").or(value.get("hypertextlabels"));
        let Some(labels) = labels.and_then(Value::as_array) else {
            return Err("no array \"labels\"".to_owned());
        };
        if labels.is_empty() {
            return Err("\"labels\" is empty".to_owned());
        }
        let claim = Claim {
            start: number(value, "start")?,
            end: number(value, "end")?,
            text: string(value, "text")?.map(str::to_owned),
            ..Claim::default()
        };
        Ok((labels, claim))
    };
    let (labels, mut claim) = match read() {
        Ok(read) => read,
        Err(message) => return claimed.fault(FaultKind::Field, format!("{place}: {message}")),
    };
    if let Some(Value::Object(meta)) = region.get("meta") {
        let mut meta = meta.clone();
        // What annotators write beside a region.
        if let Some(Value::Array(notes)) = meta.remove("text") {
            let notes = notes.iter().filter_map(Value::as_str);
            let notes: Vec<&str> = notes.collect();
            meta.insert("note".to_owned(), notes.join("\n").into());
        }
        claim.take_fields(&meta, &[], claimed);
    }
    claim.score = claim
        .score
        .or_else(|| region.get("score").and_then(Value::as_f64));
    for label in labels {
        match label.as_str() {
            Some(label) => claimed.claims.push(Claim {
                label: label.to_owned(),
                ..claim.clone()
            }),
            None => {
                let message = format!("{place}: a label is not a string");
                claimed.fault(FaultKind::Field, message);
            }
        }
    }
}
