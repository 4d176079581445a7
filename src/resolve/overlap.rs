//! The competition: where candidates overlap, who stays.
//!
//! One competition for all labels at once. A candidate beats another that it overlaps if its priority is higher; else if its span is
//! longer; else if it starts earlier; else if its entry comes earlier in the gazetteer, before which all of the
//! user's patterns come. Candidates are taken in this order, each if no one before it that stayed overlaps it. Blocking candidates compete like all others and leave nothing behind.

use super::score;
use crate::{
    document::{Annotation, EntryId, Origin},
    span::{Label, Span},
};
use std::fmt;

/// A candidate with what decides the competition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) annotation: Annotation,
    /// A blocking entry's: it has no label, and the annotation's means nothing.
    pub(crate) block: bool,
    pub(crate) priority: i8,
    /// Does another list or rule say the same of this span? Found out in the competition.
    pub(crate) agreed: bool,
    /// Does one say something else of it?
    pub(crate) opposed: bool,
}

impl Candidate {
    /// As it entered the competition.
    fn entrant(&self) -> Candidate {
        Candidate {
            agreed: false,
            opposed: false,
            ..*self
        }
    }

    /// As the result.
    fn annotation(&self) -> Annotation {
        let a = self.annotation;
        Annotation {
            score: score::of(a.origin, a.label, self.agreed, self.opposed),
            ..a
        }
    }
}

/// What became of a candidate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fate {
    pub(crate) candidate: Candidate,
    pub(crate) end: End,
}

/// How the competition ended for a candidate.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Won,
    /// This winner has its span and label.
    Agrees(Candidate),
    /// This winner stays in its place.
    Lost(Reason, Candidate),
}

impl Fate {
    /// A candidate that lost, blocking ones apart.
    pub(crate) fn lost(&self) -> Option<Lost> {
        match self.end {
            End::Lost(reason, winner) if !self.candidate.block => Some(Lost {
                annotation: self.candidate.annotation,
                reason,
                winner: winner.annotation.span,
                winner_label: (!winner.block).then_some(winner.annotation.label),
            }),
            _ => None,
        }
    }
}

/// Why a candidate lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The winner has the higher priority.
    Priority,
    /// The winner is longer.
    Length,
    /// The winner is as long and starts earlier.
    Start,
    /// The winner's entry comes earlier in the gazetteer.
    Order,
}

impl fmt::Display for Reason {
    /// What comes before the winner: `shorter than`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Reason::Priority => "lower priority than",
            Reason::Length => "shorter than",
            Reason::Start => "starts behind",
            Reason::Order => "later in order than",
        })
    }
}

/// A candidate that lost, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The candidate.
    pub annotation: Annotation,
    /// Why.
    pub reason: Reason,
    /// The span of the winner.
    pub winner: Span,
    /// The label of the winner; none for a blocking entry.
    pub winner_label: Option<Label>,
}

