//! What each stage costs, in one run: a plain pass over the bytes, tokens, zones, look-up of a plain list, records.
//!
//! `cargo bench --bench stages [-- PATH...]` prints MB/s of text, and the time as a multiple of that of the plain pass (a UTF-8 check
//! and a search for line ends). The stages take turns, and the medians are printed: machines are noisy, read the ratios. The texts are
//! those of the files and folders given, repeated; without them the articles of `examples/`, which are few: a processor learns some of
//! them by heart.

#![allow(
    clippy::print_stdout,
    reason = "the result of a bench is what it prints"
)]

use fastrand::Rng;
use std::{
    collections::BTreeSet,
    hint::black_box,
    sync::{Arc, atomic::AtomicU64},
    time::Instant,
};
use wiretag::{
    Annotator, Document, Found, Gazetteer, Matcher, Matches, OffsetUnit, Patterns, Scratch,
    SourceDefaults, Tokens, Words,
    read::{ReadOptions, Sources, Stream},
    write::OutputFormat,
    zones,
};

/// Every stage reads as much text as this in each round.
const TEXT_BYTES: usize = 16 << 20;
const ROUNDS: usize = 9;
const NAMES: usize = 100_000;

fn main() {
    let mut paths: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    if paths.is_empty() {
        paths.push(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/articles").to_owned());
    }
    let documents = read(paths);
    let bytes: usize = documents.iter().map(|d| d.text().len()).sum();
    assert!(bytes > 0, "the files have no text");
    let repeats = TEXT_BYTES.div_ceil(bytes);

    let gazetteer = Arc::new(plain_list(&documents));
    let matcher = Matcher::new(gazetteer.clone());
    let annotator = Annotator::builder()
        .rules(false)
        .build(gazetteer.clone())
        .expect("no labels are asked for");
    let writer = OutputFormat::Jsonl.writer();

    // What the later stages need of the earlier ones is made beforehand.
    let all_tokens: Vec<Tokens> = documents
        .iter()
        .map(|d| {
            let mut tokens = Tokens::default();
            tokens.fill(d.text(), gazetteer.seed());
            tokens
        })
        .collect();
    let all_found: Vec<Found> = documents
        .iter()
        .map(|d| {
            let mut found = Found::default();
            annotator.annotate_into(&mut Scratch::default(), d, &mut found);
            found
        })
        .collect();
    let names: usize = all_found.iter().map(|f| f.annotations.len()).sum();

    // Phrases that all start with one word, and a pattern that may start anywhere.
    let phrases: Vec<String> = (0..5_000)
        .map(|n| format!(r#"{{"label": "X", "pattern": "The Minister {n}"}}"#))
        .collect();
    let phrases = Patterns::from_str("phrases", &phrases.join("\n")).expect("they are good");
    let runs = r#"{"label": "X", "pattern": [{"IS_TITLE": true, "OP": "+"}]}"#;
    let runs = Patterns::from_str("runs", runs).expect("it is good");
    let all_words: Vec<Words> = documents.iter().map(|d| Words::of(d.text())).collect();

    let mut tokens = Tokens::default();
    let mut found_zones = Vec::new();
    let mut matches = Matches::default();
    let (mut scratch, mut found) = (Scratch::default(), Found::default());
    let mut lines = Vec::new();
    type Stage<'a> = Box<dyn FnMut(usize) + 'a>;
    let mut stages: [(&str, Stage<'_>); 9] = [
        (
            "UTF-8 check and line ends",
            Box::new(|i| {
                let text = black_box(documents[i].text().as_bytes());
                black_box(std::str::from_utf8(text).is_ok());
                black_box(memchr::memchr_iter(b'\n', text).count());
            }),
        ),
        (
            "tokens",
            Box::new(|i| tokens.fill(documents[i].text(), gazetteer.seed())),
        ),
        (
            "zones",
            Box::new(|i| zones(documents[i].text(), &mut found_zones)),
        ),
        (
            "look-up of the list",
            Box::new(|i| matcher.find(documents[i].text(), &all_tokens[i], &mut matches)),
        ),
        (
            "records as JSONL",
            Box::new(|i| {
                lines.clear();
                let record = annotator.record(&documents[i], &all_found[i], OffsetUnit::Codepoint);
                writer.write(&record, &mut lines);
            }),
        ),
        (
            "words and sentences",
            Box::new(|i| {
                black_box(Words::of(documents[i].text()));
            }),
        ),
        (
            "5,000 phrase patterns on the words",
            Box::new(|i| {
                black_box(phrases.find(documents[i].text(), &all_words[i]));
            }),
        ),
        (
            "a pattern that starts anywhere",
            Box::new(|i| {
                black_box(runs.find(documents[i].text(), &all_words[i]));
            }),
        ),
        (
            "annotate (tokens, zones, look-up, competition)",
            Box::new(|i| annotator.annotate_into(&mut scratch, &documents[i], &mut found)),
        ),
    ];

    let mut times = vec![Vec::new(); stages.len()];
    for _ in 0..ROUNDS {
        for (times, (_, stage)) in times.iter_mut().zip(&mut stages) {
            let start = Instant::now();
            for _ in 0..repeats {
                for i in 0..documents.len() {
                    stage(i);
                }
            }
            times.push(start.elapsed().as_secs_f64());
        }
    }
    println!(
        "{} documents, {:.2} MB of text, {repeats} times; {} names, one found every {} bytes",
        documents.len(),
        bytes as f64 / 1e6,
        gazetteer.alias_count(),
        bytes / names.max(1)
    );
    let medians: Vec<f64> = times
        .iter_mut()
        .map(|times| {
            times.sort_by(f64::total_cmp);
            times[ROUNDS / 2]
        })
        .collect();
    for ((name, _), median) in stages.iter().zip(&medians) {
        println!(
            "  {name:48} {:9.1} MB/s {:8.2}x the time of the plain pass",
            (bytes * repeats) as f64 / 1e6 / median,
            median / medians[0]
        );
    }
}

/// The documents of files and folders; what can't be read ends the bench.
fn read(paths: Vec<String>) -> Vec<Document> {
    let options = ReadOptions::default();
    let count = Arc::new(AtomicU64::new(0));
    let mut documents = Vec::new();
    for source in Sources::new(paths) {
        let source = source.unwrap_or_else(|p| panic!("{p}"));
        let stream = Stream::open(&source, &options, &count).unwrap_or_else(|p| panic!("{p}"));
        for raw in stream {
            let raw = raw.unwrap_or_else(|p| panic!("{p}"));
            documents.extend(raw.parse(&options).document);
        }
    }
    documents
}

/// A list without policies: runs of capitalised words of the texts, and made-up names that no text has.
fn plain_list(documents: &[Document]) -> Gazetteer {
    let mut names = BTreeSet::new();
    for document in documents {
        let words: Vec<&str> = document
            .text()
            .split_whitespace()
            .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()))
            .collect();
        let is_name = |w: &&str| w.len() > 3 && w.starts_with(|c: char| c.is_ascii_uppercase());
        for run in words.split(|w| !is_name(w)) {
            if (1..=4).contains(&run.len()) && names.len() < NAMES / 2 {
                names.insert(run.join(" "));
            }
        }
    }
    let mut rng = Rng::with_seed(7);
    while names.len() < NAMES {
        let mut word = || -> String {
            let len = rng.usize(4..10);
            (0..len).map(|_| rng.lowercase()).collect()
        };
        names.insert(format!("{} {}", word(), word()));
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut builder = Gazetteer::builder();
    let source = format!("# label: NAME\n# case: any\n{}", names.join("\n"));
    builder.add_source("names", &source, &SourceDefaults::default());
    builder.build().expect("the names are good")
}
