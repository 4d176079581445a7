//! `wiretag explain`: why a text, or a word in it, has the spans that it has.

use super::{
    options::{GazetteerArgs, Gazetteers, InputArgs, each_document, parse_unit},
    output::{self, complain},
};
use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};
use wiretag::{
    Annotator, Document, Error, OffsetUnit, Severity, Tokens,
    explain::{Report, occurrences, word_at},
    read::{ReadOptions, Sources},
};

/// Explains why a text, or a word in it, is annotated as it is.
///
/// Shows what was found, by which line of which list or by which rule; what competed and lost, to whom and why; which names stand there but were refused, and the policy that refused them; and for a word that nothing found, the names that come nearest.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders, patterns; - is standard input [default: -]
    #[arg(value_name = "PATH")]
    paths: Vec<String>,

    /// Explain this text
    #[arg(short, long, value_name = "TEXT", conflicts_with = "paths")]
    text: Option<String>,

    /// Explain this word or these words, wherever they stand, in any case
    #[arg(short, long, value_name = "WORD")]
    word: Option<String>,

    /// Explain the word at this offset of one document's text
    #[arg(long, value_name = "OFFSET", conflicts_with = "word")]
    at: Option<usize>,

    /// Explain the document with this id alone
    #[arg(long, value_name = "ID")]
    id: Option<String>,

    /// Write JSON, one object a document and line
    #[arg(long)]
    json: bool,

    /// What offsets count: codepoint, byte, utf16
    #[arg(long, value_name = "UNIT", value_parser = parse_unit, default_value = "codepoint")]
    offsets: OffsetUnit,

    #[command(flatten)]
    pub(super) lists: GazetteerArgs,

    #[command(flatten)]
    input: InputArgs,
}

const EXAMPLES: &str = "\
Examples:
  Why is this Georgia no country?
    wiretag explain --text 'Georgia Gov. Brian Kemp spoke.' --word Georgia
  All of an article:
    wiretag explain news/a.txt
  A word in one document of many:
    wiretag explain feed.jsonl --id a17 --word Turkey
  With a list of your own, for a program:
    wiretag explain -g ships.txt --label SHIP --text 'The Nordhavn left.' --json";

/// What is to be explained, all checked.
pub(super) struct Plan {
    input: Input,
    words: Words,
    id: Option<String>,
    json: bool,
    unit: OffsetUnit,
    gazetteers: Gazetteers,
    read: ReadOptions,
}

enum Input {
    Paths(Vec<String>),
    Text(String),
}

/// What of a document is to be explained.
enum Words {
    All,
    Word(String),
    At(usize),
}

impl Args {
    pub(super) fn resolve(self) -> Result<Plan, Error> {
        let input = match (self.text, self.paths) {
            (Some(text), _) => Input::Text(text),
            (None, paths) if !paths.is_empty() => Input::Paths(paths),
            _ if io::stdin().is_terminal() => {
                return Err(Error::invalid(
                    "nothing to explain: give --text, name a file, or pipe a text in (wiretag explain --help shows examples)",
                ));
            }
            _ => Input::Paths(vec!["-".to_owned()]),
        };
        let words = match (self.word, self.at) {
            (Some(word), _) if Tokens::of(&word).is_empty() => {
                return Err(Error::invalid(format!(
                    "--word {word:?} has no letter and no digit"
                )));
            }
            (Some(word), _) => Words::Word(word),
            (None, Some(at)) => Words::At(at),
            (None, None) => Words::All,
        };
        Ok(Plan {
            input,
            words,
            id: self.id,
            json: self.json,
            unit: self.offsets,
            gazetteers: self.lists.resolve()?,
            read: self.input.resolve()?,
        })
    }
}

pub(super) fn run(plan: Plan) -> Result<ExitCode, Error> {
    let annotator = plan.gazetteers.annotator(&mut Annotator::builder())?;
    let mut writer = Pages {
        annotator: &annotator,
        plan: &plan,
        out: output::stdout(),
        documents: 0,
        pages: 0,
    };
    let mut unreadable = false;
    match &plan.input {
        Input::Text(text) => writer.add(&Document::new("text", text.as_str()))?,
        Input::Paths(paths) => {
            let mut problem = |p: wiretag::Problem| {
                unreadable |= p.severity == Severity::Error;
                complain(&p);
            };
            let sources = Sources::new(paths.iter().map(String::as_str));
            each_document(sources, &plan.read, &mut problem, |doc| writer.add(doc))?;
        }
    }
    writer.out.flush()?;
    let nothing = writer.nothing();
    if let Some(nothing) = &nothing {
        complain(nothing);
    }
    let wrong = unreadable || nothing.is_some();
    Ok(ExitCode::from(u8::from(wrong)))
}

/// Writes what there is to say, document by document.
struct Pages<'a, W: Write> {
    annotator: &'a Annotator,
    plan: &'a Plan,
    out: W,
    /// Documents that were asked for, and those that had something to explain.
    documents: usize,
    pages: usize,
}

impl<W: Write> Pages<'_, W> {
    fn add(&mut self, doc: &Document) -> Result<(), Error> {
        if self.plan.id.as_ref().is_some_and(|id| id != doc.id()) {
            return Ok(());
        }
        self.documents += 1;
        let words = match &self.plan.words {
            Words::All => None,
            Words::Word(word) => Some(occurrences(doc.text(), word)),
            Words::At(_) if self.documents > 1 => {
                return Err(Error::invalid(
                    "--at needs one document: name it with --id, or look for a --word in all",
                ));
            }
            Words::At(at) => Some(vec![word_at(doc.text(), *at, self.plan.unit)?]),
        };
        if words.as_ref().is_some_and(Vec::is_empty) {
            return Ok(());
        }
        let report = Report::of(self.annotator, doc, words.as_deref(), self.plan.unit);
        if self.plan.json {
            writeln!(self.out, "{}", report.json())?;
        } else {
            let page = match anstream::stdout().current_choice() {
                anstream::ColorChoice::Never => report.page(),
                _ => report.coloured_page(),
            };
            let gap = if self.pages > 0 { "\n" } else { "" };
            write!(self.out, "{gap}{page}")?;
        }
        self.pages += 1;
        Ok(())
    }

    /// What was looked for in vain.
    fn nothing(&self) -> Option<String> {
        match (&self.plan.id, &self.plan.words) {
            _ if self.pages > 0 => None,
            (Some(id), _) if self.documents == 0 => Some(format!("no document has the id {id:?}")),
            (_, Words::Word(word)) if self.documents > 0 => {
                Some(format!("{word:?} stands in no document"))
            }
            _ => None,
        }
    }
}
