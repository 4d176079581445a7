//! `wiretag rules`: what finds entities besides the names of the lists.

use super::output;
use serde_json::json;
use std::{io::Write, process::ExitCode};
use wiretag::{Error, Rule};

/// Lists the rules: family, name, and what each does.
///
/// Examples:
///   wiretag rules
///   wiretag annotate news/ --without person-short,place-state
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Args {
    /// Write JSON, one object a rule and line: family, name, about
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    let mut out = output::stdout();
    let width = Rule::ALL.iter().map(|r| r.as_str().len()).max();
    let width = width.unwrap_or_default();
    for rule in Rule::ALL {
        let (family, name, about) = (rule.family(), rule.as_str(), rule.about());
        match args.json {
            true => {
                let rule = json!({"family": family, "name": name, "about": about});
                writeln!(out, "{rule}")?;
            }
            false => writeln!(out, "{family:12}  {name:width$}  {about}")?,
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
