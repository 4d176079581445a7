//! The program as its users meet it: arguments, files and pipes in; output, messages and exit codes out. Each test works in a fresh
//! directory, most with two small lists in place of the built-in ones.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::strict::{self, Record};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    path::PathBuf,
    process::{Command, Output, Stdio},
};

const COUNTRIES: &str = "# label: COUNTRY\nid\tname\tacronyms\t@iso\ncountry/IR\tIran\t\tIRN\ncountry/KP\tNorth Korea\tDPRK\tPRK\n";
const ORGS: &str = "# label: ORG\nid\tname\norg/iran-air\tIran Air\norg/nato\tNATO\n";

/// A fresh directory with lists in `lists/`, gone at the end of the test.
pub(crate) struct Dir {
    dir: tempfile::TempDir,
}

impl Dir {
    pub(crate) fn new() -> Dir {
        let dir = Dir {
            dir: tempfile::tempdir().unwrap(),
        };
        dir.write("lists/countries.tsv", COUNTRIES);
        dir.write("lists/orgs.tsv", ORGS);
        dir
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Dir {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// The program in this directory.
    pub(crate) fn wiretag(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wiretag"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .env_remove("RUST_BACKTRACE");
        command
    }

    /// Runs the program in this directory.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.wiretag(args).output().unwrap())
    }

    /// `wiretag annotate` with the lists of this directory alone.
    pub(crate) fn annotate(&self, args: &[&str]) -> Ran {
        Ran::of(
            self.wiretag(&[&["annotate", "--no-builtin", "-g", "lists"], args].concat())
                .output()
                .unwrap(),
        )
    }

    /// The same with this on standard input.
    pub(crate) fn annotate_stdin(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut command =
            self.wiretag(&[&["annotate", "--no-builtin", "-g", "lists"], args].concat());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let sent = child.stdin.take().unwrap().write_all(input);
        // A run that can't start does not wait for its input.
        assert!(sent.is_ok() || sent.is_err_and(|e| e.kind() == ErrorKind::BrokenPipe));
        Ran::of(child.wait_with_output().unwrap())
    }

    /// Names of the files that lie here, lists left out.
    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.dir.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .filter(|n| n != "lists")
            .collect();
        names.sort();
        names
    }
}

/// What a run of the program left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Ran {
        let err = String::from_utf8(output.stderr).expect("messages are UTF-8");
        assert!(!err.contains("panicked"), "{err}");
        Ran {
            code: output.status.code().expect("no signal ended it"),
            out: output.stdout,
            err,
        }
    }

    /// The run, which must have ended with this code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "{}", self.err);
        self
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        strict::read(&self.out)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    fn ids(&self) -> Vec<String> {
        self.records().into_iter().map(|r| r.id).collect()
    }

    /// Id and spans of every record.
    fn found(&self) -> Vec<String> {
        self.records()
            .iter()
            .map(|r| format!("{}: {}", r.id, r.won().join(" ")))
            .collect()
    }

    /// The messages but the summary at their end.
    fn problems(&self) -> Vec<&str> {
        self.err
            .lines()
            .filter(|l| !l.contains(" MB/s, "))
            .collect()
    }

    #[track_caller]
    pub(crate) fn says(&self, part: &str) -> &Ran {
        assert!(self.err.contains(part), "{part:?} is not in\n{}", self.err);
        self
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut out).unwrap();
    out
}

// Inputs.

#[test]
fn the_built_in_lists_are_there_without_a_word() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran and Germany fired an AK-47.");
    let ran = Ran::of(dir.wiretag(&["annotate", "a.txt"]).output().unwrap()).exits(0);
    assert_eq!(
        ran.found(),
        ["a.txt: Iran|COUNTRY Germany|COUNTRY AK-47|WEAPON"]
    );
}

#[test]
fn a_file_is_a_document_and_its_name_the_id() {
    let dir = Dir::new();
    dir.write("news/a.txt", "Iran denied it.");
    let ran = dir.annotate(&["news/a.txt"]).exits(0);
    assert_eq!(ran.found(), ["a.txt: Iran|COUNTRY"]);
    assert_eq!(
        ran.text(),
        "{\"id\":\"a.txt\",\"text\":\"Iran denied it.\",\"offset_unit\":\"codepoint\",\"spans\":[{\"start\":0,\"end\":4,\"label\":\"COUNTRY\",\
         \"text\":\"Iran\",\"entity\":\"country/IR\",\"name\":\"Iran\",\"origin\":\"alias\",\"score\":0.98}]}\n"
    );
}

#[test]
fn the_files_of_a_folder_come_in_the_order_of_their_names_with_relative_ids() {
    let dir = Dir::new();
    dir.write("in/b.txt", "Iran")
        .write("in/sub/deep/a.txt.gz", gzip(b"NATO"))
        .write("in/a.md", "# DPRK")
        .write("in/c.jsonl.gz", gzip(b"{\"text\":\"x\"}\n"));
    let ran = dir.annotate(&["in"]).exits(0);
    assert_eq!(
        ran.found(),
        [
            "a.md: DPRK|COUNTRY",
            "b.txt: Iran|COUNTRY",
            "c.jsonl.gz:1: ",
            "sub/deep/a.txt.gz: NATO|ORG"
        ]
    );
    assert_eq!(dir.annotate(&["in/"]).out, ran.out);
    assert_eq!(dir.annotate(&["./in"]).out, ran.out);
}

