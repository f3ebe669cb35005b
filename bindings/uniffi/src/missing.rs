//! What is still to be asked: the question flow of a phone.

use std::sync::Arc;

use minzheng_rules::explain;

use crate::engine::Engine;
use crate::error::MinzhengError;
use crate::household::Household;
use crate::values::Words;

/// What kind of thing is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum MissingKind {
    /// A fact nobody has given, or whose source has not answered.
    Fact,
    /// A figure that no pack holds for the place and day.
    Parameter,
    /// A rule: no version is in force on the day.
    Rule,
    /// An official's finding: the rule alone cannot decide.
    Finding,
    /// A link of a record to another row.
    Link,
}

impl From<explain::MissingKind> for MissingKind {
    fn from(kind: explain::MissingKind) -> Self {
        match kind {
            explain::MissingKind::Fact => Self::Fact,
            explain::MissingKind::Parameter => Self::Parameter,
            explain::MissingKind::Rule => Self::Rule,
            explain::MissingKind::Finding => Self::Finding,
            explain::MissingKind::Link => Self::Link,
        }
    }
}

/// One thing that is missing, whose it is, and who can supply it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct MissingFact {
    /// What kind of thing it is.
    pub kind: MissingKind,
    /// Its id.
    pub id: String,
    /// The person or record it belongs to, where that is not the household.
    pub row: Option<String>,
    /// Its title.
    pub title: Words,
    /// The question to ask.
    pub question: Words,
    /// Who can answer: `applicant`, `official`, `item:…`, or who sets the figure.
    pub answered_by: Vec<String>,
    /// Its type in the words of packs: `bool`, `date`, `money/year`, `code:hukou`.
    pub value_type: String,
    /// The conditions that wait for it.
    pub needed_by: Vec<String>,
    /// The articles of those conditions.
    pub cite: Vec<String>,
    /// Why it is not known.
    pub reason: Words,
}

impl From<&explain::Missing> for MissingFact {
    fn from(missing: &explain::Missing) -> Self {
        Self {
            kind: missing.kind.into(),
            id: missing.id.clone(),
            row: missing.row.clone(),
            title: (&missing.title).into(),
            question: (&missing.question).into(),
            answered_by: missing.answered_by.clone(),
            value_type: missing.ty.clone(),
            needed_by: missing.needed_by.clone(),
            cite: missing.cite.clone(),
            reason: (&missing.reason).into(),
        }
    }
}

#[uniffi::export]
impl Engine {
    /// What can still change the answer, the most needed first: ask the first, put it in with `Household.learnt`, and ask again.
    /// What is decided already is not asked about. With a programme, what that one waits for; with a person too, of that person.
    ///
    /// Errors: as of `assess`; `E-PROGRAMME-NAME` where there is no such programme.
    #[uniffi::method(default(programme = None, person = None))]
    pub fn missing(
        &self,
        household: Arc<Household>,
        programme: Option<String>,
        person: Option<String>,
    ) -> Result<Vec<MissingFact>, MinzhengError> {
        let answer = self.inner.assess(&household.inner)?;
        let Some(id) = programme else {
            return Ok(answer.missing().iter().map(MissingFact::from).collect());
        };
        self.inner.programme_index(&id)?;
        let wanted = answer
            .programmes()
            .filter(|p| p.id() == id && (person.is_none() || p.person() == person.as_deref()));
        let mut out: Vec<MissingFact> = Vec::new();
        for missing in wanted.flat_map(|p| p.missing()) {
            let missing = MissingFact::from(&missing);
            if !out.contains(&missing) {
                out.push(missing);
            }
        }
        Ok(out)
    }
}
