//! [`Scene`]: a text as rules read it. Tokens, the words of the lexicons and the names of the lists, side by side.

use super::{
    lexicon::{Is, Lexicons},
    syllables,
};
use crate::{
    document::{Zone, ZoneKind},
    gazetteer::Gazetteer,
    matcher::{Hit, Match},
    span::Span,
    tokens::{Gap, Shape, Tokens},
};

/// How the letters of a sentence are cased: in headlines capitals say little.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Casing {
    /// Names have capitals, other words do not.
    #[default]
    Normal,
    /// Most Words Have Capitals.
    Title,
    /// ALL LETTERS ARE CAPITALS.
    Upper,
}

/// What is known about one token. A set of bits.
#[derive(Clone, Copy, Debug, Default)]
struct Mark(u16);

impl Mark {
    /// It looks like a part of a name: a capital that is not there for another reason.
    const CAPITAL: u16 = 1;
    /// A sentence, a quotation or an item of a list starts here.
    const FIRST: u16 = 1 << 1;
    const TITLE_CASE: u16 = 1 << 2;
    const UPPER_CASE: u16 = 1 << 3;
    /// Lies in a zone where nothing is found.
    const HIDDEN: u16 = 1 << 4;
    /// Some word of a lexicon of more than one token starts, or ends, here.
    const STARTS: u16 = 1 << 6;
    const ENDS: u16 = 1 << 7;
    /// Lies in a name of a list.
    const COUNTRY: u16 = 1 << 8;
    const NATIONALITY: u16 = 1 << 9;
    const ORGANIZATION: u16 = 1 << 10;
    const PERSON: u16 = 1 << 11;
    const WEAPON: u16 = 1 << 12;
    const LOCATION: u16 = 1 << 13;
    /// Lies in a name of another label, or in one that must not be found.
    const OTHER: u16 = 1 << 14;
    /// Is joined to the token before it as parts of a name are.
    const JOINED: u16 = 1 << 15;
}

/// Labels of names that rules know, as a set: what the lists say about a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listed(u16);

impl Listed {
    pub(super) const COUNTRY: Listed = Listed(Mark::COUNTRY);
    pub(super) const NATIONALITY: Listed = Listed(Mark::NATIONALITY);
    pub(super) const ORGANIZATION: Listed = Listed(Mark::ORGANIZATION);
    pub(super) const PERSON: Listed = Listed(Mark::PERSON);
    pub(super) const WEAPON: Listed = Listed(Mark::WEAPON);
    pub(super) const LOCATION: Listed = Listed(Mark::LOCATION);
    pub(super) const OTHER: Listed = Listed(Mark::OTHER);
    /// All that no person is called, as far as the lists know.
    pub(super) const NO_PERSON: Listed = Listed(
        Mark::COUNTRY
            | Mark::NATIONALITY
            | Mark::ORGANIZATION
            | Mark::WEAPON
            | Mark::LOCATION
            | Mark::OTHER,
    );
    pub(super) const ANY: Listed = Listed(Listed::NO_PERSON.0 | Mark::PERSON);

    pub(super) const fn or(self, other: Listed) -> Listed {
        Listed(self.0 | other.0)
    }

    /// The label of this name.
    pub(super) fn of(label: Option<&str>) -> Listed {
        match label {
            Some("COUNTRY") => Listed::COUNTRY,
            Some("NATIONALITY") => Listed::NATIONALITY,
            Some("ORG") => Listed::ORGANIZATION,
            Some("PERSON") => Listed::PERSON,
            Some("WEAPON") => Listed::WEAPON,
            Some("LOCATION") => Listed::LOCATION,
            _ => Listed::OTHER,
        }
    }
}

/// A word of a lexicon in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) is: Is,
}

/// Memory of a [`Scene`].
#[derive(Debug, Default)]
pub(super) struct Memory {
    marks: Vec<Mark>,
    /// What each token is by itself.
    singles: Vec<Is>,
    /// Words of more than one token, sorted by start, the longer one first.
    words: Vec<Word>,
    /// Words that rules start from, of one token and of more, in the order of their starts.
    anchors: Vec<Word>,
    /// First and last token of each run of capitals.
    runs: Vec<(u32, u32)>,
}

/// A text as rules read it.
pub(super) struct Scene<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a Tokens,
    pub(super) gazetteer: &'a Gazetteer,
    /// Names of the lists, sorted by start, the longer one first.
    pub(super) names: &'a [Match],
    memory: &'a Memory,
}

/// Gaps over which a name goes on, besides none at all.
const WITHIN_NAME: Gap = Gap::SPACE.or(Gap::LINE);
/// A new sentence may start behind these.
const STARTS_SENTENCE: Gap = Gap::SENTENCE
    .or(Gap::PARAGRAPH)
    .or(Gap::QUOTE)
    .or(Gap::COLON)
    .or(Gap::CELL)
    .or(Gap::STAR)
    .or(Gap::DASH);

