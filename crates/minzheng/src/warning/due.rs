//! By when an alert is to be dealt with, and who is told when it is not.

use chrono::{Days, NaiveDate};
use minzheng_rules::date::Day;
use minzheng_rules::error::Diagnostics;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Calendar, Cite, Lang, Status, Words};
use minzheng_rules::pack::place::{Places, parse_code};
use serde::{Deserialize, Serialize};

use super::Direction;
use super::alert::{Alert, State, Trigger};
use crate::catalog::words;
use crate::error::{Error, Finding};
use crate::packs::rows::{finding, own_place, read};
use crate::records;

/// Most days, and most hours, that may be given.
const MOST: u16 = 1_000;

/// How long there is to deal with an alert, counted from the day it is issued: that day itself is not counted.
///
/// Days are the smallest unit of the library. `Hours(24)` from an unknown minute of a day end during the next day: the last day is
/// the issuing day plus the hours in whole days, rounded up, whether it is worked or not: life does not wait for Monday.
///
/// As JSON: `{"working_days": 10}`, `{"hours": 24}`, `{"by": "2026-09-30"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// Working days.
    WorkingDays(u16),
    /// Hours, for what may cost a life.
    Hours(u16),
    /// Until a day that was worked out before, as the rules of a model do.
    By(#[serde(with = "records::day")] NaiveDate),
}

impl Within {
    /// The last day, from a day on.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use minzheng::Engine;
    /// use minzheng::warning::due::Within;
    ///
    /// let engine = Engine::built_in()?;
    /// let calendar = engine.packs().calendar();
    /// let friday = NaiveDate::from_ymd_opt(2026, 8, 28).unwrap_or_default();
    /// let last = |within: Within| within.last(friday, calendar).map(|day| day.to_string());
    /// assert_eq!(last(Within::WorkingDays(1)).as_deref(), Ok("2026-08-31"));
    /// assert_eq!(last(Within::Hours(24)).as_deref(), Ok("2026-08-29"));
    /// assert_eq!(Within::WorkingDays(200).last(friday, calendar).unwrap_err().code(), "E-ALERT-CALENDAR");
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    ///
    /// # Errors
    /// `E-ALERT-CALENDAR` where the calendar has no data for a year on the way; `E-ALERT-DUE` where more than 1,000 are given, or
    /// the day lies before the first.
    pub fn last(self, from: NaiveDate, calendar: &Calendar) -> Result<NaiveDate, Error> {
        let far = || {
            let message = "the time to deal with it is longer than 1,000, or ends before it begins";
            let help = "give a shorter time, or a later day";
            Error::one(Finding::new("E-ALERT-DUE", message, help).path_is("within"))
        };
        match self {
            Self::WorkingDays(many) | Self::Hours(many) if many > MOST => Err(far()),
            Self::WorkingDays(many) => working(from, i64::from(many), calendar),
            Self::Hours(many) => from
                .checked_add_days(Days::new(u64::from(many.div_ceil(24))))
                .ok_or_else(far),
            Self::By(day) if day < from => Err(far()),
            Self::By(day) => Ok(day),
        }
    }
}

/// The day on which so many working days after a day are over.
fn working(from: NaiveDate, many: i64, calendar: &Calendar) -> Result<NaiveDate, Error> {
    let by = Day::from_date(from).and_then(|day| calendar.add_working_days(day, many));
    by.map(Day::to_date).ok_or_else(|| {
        let message = "the working-day calendar has no data for a year on the way";
        let help = "add the year to the packs";
        Error::one(Finding::new("E-ALERT-CALENDAR", message, help).path_is("within"))
    })
}

words! {
    /// Who is told that an alert is overdue, the nearest first.
    Told {
        /// Who has it.
        Officer = "officer",
        /// 苏木乡镇、街道.
        Township = "township",
        /// 旗县.
        County = "county",
        /// 盟市.
        City = "city",
    }
}

