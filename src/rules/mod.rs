//! Rules on the token stream: what they add to the candidates that the lists gave. One file a family.

mod document;
mod lexicon;
mod organization;
mod person;
mod phrase;
mod place;
mod scene;
mod sighting;
mod syllables;
mod title;
mod weapon;

pub(crate) use sighting::{ClueKind, Sighting, Surroundings, Taken};
pub use title::Titles;

use crate::{
    document::{AliasId, Annotation, EntryId, Rule, Zone},
    gazetteer::Gazetteer,
    matcher::Matches,
    span::{Label, Span},
    tokens::Tokens,
};
use lexicon::Lexicons;
use scene::Scene;

/// A candidate that a rule adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Addition {
    pub(crate) span: Span,
    /// None: what it covers is found by nothing else.
    pub(crate) label: Option<Label>,
    /// Which entity this is, where the lists know.
    pub(crate) entry: Option<EntryId>,
    pub(crate) rule: Rule,
    pub(crate) priority: i8,
}

/// The rules, made ready for a gazetteer.
#[derive(Debug)]
pub(crate) struct Rules {
    lexicons: Lexicons,
    families: weapon::Families,
    switched_off: Vec<Rule>,
    labels: Labels,
}

/// The labels that rules give.
#[derive(Debug)]
struct Labels {
    person: Label,
    organization: Label,
    weapon: Label,
    location: Label,
}

/// Memory of the rules, reused from text to text.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    scene: scene::Memory,
    document: document::Memory,
    pub(crate) additions: Vec<Addition>,
}

/// What rules found so far.
struct Found<'a> {
    rules: &'a Rules,
    additions: &'a mut Vec<Addition>,
}

impl Found<'_> {
    fn add(&mut self, scene: &Scene, tokens: (usize, usize), label: &str, rule: Rule) {
        self.add_span(scene.span(tokens.0, tokens.1), label, rule);
    }

    /// A span that is not what the lists say of it.
    fn add_surely(
        &mut self,
        scene: &Scene,
        (first, last): (usize, usize),
        label: &str,
        rule: Rule,
    ) {
        let names = scene
            .names_at(first)
            .iter()
            .filter(|m| m.last as usize == last);
        let listed = names.map(|m| scene.gazetteer.alias_priority(m.alias)).max();
        if !self.rules.switched_off.contains(&rule) {
            self.additions.push(Addition {
                span: scene.span(first, last),
                label: Some(self.rules.labels.of(label)),
                entry: None,
                rule,
                priority: listed.map_or(0, |p| p + 1),
            });
        }
    }

    fn add_span(&mut self, span: Span, label: &str, rule: Rule) {
        if !self.rules.switched_off.contains(&rule) {
            self.additions.push(Addition {
                span,
                label: Some(self.rules.labels.of(label)),
                entry: None,
                rule,
                priority: 0,
            });
        }
    }

    /// Nothing else is found at these tokens.
    fn block(&mut self, scene: &Scene, (first, last): (usize, usize), rule: Rule, priority: i8) {
        if !self.rules.switched_off.contains(&rule) {
            self.additions.push(Addition {
                span: scene.span(first, last),
                label: None,
                entry: None,
                rule,
                priority,
            });
        }
    }

    /// A span that is the entity of this name.
    fn add_named(
        &mut self,
        gazetteer: &Gazetteer,
        span: Span,
        name: AliasId,
        label: &str,
        rule: Rule,
    ) {
        if !self.rules.switched_off.contains(&rule) {
            self.additions.push(Addition {
                span,
                label: Some(self.rules.labels.of(label)),
                entry: Some(gazetteer.first_of(gazetteer.alias_entry(name))),
                rule,
                priority: gazetteer.alias_priority(name),
            });
        }
    }
}

impl Labels {
    fn of(&self, name: &str) -> Label {
        match name {
            "PERSON" => self.person,
            "ORG" => self.organization,
            "WEAPON" => self.weapon,
            _ => self.location,
        }
    }
}

