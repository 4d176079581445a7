//! spaCy: a folder of [`DocBin`](https://spacy.io/api/docbin) files, to train on.
//!
//! # Format
//!
//! `00001.spacy`, `00002.spacy` and so on, each with at most 10,000 documents and, where it has several, 1,000,000 tokens: spaCy holds a
//! file in memory whole, and takes a folder wherever it takes a file. Of each document it has
//!
//! - the tokens: the [words](super::align) of the text, and white space but for one space behind a word, so that `doc.text` is the
//!   text; with the starts of sentences;
//! - `doc.ents`: the spans, of several that overlap the longest; `ent.kb_id_` and `ent.id_` are the id of the entity;
//! - `doc.spans["sc"]`: all spans, those that overlap too (the group that `spancat` reads);
//! - `doc.user_data["id"]`, the document's id, and `doc.user_data["meta"]`, its meta.
//!
//! The file is a map in MessagePack, packed with zlib: `version` `0.1`; `attrs`, the attributes of a token; `tokens`, their values as
//! an array of little-endian `u64`; `spaces`, a byte a token that says whether a space follows; `lengths`, the tokens of each document
//! as little-endian `i32`; the sorted `strings` that the numbers of tokens and spans stand for (hashes by MurmurHash64A with the seed 1,
//! but for the symbols, which spaCy counts from 1 to 456); and a list each with a value for every document: `cats`, `flags`,
//! `span_groups`, `user_data`.

pub(crate) mod strings;

use super::{
    Aligned, Feature, Writer,
    align::{Alignment, Word, first_disjoint},
    folder::{Collector, Files, push_part, take_number, take_part},
    spans_in,
};
use crate::{
    error::Error,
    record::{OffsetUnit, Record},
    span::Label,
};
use flate2::{Compression, write::ZlibEncoder};
use rmp::encode;
use serde_json::Value;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    fmt::Debug,
    io::Write,
    ops::Range,
};

/// The writer of DocBin files.
#[derive(Clone, Copy, Debug)]
pub struct Spacy {
    /// What `doc.spans` has.
    pub groups: Groups,
}

/// Which groups of spans a document has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups {
    /// One with all spans; `doc.ents` has those that are disjoint.
    All,
    /// One for each origin, and no `doc.ents`: the votes of labelling functions, as skweak has them.
    ByOrigin,
}

/// Attributes of tokens, by the numbers that spaCy gives them.
pub(crate) const ORTH: u64 = 65;
pub(crate) const ENT_IOB: u64 = 77;
pub(crate) const ENT_TYPE: u64 = 78;
const SENT_START: u64 = 80;
pub(crate) const ENT_KB_ID: u64 = 452;
pub(crate) const ENT_ID: u64 = 454;

/// Those that are written, in spaCy's order.
const ATTRS: [u64; 6] = [ORTH, ENT_IOB, ENT_TYPE, SENT_START, ENT_KB_ID, ENT_ID];

/// The values of `ENT_IOB`.
pub(crate) const MISSING: u64 = 0;
pub(crate) const INSIDE: u64 = 1;
const OUTSIDE: u64 = 2;
pub(crate) const START: u64 = 3;

/// The key of the group with all spans.
pub(crate) const OVERLAPPING: &str = "sc";

/// The keys of user data.
pub(crate) const ID: &str = "id";
pub(crate) const META: &str = "meta";

/// What a file has at most.
const MOST_DOCUMENTS: u32 = 10_000;
const MOST_TOKENS: usize = 1_000_000;

impl Writer for Spacy {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        self.write_aligned(&Alignment::of(self).align(record), out);
    }

    fn write_aligned(&self, aligned: &Aligned<'_>, out: &mut Vec<u8>) {
        let spaced = Spaced::of(aligned);
        let mut names = Names::default();
        let tokens = spaced.tokens(self.groups, &mut names);
        let spaces = spaced.words.iter().map(|w| u8::from(w.space_after));
        let spaces: Vec<u8> = spaces.collect();
        let groups = spaced.span_groups(self.groups, &mut names);
        let user_data = user_data(&aligned.record);
        for part in [&tokens, &spaces, &groups, &user_data] {
            push_part(part, out);
        }
        for (id, name) in names.0 {
            out.extend_from_slice(&id.to_le_bytes());
            push_part(name.as_bytes(), out);
        }
    }

    fn has_words(&self) -> bool {
        true
    }

    fn collector(&self) -> Option<Box<dyn Collector>> {
        Some(Box::new(DocBins::in_folder("")))
    }

    fn lacks(&self) -> &'static [Feature] {
        &[
            Feature::Name,
            Feature::Also,
            Feature::Origin,
            Feature::Score,
            Feature::Zone,
            Feature::Lost,
            Feature::Attributes,
        ]
    }

    fn unit(&self) -> Option<OffsetUnit> {
        Some(OffsetUnit::Codepoint)
    }
}

/// The strings of a document by their numbers.
#[derive(Default)]
struct Names<'r>(BTreeMap<u64, &'r str>);

impl<'r> Names<'r> {
    fn id(&mut self, name: &'r str) -> u64 {
        let id = strings::id(name);
        if id != 0 {
            self.0.insert(id, name);
        }
        id
    }
}

