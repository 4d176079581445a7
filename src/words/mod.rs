//! [`Words`]: the words and sentences that readers see, for what needs them: users' patterns, and formats that have one line a word.

mod spacy;
mod split;

use crate::{
    document::{Zone, ZoneKind},
    span::Span,
    tokens::{Gap, Tokens},
    zones::zones,
};
use split::Splitter;
use std::{fmt, ops::Range};

/// The words and sentences of a text as flat arrays: for each word its bytes and whether white space follows.
///
/// Matching does not read them: [`Tokens`] are finer. Words are what a tagger is trained on and what users write patterns for.
/// They follow UAX #29 with the sense that news needs:
///
/// - Marks are words of their own; runs such as `...` and `--` are one.
/// - The possessive is a word (`Korea` `’s`), and so is `’ll`, `’ve`, `’re`, `’d`, `’m`. Other apostrophes hold a word together
///   (`O’Neill`, `don’t`).
/// - Dotted acronyms, abbreviations and initials keep their period (`U.S.`, `Gen.`, `J.`), at the end of a sentence too.
/// - A hyphen or an en dash holds a letter and a digit together (`Hwasong-18`, `AK-47s`), and parts everything else (`U.S.` `-`
///   `led`, `18` `-` `year` `-` `old`, `5` `-` `10`): names in compounds are words. English OntoNotes and spaCy part them too.
/// - Digits are held together by `.` `,` `:` `/` (`3.5`, `1,000`, `7:10`, `9/11`), letters by `&` and `_` inside a word
///   (`AT&T`). `_` and `*` at a word's edge are marks.
/// - URLs, addresses, file names and the like ([`ZoneKind::NoMatch`]) are one word each.
/// - In scripts without spaces a word is what UAX #29 says: a Han character, a run of Katakana.
///
/// The words are sorted and disjoint, and hold every byte that is not white space (zero-width spaces and byte order marks count
/// as white space). Sentences are runs of words, as the matcher sees them: none ends behind an abbreviation or an initial unless
/// what follows starts one.
///
/// Time is linear in the text, about 9 bytes a word are kept between texts. Texts of 4 GiB and more have words in their first 4 GiB only.
///
/// ```
/// use wiretag::Words;
/// let text = "Gen. J. Smith saw Korea’s Hwasong-18. The U.S.-led talks end.";
/// let words = Words::of(text);
/// let texts: Vec<&str> = (0..words.len()).map(|i| &text[words.span(i).range()]).collect();
/// assert_eq!(texts[..7], ["Gen.", "J.", "Smith", "saw", "Korea", "’s", "Hwasong-18"]);
/// assert_eq!(texts[8..], ["The", "U.S.", "-", "led", "talks", "end", "."]);
/// let sentences: Vec<_> = words.sentences().collect();
/// assert_eq!(sentences, [0..8, 8..15]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Words {
    starts: Vec<u32>,
    ends: Vec<u32>,
    marks: Vec<u8>,
    splitter: Splitter,
    spacy: spacy::Splitter,
}

/// What cuts a text into words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tokenizer {
    /// The words of [`Words`].
    #[default]
    Words,
    /// The words that spaCy's English tokenizer makes (as of 3.8), for what will be read by a model of spaCy. White space that is more
    /// than one space is no word here.
    Spacy,
}

impl Tokenizer {
    /// All tokenizers.
    pub const ALL: &'static [Tokenizer] = &[Tokenizer::Words, Tokenizer::Spacy];

    /// The word that `--tokenizer` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            Tokenizer::Words => "words",
            Tokenizer::Spacy => "spacy",
        }
    }
}

impl fmt::Display for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// White space follows.
const SPACE_AFTER: u8 = 1;
const STARTS_SENTENCE: u8 = 1 << 1;
const STARTS_PARAGRAPH: u8 = 1 << 2;

impl Words {
    /// The words of a text.
    pub fn of(text: &str) -> Words {
        let (mut words, mut found) = (Words::default(), Vec::new());
        zones(text, &mut found);
        words.fill(text, &Tokens::of(text), &found);
        words
    }

