//! Records put together to a value: the definition that every faster way has to equal.
//!
//! A record **counts** for a row of evidence where it meets every filter and its time lies in the window. A filter or time
//! whose field the record has not leaves that open, and one open record leaves the whole value unknown: nothing is
//! guessed. (`any` is the exception: one record that counts decides.)
//!
//! Windows, seen from the day asked, say `2026-08-25`:
//!
//! | window | records of |
//! |---|---|
//! | `rolling_12_months` | the twelve whole months before its month: 2025-08-01 to 2026-07-31 |
//! | `calendar_year` | the year before its own: 2025-01-01 to 2025-12-31 |
//! | `last_month` | the month before its month: 2026-07-01 to 2026-07-31 |
//! | `as_of`, `single` | up to the day itself; from and to cover it, an end that is not there is still open |
//!
//! Ways of putting together, over the records that count:
//!
//! | how | value | unknown |
//! |---|---|---|
//! | `sum` | the field added | the field is missing; too large; more than one record where the window is `single` |
//! | `count` | how many | |
//! | `any` | what the row gives | |
//! | `latest` | the field of the newest | records of the newest day disagree |
//! | `max` | the greatest | the field is missing |
//! | `mean_month` | the field added, over the months that have a record | the field is missing; too large |
//!
//! Where the row names `distinct`, records with one value of that field count once; where they disagree in the field that
//! is read, the value is unknown. A month is taken twelve times for a year; a year is divided, an area cut to whole
//! units, by the rounding the row names, once, after everything is added.

use std::collections::{BTreeMap, BTreeSet};

use minzheng_rules::date::Day;
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::number::{Rounding, div_round};
use minzheng_rules::pack::model::Words;
use minzheng_rules::truth::Truth;

use super::evidence::{Evidence, How, When, Window};
use super::record::{Cell, Record, period_of};
use crate::catalog::FieldType;

/// Why records give no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Unclear {
    /// A sum leaves the range of whole fen.
    Overflow,
    /// A record lacks the field that is read, filtered by or told apart by.
    FieldMissing,
    /// A record says no day.
    Undated,
    /// Records that should say one thing say two.
    Disagree,
    /// More than one record where each stands by itself.
    Several,
    /// The value does not come out whole and no rounding is named.
    NotExact,
    /// The value lies outside what the fact may be.
    OutOfRange,
}

