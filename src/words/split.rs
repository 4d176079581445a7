//! A run of text without white space, divided into words.

use crate::tokens::sentence::{is_abbreviation, is_sentence_starter};
use unicode_segmentation::UnicodeSegmentation;

/// Memory of [`Splitter::split`].
#[derive(Clone, Debug, Default)]
pub(super) struct Splitter {
    atoms: Vec<Atom>,
}

/// A piece that is never divided: a run of letters and digits, or one mark.
#[derive(Clone, Copy, Debug)]
struct Atom {
    start: usize,
    end: usize,
    /// Letters and digits?
    alphanumeric: bool,
}

/// A chunk with its atoms.
struct Chunk<'a> {
    text: &'a str,
    atoms: &'a [Atom],
}

impl Splitter {
    /// Gives the words of `text[start..end]`, which has no white space, in order and without gaps between them.
    pub(super) fn split(
        &mut self,
        text: &str,
        start: usize,
        end: usize,
        mut word: impl FnMut(usize, usize),
    ) {
        let chunk = &text.as_bytes()[start..end];
        if chunk.iter().all(u8::is_ascii_alphabetic) {
            return word(start, end);
        }
        self.atoms.clear();
        match chunk.is_ascii() {
            true => ascii_atoms(chunk, start, &mut self.atoms),
            false => atoms(&text[start..end], start, &mut self.atoms),
        }
        let atoms = &self.atoms;
        let chunk = Chunk { text, atoms };
        let mut first = 0;
        while first < atoms.len() {
            let behind = match atoms[first].alphanumeric {
                true => chunk.word(first),
                false => chunk.mark(first),
            };
            word(atoms[first].start, atoms[behind - 1].end);
            first = behind;
        }
    }
}

