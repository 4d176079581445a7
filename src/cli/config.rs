//! `wiretag.toml`: settings of a project, taken where the command line says nothing; and `wiretag config`, which shows them.

use super::output;
use clap::ArgMatches;
use serde_json::json;
use std::{
    fmt, fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use wiretag::Error;
use xxhash_rust::xxh3::xxh3_64;

/// The name of the file.
pub(super) const FILE: &str = "wiretag.toml";

/// The commands that read it: those that annotate.
pub(super) const COMMANDS: [&str; 3] = ["annotate", "explain", "votes"];

/// Shows the settings in effect here, and where each comes from: the built-in value, or the file and line.
///
/// wiretag.toml is looked for in the working folder and the folders above it; annotate, explain and votes read it. What the command
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

/// A setting: the key in the file, the option that it stands for, and how its value is written.
struct Setting {
    key: &'static str,
    /// The identifier of the option.
    option: &'static str,
    kind: Kind,
    /// What holds without a file, in words.
    default: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// true or false; the option says no.
    No,
    Word,
    Number,
    Words,
    Paths,
    /// FROM=TO, or the name of a scheme; a table, a list or one.
    Map,
}

const SETTINGS: &[Setting] = &[
    setting("gazetteers", "gazetteer", Kind::Paths, "none"),
    setting("builtin", "no_builtin", Kind::No, "true"),
    setting("patterns", "patterns", Kind::Paths, "none"),
    setting("rules", "no_rules", Kind::No, "true"),
    setting("without", "without", Kind::Words, "none"),
    setting("titles", "titles", Kind::Word, "outside"),
    setting("date-field", "date_field", Kind::Word, "date"),
    setting("label", "label", Kind::Word, "none"),
    setting("case", "case", Kind::Word, "by the form of each name"),
    setting("labels", "labels", Kind::Words, "all"),
    setting("map-labels", "map_labels", Kind::Map, "none"),
    setting("min-score", "min_score", Kind::Number, "none"),
    setting("zones", "zones", Kind::Words, "none"),
    setting("text-field", "text_field", Kind::Words, "text"),
    setting("id-field", "id_field", Kind::Word, "id"),
    setting("encoding", "encoding", Kind::Word, "declared or guessed"),
    setting("max-document", "max_document", Kind::Word, "64M"),
    setting("threads", "threads", Kind::Number, "one a core"),
];

const fn setting(
    key: &'static str,
    option: &'static str,
    kind: Kind,
    default: &'static str,
) -> Setting {
    Setting {
        key,
        option,
        kind,
        default,
    }
}

/// What a file sets.
#[derive(Debug, Default)]
pub(super) struct Config {
    path: Option<PathBuf>,
    values: Vec<Value>,
    hash: u64,
}

/// A setting as the file has it.
#[derive(Debug)]
struct Value {
    key: &'static str,
    option: &'static str,
    /// As the command line would have it.
    values: Vec<String>,
    line: usize,
}

impl Config {
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
        match path {
            Some(path) => Config::read(path),
            None => Ok(Config::default()),
        }
    }

    /// That of a parsed command line, if its command reads one.
    pub(super) fn of(matches: &ArgMatches) -> Result<Config, Error> {
        match matches.subcommand() {
            Some((name, matches)) if COMMANDS.contains(&name) => {
                Config::find(matches.get_one::<PathBuf>("config").map(PathBuf::as_path))
            }
            _ => Ok(Config::default()),
        }
    }

    /// That of a file.
    pub(super) fn read(path: PathBuf) -> Result<Config, Error> {
        let text = fs::read_to_string(&path)
            .map_err(|e| Error::invalid(format!("{}: {e}", path.display())))?;
        let line_of = |at: usize| 1 + text[..at.min(text.len())].matches('\n').count();
        let wrong = |at: usize, what: &dyn fmt::Display| {
            Error::invalid(format!("{}:{}: {what}", path.display(), line_of(at)))
        };
        let table = DeTable::parse(&text)
            .map_err(|e| wrong(e.span().map_or(0, |s| s.start), &e.message()))?;
        let mut values = Vec::new();
        for (key, value) in table.get_ref() {
            let at = key.span().start;
            let Some(setting) = SETTINGS.iter().find(|s| s.key == key.get_ref().as_ref()) else {
                let known: Vec<&str> = SETTINGS.iter().map(|s| s.key).collect();
                let message = format!(
                    "no setting {:?}: there are {}",
                    key.get_ref(),
                    known.join(", ")
                );
                return Err(wrong(at, &message));
            };
            let given = setting
                .kind
                .given(value, path.parent().unwrap_or(Path::new("")))
                .ok_or_else(|| wrong(at, &format!("{} is {}", setting.key, setting.kind)))?;
            values.push(Value {
                key: setting.key,
                option: setting.option,
                values: given,
                line: line_of(at),
            });
        }
        Ok(Config {
            hash: xxh3_64(text.as_bytes()),
            path: Some(path),
            values,
        })
    }

    /// The command line with these settings in the place of the defaults of the commands that read them.
    pub(super) fn apply(&self, line: clap::Command) -> clap::Command {
        let commands = COMMANDS.into_iter();
        commands.fold(line, |line, name| self.apply_to(name, line))
    }

    /// The same for one command, whether it reads settings or not.
    pub(super) fn apply_to(&self, name: &str, line: clap::Command) -> clap::Command {
        line.mut_subcommand(name, |mut command| {
            for value in &self.values {
                let known = command.get_arguments().any(|a| a.get_id() == value.option);
                // An empty list, and `rules = true`, are what holds without them.
                if known && !value.values.is_empty() {
                    let values = value.values.clone();
                    command = command.mut_arg(value.option, |a| a.default_values(values));
                }
            }
            command
        })
    }

    /// The file and the hash of its bytes, if there is one.
    pub(super) fn described(&self) -> Option<String> {
        let path = self.path.as_ref()?;
        let name = path.file_name().unwrap_or(path.as_os_str());
        Some(format!("{} {:016x}", name.to_string_lossy(), self.hash))
    }
}

