#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

pub mod annotated;
mod annotator;
mod batch;
pub mod card;
pub mod check;
pub mod config;
mod date;
mod document;
mod error;
pub mod eval;
pub mod explain;
pub mod export;
mod gazetteer;
pub mod import;
mod json;
mod machine;
mod matcher;
pub mod mine;
mod patterns;
#[cfg(feature = "python")]
mod python;
pub mod read;
mod record;
pub mod report;
mod resolve;
mod rules;
mod span;
mod split;
pub mod stats;
mod table;
mod tokens;
mod words;
pub mod write;
mod zones;

pub use annotator::{
    Annotator, AnnotatorBuilder, Explained, Explanation, Found, LabellingFunctions, LexiconWord,
    Outcome, Overlaps, Scratch, Vote,
};
pub use batch::{
    Batch, Conversion, Converted, Job, LabelScheme, Listing, OutputFile, OutputFolder, Overlapping,
    Resumed, Shard, Summary, Voting, Zoning,
};
pub use document::{
    AliasId, Annotation, Document, EntryId, Meta, Origin, PatternId, Rule, Score, Zone, ZoneKind,
};
pub use error::{Error, Problem, Severity};
pub use gazetteer::{
    Alias, AliasKind, Case, Context, ContextPlace, Entry, Gazetteer, GazetteerBuilder, LintCode,
    LintFinding, Linter, Near, Nearness, SourceDefaults, Validity, verify_compiled,
};
pub use matcher::{Engine, Match, Matcher, Matches, Refusal, Refused};
pub use patterns::{PatternMatch, Patterns};
pub use record::{Mention, OffsetUnit, Offsets, Record};
pub use resolve::overlap::{Lost, Reason};
pub use rules::Titles;
pub use span::{Label, Span};
pub use split::{By, Duplicates, Side, Split, SplitPart, SplitReport, Unseen};
pub use tokens::{Gap, Shape, Tokens};
pub use words::{Tokenizer, Words};
pub use zones::zones;
