//! `wiretag eval`: files in; scores, messages and exit codes out. What the numbers should be is worked out by hand, and `.ci/interop`
//! compares them with another program's.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::{Dir, Ran};
use serde_json::{Value, json};
use std::path::Path;

/// A document of a corpus from marked text: `[Iran|COUNTRY]`, optional spans with `?` behind the label.
fn document(id: &str, marked: &str) -> Value {
    let (mut text, mut spans, mut rest) = (String::new(), Vec::new(), marked);
    while let Some((before, behind)) = rest.split_once('[') {
        let (span, behind) = behind.split_once(']').unwrap();
        let (words, label) = span.split_once('|').unwrap();
        text.push_str(before);
        let start = text.chars().count();
        text.push_str(words);
        let (label, optional) = match label.strip_suffix('?') {
            Some(label) => (label, true),
            None => (label, false),
        };
        let end = text.chars().count();
        spans.push(json!({"start": start, "end": end, "label": label, "optional": optional}));
        rest = behind;
    }
    text.push_str(rest);
    json!({"id": id, "text": text, "spans": spans})
}

fn lines(documents: &[Value]) -> String {
    documents.iter().map(|d| format!("{d}\n")).collect()
}

/// A directory with the two sides of these documents, marked: gold and predicted.
fn sides(of: &[(&str, &str)]) -> Dir {
    let dir = Dir::new();
    let side = |marked: &dyn Fn(&(&str, &str)) -> String| {
        let documents = of.iter().enumerate();
        let documents: Vec<Value> = documents
            .map(|(i, both)| document(&format!("d{i}"), &marked(both)))
            .collect();
        lines(&documents)
    };
    dir.write("gold.jsonl", side(&|both| both.0.to_owned()));
    dir.write("pred.jsonl", side(&|both| both.1.to_owned()));
    dir
}

fn eval(dir: &Dir, args: &[&str]) -> Ran {
    dir.run(&[&["eval", "gold.jsonl", "pred.jsonl"], args].concat())
}

/// The results as JSON, of a run without a fault.
fn results(dir: &Dir, args: &[&str]) -> Value {
    let ran = eval(dir, &[args, &["--to", "json"]].concat()).exits(0);
    serde_json::from_str(ran.text()).unwrap()
}

/// correct, incorrect, partial, missed, spurious.
fn counts(results: &Value, scheme: &str) -> [u64; 5] {
    ["correct", "incorrect", "partial", "missed", "spurious"]
        .map(|c| results["all"][scheme][c].as_u64().unwrap())
}

// Scores.

#[test]
fn the_four_schemes_judge_the_six_cases_of_semeval() {
    let dir = sides(&[
        ("a [tikosyn|BRAND] b", "a tikosyn b"),
        ("a healthy b", "a [healthy|BRAND] b"),
        ("of [warfarin|DRUG]", "[of warfarin|DRUG]"),
        ("a [propranolol|DRUG]", "a [propranolol|BRAND]"),
        ("a [phenytoin|DRUG]", "a [phenytoin|DRUG]"),
        ("oral [contraceptives|GROUP]", "[oral contraceptives|DRUG]"),
    ]);
    let results = results(&dir, &[]);
    assert_eq!(counts(&results, "strict"), [1, 3, 0, 1, 1]);
    assert_eq!(counts(&results, "exact"), [2, 2, 0, 1, 1]);
    assert_eq!(counts(&results, "partial"), [2, 0, 2, 1, 1]);
    assert_eq!(counts(&results, "type"), [2, 2, 0, 1, 1]);
    assert_eq!(results["all"]["partial"]["precision"], 0.6);
    assert!((results["all"]["strict"]["f1"].as_f64().unwrap() - 0.2).abs() < 1e-12);
    // A label's row has its spans alone: propranolol is missed as a DRUG and spurious as a BRAND.
    assert_eq!(results["labels"]["DRUG"]["strict"]["missed"], 1);
    assert_eq!(results["labels"]["BRAND"]["strict"]["spurious"], 2);
    assert_eq!(results["labels"]["GROUP"]["type"]["f1"], 0.0);
    assert_eq!(results["documents"]["gold"], 6);
}

