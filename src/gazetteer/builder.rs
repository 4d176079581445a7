//! [`GazetteerBuilder`]: entries in, flat arrays out. What a name needs of the text is worked out here, once.

use super::{
    AliasKind, AliasRow, Case, ContextRow, ContextWordRow, EntryRow, ExtraRow, Gazetteer, Role,
    SEPARATOR, SourceDefaults, Text, builtin,
    index::Index,
    name::{NameShape, ShapedEntry},
    source::{self, SourceFile},
};
use crate::{
    document::{AliasId, EntryId},
    error::{Error, Problem},
    span::Label,
    tokens::{Tokens, hash_bytes},
};
use rayon::prelude::*;
use std::{
    collections::{HashMap, hash_map},
    ops::Range,
    path::Path,
    sync::Arc,
};

/// Collects entries, from files or one by one, and makes a [`Gazetteer`] of them.
///
/// The order in which entries are added is the order that breaks ties: what comes first wins.
///
/// ```
/// use wiretag::{Alias, Entry, Gazetteer, Label};
/// let mut builder = Gazetteer::builder();
/// builder.add(Entry::new("org/iaea", Label::new("ORG")?, "International Atomic Energy Agency").alias(Alias::new("IAEA")));
/// let gazetteer = builder.build()?;
/// assert_eq!(gazetteer.alias_count(), 2);
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct GazetteerBuilder {
    entries: Vec<PlacedEntry>,
    by_id: HashMap<(Arc<str>, RoleName), usize>,
    files: Vec<String>,
    problems: Vec<Problem>,
}

/// An entity and its names, as they are added to a [`GazetteerBuilder`].
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub(super) id: Arc<str>,
    pub(super) role: RoleName,
    pub(super) name: String,
    pub(super) aliases: Vec<Alias>,
    pub(super) attributes: Vec<(Arc<str>, String)>,
}

/// What an entry is for, and the name that goes with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum RoleName {
    Entity(Label),
    Lexicon(Arc<str>),
    Block,
}

/// One name of an [`Entry`], and when it counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// The name.
    pub text: String,
    /// What it is to the entity. Default: a full name.
    pub kind: AliasKind,
    /// In which case it matches. Default: what [`Case::of`] says.
    pub case: Option<Case>,
    /// Does it match as a part of a hyphen compound (`Iran-backed`)? Default: not where it matches in any case.
    pub hyphen: Option<bool>,
    /// Does it match inside longer words? Default: no.
    pub substring: bool,
    /// Competes before everything of lower priority. Default: 0.
    pub priority: i8,
    /// What must or must not stand around it; names of a list often share it. Default: nothing.
    pub contexts: Arc<[Context]>,
}

/// Words that must stand near an alias, or must not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Context {
    /// Where.
    pub place: ContextPlace,
    /// Do the words forbid the match? Else they allow it.
    pub negative: bool,
    /// The words or phrases; `@NAME` stands for every word of a lexicon.
    pub words: Vec<String>,
}

/// Where the words of a [`Context`] are looked for; always in the sentence of the alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContextPlace {
    /// Within so many tokens on either side.
    Near(u8),
    /// Directly behind.
    FollowedBy,
    /// Directly before.
    PrecededBy,
}

/// An entry, and where each of its names stands.
#[derive(Clone, Debug)]
struct PlacedEntry {
    entry: Entry,
    at: At,
    /// For each alias of the entry.
    shapes: Vec<NameShape>,
    /// The aliases that other lines added: from which on, and the line.
    added: Vec<(usize, At)>,
}

/// A line of a file; line 0 where there is none.
#[derive(Clone, Copy, Debug)]
struct At {
    file: usize,
    line: u64,
}

impl Entry {
    /// An entity whose canonical name is an alias too.
    pub fn new(id: impl Into<Arc<str>>, label: Label, name: impl Into<String>) -> Entry {
        let name = name.into();
        let aliases = vec![Alias::new(name.clone())];
        Entry {
            id: id.into(),
            role: RoleName::Entity(label),
            name,
            aliases,
            attributes: Vec::new(),
        }
    }

    /// The same with one more alias.
    pub fn alias(mut self, alias: Alias) -> Entry {
        self.aliases.push(alias);
        self
    }

    /// The same with one more attribute.
    pub fn attribute(mut self, key: impl Into<Arc<str>>, value: impl Into<String>) -> Entry {
        self.attributes.push((key.into(), value.into()));
        self
    }
}

impl Alias {
    /// A full name with default policies.
    pub fn new(text: impl Into<String>) -> Alias {
        Alias {
            text: text.into(),
            kind: AliasKind::Full,
            case: None,
            hyphen: None,
            substring: false,
            priority: 0,
            contexts: Arc::default(),
        }
    }
}

