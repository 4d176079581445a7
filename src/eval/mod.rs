//! Evaluation: how well predicted spans agree with gold spans.
//!
//! Documents come in pairs, a gold side and a predicted one over the same text ([`Pair`]); [`evaluate`] makes a [`Report`] of them, and
//! [`compare`] says what differs between two predictions and whether the difference could be chance. Both are pure functions.
//! [`Corpus`] reads documents from the formats of [`annotated`](crate::annotated), and pairs them.
//!
//! # Schemes
//! A prediction and a gold span that belong together are a pair: spans that are equal in bounds and label first, then, in the order of
//! the text, each prediction with a gold span that shares a character with it and is not taken. Each span is in one pair at most. A
//! [`Scheme`] says what a pair is worth:
//!
//! | bounds | label | strict | exact | partial | type |
//! |---|---|---|---|---|---|
//! | equal | equal | correct | correct | correct | correct |
//! | equal | differ | incorrect | correct | correct | incorrect |
//! | overlap | equal | incorrect | incorrect | partial | correct |
//! | overlap | differ | incorrect | incorrect | partial | incorrect |
//!
//! A gold span without a prediction is *missed*, a prediction without a gold span *spurious*. The first three schemes take the first
//! free gold span that overlaps; type takes one of the prediction's label if there is one, and of several the one whose bounds are
//! nearest (in characters).
//!
//! precision = (correct + partial ÷ 2) ÷ (correct + incorrect + partial + spurious), the predictions<br>
//! recall = (correct + partial ÷ 2) ÷ (correct + incorrect + partial + missed), the gold spans<br>
//! F1 = 2 × precision × recall ÷ (precision + recall); whatever would be divided by 0 is 0.
//!
//! These are the schemes of SemEval-2013 task 9.1 as the Python package nervaluate (1.2) counts them (its `ent_type` is our type), and
//! the numbers are the same where predictions do not overlap each other, with three differences that only odd data shows. Predictions
//! that are repeated count once (there: spurious). Spans of equal bounds and label are paired before all others, so that strict counts
//! do not depend on the order of overlapping predictions. One shared character is an overlap (there: one percent of the gold span).
//!
//! # Labels, zones, origins
//! The scores of a label are those of its spans alone: gold spans and predictions of other labels are left out before pairing, as in
//! nervaluate. So where a label is confused with another it is missed in one row and spurious in the other, and the rows need not add up
//! to the row of all, which is *micro*: all labels paired together. *macro* is the mean over labels.
//!
//! The zone of a span, gold or predicted, is that of the text ([`zones`](crate::zones)), whatever the record says; so recall by zone is
//! known though no gold has zones. Outside zones is `body`. Zones are counted strictly. The origin is what the prediction says of
//! itself; gold has none, so an origin has a precision alone, and the kinds of its mistakes; so has a score, counted in tenths.
//!
//! # What is left out
//! Optional gold spans are ignore regions: missing one is no mistake, and a prediction that overlaps one, and no required gold span,
//! counts nothing. So do predictions and gold spans of labels that were not asked for, and those that a gold document was not
//! annotated for ([`Annotated::annotated_types`]).
//!
//! # Example
//! ```
//! use wiretag::{Label, Span, eval::{Annotated, LabelledSpan, Options, Pair, Scheme, evaluate}};
//!
//! let text = "Iran told the Security Council. Georgia did not.";
//! let span = |start, end, label: &str| LabelledSpan::new(Span { start, end }, Label::new(label).unwrap());
//! let gold = Annotated::new("a1", text, vec![
//!     span(0, 4, "COUNTRY"), span(14, 30, "ORG"), span(32, 39, "COUNTRY"),
//! ]);
//! let predicted = vec![
//!     span(0, 4, "COUNTRY"), span(10, 30, "ORG"), span(32, 39, "LOCATION"),
//! ];
//! let report = evaluate(&[Pair { gold: &gold, predicted }], &Options::default());
//! let f1 = |scheme| report.all.of(scheme).f1();
//! assert_eq!(report.all.of(Scheme::Strict).correct, 1); // Iran
//! assert_eq!(report.all.of(Scheme::Exact).correct, 2);  // and Georgia, whatever its label
//! assert_eq!(report.all.of(Scheme::Partial).partial, 1); // "the Security Council" is worth a half
//! assert_eq!(report.all.of(Scheme::Type).correct, 2);   // Iran and the Council
//! assert!(f1(Scheme::Strict) < f1(Scheme::Exact) && f1(Scheme::Exact) < f1(Scheme::Partial));
//! assert_eq!(report.labels[&Label::new("ORG").unwrap()].of(Scheme::Type).f1(), 1.0);
//! ```

