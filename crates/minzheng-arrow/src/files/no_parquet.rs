//! Parquet, where the library is built without it: every file of it is refused with words.

use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::part::Counted;
use super::{Batches, Pick, open, refused};
use crate::error::Error;

/// A table that cannot be written.
pub(super) enum Writer {}

impl Writer {
    pub(super) fn begin(_: Counted, _: &SchemaRef) -> Result<Self, Error> {
        Err(left_out(Path::new("")))
    }

    pub(super) fn write(&mut self, _: &RecordBatch) -> Result<(), String> {
        match *self {}
    }

    pub(super) fn finish(self) -> Result<Counted, String> {
        match self {}
    }
}

pub(super) fn schema(path: &Path) -> Result<SchemaRef, Error> {
    // a file that is not there is said to be not there
    open(path)?;
    Err(left_out(path))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "called as the reader of Parquet is, which keeps the path"
)]
pub(super) fn read(path: PathBuf, _: &[Pick], _: &mut u64, _: usize) -> Result<Batches, Error> {
    Err(left_out(&path))
}

fn left_out(path: &Path) -> Error {
    let message = "this library was built without Parquet";
    let help =
        "read the file with another library and give its table, or write it as .arrow or .csv";
    refused("E-FILE-BUILD", path, message, help)
}
