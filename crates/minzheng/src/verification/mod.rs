//! Checking what a household has (家庭经济状况核对): what it declares, beside what its sources report.
//!
//! [`Engine::verify`] reads a [`VerificationRequest`], puts the records of every item together ([`collect`]), takes for each
//! fact the declaration or the records ([`adopt`]) and gives a [`Verification`]: the adopted [`Household`], which goes to
//! [`Engine::assess`] like any other, and a [`Report`] that states findings and no verdict. Unanswered is unknown, never
//! nothing.
//!
//! First every query is held to the authorisations of the people asked about: one that none covers is refused, with its
//! reason, in the report and in [`Verification::events`] for the audit trail. An answer that came in nevertheless is not used.

pub mod adopt;
mod basis;
pub mod collect;
pub mod evidence;
mod household;
mod queries;
mod reader;
mod record;
pub mod report;
mod request;

pub use adopt::Adoption;
pub use basis::Basis;
pub use queries::{Authorized, Grounds, Uncovered};
pub use record::{Cell, Record};
pub use report::Report;
pub use request::{Answer, AnswerStatus, Request, VerificationRequest};

use crate::audit::Event;
use crate::authorization::QueryPlan;
use crate::digest::Sm3;
use crate::error::{Error, Finding};
use crate::{Engine, Household};

/// What checking found: every fact with all that was said of it, the household to decide, the report.
#[derive(Debug, Clone)]
pub struct Verification {
    request: Request,
    answers: Vec<Answer>,
    plan: Option<QueryPlan>,
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

    /// Which queries the authorisations of the file cover, and which not and why; `None` where they were checked elsewhere.
    pub const fn plan(&self) -> Option<&QueryPlan> {
        self.plan.as_ref()
    }

    /// What goes into the audit trail, to be appended with [`Head::append`](crate::audit::Head::append): every refused query
    /// (`check_query`, `refused:expired`), every allowed one (`allowed:` and the authorisation), and every answer that came in
    /// for a refused one (`check_answer`, `not_used:expired`). None where authorisations were checked elsewhere.
    ///
    /// `subject` gives the keyed digest of a person by the host's key ([`Sm3::keyed`]); `at` is the host's time, `actor` the
    /// host's key of who acts. The ground is the id of the request.
    pub fn events(
        &self,
        at: &str,
        actor: &str,
        mut subject: impl FnMut(&str) -> Sm3,
    ) -> Vec<Event> {
        let Some(plan) = &self.plan else {
            return Vec::new();
        };
        let mut out = plan.events(at, actor, &plan.request, &mut subject);
        for answer in &self.answers {
            let Some(uncovered) = answer.uncovered.as_ref().filter(|u| u.came_in) else {
                continue;
            };
            out.push(Event {
                at: at.to_owned(),
                actor: actor.to_owned(),
                action: "check_answer".to_owned(),
                purpose: plan.purpose.clone(),
                subject: Some(subject(&answer.person)),
                resource: answer.item.clone(),
                fields: Vec::new(),
                decision: format!("not_used:{}", uncovered.refusal.word()),
                ground: plan.request.clone(),
            });
        }
        out
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
    /// Checks one household: a pure function of packs and file.
    ///
    /// # Errors
    /// Everything that is wrong with the request, the answers or the household at once, each with its path: `E-REQUEST-…`,
    /// `E-AUTH-…`, `E-ANSWER-…`, `E-RECORD-…`, `E-VALUE-…`, and what [`Engine::assess`] finds. No message repeats a value.
    pub fn verify(&self, request: &VerificationRequest) -> Result<Verification, Error> {
        self.verify_answered(request, Vec::new())
    }

    /// As [`Engine::verify`], with answers that the host has read itself, out of tables: each stands for what the file says of its
    /// item and person. They are taken as they are: an answer without a day is as old as nobody knows, a record without a field
    /// lacks it.
    ///
    /// # Errors
    /// As [`Engine::verify`]; `E-ANSWER-PERSON` for an answer about a person or an item that was not asked;
    /// `E-REQUEST-AUTHORIZATION` where the file carries authorisations: who reads answers itself has checked them itself, and says so.
    ///
    /// ```
    /// use minzheng::Engine;
    /// use minzheng::verification::{Answer, AnswerStatus, VerificationRequest};
    /// use serde_json::json;
    ///
    /// let request = VerificationRequest::from_value("tables", json!({
    ///     "on": "2026-08-25", "household": {"registration_place": "159921"}, "person": [{"id": "p1", "wage": "1850/month"}],
    ///     "request": {"id": "HD-1", "applicant": "p1", "requested_on": "2026-08-20", "items": ["income_tax"],
    ///         "authorizations": "elsewhere"},
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
        let (asked, mut answers, plan) = request.read(packs, basis, input.on())?;
        if !given.is_empty() && asked.grounds.authorized == Authorized::Here {
            // the plan is held to the answers of the file alone
            let message =
                "answers that the host has read itself go past the authorisations of the file";
            let help = "write request.authorizations = \"elsewhere\" where the host has checked them itself";
            return Err(Error::one(Finding::new(queries::LACKING, message, help)));
        }
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
            plan,
            adoptions,
            household,
            report,
        })
    }
}
