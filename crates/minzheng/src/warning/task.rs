//! What is to be done at one household: its open alerts as one task, the most urgent household first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::alert::{Alert, Trigger};
use super::{Direction, Level};
use crate::records;

/// One household to see about all of its open alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    /// The host's key of the household.
    pub household: String,
    /// The place that deals with it: that of its first alert.
    pub place: String,
    /// Whether somebody may be in danger.
    pub safety: bool,
    /// The gravest level.
    pub level: Level,
    /// The earliest last day.
    #[serde(with = "records::day")]
    pub due: NaiveDate,
    /// How many alerts stand behind it whose trigger holds or cannot be told.
    pub hits: u64,
    /// Whether no trigger holds any more: there is nothing to do but to close.
    pub only_to_close: bool,
    /// Ids of its alerts, the most urgent first; those whose trigger ceased come last.
    pub alerts: Vec<String>,
}

/// What decides the order, the most urgent the smallest.
type Urgency = (bool, bool, Level, NaiveDate);

fn urgency(alert: &Alert) -> Urgency {
    let ceased = matches!(alert.trigger(), Some(Trigger::Resolved));
    let is_safety = alert.direction == Direction::Safety;
    (ceased, !is_safety, alert.level, alert.due)
}

/// Alerts gathered by household. Alerts may be added in any order and from any number of parts.
///
/// ```
/// # use minzheng::warning::alert::{Alert, Identity};
/// # use minzheng::warning::due::Within;
/// # let engine = minzheng::Engine::built_in()?;
/// # let on = "2026-08-24".parse().unwrap_or_default();
/// # let alert = |household: &str, model: &str, direction, level, days| Alert::issue(
/// #     Identity { household: household.into(), model: model.into(), subject: "p1".into() },
/// #     "150123", direction, level, Within::WorkingDays(days), on, engine.packs().calendar());
/// use minzheng::warning::task::Tasks;
/// use minzheng::warning::{Direction, Level};
///
/// let two = [
///     alert("h1", "a01", Direction::Missed, Level::Red, 10)?,
///     alert("h2", "b23", Direction::Safety, Level::Blue, 1)?,
///     alert("h1", "b02", Direction::Missed, Level::Blue, 5)?,
/// ];
/// let mut tasks = Tasks::default();
/// two.iter().for_each(|alert| tasks.add(alert));
/// let list = tasks.finish();
/// assert_eq!(list.iter().map(|t| t.household.as_str()).collect::<Vec<_>>(), ["h2", "h1"]);
/// assert_eq!((list[1].hits, list[1].due), (2, "2026-08-31".parse().unwrap_or_default()));
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tasks {
    by_household: BTreeMap<String, BTreeMap<(Urgency, String), Due>>,
}

/// What a task needs of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Due {
    id: String,
    place: String,
}

impl Tasks {
    /// Adds an alert; one that is closed gives nothing to do.
    pub fn add(&mut self, alert: &Alert) {
        if !alert.is_open() {
            return;
        }
        let due = Due {
            id: alert.id.clone(),
            place: alert.place.clone(),
        };
        let own = self
            .by_household
            .entry(alert.of.household.clone())
            .or_default();
        // the id last: a fixed order among equals, and an alert that is added twice counts once
        own.insert((urgency(alert), alert.id.clone()), due);
    }

    /// Joins what two parts gathered.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        for (household, alerts) in other.by_household {
            self.by_household
                .entry(household)
                .or_default()
                .extend(alerts);
        }
        self
    }

    /// The tasks: safety first, then the gravest level, the earliest last day, the most hits, and the key of the household. A household
    /// where there is only something to close comes after all others.
    pub fn finish(self) -> Vec<Task> {
        let mut out: Vec<Task> = self.by_household.into_iter().filter_map(task).collect();
        out.sort_by(|a, b| {
            let key = |t: &Task| (t.only_to_close, !t.safety, t.level, t.due, Reverse(t.hits));
            key(a)
                .cmp(&key(b))
                .then_with(|| a.household.cmp(&b.household))
        });
        out
    }
}

fn task((household, alerts): (String, BTreeMap<(Urgency, String), Due>)) -> Option<Task> {
    let ((first, _), lead) = alerts.first_key_value()?;
    let only_to_close = first.0;
    // what ceased weighs only where nothing else is there
    let weighs = || {
        alerts
            .keys()
            .map(|(u, _)| u)
            .filter(|u| u.0 == only_to_close)
    };
    Some(Task {
        household,
        place: lead.place.clone(),
        safety: weighs().any(|u| !u.1),
        level: weighs().map(|u| u.2).min()?,
        due: weighs().map(|u| u.3).min()?,
        hits: u64::try_from(alerts.keys().filter(|(u, _)| !u.0).count()).unwrap_or(u64::MAX),
        only_to_close,
        alerts: alerts.values().map(|due| due.id.clone()).collect(),
    })
}
