//! [`Gazetteer`]: who and what there is, under which names, and when a name counts.

mod builder;
mod builtin;
mod index;
mod name;
mod source;

pub use builder::{Alias, Context, ContextPlace, Entry, GazetteerBuilder};
pub(crate) use name::{SOFT, normal_punctuation};
pub use source::SourceDefaults;

use crate::{
    document::{AliasId, EntryId},
    error::Error,
    machine,
    span::Label,
};
use index::Index;
use std::{fmt, path::Path};

/// Entities with their names: immutable, shared by all threads, made by a [`GazetteerBuilder`].
///
/// The text format is specified in `gazetteers/README.md`. A build takes about 0.3 s for 100,000 names; the result is flat
/// arrays of about 200 bytes a name (`cargo bench --bench matcher` measures both).
///
/// ```
/// use wiretag::{Gazetteer, Label};
/// let countries = Gazetteer::from_str("# label: COUNTRY\nname\taliases\nNorth Korea\tDPRK\n")?;
/// assert_eq!(countries.entry_count(), 1);
/// assert_eq!(countries.alias_count(), 2);
/// # Ok::<(), wiretag::Error>(())
/// ```
pub struct Gazetteer {
    /// All strings, one after the other.
    pool: String,
    labels: Vec<Label>,
    /// The names of the lexicons, `lexicon title`.
    lexicons: Vec<String>,
    files: Vec<String>,
    entries: Vec<EntryRow>,
    attributes: Vec<(Text, Text)>,
    /// Sorted by key, then by entry.
    aliases: Vec<AliasRow>,
    extras: Vec<ExtraRow>,
    contexts: Vec<ContextRow>,
    context_words: Vec<ContextWordRow>,
    context_hashes: Vec<u64>,
    index: Index,
    /// The most tokens that a name has.
    longest: usize,
    /// Aliases that match inside words.
    substrings: Vec<AliasId>,
}

/// Stands between the folded tokens of a key: no token holds it, and it sorts before everything that one can hold.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// A range of the pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Text {
    start: u32,
    len: u32,
}

#[derive(Clone, Copy, Debug)]
struct EntryRow {
    id: Text,
    name: Text,
    attributes: (u32, u32),
    line: u32,
    file: u16,
    /// Index of `labels`, or the number of a lexicon, or nothing, by `role`.
    name_of_role: u16,
    role: Role,
}

/// What an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// An entity: its names are annotated with its label.
    Entity,
    /// Words that contexts and rules read: never annotated.
    Lexicon,
    /// Names that win over others and leave nothing behind.
    Block,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct AliasRow {
    pub(crate) entry: EntryId,
    text: Text,
    /// The key: the folded tokens with [`SEPARATOR`] between them, shared by all aliases that have it.
    key: Text,
    /// Which tokens must start with a capital, for [`Case::Title`].
    pub(crate) capitals: u32,
    /// Index of `extras` plus one; none for names of words with spaces or hyphens between them and no context.
    extra: u32,
    pub(crate) kind: AliasKind,
    pub(crate) case: Case,
    pub(crate) priority: i8,
    pub(crate) hyphen: bool,
    pub(crate) substring: bool,
    /// Does the next alias have the same key?
    pub(crate) more: bool,
    /// What its entry is for.
    pub(crate) role: Role,
    file: u16,
    line: u32,
}

/// What few aliases have.
#[derive(Clone, Copy, Debug, Default)]
struct ExtraRow {
    /// What must stand in each inner gap, see [`GapNeed`]; empty when spaces and hyphens do.
    gaps: Text,
    /// What must stand before the first and behind the last token.
    lead: Text,
    trail: Text,
    contexts: (u32, u32),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ContextRow {
    pub(crate) place: ContextPlace,
    pub(crate) negative: bool,
    words: (u32, u32),
}

#[derive(Clone, Copy, Debug)]
struct ContextWordRow {
    hashes: (u32, u32),
    text: Text,
    folded: Text,
    capitals: u32,
    case: Case,
    /// Number of a lexicon plus one where the word stands for a whole lexicon.
    lexicon: u16,
}

/// What an alias is to its entity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AliasKind {
    /// A full name.
    #[default]
    Full,
    /// A part of the name that stands for the whole: `Putin`, `Lockheed`.
    Short,
    /// An acronym or abbreviation: `IAEA`.
    Acronym,
    /// The people or the adjective of a country: `Russian`.
    Demonym,
    /// A name of the past: `Swaziland`.
    Former,
    /// A plural form: `AK-47s`.
    Plural,
}

