//! The records that 20 departments keep: of the people of the province, and of others.
//!
//! What a household has stands in its rows before anything was left out; records follow from it, but for stated shares that
//! contradict, lack or come with a damaged number (`docs/guide/synthetic-province.md`).

mod answers;
mod cells;
mod own;
mod sheets;
mod usual;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, UInt32Array};
use arrow_schema::SchemaRef;
use arrow_select::take::take_record_batch;
use minzheng::catalog::RowOrder;
use minzheng::identity::ResidentNumber;
use minzheng_rules::date::Day;

use super::draw::Draw;
use super::home::Home;
use super::sheet::Person;
use crate::error::{Error, fault};
use answers::{Answer, Answers};
use cells::{Serial, Written};
use sheets::{COUNT, Record, Tables, TakeUsual, Usual, usual_records};
pub(super) use sheets::{ITEMS, schemas};

/// Of people outside: the part of the weights of all items that one item has.
const WEIGHTS: i64 = {
    let (mut sum, mut at) = (0_i64, 0);
    while at < COUNT {
        #[expect(
            clippy::indexing_slicing,
            clippy::arithmetic_side_effects,
            reason = "counted at compile time"
        )]
        {
            sum += ITEMS[at].weight;
            at += 1;
        }
    }
    sum
};

/// The columns of the table of answers.
pub(super) fn answers_schema() -> SchemaRef {
    Answers::schema()
}

/// Draws the records of households one after the other.
pub(super) struct Records {
    draw: Draw,
    on: Day,
    /// Rows of people outside for each person within.
    others: i64,
    tables: Tables,
    /// How many records each source has so far.
    records: [u64; COUNT],
    /// Of rows of people outside, what is not yet a whole row.
    owed: [i64; COUNT],
    answers: Answers,
    /// The person whose records are drawn: the number, and who answered what.
    number: Option<ResidentNumber>,
    lacking: [Option<Answer>; COUNT],
    met: [bool; COUNT],
}

impl core::fmt::Debug for Records {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Records").finish_non_exhaustive()
    }
}

impl Records {
    pub(super) fn new(seed: u64, on: Day, others: i64) -> Self {
        Self {
            // another stream than that of the households: they are the same with and without records
            draw: Draw::new(seed ^ 0x5bd1_e995_9d1b_54a5),
            on,
            others,
            tables: Tables::default(),
            records: [0; COUNT],
            owed: [0; COUNT],
            answers: Answers::default(),
            number: None,
            lacking: [None; COUNT],
            met: [false; COUNT],
        }
    }

    /// Draws what the sources have of a household as it is.
    pub(super) fn add(&mut self, home: &Home) {
        let household = home.household.household_id.map_or(0, |k| k.0);
        for (at, person) in home.people.iter().enumerate() {
            self.begin(person);
            if self.number.is_some() {
                self.person(home, person);
                if at == 0 {
                    self.household(home, person);
                }
            }
            let mut of = [Answer::Unavailable; COUNT];
            for ((answer, lacking), met) in of.iter_mut().zip(&self.lacking).zip(&self.met) {
                let found = if *met { Answer::Hit } else { Answer::None };
                *answer = lacking.unwrap_or(found);
            }
            let id = person.person_id.map_or(0, |k| k.0);
            self.answers.push(household, id, &of, self.on);
        }
        self.strangers(i64::try_from(home.people.len()).unwrap_or(0));
    }

    fn begin(&mut self, person: &Person) {
        self.number = person.id_number.map(|identity| identity.0);
        self.met = [false; COUNT];
        let has_number = self.number.is_some();
        for lacking in &mut self.lacking {
            *lacking = if has_number {
                Answer::lacking(&mut self.draw)
            } else {
                Some(Answer::Unavailable)
            };
        }
    }

    /// Adds a record of the person, unless the source has not answered.
    fn put<R: Record>(&mut self, row: R) {
        let Some(number) = self.number else { return };
        if self.lacking.get(R::INDEX).is_none_or(Option::is_some) {
            return;
        }
        if let Some(met) = self.met.get_mut(R::INDEX) {
            *met = true;
        }
        self.write(row, number);
    }

    /// Writes a record; two of a thousand come twice.
    fn write<R: Record>(&mut self, mut row: R, number: ResidentNumber) {
        let times = if self.draw.happens(2) { 2 } else { 1 };
        for _ in 0..times {
            let count = self.records.get_mut(R::INDEX);
            let number_of = count.map_or(0, |n| {
                *n = n.saturating_add(1);
                *n
            });
            let serial = Serial {
                letter: 'R',
                number: number_of,
            };
            row.is_of(serial, Written::draw(&mut self.draw, number));
            row.push(&mut self.tables);
        }
    }

    /// Draws the records of people outside that go with so many people within.
    fn strangers(&mut self, people: i64) {
        let mut many = [0_i64; COUNT];
        for ((many, owed), item) in many.iter_mut().zip(&mut self.owed).zip(&ITEMS) {
            let more = people
                .saturating_mul(self.others)
                .saturating_mul(item.weight);
            *owed = owed.saturating_add(more);
            *many = owed.checked_div(WEIGHTS).unwrap_or(0);
            *owed = owed.checked_rem(WEIGHTS).unwrap_or(0);
        }
        usual_records(many, self);
    }

    /// The number of somebody who is not in the province: born in the last days of a year, as nobody within is.
    fn stranger(&mut self) -> Option<ResidentNumber> {
        let year = i64::from(self.on.year()).saturating_sub(self.draw.between(1, 95));
        let first = Day::from_ymd(i32::try_from(year).ok()?, 1, 1)?;
        let birth = first.add_days(self.draw.between(352, 364));
        let division = u64::try_from(self.draw.between(1, 99)).ok()?;
        let sequence = u64::try_from(self.draw.between(0, 999)).ok()?;
        super::home::packed(division, birth, sequence)
    }

    /// The tables in the order of their numbers, and the answers.
    pub(super) fn finish(&mut self) -> Result<(Vec<RecordBatch>, RecordBatch), Error> {
        let mut tables = Vec::new();
        for (batch, item) in self.tables.finish()?.into_iter().zip(&ITEMS) {
            tables.push(match item.order {
                // a register is sorted by its key when it is whole
                RowOrder::Key => batch,
                _ => mixed(&mut self.draw, &batch).ok_or_else(|| fault(item.name))?,
            });
        }
        Ok((tables, self.answers.finish()?))
    }
}

impl TakeUsual for Records {
    fn take<R: Usual>(&mut self) {
        if let Some(number) = self.stranger() {
            let row = R::usual(&mut self.draw, self.on);
            self.write(row, number);
        }
    }
}

/// The rows in another order, numbered as they then come: records come as things happen, not by household.
fn mixed(draw: &mut Draw, batch: &RecordBatch) -> Option<RecordBatch> {
    let rows = batch.num_rows();
    let mut order: Vec<u32> = (0..u32::try_from(rows).ok()?).collect();
    for at in (1..rows).rev() {
        let other = usize::try_from(draw.between(0, i64::try_from(at).ok()?)).ok()?;
        order.swap(at, other);
    }
    let taken = take_record_batch(batch, &UInt32Array::from(order)).ok()?;
    let mut columns: Vec<ArrayRef> = taken.columns().to_vec();
    *columns.first_mut()? = Arc::clone(batch.columns().first()?);
    RecordBatch::try_new(batch.schema(), columns).ok()
}
