//! [`Proposal`]: a name that the lists lack, with what speaks for it.

use super::{
    Miner, Proposals,
    counts::{Counts, Group, Sketch},
    document::best_surface,
    judge::{judge, score},
    surroundings::Known,
};
use crate::{
    document::{AliasId, EntryId},
    eval::Example,
    gazetteer::{AliasKind, Gazetteer, Nearness, SEPARATOR, is_common_word},
    rules::ClueKind,
    span::Label,
    tokens::Tokens,
};
use rayon::prelude::*;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    fmt,
};

/// A name that the lists lack.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// As it is written most often where its capitals mean something.
    pub name: String,
    /// Other names of it that the documents define: acronyms, short forms.
    pub aliases: Vec<(String, AliasKind)>,
    /// What it most likely is; none if nothing says it.
    pub label: Option<Label>,
    /// What proposals are ranked by: higher is better.
    pub score: f64,
    /// How often it is mentioned; a surname counts where the document has the full name.
    pub mentions: u64,
    /// Documents that mention it.
    pub documents: u64,
    /// What speaks for labels, the proposal's first.
    pub evidence: Vec<Evidence>,
    /// Some of the first mentions.
    pub examples: Vec<Example>,
    /// The name of a list that it is, or may be, a form of.
    pub known: Option<KnownName>,
}

/// One kind of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What it speaks for.
    pub label: Label,
    /// What it is: `rule:person-title`, `noun behind`.
    pub what: &'static str,
    /// At how many mentions.
    pub mentions: u64,
    /// Words that say it, the first few.
    pub words: Vec<String>,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({}", self.label, self.what, self.mentions)?;
        for (i, word) in self.words.iter().enumerate() {
            write!(f, "{} {word:?}", if i == 0 { ":" } else { "," })?;
        }
        f.write_str(")")
    }
}

/// A name of a list that a proposal is a form of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownName {
    /// Id of the entity.
    pub entity: String,
    /// Its canonical name.
    pub name: String,
    /// The alias.
    pub alias: String,
    /// The list.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What the proposal is to it.
    pub relation: Relation,
}

/// What a proposal is to a name of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It differs in one letter or space: another spelling, a mistake, or somebody else.
    Spelling,
    /// Brackets define it as an acronym of it.
    Acronym,
}

impl Relation {
    /// The words for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::Spelling => "one letter from",
            Relation::Acronym => "acronym of",
        }
    }
}

/// A name with its counts, on the way to a proposal.
struct Candidate {
    key: String,
    group: Group,
}

/// Makes proposals of what was counted: a group for each label, best first.
pub(super) fn propose(
    miner: &Miner<'_>,
    counts: Counts,
    lower: &Sketch,
    mut around: Known,
) -> Vec<Proposals> {
    let gazetteer = miner.annotator.gazetteer();
    let mut groups: BTreeMap<String, Group> = counts.into_groups().into_iter().collect();
    let designations = groups.values().filter(|g| is_designation(g)).count();
    around.count_designations(designations as u64);
    join_aliases(&mut groups);
    let around = &around;
    join_middle_names(&mut groups, around);
    let candidates = groups
        .into_iter()
        .map(|(key, group)| Candidate { key, group });
    let candidates = candidates.filter(|c| {
        let seen = &c.group.seen;
        seen.firm > 0
            && seen.mentions >= miner.min_mentions
            && c.group.documents >= miner.min_documents
            && !is_known(gazetteer, &c.key)
            && !miner.ignore.as_ref().is_some_and(|i| is_known(i, &c.key))
    });
    let mut by_label: BTreeMap<Option<Label>, Vec<(f64, Candidate)>> = BTreeMap::new();
    let mut tokens = Tokens::default();
    for candidate in candidates {
        let verdict = judge(&candidate.group, around);
        tokens.fill(
            best_surface(&candidate.group.seen.surfaces),
            gazetteer.seed(),
        );
        let lower = match tokens.len() {
            1 => lower.get(tokens.hash(0)),
            _ => 0,
        };
        let score = score(&candidate.group, verdict, lower);
        by_label
            .entry(verdict.label)
            .or_default()
            .push((score, candidate));
    }
    let wanted = |label: Option<Label>| match &miner.labels {
        None => true,
        Some(labels) => label.is_some_and(|l| labels.contains(&l)),
    };
    let mut all: Vec<Proposals> = Vec::new();
    for (label, mut candidates) in by_label {
        if !wanted(label) {
            continue;
        }
        candidates.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.key.cmp(&y.key)));
        let count = candidates.len();
        if miner.most > 0 {
            candidates.truncate(miner.most);
        }
        let proposals = candidates
            .into_par_iter()
            .map(|(score, c)| proposal(gazetteer, around, label, score, &c))
            .collect();
        all.push(Proposals {
            label,
            proposals,
            all: count,
        });
    }
    // What nothing is known of comes last.
    all.sort_by_key(|p| (p.label.is_none(), p.label));
    all
}

