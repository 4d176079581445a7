//! DocBin of spaCy: specified at [`Format::Spacy`](super::Format::Spacy), and where it is [written](crate::write::spacy).

use super::{
    Claim, Claimed, Fault, FaultKind, Format, Options,
    msgpack::{Message, Read},
};
use crate::write::spacy::{
    ENT_ID, ENT_IOB, ENT_KB_ID, ENT_TYPE, ID, INSIDE, META, MISSING, ORTH, OVERLAPPING, START,
    strings,
};
use flate2::read::ZlibDecoder;
use rmp::Marker;
use serde_json::{Value, value::to_raw_value};
use std::{
    collections::{HashMap, HashSet},
    io::Read as _,
    sync::Arc,
};

/// More documents than this are refused: an empty one takes a few bytes in the file and some hundred here.
const MOST_DOCUMENTS: usize = 1_000_000;

/// The documents of a file. What it says of lengths is believed when the data is there: neither the unpacked data nor the texts may
/// be larger than a document may be.
pub(super) fn read(
    file: &Arc<str>,
    bytes: &[u8],
    options: &Options,
) -> Vec<Result<Claimed, Fault>> {
    let damaged = |message: String| vec![Err(Fault::error(FaultKind::Bytes, 1, message))];
    let unpacked = match unpacked(bytes, options.max_document) {
        Ok(unpacked) => unpacked,
        Err(message) => return damaged(message),
    };
    match DocBin::of(&unpacked) {
        Ok(docbin) => docbin.documents(file, options.max_document),
        Err(message) => damaged(format!("no DocBin, or a damaged one: {message}")),
    }
}

fn unpacked(bytes: &[u8], most: usize) -> Result<Vec<u8>, String> {
    let mut unpacked = Vec::new();
    let mut decoder = ZlibDecoder::new(bytes).take(most as u64 + 1);
    match decoder.read_to_end(&mut unpacked) {
        Err(e) => Err(format!("no DocBin, or a damaged one: {e}")),
        Ok(len) if len > most => Err(format!(
            "more than {most} bytes unpacked (--max-document allows more)"
        )),
        Ok(_) => Ok(unpacked),
    }
}

/// A file, its documents unread.
struct DocBin<'a> {
    attrs: Vec<u64>,
    strings: HashMap<u64, &'a str>,
    tokens: &'a [u8],
    spaces: &'a [u8],
    lengths: Vec<usize>,
    cats: List<'a>,
    flags: List<'a>,
    span_groups: List<'a>,
    user_data: List<'a>,
}

/// A list of a value for each document, or nothing.
#[derive(Clone, Copy, Default)]
struct List<'a> {
    left: u32,
    rest: Option<Message<'a>>,
}

impl<'a> List<'a> {
    fn of(message: Message<'a>) -> Read<List<'a>> {
        let mut rest = message;
        let left = rest.list()?;
        Ok(List {
            left,
            rest: Some(rest),
        })
    }

    fn next(&mut self) -> Read<Option<Message<'a>>> {
        let Some(rest) = self.rest.as_mut().filter(|_| self.left > 0) else {
            return Ok(None);
        };
        self.left -= 1;
        rest.skip().map(Some)
    }
}

