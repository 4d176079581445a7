//! CSV and TSV: a header, then a document a row. Named columns become id and text, all others meta.
//!
//! A raw row comes with its header above it, a small table of its own, so that rows are parsed without each other. Quotes count as
//! in RFC 4180: around a whole cell, doubled inside it.

use super::{
    Parsed, Raw, ReadOptions, Reader,
    decode::decode,
    list,
    stream::{Cut, Cutter, Fault, Found, Input, Piece, Scan, Step, too_large},
    string_meta,
};
use crate::document::Document;

/// What parts cells; none lets the header decide between `,` and `;`.
pub(super) struct Csv {
    pub(super) cell: Option<u8>,
}

impl Csv {
    fn cell(&self, header: &[u8]) -> u8 {
        self.cell.unwrap_or_else(|| {
            // Spreadsheets of the countries that write 1,5 part cells by `;`. A tab in a .csv is rarer, and never part of a name.
            let count = |c: u8| memchr::memchr_iter(c, header).count();
            let most = [b',', b';', b'\t'].into_iter().rev();
            most.max_by_key(|&c| count(c)).unwrap_or(b',')
        })
    }
}

impl Reader for Csv {
    fn name(&self) -> &'static str {
        self.cell.map_or("csv", |_| "tsv")
    }

    fn extensions(&self) -> &'static [&'static str] {
        self.cell.map_or(&["csv"], |_| &["tsv", "tab"])
    }

    fn cutter(&self, options: &ReadOptions) -> Box<dyn Cutter> {
        Box::new(Rows {
            cell: self.cell,
            text_fields: options.text_fields.clone(),
            encoding: options.encoding,
            header: None,
        })
    }

    fn parse(&self, raw: &Raw, options: &ReadOptions) -> Parsed {
        let (table, warning) = decode(&raw.bytes, options.encoding, None);
        let (header, row) = table.split_once('\n').unwrap_or((&table, ""));
        let cell = self.cell(header.as_bytes());
        let columns = cells(header, cell);
        let cells = cells(row, cell);
        if cells.len() != columns.len() {
            let message = format!(
                "{} cells, but the header has {} columns",
                cells.len(),
                columns.len()
            );
            return Parsed::error(raw, message);
        }
        let mut text = String::new();
        let value = |name: &String| {
            let at = columns.iter().position(|c| c == name)?;
            Some(cells[at].as_str())
        };
        for part in options.text_fields.iter().filter_map(value) {
            if !text.is_empty() && !part.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(part);
        }
        let id = value(&options.id_field).filter(|id| !id.is_empty());
        let id = id.map_or_else(
            || format!("{}:{}", raw.id, raw.line.unwrap_or(1)),
            str::to_owned,
        );
        let others = columns
            .iter()
            .zip(&cells)
            .filter(|(c, _)| **c != options.id_field && !options.text_fields.contains(c));
        let document = Document::new(id, &*text).with_meta(string_meta(others));
        let warning =
            warning.or_else(|| text.trim().is_empty().then(|| "an empty text".to_owned()));
        Parsed::document(document, raw, warning)
    }
}

/// The cells of a row.
fn cells(row: &str, cell: u8) -> Vec<String> {
    let mut reader = ::csv::ReaderBuilder::new();
    reader
        .has_headers(false)
        .flexible(true)
        .delimiter(cell)
        .quoting(Row::new(cell).holds(row.as_bytes()));
    let mut record = ::csv::StringRecord::new();
    // Reading from memory, and what is UTF-8, can't fail; a row without a cell is an empty record.
    let _ = reader.from_reader(row.as_bytes()).read_record(&mut record);
    record.iter().map(str::to_owned).collect()
}

/// Cuts the rows off.
struct Rows {
    cell: Option<u8>,
    text_fields: Vec<String>,
    encoding: Option<&'static encoding_rs::Encoding>,
    /// The header, without its line break; empty if it is no good.
    header: Option<Vec<u8>>,
}

