//! [`Annotator`]: the order of the stages.

mod explain;
mod sightings;
mod votes;

pub use explain::{Explained, Explanation, LexiconWord, Outcome};
pub use votes::{LabellingFunctions, Vote};

use crate::{
    date,
    document::{
        Annotation, Document, EntryId, Origin, PatternId, Rule, Score, Zone, ZoneKind, field_of,
    },
    error::Error,
    gazetteer::Gazetteer,
    matcher::{Engine, Match, Matcher, Matches, Refused},
    patterns::{self, Patterns},
    record::{Mention, OffsetUnit, Offsets, Record},
    resolve::overlap::{Candidate, Fate, Lost, compete},
    rules::{self, Rules, Titles},
    span::{Label, Span},
    tokens::Tokens,
    zones::zones,
};
use rayon::prelude::*;
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

/// Finds the entities of documents: the whole of the core behind one call. `Send + Sync`: share one among all threads.
///
/// Annotating is pure and total: no file, no clock, no panic; the same document gives the same annotations, whatever the thread.
///
/// ```
/// use wiretag::{Annotator, Document, Gazetteer};
///
/// let annotator = Annotator::builder().build(Gazetteer::builtin()?)?;
/// let doc = Document::new("a1", "Kim Jong Un met Sergei Shoigu. Kim showed him the Hwasong-18.");
/// let found: Vec<&str> = annotator.annotate(&doc).iter().map(|a| &doc.text()[a.span.range()]).collect();
/// assert_eq!(found, ["Kim Jong Un", "Sergei Shoigu", "Kim", "Hwasong-18"]);
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Debug)]
pub struct Annotator {
    matcher: Matcher,
    overlaps: Overlaps,
    label_map: BTreeMap<Label, Label>,
    labels: Option<Vec<Label>>,
    min_score: f64,
    attributes: bool,
    titles: Titles,
    date_field: String,
    rules: Option<Rules>,
    patterns: Option<Arc<Patterns>>,
    /// For each pattern the entry that has its id and label.
    pattern_entries: Vec<Option<EntryId>>,
    /// Some label that the gazetteer has.
    any_label: Option<Label>,
}

/// What becomes of candidates that overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Overlaps {
    /// The winners of the competition stay; nothing overlaps.
    #[default]
    Longest,
    /// All stay; those that lost say why.
    All,
}

/// Settings of an [`Annotator`].
#[derive(Clone, Debug)]
pub struct AnnotatorBuilder {
    engine: Engine,
    overlaps: Overlaps,
    label_map: BTreeMap<Label, Label>,
    labels: Option<Vec<Label>>,
    min_score: f64,
    attributes: bool,
    titles: Titles,
    date_field: String,
    no_rules: bool,
    without: Vec<Rule>,
    patterns: Option<Arc<Patterns>>,
}

impl Default for AnnotatorBuilder {
    fn default() -> AnnotatorBuilder {
        AnnotatorBuilder {
            engine: Engine::default(),
            overlaps: Overlaps::default(),
            label_map: BTreeMap::new(),
            labels: None,
            min_score: 0.0,
            attributes: false,
            titles: Titles::default(),
            date_field: "date".to_owned(),
            no_rules: false,
            without: Vec::new(),
            patterns: None,
        }
    }
}

/// Memory that an annotator reuses from document to document: one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    tokens: Tokens,
    matches: Matches,
    rules: rules::Scratch,
    patterns: patterns::Scratch,
    candidates: Vec<Candidate>,
    winners: Vec<Candidate>,
    fates: Vec<Fate>,
}

/// What the stages tell besides what they find, for who asks why.
#[derive(Debug, Default)]
struct Trace {
    refused: Vec<Refused>,
    /// Candidates in zones where nothing is found.
    in_no_match: Vec<Candidate>,
}

/// What an [`Annotator`] found in one document.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The annotations, sorted and disjoint.
    pub annotations: Vec<Annotation>,
    /// Further entries that have the span and label of an annotation: its index, and the entry.
    pub also: Vec<(u32, EntryId)>,
    /// The candidates that lost, sorted by span; filled with [`Overlaps::All`] only.
    pub lost: Vec<Lost>,
    /// The zones of the text, sorted.
    pub zones: Vec<Zone>,
}

impl AnnotatorBuilder {
    /// Which engine looks names up. Default: the token index.
    pub fn engine(&mut self, engine: Engine) -> &mut AnnotatorBuilder {
        self.engine = engine;
        self
    }

