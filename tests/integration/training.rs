//! Formats to train on: DocBin of spaCy, Parquet and the folders of Hugging Face, votes of labelling functions.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::Dir;
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::{Field, Row},
};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{Read, Write},
    path::Path,
};
use wiretag::{
    annotated::{FaultKind, Options, parse_raw},
    read::{self, Raw},
};

/// Words of all kinds, some of which spaCy numbers in a way of its own, and what may stand between two.
const WORDS: [&str; 12] = [
    "Iran",
    "Köln",
    "agent",
    "number",
    "MONEY",
    "🚀",
    "e\u{301}te\u{301}",
    "👩‍👩‍👧",
    "Hwasong-18",
    "U.S.",
    "_",
    "京",
];
const SPACES: [&str; 7] = [" ", " ", "  ", "\n", "\u{a0}", "\r\n\r\n", " \t "];

/// A record whose spans lie on words; white space may stand at the ends of the text.
fn record(rng: &mut fastrand::Rng, id: usize) -> Value {
    let (mut text, mut words) = (String::new(), Vec::new());
    if rng.bool() {
        text += *rng.choice(&SPACES).unwrap();
    }
    for _ in 0..rng.usize(..12) {
        let start = text.chars().count();
        text += *rng.choice(&WORDS).unwrap();
        words.push((start, text.chars().count()));
        text += *rng.choice(&SPACES).unwrap();
    }
    let chars: Vec<char> = text.chars().collect();
    let mut spans = Vec::new();
    for i in 0..words.len() {
        let last = (i + rng.usize(..3)).min(words.len() - 1);
        let (start, end) = (words[i].0, words[last].1);
        if rng.bool() {
            let covered: String = chars[start..end].iter().collect();
            let label = *rng.choice(&["ORG", "ÉTAT", "WEAPON"]).unwrap();
            spans.push(json!({"start": start, "end": end, "label": label, "text": covered, "entity": "org/a b"}));
        }
    }
    json!({"id": format!("d{id}"), "text": text, "offset_unit": "codepoint", "spans": spans,
        "meta": {"n": [1, -2, 2.5, null, true], "o": {"é": "x"}}})
}

fn lines(documents: &[Value]) -> String {
    documents.iter().map(|d| format!("{d}\n")).collect()
}

