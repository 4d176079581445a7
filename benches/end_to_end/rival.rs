//! The rival: annotates JSONL with a list of names, as one writes it with aho-corasick and serde_json.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    error::Error,
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
};

#[derive(Deserialize)]
struct Article<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    text: Cow<'a, str>,
}

#[derive(Serialize)]
struct Record<'a> {
    id: &'a str,
    text: &'a str,
    spans: Vec<Span<'a>>,
}

/// Offsets are code points, as those that wiretag writes.
#[derive(Serialize)]
struct Span<'a> {
    start: usize,
    end: usize,
    label: &'a str,
    text: &'a str,
}

pub(crate) fn run(list: &Path, articles: &Path, output: &Path) -> Result<(), Box<dyn Error>> {
    let list = fs::read_to_string(list)?;
    let automaton = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .ascii_case_insensitive(true)
        .build(list.lines())?;
    let mut articles = BufReader::with_capacity(1 << 20, File::open(articles)?);
    let mut output = BufWriter::with_capacity(1 << 20, File::create(output)?);
    let (mut line, mut json) = (Vec::new(), Vec::new());
    let (mut candidates, mut winners) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        if articles.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let Article { id, text } = serde_json::from_slice(&line)?;
        candidates.clear();
        candidates.extend(
            automaton
                .find_overlapping_iter(&*text)
                .map(|m| (m.start(), m.end()))
                .filter(|&(start, end)| is_bounded(&text, start, end)),
        );
        longest(&mut candidates, &mut winners);
        let record = Record {
            id: &id,
            text: &text,
            spans: spans(&text, &winners),
        };
        json.clear();
        serde_json::to_writer(&mut json, &record)?;
        json.push(b'\n');
        output.write_all(&json)?;
    }
    output.flush()?;
    Ok(())
}

/// Are both ends word boundaries?
fn is_bounded(text: &str, start: usize, end: usize) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    !is_word(bytes[..start].last()) && !is_word(bytes.get(end))
}

/// The longest first, each if no one before it overlaps it; in the order of the text.
fn longest(candidates: &mut [(usize, usize)], winners: &mut Vec<(usize, usize)>) {
    candidates.sort_unstable_by_key(|&(start, end)| (std::cmp::Reverse(end - start), start));
    winners.clear();
    for &(start, end) in candidates.iter() {
        let at = winners.partition_point(|w| w.1 <= start);
        if winners.get(at).is_none_or(|w| w.0 >= end) {
            winners.insert(at, (start, end));
        }
    }
}

fn spans<'a>(text: &'a str, winners: &[(usize, usize)]) -> Vec<Span<'a>> {
    let (mut done, mut characters) = (0, 0);
    let spans = winners.iter().map(|&(start, end)| {
        let before = characters + text[done..start].chars().count();
        characters = before + text[start..end].chars().count();
        done = end;
        Span {
            start: before,
            end: characters,
            label: "ENT",
            text: &text[start..end],
        }
    });
    spans.collect()
}
