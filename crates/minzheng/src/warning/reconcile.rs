//! This period's answers beside the alerts so far: what is new, goes on, got worse, ceased, came back, or cannot be told.
//!
//! Nothing is lost: every alert handed in comes back, once, with what became of it; every hit is an alert, or listed as suppressed.
//! Nothing is guessed: an alert about which no answer came is *not* resolved. It stays as it is, and says what is awaited.
//!
//! Households are independent of each other: a table may be taken in parts that keep households whole, and [`Reconciled::merge`]
//! joins the parts in any order to what the whole would have given.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use minzheng_rules::pack::model::{Calendar, Lang};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::alert::{Act, Alert, Cause, Identity, Mark, Step, Trigger, place};
use super::due::Within;
use super::learn::Side;
use super::suppress::Suppression;
use super::{Direction, Level};
use crate::catalog::words;
use crate::error::{Error, Finding};
use crate::records;

/// A hit: what an alert is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hit {
    /// The place that deals with it: a division code of 6, 9 or 12 digits.
    pub place: String,
    /// What the model says about aid.
    pub direction: Direction,
    /// How grave.
    pub level: Level,
    /// How long there is to deal with it.
    pub within: Within,
    /// For so many days after a person closed it, it stays closed though its trigger still holds; left out: not one day.
    #[serde(default)]
    pub quiet_days: Option<u16>,
    /// The figure that the model holds against its line; left out: it compares none, or the figure is not known.
    #[serde(default)]
    pub figure: Option<Measured>,
}

/// A figure that a model holds against a line.
///
/// As JSON: `{"value": 1200000, "side": "above"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// The figure in its smallest unit, fen for money.
    pub value: i64,
    /// On which side of the line the model points at somebody.
    pub side: Side,
}

/// What a model says of an identity in this period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Said {
    /// It points at them.
    Hit(Hit),
    /// It does not.
    Miss {},
    /// They are not among those it looks at any more.
    Outside {},
    /// Nobody can tell.
    Unknown {
        /// The sources that are awaited: keys of the catalogue or of the host.
        #[serde(default)]
        awaited: Vec<String>,
    },
    /// The place has switched the model off. That is no answer.
    Off {},
}

/// An answer of this period.
///
/// As JSON: `{"of": {"household", "model", "subject"}, "outcome": "unknown", "awaited": ["enrolment"]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whose.
    pub of: Identity,
    /// What.
    #[serde(flatten)]
    pub said: Said,
}

impl Answer {
    /// Reads one from JSON; `path` stands in errors.
    ///
    /// # Errors
    /// `E-ALERT-SHAPE`.
    pub fn from_json(path: &str, value: Value) -> Result<Self, Error> {
        records::read(value, path, "E-ALERT-SHAPE")
    }
}

words! {
    /// What became of an alert in a period.
    Class {
        /// A hit without an alert: one was issued.
        New = "new",
        /// It was closed, and is open again.
        Reopened = "reopened",
        /// It is open, and its level is graver than before, or its figure further beyond the line.
        Worse = "worse",
        /// It is open, and its trigger still holds.
        Continuing = "continuing",
        /// It is open, and nobody can tell now whether its trigger holds.
        Awaiting = "awaiting",
        /// It is open, and its trigger holds no more: a person may close it.
        Resolved = "resolved",
        /// It is closed, its trigger still holds, and it is left alone.
        Quiet = "quiet",
        /// It is closed, and nothing speaks against that.
        Settled = "settled",
    }
}

impl Class {
    /// Its words for people.
    pub const fn words(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::New => ("新增", "new"),
            Self::Reopened => ("重新打开", "reopened"),
            Self::Worse => ("加重", "worse"),
            Self::Continuing => ("持续", "continuing"),
            Self::Awaiting => ("待数据", "awaiting data"),
            Self::Resolved => ("触发条件已消除", "trigger ceased"),
            Self::Quiet => ("已办结，静默", "closed, left alone"),
            Self::Settled => ("已办结", "closed"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// An alert after a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reconcile {
    /// What became of it.
    pub class: Class,
    /// The record to keep.
    pub alert: Alert,
}

/// A hit that a suppression held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suppressed {
    /// Which suspicion.
    pub of: Identity,
    /// How grave.
    pub level: Level,
    /// Id of the suppression.
    pub suppression: String,
    /// Its last day.
    #[serde(with = "records::day")]
    pub until: NaiveDate,
}

/// A period.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Reconciled {
    /// Every alert, by its identity.
    pub alerts: Vec<Reconcile>,
    /// Every hit that was held back, by its identity.
    pub suppressed: Vec<Suppressed>,
    /// How many of each class.
    pub counts: BTreeMap<Class, u64>,
    /// How many hits were held back.
    pub suppressed_count: u64,
    /// How many alerts had no answer at all: the model was not asked, or is switched off.
    pub unasked: u64,
}

