//! `wiretag.toml` on the command line: its settings take the place of defaults; and `wiretag config`, which shows them.

use super::output;
use clap::ArgMatches;
use serde_json::json;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};
use wiretag::{
    Error,
    config::{Config, Kind, SETTINGS, Setting},
};

/// The name of the file.
pub(super) const FILE: &str = "wiretag.toml";

/// The commands that read it: those that annotate.
pub(super) const COMMANDS: [&str; 4] = ["annotate", "explain", "mine", "votes"];

/// Shows the settings in effect here, and where each comes from: the built-in value, or the file and line.
///
/// wiretag.toml is looked for in the working folder and the folders above it; annotate, explain, mine and votes read it. What the command
/// line says wins: an option there takes the place of the setting, lists included. Paths are relative to the file.
///
/// Examples:
///   wiretag config
///   wiretag config --config team/wiretag.toml --json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Args {
    /// Take this file for wiretag.toml; none for none
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Write JSON, one object a setting and line: setting, value, source
    #[arg(long)]
    json: bool,
}

/// The file that was named, or the next one upwards; empty where there is none.
pub(super) fn find(named: Option<&Path>) -> Result<Config, Error> {
    let path = match named {
        Some(path) if path == Path::new("none") => None,
        Some(path) => Some(path.to_owned()),
        None => {
            let here = std::env::current_dir()?;
            here.ancestors().map(|f| f.join(FILE)).find(|f| f.is_file())
        }
    };
    path.map_or(Ok(Config::default()), Config::read)
}

/// That of a parsed command line, if its command reads one.
pub(super) fn of(matches: &ArgMatches) -> Result<Config, Error> {
    match matches.subcommand() {
        Some((name, matches)) if COMMANDS.contains(&name) => {
            find(matches.get_one::<PathBuf>("config").map(PathBuf::as_path))
        }
        _ => Ok(Config::default()),
    }
}

/// The command line with these settings in the place of the defaults of the commands that read them.
pub(super) fn apply(config: &Config, line: clap::Command) -> clap::Command {
    let commands = COMMANDS.into_iter();
    commands.fold(line, |line, name| apply_to(name, config, line))
}

/// The same for one command, whether it reads settings or not.
pub(super) fn apply_to(name: &str, config: &Config, line: clap::Command) -> clap::Command {
    line.mut_subcommand(name, |mut command| {
        for value in config.values() {
            let option = option(value.setting);
            let known = command.get_arguments().any(|a| a.get_id() == &*option);
            let words = match value.setting.kind {
                // The option says no; yes is what holds without it.
                Kind::Bool if value.words == ["true"] => Vec::new(),
                Kind::Bool => vec!["true".to_owned()],
                _ => value.words.clone(),
            };
            // An empty list is what holds without it, too.
            if known && !words.is_empty() {
                command = command.mut_arg(option, |a| a.default_values(words));
            }
        }
        command
    })
}

/// The identifier of the option that a setting stands for.
fn option(setting: &Setting) -> String {
    match (setting.key, setting.kind) {
        ("gazetteers", _) => "gazetteer".to_owned(),
        (key, Kind::Bool) => format!("no_{key}"),
        (key, _) => key.replace('-', "_"),
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    let config = find(args.config.as_deref())?;
    // What the commands would refuse is refused here.
    for name in COMMANDS {
        let command = apply(&config, <super::Cli as clap::CommandFactory>::command());
        let words = match name {
            "votes" => vec!["wiretag", name, "-", "-o", "-"],
            _ => vec!["wiretag", name, "-"],
        };
        command.try_get_matches_from(words).map_err(|e| {
            let message = e.to_string();
            let message = message.lines().next().unwrap_or_default();
            let path = config.path().unwrap_or(Path::new(FILE));
            let message = message.trim_start_matches("error: ");
            Error::invalid(format!("{}: {message}", path.display()))
        })?;
    }
    let mut out = output::stdout();
    if let (Some(described), false) = (config.described(), args.json) {
        writeln!(out, "{described}")?;
    }
    let width = SETTINGS.iter().map(|s| s.key.len()).max().unwrap_or(0);
    for setting in SETTINGS {
        let set = config
            .values()
            .iter()
            .find(|v| v.setting.key == setting.key);
        let value = match set {
            None => setting.default.to_owned(),
            Some(v) => v.words.join(", "),
        };
        let source = match (set, config.path()) {
            (Some(v), Some(path)) => format!("{}:{}", path.display(), v.line),
            _ => "built in".to_owned(),
        };
        match args.json {
            true => {
                let line = json!({"setting": setting.key, "value": value, "source": source});
                writeln!(out, "{line}")?;
            }
            false => writeln!(out, "{:width$}  {value}  ({source})", setting.key)?,
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
