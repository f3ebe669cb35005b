//! Columns of Arrow: made, read, written, and summed up in a check value.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Date32Type, Int32Type, Int64Type, UInt8Type};
use arrow_array::{Array, ArrayRef, BooleanArray, PrimitiveArray, RecordBatch, cast::AsArray};
use arrow_ipc::reader::FileReader;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema};

/// What stands for a missing value where a number must stand.
pub const NOTHING: i64 = i64::MIN;

/// What stands for a truth that is not known: a check value counts it apart from no, whatever its row.
pub const NEITHER: i64 = 2;

/// A table of the columns, in this order.
///
/// # Errors
/// Columns of different lengths.
pub fn table(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, ArrowError> {
    let field = |(name, column): &(&str, ArrayRef)| {
        Field::new(*name, column.data_type().clone(), column.is_nullable())
    };
    let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    RecordBatch::try_new(Arc::new(schema), columns)
}

/// A column of a known type.
///
/// # Errors
/// No such column, or one of another type.
pub fn numbers<'a, T: ArrowPrimitiveType>(
    table: &'a RecordBatch,
    name: &str,
) -> Result<&'a PrimitiveArray<T>, String> {
    table
        .column_by_name(name)
        .and_then(|column| column.as_primitive_opt())
        .ok_or_else(|| format!("no column `{name}` of {}", T::DATA_TYPE))
}

/// A column of yes and no.
///
/// # Errors
/// No such column, or one of another type.
pub fn truths<'a>(table: &'a RecordBatch, name: &str) -> Result<&'a BooleanArray, String> {
    table
        .column_by_name(name)
        .and_then(|column| column.as_boolean_opt())
        .ok_or_else(|| format!("no column `{name}` of yes and no"))
}

/// A column as whole numbers: yes is one, a date its day since 1970, a missing value [`NOTHING`], a truth that is
/// not known [`NEITHER`].
///
/// # Errors
/// No such column, or one of a type without numbers.
pub fn whole(table: &RecordBatch, name: &str) -> Result<Vec<i64>, String> {
    fn of<T: ArrowPrimitiveType<Native: Into<i64>>>(column: &dyn Array) -> Vec<i64> {
        let column = column.as_primitive::<T>();
        let number = |value: Option<T::Native>| value.map_or(NOTHING, Into::into);
        column.iter().map(number).collect()
    }
    let column = table
        .column_by_name(name)
        .ok_or_else(|| format!("no column `{name}`"))?;
    match column.data_type() {
        DataType::Int64 => Ok(of::<Int64Type>(column)),
        DataType::Int32 => Ok(of::<Int32Type>(column)),
        DataType::UInt8 => Ok(of::<UInt8Type>(column)),
        DataType::Date32 => Ok(of::<Date32Type>(column)),
        DataType::Boolean => {
            let number = |value: Option<bool>| value.map_or(NEITHER, i64::from);
            Ok(column.as_boolean().iter().map(number).collect())
        }
        other => Err(format!("column `{name}` is {other}: not a number")),
    }
}

/// One number for a whole answer: the sum over the rows, from 1, of row × Σ weight × value, all wrapping.
///
/// # Errors
/// A column of `weights` that is not there.
pub fn check_value(answer: &RecordBatch, weights: &BTreeMap<String, u64>) -> Result<u64, String> {
    let mut rows = vec![0_u64; answer.num_rows()];
    for (name, weight) in weights {
        for (row, value) in rows.iter_mut().zip(whole(answer, name)?) {
            *row = row.wrapping_add(weight.wrapping_mul(value as u64));
        }
    }
    Ok(rows.iter().zip(1_u64..).fold(0, |sum, (row, number)| {
        sum.wrapping_add(number.wrapping_mul(*row))
    }))
}

/// How many rows differ in any of the columns.
///
/// # Errors
/// A column that is not there; different numbers of rows.
pub fn rows_that_differ<'a>(
    one: &RecordBatch,
    other: &RecordBatch,
    names: impl IntoIterator<Item = &'a String>,
) -> Result<usize, String> {
    if one.num_rows() != other.num_rows() {
        return Err(format!(
            "{} rows beside {}",
            one.num_rows(),
            other.num_rows()
        ));
    }
    let mut differs = vec![false; one.num_rows()];
    for name in names {
        let pairs = whole(one, name)?.into_iter().zip(whole(other, name)?);
        for (differs, (a, b)) in differs.iter_mut().zip(pairs) {
            *differs |= a != b;
        }
    }
    Ok(differs.into_iter().filter(|differs| *differs).count())
}

/// Writes an Arrow file.
///
/// # Errors
/// What the file system says.
pub fn write(path: &Path, table: &RecordBatch) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::create(path).map_err(|error| told(&error))?;
    let mut writer =
        FileWriter::try_new_buffered(file, &table.schema()).map_err(|error| told(&error))?;
    writer.write(table).map_err(|error| told(&error))?;
    writer.finish().map_err(|error| told(&error))
}

/// Reads an Arrow file that holds one batch.
///
/// # Errors
/// What the file system says; no batch, or several.
pub fn read(path: &Path) -> Result<RecordBatch, String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| told(&error))?;
    let mut batches = FileReader::try_new_buffered(file, None).map_err(|error| told(&error))?;
    match (batches.next(), batches.next()) {
        (Some(batch), None) => batch.map_err(|error| told(&error)),
        _ => Err(told(&"not one batch")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{Int32Array, Int64Array};

    fn answer(amounts: Vec<Option<i64>>) -> RecordBatch {
        let reasons = Int32Array::from_iter_values([5, 0]);
        let amounts = Int64Array::from(amounts);
        table(vec![
            ("amount", Arc::new(amounts)),
            ("reason", Arc::new(reasons)),
        ])
        .unwrap()
    }

    #[test]
    fn a_check_value_knows_the_row_the_column_and_what_is_missing() {
        let weights = BTreeMap::from([("amount".to_owned(), 16), ("reason".to_owned(), 1)]);
        let value = |amounts| check_value(&answer(amounts), &weights).unwrap();
        assert_eq!(value(vec![Some(0), Some(7)]), 5 + 2 * 16 * 7);
        assert_ne!(value(vec![Some(7), Some(0)]), value(vec![Some(0), Some(7)]));
        let strange = BTreeMap::from([("paid".to_owned(), 1)]);
        assert!(check_value(&answer(vec![None, None]), &strange).is_err());
        let odd = BTreeMap::from([("amount".to_owned(), 3)]);
        let missing = check_value(&answer(vec![None, Some(0)]), &odd).unwrap();
        assert_ne!(
            missing,
            check_value(&answer(vec![Some(0); 2]), &odd).unwrap()
        );
    }

    #[test]
    fn rows_that_differ_count_once() {
        let names = ["amount".to_owned(), "reason".to_owned()];
        let differ = |a, b| rows_that_differ(&answer(a), &answer(b), &names).unwrap();
        assert_eq!(differ(vec![Some(1), None], vec![Some(1), None]), 0);
        assert_eq!(differ(vec![Some(1), None], vec![Some(1), Some(0)]), 1);
        assert_eq!(differ(vec![Some(1), None], vec![None, Some(0)]), 2);
    }
}
