//! `wiretag convert`: annotated documents from one format to another.

use super::{
    annotate::{parse_text_unit, parse_to},
    eval::parse_annotated,
    options::{RunArgs, parse_size, parse_unit},
    output::{
        Output, Progress, STOPPED, complain, offset_unit, open_folder, plural, stop_on_signals,
    },
    spans::{AlignArgs, SelectArgs, text_unit},
};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};
use wiretag::{
    Conversion, Converted, Error, OffsetUnit, OutputFile, OutputFolder, Overlapping, Problem,
    annotated,
    read::Sources,
    write::{Feature, OutputFormat, TextUnit},
};

/// Converts annotated documents from one format to another.
///
/// Reads what annotate writes (JSONL) and what annotation tools write: Prodigy, doccano, Label Studio, bdocjs (GATE), brat, CoNLL, GLiNER; also
/// as .gz or .zst. What an output format has no place for is told at the end, counted by what it is. docs/formats.md says what each
/// format holds and how the tools load it.
///
/// Exit status: 0 all went well; 1 some documents or spans could not be read, or spans were left out because they overlap and
/// --overlaps was not given; 2 the work could not start or finish.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders (hidden files are left out), patterns; - is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,

    /// Format of the input: jsonl, prodigy, doccano, label-studio, bdocjs, brat, conll, gliner, spacy, parquet [default: by name, then content]
    #[arg(long, value_name = "FORMAT", value_parser = parse_annotated)]
    from: Option<annotated::Format>,

    /// Format of the output: jsonl, prodigy, doccano, doccano-entities, label-studio, conll, bilou, gliner, spacy, huggingface, huggingface-jsonl, brat, bdocjs, parquet, csv, marked, view
    #[arg(long, value_name = "FORMAT", value_parser = parse_to)]
    to: OutputFormat,

    /// Write to this file (.gz, .zst compress), or folder (spacy, huggingface, brat, bdocjs); it appears when it is whole [default: standard output]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,

    #[command(flatten)]
    select: SelectArgs,

    #[command(flatten)]
    align: AlignArgs,

    /// Where spans overlap: longest keeps the longest, all keeps all [default: all where the format holds them, else longest]
    #[arg(long, value_name = "POLICY", value_parser = ["longest", "all"])]
    overlaps: Option<String>,

    /// What a record is about: document, paragraph, sentence [default: sentence in gliner and huggingface, else document]
    #[arg(long, value_name = "UNIT", value_parser = parse_text_unit)]
    unit: Option<TextUnit>,

    /// What offsets count, in formats that leave it open: codepoint, byte, utf16 [default: codepoint]
    #[arg(long, value_name = "UNIT", value_parser = parse_unit)]
    offsets: Option<OffsetUnit>,

    /// The most bytes a document may have (in CoNLL, a file): 500K, 64M, 1G
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "1G")]
    max_document: usize,

    #[command(flatten)]
    run: RunArgs,
}

const EXAMPLES: &str = "\
Examples:
  What annotators did in Label Studio, as gold for eval:
    wiretag convert export.json --to jsonl -o gold.jsonl
  Articles that were annotated before, to be corrected in Prodigy, a paragraph a task:
    wiretag convert articles.jsonl --to prodigy --unit paragraph -o tasks.jsonl
  A folder for brat, and back:
    wiretag convert gold.jsonl --to brat -o collection
    wiretag convert collection --to jsonl -o corrected.jsonl
  Other names for labels, and only those:
    wiretag convert dev.conll --to doccano --map-labels GPE=COUNTRY --labels COUNTRY,PERSON -o dev.jsonl
  Columns for a tagger, on the words of spaCy, with the labels of OntoNotes:
    wiretag convert gold.jsonl --to conll --tokenizer spacy --map-labels ontonotes --unaligned off.jsonl -o train.conll
  A table for a spreadsheet:
    wiretag convert articles.jsonl --to csv -o mentions.csv";

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    let conversion = args.conversion()?;
    let sources = || {
        let sources = args
            .align
            .sources(Sources::new(args.paths.iter().map(String::as_str)));
        match args.output.as_deref().filter(|o| *o != Path::new("-")) {
            Some(output) if args.to.is_folder() => {
                sources.without([output.to_owned(), OutputFolder::part_of(output)])
            }
            Some(output) => sources.without(OutputFile::working_files(output)),
            None => sources,
        }
    };
    let inventory = sources().inventory();
    let total = (!inventory.streams).then_some(inventory.bytes);
    let output = Output::of(args.output.clone(), args.to)?;
    let progress = |conversion: &Conversion| {
        Progress::new(conversion.bytes_read.clone(), total, args.run.quiet)
    };
    let converted = match output {
        Output::Stream(mut out) => {
            let progress = progress(&conversion);
            let mut report = |problem: &Problem| progress.complain(problem);
            let converted = conversion.run(sources(), &mut out, &mut report);
            progress.finish();
            converted?
        }
        Output::File(path) => {
            let file = OutputFile::create(&path, None)?;
            let conversion = stoppable(conversion);
            let progress = progress(&conversion);
            let mut report = |problem: &Problem| progress.complain(problem);
            let converted = conversion.run_to_file(sources(), file, &mut report);
            progress.finish();
            converted?
        }
        Output::Folder(path) => {
            let folder = open_folder(&path, args.run.quiet)?;
            let conversion = stoppable(conversion);
            let progress = progress(&conversion);
            let mut report = |problem: &Problem| progress.complain(problem);
            let converted = conversion.run_to_folder(sources(), folder, &mut report);
            progress.finish();
            converted?
        }
    };
    if converted.summary.stopped {
        complain(&"interrupted: the part that was written stays beside the output");
        return Ok(ExitCode::from(STOPPED));
    }
    let overlapping = converted.unheld.get(&Feature::Overlaps);
    let asked = args.overlaps.is_some();
    let unaligned = args.align.report(&converted.summary, args.run.quiet);
    args.report(&converted);
    let wrong = converted.summary.errors > 0 || overlapping.is_some() && !asked || unaligned;
    Ok(ExitCode::from(u8::from(wrong)))
}

