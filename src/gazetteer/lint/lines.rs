//! What is wrong with lines, each on its own: headers, characters, cells; and the repairs that change no meaning.

use super::{
    LintCode, LintFinding, List,
    characters::{disguised, to_nfc, with_plain_spaces, without_invisible, without_mojibake},
};
use crate::gazetteer::{
    draft::default_id,
    source::{Column, find_unescaped, split_unescaped, unescape},
};
use std::collections::HashMap;

/// What the lines before one say of it.
#[derive(Debug, Default)]
struct Table {
    /// None before the line that names them; empty in a plain list.
    columns: Option<Vec<Column>>,
    /// What the header says, and on which line.
    header: Vec<(String, String, u64)>,
}

impl Table {
    /// Reads a line as far as it says something of those behind it. Is it one of an entry?
    fn read(&mut self, number: u64, line: &str) -> bool {
        if line.trim().is_empty() {
            return false;
        }
        if let Some(comment) = line.strip_prefix('#') {
            if let (None, Some((key, value))) = (&self.columns, comment.split_once(':')) {
                let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
                self.header.push((key, value, number));
            }
            return false;
        }
        if self.columns.is_some() {
            return true;
        }
        let first = line.split('\t').next().unwrap_or_default().trim();
        let named = first == "id" || first == "name";
        let column = |name: &str| {
            Column::of(name.trim()).unwrap_or(Column::Attribute(std::sync::Arc::default()))
        };
        self.columns = Some(match named {
            true => line.split('\t').map(column).collect(),
            false => Vec::new(),
        });
        !named
    }

    fn columns(&self) -> &[Column] {
        self.columns.as_deref().unwrap_or_default()
    }

    fn value(&self, wanted: &str) -> Option<&str> {
        let header = self.header.iter();
        let mut values = header.filter(|(key, value, _)| key == wanted && !value.is_empty());
        values.next().map(|(_, value, _)| value.as_str())
    }
}

/// Repairs that change no meaning, in the order in which they are made.
pub(super) const REPAIRS: [(LintCode, &str); 6] = [
    (LintCode::Mojibake, "UTF-8 that was read as Windows-1252"),
    (
        LintCode::Invisible,
        "a control character, or one that shows nothing: take it out",
    ),
    (
        LintCode::StraySpace,
        "white space at the end of a cell, two spaces, or a space of an odd kind: leave one plain space between words",
    ),
    (
        LintCode::NotNfc,
        "not NFC: write letters with their accents as one character",
    ),
    (
        LintCode::MissingId,
        "no id: the one that is made of label and name changes with the name, so write it down",
    ),
    (
        LintCode::Repeated,
        "the same name stands twice in a cell: leave one",
    ),
];

/// The line with one repair, if it needs it.
fn repaired(code: LintCode, line: &str, table: &Table, is_entry: bool) -> Option<String> {
    match code {
        LintCode::Mojibake => without_mojibake(line),
        LintCode::Invisible => without_invisible(line),
        LintCode::StraySpace => with_plain_spaces(line),
        LintCode::NotNfc => to_nfc(line),
        LintCode::MissingId if is_entry => with_id(line, table),
        LintCode::Repeated if is_entry => without_repeated(line, table),
        _ => None,
    }
}

/// The line with the id that is made for it.
fn with_id(line: &str, table: &Table) -> Option<String> {
    let label = table.value("label")?;
    let at = |wanted| table.columns().iter().position(|c| *c == wanted);
    let (id, name) = (at(Column::Id)?, at(Column::Name)?);
    let mut cells: Vec<&str> = line.split('\t').collect();
    let name = cells.get(name).copied().filter(|n| !n.trim().is_empty())?;
    if !cells.get(id).is_some_and(|c| c.trim().is_empty()) {
        return None;
    }
    let mut made = String::new();
    default_id(label, &name_of(name), &mut made);
    // Names of signs alone make no id of their own.
    if made.ends_with('/') || made.contains(char::is_whitespace) {
        return None;
    }
    cells[id] = &made;
    Some(cells.join("\t"))
}

