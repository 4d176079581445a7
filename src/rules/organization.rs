//! Rules for organizations: head nouns and what stands around them, companies' suffixes, units with numbers.

use super::{
    Found,
    lexicon::Is,
    scene::{Casing, Listed, Scene, Word},
};
use crate::{document::Rule, tokens::Gap};

/// The most tokens of a name on one side of its head.
const MOST_TOKENS: usize = 12;

/// Applies the rules for organizations.
pub(super) fn find(scene: &Scene, found: &mut Found) {
    let mut before = None;
    for head in scene.words(Is::HEAD_END.or(Is::HEAD_START)) {
        // Inside a longer head that was just looked at.
        if before.is_some_and(|last| head.last <= last) || !is_in_capitals(scene, head) {
            continue;
        }
        before = Some(head.last);
        by_head(scene, head, found);
    }
    for suffix in scene.words(Is::SUFFIX_FORM) {
        by_suffix(scene, suffix, found);
    }
}

fn is_in_capitals(scene: &Scene, word: Word) -> bool {
    scene.shape(word.first).starts_upper()
        && !scene.is_hidden(word.first)
        && (scene.casing(word.first) != Casing::Normal || scene.shape(word.last).starts_upper())
}

/// A name with a head noun: what stands before the head, the head, and what it is of.
fn by_head(scene: &Scene, head: Word, found: &mut Found) {
    let first = to_the_left(scene, head.first);
    let end = match number_behind(scene, head) {
        Some(number) => number,
        None => further_heads(scene, head.last),
    };
    let modified = first < head.first && has_modifier(scene, first, head);
    let of = object(scene, head, end);
    if let Some(last) = of {
        let first = if modified || first == head.first {
            first
        } else {
            head.first
        };
        found.add(scene, (first, last), "ORG", Rule::OrganizationOf);
    }
    if end > head.last && number_behind(scene, head).is_some() {
        let first = if modified { first } else { head.first };
        found.add(scene, (first, end), "ORG", Rule::OrganizationUnit);
        return;
    }
    if !head.is.has(Is::HEAD_END) {
        return;
    }
    if modified {
        let numbered = (first..head.first).any(|i| scene.shape(i).is_digits());
        let rule = match numbered {
            true => Rule::OrganizationUnit,
            false => Rule::OrganizationHead,
        };
        found.add(scene, (first, end), "ORG", rule);
    } else if head.last > head.first
        && head.is.has(Is::HEAD_PUBLIC)
        && scene.casing(head.first) == Casing::Normal
        && !(head.first..=head.last).all(|i| scene.is_first(i))
    {
        // `the Defense Ministry`: of two words, and they say what it is.
        found.add(scene, (head.first, end), "ORG", Rule::OrganizationHead);
    }
}

/// `Task Force 150`, `Unit 8200`.
fn number_behind(scene: &Scene, head: Word) -> Option<usize> {
    let next = head.last + 1;
    let force = scene.is_one_of(head.last, &["Force", "Unit"]);
    ((force || head.is.has(Is::HEAD_MILITARY))
        && scene.is_spaced(next)
        && scene.is_joined(next)
        && scene.shape(next).is_digits()
        && scene.word(next).len() <= 4
        && scene.gap(next + 1) != Gap::NONE)
        .then_some(next)
}

/// Heads and company suffixes that go on the name: `Air Force Academy`, `Navy Special Warfare Command`.
fn further_heads(scene: &Scene, last: usize) -> usize {
    let mut end = last;
    let mut k = last + 1;
    let mut words = 0;
    while k < scene.len() && scene.is_next_word(k) && scene.is_capital(k) && words < 4 {
        if scene.casing(k) != Casing::Normal && scene.is(k, Is::COMMON) {
            break;
        }
        if let Some(head) = scene.word_at(k, Is::HEAD_END.or(Is::SUFFIX_FORM)) {
            end = head.last;
            k = head.last + 1;
            continue;
        }
        if scene.is(k, Is::GIVEN.or(Is::TITLE).or(Is::ROLE))
            || scene.is_listed(k, Listed::PERSON)
            || scene.word_at(k, Is::TITLE).is_some()
        {
            break;
        }
        k += 1;
        words += 1;
    }
    end
}

