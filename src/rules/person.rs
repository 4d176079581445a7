//! Rules for people: what stands before a name, what it starts with, what it is made of, and what stands behind it.

use super::{
    Found,
    lexicon::Is,
    scene::{Casing, Listed, Scene},
};
use crate::{document::Rule, tokens::Gap};

/// The most words of a name.
const MOST_WORDS: usize = 6;

/// What a person's name never goes on with, unless the word is a name too.
const STOPS: Is = Is::CALENDAR
    .or(Is::TITLE)
    .or(Is::ROLE)
    .or(Is::HEAD_END)
    .or(Is::HEAD_START)
    .or(Is::SUFFIX_FORM)
    .or(Is::PLACE_BEHIND)
    .or(Is::PLACE_BEFORE)
    .or(Is::EVENT_END)
    .or(Is::STATE)
    .or(Is::COMPASS)
    .or(Is::WEAPON);

const NAME: Is = Is::GIVEN.or(Is::FAMILY);

/// A name that was read from some token on.
#[derive(Clone, Copy, Debug)]
struct Name {
    first: usize,
    last: usize,
    words: usize,
    /// Has a particle inside: `bin`, `al-`, `van der`.
    particle: bool,
}

/// Applies the rules for people.
pub(super) fn find(scene: &Scene, found: &mut Found) {
    for title in scene.words(Is::TITLE) {
        behind_title(scene, title.last, found);
    }
    for role in scene.words(Is::ROLE) {
        behind_role(
            scene,
            role.first,
            role.last,
            role.is.has(Is::ROLE_WEAK),
            found,
        );
    }
    for (first, last) in scene.runs() {
        let mut i = first;
        while i <= last {
            let next = by_itself(scene, first, i, last, found);
            i = next.unwrap_or(i + 1);
        }
        beside(scene, first, last, found);
    }
    for i in 0..scene.len() {
        // `al-Ansari` starts in lower case.
        if scene.is(i, Is::PARTICLE_START)
            && !scene.is_capital(i)
            && scene.gap(i + 1) == Gap::HYPHEN
        {
            said_by(scene, i, found);
        }
    }
}

/// Pronouns, which a sentence starts with behind an abbreviation, and the first words of towns.
pub(super) const NO_START: &[&str] = &[
    "He", "She", "It", "They", "We", "You", "His", "Her", "Its", "Their", "This", "That", "San",
    "Santa", "Los", "Las", "Saint", "New", "Fort",
];

/// Reads the name that starts with token `first`.
fn read(scene: &Scene, first: usize) -> Option<Name> {
    let starts = scene.is_capital(first) || scene.is(first, Is::PARTICLE_START);
    if !starts || !may_be_part(scene, first, first) || scene.is_one_of(first, NO_START) {
        return None;
    }
    let mut name = Name {
        first,
        last: first,
        words: 1,
        particle: !scene.is_capital(first) || scene.is(first, Is::PARTICLE_START),
    };
    // The last token that a name may end with.
    let mut end = scene.is_capital(first).then_some(name);
    let mut k = first + 1;
    while k < scene.len() && name.words < MOST_WORDS {
        let gap = scene.gap(k);
        if gap.has(Gap::AMPERSAND) {
            break;
        }
        if !scene.is_joined(k) {
            // `Keating IV`, `King, Jr.`
            if let Some(nick) = nickname(scene, k) {
                name.words += 1;
                name.last = nick - 1;
                k = nick;
                name.words += 1;
                name.last = k;
                end = Some(name);
                k += 1;
                continue;
            }
            if gap.within(Gap::COMMA | Gap::SPACE)
                && gap.has(Gap::COMMA)
                && scene.is_one_of(k, &["Jr", "Sr", "II", "III"])
                && name.words > 1
            {
                name.last = k;
                end = Some(name);
            }
            break;
        }
        let hyphen = gap == Gap::HYPHEN || gap == Gap::APOSTROPHE;
        if hyphen {
            // The second half of a double name may be a company's name, or a town's.
            let half = name.words > 1
                && gap == Gap::HYPHEN
                && !scene.is(k, STOPS.or(Is::COMMON))
                && scene.is_listed(k, Listed::ORGANIZATION.or(Listed::LOCATION));
            let goes_on = scene.is_capital(k) && (half || may_be_part(scene, first, k))
                || gap == Gap::HYPHEN && is_second_syllable(scene, k)
                || gap == Gap::APOSTROPHE && scene.word(k).len() > 1 && !scene.is(k, Is::COMMON);
            if !goes_on {
                // `Petrov-led`: the name ends before the hyphen.
                break;
            }
            name.last = k;
            end = Some(name);
        } else if let Some(particle) = scene.word_at(k, Is::PARTICLE)
            && !scene.is_capital(k)
        {
            name.particle = true;
            k = particle.last;
            name.last = k;
        } else if scene.is_capital(k) && may_be_part(scene, first, k) {
            // `Ms Smith CNN`: an acronym is no part of a name; `Charles Keating IV` is one.
            let upper =
                scene.shape(k).is_upper() && scene.word(k).len() > 1 && !scene.shape(k).is_dotted();
            let odd = upper && scene.casing(k) == Casing::Normal && !scene.shape(first).is_upper();
            if odd
                && !is_generation(scene.word(k))
                && (scene.word(k).len() <= 4 || scene.is_listed(k, Listed::ANY))
            {
                break;
            }
            name.last = k;
            name.words += 1;
            end = Some(name);
        } else {
            break;
        }
        k += 1;
    }
    let mut name = end?;
    // An initial ends no name.
    while name.last > name.first && is_initial(scene, name.last) && name.words > 1 {
        name.last -= 1;
        name.words -= 1;
    }
    Some(name)
}

