//! [`Image`]: all that a gazetteer knows, as flat arrays in one piece of memory. A compiled gazetteer is these bytes in a file.
//!
//! Everything is little-endian and read with checked loads, so the bytes may come from anywhere: a damaged array gives wrong names or
//! none, never a panic and never a read outside. Opening reads the header and the catalogue, whose size has nothing to do with the
//! number of names.
//!
//! ```text
//! header     magic "wiretag\0", version u32, sections u32, length u64, seed u64, longest u32, most u32, run u32, flags u32 (1: some
//!            aliases have a validity),
//!            for each section offset u64 and length u64, checksum of the arrays u64, checksum of header and catalogue u64
//! sections   each at a multiple of 64 bytes, in the order of [`Section`]
//! ```

use super::{AliasKind, Case, ContextPlace, Validity};
use crate::{machine, span::Label};
use std::{
    io::{self, Write},
    ops::Range,
};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

pub(super) const MAGIC: &[u8; 8] = b"wiretag\0";

/// The version of the format. Files of other versions are refused: compiling takes seconds.
pub(super) const VERSION: u32 = 3;

/// The arrays.
#[derive(Clone, Copy, Debug)]
#[repr(usize)]
pub(super) enum Section {
    /// Labels, lexicons, files: read when opened.
    Catalogue,
    /// Buckets of the table of prefix hashes, see [`super::index`].
    Table,
    /// Bits of first tokens.
    First,
    /// Bits of the first two tokens.
    Second,
    /// [`AliasRow`]s, sorted by key, and one that says where the last text ends.
    Aliases,
    /// The texts of the aliases, in their order.
    AliasTexts,
    /// [`EntryRow`]s, in the order that breaks ties.
    Entries,
    /// [`RunRow`]s: entries of one file and class stand together.
    Runs,
    /// Canonical names that are no alias: ranges of the strings.
    OtherNames,
    /// For each entry where its id starts in the ids, and the end of the last; empty where all ids are made of names. An empty id
    /// is made of the name.
    IdStarts,
    Ids,
    /// A hash table of the ids: numbers of entries plus one. Empty where the starts are.
    IdTable,
    /// For each entry where its attributes start, and the end of the last; empty where no entry has any.
    AttributeStarts,
    /// Key and value, ranges of the strings.
    Attributes,
    /// [`ExtraRow`]s.
    Extras,
    Contexts,
    ContextWords,
    /// Hashes of the folded tokens of context words.
    ContextHashes,
    /// Numbers of the aliases that match inside words.
    Substrings,
    Strings,
}

const SECTIONS: usize = Section::Strings as usize + 1;

/// Where the section table starts: behind magic, version, sections, length, seed, longest, most, run, flags.
const SECTION_TABLE: usize = 48;

/// The section table ends with two checksums behind it.
const HEADER: usize = SECTION_TABLE + 16 * SECTIONS + 16;

/// A range of the strings, of an image or of a draft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) start: u32,
    pub(super) len: u32,
}

impl Text {
    pub(super) fn range(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + self.len as usize
    }
}

/// What every alias has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AliasRow {
    /// Number of the entry in its image; of the [`ExtraRow`] that has it, with `has_extra`.
    pub(super) owner: u32,
    has_extra: bool,
    pub(crate) kind: AliasKind,
    pub(crate) case: Case,
    pub(crate) priority: i8,
    pub(crate) hyphen: bool,
    pub(super) substring: bool,
    /// Does the next alias have the same key?
    pub(crate) more: bool,
    /// Index of the classes of the catalogue.
    pub(super) class: u16,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct EntryRow {
    /// Number of the alias that is the canonical name; of one of the other names plus the number of aliases.
    pub(super) name: u32,
    pub(super) line: u32,
}

/// Entries of one file and class that stand together.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunRow {
    /// The first of them.
    pub(super) entry: u32,
    /// Index of the files and of the classes of the catalogue.
    pub(super) file: u16,
    pub(super) class: u16,
}

