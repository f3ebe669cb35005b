//! `[[calendar]]`: the rest days and working days of a year.

use toml::value::Datetime;

use super::Loader;
use super::file::Spot;
use super::raw::{self, Grounded};
use crate::date::Day;
use crate::pack::model::CalendarYear;

impl Loader<'_> {
    pub(super) fn calendar_year(&mut self, at: Spot<'_>, raw: &raw::Calendar) {
        let mut days = |what: &str, list: &[Datetime]| {
            let mut out: Vec<Day> = list
                .iter()
                .filter_map(|d| self.date(at, what, Some(*d)))
                .collect();
            if out.iter().any(|d| d.year() != raw.year) {
                let message = format!("a day of `{what}` is of another year");
                self.findings.push(at.finding("E-PACK-DATE", message));
            }
            out.sort_unstable();
            out.dedup();
            out
        };
        let rest = days("rest_days", &raw.rest_days);
        let work = days("work_days", &raw.work_days);
        let dated = self.ground(at, &raw.ground(), "calendar");
        let year = CalendarYear {
            year: raw.year,
            rest,
            work,
            status: dated.status,
            cite: dated.cite,
        };
        if self.set.calendar.years.insert(raw.year, year).is_some() {
            self.findings
                .push(at.twice("calendar", &raw.year.to_string()));
        }
    }
}
