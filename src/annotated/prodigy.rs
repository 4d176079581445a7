//! Tasks of Prodigy: specified at [`Format::Prodigy`](super::Format::Prodigy).

use super::{
    Claim, Claimed, FaultKind, Token,
    object::{Object, number, string},
};
use serde_json::Value;

/// Fields of a task that say nothing of the document.
const OWN: [&str; 11] = [
    "id",
    "text",
    "spans",
    "tokens",
    "answer",
    "_input_hash",
    "_task_hash",
    "_session_id",
    "_view_id",
    "_annotator_id",
    "_timestamp",
];

pub(super) fn read(claimed: &mut Claimed, object: &Object<'_>) -> Result<(), String> {
    claimed.id = object.id("id")?;
    claimed.text = Some(object.string("text")?.ok_or("no field \"text\"")?);
    claimed.refused = match object.string("answer")?.as_deref() {
        None | Some("accept") => None,
        Some("reject") => Some("the answer is reject"),
        Some("ignore") => Some("the answer is ignore"),
        Some(other) => {
            return Err(format!(
                "answer {other:?} is none of accept, reject, ignore"
            ));
        }
    };
    // In the interfaces for spans, and nowhere else, they may overlap.
    let view = object.string("_view_id")?;
    claimed.flat = !view.is_some_and(|v| v.starts_with("span") || v == "relations");
    for (i, value) in object.list("tokens")?.iter().flatten().enumerate() {
        match token(value) {
            Ok(token) => claimed.tokens.push(token),
            Err(message) => {
                let message = format!("token {} of \"tokens\": {message}", i + 1);
                claimed.fault(FaultKind::Field, message);
            }
        }
    }
    for (i, value) in object.list("spans")?.iter().flatten().enumerate() {
        match span(value, claimed) {
            Ok(claim) => claimed.claims.push(claim),
            Err(message) => {
                let message = format!("span {} of \"spans\": {message}", i + 1);
                claimed.fault(FaultKind::Field, message);
            }
        }
    }
    let relations = object.list("relations")?.map_or(0, |r| r.len());
    claimed.unread("relations", relations);
    claimed.meta = object.meta(&OWN);
    claimed.meta.retain(|(name, _)| name != "relations");
    Ok(())
}

fn span(value: &Value, claimed: &mut Claimed) -> Result<Claim, String> {
    let Value::Object(span) = value else {
        return Err("not an object".to_owned());
    };
    let token = |name: &str| match span.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => number(span, name).map(Some),
    };
    let mut claim = Claim {
        start: number(span, "start")?,
        end: number(span, "end")?,
        label: string(span, "label")?
            .ok_or("no field \"label\"")?
            .to_owned(),
        text: string(span, "text")?.map(str::to_owned),
        tokens: token("token_start")?.zip(token("token_end")?),
        ..Claim::default()
    };
    let known = ["start", "end", "label", "text", "token_start", "token_end"];
    claim.take_fields(span, &known, claimed);
    Ok(claim)
}

fn token(value: &Value) -> Result<Token, String> {
    let Value::Object(token) = value else {
        return Err("not an object".to_owned());
    };
    Ok(Token {
        start: number(token, "start")?,
        end: number(token, "end")?,
        text: string(token, "text")?
            .ok_or("no field \"text\"")?
            .to_owned(),
        id: token.get("id").and_then(Value::as_u64),
        space: token.get("ws").and_then(Value::as_bool),
    })
}
