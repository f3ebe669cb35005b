//! The life of an alert, from issued to closed by a person.

use minzheng::warning::alert::{Alert, Step};
use minzheng_rules::error::Diagnostic;
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::error::MinzhengError;
use crate::values::CalendarDate;

/// What is done with an alert.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum AlertAct {
    /// It is given to somebody to check.
    Dispatch {
        /// The host's key of the officer or office.
        to: String,
    },
    /// It was checked.
    Visit {
        /// How: `home`, `phone`, `desk`.
        way: String,
    },
    /// A person closes it.
    Close {
        /// What came of it: `enrolled`, `stopped`, `adjusted`, `referred`, `not_fit`, `data_error`, `duplicate`, `unreachable`.
        code: String,
        /// Why; never empty.
        reason: String,
    },
    /// A person opens it again.
    Reopen {
        /// Why; never empty.
        reason: String,
        /// By when; none: as long from now as it had before.
        due: Option<CalendarDate>,
    },
}

/// A step: what is done, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct AlertStep {
    /// The day.
    pub on: CalendarDate,
    /// The host's key of the person who did it.
    pub by: String,
    /// What was done.
    pub act: AlertAct,
}

impl AlertStep {
    fn json(self) -> Value {
        let (on, by) = (self.on.to_string(), self.by);
        match self.act {
            AlertAct::Dispatch { to } => json!({ "on": on, "by": by, "act": "dispatch", "to": to }),
            AlertAct::Visit { way } => json!({ "on": on, "by": by, "act": "visit", "way": way }),
            AlertAct::Close { code, reason } => {
                json!({ "on": on, "by": by, "act": "close", "code": code, "reason": reason })
            }
            AlertAct::Reopen { reason, due: None } => {
                json!({ "on": on, "by": by, "act": "reopen", "reason": reason })
            }
            AlertAct::Reopen {
                reason,
                due: Some(due),
            } => {
                json!({ "on": on, "by": by, "act": "reopen", "reason": reason, "due": due.to_string() })
            }
        }
    }
}

/// Where an alert stands. The host keeps `json`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct AlertRecord {
    /// Its id.
    pub id: String,
    /// Id of its model.
    pub model: String,
    /// The host's key of the household.
    pub household: String,
    /// The host's key of the person, or of the household.
    pub subject: String,
    /// The code of the place that deals with it.
    pub place: String,
    /// `issued`, `dispatched`, `visited` or `closed`.
    pub state: String,
    /// How grave it is.
    pub level: String,
    /// The last day to deal with it.
    pub due: CalendarDate,
    /// The steps that are possible now.
    pub possible: Vec<String>,
    /// The record whole, as JSON.
    pub json: String,
}

impl From<&Alert> for AlertRecord {
    fn from(alert: &Alert) -> Self {
        Self {
            id: alert.id.clone(),
            model: alert.of.model.clone(),
            household: alert.of.household.clone(),
            subject: alert.of.subject.clone(),
            place: alert.place.clone(),
            state: alert.state.word().to_owned(),
            level: alert.level.word().to_owned(),
            due: alert.due,
            possible: alert.possible(),
            json: json!(alert).to_string(),
        }
    }
}

fn read(json: &str) -> Result<Alert, MinzhengError> {
    let value = serde_json::from_str(json).map_err(|e| {
        let message = format!("the record is not well-formed JSON (line {})", e.line());
        MinzhengError::argument(Diagnostic::error("E-API-JSON", message).path("alert"))
    })?;
    Ok(Alert::from_json("alert", value)?)
}

#[uniffi::export]
impl Engine {
    /// Reads an alert that the host has kept, and says where it stands.
    ///
    /// Errors: `E-ALERT-…`, `E-API-JSON`.
    pub fn alert(&self, alert_json: &str) -> Result<AlertRecord, MinzhengError> {
        Ok((&read(alert_json)?).into())
    }

    /// The alert after a step of a person. Issuing, reconciling, tasks, due days and reviews go through `ask`.
    ///
    /// Errors: `E-ALERT-STEP` where the step is not possible now, and the help says what is; `E-ALERT-…`, `E-API-JSON`.
    pub fn alert_step(
        &self,
        alert_json: &str,
        step: AlertStep,
    ) -> Result<AlertRecord, MinzhengError> {
        let step = Step::from_json("step", step.json())?;
        let next = read(alert_json)?.step(step, self.inner.packs().calendar())?;
        Ok((&next).into())
    }
}
