//! What the calendar says of days: some months later, the first of a month, full years.

use super::super::bits::{WORD, tail};
use super::super::lanes::{Block, View, mask};
use super::super::program::Arg;
use super::super::segments::cover;
use super::{Reg, Size, Worker};
use crate::date::{Birthday, Day};
use crate::scalar::V;

/// The first and the last day that there are.
#[inline(always)]
fn calendar() -> (i64, i64) {
    (Day::MIN.number(), Day::MAX.number())
}

/// How an operation on days is done.
#[derive(Clone, Copy)]
pub(super) enum Way<'d> {
    /// A day some months later, 64 rows at once.
    MonthsLater,
    /// The first day of a month, 64 rows at once.
    FirstOfMonth,
    /// Full years from a birth to one day, 64 rows at once.
    AgeOn(Day),
    /// Any other, row by row, by its scalar definition.
    Definition(&'d dyn Fn(&[V]) -> V),
}

impl<'b> Worker<'b> {
    /// An operation on days: its answer is known where all that it is given is known, and of nothing else anything is.
    #[inline(always)]
    pub(super) fn of_days(&mut self, way: Way<'_>, args: &[Arg], size: Size) -> Reg<'b> {
        let gaps = self.agree(args);
        let (mut out, mut sure) = (self.lanes(size), self.bits(size));
        let (mut s1, mut s2) = (None, None);
        let Some((first, second)) = args.first().zip(args.last()) else {
            return Reg::Const(V::UNKNOWN);
        };
        let (first, second) = (self.view(*first, &mut s1), self.view(*second, &mut s2));
        let known = self.known(if gaps { args } else { &[] });
        let mut any = 0;
        for (w, (out, sure)) in out.lo.iter_mut().zip(&mut sure.t).enumerate() {
            let rows = tail(size.rows.saturating_sub(w * WORD).min(WORD));
            let both = known(w) & first.known(w) & second.known(w) & rows;
            // of a death, a divorce, a move most rows know nothing
            *out = [0; WORD];
            *sure = if both == 0 {
                0
            } else {
                some_days(way, out, both, (first, second), w)
            };
            any |= *sure;
        }
        drop(known);
        let whole = cover(size.rows, |w| sure.t[w]);
        out.measure_known(size.rows);
        if !whole {
            out.veil(sure.t.iter().copied(), size.rows);
        }
        self.free_bits.push(sure);
        if any == 0 && size.rows > 0 {
            self.free_lanes.push(out);
            return Reg::Const(V::UNKNOWN);
        }
        Reg::Lanes(out)
    }

    /// Whether somebody was born on a day or before.
    #[inline(always)]
    pub(super) fn born_by(&mut self, birth: Arg, latest: i64, size: Size) -> Reg<'b> {
        let mut out = self.bits(size);
        let args = [birth];
        let gaps = self.agree(&args);
        let mut scratch = None;
        let birth = self.view(birth, &mut scratch);
        let known = self.known(if gaps { &args } else { &[] });
        for w in 0..size.words {
            let known = known(w) & birth.known(w) & birth.within(w, calendar());
            let holds = mask(|lane| birth.lo(w)[lane] <= latest);
            (out.t[w], out.f[w]) = (holds & known, !holds & known);
        }
        Reg::Bits(out)
    }

