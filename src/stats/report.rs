//! What was counted, as tables and JSON.

use super::{By, Key, NONE, Stats, Tally, Totals};
use crate::{
    date,
    table::{Align, Row, Table},
};
use serde_json::{Map, Value, json};
use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
};

/// All that was counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// All documents together.
    pub totals: Totals,
    /// A group for each thing that was counted by.
    pub groups: Vec<Group>,
}

/// What was counted by one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// By what.
    pub by: By,
    /// Names of the columns.
    pub columns: Vec<&'static str>,
    /// As many cells a row as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// How many there are, of which `rows` are the first.
    pub all: usize,
}

/// A cell of a [`Group`].
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A name or a date.
    Word(String),
    /// How many.
    Count(u64),
    /// A share of 1.
    Share(f64),
    /// There is none.
    Missing,
}

const COUNTS: [&str; 4] = ["spans", "documents", "first", "last"];

impl Stats {
    /// All that was counted so far, by each thing the `top` most frequent (0: all). Months and years are all there, in their order.
    pub fn report(&self, top: usize) -> Report {
        let mut keys: HashMap<By, Vec<(Key, Tally)>> = HashMap::new();
        for (&key, &tally) in &self.counts {
            keys.entry(key.0).or_default().push((key, tally));
        }
        let top = if top == 0 { usize::MAX } else { top };
        let group = |&by: &By| self.group(by, keys.get(&by).map_or(&[], Vec::as_slice), top);
        Report {
            totals: self.totals.clone(),
            groups: self.by.iter().map(group).collect(),
        }
    }

    fn group(&self, by: By, counted: &[(Key, Tally)], top: usize) -> Group {
        let named = |(key, tally): &(Key, Tally)| (key.1.map(|n| self.names.get(n)), key.1, *tally);
        let mut found: Vec<Found<'_>> = counted.iter().map(named).collect();
        found.sort_by_key(|(names, _, t)| (Reverse(t.spans), Reverse(t.documents), *names));
        match by {
            By::Month | By::Year => {
                // What has no date stands at the end.
                found.sort_by_key(|(names, ..)| (names[0].is_none(), *names));
                let rows = found.iter().map(|(names, _, tally)| {
                    vec![word(names[0]), tally.documents.into(), tally.spans.into()]
                });
                let columns = vec![by.as_str(), "documents", "spans"];
                Group::of(by, columns, rows.collect(), usize::MAX)
            }
            By::Pair => self.pairs(&found, top),
            By::Ambiguity => ambiguity(&found, top),
            By::Entity => {
                let rows = found.iter().map(|(names, key, tally)| {
                    let words = [names[0], self.names.called(key[0]), names[1]];
                    words.map(word).into_iter().chain(counts(tally)).collect()
                });
                let columns = [&["entity", "name", "label"][..], &COUNTS].concat();
                Group::of(by, columns, rows.collect(), top)
            }
            By::Surface => {
                let rows = found.iter().map(|(names, _, tally)| {
                    let words = [names[0], names[1]];
                    words.map(word).into_iter().chain(counts(tally)).collect()
                });
                let columns = [&["surface", "label"][..], &COUNTS].concat();
                Group::of(by, columns, rows.collect(), top)
            }
            By::Label | By::Origin | By::Zone | By::Source => {
                let rows = found.iter().map(|(names, _, tally)| {
                    let name = match by {
                        By::Zone => names[0].or(Some("body")),
                        _ => names[0],
                    };
                    let share = Cell::Share(ratio(tally.documents, self.totals.documents));
                    let mut row: Vec<Cell> =
                        [word(name)].into_iter().chain(counts(tally)).collect();
                    row.insert(3, share);
                    row
                });
                let mut columns = [&[by.as_str()][..], &COUNTS].concat();
                columns.insert(3, "of all");
                Group::of(by, columns, rows.collect(), top)
            }
        }
    }

