//! [`Assembly`]: drafts in, one image out. Entities that several lines name are brought together, keys sorted and indexed.

use super::{
    builder::Context,
    draft::{Draft, DraftAlias, DraftEntry, RoleName},
    image::{
        AliasRow, Catalogue, Class, ContextRow, ContextWordRow, EntryRow, ExtraRow, Figures, Image,
        MAX_CLASSES, RunRow, Section, Text, Writer,
    },
    index::IndexArrays,
    name::{NameShape, SEPARATOR},
};
use crate::{
    error::Problem,
    tokens::{Tokens, hash_bytes},
};
use rayon::prelude::*;
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::Arc,
};

/// The drafts of an image, and what belongs together in them.
#[derive(Debug)]
pub(super) struct Assembly<'a> {
    drafts: Vec<&'a Draft>,
    /// Lexicons that names may refer to although no draft has them.
    elsewhere: Vec<&'a str>,
    catalogue: Catalogue,
    /// For each draft the class of each role.
    classes: Vec<Vec<u16>>,
    entries: Vec<Merged>,
    aliases: Vec<AliasAt>,
    /// What further lines add to an entry, by its number; the lines in order.
    added: HashMap<u32, Vec<At>>,
    /// For each draft and list of contexts the rows, from and to.
    contexts: Vec<Vec<(u32, u32)>>,
    context_rows: Vec<ContextRow>,
    context_words: Vec<ContextWordRow>,
    strings: String,
}

/// A line of a draft.
#[derive(Clone, Copy, Debug)]
struct At {
    draft: u32,
    /// Index of the draft's entries.
    entry: u32,
}

/// An entry of the image.
#[derive(Clone, Copy, Debug)]
struct Merged {
    at: At,
    /// The number of its name, as in [`EntryRow`].
    name: u32,
}

/// An alias of the image.
#[derive(Clone, Copy, Debug)]
struct AliasAt {
    /// The first eight bytes of its key, zero behind its end: they decide most comparisons.
    head: u64,
    draft: u32,
    /// Index of the draft's aliases.
    alias: u32,
    /// The entry of the image.
    entry: u32,
    /// Index of the draft's entries.
    from: u32,
}

/// A hash that needs no hashing.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only numbers are keys");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The seed of the hashes of ids.
pub(super) const ID_SEED: u64 = 0x1d;

