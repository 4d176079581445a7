//! `wiretag gazetteer`: what the lists hold.

use super::output;
use std::{collections::BTreeMap, io::Write, path::PathBuf, process::ExitCode};
use wiretag::{Error, Gazetteer, SourceDefaults};

/// Works on gazetteers: counts what they hold.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Stats(Stats),
}

/// Counts entities and aliases by file and label; of the built-in gazetteers, or of those given.
///
/// Examples:
///   wiretag gazetteer stats
///   wiretag gazetteer stats my-lists/
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct Stats {
    /// Files or folders [default: the built-in gazetteers]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    match &args.command {
        Command::Stats(args) => stats(args),
    }
}

/// Entries and aliases.
#[derive(Clone, Copy, Default)]
struct Count {
    entries: usize,
    aliases: usize,
}

fn stats(args: &Stats) -> Result<ExitCode, Error> {
    let mut builder = Gazetteer::builder();
    for path in &args.paths {
        builder.add_path(path, &SourceDefaults::default())?;
    }
    if args.paths.is_empty() {
        builder.add_builtin();
    }
    let gazetteer = builder.build()?;
    let (mut by_file, mut by_label) = (BTreeMap::new(), BTreeMap::new());
    for entry in gazetteer.entries() {
        let (file, _) = gazetteer.entry_source(entry);
        let class = gazetteer.entry_class(entry).into_owned();
        count(&mut by_file, (file.to_owned(), class.clone())).entries += 1;
        count(&mut by_label, class).entries += 1;
    }
    for alias in gazetteer.aliases() {
        let entry = gazetteer.alias_entry(alias);
        let (file, _) = gazetteer.alias_source(alias);
        let class = gazetteer.entry_class(entry).into_owned();
        count(&mut by_file, (file.to_owned(), class.clone())).aliases += 1;
        count(&mut by_label, class).aliases += 1;
    }
    let mut out = output::stdout();
    let width = by_file
        .keys()
        .map(|(file, _)| file.len())
        .max()
        .unwrap_or(4)
        .max(4);
    writeln!(
        out,
        "{:width$}  {:<22} {:>9} {:>9}",
        "file", "label", "entries", "aliases"
    )?;
    for ((file, class), n) in &by_file {
        writeln!(
            out,
            "{file:width$}  {class:<22} {:>9} {:>9}",
            n.entries, n.aliases
        )?;
    }
    writeln!(out)?;
    for (class, n) in &by_label {
        writeln!(
            out,
            "{:width$}  {class:<22} {:>9} {:>9}",
            "all", n.entries, n.aliases
        )?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn count<K: Ord>(counts: &mut BTreeMap<K, Count>, key: K) -> &mut Count {
    counts.entry(key).or_default()
}
