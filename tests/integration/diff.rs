//! What changed between two outputs, and between two versions of a list on a corpus: what was planted, and nothing else.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::Dir;
use serde_json::{Value, json};
use std::path::Path;

/// Two folders of lists. In the new one Odesa is gone, Seoul has another id, Brazil another label, Kourou is new; Brno is as it was.
fn lists() -> Dir {
    let dir = Dir::new();
    let list =
        |label: &str, lines: &[&str]| format!("# label: {label}\nid\tname\n{}\n", lines.join("\n"));
    let (brno, brazil) = ("place/brno\tBrno", "brazil\tBrazil");
    let old = [brno, brazil, "place/odesa\tOdesa", "place/seoul\tSeoul"];
    let new = [brno, "place/kourou\tKourou", "place/seoul-kr\tSeoul"];
    dir.write("old/places.tsv", list("PLACE", &old))
        .write("new/places.tsv", list("PLACE", &new))
        .write("new/countries.tsv", list("COUNTRY", &[brazil]));
    dir
}

/// The changes of a kind: text, how many, label before and after.
fn changes(report: &Value, kind: &str) -> Vec<(String, u64, Value, Value)> {
    let changes = report[kind]["changes"].as_array().unwrap().iter();
    let change = |c: &Value| {
        let label = |side: &str| c[side]["label"].clone();
        (
            c["text"].as_str().unwrap().to_owned(),
            c["count"].as_u64().unwrap(),
            label("old"),
            label("new"),
        )
    };
    changes.map(change).collect()
}

#[test]
fn two_versions_of_a_list_differ_by_what_was_planted() {
    let dir = lists();
    let articles = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/articles");
    let articles = articles.to_str().unwrap();
    let args = [
        "diff",
        "old",
        "new",
        articles,
        "--no-builtin",
        "--no-rules",
        "--to",
        "json",
    ];
    let ran = dir.run(&args).exits(0);
    let report: Value = serde_json::from_str(ran.text()).unwrap();
    let (place, country) = (json!("PLACE"), json!("COUNTRY"));
    let planted = |texts: &[(&str, u64)], old: &Value, new: &Value| {
        let change = |&(text, n): &(&str, u64)| (text.to_owned(), n, old.clone(), new.clone());
        texts.iter().map(change).collect::<Vec<_>>()
    };
    let none = Value::Null;
    let kourou = planted(&[("KOUROU", 1), ("Kourou", 1)], &none, &place);
    assert_eq!(changes(&report, "gained"), kourou);
    assert_eq!(
        changes(&report, "lost"),
        planted(&[("Odesa", 2)], &place, &none)
    );
    let brazil = planted(&[("Brazil", 4)], &place, &country);
    assert_eq!(changes(&report, "relabelled"), brazil);
    let seoul = planted(&[("Seoul", 4), ("SEOUL", 1)], &place, &place);
    assert_eq!(changes(&report, "relinked"), seoul);
    let snippet = &report["lost"]["changes"][0]["examples"][0]["snippet"];
    assert!(snippet.as_str().unwrap().contains("[Odesa]"), "{snippet}");
    let link = &report["relinked"]["changes"][0];
    assert_eq!(
        (&link["old"]["entity"], &link["new"]["entity"]),
        (&json!("place/seoul"), &json!("place/seoul-kr"))
    );
    let same = [
        "diff",
        "old",
        "old",
        articles,
        "--no-builtin",
        "--no-rules",
        "--exit-code",
    ];
    assert!(
        dir.run(&same)
            .exits(0)
            .text()
            .starts_with("documents changed: 0 of ")
    );
    dir.run(&[
        "diff",
        "old",
        "new",
        articles,
        "--no-builtin",
        "--exit-code",
    ])
    .exits(1);
}

fn record(id: &str, text: &str, spans: &[(usize, usize, &str)]) -> String {
    let spans = spans.iter().map(|&(start, end, label)| json!({"start": start, "end": end, "label": label, "text": &text[start..end]}));
    json!({"id": id, "text": text, "spans": spans.collect::<Vec<_>>()}).to_string() + "\n"
}

