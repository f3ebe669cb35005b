//! One household: read from a file's text, or built.

use chrono::NaiveDate;
use minzheng_rules::facts::{Document, FactStatus};
use minzheng_rules::number::Money;
use serde_json::{Map, Value, json};

use crate::error::{Error, Finding};
use crate::identity::{DisabilityCard, IdentityError, ResidentNumber};

mod documents;

use documents::Documents;

/// A value of a fact, with where it comes from.
///
/// ```
/// use chrono::NaiveDate;
/// use minzheng::{Fact, FactStatus, Money};
///
/// let wage = Fact::per_month(Money::from_fen(260_000)).status(FactStatus::Verified).source("TAX");
/// let nothing = Fact::nothing();
/// # let _ = (wage, nothing);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fact(Map<String, Value>);

impl Fact {
    fn with(key: &str, value: Value) -> Self {
        Self(Map::from_iter([(key.to_owned(), value)]))
    }

    fn set(mut self, key: &str, value: Value) -> Self {
        self.0.insert(key.to_owned(), value);
        self
    }

    /// An amount a month.
    pub fn per_month(amount: Money) -> Self {
        Self::with("value", Value::String(amount.to_decimal().to_string()))
            .set("per", json!("month"))
    }

    /// An amount a year.
    pub fn per_year(amount: Money) -> Self {
        Self::with("value", Value::String(amount.to_decimal().to_string()))
            .set("per", json!("year"))
    }

    /// Asked, and known to be nothing.
    pub fn nothing() -> Self {
        Self::with("status", json!(FactStatus::Nothing.word()))
    }

    /// Not known, and why: pending, refused or unavailable.
    pub fn unknown(status: FactStatus, reason: &str) -> Self {
        Self::with("status", json!(status.word())).set("reason", json!(reason))
    }

    /// How it stands.
    #[must_use]
    pub fn status(self, status: FactStatus) -> Self {
        self.set("status", json!(status.word()))
    }

    /// Where it comes from.
    #[must_use]
    pub fn source(self, source: &str) -> Self {
        self.set("source", json!(source))
    }

    /// The day it was true.
    #[must_use]
    pub fn as_of(self, day: NaiveDate) -> Self {
        self.set("as_of", json!(day.to_string()))
    }
}

macro_rules! fact_from {
    ($($from:ty => $make:expr),+ $(,)?) => {$(
        impl From<$from> for Fact {
            fn from(value: $from) -> Self {
                let make: fn($from) -> Value = $make;
                Self::with("value", make(value))
            }
        }
    )+};
}
fact_from! {
    bool => Value::Bool,
    i64 => |n| json!(n),
    &str => |t| json!(t),
    String => Value::String,
    NaiveDate => |d| json!(d.to_string()),
    Money => |m| Value::String(m.to_decimal().to_string()),
}

/// A person of a household: a member, or somebody who owes support.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    fields: Map<String, Value>,
    documents: Documents,
}

impl Person {
    /// A person with your own key, which is never an identity number.
    pub fn new(id: &str) -> Self {
        Self {
            fields: Map::from_iter([("id".to_owned(), json!(id))]),
            documents: Documents::default(),
        }
    }

    /// The relation to the applicant: `self`, `spouse`, `child` ….
    #[must_use]
    pub fn relation(self, code: &str) -> Self {
        self.fact("relation", code)
    }

    /// Birth as the identity number has it. Facts that say otherwise are refused when the household is
    /// decided (`E-ID-CONTRADICTION`). The household does not keep the number.
    #[must_use]
    pub const fn identity(mut self, number: ResidentNumber) -> Self {
        self.documents.identity = Some(number);
        self
    }

