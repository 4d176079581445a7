//! Strings of JSON: where one ends, what it says, how it is written. The short way for what is in order; `serde_json` judges the rest.

use crate::machine::first_block;

/// The place of the first byte that does not stand for itself in a string: a quote, a backslash or a control character.
fn first_special(bytes: &[u8]) -> Option<usize> {
    let (blocks, mut rest) = bytes.as_chunks::<64>();
    let mut at = 64 * blocks.len();
    if let Some(block) = first_block(bytes, is_special) {
        rest = &blocks[block];
        at = 64 * block;
    }
    let (words, tail) = rest.as_chunks::<8>();
    for word in words {
        if let Some(k) = special_in(word) {
            return Some(at + k);
        }
        at += 8;
    }
    match bytes.last_chunk::<8>() {
        // What it has of the words before is not special.
        Some(word) if !tail.is_empty() => special_in(word).map(|k| bytes.len() - 8 + k),
        _ => tail.iter().position(|&b| is_special(b)).map(|k| at + k),
    }
}

/// The place of the first special byte of eight.
#[inline(always)]
fn special_in(word: &[u8; 8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;
    let w = u64::from_le_bytes(*word);
    let is_zero = |w: u64| w.wrapping_sub(ONES) & !w;
    let control = w.wrapping_sub(ONES * 0x20) & !w;
    // A borrow can only mark bytes above one that is marked rightly: the lowest is always right.
    let marks =
        (control | is_zero(w ^ (ONES * b'"' as u64)) | is_zero(w ^ (ONES * b'\\' as u64))) & HIGH;
    (marks != 0).then(|| marks.trailing_zeros() as usize / 8)
}

#[inline(always)]
fn is_special(b: u8) -> bool {
    (b < b' ') | (b == b'"') | (b == b'\\')
}

/// The length of the string that starts behind an opening quote, up to its closing quote; none if it has no end or something that
/// must not stand in a string.
pub(crate) fn string_len(behind_quote: &str) -> Option<usize> {
    let bytes = behind_quote.as_bytes();
    let mut at = 0;
    loop {
        at += first_special(&bytes[at..])?;
        match bytes[at] {
            b'"' => return Some(at),
            b'\\' => at += 1 + escape_len(&bytes[at + 1..])?,
            _ => return None,
        }
    }
}

/// The length of what stands behind a backslash.
fn escape_len(behind: &[u8]) -> Option<usize> {
    match behind.first()? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(1),
        b'u' => code_unit(behind).map(|_| 5),
        _ => None,
    }
}

/// The number in `uXXXX`.
fn code_unit(escape: &[u8]) -> Option<u16> {
    escape.get(1..5)?.iter().try_fold(0, |unit, &digit| {
        Some(unit << 4 | (digit as char).to_digit(16)? as u16)
    })
}

/// What the string between two quotes says; none where an escape stands for no character.
pub(crate) fn unescape(string: &str) -> Option<String> {
    let Some(mut at) = memchr::memchr(b'\\', string.as_bytes()) else {
        return Some(string.to_owned());
    };
    let mut out = String::with_capacity(string.len());
    let mut done = 0;
    loop {
        out.push_str(&string[done..at]);
        let behind = &string.as_bytes()[at + 1..];
        let mut len = 1;
        out.push(match behind.first()? {
            b'n' => '\n',
            &sign @ (b'"' | b'\\' | b'/') => sign as char,
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let unit = code_unit(behind)?;
                len = 5;
                match char::from_u32(unit.into()) {
                    Some(c) => c,
                    None => {
                        let second = behind[5..]
                            .strip_prefix(b"\\")
                            .filter(|b| b.first() == Some(&b'u'));
                        len = 11;
                        let pair = [unit, code_unit(second?)?];
                        char::decode_utf16(pair).next()?.ok()?
                    }
                }
            }
            _ => return None,
        });
        done = at + 1 + len;
        match memchr::memchr(b'\\', &string.as_bytes()[done..]) {
            Some(next) => at = done + next,
            None => break,
        }
    }
    out.push_str(&string[done..]);
    Some(out)
}

