//! Arrow's own format: files, and streams.

mod lengths;

use std::io::{BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, SchemaRef};

use super::{Batches, Pick, after, broken, open, slices, unread};
use crate::error::Error;

const WHAT: &str = "Arrow file";

/// What a file begins with and a stream does not.
const MAGIC: &[u8; 6] = b"ARROW1";

type Found = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

fn start(path: &Path, columns: Option<Vec<usize>>) -> Result<(SchemaRef, Found), Error> {
    let mut file = open(path)?;
    let mut head = Vec::new();
    let read = file.by_ref().take(6).read_to_end(&mut head);
    read.and_then(|_| file.rewind())
        .map_err(|e| unread(path, &e))?;
    let bad = |_| broken(path, WHAT);
    let is_file = head == MAGIC;
    let fits = lengths::fit(&mut file, is_file);
    let fits = fits.and_then(|fits| file.rewind().map(|()| fits));
    if !fits.map_err(|e| unread(path, &e))? {
        return Err(broken(path, WHAT));
    }
    Ok(if is_file {
        let reader = FileReader::try_new(BufReader::new(file), columns).map_err(bad)?;
        (reader.schema(), Box::new(reader))
    } else {
        let reader = StreamReader::try_new(BufReader::new(file), columns).map_err(bad)?;
        (reader.schema(), Box::new(reader))
    })
}

pub(super) fn schema(path: &Path) -> Result<SchemaRef, Error> {
    start(path, None).map(|(schema, _)| schema)
}

pub(super) fn read(
    path: PathBuf,
    picks: &[Pick],
    skip: &mut u64,
    most: usize,
) -> Result<Batches, Error> {
    let columns = picks.iter().map(|p| p.index).collect();
    let (_, mut found) = start(&path, Some(columns))?;
    let mut first = None;
    while *skip > 0 && first.is_none() {
        let Some(batch) = found.next() else {
            return Ok(Box::new(core::iter::empty()));
        };
        first = after(batch.map_err(|_| broken(&path, WHAT))?, skip);
    }
    let rest = first.map(Ok).into_iter().chain(found);
    let rest = rest.flat_map(move |batch| slices(batch, most));
    Ok(Box::new(
        rest.map(move |b| b.map_err(|_| broken(&path, WHAT))),
    ))
}