impl Kind {
    /// What the command line would have for a value; none if it is of another kind.
    fn given(self, value: &Spanned<DeValue<'_>>, folder: &Path) -> Option<Vec<String>> {
        let value = value.get_ref();
        let word = |v: &DeValue<'_>| v.as_str().map(str::to_owned);
        let words = |v: &DeValue<'_>| match v.as_array() {
            Some(items) => items.iter().map(|i| word(i.get_ref())).collect(),
            None => word(v).map(|w| vec![w]),
        };
        match self {
            Kind::No => match value.as_bool()? {
                true => Some(Vec::new()),
                false => Some(vec!["true".to_owned()]),
            },
            Kind::Word => word(value).map(|w| vec![w]),
            Kind::Number => match value {
                DeValue::Integer(n) => Some(vec![n.as_str().to_owned()]),
                DeValue::Float(n) => Some(vec![n.as_str().to_owned()]),
                _ => None,
            },
            Kind::Words => words(value),
            Kind::Paths => {
                let path = |w: String| folder.join(w).to_string_lossy().into_owned();
                Some(words(value)?.into_iter().map(path).collect())
            }
            Kind::Map => match value.as_table() {
                Some(table) => {
                    let pair = |(from, to): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
                        Some(format!("{}={}", from.get_ref(), to.get_ref().as_str()?))
                    };
                    table.iter().map(pair).collect()
                }
                None => words(value),
            },
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::No => "true or false",
            Kind::Word => "a string",
            Kind::Number => "a number",
            Kind::Words => "a list of strings",
            Kind::Paths => "a list of paths",
            Kind::Map => "a table of labels, or a list such as [\"ontonotes\"]",
        })
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    let config = Config::find(args.config.as_deref())?;
    // What the commands would refuse is refused here.
    for name in COMMANDS {
        let command = config.apply(<super::Cli as clap::CommandFactory>::command());
        let words = match name {
            "votes" => vec!["wiretag", name, "-", "-o", "-"],
            _ => vec!["wiretag", name, "-"],
        };
        command.try_get_matches_from(words).map_err(|e| {
            let message = e.to_string();
            let message = message.lines().next().unwrap_or_default();
            let path = config.path.as_deref().unwrap_or(Path::new(FILE));
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
        let set = config.values.iter().find(|v| v.key == setting.key);
        let value = match (set, setting.kind) {
            (None, _) => setting.default.to_owned(),
            (Some(v), Kind::No) => v.values.is_empty().to_string(),
            (Some(v), _) => v.values.join(", "),
        };
        let source = match (set, &config.path) {
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
