//! Annotated documents as files have them: the formats of annotation tools, to what each file claims. One file a format.
//!
//! A file *claims* that a span has a label: [`Claimed`] is a document with its [`Claim`]s, as they were written, in the unit of their
//! format. [`Claimed::resolve`] proves them against the text; what is wrong is a [`Fault`], never a panic.
//!
//! ```
//! use wiretag::annotated::{Options, parse};
//! let line = r#"{"text": "🚀 Iran denied it.", "label": [[2, 6, "COUNTRY"]]}"#;
//! let read = parse("a.jsonl", 1, line, &Options::default());
//! let claimed = read[0].as_ref().unwrap();
//! let (spans, faults) = claimed.resolve(claimed.text.as_deref().unwrap());
//! assert!(faults.is_empty());
//! assert_eq!(spans[0].span, wiretag::Span { start: 5, end: 9 });
//! ```

mod bdocjs;
mod brat;
mod conll;
mod doccano;
mod fault;
mod gliner;
mod joined;
mod jsonl;
mod label_studio;
mod msgpack;
mod object;
mod prodigy;
mod resolve;
mod source;
mod spacy;

pub use fault::{Fault, FaultKind};
pub use resolve::{Resolved, Units};
pub use source::{Documents, Pieces, open, parse_raw};

use crate::{
    document::Meta,
    record::OffsetUnit,
    span::{Label, Span},
};
use object::Object;
use std::{collections::BTreeMap, fmt, sync::Arc};

/// A format of annotated documents.
///
/// Objects of JSON stand one a line or in an array; which of the formats one has, its fields tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The [records](crate::write::jsonl) that this crate writes, and what resembles them.
    ///
    /// A document needs `text` (predictions may leave it out in `eval`, and are then taken for the gold text) and `spans`, a list of
    /// objects with `start`, `end` and `label`; `id` is a string or a number. Read besides: `offset_unit` (default: code points); of a
    /// span `text`, which must be what the offsets say, and the fields of records; of a gold span `optional` or `opt`; of a gold
    /// document `annotated_types`. Spans with `lost` lost a competition and are none. Fields that records do not have become
    /// attributes of spans and meta of documents.
    Jsonl,
    /// [Prodigy](https://prodi.gy/docs/api-interfaces#ner)'s tasks: `text` and `spans` in code points, perhaps `tokens`. Tasks whose
    /// `answer` is `reject` or `ignore` are passed over.
    Prodigy,
    /// [doccano](https://github.com/doccano/doccano)'s JSONL: `text` (or `data`), and `label` (or `labels`), a list of `[start, end,
    /// label]`, or `entities` with `start_offset`, `end_offset` and `label`; in code points.
    Doccano,
    /// [Label Studio](https://labelstud.io)'s tasks, as an array: regions of labels in `annotations`, in UTF-16 units; where nobody
    /// annotated a task, those in `predictions`. Of several annotations the one marked as ground truth counts, else the first that was
    /// not cancelled. Its short form, JSON-MIN, does as well.
    LabelStudio,
    /// [GATE](https://gatenlp.github.io/python-gatenlp/)'s bdocjs: annotations of all sets, in code points (`offset_type` `p`) or
    /// UTF-16 units (`j`).
    Bdocjs,
    /// [brat](https://brat.nlplab.org/standoff.html)'s standoff: an `.ann` with its `.txt` beside it, in code points.
    Brat,
    /// A token a line, its first column the token, its last the tag; columns are parted by tabs, or else by spaces. A blank line ends a
    /// sentence, a line that starts with `-DOCSTART-` begins a document; without such lines each sentence is a document. Lines that
    /// start with `#` and have no tag are comments.
    ///
    /// Tags are `O` or a prefix and a label, as IOB1, IOB2, BILOU and BIOES write them. All are read by one rule: `B`, `U` and `S`
    /// start a span; `I`, `L` and `E` go on with the span of their label before them, or start one; `L`, `E`, `U` and `S` end theirs.
    /// The text is the tokens with spaces between them and line feeds between sentences. Where the last column but one has
    /// [places](crate::write::conll), tokens stand there, and documents have their ids.
    Conll,
    /// [GLiNER](https://github.com/urchade/GLiNER)'s examples: `tokenized_text`, a list of words, and `ner`, a list of `[FIRST, LAST,
    /// LABEL]` in numbers of words, both inclusive. The text is the words with spaces between them, or where `starts` says that they
    /// start, in code points. White space in labels is read as `_`.
    Gliner,
    /// [spaCy](https://spacy.io/api/docbin)'s DocBin (`.spacy`), with whatever attributes: the text that its words and spaces make,
    /// `doc.ents` and the groups of `doc.spans`, a span that is there several times once. `kb_id`, else the span's id, is the entity;
    /// the key of a group other than `sc` is the origin. `id` of the user data is the id of the document, all else in it that belongs
    /// to the document is meta. The number of a document stands for its line.
    Spacy,
    /// A table of [Parquet](crate::write::parquet), what [`Format::Jsonl`] is in a line in a row each: columns `text` and `spans`, a list
    /// of structs, and so on. What offsets count is in the metadata of the file, or in a column `offset_unit`; code points where neither
    /// says it. The number of a row stands for its line.
    Parquet,
}

