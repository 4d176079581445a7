//! The check of the shipped lists: clean for `gazetteer lint`, whose tests are in `lint`; here what is asked of them besides. Every
//! `gazetteers/*.tsv` is read apart from the crate's own reader: order, form of ids, and every alias looked for in a sentence made
//! for it. All findings are reported at once, each with its file and line and the way out.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fs,
    path::Path,
    sync::Arc,
};
use wiretag::{
    AliasId, AliasKind, Case, Context, ContextPlace, Gazetteer, Matcher, Matches, SourceDefaults,
    Tokens,
};

#[test]
fn every_list_is_well_formed_and_every_alias_is_findable() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("gazetteers");
    let mut files: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|f| f.extension().is_some_and(|e| e == "tsv"))
        .map(|f| {
            let name = f.file_name().unwrap().to_str().unwrap();
            (
                format!("gazetteers/{name}"),
                fs::read_to_string(&f).unwrap_or_else(|e| panic!("gazetteers/{name}: {e}")),
            )
        })
        .collect();
    files.sort();
    let (findings, count) = check(&files);
    assert!(
        findings.is_empty(),
        "{} findings in the lists:\n{}",
        findings.len(),
        findings.join("\n")
    );
    assert!(count > 50_000, "only {count} aliases were looked for");
    let builtin = Gazetteer::builtin().unwrap();
    let built_in: BTreeSet<String> = builtin
        .aliases()
        .map(|a| builtin.alias_source(a).0.to_owned())
        .chain(
            builtin
                .word_lists()
                .iter()
                .map(|(path, _)| (*path).to_owned()),
        )
        .collect();
    let shipped: BTreeSet<String> = files.into_iter().map(|(path, _)| path).collect();
    assert_eq!(
        built_in, shipped,
        "the files of gazetteers/ and those of src/gazetteer/builtin.rs"
    );
}

/// Files that are faulty in one way each: name of the fault, texts of the files, start and part of the one finding.
const PLANTED: &[(&str, &[&str], &str, &str)] = &[
    (
        "does not parse",
        &["H\nid\tname\taliases\norg/a\tAcme Arms\tAcme {loud}\n"],
        "0.tsv:6: ",
        "no policy \"loud\"",
    ),
    (
        "too many cells",
        &["H\nid\tname\norg/a\tAcme Arms\tAcme\n"],
        "0.tsv:6: ",
        "3 cells, but 2 columns",
    ),
    (
        "not sorted by id",
        &["H\nid\tname\norg/b\tAcme Arms\norg/a\tBeta Arms\n"],
        "0.tsv:7: ",
        "\"org/a\" stands behind \"org/b\"",
    ),
    (
        "not sorted by name",
        &["# lexicon: l\n# language: en\n# source: s\n# licence: l\nname\nb\na\n"],
        "0.tsv:7: ",
        "\"a\" stands behind \"b\"",
    ),
    (
        "an id of another file",
        &[
            "H\nid\tname\norg/a\tAcme Arms\n",
            "H\nid\tname\norg/a\tAcme Works\n",
        ],
        "1.tsv:6: ",
        "stands in 0.tsv:6 already",
    ),
    (
        "an id without a theme",
        &["H\nid\tname\nacme\tAcme Arms\n"],
        "0.tsv:6: ",
        "id \"acme\"",
    ),
    (
        "an id with capitals",
        &["H\nid\tname\norg/ACME\tAcme Arms\n"],
        "0.tsv:6: ",
        "id \"org/ACME\"",
    ),
    (
        "an id with a diacritic",
        &["H\nid\tname\norg/acm\u{e9}\tAcme Arms\n"],
        "0.tsv:6: ",
        "id \"org/acm\u{e9}\"",
    ),
    (
        "an alias that its own contexts forbid",
        &["H\nid\tname\norg/a\tAcme Arms {near: arms dealer; not near: arms dealer}\n"],
        "0.tsv:6: ",
        "is not found",
    ),
    (
        "a space at the end",
        &["H\nid\tname\norg/a\tAcme Arms \n"],
        "0.tsv:6: ",
        "white space",
    ),
    (
        "a tab at the end",
        &["H\nid\tname\t@kind\norg/a\tAcme Arms\t\n"],
        "0.tsv:6: ",
        "white space",
    ),
    (
        "two spaces",
        &["H\nid\tname\norg/a\tAcme  Arms\n"],
        "0.tsv:6: ",
        "white space",
    ),
    (
        "a space that is none of ASCII",
        &["H\nid\tname\norg/a\tAcme\u{a0}Arms\n"],
        "0.tsv:6: ",
        "white space",
    ),
];

