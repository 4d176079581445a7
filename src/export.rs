//! Exporting: lists in the formats of other systems, and what these have no place for.

use crate::{
    gazetteer::{Case, Gazetteer},
    words::{Tokenizer, Words},
};
use serde_json::json;
use std::{collections::BTreeMap, fmt, fmt::Write};

/// A format that lists are exported to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// `patterns.jsonl` of spaCy and Prodigy: a phrase a line, or tokens with LOWER for names that match in any case.
    SpacyPatterns,
    /// RegexNER of CoreNLP: patterns, types and priorities, tabs between them.
    RegexNer,
    /// A folder for GATE: `lists.def`, and a list a label with features behind tabs.
    Gate,
}

impl ExportFormat {
    /// All formats.
    pub const ALL: &'static [ExportFormat] = &[
        ExportFormat::SpacyPatterns,
        ExportFormat::RegexNer,
        ExportFormat::Gate,
    ];

    /// The word that `--to` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            ExportFormat::SpacyPatterns => "spacy-patterns",
            ExportFormat::RegexNer => "regexner",
            ExportFormat::Gate => "gate",
        }
    }

    /// Is it a folder of files?
    pub fn is_folder(self) -> bool {
        self == ExportFormat::Gate
    }
}

impl fmt::Display for ExportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A gazetteer in another format.
///
/// ```
/// use wiretag::{Gazetteer, export::{Export, ExportFormat}};
/// let gazetteer = Gazetteer::from_str("# label: ORG\nid\tname\norg/acme\tAcme Arms {near: tank}\n")?;
/// let export = Export::of(&gazetteer, ExportFormat::SpacyPatterns);
/// assert_eq!(export.files["patterns.jsonl"], "{\"id\":\"org/acme\",\"label\":\"ORG\",\"pattern\":\"Acme Arms\"}\n");
/// assert_eq!(export.lost["names without their contexts"], 1);
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Export {
    /// The texts of the files, by their names.
    pub files: BTreeMap<String, String>,
    /// How many names they have.
    pub names: u64,
    /// What the format has no place for, and how many names had it.
    pub lost: BTreeMap<&'static str, u64>,
}

impl Export {
    /// All names of entities, in the order of the gazetteer. Costs the memory of the texts.
    pub fn of(gazetteer: &Gazetteer, format: ExportFormat) -> Export {
        let mut export = Export::default();
        let mut aliases: Vec<_> = gazetteer.aliases().collect();
        // Canonical names first: what imports a list again takes the first for it.
        aliases.sort_by_key(|a| {
            let entry = gazetteer.alias_entry(*a);
            (
                entry,
                gazetteer.alias_text(*a) != gazetteer.entry_name(entry),
                *a,
            )
        });
        for alias in aliases {
            let entry = gazetteer.alias_entry(alias);
            let Some(label) = gazetteer.entry_label(entry) else {
                let lost = match gazetteer.entry_class(entry).starts_with("lexicon") {
                    true => "words of lexicons",
                    false => "names that block",
                };
                export.lose(lost);
                continue;
            };
            let text = gazetteer.alias_text(alias);
            if text.contains(['\t', '\n']) {
                export.lose("names with a tab");
                continue;
            }
            if !gazetteer.alias_contexts(alias).is_empty() {
                export.lose("names without their contexts");
            }
            if !gazetteer.alias_validity(alias).is_always() {
                export.lose("names without their validity");
            }
            let priority = gazetteer.alias_priority(alias);
            if priority != 0 && format != ExportFormat::RegexNer {
                export.lose("names without their priority");
            }
            let case = gazetteer.alias_case(alias);
            let id = gazetteer.entry_id(entry);
            export.names += 1;
            match format {
                ExportFormat::SpacyPatterns => {
                    if case == Case::Title {
                        export.lose("names that match in capitals too");
                    }
                    let pattern = match case {
                        Case::Any => lower(text),
                        _ => json!(text),
                    };
                    let line = json!({"label": label.as_str(), "pattern": pattern, "id": id});
                    let out = export.file("patterns.jsonl");
                    out.push_str(&line.to_string());
                    out.push('\n');
                }
                ExportFormat::RegexNer => {
                    export.lose("names without their id");
                    if case != Case::Exact {
                        export.lose("names that match in more cases than their own");
                    }
                    let pattern = regex(text, case);
                    let priority = f32::from(priority) + 1.0;
                    let out = export.file("regexner.tsv");
                    let line = writeln!(out, "{pattern}\t{label}\t\t{priority:.1}");
                    line.expect("a string takes all");
                }
                ExportFormat::Gate => {
                    if case != Case::Exact {
                        export.lose("names whose case is left to the gazetteer of GATE");
                    }
                    let (kind, name) = (gazetteer.alias_kind(alias), gazetteer.entry_name(entry));
                    let list = format!("{}.lst", label.as_str().to_lowercase());
                    let line = format!("{text}\tid={id}\tname={name}\tkind={kind}\tcase={case}\n");
                    if !export.files.contains_key(&list) {
                        let def = format!("{list}:{label}:::{label}\n");
                        export.file("lists.def").push_str(&def);
                    }
                    export.file(&list).push_str(&line);
                }
            }
        }
        export
    }

    fn file(&mut self, name: &str) -> &mut String {
        self.files.entry(name.to_owned()).or_default()
    }

    fn lose(&mut self, what: &'static str) {
        *self.lost.entry(what).or_default() += 1;
    }
}

/// The tokens that spaCy makes of a name, in lower case.
fn lower(name: &str) -> serde_json::Value {
    let words = Words::by(Tokenizer::Spacy, name);
    let tokens =
        (0..words.len()).map(|i| json!({"LOWER": name[words.span(i).range()].to_lowercase()}));
    tokens.collect()
}

/// The words of a name as regular expressions of Java; names that match in any case with both cases of their letters at the start.
fn regex(name: &str, case: Case) -> String {
    let words = name.split_whitespace().map(|word| {
        let mut out = String::new();
        for (i, c) in word.chars().enumerate() {
            let upper: String = c.to_uppercase().collect();
            match c {
                _ if i == 0
                    && case == Case::Any
                    && upper.chars().count() == 1
                    && !upper.starts_with(c) =>
                {
                    out.push_str(&format!("[{upper}{c}]"));
                }
                '\\' | '[' | ']' | '(' | ')' | '*' | '+' | '?' | '|' | '^' | '$' | '{' | '}'
                | '.' => out.extend(['\\', c]),
                _ => out.push(c),
            }
        }
        out
    });
    words.collect::<Vec<_>>().join(" ")
}
