//! Which deliveries are late.

use chrono::{Days, Months, NaiveDate};
use minzheng_rules::date::Day;
use minzheng_rules::error::Diagnostic;
use minzheng_rules::pack::model::Calendar;
use serde_json::{Value, json};

use super::{Catalog, Cycle, Resource};
use crate::error::{Error, Finding};

/// A delivery of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Id of the resource.
    pub resource: String,
    /// The day of which its records are.
    pub as_of: NaiveDate,
    /// The day it came.
    pub received: NaiveDate,
}

impl Delivery {
    /// Reads deliveries from the text of a CSV file with the head `resource,as_of,received`; days as `2026-10-31`.
    ///
    /// # Errors
    /// `E-CATALOG-DELIVERY`, with the line.
    ///
    /// ```
    /// use minzheng::catalog::Delivery;
    ///
    /// let text = "resource,as_of,received\nincome_tax,2026-10-31,2026-11-03\n";
    /// let deliveries = Delivery::from_csv("deliveries.csv", text)?;
    /// assert_eq!(deliveries.first().map(|d| d.resource.as_str()), Some("income_tax"));
    /// let error = Delivery::from_csv("deliveries.csv", "resource,as_of,received\nincome_tax,31.10.2026,\n");
    /// assert!(error.is_err_and(|e| e.to_string().starts_with("deliveries.csv:2: ")));
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn from_csv(name: &str, text: &str) -> Result<Vec<Self>, Error> {
        const HEAD: &str = "resource,as_of,received";
        let wrong = |line: u32, message: &str, help: &str| -> Error {
            let found = Diagnostic::error("E-CATALOG-DELIVERY", message);
            found.at(name, line, 0).help(help).into()
        };
        let day = |text: &str| Day::parse(text).map(Day::to_date);
        let mut lines = text.trim_start_matches('\u{feff}').lines().zip(1_u32..);
        if lines.next().map(|(head, _)| head.trim()) != Some(HEAD) {
            return Err(wrong(1, "the head of the deliveries is another one", HEAD));
        }
        let mut out = Vec::new();
        for (line, number) in lines.filter(|(line, _)| !line.trim().is_empty()) {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            let read = match cells.as_slice() {
                [resource, as_of, received] => {
                    day(as_of).zip(day(received)).map(|(as_of, received)| Self {
                        resource: (*resource).to_owned(),
                        as_of,
                        received,
                    })
                }
                _ => None,
            };
            let help = "write income_tax,2026-10-31,2026-11-03";
            out.push(read.ok_or_else(|| wrong(number, "this is no delivery", help))?);
        }
        Ok(out)
    }
}

/// How fresh a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Its cycle has not passed, or it comes as it comes.
    Fresh,
    /// Its cycle has passed, and it may still come until this day.
    Due(NaiveDate),
    /// So many working days have passed since the last day on which it was in time.
    Late(u32),
    /// None came.
    Never,
}

impl Freshness {
    /// One word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Due(_) => "due",
            Self::Late(_) => "late",
            Self::Never => "never",
        }
    }

    /// Whether its records cannot be relied on any more.
    pub const fn is_quiet(self) -> bool {
        matches!(self, Self::Late(_) | Self::Never)
    }
}

/// A line of the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardLine {
    /// Id of the resource.
    pub resource: String,
    /// The newest delivery.
    pub last: Option<Delivery>,
    /// The day on which the next one is due; none where it comes as it comes, or none came.
    pub next: Option<NaiveDate>,
    /// How fresh it is.
    pub state: Freshness,
}

/// Which resources are fresh on a day (数据时效看板).
///
/// The next delivery of a resource is due one cycle after the day of which the last one is: a real-time and a daily one
/// on the next day. It is late when, after that, as many working days have passed as its `grace` says. A resource that is
/// withdrawn by the day does not stand on the board; deliveries that came after it, or of a later day, are not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// The day.
    pub on: NaiveDate,
    /// One line for each resource, in the order of the catalogue.
    pub lines: Vec<BoardLine>,
}

