//! What counts in a document: both sides with their labels mapped, in the order of the text, without what is to be left out.

use super::{LabelledSpan, Options, Pair};
use crate::{
    document::Score,
    record::{OffsetUnit, Offsets},
    span::{Label, Span},
};
use std::collections::BTreeSet;

/// A span that counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted<'a> {
    /// Its place in the list of its side.
    pub(super) number: usize,
    pub(super) span: Span,
    /// The same in characters.
    pub(super) chars: Span,
    pub(super) label: Label,
    pub(super) origin: Option<&'a str>,
    pub(super) score: Option<Score>,
}

impl Counted<'_> {
    /// The order of the text; spans that are equal here are the same mention.
    pub(super) fn key(&self) -> (Span, Label) {
        (self.span, self.label)
    }
}

/// Both sides of a document, each sorted and without repetitions.
#[derive(Debug)]
pub(super) struct Sides<'a> {
    pub(super) text: &'a str,
    pub(super) gold: Vec<Counted<'a>>,
    pub(super) predicted: Vec<Counted<'a>>,
    /// Predictions in ignore regions.
    pub(super) ignored: u64,
}

impl<'a> Sides<'a> {
    pub(super) fn new(pair: &'a Pair<'_>, options: &Options) -> Sides<'a> {
        let text = &*pair.gold.text;
        let types: Option<BTreeSet<Label>> = pair
            .gold
            .annotated_types
            .as_ref()
            .map(|types| types.iter().map(|&t| options.mapped(t)).collect());
        let counts = |label: Label| {
            options.labels.as_ref().is_none_or(|l| l.contains(&label))
                && types.as_ref().is_none_or(|t| t.contains(&label))
        };
        let counted = |(number, s): (usize, &'a LabelledSpan)| Counted {
            number,
            span: match options.ignore_determiners {
                true => without_determiners(text, s.span),
                false => s.span,
            },
            chars: Span { start: 0, end: 0 },
            label: options.mapped(s.label),
            origin: s.origin.as_deref(),
            score: s.score,
        };
        let side = |spans: &'a [LabelledSpan]| {
            let required = spans.iter().enumerate().filter(|(_, s)| !s.optional);
            let required = required.map(counted);
            let mut side: Vec<_> = required.filter(|s| counts(s.label)).collect();
            side.sort_by_key(Counted::key);
            side.dedup_by_key(|s| s.key());
            side
        };
        let mut gold = side(&pair.gold.spans);
        let mut predicted = side(&pair.predicted);
        let before = predicted.len();
        let optional = pair.gold.spans.iter().enumerate();
        let optional = optional.filter(|(_, s)| s.optional);
        let optional = Regions::new(optional.map(|s| counted(s).span));
        if !optional.starts.is_empty() {
            let required = Regions::new(gold.iter().map(|g| g.span));
            predicted.retain(|p| !optional.touch(p.span) || required.touch(p.span));
        }
        let ignored = (before - predicted.len()) as u64;
        count_chars(text, gold.iter_mut().chain(&mut predicted));
        Sides {
            text,
            gold,
            predicted,
            ignored,
        }
    }
}

/// Fills in where spans are in characters.
fn count_chars<'s, 'a: 's>(text: &str, spans: impl Iterator<Item = &'s mut Counted<'a>>) {
    let mut ends: Vec<(usize, &mut usize)> = Vec::new();
    for Counted { span, chars, .. } in spans {
        ends.push((span.start, &mut chars.start));
        ends.push((span.end, &mut chars.end));
    }
    ends.sort_unstable();
    let mut offsets = Offsets::new(text, OffsetUnit::Codepoint);
    for (byte, char) in ends {
        *char = offsets.at(byte);
    }
}

/// Spans that are asked whether they share a character with another.
struct Regions {
    starts: Vec<usize>,
    /// For each start the furthest end of the spans up to it.
    reach: Vec<usize>,
}

impl Regions {
    fn new(spans: impl Iterator<Item = Span>) -> Regions {
        let mut spans: Vec<Span> = spans.collect();
        spans.sort_unstable();
        let mut furthest = 0;
        let reach = spans.iter().map(|s| {
            furthest = furthest.max(s.end);
            furthest
        });
        Regions {
            reach: reach.collect(),
            starts: spans.iter().map(|s| s.start).collect(),
        }
    }

    fn touch(&self, span: Span) -> bool {
        let before_its_end = self.starts.partition_point(|&start| start < span.end);
        before_its_end > 0 && self.reach[before_its_end - 1] > span.start
    }
}

const DETERMINERS: [&str; 8] = ["the", "a", "an", "its", "their", "his", "her", "our"];
const POSSESSIVES: [&str; 4] = ["'s", "’s", "'", "’"];

/// The span without determiners at its start and the possessive at its end; never empty.
fn without_determiners(text: &str, span: Span) -> Span {
    let mut inside = &text[span.range()];
    while let Some((word, rest)) = inside.split_once(char::is_whitespace) {
        let rest = rest.trim_start();
        if rest.is_empty() || !DETERMINERS.iter().any(|d| d.eq_ignore_ascii_case(word)) {
            break;
        }
        inside = rest;
    }
    let start = span.end - inside.len();
    let stems = POSSESSIVES.iter().filter_map(|p| inside.strip_suffix(p));
    let stem = stems.clone().find(|stem| !stem.is_empty());
    Span {
        start,
        end: start + stem.unwrap_or(inside).len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn determiners_and_possessives_are_left_out() {
        for (text, expected) in [
            ("the U.S.", "U.S."),
            ("THE  Hague", "Hague"),
            ("their the\nArmy", "Army"),
            ("the", "the"),
            ("the ", "the "),
            ("theatre club", "theatre club"),
            ("Iran’s", "Iran"),
            ("the Philippines'", "Philippines"),
            ("A’s", "A"),
            ("’s", "’s"),
            ("'", "'"),
            ("an É", "É"),
        ] {
            let span = Span {
                start: 0,
                end: text.len(),
            };
            assert_eq!(&text[without_determiners(text, span).range()], expected);
        }
    }

    #[test]
    fn regions_know_what_touches_them() {
        let span = |start, end| Span { start, end };
        let regions = Regions::new([span(4, 6), span(0, 20), span(30, 31)].into_iter());
        assert!(regions.touch(span(10, 12)) && regions.touch(span(30, 40)));
        assert!(!regions.touch(span(20, 30)) && !regions.touch(span(31, 40)));
    }
}