fn stoppable(conversion: Conversion) -> Conversion {
    Conversion {
        stop: stop_on_signals(),
        ..conversion
    }
}

impl Args {
    fn conversion(&self) -> Result<Conversion, Error> {
        let mut conversion = Conversion::new(self.to);
        conversion.read.from = self.from;
        conversion.read.max_document = self.max_document;
        conversion.unit = offset_unit(self.to, self.offsets)?;
        conversion.text_unit = text_unit(self.unit, self.to);
        conversion.threads = self.run.threads();
        conversion.map = self.select.map()?;
        conversion.labels = self.select.labels()?;
        conversion.min_score = self.select.min_score().unwrap_or_default();
        conversion.zoning = self.select.zoning(conversion.text_unit)?;
        conversion.overlapping = match self.overlaps.as_deref() {
            None => Overlapping::AsHeld,
            Some("longest") => Overlapping::Longest,
            Some(_) if self.to.may_overlap() => Overlapping::All,
            Some(_) => {
                return Err(Error::invalid(format!(
                    "the format {} can't hold spans that overlap: leave --overlaps all out",
                    self.to
                )));
            }
        };
        let flat = conversion.overlapping == Overlapping::Longest;
        conversion.alignment = self.align.alignment(self.to, flat);
        conversion.listing = self.align.listing()?;
        Ok(conversion)
    }

    /// Says what was done, and what was lost on the way.
    fn report(&self, converted: &Converted) {
        let summary = &converted.summary;
        for (feature, n) in &converted.unheld {
            match feature {
                Feature::Overlaps => {
                    let way_out = match (self.overlaps.is_none(), self.to.may_overlap()) {
                        (true, true) => {
                            " (--overlaps all keeps them, --overlaps longest is fine with it)"
                        }
                        (true, false) => " (--overlaps longest is fine with it)",
                        (false, _) => "",
                    };
                    complain(&format!(
                        "{} left out, for longer ones overlap them{way_out}",
                        plural(*n, "span")
                    ));
                }
                // Who asks for a page or a table knows.
                _ if self.run.quiet => {}
                feature => complain(&format!("{} has no place for {feature}: {n}", self.to)),
            }
        }
        if self.run.quiet {
            return;
        }
        for (what, n) in &converted.unread {
            complain(&format!("not read: {what}: {n}"));
        }
        for (why, n) in &converted.refused {
            complain(&format!("{} left out: {why}", plural(*n, "document")));
        }
        let spans = summary.spans.values().sum();
        let problems = match (summary.errors, summary.warnings) {
            (0, 0) => "no problems".to_owned(),
            (0, w) => plural(w, "warning"),
            (e, 0) => plural(e, "problem"),
            (e, w) => format!("{}, {}", plural(e, "problem"), plural(w, "warning")),
        };
        complain(&format!(
            "{}, {}, {problems}",
            plural(summary.documents, "document"),
            plural(spans, "span")
        ));
    }
}
