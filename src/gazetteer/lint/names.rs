//! What is wrong with names, alone and beside each other: common words, codes, doubles, what nothing decides.

use super::{
    COMMON_WORDS, LintCode, LintFinding, List,
    lines::{replaced, with_policy},
};
use crate::{
    gazetteer::{
        AliasKind, Case, Context, ContextPlace, Validity,
        draft::{DraftAlias, DraftEntry, RoleName},
        name::SEPARATOR,
    },
    tokens::Tokens,
};
use rayon::prelude::*;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// So many names of one entry are compared with one another, and so many entries of one name told.
const FEW: usize = 16;

/// A name where it stands.
#[derive(Clone, Copy, Debug)]
struct At<'a> {
    file: &'a List,
    /// Index of the files.
    number: u32,
    entry: &'a DraftEntry,
    alias: &'a DraftAlias,
}

impl<'a> At<'a> {
    fn text(&self) -> &'a str {
        self.file.draft.text(self.alias.text)
    }

    fn key(&self) -> &'a [u8] {
        self.file.draft.key(self.alias)
    }

    fn role(&self) -> &'a RoleName {
        &self.file.draft.roles[self.entry.role as usize]
    }

    fn line(&self) -> u64 {
        u64::from(self.entry.line)
    }

    fn validity(&self) -> Validity {
        self.alias.policies.validity
    }

    fn contexts(&self) -> &'a [Context] {
        match self.alias.policies.contexts {
            0 => &[],
            n => &self.file.draft.contexts[n as usize - 1],
        }
    }

    /// What must stand in its gaps, as a value to compare.
    fn punctuation(&self) -> Option<&'a crate::gazetteer::name::Punctuation> {
        let punctuation = &self.file.draft.punctuation;
        (self.alias.punctuation as usize)
            .checked_sub(1)
            .map(|n| &punctuation[n])
    }

    fn is_lexicon(&self) -> bool {
        self.role().as_lexicon().is_some()
    }

    fn is_canonical(&self) -> bool {
        self.text() == self.file.draft.text(self.entry.name)
    }

    fn same_entry(&self, other: &At<'_>) -> bool {
        if self.number == other.number && self.entry.line == other.entry.line {
            return self.role() == other.role();
        }
        let (mut a, mut b) = (String::new(), String::new());
        self.role() == other.role()
            && self.file.draft.id(self.entry, &mut a) == other.file.draft.id(other.entry, &mut b)
    }

    /// Letters and figures, diacritics apart, in their case.
    fn letters(&self) -> String {
        let letters = self.text().nfkd();
        letters.filter(|c| c.is_alphanumeric()).collect()
    }

    /// `orgs.tsv:17`
    fn place(&self) -> String {
        format!("{}:{}", self.file.draft.path, self.entry.line)
    }

    fn class(&self) -> String {
        match self.role() {
            RoleName::Entity(label) => label.to_string(),
            RoleName::Lexicon(name) => format!("lexicon {name}"),
            RoleName::Block => "block".to_owned(),
        }
    }

    /// A finding with a policy, or nothing, in place of the name.
    fn finding(
        &self,
        code: LintCode,
        message: String,
        policy: Option<&str>,
    ) -> (usize, LintFinding) {
        let with = |part: &str| policy.map(|policy| with_policy(part, policy));
        let finding = LintFinding {
            suggestion: replaced(self.file, self.line(), self.text(), &with),
            ..self.file.finding(self.line(), code, message)
        };
        (self.number as usize, finding)
    }
}