/// A record with a word for all white space but one space behind a word.
struct Spaced<'r> {
    record: &'r Record<'r>,
    words: Vec<Word>,
    /// The words of each span.
    ranges: Vec<Range<usize>>,
}

impl<'r> Spaced<'r> {
    fn of(aligned: &'r Aligned<'_>) -> Spaced<'r> {
        let (words, ranges) = aligned.with_spaces();
        Spaced {
            record: &aligned.record,
            words,
            ranges,
        }
    }

    fn text(&self, word: usize) -> &'r str {
        &self.record.text[self.words[word].span.range()]
    }

    /// The attributes of all tokens, row by row.
    fn tokens(&self, groups: Groups, names: &mut Names<'r>) -> Vec<u8> {
        let spans = &self.record.spans;
        let mut order: Vec<usize> = (0..spans.len()).collect();
        order.sort_by_key(|&i| (Reverse(self.ranges[i].len()), i));
        let is_ent = first_disjoint(&self.ranges, order);
        let ents = (0..spans.len()).filter(|&i| is_ent[i] && groups == Groups::All);
        let mut ents = ents.map(|i| (&self.ranges[i], &spans[i])).peekable();
        let is_space = |word: usize| self.text(word).trim().is_empty();
        let mut rows = Vec::with_capacity(self.words.len() * ATTRS.len() * 8);
        for (i, word) in self.words.iter().enumerate() {
            while ents.next_if(|(range, _)| range.end <= i).is_some() {}
            let ent = ents.peek().filter(|(range, _)| range.start <= i);
            let (iob, label, entity) = match ent {
                None if groups == Groups::ByOrigin => (MISSING, 0, 0),
                None => (OUTSIDE, 0, 0),
                Some((range, span)) => {
                    let iob = if range.start == i { START } else { INSIDE };
                    let entity = span.entity.as_deref().unwrap_or_default();
                    (iob, names.id(&span.label), names.id(entity))
                }
            };
            let starts_sentence = match i {
                0 => true,
                // White space before the first word belongs to its sentence.
                1 if is_space(0) => false,
                _ => word.starts_sentence,
            };
            // -1: it goes on.
            let sentence = if starts_sentence { 1 } else { u64::MAX };
            let orth = names.id(self.text(i));
            for value in [orth, iob, label, sentence, entity, entity] {
                rows.extend_from_slice(&value.to_le_bytes());
            }
        }
        rows
    }

    /// `doc.spans`: a map from the bytes of each group to its keys.
    fn span_groups(&self, by: Groups, names: &mut Names<'r>) -> Vec<u8> {
        let mut groups: BTreeMap<&str, Vec<Vec<u8>>> = BTreeMap::new();
        if by == Groups::All {
            groups.insert(OVERLAPPING, Vec::new());
        }
        let spans = spans_in(self.record, OffsetUnit::Codepoint);
        for (range, (start, end, span)) in self.ranges.iter().zip(spans) {
            let entity = names.id(span.entity.as_deref().unwrap_or_default());
            let mut packed = Vec::with_capacity(40);
            for id in [entity, entity, names.id(&span.label)] {
                packed.extend_from_slice(&id.to_be_bytes());
            }
            for offset in [range.start, range.end, start, end] {
                packed.extend_from_slice(&(offset as u32).to_be_bytes());
            }
            let key = match by {
                Groups::All => OVERLAPPING,
                Groups::ByOrigin => &span.origin,
            };
            groups.entry(key).or_default().push(packed);
        }
        let mut out = Vec::new();
        sure(encode::write_map_len(&mut out, groups.len() as u32));
        for (key, spans) in groups {
            let mut group = Vec::new();
            sure(encode::write_map_len(&mut group, 3));
            string("name", &mut group);
            string(key, &mut group);
            string("attrs", &mut group);
            sure(encode::write_map_len(&mut group, 0));
            string("spans", &mut group);
            sure(encode::write_array_len(&mut group, spans.len() as u32));
            for span in spans {
                sure(encode::write_bin(&mut group, &span));
            }
            sure(encode::write_bin(&mut out, &group));
            sure(encode::write_array_len(&mut out, 1));
            string(key, &mut out);
        }
        out
    }
}

fn user_data(record: &Record<'_>) -> Vec<u8> {
    let mut data = Vec::new();
    let has_meta = !record.meta.is_empty();
    sure(encode::write_map_len(&mut data, 1 + u32::from(has_meta)));
    string(ID, &mut data);
    string(&record.id, &mut data);
    if has_meta {
        string(META, &mut data);
        sure(encode::write_map_len(&mut data, record.meta.len() as u32));
        for (name, value) in record.meta.iter() {
            string(name, &mut data);
            let value = serde_json::from_str(value.get()).unwrap_or(Value::Null);
            push_json(&value, &mut data);
        }
    }
    data
}