#[test]
fn optional_spans_are_neither_required_nor_wrong() {
    let dir = sides(&[
        ("a [jet|WEAPON?] b", "a [jet|WEAPON] b"),
        ("a [jet|WEAPON?] b", "a jet b"),
        ("a [jet|WEAPON?] b", "[a jet|ORG] b"),
        ("[Iran|COUNTRY] [jet|WEAPON?]", "[Iran jet|COUNTRY]"),
    ]);
    let results = results(&dir, &[]);
    // The last overlaps a required span too, and counts.
    assert_eq!(counts(&results, "strict"), [0, 1, 0, 0, 0]);
    assert_eq!(results["ignored"], 2);
    let dir = Dir::new();
    let opt = |field: &str| {
        let span = json!({"start": 0, "end": 4, "label": "ORG", field: true});
        lines(&[json!({"id": 1, "text": "Iran", "spans": [span]})])
    };
    for field in ["opt", "optional"] {
        dir.write("gold.jsonl", opt(field))
            .write("pred.jsonl", opt("x"));
        assert_eq!(counts(&self::results(&dir, &[]), "strict"), [0; 5]);
    }
}

#[test]
fn labels_are_chosen_and_mapped_on_both_sides() {
    let dir = sides(&[(
        "[Iran|GPE] [NATO|ORG] [Köln|LOC]",
        "[Iran|COUNTRY] [NATO|NORP] [Köln|LOCATION]",
    )]);
    let map = [
        "--map-labels",
        "GPE=COUNTRY",
        "--map-labels",
        "LOC=LOCATION",
    ];
    assert_eq!(counts(&results(&dir, &map), "strict"), [2, 1, 0, 0, 0]);
    let some = [&map[..], &["--labels", "COUNTRY,ORG"]].concat();
    assert_eq!(counts(&results(&dir, &some), "strict"), [1, 0, 0, 1, 0]);
    eval(&dir, &["--labels", "ORGG"]).says("--labels ORGG: no span that counts has this label");
    eval(&dir, &["--map-labels", "X=Y"]).says("--map-labels X=Y: no span has the label X");
    eval(&dir, &map).says("label NORP is predicted and not in gold (1 spans)");
}

#[test]
fn determiners_are_left_out_on_request() {
    let dir = sides(&[(
        "the [UN|ORG] and [their Army’s|ORG] chief",
        "[the UN|ORG] and their [Army|ORG]’s chief",
    )]);
    assert_eq!(counts(&results(&dir, &[]), "strict"), [0, 2, 0, 0, 0]);
    let trimmed = results(&dir, &["--ignore-determiners"]);
    assert_eq!(counts(&trimmed, "strict"), [2, 0, 0, 0, 0]);
}

#[test]
fn labels_that_a_document_was_not_annotated_for_do_not_count() {
    let dir = sides(&[(
        "[Iran|COUNTRY] and Köln",
        "[Iran|COUNTRY] and [Köln|LOCATION]",
    )]);
    assert_eq!(counts(&results(&dir, &[]), "strict"), [1, 0, 0, 0, 1]);
    let mut gold = document("d0", "[Iran|COUNTRY] and Köln");
    gold["annotated_types"] = json!(["COUNTRY", "ORG"]);
    dir.write("gold.jsonl", lines(&[gold]));
    assert_eq!(counts(&results(&dir, &[]), "strict"), [1, 0, 0, 0, 0]);
}

#[test]
fn repeated_and_lost_predictions_do_not_count() {
    let dir = sides(&[("[Iran|COUNTRY]", "[Iran|COUNTRY]")]);
    let span = json!({"start": 0, "end": 4, "label": "COUNTRY"});
    let lost = json!({"start": 0, "end": 3, "label": "ORG", "lost": "longer"});
    let pred = json!({"id": "d0", "text": "Iran", "spans": [span, span, lost]});
    dir.write("pred.jsonl", lines(&[pred]));
    assert_eq!(counts(&results(&dir, &[]), "strict"), [1, 0, 0, 0, 0]);
}

