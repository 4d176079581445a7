//! `wiretag view`: annotated articles in the terminal.

use super::{
    eval::parse_annotated,
    output::{self, complain},
};
use std::{
    io::{self, IsTerminal, Write},
    process::{Child, Command, ExitCode, Stdio},
};
use textwrap::{Options as Wrap, WordSeparator, WordSplitter};
use wiretag::{Conversion, Error, Label, Problem, annotated, read::Sources, write::OutputFormat};

/// Shows annotated articles in the terminal: entities in the colour of their label, wrapped, page by page, each with a legend.
///
/// Reads all formats that convert reads. Where colour is off (NO_COLOR, a pipe) entities stand in brackets with their label. Pages are
/// shown by the program in PAGER, less if it is not set.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders (hidden files are left out), patterns; - is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,

    /// Format of the input: jsonl, prodigy, doccano, label-studio, bdocjs, brat, spacy, conll, gliner, parquet [default: by name, then content]
    #[arg(long, value_name = "FORMAT", value_parser = parse_annotated)]
    from: Option<annotated::Format>,

    /// Show these labels alone
    #[arg(long, value_name = "LABEL,...", value_delimiter = ',')]
    labels: Vec<String>,

    /// Show spans with at least this score alone, from 0 to 1
    #[arg(long, value_name = "SCORE", value_parser = super::options::parse_share)]
    min_score: Option<f64>,

    /// Columns of a line; 0 does not wrap [default: those of the terminal, at most 100]
    #[arg(long, value_name = "N")]
    width: Option<usize>,

    /// Show all at once
    #[arg(long)]
    no_pager: bool,
}

const EXAMPLES: &str = "\
Examples:
  wiretag annotate news/ -o news.jsonl && wiretag view news.jsonl
  wiretag view gold.conll --labels WEAPON --no-pager";

/// Lines longer than this are hard to read.
const WIDEST: usize = 100;

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    let colours = anstream::stdout().current_choice() != anstream::ColorChoice::Never;
    let format = match colours {
        true => OutputFormat::View,
        false => OutputFormat::Marked,
    };
    let mut conversion = Conversion::new(format);
    conversion.read.from = args.from;
    conversion.min_score = args.min_score.unwrap_or_default();
    if !args.labels.is_empty() {
        let labels = args.labels.iter().map(|l| Label::new(l));
        conversion.labels = Some(labels.collect::<Result<_, _>>()?);
    }
    let terminal = io::stdout().is_terminal();
    let width = args.width.unwrap_or_else(|| match terminal {
        true => textwrap::termwidth().min(WIDEST),
        false => 0,
    });
    let sources = Sources::new(args.paths.iter().map(String::as_str));
    let mut pager = (terminal && !args.no_pager).then(Pager::start).flatten();
    let mut report = |problem: &Problem| complain(problem);
    let converted = {
        let out: Box<dyn Write + Send> = match pager.as_mut().and_then(Pager::input) {
            Some(input) => Box::new(input),
            None => Box::new(output::stdout()),
        };
        let mut out = Wrapped::new(out, width);
        let converted = conversion.run(sources, &mut out, &mut report);
        converted.and_then(|c| Ok(out.finish().map(|()| c)?))
    };
    if let Some(pager) = pager {
        pager.wait();
    }
    Ok(ExitCode::from(u8::from(converted?.summary.errors > 0)))
}

/// The program that shows page after page.
struct Pager(Child);

impl Pager {
    /// None if there is no such program.
    fn start() -> Option<Pager> {
        let asked = std::env::var("PAGER").ok().filter(|p| !p.is_empty());
        let asked = asked.unwrap_or_else(|| "less".to_owned());
        let mut words = asked.split_whitespace();
        let mut command = Command::new(words.next()?);
        command.args(words).stdin(Stdio::piped());
        if std::env::var_os("LESS").is_none() {
            // Colours, no pages for what fits on one, and what was shown stays.
            command.env("LESS", "RFX");
        }
        command.spawn().ok().map(Pager)
    }

    fn input(&mut self) -> Option<std::process::ChildStdin> {
        self.0.stdin.take()
    }

    fn wait(mut self) {
        // The reader may have gone; what it was shown it has seen.
        let _ = self.0.wait();
    }
}

/// Breaks lines between words so that they fit; escape sequences take no room.
struct Wrapped<W> {
    out: W,
    width: usize,
    /// What is written of a line so far.
    line: Vec<u8>,
}

impl<W: Write> Wrapped<W> {
    fn new(out: W, width: usize) -> Wrapped<W> {
        Wrapped {
            out,
            width,
            line: Vec::new(),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            self.write_line()?;
        }
        self.out.flush()
    }

    /// Writes the line, its end included if it has one.
    fn write_line(&mut self) -> io::Result<()> {
        let line = String::from_utf8_lossy(&self.line);
        let (text, end) = match line.strip_suffix('\n') {
            Some(text) => (text, "\n"),
            None => (&*line, ""),
        };
        if self.width == 0 {
            self.out.write_all(line.as_bytes())?;
        } else {
            let wrap = Wrap::new(self.width)
                .word_separator(WordSeparator::UnicodeBreakProperties)
                .word_splitter(WordSplitter::NoHyphenation);
            let lines = textwrap::wrap(text, wrap);
            write!(self.out, "{}{end}", lines.join("\n"))?;
        }
        self.line.clear();
        Ok(())
    }
}

impl<W: Write> Write for Wrapped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|&b| b == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.write_line()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
