//! The facts of many cases, column by column.

use core::ops::Range;
use std::borrow::Cow;

use super::bits::Bitmap;
use super::lanes::ends;
use super::wide::{Work, widely};
use crate::date::Day;
use crate::facts::{self, Input};
use crate::lang::Type;
use crate::pack::PackSet;
use crate::pack::model::Fact;
use crate::scalar::V;

/// A link that points nowhere.
pub const NO_ROW: u32 = u32::MAX;

/// The values of one fact for every row of its entity, in the engine's unit: fen, days since 1970-01-01, indices of codes,
/// ten-thousandths, place codes. What stands where a row is unknown is never read as a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values<'a> {
    /// Yes or no.
    Bool(Bitmap),
    /// Small numbers, as codes.
    Small(Cow<'a, [u8]>),
    /// Numbers of 32 bits, as days.
    Medium(Cow<'a, [i32]>),
    /// Numbers of 64 bits, as fen.
    Large(Cow<'a, [i64]>),
}

impl Values<'_> {
    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Bool(bits) => bits.len(),
            Self::Small(values) => values.len(),
            Self::Medium(values) => values.len(),
            Self::Large(values) => values.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn get(&self, row: usize) -> Option<i64> {
        match self {
            Self::Bool(bits) => (row < bits.len()).then(|| i64::from(bits.get(row))),
            Self::Small(values) => values.get(row).copied().map(i64::from),
            Self::Medium(values) => values.get(row).copied().map(i64::from),
            Self::Large(values) => values.get(row).copied(),
        }
    }
}

/// One fact of every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column<'a> {
    values: Values<'a>,
    /// Rows that are known; `None`: all.
    known: Option<Bitmap>,
    /// Rows whose value lay outside its declared bounds: unknown without bounds.
    wild: Option<Bitmap>,
    /// The lowest and the highest number of every [`ZONE`] rows, known or not; empty where nobody looked.
    zones: Vec<(i64, i64)>,
}

/// So many rows share what is kept of their lowest and highest number.
const ZONE: usize = 1_024;

impl<'a> Column<'a> {
    /// Values, and which of them are known.
    pub const fn new(values: Values<'a>, known: Option<Bitmap>) -> Self {
        Self {
            values,
            known,
            wild: None,
            zones: Vec::new(),
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(super) const fn values(&self) -> &Values<'a> {
        &self.values
    }

    pub(super) const fn known(&self) -> Option<&Bitmap> {
        self.known.as_ref()
    }

    pub(super) const fn wild(&self) -> Option<&Bitmap> {
        self.wild.as_ref()
    }

    /// The column of some rows alone.
    pub(super) fn pick(&self, rows: &[u32]) -> Column<'static> {
        fn some<T: Copy>(values: &[T], rows: &[u32]) -> Cow<'static, [T]> {
            Cow::Owned(rows.iter().map(|row| values[*row as usize]).collect())
        }
        Column {
            values: match &self.values {
                Values::Bool(bits) => Values::Bool(bits.pick(rows)),
                Values::Small(values) => Values::Small(some(values, rows)),
                Values::Medium(values) => Values::Medium(some(values, rows)),
                Values::Large(values) => Values::Large(some(values, rows)),
            },
            known: self.known.as_ref().map(|bits| bits.pick(rows)),
            wild: self.wild.as_ref().map(|bits| bits.pick(rows)),
            zones: Vec::new(),
        }
    }

    /// Between which numbers the values of some rows lie, known or not, where that was found.
    pub(super) fn ends(&self, rows: Range<usize>) -> Option<(i64, i64)> {
        let zones = self.zones.get(rows.start / ZONE..rows.end.div_ceil(ZONE))?;
        zones
            .iter()
            .copied()
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// The one value of some rows, where it is known that they have no other.
    pub(super) fn only(&self, rows: Range<usize>) -> Option<i64> {
        let sure = self.wild.is_none() && self.known.is_none();
        let ends = self.ends(rows).filter(|_| sure);
        ends.filter(|(min, max)| min == max).map(|(min, _)| min)
    }

    /// The value of a row, where it is known.
    pub(super) fn known_value(&self, row: usize) -> Option<i64> {
        self.value(row, V::UNKNOWN).get()
    }

    /// The values of some rows, where they are known; `none` where they are not.
    pub(super) fn copy_known<'o>(
        &self,
        rows: Range<usize>,
        none: i64,
        out: impl Iterator<Item = &'o mut i64>,
    ) {
        let sure = self.wild.is_none() && self.known.is_none();
        let slots = rows.clone().zip(out);
        match &self.values {
            Values::Medium(values) if sure => {
                let values = values.get(rows).unwrap_or_default();
                slots
                    .zip(values)
                    .for_each(|((_, slot), v)| *slot = i64::from(*v));
            }
            _ => slots.for_each(|(row, slot)| *slot = self.known_value(row).unwrap_or(none)),
        }
    }

    /// The value of a row as the scalar program has it; `missing` is what an unknown one can be.
    fn value(&self, row: usize, missing: V) -> V {
        if self.wild.as_ref().is_some_and(|w| w.get(row)) {
            return V::UNKNOWN;
        }
        match self.values.get(row) {
            Some(v) if self.known.as_ref().is_none_or(|k| k.get(row)) => V::known(v),
            _ => missing,
        }
    }
}

