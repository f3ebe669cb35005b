//! What is wrong with tables: an [`Error`] refuses a whole table, a [`Finding`] is about one row.

use core::fmt;
use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

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
    pub table: Arc<str>,
    /// The row in its table, from 0.
    pub row: u64,
    /// The column as the table names it; empty where the finding is about the whole row.
    pub column: Arc<str>,
    /// What is wrong, in English; it never repeats the value.
    pub message: Cow<'static, str>,
    /// What becomes of the row.
    pub effect: Effect,
    /// The key of the row in full, `household/person`: it goes into the table of findings that the host asked for and nowhere
    /// else.
    pub key: String,
}

impl Finding {
    /// The key as it may be shown: of each part the first two and last two characters; of a short part nothing.
    pub fn masked(&self) -> String {
        masked(&self.key)
    }
}

/// A key, its parts divided by strokes, as it may be shown.
pub(crate) fn masked(key: &str) -> String {
    let mask = |part: &str| {
        let many = part.chars().count();
        part.chars()
            .enumerate()
            .map(|(at, c)| {
                let open = at < 2 || at.saturating_add(2) >= many;
                if many > 8 && open { c } else { '*' }
            })
            .collect::<String>()
    };
    key.split('/').map(mask).collect::<Vec<_>>().join("/")
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.table, self.row)?;
        if !self.column.is_empty() {
            write!(f, ".{}", self.column)?;
        }
        write!(
            f,
            " ({}): {}: {}, {}",
            self.masked(),
            self.code,
            self.message,
            self.effect.word()
        )
    }
}

/// What was found in the rows of some tables: by table, column and row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    list: Vec<Finding>,
    most: usize,
    more: u64,
}

impl Findings {
    /// No findings yet; so many are kept, the others counted.
    pub(crate) const fn new(most: usize) -> Self {
        Self {
            list: Vec::new(),
            most,
            more: 0,
        }
    }

    /// Gives the rows of a table the numbers they have in it.
    pub(crate) fn renumber(&mut self, table: &str, numbers: &[u64]) {
        for finding in self.list.iter_mut().filter(|f| *f.table == *table) {
            let row = usize::try_from(finding.row).ok();
            if let Some(number) = row.and_then(|row| numbers.get(row)) {
                finding.row = *number;
            }
        }
    }

    /// Whether another finding will be kept.
    pub(crate) const fn has_room(&self) -> bool {
        self.list.len() < self.most
    }

    pub(crate) fn push(&mut self, finding: Finding) {
        if self.has_room() {
            self.list.push(finding);
        } else {
            self.count_one();
        }
    }

    pub(crate) const fn count_one(&mut self) {
        self.more = self.more.saturating_add(1);
    }

    /// Adds the findings of another list behind these.
    pub(crate) fn extend(&mut self, more: Self) {
        more.list.into_iter().for_each(|f| self.push(f));
        self.more = self.more.saturating_add(more.more);
    }

    /// The findings that are kept.
    pub fn iter(&self) -> core::slice::Iter<'_, Finding> {
        self.list.iter()
    }

    /// How many were found, those that are not kept included.
    pub fn count(&self) -> u64 {
        u64::try_from(self.list.len())
            .unwrap_or(u64::MAX)
            .saturating_add(self.more)
    }

    /// Whether nothing was found.
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty() && self.more == 0
    }

    /// The columns of the table of findings: `table`, `row` (`UInt64`, from 0), `column`, `code`, `effect`, `message`,
    /// `masked_key`, `key`; all but `row` are `Utf8`, none is null.
    pub fn schema() -> SchemaRef {
        let text = |name: &str| Field::new(name, DataType::Utf8, false);
        Arc::new(Schema::new(vec![
            text("table"),
            Field::new("row", DataType::UInt64, false),
            text("column"),
            text("code"),
            text("effect"),
            text("message"),
            text("masked_key"),
            text("key"),
        ]))
    }

    /// The table of findings. It holds keys in full.
    ///
    /// # Errors
    /// None but a fault of this library.
    pub fn to_batch(&self) -> Result<RecordBatch, Error> {
        fn text<'f>(list: &'f [Finding], get: impl Fn(&'f Finding) -> &'f str) -> ArrayRef {
            Arc::new(StringArray::from_iter_values(list.iter().map(get)))
        }
        let masked = self.list.iter().map(Finding::masked);
        let columns: Vec<ArrayRef> = vec![
            text(&self.list, |f| &f.table),
            Arc::new(UInt64Array::from_iter_values(
                self.list.iter().map(|f| f.row),
            )),
            text(&self.list, |f| &f.column),
            text(&self.list, |f| f.code),
            text(&self.list, |f| f.effect.word()),
            text(&self.list, |f| &f.message),
            Arc::new(StringArray::from_iter_values(masked)),
            text(&self.list, |f| &f.key),
        ];
        RecordBatch::try_new(Self::schema(), columns).map_err(|_| fault("findings"))
    }
}

impl<'f> IntoIterator for &'f Findings {
    type Item = &'f Finding;
    type IntoIter = core::slice::Iter<'f, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
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

/// Arrays that this library made do not fit each other.
pub(crate) fn fault(table: &str) -> Error {
    at(
        "E-TABLE-FAULT",
        table,
        "",
        "arrays of this library's own making do not fit",
        "report it, with the packs and the columns of the tables",
    )
    .into()
}
