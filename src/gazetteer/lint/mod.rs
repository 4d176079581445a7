//! [`Linter`]: what is wrong, or not as it was meant, in lists; each finding with its place, a reason and a line to put there.

mod characters;
mod lines;
mod names;

use super::{
    Validity, builtin,
    draft::Draft,
    source::{self, SourceDefaults},
};
use crate::error::Error;
use rayon::prelude::*;
use std::{
    borrow::Cow,
    collections::HashSet,
    fmt,
    path::Path,
    sync::{LazyLock, OnceLock},
};

/// The 5,000 most common words of English, inflected forms included, names not; written for wiretag.
static COMMON_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common-words.txt").lines().collect());

/// Is a name among the most common words of English, whatever its case?
pub(crate) fn is_common_word(name: &str) -> bool {
    name.is_ascii() && COMMON_WORDS.contains(&*name.to_ascii_lowercase())
}

/// A text without control characters and what shows nothing, in NFC, with one plain space between words.
pub(crate) fn tidied(text: &str) -> Cow<'_, str> {
    use characters::{to_nfc, with_plain_spaces, without_invisible};
    let mut tidied = Cow::Borrowed(text);
    for mend in [without_invisible, with_plain_spaces, to_nfc] {
        if let Some(better) = mend(&tidied) {
            tidied = Cow::Owned(better);
        }
    }
    tidied
}

/// Finds what is wrong in lists: each on its own, and all of them together.
///
/// An entry that is meant as it is has a comment right above it: `# allow: common-word (a weapon wherever it stands)`. Above the
/// columns it is for the whole file. One that allows what is not there is a finding too.
///
/// Costs about as much as reading the lists, and a sort of their names.
///
/// ```
/// use wiretag::{Linter, LintCode, SourceDefaults};
/// let mut linter = Linter::new();
/// let list = "# label: ORG\n# language: en\n# source: s\n# licence: l\nid\tname\norg/rdg\tReading\n";
/// linter.add_source("orgs.tsv", list.to_owned(), &SourceDefaults::default());
/// let findings = linter.findings();
/// assert_eq!(findings.len(), 1);
/// assert_eq!((findings[0].line, findings[0].code), (6, LintCode::CommonWord));
/// assert_eq!(findings[0].suggestion.as_deref(), Some("org/rdg\tReading {near: …}"));
/// ```
#[derive(Debug, Default)]
pub struct Linter {
    files: Vec<List>,
    findings: Vec<LintFinding>,
    /// A number such as 20180419.
    as_of: Option<u32>,
}

/// One thing that is wrong in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintFinding {
    /// The file, as the user named it.
    pub path: String,
    /// The line, from 1; what is missing in a file is missing on its first.
    pub line: u64,
    /// What kind of fault it is.
    pub code: LintCode,
    /// What is wrong and what to do, in lower case, values in quotes.
    pub message: String,
    /// What could stand in place of the line; where a `…` stands, somebody has to decide.
    pub suggestion: Option<String>,
}

impl LintFinding {
    /// Would [`Linter::fix`] put the suggestion in place of the line?
    pub fn is_fixable(&self) -> bool {
        self.code.is_fixable() && self.suggestion.is_some()
    }
}

macro_rules! codes {
    ($($code:ident $name:literal $about:literal)*) => {
        /// A kind of fault in a list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum LintCode {
            $(#[doc = $about] $code,)*
        }

        impl LintCode {
            /// All kinds, in the order in which findings of one line are told.
            pub const ALL: &[LintCode] = &[$(LintCode::$code),*];

            /// The name: `common-word`.
            pub fn as_str(self) -> &'static str {
                match self { $(LintCode::$code => $name,)* }
            }

            /// What it means, in a sentence.
            pub fn about(self) -> &'static str {
                match self { $(LintCode::$code => $about,)* }
            }
        }
    };
}

codes! {
    Syntax "syntax" "The line can't be read."
    MissingHeader "missing-header" "The file does not say its language, source or licence, or not what it is a list of."
    Mojibake "mojibake" "UTF-8 that was once read as Windows-1252: `KÃ¶ln`."
    LostCharacter "lost-character" "U+FFFD stands where a character was lost."
    Invisible "invisible" "A control character, or one that shows nothing."
    StraySpace "stray-space" "White space at the end of a cell, two spaces, or a space of an odd kind."
    NotNfc "not-nfc" "Letters and their accents are not one character."
    MixedScript "mixed-script" "A word of letters of two scripts."
    LookAlike "look-alike" "A word that looks Latin among Latin words, and is not."
    MissingId "missing-id" "An entry without an id."
    Braces "braces" "Policies in a column of attributes."
    NeverMatches "never-matches" "No text can hold this name."
    Contradiction "contradiction" "The contexts forbid what they ask for."
    Stale "stale" "A name whose validity ended before the day of --as-of."
    CommonWord "common-word" "A common word of English that counts wherever it stands."
    CodeWord "code-word" "A code that is a common word where a text is in capitals."
    ShortName "short-name" "A single letter or figure, or two in any case."
    Number "number" "A name without a letter."
    Repeated "repeated" "The same name twice in one cell."
    Idle "idle" "A name that another of its entry finds too."
    TwoLabels "two-labels" "A name with two labels, and nothing that decides."
    TwoEntries "two-entries" "A name of two entries of one label, and nothing that decides."
    Hidden "hidden" "A name that never wins: a part of it has a higher priority."
    Allow "allow" "A comment that allows what is not there, or what is no code."
}

