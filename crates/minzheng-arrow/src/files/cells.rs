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
use serde_json::{Map, Value};

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

/// Writes the rows as JSON, an object a line.
pub(super) fn json<W: Write>(writer: &mut W, batch: &RecordBatch) -> std::io::Result<()> {
    let schema = batch.schema();
    for row in 0..batch.num_rows() {
        let names = schema.fields().iter().map(|f| f.name().clone());
        let values = batch.columns().iter().map(|c| value(c.as_ref(), row));
        let object: Map<String, Value> = names.zip(values).collect();
        writeln!(writer, "{}", Value::Object(object))?;
    }
    Ok(())
}

/// A cell as JSON; what is exact and no whole number is text.
fn value(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    if let DataType::List(_) = array.data_type() {
        let list = array.as_list::<i32>().value(row);
        return (0..list.len()).map(|at| value(list.as_ref(), at)).collect();
    }
    let mut word = String::new();
    cell(array, row, &mut word);
    match array.data_type() {
        DataType::Boolean => Value::Bool(word == "true"),
        ty if ty.is_integer() => serde_json::from_str(&word).unwrap_or(Value::Null),
        _ => Value::String(word),
    }
}

/// Some columns of the rows as words.
pub(crate) fn rows(batch: &RecordBatch, columns: &[usize]) -> Vec<Vec<String>> {
    let word = |row: usize, at: usize| {
        let mut word = String::new();
        if let Some(column) = batch.columns().get(at) {
            cell(column.as_ref(), row, &mut word);
        }
        word
    };
    (0..batch.num_rows())
        .map(|row| columns.iter().map(|at| word(row, *at)).collect())
        .collect()
}

/// Why values of a type have no words here: a code and what the column holds.
pub(super) fn wordless(ty: &DataType) -> Option<(&'static str, &'static str)> {
    match ty {
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Date32
        | DataType::Decimal128(..) => None,
        DataType::Dictionary(_, values) => wordless(values),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => Some((
            "E-TABLE-FLOAT",
            "holds floating-point numbers, which are not exact",
        )),
        _ => Some((
            "E-TABLE-TYPE",
            "holds what is neither text nor number nor day",
        )),
    }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::types::Int8Type;
    use arrow_array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int64Array,
        StringArray,
    };

    use super::*;

    /// What JSON has is such, what is exact and no whole number is text, what is null is null.
    #[test]
    fn rows_are_objects_of_json() {
        let words: DictionaryArray<Int8Type> = [Some("urban"), None].into_iter().collect();
        let yuan = Decimal128Array::from(vec![Some(1_250), None]);
        let columns: [(&str, ArrayRef); 6] = [
            (
                "household_id",
                Arc::new(StringArray::from(vec!["h\"1", "户二"])),
            ),
            ("hukou", Arc::new(words)),
            (
                "alive",
                Arc::new(BooleanArray::from(vec![Some(true), None])),
            ),
            ("figure", Arc::new(Int64Array::from(vec![Some(-3), None]))),
            ("on", Arc::new(Date32Array::from(vec![Some(20_000), None]))),
            (
                "wage",
                Arc::new(yuan.with_precision_and_scale(18, 2).unwrap()),
            ),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut out = Vec::new();
        json(&mut out, &batch).unwrap();
        let text = String::from_utf8(out).unwrap();
        let wanted = [
            r#"{"household_id":"h\"1","hukou":"urban","alive":true,"figure":-3,"on":"2024-10-04","wage":"12.50"}"#,
            r#"{"household_id":"户二","hukou":null,"alive":null,"figure":null,"on":null,"wage":null}"#,
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), wanted);
    }
}
