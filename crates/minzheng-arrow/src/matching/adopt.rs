//! Declarations and records to adopted facts, row by row, by the definition for one household.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::SchemaRef;
use minzheng::verification::adopt::{Found, Grade, Said, Settled, settle};
use minzheng::verification::collect::Unclear;
use minzheng::verification::evidence::{Evidence, How, WhenNone};
use minzheng::verification::{AnswerStatus, Basis};
use minzheng_rules::date::Day;
use minzheng_rules::facts::FactStatus;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Fact;

use super::answers::Answers;
use super::columns::{adopted_schema, array, states, status_schema};
use super::differences::Differences;
use super::people::{People, ix, row32};
use super::run::VerifyOptions;
use super::tally::{FactTally, Notes, VerifySummary, count};
use crate::contract::Role;
use crate::error::{Error, fault};
use crate::import::cells::{Cells, read};
use crate::import::matched::MatchedTable;

/// What the records of a row of evidence come to, by rising slots.
#[derive(Debug, Default)]
pub(super) struct Figures {
    slots: Vec<u32>,
    values: Vec<i64>,
    /// Slots whose value is not clear; there the value is 0. They are few.
    unclear: BTreeMap<u32, Unclear>,
}

impl Figures {
    pub(super) fn new(found: &[(u32, Result<i64, Unclear>)]) -> Self {
        let unclear = |(slot, value): &(u32, Result<i64, Unclear>)| Some((*slot, value.err()?));
        Self {
            slots: found.iter().map(|(slot, _)| *slot).collect(),
            values: found.iter().map(|(_, value)| value.unwrap_or(0)).collect(),
            unclear: found.iter().filter_map(unclear).collect(),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let one = size_of::<u32>().saturating_add(size_of::<i64>());
        self.slots.len().saturating_mul(one)
    }
}

/// A row of evidence while slots go by, rising.
pub(super) struct Cursor<'a> {
    row: &'a Evidence,
    /// The answers of its item by person; none: it was not asked.
    words: Option<&'a [u16]>,
    column: Option<&'a Figures>,
    /// Place in the column of what is still to come.
    next: usize,
    /// The day as of which was last spoken, and whether that is too old.
    stale: Option<(Option<Day>, bool)>,
}

impl Cursor<'_> {
    fn at(&mut self, slot: u32) -> Option<Result<i64, Unclear>> {
        let column = self.column?;
        while *column.slots.get(self.next)? < slot {
            self.next = self.next.saturating_add(1);
        }
        if *column.slots.get(self.next)? > slot {
            return None;
        }
        let unclear = if column.unclear.is_empty() {
            None
        } else {
            column.unclear.get(&slot)
        };
        match unclear {
            Some(why) => Some(Err(*why)),
            None => column.values.get(self.next).copied().map(Ok),
        }
    }
}

/// A fact with its rows of evidence, lowest precedence first.
pub(super) struct Spoken<'a> {
    pub(super) fact: &'a Fact,
    pub(super) rows: Vec<(usize, &'a Evidence)>,
}

/// What adopting stands on: it does not change.
pub(super) struct Adopting<'a> {
    pub(super) set: &'a PackSet,
    pub(super) basis: &'a Basis,
    pub(super) people: &'a People,
    pub(super) answers: &'a Answers,
    /// By row of evidence.
    pub(super) columns: BTreeMap<usize, Figures>,
    pub(super) options: &'a VerifyOptions<'a>,
}

/// A table whose facts are adopted.
pub(super) struct Table<'a> {
    pub(super) entity: usize,
    /// `households` or `people`.
    pub(super) name: &'static str,
    pub(super) spoken: Vec<Spoken<'a>>,
    /// Where the declaration of each spoken fact stands among the columns that are read.
    pub(super) places: Vec<Option<usize>>,
    /// The columns that stay.
    kept: Vec<usize>,
    pub(super) schema: SchemaRef,
    pub(super) states: SchemaRef,
    pub(super) matched: &'a MatchedTable,
}

impl Table<'_> {
    /// The names of the columns that the adopted facts take the place of.
    pub(super) fn replaced(&self) -> impl Iterator<Item = &str> {
        let columns = self.places.iter().flatten();
        columns.filter_map(|at| Some(&*self.matched.columns.get(*at)?.name))
    }
}

/// Some rows with their facts adopted.
pub(super) struct Adopted {
    pub(super) rows: RecordBatch,
    pub(super) states: RecordBatch,
    pub(super) differences: Differences,
    /// By spoken fact.
    pub(super) tallies: Vec<FactTally>,
    pub(super) notes: Notes,
    pub(super) samples: Samples,
}

