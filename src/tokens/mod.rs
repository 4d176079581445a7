//! [`Tokens`]: the spine that matching, rules and document-level steps read.

pub(crate) mod fold;
mod gap;

pub use gap::Gap;

use crate::{machine, span::Span};
use fold::Class;

/// The tokens of a text as flat arrays: for each its bytes, the hash of its folded form, its shape, and the gap before it.
///
/// Runs of letters and runs of digits are tokens of their own (`T-72B3` is `T` `72` `B` `3`); a dotted acronym is one (`U.S.`); in
/// scripts without spaces every character is one. Everything else is gap. No folded copy of the text is made: a token is a range
/// of the document.
///
/// Time is linear in the text. Memory is about 21 bytes a token, kept between texts by [`Tokens::fill`]. Texts of 4 GiB and more
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
    starts: Vec<u32>,
    ends: Vec<u32>,
    hashes: Vec<u64>,
    shapes: Vec<Shape>,
    gaps: Vec<Gap>,
    raw_starts: Vec<u32>,
    raw_ends: Vec<u32>,
    folded: String,
}

/// What a token looks like, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape(u8);

impl Shape {
    const FIRST_UPPER: u8 = 1;
    const LATER_UPPER: u8 = 1 << 1;
    const LOWER: u8 = 1 << 2;
    const DIGITS: u8 = 1 << 3;
    const NON_ASCII: u8 = 1 << 4;
    const DOTTED: u8 = 1 << 5;
    const SINGLE: u8 = 1 << 6;

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
        self.0 & Shape::LOWER != 0
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
        let splitter = machine::visit(
            text.as_bytes(),
            Splitter {
                text,
                starts: &mut self.raw_starts,
                ends: &mut self.raw_ends,
                starts_len: 0,
                ends_len: 0,
                last_letter: 0,
                last_digit: 0,
                spill: Spill::default(),
            },
        );
        let n = splitter.starts_len;
        self.describe(text, n);
    }

    /// How many tokens there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The bytes of token `i`.
    #[inline]
    pub fn span(&self, i: usize) -> Span {
        Span {
            start: self.starts[i] as usize,
            end: self.ends[i] as usize,
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
        self.shapes[i]
    }

    /// What stands before token `i`; with `i` the number of tokens, what stands behind the last.
    #[inline]
    pub fn gap(&self, i: usize) -> Gap {
        self.gaps[i]
    }

    /// The number of the first token that ends behind byte `at`.
    pub fn first_after(&self, at: usize) -> usize {
        self.ends.partition_point(|&end| end as usize <= at)
    }

    /// Which of the first 32 tokens start with a capital.
    pub(crate) fn capitals(&self) -> u32 {
        let shapes = self.shapes.iter().take(32).enumerate();
        shapes.fold(0, |bits, (i, shape)| {
            bits | u32::from(shape.starts_upper()) << i
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

    /// Merges dotted acronyms of the first `n` raw tokens, hashes, and describes shapes and gaps.
    fn describe(&mut self, text: &str, n: usize) {
        let bytes = text.as_bytes();
        let seed = self.seed;
        let raw = Raw {
            starts: &self.raw_starts[..n],
            ends: &self.raw_ends[..n],
        };
        // Never more tokens than raw ones: written by index, cut to length at the end.
        self.starts.resize(n, 0);
        self.ends.resize(n, 0);
        self.hashes.resize(n, 0);
        self.shapes.resize(n, Shape::default());
        self.gaps.resize(n + 1, Gap::NONE);
        let (starts, ends) = (&mut self.starts[..n], &mut self.ends[..n]);
        let (hashes, shapes, gaps) = (
            &mut self.hashes[..n],
            &mut self.shapes[..n],
            &mut self.gaps[..n],
        );
        let line_is_paragraph = has_long_line(bytes);
        let (mut k, mut count) = (0, 0);
        let mut last = Word::default();
        while k < n {
            let (start, mut end) = (raw.starts[k] as usize, raw.ends[k] as usize);
            let mut dotted = None;
            if bytes.get(end) == Some(&b'.') {
                dotted = raw.dotted_acronym(text, k);
            }
            k += 1;
            let quick = quick_hash_and_shape(bytes, start, end, seed);
            let (hash, shape) = match (dotted, quick) {
                (None, Some(found)) => found,
                _ => {
                    if let Some((behind, dotted_end)) = dotted {
                        (k, end) = (behind, dotted_end);
                    }
                    hash_and_shape(
                        text,
                        start,
                        &mut end,
                        dotted.is_some(),
                        seed,
                        &mut self.folded,
                    )
                }
            };
            let word = Word { start, end, shape };
            let mut gap = gap::between(text, last.end, start, line_is_paragraph);
            if (gap.has(Gap::PARAGRAPH | Gap::PERIOD | Gap::END) || last.shape.is_dotted())
                && count > 0
                && ends_sentence(text, last, gap, word)
            {
                gap = gap | Gap::SENTENCE;
            }
            starts[count] = start as u32;
            ends[count] = end as u32;
            hashes[count] = hash;
            shapes[count] = shape;
            gaps[count] = gap;
            count += 1;
            last = word;
        }
        self.starts.truncate(count);
        self.ends.truncate(count);
        self.hashes.truncate(count);
        self.shapes.truncate(count);
        self.gaps.truncate(count + 1);
        self.gaps[count] =
            gap::between(text, last.end, text.len(), line_is_paragraph) | Gap::SENTENCE;
    }
}

/// A token while it is described.
#[derive(Clone, Copy, Debug, Default)]
struct Word {
    start: usize,
    end: usize,
    shape: Shape,
}

/// Runs of letters and runs of digits, before dotted acronyms are one.
#[derive(Clone, Copy)]
struct Raw<'a> {
    starts: &'a [u32],
    ends: &'a [u32],
}

impl Raw<'_> {
    /// If a dotted acronym starts at raw token `k`, which a period follows: the raw token behind it, and where it ends (the final
    /// period included).
    fn dotted_acronym(self, text: &str, k: usize) -> Option<(usize, usize)> {
        let bytes = text.as_bytes();
        let is_next = |last: usize| {
            bytes[self.ends[last] as usize] == b'.'
                && self.starts.get(last + 1) == Some(&(self.ends[last] + 1))
        };
        // Most periods end sentences.
        if !is_next(k) || self.ends[k] - self.starts[k] > LONGEST_INITIAL {
            return None;
        }
        // One letter, with its marks if they are characters of their own.
        let is_initial = |k: usize| {
            let (s, e) = (self.starts[k] as usize, self.ends[k] as usize);
            if e == s + 1 {
                return bytes[s].is_ascii_alphabetic();
            }
            let mut chars = text[s..e].chars();
            let letter = |c: char| match c.is_ascii() {
                true => c.is_ascii_alphabetic(),
                false => fold::class(c) == Class::Letter,
            };
            chars.next().is_some_and(letter)
                && chars.all(|c| !c.is_ascii() && fold::class(c) == Class::Extend)
        };
        let touches = |k: usize| self.starts.get(k + 1) == Some(&self.ends[k]);
        if !is_initial(k) || (k > 0 && touches(k - 1)) {
            return None;
        }
        let mut last = k;
        while last + 1 < self.starts.len()
            && is_next(last)
            && is_initial(last + 1)
            && !touches(last + 1)
        {
            last += 1;
        }
        if last == k {
            return None;
        }
        let end = self.ends[last] as usize;
        let period = bytes.get(end) == Some(&b'.');
        Some((last + 1, end + usize::from(period)))
    }
}

/// The hash of the folded form and the shape of a token that is short and ASCII, as most are.
#[inline(always)]
fn quick_hash_and_shape(bytes: &[u8], start: usize, end: usize, seed: u64) -> Option<(u64, Shape)> {
    const CASE: u64 = 0x2020_2020_2020_2020;
    let len = end - start;
    if len > 16 {
        return None;
    }
    let (mask_a, mask_b) = (mask(len), mask(len.saturating_sub(8)));
    let (a, b) = load16(bytes, start, len);
    if (a | b) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let hash = hash_words(a | CASE & mask_a, b | CASE & mask_b, len, seed);
    let (upper_a, upper_b) = (!a & CASE & mask_a, !b & CASE & mask_b);
    let letters = ((upper_a & 0x20 != 0) as u8 * Shape::FIRST_UPPER)
        | ((upper_a & !0xff | upper_b != 0) as u8 * Shape::LATER_UPPER)
        | (((a | b) & CASE != 0) as u8 * Shape::LOWER);
    // All letters of ASCII have this bit, and no digit.
    let shape = if a & 0x40 == 0 {
        Shape::DIGITS
    } else {
        letters
    };
    Some((hash, Shape(shape)))
}

/// The hash of the folded form and the shape of any token. Takes trailing characters that show nothing off the end.
#[cold]
fn hash_and_shape(
    text: &str,
    start: usize,
    end: &mut usize,
    dotted: bool,
    seed: u64,
    folded: &mut String,
) -> (u64, Shape) {
    let token = text[start..*end].trim_end_matches(fold::is_invisible);
    *end = start + token.len();
    folded.clear();
    fold::fold(token, folded);
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
        } else if first && (c.is_ascii_digit() || !c.is_ascii() && fold::class(c) == Class::Digit) {
            shape |= Shape::DIGITS;
        } else if !c.is_ascii() && fold::class(c) == Class::Single {
            shape |= Shape::SINGLE;
        }
        first = false;
    }
    (hash_bytes(folded.as_bytes(), seed), Shape(shape))
}

