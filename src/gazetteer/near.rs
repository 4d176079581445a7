//! Names that words of a text almost are: what to say of a word that no name is.

use super::{Gazetteer, Part, name::SEPARATOR};
use crate::{
    document::AliasId,
    span::Span,
    tokens::{Gap, Tokens, extend_key, fold, hash_bytes},
};
use std::ops::{Range, RangeInclusive};

/// A name that words of a text almost are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Near {
    /// The words: bytes of the text.
    pub span: Span,
    /// The alias.
    pub alias: AliasId,
    /// What keeps them from being it.
    pub nearness: Nearness,
}

/// What keeps words from being a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Nearness {
    /// One letter or space that is missing, too many or another one, or two letters that changed places.
    OneEdit,
    /// The name goes on behind them.
    Longer,
}

/// Words shorter than this are one letter from too much.
const FEWEST_LETTERS: usize = 4;

/// So many tokens on either side may belong to a name that a word is misspelt in.
const AROUND: usize = 3;

/// Letters that may be missing in a folded word; those of other scripts are not tried.
const LETTERS: RangeInclusive<char> = 'a'..='z';

impl Gazetteer {
    /// Has an entity or a block a name with this key, whatever its policy?
    pub(crate) fn has_name(&self, key: &str) -> bool {
        let mut aliases = self.parts().iter().flat_map(|p| p.aliases_of(key));
        aliases.any(|alias| {
            let entry = self.alias_entry(alias);
            self.entry_label(entry).is_some() || self.entry_class(entry) == "block"
        })
    }

    /// The names of entities that the tokens `words` of a text are one edit away from, alone or with those around them, and those
    /// that start with them: the more words the earlier, longer names in the order of their keys.
    pub(crate) fn near(&self, text: &str, tokens: &Tokens, words: Range<usize>) -> Vec<Near> {
        let mut found = Vec::new();
        if words.is_empty() {
            return found;
        }
        let span = |run: &Range<usize>| Span {
            start: tokens.span(run.start).start,
            end: tokens.span(run.end - 1).end,
        };
        for run in runs(tokens, &words) {
            let (key, inside) = key(text, tokens, &run, &words);
            let letters = key[inside.clone()].chars().filter(|c| c.is_alphabetic());
            if letters.count() < FEWEST_LETTERS {
                continue;
            }
            each_edit(&key, inside, |edited| {
                for part in self.parts() {
                    found.extend(part.aliases_of(edited).map(|alias| Near {
                        span: span(&run),
                        alias,
                        nearness: Nearness::OneEdit,
                    }));
                }
            });
        }
        let (mut prefix, _) = key(text, tokens, &words, &words);
        prefix.push(SEPARATOR);
        for part in self.parts() {
            found.extend(part.aliases_below(&prefix).map(|alias| Near {
                span: span(&words),
                alias,
                nearness: Nearness::Longer,
            }));
        }
        found.retain(|n| self.alias_label(n.alias).is_some());
        found.sort_by_key(|n| (n.nearness, std::cmp::Reverse(n.span.len())));
        let mut known = std::collections::HashSet::new();
        found.retain(|n| known.insert(n.alias));
        found
    }
}

impl Part {
    /// The aliases of a key, as the gazetteer numbers them.
    fn aliases_of(&self, key: &str) -> impl Iterator<Item = AliasId> {
        let hashes = key
            .split(SEPARATOR)
            .map(|t| hash_bytes(t.as_bytes(), self.seed()));
        let slot = hashes.reduce(extend_key).map(|key| self.index().get(key));
        let first = slot.and_then(|slot| slot.alias());
        let first = first.filter(|&first| self.alias_key(first) == key);
        let mut next = first;
        let same = std::iter::from_fn(move || {
            let number = next?;
            let row = self.aliases().row(number)?;
            next = row.more.then_some(number + 1);
            Some(AliasId(self.first_alias + number))
        });
        same.take(self.most())
    }

    /// The aliases whose keys start with this, as the gazetteer numbers them: they stand together.
    fn aliases_below(&self, prefix: &str) -> impl Iterator<Item = AliasId> {
        let count = self.alias_count() as u32;
        let (mut first, mut behind) = (0, count);
        while first < behind {
            let middle = first + (behind - first) / 2;
            match *self.alias_key(middle) < *prefix {
                true => first = middle + 1,
                false => behind = middle,
            }
        }
        (first..count)
            .take_while(move |&n| self.alias_key(n).starts_with(prefix))
            .map(|n| AliasId(self.first_alias + n))
    }
}

/// The runs of tokens around `words` that a name may reach over, and that hold them.
fn runs(tokens: &Tokens, words: &Range<usize>) -> Vec<Range<usize>> {
    let ends = |i: usize| tokens.gap(i).has(Gap::PARAGRAPH) || tokens.gap(i).has(Gap::SENTENCE);
    let mut first = words.start;
    while first > 0 && words.start - first < AROUND && !ends(first) {
        first -= 1;
    }
    let mut behind = words.end;
    while behind < tokens.len() && behind - words.end < AROUND && !ends(behind) {
        behind += 1;
    }
    let starts = first..=words.start;
    starts
        .flat_map(|start| (words.end..=behind).map(move |end| start..end))
        .collect()
}

