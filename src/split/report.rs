//! [`SplitReport`]: what became of the documents, for the caller and for the card.

use super::{By, Duplicates, Plan, Side, Split, corpus::Corpus, output::file};
use crate::{
    card::{Card, Counts, Part, Section},
    write::VERSION,
};
use std::{collections::BTreeMap, fmt::Write};

/// What a split did.
#[derive(Clone, Debug, Default)]
pub struct SplitReport {
    /// The sides that were asked for.
    pub parts: Vec<SplitPart>,
    /// Documents that were left out, by reason.
    pub left_out: BTreeMap<&'static str, u64>,
    /// Spans that were left out for their score.
    pub low_spans: u64,
    /// Documents that were read.
    pub documents: u64,
    /// Clusters of two documents or more, whether or not all of them stayed.
    pub clusters: u64,
    /// Documents in clusters that are not the longest of theirs.
    pub duplicates: u64,
    /// Documents of the largest cluster.
    pub largest_cluster: u64,
    /// What documents have that records have no place for.
    pub unread: BTreeMap<&'static str, u64>,
    /// Documents that could not be read, and spans that are wrong.
    pub errors: u64,
    /// Doubts.
    pub warnings: u64,
    /// Was it told to stop before the end? Then nothing else is told.
    pub stopped: bool,
    pub(super) sources: BTreeMap<String, u64>,
    pub(super) annotators: BTreeMap<String, u64>,
    pub(super) origins: BTreeMap<String, u64>,
}

/// A side and what is on it.
#[derive(Clone, Debug)]
pub struct SplitPart {
    /// Which it is.
    pub side: Side,
    /// The share of documents that it should have.
    pub share: f64,
    /// What it has.
    pub counts: Counts,
    /// What of it train does not have; of train nothing.
    pub unseen: Option<Unseen>,
}

/// What a side has that train does not have: how many, and of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unseen {
    /// Entities: ids, or names where spans have none.
    pub entities: (u64, u64),
    /// Names: a label and a text in any case.
    pub names: (u64, u64),
    /// Mentions, by their names.
    pub mentions: (u64, u64),
}

impl SplitReport {
    pub(super) fn stopped() -> SplitReport {
        SplitReport {
            stopped: true,
            ..SplitReport::default()
        }
    }

    pub(super) fn of(split: &Split, corpus: &Corpus, plan: &Plan) -> SplitReport {
        let mut sizes = vec![0u32; corpus.len()];
        for &leader in &plan.clusters.leaders {
            sizes[leader as usize] += 1;
        }
        let clusters = sizes.iter().filter(|n| **n > 1);
        let led = clusters.clone().map(|n| u64::from(n - 1)).sum();
        let asked = Side::ALL.into_iter().filter(|s| split.share(*s) > 0.0);
        SplitReport {
            parts: asked.map(|side| part(split, corpus, plan, side)).collect(),
            documents: corpus.len() as u64,
            errors: corpus.problems.0,
            warnings: corpus.problems.1,
            unread: corpus.unread.clone(),
            clusters: clusters.count() as u64,
            duplicates: led,
            largest_cluster: sizes.iter().copied().max().unwrap_or_default().into(),
            ..SplitReport::default()
        }
    }

    /// The card of the set.
    pub(super) fn card(&self, split: &Split) -> Card {
        let mut card = Card::new(&split.name);
        card.license = split.license.clone();
        // `datasets` can't load a split without a row.
        let filled = self.parts.iter().filter(|p| p.counts.documents > 0);
        card.parts = filled
            .map(|part| Part {
                name: match part.side {
                    Side::Dev => "validation".to_owned(),
                    side => side.to_string(),
                },
                files: file(part.side).to_owned(),
                counts: part.counts.clone(),
            })
            .collect();
        card.sources = self.sources.clone();
        card.annotators = self.annotators.clone();
        card.origins = self.origins.clone();
        card.sections = vec![
            section("How it was split", self.method(split)),
            section("Names that train does not have", self.unseen()),
        ];
        card.weaknesses = self.weaknesses(split);
        card
    }

