//! Spans on words: formats of words there and back, `--align`, `--tokenizer`, and which spans and text are left out.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::{
    cli::Dir,
    formats::{convert, lines, random_document},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs};

const TOKENIZERS: [&str; 2] = ["words", "spacy"];

fn records(dir: &Dir, file: &str) -> Vec<Value> {
    let jsonl = fs::read_to_string(dir.path(file)).unwrap();
    let read = |line: &str| serde_json::from_str(line).unwrap();
    jsonl.lines().map(read).collect()
}

/// Start, end and label of each span.
type Places = Vec<(u64, u64, String)>;

fn places(record: &Value) -> Places {
    let spans = record["spans"].as_array().unwrap().iter();
    let number = |v: &Value| v.as_u64().unwrap();
    let label = |v: &Value| v.as_str().unwrap().to_owned();
    let places = spans.map(|s| (number(&s["start"]), number(&s["end"]), label(&s["label"])));
    places.collect()
}

/// A text without what its white space is, and without that behind its last word.
fn blank(text: &str) -> String {
    let is_space = |c: char| c.is_whitespace() || c == '\u{200b}';
    let blank: String = text
        .chars()
        .map(|c| if is_space(c) { ' ' } else { c })
        .collect();
    blank.trim_end().to_owned()
}

/// The spans of each record that has a word, by id, and the text.
fn by_id(records: &[Value]) -> BTreeMap<String, (String, Places)> {
    let of = |r: &Value| {
        let text = blank(r["text"].as_str().unwrap());
        (r["id"].as_str().unwrap().to_owned(), (text, places(r)))
    };
    records
        .iter()
        .map(of)
        .filter(|(_, (text, _))| !text.is_empty())
        .collect()
}

#[test]
fn columns_and_examples_come_back_with_their_words_and_offsets() {
    let mut rng = fastrand::Rng::with_seed(60);
    let documents: Vec<Value> = (0..150)
        .map(|i| random_document(&mut rng, i, true))
        .collect();
    for tokenizer in TOKENIZERS {
        let dir = Dir::new();
        dir.write("in.jsonl", lines(&documents));
        let options = ["--tokenizer", tokenizer, "--align", "expand"];
        let flat = [&options[..], &["--overlaps", "longest"]].concat();
        convert(&dir, "in.jsonl", "jsonl", "words.jsonl", &flat).exits(0);
        let expected = by_id(&records(&dir, "words.jsonl"));
        assert!(
            expected
                .values()
                .map(|(_, spans)| spans.len())
                .sum::<usize>()
                > 100
        );
        for (to, file) in [
            ("conll", "a.conll"),
            ("bilou", "b.bilou"),
            ("gliner", "g.jsonl"),
        ] {
            let unit = [&flat[..], &["--unit", "document"]].concat();
            convert(&dir, "in.jsonl", to, file, &unit).exits(0);
            let checked = dir.run(&["check", file, "--strict", "--overlaps", "forbid"]);
            let odd = |l: &&str| !l.contains("inside a word") && !l.contains("of one letter");
            let findings: Vec<&str> = checked.text().lines().filter(odd).collect();
            assert_eq!(findings.len(), 1, "{to}: {findings:?}");
            convert(&dir, file, "jsonl", "back.jsonl", &[]).exits(0);
            let mut back = by_id(&records(&dir, "back.jsonl"));
            if to == "gliner" {
                let labels = [
                    ("organization", "ORG"),
                    ("gpe-loc", "GPE-LOC"),
                    ("état", "ÉTAT"),
                ];
                for (_, spans) in back.values_mut() {
                    for (_, _, label) in spans {
                        *label = labels
                            .iter()
                            .find(|(l, _)| l == label)
                            .unwrap()
                            .1
                            .to_owned();
                    }
                }
            }
            for (id, document) in &expected {
                assert_eq!(&back[id], document, "{to} {tokenizer} {id}");
            }
            assert_eq!(back.len(), expected.len());
            // The words of what was read are those that were written, whatever the kinds of white space say of sentences.
            convert(&dir, file, to, "again", &unit).exits(0);
            let same = words(&dir, file) == words(&dir, "again");
            assert!(same, "{to} {tokenizer}");
        }
    }
}

