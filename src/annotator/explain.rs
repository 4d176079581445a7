//! [`Explanation`]: why a document has the annotations that it has. The stages are those of every document; here they tell what they
//! decide, and nothing is decided anew.

use super::{Annotator, Found, Scratch, Trace};
use crate::{
    document::{Annotation, Document, EntryId, Origin, ZoneKind},
    gazetteer::Near,
    matcher::Refused,
    resolve::overlap::{Candidate, End, Fate, Reason},
    span::{Label, Span},
    tokens::Tokens,
};
use std::cmp::Reverse;

/// Why a document has the annotations that it has.
///
/// ```
/// use wiretag::{Annotator, Document, Gazetteer, Outcome, Refusal};
///
/// let list = "# label: COUNTRY\nname\nChad\nGeorgia {not near: Atlanta}\n";
/// let annotator = Annotator::builder().build(Gazetteer::from_str(list)?)?;
/// let why = annotator.explain(&Document::new("a1", "Georgia beat Chad; not Atlanta’s Georgia."));
/// assert_eq!(why.candidates.len(), 1);
/// assert_eq!(why.candidates[0].outcome, Outcome::Won);
/// // Near is eight words: Atlanta keeps both from being the country.
/// assert_eq!(why.refused.len(), 2);
/// assert!(matches!(why.refused[0].refusal, Refusal::Forbidden { context: 0, .. }));
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// What was found, as [`Annotator::annotate_into`] gives it.
    pub found: Found,
    /// All candidates, sorted by span (the longer one first), and what became of each.
    pub candidates: Vec<Explained>,
    /// Aliases whose folded tokens stand in the text and that a policy kept from matching there, sorted by span.
    pub refused: Vec<Refused>,
    /// The words of lexicons in the text, which rules and contexts read, sorted by span.
    pub lexicon_words: Vec<LexiconWord>,
}

/// A candidate, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Bytes of the document's text.
    pub span: Span,
    /// What it is; none for a blocking entry.
    pub label: Option<Label>,
    /// Who it is, where a gazetteer knows.
    pub entry: Option<EntryId>,
    /// What found it.
    pub origin: Origin,
    /// The zone that it lies in, if any.
    pub zone: Option<ZoneKind>,
    /// Candidates of a higher priority come first.
    pub priority: i8,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a candidate. Winners are given by their place in [`Explanation::candidates`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is annotated; if it is of a blocking entry, nothing else is.
    Won,
    /// It won, but its label is not asked for.
    LabelNotWanted,
    /// It won, but its score is lower than what is asked for.
    ScoreTooLow,
    /// The winner has its span and label: both found the same.
    Agrees {
        /// The winner.
        winner: usize,
    },
    /// It overlaps a winner.
    Lost {
        /// Why.
        reason: Reason,
        /// The winner.
        winner: usize,
    },
    /// It touches a zone where nothing is found.
    InNoMatchZone,
}

/// A word of a lexicon in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LexiconWord {
    /// Bytes of the text.
    pub span: Span,
    /// The word's line: [`Gazetteer::entry_class`](crate::Gazetteer::entry_class) names the lexicon.
    pub entry: EntryId,
}

