//! [`Lexicons`]: what the words of the lexicons are to the rules, as a set of bits.

use crate::{document::EntryId, gazetteer::Gazetteer, matcher::Hit, tokens::Tokens};
use std::{
    collections::HashMap,
    ops::{BitOr, BitOrAssign, Range},
};

/// What a word is, as a set: a word may be in several lexicons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Is(u64);

macro_rules! bits {
    ($($name:ident)*) => { bits!(@ 0, $($name)*); };
    (@ $n:expr, $name:ident $($rest:ident)*) => {
        pub(super) const $name: Is = Is(1 << ($n));
        bits!(@ $n + 1, $($rest)*);
    };
    (@ $n:expr,) => {};
}

impl Is {
    bits! {
        GIVEN
        // A given name that is a common word or a place too.
        GIVEN_WORD
        FAMILY
        FAMILY_FIRST
        FAMILY_WORD
        COMMON
        // A common word that is often a name.
        COMMON_NAME
        PARTICLE
        // A particle that may start a name.
        PARTICLE_START
        CALENDAR
        WEEKDAY
        TITLE
        ROLE
        // A role that says little: family and everyday roles.
        ROLE_WEAK
        // A head noun that ends the names of organizations, one that starts them.
        HEAD_END
        HEAD_START
        // Heads that are as often something else.
        HEAD_COMPANY
        HEAD_PUBLIC
        HEAD_MILITARY
        HEAD_SCHOOL
        HEAD_MEDIA
        SUFFIX_FORM
        SUFFIX_WORD
        SPEECH
        SPEECH_WEAK
        COMPASS
        STATE
        PLACE_BEFORE
        PLACE_BEHIND
        ROAD
        SITE
        WEAPON
        // A head of the kinds of weapons that needs a modifier.
        WEAPON_WITH
        // The kinds of modifiers, and those that a head takes.
        MODIFIER
        RANGE LAUNCH GUIDANCE FLIGHT TARGET EFFECT PLATFORM FIRE
        TAKES_RANGE TAKES_LAUNCH TAKES_GUIDANCE TAKES_FLIGHT TAKES_TARGET TAKES_EFFECT TAKES_PLATFORM TAKES_FIRE
        MAKER
        EVENT_END
        EVENT_START
    }

    /// Words that rules start from; the others are looked at where they stand beside one.
    pub(super) const ANCHORS: Is = Is::TITLE
        .or(Is::ROLE)
        .or(Is::HEAD_END)
        .or(Is::HEAD_START)
        .or(Is::SUFFIX_FORM)
        .or(Is::STATE)
        .or(Is::PLACE_BEFORE)
        .or(Is::PLACE_BEHIND)
        .or(Is::WEAPON)
        .or(Is::WEAPON_WITH)
        .or(Is::MAKER);

    /// No word of a lexicon.
    pub(super) const NOTHING: Is = Is(0);

    pub(super) const fn or(self, other: Is) -> Is {
        Is(self.0 | other.0)
    }

    /// Does this head of a kind of weapon take that modifier?
    pub(super) fn takes(self, modifier: Is) -> bool {
        MODIFIERS
            .iter()
            .any(|&(_, kind, takes)| modifier.has(kind) && self.has(takes))
    }

    fn without(self, other: Is) -> Is {
        Is(self.0 & !other.0)
    }

    /// Do the two sets share a bit?
    #[inline]
    pub(super) fn has(self, any: Is) -> bool {
        self.0 & any.0 != 0
    }
}

/// The kinds of modifiers: their names, what a modifier is, what a head takes.
const MODIFIERS: [(&str, Is, Is); 8] = [
    ("range", Is::RANGE, Is::TAKES_RANGE),
    ("launch", Is::LAUNCH, Is::TAKES_LAUNCH),
    ("guidance", Is::GUIDANCE, Is::TAKES_GUIDANCE),
    ("flight", Is::FLIGHT, Is::TAKES_FLIGHT),
    ("target", Is::TARGET, Is::TAKES_TARGET),
    ("effect", Is::EFFECT, Is::TAKES_EFFECT),
    ("platform", Is::PLATFORM, Is::TAKES_PLATFORM),
    ("fire", Is::FIRE, Is::TAKES_FIRE),
];

