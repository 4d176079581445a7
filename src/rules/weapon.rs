//! Rules for weapons: designations of known families, makers, kinds and their modifiers, ships.

use super::{
    Found,
    lexicon::Is,
    scene::{Casing, Listed, Scene, Word},
};
use crate::{
    document::{AliasId, Rule},
    gazetteer::{Case, Gazetteer},
    matcher::Match,
    span::Span,
    tokens::{Gap, Tokens},
};
use std::collections::HashMap;

/// The families of designations that the lists know: `Hwasong-`, `Su-`, `T-`.
#[derive(Debug, Default)]
pub(super) struct Families {
    /// By the hash of the letters.
    by_stem: HashMap<u64, Family>,
}

#[derive(Debug)]
struct Family {
    /// The letters, in each case that the lists have: `Su`, `SU`.
    stems: Vec<String>,
    /// Numbers of known members, and an alias of each.
    members: Vec<(u32, AliasId)>,
}

/// The most names of a part of a gazetteer that are looked through for families.
const MOST_NAMES: u32 = 1 << 20;

impl Families {
    /// Costs a look at each name of a weapon.
    pub(super) fn of(gazetteer: &Gazetteer) -> Families {
        let mut families = Families::default();
        let mut tokens = Tokens::default();
        let mut number = 0;
        for part in gazetteer.parts() {
            let count = part.alias_count() as u32;
            let first = number;
            number += count;
            if count > MOST_NAMES {
                continue;
            }
            for alias in (first..first + count).map(AliasId) {
                let is_weapon = gazetteer
                    .alias_label(alias)
                    .is_some_and(|l| l.as_str() == "WEAPON");
                if is_weapon && gazetteer.alias_case(alias) != Case::Any {
                    families.add(gazetteer, alias, &mut tokens);
                }
            }
        }
        families
    }

    fn add(&mut self, gazetteer: &Gazetteer, alias: AliasId, tokens: &mut Tokens) {
        let text = gazetteer.alias_text(alias);
        tokens.fill(text, gazetteer.seed());
        let is_designation = tokens.len() >= 2
            && tokens.shape(0).starts_upper()
            && tokens.shape(1).is_digits()
            && tokens.gap(1).within(Gap::HYPHEN | Gap::SPACE)
            && tokens.span(0).start == 0;
        // The name's base alone: `Su-27`, not `Su-27 Flanker`.
        if !is_designation || tokens.len() > 2 && tokens.gap(2).has(Gap::SPACE) {
            return;
        }
        let Ok(member) = text[tokens.span(1).range()].parse() else {
            return;
        };
        let stem = &text[tokens.span(0).range()];
        let family = self
            .by_stem
            .entry(tokens.hash(0))
            .or_insert_with(|| Family {
                stems: Vec::new(),
                members: Vec::new(),
            });
        if !family.stems.iter().any(|s| s == stem) {
            family.stems.push(stem.to_owned());
        }
        if !family.members.iter().any(|m| m.0 == member) {
            family.members.push((member, alias));
        }
    }
}

/// Applies the rules for weapons that need lexicons.
pub(super) fn find(scene: &Scene, families: &Families, found: &mut Found) {
    for i in 1..scene.len() {
        if scene.shape(i).is_digits() && scene.shape(i - 1).starts_upper() {
            by_family(scene, families, i, found);
        }
    }
    for maker in scene.words(Is::MAKER) {
        by_maker(scene, maker, found);
    }
    for head in scene.words(Is::WEAPON.or(Is::WEAPON_WITH)) {
        by_kind(scene, head, found);
        behind_new_name(scene, head, found);
    }
    for (first, last) in scene.runs() {
        ship(scene, first, last, found);
    }
}

/// A variant or an unknown member of a known family, whose number is token `i`.
fn by_family(scene: &Scene, families: &Families, i: usize, found: &mut Found) {
    let stem = i - 1;
    let Some(family) = families.by_stem.get(&scene.tokens.hash(stem)) else {
        return;
    };
    let gap = scene.gap(i);
    let touches_before = stem > 0
        && !scene.gap(stem).has(
            Gap::SPACE
                | Gap::LINE
                | Gap::OPEN
                | Gap::QUOTE
                | Gap::SLASH
                | Gap::DASH
                | Gap::PARAGRAPH
                | Gap::CELL,
        );
    let word = scene.word(stem);
    if scene.is_hidden(stem) || touches_before || !(gap == Gap::HYPHEN || gap == Gap::NONE) {
        return;
    }
    let same = family.stems.iter().any(|s| s == word);
    if !same && word.is_ascii() && !scene.shape(stem).is_upper() {
        return;
    }
    let Ok(number) = scene.word(i).parse::<u32>() else {
        return;
    };
    let known = family.members.iter().find(|m| m.0 == number);
    let (last, varied) = end_of_designation(scene, i);
    if let Some(&(_, alias)) = known {
        if varied {
            found.add_named(
                scene.gazetteer,
                scene.span(stem, last),
                alias,
                "WEAPON",
                Rule::WeaponFamily,
            );
        }
        return;
    }
    let letters = word.chars().count();
    let digits = scene.word(i).len();
    let like = family
        .members
        .iter()
        .filter(|m| digits_of(m.0) == digits)
        .count();
    let enough = match letters {
        // A letter alone is a road, a size of paper, a vitamin: a weapon beside it must say it.
        1 => family.members.len() >= 3 && is_beside_weapon(scene, stem, last),
        2 | 3 => like >= 2 && (gap == Gap::HYPHEN || is_beside_weapon(scene, stem, last)),
        _ => like >= 1,
    };
    if enough {
        found.add(scene, (stem, last), "WEAPON", Rule::WeaponFamily);
    }
}

