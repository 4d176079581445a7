//! [`Card`]: the README.md of a set of annotated documents, with the header that the Hugging Face Hub and `datasets` read.
//!
//! # Format
//!
//! Markdown behind a header in YAML: `pretty_name`, `language`, `license`, `task_categories`, `size_categories`, `tags`; `configs`,
//! which says which files each split has; and `dataset_info`, where the columns have to be told (names of classes). Then what people
//! ask: how much there is, which labels, which sources, what annotated it, how it was split, what is known to be weak. What is not
//! known is said to be unknown.
//!
//! ```
//! use wiretag::{Label, card::{Card, Column, Counts, Part}};
//! let mut card = Card::new("Desk 2026");
//! card.license = Some("cc-by-4.0".into());
//! card.parts.push(Part {
//!     name: "train".into(),
//!     files: "data/train-*.parquet".into(),
//!     counts: Counts { documents: 2, words: 31, spans: [(Label::new("ORG")?, 3)].into(), ..Counts::default() },
//! });
//! card.columns = vec![
//!     ("tokens".into(), Column::Texts),
//!     ("ner_tags".into(), Column::Classes(vec!["O".into(), "B-ORG".into(), "I-ORG".into()])),
//! ];
//! let text = card.to_string();
//! assert!(text.starts_with("---\npretty_name: Desk 2026\n"));
//! assert!(text.contains("  - split: train\n    path: data/train-*.parquet\n"));
//! assert!(text.contains("          '1': B-ORG\n"));
//! assert!(text.contains("| ORG | 3 | 100.0 % |"));
//! # Ok::<(), wiretag::Error>(())
//! ```

use crate::span::Label;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write as _},
};

/// What is told of a set.
#[derive(Clone, Debug, Default)]
pub struct Card {
    /// What the set is called.
    pub name: String,
    /// The licence, as the Hub knows it (`cc-by-4.0`, `other`); none is told to be unknown. Default: none.
    pub license: Option<String>,
    /// Languages of the texts (ISO 639-1). Default: `en`.
    pub languages: Vec<String>,
    /// The splits, in the order in which they are told.
    pub parts: Vec<Part>,
    /// Names and types of the columns, where the files do not say them. Default: none.
    pub columns: Vec<(String, Column)>,
    /// Documents by source.
    pub sources: BTreeMap<String, u64>,
    /// Documents by what annotated them, as [`ANNOTATED_BY`] in their meta says it. Those of which nothing is known are not in it.
    pub annotators: BTreeMap<String, u64>,
    /// Spans by what found them: `alias`, `rule:person-title`; empty where nothing says it.
    pub origins: BTreeMap<String, u64>,
    /// What else is told, before the weaknesses.
    pub sections: Vec<Section>,
    /// What is known to be weak, besides what follows from the rest: a sentence each.
    pub weaknesses: Vec<String>,
}

/// A split and its files.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// The name that `datasets` knows: `train`, `validation`, `test`.
    pub name: String,
    /// Its file or the pattern of its files, relative to the card.
    pub files: String,
    /// How much it has.
    pub counts: Counts,
}

/// How much there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Documents; rows, where a document is not the unit.
    pub documents: u64,
    /// Documents without a span.
    pub empty: u64,
    /// Words, signs of punctuation included.
    pub words: u64,
    /// Spans by label.
    pub spans: BTreeMap<Label, u64>,
}

/// The type of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// A list of strings.
    Texts,
    /// A list of numbers that stand for these names.
    Classes(Vec<String>),
}

/// A part of the card with a heading of its own.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Markdown, with a line feed at its end.
    pub text: String,
}

/// The field of a document's meta that says what annotated it.
pub const ANNOTATED_BY: &str = "annotated_by";

/// The most rows of a table; what is behind is summed up.
const MOST_ROWS: usize = 25;

impl Card {
    /// The card of an English set of this name.
    pub fn new(name: impl Into<String>) -> Card {
        Card {
            name: name.into(),
            languages: vec!["en".to_owned()],
            ..Card::default()
        }
    }

