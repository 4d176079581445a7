//! Names that no list has: where a text uses them, and what speaks for which label.
//!
//! Rules decide what is annotated, so they say nothing where they are not sure. Here nothing is decided: all that looks like a name
//! is seen, with each clue for itself, and who counts them over many texts may judge.

mod clues;

use super::{
    Labels,
    lexicon::Is,
    scene::{Casing, Listed, Scene},
};
use crate::{
    document::{EntryId, Origin, Rule},
    span::{Label, Span},
    tokens::Gap,
};
use clues::BODIES;

/// A place where a text uses what looks like a name and no list has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sighting {
    pub(crate) span: Span,
    /// Do its capitals say that it is a name: no sentence starts here, and it stands in no headline?
    pub(crate) firm: bool,
    /// The rule or pattern that found it, if one did.
    pub(crate) origin: Option<Origin>,
    pub(crate) clues: Vec<Clue>,
    /// None in headlines and among capitals.
    pub(crate) surroundings: Option<Surroundings>,
    /// The entity that the text says it is: brackets define it as an acronym of that entity's name.
    pub(crate) entry: Option<EntryId>,
}

/// What stands around a name: up to two words on each side, punctuation included, bytes of the text. Empty where a sentence starts or
/// ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Surroundings {
    pub(crate) before: [Span; 2],
    pub(crate) behind: [Span; 2],
}

/// Something that speaks for a label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Clue {
    pub(crate) kind: ClueKind,
    pub(crate) label: Label,
    /// The words that say it, bytes of the text; empty where it is the name's form.
    pub(crate) words: Span,
}

/// What speaks for a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum ClueKind {
    /// A rule found it.
    Rule(Rule),
    /// A pattern of the user's found it.
    Pattern,
    /// A word of the name is a head noun: `Example Brigade`.
    Head,
    /// A common noun before it says what it is: `the militia Example`.
    NounBefore,
    /// One behind it does: `Kh-59 missiles`, `Example fighters`.
    NounBehind,
    /// A title or role before it.
    Title,
    /// A role is somebody's of it: `the chairman of Example`, `Example spokesman`.
    RoleOf,
    /// A name of this label stands beside it in a list: `France, Example and Peru`.
    Company,
    /// A word of place before it: `in Example`.
    Preposition,
    /// Its state or country behind a comma.
    PlaceBehind,
    /// It is what somebody or something is led or based by or in: `Example-led`.
    Compound,
    /// A given name starts it.
    GivenName,
    /// A family name ends it.
    FamilyName,
    /// `, who`
    Who,
    /// A verb of speech beside it.
    Speech,
    /// It is letters and figures: `XM30`.
    Designation,
    /// It is capitals alone: `GRX`.
    Acronym,
}

/// A span that won the competition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) span: Span,
    /// None for what blocks.
    pub(crate) label: Option<Label>,
    pub(crate) origin: Origin,
    /// Who or what it is, where a list knows.
    pub(crate) entry: Option<EntryId>,
}

impl Taken {
    /// Does a list know it, as a name or as none?
    fn is_known(&self) -> bool {
        self.label.is_none() || self.entry.is_some()
    }
}

/// The winners as tokens.
struct Winner {
    taken: Taken,
    first: usize,
    last: usize,
}

/// Words that stand for a number's letters: `Type 076`, `Project 636`.
const NUMBERED: &str = "Type Project Object Mark Mk Model Variant";

/// Nouns of the calendar, of titles and of things that are made, not of names of our kinds.
const EDGES: Is = Is::CALENDAR.or(Is::TITLE).or(Is::ROLE);

/// Sees all names that no list has, and what stands around those that were found. `taken` is sorted and disjoint.
pub(super) fn find(
    scene: &Scene,
    labels: &Labels,
    taken: &[Taken],
    out: &mut Vec<Sighting>,
    known: &mut Vec<(Label, Surroundings)>,
) {
    let winners: Vec<Winner> = taken.iter().map(|t| Winner::of(scene, *t)).collect();
    let look = Look {
        scene,
        labels,
        winners: &winners,
    };
    for winner in &winners {
        look.at_winner(winner, out);
    }
    for (first, last) in scene.runs() {
        look.at_run(first, last, out);
    }
    for winner in &winners {
        // Common nouns are listed too: they stand among other words than names.
        if let Some(label) = winner.taken.label
            && scene.is_capital(winner.first)
        {
            known.extend(
                look.surroundings(winner.first, winner.last)
                    .map(|s| (label, s)),
            );
        }
    }
    out.sort_by_key(|s| (s.span.start, std::cmp::Reverse(s.span.end)));
    out.dedup_by_key(|s| s.span);
}