fn push_json(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => sure(encode::write_nil(out)),
        Value::Bool(flag) => sure(encode::write_bool(out, *flag)),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(n), _) => sure(encode::write_uint(out, n)),
            (None, Some(n)) => sure(encode::write_sint(out, n)),
            (None, None) => sure(encode::write_f64(out, number.as_f64().unwrap_or_default())),
        },
        Value::String(text) => string(text, out),
        Value::Array(list) => {
            sure(encode::write_array_len(out, list.len() as u32));
            for value in list {
                push_json(value, out);
            }
        }
        Value::Object(map) => {
            sure(encode::write_map_len(out, map.len() as u32));
            for (name, value) in map {
                string(name, out);
                push_json(value, out);
            }
        }
    }
}

fn string(text: &str, out: &mut Vec<u8>) {
    sure(encode::write_str(out, text));
}

fn sure<T, E: Debug>(written: Result<T, E>) {
    written.expect("writing to memory does not fail");
}

/// Documents on their way into files.
#[derive(Default)]
pub(super) struct DocBins {
    /// What stands before the names of files.
    folder: &'static str,
    /// Files written.
    files: u32,
    documents: u32,
    tokens: Vec<u8>,
    spaces: Vec<u8>,
    lengths: Vec<u8>,
    groups: Vec<u8>,
    user_data: Vec<u8>,
    names: HashMap<u64, Box<str>>,
}

impl Collector for DocBins {
    fn add(&mut self, id: &str, record: &[u8], files: &mut dyn Files) -> Result<(), Error> {
        let mut rest = record;
        let [tokens, spaces, groups, user_data] = [(); 4].map(|()| take_part(&mut rest));
        // Characters and bytes are counted in 32 bits.
        if record.len() > i32::MAX as usize {
            return Err(Error::invalid(format!(
                "{id:?}: {} tokens are too many for a DocBin: --unit paragraph makes documents shorter",
                spaces.len()
            )));
        }
        let is_full = self.documents == MOST_DOCUMENTS
            || self.documents > 0 && self.spaces.len() + spaces.len() > MOST_TOKENS;
        if is_full {
            self.write_file(files)?;
        }
        self.documents += 1;
        self.tokens.extend_from_slice(tokens);
        self.spaces.extend_from_slice(spaces);
        let len = spaces.len() as u32;
        self.lengths.extend_from_slice(&len.to_le_bytes());
        sure(encode::write_bin(&mut self.groups, groups));
        sure(encode::write_bin(&mut self.user_data, user_data));
        while !rest.is_empty() {
            let id = take_number(&mut rest);
            let name = take_part(&mut rest);
            let text = || std::str::from_utf8(name).expect("names are strings").into();
            self.names.entry(id).or_insert_with(text);
        }
        Ok(())
    }

    fn finish(&mut self, _: &[Label], files: &mut dyn Files) -> Result<(), Error> {
        // A set without documents is a file without documents.
        match self.documents > 0 || self.files == 0 {
            true => self.write_file(files),
            false => Ok(()),
        }
    }
}

impl DocBins {
    pub(super) fn in_folder(folder: &'static str) -> DocBins {
        DocBins {
            folder,
            ..DocBins::default()
        }
    }

    fn write_file(&mut self, files: &mut dyn Files) -> Result<(), Error> {
        let file = std::mem::replace(self, DocBins::in_folder(self.folder));
        self.files = file.files + 1;
        let name = format!("{}{:05}.spacy", self.folder, self.files);
        files.append(&name, &file.packed()?)
    }

    fn packed(self) -> Result<Vec<u8>, Error> {
        let mut head = Vec::new();
        let mut out = ZlibEncoder::new(Vec::new(), Compression::default());
        sure(encode::write_map_len(&mut head, 10));
        string("version", &mut head);
        string("0.1", &mut head);
        string("attrs", &mut head);
        sure(encode::write_array_len(&mut head, ATTRS.len() as u32));
        for attribute in ATTRS {
            sure(encode::write_uint(&mut head, attribute));
        }
        string("strings", &mut head);
        let mut names: Vec<&str> = self.names.values().map(|n| &**n).collect();
        names.sort_unstable();
        sure(encode::write_array_len(&mut head, names.len() as u32));
        for name in names {
            string(name, &mut head);
        }
        for (name, bytes) in [
            ("tokens", &self.tokens),
            ("spaces", &self.spaces),
            ("lengths", &self.lengths),
        ] {
            string(name, &mut head);
            sure(encode::write_bin_len(&mut head, bytes.len() as u32));
            out.write_all(&head)?;
            out.write_all(bytes)?;
            head.clear();
        }
        let documents = self.documents as usize;
        let mut flags = Vec::new();
        sure(encode::write_map_len(&mut flags, 1));
        string("has_unknown_spaces", &mut flags);
        sure(encode::write_bool(&mut flags, false));
        let mut cats = Vec::new();
        sure(encode::write_map_len(&mut cats, 0));
        for (name, values) in [
            ("cats", &cats.repeat(documents)),
            ("flags", &flags.repeat(documents)),
            ("span_groups", &self.groups),
            ("user_data", &self.user_data),
        ] {
            string(name, &mut head);
            sure(encode::write_array_len(&mut head, self.documents));
            out.write_all(&head)?;
            out.write_all(values)?;
            head.clear();
        }
        Ok(out.finish()?)
    }
}