    /// What becomes of candidates that overlap. Default: the winners of the competition stay.
    pub fn overlaps(&mut self, overlaps: Overlaps) -> &mut AnnotatorBuilder {
        self.overlaps = overlaps;
        self
    }

    /// Gives annotations other labels, after the competition: each of these becomes its partner. Default: none.
    pub fn map_labels(
        &mut self,
        map: impl IntoIterator<Item = (Label, Label)>,
    ) -> &mut AnnotatorBuilder {
        self.label_map = map.into_iter().collect();
        self
    }

    /// Keeps annotations of these labels alone, after the competition among all and as they are mapped. Default: all labels.
    pub fn labels(&mut self, labels: impl IntoIterator<Item = Label>) -> &mut AnnotatorBuilder {
        self.labels = Some(labels.into_iter().collect());
        self
    }

    /// Keeps annotations with at least this score alone, after the competition among all. Default: all.
    pub fn min_score(&mut self, score: f64) -> &mut AnnotatorBuilder {
        self.min_score = score;
        self
    }

    /// Copies the attributes of entities to the mentions of records. Default: no.
    pub fn attributes(&mut self, attributes: bool) -> &mut AnnotatorBuilder {
        self.attributes = attributes;
        self
    }

    /// Are titles parts of people? Needs rules. Default: no.
    ///
    /// ```
    /// use wiretag::{Annotator, Document, Gazetteer, Titles};
    /// let doc = Document::new("a1", "President Kim Jong Un met the Foreign Minister.");
    /// let annotator = Annotator::builder().titles(Titles::Inside).build(Gazetteer::builtin()?)?;
    /// let found: Vec<&str> = annotator.annotate(&doc).iter().map(|a| &doc.text()[a.span.range()]).collect();
    /// assert_eq!(found, ["President Kim Jong Un", "Foreign Minister"]);
    /// # Ok::<(), wiretag::Error>(())
    /// ```
    pub fn titles(&mut self, titles: Titles) -> &mut AnnotatorBuilder {
        self.titles = titles;
        self
    }

    /// The field of a document's meta with its date, for names that have a [validity](crate::Validity): a date or time of ISO 8601, as
    /// mail and RSS write it, or as a number. Default: `date`.
    ///
    /// ```
    /// use wiretag::{Annotator, Document, Gazetteer};
    /// let lists = "# label: COUNTRY\nid\tname\tformer\ncountry/SZ\tEswatini\tSwaziland {until 2018-04-18}\n";
    /// let annotator = Annotator::builder().date_field("published").build(Gazetteer::from_str(lists)?)?;
    /// let of_day = |day: &str| {
    ///     let published = serde_json::value::to_raw_value(day).expect("a string is JSON");
    ///     Document::new("a1", "In Swaziland").with_meta(vec![("published".to_owned(), published)])
    /// };
    /// assert_eq!(annotator.annotate(&of_day("2018-04-18")).len(), 1);
    /// assert_eq!(annotator.annotate(&of_day("Thu, 19 Apr 2018 08:00:00 GMT")).len(), 0);
    /// # Ok::<(), wiretag::Error>(())
    /// ```
    pub fn date_field(&mut self, field: impl Into<String>) -> &mut AnnotatorBuilder {
        self.date_field = field.into();
        self
    }

    /// Applies rules besides the lists. Default: yes.
    pub fn rules(&mut self, rules: bool) -> &mut AnnotatorBuilder {
        self.no_rules = !rules;
        self
    }

    /// Applies all rules but these. Default: all.
    pub fn without(&mut self, rules: impl IntoIterator<Item = Rule>) -> &mut AnnotatorBuilder {
        self.without = rules.into_iter().collect();
        self
    }

    /// Finds what these patterns match besides what the gazetteer has. Default: none. They compete with names by priority, then
    /// length, then start; a tie is theirs.
    pub fn patterns(&mut self, patterns: impl Into<Arc<Patterns>>) -> &mut AnnotatorBuilder {
        self.patterns = Some(patterns.into());
        self
    }

