//! Where spans are listed that do not lie on words.

use crate::{error::Error, write::align::Unaligned};
use std::{
    fmt,
    io::Write,
    sync::{Mutex, PoisonError},
};

/// Takes the spans of a run that do not lie on words, in the order of the input: [a line of JSON](Unaligned::write_json) each.
pub struct Listing(Mutex<Box<dyn Write + Send>>);

impl Listing {
    /// A listing that is written to `out`.
    pub fn new(out: impl Write + Send + 'static) -> Listing {
        Listing(Mutex::new(Box::new(out)))
    }

    pub(super) fn add(&self, unaligned: &[Unaligned]) -> Result<(), Error> {
        let mut lines = Vec::new();
        for unaligned in unaligned {
            unaligned.write_json(&mut lines);
        }
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(out.write_all(&lines)?)
    }

    pub(super) fn flush(&self) -> Result<(), Error> {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(out.flush()?)
    }
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing").finish_non_exhaustive()
    }
}
