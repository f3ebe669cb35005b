//! The gate of the unified inlet and outlet (统一出入口): who gets which rows and columns, for what, on which ground.
//!
//! [`decide`] is pure: the same packs, request, authorisations and agreements give the same [`Decision`], which can be kept,
//! read again and compared. Nothing is given that no rule gives. [`apply()`] then does to rows what was decided; `minzheng_arrow::gate`
//! does the same to record batches.
//!
//! | step | rule |
//! |---|---|
//! | the resource is outside the purpose's least set | denied, `not_in_purpose` |
//! | another department keeps it back (不予共享) | denied, `withheld` |
//! | it is shared on a condition, and neither the persons' authorisations nor an agreed request meet it | denied, `no_agreement` |
//! | the purpose needs authorisations and no person's covers | denied, `no_authorization` |
//! | the rows cannot be held to the consumer's places | denied, `no_place` |
//! | a field is outside the least set | denied, `not_in_purpose` |
//! | an identity number | as the purpose needs it, `identity` |
//! | a sensitive field, and the purpose sees none | denied, `sensitive` |
//! | a field of a higher grade than the purpose sees as it is | masked, made general (a day to its year, a place to its prefecture) or denied, `grade` |
//! | any other field | as it is, `least_set` |

mod apply;
mod decide;
mod mask;

use chrono::NaiveDate;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Lang;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use apply::{apply, subject};
pub use decide::decide;
pub use mask::MaskKind;

use crate::authorization::{Authorization, Party, Refused};
use crate::catalog::Catalog;
use crate::digest::Sm3;
use crate::error::{Error, Finding};
use crate::records;
use crate::sharing;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    /// The host's key.
    pub id: String,
    /// Id of its department; none where it is civil affairs itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Six-digit codes of the places it is competent for.
    pub places: Vec<String>,
}

/// A person whose data are asked, with the keyed digest of the number ([`subject`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The person.
    pub party: Party,
    /// Its digest: rows are held to it.
    pub subject: Sm3,
}

/// A request to the gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessRequest {
    /// The host's key.
    pub id: String,
    /// Who asks.
    pub consumer: Consumer,
    /// Id of the purpose.
    pub purpose: String,
    /// Id of the programme, where it is for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
    /// Id of the resource.
    pub resource: String,
    /// Ids of the fields.
    pub fields: Vec<String>,
    /// The persons, where the purpose needs their authorisation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<Asked>,
    /// The day.
    #[serde(with = "records::day")]
    pub on: NaiveDate,
}

impl AccessRequest {
    /// Reads one from JSON; `path` stands in errors.
    ///
    /// # Errors
    /// `E-GATE-SHAPE`.
    pub fn from_json(path: &str, value: Value) -> Result<Self, Error> {
        records::read(value, path, "E-GATE-SHAPE")
    }
}

/// A request with all that it is decided by, as a host hands it in: `{"request", "authorizations", "agreed"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The request.
    pub request: AccessRequest,
    /// The authorisations of the persons.
    pub authorizations: Vec<Authorization>,
    /// The requests for sharing that were agreed to.
    pub agreed: Vec<sharing::Request>,
}

impl Case {
    /// Reads one from JSON.
    ///
    /// # Errors
    /// `E-GATE-SHAPE`, `E-AUTH-SHAPE`, `E-SHARING-SHAPE`, `E-API-SHAPE`.
    pub fn from_json(value: Value) -> Result<Self, Error> {
        let Value::Object(mut fields) = value else {
            return Err(Error::one(Finding::new(
                "E-GATE-SHAPE",
                "an object is wanted",
                "write {\"request\": …, \"authorizations\": […], \"agreed\": […]}",
            )));
        };
        let request = fields.shift_remove("request").unwrap_or(Value::Null);
        let case = Self {
            request: AccessRequest::from_json("request", request)?,
            authorizations: records::list(&mut fields, "authorizations", Authorization::from_json)?,
            agreed: records::list(&mut fields, "agreed", sharing::Request::from_json)?,
        };
        match fields.keys().next() {
            None => Ok(case),
            Some(_) => Err(Error::one(Finding::new(
                "E-GATE-SHAPE",
                "a key is not known here",
                "known: request, authorizations, agreed",
            ))),
        }
    }

    /// Decides it; see [`decide`].
    ///
    /// # Errors
    /// As [`decide`].
    pub fn decide(&self, packs: &PackSet, catalog: &Catalog) -> Result<Decision, Error> {
        decide(
            packs,
            catalog,
            &self.request,
            &self.authorizations,
            &self.agreed,
        )
    }
}

/// What a day or a place is made general to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Generalisation {
    /// A day or month to its year.
    Year,
    /// A place to its prefecture: the first four digits.
    Prefecture,
}

/// What happens to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "treatment", rename_all = "snake_case")]
pub enum Treatment {
    /// It is given as it is.
    Plain,
    /// Most of it is hidden.
    Mask {
        /// How.
        mask: MaskKind,
    },
    /// Its keyed digest is given: equal values stay equal.
    Digest,
    /// It is given less exactly.
    Generalise {
        /// To what.
        to: Generalisation,
    },
    /// It is not given.
    Deny,
}

