//! Importing: what other systems know of names, to rows of a list. One file a format.
//!
//! Sources are read as a stream and parsed on all threads; rows come out in the order of the input. Names are typed, and those that
//! would flood a corpus get a policy, or are left with a reason.

mod csv;
mod ftm;
mod gate;
mod geonames;
mod patterns;
mod regexner;
mod row;
mod wikidata;

pub use row::ImportedRow;

use crate::{
    error::{Error, Problem},
    gazetteer::{AliasKind, Validity},
    read::{self, Raw, ReadOptions, Sources, Stream},
    span::Label,
};
use rayon::prelude::*;
use serde::Deserialize;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    io,
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident $word:literal => $module:ident::$type:ident,)*) => {
        /// A format that names are imported from.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ImportFormat {
            $($(#[$doc])* $name,)*
        }

        impl ImportFormat {
            /// All formats.
            pub const ALL: &'static [ImportFormat] = &[$(ImportFormat::$name),*];

            /// The word that `--from` takes.
            pub fn as_str(self) -> &'static str {
                match self { $(ImportFormat::$name => $word,)* }
            }

            fn importer(self) -> &'static dyn Importer {
                match self { $(ImportFormat::$name => &$module::$type,)* }
            }
        }
    };
}

formats! {
    /// The JSON dump of Wikidata, an entity a line.
    Wikidata "wikidata" => wikidata::Wikidata,
    /// OpenSanctions and others in FollowTheMoney, an entity a line; nested targets too.
    FollowTheMoney "ftm" => ftm::FollowTheMoney,
    /// The tables of GeoNames: `allCountries.txt`, `cities500.txt`, `KP.txt`.
    GeoNames "geonames" => geonames::GeoNames,
    /// Patterns of spaCy and Prodigy: phrases, and tokens that are plain words.
    Patterns "spacy-patterns" => patterns::Patterns,
    /// Lists of GATE: a `.def` and the `.lst` beside it, or a `.lst`.
    Gate "gate" => gate::Gate,
    /// RegexNER of CoreNLP: patterns that are plain words.
    RegexNer "regexner" => regexner::RegexNer,
    /// CSV or TSV with named columns.
    Csv "csv" => csv::Csv,
}

impl std::fmt::Display for ImportFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// What to take.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// The classes of the source to take (`Q5`, `Company`, `PPL`) and the label of each. Default: those of the format, if it has any.
    pub classes: Vec<(String, Label)>,
    /// The label of what is in no class of these; none leaves it. Default: none.
    pub label: Option<Label>,
    /// The languages of names that are taken, the first for canonical names. Default: `en`.
    pub languages: Vec<String>,
    /// What has fewer sitelinks (Wikidata) or inhabitants (GeoNames) is left. Default: 0.
    pub least: u64,
    /// CSV: which column is what: `name`, `aliases`, `@iso` and their names in the file. Default: by their names.
    pub columns: Vec<(String, String)>,
    /// The most bytes that a line may have. Default: 64 MiB.
    pub max_document: usize,
}

impl Default for ImportOptions {
    fn default() -> ImportOptions {
        ImportOptions {
            classes: Vec::new(),
            label: None,
            languages: vec!["en".to_owned()],
            least: 0,
            columns: Vec::new(),
            max_document: 64 << 20,
        }
    }
}

impl ImportOptions {
    /// The label of the first class that has one, or that of all others.
    fn label_of<'a>(&self, classes: impl IntoIterator<Item = &'a str>) -> Option<Label> {
        let label = |class: &str| {
            self.classes
                .iter()
                .find(|(c, _)| c == class)
                .map(|(_, l)| *l)
        };
        classes.into_iter().find_map(label).or(self.label)
    }
}

/// What was taken, and what was left.
#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    /// Entities by label.
    pub entities: BTreeMap<Label, u64>,
    /// Names that were taken, by kind: `name`, `acronym`, `code`, `weak`.
    pub names: BTreeMap<&'static str, u64>,
    /// Names that were given a context or a priority.
    pub guarded: u64,
    /// What was left, by reason: how much, and the first of it.
    pub left: BTreeMap<&'static str, (u64, String)>,
    /// Lines, rows and files that could not be read.
    pub problems: u64,
}

impl ImportReport {
    fn leave(&mut self, reason: &'static str, what: impl FnOnce() -> String) {
        let left = self.left.entry(reason).or_insert_with(|| (0, what()));
        left.0 += 1;
    }
}

/// What a name is to its entity, as sources say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NameKind {
    /// Of a kind that lists have.
    Plain(AliasKind),
    /// A code of letters (`PRK`), that stands for much else.
    Code,
    /// A name that its source calls weak: it loses to all others.
    Weak,
}