/// Does a Korean or Chinese given name go on with this syllable behind a hyphen: `Yo-jong`, `Ji-woo`? A word is one only where its
/// first half is none.
fn is_second_syllable(scene: &Scene, k: usize) -> bool {
    let first = k - 1;
    scene.is_syllables(k, k)
        && (!scene.is(k, Is::COMMON)
            || scene.is_syllables(first, first) && !scene.is(first, Is::COMMON))
}

fn is_generation(word: &str) -> bool {
    matches!(
        word,
        "II" | "III" | "IV" | "Jr" | "Sr" | "VI" | "VII" | "VIII" | "XI" | "XII" | "XIV" | "XVI"
    )
}

/// `John “Jack” Smith`, `Richard "Tex" Coe`: the token behind the nickname in quotation marks.
fn nickname(scene: &Scene, k: usize) -> Option<usize> {
    let quote = |i: usize| {
        let gap = scene.gap(i);
        gap.has(Gap::QUOTE | Gap::APOSTROPHE)
            && gap.within(
                Gap::QUOTE | Gap::APOSTROPHE | Gap::SPACE | Gap::PERIOD | Gap::OPEN | Gap::CLOSE,
            )
    };
    if !quote(k) || !scene.gap(k).has(Gap::SPACE) || !scene.shape(k).starts_upper() {
        return None;
    }
    let behind = (k + 1..k + 4).find(|&i| i < scene.len() && !scene.is_spaced(i))?;
    let is_name = quote(behind)
        && scene.gap(behind).has(Gap::SPACE)
        && scene.is_capital(behind)
        && may_be_part(scene, behind, behind)
        && !scene.is(behind, Is::COMMON);
    is_name.then_some(behind)
}

/// May token `k` be a part of a person's name that starts at `first`?
fn may_be_part(scene: &Scene, first: usize, k: usize) -> bool {
    let name = scene.is(k, NAME);
    if scene.shape(k).is_digits() || scene.is_hidden(k) || is_title_of_name(scene, k) {
        return false;
    }
    if scene.is(k, Is::CALENDAR) && (!name || scene.is(k, Is::WEEKDAY) || is_number(scene, k + 1)) {
        return false;
    }
    if scene.is(k, STOPS) && !name {
        return false;
    }
    if !name && scene.is(k, Is::COMMON) && !scene.is(k, Is::COMMON_NAME) {
        return false;
    }
    // What the lists know as something else ends a name, unless it is a name too, or follows a given name: `Jordan`, `London`.
    if scene.is_listed(k, Listed::NO_PERSON) && !scene.is_listed(k, Listed::PERSON) && !name {
        let city = scene.is_listed(k, Listed::LOCATION.or(Listed::WEAPON))
            && !scene.is_listed(
                k,
                Listed::COUNTRY
                    .or(Listed::NATIONALITY)
                    .or(Listed::ORGANIZATION),
            );
        return city && k > first && scene.is(k - 1, Is::GIVEN) && !scene.is(k - 1, Is::GIVEN_WORD);
    }
    if scene.is_listed(k, Listed::NATIONALITY)
        && !scene.is_listed(k, Listed::PERSON)
        && !scene.is(k, Is::FAMILY)
    {
        return false;
    }
    !(scene.shape(k).is_dotted() && scene.is_listed(k, Listed::NO_PERSON))
}