/// What few aliases have.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ExtraRow {
    pub(super) entry: u32,
    /// What must stand in each inner gap, see [`super::GapNeed`]; empty when spaces and hyphens do.
    pub(super) gaps: Text,
    /// What must stand before the first and behind the last token.
    pub(super) lead: Text,
    pub(super) trail: Text,
    pub(super) contexts: (u32, u32),
    pub(super) validity: Validity,
    /// The line that it comes from.
    pub(super) file: u32,
    pub(super) line: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ContextRow {
    pub(crate) place: ContextPlace,
    pub(crate) negative: bool,
    pub(super) words: (u32, u32),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ContextWordRow {
    pub(super) hashes: (u32, u32),
    pub(super) text: Text,
    pub(super) folded: Text,
    pub(super) capitals: u32,
    pub(super) case: Case,
    /// Class of the lexicon plus one, where the word stands for a whole lexicon.
    pub(super) lexicon: u16,
}

/// What entries are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Entity(Label),
    Lexicon(String),
    Block,
}

/// What an image has few of.
#[derive(Clone, Debug, Default)]
pub(super) struct Catalogue {
    pub(super) classes: Vec<Class>,
    pub(super) files: Vec<String>,
    /// Lexicons that context words need and that are not among the classes; they are numbered behind them.
    pub(super) wanted: Vec<String>,
}

/// Rows of a fixed size.
pub(super) trait Row<const N: usize>: Sized {
    fn read(bytes: &[u8; N]) -> Self;
    fn bytes(&self) -> [u8; N];
}

/// The bytes of an image, its own or mapped.
pub(super) type Bytes = Box<dyn AsRef<[u8]> + Send + Sync>;

/// The flat arrays of a gazetteer.
pub(crate) struct Image {
    bytes: Bytes,
    ranges: [Range<usize>; SECTIONS],
    pub(super) figures: Figures,
    pub(super) catalogue: Catalogue,
}

/// What the header says of the arrays.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figures {
    /// Of the hashes.
    pub(super) seed: u64,
    /// The most tokens that a name has.
    pub(super) longest: usize,
    /// The most aliases that a key has.
    pub(super) most: usize,
    /// The most buckets that a look-up in the table reads.
    pub(super) run: usize,
    /// Do days decide on some aliases?
    pub(super) has_validities: bool,
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Image")
            .field("entries", &self.entry_count())
            .field("aliases", &self.alias_count())
            .finish_non_exhaustive()
    }
}

/// Why bytes are no image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    Magic,
    Version(u32),
    Length { said: u64, found: u64 },
    Header,
    Body,
}

impl Image {
    /// Reads header and catalogue, whatever the number of names.
    pub(super) fn open(bytes: Bytes) -> Result<Image, Damage> {
        let all = (*bytes).as_ref();
        if all.get(..8) != Some(MAGIC) {
            return Err(Damage::Magic);
        }
        let version = u32_at(all, 8);
        if version != VERSION {
            return Err(Damage::Version(version));
        }
        let said = u64_at(all, 16);
        let found = all.len() as u64;
        if found < HEADER as u64 || said != found {
            return Err(Damage::Length { said, found });
        }
        let mut ranges = [const { 0..0 }; SECTIONS];
        let mut behind = HEADER;
        for (i, range) in ranges.iter_mut().enumerate() {
            let at = SECTION_TABLE + 16 * i;
            let (start, len) = (u64_at(all, at) as usize, u64_at(all, at + 8) as usize);
            let end = start.checked_add(len).filter(|&end| end <= all.len());
            *range = start..end.ok_or(Damage::Header)?;
            if start < behind {
                return Err(Damage::Header);
            }
            behind = range.end;
        }
        let catalogue = &all[ranges[Section::Catalogue as usize].clone()];
        let checked = header_checksum(all, catalogue);
        if u32_at(all, 12) as usize != SECTIONS || checked != u64_at(all, HEADER - 8) {
            return Err(Damage::Header);
        }
        let catalogue = Catalogue::read(catalogue).ok_or(Damage::Header)?;
        let image = Image {
            figures: Figures {
                seed: u64_at(all, 24),
                longest: u32_at(all, 32) as usize,
                most: u32_at(all, 36) as usize,
                run: u32_at(all, 40) as usize,
                has_validities: u32_at(all, 44) & 1 != 0,
            },
            ranges,
            catalogue,
            bytes,
        };
        let power_of_two = |s| image.bytes_of(s).len().is_power_of_two();
        let sound = power_of_two(Section::First)
            && power_of_two(Section::Second)
            && image.bytes_of(Section::First).len() >= 16
            && image.bytes_of(Section::Second).len() >= 16
            && image.rows::<12>(Section::Aliases).len() == image.alias_count() + 1;
        if sound {
            Ok(image)
        } else {
            Err(Damage::Header)
        }
    }

