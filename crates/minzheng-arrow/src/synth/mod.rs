//! A synthetic province: households, people and records that never were.
//!
//! Nobody in it exists: there are no names, and identity numbers, though their form is right, lie in divisions 159901 to
//! 159999, which no place has. Rates are plausible, not statistics; see `docs/guide/synthetic-province.md`.

mod draw;
mod home;
mod items;
mod sheet;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use minzheng::catalog::RowOrder;
use minzheng_rules::date::Day;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Level;

use crate::error::{Error, at};
use home::Homes;
use items::Records;
use sheet::{Columns as _, Households, Obligors, Parents, People};

/// Identity numbers lie in divisions above this one, up to 99 more.
const DIVISION: u64 = 159_900;

/// Households in one part.
const PART: usize = 8_192;

/// How a province is made.
#[derive(Debug, Clone)]
pub struct SynthOptions {
    /// Rows of people, those who are listed but do not count included.
    pub people: u64,
    /// The seed: the same seed, options and version of this library give the same rows.
    pub seed: u64,
    /// The day decided, `on` of every household.
    pub on: Day,
    /// Places by six-digit code with weights.
    pub places: Vec<(i64, i64)>,
    /// How many of a thousand households have gaps in what they answered.
    pub gaps: i64,
    /// Rows of people outside in the tables of the items, for every person within; none: no records at all.
    pub records: Option<u32>,
}

impl SynthOptions {
    /// So many people in the places of some packs: four fifths in places whose code begins with 1599, which exist nowhere,
    /// the others in all counties and banners alike; gaps in 80 of a thousand households.
    pub fn new(set: &PackSet, people: u64, seed: u64, on: Day) -> Self {
        let all = set.places().iter().filter(|p| p.level == Level::County);
        let (invented, real): (Vec<i64>, Vec<i64>) =
            all.map(|p| p.code).partition(|code| code / 100 == 1_599);
        let weigh = |codes: &[i64], share: i64| -> Vec<(i64, i64)> {
            let each = i64::try_from(codes.len()).map_or(0, |n| share.checked_div(n).unwrap_or(0));
            codes.iter().map(|code| (*code, each)).collect()
        };
        let mut places = weigh(&invented, 800_000);
        places.extend(weigh(&real, 200_000));
        Self {
            people,
            seed,
            on,
            places,
            gaps: 80,
            records: None,
        }
    }
}

/// The next households of a province: one record batch for every table, each in the order of households.
#[derive(Debug, Clone)]
pub struct SynthPart {
    /// Households.
    pub households: RecordBatch,
    /// Their people.
    pub people: RecordBatch,
    /// Who owes people support.
    pub obligors: RecordBatch,
    /// Parents of children.
    pub parents: RecordBatch,
    /// Records of the items, in the order of their numbers; empty without records.
    pub items: Vec<RecordBatch>,
    /// What every source answered of every person; none without records.
    pub answers: Option<RecordBatch>,
}

/// A table of the records of one item.
#[derive(Debug, Clone)]
pub struct SynthItem {
    /// Id of the item.
    pub name: &'static str,
    /// Its columns.
    pub schema: SchemaRef,
    /// Whether the source keeps it by key: the parts together are then to be sorted by `id_number`.
    pub is_by_key: bool,
}

/// The parts of a synthetic province, in the order of households; memory is that of one part. A household's number begins with
/// the code of its place, as real ones do, so households of a place stand together.
///
/// ```
/// use minzheng::packs::{self, BuiltIn};
/// use minzheng_arrow::synth::{Province, SynthOptions};
/// use minzheng_rules::date::Day;
///
/// let packs = packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?;
/// let on = Day::parse("2026-08-25").ok_or("no day")?;
/// let options = SynthOptions::new(&packs, 1_000, 1, on);
/// let parts = Province::new(options)?.collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(parts.iter().map(|p| p.people.num_rows()).sum::<usize>(), 1_000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Province {
    homes: Homes,
    records: Option<Records>,
    people: u64,
    left: u64,
    /// Places by code, each with the sum of its weight and those before it.
    places: Vec<(i64, u64)>,
}

