//! The floors of `ARCHITECTURE.md`: what each file of `src/` may import, and who may touch files, start threads or write `unsafe`.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use std::{fs, path::Path};

/// The floors. A file imports from floors below its own alone; the files of one folder may import each other.
const FLOORS: &[(&str, u8, Leg)] = &[
    ("error", 0, Leg::Both),
    ("span", 0, Leg::Both),
    ("machine", 0, Leg::Both),
    ("document", 1, Leg::Both),
    ("record", 1, Leg::Both),
    ("date", 1, Leg::Both),
    ("table", 1, Leg::Edge),
    ("json", 1, Leg::Edge),
    ("config", 1, Leg::Edge),
    ("card", 1, Leg::Edge),
    ("tokens", 2, Leg::Core),
    ("zones", 2, Leg::Core),
    // Formats with one line a word need words too.
    ("words", 3, Leg::Both),
    ("gazetteer", 3, Leg::Core),
    ("matcher", 4, Leg::Core),
    ("patterns", 4, Leg::Core),
    ("resolve", 5, Leg::Core),
    ("rules", 5, Leg::Core),
    ("annotator", 6, Leg::Core),
    ("read", 4, Leg::Edge),
    ("write", 4, Leg::Edge),
    ("annotated", 5, Leg::Edge),
    ("check", 6, Leg::Edge),
    ("batch", 7, Leg::Top),
    ("explain", 7, Leg::Top),
    // Reads as the edge leg does, and asks the core for zones.
    ("eval", 7, Leg::Top),
    // Reads as the edge leg does, and asks the core what a name is.
    ("import", 7, Leg::Top),
    ("export", 7, Leg::Top),
    ("split", 8, Leg::Top),
    // Pairs spans as eval does, and asks the core for zones.
    ("report", 8, Leg::Top),
    ("stats", 8, Leg::Top),
    // Asks eval how places in texts are shown, and import for rows of lists.
    ("mine", 8, Leg::Top),
    ("lib", 8, Leg::Top),
    ("main", 9, Leg::Top),
    ("cli", 9, Leg::Top),
    ("python", 9, Leg::Top),
];

/// The two legs never import each other; the top stands on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leg {
    Both,
    Core,
    Edge,
    Top,
}

/// Imports that the floors forbid and that are right all the same, each with its reason.
const IMPORT_EXCEPTIONS: [(&str, &str); 1] = [
    // A name that can't be a label is an `Error` like all others; `error` knows nothing of spans.
    ("span", "error"),
];

/// Words that only some files may have, and why.
const WORDS: [(&[&str], &[&str], &str); 8] = [
    (
        &["fs", "File", "OpenOptions", "walkdir", "glob", "tempfile"],
        &[
            "read/",
            "gazetteer/source.rs",
            "gazetteer/compiled.rs",
            "patterns/source.rs",
            "machine/mod.rs",
            "batch/",
            "config.rs",
            "cli/",
            // A gazetteer that a program made is written where it says.
            "python/gazetteer.rs",
        ],
        "only read, gazetteer::source, gazetteer::compiled (through machine), patterns::source, batch, config, cli and python touch files",
    ),
    (
        &["spawn", "scope", "ThreadPoolBuilder"],
        // cli/output.rs: the progress bar ticks in a thread of its own; it reads one counter and no document. And it says how many
        // threads rayon's pool has. cli/view.rs: the pager is a process.
        // python/workers.rs: rayon's own pool would hang in a process that was forked.
        &[
            "batch/",
            "cli/output.rs",
            "cli/view.rs",
            "python/workers.rs",
        ],
        "threads start in batch alone (rayon's pool apart)",
    ),
    (
        &["aho_corasick"],
        &["matcher/substring.rs"],
        "aho-corasick is an implementation of one file",
    ),
    (
        &["SerializedFileWriter", "rmp"],
        &["write/parquet/", "write/spacy/", "annotated/"],
        "parquet and MessagePack are implementations of a few formats",
    ),
    (&["unsafe"], &["machine/"], "unsafe code lives in machine"),
    // read/jsonl.rs: the fields of a line, in their order; nothing of the core is read this way. explain/: decisions in
    // words, for programs that look after lists. import/: lines of other systems, skipped where they are not needed.
    (
        &["Serialize", "Deserialize"],
        &["record.rs", "read/jsonl.rs", "explain/mod.rs", "import/"],
        "the record is the only serializable type",
    ),
    (
        &["clap", "anstream", "indicatif"],
        &["cli/"],
        "the library knows no command line",
    ),
    (
        // No clock and no environment but where the program starts: the same input gives the same bytes.
        // batch/state.rs, write/mod.rs, python/mod.rs: the version, which is known when the crate is compiled.
        &["SystemTime", "Instant", "env"],
        &["cli/", "batch/state.rs", "write/mod.rs", "python/mod.rs"],
        "annotating reads no clock and no environment",
    ),
];