impl Treatment {
    /// In one word, as in the metadata of a column: `plain`, `mask:phone`, `digest`, `generalise:year`, `deny`.
    pub fn word(self) -> String {
        match self {
            Self::Plain => "plain".to_owned(),
            Self::Mask { mask } => format!("mask:{}", mask.word()),
            Self::Digest => "digest".to_owned(),
            Self::Generalise {
                to: Generalisation::Year,
            } => "generalise:year".to_owned(),
            Self::Generalise {
                to: Generalisation::Prefecture,
            } => "generalise:prefecture".to_owned(),
            Self::Deny => "deny".to_owned(),
        }
    }
}

/// The rule by which something was decided; see the table of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// The purpose takes it.
    LeastSet,
    /// The purpose does not take it.
    NotInPurpose,
    /// It is not shared.
    Withheld,
    /// It is shared on a condition that is not met.
    NoAgreement,
    /// No person has authorised it.
    NoAuthorization,
    /// Rows cannot be held to the consumer's places.
    NoPlace,
    /// The purpose says how it needs to know of whom a record is.
    Identity,
    /// The purpose sees nothing sensitive.
    Sensitive,
    /// The grade is above what the purpose sees as it is.
    Grade,
}

impl Rule {
    /// The reason in words.
    pub const fn words(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::LeastSet => ("属于用途的最小必要范围", "the purpose takes it"),
            Self::NotInPurpose => ("不在用途的最小必要范围内", "the purpose does not take it"),
            Self::Withheld => ("不予共享", "it is not shared"),
            Self::NoAgreement => (
                "有条件共享，条件未满足",
                "it is shared on a condition that is not met",
            ),
            Self::NoAuthorization => ("没有有效的本人授权", "no person has authorised it"),
            Self::NoPlace => (
                "数据没有地域字段，无法限定在管辖范围内",
                "its rows cannot be held to the consumer's places",
            ),
            Self::Identity => (
                "按用途所需的识别程度",
                "as far as the purpose needs to know of whom a record is",
            ),
            Self::Sensitive => (
                "用途不得使用敏感个人信息",
                "the purpose sees nothing sensitive",
            ),
            Self::Grade => (
                "分级高于用途可见的级别",
                "its grade is above what the purpose sees as it is",
            ),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// What was decided about a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDecision {
    /// Id of the field.
    pub field: String,
    /// Its column in tables and records.
    pub column: String,
    /// What happens to it.
    #[serde(flatten)]
    pub treatment: Treatment,
    /// By which rule.
    pub rule: Rule,
}

/// A person whose rows are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admitted {
    /// The host's key of the person.
    pub person: String,
    /// The keyed digest of the number.
    pub subject: Sm3,
    /// Id of the authorisation.
    pub authorization: String,
}

/// Which rows are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "scope", rename_all = "snake_case")]
pub enum Rows {
    /// None.
    Nothing,
    /// Those of persons who have authorised it.
    Subjects {
        /// The column of the number.
        column: String,
        /// The persons.
        subjects: Vec<Admitted>,
    },
    /// Those of places the consumer is competent for.
    Places {
        /// The column of the place.
        column: String,
        /// Every code that is within.
        places: Vec<String>,
    },
    /// All: the consumer is competent for the place of the catalogue.
    All,
}

/// Which way data go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From another department to civil affairs.
    Inlet,
    /// From civil affairs' own data to civil affairs.
    Within,
    /// To another department.
    Outlet,
}

/// What the gate decided: to be kept, replayed, and applied to rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Id of the request.
    pub request: String,
    /// Id of the consumer.
    pub consumer: String,
    /// Which way data go.
    pub direction: Direction,
    /// Id of the purpose.
    pub purpose: String,
    /// Its ground: `INSTRUMENT#ARTICLE`.
    pub ground: Vec<String>,
    /// Id of the resource.
    pub resource: String,
    /// The day.
    #[serde(with = "records::day")]
    pub on: NaiveDate,
    /// Why nothing is given; none where something is.
    pub denied: Option<Rule>,
    /// Which rows are given.
    pub rows: Rows,
    /// What happens to each field that was asked for, in the order asked.
    pub fields: Vec<FieldDecision>,
    /// Persons whose rows are not given, and why.
    pub refused: Vec<Refused>,
    /// Id of the agreed request that it rests on, where it rests on one.
    pub agreement: Option<String>,
}

impl Decision {
    /// SM3 of the decision as JSON: what the audit trail names.
    pub fn digest(&self) -> Sm3 {
        // strings and lists only: this cannot fail
        Sm3::of(serde_json::to_string(self).unwrap_or_default().as_bytes())
    }

    /// The entry for the audit trail: what is given, or why nothing is.
    pub fn event(&self, at: &str, actor: &str) -> crate::audit::Event {
        let given = self
            .fields
            .iter()
            .filter(|f| f.treatment != Treatment::Deny)
            .map(|f| format!("{}={}", f.field, f.treatment.word()));
        crate::audit::Event {
            at: at.to_owned(),
            actor: actor.to_owned(),
            action: "gate".to_owned(),
            purpose: self.purpose.clone(),
            subject: match &self.rows {
                Rows::Subjects { subjects, .. } => match subjects.as_slice() {
                    [one] => Some(one.subject),
                    _ => None,
                },
                _ => None,
            },
            resource: self.resource.clone(),
            fields: given.collect(),
            decision: match self.denied {
                None => format!("allowed:sm3:{}", self.digest()),
                Some(_) => format!("denied:sm3:{}", self.digest()),
            },
            ground: self.ground.join(" "),
        }
    }
}