/// Where a name starts that goes on with token `head`: over capitals, ordinals, `and` and `&`.
fn to_the_left(scene: &Scene, head: usize) -> usize {
    let mut first = head;
    let mut k = head;
    while k > 0 && head - k < MOST_TOKENS {
        let before = k - 1;
        if !scene.is_joined(k) && !is_ordinal_gap(scene, k) {
            break;
        }
        if is_ordinal(scene, k) {
            // `82nd`: digits and the letters behind them.
            first = before;
            break;
        }
        let number = scene.shape(before).is_digits() && scene.gap(k) == Gap::NONE;
        if number {
            first = before;
            k = before;
            continue;
        }
        if scene.is_capital(before) && goes_into_name(scene, before, k) {
            first = before;
            k = before;
        } else if is_ordinal(scene, before) {
            k = before;
        } else if scene.is_one_of(before, &["and"])
            && before > 0
            && scene.is_next_word(before)
            && scene.is_next_word(k)
            && scene.is_capital(before - 1)
            && scene.is_capital(k)
            && is_conjunct(scene, before - 1)
            && is_conjunct(scene, k)
        {
            first = before - 1;
            k = before - 1;
        } else if scene.gap(k) == Gap::HYPHEN && scene.is(before, Is::PARTICLE_START) {
            // `al-Ghuraba Brigades`.
            first = before;
            k = before;
        } else if scene.gap(k) == Gap::HYPHEN
            && !scene.is_capital(before)
            && scene.shape(before).has_lower()
            && before > 0
            && scene.is_joined(before)
        {
            // `Harkat-ul-Jehadi`.
            if !scene.is_capital(before - 1) || scene.gap(before) != Gap::HYPHEN {
                break;
            }
            k = before;
        } else {
            break;
        }
    }
    while first < head && leaves_at_start(scene, first) {
        first += 1;
    }
    first
}

fn is_ordinal_gap(scene: &Scene, k: usize) -> bool {
    scene.gap(k) == Gap::NONE && scene.shape(k - 1).is_digits()
}

/// `nd` in `82nd`.
fn is_ordinal(scene: &Scene, i: usize) -> bool {
    i > 0
        && scene.gap(i) == Gap::NONE
        && scene.shape(i - 1).is_digits()
        && matches!(scene.word(i), "st" | "nd" | "rd" | "th" | "d")
}

/// May the capital at `k` be a part of the name of an organization that goes on with the token behind it?
fn goes_into_name(scene: &Scene, k: usize, next: usize) -> bool {
    if scene.gap(next) == Gap::APOSTROPHE && !scene.is_capital(next) {
        return false;
    }
    if scene.is(k, Is::CALENDAR) && !scene.is(k, Is::GIVEN) {
        return false;
    }
    scene.casing(k) == Casing::Normal || !scene.is(k, Is::COMMON) || scene.is(k, Is::COMMON_NAME)
}

/// `Fire and Rescue`, `Arts and Education`: not two bodies, states or people.
fn is_conjunct(scene: &Scene, i: usize) -> bool {
    !scene.is_listed(
        i,
        Listed::COUNTRY
            .or(Listed::NATIONALITY)
            .or(Listed::ORGANIZATION)
            .or(Listed::PERSON)
            .or(Listed::LOCATION),
    ) && !scene.is(i, Is::GIVEN.or(Is::HEAD_END).or(Is::SUFFIX_FORM))
}

/// Words at the start of a run that do not belong to the name: titles, months, words of a headline.
fn leaves_at_start(scene: &Scene, i: usize) -> bool {
    if scene.casing(i) != Casing::Normal && scene.is(i, Is::COMMON) {
        return true;
    }
    // `A COOK OF THE WORLD FOOD PROGRAMME` behind a sentence in other letters.
    let shouted = scene.shape(i).is_upper() && !scene.is_listed(i, Listed::ANY);
    (scene.is_first(i) || shouted) && scene.is(i, Is::COMMON) && !scene.is(i, Is::GIVEN)
}

/// Does something in front of the head say which organization this is?
fn has_modifier(scene: &Scene, first: usize, head: Word) -> bool {
    let mut words = first..head.first;
    words.any(|i| {
        let known = scene.is_listed(i, Listed::ANY);
        let plain = scene.is(i, Is::COMMON) && !known && !scene.is(i, Is::GIVEN.or(Is::FAMILY));
        // In a headline a common word says nothing.
        !plain || scene.casing(i) == Casing::Normal
    })
}

