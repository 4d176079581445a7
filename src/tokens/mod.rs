//! [`Tokens`]: the spine that matching, rules and document-level steps read.

pub(crate) mod fold;
mod gap;
mod hash;
pub(crate) mod sentence;
mod split;

pub use gap::Gap;
pub(crate) use hash::{extend_key, hash_bytes};

use crate::span::Span;
use fold::Class;
use sentence::{MAY_END_SENTENCE, ends_sentence};
use split::Counts;
use std::ops::Range;

/// The tokens of a text as flat arrays: for each its bytes, the hash of its folded form, its shape, and the gap before it.
///
/// Runs of letters and runs of digits are tokens of their own (`T-72B3` is `T` `72` `B` `3`); a dotted acronym is one (`U.S.`); in
/// scripts without spaces every character is one. Everything else is gap. No folded copy of the text is made: a token is a range
/// of the document.
///
/// Time is linear in the text. Memory is about 24 bytes a token, kept between texts by [`Tokens::fill`]. Texts of 4 GiB and more
/// have tokens in their first 4 GiB only.
///
/// ```
/// use wiretag::Tokens;
/// let text = "Two AK-47s, U.S.-made.";
/// let tokens = Tokens::of(text);
/// let words: Vec<&str> = (0..tokens.len()).map(|i| &text[tokens.span(i).range()]).collect();
/// assert_eq!(words, ["Two", "AK", "47", "s", "U.S.", "made"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    seed: u64,
    /// Behind those of the tokens there is room, as in `ends`: the division into tokens writes some more than there are.
    starts: Vec<u32>,
    ends: Vec<u32>,
    hashes: Vec<u64>,
    /// One more than there are tokens: the last has the gap behind them.
    forms: Vec<Form>,
    /// What the masks of the blocks say about the first and the other letters of each token; room behind as in `ends`.
    first_looks: Vec<u8>,
    later_looks: Vec<u8>,
    /// Tokens with another gap before them than one space; room behind as in `ends`.
    gaps: Vec<u32>,
    /// Tokens that are not ASCII, or long: hash and shape take a closer look.
    odd: Vec<u32>,
    /// Tokens that have to be looked at once more.
    rest: Vec<u32>,
    known_gaps: gap::Memo,
    /// Tokens that are part of the one before them.
    merged: Vec<Range<u32>>,
    folded: String,
}

/// What a token looks like, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape(u8);

impl Shape {
    // The places of bits that the quick pass finds are those where bytes of ASCII have them.
    const NON_ASCII: u8 = 1;
    const DOTTED: u8 = 1 << 1;
    const FIRST_UPPER: u8 = 1 << 2;
    /// Besides, digits have [`Shape::LOWER`].
    const DIGITS: u8 = 1 << 3;
    const SINGLE: u8 = 1 << 4;
    const LOWER: u8 = 1 << 5;
    const LATER_UPPER: u8 = 1 << 6;
    /// Not known yet, nor is the hash.
    const UNKNOWN: u8 = 1 << 7;

    /// Does it start with a capital?
    #[inline]
    pub fn starts_upper(self) -> bool {
        self.0 & Shape::FIRST_UPPER != 0
    }

    /// Is it letters without a lower-case one, and with a capital?
    pub fn is_upper(self) -> bool {
        self.0 & (Shape::FIRST_UPPER | Shape::LATER_UPPER) != 0 && self.0 & Shape::LOWER == 0
    }

    /// Does it have a lower-case letter?
    pub fn has_lower(self) -> bool {
        self.0 & (Shape::LOWER | Shape::DIGITS) == Shape::LOWER
    }

    /// Is it digits?
    #[inline]
    pub fn is_digits(self) -> bool {
        self.0 & Shape::DIGITS != 0
    }

    /// Is it letters of a script without case (or has none that has one)?
    pub fn is_uncased(self) -> bool {
        self.0 & (Shape::FIRST_UPPER | Shape::LATER_UPPER | Shape::LOWER | Shape::DIGITS) == 0
    }

    /// Is it an acronym with periods, such as `U.S.`?
    pub fn is_dotted(self) -> bool {
        self.0 & Shape::DOTTED != 0
    }

