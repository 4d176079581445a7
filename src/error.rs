//! What can go wrong: one [`Error`] for what stops the work, [`Problem`] for bad data that is reported while the work goes on.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// Why something could not start or finish.
///
/// The kind is private; branch on the predicates ([`Error::is_io`], [`Error::is_broken_pipe`]).
/// The message says where, what and the way out, in lower case and without a full stop.
///
/// ```
/// let err = wiretag::Gazetteer::from_path("no/such/list.tsv").unwrap_err();
/// assert!(err.is_io());
/// assert!(err.to_string().starts_with("no/such/list.tsv: "));
/// ```
#[derive(Debug)]
pub struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    Io {
        path: Option<PathBuf>,
        source: io::Error,
    },
    Problems(Vec<Problem>),
    Invalid(String),
}

impl Error {
    /// The operating system refused something about a file.
    pub fn io(path: impl Into<PathBuf>, source: io::Error) -> Error {
        Error(Box::new(Kind::Io {
            path: Some(path.into()),
            source,
        }))
    }

    /// Data is bad.
    pub fn problems(problems: Vec<Problem>) -> Error {
        Error(Box::new(Kind::Problems(problems)))
    }

    /// Something was asked for that can't be; the message says what and the way out.
    pub fn invalid(message: impl Into<String>) -> Error {
        Error(Box::new(Kind::Invalid(message.into())))
    }

    /// Did the operating system refuse something (missing file, full disk, permission)?
    pub fn is_io(&self) -> bool {
        matches!(*self.0, Kind::Io { .. })
    }

    /// Did the reader of our output go away? Programs treat this as success.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(&*self.0, Kind::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }

    /// What the operating system refused, and the file that it is about.
    pub fn as_io(&self) -> Option<(Option<&Path>, &io::Error)> {
        match &*self.0 {
            Kind::Io { path, source } => Some((path.as_deref(), source)),
            _ => None,
        }
    }

    /// The findings, one for each bad line, where the error is about data; empty otherwise.
    pub fn as_problems(&self) -> &[Problem] {
        match &*self.0 {
            Kind::Problems(problems) => problems,
            _ => &[],
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Io {
                path: Some(path),
                source,
            } => write!(f, "{}: {source}", path.display()),
            Kind::Io { path: None, source } => write!(f, "{source}"),
            Kind::Problems(problems) => {
                for (i, problem) in problems.iter().enumerate() {
                    write!(f, "{}{problem}", if i == 0 { "" } else { "\n" })?;
                }
                Ok(())
            }
            Kind::Invalid(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Kind::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(source: io::Error) -> Error {
        Error(Box::new(Kind::Io { path: None, source }))
    }
}

/// Something wrong with one piece of data, at a place: `news/a.jsonl:17: no field "text"`.
///
/// Bad data is a value, not a panic: it is reported, counted, and the rest goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as the user named it.
    pub path: String,
    /// The line, counted from 1, where the format has lines.
    pub line: Option<u64>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what to do, in lower case, values in quotes.
    pub message: String,
}

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The data was used, perhaps not as meant (a guessed encoding, an empty file).
    Warning,
    /// The data could not be used.
    Error,
}

impl Problem {
    pub(crate) fn error(path: &str, line: Option<u64>, message: impl Into<String>) -> Problem {
        Problem {
            path: path.to_owned(),
            line,
            severity: Severity::Error,
            message: message.into(),
        }
    }

    pub(crate) fn warning(path: &str, line: Option<u64>, message: impl Into<String>) -> Problem {
        Problem {
            path: path.to_owned(),
            line,
            severity: Severity::Warning,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(if self.severity == Severity::Warning {
            ": warning: "
        } else {
            ": "
        })?;
        f.write_str(&self.message)
    }
}