/// The rows of one entity: where each row above begins, and where links point.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table<'a> {
    /// How many rows.
    pub rows: usize,
    /// For an entity below another: the first row of every row above, and the number of rows at the end. Empty for the root.
    pub offsets: Cow<'a, [u32]>,
    /// For every link of the entity the row it points to, or [`NO_ROW`]; a link that is not given points nowhere. A row
    /// may point only into its own case.
    pub links: Vec<Option<Cow<'a, [u32]>>>,
}

/// The days decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dates<'a> {
    /// One day for all.
    One(Day),
    /// A day for every case, as days since 1970-01-01.
    Each(Cow<'a, [i32]>),
}

/// Why columns do not make a batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// A table is missing or too many.
    #[error("the batch has {given} tables, the packs have {wanted} entities")]
    Tables {
        /// How many were given.
        given: usize,
        /// How many are wanted.
        wanted: usize,
    },
    /// The offsets of a table do not rise from zero to its number of rows, or their number is not that of the rows above.
    #[error("the offsets of `{entity}` do not fit the rows")]
    Offsets {
        /// Id of the entity.
        entity: String,
    },
    /// A link leaves its case.
    #[error("a link of `{entity}` points out of its case, in row {row}")]
    Link {
        /// Id of the entity.
        entity: String,
        /// The row, from 0.
        row: usize,
    },
    /// A column has another number of rows than its table, or a type that its fact has not.
    #[error("the column of `{fact}` does not fit: {why}")]
    Column {
        /// Id of the fact.
        fact: String,
        /// Why.
        why: &'static str,
    },
    /// The days decided do not fit.
    #[error("{why}")]
    Dates {
        /// Why.
        why: &'static str,
    },
}

/// The facts of many cases, laid out for the columnar program; the rows of every entity in the order of the rows above.
///
/// ```
/// use std::borrow::Cow;
/// use minzheng_rules::columnar::{Batch, Column, Dates, Table, Values};
/// use minzheng_rules::{date::Day, pack::{PackSet, PackSource, SourceFile}};
/// # let text = r#"
/// # [pack]
/// # id = "small"
/// # title = { zh = "小包", en = "small pack" }
/// # publisher = "example"
/// # version = "1"
/// # level = "nation"
/// # place = "000000"
/// # reviewed_on = 2026-01-01
/// # [[entity]]
/// # id = "case"
/// # [[fact]]
/// # id = "income"
/// # entity = "case"
/// # type = "money/month"
/// # low = 0
/// # high = 1000
/// # title = { zh = "收入", en = "income" }
/// # "#;
/// # let packs = PackSet::load(&[PackSource::new(vec![SourceFile::new("pack.toml", text)])]).map_err(|e| e.to_string())?;
/// // `packs` has one entity `case` with the fact `income`
/// let table = Table { rows: 2, ..Table::default() };
/// let mut batch = Batch::new(&packs, vec![table], Dates::One(Day::parse("2026-09-01").ok_or("no day")?))?;
/// batch.set(&packs, "case", "income", Column::new(Values::Large(Cow::Borrowed(&[9_999, 20_000])), None))?;
/// assert_eq!(batch.cases(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Batch<'a> {
    pub(super) tables: Vec<Table<'a>>,
    pub(super) dates: Dates<'a>,
    /// By fact, findings included.
    pub(super) columns: Vec<Option<Column<'a>>>,
}

