//! Words as spaCy's English tokenizer makes them: prefixes, suffixes and infixes of a run of text without white space, and special
//! cases. `.ci/interop.d/tokens.py` holds it against spaCy.
//!
//! A run is a special case (`can’t`, `Gen.`, `:-)`), or loses marks at its ends until it is one or has none; what is left then is a URL,
//! or divided at hyphens, slashes, commas and periods between its letters. At last special cases are found among neighbours that were
//! divided: `Foo/Co.` ends with `Co.`.

mod classes;
mod special;
mod url;

use classes::{is_alpha, is_currency, is_icon, is_lower, is_mark, is_quote, is_upper};
use special::{LONGEST, Special, special};

/// White space as Python sees it.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// Memory of [`Splitter::split`]: places in a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Splitter {
    /// Where words end.
    ends: Vec<usize>,
    /// Where suffixes start, the last first.
    suffixes: Vec<usize>,
}

impl Splitter {
    /// Gives the ends of the words of a run without white space, which have no gaps between them.
    pub(super) fn split(&mut self, run: &str) -> &[usize] {
        self.ends.clear();
        self.suffixes.clear();
        if let Some(special) = special(run) {
            self.push_special(0, special);
            return &self.ends;
        }
        if run.bytes().all(|b| b.is_ascii_alphabetic()) {
            self.ends.push(run.len());
            return &self.ends;
        }
        self.split_parts(run, true);
        self.join_special(run);
        &self.ends
    }

    /// Takes affixes off and divides what is left. `with_special`: special cases are not divided.
    fn split_parts(&mut self, run: &str, with_special: bool) {
        let known = |s: &str| with_special && special(s).is_some();
        let (mut start, mut end) = (0, run.len());
        while start < end {
            let rest = &run[start..end];
            if known(rest) {
                break;
            }
            let before = prefix(rest);
            if before > 0 && known(&rest[before..]) {
                start += before;
                self.ends.push(start);
                break;
            }
            let behind = suffix(&rest[before..]);
            if behind > 0 && known(&rest[..rest.len() - behind]) {
                end -= behind;
                self.suffixes.push(end);
                break;
            }
            if before == 0 && behind == 0 {
                break;
            }
            if before > 0 {
                start += before;
                self.ends.push(start);
            }
            if behind > 0 {
                end -= behind;
                self.suffixes.push(end);
            }
        }
        let middle = &run[start..end];
        let case = if with_special { special(middle) } else { None };
        match case {
            _ if middle.is_empty() => {}
            Some(special) => self.push_special(start, special),
            None if url::is_url(middle) => self.ends.push(end),
            None => self.split_infixes(start, middle),
        }
        // A suffix ends where the one that was taken off before it starts.
        self.ends.extend(self.suffixes.iter().rev().skip(1));
        if !self.suffixes.is_empty() {
            self.ends.push(run.len());
        }
    }

    fn push_special(&mut self, start: usize, special: &Special) {
        self.ends.extend(special.ends.iter().map(|end| start + end));
    }

    fn split_infixes(&mut self, start: usize, middle: &str) {
        let mut at = 0;
        let mut from = 0;
        while let Some(c) = middle[at..].chars().next() {
            let len = infix(middle, at);
            if len == 0 {
                at += c.len_utf8();
                continue;
            }
            // One at the start parts nothing.
            if at > 0 {
                if from < at {
                    self.ends.push(start + at);
                }
                from = at + len;
                self.ends.push(start + from);
            }
            at += len;
        }
        if from < middle.len() {
            self.ends.push(start + middle.len());
        }
    }

    /// Makes special cases of neighbours that together are one: those that affixes or infixes divide.
    fn join_special(&mut self, run: &str) {
        if self.ends.len() < 2 {
            return;
        }
        // Longer ones come first, then the first.
        let mut found: Vec<(usize, usize)> = Vec::new();
        for first in 0..self.ends.len() {
            let start = if first == 0 { 0 } else { self.ends[first - 1] };
            for last in first..self.ends.len() {
                let part = &run[start..self.ends[last]];
                if part.len() > LONGEST {
                    break;
                }
                let ends = self.ends[first..=last].iter().map(|end| end - start);
                let is_divided = |s: &&Special| ends.eq(s.divided.iter().copied());
                if special(part).is_some_and(|s| !s.divided.is_empty() && is_divided(&s)) {
                    found.push((first, last));
                }
            }
        }
        found.sort_by_key(|&(first, last)| (last - first, std::cmp::Reverse(first)));
        let mut taken = vec![false; self.ends.len()];
        let mut joined: Vec<(usize, usize)> = Vec::new();
        for (first, last) in found.into_iter().rev() {
            if !taken[first] && !taken[last] {
                joined.push((first, last));
            }
            taken[first..=last].fill(true);
        }
        joined.sort_unstable();
        for (first, last) in joined.into_iter().rev() {
            let start = if first == 0 { 0 } else { self.ends[first - 1] };
            if let Some(special) = special(&run[start..self.ends[last]]) {
                let ends = special.ends.iter().map(|end| start + end);
                self.ends.splice(first..=last, ends);
            }
        }
    }
}