    /// Whether ages are at least so many years.
    #[inline(always)]
    pub(super) fn at_least(&mut self, ages: Reg<'b>, years: i64, size: Size) -> Reg<'b> {
        let ages = match ages {
            Reg::Lanes(ages) => ages,
            Reg::Const(age) => return Reg::Const(V::known(years).le(age)),
            other => return other,
        };
        let mut out = self.bits(size);
        for (w, age) in ages.lo.iter().enumerate() {
            let known = if ages.gaps { ages.known[w] } else { u64::MAX };
            let holds = mask(|lane| age[lane] >= years);
            (out.t[w], out.f[w]) = (holds & known, !holds & known);
        }
        self.free_lanes.push(ages);
        Reg::Bits(out)
    }

    /// The latest birth of somebody of so many years on a day.
    pub(super) fn latest_birth(&mut self, on: i64, years: i64) -> Option<i64> {
        let at = self.ages.iter().position(|a| a.on == on);
        let at = at.unwrap_or_else(|| {
            self.ages.push(Ages::on(on));
            self.ages.len() - 1
        });
        let years = usize::try_from(years).ok()?;
        self.ages[at].births.get(years).copied()
    }
}

/// The answers of 64 rows of which `known` know all that is given; which of them there are.
#[inline(always)]
fn some_days(
    way: Way<'_>,
    out: &mut Block,
    known: u64,
    (first, second): (View<'_>, View<'_>),
    w: usize,
) -> u64 {
    let (a, b) = (first.lo(w), second.lo(w));
    let day = |number: i64| Day::nearest(number as i32);
    let is_day = |view: View<'_>| view.within(w, calendar());
    match way {
        Way::MonthsLater => {
            let most = i64::from(Day::MONTHS);
            for lane in 0..WORD {
                let months = b[lane].clamp(-most, most) as i32;
                out[lane] = day(a[lane]).plus_months(months).number();
            }
            known & is_day(first)
        }
        Way::FirstOfMonth => {
            for lane in 0..WORD {
                out[lane] = day(a[lane]).first_of_month().number();
            }
            known & is_day(first)
        }
        Way::AgeOn(on) => {
            for lane in 0..WORD {
                out[lane] = day(a[lane]).age_on(on, Birthday::LastOfFebruary);
            }
            known & is_day(first)
        }
        Way::Definition(definition) => row_by_row(definition, out, known, a, b),
    }
}

/// The answers of the rows whose bits are set, one by one; which of them there are.
fn row_by_row(
    definition: &dyn Fn(&[V]) -> V,
    out: &mut Block,
    known: u64,
    a: &Block,
    b: &Block,
) -> u64 {
    let (mut left, mut found) = (known, 0);
    while left != 0 {
        let lane = left.trailing_zeros() as usize;
        if let Some(value) = definition(&[V::known(a[lane]), V::known(b[lane])]).get() {
            out[lane] = value;
            found |= 1 << lane;
        }
        left &= left - 1;
    }
    found
}

/// The definition of an age.
pub(super) fn full_years(values: &[V]) -> V {
    let day = |at: usize| values.get(at).and_then(|v| Day::from_number(v.get()?));
    let years = day(0)
        .zip(day(1))
        .map(|(birth, on)| birth.age_on(on, Birthday::LastOfFebruary));
    years.map_or(V::UNKNOWN, V::known)
}

/// The latest birth of every age on one day, so that whether somebody is so old is a test of the birth.
#[derive(Debug)]
pub(super) struct Ages {
    on: i64,
    /// The latest day of birth of somebody of at least so many years.
    births: Vec<i64>,
}

/// Oldest age that is looked up.
pub(in crate::columnar) const OLDEST: i64 = 130;

impl Ages {
    fn on(day: i64) -> Self {
        let Some(on) = Day::from_number(day) else {
            let births = Vec::new();
            return Self { on: day, births };
        };
        let age = |birth: i64| {
            let birth = Day::from_number(birth);
            birth.map(|birth| birth.age_on(on, Birthday::LastOfFebruary))
        };
        let latest = |years: i64| {
            let mut birth = day - years * 365 - years / 4 + 2;
            while birth > Day::MIN.number() && age(birth).is_some_and(|a| a < years) {
                birth -= 1;
            }
            birth
        };
        let births = (0..=OLDEST).map(latest).collect();
        Self { on: day, births }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_birth_of_an_age_is_the_calendar_s() {
        for day in [
            "2026-02-28",
            "2024-02-29",
            "2026-11-24",
            "2025-03-01",
            "2000-01-01",
        ] {
            let on = Day::parse(day).unwrap();
            let ages = Ages::on(on.number());
            let age = |birth: i64| {
                let birth = Day::from_number(birth).unwrap();
                birth.age_on(on, Birthday::LastOfFebruary)
            };
            for (years, latest) in (0..).zip(&ages.births) {
                assert!(age(*latest) >= years, "{years} on {day}");
                assert!(age(*latest + 1) < years, "{years} on {day}");
            }
        }
    }
}