impl<'a> Assembly<'a> {
    /// Brings drafts together. Names may refer to the lexicons of `elsewhere` besides their own.
    pub(super) fn of(
        drafts: Vec<&'a Draft>,
        elsewhere: Vec<&'a str>,
        problems: &mut Vec<Problem>,
    ) -> Assembly<'a> {
        let aliases = drafts.iter().map(|d| d.aliases.len()).sum();
        let mut assembly = Assembly {
            elsewhere,
            catalogue: Catalogue::default(),
            classes: Vec::new(),
            entries: Vec::with_capacity(drafts.iter().map(|d| d.entries.len()).sum()),
            aliases: Vec::with_capacity(aliases),
            added: HashMap::new(),
            contexts: Vec::new(),
            context_rows: Vec::new(),
            context_words: Vec::new(),
            strings: String::new(),
            drafts,
        };
        for draft in &assembly.drafts {
            problems.extend_from_slice(&draft.problems);
        }
        assembly.collect_classes();
        assembly.merge(problems);
        assembly.collect_contexts(problems);
        assembly
    }

    fn collect_classes(&mut self) {
        for draft in &self.drafts {
            self.catalogue.files.push(draft.path.clone());
            let classes = draft.roles.iter().map(|role| {
                let class = match role {
                    RoleName::Entity(label) => Class::Entity(*label),
                    RoleName::Lexicon(name) => Class::Lexicon(name.to_string()),
                    RoleName::Block => Class::Block,
                };
                let known = self.catalogue.classes.iter().position(|c| *c == class);
                known.unwrap_or_else(|| {
                    self.catalogue.classes.push(class);
                    self.catalogue.classes.len() - 1
                }) as u16
            });
            self.classes.push(classes.collect());
        }
        assert!(
            self.catalogue.classes.len() < MAX_CLASSES,
            "fewer than {MAX_CLASSES} labels and lexicons"
        );
    }

    /// Finds out which lines are of one entity.
    fn merge(&mut self, problems: &mut Vec<Problem>) {
        let mut by_id: HashMap<u64, u32, BuildHasherDefault<Hashed>> = HashMap::default();
        by_id.reserve(self.drafts.iter().map(|d| d.entries.len()).sum());
        let (mut scratch, mut other) = (String::new(), String::new());
        let drafts = self.drafts.clone();
        for (d, draft) in drafts.iter().enumerate() {
            for (e, entry) in draft.entries.iter().enumerate() {
                let at = At {
                    draft: d as u32,
                    entry: e as u32,
                };
                let class = self.classes[d][entry.role as usize];
                let id = draft.id(entry, &mut scratch);
                let mut hash = hash_bytes(id.as_bytes(), ID_SEED ^ u64::from(class) << 8);
                // The entry with this id and class, if there is one: hashes of different ids may be the same.
                let number = loop {
                    let Some(&number) = by_id.get(&hash) else {
                        by_id.insert(hash, self.entries.len() as u32);
                        break None;
                    };
                    let known = self.entries[number as usize].at;
                    let (draft, entry) = self.at(known);
                    if self.classes[known.draft as usize][entry.role as usize] == class
                        && draft.id(entry, &mut other) == id
                    {
                        break Some(number);
                    }
                    hash = hash.wrapping_add(1);
                };
                match number {
                    None => self.take(at),
                    Some(number) => self.add(number, at, problems),
                }
            }
        }
    }

    fn at(&self, at: At) -> (&'a Draft, &'a DraftEntry) {
        let draft = self.drafts[at.draft as usize];
        (draft, &draft.entries[at.entry as usize])
    }

    /// Takes an entry with all its aliases.
    fn take(&mut self, at: At) {
        let (_, entry) = self.at(at);
        let number = self.entries.len() as u32;
        self.entries.push(Merged { at, name: 0 });
        for alias in entry.aliases.0..entry.aliases.1 {
            self.take_alias(number, at, alias);
        }
    }

    fn take_alias(&mut self, entry: u32, at: At, alias: u32) {
        let draft = self.drafts[at.draft as usize];
        let key = draft.key(&draft.aliases[alias as usize]);
        let mut head = [0; 8];
        let n = key.len().min(8);
        head[..n].copy_from_slice(&key[..n]);
        self.aliases.push(AliasAt {
            head: u64::from_be_bytes(head),
            draft: at.draft,
            alias,
            entry,
            from: at.entry,
        });
    }

    /// Adds what a further line says of an entry.
    fn add(&mut self, number: u32, at: At, problems: &mut Vec<Problem>) {
        let (draft, entry) = self.at(at);
        let first = self.entries[number as usize].at;
        let lines = self.added.entry(number).or_default();
        let known: Vec<At> = [first].into_iter().chain(lines.iter().copied()).collect();
        let twin = known.iter().find(|k| k.draft == at.draft);
        if let (true, Some(twin)) = (entry.id.len > 0, twin) {
            let line = draft.entries[twin.entry as usize].line;
            let message = format!(
                "id {:?} stands on line {line} already",
                draft.text(entry.id)
            );
            let line = (entry.line > 0).then_some(u64::from(entry.line));
            let path = match draft.path.is_empty() {
                true => "entry",
                false => &draft.path,
            };
            problems.push(Problem::error(path, line, message));
            return;
        }
        lines.push(at);
        for i in entry.aliases.0..entry.aliases.1 {
            let alias = &draft.aliases[i as usize];
            let is_known = known.iter().any(|&k| {
                let (d, e) = self.at(k);
                let mut aliases = d.aliases[e.aliases.0 as usize..e.aliases.1 as usize].iter();
                aliases.any(|a| same(d, a, draft, alias))
            });
            if !is_known {
                self.take_alias(number, at, i);
            }
        }
    }

    fn collect_contexts(&mut self, problems: &mut Vec<Problem>) {
        let mut known: HashMap<Arc<[Context]>, (u32, u32)> = HashMap::new();
        let mut tokens = Tokens::default();
        for draft in self.drafts.clone() {
            // Which line a list of contexts is first used on is only asked for when it is bad.
            let line = |list: usize| {
                let uses = |a: &DraftAlias| a.policies.contexts as usize == list + 1;
                let alias = draft.aliases.iter().position(uses)? as u32;
                let entry = draft.entries.iter().find(|e| alias < e.aliases.1)?;
                (entry.line > 0).then_some(u64::from(entry.line))
            };
            let mut ranges = Vec::with_capacity(draft.contexts.len());
            for (list, contexts) in draft.contexts.iter().enumerate() {
                if let Some(&range) = known.get(contexts) {
                    ranges.push(range);
                    continue;
                }
                let first = self.context_rows.len() as u32;
                for context in contexts.iter() {
                    let words = self.context_words.len() as u32;
                    for word in &context.words {
                        match self.context_word(word, &mut tokens) {
                            Ok(row) => self.context_words.push(row),
                            Err(message) => {
                                let path = match draft.path.is_empty() {
                                    true => "entry",
                                    false => &draft.path,
                                };
                                problems.push(Problem::error(path, line(list), message));
                            }
                        }
                    }
                    self.context_rows.push(ContextRow {
                        place: context.place,
                        negative: context.negative,
                        words: (words, self.context_words.len() as u32),
                    });
                }
                let range = (first, self.context_rows.len() as u32);
                known.insert(contexts.clone(), range);
                ranges.push(range);
            }
            self.contexts.push(ranges);
        }
    }

    /// The row of a context word; its hashes wait for the seed.
    fn context_word(&mut self, word: &str, tokens: &mut Tokens) -> Result<ContextWordRow, String> {
        let mut row = ContextWordRow {
            hashes: (0, 0),
            text: Text::default(),
            folded: Text::default(),
            capitals: 0,
            case: super::Case::of(word),
            lexicon: 0,
        };
        if let Some(name) = word.strip_prefix('@') {
            if self.catalogue.lexicon(name).is_none() && self.elsewhere.contains(&name) {
                self.catalogue.wanted.push(name.to_owned());
            }
            let number = self.catalogue.lexicon(name).ok_or_else(|| {
                format!(
                    "no lexicon {name:?}: a file with the header \"# lexicon: {name}\" makes one"
                )
            })?;
            row.lexicon = number + 1;
            return Ok(row);
        }
        let mut key = Vec::new();
        NameShape::of(word, tokens, &mut key).map_err(|e| format!("context word: {e}"))?;
        tokens.fill(word, 0);
        row.text = self.store(word);
        row.folded = self.store(std::str::from_utf8(&key).unwrap_or_default());
        row.capitals = tokens.capitals();
        Ok(row)
    }

    fn store(&mut self, text: &str) -> Text {
        let start = self.strings.len() as u32;
        self.strings.push_str(text);
        Text {
            start,
            len: text.len() as u32,
        }
    }

    /// The image.
    pub(super) fn finish(self) -> Image {
        self.finish_with(0)
    }

    /// The image, indexed with this seed or with one that it leads to.
    pub(super) fn finish_with(mut self, seed: u64) -> Image {
        let drafts = self.drafts.clone();
        let key = |a: &AliasAt| {
            let draft = drafts[a.draft as usize];
            draft.key(&draft.aliases[a.alias as usize])
        };
        // In the order of keys; aliases of one key in the order of their entries, and as they came.
        self.aliases.par_sort_by(|a, b| {
            let keys = || key(a).cmp(key(b));
            let order = || (a.entry, a.draft, a.alias).cmp(&(b.entry, b.draft, b.alias));
            a.head.cmp(&b.head).then_with(keys).then_with(order)
        });
        let aliases = std::mem::take(&mut self.aliases);
        let mut is_first = vec![true; aliases.len() + 1];
        for i in 1..aliases.len() {
            is_first[i] =
                aliases[i - 1].head != aliases[i].head || key(&aliases[i - 1]) != key(&aliases[i]);
        }
        let firsts = (0..aliases.len()).filter(|&i| is_first[i]);
        let index = IndexArrays::build(firsts.map(|i| (key(&aliases[i]), i as u32)), seed);
        let most = is_first
            .split_inclusive(|first| *first)
            .map(<[bool]>::len)
            .max();
        self.write(&aliases, &is_first, &index, most.unwrap_or(1))
    }

    fn write(
        mut self,
        aliases: &[AliasAt],
        is_first: &[bool],
        index: &IndexArrays,
        most: usize,
    ) -> Image {
        let drafts = self.drafts.clone();
        let (mut rows, mut texts, mut extras) = (Vec::new(), Vec::new(), Vec::new());
        rows.reserve(aliases.len() * 12 + 12);
        let (mut longest, mut substrings) = (0, Vec::new());
        const NO_NAME: u32 = u32::MAX;
        for entry in &mut self.entries {
            entry.name = NO_NAME;
        }
        for (i, a) in aliases.iter().enumerate() {
            let draft = drafts[a.draft as usize];
            let alias = &draft.aliases[a.alias as usize];
            let first = self.entries[a.entry as usize].at;
            let (first_draft, entry) = self.at(first);
            let text = draft.text(alias.text);
            if self.entries[a.entry as usize].name == NO_NAME
                && text == first_draft.text(entry.name)
            {
                self.entries[a.entry as usize].name = i as u32;
            }
            let contexts = alias.policies.contexts.checked_sub(1);
            let is_added = (a.draft, a.from) != (first.draft, first.entry);
            let validity = alias.policies.validity;
            let has_extra =
                alias.punctuation > 0 || contexts.is_some() || is_added || !validity.is_always();
            let mut owner = a.entry;
            if has_extra {
                owner = extras.len() as u32;
                let mut extra = ExtraRow {
                    entry: a.entry,
                    validity,
                    file: a.draft,
                    line: draft.entries[a.from as usize].line,
                    ..ExtraRow::default()
                };
                if let Some(list) = contexts {
                    extra.contexts = self.contexts[a.draft as usize][list as usize];
                }
                if let Some(n) = alias.punctuation.checked_sub(1) {
                    let punctuation = &draft.punctuation[n as usize];
                    extra.gaps = self.store(&punctuation.gaps);
                    extra.lead = self.store(&punctuation.lead);
                    extra.trail = self.store(&punctuation.trail);
                }
                extras.push(extra);
            }
            let class = self.classes[first.draft as usize][entry.role as usize];
            let more = !is_first[i + 1];
            let row = AliasRow::new(&alias.policies, class, owner, has_extra, more);
            rows.extend_from_slice(&row.bytes(texts.len() as u32));
            texts.extend_from_slice(text.as_bytes());
            longest = longest.max(usize::from(alias.tokens));
            if alias.policies.substring {
                substrings.push(i as u32);
            }
        }
        rows.extend_from_slice(&(texts.len() as u32).to_le_bytes());
        rows.extend_from_slice(&[0; 8]);

        let (mut entries, mut other_names) = (Vec::new(), Vec::new());
        let mut runs: Vec<RunRow> = Vec::new();
        let (mut ids, mut id_starts, mut id_hashes) = (String::new(), vec![0], Vec::new());
        let (mut attributes, mut attribute_starts) = (Vec::new(), vec![0]);
        for number in 0..self.entries.len() {
            let Merged { at, mut name } = self.entries[number];
            let (draft, entry) = self.at(at);
            if name == NO_NAME {
                name = (aliases.len() + other_names.len()) as u32;
                let text = self.store(draft.text(entry.name));
                other_names.push(text);
            }
            let class = self.classes[at.draft as usize][entry.role as usize];
            let file = at.draft as u16;
            if runs
                .last()
                .is_none_or(|run| (run.file, run.class) != (file, class))
            {
                let entry = number as u32;
                runs.push(RunRow { entry, file, class });
            }
            let line = entry.line;
            entries.push(EntryRow { name, line });
            let id = draft.text(entry.id);
            if !id.is_empty() {
                id_hashes.push((hash_bytes(id.as_bytes(), ID_SEED), number as u32));
            }
            ids.push_str(id);
            id_starts.push(ids.len() as u32);
            self.add_attributes(number as u32, at, &mut attributes);
            attribute_starts.push(attributes.len() as u32);
        }
        if ids.is_empty() {
            id_starts.clear();
        }
        if attributes.is_empty() {
            attribute_starts.clear();
        }
        let id_table = id_table(&id_hashes);
        let mut context_hashes = Vec::new();
        let mut context_words = std::mem::take(&mut self.context_words);
        for word in context_words.iter_mut().filter(|w| w.lexicon == 0) {
            let first = context_hashes.len() as u32;
            let tokens = self.strings[word.folded.range()].split(SEPARATOR);
            context_hashes.extend(tokens.map(|t| hash_bytes(t.as_bytes(), index.seed)));
            word.hashes = (first, context_hashes.len() as u32);
        }

        let capacity = 8 * index.table.len() + rows.len() + texts.len() + 8 * entries.len();
        let mut writer = Writer::new(&self.catalogue, capacity + capacity / 4);
        writer.words(Section::Table, &index.table);
        writer.words(Section::First, &index.first);
        writer.words(Section::Second, &index.second);
        writer.section(Section::Aliases, |out| out.append(&mut rows));
        writer.section(Section::AliasTexts, |out| out.append(&mut texts));
        writer.rows(Section::Entries, &entries);
        writer.rows(Section::Runs, &runs);
        writer.rows(Section::OtherNames, &other_names);
        writer.numbers(Section::IdStarts, &id_starts);
        writer.section(Section::Ids, |out| out.extend(ids.as_bytes()));
        writer.numbers(Section::IdTable, &id_table);
        writer.numbers(Section::AttributeStarts, &attribute_starts);
        writer.rows(Section::Attributes, &attributes);
        writer.rows(Section::Extras, &extras);
        writer.rows(Section::Contexts, &self.context_rows);
        writer.rows(Section::ContextWords, &context_words);
        writer.words(Section::ContextHashes, &context_hashes);
        writer.numbers(Section::Substrings, &substrings);
        writer.section(Section::Strings, |out| out.extend(self.strings.as_bytes()));
        writer.finish(Figures {
            seed: index.seed,
            longest,
            most,
            run: index.run,
            has_validities: extras.iter().any(|e| !e.validity.is_always()),
        })
    }

    /// The attributes of an entry: of its first line, and those that further lines add.
    fn add_attributes(&mut self, number: u32, first: At, out: &mut Vec<(Text, Text)>) {
        let start = out.len();
        let added = self.added.get(&number).map_or(&[][..], Vec::as_slice);
        for (i, at) in [first].into_iter().chain(added.to_vec()).enumerate() {
            let (draft, entry) = self.at(at);
            for &(key, value) in
                &draft.attributes[entry.attributes.0 as usize..entry.attributes.1 as usize]
            {
                let key = draft.text(key);
                let known = |(k, _): &(Text, Text)| self.strings[k.range()] == *key;
                if i == 0 || !out[start..].iter().any(known) {
                    let pair = (self.store(key), self.store(draft.text(value)));
                    out.push(pair);
                }
            }
        }
    }
}

/// Are two aliases the same name under the same policies?
fn same(a_draft: &Draft, a: &DraftAlias, b_draft: &Draft, b: &DraftAlias) -> bool {
    let contexts = |draft: &Draft, alias: &DraftAlias| {
        let list = alias.policies.contexts.checked_sub(1)?;
        Some(draft.contexts[list as usize].clone())
    };
    let bare = |mut policies: super::draft::Policies| {
        policies.contexts = 0;
        policies
    };
    a_draft.text(a.text) == b_draft.text(b.text)
        && bare(a.policies) == bare(b.policies)
        && contexts(a_draft, a) == contexts(b_draft, b)
}

/// A hash table of entries by their ids: numbers plus one, two thirds full.
fn id_table(hashes: &[(u64, u32)]) -> Vec<u32> {
    let mut table = vec![
        0;
        if hashes.is_empty() {
            0
        } else {
            hashes.len() * 3 / 2 + 8
        }
    ];
    for &(hash, number) in hashes {
        let mut at = super::index::place(hash, table.len());
        while table[at] != 0 {
            at = if at + 1 == table.len() { 0 } else { at + 1 };
        }
        table[at] = number + 1;
    }
    table
}
