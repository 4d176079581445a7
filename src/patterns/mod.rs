//! [`Patterns`]: rules that users write without Rust, in the format of spaCy's EntityRuler and of Prodigy.

mod condition;
mod program;
mod source;

use crate::{
    document::PatternId,
    error::Error,
    span::{Label, Span},
    tokens::{extend_key, hash_bytes},
    words::Words,
};
use condition::{Condition, Field, Surface};
use program::{Program, States};
use source::PatternSource;
use std::path::Path;

/// Phrases and token patterns, each with a label, as `patterns.jsonl` has them.
///
/// The format is specified in `docs/patterns.md`. A pattern matches [`Words`]; a match has at most 64 of them and lies in one
/// paragraph. The matches are candidates, of each
/// pattern the eight longest from each word: the competition with the names of the gazetteers decides.
///
/// Time is linear in the text, whatever the patterns: a word is tested once for each condition, and moves each of the at most 64
/// runs of a pattern by one step. Patterns that start with known words (phrases do) cost nothing at other words.
///
/// ```
/// use wiretag::{Patterns, Words};
/// let patterns = Patterns::from_str("my.jsonl", r#"{"label": "ORG", "pattern": [{"LOWER": "task"}, {"LOWER": "force"}, {"IS_DIGIT": true}]}"#)?;
/// let text = "Ships of Task Force 150 left.";
/// let found = patterns.find(text, &Words::of(text));
/// assert_eq!(&text[found[0].span.range()], "Task Force 150");
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    patterns: Vec<Pattern>,
    conditions: Vec<Condition>,
    files: Vec<String>,
    /// For texts and for lower-case forms.
    literals: [Literals; 2],
    /// Patterns of which no first word is known.
    anywhere: Vec<u32>,
}

/// Where patterns start that know their words by one field.
#[derive(Clone, Debug, Default)]
struct Literals {
    /// Patterns of which every word is known: by the hash of their words, and [`GOES_ON`] by those of their first words.
    phrases: Table,
    /// Patterns by the hash of their first word.
    starts: Table,
}

const FIELDS: [Field; 2] = [Field::Text, Field::Lower];
/// Stands for no pattern: some phrase has more words.
const GOES_ON: u32 = u32::MAX;

/// A match of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatternMatch {
    /// Where it is: whole words.
    pub span: Span,
    /// The pattern.
    pub pattern: PatternId,
}

#[derive(Clone, Debug)]
struct Pattern {
    label: Label,
    id: Option<Box<str>>,
    priority: i8,
    file: u32,
    line: u32,
    body: Program,
    /// Read from its end.
    left: Option<Box<Program>>,
    right: Option<Box<Program>>,
}

/// Memory of [`Patterns`], reused from text to text.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) words: Words,
    pub(crate) matches: Vec<PatternMatch>,
    runs: Vec<Run>,
    /// For each condition the time at which it was tested last, and whether it held.
    known: Vec<(u64, bool)>,
    /// Goes on from text to text, so that nothing has to be cleared.
    time: u64,
    /// How often a condition was asked for.
    asked: u64,
}

/// A pattern that started at a word.
#[derive(Clone, Copy, Debug)]
struct Run {
    pattern: u32,
    start: u32,
    states: States,
    /// Does what stands before the start match? None where nobody has looked.
    left: Option<bool>,
}

/// Of the matches of one pattern from one word so many of the longest compete. The shorter ones would matter where all longer ones
/// lose, and there are 64 a word for `{}` with `+`.
const MOST_COMPETING: usize = 8;

/// The most words of a match: longer ones are no names, and time stays linear.
const MOST_WORDS: usize = 64;