    /// Kind and grade of disability and birth as the number of the disability card has them; that the card is
    /// still valid is a fact of its own. Facts that say otherwise are refused when the household is decided
    /// (`E-ID-CONTRADICTION`). The household does not keep the number.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use minzheng::{Engine, Household, Person, identity::DisabilityCard};
    ///
    /// let day = NaiveDate::from_ymd_opt(2026, 8, 25).ok_or("no such day")?;
    /// let card = DisabilityCard::parse("11010519491231002X42")?;
    /// let person = Person::new("p1").disability_card(card).fact("disability_grade", 3);
    /// let error = Engine::built_in()?.assess(&Household::new(day).person(person)).unwrap_err();
    /// assert_eq!((error.code(), error.path()), ("E-ID-CONTRADICTION", "person[0].disability_grade"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn disability_card(mut self, card: DisabilityCard) -> Self {
        self.documents.card = Some(card);
        self
    }

    /// A fact in the words of the packs.
    #[must_use]
    pub fn fact(mut self, id: &str, value: impl Into<Fact>) -> Self {
        self.fields
            .insert(id.to_owned(), Value::Object(value.into().0));
        self
    }
}

/// One household and the day that is decided.
///
/// ```
/// use chrono::NaiveDate;
/// use minzheng::{Engine, Fact, Household, Money, Person, identity::ResidentNumber};
///
/// let day = NaiveDate::from_ymd_opt(2026, 8, 25).ok_or("no such day")?;
/// let household = Household::new(day)
///     .place("159921")
///     .fact("hukou", "urban")
///     .person(
///         Person::new("p1")
///             .relation("self")
///             .identity(ResidentNumber::parse("11010519491231002X")?)
///             .fact("pension", Fact::per_month(Money::from_fen(80_000)))
///             .fact("wage", Fact::nothing()),
///     );
/// let assessment = Engine::built_in()?.assess(&household)?;
/// assert!(!assessment.missing().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Household {
    name: String,
    tree: Map<String, Value>,
    /// What the documents of persons who were added contradict.
    wrong: Vec<Finding>,
}

impl Household {
    /// A household of which nothing is known yet.
    pub fn new(on: NaiveDate) -> Self {
        Self {
            name: "household".to_owned(),
            tree: Map::from_iter([("on".to_owned(), json!(on.to_string()))]),
            wrong: Vec::new(),
        }
    }

