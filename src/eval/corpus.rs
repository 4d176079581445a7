//! [`Corpus`]: annotated documents from files, and which gold document belongs to which predicted one.

use super::{Annotated, LabelledSpan, Pair};
use crate::{
    annotated::{Claimed, Documents, FaultKind, Options},
    document::Score,
    error::{Error, Problem},
    span::Span,
};
use std::{collections::HashMap, sync::Arc};

/// Annotated documents as they were read, gold or predicted.
///
/// ```no_run
/// use wiretag::{annotated, eval::{Corpus, Options, evaluate}};
/// let gold = Corpus::read_gold("gold.jsonl", &annotated::Options::default())?;
/// let predicted = Corpus::read("predicted.jsonl", &annotated::Options::default())?;
/// let paired = gold.pair(predicted);
/// println!("F1 {:.4}", evaluate(&paired.pairs, &Options::default()).all.of(wiretag::eval::Scheme::Strict).f1());
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Debug)]
pub struct Corpus {
    /// What messages call it: the path as it was given.
    name: String,
    entries: Vec<Entry>,
    problems: Vec<Problem>,
}

/// A document and where it came from.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) file: Arc<str>,
    pub(super) line: u64,
    /// Has it an id of its own, which the other side shares?
    pub(super) has_id: bool,
    pub(super) doc: Annotated,
    /// A document without a text, whose offsets wait for one.
    pub(super) waiting: Option<Box<Claimed>>,
}

/// Gold documents with their predictions, and what was wrong with them.
#[derive(Debug)]
pub struct Paired<'a> {
    /// All gold documents in their order. One without a counterpart has no predictions.
    pub pairs: Vec<Pair<'a>>,
    /// What was wrong with the predicted side: documents missing, left over, repeated or with another text, and spans that are none.
    pub problems: Vec<Problem>,
    /// Gold documents without a counterpart.
    pub missing: u64,
    /// Predicted documents that no gold document belongs to.
    pub extra: u64,
    /// Documents whose text is another on the two sides; their predictions are left out.
    pub differing: u64,
    /// Documents whose texts differ in white space alone; spans were carried over by their other characters.
    pub respaced: u64,
}

impl Corpus {
    /// Reads a file, a folder, a pattern or (`-`) standard input, also packed (.gz, .zst). Time and memory are linear in its size.
    /// Documents that their annotators rejected are passed over.
    ///
    /// # Errors
    /// When a file can't be read, or none of the formats fits. Bad documents and spans are no error but [problems](Corpus::problems).
    pub fn read(path: &str, options: &Options) -> Result<Corpus, Error> {
        let mut corpus = Corpus::new(match path {
            "-" => "standard input",
            _ => path,
        });
        for document in Documents::new([path], options) {
            match document {
                Ok(claimed) if claimed.refused.is_some() => {}
                Ok(claimed) => corpus.add(claimed),
                Err((file, fault)) if fault.kind == FaultKind::Unreadable => {
                    return Err(Error::problems(vec![fault.problem(&file, "")]));
                }
                Err((file, fault)) => {
                    let problem = fault.problem(&file, ": the document is left out");
                    corpus.problems.push(problem);
                }
            }
        }
        corpus.leave_repeated_ids_out();
        Ok(corpus)
    }

    /// The same for gold documents, which all need a text.
    ///
    /// # Errors
    /// As for [`Corpus::read`].
    pub fn read_gold(path: &str, options: &Options) -> Result<Corpus, Error> {
        let mut corpus = Corpus::read(path, options)?;
        let problems = &mut corpus.problems;
        corpus.entries.retain(|entry| {
            if entry.waiting.is_some() {
                let message = "no field \"text\", which gold needs: the document is left out";
                problems.push(Problem::error(&entry.file, Some(entry.line), message));
            }
            entry.waiting.is_none()
        });
        Ok(corpus)
    }