/// The first households, by row, of every reason and grade.
#[derive(Debug, Default)]
pub(super) struct Samples(BTreeMap<(&'static str, &'static str), BTreeSet<u32>>);

impl Samples {
    fn meet(&mut self, settled: &Settled, home: u32, most: usize) {
        let grade = settled.difference.map_or("", |d| d.grade.word());
        let own = self.0.entry((settled.reason.code(), grade)).or_default();
        own.insert(home);
        if own.len() > most {
            own.pop_last();
        }
    }

    pub(super) fn add(&mut self, more: Self, most: usize) {
        for (key, homes) in more.0 {
            let own = self.0.entry(key).or_default();
            own.extend(homes);
            while own.len() > most {
                own.pop_last();
            }
        }
    }

    /// The households, rising.
    pub(super) fn homes(self) -> BTreeSet<u32> {
        self.0.into_values().flatten().collect()
    }
}

impl<'a> Adopting<'a> {
    fn is_stale(&self, item: &str, as_of: Option<Day>) -> bool {
        let cycle = self.basis.catalog.resource(item).map(|r| r.cycle);
        let fresh = as_of
            .zip(cycle)
            .and_then(|(as_of, cycle)| self.basis.fresh_until(cycle, as_of));
        fresh.is_some_and(|last| last < self.options.as_of)
    }

    /// Counts how each item has answered.
    pub(super) fn tally_answers(&self, summary: &mut VerifySummary) {
        for (item, tally) in &mut summary.items {
            let mut stale: BTreeMap<Option<Day>, bool> = BTreeMap::new();
            for word in self.answers.of(item) {
                let said = self.answers.said(*word);
                match said.map_or(AnswerStatus::Pending, |s| s.status) {
                    AnswerStatus::Pending => count(&mut tally.pending),
                    AnswerStatus::Refused => count(&mut tally.refused),
                    AnswerStatus::Unavailable => count(&mut tally.unavailable),
                    AnswerStatus::Hit | AnswerStatus::None => {
                        let as_of = said.and_then(|s| s.as_of);
                        let is_stale = || self.is_stale(item, as_of);
                        if *stale.entry(as_of).or_insert_with(is_stale) {
                            count(&mut tally.stale);
                        }
                    }
                }
            }
        }
    }

