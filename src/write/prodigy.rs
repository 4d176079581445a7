//! Prodigy: a task a line, to be corrected in `ner.manual` or `spans.manual`.
//!
//! # Format
//!
//! One JSON object a line:
//!
//! - `id` and `text` of the document;
//! - `tokens`, each `text`, `start`, `end`, `id` and `ws` (does a space follow?): the [words](crate::Words) of the text, what white space
//!   is between them besides one space, and cuts where spans start and end, so that every span lies on tokens. Where spans were
//!   [aligned](super::align), there are no such cuts: the tokens are those of the tokenizer;
//! - `spans`, each `start`, `end`, `token_start`, `token_end` (inclusive), `label`, then what the [record](super::jsonl) says of the span,
//!   as far as it is known: `text`, `entity`, `name`, `also`, `origin`, `score`, `zone`, `attributes`;
//! - `meta` of the document, which Prodigy shows in the corner of the card.
//!
//! Offsets are code points. There are no hashes: Prodigy makes them. Spans are disjoint, as `ner.manual` needs them, unless others are
//! asked for.

use super::{Aligned, Feature, Writer, byte_ranges, jsonl, spans_in};
use crate::{
    json::push_string,
    record::{OffsetUnit, Offsets, Record},
    words::Words,
};
use std::{collections::BTreeSet, ops::Range};

/// The writer of tasks for Prodigy.
#[derive(Clone, Copy, Debug)]
pub struct Prodigy;

impl Writer for Prodigy {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        push_task(record, &tokens(&record.text, &byte_ranges(record)), out);
    }

    fn write_aligned(&self, aligned: &Aligned<'_>, out: &mut Vec<u8>) {
        let (words, _) = aligned.with_spaces();
        let tokens: Vec<Token> = words
            .iter()
            .map(|w| (w.span.range(), w.space_after))
            .collect();
        push_task(&aligned.record, &tokens, out);
    }

    fn lacks(&self) -> &'static [Feature] {
        &[Feature::Overlaps, Feature::Lost]
    }

    fn unit(&self) -> Option<OffsetUnit> {
        Some(OffsetUnit::Codepoint)
    }
}

/// Appends a record whose spans lie on these tokens.
fn push_task(record: &Record<'_>, tokens: &[Token], out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"id\":");
    push_string(&record.id, out);
    out.extend_from_slice(b",\"text\":");
    push_string(&record.text, out);
    let ranges = byte_ranges(record);
    out.extend_from_slice(b",\"tokens\":[");
    let mut offsets = Offsets::new(&record.text, OffsetUnit::Codepoint);
    for (i, (token, space)) in tokens.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        out.extend_from_slice(b"{\"text\":");
        push_string(&record.text[token.clone()], out);
        let (start, end) = (offsets.at(token.start), offsets.at(token.end));
        let fields = format!(",\"start\":{start},\"end\":{end},\"id\":{i},\"ws\":{space}}}");
        out.extend_from_slice(fields.as_bytes());
    }
    let won = record.spans.iter().zip(ranges);
    let mut ranges = won.filter(|(s, _)| s.lost.is_none()).map(|(_, r)| r);
    out.extend_from_slice(b"],\"spans\":[");
    for (i, (start, end, span)) in spans_in(record, OffsetUnit::Codepoint).enumerate() {
        if i > 0 {
            out.push(b',');
        }
        let range = ranges.next().unwrap_or_default();
        let first = tokens.partition_point(|(t, _)| t.end <= range.start);
        let last = tokens.partition_point(|(t, _)| t.start < range.end) - 1;
        let place = format!(
            "{{\"start\":{start},\"end\":{end},\"token_start\":{first},\"token_end\":{last},\"label\":"
        );
        out.extend_from_slice(place.as_bytes());
        push_string(&span.label, out);
        out.extend_from_slice(b",\"text\":");
        push_string(&span.text, out);
        jsonl::push_details(span, out);
        out.push(b'}');
    }
    out.push(b']');
    jsonl::push_meta(record, out);
    out.extend_from_slice(b"}\n");
}

/// A token, and whether a space that is no token follows.
type Token = (Range<usize>, bool);

/// The tokens of a text: words, white space but for one space behind a word, all cut at the ends of spans.
fn tokens(text: &str, spans: &[Range<usize>]) -> Vec<Token> {
    let words = Words::of(text);
    let starts: BTreeSet<usize> = spans.iter().map(|s| s.start).collect();
    let ends: BTreeSet<usize> = spans.iter().map(|s| s.end).collect();
    let mut cuts: BTreeSet<usize> = &starts | &ends;
    cuts.insert(text.len());
    let mut tokens: Vec<Token> = Vec::with_capacity(words.len());
    let mut push = |range: Range<usize>, space: bool| {
        let mut start = range.start;
        for &cut in cuts.range(start + 1..=range.end) {
            let end = cut.min(range.end);
            tokens.push((start..end, space && end == range.end));
            start = end;
        }
        if start < range.end {
            tokens.push((start..range.end, space));
        }
    };
    let mut at = 0;
    for i in 0..=words.len() {
        let word = match i < words.len() {
            true => words.span(i).range(),
            false => text.len()..text.len(),
        };
        // The text between the word before and this one.
        if at < word.start {
            push(at..word.start, false);
        }
        at = word.end;
        // A span that starts with the space behind a word, or ends with it, needs it as a token.
        let owns =
            text[at..].starts_with(' ') && !starts.contains(&at) && !ends.contains(&(at + 1));
        if !word.is_empty() {
            push(word, owns);
            at += usize::from(owns);
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, spans: &[Range<usize>]) -> Vec<String> {
        let tokens = tokens(text, spans).into_iter();
        let shown =
            tokens.map(|(t, space)| format!("{}{}", &text[t], if space { "_" } else { "" }));
        shown.collect()
    }

    #[test]
    fn tokens_and_their_spaces_are_the_text() {
        let text = "  Kim’s  U.S.-led 🚀\n\ntalks, e\u{301} ";
        for spans in [
            vec![],
            vec![2..5, 13..17],
            vec![3..4, 10..19],
            vec![0..2, 1..3, 9..10],
        ] {
            let tokens = tokens(text, &spans);
            let mut at = 0;
            for (range, space) in &tokens {
                assert_eq!(range.start, at, "{spans:?}");
                assert!(!range.is_empty() && (!space || text[range.end..].starts_with(' ')));
                at = range.end + usize::from(*space);
            }
            assert_eq!(at, text.len());
            for span in &spans {
                assert!(
                    tokens.iter().any(|(t, _)| t.start == span.start),
                    "{span:?}"
                );
                assert!(tokens.iter().any(|(t, _)| t.end == span.end), "{span:?}");
            }
        }
    }

    #[test]
    fn words_are_cut_at_the_ends_of_spans() {
        assert_eq!(texts("Iran’s deal\n", &[]), ["Iran", "’s_", "deal", "\n"]);
        assert_eq!(
            texts("anti-Iranian talk", std::slice::from_ref(&(5..9))),
            ["anti", "-", "Iran", "ian_", "talk"]
        );
        assert_eq!(
            texts("in Iran now", std::slice::from_ref(&(2..7))),
            ["in", " ", "Iran_", "now"]
        );
        assert_eq!(
            texts("in Iran now", std::slice::from_ref(&(3..8))),
            ["in_", "Iran", " ", "now"]
        );
    }
}
