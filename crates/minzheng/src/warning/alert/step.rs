//! The steps, and whether a record is one that they lead to.

use chrono::NaiveDate;
use minzheng_rules::pack::model::Calendar;

use super::{Act, Alert, CloseCode, Direction, Identity, Level, Mark, State, Step, Trigger};
use crate::error::{Error, Finding};
use crate::identity::DivisionCode;
use crate::records;
use crate::warning::due::Within;

/// Longest reason.
const LONGEST_REASON: usize = 1_000;

/// Most steps and most marks of one alert.
const MOST: usize = 10_000;

fn wrong(code: &'static str, path: &str, message: &str, help: &str) -> Error {
    Error::one(Finding::new(code, message, help).path_is(path))
}

/// A reason, without a number of a person in it.
pub(in crate::warning) fn reason(text: &str, path: &str) -> Result<(), Error> {
    let message = if text.trim().is_empty() {
        "there is no reason"
    } else if text.len() > LONGEST_REASON {
        "the reason is longer than 1,000 bytes"
    } else if records::has_number(text) {
        "the reason holds what looks like an identity number"
    } else {
        return Ok(());
    };
    Err(wrong("E-ALERT-REASON", path, message, "say why, in words"))
}

/// Who did something: a person, by a key of the host.
pub(in crate::warning) fn person(key: &str, path: &str) -> Result<(), Error> {
    if key.is_empty() {
        let help = "give the host's key of the person who did it";
        return Err(wrong("E-ALERT-WHO", path, "nobody is named", help));
    }
    records::wrong_key(key, path, "E-ALERT-WHO").map_or(Ok(()), |found| Err(Error::one(found)))
}

/// A place that deals with alerts.
pub(in crate::warning) fn place(code: &str, path: &str) -> Result<(), Error> {
    match DivisionCode::parse(code) {
        Ok(_) => Ok(()),
        Err(_) => {
            let message = "not a division code of 6, 9 or 12 digits";
            Err(wrong("E-VALUE-PLACE", path, message, "write \"150123\""))
        }
    }
}

impl Act {
    /// Its word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Dispatch { .. } => "dispatch",
            Self::Visit { .. } => "visit",
            Self::Close { .. } => "close",
            Self::Reopen { .. } => "reopen",
            Self::Recur { .. } => "recur",
        }
    }
}

impl State {
    /// The state after an act; `None` where the act is not possible.
    const fn after(self, act: &Act) -> Option<Self> {
        match (self, act) {
            (Self::Closed, Act::Reopen { .. } | Act::Recur { .. }) => Some(Self::Issued),
            (Self::Closed, _) => None,
            (_, Act::Dispatch { .. }) => Some(Self::Dispatched),
            (Self::Dispatched | Self::Visited, Act::Visit { .. }) => Some(Self::Visited),
            (_, Act::Close { code, .. }) if code.may_follow(self) => Some(Self::Closed),
            _ => None,
        }
    }
}

impl Alert {
    /// A new alert, issued on a day.
    ///
    /// # Errors
    /// `E-ALERT-ID`, `E-VALUE-PLACE`, and what [`Within::last`] finds.
    pub fn issue(
        of: Identity,
        place: &str,
        direction: Direction,
        level: Level,
        within: Within,
        on: NaiveDate,
        calendar: &Calendar,
    ) -> Result<Self, Error> {
        if let Some(found) = of.wrong("of") {
            return Err(Error::one(found));
        }
        self::place(place, "place")?;
        let trigger = Trigger::Holds {
            level,
            figure: None,
        };
        Ok(Self {
            id: of.alert_id(),
            of,
            place: place.to_owned(),
            direction,
            level,
            within,
            due: within.last(on, calendar)?,
            issued_on: on,
            looked_on: on,
            state: State::Issued,
            marks: vec![Mark { on, trigger }],
            history: Vec::new(),
        })
    }

    /// What may be done by a person now: `dispatch`, `visit`, `close` with a code, `reopen`.
    ///
    /// ```
    /// # use minzheng::warning::alert::State;
    /// assert_eq!(State::Issued.possible(), ["dispatch", "close: data_error", "close: duplicate"]);
    /// assert_eq!(State::Closed.possible(), ["reopen"]);
    /// ```
    pub fn possible(&self) -> Vec<String> {
        self.state.possible()
    }

    /// The alert after a step of a person.
    ///
    /// # Errors
    /// `E-ALERT-STEP` where the state does not allow it, with what it allows; `E-ALERT-ORDER` where it is dated before the last step
    /// or before the alert; `E-ALERT-WHO`, `E-ALERT-REASON`; `E-ALERT-DUE` and `E-ALERT-CALENDAR` where it opens again and the last
    /// day is not known; `E-ALERT-RECORD` where the record contradicts itself.
    pub fn step(&self, step: Step, calendar: &Calendar) -> Result<Self, Error> {
        self.check()?;
        let mut next = self.clone();
        if let Act::Reopen { due, .. } = &step.act {
            next.due = match (due, self.within) {
                (Some(day), _) => Within::By(*day).last(step.on, calendar)?,
                (None, Within::By(_)) => {
                    let message = "the alert was due on a day of its own, and none is given now";
                    return Err(wrong("E-ALERT-DUE", "step.due", message, "say by when"));
                }
                (None, within) => within.last(step.on, calendar)?,
            };
        }
        next.take(step, false).map_err(|e| e.below("step"))?;
        Ok(next)
    }

