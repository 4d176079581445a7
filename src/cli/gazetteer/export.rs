//! `wiretag gazetteer export`: lists in the formats of other systems.

use crate::cli::{
    named,
    output::{self, complain, plural},
};
use std::{io::Write, path::PathBuf, process::ExitCode};
use wiretag::{
    Error, Gazetteer, SourceDefaults,
    export::{Export, ExportFormat},
};

/// Writes lists for other systems: patterns of spaCy, RegexNER of CoreNLP, lists of GATE.
///
/// What the format has no place for (contexts, priorities, blocking names) is told at the end, with counts.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files or folders [default: the built-in gazetteers]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Format: spacy-patterns, regexner, gate (a folder)
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    to: ExportFormat,

    /// Write to this file or folder
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,

    /// Say nothing on standard error but what is wrong
    #[arg(short, long)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  wiretag gazetteer export my-lists/ --to spacy-patterns -o patterns.jsonl
  wiretag gazetteer export --to gate -o gate-lists/";

fn format(word: &str) -> Result<ExportFormat, String> {
    named(word, ExportFormat::ALL, ExportFormat::as_str)
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    let mut builder = Gazetteer::builder();
    for path in &args.paths {
        builder.add_path(path, &SourceDefaults::default())?;
    }
    if args.paths.is_empty() {
        builder.add_builtin();
    }
    let export = Export::of(&builder.build()?, args.to);
    let at = |e| output::named(&args.output.display().to_string(), &e);
    if args.to.is_folder() {
        std::fs::create_dir_all(&args.output).map_err(at)?;
    }
    for (name, text) in &export.files {
        let path = match args.to.is_folder() {
            true => args.output.join(name),
            false => args.output.clone(),
        };
        output::persist(&path, |out| Ok(out.write_all(text.as_bytes())?))?;
    }
    if !args.quiet {
        complain(&format!("written: {}", plural(export.names, "name")));
        for (what, n) in &export.lost {
            complain(&format!("lost: {n} {what}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