impl fmt::Display for AliasKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            AliasKind::Full => "full",
            AliasKind::Short => "short",
            AliasKind::Acronym => "acronym",
            AliasKind::Demonym => "demonym",
            AliasKind::Former => "former",
            AliasKind::Plural => "plural",
        })
    }
}

/// In which case an alias matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Case {
    /// In just the case in which it is written.
    Exact,
    /// Where every word that has a capital in the alias starts with one.
    Title,
    /// In any case.
    Any,
}

impl Case {
    /// The default for an alias: exact without a lower-case letter or with up to three letters and digits, else title with a
    /// capital, else any.
    ///
    /// ```
    /// use wiretag::Case;
    /// assert_eq!(Case::of("NATO"), Case::Exact);
    /// assert_eq!(Case::of("Xi"), Case::Exact);
    /// assert_eq!(Case::of("Sea of Japan"), Case::Title);
    /// assert_eq!(Case::of("ballistic missile"), Case::Any);
    /// assert_eq!(Case::of("北朝鲜"), Case::Any);
    /// ```
    pub fn of(alias: &str) -> Case {
        use unicode_segmentation::UnicodeSegmentation;
        if !alias.chars().any(|c| c.is_uppercase()) {
            return Case::Any;
        }
        let letters = match alias.is_ascii() {
            true => alias
                .bytes()
                .filter(u8::is_ascii_alphanumeric)
                .take(4)
                .count(),
            false => alias
                .graphemes(true)
                .filter(|g| g.chars().any(char::is_alphanumeric))
                .take(4)
                .count(),
        };
        if letters <= 3 || !alias.chars().any(|c| c.is_lowercase()) {
            Case::Exact
        } else {
            Case::Title
        }
    }
}

/// What one inner gap of a name must hold in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GapNeed<'a> {
    /// Spaces, a hyphen, or nothing.
    Soft,
    /// An apostrophe alone: `O'Neill`.
    Apostrophe,
    /// A period, or none; spaces.
    Period,
    /// A hyphen or dash between spaces, or what is soft.
    Dash,
    /// This punctuation; spaces and periods do not count.
    Literal(&'a str),
}

impl Gazetteer {
    /// A builder without entries.
    pub fn builder() -> GazetteerBuilder {
        GazetteerBuilder::new()
    }

    /// The shipped gazetteers.
    ///
    /// # Errors
    /// Never in a released version: a test builds them.
    pub fn builtin() -> Result<Gazetteer, Error> {
        Gazetteer::builder().add_builtin().build()
    }