#[test]
fn a_planted_fault_of_each_kind_is_found() {
    let planted = |texts: &[&str]| -> Vec<(String, String)> {
        let header =
            |label: &str| format!("# label: {label}\n# language: en\n# source: s\n# licence: l\n");
        texts
            .iter()
            .enumerate()
            .map(|(i, text)| {
                let text = match text.split_at_checked(2) {
                    Some(("H\n", rest)) => header("ORG") + rest,
                    Some(("P\n", rest)) => header("PERSON") + rest,
                    _ => text.to_string(),
                };
                (format!("{i}.tsv"), text)
            })
            .collect()
    };
    for (fault, texts, start, part) in PLANTED {
        let (findings, _) = check(&planted(texts));
        assert_eq!(findings.len(), 1, "{fault}: {findings:#?}");
        assert!(
            findings[0].starts_with(start) && findings[0].contains(part),
            "{fault}: {}",
            findings[0]
        );
    }
    let good = "H\n# plural: yes\nid\tname\taliases\t@kind\n\
        org/a\tAcme Arms {near: Iran, @none}\tACME {followed by: tank; not near: circus} | Reading {preceded by: Gen.}\tcompany\n";
    let lexicon = "# lexicon: none\n# language: en\n# source: s\n# licence: l\nname\nreading\n";
    let (findings, count) = check(&planted(&[good, lexicon]));
    assert!(findings.is_empty(), "{findings:#?}");
    // With three plurals.
    assert_eq!(count, 7);
}

/// An alias as its file has it.
#[derive(Debug)]
struct Written {
    file: usize,
    line: usize,
    text: String,
    kind: AliasKind,
    case: Case,
    contexts: Vec<Context>,
    role: Role,
    /// The label, `lexicon NAME` or `block`.
    class: String,
    /// Id, or name where the file has no ids.
    entry: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Role {
    Label,
    Lexicon,
    Block,
}

/// An alias of the gazetteer with where it was written; plurals that the reader makes share this with their singular.
#[derive(Debug)]
struct Known {
    id: AliasId,
    written: usize,
    text: String,
}

/// All findings, sorted, and how many aliases were looked for.
fn check(files: &[(String, String)]) -> (Vec<String>, usize) {
    let mut check = Check {
        files,
        written: Vec::new(),
        findings: BTreeSet::new(),
    };
    check.lines();
    let mut count = 0;
    // What can't be read can't be looked for.
    if let Some(gazetteer) = check.gazetteer() {
        let known = check.known(&gazetteer);
        count = known.len();
        check.findable(gazetteer, &known);
    }
    let findings = check
        .findings
        .into_iter()
        .map(|(file, line, message)| match line {
            0 => message,
            _ => format!("{}:{line}: {message}", files[file].0),
        })
        .collect();
    (findings, count)
}

struct Check<'a> {
    files: &'a [(String, String)],
    written: Vec<Written>,
    /// File, line (0: of none), message.
    findings: BTreeSet<(usize, usize, String)>,
}

