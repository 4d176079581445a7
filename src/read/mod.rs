//! Reading: files, folders, patterns and standard input to [`Document`]s. One file a format.
//!
//! A reader works in two steps. Cutting a stream into raw documents is quick and goes on in one thread; making a document of
//! one (decoding, parsing, extracting text) is a pure function and goes on in many.

mod decode;
mod jsonl;
mod markdown;
mod source;
mod stream;
mod text;

pub use source::{Source, Sources};
pub use stream::{Raw, Stream};

use crate::{
    document::Document,
    error::{Error, Problem},
};
use std::fmt;

/// A format that documents come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Plain text, one document a file.
    Text,
    /// CommonMark with tables, one document a file: its text without links' targets and markup.
    Markdown,
    /// One JSON object a line, a document each.
    Jsonl,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 3] = [Format::Text, Format::Markdown, Format::Jsonl];

    /// The word that `--from` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Markdown => "markdown",
            Format::Jsonl => "jsonl",
        }
    }

    pub(crate) fn reader(self) -> &'static dyn Reader {
        match self {
            Format::Text => &text::Text,
            Format::Markdown => &markdown::Markdown,
            Format::Jsonl => &jsonl::Jsonl,
        }
    }

    /// The format that an ending of a file's name stands for, where it says enough.
    fn of_extension(extension: &str) -> Option<Format> {
        match extension {
            "md" | "markdown" | "mdown" | "mkd" => Some(Format::Markdown),
            "jsonl" | "ndjson" | "jsonlines" => Some(Format::Jsonl),
            _ => None,
        }
    }

    /// The format of a text of which this is the start.
    fn of_content(start: &str) -> Format {
        if jsonl::looks_like_jsonl(start) {
            Format::Jsonl
        } else if markdown::looks_like_markdown(start) {
            Format::Markdown
        } else {
            Format::Text
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How to read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// The format; `None` decides by the file's name, then by content. Default: `None`.
    pub from: Option<Format>,
    /// JSONL: the fields that make the text, joined by a blank line. Default: `text`.
    pub text_fields: Vec<String>,
    /// JSONL: the field with the document's id. Default: `id`.
    pub id_field: String,
    /// The encoding of what is not UTF-8 and has no byte order mark; `None` guesses. Default: `None`.
    encoding: Option<&'static encoding_rs::Encoding>,
    /// The most bytes that a document may have, before and after decompression. Default: 64 MiB.
    pub max_document: usize,
}

impl Default for ReadOptions {
    fn default() -> ReadOptions {
        ReadOptions {
            from: None,
            text_fields: vec!["text".into()],
            id_field: "id".into(),
            encoding: None,
            max_document: 64 << 20,
        }
    }
}

impl ReadOptions {
    /// Sets the encoding by one of the names that the web has for it: `windows-1252`, `utf-16le`, `koi8-r`.
    ///
    /// # Errors
    /// When no encoding has this name.
    pub fn set_encoding(&mut self, name: &str) -> Result<(), Error> {
        let found = encoding_rs::Encoding::for_label(name.as_bytes());
        self.encoding = Some(found.ok_or_else(|| {
            Error::invalid(format!(
                "no encoding {name:?}: try \"windows-1252\", \"utf-16le\", \"koi8-r\""
            ))
        })?);
        Ok(())
    }
}

/// A format of input.
pub(crate) trait Reader: Sync {
    /// Cuts the next raw document off a stream; none at its end.
    fn cut(&self, stream: &mut stream::Input) -> Option<Result<stream::Cut, String>>;

    /// Makes a document of a raw one. Pure: called from many threads.
    fn parse(&self, raw: &Raw, options: &ReadOptions) -> Parsed;
}

/// What became of a raw document.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The document, if it could be read.
    pub document: Option<Document>,
    /// What was wrong with it; warnings may stand beside a document.
    pub problems: Vec<Problem>,
}

impl Parsed {
    fn document(document: Document, raw: &Raw, warning: Option<String>) -> Parsed {
        let problems = warning
            .map(|w| Problem::warning(&raw.name, raw.line, w))
            .into_iter()
            .collect();
        Parsed {
            document: Some(document),
            problems,
        }
    }

    fn error(raw: &Raw, message: impl Into<String>) -> Parsed {
        Parsed {
            document: None,
            problems: vec![Problem::error(&raw.name, raw.line, message)],
        }
    }
}
