//! [`Record`]: the line of JSON that everything after the core reads, and the units that its offsets can have.

use serde::{Serialize, Serializer, ser::SerializeMap};
use std::{borrow::Cow, fmt};

/// What a document became: the only type of this crate that is serialized.
///
/// The fields, their order and when they are absent are specified in [`write::jsonl`](crate::write::jsonl).
#[derive(Clone, Debug, Serialize)]
pub struct Record<'a> {
    /// Id of the document.
    pub id: Cow<'a, str>,
    /// Its text, to which all offsets refer.
    pub text: Cow<'a, str>,
    /// What `start` and `end` count.
    pub offset_unit: OffsetUnit,
    /// The annotated spans, by start, then longest first.
    pub spans: Vec<Mention<'a>>,
    /// What else the input said about the document.
    #[serde(
        serialize_with = "serialize_meta",
        skip_serializing_if = "<[_]>::is_empty"
    )]
    pub meta: Cow<'a, [(String, Box<serde_json::value::RawValue>)]>,
}

/// One annotated span of a [`Record`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mention<'a> {
    /// Where it starts, in the record's unit.
    pub start: usize,
    /// Where it ends (exclusive), in the record's unit.
    pub end: usize,
    /// What it is.
    pub label: Cow<'a, str>,
    /// The text between `start` and `end`.
    pub text: Cow<'a, str>,
    /// Id of the entity, `country/KP`, or of the pattern that found it; null where neither has one.
    pub entity: Option<Cow<'a, str>>,
    /// Canonical name of the entity; null where no list has it.
    pub name: Option<Cow<'a, str>>,
    /// Other entities that have a name of this form and label.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Cow<'a, str>>,
    /// What found it: `alias`, `rule:NAME`, or `pattern`.
    pub origin: Cow<'a, str>,
    /// How likely it is right, a share of 1 in steps of 0.01; none for what lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The zone that it lies in: `dateline`, `byline`, `credit`, `boilerplate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<Cow<'a, str>>,
    /// Why it lost the competition, where losers are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Cow<'a, str>>,
    /// Attributes of the entity, where they are asked for.
    #[serde(
        serialize_with = "serialize_attributes",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

fn serialize_meta<S: Serializer>(
    meta: &[(String, Box<serde_json::value::RawValue>)],
    to: S,
) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(meta.len()))?;
    for (key, value) in meta {
        map.serialize_entry(key, value)?;
    }
    map.end()
}

fn serialize_attributes<S: Serializer>(
    attributes: &[(Cow<'_, str>, Cow<'_, str>)],
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_map(attributes.iter().map(|(k, v)| (k, v)))
}

/// What the offsets of a [`Record`] count. Spans inside the crate are bytes; the other units exist at its edge alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OffsetUnit {
    /// Unicode code points: Python, spaCy, Prodigy, brat.
    #[default]
    Codepoint,
    /// Bytes of the UTF-8 text: Rust, Go, C.
    Byte,
    /// UTF-16 code units: Java, JavaScript, Label Studio.
    Utf16,
}

impl OffsetUnit {
    /// The key of the metadata of tables that says what their offsets count.
    pub const KEY: &str = "wiretag.offset_unit";

    /// The word that the record uses.
    pub fn as_str(self) -> &'static str {
        match self {
            OffsetUnit::Codepoint => "codepoint",
            OffsetUnit::Byte => "byte",
            OffsetUnit::Utf16 => "utf16",
        }
    }

    /// How many of this unit a text has. Takes time linear in the text.
    ///
    /// ```
    /// use wiretag::OffsetUnit;
    /// assert_eq!(OffsetUnit::Codepoint.count("é🚀"), 2);
    /// assert_eq!(OffsetUnit::Byte.count("é🚀"), 6);
    /// assert_eq!(OffsetUnit::Utf16.count("é🚀"), 3);
    /// ```
    pub fn count(self, text: &str) -> usize {
        match self {
            OffsetUnit::Codepoint => text.chars().count(),
            OffsetUnit::Byte => text.len(),
            OffsetUnit::Utf16 => text.chars().map(char::len_utf16).sum(),
        }
    }
}

impl fmt::Display for OffsetUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Turns byte offsets of one text into another unit. Offsets must come in rising order; the whole text is read once.
#[derive(Clone, Debug)]
pub struct Offsets<'a> {
    text: &'a str,
    unit: OffsetUnit,
    /// What was counted: so many bytes are so many units.
    byte: usize,
    count: usize,
    /// From `byte` up to here all is ASCII, so that bytes are units.
    ascii_until: usize,
}

impl<'a> Offsets<'a> {
    /// A converter that stands at the start of the text.
    pub fn new(text: &'a str, unit: OffsetUnit) -> Offsets<'a> {
        let ascii_until = match unit {
            OffsetUnit::Byte => text.len(),
            _ => ascii_until(text, 0),
        };
        Offsets {
            text,
            unit,
            byte: 0,
            count: 0,
            ascii_until,
        }
    }

    /// The offset of this byte in the unit.
    ///
    /// # Panics
    /// When `byte` is less than the one before it, behind the end or inside a character.
    pub fn at(&mut self, byte: usize) -> usize {
        let behind = byte.checked_sub(self.byte).expect("offsets rise");
        if byte <= self.ascii_until {
            self.count += behind;
        } else {
            self.count += self.unit.count(&self.text[self.byte..byte]);
            self.ascii_until = ascii_until(self.text, byte);
        }
        self.byte = byte;
        self.count
    }

    /// How many units the next `bytes` bytes behind the last offset have.
    ///
    /// # Panics
    /// When they reach over the end or end inside a character.
    pub(crate) fn count_ahead(&self, bytes: usize) -> usize {
        match self.byte + bytes <= self.ascii_until {
            true => bytes,
            false => self.unit.count(&self.text[self.byte..self.byte + bytes]),
        }
    }
}

/// Where the ASCII that starts at a byte ends; perhaps some bytes early.
fn ascii_until(text: &str, byte: usize) -> usize {
    let (blocks, tail) = text.as_bytes()[byte..].as_chunks::<32>();
    let plain = blocks.iter().take_while(|block| block.is_ascii()).count();
    match plain == blocks.len() && tail.is_ascii() {
        true => text.len(),
        false => byte + 32 * plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_what_counting_from_the_start_gives() {
        let mut rng = fastrand::Rng::with_seed(8);
        let parts = [
            "Iran ",
            "Köln",
            "🚀",
            "e\u{301}",
            "a sentence that fills more than one block of bytes. ",
        ];
        for _ in 0..2000 {
            let text: String = (0..rng.usize(..12))
                .map(|_| parts[rng.usize(..parts.len())])
                .collect();
            for unit in [OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16] {
                let mut offsets = Offsets::new(&text, unit);
                for byte in (0..=text.len()).filter(|&b| text.is_char_boundary(b)) {
                    if rng.usize(..3) == 0 {
                        assert_eq!(
                            offsets.at(byte),
                            unit.count(&text[..byte]),
                            "{text:?} {byte}"
                        );
                        let ahead = text[byte..].chars().next().map_or(0, char::len_utf8);
                        let expected = unit.count(&text[byte..byte + ahead]);
                        assert_eq!(offsets.count_ahead(ahead), expected, "{text:?} {byte}");
                    }
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "offsets rise")]
    fn offsets_that_fall_are_refused() {
        let mut offsets = Offsets::new("Iran and Köln", OffsetUnit::Codepoint);
        offsets.at(8);
        offsets.at(4);
    }
}
