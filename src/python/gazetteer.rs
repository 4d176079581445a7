//! `Gazetteer`: names to find, compiled; and what collects them.

use super::{
    error::{detached, exception, invalid},
    settings,
    workers::Workers,
};
use crate::{Alias, Entry, SourceDefaults};
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    types::{PyBytes, PyDict, PyMapping, PyTuple, PyType},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Names to find, compiled: immutable, shared by all taggers that use it.
///
/// Made by ``from_path``, ``from_text``, ``from_rows``, or step by step with ``builder()``. A list is read and checked when the
/// gazetteer is made: about 0.3 s for 100,000 names. A compiled file opens in constant time.
#[pyclass(frozen, module = "wiretag")]
#[derive(Clone, Debug)]
pub(super) struct Gazetteer {
    pub(super) source: Source,
}

/// Where the bytes of a compiled gazetteer are.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// In a file, which every tagger maps.
    Path(PathBuf),
    /// In memory, under a name.
    Bytes(String, Arc<[u8]>),
}

#[pymethods]
impl Gazetteer {
    /// The gazetteer in a file, or in the ``.tsv`` and ``.txt`` files of a folder. A compiled file is mapped, not read, and must not be
    /// written to while it is used.
    ///
    /// Args:
    ///     path: The file or folder.
    ///     label: Label of the names in a plain list, which has one name a line and no header.
    ///     case: Case policy of names that have none: ``any``, ``title``, ``exact``. Default: by the form of each name.
    #[classmethod]
    #[pyo3(signature = (path, *, label=None, case=None))]
    fn from_path(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        path: PathBuf,
        label: Option<&str>,
        case: Option<&str>,
    ) -> PyResult<Gazetteer> {
        let defaults = defaults(label, case)?;
        let mut builder = crate::Gazetteer::builder();
        let compiled = in_threads(py, || {
            builder.add_path(&path, &defaults)?;
            Ok(builder.is_compiled())
        })?;
        match compiled {
            true => Ok(Gazetteer {
                source: Source::Path(path),
            }),
            false => compiled_from(py, &mut builder, path.display().to_string()),
        }
    }

    /// The gazetteer in a string, in the format of a list.
    ///
    /// Args:
    ///     text: The list.
    ///     name: What messages call it.
    ///     label: Label of the names, where it has no header.
    ///     case: Case policy of names that have none: ``any``, ``title``, ``exact``. Default: by the form of each name.
    #[classmethod]
    #[pyo3(signature = (text, *, name="gazetteer", label=None, case=None))]
    fn from_text(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        text: &str,
        name: &str,
        label: Option<&str>,
        case: Option<&str>,
    ) -> PyResult<Gazetteer> {
        let mut builder = crate::Gazetteer::builder();
        builder.add_source(name, text, &defaults(label, case)?);
        compiled_from(py, &mut builder, name.to_owned())
    }

    /// The gazetteer of rows of a program's: of a data frame, a database.
    ///
    /// Args:
    ///     rows: Names, pairs of name and label, or mappings with ``name`` and perhaps ``label``, ``id``, ``aliases``, ``attributes``,
    ///         ``case``, ``priority``, as ``GazetteerBuilder.add`` takes them.
    ///     label: Label of rows that have none.
    #[classmethod]
    #[pyo3(signature = (rows, *, label=None))]
    fn from_rows(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        rows: &Bound<'_, PyAny>,
        label: Option<&str>,
    ) -> PyResult<Gazetteer> {
        let mut builder = crate::Gazetteer::builder();
        for (number, row) in rows.try_iter()?.enumerate() {
            let entry = entry_of(&row?, label);
            let entry = entry.map_err(|e| match e.is_instance_of::<PyTypeError>(py) {
                true => e,
                false => invalid(format!("row {number}: {}", e.value(py))),
            })?;
            builder.add(entry);
        }
        compiled_from(py, &mut builder, "rows".to_owned())
    }

    /// The gazetteer in the bytes of a compiled one.
    ///
    /// Args:
    ///     bytes: What ``to_bytes`` gave, or the content of a compiled file.
    ///     name: What messages call it.
    #[classmethod]
    #[pyo3(signature = (bytes, *, name="gazetteer"))]
    fn from_bytes(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        bytes: &[u8],
        name: &str,
    ) -> PyResult<Gazetteer> {
        let bytes: Arc<[u8]> = bytes.into();
        let opened = crate::Gazetteer::builder()
            .add_compiled(name, bytes.clone())
            .map(|_| ());
        opened.map_err(|e| exception(py, &e))?;
        Ok(Gazetteer {
            source: Source::Bytes(name.to_owned(), bytes),
        })
    }

    /// Collects names step by step.
    #[staticmethod]
    fn builder() -> GazetteerBuilder {
        GazetteerBuilder::default()
    }

    /// Writes the compiled gazetteer to a file, which appears when it is whole; ``wiretag -g`` and ``from_path`` open it at once.
    fn compile(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let bytes = self.bytes(py)?;
        detached(py, || write_whole(&path, &bytes))
    }

