//! The check of the lists: every `gazetteers/*.tsv`, read here apart from the crate's own reader, and every alias looked for in a
//! sentence made for it.
//!
//! All findings are reported at once, each with its file and line and the way out. [`Allowed`] has the few that are meant, with their
//! reasons; one that is needed no longer is a finding too. `tests/lists/common-words.txt` has the 5,000 most common English words
//! (inflected forms included, names and what is derived from names not), written for this test.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fs,
    path::Path,
    sync::Arc,
};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use wiretag::{
    AliasId, AliasKind, Case, Context, ContextPlace, Gap, Gazetteer, Matcher, Matches,
    SourceDefaults, Tokens,
};

/// What looks like a fault and is meant.
#[derive(Clone, Copy, Debug)]
struct Allowed {
    /// Label, id and reason: the second line adds aliases to the entity of the first.
    same_ids: &'static [(&'static str, &'static str, &'static str)],
    /// Reason and aliases that are common words and need no context.
    common: &'static [(&'static str, &'static [&'static str])],
}

const ALLOWED: Allowed = Allowed {
    same_ids: &[],
    common: &[
        ("a weapon wherever it stands", &["missile", "warship"]),
        ("with a capital it is the body of some state", &["Senate"]),
    ],
};

const NOTHING: Allowed = Allowed {
    same_ids: &[],
    common: &[],
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
    let (findings, count) = check(&files, ALLOWED);
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

#[test]
fn the_common_words_are_5000_sorted_and_plain() {
    let words = common_words();
    assert_eq!(words.len(), 5000);
    for pair in words.windows(2) {
        assert!(
            pair[0] < pair[1],
            "{} and {} are not sorted",
            pair[0],
            pair[1]
        );
    }
    for word in words {
        assert!(word.bytes().all(|b| b.is_ascii_lowercase()), "{word:?}");
    }
}

/// Files that are faulty in one way each: name of the fault, texts of the files, start and part of the one finding.
const PLANTED: &[(&str, &[&str], &str, &str)] = &[
    (
        "no language",
        &["# label: ORG\n# source: s\n# licence: l\nid\tname\norg/a\tAcme Arms\n"],
        "0.tsv:1: ",
        "no \"# language: …\"",
    ),
    (
        "an empty source",
        &["# label: ORG\n# language: en\n# source:\n# licence: l\nid\tname\norg/a\tAcme Arms\n"],
        "0.tsv:1: ",
        "no \"# source: …\"",
    ),
    (
        "no licence",
        &["# label: ORG\n# language: en\n# source: s\nid\tname\norg/a\tAcme Arms\n"],
        "0.tsv:1: ",
        "no \"# licence: …\"",
    ),
    (
        "label and lexicon",
        &[
            "# label: ORG\n# lexicon: x\n# language: en\n# source: s\n# licence: l\nid\tname\norg/a\tAcme Arms\n",
        ],
        "0.tsv:1: ",
        "2 lines of label, lexicon and block",
    ),
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
        "an alias twice in one entry",
        &["H\nid\tname\taliases\norg/a\tAcme Arms\tAcm\u{e9}-Arms\n"],
        "0.tsv:6: ",
        "stands twice",
    ),
    (
        "an alias that a wider one covers",
        &["H\nid\tname\taliases\norg/a\tAcme Arms\tACME ARMS\n"],
        "0.tsv:6: ",
        "\"ACME ARMS\" is found by \"Acme Arms\" too",
    ),
    (
        "a plural that is made anyway",
        &["H\n# plural: yes\nid\tname\taliases\norg/a\tAcme Tank\tAcme Tanks\n"],
        "0.tsv:7: ",
        "stands twice",
    ),
    (
        "a name twice in one lexicon",
        &[
            "# lexicon: l\n# language: en\n# source: s\n# licence: l\nname\taliases\nHead\tUmbrella\nTail\tUmbrella\n",
        ],
        "0.tsv:7: ",
        "stands in the lexicon already",
    ),
    (
        "an alias with two labels",
        &[
            "H\nid\tname\norg/a\tAcme Arms\n",
            "P\nid\tname\nperson/a\tAcme-Arms\n",
        ],
        "1.tsv:6: ",
        "is ORG in 0.tsv:6",
    ),
    (
        "an alias that a block forbids",
        &[
            "# block: yes\n# language: en\n# source: s\n# licence: l\nname\nAcme Arms\n",
            "H\nid\tname\norg/a\tAcme Arms\n",
        ],
        "1.tsv:6: ",
        "is block in 0.tsv:6",
    ),
    (
        "a common word in any case",
        &["H\nid\tname\norg/a\tmissile\n"],
        "0.tsv:6: ",
        "\"missile\" is among the 5,000",
    ),
    (
        "a capitalised common word",
        &["H\nid\tname\taliases\norg/a\tReading Arms\tReading\n"],
        "0.tsv:6: ",
        "\"Reading\" is among the 5,000",
    ),
    (
        "a capitalised common word of three letters",
        &["H\nid\tname\taliases\norg/a\tThe Ban\tBan {exact}\n"],
        "0.tsv:6: ",
        "\"Ban\" is among the 5,000",
    ),
    (
        "an alias that its own contexts forbid",
        &["H\nid\tname\norg/a\tAcme Arms {near: arms dealer; not near: arms dealer}\n"],
        "0.tsv:6: ",
        "is not found",
    ),
    (
        "a brace in an attribute",
        &["H\nid\tname\t@kind\norg/a\tAcme Arms\tcompany {near: arms}\n"],
        "0.tsv:6: ",
        "brace in @kind",
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
    (
        "not NFC",
        &["H\nid\tname\norg/a\tAcme\u{301} Arms\n"],
        "0.tsv:6: ",
        "NFC",
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
        let (findings, _) = check(&planted(texts), NOTHING);
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
    let (findings, count) = check(&planted(&[good, lexicon]), NOTHING);
    assert!(findings.is_empty(), "{findings:#?}");
    // With three plurals.
    assert_eq!(count, 7);
    let stale = Allowed {
        same_ids: &[("ORG", "org/a", "stale")],
        common: &[("stale", &["reading"])],
    };
    let (findings, _) = check(&planted(&[good, lexicon]), stale);
    assert_eq!(findings.len(), 2, "{findings:#?}");
}

fn common_words() -> Vec<&'static str> {
    include_str!("../lists/common-words.txt").lines().collect()
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
    has_priority: bool,
    /// Does it stand in the column `name`?
    is_name: bool,
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
    key: Key,
}

/// The form in which the matcher compares: the hashes of the folded tokens, and the punctuation that must stand in the text.
type Key = (Vec<u64>, String);

/// All findings, sorted, and how many aliases were looked for.
fn check(files: &[(String, String)], allowed: Allowed) -> (Vec<String>, usize) {
    let mut check = Check {
        files,
        allowed,
        written: Vec::new(),
        findings: BTreeSet::new(),
    };
    check.lines();
    let mut count = 0;
    // What can't be read can't be looked for.
    if let Some(gazetteer) = check.gazetteer() {
        let known = check.known(&gazetteer);
        count = known.len();
        check.twice(&known);
        check.two_labels(&known);
        check.common();
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
    allowed: Allowed,
    written: Vec<Written>,
    /// File, line (0: of none), message.
    findings: BTreeSet<(usize, usize, String)>,
}

impl Check<'_> {
    fn finding(&mut self, file: usize, line: usize, message: String) {
        self.findings.insert((file, line, message));
    }

    /// `path:line` of an alias.
    fn place(&self, written: &Written) -> String {
        format!("{}:{}", self.files[written.file].0, written.line)
    }

    /// Reads all files; checks headers, white space, order, ids and attributes.
    fn lines(&mut self) {
        let mut ids: HashMap<(String, String), (usize, usize)> = HashMap::new();
        let mut meant = BTreeSet::new();
        for (file, (_, text)) in self.files.iter().enumerate() {
            let header = self.header(file, text);
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
                        match self.allowed.same_ids.iter().position(|(label, known, _)| {
                            *label == header.class && *known == id
                        }) {
                            Some(i) => {
                                meant.insert(i);
                            }
                            None => self.finding(file, line, format!(
                                "id {id:?} stands in {}:{} already: move the aliases there, or give another id if it is something else",
                                self.files[first.0].0, first.1
                            )),
                        }
                    }
                }
                for (column, cell) in columns.iter().zip(&cells) {
                    if column.starts_with('@') && cell.contains(['{', '}']) {
                        self.finding(file, line, format!(
                            "brace in {column}: policies belong behind an alias, is the cell in the wrong column?"
                        ));
                    }
                    let Some(kind) = kind_of(column) else {
                        continue;
                    };
                    for alias in split_aliases(cell) {
                        self.alias((file, line), (column, alias), kind, &header, &entry);
                    }
                }
            }
        }
        for (i, (label, id, _)) in self.allowed.same_ids.iter().enumerate() {
            if !meant.contains(&i) {
                let message = format!("{label} {id} is in one file alone: take it out of the test");
                self.finding(0, 0, message);
            }
        }
    }

    fn alias(
        &mut self,
        (file, line): (usize, usize),
        (column, alias): (&str, &str),
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
            has_priority: header.has_priority,
            is_name: column == "name",
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
                    written.has_priority |= policy.starts_with("priority ");
                    written.contexts.extend(context(policy));
                }
            }
        }
        self.written.push(written);
    }

    fn header(&mut self, file: usize, text: &str) -> Header {
        let mut header = Header {
            role: Role::Label,
            class: String::new(),
            demonym: None,
            case: None,
            has_priority: false,
        };
        let mut keys = Vec::new();
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
                "priority" => header.has_priority = value != "0",
                _ => {}
            }
            if !value.is_empty() {
                keys.push(key);
            }
        }
        for wanted in ["language", "source", "licence"] {
            if !keys.contains(&wanted) {
                self.finding(
                    file,
                    1,
                    format!("no \"# {wanted}: …\" above the columns: add it"),
                );
            }
        }
        let roles = keys
            .iter()
            .filter(|k| ["label", "lexicon", "block"].contains(k));
        let roles = roles.count();
        if roles != 1 {
            self.finding(
                file,
                1,
                format!("{roles} lines of label, lexicon and block in the header: leave one"),
            );
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
        if !is_nfc(row) {
            self.finding(
                file,
                line,
                "not NFC: write letters with their accents as one character".to_owned(),
            );
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
        let mut tokens = Tokens::default();
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
                        key: key(text, &mut tokens),
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

    /// No alias twice in one entry, none in two entries of one lexicon.
    fn twice(&mut self, known: &[Known]) {
        let mut entries: HashMap<(&str, &str), HashMap<&Key, Vec<&Known>>> = HashMap::new();
        let mut found = Vec::new();
        for alias in known {
            let written = &self.written[alias.written];
            let entry = match written.role {
                Role::Lexicon => "",
                _ => &written.entry,
            };
            let others = entries
                .entry((&written.class, entry))
                .or_default()
                .entry(&alias.key)
                .or_default();
            for other in others.iter() {
                let before = &self.written[other.written];
                let message = if written.role == Role::Lexicon && before.entry != written.entry {
                    (covers((before, &other.text), (written, &alias.text))
                        && covers((written, &alias.text), (before, &other.text)))
                    .then(|| {
                        format!(
                            "{:?} stands in the lexicon already, as {:?} in {}: leave one",
                            alias.text,
                            other.text,
                            self.place(before)
                        )
                    })
                } else {
                    let (a, b) = ((before, &*other.text), (written, &*alias.text));
                    match (covers(a, b), covers(b, a)) {
                        (true, true) => (!are_alternatives(before, written)).then(|| format!(
                            "{:?} stands twice in its entry, as {:?} in {} too{}",
                            alias.text,
                            other.text,
                            self.place(before),
                            match alias.text != written.text || other.text != before.text {
                                true => ": a plural is made by itself, leave it out or say {no plural} behind the singular",
                                false => ": leave one",
                            }
                        )),
                        (false, false) => None,
                        (wide_before, _) => {
                            let (wide, narrow) = if wide_before { (a, b) } else { (b, a) };
                            let is_idle = wide.0.contexts.is_empty()
                                || wide.0.contexts == narrow.0.contexts;
                            // The canonical name is there for what it is, and rules ask for the kinds of their words.
                            let is_meant = narrow.0.is_name
                                || narrow.0.has_priority
                                || narrow.0.role == Role::Lexicon && narrow.0.kind != wide.0.kind;
                            (is_idle && !is_meant).then(|| {
                                format!("{:?} is found by {:?} too: leave it out", narrow.1, wide.1)
                            })
                        }
                    }
                };
                found.extend(message.map(|m| (written.file, written.line, m)));
            }
            others.push(alias);
        }
        self.findings.extend(found);
    }

    /// No alias with two labels, or with a label and a block, unless one of the two says when it counts.
    fn two_labels(&mut self, known: &[Known]) {
        let mut first: HashMap<(&Key, Case, String), BTreeMap<&str, &Known>> = HashMap::new();
        let mut found = Vec::new();
        for alias in known {
            let written = &self.written[alias.written];
            if written.role == Role::Lexicon || !written.contexts.is_empty() || written.has_priority
            {
                continue;
            }
            let exact = match written.case {
                Case::Exact => letters(&alias.text).collect(),
                _ => String::new(),
            };
            let others = first.entry((&alias.key, written.case, exact)).or_default();
            for (class, other) in others.iter() {
                if *class != written.class {
                    found.push((written.file, written.line, format!(
                        "{:?} is {class} in {} and {} here: give one of the two a context or a priority",
                        alias.text, self.place(&self.written[other.written]), written.class
                    )));
                }
            }
            others.entry(&written.class).or_insert(alias);
        }
        self.findings.extend(found);
    }

    /// No alias that is a common word, unless it says when it counts.
    fn common(&mut self) {
        let common: HashSet<&str> = common_words().into_iter().collect();
        let mut meant: HashSet<&str> = HashSet::new();
        let mut found = Vec::new();
        for written in &self.written {
            let word = written.text.to_lowercase();
            let is_shouted =
                written.case == Case::Exact && !written.text.contains(char::is_lowercase);
            if written.role != Role::Label
                || !written.contexts.is_empty()
                || is_shouted
                || !common.contains(&*word)
            {
                continue;
            }
            let mut reasons = self.allowed.common.iter();
            match reasons.find_map(|(_, words)| words.iter().find(|w| **w == written.text)) {
                Some(word) => {
                    meant.insert(word);
                }
                None => found.push((written.file, written.line, format!(
                    "{:?} is among the 5,000 most common words of English: give it a context, or a reason in the test if it nearly always means this",
                    written.text
                ))),
            }
        }
        for (_, words) in self.allowed.common {
            for word in words.iter().filter(|w| !meant.contains(**w)) {
                found.push((0, 0, format!("{word:?} is no common word among the aliases without a context: take it out of the test")));
            }
        }
        self.findings.extend(found);
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
    has_priority: bool,
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

/// Two aliases with one key are forms of one name.
fn key(text: &str, tokens: &mut Tokens) -> Key {
    tokens.fill(text, 0);
    let soft = Gap::SPACE | Gap::HYPHEN;
    let mut punctuation = String::new();
    let ends = (0..tokens.len()).map(|i| tokens.span(i).end);
    for (i, before) in [0].into_iter().chain(ends).enumerate() {
        let start = match i < tokens.len() {
            true => tokens.span(i).start,
            false => text.len(),
        };
        let is_outer = i == 0 || i == tokens.len();
        if is_outer || !tokens.gap(i).within(soft) {
            // A period behind the last word is optional.
            let is_trail = i == tokens.len();
            let between = text[before..start]
                .chars()
                .filter(|c| !(*c == ' ' || is_trail && *c == '.'));
            punctuation.extend(between);
        } else if tokens.gap(i) == soft {
            punctuation.push_str(" - ");
        }
        punctuation.push('\t');
    }
    (tokens.hashes().to_vec(), punctuation)
}

/// Does an alias match, contexts apart, wherever another form of the name does?
fn covers(wide: (&Written, &str), narrow: (&Written, &str)) -> bool {
    match (wide.0.case, narrow.0.case) {
        (Case::Any, Case::Any) => true,
        (Case::Title, Case::Title | Case::Exact) => {
            let (wide, narrow) = (Tokens::of(wide.1), Tokens::of(narrow.1));
            (0..wide.len().min(narrow.len()))
                .all(|i| narrow.shape(i).starts_upper() || !wide.shape(i).starts_upper())
        }
        (Case::Exact, Case::Exact) => letters(wide.1).eq(letters(narrow.1)),
        // What matches in any case does not match in hyphen compounds.
        _ => false,
    }
}

/// Says one of the two where the name counts and the other where it does not? No alias can say both so that one of them is enough.
fn are_alternatives(a: &Written, b: &Written) -> bool {
    let wants = |w: &Written| w.contexts.iter().any(|c| !c.negative);
    !a.contexts.is_empty() && !b.contexts.is_empty() && wants(a) != wants(b)
}

/// Letters and digits without diacritics, in their case.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.nfkd().filter(|c| c.is_alphanumeric())
}
