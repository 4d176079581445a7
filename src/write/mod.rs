//! Writing: [`Record`]s to bytes. One file a format.

pub mod jsonl;
pub mod marked;
#[cfg(feature = "cli")]
pub mod view;

use crate::record::Record;
use std::fmt;

/// A format of output: appends a record to a buffer. Shared by all threads.
pub trait Writer: Sync {
    /// Appends the whole of a record, its final line break included.
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>);
}

/// The formats of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutputFormat {
    /// One JSON object a line: [`jsonl`].
    Jsonl,
    /// Text with its spans in brackets, for people and tests: [`marked`].
    Marked,
    /// Text with its spans in colour, for terminals: [`view`].
    #[cfg(feature = "cli")]
    View,
}

impl OutputFormat {
    /// All formats.
    pub const ALL: &'static [OutputFormat] = &[
        OutputFormat::Jsonl,
        OutputFormat::Marked,
        #[cfg(feature = "cli")]
        OutputFormat::View,
    ];

    /// The word that `--to` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            OutputFormat::Jsonl => "jsonl",
            OutputFormat::Marked => "marked",
            #[cfg(feature = "cli")]
            OutputFormat::View => "view",
        }
    }

    /// Its writer.
    pub fn writer(self) -> &'static dyn Writer {
        match self {
            OutputFormat::Jsonl => &jsonl::Jsonl,
            OutputFormat::Marked => &marked::Marked,
            #[cfg(feature = "cli")]
            OutputFormat::View => &view::View,
        }
    }

    /// Can spans overlap in it?
    pub fn holds_overlaps(self) -> bool {
        self == OutputFormat::Jsonl
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The byte offsets of a record's spans, whatever its unit; those that lost are left out.
fn byte_spans<'r>(
    record: &'r Record<'_>,
) -> impl Iterator<Item = (std::ops::Range<usize>, &'r str)> {
    let (mut byte, mut count) = (0, 0);
    record
        .spans
        .iter()
        .filter(|s| s.lost.is_none())
        .map(move |span| {
            // The part of the text before the span is as many units long as its start says.
            let mut chars = record.text[byte..].chars();
            while count < span.start {
                let c = chars.next().expect("spans lie inside the text");
                byte += c.len_utf8();
                count += record.offset_unit.count(c.encode_utf8(&mut [0; 4]));
            }
            (byte..byte + span.text.len(), &*span.label)
        })
}
