//! What a cell of a workbook holds, and the text that it is in the list.

use calamine::DataRef;
use chrono::{Days, NaiveDate};
use minzheng::catalog::ListCells;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held {
    Text(String),
    /// A number, as the decimal digits that say it and no other, and whether it is shown as it is.
    Number(String, bool),
    /// A number that is shown as a day, where it is a whole one of the calendar.
    Day(Option<NaiveDate>),
    Truth(bool),
    /// An error of a formula, as `#REF!`.
    Error,
    /// A formula whose value is not in the file.
    Formula,
}

/// Digits that a spreadsheet keeps of a number.
const DIGITS: usize = 15;

/// What stands in a cell; nothing where it is blank. A number without a format of its own is shown as it is.
pub(super) fn held(value: &DataRef<'_>, format: Option<&str>, is_1904: bool) -> Option<Held> {
    let is_plain = format.is_none_or(|f| ["General", "0", "@"].contains(&f));
    let text = |t: &str| Some(Held::Text(t.to_owned())).filter(|_| !t.trim().is_empty());
    match value {
        DataRef::Empty => None,
        DataRef::String(t) => text(t),
        DataRef::SharedString(t) => text(t),
        DataRef::Int(n) => Some(Held::Number(n.to_string(), is_plain)),
        // the shortest decimal that gives this number and no other
        DataRef::Float(n) => Some(Held::Number(n.to_string(), is_plain)),
        DataRef::Bool(truth) => Some(Held::Truth(*truth)),
        DataRef::DateTime(day) if day.is_duration() => Some(Held::Day(None)),
        DataRef::DateTime(day) => Some(Held::Day(of_serial(&day.as_f64().to_string(), is_1904))),
        DataRef::DateTimeIso(day) => {
            let date = day.strip_suffix("T00:00:00").unwrap_or(day);
            Some(Held::Day(date.parse().ok()))
        }
        DataRef::DurationIso(_) => Some(Held::Day(None)),
        DataRef::Error(_) => Some(Held::Error),
    }
}

/// The day of a serial number. In the calendar of 1900, the 60th is a day that never was, and what is before it is counted in two ways.
fn of_serial(serial: &str, is_1904: bool) -> Option<NaiveDate> {
    let number: u64 = serial.parse().ok()?;
    let (year, month, day, least) = if is_1904 {
        (1904, 1, 1, 0)
    } else {
        (1899, 12, 30, 61)
    };
    let first = NaiveDate::from_ymd_opt(year, month, day)?;
    let date = first.checked_add_days(Days::new(number))?;
    let last = NaiveDate::from_ymd_opt(9999, 12, 31)?;
    (number >= least && date <= last).then_some(date)
}

impl Held {
    /// The text that it is in a column of such cells, or of a column that nobody knows; or what is wrong with it and the way out.
    pub(super) fn text(
        &self,
        column: Option<&ListCells>,
    ) -> Result<String, (&'static str, &'static str)> {
        const ANEW: &str = "make the column text and write the cell anew";
        match (self, column) {
            (Self::Text(text), _) => Ok(text.trim().to_owned()),
            (Self::Number(digits, true), Some(ListCells::Whole | ListCells::Truth))
                if is_whole(digits) =>
            {
                Ok(digits.clone())
            }
            (Self::Number(_, _), Some(ListCells::Whole)) => {
                Err(("holds no whole number that is shown as it is", ANEW))
            }
            (Self::Number(digits, true), None) if is_kept(digits) => Ok(digits.clone()),
            (Self::Number(_, _), Some(ListCells::Day)) => Err((
                "holds a number that is not shown as a day",
                "write the day as text, 2026-07-01, or give the cell the format of a date",
            )),
            (Self::Number(_, _), _) => Err((
                "holds a number where text belongs: leading zeros and digits after the fifteenth are gone",
                ANEW,
            )),
            (Self::Day(Some(day)), Some(ListCells::Day) | None) => Ok(day.to_string()),
            (Self::Day(_), Some(ListCells::Day)) => Err((
                "holds a time, or a day before March 1900",
                "write the day as text, 2026-07-01",
            )),
            (Self::Day(_), _) => Err((
                "holds a day or a time: the spreadsheet made one of what was written",
                ANEW,
            )),
            (Self::Truth(truth), Some(ListCells::Truth) | None) => {
                Ok(if *truth { "是" } else { "否" }.to_owned())
            }
            (Self::Truth(_), _) => Err(("holds TRUE or FALSE", ANEW)),
            (Self::Error, _) => Err(("shows an error of a formula", "write the value itself")),
            (Self::Formula, _) => Err((
                "is a formula whose value was not saved",
                "open the workbook in a spreadsheet and save it, or write the value itself",
            )),
        }
    }
}

fn is_whole(digits: &str) -> bool {
    digits.len() <= DIGITS && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a spreadsheet keeps all digits of a number.
fn is_kept(digits: &str) -> bool {
    digits.bytes().filter(u8::is_ascii_digit).count() <= DIGITS && digits != "-0"
}
