//! Rules for places: the nouns before and behind their names, the state or country behind a town.

use super::{
    Found,
    lexicon::Is,
    scene::{Casing, Listed, Scene, Word},
};
use crate::{document::Rule, tokens::Gap};

/// Applies the rules for places.
pub(super) fn find(scene: &Scene, found: &mut Found) {
    for head in scene.words(Is::PLACE_BEHIND) {
        behind_name(scene, head, found);
    }
    for head in scene.words(Is::PLACE_BEFORE) {
        before_name(scene, head, found);
    }
    for (first, last) in scene.runs() {
        before_state(scene, first, last, found);
    }
}

/// The first token of the capitals that go on with token `next`.
fn start_of_capitals(scene: &Scene, next: usize) -> usize {
    let mut first = next;
    while first > 0
        && next - first < 6
        && scene.is_joined(first)
        && scene.is_capital(first - 1)
        && (scene.is(first - 1, Is::GIVEN) || !scene.is(first - 1, Is::CALENDAR))
        && scene.word_to(first - 1, Is::TITLE).is_none()
    {
        first -= 1;
    }
    first
}

/// The last token of the capitals from token `first` on.
fn end_of_capitals(scene: &Scene, first: usize) -> usize {
    let mut last = first;
    while last + 1 < scene.len()
        && last - first < 4
        && scene.is_joined(last + 1)
        && scene.is_capital(last + 1)
        && !scene.is(last + 1, Is::CALENDAR.or(Is::TITLE).or(Is::ROLE))
    {
        last += 1;
    }
    last
}

/// `Kherson Oblast`, `Jordan Street`; `Banten province`.
fn behind_name(scene: &Scene, head: Word, found: &mut Found) {
    if head.first == 0
        || scene.is_hidden(head.first)
        || !scene.is_next_word(head.first)
        || scene.casing(head.first) != Casing::Normal
    {
        return;
    }
    if scene.is_capital(head.first) {
        if head.is.has(Is::HEAD_END) {
            return;
        }
        let first = start_of_capitals(scene, head.first);
        let plain = (first..head.first).all(|i| {
            scene.is(i, Is::COMMON)
                && !scene.is_listed(i, Listed::ANY)
                && !scene.is(i, Is::GIVEN.or(Is::FAMILY))
        });
        // `Square Enix`, `Market Street`: what follows may be the head.
        let goes_on = scene.is_next_word(head.last + 1)
            && scene.is_capital(head.last + 1)
            && !scene.is(head.last + 1, Is::CALENDAR);
        if first < head.first
            && !(plain && (scene.is_first(first) || !head.is.has(Is::ROAD.or(Is::SITE))))
            && !goes_on
        {
            found.add(scene, (first, head.last), "LOCATION", Rule::PlaceHead);
        }
        return;
    }
    // In lower case the noun is a cue and stays outside.
    if head.is.has(Is::ROAD.or(Is::SITE)) {
        return;
    }
    let last = head.first - 1;
    if scene.is_capital(last) && !scene.is_one_of(head.last + 1, &["of"]) {
        let first = start_of_capitals(scene, head.first);
        unknown(scene, first, last, found);
    }
}

/// Adds capitals of which the lists know nothing.
fn unknown(scene: &Scene, first: usize, last: usize, found: &mut Found) {
    let known = (first..=last).any(|i| {
        scene.is_listed(i, Listed::ANY)
            || scene.is(
                i,
                Is::HEAD_END
                    .or(Is::EVENT_END)
                    .or(Is::SUFFIX_FORM)
                    .or(Is::COMPASS),
            )
            || scene.is(i, Is::COMMON)
            || scene.shape(i).is_upper() && scene.word(i).len() > 1
            || scene.shape(i).is_digits()
    });
    if !known && last - first < 4 {
        found.add(scene, (first, last), "LOCATION", Rule::PlaceHead);
    }
}

/// `Lake Example`, `Gulf of Example`; `the town of Example`.
fn before_name(scene: &Scene, head: Word, found: &mut Found) {
    let first = head.last + 1;
    if first >= scene.len()
        || !scene.is_next_word(first)
        || !scene.is_capital(first)
        || scene.casing(first) != Casing::Normal
    {
        return;
    }
    let last = end_of_capitals(scene, first);
    if scene.is_capital(head.first) || scene.shape(head.first).starts_upper() {
        // At the start of a sentence a preposition may stand there: `Off the coast of`.
        let joined =
            head.first > 0 && scene.is_joined(head.first) && scene.is_capital(head.first - 1);
        let plain = scene.is(first, Is::COMMON)
            && !scene.is_listed(first, Listed::ANY)
            && !scene.is(first, Is::GIVEN.or(Is::FAMILY));
        let upper = scene.shape(head.first).is_upper() && scene.word(head.first).len() > 1;
        let other =
            (first..=last).any(|i| scene.is(i, Is::HEAD_END.or(Is::SUFFIX_FORM).or(Is::EVENT_END)));
        if !joined
            && !plain
            && !other
            && !upper
            && (!scene.is(head.first, Is::GIVEN) || scene.is(head.first, Is::GIVEN_WORD))
        {
            found.add(scene, (head.first, last), "LOCATION", Rule::PlaceHead);
        }
    } else {
        unknown(scene, first, last, found);
    }
}

/// `in Belvidere, Illinois`: a town before its state or country.
fn before_state(scene: &Scene, first: usize, last: usize, found: &mut Found) {
    let state = last + 1;
    if state >= scene.len()
        || scene.casing(first) != Casing::Normal
        || last - first > 2
        || first == 0
    {
        return;
    }
    let gap = scene.gap(state);
    let comma = gap.has(Gap::COMMA) && gap.within(Gap::COMMA | Gap::SPACE | Gap::LINE);
    let cue = scene.is_spaced(first)
        && scene.is_one_of(
            first - 1,
            &[
                "in", "near", "from", "at", "outside", "of", "to", "around", "In", "Near",
            ],
        );
    let is_state =
        scene.word_at(state, Is::STATE).is_some() || scene.is_listed(state, Listed::COUNTRY);
    if comma && cue && is_state && scene.is_capital(state) {
        unknown(scene, first, last, found);
    }
}