#[test]
fn hidden_files_and_folders_are_left_out_of_a_folder() {
    let dir = Dir::new();
    dir.write("in/.hidden.txt", "Iran")
        .write("in/.git/a.txt", "Iran")
        .write("in/a.txt", "Iran");
    assert_eq!(dir.annotate(&["in"]).exits(0).ids(), ["a.txt"]);
    // Who names one means it.
    assert_eq!(
        dir.annotate(&["in/.hidden.txt"]).exits(0).ids(),
        [".hidden.txt"]
    );
}

#[test]
fn a_pattern_that_the_shell_did_not_expand_is_expanded() {
    let dir = Dir::new();
    dir.write("in/b1.txt", "Iran")
        .write("in/b2.txt", "Iran")
        .write("in/c.txt", "Iran");
    assert_eq!(
        dir.annotate(&["in/b*.txt"]).exits(0).ids(),
        ["b1.txt", "b2.txt"]
    );
    let ran = dir.annotate(&["in/x*.txt", "in/c.txt"]).exits(1);
    assert_eq!(ran.ids(), ["c.txt"]);
    ran.says("in/x*.txt: no file fits this pattern");
    // A file whose name looks like a pattern is a file.
    dir.write("in/[a].txt", "Iran");
    assert_eq!(dir.annotate(&["in/[a].txt"]).exits(0).ids(), ["[a].txt"]);
}

#[test]
fn standard_input_is_read_by_default_and_by_a_dash() {
    let dir = Dir::new();
    assert_eq!(
        dir.annotate_stdin(&[], b"Iran").exits(0).found(),
        ["stdin: Iran|COUNTRY"]
    );
    dir.write("a.txt", "NATO");
    assert_eq!(
        dir.annotate_stdin(&["a.txt", "-"], b"Iran")
            .exits(0)
            .found(),
        ["a.txt: NATO|ORG", "stdin: Iran|COUNTRY"]
    );
    assert_eq!(
        dir.annotate_stdin(&["-"], &gzip(b"Iran")).exits(0).found(),
        ["stdin: Iran|COUNTRY"]
    );
    assert_eq!(
        dir.annotate_stdin(
            &["-"],
            b"{\"text\":\"Iran\"}\n{\"id\":\"x\",\"text\":\"NATO\"}\n"
        )
        .exits(0)
        .found(),
        ["stdin:1: Iran|COUNTRY", "x: NATO|ORG"]
    );
}

#[test]
fn a_missing_file_is_named_and_the_rest_goes_on() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran");
    let ran = dir.annotate(&["none.txt", "a.txt"]).exits(1);
    assert_eq!(ran.ids(), ["a.txt"]);
    ran.says("none.txt: ");
}

#[test]
fn jsonl_ids_are_strings_numbers_or_path_and_line() {
    let dir = Dir::new();
    dir.write("in/f.jsonl", "{\"id\":\"x/1\",\"text\":\"a\"}\n\n{\"id\":17,\"text\":\"b\"}\n{\"text\":\"c\"}\n{\"id\":null,\"text\":\"d\"}\n{\"id\":1.50,\"text\":\"e\"}\n");
    assert_eq!(
        dir.annotate(&["in"]).exits(0).ids(),
        ["x/1", "17", "f.jsonl:4", "f.jsonl:5", "1.50"]
    );
    let ran = dir
        .annotate_stdin(
            &["--id-field", "url"],
            b"{\"url\":\"u\",\"id\":\"i\",\"text\":\"a\"}\n",
        )
        .exits(0);
    assert_eq!(ran.ids(), ["u"]);
    assert_eq!(
        ran.records()[0].meta().unwrap(),
        [("id".to_owned(), "\"i\"".to_owned())]
    );
    dir.annotate_stdin(&[], b"{\"id\":[1],\"text\":\"a\"}\n")
        .exits(1)
        .says("standard input:1: field \"id\" is neither a string nor a number");
}

#[test]
fn a_repeated_id_is_a_warning_with_its_line() {
    let dir = Dir::new();
    dir.write("f.jsonl", "{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"b\",\"text\":\"y\"}\n{\"id\":\"a\",\"text\":\"z\"}\n");
    let ran = dir.annotate(&["f.jsonl"]).exits(0);
    assert_eq!(ran.ids(), ["a", "b", "a"]);
    assert_eq!(ran.problems().len(), 1, "{}", ran.err);
    ran.says("f.jsonl:3: warning: id \"a\" was there before");
}