    /// Is it a character of a script that puts no space between words?
    pub fn is_single(self) -> bool {
        self.0 & Shape::SINGLE != 0
    }

    /// Are all its bytes ASCII?
    #[inline]
    pub fn is_ascii(self) -> bool {
        self.0 & Shape::NON_ASCII == 0
    }
}

/// The shape of a token and the gap before it, in one word: the gap below, the shape in the highest byte.
#[derive(Clone, Copy, Debug, Default)]
struct Form(u32);

impl Form {
    const SHAPE: u32 = 24;
    const UNKNOWN: u32 = (Shape::UNKNOWN as u32) << Form::SHAPE;

    #[inline(always)]
    fn new(shape: Shape, gap: Gap) -> Form {
        Form(gap.bits() | u32::from(shape.0) << Form::SHAPE)
    }

    #[inline(always)]
    fn shape(self) -> Shape {
        Shape((self.0 >> Form::SHAPE) as u8)
    }

    #[inline(always)]
    fn gap(self) -> Gap {
        Gap::of_bits(self.0 & ((1 << Form::SHAPE) - 1))
    }
}

impl Tokens {
    /// The tokens of a text.
    pub fn of(text: &str) -> Tokens {
        let mut tokens = Tokens::default();
        tokens.fill(text, 0);
        tokens
    }

    /// Makes these the tokens of another text, in the same memory, with hashes for this seed (see
    /// [`Gazetteer::seed`](crate::Gazetteer::seed)).
    pub fn fill(&mut self, text: &str, seed: u64) {
        self.seed = seed;
        let text = if text.len() > MAX_TEXT {
            &text[..text.floor_char_boundary(MAX_TEXT)]
        } else {
            text
        };
        let counts = split::split(text, self);
        let line_is_paragraph = has_long_line(text.as_bytes());
        let rest = self.describe_gaps(text, counts, line_is_paragraph);
        self.describe_rest(text, counts.tokens, rest, line_is_paragraph);
    }

    /// How many tokens there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The bytes of token `i`.
    #[inline]
    pub fn span(&self, i: usize) -> Span {
        Span {
            start: self.starts[..self.len()][i] as usize,
            end: self.ends[..self.len()][i] as usize,
        }
    }

    /// The hash of the folded form of token `i` for the seed of [`Tokens::fill`].
    #[inline]
    pub fn hash(&self, i: usize) -> u64 {
        self.hashes[i]
    }

    /// The hashes of all tokens.
    #[inline]
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// The shape of token `i`.
    #[inline]
    pub fn shape(&self, i: usize) -> Shape {
        self.forms[..self.len()][i].shape()
    }

    /// What stands before token `i`; with `i` the number of tokens, what stands behind the last.
    #[inline]
    pub fn gap(&self, i: usize) -> Gap {
        self.forms[i].gap()
    }

    /// The number of the first token that ends behind byte `at`.
    pub fn first_after(&self, at: usize) -> usize {
        self.ends[..self.len()].partition_point(|&end| end as usize <= at)
    }

    /// Which of the first 32 tokens start with a capital.
    pub(crate) fn capitals(&self) -> u32 {
        (0..self.len().min(32)).fold(0, |bits, i| {
            bits | u32::from(self.shape(i).starts_upper()) << i
        })
    }

    /// The hashes that the tokens of `text`, which these are, have for another seed.
    pub(crate) fn hashes_for(&self, text: &str, seed: u64, out: &mut Vec<u64>) {
        let mut folded = String::new();
        out.clear();
        out.extend((0..self.len()).map(|i| {
            folded.clear();
            fold::fold(&text[self.span(i).range()], &mut folded);
            hash_bytes(folded.as_bytes(), seed)
        }));
    }

