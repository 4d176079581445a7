//! Writing: [`Record`]s to bytes. One file a format.
//!
//! A format is a stream of records, with something before, between and behind them perhaps ([`Frame`]), or a folder of files
//! ([`Collector`]). [`Writer::write`] is called in many threads; what it appends is put together in the order of the input.

pub mod align;
pub mod bdocjs;
pub mod brat;
pub mod conll;
pub mod csv;
pub mod doccano;
mod folder;
pub mod gliner;
pub mod huggingface;
pub mod jsonl;
pub mod label_studio;
pub mod marked;
pub mod parquet;
pub(crate) mod percent;
pub mod prodigy;
pub mod spacy;
mod text_unit;
#[cfg(feature = "terminal")]
pub mod view;
pub mod votes;

pub use align::Aligned;
pub use folder::{Collector, Files};
pub use text_unit::TextUnit;
pub(crate) use text_unit::excerpts;

use crate::{
    record::{Mention, OffsetUnit, Offsets, Record},
    span::Label,
    words::{Tokenizer, is_space},
};
use std::{fmt, ops::Range};

/// A format of output: appends a record to a buffer. Shared by all threads.
pub trait Writer: Sync {
    /// Appends the whole of a record, its final line break included. Its spans are in the order of their starts.
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>);

    /// The same for a record whose spans lie on [words](align). Default: writes its record as it is.
    fn write_aligned(&self, aligned: &Aligned<'_>, out: &mut Vec<u8>) {
        self.write(&aligned.record, out);
    }

    /// What cuts texts into words if nothing else is asked for, in a format of words: there records are [aligned](align) before they are
    /// written. Default: the format has no words.
    fn tokenizer(&self) -> Option<Tokenizer> {
        None
    }

    /// What a record is about if nothing else is asked for. Default: a document.
    fn text_unit(&self) -> TextUnit {
        TextUnit::Document
    }

    /// What a file has besides its records. Default: nothing.
    fn frame(&self) -> Frame {
        Frame::default()
    }

    /// What puts the records into files, where the format is a folder, or a file with an end that tells of all before it. Default: none,
    /// the format is a stream.
    fn collector(&self) -> Option<Box<dyn Collector>> {
        None
    }

    /// A file that belongs beside the output, made of the labels that occur in it: the ending that its name has behind that of the
    /// output, and its content. Default: none.
    fn beside(&self, _labels: &[Label]) -> Option<(&'static str, Vec<u8>)> {
        None
    }

    /// What records have and the format has no place for. Default: nothing.
    fn lacks(&self) -> &'static [Feature] {
        &[]
    }

    /// What its offsets count, where it is not to be chosen. Default: it is.
    fn unit(&self) -> Option<OffsetUnit> {
        None
    }
}

/// What stands before the first record of a file, between two, and behind the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Before the first.
    pub head: &'static str,
    /// Between two.
    pub between: &'static str,
    /// Behind the last.
    pub tail: &'static str,
}

/// What a record has and a format may have no place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feature {
    /// The document's text.
    Text,
    /// White space between words that is not one space.
    WhiteSpace,
    /// Documents without a word.
    Wordless,
    /// Documents without spans.
    Empty,
    /// The document's meta.
    Meta,
    /// Spans that overlap others.
    Overlaps,
    /// Spans that start or end with a line break.
    LineBreaks,
    /// `entity` of a span.
    Entity,
    /// `name` of a span's entity.
    Name,
    /// `also` of a span.
    Also,
    /// `origin` of a span.
    Origin,
    /// `score` of a span.
    Score,
    /// `zone` of a span.
    Zone,
    /// Spans that lost.
    Lost,
    /// `attributes` of a span.
    Attributes,
}