#[test]
fn a_text_file_that_is_plainly_markdown_is_read_as_markdown() {
    let dir = Dir::new();
    let page = "# World\n\n* [Iran Air lands](/news/iran-air.md)\n* [NATO](/news/nato.md)\n";
    dir.write("a.txt", page)
        .write("b.txt", "# 1 fan\n\n* Iran\n");
    let ran = dir.annotate(&["a.txt", "b.txt"]).exits(0);
    assert_eq!(
        ran.found(),
        ["a.txt: Iran Air|ORG NATO|ORG", "b.txt: Iran|COUNTRY"]
    );
    assert_eq!(ran.records()[0].text, "World\n\nIran Air lands\nNATO\n");
    assert_eq!(ran.records()[1].text, "# 1 fan\n\n* Iran\n");
    let ran = dir.annotate(&["--from", "text", "a.txt"]).exits(0);
    assert_eq!(ran.records()[0].text, page);
    // The targets are no-match zones, so that the names are found once.
    assert_eq!(ran.found(), ["a.txt: Iran Air|ORG NATO|ORG"]);
}

#[test]
fn from_says_what_the_name_does_not() {
    let dir = Dir::new();
    dir.write("lines", "{\"text\":\"Iran\"}\n")
        .write("page", "*Iran*\n");
    assert_eq!(dir.annotate(&["lines"]).exits(0).records()[0].text, "Iran");
    assert_eq!(
        dir.annotate(&["--from", "text", "lines"])
            .exits(0)
            .records()[0]
            .text,
        "{\"text\":\"Iran\"}\n"
    );
    assert_eq!(
        dir.annotate(&["page"]).exits(0).records()[0].text,
        "*Iran*\n"
    );
    assert_eq!(
        dir.annotate(&["--from", "markdown", "page"])
            .exits(0)
            .records()[0]
            .text,
        "Iran\n"
    );
    dir.annotate(&["--from", "jsonl", "page"])
        .exits(1)
        .says("page:1: not a JSON object");
    dir.annotate(&["--from", "docx", "page"])
        .exits(2)
        .says("text, markdown, jsonl");
}

#[test]
fn a_gzipped_file_is_read_whatever_its_name() {
    let dir = Dir::new();
    dir.write("a.gz", gzip(b"Iran"))
        .write("b.txt", gzip(b"Iran"))
        .write("c.md.gz", gzip(b"*Iran*"));
    // Two members one after the other, as `cat a.gz b.gz` makes them.
    dir.write("d.txt.gz", [gzip(b"Iran "), gzip(b"Air")].concat());
    let ran = dir
        .annotate(&["a.gz", "b.txt", "c.md.gz", "d.txt.gz"])
        .exits(0);
    assert_eq!(
        ran.found(),
        [
            "a.gz: Iran|COUNTRY",
            "b.txt: Iran|COUNTRY",
            "c.md.gz: Iran|COUNTRY",
            "d.txt.gz: Iran Air|ORG"
        ]
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let dir = Dir::new();
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units
            .flat_map(|u| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            })
            .collect()
    };
    dir.write("8.txt", "\u{feff}Iran — 🚀")
        .write("be.txt", utf16("Iran — 🚀", true))
        .write("le.txt", utf16("Iran — 🚀", false));
    dir.write(
        "l.jsonl",
        "\u{feff}{\"id\":\"l\",\"text\":\"Iran — 🚀\"}\r\n",
    );
    dir.write(
        "w.jsonl",
        utf16("{\"id\":\"w\",\"text\":\"Iran — 🚀\"}\r\n", false),
    );
    let ran = dir
        .annotate(&["8.txt", "be.txt", "le.txt", "l.jsonl", "w.jsonl"])
        .exits(0);
    assert_eq!(ran.ids(), ["8.txt", "be.txt", "le.txt", "l", "w"]);
    for record in ran.records() {
        assert_eq!(
            (record.text.as_str(), record.won()),
            ("Iran — 🚀", vec!["Iran|COUNTRY".to_owned()]),
            "{}",
            record.id
        );
    }
    assert_eq!(ran.problems(), [""; 0]);
}

#[test]
fn bytes_that_are_not_utf8_are_guessed_with_a_warning_and_read_as_told_without() {
    let dir = Dir::new();
    dir.write(
        "a.txt",
        b"The caf\xe9 in Iran\x92s \x93capital\x94 was closed.",
    );
    let ran = dir.annotate(&["a.txt"]).exits(0);
    assert_eq!(
        ran.records()[0].text,
        "The café in Iran’s “capital” was closed."
    );
    ran.says("a.txt: warning: not UTF-8, read as windows-1252 (--encoding says otherwise)");
    let ran = dir
        .annotate(&["--encoding", "windows-1252", "a.txt"])
        .exits(0);
    assert_eq!(
        ran.records()[0].text,
        "The café in Iran’s “capital” was closed."
    );
    assert_eq!(ran.problems(), [""; 0]);
    dir.write("k.txt", b"\xe9\xd2\xc1\xce, Iran");
    assert_eq!(
        dir.annotate(&["--encoding", "koi8-r", "k.txt"])
            .exits(0)
            .records()[0]
            .text,
        "Иран, Iran"
    );
    dir.annotate(&["--encoding", "klingon", "a.txt"])
        .exits(2)
        .says("no encoding \"klingon\"");
}

#[test]
fn utf8_stays_utf8_when_another_encoding_is_told() {
    let dir = Dir::new();
    dir.write("a.txt", "Köln and Iran");
    let ran = dir
        .annotate(&["--encoding", "windows-1252", "a.txt"])
        .exits(0);
    // Help says "Encoding of input that is not UTF-8".
    assert_eq!(ran.records()[0].text, "Köln and Iran");
}

