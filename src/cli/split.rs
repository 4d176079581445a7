//! `wiretag split`: annotated documents to train, dev and test.

use super::{
    eval::parse_annotated,
    options::{RunArgs, parse_share, parse_size},
    output::{Progress, STOPPED, complain, open_folder, plural, stop_on_signals, use_threads},
};
use std::{path::PathBuf, process::ExitCode};
use wiretag::{
    By, Duplicates, Error, Label, OutputFolder, Problem, Split, SplitReport, annotated,
    read::Sources,
};

/// Splits annotated documents into train, dev and test, so that no story is on two sides.
///
/// Reads what convert reads, twice, and writes a folder: train.jsonl, dev.jsonl and test.jsonl; README.md, a dataset card that datasets and the Hugging Face Hub read; left-out.jsonl with the reason for each document that is on no side; duplicates.jsonl with the near-duplicates that were kept together. What goes where depends on the content of the documents and on --seed, not on the order of files or lines. docs/splitting.md tells how.
///
/// Exit status: 0 all went well; 1 some documents or spans could not be read, or a side has no documents; 2 the work could not start or finish.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders (hidden files are left out), patterns
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,

    /// Write to this folder; it appears when it is whole
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,

    /// Format of the input: jsonl, prodigy, doccano, label-studio, bdocjs, brat, conll, gliner, spacy, parquet [default: by name, then content]
    #[arg(long, value_name = "FORMAT", value_parser = parse_annotated)]
    from: Option<annotated::Format>,

    /// The share of documents that is dev; 0 for none
    #[arg(long, value_name = "SHARE", value_parser = parse_share, default_value = "0.1", help_heading = "Sides")]
    dev: f64,

    /// The share of documents that is test; 0 for none
    #[arg(long, value_name = "SHARE", value_parser = parse_share, default_value = "0.1", help_heading = "Sides")]
    test: f64,

    /// content shares labels out alike; time: the newest are test; source: each on one side; entity: names of test not in train
    #[arg(long, value_name = "WHAT", value_parser = ["content", "time", "source", "entity"], default_value = "content", help_heading = "Sides")]
    by: String,

    /// The field of meta with the date or source for --by [default: date, source]
    #[arg(long, value_name = "FIELD", help_heading = "Sides")]
    field: Option<String>,

    /// Another number gives another split
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Sides")]
    seed: u64,

    /// Documents are near-duplicates if this share of the shorter one's word triples stands in the longer one
    #[arg(long, value_name = "SHARE", value_parser = parse_share, default_value = "0.4", help_heading = "Duplicates")]
    similarity: f64,

    /// keep all, on one side; drop-exact: of equal texts one stays; drop: of near-duplicates the longest stays
    #[arg(long, value_name = "POLICY", value_parser = ["keep", "drop-exact", "drop"], default_value = "keep", help_heading = "Duplicates")]
    duplicates: String,

    /// Keep these labels alone [default: all that occur]
    #[arg(
        long,
        value_name = "LABEL,...",
        value_delimiter = ',',
        help_heading = "What is left out"
    )]
    labels: Vec<String>,

    /// Leave out spans with a lower score, from 0 to 1; those without a score stay
    #[arg(long, value_name = "SCORE", value_parser = parse_share, help_heading = "What is left out")]
    min_score: Option<f64>,

    /// Leave out documents until no name has more than this share of all mentions
    #[arg(long, value_name = "SHARE", value_parser = parse_share, help_heading = "What is left out")]
    max_surface: Option<f64>,

    /// Leave out documents that have more than this share of all mentions
    #[arg(long, value_name = "SHARE", value_parser = parse_share, help_heading = "What is left out")]
    max_document_share: Option<f64>,

    /// Leave out documents without spans until they are this share at most
    #[arg(long, value_name = "SHARE", value_parser = parse_share, help_heading = "What is left out")]
    empty: Option<f64>,

    /// What the card calls the set [default: the name of the folder]
    #[arg(long, value_name = "NAME", help_heading = "Card")]
    name: Option<String>,

    /// The licence that the card states, as the Hub knows it: cc-by-4.0 [default: unknown]
    #[arg(long, value_name = "ID", help_heading = "Card")]
    license: Option<String>,

    /// The most bytes a document may have (in CoNLL, a file): 500K, 64M, 1G
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "64M")]
    max_document: usize,

    #[command(flatten)]
    run: RunArgs,
}

