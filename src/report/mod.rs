//! The report: annotated documents as one page of HTML, to look at a corpus through its names.
//!
//! The page holds all it needs and opens from disk. Its tables and charts cover all documents, the texts of some are in it
//! ([`Options::max_documents`]). Nothing that documents say can run in it: they are data in a script element that no browser runs,
//! in JSON without a `<`, shown as text, under a content security policy that allows the page's own script by its hash and nothing
//! from anywhere.
//!
//! ```
//! use wiretag::{annotated, report::{Options, Report}};
//! let mut report = Report::new(Options::default());
//! let line = r#"{"id": "a1", "text": "Iran denied it.", "spans": [{"start": 0, "end": 4, "label": "COUNTRY"}]}"#;
//! for document in annotated::parse("a.jsonl", 1, line, &annotated::Options::default()) {
//!     report.add(document.unwrap(), &mut |problem| eprintln!("{problem}"));
//! }
//! let mut page = Vec::new();
//! report.write(&mut page)?;
//! assert!(String::from_utf8(page).unwrap().contains("Iran denied it."));
//! # Ok::<(), wiretag::Error>(())
//! ```

mod against;
mod document;
mod page;
mod sample;
mod summary;

use crate::{
    annotated::{self, Claimed, Proved},
    date::day,
    error::{Error, Problem},
};
use against::Against;
use document::Sketch;
use jiff::civil::Date;
use sample::Sample;
use std::{cmp::Reverse, io::Write};
use summary::Summary;

/// What a report shows.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the page is called. Default: `wiretag report`.
    pub title: String,
    /// So many documents are in the page with their texts, chosen by their content. Default: 2,000.
    pub max_documents: usize,
    /// The field of meta with the date of a document; `None` looks for the usual names. Default: `None`.
    pub date_field: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            title: "wiretag report".into(),
            max_documents: 2_000,
            date_field: None,
        }
    }
}

/// The fields of meta that may have the date of a document, the first that has one counts.
const DATE_FIELDS: [&str; 8] = [
    "date",
    "published",
    "published_at",
    "pubDate",
    "datetime",
    "created_at",
    "timestamp",
    "time",
];

/// A report in the making: documents go in one by one, the page comes out.
///
/// Memory holds the documents that will be in the page, each distinct entity, and 4 bytes for every document that an entity is in.
/// The same documents in the same order give the same bytes.
#[derive(Debug)]
pub struct Report {
    options: Options,
    summary: Summary,
    sample: Sample,
    gold: Option<Against>,
    changes: Option<Against>,
}

impl Report {
    /// A report of no documents yet.
    pub fn new(options: Options) -> Report {
        Report {
            sample: Sample::new(options.max_documents),
            summary: Summary::default(),
            gold: None,
            changes: None,
            options,
        }
    }

    /// Shows mistakes against these gold spans, which are held in memory. To be called before documents are taken.
    ///
    /// # Errors
    /// As [`Corpus::read`](crate::eval::Corpus::read).
    pub fn gold(&mut self, path: &str, read: &annotated::Options) -> Result<(), Error> {
        self.gold = Some(Against::gold(path, read)?);
        Ok(())
    }

    /// Shows what changed since this output, which is held in memory. To be called before documents are taken.
    ///
    /// # Errors
    /// As [`Corpus::read`](crate::eval::Corpus::read).
    pub fn compare(&mut self, path: &str, read: &annotated::Options) -> Result<(), Error> {
        self.changes = Some(Against::output(path, read)?);
        Ok(())
    }

    /// Takes a document. Spans that are none, and documents without a text, are reported and left out; a document that its annotators
    /// refused is counted.
    pub fn add(&mut self, mut claimed: Claimed, report: &mut dyn FnMut(&Problem)) {
        if let Some(why) = claimed.refused {
            self.summary.refuse(why);
            return;
        }
        let file = claimed.file.clone();
        let Some(text) = claimed.text.take() else {
            let message = "no field \"text\": the document is left out";
            report(&Problem::error(&file, Some(claimed.line), message));
            return;
        };
        let (mut proved, faults) = claimed.resolve(&text);
        for fault in claimed.faults.iter().chain(&faults) {
            report(&fault.problem(&file, ": left out"));
        }
        sort(&mut proved);
        let sketch = Sketch::new(&text, &proved, self.date(&claimed));
        let mut taken = self.summary.add(&sketch);
        let mut judge = |against: &mut Option<Against>| {
            let against = against.as_mut()?;
            let judged = against.judge(claimed.id.as_deref(), &sketch);
            against.take_problems().iter().for_each(&mut *report);
            judged
        };
        taken.gold = judge(&mut self.gold);
        taken.changes = judge(&mut self.changes);
        self.sample.add(&claimed, &sketch, &taken);
    }

    /// Documents taken so far.
    pub fn documents(&self) -> u64 {
        self.summary.documents()
    }

    /// Spans in them.
    pub fn spans(&self) -> u64 {
        self.summary.spans()
    }

    /// Of gold and of the output to compare with, where they are given: documents on both sides, and those that were not in the input.
    pub fn counterparts(&self) -> [Option<(u64, usize)>; 2] {
        let counts = |against: &Option<Against>| {
            let against = against.as_ref()?;
            Some((against.documents(), against.left()))
        };
        [counts(&self.gold), counts(&self.changes)]
    }

    /// Documents whose texts are in the page.
    pub fn embedded(&self) -> usize {
        self.sample.len()
    }

    /// Writes the page.
    ///
    /// # Errors
    /// When `out` can't be written.
    pub fn write(&self, out: &mut dyn Write) -> Result<(), Error> {
        let needed = self.sample.entities();
        let mut summary = self.summary.json(&needed, &self.options.title);
        for (name, against) in [("gold", &self.gold), ("changes", &self.changes)] {
            if let Some(against) = against {
                summary[name] = against.json();
            }
        }
        page::write(&self.options.title, &summary, &self.sample, out)?;
        Ok(())
    }

    fn date(&self, claimed: &Claimed) -> Option<Date> {
        let of = |field: &str| {
            let (_, value) = claimed.meta.iter().find(|(name, _)| name == field)?;
            day(value.get())
        };
        match &self.options.date_field {
            Some(field) => of(field),
            None => DATE_FIELDS.iter().find_map(|field| of(field)),
        }
    }
}

/// The order of records: by start, then the longer first.
fn sort(proved: &mut [Proved<'_>]) {
    proved.sort_by_key(|p| (p.span.start, Reverse(p.span.end), p.label));
}
