//! [`Against`]: the other side of documents, gold or another output; where the two agree, and where not.

use super::document::{Places, Sketch};
use crate::{
    annotated::Options,
    error::{Error, Problem},
    eval::{
        self, Annotated, Corpus, Counterparts, Judgement, LabelledSpan, MistakeKind, Pair, judge,
    },
    span::{Label, Span},
};
use serde_json::{Value, json};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// So many of the most frequent cases are in the page, besides those of its documents.
const MOST_CASES: usize = 500;
/// Forms are cut behind so many characters.
const FORM_CHARS: usize = 80;

/// The other side, and what was found so far.
#[derive(Debug)]
pub(super) struct Against {
    name: String,
    counterparts: Counterparts,
    /// Is a difference in entity one?
    links: bool,
    documents: u64,
    agreeing: u64,
    labels: BTreeMap<Label, Sides>,
    cases: Vec<(Case, u64)>,
    numbers: HashMap<Case, u32>,
}

/// Spans of a label.
#[derive(Clone, Copy, Debug, Default)]
struct Sides {
    ours: u64,
    others: u64,
    agreeing: u64,
}

/// A way in which the two sides differ, by the forms of their spans.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Case {
    kind: Kind,
    other: Option<Form>,
    ours: Option<Form>,
}

/// How the two sides differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Mistake(MistakeKind),
    /// Bounds and label agree, the entity does not.
    Linked,
}

/// A span by what it says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Form {
    label: Label,
    text: Box<str>,
    /// Where that is the difference.
    entity: Option<Box<str>>,
}

/// Where a document differs from its counterpart.
#[derive(Debug, Default)]
pub(super) struct Judged {
    differences: Vec<Difference>,
    /// Spans of ours that count for nothing.
    ignored: Vec<usize>,
}

#[derive(Debug)]
struct Difference {
    case: u32,
    kind: Kind,
    ours: Option<usize>,
    other: Option<LabelledSpan>,
}

impl Against {
    /// Gold spans.
    pub(super) fn gold(path: &str, options: &Options) -> Result<Against, Error> {
        Ok(Against::new(path, Corpus::read_gold(path, options)?, false))
    }

    /// Another output.
    pub(super) fn output(path: &str, options: &Options) -> Result<Against, Error> {
        Ok(Against::new(path, Corpus::read(path, options)?, true))
    }