mod compare;
mod corpus;
mod counterparts;
mod diff;
mod errors;
mod json;
mod judge;
mod pairing;
mod sides;
mod table;

pub use crate::table::{Align, Row, Table};
pub use compare::{Change, CompareOptions, Comparison, Difference, compare};
pub use corpus::{Corpus, Paired};
pub use counterparts::{Counterpart, Counterparts};
pub use diff::{ChangeKind, Diff, DiffReport, Reading, SpanChange};
pub use errors::{Example, Mistake, MistakeKind, Surface};
pub use judge::{Judgement, judge};

use crate::{
    annotated::Proved,
    document::{Score, Zone, ZoneKind},
    span::{Label, Span},
    zones::zones,
};
use errors::Mistakes;
use pairing::{Preference, pair};
use sides::{Counted, Sides};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::AddAssign,
};

/// A document with annotated spans.
#[derive(Clone, Debug)]
pub struct Annotated {
    /// Its id, which messages and examples name.
    pub id: String,
    /// Its text.
    pub text: String,
    /// The spans, in any order; they lie on character boundaries of the text and are not empty.
    pub spans: Vec<LabelledSpan>,
    /// Of a gold document: the labels that it was annotated for; predictions of others are left out there. `None`: all.
    pub annotated_types: Option<Vec<Label>>,
}

impl Annotated {
    /// A document that was annotated for all labels.
    pub fn new(
        id: impl Into<String>,
        text: impl Into<String>,
        spans: Vec<LabelledSpan>,
    ) -> Annotated {
        Annotated {
            id: id.into(),
            text: text.into(),
            spans,
            annotated_types: None,
        }
    }
}

/// A span and its label, gold or predicted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledSpan {
    /// Bytes of the document's text.
    pub span: Span,
    /// What it is.
    pub label: Label,
    /// Of a gold span: it is neither required nor wrong.
    pub optional: bool,
    /// Of a prediction: what found it.
    pub origin: Option<String>,
    /// Of a prediction: how likely it is right.
    pub score: Option<Score>,
    /// Id of its entity, where it has one.
    pub entity: Option<String>,
}

impl LabelledSpan {
    /// A required span without an origin.
    pub fn new(span: Span, label: Label) -> LabelledSpan {
        LabelledSpan {
            span,
            label,
            optional: false,
            origin: None,
            score: None,
            entity: None,
        }
    }
}

impl From<&Proved<'_>> for LabelledSpan {
    fn from(p: &Proved<'_>) -> LabelledSpan {
        LabelledSpan {
            span: p.span,
            label: p.label,
            optional: p.claim.optional,
            origin: p.claim.origin.clone(),
            score: p.claim.score.map(Score::new),
            entity: p.claim.entity.clone(),
        }
    }
}

/// A gold document and what was predicted for its text.
#[derive(Clone, Debug)]
pub struct Pair<'a> {
    /// The gold side.
    pub gold: &'a Annotated,
    /// The predictions: spans of the gold document's text.
    pub predicted: Vec<LabelledSpan>,
}

/// What counts.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The labels that are scored, after mapping; `None` for all that occur. Default: `None`.
    pub labels: Option<BTreeSet<Label>>,
    /// Labels that count as others, on both sides. Default: none.
    pub map: BTreeMap<Label, Label>,
    /// Leaves `the`, `a`, `an`, `its`, `their`, `his`, `her`, `our` at the start of spans and a possessive at their end out, on both
    /// sides. Default: no.
    pub ignore_determiners: bool,
}

impl Options {
    fn mapped(&self, label: Label) -> Label {
        self.map.get(&label).copied().unwrap_or(label)
    }
}