    fn pairs(&self, found: &[Found<'_>], top: usize) -> Group {
        let alone = found.iter().filter(|(_, key, _)| key[1] == NONE);
        let alone: HashMap<u32, u64> = alone.map(|(_, key, t)| (key[0], t.documents)).collect();
        let mut pairs: Vec<_> = found.iter().filter(|(_, key, _)| key[1] != NONE).collect();
        pairs.sort_by_key(|f| (Reverse(f.2.documents), ordered(f)));
        let rows = pairs.iter().map(|f| {
            let names = ordered(f);
            let [a, b] = names.map(|(_, n)| alone[&n]);
            let both = f.2.documents;
            let shown = |(name, n): (Option<&str>, u32)| word(self.names.called(n).or(name));
            let ids = names.map(|(name, _)| word(name));
            let [a_id, b_id] = ids;
            let [a_name, b_name] = names.map(shown);
            vec![
                a_id,
                a_name,
                b_id,
                b_name,
                both.into(),
                a.into(),
                b.into(),
                Cell::Share(ratio(both, a + b - both)),
            ]
        });
        let columns = vec![
            "a",
            "name of a",
            "b",
            "name of b",
            "documents",
            "with a",
            "with b",
            "of either",
        ];
        Group::of(By::Pair, columns, rows.collect(), top)
    }
}

/// Names of a key, their numbers, and what was counted.
type Found<'a> = ([Option<&'a str>; 3], [u32; 3], Tally);

