//! What a household is entitled to.

use std::sync::Arc;

use minzheng_rules::explain;
use minzheng_rules::truth::Truth;

use crate::engine::Engine;
use crate::error::MinzhengError;
use crate::household::Household;
use crate::missing::MissingFact;
use crate::values::{CalendarDate, Money, Words};

/// The outcome of a programme. What cannot be decided is a value, not an error and never a no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Verdict {
    /// Entitled.
    Eligible,
    /// Not entitled.
    NotEligible,
    /// Not decided by what is known.
    Undetermined,
}

impl From<minzheng::Verdict> for Verdict {
    fn from(verdict: minzheng::Verdict) -> Self {
        match verdict {
            minzheng::Verdict::Eligible => Self::Eligible,
            minzheng::Verdict::NotEligible => Self::NotEligible,
            minzheng::Verdict::Undetermined => Self::Undetermined,
        }
    }
}

/// Yes, no, or, where nobody can tell, nothing.
pub(crate) const fn known(truth: Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}

/// A value with its words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Figure {
    /// Its id in the packs.
    pub id: String,
    /// Its title.
    pub title: Words,
    /// The value as packs write it: `16800.00/year`, `yes`, `undetermined`.
    pub word: String,
    /// The value in words for people.
    pub shown: Words,
    /// Of money the least it can be by what is known; none where nothing bounds it.
    pub lowest: Option<Money>,
    /// Of money the most it can be; where it is the least, the amount is known.
    pub highest: Option<Money>,
    /// Of a day, where it is known.
    pub date: Option<CalendarDate>,
    /// Of a number of things, days or months, where it is known.
    pub count: Option<i64>,
    /// Of a yes/no value, where it is known.
    pub truth: Option<bool>,
}

impl From<&minzheng::Figure> for Figure {
    fn from(figure: &minzheng::Figure) -> Self {
        Self {
            id: figure.id().to_owned(),
            title: figure.title().into(),
            word: figure.word().to_owned(),
            shown: Words::each(|lang| figure.shown(lang).to_owned()),
            lowest: figure.lowest().map(Money::from),
            highest: figure.highest().map(Money::from),
            date: figure.date(),
            count: figure.count(),
            truth: figure.truth().and_then(known),
        }
    }
}

/// A condition of a programme. Its articles and figures stand in the explanation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Condition {
    /// Its id: `dibao/income`.
    pub id: String,
    /// Its title.
    pub title: Words,
    /// Whether it holds; none: nobody can tell.
    pub holds: Option<bool>,
}

/// The outcome of one programme, for the household or one person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct ProgrammeOutcome {
    /// The id of the programme.
    pub id: String,
    /// The person, for a programme of persons.
    pub person: Option<String>,
    /// Its title.
    pub title: Words,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether its own conditions hold, whatever other programmes say; none: nobody can tell.
    pub qualifies: Option<bool>,
    /// What is paid, where the verdict is eligible and the programme pays.
    pub amount: Option<Figure>,
    /// The first month that is paid, where the verdict is eligible.
    pub first_month: Option<CalendarDate>,
    /// The day of the next review, where the verdict is eligible.
    pub review_date: Option<CalendarDate>,
    /// The last day of validity, where the verdict is eligible.
    pub valid_until: Option<CalendarDate>,
    /// Its conditions.
    pub conditions: Vec<Condition>,
    /// The figures shown with the outcome.
    pub figures: Vec<Figure>,
}

impl From<&minzheng::ProgrammeOutcome<'_>> for ProgrammeOutcome {
    fn from(outcome: &minzheng::ProgrammeOutcome<'_>) -> Self {
        let conditions = outcome.conditions().into_iter().map(|c| Condition {
            title: (&c.title).into(),
            holds: known(c.truth),
            id: c.id,
        });
        Self {
            id: outcome.id().to_owned(),
            person: outcome.person().map(str::to_owned),
            title: outcome.title().into(),
            verdict: outcome.verdict().into(),
            qualifies: known(outcome.qualifies()),
            amount: outcome.amount_figure().as_ref().map(Figure::from),
            first_month: outcome.first_month(),
            review_date: outcome.review_date(),
            valid_until: outcome.valid_until(),
            conditions: conditions.collect(),
            figures: outcome.figures().iter().map(Figure::from).collect(),
        }
    }
}

