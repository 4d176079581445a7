//! Bytes to text.

use encoding_rs::Encoding;
use std::borrow::Cow;

/// The text of bytes that should be UTF-8; where they are not, in the encoding that the user told, else in the one that the document
/// declares, else by a guess and with a warning.
///
/// What is UTF-8 beyond ASCII stays so whatever is declared: pages with a wrong declaration are many, and no text of a length worth
/// reading is UTF-8 by accident.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    told: Option<&'static Encoding>,
    declared: Option<&'static Encoding>,
) -> (Cow<'a, str>, Option<String>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let shifts = told
        .or(declared)
        .is_some_and(|e| e == encoding_rs::ISO_2022_JP);
    if let Ok(text) = std::str::from_utf8(bytes)
        && !(shifts && bytes.contains(&0x1b))
    {
        return (text.into(), None);
    }
    let told = told.or(declared);
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
    (text, (!quiet).then_some(warning))
}

/// What makes the start of a file something other than text, if anything.
pub(super) fn binary(start: &[u8]) -> Option<String> {
    let known: [(&[u8], &str); 6] = [
        (b"%PDF-", "PDF"),
        (b"PK\x03\x04", "zip"),
        (b"\x89PNG", "PNG"),
        (b"BZh", "bzip2"),
        // What is packed once is unpacked before it comes here.
        (b"\x1f\x8b", "gzip"),
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
        let (text, warning) = decode(b"The minister\x92s caf\xe9 in K\xf6ln", None, None);
        assert_eq!(text, "The minister’s café in Köln");
        assert_eq!(
            warning.unwrap(),
            "not UTF-8, read as windows-1252 (--encoding says otherwise)"
        );
        assert_eq!(
            decode(b"\xef\xbb\xbfIran", None, None),
            ("Iran".into(), None)
        );
    }

    #[test]
    fn a_declared_encoding_counts_where_the_bytes_are_not_utf8() {
        let declared = Encoding::for_label(b"koi8-r");
        assert_eq!(
            decode(b"\xe9\xd2\xc1\xce", None, declared),
            ("Иран".into(), None)
        );
        assert_eq!(decode("Köln".as_bytes(), None, declared).0, "Köln");
        let japanese = Encoding::for_label(b"iso-2022-jp");
        assert_eq!(decode(b"\x1b$BElKL\x1b(B", None, japanese).0, "東北");
    }

    #[test]
    fn binary_files_are_told_from_text() {
        assert!(binary(b"ELF\0\0").is_some());
        assert!(binary(b"%PDF-1.7").is_some());
        assert!(binary("Kyiv — ok\n".as_bytes()).is_none());
        assert!(binary(b"").is_none());
    }
}
