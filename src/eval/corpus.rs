//! [`Corpus`]: annotated documents from files, and which gold document belongs to which predicted one.

use super::{Annotated, LabelledSpan, Pair, conll, jsonl};
use crate::{
    error::{Error, Problem},
    read::{Format, ReadOptions, Sources, Stream},
    record::OffsetUnit,
    span::{Label, Span},
};
use std::{collections::HashMap, fmt, sync::Arc};

/// A format of annotated documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CorpusFormat {
    /// One JSON object a line, a document each: the [records](crate::write::jsonl) that this crate writes, and what resembles them.
    ///
    /// A document needs `text` (predictions may leave it out, and are then taken for the gold text) and `spans`, a list of objects with
    /// `start`, `end` and `label`; `id` is a string or a number. Read besides: `offset_unit` (default: code points); of a span `text`,
    /// which must be what the offsets say, and `origin`; of a gold span `optional` or `opt`; of a gold document `annotated_types`.
    /// Spans with `lost` are left out. Other fields are passed over.
    Jsonl,
    /// The same objects in an array.
    Json,
    /// A token a line, its first column the token, its last the tag; columns are parted by tabs, or else by spaces. A blank line ends a
    /// sentence, a line that starts with `-DOCSTART-` begins a document; without such lines each sentence is a document. Lines that
    /// start with `#` and have no tag are comments.
    ///
    /// Tags are `O` or a prefix and a label, as IOB1, IOB2, BILOU and BIOES write them. All are read by one rule: `B`, `U` and `S`
    /// start a span; `I`, `L` and `E` go on with the span of their label before them, or start one; `L`, `E`, `U` and `S` end theirs.
    /// The text is the tokens with spaces between them and line feeds between sentences.
    Conll,
}

impl CorpusFormat {
    /// All formats.
    pub const ALL: [CorpusFormat; 3] =
        [CorpusFormat::Jsonl, CorpusFormat::Json, CorpusFormat::Conll];

    /// The word that `--from` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            CorpusFormat::Jsonl => "jsonl",
            CorpusFormat::Json => "json",
            CorpusFormat::Conll => "conll",
        }
    }

    /// The format that the name of a file tells.
    fn of_name(name: &str) -> Option<CorpusFormat> {
        let name = name.to_lowercase();
        let stem = name.strip_suffix(".gz").or(name.strip_suffix(".zst"));
        match stem.unwrap_or(&name).rsplit_once('.')?.1 {
            "jsonl" | "ndjson" | "jsonlines" => Some(CorpusFormat::Jsonl),
            "json" => Some(CorpusFormat::Json),
            "conll" | "conll03" | "bio" | "iob" | "iob2" | "bioes" | "iobes" | "bilou" => {
                Some(CorpusFormat::Conll)
            }
            _ => None,
        }
    }

    /// The format of a text.
    fn of_content(text: &str) -> Option<CorpusFormat> {
        match text.trim_start().chars().next() {
            Some('{') => Some(CorpusFormat::Jsonl),
            _ => conll::looks_like(text).then_some(CorpusFormat::Conll),
        }
    }
}

impl fmt::Display for CorpusFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a corpus is read.
#[derive(Clone, Debug)]
pub struct CorpusOptions {
    /// The format; `None` decides by the file's name, then by content. Default: `None`.
    pub from: Option<CorpusFormat>,
    /// JSONL, JSON: the field of a span that has its label; where a span lacks it, `label` does. Default: `label`.
    pub label_field: String,
}

impl Default for CorpusOptions {
    fn default() -> CorpusOptions {
        CorpusOptions {
            from: None,
            label_field: "label".into(),
        }
    }
}

/// Annotated documents as they were read, gold or predicted.
///
/// ```no_run
/// use wiretag::eval::{Corpus, CorpusOptions, Options, evaluate};
/// let gold = Corpus::read_gold("gold.jsonl", &CorpusOptions::default())?;
/// let predicted = Corpus::read("predicted.jsonl", &CorpusOptions::default())?;
/// let paired = gold.pair(predicted);
/// println!("F1 {:.4}", evaluate(&paired.pairs, &Options::default()).all.of(wiretag::eval::Scheme::Strict).f1());
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Debug)]
pub struct Corpus {
    /// What messages call it: the path as it was given.
    name: String,
    entries: Vec<Entry>,
    problems: Vec<Problem>,
}