    /// Reads everything, and says whether it is as it was written.
    pub(super) fn verify(&self) -> Result<(), Damage> {
        let all = self.all();
        match body_checksum(all) == u64_at(all, HEADER - 16) {
            true => Ok(()),
            false => Err(Damage::Body),
        }
    }

    /// All bytes: what a file of it holds.
    pub(super) fn all(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }

    pub(super) fn bytes_of(&self, section: Section) -> &[u8] {
        self.all()
            .get(self.ranges[section as usize].clone())
            .unwrap_or_default()
    }

    /// The rows of a section.
    pub(super) fn rows<const N: usize>(&self, section: Section) -> &[[u8; N]] {
        self.bytes_of(section).as_chunks().0
    }

    pub(super) fn row<R: Row<N>, const N: usize>(&self, section: Section, at: u32) -> Option<R> {
        self.rows(section).get(at as usize).map(R::read)
    }

    pub(super) fn alias_count(&self) -> usize {
        (self.ranges[Section::Aliases as usize].len() / 12).saturating_sub(1)
    }

    pub(super) fn entry_count(&self) -> usize {
        self.ranges[Section::Entries as usize].len() / 8
    }

    /// A range of the strings; nothing where it is damaged.
    pub(super) fn text(&self, text: Text) -> &str {
        let bytes = self.bytes_of(Section::Strings).get(text.range());
        std::str::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }

    /// What stands between two neighbouring numbers of an array of starts.
    fn between(&self, starts: Section, at: u32) -> Option<Range<usize>> {
        let starts = self.rows::<4>(starts);
        let start = u32::from_le_bytes(*starts.get(at as usize)?);
        let end = u32::from_le_bytes(*starts.get(at as usize + 1)?);
        (start <= end).then_some(start as usize..end as usize)
    }

    /// The file and class of an entry.
    pub(super) fn run_of(&self, entry: u32) -> Option<RunRow> {
        let runs = self.rows::<8>(Section::Runs);
        let behind = runs.partition_point(|run| u32_at(run, 0) <= entry);
        runs.get(behind.checked_sub(1)?).map(RunRow::read)
    }

    /// The runs: the class of each, and the numbers of its entries.
    pub(super) fn runs(&self) -> impl Iterator<Item = (u16, Range<u32>)> {
        let runs = self.rows::<8>(Section::Runs);
        let entries = self.entry_count() as u32;
        runs.iter().enumerate().map(move |(i, run)| {
            let run = RunRow::read(run);
            let end = runs.get(i + 1).map_or(entries, |next| u32_at(next, 0));
            (run.class, run.entry..end.min(entries))
        })
    }

    /// The id of an entry; none where it is made of the name.
    pub(super) fn id(&self, entry: u32) -> Option<&str> {
        let range = self.between(Section::IdStarts, entry)?;
        let bytes = self.bytes_of(Section::Ids).get(range)?;
        std::str::from_utf8(bytes).ok().filter(|id| !id.is_empty())
    }

    /// The numbers of the attributes of an entry.
    pub(super) fn attributes(&self, entry: u32) -> Range<usize> {
        let range = self.between(Section::AttributeStarts, entry);
        range.unwrap_or_default()
    }

    /// An alias as the gazetteer writes it.
    pub(super) fn alias_text(&self, alias: u32) -> &str {
        std::str::from_utf8(self.aliases().text(alias)).unwrap_or_default()
    }

    /// The rows and texts of the aliases, for many look-ups.
    pub(crate) fn aliases(&self) -> Aliases<'_> {
        Aliases {
            rows: self.rows(Section::Aliases),
            texts: self.bytes_of(Section::AliasTexts),
            entries: self.entry_count() as u32,
            classes: self.catalogue.classes.len() as u16,
            extras: self.rows(Section::Extras),
        }
    }
}

/// Rows and texts of the aliases of an image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aliases<'a> {
    rows: &'a [[u8; 12]],
    texts: &'a [u8],
    entries: u32,
    classes: u16,
    extras: &'a [[u8; 52]],
}