impl GazetteerBuilder {
    /// A builder without entries.
    pub fn new() -> GazetteerBuilder {
        GazetteerBuilder::default()
    }

    /// Adds the shipped gazetteers.
    pub fn add_builtin(&mut self) -> &mut GazetteerBuilder {
        let parse =
            |(path, text): &(&str, &str)| source::parse(path, text, &SourceDefaults::default());
        let files: Vec<SourceFile> = builtin::FILES.par_iter().map(parse).collect();
        for (file, (path, _)) in files.into_iter().zip(builtin::FILES) {
            self.take(path, file);
        }
        self
    }

    /// Adds a file, or the `.tsv` and `.txt` files of a folder in the order of their names.
    ///
    /// # Errors
    /// When a file can't be read. Bad lines are reported by [`GazetteerBuilder::build`], all in one go.
    pub fn add_path(
        &mut self,
        path: impl AsRef<Path>,
        defaults: &SourceDefaults,
    ) -> Result<&mut GazetteerBuilder, Error> {
        source::add_path(self, path.as_ref(), defaults)?;
        Ok(self)
    }

    /// Adds the text of a gazetteer file. `path` is what messages call it.
    pub fn add_source(
        &mut self,
        path: &str,
        text: &str,
        defaults: &SourceDefaults,
    ) -> &mut GazetteerBuilder {
        let file = source::parse(path, text, defaults);
        self.take(path, file)
    }

    /// Adds an entry. One with the id and label of an earlier one adds its aliases to that.
    pub fn add(&mut self, entry: Entry) -> &mut GazetteerBuilder {
        let mut problems = Vec::new();
        let mut report = |message| problems.push(Problem::error("entry", None, message));
        let entries = vec![ShapedEntry::new(
            entry,
            0,
            false,
            &mut Tokens::default(),
            &mut report,
        )];
        self.take("", SourceFile { entries, problems })
    }

    /// The gazetteer.
    ///
    /// # Errors
    /// When anything that was added is bad: every finding with its file and line.
    pub fn build(&mut self) -> Result<Gazetteer, Error> {
        let mut problems = self.problems.clone();
        let assembly = Assembly::of(self, &mut problems);
        if !problems.is_empty() {
            // As a reader of the files meets them, whichever step found them.
            let file = |p: &Problem| self.files.iter().position(|f| *f == p.path);
            problems.sort_by_key(|p| (file(p), p.line));
            return Err(Error::problems(problems));
        }
        Ok(assembly.finish(self))
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Adds what a file holds.
    fn take(&mut self, path: &str, source: SourceFile) -> &mut GazetteerBuilder {
        // Every reading of a file is a file of its own: who gives one twice means no repeated ids.
        // Entries that a program adds one by one share the file without a name.
        let known = self
            .files
            .iter()
            .position(|f| path.is_empty() && f.is_empty());
        let file = known.unwrap_or_else(|| {
            self.files.push(path.to_owned());
            self.files.len() - 1
        });
        self.problems.extend(source.problems);
        for shaped in source.entries {
            self.place(shaped, file);
        }
        self
    }

    fn place(&mut self, shaped: ShapedEntry, file: usize) {
        let ShapedEntry {
            entry,
            shapes,
            line,
            has_own_id,
        } = shaped;
        let at = At { file, line };
        match self.by_id.entry((entry.id.clone(), entry.role.clone())) {
            hash_map::Entry::Occupied(known) => {
                let known = &mut self.entries[*known.get()];
                let places = [known.at]
                    .into_iter()
                    .chain(known.added.iter().map(|(_, at)| *at));
                let first = places.into_iter().find(|at| at.file == file);
                if let (true, Some(first)) = (has_own_id, first) {
                    let message =
                        format!("id {:?} stands on line {} already", entry.id, first.line);
                    let path = &self.files[file];
                    self.problems
                        .push(Problem::error(path, Some(line), message));
                    return;
                }
                known.added.push((known.shapes.len(), at));
                for (alias, shape) in entry.aliases.into_iter().zip(shapes) {
                    if !known.entry.aliases.contains(&alias) {
                        known.entry.aliases.push(alias);
                        known.shapes.push(shape);
                    }
                }
                for (key, value) in entry.attributes {
                    if !known.entry.attributes.iter().any(|(k, _)| *k == key) {
                        known.entry.attributes.push((key, value));
                    }
                }
            }
            hash_map::Entry::Vacant(new) => {
                new.insert(self.entries.len());
                self.entries.push(PlacedEntry {
                    entry,
                    at,
                    shapes,
                    added: Vec::new(),
                });
            }
        }
    }
}

/// An alias with its key, before aliases are sorted.
#[derive(Debug)]
struct KeyedAlias {
    key: Range<usize>,
    /// The first eight bytes of the key, zero behind its end.
    head: u64,
    tokens: usize,
    row: AliasRow,
}

/// The arrays while they grow.
#[derive(Debug, Default)]
struct Assembly {
    pool: String,
    labels: Vec<Label>,
    lexicons: Vec<Arc<str>>,
    entries: Vec<EntryRow>,
    attributes: Vec<(Text, Text)>,
    keyed: Vec<KeyedAlias>,
    /// The keys of `keyed`, one after the other.
    keys: String,
    extras: Vec<ExtraRow>,
    contexts: Vec<ContextRow>,
    context_words: Vec<ContextWordRow>,
    /// Where contexts that were added before are: lists share them.
    known_contexts: HashMap<Arc<[Context]>, (u32, u32)>,
}

impl Assembly {
    fn of(builder: &GazetteerBuilder, problems: &mut Vec<Problem>) -> Assembly {
        let mut assembly = Assembly::default();
        for placed in &builder.entries {
            if let RoleName::Lexicon(name) = &placed.entry.role
                && !assembly.lexicons.contains(name)
            {
                assembly.lexicons.push(name.clone());
            }
        }
        for placed in &builder.entries {
            assembly.add(placed, &mut |at: At, message| {
                let path = builder.files[at.file].as_str();
                let line = (at.line > 0).then_some(at.line);
                problems.push(Problem::error(
                    if path.is_empty() { "entry" } else { path },
                    line,
                    message,
                ));
            });
        }
        assembly
    }