/// The lines of a file without those that part sentences and without what stands before places.
fn words(dir: &Dir, file: &str) -> Vec<String> {
    let file = fs::read_to_string(dir.path(file)).unwrap();
    let lines = file
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with("-DOCSTART-"));
    let word = |line: &str| match line.split_once(" -X- ") {
        Some((word, rest)) => format!("{word} {}", rest.rsplit('#').next().unwrap()),
        None => line.to_owned(),
    };
    lines.map(word).collect()
}

#[test]
fn columns_are_as_they_are_specified() {
    let dir = Dir::new();
    dir.write(
        "a b.jsonl",
        r#"{"id":"a b%.txt","text":"🚀 Kim’s  U.S. left. New\nYork\r\n\r\ntoo","spans":[{"start":2,"end":5,"label":"PERSON"},{"start":20,"end":28,"label":"LOC"}]}"#,
    );
    for (to, one, last) in [("conll", "B", "I"), ("bilou", "U", "L")] {
        let ran = dir.run(&["convert", "a b.jsonl", "--to", to]).exits(0);
        let expected = format!(
            "-DOCSTART- -X- O O\n\n🚀 -X- a%20b%25.txt#0:1 O\nKim -X- 2:5 {one}-PERSON\n’s -X- 5:7 O\nU.S. -X- 9:13 O\nleft -X- 14:18 O\n. -X- 18:19 O\n\nNew -X- a%20b%25.txt#20:23 B-LOC\nYork -X- 24:28 {last}-LOC\n\ntoo -X- a%20b%25.txt#32:35 O\n\n"
        );
        assert_eq!(ran.text(), expected);
    }
}

#[test]
fn sentences_of_a_file_without_documents_belong_together_by_their_id() {
    let dir = Dir::new();
    let columns =
        "Iran -X- a#0:4 B-GPE\nleft -X- 5:9 O\n\nNATO -X- a#11:15 B-ORG\n\nKöln -X- b#2:6 B-LOC\n";
    dir.write("a.conll", columns);
    let ran = dir.run(&["convert", "a.conll", "--to", "jsonl"]).exits(0);
    let ran: Vec<Value> = ran
        .text()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let texts: Vec<&str> = ran.iter().map(|r| r["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Iran left\n\nNATO", "  Köln"]);
    assert_eq!(places(&ran[0])[1], (11, 15, "ORG".to_owned()));
}

/// Spans inside words, over words, in white space, twice in one word.
const ODD: &str = r#"{"id":"a","text":"anti-Iranian talks of Iran","spans":[{"start":5,"end":9,"label":"GPE"},{"start":9,"end":12,"label":"X"},{"start":13,"end":16,"label":"ORG"},{"start":21,"end":26,"label":"GPE"}]}"#;

