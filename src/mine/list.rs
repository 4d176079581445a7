//! Proposals as a list: rows to append after review.

use super::{KnownName, Proposal, Proposals, Relation};
use crate::{
    gazetteer::{AliasKind, Linter, SourceDefaults},
    import::{columns, row},
};
use std::collections::BTreeMap;

impl Proposals {
    /// A list in the format of `gazetteers/README.md`, best proposals first, each below a comment with its evidence. It is read
    /// without complaint, by the linter too: what would be a finding is a comment with the reason. `source` is for its header.
    ///
    /// An acronym that brackets define is a name more of the entity that a list has: its row has that id. What is one letter from a known
    /// name may be anybody, so that row is a comment beside its own. None without a label: a list has one.
    pub fn list(&self, source: &str) -> Option<String> {
        let label = self.label?;
        let source: Vec<&str> = source.split_whitespace().collect();
        let header = [
            format!("# label: {label}"),
            "# language: en".to_owned(),
            format!("# source: {}", source.join(" ")),
            "# licence: unknown".to_owned(),
            "# Proposed by wiretag mine: to be read before it is used.".to_owned(),
            columns(),
        ];
        let mut lines = Vec::from(header);
        for proposal in &self.proposals {
            lines.push(format!("# {}", proposal.comment()));
            let known = proposal.known.as_ref();
            let is_acronym = |k: &&KnownName| k.relation == Relation::Acronym;
            lines.push(match proposal.row(known.filter(is_acronym)) {
                Ok(row) => row,
                Err(reason) => format!("# left out, {reason}: {}", proposal.name),
            });
            let spelling = known.filter(|k| k.relation == Relation::Spelling);
            if let Some(Ok(row)) = spelling.map(|known| proposal.row(Some(known))) {
                lines.push(format!("# or, if it is the same: {row}"));
            }
        }
        leave_out_findings(&mut lines);
        lines.push(String::new());
        Some(lines.join("\n"))
    }
}

impl Proposal {
    fn comment(&self) -> String {
        let mut comment = format!("{} mentions in {} documents", self.mentions, self.documents);
        if let Some(known) = &self.known {
            comment.push_str(&format!("; {known}"));
        }
        for evidence in &self.evidence {
            comment.push_str(&format!("; {evidence}"));
        }
        comment.replace(['\n', '\r', '\t'], " ")
    }

    /// Its row, as a name more of an entity that a list has or as an entity of its own.
    fn row(&self, of: Option<&KnownName>) -> Result<String, String> {
        let label = self.label.ok_or("no label")?;
        let kind = match of {
            Some(known) if known.relation == Relation::Acronym => AliasKind::Acronym,
            _ => AliasKind::Full,
        };
        let names = of.iter().map(|known| (&*known.name, AliasKind::Full));
        let names = names.chain([(&*self.name, kind)]);
        let aliases = self.aliases.iter().map(|(name, kind)| (&**name, *kind));
        let names: Vec<(&str, AliasKind)> = names.chain(aliases).collect();
        let words = self.evidence.iter().filter(|e| e.label == label);
        let hints = words.flat_map(|e| e.words.iter().cloned()).collect();
        row(of.map_or("", |known| &known.entity), label, &names, hints)
    }
}

/// Makes comments of lines that the linter complains about.
fn leave_out_findings(lines: &mut [String]) {
    loop {
        let mut linter = Linter::new();
        linter.add_source("mined", lines.join("\n"), &SourceDefaults::default());
        let findings = linter.findings().into_iter();
        let findings = findings.map(|f| (f.line as usize - 1, f.code));
        let by_line: BTreeMap<usize, _> = findings.rev().collect();
        let mut left_out = 0;
        for (line, code) in by_line {
            if let Some(line) = lines.get_mut(line).filter(|l| !l.starts_with('#')) {
                *line = format!("# left out, {code}: {line}");
                left_out += 1;
            }
        }
        if left_out == 0 {
            return;
        }
    }
}