/// The line without names that stand twice in one cell, policies and all.
fn without_repeated(line: &str, table: &Table) -> Option<String> {
    if !line.contains('|') {
        return None;
    }
    let mut changed = false;
    let cells = line.split('\t').enumerate().map(|(i, cell)| {
        if !matches!(table.columns().get(i), Some(Column::Aliases(_))) || !cell.contains('|') {
            return cell.to_owned();
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in split_unescaped(cell, '|').into_iter().map(str::trim) {
            match parts.contains(&part) {
                true => changed = true,
                false => parts.push(part),
            }
        }
        match parts.len() {
            // Long cells come out as they were, whatever stands around the bars.
            _ if !changed => cell.to_owned(),
            _ => parts.join(" | "),
        }
    });
    let line = cells.collect::<Vec<_>>().join("\t");
    changed.then_some(line)
}

/// The name in a cell or a part of one, its policies apart.
fn name_of(part: &str) -> String {
    let text = match find_unescaped(part, '{') {
        Some(open) => &part[..open],
        None => part,
    };
    unescape(text.trim()).trim().to_owned()
}

/// Puts something else in place of a name, with its policies, wherever it stands in the line; none takes it out. None where it does
/// not stand there as it is, or where nothing would be left in its place.
pub(super) fn replaced(
    file: &List,
    line: u64,
    name: &str,
    with: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    let text = file.line(line);
    let mut table = Table::default();
    for (n, line) in (1..line).zip(file.text.lines()) {
        if table.columns.is_some() {
            break;
        }
        table.read(n, line);
    }
    if table.columns().is_empty() {
        return (text.trim() == name).then(|| with(name)).flatten();
    }
    let mut changed = false;
    let mut cells = Vec::new();
    for (i, cell) in text.split('\t').enumerate() {
        let column = table.columns().get(i);
        let is_name = column == Some(&Column::Name);
        if !is_name && !matches!(column, Some(Column::Aliases(_))) {
            cells.push(cell.to_owned());
            continue;
        }
        let parts = match is_name {
            true => vec![cell],
            false => split_unescaped(cell, '|'),
        };
        let mut kept = Vec::new();
        let mut touched = false;
        for part in parts.into_iter().map(str::trim) {
            if touched || name_of(part) != name {
                kept.push(part.to_owned());
                continue;
            }
            touched = true;
            match with(part) {
                Some(part) => kept.push(part),
                None if is_name => return None,
                None => {}
            }
        }
        changed |= touched;
        cells.push(match touched {
            true => kept.join(" | "),
            false => cell.to_owned(),
        });
    }
    changed.then(|| cells.join("\t"))
}

/// A name, with its policies, with one more.
pub(super) fn with_policy(part: &str, policy: &str) -> String {
    match part.strip_suffix('}') {
        Some(open) => format!("{open}; {policy}}}"),
        None => format!("{part} {{{policy}}}"),
    }
}

/// The lines of a text without what ends them, from 1.
fn numbered(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (1..).zip(text.lines())
}

/// All findings that need no other line than those above.
pub(super) fn check(file: &List) -> Vec<LintFinding> {
    let mut found = Vec::new();
    let mut table = Table::default();
    for (number, line) in numbered(&file.text) {
        let is_entry = table.read(number, line);
        for (code, message) in REPAIRS {
            if let Some(suggestion) = repaired(code, line, &table, is_entry) {
                found.push(LintFinding {
                    suggestion: Some(suggestion),
                    ..file.finding(number, code, message)
                });
            }
        }
        if line.contains('\u{fffd}') {
            let message = "U+FFFD: a character was lost before, look it up in the source";
            found.push(file.finding(number, LintCode::LostCharacter, message));
        }
        if is_entry {
            cells(file, number, line, &table, &mut found);
        }
    }
    header(file, &table, &mut found);
    for problem in &file.draft.problems {
        let code = match problem.message.starts_with("name ") {
            true => LintCode::NeverMatches,
            false => LintCode::Syntax,
        };
        found.push(file.finding(problem.line.unwrap_or(1), code, &*problem.message));
    }
    found
}

/// Scripts of the names, braces of the attributes.
fn cells(file: &List, number: u64, line: &str, table: &Table, found: &mut Vec<LintFinding>) {
    let named = table.columns().iter().zip(line.split('\t'));
    for (column, cell) in named {
        if let Column::Attribute(key) = column
            && (cell.contains('{') || cell.contains('}'))
        {
            let message = format!(
                "brace in @{key}: policies belong behind an alias, is the cell in the wrong column?"
            );
            found.push(file.finding(number, LintCode::Braces, message));
        }
        if line.is_ascii() || !matches!(column, Column::Name | Column::Aliases(_)) {
            continue;
        }
        for part in split_unescaped(cell, '|') {
            let name = name_of(part);
            let Some(d) = disguised(&name) else { continue };
            let (code, what) = match d.mixed {
                true => (LintCode::MixedScript, "has letters of two scripts"),
                false => (
                    LintCode::LookAlike,
                    "is not Latin and looks it, beside Latin words",
                ),
            };
            let letters: Vec<String> = d
                .word
                .chars()
                .map(|c| format!("U+{:04X}", c as u32))
                .collect();
            let message = format!("{:?} {what} ({})", d.word, letters.join(" "));
            let with = |plain: &String| line.replace(d.word, plain);
            found.push(LintFinding {
                suggestion: d.plain.as_ref().map(with),
                ..file.finding(number, code, message)
            });
        }
    }
}

fn header(file: &List, table: &Table, found: &mut Vec<LintFinding>) {
    for (key, example) in [("language", "en"), ("source", "…"), ("licence", "…")] {
        if table.value(key).is_none() {
            let message = format!("no \"# {key}: …\" above the columns: add it");
            found.push(LintFinding {
                suggestion: Some(format!("# {key}: {example}")),
                ..file.finding(1, LintCode::MissingHeader, message)
            });
        }
    }
    let roles = ["label", "lexicon", "block"].map(|key| {
        let values = table
            .header
            .iter()
            .filter(|(k, v, _)| k == key && !v.is_empty() && v != "no");
        values.count()
    });
    let roles: usize = roles.iter().sum();
    if roles > 1 {
        let message = format!("{roles} lines of label, lexicon and block in the header: leave one");
        found.push(file.finding(1, LintCode::MissingHeader, message));
    }
    let has_ids = table.columns().contains(&Column::Id);
    if !has_ids && table.value("label").is_some() && !file.draft.entries.is_empty() {
        let message = "no column \"id\": ids that are made of label and name change with the names";
        found.push(file.finding(1, LintCode::MissingId, message));
    }
}

/// What a comment allows.
#[derive(Debug)]
struct Allowance {
    /// Its own line.
    at: u64,
    /// The line that it is for; none for the whole file.
    line: Option<u64>,
    code: LintCode,
    used: bool,
}

/// The findings that no comment allows, and comments that allow nothing; sorted.
pub(super) fn allow(file: &List, findings: Vec<LintFinding>) -> Vec<LintFinding> {
    let mut found = Vec::new();
    let mut allowances = allowances(file, &mut found);
    let mut by_place: HashMap<(Option<u64>, LintCode), usize> = HashMap::new();
    for (i, a) in allowances.iter().enumerate() {
        by_place.insert((a.line, a.code), i);
    }
    for finding in findings {
        let places = [(Some(finding.line), finding.code), (None, finding.code)];
        match places.iter().find_map(|place| by_place.get(place)) {
            Some(&i) => allowances[i].used = true,
            None => found.push(finding),
        }
    }
    for a in allowances.iter().filter(|a| !a.used) {
        let message = format!("there is no {} here any more: take the comment out", a.code);
        found.push(file.finding(a.at, LintCode::Allow, message));
    }
    found.sort_by(|a, b| (a.line, a.code, &a.message).cmp(&(b.line, b.code, &b.message)));
    found.dedup();
    found
}

fn allowances(file: &List, found: &mut Vec<LintFinding>) -> Vec<Allowance> {
    let (mut allowances, mut table) = (Vec::<Allowance>::new(), Table::default());
    let mut open = 0;
    for (number, line) in numbered(&file.text) {
        let is_entry = table.read(number, line);
        if is_entry {
            // A comment is for the entry below it.
            allowances[open..]
                .iter_mut()
                .for_each(|a| a.line = Some(number));
            open = allowances.len();
        }
        let comment = line
            .strip_prefix('#')
            .and_then(|c| c.trim().strip_prefix("allow:"));
        for name in comment
            .map_or("", |c| c.split('(').next().unwrap_or(c))
            .split(',')
        {
            let name = name.trim();
            match LintCode::ALL.iter().find(|c| c.as_str() == name) {
                _ if name.is_empty() => {}
                Some(&code) => allowances.push(Allowance {
                    at: number,
                    line: None,
                    code,
                    used: false,
                }),
                None => {
                    let message = format!("{name:?} is no code of a finding");
                    found.push(file.finding(number, LintCode::Allow, message));
                }
            }
        }
        if table.columns.is_none() {
            open = allowances.len();
        }
    }
    allowances
}

/// As [`super::Linter::fix`].
pub(super) fn fix(text: &str) -> (String, usize) {
    let mut out = String::with_capacity(text.len());
    let (mut table, mut changed) = (Table::default(), 0);
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    out.push_str(&text[..text.len() - body.len()]);
    for (number, whole) in (1..).zip(body.split_inclusive('\n')) {
        let line = whole.strip_suffix('\n').unwrap_or(whole);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let is_entry = table.read(number, line);
        let mut mended = line.to_owned();
        for (code, _) in REPAIRS {
            if let Some(better) = repaired(code, &mended, &table, is_entry) {
                mended = better;
            }
        }
        changed += usize::from(mended != line);
        out.push_str(&mended);
        out.push_str(&whole[line.len()..]);
    }
    (out, changed)
}
