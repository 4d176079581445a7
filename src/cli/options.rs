//! Options that several commands take: which gazetteers and rules are applied, and how input is read.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};
use wiretag::{
    Annotator, AnnotatorBuilder, Case, Document, Error, Gazetteer, Label, OffsetUnit, Patterns,
    Problem, Rule, SourceDefaults, Titles,
    read::{Format, Inventory, ReadOptions, Sources, Stream},
};
use xxhash_rust::xxh3::Xxh3;

// No doc comments on these: the help of a command would begin with them.

// Which gazetteers and rules are applied.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct GazetteerArgs {
    /// Take this file for wiretag.toml, which is looked for upwards from here; none for none
    #[arg(long, value_name = "FILE", help_heading = "Gazetteers")]
    config: Option<PathBuf>,

    /// The configuration that was found, in words.
    #[arg(skip)]
    pub(super) configuration: Option<String>,

    /// Add a gazetteer: a list, a folder of lists, a compiled one; comes before the built-in ones where names tie
    #[arg(short, long, value_name = "PATH", help_heading = "Gazetteers")]
    gazetteer: Vec<PathBuf>,

    /// Leave the built-in gazetteers out
    #[arg(long, help_heading = "Gazetteers")]
    no_builtin: bool,

    /// Add patterns: spaCy's and Prodigy's patterns.jsonl; may be given more than once
    #[arg(long, value_name = "FILE", help_heading = "Gazetteers")]
    patterns: Vec<PathBuf>,

    /// Apply lists alone (and --patterns), no rules
    #[arg(long, help_heading = "Gazetteers")]
    no_rules: bool,

    /// Apply all rules but these; wiretag rules lists them
    #[arg(
        long,
        value_name = "RULE,...",
        value_delimiter = ',',
        value_parser = rule(),
        hide_possible_values = true,
        conflicts_with = "no_rules",
        help_heading = "Gazetteers"
    )]
    without: Vec<Rule>,

    /// Titles are parts of people (President Obama), and people where they stand alone: outside, inside
    #[arg(long, value_name = "WHERE", value_parser = |word: &str| super::named(word, Titles::ALL, Titles::as_str), default_value = "outside", conflicts_with = "no_rules", help_heading = "Gazetteers")]
    titles: Titles,

    /// The field of meta with the date of a document, for names that count from or until a day
    #[arg(
        long,
        value_name = "FIELD",
        default_value = "date",
        help_heading = "Gazetteers"
    )]
    date_field: String,

    /// Label of the names in a plain list given with -g
    #[arg(long, value_name = "NAME", help_heading = "Gazetteers")]
    label: Option<String>,

    /// Case policy of names in -g files that set none [default: by the form of each name]
    #[arg(long, value_name = "POLICY", value_parser = ["any", "title", "exact"], help_heading = "Gazetteers")]
    case: Option<String>,
}

// How a run goes.
#[derive(Debug, clap::Args)]
pub(super) struct RunArgs {
    /// Threads that work [default: one a core]
    #[arg(
        short = 'j',
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true,
        value_parser = clap::value_parser!(u16).range(0..=1024)
    )]
    threads: u16,

    /// Say nothing but what is wrong
    #[arg(short, long)]
    pub(super) quiet: bool,
}

impl RunArgs {
    /// Threads that work; 0 for one a core.
    pub(super) fn threads(&self) -> usize {
        usize::from(self.threads)
    }
}

// How input is read.
#[derive(Debug, clap::Args)]
pub(super) struct InputArgs {
    /// Format: text, markdown, jsonl, json, html, csv, tsv, warc, parquet [default: by name, then content]
    #[arg(long, value_name = "FORMAT", value_parser = parse_from, help_heading = "Input")]
    from: Option<Format>,

    /// JSONL, JSON, CSV, TSV, Parquet: fields that make the text, joined by a blank line
    #[arg(
        long,
        value_name = "FIELD,...",
        value_delimiter = ',',
        default_value = "text",
        help_heading = "Input"
    )]
    text_field: Vec<String>,

    /// JSONL, JSON, CSV, TSV, Parquet: field with the id
    #[arg(
        long,
        value_name = "FIELD",
        default_value = "id",
        help_heading = "Input"
    )]
    id_field: String,

    /// Encoding of input that is not UTF-8 [default: as HTML declares, else a guess]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    encoding: Option<String>,

    /// The most bytes a document may have: 500K, 64M, 1G
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "64M", help_heading = "Input")]
    max_document: usize,
}