    /// Reads the text of a household file in TOML.
    ///
    /// # Errors
    /// `E-DOC-TOML` with line and column, `E-DOC-SIZE`, `E-ID-…` for a number of a document that is wrong or
    /// that the facts contradict.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        Self::named_toml("household.toml", text)
    }

    /// Reads the text of a household file in JSON.
    ///
    /// # Errors
    /// `E-DOC-JSON` with line and column, `E-DOC-SIZE`, `E-ID-…` for a number of a document that is wrong or
    /// that the facts contradict.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        Self::named_json("household.json", text)
    }

    /// As [`Household::from_toml`], with a name for messages.
    ///
    /// # Errors
    /// As there.
    pub fn named_toml(name: &str, text: &str) -> Result<Self, Error> {
        Self::from_value(name, toml_value(name, text)?)
    }

    /// As [`Household::from_json`], with a name for messages.
    ///
    /// # Errors
    /// As there.
    pub fn named_json(name: &str, text: &str) -> Result<Self, Error> {
        Self::from_value(name, json_value(name, text)?)
    }

    /// A household from a JSON value, with a name for messages.
    ///
    /// # Errors
    /// `E-DOC-SHAPE` where it is no object, `E-ID-…` for a number of a document that is wrong or
    /// that the facts contradict.
    pub fn from_value(name: &str, value: Value) -> Result<Self, Error> {
        let Value::Object(mut tree) = value else {
            return Err(Error::one(Finding::new(
                "E-DOC-SHAPE",
                "the household is not a table",
                "",
            )));
        };
        let mut wrong = Vec::new();
        if let Some(Value::Array(persons)) = tree.get_mut("person") {
            for (index, person) in persons.iter_mut().enumerate() {
                let Value::Object(fields) = person else {
                    continue;
                };
                let path = |field: &str| format!("person[{index}].{field}");
                let identity = number(fields, "identity", ResidentNumber::parse);
                let card = number(fields, "disability_card", DisabilityCard::parse);
                let mut documents = Documents::default();
                match identity {
                    Ok(number) => documents.identity = number,
                    Err(finding) => wrong.push(finding.path_is(path("identity"))),
                }
                match card {
                    Ok(card) => documents.card = card,
                    Err(finding) => wrong.push(finding.path_is(path("disability_card"))),
                }
                wrong.extend(documents.tell(fields, index));
            }
        }
        Error::all(wrong).map_or(
            Ok(Self {
                name: name.to_owned(),
                tree,
                wrong: Vec::new(),
            }),
            Err,
        )
    }

    /// The place of registration and the place that handles the case.
    #[must_use]
    pub fn place(mut self, code: &str) -> Self {
        self.set("registration_place", json!(code));
        self.set("handling_place", json!(code));
        self
    }

    /// The day decided.
    #[must_use]
    pub fn on(mut self, day: NaiveDate) -> Self {
        self.tree.insert("on".to_owned(), json!(day.to_string()));
        self
    }

    /// The law as published by this day.
    #[must_use]
    pub fn known_on(mut self, day: NaiveDate) -> Self {
        self.tree
            .insert("known_on".to_owned(), json!(day.to_string()));
        self
    }

    /// How facts stand that do not say: declared, verified or attested.
    #[must_use]
    pub fn default_status(mut self, status: FactStatus) -> Self {
        self.tree
            .insert("default_status".to_owned(), json!(status.word()));
        self
    }

    /// A fact of the household in the words of the packs.
    #[must_use]
    pub fn fact(mut self, id: &str, value: impl Into<Fact>) -> Self {
        self.set(id, Value::Object(value.into().0));
        self
    }

    /// The household with a fact that has been learnt since, of the household or of a person: it stands in the place of what was
    /// said of it before.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use minzheng::{Engine, Household, Person};
    ///
    /// let day = NaiveDate::from_ymd_opt(2026, 8, 25).ok_or("no such day")?;
    /// let engine = Engine::built_in()?;
    /// let household = Household::new(day).place("159921").person(Person::new("p1"));
    /// let asks = |h: &Household| -> Result<bool, minzheng::Error> {
    ///     Ok(engine.assess(h)?.missing().iter().any(|m| m.id == "birth"))
    /// };
    /// assert!(asks(&household)?);
    /// let birth = NaiveDate::from_ymd_opt(1990, 5, 1).ok_or("no such day")?;
    /// assert!(!asks(&household.clone().learnt(Some("p1"), "birth", birth)?)?);
    /// assert_eq!(household.learnt(Some("p9"), "birth", birth).unwrap_err().code(), "E-ROW-LINK");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `E-ROW-LINK` where there is no such person.
    pub fn learnt(
        mut self,
        person: Option<&str>,
        id: &str,
        value: impl Into<Fact>,
    ) -> Result<Self, Error> {
        if person.is_some_and(|id| !self.person_ids().iter().any(|own| own == id)) {
            let message = "there is no such person in the household";
            let help = "it is the `id` of a person of the file";
            return Err(Error::one(Finding::new("E-ROW-LINK", message, help)));
        }
        self.put_fact(person, id, Value::Object(value.into().0));
        Ok(self)
    }

    /// Adds a person.
    #[must_use]
    pub fn person(mut self, person: Person) -> Self {
        let Person {
            mut fields,
            documents,
        } = person;
        let index = match self.tree.get("person") {
            Some(Value::Array(persons)) => persons.len(),
            _ => 0,
        };
        self.wrong.extend(documents.tell(&mut fields, index));
        self.push("person", Value::Object(fields));
        self
    }

    /// A figure for this household alone; it wins over every pack. Keys that are not named stand for all.
    #[must_use]
    pub fn figure(
        mut self,
        parameter: &str,
        keys: &[(&str, &str)],
        value: impl Into<Value>,
    ) -> Self {
        let mut row = Map::from_iter([
            ("parameter".to_owned(), json!(parameter)),
            ("value".to_owned(), value.into()),
        ]);
        if !keys.is_empty() {
            let keys = keys
                .iter()
                .map(|(k, v)| ((*k).to_owned(), key_value(v)))
                .collect();
            row.insert("key".to_owned(), Value::Object(keys));
        }
        self.push("overlay", Value::Object(row));
        self
    }

    pub(crate) fn overlay_row(mut self, row: Value) -> Self {
        self.push("overlay", row);
        self
    }

    /// The household as the rule engine reads it.
    ///
    /// # Errors
    /// `E-ID-CONTRADICTION` where the documents of a person say something else than the facts.
    pub fn document(&self) -> Result<Document<'_>, Error> {
        Error::all(self.wrong.clone())
            .map_or_else(|| Ok(Document::from_object(&self.name, &self.tree)), Err)
    }

    /// The ids of the persons, in their order.
    pub(crate) fn person_ids(&self) -> Vec<String> {
        let persons = self.tree.get("person").and_then(Value::as_array);
        let ids = persons.into_iter().flatten().filter_map(|p| p.get("id"));
        ids.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// A fact of the household or of a person as it is written.
    pub(crate) fn fact_value(&self, person: Option<&str>, fact: &str) -> Option<&Value> {
        match person {
            None => self.tree.get("household")?.get(fact),
            Some(id) => {
                let persons = self.tree.get("person")?.as_array()?;
                let is = |p: &&Value| p.get("id").and_then(Value::as_str) == Some(id);
                persons.iter().find(is)?.get(fact)
            }
        }
    }

    /// Writes a fact of the household or of a person in the place of what stands there.
    pub(crate) fn put_fact(&mut self, person: Option<&str>, fact: &str, value: Value) {
        let Some(id) = person else {
            self.set(fact, value);
            return;
        };
        let persons = self.tree.get_mut("person").and_then(Value::as_array_mut);
        let is = |p: &&mut Value| p.get("id").and_then(Value::as_str) == Some(id);
        if let Some(Value::Object(fields)) = persons.and_then(|all| all.iter_mut().find(is)) {
            fields.insert(fact.to_owned(), value);
        }
    }

    /// The household as the value of a household file in JSON.
    pub fn to_json(&self) -> Value {
        Value::Object(self.tree.clone())
    }

    fn set(&mut self, id: &str, value: Value) {
        match self.tree.entry("household").or_insert_with(|| json!({})) {
            Value::Object(fields) => {
                fields.insert(id.to_owned(), value);
            }
            other => *other = json!({ id: value }),
        }
    }

    fn push(&mut self, key: &str, item: Value) {
        match self.tree.entry(key.to_owned()).or_insert_with(|| json!([])) {
            Value::Array(list) => list.push(item),
            other => *other = json!([item]),
        }
    }
}

fn key_value(text: &str) -> Value {
    text.parse::<i64>()
        .map_or_else(|_| json!(text), |n| json!(n))
}

/// Takes the number of a document out of the fields of a person.
fn number<T>(
    fields: &mut Map<String, Value>,
    field: &str,
    parse: fn(&str) -> Result<T, IdentityError>,
) -> Result<Option<T>, Finding> {
    match fields.shift_remove(field) {
        None => Ok(None),
        Some(Value::String(text)) => parse(&text).map(Some).map_err(Finding::from),
        Some(_) => Err(Finding::new(
            "E-ID-SHAPE",
            "the number is not a string",
            "put it in quotes",
        )),
    }
}

/// The value of a file in TOML; what is wrong with it has line and column.
pub(crate) fn toml_value(name: &str, text: &str) -> Result<Value, Error> {
    Ok(Value::Object(
        Document::from_toml(name, text)?.into_fields(),
    ))
}

/// The same in JSON.
pub(crate) fn json_value(name: &str, text: &str) -> Result<Value, Error> {
    Ok(Value::Object(
        Document::from_json(name, text)?.into_fields(),
    ))
}
