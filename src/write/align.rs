//! Alignment: the spans of a record as ranges of words, for formats that have a line, a row or an item a word.
//!
//! A span that does not start and end where words do can't stand in such a format as it is. [`Align`] says what becomes of it, and
//! nothing happens to it in silence: it is listed in [`Aligned::unaligned`], with the reason.
//!
//! A writer of words implements [`Writer::write_aligned`] and says so in
//! [`Writer::has_words`]:
//!
//! ```
//! use wiretag::{Record, write::{Aligned, Feature, Writer, align::Alignment}};
//! struct Slashed;
//! impl Writer for Slashed {
//!     fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
//!         self.write_aligned(&Alignment::of(self).align(record), out);
//!     }
//!     fn write_aligned(&self, aligned: &Aligned<'_>, out: &mut Vec<u8>) {
//!         for (range, span) in aligned.ranges.iter().zip(&aligned.record.spans) {
//!             let words: Vec<&str> = range.clone().map(|i| aligned.text(i)).collect();
//!             out.extend_from_slice(format!("{}/{}\n", words.join(" "), span.label).as_bytes());
//!         }
//!     }
//!     fn has_words(&self) -> bool {
//!         true
//!     }
//!     fn lacks(&self) -> &'static [Feature] {
//!         &[Feature::Overlaps, Feature::Lost]
//!     }
//! }
//! ```

use super::{Feature, Writer, byte_ranges};
use crate::{
    json::push_string,
    record::{Mention, OffsetUnit, Offsets, Record},
    span::Span,
    words::{Tokenizer, Words},
};
use std::{borrow::Cow, cmp::Reverse, collections::BTreeMap, fmt, ops::Range};

/// What becomes of spans that do not start and end where words do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Align {
    /// They take all words that they touch. What a model can tag are whole words, and a word that holds a name is nearer to being a
    /// name than to being none.
    #[default]
    Expand,
    /// They keep the words that they hold whole, and are left out if there is none.
    Contract,
    /// They are left out.
    Drop,
    /// They are left out, and each is a problem.
    Fail,
}

impl Align {
    /// All policies.
    pub const ALL: &'static [Align] = &[Align::Expand, Align::Contract, Align::Drop, Align::Fail];

    /// The word that `--align` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            Align::Expand => "expand",
            Align::Contract => "contract",
            Align::Drop => "drop",
            Align::Fail => "fail",
        }
    }
}

impl fmt::Display for Align {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How spans are laid on words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// What cuts the text into words. Default: [`Tokenizer::Words`].
    pub tokenizer: Tokenizer,
    /// What becomes of spans that do not lie on words. Default: [`Align::Expand`].
    pub policy: Align,
    /// Must spans be disjoint? Of several that are not, one that was on words comes before one that was moved, then the longest, then
    /// the first. Default: they need not.
    pub flat: bool,
}

/// A record whose spans lie on words.
#[derive(Clone, Debug)]
pub struct Aligned<'r> {
    /// The record. Its spans, moved to the bounds of words, are by start, then the longest first; those that were left out and those
    /// that lost a competition are none of them.
    pub record: Record<'r>,
    /// The words of its text, in order.
    pub words: Vec<Word>,
    /// For each span of the record the words that it covers, at least one.
    pub ranges: Vec<Range<usize>>,
    /// The spans that were not as the record has them now, in the order of the text.
    pub unaligned: Vec<Unaligned>,
}

/// A word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its bytes.
    pub span: Span,
    /// Does white space follow, of any kind and length? Of [`Aligned::with_spaces`]: does a space follow that is no word itself?
    pub space_after: bool,
    /// Is it the first of a sentence? No sentence starts inside a span.
    pub starts_sentence: bool,
}

/// A span that does not lie on words, or had to give way to one that does.
#[derive(Clone, Debug, PartialEq)]
pub struct Unaligned {
    /// Id of the record.
    pub id: String,
    /// What offsets count.
    pub unit: OffsetUnit,
    /// Where it started in the text of the record.
    pub start: usize,
    /// Where it ended (exclusive).
    pub end: usize,
    /// Its label.
    pub label: String,
    /// The text between the two.
    pub text: String,
    /// What is wrong with it.
    pub reason: Misfit,
    /// What it became: start, end and text; `None` if it was left out.
    pub became: Option<(usize, usize, String)>,
}