impl Board {
    /// The board of some deliveries.
    ///
    /// # Errors
    /// `E-CATALOG-NONE`: a delivery of no resource; `E-CATALOG-CALENDAR`: no working days are known for a year that counts.
    pub fn new(
        catalog: &Catalog,
        calendar: &Calendar,
        deliveries: &[Delivery],
        on: NaiveDate,
    ) -> Result<Self, Error> {
        if let Some(other) = deliveries
            .iter()
            .find(|d| catalog.resource(&d.resource).is_none())
        {
            return Err(catalog.no_resource(&other.resource));
        }
        let mut lines = Vec::new();
        for resource in catalog.resources() {
            if !resource.lifecycle.is_active(on) {
                continue;
            }
            let last = deliveries
                .iter()
                .filter(|d| d.resource == resource.id && d.received <= on && d.as_of <= on)
                .max_by_key(|d| (d.as_of, d.received));
            let next = last.and_then(|d| due(resource.cycle, d.as_of));
            let state = match (last, next) {
                (None, _) => Freshness::Never,
                (Some(_), None) => Freshness::Fresh,
                (Some(_), Some(due)) => state(resource, calendar, due, on)?,
            };
            lines.push(BoardLine {
                resource: resource.id.clone(),
                last: last.cloned(),
                next,
                state,
            });
        }
        Ok(Self { on, lines })
    }

    /// The resources whose records cannot be relied on.
    pub fn quiet(&self) -> impl Iterator<Item = &str> {
        let quiet = self.lines.iter().filter(|l| l.state.is_quiet());
        quiet.map(|l| l.resource.as_str())
    }

    /// As JSON.
    pub fn to_json(&self) -> Value {
        let lines = self.lines.iter().map(|l| {
            let (until, days) = match l.state {
                Freshness::Due(until) => (Some(until.to_string()), None),
                Freshness::Late(days) => (None, Some(days)),
                Freshness::Fresh | Freshness::Never => (None, None),
            };
            json!({
                "resource": l.resource,
                "as_of": l.last.as_ref().map(|d| d.as_of.to_string()),
                "received": l.last.as_ref().map(|d| d.received.to_string()),
                "next": l.next.map(|d| d.to_string()),
                "state": l.state.word(),
                "until": until,
                "working_days_late": days,
            })
        });
        json!({ "on": self.on.to_string(), "lines": lines.collect::<Vec<_>>() })
    }
}

/// One cycle after a day.
pub(super) fn due(cycle: Cycle, as_of: NaiveDate) -> Option<NaiveDate> {
    match cycle {
        Cycle::Realtime | Cycle::Daily => as_of.checked_add_days(Days::new(1)),
        Cycle::Weekly => as_of.checked_add_days(Days::new(7)),
        Cycle::Monthly => as_of.checked_add_months(Months::new(1)),
        Cycle::Quarterly => as_of.checked_add_months(Months::new(3)),
        Cycle::Yearly => as_of.checked_add_months(Months::new(12)),
        Cycle::Irregular => None,
    }
}

/// How fresh a resource is on a day whose next delivery is due on another.
pub(super) fn state(
    resource: &Resource,
    calendar: &Calendar,
    due: NaiveDate,
    on: NaiveDate,
) -> Result<Freshness, Error> {
    if on <= due {
        return Ok(Freshness::Fresh);
    }
    let none = || {
        let message = format!("no working days are known around {due}");
        let help = "add a [[calendar]] of that year to a pack";
        Error::one(Finding::new("E-CATALOG-CALENDAR", message, help))
    };
    let grace = i64::from(resource.grace.unwrap_or(0));
    let start = Day::from_date(due).ok_or_else(none)?;
    let last = calendar.add_working_days(start, grace).ok_or_else(none)?;
    let today = Day::from_date(on).ok_or_else(none)?;
    if today <= last {
        return Ok(Freshness::Due(last.to_date()));
    }
    let mut days = 0_u32;
    let mut at = last;
    while at < today {
        at = at.next();
        if calendar.is_working_day(at).ok_or_else(none)? {
            days = days.saturating_add(1);
        }
    }
    Ok(Freshness::Late(days))
}