/// A name as a source has it.
#[derive(Clone, Debug)]
struct Name<'a> {
    text: Cow<'a, str>,
    kind: NameKind,
    /// Policies that the source knows, as lists write them.
    policy: Option<&'static str>,
    validity: Validity,
}

impl<'a> Name<'a> {
    fn new(text: impl Into<Cow<'a, str>>, kind: NameKind) -> Name<'a> {
        Name {
            text: text.into(),
            kind,
            policy: None,
            validity: Validity::default(),
        }
    }

    fn full(text: impl Into<Cow<'a, str>>) -> Name<'a> {
        Name::new(text, NameKind::Plain(AliasKind::Full))
    }
}

/// An entity as a source has it. Its first name is the canonical one.
#[derive(Clone, Debug)]
struct Entity<'a> {
    /// Empty where the source has none.
    id: Cow<'a, str>,
    label: Label,
    names: Vec<Name<'a>>,
    /// In the order of the format's [`Importer::attributes`].
    attributes: Vec<String>,
    /// How well known it is; the best known come first in a list, and win where a name is theirs and another's.
    rank: u64,
    priority: i8,
    /// Words that tell it from others of its name.
    hints: Vec<String>,
}

/// A row of a list with these names, of which the first is canonical: typed, and given a policy where they would flood a corpus, as
/// imported names are. [`columns`] names its cells.
///
/// # Errors
/// When no name of it can stand in a list, in words.
pub(crate) fn row(
    id: &str,
    label: Label,
    names: &[(&str, AliasKind)],
    hints: Vec<String>,
) -> Result<String, String> {
    let name =
        |&(text, kind): &(&str, AliasKind)| Name::new(text.to_owned(), NameKind::Plain(kind));
    let mut made = row::make(Entity {
        id: Cow::Borrowed(id),
        label,
        names: names.iter().map(name).collect(),
        attributes: Vec::new(),
        rank: 0,
        priority: 0,
        hints,
    });
    match (made.names.is_empty(), made.left.pop()) {
        (true, Some((reason, _))) => Err(reason.to_owned()),
        (true, None) => Err("no name".to_owned()),
        _ => Ok(made.row().text),
    }
}

/// The columns of [`row`], as a list names them.
pub(crate) fn columns() -> String {
    row::COLUMNS.join("\t")
}

/// What a line holds.
enum Item {
    /// A row, made ready on the thread that parsed it.
    Row(Box<row::Made>),
    /// Something that is left, and why.
    Left(&'static str, String),
    /// Nothing: a comment, the bracket around an array.
    Nothing,
    /// What can't be read.
    Bad(String),
}

/// What a parser says of a line.
enum Parsed<'a> {
    Entity(Entity<'a>),
    Left(&'static str, String),
    Nothing,
}

/// A format.
trait Importer: Sync {
    /// Columns of attributes, without `@`.
    fn attributes(&self, _options: &ImportOptions) -> Vec<String> {
        Vec::new()
    }

    /// The classes that are taken where the user names none.
    fn classes(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// May several lines be of one entity? Then all are held until the end.
    fn gathers(&self) -> bool {
        false
    }

    /// How raw pieces are cut off.
    fn cut(&self) -> read::Format {
        read::Format::Jsonl
    }

    /// The entity of a piece that is not blank. `context` is what stands for its file: [`Importer::files`].
    fn parse<'a>(
        &self,
        text: &'a str,
        context: &str,
        options: &ImportOptions,
    ) -> Result<Parsed<'a>, String>;

    /// The files that a source stands for, each with what the parser must know of it; none for the source itself.
    fn files(&self, _source: &Path, _text: &str) -> Option<Vec<(String, String)>> {
        None
    }

    /// Is this source one that stands for others?
    fn is_index(&self, _source: &Path) -> bool {
        false
    }

    /// What must be there.
    fn check(&self, _options: &ImportOptions) -> Result<(), Error> {
        Ok(())
    }
}

/// What a line of JSON says; `what` is what it should be.
fn json<'a, T: Deserialize<'a>>(text: &'a str, what: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|e| match e.is_data() {
        true => format!("no {what}: {e}"),
        false => format!("no JSON: {e}"),
    })
}

/// Imports names.
///
/// ```
/// use wiretag::import::{Import, ImportFormat, ImportOptions};
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("orgs.jsonl");
/// std::fs::write(&path, "{\"label\":\"ORG\",\"pattern\":\"Acme Arms\",\"id\":\"org/acme\"}\n")?;
/// let mut rows = Vec::new();
/// let import = Import::new(ImportFormat::Patterns, ImportOptions::default())?;
/// let sources = wiretag::read::Sources::new([path.display().to_string()]);
/// let report = import.run(sources, &mut |row| Ok(rows.push(row.text)), &mut |problem| panic!("{problem}"))?;
/// assert_eq!(rows, ["org/acme\tAcme Arms"]);
/// assert_eq!(report.names["name"], 1);
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Import {
    format: ImportFormat,
    options: ImportOptions,
}

/// So many bytes of lines are parsed at once.
const BATCH: usize = 8 << 20;

/// A piece of a source, with what stands for its file.
type Piece = (Raw, Arc<str>);

impl Import {
    /// An import from a format.
    ///
    /// # Errors
    /// When the format needs what the options do not say.
    pub fn new(format: ImportFormat, mut options: ImportOptions) -> Result<Import, Error> {
        let importer = format.importer();
        if options.classes.is_empty() && options.label.is_none() {
            let classes = importer.classes().iter();
            let named = classes.map(|(class, label)| Ok(((*class).to_owned(), Label::new(label)?)));
            options.classes = named.collect::<Result<_, Error>>()?;
        }
        importer.check(&options)?;
        Ok(Import { format, options })
    }

