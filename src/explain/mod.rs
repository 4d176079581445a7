//! [`Report`]: an [`Explanation`] in words, for people and for programs.

#[cfg(feature = "terminal")]
mod page;

use crate::{
    annotator::{Annotator, Explained, Explanation, LexiconWord, Outcome},
    document::{AliasId, Document, EntryId, Origin},
    error::Error,
    gazetteer::{Case, Context, ContextPlace, Near, Nearness},
    matcher::{Refusal, Refused},
    record::{OffsetUnit, Offsets},
    span::{Label, Span},
    tokens::Tokens,
};
use serde::Serialize;

/// A document, and why it has the spans that it has: what `wiretag explain` shows.
///
/// # Format
///
/// [`Report::json`] is one JSON object. Its fields are those below, in their order. Offsets are half-open and count what `offset_unit`
/// says. Fields may be added; readers should ignore those that they do not know.
///
/// ```
/// use wiretag::{Annotator, Document, Gazetteer, OffsetUnit, explain::{Report, occurrences}};
/// let annotator = Annotator::builder().build(Gazetteer::builtin()?)?;
/// let doc = Document::new("a1", "Georgia Gov. Brian Kemp spoke.");
/// let words = occurrences(doc.text(), "georgia");
/// let why = Report::of(&annotator, &doc, Some(&words), OffsetUnit::Codepoint).json();
/// assert!(why.starts_with(r#"{"id":"a1","text":"Georgia Gov. Brian Kemp spoke.","offset_unit":"codepoint","words":[{"start":0,"end":7,"#));
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Debug, Serialize)]
pub struct Report {
    /// Id of the document.
    id: String,
    /// Its text.
    text: String,
    /// What offsets count: `codepoint`, `byte`, `utf16`.
    offset_unit: OffsetUnit,
    /// The words that were asked for; absent if the whole text was. Everything below overlaps one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<Vec<Word>>,
    /// All that competed, by start, then the longer first.
    candidates: Vec<Candidate>,
    /// Aliases whose letters and digits stand there and that a policy kept from matching.
    refused: Vec<RefusedAlias>,
}

/// A piece of the text.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Place {
    start: usize,
    end: usize,
    text: String,
}

/// A word that was asked for.
#[derive(Debug, Serialize)]
struct Word {
    #[serde(flatten)]
    place: Place,
    /// Is it, or a part of it, in a span that was found?
    found: bool,
    /// The lexicons that have it, each with the line.
    lexicons: Vec<Lexicon>,
    /// Names that it almost is; empty if it was found.
    near: Vec<NearAlias>,
}

/// A word of a lexicon, which rules and contexts read.
#[derive(Debug, Serialize)]
struct Lexicon {
    #[serde(flatten)]
    place: Place,
    lexicon: String,
    file: String,
    line: usize,
}

/// What competed, and what became of it.
#[derive(Debug, Serialize)]
struct Candidate {
    #[serde(flatten)]
    place: Place,
    /// `found`; `blocks`: a blocking entry won and leaves nothing; `agrees`: the winner has this span and label; `lost`;
    /// `no-match`: it touches a URL, a handle or another place where nothing is found; `left out`: its label was not asked for.
    outcome: &'static str,
    /// Why it lost, or to whom it agrees; absent if it won.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
    #[serde(flatten)]
    entity: Entity,
    #[serde(flatten)]
    found_by: FoundBy,
    /// `dateline`, `byline`, `credit`, `boilerplate`, `no-match`, when the span lies in one; else absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<&'static str>,
    /// What won in its place; absent if it won or lies in a no-match zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    winner: Option<Winner>,
}

/// What won in the place of another.
#[derive(Debug, Serialize)]
struct Winner {
    #[serde(flatten)]
    place: Place,
    #[serde(flatten)]
    entity: Entity,
    #[serde(flatten)]
    found_by: FoundBy,
}

