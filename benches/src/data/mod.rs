//! Invented households: every value is a function of the name of its column and the number of its row.
//!
//! So the data are the same on every machine, in every language and for every size, and nothing has to be downloaded.

mod maker;
mod models;
mod province;
mod records;
mod reference;
mod shipped;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{BooleanArray, PrimitiveArray, RecordBatch};
use arrow_schema::ArrowError;

use crate::columns;

pub use reference::{AREAS, Figures, PLACE, figures};

const SEED: u64 = 20_260_701;
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// Households and their members; members stand in the order of households. Of `matching` people, and records of sources; of `models` people, and no members; of `shipped`
/// people, one a household.
#[derive(Debug)]
pub struct Population {
    /// One row a household. Columns of facts carry the name of the fact.
    pub households: RecordBatch,
    /// One row a person; `household` is the row number of the household.
    pub members: RecordBatch,
    /// The members of household `i` are the rows `offsets[i]..offsets[i + 1]`; of `matching` the records of source `i`.
    pub offsets: Vec<u32>,
}

impl Population {
    /// The population of a bench.
    ///
    /// # Errors
    /// No bench of that id.
    pub fn of(bench: &str, households: u32) -> Result<Self, String> {
        let made = match bench {
            "reference" => reference::population(households),
            "aggregates" => province::population(households),
            "models" => models::population(households),
            "shipped" => shipped::population(households),
            "matching" => records::population(households),
            other => return Err(format!("no data for a bench `{other}`")),
        };
        made.map_err(|error: ArrowError| error.to_string())
    }

    /// Writes `households.arrow`, `members.arrow` and `figures.json`, for peers in other processes.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, folder: &Path) -> Result<(), String> {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        columns::write(&folder.join("households.arrow"), &self.households)?;
        columns::write(&folder.join("members.arrow"), &self.members)?;
        let json = serde_json::to_string(&figures()).map_err(|error| error.to_string())?;
        let path = folder.join("figures.json");
        fs::write(&path, json).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// splitmix64, the mixing.
const fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Made-up numbers under a name: one for every row.
#[derive(Debug, Clone, Copy)]
struct Stream(u64);

impl Stream {
    fn new(name: &str) -> Self {
        Self(name.bytes().fold(SEED, |seed, letter| {
            let next = seed.wrapping_add(u64::from(letter)).wrapping_mul(GAMMA);
            mix(next.wrapping_add(1))
        }))
    }

    /// A number in `0..end`.
    fn below(self, row: u32, end: u32) -> u32 {
        let drawn = mix(u64::from(row).wrapping_mul(GAMMA).wrapping_add(self.0)) >> 32;
        ((drawn * u64::from(end)) >> 32) as u32
    }

    /// One of the listed values.
    fn one_of<T: Copy>(self, row: u32, values: &[T]) -> T {
        values[self.below(row, values.len() as u32) as usize]
    }
}

/// Amounts: nothing for most, else more often small than large.
#[derive(Debug, Clone, Copy)]
struct Amounts {
    on: Stream,
    value: Stream,
    percent: u32,
    top: u64,
}

impl Amounts {
    fn new(name: &str, percent: u32, top: u64) -> Self {
        Self {
            on: Stream::new(&format!("{name}?")),
            value: Stream::new(name),
            percent,
            top,
        }
    }

    fn at(self, row: u32) -> i64 {
        if self.on.below(row, 100) >= self.percent {
            return 0;
        }
        let u = u64::from(self.value.below(row, 1 << 20));
        ((((u * u) >> 20) * self.top) >> 20) as i64
    }
}

/// A column, a value for every row.
fn column<T: ArrowPrimitiveType>(
    rows: u32,
    value: impl Fn(u32) -> T::Native,
) -> Arc<PrimitiveArray<T>> {
    Arc::new(PrimitiveArray::from_iter_values((0..rows).map(value)))
}

/// A column of yes and no.
fn truths(rows: u32, value: impl Fn(u32) -> bool) -> Arc<BooleanArray> {
    Arc::new((0..rows).map(|row| Some(value(row))).collect())
}

/// Rows of the members, from sizes: offsets, and the household of each member.
fn members_of(sizes: impl Iterator<Item = u32>) -> (Vec<u32>, Vec<i32>) {
    let (mut offsets, mut household) = (vec![0], Vec::new());
    for (size, number) in sizes.zip(0_i32..) {
        household.extend((0..size).map(|_| number));
        offsets.push(household.len() as u32);
    }
    (offsets, household)
}