impl<'a> DocBin<'a> {
    fn of(unpacked: &'a [u8]) -> Result<DocBin<'a>, String> {
        let mut message = Message::new(unpacked);
        let mut fields: HashMap<&str, Message<'_>> = HashMap::new();
        for _ in 0..message.map()? {
            let name = message.string()?;
            fields.insert(name, message.skip()?);
        }
        let field = |name: &str| fields.get(name).copied();
        let needed = |name: &str| field(name).ok_or_else(|| format!("it has no {name:?}"));
        let list = |name: &str| field(name).map_or(Ok(List::default()), List::of);
        let mut attrs = Vec::new();
        let mut numbers = needed("attrs")?;
        for _ in 0..numbers.list()? {
            attrs.push(numbers.number()?);
        }
        if !attrs.contains(&ORTH) {
            return Err("its attributes are without ORTH, the words".to_owned());
        }
        let mut by_number = HashMap::new();
        let mut names = needed("strings")?;
        for _ in 0..names.list()? {
            let name = names.string()?;
            by_number.insert(strings::id(name), name);
        }
        let lengths = needed("lengths")?.bytes()?;
        let (lengths, rest) = lengths.as_chunks::<4>();
        if lengths.len() > MOST_DOCUMENTS {
            return Err(format!("more than {MOST_DOCUMENTS} documents"));
        }
        let lengths = lengths.iter().map(|l| u32::from_le_bytes(*l) as usize);
        let docbin = DocBin {
            strings: by_number,
            tokens: needed("tokens")?.bytes()?,
            spaces: needed("spaces")?.bytes()?,
            lengths: lengths.collect(),
            cats: list("cats")?,
            flags: list("flags")?,
            span_groups: list("span_groups")?,
            user_data: list("user_data")?,
            attrs,
        };
        let all: usize = docbin.lengths.iter().sum();
        let row = 8 * docbin.attrs.len();
        let fits = all.checked_mul(row) == Some(docbin.tokens.len()) && all == docbin.spaces.len();
        match fits && rest.is_empty() {
            true => Ok(docbin),
            false => Err(format!(
                "its documents have {all} tokens, and there are {} and {} spaces",
                docbin.tokens.len() / row,
                docbin.spaces.len()
            )),
        }
    }

    fn documents(mut self, file: &Arc<str>, most: usize) -> Vec<Result<Claimed, Fault>> {
        let mut documents = Vec::new();
        let (mut first, mut room) = (0, most);
        for (number, len) in (1..).zip(std::mem::take(&mut self.lengths)) {
            let tokens = first..first + len;
            first += len;
            let mut claimed = Claimed::new(file, number, Format::Spacy);
            let read = self.document(&mut claimed, tokens, &mut room);
            documents.push(match read {
                Ok(()) => Ok(claimed),
                Err(message) => Err(Fault::error(FaultKind::Bytes, number, message)),
            });
        }
        documents
    }

    /// The next document; its texts take of the room that there is for all.
    fn document(
        &mut self,
        claimed: &mut Claimed,
        tokens: std::ops::Range<usize>,
        room: &mut usize,
    ) -> Result<(), String> {
        let flags = self.flags.next()?;
        let cats = self.cats.next()?;
        let groups = self.span_groups.next()?;
        let user_data = self.user_data.next()?;
        let unknown_spaces = flags.is_some_and(|f| f.has_unknown_spaces());
        if let Some(mut cats) = cats {
            claimed.unread("categories of documents", cats.map()? as usize);
        }
        let mut text = String::new();
        let mut places = Vec::with_capacity(tokens.len());
        let mut chars = 0;
        for token in tokens.clone() {
            let word = self.string(self.attribute(token, ORTH), "word")?;
            let space = unknown_spaces || self.spaces[token] != 0;
            let len = word.len() + usize::from(space);
            *room = room.checked_sub(len).ok_or(
                "the texts of the file are larger than a document may be (--max-document allows more)",
            )?;
            let start = (text.len(), chars);
            text.push_str(&word);
            chars += word.chars().count() as u64;
            places.push(Place {
                bytes: start.0..text.len(),
                start: start.1,
                end: chars,
            });
            if space {
                text.push(' ');
                chars += 1;
            }
        }
        let mut spans = Spans {
            docbin: self,
            text: &text,
            places: &places,
            seen: HashSet::new(),
            claimed,
        };
        spans.entities(tokens.start)?;
        if let Some(mut groups) = groups {
            spans.groups(groups.bytes()?)?;
        }
        if let Some(mut data) = user_data
            && data.peek()? != Marker::Null
        {
            take_user_data(data.bytes()?, claimed)?;
        }
        claimed.text = Some(text);
        Ok(())
    }

    /// An attribute of a token, 0 where the file does not have it.
    fn attribute(&self, token: usize, attribute: u64) -> u64 {
        let Some(column) = self.attrs.iter().position(|&a| a == attribute) else {
            return 0;
        };
        let at = 8 * (token * self.attrs.len() + column);
        let value = self.tokens[at..].first_chunk::<8>();
        u64::from_le_bytes(*value.expect("there are attributes for all tokens"))
    }

    fn string(&self, number: u64, what: &str) -> Result<std::borrow::Cow<'a, str>, String> {
        match self.strings.get(&number) {
            Some(&string) => Ok(string.into()),
            None => strings::symbol(number)
                .map(Into::into)
                .ok_or_else(|| format!("a {what} is the string {number}, which the file lacks")),
        }
    }
}

