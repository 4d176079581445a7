//! The text format of gazetteers: files to entries. Specified in `gazetteers/README.md`.

use super::{
    AliasKind, Case, Validity,
    builder::{Context, ContextPlace},
    draft::{Draft, Policies, RoleName},
    image::Text,
};
use crate::{
    error::{Error, Problem},
    span::Label,
};
use std::{borrow::Cow, collections::HashMap, fs, path::Path, sync::Arc};

/// What the lines of a file that does not say it itself are taken to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceDefaults {
    /// Label of a plain list (one name a line, no header).
    pub label: Option<Label>,
    /// Case policy of names that have none of their own, in files whose header has none.
    pub case: Option<Case>,
}

/// Reads a file, or the `.tsv` and `.txt` files of a folder in the order of their names, and gives each with what messages call it.
pub(super) fn read_path(
    path: &Path,
    give: &mut dyn FnMut(&str, Result<String, Problem>),
) -> Result<(), Error> {
    let metadata = fs::metadata(path).map_err(|e| Error::io(path, e))?;
    if !metadata.is_dir() {
        let bytes = fs::read(path).map_err(|e| Error::io(path, e))?;
        let name = path.to_string_lossy();
        let text = String::from_utf8(bytes).map_err(|e| {
            let good = &e.as_bytes()[..e.utf8_error().valid_up_to()];
            let line = good.iter().filter(|&&b| b == b'\n').count() as u64 + 1;
            Problem::error(&name, Some(line), "not UTF-8, save the file as UTF-8")
        });
        give(&name, text);
        return Ok(());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|e| Error::io(path, e))? {
        let file = entry.map_err(|e| Error::io(path, e))?.path();
        let hidden = file
            .file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with('.'));
        if !hidden && file.extension().is_some_and(|e| e == "tsv" || e == "txt") {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(Error::invalid(format!(
            "{}: no .tsv or .txt file in this folder",
            path.display()
        )));
    }
    files.sort();
    files.iter().try_for_each(|file| read_path(file, give))
}

/// Reads the text of a file. Pure: files may be read in parallel.
pub(super) fn parse(path: &str, text: &str, defaults: &SourceDefaults) -> Draft {
    let mut reader = SourceReader {
        draft: Draft::new(path),
        defaults,
        role: None,
        demonym: None,
        case: defaults.case,
        plural: false,
        hyphen: None,
        priority: 0,
        columns: Vec::new(),
        plain: false,
        given_up: false,
        policies: HashMap::new(),
        names: Vec::new(),
    };
    for (n, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        reader.line(n as u64 + 1, line.trim_end_matches('\r'));
    }
    reader.draft
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Name,
    Aliases(AliasKind),
    Priority,
    Attribute(Arc<str>),
}

impl Column {
    /// The column of this name, if there is one.
    pub(super) fn of(name: &str) -> Option<Column> {
        Some(match name {
            "id" => Column::Id,
            "name" => Column::Name,
            "aliases" => Column::Aliases(AliasKind::Full),
            "short" => Column::Aliases(AliasKind::Short),
            "acronyms" => Column::Aliases(AliasKind::Acronym),
            "demonyms" => Column::Aliases(AliasKind::Demonym),
            "former" => Column::Aliases(AliasKind::Former),
            "plurals" => Column::Aliases(AliasKind::Plural),
            "priority" => Column::Priority,
            _ => Column::Attribute(name.strip_prefix('@').filter(|k| !k.is_empty())?.into()),
        })
    }
}

/// One file while it is read.
struct SourceReader<'a> {
    draft: Draft,
    defaults: &'a SourceDefaults,
    role: Option<RoleName>,
    demonym: Option<Label>,
    case: Option<Case>,
    plural: bool,
    hyphen: Option<bool>,
    priority: i8,
    columns: Vec<Column>,
    plain: bool,
    /// Is the file of a form that can't be read?
    given_up: bool,
    /// Policies that were read before, by their text: most lists repeat a few.
    policies: HashMap<String, Braces>,
    /// The names of a line; kept for its memory.
    names: Vec<Name>,
}