impl Patterns {
    /// Reads a file.
    ///
    /// # Errors
    /// When it can't be read, or has lines that can't be used: all of them are listed, with what to do.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Patterns, Error> {
        Patterns::from_paths([path])
    }

    /// Reads several files; the patterns of the first come first where nothing else decides.
    ///
    /// # Errors
    /// As for [`Patterns::from_path`]; what is wrong is listed for all files at once.
    pub fn from_paths<P: AsRef<Path>>(
        paths: impl IntoIterator<Item = P>,
    ) -> Result<Patterns, Error> {
        let mut source = PatternSource::default();
        for path in paths {
            source.add_path(path.as_ref())?;
        }
        source.finish()
    }

    /// Reads the text of a file. `name` is what messages call it.
    ///
    /// # Errors
    /// When it has lines that can't be used.
    pub fn from_str(name: &str, text: &str) -> Result<Patterns, Error> {
        let mut source = PatternSource::default();
        source.add_text(name, text);
        source.finish()
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Is there no pattern?
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The label of a pattern.
    ///
    /// # Panics
    /// When there is no such pattern; so do the other functions that take one.
    pub fn label(&self, pattern: PatternId) -> Label {
        self.pattern(pattern).label
    }

    /// The id that its line has.
    pub fn id(&self, pattern: PatternId) -> Option<&str> {
        self.pattern(pattern).id.as_deref()
    }

    /// Its priority in the competition; 0 where its line says none.
    pub fn priority(&self, pattern: PatternId) -> i8 {
        self.pattern(pattern).priority
    }

    /// File and line (from 1) that it comes from.
    pub fn source(&self, pattern: PatternId) -> (&str, usize) {
        let pattern = self.pattern(pattern);
        (&self.files[pattern.file as usize], pattern.line as usize)
    }

    /// The files that they come from, in their order.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// The labels that patterns have, sorted by name.
    pub fn labels(&self) -> Vec<Label> {
        let mut labels: Vec<Label> = self.patterns.iter().map(|p| p.label).collect();
        labels.sort();
        labels.dedup();
        labels
    }

    /// All matches in a text with these words, by start, then the longer first.
    pub fn find(&self, text: &str, words: &Words) -> Vec<PatternMatch> {
        let mut scratch = Scratch::default();
        self.find_in(text, words, usize::MAX, &mut scratch);
        scratch.matches
    }

    /// Fills `scratch.matches` with the matches that compete in a text, whose words are `scratch.words`.
    pub(crate) fn find_into(&self, text: &str, scratch: &mut Scratch) {
        let words = std::mem::take(&mut scratch.words);
        self.find_in(text, &words, MOST_COMPETING, scratch);
        scratch.words = words;
    }

    /// Finds the `most` longest matches of each pattern from each word.
    fn find_in(&self, text: &str, words: &Words, most: usize, scratch: &mut Scratch) {
        let Scratch {
            matches,
            runs,
            known,
            time,
            asked,
            ..
        } = scratch;
        matches.clear();
        runs.clear();
        if known.len() < self.conditions.len() {
            known.resize(self.conditions.len(), (0, false));
        }
        let mut full = 4096;
        for i in 0..words.len() {
            if matches.len() > full {
                keep_longest(matches, most);
                full = (2 * matches.len()).max(4096);
            }
            if words.starts_paragraph(i) {
                runs.clear();
            }
            let word = Surface::of(&text[words.span(i).range()]);
            for (field, literals) in FIELDS.into_iter().zip(&self.literals) {
                if literals.is_empty() {
                    continue;
                }
                let hash = hash(word.field(field));
                literals.starts.at(hash, |p| runs.push(self.run(p, i)));
                if literals.phrases.may_have(hash) {
                    self.find_phrases((field, &literals.phrases), (text, words, i), hash, matches);
                }
            }
            runs.extend(self.anywhere.iter().map(|&p| self.run(p, i)));
            *time += 1;
            let mut holds = |condition: u32| {
                *asked += 1;
                let known = &mut known[condition as usize];
                if known.0 != *time {
                    *known = (*time, self.conditions[condition as usize].holds(&word));
                }
                known.1
            };
            runs.retain_mut(|run| {
                let pattern = &self.patterns[run.pattern as usize];
                let body = &pattern.body;
                run.states = body.advance(run.states, &mut holds);
                let start = run.start as usize;
                if body.accepts(run.states)
                    && *run
                        .left
                        .get_or_insert_with(|| self.stands_left(pattern, text, words, start))
                    && self.stands_right(pattern, text, words, i + 1)
                {
                    matches.push(PatternMatch {
                        span: Span {
                            start: words.span(start).start,
                            end: words.span(i).end,
                        },
                        pattern: PatternId(run.pattern),
                    });
                }
                i + 1 - start < MOST_WORDS && body.is_alive(run.states)
            });
        }
        keep_longest(matches, most);
        matches.sort_unstable_by_key(|m| (m.span.start, std::cmp::Reverse(m.span.end), m.pattern));
    }

    fn run(&self, pattern: u32, start: usize) -> Run {
        Run {
            pattern,
            start: start as u32,
            states: self.patterns[pattern as usize].body.start(),
            left: None,
        }
    }

    /// Finds the phrases that start at a word with this hash.
    fn find_phrases(
        &self,
        (field, phrases): (Field, &Table),
        (text, words, first): (&str, &Words, usize),
        hash_of_first: u64,
        matches: &mut Vec<PatternMatch>,
    ) {
        let (mut key, mut end) = (hash_of_first, first + 1);
        loop {
            let mut goes_on = false;
            phrases.at(key, |number| {
                if number == GOES_ON {
                    goes_on = true;
                    return;
                }
                let pattern = &self.patterns[number as usize];
                // Hashes may be equal by chance.
                let mut of_words = (first..end).map(|i| &text[words.span(i).range()]);
                let same = pattern.body.as_sequence().is_some_and(|mut conditions| {
                    conditions.all(|c| {
                        let word = of_words.next().map(Surface::of);
                        word.is_some_and(|word| self.conditions[c as usize].holds(&word))
                    })
                });
                if same
                    && of_words.next().is_none()
                    && self.stands_left(pattern, text, words, first)
                    && self.stands_right(pattern, text, words, end)
                {
                    matches.push(PatternMatch {
                        span: Span {
                            start: words.span(first).start,
                            end: words.span(end - 1).end,
                        },
                        pattern: PatternId(number),
                    });
                }
            });
            if !goes_on || end == words.len() || words.starts_paragraph(end) {
                return;
            }
            let word = Surface::of(&text[words.span(end).range()]);
            key = extend_key(key, hash(word.field(field)));
            end += 1;
        }
    }

    /// Does what the pattern wants on its left stand before word `start`?
    fn stands_left(&self, pattern: &Pattern, text: &str, words: &Words, start: usize) -> bool {
        let before = (0..start)
            .rev()
            .take_while(|&i| !words.starts_paragraph(i + 1));
        self.stands(pattern.left.as_deref(), text, words, before)
    }

    /// Does what the pattern wants on its right stand from word `end` on?
    fn stands_right(&self, pattern: &Pattern, text: &str, words: &Words, end: usize) -> bool {
        let behind = (end..words.len()).take_while(|&i| !words.starts_paragraph(i));
        self.stands(pattern.right.as_deref(), text, words, behind)
    }

    fn stands(
        &self,
        program: Option<&Program>,
        text: &str,
        words: &Words,
        range: impl Iterator<Item = usize>,
    ) -> bool {
        let Some(program) = program else { return true };
        let mut states = program.start();
        for i in range.take(MOST_WORDS) {
            if program.accepts(states) || !program.is_alive(states) {
                break;
            }
            let word = Surface::of(&text[words.span(i).range()]);
            states = program.advance(states, |c| self.conditions[c as usize].holds(&word));
        }
        program.accepts(states)
    }

    fn pattern(&self, pattern: PatternId) -> &Pattern {
        &self.patterns[pattern.0 as usize]
    }

    /// Files every pattern under the words that it may start with.
    fn index(&mut self) {
        let (mut phrases, mut starts) = ([vec![], vec![]], [vec![], vec![]]);
        for (number, pattern) in (0u32..).zip(&self.patterns) {
            if let Some((field, keys)) = self.phrase(pattern) {
                let rows = &mut phrases[field];
                let (last, first) = keys.split_last().expect("a pattern has a token");
                rows.extend(first.iter().map(|key| (*key, GOES_ON)));
                rows.push((*last, number));
                continue;
            }
            let first: Option<Vec<_>> = pattern
                .body
                .first()
                .map(|step| {
                    let condition = &self.conditions[step.condition as usize];
                    condition.literals().filter(|_| !step.negative)
                })
                .collect();
            let Some(first) = first else {
                self.anywhere.push(number);
                continue;
            };
            let field = usize::from(first.iter().any(|(field, _)| *field == Field::Lower));
            for value in first.into_iter().flat_map(|(_, values)| values) {
                let hash = match FIELDS[field] {
                    Field::Lower => hash(&value.to_lowercase()),
                    _ => hash(value),
                };
                starts[field].push((hash, number));
            }
        }
        let tables = phrases
            .map(Table::of)
            .into_iter()
            .zip(starts.map(Table::of));
        for (literals, (phrases, starts)) in self.literals.iter_mut().zip(tables) {
            *literals = Literals { phrases, starts };
        }
    }

    /// Where every word of a pattern is known by one field: its index in [`FIELDS`], and the keys of the first words, of one more
    /// each.
    fn phrase(&self, pattern: &Pattern) -> Option<(usize, Vec<u64>)> {
        let words: Vec<(Field, &str)> = pattern
            .body
            .as_sequence()?
            .map(|c| self.conditions[c as usize].literal())
            .collect::<Option<_>>()?;
        let field = words.first()?.0;
        if words.iter().any(|w| w.0 != field) {
            return None;
        }
        let mut keys: Vec<u64> = Vec::with_capacity(words.len());
        for (_, word) in &words {
            let hash = hash(word);
            keys.push(keys.last().map_or(hash, |key| extend_key(*key, hash)));
        }
        Some((FIELDS.iter().position(|f| *f == field)?, keys))
    }
}