/// `Major Tom Hall`, `German Chancellor Angela`: a title that is a name elsewhere, and a given name behind it.
fn is_title_of_name(scene: &Scene, k: usize) -> bool {
    scene.is(k, Is::TITLE.or(Is::ROLE))
        && (scene.is(k, Is::COMMON) || scene.gap(k + 1).has(Gap::PERIOD))
        && scene.is(k + 1, Is::GIVEN)
        && scene.is_joined(k + 1)
        && scene.is_capital(k + 1)
        // `Dean Archer` is a name.
        && (!scene.is(k, Is::GIVEN) || scene.is_joined(k + 2) && (scene.is_capital(k + 2) || scene.is(k + 2, Is::PARTICLE)))
}

fn is_number(scene: &Scene, i: usize) -> bool {
    i < scene.len() && scene.shape(i).is_digits()
}

/// `J`, `J.J.`
fn is_initial(scene: &Scene, i: usize) -> bool {
    let word = scene.word(i);
    scene.shape(i).starts_upper()
        && (scene.shape(i).is_dotted() || word.chars().count() == 1)
        && scene.shape(i).is_upper()
}

fn add(scene: &Scene, name: Name, rule: Rule, found: &mut Found) {
    let mut span = scene.span(name.first, name.last);
    // The period of `Jr.` belongs to the name.
    if matches!(scene.word(name.last), "Jr" | "Sr") && scene.text[span.end..].starts_with('.') {
        span.end += 1;
    }
    found.add_span(span, "PERSON", rule);
}

/// Is a name of one word too little, since the word is something else?
fn is_plain_word(scene: &Scene, i: usize) -> bool {
    scene.is(i, Is::COMMON) && !scene.is(i, NAME.or(Is::COMMON_NAME))
        || scene.is_listed(i, Listed::NO_PERSON)
            && !scene.is_listed(i, Listed::PERSON)
            && !scene.is(i, Is::FAMILY)
}

/// `Gen. Petrov`, `Defense Secretary Lloyd Austin`, `President of Russia Vladimir Putin`.
fn behind_title(scene: &Scene, last: usize, found: &mut Found) {
    let first = last + 1;
    if first >= scene.len() {
        return;
    }
    if !is_beside_title(scene, first) {
        return;
    }
    let Some(name) = read(scene, first) else {
        return;
    };
    if name.words == 1 && name.first == name.last {
        let word = scene.word(first);
        let other = is_plain_word(scene, first)
            || scene.casing(first) == Casing::Normal && scene.shape(first).is_upper() && !scene.shape(last).is_upper() && word.len() > 1
            || scene.casing(first) != Casing::Normal && scene.is(first, Is::COMMON)
            || word.chars().count() == 1
            // `General Motors`, `Major League`: the run goes on with what is no name.
            || scene.is_next_word(first + 1) && scene.is_capital(first + 1) && scene.is(first + 1, STOPS.or(Is::COMMON)) && scene.casing(first) == Casing::Normal;
        if other {
            return;
        }
    }
    add(scene, name, Rule::PersonTitle, found);
}

/// May the token before `first` be a title of what starts there? The period of an abbreviation may stand between.
pub(super) fn is_beside_title(scene: &Scene, first: usize) -> bool {
    let gap = scene.gap(first);
    if gap.has(Gap::SENTENCE) && !gap.has(Gap::PERIOD) {
        return false;
    }
    scene.is_joined(first) && gap != Gap::HYPHEN
        || gap.has(Gap::PERIOD)
            && gap.within(Gap::PERIOD | Gap::SPACE | Gap::LINE | Gap::SENTENCE)
            && gap.has(Gap::SPACE | Gap::LINE)
}