    fn method(&self, split: &Split) -> String {
        let mut text = format!("By `wiretag split` {}. ", VERSION);
        text += &match &split.by {
            By::Content => {
                "Documents, labels and documents without spans are shared out alike.".to_owned()
            }
            By::Time(field) => format!(
                "The newest documents are test, those before them validation, by `{field}`."
            ),
            By::Source(field) => format!("All documents with one `{field}` are on one side."),
            By::Entity => {
                "Entities of test and validation are held out: train mentions none of them."
                    .to_owned()
            }
        };
        let list: Vec<(&str, String)> = vec![
            (
                "shares asked for",
                format!("validation {}, test {}", split.dev, split.test),
            ),
            ("seed", split.seed.to_string()),
            (
                "near-duplicates",
                format!(
                    "at least {} of the shorter text's word triples stand in the longer one (MinHash, 128 values, 64 bands of 2), numbers all being alike; datelines, credits and boilerplate do not count",
                    split.similarity
                ),
            ),
            (
                "clusters",
                format!(
                    "{} of two documents or more, the largest of {}; {} of {} documents are near-duplicates of the longest of their cluster, which are {}",
                    self.clusters,
                    self.largest_cluster,
                    self.duplicates,
                    self.documents,
                    match split.duplicates {
                        Duplicates::Keep => "kept, on one side (`duplicates.jsonl` lists them)",
                        Duplicates::DropExact =>
                            "kept, on one side (`duplicates.jsonl` lists them), but for exact copies",
                        Duplicates::Drop => "left out",
                    }
                ),
            ),
            (
                "labels",
                split.labels.as_ref().map_or("all".to_owned(), |labels| {
                    labels
                        .iter()
                        .map(|l| l.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                }),
            ),
            (
                "least score of a span",
                split.min_score.map_or("none".to_owned(), |s| {
                    format!("{s} ({} spans left out)", self.low_spans)
                }),
            ),
            ("most of one name", share(split.max_surface)),
            ("most of one document", share(split.max_document_share)),
            ("most documents without spans", share(split.empty)),
        ];
        text += "\n\n";
        for (what, value) in list {
            let _ = writeln!(text, "- {what}: {value}");
        }
        if !self.left_out.is_empty() {
            text += "\nLeft out (`left-out.jsonl` lists them):\n\n";
        }
        for (reason, n) in &self.left_out {
            let _ = writeln!(text, "- {n}: {reason}");
        }
        text
    }

    fn unseen(&self) -> String {
        let mut text =
            "| split | entities | names | mentions of such names |\n|---|---:|---:|---:|\n"
                .to_owned();
        for (side, unseen) in self.parts.iter().filter_map(|p| Some((p.side, p.unseen?))) {
            let name = if side == Side::Dev {
                "validation"
            } else {
                side.as_str()
            };
            let cell = |(n, of): (u64, u64)| match of {
                0 => "–".to_owned(),
                _ => format!("{:.1} % of {of}", 100.0 * n as f64 / of as f64),
            };
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {} |",
                cell(unseen.entities),
                cell(unseen.names),
                cell(unseen.mentions)
            );
        }
        text
    }

    fn weaknesses(&self, split: &Split) -> Vec<String> {
        let mut all = vec![format!(
            "Near-duplicates are found by common words: a story that was told anew, or less than a quarter of a long text, is not. Documents that differ in numbers alone are near-duplicates, reports made from a form among them."
        )];
        if self.low_spans > 0 {
            all.push("Spans that were left out for their score stand in the texts without a label: a model learns that they are none.".to_owned());
        }
        if split.by == By::Entity {
            all.push("Documents of test and validation were chosen for rare names, and are not like those of train.".to_owned());
        }
        for part in self.far_from_share() {
            all.push(format!(
                "{} has {:.1} % of the documents, where {:.1} % were asked for.",
                part.side,
                self.percent(part),
                100.0 * part.share
            ));
        }
        all
    }

    /// Sides that miss their share by more than a fifth of it, and by more than two documents.
    pub fn far_from_share(&self) -> impl Iterator<Item = &SplitPart> {
        let all: u64 = self.parts.iter().map(|p| p.counts.documents).sum();
        self.parts.iter().filter(move |part| {
            let asked = part.share * all as f64;
            let off = (part.counts.documents as f64 - asked).abs();
            off > 2.0 && off > asked / 5.0
        })
    }

    /// The share of documents that a side has, in hundredths.
    pub fn percent(&self, part: &SplitPart) -> f64 {
        let all: u64 = self.parts.iter().map(|p| p.counts.documents).sum();
        100.0 * part.counts.documents as f64 / all.max(1) as f64
    }
}

fn section(title: &str, text: String) -> Section {
    Section {
        title: title.to_owned(),
        text,
    }
}

fn share(share: Option<f64>) -> String {
    share.map_or("no limit".to_owned(), |s| s.to_string())
}

fn part(split: &Split, corpus: &Corpus, plan: &Plan, side: Side) -> SplitPart {
    let mut counts = Counts::default();
    let on = |side: Side| {
        let sides = plan.sides.iter().zip(0u32..);
        sides
            .filter(move |(s, _)| **s == Some(side))
            .map(|(_, d)| d)
    };
    for document in on(side) {
        let mentions = corpus.mentions(document);
        counts.documents += 1;
        counts.empty += u64::from(mentions.is_empty());
        counts.words += u64::from(corpus.words[document as usize]);
        for mention in mentions {
            *counts.spans.entry(corpus.label(mention)).or_default() += 1;
        }
    }
    let unseen = (side != Side::Train).then(|| {
        let mut names = Seen::new(corpus.names.len());
        let mut entities = Seen::new(corpus.entities.len());
        for mention in on(Side::Train).flat_map(|d| corpus.mentions(d)) {
            names.train[mention.name as usize] = true;
            entities.train[mention.entity as usize] = true;
        }
        let mut unseen = Unseen::default();
        for mention in on(side).flat_map(|d| corpus.mentions(d)) {
            names.meet(mention.name, &mut unseen.names);
            entities.meet(mention.entity, &mut unseen.entities);
            unseen.mentions.0 += u64::from(!names.train[mention.name as usize]);
            unseen.mentions.1 += 1;
        }
        unseen
    });
    SplitPart {
        side,
        share: split.share(side),
        counts,
        unseen,
    }
}

/// Which names were there in train, and which were met already.
struct Seen {
    train: Vec<bool>,
    met: Vec<bool>,
}

impl Seen {
    fn new(names: usize) -> Seen {
        Seen {
            train: vec![false; names],
            met: vec![false; names],
        }
    }

    /// Counts a name when it is met for the first time.
    fn meet(&mut self, name: u32, counts: &mut (u64, u64)) {
        let name = name as usize;
        if !std::mem::replace(&mut self.met[name], true) {
            counts.0 += u64::from(!self.train[name]);
            counts.1 += 1;
        }
    }
}
