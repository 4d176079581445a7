//! `wiretag eval`: how well predictions agree with gold.

use super::{
    output::{self, complain},
    spans::{Map, label_map, parse_map},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    process::ExitCode,
};
use wiretag::{
    Error, Label, Problem, Severity, annotated,
    eval::{
        By, CompareOptions, Corpus, Options, Pair, Paired, Report, Results, Scheme, compare,
        evaluate,
    },
};

/// Scores predicted spans against gold spans: precision, recall and F1.
///
/// Reads JSONL records (what annotate writes), what annotation tools export (Prodigy, doccano, Label Studio, bdocjs, brat) and CoNLL columns (IOB1, IOB2, BILOU, BIOES), also as .gz or .zst. Documents are paired by
/// id, or in their order where one side has no ids, as in CoNLL; their texts must be the same but for white space.
///
/// There are four schemes, those of nervaluate. strict: bounds and label agree. exact: the bounds agree. partial: the same, an overlap
/// being worth a half. type: the label agrees and the spans overlap. The row of a label scores its spans alone; micro is all spans
/// together, macro the mean over labels.
///
/// Exit status: 0 all went well; 1 an F1 is below --min-f1, or documents are missing, left over, repeated or have another text, or some
/// of the input could not be read; 2 the work could not start or finish.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The gold spans: a file, a folder, a pattern; - is standard input
    gold: String,

    /// The predicted spans
    pred: String,

    /// Other predictions: shows what differs from them, and whether it could be chance
    #[arg(long, value_name = "OTHER")]
    compare: Option<String>,

    /// Samples of the bootstrap that --compare draws
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10_000,
        value_parser = clap::value_parser!(u32).range(1..=10_000_000)
    )]
    samples: u32,

    /// What the samples are drawn from: the same seed gives the same numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Exit with 1 if the strict micro F1, or that of a label, is lower; may be repeated
    #[arg(long, value_name = "[LABEL=]F1", value_parser = parse_bar)]
    min_f1: Vec<Bar>,

    /// Format of the input: jsonl, prodigy, doccano, label-studio, bdocjs, brat, conll, gliner, spacy, parquet [default: by name, then content]
    #[arg(long, value_name = "FORMAT", value_parser = parse_annotated, help_heading = "Input")]
    from: Option<annotated::Format>,

    /// JSONL, JSON: field of gold spans with their label
    #[arg(
        long,
        value_name = "FIELD",
        default_value = "label",
        help_heading = "Input"
    )]
    label_field: String,

    /// Score these labels alone [default: all that occur]
    #[arg(
        long,
        value_name = "LABEL,...",
        value_delimiter = ',',
        help_heading = "What counts"
    )]
    labels: Vec<String>,

    /// Take a label for another, FROM=TO, on both sides, or the built-in ones for those of a corpus: ontonotes, conll2003, re3d; may be repeated
    #[arg(long, alias = "map", value_name = "MAP", value_parser = parse_map, help_heading = "What counts")]
    map_labels: Vec<Map>,

    /// Leave the, a, an, its, their, his, her, our before spans and a possessive behind them out
    #[arg(long, help_heading = "What counts")]
    ignore_determiners: bool,

    /// Format of the output
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = ["table", "json", "markdown"],
        default_value = "table",
        help_heading = "Output"
    )]
    to: String,

    /// Tables besides that of all spans: label, origin, score, zone
    #[arg(
        long,
        value_name = "WHAT,...",
        value_delimiter = ',',
        value_parser = parse_by,
        default_value = "label",
        help_heading = "Output"
    )]
    by: Vec<By>,

    /// Show the N most frequent mistakes with context
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true,
        help_heading = "Output"
    )]
    errors: usize,

    /// Show the N most frequent changes of each kind that --compare finds
    #[arg(long, value_name = "N", default_value_t = 10, help_heading = "Output")]
    changes: usize,
}

