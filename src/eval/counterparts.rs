//! [`Counterparts`]: documents of one side that wait for those of the other, which come one at a time.

use super::{
    Corpus, LabelledSpan,
    corpus::{Entry, Respacing, spans},
};
use crate::{error::Problem, span::Label};
use std::collections::HashMap;

/// Documents that wait for others with their texts: for who goes through the other side once and does not hold it.
///
/// Documents are paired as [`Corpus::pair`] does: by id, or by their order where one of the two has no ids.
#[derive(Debug)]
pub struct Counterparts {
    entries: Vec<Option<Entry>>,
    of_id: HashMap<String, usize>,
    /// Documents of the other side that have come.
    came: usize,
    problems: Vec<Problem>,
}

/// The spans of a counterpart, and the labels that it was annotated for.
pub type Counterpart = (Vec<LabelledSpan>, Option<Vec<Label>>);

impl Corpus {
    /// The documents, to be asked for one by one.
    pub fn counterparts(self) -> Counterparts {
        let (entries, problems) = self.into_parts();
        let with_ids = entries.iter().enumerate().filter(|(_, e)| e.has_id);
        Counterparts {
            of_id: with_ids.map(|(at, e)| (e.doc.id.clone(), at)).collect(),
            entries: entries.into_iter().map(Some).collect(),
            came: 0,
            problems,
        }
    }
}

impl Counterparts {
    /// The counterpart of the next document of the other side, its spans as spans of this text; none if there is none, or if its text
    /// differs in more than white space, which is a problem.
    pub fn next(&mut self, id: Option<&str>, text: &str) -> Option<Counterpart> {
        let at = match id.filter(|_| !self.of_id.is_empty()) {
            Some(id) => self.of_id.get(id).copied(),
            None => Some(self.came),
        };
        self.came += 1;
        let entry = self.entries.get_mut(at?)?.take()?;
        let types = entry.doc.annotated_types;
        if let Some(waiting) = entry.waiting {
            return Some((spans(&waiting, text, &mut self.problems), types));
        }
        if entry.doc.text == text {
            return Some((entry.doc.spans, types));
        }
        match Respacing::new(&entry.doc.text, text) {
            Ok(respacing) => {
                let spans = entry.doc.spans.into_iter();
                Some((spans.filter_map(|s| respacing.of(s)).collect(), types))
            }
            Err(place) => {
                let message = format!(
                    "the text is not that of the document of this name from character {} on ({:?} where that has {:?}): it is not compared",
                    place.character + 1,
                    place.from,
                    place.to
                );
                let problem = Problem::error(&entry.file, Some(entry.line), message);
                self.problems.push(problem);
                None
            }
        }
    }

    /// Documents that nobody has asked for.
    pub fn left(&self) -> usize {
        self.entries.iter().flatten().count()
    }

    /// What was wrong since this was asked last.
    pub fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }
}
