//! Days out of every type that can carry one.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_schema::{DataType, TimeUnit};
use minzheng_rules::columnar::Values;
use minzheng_rules::date::Day;

use super::{Bad, Cells, HOUR, NOT_DATE, borrowed, each, ints, medium, row32};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A day as the engine's columns have it.
pub(super) fn day32(day: Day) -> Option<i32> {
    i32::try_from(day.number()).ok()
}

/// Reads days; `None` where the type carries none. A moment is a day where it is midnight and has no time zone: with one, its day
/// depends on where one stands.
pub(super) fn read(array: &dyn Array) -> Option<Cells<'_>> {
    macro_rules! moments {
        ($ty:ty, $of_second:expr) => {
            moments(array, array.as_primitive::<$ty>().values(), $of_second)
        };
    }
    Some(match array.data_type() {
        DataType::Date32 => days(array),
        DataType::Date64 => moments!(Date64Type, 1_000),
        DataType::Timestamp(unit, None) => match unit {
            TimeUnit::Second => moments!(TimestampSecondType, 1),
            TimeUnit::Millisecond => moments!(TimestampMillisecondType, 1_000),
            TimeUnit::Microsecond => moments!(TimestampMicrosecondType, 1_000_000),
            TimeUnit::Nanosecond => moments!(TimestampNanosecondType, 1_000_000_000),
        },
        _ => each(array, ints(array)?, written, medium),
    })
}

/// Days as they are, those outside the calendar marked.
fn days(array: &dyn Array) -> Cells<'_> {
    let cells = borrowed::<Date32Type>(array, Values::Medium);
    let values = array.as_primitive::<Date32Type>().values();
    let ends = (Day::MIN.number(), Day::MAX.number());
    let outside = |v: &i32| i64::from(*v) < ends.0 || i64::from(*v) > ends.1;
    if !values.iter().any(outside) {
        return cells;
    }
    let rows = values.iter().enumerate();
    let spoilt = rows
        .filter(|(row, v)| outside(v) && cells.is_known(*row))
        .map(|(row, _)| (row32(row), NOT_DATE));
    let spoilt = spoilt.collect();
    cells.spoil(array.len(), spoilt)
}

/// Moments since 1970, so many ticks a second.
fn moments<'a>(array: &'a dyn Array, values: &'a [i64], of_second: i64) -> Cells<'a> {
    let of_day = DAY.saturating_mul(of_second);
    let day = |moment: i64| {
        if moment.checked_rem(of_day) != Some(0) {
            return Err(HOUR);
        }
        let number = moment.checked_div(of_day).and_then(Day::from_number);
        number.and_then(day32).map(Some).ok_or(NOT_DATE)
    };
    each(array, values.iter().copied(), day, medium)
}

/// A day written as a number: 20260701.
fn written(value: i128) -> Result<Option<i32>, Bad> {
    let part = |over: i128, of: i128| {
        let part = value.checked_div(over)?.checked_rem(of)?;
        u32::try_from(part).ok()
    };
    let year = value
        .checked_div(10_000)
        .and_then(|y| i32::try_from(y).ok());
    let day = year.and_then(|year| Day::from_ymd(year, part(100, 100)?, part(1, 100)?));
    day.filter(|_| value >= 10_000_000)
        .and_then(day32)
        .map(Some)
        .ok_or(NOT_DATE)
}
