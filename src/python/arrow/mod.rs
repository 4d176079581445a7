//! Arrow: texts of arrays, batches and streams in, a column of spans out. What comes in is neither copied nor changed.

mod spans;
mod texts;

use super::{
    error::{in_document, invalid},
    settings::named,
    tagger::{BYTES_AT_ONCE, Tagger, Task},
    workers::Team,
};
use crate::OffsetUnit;
use arrow_array::{Array, ArrayRef, StringArray, StructArray, cast::AsArray};
use arrow_cast::cast;
use arrow_schema::{DataType, Field, FieldRef, Fields};
use pyo3::{
    prelude::*,
    types::{PyCapsule, PyTuple},
};
use pyo3_arrow::{
    error::PyArrowError,
    ffi::{
        ArrayIterator, ArrayReader, to_array_pycapsules, to_schema_pycapsule, to_stream_pycapsule,
    },
    input::AnyArray,
};
use rayon::prelude::*;
use spans::{Part, Spans};
use std::{ops::Range, sync::Arc};
use texts::Texts;

/// A thread annotates about so many bytes of text at once; a batch is shared among all of them.
const PART_BYTES: usize = 128 << 10;

/// What `Tagger.annotate_arrow` does.
pub(super) fn annotate<'py>(
    py: Python<'py>,
    tagger: &Tagger,
    data: AnyArray,
    columns: &Columns<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    match data {
        AnyArray::Array(array) => {
            let (array, field) = array.into_inner();
            let field = columns.field(&field)?;
            let array = tagger.arrow_array(py, columns, &array, &field, 0)?;
            Ok(Bound::new(py, ArrowArray { array, field })?.into_any())
        }
        AnyArray::Stream(stream) => {
            let mut reader = stream.into_reader()?;
            let field = columns.field(&reader.field())?;
            let (mut chunks, mut rows) = (Vec::new(), 0);
            // Whoever makes the chunks may need the interpreter.
            while let Some(chunk) = py.detach(|| reader.next()) {
                let chunk = chunk.map_err(|e| invalid(e.to_string()))?;
                chunks.push(tagger.arrow_array(py, columns, &chunk, &field, rows)?);
                rows += chunk.len();
            }
            Ok(Bound::new(py, ArrowStream { chunks, field })?.into_any())
        }
    }
}

/// What is read of a table, and what is added.
pub(super) struct Columns<'a> {
    text: &'a str,
    id: Option<&'a str>,
    date: &'a str,
    with_errors: bool,
    unit: OffsetUnit,
}

impl<'a> Columns<'a> {
    /// The arguments of `Tagger.annotate_arrow`, and the column with dates.
    pub(super) fn new(
        text: &'a str,
        id: Option<&'a str>,
        date: &'a str,
        errors: &str,
        offset_unit: &str,
    ) -> PyResult<Columns<'a>> {
        let units = [OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16];
        let errors = named("errors", errors, &["raise", "column"], |word| word);
        let unit = named("offset_unit", offset_unit, &units, OffsetUnit::as_str);
        Ok(Columns {
            text,
            id,
            date,
            with_errors: errors.map_err(invalid)? == "column",
            unit: unit.map_err(invalid)?,
        })
    }

    /// The type of what is given for data of a type.
    fn field(&self, field: &Field) -> PyResult<FieldRef> {
        let spans = spans::field(self.unit);
        let DataType::Struct(fields) = field.data_type() else {
            if self.with_errors {
                return Err(invalid(
                    "errors=\"column\" needs a table: an array of texts has no room for a column",
                ));
            }
            return Ok(Arc::new(spans));
        };
        let mut added = vec![spans];
        added.extend(
            self.with_errors
                .then(|| Field::new("error", DataType::Utf8, true)),
        );
        if let Some(clash) = added
            .iter()
            .find(|a| fields.iter().any(|f| f.name() == a.name()))
        {
            return Err(invalid(format!(
                "there is a column {:?} already: drop or rename it",
                clash.name()
            )));
        }
        let all = fields
            .iter()
            .cloned()
            .chain(added.into_iter().map(Arc::new));
        let all = DataType::Struct(all.collect::<Fields>());
        let mut metadata = field.metadata().clone();
        metadata.extend(spans::metadata(self.unit));
        Ok(Arc::new(
            Field::new(field.name(), all, field.is_nullable()).with_metadata(metadata),
        ))
    }

    fn column<'t>(
        &self,
        table: &'t StructArray,
        name: &str,
        option: &str,
    ) -> PyResult<&'t ArrayRef> {
        table.column_by_name(name).ok_or_else(|| {
            let names: Vec<String> = table
                .column_names()
                .iter()
                .map(|n| format!("{n:?}"))
                .collect();
            let names = names.join(", ");
            invalid(format!(
                "no column {name:?}: there are {names} ({option}= names another)"
            ))
        })
    }
}

