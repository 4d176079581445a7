//! `gazetteer lint`: fifty planted faults, a clean list, the shipped lists, repairs that keep everything else byte for byte.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::{Dir, Ran};
use std::fs;
use wiretag::{LintFinding, Linter, SourceDefaults};

const HEADER: &str = "# language: en\n# source: s\n# licence: l\n";

/// Rows of a list of organizations with the columns below, and its only finding: line, code, part of the message, suggestion (empty:
/// none is asked for). The rows start on line 6.
const PLANTED: &[(&str, u64, &str, &str, &str)] = &[
    (
        "org/a\tAcme Arms\tAcme {loud}",
        6,
        "syntax",
        "no policy \"loud\"",
        "",
    ),
    (
        "org/a\tAcme Arms\tAcme {near: }",
        6,
        "syntax",
        "has no words",
        "",
    ),
    (
        "org/a\tAcme Arms\tAcme {exact",
        6,
        "syntax",
        "without a \"}\"",
        "",
    ),
    (
        "org/a\tAcme Arms\tAcme | | Acme Co",
        6,
        "syntax",
        "an empty name",
        "",
    ),
    ("org/a\tAcme Arms\t\t\t\tx\ty", 6, "syntax", "7 cells", ""),
    (
        "org/a\tAcme Arms\t\t\tone",
        6,
        "syntax",
        "priority is a whole number",
        "",
    ),
    ("org/a b\tAcme Arms", 6, "syntax", "has white space", ""),
    ("org/a\t\tAcme", 6, "syntax", "no name", ""),
    (
        "org/a\tAcme Arms\t{exact}",
        6,
        "syntax",
        "policies without a name",
        "",
    ),
    (
        "org/a\tK\u{c3}\u{b6}ln Werke",
        6,
        "mojibake",
        "Windows-1252",
        "org/a\tK\u{f6}ln Werke",
    ),
    (
        "org/a\tO\u{e2}\u{20ac}\u{2122}Neill Works",
        6,
        "mojibake",
        "",
        "org/a\tO\u{2019}Neill Works",
    ),
    (
        "org/a\tS\u{c3}\u{192}\u{c2}\u{a3}o Works",
        6,
        "mojibake",
        "",
        "org/a\tS\u{e3}o Works",
    ),
    (
        "org/a\tK\u{fffd}ln Werke",
        6,
        "lost-character",
        "U+FFFD",
        "",
    ),
    (
        "org/a\tAcme\u{200b} Arms",
        6,
        "invisible",
        "shows nothing",
        "org/a\tAcme Arms",
    ),
    (
        "org/a\tAc\u{ad}me Arms",
        6,
        "invisible",
        "",
        "org/a\tAcme Arms",
    ),
    (
        "org/a\tAcme\u{7} Arms",
        6,
        "invisible",
        "",
        "org/a\tAcme Arms",
    ),
    (
        "org/a\t\u{202e}Acme Arms",
        6,
        "invisible",
        "",
        "org/a\tAcme Arms",
    ),
    (
        "org/a\tAcme\u{200d} Arms",
        6,
        "invisible",
        "",
        "org/a\tAcme Arms",
    ),
    (
        "org/a\tAcme Arms ",
        6,
        "stray-space",
        "white space",
        "org/a\tAcme Arms",
    ),
    (
        "org/a\t Acme Arms",
        6,
        "stray-space",
        "",
        "org/a\tAcme Arms",
    ),
    (
        "org/a\tAcme  Arms",
        6,
        "stray-space",
        "",
        "org/a\tAcme Arms",
    ),
    (
        "org/a\tAcme\u{a0}Arms",
        6,
        "stray-space",
        "",
        "org/a\tAcme Arms",
    ),
    (
        "org/a\tAcme\u{2003}Arms",
        6,
        "stray-space",
        "",
        "org/a\tAcme Arms",
    ),
    (
        "# a comment \norg/a\tAcme Arms",
        6,
        "stray-space",
        "",
        "# a comment",
    ),
    (
        "org/a\tAcme\u{301} Arms",
        6,
        "not-nfc",
        "NFC",
        "org/a\tAcm\u{e9} Arms",
    ),
    (
        "org/a\t\u{41d}amas Works",
        6,
        "mixed-script",
        "U+041D",
        "org/a\tHamas Works",
    ),
    (
        "org/a\tPut\u{438}n Works",
        6,
        "mixed-script",
        "two scripts",
        "",
    ),
    (
        "org/a\tAcme \u{391}rms",
        6,
        "mixed-script",
        "U+0391",
        "org/a\tAcme Arms",
    ),
    (
        "org/a\t\u{410}\u{422}\u{41e} Works",
        6,
        "look-alike",
        "is not Latin",
        "org/a\tATO Works",
    ),
    (
        "\tAcme Arms",
        6,
        "missing-id",
        "no id",
        "org/acme-arms\tAcme Arms",
    ),
    (
        "org/a\tAcme Arms\t\t\t\tx {near: y}",
        6,
        "braces",
        "brace in @kind",
        "",
    ),
    (
        "org/a\tAcme Arms\t???",
        6,
        "never-matches",
        "no letter and no digit",
        "",
    ),
    (
        "org/a\tAcme Arms\t1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3",
        6,
        "never-matches",
        "33 words",
        "",
    ),
    (
        "org/a\tAcme Arms {near: iran, gun; not near: gun, iran}",
        6,
        "contradiction",
        "forbid",
        "",
    ),
    (
        "org/a\tAcme Arms {followed by: gun; not near: gun}",
        6,
        "contradiction",
        "",
        "",
    ),
    (
        "org/a\tmissile",
        6,
        "common-word",
        "\"missile\" is among the 5,000",
        "org/a\tmissile {near: \u{2026}}",
    ),
    (
        "org/a\tReading Arms\tReading",
        6,
        "common-word",
        "\"Reading\"",
        "org/a\tReading Arms\tReading {near: \u{2026}}",
    ),
    (
        "org/a\tThe Ban\tBan {exact}",
        6,
        "common-word",
        "\"Ban\"",
        "org/a\tThe Ban\tBan {exact; near: \u{2026}}",
    ),
    (
        "org/a\tAcme Arms\t\tIT",
        6,
        "code-word",
        "\"IT\"",
        "org/a\tAcme Arms\t\tIT {near: \u{2026}}",
    ),
    ("org/a\tNormal Ordnance\t\tNO", 6, "code-word", "\"NO\"", ""),
    ("org/a\tAcme Arms\tX", 6, "short-name", "one letter", ""),
    (
        "org/a\tAcme Arms\tac",
        6,
        "short-name",
        "two letters in any case",
        "",
    ),
    ("org/a\tAcme Arms\t1812", 6, "number", "no letter", ""),
    (
        "org/a\tAcme Arms\tAcme | Arms Co | Acme",
        6,
        "repeated",
        "twice in a cell",
        "org/a\tAcme Arms\tAcme | Arms Co",
    ),
    (
        "org/a\tAcme Arms\tAcm\u{e9}-Arms",
        6,
        "idle",
        "stands twice in its entry",
        "org/a\tAcme Arms\t",
    ),
    (
        "org/a\tAcme Arms\tACME ARMS",
        6,
        "idle",
        "\"ACME ARMS\" is found by \"Acme Arms\" too",
        "",
    ),
    ("org/a\tAcme Arms\torg x | Org x", 6, "", "", ""),
    (
        "org/a\tAcme Arms\norg/b\tBeta Arms\tAcme Arms",
        7,
        "two-entries",
        "\"Acme Arms\" in list.tsv:6",
        "",
    ),
    (
        "org/a\tAcme Arms\tGuild {priority 5}\norg/b\tBeta Guild",
        7,
        "hidden",
        "has the priority 5",
        "org/b\tBeta Guild {priority 5}",
    ),
    (
        "# allow: common-word\norg/a\tAcme Arms",
        6,
        "allow",
        "no common-word here",
        "",
    ),
    ("# allow: loud\norg/a\tAcme Arms", 6, "allow", "no code", ""),
    (
        "# allow: idle\norg/a\tReading {near: town}\n# allow: common-word (meant)\norg/b\tReading",
        6,
        "allow",
        "no idle",
        "",
    ),
];