impl<'a> Scene<'a> {
    /// Reads a text. Time is linear in tokens and hits.
    pub(super) fn new(
        text: &'a str,
        tokens: &'a Tokens,
        gazetteer: &'a Gazetteer,
        lexicons: &Lexicons,
        (names, hits): (&'a [Match], &[Hit]),
        zones: &[Zone],
        memory: &'a mut Memory,
    ) -> Scene<'a> {
        let n = tokens.len();
        memory.marks.clear();
        memory.marks.resize(n, Mark(0));
        memory.singles.clear();
        let hashes = tokens.hashes().iter().enumerate();
        let singles =
            hashes.map(|(i, &hash)| lexicons.of_token(hash, tokens.shape(i).starts_upper()));
        memory.singles.extend(singles);
        memory.words.clear();
        memory.anchors.clear();
        memory.runs.clear();
        for hit in hits {
            let is = lexicons.of_hit(hit);
            let (first, last) = (hit.first as usize, hit.last as usize);
            if is == Is::NOTHING {
                continue;
            }
            if first == last {
                memory.singles[first] |= is;
            } else {
                memory.words.push(Word { first, last, is });
                memory.marks[first].0 |= Mark::STARTS;
                memory.marks[last].0 |= Mark::ENDS;
            }
        }
        memory
            .words
            .sort_by_key(|w| (w.first, std::cmp::Reverse(w.last)));
        let mut long = memory
            .words
            .iter()
            .filter(|w| w.is.has(Is::ANCHORS))
            .peekable();
        for (i, &is) in memory.singles.iter().enumerate() {
            while let Some(word) = long.next_if(|w| w.first == i) {
                memory.anchors.push(*word);
            }
            if is.has(Is::ANCHORS) {
                memory.anchors.push(Word {
                    first: i,
                    last: i,
                    is,
                });
            }
        }
        for name in names {
            let label = gazetteer.alias_label(name.alias);
            let listed = Listed::of(label.map(|l| l.as_str()));
            for mark in &mut memory.marks[name.first as usize..=name.last as usize] {
                mark.0 |= listed.0;
            }
        }
        for zone in zones {
            if zone.kind != ZoneKind::NoMatch {
                continue;
            }
            let mut i = tokens.first_after(zone.span.start);
            while i < n && tokens.span(i).start < zone.span.end {
                memory.marks[i].0 |= Mark::HIDDEN;
                i += 1;
            }
        }
        mark_capitals(text, tokens, memory);
        Scene {
            text,
            tokens,
            gazetteer,
            names,
            memory,
        }
    }

