//! JSON: an array of objects, each read like a line of JSONL. One object alone, and several one after the other, do as well.
//!
//! The array is cut while it streams in, object by object, by brackets and quotes alone: memory holds one object, and depth is a
//! count. What is wrong inside an object is found when it is parsed.

use super::{
    Parsed, Raw, ReadOptions, Reader, jsonl,
    stream::{Cut, Cutter, Fault, Input, Piece, Scan, Step, too_large},
};

pub(super) struct Json;

impl Reader for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn looks_like(&self, start: &str) -> bool {
        let start = start.trim_start_matches('\u{feff}').trim_start();
        // `[{"` or, over several lines, `{` and `"`: no text starts so.
        let object = match start.strip_prefix('[') {
            Some(inside) => inside.trim_start(),
            None if start.lines().next().is_some_and(|l| l.trim_end() == "{") => start,
            None => return false,
        };
        object
            .strip_prefix('{')
            .is_some_and(|fields| fields.trim_start().starts_with('"'))
    }

    fn cutter(&self, _: &ReadOptions) -> Box<dyn Cutter> {
        Box::new(Elements { in_array: false })
    }

    fn parse(&self, raw: &Raw, options: &ReadOptions) -> Parsed {
        jsonl::parse_object(raw, options)
    }
}

/// Cuts the objects off.
struct Elements {
    in_array: bool,
}

impl Cutter for Elements {
    fn cut(&mut self, input: &mut Input) -> Option<Result<Cut, Fault>> {
        loop {
            let line = Some(input.line());
            let fault = |message: String| Some(Err(Fault { line, message }));
            match input.fill(1) {
                Ok(true) => {}
                Ok(false) if std::mem::take(&mut self.in_array) && !input.is_given_up() => {
                    return fault("the array has no end: the file may be truncated".to_owned());
                }
                Ok(false) => return None,
                Err(message) => return fault(message),
            }
            match input.rest()[0] {
                b'{' => return Some(object(input)),
                b'[' if !self.in_array => self.in_array = true,
                b']' => self.in_array = false,
                // A byte order mark, and the mark before each object that RFC 7464 has.
                b' ' | b'\t' | b'\n' | b'\r' | b',' | 0xef | 0xbb | 0xbf | 0x1e => {}
                b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' if self.in_array => {
                    return fault(match skip_value(input) {
                        Ok(()) => "not a JSON object".to_owned(),
                        Err(message) => message,
                    });
                }
                _ => {
                    input.give_up();
                    return fault("not JSON: the rest is left out".to_owned());
                }
            }
            input.consume(1);
        }
    }
}

/// Cuts an object off.
fn object(input: &mut Input) -> Result<Cut, Fault> {
    let line = Some(input.line());
    let fault = |message: String| Fault { line, message };
    let mut scan = Brackets::default();
    match input.find(&mut scan) {
        Piece::Whole(len) => {
            let bytes = input.take(len);
            Ok(Cut { bytes, line })
        }
        Piece::TooLarge => {
            let skipped = input.skip_piece(&mut scan);
            Err(fault(match skipped {
                Ok(_) => too_large(input.max_document()),
                Err(message) => message,
            }))
        }
        // Parsing says what is wrong with it.
        Piece::Broken | Piece::Open => {
            let bytes = to_next_object(input).map_err(fault)?;
            Ok(Cut { bytes, line })
        }
        Piece::Failed(message) => Err(fault(message)),
    }
}
/// Cuts a broken object off, up to a line that starts with the next: not further in than the broken one, so that objects inside it
/// are not taken for its neighbours.
fn to_next_object(input: &mut Input) -> Result<Vec<u8>, String> {
    let column = input.column() as usize;
    let mut broken = Vec::new();
    loop {
        let end = match memchr::memchr(b'\n', input.rest()) {
            Some(at) => at + 1,
            None => input.rest().len(),
        };
        let fits = end.min(input.max_document().saturating_sub(broken.len()));
        broken.extend_from_slice(&input.rest()[..fits]);
        input.consume(end);
        if !input.fill(column.saturating_add(1))? && input.rest().is_empty() {
            return Ok(broken);
        }
        let indent = input.rest().iter();
        let indent = indent.take_while(|b| matches!(b, b' ' | b'\t')).count();
        if input.column() == 0 && indent <= column && input.rest().get(indent) == Some(&b'{') {
            return Ok(broken);
        }
    }
}

/// Leaves a value that is no object behind.
fn skip_value(input: &mut Input) -> Result<(), String> {
    match input.rest()[0] {
        b'[' | b'"' => {
            let mut scan = Brackets::default();
            match input.find(&mut scan) {
                Piece::Whole(len) => input.consume(len),
                Piece::TooLarge => {
                    input.skip_piece(&mut scan)?;
                }
                Piece::Broken | Piece::Open => input.skip_line()?,
                Piece::Failed(message) => return Err(message),
            }
        }
        _ => loop {
            let end = |b: &u8| matches!(b, b',' | b']' | b'}' | b'{' | b'\n');
            let at = input.rest().iter().position(end);
            input.consume(at.unwrap_or(input.rest().len()));
            if at.is_some() || !input.more()? {
                break;
            }
        },
    }
    Ok(())
}

/// Finds the end of an object, an array or a string.
#[derive(Default)]
struct Brackets {
    /// The brackets that are open.
    open: Vec<u8>,
    in_string: bool,
    escaped: bool,
}

impl Scan for Brackets {
    fn step(&mut self, byte: u8) -> Step {
        if self.in_string {
            match byte {
                // No string goes over a line: its closing quote is missing.
                b'\n' => return Step::Broken,
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => {
                    self.in_string = false;
                    if self.open.is_empty() {
                        return Step::End;
                    }
                }
                _ => {}
            }
            return Step::On;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.open.push(byte),
            b'}' | b']' => {
                // `{` and `}` stand two apart in ASCII, and so do `[` and `]`.
                if self.open.pop() != Some(byte - 2) {
                    return Step::Broken;
                }
                if self.open.is_empty() {
                    return Step::End;
                }
            }
            _ => {}
        }
        Step::On
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_json_is_taken_for_it() {
        for json in ["[{\"id\": 1}]", "\u{feff}[\n  {\n \"a\"", "{\n  \"id\": 1"] {
            assert!(Json.looks_like(json), "{json}");
        }
        for other in ["[sic] {\"a\"}", "{ he said", "[1]", "{\"id\":1}"] {
            assert!(!Json.looks_like(other), "{other}");
        }
    }
}
