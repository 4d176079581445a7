//! `wiretag annotate`: articles in, annotated records out.

use super::output::{Output, Progress, complain};
use std::{
    io::{self, IsTerminal},
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};
use wiretag::{
    Annotator, Batch, Case, Error, Gazetteer, Label, OffsetUnit, Overlaps, SourceDefaults, Summary,
    read::{Format, ReadOptions, Sources},
    write::OutputFormat,
};

/// Annotates articles: files, folders, patterns or standard input.
///
/// Reads plain text, Markdown, HTML, JSONL, JSON, CSV, TSV and web archives (WARC), each also as .gz or .zst. Writes one record a
/// document, in the order of the input: JSONL into a file or pipe, on a terminal the article with its entities in colour.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders (hidden files are left out), patterns; - is standard input [default: -]
    #[arg(value_name = "PATH")]
    paths: Vec<String>,

    /// Write to this file (.gz compresses); it appears when it is whole [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Threads that annotate [default: one a core]
    #[arg(
        short = 'j',
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true,
        value_parser = clap::value_parser!(u16).range(0..=1024)
    )]
    threads: u16,

    /// Say nothing on standard error but what is wrong
    #[arg(short, long)]
    quiet: bool,

    /// Add a gazetteer: a list, a folder of lists, a compiled one; comes before the built-in ones where names tie
    #[arg(short, long, value_name = "PATH", help_heading = "Gazetteers")]
    gazetteer: Vec<PathBuf>,

    /// Leave the built-in gazetteers out
    #[arg(long, help_heading = "Gazetteers")]
    no_builtin: bool,

    /// Apply lists alone, no rules
    #[arg(long, help_heading = "Gazetteers")]
    no_rules: bool,

    /// Label of the names in a plain list given with -g
    #[arg(long, value_name = "NAME", help_heading = "Gazetteers")]
    label: Option<String>,

    /// Case policy of names in -g files that set none [default: by the form of each name]
    #[arg(long, value_name = "POLICY", value_parser = ["any", "title", "exact"], help_heading = "Gazetteers")]
    case: Option<String>,

    /// Format: text, markdown, jsonl, json, html, csv, tsv, warc [default: by name, then content]
    #[arg(long, value_name = "FORMAT", value_parser = parse_from, help_heading = "Input")]
    from: Option<Format>,

    /// JSONL, JSON, CSV, TSV: fields that make the text, joined by a blank line
    #[arg(
        long,
        value_name = "FIELD,...",
        value_delimiter = ',',
        default_value = "text",
        help_heading = "Input"
    )]
    text_field: Vec<String>,

    /// JSONL, JSON, CSV, TSV: field with the id
    #[arg(
        long,
        value_name = "FIELD",
        default_value = "id",
        help_heading = "Input"
    )]
    id_field: String,

    /// Encoding of input that is not UTF-8 [default: as HTML declares, else a guess]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    encoding: Option<String>,

    /// The most bytes a document may have: 500K, 64M, 1G
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "64M", help_heading = "Input")]
    max_document: usize,

    /// Format of the output: jsonl, marked, view [default: view on a terminal, else jsonl]
    #[arg(long, value_name = "FORMAT", value_parser = parse_to, help_heading = "Output")]
    to: Option<OutputFormat>,

    /// Write these labels alone (all still compete)
    #[arg(
        long,
        value_name = "LABEL,...",
        value_delimiter = ',',
        help_heading = "Output"
    )]
    labels: Vec<String>,

    /// What offsets count: codepoint, byte, utf16
    #[arg(long, value_name = "UNIT", value_parser = parse_unit, default_value = "codepoint", help_heading = "Output")]
    offsets: OffsetUnit,

    /// Where spans overlap: longest keeps the winners, all keeps the rest too, with the reason
    #[arg(long, value_name = "POLICY", value_parser = ["longest", "all"], default_value = "longest", help_heading = "Output")]
    overlaps: String,

    /// Copy the attributes of entities to their spans
    #[arg(long, help_heading = "Output")]
    attributes: bool,
}

