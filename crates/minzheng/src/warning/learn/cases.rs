//! What learning needs of an alert: one flat row.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::alert::{Act, Alert, CloseCode, Way, place};
use crate::error::{Error, Finding};
use crate::records;

/// One alert as learning sees it: who it is about is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Id of the model.
    pub model: String,
    /// The place that dealt with it: a division code of 6, 9 or 12 digits.
    pub place: String,
    /// How it was closed; left out while it is open.
    #[serde(default)]
    pub code: Option<CloseCode>,
    /// How often it was checked, in any way; left out: not known.
    #[serde(default)]
    pub checks: Option<u32>,
    /// How often somebody went there; given where `checks` is.
    #[serde(default)]
    pub home_visits: Option<u32>,
    /// The figure that the model compared with its threshold; left out: not known.
    #[serde(default)]
    pub figure: Option<i64>,
}

impl Case {
    /// Reads one from JSON; `path` stands in errors.
    ///
    /// # Errors
    /// `E-ALERT-SHAPE`, `E-ALERT-ID`, `E-VALUE-PLACE`, `E-ALERT-RECORD`.
    pub fn from_json(path: &str, value: Value) -> Result<Self, Error> {
        let case: Self = records::read(value, path, "E-ALERT-SHAPE")?;
        case.check().map_err(|e| e.below(path))?;
        Ok(case)
    }

    /// Whether it is whole.
    ///
    /// # Errors
    /// `E-ALERT-ID`, `E-VALUE-PLACE`; `E-ALERT-RECORD` where there are more visits than checks, or only one of both.
    pub fn check(&self) -> Result<(), Error> {
        if let Some(found) = records::wrong_key(&self.model, "model", "E-ALERT-ID") {
            return Err(Error::one(found));
        }
        place(&self.place, "place")?;
        if self.home_visits.is_some() != self.checks.is_some() {
            let message = "only one of checks and visits is given";
            let found = Finding::new("E-ALERT-RECORD", message, "give both, or neither");
            return Err(Error::one(found.path_is("home_visits")));
        }
        if self.home_visits > self.checks {
            let message = "there are more visits than checks";
            let help = "every visit is a check: count it in both";
            let found = Finding::new("E-ALERT-RECORD", message, help);
            return Err(Error::one(found.path_is("home_visits")));
        }
        Ok(())
    }

    /// Of an alert: its last closing counts, and every check that was made. An alert that was opened again is open.
    pub fn of(alert: &Alert) -> Self {
        let many = |is: fn(&Act) -> bool| {
            let steps = alert.history.iter().filter(|s| is(&s.act));
            u32::try_from(steps.count()).unwrap_or(u32::MAX)
        };
        Self {
            model: alert.of.model.clone(),
            place: alert.place.clone(),
            code: alert.closed().map(|(_, code)| code),
            checks: Some(many(|act| matches!(act, Act::Visit { .. }))),
            home_visits: Some(many(|act| matches!(act, Act::Visit { way: Way::Home }))),
            figure: None,
        }
    }
}

/// Where the columns of a table of cases stand, so that its rows can be read one by one.
///
/// | column | |
/// |---|---|
/// | `model` | id of the model; always |
/// | `place` | division code of 6, 9 or 12 digits; always |
/// | `code` | close code, blank while open; always |
/// | `checks`, `home_visits` | whole numbers, blank where not known; both or neither |
/// | `figure` | a whole number in the unit of the threshold (fen for money), blank where not known |
///
/// ```
/// use minzheng::warning::learn::CaseColumns;
/// let columns = CaseColumns::of(&["place", "model", "code"].map(str::to_owned))?;
/// let case = columns.row(&["150123", "a01", "enrolled"].map(str::to_owned), 2)?;
/// assert_eq!(case.model, "a01");
/// assert_eq!(columns.row(&["150123", "a01", "gone"].map(str::to_owned), 3).unwrap_err().code(), "E-ALERT-SHAPE");
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseColumns {
    model: usize,
    place: usize,
    code: usize,
    checks: Option<usize>,
    home_visits: Option<usize>,
    figure: Option<usize>,
}

impl CaseColumns {
    /// The names of the columns.
    pub const ALL: [&str; 6] = ["model", "place", "code", "checks", "home_visits", "figure"];

    /// Reads the head of a table; other columns are passed over.
    ///
    /// # Errors
    /// `E-TABLE-COLUMN` where one of `model`, `place`, `code` is not there, or of `checks` and `home_visits` only one.
    pub fn of(head: &[String]) -> Result<Self, Error> {
        let at = |name: &str| head.iter().position(|h| h.trim() == name);
        let needed = |name: &str| {
            at(name).ok_or_else(|| {
                let message = format!("the column `{name}` is missing");
                let help = format!("a table of closed alerts has {}", Self::ALL.join(", "));
                Error::one(Finding::new("E-TABLE-COLUMN", message, help).path_is(name))
            })
        };
        let (checks, home_visits) = match (at("checks"), at("home_visits")) {
            (None, None) => (None, None),
            _ => (Some(needed("checks")?), Some(needed("home_visits")?)),
        };
        Ok(Self {
            model: needed("model")?,
            place: needed("place")?,
            code: needed("code")?,
            checks,
            home_visits,
            figure: at("figure"),
        })
    }

    /// Reads a row; `line` stands in errors.
    ///
    /// # Errors
    /// `E-ALERT-SHAPE` where a cell is no number or no close code, and what [`Case::check`] finds; each names the line and the column.
    pub fn row(&self, cells: &[String], line: usize) -> Result<Case, Error> {
        let cell = |at: usize| cells.get(at).map_or("", |c| c.trim());
        let path = |name: &str| format!("row {line}.{name}");
        let bad = |name: &str, message: &str, help: &str| {
            Error::one(Finding::new("E-ALERT-SHAPE", message, help).path_is(path(name)))
        };
        let count = |at: Option<usize>, name: &str| match at.map_or("", cell) {
            "" => Ok(None),
            text => text
                .parse::<u32>()
                .map(Some)
                .map_err(|_| bad(name, "not a whole number", "write digits alone")),
        };
        let code = match cell(self.code) {
            "" => None,
            word => Some(CloseCode::from_word(word).ok_or_else(|| {
                let known: Vec<&str> = CloseCode::ALL.iter().map(|c| c.word()).collect();
                bad(
                    "code",
                    "no such close code",
                    &format!("known: {}", known.join(", ")),
                )
            })?),
        };
        let figure = match self.figure.map_or("", cell) {
            "" => None,
            text => Some(text.parse::<i64>().map_err(|_| {
                let help = "write it in the smallest unit, fen for money";
                bad("figure", "not a whole number", help)
            })?),
        };
        let case = Case {
            model: cell(self.model).to_owned(),
            place: cell(self.place).to_owned(),
            code,
            checks: count(self.checks, "checks")?,
            home_visits: count(self.home_visits, "home_visits")?,
            figure,
        };
        case.check().map_err(|e| e.below(&format!("row {line}")))?;
        Ok(case)
    }
}
