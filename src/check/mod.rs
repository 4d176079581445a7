//! Checking: whether annotated documents are what they claim to be.
//!
//! [`Checker`] takes the documents of [`annotated`](crate::annotated) in their order and gives what is wrong with each. It proves that
//! offsets lie in the text and between its characters (and not between a letter and its marks), that spans cover the text that they
//! say they cover, and if not, whether they would in another unit; that spans are disjoint where they must be, labels known, ids
//! unique, tokens those of the text and spans on their bounds.
//!
//! ```
//! use wiretag::{annotated::{Options, parse}, check::Checker};
//! // Somebody counted as JavaScript does.
//! let line = r#"{"id":"a","text":"🚀 Iran","spans":[{"start":3,"end":7,"label":"COUNTRY","text":"Iran"}]}"#;
//! let read = parse("a.jsonl", 1, line, &Options::default());
//! let faults = Checker::default().check(read[0].as_ref().unwrap());
//! assert!(faults[0].message.contains("these are utf16 offsets"), "{}", faults[0].message);
//! ```

use crate::{
    annotated::{Claim, Claimed, Fault, FaultKind, Format, Units},
    record::OffsetUnit,
    span::{Label, Span},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};
use unicode_segmentation::GraphemeCursor;
use xxhash_rust::xxh3::xxh3_64;

/// What is allowed to be, besides what the formats say.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The labels that are known; `None`: all. Default: `None`.
    pub labels: Option<BTreeSet<Label>>,
    /// May spans overlap? `None`: where the format allows it. Default: `None`.
    pub overlaps: Option<bool>,
}

/// Checks documents, and remembers what it must between them: 24 bytes a document.
#[derive(Debug, Default)]
pub struct Checker {
    rules: Rules,
    /// Where each id was first seen: by its hash the number of the file and the line.
    ids: HashMap<u64, (u32, u64)>,
    files: Vec<Arc<str>>,
    /// In the file that is being read: a document with an id and one without.
    with_id: Option<u64>,
    without_id: Option<u64>,
    counts: Counts,
}

/// What was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files that had documents.
    pub files: u64,
    /// Documents, those that an annotator rejected included.
    pub documents: u64,
    /// Spans that are right, by label.
    pub spans: BTreeMap<Label, u64>,
    /// What was wrong, by kind.
    pub faults: BTreeMap<FaultKind, u64>,
}

/// All units.
const UNITS: [OffsetUnit; 3] = [OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16];

impl Checker {
    /// A checker with these rules.
    pub fn new(rules: Rules) -> Checker {
        Checker {
            rules,
            ..Checker::default()
        }
    }

    /// What was checked so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Counts something that could not be read.
    pub fn count(&mut self, fault: &Fault) {
        *self.counts.faults.entry(fault.kind).or_default() += 1;
    }

    /// What is wrong with a document, in the order of its lines.
    pub fn check(&mut self, claimed: &Claimed) -> Vec<Fault> {
        self.counts.documents += 1;
        let mut faults = claimed.faults.clone();
        faults.extend(self.check_id(claimed));
        match &claimed.text {
            Some(text) => self.check_text(claimed, text, &mut faults),
            None => {
                let message = "no field \"text\"";
                faults.push(Fault::error(FaultKind::Field, claimed.line, message));
            }
        }
        faults.sort_by_key(|f| f.line);
        for fault in &faults {
            *self.counts.faults.entry(fault.kind).or_default() += 1;
        }
        faults
    }

