//! `wiretag annotate`: articles in, annotated records out.

use super::{
    options::{GazetteerArgs, Gazetteers, InputArgs, RunArgs, parse_size, parse_unit},
    output::{
        Output, Progress, STOPPED, complain, offset_unit, open_folder, plural, size,
        stop_on_signals, use_threads,
    },
    spans::{AlignArgs, SelectArgs, text_unit},
};
use std::{
    fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};
use wiretag::{
    Annotator, Batch, Error, Job, Label, OffsetUnit, OutputFile, OutputFolder, Overlaps, Problem,
    Resumed, Shard, Summary, Zoning,
    read::{Inventory, ReadOptions, Sources},
    write::{OutputFormat, TextUnit},
};

/// Annotates articles: files, folders, patterns or standard input.
///
/// Reads plain text, Markdown, HTML, JSONL, JSON, CSV, TSV and web archives (WARC), each also as .gz or .zst, and tables of Parquet.
/// Writes one record a document, in the order of the input: JSONL into a file or pipe, on a terminal the article with its entities in
/// colour.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders (hidden files are left out), patterns; - is standard input [default: -]
    #[arg(value_name = "PATH")]
    paths: Vec<String>,

    /// Write to this file (.gz, .zst compress), or folder (spacy, huggingface, brat, bdocjs); it appears when it is whole [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    run: RunArgs,

    /// Go on with -o FILE where the same command was interrupted; done if it is finished
    #[arg(long, requires = "output", help_heading = "Long runs")]
    resume: bool,

    /// Annotate every N-th document from the I-th on, as one of N runs
    #[arg(
        long,
        value_name = "I/N",
        default_value_t,
        hide_default_value = true,
        help_heading = "Long runs"
    )]
    shard: Shard,

    /// Output between two states that --resume goes on from
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "32M", help_heading = "Long runs")]
    checkpoint: usize,

    #[command(flatten)]
    pub(super) lists: GazetteerArgs,

    #[command(flatten)]
    input: InputArgs,

    /// Format of the output: jsonl, prodigy, doccano, doccano-entities, label-studio, conll, bilou, gliner, spacy, huggingface, huggingface-jsonl, brat, bdocjs, parquet, csv, marked, view [default: view on a terminal, else jsonl]
    #[arg(long, value_name = "FORMAT", value_parser = parse_to, help_heading = "Output")]
    to: Option<OutputFormat>,

    /// What offsets count, in formats that leave it open: codepoint, byte, utf16 [default: codepoint]
    #[arg(long, value_name = "UNIT", value_parser = parse_unit, help_heading = "Output")]
    offsets: Option<OffsetUnit>,

    /// What a record is about: document, paragraph, sentence [default: sentence in gliner and huggingface, else document]
    #[arg(long, value_name = "UNIT", value_parser = parse_text_unit, help_heading = "Output")]
    unit: Option<TextUnit>,

    /// Where spans overlap: longest keeps the winners, all keeps the rest too, with the reason
    #[arg(long, value_name = "POLICY", value_parser = ["longest", "all"], default_value = "longest", help_heading = "Output")]
    overlaps: String,

    /// Say in the meta of each document what annotated it (annotated_by): version, lists with their hashes, rules; for split's card
    #[arg(long, help_heading = "Output")]
    annotated_by: bool,

    /// Copy the attributes of entities to their spans
    #[arg(long, help_heading = "Output")]
    attributes: bool,

    #[command(flatten)]
    select: SelectArgs,

    #[command(flatten)]
    align: AlignArgs,
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
  Tables, for data frames:
    wiretag annotate archive/*.parquet --text-field body --id-field url --to parquet -o spans.parquet
  A list of your own besides the built-in ones:
    wiretag annotate news/ -g ships.txt --label SHIP -o out.jsonl
  Patterns in the format of spaCy's EntityRuler and of Prodigy:
    wiretag annotate news/ --patterns patterns.jsonl -o out.jsonl
  Columns for a tagger, with the labels of OntoNotes, without credits:
    wiretag annotate news/ --to conll --unit sentence --map-labels ontonotes --zones credit=text,boilerplate=text -o train.conll
  A night's run, and the same command again after a crash, until it exits with 0 or 1:
    wiretag annotate archive/ -o out.jsonl.zst --resume
  Four runs that share the work, each with a file of its own:
    wiretag annotate archive/ --shard 1/4 -o out.1.jsonl --resume
  From a pipe:
    curl -s https://example.org/a.txt | wiretag annotate --to marked";

/// What a run needs, all checked.
pub(super) struct Plan {
    paths: Vec<String>,
    output: Option<PathBuf>,
    resume: bool,
    shard: Shard,
    checkpoint: u64,
    threads: usize,
    quiet: bool,
    /// The options that the output depends on, as they were given.
    options: Vec<(&'static str, String)>,
    gazetteers: Gazetteers,
    read: ReadOptions,
    to: OutputFormat,
    unit: OffsetUnit,
    text_unit: TextUnit,
    zoning: Zoning,
    /// Must spans be disjoint, whatever the format says?
    flat: bool,
    align: AlignArgs,
    annotated_by: bool,
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
        if overlaps == Overlaps::All && !to.holds_losers() {
            return Err(Error::invalid(format!(
                "the format {to} can't hold spans that lost: add --to jsonl, or csv"
            )));
        }
        if overlaps == Overlaps::All && self.align.is_asked() {
            return Err(Error::invalid(
                "spans that lost are not laid on words: leave --overlaps all out, or --align, --tokenizer and --unaligned",
            ));
        }
        if self.resume && self.align.lists() {
            return Err(Error::invalid(
                "--unaligned lists what a run does from its start on: leave it or --resume out",
            ));
        }
        let unit = offset_unit(to, self.offsets)?;
        let text_unit = text_unit(self.unit, to);
        if !to.is_stream() && self.resume {
            let (what, made) = match to.is_folder() {
                true => (
                    "is a folder of files, of which nobody knows how far they got",
                    "the folder",
                ),
                false => ("has its contents listed at its end", "the table"),
            };
            return Err(Error::invalid(format!(
                "the format {to} {what}: --resume works with jsonl, and wiretag convert makes {made} of its output"
            )));
        }
        if self.paths.is_empty() && io::stdin().is_terminal() {
            return Err(Error::invalid(
                "nothing to annotate: name files or folders, or pipe a text in (wiretag annotate --help shows examples)",
            ));
        }
        let mut options = self.lists.options();
        options.extend(self.input.options());
        options.extend([
            ("--to", to.to_string()),
            ("--offsets", unit.to_string()),
            ("--unit", text_unit.to_string()),
            ("--overlaps", self.overlaps.clone()),
            ("--attributes", self.attributes.to_string()),
            ("--annotated-by", self.annotated_by.to_string()),
            ("--shard", self.shard.to_string()),
        ]);
        options.extend(self.select.options());
        options.extend(self.align.options());
        let mut annotator = Annotator::builder();
        annotator.overlaps(overlaps).attributes(self.attributes);
        if let Some(score) = self.select.min_score() {
            annotator.min_score(score);
        }
        let map = self.select.map()?.into_iter();
        let map = map.map(|(from, to)| Ok((Label::new(&from)?, to)));
        annotator.map_labels(map.collect::<Result<Vec<_>, Error>>()?);
        if let Some(labels) = self.select.labels()? {
            annotator.labels(labels);
        }
        Ok(Plan {
            paths: if self.paths.is_empty() {
                vec!["-".to_owned()]
            } else {
                self.paths
            },
            output: self.output,
            resume: self.resume,
            shard: self.shard,
            checkpoint: self.checkpoint as u64,
            options,
            threads: self.run.threads(),
            quiet: self.run.quiet,
            gazetteers: self.lists.resolve()?,
            read: self.input.resolve()?,
            to,
            unit,
            zoning: self.select.zoning(text_unit)?,
            text_unit,
            // Formats of words know it themselves.
            flat: to.writer().tokenizer().is_none(),
            align: self.align,
            annotated_by: self.annotated_by,
            annotator,
        })
    }
}

impl Plan {
    /// The input, without the files that this run writes.
    fn sources(&self) -> Sources {
        let sources = self
            .align
            .sources(Sources::new(self.paths.iter().map(String::as_str)));
        let Some(output) = &self.output else {
            return sources;
        };
        if self.to.is_folder() {
            return sources.without([output.clone(), OutputFolder::part_of(output)]);
        }
        let sources = sources.without(OutputFile::working_files(output));
        // Who names the output as input wants it annotated again; in folders and patterns it is there by chance.
        let same = |path: &String| match (fs::canonicalize(path), fs::canonicalize(output)) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        };
        match !self.resume && self.paths.iter().any(same) {
            true => sources,
            false => sources.without([output]),
        }
    }

    /// What the output depends on; none if the input has no identity.
    fn job(&self, inventory: &Inventory) -> Result<Option<Job>, Error> {
        if inventory.streams {
            return match self.resume {
                true => Err(Error::invalid(
                    "standard input and pipes can't be read again: --resume needs files",
                )),
                false => Ok(None),
            };
        }
        let job = Job::new()
            .with("input", inventory)
            .with("-g", self.gazetteers.inventory())
            .with("--patterns", self.gazetteers.patterns_inventory());
        let options = self.options.iter();
        Ok(Some(
            options.fold(job, |job, (name, value)| job.with(name, value)),
        ))
    }
}

pub(super) fn run(mut plan: Plan) -> Result<ExitCode, Error> {
    // Lists are read in the pool that all share: it must not have more threads than the run.
    use_threads(plan.threads)?;
    let output = Output::of(plan.output.clone(), plan.to)?;
    if plan.resume && matches!(output, Output::Stream(_)) {
        return Err(Error::invalid("--resume needs a file behind -o"));
    }
    let inventory = plan.sources().inventory();
    let job = match output {
        Output::File(_) if plan.to.is_stream() => plan.job(&inventory)?,
        _ => None,
    };
    let annotator = plan.gazetteers.annotator(&mut plan.annotator)?;
    let mut batch = Batch::new(&annotator);
    batch.read = plan.read.clone();
    batch.unit = plan.unit;
    batch.threads = plan.threads;
    batch.shard = plan.shard;
    batch.writer = plan.to.writer();
    batch.text_unit = plan.text_unit;
    batch.zoning = plan.zoning.clone();
    batch.alignment = plan.align.alignment(plan.to, plan.flat);
    batch.listing = plan.align.listing()?;
    if plan.annotated_by {
        batch.annotated_by = Some(plan.gazetteers.described()?);
    }
    let total = (!inventory.streams).then_some(inventory.bytes);
    let start = Instant::now();
    let (before, summary) = match output {
        Output::Stream(mut out) => {
            let progress = Progress::new(batch.bytes_read.clone(), total, plan.quiet);
            let mut report = |problem: &Problem| progress.complain(problem);
            let summary = batch.run(plan.sources(), &mut out, &mut report);
            progress.finish();
            (Summary::default(), summary?)
        }
        Output::Folder(path) => {
            let folder = open_folder(&path, plan.quiet)?;
            let part = folder.part().display().to_string();
            batch.stop = stop_on_signals();
            let progress = Progress::new(batch.bytes_read.clone(), total, plan.quiet);
            let mut report = |problem: &Problem| progress.complain(problem);
            let summary = batch.run_to_folder(plan.sources(), folder, &mut report);
            progress.finish();
            let summary = summary?;
            if summary.stopped {
                complain(&format!("interrupted: {part} holds what was finished"));
                return Ok(ExitCode::from(STOPPED));
            }
            (Summary::default(), summary)
        }
        Output::File(path) => {
            let Some(mut file) = plan.open(&path, job)? else {
                return Ok(ExitCode::SUCCESS);
            };
            file.checkpoint(plan.checkpoint);
            let before = file.before().clone();
            batch.stop = stop_on_signals();
            let progress = Progress::new(batch.bytes_read.clone(), total, plan.quiet);
            let mut report = |problem: &Problem| progress.complain(problem);
            let summary = batch.run_to_file(plan.sources(), file, &mut report);
            progress.finish();
            let [part, ..] = OutputFile::working_files(&path);
            let way_out = match inventory.streams || !plan.to.is_stream() {
                true => "holds what was finished",
                false => "holds what was finished, the same command with --resume goes on",
            };
            match summary {
                Ok(summary) if summary.stopped => {
                    complain(&format!("interrupted: {} {way_out}", part.display()));
                    return Ok(ExitCode::from(STOPPED));
                }
                Ok(summary) => (before, summary),
                Err(e) => {
                    complain(&e);
                    if plan.to.is_stream() {
                        complain(&format!("{} {way_out}", part.display()));
                    }
                    return Ok(ExitCode::from(2));
                }
            }
        }
    };
    let unaligned = plan.align.report(&summary, plan.quiet);
    if !plan.quiet {
        let done_here = summary.bytes - before.bytes;
        let configuration = plan.gazetteers.configuration();
        let configuration = configuration.map_or(String::new(), |c| format!(", configuration {c}"));
        let done = sentence(&summary, done_here, start.elapsed());
        complain(&format!("{done}{configuration}"));
    }
    Ok(ExitCode::from(u8::from(summary.errors > 0 || unaligned)))
}

impl Plan {
    /// Opens the output file; none if it is finished.
    fn open(&self, path: &Path, job: Option<Job>) -> Result<Option<OutputFile>, Error> {
        if let (true, Some(job)) = (self.resume, &job) {
            return match OutputFile::resume(path, job.clone())? {
                Resumed::Open(file) => Ok(Some(*file)),
                Resumed::Finished(summary) => {
                    if !self.quiet {
                        let documents = plural(summary.documents, "document");
                        let path = path.display();
                        complain(&format!("{path}: finished before: {documents}"));
                    }
                    Ok(None)
                }
            };
        }
        let [part, state, _] = OutputFile::working_files(path);
        let replaces = part.exists() && state.exists();
        let file = OutputFile::create(path, job)?;
        if replaces && !self.quiet {
            let part = part.display();
            complain(&format!(
                "{part}: of an interrupted run, is started anew (--resume goes on)"
            ));
        }
        Ok(Some(file))
    }
}

/// `3 documents, 17.4 kB, 312 spans (COUNTRY 120, …), 25.0 MB/s, no problems`; this process did so many bytes in this time.
fn sentence(summary: &Summary, bytes: u64, time: Duration) -> String {
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
    let rate = bytes as f64 / 1e6 / time.as_secs_f64().max(1e-6);
    format!(
        "{}, {}, {}{labels}, {rate:.1} MB/s, {problems}",
        plural(summary.documents, "document"),
        size(summary.bytes),
        plural(spans, "span")
    )
}

pub(super) fn parse_to(word: &str) -> Result<OutputFormat, String> {
    super::named(word, OutputFormat::ALL, OutputFormat::as_str)
}

pub(super) fn parse_text_unit(word: &str) -> Result<TextUnit, String> {
    super::named(word, TextUnit::ALL, TextUnit::as_str)
}