#[test]
fn a_bad_folder_costs_its_bad_documents_alone() {
    let dir = Dir::new();
    let long = "Iran fired it and NATO, which ".repeat(5 << 20 >> 5);
    let noise: String = (0..40_000)
        .map(|i| format!("{:x} ", i * 7919 % 10_007))
        .collect();
    let cut = gzip(noise.as_bytes());
    dir.write("in/a-good.txt", "Iran denied it.")
        .write("in/b-empty.txt", "")
        .write("in/c-binary.dat", (0..=255).collect::<Vec<u8>>())
        .write("in/d-long.txt", &long)
        .write("in/e-cp1252.txt", b"Iran \x96 a caf\xe9.")
        .write("in/f-cut.txt.gz", &cut[..cut.len() / 2])
        .write("in/g-lines.jsonl", "{\"id\":1,\"text\":\"Iran\"}\n{\"id\":2,\"text\":\"Iran\n{\"id\":3,\"title\":\"Iran\"}\n{\"id\":4,\"text\":\"NATO\"}\n")
        .write("in/h-good.md", "**NATO**");
    let ran = dir.annotate(&["in"]).exits(1);
    assert_eq!(
        ran.ids(),
        [
            "a-good.txt",
            "b-empty.txt",
            "d-long.txt",
            "e-cp1252.txt",
            "1",
            "4",
            "h-good.md"
        ]
    );
    let records = ran.records();
    assert_eq!(records[2].text, long);
    assert_eq!(records[2].spans.len(), 2 * (5 << 20 >> 5));
    assert_eq!(records[3].text, "Iran – a café.");
    let problems = ran.problems();
    let starts = [
        "in/b-empty.txt: warning: ",
        "in/c-binary.dat: a binary file",
        "in/e-cp1252.txt: warning: not UTF-8",
        "in/f-cut.txt.gz: the compressed data ends too early",
        "in/g-lines.jsonl:2: bad JSON at byte ",
        "in/g-lines.jsonl:3: no text in field \"text\", the line has \"id\", \"title\"",
    ];
    assert_eq!(problems.len(), starts.len(), "{problems:#?}");
    for (problem, start) in problems.iter().zip(starts) {
        assert!(
            problem.starts_with(&format!("wiretag: {start}")),
            "{problem}"
        );
    }
    ran.says("7 documents, ").says(", 4 problems, 2 warnings");
}

#[test]
fn a_truncated_gzip_is_named_and_its_whole_lines_count() {
    let dir = Dir::new();
    let lines: String = (0..20_000)
        .map(|i| {
            format!(
                "{{\"id\":{i},\"text\":\"Iran {:x}\"}}\n",
                i * 7919 % 100_003
            )
        })
        .collect();
    let cut = gzip(lines.as_bytes());
    dir.write("f.jsonl.gz", &cut[..cut.len() * 2 / 3])
        .write("z.txt", "NATO");
    let ran = dir.annotate(&["f.jsonl.gz", "z.txt"]).exits(1);
    let ids = ran.ids();
    assert!(
        ids.len() > 5_000
            && ids[0] == "0"
            && ids[4_999] == "4999"
            && ids.last().unwrap() == "z.txt",
        "{}",
        ids.len()
    );
    assert_eq!(ran.problems().len(), 1, "{}", ran.err);
    ran.says(&format!(
        "f.jsonl.gz:{}: the compressed data ends too early",
        ids.len()
    ));
}

#[test]
fn a_damaged_gzip_is_named() {
    let dir = Dir::new();
    let lines: String = (0..20_000).map(|i| format!("Iran {i:x} ")).collect();
    let mut damaged = gzip(lines.as_bytes());
    let half = damaged.len() / 2;
    damaged[half..half + 64].fill(0x55);
    dir.write("a.txt.gz", damaged).write("b.txt", "Iran");
    let ran = dir.annotate(&["a.txt.gz", "b.txt"]).exits(1);
    assert_eq!(ran.ids(), ["b.txt"]);
    ran.says("a.txt.gz: damaged compressed data");
}

#[test]
fn lines_that_no_json_reader_likes_are_named_and_the_rest_goes_on() {
    let dir = Dir::new();
    let deep = format!(
        "{{\"text\":\"Iran\",\"x\":{}{}}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let lines = [
        "{\"id\":1,\"text\":\"a\\ud800b\"}",
        "{\"id\":2,\"text\":\"a\\u0000b Iran\"}",
        "[\"text\"]",
        &deep,
        "{\"id\":5,\"text\":7}",
        "{\"id\":6,\"text\":\"x\"} trailing",
        "{\"id\":7,\"text\":null}",
        "{\"id\":8,\"text\":\"\"}",
        "{\"id\":9,\"text\":\"Iran\",\"text\":\"NATO\"}",
    ];
    dir.write("f.jsonl", lines.join("\n"));
    let ran = dir.annotate(&["f.jsonl"]).exits(1);
    for (id, found) in [("2", "Iran|COUNTRY"), ("8", ""), ("9", "NATO|ORG")] {
        assert!(
            ran.found().contains(&format!("{id}: {found}")),
            "{id}: {:?}",
            ran.found()
        );
    }
    for line in [1, 3, 5, 6, 7] {
        assert!(
            ran.problems()
                .iter()
                .any(|p| p.starts_with(&format!("wiretag: f.jsonl:{line}: "))),
            "{line}: {}",
            ran.err
        );
    }
    ran.says("f.jsonl:8: warning: an empty text");
}

