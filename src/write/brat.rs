//! brat: a folder with an `.ann` and a `.txt` for each document.
//!
//! # Format
//!
//! `NAME.txt` is the text, `NAME.ann` its [standoff](https://brat.nlplab.org/standoff.html), a line a fact, offsets in code points:
//!
//! - `T1`, tab, `LABEL START END`, tab, the text. brat has no spans over the end of a line: such a span has a part for each line,
//!   `START END;START END`, its texts parted by a space. Line breaks at its ends are left out.
//! - `N1`, tab, `Reference T1 wiretag:ENTITY`, tab, the name; one more for each further entity. White space in ids is `%20`.
//! - `#1`, tab, `AnnotatorNotes T1`, tab, `origin=alias score=0.97 zone=byline`, as far as they are known.
//!
//! NAME is the id of the document without `.txt`; what file names can't have becomes `_`, and the second of two equal names gets a
//! number. `annotation.conf` declares the labels that occur.

use super::{
    Feature, Writer,
    folder::{Collector, FileNames, Files},
    spans_in,
};
use crate::{
    error::Error,
    record::{Mention, OffsetUnit, Record},
    span::Label,
};
use std::fmt::Write;

/// The writer of standoff for brat.
#[derive(Clone, Copy, Debug)]
pub struct Brat;

/// What ends a line or a field for brat, which is written in Python: a span that holds one is written in parts.
pub(crate) fn parts_text(c: char) -> bool {
    matches!(
        c,
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{1c}'
            ..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// The database that references to entities name.
pub(crate) const DATABASE: &str = "wiretag";

impl Writer for Brat {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        let mut ann = String::new();
        let mut references = 0;
        for (i, (start, _, span)) in spans_in(record, OffsetUnit::Codepoint).enumerate() {
            push(&mut ann, i + 1, start, &mut references, span);
        }
        out.extend_from_slice(&(ann.len() as u64).to_le_bytes());
        out.extend_from_slice(ann.as_bytes());
        out.extend_from_slice(record.text.as_bytes());
    }

    fn collector(&self) -> Option<Box<dyn Collector>> {
        Some(Box::new(Collection::default()))
    }

    fn lacks(&self) -> &'static [Feature] {
        &[
            Feature::Meta,
            Feature::LineBreaks,
            Feature::Lost,
            Feature::Attributes,
        ]
    }

    fn unit(&self) -> Option<OffsetUnit> {
        Some(OffsetUnit::Codepoint)
    }
}

/// The lines of a span.
fn push(ann: &mut String, number: usize, start: usize, references: &mut usize, span: &Mention<'_>) {
    let (mut offsets, mut texts) = (Vec::new(), Vec::new());
    let mut at = start;
    for part in span.text.split(parts_text) {
        let len = part.chars().count();
        if len > 0 {
            offsets.push(format!("{at} {}", at + len));
            texts.push(part);
        }
        at += len + 1;
    }
    if texts.is_empty() {
        return;
    }
    let mut line = |line: std::fmt::Arguments<'_>| {
        ann.write_fmt(line)
            .expect("writing to a string does not fail")
    };
    line(format_args!(
        "T{number}\t{} {}\t{}\n",
        span.label,
        offsets.join(";"),
        texts.join(" ")
    ));
    for (i, entity) in span.entity.iter().chain(&span.also).enumerate() {
        *references += 1;
        let name = span.name.as_deref().filter(|_| i == 0).unwrap_or_default();
        line(format_args!(
            "N{references}\tReference T{number} {DATABASE}:{}\t{}\n",
            percent_encoded(entity),
            name.replace(|c: char| parts_text(c) || c.is_control(), " ")
        ));
    }
    let mut notes = Vec::new();
    if !span.origin.is_empty() {
        notes.push(format!("origin={}", percent_encoded(&span.origin)));
    }
    notes.extend(span.score.map(|score| format!("score={score}")));
    notes.extend(
        span.zone
            .iter()
            .map(|z| format!("zone={}", percent_encoded(z))),
    );
    if !notes.is_empty() {
        line(format_args!(
            "#{number}\tAnnotatorNotes T{number}\t{}\n",
            notes.join(" ")
        ));
    }
}

/// A word without white space, as references and our notes need it.
pub(crate) fn percent_encoded(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            '%' => out.push_str("%25"),
            c if c.is_whitespace() || c.is_control() => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    out.push_str(&format!("%{byte:02X}"));
                }
            }
            c => out.push(c),
        }
    }
    out
}

#[derive(Default)]
struct Collection {
    names: FileNames,
}

impl Collector for Collection {
    fn add(&mut self, id: &str, record: &[u8], files: &mut dyn Files) -> Result<(), Error> {
        let (len, rest) = record
            .split_first_chunk::<8>()
            .expect("a record starts with the length of its annotations");
        let (ann, text) = rest.split_at(u64::from_le_bytes(*len) as usize);
        let name = self.names.of(id, ".txt");
        files.append(&format!("{name}.txt"), text)?;
        files.append(&format!("{name}.ann"), ann)
    }

    fn finish(&mut self, labels: &[Label], files: &mut dyn Files) -> Result<(), Error> {
        let mut conf = "[entities]\n".to_owned();
        for label in labels {
            conf.push_str(label.as_str());
            conf.push('\n');
        }
        conf.push_str("\n[relations]\n\n[events]\n\n[attributes]\n");
        files.append("annotation.conf", conf.as_bytes())
    }
}