/// What a pair of spans must agree in; the table is [above](self#schemes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Bounds and label.
    Strict,
    /// Bounds.
    Exact,
    /// Bounds, an overlap being worth a half.
    Partial,
    /// The label, and a character in common.
    Type,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Scheme; 4] = [Scheme::Strict, Scheme::Exact, Scheme::Partial, Scheme::Type];

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Strict => "strict",
            Scheme::Exact => "exact",
            Scheme::Partial => "partial",
            Scheme::Type => "type",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Pairs and spans without one, by what a scheme says of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pairs that agree.
    pub correct: u64,
    /// Pairs that do not.
    pub incorrect: u64,
    /// Pairs that agree by half.
    pub partial: u64,
    /// Gold spans without a prediction.
    pub missed: u64,
    /// Predictions without a gold span.
    pub spurious: u64,
}

impl Counts {
    /// Predictions.
    pub fn predicted(&self) -> u64 {
        self.correct + self.incorrect + self.partial + self.spurious
    }

    /// Gold spans.
    pub fn gold(&self) -> u64 {
        self.correct + self.incorrect + self.partial + self.missed
    }

    /// The share of the predictions that is right; 0 if there are none.
    pub fn precision(&self) -> f64 {
        ratio(self.right(), self.predicted() as f64)
    }

    /// The share of the gold spans that was found; 0 if there are none.
    pub fn recall(&self) -> f64 {
        ratio(self.right(), self.gold() as f64)
    }

    /// The harmonic mean of the two; 0 if both are.
    pub fn f1(&self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        ratio(2.0 * (p * r), p + r)
    }

    fn right(&self) -> f64 {
        self.correct as f64 + 0.5 * self.partial as f64
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.correct += other.correct;
        self.incorrect += other.incorrect;
        self.partial += other.partial;
        self.missed += other.missed;
        self.spurious += other.spurious;
    }
}

/// The counts of all four schemes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scores([Counts; 4]);

impl Scores {
    /// The counts of one scheme.
    pub fn of(&self, scheme: Scheme) -> &Counts {
        &self.0[scheme as usize]
    }

    /// Gold spans.
    pub fn gold(&self) -> u64 {
        self.0[0].gold()
    }

    /// Predictions.
    pub fn predicted(&self) -> u64 {
        self.0[0].predicted()
    }

    /// The scores of one document or label, from its two pairings.
    fn new(
        gold: &[Counted<'_>],
        predicted: &[Counted<'_>],
        by_bounds: &[Option<usize>],
        by_label: &[Option<usize>],
    ) -> Scores {
        let mut scores = Scores::default();
        for scheme in Scheme::ALL {
            let pairs = match scheme {
                Scheme::Type => by_label,
                _ => by_bounds,
            };
            let counts = &mut scores.0[scheme as usize];
            for (prediction, pair) in predicted.iter().zip(pairs) {
                let Some(g) = *pair else {
                    counts.spurious += 1;
                    continue;
                };
                let bounds = gold[g].span == prediction.span;
                let label = gold[g].label == prediction.label;
                let (right, else_half) = match scheme {
                    Scheme::Strict => (bounds && label, false),
                    Scheme::Exact => (bounds, false),
                    Scheme::Partial => (bounds, true),
                    Scheme::Type => (label, false),
                };
                match (right, else_half) {
                    (true, _) => counts.correct += 1,
                    (false, true) => counts.partial += 1,
                    (false, false) => counts.incorrect += 1,
                }
            }
            counts.missed = (gold.len() - pairs.iter().flatten().count()) as u64;
        }
        scores
    }
}

impl AddAssign<&Scores> for Scores {
    fn add_assign(&mut self, other: &Scores) {
        for (counts, more) in self.0.iter_mut().zip(other.0) {
            *counts += more;
        }
    }
}

/// Precision, recall and F1 as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Average {
    /// Mean precision.
    pub precision: f64,
    /// Mean recall.
    pub recall: f64,
    /// Mean F1.
    pub f1: f64,
}

/// What became of predictions of one kind: of an origin, or with scores in a range. All but `correct` are mistakes, by their [`MistakeKind`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PredictionCounts {
    /// All predictions of the kind.
    pub predicted: u64,
    /// Those with bounds and label of a gold span.
    pub correct: u64,
    /// Those with the bounds of a gold span of another label.
    pub wrong_label: u64,
    /// Those that overlap a gold span of their label.
    pub wrong_boundary: u64,
    /// Those that overlap a gold span of another label.
    pub wrong_both: u64,
    /// Those without a gold span.
    pub spurious: u64,
}