    /// The seed of the hashes.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Looks at the gaps that are not just one space, and lists what is left: odd tokens, and those that may have to do with the end
    /// of a sentence or with a dotted acronym. Gives how many they are.
    fn describe_gaps(&mut self, text: &str, counts: Counts, line_is_paragraph: bool) -> usize {
        let n = counts.tokens;
        // A gap may bring the token before it too.
        let most = 2 * counts.gaps + self.odd.len() + 1;
        if self.rest.len() < most {
            self.rest.resize(most, 0);
        }
        let rest = &mut self.rest[..];
        let mut rest_len = 0;
        // The number of the last of the rest, plus one.
        let mut after_last = 0;
        let mut odd = self.odd.iter().copied().peekable();
        for &i in &self.gaps[..counts.gaps] {
            while let Some(odd) = odd.next_if(|&odd| odd < i) {
                self.forms[odd as usize].0 |= Form::UNKNOWN;
                rest[rest_len] = odd;
                rest_len += usize::from(after_last != odd as usize + 1);
                after_last = odd as usize + 1;
            }
            let i = i as usize;
            let before = match i {
                0 => 0,
                _ => self.ends[i - 1] as usize,
            };
            let start = self.starts[i] as usize;
            let gap = self
                .known_gaps
                .between(text, before, start, line_is_paragraph);
            let form = Form::new(self.forms[i].shape(), gap);
            self.forms[i] = form;
            rest[rest_len] = (i as u32).wrapping_sub(1);
            rest_len += usize::from((gap == Gap::PERIOD) & (i > 0) & (after_last != i));
            rest[rest_len] = i as u32;
            let is_unusual = gap.has(MAY_END_SENTENCE);
            rest_len += usize::from(is_unusual);
            after_last = if is_unusual { i + 1 } else { after_last };
        }
        for odd in odd {
            self.forms[odd as usize].0 |= Form::UNKNOWN;
            rest[rest_len] = odd;
            rest_len += usize::from(after_last != odd as usize + 1);
            after_last = odd as usize + 1;
        }
        // The last gap ends where the text does.
        let before = self.ends[..n].last().map_or(0, |&end| end as usize);
        let gap = gap::between(text, before, text.len(), line_is_paragraph);
        if gap == Gap::PERIOD && n > 0 && after_last != n {
            rest[rest_len] = n as u32 - 1;
            rest_len += 1;
        }
        self.forms[n] = Form::new(Shape::default(), gap | Gap::SENTENCE);
        rest_len
    }

    /// Describes what is left: merges dotted acronyms, finds the ends of sentences.
    fn describe_rest(&mut self, text: &str, n: usize, rest: usize, line_is_paragraph: bool) {
        self.merged.clear();
        // Tokens before `from` are done.
        let mut from = 0;
        // The last token, and where it ended before something was taken off its end or added to it.
        let (mut last, mut last_raw_end) = (Word::default(), 0);
        let (mut at, mut also_next) = (0, false);
        loop {
            let k = if also_next && from < n {
                from
            } else if let Some(&k) = self.rest[..rest].get(at) {
                at += 1;
                k as usize
            } else {
                break;
            };
            if k < from {
                continue;
            }
            if from < k {
                last = self.word(k - 1);
                last_raw_end = last.end;
            }
            let mut word = self.word(k);
            let mut dotted = None;
            if self.is_behind_period(k + 1, n) && (k == 0 || last_raw_end != word.start) {
                dotted = self.dotted_acronym(text, k);
            }
            let raw_end = match dotted {
                Some(last) => self.ends[last] as usize,
                None => word.end,
            };
            if dotted.is_some() || word.shape.0 & Shape::UNKNOWN != 0 {
                word.end = raw_end;
                if dotted.is_some() && text.as_bytes().get(raw_end) == Some(&b'.') {
                    word.end += 1;
                }
                self.hashes[k] = self.hash_thoroughly(text, &mut word, dotted.is_some());
                self.ends[k] = word.end as u32;
            }
            let mut gap = self.forms[k].gap();
            if last.end != last_raw_end {
                gap = gap::between(text, last.end, word.start, line_is_paragraph);
            }
            if (gap.has(MAY_END_SENTENCE) || last.shape.is_dotted())
                && k > 0
                && ends_sentence(text, last, gap, word)
            {
                gap = gap | Gap::SENTENCE;
            }
            self.forms[k] = Form::new(word.shape, gap);
            let merged = dotted.unwrap_or(k);
            if merged > k {
                self.merged.push(k as u32 + 1..merged as u32 + 1);
            }
            from = merged + 1;
            // What is new at the end of this token matters to the gap behind it.
            also_next = word.end != raw_end || dotted.is_some();
            (last, last_raw_end) = (word, raw_end);
        }
        if from == n && last.end != last_raw_end {
            let gap = gap::between(text, last.end, text.len(), line_is_paragraph);
            self.forms[n] = Form::new(Shape::default(), gap | Gap::SENTENCE);
        }
        self.close_up(n);
    }

