//! Records of 33 sources matched to people and added: with the library, and by hand.

use std::sync::Arc;

use arrow_array::types::{Int64Type, UInt64Type};
use arrow_array::{ArrayRef, Int64Array, RecordBatch};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer};
use minzheng::packs::{self, BuiltIn};
use minzheng::verification::Basis;
use minzheng::verification::evidence::How;
use minzheng_arrow::matching::{Fold, Matcher, Scratch};
use minzheng_rules::lang::{Period, Type};

use crate::columns::{numbers, table};
use crate::data::Population;
use crate::engine::Prepared;
use crate::manifest::Bench;

/// The keys of people and records, and the amounts.
struct Given<'a> {
    people: &'a [u64],
    keys: &'a [u64],
    amounts: &'a [i64],
    offsets: &'a [u32],
}

impl<'a> Given<'a> {
    fn of(population: &'a Population) -> Result<Self, String> {
        Ok(Self {
            people: numbers::<UInt64Type>(&population.households, "key")?.values(),
            keys: numbers::<UInt64Type>(&population.members, "key")?.values(),
            amounts: numbers::<Int64Type>(&population.members, "amount")?.values(),
            offsets: &population.offsets,
        })
    }

    /// Keys and amounts of each source.
    fn sources(&self) -> impl Iterator<Item = (&'a [u64], &'a [i64])> {
        let (keys, amounts) = (self.keys, self.amounts);
        self.offsets.windows(2).map(move |ends| {
            let rows = ends[0] as usize..ends[1] as usize;
            (&keys[rows.clone()], &amounts[rows])
        })
    }
}

/// The library: the table of people is built, every source streamed past it, each record folded into its person by a row of evidence
/// that adds; all within the time.
///
/// # Errors
/// Packs without such a row; a population of another bench.
pub fn ours<'a>(bench: &'a Bench, population: &'a Population) -> Result<Prepared<'a>, String> {
    let given = Given::of(population)?;
    let packs = packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?;
    let basis = Basis::load(&packs).map_err(|e| e.to_string())?;
    let row = basis.evidence.into_iter().find(|e| e.how == How::Sum);
    let row = row.ok_or("no row of evidence adds")?;
    let fact = Type::money(Period::Year);
    Ok(Box::new(move || {
        let told = |e: minzheng_arrow::Error| e.to_string();
        let matcher = Matcher::new(given.people).map_err(told)?;
        let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
        let mut sums = Vec::new();
        for (keys, amounts) in given.sources() {
            matcher.find(keys, &mut scratch, &mut hits);
            let mut fold = Fold::new(&row, given.people.len());
            for hit in &hits {
                fold.add(hit.person, Some(amounts[hit.record as usize]), 0);
            }
            let mut values = vec![0; given.people.len()];
            let mut known = BooleanBufferBuilder::new(values.len());
            known.append_n(values.len(), false);
            for (person, found) in fold.finish(&row, None, fact) {
                if let Ok(sum) = found {
                    values[person as usize] = sum;
                    known.set_bit(person as usize, true);
                }
            }
            sums.push(column(values, known));
        }
        answer(bench, sums)
    }))
}

fn column(values: Vec<i64>, mut known: BooleanBufferBuilder) -> ArrayRef {
    Arc::new(Int64Array::new(
        values.into(),
        Some(NullBuffer::new(known.finish())),
    ))
}

fn answer(bench: &Bench, sums: Vec<ArrayRef>) -> Result<RecordBatch, String> {
    let names = bench.answer.keys().map(String::as_str);
    table(names.zip(sums).collect()).map_err(|error| error.to_string())
}

/// The same as a loop over the records: open addresses, a slot a person, sums that wrap.
///
/// # Errors
/// A population of another bench.
pub fn by_hand<'a>(bench: &'a Bench, population: &'a Population) -> Result<Prepared<'a>, String> {
    let given = Given::of(population)?;
    Ok(Box::new(move || {
        let people = given.people.len();
        let bits = (people * 2).next_power_of_two().trailing_zeros();
        let (shift, mask) = (64 - bits, (1_usize << bits) - 1);
        let start = |key: u64| (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> shift) as usize;
        let mut slots = vec![(0_u64, 0_u32); mask + 1];
        for (row, key) in (0_u32..).zip(given.people) {
            let mut at = start(*key);
            while slots[at].0 != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = (*key, row);
        }
        let mut sums = Vec::new();
        for (keys, amounts) in given.sources() {
            let mut values = vec![0_i64; people];
            let mut known = BooleanBufferBuilder::new(people);
            known.append_n(people, false);
            for (key, amount) in keys.iter().zip(amounts) {
                let mut at = start(*key);
                loop {
                    let (held, row) = slots[at];
                    if held == *key {
                        let row = row as usize;
                        values[row] = values[row].wrapping_add(*amount);
                        known.set_bit(row, true);
                        break;
                    }
                    if held == 0 {
                        break;
                    }
                    at = (at + 1) & mask;
                }
            }
            sums.push(column(values, known));
        }
        answer(bench, sums)
    }))
}