const EXAMPLES: &str = "\
Examples:
  Annotate what somebody annotated by hand, and score it:
    wiretag annotate gold.jsonl -o predicted.jsonl
    wiretag eval gold.jsonl predicted.jsonl
  Which mistakes to mend first, and which rules make them:
    wiretag eval gold.jsonl predicted.jsonl --errors 30 --by label,origin,score
  Is the new version better, or is it chance?
    wiretag eval gold.jsonl new.jsonl --compare old.jsonl
  Another program's output, with other names for labels:
    wiretag eval gold.conll spacy.jsonl --map-labels GPE=COUNTRY --map-labels NORP=NATIONALITY --labels COUNTRY,NATIONALITY
  In continuous integration:
    wiretag eval gold.jsonl predicted.jsonl --min-f1 0.9 --min-f1 PERSON=0.93 --to markdown >> summary.md";

/// A score that is asked for, of a label or of all.
#[derive(Clone, Debug)]
struct Bar {
    label: Option<String>,
    least: f64,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    let paths = [Some(&args.gold), Some(&args.pred), args.compare.as_ref()];
    if paths.iter().flatten().filter(|path| **path == "-").count() > 1 {
        return Err(Error::invalid("standard input can be read once alone"));
    }
    let options = args.options()?;
    let bars = args.bars()?;
    let mut read = annotated::Options {
        from: args.from,
        ..annotated::Options::default()
    };
    let predicted = Corpus::read(&args.pred, &read)?;
    let other = args.compare.as_deref().map(|p| Corpus::read(p, &read));
    let other = other.transpose()?;
    read.label_field.clone_from(&args.label_field);
    let gold = Corpus::read_gold(&args.gold, &read)?;
    let mut problems = report(gold.problems());
    if gold.is_empty() {
        return Err(Error::invalid(format!("{}: no documents", args.gold)));
    }
    let paired = gold.pair(predicted);
    problems |= report_pairing(&paired, &args.pred);
    let other = other.map(|other| gold.pair(other));
    if let (Some(other), Some(path)) = (&other, &args.compare) {
        problems |= report_pairing(other, path);
    }
    let scores = evaluate(&paired.pairs, &options);
    odd_labels(&paired.pairs, args, &options, &scores);
    let comparison = other.map(|other| {
        let test = CompareOptions {
            samples: args.samples,
            seed: args.seed,
        };
        compare(&paired.pairs, &other.pairs, &options, test)
    });
    let below = below(&scores, &paired.pairs, &bars)?;
    let results = Results {
        report: &scores,
        paired: &paired,
        comparison: comparison.as_ref(),
        by: &args.by,
        errors: args.errors,
        changes: args.changes,
    };
    let mut out = output::stdout();
    match &*args.to {
        "json" => out.write_all(results.json().as_bytes())?,
        format => output::write_tables(&mut out, &results.tables(), format == "markdown")?,
    }
    out.flush()?;
    for message in &below {
        complain(message);
    }
    Ok(ExitCode::from(u8::from(problems || !below.is_empty())))
}

impl Args {
    fn options(&self) -> Result<Options, Error> {
        let map = label_map(&self.map_labels)?.into_iter();
        let map = map.map(|(from, to)| Ok((Label::new(&from)?, to)));
        let map = map.collect::<Result<BTreeMap<_, _>, Error>>()?;
        let labels = self.labels.iter().map(|l| Label::new(l));
        let labels = labels.collect::<Result<BTreeSet<_>, _>>()?;
        if let Some(label) = labels.iter().find(|l| map.contains_key(l)) {
            return Err(Error::invalid(format!(
                "--labels has {label}, of which --map-labels makes {}: name that",
                map[label]
            )));
        }
        Ok(Options {
            labels: (!labels.is_empty()).then_some(labels),
            map,
            ignore_determiners: self.ignore_determiners,
        })
    }

    fn bars(&self) -> Result<Vec<(Option<Label>, f64)>, Error> {
        let bar = |bar: &Bar| {
            let label = bar.label.as_deref().map(Label::new).transpose()?;
            Ok((label, bar.least))
        };
        self.min_f1.iter().map(bar).collect()
    }
}

/// So many problems of one file are told.
const MOST_TOLD: usize = 100;