impl Unclear {
    /// The word in reports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Overflow => "overflow",
            Self::FieldMissing => "field_missing",
            Self::Undated => "undated",
            Self::Disagree => "disagree",
            Self::Several => "several",
            Self::NotExact => "not_exact",
            Self::OutOfRange => "out_of_range",
        }
    }

    /// Words for people.
    pub fn words(self) -> Words {
        let (zh, en) = match self {
            Self::Overflow => ("合计超出可表示的范围", "the sum is too large"),
            Self::FieldMissing => ("记录缺少所需字段", "a record lacks a field that is needed"),
            Self::Undated => ("记录没有日期", "a record says no day"),
            Self::Disagree => ("记录相互不一致", "the records disagree"),
            Self::Several => ("有多条单独的记录", "there is more than one record"),
            Self::NotExact => ("不能整除且未规定舍入", "it does not come out whole"),
            Self::OutOfRange => (
                "数值超出合理范围",
                "the value is outside its sensible bounds",
            ),
        };
        Words {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// What records gave: the value, none where no record counts, and which records it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathered<'r> {
    /// The value in the unit of the fact; `None`: no record counts.
    pub value: Result<Option<i64>, Unclear>,
    /// The records that count, in their order.
    pub records: Vec<&'r Record>,
}

/// The days of a window, seen from a day; no first day: from ever.
///
/// ```
/// use minzheng::verification::{collect::days, evidence::Window};
/// use minzheng_rules::date::Day;
///
/// let day = Day::parse("2026-03-31").ok_or("no such day")?;
/// let (first, last) = days(Window::Rolling12Months, day);
/// assert_eq!(first.map(|d| d.to_string()).as_deref(), Some("2025-03-01"));
/// assert_eq!(last.to_string(), "2026-02-28");
/// # Ok::<(), &str>(())
/// ```
pub fn days(window: Window, day: Day) -> (Option<Day>, Day) {
    let month = day.first_of_month();
    let before = month.add_days(-1);
    match window {
        Window::Single | Window::AsOf => (None, day),
        Window::LastMonth => (Some(before.first_of_month()), before),
        Window::Last3Months => (Some(month.add_months(-3)), before),
        Window::Last6Months => (Some(month.add_months(-6)), before),
        Window::Rolling12Months => (Some(month.add_months(-12)), before),
        Window::YearToDate => (Some(first_of_year(month)), day),
        Window::CalendarYear => {
            let year = first_of_year(month);
            (Some(year.add_months(-12)), year.add_days(-1))
        }
    }
}

/// The first day of the year that the first day of a month lies in.
fn first_of_year(month: Day) -> Day {
    month.add_months(1_i64.saturating_sub(i64::from(month.month())))
}

/// Puts the records of one person, or of all people of one household, together for a row of evidence.
///
/// `field` is the type of the field that the row reads, `fact` that of the fact; records are taken in the order given.
pub fn gather<'r>(
    evidence: &Evidence,
    field: Option<&FieldType>,
    fact: Type,
    records: impl IntoIterator<Item = &'r Record>,
    day: Day,
) -> Gathered<'r> {
    let mut sure: Vec<&Record> = Vec::new();
    let mut open = None;
    for record in records {
        match counts(evidence, record, day) {
            Ok(true) => sure.push(record),
            Ok(false) => {}
            Err(why) => {
                open.get_or_insert(why);
            }
        }
    }
    let value = match (evidence.how, open) {
        (How::Any, _) if !sure.is_empty() => Ok(Some(i64::from(evidence.gives))),
        (_, Some(why)) => Err(why),
        (_, None) if sure.is_empty() => Ok(None),
        (_, None) => told_apart(evidence, &sure).and_then(|kept| {
            let value = together(evidence, field, fact, &kept);
            sure = kept;
            value.map(Some)
        }),
    };
    Gathered {
        value,
        records: sure,
    }
}

/// Whether a record counts.
fn counts(evidence: &Evidence, record: &Record, day: Day) -> Result<bool, Unclear> {
    let mut open = None;
    for filter in &evidence.filters {
        match record.cells.get(&filter.field) {
            None => open = Some(Unclear::FieldMissing),
            Some(cell) if filter.is.iter().any(|word| cell.is_word(word)) => {}
            Some(_) => return Ok(false),
        }
    }
    match in_time(evidence, record, day) {
        Truth::False => Ok(false),
        Truth::Unknown => Err(open.unwrap_or(Unclear::Undated)),
        Truth::True => open.map_or(Ok(true), Err),
    }
}

fn in_time(evidence: &Evidence, record: &Record, day: Day) -> Truth {
    let at = |field: &str| record.cells.get(field).and_then(Cell::number);
    let (first, last) = days(evidence.window, day);
    match &evidence.when {
        When::Always => Truth::True,
        When::On(field) => at(field).map_or(Truth::Unknown, |n| {
            Truth::from(n <= last.number() && first.is_none_or(|f| f.number() <= n))
        }),
        When::Span(from, to) => match (at(from), at(to)) {
            (Some(from), _) if from > day.number() => Truth::False,
            (_, Some(to)) if to < day.number() => Truth::False,
            (Some(_), _) => Truth::True,
            (None, _) => Truth::Unknown,
        },
    }
}

fn read(evidence: &Evidence, record: &Record) -> Result<i64, Unclear> {
    let field = evidence.field.as_deref().unwrap_or_default();
    let cell = record.cells.get(field).and_then(Cell::number);
    cell.ok_or(Unclear::FieldMissing)
}

/// The records of which those that are one thing stand once.
fn told_apart<'r>(evidence: &Evidence, records: &[&'r Record]) -> Result<Vec<&'r Record>, Unclear> {
    let Some(by) = &evidence.distinct else {
        return Ok(records.to_vec());
    };
    let mut kept: BTreeMap<String, &Record> = BTreeMap::new();
    let mut out = Vec::new();
    for record in records {
        let key = match record.cells.get(by) {
            Some(Cell::Text(text)) => text.clone(),
            Some(Cell::Number(n) | Cell::Code(n, _)) => n.to_string(),
            None => return Err(Unclear::FieldMissing),
        };
        match kept.get(&key) {
            None => {
                kept.insert(key, record);
                out.push(*record);
            }
            Some(first) if evidence.field.is_some() => {
                if read(evidence, first)? != read(evidence, record)? {
                    return Err(Unclear::Disagree);
                }
            }
            Some(_) => {}
        }
    }
    Ok(out)
}

