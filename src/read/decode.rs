//! Bytes to text.

use encoding_rs::Encoding;

/// The text of bytes that should be UTF-8; where they are not, in the encoding that was told, or by a guess and with a warning.
pub(super) fn decode(bytes: &[u8], told: Option<&'static Encoding>) -> (String, Option<String>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (text.to_owned(), None);
    }
    let encoding = told.unwrap_or_else(|| {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        detector.guess(None, chardetng::Utf8Detection::Deny)
    });
    let (text, _, replaced) = encoding.decode(bytes);
    let mut warning = format!("not UTF-8, read as {}", encoding.name().to_lowercase());
    if told.is_none() {
        warning.push_str(" (--encoding says otherwise)");
    }
    if replaced {
        warning.push_str("; bytes without meaning there were replaced");
    }
    let quiet = told.is_some() && !replaced;
    (text.into_owned(), (!quiet).then_some(warning))
}

/// What makes the start of a file something other than text, if anything.
pub(super) fn binary(start: &[u8]) -> Option<String> {
    let known: [(&[u8], &str); 5] = [
        (b"%PDF-", "PDF"),
        (b"PK\x03\x04", "zip"),
        (b"\x89PNG", "PNG"),
        (b"BZh", "bzip2"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
    ];
    if let Some((_, name)) = known.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some(format!("a {name} file, not text: left out"));
    }
    if let Some(at) = memchr::memchr(0, start) {
        return Some(format!(
            "a binary file (NUL at byte {at}): left out; UTF-16 without a byte order mark needs --encoding utf-16le"
        ));
    }
    let control = start
        .iter()
        .filter(|b| matches!(b, 1..=8 | 14..=26 | 28..=31 | 127))
        .count();
    (control > 3 && control * 20 > start.len())
        .then(|| format!("a binary file ({control} control characters at its start): left out"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_utf8_are_guessed_with_a_warning() {
        let (text, warning) = decode(b"The minister\x92s caf\xe9 in K\xf6ln", None);
        assert_eq!(text, "The minister’s café in Köln");
        assert_eq!(
            warning.unwrap(),
            "not UTF-8, read as windows-1252 (--encoding says otherwise)"
        );
        assert_eq!(decode(b"\xef\xbb\xbfIran", None), ("Iran".into(), None));
    }

    #[test]
    fn binary_files_are_told_from_text() {
        assert!(binary(b"ELF\0\0").is_some());
        assert!(binary(b"%PDF-1.7").is_some());
        assert!(binary("Kyiv — ok\n".as_bytes()).is_none());
        assert!(binary(b"").is_none());
    }
}
