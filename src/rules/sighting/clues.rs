//! What in a name and around it speaks for labels: words that the rules know, and common nouns beside names.

use super::{Clue, ClueKind, Look, Winner, is_among};
use crate::{
    rules::{
        lexicon::Is,
        person,
        scene::{Casing, Scene},
    },
    span::Label,
    tokens::Gap,
};

/// Common nouns for bodies, before or behind their names. (The lexicon of head nouns has them with the capital of a name.)
pub(super) const BODIES: &str = "\
    agency airline association automaker bank band brand carrier chain broadcaster carmaker cartel \
    channel charity club company conglomerate contractor developer firm gang giant group magazine maker \
    manufacturer militia network newspaper nonprofit operator organisation organization outlet party \
    producer provider publisher retailer startup subsidiary supplier tabloid team union utility \
    watchdog university website";

/// People of a body, behind its name.
const MEMBERS: &str = "\
    employees executive executives fighter fighters forces gunmen insurgents lawmaker lawmakers leaders \
    leadership member members militant militants militiamen militias officials official rebels \
    researchers scientists shares supporters troops workers";

/// Common nouns for places, before their names with or without `of`, and behind them.
const PLACES: &str = "\
    airport area bay borough capital city commune county district governorate hamlet harbour island \
    islands lake mountains municipality neighborhood neighbourhood oblast peninsula port prefecture \
    province region resort river settlement state strait suburb town township valley village";

/// Words of place; the others (`at`, `from`, `to`) stand as often before a body or a person.
const PLACE_PREPOSITIONS: &str = "in near outside around throughout across In Near Outside";

/// People of a place rather than of a body: `the mayor of Example`.
const OF_PLACES: &str = "\
    ambassador archbishop bishop citizen emir governor king mayor minister monarch native premier \
    president prince princess queen resident residents ruler senator sultan";

/// What behind a hyphen tells of a body or a state, and what of a place.
const LED: &str = "\
    led backed run owned linked affiliated controlled allied aligned funded";