/// Where the words end that a special case is divided into where it is none.
fn divided(case: &str) -> Vec<usize> {
    let mut splitter = Splitter::default();
    splitter.split_parts(case, false);
    let whole = prefix(case) == 0
        && suffix(case) == 0
        && case.char_indices().all(|(at, _)| infix(case, at) == 0);
    match whole {
        true => Vec::new(),
        false => splitter.ends,
    }
}

/// The bytes of the prefix of a text, 0 if it has none.
fn prefix(text: &str) -> usize {
    let mut chars = text.chars();
    let Some(c) = chars.next() else {
        return 0;
    };
    let next = chars.next();
    let is = match c {
        '.' if next == Some('.') => return dots(text),
        '+' => !next.is_some_and(|c| c.is_ascii_digit()),
        'U' if text.starts_with("US$") => return 3,
        'C' | 'A' if next == Some('$') => return 2,
        '§' | '%' | '=' | '—' | '–' => true,
        c => is_mark(c) || is_quote(c) || is_currency(c) || is_icon(c),
    };
    if is { c.len_utf8() } else { 0 }
}

/// How many periods a text starts with.
fn dots(text: &str) -> usize {
    text.bytes().take_while(|b| *b == b'.').count()
}

/// The bytes of the suffix of a text, 0 if it has none: the longest of those that it could be.
fn suffix(text: &str) -> usize {
    let mut chars = text.chars().rev();
    let Some(c) = chars.next() else {
        return 0;
    };
    let before = chars.next();
    let one = c.len_utf8();
    let if_is = |is: bool| if is { one } else { 0 };
    match c {
        '.' => {
            let dots = text.bytes().rev().take_while(|b| *b == b'.').count();
            if dots > 1 {
                return dots;
            }
            let degree = before.is_some_and(|b| "FfCcKk".contains(b)) && chars.next() == Some('°');
            let mut before_that = text[..text.len() - 1].chars().rev().skip(1);
            let capitals = before.is_some_and(is_upper) && before_that.next().is_some_and(is_upper);
            return if_is(before.is_some_and(may_end_sentence) || degree || capitals);
        }
        '…' => return if before == Some('…') { 2 * one } else { one },
        's' | 'S' if matches!(before, Some('\'' | '’')) => {
            return one + before.map_or(0, char::len_utf8);
        }
        _ => {}
    }
    let after_digit = |len: usize| {
        let head = &text[..text.len() - len];
        head.ends_with(|c: char| c.is_ascii_digit())
    };
    let unit = UNITS
        .iter()
        .filter(|u| text.ends_with(**u) && after_digit(u.len()));
    let currency = match before {
        _ if !is_currency(c) => 0,
        _ if text.ends_with("US$") && after_digit(3) => 3,
        Some('C' | 'A') if c == '$' && after_digit(2) => 2,
        _ => if_is(after_digit(one)),
    };
    let is = matches!(c, '—' | '–')
        || is_mark(c)
        || is_quote(c)
        || is_icon(c)
        || c == '+' && after_digit(one);
    let unit = unit.map(|u| u.len()).max().unwrap_or(0);
    unit.max(currency).max(if_is(is))
}

/// What a period is parted from at the end of a run.
fn may_end_sentence(c: char) -> bool {
    c.is_ascii_digit()
        || is_lower(c)
        || is_mark(c)
        || is_quote(c)
        || matches!(c, '%' | '²' | '-' | '+' | '|' | '(' | ')')
}

/// Units that are parted from the digits before them.
const UNITS: [&str; 103] = [
    "km",
    "km²",
    "km³",
    "m",
    "m²",
    "m³",
    "dm",
    "dm²",
    "dm³",
    "cm",
    "cm²",
    "cm³",
    "mm",
    "mm²",
    "mm³",
    "ha",
    "µm",
    "nm",
    "yd",
    "in",
    "ft",
    "kg",
    "g",
    "mg",
    "µg",
    "t",
    "lb",
    "oz",
    "m/s",
    "km/h",
    "kmh",
    "mph",
    "hPa",
    "Pa",
    "mbar",
    "mb",
    "MB",
    "kb",
    "KB",
    "gb",
    "GB",
    "tb",
    "TB",
    "T",
    "G",
    "M",
    "K",
    "%",
    // Cyrillic.
    "км",
    "км²",
    "км³",
    "м",
    "м²",
    "м³",
    "дм",
    "дм²",
    "дм³",
    "см",
    "см²",
    "см³",
    "мм",
    "мм²",
    "мм³",
    "нм",
    "кг",
    "г",
    "мг",
    "м/с",
    "км/ч",
    "кПа",
    "Па",
    "мбар",
    "Кб",
    "КБ",
    "кб",
    "Мб",
    "МБ",
    "мб",
    "Гб",
    "ГБ",
    "гб",
    "Тб",
    "ТБ",
    "тбكم",
    // Arabic.
    "كم²",
    "كم³",
    "م",
    "م²",
    "م³",
    "سم",
    "سم²",
    "سم³",
    "مم",
    "مم²",
    "مم³",
    "كم",
    "غرام",
    "جرام",
    "جم",
    "كغ",
    "ملغ",
    "كوب",
    "اكواب",
];