    /// The annotator.
    ///
    /// # Errors
    /// When labels are asked for that neither the gazetteer nor a pattern has.
    pub fn build(&self, gazetteer: impl Into<Arc<Gazetteer>>) -> Result<Annotator, Error> {
        let gazetteer = gazetteer.into();
        let any_label = gazetteer.labels().first().copied();
        let patterns = self.patterns.clone().filter(|p| !p.is_empty());
        let mut known = gazetteer.labels();
        if let Some(patterns) = &patterns {
            known.extend(patterns.labels());
        }
        for label in &mut known {
            *label = self.label_map.get(label).copied().unwrap_or(*label);
        }
        known.sort();
        known.dedup();
        if let Some(label) = self.labels.iter().flatten().find(|l| !known.contains(l)) {
            let known: Vec<&str> = known.iter().map(|l| l.as_str()).collect();
            return Err(Error::invalid(format!(
                "no label {:?}: the gazetteers {}have {}",
                label.as_str(),
                if patterns.is_some() {
                    "and patterns "
                } else {
                    ""
                },
                known.join(", ")
            )));
        }
        let pattern_entries = patterns.iter().flat_map(|patterns| {
            (0..patterns.len() as u32).map(PatternId).map(|pattern| {
                let id = patterns.id(pattern)?;
                gazetteer.entry_of(id, patterns.label(pattern))
            })
        });
        Ok(Annotator {
            pattern_entries: pattern_entries.collect(),
            patterns,
            rules: (!self.no_rules).then(|| Rules::new(&gazetteer, &self.without)),
            matcher: Matcher::with_engine(gazetteer, self.engine),
            overlaps: self.overlaps,
            label_map: self.label_map.clone(),
            labels: self.labels.clone(),
            min_score: self.min_score,
            attributes: self.attributes,
            titles: self.titles,
            date_field: self.date_field.clone(),
            any_label,
        })
    }
}

impl Annotator {
    /// A builder with default settings.
    pub fn builder() -> AnnotatorBuilder {
        AnnotatorBuilder::default()
    }

    /// The gazetteer, to ask for what the ids of annotations mean.
    pub fn gazetteer(&self) -> &Gazetteer {
        self.matcher.gazetteer()
    }

    /// The user's patterns, if there are any.
    pub fn patterns(&self) -> Option<&Patterns> {
        self.patterns.as_deref()
    }

    /// The labels that annotations may have, sorted by name: those asked for, else those of the gazetteer, the patterns and the rules,
    /// as they are mapped.
    pub fn labels(&self) -> Vec<Label> {
        let mut labels = self.labels.clone().unwrap_or_else(|| {
            let mut all = self.gazetteer().labels();
            all.extend(self.patterns.iter().flat_map(|p| p.labels()));
            all.extend(self.rules.iter().flat_map(Rules::labels));
            all.iter().map(|&label| self.mapped(label)).collect()
        });
        labels.sort();
        labels.dedup();
        labels
    }

    /// The annotations of a document, sorted and disjoint.
    pub fn annotate(&self, doc: &Document) -> Vec<Annotation> {
        let mut found = Found::default();
        self.annotate_into(&mut Scratch::default(), doc, &mut found);
        found.annotations
    }

    /// The same for many documents on all cores, in their order.
    pub fn annotate_batch(&self, docs: &[Document]) -> Vec<Vec<Annotation>> {
        docs.par_iter()
            .map_init(Scratch::default, |scratch, doc| {
                let mut found = Found::default();
                self.annotate_into(scratch, doc, &mut found);
                found.annotations
            })
            .collect()
    }

    /// Annotates in memory that is reused, and tells all there is to tell.
    pub fn annotate_into(&self, scratch: &mut Scratch, doc: &Document, found: &mut Found) {
        self.run(scratch, doc.text(), self.day(doc), found, None);
    }

    /// The same for a text that belongs to somebody else: nothing of it is copied. `date` is what the field of a document's meta would
    /// say ([`AnnotatorBuilder::date_field`]), as text.
    pub fn annotate_text(
        &self,
        scratch: &mut Scratch,
        text: &str,
        date: Option<&str>,
        found: &mut Found,
    ) {
        let day = date.filter(|_| self.gazetteer().has_validities());
        self.run(
            scratch,
            text,
            day.and_then(date::day_number_of),
            found,
            None,
        );
    }