#[test]
fn spans_that_are_not_on_words_are_moved_or_left_out_and_told() {
    let dir = Dir::new();
    dir.write("a.jsonl", format!("{ODD}\n"));
    let run = |more: &[&str]| {
        let args = [
            "convert",
            "a.jsonl",
            "--to",
            "conll",
            "--unaligned",
            "off.jsonl",
            "-o",
            "out.conll",
        ];
        dir.run(&[&args[..], more].concat())
    };
    let listed = || -> Vec<(String, Value)> {
        let of = |r: &Value| {
            (
                r["reason"].as_str().unwrap().to_owned(),
                r["became"].clone(),
            )
        };
        records(&dir, "off.jsonl").iter().map(of).collect()
    };
    // Nobody asked for it that one is left out.
    run(&[])
        .exits(1)
        .says("3 spans moved to the bounds of words (is inside a word: 2, starts or ends with white space: 1)")
        .says("1 span left out, for they do not lie on words (shares a word with another span: 1)")
        .says("1 document, 3 spans, no problems");
    assert_eq!(
        listed()[0],
        (
            "is inside a word".to_owned(),
            json!({"start": 5, "end": 12, "text": "Iranian"})
        )
    );
    assert_eq!(
        listed()
            .iter()
            .filter(|(_, became)| became.is_null())
            .count(),
        1
    );
    let first = &records(&dir, "off.jsonl")[0];
    assert_eq!(
        (&first["id"], &first["start"], &first["end"], &first["text"]),
        (&json!("a"), &json!(5), &json!(9), &json!("Iran"))
    );
    run(&["--align", "expand"]).exits(0);
    run(&["--align", "contract"])
        .exits(0)
        .says("1 span moved to the bounds of words (starts or ends with white space: 1)")
        .says("3 spans left out, for they do not lie on words (is inside a word: 3)");
    run(&["--align", "drop"])
        .exits(0)
        .says("1 document, 0 spans");
    run(&["--align", "fail"])
        .exits(1)
        .says("a.jsonl:1: span 5..9 of \"a\": \"Iran\" is inside a word: left out")
        .says("1 document, 0 spans, 4 problems");
    assert_eq!(listed().len(), 4);
    // Formats that hold any span keep them as they are, unless it is asked for.
    dir.run(&["convert", "a.jsonl", "--to", "marked"]).exits(0);
    let ran = dir
        .run(&["convert", "a.jsonl", "--to", "marked", "--align", "drop"])
        .exits(0);
    assert_eq!(ran.text(), "== a\nanti-Iranian talks of Iran\n\n");
}

#[test]
fn articles_are_laid_on_words_in_order_whatever_the_threads() {
    let dir = Dir::new();
    let article = |i: usize| json!({"id": format!("d{i}"), "text": format!("Iran’s {i}x. The U.S.-Iran talks in NATO. ").repeat(30)});
    let articles: String = (0..300).map(|i| format!("{}\n", article(i))).collect();
    dir.write("in.jsonl", articles);
    for threads in ["1", "4"] {
        let out = format!("{threads}.conll");
        let off = format!("{threads}.off");
        let args = [
            "in.jsonl",
            "--to",
            "conll",
            "--tokenizer",
            "spacy",
            "-o",
            &out,
            "--unaligned",
            &off,
            "-j",
            threads,
        ];
        dir.annotate(&args).exits(0).says("9000 spans moved");
    }
    let read = |file: &str| fs::read(dir.path(file)).unwrap();
    assert!(read("1.conll") == read("4.conll") && read("1.off") == read("4.off"));
    assert_eq!(records(&dir, "1.off").len(), 9000);
    dir.annotate(&["in.jsonl", "--unaligned", "x", "-o", "y", "--resume"])
        .exits(2)
        .says("leave it or --resume out");
    dir.annotate(&["in.jsonl", "--align", "drop", "--overlaps", "all"])
        .exits(2)
        .says("spans that lost are not laid on words");
}

