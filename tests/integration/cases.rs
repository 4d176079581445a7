//! The cases of `tests/cases/`: marked text, run by both engines.
//!
//! A file is what `--to marked` writes, as `src/write/marked.rs` specifies it, with two kinds of lines more:
//!
//! ```text
//! == a name that is a claim
//! -- why it is so, if that is odd
//! >> # label: COUNTRY
//! >> name
//! >> Iran
//! The [Iran|COUNTRY] deal \[sic]
//! ```
//!
//! Lines with `>> ` are the lines of a gazetteer, real tabs and all; `>> ---` starts another file of it. A case without any runs on the
//! built-in lists. `\u{AD}` is the character with this number, for those that an editor does not show (the writer never writes a `u`
//! behind a backslash of its own). Where the answer of today is wrong, it stands as it is, and the reason says what is right.

use crate::{golden, strict};
use std::{collections::HashSet, fs, path::Path, sync::OnceLock};
use wiretag::{
    Annotator, Document, Engine, Found, Gazetteer, OffsetUnit, Scratch, SourceDefaults,
    write::OutputFormat,
};

#[derive(Debug)]
pub(crate) struct Case {
    /// The line of its name.
    line: usize,
    pub(crate) name: String,
    reason: Vec<String>,
    /// Texts of gazetteer files.
    gazetteers: Vec<String>,
    pub(crate) text: String,
    pub(crate) spans: Vec<Mark>,
}

/// Start, end (bytes) and label.
pub(crate) type Mark = (usize, usize, String);

const ENGINES: [Engine; 2] = [Engine::TokenIndex, Engine::AhoCorasick];

#[test]
fn every_case_comes_out_as_marked_with_both_engines() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "txt"));
    files.sort();
    let (mut failures, mut count) = (Vec::new(), 0);
    for file in &files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let cases = parse(&fs::read_to_string(file).unwrap())
            .unwrap_or_else(|e| panic!("tests/cases/{name}:{e}"));
        assert!(!cases.is_empty(), "{name} has no case");
        let mut names = HashSet::new();
        for case in &cases {
            assert!(
                names.insert(&case.name),
                "tests/cases/{name}:{}: {:?} is there twice",
                case.line,
                case.name
            );
            count += 1;
            failures.extend(
                failures_of(case)
                    .into_iter()
                    .map(|f| format!("tests/cases/{name}:{f}")),
            );
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {count} cases came out otherwise\n\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(
        count >= 90,
        "{count} cases in {} files: were some lost?",
        files.len()
    );
}

/// What the engines make of a case otherwise than marked: one report if they agree.
fn failures_of(case: &Case) -> Vec<String> {
    let built;
    let annotators = match case.gazetteers.as_slice() {
        [] => builtin(),
        own => {
            built = ENGINES.map(|engine| own_annotator(own, engine));
            &built
        }
    };
    let document = Document::new(case.name.as_str(), case.text.as_str());
    let mut failures: Vec<(String, Vec<Mark>)> = Vec::new();
    for (engine, annotator) in ENGINES.iter().zip(annotators) {
        let got = match annotator {
            Ok(annotator) => marks(annotator, &document),
            Err(e) => return vec![format!("{}: {}: bad gazetteer: {e}", case.line, case.name)],
        };
        match failures.last_mut() {
            _ if got == case.spans => {}
            Some((engines, known)) if *known == got => *engines += &format!(", {engine:?}"),
            _ => failures.push((format!("{engine:?}"), got)),
        }
    }
    let reason: String = case
        .reason
        .iter()
        .map(|r| format!("  because:  {r}\n"))
        .collect();
    let expected = marked(&case.text, &case.spans);
    let report = |(engines, got): (String, Vec<Mark>)| {
        let (line, name, got) = (case.line, &case.name, marked(&case.text, &got));
        format!("{line}: {name} ({engines})\n{reason}  expected: {expected}\n  got:      {got}\n")
    };
    failures.into_iter().map(report).collect()
}

fn builtin() -> &'static [Result<Annotator, String>; 2] {
    static BUILTIN: OnceLock<[Result<Annotator, String>; 2]> = OnceLock::new();
    BUILTIN.get_or_init(|| {
        let gazetteer =
            std::sync::Arc::new(Gazetteer::builtin().expect("the built-in lists have no fault"));
        ENGINES.map(|engine| {
            Annotator::builder()
                .engine(engine)
                .build(gazetteer.clone())
                .map_err(|e| e.to_string())
        })
    })
}

fn own_annotator(gazetteers: &[String], engine: Engine) -> Result<Annotator, String> {
    let mut builder = Gazetteer::builder();
    for (n, text) in gazetteers.iter().enumerate() {
        builder.add_source(&format!("list {}", n + 1), text, &SourceDefaults::default());
    }
    let gazetteer = builder.build().map_err(|e| e.to_string())?;
    Annotator::builder()
        .engine(engine)
        .build(gazetteer)
        .map_err(|e| e.to_string())
}