    /// The columns of the rows, as a list names them, separated by tabs.
    pub fn columns(&self) -> String {
        let mut columns = row::COLUMNS.join("\t");
        for key in self.format.importer().attributes(&self.options) {
            columns.push_str("\t@");
            columns.push_str(&key);
        }
        columns
    }

    /// Reads sources; gives each row, in the order of the input, and each problem.
    ///
    /// Memory is that of some batches of lines and a number for each entity taken, except for the formats of which several lines may
    /// be one entity (spacy-patterns, gate, regexner, csv): there it is that of what is taken.
    ///
    /// # Errors
    /// When a row could not be given on.
    pub fn run(
        &self,
        sources: Sources,
        give: &mut dyn FnMut(ImportedRow) -> io::Result<()>,
        problem: &mut dyn FnMut(Problem),
    ) -> Result<ImportReport, Error> {
        let mut sink = Sink {
            report: ImportReport::default(),
            known: HashSet::new(),
            gathered: Vec::new(),
            numbers: HashMap::new(),
            gathers: self.format.importer().gathers(),
            give,
            problem,
        };
        let mut pieces = self.pieces(sources);
        let mut batch = next_batch(&mut pieces);
        while !batch.is_empty() {
            let (next, items) = rayon::join(
                || next_batch(&mut pieces),
                || {
                    let parse = |piece: &Result<Piece, Problem>| match piece {
                        Ok((raw, context)) => self.parse(raw, context),
                        Err(_) => Item::Nothing,
                    };
                    batch.par_iter().map(parse).collect::<Vec<Item>>()
                },
            );
            for (piece, item) in batch.into_iter().zip(items) {
                sink.take(piece, item)?;
            }
            batch = next;
        }
        sink.finish()
    }

    /// The pieces of all sources, and of the files that they stand for.
    fn pieces(&self, sources: Sources) -> impl Iterator<Item = Result<Piece, Problem>> + Send {
        let importer = self.format.importer();
        let mut options = ReadOptions::default();
        options.from = Some(importer.cut());
        options.max_document = self.options.max_document;
        options.text_fields = Vec::new();
        let cut = options.clone();
        let open = move |source: &read::Source,
                         context: Arc<str>|
              -> Box<dyn Iterator<Item = Result<Piece, Problem>> + Send> {
            match Stream::open(source, &cut, &Arc::new(AtomicU64::new(0))) {
                Ok(stream) => Box::new(stream.map(move |raw| Ok((raw?, context.clone())))),
                Err(problem) => Box::new([Err(problem)].into_iter()),
            }
        };
        sources.flat_map(
            move |source| -> Box<dyn Iterator<Item = Result<Piece, Problem>> + Send> {
                let source = match source {
                    Ok(source) => source,
                    Err(problem) => return Box::new([Err(problem)].into_iter()),
                };
                let path = source.path.clone().unwrap_or_default();
                let stem = path
                    .file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                if !importer.is_index(&path) {
                    return open(&source, stem.into());
                }
                let mut all: Vec<Box<dyn Iterator<Item = Result<Piece, Problem>> + Send>> =
                    Vec::new();
                for piece in open(&source, stem.into()) {
                    let files = piece.and_then(|(raw, _)| {
                        let at = |m: &str| Problem::error(&raw.name, raw.line, m);
                        let text = std::str::from_utf8(&raw.bytes).map_err(|_| at("not UTF-8"))?;
                        let files = importer.files(&path, text.trim());
                        files.ok_or_else(|| at("no line \"FILE.lst:majorType…\""))
                    });
                    match files {
                        Ok(files) => {
                            for (file, context) in files {
                                let file = path.with_file_name(file);
                                for source in Sources::new([file.display().to_string()]) {
                                    match source {
                                        Ok(source) => {
                                            all.push(open(&source, context.as_str().into()))
                                        }
                                        Err(problem) => {
                                            all.push(Box::new([Err(problem)].into_iter()))
                                        }
                                    }
                                }
                            }
                        }
                        Err(problem) => all.push(Box::new([Err(problem)].into_iter())),
                    }
                }
                Box::new(all.into_iter().flatten())
            },
        )
    }

