//! [`Gazetteer`]: who and what there is, under which names, and when a name counts.

mod assembly;
mod builder;
mod builtin;
mod compiled;
mod draft;
mod image;
mod index;
mod lint;
mod name;
mod near;
mod part;
mod source;
mod validity;

pub use builder::{Alias, Context, ContextPlace, Entry, GazetteerBuilder};
pub use compiled::verify_compiled;
pub(crate) use draft::default_id;
pub(crate) use image::{AliasRow, Aliases, ContextRow};
pub(crate) use index::{Index, Slot};
pub use lint::{LintCode, LintFinding, Linter};
pub(crate) use lint::{is_common_word, tidied};
pub(crate) use name::{SEPARATOR, SOFT, can_match, folded_key, normal_punctuation};
pub use near::{Near, Nearness};
pub(crate) use part::Part;
pub use source::SourceDefaults;
pub use validity::Validity;

use crate::{
    document::{AliasId, EntryId},
    error::Error,
    span::Label,
};
use image::{Class, Image};
use std::{
    borrow::Cow,
    collections::{HashMap, hash_map},
    fmt,
    path::Path,
    sync::Arc,
};

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
    /// At least one; more where compiled gazetteers are used beside others.
    parts: Vec<Part>,
    /// Sorted by name.
    labels: Vec<Label>,
    /// Names of the lexicons, by number.
    lexicons: Vec<String>,
    twins: Twins,
    /// Path and text of lists of single words that rules read.
    word_lists: &'static [(&'static str, &'static str)],
}

/// Entries of several parts that have one id and label.
#[derive(Debug, Default)]
struct Twins {
    /// For each but the first of them the first.
    first: HashMap<EntryId, EntryId>,
    /// For the first the others.
    further: HashMap<EntryId, Vec<EntryId>>,
}