/// A declared fact, not verified yet, that an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct ProvisionalFact {
    /// Its id.
    pub id: String,
    /// The person or record, where it is not the household's.
    pub row: Option<String>,
    /// Its title.
    pub title: Words,
    /// What is awaited, where the household says so.
    pub reason: String,
}

impl From<&explain::ProvisionalFact> for ProvisionalFact {
    fn from(fact: &explain::ProvisionalFact) -> Self {
        Self {
            id: fact.id.clone(),
            row: fact.row.clone(),
            title: (&fact.title).into(),
            reason: fact.reason.clone(),
        }
    }
}

/// A pack of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct ReceiptPack {
    /// Its id.
    pub id: String,
    /// The version of its rules.
    pub version: String,
    /// SHA-256 of its files.
    pub digest: String,
}

/// Enough to run an old decision again, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Receipt {
    /// Version of the engine.
    pub engine: String,
    /// Version of the meaning of plans.
    pub plan_format: u32,
    /// The packs, lowest layer first.
    pub packs: Vec<ReceiptPack>,
    /// SHA-256 of the facts, dates and figures of the case.
    pub input: String,
    /// SHA-256 of every outcome and condition.
    pub output: String,
}

impl From<explain::Receipt> for Receipt {
    fn from(receipt: explain::Receipt) -> Self {
        let packs = receipt.packs.into_iter().map(|p| ReceiptPack {
            id: p.id,
            version: p.version,
            digest: p.digest,
        });
        Self {
            engine: receipt.engine,
            plan_format: receipt.plan_format,
            packs: packs.collect(),
            input: receipt.input,
            output: receipt.output,
        }
    }
}

/// What was decided for one household. It is a calculation for the official who decides, not the decision.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Assessment {
    /// The day decided.
    pub on: CalendarDate,
    /// The law as published by this day; none: all that the packs hold.
    pub known_on: Option<CalendarDate>,
    /// The programmes in force, in the order of tests, for the household or each person.
    pub programmes: Vec<ProgrammeOutcome>,
    /// What is missing, the most needed first.
    pub missing: Vec<MissingFact>,
    /// The declared facts that the answer rests on: it is provisional while there is one.
    pub provisional: Vec<ProvisionalFact>,
    /// The rules and figures that the answer rests on and that are believed, not confirmed.
    pub unconfirmed: Vec<String>,
    /// Enough to run it again.
    pub receipt: Receipt,
}

impl From<&minzheng::Assessment> for Assessment {
    fn from(answer: &minzheng::Assessment) -> Self {
        let programmes = answer.programmes();
        Self {
            on: answer.on(),
            known_on: answer.known_on(),
            programmes: programmes.map(|p| (&p).into()).collect(),
            missing: answer.missing().iter().map(MissingFact::from).collect(),
            provisional: (answer.provisional().iter())
                .map(ProvisionalFact::from)
                .collect(),
            unconfirmed: answer.unconfirmed(),
            receipt: answer.receipt().into(),
        }
    }
}

/// The name of a value of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct ValueName {
    /// A formula of the packs, `PROGRAMME/CONDITION`, or `PROGRAMME.eligible`, `.qualifies`, `.amount`.
    pub id: String,
    /// The person or record, for what is not the household's.
    #[uniffi(default = None)]
    pub row: Option<String>,
}

#[uniffi::export]
impl Engine {
    /// Decides one household.
    ///
    /// Errors: everything that is wrong with the household at once, each with its path.
    pub fn assess(&self, household: Arc<Household>) -> Result<Assessment, MinzhengError> {
        Ok((&self.inner.assess(&household.inner)?).into())
    }

    /// Values of the answer by their names, each in its place; none where nothing is called so.
    ///
    /// Errors: as of `assess`.
    pub fn values(
        &self,
        household: Arc<Household>,
        names: Vec<ValueName>,
    ) -> Result<Vec<Option<Figure>>, MinzhengError> {
        let answer = self.inner.assess(&household.inner)?;
        let value = |name: &ValueName| answer.value(&name.id, name.row.as_deref());
        let found = names.iter().map(value);
        Ok(found.map(|f| f.as_ref().map(Figure::from)).collect())
    }
}