impl Told {
    /// Its words for people.
    pub const fn words(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Officer => ("经办人", "officer"),
            Self::Township => ("苏木乡镇（街道）", "township"),
            Self::County => ("旗县（市、区）", "county"),
            Self::City => ("盟市", "city"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// A rung of the ladder (`[[warning.rung]]`): who is told, how long after the last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Who is told.
    pub told: Told,
    /// Only alerts that say this about aid; an alert whose direction has rungs of its own goes by these alone.
    #[serde(default)]
    pub direction: Option<Direction>,
    /// Only alerts of this place and those below it; of the rungs of its direction an alert goes by those of the nearest place that has any.
    #[serde(default)]
    pub place: Option<i64>,
    /// How long after the last day; 0 working days: on the last day itself.
    pub after: After,
    /// The standing of the figure.
    pub status: Status,
}

/// A time after the last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    /// Working days.
    WorkingDays(u16),
    /// Days of the calendar.
    Days(u16),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default, rename = "title")]
    _title: Words,
    told: Told,
    direction: Option<Direction>,
    place: Option<String>,
    working_days: Option<u16>,
    days: Option<u16>,
    status: Status,
    #[serde(default, rename = "cite")]
    _cite: Vec<String>,
}

/// Who is told when alerts are overdue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ladder {
    rungs: Vec<Rung>,
    places: Places,
}

impl Ladder {
    /// The rungs of some packs.
    ///
    /// ```
    /// use minzheng::Engine;
    /// use minzheng::warning::due::{Ladder, Told};
    /// let ladder = Ladder::load(Engine::built_in()?.packs())?;
    /// assert!(ladder.rungs().iter().any(|rung| rung.told == Told::City));
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    ///
    /// # Errors
    /// `E-ALERT-ROW`, with file and line.
    pub fn load(packs: &PackSet) -> Result<Self, Error> {
        let mut findings = Diagnostics::new();
        let mut rungs: Vec<Rung> = Vec::new();
        for row in packs.host_rows("warning.rung") {
            let raw: Raw = match read(row, "E-ALERT-ROW") {
                Ok(raw) => raw,
                Err(found) => {
                    findings.push(found);
                    continue;
                }
            };
            let after = match (raw.working_days, raw.days) {
                (Some(many), None) => After::WorkingDays(many),
                (None, Some(many)) => After::Days(many),
                _ => {
                    let message = "a rung has `working_days` or `days`, and not both";
                    findings.push(finding(&row.origin, "E-ALERT-ROW", message).help("keep one"));
                    continue;
                }
            };
            let was_read = |cite: &Cite| {
                let text = packs.instrument(&cite.instrument);
                text.is_some_and(|i| i.copy.is_some())
            };
            if raw.status == Status::Law && !row.cite.iter().any(was_read) {
                let message = "the rung is `law` and cites no text that was read";
                let help = "cite one, or write status = \"operational\"";
                findings.push(finding(&row.origin, "E-ALERT-ROW", message).help(help));
            }
            let place = match raw.place.as_deref().map(|p| own_place(packs, row, p)) {
                None => None,
                Some(Ok(code)) => Some(code),
                Some(Err((message, help))) => {
                    findings.push(finding(&row.origin, "E-ALERT-ROW", message).help(help));
                    continue;
                }
            };
            let key = (raw.told, raw.direction, place);
            if rungs.iter().any(|r| (r.told, r.direction, r.place) == key) {
                let message = format!("the rung of `{}` is there twice", raw.told.word());
                let help = "keep one for each of whom is told, each direction and each place";
                findings.push(finding(&row.origin, "E-ALERT-ROW", message).help(help));
            }
            rungs.push(Rung {
                told: raw.told,
                direction: raw.direction,
                place,
                after,
                status: raw.status,
            });
        }
        if findings.has_errors() {
            return Err(findings.into());
        }
        Ok(Self {
            places: packs.places().clone(),
            ..Self::new(rungs)
        })
    }

