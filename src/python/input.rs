//! What is annotated: strings, mappings that resemble lines of JSONL, and documents.

use super::{
    document::{Document, Text},
    error::in_document,
};
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    pybacked::PyBackedStr,
    types::{PyDict, PyInt, PyMapping, PyString},
};

/// The text that an item of an input is. `index`: its place, which messages name.
///
/// # Errors
/// A `DocumentError` when it is none.
pub(super) fn text(item: &Bound<'_, PyAny>, index: usize) -> PyResult<Text> {
    if let Ok(string) = item.cast::<PyString>() {
        return Ok(Text {
            text: utf8(string).map_err(|e| in_document(index, "", e))?,
            id: String::new(),
            meta: None,
        });
    }
    if let Ok(document) = item.cast::<Document>() {
        return Ok(document.get().to_text(item.py()));
    }
    match item.cast::<PyMapping>() {
        Ok(mapping) => mapped(mapping, index),
        Err(_) => {
            let class = item.get_type().name()?;
            let message = format!(
                "it is of the type {class}: give a string, a mapping with \"text\", or a Document"
            );
            Err(in_document(index, "", message))
        }
    }
}

/// A string as Rust sees it; a message for those that are no Unicode.
pub(super) fn utf8(string: &Bound<'_, PyString>) -> Result<PyBackedStr, String> {
    PyBackedStr::try_from(string.clone()).map_err(|e| {
        format!(
            "no Unicode text ({}): text.encode(errors=\"replace\").decode() makes it one",
            e.value(string.py())
        )
    })
}

/// `text`, `id`, and all else as meta; that of a record is taken over, and its spans are left out.
fn mapped(mapping: &Bound<'_, PyMapping>, index: usize) -> PyResult<Text> {
    let py = mapping.py();
    let meta = PyDict::new(py);
    meta.update(mapping)?;
    let take = |name: &str| -> PyResult<Option<Bound<'_, PyAny>>> {
        let value = meta.get_item(name)?;
        if value.is_some() {
            meta.del_item(name)?;
        }
        Ok(value.filter(|v| !v.is_none()))
    };
    let id = match take("id")? {
        None => String::new(),
        Some(id) if id.is_instance_of::<PyString>() || id.is_instance_of::<PyInt>() => {
            id.str()?.to_string()
        }
        Some(id) => {
            let message = format!("\"id\" is {}: give a string or a number", id.repr()?);
            return Err(in_document(index, "", message));
        }
    };
    let text = take("text")?;
    let text = text
        .as_ref()
        .ok_or("no \"text\"".to_owned())
        .and_then(|t| {
            t.cast::<PyString>()
                .map_err(|_| "\"text\" is no string".to_owned())
        })
        .and_then(utf8)
        .map_err(|e| in_document(index, &id, e))?;
    if meta.contains("offset_unit")? && meta.contains("spans")? {
        take("offset_unit")?;
        take("spans")?;
        if let Some(inner) = meta.get_item("meta")?
            && let Ok(inner) = inner.cast::<PyMapping>()
        {
            meta.del_item("meta")?;
            meta.update(inner)?;
        }
    }
    Ok(Text {
        text,
        id,
        meta: (!meta.is_empty()).then(|| meta.unbind()),
    })
}

/// One string, or several.
pub(super) fn strings(option: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    if let Ok(one) = value.extract::<String>() {
        return Ok(vec![one]);
    }
    let wrong = |_| PyTypeError::new_err(format!("{option} is a list of strings"));
    let items = value.try_iter().map_err(wrong)?;
    items.map(|item| item?.extract().map_err(wrong)).collect()
}
