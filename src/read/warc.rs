//! Web archives (WARC, ISO 28500): pages and plain texts that were fetched well, a document each.
//!
//! `response` records (what an HTTP server said) and `resource` records (a file alone) of HTML or plain text are read, of responses
//! those with a status of 200 to 299. All others are passed over without a word, however large they are.

use super::{
    Parsed, Raw, ReadOptions, Reader,
    decode::decode,
    html,
    stream::{Cut, Cutter, Fault, Input, too_large},
    string_meta, zstd,
};
use crate::document::Document;
use encoding_rs::Encoding;
use std::io::Read;

pub(super) struct Warc;

const MAGIC: &[u8] = b"WARC/";

/// Headers longer than this are no headers.
const MAX_HEADER: usize = 64 << 10;

impl Reader for Warc {
    fn name(&self) -> &'static str {
        "warc"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["warc"]
    }

    fn magic(&self) -> Option<&'static [u8]> {
        Some(MAGIC)
    }

    fn cutter(&self, _: &ReadOptions) -> Box<dyn Cutter> {
        Box::new(Records { number: 0 })
    }

    fn parse(&self, raw: &Raw, options: &ReadOptions) -> Parsed {
        let Some((header, block)) = split_header(&raw.bytes) else {
            return Parsed::error(raw, "a record without a header");
        };
        let Some(page) = Page::of(header, block) else {
            return Parsed::default();
        };
        let body = match page.unpacked(options.max_document) {
            Ok(body) => body,
            Err(message) => return Parsed::error(raw, message),
        };
        let is_html = page.kind == Kind::Html;
        let declared = page
            .encoding
            .or_else(|| is_html.then(|| html::declared(&body)).flatten());
        let (text, warning) = decode(&body, options.encoding, declared);
        let mut meta: Vec<(&str, String)> = Vec::new();
        let text = if is_html {
            match html::Article::of(&text) {
                Ok(article) => {
                    // The date of the record is the day of the crawl.
                    let fields = article.meta.into_iter();
                    meta.extend(fields.map(|(name, value)| match name {
                        "date" => ("published", value),
                        _ => (name, value),
                    }));
                    article.text
                }
                Err(message) => return Parsed::error(raw, message),
            }
        } else {
            text.into_owned()
        };
        let uri = field(header, "WARC-Target-URI");
        // Early writers put it between angle brackets.
        let uri = uri.map(|u| u.trim_matches(['<', '>']).to_owned());
        meta.extend(uri.clone().map(|uri| ("url", uri)));
        meta.extend(field(header, "WARC-Date").map(|date| ("date", date)));
        let id = uri.unwrap_or_else(|| format!("{}:{}", raw.id, raw.line.unwrap_or(1)));
        let warning = warning.or_else(|| {
            text.trim()
                .is_empty()
                .then(|| "a page without text".to_owned())
        });
        Parsed::document(
            Document::new(id, text).with_meta(string_meta(meta)),
            raw,
            warning,
        )
    }
}

/// Cuts the records off.
struct Records {
    number: u64,
}

impl Cutter for Records {
    fn cut(&mut self, input: &mut Input) -> Option<Result<Cut, Fault>> {
        loop {
            // A record that is passed over counts as found: it is its length that was read, not a document without an end.
            input.found();
            match self.next(input) {
                Ok(Next::Page(bytes)) => {
                    return Some(Ok(Cut {
                        bytes,
                        line: Some(self.number),
                    }));
                }
                Ok(Next::Other) => {}
                Ok(Next::End) => return None,
                Err(message) => {
                    return Some(Err(Fault {
                        line: Some(self.number),
                        message,
                    }));
                }
            }
        }
    }
}

/// What the next record is.
enum Next {
    Page(Vec<u8>),
    Other,
    End,
}

