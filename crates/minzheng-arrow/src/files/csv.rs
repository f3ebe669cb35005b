//! Text with commas, in UTF-8 or GB18030: every column is text, an empty cell is null.

use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use csv::{Reader, ReaderBuilder, StringRecord};
use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};

use super::{BYTES, Batches, Pick, broken, open, refused, unread};
use crate::error::Error;

/// Bytes of a file's beginning by which its encoding is told.
const PROBE: u64 = 64 << 10;

const BAD_TEXT: &str = "the text is neither UTF-8 nor GB18030";

/// Bytes in an encoding, as UTF-8.
#[derive(Debug)]
struct Decoded<R> {
    from: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What of `raw` is not yet decoded.
    rest: core::ops::Range<usize>,
    is_end: bool,
}

impl<R: Read> Decoded<R> {
    fn new(from: R, encoding: &'static Encoding) -> Self {
        Self {
            from,
            decoder: encoding.new_decoder(),
            raw: vec![0; 64 << 10],
            rest: 0..0,
            is_end: false,
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.rest.is_empty() && !self.is_end {
                let many = self.from.read(&mut self.raw)?;
                self.rest = 0..many;
                self.is_end = many == 0;
            }
            let given = self.raw.get(self.rest.clone()).unwrap_or_default();
            let (result, read, written) =
                self.decoder
                    .decode_to_utf8_without_replacement(given, out, self.is_end);
            self.rest.start = self.rest.start.saturating_add(read);
            if matches!(result, DecoderResult::Malformed(..)) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, BAD_TEXT));
            }
            if written > 0 || self.is_end || out.len() < 4 {
                return Ok(written);
            }
        }
    }
}

/// UTF-8 where the beginning of the file is, else GB18030.
fn encoding(path: &Path) -> Result<&'static Encoding, Error> {
    let mut head = Vec::new();
    let read = open(path)?.take(PROBE).read_to_end(&mut head);
    read.map_err(|e| unread(path, &e))?;
    Ok(match core::str::from_utf8(&head) {
        Ok(_) => UTF_8,
        // a character may be cut where the beginning ends
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => UTF_8,
        Err(_) => GB18030,
    })
}

type Text = Reader<Decoded<BufReader<std::fs::File>>>;

fn start(path: &Path) -> Result<(Text, StringRecord), Error> {
    let from = BufReader::new(open(path)?);
    let mut reader = ReaderBuilder::new().from_reader(Decoded::new(from, encoding(path)?));
    let head = reader.headers().map_err(|e| wrong(path, &e))?.clone();
    Ok((reader, head))
}

/// What is wrong with the text, with the line.
fn wrong(path: &Path, error: &csv::Error) -> Error {
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::Io(io) if io.kind() == io::ErrorKind::InvalidData => {
            refused("E-FILE-TEXT", path, BAD_TEXT, "save it as UTF-8 or GB18030")
        }
        csv::ErrorKind::Io(io) => unread(path, io),
        csv::ErrorKind::UnequalLengths { .. } => {
            let message = format!("line {line} has another number of cells than the first");
            let help = "put text that holds commas or line breaks in quotes";
            refused("E-FILE-CSV", path, message, help)
        }
        _ => broken(path, "CSV file"),
    }
}

pub(super) fn schema(path: &Path) -> Result<SchemaRef, Error> {
    let (_, head) = start(path)?;
    if head.iter().all(str::is_empty) {
        let help = "write the names of the columns in the first line";
        return Err(refused("E-FILE-CSV", path, "the file is empty", help));
    }
    let field = |name: &str| Field::new(name.trim(), DataType::Utf8, true);
    Ok(Arc::new(Schema::new(
        head.iter().map(field).collect::<Vec<_>>(),
    )))
}

pub(super) fn read(
    path: PathBuf,
    picks: &[Pick],
    skip: &mut u64,
    most: usize,
) -> Result<Batches, Error> {
    let (mut reader, _) = start(&path)?;
    let whole = schema(&path)?;
    let indices: Vec<usize> = picks.iter().map(|p| p.index).collect();
    let schema = whole
        .project(&indices)
        .map_err(|_| broken(&path, "CSV file"))?;
    let schema = Arc::new(schema);
    let mut record = StringRecord::new();
    while *skip > 0 {
        if !reader
            .read_record(&mut record)
            .map_err(|e| wrong(&path, &e))?
        {
            return Ok(Box::new(core::iter::empty()));
        }
        *skip = skip.saturating_sub(1);
    }
    let mut is_end = false;
    Ok(Box::new(core::iter::from_fn(move || {
        if is_end {
            return None;
        }
        let mut columns: Vec<StringBuilder> =
            indices.iter().map(|_| StringBuilder::new()).collect();
        let (mut rows, mut bytes) = (0_usize, 0_usize);
        while rows < most && bytes < BYTES {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => {
                    is_end = true;
                    break;
                }
                Err(error) => {
                    is_end = true;
                    return Some(Err(wrong(&path, &error)));
                }
            }
            rows = rows.saturating_add(1);
            for (column, index) in columns.iter_mut().zip(&indices) {
                let cell = record.get(*index).unwrap_or("").trim();
                bytes = bytes.saturating_add(cell.len());
                column.append_option(Some(cell).filter(|c| !c.is_empty()));
            }
        }
        let arrays = columns
            .into_iter()
            .map(|mut c| -> ArrayRef { Arc::new(c.finish()) });
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays.collect());
        (rows > 0).then(|| batch.map_err(|_| broken(&path, "CSV file")))
    })))
}
