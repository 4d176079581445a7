//! What goes through the core: [`Document`] in, [`Annotation`] out, and the small types between.

use crate::span::{Label, Span};
use serde_json::value::RawValue;
use std::fmt;

/// An article: its id, its text and what else is known about it.
///
/// The text is final: every offset is a byte of it.
///
/// ```
/// let doc = wiretag::Document::new("a1", "Iran denied it.");
/// assert_eq!(doc.id(), "a1");
/// assert_eq!(doc.text(), "Iran denied it.");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Document {
    id: String,
    text: String,
    meta: Meta,
}

/// The fields of a record that are neither its id nor its text: names and raw JSON values, in the order in which they came.
pub type Meta = Vec<(String, Box<RawValue>)>;

impl Document {
    /// A document without meta.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Document {
        Document {
            id: id.into(),
            text: text.into(),
            meta: Meta::new(),
        }
    }

    /// The same document with this meta.
    pub fn with_meta(self, meta: Meta) -> Document {
        Document { meta, ..self }
    }

    /// The id, unique in its batch if the input is sane.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What else is known.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A part of a text that is read in another way than the body of the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Where it is.
    pub span: Span,
    /// What it is.
    pub kind: ZoneKind,
}

/// The kinds of [`Zone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ZoneKind {
    /// URLs, link targets, e-mail addresses, handles, hashes, file names: nothing is ever found in them.
    NoMatch,
    /// `KYIV, Ukraine (Reuters) -` at the start of a paragraph.
    Dateline,
    /// `By Jane Doe, The Associated Press`.
    Byline,
    /// `(AP Photo/Jane Doe)`.
    Credit,
    /// `Skip to content`, `All rights reserved`.
    Boilerplate,
}

impl ZoneKind {
    /// The word that the record uses.
    pub fn as_str(self) -> &'static str {
        match self {
            ZoneKind::NoMatch => "no-match",
            ZoneKind::Dateline => "dateline",
            ZoneKind::Byline => "byline",
            ZoneKind::Credit => "credit",
            ZoneKind::Boilerplate => "boilerplate",
        }
    }
}

impl fmt::Display for ZoneKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A label on a span, and where it comes from. Candidates and results are the same type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Bytes of the document's text.
    pub span: Span,
    /// What it is.
    pub label: Label,
    /// Who it is, where a gazetteer knows. When several entries have this span and label, the first of them; the others are in
    /// [`Found::also`](crate::Found::also).
    pub entry: Option<EntryId>,
    /// What found it.
    pub origin: Origin,
    /// The zone that the span lies in, if any.
    pub zone: Option<ZoneKind>,
}

/// What found an [`Annotation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// An alias of an entry of the gazetteer.
    Alias(AliasId),
    /// A rule.
    Rule(Rule),
}

/// The rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The name of a weapon and the common noun of its kind behind it: `Hwasong-12 missile`.
    NameAndKind,
}

impl Origin {
    /// The words that the record uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Alias(_) => "alias",
            Origin::Rule(Rule::NameAndKind) => "rule:name-and-kind",
        }
    }
}

/// Number of an entry in its [`Gazetteer`](crate::Gazetteer): its place in the order that breaks ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub u32);

/// Number of an alias in its [`Gazetteer`](crate::Gazetteer).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AliasId(pub u32);
