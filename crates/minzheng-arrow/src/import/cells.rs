//! One column of any Arrow type to values in the engine's unit: borrowed where the layout is the engine's own.

mod dates;

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Int8Type,
    Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, LargeStringArray, PrimitiveArray, StringArray, StringViewArray};
use arrow_buffer::{BooleanBuffer, NullBuffer, i256};
use arrow_schema::DataType;
use minzheng_rules::columnar::{Bitmap, Column, Values};
use minzheng_rules::date::Day;
use minzheng_rules::number::{NumberError, parse_fixed};
use minzheng_rules::pack::model::CodeList;
use minzheng_rules::pack::place::parse_code;

use super::row32;

/// What a column is wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Want {
    Bool,
    Number(Unit),
    Date,
    Code(Codes),
    Place,
    /// Checked for its type, then left: text only passes through.
    Text,
}

/// How a written number becomes one of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Decimal places of the engine's unit in the written one: 2 for yuan, 0 for fen.
    pub(crate) places: u8,
    pub(crate) period: Change,
}

/// From the written period to the fact's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Same,
    MonthToYear,
    YearToMonth,
}

/// The ids and Chinese words of a code list, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Codes(Vec<(String, i32)>);

impl Codes {
    pub(crate) fn new(list: &CodeList) -> Self {
        let of = |words: bool| {
            (0..).zip(&list.codes).map(move |(at, code)| {
                let word = if words { &code.words.zh } else { &code.id };
                (word.clone(), at)
            })
        };
        // an id wins over a word that is spelt the same
        let mut words: Vec<(String, i32)> = of(false).chain(of(true)).collect();
        words.sort_by(|a, b| a.0.cmp(&b.0));
        words.dedup_by(|later, first| later.0 == first.0);
        Self(words)
    }

    fn find(&self, text: &str) -> Option<i32> {
        let at = self
            .0
            .binary_search_by(|(word, _)| word.as_str().cmp(text))
            .ok()?;
        self.0.get(at).map(|(_, code)| *code)
    }
}

/// Why a value is none of its type. The words never repeat the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bad {
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

const fn bad(code: &'static str, message: &'static str) -> Bad {
    Bad { code, message }
}

const NOT_BOOL: Bad = bad(
    "E-VALUE-TYPE",
    "neither yes nor no: write 是, 否, true, false, 1 or 0",
);
const NOT_NUMBER: Bad = bad("E-VALUE-NUMBER", "not a plain decimal number");
const PLACES: Bad = bad(
    "E-VALUE-NUMBER",
    "more decimal places than the unit has; nothing is rounded",
);
const TOO_LARGE: Bad = bad("E-VALUE-NUMBER", "the number is too large");
const UNEVEN: Bad = bad(
    "E-VALUE-UNIT",
    "the amount per year does not divide into whole fen per month",
);
const NOT_DATE: Bad = bad("E-VALUE-DATE", "not a day of the calendar");
const HOUR: Bad = bad("E-VALUE-DATE", "the date carries a time of day");
const NOT_CODE: Bad = bad("E-VALUE-CODE", "the code is not in its list");
const NOT_PLACE: Bad = bad("E-VALUE-PLACE", "not a six-digit place code");

/// The values of a column, and the rows whose value is none of its type; those are unknown.
#[derive(Debug)]
pub(crate) struct Cells<'a> {
    /// `None`: nothing is known of any row.
    pub(super) values: Option<Values<'a>>,
    /// Rows that are known; `None`: all.
    pub(super) known: Option<Bitmap>,
    /// Rising.
    pub(crate) bad: Vec<(u32, Bad)>,
}

impl<'a> Cells<'a> {
    pub(crate) const fn nothing() -> Self {
        Self {
            values: None,
            known: None,
            bad: Vec::new(),
        }
    }

    const fn of(values: Values<'a>, known: Option<Bitmap>) -> Self {
        Self {
            values: Some(values),
            known,
            bad: Vec::new(),
        }
    }

    pub(crate) fn is_known(&self, row: usize) -> bool {
        self.known.as_ref().is_none_or(|k| k.get(row))
    }

