//! Standoff of brat: specified at [`Format::Brat`](super::Format::Brat).
//!
//! What is cut off a file is the `.ann`, a NUL and the `.txt` beside it.

use super::{Claim, Claimed, Fault, FaultKind, Format};
use crate::write::brat::DATABASE;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

pub(super) fn read(file: &Arc<str>, id: Option<&str>, bytes: &str) -> Claimed {
    let (ann, text) = match bytes.split_once('\0') {
        Some((ann, text)) => (ann, Some(text)),
        None => (bytes, None),
    };
    let mut claimed = Claimed::new(file, 1, Format::Brat);
    claimed.id = id.map(|id| {
        id.strip_suffix(".ann")
            .map_or(id.to_owned(), |s| format!("{s}.txt"))
    });
    claimed.text = text.map(str::to_owned);
    let chars: Option<Vec<char>> = text.map(|t| t.chars().collect());
    let mut reading = Reading {
        claimed: &mut claimed,
        text: chars.as_deref(),
        spans: HashMap::new(),
        ids: HashSet::new(),
    };
    let mut later = Vec::new();
    for (number, line) in (1..).zip(ann.lines()) {
        let line = line.trim_end_matches('\r').trim_start_matches('\u{feff}');
        if line.trim().is_empty() {
            continue;
        }
        let read = match line.chars().next() {
            Some('T') => reading.span(number, line),
            // They may stand before what they are about.
            Some('N' | '#') => {
                later.push((number, line));
                Ok(())
            }
            Some(sign) => reading.other(sign, number, line),
            None => Ok(()),
        };
        reading.complain(number, read);
    }
    for (number, line) in later {
        let read = match line.starts_with('N') {
            true => reading.reference(number, line),
            false => reading.note(number, line),
        };
        reading.complain(number, read);
    }
    claimed
}

struct Reading<'c> {
    claimed: &'c mut Claimed,
    text: Option<&'c [char]>,
    /// The place of each span among the claims; none of those that are left out.
    spans: HashMap<String, Option<usize>>,
    ids: HashSet<String>,
}

type Read = Result<(), (FaultKind, String)>;

fn syntax(message: &str) -> (FaultKind, String) {
    (FaultKind::Syntax, message.to_owned())
}

