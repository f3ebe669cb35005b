//! Households in words: their own records read again by key, checked one by one, and compared with what the columns gave.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;
use minzheng::Engine;
use minzheng::catalog::{FieldType, Resource};
use minzheng::identity::ResidentNumber;
use minzheng::verification::adopt::{Adoption, Difference, Settled};
use minzheng::verification::evidence::Evidence;
use minzheng::verification::{
    Answer, AnswerStatus, Cell, Record, Verification, VerificationRequest,
};
use minzheng_rules::error::Diagnostic;
use minzheng_rules::facts::FactStatus;
use minzheng_rules::lang::Type;
use minzheng_rules::scalar::V;
use serde_json::{Map, Value, json};

use super::adopt::{Adopting, Table, declared};
use super::fields::{NUMBER, Reading, Values};
use super::matcher::{Matcher, NO_KEY};
use super::people::{People, ix};
use super::run::Items;
use super::source;
use super::tally::Notes;
use crate::contract::Role;
use crate::error::{Error, fault};
use crate::files::{Pick, TableFile};
use crate::import::cells::Want;
use crate::import::{Key, KeyCells};

/// The code of a fact that came out otherwise in columns: a fault of this library.
const DIFFERS: &str = "E-MATCH-FAULT";

/// People whose records of an item contradict each other or their answer, with the code that says so.
pub(super) type Contradicted = BTreeMap<(String, u32), &'static str>;

/// The households of a verification of tables that are put into words.
///
/// ```
/// use minzheng_arrow::matching::ToExplain;
/// assert_eq!(ToExplain::default().sample, 0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToExplain {
    /// Those of these people, each by the keys of household and person: `h1/p1`.
    pub persons: Vec<String>,
    /// Of every reason and grade of difference so many, the first ones in the order of the households.
    pub sample: usize,
}

impl ToExplain {
    /// The rows of the households of the people that are named.
    pub(super) fn homes(&self, people: &People) -> Result<BTreeSet<u32>, Error> {
        let home = |words: &String| {
            people.named(words).ok_or_else(|| {
                let message = "nobody in the tables has the key that is to be explained";
                let help = "write the keys of household and person as the tables have them, with a stroke between: `h1/p1`";
                Error::from(Diagnostic::error("E-MATCH-PERSON", message).help(help))
            })
        };
        self.persons.iter().map(home).collect()
    }
}

/// A household in words.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Its key.
    pub household: String,
    /// What [`Engine::verify_answered`] says of it, of its own rows and records alone; the error where it refuses the household.
    pub verified: Result<Verification, Error>,
    /// Facts that came out otherwise in columns. There are none; if there are, the library is wrong.
    pub differing: Vec<Differing>,
    /// Facts that rest on records which contradict each other or their answer: unclear in columns, and no household file can say so.
    pub contradicted: Vec<Apart>,
}

/// A fact of a household or a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    /// The key of the person; none: the fact is the household's.
    pub person: Option<String>,
    /// Id of the fact.
    pub fact: String,
}

/// A fact that came out otherwise in columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// Which.
    pub of: Apart,
    /// What one household gives: the value in the unit of the fact, how it stands, why.
    pub alone: (Option<i64>, FactStatus, &'static str),
    /// What the columns gave.
    pub in_columns: (Option<i64>, FactStatus, &'static str),
}

/// What households are read from once more.
pub(super) struct Again<'a> {
    pub(super) engine: &'a Engine,
    pub(super) adopting: &'a Adopting<'a>,
    /// Households and people.
    pub(super) tables: &'a [Table<'a>; 2],
    pub(super) files: [&'a TableFile; 2],
    /// The tables of the items.
    pub(super) items: &'a Items,
    /// People whose number another one has.
    pub(super) twice: &'a [u32],
    pub(super) contradicted: &'a Contradicted,
}

/// The rows of a household and its people.
struct Rows {
    home: u32,
    household: RecordBatch,
    people: Vec<(u32, RecordBatch)>,
}