fn is_designation(group: &Group) -> bool {
    let mut kinds = group.seen.clues.keys().map(|(_, kind)| kind);
    kinds.any(|&kind| kind == ClueKind::Designation)
}

/// Counts acronyms and short forms for the names that documents define them by: in all documents.
fn join_aliases(groups: &mut BTreeMap<String, Group>) {
    let mut owners: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for (key, group) in groups.iter() {
        for ((alias, _), (_, n)) in &group.seen.aliases {
            let owner = owners.entry(alias.clone()).or_default();
            if *n > owner.0 {
                *owner = (*n, key.clone());
            }
        }
    }
    for (alias, (_, owner)) in owners {
        // A name that is another's other name, and has one itself, stays.
        let is_plain = groups
            .get(&alias)
            .is_some_and(|g| g.seen.aliases.is_empty());
        if is_plain
            && alias != owner
            && let Some(mut group) = groups.remove(&alias)
        {
            group.seen.surfaces.clear();
            group
                .seen
                .clues
                .retain(|(_, kind), _| *kind != ClueKind::Acronym);
            if let Some(long) = groups.get_mut(&owner) {
                long.add(group);
            }
        }
    }
}

/// `Jair Messias Bolsonaro` is `Jair Bolsonaro`: people with one first and one last word.
fn join_middle_names(groups: &mut BTreeMap<String, Group>, around: &Known) {
    let is_person = |g: &Group| {
        judge(g, around)
            .label
            .is_some_and(|l| l.as_str() == "PERSON")
    };
    let mut shorter: HashMap<String, String> = HashMap::new();
    for (key, group) in groups.iter().filter(|(_, g)| is_person(g)) {
        let words: Vec<&str> = key.split(SEPARATOR).collect();
        if let [first, .., last] = words[..]
            && words.len() == 2
            && !group.seen.surfaces.is_empty()
        {
            shorter.insert(format!("{first}{SEPARATOR}{last}"), key.clone());
        }
    }
    let longer: Vec<(String, String)> = groups
        .iter()
        .filter(|(_, g)| is_person(g))
        .filter_map(|(key, _)| {
            let words: Vec<&str> = key.split(SEPARATOR).collect();
            let [first, _, .., last] = words[..] else {
                return None;
            };
            let short = shorter.get(&format!("{first}{SEPARATOR}{last}"))?;
            (words.len() > 2 && short != key).then(|| (key.clone(), short.clone()))
        })
        .collect();
    for (long, short) in longer {
        let Some(mut group) = groups.remove(&long) else {
            continue;
        };
        let surface = best_surface(&group.seen.surfaces).to_owned();
        let mentions = group.seen.mentions;
        group.seen.surfaces.clear();
        if let Some(main) = groups.get_mut(&short) {
            let alias = (long, AliasKind::Full);
            main.seen.aliases.insert(alias, (surface, mentions));
            main.add(group);
        }
    }
}