/// The last token of what a head is of or for: `of the Russian Federation`, `for Strategic and International Studies`.
fn object(scene: &Scene, head: Word, end: usize) -> Option<usize> {
    let of = end + 1;
    let starts = head.is.has(Is::HEAD_START);
    // The head may bring its own `of`: `Army of`.
    let mut k = if starts
        && scene.is_one_of(head.last, &["of", "for", "Against", "to"])
        && end == head.last
    {
        head.last + 1
    } else {
        if !scene.is_spaced(of)
            || !scene.is_joined(of)
            || !scene.is_one_of(of, &["of", "for", "on", "against", "to"])
        {
            if starts && !head.is.has(Is::HEAD_END.or(Is::HEAD_PUBLIC)) && end == head.last {
                return arabic(scene, head.last + 1);
            }
            return None;
        }
        of + 1
    };
    if scene.is_one_of(k, &["the"]) && scene.is_spaced(k) {
        k += 1;
    }
    if k >= scene.len()
        || !scene.is_spaced(k)
        || !scene.is_capital(k)
        || scene.is(k, Is::CALENDAR)
        || scene.casing(k) != Casing::Normal
    {
        return None;
    }
    if !starts {
        // `Armed Forces of Ukraine`: any head is of a country.
        let listed = Listed::COUNTRY.or(Listed::LOCATION);
        let name = scene
            .is_listed(k, listed)
            .then(|| country_at(scene, k))
            .flatten();
        return name.filter(|_| scene.is_one_of(of, &["of"]));
    }
    if scene.is_one_of(of, &["to", "against"]) {
        return None;
    }
    let education = head.is.has(Is::HEAD_SCHOOL);
    capitals_behind(scene, k, education)
}

/// The last token of the country or place that starts at token `k`.
fn country_at(scene: &Scene, k: usize) -> Option<usize> {
    let names = scene.names_at(k).iter();
    names
        .filter(|m| {
            let label = scene.gazetteer.alias_label(m.alias);
            label.is_some_and(|l| matches!(l.as_str(), "COUNTRY" | "LOCATION"))
        })
        .map(|m| m.last as usize)
        .max()
}

/// `Jabhat al-Nusra`, `Jaish al-Islam`: what follows the head of an armed group.
fn arabic(scene: &Scene, k: usize) -> Option<usize> {
    if k >= scene.len() || !scene.is_joined(k) {
        return None;
    }
    let mut last = None;
    let mut i = k;
    while i < scene.len() && scene.is_joined(i) && i < k + 6 {
        if scene.is_capital(i) {
            last = Some(i);
        } else if !(scene.is(i, Is::PARTICLE)
            || scene.gap(i) == Gap::HYPHEN
            || scene.gap(i) == Gap::APOSTROPHE)
        {
            break;
        }
        i += 1;
    }
    last
}

/// Reads capitals with the small words between them, as names of bodies have them.
fn capitals_behind(scene: &Scene, first: usize, education: bool) -> Option<usize> {
    let mut last = first;
    let mut k = first + 1;
    while k < scene.len() && k < first + MOST_TOKENS {
        if scene.is_joined(k) && scene.is_capital(k) {
            if scene.is(k, Is::CALENDAR) && !scene.is(k, Is::GIVEN)
                || scene.is_next_word(k) && starts_person(scene, k)
            {
                break;
            }
            last = k;
            k += 1;
            continue;
        }
        // `of`, `the`, `and`, `for`, `in`: only with a capital behind them.
        let small = ["of", "and", "for", "the", "to", "in"];
        if !scene.is_spaced(k) || !scene.is_joined(k) {
            // `Agriculture, Forestry and Fisheries`
            if let Some(end) = list(scene, k) {
                last = end;
                k = end + 1;
                continue;
            }
            // `University of California, Berkeley`
            if education
                && scene.gap(k).within(Gap::COMMA | Gap::SPACE)
                && scene.gap(k).has(Gap::COMMA)
                && scene.is_listed(last, Listed::LOCATION)
                && scene.is(last, Is::STATE)
                && scene.is_listed(k, Listed::LOCATION)
                && !scene.is(k, Is::STATE)
            {
                last = country_at(scene, k).unwrap_or(last);
            }
            break;
        }
        let at = education && scene.is_one_of(k, &["at"]);
        if !at && !scene.is_one_of(k, &small) && !(scene.gap(k) == Gap::AMPERSAND) {
            break;
        }
        let mut next = k + 1;
        if scene.is_one_of(next, &["the"]) && scene.is_spaced(next) && !at {
            next += 1;
        }
        if next >= scene.len()
            || !scene.is_spaced(next)
            || !scene.is_joined(next)
            || !scene.is_capital(next)
        {
            break;
        }
        let known = Listed::COUNTRY
            .or(Listed::NATIONALITY)
            .or(Listed::ORGANIZATION)
            .or(Listed::PERSON)
            .or(Listed::LOCATION);
        if scene.is_one_of(k, &["and"])
            && (scene.is_listed(next, known) || starts_person(scene, next) || heads_on(scene, next))
        {
            break;
        }
        // `in Moscow`, `to Iran` are about the sentence.
        if scene.is_one_of(k, &["in", "to", "for"])
            && (scene.is_listed(next, known) || !scene.is(next, Is::COMMON))
        {
            break;
        }
        if scene.is_one_of(k, &["the"]) {
            break;
        }
        last = next;
        k = next + 1;
    }
    Some(last)
}

