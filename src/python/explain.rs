//! `Explanation`: why a text has the spans that it has.

use super::document::loads;
use crate::explain::Report;
use pyo3::prelude::*;

/// Why a text, or words of it, are annotated as they are: what ``Tagger.explain`` gives.
///
/// ``print`` shows it as ``wiretag explain`` does; ``to_dict`` is what ``wiretag explain --json`` writes.
#[pyclass(frozen, module = "wiretag")]
#[derive(Debug)]
pub(super) struct Explanation(pub(super) Report);

#[pymethods]
impl Explanation {
    /// All of it: ``candidates`` (what competed, and what became of each), ``refused`` (names whose policies kept them from matching)
    /// and, where words were asked for, ``words``. Offsets are characters.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        loads(py, &self.0.json())
    }

    fn __str__(&self) -> String {
        self.0.page()
    }

    fn __repr__(&self) -> String {
        self.0.page()
    }
}
