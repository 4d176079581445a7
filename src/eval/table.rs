//! Results as tables, for people.

use super::{
    BODY, By, Change, Comparison, Counts, Difference, Mistake, MistakeKind, NONE, PredictionCounts,
    Results, Scheme, Scores,
    compare::total,
    errors::{Example, Surface},
};
use crate::table::{Align, Row, Table};

const PRF: [&str; 3] = ["precision", "recall", "F1"];

/// What became of predictions, by something that they have.
fn predictions<'a>(
    what: &'static str,
    rows: impl Iterator<Item = (String, &'a PredictionCounts)>,
) -> Table {
    let numbers = [
        "predicted",
        "correct",
        "precision",
        "wrong label",
        "wrong boundary",
        "both wrong",
        "spurious",
    ];
    let mut table = Table::new(format!("predictions, by {what}"), &[what], &numbers);
    for (name, c) in rows {
        let wrong = [c.wrong_label, c.wrong_boundary, c.wrong_both, c.spurious];
        table.row(
            [name, c.predicted.to_string(), c.correct.to_string()]
                .into_iter()
                .chain([decimals(c.precision())])
                .chain(wrong.map(|n| n.to_string())),
        );
    }
    table
}

impl Results<'_> {
    /// The tables that were asked for: all spans by scheme, then by label, origin, score and zone, then mistakes and the comparison.
    pub fn tables(&self) -> Vec<Table> {
        let mut tables = vec![self.by_scheme()];
        for by in self.by {
            tables.push(match by {
                By::Label => self.by_label(),
                By::Origin => self.by_origin(),
                By::Score => self.by_score(),
                By::Zone => self.by_zone(),
            });
        }
        if self.errors > 0 {
            tables.push(self.most_frequent_mistakes());
        }
        if let Some(comparison) = self.comparison {
            tables.push(differences(comparison));
            let changes = [
                (&comparison.won, "won", "gold spans right here alone"),
                (
                    &comparison.lost,
                    "lost",
                    "gold spans right in the other alone",
                ),
                (
                    &comparison.wrong_added,
                    "wrong added",
                    "wrong predictions that are here alone",
                ),
                (
                    &comparison.wrong_gone,
                    "wrong gone",
                    "wrong predictions of the other alone",
                ),
            ];
            for (changes, name, what) in changes {
                let title = format!("{name}: {} {what}", total(changes));
                tables.push(changes_of(title, changes, self.changes));
            }
        }
        tables
    }

    fn by_scheme(&self) -> Table {
        let (all, documents) = (&self.report.all, self.report.documents);
        let ignored = match self.report.ignored {
            0 => String::new(),
            n => format!(", {n} more on optional spans"),
        };
        let title = format!(
            "{documents} document{}, {} gold spans, {} predicted{ignored}",
            if documents == 1 { "" } else { "s" },
            all.gold(),
            all.predicted()
        );
        let counts = ["correct", "incorrect", "partial", "missed", "spurious"];
        let mut table = Table::new(title, &["scheme"], &[&counts[..], &PRF].concat());
        for scheme in Scheme::ALL {
            let c = all.of(scheme);
            let counts = [c.correct, c.incorrect, c.partial, c.missed, c.spurious];
            let counts = counts.map(|n| n.to_string());
            let name = scheme.to_string();
            table.row([name].into_iter().chain(counts).chain(prf(c)));
        }
        table
    }

    fn by_label(&self) -> Table {
        let counts = ["gold", "predicted", "correct"];
        let others = ["exact F1", "partial F1", "type F1"];
        let numbers = [&counts[..], &PRF, &others].concat();
        let mut table = Table::new("strict, by label", &["label"], &numbers);
        let mut row = |name: &str, scores: &Scores| {
            let strict = scores.of(Scheme::Strict);
            let counts = [scores.gold(), scores.predicted(), strict.correct];
            let others = [Scheme::Exact, Scheme::Partial, Scheme::Type];
            table.row(
                [name.to_owned()]
                    .into_iter()
                    .chain(counts.map(|n| n.to_string()))
                    .chain(prf(strict))
                    .chain(others.map(|s| decimals(scores.of(s).f1()))),
            );
        };
        for (label, scores) in &self.report.labels {
            row(label.as_str(), scores);
        }
        row("micro", &self.report.all);
        let mean = |scheme| self.report.macro_average(scheme);
        let strict = mean(Scheme::Strict);
        let scores = [
            strict.precision,
            strict.recall,
            strict.f1,
            mean(Scheme::Exact).f1,
            mean(Scheme::Partial).f1,
            mean(Scheme::Type).f1,
        ];
        let empty = ["", "", ""].map(str::to_owned);
        table.row(
            ["macro".to_owned()]
                .into_iter()
                .chain(empty)
                .chain(scores.map(decimals)),
        );
        table
    }

    fn by_origin(&self) -> Table {
        let origins = self.report.origins.iter();
        predictions(
            "origin",
            origins.map(|(origin, c)| (origin.as_deref().unwrap_or(NONE).to_owned(), c)),
        )
    }

    fn by_score(&self) -> Table {
        let name =
            |tenth: &Option<u8>| tenth.map_or(NONE.to_owned(), |t| format!("0.{t}0 to 0.{t}9"));
        let scores = self.report.scores.iter();
        predictions("score", scores.map(|(tenth, c)| (name(tenth), c)))
    }

    fn by_zone(&self) -> Table {
        let numbers = [&["gold", "predicted", "correct"][..], &PRF].concat();
        let mut table = Table::new("strict, by zone", &["zone"], &numbers);
        for (zone, c) in &self.report.zones {
            let counts = [c.gold(), c.predicted(), c.correct];
            let name = zone.unwrap_or(BODY).to_owned();
            let counts = counts.map(|n| n.to_string());
            table.row([name].into_iter().chain(counts).chain(prf(c)));
        }
        table
    }

    fn most_frequent_mistakes(&self) -> Table {
        let totals = MistakeKind::ALL.map(|k| format!("{} {k}", self.report.mistakes_of(k)));
        let title = format!("mistakes: {}", totals.join(", "));
        let mut table = Table::new(title, &[], &["count"]);
        let words = ["kind", "gold", "predicted"];
        table.columns.extend(words.map(|w| (w, Align::Left)));
        for mistake in self.report.mistakes.iter().take(self.errors) {
            table.rows.push(mistake_row(mistake));
        }
        table
    }
}

