//! `wiretag votes`: what lists, rules and patterns say, each for itself, for weak supervision.

use super::{
    options::{GazetteerArgs, InputArgs, RunArgs},
    output::{self, Progress, STOPPED, complain, open_folder, plural, stop_on_signals},
    spans::{Map, label_map, parse_map},
};
use std::{collections::BTreeMap, io::Write, path::PathBuf, process::ExitCode};
use wiretag::{
    Annotator, Error, Label, LabellingFunctions, OutputFolder, Problem, Voting, annotated,
    eval::{Align, Corpus, Row, Table},
    read::Sources,
    write::votes::{Gold, GoldDocument, VoteSummary},
};

/// Writes the votes of all lists, rules and patterns, for weak supervision.
///
/// Each list, each rule and each file of patterns is a labelling function: a vote is what it says of a span, before any competition,
/// which is left to a model that learns whom to believe (skweak, Snorkel). The folder has the votes as spans (votes.jsonl, and spacy/
/// with a group of spans for each function), as a label matrix (matrix.parquet: a row a span, a column a function, a number a label, -1
/// where it abstains) and as numbers (summary.json): coverage, overlaps, conflicts, and with --gold the accuracy of each. The numbers
/// are shown, too. docs/formats.md says how the tools load it.
///
/// Exit status: 0 all went well; 1 some documents could not be read; 2 the work could not start or finish.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders (hidden files are left out), patterns; - is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,

    /// Write to this folder; it appears when it is whole
    #[arg(short, long, value_name = "FOLDER", required = true)]
    output: PathBuf,

    /// Judge the votes by these annotated documents, of the same ids and texts, in any format that convert reads
    #[arg(long, value_name = "PATH")]
    gold: Option<String>,

    /// Take a label for another, in votes and gold: FROM=TO, or all built-in ones for those of a corpus: ontonotes, conll2003, re3d; may be repeated
    #[arg(long, value_name = "MAP", value_parser = parse_map)]
    map_labels: Vec<Map>,

    /// Write votes for these labels alone, after --map-labels [default: all]
    #[arg(long, value_name = "LABEL,...", value_delimiter = ',')]
    labels: Vec<String>,

    /// Show functions that never voted, too
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    run: RunArgs,

    #[command(flatten)]
    pub(super) lists: GazetteerArgs,

    #[command(flatten)]
    input: InputArgs,
}

const EXAMPLES: &str = "\
Examples:
  Which rules conflict with others, and which lists find nothing:
    wiretag votes news/ -o votes --all
  How accurate each is by itself:
    wiretag votes gold.jsonl --gold gold.jsonl -o votes
  With a label model of Snorkel, in Python:
    m = pandas.read_parquet('votes/matrix.parquet')
    L = m[[c for c in m if ':' in c]].to_numpy()
    LabelModel(cardinality=L.max() + 1).fit(L)
  With skweak, in Python:
    docs = DocBin().from_disk('votes/spacy/00001.spacy').get_docs(spacy.blank('en').vocab)
    skweak.voting.SequentialMajorityVoter('majority', labels=['PERSON', 'ORG']).fit_and_aggregate(docs)";

