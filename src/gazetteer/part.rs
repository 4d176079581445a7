//! [`Part`]: an image in its place among others, as the matcher and the readers of its entries see it.

use super::{
    AliasRow, Aliases, ContextRow, ContextWord, GapNeed, Index, Name, Validity,
    assembly::ID_SEED,
    draft::default_id,
    image::{Class, ContextWordRow, EntryRow, Image, Section, Text},
    index::place,
    name::{SEPARATOR, folded_key},
};
use crate::{
    error::Error,
    span::Label,
    tokens::{Tokens, extend_key, hash_bytes},
};
use std::{borrow::Cow, ops::Range, sync::Arc};

/// One image of a gazetteer. Numbers of aliases and entries are the image's own here.
pub(crate) struct Part {
    pub(super) image: Arc<Image>,
    /// Numbers of the gazetteer for the first alias and the first entry of the image.
    pub(crate) first_alias: u32,
    pub(crate) first_entry: u32,
    /// For each class, and for each lexicon wanted from elsewhere, the gazetteer's number of the lexicon; nothing for other classes.
    lexicons: Vec<Option<u16>>,
}

impl Part {
    /// # Errors
    /// When it wants a lexicon that is not among these.
    pub(super) fn new(
        image: Arc<Image>,
        first_alias: u32,
        first_entry: u32,
        lexicons: &[String],
    ) -> Result<Part, Error> {
        let number = |name: &str| lexicons.iter().position(|l| l == name).map(|n| n as u16);
        let mut numbers = Vec::new();
        for class in &image.catalogue.classes {
            numbers.push(match class {
                Class::Lexicon(name) => number(name),
                _ => None,
            });
        }
        for name in &image.catalogue.wanted {
            numbers.push(Some(number(name).ok_or_else(|| {
                let files = image.catalogue.files.join(", ");
                Error::invalid(format!(
                    "the compiled gazetteer of {files} needs the lexicon {name:?}: add the gazetteer that has it"
                ))
            })?));
        }
        Ok(Part {
            image,
            first_alias,
            first_entry,
            lexicons: numbers,
        })
    }

    pub(crate) fn seed(&self) -> u64 {
        self.image.figures.seed
    }

    /// The most tokens that a name has.
    pub(crate) fn longest(&self) -> usize {
        self.image.figures.longest
    }

    /// The most aliases that a key has.
    pub(crate) fn most(&self) -> usize {
        self.image.figures.most
    }

