//! The rows that change, as tables.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{
    Decimal128Builder, ListBuilder, StringBuilder, StringDictionaryBuilder,
};
use arrow_array::types::Int8Type;
use arrow_array::{ArrayRef, RecordBatch, UInt32Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use arrow_select::take::take;

use super::shift::{Change, Per, ProgrammeShift};
use crate::error::{Error, fault};
use crate::export::Status;
use crate::files::{Format, Part, TextEncoding, sync_dir};
use crate::import::{Imported, Importer};
use crate::stream::Keep;

/// Rows of a part, about.
const ROWS: usize = 131_072;

/// Digits of an amount, and of a difference of two.
const DIGITS: [u8; 2] = [18, 20];

/// One row that changes.
#[derive(Debug)]
pub(super) struct Mover<'s> {
    /// Which table, by its place among the tables.
    pub(super) table: usize,
    pub(super) row: usize,
    pub(super) case: usize,
    /// Which programme, by its place in the comparison.
    pub(super) programme: usize,
    pub(super) change: Change,
    pub(super) statuses: (Status, Status),
    pub(super) amounts: (Option<i128>, Option<i128>),
    pub(super) difference: Option<i128>,
    pub(super) grounds: Vec<&'s str>,
}

/// The tables of movers.
#[derive(Debug)]
pub(super) struct Movers {
    tables: Vec<MoverTable>,
    programmes: Vec<Named>,
}

/// What a mover says of its programme.
#[derive(Debug)]
struct Named {
    id: String,
    pers: [Option<Per>; 2],
}

#[derive(Debug)]
struct MoverTable {
    /// Its place among the tables.
    table: usize,
    /// Index of the entity on the side whose keys are written.
    entity: usize,
    name: String,
    schema: SchemaRef,
}

fn words(name: &str, nullable: bool) -> Field {
    let ty = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
    Field::new(name, ty, nullable)
}

fn amount(name: &str, digits: u8) -> Field {
    let unit = [("unit".to_owned(), "yuan".to_owned())];
    Field::new(name, DataType::Decimal128(digits, 2), true).with_metadata(unit.into())
}

impl Movers {
    /// One table for every table that a programme is for: its place among the tables, and the entity.
    pub(super) fn new(
        importer: &Importer<'_>,
        tables: &[(usize, usize)],
        programmes: &[ProgrammeShift],
        metadata: &[(String, String)],
    ) -> Self {
        let [digits, more] = DIGITS;
        let table = |(table, entity): &(usize, usize)| {
            let keys = importer.key_columns(*entity).into_iter();
            let mut fields: Vec<Field> = keys
                .map(|(name, _, ty)| Field::new(name, ty, true))
                .collect();
            fields.extend([
                Field::new("place", DataType::Utf8, true),
                Field::new("programme", DataType::Utf8, false),
                words("change", false),
                words("status_before", false),
                words("status_after", false),
                amount("amount_before", digits),
                amount("amount_after", digits),
                amount("difference", more),
                words("per_before", true),
                words("per_after", true),
                Field::new_list(
                    "conditions",
                    Field::new_list_field(DataType::Utf8, true),
                    false,
                ),
            ]);
            MoverTable {
                table: *table,
                entity: *entity,
                name: importer.table_name(*entity).to_owned(),
                schema: Arc::new(Schema::new_with_metadata(
                    fields,
                    metadata.iter().cloned().collect(),
                )),
            }
        };
        let named = |p: &ProgrammeShift| Named {
            id: p.id.clone(),
            pers: [p.per_before, p.per_after],
        };
        Self {
            tables: tables.iter().map(table).collect(),
            programmes: programmes.iter().map(named).collect(),
        }
    }

    /// Hands the columns of every table to who wants the rows.
    pub(super) fn begin(&self, keep: &mut Keep<'_>) {
        for table in &self.tables {
            keep(
                &table.name,
                RecordBatch::new_empty(Arc::clone(&table.schema)),
            );
        }
    }

    /// Hands the rows of a batch that change to who wants them.
    pub(super) fn hand(&self, batches: Vec<Option<RecordBatch>>, keep: &mut Keep<'_>) {
        for (table, batch) in self.tables.iter().zip(batches) {
            if let Some(batch) = batch {
                keep(&table.name, batch);
            }
        }
    }

    /// The rows of a batch that change, one record batch for every table of movers.
    pub(super) fn batches(
        &self,
        mut movers: Vec<Mover<'_>>,
        importer: &Importer<'_>,
        imported: &Imported<'_>,
        place: impl Fn(usize) -> Option<i64>,
    ) -> Result<Vec<Option<RecordBatch>>, Error> {
        movers.sort_by_key(|m| (m.table, m.row, m.programme));
        let batch = |table: &MoverTable| {
            let from = movers.partition_point(|m| m.table < table.table);
            let to = movers.partition_point(|m| m.table <= table.table);
            let own = movers.get(from..to).unwrap_or_default();
            if own.is_empty() {
                return Ok(None);
            }
            self.batch(table, own, imported, &place)
                .map(Some)
                .map_err(|_| fault(importer.table_name(table.entity)))
        };
        self.tables.iter().map(batch).collect()
    }