    fn check_id(&mut self, claimed: &Claimed) -> Option<Fault> {
        if self.files.last() != Some(&claimed.file) {
            self.files.push(claimed.file.clone());
            self.counts.files += 1;
            (self.with_id, self.without_id) = (None, None);
        }
        let fault = |message| Some(Fault::error(FaultKind::Id, claimed.line, message));
        let Some(id) = &claimed.id else {
            let first = self.without_id.is_none();
            self.without_id.get_or_insert(claimed.line);
            return match self.with_id {
                Some(line) if first => fault(format!("no id, where line {line} has one")),
                _ => None,
            };
        };
        if self.with_id.is_none()
            && let Some(line) = self.without_id
        {
            self.with_id = Some(claimed.line);
            return fault(format!("an id, where line {line} has none"));
        }
        self.with_id.get_or_insert(claimed.line);
        let place = (self.files.len() as u32 - 1, claimed.line);
        let (file, line) = *self.ids.entry(xxh3_64(id.as_bytes())).or_insert(place);
        if (file, line) == place {
            return None;
        }
        let file = &self.files[file as usize];
        fault(format!("id {id:?} was at {file}:{line} before"))
    }

    fn check_text(&mut self, claimed: &Claimed, text: &str, faults: &mut Vec<Fault>) {
        let at_document = |kind, message: String| Fault::warning(kind, claimed.line, message);
        if text.trim().is_empty() {
            faults.push(at_document(FaultKind::Text, "an empty text".to_owned()));
        }
        if let Some(at) = text.find('\u{fffd}') {
            let character = text[..at].chars().count();
            let message = format!(
                "the text has U+FFFD at character {character}: it was decoded with the wrong encoding"
            );
            faults.push(at_document(FaultKind::Text, message));
        }
        let mut by_unit = ByUnit::new(text, claimed.unit);
        let mut proved: Vec<(Span, Label, &Claim)> = Vec::new();
        let claims = claimed.claims.iter().filter(|c| c.lost.is_none());
        for claim in claims {
            let label = match Label::new(&claim.label) {
                Ok(label) => {
                    let known = self.rules.labels.as_ref();
                    if known.is_some_and(|labels| !labels.contains(&label)) {
                        let message = format!("label {label} is not among --labels");
                        faults.push(claimed.claim_fault(claim, FaultKind::Label, message));
                    }
                    Some(label)
                }
                Err(e) => {
                    faults.push(claimed.claim_fault(claim, FaultKind::Label, e));
                    None
                }
            };
            match claimed.prove(claim, text, by_unit.of(claimed.unit)) {
                Ok(span) => {
                    check_edges(claimed, claim, text, span, faults);
                    if let Some(label) = label {
                        *self.counts.spans.entry(label).or_default() += 1;
                        proved.push((span, label, claim));
                    }
                }
                Err(fault) => faults.push(by_unit.explained(fault, claim)),
            }
        }
        faults.extend(by_unit.suspicion(claimed));
        self.check_overlaps(claimed, proved, faults);
        check_tokens(claimed, text, &mut by_unit, faults);
    }

    fn check_overlaps(
        &self,
        claimed: &Claimed,
        mut proved: Vec<(Span, Label, &Claim)>,
        faults: &mut Vec<Fault>,
    ) {
        proved.sort_by_key(|(span, label, _)| (span.start, span.end, *label));
        let may_overlap = self.rules.overlaps.unwrap_or(!claimed.flat);
        let mut furthest: Option<(Span, &Claim)> = None;
        for (i, &(span, label, claim)) in proved.iter().enumerate() {
            let is_repeated = i > 0 && (proved[i - 1].0, proved[i - 1].1) == (span, label);
            if is_repeated {
                let message = format!("it is there twice with the label {label}");
                faults.push(claimed.claim_fault(claim, FaultKind::Duplicate, message));
            } else if let Some((_, other)) =
                furthest.filter(|(f, _)| f.overlaps(span) && !may_overlap)
            {
                let message = format!("it overlaps span {}..{}", other.start, other.end);
                faults.push(claimed.claim_fault(claim, FaultKind::Overlap, message));
            }
            if furthest.is_none_or(|(f, _)| span.end > f.end) {
                furthest = Some((span, claim));
            }
        }
    }
}

