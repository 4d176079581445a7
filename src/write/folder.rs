//! Formats that are a folder, or a file that is more than its records: what puts records into files.

use crate::{error::Error, span::Label};
use std::collections::HashSet;
use xxhash_rust::xxh3::xxh3_64;

/// The files of a folder that is being written.
pub trait Files {
    /// What the folder is called.
    fn name(&self) -> String;

    /// Adds bytes to the file of this name, `a/b.txt`, which is made with its folders where it is not there. It is quick to add to
    /// the same file again and again.
    ///
    /// # Errors
    /// When it can't be written.
    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error>;
}

/// Takes the records of a run in the order of the input, and puts them into files.
pub trait Collector: Send {
    /// Is what it writes one file, whatever names it gives, and no folder? Default: no.
    fn is_one_file(&self) -> bool {
        false
    }

    /// Starts: the labels that there may be, none if that is not known. Default: nothing.
    ///
    /// # Errors
    /// When the format needs to know them.
    fn start(&mut self, _labels: &[Label]) -> Result<(), Error> {
        Ok(())
    }

    /// Takes what [`Writer::write`](super::Writer::write) appended for the record of this id.
    ///
    /// # Errors
    /// When a file can't be written.
    fn add(&mut self, id: &str, record: &[u8], files: &mut dyn Files) -> Result<(), Error>;

    /// Ends the last file and writes those that belong beside the others, given the labels that occurred.
    ///
    /// # Errors
    /// When a file can't be written.
    fn finish(&mut self, labels: &[Label], files: &mut dyn Files) -> Result<(), Error>;
}

/// Appends a part of a record that is handed over to a collector: its length and its bytes.
pub(super) fn push_part(part: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(part.len() as u64).to_le_bytes());
    out.extend_from_slice(part);
}

/// Takes off the next part of such a record.
pub(super) fn take_part<'b>(rest: &mut &'b [u8]) -> &'b [u8] {
    let len = take_number(rest) as usize;
    let (part, behind) = rest.split_at(len);
    *rest = behind;
    part
}

/// Takes off a number that was appended as 8 bytes, little-endian.
pub(super) fn take_number(rest: &mut &[u8]) -> u64 {
    let (number, behind) = rest
        .split_first_chunk::<8>()
        .expect("records are handed over as they were made");
    *rest = behind;
    u64::from_le_bytes(*number)
}

/// Names of files, no two the same, that are made of ids.
///
/// An id is a path already where it comes from a file: `north/a.txt`. What file systems can't have in a name becomes `_`, a name that
/// was there before gets a number. 8 bytes a name are kept.
#[derive(Debug, Default)]
pub(super) struct FileNames {
    taken: HashSet<u64>,
}

/// So many bytes a part of a path may have: file systems take 255, endings and a number come behind.
const MOST: usize = 200;

impl FileNames {
    /// The name for a document, without the `ending` that it will get and may have had.
    pub(super) fn of(&mut self, id: &str, ending: &str) -> String {
        let id = id.strip_suffix(ending).unwrap_or(id);
        let parts = id.split('/').map(part).filter(|p| !p.is_empty());
        let mut name = parts.collect::<Vec<_>>().join("/");
        if name.is_empty() {
            name.push('_');
        }
        // Some file systems take `A` and `a` for the same.
        let mut free = |name: &str| self.taken.insert(xxh3_64(name.to_lowercase().as_bytes()));
        if free(&name) {
            return name;
        }
        let mut number = 2;
        loop {
            let other = format!("{name}-{number}");
            if free(&other) {
                return other;
            }
            number += 1;
        }
    }
}

/// A part of a path, which is no way up, not hidden and no device.
fn part(part: &str) -> String {
    let mut name = String::new();
    for c in part.chars() {
        if name.len() + c.len_utf8() > MOST {
            // What was cut off tells names apart.
            name.push_str(&format!("-{:016x}", xxh3_64(part.as_bytes())));
            break;
        }
        let is_bad = c.is_control()
            || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
            || name.is_empty() && matches!(c, '.' | ' ');
        name.push(if is_bad { '_' } else { c });
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_stay_in_their_folder_and_differ() {
        let mut names = FileNames::default();
        for (id, name) in [
            ("north/köln.txt", "north/köln"),
            ("north/Köln.txt", "north/Köln-2"),
            ("a.md", "a.md"),
            ("../../etc/passwd", "_./_./etc/passwd"),
            ("/etc//passwd", "etc/passwd"),
            ("", "_"),
            (".txt", "_-2"),
            ("https://example.org/a?b=1", "https_/example.org/a_b=1"),
            ("a.jsonl:17", "a.jsonl_17"),
            ("a\u{0}\nb", "a__b"),
        ] {
            assert_eq!(names.of(id, ".txt"), name, "{id}");
        }
        let long = names.of(&"ü".repeat(300), ".txt");
        assert!(long.len() < 230 && long != names.of(&"ü".repeat(301), ".txt"));
    }
}