fn together(
    evidence: &Evidence,
    field: Option<&FieldType>,
    fact: Type,
    records: &[&Record],
) -> Result<i64, Unclear> {
    let each = || records.iter().map(|r| read(evidence, r));
    let sum = || {
        each().try_fold(0_i128, |sum, value| {
            sum.checked_add(i128::from(value?)).ok_or(Unclear::Overflow)
        })
    };
    let alone = evidence.window == Window::Single && records.len() > 1;
    match evidence.how {
        How::Any => Ok(i64::from(evidence.gives)),
        How::Count => i64::try_from(records.len()).map_err(|_| Unclear::Overflow),
        How::Sum | How::MeanMonth if alone => Err(Unclear::Several),
        How::Sum => total(evidence, field, fact, sum()?, 1),
        How::MeanMonth => {
            let mut months = BTreeSet::new();
            for record in records {
                let When::On(when) = &evidence.when else {
                    return Err(Unclear::Undated);
                };
                let day = record.cells.get(when).and_then(Cell::number);
                let day = day.and_then(Day::from_number).ok_or(Unclear::Undated)?;
                months.insert(day.first_of_month());
            }
            let months = i128::try_from(months.len()).map_err(|_| Unclear::Overflow)?;
            total(evidence, field, fact, sum()?, months)
        }
        How::Max => {
            let mut greatest = i64::MIN;
            for value in each() {
                greatest = greatest.max(value?);
            }
            total(evidence, field, fact, i128::from(greatest), 1)
        }
        How::Latest => {
            let when = |record: &Record| match &evidence.when {
                When::Always => Some(0),
                When::On(field) | When::Span(field, _) => {
                    record.cells.get(field).and_then(Cell::number)
                }
            };
            let newest = records.iter().filter_map(|r| when(r)).max();
            let mut found = None;
            for record in records.iter().filter(|r| when(r) == newest) {
                let value = read(evidence, record)?;
                if found.is_some_and(|f| f != value) {
                    return Err(Unclear::Disagree);
                }
                found = Some(value);
            }
            let value = found.ok_or(Unclear::Undated)?;
            total(evidence, field, fact, i128::from(value), 1)
        }
    }
}

/// What records come to in the unit of the fact, rounded as the row says: the last step of [`gather`], after everything is
/// added. `months` divides it: of `mean_month` the months that have a record, else 1.
///
/// # Errors
/// [`Unclear::NotExact`] where it does not come out whole and no rounding is named, [`Unclear::Overflow`].
///
/// ```
/// use minzheng::packs::{self, BuiltIn};
/// use minzheng::catalog::FieldType;
/// use minzheng::verification::{Basis, collect::total};
/// use minzheng_rules::lang::{Period, Type};
///
/// let basis = Basis::load(&packs::load(&BuiltIn::ALL, &[])?)?;
/// let wage = basis.evidence.iter().find(|e| e.fact == "wage" && e.item == "income_tax");
/// let (month, year) = (FieldType::Money(Period::Month), Type::money(Period::Year));
/// // twelve months are summed: nothing is taken twelve times
/// assert_eq!(wage.map(|row| total(row, Some(&month), year, 2_400_000, 1)), Some(Ok(2_400_000)));
/// # Ok::<(), minzheng::Error>(())
/// ```
pub fn total(
    evidence: &Evidence,
    field: Option<&FieldType>,
    fact: Type,
    value: i128,
    months: i128,
) -> Result<i64, Unclear> {
    if evidence.how == How::Latest && !matches!(fact, Type::Money { .. } | Type::Count) {
        return i64::try_from(value).map_err(|_| Unclear::Overflow);
    }
    scaled(evidence, field, fact, value, months)
}

