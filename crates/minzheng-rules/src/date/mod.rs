//! Days as numbers: exact calendar arithmetic without a clock.

use core::fmt;

use chrono::{Datelike, NaiveDate};

/// A calendar day, counted from 1970-01-01.
///
/// ```
/// use minzheng_rules::date::Day;
/// let born = Day::parse("2000-02-29").unwrap();
/// assert_eq!(born.age_on(Day::parse("2018-02-28").unwrap(), Birthday::FirstOfMarch), 17);
/// assert_eq!(born.add_months(12).to_string(), "2001-02-28");
/// # use minzheng_rules::date::Birthday;
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// On which day somebody born on 29 February reaches an age in a common year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Birthday {
    /// 28 February.
    LastOfFebruary,
    /// 1 March.
    FirstOfMarch,
}

/// A day in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Civil {
    year: i64,
    month: i64,
    day: i64,
}

impl Civil {
    const fn is_leap_year(self) -> bool {
        self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0)
    }

    /// Months since the year 0, from 0.
    const fn months(self) -> i64 {
        self.year
            .saturating_mul(12)
            .saturating_add(self.month)
            .saturating_sub(1)
    }

    /// The day of this month, or its last; held inside the range.
    fn to_day(self) -> Day {
        let last = match self.month {
            2 if self.is_leap_year() => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let early = i64::from(self.month <= 2);
        let year = self.year.saturating_sub(early);
        let (cycle, of_cycle) = (year.div_euclid(400), year.rem_euclid(400));
        let month = self
            .month
            .saturating_add(early.saturating_mul(12))
            .saturating_sub(3);
        let day = (month.saturating_mul(153).saturating_add(2) / 5)
            .saturating_add(self.day.min(last))
            .saturating_sub(1);
        let day = of_cycle
            .saturating_mul(365)
            .saturating_add(of_cycle / 4)
            .saturating_sub(of_cycle / 100)
            .saturating_add(day);
        let number = cycle
            .saturating_mul(146_097)
            .saturating_add(day)
            .saturating_sub(719_468)
            .clamp(Day::MIN.number(), Day::MAX.number());
        Day::from_number(number).unwrap_or(Day::MAX)
    }
}

impl Day {
    /// The first day the engine can hold.
    pub const MIN: Self = Self(-719_162); // 0001-01-01
    /// The last day the engine can hold.
    pub const MAX: Self = Self(2_932_896); // 9999-12-31

