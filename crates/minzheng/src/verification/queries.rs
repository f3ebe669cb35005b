//! Which queries the authorisations of a file cover, and what becomes of the answers to the others.
//!
//! A query is one person and one item, on the day it was asked: `asked_on` of its answer, else the day of the request. One
//! that no authorisation covers is refused with its reason. What was answered to it nevertheless is not used: its records are
//! dropped before anything is adopted, and report and audit trail say that it came in.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::reader::{Reader, SHAPE};
use super::request::{Answer, AnswerStatus, Request};
use crate::authorization::{
    Authorization, Capacity, CheckRequest, Party, QueryPlan, Refusal, Role, unknown,
};
use crate::error::Finding;
use crate::records::wrong_key;

/// The code of a file that neither carries authorisations nor says who has checked them.
pub(super) const LACKING: &str = "E-REQUEST-AUTHORIZATION";

/// Who has seen to it that queries are authorised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Authorized {
    /// The file carries the authorisations, and every query is held to them.
    #[default]
    Here,
    /// The host has checked them itself, and says so: nothing is refused here and nothing is recorded.
    Elsewhere,
}

impl Authorized {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Here => "checked",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// What the queries of a request are asked for, and what decides whether a signature counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grounds {
    /// Id of the purpose; empty where authorisations were checked elsewhere and none is given.
    pub purpose: String,
    /// Id of the programme, where it is for one.
    pub programme: Option<String>,
    /// The capacity of each person on the day asked; who is not here is not established, and nobody's signature is taken.
    pub capacity: BTreeMap<String, Capacity>,
    /// The host's key of the guardian by person, where there is one.
    pub guardians: BTreeMap<String, String>,
    /// Who has checked the authorisations.
    pub authorized: Authorized,
}

/// Why a query is not covered, and whether it was answered nevertheless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// Why.
    pub refusal: Refusal,
    /// Id of the authorisation that came nearest, where the person has one.
    pub authorization: Option<String>,
    /// Whether a source has answered: what it said is not used.
    pub came_in: bool,
}