/// Sorts `candidates`, moves the winners to `won` in the order of the text, their other entries to `also` (index into `won`, entry),
/// and what became of each to `fates` if that is wanted.
pub(crate) fn compete(
    candidates: &mut [Candidate],
    won: &mut Vec<Annotation>,
    also: &mut Vec<(u32, EntryId)>,
    mut fates: Option<&mut Vec<Fate>>,
    winners: &mut Vec<Candidate>,
) {
    // They come in order where no rule added any; sorting takes memory.
    let order = |c: &Candidate| {
        let span = c.annotation.span;
        (span.start, std::cmp::Reverse(span.end))
    };
    if !candidates.is_sorted_by_key(order) {
        candidates.sort_by_key(order);
    }
    let mut rest = candidates;
    while !rest.is_empty() {
        // Candidates that overlap directly or through others: nothing outside can matter to them.
        let (mut n, mut end) = (1, rest[0].annotation.span.end);
        while n < rest.len() && rest[n].annotation.span.start < end {
            end = end.max(rest[n].annotation.span.end);
            n += 1;
        }
        let (cluster, behind) = rest.split_at_mut(n);
        rest = behind;
        if let [alone] = cluster {
            won.extend((!alone.block).then(|| alone.annotation()));
            if let Some(fates) = &mut fates {
                fates.push(Fate {
                    candidate: *alone,
                    end: End::Won,
                });
            }
            continue;
        }
        winners.clear();
        cluster.sort_by(before);
        let first_also = also.len();
        // The winners in the order of the text; in their own they stand as the competition took them.
        let mut order: Vec<u32> = Vec::new();
        for candidate in cluster.iter() {
            let a = &candidate.annotation;
            let span = |w: u32| winners[w as usize].annotation.span;
            let place = order.partition_point(|&w| span(w).end <= a.span.start);
            let overlapping = order[place..]
                .iter()
                .take_while(|&&w| span(w).start < a.span.end);
            let end = match overlapping.min() {
                None => {
                    order.insert(place, winners.len() as u32);
                    winners.push(*candidate);
                    End::Won
                }
                Some(&w) => {
                    let winner = &mut winners[w as usize];
                    let same_span = winner.annotation.span == a.span;
                    let same = same_span
                        && candidate.block == winner.block
                        && (winner.block || winner.annotation.label == a.label);
                    if same_span && !candidate.block {
                        let other = winner.annotation.origin.as_str() != a.origin.as_str();
                        winner.agreed |= same && other;
                        winner.opposed |= !same && other;
                    }
                    if same && !winner.block {
                        let known = winner.annotation.entry == a.entry
                            || also[first_also..]
                                .iter()
                                .any(|&(n, e)| n == w && Some(e) == a.entry);
                        if let (false, Some(entry)) = (known, a.entry) {
                            also.push((w, entry));
                        }
                    }
                    match same || is_part(winner, candidate) {
                        true => End::Agrees(winner.entrant()),
                        false => End::Lost(reason(winner, candidate), winner.entrant()),
                    }
                }
            };
            if let Some(fates) = &mut fates {
                fates.push(Fate {
                    candidate: *candidate,
                    end,
                });
            }
        }
        order.retain(|&w| !winners[w as usize].block);
        for entry in &mut also[first_also..] {
            let place = order
                .iter()
                .position(|&w| w == entry.0)
                .expect("blocking candidates have no other entries");
            entry.0 = (won.len() + place) as u32;
        }
        also[first_also..].sort_by_key(|&(place, _)| place);
        won.extend(order.iter().map(|&w| winners[w as usize].annotation()));
    }
}

/// Is the loser a shorter match of the pattern that won? Nobody needs to hear of it.
fn is_part(winner: &Candidate, loser: &Candidate) -> bool {
    let (w, l) = (winner.annotation.origin, loser.annotation.origin);
    matches!(l, Origin::Pattern(_)) && w == l
}

/// The order of the competition.
fn before(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    let key = |c: &Candidate| {
        let span = c.annotation.span;
        (
            std::cmp::Reverse(c.priority),
            std::cmp::Reverse(span.len()),
            span.start,
            // Who writes a pattern means it.
            match c.annotation.origin {
                Origin::Pattern(pattern) => pattern.0,
                _ => u32::MAX,
            },
            // What the lists know comes before what rules think.
            c.annotation.entry.is_none(),
            // A rule that finds something comes before one that says it is nothing.
            c.annotation.entry.is_none() && c.block,
            c.annotation.entry,
            c.annotation.origin.as_str(),
        )
    };
    key(a).cmp(&key(b))
}