impl Rules {
    /// Makes the rules ready: a look at each word of the lexicons.
    pub(crate) fn new(gazetteer: &Gazetteer, switched_off: &[Rule]) -> Rules {
        let label = |name| Label::new(name).expect("a short word");
        Rules {
            families: weapon::Families::of(gazetteer),
            lexicons: Lexicons::of(gazetteer),
            switched_off: switched_off.to_vec(),
            labels: Labels {
                person: label("PERSON"),
                organization: label("ORG"),
                weapon: label("WEAPON"),
                location: label("LOCATION"),
            },
        }
    }

    /// The labels that rules give.
    pub(crate) fn labels(&self) -> [Label; 4] {
        let Labels {
            person,
            organization,
            weapon,
            location,
        } = self.labels;
        [person, organization, weapon, location]
    }

    /// The rules that are applied.
    pub(crate) fn switched_on(&self) -> impl Iterator<Item = Rule> + '_ {
        let all = Rule::ALL.iter().copied();
        all.filter(|rule| !self.switched_off.contains(rule))
    }

    /// Applies all rules to a text: fills `scratch.additions`.
    pub(crate) fn apply(
        &self,
        gazetteer: &Gazetteer,
        (text, tokens): (&str, &Tokens),
        matches: &Matches,
        zones: &[Zone],
        scratch: &mut Scratch,
    ) {
        let Scratch {
            scene: memory,
            additions,
            ..
        } = scratch;
        additions.clear();
        let mut found = Found {
            rules: self,
            additions,
        };
        if !self.lexicons.is_empty() {
            let hits = (matches.names(), matches.hits());
            let scene = Scene::new(text, tokens, gazetteer, &self.lexicons, hits, zones, memory);
            person::find(&scene, &mut found);
            organization::find(&scene, &mut found);
            weapon::find(&scene, &self.families, &mut found);
            place::find(&scene, &mut found);
            phrase::find(&scene, &mut found);
        }
        weapon::name_and_kind(gazetteer, tokens, matches.names(), &mut found);
    }

    /// Applies the rules on the whole document to a text that [`Rules::apply`] saw last, with the winners of the competition among
    /// what was found so far: more is added. Says whether there is more.
    pub(crate) fn apply_to_document(
        &self,
        gazetteer: &Gazetteer,
        (text, tokens): (&str, &Tokens),
        matches: &Matches,
        winners: &[Annotation],
        scratch: &mut Scratch,
    ) -> bool {
        if self.lexicons.is_empty() {
            return false;
        }
        let Scratch {
            scene: memory,
            document,
            additions,
        } = scratch;
        let before = additions.len();
        let scene = Scene::again(text, tokens, gazetteer, matches.names(), memory);
        let mut found = Found {
            rules: self,
            additions,
        };
        document::find(&scene, winners, document, &mut found);
        found.additions.len() > before
    }

    /// Sees the names of a text that [`Rules::apply`] saw last that no list has, given what won the competition, sorted; and what
    /// stands around the names that lists have. Nothing where there are no lexicons.
    pub(crate) fn sightings(
        &self,
        gazetteer: &Gazetteer,
        (text, tokens): (&str, &Tokens),
        matches: &Matches,
        taken: &[Taken],
        scratch: &Scratch,
    ) -> (Vec<Sighting>, Vec<(Label, Surroundings)>) {
        let (mut sightings, mut known) = (Vec::new(), Vec::new());
        if self.has_lexicons() {
            let scene = Scene::again(text, tokens, gazetteer, matches.names(), &scratch.scene);
            sighting::find(&scene, &self.labels, taken, &mut sightings, &mut known);
        }
        (sightings, known)
    }

    /// Are there lexicons that say what words are?
    pub(crate) fn has_lexicons(&self) -> bool {
        !self.lexicons.is_empty()
    }

    /// Adds the titles of people to a text that [`Rules::apply`] saw last, given the winners of the competition.
    pub(crate) fn add_titles(
        &self,
        gazetteer: &Gazetteer,
        (text, tokens): (&str, &Tokens),
        matches: &Matches,
        winners: &[Annotation],
        scratch: &mut Scratch,
    ) {
        let scene = Scene::again(text, tokens, gazetteer, matches.names(), &scratch.scene);
        let mut found = Found {
            rules: self,
            additions: &mut scratch.additions,
        };
        title::find(&scene, winners, &mut found);
    }
}
