//! `wiretag mine`: names that a corpus uses and the lists lack.

use super::{
    options::{GazetteerArgs, InputArgs, RunArgs},
    output::{self, Progress, STOPPED, complain, persist, plural, stop_on_signals, use_threads},
};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};
use wiretag::{
    Annotator, Error, Gazetteer, Label, Problem, SourceDefaults,
    mine::{Mined, Miner},
    read::Sources,
};

/// Finds names that a corpus uses and the lists lack, with what they most likely are and why.
///
/// What a rule found and no list has, and capitals that nothing explains (headlines and starts of sentences apart), are counted over
/// all documents; titles, head nouns, kinds, given names, lists of names and words of place say what a name is. The best of each label
/// come first. Names that differ in one letter from one of a list are shown with its file and line. Nothing is added to a list: -o
/// writes rows to append after review.
///
/// Exit status: 0 all was read; 1 some documents could not be; 2 the work could not start or finish.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders (hidden files are left out), patterns; - is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,

    /// Propose names of these labels alone [default: all, and names without one]
    #[arg(long, value_name = "LABEL,...", value_delimiter = ',')]
    labels: Vec<String>,

    /// Leave names with fewer mentions out
    #[arg(long, value_name = "N", default_value_t = 2)]
    min_count: u64,

    /// Leave names in fewer documents out
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_documents: u64,

    /// Show the N best of each label; 0 for all
    #[arg(long, value_name = "N", default_value_t = 25)]
    max: usize,

    /// Names that are not to be proposed: a plain list, or any gazetteer; may be given more than once
    #[arg(long, value_name = "FILE")]
    ignore: Vec<PathBuf>,

    /// Format: table, json (a line a name), tsv (a list of one label)
    #[arg(long, value_name = "FORMAT", value_parser = ["table", "json", "tsv"], conflicts_with = "json", hide_possible_values = true)]
    to: Option<String>,

    /// The same as --to json
    #[arg(long)]
    json: bool,

    /// Write to this file; lists of several labels have one each: FILE-org.tsv
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    run: RunArgs,

    #[command(flatten)]
    pub(super) lists: GazetteerArgs,

    #[command(flatten)]
    input: InputArgs,
}

const EXAMPLES: &str = "\
Examples:
  What the lists lack of these articles:
    wiretag mine news/
  Lists to review, then to append or to use with -g (mined-org.tsv, mined-person.tsv, ...):
    wiretag mine news/ --min-documents 3 --max 200 -o mined.tsv
  What was judged before is not shown again:
    wiretag mine news/ --ignore no-names.txt -g reviewed.tsv
  For a program:
    wiretag mine news/ --json --max 0 | jq -r 'select(.label == \"WEAPON\").name'";

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Table,
    Json,
    Tsv,
}

pub(super) fn run(args: Args) -> Result<ExitCode, Error> {
    let format = args.format();
    if format == Format::Tsv && args.output.is_none() && args.labels.len() != 1 {
        return Err(Error::invalid(
            "a list has one label: name it, --labels ORG, or write a file for each with -o",
        ));
    }
    use_threads(args.run.threads())?;
    let labels = args.labels.iter().map(|l| Label::new(l));
    let labels = labels.collect::<Result<Vec<_>, _>>()?;
    let read = args.input.resolve()?;
    let annotator = args.lists.resolve()?.annotator(&mut Annotator::builder())?;
    let miner = Miner {
        read,
        labels: (!labels.is_empty()).then_some(labels),
        min_mentions: args.min_count,
        min_documents: args.min_documents,
        most: args.max,
        ignore: ignored(&args.ignore)?,
        stop: stop_on_signals(),
        ..Miner::new(&annotator)
    };
    let sources = || Sources::new(args.paths.iter().map(String::as_str));
    let inventory = sources().inventory();
    let total = (!inventory.streams).then_some(inventory.bytes);
    let progress = Progress::new(miner.bytes_read.clone(), total, args.run.quiet);
    let mined = miner.run(sources(), &mut |p: &Problem| progress.complain(p));
    progress.finish();
    let mined = mined?;
    if mined.stopped {
        complain(&"interrupted: nothing was written");
        return Ok(ExitCode::from(STOPPED));
    }
    let source = format!("wiretag mine {}", args.paths.join(" "));
    match (format, &args.output) {
        (Format::Tsv, Some(path)) => write_lists(&mined, path, &source, args.run.quiet)?,
        (_, Some(path)) => persist(path, |out| write(&mined, format, &source, out))?,
        (Format::Table, None) => {
            let mut out = output::stdout();
            output::write_tables(&mut out, &mined.tables(), false)?;
            out.flush()?;
        }
        (_, None) => {
            let mut out = output::stdout();
            write(&mined, format, &source, &mut out)?;
            out.flush()?;
        }
    }
    if !args.run.quiet {
        tell(&mined);
    }
    Ok(ExitCode::from(u8::from(mined.errors > 0)))
}