impl<'a> Batch<'a> {
    /// A batch without facts: one table for every entity of the packs, in their order.
    ///
    /// # Errors
    /// Tables, offsets, links or days that do not fit each other.
    pub fn new(
        set: &PackSet,
        tables: Vec<Table<'a>>,
        dates: Dates<'a>,
    ) -> Result<Self, BatchError> {
        if tables.len() != set.entities.len() {
            return Err(BatchError::Tables {
                given: tables.len(),
                wanted: set.entities.len(),
            });
        }
        let cases = tables.first().map_or(0, |t| t.rows);
        if let Dates::Each(days) = &dates {
            if days.len() != cases {
                return Err(BatchError::Dates {
                    why: "there is not one day for every case",
                });
            }
            if days
                .iter()
                .any(|d| Day::from_number(i64::from(*d)).is_none())
            {
                return Err(BatchError::Dates {
                    why: "a day lies outside the years 1 to 9999",
                });
            }
        }
        let batch = Self {
            tables,
            dates,
            columns: vec![None; set.facts.len()],
        };
        batch.check_rows(set)?;
        Ok(batch)
    }

    fn check_rows(&self, set: &PackSet) -> Result<(), BatchError> {
        for (table, entity) in self.tables.iter().zip(&set.entities) {
            let bad = || BatchError::Offsets {
                entity: entity.id.clone(),
            };
            if u32::try_from(table.rows).is_err() || table.rows >= NO_ROW as usize {
                return Err(bad());
            }
            match entity.parent {
                None if table.offsets.is_empty() => {}
                None => return Err(bad()),
                Some(parent) => {
                    let above = self.tables.get(parent).map_or(0, |t| t.rows);
                    let ends = (table.offsets.first(), table.offsets.last());
                    let whole = ends == (Some(&0), Some(&(table.rows as u32)));
                    if !whole || table.offsets.len() != above + 1 || !table.offsets.is_sorted() {
                        return Err(bad());
                    }
                }
            }
        }
        let owners: Vec<Vec<u32>> = (0..self.tables.len())
            .map(|e| self.cases_of(set, e))
            .collect();
        for (at, (table, entity)) in self.tables.iter().zip(&set.entities).enumerate() {
            if table.links.len() > entity.links.len() {
                return Err(BatchError::Link {
                    entity: entity.id.clone(),
                    row: 0,
                });
            }
            for (links, (_, to)) in table.links.iter().zip(&entity.links) {
                let Some(links) = links else { continue };
                let own = owners.get(at);
                let far = owners.get(*to);
                let fits = |(row, target): (usize, &u32)| {
                    let case = own.and_then(|o| o.get(row));
                    *target == NO_ROW
                        || (case.is_some() && case == far.and_then(|o| o.get(*target as usize)))
                };
                let short = (links.len() != table.rows).then_some(links.len().min(table.rows));
                let wrong = short.or_else(|| links.iter().enumerate().position(|pair| !fits(pair)));
                if let Some(row) = wrong {
                    return Err(BatchError::Link {
                        entity: entity.id.clone(),
                        row,
                    });
                }
            }
        }
        Ok(())
    }