/// Which gazetteers and rules are applied, all checked; nothing is read yet.
pub(super) struct Gazetteers {
    paths: Vec<PathBuf>,
    patterns: Vec<PathBuf>,
    builtin: bool,
    rules: bool,
    without: Vec<Rule>,
    titles: Titles,
    date_field: String,
    defaults: SourceDefaults,
    configuration: Option<String>,
}

impl GazetteerArgs {
    /// The options as they were given: annotations depend on them.
    pub(super) fn options(&self) -> Vec<(&'static str, String)> {
        let mut without: Vec<&str> = self.without.iter().map(|r| r.as_str()).collect();
        without.sort_unstable();
        without.dedup();
        vec![
            ("--no-builtin", self.no_builtin.to_string()),
            ("--no-rules", self.no_rules.to_string()),
            ("--without", without.join(",")),
            ("--titles", self.titles.as_str().to_owned()),
            ("--date-field", self.date_field.clone()),
            ("--label", self.label.clone().unwrap_or_default()),
            ("--case", self.case.clone().unwrap_or_default()),
        ]
    }

    /// The same with one more gazetteer, or with patterns if the name ends with .jsonl, before all others.
    pub(super) fn with(&self, path: PathBuf) -> GazetteerArgs {
        let mut with = self.clone();
        match path.extension().is_some_and(|e| e == "jsonl") {
            true => with.patterns.insert(0, path),
            false => with.gazetteer.insert(0, path),
        }
        with
    }

    pub(super) fn resolve(self) -> Result<Gazetteers, Error> {
        if self.no_builtin && self.gazetteer.is_empty() && self.patterns.is_empty() {
            return Err(Error::invalid(
                "--no-builtin leaves no gazetteer: add one with -g, or patterns with --patterns",
            ));
        }
        Ok(Gazetteers {
            paths: self.gazetteer,
            patterns: self.patterns,
            builtin: !self.no_builtin,
            rules: !self.no_rules,
            without: self.without,
            titles: self.titles,
            date_field: self.date_field,
            configuration: self.configuration,
            defaults: SourceDefaults {
                label: self.label.as_deref().map(Label::new).transpose()?,
                case: self.case.as_deref().map(case_policy),
            },
        })
    }
}

impl Gazetteers {
    /// What the files given with -g are, without opening one.
    pub(super) fn inventory(&self) -> Inventory {
        inventory(&self.paths)
    }

    /// The configuration that holds, if there is one, in words.
    pub(super) fn configuration(&self) -> Option<&str> {
        self.configuration.as_deref()
    }

    /// What the files given with --patterns are.
    pub(super) fn patterns_inventory(&self) -> Inventory {
        inventory(&self.patterns)
    }

    /// All of this in words, with hashes (XXH3 of 64 bits) of the bytes of files: `xxhsum -H3 ships.tsv`.
    pub(super) fn described(&self) -> Result<String, Error> {
        let mut parts = vec![format!("wiretag {}", env!("CARGO_PKG_VERSION"))];
        for (what, paths) in [("list", &self.paths), ("patterns", &self.patterns)] {
            for source in Sources::new(paths.iter().map(|p| p.to_string_lossy())) {
                let source = source.map_err(|e| Error::invalid(e.to_string()))?;
                let Some(path) = source.path else { continue };
                // Of a folder the lists alone are read.
                let is_list = path.extension().is_some_and(|e| e == "tsv" || e == "txt");
                if is_list || paths.contains(&path) {
                    let hash = hash(&path);
                    let hash =
                        hash.map_err(|e| Error::invalid(format!("{}: {e}", path.display())))?;
                    parts.push(format!("{what} {} {hash:016x}", source.id));
                }
            }
        }
        parts.push(match self.builtin {
            true => format!("built-in lists {:016x}", Gazetteer::builtin_hash()),
            false => "no built-in lists".to_owned(),
        });
        let without: Vec<&str> = self.without.iter().map(|r| r.as_str()).collect();
        parts.push(match (self.rules, without.is_empty()) {
            (false, _) => "no rules".to_owned(),
            (true, true) => "all rules".to_owned(),
            (true, false) => format!("all rules but {}", without.join(", ")),
        });
        parts.extend(
            self.configuration
                .iter()
                .map(|c| format!("configuration {c}")),
        );
        Ok(parts.join("; "))
    }

