//! Records of 33 sources about people, most of whom are of elsewhere.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{Int64Array, UInt8Array, UInt64Array};
use arrow_schema::ArrowError;

use super::{Amounts, Population, Stream, column};
use crate::columns::table;

/// People of a province; the sources grow and shrink with the people.
const PROVINCE: u64 = 1_720_000;
/// Records of each source about a province: 5 of three million, 10 of one, 18 of a fifth.
const SOURCES: [(usize, u64); 3] = [(5, 3_000_000), (10, 1_000_000), (18, 200_000)];
/// Of a hundred records so many are of the people.
const THEIRS: u32 = 30;
/// How many numbers there are, a prime: those of the people, and those of everybody else.
const NUMBERS: u64 = 8_000_009;

/// The people are the households of this population, the records its members, source after source.
pub(super) fn population(people: u32) -> Result<Population, ArrowError> {
    let sizes: Vec<u32> = SOURCES
        .iter()
        .flat_map(|(many, rows)| (0..*many).map(move |_| *rows))
        .map(|rows| (rows * u64::from(people) / PROVINCE) as u32)
        .collect();
    let mut offsets = vec![0];
    let (mut source, mut key, mut amount) = (Vec::new(), Vec::new(), Vec::new());
    let others = u32::try_from(NUMBERS).unwrap_or(u32::MAX) - people;
    for (item, rows) in (0_u8..).zip(sizes) {
        let theirs = Stream::new(&format!("records.{item}?"));
        let whose = Stream::new(&format!("records.{item}"));
        let amounts = Amounts::new(&format!("records.{item}.amount"), 95, 3_000_000);
        for row in 0..rows {
            let person = if theirs.below(row, 100) < THEIRS {
                whose.below(row, people)
            } else {
                people + whose.below(row, others)
            };
            source.push(item);
            key.push(number(person));
            amount.push(amounts.at(row));
        }
        offsets.push(key.len() as u32);
    }
    let households = table(vec![
        ("household", column::<Int32Type>(people, |row| row as i32)),
        (
            "key",
            Arc::new(UInt64Array::from_iter_values((0..people).map(number))),
        ),
    ])?;
    let members = table(vec![
        ("source", Arc::new(UInt8Array::from(source))),
        ("key", Arc::new(UInt64Array::from(key))),
        ("amount", Arc::new(Int64Array::from(amount))),
    ])?;
    Ok(Population {
        households,
        members,
        offsets,
    })
}

/// A packed identity number for everybody, in no order: area, day of birth, sequence.
fn number(person: u32) -> u64 {
    let n = u64::from(person) * 5_000_011 % NUMBERS;
    let (area, rest) = (n % 100, n / 100);
    let (day, sequence) = (rest % 20_160, rest / 20_160);
    let (year, month, day) = (1_950 + day / 336, 1 + day / 28 % 12, 1 + day % 28);
    ((159_900 + area) * 100_000_000 + year * 10_000 + month * 100 + day) * 1_000 + sequence
}