    /// The case of every row of an entity that links or is linked to; the root and entities without links need none.
    fn cases_of(&self, set: &PackSet, entity: usize) -> Vec<u32> {
        let links = set
            .entities
            .iter()
            .zip(&self.tables)
            .enumerate()
            .any(|(at, (e, t))| {
                t.links
                    .iter()
                    .zip(&e.links)
                    .any(|(l, (_, to))| l.is_some() && (at == entity || *to == entity))
            });
        if !links {
            return Vec::new();
        }
        let mut cases: Vec<u32> =
            (0..self.tables.get(entity).map_or(0, |t| t.rows) as u32).collect();
        let mut at = entity;
        while let Some(parent) = set.entities.get(at).and_then(|e| e.parent) {
            let offsets = self
                .tables
                .get(at)
                .map(|t| t.offsets.as_ref())
                .unwrap_or_default();
            let mut above = Vec::with_capacity(offsets.last().map_or(0, |n| *n as usize));
            for (up, ends) in (0_u32..).zip(offsets.windows(2)) {
                if let [_, to] = ends {
                    above.resize(*to as usize, up);
                }
            }
            for case in &mut cases {
                *case = above.get(*case as usize).copied().unwrap_or(0);
            }
            at = parent;
        }
        cases
    }

    /// Gives the values of a fact.
    ///
    /// # Errors
    /// [`BatchError::Column`] where the packs have no such fact, or the rows or the type do not fit.
    pub fn set(
        &mut self,
        set: &PackSet,
        entity: &str,
        fact: &str,
        column: Column<'a>,
    ) -> Result<(), BatchError> {
        let named = set.entity_index(entity).and_then(|e| set.name_of(e, fact));
        let Some(crate::pack::NameOf::Fact(index)) = named else {
            return Err(BatchError::Column {
                fact: fact.to_owned(),
                why: "the packs have no such fact",
            });
        };
        self.put(set, index, column)
    }

    /// Gives the officials' findings for a condition or formula, by its id.
    ///
    /// # Errors
    /// As [`Batch::set`].
    pub fn set_finding(
        &mut self,
        set: &PackSet,
        formula: &str,
        column: Column<'a>,
    ) -> Result<(), BatchError> {
        let Some(index) = set.formula(formula).and_then(|f| f.finding) else {
            return Err(BatchError::Column {
                fact: formula.to_owned(),
                why: "nothing attestable has this id",
            });
        };
        self.put(set, index, column)
    }

    fn put(
        &mut self,
        set: &PackSet,
        index: usize,
        mut column: Column<'a>,
    ) -> Result<(), BatchError> {
        let Some(fact) = set.facts.get(index) else {
            return Ok(());
        };
        let bad = |why| {
            Err(BatchError::Column {
                fact: fact.id.clone(),
                why,
            })
        };
        if Some(column.len()) != self.tables.get(fact.entity).map(|t| t.rows) {
            return bad("it has another number of rows than its table");
        }
        if column
            .known
            .as_ref()
            .is_some_and(|k| k.len() != column.len())
        {
            return bad("it does not say of every row whether it is known");
        }
        if (fact.ty == Type::Bool) != matches!(column.values, Values::Bool(_))
            || fact.ty == Type::Text
        {
            return bad("it is of another type than the fact");
        }
        if column
            .known
            .as_ref()
            .is_some_and(|k| k.count() == column.len())
        {
            column.known = None;
        }
        let bounds = sensible(set, fact);
        column.zones = zones(&column.values);
        column.wild = wild(&column, bounds);
        if fact.ty == Type::Place {
            // rows of one place mostly stand together
            let mut last = (0, set.places.resolve(0));
            let resolved = (0..column.len()).map(|row| {
                let code = column.values.get(row).unwrap_or(0);
                if last.0 != code {
                    last = (code, set.places.resolve(code));
                }
                last.1
            });
            column.values = Values::Large(Cow::Owned(resolved.collect()));
            column.zones = zones(&column.values);
        }
        if let Some(slot) = self.columns.get_mut(index) {
            *slot = Some(column);
        }
        Ok(())
    }

    /// Decides all cases on another day; the facts stay.
    pub fn decide_on(&mut self, day: Day) {
        self.dates = Dates::One(day);
    }

