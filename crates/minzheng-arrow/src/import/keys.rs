//! Keys of rows, compared where they lie.

use std::borrow::Cow;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::cells::Texts;

/// One key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key<'a> {
    Number(i128),
    Text(&'a str),
}

impl Key<'_> {
    pub(crate) fn words(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.to_owned(),
        }
    }

    /// The key as the number of a row, where it is one.
    pub(super) fn number(self) -> Option<i128> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

/// The keys of a table's rows.
#[derive(Debug)]
pub(crate) struct KeyCells<'a> {
    layout: Layout<'a>,
    nulls: Option<NullBuffer>,
    rows: usize,
}

#[derive(Debug)]
enum Layout<'a> {
    Nothing,
    Numbers(Cow<'a, [i64]>),
    Unsigned(&'a [u64]),
    Texts(Texts<'a>),
    /// Which word of the dictionary each row has.
    Words(Vec<usize>, Box<KeyCells<'a>>),
}

/// What keys of a type are compared as; `None` where the type cannot be a key.
pub(crate) fn kind(ty: &DataType) -> Option<&'static str> {
    match ty {
        DataType::Dictionary(_, words) => kind(words),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some("text"),
        ty if ty.is_integer() => Some("whole numbers"),
        _ => None,
    }
}

impl<'a> KeyCells<'a> {
    /// The keys of a table without rows.
    pub(super) const fn none() -> Self {
        Self {
            layout: Layout::Nothing,
            nulls: None,
            rows: 0,
        }
    }

    /// The keys of a column; `None` where its type cannot be a key.
    pub(crate) fn of(array: &'a dyn Array) -> Option<Self> {
        let layout = match array.data_type() {
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                let words = Self::of(dictionary.values().as_ref())?;
                if words.rows == 0 {
                    Layout::Nothing
                } else {
                    Layout::Words(dictionary.normalized_keys(), Box::new(words))
                }
            }
            DataType::Int64 => {
                Layout::Numbers(Cow::Borrowed(array.as_primitive::<Int64Type>().values()))
            }
            DataType::Int8 => wide::<Int8Type>(array),
            DataType::Int16 => wide::<Int16Type>(array),
            DataType::Int32 => wide::<Int32Type>(array),
            DataType::UInt8 => wide::<UInt8Type>(array),
            DataType::UInt16 => wide::<UInt16Type>(array),
            DataType::UInt32 => wide::<UInt32Type>(array),
            DataType::UInt64 => Layout::Unsigned(array.as_primitive::<UInt64Type>().values()),
            _ => Layout::Texts(Texts::of(array)?),
        };
        Some(Self {
            layout,
            nulls: array.nulls().filter(|n| n.null_count() > 0).cloned(),
            rows: array.len(),
        })
    }

    /// Rows whose key a spreadsheet made an approximate number: `1.5012E+17` was another key, and perhaps several.
    pub(super) fn damaged(&self) -> Vec<usize> {
        let rows = 0..self.rows;
        match &self.layout {
            Layout::Texts(_) => {
                let is = |row: &usize| matches!(self.get(*row), Some(Key::Text(text)) if is_damaged(text));
                rows.filter(is).collect()
            }
            Layout::Words(at, words) => {
                let bad = words.damaged();
                let is = |row: &usize| at.get(*row).is_some_and(|at| bad.contains(at));
                if bad.is_empty() {
                    return bad;
                }
                rows.filter(|row| is(row) && self.get(*row).is_some())
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    pub(crate) const fn rows(&self) -> usize {
        self.rows
    }

    /// The key of a row; `None` where it is null or empty.
    pub(crate) fn get(&self, row: usize) -> Option<Key<'_>> {
        if row >= self.rows || self.nulls.as_ref().is_some_and(|n| n.is_null(row)) {
            return None;
        }
        match &self.layout {
            Layout::Nothing => None,
            Layout::Numbers(numbers) => numbers.get(row).map(|n| Key::Number((*n).into())),
            Layout::Unsigned(numbers) => numbers.get(row).map(|n| Key::Number((*n).into())),
            Layout::Texts(texts) => Some(texts.get(row))
                .filter(|t| !t.is_empty())
                .map(Key::Text),
            Layout::Words(at, words) => words.get(*at.get(row)?),
        }
    }
}

/// Whether a text is a number with an exponent, as spreadsheets write long numbers.
fn is_damaged(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
    is_number(whole) && is_number(places) && power.strip_prefix('+').is_some_and(is_number)
}

fn wide<T: ArrowPrimitiveType>(array: &dyn Array) -> Layout<'_>
where
    i64: From<T::Native>,
{
    let values = array.as_primitive::<T>().values();
    Layout::Numbers(values.iter().map(|v| i64::from(*v)).collect())
}
