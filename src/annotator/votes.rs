//! [`LabellingFunctions`]: each list, rule and file of patterns as one that votes, before any competition.

use super::{Annotator, Found, Scratch};
use crate::{
    document::{Document, EntryId, Origin, Rule},
    span::{Label, Span},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// What votes: each file of the gazetteer that has names or blocking phrases (`list:FILE`), each rule that is not switched off
/// (`rule:NAME`), each file of patterns (`patterns:FILE`). For weak supervision, where another model decides whom to believe.
///
/// ```
/// use wiretag::{Annotator, Document, Gazetteer, LabellingFunctions};
/// let annotator = Annotator::builder().build(Gazetteer::builtin()?)?;
/// let functions = LabellingFunctions::of(&annotator);
/// let votes = functions.votes(&Document::new("a1", "Gen. Ivan Petrov left Iran."));
/// let names: Vec<&str> = votes.iter().map(|v| functions.name(v.function)).collect();
/// assert!(names.contains(&"rule:person-title") && names.contains(&"list:gazetteers/countries.tsv"), "{names:?}");
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Debug)]
pub struct LabellingFunctions<'a> {
    annotator: &'a Annotator,
    names: Vec<String>,
    lists: HashMap<&'a str, u32>,
    rules: BTreeMap<Rule, u32>,
    patterns: HashMap<&'a str, u32>,
}

/// What a labelling function says of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Bytes of the document's text.
    pub span: Span,
    /// What it is; none if it and what lies in it is nothing.
    pub label: Option<Label>,
    /// The number of the function.
    pub function: u32,
    /// Who it is, where a list knows.
    pub entry: Option<EntryId>,
}

impl<'a> LabellingFunctions<'a> {
    /// Those of an annotator. Takes a look at each of its aliases.
    pub fn of(annotator: &'a Annotator) -> LabellingFunctions<'a> {
        let mut functions = LabellingFunctions {
            annotator,
            names: Vec::new(),
            lists: HashMap::new(),
            rules: BTreeMap::new(),
            patterns: HashMap::new(),
        };
        let gazetteer = annotator.gazetteer();
        let mut files: Vec<(EntryId, &str)> = Vec::new();
        for alias in gazetteer.aliases() {
            let (file, _) = gazetteer.alias_source(alias);
            let entry = gazetteer.alias_entry(alias);
            let votes = || {
                gazetteer.entry_label(entry).is_some() || gazetteer.entry_class(entry) == "block"
            };
            if !functions.lists.contains_key(file) && votes() {
                functions.lists.insert(file, 0);
                files.push((entry, file));
            }
        }
        files.sort_unstable();
        for (_, file) in files {
            let number = functions.add(format!("list:{file}"));
            functions.lists.insert(file, number);
        }
        for rule in annotator.rules.iter().flat_map(|r| r.switched_on()) {
            let number = functions.add(Origin::Rule(rule).as_str().to_owned());
            functions.rules.insert(rule, number);
        }
        for file in annotator.patterns.iter().flat_map(|p| p.files()) {
            let number = functions.add(format!("patterns:{file}"));
            functions.patterns.insert(file, number);
        }
        functions
    }

    fn add(&mut self, name: String) -> u32 {
        self.names.push(name);
        self.names.len() as u32 - 1
    }

    /// The names of the functions, by their numbers: lists in the order that breaks ties, rules, patterns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The name of a function.
    ///
    /// # Panics
    /// When there is no such function.
    pub fn name(&self, function: u32) -> &str {
        &self.names[function as usize]
    }

    /// The annotator whose functions these are.
    pub fn annotator(&self) -> &'a Annotator {
        self.annotator
    }

    /// All that is said of a document: each candidate of the competition with who found it, whatever became of it; by start, then the
    /// longest first. Where a function says several things of one span, what would win comes first.
    pub fn votes(&self, doc: &Document) -> Vec<Vote> {
        self.votes_with(&mut Scratch::default(), &mut Found::default(), doc)
    }

    /// The same in memory that is reused.
    pub(crate) fn votes_with(
        &self,
        scratch: &mut Scratch,
        found: &mut Found,
        doc: &Document,
    ) -> Vec<Vote> {
        self.annotator.annotate_into(scratch, doc, found);
        let candidates = scratch.candidates.iter();
        let votes = candidates.filter_map(|candidate| {
            let annotation = &candidate.annotation;
            let label = self.annotator.mapped(annotation.label);
            if !candidate.block && !self.annotator.wants(label) {
                return None;
            }
            let vote = Vote {
                span: annotation.span,
                label: (!candidate.block).then_some(label),
                function: self.number(annotation.origin)?,
                entry: annotation.entry.filter(|_| !candidate.block),
            };
            Some((vote, Reverse(candidate.priority)))
        });
        let mut votes: Vec<(Vote, Reverse<i8>)> = votes.collect();
        let place = |v: &Vote| (v.span.start, Reverse(v.span.end), v.function);
        votes.sort_by_key(|(v, priority)| (place(v), v.label, *priority, v.entry));
        // Several names of an entity, several entities of a name.
        votes.dedup_by_key(|(v, _)| (place(v), v.label));
        votes.sort_by_key(|(v, priority)| (place(v), *priority, v.entry));
        votes.into_iter().map(|(vote, _)| vote).collect()
    }

    fn number(&self, origin: Origin) -> Option<u32> {
        let gazetteer = self.annotator.gazetteer();
        match origin {
            Origin::Alias(alias) => self.lists.get(gazetteer.alias_source(alias).0).copied(),
            Origin::Rule(rule) => self.rules.get(&rule).copied(),
            Origin::Pattern(pattern) => {
                let patterns = self.annotator.patterns.as_ref()?;
                self.patterns.get(patterns.source(pattern).0).copied()
            }
        }
    }
}
