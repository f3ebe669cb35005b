//! Objection and re-check: a report that answers an earlier one.

use minzheng_rules::pack::model::Words;
use serde::{Deserialize, Serialize};

use super::{Report, Said};
use crate::error::{Error, Finding};

/// What somebody objects to in a report.
///
/// ```
/// use minzheng::verification::report::Objection;
///
/// let text = r#"{"report": "0", "by": "p1", "on": "2026-09-01", "facts": ["wage"], "evidence": ["payslips"]}"#;
/// let objection: Objection = serde_json::from_str(text)?;
/// assert_eq!(objection.facts, ["wage"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// Id of the report.
    pub report: String,
    /// Id of the person who objects.
    pub by: String,
    /// The day.
    pub on: String,
    /// Ids of the facts objected to; none: the whole report.
    pub facts: Vec<String>,
    /// What is put forward, in words.
    pub evidence: Vec<String>,
}

/// A fact before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Id of the fact.
    pub fact: String,
    /// Its words.
    pub title: Words,
    /// Id of the person; none for the household.
    pub person: Option<String>,
    /// Whether somebody objected to it.
    pub objected: bool,
    /// What the first report took; none where it had no such fact.
    pub before: Option<Said>,
    /// What the second took; none where it has no such fact.
    pub after: Option<Said>,
    /// Whether value or standing differ.
    pub changed: bool,
}

/// Two reports side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recheck {
    /// Id of the first report.
    pub report: String,
    /// Id of the second.
    pub recheck: String,
    /// The objection, where there is one.
    pub objection: Option<Objection>,
    /// Every fact of either, in the order of the second.
    pub facts: Vec<Changed>,
}

impl Report {
    /// This report beside the earlier one that it has checked again, fact by fact.
    ///
    /// # Errors
    /// `E-RECHECK-OF` where this report does not name the earlier one, or the objection is to another.
    pub fn recheck(&self, earlier: &Self, objection: Option<Objection>) -> Result<Recheck, Error> {
        let other = objection.as_ref().is_some_and(|o| o.report != earlier.id);
        if self.request.recheck_of != earlier.id || other {
            let help =
                "write the id of the first report as request.recheck_of and in the objection";
            let message = "the reports do not belong together";
            return Err(Error::one(Finding::new("E-RECHECK-OF", message, help)));
        }
        let objected = |fact: &str| {
            let facts = objection.as_ref().map(|o| &o.facts);
            facts.is_some_and(|f| f.is_empty() || f.iter().any(|f| f == fact))
        };
        let all = |report: &'_ Self| -> Vec<(String, Option<String>, Words)> {
            let lines = report.ledgers.iter().flat_map(|part| &part.lines);
            lines
                .map(|l| (l.fact.clone(), l.person.clone(), l.title.clone()))
                .collect()
        };
        let mut names = all(self);
        for name in all(earlier) {
            if !names.iter().any(|n| n.0 == name.0 && n.1 == name.1) {
                names.push(name);
            }
        }
        let facts = names
            .into_iter()
            .map(|(fact, person, title)| {
                let of = |report: &Self| {
                    let line = report.line(&fact, person.as_deref());
                    line.map(|l| l.adopted.clone())
                };
                let (before, after) = (of(earlier), of(self));
                let plain =
                    |s: &Option<Said>| s.as_ref().map(|s| (s.value.clone(), s.status.clone()));
                Changed {
                    objected: objected(&fact),
                    changed: plain(&before) != plain(&after),
                    fact,
                    title,
                    person,
                    before,
                    after,
                }
            })
            .collect();
        Ok(Recheck {
            report: earlier.id.clone(),
            recheck: self.id.clone(),
            objection,
            facts,
        })
    }
}
