//! Options of commands that write spans: on which words they lie, under which labels, and which zones they are left out of.

use super::output::{complain, named, plural};
use std::{collections::BTreeMap, fs::File, io::BufWriter, path::PathBuf};
use wiretag::{
    Error, Label, LabelScheme, Listing, Summary, Tokenizer, ZoneKind, Zoning,
    read::Sources,
    write::{
        OutputFormat, TextUnit,
        align::{Align, Alignment, Misfit},
    },
};

// No doc comment: the help of a command would begin with it. How spans are laid on words.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct AlignArgs {
    /// What cuts texts into words: words, spacy (as its English tokenizer does) [default: spacy in the format spacy, else words]
    #[arg(long, value_name = "NAME", value_parser = parse_tokenizer, help_heading = "Words")]
    tokenizer: Option<Tokenizer>,

    /// Spans that do not start and end with words: expand, contract, drop, fail [default: expand; in formats without words they stay as they are unless an option of these is given]
    #[arg(long, value_name = "POLICY", value_parser = parse_align, help_heading = "Words")]
    align: Option<Align>,

    /// List the spans that do not, with the reason and what they became, as JSONL
    #[arg(long, value_name = "FILE", help_heading = "Words")]
    unaligned: Option<PathBuf>,
}

impl AlignArgs {
    /// The options as they were given: output depends on them.
    pub(super) fn options(&self) -> Vec<(&'static str, String)> {
        vec![
            (
                "--tokenizer",
                self.tokenizer.map(|t| t.to_string()).unwrap_or_default(),
            ),
            (
                "--align",
                self.align.map(|a| a.to_string()).unwrap_or_default(),
            ),
        ]
    }

    /// Is one of them given?
    pub(super) fn is_asked(&self) -> bool {
        self.tokenizer.is_some() || self.align.is_some() || self.lists()
    }

    pub(super) fn lists(&self) -> bool {
        self.unaligned.is_some()
    }

    /// How spans are laid on words, if an option says so. `flat`: they must be disjoint.
    pub(super) fn alignment(&self, to: OutputFormat, flat: bool) -> Option<Alignment> {
        let tokenizer = self.tokenizer.or(to.writer().tokenizer());
        self.is_asked().then(|| Alignment {
            tokenizer: tokenizer.unwrap_or_default(),
            policy: self.align.unwrap_or_default(),
            flat,
        })
    }

    /// The listing, opened.
    pub(super) fn listing(&self) -> Result<Option<Listing>, Error> {
        let open = |path: &PathBuf| {
            let file = File::create(path).map_err(|e| named(&path.display().to_string(), &e))?;
            Ok(Listing::new(BufWriter::new(file)))
        };
        self.unaligned.as_ref().map(open).transpose()
    }

    /// The sources without the listing.
    pub(super) fn sources(&self, sources: Sources) -> Sources {
        match &self.unaligned {
            Some(path) => sources.without([path]),
            None => sources,
        }
    }

    /// Says how many spans did not lie on words. Is it wrong that some are left out: did nobody ask for it?
    pub(super) fn report(&self, summary: &Summary, quiet: bool) -> bool {
        let told = |counts: &BTreeMap<Misfit, u64>| {
            let kinds: Vec<String> = counts
                .iter()
                .map(|(why, n)| format!("{why}: {n}"))
                .collect();
            (plural(counts.values().sum(), "span"), kinds.join(", "))
        };
        if !summary.moved.is_empty() && !quiet {
            let (n, kinds) = told(&summary.moved);
            complain(&format!("{n} moved to the bounds of words ({kinds})"));
        }
        let asked = self.align.is_some();
        // With --align fail each is a problem already.
        let is_told = self.align == Some(Align::Fail) || quiet && asked;
        if !summary.left_out.is_empty() && !is_told {
            let (n, kinds) = told(&summary.left_out);
            let way_out = match self.lists() {
                true => "",
                false => "; --unaligned FILE lists them",
            };
            complain(&format!(
                "{n} left out, for they do not lie on words ({kinds}){way_out}"
            ));
        }
        !summary.left_out.is_empty() && !asked
    }
}

// Which labels spans get, and where they are left out.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct SelectArgs {
    /// Take a label for another, FROM=TO, or all built-in ones for those of a corpus: ontonotes, conll2003, re3d; may be repeated
    #[arg(long, alias = "map", value_name = "MAP", value_parser = parse_map, help_heading = "Spans")]
    map_labels: Vec<Map>,

    /// Write these labels alone, after --map-labels [default: all]
    #[arg(
        long,
        value_name = "LABEL,...",
        value_delimiter = ',',
        help_heading = "Spans"
    )]
    labels: Vec<String>,

    /// Leave out spans with a lower score, from 0 to 1; those without a score stay
    #[arg(long, value_name = "SCORE", value_parser = parse_score, help_heading = "Spans")]
    min_score: Option<f64>,

    /// Leave out what lies in zones (dateline, byline, credit, boilerplate): byline=spans the spans, credit=text the text too
    #[arg(long, value_name = "ZONE=WHAT,...", value_delimiter = ',', value_parser = parse_zone, help_heading = "Spans")]
    zones: Vec<(ZoneKind, bool)>,
}