fn digits_of(number: u32) -> usize {
    number.checked_ilog10().unwrap_or(0) as usize + 1
}

/// Where the designation ends whose number is token `i`, and whether anything but a plural follows the number.
fn end_of_designation(scene: &Scene, i: usize) -> (usize, bool) {
    let (mut last, mut varied) = (i, false);
    let mut k = i + 1;
    while k < scene.len() {
        let gap = scene.gap(k);
        let length = scene.word(k).chars().count();
        let upper = scene.shape(k).is_upper() || scene.shape(k).starts_upper() && length == 1;
        let plural = gap == Gap::NONE && scene.word(k) == "s";
        let part = gap == Gap::NONE && (scene.shape(k).is_digits() || upper && length <= 4)
            || (gap == Gap::SLASH || gap == Gap::HYPHEN)
                && (scene.shape(k).is_digits() && length <= 3 && k == last + 1
                    || upper && length <= 3)
                && !scene.is_listed(k, Listed::ANY.or(Listed::OTHER));
        if !(part || plural) {
            break;
        }
        last = k;
        varied |= part;
        if plural {
            break;
        }
        k += 1;
    }
    (last, varied)
}

/// Does a kind of weapon stand directly before or behind these tokens?
fn is_beside_weapon(scene: &Scene, first: usize, last: usize) -> bool {
    let kinds = Is::WEAPON.or(Is::WEAPON_WITH).or(Is::MODIFIER);
    let behind = scene.is_spaced(last + 1) && scene.word_at(last + 1, kinds).is_some();
    let before =
        first > 0 && scene.is_spaced(first) && scene.word_to(first - 1, Is::WEAPON).is_some();
    behind || before
}

/// `Sukhoi Su-24`, `Boeing B-17 Flying Fortress`.
fn by_maker(scene: &Scene, maker: Word, found: &mut Found) {
    let first = maker.last + 1;
    if !scene.is_spaced(first) || !scene.shape(maker.first).starts_upper() {
        return;
    }
    for name in scene.names_at(first) {
        let label = scene.gazetteer.alias_label(name.alias);
        let named = label.is_some_and(|l| l.as_str() == "WEAPON")
            && scene.gazetteer.alias_case(name.alias) != Case::Any;
        if named {
            let span = Span {
                start: scene.tokens.span(maker.first).start,
                end: name.span.end,
            };
            found.add_named(
                scene.gazetteer,
                span,
                name.alias,
                "WEAPON",
                Rule::WeaponMaker,
            );
        }
    }
}

/// A kind with what says which: `short-range anti-ship missile`, `cruise and ballistic missiles`.
fn by_kind(scene: &Scene, head: Word, found: &mut Found) {
    if scene.is_hidden(head.first) {
        return;
    }
    let mut first = head.first;
    let mut takes = head.is.has(Is::WEAPON);
    loop {
        if first == 0 {
            break;
        }
        let gap = scene.gap(first);
        if gap.within(Gap::SPACE | Gap::LINE | Gap::HYPHEN) && gap != Gap::NONE {
            if let Some(modifier) = scene.word_to(first - 1, Is::MODIFIER) {
                takes |= head.is.takes(modifier.is);
                first = modifier.first;
                continue;
            }
            // `cruise and ballistic missiles`
            let joined = first < head.first
                && scene.is_one_of(first - 1, &["and", "or"])
                && first > 1
                && scene.is_spaced(first - 1);
            if joined && let Some(modifier) = scene.word_to(first - 2, Is::MODIFIER)
                // `short- and medium-range`: half of a word.
                && scene.gap(first - 1).within(Gap::SPACE | Gap::LINE)
            {
                first = modifier.first;
                continue;
            }
        }
        break;
    }
    if first < head.first && takes {
        found.add(scene, (first, head.last), "WEAPON", Rule::WeaponKind);
    }
}

