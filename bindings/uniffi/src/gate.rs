//! Who may see which rows and columns, and by which rule.

use minzheng::authorization::Refused;
use minzheng::gate::{self, Case, Rows};
use minzheng_rules::error::Diagnostic;
use serde_json::json;

use crate::engine::Engine;
use crate::error::MinzhengError;
use crate::values::{CalendarDate, Words};

/// A rule by which something was decided.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct GateReason {
    /// Its id: `not_in_purpose`.
    pub rule: String,
    /// Its words.
    pub words: Words,
}

impl From<gate::Rule> for GateReason {
    fn from(rule: gate::Rule) -> Self {
        let id = json!(rule);
        Self {
            rule: id.as_str().unwrap_or_default().to_owned(),
            words: Words::each(|lang| rule.words(lang).to_owned()),
        }
    }
}

/// What was decided about a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct GateField {
    /// Id of the field.
    pub field: String,
    /// Its column in tables and records.
    pub column: String,
    /// What happens to it: `plain`, `mask:phone`, `digest`, `generalise:year`, `deny`.
    pub treatment: String,
    /// By which rule.
    pub reason: GateReason,
}

/// A person and an authorisation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct GatePerson {
    /// The host's key of the person.
    pub person: String,
    /// Id of the authorisation that covers it, or came nearest.
    pub authorization: Option<String>,
    /// Why nothing of the person is given; empty where something is.
    pub refusal: String,
}

/// Which rows are given.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum GateRows {
    /// None.
    Nothing,
    /// Those of persons who have authorised it.
    Subjects {
        /// The column of the number.
        column: String,
        /// The persons.
        persons: Vec<GatePerson>,
    },
    /// Those of places the consumer is competent for.
    Places {
        /// The column of the place.
        column: String,
        /// Every code that is within.
        places: Vec<String>,
    },
    /// All: the consumer is competent for the place of the catalogue.
    All,
}

impl From<&Rows> for GateRows {
    fn from(rows: &Rows) -> Self {
        match rows {
            Rows::Nothing => Self::Nothing,
            Rows::Subjects { column, subjects } => Self::Subjects {
                column: column.clone(),
                persons: (subjects.iter())
                    .map(|s| GatePerson {
                        person: s.person.clone(),
                        authorization: Some(s.authorization.clone()),
                        refusal: String::new(),
                    })
                    .collect(),
            },
            Rows::Places { column, places } => Self::Places {
                column: column.clone(),
                places: places.clone(),
            },
            Rows::All => Self::All,
        }
    }
}

/// What the gate decided.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct GateDecision {
    /// Id of the request.
    pub request: String,
    /// Id of the resource.
    pub resource: String,
    /// Id of the purpose.
    pub purpose: String,
    /// Its ground: `INSTRUMENT#ARTICLE`.
    pub ground: Vec<String>,
    /// The day.
    pub on: CalendarDate,
    /// Why nothing is given; none where something is.
    pub denied: Option<GateReason>,
    /// Which rows are given.
    pub rows: GateRows,
    /// What happens to each field, in the order asked.
    pub fields: Vec<GateField>,
    /// Persons of whom nothing is given.
    pub refused: Vec<GatePerson>,
    /// The decision whole, as JSON: to be kept, and replayed.
    pub json: String,
}

fn refused(person: &Refused) -> GatePerson {
    GatePerson {
        person: person.person.clone(),
        authorization: person.authorization.clone(),
        refusal: person.refusal.word().to_owned(),
    }
}

#[uniffi::export]
impl Engine {
    /// Decides a request for data: `{"request", "authorizations", "agreed"}` as JSON.
    ///
    /// Errors: `E-GATE-…`, `E-AUTH-…`, `E-SHARING-SHAPE`, `E-API-JSON`.
    pub fn gate(&self, case_json: &str) -> Result<GateDecision, MinzhengError> {
        let value = serde_json::from_str(case_json).map_err(|e| {
            let message = format!("the request is not well-formed JSON (line {})", e.line());
            MinzhengError::argument(Diagnostic::error("E-API-JSON", message))
        })?;
        let case = Case::from_json(value)?;
        let decision = case.decide(self.inner.packs(), self.inner.catalog()?)?;
        let fields = decision.fields.iter().map(|f| GateField {
            field: f.field.clone(),
            column: f.column.clone(),
            treatment: f.treatment.word(),
            reason: f.rule.into(),
        });
        Ok(GateDecision {
            request: decision.request.clone(),
            resource: decision.resource.clone(),
            purpose: decision.purpose.clone(),
            ground: decision.ground.clone(),
            on: decision.on,
            denied: decision.denied.map(GateReason::from),
            rows: (&decision.rows).into(),
            fields: fields.collect(),
            refused: decision.refused.iter().map(refused).collect(),
            json: json!(decision).to_string(),
        })
    }
}
