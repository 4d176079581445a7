//! [`judge`]: span by span, what agrees and what is a mistake.

use super::{
    MistakeKind, Options, Pair,
    pairing::{Preference, pair},
    sides::Sides,
};

/// A pair of spans that belong together, or a span without one. Spans are numbers in the lists of the [`Pair`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The gold span; none of a spurious prediction.
    pub gold: Option<usize>,
    /// The prediction; none of a missed gold span.
    pub predicted: Option<usize>,
    /// What is wrong; `None` where bounds and label agree.
    pub mistake: Option<MistakeKind>,
}

/// Judges the spans of a document as [`evaluate`](super::evaluate) counts mistakes, in the order of the text of each side: predictions,
/// then what was missed. Spans that count for nothing have no judgement.
///
/// ```
/// use wiretag::{Label, Span, eval::{Annotated, Judgement, LabelledSpan, MistakeKind, Options, Pair, judge}};
/// let span = |start, end| LabelledSpan::new(Span { start, end }, Label::new("COUNTRY").unwrap());
/// let gold = Annotated::new("a", "Iran and Iraq", vec![span(0, 4)]);
/// let pair = Pair { gold: &gold, predicted: vec![span(0, 4), span(9, 13)] };
/// let judged = judge(&pair, &Options::default());
/// assert_eq!(judged[0], Judgement { gold: Some(0), predicted: Some(0), mistake: None });
/// assert_eq!(judged[1].mistake, Some(MistakeKind::Spurious));
/// ```
pub fn judge(both: &Pair<'_>, options: &Options) -> Vec<Judgement> {
    let doc = Sides::new(both, options);
    let mut found = vec![false; doc.gold.len()];
    let pairs = pair(&doc.gold, &doc.predicted, Preference::Label);
    let mut judged: Vec<Judgement> = Vec::with_capacity(pairs.len());
    for (prediction, pair) in doc.predicted.iter().zip(pairs) {
        let gold = pair.map(|g| &doc.gold[g]);
        if let Some(g) = pair {
            found[g] = true;
        }
        judged.push(Judgement {
            gold: gold.map(|g| g.number),
            predicted: Some(prediction.number),
            mistake: match gold {
                Some(gold) => MistakeKind::of_pair(gold, prediction),
                None => Some(MistakeKind::Spurious),
            },
        });
    }
    let missed = doc.gold.iter().zip(found).filter(|(_, found)| !found);
    judged.extend(missed.map(|(gold, _)| Judgement {
        gold: Some(gold.number),
        predicted: None,
        mistake: Some(MistakeKind::Missed),
    }));
    judged
}
