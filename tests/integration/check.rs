//! `wiretag check`: damage that is made on purpose, and good files.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::Dir;
use serde_json::{Value, json};
use std::fs;

/// A file with damage, the line and the kind of the finding, and what its message says.
type Damage = (&'static str, String, u64, &'static str, &'static str);

/// A record with a rocket before `Iran`, and this in the place of its spans.
fn spans(spans: &str) -> String {
    let good = r#"{"id":"a","text":"ok","spans":[]}"#;
    format!("{good}\n{{\"id\":\"b\",\"text\":\"🚀 Iran, Cafe\\u0301, NATO.\",\"spans\":{spans}}}\n")
}

fn span(start: u64, end: u64, text: &str) -> String {
    spans(&json!([{"start": start, "end": end, "label": "GPE", "text": text}]).to_string())
}

fn prodigy(tokens: Value, spans: Value) -> String {
    let task = json!({"text": "🚀 Iran left", "tokens": tokens, "spans": spans});
    format!("{task}\n")
}

fn token(start: u64, end: u64, text: &str, id: u64, ws: bool) -> Value {
    json!({"start": start, "end": end, "text": text, "id": id, "ws": ws})
}

fn tokens() -> Vec<Value> {
    vec![
        token(0, 1, "🚀", 0, true),
        token(2, 6, "Iran", 1, true),
        token(7, 11, "left", 2, false),
    ]
}

fn label_studio(region: Value) -> String {
    json!([{"data": {"text": "🚀 Iran"}, "annotations": [{"result": [region]}]}]).to_string()
}

fn region(value: Value) -> Value {
    json!({"from_name": "label", "to_name": "text", "type": "labels", "value": value})
}

fn bdocjs(annotation: Value) -> String {
    let document = json!({"text": "🚀 Iran", "offset_type": "p", "name": "a", "features": {},
        "annotation_sets": {"": {"name": "", "next_annid": 1, "annotations": [annotation]}}});
    document.to_string()
}

fn brat(ann: &str) -> String {
    ann.to_owned()
}

fn with(mut tokens: Vec<Value>, i: usize, field: &str, value: Value) -> Value {
    tokens[i][field] = value;
    tokens.into()
}

#[rustfmt::skip]
fn damages() -> Vec<Damage> {
    let iran = json!([{"start": 2, "end": 6, "label": "GPE"}]);
    let no_tokens = json!([]);
    vec![
        // Offsets.
        ("a.jsonl", span(3, 7, "Iran"), 2, "unit", "these are utf16 offsets"),
        ("a.jsonl", span(5, 9, "Iran"), 2, "unit", "these are byte offsets"),
        ("a.jsonl", span(1, 5, "Iran"), 2, "mismatch", "that text stands 1 further on, at 2..6"),
        ("a.jsonl", span(4, 8, "Iran"), 2, "mismatch", "that text stands 2 before, at 2..6"),
        ("a.jsonl", span(2, 5, "Iran"), 2, "mismatch", "it would be 2..6"),
        ("a.jsonl", span(2, 6, "Iraq"), 2, "mismatch", "the text has it nowhere"),
        ("a.jsonl", span(2, 60, "Iran"), 2, "range", "the text ends at"),
        ("a.jsonl", span(6, 2, "Iran"), 2, "empty", "it is empty"),
        ("a.jsonl", span(2, 2, ""), 2, "empty", "it is empty"),
        ("a.jsonl", spans(r#"[{"start":8,"end":12,"label":"X"}]"#), 2, "grapheme", "it ends between the characters of one letter"),
        ("a.jsonl", spans(r#"[{"start":1,"end":6,"label":"X"}]"#), 2, "space", "it starts or ends with white space"),
        ("a.jsonl", spans(r#"[{"start":2,"end":5,"label":"X"}]"#), 2, "word", "it ends inside a word"),
        ("a.jsonl", span(2, 6, "Iran").replace("\"spans\":[{", "\"offset_unit\":\"utf16\",\"spans\":[{"), 2, "unit", "these are codepoint offsets"),
        ("a.jsonl", r#"{"text":"🚀 Iran","offset_unit":"utf16","spans":[{"start":1,"end":7,"label":"X"}]}"#.into(), 1, "character", "it cuts a character (utf16)"),
        ("a.jsonl", r#"{"text":"🚀 Iran","offset_unit":"byte","spans":[{"start":2,"end":9,"label":"X"}]}"#.into(), 1, "character", "it cuts a character (byte)"),
        // Fields.
        ("a.jsonl", spans("[7]"), 2, "field", "span 1 of \"spans\": not an object"),
        ("a.jsonl", spans(r#"[{"start":0,"end":1}]"#), 2, "field", "no field \"label\""),
        ("a.jsonl", spans(r#"[{"start":"0","end":1,"label":"X"}]"#), 2, "field", "field \"start\" is not a whole number"),
        ("a.jsonl", spans(r#"[{"start":-1,"end":1,"label":"X"}]"#), 2, "field", "field \"start\" is not a whole number"),
        ("a.jsonl", spans("{}"), 2, "field", "field \"spans\" is not an array"),
        ("a.jsonl", "{\"id\":\"a\",\"text\":\"x\"}\n".into(), 1, "field", "no field \"spans\""),
        ("a.jsonl", "\n{\"id\":\"a\",\"spans\":[]}\n".into(), 2, "field", "no field \"text\""),
        ("a.jsonl", r#"{"text":"x","offset_unit":"char","spans":[]}"#.into(), 1, "field", "offset_unit \"char\""),
        ("a.jsonl", "{\"text\":\"x\",\"spans\":[]}\n{\"text\":\"x\",\"spans\":[\n".into(), 2, "syntax", "bad JSON"),
        ("a.jsonl", "{\"text\":\"x\",\"spans\":[]}\n[1]\n".into(), 2, "syntax", "not a JSON object"),
        ("a.jsonl", r#"{"text":"\ud83d Iran","spans":[]}"#.into(), 1, "field", "field \"text\" is not a string"),
        // Labels and ids.
        ("a.jsonl", spans(r#"[{"start":2,"end":6,"label":"two words"}]"#), 2, "label", "has white space"),
        ("a.jsonl", spans(r#"[{"start":2,"end":6,"label":"CTRY"}]"#), 2, "label", "label CTRY is not among --labels"),
        ("a.jsonl", r#"{"id":"a","text":"x","spans":[]}
{"id":"a","text":"y","spans":[]}"#.into(), 2, "id", "id \"a\" was at a.jsonl:1 before"),
        ("a.jsonl", r#"{"id":"a","text":"x","spans":[]}
{"text":"y","spans":[]}"#.into(), 2, "id", "no id, where line 1 has one"),
        ("a.jsonl", r#"{"id":[1],"text":"x","spans":[]}"#.into(), 1, "field", "field \"id\" is neither"),
        // Texts.
        ("a.jsonl", r#"{"text":" \n","spans":[]}"#.into(), 1, "text", "an empty text"),
        ("a.jsonl", "{\"text\":\"K\u{fffd}ln\",\"spans\":[]}".into(), 1, "text", "U+FFFD at character 1"),
        // Spans together.
        ("a.jsonl", spans(r#"[{"start":2,"end":6,"label":"X"},{"start":2,"end":6,"label":"X"}]"#), 2, "duplicate", "it is there twice"),
        ("p.jsonl", prodigy(no_tokens.clone(), json!([{"start": 2, "end": 6, "label": "X"}, {"start": 0, "end": 6, "label": "Y"}])), 1, "overlap", "it overlaps span 0..6"),
        ("d.jsonl", r#"{"text":"North Korea","label":[[0,11,"X"],[6,11,"Y"]]}"#.into(), 1, "overlap", "it overlaps span 0..11"),
        // Prodigy.
        ("p.jsonl", prodigy(with(tokens(), 1, "text", "Iraq".into()), iran.clone()), 1, "token", "token 1 (2..6): it should be \"Iraq\" and is \"Iran\""),
        ("p.jsonl", prodigy(with(tokens(), 2, "end", 40.into()), iran.clone()), 1, "token", "there is no such part"),
        ("p.jsonl", prodigy(with(tokens(), 1, "id", 7.into()), iran.clone()), 1, "token", "its id should be 1"),
        ("p.jsonl", prodigy(with(tokens(), 1, "ws", false.into()), iran.clone()), 1, "token", "\"ws\" should be true"),
        ("p.jsonl", prodigy(tokens().into(), json!([{"start": 2, "end": 6, "label": "X", "token_start": 1, "token_end": 2}])), 1, "token", "should be 1 and 1 (inclusive)"),
        ("p.jsonl", prodigy(json!([tokens()[0], tokens()[2]]), iran), 1, "token", "it does not start where a token does"),
        ("p.jsonl", r#"{"text":"x","spans":[],"answer":"yes"}"#.into(), 1, "field", "answer \"yes\""),
        // doccano.
        ("d.jsonl", r#"{"text":"Iran","label":[[0,"GPE"]]}"#.into(), 1, "field", "not three values"),
        ("d.jsonl", r#"{"text":"Iran","entities":[{"start_offset":0,"label":"X"}]}"#.into(), 1, "field", "no field \"end_offset\""),
        ("d.jsonl", r#"{"text":"🚀🚀 Iran and Qiam","label":[[5,9,"X"],[14,18,"Y"]]}"#.into(), 1, "unit", "are these utf16 offsets?"),
        // Label Studio.
        ("l.json", label_studio(region(json!({"start": 2, "end": 6, "text": "Iran", "labels": ["X"]}))), 1, "unit", "these are codepoint offsets"),
        ("l.json", label_studio(region(json!({"start": 3, "end": 7, "labels": []}))), 1, "field", "\"labels\" is empty"),
        ("l.json", label_studio(json!({"type": "labels", "to_name": "text", "value": {"start": 3, "end": 7, "labels": ["X"]}})), 1, "field", "no string \"from_name\""),
        ("l.json", label_studio(json!({"from_name": "label", "to_name": "text", "value": {}})), 1, "field", "no field \"type\""),
        // GATE.
        ("b.bdocjs", bdocjs(json!({"type": "X", "start": 2, "end": 9, "id": 0, "features": {}})), 1, "range", "the text ends at 6"),
        ("b.bdocjs", bdocjs(json!({"type": "X", "start": 2, "end": 6, "features": {}})), 1, "field", "no field \"id\""),
        ("b.bdocjs", bdocjs(json!({})).replace("\"p\"", "\"x\""), 1, "field", "offset_type \"x\""),
        // brat, beside the text "🚀 Iran left.".
        ("c.ann", brat("T1\tGPE 2 6\tIran\nT2\tGPE 3 7\tIran\n"), 2, "unit", "these are utf16 offsets"),
        ("c.ann", brat("T1\tGPE 2 6\tIran\nT1\tORG 0 1\t🚀\n"), 2, "id", "id T1 was there before"),
        ("c.ann", brat("T1 GPE 2 6 Iran\n"), 1, "syntax", "no tab behind the id"),
        ("c.ann", brat("T1\tGPE 2-6\tIran\n"), 1, "syntax", "offsets are not two whole numbers"),
        ("c.ann", brat("T1\tGPE 2 6\n"), 1, "syntax", "no text behind a tab"),
        ("c.ann", brat("T1\tGPE 2 6\tIran\nN1\tReference T9 Wikidata:Q794\tIran\n"), 2, "reference", "there is no T9"),
        ("c.ann", brat("T1\tGPE 0 1;7 11\t🚀 left\n"), 1, "unread", "spans are of one piece"),
        ("c.ann", brat("?1\tGPE 0 1\t🚀\n"), 1, "syntax", "starts with none of"),
        // CoNLL.
        ("t.conll", "Iran\tB-GPE\nis\tO\nUN\tI-ORG\n".into(), 3, "tag", "a span starts without B-"),
        ("t.conll", "Iran\tB-GPE\nis\n".into(), 2, "tag", "one column"),
        ("t.conll", "Iran\tB-GPE\nis\tVBZ\n".into(), 2, "tag", "is no tag"),
        ("t.conll", "Iran\tB-GPE\nis\tU-ORG\n".into(), 1, "tag", "a span does not end with L- or E-"),
        ("t.conll", "Iran -X- a#0:4 B-GPE\nleft -X- 5:8 O\n".into(), 2, "token", "the place 5:8 is not that of \"left\", which has 4 characters"),
        ("t.conll", "Iran -X- a#0:4 B-GPE\nleft -X- 3:7 O\n".into(), 2, "token", "it starts before the word before it ends"),
        ("t.conll", "Iran -X- a#0:4 B-GPE\nleft -X- 999999:1000003 O\n".into(), 2, "token", "there are 999995 characters between it and the word before it"),
        // GLiNER.
        ("g.jsonl", r#"{"tokenized_text":["Iran","left"],"ner":[[0,2,"GPE"]]}"#.into(), 1, "token", "there is no word 2: the last is 1 (ends are inclusive)"),
        ("g.jsonl", r#"{"tokenized_text":["Iran","left"],"ner":[[1,0,"GPE"]]}"#.into(), 1, "token", "it ends at word 0, before its start, 1"),
        ("g.jsonl", r#"{"tokenized_text":["Iran","left"],"ner":[[0,"GPE"]]}"#.into(), 1, "token", "not [FIRST, LAST, LABEL]"),
        ("g.jsonl", r#"{"tokenized_text":["Iran","left"],"ner":[],"starts":[0]}"#.into(), 1, "token", "\"starts\" has 1 numbers for 2 words"),
        ("g.jsonl", r#"{"tokenized_text":["Iran","left"],"ner":[],"starts":[3,4]}"#.into(), 1, "token", "word 1, \"left\": it starts before"),
        ("g.jsonl", r#"{"tokenized_text":["Iran",5],"ner":[]}"#.into(), 1, "field", "\"tokenized_text\" is no list of strings"),
        ("t.conll", "Iran NNP B-GPE\nis O\n".into(), 2, "syntax", "2 columns, where line 1 has 3"),
    ]
}

#[test]
fn every_kind_of_damage_is_found_in_its_line() {
    let damages = damages();
    assert!(damages.len() >= 50);
    let mut missed = Vec::new();
    for (file, content, line, kind, message) in damages {
        let dir = Dir::new();
        dir.write(file, &content).write("c.txt", "🚀 Iran left.");
        let labels = "GPE,X,Y,ORG";
        let ran = dir.run(&["check", file, "--json", "--strict", "--labels", labels]);
        let findings: Vec<Value> = ran
            .text()
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        let is_found = findings.iter().any(|f| {
            f["file"] == file
                && f["line"] == line
                && f["kind"] == kind
                && f["message"].as_str().is_some_and(|m| m.contains(message))
        });
        if !is_found || ran.code != 1 {
            missed.push(format!(
                "{message:?} ({kind}, line {line}) in\n{content}\n{}",
                ran.text()
            ));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn good_files_of_all_formats_pass() {
    let dir = Dir::new();
    dir.write("a.jsonl", r#"{"id":"r","text":"🚀 Iran’s Café, NATO.","spans":[{"start":2,"end":6,"label":"GPE","text":"Iran"},{"start":15,"end":19,"label":"ORG"}]}"#);
    dir.write(
        "p.jsonl",
        prodigy(
            tokens().into(),
            json!([{"start": 2, "end": 6, "label": "GPE", "token_start": 1, "token_end": 1}]),
        ),
    );
    dir.write("d.jsonl", r#"{"text":"🚀 Iran","label":[[2,6,"GPE"]]}"#);
    dir.write(
        "l.json",
        label_studio(region(
            json!({"start": 3, "end": 7, "text": "Iran", "labels": ["GPE"]}),
        )),
    );
    dir.write(
        "b.bdocjs",
        bdocjs(json!({"type": "GPE", "start": 2, "end": 6, "id": 0, "features": {"k": 1}})),
    );
    dir.write("c.txt", "🚀 Iran left.").write("c.ann", "T1\tGPE 2 6\tIran\nN1\tReference T1 Wikidata:Q794\tIran\n#1\tAnnotatorNotes T1\tsure?\nR1\tIn Arg1:T1 Arg2:T1\n");
    dir.write(
        "t.conll",
        "-DOCSTART- -X- O O\n\nIran NNP O B-GPE\nis VBZ O O\n\nUN NNP O B-ORG\n",
    );
    dir.write(
        "g.jsonl",
        r#"{"id":"g","tokenized_text":["Iran","left"],"ner":[[0,0,"GPE"]],"starts":[2,7]}"#,
    );
    let files = [
        "a.jsonl", "p.jsonl", "d.jsonl", "l.json", "b.bdocjs", "c.ann", "t.conll", "g.jsonl",
    ];
    for file in files {
        let ran = dir.run(&["check", file, "--strict", "--labels", "GPE,ORG"]);
        assert!(
            ran.code == 0 && ran.text().contains("nothing found"),
            "{file}: {}",
            ran.text()
        );
    }
    let ran = dir.run(&[&["check"][..], &files].concat()).exits(0);
    assert_eq!(
        ran.text(),
        "8 files, 8 documents, 10 spans: nothing found\n"
    );
}

#[test]
fn findings_have_a_place_and_the_summary_counts_them() {
    let dir = Dir::new();
    dir.write("a.jsonl", span(3, 7, "Iran") + &span(2, 5, "Ira"));
    let ran = dir.run(&["check", "a.jsonl"]).exits(1);
    let lines: Vec<&str> = ran.text().lines().collect();
    assert!(
        lines[0].starts_with("a.jsonl:2: span 3..7: it should be \"Iran\" and is \"ran,\""),
        "{}",
        lines[0]
    );
    assert_eq!(
        *lines.last().unwrap(),
        "1 file, 4 documents, 1 span: 3 errors, 1 warning (id 2, unit 1, word 1)"
    );
    let ran = dir.run(&["check", "a.jsonl", "--most", "1"]).exits(1);
    assert_eq!(ran.text().lines().count(), 3);
    assert!(ran.text().contains("\n3 more\n"));
    let ran = dir.run(&["check", "a.jsonl", "--json"]).exits(1);
    let summary: Value = serde_json::from_str(ran.text().lines().last().unwrap()).unwrap();
    assert_eq!(summary["summary"]["kinds"]["id"], 2);
    // Warnings alone are no reason to fail, unless asked for.
    dir.write("w.jsonl", span(2, 5, "Ira"));
    dir.run(&["check", "w.jsonl"]).exits(0);
    dir.run(&["check", "w.jsonl", "--strict"]).exits(1);
    dir.run(&["check", "none.jsonl"]).exits(1);
}

#[test]
fn overlaps_are_judged_by_format_or_as_asked() {
    let dir = Dir::new();
    let nested = spans(r#"[{"start":2,"end":6,"label":"X"},{"start":0,"end":6,"label":"Y"}]"#);
    dir.write("a.jsonl", nested);
    dir.run(&["check", "a.jsonl"]).exits(0);
    dir.run(&["check", "a.jsonl", "--overlaps", "forbid"])
        .exits(1);
    dir.write(
        "d.jsonl",
        r#"{"text":"North Korea","label":[[0,11,"X"],[6,11,"Y"]]}"#,
    );
    dir.run(&["check", "d.jsonl"]).exits(1);
    dir.run(&["check", "d.jsonl", "--overlaps", "allow"])
        .exits(0);
    dir.write("s.jsonl", r#"{"text":"North Korea","spans":[{"start":0,"end":11,"label":"X"},{"start":6,"end":11,"label":"Y"}],"_view_id":"spans_manual"}"#);
    dir.run(&["check", "s.jsonl"]).exits(0);
}

#[test]
fn nothing_that_is_read_makes_it_panic() {
    let mut rng = fastrand::Rng::with_seed(9);
    let seeds: Vec<(&str, String)> = damages().into_iter().map(|d| (d.0, d.1)).collect();
    let dir = Dir::new();
    for round in 0..12 {
        for from in [
            "jsonl",
            "prodigy",
            "doccano",
            "label-studio",
            "bdocjs",
            "brat",
            "conll",
        ] {
            let (_, seed) = rng.choice(&seeds).unwrap();
            let mut bytes = seed.clone().into_bytes();
            for _ in 0..rng.usize(..4) {
                let at = rng.usize(..bytes.len());
                match rng.usize(..3) {
                    0 => bytes[at] = rng.u8(..),
                    1 => bytes.truncate(at.max(1)),
                    _ => bytes.insert(at, *rng.choice(b"{}[],\"\t\n0;9-\0").unwrap()),
                }
            }
            let file = format!("f{round}.ann");
            dir.write(&file, &bytes)
                .write(&format!("f{round}.txt"), "🚀 Iran");
            let ran = dir.run(&["check", &file, "--from", from]);
            assert!(ran.code < 3, "{from}: {}", ran.err);
            dir.run(&["convert", &file, "--from", from, "--to", "jsonl"]);
        }
    }
    assert!(fs::read_dir(dir.path(".")).unwrap().count() > 12);
}
