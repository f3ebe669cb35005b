//! Arrow's own format: files, and streams.

mod lengths;

use std::io::{BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, SchemaRef};

use super::{Batches, Pick, after, broken, open, slices, unread};
use crate::error::Error;

const WHAT: &str = "Arrow file";

/// What a file begins with and a stream does not.
const MAGIC: &[u8; 6] = b"ARROW1";

type Found<'f> = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send + 'f>;

fn start(path: &Path, columns: Option<Vec<usize>>) -> Result<(SchemaRef, Found<'static>), Error> {
    start_of(path, open(path)?, columns)
}

fn start_of<'f>(
    path: &Path,
    mut file: impl Read + Seek + Send + 'f,
    columns: Option<Vec<usize>>,
) -> Result<(SchemaRef, Found<'f>), Error> {
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

/// All of a table whose file, or stream, lies in memory; `name` stands in errors.
pub(super) fn all(name: &Path, bytes: &[u8]) -> Result<(SchemaRef, Vec<RecordBatch>), Error> {
    let (schema, found) = start_of(name, Cursor::new(bytes), None)?;
    let batches = found.collect::<Result<_, _>>();
    Ok((schema, batches.map_err(|_| broken(name, WHAT))?))
}

/// The bytes of a stream that holds a table.
pub(super) fn bytes(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Vec<u8>, ArrowError> {
    let mut writer = StreamWriter::try_new(Vec::new(), schema)?;
    for batch in batches {
        writer.write(batch)?;
    }
    writer.into_inner()
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