    fn add(&mut self, placed: &PlacedEntry, problem: &mut dyn FnMut(At, String)) {
        let entry = &placed.entry;
        let (role, name_of_role) = match &entry.role {
            RoleName::Entity(label) => {
                let n = self
                    .labels
                    .iter()
                    .position(|l| l == label)
                    .unwrap_or_else(|| {
                        self.labels.push(*label);
                        self.labels.len() - 1
                    });
                (Role::Entity, n)
            }
            RoleName::Lexicon(name) => (
                Role::Lexicon,
                self.lexicons
                    .iter()
                    .position(|l| l == name)
                    .expect("all lexicons were collected first"),
            ),
            RoleName::Block => (Role::Block, 0),
        };
        let first = self.attributes.len() as u32;
        for (key, value) in &entry.attributes {
            let pair = (self.store(key), self.store(value));
            self.attributes.push(pair);
        }
        let number = EntryId(self.entries.len() as u32);
        let row = EntryRow {
            id: self.store(&entry.id),
            name: self.store(&entry.name),
            attributes: (first, self.attributes.len() as u32),
            line: placed.at.line as u32,
            file: placed.at.file as u16,
            name_of_role: name_of_role as u16,
            role,
        };
        self.entries.push(row);
        for (i, (alias, shape)) in entry.aliases.iter().zip(&placed.shapes).enumerate() {
            let added = placed.added.iter().rev().find(|(from, _)| *from <= i);
            let at = added.map_or(placed.at, |(_, at)| *at);
            self.add_alias(number, alias, shape, at, &mut |message| {
                problem(at, message);
            });
        }
    }

    fn add_alias(
        &mut self,
        entry: EntryId,
        alias: &Alias,
        shape: &NameShape,
        at: At,
        problem: &mut dyn FnMut(String),
    ) {
        let role = self.entries[entry.0 as usize].role;
        if alias.substring && role == Role::Lexicon {
            problem(format!(
                "word {:?} of a lexicon can't be a substring: rules read whole words",
                alias.text
            ));
        }
        let case = alias.case.unwrap_or_else(|| Case::of(&alias.text));
        let contexts = self.add_contexts(&alias.contexts, problem);
        let start = self.keys.len();
        self.keys.push_str(&shape.key);
        let row = AliasRow {
            entry,
            text: self.store(&alias.text),
            capitals: shape.capitals,
            extra: self.add_extra(shape, contexts),
            kind: alias.kind,
            case,
            priority: alias.priority,
            hyphen: alias.hyphen.unwrap_or(case != Case::Any),
            substring: alias.substring,
            key: Text::default(),
            more: false,
            role,
            file: at.file as u16,
            line: at.line as u32,
        };
        self.keyed.push(KeyedAlias {
            key: start..self.keys.len(),
            head: 0,
            tokens: usize::from(shape.tokens),
            row,
        });
    }

    fn add_contexts(
        &mut self,
        contexts: &Arc<[Context]>,
        problem: &mut dyn FnMut(String),
    ) -> (u32, u32) {
        if contexts.is_empty() {
            return (0, 0);
        }
        if let Some(&known) = self.known_contexts.get(contexts) {
            return known;
        }
        let first = self.contexts.len() as u32;
        let mut tokens = Tokens::default();
        for context in contexts.iter() {
            let words_first = self.context_words.len() as u32;
            for word in &context.words {
                match self.context_word(word, &mut tokens) {
                    Ok(row) => self.context_words.push(row),
                    Err(message) => problem(message),
                }
            }
            let words = (words_first, self.context_words.len() as u32);
            self.contexts.push(ContextRow {
                place: context.place,
                negative: context.negative,
                words,
            });
        }
        let range = (first, self.contexts.len() as u32);
        self.known_contexts.insert(contexts.clone(), range);
        range
    }

