//! Examples of GLiNER: specified at [`Format::Gliner`](super::Format::Gliner).

use super::{Claim, Claimed, FaultKind, Token, joined::Joined, object::Object};
use crate::record::OffsetUnit;
use serde_json::Value;
use std::ops::Range;

pub(super) fn read(claimed: &mut Claimed, object: &Object<'_>) -> Result<(), String> {
    claimed.id = object.id("id")?;
    claimed.unit = OffsetUnit::Byte;
    let words = object.list("tokenized_text")?;
    let words = words.ok_or("no field \"tokenized_text\"")?;
    let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
    let words = words.ok_or("\"tokenized_text\" is no list of strings")?;
    let starts = object.list("starts")?.unwrap_or_default();
    if !starts.is_empty() && starts.len() != words.len() {
        let message = format!(
            "\"starts\" has {} numbers for {} words: passed over",
            starts.len(),
            words.len()
        );
        claimed.fault(FaultKind::Token, message);
    }
    let starts = Some(starts).filter(|s| s.len() == words.len());
    let places = join(claimed, &words, starts.as_deref());
    for (i, value) in object.list("ner")?.iter().flatten().enumerate() {
        match span(value, &places) {
            Ok(claim) => claimed.claims.push(claim),
            Err(message) => {
                let message = format!("span {} of \"ner\": {message}", i + 1);
                claimed.fault(FaultKind::Token, message);
            }
        }
    }
    claimed.meta = object.meta(&["id", "tokenized_text", "ner", "starts"]);
    Ok(())
}

/// Puts the words together to the text; gives the bytes of each.
fn join(claimed: &mut Claimed, words: &[&str], starts: Option<&[Value]>) -> Vec<Range<u64>> {
    let mut joined = Joined::default();
    let mut places = Vec::with_capacity(words.len());
    for (i, word) in words.iter().enumerate() {
        let start = starts.and_then(|s| s[i].as_u64());
        let place = joined.add(word, start, ' ').or_else(|message| {
            claimed.fault(FaultKind::Token, format!("word {i}, {word:?}: {message}"));
            joined.add(word, None, ' ')
        });
        places.extend(place);
    }
    let token = |(i, place): (usize, &Range<u64>)| Token {
        start: place.start,
        end: place.end,
        text: words[i].to_owned(),
        id: None,
        space: None,
    };
    claimed.tokens = places.iter().enumerate().map(token).collect();
    claimed.text = Some(joined.text);
    places
}

fn span(value: &Value, places: &[Range<u64>]) -> Result<Claim, String> {
    let Some([first, last, label]) = value.as_array().map(Vec::as_slice) else {
        return Err("not [FIRST, LAST, LABEL]".to_owned());
    };
    let (Some(first), Some(last), Some(label)) = (first.as_u64(), last.as_u64(), label.as_str())
    else {
        return Err("not [FIRST, LAST, LABEL], two numbers and a string".to_owned());
    };
    if first > last {
        return Err(format!(
            "it ends at word {last}, before its start, {first} (both are inclusive)"
        ));
    }
    let place = |i: u64| usize::try_from(i).ok().and_then(|i| places.get(i));
    let (Some(start), Some(end)) = (place(first), place(last)) else {
        return Err(format!(
            "there is no word {last}: the last is {} (ends are inclusive)",
            places.len().saturating_sub(1)
        ));
    };
    Ok(Claim {
        start: start.start,
        end: end.end,
        label: label.split_whitespace().collect::<Vec<_>>().join("_"),
        tokens: Some((first, last)),
        ..Claim::default()
    })
}