impl LintCode {
    /// Is there a repair that changes no meaning?
    pub fn is_fixable(self) -> bool {
        lines::REPAIRS.iter().any(|(code, _)| *code == self)
    }
}

impl fmt::Display for LintCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A list with what was read of it.
#[derive(Debug)]
struct List {
    text: Cow<'static, str>,
    draft: Draft,
    /// Where its lines start, for who asks.
    starts: OnceLock<Vec<usize>>,
}

impl List {
    /// The line of a number, without its line break.
    fn line(&self, number: u64) -> &str {
        let starts = self.starts.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.text.as_bytes());
            [0].into_iter().chain(breaks.map(|at| at + 1)).collect()
        });
        let start = starts.get(number as usize - 1).copied();
        let rest = start.map_or("", |start| &self.text[start..]);
        rest.lines().next().unwrap_or_default()
    }

    fn finding(&self, line: u64, code: LintCode, message: impl Into<String>) -> LintFinding {
        LintFinding {
            path: self.draft.path.clone(),
            line,
            code,
            message: message.into(),
            suggestion: None,
        }
    }
}

impl Linter {
    /// A linter without lists.
    pub fn new() -> Linter {
        Linter::default()
    }

    /// Finds names whose validity ended before a day too: `2026-11-22`, or a month or a year, which stand for their first day.
    ///
    /// # Errors
    /// When it is no date.
    pub fn as_of(&mut self, day: &str) -> Result<&mut Linter, Error> {
        self.as_of = Some(Validity::new(Some(day), None)?.first);
        Ok(self)
    }

    /// Adds a file, or the `.tsv` and `.txt` files of a folder in the order of their names.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn add_path(
        &mut self,
        path: impl AsRef<Path>,
        defaults: &SourceDefaults,
    ) -> Result<&mut Linter, Error> {
        source::read_path(path.as_ref(), &mut |name, text| match text {
            Ok(text) => self.add(name, text.into(), defaults),
            Err(problem) => self.findings.push(LintFinding {
                path: problem.path,
                line: problem.line.unwrap_or(1),
                code: LintCode::Syntax,
                message: problem.message,
                suggestion: None,
            }),
        })?;
        Ok(self)
    }

    /// Adds the text of a list. `path` is what findings call it.
    pub fn add_source(
        &mut self,
        path: &str,
        text: String,
        defaults: &SourceDefaults,
    ) -> &mut Linter {
        self.add(path, text.into(), defaults);
        self
    }

    /// Adds the shipped lists.
    pub fn add_builtin(&mut self) -> &mut Linter {
        for (path, text) in builtin::FILES.iter().chain(builtin::WORD_LISTS) {
            self.add(path, (*text).into(), &SourceDefaults::default());
        }
        self
    }

    fn add(&mut self, path: &str, text: Cow<'static, str>, defaults: &SourceDefaults) {
        let draft = source::parse(path, &text, defaults);
        self.files.push(List {
            text,
            draft,
            starts: OnceLock::new(),
        });
    }

    /// Path and text of the lists that were added.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|f| (&*f.draft.path, &*f.text))
    }

    /// How many lists were added.
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// How many names they have, plurals that they ask for included.
    pub fn names(&self) -> usize {
        self.files.iter().map(|f| f.draft.aliases.len()).sum()
    }

    /// All findings, by file in the order in which they were added, then line, then code.
    pub fn findings(&self) -> Vec<LintFinding> {
        let mut findings: Vec<Vec<LintFinding>> = self.files.par_iter().map(lines::check).collect();
        for (file, finding) in names::check(&self.files, self.as_of) {
            findings[file].push(finding);
        }
        let files = self.files.par_iter().zip(findings);
        let allowed = files.map(|(file, findings)| lines::allow(file, findings));
        let allowed: Vec<Vec<LintFinding>> = allowed.collect();
        let unread = self.findings.iter().cloned();
        unread.chain(allowed.into_iter().flatten()).collect()
    }

    /// The text of a list with all repairs that change no meaning, and how many lines they changed; all else stays byte for byte.
    ///
    /// ```
    /// let (text, lines) = wiretag::Linter::fix("# label: CITY\nid\tname\ncity/koeln\t KÃ¶ln\n");
    /// assert_eq!((&*text, lines), ("# label: CITY\nid\tname\ncity/koeln\tKöln\n", 1));
    /// ```
    pub fn fix(text: &str) -> (String, usize) {
        lines::fix(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_words_are_5000_sorted_and_plain() {
        let words: Vec<&str> = include_str!("common-words.txt").lines().collect();
        assert_eq!((words.len(), COMMON_WORDS.len()), (5000, 5000));
        assert!(words.is_sorted());
        for word in words {
            assert!(word.bytes().all(|b| b.is_ascii_lowercase()), "{word:?}");
        }
    }
}
