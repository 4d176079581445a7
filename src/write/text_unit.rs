//! Records of whole documents to records of their parts.

use super::byte_ranges;
use crate::{
    record::{Mention, Record},
    words::Words,
};
use serde_json::value::{RawValue, to_raw_value};
use std::{borrow::Cow, fmt, iter, ops::Range};

/// What a record is about.
///
/// Paragraphs and sentences are those of [`Words`]; where a span goes over the place between two, they are not parted. White space around
/// them is left out. The record of one has the id of its document, `#` and the offset of its start there (`a1#212`, in the unit of the
/// record), and the two also stand in its meta as `doc_id` and `doc_start`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TextUnit {
    /// A document.
    #[default]
    Document,
    /// A paragraph.
    Paragraph,
    /// A sentence.
    Sentence,
}

impl TextUnit {
    /// All units.
    pub const ALL: &'static [TextUnit] =
        &[TextUnit::Document, TextUnit::Paragraph, TextUnit::Sentence];

    /// The word that `--unit` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            TextUnit::Document => "document",
            TextUnit::Paragraph => "paragraph",
            TextUnit::Sentence => "sentence",
        }
    }
}

impl fmt::Display for TextUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The parts of a document, none of which cuts a span. They have no text of `without`, disjoint parts of the document in order, but
/// where a span goes over the end of one.
pub(crate) fn excerpts<'r>(
    record: &'r Record<'_>,
    unit: TextUnit,
    without: &[Range<usize>],
) -> Vec<Record<'r>> {
    let spans = byte_ranges(record);
    let parts = match unit {
        TextUnit::Document => iter::once(0..record.text.len()).collect(),
        TextUnit::Paragraph => parts(&record.text, Words::starts_paragraph, without),
        TextUnit::Sentence => parts(&record.text, Words::starts_sentence, without),
    };
    let mut rest = record.spans.iter().zip(&spans).peekable();
    let (mut byte, mut start) = (0, 0);
    let mut excerpts = Vec::new();
    for part in joined(parts, &spans) {
        start += record.offset_unit.count(&record.text[byte..part.start]);
        byte = part.start;
        let mut mentions = Vec::new();
        while let Some((mention, _)) = rest.next_if(|(_, range)| range.start < part.end) {
            mentions.push(Mention {
                start: mention.start - start,
                end: mention.end - start,
                ..mention.clone()
            });
        }
        excerpts.push(excerpt(record, part, start, mentions));
    }
    excerpts
}

fn excerpt<'r>(
    record: &'r Record<'_>,
    part: Range<usize>,
    start: usize,
    spans: Vec<Mention<'r>>,
) -> Record<'r> {
    let raw = |value: serde_json::Result<Box<RawValue>>| {
        value.expect("strings and numbers can be written as JSON")
    };
    let mut meta = vec![
        ("doc_id".to_owned(), raw(to_raw_value(&*record.id))),
        ("doc_start".to_owned(), raw(to_raw_value(&start))),
    ];
    let others = record.meta.iter();
    meta.extend(
        others
            .filter(|(k, _)| k != "doc_id" && k != "doc_start")
            .cloned(),
    );
    Record {
        id: format!("{}#{start}", record.id).into(),
        text: Cow::Borrowed(&record.text[part]),
        offset_unit: record.offset_unit,
        spans,
        meta: meta.into(),
    }
}

/// Parts that a span goes over, or out of, become one with it. Both are in the order of their starts.
fn joined(parts: Vec<Range<usize>>, spans: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = parts.into_iter().chain(spans.iter().cloned()).collect();
    all.sort_by_key(|r| (r.start, r.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in all {
        match joined.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// The paragraphs or sentences of a text, without the white space around them and the words that start in `without`.
fn parts(
    text: &str,
    starts: fn(&Words, usize) -> bool,
    without: &[Range<usize>],
) -> Vec<Range<usize>> {
    let words = Words::of(text);
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut goes_on = false;
    for i in 0..words.len() {
        let span = words.span(i);
        let gone = without.get(without.partition_point(|w| w.end <= span.start));
        if gone.is_some_and(|w| w.start <= span.start) {
            goes_on = false;
            continue;
        }
        match parts.last_mut() {
            Some(last) if goes_on && !starts(&words, i) => last.end = span.end,
            _ => parts.push(span.range()),
        }
        goes_on = true;
    }
    parts
}

/// How far a place in an excerpt is from the start of its document: what stands behind the last `#` of its id.
#[cfg(test)]
fn doc_start(id: &str) -> usize {
    id.rsplit_once('#')
        .expect("an id of an excerpt")
        .1
        .parse()
        .expect("an offset")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::OffsetUnit;

    fn record<'a>(text: &'a str, unit: OffsetUnit, spans: &[&'a str]) -> Record<'a> {
        let mention = |of: &&'a str| {
            let byte = text.find(*of).unwrap();
            let start = unit.count(&text[..byte]);
            Mention {
                start,
                end: start + unit.count(of),
                label: "X".into(),
                text: (*of).into(),
                entity: None,
                name: None,
                also: Vec::new(),
                origin: "".into(),
                score: None,
                zone: None,
                lost: None,
                attributes: Vec::new(),
            }
        };
        Record {
            id: "a".into(),
            text: text.into(),
            offset_unit: unit,
            spans: spans.iter().map(mention).collect(),
            meta: Vec::new().into(),
        }
    }

    #[test]
    fn paragraphs_keep_their_spans_and_their_place() {
        let text = " 🚀 Iran\r\ndenied it.\r\n\r\n  New\n\nYork and é Köln.\n \n\nEnd\n";
        for unit in [OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16] {
            let whole = record(text, unit, &["Iran", "New\n\nYork", "Köln"]);
            let parts = excerpts(&whole, TextUnit::Paragraph, &[]);
            let texts: Vec<&str> = parts.iter().map(|p| &*p.text).collect();
            assert_eq!(
                texts,
                ["🚀 Iran\r\ndenied it.", "New\n\nYork and é Köln.", "End"]
            );
            let mut spans = whole.spans.iter();
            for part in &parts {
                let start = doc_start(&part.id);
                for (mention, range) in part.spans.iter().zip(byte_ranges(part)) {
                    assert_eq!(part.text[range], *mention.text);
                    assert_eq!(mention.start + start, spans.next().unwrap().start);
                }
                assert_eq!(part.meta[1].1.get(), start.to_string());
            }
            assert!(spans.next().is_none());
        }
    }

    #[test]
    fn sentences_are_those_of_the_words_unless_a_span_goes_over_them() {
        let text = "Gen. Smith left. Köln did not.\nDr. No. Iran did.\n";
        let texts = |spans: &[&'static str]| -> Vec<String> {
            let record = record(text, OffsetUnit::Utf16, spans);
            let parts = excerpts(&record, TextUnit::Sentence, &[]);
            parts.iter().map(|p| p.text.to_string()).collect()
        };
        assert_eq!(texts(&[])[..2], ["Gen. Smith left.", "Köln did not."]);
        assert_eq!(texts(&["left. Köln"])[0], "Gen. Smith left. Köln did not.");
        let document = record(text, OffsetUnit::Byte, &["Köln", "Iran"]);
        let parts = excerpts(&document, TextUnit::Sentence, &[5..11, 32..39]);
        let texts: Vec<&str> = parts.iter().map(|p| &*p.text).collect();
        assert_eq!(texts, ["Gen.", "left.", "Köln did not.", "Iran did."]);
        let blank = record(" \n\n", OffsetUnit::Byte, &[]);
        assert!(excerpts(&blank, TextUnit::Paragraph, &[]).is_empty());
    }
}
