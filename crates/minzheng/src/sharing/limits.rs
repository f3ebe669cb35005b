//! The working days of sharing: `[[catalog.limit]]`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use minzheng_rules::date::Day;
use minzheng_rules::error::Diagnostics;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Calendar, Cite, Origin, Status, Words};
use serde::Deserialize;

use super::Due;
use crate::error::{Error, Finding};
use crate::packs::rows::{finding, read};

/// A number of working days within which something must be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Stable id.
    pub id: String,
    /// What must be done.
    pub title: Words,
    /// Working days after the day it runs from.
    pub working_days: u16,
    /// Its standing.
    pub status: Status,
    /// Its ground.
    pub cite: Vec<Cite>,
    /// Where it is written.
    pub written: Origin,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    title: Words,
    working_days: u16,
    status: Status,
    #[serde(default, rename = "cite")]
    _cite: Vec<String>,
}

/// The limits of some packs, with their calendar.
#[derive(Debug, Clone)]
pub struct Limits<'p> {
    all: BTreeMap<String, Limit>,
    calendar: &'p Calendar,
}

impl<'p> Limits<'p> {
    /// Reads the limits of packs.
    ///
    /// # Errors
    /// `E-CATALOG-SHAPE`, `E-CATALOG-TWICE`, `E-CATALOG-STATUS`.
    ///
    /// ```
    /// use minzheng::packs::{self, BuiltIn};
    /// use minzheng::sharing::Limits;
    ///
    /// let packs = packs::load(&BuiltIn::ALL, &[])?;
    /// let limits = Limits::load(&packs)?;
    /// assert_eq!(limits.get("delivery").map(|l| l.status.word()), Some("unconfirmed"));
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn load(packs: &'p PackSet) -> Result<Self, Error> {
        let mut findings = Diagnostics::new();
        let mut all = BTreeMap::new();
        for row in packs.host_rows("catalog.limit") {
            let raw: Raw = match read(row, "E-CATALOG-SHAPE") {
                Ok(raw) => raw,
                Err(found) => {
                    findings.push(found);
                    continue;
                }
            };
            let was_read = |cite: &Cite| {
                let text = packs.instrument(&cite.instrument);
                text.is_some_and(|i| i.copy.is_some())
            };
            if raw.status == Status::Law && !row.cite.iter().any(was_read) {
                let message = format!("`{}` is `law` and cites no text that was read", raw.id);
                let help = "cite one, or write status = \"unconfirmed\"";
                findings.push(finding(&row.origin, "E-CATALOG-STATUS", message).help(help));
            }
            let limit = Limit {
                id: raw.id.clone(),
                title: raw.title,
                working_days: raw.working_days,
                status: raw.status,
                cite: row.cite.clone(),
                written: row.origin.clone(),
            };
            if all.insert(raw.id.clone(), limit).is_some() {
                let message = format!("the limit `{}` is there twice", raw.id);
                let found = finding(&row.origin, "E-CATALOG-TWICE", message);
                findings.push(found.help("give each its own"));
            }
        }
        if findings.has_errors() {
            return Err(findings.into());
        }
        Ok(Self {
            all,
            calendar: packs.calendar(),
        })
    }

    /// The limit with this id.
    pub fn get(&self, id: &str) -> Option<&Limit> {
        self.all.get(id)
    }

    /// The limits, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Limit> {
        self.all.values()
    }

    /// The day by which something is due under a limit that runs from a day: that day is not counted.
    ///
    /// # Errors
    /// `E-SHARING-LIMIT` where the packs have no such limit; `E-SHARING-CALENDAR` where the calendar has no data for a year on the
    /// way.
    pub fn due(&self, id: &str, from: NaiveDate) -> Result<Due, Error> {
        let limit = self.get(id).ok_or_else(|| {
            let message = format!("no pack sets the limit `{id}`");
            let help = "add a row `[[catalog.limit]]`";
            Error::one(Finding::new("E-SHARING-LIMIT", message, help))
        })?;
        let by = Day::from_date(from)
            .and_then(|day| {
                self.calendar
                    .add_working_days(day, i64::from(limit.working_days))
            })
            .ok_or_else(|| {
                let message = "the working-day calendar has no data for a year on the way";
                let help = "add the year to the packs";
                Error::one(Finding::new("E-SHARING-CALENDAR", message, help))
            })?;
        Ok(Due {
            by: by.to_date(),
            limit: limit.id.clone(),
            status: limit.status,
        })
    }
}