    /// The day with this number, if it lies between [`Day::MIN`] and [`Day::MAX`].
    pub fn from_number(number: i64) -> Option<Self> {
        let day = Self(i32::try_from(number).ok()?);
        (day >= Self::MIN && day <= Self::MAX).then_some(day)
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// Year, month and day of month, by whole numbers of 400-year cycles that begin on 1 March.
    fn civil(self) -> Civil {
        let days = self.number().saturating_add(719_468);
        let (cycle, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let leap_days = (day / 1_460)
            .saturating_sub(day / 36_524)
            .saturating_add(day / 146_096);
        let year = day.saturating_sub(leap_days) / 365;
        let before = year
            .saturating_mul(365)
            .saturating_add(year / 4)
            .saturating_sub(year / 100);
        let of_year = day.saturating_sub(before);
        let month = of_year.saturating_mul(5).saturating_add(2) / 153;
        let first = month.saturating_mul(153).saturating_add(2) / 5;
        let late = month >= 10;
        Civil {
            year: cycle
                .saturating_mul(400)
                .saturating_add(year)
                .saturating_add(i64::from(late)),
            month: if late {
                month.saturating_sub(9)
            } else {
                month.saturating_add(3)
            },
            day: of_year.saturating_sub(first).saturating_add(1),
        }
    }

    /// The day of a year, month and day of month, if it exists.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(Self::from_date)
    }

    /// The same day from `chrono`; `None` outside the years 1 to 9999.
    pub fn from_date(date: NaiveDate) -> Option<Self> {
        let number = date.num_days_from_ce().checked_sub(719_163)?;
        Self::from_number(i64::from(number))
    }

    /// The same day for `chrono`.
    pub fn to_date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0.saturating_add(719_163))
            .unwrap_or(NaiveDate::MIN)
    }

    /// Reads `2026-07-01` or `20260701`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits: Vec<u32> = match bytes.len() {
            10 if bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-') => {
                let kept = bytes.iter().enumerate().filter(|(i, _)| *i != 4 && *i != 7);
                kept.map(|(_, b)| char::from(*b).to_digit(10))
                    .collect::<Option<_>>()?
            }
            8 => bytes
                .iter()
                .map(|b| char::from(*b).to_digit(10))
                .collect::<Option<_>>()?,
            _ => return None,
        };
        let number = |part: &[u32]| {
            part.iter()
                .fold(0_u32, |n, d| n.saturating_mul(10).saturating_add(*d))
        };
        let (year, rest) = digits.split_at_checked(4)?;
        let (month, day) = rest.split_at_checked(2)?;
        Self::from_ymd(
            i32::try_from(number(year)).ok()?,
            number(month),
            number(day),
        )
    }

    /// The year.
    pub fn year(self) -> i32 {
        i32::try_from(self.civil().year).unwrap_or(i32::MAX)
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        u32::try_from(self.civil().month).unwrap_or(1)
    }

    /// Day of the week, 0 = Monday.
    pub fn weekday(self) -> u32 {
        self.to_date().weekday().num_days_from_monday()
    }

    /// The next day; [`Day::MAX`] stays.
    #[must_use]
    pub fn next(self) -> Self {
        self.add_days(1)
    }

    /// This day plus a number of days, held inside the range.
    #[must_use]
    pub fn add_days(self, days: i64) -> Self {
        let number = self
            .number()
            .saturating_add(days)
            .clamp(Self::MIN.number(), Self::MAX.number());
        Self::from_number(number).unwrap_or(self)
    }

    /// The same day of the month some months later, or the last day of that month; held inside the range.
    #[must_use]
    pub fn add_months(self, months: i64) -> Self {
        let here = self.civil();
        let at = here.months().saturating_add(months);
        if at < 12 {
            return Self::MIN;
        }
        if at >= 120_000 {
            return Self::MAX;
        }
        let (year, month) = (at / 12, (at % 12).saturating_add(1));
        Civil {
            year,
            month,
            ..here
        }
        .to_day()
    }

    /// The first day of this day's month.
    #[must_use]
    pub fn first_of_month(self) -> Self {
        self.add_days(1_i64.saturating_sub(self.civil().day))
    }

    /// Full years from this day (a birth) to `on`, reached on the birthday itself.
    pub fn age_on(self, on: Self, leap: Birthday) -> i64 {
        let (birth, today) = (self.civil(), on.civil());
        let leap_birth = birth.month == 2 && birth.day == 29;
        let (month, day) = match (leap_birth && !today.is_leap_year(), leap) {
            (true, Birthday::LastOfFebruary) => (2, 28),
            (true, Birthday::FirstOfMarch) => (3, 1),
            (false, Birthday::LastOfFebruary | Birthday::FirstOfMarch) => (birth.month, birth.day),
        };
        let years = today.year.saturating_sub(birth.year);
        let reached = (today.month, today.day) >= (month, day);
        years.saturating_sub(i64::from(!reached))
    }

    /// Full months from this day to `to`; negative when `to` is earlier.
    pub fn months_until(self, to: Self) -> i64 {
        if to < self {
            return to.months_until(self).saturating_neg();
        }
        let span = to.civil().months().saturating_sub(self.civil().months());
        if self.add_months(span) > to {
            span.saturating_sub(1)
        } else {
            span
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.to_date();
        write!(
            f,
            "{:04}-{:02}-{:02}",
            date.year(),
            date.month(),
            date.day()
        )
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn reads_both_forms_and_refuses_impossible_days() {
        assert_eq!(day("20260701"), day("2026-07-01"));
        for bad in [
            "2026-02-30",
            "2026-13-01",
            "26-01-01",
            "2026/01/01",
            "",
            "２０２６0101",
        ] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
        assert_eq!(day("1970-01-01").number(), 0);
        assert_eq!(Day::MIN.to_string(), "0001-01-01");
        assert_eq!(Day::MAX.to_string(), "9999-12-31");
    }

    #[test]
    fn age_is_reached_on_the_birthday() {
        let born = day("1966-03-05");
        assert_eq!(born.age_on(day("2026-03-04"), Birthday::LastOfFebruary), 59);
        assert_eq!(born.age_on(day("2026-03-05"), Birthday::LastOfFebruary), 60);
        let leap = day("2000-02-29");
        assert_eq!(leap.age_on(day("2018-02-28"), Birthday::LastOfFebruary), 18);
        assert_eq!(leap.age_on(day("2018-02-28"), Birthday::FirstOfMarch), 17);
        assert_eq!(leap.age_on(day("2020-02-28"), Birthday::LastOfFebruary), 19);
    }

    #[test]
    fn every_day_has_the_parts_that_the_calendar_says() {
        for number in Day::MIN.number()..=Day::MAX.number() {
            let day = Day::from_number(number).unwrap();
            let (date, parts) = (day.to_date(), day.civil());
            let calendar = (
                i64::from(date.year()),
                i64::from(date.month()),
                i64::from(date.day()),
            );
            assert_eq!((parts.year, parts.month, parts.day), calendar);
            assert_eq!(parts.to_day(), day);
            assert_eq!(parts.is_leap_year(), date.leap_year(), "{day}");
        }
        for (day, months) in [
            ("2024-02-29", 12),
            ("2026-01-31", 1),
            ("0001-02-01", -1),
            ("9999-12-31", 0),
            ("2000-03-31", -13),
        ] {
            let (day, span) = (
                Day::parse(day).unwrap(),
                chrono::Months::new(u32::try_from(i64::abs(months)).unwrap()),
            );
            let date = day.to_date();
            let want = if months < 0 {
                date.checked_sub_months(span)
            } else {
                date.checked_add_months(span)
            };
            assert_eq!(Some(day.add_months(months).to_date()), want);
        }
        assert_eq!(Day::MAX.add_months(1), Day::MAX);
        assert_eq!(Day::MIN.add_months(-1), Day::MIN);
        assert_eq!(Day::MIN.add_months(i64::MIN), Day::MIN);
        assert_eq!(Day::MAX.add_months(i64::MAX), Day::MAX);
    }

    #[test]
    fn months_are_full_months() {
        assert_eq!(day("2026-01-31").months_until(day("2026-02-28")), 1);
        assert_eq!(day("2026-01-15").months_until(day("2026-07-14")), 5);
        assert_eq!(day("2026-07-14").months_until(day("2026-01-15")), -5);
        assert_eq!(day("2026-08-31").add_months(-6), day("2026-02-28"));
    }
}
