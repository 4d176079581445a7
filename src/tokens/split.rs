//! The division of a text into tokens, block by block.

use super::{
    Form, Gap, Shape, Tokens,
    fold::{self, Class},
    hash::{QUICK, load_last, quick_hash},
};
use crate::machine::{self, ROOM};

/// Divides a text into runs of letters and runs of digits, hashes them and says what they look like; gives how many there are. Lists
/// tokens with another gap before them than one space, and tokens whose looks and hash are still to be found out. Lists may be longer
/// than what they have: they are written in blocks, and keep their memory.
pub(super) fn split(text: &str, tokens: &mut Tokens) -> Counts {
    tokens.odd.clear();
    let splitter = Splitter {
        text,
        tokens,
        counts: Counts::default(),
        ends_len: 0,
        last_letter: 0,
        last_digit: 0,
        last_space: 0,
        carries: Carries::default(),
        spill: Spill::default(),
    };
    machine::visit(text.as_bytes(), splitter).counts
}

/// How much of the lists is in use.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) tokens: usize,
    pub(super) gaps: usize,
}

/// What is known of a text while it is divided, block by block. (Nothing may ask for its address: it is to stay in registers.)
struct Splitter<'a> {
    text: &'a str,
    tokens: &'a mut Tokens,
    counts: Counts,
    ends_len: usize,
    /// Was the byte before the block a letter?
    last_letter: u64,
    last_digit: u64,
    /// Was it a space directly behind a token?
    last_space: u64,
    carries: Carries,
    spill: Spill,
}

/// What is known already about the token that goes on into the next block, a bit each.
#[derive(Clone, Copy, Debug, Default)]
struct Carries {
    later_upper: u64,
    lower: u64,
    odd_letters: u64,
    odd_digits: u64,
}

/// Behind which runs of ones in `runs` is one that has a bit of `marks` (all inside the runs)? In other places the result has any bits.
/// The sum of a run and a mark in it carries to the first place behind it; `carry` says the same of the run that goes on from the
/// last block.
#[inline(always)]
fn reach_ends(runs: u64, marks: u64, carry: &mut u64) -> u64 {
    let (sum, overflow) = runs.overflowing_add(marks | *carry);
    *carry = u64::from(overflow);
    sum
}

impl machine::Visitor for Splitter<'_> {
    const SETS: [machine::Set; 3] = [
        machine::Set::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        machine::Set::of(b" "),
        machine::Set::of(b""),
    ];

    #[inline(always)]
    fn block(&mut self, base: usize, mut block: machine::Block, tools: &impl machine::Tools) {
        let mut carries = self.carries;
        let may_be_odd = block.non_ascii
            | u64::from(self.spill.pending)
            | carries.odd_letters
            | carries.odd_digits;
        let mut breaks = 0;
        if may_be_odd != 0 {
            let mut spill = self.spill;
            let before = self.last_letter | self.last_digit << 1;
            breaks = classify_non_ascii(self.text, base, &mut block, before, &mut spill);
            self.spill = spill;
        }
        let (letters, digits) = (block.letters, block.digits);
        let [upper, spaces, _] = block.sets;
        let letter_before = letters << 1 | self.last_letter;
        let digit_before = digits << 1 | self.last_digit;
        let first = letters & !letter_before | digits & !digit_before | breaks & (letters | digits);
        let behind_letters = !letters & letter_before;
        let behind_digits = !digits & digit_before;
        let behind = behind_letters | behind_digits | breaks & (letter_before | digit_before);
        (self.last_letter, self.last_digit) = (letters >> 63, digits >> 63);
        let space_behind = behind & spaces;
        let spaced = space_behind << 1 | self.last_space;
        self.last_space = space_behind >> 63;

        if self.tokens.starts.len() < self.counts.tokens + ROOM {
            grow(self.tokens);
        }
        if may_be_odd != 0 {
            // Tokens that touch are one run here, so that nothing can be said about them.
            let marks = if breaks != 0 { !0 } else { block.non_ascii };
            let odd = reach_ends(letters, marks & letters, &mut carries.odd_letters)
                & behind_letters
                | reach_ends(digits, marks & digits, &mut carries.odd_digits) & behind_digits
                | if breaks != 0 { behind } else { 0 };
            list_odd(self.tokens, tools.compress(odd, behind), self.ends_len);
        }
        let later_upper = reach_ends(letters, upper & !first, &mut carries.later_upper);
        let lower = reach_ends(letters, letters & !upper, &mut carries.lower);
        self.carries = carries;

        let Tokens {
            starts,
            ends,
            gaps,
            first_looks,
            later_looks,
            ..
        } = &mut *self.tokens;
        let Counts {
            tokens: starts_len,
            gaps: gaps_len,
        } = &mut self.counts;
        let unusual = tools.compress(!spaced, first);
        tools.places(unusual, *starts_len as u32, &mut gaps[*gaps_len..]);
        *gaps_len += unusual.count_ones() as usize;
        let looks = [(Shape::FIRST_UPPER, upper), (Shape::DIGITS, digits)];
        tools.gather(first, looks, &mut first_looks[*starts_len..]);
        tools.places(first, base as u32, &mut starts[*starts_len..]);
        *starts_len += first.count_ones() as usize;
        let looks = [
            (Shape::LOWER, lower & behind_letters | behind_digits),
            (Shape::LATER_UPPER, later_upper & behind_letters),
        ];
        tools.gather(behind, looks, &mut later_looks[self.ends_len..]);
        tools.places(behind, base as u32, &mut ends[self.ends_len..]);
        self.ends_len += behind.count_ones() as usize;
    }

    #[inline(always)]
    fn end(&mut self) {
        describe(self.text.as_bytes(), self.tokens, self.counts.tokens);
    }
}

