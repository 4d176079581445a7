//! `wiretag gazetteer`: what the lists hold and what is wrong with them; from and to other systems, and compiled.

mod export;
mod import;
mod lint;

use super::{
    options::case_policy,
    output::{self, complain, persist},
};
use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};
use wiretag::{Error, Gazetteer, Label, SourceDefaults, verify_compiled};

/// Works on gazetteers: counts what they hold, finds what is wrong with them, imports, exports and compiles them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Compile(Compile),
    Export(export::Args),
    Import(Box<import::Args>),
    Lint(lint::Args),
    Stats(Stats),
    Verify(Verify),
}

/// Compiles lists into one file that opens at once, whatever its size; -g takes it in place of the lists.
///
/// The file belongs to this version's format; another version refuses it and says so. Annotations are the same as with the lists.
///
/// Examples:
///   wiretag gazetteer compile my-lists/ -o my.gaz
///   wiretag gazetteer compile names.txt --label SHIP --case any -o ships.gaz
///   wiretag annotate news/ -g ships.gaz
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct Compile {
    /// Files or folders, in the order that breaks ties
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Write to this file; it appears when it is whole
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Label of the names in plain lists
    #[arg(long, value_name = "NAME")]
    label: Option<String>,

    /// Case policy of names in files that set none [default: by the form of each name]
    #[arg(long, value_name = "POLICY", value_parser = ["any", "title", "exact"])]
    case: Option<String>,

    /// Say nothing on standard error but what is wrong
    #[arg(short, long)]
    quiet: bool,
}

/// Reads compiled gazetteers whole and says whether they are as they were written.
#[derive(Debug, clap::Args)]
struct Verify {
    /// Compiled gazetteers
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
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
        Command::Compile(args) => compile(args),
        Command::Export(args) => export::run(args),
        Command::Import(args) => import::run(args),
        Command::Lint(args) => lint::run(args),
        Command::Stats(args) => stats(args),
        Command::Verify(args) => verify(args),
    }
}

fn compile(args: &Compile) -> Result<ExitCode, Error> {
    let start = Instant::now();
    let defaults = SourceDefaults {
        label: args.label.as_deref().map(Label::new).transpose()?,
        case: args.case.as_deref().map(case_policy),
    };
    let mut builder = Gazetteer::builder();
    for path in &args.paths {
        builder.add_path(path, &defaults)?;
    }
    if args.output == Path::new("-") {
        return Err(Error::invalid(
            "a compiled gazetteer is opened by its name: give -o the name of a file",
        ));
    }
    let mut names = 0;
    persist(&args.output, |out| {
        names = builder.compile(out)?;
        Ok(())
    })?;
    if !args.quiet {
        let bytes = std::fs::metadata(&args.output)?.len();
        complain(&format_args!(
            "{names} names, {bytes} bytes ({:.1} a name), {:.1} s",
            bytes as f64 / names.max(1) as f64,
            start.elapsed().as_secs_f64()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn verify(args: &Verify) -> Result<ExitCode, Error> {
    let mut bad = false;
    let mut out = output::stdout();
    for file in &args.files {
        match verify_compiled(file) {
            Ok(()) => writeln!(out, "{}: whole", file.display())?,
            Err(e) => {
                complain(&e);
                bad = true;
            }
        }
    }
    out.flush()?;
    Ok(ExitCode::from(u8::from(bad)))
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