#[test]
fn a_document_over_the_limit_is_named_and_the_rest_goes_on() {
    let dir = Dir::new();
    let long = "Iran ".repeat(1000);
    dir.write("in/a.txt", &long)
        .write("in/b.txt.gz", gzip(long.as_bytes()))
        .write("in/c.txt", "Iran");
    dir.write("in/d.jsonl", format!("{{\"id\":1,\"text\":\"Iran\"}}\n{{\"id\":2,\"text\":\"{long}\"}}\n{{\"id\":3,\"text\":\"Iran\"}}\n"));
    let ran = dir.annotate(&["--max-document", "1K", "in"]).exits(1);
    assert_eq!(ran.ids(), ["c.txt", "1", "3"]);
    let problems = ran.problems();
    assert_eq!(problems.len(), 3, "{problems:#?}");
    for (problem, place) in problems
        .iter()
        .zip(["in/a.txt: ", "in/b.txt.gz: ", "in/d.jsonl:2: "])
    {
        assert_eq!(
            *problem,
            format!("wiretag: {place}a document of more than 1 KiB (--max-document allows more)")
        );
    }
    dir.annotate(&["--max-document", "lots", "in"])
        .exits(2)
        .says("write 500K, 64M or 1G");
    assert_eq!(
        dir.annotate(&["--max-document", "5000", "in/a.txt"])
            .exits(0)
            .ids(),
        ["a.txt"]
    );
    dir.annotate(&["--max-document", "4999", "in/a.txt"])
        .exits(1);
}

#[test]
fn other_fields_pass_through_byte_for_byte() {
    let dir = Dir::new();
    let line = r#"{"n":1.50,"text":"Iran","big":123456789012345678901234567890,"id":"a","esc":"\u00e9\/","nested":{"b": [1,  2]},"ключ":null}"#;
    let ran = dir.annotate_stdin(&[], line.as_bytes()).exits(0);
    let meta = r#""meta":{"n":1.50,"big":123456789012345678901234567890,"esc":"\u00e9\/","nested":{"b": [1,  2]},"ключ":null}}"#;
    assert!(ran.text().ends_with(&format!("{meta}\n")), "{}", ran.text());
    ran.records();
}

#[test]
fn several_text_fields_are_joined_by_a_blank_line() {
    let dir = Dir::new();
    let lines = "{\"id\":1,\"title\":\"Iran\",\"body\":\"Air and NATO\"}\n{\"id\":2,\"body\":\"NATO\"}\n{\"id\":3,\"title\":null,\"body\":\"NATO\"}\n{\"id\":4,\"title\":\"\",\"body\":\"NATO\"}\n";
    dir.write("f.jsonl", lines);
    let ran = dir
        .annotate(&["--text-field", "title,body", "f.jsonl"])
        .exits(0);
    let texts: Vec<String> = ran.records().into_iter().map(|r| r.text).collect();
    assert_eq!(texts, ["Iran\n\nAir and NATO", "NATO", "NATO", "NATO"]);
    // No name reaches over the blank line.
    assert_eq!(ran.found()[0], "1: Iran|COUNTRY NATO|ORG");
    assert!(ran.records().iter().all(|r| r.meta().is_none()));
    dir.annotate(&["--text-field", "headline,lead", "f.jsonl"])
        .exits(1)
        .says("f.jsonl:1: no text in field \"headline\", \"lead\"");
}

#[test]
fn our_own_output_can_be_read_again_and_gives_the_same() {
    let dir = Dir::new();
    dir.write("in/a.txt", "Iran Air — é🚀 Iran.\n").write(
        "in/b.jsonl",
        "{\"id\":\"b\",\"text\":\"NATO\",\"n\":1.0,\"meta\":{\"x\":[1]}}\n",
    );
    for options in [
        &["--offsets", "codepoint"][..],
        &["--offsets", "utf16", "--overlaps", "all", "--attributes"],
    ] {
        let once = dir
            .annotate(&[options, &["in", "-o", "once.jsonl"]].concat())
            .exits(0);
        assert_eq!(once.text(), "");
        let twice = dir.annotate(&[options, &["once.jsonl"]].concat()).exits(0);
        assert_eq!(
            twice.text(),
            fs::read_to_string(dir.path("once.jsonl")).unwrap()
        );
        assert_eq!(twice.problems(), [""; 0]);
    }
}