impl Annotator {
    /// Why a document has the annotations that it has: all candidates, and what became of each, and the aliases that policies kept
    /// from being one. Takes about as long as annotating twice.
    pub fn explain(&self, doc: &Document) -> Explanation {
        let (mut scratch, mut found) = (Scratch::default(), Found::default());
        let mut trace = Trace::default();
        let day = self.day(doc);
        self.run(&mut scratch, doc.text(), day, &mut found, Some(&mut trace));
        let dropped = trace.in_no_match.iter().map(|&candidate| (candidate, None));
        let competed = scratch.fates.iter();
        let competed = competed.map(|&Fate { candidate, end }| (candidate, Some(end)));
        let mut all: Vec<(Candidate, Option<End>)> = competed.chain(dropped).collect();
        let place = |c: &Candidate| (c.annotation.span.start, Reverse(c.annotation.span.end));
        all.sort_by_key(|(c, _)| place(c));
        // A rule that adds something twice has added it once.
        all.retain(|(c, end)| !matches!(end, Some(End::Agrees(winner)) if winner == c));
        all.dedup_by(|(a, end), (b, _)| a == b && !matches!(end, Some(End::Won)));
        let number = |winner: &Candidate| {
            let from = all.partition_point(|(c, _)| place(c) < place(winner));
            let won = |(c, end): &(Candidate, _)| c == winner && matches!(end, Some(End::Won));
            let behind = all[from..].iter().position(won);
            from + behind.expect("winners are candidates")
        };
        let candidates = all.iter().map(|(c, end)| {
            let label = (!c.block).then_some(c.annotation.label);
            let outcome = match end {
                None => Outcome::InNoMatchZone,
                Some(End::Won) if label.is_some_and(|l| !self.wants(l)) => Outcome::LabelNotWanted,
                Some(End::Won) if label.is_some() && !is_annotated(&found, c) => {
                    Outcome::ScoreTooLow
                }
                Some(End::Won) => Outcome::Won,
                Some(End::Agrees(winner)) => Outcome::Agrees {
                    winner: number(winner),
                },
                Some(End::Lost(reason, winner)) => Outcome::Lost {
                    reason: *reason,
                    winner: number(winner),
                },
            };
            Explained {
                span: c.annotation.span,
                label,
                entry: c.annotation.entry,
                origin: c.annotation.origin,
                zone: c.annotation.zone,
                priority: c.priority,
                outcome,
            }
        });
        let candidates = candidates.collect();
        Explanation {
            found,
            candidates,
            refused: refused(trace.refused, &scratch),
            lexicon_words: lexicon_words(&scratch),
        }
    }

    /// For the words at each of these spans the names that they almost are: those that are one letter or space away, the words around
    /// them included, and those that go on behind them. For words that nothing found; takes about a millisecond for each.
    ///
    /// ```
    /// use wiretag::{Annotator, Document, Gazetteer, Span};
    /// let gazetteer = Gazetteer::from_str("# label: PERSON\nname\nVladimir Putin\n")?;
    /// let annotator = Annotator::builder().build(gazetteer)?;
    /// let doc = Document::new("a1", "It was Vladmir Putin.");
    /// let near = annotator.near(&doc, &[Span { start: 7, end: 14 }]);
    /// assert_eq!(annotator.gazetteer().alias_text(near[0][0].alias), "Vladimir Putin");
    /// assert_eq!(&doc.text()[near[0][0].span.range()], "Vladmir Putin");
    /// # Ok::<(), wiretag::Error>(())
    /// ```
    pub fn near(&self, doc: &Document, words: &[Span]) -> Vec<Vec<Near>> {
        let (text, tokens) = (doc.text(), Tokens::of(doc.text()));
        let near = |words: &Span| {
            let first = tokens.first_after(words.start);
            let mut behind = first;
            while behind < tokens.len() && tokens.span(behind).start < words.end {
                behind += 1;
            }
            self.gazetteer().near(text, &tokens, first..behind)
        };
        words.iter().map(near).collect()
    }
}

/// Is a winner among the annotations?
fn is_annotated(found: &Found, winner: &Candidate) -> bool {
    let span = winner.annotation.span;
    let place = |a: &Annotation| a.span.start.cmp(&span.start);
    found.annotations.binary_search_by(place).is_ok()
}

/// What policies kept from matching. An alias that matches inside words is tried in two ways: one may do.
fn refused(mut refused: Vec<Refused>, scratch: &Scratch) -> Vec<Refused> {
    let mut matched: Vec<_> = scratch.matches.names().iter().collect();
    matched.sort_by_key(|m| m.alias);
    refused.retain(|r| {
        let from = matched.partition_point(|m| m.alias < r.alias);
        let mut same = matched[from..].iter().take_while(|m| m.alias == r.alias);
        !same.any(|m| m.span.overlaps(r.span))
    });
    refused.sort_by_key(|r| (r.span.start, Reverse(r.span.end), r.alias));
    refused.dedup();
    refused
}

fn lexicon_words(scratch: &Scratch) -> Vec<LexiconWord> {
    let hits = scratch.matches.hits().iter();
    let mut words: Vec<LexiconWord> = hits
        .map(|h| LexiconWord {
            span: Span {
                start: scratch.tokens.span(h.first as usize).start,
                end: scratch.tokens.span(h.last as usize).end,
            },
            entry: h.entry,
        })
        .collect();
    words.sort_by_key(|w| (w.span.start, Reverse(w.span.end), w.entry));
    words.dedup();
    words
}
