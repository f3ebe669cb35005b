//! Full years between two days.

use super::super::bits::WORD;
use super::super::lanes::{self, Lanes, View};
use super::super::program::Arg;
use super::{Reg, Size, Worker};
use crate::date::{Birthday, Day};
use crate::scalar::V;

impl<'b> Worker<'b> {
    #[inline(always)]
    pub(super) fn age(&mut self, birth: Arg, on: Arg, size: Size) -> Reg<'b> {
        let gaps = self.agree(&[birth, on]);
        let mut out = self.lanes(size);
        let args = [birth, on];
        let (mut s1, mut s2) = (None, None);
        let mut ages = core::mem::take(&mut self.ages);
        let (birth, on) = (self.view(birth, &mut s1), self.view(on, &mut s2));
        match on.constant.and_then(V::get) {
            Some(day) => {
                let at = ages.iter().position(|a| a.on == day).unwrap_or_else(|| {
                    ages.push(Ages::on(day));
                    ages.len() - 1
                });
                ages[at].run(&mut out, size, birth);
            }
            None => {
                lanes::each(&mut out, size.rows, |row| {
                    full_years(birth.get(row), on.get(row))
                });
            }
        }
        self.ages = ages;
        if gaps {
            self.veil(&mut out, &args, size);
        }
        Reg::Lanes(out)
    }

    /// Whether somebody is so many years old.
    #[inline(always)]
    pub(super) fn older(&mut self, birth: Arg, on: Arg, years: i64, size: Size) -> Reg<'b> {
        let mut out = self.bits(size);
        if let Reg::Lanes(mut age) = self.age(birth, on, size) {
            age.close();
            let mut scratch = None;
            let years = View::splat(V::known(years), &mut scratch);
            lanes::less_or_equal(&mut out, size.words, years, View::lanes(&age));
            self.free_lanes.push(age);
        }
        Reg::Bits(out)
    }

    /// The latest birth of somebody of so many years on a day.
    pub(super) fn latest_birth(&mut self, on: i64, years: i64) -> Option<i64> {
        let at = self.ages_on(on);
        let years = usize::try_from(years).ok()?;
        self.ages[at].births.get(years).copied()
    }

    fn ages_on(&mut self, day: i64) -> usize {
        self.ages
            .iter()
            .position(|a| a.on == day)
            .unwrap_or_else(|| {
                self.ages.push(Ages::on(day));
                self.ages.len() - 1
            })
    }
}

/// Full years on one day by the latest birth of every age, so that no row needs a calendar.
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
        let age = |birth: i64| full_years(V::known(birth), V::known(day)).get();
        let latest = |years: i64| {
            let mut birth = day - years * 365 - years / 4 + 2;
            while birth > Day::MIN.number() && age(birth).is_some_and(|a| a < years) {
                birth -= 1;
            }
            birth
        };
        let births = if Day::from_number(day).is_some() {
            (0..=OLDEST + 1).map(latest).collect()
        } else {
            Vec::new()
        };
        Self { on: day, births }
    }

    #[inline(always)]
    fn of(&self, birth: i64) -> V {
        // days / 365.25, at most one year off
        let years = (self.on.wrapping_sub(birth) as u64).wrapping_mul(91_867) >> 25;
        let years = years as usize;
        match (
            self.births.get(years),
            self.births.get(years.wrapping_add(1)),
        ) {
            (Some(this), Some(next)) if birth <= self.on => {
                let more = i64::from(birth <= *next);
                let less = i64::from(birth > *this);
                V::known((years as i64).wrapping_add(more).wrapping_sub(less))
            }
            _ => full_years(V::known(birth), V::known(self.on)),
        }
    }

    #[inline(always)]
    fn run(&self, out: &mut Lanes, size: Size, birth: View<'_>) {
        for w in 0..size.words {
            let (from, until) = (birth.lo(w), birth.hi(w));
            let rows = WORD.min(size.rows - w * WORD);
            for lane in 0..rows {
                let v = if from[lane] == until[lane] {
                    self.of(from[lane])
                } else {
                    V::UNKNOWN
                };
                out.lo[w][lane] = v.lo;
                out.hi[w][lane] = v.hi;
            }
        }
        out.measure(size.rows);
    }
}

fn full_years(birth: V, on: V) -> V {
    let day = |v: V| v.get().and_then(Day::from_number);
    day(birth).zip(day(on)).map_or(V::UNKNOWN, |(b, o)| {
        V::known(b.age_on(o, Birthday::LastOfFebruary))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_by_table_are_the_calendar_s() {
        for day in [
            "2026-02-28",
            "2024-02-29",
            "2026-11-24",
            "2025-03-01",
            "2000-01-01",
        ] {
            let day = Day::parse(day).map_or(0, Day::number);
            let ages = Ages::on(day);
            for birth in day - 50_000..day + 800 {
                assert_eq!(
                    ages.of(birth),
                    full_years(V::known(birth), V::known(day)),
                    "{birth} {day}"
                );
            }
        }
    }
}
