//! Every format of input: one article in each gives the same spans, its broken twin a located message, and what is made to exhaust
//! the reader is refused while the rest goes on. The articles in `tests/inputs/` are fiction.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::{Dir, Ran};
use flate2::{Compression, write::GzEncoder};
use std::{
    fs,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

/// `wiretag annotate` with the lists of the directory alone: Iran, North Korea, Iran Air, NATO.
fn annotate(dir: &Dir, args: &[&str]) -> Ran {
    dir.annotate(args)
}

fn annotate_stdin(dir: &Dir, args: &[&str], input: &[u8]) -> Ran {
    dir.annotate_stdin(args, input)
}

/// Id and spans of every record.
fn found(ran: &Ran) -> Vec<String> {
    ran.records()
        .iter()
        .map(|r| format!("{}: {}", r.id, r.won().join(" ")))
        .collect()
}

/// The one document that this file holds.
#[track_caller]
fn text_of(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let dir = Dir::new();
    dir.write(name, bytes);
    let ran = annotate(&dir, &[name]).exits(0);
    let mut records = ran.records();
    assert_eq!(records.len(), 1, "{}", ran.err);
    records.remove(0).text
}

/// The messages but the summary at their end.
fn problems(ran: &Ran) -> Vec<&str> {
    let lines = ran.err.lines().filter(|l| !l.contains(" MB/s, "));
    lines
        .map(|l| l.strip_prefix("wiretag: ").unwrap_or(l))
        .collect()
}

#[track_caller]
fn assert_starts(found: &[&str], starts: &[&str]) {
    assert_eq!(found.len(), starts.len(), "{found:#?}");
    for (found, start) in found.iter().zip(starts) {
        assert!(found.starts_with(start), "{found:?} is not {start:?}");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn input(name: &str) -> Vec<u8> {
    let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs");
    fs::read(inputs.join(name)).unwrap()
}

/// The good article in each format, plain and packed, in folders.
fn write_good(dir: &Dir) {
    for format in ["txt", "md", "html", "jsonl", "json", "csv", "tsv", "warc"] {
        let bytes = input(&format!("good/article.{format}"));
        dir.write(&format!("in/{format}/article.{format}"), &bytes)
            .write(&format!("in/{format}/article.{format}.gz"), gzip(&bytes))
            .write(&format!("in/{format}/article.{format}.zst"), zstd(&bytes));
    }
}

const BROKEN: [&str; 8] = [
    "text.txt",
    "page.md",
    "page.html",
    "lines.jsonl",
    "array.json",
    "rows.csv",
    "rows.tsv",
    "archive.warc",
];

#[test]
fn one_article_gives_the_same_spans_from_every_format() {
    let dir = Dir::new();
    write_good(&dir);
    // With the built-in lists: more names, more ways for formats to differ.
    let ran = Ran::of(dir.wiretag(&["annotate", "in"]).output().unwrap()).exits(0);
    // In each of three archives there is a short text beside the article.
    let records = ran.records();
    let (short, articles): (Vec<_>, Vec<_>) =
        records.iter().partition(|r| r.id.ends_with("/note.txt"));
    assert_eq!((short.len(), articles.len()), (3, 24), "{}", ran.err);
    let spans = |id: &str| {
        let record = articles.iter().find(|r| r.id == id).unwrap();
        let spans = record.spans.iter();
        spans
            .map(|s| format!("{} {} {:?}", s.text, s.label, s.entity))
            .collect::<Vec<_>>()
    };
    let expected = spans("txt/article.txt");
    assert!(expected.len() > 20, "{expected:#?}");
    for record in &articles {
        assert_eq!(spans(&record.id), expected, "{}", record.id);
        for furniture in ["Kenya", "Brazil", "tags", "WARC", "700\r"] {
            assert!(!record.text.contains(furniture), "{}", record.text);
        }
    }
    // Not the spans alone: the text is the same, but for quotes that one format or another can't keep apart.
    for record in &articles {
        assert_eq!(
            record.text.trim_end(),
            articles[0].text.trim_end(),
            "{}",
            record.id
        );
    }
}

#[test]
fn the_broken_twin_of_every_format_ends_in_a_located_message() {
    let dir = Dir::new();
    for name in BROKEN {
        dir.write(&format!("in/{name}"), input(&format!("broken/{name}")));
    }
    dir.write("in/z.txt", "Iran denied it.");
    let cut = gzip(&input("good/article.html"));
    dir.write("in/cut.html.gz", &cut[..cut.len() / 2]);
    let cut = zstd(&input("good/article.html"));
    dir.write("in/cut.html.zst", &cut[..cut.len() / 2]);
    let noise: String = (0..90_000)
        .map(|i| format!("{:x}", i * 7919 % 100_003))
        .collect();
    let cut = gzip(format!("[{{\"text\":\"{noise}\"}}]").as_bytes());
    dir.write("in/cut.json.gz", &cut[..cut.len() / 2]);
    let ran = annotate(&dir, &["in"]).exits(1);
    assert_eq!(
        found(&ran),
        [
            "https://telegraph.example/world/1.txt: Iran|COUNTRY",
            "https://telegraph.example/world/4.txt: NATO|ORG",
            "a1: Iran|COUNTRY",
            "a3: NATO|ORG",
            "a5: Iran|COUNTRY NATO|ORG",
            "l1: Iran|COUNTRY",
            "l3: NATO|ORG",
            "c1: Iran|COUNTRY",
            "c4: NATO|ORG",
            "c6: Iran|COUNTRY",
            "t1: Iran|COUNTRY",
            "t3: NATO|ORG",
            "z.txt: Iran|COUNTRY",
        ]
    );
    assert_starts(
        &problems(&ran),
        &[
            "in/archive.warc:2: the record at byte ",
            "in/archive.warc:3: the record at byte ",
            "in/archive.warc:5: the archive ends inside the record at byte ",
            "in/array.json:3: bad JSON at byte ",
            "in/array.json:12: bad JSON at byte ",
            "in/array.json:13: not a JSON object",
            "in/cut.html.gz: the compressed data ends too early: the file is truncated",
            "in/cut.html.zst: the compressed data ends too early: the file is truncated",
            "in/cut.json.gz:1: the compressed data ends too early: the file is truncated",
            "in/lines.jsonl:2: bad JSON at byte ",
            "in/page.html: a PDF file, not text: left out",
            "in/page.md: a binary file (NUL at byte ",
            "in/rows.csv:4: text behind the closing quote of a cell",
            "in/rows.csv:5: 3 cells, but the header has 2 columns",
            "in/rows.csv:7: a quote that nothing closes",
            "in/rows.tsv:3: 1 cells, but the header has 2 columns",
            "in/text.txt: a binary file (NUL at byte ",
        ],
    );
    // Each alone ends the run with the same code.
    for name in BROKEN {
        annotate(&dir, &[&format!("in/{name}")]).exits(1);
    }
}

#[test]
fn a_folder_with_everything_gives_the_same_bytes_on_any_number_of_threads() {
    let dir = Dir::new();
    write_good(&dir);
    for name in BROKEN {
        dir.write(&format!("in/{name}"), input(&format!("broken/{name}")));
    }
    dir.write("in/deep.html", "<div>".repeat(100_000));
    let one = annotate(&dir, &["-j", "1", "in"]).exits(1);
    let two = annotate(&dir, &["-j", "2", "in"]).exits(1);
    assert_eq!(one.records().len(), 27 + 12);
    assert!(one.out == two.out, "-j 2 differs from -j 1");
    assert_eq!(problems(&one), problems(&two));
}

#[test]
fn content_tells_the_format_where_the_name_does_not() {
    let dir = Dir::new();
    for (input, id, text) in [
        ("<!DOCTYPE html><p>Iran", "stdin", "Iran\n"),
        ("\u{feff}\n<HTML lang=en><body>Iran", "stdin", "Iran\n"),
        ("[{\"text\": \"Iran\"}]", "stdin:1", "Iran"),
        ("{\n \"text\": \"Iran\"\n}", "stdin:1", "Iran"),
        ("<p>Iran</p>", "stdin", "<p>Iran</p>"),
        ("[Iran] {\"said\"}", "stdin", "[Iran] {\"said\"}"),
    ] {
        let ran = annotate_stdin(&dir, &[], input.as_bytes()).exits(0);
        let records = ran.records();
        assert_eq!((&*records[0].id, &*records[0].text), (id, text), "{input}");
    }
    let ran = annotate_stdin(&dir, &["--from", "csv"], b"id,text\n1,Iran\n").exits(0);
    assert_eq!(found(&ran), ["1: Iran|COUNTRY"]);
    let ran = annotate_stdin(&dir, &[], &zstd(&input("good/article.warc"))).exits(0);
    assert_eq!(ran.records().len(), 2);
    let ran = annotate_stdin(&dir, &["--from", "docx"], b"x").exits(2);
    assert!(
        ran.err
            .contains("text, markdown, jsonl, json, html, csv, tsv, warc"),
        "{}",
        ran.err
    );
}

// HTML.

#[test]
fn a_page_is_laid_out_as_a_browser_shows_it() {
    let page = "<html><body><p>U.<b>S.</b>\n  and\tK&ouml;ln&nbsp;said<br>no.<p>A<sup>2</sup><ul><li>one<li><p>two</p><ul><li>inner</ul></ul>\
        <table><tr><th>Country<th>Weapon<tr><td><p>Iran</p><td>Shahab&#45;3<tr><td>DPRK</table><pre>a\n  b</pre>end<script>no()</script>\
        <div hidden>no</div><div style='display: none'>no</div><select><option>no</select></body></html>";
    assert_eq!(
        text_of("a.html", page),
        "U.S. and Köln\u{a0}said\nno.\n\nA2\n\none\ntwo\n\ninner\n\nCountry | Weapon\nIran | Shahab-3\nDPRK\n\na\n  b\n\nend\n"
    );
}

#[test]
fn what_the_page_says_about_itself_is_meta() {
    let dir = Dir::new();
    let page =
        |head: &str| format!("<html><head>{head}</head><body><p>Iran denied it.</body></html>");
    dir.write(
        "in/1.html",
        page("<title>Iran &amp; NATO</title><link rel=canonical href='https://a.example/1'><meta name=date content=2024-05-04>"),
    )
    .write(
        "in/2.html",
        page("<title>x</title><script type='application/ld+json'>{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"WebSite\",\"url\":\"https://no.example\"},{\"@type\":[\"NewsArticle\"],\"headline\":\"Iran &amp; “NATO”\",\"datePublished\":\"2024-05-04T10:00Z\",\"url\":\"https://a.example/2\"}]}</script>"),
    )
    .write("in/3.html", page("<script type='application/ld+json'>{[</script>"));
    let ran = annotate(&dir, &["in"]).exits(0);
    let meta = |n: usize| {
        let meta = ran.records()[n].meta().unwrap_or_default();
        let fields = meta.into_iter().map(|(k, v)| format!("{k}={v}"));
        fields.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        meta(0),
        "title=\"Iran & NATO\" date=\"2024-05-04\" url=\"https://a.example/1\""
    );
    assert_eq!(
        meta(1),
        "title=\"Iran & “NATO”\" date=\"2024-05-04T10:00Z\" url=\"https://a.example/2\""
    );
    assert_eq!(meta(2), "");
    // The title stands above a page without a headline of its own.
    assert_eq!(ran.records()[0].text, "Iran & NATO\n\nIran denied it.\n");
    assert_eq!(ran.records()[2].text, "Iran denied it.\n");
}

#[test]
fn a_page_without_an_article_gives_its_main_part() {
    let dir = Dir::new();
    dir.write(
        "a.html",
        "<html><body><nav>NATO</nav><div>NATO here</div><main><div>Iran</div></main></body></html>",
    )
    .write(
        "b.html",
        "<html><body><nav>NATO</nav><span>Iran</span></body></html>",
    )
    .write(
        "c.html",
        "<html><head><title></title></head><body></body></html>",
    );
    let ran = annotate(&dir, &["a.html", "b.html", "c.html"]).exits(0);
    assert_eq!(
        found(&ran),
        ["a.html: Iran|COUNTRY", "b.html: Iran|COUNTRY", "c.html: "]
    );
    assert_eq!(problems(&ran), ["c.html: warning: a page without text"]);
}

#[test]
fn a_page_is_decoded_by_what_it_declares() {
    let dir = Dir::new();
    let koi8 = b"\xe9\xd2\xc1\xce";
    dir.write(
        "in/1.html",
        [b"<html><meta charset=koi8-r><p>", &koi8[..]].concat(),
    )
    .write(
        "in/2.html",
        [
            b"<html><meta http-equiv='Content-Type' content='text/html; charset=KOI8-R'><p>",
            &koi8[..],
        ]
        .concat(),
    )
    .write("in/3.html", "<html><meta charset=windows-1251><p>Иран")
    .write("in/4.html", "\u{feff}<html><meta charset=koi8-r><p>Иран")
    .write(
        "in/5.xhtml",
        [
            b"<?xml version='1.0' encoding='koi8-r'?><html><p>",
            &koi8[..],
        ]
        .concat(),
    );
    let ran = annotate(&dir, &["in"]).exits(0);
    for record in ran.records() {
        assert_eq!(record.text, "Иран\n", "{}", record.id);
    }
    assert_eq!(problems(&ran), [""; 0]);
    dir.write("6.html", b"<html><p>The caf\xe9 in Iran\x92s capital.");
    let ran = annotate(&dir, &["6.html"]).exits(0);
    assert_eq!(ran.records()[0].text, "The café in Iran’s capital.\n");
    assert_starts(
        &problems(&ran),
        &["6.html: warning: not UTF-8, read as windows-1252"],
    );
    let told = ["--encoding", "koi8-r", "--from", "html", "-"];
    let page = [b"<html><meta charset=latin1><p>", &koi8[..]].concat();
    assert_eq!(
        annotate_stdin(&dir, &told, &page).records()[0].text,
        "Иран\n"
    );
}

// CSV and TSV.

#[test]
fn named_columns_become_id_and_text_and_all_others_meta() {
    let dir = Dir::new();
    dir.write("in/a.csv", "\u{feff}url,head,\"body\",n\r\nu/1,Iran,\"NATO,\r\nor \"\"it\"\"\",1\r\n\r\nu/2,,NATO,\r\n,Iran,x,3")
        .write("in/b.csv", "url;head;body\nu/3;Iran, he said;1,5\n")
        .write("in/c.tsv", "url\thead\tbody\nu/4\tIran\t\"NATO\"\n");
    let ran = annotate(
        &dir,
        &["--text-field", "head,body", "--id-field", "url", "in"],
    )
    .exits(0);
    let records = ran.records();
    let texts: Vec<_> = records
        .iter()
        .map(|r| format!("{}: {}", r.id, r.text))
        .collect();
    assert_eq!(
        texts,
        [
            "u/1: Iran\n\nNATO,\r\nor \"it\"",
            "u/2: NATO",
            "a.csv:6: Iran\n\nx",
            "u/3: Iran, he said\n\n1,5",
            "u/4: Iran\n\nNATO"
        ]
    );
    assert_eq!(
        records[0].meta().unwrap(),
        [("n".to_owned(), "\"1\"".to_owned())]
    );
    let ran = annotate(&dir, &["in/a.csv", "in/c.tsv"]).exits(1);
    assert_eq!(
        problems(&ran),
        [
            "in/a.csv:1: no column \"text\", the header has \"url\", \"head\", \"body\", \"n\" (--text-field names another)",
            "in/c.tsv:1: no column \"text\", the header has \"url\", \"head\", \"body\" (--text-field names another)"
        ]
    );
}

#[test]
fn a_row_over_the_limit_is_named_and_the_rest_goes_on() {
    let dir = Dir::new();
    let long = "Iran ".repeat(1000);
    dir.write(
        "a.csv",
        format!("id,text\n1,Iran\n2,{long}\n3,NATO\n4,\"{long}\"\n5,NATO\n"),
    );
    let ran = annotate(&dir, &["--max-document", "1K", "a.csv"]).exits(1);
    assert_eq!(
        found(&ran),
        ["1: Iran|COUNTRY", "3: NATO|ORG", "5: NATO|ORG"]
    );
    assert_starts(
        &problems(&ran),
        &[
            "a.csv:3: a document of more than 1 KiB",
            "a.csv:5: a document of more than 1 KiB",
        ],
    );
}

// JSON.

#[test]
fn arrays_objects_and_objects_in_a_row_are_documents() {
    let dir = Dir::new();
    dir.write("in/1.json", "[{\"id\":\"a\",\"text\":\"Iran ]}\\\"\"},{\"id\":\"b\",\"text\":\"NATO\",\"x\":[{\"text\":\"no\"}]}]")
        .write("in/2.json", "{\n  \"id\": \"c\",\n  \"text\": \"Iran\",\n  \"x\": {\n    \"y z\": [ 1,\n 2 ]\n  }\n}\n")
        .write("in/3.json", "{\"text\":\"Iran\"}{\"text\":\"NATO\"}\n\n{\"text\":\"Iran\"}")
        .write("in/4.json", "[]")
        .write("in/5.json", "\u{feff}[ ]\n")
        .write("cut.json", "[{\"text\":\"Iran\"},\n");
    let ran = annotate(&dir, &["cut.json"]).exits(1);
    assert_eq!(found(&ran), ["cut.json:1: Iran|COUNTRY"]);
    assert_eq!(
        problems(&ran),
        ["cut.json:2: the array has no end: the file may be truncated"]
    );
    let ran = annotate(&dir, &["in"]).exits(0);
    assert_eq!(
        found(&ran),
        [
            "a: Iran|COUNTRY",
            "b: NATO|ORG",
            "c: Iran|COUNTRY",
            "3.json:1: Iran|COUNTRY",
            "3.json:1: NATO|ORG",
            "3.json:3: Iran|COUNTRY"
        ]
    );
    // A record stays on its line.
    assert_eq!(
        ran.records()[2].meta().unwrap(),
        [("x".to_owned(), "{\"y z\":[1,2]}".to_owned())]
    );
}

#[test]
fn what_is_no_object_in_an_array_is_named_and_the_rest_goes_on() {
    let dir = Dir::new();
    let long = "Iran ".repeat(1000);
    dir.write("a.json", format!("[1, \"a,]\", null, [2, {{\"text\":\"no\"}}],\n{{\"text\":\"Iran\"}},\n{{\"text\":\"{long}\"}},\n{{\"text\":\"NATO\"}}, {{\"txt\":1}}\n]"))
        .write("b.json", "Iran said no.\nNothing else.\n");
    let ran = annotate(&dir, &["--max-document", "1K", "a.json", "b.json"]).exits(1);
    assert_eq!(
        found(&ran),
        ["a.json:2: Iran|COUNTRY", "a.json:4: NATO|ORG"]
    );
    assert_starts(
        &problems(&ran),
        &[
            "a.json:1: not a JSON object",
            "a.json:1: not a JSON object",
            "a.json:1: not a JSON object",
            "a.json:1: not a JSON object",
            "a.json:3: a document of more than 1 KiB",
            "a.json:4: no text in field \"text\"",
            "b.json:1: not JSON: the rest is left out",
        ],
    );
}

// Markdown.

#[test]
fn front_matter_is_no_text_and_its_title_stands_above_it() {
    let page = "---\ntitle: Iran\ndate: 2024-05-04\ntags: [NATO]\n---\n";
    assert_eq!(text_of("a.md", format!("{page}Text")), "Iran\n\nText\n");
    assert_eq!(
        text_of("a.md", format!("{page}*By us*\n\n## Iran\n\nText")),
        "By us\n\nIran\n\nText\n"
    );
    assert_eq!(
        text_of("a.md", "+++\ntitle = \"Iran\"\n+++\n\nText"),
        "Iran\n\nText\n"
    );
    assert_eq!(
        text_of("a.md", "Text\n\n---\n\na: b\n\n---\n\nText"),
        "Text\n\na: b\n\nText\n"
    );
    let dir = Dir::new();
    dir.write("a.md", format!("{page}Text"));
    let records = annotate(&dir, &["a.md"]).exits(0).records();
    assert_eq!(
        records[0].meta().unwrap(),
        [
            ("title".to_owned(), "\"Iran\"".to_owned()),
            ("date".to_owned(), "\"2024-05-04\"".to_owned())
        ]
    );
}

// Packed files.

#[test]
fn frames_of_zstd_follow_each_other_and_some_are_skipped() {
    let dir = Dir::new();
    let skipped = [&b"\x50\x2a\x4d\x18\x03\x00\x00\x00"[..], b"abc"].concat();
    let frames = [
        zstd(b"{\"text\":\"Iran\"}\n"),
        skipped.clone(),
        zstd(b"{\"text\":\"NATO\"}\n"),
    ];
    dir.write("in/a.jsonl.zst", frames.concat())
        .write("in/b.txt.zst", [skipped, zstd(b"Iran")].concat())
        .write("in/c.txt.zst", zstd(b"Iran ".repeat(200_000).as_slice()));
    let ran = annotate(&dir, &["in"]).exits(0);
    let found = found(&ran);
    assert_eq!(
        found[..3],
        [
            "a.jsonl.zst:1: Iran|COUNTRY",
            "a.jsonl.zst:2: NATO|ORG",
            "b.txt.zst: Iran|COUNTRY"
        ]
    );
    assert_eq!(ran.records()[3].spans.len(), 200_000);
}

#[test]
fn a_damaged_zstd_is_named_and_what_came_before_counts() {
    let dir = Dir::new();
    let lines: String = (0..40_000)
        .map(|i| {
            format!(
                "{{\"id\":{i},\"text\":\"Iran {:x}\"}}\n",
                i * 7919 % 100_003
            )
        })
        .collect();
    let packed = zstd(lines.as_bytes());
    let mut damaged = packed.clone();
    let at = packed.len() * 2 / 3;
    damaged[at..at + 64].fill(0x55);
    let mut checksum = zstd(b"Iran denied it.");
    *checksum.last_mut().unwrap() ^= 1;
    dir.write("in/a.jsonl.zst", &packed[..at])
        .write("in/b.jsonl.zst", damaged)
        .write("in/c.txt.zst", checksum)
        .write(
            "in/d.txt.zst",
            [zstd(b"Iran"), b"and more".to_vec()].concat(),
        )
        .write("in/e.txt", "Iran");
    let ran = annotate(&dir, &["in"]).exits(1);
    assert!(ran.records().len() > 10_000);
    let problems = problems(&ran);
    let all = problems.join("\n");
    for start in [
        "in/a.jsonl.zst:",
        "in/b.jsonl.zst:",
        "in/c.txt.zst: damaged compressed data: the checksum",
        "in/d.txt.zst: damaged compressed data: what stands behind",
    ] {
        assert!(
            problems.iter().any(|p| p.starts_with(start)),
            "{start}\n{all}"
        );
    }
    assert!(
        all.contains(": the compressed data ends too early"),
        "{all}"
    );
}

#[test]
fn no_damage_to_a_zstd_stops_the_program() {
    let dir = Dir::new();
    let packed = zstd(&input("good/article.txt"));
    let mut random = fastrand::Rng::with_seed(3);
    for i in 0..300 {
        let mut damaged = packed.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(4..damaged.len());
            damaged[at] = random.u8(..);
        }
        damaged.truncate(random.usize(packed.len() / 2..packed.len() * 2));
        dir.write(&format!("in/{i}.txt.zst"), damaged);
    }
    dir.write("in/z.txt", "Iran");
    let ran = annotate(&dir, &["in"]).exits(1);
    assert_eq!(ran.records().last().unwrap().id, "z.txt");
    assert!(!ran.err.contains("internal error"), "{}", ran.err);
}

#[test]
fn one_layer_is_unpacked_and_no_more() {
    let dir = Dir::new();
    dir.write("in/a.gz", gzip(&gzip(b"Iran")))
        .write("in/b.zst", zstd(&gzip(b"Iran")))
        .write("in/c.gz", gzip(&zstd(b"Iran")))
        .write("in/d.txt", "Iran");
    let ran = annotate(&dir, &["in"]).exits(1);
    assert_eq!(found(&ran), ["d.txt: Iran|COUNTRY"]);
    assert_starts(
        &problems(&ran),
        &[
            "in/a.gz: a gzip file",
            "in/b.zst: a gzip file",
            "in/c.gz: a zstd file",
        ],
    );
}

// Limits.

#[test]
fn bombs_are_refused_and_stall_nothing() {
    let dir = Dir::new();
    // A line, a space between elements, a page of 300 MiB, in a few hundred kilobytes.
    let blanks = vec![b' '; 300 << 20];
    let bomb = |start: &str| gzip(&[start.as_bytes(), &blanks].concat());
    dir.write("in/a.jsonl.gz", bomb("{\"text\":\"Iran\"}\n{\"text\":\""))
        .write("in/b.json.gz", bomb("[{\"text\":\"Iran\"},"))
        .write("in/c.html.gz", bomb("<html>"))
        .write("in/d.csv.gz", bomb("id,text\n1,Iran\n2,\""))
        .write("in/e.txt.gz", bomb("Iran"))
        .write("in/z.txt", "Iran");
    let start = Instant::now();
    let ran = annotate(&dir, &["--max-document", "1M", "in"]).exits(1);
    assert_eq!(
        found(&ran),
        [
            "a.jsonl.gz:1: Iran|COUNTRY",
            "b.json.gz:1: Iran|COUNTRY",
            "1: Iran|COUNTRY",
            "z.txt: Iran|COUNTRY"
        ]
    );
    assert_starts(
        &problems(&ran),
        &[
            "in/a.jsonl.gz:2: more than 256 MiB without the end of a document: the rest is left out",
            "in/b.json.gz:1: more than 256 MiB without the end of a document: the rest is left out",
            "in/c.html.gz: a document of more than 1 MiB (--max-document allows more)",
            "in/d.csv.gz:3: more than 256 MiB without the end of a document: the rest is left out",
            "in/e.txt.gz: a document of more than 1 MiB (--max-document allows more)",
        ],
    );
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn pages_that_are_made_to_exhaust_a_parser_are_refused() {
    let dir = Dir::new();
    let n = 100_000;
    let numbered = |part: fn(usize) -> String| (0..n).map(part).collect::<String>();
    dir.write("in/a-deep.html", "<div>".repeat(n) + "Iran")
        .write("in/b-lists.html", "<ul><li>".repeat(n) + "Iran")
        .write("in/c-bold.html", numbered(|i| format!("<p><b class={i}>")))
        .write(
            "in/d-attributes.html",
            format!("<p {}>Iran", numbered(|i| format!("a{i} b{i} "))),
        )
        .write(
            "in/e-hidden-attributes.html",
            format!(
                "<svg><style><p x=\">\"{}>Iran",
                numbered(|i| format!("a{i}='>' "))
            ),
        )
        .write("in/f-table.html", "<table><tr><td>".repeat(n) + "Iran")
        .write("in/g-block.md", format!("Iran\n\n{}\n", "<div>".repeat(n)))
        .write("in/h-bold.html", "<b>".repeat(n) + "Iran")
        .write("in/z.txt", "Iran");
    let start = Instant::now();
    let ran = annotate(&dir, &["in"]).exits(1);
    assert_eq!(ran.records().last().unwrap().id, "z.txt");
    assert_starts(
        &problems(&ran),
        &[
            "in/a-deep.html: HTML nested more than 512 deep",
            "in/b-lists.html: HTML nested more than 512 deep",
            "in/c-bold.html: HTML nested more than 512 deep",
            "in/d-attributes.html: HTML with tags of too many attributes",
            "in/e-hidden-attributes.html: HTML with tags of too many attributes",
            "in/f-table.html: HTML nested more than 512 deep",
            "in/g-block.md: HTML nested more than 512 deep",
            "in/h-bold.html: HTML nested more than 512 deep",
        ],
    );
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn what_is_large_and_odd_is_read_all_the_same() {
    let dir = Dir::new();
    let n = 100_000;
    let deep = format!("{}{}", "[".repeat(n), "]".repeat(n));
    dir.write(
        "in/a.json",
        format!(
            "[{{\"id\":\"a\",\"text\":\"Iran\",\"x\":{deep}}},\n{{\"id\":\"b\",\"text\":\"Iran\"}}]"
        ),
    )
    .write(
        "in/c-attribute.html",
        format!("<html><p data-x='{}'>Iran</p>", "x &amp; <y> ".repeat(n)),
    )
    .write("in/d-quotes.md", format!("{} Iran\n", ">".repeat(n)))
    .write("in/e-brackets.md", format!("{}Iran\n", "[".repeat(n)))
    .write("in/f-lists.md", format!("{}Iran\n", "- ".repeat(n)))
    .write("in/g-emphasis.md", format!("{}Iran\n", "*a _b ".repeat(n)))
    .write(
        "in/h-paragraphs.html",
        format!("<html>{}", "<p>Iran, it said, denied it.".repeat(n)),
    )
    .write("in/i-line.html", format!("<html><p>{}", "Iran ".repeat(n)))
    .write(
        "in/j-breaks.html",
        format!("<html><div>{}", "Iran<br>".repeat(n)),
    )
    .write(
        "in/k-roots.html",
        format!(
            "{}Iran",
            (0..n).map(|i| format!("<html a{i}>")).collect::<String>()
        ),
    )
    .write(
        "in/l-cells.html",
        format!("<html><table><tr>{}", "<td>Iran".repeat(n)),
    )
    .write("in/m-blocks.md", "<div>Iran</div>\n\n".repeat(20_000))
    .write(
        "in/n-front.md",
        format!("---\na: {}\n---\nIran\n", "[".repeat(n)),
    )
    .write(
        "in/o-front.md",
        format!("---\n{}\n---\nIran\n", "? ".repeat(n)),
    )
    .write(
        "in/p-fields.jsonl",
        format!(
            "{{\"text\":\"Iran\"{}}}",
            (0..n)
                .map(|i| format!(",\"k{}\":{i}", i % (n / 2)))
                .collect::<String>()
        ),
    )
    .write(
        "in/q-consent.html",
        format!(
            "<html>{}",
            format!(
                "{}{}",
                "<div class=cookie>".repeat(400),
                "</div>".repeat(400)
            )
            .repeat(50)
                + "Iran"
        ),
    )
    .write("in/z.txt", "Iran");
    let start = Instant::now();
    let ran = annotate(&dir, &["in"]);
    for record in ran.records() {
        assert!(record.text.contains("Iran"), "{}", record.id);
    }
    assert_eq!(ran.records().len(), 18, "{}", ran.err);
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}

// Web archives.

fn record(kind: &str, uri: &str, content_type: &str, block: &[u8]) -> Vec<u8> {
    let header = format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: 2024-05-05T00:00:00Z\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [header.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn response(uri: &str, header: &str, body: &[u8]) -> Vec<u8> {
    let block = [b"HTTP/1.1 200 OK\r\n", header.as_bytes(), b"\r\n\r\n", body].concat();
    record(
        "response",
        uri,
        "application/http; msgtype=response",
        &block,
    )
}

#[test]
fn bodies_of_a_web_archive_are_unpacked_within_bounds() {
    let dir = Dir::new();
    let page = b"<html><meta name=date content=2024-05-04><p>Iran denied it.";
    let html = "Content-Type: text/html; charset=koi8-r";
    let bomb = gzip(&vec![b' '; 100 << 20]);
    let records = [
        response(
            "u:1",
            &format!("{html}\r\ncontent-encoding: gzip"),
            &gzip(page),
        ),
        response("u:2", &format!("{html}\r\nContent-Encoding: gzip"), &bomb),
        response(
            "u:3",
            &format!("{html}\r\nContent-Encoding: gzip"),
            &gzip(page)[..30],
        ),
        response("u:4", &format!("{html}\r\nContent-Encoding: br"), page),
        response("u:5", html, b"<html><p>\xe9\xd2\xc1\xce"),
        record("resource", "<u:6>", "text/plain", b"NATO"),
        record("metadata", "u:7", "text/plain", b"NATO"),
        response("u:8", html, "<div>".repeat(10_000).as_bytes()),
        response("u:9", "Content-Type: video/mp4", &vec![0; 5 << 20]),
        response("u:10", html, &vec![b' '; 5 << 20]),
        response(
            "u:11",
            &format!("{html}\r\nTransfer-Encoding: chunked"),
            page,
        ),
    ];
    // A member a record, as archives are packed.
    let packed: Vec<u8> = records.iter().flat_map(|r| gzip(r)).collect();
    dir.write("a.warc.gz", packed);
    let ran = annotate(&dir, &["--max-document", "4M", "a.warc.gz"]).exits(1);
    let records = ran.records();
    let texts: Vec<_> = records
        .iter()
        .map(|r| format!("{} {}", r.id, r.text.trim()))
        .collect();
    assert_eq!(
        texts,
        [
            "u:1 Iran denied it.",
            "u:5 Иран",
            "u:6 NATO",
            "u:11 Iran denied it."
        ]
    );
    let meta = records[0].meta().unwrap();
    let meta: Vec<_> = meta.iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(
        meta,
        [
            "published=\"2024-05-04\"",
            "url=\"u:1\"",
            "date=\"2024-05-05T00:00:00Z\""
        ]
    );
    assert_starts(
        &problems(&ran),
        &[
            "a.warc.gz:2: a document of more than 4 MiB",
            "a.warc.gz:3: the page is packed as \"gzip\" and damaged",
            "a.warc.gz:4: the page is packed as \"br\", which is not read",
            "a.warc.gz:8: HTML nested more than 512 deep",
            "a.warc.gz:10: a document of more than 4 MiB",
        ],
    );
}

#[test]
fn a_packed_web_archive_that_is_cut_off_keeps_its_whole_records() {
    let dir = Dir::new();
    let text = |n: usize| {
        record(
            "resource",
            &format!("u:{n}"),
            "text/plain",
            "Iran ".repeat(n).as_bytes(),
        )
    };
    let packed: Vec<u8> = (1..20).flat_map(|n| gzip(&text(n))).collect();
    dir.write("in/a.warc.gz", &packed[..packed.len() - 40])
        .write("in/b.warc", "no archive at all\n")
        .write("in/z.txt", "Iran");
    let ran = annotate(&dir, &["in"]).exits(1);
    assert_eq!(ran.records().len(), 18 + 1);
    assert_starts(
        &problems(&ran),
        &[
            "in/a.warc.gz:19: the compressed data ends too early",
            "in/b.warc:1: no record at byte 0",
        ],
    );
}