/// `spokesman Dmitry Peskov`, `the foreign minister, Li Wen,`.
fn behind_role(scene: &Scene, role_first: usize, last: usize, weak: bool, found: &mut Found) {
    // `a chef named Oona`
    let named = scene.is_spaced(last + 1) && scene.is_one_of(last + 1, &["named", "called"]);
    let first = last + 1 + usize::from(named);
    if scene.is_capital(last)
        && scene.casing(last) == Casing::Normal
        && !scene.shape(last).is_upper()
        && scene.is_capital(role_first)
    {
        // With a capital it is a title, and those have a list of their own; at the start of a sentence it counts.
        if !scene.is_first(role_first) {
            return;
        }
    }
    if first >= scene.len() {
        return;
    }
    let gap = scene.gap(first);
    if scene.is_spaced(first) && scene.is_joined(first) {
        let Some(name) = read(scene, first) else {
            return;
        };
        if name.words == 1 && name.first == name.last {
            let upper = scene.shape(first).is_upper() && scene.casing(first) == Casing::Normal;
            // `his brother Chad`
            let relative = weak
                && scene.is(first, Is::GIVEN)
                && !scene.is(first, Is::COMMON)
                && !scene.is_capital(role_first);
            if relative && !upper && !(scene.is_next_word(first + 1) && scene.is_capital(first + 1))
            {
                found.add_surely(scene, (name.first, name.last), "PERSON", Rule::PersonRole);
                return;
            }
            if weak && !named
                || upper
                || is_plain_word(scene, first)
                || scene.is(first, Is::COMMON)
                || scene.casing(first) != Casing::Normal
                || scene.is_next_word(first + 1) && scene.is_capital(first + 1)
            {
                return;
            }
        } else if !looks_like_person(scene, &name) {
            return;
        }
        add(scene, name, Rule::PersonRole, found);
    } else if gap.has(Gap::COMMA) && gap.within(Gap::COMMA | Gap::SPACE | Gap::LINE) && !weak {
        let Some(name) = read(scene, first) else {
            return;
        };
        let behind = scene.gap(name.last + 1);
        let closed = behind.has(Gap::COMMA | Gap::SENTENCE) || scene.is(name.last + 1, Is::SPEECH);
        if name.words >= 2
            && closed
            && looks_like_person(scene, &name)
            && scene.casing(first) == Casing::Normal
        {
            add(scene, name, Rule::PersonRole, found);
        }
    }
}

/// Are there words in it that speak for a person, or none that speak against one?
fn looks_like_person(scene: &Scene, name: &Name) -> bool {
    let tokens = name.first..=name.last;
    let named = tokens.clone().any(|i| scene.is(i, NAME));
    let listed = tokens
        .clone()
        .any(|i| scene.is_listed(i, Listed::NO_PERSON));
    let words = tokens
        .clone()
        .any(|i| scene.is(i, Is::COMMON) && !scene.is(i, NAME));
    let goes_on = scene.is_next_word(name.last + 1)
        && scene.is_capital(name.last + 1)
        && scene.is(
            name.last + 1,
            Is::HEAD_END
                .or(Is::SUFFIX_FORM)
                .or(Is::SUFFIX_WORD)
                .or(Is::PLACE_BEHIND)
                .or(Is::EVENT_END),
        );
    let acronym = tokens.clone().any(|i| {
        scene.shape(i).is_upper()
            && !is_initial(scene, i)
            && scene.casing(i) == Casing::Normal
            && scene.word(i).len() > 2
            && !is_generation(scene.word(i))
    });
    !goes_on && (named && !acronym || !listed && !words && !acronym)
}

/// Names that show what they are. Gives the token to go on with.
fn by_itself(scene: &Scene, run: usize, i: usize, last: usize, found: &mut Found) -> Option<usize> {
    let casing = scene.casing(i);
    if is_initial(scene, i) && !scene.is_listed(i, Listed::ANY) {
        return by_initials(scene, i, last, found);
    }
    if scene.is(i, Is::FAMILY_FIRST) && by_syllables(scene, i, found) {
        return None;
    }
    let starts_particle = scene.is(i, Is::PARTICLE_START)
        && matches!(
            scene.word(i),
            "Abu" | "Ibn" | "Umm" | "Abd" | "Abdul" | "Abdel" | "ABU"
        );
    if starts_particle
        && let Some(name) = read(scene, i)
        && name.words >= 2
        && !scene.is_listed(i, Listed::LOCATION.or(Listed::ORGANIZATION))
    {
        add(scene, name, Rule::PersonParticle, found);
        return Some(name.last + 1);
    }
    if scene.is(i, Is::GIVEN) {
        return by_given_name(scene, run, i, found);
    }
    // `Tarquin Hughes`: an unknown word before a family name.
    let second = i + 1;
    if i == run
        && casing == Casing::Normal
        && second <= last
        && scene.is(second, Is::FAMILY)
        && !scene.is(
            second,
            Is::FAMILY_WORD.or(Is::COMMON).or(Is::CALENDAR).or(STOPS),
        )
        && !scene.is(
            i,
            Is::COMMON
                .or(STOPS)
                .or(Is::EVENT_START)
                .or(Is::MAKER)
                .or(Is::SUFFIX_WORD),
        )
        && !scene.is_listed(i, Listed::ANY)
        && !scene.is_listed(second, Listed::NO_PERSON)
        && scene.is_next_word(second)
        && !scene.shape(i).is_upper()
        && scene.word(i).chars().count() > 2
        && let Some(name) = read(scene, i)
        && name.last >= second
        && name.words <= 3
        && looks_like_person(scene, &name)
        && !goes_on_otherwise(scene, name.last)
    {
        add(scene, name, Rule::PersonFamilyName, found);
        return Some(name.last + 1);
    }
    None
}