impl Records {
    fn next(&mut self, input: &mut Input) -> Result<Next, String> {
        // Between records there are two line breaks.
        loop {
            let breaks = input.rest().iter();
            let breaks = breaks.take_while(|b| matches!(b, b'\r' | b'\n')).count();
            input.consume(breaks);
            if !input.rest().is_empty() {
                break;
            }
            match input.more() {
                Ok(true) => {}
                Ok(false) => return Ok(Next::End),
                Err(message) => {
                    self.number += 1;
                    return Err(message);
                }
            }
        }
        self.number += 1;
        let offset = input.offset();
        let Some(header) = header_len(input)? else {
            to_next_record(input)?;
            return Err(format!("no record at byte {offset}"));
        };
        let head = &input.rest()[..header];
        let Some(len) = field(head, "Content-Length").and_then(|l| l.parse::<u64>().ok()) else {
            to_next_record(input)?;
            return Err(format!("the record at byte {offset} has no length"));
        };
        let start = len.min(MAX_HEADER as u64) as usize;
        let cut_off = || format!("the archive ends inside the record at byte {offset}");
        if !input.fill(header + start)? {
            input.give_up();
            return Err(cut_off());
        }
        let rest = input.rest();
        let wanted = Page::of(&rest[..header], &rest[header..header + start]).is_some();
        if !wanted || len > input.max_document() as u64 {
            let whole = input.skip(header as u64 + len)?;
            if !whole {
                return Err(cut_off());
            }
            return match wanted {
                true => Err(too_large(input.max_document())),
                false => Ok(Next::Other),
            };
        }
        let total = header + len as usize;
        if !input.fill(total)? {
            input.give_up();
            return Err(cut_off());
        }
        // The last record may lack its line breaks.
        let goes_on = input.fill(total + 1)?;
        if goes_on && !matches!(input.rest()[total], b'\r' | b'\n') {
            input.consume(header);
            to_next_record(input)?;
            return Err(format!(
                "the record at byte {offset} is not as long as it says"
            ));
        }
        Ok(Next::Page(input.take(total)))
    }
}

/// The length of the header that starts here; none if nothing here is one.
fn header_len(input: &mut Input) -> Result<Option<usize>, String> {
    loop {
        let rest = input.rest();
        let known = rest.len().min(MAGIC.len());
        if rest[..known] != MAGIC[..known] {
            return Ok(None);
        }
        if let Some((header, _)) = split_header(rest) {
            return Ok(Some(header.len()));
        }
        if rest.len() > MAX_HEADER || !input.more()? {
            return Ok(None);
        }
    }
}

/// Goes to the next line that starts a record.
fn to_next_record(input: &mut Input) -> Result<(), String> {
    const LINE: &[u8] = b"\nWARC/";
    loop {
        let rest = input.rest();
        if let Some(at) = memchr::memmem::find(rest, LINE) {
            input.consume(at + 1);
            return Ok(());
        }
        // Its first bytes may be here already.
        input.consume(rest.len().saturating_sub(LINE.len()));
        if !input.more()? {
            input.give_up();
            return Ok(());
        }
    }
}

/// A header, the blank line at its end included, and what is behind.
fn split_header(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = &bytes[..bytes.len().min(MAX_HEADER)];
    let at = memchr::memchr_iter(b'\n', start).find_map(|at| match &start[at + 1..] {
        [b'\n', ..] => Some(at + 2),
        [b'\r', b'\n', ..] => Some(at + 3),
        _ => None,
    })?;
    Some(bytes.split_at(at))
}