#[test]
fn each_line_has_its_own_unit() {
    let dir = sides(&[("🚀 [Köln|LOC] [é|LOC]", ""), ("🚀 [Köln|LOC] [é|LOC]", "")]);
    let line = |id: &str, unit: &str, [a, b, c, d]: [u32; 4]| {
        json!({"id": id, "text": "🚀 Köln é", "offset_unit": unit, "spans": [
            {"start": a, "end": b, "label": "LOC", "text": "Köln"},
            {"start": c, "end": d, "label": "LOC"},
        ]})
    };
    let predicted = [
        line("d0", "byte", [5, 10, 11, 13]),
        line("d1", "utf16", [3, 7, 8, 9]),
    ];
    dir.write("pred.jsonl", lines(&predicted));
    assert_eq!(counts(&results(&dir, &[]), "strict"), [4, 0, 0, 0, 0]);
    // The same offsets in the wrong unit are found out.
    dir.write("pred.jsonl", lines(&predicted).replace("byte", "codepoint"));
    eval(&dir, &[])
        .exits(1)
        .says("pred.jsonl:1: span 5..10: the text ends at 8 (codepoint): left out");
    dir.write("pred.jsonl", lines(&predicted).replace("utf16", "byte"));
    eval(&dir, &[])
        .exits(1)
        .says("pred.jsonl:2: span 3..7: it cuts a character (byte): left out");
    let moved = lines(&predicted).replace("\"start\":3", "\"start\":4");
    dir.write("pred.jsonl", moved);
    eval(&dir, &[])
        .exits(1)
        .says("pred.jsonl:2: span 4..7: it should be \"Köln\" and is \"öln\" (utf16): left out");
}

#[test]
fn origins_scores_and_zones_have_tables() {
    let dir = sides(&[(
        "[KYIV|LOC] (Reuters) - [Iran|COUNTRY] and [Köln|LOC] said.",
        "[KYIV|LOC] ([Reuters|ORG]) - [Iran|LOC] and Köln said.",
    )]);
    let pred = dir.path("pred.jsonl");
    let line = std::fs::read_to_string(&pred).unwrap();
    let mut line: Value = serde_json::from_str(&line).unwrap();
    line["spans"][1]["origin"] = json!("rule:x");
    line["spans"][1]["score"] = json!(0.89);
    line["spans"][0]["score"] = json!(0.8);
    dir.write("pred.jsonl", lines(&[line]));
    let results = results(&dir, &[]);
    assert_eq!(results["origins"]["rule:x"]["spurious"], 1);
    assert_eq!(results["origins"]["none"]["precision"], 0.5);
    assert_eq!(results["origins"]["none"]["wrong_label"], 1);
    assert_eq!(results["scores"]["0.8"]["predicted"], 2);
    assert_eq!(results["scores"]["0.8"]["precision"], 0.5);
    assert_eq!(results["scores"]["none"]["predicted"], 1);
    let zone = |name: &str| {
        ["gold", "predicted", "correct"].map(|f| results["zones"][name][f].as_u64().unwrap())
    };
    assert_eq!(zone("dateline"), [1, 2, 1]);
    assert_eq!(zone("body"), [2, 1, 0]);
    let ran = eval(&dir, &["--by", "origin,score,zone"]).exits(0);
    assert!(
        ran.text().contains("\nrule:x ")
            && ran.text().contains("\n0.80 to 0.89 ")
            && ran.text().contains("\ndateline "),
        "{}",
        ran.text()
    );
    assert!(!ran.text().contains("macro"));
}

