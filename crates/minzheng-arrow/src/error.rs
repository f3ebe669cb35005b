//! What is wrong with tables: an [`Error`] refuses a whole table, a [`Finding`] is about one row.

use core::fmt;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

pub use minzheng::Error;
use minzheng_rules::error::Diagnostic;

/// What becomes of a row with something wrong in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The value is read as unknown; everything else is decided.
    Unknown,
    /// The household is not decided: all its outcomes are undetermined.
    SetAside,
    /// The row belongs to no household that is decided: it has no answer.
    Refused,
}

impl Effect {
    /// The word in the table of findings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::SetAside => "set_aside",
            Self::Refused => "refused",
        }
    }
}

/// One row with something wrong in it. `Debug` and `Display` show the key masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// The stable code; see `docs/reference/errors.md`.
    pub code: &'static str,
    /// Name of the table.
    pub table: String,
    /// The row in its table, from 0.
    pub row: u64,
    /// The column as the table names it; empty where the finding is about the whole row.
    pub column: String,
    /// What is wrong, in English; it never repeats the value.
    pub message: String,
    /// What becomes of the row.
    pub effect: Effect,
    /// The key of the row in full: it goes into the table of findings that the host asked for and nowhere else.
    pub key: String,
}

impl Finding {
    /// The key as it may be shown: the first two and last two characters of a long one.
    pub fn masked(&self) -> String {
        unimplemented!()
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

/// What was found in the rows of some tables: by table, row and column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    list: Vec<Finding>,
    more: u64,
}

impl Findings {
    /// The findings that are kept.
    pub fn iter(&self) -> core::slice::Iter<'_, Finding> {
        self.list.iter()
    }

    /// How many were found, those that are not kept included.
    pub fn count(&self) -> u64 {
        unimplemented!()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The columns of the table of findings: `table`, `row` (`UInt64`, from 0), `column`, `code`, `effect`, `message`,
    /// `masked_key`, `key`; all but `row` are `Utf8`, none is null.
    pub fn schema() -> SchemaRef {
        unimplemented!()
    }

    /// The table of findings. It holds keys in full.
    ///
    /// # Errors
    /// None but a fault of this library.
    pub fn to_batch(&self) -> Result<RecordBatch, Error> {
        unimplemented!()
    }
}

/// An error about a table or one of its columns.
pub(crate) fn at(
    code: &'static str,
    table: &str,
    column: &str,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Diagnostic {
    let path = if column.is_empty() {
        table.to_owned()
    } else {
        format!("{table}.{column}")
    };
    Diagnostic::error(code, message).path(path).help(help)
}