/// A value of the field in the unit of the fact, divided by a number of months.
fn scaled(
    evidence: &Evidence,
    field: Option<&FieldType>,
    fact: Type,
    value: i128,
    months: i128,
) -> Result<i64, Unclear> {
    let (times, by) = match (field, period_of(fact)) {
        (Some(FieldType::Money(own)), Some(wanted)) => {
            let own = match (evidence.how, evidence.window) {
                (How::Sum, window) if window.is_year() => Period::Year,
                (How::Sum, window) if window.is_part_of_year() => Period::Once,
                (How::Sum, Window::LastMonth) | (How::MeanMonth, _) => Period::Month,
                _ => *own,
            };
            match (own, wanted) {
                (Period::Month, Period::Year) => (12, 1),
                (Period::Year, Period::Month) => (1, 12),
                _ => (1, 1),
            }
        }
        (Some(FieldType::Number { places, .. }), _) => {
            (1, 10_i128.checked_pow(u32::from(*places)).unwrap_or(1))
        }
        _ => (1, 1),
    };
    let value = value.checked_mul(times).ok_or(Unclear::Overflow)?;
    let by = months.checked_mul(by).ok_or(Unclear::Overflow)?;
    let rule = evidence.rounding.unwrap_or(Rounding::Exact);
    div_round(value, by, rule).ok_or_else(|| {
        if value.checked_rem(by).is_some_and(|rest| rest != 0) && rule == Rounding::Exact {
            Unclear::NotExact
        } else {
            Unclear::Overflow
        }
    })
}

#[cfg(test)]
mod tests {
    use minzheng_rules::pack::model::{Origin, Status};

    use super::*;
    use crate::verification::evidence::{Filter, WhenNone};

    const FLOW: Type = Type::money(Period::Year);

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn row(how: How, window: Window) -> Evidence {
        Evidence {
            item: "item".to_owned(),
            entity: "person".to_owned(),
            fact: "fact".to_owned(),
            how,
            field: (!matches!(how, How::Any | How::Count)).then(|| "amount".to_owned()),
            filters: Vec::new(),
            when: When::On("on".to_owned()),
            window,
            distinct: None,
            gives: true,
            rounding: None,
            none: WhenNone::Silent,
            precedence: 1,
            tolerance: None,
            status: Status::Operational,
            cite: Vec::new(),
            note: Words::default(),
            written: Origin::default(),
        }
    }

    fn record(cells: &[(&str, Cell)]) -> Record {
        Record {
            person: "p1".to_owned(),
            index: 0,
            number: "R".to_owned(),
            cells: cells
                .iter()
                .map(|(id, cell)| ((*id).to_owned(), cell.clone()))
                .collect(),
        }
    }

    fn paid(on: &str, amount: i64) -> Record {
        let on = Cell::Number(day(on).number());
        record(&[("on", on), ("amount", Cell::Number(amount))])
    }

    fn value(
        row: &Evidence,
        per: Period,
        fact: Type,
        all: &[Record],
    ) -> Result<Option<i64>, Unclear> {
        let field = FieldType::Money(per);
        gather(
            row,
            row.field.as_ref().map(|_| &field),
            fact,
            all,
            day("2026-08-25"),
        )
        .value
    }

    #[test]
    fn windows_end_and_begin_on_their_days() {
        for (window, inside, outside) in [
            (
                Window::Rolling12Months,
                ["2025-08-01", "2026-07-31"],
                ["2025-07-31", "2026-08-01"],
            ),
            (
                Window::CalendarYear,
                ["2025-01-01", "2025-12-31"],
                ["2024-12-31", "2026-01-01"],
            ),
            (
                Window::YearToDate,
                ["2026-01-01", "2026-08-25"],
                ["2025-12-31", "2026-08-26"],
            ),
            (
                Window::Last6Months,
                ["2026-02-01", "2026-07-31"],
                ["2026-01-31", "2026-08-01"],
            ),
            (
                Window::Last3Months,
                ["2026-05-01", "2026-07-31"],
                ["2026-04-30", "2026-08-01"],
            ),
            (
                Window::LastMonth,
                ["2026-07-01", "2026-07-31"],
                ["2026-06-30", "2026-08-01"],
            ),
            (
                Window::AsOf,
                ["0001-01-01", "2026-08-25"],
                ["2026-08-26", "9999-12-31"],
            ),
            (
                Window::Single,
                ["0001-01-01", "2026-08-25"],
                ["2026-08-26", "9999-12-31"],
            ),
        ] {
            let row = row(How::Count, window);
            for on in inside {
                assert_eq!(
                    value(&row, Period::Once, Type::Count, &[paid(on, 1)]),
                    Ok(Some(1)),
                    "{window:?} {on}"
                );
            }
            for on in outside {
                assert_eq!(
                    value(&row, Period::Once, Type::Count, &[paid(on, 1)]),
                    Ok(None),
                    "{window:?} {on}"
                );
            }
        }
        // the first of a year belongs to the year before it only in the year after
        assert_eq!(
            days(Window::CalendarYear, day("2026-01-01")).1,
            day("2025-12-31")
        );
        assert_eq!(
            days(Window::LastMonth, day("2026-01-31")).0,
            Some(day("2025-12-01"))
        );
    }

