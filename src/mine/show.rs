//! Proposals for people and for programs.

use super::{KnownName, Mined, Proposal, Proposals};
use crate::table::{Align, Row, Table};
use serde_json::{Value, json};
use std::fmt;

impl Mined {
    /// A table for each label, the best proposals first, each with its first mention.
    pub fn tables(&self) -> Vec<Table> {
        let groups = self.groups.iter().filter(|g| !g.proposals.is_empty());
        groups.map(Proposals::table).collect()
    }
}

impl Proposals {
    fn table(&self) -> Table {
        let label = self.label.map_or("no label", |l| l.as_str());
        let (shown, all) = (self.proposals.len(), self.all);
        Table {
            title: format!("{label}: {shown} of {all}"),
            columns: vec![
                ("name", Align::Left),
                ("mentions", Align::Right),
                ("documents", Align::Right),
                ("score", Align::Right),
                ("evidence", Align::Left),
            ],
            rows: self.proposals.iter().map(Proposal::table_row).collect(),
        }
    }
}

impl Proposal {
    fn table_row(&self) -> Row {
        let evidence = self.evidence.iter().take(3);
        let evidence: Vec<String> = evidence
            .map(|e| {
                let label = match Some(e.label) == self.label {
                    true => String::new(),
                    false => format!("{} ", e.label),
                };
                let word = e.words.first().map_or(String::new(), |w| format!(" {w:?}"));
                format!("{label}{} {}{word}", e.mentions, e.what)
            })
            .collect();
        let mut notes: Vec<String> = self
            .aliases
            .iter()
            .map(|(name, kind)| format!("{kind}: {name}"))
            .collect();
        notes.extend(self.known.iter().map(KnownName::to_string));
        let example = self.examples.first();
        notes.extend(example.map(|e| format!("{}: {}", e.document, e.snippet)));
        Row {
            cells: vec![
                self.name.clone(),
                self.mentions.to_string(),
                self.documents.to_string(),
                format!("{:.2}", self.score),
                evidence.join(", "),
            ],
            notes,
        }
    }

    /// An object of JSON, on one line.
    ///
    /// | field | what it is |
    /// |---|---|
    /// | `name` | the name as it is written most often |
    /// | `label` | what it most likely is; null if nothing says it |
    /// | `score` | what proposals are ranked by; higher is better |
    /// | `mentions`, `documents` | how often it is there, and in how many documents |
    /// | `aliases` | other names of it: `text`, `kind` (`acronym`, `short`, `full`) |
    /// | `evidence` | what speaks for labels: `label`, `what`, `mentions`, `words` |
    /// | `examples` | some of the first mentions: `document`, `snippet` |
    /// | `known` | the name of a list that it is a form of, or null: `relation` (`acronym of`, `one letter from`), `alias`, `entity`, `name`, `path`, `line` |
    pub fn json(&self) -> String {
        let evidence = self.evidence.iter().map(|e| {
            json!({"label": e.label.as_str(), "what": e.what, "mentions": e.mentions, "words": e.words})
        });
        let aliases = self.aliases.iter();
        let aliases = aliases.map(|(text, kind)| json!({"text": text, "kind": kind.to_string()}));
        let examples = self.examples.iter();
        let examples = examples.map(|e| json!({"document": e.document, "snippet": e.snippet}));
        let known = self.known.as_ref().map(|k| {
            json!({"relation": k.relation.as_str(), "alias": k.alias, "entity": k.entity, "name": k.name, "path": k.path, "line": k.line})
        });
        json!({
            "name": self.name,
            "label": self.label.map(|l| l.as_str()),
            "score": (self.score * 1000.0).round() / 1000.0,
            "mentions": self.mentions,
            "documents": self.documents,
            "aliases": aliases.collect::<Vec<Value>>(),
            "evidence": evidence.collect::<Vec<Value>>(),
            "examples": examples.collect::<Vec<Value>>(),
            "known": known,
        })
        .to_string()
    }
}

impl fmt::Display for KnownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let KnownName {
            entity,
            alias,
            path,
            line,
            relation,
            ..
        } = self;
        let relation = relation.as_str();
        write!(f, "{relation} {alias:?}, {entity}, {path}:{line}")
    }
}