    pub(super) fn new(name: &str) -> Corpus {
        Corpus {
            name: name.to_owned(),
            entries: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// What was wrong while reading.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The documents that have a text.
    pub fn documents(&self) -> impl Iterator<Item = &Annotated> {
        let with_text = self.entries.iter().filter(|e| e.waiting.is_none());
        with_text.map(|e| &e.doc)
    }

    /// Documents that were read.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Was no document read?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Pairs these gold documents with predicted ones: by id, or in their order if one of the two sides has no ids. Texts must be the
    /// same but for white space.
    pub fn pair(&self, predicted: Corpus) -> Paired<'_> {
        let mut paired = Paired {
            pairs: Vec::with_capacity(self.entries.len()),
            problems: predicted.problems,
            missing: 0,
            extra: 0,
            differing: 0,
            respaced: 0,
        };
        let has_ids = |entries: &[Entry]| entries.iter().any(|e| e.has_id);
        let by_id = has_ids(&self.entries) && has_ids(&predicted.entries);
        let key = |at: usize, entry: &Entry| match by_id {
            true => entry.doc.id.clone(),
            false => at.to_string(),
        };
        let mut waiting: HashMap<String, Entry> = HashMap::new();
        let mut order = Vec::new();
        for (at, entry) in predicted.entries.into_iter().enumerate() {
            let key = key(at, &entry);
            order.push(key.clone());
            waiting.insert(key, entry);
        }
        for (at, gold) in self.entries.iter().enumerate() {
            let predicted = match waiting.remove(&key(at, gold)) {
                Some(entry) => self.carried_over(gold, entry, &mut paired),
                None => {
                    paired.missing += 1;
                    let what = match by_id {
                        true => format!("document {:?} is not in", gold.doc.id),
                        false => format!("document {} has no counterpart in", at + 1),
                    };
                    let message = format!("{what} {}: {}", predicted.name, left_out(gold));
                    let problem = Problem::error(&gold.file, Some(gold.line), message);
                    paired.problems.push(problem);
                    Vec::new()
                }
            };
            paired.pairs.push(Pair {
                gold: &gold.doc,
                predicted,
            });
        }
        for (at, key) in order.iter().enumerate() {
            let Some(entry) = waiting.get(key) else {
                continue;
            };
            paired.extra += 1;
            let what = match by_id {
                true => format!("document {:?} is not in", entry.doc.id),
                false => format!("document {} has no counterpart in", at + 1),
            };
            let message = format!("{what} {}: it is left out", self.name);
            let problem = Problem::error(&entry.file, Some(entry.line), message);
            paired.problems.push(problem);
        }
        paired
    }

    /// The predicted spans as spans of the gold text.
    fn carried_over(
        &self,
        gold: &Entry,
        predicted: Entry,
        paired: &mut Paired<'_>,
    ) -> Vec<LabelledSpan> {
        let at = (&*predicted.file, predicted.line);
        if let Some(waiting) = predicted.waiting {
            return spans(&waiting, &gold.doc.text, &mut paired.problems);
        }
        if gold.doc.text == predicted.doc.text {
            return predicted.doc.spans;
        }
        match Respacing::new(&predicted.doc.text, &gold.doc.text) {
            Ok(respacing) => {
                paired.respaced += 1;
                let spans = predicted.doc.spans.into_iter();
                spans.filter_map(|s| respacing.of(s)).collect()
            }
            Err(place) => {
                paired.differing += 1;
                let message = format!(
                    "the text is not that of {}:{} from character {} on ({:?} where gold has {:?}): {}",
                    gold.file,
                    gold.line,
                    place.character + 1,
                    place.from,
                    place.to,
                    left_out(gold)
                );
                let problem = Problem::error(at.0, Some(at.1), message);
                paired.problems.push(problem);
                Vec::new()
            }
        }
    }

    fn leave_repeated_ids_out(&mut self) {
        let any = self.entries.iter().any(|e| e.has_id);
        let mut seen: HashMap<String, (Arc<str>, u64)> = HashMap::new();
        let problems = &mut self.problems;
        self.entries.retain(|entry| {
            let mut refuse = |message: String| {
                problems.push(Problem::error(&entry.file, Some(entry.line), message));
                false
            };
            if !entry.has_id {
                return !any
                    || refuse("no id, where other documents have one: it is left out".to_owned());
            }
            match seen.get(&entry.doc.id) {
                Some((file, line)) => refuse(format!(
                    "document {:?} was at {file}:{line} before: this one is left out",
                    entry.doc.id
                )),
                None => {
                    seen.insert(entry.doc.id.clone(), (entry.file.clone(), entry.line));
                    true
                }
            }
        });
    }

    fn add(&mut self, mut claimed: Claimed) {
        for fault in &claimed.faults {
            self.problems
                .push(fault.problem(&claimed.file, ": left out"));
        }
        let mut entry = Entry {
            file: claimed.file.clone(),
            line: claimed.line,
            has_id: claimed.id.is_some(),
            doc: Annotated {
                id: claimed.name(),
                text: String::new(),
                spans: Vec::new(),
                annotated_types: claimed.annotated_types.take(),
            },
            waiting: None,
        };
        match claimed.text.take() {
            Some(text) => {
                entry.doc.spans = spans(&claimed, &text, &mut self.problems);
                entry.doc.text = text;
            }
            None => entry.waiting = Some(Box::new(claimed)),
        }
        self.entries.push(entry);
    }
}

/// The spans of a text that claims are true of. The others are reported and left out.
fn spans(claimed: &Claimed, text: &str, problems: &mut Vec<Problem>) -> Vec<LabelledSpan> {
    let (proved, faults) = claimed.resolve(text);
    let faults = faults.iter();
    problems.extend(faults.map(|f| f.problem(&claimed.file, ": left out")));
    let span = |p: &crate::annotated::Proved<'_>| LabelledSpan {
        span: p.span,
        label: p.label,
        entity: p.claim.entity.clone(),
        optional: p.claim.optional,
        origin: p.claim.origin.clone(),
        score: p.claim.score.map(Score::new),
    };
    proved.iter().map(span).collect()
}