impl Message<'_> {
    fn has_unknown_spaces(mut self) -> bool {
        let mut read = || -> Read<bool> {
            let mut is = false;
            for _ in 0..self.map()? {
                let name = self.string()?;
                let value = self.skip()?.peek()?;
                is |= name == "has_unknown_spaces" && value == Marker::True;
            }
            Ok(is)
        };
        read().unwrap_or(false)
    }
}

/// Where a token stands: bytes of the text, and code points.
struct Place {
    bytes: std::ops::Range<usize>,
    start: u64,
    end: u64,
}

/// The spans of a document that is being read.
struct Spans<'d, 'a> {
    docbin: &'d DocBin<'a>,
    text: &'d str,
    places: &'d [Place],
    /// Tokens and label of those that were read.
    seen: HashSet<(usize, usize, u64)>,
    claimed: &'d mut Claimed,
}

impl Spans<'_, '_> {
    /// `doc.ents`.
    fn entities(&mut self, first: usize) -> Result<(), String> {
        let mut open: Option<usize> = None;
        let mut missing = 0;
        for i in 0..=self.places.len() {
            let is_end = i == self.places.len();
            let attribute = |a| self.docbin.attribute(first + i, a);
            let iob = if is_end { 0 } else { attribute(ENT_IOB) };
            if iob == INSIDE && open.is_some() {
                continue;
            }
            if let Some(start) = open.take() {
                let of = |a| self.docbin.attribute(first + start, a);
                let ids = (of(ENT_KB_ID), of(ENT_ID));
                self.add(start, i, of(ENT_TYPE), ids, None)?;
            }
            match iob {
                // A start without a type says that there is none.
                START if attribute(ENT_TYPE) != 0 => open = Some(i),
                INSIDE => {
                    let message =
                        format!("token {i} is inside a span that has no start: read as one");
                    let fault = Fault::warning(FaultKind::Tag, self.claimed.line, message);
                    self.claimed.faults.push(fault);
                    open = Some(i);
                }
                MISSING if !is_end => missing += 1,
                4.. => return Err(format!("token {i} has {iob} for ENT_IOB, the most is 3")),
                _ => {}
            }
        }
        if missing < self.places.len() {
            let what = "tokens of which it is not known what they are";
            self.claimed.unread(what, missing);
        }
        Ok(())
    }

    /// `doc.spans`: bytes of groups with the keys of each; in old files a list of groups, whose key is their name.
    fn groups(&mut self, bytes: &[u8]) -> Result<(), String> {
        if bytes.is_empty() {
            return Ok(());
        }
        let mut groups = Message::new(bytes);
        if matches!(
            groups.peek()?,
            Marker::FixArray(_) | Marker::Array16 | Marker::Array32
        ) {
            for _ in 0..groups.list()? {
                self.group(groups.bytes()?, None)?;
            }
            return Ok(());
        }
        for _ in 0..groups.map()? {
            let group = groups.bytes()?;
            let mut keys = groups.skip()?;
            let key = match keys.list()? {
                0 => None,
                _ => Some(keys.string()?),
            };
            self.group(group, key)?;
        }
        Ok(())
    }

