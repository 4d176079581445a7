//! Formats of annotation tools: `wiretag convert` from any to any, `annotate --to`, and what is left of spans on the way.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::{Dir, Ran};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs};

/// What breaks offsets: characters of all lengths in all units, marks, line breaks of all kinds, escapes.
const PARTS: [&str; 16] = [
    "Iran",
    "Köln",
    "🚀",
    "e\u{301}",
    " ",
    " ",
    "\n",
    "\r\n",
    "\u{a0}",
    "’s",
    "👩‍👩‍👧",
    "\"\\",
    "\t",
    "東京",
    ".",
    "\u{2028}",
];
const LABELS: [&str; 3] = ["ORG", "GPE-LOC", "ÉTAT"];

/// A document with random spans, disjoint or not, as a record in code points. None starts or ends with white space.
pub(crate) fn random_document(rng: &mut fastrand::Rng, id: usize, disjoint: bool) -> Value {
    let parts: Vec<&str> = (0..rng.usize(1..40))
        .map(|_| *rng.choice(&PARTS).unwrap())
        .collect();
    let text = parts.concat();
    let chars: Vec<char> = text.chars().collect();
    let mut spans = BTreeSet::new();
    let mut at = 0;
    for _ in 0..rng.usize(..6) {
        let start = match disjoint {
            true => at + rng.usize(..4),
            false => rng.usize(..=chars.len()),
        };
        let end = start + rng.usize(1..6);
        let white = |i: usize| chars[i].is_whitespace();
        if end > chars.len() || white(start) || white(end - 1) {
            continue;
        }
        at = end;
        spans.insert((start, end, *rng.choice(&LABELS).unwrap()));
    }
    let span = |&(start, end, label): &(usize, usize, &str)| {
        let text: String = chars[start..end].iter().collect();
        json!({"start": start, "end": end, "label": label, "text": text, "entity": "org/a b", "name": "A\nB",
            "origin": "rule:x y", "score": 0.5})
    };
    let spans: Vec<Value> = spans.iter().map(span).collect();
    json!({"id": format!("north/d{id}.txt"), "text": text, "offset_unit": "codepoint", "spans": spans,
        "meta": {"source": "é", "n": [1, 2.50]}})
}

pub(crate) fn lines(documents: &[Value]) -> String {
    documents.iter().map(|d| format!("{d}\n")).collect()
}

pub(crate) fn convert(dir: &Dir, from: &str, to: &str, output: &str, more: &[&str]) -> Ran {
    dir.run(&[&["convert", from, "--to", to, "-o", output], more].concat())
}

/// Id, text and spans of each document, by id.
fn essence(jsonl: &str) -> Vec<Value> {
    let read = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        let spans = record["spans"].as_array().unwrap().iter();
        let mut spans: Vec<Value> = spans
            .map(|s| json!([s["start"], s["end"], s["label"], s["text"]]))
            .collect();
        spans.sort_by_key(Value::to_string);
        json!({"id": record["id"], "text": record["text"], "spans": spans})
    };
    let mut all: Vec<Value> = jsonl.lines().map(read).collect();
    all.sort_by_key(|d| d["id"].to_string());
    all
}

const HOLD_SPANS: [(&str, &str); 7] = [
    ("jsonl", "a.jsonl"),
    ("prodigy", "p.jsonl"),
    ("doccano", "d.jsonl"),
    ("doccano-entities", "e.jsonl"),
    ("label-studio", "l.json"),
    ("brat", "brat"),
    ("bdocjs", "bdocjs"),
];

/// Converts through two formats and back, and compares.
fn round_trips(disjoint: bool) {
    let mut rng = fastrand::Rng::with_seed(6 + u64::from(disjoint));
    let documents: Vec<Value> = (0..120)
        .map(|i| random_document(&mut rng, i, disjoint))
        .collect();
    let expected = essence(&lines(&documents));
    for (first, first_file) in HOLD_SPANS {
        let dir = Dir::new();
        dir.write("in.jsonl", lines(&documents));
        let overlaps = |to: &str| match disjoint
            || ["label-studio", "brat", "bdocjs", "jsonl"].contains(&to)
        {
            true => &[][..],
            false => &["--overlaps", "all"][..],
        };
        convert(&dir, "in.jsonl", first, first_file, overlaps(first)).exits(0);
        let allow = ["check", first_file, "--overlaps", "allow"];
        let checked = dir.run(&allow);
        let findings = checked.text().lines().filter(|l| {
            // Random spans cut words and letters.
            !l.contains("inside a word")
                && !l.contains("characters of one letter")
                && !l.contains("an empty text")
                && !l.contains(" documents, ")
                && !l.contains("twice")
                && !l.contains("are these")
        });
        assert_eq!(findings.collect::<Vec<_>>(), [""; 0], "{first}");
        for (second, second_file) in HOLD_SPANS {
            let second_file = format!("2{second_file}");
            convert(&dir, first_file, second, &second_file, overlaps(second)).exits(0);
            let back = format!("back-{second}.jsonl");
            convert(&dir, &second_file, "jsonl", &back, &[]).exits(0);
            let back = fs::read_to_string(dir.path(&back)).unwrap();
            let found = essence(&back);
            assert_eq!(found.len(), expected.len(), "{first} → {second}");
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(found, expected, "{first} → {second}");
            }
        }
    }
}

