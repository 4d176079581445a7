//! The second pass: every document is written where it belongs.

use super::{
    By, Plan, Side, Split, SplitReport,
    caps::Reason,
    corpus::{Corpus, name_hash},
    pass::{Outcome, Taken},
    sketch::hash,
};
use crate::{
    batch::OutputFolder,
    card::ANNOTATED_BY,
    document::field_of,
    error::Error,
    read::Sources,
    span::Label,
    write::{Files, Writer, jsonl::Jsonl},
};
use serde_json::{Value, json, value::RawValue};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
};

/// A document as it is written, and what the card counts of it.
struct Line {
    id: String,
    hash: u64,
    /// The record, with a line feed.
    bytes: Vec<u8>,
    origins: Vec<String>,
    source: String,
    annotator: Option<String>,
    /// Spans that are left out for their score.
    low: Vec<Value>,
}

impl Line {
    fn of(taken: &Taken<'_>, file: &str) -> Line {
        let record = &taken.record;
        let mut bytes = Vec::new();
        Jsonl.write(record, &mut bytes);
        let low = taken.low.iter().map(|p| {
            let text = &record.text[p.span.range()];
            let start = record.offset_unit.count(&record.text[..p.span.start]);
            let end = start + record.offset_unit.count(text);
            json!({"start": start, "end": end, "label": p.label.as_str(), "text": text, "score": p.claim.score})
        });
        Line {
            id: record.id.clone().into_owned(),
            hash: hash(&bytes, 0),
            origins: record
                .spans
                .iter()
                .map(|s| s.origin.clone().into_owned())
                .collect(),
            source: string(&record.meta, SOURCE).unwrap_or_else(|| file_name(file)),
            annotator: string(&record.meta, ANNOTATED_BY),
            low: low.collect(),
            bytes,
        }
    }
}

/// The field of meta that tells sources in the card; where it is not there, files are sources.
const SOURCE: &str = "source";

/// The card tells no more sources apart.
const MOST_SOURCES: usize = 10_000;

/// So many bytes wait before they are written: a file is added to seldom.
const WAITING: usize = 1 << 20;

/// What stands behind the names of the files that are not a side.
const LEFT_OUT: &str = "left-out.jsonl";
const DUPLICATES: &str = "duplicates.jsonl";
const CARD: &str = "README.md";

/// What is written of a document that names another, once that one's id is known.
struct About {
    fields: serde_json::Map<String, Value>,
    of: u32,
}

/// The files of a set while they are written.
struct Output<'a> {
    corpus: &'a Corpus,
    plan: &'a Plan,
    by: &'a By,
    folder: OutputFolder,
    waiting: BTreeMap<&'static str, Vec<u8>>,
    number: usize,
    /// Documents that others are told to resemble, and the ids of those that came by.
    named: HashSet<u32>,
    ids: HashMap<u32, String>,
    left_out: Vec<Result<Value, About>>,
    duplicates: Vec<About>,
    report: SplitReport,
}

impl Split {
    /// Reads all sources again and writes the folder.
    pub(super) fn write(
        &self,
        sources: Sources,
        corpus: &Corpus,
        plan: &Plan,
        folder: OutputFolder,
    ) -> Result<SplitReport, Error> {
        let mut output = Output {
            corpus,
            plan,
            by: &self.by,
            folder,
            waiting: BTreeMap::new(),
            number: 0,
            named: named(plan),
            ids: HashMap::new(),
            left_out: Vec::new(),
            duplicates: Vec::new(),
            report: SplitReport::of(self, corpus, plan),
        };
        let whole = self.pass(
            sources,
            |taken, file, _: &mut ()| Line::of(taken, file),
            |outcome| match outcome {
                Outcome::Made(line, _) => output.document(line),
                Outcome::Refused(id, why) => {
                    output.leave_out(why, json!({"id": id, "reason": why}));
                    Ok(())
                }
                Outcome::Unread(problem) => {
                    let place = match problem.line {
                        Some(line) => format!("{}:{line}", problem.path),
                        None => problem.path,
                    };
                    let line = json!({"id": place, "reason": problem.message});
                    output.leave_out("could not be read", line);
                    Ok(())
                }
            },
        );
        let is_less = output.number != corpus.len();
        match whole {
            Ok(true) if is_less => {
                output.folder.discard();
                Err(changed())
            }
            Ok(true) => output.finish(self),
            stopped => {
                output.folder.discard();
                stopped?;
                Ok(SplitReport::stopped())
            }
        }
    }
}

/// Documents that are told of as what others resemble.
fn named(plan: &Plan) -> HashSet<u32> {
    let leaders = plan.clusters.leaders.iter().copied().zip(0..);
    let leaders = leaders
        .filter(|(leader, i)| leader != i)
        .map(|(leader, _)| leader);
    let others = plan.reasons.iter().filter_map(|reason| match reason {
        Some(Reason::Exact(of) | Reason::Near(of, _) | Reason::Leak(of, _)) => Some(*of),
        _ => None,
    });
    leaders.chain(others).collect()
}