    fn group(&mut self, bytes: &[u8], key: Option<&str>) -> Result<(), String> {
        let mut message = Message::new(bytes);
        let (mut name, mut spans) = (None, None);
        for _ in 0..message.map()? {
            let field = message.string()?;
            let mut value = message.skip()?;
            match field {
                "name" => name = value.string().ok(),
                "spans" => spans = Some(value),
                _ => {}
            }
        }
        let key = key.or(name).filter(|k| *k != OVERLAPPING);
        let mut spans = spans.ok_or("a group without spans")?;
        for _ in 0..spans.list()? {
            let span = spans.bytes()?;
            // id, kb_id and label; the first token and the one behind the last; then the same in characters.
            let (Some((ids, offsets)), 40) = (span.split_at_checked(24), span.len()) else {
                return Err("a span of a group is not 40 bytes long".to_owned());
            };
            let (ids, tokens) = (ids.as_chunks::<8>().0, offsets.as_chunks::<4>().0);
            let [id, kb_id, label] = [0, 1, 2].map(|n| u64::from_be_bytes(ids[n]));
            let token = |n: usize| usize::try_from(i32::from_be_bytes(tokens[n])).ok();
            let (start, end) = match (token(0), token(1)) {
                (Some(start), Some(end)) if start < end && end <= self.places.len() => (start, end),
                (start, end) => {
                    let message = format!(
                        "a span of group {:?} has the tokens {start:?}..{end:?} of {}",
                        key.unwrap_or(OVERLAPPING),
                        self.places.len()
                    );
                    self.claimed.fault(FaultKind::Range, message);
                    continue;
                }
            };
            self.add(start, end, label, (kb_id, id), key)?;
        }
        Ok(())
    }

    /// Adds a span, once.
    fn add(
        &mut self,
        start: usize,
        end: usize,
        label: u64,
        (kb_id, id): (u64, u64),
        group: Option<&str>,
    ) -> Result<(), String> {
        if !self.seen.insert((start, end, label)) {
            return Ok(());
        }
        let string = |number, what| {
            let string = self.docbin.string(number, what)?.into_owned();
            Ok::<_, String>(Some(string).filter(|s| !s.is_empty()))
        };
        let (kb_id, id) = (string(kb_id, "kb_id")?, string(id, "span's id")?);
        let (first, last) = (&self.places[start], &self.places[end - 1]);
        let mut claim = Claim {
            start: first.start,
            end: last.end,
            label: string(label, "label")?.unwrap_or_default(),
            text: Some(self.text[first.bytes.start..last.bytes.end].to_owned()),
            origin: group.map(str::to_owned),
            ..Claim::default()
        };
        if let (Some(id), true) = (&id, kb_id.is_some() && kb_id != id) {
            claim.attributes.push((ID.to_owned(), id.clone()));
        }
        claim.entity = kb_id.or(id);
        self.claimed.claims.push(claim);
        Ok(())
    }
}

/// `doc.user_data`: our id and meta; what others put there is meta, extension attributes of the document (`doc._`) too.
fn take_user_data(bytes: &[u8], claimed: &mut Claimed) -> Result<(), String> {
    let mut data = Message::new(bytes);
    for _ in 0..data.map()? {
        let name = data.skip()?.json()?;
        let value = data.json()?;
        let name = match name {
            Some(Value::String(name)) => Some(name),
            // ("._.", NAME, None, None)
            Some(Value::Array(key)) => match &key[..] {
                [
                    Value::String(sign),
                    Value::String(name),
                    Value::Null,
                    Value::Null,
                ] if sign == "._." => Some(name.clone()),
                _ => None,
            },
            _ => None,
        };
        let mut add = |name: String, value: &Value| {
            let raw = to_raw_value(value).expect("values of JSON can be written as JSON");
            claimed.meta.push((name, raw));
        };
        match (name.as_deref(), value) {
            (Some(ID), Some(Value::String(id))) => claimed.id = Some(id),
            (Some(META), Some(Value::Object(meta))) => {
                for (name, value) in &meta {
                    add(name.clone(), value);
                }
            }
            (Some(name), Some(value)) => add(name.to_owned(), &value),
            _ => claimed.unread(
                "user data of spans and tokens, and what JSON has no place for",
                1,
            ),
        }
    }
    Ok(())
}
