//! What each source answered of each person: without it, no record and no answer look alike.

use std::sync::Arc;

use arrow_array::builder::{Date32Builder, Int64Builder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use minzheng::catalog::Cycle;
use minzheng_rules::date::Day;

use super::super::draw::Draw;
use super::sheets::{COUNT, ITEMS};
use crate::error::{Error, fault};

/// What a source says when it is asked about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It has a record.
    Hit,
    /// It has none.
    None,
    /// It has not answered yet.
    Pending,
    /// It will not.
    Refused,
    /// It cannot: no line, or no number to ask with.
    Unavailable,
}

const WORDS: [&str; 5] = ["hit", "none", "pending", "refused", "unavailable"];

impl Answer {
    /// Whether a source answers: none where it does.
    pub(super) fn lacking(draw: &mut Draw) -> Option<Self> {
        match draw.between(0, 999) {
            0..=19 => Some(Self::Pending),
            20..=22 => Some(Self::Refused),
            23..=27 => Some(Self::Unavailable),
            _ => None,
        }
    }

    const fn index(self) -> i32 {
        match self {
            Self::Hit => 0,
            Self::None => 1,
            Self::Pending => 2,
            Self::Refused => 3,
            Self::Unavailable => 4,
        }
    }
}

/// The day as of which a source that comes so often speaks.
pub(super) fn as_of(cycle: Cycle, on: Day) -> Day {
    match cycle {
        Cycle::Realtime | Cycle::Daily => on.add_days(-1),
        Cycle::Weekly => on.add_days(-5),
        Cycle::Monthly => on.first_of_month().add_days(-1),
        Cycle::Quarterly => on.first_of_month().add_months(-2).add_days(-1),
        Cycle::Yearly => on.first_of_month().add_months(-7).add_days(-1),
        _ => on.add_days(-10),
    }
}

/// Rows of the table of answers.
#[derive(Debug, Default)]
pub(super) struct Answers {
    household_id: Int64Builder,
    person_id: Int64Builder,
    item: Vec<i32>,
    status: Vec<i32>,
    as_of: Date32Builder,
}

fn words() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

impl Answers {
    pub(super) fn schema() -> SchemaRef {
        Arc::new(Schema::new(vec![
            Field::new("household_id", DataType::Int64, false),
            Field::new("person_id", DataType::Int64, false),
            Field::new("item", words(), false),
            Field::new("status", words(), false),
            Field::new("as_of", DataType::Date32, true),
        ]))
    }

    /// The answers of all sources about one person.
    pub(super) fn push(&mut self, household: i64, person: i64, of: &[Answer; COUNT], on: Day) {
        for ((answer, item), index) in of.iter().zip(&ITEMS).zip(0..) {
            self.household_id.append_value(household);
            self.person_id.append_value(person);
            self.item.push(index);
            self.status.push(answer.index());
            let has_day = matches!(answer, Answer::Hit | Answer::None);
            let day = as_of(item.cycle, on).number();
            self.as_of
                .append_option(i32::try_from(day).ok().filter(|_| has_day));
        }
    }

    pub(super) fn finish(&mut self) -> Result<RecordBatch, Error> {
        let bad = |_| fault("answers");
        let coded = |keys: Vec<i32>, values: Vec<&str>| -> Result<ArrayRef, Error> {
            let values: ArrayRef = Arc::new(StringArray::from(values));
            let keys = Int32Array::from(keys);
            let array = DictionaryArray::<Int32Type>::try_new(keys, values).map_err(bad)?;
            Ok(Arc::new(array))
        };
        let items = ITEMS.iter().map(|item| item.name).collect();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.household_id.finish()),
            Arc::new(self.person_id.finish()),
            coded(core::mem::take(&mut self.item), items)?,
            coded(core::mem::take(&mut self.status), WORDS.to_vec())?,
            Arc::new(self.as_of.finish()),
        ];
        RecordBatch::try_new(Self::schema(), columns).map_err(bad)
    }
}