/// Why a span can't stand in a format of words as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Misfit {
    /// It is a part of a word.
    InsideWord,
    /// Its start is inside a word.
    StartsInside,
    /// Its end is inside a word.
    EndsInside,
    /// Both are, of two words.
    BothInside,
    /// It starts or ends with white space.
    WhiteSpace,
    /// It is white space alone.
    NoWord,
    /// It shares a word with another span, where spans must be disjoint.
    Overlaps,
}

impl Misfit {
    /// All of them.
    pub const ALL: &'static [Misfit] = &[
        Misfit::InsideWord,
        Misfit::StartsInside,
        Misfit::EndsInside,
        Misfit::BothInside,
        Misfit::WhiteSpace,
        Misfit::NoWord,
        Misfit::Overlaps,
    ];

    /// The one of this name.
    pub(crate) fn of_name(name: &str) -> Option<Misfit> {
        Misfit::ALL.iter().copied().find(|m| m.as_str() == name)
    }

    /// What messages and listings call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Misfit::InsideWord => "is inside a word",
            Misfit::StartsInside => "starts inside a word",
            Misfit::EndsInside => "ends inside a word",
            Misfit::BothInside => "starts and ends inside words",
            Misfit::WhiteSpace => "starts or ends with white space",
            Misfit::NoWord => "holds no word",
            Misfit::Overlaps => "shares a word with another span",
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A span on its way to words.
struct Laid<'m, 'a> {
    mention: &'m Mention<'a>,
    reason: Option<Misfit>,
    /// Bytes before it was laid on words.
    bytes: Range<usize>,
    words: Range<usize>,
}

impl Alignment {
    /// The default for a format.
    pub fn of(writer: &dyn Writer) -> Alignment {
        Alignment {
            flat: writer.lacks().contains(&Feature::Overlaps),
            ..Alignment::default()
        }
    }

    /// Lays the spans of a record on the words of its text. Takes time linear in the text, and in the spans but for a logarithm.
    pub fn align<'r>(&self, record: &'r Record<'_>) -> Aligned<'r> {
        let mut words = words_of(&record.text, self.tokenizer);
        let (mut laid, mut unaligned) = (Vec::new(), Vec::new());
        let spans = record.spans.iter().zip(byte_ranges(record));
        for (mention, bytes) in spans.filter(|(m, _)| m.lost.is_none()) {
            let (range, reason) = self.lay(&words, bytes.clone());
            let here = Laid {
                mention,
                reason,
                bytes,
                words: range,
            };
            match here.words.is_empty() {
                true => unaligned.push(here),
                false => laid.push(here),
            }
        }
        laid.sort_by_key(|l| (l.words.start, Reverse(l.words.end)));
        if self.flat {
            let (kept, overlapping) = disjoint(laid);
            laid = kept;
            unaligned.extend(overlapping);
        }
        let mut done = 0;
        for span in &laid {
            let (first, end) = (done.max(span.words.start + 1), span.words.end);
            for word in words.get_mut(first..end).into_iter().flatten() {
                word.starts_sentence = false;
            }
            done = done.max(end);
        }
        aligned(record, words, laid, unaligned)
    }

    /// The words that a span covers, none if it is left out, and what is wrong with it.
    fn lay(&self, words: &[Word], span: Range<usize>) -> (Range<usize>, Option<Misfit>) {
        let touched = words.partition_point(|w| w.span.end <= span.start)
            ..words.partition_point(|w| w.span.start < span.end);
        if touched.is_empty() {
            return (0..0, Some(Misfit::NoWord));
        }
        let bounds = words[touched.start].span.start..words[touched.end - 1].span.end;
        let starts_inside = bounds.start < span.start;
        let ends_inside = span.end < bounds.end;
        let reason = match (starts_inside, ends_inside) {
            (false, false) if bounds == span => return (touched, None),
            (false, false) => Misfit::WhiteSpace,
            (true, true) if touched.len() > 1 => Misfit::BothInside,
            _ if touched.len() == 1 => Misfit::InsideWord,
            (true, _) => Misfit::StartsInside,
            (false, true) => Misfit::EndsInside,
        };
        let words = match self.policy {
            Align::Expand => touched,
            Align::Contract => {
                let start = touched.start + usize::from(starts_inside);
                start..(touched.end - usize::from(ends_inside)).max(start)
            }
            Align::Drop | Align::Fail => 0..0,
        };
        (words, Some(reason))
    }
}