    /// The value of a row, where it is known.
    pub(crate) fn number(&self, row: usize) -> Option<i64> {
        if !self.is_known(row) {
            return None;
        }
        match self.values.as_ref()? {
            Values::Bool(bits) => (row < bits.len()).then(|| i64::from(bits.get(row))),
            Values::Small(values) => values.get(row).copied().map(i64::from),
            Values::Medium(values) => values.get(row).copied().map(i64::from),
            Values::Large(values) => values.get(row).copied(),
        }
    }

    /// Known rows whose value lies outside some bounds, with the value.
    pub(crate) fn outside(&self, low: Option<i64>, high: Option<i64>) -> Vec<(u32, i64)> {
        fn strange<T: Copy + Into<i64>>(values: &[T], (low, high): (i64, i64)) -> bool {
            let out = |v: T| (v.into() < low) | (v.into() > high);
            // without a way out of the loop it runs over many values at a time
            values.iter().fold(false, |any, v| any | out(*v))
        }
        let ends = (low.unwrap_or(i64::MIN), high.unwrap_or(i64::MAX));
        let any = match &self.values {
            None | Some(Values::Bool(_)) => false,
            Some(Values::Small(values)) => strange(values, ends),
            Some(Values::Medium(values)) => strange(values, ends),
            Some(Values::Large(values)) => strange(values, ends),
        };
        if !any {
            return Vec::new();
        }
        let rows = 0..self.values.as_ref().map_or(0, Values::len);
        rows.filter_map(|row| Some((row32(row), self.number(row)?)))
            .filter(|(_, v)| *v < ends.0 || *v > ends.1)
            .collect()
    }

    /// Marks bad rows as unknown.
    fn spoil(mut self, rows: usize, bad: Vec<(u32, Bad)>) -> Self {
        if !bad.is_empty() {
            let mut next = bad.iter().map(|b| b.0).peekable();
            let known = (0..rows).map(|row| {
                let is_bad = next.next_if(|b| *b == row32(row)).is_some();
                !is_bad && self.is_known(row)
            });
            self.known = Some(known.collect());
            self.bad = bad;
        }
        self
    }

    /// The cells without some of so many rows.
    pub(crate) fn without(mut self, rows: usize, gone: &[(u32, i64)]) -> Self {
        if !gone.is_empty() {
            let is_gone = |row| gone.binary_search_by_key(&row32(row), |g| g.0).is_ok();
            let known = (0..rows).map(|row| self.is_known(row) && !is_gone(row));
            self.known = Some(known.collect());
        }
        self
    }

    /// Days as the first of their months.
    pub(crate) fn months(mut self) -> Self {
        if let Some(Values::Medium(days)) = &self.values {
            let first = |day: &i32| {
                let day = Day::from_number(i64::from(*day)).map(Day::first_of_month);
                day.and_then(dates::day32).unwrap_or_default()
            };
            self.values = Some(medium(days.iter().map(first).collect()));
        }
        self
    }

    /// The same cells in another order of rows, where one is given.
    pub(super) fn ordered(self, order: Option<&[u32]>) -> Self {
        let Some(order) = order else {
            return self;
        };
        let rows = || order.iter().map(|row| index(*row));
        Self {
            values: self.values.as_ref().map(|values| taken(values, rows())),
            known: self
                .known
                .map(|known| rows().map(|row| known.get(row)).collect()),
            bad: Vec::new(),
        }
    }

    /// Takes from elsewhere what is not known of so many rows.
    pub(super) fn or(self, rows: usize, other: impl Fn(usize) -> Option<i32>) -> Self {
        let given = |row: usize| i32::try_from(self.number(row)?).ok();
        let lacks = |row: usize| self.number(row).is_none();
        if !(0..rows).any(|row| lacks(row) && other(row).is_some()) {
            return self;
        }
        let found: Vec<Option<i32>> = (0..rows)
            .map(|row| given(row).or_else(|| other(row)))
            .collect();
        Self {
            known: Some(found.iter().map(Option::is_some).collect()),
            values: Some(medium(
                found.into_iter().map(Option::unwrap_or_default).collect(),
            )),
            bad: Vec::new(),
        }
    }

