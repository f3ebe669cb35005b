//! Whether an authorisation covers a query.

use chrono::NaiveDate;
use minzheng_rules::pack::model::Lang;
use serde::{Deserialize, Serialize};

use super::{Authorization, Capacity, EndsWhen, Party, Role, SignerRelation};
use crate::catalog::Resource;
use crate::records;

/// One question: the data of one person from one item.
#[derive(Debug, Clone, Copy)]
pub struct Query<'q> {
    /// Whose data.
    pub party: &'q Party,
    /// From which item.
    pub item: &'q Resource,
    /// Id of the purpose.
    pub purpose: &'q str,
    /// Id of the programme, where it is for one.
    pub programme: Option<&'q str>,
    /// On which day.
    pub on: NaiveDate,
}

/// Why an authorisation covers a query, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// Id of the authorisation.
    pub authorization: String,
    /// Its last day, where it has one.
    #[serde(with = "records::day_or_none")]
    pub until: Option<NaiveDate>,
    /// What would end it sooner. The host has recorded none of these; that none has happened is not known here.
    pub unless: Vec<EndsWhen>,
}

/// Why a query is not covered. The order is how far an authorisation came before it failed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Refusal {
    /// The person has given none.
    NoAuthorization,
    /// It is another person's.
    OtherPerson,
    /// It is another person's, and an obligor outside the household gives his own.
    ObligorNeedsOwn,
    /// It was given for other purposes.
    OtherPurpose,
    /// It was given for other programmes.
    OtherProgramme,
    /// The item is not among the data agreed to.
    NotInScope,
    /// Whether the person has full capacity is not established.
    CapacityUnknown,
    /// The person has no full capacity, and no guardian is recorded.
    GuardianUnknown,
    /// The person has no full capacity, and somebody else than the guardian signed.
    GuardianMustSign,
    /// The person has full capacity, and somebody else signed.
    SignerMayNot,
    /// It holds from a later day.
    NotYetValid {
        /// Its first day.
        #[serde(with = "records::day")]
        from: NaiveDate,
    },
    /// Its last day is past.
    Expired {
        /// Its last day.
        #[serde(with = "records::day")]
        until: NaiveDate,
    },
    /// What ends it has happened.
    Ended {
        /// What.
        what: EndsWhen,
        /// When.
        #[serde(with = "records::day")]
        on: NaiveDate,
    },
    /// It was taken back.
    Revoked {
        /// When.
        #[serde(with = "records::day")]
        on: NaiveDate,
    },
}

impl Refusal {
    /// The word in answers and in the audit trail.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NoAuthorization => "no_authorization",
            Self::OtherPerson => "other_person",
            Self::ObligorNeedsOwn => "obligor_needs_own",
            Self::OtherPurpose => "other_purpose",
            Self::OtherProgramme => "other_programme",
            Self::NotInScope => "not_in_scope",
            Self::CapacityUnknown => "capacity_unknown",
            Self::GuardianUnknown => "guardian_unknown",
            Self::GuardianMustSign => "guardian_must_sign",
            Self::SignerMayNot => "signer_may_not",
            Self::NotYetValid { .. } => "not_yet_valid",
            Self::Expired { .. } => "expired",
            Self::Ended { .. } => "ended",
            Self::Revoked { .. } => "revoked",
        }
    }

    /// The reason in words.
    pub fn words(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::NoAuthorization => ("本人未授权", "the person has given no authorisation"),
            Self::OtherPerson => ("授权人不是本人", "the authorisation is another person's"),
            Self::ObligorNeedsOwn => (
                "家庭以外的赡养、抚养、扶养义务人须本人另行授权",
                "an obligor outside the household gives an authorisation of his own",
            ),
            Self::OtherPurpose => ("授权用途不符", "it was given for another purpose"),
            Self::OtherProgramme => ("授权的救助项目不符", "it was given for another programme"),
            Self::NotInScope => (
                "数据项不在授权范围内",
                "the item is not among the data agreed to",
            ),
            Self::CapacityUnknown => (
                "民事行为能力未查明",
                "whether the person has full capacity is not established",
            ),
            Self::GuardianUnknown => (
                "不具有完全民事行为能力，且未登记监护人",
                "the person has no full capacity and no guardian is recorded",
            ),
            Self::GuardianMustSign => (
                "不具有完全民事行为能力，须由监护人签署",
                "the person has no full capacity: the guardian signs",
            ),
            Self::SignerMayNot => (
                "具有完全民事行为能力，须由本人签署",
                "the person has full capacity: nobody else signs",
            ),
            Self::NotYetValid { from } => {
                return match lang {
                    Lang::Zh => format!("授权自{from}起生效"),
                    Lang::En => format!("it holds from {from} on"),
                };
            }
            Self::Expired { until } => {
                return match lang {
                    Lang::Zh => format!("授权已于{until}到期"),
                    Lang::En => format!("its last day was {until}"),
                };
            }
            Self::Ended { what, on } => {
                let (zh, en) = match what {
                    EndsWhen::AidEnds => ("救助终止", "the aid ended"),
                    EndsWhen::CheckFails => ("核对未通过", "the check failed"),
                    EndsWhen::MembersChange => ("家庭成员变化", "the members changed"),
                    EndsWhen::Reapplication => ("重新申请", "the family applied again"),
                };
                return match lang {
                    Lang::Zh => format!("{on}{zh}，授权终止"),
                    Lang::En => format!("{en} on {on}"),
                };
            }
            Self::Revoked { on } => {
                return match lang {
                    Lang::Zh => format!("授权已于{on}撤回"),
                    Lang::En => format!("it was taken back on {on}"),
                };
            }
        };
        match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