impl Reconciled {
    /// Joins two parts that have no household in common.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        for (class, many) in other.counts {
            let here = self.counts.entry(class).or_default();
            *here = here.saturating_add(many);
        }
        self.suppressed_count = self.suppressed_count.saturating_add(other.suppressed_count);
        self.unasked = self.unasked.saturating_add(other.unasked);
        self.alerts.extend(other.alerts);
        self.alerts.sort_by(|a, b| a.alert.of.cmp(&b.alert.of));
        self.suppressed.extend(other.suppressed);
        self.suppressed.sort_by(|a, b| a.of.cmp(&b.of));
        self
    }

    fn put(&mut self, class: Class, alert: Alert) {
        let many = self.counts.entry(class).or_default();
        *many = many.saturating_add(1);
        self.alerts.push(Reconcile { class, alert });
    }
}

fn twice(path: String, what: &str) -> Error {
    let message = format!("two {what} are about one model, subject and household");
    let found = Finding::new("E-ALERT-TWICE", message, "keep one");
    Error::one(found.path_is(path))
}

/// This period's answers beside the alerts so far.
///
/// | alert | answer | becomes |
/// |---|---|---|
/// | none | hit | `new`, or held back by a suppression |
/// | open | hit | `continuing`; `worse` where the level is graver or the figure further beyond its line than it was when last known, and then due sooner where the hit says so |
/// | open | miss, outside | `resolved`: marked, not closed |
/// | open | unknown, off, no answer | `awaiting`, with the sources awaited |
/// | closed | hit, its trigger had ceased since | `reopened` (`again`), unless held back |
/// | closed | hit, graver than at the closing | `reopened` (`worse`), unless held back |
/// | closed | hit, days of quiet over or not given | `reopened` (`quiet`), unless held back |
/// | closed | hit within the days of quiet, or held back | `quiet` |
/// | closed | anything else | `settled` |
///
/// # Errors
/// `E-ALERT-TWICE` where two alerts or two answers are about one identity; `E-ALERT-ORDER` where an alert was looked at in a later
/// period already; what [`Alert::check`], [`Suppression::check`] and [`Within::last`] find.
///
/// ```
/// use minzheng::Engine;
/// use minzheng::warning::reconcile::{Answer, Class, reconcile};
/// use serde_json::json;
///
/// let engine = Engine::built_in()?;
/// let calendar = engine.packs().calendar();
/// let of = json!({ "household": "h1", "model": "a01", "subject": "p1" });
/// let hit = json!({
///     "of": of, "outcome": "hit", "place": "150123", "direction": "missed", "level": "yellow", "within": { "working_days": 10 },
/// });
/// let june = reconcile("2026-06-01".parse().unwrap_or_default(), calendar, &[], &[Answer::from_json("", hit)?], &[])?;
/// let alert = june.alerts[0].alert.clone();
/// // the source is silent in July: the alert stays
/// let silent = Answer::from_json("", json!({ "of": of, "outcome": "unknown", "awaited": ["medical_settlement"] }))?;
/// let july = reconcile("2026-07-01".parse().unwrap_or_default(), calendar, &[alert], &[silent], &[])?;
/// assert_eq!(july.alerts[0].class, Class::Awaiting);
/// assert!(july.alerts[0].alert.is_open());
/// # Ok::<(), minzheng::Error>(())
/// ```
pub fn reconcile(
    on: NaiveDate,
    calendar: &Calendar,
    alerts: &[Alert],
    answers: &[Answer],
    suppressions: &[Suppression],
) -> Result<Reconciled, Error> {
    let mut held: BTreeMap<&Identity, Vec<&Suppression>> = BTreeMap::new();
    for (at, suppression) in suppressions.iter().enumerate() {
        let below = |e: Error| e.below(&format!("suppressions[{at}]"));
        suppression.check().map_err(below)?;
        held.entry(&suppression.of).or_default().push(suppression);
    }
    let mut said: BTreeMap<&Identity, (usize, &Said)> = BTreeMap::new();
    for (at, answer) in answers.iter().enumerate() {
        let path = format!("answers[{at}]");
        if let Some(found) = answer.of.wrong(&format!("{path}.of")) {
            return Err(Error::one(found));
        }
        if let Said::Hit(hit) = &answer.said {
            place(&hit.place, &format!("{path}.place"))?;
        }
        if said.insert(&answer.of, (at, &answer.said)).is_some() {
            return Err(twice(path, "answers"));
        }
    }
    let mut earlier: BTreeMap<&Identity, (usize, &Alert)> = BTreeMap::new();
    for (at, alert) in alerts.iter().enumerate() {
        let path = format!("alerts[{at}]");
        alert.check().map_err(|e| e.below(&path))?;
        let last = alert.history.last().map_or(alert.looked_on, |s| s.on);
        if on < alert.looked_on.max(last) {
            let message = "the alert was looked at or dealt with after this period";
            let help = "reconcile periods in their order";
            let found = Finding::new("E-ALERT-ORDER", message, help);
            return Err(Error::one(found.path_is(path)));
        }
        if earlier.insert(&alert.of, (at, alert)).is_some() {
            return Err(twice(path, "alerts"));
        }
    }
    let mut out = Reconciled::default();
    let held_back = |of: &Identity, level: Level| {
        let own = held.get(of).into_iter().flatten();
        let own = own.filter(|s| s.holds_back(level, on));
        // the one that holds longest
        own.max_by(|a, b| (a.until, &b.id).cmp(&(b.until, &a.id)))
    };
    for (of, (at, answer)) in &said {
        let Said::Hit(hit) = answer else { continue };
        let stays_open = earlier.get(of).is_some_and(|(_, a)| a.is_open());
        if let Some(by) = held_back(of, hit.level).filter(|_| !stays_open) {
            out.suppressed_count = out.suppressed_count.saturating_add(1);
            out.suppressed.push(Suppressed {
                of: (*of).clone(),
                level: hit.level,
                suppression: by.id.clone(),
                until: by.until,
            });
        } else if !earlier.contains_key(of) {
            let below = |e: Error| e.below(&format!("answers[{at}]"));
            let alert = Alert::issue(
                (*of).clone(),
                &hit.place,
                hit.direction,
                hit.level,
                hit.within,
                on,
                calendar,
            );
            let mut alert = alert.map_err(below)?;
            alert.marks.iter_mut().for_each(|m| m.trigger = holds(hit));
            out.put(Class::New, alert);
        }
    }
    for (of, (at, alert)) in &earlier {
        let said = said.get(of).map(|(_, said)| *said);
        if matches!(said, None | Some(Said::Off {})) {
            out.unasked = out.unasked.saturating_add(1);
        }
        let is_held = |level| held_back(of, level).is_some();
        let (class, alert) = of_one(alert, said, on, calendar, is_held)
            .map_err(|e| e.below(&format!("alerts[{at}]")))?;
        out.put(class, alert);
    }
    out.alerts.sort_by(|a, b| a.alert.of.cmp(&b.alert.of));
    Ok(out)
}

