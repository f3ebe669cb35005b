//! An alert (预警信息): one suspicion of a model about one person or household, from the day it was issued until a person closes it.
//!
//! ```text
//! issued ─dispatch─▶ dispatched ─visit─▶ visited ─close─▶ closed ─reopen─▶ issued
//!    │                 ▲    └─close (duplicate, data_error, unreachable)     ▲ recur: the machine, by `reconcile`
//!    └─close (duplicate, data_error)   dispatch and visit may be repeated until it is closed
//! ```
//! The host keeps the record; every step is a pure function that gives the next one. There is one alert for a model, a subject and a
//! household: what comes back opens it again, so its history stays in one piece. **A machine never closes**: where the trigger
//! holds no more, [`reconcile`](super::reconcile()) marks that, and a person closes.
//!
//! What was done (`history`) is what the record is; its state follows from it, and a record whose state does not is refused.

mod step;

use chrono::NaiveDate;
use minzheng_rules::pack::model::Lang;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::due::Within;
use super::{Direction, Level};
use crate::catalog::words;
use crate::digest::Sm3;
use crate::error::{Error, Finding};
use crate::records;

pub(in crate::warning) use step::{person, place, reason};

words! {
    /// Where an alert stands.
    State {
        /// Given out by a model; nobody has it yet.
        Issued = "issued",
        /// Somebody has it to check.
        Dispatched = "dispatched",
        /// It was checked, at home, by telephone or at the desk.
        Visited = "visited",
        /// A person closed it.
        Closed = "closed",
    }
}

impl State {
    /// Its words for people.
    pub const fn words(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Issued => ("已发出", "issued"),
            Self::Dispatched => ("已派发", "dispatched"),
            Self::Visited => ("已核查", "checked"),
            Self::Closed => ("已办结", "closed"),
        };
        pick(zh, en, lang)
    }
}

words! {
    /// What came of an alert (处置结果). Which of them confirm a model and which refute it is data: [`Readings`](super::learn::Readings).
    CloseCode {
        /// Taken into aid.
        Enrolled = "enrolled",
        /// Aid was stopped.
        Stopped = "stopped",
        /// The amount or the members were changed.
        Adjusted = "adjusted",
        /// Passed on to whom it concerns.
        Referred = "referred",
        /// Checked: the suspicion does not hold.
        NotFit = "not_fit",
        /// The data were wrong.
        DataError = "data_error",
        /// The same thing is dealt with under another alert.
        Duplicate = "duplicate",
        /// Nobody could be reached.
        Unreachable = "unreachable",
    }
}

impl CloseCode {
    /// Its words for people.
    pub const fn words(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Enrolled => ("纳入救助", "taken into aid"),
            Self::Stopped => ("停止救助", "aid stopped"),
            Self::Adjusted => ("调整", "adjusted"),
            Self::Referred => ("转介", "referred"),
            Self::NotFit => ("核实后不成立", "checked, does not hold"),
            Self::DataError => ("数据有误", "data wrong"),
            Self::Duplicate => ("重复", "duplicate"),
            Self::Unreachable => ("无法联系", "unreachable"),
        };
        pick(zh, en, lang)
    }

    /// Whether an alert may be closed so from a state: what says something about people needs a check before.
    ///
    /// ```
    /// use minzheng::warning::alert::{CloseCode, State};
    /// assert!(CloseCode::Duplicate.may_follow(State::Issued));
    /// assert!(!CloseCode::Stopped.may_follow(State::Dispatched));
    /// ```
    pub const fn may_follow(self, state: State) -> bool {
        match state {
            State::Visited => true,
            State::Dispatched => {
                matches!(self, Self::Duplicate | Self::DataError | Self::Unreachable)
            }
            State::Issued => matches!(self, Self::Duplicate | Self::DataError),
            State::Closed => false,
        }
    }
}

words! {
    /// How something was checked.
    Way {
        /// At home.
        Home = "home",
        /// By telephone or video.
        Phone = "phone",
        /// In papers and registers.
        Desk = "desk",
    }
}

words! {
    /// Why an alert that a person had closed is open again.
    Cause {
        /// The trigger had ceased and holds again.
        Again = "again",
        /// The level is graver than when it was closed.
        Worse = "worse",
        /// The trigger still holds and the days of quiet are over, or none were given.
        Quiet = "quiet",
    }
}