/// A field of a header.
fn field(header: &[u8], name: &str) -> Option<String> {
    header.split(|&b| b == b'\n').find_map(|line| {
        let at = memchr::memchr(b':', line)?;
        let value = line[at + 1..].trim_ascii();
        line[..at]
            .trim_ascii()
            .eq_ignore_ascii_case(name.as_bytes())
            .then(|| String::from_utf8_lossy(value).into_owned())
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    Text,
}

/// A page or a text in a record.
struct Page<'a> {
    kind: Kind,
    encoding: Option<&'static Encoding>,
    /// The header of the response; empty if there is none.
    http: &'a [u8],
    body: &'a [u8],
}

impl<'a> Page<'a> {
    /// The page in a record of which this is the header and this (at least the start of) the block; none if it has no page.
    fn of(header: &[u8], block: &'a [u8]) -> Option<Page<'a>> {
        let record = field(header, "WARC-Type")?.to_ascii_lowercase();
        let block_type = field(header, "Content-Type").unwrap_or_default();
        let (http, body, content_type) = match record.as_str() {
            "response"
                if block_type
                    .to_ascii_lowercase()
                    .starts_with("application/http") =>
            {
                let (http, body) = split_header(block)?;
                let status = http.split(|b| b.is_ascii_whitespace()).nth(1)?;
                if !http.starts_with(b"HTTP/") || status.len() != 3 || status[0] != b'2' {
                    return None;
                }
                (http, body, field(http, "Content-Type")?)
            }
            "resource" => (&block[..0], block, block_type),
            _ => return None,
        };
        let mut parts = content_type.split(';').map(str::trim);
        let kind = match parts.next()?.to_ascii_lowercase().as_str() {
            "text/html" | "application/xhtml+xml" => Kind::Html,
            "text/plain" => Kind::Text,
            _ => return None,
        };
        let encoding = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            let label = value.trim().trim_matches('"');
            name.trim()
                .eq_ignore_ascii_case("charset")
                .then(|| Encoding::for_label(label.as_bytes()))?
        });
        Some(Page {
            kind,
            encoding,
            http,
            body,
        })
    }

    /// The body as the server meant it: out of its chunks and unpacked.
    fn unpacked(&self, max: usize) -> Result<Vec<u8>, String> {
        let token = |name: &str| {
            field(self.http, name)
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        let body = match token("Transfer-Encoding").contains("chunked") {
            // Some crawlers took the chunks away and left the header.
            true => dechunked(self.body).unwrap_or_else(|| self.body.to_vec()),
            false => self.body.to_vec(),
        };
        let packing = token("Content-Encoding");
        let mut unpacked = Vec::new();
        let reader: Box<dyn Read> = match packing.as_str() {
            // The same crawlers unpacked the body.
            "gzip" | "x-gzip" if body.starts_with(b"\x1f\x8b") => {
                Box::new(flate2::read::MultiGzDecoder::new(&*body))
            }
            // Two ways of packing have this name; the one with a header starts so.
            "deflate" if body.first().is_some_and(|b| b & 0xf == 8) => {
                Box::new(flate2::read::ZlibDecoder::new(&*body))
            }
            "deflate" => Box::new(flate2::read::DeflateDecoder::new(&*body)),
            "zstd" if zstd::starts(&body) => {
                Box::new(zstd::Zstd::new(&*body).map_err(|e| e.to_string())?)
            }
            "" | "identity" | "none" | "gzip" | "x-gzip" | "zstd" => return Ok(body),
            other => {
                return Err(format!(
                    "the page is packed as {other:?}, which is not read"
                ));
            }
        };
        match reader.take(max as u64 + 1).read_to_end(&mut unpacked) {
            Err(e) => Err(format!(
                "the page is packed as {packing:?} and damaged: {e}"
            )),
            Ok(_) if unpacked.len() > max => Err(too_large(max)),
            Ok(_) => Ok(unpacked),
        }
    }
}

/// The body without the lengths between its chunks; none if it has none. A body that was cut off keeps what it has.
fn dechunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len());
    while !body.is_empty() {
        let end = memchr::memchr(b'\n', body)?;
        let digits = body[..end].split(|&b| b == b';').next()?.trim_ascii();
        let len = usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        body = &body[end + 1..];
        if len == 0 {
            break;
        }
        let (chunk, rest) = body.split_at(len.min(body.len()));
        whole.extend_from_slice(chunk);
        body = rest.strip_prefix(b"\r").unwrap_or(rest);
        body = body.strip_prefix(b"\n").unwrap_or(body);
    }
    Some(whole)
}
