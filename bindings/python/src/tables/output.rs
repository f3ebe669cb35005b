//! A table that was answered: it can be read any number of times.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchIterator};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, SchemaRef};
use minzheng::digest::Sm3;
use minzheng_arrow::TableFile;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict, PyList};

use crate::raise::{exception, refused, work};

/// Characters of a digest.
const DIGEST: usize = 64;

/// Record batches of one schema.
#[pyclass(frozen, module = "minzheng._native")]
pub(crate) struct Table {
    schema: SchemaRef,
    rows: Vec<RecordBatch>,
}

impl Table {
    /// The same as an input.
    pub(crate) fn held(&self) -> TableFile {
        // its batches were made with its schema
        let held = TableFile::held(Arc::clone(&self.schema), self.rows.clone());
        held.unwrap_or_else(|_| empty(&self.schema))
    }
}

fn empty(schema: &SchemaRef) -> TableFile {
    TableFile::held(Arc::clone(schema), Vec::new()).unwrap_or_else(|_| empty(schema))
}

fn broken(py: Python<'_>, error: &ArrowError) -> PyErr {
    let message = format!("the table cannot be handed over: {error}");
    exception(py, &refused("E-HOST-TABLE", "", message, "report it"))
}

#[pymethods]
impl Table {
    /// Rows.
    fn __len__(&self) -> usize {
        self.rows.iter().map(RecordBatch::num_rows).sum()
    }

    /// By column: name, Arrow type in words, whether it may be null, metadata.
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let fields = self.schema.fields().iter().map(|f| {
            let pairs: BTreeMap<&String, &String> = f.metadata().iter().collect();
            (
                f.name().clone(),
                f.data_type().to_string(),
                f.is_nullable(),
                pairs,
            )
        });
        PyList::new(py, fields.collect::<Vec<_>>())
    }

    /// The metadata of the schema.
    fn metadata(&self) -> BTreeMap<String, String> {
        self.schema.metadata().clone().into_iter().collect()
    }

    /// The table as bytes that travel: a digest, and an Arrow stream.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let written = py.detach(|| {
            let mut writer = StreamWriter::try_new(Vec::new(), &self.schema)?;
            for batch in &self.rows {
                writer.write(batch)?;
            }
            writer.finish()?;
            writer.into_inner()
        });
        let stream = written.map_err(|error| broken(py, &error))?;
        let bytes = [Sm3::of(&stream).to_string().into_bytes(), stream].concat();
        Ok(PyBytes::new(py, &bytes))
    }

    /// The table of such bytes. They are looked at before they are read: a length in damaged ones may be anything.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<Self> {
        let (schema, rows) = work(py, || {
            let read = || {
                let (digest, stream) = bytes.split_at_checked(DIGEST)?;
                if digest != Sm3::of(stream).to_string().as_bytes() {
                    return None;
                }
                let reader = StreamReader::try_new(stream, None).ok()?;
                let schema = reader.schema();
                Some((schema, reader.collect::<Result<Vec<_>, _>>().ok()?))
            };
            read().ok_or_else(|| {
                let message = "the bytes are no table, or are damaged";
                refused("E-FILE-FORMAT", "", message, "send them again")
            })
        })?;
        Ok(Self { schema, rows })
    }

    /// The Arrow `PyCapsule` interface: the schema.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.schema.as_ref());
        let schema = schema.map_err(|error| broken(py, &error))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    /// The Arrow `PyCapsule` interface: the rows, any number of times; nothing is copied. Another schema than the table's may be asked
    /// for and need not be given: who asks converts by itself.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let rows = self.rows.clone().into_iter().map(Ok);
        let reader = RecordBatchIterator::new(rows, Arc::clone(&self.schema));
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}

/// The tables of an answer while they come.
#[derive(Default)]
pub(crate) struct Kept {
    tables: BTreeMap<String, (SchemaRef, Vec<RecordBatch>)>,
}

impl Kept {
    pub(crate) fn take(&mut self, name: &str, batch: RecordBatch) {
        let new = || (batch.schema(), Vec::new());
        let (_, rows) = self.tables.entry(name.to_owned()).or_insert_with(new);
        if batch.num_rows() > 0 {
            rows.push(batch);
        }
    }

    /// All of them, by name.
    pub(crate) fn finish(self, py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        let out = PyDict::new(py);
        for (name, (schema, rows)) in self.tables {
            out.set_item(name, Bound::new(py, Table { schema, rows })?)?;
        }
        Ok(out)
    }
}
