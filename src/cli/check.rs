//! `wiretag check`: proof that annotated files are what they claim to be.

use super::{
    eval::parse_annotated,
    output::{self, plural},
};
use std::{
    collections::BTreeSet,
    io::{self, Write},
    process::ExitCode,
};
use wiretag::{
    Error, Label, Severity,
    annotated::{Documents, Fault, Format, Options},
    check::{Checker, Rules},
};

/// Proves annotated files: offsets, units, labels, ids, overlaps, tokens and tags.
///
/// Reads all formats that convert reads. Each finding is a line with file and line number; offsets that would be right in another unit
/// are told to be in that. Warnings (a span that ends inside a word, say) do not change the exit status unless --strict is given.
///
/// Exit status: 0 nothing was found; 1 something was; 2 the work could not start or finish.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders (hidden files are left out), patterns; - is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,

    /// Format of the input: jsonl, prodigy, doccano, label-studio, bdocjs, brat, conll, gliner, spacy, parquet [default: by name, then content]
    #[arg(long, value_name = "FORMAT", value_parser = parse_annotated)]
    from: Option<Format>,

    /// The labels there may be [default: all]
    #[arg(long, value_name = "LABEL,...", value_delimiter = ',')]
    labels: Vec<String>,

    /// May spans overlap: allow, forbid [default: where the format allows it]
    #[arg(long, value_name = "POLICY", value_parser = ["allow", "forbid"])]
    overlaps: Option<String>,

    /// Warnings are findings like others
    #[arg(long)]
    strict: bool,

    /// Write an object of JSON for each finding, and one with the summary
    #[arg(long)]
    json: bool,

    /// Show no findings but the first N (all are counted)
    #[arg(long, value_name = "N")]
    most: Option<u64>,
}

const EXAMPLES: &str = "\
Examples:
  Before training:
    wiretag check gold.jsonl --labels COUNTRY,ORG,PERSON,WEAPON
  What came back from the annotators:
    wiretag check export.json
    wiretag check collection/ --from brat --overlaps forbid
  In continuous integration:
    wiretag check data/*.jsonl --strict --json > findings.jsonl";

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    let labels = args.labels.iter().map(|l| Label::new(l));
    let labels = labels.collect::<Result<BTreeSet<_>, _>>()?;
    let rules = Rules {
        labels: (!labels.is_empty()).then_some(labels),
        overlaps: args.overlaps.as_deref().map(|o| o == "allow"),
    };
    let options = Options {
        from: args.from,
        ..Options::default()
    };
    let mut findings = Findings {
        args,
        out: output::stdout(),
        errors: 0,
        warnings: 0,
    };
    let mut checker = Checker::new(rules);
    for document in Documents::new(args.paths.iter().map(String::as_str), &options) {
        match document {
            Ok(claimed) => {
                for fault in checker.check(&claimed) {
                    findings.add(&claimed.file, &fault)?;
                }
            }
            Err((file, fault)) => {
                checker.count(&fault);
                findings.add(&file, &fault)?;
            }
        }
    }
    let bad = findings.errors > 0 || args.strict && findings.warnings > 0;
    findings.finish(&checker)?;
    Ok(ExitCode::from(u8::from(bad)))
}

/// Where findings go.
struct Findings<'a> {
    args: &'a Args,
    out: output::Named,
    errors: u64,
    warnings: u64,
}

impl Findings<'_> {
    fn add(&mut self, file: &str, fault: &Fault) -> io::Result<()> {
        match fault.severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
        let all = self.errors + self.warnings;
        if self.args.most.is_some_and(|most| all > most) {
            return Ok(());
        }
        let (line, message) = (fault.line, &fault.message);
        let severity = match fault.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        if self.args.json {
            let finding = serde_json::json!({
                "file": file,
                "line": line,
                "severity": severity,
                "kind": fault.kind.as_str(),
                "message": message,
            });
            return writeln!(self.out, "{finding}");
        }
        let warning = match fault.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        writeln!(self.out, "{file}:{line}: {warning}{message}")
    }

    fn finish(mut self, checker: &Checker) -> io::Result<()> {
        let counts = checker.counts();
        let spans: u64 = counts.spans.values().sum();
        let kinds = counts.faults.iter();
        if self.args.json {
            let kinds: serde_json::Map<_, _> = kinds
                .map(|(kind, n)| (kind.as_str().to_owned(), (*n).into()))
                .collect();
            let labels: serde_json::Map<_, _> = counts
                .spans
                .iter()
                .map(|(label, n)| (label.as_str().to_owned(), (*n).into()))
                .collect();
            let summary = serde_json::json!({"summary": {
                "files": counts.files,
                "documents": counts.documents,
                "spans": labels,
                "errors": self.errors,
                "warnings": self.warnings,
                "kinds": kinds,
            }});
            writeln!(self.out, "{summary}")?;
            return self.out.flush();
        }
        let all = self.errors + self.warnings;
        if let Some(more) = self
            .args
            .most
            .and_then(|most| all.checked_sub(most))
            .filter(|m| *m > 0)
        {
            writeln!(self.out, "{more} more")?;
        }
        let told = match (self.errors, self.warnings) {
            (0, 0) => "nothing found".to_owned(),
            (e, w) => {
                let kinds: Vec<String> = kinds.map(|(kind, n)| format!("{kind} {n}")).collect();
                let warnings = match w {
                    0 => String::new(),
                    w => format!(", {}", plural(w, "warning")),
                };
                format!("{}{warnings} ({})", plural(e, "error"), kinds.join(", "))
            }
        };
        writeln!(
            self.out,
            "{}, {}, {}: {told}",
            plural(counts.files, "file"),
            plural(counts.documents, "document"),
            plural(spans, "span")
        )?;
        self.out.flush()
    }
}
