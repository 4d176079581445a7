//! Mistakes: what was missed, invented or confused, counted by surface.

use super::sides::{Counted, Sides};
use crate::span::{Label, Span};
use std::{cmp::Reverse, collections::HashMap, fmt, hash::Hash};

/// The ways to be wrong. Spans are paired as in the scheme type, so that what overlaps a gold span of its label is a wrong boundary
/// whatever else it overlaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MistakeKind {
    /// A gold span without a prediction.
    Missed,
    /// A prediction without a gold span: a false positive.
    Spurious,
    /// The bounds of a gold span with another label.
    WrongLabel,
    /// A prediction that overlaps a gold span of its label.
    WrongBoundary,
    /// A prediction that overlaps a gold span of another label.
    WrongBoth,
}

impl MistakeKind {
    /// All kinds.
    pub const ALL: [MistakeKind; 5] = [
        MistakeKind::Missed,
        MistakeKind::Spurious,
        MistakeKind::WrongLabel,
        MistakeKind::WrongBoundary,
        MistakeKind::WrongBoth,
    ];

    /// The words that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            MistakeKind::Missed => "missed",
            MistakeKind::Spurious => "spurious",
            MistakeKind::WrongLabel => "wrong label",
            MistakeKind::WrongBoundary => "wrong boundary",
            MistakeKind::WrongBoth => "wrong label and boundary",
        }
    }

    /// What is wrong with a pair; `None` if nothing is.
    pub(super) fn of_pair(gold: &Counted<'_>, predicted: &Counted<'_>) -> Option<MistakeKind> {
        match (gold.span == predicted.span, gold.label == predicted.label) {
            (true, true) => None,
            (true, false) => Some(MistakeKind::WrongLabel),
            (false, true) => Some(MistakeKind::WrongBoundary),
            (false, false) => Some(MistakeKind::WrongBoth),
        }
    }
}

impl fmt::Display for MistakeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a span says, white space as single spaces, the middle left out (`…`) if it is long, and its label.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Surface {
    /// Its text.
    pub text: String,
    /// Its label.
    pub label: Label,
}

impl Surface {
    pub(super) fn new(text: &str, span: &Counted<'_>) -> Surface {
        Surface {
            text: shown(&text[span.span.range()]),
            label: span.label,
        }
    }
}

/// A place where a mistake was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Id of the document.
    pub document: String,
    /// The gold span, or the prediction where there is none, in brackets, with some of the text around it.
    pub snippet: String,
}

impl Example {
    pub(crate) fn new(id: &str, text: &str, span: Span) -> Example {
        Example {
            document: id.to_owned(),
            snippet: snippet(text, span),
        }
    }
}

/// All mistakes of one kind with the same surfaces and labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// How it is wrong.
    pub kind: MistakeKind,
    /// What is right; none of a spurious prediction.
    pub gold: Option<Surface>,
    /// What was predicted; none of a missed gold span.
    pub predicted: Option<Surface>,
    /// How often.
    pub count: u64,
    /// The first places.
    pub examples: Vec<Example>,
}

/// So many places of a mistake are shown.
const MOST_EXAMPLES: usize = 2;

type Key = (MistakeKind, Option<Surface>, Option<Surface>);

#[derive(Default)]
pub(super) struct Mistakes(Frequencies<Key>);

/// How often things are, and the first places of each.
pub(super) struct Frequencies<K>(HashMap<K, (u64, Vec<Example>)>);

impl<K> Default for Frequencies<K> {
    fn default() -> Frequencies<K> {
        Frequencies(HashMap::new())
    }
}

impl<K: Ord + Hash> Frequencies<K> {
    /// Counts a thing that stands there.
    pub(super) fn count(&mut self, key: K, id: &str, text: &str, span: Span) {
        let (count, examples) = self.0.entry(key).or_default();
        *count += 1;
        if examples.len() < MOST_EXAMPLES {
            examples.push(Example::new(id, text, span));
        }
    }

    /// All, the most frequent first; what is equally frequent in its own order.
    pub(super) fn by_frequency(self) -> impl Iterator<Item = (K, u64, Vec<Example>)> {
        let mut all: Vec<(K, (u64, Vec<Example>))> = self.0.into_iter().collect();
        all.sort_by(|(a, (n, _)), (b, (m, _))| (Reverse(n), a).cmp(&(Reverse(m), b)));
        all.into_iter()
            .map(|(key, (n, examples))| (key, n, examples))
    }
}

