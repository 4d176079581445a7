//! Counts over annotated files: what is there, in every format of output.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::Dir;
use serde_json::{Value, json};

/// A record; spans are found by their text, each with a label, an entity and other entities.
fn record(
    id: &str,
    text: &str,
    meta: Value,
    spans: &[(&str, &str, Option<&str>, &[&str])],
) -> String {
    let mut from = 0;
    let spans: Vec<Value> = spans
        .iter()
        .map(|(words, label, entity, also)| {
            let start = from + text[from..].find(words).unwrap();
            from = start + words.len();
            json!({"start": text[..start].chars().count(), "end": text[..from].chars().count(),
                "label": label, "text": words, "entity": entity, "name": entity.map(|e| format!("the {e}")),
                "also": also, "origin": "alias"})
        })
        .collect();
    json!({"id": id, "text": text, "offset_unit": "codepoint", "spans": spans, "meta": meta})
        .to_string()
        + "\n"
}

/// Three documents; two have dates.
fn corpus() -> Dir {
    let dir = Dir::new();
    let meta = |date: &str, outlet: &str| json!({"date": date, "outlet": outlet});
    let (ge, us_ge, ir) = (Some("country/GE"), Some("place/US-GA"), Some("country/IR"));
    let lines = [
        record(
            "a",
            "Köln: Georgia met Iran, Georgia said.",
            meta("2026-05-01", "wire"),
            &[
                ("Georgia", "COUNTRY", ge, &["place/US-GA"]),
                ("Iran", "COUNTRY", ir, &[]),
                ("Georgia", "COUNTRY", ge, &["place/US-GA"]),
            ],
        ),
        record(
            "b",
            "Georgia voted; Iran  Air flew.",
            meta("Fri, 03 Jul 2026 10:00:00 GMT", "daily"),
            &[
                ("Georgia", "PLACE", us_ge, &[]),
                ("Iran  Air", "ORG", None, &[]),
            ],
        ),
        record("c", "Nothing.", json!({"outlet": "wire"}), &[]),
    ];
    dir.write("a.jsonl", lines.concat());
    dir
}

fn report(dir: &Dir, args: &[&str]) -> Value {
    let args = [&["stats", "a.jsonl", "--to", "json"], args].concat();
    serde_json::from_str(dir.run(&args).exits(0).text()).unwrap()
}

#[test]
fn spans_documents_and_dates_are_counted() {
    let dir = corpus();
    let all = report(
        &dir,
        &[
            "--by",
            "label,surface,entity,source,month,year",
            "--source-field",
            "outlet",
        ],
    );
    assert_eq!(
        [
            &all["documents"],
            &all["with_spans"],
            &all["with_date"],
            &all["spans"],
            &all["linked"]
        ],
        [3, 2, 2, 5, 4]
    );
    let covered = "GeorgiaIranGeorgiaGeorgiaIran  Air".len();
    assert_eq!(all["covered"], covered);
    assert_eq!(
        all["by"]["label"]["rows"][0],
        json!({"label": "COUNTRY", "spans": 3, "documents": 1, "of_all": 1.0 / 3.0, "first": "2026-05-01", "last": "2026-05-01"})
    );
    assert_eq!(
        all["by"]["entity"]["rows"][0],
        json!({"entity": "country/GE", "name": "the country/GE", "label": "COUNTRY", "spans": 2, "documents": 1,
            "first": "2026-05-01", "last": "2026-05-01"})
    );
    let surfaces: Vec<_> = all["by"]["surface"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (&r["surface"], &r["label"]))
        .collect();
    let expected = [
        ("Georgia", "COUNTRY"),
        ("Georgia", "PLACE"),
        ("Iran", "COUNTRY"),
        ("Iran Air", "ORG"),
    ];
    assert_eq!(surfaces.len(), 4);
    assert!(
        expected
            .iter()
            .all(|(s, l)| surfaces.contains(&(&json!(s), &json!(l)))),
        "{surfaces:?}"
    );
    assert_eq!(
        all["by"]["source"]["rows"][0],
        json!({"source": "wire", "spans": 3, "documents": 2, "of_all": 2.0 / 3.0, "first": "2026-05-01", "last": "2026-05-01"})
    );
    assert_eq!(
        all["by"]["month"]["rows"],
        json!([{"month": "2026-05", "documents": 1, "spans": 3}, {"month": "2026-07", "documents": 1, "spans": 2},
            {"month": null, "documents": 1, "spans": 0}])
    );
    assert_eq!(
        all["by"]["year"]["rows"][0],
        json!({"year": "2026", "documents": 2, "spans": 5})
    );
}

#[test]
fn pairs_and_ambiguous_surfaces_are_found() {
    let dir = corpus();
    let all = report(&dir, &["--by", "pair,ambiguity"]);
    let pairs = all["by"]["pair"]["rows"].as_array().unwrap();
    let of = |p: &Value| (p["a"].clone(), p["b"].clone(), p["documents"].clone());
    assert_eq!(
        pairs.iter().map(of).collect::<Vec<_>>(),
        [
            (json!("Iran Air"), json!("place/US-GA"), json!(1)),
            (json!("country/GE"), json!("country/IR"), json!(1)),
        ]
    );
    assert_eq!(pairs[1]["of_either"], 1.0);
    assert_eq!(all["by"]["ambiguity"]["all"], 1);
    let readings = all["by"]["ambiguity"]["rows"].as_array().unwrap();
    let of = |r: &Value| (r["label"].clone(), r["entity"].clone(), r["spans"].clone());
    assert_eq!(
        readings.iter().map(of).collect::<Vec<_>>(),
        [
            (json!("COUNTRY"), json!("country/GE"), json!(2)),
            (json!("PLACE"), json!("place/US-GA"), json!(1)),
            // Nobody chose it, but it stood to choice.
            (json!("COUNTRY"), json!("place/US-GA"), json!(0)),
        ]
    );
}

#[test]
fn tables_are_cut_and_csv_has_one() {
    let dir = corpus();
    let args = ["stats", "a.jsonl", "--by", "surface", "--top", "1"];
    let ran = dir.run(&args).exits(0);
    assert!(
        ran.text()
            .starts_with("3 documents (2 with spans, 2 have a date), 5 spans (80.0 % linked"),
        "{}",
        ran.text()
    );
    assert!(
        ran.text().contains("by surface: 1 of 4\n"),
        "{}",
        ran.text()
    );
    let ran = dir.run(&[&args[..], &["--to", "csv"]].concat()).exits(0);
    assert_eq!(
        ran.text(),
        "surface,label,spans,documents,first,last\nGeorgia,COUNTRY,2,1,2026-05-01,2026-05-01\n"
    );
    dir.run(&["stats", "a.jsonl", "--to", "csv"])
        .exits(2)
        .says("CSV has room for one table");
}

#[test]
fn what_is_wrong_is_told_and_the_rest_counted() {
    let dir = corpus();
    let bad = record("d", "Iran", json!({}), &[("Iran", "COUNTRY", None, &[])]);
    dir.write(
        "a.jsonl",
        format!("{}{{\n", bad.replace("\"end\":4", "\"end\":9")),
    );
    let ran = dir.run(&["stats", "a.jsonl", "--by", "month"]).exits(1);
    ran.says("a.jsonl:1: span 0..9: the text ends at 4");
    ran.says("a.jsonl:2: bad JSON");
    ran.says("no document has a date in the field \"date\"");
    assert!(
        ran.text().starts_with("1 document (0 with spans"),
        "{}",
        ran.text()
    );
    dir.run(&["stats", "none.jsonl"])
        .exits(1)
        .says("none.jsonl");
}