    fn run(
        &self,
        scratch: &mut Scratch,
        text: &str,
        day: Option<u32>,
        found: &mut Found,
        mut trace: Option<&mut Trace>,
    ) {
        scratch.tokens.fill(text, self.gazetteer().seed());
        zones(text, &mut found.zones);
        let refused = trace.as_deref_mut().map(|t| &mut t.refused);
        let matches = &mut scratch.matches;
        self.matcher
            .find_and_tell(text, &scratch.tokens, day, matches, refused);
        scratch.rules.additions.clear();
        if let Some(rules) = &self.rules {
            let (gazetteer, tokens) = (self.gazetteer(), &scratch.tokens);
            rules.apply(
                gazetteer,
                (text, tokens),
                &scratch.matches,
                &found.zones,
                &mut scratch.rules,
            );
        }
        if let Some(patterns) = &self.patterns {
            let words = &mut scratch.patterns.words;
            words.fill(text, &scratch.tokens, &found.zones);
            patterns.find_into(text, &mut scratch.patterns);
        }
        self.candidates(scratch, &found.zones, trace.as_deref_mut());
        self.compete(scratch, found, trace.is_some());
        if let Some(rules) = &self.rules {
            let more = rules.apply_to_document(
                self.gazetteer(),
                (text, &scratch.tokens),
                &scratch.matches,
                &found.annotations,
                &mut scratch.rules,
            );
            if more {
                self.candidates(scratch, &found.zones, trace.as_deref_mut());
                self.compete(scratch, found, trace.is_some());
            }
            if self.titles == Titles::Inside {
                rules.add_titles(
                    self.gazetteer(),
                    (text, &scratch.tokens),
                    &scratch.matches,
                    &found.annotations,
                    &mut scratch.rules,
                );
                self.candidates(scratch, &found.zones, trace.as_deref_mut());
                self.compete(scratch, found, trace.is_some());
            }
        }
        found.lost.sort_by_key(|l| {
            (
                l.annotation.span.start,
                std::cmp::Reverse(l.annotation.span.end),
            )
        });
        self.map_labels(found);
        self.keep_wanted(found);
    }

    /// The day of a document, for names that count on some days alone.
    fn day(&self, doc: &Document) -> Option<u32> {
        if !self.gazetteer().has_validities() {
            return None;
        }
        field_of(doc.meta(), &self.date_field).and_then(date::day_number)
    }

    /// Holds the competition; leaves the fates of all candidates, if they are wanted.
    fn compete(&self, scratch: &mut Scratch, found: &mut Found, fates: bool) {
        found.annotations.clear();
        found.also.clear();
        found.lost.clear();
        scratch.fates.clear();
        let all = self.overlaps == Overlaps::All;
        compete(
            &mut scratch.candidates,
            &mut found.annotations,
            &mut found.also,
            (fates || all).then_some(&mut scratch.fates),
            &mut scratch.winners,
        );
        if all {
            found
                .lost
                .extend(scratch.fates.iter().filter_map(Fate::lost));
        }
    }

    /// Turns matches and what rules and patterns added into candidates, those in no-match zones excepted.
    fn candidates(&self, scratch: &mut Scratch, zones: &[Zone], trace: Option<&mut Trace>) {
        let Scratch {
            matches,
            rules,
            patterns: found_by_patterns,
            candidates,
            ..
        } = scratch;
        candidates.clear();
        let mut in_no_match = trace.map(|t| &mut t.in_no_match);
        if let Some(in_no_match) = &mut in_no_match {
            in_no_match.clear();
        }
        let mut may_be = |candidate: &Candidate| {
            let is_found = candidate.annotation.zone != Some(ZoneKind::NoMatch);
            if let (false, Some(in_no_match)) = (is_found, &mut in_no_match) {
                in_no_match.push(*candidate);
            }
            is_found
        };
        let gazetteer = self.gazetteer();
        let mut cursor = ZoneCursor { zones, first: 0 };
        let names = matches.names().iter().filter_map(|m| {
            let (label, entry, priority) = gazetteer.contender(m.alias);
            let annotation = Annotation {
                span: m.span,
                // A block has no label; any will do, nobody reads it.
                label: label.or(self.any_label)?,
                entry: Some(gazetteer.first_of(entry)),
                origin: Origin::Alias(m.alias),
                zone: cursor.of(m.span),
                score: Score::default(),
            };
            Some(Candidate {
                annotation,
                block: label.is_none(),
                priority,
                agreed: false,
                opposed: false,
            })
        });
        candidates.extend(names.filter(&mut may_be));
        rules.additions.sort_by_key(|a| a.span.start);
        let mut cursor = ZoneCursor { zones, first: 0 };
        let additions = rules.additions.iter().filter_map(|a| {
            let annotation = Annotation {
                span: a.span,
                label: a.label.or(self.any_label)?,
                entry: a.entry,
                origin: Origin::Rule(a.rule),
                zone: cursor.of(a.span),
                score: Score::default(),
            };
            Some(Candidate {
                annotation,
                block: a.label.is_none(),
                agreed: false,
                opposed: false,
                priority: a
                    .priority
                    .max(self.priority_inside(matches.names(), a.span)),
            })
        });
        candidates.extend(additions.filter(&mut may_be));
        let Some(patterns) = &self.patterns else {
            return;
        };
        let mut cursor = ZoneCursor { zones, first: 0 };
        let matched = found_by_patterns.matches.iter().map(|m| Candidate {
            annotation: Annotation {
                span: m.span,
                label: patterns.label(m.pattern),
                entry: self.pattern_entries[m.pattern.0 as usize],
                origin: Origin::Pattern(m.pattern),
                zone: cursor.of(m.span),
                score: Score::default(),
            },
            block: false,
            agreed: false,
            opposed: false,
            priority: patterns.priority(m.pattern),
        });
        candidates.extend(matched.filter(&mut may_be));
    }