/// The offsets of a text in all units, each made when it is asked for.
struct ByUnit<'t> {
    text: &'t str,
    stated: OffsetUnit,
    made: [Option<Units>; 3],
}

impl<'t> ByUnit<'t> {
    fn new(text: &'t str, stated: OffsetUnit) -> ByUnit<'t> {
        ByUnit {
            text,
            stated,
            made: [None, None, None],
        }
    }

    fn of(&mut self, unit: OffsetUnit) -> &Units {
        self.made[unit as usize].get_or_insert_with(|| Units::new(self.text, unit))
    }

    fn others(&self) -> impl Iterator<Item = OffsetUnit> + use<> {
        let stated = self.stated;
        UNITS.into_iter().filter(move |u| *u != stated)
    }

    /// Says what would make a claim true: another unit, or offsets that are a few off.
    fn explained(&mut self, fault: Fault, claim: &Claim) -> Fault {
        let Some(said) = claim.text.as_deref().filter(|s| !s.is_empty()) else {
            return fault;
        };
        for unit in self.others() {
            let span = self.of(unit).span(claim.start, claim.end);
            if span.is_some_and(|s| self.text[s.range()] == *said) {
                return Fault {
                    kind: FaultKind::Unit,
                    message: format!("{}: these are {unit} offsets", fault.message),
                    ..fault
                };
            }
        }
        let stated = self.stated;
        let text = self.text;
        // The nearest place, within what a stray header or a wrong line break shifts.
        let mut nearest: Option<(i64, usize)> = None;
        for (at, _) in text.match_indices(said).take(1000) {
            let shift = stated.count(&text[..at]) as i64 - claim.start as i64;
            if nearest.is_none_or(|(s, _)| shift.abs() < s.abs()) {
                nearest = Some((shift, at));
            }
        }
        let behind = nearest.map(|(shift, _)| {
            let start = claim.start as i64 + shift;
            (start, start + stated.count(said) as i64, shift)
        });
        let hint = match behind {
            Some((start, end, 0)) => format!("it would be {start}..{end}"),
            Some((start, end, shift)) if shift > 0 => {
                format!("that text stands {shift} further on, at {start}..{end}")
            }
            Some((start, end, shift)) => {
                format!("that text stands {} before, at {start}..{end}", -shift)
            }
            None => "the text has it nowhere".to_owned(),
        };
        Fault {
            message: format!("{}: {hint}", fault.message),
            ..fault
        }
    }

    /// Where nothing says what spans cover: do they lie on words in another unit alone?
    fn suspicion(&mut self, claimed: &Claimed) -> Option<Fault> {
        let silent: Vec<&Claim> = claimed
            .claims
            .iter()
            .filter(|c| c.text.is_none() && c.lost.is_none())
            .collect();
        if silent.is_empty() || self.text.is_ascii() || claimed.format == Format::Conll {
            return None;
        }
        let (text, own, others) = (self.text, self.stated, self.others());
        let mut fitting = |unit| {
            let units = self.of(unit);
            let spans = silent.iter().filter_map(|c| units.span(c.start, c.end));
            spans.filter(|s| is_on_words(text, *s)).count()
        };
        let stated = fitting(own);
        let other = { others }.find(|u| fitting(*u) == silent.len());
        let other = other.filter(|_| stated < silent.len())?;
        let message = format!(
            "{} of {} spans start or end inside a word; as {other} offsets none would: are these {other} offsets?",
            silent.len() - stated,
            silent.len()
        );
        Some(Fault::error(FaultKind::Unit, claimed.line, message))
    }
}

/// Are both ends of a span between words?
fn is_on_words(text: &str, span: Span) -> bool {
    !splits_word(text, span.start) && !splits_word(text, span.end)
}

/// Is a place between two letters of one script's word?
fn splits_word(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let behind = text[at..].chars().next();
    // Scripts without spaces have words that nobody can tell from here.
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && (c as u32) < 0x0e00);
    is_letter(before) && is_letter(behind)
}