fn marks(annotator: &Annotator, document: &Document) -> Vec<Mark> {
    annotator
        .annotate(document)
        .iter()
        .map(|a| (a.span.start, a.span.end, a.label.to_string()))
        .collect()
}

/// A text with its marks as a person reads them best: what an editor does not show is spelled out.
fn marked(text: &str, marks: &[Mark]) -> String {
    let shown = |part: &str, in_span: bool| -> String {
        part.chars()
            .map(|c| match c {
                '[' | '\\' => format!("\\{c}"),
                ']' | '|' if in_span => format!("\\{c}"),
                '\n' | ' ' => c.to_string(),
                _ if c.is_whitespace() || c.is_control() || is_invisible(c) => {
                    format!("\\u{{{:X}}}", c as u32)
                }
                _ => c.to_string(),
            })
            .collect()
    };
    let (mut out, mut done) = (String::new(), 0);
    for (start, end, label) in marks {
        out += &format!(
            "{}[{}|{label}]",
            shown(&text[done..*start], false),
            shown(&text[*start..*end], true)
        );
        done = *end;
    }
    out + &shown(&text[done..], false)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The cases of a file, or its first fault as `line: what`.
pub(crate) fn parse(file: &str) -> Result<Vec<Case>, String> {
    let mut cases: Vec<Case> = Vec::new();
    // The lines of text of the last case, still with their marks.
    let mut body = String::new();
    for (n, line) in file.split_inclusive('\n').enumerate() {
        let bare = line.strip_suffix('\n').unwrap_or(line);
        if let Some(name) = bare.strip_prefix("== ") {
            close(&mut cases, &mut body)?;
            cases.push(Case {
                line: n + 1,
                name: name.to_owned(),
                reason: Vec::new(),
                gazetteers: Vec::new(),
                text: String::new(),
                spans: Vec::new(),
            });
            continue;
        }
        let Some(case) = cases.last_mut() else {
            return Err(format!(
                "{}: the first line must name a case: \"== its name\"",
                n + 1
            ));
        };
        if let Some(reason) = bare.strip_prefix("-- ") {
            case.reason.push(reason.to_owned());
        } else if let Some(line) = bare.strip_prefix(">> ") {
            if line == "---" || case.gazetteers.is_empty() {
                case.gazetteers.push(String::new());
            }
            if line != "---" {
                case.gazetteers
                    .last_mut()
                    .expect("one was pushed")
                    .push_str(&format!("{line}\n"));
            }
        } else {
            body.push_str(line);
        }
    }
    close(&mut cases, &mut body)?;
    Ok(cases)
}

/// Gives the last case its text.
fn close(cases: &mut [Case], body: &mut String) -> Result<(), String> {
    if let Some(case) = cases.last_mut() {
        (case.text, case.spans) = unmark(body.trim_end_matches('\n'))
            .map_err(|e| format!("{}: {}: {e}", case.line, case.name))?;
    }
    body.clear();
    Ok(())
}

/// Text and marks of marked text.
fn unmark(marked: &str) -> Result<(String, Vec<Mark>), String> {
    let (mut text, mut marks) = (String::new(), Vec::new());
    let mut open = None;
    let mut rest = marked;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match (c, open) {
            ('\\', _) => {
                let (c, behind) = escaped(rest)?;
                text.push(c);
                rest = behind;
            }
            ('[', None) => open = Some(text.len()),
            ('[', Some(_)) => {
                return Err(format!(
                    "a bracket in a bracket before {:?}",
                    start_of(rest)
                ));
            }
            ('|', Some(start)) => {
                let (label, behind) = rest
                    .split_once(']')
                    .ok_or_else(|| format!("no ] behind {:?}", start_of(rest)))?;
                if label.is_empty() || label.contains(char::is_whitespace) || start == text.len() {
                    return Err(format!("no span and label before {:?}", start_of(behind)));
                }
                marks.push((start, text.len(), label.to_owned()));
                (open, rest) = (None, behind);
            }
            (']', Some(_)) => return Err(format!("no label before {:?}", start_of(rest))),
            _ => text.push(c),
        }
    }
    match open {
        Some(at) => Err(format!(
            "an open bracket before {:?}",
            start_of(&text[at..])
        )),
        None => Ok((text, marks)),
    }
}

/// The character that stands behind a backslash, and what follows.
fn escaped(rest: &str) -> Result<(char, &str), String> {
    if let Some((hex, behind)) = rest.strip_prefix("u{").and_then(|r| r.split_once('}')) {
        let c = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32);
        return Ok((
            c.ok_or_else(|| format!("no character \\u{{{hex}}}"))?,
            behind,
        ));
    }
    let c = rest.chars().next().ok_or("a backslash at the end")?;
    Ok((c, &rest[c.len_utf8()..]))
}

fn start_of(text: &str) -> String {
    text.chars().take(20).collect()
}