impl Winner {
    fn of(scene: &Scene, taken: Taken) -> Winner {
        let first = scene.tokens.first_after(taken.span.start);
        let mut last = first;
        while last + 1 < scene.len() && scene.tokens.span(last + 1).start < taken.span.end {
            last += 1;
        }
        Winner { taken, first, last }
    }
}

/// What is looked at.
struct Look<'a> {
    scene: &'a Scene<'a>,
    labels: &'a Labels,
    winners: &'a [Winner],
}

impl Look<'_> {
    /// What a rule or pattern found and no list knows.
    fn at_winner(&self, winner: &Winner, out: &mut Vec<Sighting>) {
        let (scene, taken) = (self.scene, winner.taken);
        // Any text that defines an acronym is found without the list; a list finds it in the others too.
        let acronym = taken.origin == Origin::Rule(Rule::OrganizationAcronym);
        let Some(label) = taken.label.filter(|_| !taken.is_known() || acronym) else {
            return;
        };
        let kind = match taken.origin {
            // `gas producer Example` is a company.
            Origin::Rule(Rule::PersonRole)
                if winner.first > 0 && self.is_among(winner.first - 1, BODIES) =>
            {
                ClueKind::NounBefore
            }
            // A kind of weapon is put together of words that the lexicons have.
            Origin::Rule(Rule::WeaponKind) | Origin::Alias(_) => return,
            Origin::Rule(rule) => ClueKind::Rule(rule),
            Origin::Pattern(_) => ClueKind::Pattern,
        };
        let (mut first, mut last) = (winner.first, winner.last);
        // The common noun behind a name says what it is: `Oreshnik missile`.
        let is_common = |i: usize| !scene.shape(i).starts_upper() && scene.shape(i).has_lower();
        let mut noun = Span { start: 0, end: 0 };
        let is_behind =
            |i: usize| scene.is_spaced(i) || scene.gap(i) == Gap::HYPHEN && is_common(i - 1);
        while last > first && is_common(last) && is_behind(last) {
            noun = scene.span(last, winner.last);
            last -= 1;
        }
        while first < last
            && is_common(first)
            && scene.is_spaced(first + 1)
            && !scene.is(first, Is::PARTICLE)
        {
            first += 1;
        }
        if is_common(first) && first == last {
            return;
        }
        let last = without_plural(scene, first, last);
        let mut clues = Vec::new();
        if kind != ClueKind::NounBefore {
            clues.push(Clue {
                kind,
                label,
                words: noun,
            });
        }
        self.around(first, last, &mut clues);
        out.push(Sighting {
            span: scene.span(first, last),
            firm: scene.casing(first) == Casing::Normal,
            origin: Some(taken.origin),
            clues,
            surroundings: self.surroundings(first, last),
            entry: taken.entry,
        });
    }

    /// The parts of a run of capitals that nothing has found.
    fn at_run(&self, first: usize, last: usize, out: &mut Vec<Sighting>) {
        let scene = self.scene;
        // Figures before and behind belong to it.
        let first = with_figures_before(scene, first);
        let last = with_figures_behind(scene, last);
        let mut at = first;
        while at <= last {
            if let Some(winner) = self.winner_at(at) {
                at = winner.last + 1;
                continue;
            }
            if let Some(title) = scene.word_at(at, Is::TITLE).filter(|t| t.last > at) {
                at = title.last + 1;
                continue;
            }
            let mut end = at;
            while end < last
                && self.winner_at(end + 1).is_none()
                && scene.word_at(end + 1, Is::TITLE).is_none()
            {
                end += 1;
            }
            self.at_piece(at, end, out);
            at = end + 1;
        }
    }

    fn winner_at(&self, token: usize) -> Option<&Winner> {
        let at = self.winners.partition_point(|w| w.last < token);
        self.winners.get(at).filter(|w| w.first <= token)
    }

    /// The winner that ends with token `last`.
    fn winner_to(&self, last: usize) -> Option<&Winner> {
        self.winner_at(last).filter(|w| w.last == last)
    }

    /// A part of a run that nothing has found.
    fn at_piece(&self, first: usize, last: usize, out: &mut Vec<Sighting>) {
        let scene = self.scene;
        let name = self.with_place_before(first, last);
        let name = name.and_then(|first| self.without_edges(first, last));
        let Some((first, last)) = name else {
            return;
        };
        let last = without_plural(scene, first, self.with_place_behind(last));
        if !self.is_name(first, last) {
            return;
        }
        let mut clues = Vec::new();
        self.around(first, last, &mut clues);
        out.push(Sighting {
            span: scene.span(first, last),
            firm: self.is_firm(first, last),
            origin: None,
            clues,
            surroundings: self.surroundings(first, last),
            entry: None,
        });
    }

    /// `Manchester Rovers`: the place is a part of the name. None where plain words stand behind another name.
    fn with_place_before(&self, first: usize, last: usize) -> Option<usize> {
        let joined = first > 0 && self.scene.is_spaced(first) && self.scene.is_joined(first);
        let Some(winner) = self.winner_to(first.wrapping_sub(1)).filter(|_| joined) else {
            return Some(first);
        };
        match winner.taken.label.map(Label::as_str) {
            Some("LOCATION" | "COUNTRY") => Some(winner.first),
            Some("NATIONALITY") => Some(first),
            _ => (first..=last).any(|i| !self.is_plain(i)).then_some(first),
        }
    }

    /// `Mazars USA`: here too.
    fn with_place_behind(&self, last: usize) -> usize {
        let (scene, behind) = (self.scene, last + 1);
        let joined = scene.is_spaced(behind)
            && scene.is_joined(behind)
            && scene.is_capital(behind)
            && scene.casing(last) == Casing::Normal;
        let winner = self
            .winner_at(behind)
            .filter(|w| joined && w.first == behind);
        match winner.and_then(|w| w.taken.label).map(Label::as_str) {
            Some("LOCATION" | "COUNTRY") => winner.map_or(last, |w| w.last),
            _ => last,
        }
    }

    /// Without titles, days and the like at both ends; none if nothing else is there.
    fn without_edges(&self, mut first: usize, mut last: usize) -> Option<(usize, usize)> {
        while let Some(behind) = self.edge_at(first, last) {
            if behind > last {
                return None;
            }
            first = behind;
        }
        while let Some(before) = self.edge_to(first, last) {
            last = before;
        }
        // `Lion Air Flight 610`: what is numbered is no part of the name.
        let scene = self.scene;
        let is_numbered = |i: usize| scene.is_spaced(i + 1) && scene.shape(i + 1).is_digits();
        while last > first && self.is_plain(last) && is_numbered(last) {
            last -= 1;
        }
        Some((first, last))
    }

    /// The token behind what stands at the start of a run and is no part of the name: a title, a day.
    fn edge_at(&self, first: usize, last: usize) -> Option<usize> {
        let title = self
            .scene
            .word_at(first, EDGES)
            .filter(|w| w.last > first && w.last <= last);
        title
            .map(|w| w.last + 1)
            .or(self.is_edge(first).then_some(first + 1))
    }

    /// The token before what stands at the end of a run and is no part of the name, if the run goes on before it.
    fn edge_to(&self, first: usize, last: usize) -> Option<usize> {
        let title = self.scene.word_to(last, EDGES).filter(|w| w.last > w.first);
        let edge = title
            .map(|w| w.first)
            .or(self.is_edge(last).then_some(last));
        edge.filter(|&edge| edge > first).map(|edge| edge - 1)
    }

    /// Does a token at the edge of a run belong to what stands beside the name?
    fn is_edge(&self, i: usize) -> bool {
        let scene = self.scene;
        // `I`, `X`: alone they are no name.
        let touches = |gap: Gap| gap == Gap::NONE || gap.has(Gap::HYPHEN | Gap::AMPERSAND);
        let single = scene.word(i).chars().count() == 1
            && !scene.shape(i).is_digits()
            && !touches(scene.gap(i))
            && !touches(scene.gap(i + 1));
        single
            || scene.is(i, Is::CALENDAR)
            || scene.is(i, EDGES) && !scene.is(i, Is::GIVEN.or(Is::FAMILY))
    }

    /// Do the capitals of a name mean something: would they stand there in any place of a sentence?
    fn is_firm(&self, first: usize, last: usize) -> bool {
        let scene = self.scene;
        if scene.casing(first) != Casing::Normal {
            return false;
        }
        // Cells, quotations and items start with a name as they would end with one.
        let parts = Gap::CELL | Gap::QUOTE | Gap::COLON | Gap::DASH;
        let gap = scene.gap(first);
        let starts_part = gap.has(parts) && !gap.has(Gap::SENTENCE | Gap::PARAGRAPH);
        let acronym = scene.shape(first).is_upper() && scene.word(first).len() > 1;
        let further = (first + 1..=last).any(|i| scene.is_capital(i) && !scene.is(i, Is::COMMON));
        !scene.is_first(first) || starts_part && !scene.is(first, Is::COMMON) || acronym || further
    }

    /// A common word.
    fn is_plain(&self, i: usize) -> bool {
        let scene = self.scene;
        scene.is(i, Is::COMMON) && !scene.is(i, Is::GIVEN.or(Is::FAMILY).or(Is::COMMON_NAME))
    }

    /// May these tokens be a name that is worth a look?
    fn is_name(&self, first: usize, last: usize) -> bool {
        let scene = self.scene;
        // Events, laws and works are nothing that has a label.
        if scene.word_to(last, Is::EVENT_END).is_some()
            || scene.word_at(first, Is::EVENT_START).is_some()
        {
            return false;
        }
        // `the Southern District`, `the North`
        let generic = Is::COMPASS.or(Is::PLACE_BEHIND).or(Is::PLACE_BEFORE);
        if (first..=last).all(|i| scene.is(i, generic))
            && (first..=last).any(|i| scene.is(i, Is::COMPASS))
        {
            return false;
        }
        let letters = scene.span(first, last).len();
        if first == last {
            let shouted = scene.shape(first).is_upper()
                && scene.casing(first) == Casing::Normal
                && letters >= 3;
            return letters >= 2
                && !scene.shape(first).is_dotted()
                && !is_roman(scene.word(first))
                && (shouted
                    || !scene.is(first, Is::COMMON)
                    || scene.is(first, Is::FAMILY.or(Is::GIVEN)));
        }
        (first..=last).any(|i| !scene.is(i, Is::COMMON)) || scene.casing(first) == Casing::Normal
    }

    fn surroundings(&self, first: usize, last: usize) -> Option<Surroundings> {
        let scene = self.scene;
        if scene.casing(first) != Casing::Normal {
            return None;
        }
        let ends = |i: usize| scene.gap(i).has(Gap::SENTENCE | Gap::PARAGRAPH);
        let name = scene.span(first, last);
        let (mut before, mut behind) = (
            [Span {
                end: name.start,
                ..name
            }; 2],
            [Span {
                start: name.end,
                ..name
            }; 2],
        );
        for n in 0..2 {
            let start = (0..=n)
                .take_while(|&k| first > k && !ends(first - k))
                .count();
            before[n].start = scene.span(first - start, first).start;
            let end = (0..=n)
                .take_while(|&k| last + k + 1 < scene.len() && !ends(last + k + 1))
                .count();
            behind[n].end = scene.span(last, last + end).end;
        }
        Some(Surroundings { before, behind })
    }
}