impl<'a> Aliases<'a> {
    pub(crate) fn len(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    /// The row of an alias; none where it is damaged.
    #[inline]
    pub(crate) fn row(&self, alias: u32) -> Option<AliasRow> {
        if alias as usize >= self.len() {
            return None;
        }
        let row = AliasRow::of(self.rows.get(alias as usize)?)?;
        (row.class < self.classes).then_some(row)
    }

    /// The text of an alias; nothing where it is damaged.
    #[inline]
    pub(crate) fn text(&self, alias: u32) -> &'a [u8] {
        let at = alias as usize;
        let Some([row, next]) = self.rows.get(at..).and_then(|r| r.first_chunk::<2>()) else {
            return &[];
        };
        let (start, end) = (u32_at(row, 0) as usize, u32_at(next, 0) as usize);
        self.texts.get(start..end).unwrap_or_default()
    }

    /// The number of the entry that an alias is of; none where it is damaged.
    #[inline]
    pub(crate) fn entry(&self, row: &AliasRow) -> Option<u32> {
        let entry = match row.has_extra {
            false => row.owner,
            true => u32_at(self.extras.get(row.owner as usize)?, 0),
        };
        (entry < self.entries).then_some(entry)
    }

    /// What few aliases have.
    #[inline]
    pub(super) fn extra(&self, row: &AliasRow) -> Option<ExtraRow> {
        match row.has_extra {
            false => None,
            true => self.extras.get(row.owner as usize).map(ExtraRow::read),
        }
    }

    /// Does an alias depend on the words around it, or on the day of the document?
    #[inline]
    pub(crate) fn has_conditions(&self, row: &AliasRow) -> bool {
        let extra = self.extra(row);
        extra.is_some_and(|e| e.contexts.0 < e.contexts.1 || !e.validity.is_always())
    }

    /// Asks for the row of an alias that will be read soon.
    #[inline]
    pub(crate) fn prefetch(&self, alias: u32) {
        machine::prefetch(self.rows, alias as usize);
    }

    /// Asks for the text of an alias whose row is near already.
    #[inline]
    pub(crate) fn prefetch_text(&self, alias: u32) {
        if let Some(row) = self.rows.get(alias as usize) {
            machine::prefetch(self.texts, u32_at(row, 0) as usize);
        }
    }
}

impl AliasRow {
    /// The twelve bytes of a row: where its text starts, owner, flags.
    pub(super) fn bytes(&self, text: u32) -> [u8; 12] {
        let flags = self.kind as u32
            | (self.case as u32) << 3
            | u32::from(self.hyphen) << 5
            | u32::from(self.substring) << 6
            | u32::from(self.more) << 7
            | u32::from(self.has_extra) << 8
            | u32::from(self.priority as u8) << 9
            | u32::from(self.class) << 17;
        let mut out = [0; 12];
        put(&mut out, 0, text);
        put(&mut out, 4, self.owner);
        put(&mut out, 8, flags);
        out
    }

    #[inline]
    fn of(bytes: &[u8; 12]) -> Option<AliasRow> {
        let flags = u32_at(bytes, 8);
        let bit = |n: u32| flags >> n & 1 != 0;
        Some(AliasRow {
            owner: u32_at(bytes, 4),
            has_extra: bit(8),
            kind: *KINDS.get((flags & 7) as usize)?,
            case: *CASES.get((flags >> 3 & 3) as usize)?,
            priority: (flags >> 9) as u8 as i8,
            hyphen: bit(5),
            substring: bit(6),
            more: bit(7),
            class: (flags >> 17) as u16,
        })
    }

    /// The row of an alias that is as long as its name alone: owner is the entry, or the extra row that has it.
    pub(super) fn new(
        policies: &super::draft::Policies,
        class: u16,
        owner: u32,
        has_extra: bool,
        more: bool,
    ) -> AliasRow {
        AliasRow {
            owner,
            has_extra,
            kind: policies.kind,
            case: policies.case,
            priority: policies.priority,
            hyphen: policies.hyphen,
            substring: policies.substring,
            more,
            class,
        }
    }
}

/// The most classes that the flags of an alias can tell apart.
pub(super) const MAX_CLASSES: usize = 1 << 15;

const KINDS: [AliasKind; 6] = [
    AliasKind::Full,
    AliasKind::Short,
    AliasKind::Acronym,
    AliasKind::Demonym,
    AliasKind::Former,
    AliasKind::Plural,
];
const CASES: [Case; 3] = [Case::Exact, Case::Title, Case::Any];

