//! Rules for names that are none: languages, titles of works, things that are named after a people or a place. What they cover is
//! found by nothing else.

use super::{
    Found,
    lexicon::Is,
    scene::{Casing, Listed, Scene},
};
use crate::{document::Rule, tokens::Gap};

/// Applies the rules for phrases.
pub(super) fn find(scene: &Scene, found: &mut Found) {
    for i in 0..scene.len() {
        if scene.is_listed(i, Listed::NATIONALITY) {
            language(scene, i, found);
        }
        if scene.gap(i).has(Gap::QUOTE) {
            work(scene, i, found);
        }
    }
    for (first, last) in scene.runs() {
        thing(scene, first, last, found);
    }
}

/// Words before the name of a language.
const SPEAKS: &[&str] = &[
    "speak",
    "speaks",
    "spoke",
    "speaking",
    "spoken",
    "fluent",
    "learn",
    "learns",
    "learned",
    "learning",
    "learnt",
    "taught",
    "translated",
    "translating",
    "translation",
    "teaches",
    "teaching",
    "studied",
];
/// Words behind it.
const LANGUAGE: &[&str] = &[
    "language",
    "languages",
    "lesson",
    "lessons",
    "class",
    "classes",
    "dictionary",
    "grammar",
    "subtitles",
    "translation",
    "translator",
    "interpreter",
    "accent",
    "dialect",
];
/// Words between it and the verb.
const BETWEEN: &[&str] = &[
    "in", "from", "into", "to", "the", "some", "good", "broken", "only", "and", "or", "no",
    "little", "also", "perfect", "it",
];

/// `speaks Croatian, German and some Japanese`, `Spanish and Turkish classes`, `translated from the Portuguese`.
fn language(scene: &Scene, i: usize, found: &mut Found) {
    if is_language(scene, i) {
        found.block(scene, (i, i), Rule::Language, 1);
    }
}

fn is_language(scene: &Scene, i: usize) -> bool {
    // A noun behind it makes it an adjective: `speaks for German families`.
    let next = i + 1;
    let ends = next >= scene.len()
        || !scene.is_spaced(next)
        || scene.is_one_of(
            next,
            &[
                "and", "or", "but", "as", "at", "in", "with", "to", "fluently", "well", "is",
                "was", "by",
            ],
        );
    for k in next..next + 3 {
        if scene.is_spaced(k) && scene.is_one_of(k, LANGUAGE) {
            return true;
        }
        if !scene.is_one_of(k, &["and", "or"]) && !scene.is_listed(k, Listed::NATIONALITY) {
            break;
        }
    }
    if !ends || scene.word(i).ends_with('s') && !scene.word(i).ends_with("ss") {
        return false;
    }
    let mut k = i;
    for _ in 0..8 {
        if k == 0 || scene.gap(k).has(Gap::SENTENCE) {
            return false;
        }
        k -= 1;
        if scene.is_one_of(k, SPEAKS) {
            return true;
        }
        if !scene.is_one_of(k, BETWEEN)
            && !scene.is_listed(k, Listed::NATIONALITY)
            && (!scene.is_capital(k) || scene.is_listed(k, Listed::ANY))
        {
            return false;
        }
    }
    false
}

/// `"A Passage to India"`, `“The Americans”`: the title of a work in quotation marks, all of its words in capitals.
fn work(scene: &Scene, first: usize, found: &mut Found) {
    if !scene.shape(first).starts_upper() || scene.casing(first) == Casing::Upper {
        return;
    }
    let mut last = first;
    let mut commas = 0;
    while last + 1 < scene.len()
        && last - first < 6
        && scene
            .gap(last + 1)
            .within(Gap::SPACE | Gap::LINE | Gap::COMMA)
    {
        last += 1;
        commas += usize::from(scene.gap(last).has(Gap::COMMA));
    }
    // A sentence ends with its period inside.
    if last == first
        || !scene.gap(last + 1).has(Gap::QUOTE)
        || scene.text[scene.tokens.span(last).end..].starts_with('.')
    {
        return;
    }
    // `“The Americans”`, `“Paris, Texas, Moscow”`, `“Death in Venice”`
    let article = scene.is_one_of(first, &["The", "A", "An"]);
    let inside = last - first == 2
        && scene.is(first, Is::COMMON)
        && scene.is_one_of(first + 1, &["in", "of", "to", "for", "and"]);
    let list =
        commas > 0 && last > first + 1 && (first..=last).all(|i| scene.shape(i).starts_upper());
    if !(list || commas == 0 && (article || inside)) {
        return;
    }
    let titled = (first..=last).all(|i| {
        scene.shape(i).starts_upper() || scene.word(i).len() <= 3 || scene.shape(i).is_digits()
    });
    if titled {
        found.block(scene, (first, last), Rule::TitleOfWork, 0);
    }
}

/// `the French Defence`, `Chinese New Year`: a people or place before common words in capitals that are no head of anything.
fn thing(scene: &Scene, first: usize, last: usize, found: &mut Found) {
    if first == last
        || scene.casing(first) != Casing::Normal
        || scene.is_first(first) && scene.is(first, Is::COMMON)
    {
        return;
    }
    let people = Listed::NATIONALITY.or(Listed::COUNTRY).or(Listed::LOCATION);
    let Some(name) = scene.names_at(first).first() else {
        return;
    };
    let behind = name.last as usize + 1;
    if !scene.is_listed(first, people) || behind > last || !scene.is_next_word(behind) {
        return;
    }
    let heads = Is::TITLE
        .or(Is::ROLE)
        .or(Is::HEAD_END)
        .or(Is::HEAD_START)
        .or(Is::SUFFIX_FORM)
        .or(Is::SUFFIX_WORD)
        .or(Is::PLACE_BEHIND)
        .or(Is::PLACE_BEFORE)
        .or(Is::COMPASS)
        .or(Is::CALENDAR)
        .or(Is::WEAPON)
        .or(Is::WEAPON_WITH)
        .or(Is::STATE)
        .or(Is::COMMON_NAME);
    let plain = (behind..=last).all(|i| {
        scene.is(i, Is::COMMON)
            && !scene.is(i, heads)
            && !scene.is_listed(i, Listed::ANY)
            && scene.word_to(i, heads).is_none()
    });
    if plain {
        found.block(scene, (first, last), Rule::NamedThing, 0);
    }
}
