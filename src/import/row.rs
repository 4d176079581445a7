//! Rows of lists: names cleaned, typed, and given a policy where they would flood a corpus.

use super::{Entity, Name, NameKind};
use crate::{
    gazetteer::{AliasKind, Case, can_match, default_id, is_common_word, tidied},
    span::Label,
};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The columns of all formats, before their attributes.
pub(super) const COLUMNS: [&str; 8] = [
    "id", "name", "aliases", "short", "acronyms", "demonyms", "former", "priority",
];

/// The columns of names, by their kinds.
const KINDS: [AliasKind; 5] = [
    AliasKind::Full,
    AliasKind::Short,
    AliasKind::Acronym,
    AliasKind::Demonym,
    AliasKind::Former,
];

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedRow {
    /// The list that it belongs to.
    pub label: Label,
    /// Rows of a higher rank stand before those of a lower one, so that names that several entities have are the best known one's:
    /// the number of binary digits of its sitelinks or inhabitants. At most 64.
    pub rank: u8,
    /// Its cells, as a list has them, without a line break.
    pub text: String,
}

/// A name that is taken.
#[derive(Clone, Debug)]
pub(super) struct MadeName {
    text: String,
    kind: NameKind,
    policy: String,
    /// Was it given a context or a priority?
    pub(super) guarded: bool,
}

impl MadeName {
    pub(super) fn kind_word(&self) -> &'static str {
        match self.kind {
            NameKind::Plain(AliasKind::Full) => "name",
            NameKind::Plain(AliasKind::Short) => "short",
            NameKind::Plain(AliasKind::Acronym) => "acronym",
            NameKind::Plain(AliasKind::Demonym) => "demonym",
            NameKind::Plain(AliasKind::Former) => "former",
            NameKind::Plain(AliasKind::Plural) => "plural",
            NameKind::Code => "code",
            NameKind::Weak => "weak",
        }
    }

    fn column(&self) -> AliasKind {
        match self.kind {
            NameKind::Plain(kind) => kind,
            NameKind::Code => AliasKind::Acronym,
            NameKind::Weak => AliasKind::Full,
        }
    }

    fn write(&self, out: &mut String) {
        escape(&self.text, out);
        if !self.policy.is_empty() {
            out.push_str(" {");
            out.push_str(&self.policy);
            out.push('}');
        }
    }
}

/// An entity that is ready to be written.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) id: String,
    pub(super) label: Label,
    pub(super) names: Vec<MadeName>,
    /// Names that are left, and why.
    pub(super) left: Vec<(&'static str, String)>,
    attributes: Vec<String>,
    rank: u64,
    priority: i8,
}

impl Made {
    pub(super) fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.label, &self.id).hash(&mut hasher);
        hasher.finish()
    }

    /// Adds what another line says of the same entity.
    pub(super) fn add(&mut self, other: Made) {
        for name in other.names {
            if !self.names.iter().any(|n| n.text == name.text) {
                self.names.push(name);
            }
        }
        for (mine, other) in self.attributes.iter_mut().zip(other.attributes) {
            if mine.is_empty() {
                *mine = other;
            }
        }
    }

    pub(super) fn row(&self) -> ImportedRow {
        let mut text = String::new();
        text.push_str(&self.id);
        text.push('\t');
        self.names[0].write(&mut text);
        for kind in KINDS {
            text.push('\t');
            let names = self.names[1..].iter().filter(|n| n.column() == kind);
            for (i, name) in names.enumerate() {
                text.push_str(if i > 0 { " | " } else { "" });
                name.write(&mut text);
            }
        }
        text.push('\t');
        if self.priority != 0 {
            text.push_str(&self.priority.to_string());
        }
        for attribute in &self.attributes {
            text.push('\t');
            text.push_str(&plain(attribute).replace(['{', '}'], ""));
        }
        text.truncate(text.trim_end_matches('\t').len());
        ImportedRow {
            label: self.label,
            rank: (u64::BITS - self.rank.leading_zeros()) as u8,
            text,
        }
    }
}

