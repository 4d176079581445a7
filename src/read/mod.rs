//! Reading: files, folders, patterns and standard input to [`Document`]s. One file a format.
//!
//! A reader works in two steps. Cutting a stream into raw documents is quick and goes on in one thread; making a document of
//! one (decoding, parsing, extracting text) is a pure function and goes on in many.

mod csv;
mod decode;
mod front_matter;
mod html;
mod json;
mod jsonl;
mod markdown;
mod parquet;
mod source;
mod stream;
mod text;
mod warc;
mod zstd;

pub(crate) use jsonl::{Fields, fields as object_fields, owned as meta_field, string_of};
pub use source::{Inventory, Source, Sources};
pub use stream::{Raw, Stream};

use crate::{
    document::{Document, Meta},
    error::{Error, Problem},
};
use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

/// The table of formats: what a name stands for, and what reads it. All else that tells a format from others is in its reader.
macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident => $reader:expr,)*) => {
        /// A format that documents come in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Format {
            $($(#[$doc])* $name,)*
        }

        impl Format {
            /// All formats.
            pub const ALL: &'static [Format] = &[$(Format::$name),*];

            pub(crate) fn reader(self) -> &'static dyn Reader {
                match self {
                    $(Format::$name => &$reader,)*
                }
            }
        }
    };
}

// A format's content is asked for in reverse order: plain text takes what no other knows.
formats! {
    /// Plain text, one document a file.
    Text => text::Text,
    /// CommonMark with tables, one document a file: its text without links' targets and markup. Front matter (YAML, TOML) gives a
    /// title above the text, and meta.
    Markdown => markdown::Markdown,
    /// One JSON object a line, a document each.
    Jsonl => jsonl::Jsonl,
    /// An array of JSON objects, a document each; one object, or several one after the other, do as well.
    Json => json::Json,
    /// A page of HTML, one document a file: the headline and the article, without navigation, forms and scripts.
    Html => html::Html,
    /// Rows of cells behind a header, a document a row; `;` parts cells if the header says so.
    Csv => csv::Csv { cell: None },
    /// The same with tabs.
    Tsv => csv::Csv { cell: Some(b'\t') },
    /// A web archive: the pages and texts that were fetched well, a document each.
    Warc => warc::Warc,
    /// A table of Parquet, a document a row. It must be a file, neither packed nor a pipe.
    Parquet => parquet::Parquet,
}

impl Format {
    /// The word that `--from` takes.
    pub fn as_str(self) -> &'static str {
        self.reader().name()
    }

    /// The format that an ending of a file's name stands for, where it says enough.
    fn of_extension(extension: &str) -> Option<Format> {
        let all = Format::ALL.iter().copied();
        all.rev()
            .find(|f| f.reader().extensions().contains(&extension))
    }

    /// The container whose first bytes these are.
    fn of_magic(start: &[u8]) -> Option<Format> {
        let all = Format::ALL.iter().copied();
        all.rev()
            .find(|f| f.reader().magic().is_some_and(|m| start.starts_with(m)))
    }

    /// The one of these formats that a text is of, of which this is the start; else the first of them.
    fn of_content(start: &str, among: &[Format]) -> Format {
        let mut all = among.iter().copied().rev();
        all.find(|f| f.reader().looks_like(start))
            .unwrap_or(among[0])
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
    /// JSONL, JSON, CSV, TSV, Parquet: the fields that make the text, joined by a blank line. Default: `text`.
    pub text_fields: Vec<String>,
    /// JSONL, JSON, CSV, TSV, Parquet: the field with the document's id. Default: `id`.
    pub id_field: String,
    /// The encoding of what is not UTF-8 and has no byte order mark; `None` takes what a page declares, or guesses. Default: `None`.
    encoding: Option<&'static encoding_rs::Encoding>,
    /// The most bytes that a document may have, before and after decompression. Default: 64 MiB.
    pub max_document: usize,
    /// The formats that names and content decide between, plain text or what takes its place first.
    pub(crate) among: &'static [Format],
    /// Is it no text? Then its bytes are left as they are, but for unpacking. Default: no.
    pub(crate) binary: bool,
}

impl Default for ReadOptions {
    fn default() -> ReadOptions {
        ReadOptions {
            from: None,
            text_fields: vec!["text".into()],
            id_field: "id".into(),
            encoding: None,
            max_document: 64 << 20,
            among: Format::ALL,
            binary: false,
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
    /// The word that `--from` takes.
    fn name(&self) -> &'static str;

    /// The endings of file names, in lower case, that stand for this format.
    fn extensions(&self) -> &'static [&'static str];

    /// The first bytes of a container: its streams hold bytes that are no text, and are not decoded as a whole.
    fn magic(&self) -> Option<&'static [u8]> {
        None
    }

    /// Is the text that starts so plainly of this format?
    fn looks_like(&self, _start: &str) -> bool {
        false
    }

    /// What cuts raw documents off one stream.
    fn cutter(&self, options: &ReadOptions) -> Box<dyn stream::Cutter>;

    /// Opens a format whose files are not read from their start to their end; adds to `count` what is read. Default: none, it is a
    /// stream.
    fn open(
        &self,
        _path: &Path,
        _options: &ReadOptions,
        _count: &Arc<AtomicU64>,
    ) -> Option<Result<stream::Pieces, String>> {
        None
    }

    /// Makes a document of a raw one. Pure: called from many threads.
    fn parse(&self, raw: &Raw, options: &ReadOptions) -> Parsed;
}

/// What became of a raw document.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The document, if it could be read. Without one and without problems the raw document is of a kind that is passed over.
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

/// Fields, of which of those with one name the last counts. Time is linear: a line may have millions.
fn last_of_each<N: Clone + Eq + Hash, V>(fields: impl IntoIterator<Item = (N, V)>) -> Vec<(N, V)> {
    let mut places = HashMap::new();
    let mut all: Vec<Option<(N, V)>> = Vec::new();
    for (name, value) in fields {
        if let Some(before) = places.insert(name.clone(), all.len()) {
            all[before] = None;
        }
        all.push(Some((name, value)));
    }
    all.into_iter().flatten().collect()
}

/// Fields whose values are strings, as meta.
fn string_meta(fields: impl IntoIterator<Item = (impl Into<String>, impl AsRef<str>)>) -> Meta {
    last_of_each(fields.into_iter().map(|(name, value)| {
        let value = serde_json::value::to_raw_value(value.as_ref());
        (
            name.into(),
            value.expect("a string can always be written as JSON"),
        )
    }))
}

/// Names in quotes, as messages show them.
fn list(names: &[impl AsRef<str>]) -> String {
    if names.is_empty() {
        return "no other fields".to_owned();
    }
    let quoted: Vec<String> = names.iter().map(|n| format!("{:?}", n.as_ref())).collect();
    quoted.join(", ")
}