#[test]
fn prodigy_has_the_tokens_of_the_tokenizer() {
    let dir = Dir::new();
    dir.write("a.jsonl", r#"{"id":"a","text":"They can't, U.S.-led\n\n10km","spans":[{"start":12,"end":16,"label":"GPE"}]}"#);
    let tokens = |more: &[&str]| -> Vec<String> {
        let ran = dir
            .run(&[&["convert", "a.jsonl", "--to", "prodigy"], more].concat())
            .exits(0);
        let task: Value = serde_json::from_str(ran.text()).unwrap();
        let tokens = task["tokens"].as_array().unwrap().iter();
        tokens
            .map(|t| t["text"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        tokens(&[]),
        ["They", "can't", ",", "U.S.", "-", "led", "\n\n", "10km"]
    );
    let spacy = tokens(&["--tokenizer", "spacy"]);
    assert_eq!(
        spacy,
        ["They", "ca", "n't", ",", "U.S.-led", "\n\n", "10", "km"]
    );
}

#[test]
fn labels_of_known_corpora_are_there_by_name() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran and NATO left.");
    let spans = |more: &[&str]| {
        let ran = dir
            .annotate(&[&["a.txt", "--to", "marked"], more].concat())
            .exits(0);
        ran.text().to_owned()
    };
    let map = |scheme| spans(&["--map-labels", scheme]);
    assert_eq!(
        map("ontonotes"),
        "== a.txt\n[Iran|GPE] and [NATO|ORG] left.\n\n"
    );
    assert_eq!(
        map("conll2003"),
        "== a.txt\n[Iran|LOC] and [NATO|ORG] left.\n\n"
    );
    assert_eq!(
        map("re3d"),
        "== a.txt\n[Iran|Location] and [NATO|Organisation] left.\n\n"
    );
    // A pair goes before a scheme, and labels are chosen as they are written.
    let both = [
        "--map-labels",
        "re3d",
        "--map-labels",
        "ORG=BODY",
        "--labels",
        "BODY",
    ];
    assert_eq!(spans(&both), "== a.txt\nIran and [NATO|BODY] left.\n\n");
    dir.annotate(&["a.txt", "--map-labels", "re3d", "--labels", "ORG"])
        .exits(2)
        .says("no label \"ORG\"");
    dir.annotate(&["a.txt", "--map-labels", "re3"])
        .exits(2)
        .says("there are ontonotes, conll2003, re3d");
    dir.write(
        "g.jsonl",
        r#"{"text":"Iran","spans":[{"start":0,"end":4,"label":"COUNTRY","score":0.4}]}"#,
    );
    let ran = dir
        .run(&[
            "convert",
            "g.jsonl",
            "--to",
            "marked",
            "--map-labels",
            "ontonotes",
        ])
        .exits(0);
    assert!(ran.text().contains("[Iran|GPE]"));
    let ran = dir
        .run(&["convert", "g.jsonl", "--to", "marked", "--min-score", "0.5"])
        .exits(0);
    assert!(!ran.text().contains('['));
}

#[test]
fn zones_are_left_out_with_their_spans_or_their_text() {
    let dir = Dir::new();
    let text =
        "By Jane Iran\n\nIran left NATO. It came back.\n\n(Photo: NATO)\n\nAll rights reserved.\n";
    dir.write("a.txt", text);
    let marked = |more: &[&str]| {
        let ran = dir
            .annotate(&[&["a.txt", "--to", "marked"], more].concat())
            .exits(0);
        ran.text().to_owned()
    };
    assert!(marked(&[]).contains("(Photo: [NATO|ORG])"));
    let bare = marked(&["--zones", "credit=spans"]);
    assert!(
        bare.contains("(Photo: NATO)") && bare.contains("[Iran|COUNTRY] left [NATO|ORG]"),
        "{bare}"
    );
    let ids = |more: &[&str]| -> Vec<String> {
        let out = marked(more);
        let ids = out.lines().filter_map(|l| l.strip_prefix("== "));
        ids.map(str::to_owned).collect()
    };
    let paragraphs = [
        "--unit",
        "paragraph",
        "--zones",
        "credit=text,boilerplate=text",
    ];
    assert_eq!(ids(&paragraphs), ["a.txt#0", "a.txt#14"]);
    let sentences = [
        "--unit",
        "sentence",
        "--zones",
        "credit=text,boilerplate=text,byline=text",
    ];
    assert_eq!(ids(&sentences), ["a.txt#14", "a.txt#30"]);
    dir.annotate(&["a.txt", "--zones", "credit=text"])
        .exits(2)
        .says("add --unit paragraph, or write =spans");
}