/// What something is.
#[derive(Debug, PartialEq, Serialize)]
struct Entity {
    /// The class; null for a blocking entry.
    label: Option<&'static str>,
    /// Id of the entity; null where no list has it, and for a blocking entry.
    entity: Option<String>,
    /// Canonical name of the entity; null as the id is.
    name: Option<String>,
}

/// What found it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum FoundBy {
    Alias(Alias),
    Rule(Rule),
}

/// An alias, with its policies.
#[derive(Debug, Serialize)]
struct Alias {
    /// As the list writes it.
    text: String,
    /// `full`, `short`, `acronym`, `demonym`, `former`, `plural`.
    kind: String,
    /// `exact`, `title`, `any`.
    case: String,
    /// May it be a part of a hyphen compound?
    hyphen: bool,
    priority: i8,
    /// As the list writes them: `not near: Atlanta, Savannah`.
    contexts: Vec<String>,
    /// `from 2018-04-19`; none where it counts on all days.
    #[serde(skip_serializing_if = "Option::is_none")]
    validity: Option<String>,
    file: String,
    line: usize,
}

/// A rule.
#[derive(Debug, Serialize)]
struct Rule {
    name: &'static str,
    /// What it does, with an example.
    about: &'static str,
}

/// An alias that did not match.
#[derive(Debug, Serialize)]
struct RefusedAlias {
    #[serde(flatten)]
    place: Place,
    /// The first policy that refused: `case`, `gap`, `punctuation`, `hyphen`, `number`, `touched`, `context`.
    policy: &'static str,
    /// The same in words, with what was wanted and what stands there.
    because: String,
    #[serde(flatten)]
    entity: Entity,
    alias: Alias,
    /// What stands in the way; absent for `case`, `punctuation`, and for words that are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Place>,
}

/// A name that a word almost is.
#[derive(Debug, Serialize)]
struct NearAlias {
    #[serde(flatten)]
    place: Place,
    /// `one edit`: a letter or space is missing, too many or another, or two letters changed places; `longer`: the name goes on.
    nearness: &'static str,
    #[serde(flatten)]
    entity: Entity,
    alias: Alias,
}

impl Report {
    /// What there is to say of a document, or of these words of it.
    pub fn of(
        annotator: &Annotator,
        doc: &Document,
        words: Option<&[Span]>,
        unit: OffsetUnit,
    ) -> Report {
        let why = annotator.explain(doc);
        let asked = |span: Span| words.is_none_or(|words| meets(words, span));
        let found: Vec<Span> = why.found.annotations.iter().map(|a| a.span).collect();
        let is_missing = |&word: &Span| !meets(&found, word);
        let words_missing = words.unwrap_or_default().iter().copied().filter(is_missing);
        let words_missing: Vec<Span> = words_missing.collect();
        let near = annotator.near(doc, &words_missing);
        let mut spans: Vec<Span> = why.candidates.iter().map(|c| c.span).collect();
        spans.extend(why.refused.iter().map(|r| r.span));
        spans.extend(why.refused.iter().filter_map(|r| in_the_way(r.refusal)));
        spans.extend(why.lexicon_words.iter().map(|w| w.span));
        spans.extend(near.iter().flatten().map(|n| n.span));
        spans.extend(words.unwrap_or_default());
        let teller = Teller {
            annotator,
            places: Places::of(doc.text(), spans, unit),
            longest: why
                .lexicon_words
                .iter()
                .map(|w| w.span.len())
                .max()
                .unwrap_or(0),
        };
        let words = words.map(|words| {
            let mut near = near.iter();
            let word = |&word: &Span| {
                let is_found = meets(&found, word);
                let near = if is_found { None } else { near.next() };
                teller.word(&why, word, is_found, near.map_or(&[], Vec::as_slice))
            };
            words.iter().map(word).collect()
        });
        let candidates = why.candidates.iter().filter(|c| asked(c.span));
        let refused = why.refused.iter().filter(|r| asked(r.span));
        Report {
            id: doc.id().to_owned(),
            text: doc.text().to_owned(),
            offset_unit: unit,
            words,
            candidates: candidates.map(|c| teller.candidate(&why, c)).collect(),
            refused: refused.map(|r| teller.refused(r)).collect(),
        }
    }