/// The two names of a pair with their numbers, in the order of the names: that of the numbers is the order of the input.
fn ordered<'a>(pair: &Found<'a>) -> [(Option<&'a str>, u32); 2] {
    let mut names = [(pair.0[0], pair.1[0]), (pair.0[1], pair.1[1])];
    names.sort_unstable();
    names
}

/// Surfaces that have several readings, those first where most spans have another reading than the most frequent.
fn ambiguity(found: &[Found<'_>], top: usize) -> Group {
    let mut surfaces: HashMap<&str, Vec<&Found<'_>>> = HashMap::new();
    for reading in found {
        let surface = reading.0[0].expect("a reading has a surface");
        surfaces.entry(surface).or_default().push(reading);
    }
    // A span without an entity agrees with one of its label that has one.
    surfaces.retain(|_, readings| {
        let labels: BTreeSet<_> = readings.iter().map(|r| r.0[1]).collect();
        let entities: BTreeSet<_> = readings.iter().filter_map(|r| r.0[2]).collect();
        labels.len() > 1 || entities.len() > 1
    });
    let mut surfaces: Vec<(&str, Vec<&Found<'_>>)> = surfaces.into_iter().collect();
    surfaces.sort_by_key(|(surface, readings)| {
        let spans = readings.iter().map(|r| r.2.spans);
        let (all, most) = (spans.clone().sum::<u64>(), spans.max().unwrap_or(0));
        (Reverse(all - most), Reverse(all), *surface)
    });
    let all = surfaces.len();
    let readings = surfaces.iter().take(top).flat_map(|(_, r)| r);
    let rows = readings.map(|(names, _, tally)| {
        let counts = [tally.spans.into(), tally.documents.into()];
        names.map(word).into_iter().chain(counts).collect()
    });
    let columns = vec!["surface", "label", "entity", "spans", "documents"];
    let rows: Vec<Vec<Cell>> = rows.collect();
    Group {
        by: By::Ambiguity,
        columns,
        rows,
        all,
    }
}

fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / (b as f64).max(1.0)
}

fn word(name: Option<&str>) -> Cell {
    name.map_or(Cell::Missing, |name| Cell::Word(name.to_owned()))
}

fn counts(tally: &Tally) -> [Cell; 4] {
    let day = |seconds| Cell::Word(date::day_of(seconds).unwrap_or_default());
    let (first, last) = match tally.dates {
        Some((first, last)) => (day(first), day(last)),
        None => (Cell::Missing, Cell::Missing),
    };
    [tally.spans.into(), tally.documents.into(), first, last]
}

impl From<u64> for Cell {
    fn from(n: u64) -> Cell {
        Cell::Count(n)
    }
}

impl Group {
    fn of(by: By, columns: Vec<&'static str>, mut rows: Vec<Vec<Cell>>, top: usize) -> Group {
        let all = rows.len();
        rows.truncate(top);
        Group {
            by,
            columns,
            rows,
            all,
        }
    }

    fn table(&self) -> Table {
        let what = match self.by {
            By::Ambiguity => "surfaces with several labels or entities".to_owned(),
            By::Pair => "pairs of names in one document".to_owned(),
            by => format!("by {by}"),
        };
        let shown = match self.by {
            By::Ambiguity => {
                let surfaces: BTreeSet<_> = self.rows.iter().map(|r| r[0].shown()).collect();
                surfaces.len()
            }
            _ => self.rows.len(),
        };
        let title = match shown < self.all {
            true => format!("{what}: {shown} of {}", self.all),
            false => format!("{what}: {shown}"),
        };
        let side = |i: usize| {
            let is_number = |r: &Vec<Cell>| matches!(r[i], Cell::Count(_) | Cell::Share(_));
            match self.rows.iter().any(is_number) {
                true => Align::Right,
                false => Align::Left,
            }
        };
        let columns = self.columns.iter().enumerate();
        let row = |row: &Vec<Cell>| Row {
            cells: row.iter().map(Cell::shown).collect(),
            notes: Vec::new(),
        };
        Table {
            title,
            columns: columns.map(|(i, name)| (*name, side(i))).collect(),
            rows: self.rows.iter().map(row).collect(),
        }
    }

    fn json(&self) -> Value {
        let object = |row: &Vec<Cell>| {
            let names = self.columns.iter().map(|name| name.replace(' ', "_"));
            Value::Object(names.zip(row.iter().map(Cell::json)).collect())
        };
        json!({
            "all": self.all,
            "rows": self.rows.iter().map(object).collect::<Vec<_>>(),
        })
    }
}

impl Cell {
    fn shown(&self) -> String {
        match self {
            Cell::Word(word) => word.clone(),
            Cell::Count(n) => n.to_string(),
            Cell::Share(share) => format!("{share:.3}"),
            Cell::Missing => String::new(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Cell::Word(word) => word.as_str().into(),
            Cell::Count(n) => (*n).into(),
            Cell::Share(share) => (*share).into(),
            Cell::Missing => Value::Null,
        }
    }
}

impl Report {
    /// All documents together in a sentence.
    pub fn summary(&self) -> String {
        let t = &self.totals;
        let percent = |a, b| 100.0 * ratio(a, b);
        let date = match t.with_date {
            0 => "none has a date".to_owned(),
            n => format!("{n} have a date"),
        };
        format!(
            "{} document{} ({} with spans, {date}), {} spans ({:.1} % linked to an entity), which are {:.1} % of the text",
            t.documents,
            if t.documents == 1 { "" } else { "s" },
            t.with_spans,
            t.spans,
            percent(t.linked, t.spans),
            percent(t.covered, t.bytes)
        )
    }

    /// A table for each group. An empty cell: there is none, a date, say.
    pub fn tables(&self) -> Vec<Table> {
        self.groups.iter().map(Group::table).collect()
    }

    /// The report as one JSON object and a line feed. Fields may be added; readers should ignore those that they do not know.
    ///
    /// `documents`, `with_spans`, `with_date`, `spans`, `linked` (spans with the id of an entity), `bytes`, `covered` (bytes that lie in
    /// a span) are those of [`Totals`]. `by` has for each thing that was counted by `all`, how many there are, and `rows`, the most
    /// frequent of them: objects with the columns of the table, `_` for spaces, `null` where there is nothing. Shares are of 1.
    pub fn json(&self) -> String {
        let t = &self.totals;
        let groups = self.groups.iter();
        let groups: Map<_, _> = groups
            .map(|g| (g.by.as_str().to_owned(), g.json()))
            .collect();
        let report = json!({
            "documents": t.documents,
            "with_spans": t.with_spans,
            "with_date": t.with_date,
            "spans": t.spans,
            "linked": t.linked,
            "bytes": t.bytes,
            "covered": t.covered,
            "by": groups,
        });
        format!("{report:#}\n")
    }
}