/// Tells what was wrong; was anything?
pub(super) fn report(problems: &[Problem]) -> bool {
    for problem in problems.iter().take(MOST_TOLD) {
        complain(problem);
    }
    if problems.len() > MOST_TOLD {
        complain(&format!("{} more problems", problems.len() - MOST_TOLD));
    }
    problems.iter().any(|p| p.severity == Severity::Error)
}

/// Tells what was wrong with the predicted side, and counts it; was anything?
fn report_pairing(paired: &Paired<'_>, name: &str) -> bool {
    let wrong = report(&paired.problems);
    let counts = [
        (paired.missing, "missing"),
        (paired.extra, "left over"),
        (paired.differing, "with another text"),
    ];
    let told = counts.iter().filter(|(n, _)| *n > 0);
    let told: Vec<String> = told.map(|(n, what)| format!("{n} {what}")).collect();
    if !told.is_empty() {
        complain(&format!("{name}: documents: {}", told.join(", ")));
    }
    if paired.respaced > 0 {
        let n = paired.respaced;
        complain(&format!(
            "{name}: {n} texts differ from gold in white space alone, which is left out of account"
        ));
    }
    wrong
}

/// Tells of labels that were asked for and are nowhere, and of those that one side alone has: they may be called otherwise on the
/// other, or not be annotated there.
fn odd_labels(pairs: &[Pair<'_>], args: &Args, options: &Options, report: &Report) {
    let spans = pairs
        .iter()
        .flat_map(|p| p.gold.spans.iter().chain(&p.predicted));
    let seen: BTreeSet<Label> = spans.map(|s| s.label).collect();
    for map in &args.map_labels {
        if let Map::Pair(from, to) = map
            && !seen.iter().any(|l| l.as_str() == from)
        {
            complain(&format!(
                "--map-labels {from}={to}: no span has the label {from}"
            ));
        }
    }
    for label in options.labels.iter().flatten() {
        if !report.labels.contains_key(label) {
            complain(&format!(
                "--labels {label}: no span that counts has this label"
            ));
        }
    }
    for (label, scores) in &report.labels {
        let (what, n) = match (scores.gold(), scores.predicted()) {
            (0, n) => ("predicted and not in gold", n),
            (n, 0) => ("in gold and never predicted", n),
            _ => continue,
        };
        complain(&format!(
            "label {label} is {what} ({n} spans): --labels leaves labels out, --map-labels gives them other names"
        ));
    }
}

/// A message for each score that is below its bar.
fn below(
    report: &Report,
    pairs: &[Pair<'_>],
    bars: &[(Option<Label>, f64)],
) -> Result<Vec<String>, Error> {
    let mut messages = Vec::new();
    for (label, least) in bars {
        let (name, scores) = match label {
            None => ("all labels", &report.all),
            Some(label) => match report.labels.get(label) {
                Some(scores) => (label.as_str(), scores),
                None => {
                    let labels = report.labels.keys();
                    let labels: Vec<&str> = labels.map(|l| l.as_str()).collect();
                    return Err(Error::invalid(format!(
                        "--min-f1 {label}={least}: no span has this label in {} documents, there are {}",
                        pairs.len(),
                        labels.join(", ")
                    )));
                }
            },
        };
        let f1 = scores.of(Scheme::Strict).f1();
        if f1 < *least {
            messages.push(format!(
                "strict F1 of {name} is {f1:.4}, --min-f1 asks for {least}"
            ));
        }
    }
    Ok(messages)
}

pub(super) fn parse_annotated(word: &str) -> Result<annotated::Format, String> {
    super::named(word, annotated::Format::ALL, annotated::Format::as_str)
}

fn parse_by(word: &str) -> Result<By, String> {
    super::named(word, &By::ALL, By::as_str)
}

fn parse_bar(bar: &str) -> Result<Bar, String> {
    let (label, least) = match bar.rsplit_once('=') {
        Some((label, least)) => (Some(label.to_owned()), least),
        None => (None, bar),
    };
    match least.parse::<f64>() {
        Ok(least) if (0.0..=1.0).contains(&least) => Ok(Bar { label, least }),
        _ => Err("an F1 is a number from 0 to 1: 0.9, or PERSON=0.9".to_owned()),
    }
}
