//! [`Sketch`]: what a report knows of one document while it is there, and the document as the page has it.

use super::{against::Judged, summary::Taken};
use crate::{
    annotated::{Claim, Claimed, Proved, Units},
    document::{Score, Zone, ZoneKind},
    record::{OffsetUnit, Offsets},
    span::Span,
    zones::zones,
};
use jiff::civil::Date;
use serde_json::{Value, json};

/// A document with its spans, which are sorted by start, and where in the article they stand.
#[derive(Debug)]
pub(super) struct Sketch<'a> {
    pub(super) text: &'a str,
    pub(super) spans: &'a [Proved<'a>],
    pub(super) date: Option<Date>,
    zones: Vec<Zone>,
}

impl<'a> Sketch<'a> {
    pub(super) fn new(text: &'a str, spans: &'a [Proved<'a>], date: Option<Date>) -> Sketch<'a> {
        let mut found = Vec::new();
        zones(text, &mut found);
        found.retain(|z| z.kind != ZoneKind::NoMatch);
        Sketch {
            text,
            spans,
            date,
            zones: found,
        }
    }

    /// The innermost zone that holds a span whole.
    pub(super) fn zone(&self, span: Span) -> Option<&'static str> {
        let before = &self.zones[..self.zones.partition_point(|z| z.span.start <= span.start)];
        let holding = before.iter().rfind(|z| z.span.contains(span))?;
        Some(holding.kind.as_str())
    }

    /// The document as the page has it: offsets count UTF-16 units, as the strings of JavaScript do.
    ///
    /// A span is an array: start, end, number of its kind, number of its entity, score in hundredths or null, and where there is more
    /// to say of it an object with that.
    pub(super) fn json(&self, claimed: &Claimed, taken: &Taken) -> Value {
        let judged = [("gold", &taken.gold), ("changes", &taken.changes)];
        let judged = judged.map(|(name, judged)| (name, judged.as_ref()));
        let others = judged.iter().filter_map(|(_, judged)| *judged);
        let others = others.flat_map(Judged::others);
        let spans = self.all_spans(claimed).into_iter().chain(others);
        let places = Places::new(self.text, spans);
        let spans = self.spans.iter().zip(&taken.spans);
        let spans = spans.map(|(p, (kind, entity))| {
            let (start, end) = places.of(p.span);
            let mut span = vec![json!(start), json!(end), json!(kind), json!(entity)];
            span.push(json!(p.claim.score.map(cents)));
            span.extend(details(p.claim));
            Value::Array(span)
        });
        let mut object = json!({
            "id": claimed.name(),
            "text": self.text,
            "spans": spans.collect::<Vec<_>>(),
        });
        let zones = self.zones.iter().map(|z| {
            let (start, end) = places.of(z.span);
            json!([start, end, z.kind.as_str()])
        });
        let lost = self.lost(claimed).map(|(span, claim)| {
            let (start, end) = places.of(span);
            json!({
                "start": start, "end": end, "label": claim.label, "lost": claim.lost,
                "entity": claim.entity, "name": claim.name, "origin": claim.origin,
            })
        });
        let meta = claimed.meta.iter().map(|(name, value)| {
            let value = serde_json::from_str(value.get()).unwrap_or(Value::Null);
            json!([name, value])
        });
        for (name, values) in [
            ("zones", zones.collect::<Vec<_>>()),
            ("lost", lost.collect()),
            ("meta", meta.collect()),
        ] {
            if !values.is_empty() {
                object[name] = Value::Array(values);
            }
        }
        for (name, judged) in judged {
            if let Some(judged) = judged {
                object[name] = judged.json(&places);
            }
        }
        if let Some(date) = self.date {
            object["date"] = json!(date.to_string());
        }
        object
    }

    /// What lost a competition, where the file says so; what is no span of the text is passed over.
    fn lost<'c>(&self, claimed: &'c Claimed) -> impl Iterator<Item = (Span, &'c Claim)> {
        let lost: Vec<&Claim> = claimed.claims.iter().filter(|c| c.lost.is_some()).collect();
        let units = (!lost.is_empty()).then(|| Units::new(self.text, claimed.unit));
        lost.into_iter().filter_map(move |claim| {
            let span = units.as_ref()?.span(claim.start, claim.end)?;
            Some((span, claim))
        })
    }

    fn all_spans(&self, claimed: &Claimed) -> Vec<Span> {
        let spans = self.spans.iter().map(|p| p.span);
        let zones = self.zones.iter().map(|z| z.span);
        let lost = self.lost(claimed).map(|(span, _)| span);
        spans.chain(zones).chain(lost).collect()
    }
}

fn cents(score: f64) -> u8 {
    (Score::new(score).as_f64() * 100.0).round() as u8
}

/// What else is known of a span, if anything is.
fn details(claim: &Claim) -> Option<Value> {
    let mut details = serde_json::Map::new();
    if !claim.also.is_empty() {
        details.insert("also".into(), json!(claim.also));
    }
    if !claim.attributes.is_empty() {
        details.insert("attributes".into(), json!(claim.attributes));
    }
    (!details.is_empty()).then_some(Value::Object(details))
}

/// Where spans are in units of UTF-16.
pub(super) struct Places {
    bytes: Vec<usize>,
    units: Vec<usize>,
}

impl Places {
    fn new(text: &str, spans: impl IntoIterator<Item = Span>) -> Places {
        let ends = spans.into_iter().flat_map(|s| [s.start, s.end]);
        let mut bytes: Vec<usize> = ends.collect();
        bytes.sort_unstable();
        bytes.dedup();
        let mut offsets = Offsets::new(text, OffsetUnit::Utf16);
        let units = bytes.iter().map(|&byte| offsets.at(byte)).collect();
        Places { bytes, units }
    }

    pub(super) fn of(&self, span: Span) -> (usize, usize) {
        let at = |byte| {
            let i = self.bytes.binary_search(&byte);
            self.units[i.expect("all spans were given")]
        };
        (at(span.start), at(span.end))
    }
}
