//! `wiretag report`: annotated documents as a page to look at.

use super::{
    eval::parse_annotated,
    options::parse_size,
    output::{self, Progress, complain, persist, plural},
};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};
use wiretag::{
    Error, Severity,
    annotated::{self, Documents},
    read::Sources,
    report::{Options, Report},
};

/// Writes annotated documents as one page of HTML that opens from disk and needs no network.
///
/// Reads all formats that convert reads. The page has an overview with charts, a table of entities that leads to their mentions in context, and documents with their spans; filters by label, origin, zone and score hold everywhere. Tables and charts cover all documents; the texts of --max-documents are in the page.
///
/// Exit status: 0 all went well; 1 some documents or spans could not be read; 2 the work could not start or finish.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders (hidden files are left out), patterns; - is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,

    /// Write to this file; it appears when it is whole [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Format of the input: jsonl, prodigy, doccano, label-studio, bdocjs, brat, conll, gliner, spacy, parquet [default: by name, then content]
    #[arg(long, value_name = "FORMAT", value_parser = parse_annotated)]
    from: Option<annotated::Format>,

    /// Gold spans: shows what is missed, spurious and wrong; held in memory
    #[arg(long, value_name = "FILE")]
    gold: Option<String>,

    /// Another output for the same documents, an older one say: shows what changed since; held in memory
    #[arg(long, value_name = "OTHER")]
    compare: Option<String>,

    /// JSONL: field of gold spans with their label
    #[arg(long, value_name = "FIELD", default_value = "label")]
    label_field: String,

    /// What the page is called [default: the names of the input]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// So many documents are in the page with their texts, chosen by their content
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    max_documents: usize,

    /// The field of meta with a document's date [default: date, published, pubDate and the like]
    #[arg(long, value_name = "FIELD")]
    date_field: Option<String>,

    /// The most bytes a document may have (in CoNLL, a file): 500K, 64M, 1G
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "1G")]
    max_document: usize,

    /// Say nothing on standard error but what is wrong
    #[arg(short, long)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  What is in a folder of articles:
    wiretag annotate news/ -o news.jsonl
    wiretag report news.jsonl -o news.html
  With what lost the competition, and why:
    wiretag annotate news/ --overlaps all -o news.jsonl
    wiretag report news.jsonl -o news.html
  Which mistakes there are, each in its context:
    wiretag report predicted.jsonl --gold gold.jsonl -o mistakes.html
  What a change of the lists did:
    wiretag report new.jsonl --compare old.jsonl -o changes.html";

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    let others = [&args.gold, &args.compare].into_iter().flatten();
    let inputs = args.paths.iter().chain(others);
    if inputs.filter(|path| *path == "-").count() > 1 {
        return Err(Error::invalid("standard input can be read once alone"));
    }
    let read = annotated::Options {
        from: args.from,
        max_document: args.max_document,
        ..annotated::Options::default()
    };
    let sources = Sources::new(args.paths.iter().map(String::as_str));
    let inventory = sources.inventory();
    let total = (!inventory.streams).then_some(inventory.bytes);
    let documents = Documents::new(args.paths.iter().map(String::as_str), &read);
    let progress = Progress::new(documents.bytes_read(), total, args.quiet);
    let mut report = Report::new(args.options());
    let mut wrong = false;
    if let Some(gold) = &args.gold {
        let label_field = args.label_field.clone();
        report.gold(
            gold,
            &annotated::Options {
                label_field,
                ..read.clone()
            },
        )?;
    }
    if let Some(other) = &args.compare {
        report.compare(other, &read)?;
    }
    for document in documents {
        match document {
            Ok(claimed) => report.add(claimed, &mut |problem| {
                wrong |= problem.severity == Severity::Error;
                progress.complain(problem);
            }),
            Err((file, fault)) => {
                wrong |= fault.severity == Severity::Error;
                progress.complain(&fault.problem(&file, ": the document is left out"));
            }
        }
    }
    progress.finish();
    if report.documents() == 0 {
        return Err(Error::invalid(format!(
            "{}: no documents",
            args.paths.join(" ")
        )));
    }
    wrong |= args.report_counterparts(&report);
    match args.output.as_deref().filter(|o| *o != Path::new("-")) {
        Some(path) => persist(path, |out| report.write(out))?,
        None => {
            let mut out = output::stdout();
            report.write(&mut out)?;
            out.flush()?;
        }
    }
    if !args.quiet {
        complain(&format!(
            "{}, {}; the texts of {} are in the page",
            plural(report.documents(), "document"),
            plural(report.spans(), "span"),
            report.embedded()
        ));
    }
    Ok(ExitCode::from(u8::from(wrong)))
}

impl Args {
    /// Says which documents of the other sides had no counterpart; were there any?
    fn report_counterparts(&self, report: &Report) -> bool {
        let mut wrong = false;
        let names = [&self.gold, &self.compare];
        for (name, counts) in names.into_iter().zip(report.counterparts()) {
            let (Some(name), Some((documents, left))) = (name, counts) else {
                continue;
            };
            if left > 0 {
                wrong = true;
                let left = plural(left as u64, "document");
                complain(&format!("{name}: {left} not in the input: left out"));
            }
            let alone = report.documents() - documents;
            if alone > 0 && !self.quiet {
                let alone = plural(alone, "document");
                complain(&format!(
                    "{name}: {alone} of the input not in it: not compared"
                ));
            }
        }
        wrong
    }

    fn options(&self) -> Options {
        let names = self.paths.iter().map(|path| match path.as_str() {
            "-" => "standard input",
            path => Path::new(path)
                .file_name()
                .and_then(|n| n.to_str())
                .unwrap_or(path),
        });
        let names = || names.collect::<Vec<_>>().join(", ");
        Options {
            title: self.title.clone().unwrap_or_else(names),
            max_documents: self.max_documents,
            date_field: self.date_field.clone(),
        }
    }
}