    /// The words that a tokenizer makes of a text.
    ///
    /// ```
    /// use wiretag::{Tokenizer, Words};
    /// let text = "They can't see the 5km range.";
    /// let words = Words::by(Tokenizer::Spacy, text);
    /// let texts: Vec<&str> = (0..words.len()).map(|i| &text[words.span(i).range()]).collect();
    /// assert_eq!(texts, ["They", "ca", "n't", "see", "the", "5", "km", "range", "."]);
    /// ```
    pub fn by(tokenizer: Tokenizer, text: &str) -> Words {
        match tokenizer {
            Tokenizer::Words => Words::of(text),
            Tokenizer::Spacy => {
                let mut words = Words::default();
                words.fill_spacy(text, &Tokens::of(text));
                words
            }
        }
    }

    /// Makes these the words of a text with these tokens and zones, in memory that is reused.
    pub(crate) fn fill(&mut self, text: &str, tokens: &Tokens, zones: &[Zone]) {
        self.clear();
        let mut zones = zones
            .iter()
            .filter(|z| z.kind == ZoneKind::NoMatch)
            .peekable();
        let mut at = 0;
        while let Some(start) = at_space(text, at, false, is_space) {
            let end = at_space(text, start, true, is_space).unwrap_or(text.len());
            if end > u32::MAX as usize {
                break;
            }
            let mut from = start;
            while from < end {
                while zones.next_if(|z| z.span.end <= from).is_some() {}
                match zones.peek() {
                    Some(zone) if zone.span.start <= from => {
                        let to = zone.span.end.min(end);
                        self.push(from, to);
                        from = to;
                    }
                    zone => {
                        let to = zone.map_or(end, |z| z.span.start.min(end));
                        self.split(text, from, to);
                        from = to;
                    }
                }
            }
            at = end;
            self.space_follows(at < text.len());
        }
        self.divide(text, tokens);
    }

    /// Makes these the words of a text that spaCy sees.
    fn fill_spacy(&mut self, text: &str, tokens: &Tokens) {
        self.clear();
        let mut spacy = std::mem::take(&mut self.spacy);
        let mut at = 0;
        while let Some(start) = at_space(text, at, false, spacy::is_space) {
            at = at_space(text, start, true, spacy::is_space).unwrap_or(text.len());
            if at > u32::MAX as usize {
                break;
            }
            let mut from = start;
            for end in spacy.split(&text[start..at]) {
                self.push(from, start + end);
                from = start + end;
            }
            self.space_follows(at < text.len());
        }
        self.spacy = spacy;
        self.divide(text, tokens);
    }

    fn clear(&mut self) {
        self.starts.clear();
        self.ends.clear();
        self.marks.clear();
    }

    fn space_follows(&mut self, follows: bool) {
        if let (Some(last), true) = (self.marks.last_mut(), follows) {
            *last |= SPACE_AFTER;
        }
    }

    fn push(&mut self, start: usize, end: usize) {
        self.starts.push(start as u32);
        self.ends.push(end as u32);
        self.marks.push(0);
    }

    fn split(&mut self, text: &str, start: usize, end: usize) {
        let Words {
            starts,
            ends,
            marks,
            splitter,
            ..
        } = self;
        splitter.split(text, start, end, |start, end| {
            starts.push(start as u32);
            ends.push(end as u32);
            marks.push(0);
        });
    }

    /// Marks the words that sentences and paragraphs start with.
    fn divide(&mut self, text: &str, tokens: &Tokens) {
        if let Some(first) = self.marks.first_mut() {
            *first |= STARTS_SENTENCE | STARTS_PARAGRAPH;
        }
        let mut word = 0;
        for i in 1..tokens.len() {
            let gap = tokens.gap(i);
            if !gap.has(Gap::SENTENCE) {
                continue;
            }
            let (from, to) = (tokens.span(i - 1).end, tokens.span(i).start);
            while word < self.len() && (self.starts[word] as usize) < from {
                word += 1;
            }
            if let Some(first) = self.first_of_sentence(text, word, from, to)
                && (gap.has(Gap::PARAGRAPH) || !self.goes_on(text, first))
            {
                let paragraph = match gap.has(Gap::PARAGRAPH) {
                    true => STARTS_PARAGRAPH,
                    false => 0,
                };
                self.marks[first] |= STARTS_SENTENCE | paragraph;
            }
        }
    }

