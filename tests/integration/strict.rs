//! A reader of our JSONL that is written apart from the writer, from the contract in `src/write/jsonl.rs` alone: unknown fields are
//! refused, and what the contract promises is checked on every record.

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{collections::BTreeMap, fmt};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) offset_unit: Unit,
    pub(crate) spans: Vec<Span>,
    /// As it stands in the line; see [`Record::meta`].
    #[serde(default, deserialize_with = "not_null")]
    meta: Option<Box<RawValue>>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unit {
    Codepoint,
    Byte,
    Utf16,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) label: String,
    pub(crate) text: String,
    // With a function of its own, so that serde does not take an absent field for null.
    #[serde(deserialize_with = "value_or_null")]
    pub(crate) entity: Option<String>,
    #[serde(deserialize_with = "value_or_null")]
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    pub(crate) also: Option<Vec<String>>,
    pub(crate) origin: String,
    #[serde(default, deserialize_with = "not_null")]
    pub(crate) score: Option<f64>,
    #[serde(default, deserialize_with = "not_null")]
    pub(crate) zone: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    pub(crate) lost: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    pub(crate) attributes: Option<BTreeMap<String, String>>,
}

const RECORD_FIELDS: [&str; 5] = ["id", "text", "offset_unit", "spans", "meta"];
const SPAN_FIELDS: [&str; 12] = [
    "start",
    "end",
    "label",
    "text",
    "entity",
    "name",
    "also",
    "origin",
    "score",
    "zone",
    "lost",
    "attributes",
];

/// The records of an output.
///
/// # Panics
/// When a line breaks the contract: with its number, and how.
pub(crate) fn read(jsonl: &[u8]) -> Vec<Record> {
    let text = std::str::from_utf8(jsonl).expect("JSONL is UTF-8");
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "the last line has no line feed"
    );
    text.split_terminator('\n')
        .enumerate()
        .map(|(n, line)| record(line).unwrap_or_else(|e| panic!("line {}: {e}\n{line}", n + 1)))
        .collect()
}

/// One record, or what breaks the contract.
fn record(line: &str) -> Result<Record, String> {
    let record: Record = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let fields = fields(line)?;
    in_order(&fields, &RECORD_FIELDS)?;
    let spans = fields
        .iter()
        .find(|(name, _)| name == "spans")
        .expect("the record has spans")
        .1
        .get();
    for span in serde_json::from_str::<Vec<&RawValue>>(spans).map_err(|e| e.to_string())? {
        in_order(&self::fields(span.get())?, &SPAN_FIELDS)?;
    }
    if let Some(meta) = &record.meta
        && self::fields(meta.get())
            .map_err(|e| format!("meta: {e}"))?
            .is_empty()
    {
        return Err("meta is there and empty".into());
    }
    check_spans(&record)?;
    Ok(record)
}

fn check_spans(record: &Record) -> Result<(), String> {
    let units = Units::of(&record.text, record.offset_unit);
    let mut before: Option<&Span> = None;
    let mut won_until = 0;
    for span in &record.spans {
        let at = format!("span {}..{} {:?}", span.start, span.end, span.text);
        let fault = |what: &str| Err(format!("{at}: {what}"));
        match units.select(&record.text, span.start, span.end) {
            None => return fault("is empty, or not on character boundaries of the text"),
            Some(found) if found != span.text => {
                return fault(&format!("its offsets select {found:?}"));
            }
            Some(found) if found.trim() != found => return fault("has space at its ends"),
            Some(_) => {}
        }
        if before.is_some_and(|b| {
            (b.start, std::cmp::Reverse(b.end)) > (span.start, std::cmp::Reverse(span.end))
        }) {
            return fault("is not sorted");
        }
        before = Some(span);
        if span.lost.is_none() {
            if span.start < won_until {
                return fault("overlaps the winner before it");
            }
            won_until = span.end;
        }
        if span.label.is_empty()
            || span.label.len() > 64
            || span.label.contains(char::is_whitespace)
        {
            return fault("its label is no label");
        }
        // A pattern may have an id that no list has.
        let is_pattern = span.origin == "pattern";
        if span.entity.is_some() != span.name.is_some() && !(is_pattern && span.name.is_none()) {
            return fault("of entity and name one is null");
        }
        if span.also.as_ref().is_some_and(Vec::is_empty) {
            return fault("also is there and empty");
        }
        if span
            .also
            .iter()
            .flatten()
            .any(|id| Some(id) == span.entity.as_ref())
        {
            return fault("also repeats the entity");
        }
        if span.attributes.as_ref().is_some_and(BTreeMap::is_empty) {
            return fault("attributes is there and empty");
        }
        let rule = span
            .origin
            .strip_prefix("rule:")
            .and_then(wiretag::Rule::of_name);
        if span.origin != "alias" && !is_pattern && rule.is_none() {
            return fault("its origin is unknown");
        }
        // A share of 1 in steps of 0.01; what lost has none.
        let cents = span.score.map(|s| s * 100.0);
        if cents.is_some_and(|c| (c - c.round()).abs() > 1e-9 || !(1.0..=99.0).contains(&c)) {
            return fault("its score is out of range");
        }
        if span.score.is_some() == span.lost.is_some() {
            return fault("it lost and has a score, or neither");
        }
        if span
            .zone
            .as_deref()
            .is_some_and(|z| !["dateline", "byline", "credit", "boilerplate"].contains(&z))
        {
            return fault("its zone is unknown");
        }
        let reasons = [
            "lower priority than ",
            "shorter than ",
            "starts behind ",
            "later in order than ",
        ];
        if span.lost.as_ref().is_some_and(|lost| {
            !reasons.iter().any(|r| lost.starts_with(r)) || !lost.ends_with(')')
        }) {
            return fault("it lost for no known reason");
        }
    }
    Ok(())
}