/// Does a sentence end in the gap between two tokens?
fn ends_sentence(text: &str, last: Word, gap: Gap, next: Word) -> bool {
    if gap.has(Gap::PARAGRAPH) {
        return true;
    }
    let lower = !next.shape.starts_upper() && next.shape.has_lower();
    if lower || !gap.has(Gap::SPACE | Gap::LINE) {
        // `end.Next` without its space still ends a sentence; `3.5`, `example.com` and `U.S.-led` do not.
        return !lower
            && gap.has(Gap::PERIOD | Gap::END)
            && gap.within(Gap::PERIOD | Gap::END | Gap::QUOTE)
            && last.shape.has_lower()
            && !next.shape.is_digits();
    }
    if gap.has(Gap::END) {
        return true;
    }
    let dotted = last.shape.is_dotted();
    let period = gap.has(Gap::PERIOD) || dotted && text.as_bytes()[last.end - 1] == b'.';
    if !period {
        return false;
    }
    let word = &text[last.start..last.end];
    let abbreviated =
        dotted || word.chars().count() == 1 && !last.shape.is_digits() || is_abbreviation(word);
    !abbreviated || is_sentence_starter(&text[next.start..next.end])
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

/// Words that a period belongs to, so that it ends no sentence by itself.
fn is_abbreviation(word: &str) -> bool {
    const ABBREVIATIONS: [&str; 89] = [
        "adm", "apr", "ariz", "ark", "assn", "assoc", "aug", "ave", "blvd", "brig", "bros",
        "calif", "capt", "cf", "cmdr", "co", "col", "colo", "conn", "corp", "cpl", "cpt", "dec",
        "del", "dept", "dist", "dr", "eq", "est", "etc", "feb", "fig", "fla", "fr", "ft", "ga",
        "gen", "gov", "hon", "ill", "inc", "ind", "jan", "jr", "jul", "jun", "kan", "ky", "lt",
        "ltd", "maj", "mar", "mass", "md", "messrs", "mich", "minn", "miss", "mo", "mont", "mr",
        "mrs", "ms", "mt", "neb", "nev", "no", "nov", "oct", "okla", "ore", "pa", "ph", "pres",
        "prof", "pvt", "rep", "rev", "sen", "sept", "sgt", "sr", "st", "supt", "tenn", "tex",
        "univ", "va", "vs",
    ];
    word.len() <= 6
        && word.is_ascii()
        && ABBREVIATIONS
            .binary_search(&word.to_ascii_lowercase().as_str())
            .is_ok()
}

/// Words that rarely stand capitalised inside a sentence: behind an abbreviation they start the next one.
fn is_sentence_starter(word: &str) -> bool {
    const STARTERS: [&str; 42] = [
        "A",
        "After",
        "Although",
        "An",
        "And",
        "As",
        "At",
        "Before",
        "Both",
        "But",
        "By",
        "For",
        "From",
        "He",
        "Her",
        "His",
        "How",
        "However",
        "If",
        "In",
        "It",
        "Its",
        "Meanwhile",
        "No",
        "On",
        "Our",
        "She",
        "So",
        "That",
        "The",
        "Their",
        "There",
        "These",
        "They",
        "This",
        "We",
        "What",
        "When",
        "While",
        "Who",
        "With",
        "You",
    ];
    STARTERS.binary_search(&word).is_ok()
}

/// Divides a text into runs of letters and runs of digits, block by block.
struct Splitter<'a> {
    text: &'a str,
    starts: &'a mut Vec<u32>,
    ends: &'a mut Vec<u32>,
    starts_len: usize,
    ends_len: usize,
    /// Was the byte before the block a letter?
    last_letter: u64,
    last_digit: u64,
    spill: Spill,
}