/// All findings, each with the index of its file.
pub(super) fn check(files: &[List], as_of: Option<u32>) -> Vec<(usize, LintFinding)> {
    let mut names: Vec<At<'_>> = Vec::new();
    for (number, file) in (0..).zip(files) {
        for entry in &file.draft.entries {
            let aliases = &file.draft.aliases[entry.aliases.0 as usize..entry.aliases.1 as usize];
            names.extend(aliases.iter().map(|alias| At {
                file,
                number,
                entry,
                alias,
            }));
        }
    }
    let mut found: Vec<(usize, LintFinding)> = names.par_iter().flat_map_iter(alone).collect();
    if let Some(day) = as_of {
        found.par_extend(names.par_iter().flat_map_iter(|name| stale(name, day)));
    }
    found.extend(hidden(&names));
    let lists = files.iter().enumerate();
    found.extend(lists.flat_map(|(n, list)| ids(list).into_iter().map(move |f| (n, f))));
    // The order in which they stand is the order within a key.
    names.par_sort_by(|a, b| a.key().cmp(b.key()));
    let forms: Vec<&[At<'_>]> = names.chunk_by(|a, b| a.key() == b.key()).collect();
    let together = forms.par_iter().filter(|f| f.len() > 1);
    found.par_extend(together.flat_map_iter(|form| {
        let mut found = Vec::new();
        twice(form, &mut found);
        undecided(form, &mut found);
        found
    }));
    found
}

/// What is wrong with a name whatever the others are.
fn alone(name: &At<'_>) -> Option<(usize, LintFinding)> {
    let contexts = name.contexts();
    if contradicts(contexts) {
        let message = format!(
            "{:?} has contexts that forbid what they ask for: take words out of one of the two",
            name.text()
        );
        let finding = name
            .file
            .finding(name.line(), LintCode::Contradiction, message);
        return Some((name.number as usize, finding));
    }
    if !contexts.is_empty() || !matches!(name.role(), RoleName::Entity(_)) {
        return None;
    }
    let text = name.text();
    let (code, message) = match text.chars().filter(|c| c.is_alphanumeric()).count() {
        1 => (
            LintCode::ShortName,
            format!("{text:?} is one letter or figure: give it a context"),
        ),
        2 if name.alias.policies.case == Case::Any && text.is_ascii() => (
            LintCode::ShortName,
            format!(
                "{text:?} is two letters in any case: write it in capitals, or give it a context"
            ),
        ),
        _ if !text.contains(char::is_alphabetic) => (
            LintCode::Number,
            format!("{text:?} has no letter, and figures count things: give it a context"),
        ),
        _ => common(name)?,
    };
    Some(name.finding(code, message, Some("near: …")))
}

/// A name that counted until a day that is over. (What was made of another name goes with that.)
fn stale(name: &At<'_>, day: u32) -> Option<(usize, LintFinding)> {
    let validity = name.alias.policies.validity;
    (validity.ended_before(day) && !name.is_made()).then(|| {
        let message = format!(
            "{:?} counts {validity}, which is over: leave it out if no older documents are annotated",
            name.text()
        );
        name.finding(LintCode::Stale, message, None)
    })
}

/// Words that stand in nearly every headline in capitals.
const LITTLE_WORDS: [&str; 60] = [
    "a", "all", "am", "an", "and", "any", "are", "as", "at", "be", "but", "by", "can", "did", "do",
    "does", "for", "from", "go", "had", "has", "have", "he", "her", "him", "his", "how", "if",
    "in", "is", "it", "its", "may", "me", "more", "my", "new", "no", "not", "now", "of", "off",
    "on", "one", "or", "our", "out", "she", "so", "than", "that", "the", "they", "this", "to",
    "up", "was", "we", "will", "with",
];

fn common(name: &At<'_>) -> Option<(LintCode, String)> {
    let text = name.text();
    if !text.is_ascii() || text.len() > 24 || name.alias.policies.kind == AliasKind::Plural {
        return None;
    }
    let word = text.to_ascii_lowercase();
    let is_shouted = name.alias.policies.case == Case::Exact && !text.contains(char::is_lowercase);
    if is_shouted {
        let is_little = LITTLE_WORDS.contains(&&*word);
        return is_little.then(|| (
            LintCode::CodeWord,
            format!("{text:?} is a word of every sentence, and some texts are in capitals: give it a context"),
        ));
    }
    COMMON_WORDS.contains(&*word).then(|| {
        (
            LintCode::CommonWord,
            format!("{text:?} is among the 5,000 most common words of English: give it a context"),
        )
    })
}

/// Is every word that allows a name one that forbids it?
fn contradicts(contexts: &[Context]) -> bool {
    let forbids = |place: ContextPlace, word: &String| {
        let mut negative = contexts.iter().filter(|c| c.negative);
        negative.any(|c| c.words.contains(word) && reaches(c.place, place))
    };
    let mut wanted = contexts.iter().filter(|c| !c.negative).peekable();
    wanted.peek().is_some() && wanted.all(|c| c.words.iter().all(|word| forbids(c.place, word)))
}

/// Does one place hold the other?
fn reaches(wide: ContextPlace, narrow: ContextPlace) -> bool {
    match (wide, narrow) {
        (ContextPlace::Near(a), ContextPlace::Near(b)) => a >= b,
        (ContextPlace::Near(_), _) => true,
        _ => wide == narrow,
    }
}

/// Names of one entry (of one lexicon) of which one does what the other does.
fn twice(form: &[At<'_>], found: &mut Vec<(usize, LintFinding)>) {
    for (i, name) in form.iter().enumerate() {
        for before in form[..i].iter().rev().take(FEW) {
            if before.punctuation() != name.punctuation() {
                continue;
            }
            let same = before.same_entry(name);
            let in_lexicon = name.is_lexicon() && before.role() == name.role();
            if !same && !in_lexicon {
                continue;
            }
            let both = (covers(before, name), covers(name, before));
            let (message, idle) = match both {
                (true, true) if same => {
                    if are_alternatives(before, name) || is_repeated(before, name) {
                        continue;
                    }
                    let way_out = match before.alias.policies.kind != name.alias.policies.kind
                        && [before, name]
                            .iter()
                            .any(|n| n.alias.policies.kind == AliasKind::Plural)
                    {
                        true => {
                            "a plural is made by itself, leave it out or say {no plural} behind the singular"
                        }
                        false => "leave one",
                    };
                    (
                        format!(
                            "{:?} stands twice in its entry, as {:?} in {} too: {way_out}",
                            name.text(),
                            before.text(),
                            before.place()
                        ),
                        name,
                    )
                }
                (true, true) => (
                    format!(
                        "{:?} stands in the lexicon already, as {:?} in {}: leave one",
                        name.text(),
                        before.text(),
                        before.place()
                    ),
                    name,
                ),
                (false, false) => continue,
                _ if !same => continue,
                (wide_before, _) => {
                    let (wide, narrow) = if wide_before {
                        (before, name)
                    } else {
                        (name, before)
                    };
                    let idle = wide.contexts().is_empty() || wide.contexts() == narrow.contexts();
                    // The canonical name is there for what it is, and rules ask for the kinds of their words.
                    let meant = narrow.is_canonical()
                        || narrow.alias.policies.priority != wide.alias.policies.priority
                        || narrow.is_lexicon()
                            && narrow.alias.policies.kind != wide.alias.policies.kind;
                    // Plurals come with their singular, whatever else finds them.
                    let is_plural = |n: &At<'_>| n.alias.policies.kind == AliasKind::Plural;
                    if !idle || meant || is_plural(wide) || is_plural(narrow) {
                        continue;
                    }
                    (
                        format!(
                            "{:?} is found by {:?} too: leave it out",
                            narrow.text(),
                            wide.text()
                        ),
                        narrow,
                    )
                }
            };
            found.push(idle.finding(LintCode::Idle, message, None));
        }
    }
}

impl At<'_> {
    /// Was it made of another name, and stands nowhere?
    fn is_made(&self) -> bool {
        let as_it_is = |part: &str| Some(part.to_owned());
        self.alias.policies.kind == AliasKind::Plural
            && replaced(self.file, self.line(), self.text(), &as_it_is).is_none()
    }
}

/// Is it the same name twice in one cell? That is told of the line.
fn is_repeated(a: &At<'_>, b: &At<'_>) -> bool {
    let same_line = a.number == b.number && a.entry.line == b.entry.line;
    same_line
        && a.text() == b.text()
        && a.alias.policies == b.alias.policies
        && !b.is_made()
        && !a.is_canonical()
}

/// Ids that a list has twice.
fn ids(list: &List) -> Vec<LintFinding> {
    let mut lines: HashMap<(u16, &str), u32> = HashMap::new();
    let mut found = Vec::new();
    for entry in list.draft.entries.iter().filter(|e| e.id.len > 0) {
        let id = list.draft.text(entry.id);
        match lines.insert((entry.role, id), entry.line) {
            Some(line) if line != entry.line => {
                let message = format!("id {id:?} stands on line {line} already");
                found.push(list.finding(u64::from(entry.line), LintCode::Syntax, message));
            }
            _ => {}
        }
    }
    found
}

/// Names with two labels, or of two entries of one, where nothing decides. What blocks forbid twice is forbidden.
fn undecided(form: &[At<'_>], found: &mut Vec<(usize, LintFinding)>) {
    let decided = |name: &&At<'_>| !name.is_lexicon() && name.contexts().is_empty();
    let open: Vec<&At<'_>> = form.iter().filter(decided).collect();
    for (i, name) in open.iter().enumerate() {
        let rivals = open[..i].iter().take(FEW).filter(|before| {
            let (a, b) = (&before.alias.policies, &name.alias.policies);
            a.priority == b.priority
                && a.case == b.case
                && before.punctuation() == name.punctuation()
                && a.validity.meets(b.validity)
                && (a.case != Case::Exact || before.letters() == name.letters())
        });
        let (mut labelled, mut entered) = (false, false);
        for before in rivals {
            if before.role() != name.role() {
                if !std::mem::replace(&mut labelled, true) {
                    let message = format!(
                        "{:?} is {} in {} and {} here: give one of the two a context or a priority",
                        name.text(),
                        before.class(),
                        before.place(),
                        name.class()
                    );
                    found.push(name.finding(LintCode::TwoLabels, message, Some("near: …")));
                }
            } else if matches!(name.role(), RoleName::Entity(_))
                && !before.same_entry(name)
                && !before.is_made()
                && !name.is_made()
                && !std::mem::replace(&mut entered, true)
            {
                let message = format!(
                    "{:?} is {:?} in {} too, which wins wherever it stands: give one of the two a context or a priority",
                    name.text(),
                    before.file.draft.text(before.entry.name),
                    before.place()
                );
                found.push(name.finding(LintCode::TwoEntries, message, Some("near: …")));
            }
        }
    }
}

/// Names that hold a name of another entry with a higher priority: they never win.
///
/// A name inside another is no fault as such, because the longer one wins; with a priority the shorter one does.
fn hidden(names: &[At<'_>]) -> Vec<(usize, LintFinding)> {
    let least = names.iter().map(|n| n.alias.policies.priority).min();
    let least = least.unwrap_or_default();
    let mut raised: HashMap<&[u8], &At<'_>> = HashMap::new();
    for name in names {
        let counts = !name.is_lexicon() && name.contexts().is_empty();
        if counts && name.alias.policies.priority > least {
            let known = raised.entry(name.key()).or_insert(name);
            if known.alias.policies.priority < name.alias.policies.priority {
                *known = name;
            }
        }
    }
    if raised.is_empty() {
        return Vec::new();
    }
    let hidden_by = |name: &At<'_>| {
        let parts = parts(name.key());
        let mut parts = parts.filter_map(|part| raised.get(part).copied());
        parts.find(|inner| {
            inner.alias.policies.priority > name.alias.policies.priority
                && !inner.same_entry(name)
                && (inner.alias.policies.case == Case::Any || name.text().contains(inner.text()))
        })
    };
    let long = names
        .par_iter()
        .filter(|n| n.alias.tokens > 1 && !n.is_lexicon());
    let found = long.filter_map(|name| {
        let inner = hidden_by(name)?;
        let message = format!(
            "{:?} never wins: {:?} in {} is a part of it and has the priority {}, this has {}",
            name.text(),
            inner.text(),
            inner.place(),
            inner.alias.policies.priority,
            name.alias.policies.priority
        );
        let policy = format!("priority {}", inner.alias.policies.priority);
        Some(name.finding(LintCode::Hidden, message, Some(&policy)))
    });
    found.collect()
}

/// The runs of tokens of a key that are shorter than it.
fn parts(key: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_end = |at: usize| at == key.len() || key[at] == SEPARATOR as u8;
    let starts = (0..key.len()).filter(|&at| at == 0 || key[at - 1] == SEPARATOR as u8);
    starts
        .flat_map(move |start| {
            (start + 1..=key.len())
                .filter(move |&e| is_end(e))
                .map(move |end| &key[start..end])
        })
        .filter(move |part| part.len() < key.len())
}

/// Does a name match, contexts apart, wherever another of its form does?
fn covers(wide: &At<'_>, narrow: &At<'_>) -> bool {
    wide.validity().covers(narrow.validity()) && case_covers(wide, narrow)
}

fn case_covers(wide: &At<'_>, narrow: &At<'_>) -> bool {
    match (wide.alias.policies.case, narrow.alias.policies.case) {
        (Case::Any, Case::Any) => true,
        (Case::Title, Case::Title | Case::Exact) => {
            let (wide, narrow) = (Tokens::of(wide.text()), Tokens::of(narrow.text()));
            (0..wide.len().min(narrow.len()))
                .all(|i| narrow.shape(i).starts_upper() || !wide.shape(i).starts_upper())
        }
        (Case::Exact, Case::Exact) => wide.letters() == narrow.letters(),
        // What matches in any case does not match in hyphen compounds.
        _ => false,
    }
}

/// Says one of the two where the name counts and the other where it does not? No name can say both so that one of them is enough.
fn are_alternatives(a: &At<'_>, b: &At<'_>) -> bool {
    let wants = |n: &At<'_>| n.contexts().iter().any(|c| !c.negative);
    !a.contexts().is_empty() && !b.contexts().is_empty() && wants(a) != wants(b)
}