const EXAMPLES: &str = "\
Examples:
  Annotate a folder:
    wiretag annotate news/ -o out.jsonl
  Look at one article:
    wiretag annotate news/a.txt
  JSONL with a title and a body, countries alone:
    wiretag annotate feed.jsonl.gz --text-field title,body --labels COUNTRY -o out.jsonl.gz
  A spreadsheet and a web archive:
    wiretag annotate desk.csv --text-field headline,body --id-field url -o desk.jsonl
    wiretag annotate crawl.warc.gz -o crawl.jsonl
  A list of your own besides the built-in ones:
    wiretag annotate news/ -g ships.txt --label SHIP -o out.jsonl
  From a pipe:
    curl -s https://example.org/a.txt | wiretag annotate --to marked";

/// What a run needs, all checked.
pub(super) struct Plan {
    paths: Vec<String>,
    output: Option<PathBuf>,
    threads: usize,
    quiet: bool,
    gazetteers: Vec<PathBuf>,
    builtin: bool,
    defaults: SourceDefaults,
    read: ReadOptions,
    to: OutputFormat,
    unit: OffsetUnit,
    annotator: wiretag::AnnotatorBuilder,
}

impl Args {
    pub(super) fn resolve(self) -> Result<Plan, Error> {
        let terminal = self.output.is_none() && io::stdout().is_terminal();
        let colours = anstream::stdout().current_choice() != anstream::ColorChoice::Never;
        let to = self.to.unwrap_or(match (terminal, colours) {
            (true, true) => OutputFormat::View,
            (true, false) => OutputFormat::Marked,
            (false, _) => OutputFormat::Jsonl,
        });
        let overlaps = if self.overlaps == "all" {
            Overlaps::All
        } else {
            Overlaps::Longest
        };
        if overlaps == Overlaps::All && !to.holds_overlaps() {
            return Err(Error::invalid(format!(
                "the format {to} can't hold spans that overlap: add --to jsonl"
            )));
        }
        if self.paths.is_empty() && io::stdin().is_terminal() {
            return Err(Error::invalid(
                "nothing to annotate: name files or folders, or pipe a text in (wiretag annotate --help shows examples)",
            ));
        }
        if self.no_builtin && self.gazetteer.is_empty() {
            return Err(Error::invalid(
                "--no-builtin leaves no gazetteer: add one with -g",
            ));
        }
        let label = self.label.as_deref().map(Label::new).transpose()?;
        let case = self.case.as_deref().map(case_policy);
        let mut read = ReadOptions::default();
        read.from = self.from;
        read.text_fields = self.text_field;
        read.id_field = self.id_field;
        read.max_document = self.max_document;
        if let Some(name) = &self.encoding {
            read.set_encoding(name)?;
        }
        let mut annotator = Annotator::builder();
        annotator
            .overlaps(overlaps)
            .rules(!self.no_rules)
            .attributes(self.attributes);
        if !self.labels.is_empty() {
            annotator.labels(
                self.labels
                    .iter()
                    .map(|l| Label::new(l))
                    .collect::<Result<Vec<_>, _>>()?,
            );
        }
        Ok(Plan {
            paths: if self.paths.is_empty() {
                vec!["-".to_owned()]
            } else {
                self.paths
            },
            output: self.output,
            threads: usize::from(self.threads),
            quiet: self.quiet,
            gazetteers: self.gazetteer,
            builtin: !self.no_builtin,
            defaults: SourceDefaults { label, case },
            read,
            to,
            unit: self.offsets,
            annotator,
        })
    }
}