    /// The report as JSON.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers are JSON")
    }

    /// The report as text for people.
    #[cfg(feature = "terminal")]
    pub fn page(&self) -> String {
        page::page(self, false)
    }

    /// The same with escape sequences for the colours.
    #[cfg(feature = "terminal")]
    pub fn coloured_page(&self) -> String {
        page::page(self, true)
    }
}

/// Where the words of `wanted` stand in a text: their folded forms, whatever is between them. None where it has no word.
pub fn occurrences(text: &str, wanted: &str) -> Vec<Span> {
    let (tokens, wanted) = (Tokens::of(text), Tokens::of(wanted));
    let n = wanted.len();
    if n == 0 {
        return Vec::new();
    }
    let windows = tokens.hashes().windows(n).enumerate();
    let same = windows.filter(|(_, hashes)| *hashes == wanted.hashes());
    same.map(|(i, _)| Span {
        start: tokens.span(i).start,
        end: tokens.span(i + n - 1).end,
    })
    .collect()
}

/// The word that an offset lies in.
///
/// # Errors
/// When no word stands there.
pub fn word_at(text: &str, at: usize, unit: OffsetUnit) -> Result<Span, Error> {
    let mut before = 0;
    let byte = text.char_indices().find_map(|(byte, c)| {
        before += unit.count(c.encode_utf8(&mut [0; 4]));
        (at < before).then_some(byte)
    });
    let Some(byte) = byte else {
        return Err(Error::invalid(format!(
            "offset {at}: the text ends at {before} ({unit})"
        )));
    };
    let tokens = Tokens::of(text);
    let i = tokens.first_after(byte);
    match (i < tokens.len()).then(|| tokens.span(i)) {
        Some(span) if span.start <= byte => Ok(span),
        next => {
            let next = next.map(|span| {
                let start = unit.count(&text[..span.start]);
                format!(", the next starts at {start}")
            });
            let next = next.unwrap_or_default();
            Err(Error::invalid(format!(
                "offset {at}: no word stands there{next}"
            )))
        }
    }
}

/// Does one of these spans, which are sorted and disjoint, overlap this one?
fn meets(spans: &[Span], span: Span) -> bool {
    let behind = spans.partition_point(|s| s.end <= span.start);
    spans.get(behind).is_some_and(|s| s.overlaps(span))
}

/// Pieces of a text, in the unit that is asked for.
struct Places<'a> {
    text: &'a str,
    /// Bytes where spans start or end, sorted, and the same in the unit.
    offsets: Vec<(usize, usize)>,
}

impl<'a> Places<'a> {
    fn of(text: &'a str, spans: Vec<Span>, unit: OffsetUnit) -> Places<'a> {
        let mut bytes: Vec<usize> = spans.iter().flat_map(|s| [s.start, s.end]).collect();
        bytes.sort_unstable();
        bytes.dedup();
        let mut offsets = Offsets::new(text, unit);
        let offsets = bytes.into_iter().map(|byte| (byte, offsets.at(byte)));
        Places {
            text,
            offsets: offsets.collect(),
        }
    }

    fn place(&self, span: Span) -> Place {
        let offset = |byte: usize| {
            let at = self.offsets.binary_search_by_key(&byte, |&(byte, _)| byte);
            self.offsets[at.expect("all spans were collected")].1
        };
        Place {
            start: offset(span.start),
            end: offset(span.end),
            text: self.text[span.range()].to_owned(),
        }
    }
}

/// Puts what an annotator decided on a text into words.
struct Teller<'a> {
    annotator: &'a Annotator,
    places: Places<'a>,
    /// Bytes of the longest word of a lexicon in the text.
    longest: usize,
}

