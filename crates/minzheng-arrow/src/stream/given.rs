//! The tables of a run: which there are, opened in the order of households.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use minzheng_rules::error::Diagnostic;
use minzheng_rules::scenario::Engine;

use super::cursor::Cursor;
use super::sort;
use super::{Progress, RunInputs};
use crate::contract::Contract;
use crate::error::Error;
use crate::files::{Format, Pick, TableFile, refused, unread};
use crate::import::Importer;

/// Bytes of a table that are decided at a time, about.
const BYTES: usize = 4 << 20;

/// Rows that are decided at a time, at least, where rows are long.
const LEAST: usize = 256;

/// One table of a run.
pub(crate) struct Given {
    pub(crate) entity: usize,
    pub(crate) name: String,
    pub(crate) file: TableFile,
}

/// The tables that are there.
pub(crate) fn tables(engine: &Engine, inputs: &RunInputs) -> Result<Vec<Given>, Error> {
    let contract = Contract::new(engine.packs());
    let mut out = Vec::new();
    for table in contract.tables() {
        let path = match table.entity {
            0 => Some(inputs.households.clone()),
            1 => Some(inputs.people.clone()),
            _ => match &inputs.records {
                None => None,
                Some(dir) => record_file(dir, &table.name)?,
            },
        };
        if let Some(path) = path {
            out.push(Given {
                entity: table.entity,
                name: table.name.clone(),
                file: TableFile::open(&path)?,
            });
        }
    }
    Ok(out)
}

/// The tables that are in memory, in the order of their entities; one that the packs have not is refused when it is matched.
pub(crate) fn held(engine: &Engine, tables: &BTreeMap<String, TableFile>) -> Vec<Given> {
    let contract = Contract::new(engine.packs());
    let given = |(name, file): (&String, &TableFile)| Given {
        entity: contract.table(name).map_or(usize::MAX, |t| t.entity),
        name: name.clone(),
        file: file.clone(),
    };
    let mut out: Vec<Given> = tables.iter().map(given).collect();
    out.sort_by_key(|g| g.entity);
    out
}

/// The file or folder of a table of records.
pub(crate) fn record_file(dir: &Path, name: &str) -> Result<Option<PathBuf>, Error> {
    let mut found = None;
    for entry in fs::read_dir(dir).map_err(|e| unread(dir, &e))? {
        let path = entry.map_err(|e| unread(dir, &e))?.path();
        let is_table = path.is_dir() || Format::of(&path).is_ok();
        if is_table && path.file_stem().is_some_and(|s| s == name) {
            if found.is_some() {
                let help = "leave one of them out";
                return Err(refused(
                    "E-TABLE-TWICE",
                    &path,
                    "the table is given twice",
                    help,
                ));
            }
            found = Some(path);
        }
    }
    Ok(found)
}

/// How the tables of one importer are opened.
pub(crate) struct Opening<'o> {
    pub(crate) importer: &'o Importer<'o>,
    /// A folder where tables are sorted.
    pub(crate) work: &'o Path,
    /// Rows of a table that are decided at a time, at most.
    pub(crate) rows: usize,
    pub(crate) cancel: Option<&'o AtomicBool>,
}

impl Opening<'_> {
    /// Opens a table in the order of households, after some rows.
    pub(crate) fn open(
        &self,
        table: &Given,
        skip: u64,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Cursor, Error> {
        let key = self.importer.household_key(table.entity);
        let name = key.map_or("", |(name, _)| name);
        let columns = Picked {
            picks: self.importer.picks(table.entity),
            key: table.file.schema().index_of(name).unwrap_or(usize::MAX),
        };
        self.open_picked(table, &columns, skip, progress)
    }

    /// The same of columns that are not the importer's.
    pub(crate) fn open_picked(
        &self,
        table: &Given,
        columns: &Picked,
        skip: u64,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Cursor, Error> {
        let at = (skip, self.rows);
        in_order(
            &table.file,
            table.entity,
            columns,
            at,
            self.cancel,
            &mut || {
                progress(Progress::Sorting {
                    entity: table.entity,
                });
                Ok(self.work.join(&table.name))
            },
        )
    }
}

/// The columns of a table that are read.
#[derive(Debug, Clone)]
pub(crate) struct Picked {
    /// All of them, rising.
    pub(crate) picks: Vec<Pick>,
    /// Index in the schema of the one that holds the key of the household.
    pub(crate) key: usize,
}

/// Opens a table in the order of households: after `skip` rows, to be decided at most `rows` at a time; `folder` is asked
/// where to sort it if it is in another order.
pub(crate) fn in_order(
    table: &TableFile,
    entity: usize,
    columns: &Picked,
    (skip, rows): (u64, usize),
    cancel: Option<&AtomicBool>,
    folder: &mut dyn FnMut() -> Result<PathBuf, Error>,
) -> Result<Cursor, Error> {
    let Picked { picks, key } = columns;
    let at = picks.iter().position(|p| p.index == *key).unwrap_or(0);
    let only = [Pick {
        index: *key,
        exact: true,
    }];
    let order = sort::order(table.read(&only, 0), cancel)?;
    let limit = BYTES.checked_div(table.row_bytes(picks)).unwrap_or(rows);
    let limit = limit.max(LEAST).min(rows);
    let mut cursor = if order.is_sorted {
        Cursor::new(table.read(picks, skip), at, None)
    } else {
        let folder = folder();
        let sorted = if table.is_held() {
            sort::sort_held(table, picks, at, cancel)?
        } else {
            sort::sort(table, picks, at, &folder?, cancel)?
        };
        let mut cursor = Cursor::new(sorted, at, Some(picks.len()));
        cursor.leave_out(skip)?;
        cursor
    };
    cursor.set(entity, order.rows, skip, limit);
    Ok(cursor)
}

/// The work was asked to stop.
pub(crate) fn stopped(cancel: Option<&AtomicBool>) -> Result<(), Error> {
    if cancel.is_some_and(|c| c.load(Ordering::Relaxed)) {
        let message = "the work was asked to stop";
        let help = "begin again; a run goes on with `--resume`: finished parts are kept";
        return Err(Diagnostic::error("E-RUN-STOPPED", message)
            .help(help)
            .into());
    }
    Ok(())
}
