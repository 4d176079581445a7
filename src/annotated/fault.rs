//! [`Fault`]: something wrong in an annotated document.

use crate::error::{Problem, Severity};
use std::fmt;

/// Something wrong in an annotated document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind of mistake it is.
    pub kind: FaultKind,
    /// How bad it is.
    pub severity: Severity,
    /// The line in the file; what can't be read at all has none, and 1 here.
    pub line: u64,
    /// What is wrong, in lower case, values in quotes.
    pub message: String,
}

impl Fault {
    pub(crate) fn error(kind: FaultKind, line: u64, message: impl Into<String>) -> Fault {
        Fault {
            kind,
            severity: Severity::Error,
            line,
            message: message.into(),
        }
    }

    pub(crate) fn warning(kind: FaultKind, line: u64, message: impl Into<String>) -> Fault {
        Fault {
            severity: Severity::Warning,
            ..Fault::error(kind, line, message)
        }
    }

    /// The fault as a problem of this file, with what becomes of the data behind the message of an error.
    pub fn problem(&self, file: &str, outcome: &str) -> Problem {
        let line = (self.kind != FaultKind::Unreadable).then_some(self.line);
        match self.severity {
            Severity::Error => Problem::error(file, line, format!("{}{outcome}", self.message)),
            Severity::Warning => Problem::warning(file, line, self.message.clone()),
        }
    }
}

/// Kinds of [`Fault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FaultKind {
    /// The file could not be opened, or is of no format.
    Unreadable,
    /// Bytes that are no UTF-8 or could not be unpacked, a document that is too large.
    Bytes,
    /// Not JSON, not a line of the format.
    Syntax,
    /// A field is missing, or of the wrong type.
    Field,
    /// A reference to something that is not there.
    Reference,
    /// A label that can't be one, or is not known.
    Label,
    /// An id that is missing, or was there before.
    Id,
    /// A text that is empty, or was decoded wrongly.
    Text,
    /// An offset behind the end of the text.
    Range,
    /// A span that is empty.
    Empty,
    /// An offset inside a character.
    Character,
    /// An offset between a character and its marks.
    Grapheme,
    /// A span that covers another text than it says.
    Mismatch,
    /// Offsets that count something else than the format says.
    Unit,
    /// A span that starts or ends with white space.
    Space,
    /// A span that starts or ends inside a word.
    Word,
    /// Spans that overlap where they must not.
    Overlap,
    /// A span that is there twice.
    Duplicate,
    /// Tokens that are not those of the text, or spans that do not lie on them.
    Token,
    /// Tags that fit no scheme.
    Tag,
    /// Something that is passed over.
    Unread,
}

impl FaultKind {
    /// The word that stands for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            FaultKind::Unreadable => "unreadable",
            FaultKind::Bytes => "bytes",
            FaultKind::Syntax => "syntax",
            FaultKind::Field => "field",
            FaultKind::Reference => "reference",
            FaultKind::Label => "label",
            FaultKind::Id => "id",
            FaultKind::Text => "text",
            FaultKind::Range => "range",
            FaultKind::Empty => "empty",
            FaultKind::Character => "character",
            FaultKind::Grapheme => "grapheme",
            FaultKind::Mismatch => "mismatch",
            FaultKind::Unit => "unit",
            FaultKind::Space => "space",
            FaultKind::Word => "word",
            FaultKind::Overlap => "overlap",
            FaultKind::Duplicate => "duplicate",
            FaultKind::Token => "token",
            FaultKind::Tag => "tag",
            FaultKind::Unread => "unread",
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
