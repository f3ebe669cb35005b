//! One record of an item: its fields read as the types of the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use minzheng_rules::date::Day;
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::number::parse_fixed;
use minzheng_rules::pack::PackSet;
use serde_json::Value;

use crate::catalog::{FieldType, Resource};
use crate::error::Finding;
use crate::identity::ResidentNumber;

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A number in the unit of the field: fen, things, hundredths of a square metre, ten-thousandths; the number of a day
    /// (of a month, its first), 1 or 0 for yes or no, a place code.
    Number(i64),
    /// A code: its place in its list, and its id.
    Code(i64, String),
    /// Text that is only compared.
    Text(String),
}

impl Cell {
    /// The number, where it is one.
    pub const fn number(&self) -> Option<i64> {
        match self {
            Self::Number(n) | Self::Code(n, _) => Some(*n),
            Self::Text(_) => None,
        }
    }

    /// Whether a word of a filter means this value: the id of a code, `true` or `false`.
    pub fn is_word(&self, word: &str) -> bool {
        match self {
            Self::Code(_, id) => id == word,
            Self::Number(n) => matches!((*n, word), (1, "true") | (0, "false")),
            Self::Text(text) => text == word,
        }
    }
}

/// A record of one person. Identity numbers are checked and not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Id of the person.
    pub person: String,
    /// Its place among the records of the answer, from 0.
    pub index: usize,
    /// Its number at the source.
    pub number: String,
    /// Its fields; one that is not there is not known.
    pub cells: BTreeMap<String, Cell>,
}

/// Reads records, gathering what is wrong. No finding repeats a value.
pub(crate) struct Records<'p> {
    packs: &'p PackSet,
    wrong: Vec<Finding>,
    /// Numbers of records by item.
    numbers: BTreeSet<(String, String)>,
    /// What the records of a person say who he is.
    identities: BTreeMap<String, ResidentNumber>,
}

impl<'p> Records<'p> {
    pub(crate) const fn new(packs: &'p PackSet) -> Self {
        Self {
            packs,
            wrong: Vec::new(),
            numbers: BTreeSet::new(),
            identities: BTreeMap::new(),
        }
    }

    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.wrong
    }

    fn fail(&mut self, code: &'static str, path: &str, message: &str, help: &str) {
        self.wrong
            .push(Finding::new(code, message, help).path_is(path));
    }

    /// One record of an item about a person.
    pub(crate) fn read(
        &mut self,
        resource: &Resource,
        person: &str,
        value: &Value,
        index: usize,
        path: &str,
    ) -> Option<Record> {
        let Value::Object(table) = value else {
            self.fail(
                "E-RECORD-FIELD",
                path,
                "a record is a table",
                "write [[answer.record]]",
            );
            return None;
        };
        let mut record = Record {
            person: person.to_owned(),
            index,
            number: String::new(),
            cells: BTreeMap::new(),
        };
        for (key, value) in table {
            let at = format!("{path}.{key}");
            let Some(field) = resource.field(key) else {
                let known = resource.fields.iter().map(|f| f.id.as_str());
                let near = minzheng_rules::error::nearest(key, known);
                let help = near.map_or_else(String::new, |n| format!("did you mean `{n}`?"));
                self.fail("E-RECORD-FIELD", &at, "the item has no such field", &help);
                continue;
            };
            match self.cell(&field.ty, value) {
                Ok(Read::Cell(cell)) => {
                    record.cells.insert(key.clone(), cell);
                }
                Ok(Read::Identity(number)) => {
                    let known = self.identities.get(person).copied();
                    if known.is_some_and(|k| k != number) {
                        let help = "a record of somebody else is in the answer";
                        self.fail(
                            "E-RECORD-IDENTITY",
                            &at,
                            "the records of one person carry two identity numbers",
                            help,
                        );
                    }
                    self.identities.insert(person.to_owned(), number);
                }
                Err(finding) => self.wrong.push(finding.path_is(at)),
            }
        }
        for field in resource.fields.iter().filter(|f| f.required) {
            // the host names the person; the number is only a second look
            if field.ty != FieldType::IdNumber && !table.contains_key(&field.id) {
                let at = format!("{path}.{}", field.id);
                self.fail(
                    "E-RECORD-MISSING",
                    &at,
                    "every record of the item has this field",
                    "",
                );
            }
        }
        if let Some(Cell::Text(number)) = record.cells.get("record_no") {
            record.number.clone_from(number);
            if !self.numbers.insert((resource.id.clone(), number.clone())) {
                self.fail(
                    "E-RECORD-TWICE",
                    path,
                    "two records of the item have one number",
                    "give each record once",
                );
            }
        }
        Some(record)
    }

    fn cell(&self, ty: &FieldType, value: &Value) -> Result<Read, Finding> {
        let typed = |ty: Type| {
            self.packs
                .read_value(ty, value)
                .map_err(|d| Finding::from(&d))
        };
        let wrong = |message: &str, help: &str| Finding::new("E-VALUE-TYPE", message, help);
        let text = || {
            value
                .as_str()
                .ok_or_else(|| wrong("a string is wanted", "put it in quotes"))
        };
        let cell = match ty {
            FieldType::Text => Cell::Text(text()?.to_owned()),
            FieldType::CreditCode => {
                let code = text()?;
                if code.len() != 18 || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    return Err(wrong(
                        "a unified social credit code is wanted",
                        "it has 18 characters",
                    ));
                }
                Cell::Text(code.to_owned())
            }
            FieldType::IdNumber => {
                return ResidentNumber::parse(text()?)
                    .map(Read::Identity)
                    .map_err(Finding::from);
            }
            FieldType::Code(list) => {
                let index = self.packs.code_lists().iter().position(|l| l.id == *list);
                let number = typed(Type::Code(index.unwrap_or(usize::MAX)))?;
                Cell::Code(number, text()?.to_owned())
            }
            FieldType::Month => {
                let text = text()?;
                let day = Day::parse(&format!("{text}-01")).or_else(|| Day::parse(text));
                let day = day.ok_or_else(|| {
                    Finding::new(
                        "E-VALUE-DATE",
                        "not a month of the calendar",
                        "write \"2026-07\"",
                    )
                })?;
                Cell::Number(day.first_of_month().number())
            }
            FieldType::Number { places, .. } => {
                let number = match value {
                    Value::String(text) => text.clone(),
                    Value::Number(n) if n.is_i64() => n.to_string(),
                    _ => {
                        return Err(wrong(
                            "a number is wanted",
                            "write it as a string, as \"12.50\"",
                        ));
                    }
                };
                let number = parse_fixed(&number, u32::from(*places))
                    .map_err(|e| Finding::new("E-VALUE-NUMBER", e.to_string(), ""))?;
                Cell::Number(number)
            }
            FieldType::Date => Cell::Number(typed(Type::Date)?),
            FieldType::Money(period) => Cell::Number(typed(Type::money(*period))?),
            FieldType::Count => Cell::Number(typed(Type::Count)?),
            FieldType::Ratio => Cell::Number(typed(Type::Ratio)?),
            FieldType::Place => Cell::Number(typed(Type::Place)?),
            FieldType::Bool => Cell::Number(typed(Type::Bool)?),
        };
        Ok(Read::Cell(cell))
    }
}

enum Read {
    Cell(Cell),
    Identity(ResidentNumber),
}

/// The period of an amount, for fields and facts.
pub(crate) const fn period_of(ty: Type) -> Option<Period> {
    match ty {
        Type::Money { period, .. } => Some(period),
        _ => None,
    }
}