/// What an alias is to its entity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Case::Exact => "exact",
            Case::Title => "title",
            Case::Any => "any",
        })
    }
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

    /// A hash of the shipped gazetteers: two programs that give the same have the same lists.
    pub fn builtin_hash() -> u64 {
        builtin::hash()
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

    /// The image of a list that is indexed with a seed of the caller's.
    #[cfg(test)]
    fn image_of(list: &str, seed: u64) -> Image {
        let draft = source::parse("list", list, &SourceDefaults::default());
        let assembly = assembly::Assembly::of(vec![&draft], Vec::new(), &mut Vec::new());
        let image = assembly.finish_with(seed);
        assert_eq!(image.figures.seed, seed, "the seed tells all names apart");
        image
    }

    /// A gazetteer whose parts are lists, each indexed with a seed of its own.
    #[cfg(test)]
    pub(crate) fn of_lists(lists: &[(&str, u64)]) -> Gazetteer {
        let images = lists
            .iter()
            .map(|&(list, seed)| Gazetteer::image_of(list, seed));
        Gazetteer::of(images.map(Arc::new).collect()).expect("no lexicon is wanted")
    }

    /// A gazetteer of images, in the order that breaks ties.
    fn of(images: Vec<Arc<Image>>) -> Result<Gazetteer, Error> {
        let mut lexicons: Vec<String> = Vec::new();
        for name in images.iter().flat_map(|i| i.catalogue.lexicons()) {
            if !lexicons.iter().any(|l| l == name) {
                lexicons.push(name.to_owned());
            }
        }
        let (mut parts, mut labels) = (Vec::new(), Vec::new());
        let (mut first_alias, mut first_entry) = (0, 0);
        for image in images {
            let part = Part::new(image, first_alias, first_entry, &lexicons)?;
            first_alias = sum(first_alias, part.image.alias_count())?;
            first_entry = sum(first_entry, part.image.entry_count())?;
            for class in &part.image.catalogue.classes {
                if let Class::Entity(label) = class
                    && !labels.contains(label)
                {
                    labels.push(*label);
                }
            }
            parts.push(part);
        }
        labels.sort();
        let twins = Twins::of(&parts);
        Ok(Gazetteer {
            parts,
            labels,
            lexicons,
            twins,
            word_lists: &[],
        })
    }

    /// How many entries it has, blocking entries and those of lexicons included.
    pub fn entry_count(&self) -> usize {
        self.parts.iter().map(|p| p.image.entry_count()).sum()
    }

    /// How many aliases it has, plurals that the lists ask for included.
    pub fn alias_count(&self) -> usize {
        self.parts.iter().map(|p| p.image.alias_count()).sum()
    }

    /// All entries, in the order that breaks ties.
    pub fn entries(&self) -> impl Iterator<Item = EntryId> + use<> {
        (0..self.entry_count() as u32).map(EntryId)
    }

    /// All aliases, sorted by their folded forms (for each compiled gazetteer apart, and for the rest).
    pub fn aliases(&self) -> impl Iterator<Item = AliasId> + use<> {
        (0..self.alias_count() as u32).map(AliasId)
    }

    /// Memory of the gazetteer in bytes, as far as it grows with the names; mapped or not.
    pub fn memory(&self) -> usize {
        self.parts.iter().map(|p| p.image.all().len()).sum()
    }

    /// The labels that its entries have, sorted by name.
    pub fn labels(&self) -> Vec<Label> {
        self.labels.clone()
    }

    /// The seed of the token hashes that this gazetteer is indexed with: [`Tokens::fill`](crate::Tokens::fill) needs it.
    pub fn seed(&self) -> u64 {
        self.parts[0].image.figures.seed
    }

    /// Id of an entry, `country/KP`; made of label and name where its line says none.
    ///
    /// # Panics
    /// When the number is not one of this gazetteer's; so do the other functions that take one.
    pub fn entry_id(&self, entry: EntryId) -> Cow<'_, str> {
        let (part, number) = self.entry_part(entry);
        part.id(number)
    }

    /// Id and canonical name of an entry.
    pub(crate) fn entry_id_and_name(&self, entry: EntryId) -> (Cow<'_, str>, &str) {
        let (part, number) = self.entry_part(entry);
        part.id_and_name(number)
    }

    /// Canonical name of an entry.
    pub fn entry_name(&self, entry: EntryId) -> &str {
        let (part, number) = self.entry_part(entry);
        part.name(number)
    }

    /// Label of an entry; none for blocking entries and lexicons.
    pub fn entry_label(&self, entry: EntryId) -> Option<Label> {
        let (part, number) = self.entry_part(entry);
        match part.class(number)? {
            Class::Entity(label) => Some(*label),
            _ => None,
        }
    }

    /// What an entry is counted as: the name of its label, `lexicon NAME`, or `block`.
    pub fn entry_class(&self, entry: EntryId) -> Cow<'_, str> {
        let (part, number) = self.entry_part(entry);
        match part.class(number) {
            Some(Class::Entity(label)) => label.as_str().into(),
            Some(Class::Lexicon(name)) => format!("lexicon {name}").into(),
            Some(Class::Block) => "block".into(),
            None => "".into(),
        }
    }

    /// Attributes of an entry, in the order of the file's columns.
    pub fn entry_attributes(&self, entry: EntryId) -> impl Iterator<Item = (&str, &str)> {
        let (part, number) = self.entry_part(entry);
        let mut attributes: Vec<(&str, &str)> = part.attributes(number).collect();
        for &further in self.twins.further.get(&entry).into_iter().flatten() {
            let (part, number) = self.entry_part(further);
            for (key, value) in part.attributes(number) {
                if !attributes.iter().any(|(k, _)| *k == key) {
                    attributes.push((key, value));
                }
            }
        }
        attributes.into_iter()
    }

    /// File and line (from 1) that an entry comes from.
    pub fn entry_source(&self, entry: EntryId) -> (&str, usize) {
        let (part, number) = self.entry_part(entry);
        part.source(number)
    }

    /// An alias as the gazetteer writes it.
    pub fn alias_text(&self, alias: AliasId) -> &str {
        let (part, number) = self.alias_part(alias);
        part.image.alias_text(number)
    }

    /// What an alias is to its entity.
    pub fn alias_kind(&self, alias: AliasId) -> AliasKind {
        self.alias(alias).kind
    }

    /// In which case an alias matches.
    pub fn alias_case(&self, alias: AliasId) -> Case {
        self.alias(alias).case
    }

    /// File and line (from 1; 0 where it was added by a program) that an alias comes from.
    pub fn alias_source(&self, alias: AliasId) -> (&str, usize) {
        let (part, number) = self.alias_part(alias);
        let aliases = part.image.aliases();
        let Some(row) = aliases.row(number) else {
            return ("", 0);
        };
        match aliases.extra(&row) {
            None => part.source(row.owner),
            Some(extra) => (part.file(extra.file as usize), extra.line as usize),
        }
    }

    /// The entry of an alias.
    pub fn alias_entry(&self, alias: AliasId) -> EntryId {
        let (part, number) = self.alias_part(alias);
        let aliases = part.image.aliases();
        let entry = aliases.row(number).and_then(|row| aliases.entry(&row));
        EntryId(part.first_entry + entry.unwrap_or(0))
    }

    /// The priority of an alias.
    pub fn alias_priority(&self, alias: AliasId) -> i8 {
        self.alias(alias).priority
    }

    /// May an alias be a part of a hyphen compound: `Iran-backed`?
    pub fn alias_hyphen(&self, alias: AliasId) -> bool {
        self.alias(alias).hyphen
    }

    /// What must or must not stand around an alias.
    pub fn alias_contexts(&self, alias: AliasId) -> Vec<Context> {
        let (part, number) = self.alias_part(alias);
        let Some(row) = part.aliases().row(number) else {
            return Vec::new();
        };
        let word = |word: ContextWord<'_>| match word {
            ContextWord::Phrase { name, .. } => name.text.to_owned(),
            ContextWord::Lexicon(n) => format!("@{}", self.lexicons[usize::from(n)]),
        };
        let contexts = part.contexts(&row).map(|context| Context {
            place: context.place,
            negative: context.negative,
            words: part.context_words(&context).map(word).collect(),
        });
        contexts.collect()
    }

    /// The days of documents on which an alias counts.
    pub fn alias_validity(&self, alias: AliasId) -> Validity {
        let (part, number) = self.alias_part(alias);
        let aliases = part.aliases();
        let extra = aliases.row(number).and_then(|row| aliases.extra(&row));
        extra.map_or_else(Validity::default, |e| e.validity)
    }

    /// Do days decide on some aliases?
    pub(crate) fn has_validities(&self) -> bool {
        self.parts.iter().any(Part::has_validities)
    }

    /// The images, in the order that breaks ties.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Path and text of each built-in list of single words that rules read, if there are built-in gazetteers: lines of a lexicon.
    pub fn word_lists(&self) -> &'static [(&'static str, &'static str)] {
        self.word_lists
    }

    /// The names of the lexicons, by number.
    pub(crate) fn lexicons(&self) -> &[String] {
        &self.lexicons
    }

    pub(crate) fn alias(&self, alias: AliasId) -> AliasRow {
        let (part, number) = self.alias_part(alias);
        part.image
            .aliases()
            .row(number)
            .expect("an alias of a match")
    }

    /// The label of the entry of an alias; none for blocking entries and lexicons.
    pub(crate) fn alias_label(&self, alias: AliasId) -> Option<Label> {
        let (part, number) = self.alias_part(alias);
        part.label(&part.aliases().row(number)?)
    }

    /// What the competition asks of an alias: the label of its entry (none for blocking entries and lexicons), the entry, and its
    /// priority.
    pub(crate) fn contender(&self, alias: AliasId) -> (Option<Label>, EntryId, i8) {
        let (part, number) = self.alias_part(alias);
        let aliases = part.aliases();
        let row = aliases.row(number).expect("an alias of a match");
        let entry = EntryId(part.first_entry + aliases.entry(&row).unwrap_or(0));
        (part.label(&row), entry, row.priority)
    }

    /// The first entry that has the id and label of this one: several compiled gazetteers may know an entity.
    pub(crate) fn first_of(&self, entry: EntryId) -> EntryId {
        match self.twins.first.is_empty() {
            true => entry,
            false => self.twins.first.get(&entry).copied().unwrap_or(entry),
        }
    }

    /// The part that an alias is of, and its number there.
    pub(crate) fn alias_part(&self, alias: AliasId) -> (&Part, u32) {
        let part = self.parts.iter().rev().find(|p| p.first_alias <= alias.0);
        let part = part.unwrap_or(&self.parts[0]);
        (part, alias.0 - part.first_alias)
    }

    /// The first entry that has this id and label.
    pub(crate) fn entry_of(&self, id: &str, label: Label) -> Option<EntryId> {
        let mut parts = self.parts.iter();
        parts.find_map(|p| Some(EntryId(p.first_entry + p.find(id, label)?)))
    }

    fn entry_part(&self, entry: EntryId) -> (&Part, u32) {
        let part = self.parts.iter().rev().find(|p| p.first_entry <= entry.0);
        let part = part.unwrap_or(&self.parts[0]);
        let number = entry.0 - part.first_entry;
        assert!(
            (number as usize) < part.image.entry_count(),
            "entry {} of another gazetteer",
            entry.0
        );
        (part, number)
    }
}

