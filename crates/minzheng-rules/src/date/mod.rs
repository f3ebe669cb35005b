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
    year: u32,
    month: u32,
    day: u32,
}

impl Civil {
    #[inline]
    const fn is_leap_year(self) -> bool {
        let mask = if self.year.is_multiple_of(25) { 15 } else { 3 };
        self.year & mask == 0
    }

    /// Months since the year 0, from 0.
    #[inline]
    const fn months(self) -> i32 {
        let months = self.year.wrapping_mul(12).wrapping_add(self.month);
        months.wrapping_sub(1).cast_signed()
    }

    /// The day of this month, or its last; of the years 1 to 9999.
    #[inline]
    const fn to_day(self) -> Day {
        let february = if self.is_leap_year() { 29 } else { 28 };
        // 31 and 30 in turn, and two of 31 together in July and August
        let turn = self.month.wrapping_add(self.month >> 3) & 1;
        let last = if self.month == 2 {
            february
        } else {
            turn.wrapping_add(30)
        };
        let of_month = if self.day < last { self.day } else { last };
        // years that begin on 1 March
        let early = self.month <= 2;
        let (year, month) = if early {
            (self.year.wrapping_sub(1), self.month.wrapping_add(9))
        } else {
            (self.year, self.month.wrapping_sub(3))
        };
        let century = year / 100;
        let days = (year.wrapping_mul(1_461) / 4)
            .wrapping_sub(century)
            .wrapping_add(century / 4)
            .wrapping_add(month.wrapping_mul(153).wrapping_add(2) / 5)
            .wrapping_add(of_month);
        Day(days.cast_signed().wrapping_sub(719_469))
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
    #[inline]
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// The day with this number, or the end of the calendar on its side.
    #[inline]
    pub(crate) const fn nearest(number: i32) -> Self {
        if number < Self::MIN.0 {
            Self::MIN
        } else if number > Self::MAX.0 {
            Self::MAX
        } else {
            Self(number)
        }
    }

    /// Year, month and day of month: by centuries, then years, that begin on 1 March, in 32 bits and without a branch, so that many
    /// days are taken apart at once.
    #[inline]
    const fn civil(self) -> Civil {
        // the first day of the engine lies after 1 March of the year 0, so nothing is negative
        let quarters = self.0.wrapping_add(719_468).cast_unsigned() << 2 | 3;
        let (century, rest) = (quarters / 146_097, quarters % 146_097);
        let quarters = rest | 3;
        let (year, of_year) = (quarters / 1_461, quarters % 1_461 / 4);
        let fifths = of_year.wrapping_mul(5).wrapping_add(2);
        let (month, day) = (fifths / 153, fifths % 153 / 5);
        let year = century.wrapping_mul(100).wrapping_add(year);
        let (year, month) = if month >= 10 {
            (year.wrapping_add(1), month.wrapping_sub(9))
        } else {
            (year, month.wrapping_add(3))
        };
        Civil {
            year,
            month,
            day: day.wrapping_add(1),
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
        self.civil().year.cast_signed()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        self.civil().month
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
        let most = if months < 0 {
            -Self::MONTHS
        } else {
            Self::MONTHS
        };
        let months = i32::try_from(months).unwrap_or(most);
        self.plus_months(months.clamp(-Self::MONTHS, Self::MONTHS))
    }

    /// All months of the calendar, and those of the year 0.
    pub(crate) const MONTHS: i32 = 120_000;

    /// The same for no more months than [`Day::MONTHS`], forwards or back.
    #[inline]
    pub(crate) const fn plus_months(self, months: i32) -> Self {
        let here = self.civil();
        let at = here.months().wrapping_add(months);
        let month = if at < 12 || at >= Self::MONTHS {
            12
        } else {
            at
        }
        .cast_unsigned();
        let day = Civil {
            year: month / 12,
            month: (month % 12).wrapping_add(1),
            ..here
        }
        .to_day();
        if at < 12 {
            Self::MIN
        } else if at >= Self::MONTHS {
            Self::MAX
        } else {
            day
        }
    }

    /// The first day of this day's month.
    #[must_use]
    #[inline]
    pub const fn first_of_month(self) -> Self {
        Self(
            self.0
                .wrapping_sub(self.civil().day.cast_signed())
                .wrapping_add(1),
        )
    }

    /// Full years from this day (a birth) to `on`, reached on the birthday itself.
    #[inline]
    pub fn age_on(self, on: Self, leap: Birthday) -> i64 {
        let (birth, today) = (self.civil(), on.civil());
        // days of a year in order, as if every month had 32
        let of_year = |month: u32, day: u32| month << 5 | day;
        let own = of_year(birth.month, birth.day);
        let moved = match leap {
            Birthday::LastOfFebruary => of_year(2, 28),
            Birthday::FirstOfMarch => of_year(3, 1),
        };
        let is_moved = own == of_year(2, 29) && !today.is_leap_year();
        let birthday = if is_moved { moved } else { own };
        let years = today.year.wrapping_sub(birth.year).cast_signed();
        let reached = of_year(today.month, today.day) >= birthday;
        i64::from(years.wrapping_sub(i32::from(!reached)))
    }

    /// Full months from this day to `to`; negative when `to` is earlier.
    pub fn months_until(self, to: Self) -> i64 {
        if to < self {
            return to.months_until(self).saturating_neg();
        }
        let span = to.civil().months().wrapping_sub(self.civil().months());
        let span = i64::from(span);
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
            let calendar = (date.year().unsigned_abs(), date.month(), date.day());
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
        let (first, last) = (day("1899-12-01"), day("2104-03-31"));
        for number in first.number()..last.number() {
            let here = Day::from_number(number).unwrap();
            for (months, later) in [(1, 1), (12, 12), (216, 216), (-1, 1), (-13, 13)] {
                let (date, span) = (here.to_date(), chrono::Months::new(later));
                let want = if months < 0 {
                    date.checked_sub_months(span)
                } else {
                    date.checked_add_months(span)
                };
                assert_eq!(Some(here.add_months(months).to_date()), want, "{here}");
            }
            assert_eq!(
                Some(here.first_of_month().to_date()),
                here.to_date().with_day(1)
            );
        }
        assert_eq!(Day::MAX.add_months(1), Day::MAX);
        assert_eq!(Day::MIN.add_months(-1), Day::MIN);
        assert_eq!(Day::MIN.add_months(i64::MIN), Day::MIN);
        assert_eq!(Day::MAX.add_months(i64::MAX), Day::MAX);
    }

    /// Of every birth of five years, leap days among them, on every day of eighteen months.
    #[test]
    fn ages_are_those_of_the_calendar() {
        let (from, on) = (day("1995-12-20").number(), day("2023-11-01").number());
        for birth in (from..from + 5 * 365)
            .step_by(7)
            .chain([day("1996-02-29").number()])
        {
            let birth = Day::from_number(birth).unwrap();
            for today in on..on + 550 {
                let today = Day::from_number(today).unwrap();
                let (born, now) = (birth.to_date(), today.to_date());
                for (leap, other) in [
                    (Birthday::LastOfFebruary, (2, 28)),
                    (Birthday::FirstOfMarch, (3, 1)),
                ] {
                    let own = (born.month(), born.day());
                    let is_moved = own == (2, 29) && !now.leap_year();
                    let birthday = if is_moved { other } else { own };
                    let early = i32::from((now.month(), now.day()) < birthday);
                    let want = now.year() - born.year() - early;
                    assert_eq!(
                        birth.age_on(today, leap),
                        i64::from(want),
                        "{birth} {today}"
                    );
                }
            }
        }
    }

    #[test]
    fn months_are_full_months() {
        assert_eq!(day("2026-01-31").months_until(day("2026-02-28")), 1);
        assert_eq!(day("2026-01-15").months_until(day("2026-07-14")), 5);
        assert_eq!(day("2026-07-14").months_until(day("2026-01-15")), -5);
        assert_eq!(day("2026-08-31").add_months(-6), day("2026-02-28"));
    }
}