    /// How much all parts have together.
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        for part in &self.parts {
            total.add(&part.counts);
        }
        total
    }

    fn header(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "---\npretty_name: {}", scalar(&self.name))?;
        list(out, "language", self.languages.iter().map(String::as_str))?;
        if let Some(license) = &self.license {
            writeln!(out, "license: {}", scalar(license))?;
        }
        list(out, "task_categories", ["token-classification"])?;
        list(out, "task_ids", ["named-entity-recognition"])?;
        list(out, "size_categories", [size(self.total().documents)])?;
        list(out, "tags", ["wiretag"])?;
        writeln!(out, "configs:\n- config_name: default\n  data_files:")?;
        for part in &self.parts {
            let files = scalar(&part.files);
            writeln!(out, "  - split: {}\n    path: {files}", scalar(&part.name))?;
        }
        if !self.columns.is_empty() {
            writeln!(out, "dataset_info:\n  features:")?;
        }
        for (name, column) in &self.columns {
            writeln!(out, "  - name: {}", scalar(name))?;
            match column {
                Column::Text => writeln!(out, "    dtype: string")?,
                Column::Integer => writeln!(out, "    dtype: int64")?,
                Column::Texts => writeln!(out, "    sequence: string")?,
                Column::Classes(names) => {
                    writeln!(out, "    sequence:\n      class_label:\n        names:")?;
                    for (i, name) in names.iter().enumerate() {
                        writeln!(out, "          '{i}': {}", scalar(name))?;
                    }
                }
            }
        }
        writeln!(out, "---\n")
    }

    fn contents(&self, out: &mut String) -> fmt::Result {
        let total = self.total();
        let labels = self.labels().len() as u64;
        writeln!(out, "# {}\n", self.name)?;
        writeln!(
            out,
            "{} with {} of {}, for training and testing recognizers of named entities. Licence: {}.\n",
            counted(total.documents, "document"),
            counted(total.sum(), "span"),
            counted(labels, "label"),
            self.license.as_deref().unwrap_or("unknown")
        )?;
        writeln!(out, "## Contents\n")?;
        let row = |name: &str, files: &str, counts: &Counts| {
            let (documents, words, spans) = (counts.documents, counts.words, counts.sum());
            let empty = counts.empty;
            format!("| {name} | {files} | {documents} | {empty} | {words} | {spans} |")
        };
        writeln!(
            out,
            "| split | files | documents | without spans | words | spans |\n|---|---|---:|---:|---:|---:|"
        )?;
        for part in &self.parts {
            let files = format!("`{}`", part.files);
            writeln!(out, "{}", row(&part.name, &files, &part.counts))?;
        }
        if self.parts.len() > 1 {
            writeln!(out, "{}", row("all", "", &total))?;
        }
        writeln!(out)
    }

    fn labels(&self) -> BTreeSet<Label> {
        let parts = self.parts.iter();
        parts.flat_map(|p| p.counts.spans.keys().copied()).collect()
    }

    /// Labels by part. One part has no column for all of them.
    fn distribution(&self, out: &mut String) -> fmt::Result {
        let total = self.total();
        let mut parts: Vec<(&str, &Counts)> = Vec::new();
        parts.extend(self.parts.iter().map(|p| (&*p.name, &p.counts)));
        if parts.len() > 1 {
            parts.push(("all", &total));
        }
        writeln!(out, "## Labels\n\nSpans, and their share of the split.\n")?;
        let names = parts.iter().map(|(name, _)| format!(" {name} | |"));
        writeln!(out, "| label |{}", names.collect::<String>())?;
        writeln!(out, "|---|{}", "---:|---:|".repeat(parts.len()))?;
        for label in self.labels() {
            write!(out, "| {} |", cell(label.as_str()))?;
            for (_, counts) in &parts {
                let n = counts.spans.get(&label).copied().unwrap_or_default();
                write!(out, " {n} | {} |", percent(n, counts.sum()))?;
            }
            writeln!(out)?;
        }
        writeln!(out)
    }

    fn origin(&self, out: &mut String) -> fmt::Result {
        let total = self.total();
        writeln!(out, "## Sources\n")?;
        match self.sources.is_empty() {
            true => writeln!(out, "Unknown.\n")?,
            false => table(out, ["source", "documents"], &self.sources)?,
        }
        writeln!(out, "## What annotated it\n")?;
        for (annotator, n) in &self.annotators {
            writeln!(out, "- {}: {annotator}", counted(*n, "document"))?;
        }
        let known: u64 = self.annotators.values().sum();
        match total.documents.saturating_sub(known) {
            0 => {}
            n if known == 0 => writeln!(
                out,
                "Unknown: none of the {} says it (`{ANNOTATED_BY}` in its meta).",
                counted(n, "document")
            )?,
            n => writeln!(out, "- {}: unknown", counted(n, "document"))?,
        }
        writeln!(out)?;
        if self.origins.keys().any(|o| !o.is_empty()) {
            table(out, ["found by", "spans"], &self.origins)?;
        }
        Ok(())
    }

    /// What is weak, as far as the numbers tell it.
    fn weak(&self, out: &mut String) -> fmt::Result {
        let total = self.total();
        let mut all = Vec::new();
        let made: u64 = self
            .origins
            .iter()
            .filter(|(o, _)| !o.is_empty())
            .map(|(_, n)| n)
            .sum();
        if made > 0 {
            all.push(format!(
                "{} of the spans were found by lists, rules and patterns of a program. Nothing here says that a person has checked them: what the program missed stands in the texts without a label.",
                percent(made, total.sum())
            ));
        }
        for part in &self.parts {
            let few =
                |label: &Label| part.counts.spans.get(label).copied().unwrap_or_default() < FEW;
            let labels: Vec<&str> = self
                .labels()
                .iter()
                .filter(|l| few(l))
                .map(|l| l.as_str())
                .collect();
            if !labels.is_empty() {
                let labels = labels.join(", ");
                let follows = match &*part.name {
                    "train" => "a model learns little of them",
                    _ => "scores of such labels are chance",
                };
                all.push(format!(
                    "{} has fewer than {FEW} spans of {labels}: {follows}.",
                    part.name
                ));
            }
        }
        all.extend(self.weaknesses.iter().cloned());
        if all.is_empty() {
            return Ok(());
        }
        writeln!(out, "## Known weaknesses\n")?;
        for weakness in all {
            writeln!(out, "- {weakness}")?;
        }
        Ok(())
    }
}