impl PredictionCounts {
    /// The share that is correct.
    pub fn precision(&self) -> f64 {
        ratio(self.correct as f64, self.predicted as f64)
    }
}

/// How well predictions agree with gold.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Documents.
    pub documents: u64,
    /// All labels together: micro.
    pub all: Scores,
    /// Each label that occurs, its spans alone.
    pub labels: BTreeMap<Label, Scores>,
    /// Predictions by origin; `None` where a prediction names none.
    pub origins: BTreeMap<Option<String>, PredictionCounts>,
    /// Predictions by the tenth that their score lies in: 9 is 0.90 to 0.99; `None` where a prediction has none.
    pub scores: BTreeMap<Option<u8>, PredictionCounts>,
    /// Strict counts by the zone of the text; `None` is the body.
    pub zones: BTreeMap<Option<&'static str>, Counts>,
    /// Predictions that counted nothing, for they lie on optional gold spans.
    pub ignored: u64,
    /// All mistakes, the most frequent first.
    pub mistakes: Vec<Mistake>,
}

impl Report {
    /// Counts a prediction with what became of it: the mistake that its pair is, if it has one and it is one.
    fn count(&mut self, prediction: &Counted<'_>, kind: Option<Option<MistakeKind>>) {
        let origin = prediction.origin.map(str::to_owned);
        let score = prediction.score.map(Score::tenth);
        for counts in [
            self.origins.entry(origin).or_default(),
            self.scores.entry(score).or_default(),
        ] {
            counts.predicted += 1;
            *match kind {
                Some(None) => &mut counts.correct,
                Some(Some(MistakeKind::WrongLabel)) => &mut counts.wrong_label,
                Some(Some(MistakeKind::WrongBoundary)) => &mut counts.wrong_boundary,
                Some(Some(_)) => &mut counts.wrong_both,
                None => &mut counts.spurious,
            } += 1;
        }
    }

    /// The mean of a scheme's scores over the labels, each with the same weight.
    pub fn macro_average(&self, scheme: Scheme) -> Average {
        let n = self.labels.len() as f64;
        let mean = |score: fn(&Counts) -> f64| {
            let of_labels = self.labels.values().map(|s| score(s.of(scheme)));
            ratio(of_labels.sum(), n)
        };
        Average {
            precision: mean(Counts::precision),
            recall: mean(Counts::recall),
            f1: mean(Counts::f1),
        }
    }

    /// How many mistakes are of a kind.
    pub fn mistakes_of(&self, kind: MistakeKind) -> u64 {
        let of_kind = self.mistakes.iter().filter(|m| m.kind == kind);
        of_kind.map(|m| m.count).sum()
    }
}

/// A report and what stands beside it, to be shown: as JSON ([`Results::json`]) or as tables ([`Results::tables`]).
#[derive(Clone, Copy, Debug)]
pub struct Results<'a> {
    /// The scores.
    pub report: &'a Report,
    /// What became of the documents.
    pub paired: &'a Paired<'a>,
    /// The difference to other predictions.
    pub comparison: Option<&'a Comparison>,
    /// The tables besides that of all spans.
    pub by: &'a [By],
    /// So many of the most frequent mistakes are shown.
    pub errors: usize,
    /// So many of the most frequent changes of each kind are shown.
    pub changes: usize,
}

/// What spans are told apart by in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// Their labels.
    Label,
    /// Who found them.
    Origin,
    /// How likely they are right, in tenths.
    Score,
    /// Where in the article they stand.
    Zone,
}

impl By {
    /// All.
    pub const ALL: [By; 4] = [By::Label, By::Origin, By::Score, By::Zone];

    /// The word that `--by` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            By::Label => "label",
            By::Origin => "origin",
            By::Score => "score",
            By::Zone => "zone",
        }
    }
}

/// The name of the origin of predictions that name none, and of the score of those that have none.
const NONE: &str = "none";

/// The name of what lies in no zone.
const BODY: &str = "body";