/// The texts of a batch, with what is known of each.
struct Rows {
    texts: Texts,
    ids: Option<StringArray>,
    dates: Option<StringArray>,
}

impl Rows {
    fn id(&self, row: usize) -> &str {
        value(self.ids.as_ref(), row).unwrap_or_default()
    }

    /// Rows in parts of about so many bytes.
    fn parts(&self, bytes: usize) -> Vec<Range<usize>> {
        let (mut parts, mut start, mut size) = (Vec::new(), 0, 0);
        for row in 0..self.texts.len() {
            // What a row costs besides its text.
            size += 64 + self.texts.bytes(row);
            if size >= bytes {
                parts.push(start..row + 1);
                (start, size) = (row + 1, 0);
            }
        }
        parts.push(start..self.texts.len());
        parts
    }
}

fn value(column: Option<&StringArray>, row: usize) -> Option<&str> {
    column.filter(|c| c.is_valid(row)).map(|c| c.value(row))
}

/// A column as strings.
fn strings(column: &ArrayRef, name: &str) -> PyResult<StringArray> {
    let strings = cast(column, &DataType::Utf8);
    let strings = strings.map_err(|e| invalid(format!("column {name:?}: {e}")))?;
    Ok(strings.as_string::<i32>().clone())
}

impl Tagger {
    /// Annotates an array of texts or a batch; `first` rows came before.
    fn arrow_array(
        &self,
        py: Python<'_>,
        columns: &Columns<'_>,
        array: &ArrayRef,
        out: &FieldRef,
        first: usize,
    ) -> PyResult<ArrayRef> {
        let table = array.as_struct_opt();
        let rows = match table {
            None => Rows {
                texts: Texts::of(array, array.nulls(), "the array")?,
                ids: None,
                dates: None,
            },
            Some(table) => {
                let text = columns.column(table, columns.text, "text")?;
                let name = format!("column {:?}", columns.text);
                let id = columns
                    .id
                    .map(|id| strings(columns.column(table, id, "id")?, id));
                let date = table.column_by_name(columns.date);
                Rows {
                    texts: Texts::of(text, table.nulls(), &name)?,
                    ids: id.transpose()?,
                    dates: date.map(|d| strings(d, columns.date)).transpose()?,
                }
            }
        };
        let team = self.team(py)?;
        let mut parts = Vec::new();
        let all = rows.parts(PART_BYTES);
        // So that Ctrl-C works.
        for some in all.chunks(BYTES_AT_ONCE / PART_BYTES * self.threads()) {
            let done = py.detach(|| self.parts(&team, &rows, some, columns.unit));
            for part in done {
                let bad = part.faults.iter().find(|_| !columns.with_errors);
                if let Some((row, message)) = bad {
                    return Err(in_document(first + row, rows.id(*row), message.clone()));
                }
                parts.push(part);
            }
            py.check_signals()?;
        }
        let spans = spans::joined(&parts).map_err(invalid)?;
        let Some(table) = table else {
            return Ok(Arc::new(spans));
        };
        let DataType::Struct(fields) = out.data_type() else {
            return Err(invalid("the type of a table is that of its columns"));
        };
        let mut arrays = table.columns().to_vec();
        arrays.push(Arc::new(spans));
        if columns.with_errors {
            arrays.push(Arc::new(spans::errors(&parts, table.len())));
        }
        let table = StructArray::try_new(fields.clone(), arrays, table.nulls().cloned());
        Ok(Arc::new(table.map_err(|e| invalid(e.to_string()))?))
    }