impl Feature {
    /// What messages call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Feature::Text => "the text of documents",
            Feature::WhiteSpace => "white space but its length",
            Feature::Wordless => "documents without a word",
            Feature::Empty => "documents without spans",
            Feature::Meta => "meta of documents",
            Feature::Overlaps => "spans that overlap others",
            Feature::LineBreaks => "line breaks at the ends of spans",
            Feature::Entity => "ids of entities",
            Feature::Name => "names of entities",
            Feature::Also => "ids of further entities (also)",
            Feature::Origin => "origins",
            Feature::Score => "scores",
            Feature::Zone => "zones",
            Feature::Lost => "spans that lost a competition",
            Feature::Attributes => "attributes of spans",
        }
    }

    /// How often a record has it.
    pub(crate) fn count(self, record: &Record<'_>) -> u64 {
        let spans = |has: fn(&Mention<'_>) -> bool| {
            let won = record.spans.iter().filter(|s| s.lost.is_none());
            won.filter(|s| has(s)).count() as u64
        };
        match self {
            Feature::Text => u64::from(!record.text.is_empty()),
            Feature::WhiteSpace => {
                let other = |c: &char| is_space(*c) && *c != ' ';
                record.text.chars().filter(other).count() as u64
            }
            Feature::Wordless => u64::from(record.text.chars().all(is_space)),
            Feature::Empty => u64::from(record.spans.is_empty()),
            Feature::Meta => u64::from(!record.meta.is_empty()),
            // Whether they do is found out where they are left out.
            Feature::Overlaps => 0,
            Feature::LineBreaks => spans(|s| {
                s.text.starts_with(brat::parts_text) || s.text.ends_with(brat::parts_text)
            }),
            Feature::Entity => spans(|s| s.entity.is_some()),
            Feature::Name => spans(|s| s.name.is_some()),
            Feature::Also => spans(|s| !s.also.is_empty()),
            Feature::Origin => spans(|s| !s.origin.is_empty()),
            Feature::Score => spans(|s| s.score.is_some()),
            Feature::Zone => spans(|s| s.zone.is_some()),
            Feature::Lost => record.spans.iter().filter(|s| s.lost.is_some()).count() as u64,
            Feature::Attributes => spans(|s| !s.attributes.is_empty()),
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The version that outputs name as their maker.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The table of formats: what a name stands for, and what writes it. All else is in its writer.
macro_rules! formats {
    ($($(#[doc = $doc:literal])* $(#[cfg($cfg:meta)])? $name:ident $word:literal => $writer:expr,)*) => {
        /// The formats of output.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum OutputFormat {
            $($(#[doc = $doc])* $(#[cfg($cfg)])? $name,)*
        }

        impl OutputFormat {
            /// All formats.
            pub const ALL: &'static [OutputFormat] = &[$($(#[cfg($cfg)])? OutputFormat::$name,)*];

            /// The word that `--to` takes.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($(#[cfg($cfg)])? OutputFormat::$name => $word,)*
                }
            }

            /// Its writer.
            pub fn writer(self) -> &'static dyn Writer {
                match self {
                    $($(#[cfg($cfg)])? OutputFormat::$name => &$writer,)*
                }
            }
        }
    };
}

formats! {
    /// One JSON object a line: [`jsonl`].
    Jsonl "jsonl" => jsonl::Jsonl,
    /// Tasks for Prodigy: [`prodigy`].
    Prodigy "prodigy" => prodigy::Prodigy,
    /// JSONL for doccano, spans as triples: [`doccano`].
    Doccano "doccano" => doccano::Doccano { entities: false },
    /// JSONL for doccano, spans as objects, for projects with relations: [`doccano`].
    DoccanoEntities "doccano-entities" => doccano::Doccano { entities: true },
    /// Predictions for Label Studio: [`label_studio`].
    LabelStudio "label-studio" => label_studio::LabelStudio,
    /// Columns with tags in IOB2: [`conll`].
    Conll "conll" => conll::Conll { scheme: conll::Scheme::Iob2 },
    /// Columns with tags in BILOU: [`conll`].
    Bilou "bilou" => conll::Conll { scheme: conll::Scheme::Bilou },
    /// Examples for GLiNER: [`gliner`].
    Gliner "gliner" => gliner::Gliner,
    /// A folder for brat: [`brat`].
    Brat "brat" => brat::Brat,
    /// A folder for GATE: [`bdocjs`].
    Bdocjs "bdocjs" => bdocjs::Bdocjs,
    /// A folder of DocBin files for spaCy: [`spacy`].
    Spacy "spacy" => spacy::Spacy { groups: spacy::Groups::All },
    /// A folder with a table of Parquet and a card, for Hugging Face datasets: [`huggingface`].
    HuggingFace "huggingface" => huggingface::HuggingFace { jsonl: false },
    /// The same with lines of JSON: [`huggingface`].
    HuggingFaceJsonl "huggingface-jsonl" => huggingface::HuggingFace { jsonl: true },
    /// A table of Parquet, a row a document: [`parquet`].
    Parquet "parquet" => parquet::Parquet,
    /// A table, a row a span: [`csv`].
    Csv "csv" => csv::Csv,
    /// Text with its spans in brackets, for people and tests: [`marked`].
    Marked "marked" => marked::Marked,
    /// Text with its spans in colour, for terminals: [`view`].
    #[cfg(feature = "terminal")]
    View "view" => view::View,
}

impl OutputFormat {
    /// Is it a folder of files?
    pub fn is_folder(self) -> bool {
        let collector = self.writer().collector();
        collector.is_some_and(|c| !c.is_one_file())
    }

    /// Can a run go on with a file of it? What has an end that tells of all before it must be written at one go.
    pub fn is_stream(self) -> bool {
        self.writer().collector().is_none()
    }

    /// Can spans that lost the competition stand in it, marked as such?
    pub fn holds_losers(self) -> bool {
        !self.writer().lacks().contains(&Feature::Lost)
    }

    /// Can spans overlap in it?
    pub fn holds_overlaps(self) -> bool {
        !self.writer().lacks().contains(&Feature::Overlaps)
    }

    /// Spans that overlap can be written, though what reads the format may refuse them.
    pub fn may_overlap(self) -> bool {
        use OutputFormat::{Doccano, DoccanoEntities, Prodigy};
        self.holds_overlaps() || matches!(self, Prodigy | Doccano | DoccanoEntities)
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The bytes of the text that each span of a record covers, whatever the record's unit.
pub(crate) fn byte_ranges(record: &Record<'_>) -> Vec<Range<usize>> {
    let (mut byte, mut count) = (0, 0);
    let range = |span: &Mention<'_>| {
        // The part of the text before the span is as many units long as its start says.
        let mut chars = record.text[byte..].chars();
        while count < span.start {
            let c = chars.next().expect("spans lie inside the text");
            byte += c.len_utf8();
            count += record.offset_unit.count(c.encode_utf8(&mut [0; 4]));
        }
        byte..byte + span.text.len()
    };
    record.spans.iter().map(range).collect()
}

/// The byte offsets of a record's spans; those that lost are left out.
fn byte_spans<'r>(record: &'r Record<'_>) -> impl Iterator<Item = (Range<usize>, &'r str)> {
    let spans = record.spans.iter().zip(byte_ranges(record));
    spans
        .filter(|(s, _)| s.lost.is_none())
        .map(|(s, range)| (range, &*s.label))
}

/// The spans of a record that did not lose, with their start and end in a unit.
fn spans_in<'r, 'a>(
    record: &'r Record<'a>,
    unit: OffsetUnit,
) -> impl Iterator<Item = (usize, usize, &'r Mention<'a>)> {
    let ranges = (record.offset_unit != unit).then(|| byte_ranges(record));
    let mut offsets = Offsets::new(&record.text, unit);
    let spans = record.spans.iter().enumerate();
    spans
        .filter(|(_, s)| s.lost.is_none())
        .map(move |(i, span)| match &ranges {
            None => (span.start, span.end, span),
            Some(ranges) => {
                let start = offsets.at(ranges[i].start);
                (start, start + unit.count(&span.text), span)
            }
        })
}