impl Reader<'_> {
    /// What the request says of its queries; `has_papers`: the file carries authorisations.
    pub(super) fn grounds(
        &mut self,
        table: &Map<String, Value>,
        asked: &[&String],
        has_papers: bool,
    ) -> Grounds {
        let text = |all: &mut Self, key: &str| all.text(SHAPE, "request", table, key);
        let (purpose, programme) = (text(self, "purpose_id"), text(self, "programme_id"));
        let elsewhere = match text(self, "authorizations").as_str() {
            "" => false,
            "elsewhere" => true,
            _ => {
                let help = "the one word is elsewhere; authorisations that this file carries stand in [[authorization]]";
                self.fail(
                    SHAPE,
                    "request.authorizations",
                    "the word is not known",
                    help,
                );
                return Grounds::default();
            }
        };
        let authorized = match (has_papers, elsewhere) {
            (true, false) => Authorized::Here,
            (false, true) => Authorized::Elsewhere,
            (true, true) => {
                self.fail(
                    LACKING,
                    "request.authorizations",
                    "authorisations are in the file and were checked elsewhere",
                    "leave one of them out",
                );
                Authorized::Here
            }
            (false, false) => {
                let help = "write [[authorization]] for each person, or request.authorizations = \"elsewhere\" where the host \
                            has checked them itself";
                self.fail(LACKING, "authorization", "no authorisation is given", help);
                return Grounds::default();
            }
        };
        if authorized == Authorized::Here && purpose.is_empty() {
            self.fail(
                SHAPE,
                "request.purpose_id",
                "what the data are asked for is missing",
                "write the id of a purpose of the catalogue, as economic_check",
            );
        }
        let catalog = &self.basis.catalog;
        let purposes: Vec<&str> = catalog.purposes().iter().map(|p| p.id.as_str()).collect();
        let programmes = self.packs.programmes().iter().map(|p| p.id.as_str());
        let programmes: Vec<&str> = programmes.collect();
        for (key, what, word, known) in [
            ("purpose_id", "purpose", &purpose, purposes),
            ("programme_id", "programme", &programme, programmes),
        ] {
            if !word.is_empty() {
                let found = unknown("E-REQUEST-NAME", what, word, &known);
                self.wrong
                    .extend(found.map(|f| f.path_is(format!("request.{key}"))));
            }
        }
        let mut capacity = BTreeMap::new();
        for (person, word) in self.by_person(table, "capacity", asked) {
            match serde_json::from_value(Value::String(word)) {
                Ok(found) => {
                    capacity.insert(person, found);
                }
                Err(_) => self.fail(
                    SHAPE,
                    &format!("request.capacity.{person}"),
                    "the word is not known",
                    "write full, limited, none or unknown",
                ),
            }
        }
        let guardians = self.by_person(table, "guardians", asked);
        for (person, guardian) in &guardians {
            let path = format!("request.guardians.{person}");
            self.wrong
                .extend(wrong_key(guardian, &path, "E-REQUEST-ID"));
        }
        Grounds {
            purpose,
            programme: Some(programme).filter(|p| !p.is_empty()),
            capacity,
            guardians,
            authorized,
        }
    }

    /// Holds every query to the authorisations: which may be asked, and the answers with what may not taken out.
    pub(super) fn plan(
        &mut self,
        papers: &Value,
        request: &Request,
        answers: &mut [Answer],
    ) -> Option<QueryPlan> {
        const LIST: &str = "authorization";
        if request.grounds.authorized == Authorized::Elsewhere {
            return None;
        }
        let found = wrong_key(&request.id, "request.id", "E-REQUEST-ID");
        self.wrong.extend(found);
        let mut read = Vec::new();
        for (at, row) in papers.as_array().into_iter().flatten().enumerate() {
            match Authorization::from_json(&format!("{LIST}[{at}]"), row.clone()) {
                Ok(paper) => read.push(paper),
                Err(error) => self.wrong.extend(error.findings().cloned()),
            }
        }
        // with a row left out the others would be counted wrongly
        if papers.as_array().map(Vec::len) != Some(read.len()) {
            if !papers.is_array() {
                let found = Finding::new(
                    "E-AUTH-SHAPE",
                    "a list is wanted",
                    "write [[authorization]]",
                );
                self.wrong.push(found.path_is(LIST));
            }
            return None;
        }
        let catalog = &self.basis.catalog;
        let found = Authorization::findings(&read, self.packs, catalog, LIST);
        self.wrong.extend(found);
        let asked: BTreeMap<(&str, &str), NaiveDate> = answers
            .iter()
            .filter_map(|a| Some(((a.person.as_str(), a.item.as_str()), a.asked_on?.to_date())))
            .collect();
        let items = request.items.iter().filter_map(|id| self.basis.item(id));
        let items: Vec<_> = items.collect();
        let plan = check(request).queries(&items, &read, |person, item| {
            asked.get(&(person, item)).copied()
        });
        hold(&plan, answers);
        Some(plan)
    }

    /// A table of words by person, each of somebody asked about.
    pub(super) fn by_person(
        &mut self,
        table: &Map<String, Value>,
        key: &str,
        asked: &[&String],
    ) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        match table.get(key) {
            None => {}
            Some(Value::Object(given)) => {
                for (person, word) in given {
                    match word.as_str() {
                        Some(word) if asked.contains(&person) => {
                            out.insert(person.clone(), word.to_owned());
                        }
                        _ => self.fail(
                            "E-REQUEST-PERSON",
                            &format!("request.{key}"),
                            "a value is no string, or is of nobody asked about",
                            "write p1 = \"…\"",
                        ),
                    }
                }
            }
            Some(_) => self.fail(
                SHAPE,
                &format!("request.{key}"),
                "a table is wanted",
                "write p1 = \"…\"",
            ),
        }
        out
    }
}

/// The request as authorisations read it: the day is that of the request, and who is outside the household owes support.
fn check(request: &Request) -> CheckRequest {
    let grounds = &request.grounds;
    let party = |id: &str| Party {
        id: id.to_owned(),
        role: if id == request.applicant {
            Role::Applicant
        } else if request.persons.iter().any(|p| p == id) {
            Role::Member
        } else {
            Role::Obligor
        },
        capacity: grounds
            .capacity
            .get(id)
            .copied()
            .unwrap_or(Capacity::Unknown),
        guardian: grounds.guardians.get(id).cloned(),
    };
    CheckRequest {
        id: request.id.clone(),
        parties: request.people().map(party).collect(),
        purpose: grounds.purpose.clone(),
        programme: grounds.programme.clone(),
        items: request.items.clone(),
        on: request.requested_on.to_date(),
    }
}

/// Takes out of the answers what the plan does not allow, and names the authorisation of the rest.
fn hold(plan: &QueryPlan, answers: &mut [Answer]) {
    let allowed = plan.allowed.iter().map(|a| {
        let of = (a.person.as_str(), a.item.as_str());
        (of, a.coverage.authorization.as_str())
    });
    let allowed: BTreeMap<(&str, &str), &str> = allowed.collect();
    let refused = plan.refused.iter();
    let refused = refused.map(|r| ((r.person.as_str(), r.item.as_str()), r));
    let refused: BTreeMap<(&str, &str), _> = refused.collect();
    for answer in answers {
        let of = (answer.person.as_str(), answer.item.as_str());
        let uncovered = refused.get(&of).map(|r| Uncovered {
            refusal: r.refusal.clone(),
            authorization: r.authorization.clone(),
            came_in: answer.status.waits().is_none(),
        });
        answer.authorization = allowed.get(&of).map(|id| (*id).to_owned());
        if uncovered.is_some() {
            answer.status = AnswerStatus::Refused;
            answer.as_of = None;
            answer.records.clear();
        }
        answer.uncovered = uncovered;
    }
}