    pub(super) fn spoken(&self, entity: usize) -> Vec<Spoken<'a>> {
        let (set, basis) = (self.set, self.basis);
        let id = set.entities().get(entity).map_or("", |e| e.id.as_str());
        let facts = set.facts().filter(|f| f.entity == entity);
        facts
            .filter_map(|fact| {
                let mut rows: Vec<(usize, &Evidence)> = basis
                    .evidence
                    .iter()
                    .enumerate()
                    .filter(|(_, e)| e.fact == fact.id && e.entity == id)
                    .collect();
                rows.sort_by_key(|(_, row)| row.precedence);
                (!rows.is_empty()).then_some(Spoken { fact, rows })
            })
            .collect()
    }

    /// A table with the facts that evidence speaks of.
    pub(super) fn table(
        &self,
        entity: usize,
        own: &SchemaRef,
        matched: &'a MatchedTable,
    ) -> Table<'a> {
        let name = if entity == 0 { "households" } else { "people" };
        let spoken = self.spoken(entity);
        let place = |spoken: &Spoken<'_>| {
            let role = Role::Fact(spoken.fact.id.clone());
            matched.columns.iter().position(|c| c.role == role)
        };
        let places: Vec<Option<usize>> = spoken.iter().map(place).collect();
        let replaced: Vec<usize> = places
            .iter()
            .flatten()
            .filter_map(|at| matched.needed.get(*at).copied())
            .collect();
        let kept: Vec<usize> = (0..own.fields().len())
            .filter(|at| !replaced.contains(at))
            .collect();
        Table {
            entity,
            name,
            schema: adopted_schema(self.set, own, &kept, &spoken),
            states: status_schema(name, &spoken),
            spoken,
            places,
            kept,
            matched,
        }
    }

    /// The rows of evidence of a fact, from a slot on.
    pub(super) fn cursors<'s>(&'s self, spoken: &Spoken<'s>, first: u32) -> Vec<Cursor<'s>> {
        let cursor = |(index, row): &(usize, &'s Evidence)| {
            let column = self.columns.get(index);
            let next = column.map_or(0, |c| c.slots.partition_point(|slot| *slot < first));
            let is_asked = self.answers.is_asked(&row.item);
            Cursor {
                row,
                words: is_asked.then(|| self.answers.of(&row.item)),
                column,
                next,
                stale: None,
            }
        };
        spoken.rows.iter().map(cursor).collect()
    }

    /// What a row of evidence says of a slot whose people these are.
    fn said(&self, cursor: &mut Cursor<'_>, slot: u32, of: &[u32]) -> Said {
        let row = cursor.row;
        let mut out = Said {
            found: Found::NotAsked,
            precedence: row.precedence,
            as_of: None,
            stale: false,
        };
        let Some(words) = cursor.words else {
            return out;
        };
        let mut worst: Option<AnswerStatus> = None;
        for person in of {
            let said = words.get(ix(*person)).and_then(|w| self.answers.said(*w));
            let status = said.map_or(AnswerStatus::Pending, |s| s.status);
            if !matches!(status, AnswerStatus::Hit | AnswerStatus::None) {
                worst = Some(worst.map_or(status, |w| w.min(status)));
            }
            if let Some(day) = said.and_then(|s| s.as_of) {
                out.as_of = Some(out.as_of.map_or(day, |d| d.min(day)));
            }
        }
        out.stale = match cursor.stale {
            Some((day, stale)) if day == out.as_of => stale,
            _ => self.is_stale(&row.item, out.as_of),
        };
        cursor.stale = Some((out.as_of, out.stale));
        let value = cursor.at(slot);
        out.found = match (worst, value, row.none) {
            (Some(status), ..) => Found::Awaited(status),
            (None, Some(Err(why)), _) => Found::Unclear(why),
            (None, Some(Ok(value)), _) => Found::Value(value),
            (None, None, WhenNone::Silent) => Found::Silent,
            (None, None, WhenNone::Zero) if row.how == How::Any => {
                Found::Value(i64::from(!row.gives))
            }
            (None, None, WhenNone::Zero) => Found::Value(0),
        };
        out
    }

    /// Some rows of a table, from a row on.
    pub(super) fn batch(
        &self,
        table: &Table<'_>,
        batch: &RecordBatch,
        first: usize,
    ) -> Result<Adopted, Error> {
        let rows = batch.num_rows();
        let most = self.options.explain.sample;
        let mut notes = Notes::new(self.options.most_findings);
        let mut columns: Vec<ArrayRef> = table
            .kept
            .iter()
            .filter_map(|at| batch.columns().get(*at).cloned())
            .collect();
        let mut status: Vec<ArrayRef> = self.keys(table.entity, first, rows);
        let mut differences = Differences::default();
        let (mut tallies, mut samples) = (Vec::new(), Samples::default());
        for (spoken, place) in table.spoken.iter().zip(&table.places) {
            let declared = place.map(|at| declared(batch, table, at, first, &mut notes));
            let declared = declared.transpose()?;
            let settled = self.fact(table.entity, spoken, declared.as_ref(), first, rows);
            let mut tally = FactTally::default();
            let mut row = first;
            for alike in settled.chunk_by(are_alike) {
                let Some(one) = alike.first() else { continue };
                tally.alike(one, alike.len());
                let differs = one.difference.is_some_and(|d| d.grade != Grade::Same);
                for (at, settled) in alike.iter().enumerate() {
                    let slot = row.saturating_add(at);
                    if at < most {
                        samples.meet(settled, self.home(table.entity, row32(slot)), most);
                    }
                    if differs {
                        let given = slot.checked_sub(first);
                        let given = declared.as_ref().zip(given).and_then(|(d, r)| d.number(r));
                        self.differ(table.entity, slot, spoken, given, settled, &mut differences);
                    } else if at >= most {
                        break;
                    }
                }
                row = row.saturating_add(alike.len());
            }
            tallies.push(tally);
            columns.push(array(
                self.set,
                spoken.fact.ty,
                settled.iter().map(|s| s.value),
            )?);
            status.push(states(settled.iter().map(|s| s.status))?);
        }
        let bad = |_| fault(table.name);
        Ok(Adopted {
            rows: RecordBatch::try_new(Arc::clone(&table.schema), columns).map_err(bad)?,
            states: RecordBatch::try_new(Arc::clone(&table.states), status).map_err(bad)?,
            differences,
            tallies,
            notes,
            samples,
        })
    }

    /// One fact of some rows.
    pub(super) fn fact(
        &self,
        entity: usize,
        spoken: &Spoken<'_>,
        declared: Option<&Cells<'_>>,
        first: usize,
        rows: usize,
    ) -> Vec<Settled> {
        let day = self.options.declared_on.unwrap_or(self.options.as_of);
        let times = self.basis.material_times();
        let tolerance = |precedence: u8| {
            let mut group = spoken
                .rows
                .iter()
                .filter(|(_, r)| r.precedence == precedence);
            group.find_map(|(_, r)| r.tolerance)
        };
        let mut cursors = self.cursors(spoken, row32(first));
        let mut said = Vec::with_capacity(spoken.rows.len());
        let mut out = Vec::with_capacity(rows);
        for row in 0..rows {
            let slot = row32(first.saturating_add(row));
            let own = [slot];
            let of = if entity == 0 {
                self.people.members(slot)
            } else {
                &own
            };
            said.clear();
            for cursor in &mut cursors {
                said.push(self.said(cursor, slot, of));
            }
            let given = declared.and_then(|d| d.number(row));
            let given = given.map(|value| (value, FactStatus::Declared, day));
            out.push(settle(spoken.fact, &said, given, tolerance, times));
        }
        out
    }

    /// The household of a row.
    fn home(&self, entity: usize, row: u32) -> u32 {
        if entity == 0 {
            return row;
        }
        self.people.home.get(ix(row)).copied().unwrap_or(row)
    }

    fn keys(&self, entity: usize, first: usize, rows: usize) -> Vec<ArrayRef> {
        let slots = || (first..first.saturating_add(rows)).map(row32);
        let text = |words: Vec<String>| -> ArrayRef { Arc::new(StringArray::from(words)) };
        if entity == 0 {
            return vec![text(slots().map(|s| self.people.home_words(s)).collect())];
        }
        let home = |s: u32| {
            let home = self.people.home.get(ix(s)).copied();
            home.map_or_else(String::new, |home| self.people.home_words(home))
        };
        vec![
            text(slots().map(home).collect()),
            text(slots().map(|s| self.people.person_words(s)).collect()),
        ]
    }

    fn differ(
        &self,
        entity: usize,
        row: usize,
        spoken: &Spoken<'_>,
        declared: Option<i64>,
        settled: &Settled,
        list: &mut Differences,
    ) {
        let Some(difference) = settled.difference else {
            return;
        };
        let slot = row32(row);
        let home = self.people.home_words(self.home(entity, slot));
        let person = (entity > 0).then(|| self.people.person_words(slot));
        let mut items: Vec<&str> = Vec::new();
        for (_, evidence) in &spoken.rows {
            let settles = settled.settled.is_none_or(|p| p == evidence.precedence);
            if settles && !items.contains(&evidence.item.as_str()) {
                items.push(&evidence.item);
            }
        }
        list.row.push(u64::from(slot));
        list.home.push(home);
        list.person.push(person);
        list.fact.push(spoken.fact.id.clone());
        list.declared.push(declared);
        list.evidence.push(difference.evidence);
        list.adopted.push(settled.value);
        list.by.push(difference.by);
        list.grade.push(difference.grade.word());
        list.reason.push(settled.reason.code());
        list.items.push(items.join("+"));
    }
}