/// A document and where it came from.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) file: Arc<str>,
    pub(super) line: u64,
    /// Has it an id of its own, which the other side shares?
    pub(super) has_id: bool,
    pub(super) doc: Annotated,
    /// The spans of a document without a text, whose offsets wait for one.
    pub(super) waiting: Option<Vec<Waiting>>,
}

/// A span whose offsets are not bytes yet.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) unit: OffsetUnit,
    pub(super) label: Label,
    /// What the span says that it covers.
    pub(super) text: Option<String>,
    pub(super) optional: bool,
    pub(super) origin: Option<String>,
}

/// Gold documents with their predictions, and what was wrong with them.
#[derive(Debug)]
pub struct Paired<'a> {
    /// All gold documents in their order. One without a counterpart has no predictions.
    pub pairs: Vec<Pair<'a>>,
    /// What was wrong with the predicted side: documents missing, left over, repeated or with another text, and spans that are none.
    pub problems: Vec<Problem>,
    /// Gold documents without a counterpart.
    pub missing: u64,
    /// Predicted documents that no gold document belongs to.
    pub extra: u64,
    /// Documents whose text is another on the two sides; their predictions are left out.
    pub differing: u64,
    /// Documents whose texts differ in white space alone; spans were carried over by their other characters.
    pub respaced: u64,
}

/// No document is that large: a corpus is read whole.
const MAX_DOCUMENT: usize = 4095 << 20;

impl Corpus {
    /// Reads a file, a folder, a pattern or (`-`) standard input, also packed (.gz, .zst). Time and memory are linear in its size.
    ///
    /// # Errors
    /// When a file can't be read, or none of the formats fits. Bad documents and spans are no error but [problems](Corpus::problems).
    pub fn read(path: &str, options: &CorpusOptions) -> Result<Corpus, Error> {
        let mut corpus = Corpus::new(match path {
            "-" => "standard input",
            _ => path,
        });
        let fatal = |problem: Problem| Error::problems(vec![problem]);
        for source in Sources::new([path]) {
            let source = source.map_err(fatal)?;
            let told = options.from.or(CorpusFormat::of_name(&source.name));
            let mut read = ReadOptions::default();
            read.max_document = MAX_DOCUMENT;
            read.from = Some(match told {
                Some(CorpusFormat::Jsonl) => Format::Jsonl,
                Some(CorpusFormat::Json) => Format::Json,
                Some(CorpusFormat::Conll) | None => Format::Text,
            });
            let stream = Stream::open(&source, &read, &Arc::default()).map_err(fatal)?;
            for raw in stream {
                let raw = match raw {
                    Ok(raw) => raw,
                    Err(problem) => {
                        corpus.problems.push(problem);
                        continue;
                    }
                };
                let first_line = raw.line.unwrap_or(1);
                let text = match std::str::from_utf8(&raw.bytes) {
                    Ok(text) => text.trim_start_matches('\u{feff}'),
                    Err(e) => {
                        let before = &raw.bytes[..e.valid_up_to()];
                        let breaks = memchr::memchr_iter(b'\n', before).count() as u64;
                        let line = Some(first_line + breaks);
                        let message = "not UTF-8: convert the file";
                        corpus
                            .problems
                            .push(Problem::error(&raw.name, line, message));
                        continue;
                    }
                };
                match told.or_else(|| CorpusFormat::of_content(text)) {
                    Some(CorpusFormat::Conll) => conll::parse(&raw.name, text, &mut corpus),
                    // Of unknown name and in one piece.
                    Some(_) if told.is_none() => {
                        for (line, text) in (first_line..).zip(text.lines()) {
                            if !text.trim().is_empty() {
                                jsonl::parse(&raw.name, line, text, options, &mut corpus);
                            }
                        }
                    }
                    Some(_) => jsonl::parse(&raw.name, first_line, text, options, &mut corpus),
                    None if text.trim().is_empty() => {}
                    None => {
                        return Err(Error::invalid(format!(
                            "{}: neither JSONL nor CoNLL by its content: --from names the format (jsonl, json, conll)",
                            source.name
                        )));
                    }
                }
            }
        }
        corpus.leave_repeated_ids_out();
        Ok(corpus)
    }