/// With fewer spans a score moves by more than 3 points for each that is right or wrong.
const FEW: u64 = 30;

impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.header(&mut out)?;
        self.contents(&mut out)?;
        self.distribution(&mut out)?;
        self.origin(&mut out)?;
        for section in &self.sections {
            writeln!(out, "## {}\n\n{}", section.title, section.text)?;
        }
        self.weak(&mut out)?;
        f.write_str(out.trim_end())?;
        f.write_str("\n")
    }
}

impl Counts {
    /// Adds others.
    pub fn add(&mut self, other: &Counts) {
        self.documents += other.documents;
        self.empty += other.empty;
        self.words += other.words;
        for (label, n) in &other.spans {
            *self.spans.entry(*label).or_default() += n;
        }
    }

    /// Spans of all labels.
    pub fn sum(&self) -> u64 {
        self.spans.values().sum()
    }
}

/// The most frequent first; what is behind the last row is one.
fn table(out: &mut String, head: [&str; 2], counts: &BTreeMap<String, u64>) -> fmt::Result {
    writeln!(out, "| {} | {} |\n|---|---:|", head[0], head[1])?;
    let mut rows: Vec<(&String, &u64)> = counts.iter().collect();
    rows.sort_by_key(|(name, n)| (Reverse(**n), *name));
    let rest = rows.split_off(rows.len().min(MOST_ROWS));
    for (name, n) in rows {
        let name = match name.is_empty() {
            true => "unknown".to_owned(),
            false => cell(name),
        };
        writeln!(out, "| {name} | {n} |")?;
    }
    if !rest.is_empty() {
        let sum: u64 = rest.iter().map(|(_, n)| **n).sum();
        writeln!(out, "| {} more | {sum} |", rest.len())?;
    }
    writeln!(out)
}

/// The Hub's word for a number of rows.
fn size(rows: u64) -> &'static str {
    match rows {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        10_000_000..100_000_000 => "10M<n<100M",
        100_000_000..1_000_000_000 => "100M<n<1B",
        _ => "n>1B",
    }
}

/// A key with a list.
fn list<'a>(out: &mut String, key: &str, values: impl IntoIterator<Item = &'a str>) -> fmt::Result {
    writeln!(out, "{key}:")?;
    for value in values {
        writeln!(out, "- {}", scalar(value))?;
    }
    Ok(())
}