    /// The alert after a step of the machine.
    pub(in crate::warning) fn recur(&self, step: Step) -> Result<Self, Error> {
        let mut next = self.clone();
        if let Act::Recur { due, .. } = &step.act {
            next.due = *due;
        }
        next.take(step, true)?;
        Ok(next)
    }

    /// Takes a step: the one place where a state changes.
    fn take(&mut self, step: Step, by_machine: bool) -> Result<(), Error> {
        let last = self.history.last().map_or(self.issued_on, |s| s.on);
        if step.on < last {
            let message = "the step is dated before what it follows";
            let help = "steps are dated in their order";
            return Err(wrong("E-ALERT-ORDER", "on", message, help));
        }
        let is_recur = matches!(step.act, Act::Recur { .. });
        let after = self.state.after(&step.act);
        let after = after.filter(|_| is_recur == by_machine && self.history.len() < MOST);
        let Some(state) = after else {
            let message = format!(
                "`{}` does not go with an alert that is `{}`",
                step.act.word(),
                self.state.word()
            );
            let help = format!("possible now: {}", self.possible().join(", "));
            return Err(wrong("E-ALERT-STEP", "act", &message, &help));
        };
        if by_machine {
            if !step.by.is_empty() {
                let help = "leave `by` out";
                return Err(wrong("E-ALERT-WHO", "by", "the machine is no person", help));
            }
        } else {
            person(&step.by, "by")?;
        }
        match &step.act {
            Act::Close { reason: why, .. } | Act::Reopen { reason: why, .. } => {
                reason(why, "reason")?;
            }
            Act::Dispatch { to } => person(to, "to")?,
            Act::Visit { .. } | Act::Recur { .. } => {}
        }
        self.state = state;
        self.history.push(step);
        Ok(())
    }

    /// Whether the record is one that steps and periods lead to.
    ///
    /// # Errors
    /// `E-ALERT-RECORD` where its id, its state, its level or its marks do not follow from what was done and said; `E-ALERT-STEP`,
    /// `E-ALERT-ORDER`, `E-ALERT-WHO`, `E-ALERT-REASON` where its history is not possible; `E-ALERT-ID`, `E-VALUE-PLACE`.
    pub fn check(&self) -> Result<(), Error> {
        if let Some(found) = self.of.wrong("of") {
            return Err(Error::one(found));
        }
        place(&self.place, "place")?;
        let record = |path: &str, message: &str| {
            let help = "hand in the record as the library gave it";
            Err(wrong("E-ALERT-RECORD", path, message, help))
        };
        if self.id != self.of.alert_id() {
            return record(
                "id",
                "the id is not that of the model, subject and household",
            );
        }
        let first = self.marks.first();
        let begins = first
            .is_some_and(|m| m.on == self.issued_on && matches!(m.trigger, Trigger::Holds { .. }));
        if !begins || self.marks.len() > MOST {
            return record(
                "marks",
                "the marks do not begin with the hit that issued it",
            );
        }
        let ordered = self.marks.iter().zip(self.marks.iter().skip(1));
        let in_order = ordered
            .clone()
            .all(|(a, b)| a.on <= b.on && a.trigger != b.trigger);
        if !in_order || self.marks.last().is_some_and(|m| m.on > self.looked_on) {
            return record(
                "marks",
                "the marks are not in order, or lie after the last period",
            );
        }
        if self.level_at(self.looked_on) != Some(self.level) {
            return record("level", "the level is not that of the last hit");
        }
        if self.due < self.issued_on {
            return record("due", "the last day lies before the alert");
        }
        let mut replay = Self {
            state: State::Issued,
            history: Vec::with_capacity(self.history.len().min(MOST)),
            marks: Vec::new(),
            id: String::new(),
            place: String::new(),
            ..self.clone()
        };
        for (at, step) in self.history.iter().enumerate() {
            let by_machine = matches!(step.act, Act::Recur { .. });
            replay
                .take(step.clone(), by_machine)
                .map_err(|e| e.below(&format!("history[{at}]")))?;
        }
        if replay.state != self.state {
            return record("state", "the state does not follow from the history");
        }
        Ok(())
    }
}

impl State {
    /// What may be done by a person in this state.
    pub fn possible(self) -> Vec<String> {
        let mut out = Vec::new();
        match self {
            Self::Closed => out.push("reopen".to_owned()),
            Self::Issued => out.push("dispatch".to_owned()),
            Self::Dispatched | Self::Visited => {
                out.extend(["dispatch".to_owned(), "visit".to_owned()]);
            }
        }
        let codes = CloseCode::ALL.iter().filter(|code| code.may_follow(self));
        out.extend(codes.map(|code| format!("close: {}", code.word())));
        out
    }
}