impl BitOr for Is {
    type Output = Is;

    fn bitor(self, other: Is) -> Is {
        self.or(other)
    }
}

impl BitOrAssign for Is {
    fn bitor_assign(&mut self, other: Is) {
        self.0 |= other.0;
    }
}

/// What each word of the lexicons that rules know is, by the number of its entry.
#[derive(Debug, Default)]
pub(super) struct Lexicons {
    runs: Vec<(Range<u32>, Vec<Is>)>,
    words: Words,
}

/// Single words by the hash of their folded form: an open table, at most half full.
#[derive(Debug, Default)]
struct Words {
    slots: Vec<(u64, Is)>,
}

impl Words {
    fn of(gazetteer: &Gazetteer) -> Words {
        let mut all: HashMap<u64, Is> = HashMap::new();
        let mut tokens = Tokens::default();
        for (_, text) in gazetteer.word_lists() {
            let header = text.lines().find_map(|l| l.strip_prefix("# lexicon:"));
            let lexicon = header.map_or("", str::trim);
            let mut lines = text.lines().filter(|l| !l.starts_with('#'));
            let columns: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
            for line in lines {
                let mut word = Attributes::default();
                let mut name = "";
                for (column, cell) in columns.iter().zip(line.split('\t')) {
                    match column.strip_prefix('@') {
                        Some(key) => word.set(key, cell),
                        None => name = cell,
                    }
                }
                tokens.fill(name, gazetteer.seed());
                if let [hash] = tokens.hashes() {
                    *all.entry(*hash).or_default() |= word.is(lexicon);
                }
            }
        }
        if all.is_empty() {
            return Words::default();
        }
        let size = (all.len() * 2).next_power_of_two();
        let mut words = Words {
            slots: vec![(0, Is::NOTHING); size],
        };
        for (hash, is) in all {
            let mut at = hash as usize & (size - 1);
            while words.slots[at].1 != Is::NOTHING {
                at = (at + 1) & (size - 1);
            }
            words.slots[at] = (hash, is);
        }
        words
    }

    #[inline]
    fn get(&self, hash: u64) -> Is {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        while let Some(&(found, is)) = self.slots.get(at) {
            if found == hash || is == Is::NOTHING {
                return is;
            }
            at = (at + 1) & mask;
        }
        Is::NOTHING
    }
}

impl Lexicons {
    /// Costs a look at each word.
    pub(super) fn of(gazetteer: &Gazetteer) -> Lexicons {
        let mut runs = Vec::new();
        for part in gazetteer.parts() {
            for (lexicon, entries) in part.lexicon_runs() {
                let name = gazetteer.lexicons()[usize::from(lexicon)].as_str();
                let words: Vec<Is> = entries
                    .clone()
                    .map(|entry| {
                        let mut word = Attributes::default();
                        for (key, value) in part.attributes(entry) {
                            word.set(key, value);
                        }
                        word.is(name)
                    })
                    .collect();
                if words.iter().any(|w| *w != Is::NOTHING) {
                    let first = part.first_entry;
                    runs.push((first + entries.start..first + entries.end, words));
                }
            }
        }
        runs.sort_by_key(|(entries, _)| entries.start);
        Lexicons {
            runs,
            words: Words::of(gazetteer),
        }
    }

    /// What a word is by itself, as the lists of single words have it.
    #[inline]
    pub(super) fn of_token(&self, hash: u64, capital: bool) -> Is {
        let is = self.words.get(hash);
        match capital {
            true => is,
            // A family name has a capital.
            false => is.without(Is::FAMILY.or(Is::FAMILY_FIRST).or(Is::FAMILY_WORD)),
        }
    }

    /// Has no lexicon that rules know.
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// What a word is.
    #[inline]
    pub(super) fn of_hit(&self, hit: &Hit) -> Is {
        let EntryId(entry) = hit.entry;
        let behind = self
            .runs
            .partition_point(|(entries, _)| entries.start <= entry);
        let Some((entries, words)) = self.runs.get(behind.wrapping_sub(1)) else {
            return Is::NOTHING;
        };
        let at = (entry - entries.start) as usize;
        words.get(at).copied().unwrap_or_default()
    }
}

