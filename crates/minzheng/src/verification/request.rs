//! What is asked and what was answered: the verification file.

use std::collections::BTreeMap;

use minzheng_rules::date::Day;
use minzheng_rules::facts::FactStatus;
use minzheng_rules::pack::model::Words;
use serde_json::Value;

use super::basis::Basis;
use super::queries::{Grounds, Uncovered};
use super::reader::{HELP, Reader, SHAPE};
use super::record::Record;
use crate::authorization::QueryPlan;
use crate::error::{Error, Finding};
use crate::household::{Household, json_value, toml_value};
use minzheng_rules::pack::PackSet;

/// What a source said of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnswerStatus {
    /// It has records.
    Hit,
    /// It has none.
    None,
    /// It has not answered yet.
    Pending,
    /// It will not answer, or was not asked because no authorisation covers the question.
    Refused,
    /// It cannot answer.
    Unavailable,
}

impl AnswerStatus {
    /// All of them with their words in files.
    pub const ALL: [(&'static str, Self); 5] = [
        ("hit", Self::Hit),
        ("none", Self::None),
        ("pending", Self::Pending),
        ("refused", Self::Refused),
        ("unavailable", Self::Unavailable),
    ];

    /// The word in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::None => "none",
            Self::Pending => "pending",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
        }
    }

    /// Words for people.
    pub fn words(self) -> Words {
        let (zh, en) = match self {
            Self::Hit => ("有记录", "has records"),
            Self::None => ("无记录", "has no record"),
            Self::Pending => ("尚未答复", "has not answered"),
            Self::Refused => ("未提供", "refused"),
            Self::Unavailable => ("暂不可得", "unavailable"),
        };
        Words {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }

    /// How a fact stands that waits for this answer; `None` where the source has answered.
    pub(crate) const fn waits(self) -> Option<FactStatus> {
        match self {
            Self::Hit | Self::None => None,
            Self::Pending => Some(FactStatus::Pending),
            Self::Refused => Some(FactStatus::Refused),
            Self::Unavailable => Some(FactStatus::Unavailable),
        }
    }
}

/// What one source said of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Id of the item.
    pub item: String,
    /// Id of the person.
    pub person: String,
    /// What it said.
    pub status: AnswerStatus,
    /// The day up to which its data stand; a source that has answered gives it.
    pub as_of: Option<Day>,
    /// When it was asked.
    pub asked_on: Option<Day>,
    /// When it answered.
    pub answered_on: Option<Day>,
    /// Why there is no answer.
    pub reason: String,
    /// Its records; of a query that is not covered none.
    pub records: Vec<Record>,
    /// Id of the authorisation that covers the query, where it is held to one.
    pub authorization: Option<String>,
    /// Why no authorisation covers it, where none does.
    pub uncovered: Option<Uncovered>,
}

impl Answer {
    /// An answer of which nothing else is known yet: no day, no records.
    ///
    /// ```
    /// use minzheng::verification::{Answer, AnswerStatus};
    /// let answer = Answer::new("income_tax", "p1", AnswerStatus::Pending);
    /// assert!(answer.as_of.is_none() && answer.records.is_empty());
    /// ```
    pub fn new(item: &str, person: &str, status: AnswerStatus) -> Self {
        Self {
            item: item.to_owned(),
            person: person.to_owned(),
            status,
            as_of: None,
            asked_on: None,
            answered_on: None,
            reason: String::new(),
            records: Vec::new(),
            authorization: None,
            uncovered: None,
        }
    }
}

/// Who asks what about whom, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The host's number of the request.
    pub id: String,
    /// Id of the person who applies.
    pub applicant: String,
    /// The people whose records go together as the household's.
    pub persons: Vec<String>,
    /// People outside the household who are checked by themselves, as those who owe support.
    pub others: Vec<String>,
    /// Names by person, where the host gives them.
    pub names: BTreeMap<String, String>,
    /// What for, in the host's words.
    pub purpose: String,
    /// What was applied for, in the host's words; no report shows it.
    pub programme: String,
    /// What the queries are asked for by id, and what decides whether an authorisation covers them.
    pub grounds: Grounds,
    /// The day of the request.
    pub requested_on: Day,
    /// The day of the declaration: of facts that say no day of their own.
    pub declared_on: Day,
    /// The day as of which is asked: windows are seen from it.
    pub as_of: Day,
    /// Ids of the items that are asked, by number.
    pub items: Vec<String>,
    /// Id of the report that this request has checked again; empty for a first one.
    pub recheck_of: String,
    /// Last day on which the report may be used, where the place has said so.
    pub valid_until: Option<Day>,
}

impl Request {
    /// Everybody who is asked about.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        self.persons.iter().chain(&self.others).map(String::as_str)
    }
}

