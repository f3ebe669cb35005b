//! Tables beside those of the entities: what an earlier run, or the host, remembers of the same households.

use std::path::Path;

use arrow_schema::DataType;

use super::cursor::{Own, Taken};
use super::given::{Given, Picked};
use crate::error::{Error, at, fault};
use crate::files::{Pick, TableFile, refused, words_of};
use crate::import::{KeyCells, kind};

/// Where the numbers of tables beside begin: no packs have as many entities.
const BESIDE: usize = 1 << 20;

/// Whether rows are of a table beside.
pub(super) const fn is_beside(entity: usize) -> bool {
    entity >= BESIDE
}

/// The table beside that has this number.
pub(super) fn of(list: &[Beside], entity: usize) -> Option<&Beside> {
    list.get(entity.checked_sub(BESIDE)?)
}

/// A table with rows of households, of which some columns are read as words.
#[derive(Debug)]
pub(crate) struct Beside {
    name: &'static str,
    file: TableFile,
    picked: Picked,
    /// Where the key stands among the columns that are read.
    key: usize,
    /// Where each column that was asked for stands; `None`: the table has none of this name.
    columns: Vec<Option<usize>>,
}

/// A row of a table beside.
#[derive(Debug)]
pub(crate) struct Row {
    /// The key of its household.
    pub(crate) household: Own,
    /// What messages call it.
    pub(crate) place: String,
    /// The columns asked for, in their order; what is null or not there is empty.
    pub(crate) cells: Vec<String>,
}

impl Row {
    /// A cell.
    pub(crate) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }
}

impl Beside {
    /// Opens a table. `key` is the column of the household with the type that the households have; the first `needed` of `columns` must be
    /// there.
    pub(crate) fn open(
        name: &'static str,
        path: &Path,
        key: (&str, &DataType),
        columns: &[&str],
        needed: usize,
    ) -> Result<Self, Error> {
        let file = TableFile::open(path)?;
        let missing = |column: &str| {
            let message = format!("the column `{column}` is missing");
            let all: Vec<&str> = core::iter::once(key.0)
                .chain(columns.iter().take(needed).copied())
                .collect();
            let help = format!("it needs the columns {}", all.join(", "));
            refused("E-TABLE-COLUMN", path, message, &help)
        };
        let own = file.worded(key.0)?.ok_or_else(|| missing(key.0))?;
        let here = file.schema().fields().get(own.index);
        let here = here.and_then(|f| kind(f.data_type()));
        if here != kind(key.1) {
            let message =
                "its keys of households are of another kind than those of the table of households";
            let help = "write both the same way";
            return Err(at("E-TABLE-KEY", name, key.0, message, help).into());
        }
        let mut found = Vec::new();
        for (place, column) in columns.iter().enumerate() {
            let pick = file.worded(column)?;
            if pick.is_none() && place < needed {
                return Err(missing(column));
            }
            found.push(pick.map(|p| p.index));
        }
        let mut picks: Vec<Pick> = found
            .iter()
            .flatten()
            .chain([&own.index])
            .map(|index| Pick {
                index: *index,
                exact: true,
            })
            .collect();
        picks.sort_by_key(|p| p.index);
        picks.dedup_by_key(|p| p.index);
        let stands = |index: usize| picks.iter().position(|p| p.index == index);
        Ok(Self {
            key: stands(own.index).unwrap_or(usize::MAX),
            columns: found.iter().map(|at| stands((*at)?)).collect(),
            picked: Picked {
                picks,
                key: own.index,
            },
            name,
            file,
        })
    }

    /// As a table of a run, by its number among those beside.
    pub(super) fn given(&self, number: usize) -> Given {
        Given {
            entity: BESIDE.saturating_add(number),
            name: self.name.to_owned(),
            file: self.file.clone(),
        }
    }

    pub(super) const fn picked(&self) -> &Picked {
        &self.picked
    }

    /// The rows that were taken of the table with this number among those beside, in the order of households.
    ///
    /// # Errors
    /// `E-ALERT-SHAPE` where a row names no household.
    pub(crate) fn rows(&self, number: usize, taken: &[Taken]) -> Result<Vec<Row>, Error> {
        let mut out = Vec::new();
        let own = BESIDE.saturating_add(number);
        let Some(taken) = taken.iter().find(|t| t.entity == own) else {
            return Ok(out);
        };
        let there: Vec<usize> = self.columns.iter().flatten().copied().collect();
        let mut at_row = 0_usize;
        for batch in &taken.batches {
            let keys = batch.columns().get(self.key);
            let keys = keys.and_then(|k| KeyCells::of(k.as_ref()));
            let keys = keys.ok_or_else(|| fault(self.name))?;
            for (row, words) in words_of(batch, &there).into_iter().enumerate() {
                let number = taken.numbers.as_ref().and_then(|n| n.get(at_row)).copied();
                let number = number.unwrap_or_else(|| {
                    let own = u64::try_from(at_row).unwrap_or(u64::MAX);
                    taken.first.saturating_add(own)
                });
                at_row = at_row.saturating_add(1);
                let place = format!("{} row {number}", self.name);
                let Some(key) = keys.get(row) else {
                    let help = "every row names its household";
                    let message = "the row has no key of its household";
                    return Err(at("E-ALERT-SHAPE", &place, "", message, help).into());
                };
                let mut words = words.into_iter();
                let cell = |there: &Option<usize>| there.and_then(|_| words.next());
                let cells = self.columns.iter().map(cell);
                out.push(Row {
                    household: Own::of(key),
                    place,
                    cells: cells.map(Option::unwrap_or_default).collect(),
                });
            }
        }
        Ok(out)
    }
}