/// The attributes of a word that rules read.
#[derive(Debug, Default)]
struct Attributes<'a> {
    kind: &'a str,
    position: &'a str,
    strength: &'a str,
    alone: &'a str,
    takes: &'a str,
    word: &'a str,
    first: &'a str,
    name: &'a str,
}

impl<'a> Attributes<'a> {
    fn set(&mut self, key: &str, value: &'a str) {
        match key {
            "kind" => self.kind = value,
            "position" => self.position = value,
            "strength" => self.strength = value,
            "alone" => self.alone = value,
            "takes" => self.takes = value,
            "word" => self.word = value,
            "first" => self.first = value,
            "name" => self.name = value,
            _ => {}
        }
    }

    fn is(&self, lexicon: &str) -> Is {
        let also = |yes: bool, what: Is| if yes { what } else { Is::NOTHING };
        match lexicon {
            "given-name" => Is::GIVEN | also(!self.word.is_empty(), Is::GIVEN_WORD),
            "family-name" => {
                Is::FAMILY
                    | also(!self.first.is_empty(), Is::FAMILY_FIRST)
                    | also(matches!(self.word, "word" | "place"), Is::FAMILY_WORD)
            }
            "common-word" => Is::COMMON | also(!self.name.is_empty(), Is::COMMON_NAME),
            "name-particle" => Is::PARTICLE | also(self.position == "start", Is::PARTICLE_START),
            "calendar" => Is::CALENDAR | also(self.kind == "weekday", Is::WEEKDAY),
            "title" => Is::TITLE,
            "role" => Is::ROLE | also(self.kind == "person", Is::ROLE_WEAK),
            "org-head" => {
                let position = match self.position {
                    "start" => Is::HEAD_START,
                    "both" => Is::HEAD_START | Is::HEAD_END,
                    _ => Is::HEAD_END,
                };
                let kind = match self.kind {
                    "company" => Is::HEAD_COMPANY,
                    "government" | "court" | "international" => Is::HEAD_PUBLIC,
                    "military" => Is::HEAD_MILITARY,
                    "education" => Is::HEAD_SCHOOL,
                    "media" => Is::HEAD_MEDIA,
                    _ => Is::NOTHING,
                };
                position | kind
            }
            "org-suffix" => match self.kind {
                "form" if self.position != "start" => Is::SUFFIX_FORM,
                "word" => Is::SUFFIX_WORD,
                _ => Is::NOTHING,
            },
            "speech-verb" if self.kind == "preposition" => Is::NOTHING,
            "speech-verb" if self.strength == "strong" => Is::SPEECH,
            "speech-verb" => Is::SPEECH_WEAK,
            "compass" => Is::COMPASS,
            "us-state" => Is::STATE,
            "place-head" => {
                let position = match self.position {
                    "before" => Is::PLACE_BEFORE,
                    "both" => Is::PLACE_BEFORE | Is::PLACE_BEHIND,
                    _ => Is::PLACE_BEHIND,
                };
                position | also(self.kind == "road", Is::ROAD) | also(self.kind == "site", Is::SITE)
            }
            "weapon-head" if self.alone == "yes" => Is::WEAPON,
            "weapon-head" => {
                let takes = |name: &str| {
                    self.takes.is_empty() || self.takes.split([',', ' ']).any(|t| t == name)
                };
                let all = MODIFIERS.iter().filter(|(name, _, _)| takes(name));
                all.fold(Is::WEAPON_WITH, |is, (_, _, takes)| is | *takes)
            }
            "weapon-modifier" => {
                let kind = MODIFIERS.iter().find(|(name, _, _)| *name == self.kind);
                Is::MODIFIER | kind.map_or(Is::NOTHING, |(_, kind, _)| *kind)
            }
            "weapon-maker" => Is::MAKER,
            "event-head" => match self.position {
                "start" => Is::EVENT_START,
                "both" => Is::EVENT_START | Is::EVENT_END,
                _ => Is::EVENT_END,
            },
            _ => Is::NOTHING,
        }
    }
}