impl Teller<'_> {
    fn word(&self, why: &Explanation, word: Span, found: bool, near: &[Near]) -> Word {
        let gazetteer = self.annotator.gazetteer();
        let (all, longest) = (&why.lexicon_words, self.longest);
        let from = all.partition_point(|w| w.span.start + longest < word.start);
        let lexicons = all[from..].iter().take_while(|w| w.span.start < word.end);
        let lexicons = lexicons.filter(|w| w.span.overlaps(word));
        let lexicon = |w: &LexiconWord| {
            let class = gazetteer.entry_class(w.entry);
            let (file, line) = gazetteer.entry_source(w.entry);
            Lexicon {
                place: self.places.place(w.span),
                lexicon: class.strip_prefix("lexicon ").unwrap_or(&class).to_owned(),
                file: file.to_owned(),
                line,
            }
        };
        Word {
            place: self.places.place(word),
            found,
            lexicons: lexicons.map(lexicon).collect(),
            near: near.iter().map(|n| self.near(n)).collect(),
        }
    }

    fn near(&self, near: &Near) -> NearAlias {
        NearAlias {
            place: self.places.place(near.span),
            nearness: match near.nearness {
                Nearness::OneEdit => "one edit",
                _ => "longer",
            },
            entity: self.entity_of(near.alias),
            alias: self.alias(near.alias),
        }
    }

    fn candidate(&self, why: &Explanation, c: &Explained) -> Candidate {
        let (outcome, winner) = match c.outcome {
            Outcome::Won if c.label.is_none() => ("blocks", None),
            Outcome::Won => ("found", None),
            Outcome::Agrees { winner } => ("agrees", Some(winner)),
            Outcome::Lost { winner, .. } => ("lost", Some(winner)),
            Outcome::InNoMatchZone => ("no-match", None),
            _ => ("left out", None),
        };
        let winner = winner.map(|w| &why.candidates[w]);
        let because = winner.map(|w| {
            let text = &self.places.text[w.span.range()];
            let label = w.label.map_or("blocked", Label::as_str);
            match c.outcome {
                Outcome::Lost { reason, .. } => format!("{reason} {text:?} ({label})"),
                _ => match w.origin {
                    Origin::Alias(alias) => {
                        let (file, line) = self.annotator.gazetteer().alias_source(alias);
                        format!("{file}:{line} has it first")
                    }
                    origin => format!("{} has it first", origin.as_str()),
                },
            }
        });
        Candidate {
            place: self.places.place(c.span),
            outcome,
            because,
            entity: self.entity(c.label, c.entry),
            found_by: self.found_by(c.origin),
            zone: c.zone.map(|z| z.as_str()),
            winner: winner.map(|w| Winner {
                place: self.places.place(w.span),
                entity: self.entity(w.label, w.entry),
                found_by: self.found_by(w.origin),
            }),
        }
    }

    fn refused(&self, r: &Refused) -> RefusedAlias {
        let (policy, because) = self.because(r);
        RefusedAlias {
            place: self.places.place(r.span),
            policy,
            because,
            entity: self.entity_of(r.alias),
            alias: self.alias(r.alias),
            at: in_the_way(r.refusal).map(|span| self.places.place(span)),
        }
    }

    /// The policy that refused an alias, and what it wanted.
    fn because(&self, r: &Refused) -> (&'static str, String) {
        let gazetteer = self.annotator.gazetteer();
        let text = |span: Span| &self.places.text[span.range()];
        let alias = gazetteer.alias_text(r.alias);
        match r.refusal {
            Refusal::Case => {
                let case = gazetteer.alias_case(r.alias);
                let wants = match case {
                    Case::Exact => "in just this case",
                    _ => "with each of its capitals",
                };
                ("case", format!("{case}: {alias:?} {wants}"))
            }
            Refusal::Gap(gap) if gap.is_empty() => {
                ("gap", "nothing stands between its words".to_owned())
            }
            Refusal::Gap(gap) => ("gap", format!("{:?} stands between its words", text(gap))),
            Refusal::Punctuation => (
                "punctuation",
                format!("the punctuation of {alias:?} does not stand here"),
            ),
            Refusal::Hyphen(beside) => {
                let beside = text(beside);
                (
                    "hyphen",
                    format!("no hyphen: a compound with {beside:?} is another thing"),
                )
            }
            Refusal::Number(beside) => {
                ("number", format!("the number goes on: {:?}", text(beside)))
            }
            Refusal::Touched(beside) => ("touched", format!("{:?} touches it", text(beside))),
            Refusal::Forbidden { context, words } => {
                let contexts = gazetteer.alias_contexts(r.alias);
                let place = contexts.get(context).map(|c| c.place.to_string());
                let place = place.unwrap_or_default();
                let at = self.places.place(words);
                (
                    "context",
                    format!("not {place}: {:?} stands at {}", at.text, at.start),
                )
            }
            Refusal::Missing => {
                let contexts = gazetteer.alias_contexts(r.alias);
                let wanted = contexts.iter().filter(|c| !c.negative).map(missing);
                ("context", wanted.collect::<Vec<_>>().join("; "))
            }
            Refusal::Validity => (
                "validity",
                format!(
                    "{}: the document is of another day",
                    gazetteer.alias_validity(r.alias)
                ),
            ),
        }
    }

    fn found_by(&self, origin: Origin) -> FoundBy {
        match origin {
            Origin::Alias(alias) => FoundBy::Alias(self.alias(alias)),
            Origin::Rule(rule) => FoundBy::Rule(Rule {
                name: rule.as_str(),
                about: rule.about(),
            }),
            other => FoundBy::Rule(Rule {
                name: other.as_str(),
                about: "",
            }),
        }
    }

    fn entity_of(&self, alias: AliasId) -> Entity {
        let gazetteer = self.annotator.gazetteer();
        let entry = gazetteer.alias_entry(alias);
        self.entity(gazetteer.entry_label(entry), Some(entry))
    }

    fn entity(&self, label: Option<Label>, entry: Option<EntryId>) -> Entity {
        let gazetteer = self.annotator.gazetteer();
        let entry = entry.filter(|_| label.is_some());
        Entity {
            label: label.map(Label::as_str),
            entity: entry.map(|e| gazetteer.entry_id(e).into_owned()),
            name: entry.map(|e| gazetteer.entry_name(e).to_owned()),
        }
    }

    fn alias(&self, alias: AliasId) -> Alias {
        let gazetteer = self.annotator.gazetteer();
        let (file, line) = gazetteer.alias_source(alias);
        let contexts = gazetteer.alias_contexts(alias);
        Alias {
            text: gazetteer.alias_text(alias).to_owned(),
            kind: gazetteer.alias_kind(alias).to_string(),
            case: gazetteer.alias_case(alias).to_string(),
            hyphen: gazetteer.alias_hyphen(alias),
            priority: gazetteer.alias_priority(alias),
            contexts: contexts.iter().map(Context::to_string).collect(),
            validity: Some(gazetteer.alias_validity(alias).to_string()).filter(|v| !v.is_empty()),
            file: file.to_owned(),
            line,
        }
    }
}

/// What stands in the way of an alias.
fn in_the_way(refusal: Refusal) -> Option<Span> {
    match refusal {
        Refusal::Gap(span)
        | Refusal::Hyphen(span)
        | Refusal::Number(span)
        | Refusal::Touched(span)
        | Refusal::Forbidden { words: span, .. } => Some(span),
        _ => None,
    }
}

/// A context none of whose words are there.
fn missing(context: &Context) -> String {
    let where_ = match context.place {
        ContextPlace::Near(distance) => format!("within {distance} tokens of its sentence"),
        ContextPlace::FollowedBy => "directly behind it".to_owned(),
        ContextPlace::PrecededBy => "directly before it".to_owned(),
    };
    format!("{} — none {where_}", shortened(&context.to_string()))
}

/// A context with the first of its words: lists may have hundreds.
fn shortened(context: &str) -> String {
    const SHOWN: usize = 4;
    let count = context.split(", ").count();
    match count > SHOWN + 1 {
        false => context.to_owned(),
        true => {
            let words: Vec<&str> = context.split(", ").take(SHOWN).collect();
            format!("{} … ({count} words)", words.join(", "))
        }
    }
}