/// What stands in braces behind a name.
#[derive(Clone, Copy, Default)]
struct Braces {
    case: Option<Case>,
    plural: Option<bool>,
    hyphen: Option<bool>,
    substring: bool,
    priority: Option<i8>,
    /// As in [`Policies::contexts`].
    contexts: u32,
    validity: Validity,
}

/// A name of a line, before it is an alias.
#[derive(Clone, Copy)]
struct Name {
    text: Text,
    kind: AliasKind,
    braces: Braces,
}

impl SourceReader<'_> {
    fn problem(&mut self, line: u64, message: impl Into<String>) {
        let problem = Problem::error(&self.draft.path, Some(line), message);
        self.draft.problems.push(problem);
    }

    fn line(&mut self, n: u64, line: &str) {
        if line.trim().is_empty() || self.given_up {
            return;
        }
        if let Some(comment) = line.strip_prefix('#') {
            if self.columns.is_empty() && !self.plain {
                self.header(n, comment);
            }
            return;
        }
        if self.plain {
            return self.plain_line(n, line);
        }
        if !self.columns.is_empty() {
            return self.entry_line(n, line);
        }
        let first = line.split('\t').next().unwrap_or(line).trim();
        if first == "id" || first == "name" {
            self.column_line(n, line);
        } else if line.contains('\t') {
            self.problem(
                n,
                format!(
                    "the first line must name the columns (id, name, aliases …), not {first:?}"
                ),
            );
            // Reading on would give the same finding for every line.
            self.given_up = true;
        } else {
            self.plain = true;
            self.plain_line(n, line);
        }
    }

    fn header(&mut self, n: u64, comment: &str) {
        let Some((key, value)) = comment.split_once(':') else {
            return;
        };
        let (key, value) = (key.trim(), value.trim());
        match key {
            "label" => match Label::new(value) {
                Ok(label) => self.role = Some(RoleName::Entity(label)),
                Err(e) => self.problem(n, e.to_string()),
            },
            "demonym-label" => match Label::new(value) {
                Ok(label) => self.demonym = Some(label),
                Err(e) => self.problem(n, e.to_string()),
            },
            "lexicon" => self.role = Some(RoleName::Lexicon(value.into())),
            "block" => match yes_or_no(value) {
                Some(true) => self.role = Some(RoleName::Block),
                Some(false) => {}
                None => self.problem(n, format!("block is yes or no, not {value:?}")),
            },
            "case" => match value {
                "auto" => self.case = None,
                "exact" => self.case = Some(Case::Exact),
                "title" => self.case = Some(Case::Title),
                "any" => self.case = Some(Case::Any),
                _ => self.problem(
                    n,
                    format!("case is auto, exact, title or any, not {value:?}"),
                ),
            },
            "plural" => match yes_or_no(value) {
                Some(yes) => self.plural = yes,
                None => self.problem(n, format!("plural is yes or no, not {value:?}")),
            },
            "hyphen" => match yes_or_no(value) {
                Some(yes) => self.hyphen = Some(yes),
                None => self.problem(n, format!("hyphen is yes or no, not {value:?}")),
            },
            "priority" => match priority(value) {
                Some(p) => self.priority = p,
                None => self.problem(
                    n,
                    format!("priority is a whole number from -100 to 100, not {value:?}"),
                ),
            },
            // `language`, `source`, `licence` and comments that happen to have a colon.
            _ => {}
        }
    }

    fn column_line(&mut self, n: u64, line: &str) {
        let mut columns = Vec::new();
        for name in line.split('\t').map(str::trim) {
            columns.push(Column::of(name).unwrap_or_else(|| {
                self.problem(
                    n,
                    format!(
                        "no column {name:?}: columns are id, name, aliases, short, acronyms, demonyms, former, plurals, priority, and @NAME for an attribute"
                    ),
                );
                Column::Attribute(Arc::default())
            }));
        }
        if !columns.contains(&Column::Name) {
            self.problem(n, "no column \"name\"");
        }
        for (i, column) in columns.iter().enumerate() {
            if columns[..i].contains(column) && *column != Column::Attribute(Arc::default()) {
                self.problem(
                    n,
                    format!(
                        "column {:?} stands twice",
                        line.split('\t').nth(i).unwrap_or_default()
                    ),
                );
            }
        }
        if self.role.is_none() {
            match self.defaults.label {
                Some(label) => self.role = Some(RoleName::Entity(label)),
                None => self.problem(n, "no label: add a line \"# label: NAME\" above"),
            }
        }
        self.columns = columns;
    }

    fn plain_line(&mut self, n: u64, line: &str) {
        let role = match (&self.role, self.defaults.label) {
            (Some(role), _) => role.clone(),
            (None, Some(label)) => RoleName::Entity(label),
            (None, None) => {
                if !self.given_up {
                    self.problem(n, "no label for this list: give --label NAME, or add a line \"# label: NAME\" above");
                    self.given_up = true;
                }
                return;
            }
        };
        let text = self.draft.store(line.trim());
        let name = Name {
            text,
            kind: AliasKind::Full,
            braces: Braces::default(),
        };
        self.names.clear();
        self.names.push(name);
        self.finish(n, Text::default(), text, &role, self.priority);
    }

    fn entry_line(&mut self, n: u64, line: &str) {
        let columns = std::mem::take(&mut self.columns);
        self.entry_cells(n, line, &columns);
        self.columns = columns;
    }

    fn entry_cells(&mut self, n: u64, line: &str, columns: &[Column]) {
        let cells = line.split('\t').count();
        if cells > columns.len()
            && line
                .split('\t')
                .skip(columns.len())
                .any(|c| !unquote(c).is_empty())
        {
            return self.problem(n, format!("{cells} cells, but {} columns", columns.len()));
        }
        let Some(role) = self.role.clone() else {
            return;
        };
        self.names.clear();
        let (mut id, mut name) = (Text::default(), None);
        let attributes = self.draft.attributes.len();
        let mut line_priority = self.priority;
        for (column, cell) in columns.iter().zip(line.split('\t')) {
            let unquoted = unquote(cell);
            if unquoted.is_empty() {
                continue;
            }
            match column {
                Column::Id => {
                    if unquoted
                        .chars()
                        .any(|c| c.is_whitespace() || c.is_control())
                    {
                        self.problem(n, format!("id {unquoted:?} has white space"));
                    }
                    id = self.draft.store(&unquoted);
                }
                Column::Name => {
                    if let Some(canonical) = self.name(n, &unquoted, AliasKind::Full) {
                        name = Some(canonical.text);
                        self.names.insert(0, canonical);
                    }
                }
                Column::Aliases(kind) => {
                    for part in split_unescaped(&unquoted, '|') {
                        if part.trim().is_empty() {
                            self.problem(
                                n,
                                format!("an empty name between two \"|\" in {unquoted:?}"),
                            );
                        } else {
                            let name = self.name(n, part, *kind);
                            self.names.extend(name);
                        }
                    }
                }
                Column::Priority => match priority(&unquoted) {
                    Some(p) => line_priority = p,
                    None => self.problem(
                        n,
                        format!("priority is a whole number from -100 to 100, not {unquoted:?}"),
                    ),
                },
                Column::Attribute(key) => {
                    let pair = (self.draft.store(key), self.draft.store(&unquoted));
                    self.draft.attributes.push(pair);
                }
            }
        }
        let Some(name) = name else {
            self.draft.attributes.truncate(attributes);
            return self.problem(n, "no name");
        };
        self.finish(n, id, name, &role, line_priority);
    }

    /// Makes an entry of the names of a line; demonyms get one of their own label.
    fn finish(&mut self, n: u64, id: Text, name: Text, role: &RoleName, priority: i8) {
        let names = std::mem::take(&mut self.names);
        let people = self
            .demonym
            .filter(|_| names.iter().any(|n| n.kind == AliasKind::Demonym));
        let is_people = |name: &&Name| people.is_some() && name.kind == AliasKind::Demonym;
        let attributes = match self.draft.entries.last() {
            Some(before) => before.attributes.1 as usize,
            None => 0,
        };
        for name in names.iter().filter(|n| !is_people(n)) {
            self.add(n, name, priority);
        }
        let number = self.draft.role(role);
        self.draft.finish_entry(id, name, number, n);
        if let Some(label) = people {
            for name in names.iter().filter(is_people) {
                self.add(n, name, priority);
            }
            // The people have the attributes of the country.
            self.draft.attributes.extend_from_within(attributes..);
            let number = self.draft.role(&RoleName::Entity(label));
            self.draft.finish_entry(id, name, number, n);
        }
        self.names = names;
    }

    /// Adds a name, and its plural if it is to match too.
    fn add(&mut self, n: u64, name: &Name, priority: i8) {
        let Name { text, kind, braces } = *name;
        let written = self.draft.text(text);
        let case = braces.case.or(self.case);
        let case = case.unwrap_or_else(|| Case::of(written));
        let policies = Policies {
            kind,
            // `ICBMs` is as exact as `ICBM`, small s or not: the plural has the case of the name.
            case,
            hyphen: braces.hyphen.or(self.hyphen).unwrap_or(case != Case::Any),
            substring: braces.substring,
            priority: braces.priority.unwrap_or(priority),
            contexts: braces.contexts,
            validity: braces.validity,
        };
        let has_plural = kind != AliasKind::Plural && kind != AliasKind::Demonym;
        let plural = braces.plural.unwrap_or(self.plural && has_plural);
        let plural = plural.then(|| pluralized(written)).flatten();
        if let Err(message) = self.draft.add_alias(text, policies) {
            self.problem(n, message);
        }
        if let Some(plural) = plural {
            let text = self.draft.store(&plural);
            let kind = AliasKind::Plural;
            if let Err(message) = self.draft.add_alias(text, Policies { kind, ..policies }) {
                self.problem(n, message);
            }
        }
    }

    /// A name with the policies in braces behind it.
    fn name(&mut self, n: u64, cell: &str, kind: AliasKind) -> Option<Name> {
        let cell = cell.trim();
        let (text, inside) = match find_unescaped(cell, '{') {
            None => (cell, None),
            Some(open) => match cell.strip_suffix('}') {
                Some(inside) => (cell[..open].trim_end(), Some(&inside[open + 1..])),
                None => {
                    self.problem(n, format!("{cell:?} has a \"{{\" without a \"}}\" at its end (write \\{{ for the character itself)"));
                    return None;
                }
            },
        };
        let text = unescape(text);
        let text = text.trim();
        if text.is_empty() {
            self.problem(n, format!("policies without a name in {cell:?}"));
            return None;
        }
        let text = self.draft.store(text);
        let braces = inside.map_or_else(Braces::default, |p| self.braces(n, p));
        Some(Name { text, kind, braces })
    }

    /// Reads the policies between braces.
    fn braces(&mut self, n: u64, text: &str) -> Braces {
        if let Some(known) = self.policies.get(text) {
            return *known;
        }
        let (mut braces, mut contexts, mut good) = (Braces::default(), Vec::new(), true);
        let mut days = Days::default();
        for policy in text.split(';') {
            if let Err(message) = braces.apply(policy.trim(), &mut contexts, &mut days) {
                self.problem(n, message);
                good = false;
            }
        }
        match Validity::new(days.from, days.until) {
            Ok(validity) => braces.validity = validity,
            Err(e) => {
                self.problem(n, e.to_string());
                good = false;
            }
        }
        braces.contexts = self.draft.contexts(&contexts.into());
        if good {
            self.policies.insert(text.to_owned(), braces);
        }
        braces
    }
}

