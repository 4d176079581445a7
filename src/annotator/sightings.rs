//! Names in a document that no list has.

use super::{Annotator, Found, Scratch, Trace};
use crate::{
    document::{Document, ZoneKind},
    resolve::overlap::{Candidate, End, Fate},
    rules::{Rules, Sighting, Surroundings, Taken},
    span::Label,
    tokens::Tokens,
};

impl Annotator {
    /// The names of a document that no list has, in the order of the text, and what stands around those that were found; `found` gets
    /// its annotations.
    pub(crate) fn sightings(
        &self,
        scratch: &mut Scratch,
        found: &mut Found,
        doc: &Document,
    ) -> (Vec<Sighting>, Vec<(Label, Surroundings)>) {
        let Some(rules) = &self.rules else {
            return (Vec::new(), Vec::new());
        };
        // Who wants to know what is no name needs the blocks that won, too.
        let mut trace = Trace::default();
        self.run(scratch, doc.text(), self.day(doc), found, Some(&mut trace));
        let won = |fate: &Fate| matches!(fate.end, End::Won).then_some(fate.candidate);
        let won = scratch.fates.iter().filter_map(won);
        let mut taken: Vec<Taken> = won.map(taken).collect();
        taken.sort_by_key(|t| t.span.start);
        let (mut sightings, known) = rules.sightings(
            self.gazetteer(),
            (doc.text(), &scratch.tokens),
            &scratch.matches,
            &taken,
            &scratch.rules,
        );
        // Who wrote an article, or took the picture, is not who it is about.
        let others = [ZoneKind::Byline, ZoneKind::Credit, ZoneKind::Boilerplate];
        let others = found.zones.iter().filter(|z| others.contains(&z.kind));
        for zone in others {
            sightings.retain(|s| !s.span.overlaps(zone.span));
        }
        (sightings, known)
    }

    /// Can names be told that no list has: are there rules, and lexicons that say what words are?
    pub(crate) fn has_lexicons(&self) -> bool {
        self.rules.as_ref().is_some_and(Rules::has_lexicons)
    }
}

fn taken(candidate: Candidate) -> Taken {
    let a = candidate.annotation;
    Taken {
        span: a.span,
        label: (!candidate.block).then_some(a.label),
        origin: a.origin,
        entry: a.entry,
    }
}

impl Scratch {
    /// The tokens of the document that was annotated last.
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }
}
