//! One household: from the text of a file, or built person by person.

use std::sync::Arc;

use crate::error::MinzhengError;
use crate::identity::{DisabilityCard, ResidentNumber};
use crate::values::{CalendarDate, Money};

/// How a fact stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum FactStatus {
    /// Said by the applicant, not checked yet: an answer that rests on it is provisional.
    Declared,
    /// Confirmed by evidence.
    Verified,
    /// Found by an official.
    Attested,
    /// Asked, and known to be nothing.
    AskedNone,
    /// Asked, not answered yet: unknown.
    Pending,
    /// The answer was refused: unknown.
    Refused,
    /// The source cannot answer: unknown.
    Unavailable,
}

impl From<FactStatus> for minzheng::FactStatus {
    fn from(status: FactStatus) -> Self {
        match status {
            FactStatus::Declared => Self::Declared,
            FactStatus::Verified => Self::Verified,
            FactStatus::Attested => Self::Attested,
            FactStatus::AskedNone => Self::Nothing,
            FactStatus::Pending => Self::Pending,
            FactStatus::Refused => Self::Refused,
            FactStatus::Unavailable => Self::Unavailable,
        }
    }
}

/// The value of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum FactValue {
    /// Yes or no.
    Truth {
        /// Which.
        value: bool,
    },
    /// A number of things, days or months.
    Count {
        /// How many.
        value: i64,
    },
    /// A word of a list of codes, the code of a place, or text.
    Word {
        /// The word.
        value: String,
    },
    /// A day.
    Day {
        /// Which.
        value: CalendarDate,
    },
    /// An amount of money.
    Amount {
        /// How much.
        value: Money,
    },
    /// An amount a month.
    PerMonth {
        /// How much.
        value: Money,
    },
    /// An amount a year.
    PerYear {
        /// How much.
        value: Money,
    },
    /// Asked, and known to be nothing: zero of an amount, no of a yes/no fact. Silence is unknown, never this.
    AskedNone,
    /// Not known, and why.
    Unknown {
        /// `PENDING`, `REFUSED` or `UNAVAILABLE`.
        status: FactStatus,
        /// The reason; it is shown.
        reason: String,
    },
}

/// A fact of a household or person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Fact {
    /// Its id in the packs: `wage`.
    pub id: String,
    /// Its value.
    pub value: FactValue,
    /// How it stands; none: as the household says for all.
    #[uniffi(default = None)]
    pub status: Option<FactStatus>,
    /// Where it comes from.
    #[uniffi(default = None)]
    pub source: Option<String>,
    /// The day it was true.
    #[uniffi(default = None)]
    pub as_of: Option<CalendarDate>,
}

impl Fact {
    fn value(self) -> (String, minzheng::Fact) {
        let mut fact = match self.value {
            FactValue::Truth { value } => value.into(),
            FactValue::Count { value } => value.into(),
            FactValue::Word { value } => value.into(),
            FactValue::Day { value } => value.into(),
            FactValue::Amount { value } => minzheng::Money::from(value).into(),
            FactValue::PerMonth { value } => minzheng::Fact::per_month(value.into()),
            FactValue::PerYear { value } => minzheng::Fact::per_year(value.into()),
            FactValue::AskedNone => minzheng::Fact::nothing(),
            FactValue::Unknown { status, reason } => {
                minzheng::Fact::unknown(status.into(), &reason)
            }
        };
        if let Some(status) = self.status {
            fact = fact.status(status.into());
        }
        if let Some(source) = &self.source {
            fact = fact.source(source);
        }
        if let Some(day) = self.as_of {
            fact = fact.as_of(day);
        }
        (self.id, fact)
    }
}

/// A person of a household: a member, or somebody who owes support.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Person {
    /// Your own key, which is never an identity number.
    pub id: String,
    /// The relation to the applicant: `self`, `spouse`, `child` ….
    #[uniffi(default = None)]
    pub relation: Option<String>,
    /// The identity number: it tells the birth; facts that say otherwise are refused. The household does not keep it.
    #[uniffi(default = None)]
    pub identity: Option<Arc<ResidentNumber>>,
    /// The number of the disability card: it tells kind and grade. The household does not keep it.
    #[uniffi(default = None)]
    pub disability_card: Option<Arc<DisabilityCard>>,
    /// What is known of the person.
    #[uniffi(default = [])]
    pub facts: Vec<Fact>,
}