impl Authorization {
    /// Whether it covers a query: the person, the signature, the purpose, the data, the day.
    ///
    /// # Errors
    /// The first [`Refusal`] in the order of that type.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use minzheng::authorization::{Authorization, Capacity, Party, Query, Refusal, Role};
    /// use minzheng::catalog::Catalog;
    /// use minzheng::packs::{self, BuiltIn};
    /// use serde_json::json;
    ///
    /// let catalog = Catalog::load(&packs::load(&BuiltIn::ALL, &[])?)?;
    /// let paper = Authorization::from_json("", json!({
    ///     "id": "a1", "person": "p1", "signer": "p1", "signer_relation": "own",
    ///     "purposes": ["economic_check"], "scope": { "items": ["income_tax"] },
    ///     "signed_on": "2026-08-01", "valid_from": "2026-08-01", "valid_until": "2026-10-31",
    ///     "medium": "paper", "evidence": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    /// }))?;
    /// let party = Party { id: "p1".into(), role: Role::Applicant, capacity: Capacity::Full, guardian: None };
    /// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap_or_default();
    /// let ask = |item, on| {
    ///     let item = catalog.resource(item).ok_or(Refusal::NotInScope)?;
    ///     paper.covers(&Query { party: &party, item, purpose: "economic_check", programme: None, on })
    /// };
    /// assert_eq!(ask("income_tax", day(10, 31)).map(|c| c.authorization), Ok("a1".to_owned()));
    /// assert_eq!(ask("income_tax", day(11, 1)), Err(Refusal::Expired { until: day(10, 31) }));
    /// assert_eq!(ask("bank_deposits", day(8, 2)), Err(Refusal::NotInScope));
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn covers(&self, query: &Query<'_>) -> Result<Coverage, Refusal> {
        let Query {
            party, item, on, ..
        } = *query;
        if self.person != party.id {
            return Err(match party.role {
                Role::Obligor => Refusal::ObligorNeedsOwn,
                Role::Applicant | Role::Member => Refusal::OtherPerson,
            });
        }
        if !self.purposes.iter().any(|p| p == query.purpose) {
            return Err(Refusal::OtherPurpose);
        }
        let is_for = |programme| self.programmes.iter().any(|p| p == programme);
        if query.programme.is_some_and(|p| !is_for(p)) {
            return Err(Refusal::OtherProgramme);
        }
        let by_kind =
            !item.kinds.is_empty() && item.kinds.iter().all(|k| self.scope.kinds.contains(k));
        if !by_kind && !self.scope.items.contains(&item.id) {
            return Err(Refusal::NotInScope);
        }
        self.signature(party)?;
        if on < self.valid_from {
            return Err(Refusal::NotYetValid {
                from: self.valid_from,
            });
        }
        if let Some(until) = self.valid_until.filter(|until| on > *until) {
            return Err(Refusal::Expired { until });
        }
        let ended = self
            .ended
            .iter()
            .filter(|e| e.on <= on && self.ends_when.contains(&e.what))
            .min_by_key(|e| (e.on, e.what));
        if let Some(ended) = ended {
            return Err(Refusal::Ended {
                what: ended.what,
                on: ended.on,
            });
        }
        if let Some(day) = self.revoked_on.filter(|day| *day <= on) {
            return Err(Refusal::Revoked { on: day });
        }
        Ok(Coverage {
            authorization: self.id.clone(),
            until: self.valid_until,
            unless: self.ends_when.clone(),
        })
    }

    fn signature(&self, party: &Party) -> Result<(), Refusal> {
        match party.capacity {
            Capacity::Full => {
                let is_own =
                    self.signer_relation == SignerRelation::Own && self.signer == self.person;
                is_own.then_some(()).ok_or(Refusal::SignerMayNot)
            }
            Capacity::Unknown => Err(Refusal::CapacityUnknown),
            Capacity::Limited | Capacity::None => {
                let guardian = party.guardian.as_ref().ok_or(Refusal::GuardianUnknown)?;
                let is_his = self.signer_relation == SignerRelation::Guardian
                    && self.signer == *guardian
                    && *guardian != party.id;
                is_his.then_some(()).ok_or(Refusal::GuardianMustSign)
            }
        }
    }
}
