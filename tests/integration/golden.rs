//! Whole outputs, kept in `tests/golden/`: `UPDATE=1 cargo test` writes them anew, and the diff is reviewed like code.
//!
//! The articles are kept as marked text, which reads well in a diff: it changes whenever the built-in lists grow. The JSONL is kept
//! for a small input with a small list, so that it changes with the format alone.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::{
    cli::{Dir, Ran},
    strict,
};
use std::{fs, path::Path};

/// A folder of articles, and how it is read.
pub(crate) struct Folder {
    pub(crate) path: &'static str,
    golden: &'static str,
    text_fields: &'static str,
}

pub(crate) const FOLDERS: [Folder; 2] = [
    Folder {
        path: "tests/articles",
        golden: "articles.marked",
        text_fields: "title,body",
    },
    Folder {
        path: "examples/articles",
        golden: "examples.marked",
        text_fields: "title,text",
    },
];

impl Folder {
    /// What the program makes of it, with the built-in lists.
    pub(crate) fn run(&self, options: &[&str]) -> Ran {
        let args = [
            &[
                "annotate",
                "-q",
                self.path,
                "--text-field",
                self.text_fields,
            ],
            options,
        ]
        .concat();
        let ran = Ran::of(
            Dir::new()
                .wiretag(&args)
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .output()
                .unwrap(),
        );
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        ran
    }
}

#[test]
fn articles_come_out_as_they_did_when_somebody_looked() {
    for folder in FOLDERS {
        compare(folder.golden, &folder.run(&["--to", "marked"]).out);
    }
}

#[test]
fn the_default_into_a_pipe_is_jsonl_that_an_independent_reader_reads() {
    for folder in FOLDERS {
        let records = strict::read(&folder.run(&[]).out);
        let spans: usize = records.iter().map(|r| r.spans.len()).sum();
        assert!(
            records.len() >= 7 && spans >= 100,
            "{}: {} records, {spans} spans",
            folder.path,
            records.len()
        );
        // A link target in a text would be a fault of the Markdown reader.
        for record in records.iter().filter(|r| r.id.ends_with(".md")) {
            assert!(!record.text.contains("]("), "{}", record.id);
        }
    }
}

#[test]
fn every_unit_of_offsets_selects_the_same_text() {
    for folder in FOLDERS {
        let byte_spans = |unit: &str| -> Vec<_> {
            strict::read(&folder.run(&["--offsets", unit]).out)
                .iter()
                .map(strict::Record::byte_spans)
                .collect()
        };
        let codepoint = byte_spans("codepoint");
        assert!(
            codepoint == byte_spans("byte") && codepoint == byte_spans("utf16"),
            "{}",
            folder.path
        );
    }
}

#[test]
fn every_field_of_the_record_is_written_as_it_was() {
    let dir = Dir::new();
    for name in ["small/countries.tsv", "small/orgs.tsv", "small/input.jsonl"] {
        dir.write(name, fs::read(golden(name)).unwrap());
    }
    let args = [
        "annotate",
        "-q",
        "--no-builtin",
        "-g",
        "small",
        "--overlaps",
        "all",
        "--attributes",
        "small/input.jsonl",
    ];
    let ran = Ran::of(dir.wiretag(&args).output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let records = ran.records();
    let spans: Vec<_> = records.iter().flat_map(|r| &r.spans).collect();
    // The input is there to show all of them.
    assert!(
        records.iter().any(|r| r.meta().is_some()) && records.iter().any(|r| r.meta().is_none())
    );
    assert!(spans.iter().any(|s| s.also.is_some()) && spans.iter().any(|s| s.zone.is_some()));
    assert!(spans.iter().any(|s| s.lost.is_some()) && spans.iter().any(|s| s.attributes.is_some()));
    compare("small.jsonl", &ran.out);
}

fn golden(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

/// Compares with a kept output, or keeps this one if `UPDATE` is set.
pub(crate) fn compare(name: &str, got: &[u8]) {
    let path = golden(name);
    if std::env::var_os("UPDATE").is_some() {
        return fs::write(path, got).unwrap();
    }
    let expected = fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; UPDATE=1 cargo test makes it", path.display()));
    let got = std::str::from_utf8(got).unwrap();
    if got == expected {
        return;
    }
    let mut diff = String::new();
    let (mut old, mut new) = (expected.lines(), got.lines());
    for n in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => {
                let line = |l: Option<&str>| l.unwrap_or("(no line)").to_owned();
                diff += &format!("line {n}\n- {}\n+ {}\n", line(a), line(b));
            }
        }
    }
    panic!(
        "tests/golden/{name} is no longer what comes out; UPDATE=1 cargo test takes it over, for review\n{diff}"
    );
}