    /// The highest priority of the names inside a span: a rule that makes more of them does not lose to them.
    fn priority_inside(&self, names: &[Match], span: Span) -> i8 {
        let first = names.partition_point(|m| m.span.start < span.start);
        let inside = names[first..]
            .iter()
            .take_while(|m| m.span.start < span.end)
            .filter(|m| m.span.end <= span.end && m.span != span);
        let gazetteer = self.gazetteer();
        inside
            .map(|m| gazetteer.alias_priority(m.alias))
            .max()
            .unwrap_or(0)
    }

    fn map_labels(&self, found: &mut Found) {
        let won = found.annotations.iter_mut();
        let lost = found.lost.iter_mut().map(|l| &mut l.annotation);
        for annotation in won.chain(lost).filter(|_| !self.label_map.is_empty()) {
            annotation.label = self.mapped(annotation.label);
        }
    }

    /// The label that a label becomes.
    fn mapped(&self, label: Label) -> Label {
        self.label_map.get(&label).copied().unwrap_or(label)
    }

    /// Is a label asked for?
    fn wants(&self, label: Label) -> bool {
        self.labels.as_ref().is_none_or(|l| l.contains(&label))
    }

    fn keep_wanted(&self, found: &mut Found) {
        if self.labels.is_none() && self.min_score <= 0.0 {
            return;
        }
        let keeps = |a: &Annotation| self.wants(a.label) && a.score.as_f64() >= self.min_score;
        let mut kept = 0;
        let places: Vec<Option<u32>> = found
            .annotations
            .iter()
            .map(|a| {
                keeps(a).then(|| {
                    kept += 1;
                    kept - 1
                })
            })
            .collect();
        found.annotations.retain(keeps);
        found.lost.retain(|l| self.wants(l.annotation.label));
        found.also = found
            .also
            .iter()
            .filter_map(|&(n, entry)| Some((places[n as usize]?, entry)))
            .collect();
    }

    /// The record of a document and what was found in it.
    pub fn record<'a>(&'a self, doc: &'a Document, found: &Found, unit: OffsetUnit) -> Record<'a> {
        Record {
            id: doc.id().into(),
            text: doc.text().into(),
            offset_unit: unit,
            spans: self.mentions(doc.text(), found, unit),
            meta: Cow::Borrowed(doc.meta()),
        }
    }

