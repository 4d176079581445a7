//! The matcher against its rivals, in one run: tokens and look-up by the prefix-hash index, against the crates aho-corasick and
//! daachorse.
//!
//! `cargo bench --bench matcher [-- NAMES...]` prints MB/s of text and the ratio to the first rival for lists of 5,000 and 100,000
//! generated names, or of the sizes given; `all` stands for 5,000, 100,000, 1,000,000 and 5,000,000, which takes many minutes and
//! several gigabytes. All take turns, several times, and the medians are printed: machines are noisy, read the ratios. All must find the
//! same spans, or the bench fails.

#![allow(
    clippy::print_stdout,
    reason = "the result of a bench is what it prints"
)]

#[path = "common/mod.rs"]
mod common;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};
use common::Corpus;
use daachorse::DoubleArrayAhoCorasick;
use std::{hint::black_box, sync::Arc, time::Instant};
use wiretag::{Gazetteer, Matcher, Matches, SourceDefaults, Tokens};

const TEXT_BYTES: usize = 16 << 20;
const ROUNDS: usize = 5;

type Spans = Vec<(usize, usize)>;

fn main() {
    // Cargo adds --bench.
    let arguments = std::env::args().skip(1).filter(|a| a != "--bench");
    let sizes: Vec<usize> = arguments
        .flat_map(|argument| match argument.as_str() {
            "all" => vec![5_000, 100_000, 1_000_000, 5_000_000],
            size => vec![size.parse().expect("a number of names, or all")],
        })
        .collect();
    let default = [5_000, 100_000];
    for &size in if sizes.is_empty() {
        &default[..]
    } else {
        &sizes
    } {
        compare(size);
    }
}