impl Row<8> for EntryRow {
    fn read(bytes: &[u8; 8]) -> EntryRow {
        EntryRow {
            name: u32_at(bytes, 0),
            line: u32_at(bytes, 4),
        }
    }

    fn bytes(&self) -> [u8; 8] {
        rows_of([self.name, self.line])
    }
}

impl Row<8> for RunRow {
    fn read(bytes: &[u8; 8]) -> RunRow {
        let both = u32_at(bytes, 4);
        RunRow {
            entry: u32_at(bytes, 0),
            file: both as u16,
            class: (both >> 16) as u16,
        }
    }

    fn bytes(&self) -> [u8; 8] {
        let both = u32::from(self.file) | u32::from(self.class) << 16;
        rows_of([self.entry, both])
    }
}

impl Row<8> for Text {
    fn read(bytes: &[u8; 8]) -> Text {
        Text {
            start: u32_at(bytes, 0),
            len: u32_at(bytes, 4),
        }
    }

    fn bytes(&self) -> [u8; 8] {
        rows_of([self.start, self.len])
    }
}

impl Row<16> for (Text, Text) {
    fn read(bytes: &[u8; 16]) -> (Text, Text) {
        (text_at(bytes, 0), text_at(bytes, 8))
    }

    fn bytes(&self) -> [u8; 16] {
        rows_of([self.0.start, self.0.len, self.1.start, self.1.len])
    }
}

impl Row<52> for ExtraRow {
    fn read(bytes: &[u8; 52]) -> ExtraRow {
        ExtraRow {
            entry: u32_at(bytes, 0),
            gaps: text_at(bytes, 4),
            lead: text_at(bytes, 12),
            trail: text_at(bytes, 20),
            contexts: (u32_at(bytes, 28), u32_at(bytes, 32)),
            file: u32_at(bytes, 36),
            line: u32_at(bytes, 40),
            validity: Validity {
                first: u32_at(bytes, 44),
                last: u32_at(bytes, 48),
            },
        }
    }

    fn bytes(&self) -> [u8; 52] {
        rows_of([
            self.entry,
            self.gaps.start,
            self.gaps.len,
            self.lead.start,
            self.lead.len,
            self.trail.start,
            self.trail.len,
            self.contexts.0,
            self.contexts.1,
            self.file,
            self.line,
            self.validity.first,
            self.validity.last,
        ])
    }
}

impl Row<12> for ContextRow {
    fn read(bytes: &[u8; 12]) -> ContextRow {
        let place = u32_at(bytes, 0);
        ContextRow {
            place: match place & 0xff {
                0 => ContextPlace::FollowedBy,
                1 => ContextPlace::PrecededBy,
                _ => ContextPlace::Near((place >> 8) as u8),
            },
            negative: place >> 16 & 1 != 0,
            words: (u32_at(bytes, 4), u32_at(bytes, 8)),
        }
    }

    fn bytes(&self) -> [u8; 12] {
        let place = match self.place {
            ContextPlace::FollowedBy => 0,
            ContextPlace::PrecededBy => 1,
            ContextPlace::Near(distance) => 2 | u32::from(distance) << 8,
        };
        let negative = u32::from(self.negative) << 16;
        rows_of([place | negative, self.words.0, self.words.1])
    }
}

impl Row<32> for ContextWordRow {
    fn read(bytes: &[u8; 32]) -> ContextWordRow {
        let last = u32_at(bytes, 28);
        ContextWordRow {
            hashes: (u32_at(bytes, 0), u32_at(bytes, 4)),
            text: text_at(bytes, 8),
            folded: text_at(bytes, 16),
            capitals: u32_at(bytes, 24),
            case: *CASES.get((last >> 16) as usize).unwrap_or(&Case::Exact),
            lexicon: last as u16,
        }
    }

    fn bytes(&self) -> [u8; 32] {
        rows_of([
            self.hashes.0,
            self.hashes.1,
            self.text.start,
            self.text.len,
            self.folded.start,
            self.folded.len,
            self.capitals,
            u32::from(self.lexicon) | (self.case as u32) << 16,
        ])
    }
}

