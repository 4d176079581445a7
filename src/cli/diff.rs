//! `wiretag diff`: what changed between two outputs, or what two versions of a list change on a corpus.

use super::{
    Cli,
    config::apply_to,
    eval::report,
    options::{GazetteerArgs, InputArgs, each_document},
    output::{self, complain},
};
use clap::{CommandFactory, FromArgMatches};
use std::{io::Write, path::PathBuf, process::ExitCode};
use wiretag::{
    Annotator, Document, Error, Found, Label, OffsetUnit, Problem, Scratch, Severity, Span,
    annotated,
    config::Config,
    eval::{Corpus, Diff, LabelledSpan},
    read::{ReadOptions, Sources},
};

/// Shows which spans were gained, lost, relabelled and linked to another entity.
///
/// OLD and NEW are annotated files, in any format that convert reads, whose documents are paired by id. With a CORPUS they are what annotates it, each in turn: gazetteers (a list, a folder of lists, a compiled one) or patterns (.jsonl), besides the built-in lists and those of -g; or two wiretag.toml with their lists, patterns and rules. A span with other bounds is lost and gained. Changes of one surface are one row, the most frequent first, with places.
///
/// Exit status: 0 all went well, whatever changed (with --exit-code: nothing changed); 1 some of the input could not be read, or --exit-code was given and something changed; 2 the work could not start or finish.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The output, the gazetteer, the patterns or the configuration as it was
    old: String,

    /// As it is now
    new: String,

    /// Texts to annotate with both: files, folders, patterns; then OLD and NEW are what annotates them
    #[arg(value_name = "CORPUS")]
    corpus: Vec<String>,

    /// Show the N most frequent changes of each kind; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,

    /// Exit with 1 if anything changed
    #[arg(long)]
    exit_code: bool,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = ["table", "markdown", "json"], default_value = "table")]
    to: String,

    #[command(flatten)]
    pub(super) lists: GazetteerArgs,

    #[command(flatten)]
    input: InputArgs,
}

const EXAMPLES: &str = "\
Examples:
  What does a new version of a list change?
    git show main:lists/ships.tsv > old.tsv
    wiretag diff old.tsv lists/ships.tsv news/
    wiretag diff old.tsv lists/ships.tsv news/ --to markdown >> summary.md
  What do other rules change?
    echo > all.toml; echo 'rules = false' > lists.toml
    wiretag diff all.toml lists.toml news/
  What do two runs say otherwise?
    wiretag annotate news/ -o all.jsonl
    wiretag annotate news/ --without person-speech -o some.jsonl
    wiretag diff all.jsonl some.jsonl
  In continuous integration, nothing may change:
    wiretag diff expected.jsonl output.jsonl --exit-code";

pub(super) fn run(args: Args) -> Result<ExitCode, Error> {
    let (to, top, exit_code) = (args.to.clone(), args.top, args.exit_code);
    let mut diff = Diff::default();
    let wrong = match args.corpus.is_empty() {
        true => diff_outputs(&args.old, &args.new, &mut diff)?,
        false => diff_lists(args, &mut diff)?,
    };
    let changes = diff.report();
    let mut out = output::stdout();
    match &*to {
        "json" => out.write_all(changes.json().as_bytes())?,
        format => {
            writeln!(out, "{}", changes.summary())?;
            for table in changes.tables(top) {
                writeln!(out)?;
                output::write_tables(&mut out, &[table], format == "markdown")?;
            }
        }
    }
    out.flush()?;
    let is_changed = exit_code && changes.changed > 0;
    Ok(ExitCode::from(u8::from(wrong || is_changed)))
}

/// Compares annotated files; was anything wrong with them?
fn diff_outputs(old: &str, new: &str, diff: &mut Diff) -> Result<bool, Error> {
    if old == "-" && new == "-" {
        return Err(Error::invalid("standard input can be read once alone"));
    }
    let read = annotated::Options::default();
    let (was, is) = (
        Corpus::read_gold(old, &read)?,
        Corpus::read_gold(new, &read)?,
    );
    for (path, corpus) in [(old, &was), (new, &is)] {
        if corpus.is_empty() && corpus.problems().is_empty() {
            return Err(Error::invalid(format!("{path}: no documents")));
        }
    }
    let mut wrong = report(was.problems());
    wrong |= report(is.problems());
    let paired = was.pair(is);
    let counts = [
        (paired.missing, "are not there", "their spans are lost"),
        (paired.extra, "are new", "they are left out"),
        (
            paired.differing,
            "have another text",
            "their spans are lost",
        ),
    ];
    for (n, what, outcome) in counts.into_iter().filter(|c| c.0 > 0) {
        complain(&format!("{new}: documents that {what}: {n}; {outcome}"));
        wrong = true;
    }
    for pair in &paired.pairs {
        diff.add_pair(pair);
    }
    Ok(wrong)
}

/// Annotates a corpus with both gazetteers; was anything wrong with it?
fn diff_lists(args: Args, diff: &mut Diff) -> Result<bool, Error> {
    let side = |path: &str| -> Result<Annotator, Error> {
        let path = PathBuf::from(path);
        let lists = match path.extension().is_some_and(|e| e == "toml") {
            true => configured(path)?,
            false => args.lists.with(path),
        };
        lists.resolve()?.annotator(&mut Annotator::builder())
    };
    let (old, new) = (side(&args.old)?, side(&args.new)?);
    let read: ReadOptions = args.input.resolve()?;
    let sources = Sources::new(args.corpus);
    let mut wrong = false;
    let mut problem = |p: Problem| {
        wrong |= p.severity == Severity::Error;
        complain(&p);
    };
    let (mut scratch, mut found) = (Scratch::default(), Found::default());
    each_document(sources, &read, &mut problem, |doc| {
        let mut spans = |annotator: &Annotator| {
            annotator.annotate_into(&mut scratch, doc, &mut found);
            spans_of(annotator, doc, &found)
        };
        diff.add(doc.id(), doc.text(), &spans(&old)?, &spans(&new)?);
        Ok(())
    })?;
    Ok(wrong)
}

/// The options of this command line, a configuration's in place of the defaults.
fn configured(path: PathBuf) -> Result<GazetteerArgs, Error> {
    let command = apply_to("diff", &Config::read(path)?, Cli::command());
    let matches = command.get_matches();
    let (_, matches) = matches
        .subcommand()
        .ok_or_else(|| Error::invalid("no command"))?;
    let args = Args::from_arg_matches(matches).map_err(|e| Error::invalid(e.to_string()))?;
    Ok(args.lists)
}

fn spans_of(
    annotator: &Annotator,
    doc: &Document,
    found: &Found,
) -> Result<Vec<LabelledSpan>, Error> {
    let record = annotator.record(doc, found, OffsetUnit::Byte);
    let span = |mention: &wiretag::Mention<'_>| {
        let (start, end) = (mention.start, mention.end);
        let span = LabelledSpan::new(Span { start, end }, Label::new(&mention.label)?);
        Ok(LabelledSpan {
            entity: mention.entity.as_deref().map(str::to_owned),
            ..span
        })
    };
    record.spans.iter().map(span).collect()
}
