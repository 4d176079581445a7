//! The texts of an array, whatever way they are stored.

use super::invalid;
use arrow_array::{Array, ArrayRef, BinaryArray, BinaryViewArray, LargeBinaryArray, cast::AsArray};
use arrow_buffer::NullBuffer;
use arrow_cast::cast;
use arrow_schema::DataType;
use pyo3::PyResult;

/// The texts of an array. They came from elsewhere, so each is proved to be UTF-8 when it is asked for.
pub(super) struct Texts {
    bytes: Bytes,
    /// Rows that are not there, as the table or the array says.
    nulls: Option<NullBuffer>,
}

enum Bytes {
    Short(BinaryArray),
    Long(LargeBinaryArray),
    View(BinaryViewArray),
    /// All are null.
    None(usize),
}

impl Texts {
    /// The texts of an array, without those that are null there or in the table around it.
    ///
    /// # Errors
    /// When it holds no strings; `name` is what the message calls it.
    pub(super) fn of(array: &ArrayRef, around: Option<&NullBuffer>, name: &str) -> PyResult<Texts> {
        let nulls = NullBuffer::union(array.logical_nulls().as_ref(), around);
        let bytes = match array.data_type() {
            DataType::Utf8 => Bytes::Short(array.as_string::<i32>().clone().into()),
            DataType::LargeUtf8 => Bytes::Long(array.as_string::<i64>().clone().into()),
            DataType::Utf8View => Bytes::View(array.as_string_view().clone().to_binary_view()),
            DataType::Null => Bytes::None(array.len()),
            // Views of a dictionary's strings: the strings stay where they are.
            DataType::Dictionary(_, of)
                if matches!(
                    **of,
                    DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
                ) =>
            {
                let views = cast(array, &DataType::Utf8View);
                let views = views.map_err(|e| invalid(format!("{name}: {e}")))?;
                Bytes::View(views.as_string_view().clone().to_binary_view())
            }
            other => {
                return Err(invalid(format!(
                    "{name} is of the type {other}: texts are string, large_string or string_view"
                )));
            }
        };
        Ok(Texts { bytes, nulls })
    }

    pub(super) fn len(&self) -> usize {
        match &self.bytes {
            Bytes::Short(array) => array.len(),
            Bytes::Long(array) => array.len(),
            Bytes::View(array) => array.len(),
            Bytes::None(len) => *len,
        }
    }

    /// How many bytes the text of a row has.
    pub(super) fn bytes(&self, row: usize) -> usize {
        self.row(row).map_or(0, <[u8]>::len)
    }

    /// The text of a row, or why it is none.
    pub(super) fn get(&self, row: usize) -> Option<Result<&str, String>> {
        let text = std::str::from_utf8(self.row(row)?);
        Some(text.map_err(|e| format!("the text is not UTF-8 at byte {}", e.valid_up_to())))
    }

    fn row(&self, row: usize) -> Option<&[u8]> {
        if self.nulls.as_ref().is_some_and(|n| n.is_null(row)) {
            return None;
        }
        match &self.bytes {
            Bytes::Short(array) => Some(array.value(row)),
            Bytes::Long(array) => Some(array.value(row)),
            Bytes::View(array) => Some(array.value(row)),
            Bytes::None(_) => None,
        }
    }
}