    /// Reads the gazetteers and makes the annotator that has these rules.
    pub(super) fn annotator(&self, settings: &mut AnnotatorBuilder) -> Result<Annotator, Error> {
        let mut builder = Gazetteer::builder();
        for path in &self.paths {
            builder.add_path(path, &self.defaults)?;
        }
        if self.builtin {
            builder.add_builtin();
        }
        settings.patterns(Patterns::from_paths(&self.patterns)?);
        settings.rules(self.rules);
        settings.without(self.without.iter().copied());
        settings.titles(self.titles);
        settings.date_field(&self.date_field);
        let annotator = settings.build(builder.build()?)?;
        // Freeing a hundred thousand small strings takes longer than annotating an article, and the process ends when the work is done.
        std::mem::forget(builder);
        Ok(annotator)
    }
}

/// The hash of a file's bytes.
fn hash(path: &Path) -> io::Result<u64> {
    let (mut file, mut hash) = (File::open(path)?, Xxh3::new());
    let mut bytes = vec![0; 1 << 20];
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(hash.digest()),
            n => hash.update(&bytes[..n]),
        }
    }
}

fn inventory(paths: &[PathBuf]) -> Inventory {
    Sources::new(paths.iter().map(|p| p.to_string_lossy())).inventory()
}

impl InputArgs {
    /// The options as they were given: annotations depend on them.
    pub(super) fn options(&self) -> Vec<(&'static str, String)> {
        vec![
            ("--from", self.from.map_or("", Format::as_str).to_owned()),
            ("--text-field", self.text_field.join(",")),
            ("--id-field", self.id_field.clone()),
            ("--encoding", self.encoding.clone().unwrap_or_default()),
            ("--max-document", self.max_document.to_string()),
        ]
    }

    pub(super) fn resolve(self) -> Result<ReadOptions, Error> {
        let mut read = ReadOptions::default();
        read.from = self.from;
        read.text_fields = self.text_field;
        read.id_field = self.id_field;
        read.max_document = self.max_document;
        if let Some(name) = &self.encoding {
            read.set_encoding(name)?;
        }
        Ok(read)
    }
}

/// Calls with every document of the sources, and with what is wrong with them.
pub(super) fn each_document(
    sources: Sources,
    read: &ReadOptions,
    problem: &mut dyn FnMut(Problem),
    mut call: impl FnMut(&Document) -> Result<(), Error>,
) -> Result<(), Error> {
    for source in sources {
        let stream = source.and_then(|s| Stream::open(&s, read, &Default::default()));
        let stream = match stream {
            Ok(stream) => stream,
            Err(p) => {
                problem(p);
                continue;
            }
        };
        for raw in stream {
            match raw {
                Ok(raw) => {
                    let parsed = raw.parse(read);
                    parsed.problems.into_iter().for_each(&mut *problem);
                    if let Some(doc) = &parsed.document {
                        call(doc)?;
                    }
                }
                Err(p) => problem(p),
            }
        }
    }
    Ok(())
}

/// Rules by their names; others are refused with the list of those that there are.
fn rule() -> impl TypedValueParser<Value = Rule> {
    let names = Rule::ALL.iter().map(|r| r.as_str());
    PossibleValuesParser::new(names)
        .map(|name| Rule::of_name(&name).expect("only names of rules are let through"))
}

/// The case policy of one of the words that `--case` takes.
pub(super) fn case_policy(word: &str) -> Case {
    match word {
        "any" => Case::Any,
        "title" => Case::Title,
        _ => Case::Exact,
    }
}

pub(super) fn parse_unit(word: &str) -> Result<OffsetUnit, String> {
    super::named(
        word,
        &[OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16],
        OffsetUnit::as_str,
    )
}

fn parse_from(word: &str) -> Result<Format, String> {
    super::named(word, Format::ALL, Format::as_str)
}

/// A share of 1: a score is one too.
pub(super) fn parse_share(word: &str) -> Result<f64, String> {
    let share = word.parse().ok().filter(|s| (0.0..=1.0).contains(s));
    share.ok_or_else(|| "write a number from 0 to 1, such as 0.9".to_owned())
}

/// `64M` in bytes; the letters stand for powers of 1024.
pub(super) fn parse_size(text: &str) -> Result<usize, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..]
        .to_ascii_uppercase()
        .trim_end_matches("IB")
        .trim_end_matches('B')
    {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return Err("write 500K, 64M or 1G".into()),
    };
    // Offsets inside have 32 bits.
    const MOST: usize = (4 << 30) - (1 << 20);
    match digits
        .parse::<usize>()
        .ok()
        .and_then(|n| n.checked_mul(factor))
    {
        Some(0) | None => Err("write 500K, 64M or 1G".into()),
        Some(n) if n > MOST => Err("the most is 4095M".into()),
        Some(n) => Ok(n),
    }
}
