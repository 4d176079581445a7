//! Offsets of any unit to bytes of a text, and proof that a claim is true.

use super::{Claim, Claimed, Fault, FaultKind, Proved};
use crate::{
    record::{Mention, OffsetUnit, Offsets, Record},
    span::{Label, Span},
};
use std::{borrow::Cow, collections::BTreeMap};

/// For each offset of a unit the byte of a text.
#[derive(Clone, Debug)]
pub struct Units {
    /// None where bytes and units are the same.
    bytes: Option<Vec<usize>>,
    len: usize,
}

/// Marks offsets inside a character.
const INSIDE: usize = usize::MAX;

/// Why an offset is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoByte {
    BehindEnd,
    InsideCharacter,
}

impl Units {
    /// The offsets of a text. Costs 8 bytes an offset unless the text is ASCII.
    pub fn new(text: &str, unit: OffsetUnit) -> Units {
        if text.is_ascii() {
            return Units {
                bytes: None,
                len: text.len(),
            };
        }
        let mut bytes = Vec::with_capacity(text.len() + 1);
        for (at, c) in text.char_indices() {
            bytes.push(at);
            let len = unit.count(c.encode_utf8(&mut [0; 4]));
            bytes.extend((1..len).map(|_| INSIDE));
        }
        bytes.push(text.len());
        Units {
            len: bytes.len() - 1,
            bytes: Some(bytes),
        }
    }

    /// How many units the text has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Is the text empty?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn byte(&self, offset: u64) -> Result<usize, NoByte> {
        let offset = usize::try_from(offset).map_err(|_| NoByte::BehindEnd)?;
        if offset > self.len {
            return Err(NoByte::BehindEnd);
        }
        match &self.bytes {
            None => Ok(offset),
            Some(bytes) if bytes[offset] == INSIDE => Err(NoByte::InsideCharacter),
            Some(bytes) => Ok(bytes[offset]),
        }
    }

    /// The bytes of a range of units, if both its ends lie between characters and it is not empty.
    pub fn span(&self, start: u64, end: u64) -> Option<Span> {
        let (start, end) = (self.byte(start).ok()?, self.byte(end).ok()?);
        (start < end).then_some(Span { start, end })
    }
}

/// The true claims of a document, and what is wrong with the others.
pub type Resolved<'a> = (Vec<Proved<'a>>, Vec<Fault>);

