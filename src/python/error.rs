//! Errors as exceptions of Python, which `python/wiretag/_errors.py` declares.

use crate::{Error, Problem, Severity};
use pyo3::prelude::*;

mod exceptions {
    #![allow(missing_docs, reason = "wiretag/_errors.py documents them")]
    pyo3::import_exception!(wiretag._errors, DataError);
    pyo3::import_exception!(wiretag._errors, DocumentError);
    pyo3::import_exception!(wiretag._errors, Error);
    pyo3::import_exception!(wiretag._errors, FileError);
    pyo3::import_exception!(wiretag._errors, MissingFileError);
    pyo3::import_exception!(wiretag._types, Problem);
}

/// The exception that an error is.
pub(super) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    if let Some((path, source)) = error.as_io() {
        let path = path.map(|p| p.display().to_string());
        let number = source.raw_os_error();
        let what = source.to_string();
        // Python has the number apart.
        let suffix = number.map(|n| format!(" (os error {n})"));
        let what = what.trim_end_matches(suffix.as_deref().unwrap_or_default());
        let what = what.to_owned();
        return match source.kind() {
            std::io::ErrorKind::NotFound => {
                exceptions::MissingFileError::new_err((number, what, path))
            }
            _ => exceptions::FileError::new_err((number, what, path)),
        };
    }
    match error.as_problems() {
        [] => invalid(error.to_string()),
        problems => {
            let all = problems.iter().map(|p| problem(py, p).map(Bound::unbind));
            match all.collect::<PyResult<Vec<_>>>() {
                Ok(all) => exceptions::DataError::new_err((error.to_string(), all)),
                Err(e) => e,
            }
        }
    }
}

/// Something was asked for that can't be.
pub(super) fn invalid(message: impl Into<String>) -> PyErr {
    exceptions::Error::new_err((message.into(),))
}

/// One text of several could not be annotated.
pub(super) fn in_document(index: usize, id: &str, message: String) -> PyErr {
    exceptions::DocumentError::new_err((message, index, id.to_owned()))
}

/// A problem as `wiretag.Problem`.
pub(super) fn problem<'py>(py: Python<'py>, problem: &Problem) -> PyResult<Bound<'py, PyAny>> {
    let severity = match problem.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let Problem {
        path,
        line,
        message,
        ..
    } = problem;
    py.import("wiretag._types")?
        .getattr("Problem")?
        .call1((path, line, severity, message))
}

/// Runs without the lock of the interpreter what takes time; its error becomes an exception.
pub(super) fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    py.detach(work).map_err(|e| exception(py, &e))
}