    #[test]
    fn spans_cover_the_day_and_an_open_end_is_open() {
        let mut row = row(How::Any, Window::AsOf);
        row.when = When::Span("on".to_owned(), "to".to_owned());
        let span = |from: &str, to: Option<&str>| {
            let mut r = paid(from, 1);
            if let Some(to) = to {
                r.cells
                    .insert("to".to_owned(), Cell::Number(day(to).number()));
            }
            value(&row, Period::Once, Type::Bool, &[r])
        };
        assert_eq!(span("2026-08-25", Some("2026-08-25")), Ok(Some(1)));
        assert_eq!(span("2026-08-26", None), Ok(None));
        assert_eq!(span("2020-01-01", Some("2026-08-24")), Ok(None));
        assert_eq!(span("2020-01-01", None), Ok(Some(1)));
        let open = record(&[("to", Cell::Number(day("2026-08-25").number()))]);
        assert_eq!(
            value(&row, Period::Once, Type::Bool, core::slice::from_ref(&open)),
            Err(Unclear::Undated)
        );
        let past = record(&[("to", Cell::Number(day("2026-08-24").number()))]);
        assert_eq!(value(&row, Period::Once, Type::Bool, &[past]), Ok(None));
        // one record that counts decides whatever another leaves open
        assert_eq!(
            value(
                &row,
                Period::Once,
                Type::Bool,
                &[open, paid("2020-01-01", 1)]
            ),
            Ok(Some(1))
        );
    }

    #[test]
    fn ways_of_putting_together() {
        let three = [
            paid("2025-08-01", 100),
            paid("2026-03-01", 300),
            paid("2026-03-15", 200),
        ];
        let sum = row(How::Sum, Window::Rolling12Months);
        assert_eq!(value(&sum, Period::Once, FLOW, &three), Ok(Some(600)));
        assert_eq!(
            value(
                &row(How::Count, Window::AsOf),
                Period::Once,
                Type::Count,
                &three
            ),
            Ok(Some(3))
        );
        assert_eq!(
            value(
                &row(How::Max, Window::Single),
                Period::Once,
                Type::money(Period::Once),
                &three
            ),
            Ok(Some(300))
        );
        assert_eq!(
            value(&row(How::Latest, Window::AsOf), Period::Month, FLOW, &three),
            Ok(Some(2400))
        );
        let mut none = row(How::Any, Window::AsOf);
        none.gives = false;
        assert_eq!(value(&none, Period::Once, Type::Bool, &three), Ok(Some(0)));
        assert_eq!(value(&none, Period::Once, Type::Bool, &[]), Ok(None));
        // two months have 600 fen: 300 a month, 3600 a year
        let mut mean = row(How::MeanMonth, Window::Rolling12Months);
        mean.rounding = Some(Rounding::HalfUp);
        assert_eq!(value(&mean, Period::Month, FLOW, &three), Ok(Some(3600)));
        assert_eq!(
            value(&mean, Period::Month, Type::money(Period::Month), &three),
            Ok(Some(300))
        );
        // three months are neither a month nor a year: the sum has no period
        let three = row(How::Sum, Window::Last3Months);
        let twice = [paid("2026-05-01", 100), paid("2026-07-31", 200)];
        assert_eq!(
            value(&three, Period::Month, Type::money(Period::Once), &twice),
            Ok(Some(300))
        );
        let last = row(How::Sum, Window::LastMonth);
        assert_eq!(
            value(&last, Period::Month, FLOW, &[paid("2026-07-10", 5)]),
            Ok(Some(60))
        );
    }