impl Output<'_> {
    fn document(&mut self, line: Line) -> Result<(), Error> {
        let i = self.number;
        self.number += 1;
        if self.corpus.records.get(i) != Some(&line.hash) {
            return Err(changed());
        }
        let number = i as u32;
        if self.named.contains(&number) {
            self.ids.insert(number, line.id.clone());
        }
        let Some(side) = self.plan.sides[i] else {
            let reason = self.plan.reasons[i].expect("there is a reason for what is on no side");
            self.give_reason(line, reason);
            return Ok(());
        };
        if !line.low.is_empty() {
            self.report.low_spans += line.low.len() as u64;
            let value = json!({"id": line.id, "reason": "the score is too low", "spans": line.low});
            self.left_out.push(Ok(value));
        }
        let leader = self.plan.clusters.leaders[i];
        if leader != number {
            let share = self.plan.clusters.shares[i];
            let mut fields = serde_json::Map::new();
            fields.insert("id".into(), line.id.into());
            fields.insert("resemblance".into(), rounded(share));
            fields.insert("split".into(), side.as_str().into());
            self.duplicates.push(About { fields, of: leader });
        }
        for origin in line.origins {
            *self.report.origins.entry(origin).or_default() += 1;
        }
        let sources = &mut self.report.sources;
        let source = match sources.len() < MOST_SOURCES || sources.contains_key(&line.source) {
            true => line.source,
            false => "others".to_owned(),
        };
        *sources.entry(source).or_default() += 1;
        if let Some(annotator) = line.annotator {
            *self.report.annotators.entry(annotator).or_default() += 1;
        }
        self.append(file(side), &line.bytes)
    }

    fn append(&mut self, name: &'static str, bytes: &[u8]) -> Result<(), Error> {
        let waiting = self.waiting.entry(name).or_default();
        waiting.extend_from_slice(bytes);
        if waiting.len() >= WAITING {
            self.folder.append(name, waiting)?;
            waiting.clear();
        }
        Ok(())
    }

    fn leave_out(&mut self, kind: &'static str, value: Value) {
        *self.report.left_out.entry(kind).or_default() += 1;
        self.left_out.push(Ok(value));
    }

    fn give_reason(&mut self, line: Line, reason: Reason) {
        let id = &line.id;
        let (kind, of) = match reason {
            Reason::NoKey => {
                let kind = match self.by {
                    By::Time(_) => "no date",
                    _ => "no source",
                };
                let (By::Time(field) | By::Source(field)) = self.by else {
                    return;
                };
                return self.leave_out(
                    kind,
                    json!({"id": id, "reason": format!("{kind} in {field:?}")}),
                );
            }
            Reason::Document => {
                let kind = "too large a share of all mentions";
                return self.leave_out(kind, json!({"id": id, "reason": kind}));
            }
            Reason::Surface(name) => {
                let name = text_of(&line.bytes, self.corpus.names.hashes[name as usize]);
                let reason = format!("too many mentions of {:?}", name.unwrap_or_default());
                return self.leave_out(
                    "too many mentions of a name",
                    json!({"id": id, "reason": reason}),
                );
            }
            Reason::Empty => {
                let kind = "too many documents without spans";
                return self.leave_out(kind, json!({"id": id, "reason": kind}));
            }
            Reason::Exact(of) => ("exact duplicate", (of, 1.0)),
            Reason::Near(of, share) => ("near-duplicate", (of, share)),
            Reason::Leak(of, share) => ("near-duplicate on another side", (of, share)),
        };
        let mut fields = serde_json::Map::new();
        fields.insert("id".into(), line.id.into());
        fields.insert("reason".into(), kind.into());
        fields.insert("resemblance".into(), rounded(of.1));
        *self.report.left_out.entry(kind).or_default() += 1;
        self.left_out.push(Err(About { fields, of: of.0 }));
    }

    fn finish(mut self, split: &Split) -> Result<SplitReport, Error> {
        let ids = std::mem::take(&mut self.ids);
        let full = |About { mut fields, of }: About| {
            fields.insert("of".into(), ids[&of].as_str().into());
            Value::Object(fields)
        };
        let left_out = std::mem::take(&mut self.left_out).into_iter();
        let left_out = left_out.map(|line| line.unwrap_or_else(full));
        let duplicates = std::mem::take(&mut self.duplicates).into_iter().map(full);
        // They are there even if they are empty.
        self.append(LEFT_OUT, b"")?;
        self.append(DUPLICATES, b"")?;
        for line in left_out {
            self.append(LEFT_OUT, format!("{line}\n").as_bytes())?;
        }
        for line in duplicates {
            self.append(DUPLICATES, format!("{line}\n").as_bytes())?;
        }
        for (name, bytes) in &self.waiting {
            self.folder.append(name, bytes)?;
        }
        let card = self.report.card(split).to_string();
        self.folder.append(CARD, card.as_bytes())?;
        self.folder.finish()?;
        Ok(self.report)
    }
}

fn changed() -> Error {
    Error::invalid("the input changed while it was read: it has to be the same in both passes")
}

/// The file of a side.
pub(super) fn file(side: Side) -> &'static str {
    match side {
        Side::Train => "train.jsonl",
        Side::Dev => "dev.jsonl",
        Side::Test => "test.jsonl",
    }
}

fn rounded(share: f32) -> Value {
    let hundredths = (f64::from(share) * 100.0).round();
    (hundredths / 100.0).into()
}

/// The text of the mention of a record that has this name.
fn text_of(line: &[u8], name: u64) -> Option<String> {
    let record: Value = serde_json::from_slice(line).ok()?;
    let spans = record["spans"].as_array()?.iter();
    let mut texts = spans.filter_map(|span| {
        let label = Label::new(span["label"].as_str()?).ok()?;
        let text = span["text"].as_str()?;
        (name_hash(label, text) == name).then(|| text.to_owned())
    });
    texts.next()
}

fn string(meta: &[(String, Box<RawValue>)], field: &str) -> Option<String> {
    let string = serde_json::from_str(field_of(meta, field)?).ok();
    string.filter(|s: &String| !s.is_empty())
}

fn file_name(path: &str) -> String {
    let name = Path::new(path).file_name();
    name.map_or_else(|| path.to_owned(), |n| n.to_string_lossy().into_owned())
}