    /// Makes a row of a piece. Pure.
    fn parse(&self, raw: &Raw, context: &str) -> Item {
        let text = match std::str::from_utf8(&raw.bytes) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
            Err(e) => {
                let byte = e.valid_up_to() + 1;
                return Item::Bad(format!("not UTF-8 at byte {byte} of the line"));
            }
        };
        if text.trim().is_empty() {
            return Item::Nothing;
        }
        match self.format.importer().parse(
            text.trim_end_matches(['\r', '\n']),
            context,
            &self.options,
        ) {
            Ok(Parsed::Entity(entity)) => Item::Row(Box::new(row::make(entity))),
            Ok(Parsed::Left(reason, what)) => Item::Left(reason, what),
            Ok(Parsed::Nothing) => Item::Nothing,
            Err(message) => Item::Bad(message),
        }
    }
}

fn next_batch(
    pieces: &mut (impl Iterator<Item = Result<Piece, Problem>> + Send),
) -> Vec<Result<Piece, Problem>> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while bytes < BATCH && batch.len() < 1 << 16 {
        let Some(piece) = pieces.next() else { break };
        bytes += piece.as_ref().map_or(0, |(raw, _)| raw.bytes.len());
        batch.push(piece);
    }
    batch
}

/// Where rows go, in the order of the input.
struct Sink<'a> {
    report: ImportReport,
    /// Hashes of labels and ids that were given on.
    known: HashSet<u64>,
    gathered: Vec<row::Made>,
    /// Where in `gathered` an entity stands.
    numbers: HashMap<u64, usize>,
    gathers: bool,
    give: &'a mut dyn FnMut(ImportedRow) -> io::Result<()>,
    problem: &'a mut dyn FnMut(Problem),
}

impl Sink<'_> {
    fn take(&mut self, piece: Result<Piece, Problem>, item: Item) -> Result<(), Error> {
        let raw = match piece {
            Ok((raw, _)) => raw,
            Err(problem) => {
                self.report.problems += 1;
                (self.problem)(problem);
                return Ok(());
            }
        };
        let place = || match raw.line {
            Some(line) => format!("{}:{line}", raw.name),
            None => raw.name.to_string(),
        };
        match item {
            Item::Nothing => {}
            Item::Left(reason, what) => {
                self.report.leave(reason, || format!("{}: {what}", place()))
            }
            Item::Bad(message) => {
                self.report.problems += 1;
                (self.problem)(Problem::error(&raw.name, raw.line, message));
            }
            Item::Row(made) => {
                for (reason, what) in &made.left {
                    self.report.leave(reason, || format!("{}: {what}", place()));
                }
                if made.names.is_empty() {
                    return Ok(());
                }
                let key = made.key();
                if self.gathers {
                    match self.numbers.get(&key) {
                        Some(&number) => self.gathered[number].add(*made),
                        None => {
                            self.numbers.insert(key, self.gathered.len());
                            self.gathered.push(*made);
                        }
                    }
                } else if self.known.insert(key) {
                    self.count(&made);
                    (self.give)(made.row())?;
                } else {
                    self.report.leave("an id that was taken before", || {
                        format!("{}: {}", place(), made.id)
                    });
                }
            }
        }
        Ok(())
    }

    fn count(&mut self, made: &row::Made) {
        *self.report.entities.entry(made.label).or_default() += 1;
        for name in &made.names {
            *self.report.names.entry(name.kind_word()).or_default() += 1;
            self.report.guarded += u64::from(name.guarded);
        }
    }

    fn finish(mut self) -> Result<ImportReport, Error> {
        for made in std::mem::take(&mut self.gathered) {
            self.count(&made);
            (self.give)(made.row())?;
        }
        Ok(self.report)
    }
}