fn reason(winner: &Candidate, loser: &Candidate) -> Reason {
    let (w, l) = (winner.annotation.span, loser.annotation.span);
    if winner.priority != loser.priority {
        Reason::Priority
    } else if w.len() != l.len() {
        Reason::Length
    } else if w.start != l.start {
        Reason::Start
    } else {
        Reason::Order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{AliasId, Score};

    fn candidate(start: usize, end: usize, label: &str, entry: u32, priority: i8) -> Candidate {
        let annotation = Annotation {
            span: Span { start, end },
            label: Label::new(label).unwrap(),
            entry: Some(EntryId(entry)),
            origin: Origin::Alias(AliasId(entry)),
            zone: None,
            score: Score::default(),
        };
        Candidate {
            annotation,
            block: label == "BLOCK",
            priority,
            agreed: false,
            opposed: false,
        }
    }

    /// Winners as `start-end LABEL entry`, other entries behind a plus, losers with their reason.
    fn run(mut candidates: Vec<Candidate>) -> String {
        let (mut won, mut also, mut fates) = (Vec::new(), Vec::new(), Vec::new());
        compete(
            &mut candidates,
            &mut won,
            &mut also,
            Some(&mut fates),
            &mut Vec::new(),
        );
        let lost: Vec<Lost> = fates.iter().filter_map(Fate::lost).collect();
        let show = |a: &Annotation| {
            format!(
                "{}-{} {} {}",
                a.span.start,
                a.span.end,
                a.label,
                a.entry.unwrap().0
            )
        };
        let mut out: Vec<String> = Vec::new();
        for (i, a) in won.iter().enumerate() {
            let others: String = also
                .iter()
                .filter(|(n, _)| *n == i as u32)
                .map(|(_, e)| format!("+{}", e.0))
                .collect();
            out.push(show(a) + &others);
        }
        out.extend(
            lost.iter()
                .map(|l| format!("{} lost by {:?}", show(&l.annotation), l.reason)),
        );
        out.join("; ")
    }

    #[test]
    fn the_longer_span_wins_across_labels() {
        let all = vec![
            candidate(8, 14, "COUNTRY", 0, 0),
            candidate(0, 14, "PERSON", 1, 0),
        ];
        assert_eq!(run(all), "0-14 PERSON 1; 8-14 COUNTRY 0 lost by Length");
    }

    #[test]
    fn priority_comes_before_length() {
        let all = vec![
            candidate(0, 14, "PERSON", 0, 0),
            candidate(8, 14, "COUNTRY", 1, 5),
        ];
        assert_eq!(run(all), "8-14 COUNTRY 1; 0-14 PERSON 0 lost by Priority");
    }

    #[test]
    fn order_decides_between_labels_of_one_span() {
        let all = vec![
            candidate(0, 6, "LOCATION", 7, 0),
            candidate(0, 6, "COUNTRY", 3, 0),
        ];
        assert_eq!(run(all), "0-6 COUNTRY 3; 0-6 LOCATION 7 lost by Order");
    }

    #[test]
    fn several_entries_of_one_span_and_label_are_kept_beside_it() {
        let all = vec![
            candidate(0, 4, "ORG", 9, 0),
            candidate(0, 4, "ORG", 2, 0),
            candidate(0, 4, "ORG", 2, 0),
        ];
        assert_eq!(run(all), "0-4 ORG 2+9");
    }

    #[test]
    fn what_a_loser_hid_stays() {
        // The middle one loses to the long one and no longer stands in the way of the third.
        let all = vec![
            candidate(0, 10, "ORG", 0, 0),
            candidate(8, 14, "ORG", 1, 0),
            candidate(12, 16, "ORG", 2, 0),
        ];
        assert_eq!(
            run(all),
            "0-10 ORG 0; 12-16 ORG 2; 8-14 ORG 1 lost by Length"
        );
    }

    #[test]
    fn a_blocking_candidate_wins_and_leaves_nothing() {
        let all = vec![
            candidate(0, 6, "COUNTRY", 0, 0),
            candidate(0, 10, "BLOCK", 1, 0),
            candidate(20, 24, "COUNTRY", 0, 0),
        ];
        assert_eq!(run(all), "20-24 COUNTRY 0; 0-6 COUNTRY 0 lost by Length");
    }
}