impl From<Person> for minzheng::Person {
    fn from(person: Person) -> Self {
        let mut out = Self::new(&person.id);
        if let Some(relation) = &person.relation {
            out = out.relation(relation);
        }
        if let Some(number) = &person.identity {
            out = out.identity(number.inner);
        }
        if let Some(card) = &person.disability_card {
            out = out.disability_card(card.inner);
        }
        for (id, fact) in person.facts.into_iter().map(Fact::value) {
            out = out.fact(&id, fact);
        }
        out
    }
}

/// What a household is built from. Obligors, findings and figures for the case alone are said in the text of a household file.
#[derive(Debug, Clone, uniffi::Record)]
pub struct HouseholdFacts {
    /// The day decided.
    pub on: CalendarDate,
    /// The law as published by this day; none: all that the packs hold.
    #[uniffi(default = None)]
    pub known_on: Option<CalendarDate>,
    /// The six digits of the place of registration, which also handles the case.
    #[uniffi(default = None)]
    pub place: Option<String>,
    /// How facts stand that do not say; none: declared.
    #[uniffi(default = None)]
    pub default_status: Option<FactStatus>,
    /// What is known of the household.
    #[uniffi(default = [])]
    pub facts: Vec<Fact>,
    /// Its people.
    #[uniffi(default = [])]
    pub persons: Vec<Person>,
}

/// One household and the day that is decided. It does not change: what is learnt since makes another.
#[derive(Debug, uniffi::Object)]
pub struct Household {
    pub(crate) inner: minzheng::Household,
}

impl Household {
    pub(crate) fn new(inner: minzheng::Household) -> Arc<Self> {
        Arc::new(Self { inner })
    }
}

#[uniffi::export]
impl Household {
    /// Reads the text of a household file in TOML.
    ///
    /// Errors: `E-DOC-TOML` with line and column, `E-DOC-SIZE`, `E-ID-…` for the number of a document that is wrong.
    #[uniffi::constructor]
    pub fn from_toml(text: &str) -> Result<Arc<Self>, MinzhengError> {
        Ok(Self::new(minzheng::Household::from_toml(text)?))
    }

    /// Reads the text of a household file in JSON.
    ///
    /// Errors: `E-DOC-JSON` with line and column, `E-DOC-SIZE`, `E-ID-…` for the number of a document that is wrong.
    #[uniffi::constructor]
    pub fn from_json(text: &str) -> Result<Arc<Self>, MinzhengError> {
        Ok(Self::new(minzheng::Household::from_json(text)?))
    }

    /// Builds a household from facts. What is wrong with them is said when it is decided.
    ///
    /// Errors: `E-VALUE-DATE` for a day that there is not.
    #[uniffi::constructor]
    pub fn of(facts: HouseholdFacts) -> Result<Arc<Self>, MinzhengError> {
        let mut out = minzheng::Household::new(facts.on);
        if let Some(day) = facts.known_on {
            out = out.known_on(day);
        }
        if let Some(place) = &facts.place {
            out = out.place(place);
        }
        if let Some(status) = facts.default_status {
            out = out.default_status(status.into());
        }
        for (id, fact) in facts.facts.into_iter().map(Fact::value) {
            out = out.fact(&id, fact);
        }
        for person in facts.persons {
            out = out.person(person.into());
        }
        Ok(Self::new(out))
    }

    /// The household with a fact that has been learnt since, of the household or of a person: it stands in the place of what
    /// was said of it before.
    ///
    /// Errors: `E-ROW-LINK` where there is no such person, `E-VALUE-DATE`.
    #[uniffi::method(default(person = None))]
    pub fn learnt(&self, fact: Fact, person: Option<String>) -> Result<Arc<Self>, MinzhengError> {
        let (id, value) = fact.value();
        let learnt = self.inner.clone().learnt(person.as_deref(), &id, value)?;
        Ok(Self::new(learnt))
    }

    /// The household as a household file in JSON, without the numbers of documents.
    pub fn to_json(&self) -> String {
        self.inner.to_json().to_string()
    }
}
