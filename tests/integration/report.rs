//! `wiretag report`: what is in the page, and that nothing in it can run. How it looks and works, `.ci/report` tests in a browser.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::Dir;
use serde_json::{Value, json};
use std::fs;

/// The page that the program writes of a file with these lines.
fn page(lines: &[Value], args: &[&str]) -> String {
    let dir = Dir::new();
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    dir.write("in.jsonl", lines.join("\n"));
    let ran = dir.run(&[&["report", "in.jsonl"], args].concat()).exits(0);
    ran.text().to_owned()
}

/// The data of an element of the page.
fn data(page: &str, id: &str) -> Value {
    let start = format!("<script type=\"application/json\" id=\"{id}\">");
    let (_, behind) = page.split_once(&start).unwrap();
    let (json, _) = behind.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

fn document(id: &str, text: &str, date: &str, spans: &[(usize, usize, &str, &str)]) -> Value {
    let spans = spans.iter().map(|(start, end, label, entity)| {
        json!({"start": start, "end": end, "label": label, "entity": entity, "name": null, "origin": "alias", "score": 0.94})
    });
    json!({"id": id, "text": text, "spans": spans.collect::<Vec<_>>(), "meta": {"date": date}})
}

fn corpus() -> Vec<Value> {
    let both = [
        (2, 6, "COUNTRY", "country/IR"),
        (8, 12, "PLACE", "place/koln"),
    ];
    vec![
        document("a", "🚀 Iran, Köln", "2026-05-01", &both),
        document("b", "🚀 Iran, Köln", "2026-07-01", &both[..1]),
        document("c", "Nothing here", "", &[]),
    ]
}

#[test]
fn tables_count_all_documents_and_texts_are_those_asked_for() {
    let page = page(&corpus(), &["--max-documents", "1"]);
    let summary = data(&page, "summary");
    assert_eq!(
        (&summary["documents"], &summary["spans"]),
        (&json!(3), &json!(3))
    );
    let iran = &summary["entities"][0];
    assert_eq!(iran[2], "country/IR");
    assert_eq!((&iran[4], &iran[5]), (&json!(2), &json!([0, 2])));
    assert_eq!(iran[7], json!(["2026-05-01", "2026-07-01"]));
    // A month without documents is one too.
    let periods = &summary["time"]["periods"];
    assert_eq!(summary["time"]["unit"], "month");
    assert_eq!(periods[1], json!(["2026-06", 0, []]));
    assert_eq!(summary["time"]["undated"], 1);
    assert_eq!(summary["together"]["documents"], json!([[1], []]));
    assert_eq!(data(&page, "documents").as_array().unwrap().len(), 1);
}

#[test]
fn offsets_are_those_of_javascript() {
    let page = page(&corpus(), &[]);
    let documents = data(&page, "documents");
    assert_eq!(documents[0]["spans"][0][0], 3);
    assert_eq!(documents[0]["spans"][1][1], 13);
}

#[test]
fn nothing_that_a_document_says_is_markup() {
    let evil =
        "</script><script>alert(1)</script><!--<script> \"onload=alert(2) {{data}} {{script}}";
    let mut record = document(evil, evil, evil, &[(0, 4, "X", evil)]);
    record["spans"][0]["name"] = evil.into();
    record["spans"][0]["origin"] = evil.into();
    let page = page(&[record], &["--title", evil]);
    assert_eq!(data(&page, "documents")[0]["text"], evil);
    // Two elements of data and the script of the page.
    assert_eq!(page.matches("<script").count(), 3);
    assert_eq!(page.matches("</script").count(), 3);
    assert!(!page.contains("<!--"));
    for word in ["http://", "https://", "innerHTML", "eval("] {
        let uses = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!uses.contains(word), "{word}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(page(&corpus(), &[]), page(&corpus(), &[]));
}

#[test]
fn what_lost_is_in_the_document() {
    let mut record = document(
        "a",
        "New York",
        "",
        &[(0, 8, "PLACE", "place/ny"), (4, 8, "PLACE", "place/york")],
    );
    record["spans"][1]["lost"] = "longer".into();
    let page = page(&[record], &[]);
    let documents = data(&page, "documents");
    assert_eq!(documents[0]["spans"].as_array().unwrap().len(), 1);
    assert_eq!(documents[0]["lost"][0]["start"], 4);
    assert_eq!(data(&page, "summary")["spans"], 1);
}

#[test]
fn bad_documents_are_named_and_the_rest_is_there() {
    let dir = Dir::new();
    dir.write("in.jsonl", format!("{{\"text\": 3}}\n{}\n", corpus()[0]));
    let ran = dir.run(&["report", "in.jsonl", "-o", "out.html"]).exits(1);
    ran.says("in.jsonl:1: ")
        .says("the texts of 1 are in the page");
    let page = fs::read_to_string(dir.path("out.html")).unwrap();
    assert_eq!(data(&page, "summary")["documents"], 1);
    let ran = dir.run(&["report", "nothing.jsonl"]).exits(2);
    ran.says("nothing.jsonl");
}

/// The pages of predictions beside gold and an older output.
fn compared(gold: &str, old: &str, new: &str, args: &[&str], code: i32) -> (String, String) {
    let dir = Dir::new();
    for (name, lines) in [("gold.jsonl", gold), ("old.jsonl", old), ("new.jsonl", new)] {
        dir.write(name, lines);
    }
    let sides = [
        "report",
        "new.jsonl",
        "--gold",
        "gold.jsonl",
        "--compare",
        "old.jsonl",
    ];
    let ran = dir.run(&[&sides, args].concat()).exits(code);
    (ran.text().to_owned(), ran.err)
}

#[test]
fn mistakes_and_changes_are_counted_and_stand_in_their_documents() {
    let text = "Köln met Iran Air and Iran in Ulm";
    let line = |spans: &[(usize, usize, &str, &str)]| document("a", text, "", spans).to_string();
    let gold = line(&[
        (0, 4, "PLACE", ""),
        (9, 17, "ORG", ""),
        (22, 26, "COUNTRY", ""),
        (30, 33, "PLACE", ""),
    ]);
    let old = line(&[
        (0, 4, "PLACE", "place/koln"),
        (9, 13, "COUNTRY", "country/IR"),
        (22, 26, "COUNTRY", "country/IR"),
    ]);
    let new = line(&[
        (0, 4, "PLACE", "place/cologne"),
        (9, 17, "ORG", "org/iran-air"),
        (22, 26, "ORG", "country/IR"),
        (5, 8, "PERSON", "person/met"),
    ]);
    let (page, _) = compared(&gold, &old, &new, &[], 0);
    let summary = data(&page, "summary");
    let (gold, changes) = (&summary["gold"], &summary["changes"]);
    assert_eq!(gold["agreeing"], 2);
    assert_eq!(
        gold["kinds"],
        json!({"missed": 1, "spurious": 1, "wrong label": 1})
    );
    assert_eq!(gold["labels"][2], json!(["PERSON", 0, 1, 0]));
    assert_eq!(gold["labels"][3], json!(["PLACE", 2, 1, 1]));
    assert_eq!(changes["agreeing"], 0);
    assert_eq!(
        changes["kinds"],
        json!({"other entity": 1, "wrong label and boundary": 1, "spurious": 1, "wrong label": 1})
    );
    let documents = data(&page, "documents");
    let differences = documents[0]["gold"]["differences"].as_array().unwrap();
    assert!(
        differences.contains(&json!([2, "missed", null, [30, 33, "PLACE", ""]])),
        "{differences:?}"
    );
}

#[test]
fn optional_gold_counts_for_nothing() {
    let gold = r#"{"id": "a", "text": "Iran", "spans": [{"start": 0, "end": 4, "label": "X", "optional": true}]}"#;
    let new = document("a", "Iran", "", &[(0, 4, "X", "x")]).to_string();
    let (page, _) = compared(gold, &new, &new, &[], 0);
    assert_eq!(data(&page, "summary")["gold"]["labels"], json!([]));
    assert_eq!(data(&page, "documents")[0]["gold"]["ignored"], json!([0]));
}

#[test]
fn documents_without_a_counterpart_are_told() {
    let line = |id: &str, text: &str| document(id, text, "", &[(0, 4, "X", "x")]).to_string();
    let gold = format!("{}\n{}", line("a", "Iran left"), line("b", "Iran"));
    let (page, messages) = compared(
        &gold,
        &line("a", "Iran  left"),
        &line("a", "Iran went"),
        &[],
        1,
    );
    assert!(
        messages.contains(
            "gold.jsonl:1: the text is not that of the document of this name from character 6 on"
        ),
        "{messages}"
    );
    assert!(
        messages.contains("gold.jsonl: 1 document not in the input"),
        "{messages}"
    );
    assert_eq!(data(&page, "summary")["gold"]["documents"], 0);
    let (page, _) = compared(
        &line("a", "Iran left"),
        &line("a", "Iran \n left"),
        &line("a", "Iran left"),
        &[],
        0,
    );
    assert_eq!(data(&page, "summary")["changes"]["agreeing"], 1);
}