    /// The bytes of the compiled gazetteer.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.bytes(py)?))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let class = py.get_type::<Gazetteer>();
        match &self.source {
            Source::Path(path) => {
                let args = (path.as_os_str(),);
                (class.getattr("from_path")?, args).into_pyobject(py)
            }
            Source::Bytes(_, bytes) => {
                let args = (PyBytes::new(py, bytes),);
                (class.getattr("from_bytes")?, args).into_pyobject(py)
            }
        }
    }

    fn __repr__(&self) -> String {
        match &self.source {
            Source::Path(path) => format!("<Gazetteer {}>", path.display()),
            Source::Bytes(name, bytes) => format!("<Gazetteer {name}, {} bytes>", bytes.len()),
        }
    }
}

impl Gazetteer {
    /// Adds it to others.
    pub(super) fn add_to(&self, builder: &mut crate::GazetteerBuilder) -> Result<(), crate::Error> {
        match &self.source {
            Source::Path(path) => builder.add_path(path, &SourceDefaults::default())?,
            Source::Bytes(name, bytes) => builder.add_compiled(name, bytes.clone())?,
        };
        Ok(())
    }

    fn bytes(&self, py: Python<'_>) -> PyResult<Arc<[u8]>> {
        match &self.source {
            Source::Bytes(_, bytes) => Ok(bytes.clone()),
            Source::Path(path) => detached(py, || {
                Ok(fs::read(path)
                    .map_err(|e| crate::Error::io(path, e))?
                    .into())
            }),
        }
    }
}

/// Collects entities and their names, from files or one by one.
///
/// What is added first wins where names tie. Every method gives the builder back, so that calls can be chained.
#[pyclass(module = "wiretag")]
#[derive(Debug, Default)]
pub(super) struct GazetteerBuilder(crate::GazetteerBuilder);

#[pymethods]
impl GazetteerBuilder {
    #[new]
    fn new() -> GazetteerBuilder {
        GazetteerBuilder::default()
    }

    /// Adds a list, or the ``.tsv`` and ``.txt`` files of a folder.
    #[pyo3(signature = (path, *, label=None, case=None))]
    fn add_path<'py>(
        mut slf: PyRefMut<'py, GazetteerBuilder>,
        path: PathBuf,
        label: Option<&str>,
        case: Option<&str>,
    ) -> PyResult<PyRefMut<'py, GazetteerBuilder>> {
        let py = slf.py();
        let defaults = defaults(label, case)?;
        let builder = &mut slf.0;
        in_threads(py, || builder.add_path(&path, &defaults).map(|_| ()))?;
        Ok(slf)
    }

    /// Adds the text of a list. ``name`` is what messages call it.
    #[pyo3(signature = (text, *, name="gazetteer", label=None, case=None))]
    fn add_text<'py>(
        mut slf: PyRefMut<'py, GazetteerBuilder>,
        text: &str,
        name: &str,
        label: Option<&str>,
        case: Option<&str>,
    ) -> PyResult<PyRefMut<'py, GazetteerBuilder>> {
        let defaults = defaults(label, case)?;
        slf.0.add_source(name, text, &defaults);
        Ok(slf)
    }

    /// Adds an entity. One with the id and label of an earlier one adds its aliases to that.
    ///
    /// Args:
    ///     name: Its canonical name, which is an alias too.
    ///     label: What it is.
    ///     id: Its id. Default: made of label and name.
    ///     aliases: Its other names.
    ///     attributes: What else is known of it.
    ///     case: Case policy of all these names: ``any``, ``title``, ``exact``. Default: by the form of each name.
    ///     priority: Names of a higher priority win, from -128 to 127.
    #[pyo3(signature = (name, label, *, id=None, aliases=Vec::new(), attributes=Vec::new(), case=None, priority=0))]
    #[allow(
        clippy::too_many_arguments,
        reason = "they are keywords in Python, a column each"
    )]
    fn add<'py>(
        mut slf: PyRefMut<'py, GazetteerBuilder>,
        name: &str,
        label: &str,
        id: Option<&str>,
        aliases: Vec<String>,
        #[pyo3(from_py_with = pairs)] attributes: Vec<(String, String)>,
        case: Option<&str>,
        priority: i8,
    ) -> PyResult<PyRefMut<'py, GazetteerBuilder>> {
        let entry = entry(name, label, id, aliases, attributes, case, priority)?;
        slf.0.add(entry);
        Ok(slf)
    }

    /// The gazetteer.
    fn build(&mut self, py: Python<'_>) -> PyResult<Gazetteer> {
        compiled_from(py, &mut self.0, "gazetteer".to_owned())
    }

    /// Writes what was added as a compiled gazetteer, and says how many names it has. The file appears when it is whole.
    fn compile(&mut self, py: Python<'_>, path: PathBuf) -> PyResult<usize> {
        in_threads(py, || {
            let mut bytes = Vec::new();
            let names = self.0.compile(&mut bytes)?;
            write_whole(&path, &bytes)?;
            Ok(names)
        })
    }

    fn __repr__(&self) -> &'static str {
        "<GazetteerBuilder>"
    }
}

