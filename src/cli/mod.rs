//! The command line: one file a command, on the public library alone.

mod annotate;
mod check;
mod config;
mod convert;
mod diff;
mod eval;
mod explain;
mod gazetteer;
mod mine;
mod options;
mod output;
mod report;
mod rules;
mod shell;
mod spans;
mod split;
mod stats;
mod view;
mod votes;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::process::ExitCode;

/// Tags the countries, nationalities, organizations, weapons, people and places in news articles.
///
/// Exit status: 0 all went well, or the reader of the output went away; 1 the work was done, but some input could not be read or a score is below its bar; 2 the work could not start or finish (a mistake in the command, no space left, an output that can't be written); 130 it was interrupted. What was finished stays, and --resume goes on with it.
#[derive(Debug, Parser)]
#[command(
    name = "wiretag",
    version,
    max_term_width = 80,
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Annotate(Box<annotate::Args>),
    Convert(Box<convert::Args>),
    Check(Box<check::Args>),
    Split(Box<split::Args>),
    Stats(Box<stats::Args>),
    Diff(Box<diff::Args>),
    Mine(Box<mine::Args>),
    Eval(Box<eval::Args>),
    Explain(Box<explain::Args>),
    View(view::Args),
    Report(Box<report::Args>),
    Gazetteer(gazetteer::Args),
    Rules(rules::Args),
    Config(config::Args),
    Votes(Box<votes::Args>),
    Completions(shell::Completions),
    Man(shell::Man),
}

impl Command {
    /// Tells commands that annotate which configuration they have.
    fn with_config(mut self, described: Option<String>) -> Command {
        match &mut self {
            Command::Annotate(args) => args.lists.configuration = described,
            Command::Explain(args) => args.lists.configuration = described,
            Command::Diff(args) => args.lists.configuration = described,
            Command::Votes(args) => args.lists.configuration = described,
            Command::Mine(args) => args.lists.configuration = described,
            _ => {}
        }
        self
    }
}

/// Runs the program on the arguments of the process.
pub(crate) fn run() -> ExitCode {
    // The command line is read twice: it says which configuration holds, and that says what it leaves open.
    let config = config::of(&Cli::command().get_matches());
    let command = match config {
        Ok(config) => {
            let described = config.described();
            let matches = config::apply(&config, Cli::command()).get_matches();
            let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|e| e.exit());
            cli.command.with_config(described)
        }
        Err(e) => {
            output::complain(&e);
            return ExitCode::from(2);
        }
    };
    let result = match command {
        Command::Annotate(args) => args.resolve().and_then(annotate::run),
        Command::Convert(args) => convert::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Split(args) => split::run(&args),
        Command::Stats(args) => stats::run(&args),
        Command::Diff(args) => diff::run(*args),
        Command::Mine(args) => mine::run(*args),
        Command::Eval(args) => eval::run(&args),
        Command::Explain(args) => args.resolve().and_then(explain::run),
        Command::View(args) => view::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Gazetteer(args) => gazetteer::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Votes(args) => votes::run(*args),
        Command::Completions(args) => shell::completions(&args, &mut Cli::command()),
        Command::Man(args) => shell::man(&args, Cli::command()),
    };
    match result {
        Ok(code) => code,
        Err(e) if e.is_broken_pipe() => ExitCode::SUCCESS,
        Err(e) => {
            output::complain(&e);
            ExitCode::from(2)
        }
    }
}

/// One of a closed set of things, by its name.
fn named<T: Copy>(word: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, String> {
    let names: Vec<&str> = all.iter().map(|&t| name(t)).collect();
    all.iter()
        .copied()
        .find(|&t| name(t) == word)
        .ok_or_else(|| format!("there are {}", names.join(", ")))
}
