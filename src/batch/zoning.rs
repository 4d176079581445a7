//! [`Zoning`]: what is left out of the zones of texts.

use crate::{
    document::{Zone, ZoneKind},
    record::Record,
    write::byte_ranges,
    zones::zones,
};
use std::{borrow::Cow, ops::Range};

/// What is left out of the [zones](crate::zones) of texts: credits and boilerplate are no prose, and names in them few models should
/// learn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zoning {
    /// Zones whose spans are left out, if the zone holds them whole. A model would learn there that names are none. Default: none.
    pub spans: Vec<ZoneKind>,
    /// Zones whose text is left out with its spans, where records are about paragraphs or sentences. Default: none.
    pub text: Vec<ZoneKind>,
}

impl Zoning {
    pub(super) fn is_empty(&self) -> bool {
        self.spans.is_empty() && self.text.is_empty()
    }

    /// The record without the spans that lie in zones whose spans or text is left out, and the parts of its text that are.
    pub(super) fn apply<'r>(&self, record: &'r Record<'_>) -> (Record<'r>, Vec<Range<usize>>) {
        let mut found = Vec::new();
        zones(&record.text, &mut found);
        let of = |kinds: &[ZoneKind]| -> Vec<Range<usize>> {
            let of_kind = |z: &&Zone| kinds.contains(&z.kind);
            found
                .iter()
                .filter(of_kind)
                .map(|z| z.span.range())
                .collect()
        };
        let (mut bare, text) = (of(&self.spans), of(&self.text));
        bare.extend(text.iter().cloned());
        let holds = |zone: &Range<usize>, span: &Range<usize>| {
            zone.start <= span.start && span.end <= zone.end
        };
        let spans = record.spans.iter().zip(byte_ranges(record));
        let spans = spans.filter(|(_, span)| !bare.iter().any(|zone| holds(zone, span)));
        let record = Record {
            id: Cow::Borrowed(&record.id),
            text: Cow::Borrowed(&record.text),
            offset_unit: record.offset_unit,
            spans: spans.map(|(mention, _)| mention.clone()).collect(),
            meta: Cow::Borrowed(&record.meta),
        };
        (record, text)
    }
}