    /// The spans of a record, of what was found in a text.
    pub fn mentions<'a>(
        &'a self,
        text: &'a str,
        found: &Found,
        unit: OffsetUnit,
    ) -> Vec<Mention<'a>> {
        let lost = found
            .lost
            .iter()
            .map(|l| (&l.annotation, Some(self.reason(text, l)), &[][..]));
        let mut also = &found.also[..];
        let won = found.annotations.iter().enumerate().map(|(i, a)| {
            let n = also.iter().take_while(|(k, _)| *k == i as u32).count();
            let (mine, rest) = also.split_at(n);
            also = rest;
            (a, None, mine)
        });
        let mut starts = Offsets::new(text, unit);
        let mention = |(a, lost, also): (&Annotation, Option<String>, &[(u32, EntryId)])| {
            let start = starts.at(a.span.start);
            let text = &text[a.span.range()];
            let end = start + starts.count_ahead(text.len());
            self.mention(a, start, end, text, also, lost)
        };
        match found.lost.is_empty() {
            true => won.map(mention).collect(),
            false => {
                let mut all: Vec<_> = won.chain(lost).collect();
                all.sort_by_key(|(a, _, _)| (a.span.start, std::cmp::Reverse(a.span.end)));
                all.into_iter().map(mention).collect()
            }
        }
    }

    /// The span of a record of one annotation alone, whose place in some unit is known.
    ///
    /// # Panics
    /// When nothing with this index was found.
    pub fn mention_at<'a>(
        &'a self,
        text: &'a str,
        found: &Found,
        index: usize,
        (start, end): (usize, usize),
    ) -> Mention<'a> {
        let annotation = &found.annotations[index];
        let first = found.also.partition_point(|(k, _)| (*k as usize) < index);
        let also = &found.also[first..];
        let n = also.iter().take_while(|(k, _)| *k as usize == index);
        let (also, text) = (&also[..n.count()], &text[annotation.span.range()]);
        self.mention(annotation, start, end, text, also, None)
    }

    fn mention<'a>(
        &'a self,
        annotation: &Annotation,
        start: usize,
        end: usize,
        text: &'a str,
        also: &[(u32, EntryId)],
        lost: Option<String>,
    ) -> Mention<'a> {
        let gazetteer = self.gazetteer();
        let pattern_id = match (annotation.origin, &self.patterns) {
            (Origin::Pattern(pattern), Some(patterns)) => patterns.id(pattern),
            _ => None,
        };
        // A pattern without an id takes the entity of the names that it won against.
        let (entry, also) = match (annotation.entry, pattern_id, also) {
            (None, None, [(_, first), rest @ ..]) => (Some(*first), rest),
            (entry, _, also) => (entry, also),
        };
        let attributes = match entry {
            Some(entry) if self.attributes => gazetteer
                .entry_attributes(entry)
                .map(|(k, v)| (k.into(), v.into()))
                .collect(),
            _ => Vec::new(),
        };
        let (entity, name) = entry.map(|e| gazetteer.entry_id_and_name(e)).unzip();
        Mention {
            start,
            end,
            label: annotation.label.as_str().into(),
            text: text.into(),
            entity: entity.or(pattern_id.map(Cow::from)),
            name: name.map(Cow::from),
            also: also.iter().map(|&(_, e)| gazetteer.entry_id(e)).collect(),
            origin: annotation.origin.as_str().into(),
            score: lost.is_none().then(|| annotation.score.as_f64()),
            zone: annotation.zone.map(|z| z.as_str().into()),
            lost: lost.map(Cow::from),
            attributes,
        }
    }

    /// Why a candidate lost, in words.
    fn reason(&self, text: &str, lost: &Lost) -> String {
        let winner = &text[lost.winner.range()];
        let label = lost.winner_label.map_or("nothing", Label::as_str);
        format!("{} {winner} ({label})", lost.reason)
    }
}

/// Goes through sorted zones along with sorted spans.
struct ZoneCursor<'a> {
    zones: &'a [Zone],
    first: usize,
}

impl ZoneCursor<'_> {
    /// The zone of a span: that nothing is found in if it touches one such, else the innermost that holds it whole.
    fn of(&mut self, span: Span) -> Option<ZoneKind> {
        while self.first < self.zones.len() && self.zones[self.first].span.end <= span.start {
            self.first += 1;
        }
        let near = self.zones[self.first..]
            .iter()
            .take_while(|z| z.span.start < span.end);
        let mut zone = None;
        for z in near.filter(|z| z.span.overlaps(span)) {
            if z.kind == ZoneKind::NoMatch {
                return Some(ZoneKind::NoMatch);
            }
            if z.span.contains(span) {
                zone = Some(z.kind);
            }
        }
        zone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gazetteers_of_different_seeds_are_searched_together() {
        let ships = "# label: SHIP\nname\taliases\nMoskva {near: cruiser}\tBlack Sea flagship\n";
        let states = "# label: COUNTRY\nname\tacronyms\nRussia\nSouth Korea\tROK\n";
        let text = "Russia’s cruiser Moskva, the BLACK SEA flagship, is no ROK or South-Korea ship. Moskva.";
        let doc = Document::new("d", text);
        for seeds in [(0, 0), (77, 77), (77, 0), (0, 77), (1, 2)] {
            let gazetteer = Gazetteer::of_lists(&[(ships, seeds.0), (states, seeds.1)]);
            let annotator = Annotator::builder().build(gazetteer);
            let annotator = annotator.expect("no labels are asked for");
            let found: Vec<&str> = annotator
                .annotate(&doc)
                .iter()
                .map(|a| &text[a.span.range()])
                .collect();
            let expected = [
                "Russia",
                "Moskva",
                "BLACK SEA flagship",
                "ROK",
                "South-Korea",
            ];
            assert_eq!(found, expected, "{seeds:?}");
        }
    }
}
