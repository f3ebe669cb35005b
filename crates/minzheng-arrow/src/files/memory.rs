//! Tables whose bytes a host hands over in memory, in Arrow's own format.

use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::guard::guarded;
use super::ipc;
use crate::error::{Error, fault};

/// A table that lies in memory whole.
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use minzheng_arrow::MemoryTable;
///
/// let ids: ArrayRef = Arc::new(StringArray::from(vec!["h1"]));
/// let batch = RecordBatch::try_from_iter([("household_id", ids)])?;
/// let table = MemoryTable { name: "households".into(), schema: batch.schema(), batches: vec![batch] };
/// let again = MemoryTable::from_ipc("households", &table.to_ipc()?)?;
/// assert_eq!(again.batches, table.batches);
/// assert_eq!(MemoryTable::from_ipc("households", b"no table").unwrap_err().code(), "E-FILE-FORMAT");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct MemoryTable {
    /// Its name: `households`, `people`, `obligors`.
    pub name: String,
    /// Its columns.
    pub schema: SchemaRef,
    /// Its rows, in order.
    pub batches: Vec<RecordBatch>,
}

impl MemoryTable {
    /// Reads the bytes of an Arrow file or stream.
    ///
    /// # Errors
    /// `E-FILE-FORMAT` where they are neither, or are damaged.
    pub fn from_ipc(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let path = Path::new(name);
        let (schema, batches) = guarded(path, "Arrow file", || ipc::all(path, bytes))?;
        Ok(Self {
            name: name.to_owned(),
            schema,
            batches,
        })
    }

    /// The bytes of an Arrow stream.
    ///
    /// # Errors
    /// None but a fault of this library.
    pub fn to_ipc(&self) -> Result<Vec<u8>, Error> {
        ipc::bytes(&self.schema, &self.batches).map_err(|_| fault(&self.name))
    }
}