// Running.

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let dir = Dir::new();
    let mut lines = String::new();
    for i in 0..3_000 {
        let text = "Iran Air and NATO met Iran in — é🚀 — the DPRK. ".repeat(i % 40);
        lines.push_str(&match i % 97 {
            0 => "{\"id\": bad}\n".to_owned(),
            1 => format!("{{\"id\":{i}}}\n"),
            2 => format!("{{\"id\":1,\"text\":\"{text}\"}}\n"),
            _ => format!("{{\"id\":{i},\"text\":\"{text}\",\"n\":{i}.0}}\n"),
        });
        if i % 100 == 0 {
            dir.write(&format!("in/{i}.txt"), &text);
        }
    }
    dir.write("in/f.jsonl", lines);
    let one = dir.annotate(&["-j", "1", "in"]).exits(1);
    assert_eq!(one.records().len(), 3_000 - 31 - 31 + 30);
    for threads in ["2", "7"] {
        let ran = dir.annotate(&["-j", threads, "in"]).exits(1);
        assert!(ran.out == one.out, "-j {threads} differs from -j 1");
        assert_eq!(ran.problems(), one.problems(), "-j {threads}");
    }
}

#[test]
fn the_last_line_of_the_messages_sums_the_run_up() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran Air, Iran and NATO")
        .write("b.txt", "");
    let ran = dir.annotate(&["a.txt", "b.txt"]).exits(0);
    let last = ran.err.lines().last().unwrap();
    assert!(
        last.starts_with("wiretag: 2 documents, 23 bytes, 3 spans (COUNTRY 1, ORG 2), ")
            && last.ends_with(" MB/s, 1 warning"),
        "{last}"
    );
    let ran = dir.annotate(&["-q", "a.txt"]).exits(0);
    assert_eq!(ran.err, "");
    dir.annotate(&["-q", "none.txt"])
        .exits(1)
        .says("none.txt: ");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let dir = Dir::new();
    dir.write(
        "f.jsonl",
        (0..50_000)
            .map(|i| format!("{{\"id\":{i},\"text\":\"Iran Air, Iran and NATO\"}}\n"))
            .collect::<String>(),
    );
    let mut command = dir.wiretag(&["annotate", "--no-builtin", "-g", "lists", "f.jsonl"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::with_capacity(64, child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    drop(out);
    assert!(line.starts_with("{\"id\":\"0\""), "{line}");
    let ran = Ran::of(child.wait_with_output().unwrap()).exits(0);
    assert_eq!(ran.problems(), [""; 0]);
}

// Output.

#[test]
fn an_output_file_appears_whole_and_alone() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran");
    let ran = dir.annotate(&["a.txt", "-o", "out.jsonl"]).exits(0);
    assert_eq!(ran.text(), "");
    assert_eq!(dir.files(), ["a.txt", "out.jsonl"]);
    assert_eq!(
        fs::read(dir.path("out.jsonl")).unwrap(),
        dir.annotate(&["a.txt"]).out
    );
    // With bad documents it holds the good ones, and takes the place of what was there.
    dir.write("bad.jsonl", "{\n{\"id\":\"b\",\"text\":\"NATO\"}\n");
    dir.annotate(&["bad.jsonl", "-o", "out.jsonl"]).exits(1);
    assert_eq!(dir.files(), ["a.txt", "bad.jsonl", "out.jsonl"]);
    assert_eq!(
        strict::read(&fs::read(dir.path("out.jsonl")).unwrap()).len(),
        1
    );
    dir.annotate(&["a.txt", "-o", "-"]).exits(0).records();
}

#[test]
fn an_output_file_that_ends_in_gz_is_compressed() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran");
    dir.annotate(&["a.txt", "-o", "out.jsonl.gz"]).exits(0);
    let packed = fs::read(dir.path("out.jsonl.gz")).unwrap();
    assert_eq!(gunzip(&packed), dir.annotate(&["a.txt"]).out);
}

#[test]
fn an_output_that_cannot_be_made_ends_the_run_and_says_where() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran").write("folder/x", "");
    dir.annotate(&["a.txt", "-o", "missing/out.jsonl"])
        .exits(2)
        .says("missing/out.jsonl: ");
    dir.annotate(&["a.txt", "-o", "folder"])
        .exits(2)
        .says("folder");
    assert_eq!(dir.files(), ["a.txt", "folder"]);
}

#[test]
fn a_run_that_cannot_start_leaves_the_old_output_alone() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran")
        .write("out.jsonl", "old")
        .write("lists/bad.tsv", "# label: X\nid\tname\nx\t\n");
    dir.annotate(&["a.txt", "-o", "out.jsonl"]).exits(2);
    assert_eq!(fs::read(dir.path("out.jsonl")).unwrap(), b"old");
    assert_eq!(dir.files(), ["a.txt", "out.jsonl"]);
}

#[test]
fn offsets_count_what_is_asked_for() {
    let dir = Dir::new();
    dir.write("a.txt", "é🚀 Iran");
    for (unit, start) in [("codepoint", 3), ("byte", 7), ("utf16", 4)] {
        let ran = dir.annotate(&["--offsets", unit, "a.txt"]).exits(0);
        let record = &ran.records()[0];
        assert_eq!(
            (record.spans[0].start, record.spans[0].end),
            (start, start + 4),
            "{unit}"
        );
        assert_eq!(format!("{:?}", record.offset_unit).to_lowercase(), unit);
    }
    dir.annotate(&["--offsets", "grapheme", "a.txt"])
        .exits(2)
        .says("codepoint, byte, utf16");
}

