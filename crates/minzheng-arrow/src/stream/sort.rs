//! Sorting a table on disk by household: runs that fit in memory, then merged.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow_array::{Array as _, ArrayRef, RecordBatch, UInt32Array, UInt64Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use arrow_select::concat::concat_batches;
use arrow_select::interleave::interleave_record_batch;
use arrow_select::take::take_record_batch;

use super::cursor::Own;
use super::stopped;
use crate::error::{Error, at, fault};
use crate::files::{Batches, Part, Pick, TableFile};
use crate::import::KeyCells;

/// Bytes of a run, about.
const RUN: usize = 8 << 20;

/// Runs that are merged at a time.
const FAN: usize = 24;

/// Rows in memory that are put in order at a time.
const HELD: usize = 65_536;

/// Rows of a run that are read at a time while it is merged.
const ROWS: usize = 256;

/// In which order a table lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub(super) rows: u64,
    pub(super) is_sorted: bool,
}

/// Looks over the keys of a table, its first column.
pub(super) fn order(keys: Batches, cancel: Option<&AtomicBool>) -> Result<Order, Error> {
    let mut out = Order {
        rows: 0,
        is_sorted: true,
    };
    let mut last: Option<Own> = None;
    for batch in keys {
        stopped(cancel)?;
        let batch = batch?;
        out.rows = out
            .rows
            .saturating_add(u64::try_from(batch.num_rows()).unwrap_or(0));
        let Some(cells) = batch
            .columns()
            .first()
            .and_then(|a| KeyCells::of(a.as_ref()))
        else {
            continue;
        };
        if !out.is_sorted || cells.rows() == 0 {
            continue;
        }
        let mut before = last.as_ref().map(Own::key);
        for row in 0..cells.rows() {
            let key = cells.get(row);
            out.is_sorted &= before <= key;
            before = key;
        }
        let end = before.map(Own::of);
        last = end;
    }
    Ok(out)
}

/// The rows of a table in the order of one column, text or whole numbers; equal keys stay in their order. Runs lie in a folder
/// that must be there, about as large as the table; they are the caller's to remove.
///
/// # Errors
/// `E-TABLE-COLUMN` where the table has no such column or it is no key; `E-FILE-…` where a file cannot be read or written.
pub fn sorted(
    table: &TableFile,
    column: &str,
    scratch: &Path,
) -> Result<impl Iterator<Item = Result<RecordBatch, Error>> + use<>, Error> {
    let fields = table.schema().fields();
    let Some((key, field)) = fields.find(column) else {
        let help = "name a column of the table";
        return Err(at(
            "E-TABLE-COLUMN",
            "table",
            column,
            "the table has no such column",
            help,
        )
        .into());
    };
    if KeyCells::of(arrow_array::new_empty_array(field.data_type()).as_ref()).is_none() {
        let help = "sort by a column of text or whole numbers";
        return Err(at(
            "E-TABLE-COLUMN",
            "table",
            column,
            "the column is no key",
            help,
        )
        .into());
    }
    let all: Vec<usize> = (0..fields.len()).collect();
    let picks: Vec<Pick> = all
        .iter()
        .map(|index| Pick {
            index: *index,
            exact: true,
        })
        .collect();
    let rows = sort(table, &picks, key, scratch, None)?;
    // the last column of a run is the number of the row
    Ok(rows.map(move |batch| batch?.project(&all).map_err(|_| fault(""))))
}

