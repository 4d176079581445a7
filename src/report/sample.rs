//! [`Sample`]: the documents that are in the page with their texts.

use super::{document::Sketch, summary::Taken};
use crate::annotated::Claimed;
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64;

/// The most bytes that documents have in the page: browsers read so much at once without trouble.
const MOST_BYTES: usize = 128 << 20;

/// The documents whose hashes are lowest, as many as there may be: chosen by content, so that the order of the input has no say.
#[derive(Debug)]
pub(super) struct Sample {
    most: usize,
    bytes: usize,
    /// By hash, then number.
    documents: BTreeMap<(u64, u32), Embedded>,
}

/// A document of the page.
#[derive(Debug)]
struct Embedded {
    json: String,
    entities: BTreeSet<u32>,
}

impl Sample {
    pub(super) fn new(most: usize) -> Sample {
        Sample {
            most,
            bytes: 0,
            documents: BTreeMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.documents.len()
    }

    /// Takes a document, if it is one of the lowest so far.
    pub(super) fn add(&mut self, claimed: &Claimed, sketch: &Sketch<'_>, taken: &Taken) {
        let key = (xxh3_64(sketch.text.as_bytes()), taken.number);
        let last = self.documents.keys().next_back();
        let full = self.documents.len() >= self.most;
        if full && last.is_none_or(|last| *last < key) {
            return;
        }
        let json = sketch.json(claimed, taken).to_string();
        let entities = taken.spans.iter().map(|(_, entity)| *entity).collect();
        self.bytes += json.len();
        self.documents.insert(key, Embedded { json, entities });
        while self.documents.len() > self.most || self.bytes > MOST_BYTES {
            let (_, gone) = self.documents.pop_last().expect("there is one too many");
            self.bytes -= gone.json.len();
        }
    }

    /// The entities that are in the documents, by number.
    pub(super) fn entities(&self) -> BTreeSet<u32> {
        let all = self.documents.values().flat_map(|d| &d.entities);
        all.copied().collect()
    }

    /// The documents as JSON, in the order of the input.
    pub(super) fn in_order(&self) -> impl Iterator<Item = &str> {
        let mut all: Vec<_> = self.documents.iter().collect();
        all.sort_unstable_by_key(|((_, number), _)| *number);
        all.into_iter().map(|(_, document)| &*document.json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotated::{Options, parse};

    /// The texts of the sample, sorted.
    fn sampled(texts: &[String], most: usize) -> Vec<String> {
        let mut sample = Sample::new(most);
        for (number, text) in texts.iter().enumerate() {
            let line = serde_json::json!({"text": text, "spans": []}).to_string();
            let claimed = parse("a.jsonl", 1, &line, &Options::default());
            let claimed = claimed.into_iter().next().unwrap().unwrap();
            let taken = Taken {
                number: number as u32,
                spans: Vec::new(),
                gold: None,
                changes: None,
            };
            sample.add(&claimed, &Sketch::new(text, &[], None), &taken);
        }
        let mut texts: Vec<String> = sample
            .in_order()
            .map(|json| {
                let document: serde_json::Value = serde_json::from_str(json).unwrap();
                document["text"].as_str().unwrap().to_owned()
            })
            .collect();
        texts.sort();
        texts
    }

    #[test]
    fn what_is_sampled_does_not_depend_on_the_order() {
        let mut texts: Vec<String> = (0..50).map(|n| format!("Köln {n}")).collect();
        let forward = sampled(&texts, 7);
        texts.reverse();
        assert_eq!(forward.len(), 7);
        assert_eq!(sampled(&texts, 7), forward);
        assert_eq!(sampled(&texts, 50).len(), 50);
        assert!(sampled(&texts, 0).is_empty());
    }
}
