//! Results as JSON.

use super::{
    Average, BODY, Change, Comparison, Counts, Difference, MistakeKind, NONE, PredictionCounts,
    Report, Results, Scheme, Scores, compare::total, errors::Surface,
};
use serde_json::{Map, Value, json};

impl Results<'_> {
    /// The results as one JSON object and a line feed. Fields may be added; readers should ignore those that they do not know. Numbers are not rounded.
    ///
    /// | field | what it is |
    /// |---|---|
    /// | `documents` | `gold`: gold documents; of them `missing` (without a counterpart) and `differing` (in another text), both with all their spans missed; `extra`: predicted documents without a gold one, left out |
    /// | `ignored` | predictions that counted nothing, for they lie on optional gold spans |
    /// | `all` | the scores of all labels together: `gold` and `predicted` (spans), and by scheme (`strict`, `exact`, `partial`, `type`) the counts `correct`, `incorrect`, `partial`, `missed`, `spurious` and the scores `precision`, `recall`, `f1` |
    /// | `macro` | by scheme the means of `precision`, `recall`, `f1` over the labels |
    /// | `labels` | by label what `all` has, of its spans alone |
    /// | `origins` | by origin (`none` where predictions name none) the counts `predicted`, `correct`, `wrong_label`, `wrong_boundary`, `wrong_both`, `spurious`, and `precision` |
    /// | `scores` | the same counts by tenths of the score, from `0.0` to `0.9` (`none` where predictions have none) |
    /// | `zones` | by zone (`body` outside all) strict `gold`, `predicted`, `correct`, `precision`, `recall`, `f1` |
    /// | `errors` | `totals`: mistakes by kind (`missed`, `spurious`, `wrong label`, `wrong boundary`, `wrong label and boundary`); `most_frequent`: a list of `kind`, `gold` and `predicted` (each `text` and `label`, or null), `count`, `examples` (a list of `document` and `snippet`) |
    /// | `comparison` | absent without one: `samples`, `seed`; `all` and by label in `labels` strict `f1`, `other_f1`, `difference`, `low` and `high` (95 % of the samples lie between), `p_value`; `won`, `lost`, `wrong_added`, `wrong_gone`, each `count` and `most_frequent`, a list of `text`, `label`, `count`, `example` |
    pub fn json(&self) -> String {
        let Report {
            all,
            labels,
            origins,
            scores: by_score,
            zones,
            ignored,
            mistakes,
            documents,
        } = self.report;
        let by_scheme =
            |of: &dyn Fn(Scheme) -> Value| object(Scheme::ALL.map(|s| (s.as_str(), of(s))));
        let mut results = json!({
            "documents": {
                "gold": documents,
                "missing": self.paired.missing,
                "differing": self.paired.differing,
                "extra": self.paired.extra,
            },
            "ignored": ignored,
            "all": scores(all),
            "macro": by_scheme(&|s| average(self.report.macro_average(s))),
            "labels": object(labels.iter().map(|(label, of)| (label.as_str(), scores(of)))),
            "origins": object(origins.iter().map(|(origin, of)| {
                (origin.as_deref().unwrap_or(NONE), predictions(of))
            })),
            "scores": object(by_score.iter().map(|(tenth, of)| {
                let from = tenth.map_or(NONE.to_owned(), |t| format!("0.{t}"));
                (from, predictions(of))
            })),
            "zones": object(zones.iter().map(|(zone, of)| {
                let counts = json!({
                    "gold": of.gold(),
                    "predicted": of.predicted(),
                    "correct": of.correct,
                    "precision": of.precision(),
                    "recall": of.recall(),
                    "f1": of.f1(),
                });
                (zone.unwrap_or(BODY), counts)
            })),
            "errors": {
                "totals": object(MistakeKind::ALL.map(|kind| (kind.as_str(), self.report.mistakes_of(kind).into()))),
                "most_frequent": mistakes.iter().take(self.errors).map(|m| json!({
                    "kind": m.kind.as_str(),
                    "gold": m.gold.as_ref().map(surface),
                    "predicted": m.predicted.as_ref().map(surface),
                    "count": m.count,
                    "examples": m.examples.iter().map(|e| json!({
                        "document": e.document,
                        "snippet": e.snippet,
                    })).collect::<Vec<_>>(),
                })).collect::<Vec<_>>(),
            },
        });
        if let Some(comparison) = self.comparison {
            results["comparison"] = compared(comparison, self.changes);
        }
        format!("{results:#}\n")
    }
}

fn object(fields: impl IntoIterator<Item = (impl Into<String>, Value)>) -> Value {
    let fields = fields.into_iter().map(|(name, value)| (name.into(), value));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn scores(scores: &Scores) -> Value {
    let mut fields = object(Scheme::ALL.map(|s| (s.as_str(), counts(scores.of(s)))));
    fields["gold"] = scores.gold().into();
    fields["predicted"] = scores.predicted().into();
    fields
}

fn counts(counts: &Counts) -> Value {
    json!({
        "correct": counts.correct,
        "incorrect": counts.incorrect,
        "partial": counts.partial,
        "missed": counts.missed,
        "spurious": counts.spurious,
        "precision": counts.precision(),
        "recall": counts.recall(),
        "f1": counts.f1(),
    })
}

fn predictions(of: &PredictionCounts) -> Value {
    json!({
        "predicted": of.predicted,
        "correct": of.correct,
        "wrong_label": of.wrong_label,
        "wrong_boundary": of.wrong_boundary,
        "wrong_both": of.wrong_both,
        "spurious": of.spurious,
        "precision": of.precision(),
    })
}

fn average(average: Average) -> Value {
    json!({"precision": average.precision, "recall": average.recall, "f1": average.f1})
}

fn surface(surface: &Surface) -> Value {
    json!({"text": surface.text, "label": surface.label.as_str()})
}

fn compared(comparison: &Comparison, most: usize) -> Value {
    let difference = |of: &Difference| {
        json!({
            "f1": of.f1,
            "other_f1": of.other_f1,
            "difference": of.difference(),
            "low": of.low,
            "high": of.high,
            "p_value": of.p_value,
        })
    };
    let changes = |changes: &[Change]| {
        let shown = changes.iter().take(most).map(|c| {
            json!({
                "text": c.surface.text,
                "label": c.surface.label.as_str(),
                "count": c.count,
                "example": {"document": c.example.document, "snippet": c.example.snippet},
            })
        });
        json!({"count": total(changes), "most_frequent": shown.collect::<Vec<_>>()})
    };
    let labels = comparison.labels.iter();
    json!({
        "samples": comparison.options.samples,
        "seed": comparison.options.seed,
        "all": difference(&comparison.all),
        "labels": object(labels.map(|(label, of)| (label.as_str(), difference(of)))),
        "won": changes(&comparison.won),
        "lost": changes(&comparison.lost),
        "wrong_added": changes(&comparison.wrong_added),
        "wrong_gone": changes(&comparison.wrong_gone),
    })
}
