//! CoNLL: columns to documents with spans. The format is specified at [`Format::Conll`].

use super::{Claim, Claimed, Fault, FaultKind, Format, joined::Joined};
use crate::{record::OffsetUnit, write::percent::decode};
use std::{ops::Range, sync::Arc};

/// How a line starts that begins a document.
const DOCSTART: &str = "-DOCSTART-";

/// Is the first line of a text that is no comment a document's start or a token with a tag?
pub(super) fn looks_like(text: &str) -> bool {
    let mut lines = text.lines().filter(|l| !l.trim().is_empty());
    let Some(line) = lines.find(|l| !is_comment(l)) else {
        return false;
    };
    starts_document(line) || columns(line).is_some_and(|(_, tag)| Tag::of(tag).is_some())
}

/// The documents of a file.
pub(super) fn read(file: &Arc<str>, text: &str) -> Vec<Claimed> {
    let by_sentence = !text.lines().any(starts_document);
    let mut tags = Tags::default();
    let mut doc = Building::default();
    let mut documents = Vec::new();
    let mut width: Option<(u64, usize)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_end_matches('\r');
        if line.trim().is_empty() {
            tags.end(&doc);
            doc.end_sentence();
        } else if starts_document(line) {
            tags.end(&doc);
            doc.end(file, &mut documents);
            // A document without a sentence is one.
            doc.line = Some(number);
        } else if !is_comment(line) {
            let (token, tag) = match columns(line) {
                Some((token, tag)) => match Tag::of(tag) {
                    Some(read) => (token, read),
                    None => {
                        let message = format!(
                            "the last column, {tag:?}, is no tag (O, or one of B-, I-, L-, U-, E-, S- and a label): read as O"
                        );
                        doc.fault(Fault::error(FaultKind::Tag, number, message));
                        (token, Tag::Outside)
                    }
                },
                None => {
                    let message = "one column, where a token and a tag are needed: read as O";
                    doc.fault(Fault::error(FaultKind::Tag, number, message));
                    (line.trim(), Tag::Outside)
                }
            };
            let here = columns_of(line);
            match width {
                Some((first, n)) if n != here && n > 0 => {
                    let message = format!("{here} columns, where line {first} has {n}");
                    doc.fault(Fault::warning(FaultKind::Syntax, number, message));
                    // One is enough to be told.
                    width = Some((first, 0));
                }
                Some(_) => {}
                None => width = Some((number, here)),
            }
            let place = Place::of_line(line);
            if by_sentence && doc.new_sentence && !doc.goes_on(place.as_ref()) {
                doc.end(file, &mut documents);
            }
            tags.add(number, &doc, &tag);
            doc.add(token, tag, place, number);
        }
    }
    tags.end(&doc);
    doc.end(file, &mut documents);
    for (line, message) in tags.faults() {
        let fault = Fault::warning(FaultKind::Tag, line, message);
        let of_line = documents.iter_mut().rev().find(|d| d.line <= line);
        if let Some(document) = of_line {
            document.faults.push(fault);
        }
    }
    documents
}

/// Does a line start a document? The word `-DOCSTART-` has a place.
fn starts_document(line: &str) -> bool {
    line.starts_with(DOCSTART) && Place::of_line(line).is_none()
}

/// How many columns a line has.
fn columns_of(line: &str) -> usize {
    match line.contains('\t') {
        true => line.trim_end().split('\t').count(),
        false => line.split_ascii_whitespace().count(),
    }
}

/// `# id = 5`, but not the token `#` with its tag.
fn is_comment(line: &str) -> bool {
    line.starts_with('#') && columns(line).is_none_or(|(_, tag)| Tag::of(tag).is_none())
}

/// The first and the last column.
fn columns(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_end();
    let (token, tag) = match line.contains('\t') {
        true => (line.split('\t').next()?, line.rsplit('\t').next()?),
        false => {
            let mut words = line.split_ascii_whitespace();
            (words.next()?, words.next_back()?)
        }
    };
    let (token, tag) = (token.trim(), tag.trim());
    (!token.is_empty() && !tag.is_empty()).then_some((token, tag))
}

/// Where a token stands in its document, as [this crate](crate::write::conll) writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place<'a> {
    /// The document's id.
    id: Option<&'a str>,
    /// Code points.
    start: u64,
    end: u64,
}

impl Place<'_> {
    /// The place that the last column but one has, if there are three.
    fn of_line(line: &str) -> Option<Place<'_>> {
        let mut columns = line.split_ascii_whitespace().rev();
        let column = columns.nth(1)?;
        columns.next()?;
        let (id, range) = match column.rsplit_once('#') {
            Some((id, range)) => (Some(id), range),
            None => (None, column),
        };
        let (start, end) = range.split_once(':')?;
        let (start, end) = (start.parse().ok()?, end.parse().ok()?);
        Some(Place { id, start, end })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag<'a> {
    Outside,
    Inside(Prefix, &'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prefix {
    /// `B`
    Begin,
    /// `I`
    Inside,
    /// `L`, `E`
    Last,
    /// `U`, `S`
    Unit,
}

