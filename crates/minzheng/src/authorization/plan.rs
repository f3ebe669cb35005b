//! A request for a check, and which of its queries may be asked.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use minzheng_rules::pack::PackSet;
use serde::{Deserialize, Serialize};

use super::{Authorization, Coverage, Party, Query, Refusal, Role, unknown};
use crate::audit::Event;
use crate::catalog::{Catalog, Resource};
use crate::digest::Sm3;
use crate::error::{Error, Finding};
use crate::records::{self, wrong_key};

/// A request for a check (核对委托): whose data are asked, from which items, for what, on which day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckRequest {
    /// The host's key of the request.
    pub id: String,
    /// The applicant, the members and the obligors; exactly one is the applicant.
    pub parties: Vec<Party>,
    /// Id of the purpose.
    pub purpose: String,
    /// Id of the programme, where it is for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
    /// Ids of the items.
    pub items: Vec<String>,
    /// The day on which is asked.
    #[serde(with = "records::day")]
    pub on: NaiveDate,
}

/// A query that may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// Whose data.
    pub person: String,
    /// From which item.
    pub item: String,
    /// The day it was asked, where that is not the day of the request.
    #[serde(
        default,
        with = "records::day_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub asked_on: Option<NaiveDate>,
    /// By which authorisation, and until when.
    #[serde(flatten)]
    pub coverage: Coverage,
}

/// A query that may not be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Whose data.
    pub person: String,
    /// From which item.
    pub item: String,
    /// The day it was asked, where that is not the day of the request.
    #[serde(
        default,
        with = "records::day_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub asked_on: Option<NaiveDate>,
    /// Why.
    #[serde(flatten)]
    pub refusal: Refusal,
    /// The authorisation that came nearest, where the person has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<String>,
}

/// Every query of a request, allowed or refused: by person and item, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryPlan {
    /// Id of the request.
    pub request: String,
    /// Id of the purpose.
    pub purpose: String,
    /// The day.
    #[serde(with = "records::day")]
    pub on: NaiveDate,
    /// What may be asked.
    pub allowed: Vec<Allowed>,
    /// What may not.
    pub refused: Vec<Refused>,
}

impl CheckRequest {
    /// Reads one from JSON; `path` stands in errors.
    ///
    /// # Errors
    /// `E-REQUEST-SHAPE`.
    pub fn from_json(path: &str, value: serde_json::Value) -> Result<Self, Error> {
        records::read(value, path, "E-REQUEST-SHAPE")
    }

    /// Decides every query, person by person and item by item. Of several authorisations that cover one, the one signed
    /// last is named.
    ///
    /// # Errors
    /// Everything that is wrong at once: `E-REQUEST-ID`, `E-REQUEST-TWICE`, `E-REQUEST-NAME`, `E-REQUEST-APPLICANT`, and
    /// what [`Authorization::check`] finds.
    pub fn plan(
        &self,
        packs: &PackSet,
        catalog: &Catalog,
        authorizations: &[Authorization],
    ) -> Result<QueryPlan, Error> {
        let items = self.check(packs, catalog)?;
        Authorization::check(authorizations, packs, catalog)?;
        Ok(self.queries(&items, authorizations, |_, _| None))
    }

    /// The same with everything checked already, for queries that were asked on days of their own: `asked_on` gives the day
    /// of a person and an item, none the day of the request.
    pub(crate) fn queries(
        &self,
        items: &[&Resource],
        authorizations: &[Authorization],
        asked_on: impl Fn(&str, &str) -> Option<NaiveDate>,
    ) -> QueryPlan {
        let mut plan = QueryPlan {
            request: self.id.clone(),
            purpose: self.purpose.clone(),
            on: self.on,
            allowed: Vec::new(),
            refused: Vec::new(),
        };
        for party in &self.parties {
            for item in items {
                let asked_on = asked_on(&party.id, &item.id).filter(|day| *day != self.on);
                let query = Query {
                    party,
                    item,
                    purpose: &self.purpose,
                    programme: self.programme.as_deref(),
                    on: asked_on.unwrap_or(self.on),
                };
                let (person, item) = (party.id.clone(), item.id.clone());
                match covering(&query, authorizations) {
                    Ok(coverage) => plan.allowed.push(Allowed {
                        person,
                        item,
                        asked_on,
                        coverage,
                    }),
                    Err((refusal, authorization)) => plan.refused.push(Refused {
                        person,
                        item,
                        asked_on,
                        refusal,
                        authorization,
                    }),
                }
            }
        }
        plan
    }