/// Sorts a table; equal keys stay in their order. The last column of the batches is the number of the row in the table.
pub(super) fn sort(
    table: &TableFile,
    picks: &[Pick],
    key: usize,
    dir: &Path,
    cancel: Option<&AtomicBool>,
) -> Result<Batches, Error> {
    let schema = numbered_schema(table, picks)?;
    let exact: Vec<Pick> = picks.iter().map(|p| Pick { exact: true, ..*p }).collect();

    let mut runs: Vec<PathBuf> = Vec::new();
    let (mut held, mut bytes, mut row) = (Vec::new(), 0_usize, 0_u64);
    let path = |number: usize| dir.join(format!("run-{number:05}.arrow"));
    let width = table.row_bytes(&exact);
    let mut all = table.read(&exact, 0);
    loop {
        let next = all.next().transpose()?;
        let is_end = next.is_none();
        if let Some(batch) = next {
            bytes = bytes.saturating_add(batch.num_rows().saturating_mul(width));
            held.push(numbered(&schema, &batch, &mut row)?);
        }
        if bytes >= RUN || (is_end && !held.is_empty()) {
            stopped(cancel)?;
            let run = path(runs.len());
            write_run(&run, &schema, &held, key)?;
            runs.push(run);
            held.clear();
            bytes = 0;
        }
        if is_end {
            break;
        }
    }
    let mut number = runs.len();
    while runs.len() > FAN {
        let mut longer = Vec::new();
        for some in runs.chunks(FAN) {
            stopped(cancel)?;
            let run = path(number);
            number = number.saturating_add(1);
            let mut part = Part::run(&run, &schema)?;
            for batch in Merge::new(&schema, some, key)? {
                part.write(&batch?)?;
            }
            part.finish()?;
            for old in some {
                std::fs::remove_file(old).map_err(|e| crate::files::unwritten(old, &e))?;
            }
            longer.push(run);
        }
        runs = longer;
    }
    Ok(Box::new(Merge::new(&schema, &runs, key)?))
}

/// The picked columns of a table, and behind them one with the number of the row.
fn numbered_schema(table: &TableFile, picks: &[Pick]) -> Result<SchemaRef, Error> {
    let indices: Vec<usize> = picks.iter().map(|p| p.index).collect();
    let schema = table.schema().project(&indices).map_err(|_| fault(""))?;
    let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
    fields.push(Arc::new(Field::new("", DataType::UInt64, false)));
    Ok(Arc::new(Schema::new(fields)))
}

/// A batch with the numbers of its rows, counted on.
fn numbered(schema: &SchemaRef, batch: &RecordBatch, row: &mut u64) -> Result<RecordBatch, Error> {
    let many = u64::try_from(batch.num_rows()).unwrap_or(0);
    let end = row.saturating_add(many);
    let numbers: ArrayRef = Arc::new(UInt64Array::from_iter_values(*row..end));
    *row = end;
    let mut arrays = batch.columns().to_vec();
    arrays.push(numbers);
    RecordBatch::try_new(Arc::clone(schema), arrays).map_err(|_| fault(""))
}

/// Rows joined, and their numbers in the order of a column; equal keys stay in their order.
fn in_order_of(
    schema: &SchemaRef,
    held: &[RecordBatch],
    key: usize,
) -> Result<(RecordBatch, Vec<u32>), Error> {
    let whole = concat_batches(schema, held).map_err(|_| fault(""))?;
    let cells = KeyCells::of(whole.column(key).as_ref()).ok_or_else(|| fault(""))?;
    let mut rows: Vec<u32> = (0..u32::try_from(whole.num_rows()).unwrap_or(u32::MAX)).collect();
    let at = |row: &u32| cells.get(usize::try_from(*row).unwrap_or(usize::MAX));
    rows.sort_by(|a, b| at(a).cmp(&at(b)));
    drop(cells);
    Ok((whole, rows))
}

/// Sorts a table whose rows are in memory, there. The last column of the batches is the number of the row in the table.
pub(super) fn sort_held(
    table: &TableFile,
    picks: &[Pick],
    key: usize,
    cancel: Option<&AtomicBool>,
) -> Result<Batches, Error> {
    let schema = numbered_schema(table, picks)?;
    let (mut held, mut row) = (Vec::new(), 0_u64);
    for batch in table.read(picks, 0) {
        stopped(cancel)?;
        held.push(numbered(&schema, &batch?, &mut row)?);
    }
    let (whole, rows) = in_order_of(&schema, &held, key)?;
    let starts = (0..rows.len()).step_by(HELD);
    Ok(Box::new(starts.map(move |from| {
        let some = rows.get(from..).unwrap_or_default();
        let some = some.get(..HELD).unwrap_or(some);
        let some = UInt32Array::from(some.to_vec());
        take_record_batch(&whole, &some).map_err(|_| fault(""))
    })))
}