/// How many starts or ends are written at once, whether there are so many or not.
const AT_ONCE: usize = 8;

impl Splitter<'_> {
    /// Makes room for what a block may have.
    #[cold]
    fn grow(&mut self) {
        for list in [&mut *self.starts, &mut *self.ends] {
            list.resize(2 * list.len() + 2 * 64, 0);
        }
    }
}

impl machine::Visitor for Splitter<'_> {
    #[inline(always)]
    fn block(&mut self, base: usize, mut block: machine::Block) {
        let mut breaks = 0;
        if block.non_ascii != 0 || self.spill.pending {
            breaks = classify_non_ascii(
                self.text,
                base,
                &mut block,
                self.last_letter | self.last_digit << 1,
                &mut self.spill,
            );
        }
        let (letters, digits) = (block.letters, block.digits);
        let letter_before = letters << 1 | self.last_letter;
        let digit_before = digits << 1 | self.last_digit;
        let first = letters & !letter_before | digits & !digit_before | breaks & (letters | digits);
        let behind = !letters & letter_before
            | !digits & digit_before
            | breaks & (letter_before | digit_before);
        (self.last_letter, self.last_digit) = (letters >> 63, digits >> 63);
        if self.starts.len() < self.starts_len + 64 + AT_ONCE {
            self.grow();
        }
        self.starts_len = write_places(first, base, self.starts, self.starts_len);
        self.ends_len = write_places(behind, base, self.ends, self.ends_len);
    }
}

