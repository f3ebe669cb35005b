//! Readers of other libraries, which may panic on a damaged file: here that is an error like any other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;

use super::{Batches, broken};
use crate::error::Error;

/// Does what reads a file; a panic says that the file is damaged.
pub(crate) fn guarded<T>(
    path: &Path,
    what: &str,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    // what a panic left half done is thrown away with it
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(broken(path, what)))
}

/// Batches that end with the first error, a panic among them.
pub(super) struct Guarded {
    pub(super) from: Option<Batches>,
    pub(super) path: PathBuf,
    pub(super) what: &'static str,
}

impl Iterator for Guarded {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let from = self.from.as_mut()?;
        let next = guarded(&self.path, self.what, || from.next().transpose());
        match next {
            Ok(batch) => batch.map(Ok),
            Err(error) => {
                self.from = None;
                Some(Err(error))
            }
        }
    }
}