/// One alert after a period.
fn of_one(
    alert: &Alert,
    said: Option<&Said>,
    on: NaiveDate,
    calendar: &Calendar,
    is_held: impl Fn(Level) -> bool,
) -> Result<(Class, Alert), Error> {
    let was_held = alert.held();
    let mut next = alert.clone();
    next.looked_on = on;
    let trigger = match said {
        Some(Said::Hit(hit)) => holds(hit),
        Some(Said::Miss {} | Said::Outside {}) => Trigger::Resolved,
        Some(Said::Unknown { awaited }) => Trigger::Unknown {
            awaited: sorted(awaited),
        },
        Some(Said::Off {}) | None => Trigger::Unknown {
            awaited: Vec::new(),
        },
    };
    if next.trigger() != Some(&trigger) {
        next.marks.push(Mark { on, trigger });
    }
    let hit = match said {
        Some(Said::Hit(hit)) => hit,
        other => {
            let resolved = matches!(other, Some(Said::Miss {} | Said::Outside {}));
            let class = match (next.is_open(), resolved) {
                (false, _) => Class::Settled,
                (true, true) => Class::Resolved,
                (true, false) => Class::Awaiting,
            };
            return Ok((class, next));
        }
    };
    next.level = hit.level;
    next.place.clone_from(&hit.place);
    let Some((closed_on, _)) = alert.closed() else {
        let further = hit.figure.zip(alert.figure());
        let is_further = further.is_some_and(|(now, then)| now.side.is_further(now.value, then));
        // the gravest level is the first
        if hit.level >= alert.level && !is_further {
            return Ok((Class::Continuing, next));
        }
        // what got worse may be due sooner, and never later
        next.due = next.due.min(hit.within.last(on, calendar)?);
        next.within = hit.within;
        return Ok((Class::Worse, next));
    };
    let graver = alert.level_at(closed_on).is_some_and(|was| hit.level < was);
    let quiet = hit
        .quiet_days
        .and_then(|days| closed_on.checked_add_days(Days::new(u64::from(days))));
    let cause = if !was_held {
        Some(Cause::Again)
    } else if graver {
        Some(Cause::Worse)
    } else if quiet.is_none_or(|last| last < on) {
        Some(Cause::Quiet)
    } else {
        None
    };
    let Some(cause) = cause.filter(|_| !is_held(hit.level)) else {
        return Ok((Class::Quiet, next));
    };
    next.within = hit.within;
    let due = hit.within.last(on, calendar)?;
    let step = Step {
        on,
        by: String::new(),
        act: Act::Recur { cause, due },
    };
    Ok((Class::Reopened, next.recur(step)?))
}

/// What a hit says of the trigger.
fn holds(hit: &Hit) -> Trigger {
    Trigger::Holds {
        level: hit.level,
        figure: hit.figure.map(|figure| figure.value),
    }
}

/// Sources in a fixed order, each once.
fn sorted(awaited: &[String]) -> Vec<String> {
    let mut out = awaited.to_vec();
    out.sort_unstable();
    out.dedup();
    out
}