    /// How many cases.
    pub fn cases(&self) -> usize {
        self.tables.first().map_or(0, |t| t.rows)
    }

    /// How many rows an entity has.
    pub fn rows(&self, entity: usize) -> usize {
        self.tables.get(entity).map_or(0, |t| t.rows)
    }

    /// The rows of an entity that belong to a range of cases.
    pub fn rows_of(&self, set: &PackSet, entity: usize, cases: Range<usize>) -> Range<usize> {
        let Some(parent) = set.entities.get(entity).and_then(|e| e.parent) else {
            return cases;
        };
        let above = self.rows_of(set, parent, cases);
        let offsets = self
            .tables
            .get(entity)
            .map(|t| t.offsets.as_ref())
            .unwrap_or_default();
        let at = |row: usize| offsets.get(row).map_or(0, |o| *o as usize);
        at(above.start)..at(above.end)
    }

    /// The number of the day decided of a case, as it was given.
    pub(super) fn day_number(&self, case: usize) -> i64 {
        match &self.dates {
            Dates::One(day) => day.number(),
            Dates::Each(days) => days.get(case).map_or(i64::MIN, |d| i64::from(*d)),
        }
    }

    /// The day decided of a case.
    pub fn on(&self, case: usize) -> Day {
        match &self.dates {
            Dates::One(day) => *day,
            Dates::Each(days) => days
                .get(case)
                .and_then(|d| Day::from_number(i64::from(*d)))
                .unwrap_or(Day::MIN),
        }
    }

    pub(super) fn value(&self, set: &PackSet, fact: usize, row: usize) -> V {
        let Some(def) = set.facts.get(fact) else {
            return V::UNKNOWN;
        };
        let missing = V::missing(def.ty, def.low, def.high);
        self.columns
            .get(fact)
            .and_then(Option::as_ref)
            .map_or(missing, |c| c.value(row, missing))
    }

    /// One case as the scalar program takes it, for its explanation; `ids` names its rows, by entity and row in the batch.
    pub fn case(
        &self,
        set: &PackSet,
        case: usize,
        known_on: Day,
        ids: impl Fn(usize, usize) -> String,
    ) -> Input {
        let spans: Vec<_> = (0..self.tables.len())
            .map(|e| self.rows_of(set, e, case..case + 1))
            .collect();
        let parts = spans.iter().enumerate().map(|(entity, span)| {
            let table = self.tables.get(entity);
            let offsets = table.map(|t| t.offsets.as_ref()).unwrap_or_default();
            let start = |e: Option<usize>| e.and_then(|e| spans.get(e)).map_or(0, |s| s.start);
            let def = set.entities.get(entity);
            let parent = def.and_then(|e| e.parent);
            let above = |row: usize| {
                offsets
                    .partition_point(|o| *o as usize <= row)
                    .saturating_sub(1)
                    .saturating_sub(start(parent))
            };
            let links = def
                .map(|e| e.links.as_slice())
                .unwrap_or_default()
                .iter()
                .enumerate()
                .map(|(index, (_, to))| {
                    let given = table
                        .and_then(|t| t.links.get(index))
                        .and_then(Option::as_ref);
                    let target = |row: usize| {
                        let far = given
                            .and_then(|l| l.get(row))
                            .copied()
                            .filter(|t| *t != NO_ROW)?;
                        (far as usize).checked_sub(start(Some(*to)))
                    };
                    span.clone().map(target).collect()
                });
            facts::Rows {
                ids: span.clone().map(|row| ids(entity, row)).collect(),
                parents: if parent.is_some() {
                    span.clone().map(above).collect()
                } else {
                    Vec::new()
                },
                links: links.collect(),
            }
        });
        Input::of_rows(
            set,
            self.on(case),
            known_on,
            parts.collect(),
            |fact, row| {
                let entity = set.facts.get(fact).map_or(0, |f| f.entity);
                self.value(set, fact, spans.get(entity).map_or(0, |s| s.start) + row)
            },
        )
    }
}