/// Scores predictions against gold. Time is near-linear in the documents.
///
/// # Panics
/// When a span does not lie on character boundaries of its text.
pub fn evaluate(pairs: &[Pair<'_>], options: &Options) -> Report {
    let mut report = Report::default();
    let mut mistakes = Mistakes::default();
    let mut found = Vec::new();
    for pair in pairs {
        let doc = Sides::new(pair, options);
        report.documents += 1;
        report.ignored += doc.ignored;
        let (by_bounds, by_label) = pairings(&doc.gold, &doc.predicted);
        report.all += &Scores::new(&doc.gold, &doc.predicted, &by_bounds, &by_label);
        for (label, gold, predicted) in of_labels(&doc) {
            let (by_bounds, by_label) = pairings(&gold, &predicted);
            let scores = Scores::new(&gold, &predicted, &by_bounds, &by_label);
            *report.labels.entry(label).or_default() += &scores;
        }
        mistakes.add(&pair.gold.id, &doc, &by_label);
        for (prediction, pair) in doc.predicted.iter().zip(&by_label) {
            let kind = pair.map(|g| MistakeKind::of_pair(&doc.gold[g], prediction));
            report.count(prediction, kind);
        }
        zones(doc.text, &mut found);
        count_zones(&doc, &by_label, &found, &mut report.zones);
    }
    report.mistakes = mistakes.by_frequency();
    report
}

fn pairings(
    gold: &[Counted<'_>],
    predicted: &[Counted<'_>],
) -> (Vec<Option<usize>>, Vec<Option<usize>>) {
    let by = |preference| pair(gold, predicted, preference);
    (by(Preference::Bounds), by(Preference::Label))
}

/// The two sides of each label of a document.
fn of_labels<'a>(
    doc: &Sides<'a>,
) -> impl Iterator<Item = (Label, Vec<Counted<'a>>, Vec<Counted<'a>>)> {
    let mut sides: BTreeMap<Label, (Vec<_>, Vec<_>)> = BTreeMap::new();
    for span in &doc.gold {
        sides.entry(span.label).or_default().0.push(*span);
    }
    for span in &doc.predicted {
        sides.entry(span.label).or_default().1.push(*span);
    }
    sides
        .into_iter()
        .map(|(l, (gold, predicted))| (l, gold, predicted))
}

/// Counts strictly, each span in its own zone; the two of a pair that is correct have the same. Any other pair is counted in the zones
/// of its two spans, as missed in one and spurious in the other: precision and recall are those of pairs.
fn count_zones(
    doc: &Sides<'_>,
    pairs: &[Option<usize>],
    zones: &[Zone],
    counts: &mut BTreeMap<Option<&'static str>, Counts>,
) {
    let of_gold = zones_of(&doc.gold, zones);
    let of_predicted = zones_of(&doc.predicted, zones);
    let mut found = vec![false; doc.gold.len()];
    for ((prediction, pair), zone) in doc.predicted.iter().zip(pairs).zip(of_predicted) {
        let counts = counts.entry(zone).or_default();
        match pair.filter(|&g| doc.gold[g].key() == prediction.key()) {
            Some(g) => {
                found[g] = true;
                counts.correct += 1;
            }
            None => counts.spurious += 1,
        }
    }
    for (zone, _) in of_gold.into_iter().zip(found).filter(|(_, found)| !found) {
        counts.entry(zone).or_default().missed += 1;
    }
}

/// The zones of sorted spans: no-match if a span touches one such, else the innermost that holds it whole.
fn zones_of(spans: &[Counted<'_>], zones: &[Zone]) -> Vec<Option<&'static str>> {
    let mut first = 0;
    let zone_of = |s: &Counted<'_>| {
        while first < zones.len() && zones[first].span.end <= s.span.start {
            first += 1;
        }
        let near = zones[first..].iter();
        let near = near.take_while(|z| z.span.start < s.span.end);
        let mut zone = None;
        for z in near.filter(|z| z.span.overlaps(s.span)) {
            if z.kind == ZoneKind::NoMatch {
                return Some(z.kind.as_str());
            }
            if z.span.contains(s.span) {
                zone = Some(z.kind.as_str());
            }
        }
        zone
    };
    spans.iter().map(zone_of).collect()
}