/// `9` of `9M729`, `2` of `2S40`.
fn with_figures_before(scene: &Scene, first: usize) -> usize {
    let touches = first > 0 && scene.gap(first) == Gap::NONE && scene.shape(first - 1).is_digits();
    first - usize::from(touches)
}

/// `-59MK2` of `Kh-59MK2`, `076` of `Type 076`.
fn with_figures_behind(scene: &Scene, last: usize) -> usize {
    let mut last = last;
    while last + 1 < scene.len() {
        let k = last + 1;
        let gap = scene.gap(k);
        let digits = scene.shape(k).is_digits();
        // `Falcon 9 rocket`; a year, a day, a score of a game and the number of a flight are no part of a name.
        let version = scene.word(k).len() <= 3
            && !scene.shape(last).is_digits()
            && !scene.is(last, Is::CALENDAR)
            && !scene.is_listed(last, Listed::ANY)
            && scene.gap(k) == Gap::SPACE
            && !scene.gap(k + 1).has(Gap::HYPHEN | Gap::PERIOD | Gap::DASH)
            && !scene.is_capital(k + 1)
            && (!scene.is(last, Is::COMMON) || is_weapon_noun(scene, k + 1));
        let numbered =
            digits && scene.is_spaced(k) && (version || is_among(scene.word(last), NUMBERED));
        let after_figures = scene.shape(last).is_digits();
        let letters = after_figures
            && gap == Gap::NONE
            && scene.word(k).chars().count() <= 4
            && scene.shape(k).starts_upper();
        let plural = after_figures && gap == Gap::NONE && scene.word(k) == "s";
        let joined = digits && (gap == Gap::NONE || gap == Gap::HYPHEN);
        if !(numbered || letters || plural || joined) {
            break;
        }
        last = k;
    }
    last
}

/// Without the plural of a designation: `Kh-59s`.
fn without_plural(scene: &Scene, first: usize, last: usize) -> usize {
    let plural = last > first
        && scene.gap(last) == Gap::NONE
        && scene.word(last) == "s"
        && scene.shape(last - 1).is_digits();
    last - usize::from(plural)
}

/// Does the common noun of a kind of weapon start here?
fn is_weapon_noun(scene: &Scene, i: usize) -> bool {
    scene.word_at(i, Is::WEAPON.or(Is::WEAPON_WITH)).is_some() && !scene.is_capital(i)
}

/// Is this one of the words between the spaces?
fn is_among(word: &str, words: &str) -> bool {
    words.split(' ').any(|w| w == word)
}

fn is_roman(word: &str) -> bool {
    word.len() <= 4 && word.bytes().all(|b| b"IVX".contains(&b))
}
