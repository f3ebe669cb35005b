//! Cells of a record batch as words for CSV.

use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use minzheng_rules::date::Day;

/// Writes the rows; a list is joined by semicolons, null is empty.
pub(super) fn write<W: Write>(writer: &mut csv::Writer<W>, batch: &RecordBatch) -> csv::Result<()> {
    let mut word = String::new();
    for row in 0..batch.num_rows() {
        for column in batch.columns() {
            word.clear();
            cell(column.as_ref(), row, &mut word);
            writer.write_field(&word)?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

/// The types that answers and their keys have.
fn cell(array: &dyn Array, row: usize, out: &mut String) {
    use core::fmt::Write as _;
    if array.is_null(row) {
        return;
    }
    macro_rules! number {
        ($ty:ty) => {{
            // writing to a string cannot fail
            let _ = write!(out, "{}", array.as_primitive::<$ty>().value(row));
        }};
    }
    match array.data_type() {
        DataType::Utf8 => out.push_str(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => out.push_str(array.as_string::<i64>().value(row)),
        DataType::Utf8View => out.push_str(array.as_string_view().value(row)),
        DataType::Boolean => {
            let word = if array.as_boolean().value(row) {
                "true"
            } else {
                "false"
            };
            out.push_str(word);
        }
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Date32 => {
            let number = array.as_primitive::<Date32Type>().value(row);
            if let Some(day) = Day::from_number(number.into()) {
                let _ = write!(out, "{day}");
            }
        }
        DataType::Decimal128(..) => {
            out.push_str(&array.as_primitive::<Decimal128Type>().value_as_string(row));
        }
        DataType::Dictionary(..) => {
            let one = array.slice(row, 1);
            let dictionary = one.as_any_dictionary();
            if let Some(at) = dictionary.normalized_keys().first() {
                cell(dictionary.values().as_ref(), *at, out);
            }
        }
        DataType::List(_) => {
            let list = array.as_list::<i32>().value(row);
            for at in 0..list.len() {
                if at > 0 {
                    out.push(';');
                }
                cell(list.as_ref(), at, out);
            }
        }
        _ => {}
    }
}