#[test]
fn all_overlaps_come_with_the_reason_why_they_lost() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran Air").write(
        "lists/z.tsv",
        "# label: OTHER\nname\npriority\nIran\n".replace("\npriority", ""),
    );
    let ran = dir.annotate(&["--overlaps", "all", "a.txt"]).exits(0);
    let spans: Vec<String> = ran.records()[0]
        .spans
        .iter()
        .map(|s| format!("{}|{}: {:?}", s.text, s.label, s.lost))
        .collect();
    let shorter = "Some(\"shorter than Iran Air (ORG)\")";
    assert_eq!(
        spans,
        [
            "Iran Air|ORG: None".to_owned(),
            format!("Iran|COUNTRY: {shorter}"),
            format!("Iran|OTHER: {shorter}")
        ]
    );
    for format in ["marked", "view"] {
        dir.annotate(&["--overlaps", "all", "--to", format, "a.txt"])
            .exits(2)
            .says("can't hold spans that lost");
    }
}

#[test]
fn what_lost_to_a_block_lost_to_nothing() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran-contra")
        .write("lists/b.tsv", "# block: yes\nname\nIran-contra\n");
    assert_eq!(dir.annotate(&["a.txt"]).exits(0).found(), ["a.txt: "]);
    let ran = dir.annotate(&["--overlaps", "all", "a.txt"]).exits(0);
    assert_eq!(
        ran.records()[0].spans[0].lost.as_deref(),
        Some("shorter than Iran-contra (nothing)")
    );
}

#[test]
fn attributes_come_when_asked_for() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran and NATO");
    let ran = dir.annotate(&["--attributes", "a.txt"]).exits(0);
    let record = &ran.records()[0];
    assert_eq!(record.spans[0].attributes.as_ref().unwrap()["iso"], "IRN");
    assert!(record.spans[1].attributes.is_none());
    assert!(
        dir.annotate(&["a.txt"]).records()[0].spans[0]
            .attributes
            .is_none()
    );
}

#[test]
fn labels_are_filtered_after_the_competition() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran Air left Iran.");
    assert_eq!(
        dir.annotate(&["--labels", "COUNTRY", "a.txt"])
            .exits(0)
            .found(),
        ["a.txt: Iran|COUNTRY"]
    );
    assert_eq!(
        dir.annotate(&["--labels", "COUNTRY", "a.txt"]).records()[0].spans[0].start,
        14
    );
    assert_eq!(
        dir.annotate(&["--labels", "ORG,COUNTRY", "a.txt"])
            .exits(0)
            .found(),
        ["a.txt: Iran Air|ORG Iran|COUNTRY"]
    );
    dir.annotate(&["--labels", "COUNTRY,SHIP", "a.txt"])
        .exits(2)
        .says("no label \"SHIP\": the gazetteers have COUNTRY, ORG");
}

#[test]
fn marked_text_shows_each_document_under_its_id() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran [sic] \\ said:\n-- no\n")
        .write("b.txt", "NATO");
    let ran = dir.annotate(&["--to", "marked", "a.txt", "b.txt"]).exits(0);
    assert_eq!(
        ran.text(),
        "== a.txt\n[Iran|COUNTRY] \\[sic] \\\\ said:\n\\-- no\n\n== b.txt\n[NATO|ORG]\n\n"
    );
}

#[test]
fn the_view_has_no_escape_sequences_of_the_text() {
    let dir = Dir::new();
    dir.write(
        "a.txt",
        "Iran \u{1b}[31mred\u{7} and more words than control characters\r\n",
    );
    let ran = dir.annotate(&["--to", "view", "a.txt"]).exits(0);
    assert!(
        !ran.text().contains("\u{1b}[31mred") && !ran.text().contains('\u{7}'),
        "{:?}",
        ran.text()
    );
    assert!(ran.text().contains("COUNTRY"), "{:?}", ran.text());
}

// Gazetteers.

#[test]
fn all_findings_in_bad_lists_are_named_and_nothing_starts() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran");
    dir.write("lists/x.tsv", "# label: X\nid\tname\tacronyms\nx/1\t\nx/2\tTwo {loud}\nx/3\tThree\na\tb\tc\td\nx/2\tAgain\n");
    dir.write("lists/y.txt", "just a name\n");
    let ran = dir.annotate(&["a.txt"]).exits(2);
    assert_eq!(ran.text(), "");
    for finding in [
        "lists/x.tsv:3: no name",
        "lists/x.tsv:4: no policy \"loud\"",
        "lists/x.tsv:6: 4 cells, but 3 columns",
        "lists/y.txt:1: no label for this list: give --label NAME",
    ] {
        ran.says(finding);
    }
    assert!(
        ran.err.lines().all(|l| l.starts_with("wiretag: ")),
        "{}",
        ran.err
    );
}