    /// The first word of the sentence that starts in the gap `from..to`; words from `word` on lie behind `from`. Closing quotes
    /// and brackets that touch the end of a sentence belong to it.
    fn first_of_sentence(&self, text: &str, word: usize, from: usize, to: usize) -> Option<usize> {
        let is_end = |c: char| matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '．');
        // The period of an acronym is in the token.
        let dotted = text[..from].ends_with('.');
        let end = match dotted {
            true => Some(from),
            false => text[from..to].find(is_end).map(|at| from + at),
        };
        let mut behind = from;
        let mut i = word;
        while i < self.len() && self.starts[i] as usize <= to {
            let start = self.starts[i] as usize;
            let before = &text[behind..start];
            let parted = match end {
                Some(end) => end < start && before.contains(is_space),
                None => before.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']),
            };
            // `end.Next`: nothing parts them but the period.
            if parted || start == to {
                return Some(i);
            }
            behind = self.ends[i] as usize;
            i += 1;
        }
        None
    }

    /// Does the sentence go on at this word, though the tokens end it: `Gen. A. Petrov`, `Lt.Gen. Petrov`?
    fn goes_on(&self, text: &str, word: usize) -> bool {
        let Some(before) = word.checked_sub(1) else {
            return false;
        };
        let owns_period = |i: usize| {
            let word = &text[self.span(i).range()];
            word.len() > 1 && word.ends_with('.') && !word.ends_with("..")
        };
        let is_initial =
            |i: usize| owns_period(i) && text[self.span(i).range()].chars().count() == 2;
        owns_period(before) && (!self.space_after(before) || is_initial(word))
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Is there no word?
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The bytes of a word.
    ///
    /// # Panics
    /// When there is no such word; so do the other functions that take one.
    pub fn span(&self, i: usize) -> Span {
        Span {
            start: self.starts[i] as usize,
            end: self.ends[i] as usize,
        }
    }

    /// Does white space follow the word, of any kind and length?
    pub fn space_after(&self, i: usize) -> bool {
        self.marks[i] & SPACE_AFTER != 0
    }

    /// Is the word the first of a sentence?
    pub fn starts_sentence(&self, i: usize) -> bool {
        self.marks[i] & STARTS_SENTENCE != 0
    }

    /// Is the word the first of a paragraph? Then it is the first of a sentence too.
    pub fn starts_paragraph(&self, i: usize) -> bool {
        self.marks[i] & STARTS_PARAGRAPH != 0
    }

    /// The sentences as ranges of words, in order; together they are all words.
    pub fn sentences(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut start = 0;
        std::iter::from_fn(move || {
            let first = start;
            if first == self.len() {
                return None;
            }
            start += 1;
            while start < self.len() && !self.starts_sentence(start) {
                start += 1;
            }
            Some(first..start)
        })
    }
}

/// White space, and what is as invisible as it.
pub(crate) fn is_space(c: char) -> bool {
    spacy::is_space(c) || matches!(c, '\u{200b}' | '\u{feff}')
}