    /// A ladder of some rungs; which place lies below which follows from their codes.
    pub fn new(mut rungs: Vec<Rung>) -> Self {
        rungs.sort_by_key(|r| (r.place, r.direction, r.told));
        Self {
            rungs,
            places: Places::default(),
        }
    }

    /// The rungs that an alert goes by: those of its direction, else those of all; of these the ones of the nearest place that has any.
    fn of(&self, alert: &Alert) -> Vec<&Rung> {
        let chain = parse_code(&alert.place).map(|code| self.places.chain(code));
        let chain = chain.into_iter().flatten().map(Some).chain([None]);
        let here = |direction: Option<Direction>, place: Option<i64>| -> Vec<&Rung> {
            let own = |r: &&Rung| r.direction == direction && r.place == place;
            self.rungs.iter().filter(own).collect()
        };
        let mut nearest = [Some(alert.direction), None]
            .into_iter()
            .flat_map(|direction| chain.clone().map(move |place| (direction, place)))
            .map(|(direction, place)| here(direction, place));
        nearest.find(|rungs| !rungs.is_empty()).unwrap_or_default()
    }

    /// The rungs, by place, direction and whom is told.
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    /// Who has to be told of an alert by a day: the rungs that were reached. None of an alert that is closed.
    fn reached(
        &self,
        alert: &Alert,
        on: NaiveDate,
        calendar: &Calendar,
    ) -> Result<Vec<Told>, Error> {
        // before the last day no rung is reached, and no calendar is asked
        if alert.state == State::Closed || on < alert.due {
            return Ok(Vec::new());
        }
        let mut out = Vec::new();
        for rung in self.of(alert) {
            let from = match rung.after {
                After::Days(many) => alert.due.checked_add_days(Days::new(u64::from(many))),
                After::WorkingDays(many) => Some(working(alert.due, i64::from(many), calendar)?),
            };
            if from.is_some_and(|from| from <= on) {
                out.push(rung.told);
            }
        }
        out.sort_unstable();
        Ok(out)
    }

    /// What is due or overdue on a day and who is told, the oldest first. Alerts that are closed are not in it.
    ///
    /// Each alert is looked at alone: parts of a table may be asked one by one and their answers joined.
    ///
    /// # Errors
    /// `E-ALERT-CALENDAR` where the calendar has no data for a year on the way.
    pub fn overdue<'a>(
        &self,
        alerts: impl IntoIterator<Item = &'a Alert>,
        on: NaiveDate,
        calendar: &Calendar,
    ) -> Result<Vec<Overdue>, Error> {
        let mut out = Vec::new();
        for alert in alerts {
            let told = self.reached(alert, on, calendar)?;
            if told.is_empty() && (alert.due >= on || !alert.is_open()) {
                continue;
            }
            let late = on.signed_duration_since(alert.due).num_days();
            out.push(Overdue {
                alert: alert.id.clone(),
                household: alert.of.household.clone(),
                place: alert.place.clone(),
                state: alert.state,
                due: alert.due,
                days_late: u64::try_from(late).unwrap_or(0),
                resolved: matches!(alert.trigger(), Some(Trigger::Resolved)),
                told,
            });
        }
        out.sort_by(|a, b| (a.due, &a.alert).cmp(&(b.due, &b.alert)));
        Ok(out)
    }
}

/// An alert that is due or overdue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overdue {
    /// Its id.
    pub alert: String,
    /// The host's key of the household.
    pub household: String,
    /// The place that deals with it.
    pub place: String,
    /// Where it stands.
    pub state: State,
    /// The last day.
    #[serde(with = "records::day")]
    pub due: NaiveDate,
    /// Days of the calendar since then; 0 on the last day itself.
    pub days_late: u64,
    /// Whether its trigger holds no more, so that only the closing is late.
    pub resolved: bool,
    /// Who has to be told by now, the nearest first.
    pub told: Vec<Told>,
}