    fn context_word(&mut self, word: &str, tokens: &mut Tokens) -> Result<ContextWordRow, String> {
        let mut row = ContextWordRow {
            hashes: (0, 0),
            text: Text::default(),
            folded: Text::default(),
            capitals: 0,
            case: Case::Any,
            lexicon: 0,
        };
        if let Some(name) = word.strip_prefix('@') {
            let n = self.lexicons.iter().position(|l| &**l == name);
            let n = n.ok_or_else(|| {
                format!(
                    "no lexicon {name:?}: a file with the header \"# lexicon: {name}\" makes one"
                )
            })?;
            row.lexicon = n as u16 + 1;
            return Ok(row);
        }
        let shape = NameShape::of(word, tokens).map_err(|e| format!("context word: {e}"))?;
        (row.text, row.folded) = (self.store(word), self.store(&shape.key));
        (row.capitals, row.case) = (shape.capitals, Case::of(word));
        // The hashes wait for the seed.
        Ok(row)
    }

    fn add_extra(&mut self, shape: &NameShape, contexts: (u32, u32)) -> u32 {
        if shape.punctuation.is_none() && contexts.0 == contexts.1 {
            return 0;
        }
        let mut extra = ExtraRow {
            contexts,
            ..ExtraRow::default()
        };
        if let Some(punctuation) = &shape.punctuation {
            extra.gaps = self.store(&punctuation.gaps);
            extra.lead = self.store(&punctuation.lead);
            extra.trail = self.store(&punctuation.trail);
        }
        self.extras.push(extra);
        self.extras.len() as u32
    }

    fn store(&mut self, text: &str) -> Text {
        let start = self.pool.len() as u32;
        self.pool.push_str(text);
        Text {
            start,
            len: text.len() as u32,
        }
    }

    fn finish(mut self, builder: &GazetteerBuilder) -> Gazetteer {
        let mut keyed = std::mem::take(&mut self.keyed);
        // Stable: aliases of one key stay in the order in which they came. The first bytes decide most comparisons.
        let keys = std::mem::take(&mut self.keys);
        let head = |key: &Range<usize>| {
            let mut head = [0; 8];
            let n = key.len().min(8);
            head[..n].copy_from_slice(&keys.as_bytes()[key.start..key.start + n]);
            u64::from_be_bytes(head)
        };
        for alias in &mut keyed {
            alias.head = head(&alias.key);
        }
        keyed.par_sort_by(|a, b| {
            a.head
                .cmp(&b.head)
                .then_with(|| keys[a.key.clone()].cmp(&keys[b.key.clone()]))
        });
        // Each key once, with its first alias.
        let mut firsts: Vec<(&str, u32)> = Vec::new();
        for i in 0..keyed.len() {
            let key = &keys[keyed[i].key.clone()];
            match firsts.last() {
                Some(&(before, _)) if before == key => {
                    keyed[i].row.key = keyed[i - 1].row.key;
                    keyed[i - 1].row.more = true;
                }
                _ => {
                    keyed[i].row.key = self.store(key);
                    firsts.push((key, i as u32));
                }
            }
        }
        let index = Index::build(firsts.iter().copied(), SEPARATOR);
        let range = |t: &Text| t.start as usize..(t.start + t.len) as usize;
        let mut context_hashes = Vec::new();
        for word in &mut self.context_words {
            let first = context_hashes.len() as u32;
            if word.lexicon == 0 {
                let folded = &self.pool[range(&word.folded)];
                context_hashes.extend(
                    folded
                        .split(SEPARATOR)
                        .map(|t| hash_bytes(t.as_bytes(), index.seed())),
                );
            }
            word.hashes = (first, context_hashes.len() as u32);
        }
        Gazetteer {
            labels: self.labels,
            lexicons: self
                .lexicons
                .iter()
                .map(|l| format!("lexicon {l}"))
                .collect(),
            files: builder.files.clone(),
            entries: self.entries,
            attributes: self.attributes,
            longest: keyed.iter().map(|k| k.tokens).max().unwrap_or(0),
            substrings: keyed
                .iter()
                .enumerate()
                .filter(|(_, k)| k.row.substring)
                .map(|(i, _)| AliasId(i as u32))
                .collect(),
            aliases: keyed.into_iter().map(|k| k.row).collect(),
            extras: self.extras,
            contexts: self.contexts,
            context_words: self.context_words,
            context_hashes,
            index,
            pool: self.pool,
        }
    }
}