/// The key of a run of tokens, and where `words` stand in it.
fn key(
    text: &str,
    tokens: &Tokens,
    run: &Range<usize>,
    words: &Range<usize>,
) -> (String, Range<usize>) {
    let (mut key, mut inside) = (String::new(), 0..0);
    for i in run.clone() {
        if i > run.start {
            key.push(SEPARATOR);
        }
        if i == words.start {
            inside.start = key.len();
        }
        fold::fold(&text[tokens.span(i).range()], &mut key);
        if i + 1 == words.end {
            inside.end = key.len();
        }
    }
    (key, inside)
}

/// Gives each key that is one edit away from this one, the edit in or at the ends of `inside`; some more than once.
fn each_edit(key: &str, inside: Range<usize>, mut give: impl FnMut(&str)) {
    let mut edited = String::with_capacity(key.len() + 4);
    let mut with = |range: Range<usize>, parts: [Option<char>; 2]| {
        edited.clear();
        edited.push_str(&key[..range.start]);
        edited.extend(parts.into_iter().flatten());
        edited.push_str(&key[range.end..]);
        let sound = edited != key && !edited.split(SEPARATOR).any(str::is_empty);
        if sound {
            give(&edited);
        }
    };
    let places = key[inside.clone()].char_indices();
    for (i, c) in places.map(|(i, c)| (inside.start + i, c)) {
        let next = i + c.len_utf8();
        let letters = LETTERS.filter(|_| c != SEPARATOR);
        with(i..next, [None, None]);
        with(i..i, [Some(SEPARATOR), None]);
        for letter in letters {
            with(i..i, [Some(letter), None]);
            with(i..next, [Some(letter), None]);
        }
        if let Some(d) = key[next..inside.end].chars().next()
            && c != SEPARATOR
            && d != SEPARATOR
        {
            with(i..next + d.len_utf8(), [Some(d), Some(c)]);
        }
    }
    for letter in LETTERS {
        with(inside.end..inside.end, [Some(letter), None]);
    }
    // The space before and the space behind.
    if inside.start > 0 {
        with(
            inside.start - SEPARATOR.len_utf8()..inside.start,
            [None, None],
        );
    }
    if inside.end < key.len() {
        with(inside.end..inside.end + SEPARATOR.len_utf8(), [None, None]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# label: ORG\nname\nHezbollah\nBaltic Fleet\nBaltic Sea Council\nVladimir Putin\nİstanbul Post\nKöln\nUN\n";

    /// What the words at a place almost are: `words > name`, with `…` where the name is longer.
    fn near(text: &str, word: &str) -> String {
        let gazetteer = Gazetteer::from_str(LIST).unwrap();
        let tokens = Tokens::of(text);
        let at = text.find(word).unwrap();
        let first = tokens.first_after(at);
        let behind = tokens.first_after(at + word.len() - 1) + 1;
        let near = gazetteer.near(text, &tokens, first..behind);
        let show = |n: &Near| {
            let longer = if n.nearness == Nearness::Longer {
                "…"
            } else {
                ""
            };
            let words = &text[n.span.range()];
            format!("{words}{longer} > {}", gazetteer.alias_text(n.alias))
        };
        near.iter().map(show).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_letter_more_or_less_or_another_is_near() {
        for word in [
            "Hezbolah",
            "Hezbollahs",
            "Hizbollah",
            "Hezoblloah",
            "Hezbolalh",
            "Hezb-ollah",
            "HEZBOLLAHS",
        ] {
            let expected = match word {
                // Two letters are wrong.
                "Hezoblloah" => String::new(),
                _ => format!("{word} > Hezbollah"),
            };
            assert_eq!(near(&format!("The {word} said."), word), expected);
        }
        assert_eq!(near("in Koeln", "Koeln"), "Koeln > Köln");
        assert_eq!(near("the UNO and", "UNO"), "");
    }

    #[test]
    fn a_misspelt_word_is_looked_up_with_the_words_around_it() {
        assert_eq!(
            near("Russia’s Vladmir Putin said", "Vladmir"),
            "Vladmir Putin > Vladimir Putin"
        );
        assert_eq!(
            near("the Istambul-Post", "Istambul"),
            "Istambul-Post > İstanbul Post"
        );
        assert_eq!(
            near("Vladi mir Putin", "Vladi"),
            "Vladi mir Putin > Vladimir Putin"
        );
        assert_eq!(
            near("VladimirPutin", "VladimirPutin"),
            "VladimirPutin > Vladimir Putin"
        );
        assert_eq!(near("Vladmir.\n\nPutin", "Vladmir"), "");
    }

    #[test]
    fn longer_names_that_start_so_are_near() {
        assert_eq!(
            near("the Baltic states", "Baltic"),
            "Baltic… > Baltic Fleet; Baltic… > Baltic Sea Council"
        );
        assert_eq!(
            near("the Baltic Sea", "Baltic Sea"),
            "Baltic Sea… > Baltic Sea Council"
        );
        assert_eq!(near("the Balt", "Balt"), "");
    }
}