/// Which suspicion it is: by this an alert of one period is found again in the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The host's key of the household.
    pub household: String,
    /// Id of the model.
    pub model: String,
    /// The host's key of the person, or of the household for a model of households.
    pub subject: String,
}

impl Identity {
    /// The id of its alert: the same on every machine, and it tells nothing.
    ///
    /// ```
    /// use minzheng::warning::alert::Identity;
    /// let of = Identity { household: "h1".into(), model: "c01_dead_on_dibao".into(), subject: "p1".into() };
    /// assert_eq!(of.alert_id().len(), 26);
    /// ```
    pub fn alert_id(&self) -> String {
        let text = [&self.household, &self.model, &self.subject].map(|part| {
            // a length before each part: no two identities are the same bytes
            format!("{}:{part}", part.len())
        });
        let hex = Sm3::of(text.concat().as_bytes()).to_string();
        let parts: Vec<String> = hex
            .chars()
            .collect::<Vec<_>>()
            .chunks(8)
            .take(3)
            .map(|part| part.iter().collect())
            .collect();
        parts.join("-")
    }

    /// What is wrong with its keys.
    pub(crate) fn wrong(&self, path: &str) -> Option<Finding> {
        let keys = [
            ("household", &self.household),
            ("model", &self.model),
            ("subject", &self.subject),
        ];
        keys.into_iter().find_map(|(name, key)| {
            records::wrong_key(key, &format!("{path}.{name}"), "E-ALERT-ID")
        })
    }
}

/// What a model said of an identity when it was last asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "trigger", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// It holds.
    Holds {
        /// How grave.
        level: Level,
        /// The figure that the model held against its line, in its smallest unit; `None` where it compares none, or it was not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        figure: Option<i64>,
    },
    /// It holds no more: a person may close.
    Resolved,
    /// Nobody can tell now. It is not resolved.
    Unknown {
        /// The sources that are awaited; empty where the model was not asked.
        awaited: Vec<String>,
    },
}

/// What a model said from a day on, until the next mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The day of the period.
    #[serde(with = "records::day")]
    pub on: NaiveDate,
    /// What it said.
    #[serde(flatten)]
    pub trigger: Trigger,
}

/// What is done with an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// It is given to somebody to check; again to another until it is closed.
    Dispatch {
        /// The host's key of the officer or office.
        to: String,
    },
    /// It was checked.
    Visit {
        /// How.
        way: Way,
    },
    /// A person closes it.
    Close {
        /// What came of it.
        code: CloseCode,
        /// Why; never empty.
        reason: String,
    },
    /// A person opens it again.
    Reopen {
        /// Why; never empty.
        reason: String,
        /// By when; left out: as long from now as it had before.
        #[serde(
            default,
            with = "records::day_or_none",
            skip_serializing_if = "Option::is_none"
        )]
        due: Option<NaiveDate>,
    },
    /// The trigger came back after it was closed. Only [`reconcile`](super::reconcile()) takes this step.
    Recur {
        /// Why it does not stay closed.
        cause: Cause,
        /// By when it is due now.
        #[serde(with = "records::day")]
        due: NaiveDate,
    },
}

/// A step: what is done, by whom and when.
///
/// As JSON: `{"on": "2026-08-25", "by": "u7", "act": "dispatch", "to": "u9"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The day.
    #[serde(with = "records::day")]
    pub on: NaiveDate,
    /// The host's key of the person who did it; of a step of the machine: empty.
    #[serde(default)]
    pub by: String,
    /// What was done.
    #[serde(flatten)]
    pub act: Act,
}

impl Step {
    /// Reads one from JSON; `path` stands in errors.
    ///
    /// # Errors
    /// `E-ALERT-SHAPE`.
    pub fn from_json(path: &str, value: Value) -> Result<Self, Error> {
        records::read(value, path, "E-ALERT-SHAPE")
    }
}

