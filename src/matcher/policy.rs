//! Verification: do the bytes of the text, the gaps and the neighbours allow this alias here?

use super::{Hit, Match};
use crate::{
    gazetteer::{
        AliasKind, AliasRow, Aliases, Case, ContextPlace, ContextRow, ContextWord, GapNeed, Name,
        Part, SEPARATOR, SOFT, folded_key, normal_punctuation,
    },
    span::Span,
    tokens::{Gap, Tokens, fold},
};

/// Gaps over which two words still stand directly beside each other.
const BESIDE: Gap = Gap::SPACE
    .or(Gap::LINE)
    .or(Gap::HYPHEN)
    .or(Gap::PERIOD)
    .or(Gap::SLASH)
    .or(Gap::QUOTE)
    .or(Gap::APOSTROPHE)
    .or(Gap::OPEN)
    .or(Gap::CLOSE)
    .or(Gap::STAR)
    .or(Gap::UNDERSCORE);

/// Why an alias does not match where its tokens stand. Spans are bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// It stands in a case that its policy does not allow.
    Case,
    /// Between two of its words stands something else than the alias has there.
    Gap(Span),
    /// The punctuation that it has before its first or behind its last word is not there, or a word touches it.
    Punctuation,
    /// It is a part of a hyphen compound, which its policy does not allow.
    Hyphen(Span),
    /// A number goes on beside it: `S-300PMU-2`, `1,000`.
    Number(Span),
    /// Something else touches it: a letter, an apostrophe, `@`, `$`, `_`, `&`.
    Touched(Span),
    /// Words that its policy forbids stand here.
    Forbidden {
        /// Which of its contexts forbids it.
        context: usize,
        /// The words.
        words: Span,
    },
    /// None of the words that its policies want stands where they want it.
    Missing,
    /// The document is of a day on which it does not count.
    Validity,
}

/// Why a verifier gives no span, in a byte or two: the search pays for no more. [`Verifier::refusal`] says it in full.
#[derive(Clone, Copy, Debug)]
pub(super) enum Denied {
    /// The tokens are another key.
    Key,
    Case,
    Gap,
    Punctuation,
    Before(Beside),
    Behind(Beside),
}

/// What may stand directly beside a name that keeps it from matching.
#[derive(Clone, Copy, Debug)]
pub(super) enum Beside {
    Touches,
    Hyphen,
    Number,
}

/// What parts a name from its neighbours, whatever else stands between.
const APART: Gap = Gap::SPACE.or(Gap::LINE).or(Gap::PARAGRAPH);

/// A text with its tokens, and the part of a gazetteer whose aliases are to be verified in it.
pub(super) struct Verifier<'a> {
    pub(super) part: &'a Part,
    pub(super) text: &'a str,
    pub(super) tokens: &'a Tokens,
    /// Of the tokens, for the part's seed.
    pub(super) hashes: &'a [u64],
}

/// Memory for verification.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    folded: String,
    /// Are the tokens the key that is looked at? Asked once for all aliases of the key.
    is_key: Option<bool>,
    /// The tokens of an alias, and their folded forms.
    name: Tokens,
    key: String,
}

impl Scratch {
    /// Forgets the key before.
    pub(super) fn start_key(&mut self) {
        self.is_key = None;
    }
}