/// What a file of a format is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// Objects of JSON, one a line or in an array.
    Objects,
    /// Rows, which come as objects of JSON.
    Rows,
    /// Nothing.
    Whole,
}

impl Format {
    /// All formats.
    pub const ALL: &'static [Format] = &[
        Format::Jsonl,
        Format::Prodigy,
        Format::Doccano,
        Format::LabelStudio,
        Format::Bdocjs,
        Format::Brat,
        Format::Conll,
        Format::Gliner,
        Format::Spacy,
        Format::Parquet,
    ];

    /// The word that `--from` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Jsonl => "jsonl",
            Format::Prodigy => "prodigy",
            Format::Doccano => "doccano",
            Format::LabelStudio => "label-studio",
            Format::Bdocjs => "bdocjs",
            Format::Brat => "brat",
            Format::Conll => "conll",
            Format::Gliner => "gliner",
            Format::Spacy => "spacy",
            Format::Parquet => "parquet",
        }
    }

    fn cut(self) -> Cut {
        match self {
            Format::Brat | Format::Conll | Format::Spacy => Cut::Whole,
            Format::Parquet => Cut::Rows,
            _ => Cut::Objects,
        }
    }

    /// The format that the name of a file tells; objects of JSON tell their own.
    fn of_name(name: &str) -> Option<Format> {
        let name = name.to_lowercase();
        let stem = name.strip_suffix(".gz").or(name.strip_suffix(".zst"));
        match stem.unwrap_or(&name).rsplit_once('.')?.1 {
            "ann" => Some(Format::Brat),
            "bdocjs" => Some(Format::Bdocjs),
            "spacy" => Some(Format::Spacy),
            "parquet" | "parq" | "pqt" => Some(Format::Parquet),
            "conll" | "conll03" | "bio" | "iob" | "iob2" | "bioes" | "iobes" | "bilou" => {
                Some(Format::Conll)
            }
            _ => None,
        }
    }

    /// The format of an object. What says nothing else is a record.
    fn of_object(object: &Object<'_>) -> Format {
        let has = |name: &str| object.get(name).is_some();
        let is_list = |name: &str| object.get(name).is_some_and(|v| v.starts_with('['));
        if has("tokenized_text") {
            Format::Gliner
        } else if has("annotation_sets") || has("offset_type") {
            Format::Bdocjs
        } else if has("offset_unit") {
            Format::Jsonl
        } else if has("data") && (is_list("annotations") || is_list("predictions"))
            || label_studio::is_short(object)
        {
            Format::LabelStudio
        } else if is_list("spans") {
            match ["answer", "tokens", "_input_hash", "_task_hash", "_view_id"].map(has) {
                [false, false, false, false, false] => Format::Jsonl,
                _ => Format::Prodigy,
            }
        } else if is_list("label") || is_list("labels") || is_list("entities") {
            Format::Doccano
        } else if has("answer") || has("_input_hash") {
            Format::Prodigy
        } else {
            Format::Jsonl
        }
    }

    /// The format of a text that is no JSON.
    fn of_text(text: &str) -> Option<Format> {
        conll::looks_like(text).then_some(Format::Conll)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How annotated documents are read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The format; `None` decides by the file's name, then by content. Default: `None`.
    pub from: Option<Format>,
    /// JSONL: the field of a span that has its label; where a span lacks it, `label` does. Default: `label`.
    pub label_field: String,
    /// The most bytes that a document may have (in CoNLL and DocBin, a file, unpacked). Default: 1 GiB.
    pub max_document: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            from: None,
            label_field: "label".into(),
            max_document: 1 << 30,
        }
    }
}

/// A document as a file has it; its offsets are not proved.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The file, as messages call it.
    pub file: Arc<str>,
    /// The line where it starts.
    pub line: u64,
    /// The format that it came in.
    pub format: Format,
    /// Its id, where the file has one.
    pub id: Option<String>,
    /// Its text, where the file has it.
    pub text: Option<String>,
    /// What offsets count.
    pub unit: OffsetUnit,
    /// What it says about spans.
    pub claims: Vec<Claim>,
    /// Its tokens, where the file has them beside the text.
    pub tokens: Vec<Token>,
    /// The labels that it was annotated for; `None`: all.
    pub annotated_types: Option<Vec<Label>>,
    /// What else is known of the document.
    pub meta: Meta,
    /// Must spans be disjoint where it goes?
    pub flat: bool,
    /// Why the document counts for nothing, if it does: its annotator rejected it, or had no answer.
    pub refused: Option<&'static str>,
    /// What it has that documents here have no place for, counted by what it is.
    pub unread: BTreeMap<&'static str, u64>,
    /// What was wrong with parts of it.
    pub faults: Vec<Fault>,
}

