//! Authorisations (授权书): who has agreed that which data of whom are asked for, for what, and until when.
//!
//! **Seen in law and practice.** The applicant reports and agrees (社会救助法 art. 40); members hand in papers of
//! authorisation (民发〔2021〕57号 art. 9); an obligor outside the household gives his own (民发〔2021〕43号). On a form in use
//! every member signs for himself, a guardian signs for a person without full capacity, and the paper holds from the
//! signature until the check fails, the aid ends, the members change or the family applies again.
//!
//! **Ours.** The shape of the record; that an authorisation revoked, ended or out of date *on* a day does not cover that
//! day (its last day by date still does); that a kind of data covers an item only where it covers *all* kinds of the item;
//! that capacity is taken as it stands on the day asked. In doubt nothing is covered.
//!
//! The library keeps no state: the host stores [`Authorization`]s and hands them in with the day.

mod coverage;
mod plan;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use minzheng_rules::error::nearest;
use minzheng_rules::pack::PackSet;
use serde::{Deserialize, Serialize};

pub use coverage::{Coverage, Query, Refusal};
pub(crate) use plan::covering;
pub use plan::{Allowed, CheckRequest, QueryPlan, Refused};

use crate::catalog::Catalog;
use crate::digest::Sm3;
use crate::error::{Error, Finding};
use crate::records::{self, wrong_key};

/// How the person whose data are asked stands to the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Who applies.
    Applicant,
    /// A member of the household.
    Member,
    /// A person outside the household who owes support: needs an authorisation of his own.
    Obligor,
}

/// Capacity for civil conduct (民事行为能力) on the day asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// Full: signs for himself.
    Full,
    /// Limited: a guardian signs.
    Limited,
    /// None: a guardian signs.
    None,
    /// Not established: nobody's signature is taken.
    Unknown,
}

/// A person of a case whose data may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The host's key of the person; never an identity number.
    pub id: String,
    /// How he stands to the application.
    pub role: Role,
    /// Capacity on the day asked.
    pub capacity: Capacity,
    /// The host's key of the guardian, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<String>,
}

/// As whom the signer signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignerRelation {
    /// The person himself.
    Own,
    /// His guardian.
    Guardian,
    /// Who acts for the family in the procedure: may file, may not agree in another's place.
    Representative,
}

/// What ends an authorisation besides its last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndsWhen {
    /// The aid that it was given for is no longer received.
    AidEnds,
    /// The check failed.
    CheckFails,
    /// The members of the household changed.
    MembersChange,
    /// The family applied again: a new one is needed.
    Reapplication,
}

/// An event that ends authorisations, as the host recorded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// What happened.
    pub what: EndsWhen,
    /// On which day.
    #[serde(with = "records::day")]
    pub on: NaiveDate,
}

/// How it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// On paper.
    Paper,
    /// On a screen: the face was checked, and the signature written by hand.
    FaceAndHandwriting,
}

/// The data that are agreed to: items by id, and kinds of data.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Ids of items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
    /// Ids of kinds, as `TAX`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
}

/// One person's authorisation.
///
/// ```
/// use minzheng::authorization::Authorization;
/// use serde_json::json;
///
/// let paper = json!({
///     "id": "a1", "person": "p1", "signer": "p1", "signer_relation": "own",
///     "purposes": ["economic_check"], "programmes": ["dibao"], "scope": { "kinds": ["TAX"] },
///     "signed_on": "2026-08-01", "valid_from": "2026-08-01", "ends_when": ["aid_ends", "check_fails"],
///     "medium": "paper", "evidence": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
/// });
/// let read = Authorization::from_json("authorizations[0]", paper.clone())?;
/// assert_eq!(read.person, "p1");
/// // a key that nobody knows is refused, and a value is never repeated
/// let mut wrong = paper;
/// wrong["revoked"] = json!(true);
/// assert_eq!(Authorization::from_json("", wrong).unwrap_err().code(), "E-AUTH-SHAPE");
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorization {
    /// The host's key of the paper.
    pub id: String,
    /// The host's key of the person whose data are asked; never an identity number.
    pub person: String,
    /// The host's key of who signed.
    pub signer: String,
    /// As whom.
    pub signer_relation: SignerRelation,
    /// Ids of the purposes it was given for.
    pub purposes: Vec<String>,
    /// Ids of the programmes it was given for; a query for a programme that is not here is not covered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programmes: Vec<String>,
    /// The data.
    pub scope: Scope,
    /// The day of the signature.
    #[serde(with = "records::day")]
    pub signed_on: NaiveDate,
    /// The first day.
    #[serde(with = "records::day")]
    pub valid_from: NaiveDate,
    /// The last day, itself covered.
    #[serde(
        default,
        with = "records::day_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub valid_until: Option<NaiveDate>,
    /// What ends it; an authorisation has a last day or one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends_when: Vec<EndsWhen>,
    /// What of that has happened, as the host recorded it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<Ended>,
    /// The day it was taken back: from this day on it covers nothing.
    #[serde(
        default,
        with = "records::day_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub revoked_on: Option<NaiveDate>,
    /// How it was signed.
    pub medium: Medium,
    /// SM3 of the paper or of the signed file: what was agreed to can be shown.
    pub evidence: Sm3,
}