#[test]
fn mistakes_are_listed_by_how_often_they_are_made() {
    let dir = sides(&[
        (
            "[UN|ORG] said. [UN|ORG] said. [Georgia|COUNTRY]",
            "UN said. UN said. [Georgia|LOC]",
        ),
        (
            "the [UN|ORG] of [Iran|COUNTRY] [Air Force|ORG]",
            "the UN of [Iran Air|PERSON] Force",
        ),
        (
            "[Kim Yu-ri|PERSON] | said",
            "[Kim|PERSON] Yu-ri | [said|ORG]",
        ),
    ]);
    let results = results(&dir, &["--errors", "2"]);
    let totals = &results["errors"]["totals"];
    assert_eq!(totals["missed"], 4);
    assert_eq!(totals["wrong label"], 1);
    assert_eq!(totals["wrong boundary"], 1);
    assert_eq!(totals["wrong label and boundary"], 1);
    assert_eq!(totals["spurious"], 1);
    let listed = results["errors"]["most_frequent"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(
        listed[0],
        json!({"kind": "missed", "gold": {"text": "UN", "label": "ORG"}, "predicted": null, "count": 3, "examples": [
            {"document": "d0", "snippet": "[UN] said. UN said. Georgia"},
            {"document": "d0", "snippet": "UN said. [UN] said. Georgia"},
        ]})
    );
    let ran = eval(&dir, &["--errors", "9", "--to", "markdown"]).exits(0);
    assert!(ran.text().contains("| 1 | wrong boundary | PERSON \"Kim Yu-ri\" | PERSON \"Kim\" | d2: \\[Kim Yu-ri\\] \\| said |"), "{}", ran.text());
}

// CoNLL.

#[test]
fn columns_are_read_in_all_schemes_and_from_all_delimiters() {
    let dir = Dir::new();
    dir.write(
        "gold.conll",
        "-DOCSTART- -X- -X- O\n\nNew NNP I-NP I-LOC\nYork NNP I-NP I-LOC\nKöln NNP B-NP B-LOC\n. . O O\n\nUN NNP I-NP I-ORG\n\n-DOCSTART- -X- -X- O\n\nIran NNP I-NP I-LOC\n",
    );
    dir.write(
        "pred.txt",
        "# global.columns = FORM NE\n-DOCSTART-\tO\r\n\r\nNew\tB-LOC\r\nYork\tL-LOC\r\nKöln\tU-LOC\r\n.\tO\r\n\r\nUN\tU-LOC\r\n\r\n-DOCSTART-\tO\r\n\r\nIran\tU-LOC\r\n",
    );
    let ran = dir
        .run(&["eval", "gold.conll", "pred.txt", "--to", "json"])
        .exits(0);
    let results: Value = serde_json::from_str(ran.text()).unwrap();
    assert_eq!(results["documents"]["gold"], 2);
    assert_eq!(counts(&results, "strict"), [3, 1, 0, 0, 0]);
    // The same as JSONL, in its own spacing.
    let predicted = [
        document("x", "[New York|LOC]  [Köln|LOC].\n\n[UN|ORG]"),
        document("y", "[Iran|LOC]"),
    ];
    dir.write("pred.jsonl", lines(&predicted));
    let ran = dir
        .run(&["eval", "gold.conll", "pred.jsonl", "--to", "json"])
        .exits(0);
    let results: Value = serde_json::from_str(ran.text()).unwrap();
    assert_eq!(counts(&results, "strict"), [4, 0, 0, 0, 0]);
    ran.says("pred.jsonl: 1 texts differ from gold in white space alone");
}

#[test]
fn without_documents_sentences_are_documents() {
    let dir = Dir::new();
    dir.write("gold.jsonl", "Iran B-LOC\n\nsaid O\n\n\nso O\n");
    dir.write("pred.jsonl", "Iran B-LOC\n\nsaid O\n\nso O\n");
    let results = results(&dir, &["--from", "conll"]);
    assert_eq!(results["documents"]["gold"], 3);
}

#[test]
fn bad_columns_are_told_with_their_line() {
    let dir = Dir::new();
    dir.write(
        "gold.conll",
        "Iran B-LOC\nsaid\nit X-LOC\nKöln I-LOC\nthe B-LOC|2\n",
    );
    dir.write("pred.conll", "Iran B-LOC\nwas O\nit O\nKöln O\n");
    dir.run(&["eval", "gold.conll", "pred.conll"])
        .exits(1)
        .says("gold.conll:2: one column, where a token and a tag are needed: read as O")
        .says("gold.conll:3: the last column, \"X-LOC\", is no tag")
        .says("gold.conll:4: warning: a span starts without B-, which IOB2 does not have (once in this file)")
        .says("that mark spans: left out")
        .says("pred.conll:1: the text is not that of gold.conll:1 from character 6 on (\"was it Köln\" where gold has \"said it Köln the\"): its 2 gold spans count as missed");
}

// Documents.

#[test]
fn documents_that_do_not_fit_are_told_counted_and_change_the_exit_code() {
    let dir = Dir::new();
    let both = |documents: &[(&str, &str)]| {
        let documents: Vec<Value> = documents.iter().map(|(id, m)| document(id, m)).collect();
        lines(&documents)
    };
    dir.write(
        "gold.jsonl",
        both(&[
            ("a", "[Iran|COUNTRY]"),
            ("b", "[Iran|COUNTRY] [UN|ORG]"),
            ("c", "x [Iran|COUNTRY]"),
            ("a", "y"),
        ]),
    );
    dir.write(
        "pred.jsonl",
        both(&[
            ("z", "[Iran|COUNTRY]"),
            ("a", "[Iran|COUNTRY]"),
            ("c", "x [Irak|COUNTRY]"),
            ("a", "[Iran|ORG]"),
        ]),
    );
    let ran = eval(&dir, &["--to", "json"]).exits(1);
    ran.says("gold.jsonl:4: document \"a\" was at gold.jsonl:1 before: this one is left out")
        .says("gold.jsonl:2: document \"b\" is not in pred.jsonl: its 2 gold spans count as missed")
        .says("pred.jsonl:1: document \"z\" is not in gold.jsonl: it is left out")
        .says("pred.jsonl:3: the text is not that of gold.jsonl:3 from character 6 on (\"k\" where gold has \"n\"): its gold span counts as missed")
        .says("pred.jsonl:4: document \"a\" was at pred.jsonl:2 before: this one is left out")
        .says("pred.jsonl: documents: 1 missing, 1 left over, 1 with another text");
    let results: Value = serde_json::from_str(ran.text()).unwrap();
    assert_eq!(
        results["documents"],
        json!({"gold": 3, "missing": 1, "extra": 1, "differing": 1})
    );
    assert_eq!(counts(&results, "strict"), [1, 0, 0, 3, 0]);
}

#[test]
fn predictions_need_no_text_and_gold_does() {
    let dir = sides(&[("Köln, [Iran|COUNTRY]", "")]);
    let bare = json!({"id": "d0", "spans": [{"start": 6, "end": 10, "label": "COUNTRY"}]});
    dir.write("pred.jsonl", lines(&[bare]));
    assert_eq!(counts(&results(&dir, &[]), "strict"), [1, 0, 0, 0, 0]);
    dir.run(&["eval", "pred.jsonl", "gold.jsonl"])
        .exits(2)
        .says("pred.jsonl:1: no field \"text\", which gold needs: the document is left out")
        .says("pred.jsonl: no documents");
}

#[test]
fn bad_lines_and_spans_are_told_and_the_rest_counts() {
    let dir = sides(&[("[Iran|COUNTRY]", "[Iran|COUNTRY]")]);
    let good = std::fs::read_to_string(dir.path("pred.jsonl")).unwrap();
    let bad = [
        "[1]",
        "{\"id\": \"x\"",
        "{\"id\": \"x\", \"text\": \"Iran\"}",
        "{\"id\": \"x\", \"text\": 5, \"spans\": []}",
        "{\"id\": [], \"text\": \"\", \"spans\": []}",
        "{\"text\": \"\", \"spans\": []}",
        "{\"id\": \"x\", \"text\": \"Iran\", \"offset_unit\": \"char\", \"spans\": []}",
    ];
    dir.write("pred.jsonl", format!("{}\n{good}", bad.join("\n")));
    let ran = eval(&dir, &["--to", "json"]).exits(1);
    ran.says("pred.jsonl:1: not a JSON object: the document is left out")
        .says("pred.jsonl:2: bad JSON: EOF while parsing an object at byte 10: the document is left out")
        .says("pred.jsonl:3: no field \"spans\": the document is left out")
        .says("pred.jsonl:4: field \"text\" is not a string: the document is left out")
        .says("pred.jsonl:5: field \"id\" is neither a string nor a number: the document is left out")
        .says("pred.jsonl:6: no id, where other documents have one: it is left out")
        .says("pred.jsonl:7: offset_unit \"char\" is none of codepoint, byte, utf16: the document is left out");
    assert!(ran.text().contains("\"correct\": 1"));
    let spans = json!([
        5, {"start": 0, "end": 4}, {"start": -1, "end": 4, "label": "A"}, {"start": 2, "end": 2, "label": "A"},
        {"start": 3, "end": 2, "label": "A"}, {"start": 0, "end": 5, "label": "A"}, {"start": 0, "end": 1e300, "label": "A"},
        {"start": 0, "end": 4, "label": "A B"}, {"start": 0, "end": 4, "label": "COUNTRY"},
    ]);
    dir.write(
        "pred.jsonl",
        lines(&[json!({"id": "d0", "text": "Iran", "spans": spans})]),
    );
    let ran = eval(&dir, &[]).exits(1);
    ran.says("pred.jsonl:1: span 1 of \"spans\": not an object: left out")
        .says("span 2 of \"spans\": no field \"label\": left out")
        .says("span 3 of \"spans\": field \"start\" is not a whole number from 0 on: left out")
        .says("span 2..2: it is empty: left out")
        .says("span 3..2: it is empty: left out")
        .says("span 0..5: the text ends at 4 (codepoint): left out")
        .says("span 7 of \"spans\": field \"end\" is not a whole number")
        .says("label \"A B\" has white space");
}

#[test]
fn what_can_not_start_ends_with_2() {
    let dir = sides(&[("[Iran|COUNTRY]", "[Iran|COUNTRY]")]);
    dir.write("prose", "Iran denied it.\n")
        .write("empty.jsonl", "");
    let run = |args: &[&str]| dir.run(&[&["eval"], args].concat()).exits(2);
    run(&["none.jsonl", "pred.jsonl"]).says("none.jsonl: ");
    run(&["prose", "pred.jsonl"])
        .says("prose: none of the formats by its content: --from names it (jsonl, prodigy, ");
    run(&["empty.jsonl", "pred.jsonl"]).says("empty.jsonl: no documents");
    run(&["-", "-"]).says("standard input can be read once alone");
    run(&["gold.jsonl", "pred.jsonl", "--min-f1", "2"]).says("an F1 is a number from 0 to 1");
    run(&["gold.jsonl", "pred.jsonl", "--min-f1", "ORG=0.5"])
        .says("--min-f1 ORG=0.5: no span has this label in 1 documents, there are COUNTRY");
    run(&[
        "gold.jsonl",
        "pred.jsonl",
        "--map-labels",
        "A=B",
        "--labels",
        "A",
    ])
    .says("--map-labels makes B: name that");
    run(&["gold.jsonl", "pred.jsonl", "--to", "html"]);
    run(&["gold.jsonl", "pred.jsonl", "--by", "colour"])
        .says("there are label, origin, score, zone");
}

#[test]
fn a_score_below_the_bar_ends_with_1_and_says_so() {
    let dir = sides(&[("[Iran|COUNTRY] [UN|ORG]", "[Iran|COUNTRY] UN")]);
    eval(&dir, &["--min-f1", "0.66", "--min-f1", "COUNTRY=1"]).exits(0);
    let ran = eval(&dir, &["--min-f1", "0.7", "--min-f1", "ORG=0.1"]).exits(1);
    ran.says("strict F1 of all labels is 0.6667, --min-f1 asks for 0.7")
        .says("strict F1 of ORG is 0.0000, --min-f1 asks for 0.1");
    assert!(ran.text().contains("micro"));
}

// Comparison.

#[test]
fn a_comparison_says_what_was_won_and_lost() {
    let dir = sides(&[
        (
            "[Iran|COUNTRY] and [UN|ORG]",
            "[Iran|COUNTRY] and [UN|COUNTRY]",
        ),
        ("[Iran|COUNTRY] said", "[Iran|COUNTRY] [said|ORG]"),
        ("[Köln|LOC] and [UN|ORG]", "[Köln|LOC] and UN"),
    ]);
    let other = [
        document("d0", "Iran and [UN|ORG]"),
        document("d1", "Iran said"),
        document("d2", "[Köln|LOC] [and|ORG] UN"),
    ];
    dir.write("other.jsonl", lines(&other));
    let args = ["--compare", "other.jsonl", "--samples", "500"];
    let compared = results(&dir, &args);
    let comparison = &compared["comparison"];
    assert_eq!(
        comparison["won"],
        json!({"count": 2, "most_frequent": [
            {"text": "Iran", "label": "COUNTRY", "count": 2, "example": {"document": "d0", "snippet": "[Iran] and UN"}},
        ]})
    );
    assert_eq!(comparison["lost"]["count"], 1);
    assert_eq!(comparison["wrong_added"]["count"], 2);
    assert_eq!(comparison["wrong_gone"]["most_frequent"][0]["text"], "and");
    let all = &comparison["all"];
    let (f1, other_f1) = (6.0 / 10.0, 4.0 / 8.0);
    assert!((all["f1"].as_f64().unwrap() - f1).abs() < 1e-12);
    assert!((all["other_f1"].as_f64().unwrap() - other_f1).abs() < 1e-12);
    assert!(all["p_value"].as_f64().unwrap() > 0.2);
    // The same bytes again, and other samples from another seed.
    assert_eq!(results(&dir, &args), compared);
    assert_ne!(
        results(&dir, &[&args[..], &["--seed", "2"]].concat()),
        compared
    );
    let ran = eval(&dir, &args).exits(0);
    assert!(
        ran.text()
            .contains("paired bootstrap over documents, 500 samples, seed 1")
    );
    // Nothing differs from itself.
    let same = results(&dir, &["--compare", "pred.jsonl"]);
    assert_eq!(same["comparison"]["all"]["p_value"], 1.0);
    assert_eq!(same["comparison"]["won"]["count"], 0);
}

// The whole.

#[test]
fn our_own_output_read_back_is_perfect() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let articles = root.join("examples/articles");
    let dir = Dir::new();
    for (name, unit) in [("a.jsonl.gz", "utf16"), ("b.jsonl.zst", "byte")] {
        let args = [
            "annotate",
            articles.to_str().unwrap(),
            "-o",
            name,
            "--offsets",
            unit,
        ];
        dir.run(&args).exits(0);
    }
    let ran = dir
        .run(&[
            "eval",
            "a.jsonl.gz",
            "b.jsonl.zst",
            "--to",
            "json",
            "--min-f1",
            "1",
        ])
        .exits(0);
    let results: Value = serde_json::from_str(ran.text()).unwrap();
    assert!(results["all"]["gold"].as_u64().unwrap() > 50);
    for scheme in ["strict", "exact", "partial", "type"] {
        assert_eq!(results["all"][scheme]["f1"], 1.0);
        assert_eq!(results["macro"][scheme]["f1"], 1.0);
    }
}