#[test]
fn a_plain_list_takes_its_label_and_case_from_the_command_line() {
    let dir = Dir::new();
    dir.write("a.txt", "The Moskva, MOSKVA and moskva left Iran.")
        .write("ships.txt", "Moskva\n");
    let found = |options: &[&str]| {
        dir.annotate(&[&["-g", "ships.txt", "--label", "SHIP"], options, &["a.txt"]].concat())
            .exits(0)
            .found()
    };
    assert_eq!(found(&[]), ["a.txt: Moskva|SHIP MOSKVA|SHIP Iran|COUNTRY"]);
    assert_eq!(
        found(&["--case", "title"]),
        ["a.txt: Moskva|SHIP MOSKVA|SHIP Iran|COUNTRY"]
    );
    assert_eq!(
        found(&["--case", "any"]),
        ["a.txt: Moskva|SHIP MOSKVA|SHIP moskva|SHIP Iran|COUNTRY"]
    );
    assert_eq!(
        found(&["--case", "exact"]),
        ["a.txt: Moskva|SHIP Iran|COUNTRY"]
    );
    dir.annotate(&["-g", "ships.txt", "a.txt"])
        .exits(2)
        .says("ships.txt:1: no label for this list");
    dir.annotate(&["-g", "ships.txt", "--label", "TWO WORDS", "a.txt"])
        .exits(2)
        .says("white space");
    dir.annotate(&[
        "-g",
        "ships.txt",
        "--label",
        "SHIP",
        "--case",
        "loud",
        "a.txt",
    ])
    .exits(2)
    .says("any, title, exact");
}

#[test]
fn lists_of_the_user_come_before_the_built_in_ones() {
    let dir = Dir::new();
    dir.write("a.txt", "Germany").write("mine.txt", "Germany\n");
    let ran = Ran::of(
        dir.wiretag(&["annotate", "-g", "mine.txt", "--label", "MINE", "a.txt"])
            .output()
            .unwrap(),
    )
    .exits(0);
    assert_eq!(ran.found(), ["a.txt: Germany|MINE"]);
}

#[test]
fn no_lists_at_all_is_a_mistake_with_a_way_out() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran");
    let ran = Ran::of(
        dir.wiretag(&["annotate", "--no-builtin", "a.txt"])
            .output()
            .unwrap(),
    )
    .exits(2);
    ran.says("--no-builtin leaves no gazetteer: add one with -g");
    dir.annotate(&["-g", "none.tsv", "a.txt"])
        .exits(2)
        .says("none.tsv: ");
    dir.write("empty/readme", "");
    dir.annotate(&["-g", "empty", "a.txt"])
        .exits(2)
        .says("empty: no .tsv or .txt file in this folder");
}

#[test]
fn without_rules_the_lists_do_the_same() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran Air left Iran.");
    assert_eq!(
        dir.annotate(&["--no-rules", "a.txt"]).exits(0).out,
        dir.annotate(&["a.txt"]).out
    );
}

// Help.

#[test]
fn help_shows_examples_and_fits_a_terminal() {
    let dir = Dir::new();
    let run = |args: &[&str]| Ran::of(dir.wiretag(args).output().unwrap());
    let help = run(&["annotate", "--help"]).exits(0);
    assert!(
        help.text().contains("Examples:")
            && help.text().contains("wiretag annotate news/ -o out.jsonl"),
        "{}",
        help.text()
    );
    for flag in [
        "--output",
        "--gazetteer",
        "--no-builtin",
        "--no-rules",
        "--label",
        "--case",
        "--labels",
        "--offsets",
        "--overlaps",
        "--attributes",
    ]
    .into_iter()
    .chain([
        "--from",
        "--text-field",
        "--id-field",
        "--encoding",
        "--max-document",
        "--to",
        "--threads",
    ]) {
        assert!(help.text().contains(flag), "{flag}");
    }
    let widest = help
        .text()
        .lines()
        .max_by_key(|l| l.chars().count())
        .unwrap();
    assert!(widest.chars().count() <= 100, "{widest}");
    let program = run(&["--help"]).exits(0);
    for command in ["annotate", "completions", "man"] {
        assert!(
            program.text().contains(&format!("\n  {command} ")),
            "{}",
            program.text()
        );
    }
    assert!(run(&["--version"]).exits(0).text().starts_with("wiretag "));
    run(&[]).exits(2).says("Usage");
    run(&["annotate", "--colour"]).exits(2).says("--colour");
    run(&["anotate"]).exits(2).says("annotate");
}

#[test]
fn every_shell_gets_completions_and_the_manual_its_pages() {
    let dir = Dir::new();
    let run = |args: &[&str]| Ran::of(dir.wiretag(args).output().unwrap());
    for (shell, word) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef wiretag"),
        ("fish", "complete -c wiretag"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let script = run(&["completions", shell]).exits(0);
        assert!(
            script.text().contains(word) && script.text().contains("max-document"),
            "{shell}"
        );
    }
    run(&["completions", "tcsh"]).exits(2).says("bash");
    let page = run(&["man"]).exits(0);
    assert!(
        page.text().contains(".TH wiretag 1") && page.text().contains("completions"),
        "{}",
        page.text()
    );
    let page = run(&["man", "annotate"]).exits(0);
    assert!(
        page.text().contains(".TH wiretag-annotate 1") && page.text().contains("max\\-document"),
        "{}",
        page.text()
    );
    run(&["man", "anotate"])
        .exits(2)
        .says("no command \"anotate\"");
}