const EXAMPLES: &str = "\
Examples:
  From articles to a set to train on:
    wiretag annotate news/ -o articles.jsonl
    wiretag split articles.jsonl -o set --license cc-by-4.0
  In the format of a tool:
    wiretag convert set/train.jsonl --to prodigy -o train.jsonl
  Test on what is newer than all of train:
    wiretag split articles.jsonl --by time --field published -o set
  Test on outlets, or on names, that train does not have:
    wiretag split articles.jsonl --by source --field outlet -o set
    wiretag split articles.jsonl --by entity -o set
  One copy of each story, no name with more than 2 % of all mentions, a tenth of the documents without spans:
    wiretag split articles.jsonl --duplicates drop --max-surface 0.02 --empty 0.1 -o set";

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    let split = args.split()?;
    use_threads(args.run.threads())?;
    let sources = || {
        let part = OutputFolder::part_of(&args.output);
        Sources::new(args.paths.iter().map(String::as_str)).without([args.output.clone(), part])
    };
    let inventory = sources().inventory();
    let folder = open_folder(&args.output, args.run.quiet)?;
    let progress = Progress::new(
        split.bytes_read.clone(),
        Some(2 * inventory.bytes),
        args.run.quiet,
    );
    let report = split.run(sources, folder, &mut |problem: &Problem| {
        progress.complain(problem);
    });
    progress.finish();
    let report = report?;
    if report.stopped {
        complain(&"interrupted: nothing was written");
        return Ok(ExitCode::from(STOPPED));
    }
    args.tell(&report);
    let is_empty = report.parts.iter().any(|p| p.counts.documents == 0);
    Ok(ExitCode::from(u8::from(report.errors > 0 || is_empty)))
}

impl Args {
    fn split(&self) -> Result<Split, Error> {
        let field = |default: &str| self.field.clone().unwrap_or_else(|| default.to_owned());
        let by = match self.by.as_str() {
            "time" => By::Time(field("date")),
            "source" => By::Source(field("source")),
            word if self.field.is_some() => {
                return Err(Error::invalid(format!(
                    "--field is for --by time and --by source, not for --by {word}"
                )));
            }
            "entity" => By::Entity,
            _ => By::Content,
        };
        let labels = self.labels.iter().map(|l| Label::new(l));
        let labels = labels.collect::<Result<Vec<_>, _>>()?;
        let folder = self.output.file_name().map(|n| n.to_string_lossy());
        let default = Split::default();
        Ok(Split {
            read: annotated::Options {
                from: self.from,
                max_document: self.max_document,
                ..annotated::Options::default()
            },
            labels: (!labels.is_empty()).then_some(labels),
            min_score: self.min_score,
            dev: self.dev,
            test: self.test,
            by,
            seed: self.seed,
            similarity: self.similarity,
            duplicates: match self.duplicates.as_str() {
                "drop" => Duplicates::Drop,
                "drop-exact" => Duplicates::DropExact,
                _ => Duplicates::Keep,
            },
            max_surface: self.max_surface,
            max_document_share: self.max_document_share,
            empty: self.empty,
            name: self
                .name
                .clone()
                .or_else(|| folder.map(|f| f.into_owned()))
                .unwrap_or(default.name),
            license: self.license.clone(),
            stop: stop_on_signals(),
            bytes_read: default.bytes_read,
        })
    }

    /// Says what became of the documents.
    fn tell(&self, report: &SplitReport) {
        for part in &report.parts {
            if part.counts.documents == 0 {
                complain(&format!(
                    "{} has no documents: there are too few, or one cluster of near-duplicates is too large (--similarity, --duplicates drop)",
                    part.side
                ));
            }
        }
        if self.run.quiet {
            return;
        }
        for part in &report.parts {
            let counts = &part.counts;
            let unseen = part.unseen.filter(|u| u.names.1 > 0).map(|unseen| {
                let percent = |(n, of): (u64, u64)| 100.0 * n as f64 / of as f64;
                format!(
                    ", {:.1} % of names (of mentions {:.1} %) are not in train",
                    percent(unseen.names),
                    percent(unseen.mentions)
                )
            });
            complain(&format!(
                "{}: {} ({:.1} %), {}{}",
                part.side,
                plural(counts.documents, "document"),
                report.percent(part),
                plural(counts.sum(), "span"),
                unseen.unwrap_or_default()
            ));
        }
        for part in report.far_from_share() {
            let (side, asked) = (part.side, 100.0 * part.share);
            complain(&format!(
                "{side} is far from the {asked:.1} % that were asked for: what belongs together is too large to be shared out"
            ));
        }
        if report.clusters > 0 {
            complain(&format!(
                "{} of near-duplicates, {} besides the longest of each, at most {} in one",
                plural(report.clusters, "cluster"),
                plural(report.duplicates, "document"),
                report.largest_cluster
            ));
        }
        if report.largest_cluster >= 20 && 20 * report.largest_cluster > report.documents {
            complain(
                &"a cluster that large may come of a notice that many documents have: look at duplicates.jsonl, raise --similarity, or take it out of the texts",
            );
        }
        for (reason, n) in &report.left_out {
            complain(&format!("left out: {}, {reason}", plural(*n, "document")));
        }
        if report.low_spans > 0 {
            complain(&format!(
                "left out: {}, the score is too low",
                plural(report.low_spans, "span")
            ));
        }
        for (what, n) in &report.unread {
            complain(&format!("not read: {what}: {n}"));
        }
        let problems = match (report.errors, report.warnings) {
            (0, 0) => "no problems".to_owned(),
            (0, w) => plural(w, "warning"),
            (e, 0) => plural(e, "problem"),
            (e, w) => format!("{}, {}", plural(e, "problem"), plural(w, "warning")),
        };
        complain(&format!(
            "{}, {problems}",
            plural(report.documents, "document")
        ));
    }
}