fn words_of(text: &str, tokenizer: Tokenizer) -> Vec<Word> {
    let words = Words::by(tokenizer, text);
    let word = |i| Word {
        span: words.span(i),
        space_after: words.space_after(i),
        starts_sentence: words.starts_sentence(i),
    };
    (0..words.len()).map(word).collect()
}

/// Spans of which no two share a word, and the others. Both are sorted, as `laid` is.
fn disjoint<'m, 'a>(laid: Vec<Laid<'m, 'a>>) -> (Vec<Laid<'m, 'a>>, Vec<Laid<'m, 'a>>) {
    let mut order: Vec<usize> = (0..laid.len()).collect();
    order.sort_by_key(|&i| (laid[i].reason.is_some(), Reverse(laid[i].words.len()), i));
    let ranges: Vec<Range<usize>> = laid.iter().map(|l| l.words.clone()).collect();
    let kept = first_disjoint(&ranges, order);
    let (mut winners, mut losers) = (Vec::new(), Vec::new());
    for (mut span, kept) in laid.into_iter().zip(kept) {
        if kept {
            winners.push(span);
        } else {
            span.reason = Some(Misfit::Overlaps);
            span.words = 0..0;
            losers.push(span);
        }
    }
    (winners, losers)
}

/// For each range whether it is disjoint from all that come before it in the order and were taken.
pub(crate) fn first_disjoint(ranges: &[Range<usize>], order: Vec<usize>) -> Vec<bool> {
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let mut kept = vec![false; ranges.len()];
    for i in order {
        let range = &ranges[i];
        // Those taken are disjoint: the last that starts before the end is the one that could overlap.
        let before = taken.range(..range.end).next_back();
        if before.is_none_or(|(_, &end)| end <= range.start) {
            taken.insert(range.start, range.end);
            kept[i] = true;
        }
    }
    kept
}

/// Puts together what was found out; `gone` are the spans that were left out.
fn aligned<'r>(
    record: &'r Record<'_>,
    words: Vec<Word>,
    laid: Vec<Laid<'r, '_>>,
    gone: Vec<Laid<'r, '_>>,
) -> Aligned<'r> {
    let mut offsets = Offsets::new(&record.text, record.offset_unit);
    let (mut spans, mut ranges) = (Vec::with_capacity(laid.len()), Vec::new());
    let mut unaligned: Vec<(Range<usize>, Unaligned)> = gone
        .into_iter()
        .map(|span| (span.bytes.clone(), listed(record, &span, None)))
        .collect();
    for span in laid {
        let bytes = words[span.words.start].span.start..words[span.words.end - 1].span.end;
        let start = offsets.at(bytes.start);
        let end = start + offsets.count_ahead(bytes.len());
        let text = &record.text[bytes];
        if span.reason.is_some() {
            let became = Some((start, end, text.to_owned()));
            unaligned.push((span.bytes.clone(), listed(record, &span, became)));
        }
        spans.push(Mention {
            start,
            end,
            text: text.into(),
            ..span.mention.clone()
        });
        ranges.push(span.words);
    }
    unaligned.sort_by_key(|(bytes, _)| (bytes.start, Reverse(bytes.end)));
    Aligned {
        record: Record {
            id: Cow::Borrowed(&record.id),
            text: Cow::Borrowed(&record.text),
            offset_unit: record.offset_unit,
            spans,
            meta: Cow::Borrowed(&record.meta),
        },
        words,
        ranges,
        unaligned: unaligned.into_iter().map(|(_, u)| u).collect(),
    }
}

fn listed(
    record: &Record<'_>,
    span: &Laid<'_, '_>,
    became: Option<(usize, usize, String)>,
) -> Unaligned {
    Unaligned {
        id: record.id.clone().into_owned(),
        unit: record.offset_unit,
        start: span.mention.start,
        end: span.mention.end,
        label: span.mention.label.clone().into_owned(),
        text: span.mention.text.clone().into_owned(),
        reason: span.reason.expect("only what does not fit is listed"),
        became,
    }
}