/// Does the run of capitals go on behind the name with the noun of something else?
fn goes_on_otherwise(scene: &Scene, last: usize) -> bool {
    let next = last + 1;
    // `Stanley Black & Decker`
    if scene.gap(next).has(Gap::AMPERSAND) && scene.is_capital(next) {
        return true;
    }
    scene.is_next_word(next)
        && scene.is_capital(next)
        && scene.casing(next) == Casing::Normal
        && !scene.is(next, Is::TITLE.or(Is::ROLE).or(Is::CALENDAR))
        && scene.is(next, STOPS.or(Is::SUFFIX_WORD))
}

/// `Amina Yusuf`, `Jean-Pierre van der Meer`.
fn by_given_name(scene: &Scene, run: usize, i: usize, found: &mut Found) -> Option<usize> {
    let casing = scene.casing(i);
    // Inside a run, a name may start behind a title, a nationality, a place; else the run is one name, and it started before.
    if i > run && scene.is_joined(i) && !scene.is_spaced(i) {
        return None;
    }
    // `Tuesday Mitsotakis`: days are given names too.
    if is_title_of_name(scene, i) || scene.is(i, Is::WEEKDAY) {
        return None;
    }
    // `the Rosetta Stone`, `3,100 Santa Fes`: things are counted.
    let thing = i > 0
        && scene.is_spaced(i)
        && (scene.is_one_of(i - 1, &["the", "a", "an"]) || scene.shape(i - 1).is_digits());
    if thing && scene.casing(i) == Casing::Normal {
        return None;
    }
    let name = read(scene, i)?;
    if goes_on_otherwise(scene, name.last) {
        return None;
    }
    let nicknamed = (i + 1..=name.last).any(|k| scene.gap(k).has(Gap::QUOTE));
    let second = match nicknamed {
        true => Some(name.last),
        false => (i + 1..=name.last).find(|&k| {
            // `Salah al-Obaidi`: the particle stands for the space.
            let starts_word = scene.is_spaced(k)
                || scene.gap(k).has(Gap::PERIOD)
                || k > i + 1 && scene.is(k - 1, Is::PARTICLE) && scene.is_spaced(k - 1);
            scene.is_capital(k) && !is_initial(scene, k) && starts_word
        }),
    };
    // `Jean-Pierre` alone is no full name.
    let second = second?;
    // A given name that is a word or a place needs more: a family name, or the middle of a sentence and nothing known.
    let doubtful = scene.is(i, Is::GIVEN_WORD.or(Is::COMMON).or(Is::CALENDAR))
        || scene.is_listed(i, Listed::NO_PERSON);
    let family = scene.is(second, Is::FAMILY) && !scene.is(second, Is::FAMILY_WORD);
    let unknown = !scene.is(second, Is::COMMON) && !scene.is_listed(second, Listed::NO_PERSON);
    if doubtful
        && !family
        && (scene.is_first(i) && scene.is(i, Is::COMMON)
            || !unknown && !scene.is(second, Is::FAMILY)
            || casing != Casing::Normal)
    {
        return None;
    }
    // `Red Bull`, `Jordan Street`, `River Aire`: two words that may be names, and a thing of that name.
    let word = scene.is(second, Is::COMMON)
        || scene.is(
            name.last,
            Is::PLACE_BEHIND.or(Is::HEAD_END).or(Is::EVENT_END),
        );
    if doubtful && word
        || scene.is(i, Is::PLACE_BEFORE.or(Is::EVENT_START)) && !scene.is(second, Is::GIVEN)
    {
        return None;
    }
    // `Virginia Woolf Street`, `Victoria Falls`, `Santa Fe`: another noun ends it.
    if !family && scene.is(second, STOPS) && !scene.is(second, NAME) {
        return None;
    }
    if casing != Casing::Normal && scene.is(second, Is::COMMON) && !scene.is(second, Is::FAMILY) {
        return None;
    }
    add(scene, name, Rule::PersonGivenName, found);
    Some(name.last + 1)
}