    #[test]
    fn roundings_are_named_and_come_last() {
        let mut area = row(How::Sum, Window::AsOf);
        let field = FieldType::Number {
            places: 2,
            unit: crate::catalog::Unit::SquareMetre,
        };
        let two = [paid("2020-01-01", 6_049), paid("2021-01-01", 1)];
        let of =
            |row: &Evidence| gather(row, Some(&field), Type::Count, &two, day("2026-08-25")).value;
        assert_eq!(of(&area), Err(Unclear::NotExact));
        area.rounding = Some(Rounding::HalfUp);
        assert_eq!(of(&area), Ok(Some(61)));
        area.rounding = Some(Rounding::Down);
        assert_eq!(of(&area), Ok(Some(60)));
    }

    #[test]
    fn what_is_not_clear_is_unknown() {
        let sum = row(How::Sum, Window::Rolling12Months);
        let large = [paid("2026-03-01", i64::MAX), paid("2026-03-02", 1)];
        assert_eq!(
            value(&sum, Period::Once, FLOW, &large),
            Err(Unclear::Overflow)
        );
        let undated = record(&[("amount", Cell::Number(1))]);
        assert_eq!(
            value(&sum, Period::Once, FLOW, &[undated]),
            Err(Unclear::Undated)
        );
        let empty = record(&[("on", Cell::Number(day("2026-03-01").number()))]);
        assert_eq!(
            value(&sum, Period::Once, FLOW, &[empty]),
            Err(Unclear::FieldMissing)
        );
        let latest = row(How::Latest, Window::AsOf);
        let pair = |a, b| {
            [
                paid("2026-03-01", a),
                paid("2026-03-01", b),
                paid("2026-02-01", 9),
            ]
        };
        assert_eq!(
            value(&latest, Period::Year, FLOW, &pair(1, 2)),
            Err(Unclear::Disagree)
        );
        assert_eq!(value(&latest, Period::Year, FLOW, &pair(2, 2)), Ok(Some(2)));
        let single = row(How::Sum, Window::Single);
        let once = Type::money(Period::Once);
        assert_eq!(
            value(&single, Period::Once, once, &pair(1, 2)),
            Err(Unclear::Several)
        );
        assert_eq!(
            value(&single, Period::Once, once, &[paid("2026-03-01", 7)]),
            Ok(Some(7))
        );
    }

    #[test]
    fn filters_and_things_that_count_once() {
        let mut count = row(How::Count, Window::AsOf);
        count.filters = vec![Filter {
            field: "kind".to_owned(),
            is: vec!["a".to_owned()],
        }];
        count.distinct = Some("unit".to_owned());
        let unit = |kind: Option<&str>, unit: Option<&str>, amount: i64| {
            let mut r = paid("2020-01-01", amount);
            if let Some(kind) = kind {
                r.cells
                    .insert("kind".to_owned(), Cell::Code(0, kind.to_owned()));
            }
            if let Some(unit) = unit {
                r.cells
                    .insert("unit".to_owned(), Cell::Text(unit.to_owned()));
            }
            r
        };
        let of = |row: &Evidence, all: &[Record]| value(row, Period::Once, Type::Count, all);
        let (own, same, other) = (
            unit(Some("a"), Some("1"), 5),
            unit(Some("a"), Some("1"), 6),
            unit(Some("b"), Some("2"), 7),
        );
        assert_eq!(
            of(&count, &[own.clone(), same.clone(), other.clone()]),
            Ok(Some(1))
        );
        assert_eq!(of(&count, core::slice::from_ref(&other)), Ok(None));
        assert_eq!(
            of(&count, &[own.clone(), unit(None, Some("3"), 1)]),
            Err(Unclear::FieldMissing)
        );
        assert_eq!(
            of(&count, &[unit(Some("a"), None, 1)]),
            Err(Unclear::FieldMissing)
        );
        let mut sum = row(How::Sum, Window::AsOf);
        sum.distinct.clone_from(&count.distinct);
        let once = Type::money(Period::Once);
        assert_eq!(
            value(&sum, Period::Once, once, &[own.clone(), same]),
            Err(Unclear::Disagree)
        );
        assert_eq!(
            value(&sum, Period::Once, once, &[own.clone(), own, other]),
            Ok(Some(12))
        );
    }
}
