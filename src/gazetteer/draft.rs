//! [`Draft`]: what one file holds, in flat arrays: no string of its own for a name, so that reading a hundred thousand takes
//! milliseconds.

use super::{
    AliasKind, Case, Validity,
    builder::{Alias, Context, Entry},
    image::Text,
    name::{NameShape, Punctuation},
};
use crate::{error::Problem, span::Label, tokens::Tokens};
use std::sync::Arc;

/// A file of a gazetteer, or the entries that a program adds one by one (then its path is empty).
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// What messages call the file.
    pub(super) path: String,
    pub(super) entries: Vec<DraftEntry>,
    /// Those of one entry stand together.
    pub(super) aliases: Vec<DraftAlias>,
    /// Keys and values.
    pub(super) attributes: Vec<(Text, Text)>,
    pub(super) roles: Vec<RoleName>,
    /// Lists of contexts, which names often share.
    pub(super) contexts: Vec<Arc<[Context]>>,
    pub(super) punctuation: Vec<Punctuation>,
    pub(super) problems: Vec<Problem>,
    /// Ids, names and attributes, one after the other.
    pool: String,
    /// The keys of the aliases, one after the other.
    keys: Vec<u8>,
    tokens: Tokens,
}

/// What an entry is for, and the name that goes with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum RoleName {
    Entity(Label),
    Lexicon(Arc<str>),
    Block,
}

