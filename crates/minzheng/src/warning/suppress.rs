//! Suspicions that were found in order and are left alone until a day (静默).
//!
//! A suppression holds for one model about one subject, up to a level, and always ends. What it holds back is counted and listed,
//! never dropped; an alert that is open stays open.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Level;
use super::alert::{Identity, person, reason};
use crate::error::{Error, Finding};
use crate::records;

/// One suppression, as the host keeps it.
///
/// ```
/// use minzheng::warning::suppress::Suppression;
/// use serde_json::json;
///
/// let record = json!({
///     "id": "s1", "of": { "household": "h1", "model": "e04_houses", "subject": "h1" }, "level": "yellow",
///     "from": "2026-08-01", "until": "2027-01-31", "reason": "second flat is let by the village, rent is counted", "by": "u7",
/// });
/// let held = Suppression::from_json("suppression", record)?;
/// assert!(held.is_in_force("2027-01-31".parse().unwrap_or_default()));
/// assert!(!held.is_in_force("2027-02-01".parse().unwrap_or_default()));
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    /// The host's key.
    pub id: String,
    /// Which suspicion it is.
    pub of: Identity,
    /// The gravest level it holds back: what is graver comes through.
    pub level: Level,
    /// The first day.
    #[serde(with = "records::day")]
    pub from: NaiveDate,
    /// The last day.
    #[serde(with = "records::day")]
    pub until: NaiveDate,
    /// Why it is in order; never empty.
    pub reason: String,
    /// The host's key of the person who found so.
    pub by: String,
}

impl Suppression {
    /// Reads one from JSON; `path` stands in errors.
    ///
    /// # Errors
    /// `E-ALERT-SHAPE`, and what [`Suppression::check`] finds.
    pub fn from_json(path: &str, value: Value) -> Result<Self, Error> {
        let read: Self = records::read(value, path, "E-ALERT-SHAPE")?;
        read.check().map_err(|e| e.below(path))?;
        Ok(read)
    }

    /// Whether it is whole.
    ///
    /// # Errors
    /// `E-ALERT-ID`, `E-ALERT-WHO`, `E-ALERT-REASON`; `E-ALERT-DUE` where it ends before it begins.
    pub fn check(&self) -> Result<(), Error> {
        let keys = records::wrong_key(&self.id, "id", "E-ALERT-ID").or_else(|| self.of.wrong("of"));
        if let Some(found) = keys {
            return Err(Error::one(found));
        }
        person(&self.by, "by")?;
        reason(&self.reason, "reason")?;
        if self.until < self.from {
            let found = Finding::new(
                "E-ALERT-DUE",
                "it ends before it begins",
                "give a later day",
            );
            return Err(Error::one(found.path_is("until")));
        }
        Ok(())
    }

    /// Whether it holds on a day.
    pub fn is_in_force(&self, on: NaiveDate) -> bool {
        self.from <= on && on <= self.until
    }

    /// Whether it holds back a hit of a level on a day.
    pub fn holds_back(&self, level: Level, on: NaiveDate) -> bool {
        // the gravest level is the first
        self.is_in_force(on) && level >= self.level
    }
}