/// Whether two facts are counted as the same.
fn are_alike(a: &Settled, b: &Settled) -> bool {
    let of = |s: &Settled| {
        (
            s.reason,
            s.status,
            s.value.is_some(),
            s.difference.map(|d| d.grade),
        )
    };
    of(a) == of(b)
}

/// What is declared of a fact; a value that is none, or is out of bounds, is unknown and a finding.
pub(super) fn declared<'b>(
    batch: &'b RecordBatch,
    table: &Table<'_>,
    at: usize,
    first: usize,
    notes: &mut Notes,
) -> Result<Cells<'b>, Error> {
    let (matched, table) = (table.matched, table.name);
    let column = matched.columns.get(at).zip(matched.needed.get(at));
    let (column, index) = column.ok_or_else(|| fault(table))?;
    let array = batch.columns().get(*index).ok_or_else(|| fault(table))?;
    let mut cells = read(array.as_ref(), &column.want).ok_or_else(|| fault(table))?;
    let number = |row: u32| u64::from(row).saturating_add(u64::try_from(first).unwrap_or(0));
    for (row, bad) in core::mem::take(&mut cells.bad) {
        notes.row(
            table,
            number(row),
            &column.name,
            bad.code,
            bad.message,
            String::new(),
        );
    }
    let outside = cells.outside(column.low, column.high);
    for (row, _) in &outside {
        let message = "the value is outside its sensible bounds and is read as unknown";
        notes.row(
            table,
            number(*row),
            &column.name,
            "W-FACT-RANGE",
            message,
            String::new(),
        );
    }
    Ok(cells.without(batch.num_rows(), &outside))
}