impl RoleName {
    pub(super) fn as_lexicon(&self) -> Option<&str> {
        match self {
            RoleName::Lexicon(name) => Some(name),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct DraftEntry {
    /// Empty where the line says none: [`default_id`] makes one.
    pub(super) id: Text,
    pub(super) name: Text,
    /// Index of [`Draft::roles`].
    pub(super) role: u16,
    /// From 1; 0 where there is none.
    pub(super) line: u32,
    pub(super) aliases: (u32, u32),
    pub(super) attributes: (u32, u32),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct DraftAlias {
    pub(super) text: Text,
    key: Text,
    pub(super) policies: Policies,
    /// Index of [`Draft::punctuation`] plus one; 0 for none.
    pub(super) punctuation: u32,
    pub(super) tokens: u8,
}

/// When an alias counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Policies {
    pub(super) kind: AliasKind,
    pub(super) case: Case,
    pub(super) hyphen: bool,
    pub(super) substring: bool,
    pub(super) priority: i8,
    /// Index of [`Draft::contexts`] plus one; 0 for none.
    pub(super) contexts: u32,
    pub(super) validity: Validity,
}

impl Draft {
    pub(super) fn new(path: &str) -> Draft {
        Draft {
            path: path.to_owned(),
            ..Draft::default()
        }
    }

    pub(super) fn text(&self, text: Text) -> &str {
        &self.pool[text.range()]
    }

    pub(super) fn key(&self, alias: &DraftAlias) -> &[u8] {
        &self.keys[alias.key.range()]
    }

    /// The id of an entry; one that is made for it goes into `scratch`.
    pub(super) fn id<'a>(&'a self, entry: &DraftEntry, scratch: &'a mut String) -> &'a str {
        if entry.id.len > 0 {
            return self.text(entry.id);
        }
        scratch.clear();
        let theme = match &self.roles[entry.role as usize] {
            RoleName::Entity(label) => label.as_str(),
            RoleName::Lexicon(lexicon) => lexicon,
            RoleName::Block => "block",
        };
        default_id(theme, self.text(entry.name), scratch);
        scratch
    }

    pub(super) fn store(&mut self, text: &str) -> Text {
        let start = self.pool.len() as u32;
        self.pool.push_str(text);
        Text {
            start,
            len: text.len() as u32,
        }
    }

    /// The number of a role.
    pub(super) fn role(&mut self, role: &RoleName) -> u16 {
        let known = self.roles.iter().position(|r| r == role);
        known.unwrap_or_else(|| {
            self.roles.push(role.clone());
            self.roles.len() - 1
        }) as u16
    }

    /// The number of a list of contexts, for [`Policies::contexts`].
    pub(super) fn contexts(&mut self, contexts: &Arc<[Context]>) -> u32 {
        if contexts.is_empty() {
            return 0;
        }
        self.contexts.push(contexts.clone());
        self.contexts.len() as u32
    }

    /// Adds an alias to the entry that [`Draft::finish_entry`] will add next.
    ///
    /// # Errors
    /// When the name can never match, in words: then it is left out.
    pub(super) fn add_alias(&mut self, text: Text, policies: Policies) -> Result<(), String> {
        let start = self.keys.len();
        let name = &self.pool[text.range()];
        let shape = NameShape::of(name, &mut self.tokens, &mut self.keys)?;
        if let Some(punctuation) = shape.punctuation {
            self.punctuation.push(*punctuation);
            self.push(
                text,
                start,
                policies,
                self.punctuation.len() as u32,
                shape.tokens,
            );
        } else {
            self.push(text, start, policies, 0, shape.tokens);
        }
        Ok(())
    }

    fn push(&mut self, text: Text, key: usize, policies: Policies, punctuation: u32, tokens: u8) {
        self.aliases.push(DraftAlias {
            text,
            key: Text {
                start: key as u32,
                len: (self.keys.len() - key) as u32,
            },
            policies,
            punctuation,
            tokens,
        });
    }

    /// Adds an entry that has the aliases and attributes that were added since the entry before.
    pub(super) fn finish_entry(&mut self, id: Text, name: Text, role: u16, line: u64) {
        let (aliases, attributes) = match self.entries.last() {
            Some(before) => (before.aliases.1, before.attributes.1),
            None => (0, 0),
        };
        self.entries.push(DraftEntry {
            id,
            name,
            role,
            line: line as u32,
            aliases: (aliases, self.aliases.len() as u32),
            attributes: (attributes, self.attributes.len() as u32),
        });
    }

    /// Adds an entry of a program.
    pub(super) fn add_entry(&mut self, entry: &Entry) {
        let role = self.role(&entry.role);
        let (id, name) = (self.store(&entry.id), self.store(&entry.name));
        for (key, value) in &entry.attributes {
            let pair = (self.store(key), self.store(value));
            self.attributes.push(pair);
        }
        for alias in &entry.aliases {
            let text = self.store(alias.text.trim());
            let policies = self.policies(alias);
            if let Err(message) = self.add_alias(text, policies) {
                self.problems.push(Problem::error("entry", None, message));
            }
        }
        self.finish_entry(id, name, role, 0);
    }

    fn policies(&mut self, alias: &Alias) -> Policies {
        let case = alias.case.unwrap_or_else(|| Case::of(&alias.text));
        Policies {
            kind: alias.kind,
            case,
            hyphen: alias.hyphen.unwrap_or(case != Case::Any),
            substring: alias.substring,
            priority: alias.priority,
            contexts: self.contexts(&alias.contexts),
            validity: alias.validity,
        }
    }
}

/// Appends `weapon/hwasong-14` for the theme `WEAPON` and the name `Hwasong-14`: letters and digits in lower case, one hyphen for
/// what stands between.
pub(crate) fn default_id(theme: &str, name: &str, out: &mut String) {
    out.reserve(theme.len() + 1 + name.len());
    push_lower(theme, out);
    out.push('/');
    let start = out.len();
    let is_end = |out: &String| out.len() == start || out.ends_with('-');
    if name.is_ascii() {
        // Word by word, over bytes: ids of names are made for every mention.
        let bytes = name.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let word = at;
            while at < bytes.len() && bytes[at].is_ascii_alphanumeric() {
                at += 1;
            }
            if at > word {
                if out.len() > start {
                    out.push('-');
                }
                out.push_str(&name[word..at]);
            }
            at += 1;
        }
        out[start..].make_ascii_lowercase();
    } else {
        for c in name.to_lowercase().chars() {
            if c.is_alphanumeric() {
                out.push(c);
            } else if !is_end(out) {
                out.push('-');
            }
        }
    }
    if out.len() > start && out.ends_with('-') {
        out.pop();
    }
}

fn push_lower(text: &str, out: &mut String) {
    match text.is_ascii() {
        true => {
            let start = out.len();
            out.push_str(text);
            out[start..].make_ascii_lowercase();
        }
        false => out.push_str(&text.to_lowercase()),
    }
}