/// Whole files that are faulty, as above.
const PLANTED_FILES: &[(&[&str], &str, u64, &str, &str)] = &[
    (
        &["# label: ORG\n# source: s\n# licence: l\nid\tname\norg/a\tAcme Arms\n"],
        "0.tsv",
        1,
        "missing-header",
        "# language",
    ),
    (
        &["# label: ORG\n# language: en\n# source:\n# licence: l\nid\tname\norg/a\tAcme Arms\n"],
        "0.tsv",
        1,
        "missing-header",
        "# source",
    ),
    (
        &["# label: ORG\n# language: en\n# source: s\nid\tname\norg/a\tAcme Arms\n"],
        "0.tsv",
        1,
        "missing-header",
        "# licence",
    ),
    (
        &["# label: ORG\n# lexicon: x\nH\nid\tname\norg/a\tAcme Arms\n"],
        "0.tsv",
        1,
        "missing-header",
        "2 lines of label",
    ),
    (
        &["# label: ORG\nH\nname\nAcme Arms\n"],
        "0.tsv",
        1,
        "missing-id",
        "no column \"id\"",
    ),
    (
        &["H\nid\tname\norg/a\tAcme Arms\n"],
        "0.tsv",
        4,
        "syntax",
        "no label",
    ),
    (
        &["# label: ORG\nH\nid\tname\torg\norg/a\tAcme Arms\tx\n"],
        "0.tsv",
        5,
        "syntax",
        "no column \"org\"",
    ),
    (
        &["# label: ORG\nH\nid\tname\norg/a\tAcme Arms\norg/a\tBeta Arms\n"],
        "0.tsv",
        7,
        "syntax",
        "stands on line 6 already",
    ),
    (
        &["# label: ORG\nH\nid\tname\taliases\norg/a\tAcme Arms\tAcme {from 2020; until 2019}\n"],
        "0.tsv",
        6,
        "syntax",
        "holds no day",
    ),
    (
        &["# label: ORG\nH\nid\tname\taliases\norg/a\tAcme Arms\tAcme {until 2019-13}\n"],
        "0.tsv",
        6,
        "syntax",
        "a date is",
    ),
    (
        &["# lexicon: l\nH\nname\taliases\nHead\tUmbrella\nTail\tUmbrella\n"],
        "0.tsv",
        7,
        "idle",
        "stands in the lexicon",
    ),
    (
        &["# label: ORG\n# plural: yes\nH\nid\tname\taliases\norg/a\tAcme Tank\tAcme Tanks\n"],
        "0.tsv",
        7,
        "idle",
        "a plural is made by itself",
    ),
    (
        &[
            "# label: ORG\nH\nid\tname\norg/a\tAcme Arms\n",
            "# label: PERSON\nH\nid\tname\nperson/a\tAcme-Arms\n",
        ],
        "1.tsv",
        6,
        "two-labels",
        "is ORG in 0.tsv:6",
    ),
    (
        &[
            "# block: yes\nH\nname\nAcme Arms\n",
            "# label: ORG\nH\nid\tname\norg/a\tAcme Arms\n",
        ],
        "1.tsv",
        6,
        "two-labels",
        "is block in 0.tsv:6",
    ),
];

