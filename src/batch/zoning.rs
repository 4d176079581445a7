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
        let text = joined(&found, |kind| self.text.contains(&kind));
        let bare = joined(&found, |kind| {
            self.text.contains(&kind) || self.spans.contains(&kind)
        });
        let is_bare = |span: &Range<usize>| {
            let zone = bare.get(bare.partition_point(|z| z.end <= span.start));
            zone.is_some_and(|z| z.start <= span.start && span.end <= z.end)
        };
        let spans = record.spans.iter().zip(byte_ranges(record));
        let spans = spans.filter(|(_, span)| !is_bare(span));
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

/// The bytes of zones of some kinds, in order; those that overlap or touch are one.
fn joined(zones: &[Zone], of_kind: impl Fn(ZoneKind) -> bool) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for zone in zones.iter().filter(|z| of_kind(z.kind)) {
        match joined.last_mut() {
            Some(last) if zone.span.start <= last.end => last.end = last.end.max(zone.span.end),
            _ => joined.push(zone.span.range()),
        }
    }
    joined
}