    /// The same for gold documents, which all need a text.
    ///
    /// # Errors
    /// As for [`Corpus::read`].
    pub fn read_gold(path: &str, options: &CorpusOptions) -> Result<Corpus, Error> {
        let mut corpus = Corpus::read(path, options)?;
        let problems = &mut corpus.problems;
        corpus.entries.retain(|entry| {
            if entry.waiting.is_some() {
                let message = "no field \"text\", which gold needs: the document is left out";
                problems.push(Problem::error(&entry.file, Some(entry.line), message));
            }
            entry.waiting.is_none()
        });
        Ok(corpus)
    }

    pub(super) fn new(name: &str) -> Corpus {
        Corpus {
            name: name.to_owned(),
            entries: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// What was wrong while reading.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Documents that were read.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Was no document read?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Pairs these gold documents with predicted ones: by id, or in their order if one of the two sides has no ids. Texts must be the
    /// same but for white space.
    pub fn pair(&self, predicted: Corpus) -> Paired<'_> {
        let mut paired = Paired {
            pairs: Vec::with_capacity(self.entries.len()),
            problems: predicted.problems,
            missing: 0,
            extra: 0,
            differing: 0,
            respaced: 0,
        };
        let has_ids = |entries: &[Entry]| entries.iter().any(|e| e.has_id);
        let by_id = has_ids(&self.entries) && has_ids(&predicted.entries);
        let key = |at: usize, entry: &Entry| match by_id {
            true => entry.doc.id.clone(),
            false => at.to_string(),
        };
        let mut waiting: HashMap<String, Entry> = HashMap::new();
        let mut order = Vec::new();
        for (at, entry) in predicted.entries.into_iter().enumerate() {
            let key = key(at, &entry);
            order.push(key.clone());
            waiting.insert(key, entry);
        }
        for (at, gold) in self.entries.iter().enumerate() {
            let predicted = match waiting.remove(&key(at, gold)) {
                Some(entry) => self.carried_over(gold, entry, &mut paired),
                None => {
                    paired.missing += 1;
                    let what = match by_id {
                        true => format!("document {:?} is not in", gold.doc.id),
                        false => format!("document {} has no counterpart in", at + 1),
                    };
                    let message = format!("{what} {}: {}", predicted.name, left_out(gold));
                    let problem = Problem::error(&gold.file, Some(gold.line), message);
                    paired.problems.push(problem);
                    Vec::new()
                }
            };
            paired.pairs.push(Pair {
                gold: &gold.doc,
                predicted,
            });
        }
        for (at, key) in order.iter().enumerate() {
            let Some(entry) = waiting.get(key) else {
                continue;
            };
            paired.extra += 1;
            let what = match by_id {
                true => format!("document {:?} is not in", entry.doc.id),
                false => format!("document {} has no counterpart in", at + 1),
            };
            let message = format!("{what} {}: it is left out", self.name);
            let problem = Problem::error(&entry.file, Some(entry.line), message);
            paired.problems.push(problem);
        }
        paired
    }

    /// The predicted spans as spans of the gold text.
    fn carried_over(
        &self,
        gold: &Entry,
        predicted: Entry,
        paired: &mut Paired<'_>,
    ) -> Vec<LabelledSpan> {
        let at = (&*predicted.file, predicted.line);
        if let Some(waiting) = predicted.waiting {
            return resolve(&gold.doc.text, waiting, at, &mut paired.problems);
        }
        if gold.doc.text == predicted.doc.text {
            return predicted.doc.spans;
        }
        match Respacing::new(&predicted.doc.text, &gold.doc.text) {
            Ok(respacing) => {
                paired.respaced += 1;
                let spans = predicted.doc.spans.into_iter();
                spans.filter_map(|s| respacing.of(s)).collect()
            }
            Err(place) => {
                paired.differing += 1;
                let message = format!(
                    "the text is not that of {}:{} from character {} on ({:?} where gold has {:?}): {}",
                    gold.file,
                    gold.line,
                    place.character + 1,
                    place.from,
                    place.to,
                    left_out(gold)
                );
                let problem = Problem::error(at.0, Some(at.1), message);
                paired.problems.push(problem);
                Vec::new()
            }
        }
    }

    fn leave_repeated_ids_out(&mut self) {
        let any = self.entries.iter().any(|e| e.has_id);
        let mut seen: HashMap<String, (Arc<str>, u64)> = HashMap::new();
        let problems = &mut self.problems;
        self.entries.retain(|entry| {
            let mut refuse = |message: String| {
                problems.push(Problem::error(&entry.file, Some(entry.line), message));
                false
            };
            if !entry.has_id {
                return !any
                    || refuse("no id, where other documents have one: it is left out".to_owned());
            }
            match seen.get(&entry.doc.id) {
                Some((file, line)) => refuse(format!(
                    "document {:?} was at {file}:{line} before: this one is left out",
                    entry.doc.id
                )),
                None => {
                    seen.insert(entry.doc.id.clone(), (entry.file.clone(), entry.line));
                    true
                }
            }
        });
    }

    pub(super) fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    pub(super) fn complain(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn problems_mut(&mut self) -> &mut Vec<Problem> {
        &mut self.problems
    }
}

fn left_out(gold: &Entry) -> String {
    let required = gold.doc.spans.iter().filter(|s| !s.optional).count();
    match required {
        0 => "nothing is predicted for it".to_owned(),
        1 => "its gold span counts as missed".to_owned(),
        n => format!("its {n} gold spans count as missed"),
    }
}

/// Turns offsets into bytes of a text. Spans that are none are reported and left out.
pub(super) fn resolve(
    text: &str,
    waiting: Vec<Waiting>,
    (file, line): (&str, u64),
    problems: &mut Vec<Problem>,
) -> Vec<LabelledSpan> {
    let mut units: HashMap<OffsetUnit, Vec<usize>> = HashMap::new();
    let mut spans = Vec::with_capacity(waiting.len());
    for span in waiting {
        let bytes = units
            .entry(span.unit)
            .or_insert_with(|| bytes_of(text, span.unit));
        let mut refuse = |message: String| {
            let message = format!("span {}..{}: {message}", span.start, span.end);
            problems.push(Problem::error(file, Some(line), message));
        };
        let byte = |offset: u64| {
            let found = usize::try_from(offset).ok().and_then(|o| bytes.get(o));
            found.copied()
        };
        let (Some(start), Some(end)) = (byte(span.start), byte(span.end)) else {
            let most = bytes.len() - 1;
            refuse(format!("the text ends at {most} ({}): left out", span.unit));
            continue;
        };
        if [start, end].contains(&INSIDE) {
            refuse(format!("it cuts a character ({}): left out", span.unit));
        } else if start >= end {
            refuse("it is empty: left out".to_owned());
        } else if let Some(said) = span.text.filter(|said| *said != text[start..end]) {
            refuse(format!(
                "it should be {said:?} and is {:?}, is offset_unit ({}) right? left out",
                &text[start..end],
                span.unit
            ));
        } else {
            spans.push(LabelledSpan {
                span: Span { start, end },
                label: span.label,
                optional: span.optional,
                origin: span.origin,
            });
        }
    }
    spans
}

/// Marks offsets inside a character.
const INSIDE: usize = usize::MAX;

/// For each offset of a unit its byte.
fn bytes_of(text: &str, unit: OffsetUnit) -> Vec<usize> {
    let mut bytes = Vec::with_capacity(text.len() + 1);
    for (at, c) in text.char_indices() {
        bytes.push(at);
        let len = unit.count(c.encode_utf8(&mut [0; 4]));
        bytes.extend((1..len).map(|_| INSIDE));
    }
    bytes.push(text.len());
    bytes
}

/// Two texts that differ in white space alone: where the characters of one stand in the other.
struct Respacing {
    /// Bytes of the first text and of the second, of each character that is no white space.
    from: Vec<usize>,
    to: Vec<Span>,
}

/// Where two texts begin to differ in more than white space, and how.
struct Place {
    character: usize,
    from: String,
    to: String,
}

impl Respacing {
    fn new(from: &str, to: &str) -> Result<Respacing, Place> {
        let dense = |(_, c): &(usize, char)| !c.is_whitespace();
        let (mut a, mut b) = (
            from.char_indices().filter(dense),
            to.char_indices().filter(dense),
        );
        let mut respacing = Respacing {
            from: Vec::new(),
            to: Vec::new(),
        };
        loop {
            match (a.next(), b.next()) {
                (None, None) => return Ok(respacing),
                (Some((x, c)), Some((y, d))) if c == d => {
                    respacing.from.push(x);
                    respacing.to.push(Span {
                        start: y,
                        end: y + d.len_utf8(),
                    });
                }
                (x, y) => {
                    let x = x.map_or(from.len(), |(at, _)| at);
                    let y = y.map_or(to.len(), |(at, _)| at);
                    let some = |text: &str| text.chars().take(20).collect();
                    return Err(Place {
                        character: from[..x].chars().count(),
                        from: some(&from[x..]),
                        to: some(&to[y..]),
                    });
                }
            }
        }
    }

    /// The span in the second text; none of white space alone.
    fn of(&self, span: LabelledSpan) -> Option<LabelledSpan> {
        let first = self.from.partition_point(|&at| at < span.span.start);
        let behind = self.from.partition_point(|&at| at < span.span.end);
        (first < behind).then(|| LabelledSpan {
            span: Span {
                start: self.to[first].start,
                end: self.to[behind - 1].end,
            },
            ..span
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_content_tell_the_format() {
        for (name, format) in [
            ("a.jsonl", Some(CorpusFormat::Jsonl)),
            ("news/a.JSON.gz", Some(CorpusFormat::Json)),
            ("dev.iob2.zst", Some(CorpusFormat::Conll)),
            ("dev.txt", None),
            ("-", None),
        ] {
            assert_eq!(CorpusFormat::of_name(name), format, "{name}");
        }
        for (text, format) in [
            ("{\"id\": 1}", Some(CorpusFormat::Jsonl)),
            ("\n-DOCSTART- -X- O O\n", Some(CorpusFormat::Conll)),
            ("Köln\tB-LOC\n", Some(CorpusFormat::Conll)),
            ("# id = 4\nKöln _ _ U-LOC\n", Some(CorpusFormat::Conll)),
            ("Iran denied it.\n", None),
            ("", None),
        ] {
            assert_eq!(CorpusFormat::of_content(text), format, "{text}");
        }
    }

    #[test]
    fn offsets_of_all_units_become_bytes() {
        let text = "🚀 Köln";
        for (unit, start, end) in [
            (OffsetUnit::Codepoint, 2, 6),
            (OffsetUnit::Byte, 5, 10),
            (OffsetUnit::Utf16, 3, 7),
        ] {
            let span = |start, end| Waiting {
                start,
                end,
                unit,
                label: Label::new("LOCATION").unwrap(),
                text: Some("Köln".to_owned()),
                optional: false,
                origin: None,
            };
            let mut problems = Vec::new();
            let waiting = vec![span(start, end), span(start, end + 1), span(0, start)];
            let spans = resolve(text, waiting, ("a.jsonl", 3), &mut problems);
            assert_eq!(spans.len(), 1, "{unit}");
            assert_eq!(&text[spans[0].span.range()], "Köln");
            assert_eq!(problems.len(), 2);
            assert!(problems[0].message.contains("the text ends at"));
            assert!(problems[1].message.contains("offset_unit"));
        }
        assert_eq!(bytes_of("é🚀", OffsetUnit::Utf16), [0, 2, INSIDE, 6]);
    }

    #[test]
    fn spans_are_carried_over_white_space() {
        let (from, to) = ("the U.S. \n Navy 's é", "the U.S. Navy's é");
        let span = |start: usize, end: usize| {
            LabelledSpan::new(Span { start, end }, Label::new("ORG").unwrap())
        };
        let Ok(respacing) = Respacing::new(from, to) else {
            panic!("they differ in white space alone");
        };
        let carried = |start, end| respacing.of(span(start, end)).map(|s| &to[s.span.range()]);
        assert_eq!(carried(4, 15), Some("U.S. Navy"));
        assert_eq!(carried(16, 18), Some("'s"));
        assert_eq!(carried(8, 11), None);
        let Err(place) = Respacing::new("the UK now", "the  UN now") else {
            panic!("they differ");
        };
        assert_eq!(
            (place.character, &*place.from, &*place.to),
            (5, "K now", "N now")
        );
    }

    #[test]
    fn ids_are_needed_by_all_or_none() {
        let entry = |id: &str, has_id| Entry {
            file: "a.jsonl".into(),
            line: 1,
            has_id,
            doc: Annotated::new(id, "", Vec::new()),
            waiting: None,
        };
        let left = |entries: Vec<Entry>| {
            let mut corpus = Corpus::new("a.jsonl");
            corpus.entries = entries;
            corpus.leave_repeated_ids_out();
            (corpus.len(), corpus.problems.len())
        };
        assert_eq!(left(vec![entry("a", true), entry("a", true)]), (1, 1));
        assert_eq!(left(vec![entry("a", true), entry("b", false)]), (1, 1));
        assert_eq!(left(vec![entry("a", false), entry("b", false)]), (2, 0));
    }
}
