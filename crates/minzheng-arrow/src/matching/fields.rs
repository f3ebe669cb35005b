//! The fields of an item out of its table.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use minzheng::catalog::{Field, FieldType, Resource};
use minzheng_rules::pack::PackSet;

use super::people::picks;
use super::tally::Notes;
use crate::error::{Error, at};
use crate::files::Pick;
use crate::import::cells::{Cells, Change, Codes, Unit, Want, read};
use crate::import::{Key, KeyCells};

/// The field that says whose a record is, and that numbers it.
pub(super) const IDENTITY: &str = "id_number";
pub(super) const NUMBER: &str = "record_no";

/// The values of a batch by field.
pub(super) struct Values<'b> {
    pub(super) cells: BTreeMap<&'b str, Cells<'b>>,
    pub(super) things: BTreeMap<&'b str, KeyCells<'b>>,
}

impl Values<'_> {
    /// The words of a field that is read as words.
    pub(super) fn words(&self, field: &str, row: usize) -> Option<String> {
        self.things.get(field)?.get(row).map(Key::words)
    }

    pub(super) fn number(&self, field: &str, row: usize) -> Option<i64> {
        self.cells.get(field)?.number(row)
    }
}

/// The want of a field, whose money column is in fen or in yuan.
pub(crate) fn want(set: &PackSet, ty: &FieldType, is_fen: bool) -> Want {
    let number = |places| {
        Want::Number(Unit {
            places,
            period: Change::Same,
        })
    };
    match ty {
        FieldType::Money(_) => number(if is_fen { 0 } else { 2 }),
        FieldType::Number { places, .. } => number(*places),
        FieldType::Count => number(0),
        FieldType::Ratio => number(4),
        FieldType::Bool => Want::Bool,
        FieldType::Date | FieldType::Month => Want::Date,
        FieldType::Place => Want::Place,
        FieldType::Code(list) => match set.code_lists().iter().find(|l| l.id == *list) {
            Some(list) => Want::Code(Codes::new(list)),
            None => Want::Text,
        },
        _ => Want::Text,
    }
}

/// The column of a field, and whether it is money in fen; money may also come in yuan, under the id of the field.
pub(crate) fn located(schema: &Schema, field: &Field) -> Option<(usize, bool)> {
    let is_money = matches!(field.ty, FieldType::Money(_));
    let column = |name: &str| Some(schema.column_with_name(name)?.0);
    let fen = is_money.then(|| column(&field.column())).flatten();
    let fen = fen.map(|at| (at, true));
    fen.or_else(|| Some((column(&field.id)?, false)))
}

/// A field that is read: its column, and how.
pub(super) struct Column<'a> {
    pub(super) field: &'a str,
    name: String,
    pub(super) index: usize,
    want: Want,
    is_month: bool,
    /// It tells things apart: its words are read too.
    pub(super) tells: bool,
}

/// The columns of a source that its rows of evidence read.
pub(super) fn columns<'a>(
    set: &PackSet,
    resource: &'a Resource,
    schema: &Schema,
    wanted: &[&str],
) -> Result<Vec<Column<'a>>, Error> {
    let mut out = Vec::new();
    for field in resource
        .fields
        .iter()
        .filter(|f| wanted.contains(&f.id.as_str()))
    {
        let Some((index, is_fen)) = located(schema, field) else {
            if field.required {
                let help = "the columns of an item stand in the catalogue";
                let error = at(
                    "E-TABLE-COLUMN",
                    &resource.id,
                    &field.column(),
                    "the column is missing",
                    help,
                );
                return Err(error.into());
            }
            continue;
        };
        out.push(Column {
            field: &field.id,
            name: if is_fen {
                field.column()
            } else {
                field.id.clone()
            },
            index,
            want: want(set, &field.ty, is_fen),
            is_month: field.ty == FieldType::Month,
            tells: false,
        });
    }
    Ok(out)
}

/// How the whole records of an item are read.
pub(super) struct Reading<'a> {
    pub(super) columns: Vec<Column<'a>>,
    pub(super) picks: Vec<Pick>,
    pub(super) stands: Vec<Option<usize>>,
}

impl<'a> Reading<'a> {
    /// All fields that the table has.
    pub(super) fn whole(
        set: &PackSet,
        resource: &'a Resource,
        schema: &Schema,
    ) -> Result<Self, Error> {
        let has = |id: &str| {
            let fen = format!("{id}_fen");
            schema.column_with_name(id).is_some() || schema.column_with_name(&fen).is_some()
        };
        let fields = resource.fields.iter().map(|f| f.id.as_str());
        let wanted: Vec<&str> = fields.filter(|id| has(id)).collect();
        let mut columns = columns(set, resource, schema, &wanted)?;
        for column in &mut columns {
            column.tells = column.want == Want::Text;
        }
        Ok(Self::of(columns))
    }

    pub(super) fn of(columns: Vec<Column<'a>>) -> Self {
        let places: Vec<Option<usize>> = columns.iter().map(|c| Some(c.index)).collect();
        let (picks, stands) = picks(&places);
        Self {
            columns,
            picks,
            stands,
        }
    }

    /// The values of a batch; what is none of its type is not there.
    pub(super) fn values<'b>(
        &'b self,
        batch: &'b RecordBatch,
        resource: &Resource,
        first: u64,
    ) -> Result<Values<'b>, Error> {
        let notes = &mut Notes::new(0);
        read_batch(batch, &self.columns, &self.stands, resource, first, notes)
    }
}

/// Some columns of a batch; a cell that is none of its type is noted and not there.
pub(super) fn read_batch<'b>(
    batch: &'b RecordBatch,
    columns: &'b [Column<'_>],
    stands: &[Option<usize>],
    resource: &Resource,
    first: u64,
    notes: &mut Notes,
) -> Result<Values<'b>, Error> {
    let mut out = Values {
        cells: BTreeMap::new(),
        things: BTreeMap::new(),
    };
    for (column, stands) in columns.iter().zip(stands) {
        let Some(array) = stands.and_then(|at| batch.columns().get(at)) else {
            continue;
        };
        let other = || -> Error {
            let help = "the columns of an item stand in the catalogue";
            let message = "the column is of another type than its field";
            at("E-TABLE-TYPE", &resource.id, &column.name, message, help).into()
        };
        if column.tells || matches!(column.field, IDENTITY | NUMBER) {
            let things = KeyCells::of(array.as_ref()).ok_or_else(other)?;
            out.things.insert(column.field, things);
        }
        if column.want == Want::Text {
            continue;
        }
        let mut cells = read(array.as_ref(), &column.want).ok_or_else(other)?;
        for (row, bad) in core::mem::take(&mut cells.bad) {
            let row = first.saturating_add(u64::from(row));
            notes.row(
                &resource.id,
                row,
                &column.name,
                bad.code,
                bad.message,
                String::new(),
            );
        }
        if column.is_month {
            cells = cells.months();
        }
        out.cells.insert(column.field, cells);
    }
    Ok(out)
}