fn sum(first: u32, count: usize) -> Result<u32, Error> {
    let sum = u32::try_from(count).ok().and_then(|n| first.checked_add(n));
    sum.filter(|&n| n < 1 << 31).ok_or_else(|| {
        Error::invalid("more than 2,147,483,647 names: use fewer gazetteers at once")
    })
}

impl Twins {
    /// Costs a look-up for each entry of the smaller of two parts; nothing where there is one.
    fn of(parts: &[Part]) -> Twins {
        let mut twins = Twins::default();
        for (i, later) in parts.iter().enumerate() {
            for earlier in &parts[..i] {
                let is_smaller = later.image.entry_count() <= earlier.image.entry_count();
                let (small, large) = match is_smaller {
                    true => (later, earlier),
                    false => (earlier, later),
                };
                for n in 0..small.image.entry_count() as u32 {
                    if let Some(Class::Entity(label)) = small.class(n)
                        && let Some(m) = large.find(&small.id(n), *label)
                    {
                        let (l, e) = if is_smaller { (n, m) } else { (m, n) };
                        twins.add(later.first_entry + l, earlier.first_entry + e);
                    }
                }
            }
        }
        twins
    }

    fn add(&mut self, later: u32, earlier: u32) {
        let (later, earlier) = (EntryId(later), EntryId(earlier));
        // Parts come in order: the first that is found is the first of all.
        if let hash_map::Entry::Vacant(place) = self.first.entry(later) {
            place.insert(earlier);
            self.further.entry(earlier).or_default().push(later);
        }
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
    Phrase {
        hashes: &'a [[u8; 8]],
        name: Name<'a>,
    },
    /// Any word of this lexicon.
    Lexicon(u16),
}

impl fmt::Debug for Gazetteer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gazetteer")
            .field("entries", &self.entry_count())
            .field("aliases", &self.alias_count())
            .finish_non_exhaustive()
    }
}
