//! What is asked and what was answered: the verification file.

use std::collections::BTreeMap;

use minzheng_rules::date::Day;
use minzheng_rules::facts::FactStatus;
use minzheng_rules::pack::model::Words;
use serde_json::Value;

use super::basis::Basis;
use super::reader::{HELP, Reader, SHAPE};
use super::record::Record;
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
    /// Its records.
    pub records: Vec<Record>,
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

/// A verification file: a household file with `[request]` and `[[answer]]`, read and not yet checked against packs.
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
/// [[answer]]
/// item = "income_tax"
/// person = "p1"
/// status = "hit"
/// as_of = 2026-07-31
///   [[answer.record]]
///   record_no = "R1"
///   income_kind = "wages"
///   month = "2026-03"
///   amount = "24000"
/// "#;
/// let verification = Engine::built_in()?.verify(&VerificationRequest::from_toml(file)?)?;
/// let wage = verification.adoption("wage", Some("p1")).map(|a| (a.value, a.reason.code()));
/// assert_eq!(wage, Some((Some(2_400_000), "evidence_within_tolerance")));
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct VerificationRequest {
    pub(crate) household: Household,
    request: Value,
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
        let (mut request, mut answers) = (Value::Null, Value::Array(Vec::new()));
        if let Value::Object(fields) = &mut value {
            request = fields.shift_remove("request").unwrap_or_default();
            answers = fields.shift_remove("answer").unwrap_or(answers);
        }
        Ok(Self {
            household: Household::from_value(name, value)?,
            request,
            answers,
        })
    }

    /// Checks the file against the packs.
    pub(crate) fn read(
        &self,
        packs: &PackSet,
        basis: &Basis,
        on: Day,
    ) -> Result<(Request, Vec<Answer>), Error> {
        let mut reader = Reader {
            packs,
            basis,
            wrong: Vec::new(),
        };
        let people = self.household.person_ids();
        let request = reader.request(&self.request, &people, on);
        let answers = request
            .as_ref()
            .map_or_else(Vec::new, |r| reader.answers(&self.answers, r));
        match (Error::all(reader.wrong), request) {
            (None, Some(request)) => Ok((request, answers)),
            (Some(error), _) => Err(error),
            (None, None) => Err(Error::one(Finding::new(SHAPE, "there is no request", HELP))),
        }
    }
}
