//! Many households at once, as Arrow's own bytes.

use crate::engine::Engine;
use crate::error::MinzhengError;
use crate::household::FactStatus;
use crate::values::CalendarDate;

/// A table as the bytes of an Arrow file or stream.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct TableBytes {
    /// Its name: `households`, `people`, `obligors`.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How tables are read and what the answer holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct TableOptions {
    /// The day decided of households that do not say `on`.
    #[uniffi(default = None)]
    pub on: Option<CalendarDate>,
    /// The law as published by this day; none: all that the packs hold.
    #[uniffi(default = None)]
    pub known_on: Option<CalendarDate>,
    /// How the facts of the tables stand; none: declared.
    #[uniffi(default = None)]
    pub status: Option<FactStatus>,
    /// Programmes by id; empty: all.
    #[uniffi(default = [])]
    pub programmes: Vec<String>,
    /// Formulas by id, each a column of the answer.
    #[uniffi(default = [])]
    pub formulas: Vec<String>,
    /// Whether the answer has a column of truths for every condition.
    #[uniffi(default = false)]
    pub conditions: bool,
    /// Whether the answer has a column that says what decides against a programme, or leaves it open.
    #[uniffi(default = false)]
    pub reasons: bool,
    /// So many things that are missing, for every programme that is open; 0: no such columns.
    #[uniffi(default = 0)]
    pub missing: u32,
    /// Whether columns that nobody knows are left out in silence.
    #[uniffi(default = false)]
    pub ignore_unknown: bool,
}

/// A row with something wrong in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct TableFinding {
    /// The stable code.
    pub code: String,
    /// Name of the table.
    pub table: String,
    /// The row, from 0.
    pub row: u64,
    /// The column; empty where it is about the whole row.
    pub column: String,
    /// What is wrong, in English; it never repeats the value.
    pub text: String,
    /// What becomes of the row: `set_aside`, `refused` or `unknown`.
    pub effect: String,
    /// The key of the row, masked.
    pub masked_key: String,
}

/// What was decided of tables.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct DecidedTables {
    /// The answer, each table as the bytes of an Arrow stream: keys, `PROGRAMME.status`, `PROGRAMME.amount` ….
    pub tables: Vec<TableBytes>,
    /// What is wrong with rows.
    pub findings: Vec<TableFinding>,
    /// How many findings there are, those that are not kept included.
    pub findings_total: u64,
    /// How many households are not decided.
    pub set_aside: u64,
}

#[uniffi::export]
impl Engine {
    /// Decides tables of households and people, and of records below people: each household gets the answer it gets alone.
    ///
    /// Errors: `E-FILE-FORMAT` where bytes are no Arrow file or stream, `E-TABLE-…` for columns; `E-TABLE-BUILD` where the library
    /// was built without tables, as it is for phones; `E-VALUE-DATE`.
    pub fn decide_tables(
        &self,
        households: &[u8],
        people: &[u8],
        records: Vec<TableBytes>,
        options: TableOptions,
    ) -> Result<DecidedTables, MinzhengError> {
        imp::decide(self, households, people, &records, options)
    }
}

#[cfg(feature = "arrow-ipc")]
mod imp {
    use minzheng_arrow::{
        Decided, ExportOptions, Finding, ImportOptions, MemoryTable, decide as decide_memory,
    };
    use minzheng_rules::date::Day;

    use super::{DecidedTables, TableBytes, TableFinding, TableOptions};
    use crate::engine::Engine;
    use crate::error::MinzhengError;
    use crate::household::FactStatus;

    pub(super) fn decide(
        engine: &Engine,
        households: &[u8],
        people: &[u8],
        records: &[TableBytes],
        options: TableOptions,
    ) -> Result<DecidedTables, MinzhengError> {
        let import = ImportOptions {
            on: options.on.and_then(Day::from_date),
            status: options.status.unwrap_or(FactStatus::Declared).into(),
            ignore_unknown: options.ignore_unknown,
            ..ImportOptions::default()
        };
        let export = ExportOptions {
            known_on: options.known_on.and_then(Day::from_date),
            programmes: options.programmes,
            conditions: options.conditions,
            reasons: options.reasons,
            missing: usize::try_from(options.missing).unwrap_or(usize::MAX),
            formulas: options.formulas,
            overlays: Vec::new(),
        };
        let given = [("households", households), ("people", people)].into_iter();
        let given = given.chain((records.iter()).map(|t| (t.name.as_str(), t.bytes.as_slice())));
        let given = given.map(|(name, bytes)| MemoryTable::from_ipc(name, bytes));
        let given = given.collect::<Result<Vec<_>, _>>();
        let decided =
            given.and_then(|given| decide_memory(engine.inner.rules(), &given, import, &export));
        out(&decided.map_err(MinzhengError::table)?).map_err(MinzhengError::table)
    }

    fn out(decided: &Decided) -> Result<DecidedTables, minzheng::Error> {
        let bytes = |table: &MemoryTable| {
            Ok(TableBytes {
                name: table.name.clone(),
                bytes: table.to_ipc()?,
            })
        };
        Ok(DecidedTables {
            tables: decided
                .tables
                .iter()
                .map(bytes)
                .collect::<Result<_, minzheng::Error>>()?,
            findings: decided.findings.iter().map(finding).collect(),
            findings_total: decided.findings.count(),
            set_aside: u64::try_from(decided.set_aside).unwrap_or(u64::MAX),
        })
    }

    fn finding(found: &Finding) -> TableFinding {
        TableFinding {
            code: found.code.to_owned(),
            table: found.table.to_string(),
            row: found.row,
            column: found.column.to_string(),
            text: found.message.to_string(),
            effect: found.effect.word().to_owned(),
            masked_key: found.masked(),
        }
    }
}

/// The same function stands in every build, so that the sources of the bindings fit all of them.
#[cfg(not(feature = "arrow-ipc"))]
mod imp {
    use minzheng_rules::error::Diagnostic;

    use super::{DecidedTables, TableBytes, TableOptions};
    use crate::engine::Engine;
    use crate::error::MinzhengError;

    pub(super) fn decide(
        _: &Engine,
        _: &[u8],
        _: &[u8],
        _: &[TableBytes],
        _: TableOptions,
    ) -> Result<DecidedTables, MinzhengError> {
        let wrong = Diagnostic::error("E-TABLE-BUILD", "this library was built without tables");
        let help = "use the library for servers, or decide household by household";
        Err(MinzhengError::argument(wrong.help(help)))
    }
}