/// Writes the places of a block's bits to `out[at..]`, which has room for all and [`AT_ONCE`] more; gives the end of what it wrote.
#[inline(always)]
fn write_places(mut bits: u64, base: usize, out: &mut [u32], at: usize) -> usize {
    let end = at + bits.count_ones() as usize;
    for chunk in out[at..].as_chunks_mut::<AT_ONCE>().0 {
        if bits == 0 {
            break;
        }
        for place in chunk {
            *place = base as u32 + bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
        }
    }
    end
}

/// Bits of characters that reach into the next block.
#[derive(Clone, Copy, Debug, Default)]
struct Spill {
    pending: bool,
    letters: u64,
    digits: u64,
    breaks: u64,
    /// The byte behind the last character that is a word of its own, its marks included.
    single_end: usize,
}

/// Adds what is not ASCII to a block's letters and digits; gives the bytes at which a token must start or end although the class goes
/// on (characters that are words of their own). `before` says what the byte before the block was: 1 a letter, 2 a digit.
#[cold]
fn classify_non_ascii(
    text: &str,
    base: usize,
    block: &mut machine::Block,
    before: u64,
    spill: &mut Spill,
) -> u64 {
    block.letters |= spill.letters;
    block.digits |= spill.digits;
    let mut breaks = spill.breaks;
    *spill = Spill {
        single_end: spill.single_end,
        ..Spill::default()
    };
    let mut rest = block.non_ascii;
    while rest != 0 {
        let i = rest.trailing_zeros() as usize;
        if !text.is_char_boundary(base + i) {
            rest &= rest - 1;
            continue;
        }
        let c = text[base + i..]
            .chars()
            .next()
            .expect("a byte of the block lies inside the text");
        let bits = ((1u128 << c.len_utf8()) - 1) << i;
        rest &= !(bits as u64);
        let class = fold::class(c);
        let (is_letter, is_digit) = match class {
            Class::Letter | Class::Single => (true, false),
            Class::Digit => (false, true),
            Class::Gap => (false, false),
            Class::Extend if i == 0 => (before & 1 != 0, before & 2 != 0),
            Class::Extend => (
                block.letters >> (i - 1) & 1 != 0,
                block.digits >> (i - 1) & 1 != 0,
            ),
        };
        if is_letter {
            block.letters |= bits as u64;
            spill.letters |= (bits >> 64) as u64;
        }
        if is_digit {
            block.digits |= bits as u64;
            spill.digits |= (bits >> 64) as u64;
        }
        let start = base + i;
        let behind = start + c.len_utf8();
        if class == Class::Single {
            breaks |= 1 << i;
        }
        // It ends behind its marks, which are more of the same word.
        let marks_single = class == Class::Extend && spill.single_end == start && start > 0;
        if class == Class::Single || marks_single {
            spill.single_end = behind;
            let next = text[behind..].chars().next();
            if !next.is_some_and(|c| !c.is_ascii() && fold::class(c) == Class::Extend) {
                let bit = 1u128 << (i + c.len_utf8());
                breaks |= bit as u64;
                spill.breaks |= (bit >> 64) as u64;
            }
        }
    }
    spill.pending = spill.letters | spill.digits | spill.breaks != 0;
    breaks
}