/// The ends of a validity, as they are written.
#[derive(Default)]
struct Days<'a> {
    from: Option<&'a str>,
    until: Option<&'a str>,
}

impl Braces {
    fn apply<'a>(
        &mut self,
        policy: &'a str,
        contexts: &mut Vec<Context>,
        days: &mut Days<'a>,
    ) -> Result<(), String> {
        match policy {
            "exact" => self.case = Some(Case::Exact),
            "title" => self.case = Some(Case::Title),
            "any" => self.case = Some(Case::Any),
            "plural" => self.plural = Some(true),
            "no plural" => self.plural = Some(false),
            "hyphen" => self.hyphen = Some(true),
            "no hyphen" => self.hyphen = Some(false),
            "substring" => self.substring = true,
            _ => {
                if let Some(value) = policy.strip_prefix("priority ") {
                    let bad =
                        || format!("priority is a whole number from -100 to 100, not {value:?}");
                    self.priority = Some(priority(value).ok_or_else(bad)?);
                    return Ok(());
                }
                if let Some(day) = policy.strip_prefix("from ") {
                    days.from = Some(day.trim());
                    return Ok(());
                }
                if let Some(day) = policy.strip_prefix("until ") {
                    days.until = Some(day.trim());
                    return Ok(());
                }
                let context = context(policy).ok_or_else(|| {
                    format!(
                        "no policy {policy:?}: there are exact, title, any, plural, hyphen, substring, priority N, from DATE, until DATE, and near:, followed by:, preceded by:, each with \"not\" before it too"
                    )
                })?;
                if context.words.is_empty() {
                    return Err(format!("policy {policy:?} has no words behind the colon"));
                }
                contexts.push(context);
            }
        }
        Ok(())
    }
}