/// Between which numbers a known value of a fact lies: its declared bounds, and those of its type.
pub(super) fn sensible(set: &PackSet, fact: &Fact) -> V {
    let declared = V::missing(fact.ty, fact.low, fact.high);
    match fact.ty {
        Type::Bool => V::UNKNOWN,
        Type::Code(list) => {
            let codes = set.lists.get(list).map_or(0, |l| l.codes.len());
            V {
                lo: 0,
                hi: codes as i64 - 1,
            }
        }
        Type::Date => V {
            lo: Day::MIN.number().max(declared.lo),
            hi: Day::MAX.number().min(declared.hi),
        },
        _ => declared,
    }
}

/// The lowest and the highest number of every zone.
fn zones(values: &Values<'_>) -> Vec<(i64, i64)> {
    match values {
        Values::Bool(_) => Vec::new(),
        Values::Small(values) => widely(Zones(values)),
        Values::Medium(values) => widely(Zones(values)),
        Values::Large(values) => widely(Zones(values)),
    }
}

struct Zones<'v, T>(&'v [T]);

impl<T: Copy + Ord + Into<i64>> Work for Zones<'_, T> {
    type Out = Vec<(i64, i64)>;

    #[inline(always)]
    fn run(self) -> Vec<(i64, i64)> {
        let mut out = Vec::with_capacity(self.0.len().div_ceil(ZONE));
        for zone in self.0.chunks(ZONE) {
            out.push(ends(zone));
        }
        out
    }
}

/// Known rows whose value lies outside the bounds.
fn wild(column: &Column<'_>, bounds: V) -> Option<Bitmap> {
    let outside = |(min, max): &(i64, i64)| *min < bounds.lo || *max > bounds.hi;
    if !column.zones.iter().any(outside) {
        return None;
    }
    let known = |row: usize| column.known.as_ref().is_none_or(|k| k.get(row));
    let strange = |row: &usize| {
        column
            .values
            .get(*row)
            .is_none_or(|v| v < bounds.lo || v > bounds.hi)
    };
    let rows: Bitmap = (0..column.len())
        .map(|row| known(row) && strange(&row))
        .collect();
    (rows.count() > 0).then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_hold_every_number_of_their_rows() {
        let values: Vec<i64> = (0..3 * ZONE as i64 - 7)
            .map(|at| (at * 7_919) % 5_003 - 40)
            .collect();
        let mut column = Column::new(Values::Large(Cow::Borrowed(&values)), None);
        assert_eq!(column.ends(0..1), None);
        column.zones = zones(&column.values);
        assert_eq!(column.zones.len(), 3);
        for rows in [0..1, 5..ZONE, ZONE..ZONE + 1, 1_000..2_100, 0..values.len()] {
            let (min, max) = column.ends(rows.clone()).unwrap_or((0, 0));
            assert!(values[rows].iter().all(|v| (min..=max).contains(v)));
        }
        let all = (values.iter().copied().min(), values.iter().copied().max());
        assert_eq!(column.ends(0..values.len()), all.0.zip(all.1));
        assert_eq!(column.ends(0..4 * ZONE), None);
        assert_eq!(column.ends(0..0), None);
    }

    #[test]
    fn a_row_out_of_bounds_is_found_in_the_last_zone_too() {
        let mut values = vec![3; ZONE + 9];
        values[ZONE + 8] = 11;
        let bounds = V { lo: 0, hi: 10 };
        let wild_of = |known| {
            let mut column = Column::new(Values::Medium(Cow::Borrowed(&values)), known);
            column.zones = zones(&column.values);
            wild(&column, bounds)
        };
        let found = wild_of(None);
        assert_eq!(found.as_ref().map(Bitmap::count), Some(1));
        assert!(found.is_some_and(|rows| rows.get(ZONE + 8)));
        // what stands where nothing is known is no value
        let known = (0..ZONE + 9).map(|row| row != ZONE + 8).collect();
        assert_eq!(wild_of(Some(known)), None);
    }
}
