//! Anything that hands over Arrow, as a table in memory.

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow_array::ffi_stream::ArrowArrayStreamReader;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_pyarrow::FromPyArrow;
use arrow_schema::SchemaRef;
use minzheng::Error;
use minzheng_arrow::TableFile;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::output::Table;
use crate::raise::{exception, refused, work};

/// Tables by their names. A reader in Python takes the lock by itself while it is read.
pub(crate) fn tables(given: &Bound<'_, PyDict>) -> PyResult<BTreeMap<String, TableFile>> {
    let mut out = BTreeMap::new();
    for (name, any) in given.iter() {
        let name: String = name.extract()?;
        let table = table(&name, &any)?;
        out.insert(name, table);
    }
    Ok(out)
}

fn table(name: &str, any: &Bound<'_, PyAny>) -> PyResult<TableFile> {
    let py = any.py();
    if let Ok(own) = any.cast::<Table>() {
        return Ok(own.get().held());
    }
    if any.cast::<PyString>().is_ok() || any.hasattr("__fspath__")? {
        let path: PathBuf = any.extract()?;
        return work(py, || {
            let file = TableFile::open(&path)?;
            let rows = file.batches().collect::<Result<Vec<_>, Error>>()?;
            let schema = rows
                .first()
                .map_or_else(|| file.schema().clone(), RecordBatch::schema);
            TableFile::held(schema, rows)
        });
    }
    let (schema, rows) = batches(any).map_err(|cause| unread(py, name, cause))?;
    work(py, || TableFile::held(schema, rows))
}

/// The rows of what hands over Arrow: as a stream, or as one array of structs. Anybody may offer either, and nothing is copied.
fn batches(any: &Bound<'_, PyAny>) -> Result<(SchemaRef, Vec<RecordBatch>), Option<PyErr>> {
    if any.hasattr("__arrow_c_stream__")? {
        let reader = ArrowArrayStreamReader::from_pyarrow_bound(any)?;
        let schema = reader.schema();
        let rows = any.py().detach(|| reader.collect::<Result<Vec<_>, _>>());
        let rows = rows.map_err(|cause| PyException::new_err(cause.to_string()))?;
        return Ok((schema, rows));
    }
    if any.hasattr("__arrow_c_array__")? {
        let batch = RecordBatch::from_pyarrow_bound(any)?;
        return Ok((batch.schema(), vec![batch]));
    }
    Err(None)
}

/// What was given is no table; the words of who made it stand beside.
fn unread(py: Python<'_>, name: &str, cause: Option<PyErr>) -> PyErr {
    let message = "what was given is no table, or failed while it was read";
    let help = "give what hands over Arrow by `__arrow_c_stream__`: a polars, pandas or pyarrow table, a DuckDB relation; or the path of a file";
    let raised = exception(py, &refused("E-HOST-TABLE", name, message, help));
    raised.set_cause(py, cause);
    raised
}