/// The bytes of the infix at a place of a text, 0 if there is none.
fn infix(text: &str, at: usize) -> usize {
    let here = &text[at..];
    let mut chars = here.chars();
    let Some(c) = chars.next() else {
        return 0;
    };
    let (before, next) = (text[..at].chars().next_back(), chars.next());
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let alpha = |c: Option<char>| c.is_some_and(is_alpha);
    let word = alpha(before) || digit(before);
    let is = match c {
        '.' if next == Some('.') => return dots(here),
        '.' => {
            before.is_some_and(|b| is_lower(b) || is_quote(b))
                && next.is_some_and(|n| is_upper(n) || is_quote(n))
        }
        '…' => true,
        ',' => alpha(before) && alpha(next),
        ':' | '<' | '>' | '=' | '/' => word && alpha(next),
        _ => is_icon(c),
    };
    if is || digit(before) && "+-*^".contains(c) && (digit(next) || next == Some('-')) {
        return c.len_utf8();
    }
    let hyphen = |h: &&&str| here.starts_with(**h) && alpha(here[h.len()..].chars().next());
    match word {
        true => HYPHENS.iter().find(hyphen).map_or(0, |h| h.len()),
        false => 0,
    }
}

/// What parts two words of a compound.
const HYPHENS: [&str; 7] = ["-", "–", "—", "--", "---", "——", "~"];

#[cfg(test)]
mod tests {
    use super::*;

    fn show(run: &str) -> String {
        let mut splitter = Splitter::default();
        let (mut start, mut words) = (0, Vec::new());
        for &end in splitter.split(run) {
            words.push(&run[start..end]);
            start = end;
        }
        words.join(" ")
    }

    #[test]
    fn runs_are_divided_as_by_spacy() {
        for (run, expected) in [
            ("(Iran’s)", "( Iran ’s )"),
            ("\"don't!\"", "\" do n't ! \""),
            ("can’t", "ca n’t"),
            ("cannot", "can not"),
            ("U.S.-led", "U.S.-led"),
            ("Iran-backed", "Iran - backed"),
            ("18-year-old", "18 - year - old"),
            ("Hwasong-18", "Hwasong-18"),
            ("2019-20", "2019 - 20"),
            ("10km", "10 km"),
            ("7.62mm.", "7.62 mm ."),
            ("US$5bn", "US$ 5bn"),
            ("5$", "5 $"),
            ("Gen.", "Gen."),
            ("UN.", "UN ."),
            ("U.N.", "U.N."),
            ("J.", "J."),
            ("end.Next", "end . Next"),
            ("end...next", "end ... next"),
            ("Foo/Co.", "Foo / Co."),
            ("and/or", "and/or"),
            (":-)", ":-)"),
            ("hi:)", "hi :)"),
            ("https://example.org/a-b.", "https://example.org/a-b ."),
            ("a@b.org,", "a@b.org ,"),
            ("10am", "10 am"),
            ("9p.m.,", "9 p.m. ,"),
            ("--Iran", "--Iran"),
            ("war--Iran", "war -- Iran"),
            ("Köln–Bonn", "Köln – Bonn"),
            ("🚀Iran", "🚀 Iran"),
            ("30°C.", "30 ° C ."),
            ("«Иран»", "« Иран »"),
        ] {
            assert_eq!(show(run), expected, "{run}");
        }
    }

    #[test]
    fn words_of_any_run_are_the_run() {
        let parts = [
            "Iran", "'", "’s", "n't", ".", "..", "…", "-", "--", "(", ")", ":", "/", "5", "km",
            "$", "US$", "U.S.", "🚀", "é", "İ", "北", "@", "a.b", "://", ",", "Co.", "can", "not",
            "°C", "\u{200b}",
        ];
        let mut rng = fastrand::Rng::with_seed(21);
        let mut splitter = Splitter::default();
        for _ in 0..20_000 {
            let run: String = (0..rng.usize(1..8))
                .map(|_| parts[rng.usize(..parts.len())])
                .collect();
            let mut at = 0;
            for &end in splitter.split(&run) {
                assert!(end > at && run.is_char_boundary(end), "{run}");
                at = end;
            }
            assert_eq!(at, run.len(), "{run}");
        }
    }
}