impl Literals {
    fn is_empty(&self) -> bool {
        self.phrases.rows.is_empty() && self.starts.rows.is_empty()
    }
}

/// Leaves of the matches of each pattern from each word the longest.
fn keep_longest(matches: &mut Vec<PatternMatch>, most: usize) {
    if most == usize::MAX {
        return;
    }
    matches.sort_unstable_by_key(|m| (m.pattern, m.span.start, std::cmp::Reverse(m.span.end)));
    let (mut last, mut count) = (None, 0);
    matches.retain(|m| {
        let start = Some((m.pattern, m.span.start));
        count = if start == last { count + 1 } else { 1 };
        last = start;
        count <= most
    });
}

/// Patterns by a hash. Other words may have the same: what is found is looked at once more.
#[derive(Clone, Debug, Default)]
struct Table {
    /// Sorted.
    rows: Vec<(u64, u32)>,
    /// Which hashes there may be: most words are in no row. Empty without rows, else a power of two.
    filter: Vec<u64>,
}

impl Table {
    fn of(mut rows: Vec<(u64, u32)>) -> Table {
        rows.sort_unstable();
        rows.dedup();
        let len = match rows.len() {
            0 => 0,
            n => (n / 4).next_power_of_two().max(16),
        };
        let mut filter = vec![0; len];
        for (hash, _) in &rows {
            filter[*hash as usize >> 6 & (len - 1)] |= 1 << (hash & 63);
        }
        Table { rows, filter }
    }

