//! Titles as parts of people, for guidelines that want them so: `President Obama`, and `the Foreign Secretary` alone.

use super::{
    Addition, Found,
    lexicon::Is,
    person::{NO_START, is_beside_title},
    scene::{Casing, Scene},
};
use crate::{
    document::{Annotation, EntryId, Rule},
    span::Span,
    tokens::Gap,
};

/// Are titles and offices parts of the people who hold them?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Titles {
    /// A person is the name alone, as in OntoNotes and CoNLL-2003: `President [Obama]`, `the Foreign Secretary`.
    #[default]
    Outside,
    /// A title belongs to the name behind it, and alone it is a person too, as in re3d and ACE: `[President Obama]`,
    /// `the [Foreign Secretary]`.
    Inside,
}

impl Titles {
    /// Both.
    pub const ALL: &'static [Titles] = &[Titles::Outside, Titles::Inside];

    /// The word that `--titles` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            Titles::Outside => "outside",
            Titles::Inside => "inside",
        }
    }
}

/// Adds people with their titles, and titles alone, given what was found so far, sorted and disjoint.
pub(super) fn find(scene: &Scene, names: &[Annotation], found: &mut Found) {
    for name in names.iter().filter(|n| n.label.as_str() == "PERSON") {
        let first = scene.tokens.first_after(name.span.start);
        if let Some(title) = title_before(scene, names, first) {
            let start = scene.span(title, title).start;
            add(found, Span { start, ..name.span }, name.entry);
        }
    }
    let mut behind = 0;
    for title in scene.words(Is::TITLE) {
        let next = title.last + 1;
        let goes_on = scene.is_next_word(next) && scene.is_capital(next)
            || scene.gap(next).has(Gap::PERIOD | Gap::HYPHEN)
                && !scene.gap(next).has(Gap::SENTENCE);
        // The first word of a sentence has a capital anyway.
        let is_title = scene.is_capital(title.first)
            || title.first < title.last && scene.is_capital(title.last);
        if title.first >= behind
            && is_title
            && !scene.is_one_of(title.first, NO_START)
            && !goes_on
            && scene.casing(title.first) == Casing::Normal
            && name_at(names, scene.span(title.first, title.last)).is_none()
        {
            let first = to_the_left(scene, names, title.first);
            add(found, scene.span(first, object(scene, title.last)), None);
            behind = next;
        }
    }
}

/// The name that overlaps a span.
fn name_at(names: &[Annotation], span: Span) -> Option<&Annotation> {
    let at = names.partition_point(|n| n.span.end <= span.start);
    names.get(at).filter(|n| n.span.start < span.end)
}

/// The first token of the title that stands before token `first`.
fn title_before(scene: &Scene, names: &[Annotation], first: usize) -> Option<usize> {
    if first == 0 || !is_beside_title(scene, first) {
        return None;
    }
    let title = scene.word_to(first - 1, Is::TITLE.or(Is::ROLE))?;
    let capital = scene.shape(title.first).starts_upper() && !scene.is_hidden(title.first);
    capital.then(|| to_the_left(scene, names, title.first))
}

/// Where a title starts that goes on with token `first`: over further titles, and the state, body and office that it is of.
fn to_the_left(scene: &Scene, names: &[Annotation], mut first: usize) -> usize {
    while first > 0 && is_beside_title(scene, first) {
        let before = first - 1;
        let title = scene.word_to(before, Is::TITLE);
        let name = name_at(names, scene.span(before, before))
            .filter(|_| !scene.gap(first).has(Gap::PERIOD));
        if let Some(name) = name {
            if name.label.as_str() == "PERSON" {
                break;
            }
            first = scene.tokens.first_after(name.span.start);
        } else if let Some(title) = title.filter(|t| scene.shape(t.first).starts_upper()) {
            first = title.first;
        } else if scene.is_capital(before)
            && scene.is_joined(first)
            && !scene.is(before, Is::CALENDAR)
        {
            first = before;
        } else {
            break;
        }
    }
    first
}

/// The last token of a title with what it is of: `Minister of Foreign Affairs of Iraq`.
fn object(scene: &Scene, mut last: usize) -> usize {
    while scene.is_next_word(last + 1) && scene.is_one_of(last + 1, &["of", "for"]) {
        let article = scene.is_next_word(last + 2) && scene.is_one_of(last + 2, &["the"]);
        let mut end = last + 1 + usize::from(article);
        while scene.is_next_word(end + 1) && scene.is_capital(end + 1) {
            end += 1;
        }
        if !scene.is_capital(end) {
            break;
        }
        last = end;
    }
    last
}

fn add(found: &mut Found, span: Span, entry: Option<EntryId>) {
    found.additions.push(Addition {
        span,
        label: Some(found.rules.labels.person),
        entry,
        rule: Rule::PersonTitle,
        priority: 0,
    });
}
