//! `wiretag stats`: what is in annotated documents.

use super::{
    eval::parse_annotated,
    options::parse_size,
    output::{self, Progress, complain},
};
use std::{io::Write, process::ExitCode};
use wiretag::{
    Error, Severity, annotated,
    annotated::Documents,
    read::Sources,
    stats::{By, Stats},
};

/// Counts what is in annotated documents: labels, entities, surfaces, origins, zones, sources, months, pairs of names, ambiguous surfaces.
///
/// Reads all formats that convert reads, once, and holds names and numbers alone. Each row has its spans, the documents they are in, and
/// the dates of the first and the last of these where meta has dates.
///
/// Exit status: 0 all went well; 1 some documents or spans could not be read; 2 the work could not start or finish.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders (hidden files are left out), patterns; - is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,

    /// Count by label, entity, surface, origin, zone, source, month, year, pair (names in one document), ambiguity (surfaces with several labels or entities)
    #[arg(long, value_name = "WHAT,...", value_delimiter = ',', value_parser = parse_by, default_value = "label,entity")]
    by: Vec<By>,

    /// Show the N most frequent of each; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,

    /// The field of meta with the date
    #[arg(long, value_name = "FIELD", default_value = "date")]
    date_field: String,

    /// The field of meta with the source
    #[arg(long, value_name = "FIELD", default_value = "source")]
    source_field: String,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = ["table", "markdown", "csv", "json"], default_value = "table")]
    to: String,

    /// Format of the input: jsonl, prodigy, doccano, label-studio, bdocjs, brat, conll, gliner, spacy, parquet [default: by name, then content]
    #[arg(long, value_name = "FORMAT", value_parser = parse_annotated)]
    from: Option<annotated::Format>,

    /// The most bytes a document may have (in CoNLL, a file): 500K, 64M, 1G
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "64M")]
    max_document: usize,

    /// Say nothing on standard error but what is wrong
    #[arg(short, long)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  Who is in the news:
    wiretag annotate news/ -o articles.jsonl
    wiretag stats articles.jsonl --by entity --top 50
  Over time, by outlet, and who appears with whom:
    wiretag stats articles.jsonl --by month,source,pair --source-field outlet
  Which surfaces a list should have conditions for:
    wiretag stats articles.jsonl --by ambiguity
  For a spreadsheet, or a program:
    wiretag stats articles.jsonl --by surface --top 0 --to csv > surfaces.csv
    wiretag stats articles.jsonl --to json | jq .by.label";

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    let mut by = args.by.clone();
    by.sort_unstable();
    by.dedup();
    if args.to == "csv" && by.len() > 1 {
        return Err(Error::invalid(
            "CSV has room for one table: name it, --by entity",
        ));
    }
    let options = annotated::Options {
        from: args.from,
        max_document: args.max_document,
        ..annotated::Options::default()
    };
    let paths = || args.paths.iter().map(String::as_str);
    let bytes = Sources::new(paths()).inventory().bytes;
    let documents = Documents::new(paths(), &options);
    let progress = Progress::new(documents.bytes_read(), Some(bytes), args.quiet);
    let mut stats = Stats::new(by);
    stats.date_field.clone_from(&args.date_field);
    stats.source_field.clone_from(&args.source_field);
    let mut wrong = false;
    for document in documents {
        match document {
            Ok(claimed) => {
                for problem in stats.add(&claimed) {
                    wrong |= problem.severity == Severity::Error;
                    progress.complain(&problem);
                }
            }
            Err((file, fault)) => {
                wrong = true;
                progress.complain(&format!("{file}:{}: {}", fault.line, fault.message));
            }
        }
    }
    progress.finish();
    tell_of_missing_fields(args, &stats);
    let report = stats.report(args.top);
    let mut out = output::stdout();
    match &*args.to {
        "json" => out.write_all(report.json().as_bytes())?,
        "csv" => {
            let csv = report
                .tables()
                .iter()
                .map(wiretag::eval::Table::csv)
                .collect::<String>();
            out.write_all(csv.as_bytes())?;
        }
        format => {
            writeln!(out, "{}\n", report.summary())?;
            output::write_tables(&mut out, &report.tables(), format == "markdown")?;
        }
    }
    out.flush()?;
    Ok(ExitCode::from(u8::from(wrong)))
}

/// Tells why there are no dates where they were asked for, and what was left out.
fn tell_of_missing_fields(args: &Args, stats: &Stats) {
    let totals = stats.totals();
    let over_time = args.by.iter().any(|b| matches!(b, By::Month | By::Year));
    if over_time && totals.with_date == 0 && totals.documents > 0 {
        complain(&format!(
            "no document has a date in the field {:?} of its meta: --date-field names another",
            args.date_field
        ));
    }
    if totals.cut > 0 && !args.quiet {
        complain(&format!(
            "{} have more than 200 names: pairs are those of their most frequent",
            output::plural(totals.cut, "document")
        ));
    }
}

fn parse_by(word: &str) -> Result<By, String> {
    super::named(word, &By::ALL, By::as_str)
}