impl Cutter for Rows {
    fn cut(&mut self, input: &mut Input) -> Option<Result<Cut, Fault>> {
        if self.header.is_none() {
            match self.read_header(input) {
                Ok(header) => self.header = Some(header),
                Err(message) => {
                    let line = Some(input.line());
                    input.give_up();
                    self.header = Some(Vec::new());
                    return Some(Err(Fault { line, message }));
                }
            }
        }
        let header = self.header.as_ref().filter(|h| !h.is_empty())?;
        let csv = Csv { cell: self.cell };
        let cell = csv.cell(header);
        loop {
            let line = Some(input.line());
            let fault = |message: String| Some(Err(Fault { line, message }));
            let mut row = Row::new(cell);
            let len = match input.find(&mut row) {
                Piece::Whole(len) => len,
                Piece::Open if input.rest().is_empty() => return None,
                Piece::Open if row.at != At::Quoted => input.rest().len(),
                Piece::Failed(message) => return fault(message),
                // In files with tabs quotes are often just quotes: a line with all its cells is a row.
                Piece::Broken | Piece::Open if cell == b'\t' && fits(input, header) => {
                    memchr::memchr(b'\n', input.rest()).map_or(input.rest().len(), |at| at + 1)
                }
                // The next line is more likely a row than the rest of this one.
                broken => {
                    let skipped = input.skip_line();
                    return fault(match (skipped, broken) {
                        (Err(message), _) => message,
                        (_, Piece::TooLarge) => too_large(input.max_document()),
                        (_, Piece::Open) => "a quote that nothing closes".to_owned(),
                        _ => "text behind the closing quote of a cell: quotes inside a cell are doubled".to_owned(),
                    });
                }
            };
            if input.rest()[..len].trim_ascii().is_empty() {
                input.consume(len);
                continue;
            }
            let mut bytes = header.clone();
            bytes.push(b'\n');
            bytes.extend_from_slice(&input.take(len));
            return Some(Ok(Cut { bytes, line }));
        }
    }
}

impl Rows {
    /// The header, its columns checked; empty where there is nothing at all.
    fn read_header(&self, input: &mut Input) -> Result<Vec<u8>, String> {
        if input.fill(3)? && input.rest().starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
        }
        let len = loop {
            match input.find_line()? {
                Found::End => return Ok(Vec::new()),
                Found::TooLong => return Err(too_large(input.max_document())),
                Found::Line(len) if input.rest()[..len].trim_ascii().is_empty() => {
                    input.consume(len);
                }
                Found::Line(len) => break len,
            }
        };
        let header = &input.rest()[..len];
        let header = header.strip_suffix(b"\n").unwrap_or(header);
        let header = header.strip_suffix(b"\r").unwrap_or(header).to_vec();
        if header.len() > MAX_HEADER {
            return Err("a header of more than 64 KiB".to_owned());
        }
        let (text, _) = decode(&header, self.encoding, None);
        let cell = Csv { cell: self.cell }.cell(&header);
        let columns = cells(&text, cell);
        // Rows that are no documents need no text.
        if !self.text_fields.is_empty() && !columns.iter().any(|c| self.text_fields.contains(c)) {
            return Err(format!(
                "no column {}, the header has {} (--text-field names another)",
                list(&self.text_fields),
                list(&columns)
            ));
        }
        input.consume(len);
        Ok(header)
    }
}

/// A header goes along with each row.
const MAX_HEADER: usize = 64 << 10;

/// Has the line that starts here as many cells as the header, quotes being no more than characters?
fn fits(input: &Input, header: &[u8]) -> bool {
    let tabs = |line: &[u8]| memchr::memchr_iter(b'\t', line).count();
    let line = input.rest().split(|&b| b == b'\n').next();
    line.is_some_and(|line| tabs(line) == tabs(header))
}

/// Finds the end of a row.
struct Row {
    cell: u8,
    at: At,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// The start of a cell.
    Start,
    /// Inside one without quotes.
    Plain,
    /// Between the quotes of one.
    Quoted,
    /// Behind a quote in it: the first of two, or the closing one.
    Quote,
}

impl Row {
    fn new(cell: u8) -> Row {
        Row {
            cell,
            at: At::Start,
        }
    }

    /// Are the quotes of this whole row in order?
    fn holds(mut self, row: &[u8]) -> bool {
        row.iter().all(|&byte| self.step(byte) != Step::Broken) && self.at != At::Quoted
    }
}

impl Scan for Row {
    fn step(&mut self, byte: u8) -> Step {
        self.at = match (self.at, byte) {
            (At::Quoted, b'"') => At::Quote,
            (At::Quoted, _) => At::Quoted,
            (At::Quote, b'"') => At::Quoted,
            (_, b'\n' | b'\r') => return Step::End,
            (_, byte) if byte == self.cell => At::Start,
            (At::Quote, _) => return Step::Broken,
            (At::Start, b'"') => At::Quoted,
            _ => At::Plain,
        };
        Step::On
    }
}
