//! The columnar program over a population: the pack of a bench, all households at once.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::types::{Date32Type, Int32Type, Int64Type, UInt8Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, cast::AsArray};
use arrow_buffer::{BooleanBuffer, Buffer};
use arrow_schema::DataType;
use minzheng_rules::columnar::{
    Batch, Bitmap, Column, Dates, OutputColumn, Request, Table, Values,
};
use minzheng_rules::date::Day;
use minzheng_rules::pack::PackSet;
use minzheng_rules::scenario::Engine;

use crate::columns::{numbers, table};
use crate::data::Population;
use crate::engine::Prepared;
use crate::manifest::Bench;
use crate::scalar;

/// The columnar program. Packs are loaded and the columns taken over before the clock starts; rules are linked, compiled and run
/// while it runs.
///
/// # Errors
/// A pack that does not load; columns that do not fit its facts.
pub fn columnar<'a>(bench: &'a Bench, population: &'a Population) -> Result<Prepared<'a>, String> {
    let engine = Engine::new(scalar::pack(&bench.id)?);
    let batch = batch(engine.packs(), population)?;
    let request = Request {
        outputs: bench.answer.keys().cloned().collect(),
        ..Request::default()
    };
    Ok(Box::new(move || {
        let columns = engine
            .columns(request.clone())
            .map_err(|problem| problem.to_string())?;
        let names = request.outputs.iter().map(String::as_str);
        let found = columns.run(&batch).columns.into_iter();
        let found = found.map(|output| arrow(output, bench.lowest));
        table(names.zip(found).collect()).map_err(|error| error.to_string())
    }))
}

/// The columns of a population as the columnar program takes them: nothing but bitmaps is copied.
fn batch<'a>(set: &PackSet, population: &'a Population) -> Result<Batch<'a>, String> {
    let tables = vec![
        Table {
            rows: population.households.num_rows(),
            ..Table::default()
        },
        Table {
            rows: population.members.num_rows(),
            offsets: Cow::Borrowed(&population.offsets),
            links: Vec::new(),
        },
    ];
    let on = numbers::<Date32Type>(&population.households, "on")?.values();
    let dates = match on.first() {
        Some(first) if on.iter().all(|day| day == first) => Dates::One(
            Day::from_number(i64::from(*first)).ok_or_else(|| format!("{first} is no day"))?,
        ),
        _ => Dates::Each(Cow::Borrowed(on)),
    };
    let mut batch = Batch::new(set, tables, dates).map_err(|error| error.to_string())?;
    for fact in set.facts() {
        let (entity, rows) = match fact.entity {
            0 => ("household", &population.households),
            _ => ("person", &population.members),
        };
        let column = column(rows, &fact.id)?;
        batch
            .set(set, entity, &fact.id, column)
            .map_err(|error| error.to_string())?;
    }
    Ok(batch)
}

fn column<'a>(rows: &'a RecordBatch, name: &str) -> Result<Column<'a>, String> {
    let column = rows
        .column_by_name(name)
        .ok_or_else(|| format!("no column `{name}`"))?;
    let values = match column.data_type() {
        DataType::Boolean => {
            let bits = column.as_boolean().values();
            Values::Bool(Bitmap::from_bytes(bits.values(), bits.offset(), bits.len()))
        }
        DataType::UInt8 => {
            Values::Small(Cow::Borrowed(column.as_primitive::<UInt8Type>().values()))
        }
        DataType::Int32 => {
            Values::Medium(Cow::Borrowed(column.as_primitive::<Int32Type>().values()))
        }
        DataType::Date32 => {
            Values::Medium(Cow::Borrowed(column.as_primitive::<Date32Type>().values()))
        }
        DataType::Int64 => {
            Values::Large(Cow::Borrowed(column.as_primitive::<Int64Type>().values()))
        }
        other => return Err(format!("column `{name}` is {other}")),
    };
    let known = column
        .nulls()
        .map(|known| Bitmap::from_bytes(known.validity(), known.offset(), known.len()));
    Ok(Column::new(values, known))
}

/// An output as a column: the lowest value that is possible, or the value where it is known.
fn arrow(output: OutputColumn, lowest: bool) -> ArrayRef {
    let bits = |bits: &Bitmap| BooleanArray::new(packed(bits), None);
    match output {
        OutputColumn::Truth { yes, .. } => Arc::new(bits(&yes)),
        OutputColumn::Number { values, .. } if lowest => Arc::new(Int64Array::from(values)),
        OutputColumn::Number { known, values, .. } => {
            Arc::new(Int64Array::new(values.into(), Some(packed(&known).into())))
        }
    }
}

fn packed(bits: &Bitmap) -> BooleanBuffer {
    BooleanBuffer::new(Buffer::from_vec(bits.as_words().to_vec()), 0, bits.len())
}
