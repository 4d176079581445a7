//! The extension module `wiretag._wiretag`: what Python sees of the public API. Classes wrap it and decide nothing.
//!
//! Offsets are code points here, as in Python's strings.

mod arrow;
mod document;
mod error;
mod evaluate;
mod explain;
mod files;
mod gazetteer;
mod html;
mod input;
mod settings;
mod span;
mod tagger;
mod workers;

use crate::Rule;
use pyo3::{prelude::*, types::PyDict};

/// What `wiretag` is made of; import that.
#[pymodule(name = "_wiretag")]
mod module {
    #[pymodule_export]
    use crate::python::{
        arrow::{ArrowArray, ArrowStream},
        document::Document,
        evaluate::evaluate,
        explain::Explanation,
        files::{Reader, convert, read, read_articles},
        gazetteer::{Gazetteer, GazetteerBuilder, verify},
        rules,
        span::Span,
        tagger::{Annotations, Tagger},
        version,
    };
}

/// The version of this package.
#[pyfunction]
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The rules by name, family by family, with what each does: ``Tagger(without=[...])`` leaves some out.
#[pyfunction]
fn rules(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let rules = PyDict::new(py);
    for rule in Rule::ALL {
        rules.set_item(rule.as_str(), rule.about())?;
    }
    Ok(rules)
}