    /// The scene that was read last, again.
    pub(super) fn again(
        text: &'a str,
        tokens: &'a Tokens,
        gazetteer: &'a Gazetteer,
        names: &'a [Match],
        memory: &'a Memory,
    ) -> Scene<'a> {
        Scene {
            text,
            tokens,
            gazetteer,
            names,
            memory,
        }
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.memory.marks.len()
    }

    /// The runs of capitals: first and last token of each.
    pub(super) fn runs(&self) -> impl Iterator<Item = (usize, usize)> + use<'a> {
        self.memory
            .runs
            .iter()
            .map(|&(first, last)| (first as usize, last as usize))
    }

    #[inline]
    fn has(&self, i: usize, bits: u16) -> bool {
        self.memory.marks.get(i).is_some_and(|m| m.0 & bits != 0)
    }

    /// Does token `i` look like a part of a name?
    #[inline]
    pub(super) fn is_capital(&self, i: usize) -> bool {
        self.has(i, Mark::CAPITAL)
    }

    /// Is token `i` the first of a sentence, a quotation or an item?
    pub(super) fn is_first(&self, i: usize) -> bool {
        self.has(i, Mark::FIRST)
    }

    pub(super) fn is_hidden(&self, i: usize) -> bool {
        self.has(i, Mark::HIDDEN)
    }

    /// Is token `i` joined to the one before it as the parts of a name are?
    #[inline]
    pub(super) fn is_joined(&self, i: usize) -> bool {
        self.has(i, Mark::JOINED)
    }

    /// Joined, and by spaces: the tokens are words of their own.
    pub(super) fn is_next_word(&self, i: usize) -> bool {
        self.is_joined(i) && self.tokens.gap(i).has(WITHIN_NAME)
    }

    pub(super) fn casing(&self, i: usize) -> Casing {
        if self.has(i, Mark::UPPER_CASE) {
            Casing::Upper
        } else if self.has(i, Mark::TITLE_CASE) {
            Casing::Title
        } else {
            Casing::Normal
        }
    }

    /// Does token `i` lie in a name that the lists have, of one of these labels?
    #[inline]
    pub(super) fn is_listed(&self, i: usize, labels: Listed) -> bool {
        self.has(i, labels.0)
    }

    /// What token `i` is by itself.
    #[inline]
    pub(super) fn is(&self, i: usize, what: Is) -> bool {
        self.memory.singles.get(i).is_some_and(|is| is.has(what))
    }

    /// The word of a lexicon that starts at token `first` and is this: the longest.
    pub(super) fn word_at(&self, first: usize, what: Is) -> Option<Word> {
        if self.has(first, Mark::STARTS) {
            let words = &self.memory.words;
            let from = words.partition_point(|w| w.first < first);
            let word = words[from..]
                .iter()
                .take_while(|w| w.first == first)
                .find(|w| w.is.has(what));
            if let Some(word) = word {
                return Some(*word);
            }
        }
        self.single(first, what)
    }

    /// The word of a lexicon that ends at token `last` and is this: the longest.
    pub(super) fn word_to(&self, last: usize, what: Is) -> Option<Word> {
        if self.has(last, Mark::ENDS) {
            let words = &self.memory.words;
            let before = words.partition_point(|w| w.first <= last);
            let word = words[..before]
                .iter()
                .rev()
                .take_while(|w| w.first + LONGEST_WORD > last)
                .filter(|w| w.last == last && w.is.has(what))
                .last();
            if let Some(word) = word {
                return Some(*word);
            }
        }
        self.single(last, what)
    }

    /// All words that are this, one of [`Is::ANCHORS`]: in the order of their starts, the longer one first.
    pub(super) fn words(&self, what: Is) -> impl Iterator<Item = Word> + use<'a> {
        let anchors = self.memory.anchors.iter().copied();
        anchors.filter(move |w| w.is.has(what))
    }

    fn single(&self, i: usize, what: Is) -> Option<Word> {
        let is = *self.memory.singles.get(i)?;
        is.has(what).then_some(Word {
            first: i,
            last: i,
            is,
        })
    }

    /// The text of token `i`.
    pub(super) fn word(&self, i: usize) -> &'a str {
        &self.text[self.tokens.span(i).range()]
    }

    /// The span from one token to another.
    pub(super) fn span(&self, first: usize, last: usize) -> Span {
        Span {
            start: self.tokens.span(first).start,
            end: self.tokens.span(last).end,
        }
    }

    #[inline]
    pub(super) fn shape(&self, i: usize) -> Shape {
        self.tokens.shape(i)
    }

    /// The gap before token `i`.
    #[inline]
    pub(super) fn gap(&self, i: usize) -> Gap {
        self.tokens.gap(i)
    }

    /// Is there just space before token `i`?
    pub(super) fn is_spaced(&self, i: usize) -> bool {
        let gap = self.tokens.gap(i);
        i > 0 && i < self.len() && gap.has(WITHIN_NAME) && gap.within(WITHIN_NAME)
    }

    /// Is token `i` one of these words in lower case?
    pub(super) fn is_one_of(&self, i: usize, words: &[&str]) -> bool {
        i < self.len() && words.contains(&self.word(i))
    }

    /// The names of the lists that start at token `first`, the longest first.
    pub(super) fn names_at(&self, first: usize) -> &'a [Match] {
        let start = self.names.partition_point(|m| (m.first as usize) < first);
        let rest = &self.names[start..];
        &rest[..rest.partition_point(|m| m.first as usize == first)]
    }
}

/// The most tokens of a word of a lexicon that is looked for from its end.
const LONGEST_WORD: usize = 8;

/// Fills the marks that say which capitals mean something, and the runs of them.
fn mark_capitals(text: &str, tokens: &Tokens, memory: &mut Memory) {
    let n = tokens.len();
    let mut from = 0;
    while from < n {
        let mut to = from + 1;
        while to < n && !tokens.gap(to).has(Gap::SENTENCE.or(Gap::PARAGRAPH)) {
            to += 1;
        }
        let casing = casing(tokens, &memory.singles, from, to);
        let bits = match casing {
            Casing::Normal => 0,
            Casing::Title => Mark::TITLE_CASE,
            Casing::Upper => Mark::UPPER_CASE,
        };
        for i in from..to {
            let (gap, shape) = (tokens.gap(i), tokens.shape(i));
            // `KYIV, Ukraine (Reuters) - Russia`
            let dash = gap.has(Gap::HYPHEN) && gap.has(Gap::SPACE);
            let is_first = i == from || dash || gap.has(STARTS_SENTENCE);
            let mut mark = memory.marks[i].0 | bits;
            if is_first {
                mark |= Mark::FIRST;
            }
            if mark & Mark::HIDDEN != 0 {
                memory.marks[i].0 = mark;
                continue;
            }
            let is = memory.singles[i];
            let counts = match casing {
                Casing::Normal => {
                    !is_first || !is.has(Is::COMMON) || is.has(Is::GIVEN | Is::COMMON_NAME)
                }
                _ => !is.has(Is::COMMON) || is.has(Is::COMMON_NAME),
            };
            // An article starts no name, nor does the `S` of a possessive in capitals.
            let capital = shape.starts_upper()
                && counts
                && !is_article(text, tokens, i)
                && !is_possessive(text, tokens, i);
            if capital {
                mark |= Mark::CAPITAL;
            }
            if i > from && joins(text, tokens, i) {
                mark |= Mark::JOINED;
            }
            memory.marks[i].0 = mark;
            if capital {
                let goes_on = mark & Mark::JOINED != 0
                    && memory.runs.last().is_some_and(|r| r.1 as usize + 1 == i);
                match memory.runs.last_mut() {
                    Some(run) if goes_on => run.1 = i as u32,
                    _ => memory.runs.push((i as u32, i as u32)),
                }
            }
        }
        from = to;
    }
}