    /// The column for the engine.
    pub(super) fn into_column(self) -> Option<Column<'a>> {
        Some(Column::new(self.values?, self.known))
    }
}

fn index(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}

/// The values of some rows, in their order.
fn taken<'a>(values: &Values<'_>, rows: impl Iterator<Item = usize>) -> Values<'a> {
    fn pick<T: Copy + Default>(
        values: &[T],
        rows: impl Iterator<Item = usize>,
    ) -> Cow<'static, [T]> {
        Cow::Owned(
            rows.map(|row| values.get(row).copied().unwrap_or_default())
                .collect(),
        )
    }
    match values {
        Values::Bool(bits) => Values::Bool(rows.map(|row| bits.get(row)).collect()),
        Values::Small(values) => Values::Small(pick(values, rows)),
        Values::Medium(values) => Values::Medium(pick(values, rows)),
        Values::Large(values) => Values::Large(pick(values, rows)),
    }
}

/// The text of a column, whichever way it is laid out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Texts<'a> {
    Small(&'a StringArray),
    Large(&'a LargeStringArray),
    View(&'a StringViewArray),
}

impl<'a> Texts<'a> {
    pub(super) fn of(array: &'a dyn Array) -> Option<Self> {
        Some(match array.data_type() {
            DataType::Utf8 => Self::Small(array.as_string()),
            DataType::LargeUtf8 => Self::Large(array.as_string()),
            DataType::Utf8View => Self::View(array.as_string_view()),
            _ => return None,
        })
    }

    /// The text of a row that the column has.
    pub(super) fn get(self, row: usize) -> &'a str {
        match self {
            Self::Small(array) => array.value(row),
            Self::Large(array) => array.value(row),
            Self::View(array) => array.value(row),
        }
    }
}

/// A bitmap as the engine has it.
pub(super) fn bitmap(bits: &BooleanBuffer) -> Bitmap {
    Bitmap::from_bytes(bits.values(), bits.offset(), bits.len())
}

fn known(nulls: Option<&NullBuffer>) -> Option<Bitmap> {
    nulls
        .filter(|n| n.null_count() > 0)
        .map(|n| bitmap(n.inner()))
}

/// Reads a column; `None` where its type cannot carry what is wanted.
pub(crate) fn read<'a>(array: &'a dyn Array, want: &Want) -> Option<Cells<'a>> {
    match array.data_type() {
        DataType::Null => Some(Cells::nothing()),
        DataType::Dictionary(..) => dictionary(array, want),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => texts(array, want),
        _ => match want {
            Want::Bool => bools(array),
            Want::Number(unit) => numbers(array, *unit),
            Want::Date => dates::read(array),
            Want::Place => Some(each(
                array,
                ints(array)?,
                |code: i128| {
                    let six = (100_000..=999_999).contains(&code);
                    i64::try_from(code)
                        .ok()
                        .filter(|_| six)
                        .map(Some)
                        .ok_or(NOT_PLACE)
                },
                large,
            )),
            Want::Code(_) | Want::Text => None,
        },
    }
}

fn dictionary<'a>(array: &'a dyn Array, want: &Want) -> Option<Cells<'a>> {
    let dictionary = array.as_any_dictionary();
    let words = read(dictionary.values().as_ref(), want)?;
    let Some(values) = &words.values else {
        return Some(Cells::nothing());
    };
    if values.is_empty() {
        return Some(Cells::nothing());
    }
    let keys = dictionary.normalized_keys();
    let nulls = dictionary.nulls();
    let valid = |row: usize| nulls.is_none_or(|n| n.is_valid(row));
    let known = if words.known.is_some() {
        let rows = keys.iter().enumerate();
        Some(
            rows.map(|(row, key)| valid(row) && words.is_known(*key))
                .collect(),
        )
    } else {
        known(nulls)
    };
    let mut spoilt = Vec::new();
    if !words.bad.is_empty() {
        for (row, key) in keys.iter().enumerate().filter(|(row, _)| valid(*row)) {
            let at = words.bad.binary_search_by_key(&row32(*key), |b| b.0);
            if let Some((_, bad)) = at.ok().and_then(|at| words.bad.get(at)) {
                spoilt.push((row32(row), *bad));
            }
        }
    }
    Some(Cells {
        values: Some(taken(values, keys.iter().copied())),
        known,
        bad: spoilt,
    })
}