impl Record {
    /// The fields of `meta` in their order, the values byte for byte.
    pub(crate) fn meta(&self) -> Option<Vec<(String, String)>> {
        let meta = self.meta.as_ref()?;
        let fields = fields(meta.get()).expect("meta is an object");
        Some(
            fields
                .into_iter()
                .map(|(name, value)| (name, value.get().to_owned()))
                .collect(),
        )
    }

    /// The spans that won, as `text|LABEL`.
    pub(crate) fn won(&self) -> Vec<String> {
        self.spans
            .iter()
            .filter(|s| s.lost.is_none())
            .map(|s| format!("{}|{}", s.text, s.label))
            .collect()
    }

    /// Byte offsets and label of the spans that won.
    pub(crate) fn byte_spans(&self) -> Vec<(usize, usize, String)> {
        let units = Units::of(&self.text, self.offset_unit);
        let byte = |at: usize| units.bytes[at].expect("the spans were checked");
        self.spans
            .iter()
            .filter(|s| s.lost.is_none())
            .map(|s| (byte(s.start), byte(s.end), s.label.clone()))
            .collect()
    }
}

/// For each offset in a unit the byte of the text that it stands for; none inside a character.
struct Units {
    bytes: Vec<Option<usize>>,
}

impl Units {
    fn of(text: &str, unit: Unit) -> Units {
        let mut bytes = Vec::with_capacity(text.len() + 1);
        for (at, c) in text.char_indices() {
            let width = match unit {
                Unit::Codepoint => 1,
                Unit::Byte => c.len_utf8(),
                Unit::Utf16 => c.encode_utf16(&mut [0; 2]).len(),
            };
            bytes.push(Some(at));
            bytes.extend((1..width).map(|_| None));
        }
        bytes.push(Some(text.len()));
        Units { bytes }
    }

    fn select<'t>(&self, text: &'t str, start: usize, end: usize) -> Option<&'t str> {
        let byte = |at: usize| self.bytes.get(at).copied().flatten();
        (start < end)
            .then(|| text.get(byte(start)?..byte(end)?))
            .flatten()
    }
}

type Fields<'a> = Vec<(String, &'a RawValue)>;

/// The fields of an object in the order in which they stand.
fn fields(object: &str) -> Result<Fields<'_>, String> {
    struct InOrder;
    impl<'de> Visitor<'de> for InOrder {
        type Value = Fields<'de>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Fields<'de>, M::Error> {
            let mut fields = Vec::new();
            while let Some(field) = map.next_entry()? {
                fields.push(field);
            }
            Ok(fields)
        }
    }
    serde_json::Deserializer::from_str(object)
        .deserialize_map(InOrder)
        .map_err(|e| e.to_string())
}

fn in_order(fields: &Fields<'_>, order: &[&str]) -> Result<(), String> {
    let places: Vec<_> = fields
        .iter()
        .map(|(name, _)| order.iter().position(|o| o == name))
        .collect();
    match places.is_sorted_by(|a, b| a < b) {
        true => Ok(()),
        false => Err(format!(
            "the fields {:?} do not stand in order",
            fields.iter().map(|f| &f.0).collect::<Vec<_>>()
        )),
    }
}

fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

fn value_or_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

const GOOD: &str = r#"{"id":"a","text":"é🚀 Iran","offset_unit":"utf16","spans":[{"start":4,"end":8,"label":"COUNTRY","text":"Iran","entity":"country/IR","name":"Iran","origin":"alias","score":0.9}],"meta":{"n":1.50}}"#;

#[test]
fn a_record_as_documented_is_read() {
    let read = read(format!("{GOOD}\n").as_bytes());
    assert_eq!(read[0].won(), ["Iran|COUNTRY"]);
    assert_eq!(read[0].byte_spans(), [(7, 11, "COUNTRY".to_owned())]);
    assert_eq!(
        read[0].meta().unwrap(),
        [("n".to_owned(), "1.50".to_owned())]
    );
}

#[test]
fn every_breach_of_the_contract_is_noticed() {
    let breaches = [
        ("utf16", "codepoint", "boundaries"),
        ("utf16", "chars", "unknown variant"),
        (r#""start":4"#, r#""start":2"#, "boundaries"),
        (r#""end":8"#, r#""end":9"#, "boundaries"),
        (r#""end":8"#, r#""end":4"#, "empty"),
        (r#""text":"Iran""#, r#""text":"Irak""#, "select"),
        (r#""start":4,"end":8"#, r#""end":8,"start":4"#, "order"),
        (
            r#""id":"a","text":"é🚀 Iran""#,
            r#""text":"é🚀 Iran","id":"a""#,
            "order",
        ),
        (r#","entity":"country/IR""#, "", "missing field `entity`"),
        (r#""country/IR""#, "null", "one is null"),
        (r#","origin":"alias""#, "", "missing field `origin`"),
        (r#""alias""#, r#""guess""#, "origin"),
        (r#","origin""#, r#","also":[],"origin""#, "also is there"),
        (
            r#","origin""#,
            r#","also":["country/IR"],"origin""#,
            "repeats",
        ),
        (r#"0.9}"#, r#"0.9,"zone":null}"#, "invalid type"),
        (r#"0.9}"#, r#"0.9,"zone":"body"}"#, "zone"),
        (r#""score":0.9"#, r#""lost":"bad luck""#, "reason"),
        (r#","score":0.9"#, "", "neither"),
        (r#"0.9}"#, r#"0.901}"#, "range"),
        (r#"0.9}"#, r#"1.5}"#, "range"),
        (r#"0.9}"#, r#"0.9,"attributes":{}}"#, "attributes"),
        (r#"0.9}"#, r#"0.9,"sure":1}"#, "unknown field"),
        (r#"{"n":1.50}"#, "{}", "meta"),
        (r#"{"n":1.50}"#, "null", "meta"),
        (
            r#"{"n":1.50}}"#,
            r#"{"n":1.50},"zones":[]}"#,
            "unknown field",
        ),
    ];
    for (from, to, expected) in breaches {
        let line = GOOD.replacen(from, to, 1);
        assert_ne!(line, GOOD, "{from}");
        let error = record(&line).expect_err(&line);
        assert!(error.contains(expected), "{from} -> {to}: {error}");
    }
}

#[test]
fn spans_out_of_order_or_overlapping_are_noticed() {
    let span = |start: usize, end: usize, more: &str| {
        let text = &"Iran Iran"[start..end];
        let score = if more.is_empty() {
            ",\"score\":0.9"
        } else {
            ""
        };
        format!(
            r#"{{"start":{start},"end":{end},"label":"X","text":"{text}","entity":null,"name":null,"origin":"alias"{score}{more}}}"#
        )
    };
    let check = |a: String, b: String| {
        record(&format!(
            r#"{{"id":"","text":"Iran Iran","offset_unit":"byte","spans":[{a},{b}]}}"#
        ))
    };
    assert!(
        check(span(5, 9, ""), span(0, 4, ""))
            .unwrap_err()
            .contains("sorted")
    );
    assert!(
        check(span(0, 4, ""), span(0, 9, ""))
            .unwrap_err()
            .contains("sorted")
    );
    assert!(
        check(span(0, 9, ""), span(5, 9, ""))
            .unwrap_err()
            .contains("overlaps")
    );
    assert!(check(span(0, 4, ""), span(5, 9, "")).is_ok());
    assert!(
        check(
            span(0, 9, ""),
            span(5, 9, r#","lost":"shorter than Iran Iran (X)""#)
        )
        .is_ok()
    );
}