fn write_run(
    path: &Path,
    schema: &SchemaRef,
    held: &[RecordBatch],
    key: usize,
) -> Result<(), Error> {
    let (whole, rows) = in_order_of(schema, held, key)?;
    let mut part = Part::run(path, schema)?;
    for some in rows.chunks(ROWS) {
        let some = UInt32Array::from(some.to_vec());
        part.write(&take_record_batch(&whole, &some).map_err(|_| fault(""))?)?;
    }
    part.finish()?;
    Ok(())
}

/// One run while it is merged.
struct Head {
    from: Batches,
    batch: Option<RecordBatch>,
    row: usize,
    /// Keys of the batch, a slice of one for the row that waits.
    key: Option<Own>,
}

impl Head {
    fn load(&mut self, key: usize) -> Result<(), Error> {
        self.batch = self.from.next().transpose()?;
        self.row = 0;
        self.look(key);
        Ok(())
    }

    fn look(&mut self, key: usize) {
        self.key = self.batch.as_ref().and_then(|b| {
            let one = b.column(key).slice(self.row, 1);
            KeyCells::of(one.as_ref())?.get(0).map(Own::of)
        });
    }

    fn is_more(&self) -> bool {
        self.batch.as_ref().is_some_and(|b| self.row < b.num_rows())
    }
}

/// Runs merged into one; of equal keys the earlier run's come first.
struct Merge {
    heads: Vec<Head>,
    schema: SchemaRef,
    key: usize,
}

impl Merge {
    fn new(schema: &SchemaRef, runs: &[PathBuf], key: usize) -> Result<Self, Error> {
        let picks: Vec<Pick> = (0..schema.fields().len())
            .map(|index| Pick { index, exact: true })
            .collect();
        let mut heads = Vec::new();
        for run in runs {
            let mut head = Head {
                from: TableFile::open(run)?.read(&picks, 0),
                batch: None,
                row: 0,
                key: None,
            };
            head.load(key)?;
            heads.push(head);
        }
        Ok(Self {
            heads,
            schema: Arc::clone(schema),
            key,
        })
    }

    /// Rows up to where one of the runs must be read on.
    fn rows(&mut self) -> Result<Option<RecordBatch>, Error> {
        let mut chosen: Vec<(usize, usize)> = Vec::new();
        let sources: Vec<RecordBatch> = self
            .heads
            .iter()
            .map(|h| {
                let none = || RecordBatch::new_empty(Arc::clone(&self.schema));
                h.batch.clone().unwrap_or_else(none)
            })
            .collect();
        loop {
            let waiting = self.heads.iter().enumerate().filter(|(_, h)| h.is_more());
            let least = waiting.min_by(|a, b| a.1.key.cmp(&b.1.key).then(a.0.cmp(&b.0)));
            let Some(at) = least.map(|(at, _)| at) else {
                break;
            };
            let Some(head) = self.heads.get_mut(at) else {
                break;
            };
            chosen.push((at, head.row));
            head.row = head.row.saturating_add(1);
            if head.is_more() {
                head.look(self.key);
            } else {
                head.load(self.key)?;
                break;
            }
        }
        if chosen.is_empty() {
            return Ok(None);
        }
        let sources: Vec<&RecordBatch> = sources.iter().collect();
        interleave_record_batch(&sources, &chosen)
            .map(Some)
            .map_err(|_| fault(""))
    }
}

impl Iterator for Merge {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rows().transpose()
    }
}