impl Tag<'_> {
    fn of(tag: &str) -> Option<Tag<'_>> {
        if tag == "O" {
            return Some(Tag::Outside);
        }
        let (prefix, label) = tag.split_once('-')?;
        let prefix = match prefix {
            "B" => Prefix::Begin,
            "I" => Prefix::Inside,
            "L" | "E" => Prefix::Last,
            "U" | "S" => Prefix::Unit,
            _ => return None,
        };
        (!label.is_empty()).then_some(Tag::Inside(prefix, label))
    }
}

/// A document that is being read.
#[derive(Default)]
struct Building {
    line: Option<u64>,
    /// As the file has it.
    id: Option<String>,
    joined: Joined,
    claims: Vec<Claim>,
    faults: Vec<Fault>,
    /// The label of the last span, if it may go on.
    open: Option<String>,
    /// Does the next token begin a sentence?
    new_sentence: bool,
}

impl Building {
    fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Is a sentence at this place one of the document?
    fn goes_on(&self, place: Option<&Place<'_>>) -> bool {
        self.id.is_some() && place.and_then(|p| p.id) == self.id.as_deref()
    }

    fn add(&mut self, token: &str, tag: Tag<'_>, place: Option<Place<'_>>, line: u64) {
        self.line.get_or_insert(line);
        if let (true, Some(id)) = (
            self.joined.text.is_empty(),
            place.as_ref().and_then(|p| p.id),
        ) {
            self.id = Some(id.to_owned());
        }
        let gap = if self.new_sentence { '\n' } else { ' ' };
        self.new_sentence = false;
        let range = self.join(token, place, gap).unwrap_or_else(|message| {
            let message = format!("{message}: it is passed over");
            self.fault(Fault::error(FaultKind::Token, line, message));
            let added = self.joined.add(token, None, gap);
            added.unwrap_or_default()
        });
        let (start, end) = (range.start, range.end);
        let Tag::Inside(prefix, label) = tag else {
            self.open = None;
            return;
        };
        let goes_on =
            matches!(prefix, Prefix::Inside | Prefix::Last) && self.open.as_deref() == Some(label);
        match self.claims.last_mut() {
            Some(last) if goes_on => last.end = end,
            _ => {
                self.claims.push(Claim {
                    line: Some(line),
                    start,
                    end,
                    label: label.to_owned(),
                    ..Claim::default()
                });
                self.open = Some(label.to_owned());
            }
        }
        if matches!(prefix, Prefix::Last | Prefix::Unit) {
            self.open = None;
        }
    }

    /// Appends a token to the text, at its place if it has one.
    fn join(
        &mut self,
        token: &str,
        place: Option<Place<'_>>,
        gap: char,
    ) -> Result<Range<u64>, String> {
        let Some(Place { start, end, .. }) = place else {
            return self.joined.add(token, None, gap);
        };
        let chars = token.chars().count() as u64;
        if end.checked_sub(start) != Some(chars) {
            return Err(format!(
                "the place {start}:{end} is not that of {token:?}, which has {chars} characters"
            ));
        }
        let added = self.joined.add(token, Some(start), gap);
        added.map_err(|message| format!("the place {start}:{end} of {token:?}: {message}"))
    }

    fn end_sentence(&mut self) {
        self.open = None;
        self.new_sentence = true;
    }

    /// Adds what was read to the documents, if it is one.
    fn end(&mut self, file: &Arc<str>, documents: &mut Vec<Claimed>) {
        let built = std::mem::take(self);
        if let Some(line) = built.line {
            let mut claimed = Claimed::new(file, line, Format::Conll);
            claimed.unit = OffsetUnit::Byte;
            claimed.flat = true;
            claimed.id = built.id.map(|id| decode(&id).into_owned());
            claimed.text = Some(built.joined.text);
            claimed.claims = built.claims;
            claimed.faults = built.faults;
            documents.push(claimed);
        }
    }
}

/// What the tags of a file tell of its scheme: each has sequences that it can't have, and a file must fit one.
#[derive(Default)]
struct Tags {
    /// Where `L`, `E`, `U` or `S` was first seen: BILOU or BIOES.
    ends: Option<u64>,
    /// Where `I` first started a span: IOB1, which has `B` only between spans of one label.
    inside_starts: Option<u64>,
    /// Where `B` first stood behind something else: IOB2.
    begin_starts: Option<u64>,
    /// How many `I`, `L` and `E` started a span.
    started: u64,
    /// Where a span first started that no `L`, `E`, `U` or `S` ended: all that IOB1 and IOB2 have.
    endless: Option<u64>,
    /// How many there are.
    not_ended: u64,
}

impl Tags {
    fn add(&mut self, line: u64, doc: &Building, tag: &Tag<'_>) {
        let Tag::Inside(prefix, label) = tag else {
            return self.end(doc);
        };
        let follows = doc.open.as_deref() == Some(*label);
        if !follows || matches!(prefix, Prefix::Begin | Prefix::Unit) {
            self.end(doc);
        }
        match prefix {
            Prefix::Begin if !follows => {
                self.begin_starts.get_or_insert(line);
            }
            Prefix::Begin => {}
            Prefix::Inside | Prefix::Last if !follows => {
                self.inside_starts.get_or_insert(line);
                self.started += 1;
            }
            Prefix::Inside => {}
            Prefix::Last | Prefix::Unit => {}
        }
        if matches!(prefix, Prefix::Last | Prefix::Unit) {
            self.ends.get_or_insert(line);
        }
    }