impl Authorization {
    /// Reads one from JSON; `path` stands in errors.
    ///
    /// # Errors
    /// `E-AUTH-SHAPE`.
    pub fn from_json(path: &str, value: serde_json::Value) -> Result<Self, Error> {
        records::read(value, path, "E-AUTH-SHAPE")
    }

    /// Checks records against the packs: names, days, ends, ids.
    ///
    /// # Errors
    /// Everything that is wrong at once, each with its path `authorizations[0].scope`: `E-AUTH-ID`, `E-AUTH-TWICE`,
    /// `E-AUTH-DATE`, `E-AUTH-END`, `E-AUTH-SCOPE`, `E-AUTH-NAME`.
    pub fn check(all: &[Self], packs: &PackSet, catalog: &Catalog) -> Result<(), Error> {
        let findings = Self::findings(all, packs, catalog, "authorizations");
        Error::all(findings).map_or(Ok(()), Err)
    }

    /// What [`check`](Self::check) finds, with paths below the name that the list has.
    pub(crate) fn findings(
        all: &[Self],
        packs: &PackSet,
        catalog: &Catalog,
        list: &str,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut met = BTreeSet::new();
        for (at, one) in all.iter().enumerate() {
            let path = |field: &str| format!("{list}[{at}].{field}");
            for (key, field) in [
                (&one.id, "id"),
                (&one.person, "person"),
                (&one.signer, "signer"),
            ] {
                findings.extend(wrong_key(key, &path(field), "E-AUTH-ID"));
            }
            if !met.insert(&one.id) {
                let found = Finding::new("E-AUTH-TWICE", "two authorisations have one id", "");
                findings.push(found.path_is(path("id")));
            }
            one.days(&path, &mut findings);
            one.names(&path, packs, catalog, &mut findings);
        }
        findings
    }

    fn days(&self, path: &impl Fn(&str) -> String, findings: &mut Vec<Finding>) {
        let mut wrong = |field: &str, is_wrong: bool, message: &str, help: &str| {
            if is_wrong {
                let found = Finding::new("E-AUTH-DATE", message, help);
                findings.push(found.path_is(path(field)));
            }
        };
        let signed = self.signed_on;
        let help = "it holds from the signature on, or from a later day";
        wrong(
            "valid_from",
            self.valid_from < signed,
            "it holds before it was signed",
            help,
        );
        let is_over = self.valid_until.is_some_and(|last| last < self.valid_from);
        wrong(
            "valid_until",
            is_over,
            "the last day comes before the first",
            "",
        );
        let is_early = self.revoked_on.is_some_and(|day| day < signed);
        wrong(
            "revoked_on",
            is_early,
            "it was taken back before it was signed",
            "",
        );
        if self.valid_until.is_none() && self.ends_when.is_empty() {
            let help = "give `valid_until`, or say what ends it in `ends_when`";
            let found = Finding::new("E-AUTH-END", "nothing ends the authorisation", help);
            findings.push(found.path_is(path("valid_until")));
        }
    }

    fn names(
        &self,
        path: &impl Fn(&str) -> String,
        packs: &PackSet,
        catalog: &Catalog,
        findings: &mut Vec<Finding>,
    ) {
        for (field, is_empty) in [
            ("purposes", self.purposes.is_empty()),
            (
                "scope",
                self.scope.items.is_empty() && self.scope.kinds.is_empty(),
            ),
        ] {
            if is_empty {
                let found = Finding::new(
                    "E-AUTH-SCOPE",
                    "an authorisation for nothing covers nothing",
                    "name what was agreed to",
                );
                findings.push(found.path_is(path(field)));
            }
        }
        let purposes: Vec<&str> = catalog.purposes().iter().map(|p| p.id.as_str()).collect();
        let programmes: Vec<&str> = packs.programmes().iter().map(|p| p.id.as_str()).collect();
        let items: Vec<&str> = catalog.resources().iter().map(|r| r.id.as_str()).collect();
        let kinds: Vec<&str> = catalog.kinds().iter().map(|k| k.id.as_str()).collect();
        for (field, what, words, known) in [
            ("purposes", "purpose", &self.purposes, purposes),
            ("programmes", "programme", &self.programmes, programmes),
            ("scope.items", "item", &self.scope.items, items),
            ("scope.kinds", "kind of data", &self.scope.kinds, kinds),
        ] {
            for word in words {
                findings.extend(
                    unknown("E-AUTH-NAME", what, word, &known).map(|f| f.path_is(path(field))),
                );
            }
        }
    }
}

/// The finding that nothing is called so, with the nearest name.
pub(crate) fn unknown(
    code: &'static str,
    what: &str,
    word: &str,
    known: &[&str],
) -> Option<Finding> {
    if known.contains(&word) {
        return None;
    }
    let shown = if records::has_number(word) {
        "…"
    } else {
        word
    };
    let help = nearest(word, known.iter().copied());
    let help = help.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
    Some(Finding::new(
        code,
        format!("unknown {what} `{shown}`"),
        help,
    ))
}