pub(super) fn run(plan: Plan) -> Result<ExitCode, Error> {
    let mut builder = Gazetteer::builder();
    for path in &plan.gazetteers {
        builder.add_path(path, &plan.defaults)?;
    }
    if plan.builtin {
        builder.add_builtin();
    }
    let annotator = plan.annotator.build(builder.build()?)?;
    // Freeing a hundred thousand small strings takes longer than annotating an article, and the process ends when the work is done.
    std::mem::forget(builder);
    let mut batch = Batch::new(&annotator);
    batch.read = plan.read;
    batch.unit = plan.unit;
    batch.threads = plan.threads;
    batch.writer = plan.to.writer();
    let total = if plan.quiet {
        None
    } else {
        total_bytes(&plan.paths)
    };
    let progress = Progress::new(batch.bytes_read.clone(), total, plan.quiet);
    let mut output = Output::open(plan.output.as_deref())?;
    let start = Instant::now();
    let summary = batch.run(Sources::new(plan.paths), &mut output, &mut |problem| {
        progress.complain(problem)
    });
    progress.finish();
    let summary = summary?;
    output.finish()?;
    if !plan.quiet {
        complain(&sentence(&summary, start.elapsed()));
    }
    Ok(ExitCode::from(u8::from(summary.errors > 0)))
}

/// The case policy of one of the words that `--case` takes.
pub(super) fn case_policy(word: &str) -> Case {
    match word {
        "any" => Case::Any,
        "title" => Case::Title,
        _ => Case::Exact,
    }
}

/// The bytes of all files that will be read; none if one of them is a stream.
fn total_bytes(paths: &[String]) -> Option<u64> {
    Sources::new(paths.iter().map(String::as_str)).try_fold(0, |sum, source| match source {
        Ok(source) => Some(sum + source.path?.metadata().map_or(0, |m| m.len())),
        Err(_) => Some(sum),
    })
}

/// `3 documents, 17.4 kB, 312 spans (COUNTRY 120, …), 25.0 MB/s, no problems`
fn sentence(summary: &Summary, time: Duration) -> String {
    let spans: u64 = summary.spans.values().sum();
    let labels: Vec<String> = summary
        .spans
        .iter()
        .map(|(label, n)| format!("{label} {n}"))
        .collect();
    let labels = if labels.is_empty() {
        String::new()
    } else {
        format!(" ({})", labels.join(", "))
    };
    let problems = match (summary.errors, summary.warnings) {
        (0, 0) => "no problems".to_owned(),
        (0, w) => plural(w, "warning"),
        (e, 0) => plural(e, "problem"),
        (e, w) => format!("{}, {}", plural(e, "problem"), plural(w, "warning")),
    };
    let rate = summary.bytes as f64 / 1e6 / time.as_secs_f64().max(1e-6);
    format!(
        "{}, {}, {}{labels}, {rate:.1} MB/s, {problems}",
        plural(summary.documents, "document"),
        size(summary.bytes),
        plural(spans, "span")
    )
}

fn plural(n: u64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

fn parse_from(word: &str) -> Result<Format, String> {
    named(word, Format::ALL, Format::as_str)
}

fn parse_to(word: &str) -> Result<OutputFormat, String> {
    named(word, OutputFormat::ALL, OutputFormat::as_str)
}

fn parse_unit(word: &str) -> Result<OffsetUnit, String> {
    named(
        word,
        &[OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16],
        OffsetUnit::as_str,
    )
}

fn named<T: Copy>(word: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, String> {
    let names: Vec<&str> = all.iter().map(|&t| name(t)).collect();
    all.iter()
        .copied()
        .find(|&t| name(t) == word)
        .ok_or_else(|| format!("there are {}", names.join(", ")))
}

/// `64M` in bytes; the letters stand for powers of 1024.
fn parse_size(text: &str) -> Result<usize, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..]
        .to_ascii_uppercase()
        .trim_end_matches("IB")
        .trim_end_matches('B')
    {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return Err("write 500K, 64M or 1G".into()),
    };
    // Offsets inside have 32 bits.
    const MOST: usize = (4 << 30) - (1 << 20);
    match digits
        .parse::<usize>()
        .ok()
        .and_then(|n| n.checked_mul(factor))
    {
        Some(0) | None => Err("write 500K, 64M or 1G".into()),
        Some(n) if n > MOST => Err("the most is 4095M".into()),
        Some(n) => Ok(n),
    }
}
