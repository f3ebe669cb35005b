//! Arrays of an answer.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::{Int8Type, Int16Type};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int8Array, Int16Array,
    Int64Array, StringArray,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow_schema::{ArrowError, DataType, Field};
use minzheng_rules::columnar::{Bitmap, OutputColumn};
use minzheng_rules::date::Day;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;

use super::Status;

/// Digits of an amount.
const DIGITS: u8 = 18;

/// The first number that has more digits than an amount.
const TOO_LARGE: u64 = 1_000_000_000_000_000_000;

/// The Arrow type of a value.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Truth,
    Whole,
    Day,
    /// Six digits as text.
    Place,
    /// A decimal with so many places.
    Decimal(i8),
    /// One of the ids of a list.
    Code(StringArray),
}

impl Shape {
    pub(crate) fn of(set: &PackSet, ty: Type) -> Self {
        match ty {
            Type::Bool => Self::Truth,
            Type::Count | Type::Days | Type::Months | Type::Text => Self::Whole,
            Type::Date => Self::Day,
            Type::Place => Self::Place,
            Type::Ratio => Self::Decimal(4),
            Type::Shown => Self::Decimal(2),
            Type::Money { scale, .. } => {
                let places = scale.saturating_mul(4).saturating_add(2);
                Self::Decimal(i8::try_from(places).unwrap_or(i8::MAX))
            }
            Type::Code(list) => {
                let codes = set.code_lists().get(list).map(|l| l.codes.as_slice());
                let ids = codes.unwrap_or_default().iter().map(|c| c.id.as_str());
                Self::Code(StringArray::from_iter_values(ids))
            }
        }
    }

    pub(crate) fn data_type(&self) -> DataType {
        match self {
            Self::Truth => DataType::Boolean,
            Self::Whole => DataType::Int64,
            Self::Day => DataType::Date32,
            Self::Place => DataType::Utf8,
            Self::Decimal(places) => DataType::Decimal128(digits(*places), *places),
            Self::Code(_) => dictionary(DataType::Int16),
        }
    }

    /// The values of an output, null where they are unknown, or where `only` does not hold.
    pub(crate) fn array(
        &self,
        column: &OutputColumn,
        only: Option<&Bitmap>,
    ) -> Result<ArrayRef, ArrowError> {
        let (known, values) = match column {
            OutputColumn::Truth { yes, no } => return Ok(truths(yes, no)),
            OutputColumn::Number { known, values, .. } => (known, values),
        };
        let rows = values.len();
        let known = known.as_words().iter().copied();
        let known = match only.map(|o| o.as_words().iter()) {
            None => bits(known, rows),
            Some(only) => bits(known.zip(only).map(|(known, only)| known & only), rows),
        };
        // what stands where a value is null is zero
        let given = || {
            known
                .iter()
                .zip(values)
                .map(|(known, v)| known.then_some(*v))
        };
        Ok(match self {
            Self::Truth | Self::Whole => Arc::new(given().collect::<Int64Array>()),
            Self::Day => {
                let day = |v: i64| i32::try_from(v).ok();
                Arc::new(given().map(|v| v.and_then(day)).collect::<Date32Array>())
            }
            Self::Place => {
                let code = |v: i64| format!("{v:06}");
                Arc::new(given().map(|v| v.map(code)).collect::<StringArray>())
            }
            Self::Decimal(places) => {
                let digits = digits(*places);
                let fits = |v: &i64| digits > DIGITS || v.unsigned_abs() < TOO_LARGE;
                let array: Decimal128Array = if values.iter().all(fits) {
                    let wide = given().map(|v| i128::from(v.unwrap_or(0)));
                    let nulls = NullBuffer::new(known.clone());
                    Decimal128Array::new(wide.collect(), Some(nulls))
                } else {
                    given().map(|v| v.filter(fits).map(i128::from)).collect()
                };
                Arc::new(array.with_precision_and_scale(digits, *places)?)
            }
            Self::Code(ids) => {
                let key = |v: i64| i16::try_from(v).ok();
                let keys: Int16Array = given().map(|v| v.and_then(key)).collect();
                Arc::new(DictionaryArray::<Int16Type>::try_new(
                    keys,
                    Arc::new(ids.clone()),
                )?)
            }
        })
    }
}

const fn digits(places: i8) -> u8 {
    if places > 4 { 38 } else { DIGITS }
}

fn dictionary(keys: DataType) -> DataType {
    DataType::Dictionary(Box::new(keys), Box::new(DataType::Utf8))
}

/// The type of statuses.
pub(super) fn status_type() -> DataType {
    dictionary(DataType::Int8)
}

/// The statuses of truths; `out` are the rows for which the programme is not in force.
pub(super) fn statuses(
    yes: &Bitmap,
    no: &Bitmap,
    out: impl Iterator<Item = core::ops::Range<usize>>,
) -> Result<ArrayRef, ArrowError> {
    let words = StringArray::from_iter_values(Status::ALL.map(Status::word));
    let mut keys: Vec<i8> = Vec::with_capacity(yes.len().next_multiple_of(64));
    for (yes, no) in yes.as_words().iter().zip(no.as_words()) {
        let is = |word: u64, bit: u32| i8::from(word & 1_u64.wrapping_shl(bit) != 0);
        // a row is in one of the two at most, so this is 0, 1 or 2: undetermined, eligible, not eligible
        keys.extend((0..u64::BITS).map(|bit| is(*yes, bit) | is(*no, bit) << 1));
    }
    keys.truncate(yes.len());
    for rows in out {
        if let Some(keys) = keys.get_mut(rows) {
            keys.fill(3); // not in force
        }
    }
    let keys = Int8Array::from(keys);
    Ok(Arc::new(DictionaryArray::<Int8Type>::try_new(
        keys,
        Arc::new(words),
    )?))
}

/// The type of reasons.
pub(super) fn list_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)))
}

/// Lists of words.
pub(super) fn lists<'w, L: IntoIterator<Item = &'w str>>(
    rows: impl IntoIterator<Item = L>,
) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for row in rows {
        for word in row {
            builder.values().append_value(word);
        }
        builder.append(true);
    }
    Arc::new(builder.finish())
}

fn bits(words: impl Iterator<Item = u64>, rows: usize) -> BooleanBuffer {
    let bytes: Vec<u8> = words.flat_map(u64::to_le_bytes).collect();
    BooleanBuffer::new(Buffer::from_vec(bytes), 0, rows)
}

/// Truths: null where a row is in neither.
pub(super) fn truths(yes: &Bitmap, no: &Bitmap) -> ArrayRef {
    let both = yes.as_words().iter().zip(no.as_words());
    let known = bits(both.map(|(yes, no)| yes | no), yes.len());
    let values = bits(yes.as_words().iter().copied(), yes.len());
    Arc::new(BooleanArray::new(values, Some(NullBuffer::new(known))))
}

/// Yes or no, never null.
pub(super) fn plain_bools(rows: impl IntoIterator<Item = bool>) -> ArrayRef {
    Arc::new(BooleanArray::from(rows.into_iter().collect::<Vec<bool>>()))
}

/// Days, never null.
pub(super) fn dates(days: impl Iterator<Item = Day>) -> ArrayRef {
    let number = |day: Day| i32::try_from(day.number()).unwrap_or(i32::MAX);
    Arc::new(Date32Array::from_iter_values(days.map(number)))
}