impl<'a> Verifier<'a> {
    /// `hashes` is memory for the hashes of a part that has another seed than the tokens.
    pub(super) fn new(
        part: &'a Part,
        text: &'a str,
        tokens: &'a Tokens,
        hashes: &'a mut Vec<u64>,
    ) -> Verifier<'a> {
        let hashes = if part.seed() == tokens.seed() {
            tokens.hashes()
        } else {
            tokens.hashes_for(text, part.seed(), hashes);
            hashes
        };
        Verifier {
            part,
            text,
            tokens,
            hashes,
        }
    }

    /// Are the folded tokens `first..=last` this key? (Their hashes say so; hashes may lie.)
    pub(super) fn is_key(
        &self,
        first: usize,
        last: usize,
        key: &str,
        scratch: &mut String,
    ) -> bool {
        let mut rest = key.as_bytes();
        for i in first..=last {
            if i > first {
                match rest.split_first() {
                    Some((&b, behind)) if b as char == SEPARATOR => rest = behind,
                    _ => return false,
                }
            }
            let token = &self.text[self.tokens.span(i).range()];
            let shape = self.tokens.shape(i);
            if shape.is_ascii() && !shape.is_dotted() {
                match rest.split_at_checked(token.len()) {
                    Some((head, behind)) if head.eq_ignore_ascii_case(token.as_bytes()) => {
                        rest = behind
                    }
                    _ => return false,
                }
            } else {
                scratch.clear();
                fold::fold(token, scratch);
                match rest.strip_prefix(scratch.as_bytes()) {
                    Some(behind) => rest = behind,
                    None => return false,
                }
            }
        }
        rest.is_empty()
    }

    /// The span of an alias where the table takes the tokens `first..=last` for its key, if they are that key, and case, gaps and
    /// neighbours allow it; else why not, or nothing where they are another key.
    pub(super) fn span(
        &self,
        first: usize,
        last: usize,
        alias: u32,
        row: &AliasRow,
        aliases: Aliases<'_>,
        scratch: &mut Scratch,
    ) -> Result<Span, Denied> {
        let name = aliases.text(alias);
        let mut span = Span {
            start: self.tokens.span(first).start,
            end: self.tokens.span(last).end,
        };
        let found = &self.text.as_bytes()[span.range()];
        // Most names stand in the text just as in the list, or in another case: then the key and all gaps are what they must be.
        let is_same = is_same(found, name);
        if !is_same && is_same_but_for_case(found, name) && row.kind != AliasKind::Plural {
            // The case alone is left to decide: `general` is no `General`.
            let allowed = match row.case {
                Case::Any => true,
                Case::Title => (first..=last).all(|i| {
                    let at = self.tokens.span(i).start - span.start;
                    !name[at..].first().is_some_and(u8::is_ascii_uppercase)
                        || self.tokens.shape(i).starts_upper()
                }),
                Case::Exact => false,
            };
            if !allowed {
                return Err(Denied::Case);
            }
        } else if !is_same {
            span = self.loosely(
                first,
                last,
                span,
                std::str::from_utf8(name).map_err(|_| Denied::Key)?,
                row,
                scratch,
            )?;
        }
        aliases.entry(row).ok_or(Denied::Key)?;
        if let Some(beside) = self.before(first, span.start, row.hyphen) {
            return Err(Denied::Before(beside));
        }
        match self.behind(last, span.end, row.hyphen) {
            None => Ok(span),
            Some(beside) => Err(Denied::Behind(beside)),
        }
    }

    /// The span of an alias that may stand in other bytes in the text than in the list.
    #[cold]
    fn loosely(
        &self,
        first: usize,
        last: usize,
        span: Span,
        name: &str,
        row: &AliasRow,
        scratch: &mut Scratch,
    ) -> Result<Span, Denied> {
        let Scratch {
            folded,
            is_key,
            name: tokens,
            key,
        } = scratch;
        tokens.fill(name, 0);
        if *is_key == Some(false) {
            return Err(Denied::Key);
        }
        if is_key.is_none() {
            key.clear();
            folded_key(name, tokens, key);
            *is_key = Some(self.is_key(first, last, key, folded));
            return self.loosely(first, last, span, name, row, scratch);
        }
        let shape = Name {
            text: name,
            folded: "",
            capitals: tokens.capitals(),
            case: row.case,
            is_plural: row.kind == AliasKind::Plural,
        };
        if !self.case_allows(first, last, shape, folded) {
            return Err(Denied::Case);
        }
        if self.wrong_gap(first, last, row).is_some() {
            return Err(Denied::Gap);
        }
        match self.part.lead_and_trail(row) {
            None => Ok(span),
            Some((lead, trail)) => {
                let start = self.take_lead(span.start, lead);
                let end = self.take_trail(span.end, trail);
                match (start, end) {
                    (Some(start), Some(end)) => Ok(Span { start, end }),
                    _ => Err(Denied::Punctuation),
                }
            }
        }
    }

    /// The first of the tokens `first..=last` before which something else stands than an alias has there.
    fn wrong_gap(&self, first: usize, last: usize, row: &AliasRow) -> Option<usize> {
        let mut inner = first + 1..=last;
        match self.part.gap_needs(row) {
            None => inner.find(|&i| !is_soft(self.tokens.gap(i))),
            Some(needs) => {
                let mut inner = inner.zip(needs);
                let wrong = inner.find(|&(i, need)| !self.gap_allows(i, need));
                wrong.map(|(i, _)| i)
            }
        }
    }

    /// What was denied to an alias at the tokens `first..=last`, in full; nothing where they are another key.
    pub(super) fn refusal(
        &self,
        denied: Denied,
        first: usize,
        last: usize,
        row: &AliasRow,
    ) -> Option<Refusal> {
        let (lead, trail) = self.part.lead_and_trail(row).unwrap_or_default();
        let refuse = |beside, span| match beside {
            Beside::Touches => Refusal::Touched(span),
            Beside::Hyphen => Refusal::Hyphen(span),
            Beside::Number => Refusal::Number(span),
        };
        Some(match denied {
            Denied::Key => return None,
            Denied::Case => Refusal::Case,
            Denied::Gap => Refusal::Gap(self.gap_span(self.wrong_gap(first, last, row)?)),
            Denied::Punctuation => Refusal::Punctuation,
            Denied::Before(beside) => {
                let start = self.take_lead(self.tokens.span(first).start, lead)?;
                refuse(beside, self.span_before(first, start))
            }
            Denied::Behind(beside) => {
                let end = self.take_trail(self.tokens.span(last).end, trail)?;
                refuse(beside, self.span_behind(last + 1, end))
            }
        })
    }

    /// The sign before byte `start` of token `first`, and the word before it if that touches the sign.
    fn span_before(&self, first: usize, start: usize) -> Span {
        let sign = self.text[..start].chars().next_back();
        let sign = start - sign.map_or(0, char::len_utf8);
        let word = first.checked_sub(1).map(|i| self.tokens.span(i));
        Span {
            start: word.filter(|w| w.end >= sign).map_or(sign, |w| w.start),
            end: start,
        }
    }

    /// The sign at byte `end`, and token `behind` if that touches the sign.
    fn span_behind(&self, behind: usize, end: usize) -> Span {
        let sign = self.text[end..].chars().next();
        let sign = end + sign.map_or(0, char::len_utf8);
        let word = (behind < self.tokens.len()).then(|| self.tokens.span(behind));
        Span {
            start: end,
            end: word.filter(|w| w.start <= sign).map_or(sign, |w| w.end),
        }
    }

    /// The bytes before token `i`, up to the token before it.
    fn gap_span(&self, i: usize) -> Span {
        Span {
            start: i.checked_sub(1).map_or(0, |b| self.tokens.span(b).end),
            end: self.tokens.span(i).start,
        }
    }

    fn case_allows(&self, first: usize, last: usize, name: Name<'_>, scratch: &mut String) -> bool {
        match name.case {
            Case::Any => true,
            Case::Title => (first..=last).all(|i| {
                name.capitals >> (i - first) & 1 == 0 || self.tokens.shape(i).starts_upper()
            }),
            Case::Exact => {
                scratch.clear();
                for i in first..=last {
                    fold::fold_case(&self.text[self.tokens.span(i).range()], scratch);
                }
                let mut folded = String::with_capacity(scratch.len());
                fold_letters(name.text, &mut folded);
                // In capitals the ending of a plural is a capital too: `F-16S`.
                if name.is_plural && scratch.ends_with('S') && folded.ends_with('s') {
                    scratch.pop();
                    folded.pop();
                }
                *scratch == folded
            }
        }
    }

    /// Does the gap before token `i` have what the name needs there?
    fn gap_allows(&self, i: usize, need: GapNeed<'_>) -> bool {
        let gap = self.tokens.gap(i);
        match need {
            GapNeed::Soft => is_soft(gap),
            GapNeed::Apostrophe => gap == Gap::APOSTROPHE,
            GapNeed::Period => gap.within(Gap::PERIOD | Gap::SPACE | Gap::LINE | Gap::SENTENCE),
            GapNeed::Dash => gap.within(SOFT | Gap::DASH),
            GapNeed::Literal(literal) => {
                let between = &self.text[self.tokens.span(i - 1).end..self.tokens.span(i).start];
                let hard = gap.has(Gap::PARAGRAPH) || gap.has(Gap::CELL) && !literal.contains('|');
                !hard && normal_punctuation(between) == literal
            }
        }
    }

    /// Where the name starts if what it has before its first token stands before byte `start`.
    fn take_lead(&self, mut start: usize, lead: &str) -> Option<usize> {
        for wanted in lead.chars().rev() {
            let found = self.text[..start].chars().next_back()?;
            if !same_punctuation(found, wanted) {
                return None;
            }
            start -= found.len_utf8();
        }
        Some(start)
    }

    /// Where the name ends if what it has behind its last token stands behind byte `end`. Periods are optional, and taken when
    /// they are there; but not the one that a next word touches (`Acme Inc.The`). Other punctuation of a name may not touch a word.
    fn take_trail(&self, mut end: usize, trail: &str) -> Option<usize> {
        let mut last = None;
        for wanted in trail.chars() {
            let next = self.text[end..].chars().next();
            match next.filter(|&c| same_punctuation(c, wanted)) {
                Some(c) => {
                    end += c.len_utf8();
                    last = Some(c);
                }
                None if wanted == '.' || wanted.is_whitespace() => {}
                None => return None,
            }
        }
        let touched = self.text[end..]
            .chars()
            .next()
            .is_some_and(is_word_character);
        match last {
            Some(period @ ('.' | '．')) if touched => Some(end - period.len_utf8()),
            Some(_) if touched => None,
            _ => Some(end),
        }
    }

    /// What keeps a name from starting at token `first`, byte `start`.
    fn before(&self, first: usize, start: usize, hyphen: bool) -> Option<Beside> {
        let bytes = self.text.as_bytes();
        if start > 0 && matches!(bytes[start - 1], b'@' | b'$') {
            return Some(Beside::Touches);
        }
        let before = first.checked_sub(1)?;
        if start < self.tokens.span(first).start {
            // The name starts with punctuation of its own.
            return None;
        }
        let gap = self.tokens.gap(first);
        if gap.has(APART) {
            return None;
        }
        let digits = self.tokens.shape(before).is_digits() && self.tokens.shape(first).is_digits();
        match gap {
            Gap::NONE if !self.may_touch(before, first) => Some(Beside::Touches),
            Gap::HYPHEN if !hyphen => Some(Beside::Hyphen),
            Gap::APOSTROPHE | Gap::UNDERSCORE | Gap::AMPERSAND | Gap::AT => Some(Beside::Touches),
            Gap::PERIOD | Gap::COMMA if digits => Some(Beside::Number),
            _ => None,
        }
    }

    /// What keeps a name from ending with token `last`, before byte `end`.
    fn behind(&self, last: usize, end: usize, hyphen: bool) -> Option<Beside> {
        if matches!(self.text.as_bytes().get(end), Some(b'@' | b'$')) {
            return Some(Beside::Touches);
        }
        let behind = last + 1;
        if behind == self.tokens.len() || end > self.tokens.span(last).end {
            return None;
        }
        let gap = self.tokens.gap(behind);
        if gap.has(APART) {
            return None;
        }
        let next = self.tokens.shape(behind);
        match gap {
            Gap::NONE if !self.may_touch(last, behind) => Some(Beside::Touches),
            Gap::HYPHEN if !hyphen => Some(Beside::Hyphen),
            // `S-300PMU-2` and `US-2` are other things than `S-300PMU` and `US`.
            Gap::HYPHEN if next.is_digits() => Some(Beside::Number),
            Gap::APOSTROPHE if !self.is_clitic(behind) => Some(Beside::Touches),
            // `Iran&rsquo;s` is an entity that was left in the text, `R&D` a name of its own.
            Gap::AMPERSAND => {
                let next = self.text.as_bytes().get(self.tokens.span(behind).end);
                (next != Some(&b';')).then_some(Beside::Touches)
            }
            Gap::UNDERSCORE | Gap::AT => Some(Beside::Touches),
            Gap::PERIOD | Gap::COMMA => {
                (next.is_digits() && self.tokens.shape(last).is_digits()).then_some(Beside::Number)
            }
            _ => None,
        }
    }

    /// Is a token what English puts behind an apostrophe?
    fn is_clitic(&self, token: usize) -> bool {
        let word = &self.text[self.tokens.span(token).range()];
        ["s", "ll", "d", "re", "ve", "t", "m"]
            .iter()
            .any(|clitic| word.eq_ignore_ascii_case(clitic))
    }

    /// May a name end between two tokens that touch? In scripts without spaces it may, and behind `U.S.`.
    fn may_touch(&self, left: usize, right: usize) -> bool {
        let (l, r) = (self.tokens.shape(left), self.tokens.shape(right));
        l.is_single()
            || r.is_single()
            || l.is_dotted() && self.text.as_bytes()[self.tokens.span(left).end - 1] == b'.'
    }

    /// Do the day of the text and the words around a match allow it? One positive context is enough, one negative one forbids.
    pub(super) fn conditions_allow(
        &self,
        m: &Match,
        hits: &[Hit],
        day: Option<u32>,
        scratch: &mut Scratch,
    ) -> Result<(), Option<Refusal>> {
        let scratch = &mut scratch.folded;
        let row = self.part.aliases().row(m.alias.0 - self.part.first_alias);
        let row = row.ok_or(None)?;
        if day.is_some_and(|day| !self.part.validity(&row).holds(day)) {
            return Err(Some(Refusal::Validity));
        }
        let contexts = self.part.contexts(&row);
        let (mut wanted, mut had) = (false, false);
        for (number, context) in contexts.enumerate() {
            if !context.negative && had {
                continue;
            }
            let found = self.context_words(m, &context, hits, scratch);
            if let (true, Some((first, last))) = (context.negative, found) {
                return Err(Some(Refusal::Forbidden {
                    context: number,
                    words: Span {
                        start: self.tokens.span(first).start,
                        end: self.tokens.span(last).end,
                    },
                }));
            }
            wanted |= !context.negative;
            had |= !context.negative && found.is_some();
        }
        match had || !wanted {
            true => Ok(()),
            false => Err(Some(Refusal::Missing)),
        }
    }

    /// The first and the last token of words of a context that stand where it looks.
    fn context_words(
        &self,
        m: &Match,
        context: &ContextRow,
        hits: &[Hit],
        scratch: &mut String,
    ) -> Option<(usize, usize)> {
        let (first, last) = (m.first as usize, m.last as usize);
        let tokens = |h: &Hit| (h.first as usize, h.last as usize);
        match context.place {
            ContextPlace::FollowedBy => {
                let at = last + 1;
                if at >= self.tokens.len() || !self.tokens.gap(at).within(BESIDE) {
                    return None;
                }
                self.part
                    .context_words(context)
                    .find_map(|word| match word {
                        ContextWord::Phrase { hashes, name } => self
                            .is_phrase(at, hashes, name, scratch)
                            .then(|| (at, at + hashes.len() - 1)),
                        ContextWord::Lexicon(lexicon) => hits
                            .iter()
                            .find(|h| h.lexicon == lexicon && h.first as usize == at)
                            .map(tokens),
                    })
            }
            ContextPlace::PrecededBy => {
                // The period of a title (`Gen. Abrams`) may look like the end of a sentence.
                if first == 0 || !self.tokens.gap(first).within(BESIDE) {
                    return None;
                }
                self.part
                    .context_words(context)
                    .find_map(|word| match word {
                        ContextWord::Phrase { hashes, name } => first
                            .checked_sub(hashes.len())
                            .filter(|&at| self.is_phrase(at, hashes, name, scratch))
                            .map(|at| (at, first - 1)),
                        ContextWord::Lexicon(lexicon) => hits
                            .iter()
                            .find(|h| h.lexicon == lexicon && h.last as usize + 1 == first)
                            .map(tokens),
                    })
            }
            ContextPlace::Near(distance) => {
                let distance = distance as usize;
                let mut from = first;
                while from > 0
                    && first - from < distance
                    && !self.tokens.gap(from).has(Gap::SENTENCE)
                {
                    from -= 1;
                }
                let mut to = last;
                while to + 1 < self.tokens.len()
                    && to - last < distance
                    && !self.tokens.gap(to + 1).has(Gap::SENTENCE)
                {
                    to += 1;
                }
                let places = (from..first).chain(last + 1..=to);
                self.part
                    .context_words(context)
                    .find_map(|word| match word {
                        ContextWord::Phrase { hashes, name } => places
                            .clone()
                            .find(|&at| {
                                let end = at + hashes.len();
                                end <= to + 1
                                    && (end <= first || at > last)
                                    && self.is_phrase(at, hashes, name, scratch)
                            })
                            .map(|at| (at, at + hashes.len() - 1)),
                        ContextWord::Lexicon(lexicon) => hits
                            .iter()
                            .find(|h| {
                                let (a, b) = (h.first as usize, h.last as usize);
                                h.lexicon == lexicon
                                    && (a >= from && b < first || a > last && b <= to)
                            })
                            .map(tokens),
                    })
            }
        }
    }

    /// Do the tokens from `at` on spell this phrase?
    fn is_phrase(
        &self,
        at: usize,
        hashes: &[[u8; 8]],
        name: Name<'_>,
        scratch: &mut String,
    ) -> bool {
        let behind = at + hashes.len();
        // No phrase is empty but in a damaged gazetteer.
        behind > at
            && behind <= self.tokens.len()
            && self.hashes[at..behind]
                .iter()
                .zip(hashes)
                .all(|(a, b)| *a == u64::from_le_bytes(*b))
            && (at + 1..behind).all(|i| !self.tokens.gap(i).has(Gap::SENTENCE))
            && self.is_key(at, behind - 1, name.folded, scratch)
            && self.case_allows(at, behind - 1, name, scratch)
    }

    /// Do case and gaps allow an alias that matches inside words at this span, in the tokens `first..=last`?
    pub(super) fn substring_allows(
        &self,
        first: usize,
        last: usize,
        span: Span,
        alias: u32,
        row: &AliasRow,
    ) -> Result<(), Refusal> {
        let (found, name) = (&self.text[span.range()], self.part.alias_text(alias));
        let case = match row.case {
            Case::Any => true,
            Case::Title => {
                Tokens::of(name).capitals() & 1 == 0
                    || found.chars().next().is_some_and(char::is_uppercase)
            }
            Case::Exact => {
                let (mut a, mut b) = (String::new(), String::new());
                fold_letters(found, &mut a);
                fold_letters(name, &mut b);
                a == b
            }
        };
        match case {
            false => Err(Refusal::Case),
            true => match self.wrong_gap(first, last, row) {
                None => Ok(()),
                Some(i) => Err(Refusal::Gap(self.gap_span(i))),
            },
        }
    }
}