    /// The span that is open goes on no more.
    fn end(&mut self, doc: &Building) {
        if let (Some(_), Some(last)) = (&doc.open, doc.claims.last()) {
            self.endless = self.endless.or(last.line);
            self.not_ended += 1;
        }
    }

    /// Where and how the tags fit no scheme.
    fn faults(&self) -> impl Iterator<Item = (u64, String)> {
        [self.bad_starts(), self.bad_ends()].into_iter().flatten()
    }

    fn bad_ends(&self) -> Option<(u64, String)> {
        let line = self.endless.filter(|_| self.ends.is_some())?;
        let times = times(self.not_ended);
        Some((
            line,
            format!(
                "a span does not end with L- or E-, which BILOU and BIOES need (U- or S- for one of one token; {times} in this file): read as if it did"
            ),
        ))
    }

    fn bad_starts(&self) -> Option<(u64, String)> {
        let line = self.inside_starts?;
        let scheme = match (self.ends, self.begin_starts) {
            (Some(_), _) => "BILOU and BIOES",
            (None, Some(_)) => "IOB2",
            (None, None) => return None,
        };
        let times = times(self.started);
        Some((
            line,
            format!(
                "a span starts without B-, which {scheme} does not have ({times} in this file): read as a start all the same"
            ),
        ))
    }
}

fn times(n: u64) -> String {
    match n {
        1 => "once".to_owned(),
        n => format!("{n} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens and tags, by `/`, to the texts of spans.
    fn spans(tagged: &str) -> (Vec<String>, Option<String>) {
        let (mut doc, mut tags) = (Building::default(), Tags::default());
        for (line, word) in (1..).zip(tagged.split(' ')) {
            let (token, tag) = word.split_once('/').unwrap();
            let tag = Tag::of(tag).unwrap();
            tags.add(line, &doc, &tag);
            doc.add(token, tag, None, line);
        }
        let text = |c: &Claim| {
            let span = &doc.joined.text[c.start as usize..c.end as usize];
            format!("{} {span}", c.label)
        };
        tags.end(&doc);
        let fault = tags
            .faults()
            .next()
            .map(|(line, message)| format!("{line}: {message}"));
        (doc.claims.iter().map(text).collect(), fault)
    }

    #[test]
    fn all_schemes_are_read() {
        let expected = ["LOC New York", "LOC Köln", "ORG UN"];
        for tagged in [
            // IOB1, IOB2, BILOU, BIOES.
            "New/I-LOC York/I-LOC Köln/B-LOC UN/I-ORG said/O",
            "New/B-LOC York/I-LOC Köln/B-LOC UN/B-ORG said/O",
            "New/B-LOC York/L-LOC Köln/U-LOC UN/U-ORG said/O",
            "New/B-LOC York/E-LOC Köln/S-LOC UN/S-ORG said/O",
        ] {
            assert_eq!(
                spans(tagged),
                (expected.map(str::to_owned).into(), None),
                "{tagged}"
            );
        }
    }

    #[test]
    fn tags_that_fit_no_scheme_are_told() {
        let (found, fault) = spans("Köln/B-LOC said/O UN/I-ORG and/O AU/I-ORG");
        assert_eq!(found, ["LOC Köln", "ORG UN", "ORG AU"]);
        assert_eq!(
            fault.unwrap(),
            "3: a span starts without B-, which IOB2 does not have (2 times in this file): read as a start all the same"
        );
        assert!(spans("Köln/U-LOC UN/I-ORG said/O").1.is_some());
        for tagged in [
            "Köln/U-LOC UN/B-ORG said/O",
            "UN/B-ORG AU/U-ORG",
            "Köln/U-LOC UN/B-ORG",
        ] {
            let (_, fault) = spans(tagged);
            assert!(fault.unwrap().contains("does not end with L-"), "{tagged}");
        }
    }

    #[test]
    fn columns_are_parted_by_tabs_or_spaces() {
        assert_eq!(columns("Köln NNP I-NP B-LOC"), Some(("Köln", "B-LOC")));
        assert_eq!(columns("New York\tB-LOC\r"), Some(("New York", "B-LOC")));
        assert_eq!(columns("Köln"), None);
        let place = Place::of_line("Köln -X- north/a#1.txt#17:21 B-LOC").unwrap();
        assert_eq!(
            (place.id, place.start, place.end),
            (Some("north/a#1.txt"), 17, 21)
        );
        assert_eq!(Place::of_line("17:21 B-LOC"), None);
        assert_eq!(Place::of_line("Köln NNP I-NP B-LOC"), None);
        assert!(starts_document("-DOCSTART- -X- O O") && !starts_document("-DOCSTART- -X- 3:13 O"));
        assert!(is_comment("# id = 5") && is_comment("#") && !is_comment("# O"));
    }
}