/// Records with their spans in a fixed order, and without what is not compared.
fn essence(jsonl: &str) -> Vec<Value> {
    let read = |line: &str| {
        let mut record: Value = serde_json::from_str(line).unwrap();
        let spans = record["spans"].as_array_mut().unwrap();
        for span in spans.iter_mut() {
            let span = span.as_object_mut().unwrap();
            span.retain(|key, _| ["start", "end", "label", "text", "entity"].contains(&&**key));
        }
        spans.sort_by_key(Value::to_string);
        record
    };
    jsonl.lines().map(read).collect()
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = File::open(path).unwrap();
    ZlibDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// A row of a table as an object.
fn json_of(row: &Row) -> Value {
    fn value(field: &Field) -> Value {
        match field {
            Field::Str(text) => json!(text),
            Field::Long(n) => json!(n),
            Field::ListInternal(list) => list.elements().iter().map(value).collect(),
            other => panic!("{other:?}"),
        }
    }
    let columns = row.get_column_iter();
    columns
        .map(|(name, field)| (name.clone(), value(field)))
        .collect()
}

fn docbin(bytes: Vec<u8>) -> Raw {
    Raw {
        name: "a.spacy".into(),
        id: "a.spacy".into(),
        line: None,
        format: read::Format::Text,
        bytes,
    }
}

#[test]
fn docbins_keep_text_spans_ids_and_meta() {
    let mut rng = fastrand::Rng::with_seed(3);
    let documents: Vec<Value> = (0..300).map(|i| record(&mut rng, i)).collect();
    let dir = Dir::new();
    dir.write("in.jsonl", lines(&documents));
    for threads in ["1", "4"] {
        let out = format!("set-{threads}");
        let args = [
            "convert", "in.jsonl", "--to", "spacy", "-o", &out, "-j", threads,
        ];
        let ran = dir.run(&args).exits(0);
        assert!(!ran.err.contains("word"), "{}", ran.err);
    }
    let file = dir.path("set-1/00001.spacy");
    assert_eq!(
        fs::read(&file).unwrap(),
        fs::read(dir.path("set-4/00001.spacy")).unwrap()
    );
    assert_eq!(fs::read_dir(dir.path("set-1")).unwrap().count(), 1);
    dir.run(&["convert", "set-1", "--to", "jsonl", "-o", "back.jsonl"])
        .exits(0);
    let back = essence(&fs::read_to_string(dir.path("back.jsonl")).unwrap());
    let expected = essence(&lines(&documents));
    assert_eq!(back.len(), expected.len());
    for (mut back, mut expected) in back.into_iter().zip(expected) {
        // A span that is there twice is there once.
        expected["spans"].as_array_mut().unwrap().dedup();
        back["spans"].as_array_mut().unwrap().dedup();
        assert_eq!(back, expected);
    }
    // Words are what spaCy calls them.
    let bytes = unpacked(&file);
    let agent = 401_u64.to_le_bytes();
    assert!(bytes.windows(8).any(|w| w == agent), "agent is a symbol");
}

#[test]
fn a_docbin_has_at_most_ten_thousand_documents() {
    let dir = Dir::new();
    let document = |i| format!("{{\"id\":{i},\"text\":\"Iran left.\"}}\n");
    dir.write("in.jsonl", (0..10_001).map(document).collect::<String>());
    dir.annotate(&["in.jsonl", "--to", "spacy", "-o", "set"])
        .exits(0);
    let mut names: Vec<_> = fs::read_dir(dir.path("set"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["00001.spacy", "00002.spacy"]);
    let ran = dir
        .run(&["convert", "set/00002.spacy", "--to", "marked"])
        .exits(0);
    assert_eq!(ran.text(), "== 10000\n[Iran|COUNTRY] left.\n\n");
    // None is a file, too.
    dir.write("none.jsonl", "");
    dir.annotate(&["none.jsonl", "--to", "spacy", "-o", "none"])
        .exits(0);
    dir.run(&["convert", "none", "--to", "jsonl"])
        .exits(0)
        .says("0 documents");
}

#[test]
fn damaged_docbins_are_reported_and_never_panic() {
    let mut rng = fastrand::Rng::with_seed(4);
    let documents: Vec<Value> = (0..6).map(|i| record(&mut rng, i)).collect();
    let dir = Dir::new();
    dir.write("in.jsonl", lines(&documents));
    dir.run(&["convert", "in.jsonl", "--to", "spacy", "-o", "set"])
        .exits(0);
    let good = unpacked(&dir.path("set/00001.spacy"));
    let options = Options::default();
    let read = |bytes: &[u8]| parse_raw(&docbin(packed(bytes)), &options);
    assert!(read(&good).iter().all(Result::is_ok));
    let mut faults = 0;
    for _ in 0..4000 {
        let mut bytes = good.clone();
        match rng.usize(..4) {
            0 => bytes.truncate(rng.usize(..bytes.len())),
            1 => {
                let at = rng.usize(..bytes.len());
                bytes.drain(at..(at + rng.usize(1..9)).min(bytes.len()));
            }
            _ => {
                for _ in 0..rng.usize(1..4) {
                    let at = rng.usize(..bytes.len());
                    bytes[at] = rng.u8(..);
                }
            }
        }
        for document in read(&bytes) {
            match document {
                Ok(claimed) => {
                    let text = claimed.text.clone().unwrap();
                    faults += claimed.resolve(&text).1.len();
                }
                Err(fault) => {
                    assert_eq!(fault.kind, FaultKind::Bytes, "{fault:?}");
                    faults += 1;
                }
            }
        }
    }
    assert!(faults > 1000, "{faults}");
    // What is no zlib, or ends too early.
    let whole = packed(&good);
    for bytes in [&b"no docbin"[..], b"", &whole[..whole.len() / 2]] {
        let read = parse_raw(&docbin(bytes.to_vec()), &options);
        let fault = read[0].as_ref().unwrap_err();
        assert!(
            fault.message.starts_with("no DocBin, or a damaged one: "),
            "{fault:?}"
        );
    }
    dir.write("bad.spacy", "no docbin");
    dir.run(&["convert", "bad.spacy", "--to", "jsonl"])
        .exits(1)
        .says("bad.spacy:1: no DocBin, or a damaged one: ");
    dir.run(&["check", "bad.spacy"]).exits(1);
}

/// A map of MessagePack with these fields, whose values are MessagePack already.
fn message(fields: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    rmp::encode::write_map_len(&mut out, fields.len() as u32).unwrap();
    for (name, value) in fields {
        rmp::encode::write_str(&mut out, name).unwrap();
        out.extend_from_slice(value);
    }
    out
}

fn bin(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    rmp::encode::write_bin(&mut out, bytes).unwrap();
    out
}

#[test]
fn small_files_that_would_be_huge_are_refused() {
    // A word that has a number of its own: DEPRECATED276.
    let words = |tokens: usize| 379_u64.to_le_bytes().repeat(tokens);
    let bomb = |lengths: &[u32], tokens: usize| {
        let lengths: Vec<u8> = lengths.iter().flat_map(|n| n.to_le_bytes()).collect();
        message(&[
            ("attrs", vec![0x91, 65]),
            ("strings", vec![0x90]),
            ("lengths", bin(&lengths)),
            ("tokens", bin(&words(tokens))),
            ("spaces", bin(&vec![1; tokens])),
        ])
    };
    let options = Options {
        max_document: 2 << 20,
        ..Options::default()
    };
    let read = |bytes: &[u8]| parse_raw(&docbin(packed(bytes)), &options);
    let good = read(&bomb(&[2, 1], 3));
    let texts: Vec<&str> = good
        .iter()
        .map(|d| d.as_ref().unwrap().text.as_deref().unwrap())
        .collect();
    assert_eq!(texts, ["DEPRECATED276 DEPRECATED276 ", "DEPRECATED276 "]);
    let message_of = |bytes: &[u8]| {
        let last = read(bytes).pop().unwrap();
        last.unwrap_err().message
    };
    assert!(
        message_of(&bomb(&[100_000, 100_000], 200_000))
            .contains("the texts of the file are larger")
    );
    assert!(message_of(&bomb(&[300_000], 300_000)).contains("more than 2097152 bytes unpacked"));
    assert!(
        message_of(&bomb(&[5], 3))
            .contains("its documents have 5 tokens, and there are 3 and 3 spaces")
    );
    assert!(message_of(&bomb(&[u32::MAX], 3)).contains("tokens"));
    let many = Options::default();
    let lengths = vec![0; 1_000_001];
    let read = parse_raw(&docbin(packed(&bomb(&lengths, 0))), &many);
    assert!(
        read[0]
            .as_ref()
            .unwrap_err()
            .message
            .contains("more than 1000000 documents")
    );
}

#[test]
fn huggingface_sets_have_the_classes_of_the_run() {
    let dir = Dir::new();
    dir.write(
        "news/a.txt",
        "🚀 Iran left. NATO\u{a0}stayed in North Korea.\n\nNothing here.\n",
    );
    dir.annotate(&["news", "--to", "huggingface", "-o", "set"])
        .exits(0);
    dir.annotate(&["news", "--to", "huggingface-jsonl", "-o", "lines"])
        .exits(0);
    let file = File::open(dir.path("set/data/train.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let metadata = reader.metadata().file_metadata();
    let keys = metadata.key_value_metadata().unwrap();
    let info: Value = serde_json::from_str(keys[0].value.as_deref().unwrap()).unwrap();
    assert_eq!(keys[0].key, "huggingface");
    let names = info["info"]["features"]["ner_tags"]["feature"]["names"]
        .as_array()
        .unwrap();
    // Labels of lists and rules, in their order, though not all occur.
    let expected = ["O", "B-COUNTRY", "I-COUNTRY", "B-LOCATION", "I-LOCATION"];
    assert_eq!(names[..5], expected);
    let rows = reader.get_row_iter(None).unwrap();
    let rows: Vec<Value> = rows.map(|row| json_of(&row.unwrap())).collect();
    let lines = fs::read_to_string(dir.path("lines/data/train.jsonl")).unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows.len(), lines.len());
    for (row, line) in rows.iter().zip(&lines) {
        let tags = row["ner_tags"].as_array().unwrap().iter();
        let tags: Vec<&Value> = tags.map(|n| &names[n.as_u64().unwrap() as usize]).collect();
        assert_eq!(json!(tags), line["ner_tags"]);
        for column in ["id", "tokens", "source", "start"] {
            assert_eq!(row[column], line[column]);
        }
    }
    assert_eq!(
        lines[1],
        json!({"id": "a.txt#13", "tokens": ["NATO", "stayed", "in", "North", "Korea", "."],
            "ner_tags": ["B-ORG", "O", "O", "B-COUNTRY", "I-COUNTRY", "O"], "source": "a.txt", "start": 13})
    );
    for folder in ["set", "lines"] {
        let card = fs::read_to_string(dir.path(folder).join("README.md")).unwrap();
        assert!(
            card.starts_with("---\n") && card.contains("          '1': B-COUNTRY\n"),
            "{card}"
        );
    }
    // As they are mapped.
    dir.annotate(&[
        "news",
        "--to",
        "huggingface",
        "--map-labels",
        "COUNTRY=GPE",
        "-o",
        "mapped",
    ])
    .exits(0);
    let card = fs::read_to_string(dir.path("mapped/README.md")).unwrap();
    assert!(
        card.contains("'1': B-GPE") && !card.contains("COUNTRY"),
        "{card}"
    );
    // Where nothing says which labels there may be, they must be named.
    dir.annotate(&["news", "-o", "a.jsonl"]).exits(0);
    dir.run(&["convert", "a.jsonl", "--to", "huggingface", "-o", "b"])
        .exits(2)
        .says("name the labels with --labels");
    assert!(!dir.path("b.part").exists());
    let args = [
        "convert",
        "a.jsonl",
        "--to",
        "huggingface-jsonl",
        "--labels",
        "COUNTRY",
        "-o",
        "b",
    ];
    dir.run(&args).exits(0);
    let card = fs::read_to_string(dir.path("b/README.md")).unwrap();
    assert!(
        card.contains("'2': I-COUNTRY") && !card.contains("'3'"),
        "{card}"
    );
}

#[test]
fn parquet_tables_are_whole_however_many_groups_they_have() {
    let dir = Dir::new();
    let document = |i| format!("{{\"id\":{i},\"text\":\"Iran left {i}.\"}}\n");
    dir.write("in.jsonl", (0..60_000).map(document).collect::<String>());
    for threads in ["1", "3"] {
        let out = format!("set-{threads}");
        let args = ["in.jsonl", "--to", "huggingface", "-o", &out, "-j", threads];
        dir.annotate(&args).exits(0);
    }
    let bytes = |set: &str| fs::read(dir.path(set).join("data/train.parquet")).unwrap();
    assert!(bytes("set-1") == bytes("set-3"));
    let reader =
        SerializedFileReader::new(File::open(dir.path("set-1/data/train.parquet")).unwrap())
            .unwrap();
    assert!(reader.num_row_groups() > 1);
    let rows = reader.get_row_iter(None).unwrap();
    for (i, row) in rows.enumerate() {
        let row = json_of(&row.unwrap());
        assert_eq!(
            row["tokens"],
            json!(["Iran", "left", i.to_string(), "."]),
            "{row}"
        );
    }
}

#[test]
fn votes_are_what_each_function_says_before_any_competition() {
    let dir = Dir::new();
    dir.write("one.tsv", "# label: COUNTRY\nname\nGeorgia\nIran\n");
    dir.write(
        "two.tsv",
        "# label: PERSON\nname\nGeorgia O'Keeffe\nGeorgia\n",
    );
    dir.write("blocks.tsv", "# block: yes\nname\nIran Air Flight\n");
    dir.write(
        "a.txt",
        "🚀 Georgia met Georgia O'Keeffe on Iran Air Flight 655.",
    );
    let spans = json!([{"start": 2, "end": 9, "label": "COUNTRY"}, {"start": 14, "end": 30, "label": "PERSON"}]);
    let text = fs::read_to_string(dir.path("a.txt")).unwrap();
    dir.write(
        "gold.jsonl",
        json!({"id": "a.txt", "text": text, "spans": spans}).to_string(),
    );
    let lists = [
        "-g",
        "one.tsv",
        "-g",
        "two.tsv",
        "-g",
        "blocks.tsv",
        "--no-builtin",
        "--no-rules",
    ];
    let args = [
        &["votes", "a.txt", "--gold", "gold.jsonl", "-o", "votes"],
        &lists[..],
    ]
    .concat();
    let ran = dir.run(&args).exits(0);
    assert!(
        ran.text().contains("5 spans voted on by 3 functions"),
        "{}",
        ran.text()
    );
    let reader =
        SerializedFileReader::new(File::open(dir.path("votes/matrix.parquet")).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    let rows: Vec<Value> = rows.map(|row| json_of(&row.unwrap())).collect();
    let row = |start: u32, end: u32, text: &str, gold: i64, votes: [i64; 3]| {
        json!({"document": "a.txt", "start": start, "end": end, "text": text, "gold": gold,
            "list:one.tsv": votes[0], "list:two.tsv": votes[1], "list:blocks.tsv": votes[2]})
    };
    // O, COUNTRY, PERSON.
    let expected = [
        row(2, 9, "Georgia", 1, [1, 2, -1]),
        row(14, 30, "Georgia O'Keeffe", 2, [-1, 2, -1]),
        row(14, 21, "Georgia", 0, [1, 2, -1]),
        row(34, 49, "Iran Air Flight", 0, [-1, -1, 0]),
        row(34, 38, "Iran", 0, [1, -1, 0]),
    ];
    assert_eq!(rows, expected);
    let summary: Value =
        serde_json::from_slice(&fs::read(dir.path("votes/summary.json")).unwrap()).unwrap();
    assert_eq!(summary["labels"], json!(["O", "COUNTRY", "PERSON"]));
    let two = &summary["functions"][1];
    assert_eq!(two["name"], "list:two.tsv");
    assert_eq!(
        [&two["votes"], &two["correct"], &two["incorrect"]],
        [3, 1, 2]
    );
    assert_eq!(
        [&two["coverage"], &two["overlaps"], &two["conflicts"]],
        [0.6, 0.4, 0.4]
    );
    // The spans, blocks apart, are records that all commands read.
    let ran = dir
        .run(&["convert", "votes/votes.jsonl", "--to", "csv"])
        .exits(0);
    assert_eq!(ran.text().lines().count(), 1 + 6, "{}", ran.text());
    let ran = dir.run(&["convert", "votes/spacy", "--to", "csv"]).exits(0);
    assert_eq!(ran.text().lines().count(), 1 + 6, "{}", ran.text());
    assert!(ran.text().contains(",list:two.tsv,"), "{}", ran.text());
}
