//! The columnar program over a population: the pack of a bench, all households at once.

use std::borrow::Cow;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use arrow_array::types::{Date32Type, Int32Type, Int64Type, UInt8Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, cast::AsArray};
use arrow_buffer::{BooleanBuffer, Buffer};
use arrow_schema::DataType;
use minzheng_rules::columnar::{
    Batch, Bitmap, Column, Dates, OutputColumn, Request, Table, Values,
};
use minzheng_rules::date::Day;
use minzheng_rules::export::{Dialect, ExportRequest, Exported, Form};
use minzheng_rules::pack::PackSet;
use minzheng_rules::scenario::Engine;

use crate::columns::{NOTHING, numbers, table, whole};
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
    let engine = Engine::new(scalar::pack(bench)?);
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
    let members = Table {
        rows: population.members.num_rows(),
        offsets: Cow::Borrowed(&population.offsets),
        links: Vec::new(),
    };
    let mut tables = vec![Table {
        rows: population.households.num_rows(),
        ..Table::default()
    }];
    if set.entities().len() > 1 {
        tables.push(members);
    }
    // nobody has rows of the entities below
    for _ in tables.len()..set.entities().len() {
        tables.push(Table {
            offsets: vec![0; population.members.num_rows() + 1].into(),
            ..Table::default()
        });
    }
    let on = numbers::<Date32Type>(&population.households, "on")?.values();
    let dates = match on.first() {
        Some(first) if on.iter().all(|day| day == first) => Dates::One(
            Day::from_number(i64::from(*first)).ok_or_else(|| format!("{first} is no day"))?,
        ),
        _ => Dates::Each(Cow::Borrowed(on)),
    };
    let mut batch = Batch::new(set, tables, dates).map_err(|error| error.to_string())?;
    for fact in set.facts() {
        let rows = rows_of(population, fact.entity);
        if rows.column_by_name(&fact.id).is_none() {
            continue;
        }
        let entity = &set.entities()[fact.entity].id;
        let column = column(rows, &fact.id)?;
        batch
            .set(set, entity, &fact.id, column)
            .map_err(|error| error.to_string())?;
    }
    Ok(batch)
}

/// The rows of an entity.
const fn rows_of(population: &Population, entity: usize) -> &RecordBatch {
    match entity {
        0 => &population.households,
        _ => &population.members,
    }
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
    match output {
        OutputColumn::Truth { yes, .. } if lowest => Arc::new(BooleanArray::new(packed(yes), None)),
        OutputColumn::Truth { yes, no } => {
            let rows = no.len();
            let mut known = no.into_words();
            for (known, yes) in known.iter_mut().zip(yes.as_words()) {
                *known |= yes;
            }
            let known = packed_words(known, rows);
            Arc::new(BooleanArray::new(packed(yes), Some(known.into())))
        }
        OutputColumn::Number { values, .. } if lowest => Arc::new(Int64Array::from(values)),
        OutputColumn::Number { known, values, .. } => {
            Arc::new(Int64Array::new(values.into(), Some(packed(known).into())))
        }
    }
}

fn packed(bits: Bitmap) -> BooleanBuffer {
    let rows = bits.len();
    packed_words(bits.into_words(), rows)
}

fn packed_words(words: Vec<u64>, rows: usize) -> BooleanBuffer {
    BooleanBuffer::new(Buffer::from_vec(words), 0, rows)
}

/// The memory limit: every column that the rules read, values and what is known of them, read once and added. It gives an answer that
/// it was told before.
///
/// # Errors
/// As [`columnar`].
pub fn sum<'a>(bench: &'a Bench, population: &'a Population) -> Result<Prepared<'a>, String> {
    let answer = columnar(bench, population)?()?;
    let exported = exported(bench, population, Dialect::DuckDb)?;
    let read = exported.tables.into_iter().flat_map(|table| table.columns);
    let columns: Vec<&'a ArrayRef> = read
        .map(|fact| {
            let column = population.households.column_by_name(&fact.name);
            column.ok_or_else(|| format!("no column `{}`", fact.name))
        })
        .collect::<Result<_, _>>()?;
    Ok(Box::new(move || {
        let sums = columns.iter().map(|column| added(column));
        black_box(sums.fold(0, u64::wrapping_add));
        Ok(answer.clone())
    }))
}

/// Writes the answer of a bench out as `emitted.sql` and `emitted.py`, each output one expression over nulls: what the peers run.
///
/// # Errors
/// An output that is no such expression; what the file system says.
pub fn emit(bench: &Bench, population: &Population, folder: &Path) -> Result<(), String> {
    for (dialect, name) in [
        (Dialect::DuckDb, "emitted.sql"),
        (Dialect::Polars, "emitted.py"),
    ] {
        let path = folder.join(name);
        let text = exported(bench, population, dialect)?.text;
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// The rules of a bench for the day of its population. What its columns hold at least is told: our program looks for itself.
fn exported(bench: &Bench, population: &Population, dialect: Dialect) -> Result<Exported, String> {
    let engine = Engine::new(scalar::pack(bench)?);
    let outputs: Vec<String> = bench.answer.keys().cloned().collect();
    let on = numbers::<Date32Type>(&population.households, "on")?;
    let on = on
        .values()
        .first()
        .and_then(|day| Day::from_number(i64::from(*day)));
    let mut lows = Vec::new();
    for fact in engine.packs().facts() {
        let rows = rows_of(population, fact.entity);
        if rows.column_by_name(&fact.id).is_none() {
            continue;
        }
        let values = whole(rows, &fact.id)?;
        let known = values.into_iter().filter(|value| *value != NOTHING);
        lows.extend(known.min().map(|low| (fact.id.clone(), low)));
    }
    let place = match population.households.column_by_name("registration_place") {
        None => "000000".to_owned(),
        Some(_) => {
            let places = whole(&population.households, "registration_place")?;
            places.first().map_or_else(String::new, ToString::to_string)
        }
    };
    let request = ExportRequest {
        dialect,
        on: on.ok_or("nobody to decide")?,
        known_on: Day::MAX,
        place: &place,
        outputs: &outputs,
        form: Form::Nulls,
        lows: &lows,
    };
    engine.export(&request).map_err(|e| e.to_string())
}

/// The values of a column and the bits of what is known, added; a sum that wraps reads no less.
fn added(column: &dyn Array) -> u64 {
    fn of<T: Copy>(values: &[T], none: T, add: impl Fn(T, T) -> T) -> T {
        values.iter().fold(none, |sum, value| add(sum, *value))
    }
    let bits = |bits: &BooleanBuffer| bits.count_set_bits() as u64;
    let values = match column.data_type() {
        DataType::Boolean => bits(column.as_boolean().values()),
        DataType::UInt8 => {
            let values = column.as_primitive::<UInt8Type>().values();
            u64::from(of(values, 0, u8::wrapping_add))
        }
        DataType::Int32 => of(
            column.as_primitive::<Int32Type>().values(),
            0,
            i32::wrapping_add,
        ) as u64,
        DataType::Date32 => of(
            column.as_primitive::<Date32Type>().values(),
            0,
            i32::wrapping_add,
        ) as u64,
        DataType::Int64 => of(
            column.as_primitive::<Int64Type>().values(),
            0,
            i64::wrapping_add,
        ) as u64,
        _ => 0,
    };
    let known = column.nulls().map_or(0, |known| bits(known.inner()));
    values.wrapping_add(known)
}