impl Check<'_> {
    fn finding(&mut self, file: usize, line: usize, message: String) {
        self.findings.insert((file, line, message));
    }

    /// Reads all files; checks headers, white space, order, ids and attributes.
    fn lines(&mut self) {
        let mut ids: HashMap<(String, String), (usize, usize)> = HashMap::new();
        for (file, (_, text)) in self.files.iter().enumerate() {
            let header = Self::header(text);
            let mut columns: Vec<&str> = Vec::new();
            let mut before = String::new();
            for (line, row) in (1..).zip(text.split('\n')) {
                self.white_space(file, line, row);
                if row.is_empty() || row.starts_with('#') {
                    continue;
                }
                let cells: Vec<&str> = row.split('\t').collect();
                if columns.is_empty() {
                    columns = cells;
                    continue;
                }
                let cell = |column: &str| {
                    let i = columns.iter().position(|c| *c == column)?;
                    cells.get(i).copied().filter(|c| !c.is_empty())
                };
                let Some((name, _)) = cell("name").map(split_policies) else {
                    continue;
                };
                let entry = cell("id").unwrap_or(&name).to_owned();
                if entry < before {
                    self.finding(
                        file,
                        line,
                        format!(
                            "{entry:?} stands behind {before:?}: sort the lines by their bytes"
                        ),
                    );
                }
                before.clone_from(&entry);
                if let Some(id) = cell("id") {
                    if !is_well_formed(id) {
                        self.finding(file, line, format!(
                            "id {id:?}: write theme/slug in a-z, 0-9, \"-\" and \".\" (a country may be country/XX)"
                        ));
                    }
                    let first = *ids
                        .entry((header.class.clone(), id.to_owned()))
                        .or_insert((file, line));
                    if first.0 != file {
                        self.finding(file, line, format!(
                            "id {id:?} stands in {}:{} already: move the aliases there, or give another id if it is something else",
                            self.files[first.0].0, first.1
                        ));
                    }
                }
                for (column, cell) in columns.iter().zip(&cells) {
                    let Some(kind) = kind_of(column) else {
                        continue;
                    };
                    for alias in split_aliases(cell) {
                        self.alias((file, line), alias, kind, &header, &entry);
                    }
                }
            }
        }
    }

    fn alias(
        &mut self,
        (file, line): (usize, usize),
        alias: &str,
        kind: AliasKind,
        header: &Header,
        entry: &str,
    ) {
        let (text, policies) = split_policies(alias);
        let mut written = Written {
            file,
            line,
            kind,
            case: header.case.unwrap_or_else(|| Case::of(&text)),
            text,
            contexts: Vec::new(),
            role: header.role,
            class: match (&header.demonym, kind) {
                (Some(label), AliasKind::Demonym) => label.clone(),
                _ => header.class.clone(),
            },
            entry: entry.to_owned(),
        };
        for policy in policies.split(';').map(str::trim) {
            match policy {
                "exact" => written.case = Case::Exact,
                "title" => written.case = Case::Title,
                "any" => written.case = Case::Any,
                _ => {
                    written.contexts.extend(context(policy));
                }
            }
        }
        self.written.push(written);
    }

    fn header(text: &str) -> Header {
        let mut header = Header {
            role: Role::Label,
            class: String::new(),
            demonym: None,
            case: None,
        };
        let lines = text.lines().map_while(|line| line.strip_prefix('#'));
        for (key, value) in lines.filter_map(|line| line.split_once(':')) {
            let (key, value) = (key.trim(), value.trim());
            match key {
                "label" => header.class = value.to_owned(),
                "lexicon" => {
                    header.role = Role::Lexicon;
                    header.class = format!("lexicon {value}");
                }
                "block" => {
                    header.role = Role::Block;
                    header.class = "block".to_owned();
                }
                "demonym-label" => header.demonym = Some(value.to_owned()),
                "case" => {
                    header.case = match value {
                        "exact" => Some(Case::Exact),
                        "title" => Some(Case::Title),
                        "any" => Some(Case::Any),
                        _ => None,
                    }
                }
                _ => {}
            }
        }
        header
    }

    fn white_space(&mut self, file: usize, line: usize, row: &str) {
        let odd =
            |c: char| c != ' ' && c != '\t' && c.is_whitespace() || c.is_control() && c != '\t';
        if row.ends_with([' ', '\t'])
            || row.contains("  ")
            || row.contains("\t ")
            || row.contains(" \t")
            || row.contains(odd)
            || row.starts_with('#') && row.contains('\t')
        {
            self.finding(file, line, "white space at an end of the line or of a cell, two in a row, or of an odd kind: take it out".to_owned());
        }
    }

    /// The gazetteer of all files, with a twin of each lexicon whose words are annotated: the matcher says only of those where it
    /// finds them.
    fn gazetteer(&mut self) -> Option<Gazetteer> {
        let mut builder = Gazetteer::builder();
        let defaults = SourceDefaults::default();
        for (file, (path, text)) in self.files.iter().enumerate() {
            builder.add_source(path, text, &defaults);
            if let Some(at) = text.find("# lexicon:") {
                let behind = at + text[at..].find('\n').unwrap_or(text.len() - at);
                let label = twin_label(file);
                let twin = format!("{}# label: {label}{}", &text[..at], &text[behind..]);
                builder.add_source(path, &twin, &defaults);
            }
        }
        match builder.build() {
            Ok(gazetteer) => Some(gazetteer),
            Err(e) => {
                for message in e.to_string().lines() {
                    // `path:line: message`, or what belongs to no line.
                    let at = message.split_once(": ").and_then(|(at, rest)| {
                        let (path, line) = at.rsplit_once(':')?;
                        let file = self.files.iter().position(|(p, _)| p == path)?;
                        Some((file, line.parse().ok()?, rest))
                    });
                    let (file, line, rest) = at.unwrap_or((0, 0, message));
                    self.finding(file, line, rest.to_owned());
                }
                None
            }
        }
    }

    /// The aliases of the gazetteer, in the order of files and lines.
    fn known(&mut self, gazetteer: &Gazetteer) -> Vec<Known> {
        let mut by_text: HashMap<(&str, usize, AliasKind, &str), usize> = HashMap::new();
        let mut by_line: HashMap<(&str, usize), Vec<usize>> = HashMap::new();
        for (i, written) in self.written.iter().enumerate() {
            let at = (self.files[written.file].0.as_str(), written.line);
            by_text.insert((at.0, at.1, written.kind, &written.text), i);
            by_line.entry(at).or_default().push(i);
        }
        let mut strangers = Vec::new();
        let mut seen = HashSet::new();
        let mut known = Vec::new();
        for id in gazetteer.aliases() {
            let class = gazetteer.entry_class(gazetteer.alias_entry(id));
            if class.starts_with("lexicon ") {
                continue;
            }
            let (path, line) = gazetteer.alias_source(id);
            let text = gazetteer.alias_text(id);
            let kind = gazetteer.alias_kind(id);
            let written = by_text.get(&(path, line, kind, text)).copied().or_else(|| {
                // The plural of the alias that starts most like it.
                let same = |i: &usize| {
                    let base = &self.written[*i].text;
                    let same = base.chars().zip(text.chars()).take_while(|(a, b)| a == b);
                    (same.count(), std::cmp::Reverse(base.len()))
                };
                let bases = by_line
                    .get(&(path, line))
                    .filter(|_| kind == AliasKind::Plural)?;
                let others = bases.iter().filter(|i| self.written[**i].text != text);
                others.copied().max_by_key(same)
            });
            match written {
                Some(written) => {
                    seen.insert(written);
                    known.push(Known {
                        id,
                        written,
                        text: text.to_owned(),
                    });
                }
                None => strangers.push(format!(
                    "{path}:{line}: the crate reads an alias {text:?} ({kind}) that this test does not: mend the test"
                )),
            }
        }
        for message in strangers {
            self.finding(0, 0, message);
        }
        for i in 0..self.written.len() {
            let Written {
                file,
                line,
                ref text,
                ..
            } = self.written[i];
            if !seen.contains(&i) && !self.is_repeated(i) {
                let message = format!("the crate does not read the alias {text:?}: mend the test");
                self.finding(file, line, message);
            }
        }
        known.sort_by_key(|k| {
            let written = &self.written[k.written];
            (written.file, written.line, k.written, k.id)
        });
        known
    }

    /// Does the same alias stand in the line, or in another line of its entry, once more?
    fn is_repeated(&self, i: usize) -> bool {
        let w = &self.written[i];
        let same = |o: &Written| {
            o.text == w.text && o.kind == w.kind && o.class == w.class && o.entry == w.entry
        };
        self.written
            .iter()
            .enumerate()
            .any(|(k, o)| k != i && same(o))
    }

    /// Every alias is found in a sentence made for it, with one of its positive context words where the policy wants it.
    fn findable(&mut self, gazetteer: Gazetteer, known: &[Known]) {
        let seed = gazetteer.seed();
        let mut lexicons: HashMap<String, String> = HashMap::new();
        for written in self.written.iter().filter(|w| w.role == Role::Lexicon) {
            let name = written.class.trim_start_matches("lexicon ");
            lexicons
                .entry(format!("@{name}"))
                .or_insert_with(|| written.text.clone());
        }
        let matcher = Matcher::new(Arc::new(gazetteer));
        let (mut tokens, mut matches) = (Tokens::default(), Matches::default());
        let mut open: Vec<&Known> = known.iter().collect();
        // One context word after the other, until none is left: most are found with the first.
        for round in 0.. {
            let (mut text, mut places, mut given_up) = (String::new(), Vec::new(), Vec::new());
            for alias in open {
                let contexts = &self.written[alias.written].contexts;
                let wanted = contexts.iter().filter(|c| !c.negative);
                let mut words = wanted.flat_map(|c| c.words.iter().map(|w| (c.place, w)));
                let word = words.nth(round);
                if word.is_none() && (round > 0 || contexts.iter().any(|c| !c.negative)) {
                    given_up.push(alias);
                    continue;
                }
                let put = |text: &mut String, place: ContextPlace, wanted: bool| {
                    if let Some((_, word)) = word.filter(|(p, _)| wanted && same_place(*p, place)) {
                        text.push_str(lexicons.get(word).unwrap_or(word));
                        text.push(' ');
                    }
                };
                text.push_str("They saw ");
                put(&mut text, ContextPlace::PrecededBy, true);
                let start = text.len();
                text.push_str(&alias.text);
                places.push((start, text.len(), alias));
                text.push(' ');
                put(&mut text, ContextPlace::FollowedBy, true);
                text.push_str("there ");
                put(&mut text, ContextPlace::Near(0), true);
                text.push_str("again.\n\n");
            }
            for alias in given_up {
                let written = &self.written[alias.written];
                let message = format!(
                    "{:?} is not found in \"They saw {} there\"{}: mend its form or its policies",
                    alias.text,
                    alias.text,
                    match written.contexts.is_empty() {
                        true => "",
                        false => " with any of its context words",
                    }
                );
                self.finding(written.file, written.line, message);
            }
            if places.is_empty() {
                break;
            }
            tokens.fill(&text, seed);
            matcher.find(&text, &tokens, &mut matches);
            let found: HashSet<(usize, usize, AliasId)> = matches
                .names()
                .iter()
                .map(|m| (m.span.start, m.span.end, m.alias))
                .collect();
            open = places
                .into_iter()
                .filter(|&(start, end, alias)| !found.contains(&(start, end, alias.id)))
                .map(|(_, _, alias)| alias)
                .collect();
        }
    }
}