/// Appends a name with a backslash before what has a meaning in lists.
fn escape(name: &str, out: &mut String) {
    // A cell in quotation marks would lose them.
    let quoted = name.len() > 1 && name.starts_with('"') && name.ends_with('"');
    for c in name.chars() {
        match c {
            '|' | '{' | '}' | '\\' => out.extend(['\\', c]),
            '"' if quoted => out.push('”'),
            _ => out.push(c),
        }
    }
}

/// A text without tabs, line breaks, damage of spaces and what shows nothing.
fn plain(text: &str) -> String {
    let text = text.replace(['\t', '\n', '\r'], " ");
    tidied(&text).into_owned()
}

/// Makes an entity ready.
pub(super) fn make(entity: Entity<'_>) -> Made {
    let mut made = Made {
        id: String::new(),
        label: entity.label,
        names: Vec::new(),
        left: Vec::new(),
        attributes: entity.attributes,
        rank: entity.rank,
        priority: entity.priority,
    };
    let mut canonical: Option<String> = None;
    for name in &entity.names {
        let text = plain(&name.text);
        if text.is_empty()
            || made
                .names
                .iter()
                .any(|n| n.text.to_lowercase() == text.to_lowercase())
        {
            continue;
        }
        if let Err(message) = can_match(&text) {
            made.left.push(("a name that can never match", message));
            continue;
        }
        let first = canonical.is_none();
        let name = match guarded(name, text, canonical.as_deref(), &entity.hints) {
            Ok(name) => name,
            Err(text) => {
                made.left.push((
                    "a common word, a short name or a number, and nothing to tell it by",
                    text,
                ));
                // The others of an entity whose canonical name is left are names all the same.
                continue;
            }
        };
        if first && !is_ambiguous(&name.text, name.kind) {
            canonical = Some(name.text.clone());
        }
        made.names.push(name);
    }
    made.id = entity.id.split_whitespace().collect::<Vec<_>>().join("_");
    if let (true, Some(name)) = (made.id.is_empty(), made.names.first()) {
        default_id(made.label.as_str(), &name.text, &mut made.id);
    }
    made
}

/// Does a name stand for much else?
fn is_ambiguous(text: &str, kind: NameKind) -> bool {
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    let is_written_in_letters = text.chars().all(|c| c < '\u{2e80}');
    letters <= 2 && is_written_in_letters
        || kind == NameKind::Code
        || !text.contains(char::is_alphabetic)
        || is_common_word(text)
}

/// The name with the policies that keep it from flooding a corpus; the name alone if there is nothing to tell it by.
fn guarded(
    name: &Name<'_>,
    text: String,
    canonical: Option<&str>,
    hints: &[String],
) -> Result<MadeName, String> {
    let mut kind = name.kind;
    let is_acronym = text.len() <= 8
        && text.chars().filter(|c| c.is_alphabetic()).count() > 1
        && !text.contains(|c: char| c.is_lowercase() || c == ' ');
    if kind == NameKind::Plain(AliasKind::Full) && is_acronym && canonical.is_some() {
        kind = NameKind::Plain(AliasKind::Acronym);
    }
    let mut policy: Vec<String> = name.policy.iter().map(|&p| p.to_owned()).collect();
    let mut is_guarded = false;
    if is_ambiguous(&text, kind) {
        let words: Vec<&str> = match canonical {
            Some(canonical) => vec![canonical],
            None => hints.iter().map(String::as_str).collect(),
        };
        let has_meaning =
            |w: &&&str| !w.contains([',', ';', '{', '}', '|', '\\', '@']) && can_match(w).is_ok();
        let words: Vec<&str> = words.iter().filter(has_meaning).copied().collect();
        if words.is_empty() {
            return Err(text);
        }
        if Case::of(&text) == Case::Title && policy.is_empty() {
            policy.push("exact".to_owned());
        }
        policy.push(format!("near: {}", words.join(", ")));
        is_guarded = true;
    }
    if !name.validity.is_always() {
        policy.push(name.validity.to_string());
    }
    if kind == NameKind::Weak {
        policy.push("priority -10".to_owned());
        is_guarded = true;
    }
    Ok(MadeName {
        text,
        kind,
        policy: policy.join("; "),
        guarded: is_guarded,
    })
}