/// Appends a string in its quotes, escaped as `serde_json` does it.
pub(crate) fn push_string(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = first_special(rest) {
        out.extend_from_slice(&rest[..at]);
        let sign = match rest[at] {
            b'\n' => b'n',
            b'\t' => b't',
            b'\r' => b'r',
            0x08 => b'b',
            0x0c => b'f',
            other => other,
        };
        match sign {
            0..b' ' => {
                let digit = |d: u8| b"0123456789abcdef"[usize::from(d)];
                out.extend_from_slice(&[
                    b'\\',
                    b'u',
                    b'0',
                    b'0',
                    digit(sign >> 4),
                    digit(sign & 15),
                ]);
            }
            _ => out.extend_from_slice(&[b'\\', sign]),
        }
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strings with all that is special, in all places of a block.
    fn strings() -> Vec<String> {
        let mut rng = fastrand::Rng::with_seed(3);
        let parts = [
            "a",
            "\"",
            "\\",
            "\n",
            "\u{1f}",
            "\u{0}",
            " ",
            "é",
            "🚀",
            "\u{7f}",
            "/",
            "\u{8}\u{c}\r\t",
        ];
        let mut strings = vec![String::new()];
        for len in 0..100 {
            for part in parts {
                let plain = "Köln, Bonn. ".repeat(10);
                let mut end = len;
                while !plain.is_char_boundary(end) {
                    end -= 1;
                }
                strings.push(format!("{}{part}{}", &plain[..end], "x".repeat(len / 7)));
            }
            strings.push((0..len).map(|_| *rng.choice(&parts).unwrap()).collect());
        }
        strings
    }

    #[test]
    fn the_first_special_byte_is_found() {
        for s in strings() {
            let expected = s.bytes().position(|b| b < 0x20 || b == b'"' || b == b'\\');
            assert_eq!(first_special(s.as_bytes()), expected, "{s:?}");
        }
    }

    #[test]
    fn strings_are_written_as_serde_json_writes_them_and_read_back() {
        for s in strings() {
            let mut out = Vec::new();
            push_string(&s, &mut out);
            let written = String::from_utf8(out).unwrap();
            assert_eq!(written, serde_json::to_string(&s).unwrap());
            let len = string_len(&format!("{}, \"", &written[1..])).unwrap();
            assert_eq!(len, written.len() - 2, "{written}");
            assert_eq!(unescape(&written[1..=len]).unwrap(), s);
        }
    }

    #[test]
    fn strings_are_read_as_serde_json_reads_them_or_left_to_it() {
        let mut rng = fastrand::Rng::with_seed(4);
        let parts = [
            "a",
            "\\",
            "\"",
            "\\n",
            "\\/",
            "\\b",
            "\\f",
            "\\u00e9",
            "\\u00E9",
            "\\uD83D",
            "\\ude80",
            "\\ud83d\\ude80",
            "\\u12",
            "\\u+123",
            "\\x",
            "\n",
            "é",
            "\u{7f}",
            "\\u0000",
        ];
        let mut read = 0;
        for _ in 0..200_000 {
            let json: String = (0..rng.usize(..7))
                .map(|_| *rng.choice(&parts).unwrap())
                .collect();
            let expected = serde_json::from_str::<String>(&format!("\"{json}\"")).ok();
            let raw = serde_json::from_str::<&serde_json::value::RawValue>(&format!("\"{json}\""))
                .is_ok();
            let whole = string_len(&format!("{json}\"")) == Some(json.len());
            assert_eq!(whole, raw, "{json}");
            if whole {
                assert_eq!(unescape(&json), expected, "{json}");
                read += usize::from(expected.is_some());
            }
        }
        assert!(read > 10_000);
    }
}