    /// Moves the tokens behind those that were merged with the one before to their places.
    fn close_up(&mut self, n: usize) {
        let mut to = self.merged.first().map_or(n, |m| m.start as usize);
        for (i, merged) in self.merged.iter().enumerate() {
            let next = self.merged.get(i + 1).map_or(n, |m| m.start as usize);
            let range = merged.end as usize..next;
            self.starts.copy_within(range.clone(), to);
            self.ends.copy_within(range.clone(), to);
            self.hashes.copy_within(range.clone(), to);
            self.forms.copy_within(range.clone(), to);
            to += range.len();
        }
        self.forms[to] = self.forms[n];
        self.hashes.truncate(to);
        self.forms.truncate(to + 1);
    }

    fn word(&self, i: usize) -> Word {
        Word {
            start: self.starts[i] as usize,
            end: self.ends[i] as usize,
            shape: self.forms[i].shape(),
        }
    }

    /// Is there a token `i` with one period between it and the one before?
    fn is_behind_period(&self, i: usize, n: usize) -> bool {
        i < n && self.forms[i].gap() == Gap::PERIOD && self.starts[i] - self.ends[i - 1] == 1
    }

    /// If a dotted acronym starts at token `k`, which touches none before it: the number of its last token.
    fn dotted_acronym(&self, text: &str, k: usize) -> Option<usize> {
        let (starts, ends) = (&self.starts, &self.ends);
        // One letter, with its marks if they are characters of their own.
        let is_initial = |k: usize| {
            let (s, e) = (starts[k] as usize, ends[k] as usize);
            if e == s + 1 {
                return text.as_bytes()[s].is_ascii_alphabetic();
            }
            let mut chars = text[s..e].chars();
            let letter = |c: char| match c.is_ascii() {
                true => c.is_ascii_alphabetic(),
                false => fold::class(c) == Class::Letter,
            };
            chars.next().is_some_and(letter)
                && chars.all(|c| !c.is_ascii() && fold::class(c) == Class::Extend)
        };
        if ends[k] - starts[k] > LONGEST_INITIAL || !is_initial(k) {
            return None;
        }
        let mut last = k;
        // There are more starts than tokens, for the writing in blocks.
        let n = self.hashes.len();
        while last + 1 < n
            && self.is_behind_period(last + 1, n)
            && is_initial(last + 1)
            && (last + 2 == n || starts[last + 2] != ends[last + 1])
        {
            last += 1;
        }
        (last > k).then_some(last)
    }

    /// The hash of the folded form and the shape of any token. Takes trailing characters that show nothing off the end.
    fn hash_thoroughly(&mut self, text: &str, word: &mut Word, dotted: bool) -> u64 {
        let token = text[word.start..word.end].trim_end_matches(fold::is_invisible);
        word.end = word.start + token.len();
        self.folded.clear();
        fold::fold(token, &mut self.folded);
        let mut shape = if dotted { Shape::DOTTED } else { 0 };
        if !token.is_ascii() {
            shape |= Shape::NON_ASCII;
        }
        let mut first = true;
        for c in token.chars() {
            if c.is_uppercase() {
                shape |= if first {
                    Shape::FIRST_UPPER
                } else {
                    Shape::LATER_UPPER
                };
            } else if c.is_lowercase() {
                shape |= Shape::LOWER;
            } else if first
                && (c.is_ascii_digit() || !c.is_ascii() && fold::class(c) == Class::Digit)
            {
                shape |= Shape::DIGITS | Shape::LOWER;
            } else if !c.is_ascii() && fold::class(c) == Class::Single {
                shape |= Shape::SINGLE;
            }
            first = false;
        }
        word.shape = Shape(shape);
        hash_bytes(self.folded.as_bytes(), self.seed)
    }
}