/// Are these the same bytes? Most names are short: their halves are compared in registers.
#[inline]
fn is_same(found: &[u8], name: &[u8]) -> bool {
    let n = found.len();
    if n != name.len() {
        return false;
    }
    let half = |bytes: &[u8], at: usize| bytes[at..].first_chunk().map(|c| u64::from_le_bytes(*c));
    let whole =
        |bytes: &[u8], at: usize| bytes[at..].first_chunk().map(|c| u128::from_le_bytes(*c));
    match n {
        8..=16 => half(found, 0) == half(name, 0) && half(found, n - 8) == half(name, n - 8),
        17..=32 => whole(found, 0) == whole(name, 0) && whole(found, n - 16) == whole(name, n - 16),
        _ => found == name,
    }
}

/// Are these the same bytes but for the case of ASCII letters? (Non-ASCII letters that differ in case alone take the long way.)
fn is_same_but_for_case(found: &[u8], name: &[u8]) -> bool {
    found.len() == name.len() && found.eq_ignore_ascii_case(name)
}

/// Spaces, one hyphen, or nothing: what may stand between two words of a name. A hyphen between spaces is a dash.
fn is_soft(gap: Gap) -> bool {
    gap.within(SOFT) && !(gap.has(Gap::HYPHEN) && gap.has(Gap::SPACE))
}

/// Is a character part of a word that has space around it?
fn is_word_character(c: char) -> bool {
    c.is_alphanumeric() && (c.is_ascii() || fold::class(c) != fold::Class::Single)
}

/// Are two characters forms of one punctuation mark?
fn same_punctuation(found: char, wanted: char) -> bool {
    let normal = |c: char| normal_punctuation(c.encode_utf8(&mut [0; 4]));
    let both_periods = found == '．' && wanted == '.';
    found == wanted || both_periods || !normal(found).is_empty() && normal(found) == normal(wanted)
}

/// Appends the folded letters and digits of a name, case kept, without what stands between.
fn fold_letters(name: &str, out: &mut String) {
    let tokens = Tokens::of(name);
    for i in 0..tokens.len() {
        fold::fold_case(&name[tokens.span(i).range()], out);
    }
}