fn is_possessive(text: &str, tokens: &Tokens, i: usize) -> bool {
    tokens.gap(i) == Gap::APOSTROPHE && text[tokens.span(i).range()].eq_ignore_ascii_case("s")
}

fn is_article(text: &str, tokens: &Tokens, i: usize) -> bool {
    matches!(&text[tokens.span(i).range()], "A" | "An" | "I" | "The")
}

/// Common words that have a capital in names and before them, whatever the sentence.
const IN_NAMES: Is = Is::COMMON_NAME
    .or(Is::TITLE)
    .or(Is::ROLE)
    .or(Is::HEAD_END)
    .or(Is::HEAD_START)
    .or(Is::FAMILY)
    .or(Is::GIVEN);

/// How a sentence is cased.
fn casing(tokens: &Tokens, singles: &[Is], from: usize, to: usize) -> Casing {
    let (mut letters, mut upper) = (0, 0);
    // Common words of at least four letters behind the first word.
    let (mut common, mut capitals) = (0, 0);
    for (i, is) in (from..to).zip(&singles[from..to]) {
        let shape = tokens.shape(i);
        if shape.is_digits() || shape.is_single() {
            continue;
        }
        let length = tokens.span(i).len();
        if length >= 2 {
            letters += 1;
            upper += usize::from(shape.is_upper());
        }
        if i > from && length >= 4 && is.has(Is::COMMON) && !is.has(IN_NAMES) {
            common += 1;
            capitals += usize::from(shape.starts_upper());
        }
    }
    // A headline has no period.
    let period = tokens.gap(to).has(Gap::PERIOD);
    if letters >= 3 && upper * 5 >= letters * 4 {
        Casing::Upper
    } else if !period && capitals >= 2 && capitals * 20 >= common * 17 {
        Casing::Title
    } else {
        Casing::Normal
    }
}

/// May the tokens on both sides of the gap before token `i` be parts of one name?
fn joins(text: &str, tokens: &Tokens, i: usize) -> bool {
    let gap = tokens.gap(i);
    if gap.within(Gap::SPACE) || gap == Gap::HYPHEN {
        return true;
    }
    if gap == Gap::APOSTROPHE {
        return !text[tokens.span(i).range()].eq_ignore_ascii_case("s");
    }
    if gap.has(Gap::SENTENCE) {
        return false;
    }
    if gap.has(Gap::LINE) {
        // The end of a line that somebody wrapped, not of a heading.
        return gap.within(WITHIN_NAME) && is_long_line(text, tokens.span(i - 1).end);
    }
    // An abbreviation's or initial's period, which ends no sentence.
    gap.has(Gap::PERIOD)
        && gap.within(Gap::PERIOD.or(Gap::SPACE))
        && (tokens.span(i - 1).len() <= 4 || tokens.shape(i - 1).is_dotted())
        && tokens.shape(i - 1).starts_upper()
        || gap == Gap::AMPERSAND
        || gap == Gap::AMPERSAND.or(Gap::SPACE)
}

/// Is the line that ends behind byte `at` about as long as lines of wrapped text are, and none of a table?
fn is_long_line(text: &str, at: usize) -> bool {
    let start = memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |n| n + 1);
    at - start >= SHORTEST_LINE && !text[start..at].contains(['|', '\t'])
}

/// Headings and captions are shorter, lines of wrapped text rarely are.
const SHORTEST_LINE: usize = 45;

impl Scene<'_> {
    /// Are tokens `first` to `last` syllables of a Korean or Chinese given name: `Yo-jong`, `Jinping`?
    pub(super) fn is_syllables(&self, first: usize, last: usize) -> bool {
        (first..=last).all(|i| syllables::is_name(self.word(i)))
    }
}