/// The records of people, by item and person.
type Records = BTreeMap<(String, u32), Vec<Record>>;

impl Again<'_> {
    /// Puts households into words. What differs is a finding.
    pub(super) fn explain(
        &self,
        homes: &BTreeSet<u32>,
        notes: &mut Notes,
    ) -> Result<Vec<Explained>, Error> {
        let mut rows = Vec::new();
        for home in homes {
            rows.push(self.rows(*home)?);
        }
        let records = self.records(&rows)?;
        let mut out = Vec::new();
        for rows in rows {
            let explained = self.one(&rows, &records)?;
            for differing in &explained.differing {
                let message = format!(
                    "the columns gave another outcome of `{}` than the household alone",
                    differing.of.fact
                );
                let key = explained.household.clone();
                let column = &differing.of.fact;
                notes.row("households", rows.home, column, DIFFERS, message, key);
            }
            out.push(explained);
        }
        Ok(out)
    }

    fn rows(&self, home: u32) -> Result<Rows, Error> {
        let [households, people] = self.files;
        let members = self.adopting.people.members(home);
        let people = members
            .iter()
            .map(|person| Ok((*person, row(people, *person)?)));
        Ok(Rows {
            home,
            household: row(households, home)?,
            people: people.collect::<Result<_, Error>>()?,
        })
    }

    /// The packed identity number of a person, where its records are its own.
    fn key(&self, person: u32, row: &RecordBatch) -> u64 {
        let [_, table] = self.tables;
        let at = table
            .matched
            .columns
            .iter()
            .position(|c| c.role == Role::Identity);
        let index = at.and_then(|at| table.matched.needed.get(at));
        let array = index.and_then(|at| row.columns().get(*at));
        let cells = array.and_then(|a| KeyCells::of(a.as_ref()));
        match cells.as_ref().and_then(|c| c.get(0)) {
            Some(Key::Text(text)) if self.twice.binary_search(&person).is_err() => {
                ResidentNumber::parse(text).map_or(NO_KEY, ResidentNumber::packed)
            }
            _ => NO_KEY,
        }
    }

    /// The records of these people, read again by their keys.
    fn records(&self, rows: &[Rows]) -> Result<Records, Error> {
        let people: Vec<(u32, u64)> = rows
            .iter()
            .flat_map(|r| &r.people)
            .map(|(person, row)| (*person, self.key(*person, row)))
            .collect();
        let keys: Vec<u64> = people.iter().map(|(_, key)| *key).collect();
        let matcher = Matcher::new(&keys)?;
        let mut out = Records::new();
        if people.is_empty() {
            return Ok(out);
        }
        for resource in self.adopting.basis.catalog.items() {
            let words = self.adopting.answers.of(&resource.id);
            let has = |(person, _): &(u32, u64)| {
                let said = words
                    .get(ix(*person))
                    .and_then(|w| self.adopting.answers.said(*w));
                said.is_some_and(|s| s.status == AnswerStatus::Hit)
            };
            if !people.iter().any(has) {
                continue;
            }
            let Some(table) = self.items.find(&resource.id)? else {
                continue;
            };
            self.of_item(resource, &table, &matcher, &people, &mut out)?;
        }
        Ok(out)
    }

    /// The records of an item: first their rows by key, then these rows with all their fields.
    fn of_item(
        &self,
        resource: &Resource,
        table: &TableFile,
        matcher: &Matcher,
        people: &[(u32, u64)],
        out: &mut Records,
    ) -> Result<(), Error> {
        let places = source::places(table, matcher, resource)?;
        let reading = Reading::whole(self.adopting.set, resource, table.schema())?;
        let mut next = places.as_slice();
        while let Some((from, _)) = next.first().copied() {
            let Some(batch) = table.read(&reading.picks, from).next().transpose()? else {
                break;
            };
            let values = reading.values(&batch, resource, from)?;
            while let Some(((at, hit), rest)) = next.split_first() {
                let within = usize::try_from(at.saturating_sub(from)).unwrap_or(usize::MAX);
                if within >= batch.num_rows() {
                    break;
                }
                next = rest;
                let Some((person, _)) = people.get(ix(hit.person)) else {
                    continue;
                };
                let own = out.entry((resource.id.clone(), *person)).or_default();
                own.push(self.record(resource, &values, within, *person, own.len()));
            }
        }
        Ok(())
    }

    fn record(
        &self,
        resource: &Resource,
        values: &Values<'_>,
        row: usize,
        person: u32,
        index: usize,
    ) -> Record {
        let mut cells = BTreeMap::new();
        for field in &resource.fields {
            let cell = match &field.ty {
                FieldType::IdNumber => None,
                FieldType::Text | FieldType::CreditCode => {
                    values.words(&field.id, row).map(Cell::Text)
                }
                FieldType::Code(list) => values.number(&field.id, row).and_then(|number| {
                    let lists = self.adopting.set.code_lists();
                    let list = lists.iter().find(|l| l.id == *list)?;
                    let code = list.codes.get(usize::try_from(number).ok()?)?;
                    Some(Cell::Code(number, code.id.clone()))
                }),
                _ => values.number(&field.id, row).map(Cell::Number),
            };
            cells.extend(cell.map(|cell| (field.id.clone(), cell)));
        }
        Record {
            person: self.adopting.people.person_words(person),
            index,
            number: values.words(NUMBER, row).unwrap_or_default(),
            cells,
        }
    }

    /// One household: checked alone, and compared.
    fn one(&self, rows: &Rows, records: &Records) -> Result<Explained, Error> {
        let household = self.adopting.people.home_words(rows.home);
        let verified = self.alone(rows, records, &household);
        let mut out = Explained {
            household,
            verified,
            differing: Vec::new(),
            contradicted: Vec::new(),
        };
        let Ok(verification) = &out.verified else {
            return Ok(out);
        };
        for adoption in verification.adoptions() {
            let of = Apart {
                person: adoption.person.clone(),
                fact: adoption.fact.clone(),
            };
            let (settled, is_contradicted) = self.in_columns(rows, adoption)?;
            if is_contradicted {
                out.contradicted.push(of);
            } else if !is_same(adoption, &settled) {
                out.differing.push(Differing {
                    of,
                    alone: (adoption.value, adoption.status, adoption.reason.code()),
                    in_columns: (settled.value, settled.status, settled.reason.code()),
                });
            }
        }
        Ok(out)
    }

    /// What the columns gave for a fact; whether records that it rests on contradict each other or their answer.
    fn in_columns(&self, rows: &Rows, adoption: &Adoption) -> Result<(Settled, bool), Error> {
        let wrong = || fault("words");
        let [households, people] = self.tables;
        let (table, slot, row) = match &adoption.person {
            None => (households, rows.home, &rows.household),
            Some(id) => {
                let is = |(person, _): &&(u32, RecordBatch)| {
                    self.adopting.people.person_words(*person) == *id
                };
                let (person, row) = rows.people.iter().find(is).ok_or_else(wrong)?;
                (people, *person, row)
            }
        };
        let mut spoken = table.spoken.iter().zip(&table.places);
        let (spoken, place) = spoken
            .find(|(s, _)| s.fact.id == adoption.fact)
            .ok_or_else(wrong)?;
        let first = ix(slot);
        let given = place.map(|at| declared(row, table, at, first, &mut Notes::new(0)));
        let given = given.transpose()?;
        let settled = self
            .adopting
            .fact(table.entity, spoken, given.as_ref(), first, 1);
        let of: Vec<u32> = match adoption.person {
            Some(_) => vec![slot],
            None => rows.people.iter().map(|(person, _)| *person).collect(),
        };
        let is = |(_, evidence): &(usize, &Evidence)| {
            let key = |person: &u32| (evidence.item.clone(), *person);
            of.iter()
                .any(|person| self.contradicted.contains_key(&key(person)))
        };
        let is_contradicted = spoken.rows.iter().any(is);
        Ok((settled.first().copied().ok_or_else(wrong)?, is_contradicted))
    }

    /// The household alone, as its rows and records are.
    fn alone(&self, rows: &Rows, records: &Records, id: &str) -> Result<Verification, Error> {
        let [households, people] = self.tables;
        let options = self.adopting.options;
        let keys = self.adopting.people;
        let household = self.facts(households, &rows.household, rows.home)?;
        let mut persons = Vec::new();
        for (person, row) in &rows.people {
            let mut fields = self.facts(people, row, *person)?;
            fields.insert("id".to_owned(), json!(keys.person_words(*person)));
            persons.push(Value::Object(fields));
        }
        let applicant = rows
            .people
            .first()
            .map(|(person, _)| keys.person_words(*person));
        let declared_on = options.declared_on.unwrap_or(options.as_of).to_string();
        let asked: Vec<&str> = self.adopting.answers.asked().collect();
        let file = json!({
            "on": options.as_of.to_string(),
            "household": household,
            "person": persons,
            "request": {
                "id": id,
                "applicant": applicant.unwrap_or_default(),
                "requested_on": declared_on,
                "authorizations": "elsewhere",
                "declared_on": declared_on,
                "as_of": options.as_of.to_string(),
                "items": asked,
            },
        });
        let request = VerificationRequest::from_value(id, file)?;
        let mut answers = Vec::new();
        for item in asked {
            let words = self.adopting.answers.of(item);
            for (person, _) in &rows.people {
                let said = words
                    .get(ix(*person))
                    .and_then(|w| self.adopting.answers.said(*w));
                let Some(said) = said else { continue };
                let of = (item.to_owned(), *person);
                let mut answer = Answer::new(item, &keys.person_words(*person), said.status);
                answer.as_of = said.as_of;
                if let Some(code) = self.contradicted.get(&of) {
                    answer.status = AnswerStatus::Unavailable;
                    (*code).clone_into(&mut answer.reason);
                } else if let Some(own) = records.get(&of) {
                    answer.records.clone_from(own);
                }
                answers.push(answer);
            }
        }
        self.engine.verify_answered(&request, answers)
    }

    /// What a row declares, as a household file has it.
    fn facts(
        &self,
        table: &Table<'_>,
        row: &RecordBatch,
        at: u32,
    ) -> Result<Map<String, Value>, Error> {
        let set = self.adopting.set;
        let mut out = Map::new();
        for (place, column) in table.matched.columns.iter().enumerate() {
            let Role::Fact(id) = &column.role else {
                continue;
            };
            let facts = set.facts();
            let mut fact = facts.filter(|f| f.id == *id && f.entity == table.entity);
            let Some(fact) = fact.next().filter(|_| column.want != Want::Text) else {
                continue;
            };
            let cells = declared(row, table, place, ix(at), &mut Notes::new(0))?;
            let Some(value) = cells.number(0) else {
                continue;
            };
            let value = match fact.ty {
                Type::Bool => json!(value != 0),
                Type::Count | Type::Days | Type::Months => json!(value),
                ty => json!(set.value_words(V::known(value), ty)),
            };
            out.insert(id.clone(), value);
        }
        Ok(out)
    }
}

/// A row of a table with all its columns.
fn row(table: &TableFile, at: u32) -> Result<RecordBatch, Error> {
    let picks: Vec<Pick> = (0..table.schema().fields().len())
        .map(|index| Pick { index, exact: true })
        .collect();
    let batch = table.read(&picks, u64::from(at)).next().transpose()?;
    batch.map(|b| b.slice(0, 1)).ok_or_else(|| fault("people"))
}

fn is_same(adoption: &Adoption, settled: &Settled) -> bool {
    let apart = |d: Option<Difference>| d.map(|d| (d.grade, d.evidence, d.by));
    adoption.value == settled.value
        && adoption.status == settled.status
        && adoption.reason.code() == settled.reason.code()
        && apart(adoption.difference) == apart(settled.difference)
}