    pub(crate) fn index(&self) -> Index<'_> {
        Index::of(&self.image)
    }

    pub(crate) fn aliases(&self) -> Aliases<'_> {
        self.image.aliases()
    }

    pub(crate) fn alias_text(&self, alias: u32) -> &str {
        self.image.alias_text(alias)
    }

    /// The gazetteer's number of the lexicon that an alias is a word of.
    #[inline]
    pub(crate) fn lexicon(&self, row: &AliasRow) -> Option<u16> {
        *self.lexicons.get(usize::from(row.class))?
    }

    /// For each run of entries that are words of a lexicon: the gazetteer's number of the lexicon, and their numbers here.
    pub(crate) fn lexicon_runs(&self) -> impl Iterator<Item = (u16, Range<u32>)> {
        self.image.runs().filter_map(|(class, entries)| {
            let lexicon = *self.lexicons.get(usize::from(class))?;
            Some((lexicon?, entries))
        })
    }

    /// The label of an alias; none for those of blocking entries and lexicons.
    #[inline]
    pub(crate) fn label(&self, row: &AliasRow) -> Option<Label> {
        match self.image.catalogue.classes.get(usize::from(row.class))? {
            Class::Entity(label) => Some(*label),
            _ => None,
        }
    }

    /// How many aliases it has.
    pub(crate) fn alias_count(&self) -> usize {
        self.image.alias_count()
    }

    /// The first alias of each key, in the order of the keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = u32> {
        let aliases = self.aliases();
        let is_first = move |n: &u32| {
            let before = n.checked_sub(1).and_then(|b| aliases.row(b));
            before.is_none_or(|row| !row.more)
        };
        (0..self.image.alias_count() as u32).filter(is_first)
    }

    /// The folded tokens of an alias with [`SEPARATOR`] between them.
    pub(crate) fn alias_key(&self, alias: u32) -> String {
        let (text, mut key) = (self.alias_text(alias), String::new());
        folded_key(text, &Tokens::of(text), &mut key);
        key
    }

    /// The aliases that match inside words.
    pub(crate) fn substrings(&self) -> impl Iterator<Item = u32> {
        let numbers = self.image.rows::<4>(Section::Substrings).iter();
        let numbers = numbers.map(|n| u32::from_le_bytes(*n));
        numbers.filter(|&n| self.aliases().row(n).is_some())
    }

    /// What must stand before the first and behind the last token of an alias.
    pub(crate) fn lead_and_trail(&self, row: &AliasRow) -> Option<(&str, &str)> {
        let extra = self.aliases().extra(row)?;
        Some((self.image.text(extra.lead), self.image.text(extra.trail)))
    }

    /// What must stand in the inner gaps of an alias, in order; none where all are soft.
    pub(crate) fn gap_needs(&self, row: &AliasRow) -> Option<impl Iterator<Item = GapNeed<'_>>> {
        let gaps = self.image.text(self.aliases().extra(row)?.gaps);
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

    pub(crate) fn contexts(&self, row: &AliasRow) -> impl Iterator<Item = ContextRow> {
        let contexts = self.aliases().extra(row).map(|e| e.contexts);
        let (first, behind) = contexts.unwrap_or_default();
        (first..behind).map_while(|i| self.image.row::<ContextRow, 12>(Section::Contexts, i))
    }

    pub(crate) fn validity(&self, row: &AliasRow) -> Validity {
        let extra = self.aliases().extra(row);
        extra.map_or_else(Validity::default, |e| e.validity)
    }

    pub(super) fn has_validities(&self) -> bool {
        self.image.figures.has_validities
    }

    /// The words of a context.
    pub(crate) fn context_words(
        &self,
        context: &ContextRow,
    ) -> impl Iterator<Item = ContextWord<'_>> {
        let hashes = self.image.rows::<8>(Section::ContextHashes);
        let (first, behind) = context.words;
        let rows = (first..behind).map_while(|i| {
            self.image
                .row::<ContextWordRow, 32>(Section::ContextWords, i)
        });
        rows.filter_map(move |row| match row.lexicon.checked_sub(1) {
            None => Some(ContextWord::Phrase {
                hashes: hashes.get(row.hashes.0 as usize..row.hashes.1 as usize)?,
                name: Name {
                    text: self.image.text(row.text),
                    folded: self.image.text(row.folded),
                    capitals: row.capitals,
                    case: row.case,
                    is_plural: false,
                },
            }),
            Some(n) => Some(ContextWord::Lexicon((*self.lexicons.get(usize::from(n))?)?)),
        })
    }

    fn entry(&self, entry: u32) -> Option<EntryRow> {
        self.image.row::<EntryRow, 8>(Section::Entries, entry)
    }

    pub(super) fn class(&self, entry: u32) -> Option<&Class> {
        let class = self.image.run_of(entry)?.class;
        self.image.catalogue.classes.get(usize::from(class))
    }

    pub(super) fn file(&self, file: usize) -> &str {
        let file = self.image.catalogue.files.get(file);
        file.map_or("", String::as_str)
    }

    /// File and line of an entry.
    pub(super) fn source(&self, entry: u32) -> (&str, usize) {
        match (self.entry(entry), self.image.run_of(entry)) {
            (Some(row), Some(run)) => (self.file(run.file.into()), row.line as usize),
            _ => ("", 0),
        }
    }

    pub(super) fn name(&self, entry: u32) -> &str {
        let Some(row) = self.entry(entry) else {
            return "";
        };
        let aliases = self.image.alias_count() as u32;
        match row.name.checked_sub(aliases) {
            None => self.alias_text(row.name),
            Some(n) => {
                let text = self.image.row::<Text, 8>(Section::OtherNames, n);
                self.image.text(text.unwrap_or_default())
            }
        }
    }

    pub(crate) fn attributes(&self, entry: u32) -> impl Iterator<Item = (&str, &str)> {
        let image = &*self.image;
        image.attributes(entry).map_while(|i| {
            let (key, value) = image.row::<(Text, Text), 16>(Section::Attributes, i as u32)?;
            Some((image.text(key), image.text(value)))
        })
    }

    pub(super) fn id(&self, entry: u32) -> Cow<'_, str> {
        match self.image.id(entry) {
            Some(id) => id.into(),
            None => self.id_of_name(entry, self.name(entry)),
        }
    }

    /// The id and the name of an entry.
    pub(super) fn id_and_name(&self, entry: u32) -> (Cow<'_, str>, &str) {
        let name = self.name(entry);
        let id = match self.image.id(entry) {
            Some(id) => id.into(),
            None => self.id_of_name(entry, name),
        };
        (id, name)
    }

    fn id_of_name(&self, entry: u32, name: &str) -> Cow<'_, str> {
        let theme = match self.class(entry) {
            Some(Class::Entity(label)) => label.as_str(),
            Some(Class::Lexicon(name)) => name,
            Some(Class::Block) | None => "block",
        };
        let mut id = String::new();
        default_id(theme, name, &mut id);
        id.into()
    }

    /// The entry with this id and label.
    pub(super) fn find(&self, id: &str, label: Label) -> Option<u32> {
        let is_it = |n: &u32| self.class(*n) == Some(&Class::Entity(label)) && self.id(*n) == id;
        let table = self.image.rows::<4>(Section::IdTable);
        if !table.is_empty() {
            let mut at = place(hash_bytes(id.as_bytes(), ID_SEED), table.len());
            for _ in 0..table.len() {
                let number = u32::from_le_bytes(table[at]).checked_sub(1);
                let Some(number) = number else { break };
                if is_it(&number) {
                    return Some(number);
                }
                at = if at + 1 == table.len() { 0 } else { at + 1 };
            }
        }
        self.find_by_name(id).find(is_it)
    }

    /// The entries of the aliases that an id may be made of.
    fn find_by_name(&self, id: &str) -> impl Iterator<Item = u32> {
        let slug = id.split_once('/').map_or("", |(_, slug)| slug);
        let mut tokens = Tokens::default();
        tokens.fill(slug, self.image.figures.seed);
        let key = tokens.hashes().iter().copied().reduce(extend_key);
        let slot = key.map(|key| self.index().get(key));
        let first = slot.and_then(|slot| slot.alias());
        let aliases = self.aliases();
        let mut next = first;
        let rows = std::iter::from_fn(move || {
            let number = next?;
            let row = aliases.row(number)?;
            next = row.more.then_some(number + 1);
            Some(row)
        });
        rows.take(self.most())
            .filter_map(move |row| aliases.entry(&row))
    }
}