/// Makes room for what a block may have.
#[cold]
fn grow(tokens: &mut Tokens) {
    let len = 2 * tokens.starts.len() + 2 * ROOM;
    for list in [&mut tokens.starts, &mut tokens.ends, &mut tokens.gaps] {
        list.resize(len, 0);
    }
    for list in [&mut tokens.first_looks, &mut tokens.later_looks] {
        list.resize(len, 0);
    }
}

/// Lists tokens that end in a block, a bit for each of them, as odd.
#[cold]
fn list_odd(tokens: &mut Tokens, mut odd: u64, first: usize) {
    while odd != 0 {
        tokens.odd.push(first as u32 + odd.trailing_zeros());
        odd &= odd - 1;
    }
}

/// Hashes the first `n` tokens and puts down what they look like, with the gap that most have before them.
#[inline(always)]
fn describe(bytes: &[u8], tokens: &mut Tokens, n: usize) {
    let Tokens {
        seed,
        starts,
        ends,
        hashes,
        forms,
        first_looks,
        later_looks,
        ..
    } = tokens;
    let seed = *seed;
    hashes.resize(n, 0);
    forms.resize(n + 1, Form::default());
    let spans = starts[..n].iter().zip(&ends[..n]);
    let mut done = 0;
    for (hash, (&start, &end)) in hashes.iter_mut().zip(spans.clone()) {
        let start = start as usize;
        // Tokens at the end of the text, which is not to be read over, have a loop of their own.
        let Some(bytes) = bytes.get(start..start + QUICK) else {
            break;
        };
        let bytes = bytes.first_chunk().expect("it has so many bytes");
        *hash = quick_hash(bytes, end as usize - start, seed);
        done += 1;
    }
    for (hash, (&start, &end)) in hashes.iter_mut().zip(spans.clone()).skip(done) {
        let bytes = load_last(&bytes[start as usize..]);
        *hash = quick_hash(&bytes, (end - start) as usize, seed);
    }
    // In a loop of its own: the processor has registers for one, and the compiler vectors for this one.
    let looks = first_looks[..n].iter().zip(&later_looks[..n]);
    let mut longest = 0;
    for (form, ((first, later), (&start, &end))) in forms.iter_mut().zip(looks.zip(spans)) {
        longest = longest.max(end - start);
        *form = Form::new(Shape(first | later), Gap::SPACE);
    }
    if longest as usize > QUICK {
        list_long(tokens, n);
    }
}

/// Lists the tokens that are too long for the quick hash as odd.
#[cold]
fn list_long(tokens: &mut Tokens, n: usize) {
    let spans = tokens.starts[..n].iter().zip(&tokens.ends[..n]);
    let long = spans
        .enumerate()
        .filter(|(_, (start, end))| (*end - *start) as usize > QUICK);
    tokens.odd.extend(long.map(|(i, _)| i as u32));
    // Two sorted runs; some tokens may be in both.
    tokens.odd.sort();
    tokens.odd.dedup();
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
