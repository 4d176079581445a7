//! `wiretag gazetteer import`: names that other systems know, as a list.

use crate::cli::{
    named,
    output::{self, complain, plural},
};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Seek, Write},
    path::PathBuf,
    process::ExitCode,
};
use wiretag::{
    Error, Label,
    import::{Import, ImportFormat, ImportOptions, ImportReport, ImportedRow},
    read::Sources,
};

/// Makes a list of what other systems know: Wikidata, OpenSanctions, GeoNames, spaCy, GATE, CoreNLP, tables.
///
/// Reads .gz, .bz2 and .zst as they are. Names are typed (acronyms, demonyms, former names, codes, weak ones); those that are common
/// words, codes or very short count near the entity's name alone, or are left if there is nothing to tell them by. The entities that
/// are known best stand first, which wins where a name is several entities'. What was taken and left, and why, is told at the end.
///
/// Exit status: 0 all was read; 1 some lines could not be; 2 the work could not start or finish.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders, patterns; - is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,

    /// Format: wikidata, ftm, geonames, spacy-patterns, gate, regexner, csv
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    from: ImportFormat,

    /// Write to this file; with several labels each has one: FILE-org.tsv
    #[arg(short, long, value_name = "FILE.tsv")]
    output: PathBuf,

    /// What the list was made from, for its header: a name and a date
    #[arg(long, value_name = "TEXT")]
    source: String,

    /// The licence of the source, for its header
    #[arg(long, value_name = "TEXT")]
    licence: String,

    /// Take this class of the source (Q6256, Company, PPL, a label) as a label; may be repeated
    #[arg(long = "class", value_name = "CLASS=LABEL", value_parser = class)]
    classes: Vec<(String, Label)>,

    /// Label of what is in none of these classes [default: it is left]
    #[arg(long, value_name = "NAME")]
    label: Option<String>,

    /// Languages of the names, the first for canonical names
    #[arg(
        long,
        value_name = "CODE,...",
        value_delimiter = ',',
        default_value = "en"
    )]
    language: Vec<String>,

    /// Leave what has fewer sitelinks (wikidata) or inhabitants (geonames)
    #[arg(long, value_name = "N", default_value_t = 0)]
    least: u64,

    /// csv: which column is what, if not by their names: name=Title,@iso=ISO3
    #[arg(long, value_name = "COLUMN=NAME,...", value_delimiter = ',', value_parser = column)]
    columns: Vec<(String, String)>,

    /// Leave lines larger than this many bytes
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20)]
    max_document: usize,

    /// Say nothing on standard error but what is wrong
    #[arg(short, long)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  wiretag gazetteer import --from wikidata latest-all.json.bz2 --class Q6256=COUNTRY --class Q43229=ORG --least 5 \\
    --source 'Wikidata, dump of 2026-11-02' --licence CC0-1.0 -o wikidata.tsv
  wiretag gazetteer import --from ftm entities.ftm.json --source OpenSanctions --licence 'CC BY-NC 4.0' -o sanctions.tsv
  wiretag gazetteer import --from csv ships.csv --label SHIP --columns name=Ship,aliases=AKA \\
    --source 'harbour register' --licence unknown -o ships.tsv";

fn format(word: &str) -> Result<ImportFormat, String> {
    named(word, ImportFormat::ALL, ImportFormat::as_str)
}

fn class(text: &str) -> Result<(String, Label), String> {
    let (class, label) = column(text)?;
    Ok((class, Label::new(&label).map_err(|e| e.to_string())?))
}

