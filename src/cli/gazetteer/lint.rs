//! `wiretag gazetteer lint`: what is wrong in lists, and repairs.

use crate::cli::{
    options::case_policy,
    output::{self, complain, plural},
};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};
use wiretag::{Error, Label, LintCode, LintFinding, Linter, SourceDefaults};

/// Finds what is wrong in lists: names that flood a corpus, never match or have two labels, damaged text, missing sources.
///
/// Each finding has its place, a code and the way out; --codes lists the codes. Where an entry is meant as it is, a comment right
/// above it says so (above the columns it is for the whole file): # allow: common-word (a weapon wherever it stands)
///
/// Exit status: 0 nothing was found; 1 something was; 2 the work could not start or finish.
///
/// Examples:
///   wiretag gazetteer lint my-lists/
///   wiretag gazetteer lint my-lists/ --fix
///   wiretag gazetteer lint my-lists/ --json > findings.jsonl
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Args {
    /// Files or folders [default: the built-in gazetteers]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Rewrite the files with all repairs that change no meaning, then tell what is left
    #[arg(long, requires = "paths")]
    fix: bool,

    /// Label of the names in plain lists
    #[arg(long, value_name = "NAME")]
    label: Option<String>,

    /// Case policy of names in files that set none [default: by the form of each name]
    #[arg(long, value_name = "POLICY", value_parser = ["any", "title", "exact"])]
    case: Option<String>,

    /// Find names whose validity ended before this day too: 2026-11-22, 2026-11, 2026
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,

    /// Write an object of JSON for each finding, and one with the summary
    #[arg(long)]
    json: bool,

    /// List the codes of findings and what they mean
    #[arg(long, exclusive = true)]
    codes: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    if args.codes {
        return codes();
    }
    let defaults = SourceDefaults {
        label: args.label.as_deref().map(Label::new).transpose()?,
        case: args.case.as_deref().map(case_policy),
    };
    let mut linter = lists(args, &defaults)?;
    if args.paths.is_empty() {
        linter.add_builtin();
    }
    if args.fix {
        let fixed = fix(&linter)?;
        if fixed > 0 {
            linter = lists(args, &defaults)?;
        }
        complain(&format!("{} mended", plural(fixed as u64, "line")));
    }
    tell(&linter, args.json)
}

/// A linter that was given the files.
fn lists(args: &Args, defaults: &SourceDefaults) -> Result<Linter, Error> {
    let mut linter = Linter::new();
    if let Some(day) = &args.as_of {
        linter.as_of(day)?;
    }
    for path in &args.paths {
        linter.add_path(path, defaults)?;
    }
    Ok(linter)
}

fn codes() -> Result<ExitCode, Error> {
    let mut out = output::stdout();
    for code in LintCode::ALL {
        let fixable = if code.is_fixable() { "--fix" } else { "" };
        writeln!(out, "{code:15} {fixable:6} {}", code.about())?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Rewrites the files that need it; says how many lines were changed.
fn fix(linter: &Linter) -> Result<usize, Error> {
    let mut all = 0;
    for (path, text) in linter.texts() {
        let (mended, lines) = Linter::fix(text);
        if lines > 0 {
            rewrite(Path::new(path), &mended).map_err(|e| output::named(path, &e))?;
            all += lines;
        }
    }
    Ok(all)
}

/// Puts a text in place of a file's, at once, with its permissions.
fn rewrite(path: &Path, text: &str) -> io::Result<()> {
    // A link stays one.
    let path = fs::canonicalize(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".wiretag-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file()
        .set_permissions(fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|e| e.error)?;
    Ok(())
}

fn tell(linter: &Linter, json: bool) -> Result<ExitCode, Error> {
    let findings = linter.findings();
    let mut codes: BTreeMap<LintCode, u64> = BTreeMap::new();
    let mut out = output::stdout();
    for finding in &findings {
        *codes.entry(finding.code).or_default() += 1;
        match json {
            true => writeln!(out, "{}", object(finding))?,
            false => {
                let LintFinding {
                    path,
                    line,
                    code,
                    message,
                    ..
                } = finding;
                writeln!(out, "{path}:{line}: {code}: {message}")?;
                if let Some(line) = &finding.suggestion {
                    writeln!(out, "    {}", output::shortened(line, 200))?;
                }
            }
        }
    }
    let (files, names) = (linter.files() as u64, linter.names() as u64);
    if json {
        let codes: serde_json::Map<_, _> = codes
            .iter()
            .map(|(code, n)| (code.to_string(), (*n).into()))
            .collect();
        let summary = serde_json::json!({"summary": {
            "files": files,
            "names": names,
            "findings": findings.len(),
            "fixable": findings.iter().filter(|f| f.is_fixable()).count(),
            "codes": codes,
        }});
        writeln!(out, "{summary}")?;
    } else {
        let told = match findings.len() as u64 {
            0 => "nothing found".to_owned(),
            n => {
                let codes: Vec<String> = codes.iter().map(|(c, n)| format!("{c} {n}")).collect();
                let fixable = findings.iter().filter(|f| f.is_fixable()).count();
                let fix = match fixable {
                    0 => String::new(),
                    n => format!("; --fix mends {n}"),
                };
                format!("{} ({}){fix}", plural(n, "finding"), codes.join(", "))
            }
        };
        writeln!(
            out,
            "{}, {}: {told}",
            plural(files, "file"),
            plural(names, "name")
        )?;
    }
    out.flush()?;
    Ok(ExitCode::from(u8::from(!findings.is_empty())))
}

fn object(finding: &LintFinding) -> serde_json::Value {
    serde_json::json!({
        "file": finding.path,
        "line": finding.line,
        "code": finding.code.as_str(),
        "message": finding.message,
        "suggestion": finding.suggestion,
        "fixable": finding.is_fixable(),
    })
}