const K0: u64 = 0x9e37_79b9_7f4a_7c15;
const K1: u64 = 0xc2b2_ae3d_27d4_eb4f;

#[inline(always)]
fn multiply(a: u64, b: u64) -> u64 {
    let m = u128::from(a) * u128::from(b);
    m as u64 ^ (m >> 64) as u64
}

/// The key of a name from the key of its first tokens and the hash of the next one.
#[inline(always)]
pub(crate) fn extend_key(key: u64, hash: u64) -> u64 {
    multiply(key ^ K1, hash ^ K0)
}

/// The first `n` bytes of a word of eight (all of them for 8 and more).
#[inline(always)]
fn mask(n: usize) -> u64 {
    if n >= 8 { !0 } else { (1 << (8 * n)) - 1 }
}

/// Up to 16 bytes from `start` as two words, zero behind them.
#[inline(always)]
fn load16(bytes: &[u8], start: usize, len: usize) -> (u64, u64) {
    match bytes[start..].first_chunk::<16>() {
        Some(chunk) => {
            let w = u128::from_le_bytes(*chunk);
            (
                w as u64 & mask(len),
                (w >> 64) as u64 & mask(len.saturating_sub(8)),
            )
        }
        None => {
            let mut chunk = [0; 16];
            chunk[..len].copy_from_slice(&bytes[start..start + len]);
            let w = u128::from_le_bytes(chunk);
            (w as u64, (w >> 64) as u64)
        }
    }
}

#[inline(always)]
fn hash_words(a: u64, b: u64, len: usize, seed: u64) -> u64 {
    multiply(a ^ K0 ^ seed, b ^ K1 ^ (len as u64) << 56)
}

/// The hash of a folded form; [`Tokens`] has the same for every token.
pub(crate) fn hash_bytes(folded: &[u8], seed: u64) -> u64 {
    if folded.len() <= 16 {
        let (a, b) = load16(folded, 0, folded.len());
        return hash_words(a, b, folded.len(), seed);
    }
    let mut hash = folded.len() as u64 ^ K0 ^ seed;
    for chunk in folded.chunks(8) {
        let (w, _) = load16(chunk, 0, chunk.len());
        hash = multiply(hash ^ w, K1);
    }
    hash
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
    fn word_lists_are_sorted() {
        assert!(is_abbreviation("Gen") && is_abbreviation("adm") && is_abbreviation("VS"));
        assert!(
            is_sentence_starter("A")
                && is_sentence_starter("You")
                && is_sentence_starter("However")
        );
    }

    #[test]
    fn an_empty_text_has_one_gap() {
        let tokens = Tokens::of("");
        assert!(tokens.is_empty());
        assert_eq!(tokens.gap(0), Gap::SENTENCE);
    }
}