/// What is odd about the ends of a span that is one.
fn check_edges(claimed: &Claimed, claim: &Claim, text: &str, span: Span, faults: &mut Vec<Fault>) {
    for (at, what) in [(span.start, "starts"), (span.end, "ends")] {
        let mut cursor = GraphemeCursor::new(at, text.len(), true);
        if cursor.is_boundary(text, 0) == Ok(false) {
            let message = format!(
                "it {what} between the characters of one letter, {:?}",
                around(text, at)
            );
            faults.push(claimed.claim_fault(claim, FaultKind::Grapheme, message));
        } else if splits_word(text, at) {
            let message = format!("it {what} inside a word, {:?}", around(text, at));
            let fault = claimed.claim_fault(claim, FaultKind::Word, message);
            faults.push(Fault::warning(fault.kind, fault.line, fault.message));
        }
    }
    let covered = &text[span.range()];
    if covered.trim() != covered {
        let message =
            format!("it starts or ends with white space, {covered:?}: spaCy refuses such spans");
        faults.push(claimed.claim_fault(claim, FaultKind::Space, message));
    }
}

/// A few characters before and behind a place.
fn around(text: &str, at: usize) -> String {
    let before: Vec<char> = text[..at].chars().rev().take(6).collect();
    let behind = text[at..].chars().take(6);
    before.into_iter().rev().chain(behind).collect()
}

/// Checks the tokens that stand beside a text, and that spans lie on them.
fn check_tokens(claimed: &Claimed, text: &str, by_unit: &mut ByUnit<'_>, faults: &mut Vec<Fault>) {
    let tokens = &claimed.tokens;
    if tokens.is_empty() {
        return;
    }
    let units = by_unit.of(claimed.unit);
    let mut fault = |message: String| {
        faults.push(Fault::error(FaultKind::Token, claimed.line, message));
    };
    let mut end = 0;
    for (i, token) in tokens.iter().enumerate() {
        let name = format!("token {i} ({}..{})", token.start, token.end);
        match units.span(token.start, token.end) {
            None => fault(format!("{name}: there is no such part of the text")),
            Some(span) if text[span.range()] != *token.text => fault(format!(
                "{name}: it should be {:?} and is {:?}",
                token.text,
                &text[span.range()]
            )),
            Some(span) => {
                // A space that is a token of its own is not the one before's.
                let next = tokens.get(i + 1);
                let space =
                    text[span.end..].starts_with(' ') && next.is_none_or(|t| t.start != token.end);
                if token.space.is_some_and(|said| said != space) {
                    fault(format!("{name}: \"ws\" should be {space}"));
                }
            }
        }
        if token.start < end {
            fault(format!("{name}: it starts before the token before it ends"));
        }
        end = end.max(token.end);
        if token.id.is_some_and(|id| id != i as u64) {
            fault(format!("{name}: its id should be {i}"));
        }
    }
    let starts: HashMap<u64, usize> = tokens.iter().map(|t| t.start).zip(0..).collect();
    let ends: HashMap<u64, usize> = tokens.iter().map(|t| t.end).zip(0..).collect();
    for claim in claimed.claims.iter().filter(|c| c.lost.is_none()) {
        let mut fault = |message: String| {
            faults.push(claimed.claim_fault(claim, FaultKind::Token, message));
        };
        match (starts.get(&claim.start), ends.get(&claim.end)) {
            (None, _) => fault("it does not start where a token does".to_owned()),
            (_, None) => fault("it does not end where a token does".to_owned()),
            (Some(&first), Some(&last)) => {
                let is = (first as u64, last as u64);
                if claim.tokens.is_some_and(|said| said != is) {
                    fault(format!(
                        "its token_start and token_end should be {first} and {last} (inclusive)"
                    ));
                }
            }
        }
    }
}