    fn new(name: &str, corpus: Corpus, links: bool) -> Against {
        Against {
            // Its name alone: where it lies says nothing to who reads the page.
            name: name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned(),
            counterparts: corpus.counterparts(),
            links,
            documents: 0,
            agreeing: 0,
            labels: BTreeMap::new(),
            cases: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    /// Documents of the other side that were not asked for.
    pub(super) fn left(&self) -> usize {
        self.counterparts.left()
    }

    /// Documents that both sides have.
    pub(super) fn documents(&self) -> u64 {
        self.documents
    }

    /// What was wrong with the other side since this was asked last.
    pub(super) fn take_problems(&mut self) -> Vec<Problem> {
        self.counterparts.take_problems()
    }

    /// Judges a document, if it has a counterpart.
    pub(super) fn judge(&mut self, id: Option<&str>, sketch: &Sketch<'_>) -> Option<Judged> {
        let (spans, annotated_types) = self.counterparts.next(id, sketch.text)?;
        let other = Annotated {
            annotated_types,
            ..Annotated::new("", sketch.text, spans)
        };
        let predicted = sketch.spans.iter().map(LabelledSpan::from);
        let pair = Pair {
            gold: &other,
            predicted: predicted.collect(),
        };
        self.documents += 1;
        Some(self.count(&pair))
    }

    fn count(&mut self, pair: &Pair<'_>) -> Judged {
        let mut judged = Judged::default();
        let mut counted = vec![false; pair.predicted.len()];
        for Judgement {
            gold,
            predicted,
            mistake,
        } in judge(pair, &eval::Options::default())
        {
            let other = gold.map(|g| &pair.gold.spans[g]);
            let ours = predicted.map(|p| &pair.predicted[p]);
            if let Some(p) = predicted {
                counted[p] = true;
            }
            let linked = |(a, b): (&LabelledSpan, &LabelledSpan)| a.entity != b.entity;
            let relinked = self.links && other.zip(ours).is_some_and(linked);
            if let Some(other) = other {
                self.labels.entry(other.label).or_default().others += 1;
            }
            if let Some(ours) = ours {
                let sides = self.labels.entry(ours.label).or_default();
                sides.ours += 1;
                sides.agreeing += u64::from(mistake.is_none());
            }
            let kind = match mistake {
                Some(mistake) => Kind::Mistake(mistake),
                None if relinked => Kind::Linked,
                None => {
                    self.agreeing += 1;
                    continue;
                }
            };
            let form = |span: &LabelledSpan| Form::of(&pair.gold.text, span, kind);
            let case = Case {
                kind,
                other: other.map(form),
                ours: ours.map(form),
            };
            judged.differences.push(Difference {
                case: self.case(case),
                kind,
                ours: predicted,
                other: other.cloned(),
            });
        }
        let ignored = counted.iter().enumerate().filter(|(_, counted)| !**counted);
        judged.ignored = ignored.map(|(p, _)| p).collect();
        judged
    }

    fn case(&mut self, case: Case) -> u32 {
        let next = self.cases.len() as u32;
        let number = *self.numbers.entry(case.clone()).or_insert(next);
        if number == next {
            self.cases.push((case, 0));
        }
        self.cases[number as usize].1 += 1;
        number
    }

    /// What the page shows of it: numbers of cases are those that documents use. To be called when all documents are through.
    pub(super) fn json(&self) -> Value {
        let mut order: Vec<usize> = (0..self.cases.len()).collect();
        order.sort_by_key(|n| Reverse(self.cases[*n].1));
        order.truncate(MOST_CASES);
        let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
        for (case, n) in &self.cases {
            *kinds.entry(case.kind.as_str()).or_default() += n;
        }
        let form = |form: &Option<Form>| {
            let form = form.as_ref();
            form.map(|f| json!([f.label.as_str(), f.text, f.entity]))
        };
        let cases = order.into_iter().map(|n| {
            let (case, count) = &self.cases[n];
            json!([
                n,
                case.kind.as_str(),
                form(&case.other),
                form(&case.ours),
                count
            ])
        });
        let labels = self.labels.iter();
        let labels = labels.map(|(l, s)| json!([l.as_str(), s.others, s.ours, s.agreeing]));
        json!({
            "name": self.name,
            "documents": self.documents,
            "missing": self.counterparts.left(),
            "agreeing": self.agreeing,
            "kinds": kinds,
            "labels": labels.collect::<Vec<_>>(),
            "cases": cases.collect::<Vec<_>>(),
            "all_cases": self.cases.len(),
        })
    }
}

impl Judged {
    /// The spans of the other side that differ.
    pub(super) fn others(&self) -> impl Iterator<Item = Span> {
        let others = self.differences.iter().filter_map(|d| d.other.as_ref());
        others.map(|span| span.span)
    }

    /// As the page has them: for each difference the number of its case, its kind, the number of our span or null, and the other span
    /// or null as start, end, label and entity; and the numbers of our spans that count for nothing.
    pub(super) fn json(&self, places: &Places) -> Value {
        let differences = self.differences.iter().map(|d| {
            let other = d.other.as_ref().map(|span| {
                let (start, end) = places.of(span.span);
                json!([start, end, span.label.as_str(), span.entity])
            });
            json!([d.case, d.kind.as_str(), d.ours, other])
        });
        json!({
            "differences": differences.collect::<Vec<_>>(),
            "ignored": self.ignored,
        })
    }
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Mistake(mistake) => mistake.as_str(),
            Kind::Linked => "other entity",
        }
    }
}

impl Form {
    fn of(text: &str, span: &LabelledSpan, kind: Kind) -> Form {
        let words: Vec<&str> = text[span.span.range()].split_whitespace().collect();
        let words = words.join(" ");
        let mut shown: String = words.chars().take(FORM_CHARS).collect();
        if shown.len() < words.len() {
            shown.push('…');
        }
        let entity = span.entity.as_deref().filter(|_| kind == Kind::Linked);
        Form {
            label: span.label,
            text: shown.into(),
            entity: entity.map(Into::into),
        }
    }
}