impl Mistakes {
    /// Adds those of a document.
    pub(super) fn add(&mut self, id: &str, doc: &Sides<'_>, pairs: &[Option<usize>]) {
        let mut found = vec![false; doc.gold.len()];
        let surface = |s: &Counted<'_>| Some(Surface::new(doc.text, s));
        for (prediction, pair) in doc.predicted.iter().zip(pairs) {
            let Some(g) = *pair else {
                let key = (MistakeKind::Spurious, None, surface(prediction));
                self.0.count(key, id, doc.text, prediction.span);
                continue;
            };
            found[g] = true;
            let gold = &doc.gold[g];
            if let Some(kind) = MistakeKind::of_pair(gold, prediction) {
                let key = (kind, surface(gold), surface(prediction));
                self.0.count(key, id, doc.text, gold.span);
            }
        }
        for (gold, _) in doc.gold.iter().zip(found).filter(|(_, found)| !found) {
            let key = (MistakeKind::Missed, surface(gold), None);
            self.0.count(key, id, doc.text, gold.span);
        }
    }

    /// All, the most frequent first; what is equally frequent by kind and surface.
    pub(super) fn by_frequency(self) -> Vec<Mistake> {
        let mistake = |((kind, gold, predicted), count, examples)| Mistake {
            kind,
            gold,
            predicted,
            count,
            examples,
        };
        self.0.by_frequency().map(mistake).collect()
    }
}

/// So many characters stand on each side of a span in a snippet.
const CONTEXT: usize = 40;

/// The span in brackets with the words around it, on one line.
fn snippet(text: &str, span: Span) -> String {
    let before = &text[..span.start];
    let start = before.char_indices().rev().nth(CONTEXT);
    let start = start.map_or(0, |(at, _)| {
        // A word that was cut is left out.
        let space = before[at..].find(char::is_whitespace);
        space.map_or(at, |space| at + space)
    });
    let behind = &text[span.end..];
    let end = behind.char_indices().nth(CONTEXT + 1);
    let end = end.map_or(behind.len(), |(at, _)| {
        behind[..at].rfind(char::is_whitespace).unwrap_or(at)
    });
    let mark = |cut: bool| if cut { "…" } else { "" };
    on_one_line(&format!(
        "{} {}[{}]{} {}",
        mark(start > 0),
        &before[start..],
        shown(&text[span.range()]),
        &behind[..end],
        mark(end < behind.len())
    ))
}

/// A span longer than twice this, in characters, shows no more than its start and its end.
const MOST_SHOWN: usize = 100;

/// What a span says, on one line that is not too long.
pub(super) fn shown(span: &str) -> String {
    let start = span.char_indices().nth(MOST_SHOWN);
    let end = span.char_indices().nth_back(MOST_SHOWN - 1);
    match (start, end) {
        (Some((start, _)), Some((end, _))) if start < end => {
            on_one_line(&format!("{} … {}", &span[..start], &span[end..]))
        }
        _ => on_one_line(span),
    }
}

/// White space as single spaces, none at the ends.
fn on_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_are_one_line_around_the_span() {
        let text = "Köln\n\n said that the\tInternational Atomic Energy Agency had left Iran for good, it said on Friday.";
        let start = text.find("Iran").unwrap();
        let span = Span {
            start,
            end: start + 4,
        };
        assert_eq!(
            snippet(text, span),
            "… Atomic Energy Agency had left [Iran] for good, it said on Friday."
        );
        let span = Span { start: 0, end: 5 };
        assert_eq!(
            snippet(text, span),
            "[Köln] said that the International Atomic …"
        );
    }

    #[test]
    fn long_spans_show_their_ends() {
        let long = format!("a{}b", "é".repeat(300));
        assert_eq!(
            shown(&long),
            format!("a{} … {}b", "é".repeat(99), "é".repeat(99))
        );
        assert_eq!(shown(&"é".repeat(200)), "é".repeat(200));
        assert_eq!(shown("the\n UN"), "the UN");
    }
}