impl Claimed {
    /// Proves the claims against a text, its own or that of another document. Those that lost a competition are passed over.
    pub fn resolve(&self, text: &str) -> Resolved<'_> {
        let units = Units::new(text, self.unit);
        let (mut spans, mut faults) = (Vec::with_capacity(self.claims.len()), Vec::new());
        for claim in self.claims.iter().filter(|c| c.lost.is_none()) {
            let label = Label::new(&claim.label)
                .map_err(|e| self.claim_fault(claim, FaultKind::Label, e.to_string()));
            match label.and_then(|label| Ok((label, self.prove(claim, text, &units)?))) {
                Ok((label, span)) => spans.push(Proved { span, label, claim }),
                Err(fault) => faults.push(fault),
            }
        }
        (spans, faults)
    }

    /// What the file has that a record with these spans has no place for, counted by what it is.
    pub(crate) fn left_behind(&self, proved: &[Proved<'_>]) -> BTreeMap<&'static str, u64> {
        let lost = self.claims.iter().filter(|c| c.lost.is_some()).count() as u64;
        let optional = proved.iter().filter(|p| p.claim.optional).count() as u64;
        let types = u64::from(self.annotated_types.is_some());
        let mut all = self.unread.clone();
        for (what, n) in [
            ("spans that lost a competition", lost),
            ("marks of optional spans", optional),
            ("lists of annotated types", types),
        ] {
            if n > 0 {
                *all.entry(what).or_default() += n;
            }
        }
        all
    }

    /// The record of the document with these of its spans, which are sorted by start; its text is given apart.
    ///
    /// # Panics
    /// When the spans are not sorted, or not of this text.
    pub fn record<'a>(
        &'a self,
        text: &'a str,
        proved: &[Proved<'a>],
        unit: OffsetUnit,
    ) -> Record<'a> {
        let mut starts = Offsets::new(text, unit);
        let mention = |p: &Proved<'a>| {
            let covered = &text[p.span.range()];
            let start = starts.at(p.span.start);
            let claim = p.claim;
            let string = |s: &'a Option<String>| s.as_deref().map(Cow::from);
            Mention {
                start,
                end: start + starts.count_ahead(covered.len()),
                label: p.label.as_str().into(),
                text: covered.into(),
                entity: string(&claim.entity),
                name: string(&claim.name),
                also: claim.also.iter().map(|id| id.as_str().into()).collect(),
                origin: claim.origin.as_deref().unwrap_or_default().into(),
                score: claim.score,
                zone: string(&claim.zone),
                lost: None,
                attributes: claim
                    .attributes
                    .iter()
                    .map(|(k, v)| (k.as_str().into(), v.as_str().into()))
                    .collect(),
            }
        };
        Record {
            id: self.name().into(),
            text: text.into(),
            offset_unit: unit,
            spans: proved.iter().map(mention).collect(),
            meta: Cow::Borrowed(&self.meta),
        }
    }

    /// The bytes that a claim is about, if it is true.
    pub(crate) fn prove(&self, claim: &Claim, text: &str, units: &Units) -> Result<Span, Fault> {
        let fault = |kind, message| Err(self.claim_fault(claim, kind, message));
        let (start, end) = match (units.byte(claim.start), units.byte(claim.end)) {
            (Ok(start), Ok(end)) => (start, end),
            (Err(NoByte::BehindEnd), _) | (_, Err(NoByte::BehindEnd)) => {
                let message = format!("the text ends at {} ({})", units.len(), self.unit);
                return fault(FaultKind::Range, message);
            }
            _ => {
                let message = format!("it cuts a character ({})", self.unit);
                return fault(FaultKind::Character, message);
            }
        };
        if start >= end {
            return fault(FaultKind::Empty, "it is empty".to_owned());
        }
        match &claim.text {
            Some(said) if !same_text(said, &text[start..end], self.format) => fault(
                FaultKind::Mismatch,
                format!(
                    "it should be {said:?} and is {:?} ({})",
                    &text[start..end],
                    self.unit
                ),
            ),
            _ => Ok(Span { start, end }),
        }
    }

    pub(crate) fn claim_fault(
        &self,
        claim: &Claim,
        kind: FaultKind,
        message: impl std::fmt::Display,
    ) -> Fault {
        let message = format!("span {}..{}: {message}", claim.start, claim.end);
        Fault::error(kind, claim.line.unwrap_or(self.line), message)
    }
}

/// Label Studio shows line breaks as `\n` in the text of its regions, and brat puts a space between the parts of a span.
pub(crate) fn same_text(said: &str, is: &str, format: super::Format) -> bool {
    if said == is {
        return true;
    }
    match format {
        super::Format::LabelStudio => {
            said.contains("\\n") && said.replace("\\n", "\n") == is.replace("\r\n", "\n")
        }
        super::Format::Brat => {
            let words = |text: &str| {
                text.split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            is.contains(crate::write::brat::parts_text) && words(said) == words(is)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_of_all_units_become_bytes() {
        let text = "🚀 Köln";
        for (unit, start, end) in [
            (OffsetUnit::Codepoint, 2, 6),
            (OffsetUnit::Byte, 5, 10),
            (OffsetUnit::Utf16, 3, 7),
        ] {
            let units = Units::new(text, unit);
            let span = units.span(start, end).unwrap();
            assert_eq!(&text[span.range()], "Köln");
            assert_eq!(units.span(start, end + 1), None);
            assert_eq!(units.span(start, start), None);
            assert_eq!(units.byte(end + 1), Err(NoByte::BehindEnd));
        }
        let units = Units::new("é🚀", OffsetUnit::Utf16);
        assert_eq!(units.byte(1), Ok(2));
        assert_eq!(units.byte(2), Err(NoByte::InsideCharacter));
        assert_eq!(units.byte(3), Ok(6));
        assert_eq!(units.byte(u64::MAX), Err(NoByte::BehindEnd));
    }
}
