//! Parquet, where the library is built with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::arrow_writer::ArrowWriter;
use parquet::basic::{Compression, Type as Physical};
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::part::Counted;
use super::{Batches, Pick, broken, open};
use crate::error::{Error, fault};

const WHAT: &str = "Parquet file";

/// Rows of a row group, at most.
const GROUP: usize = 131_072;

/// A table that is being written.
pub(super) struct Writer(ArrowWriter<Counted>);

impl Writer {
    pub(super) fn begin(file: Counted, schema: &SchemaRef) -> Result<Self, Error> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("minzheng ", env!("CARGO_PKG_VERSION")).to_owned())
            // a writer holds a row group until it is whole
            .set_max_row_group_row_count(Some(GROUP))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .build();
        let new = ArrowWriter::try_new(file, Arc::clone(schema), Some(properties));
        new.map(Self).map_err(|_| fault(""))
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), String> {
        self.0.write(batch).map_err(|e| e.to_string())
    }

    pub(super) fn finish(self) -> Result<Counted, String> {
        self.0.into_inner().map_err(|e| e.to_string())
    }
}

pub(super) fn schema(path: &Path) -> Result<SchemaRef, Error> {
    let file = open(path)?;
    let read = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new());
    Ok(Arc::clone(read.map_err(|_| broken(path, WHAT))?.schema()))
}

pub(super) fn read(
    path: PathBuf,
    picks: &[Pick],
    skip: &mut u64,
    most: usize,
) -> Result<Batches, Error> {
    let file = open(&path)?;
    let bad = |_| broken(&path, WHAT);
    let found = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(bad)?;
    let rows = u64::try_from(found.metadata().file_metadata().num_rows()).unwrap_or(0);
    if *skip >= rows {
        *skip = skip.saturating_sub(rows);
        return Ok(Box::new(core::iter::empty()));
    }
    let options = ArrowReaderOptions::new().with_schema(wanted(&found, picks));
    // a type that the pages cannot give is read as the file says
    let meta = ArrowReaderMetadata::try_new(Arc::clone(found.metadata()), options).unwrap_or(found);
    let mask = ProjectionMask::roots(meta.parquet_schema(), picks.iter().map(|p| p.index));
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, meta)
        .with_projection(mask)
        .with_batch_size(most)
        .with_offset(usize::try_from(*skip).unwrap_or(usize::MAX))
        .build()
        .map_err(bad)?;
    *skip = 0;
    Ok(Box::new(
        reader.map(move |b| b.map_err(|_| broken(&path, WHAT))),
    ))
}

/// The types to read: words as a dictionary, as they lie in the pages, and decimals of 18 digits as 64 bits.
fn wanted(found: &ArrowReaderMetadata, picks: &[Pick]) -> SchemaRef {
    let schema = found.schema();
    let columns = found.parquet_schema().root_schema().get_fields();
    let free = |index: usize| picks.iter().any(|p| p.index == index && !p.exact);
    let fields = schema.fields().iter().enumerate().map(|(index, field)| {
        let narrow = columns
            .get(index)
            .filter(|c| c.is_primitive())
            .map(|c| c.get_physical_type());
        let ty = match (field.data_type(), narrow) {
            (DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View, _) => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            }
            (DataType::Decimal128(digits, places), Some(Physical::INT64 | Physical::INT32))
                if *digits <= 18 =>
            {
                DataType::Decimal64(*digits, *places)
            }
            _ => return Arc::clone(field),
        };
        if free(index) {
            Arc::new(Field::clone(field).with_data_type(ty))
        } else {
            Arc::clone(field)
        }
    });
    let fields: Vec<_> = fields.collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}