impl Catalogue {
    /// The names of its lexicons.
    pub(super) fn lexicons(&self) -> impl Iterator<Item = &str> {
        self.classes.iter().filter_map(|class| match class {
            Class::Lexicon(name) => Some(&name[..]),
            _ => None,
        })
    }

    /// The number of a lexicon: of its class, or behind the classes if it is wanted from elsewhere.
    pub(super) fn lexicon(&self, name: &str) -> Option<u16> {
        let is_it = |class: &Class| matches!(class, Class::Lexicon(n) if n == name);
        let own = self.classes.iter().position(is_it);
        let wanted = || self.wanted.iter().position(|n| n == name);
        let n = own.or_else(|| wanted().map(|n| self.classes.len() + n));
        n.map(|n| n as u16)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let number = |out: &mut Vec<u8>, n: usize| out.extend((n as u32).to_le_bytes());
        let string = |out: &mut Vec<u8>, s: &str| {
            number(out, s.len());
            out.extend(s.as_bytes());
        };
        number(&mut out, self.classes.len());
        for class in &self.classes {
            let (kind, name) = match class {
                Class::Entity(label) => (0, label.as_str()),
                Class::Lexicon(name) => (1, &name[..]),
                Class::Block => (2, ""),
            };
            number(&mut out, kind);
            string(&mut out, name);
        }
        for list in [&self.files, &self.wanted] {
            number(&mut out, list.len());
            for name in list {
                string(&mut out, name);
            }
        }
        out
    }

    fn read(bytes: &[u8]) -> Option<Catalogue> {
        let mut rest = bytes;
        let mut catalogue = Catalogue::default();
        for _ in 0..take_number(&mut rest)? {
            let kind = take_number(&mut rest)?;
            let name = take_string(&mut rest)?;
            catalogue.classes.push(match kind {
                0 => Class::Entity(Label::new(name).ok()?),
                1 => Class::Lexicon(name.to_owned()),
                2 => Class::Block,
                _ => return None,
            });
        }
        for list in [&mut catalogue.files, &mut catalogue.wanted] {
            for _ in 0..take_number(&mut rest)? {
                list.push(take_string(&mut rest)?.to_owned());
            }
        }
        Some(catalogue)
    }
}

fn take_number(rest: &mut &[u8]) -> Option<u32> {
    let (head, behind) = rest.split_first_chunk::<4>()?;
    *rest = behind;
    Some(u32::from_le_bytes(*head))
}

fn take_string<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let len = take_number(rest)? as usize;
    let (head, behind) = rest.split_at_checked(len)?;
    *rest = behind;
    std::str::from_utf8(head).ok()
}

/// Lays the sections of an image out, one after the other.
#[derive(Debug)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    ranges: [Range<usize>; SECTIONS],
    next: usize,
}

impl Writer {
    pub(super) fn new(catalogue: &Catalogue, capacity: usize) -> Writer {
        let mut bytes = Vec::with_capacity(capacity + HEADER + 64 * SECTIONS);
        bytes.resize(HEADER, 0);
        let mut writer = Writer {
            bytes,
            ranges: [const { 0..0 }; SECTIONS],
            next: 0,
        };
        writer.section(Section::Catalogue, |out| out.extend(catalogue.bytes()));
        writer
    }

    /// Writes the next section.
    pub(super) fn section(&mut self, section: Section, write: impl FnOnce(&mut Vec<u8>)) {
        assert_eq!(self.next, section as usize, "sections come in their order");
        self.next += 1;
        let start = self.bytes.len().next_multiple_of(64);
        self.bytes.resize(start, 0);
        write(&mut self.bytes);
        self.ranges[section as usize] = start..self.bytes.len();
    }

    pub(super) fn rows<R: Row<N>, const N: usize>(&mut self, section: Section, rows: &[R]) {
        self.section(section, |out| {
            for row in rows {
                out.extend_from_slice(&row.bytes());
            }
        });
    }

    /// Numbers of eight bytes.
    pub(super) fn words(&mut self, section: Section, words: &[u64]) {
        self.section(section, |out| {
            for word in words {
                out.extend_from_slice(&word.to_le_bytes());
            }
        });
    }

    /// Numbers of four bytes.
    pub(super) fn numbers(&mut self, section: Section, numbers: &[u32]) {
        self.section(section, |out| {
            for number in numbers {
                out.extend_from_slice(&number.to_le_bytes());
            }
        });
    }

