//! Records of whole documents to records of their parts.

use super::byte_ranges;
use crate::record::{Mention, Record};
use serde_json::value::{RawValue, to_raw_value};
use std::{borrow::Cow, fmt, ops::Range};

/// What a record is about.
///
/// Paragraphs are parted by a blank line, or by any line break in texts that have a line of more than 200 bytes; where a span goes over
/// the place, they are not parted. White space around them is left out. The record of a paragraph has the id of its document, `#` and
/// the offset of its start there (`a1#212`, in the unit of the record), and the two also stand in its meta as `doc_id` and `doc_start`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TextUnit {
    /// A document.
    #[default]
    Document,
    /// A paragraph.
    Paragraph,
}

impl TextUnit {
    /// All units.
    pub const ALL: &'static [TextUnit] = &[TextUnit::Document, TextUnit::Paragraph];

    /// The word that `--unit` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            TextUnit::Document => "document",
            TextUnit::Paragraph => "paragraph",
        }
    }
}

impl fmt::Display for TextUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The parts of a document, none of which cuts a span.
pub(crate) fn excerpts<'r>(record: &'r Record<'_>, unit: TextUnit) -> Vec<Record<'r>> {
    let spans = byte_ranges(record);
    let parts = match unit {
        TextUnit::Document => vec![0..record.text.len()],
        TextUnit::Paragraph => paragraphs(&record.text),
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

/// A text with a line of more bytes has a paragraph a line, as the tokens see it.
const LONG_LINE: usize = 200;

/// The paragraphs of a text, without the white space around them.
fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let lines_are_paragraphs = text.lines().any(|line| line.len() > LONG_LINE);
    let mut found = Vec::new();
    let mut open: Option<Range<usize>> = None;
    let (mut breaks, mut before) = (0, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '\n' if before == '\r' => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' => breaks += 1,
            '\u{2029}' => breaks += 2,
            _ if c.is_whitespace() => {}
            _ => {
                let ends = breaks > 1 || breaks == 1 && lines_are_paragraphs;
                if ends {
                    found.extend(open.take());
                }
                breaks = 0;
                open.get_or_insert(at..at).end = at + c.len_utf8();
            }
        }
        before = c;
    }
    found.extend(open);
    found
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
            let parts = excerpts(&whole, TextUnit::Paragraph);
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
    fn long_lines_are_paragraphs_and_short_ones_are_not() {
        assert_eq!(paragraphs("a\nb\n"), [0..3]);
        let long = format!("{}\nb", "a".repeat(201));
        assert_eq!(paragraphs(&long), [0..201, 202..203]);
        assert!(paragraphs(" \n\n").is_empty());
    }
}
