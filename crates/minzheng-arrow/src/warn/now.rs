//! What the models say now of the households of a batch, so that it can be held against what is remembered of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, StringArray, UInt64Array};
use arrow_schema::DataType;
use minzheng::warning::Outcome;
use minzheng_rules::columnar::Answer;
use minzheng_rules::date::Day;

use super::alerts::{Asked, Hit};
use super::rows::Said;
use crate::import::{Imported, KeyCells};
use crate::stream::cursor::Own;

/// The answers of the models to a batch.
#[derive(Clone, Copy)]
pub(super) struct Now<'n> {
    pub(super) asked: &'n [Asked],
    pub(super) said: &'n [Said<'n>],
    pub(super) imported: &'n Imported<'n>,
    pub(super) answer: &'n Answer,
    /// In the order of households, of one household by model and row.
    pub(super) hits: &'n [Hit],
}

/// What is said now of something remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// The model was asked.
    Said(Outcome),
    /// It did not run.
    NotAsked,
    /// The household or person is not in the tables.
    Absent,
}

impl Word {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Said(outcome) => outcome.word(),
            Self::NotAsked => "not_asked",
            Self::Absent => "absent",
        }
    }
}

impl<'n> Now<'n> {
    /// The households of the batch and those that something is remembered of, in the order of their keys; those that are not in the batch
    /// have no case.
    pub(super) fn households<T>(
        &self,
        remembered: impl Iterator<Item = (Own, T)>,
    ) -> BTreeMap<Own, (Option<usize>, Vec<T>)> {
        let mut out: BTreeMap<Own, (Option<usize>, Vec<T>)> = BTreeMap::new();
        let keys = self.imported.keys.columns(0).last();
        let cells = keys.and_then(|(_, array)| KeyCells::of(array.as_ref()));
        for case in 0..self.imported.batch.cases() {
            let key = cells.as_ref().and_then(|c| c.get(case)).map(Own::of);
            if let Some(key) = key {
                out.entry(key).or_default().0 = Some(case);
            }
        }
        for (key, one) in remembered {
            out.entry(key).or_default().1.push(one);
        }
        out
    }

    /// The hits of a household, with their places among all hits.
    pub(super) fn hits_of(&self, case: usize) -> impl Iterator<Item = (usize, Hit)> + use<'n> {
        let first = self.hits.partition_point(|hit| hit.0 < case);
        let own = self.hits.get(first..).unwrap_or_default().iter();
        let own = own.take_while(move |hit| hit.0 == case);
        (first..).zip(own.copied())
    }

    /// The model of a hit.
    pub(super) fn model(&self, hit: Hit) -> Option<&'n Asked> {
        self.asked.get(hit.1)
    }

    /// The key of the person that a hit is about; `None`: the household.
    pub(super) fn person(&self, hit: Hit) -> Option<String> {
        let entity = self.model(hit)?.entity;
        (entity > 0).then(|| self.imported.keys.key(entity, hit.2))
    }

    /// The model with this id among those asked, with its number.
    pub(super) fn asked(&self, model: &str) -> Option<(usize, &'n Asked)> {
        let at = self
            .asked
            .binary_search_by(|a| a.model.id.as_str().cmp(model))
            .ok()?;
        Some((at, self.asked.get(at)?))
    }

    /// What is said of a person, or of the household itself.
    pub(super) fn word(
        &self,
        case: Option<usize>,
        model: &str,
        person: Option<&str>,
    ) -> (Word, Option<Hit>) {
        let Some(case) = case else {
            return (Word::Absent, None);
        };
        let Some((at, asked)) = self.asked(model) else {
            return (Word::NotAsked, None);
        };
        let mut rows = self.imported.rows(asked.entity, case);
        let row = match (asked.entity, person) {
            (0, None) => rows.next(),
            (0, Some(_)) | (_, None) => None,
            (entity, Some(person)) => {
                rows.find(|row| self.imported.keys.key(entity, *row) == person)
            }
        };
        let Some(row) = row else {
            return (Word::Absent, None);
        };
        let outcome = self
            .said
            .get(at)
            .map_or(Outcome::Unknown, |s| s.outcome(row));
        (Word::Said(outcome), Some((case, at, row)))
    }

    /// The day asked about.
    pub(super) fn on(&self, case: usize) -> Day {
        self.imported.batch.on(case)
    }

    /// A number of the household that the answer has.
    pub(super) fn number(&self, output: Option<usize>, case: usize) -> Option<i64> {
        self.answer.columns.get(output?)?.value(case).get()
    }
}

/// Keys as a column of the type that the tables have them in.
pub(super) fn keys<'k>(keys: impl Iterator<Item = Option<&'k str>>, ty: &DataType) -> ArrayRef {
    match ty {
        DataType::UInt64 => Arc::new(
            keys.map(|k| k?.parse::<u64>().ok())
                .collect::<UInt64Array>(),
        ),
        DataType::Int64 => Arc::new(keys.map(|k| k?.parse::<i64>().ok()).collect::<Int64Array>()),
        _ => Arc::new(keys.collect::<StringArray>()),
    }
}

/// The type in which keys of a type are written again.
pub(super) fn key_type(ty: &DataType) -> DataType {
    match ty {
        DataType::Dictionary(_, words) => key_type(words),
        DataType::UInt64 => DataType::UInt64,
        ty if ty.is_integer() => DataType::Int64,
        _ => DataType::Utf8,
    }
}
