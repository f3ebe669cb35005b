//! Checking what a household has (家庭经济状况核对): what it declares, beside what its sources report.
//!
//! [`Engine::verify`] reads a [`VerificationRequest`], puts the records of every item together ([`collect`]), takes for each
//! fact the declaration or the records ([`adopt`]) and gives a [`Verification`]: the adopted [`Household`], which goes to
//! [`Engine::assess`] like any other, and a [`Report`] that states findings and no verdict. Unanswered is unknown, never
//! nothing.

pub mod adopt;
mod basis;
pub mod collect;
pub mod evidence;
mod household;
mod reader;
mod record;
pub mod report;
mod request;

pub use adopt::Adoption;
pub use basis::Basis;
pub use record::{Cell, Record};
pub use report::Report;
pub use request::{Answer, AnswerStatus, Request, VerificationRequest};

use crate::error::{Error, Finding};
use crate::{Engine, Household};

/// What checking found: every fact with all that was said of it, the household to decide, the report.
#[derive(Debug, Clone)]
pub struct Verification {
    request: Request,
    answers: Vec<Answer>,
    adoptions: Vec<Adoption>,
    household: Household,
    report: Report,
}

impl Verification {
    /// The request as it was read.
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// The answers, by item and person; what nobody answered is pending.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Every fact that evidence speaks of: those of the household, then of each person.
    pub fn adoptions(&self) -> &[Adoption] {
        &self.adoptions
    }

    /// One fact, of the household or of a person.
    pub fn adoption(&self, fact: &str, person: Option<&str>) -> Option<&Adoption> {
        self.adoptions
            .iter()
            .find(|a| a.fact == fact && a.person.as_deref() == person)
    }

    /// The household with the adopted facts: what records say is `verified`, what waits is as it was declared, and each
    /// says where it comes from and what was not taken.
    pub const fn household(&self) -> &Household {
        &self.household
    }

    /// The report: findings, no verdict.
    pub const fn report(&self) -> &Report {
        &self.report
    }
}

impl Engine {
    /// The catalogue, the evidence and the rest that verifying stands on, read from the packs once.
    ///
    /// # Errors
    /// As [`Basis::load`].
    pub fn basis(&self) -> Result<&Basis, Error> {
        let basis = self.basis.get_or_init(|| Basis::load(self.packs()));
        basis.as_ref().map_err(Clone::clone)
    }

    /// Checks one household: a pure function of packs and file.
    ///
    /// # Errors
    /// Everything that is wrong with the request, the answers or the household at once, each with its path: `E-REQUEST-…`,
    /// `E-ANSWER-…`, `E-RECORD-…`, `E-VALUE-…`, and what [`Engine::assess`] finds. No message repeats a value.
    pub fn verify(&self, request: &VerificationRequest) -> Result<Verification, Error> {
        self.verify_answered(request, Vec::new())
    }

    /// As [`Engine::verify`], with answers that the host has read itself, out of tables: each stands for what the file says of its
    /// item and person. They are taken as they are: an answer without a day is as old as nobody knows, a record without a field
    /// lacks it.
    ///
    /// # Errors
    /// As [`Engine::verify`]; `E-ANSWER-PERSON` for an answer about a person or an item that was not asked.
    ///
    /// ```
    /// use minzheng::Engine;
    /// use minzheng::verification::{Answer, AnswerStatus, VerificationRequest};
    /// use serde_json::json;
    ///
    /// let request = VerificationRequest::from_value("tables", json!({
    ///     "on": "2026-08-25", "household": {"registration_place": "159921"}, "person": [{"id": "p1", "wage": "1850/month"}],
    ///     "request": {"id": "HD-1", "applicant": "p1", "requested_on": "2026-08-20", "items": ["income_tax"]},
    /// }))?;
    /// let answer = Answer::new("income_tax", "p1", AnswerStatus::Refused);
    /// let verification = Engine::built_in()?.verify_answered(&request, vec![answer])?;
    /// let wage = verification.adoption("wage", Some("p1")).map(|a| (a.value, a.reason.code()));
    /// assert_eq!(wage, Some((Some(2_220_000), "awaited")));
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn verify_answered(
        &self,
        request: &VerificationRequest,
        given: Vec<Answer>,
    ) -> Result<Verification, Error> {
        let basis = self.basis()?;
        let packs = self.packs();
        let input = packs.bind(&request.household.document()?)?;
        let (asked, mut answers) = request.read(packs, basis, input.on())?;
        for answer in given {
            let is = |a: &&mut Answer| a.item == answer.item && a.person == answer.person;
            let Some(place) = answers.iter_mut().find(is) else {
                let message = "the answer is about a person or an item that was not asked about";
                let help = "see request.persons and request.items";
                return Err(Error::one(Finding::new("E-ANSWER-PERSON", message, help)));
            };
            *place = answer;
        }
        let adoptions = adopt::Adopter {
            packs,
            basis,
            request: &asked,
            answers: &answers,
            input: &input,
        }
        .adoptions();
        let household = household::adopted(packs, basis, &request.household, &adoptions);
        let assessment = self.assess(&household)?;
        let report = Report::new(basis, &asked, &answers, &adoptions, &assessment);
        Ok(Verification {
            request: asked,
            answers,
            adoptions,
            household,
            report,
        })
    }
}