#[test]
fn disjoint_spans_go_through_any_two_formats() {
    round_trips(true);
}

#[test]
fn overlapping_spans_go_through_any_two_formats_that_hold_them() {
    round_trips(false);
}

#[test]
fn what_is_known_of_spans_and_documents_goes_where_there_is_room() {
    let mut rng = fastrand::Rng::with_seed(1);
    let documents: Vec<Value> = (0..20)
        .map(|i| random_document(&mut rng, i, true))
        .collect();
    let dir = Dir::new();
    dir.write("in.jsonl", lines(&documents));
    convert(&dir, "in.jsonl", "jsonl", "same.jsonl", &[]).exits(0);
    let same = fs::read_to_string(dir.path("same.jsonl")).unwrap();
    assert!(same.contains("\"n\":[1,2.5") && same.contains("\"entity\":\"org/a b\""));
    for (to, file) in [
        ("prodigy", "p.jsonl"),
        ("label-studio", "l.json"),
        ("bdocjs", "b"),
    ] {
        let ran = convert(&dir, "in.jsonl", to, file, &[]).exits(0);
        assert!(!ran.err.contains("no place"), "{}", ran.err);
        convert(&dir, file, "jsonl", "back.jsonl", &[]).exits(0);
        let back = fs::read_to_string(dir.path("back.jsonl")).unwrap();
        let sorted = |jsonl: &str| jsonl.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        assert_eq!(sorted(&back), sorted(&same), "{to}");
    }
    // Notes and references of brat have it but for the meta and for the line break in the name.
    convert(&dir, "in.jsonl", "brat", "brat", &[])
        .exits(0)
        .says("brat has no place for meta of documents: 20");
    convert(&dir, "brat", "jsonl", "back.jsonl", &[]).exits(0);
    let back = fs::read_to_string(dir.path("back.jsonl")).unwrap();
    let spans = back
        .matches("\"name\":\"A B\",\"origin\":\"rule:x y\",\"score\":0.5")
        .count();
    assert_eq!(spans, back.matches("\"start\"").count());
}

