//! The division of a text into tokens, block by block.

use super::{
    Form, Gap, Shape, Tokens,
    fold::{self, Class},
    hash::{QUICK, quick_hash},
};
use crate::machine::{self, ROOM};

/// Divides a text into runs of letters and runs of digits, hashes them and says what they look like, and lists as candidates those
/// that are not as most are, or the gap before them is not; gives how many tokens and candidates there are. All lists may be longer:
/// they are written in blocks, and keep their memory.
pub(super) fn split(text: &str, tokens: &mut Tokens) -> (usize, usize) {
    let splitter = Splitter {
        text,
        tokens,
        starts_len: 0,
        ends_len: 0,
        candidates_len: 0,
        last_letter: 0,
        last_digit: 0,
        last_space: 0,
        carries: Carries::default(),
        spill: Spill::default(),
    };
    let done = machine::visit(text.as_bytes(), splitter);
    (done.starts_len, done.candidates_len)
}

/// What is known of a text while it is divided, block by block.
struct Splitter<'a> {
    text: &'a str,
    tokens: &'a mut Tokens,
    starts_len: usize,
    ends_len: usize,
    candidates_len: usize,
    /// Was the byte before the block a letter?
    last_letter: u64,
    last_digit: u64,
    /// Was it a space directly behind a token?
    last_space: u64,
    carries: Carries,
    spill: Spill,
}

/// In the marks of a token, in the place of [`Shape::DOTTED`], which is found out later: the gap before it is not just one space.
pub(super) const OTHER_GAP: u8 = Shape::DOTTED;

/// What is known already about the token that goes on into the next block, a bit each.
#[derive(Clone, Copy, Debug, Default)]
struct Carries {
    first_upper: u64,
    later_upper: u64,
    lower: u64,
    odd_letters: u64,
    odd_digits: u64,
    spaced_letters: u64,
    spaced_digits: u64,
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

impl Splitter<'_> {
    /// Makes room for what a block may have.
    #[cold]
    fn grow(&mut self) {
        let Tokens {
            starts,
            ends,
            candidates,
            marks,
            ..
        } = &mut *self.tokens;
        let len = 2 * starts.len() + 2 * ROOM;
        for list in [starts, ends, candidates] {
            list.resize(len, 0);
        }
        marks.resize(len, 0);
    }

    /// Hashes the tokens and says what they look like, with the gap that most have: it is right for all that are no candidates.
    #[inline(always)]
    fn describe(&mut self) {
        let (bytes, n) = (self.text.as_bytes(), self.starts_len);
        let Tokens {
            seed,
            starts,
            ends,
            hashes,
            forms,
            marks,
            ..
        } = &mut *self.tokens;
        hashes.resize(n, 0);
        forms.resize(n + 1, Form::default());
        let spans = starts[..n].iter().zip(&ends[..n]);
        for (hash, (&start, &end)) in hashes.iter_mut().zip(spans.clone()) {
            *hash = quick_hash(bytes, start as usize, (end - start) as usize, *seed);
        }
        // In a loop of its own: the processor has registers for one, and the compiler vectors for this one.
        let mut longest = 0;
        for (form, (&marks, (&start, &end))) in forms.iter_mut().zip(marks[..n].iter().zip(spans)) {
            longest = longest.max(end - start);
            *form = Form::new(Shape(marks & !OTHER_GAP), Gap::SPACE);
        }
        if longest as usize > QUICK {
            self.add_long();
        }
    }

    /// Makes candidates of the tokens that are too long for the quick hash.
    #[cold]
    fn add_long(&mut self) {
        let Tokens {
            starts,
            ends,
            forms,
            marks,
            candidates,
            ..
        } = &mut *self.tokens;
        self.candidates_len = 0;
        for i in 0..self.starts_len {
            let mut mark = marks[i];
            if (ends[i] - starts[i]) as usize > QUICK {
                mark |= Shape::UNKNOWN;
                forms[i] = Form::new(Shape(mark & !OTHER_GAP), Gap::SPACE);
            }
            candidates[self.candidates_len] = i as u32;
            self.candidates_len += usize::from(mark & (Shape::UNKNOWN | OTHER_GAP) != 0);
        }
    }
}

impl machine::Visitor for Splitter<'_> {
    const SETS: [machine::Set; 3] = [
        machine::Set::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        machine::Set::of(b" "),
        machine::Set::of(b""),
    ];

    #[inline(always)]
    fn block(&mut self, base: usize, mut block: machine::Block, tools: &impl machine::Tools) {
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
        let [upper, spaces, _] = block.sets;
        let letter_before = letters << 1 | self.last_letter;
        let digit_before = digits << 1 | self.last_digit;
        let first = letters & !letter_before | digits & !digit_before | breaks & (letters | digits);
        let behind_letters = !letters & letter_before;
        let behind_digits = !digits & digit_before;
        let behind = behind_letters | behind_digits | breaks & (letter_before | digit_before);
        (self.last_letter, self.last_digit) = (letters >> 63, digits >> 63);

        let space_behind = behind & spaces;
        let mut spaced = first & (space_behind << 1 | self.last_space);
        self.last_space = space_behind >> 63;
        let mut odd = block.non_ascii;
        // Tokens that touch are one run here, so that nothing can be said about them.
        if breaks != 0 {
            (odd, spaced) = (!0, 0);
            (self.carries.spaced_letters, self.carries.spaced_digits) = (0, 0);
        }
        let carries = &mut self.carries;
        let odd = reach_ends(letters, odd & letters, &mut carries.odd_letters) & behind_letters
            | reach_ends(digits, odd & digits, &mut carries.odd_digits) & behind_digits
            | if breaks != 0 { behind } else { 0 };
        let spaced = reach_ends(letters, spaced & letters, &mut carries.spaced_letters)
            & behind_letters
            | reach_ends(digits, spaced & digits, &mut carries.spaced_digits) & behind_digits;
        let first_upper = reach_ends(letters, upper & first, &mut carries.first_upper);
        let later_upper = reach_ends(letters, upper & !first, &mut carries.later_upper);
        let lower = reach_ends(letters, letters & !upper, &mut carries.lower);
        let marks = [
            (OTHER_GAP, !spaced),
            (Shape::FIRST_UPPER, first_upper & behind_letters),
            (Shape::DIGITS, behind_digits),
            (Shape::LOWER, lower & behind_letters | behind_digits),
            (Shape::LATER_UPPER, later_upper & behind_letters),
            (Shape::UNKNOWN, odd),
        ];

        if self.tokens.starts.len() < self.starts_len + ROOM {
            self.grow();
        }
        let Tokens {
            starts,
            ends,
            candidates,
            marks: all_marks,
            ..
        } = &mut *self.tokens;
        tools.places(first, base as u32, &mut starts[self.starts_len..]);
        self.starts_len += first.count_ones() as usize;
        let unusual = tools.compress(odd | !spaced, behind);
        let out = &mut candidates[self.candidates_len..];
        tools.places(unusual, self.ends_len as u32, out);
        self.candidates_len += unusual.count_ones() as usize;
        tools.gather(behind, marks, &mut all_marks[self.ends_len..]);
        tools.places(behind, base as u32, &mut ends[self.ends_len..]);
        self.ends_len += behind.count_ones() as usize;
    }

    #[inline(always)]
    fn end(&mut self) {
        self.describe();
    }
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
