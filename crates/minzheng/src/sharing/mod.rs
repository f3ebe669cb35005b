//! Requests for shared data and corrections of them, from the draft to the end, with their working-day limits.
//!
//! ```text
//! draft ─submit─▶ submitted ─accept─▶ accepted ─agree─▶ agreed ─deliver─▶ delivered ─start_use─▶ in_use ─expire─▶ expired
//!                  ▲     │ask_supplement (once)  └─refuse─▶ refused
//!                  └─supplement── supplementing                       withdraw: from any state that is not an end
//! raised ─verify─▶ verified ─fix─▶ fixed ─notify─▶ notified
//!                       └─reject─▶ rejected ─notify─▶ notified
//! ```
//! The path is ours, after the regulation on the sharing of government data of 2025. Its day counts were not read: they are pack
//! data (`[[catalog.limit]]`), `unconfirmed`, and each due day carries its limit and that limit's standing.
//!
//! Pure functions: the host keeps the record, a step gives the next one. A day that the working-day calendar does not cover is an
//! error, never a guess.

mod limits;
mod steps;

use chrono::NaiveDate;
use minzheng_rules::pack::model::Status;
use serde::{Deserialize, Serialize};

pub use limits::{Limit, Limits};

use crate::error::Error;
use crate::records;

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being written.
    Draft,
    /// Handed in.
    Submitted,
    /// Sent back for what is missing.
    Supplementing,
    /// Complete: the time for the answer runs.
    Accepted,
    /// The provider agrees: the time for delivery runs.
    Agreed,
    /// The provider refuses, with reasons. An end.
    Refused,
    /// The data have come.
    Delivered,
    /// The data are used.
    InUse,
    /// The time of use is over. An end.
    Expired,
    /// The consumer took it back. An end.
    Withdrawn,
}

impl State {
    /// Whether nothing follows.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Refused | Self::Expired | Self::Withdrawn)
    }
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The consumer hands it in.
    Submit,
    /// The provider asks for what is missing; once.
    AskSupplement {
        /// What.
        what: String,
    },
    /// The consumer brings it.
    Supplement,
    /// The provider accepts it as complete.
    Accept,
    /// The time for the answer is extended; once, and only for data shared on a condition.
    Extend,
    /// The provider agrees.
    Agree,
    /// The provider refuses.
    Refuse {
        /// Why; never empty.
        reason: String,
    },
    /// The data are delivered.
    Deliver,
    /// Use begins.
    StartUse,
    /// Use ends by time.
    Expire,
    /// The consumer takes it back.
    Withdraw,
}

/// A day by which something is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// The last day.
    #[serde(with = "records::day")]
    pub by: NaiveDate,
    /// Id of the limit it comes from.
    pub limit: String,
    /// The standing of that limit.
    pub status: Status,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken<E> {
    /// The day.
    #[serde(with = "records::day")]
    pub on: NaiveDate,
    /// What happened.
    #[serde(flatten)]
    pub event: E,
}

/// A request for data of another department (数据共享申请).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The host's key.
    pub id: String,
    /// The host's key of who asks.
    pub consumer: String,
    /// Id of the resource.
    pub resource: String,
    /// Ids of the fields.
    pub fields: Vec<String>,
    /// Id of the purpose.
    pub purpose: String,
    /// The ground of the request.
    pub ground: String,
    /// Whether the resource is shared on a condition.
    pub conditional: bool,
    /// The last day of use.
    #[serde(with = "records::day")]
    pub until: NaiveDate,
    /// Where it stands.
    pub state: State,
    /// What is due.
    #[serde(default)]
    pub due: Option<Due>,
    /// What was done, in order.
    #[serde(default)]
    pub history: Vec<Taken<Event>>,
}

impl Request {
    /// Reads one from JSON; `path` stands in errors.
    ///
    /// # Errors
    /// `E-SHARING-SHAPE`.
    pub fn from_json(path: &str, value: serde_json::Value) -> Result<Self, Error> {
        records::read(value, path, "E-SHARING-SHAPE")
    }

    /// Whether data may be used under it on a day: delivered and taken into use, and not past its last day.
    pub fn is_in_use(&self, on: NaiveDate) -> bool {
        let begun = self
            .history
            .iter()
            .any(|t| t.event == Event::StartUse && t.on <= on);
        self.state == State::InUse && begun && on <= self.until
    }
}

/// Where a correction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionState {
    /// Raised: the time for the answer runs.
    Raised,
    /// Looked into.
    Verified,
    /// The data were wrong and are right now.
    Fixed,
    /// The data were right.
    Rejected,
    /// Those who use the data were told. An end.
    Notified,
}

/// What happens to a correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum CorrectionEvent {
    /// The provider has looked into it.
    Verify,
    /// The provider put it right.
    Fix,
    /// The provider finds the data right.
    Reject {
        /// Why; never empty.
        reason: String,
    },
    /// Those who use the data are told.
    Notify,
}

/// A request to put data right (校核纠错).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The host's key.
    pub id: String,
    /// The host's key of who raised it.
    pub by: String,
    /// Id of the resource.
    pub resource: String,
    /// Ids of the fields that are doubted.
    pub fields: Vec<String>,
    /// Where it stands.
    pub state: CorrectionState,
    /// What is due.
    #[serde(default)]
    pub due: Option<Due>,
    /// The day it was raised.
    #[serde(with = "records::day")]
    pub raised_on: NaiveDate,
    /// What was done, in order.
    #[serde(default)]
    pub history: Vec<Taken<CorrectionEvent>>,
}

/// A record whose due day is past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overdue {
    /// Its id.
    pub id: String,
    /// What was due.
    pub due: Due,
}

/// What is overdue on a day, the longest first.
pub fn overdue<'r>(
    requests: impl IntoIterator<Item = &'r Request>,
    corrections: impl IntoIterator<Item = &'r Correction>,
    on: NaiveDate,
) -> Vec<Overdue> {
    let of_requests = requests.into_iter().map(|r| (&r.id, &r.due));
    let of_corrections = corrections.into_iter().map(|c| (&c.id, &c.due));
    let mut out: Vec<Overdue> = of_requests
        .chain(of_corrections)
        .filter_map(|(id, due)| {
            let due = due.clone().filter(|d| d.by < on)?;
            Some(Overdue {
                id: id.clone(),
                due,
            })
        })
        .collect();
    out.sort_by(|a, b| (a.due.by, &a.id).cmp(&(b.due.by, &b.id)));
    out
}