/// A string of YAML: plain where it can be nothing else, or in quotes as in JSON.
fn scalar(text: &str) -> String {
    let is_plain =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '*' | ' ' | '<');
    let word = text.to_lowercase();
    // What YAML 1.1 takes for a truth value, or nothing.
    let is_word = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(&&*word);
    let plain = text.starts_with(char::is_alphabetic)
        && text.trim() == text
        && text.chars().all(is_plain)
        && !is_word;
    // Numbers with a unit are no numbers: the sizes of the Hub.
    let is_size = text.ends_with(['K', 'M', 'B']) && text.contains("<n<");
    match plain || is_size {
        true => text.to_owned(),
        false => serde_json::Value::from(text).to_string(),
    }
}

/// A text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn percent(n: u64, of: u64) -> String {
    match of {
        0 => "–".to_owned(),
        _ => format!("{:.1} %", 100.0 * n as f64 / of as f64),
    }
}

fn counted(n: u64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, documents: u64, spans: &[(&str, u64)]) -> Part {
        let spans = spans.iter().map(|(l, n)| (Label::new(l).unwrap(), *n));
        Part {
            name: name.into(),
            files: format!("{name}.jsonl"),
            counts: Counts {
                documents,
                empty: 1,
                words: 10 * documents,
                spans: spans.collect(),
            },
        }
    }

    #[test]
    fn words_that_yaml_reads_otherwise_are_quoted() {
        for (text, written) in [
            ("en", "en"),
            ("no", "\"no\""),
            ("cc-by-4.0", "cc-by-4.0"),
            ("B-ORG", "B-ORG"),
            ("12", "\"12\""),
            ("ÉTAT", "ÉTAT"),
            ("a: b", "\"a: b\""),
            ("say \"x\"\n", "\"say \\\"x\\\"\\n\""),
            ("1K<n<10K", "1K<n<10K"),
            ("n<1K", "n<1K"),
            ("*.parquet", "\"*.parquet\""),
            ("- a", "\"- a\""),
            ("", "\"\""),
        ] {
            assert_eq!(scalar(text), written);
        }
    }

    #[test]
    fn what_is_not_known_is_said_to_be_unknown() {
        let mut card = Card::new("a|b");
        card.parts.push(part("train", 3, &[("ORG", 4)]));
        let text = card.to_string();
        assert!(text.contains("Licence: unknown."), "{text}");
        assert!(!text.contains("license:"), "{text}");
        assert!(text.contains("## Sources\n\nUnknown."), "{text}");
        assert!(
            text.contains("Unknown: none of the 3 documents says it"),
            "{text}"
        );
        assert!(!text.contains("dataset_info"), "{text}");
        card.annotators.insert("wiretag 0.1.0".into(), 2);
        let text = card.to_string();
        assert!(
            text.contains("- 2 documents: wiretag 0.1.0\n- 1 document: unknown\n"),
            "{text}"
        );
    }

    #[test]
    fn labels_are_told_by_part_and_for_all() {
        let mut card = Card::new("x");
        card.parts
            .push(part("train", 3, &[("ORG", 40), ("COUNTRY", 120)]));
        card.parts.push(part("test", 1, &[("COUNTRY", 40)]));
        let text = card.to_string();
        assert!(
            text.contains("| COUNTRY | 120 | 75.0 % | 40 | 100.0 % | 160 | 80.0 % |\n"),
            "{text}"
        );
        assert!(
            text.contains("| ORG | 40 | 25.0 % | 0 | 0.0 % | 40 | 20.0 % |\n"),
            "{text}"
        );
        assert!(text.contains("| all |  | 4 | 2 | 40 | 200 |\n"), "{text}");
        assert!(
            text.contains("test has fewer than 30 spans of ORG"),
            "{text}"
        );
    }

    #[test]
    fn long_tables_end_in_a_sum() {
        let mut card = Card::new("x");
        for i in 0..30 {
            card.sources.insert(format!("s{i:02}"), 100 - i);
        }
        let text = card.to_string();
        assert!(text.contains("| s24 | 76 |\n| 5 more | 365 |\n"), "{text}");
    }
}
