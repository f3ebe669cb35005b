//! Cells of a record batch as words for CSV.

use std::borrow::Cow;
use std::io::{Error, Write};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Schema};
use encoding_rs::GB18030;
use minzheng_rules::date::Day;

use super::TextEncoding;

/// Writes the names of the columns.
pub(super) fn head<W: Write>(
    writer: &mut csv::Writer<W>,
    schema: &Schema,
    encoding: TextEncoding,
) -> csv::Result<()> {
    for field in schema.fields() {
        writer.write_field(encoded(field.name(), encoding)?)?;
    }
    writer.write_record(None::<&[u8]>)
}

/// Writes the rows; a list is joined by semicolons, null is empty.
pub(super) fn write<W: Write>(
    writer: &mut csv::Writer<W>,
    batch: &RecordBatch,
    encoding: TextEncoding,
) -> csv::Result<()> {
    let mut word = String::new();
    for row in 0..batch.num_rows() {
        for column in batch.columns() {
            word.clear();
            cell(column.as_ref(), row, &mut word);
            writer.write_field(encoded(&word, encoding)?)?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

/// A word in an encoding. In GB18030 no byte of a character is a comma, a quote or the end of a line.
fn encoded(word: &str, encoding: TextEncoding) -> Result<Cow<'_, [u8]>, Error> {
    if encoding != TextEncoding::Gb18030 {
        return Ok(Cow::Borrowed(word.as_bytes()));
    }
    let (bytes, _, is_lossy) = GB18030.encode(word);
    if is_lossy {
        return Err(Error::other(
            "a word holds a character that GB18030 has not",
        ));
    }
    Ok(bytes)
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