#[test]
fn tables_are_plain_in_a_pipe() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/eval");
    let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
    let dir = Dir::new();
    let ran = dir
        .run(&["eval", &path("gold.jsonl"), &path("predicted.jsonl")])
        .exits(0);
    assert!(!ran.text().contains('\u{1b}'));
    assert!(ran.err.is_empty(), "{}", ran.err);
    assert_eq!(
        ran.text().lines().take(3).collect::<Vec<_>>(),
        [
            "4 documents, 24 gold spans, 22 predicted, 1 more on optional spans",
            "scheme   correct  incorrect  partial  missed  spurious  precision  recall      F1",
            "strict        16          5        0       3         1     0.7273  0.6667  0.6957",
        ]
    );
}

#[test]
fn nothing_that_is_read_makes_it_panic() {
    let mut rng = fastrand::Rng::with_seed(12);
    let seed = [
        lines(&[
            document("a", "🚀 [Köln|LOC] and [Iran|COUNTRY?]"),
            document("b", "[UN|ORG]"),
        ]),
        "-DOCSTART- -X- O\n\nKöln\tB-LOC\nsaid O\n\n# x\nUN S-ORG\n".to_owned(),
    ];
    let parts = [
        "{",
        "}",
        "\"",
        "[",
        "B-",
        "I-LOC",
        "\t",
        "\n",
        "-1",
        "99999999999999999999",
        "\u{0}",
        "é",
        "\\ud800",
        "null",
    ];
    let dir = Dir::new();
    for round in 0..150 {
        for name in ["gold", "pred"] {
            let mut text = seed[round % 2].clone();
            for _ in 0..rng.usize(..4) {
                let mut at = rng.usize(..=text.len());
                at = text.floor_char_boundary(at);
                let mut end = (at + rng.usize(..6)).min(text.len());
                end = text.ceil_char_boundary(end);
                text.replace_range(at..end, rng.choice(parts).unwrap());
            }
            dir.write(name, text);
        }
        // `Ran` refuses panics; any exit code will do.
        dir.run(&[
            "eval",
            "gold",
            "pred",
            "--errors",
            "3",
            "--compare",
            "gold",
            "--samples",
            "5",
        ]);
    }
}