#[test]
fn what_a_format_has_no_place_for_is_told_once_with_counts() {
    let dir = Dir::new();
    let record = r#"{"id":"a","text":"Iran Air left.","spans":[{"start":0,"end":4,"label":"GPE","entity":"x"},{"start":0,"end":8,"label":"ORG","score":0.9}],"meta":{"n":1}}"#;
    dir.write("a.jsonl", format!("{record}\n"));
    let ran = convert(&dir, "a.jsonl", "doccano", "out.jsonl", &[]).exits(1);
    ran.says("1 span left out, for longer ones overlap them (--overlaps all keeps them")
        .says("doccano has no place for scores: 1");
    assert!(!ran.err.contains("ids of entities"), "{}", ran.err);
    convert(
        &dir,
        "a.jsonl",
        "doccano",
        "out.jsonl",
        &["--overlaps", "longest"],
    )
    .exits(0);
    convert(
        &dir,
        "a.jsonl",
        "doccano",
        "out.jsonl",
        &["--overlaps", "all"],
    )
    .exits(0);
    let out = fs::read_to_string(dir.path("out.jsonl")).unwrap();
    assert!(
        out.contains(r#""label":[[0,8,"ORG"],[0,4,"GPE"]]"#),
        "{out}"
    );
    convert(&dir, "a.jsonl", "marked", "out.txt", &["--overlaps", "all"])
        .exits(2)
        .says("the format marked can't hold spans that overlap: leave --overlaps all out");
    convert(&dir, "a.jsonl", "csv", "out.csv", &[])
        .exits(0)
        .says("csv has no place for the text of documents: 1");
    let table = fs::read_to_string(dir.path("out.csv")).unwrap();
    assert_eq!(
        table,
        "id,start,end,label,text,entity,name,also,origin,score,zone,lost\na,0,8,ORG,Iran Air,,,,,0.9,,\na,0,4,GPE,Iran,x,,,,,,\n"
    );
}

#[test]
fn labels_are_mapped_before_they_are_proved_and_then_chosen() {
    let dir = Dir::new();
    dir.write(
        "a.jsonl",
        r#"{"text":"Iran's Qiam","label":[[0,4,"GPE"],[7,11,"weapon system"],[0,6,"X"]]}"#,
    );
    let ran = convert(
        &dir,
        "a.jsonl",
        "marked",
        "out",
        &["--labels", "COUNTRY,WEAPON"],
    )
    .exits(1);
    ran.says("a.jsonl:1: span 7..11: label \"weapon system\" has white space, write it as one word: left out");
    let args = [
        "--map-labels",
        "weapon system=WEAPON",
        "--map-labels",
        "GPE=COUNTRY",
        "--labels",
        "COUNTRY,WEAPON",
    ];
    convert(&dir, "a.jsonl", "marked", "out", &args).exits(0);
    let out = fs::read_to_string(dir.path("out")).unwrap();
    assert_eq!(out, "== a.jsonl:1\n[Iran|COUNTRY]'s [Qiam|WEAPON]\n\n");
}

#[test]
fn tasks_that_annotators_did_not_accept_are_left_out_and_counted() {
    let dir = Dir::new();
    let task = |answer: &str| {
        format!(
            "{}\n",
            json!({"text": "Iran", "spans": [], "answer": answer})
        )
    };
    dir.write(
        "p.jsonl",
        task("accept") + &task("reject") + &task("ignore") + &task("reject"),
    );
    let ran = dir.run(&["convert", "p.jsonl", "--to", "jsonl"]).exits(0);
    ran.says("2 documents left out: the answer is reject")
        .says("1 document left out: the answer is ignore")
        .says("1 document, 0 spans, no problems");
    assert_eq!(ran.text().lines().count(), 1);
}

#[test]
fn what_annotators_did_counts_before_what_was_predicted() {
    let dir = Dir::new();
    let region = |start: u32, end: u32, label: &str| json!({"from_name": "l", "to_name": "t", "type": "labels", "value": {"start": start, "end": end, "labels": [label]}});
    let task = |annotations: Value| {
        json!({"id": 7, "data": {"text": "🚀 Iran, Qiam", "doc_id": "a"}, "annotations": annotations,
            "predictions": [{"result": [region(0, 2, "WEAPON")]}]})
    };
    let first = json!({"result": [region(3, 7, "GPE"), {"type": "choices", "from_name": "c", "to_name": "t", "value": {}}]});
    let cancelled = json!({"was_cancelled": true, "result": [region(3, 7, "X")]});
    let truth = json!({"ground_truth": true, "result": [region(9, 13, "WEAPON")]});
    for (annotations, expected) in [
        (json!([]), "[🚀|WEAPON] Iran, Qiam"),
        (json!([cancelled, first]), "🚀 [Iran|GPE], Qiam"),
        (json!([first, truth]), "🚀 Iran, [Qiam|WEAPON]"),
    ] {
        dir.write("t.json", json!([task(annotations)]).to_string());
        let ran = dir.run(&["convert", "t.json", "--to", "marked"]).exits(0);
        assert_eq!(ran.text(), format!("== a\n{expected}\n\n"));
    }
    dir.write("t.json", json!([task(json!([cancelled]))]).to_string());
    dir.run(&["convert", "t.json", "--to", "marked"])
        .exits(0)
        .says("1 document left out: its annotation was cancelled");
    // JSON-MIN.
    let short = json!([{"id": 3, "text": "🚀 Iran", "label": [{"start": 3, "end": 7, "text": "Iran", "labels": ["GPE"]}], "annotator": 1}]);
    dir.write("t.json", short.to_string());
    let ran = dir.run(&["convert", "t.json", "--to", "marked"]).exits(0);
    assert_eq!(ran.text(), "== 3\n🚀 [Iran|GPE]\n\n");
}

#[test]
fn both_offset_types_of_gate_are_read_and_written() {
    let dir = Dir::new();
    dir.write(
        "a.jsonl",
        r#"{"id":"a","text":"🚀 Iran","spans":[{"start":2,"end":6,"label":"GPE"}]}"#,
    );
    for (unit, sign, start) in [("codepoint", 'p', 2), ("utf16", 'j', 3)] {
        let folder = format!("out-{unit}");
        convert(&dir, "a.jsonl", "bdocjs", &folder, &["--offsets", unit]).exits(0);
        let document = fs::read_to_string(dir.path(&folder).join("a.bdocjs")).unwrap();
        let document: Value = serde_json::from_str(&document).unwrap();
        assert_eq!(document["offset_type"], sign.to_string());
        assert_eq!(
            document["annotation_sets"][""]["annotations"][0]["start"],
            start
        );
        let ran = dir.run(&["convert", &folder, "--to", "marked"]).exits(0);
        assert_eq!(ran.text(), "== a\n🚀 [Iran|GPE]\n\n");
    }
    convert(&dir, "a.jsonl", "bdocjs", "c", &["--offsets", "byte"])
        .exits(2)
        .says("the format bdocjs counts codepoint or utf16: leave --offsets out");
    convert(&dir, "a.jsonl", "prodigy", "c", &["--offsets", "utf16"])
        .exits(2)
        .says("the format prodigy counts codepoint: leave --offsets out");
}

#[test]
fn paragraphs_and_sentences_keep_id_and_place() {
    let dir = Dir::new();
    dir.write(
        "news/a.txt",
        "🚀 Iran left. NATO stayed.\r\n\r\nNorth Korea did not.\n",
    );
    for (unit, ids) in [
        ("paragraph", &["a.txt#0", "a.txt#29"][..]),
        ("sentence", &["a.txt#0", "a.txt#13", "a.txt#29"][..]),
    ] {
        let ran = dir
            .annotate(&["news/a.txt", "--unit", unit, "--to", "doccano"])
            .exits(0);
        let read = |line: &str| serde_json::from_str::<Value>(line).unwrap();
        let documents: Vec<Value> = ran.text().lines().map(read).collect();
        let found: Vec<&str> = documents
            .iter()
            .map(|d| d["doc_id"].as_str().unwrap())
            .collect();
        assert_eq!(found, ids);
        let source: Vec<char> = "🚀 Iran left. NATO stayed.\r\n\r\nNorth Korea did not.\n"
            .chars()
            .collect();
        for document in &documents {
            let start: usize = document["doc_id"]
                .as_str()
                .unwrap()
                .rsplit_once('#')
                .unwrap()
                .1
                .parse()
                .unwrap();
            let text: Vec<char> = document["text"].as_str().unwrap().chars().collect();
            assert_eq!(text, source[start..start + text.len()]);
            for span in document["label"].as_array().unwrap() {
                let at = |i: usize| span[i].as_u64().unwrap() as usize;
                let covered: String = text[at(0)..at(1)].iter().collect();
                assert!(
                    ["Iran", "NATO", "North Korea"].contains(&&*covered),
                    "{covered}"
                );
            }
        }
    }
}

#[test]
fn folders_appear_whole_and_replace_nothing() {
    let dir = Dir::new();
    dir.write("news/a.txt", "Iran denied it.")
        .write("news/b.txt", "NATO did.");
    dir.write("full/mine.txt", "x");
    dir.annotate(&["news", "--to", "brat", "-o", "full"])
        .exits(2)
        .says("full: is there and not empty: remove it, or name another folder");
    dir.annotate(&["news", "--to", "brat"])
        .exits(2)
        .says("the format brat is a folder of files: name it with -o");
    dir.annotate(&["news", "--to", "brat", "-o", "out", "--resume"])
        .exits(2)
        .says("--resume works with jsonl");
    dir.annotate(&["news", "--to", "brat", "-o", "no/out"])
        .exits(2)
        .says("no/out: its folder is not there");
    // A part that a run left is started anew, another's is not touched.
    dir.write("out.part/.wiretag", "")
        .write("out.part/old.txt", "x");
    dir.write("mine.part/old.txt", "x");
    dir.annotate(&["news", "--to", "brat", "-o", "mine"])
        .exits(2)
        .says("mine.part: is in the way");
    for threads in ["1", "4"] {
        let folder = if threads == "1" { "out" } else { "out4/" };
        dir.annotate(&["news", "--to", "brat", "-o", folder, "-j", threads])
            .exits(0);
    }
    for name in ["a.txt", "a.ann", "b.txt", "b.ann", "annotation.conf"] {
        let of = |folder: &str| fs::read(dir.path(folder).join(name)).unwrap();
        assert_eq!(of("out"), of("out4"), "{name}");
    }
    assert_eq!(fs::read_dir(dir.path("out")).unwrap().count(), 5);
    assert!(!dir.path("out.part").exists());
    // What is being written is not read.
    let ran = dir
        .annotate(&["news", "--to", "brat", "-o", "news/out"])
        .exits(0);
    ran.says("2 documents");
    assert_eq!(
        fs::read_to_string(dir.path("out/annotation.conf")).unwrap(),
        "[entities]\nCOUNTRY\nORG\n\n[relations]\n\n[events]\n\n[attributes]\n"
    );
}

#[test]
fn arrays_are_whole_however_many_threads_and_frames_there_are() {
    let dir = Dir::new();
    let many: String = (0..4000)
        .map(|i| {
            format!(
                "{}\n",
                json!({"id": i, "text": "Iran and NATO. ".repeat(20)})
            )
        })
        .collect();
    dir.write("many.jsonl", many).write("none.jsonl", "");
    let mut outputs = Vec::new();
    for (threads, file) in [("1", "a.json"), ("3", "b.json"), ("2", "c.json.gz")] {
        dir.annotate(&[
            "many.jsonl",
            "--to",
            "label-studio",
            "-o",
            file,
            "-j",
            threads,
        ])
        .exits(0);
        outputs.push(fs::read(dir.path(file)).unwrap());
    }
    assert_eq!(outputs[0], outputs[1]);
    let tasks: Vec<Value> = serde_json::from_slice(&outputs[0]).unwrap();
    assert_eq!(tasks.len(), 4000);
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(
        &mut flate2::read::MultiGzDecoder::new(&outputs[2][..]),
        &mut unpacked,
    )
    .unwrap();
    assert_eq!(unpacked, outputs[0]);
    let config = fs::read_to_string(dir.path("a.json.config.xml")).unwrap();
    assert!(config.contains("<Label value=\"COUNTRY\"/>\n    <Label value=\"ORG\"/>"));
    // Empty ones are arrays too; a table has its header.
    dir.annotate(&["none.jsonl", "--to", "label-studio", "-o", "none.json"])
        .exits(0);
    assert_eq!(
        fs::read_to_string(dir.path("none.json")).unwrap(),
        "[\n\n]\n"
    );
    let ran = dir.annotate(&["none.jsonl", "--to", "csv"]).exits(0);
    assert_eq!(ran.text().lines().count(), 1);
    // Runs go on with a comma.
    dir.annotate(&[
        "many.jsonl",
        "--to",
        "label-studio",
        "-o",
        "r.json",
        "--resume",
    ])
    .exits(0);
    assert_eq!(fs::read(dir.path("r.json")).unwrap(), outputs[0]);
    dir.annotate(&[
        "many.jsonl",
        "--to",
        "label-studio",
        "-o",
        "r.json",
        "--resume",
    ])
    .exits(0)
    .says("finished before");
    // One that ended between its last state and the renaming has its bracket already.
    fs::rename(dir.path("r.json"), dir.path("r.json.part")).unwrap();
    dir.annotate(&[
        "many.jsonl",
        "--to",
        "label-studio",
        "-o",
        "r.json",
        "--resume",
    ])
    .exits(0);
    assert_eq!(fs::read(dir.path("r.json")).unwrap(), outputs[0]);
    // One that stopped in the middle goes on with a comma.
    let args = [
        "annotate",
        "--no-builtin",
        "-g",
        "lists",
        "many.jsonl",
        "--to",
        "label-studio",
    ];
    let args = [
        &args[..],
        &["-o", "k.json", "--resume", "--checkpoint", "64K", "-j", "1"],
    ]
    .concat();
    let mut child = dir.wiretag(&args).spawn().unwrap();
    let is_under_way = || fs::metadata(dir.path("k.json.part")).is_ok_and(|m| m.len() > 200_000);
    while !is_under_way() && !dir.path("k.json").exists() {
        std::thread::yield_now();
    }
    let _ = child.kill();
    child.wait().unwrap();
    dir.run(&args).exits(0);
    assert_eq!(fs::read(dir.path("k.json")).unwrap(), outputs[0]);
}

#[test]
fn evaluation_reads_what_annotators_bring() {
    let dir = Dir::new();
    dir.write("gold.jsonl", r#"{"id":"a.txt","text":"🚀 Iran and NATO","spans":[{"start":2,"end":6,"label":"GPE"},{"start":11,"end":15,"label":"ORG"}]}"#);
    let columns = [("conll", "c.conll"), ("bilou", "b.bilou")];
    for (to, file) in HOLD_SPANS.into_iter().chain(columns) {
        convert(&dir, "gold.jsonl", to, &format!("gold-{file}"), &[]).exits(0);
        let ran = dir
            .run(&[
                "eval",
                "gold.jsonl",
                &format!("gold-{file}"),
                "--min-f1",
                "1",
            ])
            .exits(0);
        assert!(
            ran.text().contains("2 gold spans, 2 predicted"),
            "{to}: {}",
            ran.text()
        );
    }
}