/// What the lines above the columns say.
#[derive(Debug)]
struct Header {
    role: Role,
    class: String,
    demonym: Option<String>,
    case: Option<Case>,
}

/// The label of a lexicon's twin.
fn twin_label(file: usize) -> String {
    format!("LEXICON{file}")
}

fn same_place(a: ContextPlace, b: ContextPlace) -> bool {
    a == b || matches!((a, b), (ContextPlace::Near(_), ContextPlace::Near(_)))
}

fn kind_of(column: &str) -> Option<AliasKind> {
    Some(match column {
        "name" | "aliases" => AliasKind::Full,
        "short" => AliasKind::Short,
        "acronyms" => AliasKind::Acronym,
        "demonyms" => AliasKind::Demonym,
        "former" => AliasKind::Former,
        "plurals" => AliasKind::Plural,
        _ => return None,
    })
}

/// `theme/slug`, or `country/XX`.
fn is_well_formed(id: &str) -> bool {
    let is_slug = |slug: &str, more: &str| {
        let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c);
        end(slug.chars().next()) && end(slug.chars().next_back()) && slug.chars().all(inner)
    };
    id.split_once('/').is_some_and(|(theme, slug)| {
        let is_code = slug.len() == 2 && slug.bytes().all(|b| b.is_ascii_uppercase());
        is_slug(theme, "-") && (is_slug(slug, "-.") || theme == "country" && is_code)
    })
}