    fn batch(
        &self,
        table: &MoverTable,
        movers: &[Mover<'_>],
        imported: &Imported<'_>,
        place: &impl Fn(usize) -> Option<i64>,
    ) -> Result<RecordBatch, arrow_schema::ArrowError> {
        let rows = movers
            .iter()
            .map(|m| u32::try_from(m.row).unwrap_or(u32::MAX));
        let rows: UInt32Array = rows.collect();
        let mut columns: Vec<ArrayRef> = Vec::new();
        for (_, keys) in imported.keys.columns(table.entity) {
            columns.push(take(keys.as_ref(), &rows, None)?);
        }
        let [digits, more] = DIGITS;
        let decimals = |digits: u8, get: &dyn Fn(&Mover<'_>) -> Option<i128>| {
            let mut out = Decimal128Builder::with_capacity(movers.len());
            for mover in movers {
                out.append_option(get(mover));
            }
            let array = out.finish().with_precision_and_scale(digits, 2)?;
            Ok::<ArrayRef, arrow_schema::ArrowError>(Arc::new(array))
        };
        let dictionary = |get: &dyn Fn(&Mover<'_>) -> Option<&'static str>| -> ArrayRef {
            let mut out = StringDictionaryBuilder::<Int8Type>::new();
            for mover in movers {
                out.append_option(get(mover));
            }
            Arc::new(out.finish())
        };
        let mut places = StringBuilder::new();
        let mut ids = StringBuilder::new();
        let mut grounds = ListBuilder::new(StringBuilder::new());
        for mover in movers {
            places.append_option(place(mover.case).map(|code| format!("{code:06}")));
            ids.append_value(self.programmes.get(mover.programme).map_or("", |p| &p.id));
            for ground in &mover.grounds {
                grounds.values().append_value(ground);
            }
            grounds.append(true);
        }
        let per = |side: usize| {
            move |m: &Mover<'_>| {
                let programme = self.programmes.get(m.programme)?;
                programme.pers.get(side).copied().flatten().map(Per::word)
            }
        };
        columns.push(Arc::new(places.finish()));
        columns.push(Arc::new(ids.finish()));
        columns.push(dictionary(&|m| Some(m.change.word())));
        columns.push(dictionary(&|m| Some(m.statuses.0.word())));
        columns.push(dictionary(&|m| Some(m.statuses.1.word())));
        columns.push(decimals(digits, &|m| m.amounts.0)?);
        columns.push(decimals(digits, &|m| m.amounts.1)?);
        columns.push(decimals(more, &|m| m.difference)?);
        columns.push(dictionary(&per(0)));
        columns.push(dictionary(&per(1)));
        columns.push(Arc::new(grounds.finish()));
        RecordBatch::try_new(Arc::clone(&table.schema), columns)
    }
}

/// Writes the tables of movers in parts: `OUT/households/part-00000.parquet`, `OUT/people/…`.
#[derive(Debug)]
pub(super) struct Writer<'m> {
    out: &'m Path,
    format: (Format, TextEncoding),
    movers: &'m Movers,
    /// By table: the part that is being written with its rows, and how many are done.
    open: Vec<(Option<(Part, usize)>, usize)>,
}

impl<'m> Writer<'m> {
    pub(super) fn new(out: &'m Path, format: (Format, TextEncoding), movers: &'m Movers) -> Self {
        let open = movers.tables.iter().map(|_| (None, 0)).collect();
        Self {
            out,
            format,
            movers,
            open,
        }
    }

    fn path(&self, table: &MoverTable, part: usize) -> PathBuf {
        let file = format!("part-{part:05}.{}", self.format.0.extension());
        self.out.join(&table.name).join(file)
    }

    pub(super) fn write(&mut self, batches: &[Option<RecordBatch>]) -> Result<(), Error> {
        let movers = self.movers;
        for (at, (table, batch)) in movers.tables.iter().zip(batches).enumerate() {
            let Some(batch) = batch else { continue };
            let Some((open, done)) = self.open.get_mut(at) else {
                continue;
            };
            let (mut part, rows) = match open.take() {
                Some(open) => open,
                None => {
                    let number = *done;
                    let path = self.path(table, number);
                    (Part::table(&path, self.format, &table.schema)?, 0)
                }
            };
            part.write(batch)?;
            let rows = rows.saturating_add(batch.num_rows());
            let Some((open, done)) = self.open.get_mut(at) else {
                continue;
            };
            if rows < ROWS {
                *open = Some((part, rows));
            } else {
                part.finish()?;
                *done = done.saturating_add(1);
            }
        }
        Ok(())
    }

    /// Ends the parts; a table without movers is a table without rows.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        for (at, table) in self.movers.tables.iter().enumerate() {
            let Some((open, done)) = self
                .open
                .get_mut(at)
                .map(|(open, done)| (open.take(), *done))
            else {
                continue;
            };
            let part = match open {
                Some((part, _)) => part,
                None if done > 0 => continue,
                None => Part::table(&self.path(table, 0), self.format, &table.schema)?,
            };
            part.finish()?;
            sync_dir(&self.out.join(&table.name))?;
        }
        sync_dir(self.out)
    }
}

/// Writes the comparison itself, last: what has it is whole.
pub(super) fn whole(out: &Path, json: &str) -> Result<(), Error> {
    let mut part = Part::text(&out.join("comparison.json"))?;
    part.line(json)?;
    part.finish()?;
    let work = out.join("sorting");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(|e| crate::files::unwritten(&work, &e))?;
    }
    sync_dir(out)
}