fn mistake_row(mistake: &Mistake) -> Row {
    let shown = |s: &Option<Surface>| s.as_ref().map(quoted).unwrap_or_default();
    Row {
        cells: vec![
            mistake.count.to_string(),
            mistake.kind.to_string(),
            shown(&mistake.gold),
            shown(&mistake.predicted),
        ],
        notes: mistake.examples.iter().map(note).collect(),
    }
}

fn differences(comparison: &Comparison) -> Table {
    let title = format!(
        "strict F1 against the other; paired bootstrap over documents, {} samples, seed {}",
        comparison.options.samples, comparison.options.seed
    );
    let numbers = ["F1", "other F1", "difference", "95 % from", "to", "p"];
    let mut table = Table::new(title, &["label"], &numbers);
    let mut row = |name: &str, of: &Difference| {
        let signed = [of.difference(), of.low, of.high].map(|d| format!("{d:+.4}"));
        table.row(
            [name.to_owned(), decimals(of.f1), decimals(of.other_f1)]
                .into_iter()
                .chain(signed)
                .chain([decimals(of.p_value)]),
        );
    };
    for (label, difference) in &comparison.labels {
        row(label.as_str(), difference);
    }
    row("micro", &comparison.all);
    table
}

fn changes_of(title: String, changes: &[Change], most: usize) -> Table {
    let mut table = Table::new(title, &[], &["count"]);
    table.columns.push(("mention", Align::Left));
    table.rows.extend(changes.iter().take(most).map(|c| Row {
        cells: vec![c.count.to_string(), quoted(&c.surface)],
        notes: vec![note(&c.example)],
    }));
    table
}

fn quoted(surface: &Surface) -> String {
    format!("{} \"{}\"", surface.label, surface.text)
}

pub(super) fn note(example: &Example) -> String {
    format!("{}: {}", example.document, example.snippet)
}

fn prf(counts: &Counts) -> [String; 3] {
    [counts.precision(), counts.recall(), counts.f1()].map(decimals)
}

fn decimals(score: f64) -> String {
    format!("{score:.4}")
}