impl Look<'_> {
    /// What in a name and around it speaks for labels.
    pub(super) fn around(&self, first: usize, last: usize, clues: &mut Vec<Clue>) {
        self.inside(first, last, clues);
        self.before(first, last, clues);
        self.behind(first, last, clues);
        self.company(first, last, clues);
    }

    /// Does it end as adjectives of peoples and faiths do: `European`, `Catholic`?
    fn is_adjective(&self, first: usize, last: usize) -> bool {
        let word = self.scene.word(last);
        let ends = ["an", "ish", "ese", "ic"];
        first == last
            && !self.scene.shape(last).is_upper()
            && ends.iter().any(|e| word.ends_with(e))
    }

    fn clue(&self, kind: ClueKind, label: Label, (first, last): (usize, usize)) -> Clue {
        Clue {
            kind,
            label,
            words: self.scene.span(first, last),
        }
    }

    fn inside(&self, first: usize, last: usize, clues: &mut Vec<Clue>) {
        let (scene, labels) = (self.scene, self.labels);
        let mut add = |kind, label, tokens| clues.push(self.clue(kind, label, tokens));
        let words = 1
            + (first + 1..=last)
                .filter(|&i| scene.gap(i).has(Gap::SPACE | Gap::LINE))
                .count();
        if (first..=last).any(|i| scene.shape(i).is_digits()) {
            if words <= 2 && is_designation(scene, first, last) {
                add(ClueKind::Designation, labels.weapon, (first, last));
            }
            return;
        }
        if words == 1 {
            let upper = (first..=last).all(|i| scene.shape(i).is_upper());
            let letters = scene.span(first, last).len();
            if upper && (2..=8).contains(&letters) && scene.casing(first) == Casing::Normal {
                add(ClueKind::Acronym, labels.organization, (first, last));
            }
        }
        let ends = |what| scene.word_to(last, what).filter(|h| h.first > first);
        let starts = |what| scene.word_at(first, what).filter(|h| h.last < last);
        let body = ends(Is::HEAD_END.or(Is::SUFFIX_FORM).or(Is::SUFFIX_WORD));
        let place = || ends(Is::PLACE_BEHIND).or(starts(Is::PLACE_BEFORE));
        if let Some(head) = body.or(starts(Is::HEAD_START)) {
            return add(ClueKind::Head, labels.organization, (head.first, head.last));
        }
        if let Some(head) = place() {
            return add(ClueKind::Head, labels.location, (head.first, head.last));
        }
        let word = Is::COMMON.or(Is::GIVEN_WORD).or(Is::FAMILY_WORD);
        if words >= 2 && scene.is(first, Is::GIVEN) && !scene.is(first, word) {
            add(ClueKind::GivenName, labels.person, (first, first));
        }
        if scene.is(last, Is::FAMILY) && !scene.is(last, word) {
            add(ClueKind::FamilyName, labels.person, (last, last));
        }
    }

    fn before(&self, first: usize, last: usize, clues: &mut Vec<Clue>) {
        let (scene, labels) = (self.scene, self.labels);
        let mut add = |kind, label, tokens| clues.push(self.clue(kind, label, tokens));
        // `Gen. Example`
        if first > 0
            && person::is_beside_title(scene, first)
            && let Some(title) = scene.word_to(first - 1, Is::TITLE)
            && scene.shape(title.first).starts_upper()
        {
            add(ClueKind::Title, labels.person, (title.first, title.last));
            return;
        }
        if first == 0 || !scene.is_spaced(first) {
            return;
        }
        let b = first - 1;
        if self.is_among(b, BODIES) {
            return add(ClueKind::NounBefore, labels.organization, (b, b));
        }
        if let Some(role) = scene.word_to(b, Is::ROLE)
            && !role.is.has(Is::ROLE_WEAK)
            && !scene.is_capital(b)
        {
            return add(ClueKind::Title, labels.person, (role.first, role.last));
        }
        if let Some(head) = scene.word_to(b, Is::WEAPON)
            && !scene.is_capital(b)
        {
            return add(ClueKind::NounBefore, labels.weapon, (head.first, head.last));
        }
        if scene.word_to(b, Is::MAKER).is_some()
            && (first..=last).any(|i| scene.shape(i).is_digits())
        {
            return add(ClueKind::NounBefore, labels.weapon, (b, b));
        }
        if self.is_among(b, PLACES) {
            return add(ClueKind::NounBefore, labels.location, (b, b));
        }
        // `commented on Example`: who speaks stands elsewhere.
        let speech = scene.word_to(b, Is::SPEECH).filter(|w| w.first == b);
        if speech.is_some() && !scene.is_capital(b) {
            return add(ClueKind::Speech, labels.person, (b, b));
        }
        if self.is_among(b, PLACE_PREPOSITIONS) || scene.is_one_of(b, &["In", "Near", "Outside"]) {
            return add(ClueKind::Preposition, labels.location, (b, b));
        }
        if b > 0 && scene.is_spaced(b) && scene.is_one_of(b, &["of", "for", "at"]) {
            if scene.is_one_of(b, &["of"]) && self.is_among(b - 1, PLACES) {
                return add(ClueKind::NounBefore, labels.location, (b - 1, b));
            }
            if let Some(role) = scene.word_to(b - 1, Is::ROLE.or(Is::TITLE))
                && !role.is.has(Is::ROLE_WEAK)
            {
                let label = match scene.is_one_of(b, &["of"]) {
                    true => self.label_of_role(role.last),
                    false => labels.organization,
                };
                add(ClueKind::RoleOf, label, (role.first, b));
            }
        }
    }

    /// Is token `i` one of these words in lower case?
    pub(super) fn is_among(&self, i: usize, words: &str) -> bool {
        i < self.scene.len() && is_among(self.scene.word(i), words)
    }

    /// What has somebody in the role that ends with this token: a place has a mayor, a body a chairman.
    fn label_of_role(&self, last: usize) -> Label {
        let role = self.scene.word(last).to_lowercase();
        match is_among(&role, OF_PLACES) {
            true => self.labels.location,
            false => self.labels.organization,
        }
    }

    fn behind(&self, first: usize, last: usize, clues: &mut Vec<Clue>) {
        let (scene, labels) = (self.scene, self.labels);
        let mut add = |kind, label, tokens| clues.push(self.clue(kind, label, tokens));
        let k = last + 1;
        if k >= scene.len() {
            return;
        }
        let gap = scene.gap(k);
        if gap == Gap::HYPHEN {
            if scene.is_one_of(k, &["class"]) {
                add(ClueKind::NounBehind, labels.weapon, (k, k));
            } else if scene.is_one_of(k, &["based"]) {
                add(ClueKind::Compound, labels.location, (k, k));
            } else if self.is_among(k, LED) {
                add(ClueKind::Compound, labels.organization, (k, k));
            }
            return;
        }
        if gap.has(Gap::COMMA) && gap.within(Gap::COMMA | Gap::SPACE | Gap::LINE) {
            if scene.is_one_of(k, &["who", "whose"]) {
                add(ClueKind::Who, labels.person, (k, k));
            }
            return;
        }
        if !scene.is_spaced(k) {
            return;
        }
        // `Example surface-to-air missiles`; a system or a gas needs to be told of what kind.
        let heads = |i: usize| match i > k {
            true => Is::WEAPON.or(Is::WEAPON_WITH),
            false => Is::WEAPON,
        };
        let mut noun = k;
        while noun < k + 4
            && scene.is(noun, Is::MODIFIER)
            && scene.word_at(noun, heads(noun)).is_none()
        {
            noun += 1;
        }
        if let Some(head) = scene.word_at(noun, heads(noun))
            && !scene.is_capital(head.first)
        {
            return add(ClueKind::NounBehind, labels.weapon, (k, head.last));
        }
        if self.is_adjective(first, last) {
            return;
        }
        if self.is_among(k, BODIES) || self.is_among(k, MEMBERS) {
            return add(ClueKind::NounBehind, labels.organization, (k, k));
        }
        if self.is_among(k, PLACES) {
            return add(ClueKind::NounBehind, labels.location, (k, k));
        }
        if let Some(role) = scene.word_at(k, Is::ROLE.or(Is::TITLE))
            && !role.is.has(Is::ROLE_WEAK)
        {
            let label = self.label_of_role(role.last);
            return add(ClueKind::RoleOf, label, (role.first, role.last));
        }
        if scene.word_at(k, Is::SPEECH).is_some() {
            add(ClueKind::Speech, labels.person, (k, k));
        }
    }

    /// Names beside it in a list: `France, Example and Peru`.
    fn company(&self, first: usize, last: usize, clues: &mut Vec<Clue>) {
        let scene = self.scene;
        let is_comma = |i: usize| {
            let gap = scene.gap(i);
            gap.has(Gap::COMMA) && gap.within(Gap::COMMA | Gap::SPACE | Gap::LINE)
        };
        let is_and = |i: usize| scene.is_one_of(i, &["and", "or"]) && scene.is_spaced(i + 1);
        let is_list =
            |i: usize| is_comma(i) || scene.is_spaced(i) && is_and(i) || scene.gap(i) == Gap::SLASH;
        let mut add = |winner: &Winner| {
            if let Some(label) = winner.taken.label.filter(|_| winner.taken.is_known()) {
                clues.push(self.clue(ClueKind::Company, label, (winner.first, winner.last)));
            }
        };
        // On the left: `France, Example`, `France and Example`, `France, and Example`.
        let left = match first {
            0 => None,
            _ if is_comma(first) || scene.gap(first) == Gap::SLASH => Some(first - 1),
            _ if first > 1
                && is_and(first - 1)
                && (is_comma(first - 1) || scene.is_spaced(first - 1)) =>
            {
                Some(first - 2)
            }
            _ => None,
        };
        if let Some(winner) = left.and_then(|l| self.winner_to(l)) {
            add(winner);
        }
        let k = last + 1;
        let right = if k < scene.len() && scene.is_spaced(k) && is_and(k) {
            Some(k + 1)
        } else if k < scene.len() && is_comma(k) {
            Some(if is_and(k) { k + 1 } else { k })
        } else if scene.gap(k) == Gap::SLASH {
            Some(k)
        } else {
            None
        };
        let Some(winner) = right
            .and_then(|r| self.winner_at(r))
            .filter(|w| Some(w.first) == right)
        else {
            return;
        };
        let place = matches!(
            winner.taken.label.map(Label::as_str),
            Some("COUNTRY" | "LOCATION")
        );
        // `Springfield, Illinois` is no list.
        if place && right == Some(k) && is_comma(k) && left.is_none() && !is_and(winner.last + 1) {
            clues.push(self.clue(
                ClueKind::PlaceBehind,
                self.labels.location,
                (winner.first, winner.last),
            ));
        } else if right != Some(k)
            || left.is_some()
            || is_list(winner.last + 1)
            || scene.gap(k) == Gap::SLASH
        {
            add(winner);
        }
    }
}

/// `XM30`, `2S40`, `Kh-59MK2`, `Falcon 9`; not `10INR`, `User1980`.
fn is_designation(scene: &Scene, first: usize, last: usize) -> bool {
    let starts =
        !scene.shape(first).is_digits() || first + 2 <= last && scene.shape(last).is_digits();
    let touching = |i: usize| {
        i > first && scene.gap(i) == Gap::NONE || i < last && scene.gap(i + 1) == Gap::NONE
    };
    let short = |i: usize| scene.shape(i).is_digits() || scene.word(i).chars().count() <= 4;
    starts && (first..=last).all(|i| !touching(i) || short(i))
}