impl Reading<'_> {
    fn complain(&mut self, line: u64, read: Read) {
        if let Err((kind, message)) = read {
            self.claimed.faults.push(Fault::error(kind, line, message));
        }
    }

    fn new_id(&mut self, id: &str) -> Read {
        let digits = id.get(1..).unwrap_or_default();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err((FaultKind::Id, format!("{id:?} is no id such as T1")));
        }
        match self.ids.insert(id.to_owned()) {
            true => Ok(()),
            false => Err((FaultKind::Id, format!("id {id} was there before"))),
        }
    }

    /// `T1`, tab, `ORG 0 4`, tab, `NATO`; several parts are `ORG 0 4;9 12`.
    fn span(&mut self, line: u64, text: &str) -> Read {
        let mut fields = text.splitn(3, '\t');
        let id = fields.next().unwrap_or_default();
        let what = fields.next().ok_or(syntax("no tab behind the id"))?;
        self.new_id(id)?;
        self.spans.insert(id.to_owned(), None);
        let (label, ranges) = what
            .split_once(' ')
            .ok_or(syntax("no space between type and offsets"))?;
        let mut parts = Vec::new();
        for range in ranges.split(';') {
            let offsets = range.split_once(' ');
            let offsets = offsets.and_then(|(s, e)| Some((s.parse().ok()?, e.parse().ok()?)));
            let (start, end): (u64, u64) =
                offsets.ok_or(syntax("offsets are not two whole numbers, START END"))?;
            parts.push((start, end));
        }
        if parts.windows(2).any(|p| p[1].0 < p[0].1) {
            return Err((
                FaultKind::Overlap,
                format!("the parts of {id} overlap or are not in order"),
            ));
        }
        let said = fields.next();
        if said.is_none() {
            return Err(syntax("no text behind a tab at the end"));
        }
        let (first, last) = (parts[0], parts[parts.len() - 1]);
        for pair in parts.windows(2) {
            let between = (pair[0].1 as usize)..(pair[1].0 as usize);
            let Some(between) = self.text.and_then(|t| t.get(between)) else {
                break;
            };
            if !between.iter().all(|c| c.is_whitespace()) {
                let between: String = between.iter().collect();
                return Err((
                    FaultKind::Unread,
                    format!(
                        "{id} has parts with {between:?} between them, and spans are of one piece"
                    ),
                ));
            }
        }
        self.spans
            .insert(id.to_owned(), Some(self.claimed.claims.len()));
        self.claimed.claims.push(Claim {
            line: Some(line),
            start: first.0,
            end: last.1,
            label: label.to_owned(),
            text: said.map(str::to_owned),
            ..Claim::default()
        });
        Ok(())
    }

    /// The claim that a line is about; none where it was left out.
    fn target(&mut self, id: &str) -> Result<Option<&mut Claim>, (FaultKind, String)> {
        match self.spans.get(id) {
            Some(place) => Ok(place.map(|at| &mut self.claimed.claims[at])),
            None if self.ids.contains(id) => Ok(None),
            None => Err((FaultKind::Reference, format!("there is no {id}"))),
        }
    }

    /// `N1`, tab, `Reference T1 Wikidata:Q7184`, tab, `NATO`.
    fn reference(&mut self, _: u64, line: &str) -> Read {
        let mut fields = line.splitn(3, '\t');
        let id = fields.next().unwrap_or_default().to_owned();
        let what = fields.next().ok_or(syntax("no tab behind the id"))?;
        self.new_id(&id)?;
        let mut words = what.splitn(3, ' ');
        let (Some(_), Some(target), Some(reference)) = (words.next(), words.next(), words.next())
        else {
            return Err(syntax("not \"Reference T1 DATABASE:ID\""));
        };
        let (database, entity) = reference
            .split_once(':')
            .ok_or(syntax("the reference is not DATABASE:ID"))?;
        let entity = match database {
            DATABASE => percent_decoded(entity),
            _ => reference.to_owned(),
        };
        let name = fields.next().map(str::to_owned);
        if let Some(claim) = self.target(target)? {
            match claim.entity {
                None => {
                    claim.entity = Some(entity);
                    claim.name = name.filter(|n| !n.is_empty());
                }
                Some(_) => claim.also.push(entity),
            }
        }
        Ok(())
    }

    /// `#1`, tab, `AnnotatorNotes T1`, tab, a note; ours are `origin=alias score=0.97 zone=byline`.
    fn note(&mut self, _: u64, line: &str) -> Read {
        let mut fields = line.splitn(3, '\t');
        let id = fields.next().unwrap_or_default().to_owned();
        let what = fields.next().ok_or(syntax("no tab behind the id"))?;
        self.new_id(&id)?;
        let Some((_, target)) = what.split_once(' ') else {
            return Err(syntax("not \"AnnotatorNotes T1\""));
        };
        let note = fields.next().unwrap_or_default().to_owned();
        let Some(claim) = self.target(target)? else {
            return Ok(());
        };
        for word in note.split(' ') {
            match word.split_once('=') {
                Some(("origin", origin)) => claim.origin = Some(percent_decoded(origin)),
                Some(("zone", zone)) => claim.zone = Some(percent_decoded(zone)),
                Some(("score", score)) if score.parse::<f64>().is_ok() => {
                    claim.score = score.parse().ok();
                }
                _ => {
                    claim.attributes.push(("note".to_owned(), note));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn other(&mut self, sign: char, _: u64, line: &str) -> Read {
        let what = match sign {
            'R' => "relations",
            'E' => "events",
            'A' | 'M' => "attributes of annotations",
            '*' => "equivalences",
            _ => return Err(syntax("starts with none of T, R, E, A, M, N, * and #")),
        };
        if line.split_once('\t').is_none() {
            return Err(syntax("no tab behind the id"));
        }
        if sign != '*' {
            let id = line.split('\t').next().unwrap_or_default().to_owned();
            self.new_id(&id)?;
        }
        self.claimed.unread(what, 1);
        Ok(())
    }
}

fn percent_decoded(id: &str) -> String {
    let (bytes, mut out, mut at) = (id.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let digits = digits.and_then(|d| std::str::from_utf8(d).ok());
        match digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::brat::percent_encoded;

    #[test]
    fn ids_of_all_kinds_are_words_and_read_back() {
        for id in ["country/KP", "100%", "a b\tc", "é\u{a0}%41", "%zz", ""] {
            let encoded = percent_encoded(id);
            assert!(!encoded.contains(char::is_whitespace), "{encoded}");
            assert_eq!(percent_decoded(&encoded), id);
        }
    }

    #[test]
    fn parts_of_a_span_may_have_white_space_between_them() {
        let read = |ann: &str| read(&"a.ann".into(), Some("a.ann"), ann);
        let whole = read("T1\tORG 0 3;4 8\tNew York\n\0New\nYork");
        assert_eq!((whole.claims[0].start, whole.claims[0].end), (0, 8));
        assert!(whole.faults.is_empty() && whole.resolve("New\nYork").1.is_empty());
        let parts = read("T1\tORG 0 3;6 10\tNew York\n\0New x York");
        assert_eq!(parts.claims, []);
        assert_eq!(parts.faults[0].kind, FaultKind::Unread);
    }
}