/// Does a person's name start here?
fn starts_person(scene: &Scene, i: usize) -> bool {
    scene.word_at(i, Is::TITLE).is_some() && !scene.is(i, Is::COMMON)
        || scene.is(i, Is::GIVEN)
            && !scene.is(i, Is::COMMON.or(Is::GIVEN_WORD))
            && scene.is_next_word(i + 1)
            && scene.is_capital(i + 1)
}

/// Does the run of capitals at `i` have a head of its own?
fn heads_on(scene: &Scene, i: usize) -> bool {
    let mut k = i;
    while k < scene.len() && (k == i || scene.is_joined(k)) && scene.is_capital(k) {
        if scene.is(k, Is::HEAD_END) {
            return true;
        }
        k += 1;
    }
    false
}

/// `, Forestry and Fisheries`: the last token of a list that ends with `and`, if `k` stands behind its first comma.
fn list(scene: &Scene, k: usize) -> Option<usize> {
    let mut k = k;
    loop {
        let gap = scene.gap(k);
        if k >= scene.len()
            || !gap.has(Gap::COMMA)
            || !gap.within(Gap::COMMA | Gap::SPACE | Gap::LINE)
        {
            return None;
        }
        let plain = |i: usize| {
            i < scene.len()
                && scene.is_capital(i)
                && scene.is(i, Is::COMMON)
                && !scene.is_listed(i, Listed::ANY)
                && !scene.is(i, Is::HEAD_END.or(Is::TITLE))
        };
        if scene.is_one_of(k, &["and"]) && plain(k + 1) {
            return Some(k + 1);
        }
        if !plain(k) {
            return None;
        }
        let mut last = k;
        while scene.is_next_word(last + 1) && plain(last + 1) {
            last += 1;
        }
        if scene.is_one_of(last + 1, &["and"]) && scene.is_spaced(last + 1) && plain(last + 2) {
            last += 2;
            while scene.is_next_word(last + 1) && plain(last + 1) {
                last += 1;
            }
            return Some(last);
        }
        k = last + 1;
    }
}

/// `Dongfang Precision Machinery Co., Ltd.`, `Acme Inc.`
fn by_suffix(scene: &Scene, suffix: Word, found: &mut Found) {
    if !scene.shape(suffix.first).starts_upper()
        || suffix.first == 0
        || scene.casing(suffix.first) == Casing::Upper
    {
        return;
    }
    let gap = scene.gap(suffix.first);
    let comma = gap.has(Gap::COMMA) && gap.within(Gap::COMMA | Gap::SPACE);
    if !scene.is_next_word(suffix.first) && !comma {
        return;
    }
    let head = suffix.first;
    let mut first = match comma {
        false => to_the_left(scene, head),
        true if scene.is_capital(head - 1) => to_the_left(scene, head - 1).min(head - 1),
        true => return,
    };
    // `Precision Machinery Co., Ltd.`: another suffix before the comma.
    if comma && first == head - 1 && scene.is(head - 1, Is::SUFFIX_FORM) {
        first = to_the_left(scene, head - 1);
    }
    let mut last = suffix.last;
    // `Co., Ltd.`
    loop {
        let next = last + 1;
        let gap = scene.gap(next);
        let beside = next < scene.len()
            && (scene.is_spaced(next)
                || gap.has(Gap::COMMA | Gap::PERIOD)
                    && gap.within(Gap::COMMA | Gap::SPACE | Gap::PERIOD));
        match scene.word_at(next, Is::SUFFIX_FORM) {
            Some(more) if beside && scene.shape(next).starts_upper() && !gap.has(Gap::SENTENCE) => {
                last = more.last
            }
            _ => break,
        }
    }
    let plain = (first..head).all(|i| {
        scene.is(i, Is::COMMON)
            && !scene.is(i, Is::COMMON_NAME)
            && scene.casing(i) != Casing::Normal
    });
    if first == head || plain {
        return;
    }
    let mut span = scene.span(first, last);
    // The period of `Inc.` belongs to the name.
    if scene.text.as_bytes().get(span.end) == Some(&b'.') && is_abbreviated(scene.word(last)) {
        span.end += 1;
    }
    found.add_span(span, "ORG", Rule::OrganizationSuffix);
}

fn is_abbreviated(suffix: &str) -> bool {
    matches!(
        suffix,
        "Inc"
            | "Ltd"
            | "Corp"
            | "Co"
            | "Bros"
            | "Cos"
            | "Pte"
            | "Pty"
            | "Pvt"
            | "Mfg"
            | "Intl"
            | "Cia"
    )
}