/// A verification file: a household file with `[request]`, `[[authorization]]` and `[[answer]]`, read and not yet checked
/// against packs.
///
/// A file carries the authorisations of the people asked about, or says with `authorizations = "elsewhere"` that the host has
/// checked them itself; one that does neither is refused with `E-REQUEST-AUTHORIZATION`.
///
/// The household is written as in part 1 of the file's guide (`docs/guide/household-file.md`); what stands there is the
/// declaration. See `docs/guide/verification.md` for the rest.
///
/// ```
/// use minzheng::Engine;
/// use minzheng::verification::VerificationRequest;
///
/// let file = r#"
/// on = 2026-08-25
/// [household]
/// registration_place = "159921"
/// [[person]]
/// id = "p1"
/// wage = "1850/month"
/// [request]
/// id = "HD-1"
/// applicant = "p1"
/// requested_on = 2026-08-20
/// items = ["income_tax"]
/// purpose_id = "economic_check"
/// capacity = { p1 = "full" }
/// [[authorization]]
/// id = "SQ-1"
/// person = "p1"
/// signer = "p1"
/// signer_relation = "own"
/// purposes = ["economic_check"]
/// scope = { items = ["income_tax"] }
/// signed_on = 2026-08-18
/// valid_from = 2026-08-18
/// ends_when = ["aid_ends"]
/// medium = "paper"
/// evidence = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
/// [[answer]]
/// item = "income_tax"
/// person = "p1"
/// status = "hit"
/// asked_on = 2026-08-21
/// as_of = 2026-07-31
///   [[answer.record]]
///   record_no = "R1"
///   income_kind = "wages"
///   month = "2026-03"
///   amount = "24000"
/// "#;
/// let engine = Engine::built_in()?;
/// let verification = engine.verify(&VerificationRequest::from_toml(file)?)?;
/// let wage = verification.adoption("wage", Some("p1")).map(|a| (a.value, a.reason.code()));
/// assert_eq!(wage, Some((Some(2_400_000), "evidence_within_tolerance")));
/// // asked before the paper was signed: refused, and what came in is not used
/// let early = file.replace("asked_on = 2026-08-21", "asked_on = 2026-08-17");
/// let verification = engine.verify(&VerificationRequest::from_toml(&early)?)?;
/// let wage = verification.adoption("wage", Some("p1")).map(|a| (a.value, a.reason.code()));
/// assert_eq!(wage, Some((Some(2_220_000), "awaited")));
/// let refused = verification.plan().and_then(|plan| plan.refused.first());
/// assert_eq!(refused.map(|r| r.refusal.word()), Some("not_yet_valid"));
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct VerificationRequest {
    pub(crate) household: Household,
    request: Value,
    papers: Value,
    answers: Value,
}

impl VerificationRequest {
    /// Reads the text of a verification file in TOML.
    ///
    /// # Errors
    /// `E-DOC-TOML` with line and column, `E-DOC-SIZE`, and what [`Household::from_toml`] finds.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        Self::named_toml("verification.toml", text)
    }

    /// As [`VerificationRequest::from_toml`], with a name for messages.
    ///
    /// # Errors
    /// As there.
    pub fn named_toml(name: &str, text: &str) -> Result<Self, Error> {
        Self::from_value(name, toml_value(name, text)?)
    }

    /// Reads the text of a verification file in JSON, with a name for messages.
    ///
    /// # Errors
    /// `E-DOC-JSON` with line and column, `E-DOC-SIZE`, and what [`Household::from_json`] finds.
    pub fn named_json(name: &str, text: &str) -> Result<Self, Error> {
        Self::from_value(name, json_value(name, text)?)
    }

    /// A verification file as a JSON value, with a name for messages.
    ///
    /// # Errors
    /// `E-DOC-SHAPE` where it is no object, and what [`Household::from_value`] finds.
    pub fn from_value(name: &str, mut value: Value) -> Result<Self, Error> {
        let (mut request, mut papers) = (Value::Null, Value::Null);
        let mut answers = Value::Array(Vec::new());
        if let Value::Object(fields) = &mut value {
            request = fields.shift_remove("request").unwrap_or_default();
            papers = fields.shift_remove("authorization").unwrap_or_default();
            answers = fields.shift_remove("answer").unwrap_or(answers);
        }
        Ok(Self {
            household: Household::from_value(name, value)?,
            request,
            papers,
            answers,
        })
    }

    /// The file as a JSON value; it holds no number of a document.
    ///
    /// ```
    /// use minzheng::VerificationRequest;
    /// use serde_json::json;
    ///
    /// let request = VerificationRequest::from_toml("on = 2026-08-25\n[request]\nid = \"v1\"")?;
    /// assert_eq!(request.to_json()["request"], json!({ "id": "v1" }));
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn to_json(&self) -> Value {
        let mut out = self.household.to_json();
        if let Value::Object(fields) = &mut out {
            let parts = [
                ("request", &self.request),
                ("authorization", &self.papers),
                ("answer", &self.answers),
            ];
            for (key, part) in parts.into_iter().filter(|(_, part)| !part.is_null()) {
                fields.insert(key.to_owned(), part.clone());
            }
        }
        out
    }

    /// Checks the file against the packs.
    pub(crate) fn read(
        &self,
        packs: &PackSet,
        basis: &Basis,
        on: Day,
    ) -> Result<(Request, Vec<Answer>, Option<QueryPlan>), Error> {
        let mut reader = Reader {
            packs,
            basis,
            wrong: Vec::new(),
            dates_queries: false,
        };
        let people = self.household.person_ids();
        let has_papers = match &self.papers {
            Value::Null => false,
            Value::Array(rows) => !rows.is_empty(),
            _ => true,
        };
        let request = reader.request(&self.request, &people, on, has_papers);
        let (mut answers, mut plan) = (Vec::new(), None);
        if let Some(request) = &request {
            answers = reader.answers(&self.answers, request);
            plan = reader.plan(&self.papers, request, &mut answers);
        }
        match (Error::all(reader.wrong), request) {
            (None, Some(request)) => Ok((request, answers, plan)),
            (Some(error), _) => Err(error),
            (None, None) => Err(Error::one(Finding::new(SHAPE, "there is no request", HELP))),
        }
    }
}