#[test]
fn marked_text_is_read_as_specified() {
    let file = "== one\n-- why\n-- and why\n>> # label: X\n>> a\tb\n>> ---\n>> c\n\\-- no\n[a\\|b\\]\\\\|X] \\[c] ] | \\u{AD}\\u\n\n== two\n\n== three\ntext";
    let cases = parse(file).unwrap();
    let names: Vec<_> = cases.iter().map(|c| (c.line, c.name.as_str())).collect();
    assert_eq!(names, [(1, "one"), (11, "two"), (13, "three")]);
    assert_eq!(cases[0].reason, ["why", "and why"]);
    assert_eq!(cases[0].gazetteers, ["# label: X\na\tb\n", "c\n"]);
    assert_eq!(cases[0].text, "-- no\na|b]\\ [c] ] | \u{ad}u");
    assert_eq!(cases[0].spans, [(6, 11, "X".to_owned())]);
    assert_eq!(
        (cases[1].text.as_str(), cases[2].text.as_str()),
        ("", "text")
    );
}

#[test]
fn faults_in_marked_text_are_named_with_their_line() {
    for (file, expected) in [
        ("Iran\n== x\n", "1: the first line must name a case"),
        ("== x\na\n\n== y\n[a\n", "4: y: an open bracket"),
        ("== x\n[a]\n", "1: x: no label"),
        ("== x\n[a [b|X]|Y]\n", "1: x: a bracket in a bracket"),
        ("== x\n[|X]\n", "1: x: no span and label"),
        ("== x\n[a|]\n", "1: x: no span and label"),
        ("== x\na\\", "1: x: a backslash at the end"),
        ("== x\n\\u{110000}", "1: x: no character"),
    ] {
        let error = parse(file).unwrap_err();
        assert!(error.starts_with(expected), "{file:?}: {error}");
    }
}

#[test]
fn a_case_that_comes_out_otherwise_says_what_came() {
    let case =
        &parse("== x\n-- because\n>> # label: X\n>> name\n>> Iran\nIran\u{ad} and [Iraq|X]\n")
            .unwrap()[0];
    assert_eq!(
        failures_of(case),
        [
            "1: x (TokenIndex, AhoCorasick)\n  because:  because\n  expected: Iran\\u{AD} and [Iraq|X]\n  got:      [Iran|X]\\u{AD} and Iraq\n"
        ]
    );
}

/// Whatever the writer of marked text writes is a case that passes.
#[test]
fn marked_output_of_articles_is_a_case_file_that_passes() {
    for folder in golden::FOLDERS {
        let cases = parse(folder.run(&["--to", "marked"]).text()).unwrap();
        assert!(cases.len() >= 7, "{} of {}", cases.len(), folder.path);
        for case in &cases {
            assert_eq!(failures_of(case), [""; 0]);
        }
        // And it holds the same as the record, that an independent reader has read.
        let records = strict::read(&folder.run(&[]).out);
        assert_eq!(records.len(), cases.len());
        for (record, case) in records.iter().zip(&cases) {
            assert_eq!(record.id, case.name);
            assert_eq!(
                record.text.trim_end_matches('\n'),
                case.text,
                "{}",
                record.id
            );
            assert_eq!(record.byte_spans(), case.spans, "{}", record.id);
        }
    }
}

#[test]
fn text_that_looks_like_marked_text_survives_the_way_through_it() {
    let list = "# label: X\nname\nIran\na|b]c\n[Foo] Bar\nback\\\\slash\n";
    let annotator = own_annotator(&[list.to_owned()], Engine::TokenIndex).unwrap();
    for text in [
        "",
        "\n\nIran",
        "== Iran\n-- Iran\n>> Iran\n==Iran\n--Iran",
        "Iran\n== Iran\r\n-- Iran",
        "[Iran|X] [Iran] \\[Iran\\]",
        "a|b]c A|B]C [Foo] Bar back\\slash",
        "\\u{49}ran \\\\u{49} \\",
        "Iran\\",
        "Iran\n== ",
        "Iran\n-- ",
        "\\== Iran\n\\\\-- Iran",
        " == Iran\n\t-- Iran\n\u{feff}== Iran",
        "Iran \n \n",
    ] {
        let document = Document::new("id\nof\rlines", text);
        let mut found = Found::default();
        annotator.annotate_into(&mut Scratch::default(), &document, &mut found);
        let mut out = Vec::new();
        OutputFormat::Marked.writer().write(
            &annotator.record(&document, &found, OffsetUnit::Utf16),
            &mut out,
        );
        let out = String::from_utf8(out).unwrap();
        let cases =
            parse(&format!("{out}== another\n")).unwrap_or_else(|e| panic!("{text:?}: {e}"));
        assert_eq!(
            cases.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(),
            ["id of lines", "another"],
            "{out}"
        );
        assert_eq!(cases[0].text, text.trim_end_matches('\n'), "{out}");
        assert_eq!(cases[0].spans, marks(&annotator, &document), "{out}");
        assert!(
            cases[0].reason.is_empty() && cases[0].gazetteers.is_empty(),
            "{out}"
        );
    }
}