/// The first character from `from` on that is white space, or is none.
fn at_space(text: &str, from: usize, space: bool, is_space: fn(char) -> bool) -> Option<usize> {
    let bytes = &text.as_bytes()[from..];
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        // The ASCII white space of all kinds of it.
        if b < 128 {
            if matches!(b, b' ' | 9..=13 | 28..=31) == space {
                return Some(from + at);
            }
            at += 1;
            continue;
        }
        let c = text[from + at..].chars().next()?;
        if is_space(c) == space {
            return Some(from + at);
        }
        at += c.len_utf8();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a text, sentences on lines of their own.
    fn show(text: &str) -> String {
        let words = Words::of(text);
        let sentences: Vec<String> = words
            .sentences()
            .map(|s| {
                let words: Vec<&str> = s.map(|i| &text[words.span(i).range()]).collect();
                words.join(" ")
            })
            .collect();
        sentences.join(" / ")
    }

    #[test]
    fn words_are_what_a_reader_of_news_takes_them_for() {
        for (text, expected) in [
            (
                "Korea’s Korea's KOREA’S James' F-16's",
                "Korea ’s Korea 's KOREA ’S James ' F-16 's",
            ),
            (
                "O’Neill don't Xi'an rock'n'roll Sana’a",
                "O’Neill don't Xi'an rock'n'roll Sana’a",
            ),
            (
                "Russia’ll Moscow'd \"Moskva\"’s ’90s",
                "Russia ’ll Moscow 'd \" Moskva \" ’s ’ 90s",
            ),
            (
                "the U.S. and D.P.R.K. at 7:10 a.m. today",
                "the U.S. and D.P.R.K. at 7:10 a.m. today",
            ),
            (
                "Gen. J. Smith, J.K. Rowling, J.Smith, J.-P. Sartre",
                "Gen. J. Smith , J.K. Rowling , J. Smith , J. - P. Sartre",
            ),
            (
                "Lt. Gen. A. A. Petrov, Ph.D., Lt.Gen. Ivanov",
                "Lt. Gen. A. A. Petrov , Ph.D. , Lt. Gen. Ivanov",
            ),
            (
                "Dongfang Machinery Co., Ltd. and Acme Inc.",
                "Dongfang Machinery Co. , Ltd. and Acme Inc.",
            ),
            ("No. 5 of no. 7, No.", "No. 5 of no. 7 , No ."),
            (
                "he is ill. They miss. etc. e.g. this",
                "he is ill . / They miss . etc. e.g. this",
            ),
            (
                "plan B. The end of plan B.",
                "plan B . / The end of plan B .",
            ),
            (
                "Hwasong-18 AK-47s Hwasong–18 T-72B3 Su-27/30 COVID-19",
                "Hwasong-18 AK-47s Hwasong–18 T-72B3 Su-27/30 COVID-19",
            ),
            (
                "U.S.-led Iran-backed AK-47-style Jong-un",
                "U.S. - led Iran - backed AK-47 - style Jong - un",
            ),
            (
                "18-year-old 5-10 2024-05-01 post-9/11",
                "18 - year - old 5 - 10 2024 - 05 - 01 post-9/11",
            ),
            (
                "_bold_ **x** snake_case *a*",
                "_ bold _ ** x ** snake_case * a *",
            ),
            (
                "$3.5bn, 1,000 (10%) AT&T R&D 5.56mm",
                "$ 3.5bn , 1,000 ( 10 % ) AT&T R&D 5.56mm",
            ),
            (
                "end.Next it… so... or -- no",
                "end . / Next it … so ... or -- no",
            ),
            (
                "see https://example.org/iran-deal, a@b.co, example.com.",
                "see https://example.org/iran-deal , a@b.co , example.com .",
            ),
            (
                "China/Taiwan and/or note:this",
                "China / Taiwan and / or note : this",
            ),
            (
                "北朝鲜 Köln e\u{301}te\u{301} İstanbul ﬁn 👩‍👩‍👧!",
                "北 朝 鲜 Köln e\u{301}te\u{301} İstanbul ﬁn 👩‍👩‍👧 !",
            ),
            (
                "Á. Orbán met Š. Novák’s envoy",
                "Á. Orbán met Š. Novák ’s envoy",
            ),
            ("a\u{a0}b\u{200b}c\u{3000}d", "a b c d"),
            ("", ""),
            (" \n ", ""),
        ] {
            assert_eq!(show(text), expected, "{text}");
        }
    }

    #[test]
    fn sentences_end_where_readers_end_them() {
        for (text, expected) in [
            (
                "“It ended.” The U.S. left. (All of it.) So",
                "“ It ended . ” / The U.S. left . / ( All of it . ) / So",
            ),
            (
                "Acme Co., Ltd. said so. Gen. Lee left.",
                "Acme Co. , Ltd. said so . / Gen. Lee left .",
            ),
            ("in the U.S. The army", "in the U.S. / The army"),
            (
                "Headline\n\nKYIV — Text. More",
                "Headline / KYIV — Text . / More",
            ),
            ("One!? — Two", "One ! ? / — Two"),
            ("Ends. “Starts", "Ends . / “ Starts"),
            ("* * *\n\nOne\n\n• Two", "* * * One / • Two"),
        ] {
            assert_eq!(show(text), expected, "{text}");
        }
    }

    #[test]
    fn space_behind_a_word_and_paragraphs_are_known() {
        let words = Words::of("Korea’s\tend.\n\nNext.\n");
        let spaces: Vec<bool> = (0..words.len()).map(|i| words.space_after(i)).collect();
        assert_eq!(spaces, [false, true, false, true, false, true]);
        let first: Vec<bool> = (0..words.len())
            .map(|i| words.starts_paragraph(i))
            .collect();
        assert_eq!(first, [true, false, false, false, true, false]);
    }

    #[test]
    fn words_hold_all_that_is_not_white_space_in_order() {
        let parts = [
            "Korea",
            "’s",
            "'",
            ".",
            ". ",
            " ",
            "\n\n",
            "-",
            "18",
            "U.S.",
            "J.",
            "_",
            "*",
            "https://a.org/b c",
            "@x",
            "é",
            "e\u{301}",
            "\u{301}",
            "北",
            "👩‍👩‍👧",
            "\u{200b}",
            "\u{a0}",
            "\u{ad}",
            "İ",
            "ﬁ",
            "/",
            ":",
            "...",
            "<a href=\"x y\">",
            "[a](b.c d)",
            "ʼs",
            "No.",
            "5",
            ",",
            "\0",
            "ก",
            "カタカナ",
            "한국",
            "צה\"ל",
            "\r\n",
            "The",
            "a",
        ];
        let mut rng = fastrand::Rng::with_seed(11);
        for _ in 0..20_000 {
            let text: String = (0..rng.usize(..12))
                .map(|_| parts[rng.usize(..parts.len())])
                .collect();
            let words = Words::of(&text);
            let mut at = 0;
            let mut joined = String::new();
            for i in 0..words.len() {
                let span = words.span(i);
                assert!(span.start >= at && !span.is_empty(), "{text:?}");
                let gap = &text[at..span.start];
                assert!(gap.chars().all(is_space), "{text:?} {gap:?}");
                assert!(
                    i == 0 || words.space_after(i - 1) != gap.is_empty(),
                    "{text:?}"
                );
                let word = &text[span.range()];
                assert!(!word.contains(is_space), "{text:?} {word:?}");
                joined += gap;
                joined += word;
                at = span.end;
            }
            assert!(text[at..].chars().all(is_space), "{text:?}");
            assert_eq!(joined + &text[at..], text);
            let mut behind = 0;
            for sentence in words.sentences() {
                assert!(sentence.start == behind && sentence.end > behind);
                behind = sentence.end;
            }
            assert_eq!(behind, words.len());
        }
    }

    #[test]
    fn ascii_is_divided_as_all_else_is() {
        // A character that is not ASCII, parted by a space that is none of the chunk's, sends the rest through UAX #29.
        let mut rng = fastrand::Rng::with_seed(12);
        let bytes = b"aZs9.,'-_*:;/&@!\"()$% ";
        for _ in 0..20_000 {
            let text: String = (0..rng.usize(1..10))
                .map(|_| char::from(bytes[rng.usize(..bytes.len())]))
                .collect();
            let mut splitter = Splitter::default();
            for chunk in text.split_ascii_whitespace() {
                let mut quick = Vec::new();
                splitter.split(chunk, 0, chunk.len(), |a, b| quick.push((a, b)));
                let longer = format!("{chunk}→");
                let mut thorough = Vec::new();
                splitter.split(&longer, 0, longer.len(), |a, b| thorough.push((a, b)));
                assert_eq!(thorough.pop(), Some((chunk.len(), longer.len())));
                assert_eq!(quick, thorough, "{chunk}");
            }
        }
    }
}