fn column(text: &str) -> Result<(String, String), String> {
    let pair = text
        .split_once('=')
        .filter(|(a, b)| !a.is_empty() && !b.is_empty());
    let (a, b) = pair.ok_or("write it as A=B")?;
    Ok((a.to_owned(), b.to_owned()))
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    let import = Import::new(
        args.from,
        ImportOptions {
            classes: args.classes.clone(),
            label: args.label.as_deref().map(Label::new).transpose()?,
            languages: args.language.clone(),
            least: args.least,
            columns: args.columns.clone(),
            max_document: args.max_document,
        },
    )?;
    let mut lists = Lists::default();
    let sources = Sources::new(args.paths.iter().map(String::as_str));
    let report = import.run(
        sources.without([&args.output]),
        &mut |row| lists.add(&row),
        &mut |problem| complain(&problem),
    )?;
    let files = lists.write(args, &import.columns())?;
    if !args.quiet {
        tell(&report, &files);
    }
    Ok(ExitCode::from(u8::from(report.problems > 0)))
}

/// The rows of each label and rank, in files without a name until all are known: what is known best comes first in a list.
#[derive(Default)]
struct Lists {
    rows: BTreeMap<Label, BTreeMap<u8, BufWriter<File>>>,
}

impl Lists {
    fn add(&mut self, row: &ImportedRow) -> io::Result<()> {
        let ranks = self.rows.entry(row.label).or_default();
        let file = match ranks.entry(row.rank) {
            std::collections::btree_map::Entry::Occupied(file) => file.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(BufWriter::new(tempfile::tempfile()?))
            }
        };
        file.write_all(row.text.as_bytes())?;
        file.write_all(b"\n")
    }

    /// Writes a list for each label, whole or not at all.
    fn write(self, args: &Args, columns: &str) -> Result<Vec<PathBuf>, Error> {
        let single = self.rows.len() == 1;
        let mut files = Vec::new();
        for (label, ranks) in self.rows {
            let path = match single {
                true => args.output.clone(),
                false => output::with_label(&args.output, label),
            };
            let header = header(args, label, columns);
            output::persist(&path, |out| Ok(write_list(out, &header, ranks)?))?;
            files.push(path);
        }
        Ok(files)
    }
}

fn write_list(
    out: &mut impl Write,
    header: &str,
    ranks: BTreeMap<u8, BufWriter<File>>,
) -> io::Result<()> {
    out.write_all(header.as_bytes())?;
    for rows in ranks.into_values().rev() {
        let mut rows = rows.into_inner().map_err(|e| e.into_error())?;
        rows.rewind()?;
        io::copy(&mut rows, out)?;
    }
    Ok(())
}

fn header(args: &Args, label: Label, columns: &str) -> String {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let language = args.language.join(", ");
    let (source, licence) = (line(&args.source), line(&args.licence));
    let mut header = format!(
        "# label: {label}\n# language: {language}\n# source: {source}\n# licence: {licence}\n"
    );
    if label.as_str() == "COUNTRY" {
        header.push_str("# demonym-label: NATIONALITY\n");
    }
    header.push_str(&format!("# Imported from {}.\n{columns}\n", args.from));
    header
}

fn tell(report: &ImportReport, files: &[PathBuf]) {
    let entities: u64 = report.entities.values().sum();
    let names: u64 = report.names.values().sum();
    let labels: Vec<String> = report
        .entities
        .iter()
        .map(|(l, n)| format!("{l} {n}"))
        .collect();
    let kinds: Vec<String> = report
        .names
        .iter()
        .map(|(k, n)| format!("{k} {n}"))
        .collect();
    if entities == 0 {
        complain(&"taken: nothing, and nothing was written");
    } else {
        let entities = match entities {
            1 => "1 entity".to_owned(),
            n => format!("{n} entities"),
        };
        let files: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
        complain(&format!(
            "taken: {entities} ({}), {} ({})",
            labels.join(", "),
            plural(names, "name"),
            kinds.join(", ")
        ));
        complain(&format!(
            "       {} with a context or a lower priority",
            plural(report.guarded, "name")
        ));
        complain(&format!("written: {}", files.join(", ")));
    }
    for (reason, (n, first)) in &report.left {
        complain(&format!(
            "left: {n}, {reason}; first {}",
            output::shortened(first, 120)
        ));
    }
    if report.problems > 0 {
        complain(&format!(
            "{} could not be read",
            plural(report.problems, "line")
        ));
    }
}