#[test]
fn outputs_are_paired_by_id_and_changes_counted_by_surface() {
    let dir = Dir::new();
    let (a, b) = ("Iran met Iran Air.", "Iran | Iraq");
    let old = [
        record("a", a, &[(0, 4, "COUNTRY"), (9, 13, "COUNTRY")]),
        record("b", b, &[(7, 11, "COUNTRY")]),
    ];
    let new = [
        record("b", b, &[(0, 4, "COUNTRY"), (7, 11, "COUNTRY")]),
        record("a", a, &[(9, 17, "ORG")]),
    ];
    dir.write("old.jsonl", old.concat())
        .write("new.jsonl", new.concat());
    let ran = dir.run(&["diff", "old.jsonl", "new.jsonl"]).exits(0);
    assert_eq!(
        ran.text(),
        "documents changed: 2 of 2; spans: 2 gained, 2 lost, 0 relabelled, 0 relinked\n\
         \n\
         gained (spans: 2, surfaces: 2)\n\
         spans  surface     reading\n    1  \"Iran\"      COUNTRY\n    b: [Iran] | Iraq\n    1  \"Iran Air\"  ORG\n    a: Iran met [Iran Air].\n\
         \n\
         lost (spans: 2, surfaces: 1)\n\
         spans  surface  reading\n    2  \"Iran\"   COUNTRY\n    a: [Iran] met Iran Air.\n    a: Iran met [Iran] Air.\n"
    );
    let ran = dir
        .run(&[
            "diff",
            "old.jsonl",
            "new.jsonl",
            "--to",
            "markdown",
            "--top",
            "1",
        ])
        .exits(0);
    assert!(
        ran.text().contains(
            "**gained (spans: 2, surfaces: 1 of 2)**\n\n| spans | surface | reading | examples |\n"
        ),
        "{}",
        ran.text()
    );
    assert!(
        ran.text().contains("b: \\[Iran\\] \\| Iraq"),
        "{}",
        ran.text()
    );
    dir.run(&["diff", "old.jsonl", "new.jsonl", "--exit-code"])
        .exits(1);
}

#[test]
fn what_can_not_be_compared_is_told() {
    let dir = Dir::new();
    dir.write(
        "old.jsonl",
        record("a", "Iran", &[]) + &record("b", "Iraq", &[]),
    );
    dir.write(
        "new.jsonl",
        record("a", "Iraq", &[]) + &record("c", "Oman", &[]),
    );
    let ran = dir.run(&["diff", "old.jsonl", "new.jsonl"]).exits(1);
    ran.says("new.jsonl: documents that are not there: 1");
    ran.says("new.jsonl: documents that are new: 1");
    ran.says("new.jsonl: documents that have another text: 1");
    dir.write("none.jsonl", "");
    dir.run(&["diff", "none.jsonl", "new.jsonl"])
        .exits(2)
        .says("none.jsonl: no documents");
    dir.run(&["diff", "-", "-"]).exits(2).says("read once");
    dir.run(&["diff", "no.tsv", "no.tsv", "new.jsonl"])
        .exits(2)
        .says("no.tsv");
}

#[test]
fn two_configurations_and_two_sets_of_patterns_differ_by_what_they_say() {
    let dir = Dir::new();
    dir.write(
        "news.txt",
        "\u{201c}No\u{201d}, said President Carla Whitcombe in Xyzburg.",
    )
    .write("all.toml", "")
    .write("some.toml", "rules = false\ngazetteers = [\"towns.tsv\"]\n")
    .write("towns.tsv", "# label: PLACE\nid\tname\nplace/x\tXyzburg\n")
    .write(
        "old.jsonl",
        "{\"label\":\"PLACE\",\"pattern\":\"Xyzburg\"}\n",
    )
    .write(
        "new.jsonl",
        "{\"label\":\"TOWN\",\"pattern\":\"Xyzburg\"}\n",
    );
    let report = |more: &[&str]| -> Value {
        let ran = dir
            .run(&[&["diff", "--to", "json"], more].concat())
            .exits(0);
        serde_json::from_str(ran.text()).unwrap()
    };
    let none = Value::Null;
    let rules = report(&["all.toml", "some.toml", "news.txt"]);
    let town = ("Xyzburg".to_owned(), 1, none.clone(), json!("PLACE"));
    assert_eq!(changes(&rules, "gained"), [town]);
    let person = ("Carla Whitcombe".to_owned(), 1, json!("PERSON"), none);
    assert_eq!(changes(&rules, "lost"), [person]);
    // What the command line says wins.
    let ran = report(&["all.toml", "some.toml", "news.txt", "--no-rules"]);
    assert_eq!(changes(&ran, "lost"), []);
    let patterns = report(&["old.jsonl", "new.jsonl", "news.txt"]);
    let town = ("Xyzburg".to_owned(), 1, json!("PLACE"), json!("TOWN"));
    assert_eq!(changes(&patterns, "relabelled"), [town]);
    dir.run(&["diff", "none.toml", "all.toml", "news.txt"])
        .exits(2);
}
