//! Predictions against gold.

use super::{
    document::loads,
    error::{detached, exception, invalid},
    files::{annotated_format, problem_list, skips},
    input::strings,
    settings::{label, label_map, map_words},
    workers::Workers,
};
use crate::{
    Error, Severity, annotated,
    eval::{CompareOptions, Corpus, Options, Results, compare, evaluate as evaluated},
};
use pyo3::prelude::*;
use std::collections::BTreeSet;

/// Scores predicted spans against gold spans, both in files: what `wiretag.evaluate` calls.
#[pyfunction]
#[pyo3(signature = (gold, predicted, *, compare_with=None, labels=None, map_labels=None, ignore_determiners=false, mistakes=0, changes=10, samples=10_000, seed=1, format=None, label_field="label", errors="raise"))]
#[allow(
    clippy::too_many_arguments,
    reason = "they are keywords in Python, an option each"
)]
pub(super) fn evaluate<'py>(
    py: Python<'py>,
    gold: &str,
    predicted: &str,
    compare_with: Option<&str>,
    labels: Option<&Bound<'py, PyAny>>,
    map_labels: Option<&Bound<'py, PyAny>>,
    ignore_determiners: bool,
    mistakes: usize,
    changes: usize,
    samples: u32,
    seed: u64,
    format: Option<&str>,
    label_field: &str,
    errors: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let skip = skips(errors)?;
    let mut options = Options {
        ignore_determiners,
        ..Options::default()
    };
    if let Some(map) = map_labels {
        options.map = label_map(&map_words(map)?).map_err(invalid)?;
    }
    if let Some(labels) = labels {
        let labels = strings("labels", labels)?;
        let labels: Result<BTreeSet<_>, _> = labels.iter().map(|l| label(l)).collect();
        options.labels = Some(labels.map_err(invalid)?);
    }
    let read = annotated::Options {
        from: format.map(annotated_format).transpose()?,
        ..annotated::Options::default()
    };
    let read_gold = annotated::Options {
        label_field: label_field.to_owned(),
        ..read.clone()
    };
    // Samples are drawn in parallel.
    let team = Workers::new(0).team(py)?;
    let (json, problems) = detached(py, || {
        let predicted = Corpus::read(predicted, &read)?;
        let other = compare_with.map(|path| Corpus::read(path, &read));
        let corpus = Corpus::read_gold(gold, &read_gold)?;
        if corpus.is_empty() {
            return Err(Error::invalid(format!("{gold}: no documents")));
        }
        let mut problems = corpus.problems().to_vec();
        let paired = corpus.pair(predicted);
        problems.extend_from_slice(&paired.problems);
        let other = other.transpose()?.map(|other| corpus.pair(other));
        problems.extend(other.iter().flat_map(|o| o.problems.iter().cloned()));
        let report = evaluated(&paired.pairs, &options);
        let comparison = other.map(|other| {
            let test = CompareOptions { samples, seed };
            team.run(|| compare(&paired.pairs, &other.pairs, &options, test))
        });
        let results = Results {
            report: &report,
            paired: &paired,
            comparison: comparison.as_ref(),
            by: &[],
            errors: mistakes,
            changes,
        };
        Ok((results.json(), problems))
    })?;
    if !skip && problems.iter().any(|p| p.severity == Severity::Error) {
        return Err(exception(py, &Error::problems(problems)));
    }
    let results = loads(py, &json)?;
    results.set_item("problems", problem_list(py, &problems)?)?;
    Ok(results)
}
