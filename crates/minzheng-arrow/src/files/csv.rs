//! Text with commas, in UTF-8 or GB18030: every column is text, an empty cell is null.

mod decoded;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use csv::{Reader, ReaderBuilder, StringRecord};
use encoding_rs::Encoding;

use super::{BYTES, Batches, Pick, broken, open, refused, unread};
use crate::error::Error;
use decoded::{Decoded, Flaw};

const WHAT: &str = "CSV file";

type Text = Reader<Decoded<std::fs::File>>;

fn start(path: &Path, encoding: &'static Encoding) -> Result<(Text, StringRecord), Error> {
    let from = Decoded::new(open(path)?, encoding);
    let mut reader = ReaderBuilder::new().from_reader(from);
    let head = reader.headers().map_err(|e| wrong(path, &e))?.clone();
    Ok((reader, head))
}

/// What is wrong with the text, with the line.
fn wrong(path: &Path, error: &csv::Error) -> Error {
    match error.kind() {
        csv::ErrorKind::Io(io) => match Flaw::of(io) {
            Some(flaw) => refused(flaw.code(), path, flaw.words(), flaw.help()),
            None => unread(path, io),
        },
        csv::ErrorKind::UnequalLengths { .. } => {
            let line = error.position().map_or(0, csv::Position::line);
            let message = format!("line {line} has another number of cells than the first");
            let help = "put text that holds commas or line breaks in quotes";
            refused("E-FILE-CSV", path, message, help)
        }
        _ => broken(path, WHAT),
    }
}

/// The columns of a file and its encoding. A column without a name is called `column N`.
pub(super) fn schema(path: &Path) -> Result<(SchemaRef, &'static Encoding), Error> {
    let encoding = decoded::encoding(open(path)?).map_err(|e: io::Error| unread(path, &e))?;
    let (_, head) = start(path, encoding)?;
    if head.iter().all(|name| name.trim().is_empty()) {
        let help = "write the names of the columns in the first line";
        return Err(refused("E-FILE-CSV", path, "the file is empty", help));
    }
    let field = |(number, name): (usize, &str)| {
        let name = match name.trim() {
            "" => format!("column {number}"),
            name => name.to_owned(),
        };
        Field::new(name, DataType::Utf8, true)
    };
    let fields: Vec<Field> = (1..).zip(head.iter()).map(field).collect();
    Ok((Arc::new(Schema::new(fields)), encoding))
}

pub(super) fn read(
    path: PathBuf,
    (schema, encoding): (&SchemaRef, &'static Encoding),
    picks: &[Pick],
    skip: &mut u64,
    most: usize,
) -> Result<Batches, Error> {
    let (mut reader, head) = start(&path, encoding)?;
    let indices: Vec<usize> = picks.iter().map(|p| p.index).collect();
    let picked = schema.project(&indices);
    let picked = picked.ok().filter(|_| head.len() == schema.fields().len());
    let schema = Arc::new(picked.ok_or_else(|| broken(&path, WHAT))?);
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
        (rows > 0).then(|| batch.map_err(|_| broken(&path, WHAT)))
    })))
}