pub(super) fn run(args: Args) -> Result<ExitCode, Error> {
    let map = label_map(&args.map_labels)?;
    let mut settings = Annotator::builder();
    let pairs = map.iter().map(|(from, to)| Ok((Label::new(from)?, *to)));
    settings.map_labels(pairs.collect::<Result<Vec<_>, Error>>()?);
    if !args.labels.is_empty() {
        let labels = args.labels.iter().map(|l| Label::new(l));
        settings.labels(labels.collect::<Result<Vec<_>, _>>()?);
    }
    let read = args.input.resolve()?;
    let gold = match &args.gold {
        Some(path) => Some(read_gold(path, &map)?),
        None => None,
    };
    let annotator = args.lists.resolve()?.annotator(&mut settings)?;
    let functions = LabellingFunctions::of(&annotator);
    let sources = || {
        let sources = Sources::new(args.paths.iter().map(String::as_str));
        let part = OutputFolder::part_of(&args.output);
        sources.without([args.output.clone(), part])
    };
    let inventory = sources().inventory();
    let total = (!inventory.streams).then_some(inventory.bytes);
    let folder = open_folder(&args.output, args.run.quiet)?;
    let has_gold = gold.is_some();
    let voting = Voting {
        read,
        gold,
        threads: args.run.threads(),
        stop: stop_on_signals(),
        ..Voting::new(&functions)
    };
    let progress = Progress::new(voting.bytes_read.clone(), total, args.run.quiet);
    let mut report = |problem: &Problem| progress.complain(problem);
    let voted = voting.run_to_folder(sources(), folder, &mut report);
    progress.finish();
    let (summary, votes) = voted?;
    if summary.stopped {
        complain(&"interrupted: the part that was written stays beside the output");
        return Ok(ExitCode::from(STOPPED));
    }
    if has_gold && votes.judged == 0 {
        complain(&"no document of --gold has the id and the text of one that was read");
    }
    if !args.run.quiet {
        let mut out = output::stdout();
        out.write_all(shown(&votes, has_gold, args.all).as_bytes())?;
        out.flush()?;
    }
    Ok(ExitCode::from(u8::from(summary.errors > 0)))
}

fn read_gold(path: &str, map: &BTreeMap<String, Label>) -> Result<Gold, Error> {
    let corpus = Corpus::read_gold(path, &annotated::Options::default())?;
    for problem in corpus.problems() {
        complain(problem);
    }
    let mapped = |label: Label| map.get(label.as_str()).copied().unwrap_or(label);
    let documents = corpus.documents().map(|doc| {
        let (open, sure): (Vec<_>, Vec<_>) = doc.spans.iter().partition(|s| s.optional);
        let types = doc.annotated_types.as_ref();
        let gold = GoldDocument {
            text: doc.text.clone(),
            spans: sure.iter().map(|s| (s.span, mapped(s.label))).collect(),
            open: open.iter().map(|s| s.span).collect(),
            annotated_types: types.map(|types| types.iter().map(|t| mapped(*t)).collect()),
        };
        (doc.id.clone(), gold)
    });
    Ok(documents.collect())
}

/// The table of functions, and what all did together.
fn shown(votes: &VoteSummary, has_gold: bool, all: bool) -> String {
    let mut columns = vec![
        ("function", Align::Left),
        ("labels", Align::Left),
        ("votes", Align::Right),
        ("coverage", Align::Right),
        ("overlaps", Align::Right),
        ("conflicts", Align::Right),
    ];
    if has_gold {
        columns.extend([
            ("correct", Align::Right),
            ("incorrect", Align::Right),
            ("accuracy", Align::Right),
        ]);
    }
    let share = |n: u64| format!("{:.1} %", 100.0 * n as f64 / votes.rows.max(1) as f64);
    let mut silent = 0;
    let mut rows = Vec::new();
    for function in &votes.functions {
        if function.votes == 0 && !all {
            silent += 1;
            continue;
        }
        let labels = function.labels.iter().map(|&n| &*votes.labels[n]);
        let labels: Vec<&str> = labels.collect();
        let mut cells = vec![
            function.name.clone(),
            labels.join(","),
            function.votes.to_string(),
            share(function.votes),
            share(function.overlaps),
            share(function.conflicts),
        ];
        if has_gold {
            let accuracy = function.accuracy().map(|a| format!("{:.1} %", 100.0 * a));
            cells.extend([
                function.correct.to_string(),
                function.incorrect.to_string(),
                accuracy.unwrap_or_else(|| "–".to_owned()),
            ]);
        }
        rows.push(Row {
            cells,
            notes: Vec::new(),
        });
    }
    let table = Table {
        title: String::new(),
        columns,
        rows,
    };
    let judged = match has_gold {
        true => format!(", {} of them in the gold", votes.judged),
        false => String::new(),
    };
    let silent = match silent {
        0 => String::new(),
        n => format!("; {} never voted (--all shows them)", plural(n, "function")),
    };
    format!(
        "{}{}{judged}, {} voted on by {}{silent}\n",
        table.aligned(),
        plural(votes.documents, "document"),
        plural(votes.rows, "span"),
        plural(votes.functions.len() as u64, "function"),
    )
}