/// The aliases of a cell: between bars outside of braces.
fn split_aliases(cell: &str) -> Vec<&str> {
    let (mut parts, mut start, mut braces) = (Vec::new(), 0, false);
    for (i, c) in cell.char_indices() {
        match c {
            '{' => braces = true,
            '}' => braces = false,
            '|' if !braces => {
                parts.push(&cell[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&cell[start..]);
    parts.retain(|p| !p.trim().is_empty());
    parts
}

/// An alias and what stands in the braces behind it.
fn split_policies(alias: &str) -> (String, &str) {
    match alias.trim().split_once('{') {
        Some((text, policies)) => (text.trim().to_owned(), policies.trim_end_matches('}')),
        None => (alias.trim().to_owned(), ""),
    }
}

/// `not near 3: a, b` and its kin.
fn context(policy: &str) -> Option<Context> {
    let (head, words) = policy.split_once(':')?;
    let positive = head.strip_prefix("not ");
    Some(Context {
        place: match positive.unwrap_or(head) {
            "followed by" => ContextPlace::FollowedBy,
            "preceded by" => ContextPlace::PrecededBy,
            "near" => ContextPlace::Near(8),
            near => ContextPlace::Near(near.strip_prefix("near ")?.parse().ok()?),
        },
        negative: positive.is_some(),
        words: words.split(',').map(|w| w.trim().to_owned()).collect(),
    })
}
