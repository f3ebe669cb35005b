//! What a household declares beside what its sources report.

use std::sync::Arc;

use minzheng::VerificationRequest;
use minzheng::verification::report;

use crate::engine::Engine;
use crate::error::MinzhengError;
use crate::household::Household;
use crate::values::{Lang, Words};

/// What was adopted of a fact, and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Adoption {
    /// Id of the fact.
    pub fact: String,
    /// The person; none: the household.
    pub person: Option<String>,
    /// The title of the fact.
    pub title: Words,
    /// What is taken, as packs write it; `undetermined` where unknown.
    pub word: String,
    /// That in words.
    pub shown: Words,
    /// How it stands: `declared`, `verified` ….
    pub status: String,
    /// Why: a code, as `evidence_alone`.
    pub reason: String,
    /// Why, in words.
    pub reason_words: Words,
    /// How far the records lie from the declaration: `same`, `within_tolerance`, `minor`, `material`, `existence`; none where
    /// there is nothing to compare.
    pub difference: Option<String>,
}

impl From<&report::FactLine> for Adoption {
    fn from(line: &report::FactLine) -> Self {
        Self {
            fact: line.fact.clone(),
            person: line.person.clone(),
            title: (&line.title).into(),
            word: line.adopted.value.clone(),
            shown: (&line.adopted.shown).into(),
            status: line.adopted.status.clone(),
            reason: line.reason.clone(),
            reason_words: (&line.reason_words).into(),
            difference: line.difference.as_ref().map(|d| d.grade.clone()),
        }
    }
}

/// What checking a household found. It states findings and gives no verdict.
#[derive(Debug, uniffi::Object)]
pub struct Verification {
    inner: minzheng::Verification,
}

#[uniffi::export]
impl Verification {
    /// Every fact that evidence speaks of, with what is taken and why.
    pub fn adoptions(&self) -> Vec<Adoption> {
        let ledgers = self.inner.report().ledgers.iter();
        let lines = ledgers.flat_map(|part| &part.lines);
        lines.map(Adoption::from).collect()
    }

    /// The household with the adopted facts, to be decided like any other.
    pub fn household(&self) -> Arc<Household> {
        Household::new(self.inner.household().clone())
    }

    /// The report as JSON, `minzheng/verification-report/1`.
    pub fn report_json(&self) -> String {
        self.inner.report().to_json().to_string()
    }

    /// The report as plain text.
    pub fn report_text(&self, lang: Lang) -> String {
        self.inner.report().render_text(lang.into())
    }

    /// The report as a page to print.
    pub fn report_html(&self, lang: Lang) -> String {
        self.inner.report().render_html(lang.into())
    }

    /// Which queries the authorisations cover, as JSON; none where the host has checked them itself.
    pub fn plan_json(&self) -> Option<String> {
        let plan = self.inner.plan()?;
        Some(serde_json::json!(plan).to_string())
    }
}

#[uniffi::export]
impl Engine {
    /// Checks one household by the text of a verification file in TOML.
    ///
    /// Errors: everything that is wrong with the request, the answers or the household at once, each with its path.
    pub fn verify_toml(&self, text: &str) -> Result<Arc<Verification>, MinzhengError> {
        let request = VerificationRequest::from_toml(text)?;
        let inner = self.inner.verify(&request)?;
        Ok(Arc::new(Verification { inner }))
    }

    /// The same by the text of a file in JSON.
    ///
    /// Errors: as of `verify_toml`.
    pub fn verify_json(&self, text: &str) -> Result<Arc<Verification>, MinzhengError> {
        let request = VerificationRequest::named_json("verification.json", text)?;
        let inner = self.inner.verify(&request)?;
        Ok(Arc::new(Verification { inner }))
    }
}