fn large<'a>(values: Vec<i64>) -> Values<'a> {
    Values::Large(Cow::Owned(values))
}

fn medium<'a>(values: Vec<i32>) -> Values<'a> {
    Values::Medium(Cow::Owned(values))
}

/// Reads value by value; `Ok(None)` is unknown.
fn each<'a, T, V: Default>(
    array: &dyn Array,
    values: impl Iterator<Item = T>,
    read: impl Fn(T) -> Result<Option<V>, Bad>,
    make: impl FnOnce(Vec<V>) -> Values<'a>,
) -> Cells<'a> {
    let nulls = array.nulls().filter(|n| n.null_count() > 0);
    let mut out = Vec::with_capacity(array.len());
    let (mut spoilt, mut empty) = (Vec::new(), Vec::new());
    for (row, value) in values.enumerate() {
        let found = if nulls.is_some_and(|n| n.is_null(row)) {
            Ok(Some(V::default()))
        } else {
            read(value)
        };
        out.push(match found {
            Ok(Some(value)) => value,
            Ok(None) => {
                empty.push(row32(row));
                V::default()
            }
            Err(why) => {
                spoilt.push((row32(row), why));
                V::default()
            }
        });
    }
    let mut cells = Cells::of(make(out), known(nulls));
    if !empty.is_empty() {
        let mut next = empty.into_iter().peekable();
        let known = (0..array.len()).map(|row| {
            let is_empty = next.next_if(|e| *e == row32(row)).is_some();
            !is_empty && cells.is_known(row)
        });
        cells.known = Some(known.collect());
    }
    cells.spoil(array.len(), spoilt)
}

fn texts<'a>(array: &'a dyn Array, want: &Want) -> Option<Cells<'a>> {
    let texts = Texts::of(array)?;
    // what stands where a row is null is not asked for
    let rows = (0..array.len()).map(|row| {
        if array.is_null(row) {
            ""
        } else {
            texts.get(row).trim()
        }
    });
    let some = |text: &'a str| (!text.is_empty()).then_some(text);
    Some(match want {
        Want::Text => Cells::nothing(),
        Want::Bool => {
            let read = |text| some(text).map(yes_or_no).transpose();
            each(array, rows, read, |all| {
                Values::Bool(all.into_iter().collect())
            })
        }
        Want::Number(unit) => {
            let read = |text| some(text).map(|text| number_text(text, *unit)).transpose();
            each(array, rows, read, large)
        }
        Want::Date => {
            let day = |text: &str| Day::parse(text).and_then(dates::day32).ok_or(NOT_DATE);
            each(array, rows, |text| some(text).map(day).transpose(), medium)
        }
        Want::Code(codes) => {
            let code = |text: &str| codes.find(text).ok_or(NOT_CODE);
            each(
                array,
                rows,
                |text| some(text).map(code).transpose(),
                |all| {
                    let small: Option<Vec<u8>> =
                        all.iter().map(|c| u8::try_from(*c).ok()).collect();
                    small.map_or_else(|| medium(all), |small| Values::Small(Cow::Owned(small)))
                },
            )
        }
        Want::Place => {
            let place = |text: &str| parse_code(text).ok_or(NOT_PLACE);
            each(array, rows, |text| some(text).map(place).transpose(), large)
        }
    })
}

fn yes_or_no(text: &str) -> Result<bool, Bad> {
    match text {
        "是" | "1" => Ok(true),
        "否" | "0" => Ok(false),
        _ if text.eq_ignore_ascii_case("true") => Ok(true),
        _ if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(NOT_BOOL),
    }
}

fn number_text(text: &str, unit: Unit) -> Result<i64, Bad> {
    let value = parse_fixed(text, u32::from(unit.places)).map_err(|error| match error {
        NumberError::Malformed => NOT_NUMBER,
        NumberError::TooManyPlaces { .. } => PLACES,
        NumberError::TooLarge => TOO_LARGE,
    })?;
    in_period(i128::from(value), unit.period)
}