impl Args {
    /// The format that is asked for, else that of the file's name.
    fn format(&self) -> Format {
        let is_named = |ending: &str| {
            let path = self.output.as_deref();
            path.and_then(Path::extension).is_some_and(|e| e == ending)
        };
        match self.to.as_deref() {
            Some("json") => Format::Json,
            Some("tsv") => Format::Tsv,
            None if self.json || is_named("json") || is_named("jsonl") => Format::Json,
            None if is_named("tsv") => Format::Tsv,
            _ => Format::Table,
        }
    }
}

/// Names that are not to be proposed. What they are does not matter.
fn ignored(paths: &[PathBuf]) -> Result<Option<Gazetteer>, Error> {
    if paths.is_empty() {
        return Ok(None);
    }
    let defaults = SourceDefaults {
        label: Some(Label::new("IGNORED")?),
        case: None,
    };
    let mut builder = Gazetteer::builder();
    for path in paths {
        builder.add_path(path, &defaults)?;
    }
    builder.build().map(Some)
}

fn write(mined: &Mined, format: Format, source: &str, out: &mut dyn Write) -> Result<(), Error> {
    match format {
        Format::Json => {
            for proposal in mined.groups.iter().flat_map(|g| &g.proposals) {
                writeln!(out, "{}", proposal.json())?;
            }
        }
        Format::Tsv => {
            for list in mined.groups.iter().filter_map(|g| g.list(source)) {
                out.write_all(list.as_bytes())?;
            }
        }
        Format::Table => {
            for table in mined.tables() {
                writeln!(out, "{}\n{}", table.title, table.aligned())?;
            }
        }
    }
    Ok(())
}

/// Writes a list for each label.
fn write_lists(mined: &Mined, path: &Path, source: &str, quiet: bool) -> Result<(), Error> {
    let lists = mined.groups.iter();
    let lists: Vec<(Label, String)> = lists
        .filter_map(|g| Some((g.label?, g.list(source)?)))
        .collect();
    let single = lists.len() == 1;
    for (label, list) in lists {
        let path = match single {
            true => path.to_owned(),
            false => output::with_label(path, label),
        };
        persist(&path, |out| Ok(out.write_all(list.as_bytes())?))?;
        if !quiet {
            complain(&format!("written: {}", path.display()));
        }
    }
    Ok(())
}

fn tell(mined: &Mined) {
    let shown: usize = mined.groups.iter().map(|g| g.proposals.len()).sum();
    let all: usize = mined.groups.iter().map(|g| g.all).sum();
    let documents = plural(mined.documents, "document");
    complain(&format!(
        "{documents}: {shown} of {all} names that no list has"
    ));
    if mined.forgotten > 0 {
        complain(&format!(
            "there were too many names to hold: those of the fewest documents were forgotten {} times, so rare names may be missing",
            mined.forgotten
        ));
    }
}