/// `V. Petrov`, `J.J. Smith`.
fn by_initials(scene: &Scene, i: usize, last: usize, found: &mut Found) -> Option<usize> {
    let name = read(scene, i)?;
    let surname = (i..=last.min(name.last)).find(|&k| !is_initial(scene, k))?;
    // A letter without its period is a vitamin, a plan, a grade.
    let period = scene.shape(i).is_dotted() || scene.gap(i + 1).has(Gap::PERIOD);
    let other = scene.is(surname, Is::COMMON.or(STOPS)) && !scene.is(surname, Is::FAMILY)
        || scene.is_listed(surname, Listed::NO_PERSON) && !scene.is(surname, Is::FAMILY)
        || scene.shape(surname).is_upper() && scene.casing(i) == Casing::Normal;
    if !period
        || other
        || scene.casing(i) == Casing::Upper
        || !scene.gap(surname).has(Gap::SPACE | Gap::PERIOD | Gap::LINE)
    {
        return None;
    }
    if i > 0 && scene.is_joined(i) && scene.is_capital(i - 1) && !scene.is(i - 1, Is::TITLE) {
        return None;
    }
    add(scene, name, Rule::PersonInitial, found);
    Some(name.last + 1)
}

/// `Kim Yo-jong`, `Zhao Lijian`.
fn by_syllables(scene: &Scene, i: usize, found: &mut Found) -> bool {
    let given = i + 1;
    if !scene.is_spaced(given) || !scene.is_capital(given) || scene.casing(i) != Casing::Normal {
        return false;
    }
    let mut last = given;
    while last < given + 1 && last + 1 < scene.len() {
        let next = last + 1;
        let joined =
            scene.gap(next) == Gap::HYPHEN || scene.is_spaced(next) && scene.is_capital(next);
        if !joined
            || !scene.is_syllables(next, next)
            || scene.gap(next) == Gap::HYPHEN && !is_second_syllable(scene, next)
        {
            break;
        }
        last = next;
    }
    let plain =
        (given..=last).any(|k| scene.is(k, Is::COMMON.or(STOPS)) && scene.gap(k) != Gap::HYPHEN);
    let goes_on = scene.is_joined(last + 1) && scene.is_capital(last + 1);
    let before = i > 0
        && scene.is_joined(i)
        && scene.is_capital(i - 1)
        && !scene.is(i - 1, Is::TITLE.or(Is::ROLE))
        && scene.word_to(i - 1, Is::TITLE).is_none();
    let word = scene.is(i, Is::FAMILY_WORD.or(Is::COMMON)) && last == given;
    if plain
        || goes_on
        || before
        || word
        || !scene.is_syllables(given, last)
        || scene.is_listed(given, Listed::NO_PERSON)
    {
        return false;
    }
    let words = 1 + (given..=last).filter(|&k| scene.is_spaced(k)).count();
    let name = Name {
        first: i,
        last,
        words,
        particle: false,
    };
    add(scene, name, Rule::PersonFamilyFirst, found);
    true
}

/// Unknown names in whose neighbourhood something says that they are a person's.
fn beside(scene: &Scene, first: usize, last: usize, found: &mut Found) {
    if scene.casing(first) != Casing::Normal {
        return;
    }
    let Some(name) = read(scene, first) else {
        return;
    };
    if name.last < last || !looks_like_person(scene, &name) {
        return;
    }
    let next = name.last + 1;
    let single = name.words == 1
        && scene.is(name.first, Is::GIVEN)
        && !scene.is(name.first, Is::GIVEN_WORD.or(Is::COMMON));
    if (name.words >= 2 && name.words <= 4 && is_apposition(scene, next))
        || single && is_person_behind(scene, next)
    {
        add(scene, name, Rule::PersonApposition, found);
    }
    said_by(scene, first, found);
}