fn in_period(value: i128, period: Change) -> Result<i64, Bad> {
    let value = match period {
        Change::Same => value,
        Change::MonthToYear => value.checked_mul(12).ok_or(TOO_LARGE)?,
        Change::YearToMonth if value.checked_rem(12) == Some(0) => {
            value.checked_div(12).ok_or(UNEVEN)?
        }
        Change::YearToMonth => return Err(UNEVEN),
    };
    i64::try_from(value).map_err(|_| TOO_LARGE)
}

fn bools(array: &dyn Array) -> Option<Cells<'_>> {
    if *array.data_type() == DataType::Boolean {
        let array = array.as_boolean();
        return Some(Cells::of(
            Values::Bool(bitmap(array.values())),
            known(array.nulls()),
        ));
    }
    let read = |value: i128| match value {
        0 => Ok(Some(false)),
        1 => Ok(Some(true)),
        _ => Err(NOT_BOOL),
    };
    Some(each(array, ints(array)?, read, |all| {
        Values::Bool(all.into_iter().collect())
    }))
}

/// The whole numbers of a column; `None` where it holds others.
fn ints(array: &dyn Array) -> Option<Box<dyn Iterator<Item = i128> + '_>> {
    fn wide<'a, T: ArrowPrimitiveType>(array: &'a dyn Array) -> Box<dyn Iterator<Item = i128> + 'a>
    where
        i128: From<T::Native>,
    {
        Box::new(
            array
                .as_primitive::<T>()
                .values()
                .iter()
                .map(|v| i128::from(*v)),
        )
    }
    Some(match array.data_type() {
        DataType::Int8 => wide::<Int8Type>(array),
        DataType::Int16 => wide::<Int16Type>(array),
        DataType::Int32 => wide::<Int32Type>(array),
        DataType::Int64 => wide::<Int64Type>(array),
        DataType::UInt8 => wide::<UInt8Type>(array),
        DataType::UInt16 => wide::<UInt16Type>(array),
        DataType::UInt32 => wide::<UInt32Type>(array),
        DataType::UInt64 => wide::<UInt64Type>(array),
        _ => return None,
    })
}

fn borrowed<'a, T: ArrowPrimitiveType>(
    array: &'a dyn Array,
    make: impl FnOnce(Cow<'a, [T::Native]>) -> Values<'a>,
) -> Cells<'a> {
    let array: &'a PrimitiveArray<T> = array.as_primitive::<T>();
    Cells::of(make(Cow::Borrowed(array.values())), known(array.nulls()))
}

fn numbers(array: &dyn Array, unit: Unit) -> Option<Cells<'_>> {
    let places = unit.places;
    let plain = unit.period == Change::Same;
    Some(match array.data_type() {
        DataType::Int64 if places == 0 && plain => borrowed::<Int64Type>(array, Values::Large),
        DataType::Int32 if places == 0 && plain => borrowed::<Int32Type>(array, Values::Medium),
        DataType::UInt8 if places == 0 && plain => borrowed::<UInt8Type>(array, Values::Small),
        DataType::Decimal64(_, scale) if u8::try_from(*scale) == Ok(places) && plain => {
            borrowed::<Decimal64Type>(array, Values::Large)
        }
        DataType::Decimal32(_, scale) if u8::try_from(*scale) == Ok(places) && plain => {
            borrowed::<Decimal32Type>(array, Values::Medium)
        }
        DataType::Decimal128(_, scale) if u8::try_from(*scale) == Ok(places) && plain => {
            let fen = |v: i128| i64::try_from(v).map(Some).map_err(|_| TOO_LARGE);
            let values = array.as_primitive::<Decimal128Type>().values();
            each(array, values.iter().copied(), fen, large)
        }
        DataType::Decimal32(_, scale) => {
            let values = array.as_primitive::<Decimal32Type>().values();
            let read = |v: i32| fixed(i128::from(v), *scale, unit).map(Some);
            each(array, values.iter().copied(), read, large)
        }
        DataType::Decimal64(_, scale) => {
            let values = array.as_primitive::<Decimal64Type>().values();
            let read = |v: i64| fixed(i128::from(v), *scale, unit).map(Some);
            each(array, values.iter().copied(), read, large)
        }
        DataType::Decimal128(_, scale) => {
            let values = array.as_primitive::<Decimal128Type>().values();
            let read = |v: i128| fixed(v, *scale, unit).map(Some);
            each(array, values.iter().copied(), read, large)
        }
        DataType::Decimal256(_, scale) => {
            let values = array.as_primitive::<Decimal256Type>().values();
            let read = |v: i256| fixed_wide(v, *scale, unit).map(Some);
            each(array, values.iter().copied(), read, large)
        }
        _ => each(array, ints(array)?, |v| fixed(v, 0, unit).map(Some), large),
    })
}

