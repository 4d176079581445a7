//! Ids in columns that white space parts: `%20` stands for a space.

use std::borrow::Cow;

/// The text without white space, control characters and `%`: each of their bytes is written as `%` and two digits.
pub(crate) fn encode(text: &str) -> Cow<'_, str> {
    let is_bad = |c: char| c.is_whitespace() || c.is_control() || c == '%';
    if !text.contains(is_bad) {
        return text.into();
    }
    let mut encoded = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match is_bad(c) {
            false => encoded.push(c),
            true => {
                let bytes = c.to_string().into_bytes();
                encoded.extend(bytes.iter().map(|b| format!("%{b:02X}")));
            }
        }
    }
    encoded.into()
}

/// The text before it was encoded. What can't be decoded stays as it is.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let digits = behind.get(..2).filter(|_| *first == b'%');
        let digits = digits.and_then(|d| std::str::from_utf8(d).ok());
        match digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                rest = &behind[2..];
            }
            None => {
                decoded.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(decoded).map_or(text.into(), Cow::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        for (text, encoded) in [
            ("north/a.txt", "north/a.txt"),
            ("ö/50% a\u{a0}b\n", "ö/50%25%20a%C2%A0b%0A"),
            ("", ""),
        ] {
            assert_eq!(encode(text), encoded);
            assert_eq!(decode(encoded), text);
        }
        for same in ["%", "a%2", "%zz", "%FF"] {
            assert_eq!(decode(same), same);
        }
    }
}