fn compare(size: usize) {
    let mut corpus = Corpus::new();
    let names = corpus.names(size);
    let documents = corpus.documents(&names, TEXT_BYTES);
    let bytes: usize = documents.iter().map(String::len).sum();

    let start = Instant::now();
    let mut builder = Gazetteer::builder();
    // The automata know no policies: the index is asked for the same.
    builder.add_source(
        "names",
        &format!(
            "# label: NAME\n# case: any\n# hyphen: yes\n{}",
            names.join("\n")
        ),
        &SourceDefaults::default(),
    );
    let gazetteer = Arc::new(builder.build().expect("generated names are good"));
    let index_build = start.elapsed();
    let matcher = Matcher::new(gazetteer.clone());

    let start = Instant::now();
    let overlapping = automaton(&names, MatchKind::Standard, StartKind::Unanchored);
    let automaton_build = start.elapsed();
    let anchored = automaton(&names, MatchKind::LeftmostLongest, StartKind::Anchored);
    // It knows no case: names and text come to it in lower case.
    let lower = names.iter().map(|n| n.to_ascii_lowercase());
    let start = Instant::now();
    let double_array = DoubleArrayAhoCorasick::<u32>::new(lower).expect("the names fit");
    let double_array_build = start.elapsed();

    let (mut tokens, mut matches, mut candidates) =
        (Tokens::default(), Matches::default(), Spans::new());
    let mut index = |text: &str, out: &mut Spans| {
        tokens.fill(text, gazetteer.seed());
        matcher.find(text, &tokens, &mut matches);
        candidates.clear();
        candidates.extend(matches.names().iter().map(|m| (m.span.start, m.span.end)));
        longest(&mut candidates, out);
    };
    let mut raw = Spans::new();
    let mut whole = |text: &str, out: &mut Spans| {
        raw.clear();
        raw.extend(
            overlapping
                .find_overlapping_iter(text)
                .map(|m| (m.start(), m.end()))
                .filter(|&(s, e)| bounded(text, s, e)),
        );
        longest(&mut raw, out);
    };
    let (mut in_lower_case, mut from_double_array) = (String::new(), Spans::new());
    let mut double = |text: &str, out: &mut Spans| {
        in_lower_case.clear();
        in_lower_case.push_str(text);
        in_lower_case.make_ascii_lowercase();
        from_double_array.clear();
        from_double_array.extend(
            double_array
                .find_overlapping_iter(&in_lower_case)
                .map(|m| (m.start(), m.end()))
                .filter(|&(s, e)| bounded(text, s, e)),
        );
        longest(&mut from_double_array, out);
    };
    let mut walked = |text: &str, out: &mut Spans| walk(&anchored, text, out);
    type Run<'a> = &'a mut dyn FnMut(&str, &mut Spans);
    let mut runs: [(&str, Run<'_>); 4] = [
        ("aho-corasick, overlapping, boundary filter", &mut whole),
        ("aho-corasick, walked from word starts", &mut walked),
        ("daachorse, overlapping, boundary filter", &mut double),
        ("token index", &mut index),
    ];

    let mut times = vec![Vec::new(); runs.len()];
    let (mut spans, mut count) = (Spans::new(), 0);
    for _ in 0..ROUNDS {
        let mut found = Vec::new();
        for (k, (_, run)) in runs.iter_mut().enumerate() {
            count = 0;
            let start = Instant::now();
            let mut sum = 0usize;
            for text in &documents {
                run(text, &mut spans);
                count += spans.len();
                sum = spans.iter().fold(sum, |sum, s| {
                    sum.wrapping_mul(31).wrapping_add(s.0 * 7 + s.1)
                });
            }
            times[k].push(start.elapsed().as_secs_f64());
            found.push(black_box(sum));
        }
        // The walk takes the longest at each place and goes on behind it; the others take all and then the longest: the same.
        assert!(
            found.iter().all(|f| *f == found[0]),
            "the engines disagree: {found:?}"
        );
    }
    println!(
        "{size} names, {:.1} MB of text in {} documents, a name in {} bytes",
        bytes as f64 / 1e6,
        documents.len(),
        bytes / count.max(1)
    );
    println!(
        "  build: token index {:.2} s, {} bytes a name; aho-corasick {:.2} s, {} bytes a name; \
         daachorse {:.2} s, {} bytes a name",
        index_build.as_secs_f64(),
        gazetteer.memory() / size,
        automaton_build.as_secs_f64(),
        overlapping.memory_usage() / size,
        double_array_build.as_secs_f64(),
        double_array.heap_bytes() / size
    );
    let rate = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        bytes as f64 / 1e6 / times[times.len() / 2]
    };
    let base = rate(&mut times[0]);
    for (k, (name, _)) in runs.iter().enumerate() {
        let rate = rate(&mut times[k]);
        println!("  {name:44} {rate:7.1} MB/s {:6.2}x", rate / base);
    }
}

fn automaton(names: &[String], kind: MatchKind, start: StartKind) -> AhoCorasick {
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .ascii_case_insensitive(true)
        .match_kind(kind)
        .start_kind(start)
        .build(names)
        .expect("the names fit an automaton")
}

/// Are both ends of a span word boundaries?
fn bounded(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let word = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_alphanumeric);
    (start == 0 || !word(start - 1)) && !word(end)
}

/// The rival of the rivals: looks only where a word starts. Shorter matches hidden by a longer one that ends inside a word are found
/// by shortening the input.
fn walk(automaton: &AhoCorasick, text: &str, out: &mut Spans) {
    out.clear();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let mut end = bytes.len();
        let hit = loop {
            match automaton.find(Input::new(text).span(at..end).anchored(Anchored::Yes)) {
                Some(m) if bounded(text, m.start(), m.end()) => break Some(m.end()),
                Some(m) if m.end() > at + 1 => end = m.end() - 1,
                _ => break None,
            }
        };
        match hit {
            Some(end) => {
                out.push((at, end));
                at = end;
            }
            None => {
                at += bytes[at..]
                    .iter()
                    .take_while(|b| b.is_ascii_alphanumeric())
                    .count()
            }
        }
    }
}

/// Leftmost, longest.
fn longest(candidates: &mut Spans, out: &mut Spans) {
    out.clear();
    candidates.sort_unstable_by_key(|&(s, e)| (s, std::cmp::Reverse(e)));
    let mut end = 0;
    for &(s, e) in candidates.iter() {
        if s >= end {
            out.push((s, e));
            end = e;
        }
    }
}
