//! [`Config`]: `wiretag.toml`, the settings of a project.

use crate::error::{Error, Problem};
use std::{
    fmt, fs,
    path::{Path, PathBuf},
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use xxhash_rust::xxh3::xxh3_64;

/// A file of settings, `wiretag.toml`; empty where there is none.
///
/// ```no_run
/// let config = wiretag::config::Config::read("wiretag.toml")?;
/// for value in config.values() {
///     println!("{}:{}: {} = {:?}", config.path().unwrap().display(), value.line, value.setting.key, value.words);
/// }
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Config {
    path: Option<PathBuf>,
    values: Vec<Value>,
    hash: u64,
}

/// A setting as a file has it.
#[derive(Clone, Debug)]
pub struct Value {
    /// What is set.
    pub setting: &'static Setting,
    /// What it is set to, as words of a command line: `true` and `false`, numbers in digits, paths that the working folder is the base
    /// of, `FROM=TO` for labels.
    pub words: Vec<String>,
    /// The line where it stands.
    pub line: usize,
}

/// Something that a file can set.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// What holds without a file, in words.
    pub default: &'static str,
}

/// What the values of a [`Setting`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// true or false.
    Bool,
    /// A string.
    Word,
    /// A number.
    Number,
    /// A list of strings, or one.
    Words,
    /// A list of paths, or one; relative to the file.
    Paths,
    /// A table of labels, or a list of `FROM=TO` and names of schemes, or one.
    Map,
}

/// All settings.
pub const SETTINGS: &[Setting] = &[
    setting("gazetteers", Kind::Paths, "none"),
    setting("builtin", Kind::Bool, "true"),
    setting("patterns", Kind::Paths, "none"),
    setting("rules", Kind::Bool, "true"),
    setting("without", Kind::Words, "none"),
    setting("titles", Kind::Word, "outside"),
    setting("date-field", Kind::Word, "date"),
    setting("label", Kind::Word, "none"),
    setting("case", Kind::Word, "by the form of each name"),
    setting("labels", Kind::Words, "all"),
    setting("map-labels", Kind::Map, "none"),
    setting("min-score", Kind::Number, "none"),
    setting("zones", Kind::Words, "none"),
    setting("text-field", Kind::Words, "text"),
    setting("id-field", Kind::Word, "id"),
    setting("encoding", Kind::Word, "declared or guessed"),
    setting("max-document", Kind::Word, "64M"),
    setting("threads", Kind::Number, "one a core"),
];

const fn setting(key: &'static str, kind: Kind, default: &'static str) -> Setting {
    Setting { key, kind, default }
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// When it can't be read, is no TOML, or has a setting that there is not, or one that is of another kind.
    pub fn read(path: impl Into<PathBuf>) -> Result<Config, Error> {
        let path = path.into();
        let text = fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
        let line_of = |at: usize| 1 + text[..at.min(text.len())].matches('\n').count();
        let wrong = |at: usize, what: &dyn fmt::Display| {
            let path = path.display().to_string();
            let line = Some(line_of(at) as u64);
            Error::problems(vec![Problem::error(&path, line, what.to_string())])
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
                setting,
                words: given,
                line: line_of(at),
            });
        }
        Ok(Config {
            hash: xxh3_64(text.as_bytes()),
            path: Some(path),
            values,
        })
    }

    /// The file; none where there is none.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What it sets, sorted by key.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// That one of its values can't be used, with its place.
    pub fn wrong(&self, value: &Value, message: impl Into<String>) -> Error {
        let path = self.path.clone().unwrap_or_default();
        let line = Some(value.line as u64);
        let path = path.display().to_string();
        Error::problems(vec![Problem::error(&path, line, message)])
    }

    /// The file and the hash of its bytes, if there is one.
    pub fn described(&self) -> Option<String> {
        let path = self.path.as_ref()?;
        let name = path.file_name().unwrap_or(path.as_os_str());
        Some(format!("{} {:016x}", name.to_string_lossy(), self.hash))
    }
}

impl Kind {
    /// The words of a value; none if it is of another kind.
    fn given(self, value: &Spanned<DeValue<'_>>, folder: &Path) -> Option<Vec<String>> {
        let value = value.get_ref();
        let word = |v: &DeValue<'_>| v.as_str().map(str::to_owned);
        let words = |v: &DeValue<'_>| match v.as_array() {
            Some(items) => items.iter().map(|i| word(i.get_ref())).collect(),
            None => word(v).map(|w| vec![w]),
        };
        match self {
            Kind::Bool => Some(vec![value.as_bool()?.to_string()]),
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
            Kind::Bool => "true or false",
            Kind::Word => "a string",
            Kind::Number => "a number",
            Kind::Words => "a list of strings",
            Kind::Paths => "a list of paths",
            Kind::Map => "a table of labels, or a list such as [\"ontonotes\"]",
        })
    }
}