fn proposal(
    gazetteer: &Gazetteer,
    around: &Known,
    label: Option<Label>,
    score: f64,
    c: &Candidate,
) -> Proposal {
    let Group { documents, seen } = &c.group;
    let name = best_surface(&seen.surfaces).to_owned();
    let aliases = seen.aliases.iter();
    let aliases = aliases.filter(|((alias, kind), (surface, _))| {
        let is_plain = *kind == AliasKind::Short && is_common_word(surface);
        !is_plain && !is_known(gazetteer, alias)
    });
    let mut evidence: Vec<Evidence> = seen
        .clues
        .iter()
        .map(|(&(label, kind), (n, words))| Evidence {
            label,
            what: what(kind),
            mentions: *n,
            words: words.clone(),
        })
        .collect();
    let words = around.verdict(&seen.words).into_iter();
    let words = words.filter(|says| says.support > LEAST_SAID);
    evidence.extend(words.map(|says| Evidence {
        label: says.label,
        what: "words around",
        mentions: says.words.iter().map(|w| w.2).max().unwrap_or(0),
        words: says.words.iter().take(3).map(|w| w.1.to_owned()).collect(),
    }));
    evidence.sort_by_key(|e| (Some(e.label) != label, Reverse(e.mentions), e.label, e.what));
    let known = match seen.entry {
        Some(entry) => {
            let alias = gazetteer.entry_name(entry).to_owned();
            let source = gazetteer.entry_source(entry);
            Some(known(gazetteer, entry, alias, source, Relation::Acronym))
        }
        None => near(gazetteer, &name, label),
    };
    Proposal {
        aliases: aliases
            .map(|((_, kind), (surface, _))| (surface.clone(), *kind))
            .collect(),
        name,
        label,
        score,
        mentions: seen.mentions,
        documents: *documents,
        evidence,
        examples: seen.examples.clone(),
        known,
    }
}

/// Words around a name that say less are not shown.
const LEAST_SAID: f64 = 0.3;

/// Names of fewer letters are one letter from too many others.
const FEWEST_LETTERS: usize = 6;

/// The name of a list that is one letter away.
fn near(gazetteer: &Gazetteer, name: &str, label: Option<Label>) -> Option<KnownName> {
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    // Figures tell one member of a family from another: `Su-34`, `Su-35`.
    if letters < FEWEST_LETTERS || name.contains(|c: char| c.is_numeric()) {
        return None;
    }
    let tokens = Tokens::of(name);
    let near = gazetteer.near(name, &tokens, 0..tokens.len());
    let alias: AliasId = near
        .iter()
        .filter(|n| n.nearness == Nearness::OneEdit)
        .map(|n| n.alias)
        .find(|&alias| label.is_none() || gazetteer.alias_label(alias) == label)?;
    let (entry, text) = (gazetteer.alias_entry(alias), gazetteer.alias_text(alias));
    let source = gazetteer.alias_source(alias);
    let spelling = Relation::Spelling;
    Some(known(gazetteer, entry, text.to_owned(), source, spelling))
}

fn known(
    gazetteer: &Gazetteer,
    entry: EntryId,
    alias: String,
    (path, line): (&str, usize),
    relation: Relation,
) -> KnownName {
    KnownName {
        entity: gazetteer.entry_id(entry).into_owned(),
        name: gazetteer.entry_name(entry).to_owned(),
        alias,
        path: path.to_owned(),
        line,
        relation,
    }
}

fn what(kind: ClueKind) -> &'static str {
    match kind {
        ClueKind::Rule(rule) => crate::document::Origin::Rule(rule).as_str(),
        ClueKind::Pattern => "pattern",
        ClueKind::Head => "head noun",
        ClueKind::NounBefore => "noun before",
        ClueKind::NounBehind => "noun behind",
        ClueKind::Title => "title before",
        ClueKind::RoleOf => "role of it",
        ClueKind::Company => "in a list with",
        ClueKind::Preposition => "word of place before",
        ClueKind::PlaceBehind => "state or country behind",
        ClueKind::Compound => "compound",
        ClueKind::GivenName => "given name",
        ClueKind::FamilyName => "family name",
        ClueKind::Who => "who behind",
        ClueKind::Speech => "verb of speech",
        ClueKind::Designation => "letters and figures",
        ClueKind::Acronym => "capitals",
    }
}

/// Does a name of an entity or a block have this key, or that of its singular?
fn is_known(gazetteer: &Gazetteer, key: &str) -> bool {
    let singular = key.strip_suffix('s').filter(|s| s.len() > 3);
    gazetteer.has_name(key) || singular.is_some_and(|s| gazetteer.has_name(s))
}