/// That a span has a label, as a file says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claim {
    /// The line where it stands, if it has one of its own.
    pub line: Option<u64>,
    /// Where it starts, in the unit of its document.
    pub start: u64,
    /// Where it ends (exclusive).
    pub end: u64,
    /// What it is.
    pub label: String,
    /// What it says that it covers.
    pub text: Option<String>,
    /// Id of the entity.
    pub entity: Option<String>,
    /// Canonical name of the entity.
    pub name: Option<String>,
    /// Ids of other entities.
    pub also: Vec<String>,
    /// What found it.
    pub origin: Option<String>,
    /// How likely it is right.
    pub score: Option<f64>,
    /// The zone that it lies in.
    pub zone: Option<String>,
    /// Why it lost a competition: then it is no span.
    pub lost: Option<String>,
    /// Of a gold span: it is neither required nor wrong.
    pub optional: bool,
    /// What else is known of it.
    pub attributes: Vec<(String, String)>,
    /// The first and the last of the document's tokens that it covers.
    pub tokens: Option<(u64, u64)>,
}

/// A token that a file has beside the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it starts, in the unit of its document.
    pub start: u64,
    /// Where it ends (exclusive).
    pub end: u64,
    /// What it says that it covers.
    pub text: String,
    /// Its number.
    pub id: Option<u64>,
    /// Does it say that a space follows?
    pub space: Option<bool>,
}

impl Claimed {
    fn new(file: &Arc<str>, line: u64, format: Format) -> Claimed {
        Claimed {
            file: file.clone(),
            line,
            format,
            id: None,
            text: None,
            unit: OffsetUnit::Codepoint,
            claims: Vec::new(),
            tokens: Vec::new(),
            annotated_types: None,
            meta: Meta::new(),
            flat: false,
            refused: None,
            unread: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    /// What messages and outputs call it: its id, else where it stands.
    pub fn name(&self) -> String {
        let place = || format!("{}:{}", self.file, self.line);
        self.id.clone().unwrap_or_else(place)
    }

    fn fault(&mut self, kind: FaultKind, message: impl Into<String>) {
        self.faults.push(Fault::error(kind, self.line, message));
    }

    fn unread(&mut self, what: &'static str, n: usize) {
        if n > 0 {
            *self.unread.entry(what).or_default() += n as u64;
        }
    }
}

/// A span that was proved.
#[derive(Clone, Copy, Debug)]
pub struct Proved<'a> {
    /// Bytes of the text.
    pub span: Span,
    /// What it is.
    pub label: Label,
    /// All that the file says of it.
    pub claim: &'a Claim,
}

/// Reads the document, or documents, of a text that was cut off a file at this line.
///
/// # Errors
/// What could not be read is an error in its place.
pub fn parse(file: &str, line: u64, text: &str, options: &Options) -> Vec<Result<Claimed, Fault>> {
    let told = options.from.or_else(|| Format::of_name(file));
    source::parse_text(&file.into(), None, line, text, told, options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_content_tell_the_format() {
        for (name, format) in [
            ("a.ann", Some(Format::Brat)),
            ("news/a.BDOCJS.gz", Some(Format::Bdocjs)),
            ("dev.iob2.zst", Some(Format::Conll)),
            ("train/00001.spacy", Some(Format::Spacy)),
            // The fields of its objects tell.
            ("a.jsonl", None),
            ("dev.txt", None),
            ("-", None),
        ] {
            assert_eq!(Format::of_name(name), format, "{name}");
        }
        for (text, format) in [
            ("\n-DOCSTART- -X- O O\n", Some(Format::Conll)),
            ("Köln\tB-LOC\n", Some(Format::Conll)),
            ("# id = 4\nKöln _ _ U-LOC\n", Some(Format::Conll)),
            ("Iran denied it.\n", None),
            ("", None),
        ] {
            assert_eq!(Format::of_text(text), format, "{text}");
        }
        for (object, format) in [
            (r#"{"text":"a","spans":[]}"#, Format::Jsonl),
            (
                r#"{"text":"a","offset_unit":"byte","spans":[]}"#,
                Format::Jsonl,
            ),
            (
                r#"{"text":"a","spans":[],"answer":"accept"}"#,
                Format::Prodigy,
            ),
            (r#"{"text":"a","spans":[],"tokens":[]}"#, Format::Prodigy),
            (r#"{"text":"a","label":[[0,1,"X"]]}"#, Format::Doccano),
            (r#"{"text":"a","entities":[]}"#, Format::Doccano),
            (
                r#"{"id":1,"data":{"text":"a"},"annotations":[]}"#,
                Format::LabelStudio,
            ),
            (
                r#"{"text":"a","label":[{"start":0,"end":1,"labels":["X"]}]}"#,
                Format::LabelStudio,
            ),
            (r#"{"text":"a","annotation_sets":{}}"#, Format::Bdocjs),
        ] {
            let object = Object::of(object).unwrap();
            assert_eq!(Format::of_object(&object), format);
        }
    }
}
