//! CoNLL-2003: a word a line with its tag, for taggers that read columns.
//!
//! # Format
//!
//! Four columns parted by one space:
//!
//! ```text
//! -DOCSTART- -X- O O
//!
//! Kim -X- a1#0:3 B-PERSON
//! ’s -X- 3:5 O
//! envoy -X- 6:11 O
//! ```
//!
//! - the word;
//! - `-X-`, in the place of its part of speech;
//! - in the place of its chunk where it stands, `START:END` in code points of the document. Before the first word of a sentence there
//!   is the document's id and `#`; white space, control characters and `%` are in it as `%20`, by the bytes of UTF-8. Readers of columns
//!   take it for one more tag, and this crate's makes offsets and ids of it again;
//! - the tag: `O`, or a prefix, `-` and the label. In IOB2 (`conll`) `B` starts a span, `I` goes on with it. In BILOU (`bilou`) `U` is a
//!   span of one word, `B`, `I` and `L` are the first, the inner and the last word of a longer one.
//!
//! A blank line ends a sentence. Each record starts with the line `-DOCSTART- -X- O O`, as spaCy wants it (the files of 2003 have
//! another last column but one, which spaCy takes for a word), and a blank line. Words are [aligned](super::align); the kinds of white
//! space between them, records without a word and all else that is known of spans have no place.

use super::{Aligned, Feature, Writer, align::Alignment, percent};
use crate::record::{OffsetUnit, Offsets, Record};

/// The line that starts a document.
pub(crate) const DOCSTART: &str = "-DOCSTART- -X- O O";

/// The writer of columns.
#[derive(Clone, Copy, Debug)]
pub struct Conll {
    /// What the prefixes of tags are.
    pub scheme: Scheme,
}

/// What the prefixes of tags are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `B`, `I`.
    Iob2,
    /// `B`, `I`, `L`, `U`.
    Bilou,
}

impl Scheme {
    /// The prefix of the `i`-th of `n` words of a span.
    fn prefix(self, i: usize, n: usize) -> &'static str {
        match (self, i) {
            (Scheme::Bilou, 0) if n == 1 => "U-",
            (_, 0) => "B-",
            (Scheme::Bilou, i) if i + 1 == n => "L-",
            _ => "I-",
        }
    }
}

impl Writer for Conll {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        self.write_aligned(&Alignment::of(self).align(record), out);
    }

    fn write_aligned(&self, aligned: &Aligned<'_>, out: &mut Vec<u8>) {
        if aligned.words.is_empty() {
            return;
        }
        let mut tags = vec![("O", ""); aligned.words.len()];
        for (range, span) in aligned.ranges.iter().zip(&aligned.record.spans) {
            for (i, tag) in tags[range.clone()].iter_mut().enumerate() {
                *tag = (self.scheme.prefix(i, range.len()), &span.label);
            }
        }
        let id = percent::encode(&aligned.record.id);
        let mut offsets = Offsets::new(&aligned.record.text, OffsetUnit::Codepoint);
        out.extend_from_slice(DOCSTART.as_bytes());
        out.extend_from_slice(b"\n\n");
        for sentence in aligned.sentences() {
            for i in sentence.clone() {
                let span = aligned.words[i].span;
                let (start, end) = (offsets.at(span.start), offsets.at(span.end));
                let (of, hash) = match i == sentence.start {
                    true => (&*id, "#"),
                    false => ("", ""),
                };
                let (prefix, label) = tags[i];
                let (mut digits, mut more) = (itoa::Buffer::new(), itoa::Buffer::new());
                let (start, end) = (digits.format(start), more.format(end));
                for part in [
                    aligned.text(i),
                    " -X- ",
                    of,
                    hash,
                    start,
                    ":",
                    end,
                    " ",
                    prefix,
                    label,
                    "\n",
                ] {
                    out.extend_from_slice(part.as_bytes());
                }
            }
            out.push(b'\n');
        }
    }

    fn has_words(&self) -> bool {
        true
    }

    fn lacks(&self) -> &'static [Feature] {
        &[
            Feature::WhiteSpace,
            Feature::Wordless,
            Feature::Meta,
            Feature::Overlaps,
            Feature::Entity,
            Feature::Name,
            Feature::Also,
            Feature::Origin,
            Feature::Score,
            Feature::Zone,
            Feature::Lost,
            Feature::Attributes,
        ]
    }

    fn unit(&self) -> Option<OffsetUnit> {
        Some(OffsetUnit::Codepoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_those_of_the_scheme() {
        let prefixes = |scheme: Scheme, n| (0..n).map(|i| scheme.prefix(i, n)).collect::<String>();
        assert_eq!(prefixes(Scheme::Iob2, 1), "B-");
        assert_eq!(prefixes(Scheme::Iob2, 3), "B-I-I-");
        assert_eq!(prefixes(Scheme::Bilou, 1), "U-");
        assert_eq!(prefixes(Scheme::Bilou, 2), "B-L-");
        assert_eq!(prefixes(Scheme::Bilou, 4), "B-I-I-L-");
    }
}