/// `, 44,`, `(44)`, `, who`
fn is_person_behind(scene: &Scene, next: usize) -> bool {
    if next >= scene.len() {
        return false;
    }
    let (gap, behind) = (scene.gap(next), scene.gap(next + 1));
    let bracket = gap.has(Gap::OPEN) && gap.within(Gap::OPEN | Gap::SPACE);
    let comma = gap.has(Gap::COMMA) && gap.within(Gap::COMMA | Gap::SPACE | Gap::LINE);
    let age = scene.shape(next).is_digits()
        && (10..=99).contains(&scene.word(next).parse::<u16>().unwrap_or(0));
    age && (bracket && behind.has(Gap::CLOSE) || comma && behind.has(Gap::COMMA | Gap::SENTENCE))
        || comma && scene.is_one_of(next, &["who", "whose"])
}

/// `, an analyst at`
fn is_apposition(scene: &Scene, next: usize) -> bool {
    if next >= scene.len() {
        return false;
    }
    let gap = scene.gap(next);
    let bracket = gap.has(Gap::OPEN) && gap.within(Gap::OPEN | Gap::SPACE);
    let comma = gap.has(Gap::COMMA) && gap.within(Gap::COMMA | Gap::SPACE | Gap::LINE);
    if !bracket && !comma {
        return false;
    }
    if is_person_behind(scene, next) {
        return true;
    }
    if bracket {
        return false;
    }
    // Up to six words before the role: `a former Iranian deputy`, `the group's political`.
    for k in next..(next + 7).min(scene.len()) {
        if k > next
            && !scene
                .gap(k)
                .within(Gap::SPACE | Gap::LINE | Gap::HYPHEN | Gap::APOSTROPHE)
        {
            return false;
        }
        let role = scene.word_at(k, Is::ROLE.or(Is::TITLE));
        if role.is_some_and(|w| !w.is.has(Is::ROLE_WEAK) || k <= next + 1) {
            return true;
        }
        if scene.is_one_of(
            k,
            &[
                "and", "or", "in", "at", "on", "to", "from", "with", "was", "is", "said",
            ],
        ) {
            return false;
        }
    }
    false
}

/// `said Brack`, `Oona Brack told`, `according to Brack`.
fn said_by(scene: &Scene, first: usize, found: &mut Found) {
    let Some(name) = read(scene, first) else {
        return;
    };
    if scene.casing(first) != Casing::Normal || !looks_like_person(scene, &name) {
        return;
    }
    let next = name.last + 1;
    let strong = |i: usize, w: Option<super::scene::Word>| {
        w.is_some_and(|w| w.is.has(Is::SPEECH)) && !scene.is_capital(i)
    };
    let before = first > 0
        && scene.is_spaced(first)
        && strong(first - 1, scene.word_to(first - 1, Is::SPEECH))
        && !scene.is_one_of(first - 1, &["adding", "saying", "added"]);
    let behind = next < scene.len()
        && scene.is_spaced(next)
        && strong(next, scene.word_at(next, Is::SPEECH));
    if !before && !behind {
        return;
    }
    if name.words == 1 && !name.particle {
        let word = scene.word(first);
        let article = first > 0
            && scene.is_spaced(first)
            && scene.is_one_of(first - 1, &["the", "The", "a", "an"]);
        let plain = scene.is(
            first,
            Is::COMMON.or(STOPS).or(Is::SUFFIX_WORD).or(Is::CALENDAR),
        ) || scene.is_listed(first, Listed::NO_PERSON);
        let acronym = scene.shape(first).is_upper() || word.chars().count() < 3;
        // `Toyota said` is as likely as `Brack said`: only behind the verb is it a person more often.
        let known = scene.is(first, Is::FAMILY) || before;
        // `reaffirms EastMed pipeline`: the subject of the sentence ends there, or a small word follows.
        let ends = !scene.is_spaced(next)
            || scene.is_one_of(
                next,
                &[
                    "in", "on", "at", "after", "as", "during", "when", "while", "of", "who",
                    "last", "earlier",
                ],
            );
        if article
            || plain
            || acronym
            || !known
            || before && !ends
            || !before && scene.is_first(first)
        {
            return;
        }
    }
    add(scene, name, Rule::PersonSpeech, found);
}