/// An alert as the host keeps it.
///
/// ```
/// use chrono::NaiveDate;
/// use minzheng::Engine;
/// use minzheng::warning::alert::{Act, Alert, CloseCode, Identity, State, Step};
/// use minzheng::warning::due::Within;
/// use minzheng::warning::{Direction, Level};
///
/// let engine = Engine::built_in()?;
/// let calendar = engine.packs().calendar();
/// let day = |d| NaiveDate::from_ymd_opt(2026, 8, d).unwrap_or_default();
/// let of = Identity { household: "h1".into(), model: "c01_dead_on_dibao".into(), subject: "p1".into() };
/// let issued = Alert::issue(of, "150123", Direction::Overstay, Level::Red, Within::WorkingDays(5), day(24), calendar)?;
/// assert_eq!((issued.state, issued.due), (State::Issued, day(31)));
///
/// let step = |on, act| Step { on: day(on), by: "u7".into(), act };
/// let close = Act::Close { code: CloseCode::Stopped, reason: "died in July".into() };
/// let refused = issued.step(step(25, close.clone()), calendar).unwrap_err();
/// assert_eq!(refused.code(), "E-ALERT-STEP");
/// let sent = issued.step(step(25, Act::Dispatch { to: "u9".into() }), calendar)?;
/// let seen = sent.step(step(26, Act::Visit { way: minzheng::warning::alert::Way::Home }), calendar)?;
/// assert_eq!(seen.step(step(27, close), calendar)?.state, State::Closed);
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// Its id: [`Identity::alert_id`].
    pub id: String,
    /// Which suspicion it is.
    pub of: Identity,
    /// The place that deals with it: a division code of 6, 9 or 12 digits.
    pub place: String,
    /// What the model says about aid.
    pub direction: Direction,
    /// How grave it is now: of the last mark at which the trigger held.
    pub level: Level,
    /// How long there is to deal with it.
    pub within: Within,
    /// The last day to deal with it.
    #[serde(with = "records::day")]
    pub due: NaiveDate,
    /// The day it was issued.
    #[serde(with = "records::day")]
    pub issued_on: NaiveDate,
    /// The last period in which it was looked at.
    #[serde(with = "records::day")]
    pub looked_on: NaiveDate,
    /// Where it stands: it follows from the history.
    pub state: State,
    /// What the model said, in order; one for each change. The first is the hit that issued it.
    pub marks: Vec<Mark>,
    /// What was done, in order.
    #[serde(default)]
    pub history: Vec<Step>,
}

impl Alert {
    /// Reads one from JSON, whole and in order; `path` stands in errors.
    ///
    /// # Errors
    /// `E-ALERT-SHAPE`, and what [`Alert::check`] finds.
    pub fn from_json(path: &str, value: Value) -> Result<Self, Error> {
        let alert: Self = records::read(value, path, "E-ALERT-SHAPE")?;
        match alert.check() {
            Ok(()) => Ok(alert),
            Err(error) => Err(error.below(path)),
        }
    }

    /// What the model said last.
    pub fn trigger(&self) -> Option<&Trigger> {
        self.marks.last().map(|mark| &mark.trigger)
    }

    /// Whether the trigger held when it was last known, whatever is unknown since.
    pub(crate) fn held(&self) -> bool {
        let mut known = self.marks.iter().rev().filter_map(|m| match m.trigger {
            Trigger::Holds { .. } => Some(true),
            Trigger::Resolved => Some(false),
            Trigger::Unknown { .. } => None,
        });
        known.next().unwrap_or(true)
    }

    /// Whether nobody has closed it.
    pub fn is_open(&self) -> bool {
        self.state != State::Closed
    }

    /// The last closing: its day and its code; of an alert that is open none.
    pub fn closed(&self) -> Option<(NaiveDate, CloseCode)> {
        match self.history.last() {
            Some(Step {
                on,
                act: Act::Close { code, .. },
                ..
            }) => Some((*on, *code)),
            _ => None,
        }
    }

    /// The level that it had when it was closed last: of the mark then in force at which the trigger held.
    pub(crate) fn level_at(&self, on: NaiveDate) -> Option<Level> {
        let mut before = self.marks.iter().rev().filter(|m| m.on <= on);
        before.find_map(|m| match m.trigger {
            Trigger::Holds { level, .. } => Some(level),
            _ => None,
        })
    }

    /// The figure that the model held against its line when its trigger held and the figure was known last, in its smallest unit.
    pub fn figure(&self) -> Option<i64> {
        let mut marks = self.marks.iter().rev();
        marks.find_map(|m| match m.trigger {
            Trigger::Holds { figure, .. } => figure,
            _ => None,
        })
    }
}

const fn pick(zh: &'static str, en: &'static str, lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