/// A token while it is described.
#[derive(Clone, Copy, Debug, Default)]
struct Word {
    start: usize,
    end: usize,
    shape: Shape,
}

/// The most bytes of a letter with its marks in a dotted acronym.
const LONGEST_INITIAL: u32 = 8;

/// The longest text whose offsets fit the arrays, less a block.
const MAX_TEXT: usize = u32::MAX as usize - 64;

/// Lines longer than this are paragraphs, not lines that somebody wrapped; in such a text every line break ends a paragraph.
/// Wrapped text has 60 to 100 bytes a line, and two bytes a letter in Greek or Cyrillic.
const MAX_WRAPPED: usize = 200;

fn has_long_line(bytes: &[u8]) -> bool {
    let mut before = 0;
    memchr::memchr_iter(b'\n', bytes)
        .chain([bytes.len()])
        .any(|at| {
            let long = at - before > MAX_WRAPPED;
            before = at + 1;
            long
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let tokens = Tokens::of(text);
        (0..tokens.len())
            .map(|i| &text[tokens.span(i).range()])
            .collect()
    }

    /// The text with a bar at every sentence end between two tokens.
    fn sentences(text: &str) -> String {
        let tokens = Tokens::of(text);
        let mut out = String::new();
        for i in 0..tokens.len() {
            if i > 0 {
                out.push_str(if tokens.gap(i).has(Gap::SENTENCE) {
                    " | "
                } else {
                    " "
                });
            }
            out.push_str(&text[tokens.span(i).range()]);
        }
        out
    }

    #[test]
    fn letters_and_digits_are_apart() {
        assert_eq!(
            words("T-72B3 Hwasong14 3M-54"),
            ["T", "72", "B", "3", "Hwasong", "14", "3", "M", "54"]
        );
    }

    #[test]
    fn dotted_acronyms_are_one_token_with_their_last_period() {
        assert_eq!(
            words("the U.S. and D.P.R.K.'s"),
            ["the", "U.S.", "and", "D.P.R.K.", "s"]
        );
        assert_eq!(
            words("U.S.-led (U.S.A) a.m."),
            ["U.S.", "led", "U.S.A", "a.m."]
        );
        assert_eq!(
            words("U.S.Army George W. Bush v1.0"),
            ["U.S.", "Army", "George", "W", "Bush", "v", "1", "0"]
        );
        assert_eq!(words("x..y A.-B."), ["x", "y", "A", "B"]);
    }

    #[test]
    fn marks_and_invisible_characters_stay_in_their_word() {
        assert_eq!(
            words("Ko\u{308}ln Uk\u{ad}raine\u{ad} x"),
            ["Ko\u{308}ln", "Uk\u{ad}raine", "x"]
        );
        assert_eq!(words("\u{feff}Iran \u{301}a"), ["Iran", "a"]);
    }

    #[test]
    fn every_character_of_a_script_without_spaces_is_a_token() {
        assert_eq!(
            words("北朝鲜 and 한국 ประเทศ"),
            [
                "北", "朝", "鲜", "and", "한국", "ป", "ร", "ะ", "เ", "ท", "ศ"
            ]
        );
        assert_eq!(words("从US到美国"), ["从", "US", "到", "美", "国"]);
    }

    #[test]
    fn tokens_do_not_depend_on_where_blocks_end() {
        let text = "Türkiye’s U.S. 北朝鲜 Uk\u{ad}raine e\u{301} Ｓ－４００ 🚀 AK-47s";
        let expected = words(text);
        for pad in 0..130 {
            let padded = " ".repeat(pad) + text;
            assert_eq!(words(&padded), expected, "pad {pad}");
        }
    }

    #[test]
    fn hashes_of_forms_of_one_word_are_equal() {
        let tokens = Tokens::of(
            "Köln koln KOLN ＫＯＬＮ U.S. us US internationalisation INTERNATIONALISATION",
        );
        let h = |i| tokens.hash(i);
        assert!(h(0) == h(1) && h(1) == h(2) && h(2) == h(3));
        assert!(h(4) == h(5) && h(5) == h(6));
        assert!(h(7) == h(8));
        assert!(h(0) != h(4));
    }

    #[test]
    fn sentence_ends_are_not_after_abbreviations() {
        assert_eq!(
            sentences("It was new. Guinea won."),
            "It was new | Guinea won"
        );
        assert_eq!(
            sentences("Gen. Smith and St. Petersburg"),
            "Gen Smith and St Petersburg"
        );
        assert_eq!(sentences("in the U.S. The man"), "in the U.S. | The man");
        assert_eq!(
            sentences("the U.S. Army of Mr. J. Doe"),
            "the U.S. Army of Mr J Doe"
        );
        assert_eq!(sentences("in Kyiv.The man"), "in Kyiv | The man");
        assert_eq!(
            sentences("for 3.5 days at example.com"),
            "for 3 5 days at example com"
        );
        assert_eq!(
            sentences("Really? Yes! \"No.\" He"),
            "Really | Yes | No | He"
        );
        assert_eq!(sentences("a headline\n\nThe text"), "a headline | The text");
    }

    #[test]
    fn a_line_break_ends_a_paragraph_where_lines_are_paragraphs() {
        let text = format!("House\nSpeaker\n{}", "word ".repeat(60));
        let tokens = Tokens::of(&text);
        assert!(tokens.gap(1).has(Gap::PARAGRAPH));
        assert!(!Tokens::of("House\nSpeaker").gap(1).has(Gap::PARAGRAPH));
    }

    #[test]
    fn what_is_described_quickly_is_what_is_described_thoroughly() {
        let pieces = [
            " ",
            " ",
            " ",
            ", ",
            ". ",
            ".",
            "-",
            "--",
            "'",
            "''",
            "' ",
            "`",
            "``",
            "\"",
            " \"",
            ".\"",
            "\n",
            "\r\n",
            "\n\n",
            "\r",
            "\t",
            "|",
            "(",
            ") ",
            "’",
            "“",
            " — ",
            "\u{a0}",
            "\u{ad}",
            "\0",
            "\u{7f}",
            "the",
            "The",
            "THE",
            "tHe",
            "A",
            "b",
            "U.S.",
            "U.S",
            "a.m.",
            "Gen",
            "72",
            "T",
            "Köln",
            "KO\u{308}LN",
            "İstanbul",
            "１４",
            "北",
            "朝鲜",
            "counterrevolution",
            "internationalise",
            "Internationalisation",
            "12345678901234567",
            "eight888",
            "NATO",
        ];
        let mut rng = fastrand::Rng::with_seed(5);
        for seed in 0..3000 {
            let text: String = (0..rng.usize(..60))
                .map(|_| *rng.choice(&pieces).unwrap())
                .collect();
            let mut tokens = Tokens::default();
            tokens.fill(&text, seed);
            let line_is_paragraph = has_long_line(text.as_bytes());
            let mut thorough = tokens.clone();
            let mut before = 0;
            for i in 0..=tokens.len() {
                let start = if i < tokens.len() {
                    tokens.span(i).start
                } else {
                    text.len()
                };
                let gap = gap::between(&text, before, start, line_is_paragraph);
                let without_sentence = tokens.gap(i).bits() & !Gap::SENTENCE.bits();
                assert_eq!(without_sentence, gap.bits(), "gap {i} of {text:?}");
                if i == tokens.len() {
                    break;
                }
                let mut word = tokens.word(i);
                let hash = thorough.hash_thoroughly(&text, &mut word, tokens.shape(i).is_dotted());
                assert_eq!(tokens.hash(i), hash, "token {i} of {text:?}");
                assert_eq!(tokens.shape(i), word.shape, "token {i} of {text:?}");
                before = word.end;
                assert_eq!(tokens.span(i).end, before);
            }
        }
    }

    #[test]
    fn an_empty_text_has_one_gap() {
        let tokens = Tokens::of("");
        assert!(tokens.is_empty());
        assert_eq!(tokens.gap(0), Gap::SENTENCE);
    }
}