impl Province {
    /// Prepares a province.
    ///
    /// # Errors
    /// `E-SYNTH-PLACES` where no place has a weight.
    pub fn new(options: SynthOptions) -> Result<Self, Error> {
        let SynthOptions {
            people,
            seed,
            on,
            mut places,
            gaps,
            records,
        } = options;
        let is_bad = |(code, weight): &(i64, i64)| *weight < 0 || !(1..=999_999).contains(code);
        if places.iter().any(is_bad) || places.iter().all(|(_, weight)| *weight == 0) {
            let help = "write places as 159921=80,150802=20";
            let message = "no place to live in: a code has six digits and a weight above zero";
            return Err(at(
                "E-SYNTH-PLACES",
                "households",
                "registration_place",
                message,
                help,
            )
            .into());
        }
        places.sort_unstable();
        let mut sum = 0_u64;
        let up_to = |(code, weight): (i64, i64)| {
            sum = sum.saturating_add(weight.unsigned_abs());
            (code, sum)
        };
        Ok(Self {
            homes: Homes::new(seed, on, gaps),
            records: records.map(|others| Records::new(seed, on, i64::from(others))),
            people,
            left: people,
            places: places.into_iter().map(up_to).collect(),
        })
    }

    /// Where the next household lives: place after place, each with its share of the people.
    fn place(&self) -> i64 {
        let wide = |n: u64| u128::from(n);
        let all = self.places.last().map_or(0, |(_, sum)| wide(*sum));
        let made = wide(self.people.saturating_sub(self.left)).saturating_mul(all);
        let at = made.checked_div(wide(self.people)).unwrap_or(0);
        let first = self.places.partition_point(|(_, sum)| wide(*sum) <= at);
        self.places.get(first).map_or(0, |(code, _)| *code)
    }

    /// The tables by name, with the columns they have.
    pub fn schemas() -> [(&'static str, SchemaRef); 4] {
        [
            ("households", Households::schema()),
            ("people", People::schema()),
            ("obligors", Obligors::schema()),
            ("parents", Parents::schema()),
        ]
    }

    /// The tables of the 33 items, in the order of their numbers: two keys, `record_no` and `id_number`, and the fields of the
    /// built-in catalogue; money in whole fen.
    pub fn items() -> Vec<SynthItem> {
        items::ITEMS
            .iter()
            .zip(items::schemas())
            .map(|(item, schema)| SynthItem {
                name: item.name,
                schema,
                is_by_key: item.order == RowOrder::Key,
            })
            .collect()
    }

    /// The columns of the table of answers: `household_id`, `person_id`, `item`, `status` (`hit`, `none`, `pending`, `refused`,
    /// `unavailable`) and `as_of`, null where a source did not answer.
    pub fn answers() -> SchemaRef {
        items::answers_schema()
    }

    /// Rows of people that are still to come.
    pub const fn left(&self) -> u64 {
        self.left
    }

    fn part(&mut self) -> Result<SynthPart, Error> {
        let (mut households, mut people) = (Households::default(), People::default());
        let (mut obligors, mut parents) = (Obligors::default(), Parents::default());
        for _ in 0..PART {
            if self.left == 0 {
                break;
            }
            let mut home = self.homes.next(self.place(), self.left);
            if let Some(records) = &mut self.records {
                records.add(&home);
            }
            self.homes.gaps(&mut home);
            let rows = u64::try_from(home.people.len()).unwrap_or(u64::MAX);
            self.left = self.left.saturating_sub(rows);
            households.push(&home.household);
            home.people.iter().for_each(|row| people.push(row));
            home.obligors.iter().for_each(|row| obligors.push(row));
            home.parents.iter().for_each(|row| parents.push(row));
        }
        let (items, answers) = match &mut self.records {
            Some(records) => {
                let (items, answers) = records.finish()?;
                (items, Some(answers))
            }
            None => (Vec::new(), None),
        };
        Ok(SynthPart {
            households: households.finish()?,
            people: people.finish()?,
            obligors: obligors.finish()?,
            parents: parents.finish()?,
            items,
            answers,
        })
    }
}

impl Iterator for Province {
    type Item = Result<SynthPart, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        (self.left > 0).then(|| self.part())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use arrow_array::cast::AsArray;
    use arrow_array::types::{Date32Type, Int64Type};
    use minzheng::identity::ResidentNumber;
    use minzheng::packs::{self, BuiltIn};
    use minzheng_rules::columnar::OutputColumn;
    use minzheng_rules::scenario::Engine;

    use super::*;
    use crate::{ExportOptions, Exporter, ImportOptions, Importer, Tables};

    fn packs() -> PackSet {
        packs::load(&BuiltIn::ALL, &[]).unwrap()
    }

    fn options(people: u64, seed: u64) -> SynthOptions {
        SynthOptions::new(&packs(), people, seed, Day::parse("2026-08-25").unwrap())
    }