    /// The gazetteer in one file, or in the `.tsv` and `.txt` files of one folder.
    ///
    /// # Errors
    /// When it can't be read or has bad lines: all of them are listed.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Gazetteer, Error> {
        let mut builder = Gazetteer::builder();
        builder.add_path(path, &SourceDefaults::default())?;
        builder.build()
    }

    /// The gazetteer in a string, in the same format as in a file.
    ///
    /// # Errors
    /// When it has bad lines: all of them are listed.
    #[allow(
        clippy::should_implement_trait,
        reason = "the trait's error and its generic call read worse; this is a constructor like from_path"
    )]
    pub fn from_str(text: &str) -> Result<Gazetteer, Error> {
        Gazetteer::builder()
            .add_source("gazetteer", text, &SourceDefaults::default())
            .build()
    }

    /// How many entries it has, blocking entries and those of lexicons included.
    pub fn entry_count(&self) -> usize {
        self.entries.len()
    }

    /// How many aliases it has, plurals that the lists ask for included.
    pub fn alias_count(&self) -> usize {
        self.aliases.len()
    }

    /// All entries, in the order that breaks ties.
    pub fn entries(&self) -> impl Iterator<Item = EntryId> + use<> {
        (0..self.entries.len() as u32).map(EntryId)
    }

    /// All aliases, sorted by their folded forms.
    pub fn aliases(&self) -> impl Iterator<Item = AliasId> + use<> {
        (0..self.aliases.len() as u32).map(AliasId)
    }

    /// Memory of the gazetteer in bytes, as far as it grows with the names.
    pub fn memory(&self) -> usize {
        self.pool.len()
            + size_of_val(&self.entries[..])
            + size_of_val(&self.attributes[..])
            + size_of_val(&self.aliases[..])
            + size_of_val(&self.extras[..])
            + size_of_val(&self.contexts[..])
            + size_of_val(&self.context_words[..])
            + size_of_val(&self.context_hashes[..])
            + self.index.memory()
    }

    /// The labels that its entries have, sorted by name.
    pub fn labels(&self) -> Vec<Label> {
        let mut labels = self.labels.clone();
        labels.sort();
        labels
    }

    /// The seed of the token hashes that this gazetteer is indexed with: [`Tokens::fill`](crate::Tokens::fill) needs it.
    pub fn seed(&self) -> u64 {
        self.index.seed()
    }

    /// Id of an entry, `country/KP`.
    ///
    /// # Panics
    /// When the number is not one of this gazetteer's; so do the other functions that take one.
    pub fn entry_id(&self, entry: EntryId) -> &str {
        self.text(self.entries[entry.0 as usize].id)
    }

    /// Canonical name of an entry.
    pub fn entry_name(&self, entry: EntryId) -> &str {
        self.text(self.entries[entry.0 as usize].name)
    }

    /// Label of an entry; none for blocking entries and lexicons.
    pub fn entry_label(&self, entry: EntryId) -> Option<Label> {
        let row = &self.entries[entry.0 as usize];
        (row.role == Role::Entity).then(|| self.labels[row.name_of_role as usize])
    }

    /// What an entry is counted as: the name of its label, `lexicon NAME`, or `block`.
    pub fn entry_class(&self, entry: EntryId) -> &str {
        let row = &self.entries[entry.0 as usize];
        match row.role {
            Role::Entity => self.labels[row.name_of_role as usize].as_str(),
            Role::Lexicon => &self.lexicons[row.name_of_role as usize],
            Role::Block => "block",
        }
    }

    /// Attributes of an entry, in the order of the file's columns.
    pub fn entry_attributes(&self, entry: EntryId) -> impl Iterator<Item = (&str, &str)> {
        let (first, behind) = self.entries[entry.0 as usize].attributes;
        self.attributes[first as usize..behind as usize]
            .iter()
            .map(|&(k, v)| (self.text(k), self.text(v)))
    }

    /// File and line (from 1) that an entry comes from.
    pub fn entry_source(&self, entry: EntryId) -> (&str, usize) {
        let row = &self.entries[entry.0 as usize];
        (&self.files[row.file as usize], row.line as usize)
    }

    /// An alias as the gazetteer writes it.
    pub fn alias_text(&self, alias: AliasId) -> &str {
        self.text(self.aliases[alias.0 as usize].text)
    }

    /// What an alias is to its entity.
    pub fn alias_kind(&self, alias: AliasId) -> AliasKind {
        self.alias(alias).kind
    }

    /// File and line (from 1; 0 where it was added by a program) that an alias comes from.
    pub fn alias_source(&self, alias: AliasId) -> (&str, usize) {
        let row = self.alias(alias);
        (&self.files[row.file as usize], row.line as usize)
    }

    /// The entry of an alias.
    pub fn alias_entry(&self, alias: AliasId) -> EntryId {
        self.alias(alias).entry
    }

    /// The priority of an alias.
    pub fn alias_priority(&self, alias: AliasId) -> i8 {
        self.alias(alias).priority
    }

    fn text(&self, text: Text) -> &str {
        &self.pool[text.start as usize..(text.start + text.len) as usize]
    }

    /// Number of the lexicon of a lexicon's entry.
    pub(crate) fn lexicon(&self, entry: EntryId) -> u16 {
        self.entries[entry.0 as usize].name_of_role
    }

    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    pub(crate) fn alias(&self, alias: AliasId) -> &AliasRow {
        &self.aliases[alias.0 as usize]
    }

    /// Asks for an alias that will be verified soon.
    #[inline]
    pub(crate) fn prefetch_alias(&self, alias: AliasId) {
        machine::prefetch(&self.aliases, alias.0 as usize);
    }

    /// Asks for the text of an alias that will be verified very soon; the alias itself should be near already.
    #[inline]
    pub(crate) fn prefetch_text(&self, alias: AliasId) {
        machine::prefetch(self.pool.as_bytes(), self.alias(alias).text.start as usize);
    }

    /// What the folded tokens of an alias are, with [`SEPARATOR`] between them.
    pub(crate) fn alias_key(&self, alias: &AliasRow) -> &str {
        self.text(alias.key)
    }

    /// The first alias of each key, in the order of the keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = AliasId> {
        let is_first = |i: &usize| *i == 0 || !self.aliases[i - 1].more;
        (0..self.aliases.len())
            .filter(is_first)
            .map(|i| AliasId(i as u32))
    }

    pub(crate) fn substrings(&self) -> &[AliasId] {
        &self.substrings
    }

    /// What must stand before the first and behind the last token of an alias.
    pub(crate) fn lead_and_trail(&self, alias: &AliasRow) -> Option<(&str, &str)> {
        let extra = self.extra(alias)?;
        Some((self.text(extra.lead), self.text(extra.trail)))
    }

    /// What must stand in the inner gaps of an alias, in order; none where all are soft.
    pub(crate) fn gap_needs(&self, alias: &AliasRow) -> Option<impl Iterator<Item = GapNeed<'_>>> {
        let gaps = self.text(self.extra(alias)?.gaps);
        (!gaps.is_empty()).then(|| {
            gaps.split(SEPARATOR).map(|need| match need {
                "" => GapNeed::Soft,
                "'" => GapNeed::Apostrophe,
                "' " => GapNeed::Literal("'"),
                "." => GapNeed::Period,
                "- " => GapNeed::Dash,
                literal => GapNeed::Literal(literal),
            })
        })
    }

    pub(crate) fn contexts(&self, alias: &AliasRow) -> &[ContextRow] {
        match self.extra(alias) {
            Some(extra) => &self.contexts[extra.contexts.0 as usize..extra.contexts.1 as usize],
            None => &[],
        }
    }

    /// The words of a context.
    pub(crate) fn context_words(
        &self,
        context: &ContextRow,
    ) -> impl Iterator<Item = ContextWord<'_>> {
        self.context_words[context.words.0 as usize..context.words.1 as usize]
            .iter()
            .map(|row| match row.lexicon {
                0 => ContextWord::Phrase {
                    hashes: &self.context_hashes[row.hashes.0 as usize..row.hashes.1 as usize],
                    name: Name {
                        text: self.text(row.text),
                        folded: self.text(row.folded),
                        capitals: row.capitals,
                        case: row.case,
                        is_plural: false,
                    },
                },
                n => ContextWord::Lexicon(n - 1),
            })
    }

    fn extra(&self, alias: &AliasRow) -> Option<&ExtraRow> {
        self.extras.get((alias.extra as usize).wrapping_sub(1))
    }
}

/// What decides whether some tokens are a name, gaps and neighbours apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'a> {
    /// As the gazetteer writes it.
    pub(crate) text: &'a str,
    /// Its folded tokens with [`SEPARATOR`] between them.
    pub(crate) folded: &'a str,
    /// Which tokens must start with a capital, for [`Case::Title`].
    pub(crate) capitals: u32,
    pub(crate) case: Case,
    /// Is it a plural form?
    pub(crate) is_plural: bool,
}

/// One thing that a context asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ContextWord<'a> {
    /// These tokens, in the case that names match in by default.
    Phrase { hashes: &'a [u64], name: Name<'a> },
    /// Any word of this lexicon.
    Lexicon(u16),
}

impl fmt::Debug for Gazetteer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gazetteer")
            .field("entries", &self.entries.len())
            .field("aliases", &self.aliases.len())
            .finish_non_exhaustive()
    }
}