    /// Leaves the sections that were not written empty.
    #[cfg(test)]
    pub(super) fn empty_rest(&mut self) {
        self.next = SECTIONS;
        for range in self.ranges.iter_mut().filter(|r| r.start == 0) {
            *range = self.bytes.len()..self.bytes.len();
        }
    }

    /// Writes the header. The checksum of the arrays is left to [`Image::write`]: only files need it.
    pub(super) fn finish(mut self, figures: Figures) -> Image {
        assert_eq!(self.next, SECTIONS, "all sections are there");
        let length = self.bytes.len() as u64;
        let header = &mut self.bytes[..HEADER];
        header[..8].copy_from_slice(MAGIC);
        put(header, 8, VERSION);
        put(header, 12, SECTIONS as u32);
        header[16..24].copy_from_slice(&length.to_le_bytes());
        header[24..32].copy_from_slice(&figures.seed.to_le_bytes());
        put(header, 32, figures.longest as u32);
        put(header, 36, figures.most as u32);
        put(header, 40, figures.run as u32);
        put(header, 44, u32::from(figures.has_validities));
        for (i, range) in self.ranges.iter().enumerate() {
            let at = SECTION_TABLE + 16 * i;
            header[at..at + 8].copy_from_slice(&(range.start as u64).to_le_bytes());
            header[at + 8..at + 16].copy_from_slice(&(range.len() as u64).to_le_bytes());
        }
        let catalogue = &self.bytes[self.ranges[Section::Catalogue as usize].clone()];
        let checksum = header_checksum(&self.bytes, catalogue);
        self.bytes[HEADER - 8..HEADER].copy_from_slice(&checksum.to_le_bytes());
        Image::open(Box::new(Aligned::new(self.bytes))).expect("what was just written can be read")
    }
}

/// Bytes that start where a line of the cache does, as those of a mapped file do: a bucket of the table is one line then.
struct Aligned {
    bytes: Vec<u8>,
    start: usize,
    len: usize,
}

impl Aligned {
    const LINE: usize = 64;

    fn new(mut bytes: Vec<u8>) -> Aligned {
        let len = bytes.len();
        bytes.reserve_exact(Aligned::LINE);
        let start = bytes.as_ptr().align_offset(Aligned::LINE);
        // Where it would take more than there is room for, speed is all that is lost.
        let start = if start < Aligned::LINE { start } else { 0 };
        bytes.resize(len + start, 0);
        bytes.copy_within(..len, start);
        Aligned { bytes, start, len }
    }
}

impl AsRef<[u8]> for Aligned {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[self.start..self.start + self.len]
    }
}

impl Image {
    /// Writes all bytes, with the checksum of the arrays.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut header = self.all()[..HEADER].to_vec();
        let checksum = body_checksum(self.all());
        header[HEADER - 16..HEADER - 8].copy_from_slice(&checksum.to_le_bytes());
        let catalogue = self.bytes_of(Section::Catalogue);
        let checksum = header_checksum(&header, catalogue);
        header[HEADER - 8..].copy_from_slice(&checksum.to_le_bytes());
        out.write_all(&header)?;
        out.write_all(&self.all()[HEADER..])
    }
}

/// Of the header, its own checksum excepted, and the catalogue.
fn header_checksum(header: &[u8], catalogue: &[u8]) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&header[..HEADER - 8]);
    hash.update(catalogue);
    hash.digest()
}

/// Of all that stands behind the header.
fn body_checksum(all: &[u8]) -> u64 {
    xxh3_64(&all[HEADER..])
}

#[inline(always)]
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..).and_then(|b| b.first_chunk()) {
        Some(chunk) => u32::from_le_bytes(*chunk),
        None => 0,
    }
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(|b| b.first_chunk()) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => 0,
    }
}

fn text_at(bytes: &[u8], at: usize) -> Text {
    Text {
        start: u32_at(bytes, at),
        len: u32_at(bytes, at + 4),
    }
}

fn put(out: &mut [u8], at: usize, number: u32) {
    out[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

/// `N` is four times `K`.
fn rows_of<const K: usize, const N: usize>(numbers: [u32; K]) -> [u8; N] {
    let mut out = [0; N];
    for (i, number) in numbers.into_iter().enumerate() {
        put(&mut out, 4 * i, number);
    }
    out
}