    fn parts(people: u64, seed: u64) -> Vec<SynthPart> {
        let province = Province::new(options(people, seed)).unwrap();
        province.map(Result::unwrap).collect()
    }

    fn tables(part: &SynthPart) -> [(&RecordBatch, &'static str); 4] {
        [
            (&part.households, "households"),
            (&part.people, "people"),
            (&part.obligors, "obligors"),
            (&part.parents, "parents"),
        ]
    }

    #[test]
    fn a_seed_gives_the_same_rows_and_another_seed_others() {
        let (a, b, c) = (parts(30_000, 7), parts(30_000, 7), parts(30_000, 8));
        assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(&b) {
            for ((a, _), (b, _)) in tables(a).into_iter().zip(tables(b)) {
                assert_eq!(a, b);
            }
        }
        assert_ne!(a[0].people, c[0].people);
        let rows: usize = a.iter().map(|p| p.people.num_rows()).sum();
        assert_eq!(rows, 30_000);
    }

    #[test]
    fn every_table_is_in_the_order_of_households() {
        let mut last = BTreeMap::new();
        for part in parts(60_000, 3) {
            for (table, name) in tables(&part) {
                let keys = table.column_by_name("household_id").unwrap();
                for key in keys.as_primitive::<Int64Type>().values() {
                    let before = last.insert(name, *key).unwrap_or(0);
                    assert!(
                        before < *key || (name != "households" && before == *key),
                        "{name} {key}"
                    );
                }
            }
        }
        assert_eq!(last["households"], last["people"]);
    }

    #[test]
    fn identity_numbers_are_in_form_in_no_real_division_and_twice_nowhere() {
        let set = packs();
        let real: Vec<i64> = set
            .places()
            .iter()
            .map(|p| p.code)
            .filter(|c| *c != 159_921)
            .collect();
        assert!(!real.iter().any(|code| (159_901..=159_999).contains(code)));
        let mut met = BTreeSet::new();
        for part in parts(120_000, 5) {
            let numbers = part
                .people
                .column_by_name("id_number")
                .unwrap()
                .as_string::<i32>()
                .clone();
            let births = part
                .people
                .column_by_name("birth")
                .unwrap()
                .as_primitive::<Date32Type>()
                .clone();
            for (number, birth) in numbers.iter().zip(births.iter()) {
                let Some(number) = number else { continue };
                let number = ResidentNumber::parse(number).unwrap();
                let division: u64 = number.area_code().as_str().parse().unwrap();
                assert!((159_901..=159_999).contains(&division));
                assert!(met.insert(number.packed()));
                let stated = birth.map(|b| Day::from_number(i64::from(b)).unwrap().to_date());
                assert!(stated.is_none_or(|b| b == number.birth_date()));
            }
        }
        assert!(met.len() > 110_000);
    }

    #[test]
    fn every_programme_is_had_refused_and_open_somewhere() {
        let engine = Engine::new(packs());
        let schemas = Province::schemas();
        let importer = Importer::new(engine.packs(), &schemas, ImportOptions::default()).unwrap();
        let exporter = Exporter::new(&importer, &ExportOptions::default()).unwrap();
        let columns = engine.columns(exporter.request()).unwrap();
        let mut seen: BTreeMap<String, [usize; 3]> = BTreeMap::new();
        for part in parts(80_000, 1) {
            let [h, p, o, r] = tables(&part).map(|(table, _)| table.clone());
            let read = [
                (0, &[h][..], 0),
                (1, &[p][..], 0),
                (2, &[o][..], 0),
                (3, &[r][..], 0),
            ];
            let tables = Tables::new(&read).unwrap();
            let imported = importer.read(&tables).unwrap();
            assert_eq!(
                imported.findings.iter().collect::<Vec<_>>(),
                Vec::<&crate::Finding>::new()
            );
            let answer = imported.answer(&columns);
            for (output, column) in columns.outputs().iter().zip(&answer.columns) {
                if let OutputColumn::Truth { yes, no } = column
                    && let Some(id) = output.name.strip_suffix(".eligible")
                {
                    let count = seen.entry(id.to_owned()).or_default();
                    count[0] += yes.count();
                    count[1] += no.count();
                    count[2] += yes.len() - yes.count() - no.count();
                }
            }
        }
        assert_eq!(seen.len(), engine.packs().programmes().len());
        for (id, counts) in seen {
            assert!(
                counts.iter().all(|n| *n > 0),
                "{id}: had, refused, open: {counts:?}"
            );
        }
    }
}