/// Reads a whole compiled gazetteer and says whether it is as it was written.
///
/// Raises:
///     Error: When it is no compiled gazetteer, of another version, or damaged.
#[pyfunction]
pub(super) fn verify(py: Python<'_>, path: PathBuf) -> PyResult<()> {
    detached(py, || crate::verify_compiled(&path))
}

/// Reads or compiles lists in threads of its own.
fn in_threads<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, crate::Error> + Send,
) -> PyResult<T> {
    let team = Workers::new(0).team(py)?;
    detached(py, || team.run(work))
}

fn compiled_from(
    py: Python<'_>,
    builder: &mut crate::GazetteerBuilder,
    name: String,
) -> PyResult<Gazetteer> {
    let bytes = in_threads(py, || {
        let mut bytes = Vec::new();
        builder.compile(&mut bytes)?;
        Ok(bytes)
    })?;
    Ok(Gazetteer {
        source: Source::Bytes(name, bytes.into()),
    })
}

/// Writes a file that appears when it is whole.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), crate::Error> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    fs::write(&part, bytes)
        .and_then(|()| fs::rename(&part, path))
        .map_err(|e| crate::Error::io(path, e))
}

/// What holds for names of a list that says nothing else.
fn defaults(label: Option<&str>, case: Option<&str>) -> PyResult<SourceDefaults> {
    Ok(SourceDefaults {
        label: label.map(settings::label).transpose().map_err(invalid)?,
        case: case.map(settings::case).transpose().map_err(invalid)?,
    })
}

/// A row as an entity: a name, a pair, or a mapping.
fn entry_of(row: &Bound<'_, PyAny>, label: Option<&str>) -> PyResult<Entry> {
    let no_label = || invalid("no label: give the row one, or from_rows(..., label=...)");
    if let Ok(name) = row.extract::<String>() {
        let label = label.ok_or_else(no_label)?;
        return entry(&name, label, None, Vec::new(), Vec::new(), None, 0);
    }
    if let Ok((name, label)) = row.extract::<(String, String)>() {
        return entry(&name, &label, None, Vec::new(), Vec::new(), None, 0);
    }
    let row = row.cast::<PyMapping>().map_err(|_| {
        PyTypeError::new_err("a row is a name, a pair of name and label, or a mapping")
    })?;
    const KEYS: [&str; 7] = [
        "name",
        "label",
        "id",
        "aliases",
        "attributes",
        "case",
        "priority",
    ];
    for key in row.keys()?.iter() {
        let key: String = key.extract()?;
        if !KEYS.contains(&&*key) {
            return Err(invalid(format!(
                "no field {key:?}: there are {}",
                KEYS.join(", ")
            )));
        }
    }
    let get = |key: &str| -> PyResult<Option<Bound<'_, PyAny>>> {
        match row.contains(key)? {
            true => Ok(Some(row.get_item(key)?).filter(|v| !v.is_none())),
            false => Ok(None),
        }
    };
    let string =
        |key: &str| -> PyResult<Option<String>> { get(key)?.map(|v| v.extract()).transpose() };
    let name = string("name")?.ok_or_else(|| invalid("no name"))?;
    let own = string("label")?;
    let aliases = get("aliases")?.map(|v| super::input::strings("aliases", &v));
    let attributes = get("attributes")?.map(|v| pairs(&v));
    let priority = get("priority")?.map(|v| v.extract()).transpose()?;
    entry(
        &name,
        own.as_deref().or(label).ok_or_else(no_label)?,
        string("id")?.as_deref(),
        aliases.transpose()?.unwrap_or_default(),
        attributes.transpose()?.unwrap_or_default(),
        string("case")?.as_deref(),
        priority.unwrap_or(0),
    )
}

fn entry(
    name: &str,
    label: &str,
    id: Option<&str>,
    aliases: Vec<String>,
    attributes: Vec<(String, String)>,
    case: Option<&str>,
    priority: i8,
) -> PyResult<Entry> {
    let label = settings::label(label).map_err(invalid)?;
    let case = case.map(settings::case).transpose().map_err(invalid)?;
    let alias = |text: String| Alias {
        case,
        priority,
        ..Alias::new(text)
    };
    let mut entry = match id {
        Some(id) => Entry::new(id, label, name),
        None => Entry::named(label, name),
    };
    entry.aliases = aliases.into_iter().map(alias).collect();
    entry.aliases.insert(0, alias(name.to_owned()));
    Ok(attributes
        .into_iter()
        .fold(entry, |entry, (key, value)| entry.attribute(key, value)))
}

/// The pairs of a dictionary of strings.
fn pairs(value: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let wrong = |_| PyTypeError::new_err("attributes are a dict of strings");
    let dict = value.cast::<PyDict>().map_err(|_| wrong(()))?;
    let pair = |(key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
        Ok((key.extract::<String>()?, value.extract::<String>()?))
    };
    let pairs: PyResult<Vec<_>> = dict.iter().map(pair).collect();
    pairs.map_err(|_| wrong(()))
}