    /// Annotates parts of a batch in the threads of a team.
    fn parts(
        &self,
        team: &Team,
        rows: &Rows,
        parts: &[Range<usize>],
        unit: OffsetUnit,
    ) -> Vec<Part> {
        let part = |range: &Range<usize>| {
            let mut spans = Spans::default();
            for row in range.clone() {
                let text = match rows.texts.get(row) {
                    None => {
                        spans.end_null();
                        continue;
                    }
                    Some(Ok(text)) => text,
                    Some(Err(message)) => {
                        spans.end_fault(row, message);
                        continue;
                    }
                };
                let task = Task {
                    text,
                    date: value(rows.dates.as_ref(), row).map(str::to_owned),
                };
                let added = team.with_memory(|memory| {
                    self.annotated(memory, &task, |found| {
                        spans.push(&self.annotator().mentions(text, found, unit))
                    })
                });
                match added {
                    Ok(()) => spans.end_row(),
                    Err(message) => spans.end_fault(row, message),
                }
            }
            spans.finish()
        };
        team.run(|| parts.par_iter().map(part).collect())
    }
}

/// An array of Arrow: what ``Tagger.annotate_arrow`` gives for an array or a batch.
///
/// ``pyarrow.array(...)``, ``pyarrow.record_batch(...)`` and whatever else takes the Arrow PyCapsule interface take it, without a copy.
#[pyclass(frozen, module = "wiretag")]
#[derive(Debug)]
pub(super) struct ArrowArray {
    array: ArrayRef,
    field: FieldRef,
}

#[pymethods]
impl ArrowArray {
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        to_schema_pycapsule(py, &*self.field).map_err(python)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        to_array_pycapsules(py, self.field.clone(), &self.array, requested_schema).map_err(python)
    }

    fn __len__(&self) -> usize {
        self.array.len()
    }

    fn __repr__(&self) -> String {
        format!(
            "<ArrowArray: {} rows, {}>",
            self.array.len(),
            shown(&self.field)
        )
    }
}

/// A table of Arrow: what ``Tagger.annotate_arrow`` gives for a table, a data frame or a stream.
///
/// ``pyarrow.table(...)``, ``polars.DataFrame(...)``, DuckDB and whatever else takes the Arrow PyCapsule interface take it, without a
/// copy and as often as they like.
#[pyclass(frozen, module = "wiretag")]
#[derive(Debug)]
pub(super) struct ArrowStream {
    chunks: Vec<ArrayRef>,
    field: FieldRef,
}

#[pymethods]
impl ArrowStream {
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        to_schema_pycapsule(py, &*self.field).map_err(python)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let chunks = self.chunks.clone().into_iter().map(Ok);
        let reader: Box<dyn ArrayReader + Send> =
            Box::new(ArrayIterator::new(chunks, self.field.clone()));
        to_stream_pycapsule(py, reader, requested_schema).map_err(python)
    }

    fn __len__(&self) -> usize {
        self.chunks.iter().map(|c| c.len()).sum()
    }

    fn __repr__(&self) -> String {
        let rows = self.__len__();
        format!("<ArrowStream: {rows} rows, {}>", shown(&self.field))
    }
}

fn python(e: PyArrowError) -> PyErr {
    e.into()
}

/// The names of columns, or what an array holds.
fn shown(field: &Field) -> String {
    match field.data_type() {
        DataType::Struct(fields) => {
            let names: Vec<&str> = fields.iter().map(|f| f.name().as_str()).collect();
            format!("columns {}", names.join(", "))
        }
        _ => "lists of spans".to_owned(),
    }
}