    fn check<'c>(&self, packs: &PackSet, catalog: &'c Catalog) -> Result<Vec<&'c Resource>, Error> {
        let mut findings: Vec<Finding> = wrong_key(&self.id, "request.id", "E-REQUEST-ID")
            .into_iter()
            .collect();
        let mut met = BTreeSet::new();
        for (at, party) in self.parties.iter().enumerate() {
            let path = format!("request.parties[{at}].id");
            findings.extend(wrong_key(&party.id, &path, "E-REQUEST-ID"));
            if let Some(guardian) = &party.guardian {
                let path = format!("request.parties[{at}].guardian");
                findings.extend(wrong_key(guardian, &path, "E-REQUEST-ID"));
            }
            if !met.insert(("person", &party.id)) {
                let found = Finding::new("E-REQUEST-TWICE", "two persons have one id", "");
                findings.push(found.path_is(path));
            }
        }
        let applicants = self.parties.iter().filter(|p| p.role == Role::Applicant);
        if applicants.count() != 1 {
            let message = "a request has exactly one applicant";
            let found = Finding::new("E-REQUEST-APPLICANT", message, "");
            findings.push(found.path_is("request.parties"));
        }
        let purposes: Vec<&str> = catalog.purposes().iter().map(|p| p.id.as_str()).collect();
        let found = unknown("E-REQUEST-NAME", "purpose", &self.purpose, &purposes);
        findings.extend(found.map(|f| f.path_is("request.purpose")));
        if let Some(programme) = &self.programme {
            let known: Vec<&str> = packs.programmes().iter().map(|p| p.id.as_str()).collect();
            let found = unknown("E-REQUEST-NAME", "programme", programme, &known);
            findings.extend(found.map(|f| f.path_is("request.programme")));
        }
        let known: Vec<&str> = catalog.items().map(|r| r.id.as_str()).collect();
        for (at, item) in self.items.iter().enumerate() {
            let path = format!("request.items[{at}]");
            let found = unknown("E-REQUEST-NAME", "item", item, &known);
            findings.extend(found.map(|f| f.path_is(&path)));
            if !met.insert(("item", item)) {
                let found = Finding::new("E-REQUEST-TWICE", "an item is asked twice", "");
                findings.push(found.path_is(path));
            }
        }
        match Error::all(findings) {
            Some(error) => Err(error),
            None => Ok(self
                .items
                .iter()
                .filter_map(|id| catalog.resource(id))
                .collect()),
        }
    }
}

/// The authorisation that covers a query, or the refusal of the one that came nearest.
pub(crate) fn covering(
    query: &Query<'_>,
    authorizations: &[Authorization],
) -> Result<Coverage, (Refusal, Option<String>)> {
    let own = authorizations.iter().filter(|a| a.person == query.party.id);
    let mut best: Option<(&Authorization, Coverage)> = None;
    let mut nearest: Option<(Refusal, &Authorization)> = None;
    for one in own {
        match one.covers(query) {
            Ok(coverage) => {
                let age = |a: &Authorization| (a.signed_on, a.id.clone());
                if best.as_ref().is_none_or(|(b, _)| age(b) < age(one)) {
                    best = Some((one, coverage));
                }
            }
            Err(refusal) => {
                if nearest.as_ref().is_none_or(|(far, _)| *far < refusal) {
                    nearest = Some((refusal, one));
                }
            }
        }
    }
    match (best, nearest) {
        (Some((_, coverage)), _) => Ok(coverage),
        (None, Some((refusal, one))) => Err((refusal, Some(one.id.clone()))),
        (None, None) => Err((
            match query.party.role {
                Role::Obligor => Refusal::ObligorNeedsOwn,
                Role::Applicant | Role::Member => Refusal::NoAuthorization,
            },
            None,
        )),
    }
}

impl QueryPlan {
    /// The item and person that may be asked; `None` where they may not.
    pub fn covering(&self, person: &str, item: &str) -> Option<&Coverage> {
        let found = self
            .allowed
            .iter()
            .find(|a| a.person == person && a.item == item);
        found.map(|a| &a.coverage)
    }

    /// What goes into the audit trail: every refused query, then every allowed one, in the order of the plan.
    ///
    /// `subject` gives the keyed digest of a person by the host's key ([`Sm3::keyed`]); `at` is the host's time.
    pub fn events(
        &self,
        at: &str,
        actor: &str,
        ground: &str,
        mut subject: impl FnMut(&str) -> Sm3,
    ) -> Vec<Event> {
        let mut event = |person: &str, item: &str, decision: String| Event {
            at: at.to_owned(),
            actor: actor.to_owned(),
            action: "check_query".to_owned(),
            purpose: self.purpose.clone(),
            subject: Some(subject(person)),
            resource: item.to_owned(),
            fields: Vec::new(),
            decision,
            ground: ground.to_owned(),
        };
        let mut out = Vec::new();
        for one in &self.refused {
            let decision = format!("refused:{}", one.refusal.word());
            out.push(event(&one.person, &one.item, decision));
        }
        for one in &self.allowed {
            let decision = format!("allowed:{}", one.coverage.authorization);
            out.push(event(&one.person, &one.item, decision));
        }
        out
    }
}