/// `path:line code: message` of each finding.
fn findings(files: &[(String, String)]) -> Vec<LintFinding> {
    let mut linter = Linter::new();
    for (path, text) in files {
        linter.add_source(path, text.clone(), &SourceDefaults::default());
    }
    linter.findings()
}

fn out(ran: &Ran) -> &str {
    std::str::from_utf8(&ran.out).unwrap()
}

fn list(rows: &str) -> String {
    format!("# label: ORG\n{HEADER}id\tname\taliases\tacronyms\tpriority\t@kind\n{rows}\n")
}

#[test]
fn every_planted_fault_is_found_and_nothing_else() {
    assert!(PLANTED.len() + PLANTED_FILES.len() >= 50);
    let mut wrong = Vec::new();
    for (rows, line, code, part, suggestion) in PLANTED {
        let found = findings(&[("list.tsv".to_owned(), list(rows))]);
        let fits = match &found[..] {
            [] => code.is_empty(),
            [f] => {
                f.line == *line
                    && f.code.as_str() == *code
                    && f.message.contains(part)
                    && (suggestion.is_empty() || f.suggestion.as_deref() == Some(suggestion))
            }
            _ => false,
        };
        if !fits {
            wrong.push(format!("{rows:?}, {code} wanted: {found:#?}"));
        }
    }
    for (texts, path, line, code, part) in PLANTED_FILES {
        let named = texts.iter().enumerate();
        let files: Vec<(String, String)> = named
            .map(|(i, text)| (format!("{i}.tsv"), text.replace("H\n", HEADER)))
            .collect();
        let found = findings(&files);
        let fits = matches!(&found[..], [f] if f.path == *path && f.line == *line
            && f.code.as_str() == *code && f.message.contains(part));
        if !fits {
            wrong.push(format!("{texts:?}, {code} wanted: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_faults_in_one_list_are_found_at_once() {
    let rows: Vec<&str> = PLANTED.iter().map(|(rows, ..)| *rows).collect();
    let mut wanted: Vec<&str> = PLANTED.iter().map(|(_, _, code, ..)| *code).collect();
    let found = findings(&[("list.tsv".to_owned(), list(&rows.join("\n")))]);
    wanted.sort_unstable();
    wanted.dedup();
    for code in wanted.iter().filter(|c| !c.is_empty()) {
        assert!(found.iter().any(|f| f.code.as_str() == *code), "{code}");
    }
}

#[test]
fn a_clean_list_has_no_finding() {
    let rows = "org/acme\tAcme Arms {near: Iran, @none}\tACME {followed by: tank; not near: circus} | Reading {preceded by: Gen.}\tAA\t\tcompany\n\
        # allow: common-word, number (it is called so)\n\
        org/apple\tApple\t1812\n\
        org/koeln\tK\u{f6}ln Werke\t\u{41c}\u{43e}\u{441}\u{43a}\u{432}\u{430} | C-400\n\
        org/iran\t\u{633}\u{67e}\u{627}\u{647}\n\
        org/turkey\tTurkey Works\tTurkey {exact; near: Ankara} | TW {exact}\n";
    let lexicon = format!("# lexicon: none\n{HEADER}name\nreading\n");
    let files = [
        ("list.tsv".to_owned(), list(rows.trim_end())),
        ("words.tsv".to_owned(), lexicon),
    ];
    assert_eq!(findings(&files), []);
}

#[test]
fn names_whose_time_is_over_are_stale_and_days_decide_between_entries() {
    let rows = "org/a\tAcme Arms\tAcme {until 2018} | Acme {from 2021}\n\
        org/b\tBeta Arms\tAcme {from 2019; until 2020} | Old Beta {until 1990-06}";
    let mut linter = Linter::new();
    linter.add_source("list.tsv", list(rows), &SourceDefaults::default());
    assert_eq!(linter.findings(), []);
    linter.as_of("2019-01-01").unwrap();
    let found = linter.findings();
    let told: Vec<&str> = found.iter().map(|f| &f.message[..]).collect();
    assert_eq!(
        told,
        [
            "\"Acme\" counts until 2018-12-31, which is over: leave it out if no older documents are annotated",
            "\"Old Beta\" counts until 1990-06-30, which is over: leave it out if no older documents are annotated",
        ]
    );
    let without = "org/b\tBeta Arms\tAcme {from 2019; until 2020}";
    assert_eq!(found[1].suggestion.as_deref(), Some(without));
    linter.as_of("2018-12-31").unwrap();
    assert_eq!(linter.findings().len(), 1);
    assert!(linter.as_of("soon").is_err());

    let twice = "org/a\tAcme Arms\tAcme {until 2019}\norg/b\tBeta Arms\tAcme {from 2019}";
    let found = findings(&[("list.tsv".to_owned(), list(twice))]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code.as_str(), "two-entries");
}

#[test]
fn the_shipped_lists_are_clean() {
    let mut linter = Linter::new();
    let found = linter.add_builtin().findings();
    assert_eq!(found, []);
    assert!(linter.names() > 100_000);
}

#[test]
fn repairs_keep_all_else_byte_for_byte_and_leave_nothing_to_repair() {
    let dir = Dir::new();
    let text = "\u{feff}# label: ORG\r\n# language: en\n# source:  s\n# licence: l\nid\tname\taliases\t@kind\t\n\
        # a comment\n\n\tK\u{c3}\u{b6}ln  Werke\tA\u{200b}cme|Beta Arms | Acme\t\"x \"\"y\"\"\"\t\norg/z\tZulu Works\tZW|Z\u{a0}W\r\norg/q\tQuebec";
    dir.write("bad/list.tsv", text);
    let ran = dir.run(&["gazetteer", "lint", "bad", "--fix"]);
    assert_eq!(
        fs::read_to_string(dir.path("bad/list.tsv")).unwrap(),
        "\u{feff}# label: ORG\r\n# language: en\n# source: s\n# licence: l\nid\tname\taliases\t@kind\t\n\
        # a comment\n\norg/k\u{f6}ln-werke\tK\u{f6}ln Werke\tAcme | Beta Arms\t\"x \"\"y\"\"\"\t\norg/z\tZulu Works\tZW|Z W\r\norg/q\tQuebec",
    );
    assert!(ran.err.contains("3 lines mended"), "{}", ran.err);
    let again = dir.run(&["gazetteer", "lint", "bad", "--fix"]);
    assert!(again.err.contains("0 lines mended"), "{}", again.err);
}

#[test]
fn findings_are_lines_or_json_and_an_exit_code() {
    let dir = Dir::new();
    dir.write("good.tsv", list("org/a\tAcme Arms"));
    dir.write("bad.tsv", list("org/a\tReading"));
    let good = dir.run(&["gazetteer", "lint", "good.tsv"]);
    assert_eq!(
        (good.code, out(&good)),
        (0, "1 file, 1 name: nothing found\n")
    );
    let bad = dir.run(&["gazetteer", "lint", "bad.tsv"]);
    assert_eq!(
        (bad.code, out(&bad)),
        (
            1,
            "bad.tsv:6: common-word: \"Reading\" is among the 5,000 most common words of English: give it a context\n    org/a\tReading {near: \u{2026}}\n1 file, 1 name: 1 finding (common-word 1)\n"
        )
    );
    let json = dir.run(&["gazetteer", "lint", "bad.tsv", "--json"]);
    let objects: Vec<serde_json::Value> = out(&json)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (
            &objects[0]["line"],
            &objects[0]["code"],
            &objects[1]["summary"]["findings"]
        ),
        (&6.into(), &"common-word".into(), &1.into())
    );
    dir.write("latin1.tsv", b"# label: ORG\nname\nK\xf6ln\n");
    let ran = dir.run(&["gazetteer", "lint", "latin1.tsv"]);
    assert_eq!(ran.code, 1);
    assert!(
        out(&ran).starts_with("latin1.tsv:3: syntax: not UTF-8"),
        "{}",
        out(&ran)
    );
    assert_eq!(dir.run(&["gazetteer", "lint", "none.tsv"]).code, 2);
    assert_eq!(dir.run(&["gazetteer", "lint", "--fix"]).code, 2);
}