    fn may_have(&self, hash: u64) -> bool {
        let word = hash as usize >> 6 & self.filter.len().wrapping_sub(1);
        self.filter
            .get(word)
            .is_some_and(|w| w & 1 << (hash & 63) != 0)
    }

    fn at(&self, hash: u64, mut each: impl FnMut(u32)) {
        if self.may_have(hash) {
            let first = self.rows.partition_point(|row| row.0 < hash);
            let same = self.rows[first..].iter().take_while(|row| row.0 == hash);
            same.for_each(|row| each(row.1));
        }
    }
}

fn hash(word: &str) -> u64 {
    hash_bytes(word.as_bytes(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pattern: &str, text: &str) -> (u64, usize) {
        let line = format!(r#"{{"label": "X", "pattern": {pattern}}}"#);
        let patterns = Patterns::from_str("p", &line).unwrap();
        let mut scratch = Scratch {
            words: Words::of(text),
            ..Scratch::default()
        };
        patterns.find_into(text, &mut scratch);
        (scratch.asked, scratch.matches.len())
    }

    #[test]
    fn optional_tokens_take_no_exponential_time() {
        // `a? a? … a a …`: a backtracking matcher tries every way to leave some out.
        for n in [5, 10, 20, 40] {
            let steps: Vec<&str> = std::iter::repeat_n(r#"{"TEXT": "a", "OP": "?"}"#, n)
                .chain(std::iter::repeat_n(r#"{"TEXT": "a"}"#, n))
                .collect();
            let pattern = format!("[{}]", steps.join(","));
            let (asked, found) = asked(&pattern, &"a ".repeat(n));
            assert_eq!(found, 1, "{n}");
            assert!(asked <= (2 * n * n * n) as u64, "{n}: {asked}");
        }
    }

    #[test]
    fn work_grows_as_the_text_does() {
        for pattern in [
            r#"[{"OP": "+"}]"#,
            r#"[{"OP": "*"}, {"OP": "+"}, {"TEXT": "b", "OP": "?"}]"#,
            r#"[{"TEXT": "a", "OP": "+"}, {"TEXT": "a", "OP": "*"}, {"TEXT": "a", "OP": "+"}, {"TEXT": "b"}]"#,
        ] {
            let (short, _) = asked(pattern, &"a ".repeat(1_000));
            let (long, found) = asked(pattern, &"a ".repeat(10_000));
            assert!(long <= 11 * short, "{pattern}: {short}, {long}");
            assert!(found <= 80_000, "{pattern}: {found}");
        }
    }

    #[test]
    fn the_longest_matches_from_each_word_compete() {
        let line = r#"{"label": "X", "pattern": [{"OP": "+"}]}"#;
        let patterns = Patterns::from_str("p", line).unwrap();
        let text = "a ".repeat(200);
        let all = patterns.find(&text, &Words::of(&text));
        let mut scratch = Scratch {
            words: Words::of(&text),
            ..Scratch::default()
        };
        patterns.find_into(&text, &mut scratch);
        let longest: Vec<PatternMatch> = all
            .chunk_by(|a, b| a.span.start == b.span.start)
            .flat_map(|from_one| from_one.iter().take(8).copied())
            .collect();
        assert!(all.len() > 2 * 4096);
        assert_eq!(scratch.matches, longest);
    }

    #[test]
    fn patterns_of_known_first_words_cost_nothing_at_others() {
        let lines: Vec<String> = (0..1_000)
            .map(|n| match n % 3 {
                0 => format!(r#"{{"label": "X", "pattern": "Name Corp. {n}"}}"#),
                1 => format!(r#"{{"label": "X", "pattern": [{{"LOWER": "name"}}, {{"LOWER": "{n}"}}]}}"#),
                _ => format!(r#"{{"label": "X", "pattern": [{{"LOWER": "name{n}"}}, {{"IS_DIGIT": true, "OP": "+"}}]}}"#),
            })
            .collect();
        let patterns = Patterns::from_str("p", &lines.join("\n")).unwrap();
        let text = "no such name here ".repeat(100) + "Name Corp. 78 name 79 name80 name81.";
        let mut scratch = Scratch {
            words: Words::of(&text),
            ..Scratch::default()
        };
        patterns.find_into(&text, &mut scratch);
        assert_eq!(scratch.matches.len(), 2);
        // The one word that a pattern starts with, and the one behind it.
        assert_eq!(scratch.asked, 2);
    }
}
