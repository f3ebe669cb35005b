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
        #[expect(clippy::indexing_slicing, reason = "counted at compile time")]
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
    written: [u64; COUNT],
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
            written: [0; COUNT],
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
            let count = self.written.get_mut(R::INDEX);
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

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use arrow_array::Array as _;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Date32Type, Int32Type, Int64Type};
    use minzheng::catalog::{Catalog, Origin};
    use minzheng::packs::{self, BuiltIn};

    use super::super::{Province, SynthOptions, SynthPart};
    use super::*;

    fn parts(people: u64, others: u32) -> Vec<SynthPart> {
        let set = packs::load(&BuiltIn::ALL, &[]).unwrap();
        let mut options = SynthOptions::new(&set, people, 3, Day::parse("2026-08-25").unwrap());
        options.records = Some(others);
        let province = Province::new(options).unwrap();
        province.map(Result::unwrap).collect()
    }

    fn texts(batch: &RecordBatch, column: &str) -> Vec<String> {
        let column = batch.column_by_name(column).unwrap();
        let to_text = |t: Option<&str>| t.unwrap_or_default().to_owned();
        match column.as_string_opt::<i32>() {
            Some(plain) => plain.iter().map(to_text).collect(),
            None => {
                let coded = column.as_dictionary::<Int32Type>();
                let coded = coded.downcast_dict::<arrow_array::StringArray>().unwrap();
                coded.into_iter().map(to_text).collect()
            }
        }
    }

    fn fen(batch: &RecordBatch, column: &str) -> Vec<Option<i64>> {
        let column = batch.column_by_name(column).unwrap();
        column.as_primitive::<Int64Type>().iter().collect()
    }

    #[test]
    fn the_tables_are_those_of_the_catalogue() {
        let catalog = Catalog::load(&packs::load(&BuiltIn::ALL, &[]).unwrap()).unwrap();
        let items: Vec<_> = catalog.items().collect();
        assert_eq!(items.len(), ITEMS.len());
        for ((resource, item), schema) in items.into_iter().zip(&ITEMS).zip(schemas()) {
            assert_eq!(resource.id, item.name);
            assert_eq!((resource.cycle, resource.order), (item.cycle, item.order));
            assert_eq!(schema, crate::catalog::schema(resource), "{}", item.name);
            assert!(matches!(resource.origin, Origin::Obtained { .. }));
        }
    }

    #[test]
    fn codes_are_of_their_lists_and_every_list_word_may_come() {
        let set = packs::load(&BuiltIn::ALL, &[]).unwrap();
        let catalog = Catalog::load(&set).unwrap();
        for part in parts(1_500, 12) {
            for (batch, resource) in part.items.iter().zip(catalog.items()) {
                assert!(batch.num_rows() > 4, "{}", resource.id);
                for field in &resource.fields {
                    let name = crate::catalog::schema(resource);
                    let index = resource
                        .fields
                        .iter()
                        .position(|f| f.id == field.id)
                        .unwrap();
                    let column = batch.column(index);
                    assert!(
                        !field.required || column.null_count() == 0,
                        "{} {}",
                        resource.id,
                        name.field(index)
                    );
                    let minzheng::catalog::FieldType::Code(list) = &field.ty else {
                        continue;
                    };
                    let list = set.code_lists().iter().find(|l| l.id == *list).unwrap();
                    let known: BTreeSet<&str> = list.codes.iter().map(|c| c.id.as_str()).collect();
                    for code in texts(batch, &field.id) {
                        assert!(
                            code.is_empty() || known.contains(code.as_str()),
                            "{code} of {}",
                            field.id
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn records_leave_the_people_as_they_are_and_are_the_same_again() {
        let (a, b) = (parts(800, 2), parts(800, 2));
        let set = packs::load(&BuiltIn::ALL, &[]).unwrap();
        let options = SynthOptions::new(&set, 800, 3, Day::parse("2026-08-25").unwrap());
        let plain: Vec<SynthPart> = Province::new(options)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for ((a, b), plain) in a.iter().zip(&b).zip(&plain) {
            assert_eq!((&a.items, &a.answers), (&b.items, &b.answers));
            assert_eq!(
                (&a.households, &a.people),
                (&plain.households, &plain.people)
            );
            assert!(plain.items.is_empty() && plain.answers.is_none());
        }
    }

    /// The number of a person with household and key, and by number what else the people table says.
    fn people(part: &SynthPart) -> BTreeMap<String, (i64, i64, Option<i64>)> {
        let key = |column| fen(&part.people, column);
        let keys = key("household_id").into_iter().zip(key("person_id"));
        let wages = key("wage_fen");
        texts(&part.people, "id_number")
            .into_iter()
            .zip(keys)
            .zip(wages)
            .filter(|((number, _), _)| !number.is_empty())
            .map(|((number, (household, person)), wage)| {
                (number, (household.unwrap(), person.unwrap(), wage))
            })
            .collect()
    }

    #[test]
    fn a_recorded_wage_is_the_declared_one_in_most_cases_and_some_contradict() {
        let (mut same, mut other) = (0, 0);
        for part in parts(5_000, 0) {
            let tax = &part.items[9];
            let mut sums: BTreeMap<String, i64> = BTreeMap::new();
            let kinds = texts(tax, "income_kind");
            for ((number, kind), amount) in texts(tax, "id_number")
                .into_iter()
                .zip(kinds)
                .zip(fen(tax, "amount_fen"))
            {
                if kind == "wages" {
                    *sums.entry(number).or_default() += amount.unwrap();
                }
            }
            let people = people(&part);
            for (number, sum) in sums {
                if let Some((_, _, Some(wage))) = people.get(&number) {
                    let count = if *wage == sum { &mut same } else { &mut other };
                    *count += 1;
                }
            }
            let months = tax.column_by_name("month").unwrap();
            let first = Day::parse("2025-08-01").unwrap().number();
            let days = months.as_primitive::<Date32Type>();
            assert_eq!(days.iter().flatten().min().map(i64::from), Some(first));
        }
        assert!(
            same > 500 && same > 5 * other && other > 20,
            "{same} {other}"
        );
    }

    #[test]
    fn sources_hold_others_and_answers_say_who_is_unknown() {
        let (mut rows, mut hits, mut wrong) = (0, 0, 0);
        let mut statuses: BTreeMap<String, usize> = BTreeMap::new();
        for part in parts(1_000, 30) {
            let answers = part.answers.as_ref().unwrap();
            assert_eq!(answers.num_rows(), part.people.num_rows() * COUNT);
            let key = |column| fen(answers, column).into_iter().map(Option::unwrap);
            let keys = key("household_id").zip(key("person_id"));
            let status = texts(answers, "status");
            let days = answers.column_by_name("as_of").unwrap();
            let mut of: BTreeMap<(i64, i64, String), String> = BTreeMap::new();
            for (index, ((key, item), status)) in
                keys.zip(texts(answers, "item")).zip(status).enumerate()
            {
                assert_eq!(
                    days.is_null(index),
                    !["hit", "none"].contains(&status.as_str())
                );
                *statuses.entry(status.clone()).or_default() += 1;
                of.insert((key.0, key.1, item), status);
            }
            let people = people(&part);
            for (batch, item) in part.items.iter().zip(&ITEMS) {
                let mut serials = BTreeSet::new();
                for (number, serial) in texts(batch, "id_number")
                    .iter()
                    .zip(texts(batch, "record_no"))
                {
                    rows += 1;
                    assert!(serials.insert(serial));
                    wrong += usize::from(ResidentNumber::parse(number).is_err());
                    if let Some((household, person, _)) = people.get(number) {
                        hits += 1;
                        let status = &of[&(*household, *person, item.name.to_owned())];
                        assert_eq!(status, "hit", "{}", item.name);
                    }
                }
            }
        }
        assert!(
            rows * 10 < hits * 100 && hits * 100 < rows * 40,
            "{hits} of {rows}"
        );
        assert!(wrong > 0 && wrong * 100 < rows, "{wrong} of {rows}");
        assert_eq!(statuses.len(), 5, "{statuses:?}");
    }
}