fn ascii_atoms(chunk: &[u8], start: usize, atoms: &mut Vec<Atom>) {
    let mut at = 0;
    while at < chunk.len() {
        let run = chunk[at..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        atoms.push(Atom {
            start: start + at,
            end: start + at + run.max(1),
            alphanumeric: run > 0,
        });
        at += run.max(1);
    }
}

/// The words of UAX #29, divided once more at the marks that join letters there and that have rules of their own here.
fn atoms(chunk: &str, start: usize, atoms: &mut Vec<Atom>) {
    for (at, segment) in chunk.split_word_bound_indices() {
        let at = start + at;
        let alphanumeric = |s: &str| s.chars().any(char::is_alphanumeric);
        if !alphanumeric(segment) {
            atoms.push(Atom {
                start: at,
                end: at + segment.len(),
                alphanumeric: false,
            });
            continue;
        }
        let mut from = 0;
        let mut push = |from: usize, to: usize| {
            if from < to {
                atoms.push(Atom {
                    start: at + from,
                    end: at + to,
                    alphanumeric: alphanumeric(&segment[from..to]),
                });
            }
        };
        for (i, c) in segment.char_indices() {
            if is_apostrophe(c) || matches!(c, '.' | ':' | ',' | ';' | '_' | '．' | '：') {
                push(from, i);
                push(i, i + c.len_utf8());
                from = i + c.len_utf8();
            }
        }
        push(from, segment.len());
    }
}

impl<'a> Chunk<'a> {
    fn atom(&self, i: usize) -> &'a str {
        self.atoms.get(i).map_or("", |a| &self.text[a.start..a.end])
    }

    fn is_alphanumeric(&self, i: usize) -> bool {
        self.atoms.get(i).is_some_and(|a| a.alphanumeric)
    }

    fn is(&self, i: usize, mark: char) -> bool {
        let mut chars = self.atom(i).chars();
        chars.next() == Some(mark) && chars.next().is_none()
    }

    /// Where the mark that starts at this atom ends: marks are words of their own, runs of some of them one word.
    fn mark(&self, first: usize) -> usize {
        let mark = self.atom(first);
        // `"Moskva"’s`
        if first > 0 && is_one(mark, is_apostrophe) && self.is_clitic(first) {
            return first + 2;
        }
        let repeats = is_one(mark, |c| {
            matches!(
                c,
                '.' | '-' | '*' | '_' | '=' | '~' | '!' | '?' | '\'' | '`' | '—' | '–' | '…'
            )
        });
        let mut behind = first + 1;
        while repeats && self.atom(behind) == mark {
            behind += 1;
        }
        behind
    }

    /// Where the word that starts at this atom of letters or digits ends.
    fn word(&self, first: usize) -> usize {
        if let Some(behind) = self.dotted(first) {
            return behind;
        }
        let mut last = first;
        let is_number = |i: usize| !self.atom(i).chars().any(char::is_alphabetic);
        let mut number = is_number(first);
        // A mark between two atoms of letters or digits may hold them together.
        while self.is_alphanumeric(last + 2)
            && !self.is_alphanumeric(last + 1)
            && self.joins(last, number)
        {
            last += 2;
            number &= is_number(last);
        }
        let period = match last - first {
            0 => self.owns_period(last),
            2 => is_degree(self.atom(first), self.atom(last)) && self.is(last + 1, '.'),
            _ => false,
        };
        last + 1 + usize::from(period)
    }

    /// Does the mark behind atom `last` hold it and the next together? The word so far is a number, or is none.
    fn joins(&self, last: usize, number: bool) -> bool {
        let (before, mark, behind) = (self.atom(last), self.atom(last + 1), self.atom(last + 2));
        let (Some(b), Some(a)) = (before.chars().next_back(), behind.chars().next()) else {
            return false;
        };
        let mut chars = mark.chars();
        let (Some(mark), None) = (chars.next(), chars.next()) else {
            return false;
        };
        let digits = b.is_numeric() && a.is_numeric();
        match mark {
            // `3.5`, `7.62x39`, `v1.0`; `example.com`, `Yahoo.com`, but not `end.Next`.
            '.' => {
                digits
                    || !b.is_numeric()
                        && a.is_lowercase()
                        && b.is_lowercase()
                        && !self.owns_period(last)
                    || is_degree(before, behind)
            }
            // `1,000`, `7:10`, `9/11`, `Su-27/30`
            ',' | ':' | '/' => digits,
            // `Hwasong-18`, `AK-47s`, `COVID-19`; not `Iran-backed`, `10-year`, `5-10`.
            '-' | '\u{2010}'..='\u{2013}' => a.is_numeric() && !number,
            '&' | '_' => true,
            // `O’Neill`, `don’t`; `Korea’s` are two words.
            _ if is_apostrophe(mark) => {
                let opens = mark == '‘';
                !opens && !b.is_numeric() && !a.is_numeric() && !self.is_clitic(last + 1)
            }
            _ => false,
        }
    }

    /// Is this atom an apostrophe, and the next an `s`, `ll`, `ve`, `re`, `d` or `m` that nothing goes on from?
    fn is_clitic(&self, apostrophe: usize) -> bool {
        let word = self.atom(apostrophe + 1);
        let goes_on = self.is_alphanumeric(apostrophe + 3)
            && is_one(self.atom(apostrophe + 2), |c| is_apostrophe(c) || c == '.');
        ["s", "ll", "ve", "re", "d", "m"]
            .iter()
            .any(|clitic| word.eq_ignore_ascii_case(clitic))
            && !goes_on
    }

    /// Where an acronym with periods ends: `U.S.`, `a.m.`, `J.K.`
    fn dotted(&self, first: usize) -> Option<usize> {
        let is_letter =
            |i: usize| self.is_alphanumeric(i) && is_one(self.atom(i), char::is_alphabetic);
        let mut last = first;
        if !is_letter(first) {
            return None;
        }
        while self.is(last + 1, '.') && is_letter(last + 2) {
            last += 2;
        }
        if last == first {
            return None;
        }
        let period = self.is(last + 1, '.') && !self.is(last + 2, '.');
        Some(last + 1 + usize::from(period))
    }

    /// Does the period behind this atom belong to it: an abbreviation or an initial?
    fn owns_period(&self, i: usize) -> bool {
        if !self.is(i + 1, '.') || self.is(i + 2, '.') {
            return false;
        }
        let word = self.atom(i);
        let Some(c) = word.chars().next() else {
            return false;
        };
        let behind = &self.text[self.atoms[i + 1].end..];
        if is_one(word, char::is_uppercase) {
            return is_initial(behind);
        }
        if ["no", "nos", "p", "pp", "vol", "fig", "art", "sec"]
            .iter()
            .any(|w| word.eq_ignore_ascii_case(w))
        {
            let next = behind.trim_start_matches(' ').chars().next();
            return next.is_some_and(|c| c.is_ascii_digit());
        }
        match c.is_uppercase() {
            true => {
                is_abbreviation(word) || matches!(word, "Nos" | "Brig" | "Amb" | "Det" | "Insp")
            }
            false => matches!(word, "etc" | "vs" | "cf" | "approx"),
        }
    }
}

/// Does what stands behind a capital and its period make it an initial? A name follows: `J. Smith`, `J.Smith`, `J.-P. Smith`.
fn is_initial(behind: &str) -> bool {
    // No word that starts sentences is longer.
    const LONGEST: usize = 16;
    let behind = behind.trim_start_matches([' ', '\u{a0}', '\u{202f}', '-']);
    let len: usize = behind
        .chars()
        .take_while(|c| c.is_alphabetic())
        .take(LONGEST)
        .map(char::len_utf8)
        .sum();
    let (name, behind) = behind.split_at(len);
    name.starts_with(char::is_uppercase) && !is_sentence_starter(name)
        // `A. A. Petrov`: words that start sentences may be one letter.
        || is_one(name, char::is_uppercase) && behind.starts_with('.')
}

/// `Ph.D.` and its kind.
fn is_degree(before: &str, behind: &str) -> bool {
    matches!(
        (before, behind),
        ("Ph", "D") | ("M", "Sc") | ("B", "Sc") | ("Ed", "D") | ("LL", "B" | "M")
    )
}

/// Is this one character of the kind?
fn is_one(text: &str, kind: impl Fn(char) -> bool) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(kind) && chars.next().is_none()
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '＇' | '´' | '`' | '′')
}
