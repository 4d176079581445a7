//! The text format of gazetteers: files to entries. Specified in `gazetteers/README.md`.

use super::{
    AliasKind, Case,
    builder::{Alias, Context, ContextPlace, Entry, GazetteerBuilder, RoleName},
    name::ShapedEntry,
};
use crate::{
    error::{Error, Problem},
    span::Label,
    tokens::Tokens,
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

pub(super) fn add_path(
    builder: &mut GazetteerBuilder,
    path: &Path,
    defaults: &SourceDefaults,
) -> Result<(), Error> {
    let metadata = fs::metadata(path).map_err(|e| Error::io(path, e))?;
    if !metadata.is_dir() {
        let bytes = fs::read(path).map_err(|e| Error::io(path, e))?;
        let name = path.to_string_lossy();
        match std::str::from_utf8(&bytes) {
            Ok(text) => {
                builder.add_source(&name, text, defaults);
            }
            Err(e) => {
                let line = bytes[..e.valid_up_to()]
                    .iter()
                    .filter(|&&b| b == b'\n')
                    .count() as u64
                    + 1;
                builder.problem(Problem::error(
                    &name,
                    Some(line),
                    "not UTF-8, save the file as UTF-8",
                ));
            }
        }
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
    files
        .iter()
        .try_for_each(|file| add_path(builder, file, defaults))
}

/// What the text of a file holds.
#[derive(Debug, Default)]
pub(super) struct SourceFile {
    pub(super) entries: Vec<ShapedEntry>,
    pub(super) problems: Vec<Problem>,
}

/// Reads the text of a file. Pure: files may be read in parallel.
pub(super) fn parse(path: &str, text: &str, defaults: &SourceDefaults) -> SourceFile {
    let mut reader = SourceReader {
        read: SourceFile::default(),
        path,
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
        tokens: Tokens::default(),
    };
    for (n, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        reader.line(n as u64 + 1, line.trim_end_matches('\r'));
    }
    reader.read
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Id,
    Name,
    Aliases(AliasKind),
    Priority,
    Attribute(Arc<str>),
}

/// One file while it is read.
struct SourceReader<'a> {
    read: SourceFile,
    path: &'a str,
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
    policies: HashMap<String, Policies>,
    tokens: Tokens,
}

/// What stands in braces behind a name.
#[derive(Clone, Default)]
struct Policies {
    case: Option<Case>,
    plural: Option<bool>,
    hyphen: Option<bool>,
    substring: bool,
    priority: Option<i8>,
    contexts: Arc<[Context]>,
}

impl SourceReader<'_> {
    fn problem(&mut self, line: u64, message: impl Into<String>) {
        self.read
            .problems
            .push(Problem::error(self.path, Some(line), message));
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
            columns.push(match name {
                "id" => Column::Id,
                "name" => Column::Name,
                "aliases" => Column::Aliases(AliasKind::Full),
                "short" => Column::Aliases(AliasKind::Short),
                "acronyms" => Column::Aliases(AliasKind::Acronym),
                "demonyms" => Column::Aliases(AliasKind::Demonym),
                "former" => Column::Aliases(AliasKind::Former),
                "plurals" => Column::Aliases(AliasKind::Plural),
                "priority" => Column::Priority,
                _ => match name.strip_prefix('@') {
                    Some(key) if !key.is_empty() => Column::Attribute(key.into()),
                    _ => {
                        self.problem(
                            n,
                            format!(
                                "no column {name:?}: columns are id, name, aliases, short, acronyms, demonyms, former, plurals, priority, and @NAME for an attribute"
                            ),
                        );
                        Column::Attribute(Arc::default())
                    }
                },
            });
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
        let name = line.trim();
        let alias = Alias {
            case: self.case,
            hyphen: self.hyphen,
            priority: self.priority,
            ..Alias::new(name)
        };
        let entry = Entry {
            id: default_id(&role, name).into(),
            role,
            name: name.to_owned(),
            aliases: Vec::new(),
            attributes: Vec::new(),
        };
        self.finish(n, false, entry, vec![(alias, self.plural)]);
    }

    fn entry_line(&mut self, n: u64, line: &str) {
        let columns = std::mem::take(&mut self.columns);
        self.entry_cells(n, line, &columns);
        self.columns = columns;
    }

    fn entry_cells(&mut self, n: u64, line: &str, columns: &[Column]) {
        let cells: Vec<Cow<'_, str>> = line.split('\t').map(unquote).collect();
        if cells.len() > columns.len() && cells[columns.len()..].iter().any(|c| !c.is_empty()) {
            return self.problem(
                n,
                format!("{} cells, but {} columns", cells.len(), columns.len()),
            );
        }
        let Some(role) = self.role.clone() else {
            return;
        };
        let (mut id, mut name) = (None, None);
        let (mut aliases, mut attributes) = (Vec::new(), Vec::new());
        let mut line_priority = self.priority;
        for (column, cell) in columns.iter().zip(&cells) {
            if cell.is_empty() {
                continue;
            }
            match column {
                Column::Id => {
                    if cell.chars().any(|c| c.is_whitespace() || c.is_control()) {
                        self.problem(n, format!("id {cell:?} has white space"));
                    }
                    id = Some(Arc::from(&**cell));
                }
                Column::Name => {
                    if let Some(alias) = self.alias(n, cell, AliasKind::Full) {
                        name = Some(alias.0.text.clone());
                        aliases.insert(0, alias);
                    }
                }
                Column::Aliases(kind) => {
                    for part in split_unescaped(cell, '|') {
                        if part.trim().is_empty() {
                            self.problem(n, format!("an empty name between two \"|\" in {cell:?}"));
                        } else {
                            aliases.extend(self.alias(n, part, *kind));
                        }
                    }
                }
                Column::Priority => match priority(cell) {
                    Some(p) => line_priority = p,
                    None => self.problem(
                        n,
                        format!("priority is a whole number from -100 to 100, not {cell:?}"),
                    ),
                },
                Column::Attribute(key) => attributes.push((key.clone(), cell.clone().into_owned())),
            }
        }
        let Some(name) = name else {
            return self.problem(n, "no name");
        };
        if line_priority != self.priority {
            for (alias, _) in aliases
                .iter_mut()
                .filter(|(a, _)| a.priority == self.priority)
            {
                alias.priority = line_priority;
            }
        }
        let has_own_id = id.is_some();
        let id = id.unwrap_or_else(|| default_id(&role, &name).into());
        let entry = Entry {
            id,
            role,
            name,
            aliases: Vec::new(),
            attributes,
        };
        self.finish(n, has_own_id, entry, aliases);
    }

    /// Gives demonyms an entry of their own label and names their plurals, and hands the entry to the builder.
    fn finish(&mut self, n: u64, has_own_id: bool, mut entry: Entry, aliases: Vec<(Alias, bool)>) {
        let mut demonyms = Vec::new();
        entry.aliases.reserve(2 * aliases.len());
        for (alias, plural) in aliases {
            let list = if alias.kind == AliasKind::Demonym && self.demonym.is_some() {
                &mut demonyms
            } else {
                &mut entry.aliases
            };
            let plural = plural.then(|| pluralized(&alias.text)).flatten();
            let plural = plural.map(|text| Alias {
                text,
                kind: AliasKind::Plural,
                // `ICBMs` is as exact as `ICBM`, small s or not.
                case: Some(alias.case.unwrap_or_else(|| Case::of(&alias.text))),
                contexts: alias.contexts.clone(),
                ..alias
            });
            list.push(alias);
            list.extend(plural);
        }
        let people = self.demonym.filter(|_| !demonyms.is_empty());
        let people = people.map(|label| Entry {
            id: entry.id.clone(),
            role: RoleName::Entity(label),
            name: entry.name.clone(),
            aliases: demonyms,
            attributes: entry.attributes.clone(),
        });
        for entry in [entry].into_iter().chain(people) {
            let SourceFile { entries, problems } = &mut self.read;
            let path = self.path;
            let mut problem = |message| problems.push(Problem::error(path, Some(n), message));
            let shaped = ShapedEntry::new(entry, n, has_own_id, &mut self.tokens, &mut problem);
            entries.push(shaped);
        }
    }

    /// An alias with the policies in braces behind it, and whether its plural is one too.
    fn alias(&mut self, n: u64, cell: &str, kind: AliasKind) -> Option<(Alias, bool)> {
        let cell = cell.trim();
        let (text, policies) = match find_unescaped(cell, '{') {
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
        if text.is_empty() {
            self.problem(n, format!("policies without a name in {cell:?}"));
            return None;
        }
        let policies = policies.map_or_else(Policies::default, |p| self.policies(n, p));
        let alias = Alias {
            text,
            kind,
            case: policies.case.or(self.case),
            hyphen: policies.hyphen.or(self.hyphen),
            substring: policies.substring,
            priority: policies.priority.unwrap_or(self.priority),
            contexts: policies.contexts,
        };
        let has_plural = kind != AliasKind::Plural && kind != AliasKind::Demonym;
        Some((alias, policies.plural.unwrap_or(self.plural && has_plural)))
    }

    /// Reads the policies between braces.
    fn policies(&mut self, n: u64, text: &str) -> Policies {
        if let Some(known) = self.policies.get(text) {
            return known.clone();
        }
        let (mut policies, mut contexts, mut good) = (Policies::default(), Vec::new(), true);
        for policy in text.split(';') {
            if let Err(message) = policies.apply(policy.trim(), &mut contexts) {
                self.problem(n, message);
                good = false;
            }
        }
        policies.contexts = contexts.into();
        if good {
            self.policies.insert(text.to_owned(), policies.clone());
        }
        policies
    }
}

impl Policies {
    fn apply(&mut self, policy: &str, contexts: &mut Vec<Context>) -> Result<(), String> {
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
                let context = context(policy).ok_or_else(|| {
                    format!(
                        "no policy {policy:?}: there are exact, title, any, plural, hyphen, substring, priority N, and near:, followed by:, preceded by:, each with \"not\" before it too"
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
    /// How far `near` looks when it does not say.
    const DISTANCE: u8 = 8;
    let (head, words) = policy.split_once(':')?;
    let (negative, head) = match head.trim().strip_prefix("not ") {
        Some(rest) => (true, rest.trim()),
        None => (false, head.trim()),
    };
    let place = match head {
        "followed by" => ContextPlace::FollowedBy,
        "preceded by" => ContextPlace::PrecededBy,
        "near" => ContextPlace::Near(DISTANCE),
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
        .map(|w| unescape(w.trim()))
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

/// `weapon/hwasong-14` for the label `WEAPON` and the name `Hwasong-14`.
fn default_id(role: &RoleName, name: &str) -> String {
    let theme = match role {
        RoleName::Entity(label) => label.as_str().to_lowercase(),
        RoleName::Lexicon(lexicon) => lexicon.to_string(),
        RoleName::Block => "block".to_owned(),
    };
    let mut slug = String::new();
    let lower = match name.is_ascii() {
        true => name.to_ascii_lowercase(),
        false => name.to_lowercase(),
    };
    for c in lower.chars() {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    format!("{theme}/{}", slug.trim_end_matches('-'))
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

fn find_unescaped(text: &str, wanted: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(i, c)| {
        let hit = c == wanted && !escaped;
        escaped = c == '\\' && !escaped;
        hit.then_some(i)
    })
}

/// The parts between the separators that stand neither behind a backslash nor in braces.
fn split_unescaped(text: &str, separator: char) -> Vec<&str> {
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

fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
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
    out
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
                    gazetteer.alias(id).case
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
                "list.tsv:6: no policy \"loud\": there are exact, title, any, plural, hyphen, substring, priority N, and near:, followed by:, preceded by:, each with \"not\" before it too",
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
                gazetteer.entry_id(entry),
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