/// A number with so many decimal places in the engine's unit.
fn fixed(value: i128, scale: i8, unit: Unit) -> Result<i64, Bad> {
    let more = i32::from(unit.places).saturating_sub(i32::from(scale));
    let power = 10_i128.checked_pow(more.unsigned_abs());
    let value = match (power, more >= 0) {
        _ if value == 0 => 0,
        (Some(power), true) => value.checked_mul(power).ok_or(TOO_LARGE)?,
        (None, true) => return Err(TOO_LARGE),
        (Some(power), false) if value.checked_rem(power) == Some(0) => {
            value.checked_div(power).ok_or(PLACES)?
        }
        (_, false) => return Err(PLACES),
    };
    in_period(value, unit.period)
}

/// The same for 256 bits: what does not fit 128 is made smaller first, if it ends in zeros.
fn fixed_wide(value: i256, scale: i8, unit: Unit) -> Result<i64, Bad> {
    let ten = i256::from_i128(10);
    let (mut value, mut scale) = (value, scale);
    while value.to_i128().is_none() {
        if scale <= 0 {
            return Err(TOO_LARGE);
        }
        if value.checked_rem(ten) != Some(i256::ZERO) {
            return Err(PLACES);
        }
        value = value.checked_div(ten).ok_or(PLACES)?;
        scale = scale.saturating_sub(1);
    }
    fixed(value.to_i128().ok_or(TOO_LARGE)?, scale, unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const YUAN: Unit = Unit {
        places: 2,
        period: Change::Same,
    };

    #[test]
    fn no_scale_changes_an_amount() {
        for scale in -3..=30_i8 {
            let written = match 10_i128.checked_pow(u32::from(scale.unsigned_abs())) {
                Some(power) if scale >= 0 => 12_000 * power,
                Some(power) => 12_000 / power,
                None => continue,
            };
            assert_eq!(fixed(written, scale, YUAN), Ok(1_200_000), "{scale}");
            let wide = i256::from_i128(written);
            assert_eq!(fixed_wide(wide, scale, YUAN), Ok(1_200_000), "{scale}");
        }
        assert_eq!(fixed(1_001, 3, YUAN), Err(PLACES));
        assert_eq!(fixed(i128::MAX, 0, YUAN), Err(TOO_LARGE));
        assert_eq!(fixed(i128::from(i64::MAX), 1, YUAN), Err(TOO_LARGE));
        let huge = i256::from_i128(i128::MAX).checked_mul(i256::from_i128(1_000));
        assert_eq!(fixed_wide(huge.unwrap(), 3, YUAN), Err(TOO_LARGE));
    }

    #[test]
    fn a_year_divides_exactly_or_not_at_all() {
        let year = Unit {
            places: 2,
            period: Change::YearToMonth,
        };
        assert_eq!(number_text("1200", year), Ok(10_000));
        assert_eq!(number_text("1200.01", year), Err(UNEVEN));
        assert_eq!(number_text("-1200", year), Ok(-10_000));
        let month = Unit {
            places: 2,
            period: Change::MonthToYear,
        };
        assert_eq!(number_text("0.01", month), Ok(12));
        assert_eq!(number_text("92233720368547758", month), Err(TOO_LARGE));
    }
}