/// `not near 3: a, b` and its kin.
fn context(policy: &str) -> Option<Context> {
    let (head, words) = policy.split_once(':')?;
    let (negative, head) = match head.trim().strip_prefix("not ") {
        Some(rest) => (true, rest.trim()),
        None => (false, head.trim()),
    };
    let place = match head {
        "followed by" => ContextPlace::FollowedBy,
        "preceded by" => ContextPlace::PrecededBy,
        "near" => ContextPlace::NEAR,
        _ => ContextPlace::Near(
            head.strip_prefix("near ")?
                .trim()
                .parse()
                .ok()
                .filter(|&d| d > 0)?,
        ),
    };
    let words = words
        .split(',')
        .map(|w| unescape(w.trim()).into_owned())
        .filter(|w| !w.is_empty())
        .collect();
    Some(Context {
        place,
        negative,
        words,
    })
}

/// The plural of a name by the rules of English; none where it has no other form or none that a rule could know.
fn pluralized(name: &str) -> Option<String> {
    let last = name.chars().next_back()?;
    if last.is_ascii_digit() || last.is_uppercase() && last != 'S' {
        return Some(format!("{name}s"));
    }
    if !last.is_alphabetic() || last == 'S' {
        return None;
    }
    let stem = &name[..name.len() - last.len_utf8()];
    let before = stem.chars().next_back().unwrap_or(' ');
    Some(match last {
        'y' if before.is_alphabetic() && !"aeiou".contains(before) => format!("{stem}ies"),
        's' | 'x' | 'z' => format!("{name}es"),
        'h' if before == 's' || before == 'c' => format!("{name}es"),
        'n' if name.ends_with("man") && !name.ends_with("German") => {
            format!("{}men", &name[..name.len() - 3])
        }
        _ => format!("{name}s"),
    })
}