impl fmt::Display for Unaligned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unaligned {
            id,
            start,
            end,
            text,
            reason,
            ..
        } = self;
        write!(f, "span {start}..{end} of {id:?}: {text:?} {reason}")
    }
}

impl Unaligned {
    /// Appends it as a line of JSON: `id` of the record, `offset_unit`, `start`, `end`, `label`, `text`, `reason`, and `became`, an object
    /// with `start`, `end` and `text`, or null if it was left out.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        let mut string = |before: &str, value: &str| {
            out.extend_from_slice(before.as_bytes());
            push_string(value, out);
        };
        string("{\"id\":", &self.id);
        string(",\"offset_unit\":", self.unit.as_str());
        let (start, end) = (self.start, self.end);
        string(
            &format!(",\"start\":{start},\"end\":{end},\"label\":"),
            &self.label,
        );
        string(",\"text\":", &self.text);
        string(",\"reason\":", self.reason.as_str());
        let behind = match &self.became {
            Some((start, end, text)) => {
                let place = format!(",\"became\":{{\"start\":{start},\"end\":{end},\"text\":");
                string(&place, text);
                "}}\n"
            }
            None => ",\"became\":null}\n",
        };
        out.extend_from_slice(behind.as_bytes());
    }
}

impl Aligned<'_> {
    /// The text of a word.
    ///
    /// # Panics
    /// When there is no such word.
    pub fn text(&self, word: usize) -> &str {
        &self.record.text[self.words[word].span.range()]
    }

    /// The sentences as ranges of words, in order; together they are all words.
    pub fn sentences(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let starts = |i: &usize| *i == 0 || self.words[*i].starts_sentence;
        let mut next = (0..self.words.len()).filter(starts).peekable();
        std::iter::from_fn(move || {
            let start = next.next()?;
            Some(start..next.peek().copied().unwrap_or(self.words.len()))
        })
    }

    /// The words with words of white space between them, and the ranges of these that spans cover: all white space is one but a space
    /// behind a word, as with spaCy. For formats that make the text again from words and single spaces (DocBin, Prodigy).
    pub fn with_spaces(&self) -> (Vec<Word>, Vec<Range<usize>>) {
        let text = &self.record.text;
        let mut words = Vec::with_capacity(self.words.len());
        let mut places = Vec::with_capacity(self.words.len());
        let mut at = 0;
        let push_space = |words: &mut Vec<Word>, span: Range<usize>| {
            if !span.is_empty() {
                words.push(Word {
                    span: Span {
                        start: span.start,
                        end: span.end,
                    },
                    space_after: false,
                    starts_sentence: false,
                });
            }
        };
        for word in &self.words {
            push_space(&mut words, at..word.span.start);
            places.push(words.len());
            let space_after = text[word.span.end..].starts_with(' ');
            words.push(Word {
                space_after,
                ..*word
            });
            at = word.span.end + usize::from(space_after);
        }
        push_space(&mut words, at..text.len());
        let range = |r: &Range<usize>| places[r.start]..places[r.end - 1] + 1;
        (words, self.ranges.iter().map(range).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record in code points with spans of one label where these stand for the first time.
    fn record<'a>(text: &'a str, spans: &[&'a str]) -> Record<'a> {
        let mention = |of: &&'a str| {
            let start = text[..text.find(*of).unwrap()].chars().count();
            Mention {
                start,
                end: start + of.chars().count(),
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
            offset_unit: OffsetUnit::Codepoint,
            spans: spans.iter().map(mention).collect(),
            meta: Vec::new().into(),
        }
    }

    fn spans(aligned: &Aligned<'_>) -> Vec<String> {
        let words = |r: &Range<usize>| {
            let words: Vec<&str> = r.clone().map(|i| aligned.text(i)).collect();
            words.join("+")
        };
        aligned.ranges.iter().map(words).collect()
    }

    #[test]
    fn each_policy_does_as_it_says_and_tells_why() {
        use Misfit::{BothInside, EndsInside, InsideWord, NoWord, StartsInside, WhiteSpace};
        let text = "🚀 the Köln deal, post-Iranian  aims";
        for (span, reason, expand, contract) in [
            ("Köln", None, Some("Köln"), Some("Köln")),
            ("öl", Some(InsideWord), Some("Köln"), None),
            ("Iran", Some(InsideWord), Some("Iranian"), None),
            ("ian", Some(InsideWord), Some("Iranian"), None),
            (
                "öln deal",
                Some(StartsInside),
                Some("Köln+deal"),
                Some("deal"),
            ),
            ("the Köl", Some(EndsInside), Some("the+Köln"), Some("the")),
            ("öln de", Some(BothInside), Some("Köln+deal"), None),
            (
                "e Köln d",
                Some(BothInside),
                Some("the+Köln+deal"),
                Some("Köln"),
            ),
            (" Köln ", Some(WhiteSpace), Some("Köln"), Some("Köln")),
            ("  ", Some(NoWord), None, None),
        ] {
            let record = record(text, &[span]);
            for (policy, expected) in [
                (Align::Expand, expand),
                (Align::Contract, contract),
                (Align::Drop, expand.filter(|_| reason.is_none())),
                (Align::Fail, expand.filter(|_| reason.is_none())),
            ] {
                let alignment = Alignment {
                    policy,
                    flat: true,
                    ..Alignment::default()
                };
                let aligned = alignment.align(&record);
                assert_eq!(
                    spans(&aligned).first().map(String::as_str),
                    expected,
                    "{span} {policy}"
                );
                let listed: Vec<_> = aligned.unaligned.iter().map(|u| u.reason).collect();
                assert_eq!(listed, Vec::from_iter(reason), "{span} {policy}");
                for (mention, range) in aligned.record.spans.iter().zip(&aligned.ranges) {
                    let chars: Vec<char> = text.chars().collect();
                    let said: String = chars[mention.start..mention.end].iter().collect();
                    assert_eq!(said, mention.text);
                    assert!(said.starts_with(aligned.text(range.start)));
                }
                for unaligned in &aligned.unaligned {
                    assert_eq!(unaligned.text, span);
                    assert_eq!(unaligned.became.is_some(), !aligned.ranges.is_empty());
                }
            }
        }
    }

    #[test]
    fn spans_that_lie_on_words_come_before_those_that_were_moved() {
        let text = "the Iranian army";
        let record = record(text, &["he Iran", "Iranian", "rmy"]);
        let align = |flat| {
            let alignment = Alignment {
                flat,
                ..Alignment::default()
            };
            alignment.align(&record)
        };
        let aligned = align(true);
        assert_eq!(spans(&aligned), ["Iranian", "army"]);
        let listed = aligned.unaligned.iter();
        let listed: Vec<_> = listed.map(|u| (u.reason, u.became.is_some())).collect();
        assert_eq!(
            listed,
            [(Misfit::Overlaps, false), (Misfit::InsideWord, true)]
        );
        assert_eq!(spans(&align(false)), ["the+Iranian", "Iranian", "army"]);
    }

    #[test]
    fn no_sentence_starts_inside_a_span() {
        let record = record("It left. Köln won. Iran did.", &["left. Köln"]);
        let aligned = Alignment::default().align(&record);
        assert_eq!(aligned.sentences().collect::<Vec<_>>(), [0..6, 6..9]);
    }

    #[test]
    fn words_and_spaces_are_the_text() {
        let text = "  Kim’s  U.S.-led 🚀\n\ntalks, e\u{301}\u{200b} ";
        let record = record(text, &["Kim", "U.S."]);
        let aligned = Alignment::default().align(&record);
        let (words, ranges) = aligned.with_spaces();
        let mut made = String::new();
        for word in &words {
            assert_eq!(word.span.start, made.len());
            made += &text[word.span.range()];
            made += if word.space_after { " " } else { "" };
        }
        assert_eq!(made, text);
        let span = |r: &Range<usize>| &text[words[r.start].span.start..words[r.end - 1].span.end];
        assert_eq!(ranges.iter().map(span).collect::<Vec<_>>(), ["Kim", "U.S."]);
    }
}