impl SelectArgs {
    /// The options as they were given: output depends on them.
    pub(super) fn options(&self) -> Vec<(&'static str, String)> {
        let zones = self.zones.iter();
        let zones: Vec<String> = zones
            .map(|(kind, text)| format!("{}={text}", kind.as_str()))
            .collect();
        vec![
            ("--map-labels", format!("{:?}", self.map_labels)),
            ("--labels", self.labels.join(",")),
            (
                "--min-score",
                self.min_score.map(|s| s.to_string()).unwrap_or_default(),
            ),
            ("--zones", zones.join(",")),
        ]
    }

    pub(super) fn map(&self) -> Result<BTreeMap<String, Label>, Error> {
        label_map(&self.map_labels)
    }

    /// The labels that are written; none if all are.
    pub(super) fn labels(&self) -> Result<Option<Vec<Label>>, Error> {
        let labels = self.labels.iter().map(|l| Label::new(l));
        let labels = labels.collect::<Result<Vec<_>, _>>()?;
        Ok(Some(labels).filter(|l| !l.is_empty()))
    }

    pub(super) fn min_score(&self) -> Option<f64> {
        self.min_score
    }

    pub(super) fn zoning(&self, unit: TextUnit) -> Result<Zoning, Error> {
        let of = |text: bool| {
            let kinds = self.zones.iter().filter(|(_, t)| *t == text);
            kinds.map(|(kind, _)| *kind).collect::<Vec<_>>()
        };
        if unit == TextUnit::Document && self.zones.iter().any(|(_, text)| *text) {
            return Err(Error::invalid(
                "the text of a zone can be left out of paragraphs and sentences alone: add --unit paragraph, or write =spans",
            ));
        }
        Ok(Zoning {
            spans: of(false),
            text: of(true),
        })
    }
}

/// One `--map-labels`.
#[derive(Clone, Debug)]
pub(super) enum Map {
    Pair(String, String),
    Scheme(LabelScheme),
}

/// What becomes of labels; a pair goes before a scheme.
///
/// # Errors
/// When two pairs map one label, or a name is none of a label.
pub(super) fn label_map(maps: &[Map]) -> Result<BTreeMap<String, Label>, Error> {
    let mut pairs = BTreeMap::new();
    for map in maps {
        if let Map::Pair(from, to) = map
            && pairs.insert(from.clone(), Label::new(to)?).is_some()
        {
            return Err(Error::invalid(format!("--map-labels has {from} twice")));
        }
    }
    for map in maps {
        if let Map::Scheme(scheme) = map {
            for (from, to) in scheme.pairs().into_iter().filter(|(from, to)| from != to) {
                let to = Label::new(to)?;
                pairs.entry(from.to_owned()).or_insert(to);
            }
        }
    }
    Ok(pairs)
}

pub(super) fn parse_map(word: &str) -> Result<Map, String> {
    match word.split_once('=') {
        Some((from, to)) if !from.is_empty() && !to.is_empty() => {
            Ok(Map::Pair(from.to_owned(), to.to_owned()))
        }
        Some(_) => Err("write FROM=TO".to_owned()),
        None => super::named(word, LabelScheme::ALL, LabelScheme::as_str)
            .map(Map::Scheme)
            .map_err(|names| format!("write FROM=TO, or the name of a scheme: {names}")),
    }
}

fn parse_zone(word: &str) -> Result<(ZoneKind, bool), String> {
    const ZONES: [ZoneKind; 4] = [
        ZoneKind::Dateline,
        ZoneKind::Byline,
        ZoneKind::Credit,
        ZoneKind::Boilerplate,
    ];
    let (zone, what) = word
        .split_once('=')
        .ok_or("write ZONE=spans or ZONE=text")?;
    let text = match what {
        "spans" => false,
        "text" => true,
        _ => return Err("write ZONE=spans or ZONE=text".to_owned()),
    };
    Ok((super::named(zone, &ZONES, ZoneKind::as_str)?, text))
}

/// A share of 1.
fn parse_score(word: &str) -> Result<f64, String> {
    let score = word.parse().ok().filter(|s| (0.0..=1.0).contains(s));
    score.ok_or_else(|| "a score is a number from 0 to 1, such as 0.9".to_owned())
}

fn parse_tokenizer(word: &str) -> Result<Tokenizer, String> {
    super::named(word, Tokenizer::ALL, Tokenizer::as_str)
}

fn parse_align(word: &str) -> Result<Align, String> {
    super::named(word, Align::ALL, Align::as_str)
}

/// What a record is about: as asked, or as is usual in the format.
pub(super) fn text_unit(asked: Option<TextUnit>, to: OutputFormat) -> TextUnit {
    asked.unwrap_or(to.writer().text_unit())
}