/// `the Oreshnik missile`: capitals of which the lists know nothing, and a kind of weapon behind them.
fn behind_new_name(scene: &Scene, head: Word, found: &mut Found) {
    if head.first == 0
        || !head.is.has(Is::WEAPON)
        || scene.is_capital(head.first)
        || !scene.is_spaced(head.first)
    {
        return;
    }
    // The kind may have modifiers: `Oreshnik ballistic missile`.
    let mut kind = head.first;
    while kind > 0
        && scene.is_spaced(kind)
        && let Some(modifier) = scene.word_to(kind - 1, Is::MODIFIER)
        && !scene.is_capital(modifier.first)
    {
        kind = modifier.first;
    }
    if kind == 0 || !scene.is_next_word(kind) || !scene.is_capital(kind - 1) {
        return;
    }
    let last = kind - 1;
    let mut first = last;
    while first > 0 && scene.is_joined(first) && scene.is_capital(first - 1) {
        first -= 1;
    }
    let known = (first..=last).any(|i| {
        scene.is_listed(i, Listed::ANY.or(Listed::OTHER))
            || scene.is(
                i,
                Is::COMMON
                    .or(Is::CALENDAR)
                    .or(Is::HEAD_END)
                    .or(Is::PLACE_BEHIND)
                    .or(Is::TITLE)
                    .or(Is::ROLE)
                    .or(Is::COMPASS)
                    .or(Is::STATE),
            )
            || scene.casing(i) != Casing::Normal
    });
    let person = scene.is(first, Is::GIVEN) && first < last
        || scene.is_first(first) && first == last && scene.is(first, Is::GIVEN.or(Is::FAMILY));
    // `the Shayrat missile strike`: where it was, not what.
    let act = scene.is_one_of(
        head.last + 1,
        &[
            "strike", "strikes", "attack", "attacks", "base", "site", "range", "barrage", "crisis",
            "test", "tests", "factory", "plant",
        ],
    );
    if !known && !person && !act && last - first < 4 {
        found.add(scene, (first, head.last), "WEAPON", Rule::WeaponNewName);
    }
}

/// Prefixes of ships' names.
const SHIPS: &[&str] = &[
    "USS", "USNS", "USCGC", "HMS", "HMAS", "HMCS", "HMNZS", "RFA", "INS", "PNS", "BNS", "SLNS",
    "ROKS", "JS", "JDS", "TCG", "FS", "ITS", "ESPS", "HNLMS", "HDMS", "HSwMS", "HNoMS", "KRI",
    "KD", "BRP", "RSS", "ARA", "BAP", "ROCS", "SAS", "NNS", "ENS", "HS", "ORP", "FGS", "IRIS",
];

/// `USS Example`.
fn ship(scene: &Scene, first: usize, last: usize, found: &mut Found) {
    for i in first..last {
        let prefix = scene.word(i);
        let name = i + 1;
        if !SHIPS.contains(&prefix) || !scene.is_spaced(name) || scene.casing(i) != Casing::Normal {
            continue;
        }
        let mut end = name;
        while end < last
            && end - name < 3
            && scene.is_joined(end + 1)
            && !scene.is(end + 1, Is::CALENDAR.or(Is::TITLE))
        {
            end += 1;
        }
        let plain = scene.is_listed(name, Listed::COUNTRY.or(Listed::NATIONALITY))
            && !matches!(prefix, "USS" | "HMS" | "HMAS" | "HMCS");
        if !scene.shape(name).is_upper() && !scene.shape(name).is_digits() && !plain {
            found.add(scene, (i, end), "WEAPON", Rule::WeaponShip);
        }
        return;
    }
}

/// A name with the common noun of its kind directly behind it is one span: `Hwasong-12 missile`, `Javelin antitank missiles`. It is
/// the entity of the name.
pub(super) fn name_and_kind(
    gazetteer: &Gazetteer,
    tokens: &Tokens,
    names: &[Match],
    found: &mut Found,
) {
    let is_weapon = |m: &Match| {
        let label = gazetteer.alias_label(m.alias);
        label.is_some_and(|l| l.as_str() == "WEAPON")
    };
    let is_common_noun = |m: &Match| gazetteer.alias(m.alias).case == Case::Any;
    for (i, name) in names.iter().enumerate() {
        let behind = name.last as usize + 1;
        if behind == tokens.len() || !tokens.gap(behind).within(Gap::SPACE | Gap::LINE) {
            continue;
        }
        let start = tokens.span(behind).start;
        let kinds = names[i + 1..]
            .iter()
            .skip_while(|m| m.span.start < start)
            .take_while(|m| m.span.start == start);
        // The longest comes first.
        let Some(kind) = kinds
            .into_iter()
            .find(|m| is_common_noun(m) && is_weapon(m))
        else {
            continue;
        };
        if is_weapon(name) && !is_common_noun(name) {
            let span = Span {
                start: name.span.start,
                end: kind.span.end,
            };
            found.add_named(gazetteer, span, name.alias, "WEAPON", Rule::NameAndKind);
        }
    }
}