#[test]
fn files_import_from_the_floors_below_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    let lib = Code::of(&fs::read_to_string(root.join("lib.rs")).unwrap());
    let exports = lib.exports();
    assert!(
        exports
            .iter()
            .any(|(name, unit)| name == "Annotator" && unit == "annotator"),
        "{exports:?}"
    );
    let mut found = Vec::new();
    for file in &files {
        let name = file
            .strip_prefix(&root)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        found.extend(violations(
            &name,
            &fs::read_to_string(file).unwrap(),
            &exports,
        ));
    }
    for (unit, _, _) in FLOORS {
        let there = root.join(format!("{unit}.rs")).exists() || root.join(unit).exists();
        if !there {
            found.push(format!("{unit}: has a floor and is no longer there"));
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn planted_violations_are_found() {
    let exports = [
        ("Annotator".to_owned(), "annotator".to_owned()),
        ("Batch".to_owned(), "batch".to_owned()),
    ];
    for (file, source, expected) in [
        (
            "tokens/mod.rs",
            "use crate::matcher::Matcher;",
            "imports matcher",
        ),
        (
            "tokens/mod.rs",
            "use crate::{span::Span, gazetteer::{Entry, Gazetteer}};",
            "imports gazetteer",
        ),
        (
            "tokens/mod.rs",
            "use crate :: {\n    span::Span,\n    // a comment, gazetteer\n    zones::zones };",
            "imports zones",
        ),
        (
            "tokens/mod.rs",
            "fn f() -> crate::matcher::Match { g() }",
            "imports matcher",
        ),
        (
            "tokens/gap.rs",
            "fn f(x: super::super::matcher::Match) {}",
            "super::super",
        ),
        ("document.rs", "use super::annotator::Found;", "super"),
        ("read/text.rs", "use crate::Annotator;", "imports annotator"),
        ("write/jsonl.rs", "use crate::tokens::Tokens;", "other leg"),
        ("annotator.rs", "use crate::write::Writer;", "other leg"),
        ("gazetteer/index.rs", "use std::fs;", "touch files"),
        (
            "gazetteer/index.rs",
            "use std::{fs::read, io};",
            "touch files",
        ),
        ("zones.rs", "let f = std::fs::File::open(p);", "touch files"),
        ("annotator.rs", "std::thread::spawn(|| 1);", "threads"),
        (
            "annotator.rs",
            "thread::scope(|s| { s.spawn(f); });",
            "threads",
        ),
        (
            "matcher/mod.rs",
            "use aho_corasick::AhoCorasick;",
            "aho-corasick",
        ),
        ("tokens/mod.rs", "let c = unsafe { *p };", "unsafe"),
        ("span.rs", "#[derive(Serialize)] struct S;", "serializable"),
        (
            "annotator.rs",
            "let t = std::time::Instant::now();",
            "clock",
        ),
        ("cli/view.rs", "use crate::batch::Batch;", "public API"),
        ("cli/view.rs", "use crate::Batch;", "public API"),
        ("main.rs", "use crate::annotator::Annotator;", "public API"),
        (
            "python/tagger.rs",
            "use crate::{Annotator, batch::Batch};",
            "crate::batch: the extension module",
        ),
        ("batch.rs", "use super::*;", "super::*"),
        ("lib.rs", "pub use annotator::*;", "glob"),
        ("helpers.rs", "fn f() {}", "no floor"),
    ] {
        let found = violations(file, source, &exports);
        assert!(
            found.iter().any(|v| v.contains(expected)),
            "{file}: {source}: {found:?}"
        );
    }
}

#[test]
fn what_is_allowed_is_no_violation() {
    let exports = [("Span".to_owned(), "span".to_owned())];
    for (file, source) in [
        (
            "matcher/mod.rs",
            "use crate::{document::{AliasId, gazetteer}, span::Span, gazetteer::Gazetteer};\nuse self::policy::x;",
        ),
        (
            "matcher/policy.rs",
            "use super::{Hit, Match};\nuse crate::matcher::token_index;",
        ),
        (
            "matcher/policy.rs",
            "// crate::batch::Batch\n/// [`crate::Batch`]\n/* unsafe { crate::batch } */ let s = \"crate::batch unsafe\";",
        ),
        (
            "matcher/policy.rs",
            "let a = '\"'; let b: &'static str = r#\"fs::read \"quoted\" \"#; let c = '\\''; let d = b'\"';",
        ),
        (
            "tokens/mod.rs",
            "pub(crate) fn f(s: crate::Span) {}\n#[cfg(test)]\nmod tests {\n    use super::*;\n}",
        ),
        (
            "batch.rs",
            "use crate::{annotator::Annotator, read::Sources, write::Writer};\nuse rayon::prelude::*;",
        ),
        (
            "cli/output.rs",
            "use super::annotate::Args;\nuse wiretag::Error;\nuse crate::cli::shell;",
        ),
        ("document.rs", "use crate::span::Span;"),
    ] {
        let found = violations(file, source, &exports);
        assert!(found.is_empty(), "{file}: {source}: {found:?}");
    }
}

fn rust_files(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// What a file of `src/` (named by its path in it) has that it must not have.
fn violations(file: &str, source: &str, exports: &[(String, String)]) -> Vec<String> {
    let code = Code::of(source);
    let mut found = Vec::new();
    let unit = file.split('/').next().unwrap().trim_end_matches(".rs");
    let Some(&(_, floor, leg)) = FLOORS.iter().find(|f| f.0 == unit) else {
        return vec![format!(
            "{file}: has no floor, give it one in FLOORS and in ARCHITECTURE.md"
        )];
    };
    for (line, import) in code.imports() {
        // `crate::Span` is a re-export of the root: what counts is where it comes from.
        let export = exports.iter().find(|(name, _)| *name == import);
        if unit == "python" && export.is_none() && import != unit {
            found.push(format!(
                "{file}:{line}: crate::{import}: the extension module uses the public API alone"
            ));
        }
        let import = export.map_or(import, |(_, unit)| unit.clone());
        if import == unit || IMPORT_EXCEPTIONS.contains(&(unit, &import)) {
            continue;
        }
        match FLOORS.iter().find(|f| f.0 == import) {
            _ if matches!(unit, "cli" | "main") => found.push(format!(
                "{file}:{line}: crate::{import}: the program uses the public API alone"
            )),
            None => found.push(format!("{file}:{line}: crate::{import} has no floor")),
            Some(&(_, _, other))
                if (leg, other) == (Leg::Core, Leg::Edge)
                    || (leg, other) == (Leg::Edge, Leg::Core) =>
            {
                found.push(format!("{file}:{line}: imports {import} of the other leg"));
            }
            Some(&(_, below, _)) if below >= floor => {
                found.push(format!(
                    "{file}:{line}: imports {import} (floor {below}), but stands on floor {floor}"
                ));
            }
            Some(_) => {}
        }
    }
    for (words, allowed, rule) in WORDS {
        if allowed
            .iter()
            .any(|a| file == *a || a.ends_with('/') && file.starts_with(a))
        {
            continue;
        }
        for token in code
            .tokens
            .iter()
            .filter(|t| words.contains(&t.text.as_str()))
        {
            found.push(format!("{file}:{}: {}: {rule}", token.line, token.text));
        }
    }
    code.upward(file, &mut found);
    found
}

/// The identifiers and signs of a source, without comments and literals.
struct Code {
    tokens: Vec<Token>,
}

struct Token {
    text: String,
    line: usize,
}

impl Code {
    fn of(source: &str) -> Code {
        let blank = without_literals(source);
        let mut tokens: Vec<Token> = Vec::new();
        let (mut line, mut in_word) = (1, false);
        for c in blank.chars() {
            let word = c.is_alphanumeric() || c == '_';
            match tokens.last_mut() {
                Some(last) if word && in_word => last.text.push(c),
                Some(last) if c == ':' && last.text == ":" => last.text.push(c),
                _ if c.is_whitespace() => {}
                _ => tokens.push(Token {
                    text: c.to_string(),
                    line,
                }),
            }
            in_word = word;
            line += usize::from(c == '\n');
        }
        Code { tokens }
    }

    fn text(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| &t.text)
    }

    /// Line and first name of every path below `crate::`, groups included.
    fn imports(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for i in
            (0..self.tokens.len()).filter(|&i| self.text(i) == "crate" && self.text(i + 1) == "::")
        {
            for at in self.heads(i + 2) {
                found.push((self.tokens[at].line, self.text(at).to_owned()));
            }
        }
        found
    }

    /// Where the first names of the path, or of the group of paths, at token `i` stand.
    fn heads(&self, i: usize) -> Vec<usize> {
        if self.text(i) != "{" {
            return vec![i];
        }
        let (mut heads, mut depth) = (Vec::new(), 0);
        for at in i..self.tokens.len() {
            match self.text(at) {
                "{" => depth += 1,
                "}" if depth == 1 => break,
                "}" => depth -= 1,
                _ if depth == 1 && matches!(self.text(at - 1), "{" | ",") => heads.push(at),
                _ => {}
            }
        }
        heads
    }

    /// Public modules of the root and names that it re-exports, and the files that they come from.
    fn exports(&self) -> Vec<(String, String)> {
        let public = |word: &'static str| {
            let at = 1..self.tokens.len();
            at.filter(move |&i| self.text(i) == word && self.text(i - 1) == "pub")
        };
        let modules = public("mod").map(|i| self.text(i + 1).to_owned());
        let mut found: Vec<_> = modules.map(|name| (name.clone(), name)).collect();
        for i in public("use") {
            let mut at = i + 1;
            while self.text(at + 1) == "::" {
                at += 2;
            }
            let unit = self.text(i + 1);
            found.extend(
                self.heads(at)
                    .into_iter()
                    .map(|head| (self.text(head).to_owned(), unit.to_owned())),
            );
        }
        found
    }

    /// Paths upward that the floors can't see, and globs that hide what is taken.
    fn upward(&self, file: &str, found: &mut Vec<String>) {
        let tests = (0..self.tokens.len())
            .find(|&i| self.text(i) == "mod" && self.text(i + 1) == "tests")
            .unwrap_or(self.tokens.len());
        // In a file of `src/` itself, and in the `mod.rs` of a folder, `super` is the root of the crate.
        let below_root =
            !file.contains('/') || file.ends_with("/mod.rs") && file.matches('/').count() == 1;
        for i in (0..tests).filter(|&i| self.text(i + 1) == "::") {
            let line = self.tokens[i].line;
            match (self.text(i), self.text(i + 2)) {
                ("super", "super") => {
                    found.push(format!("{file}:{line}: super::super: write crate::"))
                }
                ("super", "*") => {
                    found.push(format!("{file}:{line}: super::* stands in tests alone"))
                }
                ("super", _) if below_root => {
                    found.push(format!("{file}:{line}: super: write crate::"))
                }
                _ => {}
            }
        }
        for i in
            (1..tests).filter(|&i| self.text(i) == "use" && matches!(self.text(i - 1), "pub" | ")"))
        {
            let end = (i..tests).find(|&k| self.text(k) == ";").unwrap_or(tests);
            if (i..end).any(|k| self.text(k) == "*") {
                found.push(format!("{file}:{}: a glob re-export", self.tokens[i].line));
            }
        }
    }
}

/// The source with spaces in the place of comments, strings and characters; line ends stay.
fn without_literals(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let starts = |at: usize, what: &str| {
        what.chars()
            .enumerate()
            .all(|(k, c)| chars.get(at + k) == Some(&c))
    };
    let mut i = 0;
    while i < chars.len() {
        let from = i;
        let in_word = i > 0 && (chars[i - 1].is_alphanumeric() || chars[i - 1] == '_');
        if starts(i, "//") {
            i += chars[i..].iter().take_while(|c| **c != '\n').count();
        } else if starts(i, "/*") {
            let mut depth = 0;
            loop {
                if starts(i, "/*") {
                    (depth, i) = (depth + 1, i + 2);
                } else if starts(i, "*/") {
                    (depth, i) = (depth - 1, i + 2);
                } else {
                    i += 1;
                }
                if depth == 0 || i >= chars.len() {
                    break;
                }
            }
        } else if let Some(hashes) = raw_string(&chars, i).filter(|_| !in_word) {
            let close: String = std::iter::once('"')
                .chain("#".repeat(hashes).chars())
                .collect();
            i += chars[i..].iter().take_while(|c| **c != '"').count() + 1;
            while i < chars.len() && !starts(i, &close) {
                i += 1;
            }
            i += close.len();
        } else if chars[i] == '"' {
            i += 1;
            while i < chars.len() && chars[i] != '"' {
                i += if chars[i] == '\\' { 2 } else { 1 };
            }
            i += 1;
        } else if chars[i] == '\''
            && (chars.get(i + 1) == Some(&'\\') || chars.get(i + 2) == Some(&'\''))
        {
            // Not a lifetime: those have no second quotation mark so near.
            i += if chars[i + 1] == '\\' { 3 } else { 2 };
            while i < chars.len() && chars[i] != '\'' {
                i += 1;
            }
            i += 1;
        } else {
            out.push(chars[i]);
            i += 1;
            continue;
        }
        out.extend(
            chars[from..i.min(chars.len())]
                .iter()
                .map(|&c| if c == '\n' { c } else { ' ' }),
        );
    }
    out
}

/// The number of `#` if a raw string starts here.
fn raw_string(chars: &[char], i: usize) -> Option<usize> {
    let at = if chars[i] == 'b' { i + 1 } else { i };
    if chars.get(at) != Some(&'r') {
        return None;
    }
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    (chars.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}
