//! [`Span`] and [`Label`]: where something stands, and what it is called.

use crate::error::Error;
use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Range,
    sync::RwLock,
};

/// A half-open range of bytes, `start..end`, of a document's text.
///
/// Spans that this crate makes lie on character boundaries and are not empty.
///
/// ```
/// let span = wiretag::Span { start: 4, end: 8 };
/// assert_eq!(&"the Iran deal"[span.range()], "Iran");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The span as a range, to index a `str` with.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Does the span hold no byte at all?
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Do the two share at least one byte?
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Does `other` lie wholly in this span?
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// The name of a class of entities, such as `COUNTRY`: an interned id, one word of memory, freely copied.
///
/// Any UTF-8 of 1 to 64 bytes without white space and without the characters `[`, `]`, `|` and `\` (marked text needs them). Two labels are equal when their names are. The names live as long as the
/// process, so labels are for the few classes of a label set, not for values from data.
///
/// ```
/// use wiretag::Label;
/// let label = Label::new("COUNTRY")?;
/// assert_eq!(label.as_str(), "COUNTRY");
/// assert!(Label::new("TWO WORDS").is_err());
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Label(&'static Name);

/// A name that lives as long as the process, and once: labels are compared by its address.
type Name = &'static str;

static NAMES: RwLock<Vec<&'static Name>> = RwLock::new(Vec::new());

/// The most labels that a process has.
const MOST_NAMES: usize = 65_535;

impl Label {
    /// The label of this name.
    ///
    /// # Errors
    /// When the name is empty, longer than 64 bytes or has one of the characters that no label has; when the process has more than
    /// 65,535 labels.
    pub fn new(name: &str) -> Result<Label, Error> {
        if name.is_empty() || name.len() > 64 {
            return Err(Error::invalid(format!(
                "label {name:?} is {} bytes long, it must have 1 to 64",
                name.len()
            )));
        }
        if name.contains(['[', ']', '|', '\\']) {
            return Err(Error::invalid(format!(
                "label {name:?} has one of the characters [ ] | \\ that mark spans"
            )));
        }
        if name.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Error::invalid(format!(
                "label {name:?} has white space, write it as one word"
            )));
        }
        let find = |names: &[&'static Name]| names.iter().copied().find(|n| **n == name);
        if let Some(name) = find(&NAMES.read().expect("no thread panics holding the lock")) {
            return Ok(Label(name));
        }
        let mut names = NAMES.write().expect("no thread panics holding the lock");
        if let Some(name) = find(&names) {
            return Ok(Label(name));
        }
        if names.len() == MOST_NAMES {
            return Err(Error::invalid("more than 65,535 labels"));
        }
        let name: Name = Box::leak(name.to_owned().into_boxed_str());
        let name: &'static Name = Box::leak(Box::new(name));
        names.push(name);
        Ok(Label(name))
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl PartialEq for Label {
    fn eq(&self, other: &Label) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Label {}

impl Hash for Label {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.0, state);
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Label({})", self.as_str())
    }
}

// By name, so that an order of labels never depends on which one a process met first.
impl Ord for Label {
    fn cmp(&self, other: &Label) -> Ordering {
        if self == other {
            return Ordering::Equal;
        }
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Label) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