fn yes_or_no(value: &str) -> Option<bool> {
    match value {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn priority(value: &str) -> Option<i8> {
    value
        .trim()
        .parse()
        .ok()
        .filter(|p| (-100..=100).contains(p))
}

/// A cell as a spreadsheet may have saved it: in quotation marks, those inside doubled.
fn unquote(cell: &str) -> Cow<'_, str> {
    let cell = cell.trim();
    if let Some(inside) = cell.strip_prefix('"').and_then(|c| c.strip_suffix('"'))
        && !inside.replace("\"\"", "").contains('"')
    {
        return Cow::Owned(inside.replace("\"\"", "\"").trim().to_owned());
    }
    Cow::Borrowed(cell)
}

pub(super) fn find_unescaped(text: &str, wanted: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(i, c)| {
        let hit = c == wanted && !escaped;
        escaped = c == '\\' && !escaped;
        hit.then_some(i)
    })
}

/// The parts between the separators that stand neither behind a backslash nor in braces.
pub(super) fn split_unescaped(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut escaped, mut braces) = (Vec::new(), 0, false, false);
    for (i, c) in text.char_indices() {
        match c {
            _ if escaped => {}
            '{' => braces = true,
            '}' => braces = false,
            _ if c == separator && !braces => {
                parts.push(&text[start..i]);
                start = i + c.len_utf8();
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    parts.push(&text[start..]);
    parts
}

pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let (mut out, mut escaped) = (String::with_capacity(text.len()), false);
    for c in text.chars() {
        if c == '\\' && !escaped {
            escaped = true;
            continue;
        }
        if escaped && !matches!(c, '|' | '{' | '}' | '\\') {
            out.push('\\');
        }
        out.push(c);
        escaped = false;
    }
    if escaped {
        out.push('\\');
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gazetteer::Gazetteer;

    fn errors(text: &str) -> Vec<String> {
        match Gazetteer::builder()
            .add_source("list.tsv", text, &SourceDefaults::default())
            .build()
        {
            Ok(_) => Vec::new(),
            Err(e) => e.to_string().lines().map(str::to_owned).collect(),
        }
    }

    fn aliases(text: &str) -> Vec<String> {
        let gazetteer = Gazetteer::from_str(text).unwrap();
        let mut all: Vec<String> = (0..gazetteer.alias_count() as u32)
            .map(|i| {
                let id = crate::AliasId(i);
                format!(
                    "{} {} {:?}",
                    gazetteer.alias_kind(id),
                    gazetteer.alias_text(id),
                    gazetteer.alias_case(id)
                )
            })
            .collect();
        all.sort();
        all
    }

    #[test]
    fn columns_are_kinds_and_defaults_follow_the_form() {
        let text = "# label: ORG\nid\tname\taliases\tacronyms\tshort\norg/x\tAcme Arms | not split\t Acme | Acme Ltd. \tAAA\tac\\|me\n";
        assert_eq!(
            aliases(text),
            [
                "acronym AAA Exact",
                "full Acme Arms | not split Title",
                "full Acme Ltd. Title",
                "full Acme Title",
                "short ac|me Any"
            ]
        );
    }

    #[test]
    fn all_findings_are_reported_with_their_lines() {
        let text = "# label: TWO WORDS\n# label: ORG\nid\tname\taliases\n\torphan\na/1\t\t\na/1\tOne\tx {loud}\na/1\tTwo\na/2\tThree {near: }\na/3\t???\na/4\tFour {near: @none}\nx\ty\tz\tw\n";
        assert_eq!(
            errors(text),
            [
                "list.tsv:1: label \"TWO WORDS\" has white space, write it as one word",
                "list.tsv:5: no name",
                "list.tsv:6: no policy \"loud\": there are exact, title, any, plural, hyphen, substring, priority N, from DATE, until DATE, and near:, followed by:, preceded by:, each with \"not\" before it too",
                "list.tsv:7: id \"a/1\" stands on line 6 already",
                "list.tsv:8: policy \"near:\" has no words behind the colon",
                "list.tsv:9: name \"???\" has no letter and no digit, so it can never match",
                "list.tsv:10: no lexicon \"none\": a file with the header \"# lexicon: none\" makes one",
                "list.tsv:11: 4 cells, but 3 columns",
            ]
        );
    }

    #[test]
    fn a_list_without_a_label_is_refused_once() {
        assert_eq!(
            errors("One\nTwo\n"),
            [
                "list.tsv:1: no label for this list: give --label NAME, or add a line \"# label: NAME\" above"
            ]
        );
        assert_eq!(
            errors("name\nOne\n"),
            ["list.tsv:1: no label: add a line \"# label: NAME\" above"]
        );
        assert_eq!(
            errors("foo\tbar\nx\ty\n"),
            ["list.tsv:1: the first line must name the columns (id, name, aliases …), not \"foo\""]
        );
    }

    #[test]
    fn a_plain_list_is_a_gazetteer() {
        let defaults = SourceDefaults {
            label: Some(Label::new("SHIP").unwrap()),
            case: Some(Case::Exact),
        };
        let gazetteer = Gazetteer::builder()
            .add_source("ships.txt", "Moskva\nAdmiral {Makarov}\n", &defaults)
            .build()
            .unwrap();
        assert_eq!(
            gazetteer.entry_id(crate::EntryId(1)),
            "ship/admiral-makarov"
        );
        assert_eq!(gazetteer.entry_name(crate::EntryId(1)), "Admiral {Makarov}");
        assert_eq!(gazetteer.alias(crate::AliasId(0)).case, Case::Exact);
    }

    #[test]
    fn demonyms_are_an_entry_of_their_own_label_with_the_same_id() {
        let text = "# label: COUNTRY\n# demonym-label: NATIONALITY\nid\tname\tdemonyms\ncountry/IR\tIran\tIranian | Iranians\n";
        let gazetteer = Gazetteer::from_str(text).unwrap();
        assert_eq!(gazetteer.entry_count(), 2);
        let entry = crate::EntryId(1);
        assert_eq!(
            (
                &*gazetteer.entry_id(entry),
                gazetteer.entry_name(entry),
                gazetteer.entry_label(entry).unwrap().as_str()
            ),
            ("country/IR", "Iran", "NATIONALITY")
        );
    }

    #[test]
    fn plurals_by_the_rules_of_english() {
        for (name, plural) in [
            ("AK-47", Some("AK-47s")),
            ("ICBM", Some("ICBMs")),
            ("ATACMS", None),
            ("missile", Some("missiles")),
            ("artillery battery", Some("artillery batteries")),
            ("gunboat", Some("gunboats")),
            ("torpedo", Some("torpedos")),
            ("cutlass", Some("cutlasses")),
            ("tank-man", Some("tank-men")),
            ("convoy", Some("convoys")),
            ("C++", None),
        ] {
            assert_eq!(pluralized(name).as_deref(), plural, "{name}");
        }
    }

    #[test]
    fn a_cell_in_quotation_marks_is_read_as_a_spreadsheet_means_it() {
        assert_eq!(unquote("\"The \"\"Quad\"\"\""), "The \"Quad\"");
        assert_eq!(unquote("\"Che\" Guevara \"x\""), "\"Che\" Guevara \"x\"");
    }

    #[test]
    fn an_id_that_a_file_repeats_is_found_even_if_another_file_had_it_before() {
        let mut builder = Gazetteer::builder();
        let defaults = SourceDefaults::default();
        let twice = "# label: ORG\nid\tname\norg/x\tAcme\norg/x\tAcme Two\n";
        builder.add_source("a.tsv", "# label: ORG\nid\tname\norg/x\tAcme\n", &defaults);
        builder.add_source("b.tsv", twice, &defaults);
        assert_eq!(
            builder.build().unwrap_err().to_string(),
            "b.tsv:4: id \"org/x\" stands on line 3 already"
        );
    }

    #[test]
    fn a_file_that_is_given_twice_is_no_fault() {
        let mut builder = Gazetteer::builder();
        let list = "# label: ORG\nid\tname\norg/x\tAcme\n";
        for _ in 0..2 {
            builder.add_source("a.tsv", list, &SourceDefaults::default());
        }
        assert_eq!(builder.build().unwrap().alias_count(), 1);
    }

    #[test]
    fn a_second_line_of_an_id_from_another_file_adds_aliases() {
        let mut builder = Gazetteer::builder();
        let defaults = SourceDefaults::default();
        builder.add_source("a.tsv", "# label: ORG\nid\tname\norg/x\tAcme\n", &defaults);
        builder.add_source(
            "b.tsv",
            "# label: ORG\nid\tname\taliases\norg/x\tAcme\tAcme Two\n",
            &defaults,
        );
        let gazetteer = builder.build().unwrap();
        assert_eq!((gazetteer.entry_count(), gazetteer.alias_count()), (1, 2));
        assert_eq!(gazetteer.alias_source(crate::AliasId(1)), ("b.tsv", 3));
    }
}