fn left_out(gold: &Entry) -> String {
    let required = gold.doc.spans.iter().filter(|s| !s.optional).count();
    match required {
        0 => "nothing is predicted for it".to_owned(),
        1 => "its gold span counts as missed".to_owned(),
        n => format!("its {n} gold spans count as missed"),
    }
}

/// Two texts that differ in white space alone: where the characters of one stand in the other.
struct Respacing {
    /// Bytes of the first text and of the second, of each character that is no white space.
    from: Vec<usize>,
    to: Vec<Span>,
}

/// Where two texts begin to differ in more than white space, and how.
struct Place {
    character: usize,
    from: String,
    to: String,
}

impl Respacing {
    fn new(from: &str, to: &str) -> Result<Respacing, Place> {
        let dense = |(_, c): &(usize, char)| !c.is_whitespace();
        let (mut a, mut b) = (
            from.char_indices().filter(dense),
            to.char_indices().filter(dense),
        );
        let mut respacing = Respacing {
            from: Vec::new(),
            to: Vec::new(),
        };
        loop {
            match (a.next(), b.next()) {
                (None, None) => return Ok(respacing),
                (Some((x, c)), Some((y, d))) if c == d => {
                    respacing.from.push(x);
                    respacing.to.push(Span {
                        start: y,
                        end: y + d.len_utf8(),
                    });
                }
                (x, y) => {
                    let x = x.map_or(from.len(), |(at, _)| at);
                    let y = y.map_or(to.len(), |(at, _)| at);
                    let some = |text: &str| text.chars().take(20).collect();
                    return Err(Place {
                        character: from[..x].chars().count(),
                        from: some(&from[x..]),
                        to: some(&to[y..]),
                    });
                }
            }
        }
    }

    /// The span in the second text; none of white space alone.
    fn of(&self, span: LabelledSpan) -> Option<LabelledSpan> {
        let first = self.from.partition_point(|&at| at < span.span.start);
        let behind = self.from.partition_point(|&at| at < span.span.end);
        (first < behind).then(|| LabelledSpan {
            span: Span {
                start: self.to[first].start,
                end: self.to[behind - 1].end,
            },
            ..span
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Label;

    #[test]
    fn spans_are_carried_over_white_space() {
        let (from, to) = ("the U.S. \n Navy 's é", "the U.S. Navy's é");
        let span = |start: usize, end: usize| {
            LabelledSpan::new(Span { start, end }, Label::new("ORG").unwrap())
        };
        let Ok(respacing) = Respacing::new(from, to) else {
            panic!("they differ in white space alone");
        };
        let carried = |start, end| respacing.of(span(start, end)).map(|s| &to[s.span.range()]);
        assert_eq!(carried(4, 15), Some("U.S. Navy"));
        assert_eq!(carried(16, 18), Some("'s"));
        assert_eq!(carried(8, 11), None);
        let Err(place) = Respacing::new("the UK now", "the  UN now") else {
            panic!("they differ");
        };
        assert_eq!(
            (place.character, &*place.from, &*place.to),
            (5, "K now", "N now")
        );
    }

    #[test]
    fn ids_are_needed_by_all_or_none() {
        let entry = |id: &str, has_id| Entry {
            file: "a.jsonl".into(),
            line: 1,
            has_id,
            doc: Annotated::new(id, "", Vec::new()),
            waiting: None,
        };
        let left = |entries: Vec<Entry>| {
            let mut corpus = Corpus::new("a.jsonl");
            corpus.entries = entries;
            corpus.leave_repeated_ids_out();
            (corpus.len(), corpus.problems.len())
        };
        assert_eq!(left(vec![entry("a", true), entry("a", true)]), (1, 1));
        assert_eq!(left(vec![entry("a", true), entry("b", false)]), (1, 1));
        assert_eq!(left(vec![entry("a", false), entry("b", false)]), (2, 0));
    }
}
