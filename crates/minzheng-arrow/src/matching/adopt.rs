//! Declarations and records to adopted tables, row by row, by the definition for one household.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int32Array, Int64Array,
    RecordBatch, StringArray, UInt64Array,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use minzheng::verification::adopt::{Found, Grade, Said, Settled, settle};
use minzheng::verification::collect::Unclear;
use minzheng::verification::evidence::{Evidence, How, WhenNone};
use minzheng::verification::{AnswerStatus, Basis};
use minzheng_rules::date::Day;
use minzheng_rules::facts::FactStatus;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Fact;

use super::answers::Answers;
use super::people::{People, ix, row32};
use super::run::{VerifyOptions, VerifyStep};
use super::tally::{Notes, VerifySummary, count};
use crate::contract::Role;
use crate::error::{Error, fault};
use crate::files::{Part, TableFile};
use crate::import::cells::{Cells, read};
use crate::import::matched::MatchedTable;

/// What the records of a row of evidence come to, read by rising slots.
#[derive(Debug)]
pub(super) struct Column {
    values: Vec<(u32, Result<i64, Unclear>)>,
    next: usize,
}

impl Column {
    pub(super) const fn new(values: Vec<(u32, Result<i64, Unclear>)>) -> Self {
        Self { values, next: 0 }
    }

    fn at(&mut self, slot: u32) -> Option<Result<i64, Unclear>> {
        while let Some((held, value)) = self.values.get(self.next) {
            if *held > slot {
                return None;
            }
            if *held == slot {
                return Some(*value);
            }
            self.next = self.next.saturating_add(1);
        }
        None
    }
}

/// A fact with its rows of evidence, lowest precedence first.
struct Spoken<'a> {
    fact: &'a Fact,
    rows: Vec<(usize, &'a Evidence)>,
}

/// The differences that are written at a time.
const ROWS: usize = 8_192;

pub(super) struct Adopting<'a> {
    set: &'a PackSet,
    basis: &'a Basis,
    people: &'a People,
    answers: &'a Answers,
    columns: BTreeMap<usize, Column>,
    options: &'a VerifyOptions<'a>,
    differences: Differences,
    part: Option<Part>,
}

impl<'a> Adopting<'a> {
    pub(super) fn new(
        set: &'a PackSet,
        basis: &'a Basis,
        people: &'a People,
        answers: &'a Answers,
        columns: BTreeMap<usize, Column>,
        options: &'a VerifyOptions<'a>,
    ) -> Self {
        Self {
            set,
            basis,
            people,
            answers,
            columns,
            options,
            differences: Differences::default(),
            part: None,
        }
    }

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

    fn spoken(&self, entity: usize) -> Vec<Spoken<'a>> {
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

    /// What a row of evidence says of a slot whose people these are.
    fn said(
        &mut self,
        (index, row): (usize, &Evidence),
        slot: u32,
        of: &[u32],
        stale: &mut BTreeMap<(usize, Option<Day>), bool>,
    ) -> Said {
        let mut out = Said {
            found: Found::NotAsked,
            precedence: row.precedence,
            as_of: None,
            stale: false,
        };
        if !self.answers.is_asked(&row.item) {
            return out;
        }
        let words = self.answers.of(&row.item);
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
        let is_stale = || self.is_stale(&row.item, out.as_of);
        out.stale = *stale.entry((index, out.as_of)).or_insert_with(is_stale);
        let value = self.columns.get_mut(&index).and_then(|c| c.at(slot));
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

    /// Writes a table with the facts that evidence speaks of adopted, and how each stands.
    pub(super) fn write(
        &mut self,
        entity: usize,
        (file, matched): (&TableFile, &MatchedTable),
        out: &Path,
        notes: &mut Notes,
        summary: &mut VerifySummary,
        progress: &mut dyn FnMut(VerifyStep),
    ) -> Result<(), Error> {
        let table = if entity == 0 { "households" } else { "people" };
        let spoken = self.spoken(entity);
        let places: Vec<Option<usize>> = spoken
            .iter()
            .map(|s| {
                let role = Role::Fact(s.fact.id.clone());
                matched.columns.iter().position(|c| c.role == role)
            })
            .collect();
        let replaced: Vec<usize> = places
            .iter()
            .flatten()
            .filter_map(|at| matched.needed.get(*at).copied())
            .collect();
        let kept: Vec<usize> = (0..file.schema().fields().len())
            .filter(|at| !replaced.contains(at))
            .collect();
        let schema = adopted_schema(self.set, file.schema(), &kept, &spoken);
        let states = status_schema(table, &spoken);
        let ends = (self.options.format, self.options.encoding);
        let name = format!("{table}.{}", self.options.format.extension());
        let mut rows_out = Part::table(&out.join(&name), ends, &schema)?;
        let mut states_out = Part::table(&out.join("status").join(&name), ends, &states)?;
        let mut stale = BTreeMap::new();
        let mut tallies = vec![super::tally::FactTally::default(); spoken.len()];
        let mut first = 0_usize;
        for batch in file.batches() {
            self.options.go_on()?;
            let batch = batch?;
            let mut columns: Vec<ArrayRef> = kept
                .iter()
                .filter_map(|at| batch.columns().get(*at).cloned())
                .collect();
            let mut status: Vec<ArrayRef> = self.keys(entity, first, batch.num_rows());
            for ((spoken, place), tally) in spoken.iter().zip(&places).zip(&mut tallies) {
                let declared = place.map(|at| declared(&batch, matched, at, table, first, notes));
                let declared = declared.transpose()?;
                let settled = self.fact(
                    entity,
                    spoken,
                    declared.as_ref(),
                    first,
                    batch.num_rows(),
                    &mut stale,
                );
                for (row, settled) in settled.iter().enumerate() {
                    let given = declared.as_ref().and_then(|d| d.number(row));
                    tally_one(tally, settled);
                    let apart = settled.difference.is_some_and(|d| d.grade != Grade::Same);
                    if apart {
                        let row = first.saturating_add(row);
                        self.differ(entity, row, spoken, given, settled);
                    }
                }
                columns.push(array(
                    self.set,
                    spoken.fact.ty,
                    settled.iter().map(|s| s.value),
                )?);
                status.push(words(settled.iter().map(|s| s.status.word())));
            }
            let bad = |_| fault(table);
            rows_out.write(&RecordBatch::try_new(Arc::clone(&schema), columns).map_err(bad)?)?;
            states_out.write(&RecordBatch::try_new(Arc::clone(&states), status).map_err(bad)?)?;
            first = first.saturating_add(batch.num_rows());
            let rows = u64::try_from(first).unwrap_or(u64::MAX);
            progress(VerifyStep::Adopted { table, rows });
            if self.differences.fact.len() >= ROWS {
                self.flush(out)?;
            }
        }
        self.flush(out)?;
        rows_out.finish()?;
        states_out.finish()?;
        let rows = u64::try_from(first).unwrap_or(u64::MAX);
        let id = self
            .set
            .entities()
            .get(entity)
            .map_or("", |e| e.id.as_str());
        if entity == 0 {
            summary.households = rows;
        } else {
            summary.people = rows;
        }
        for (spoken, tally) in spoken.iter().zip(tallies) {
            summary
                .facts
                .insert(format!("{id}.{}", spoken.fact.id), tally);
        }
        Ok(())
    }

    /// One fact of some rows.
    fn fact(
        &mut self,
        entity: usize,
        spoken: &Spoken<'_>,
        declared: Option<&Cells<'_>>,
        first: usize,
        rows: usize,
        stale: &mut BTreeMap<(usize, Option<Day>), bool>,
    ) -> Vec<Settled> {
        let people = self.people;
        let day = self.options.declared_on.unwrap_or(self.options.as_of);
        let times = self.basis.material_times();
        let tolerance = |precedence: u8| {
            let mut group = spoken
                .rows
                .iter()
                .filter(|(_, r)| r.precedence == precedence);
            group.find_map(|(_, r)| r.tolerance)
        };
        let mut said = Vec::with_capacity(spoken.rows.len());
        let mut out = Vec::with_capacity(rows);
        for row in 0..rows {
            let slot = row32(first.saturating_add(row));
            let own = [slot];
            let of = if entity == 0 {
                people.members(slot)
            } else {
                &own
            };
            said.clear();
            for evidence in &spoken.rows {
                said.push(self.said(*evidence, slot, of, stale));
            }
            let given = declared.and_then(|d| d.number(row));
            let given = given.map(|value| (value, FactStatus::Declared, day));
            out.push(settle(spoken.fact, &said, given, tolerance, times));
        }
        out
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
        &mut self,
        entity: usize,
        row: usize,
        spoken: &Spoken<'_>,
        declared: Option<i64>,
        settled: &Settled,
    ) {
        let Some(difference) = settled.difference else {
            return;
        };
        let slot = row32(row);
        let (home, person) = if entity == 0 {
            (self.people.home_words(slot), None)
        } else {
            let home = self.people.home.get(ix(slot)).copied();
            let home = home.map_or_else(String::new, |h| self.people.home_words(h));
            (home, Some(self.people.person_words(slot)))
        };
        let mut items: Vec<&str> = Vec::new();
        for (_, evidence) in &spoken.rows {
            let settles = settled.settled.is_none_or(|p| p == evidence.precedence);
            if settles && !items.contains(&evidence.item.as_str()) {
                items.push(&evidence.item);
            }
        }
        let list = &mut self.differences;
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

    /// Writes the differences that are held.
    fn flush(&mut self, out: &Path) -> Result<(), Error> {
        let schema = Differences::schema();
        if self.part.is_none() {
            let path = out.join(format!("differences.{}", self.options.format.extension()));
            let ends = (self.options.format, self.options.encoding);
            self.part = Some(Part::table(&path, ends, &schema)?);
        }
        let batch = core::mem::take(&mut self.differences).batch(schema)?;
        match &mut self.part {
            Some(part) => part.write(&batch),
            None => Ok(()),
        }
    }

    /// Ends the table of differences.
    pub(super) fn finish(self) -> Result<(), Error> {
        self.part.map(Part::finish).transpose().map(|_| ())
    }
}

fn tally_one(tally: &mut super::tally::FactTally, settled: &Settled) {
    match (settled.value, settled.status) {
        (None, _) => count(&mut tally.unknown),
        (Some(_), FactStatus::Verified) => count(&mut tally.verified),
        (Some(_), _) => count(&mut tally.declared),
    }
    count(tally.reasons.entry(settled.reason.code()).or_default());
    if let Some(difference) = settled.difference {
        count(tally.grades.entry(difference.grade.word()).or_default());
    }
}

/// What is declared of a fact; a value that is none, or is out of bounds, is unknown and a finding.
fn declared<'b>(
    batch: &'b RecordBatch,
    matched: &MatchedTable,
    at: usize,
    table: &'static str,
    first: usize,
    notes: &mut Notes,
) -> Result<Cells<'b>, Error> {
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

fn field(set: &PackSet, fact: &Fact) -> Field {
    let (name, ty) = match fact.ty {
        Type::Money { .. } => (format!("{}_fen", fact.id), DataType::Int64),
        Type::Bool => (fact.id.clone(), DataType::Boolean),
        Type::Date => (fact.id.clone(), DataType::Date32),
        Type::Place => (fact.id.clone(), DataType::Utf8),
        Type::Ratio => (fact.id.clone(), DataType::Decimal128(18, 4)),
        Type::Code(list) if set.code_lists().get(list).is_some() => (fact.id.clone(), coded()),
        _ => (fact.id.clone(), DataType::Int64),
    };
    Field::new(name, ty, true)
}

fn coded() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn adopted_schema(
    set: &PackSet,
    own: &SchemaRef,
    kept: &[usize],
    spoken: &[Spoken<'_>],
) -> SchemaRef {
    let kept = kept.iter().filter_map(|at| own.fields().get(*at));
    let mut fields: Vec<Field> = kept.map(|f| f.as_ref().clone()).collect();
    fields.extend(spoken.iter().map(|s| field(set, s.fact)));
    Arc::new(Schema::new(fields))
}

fn status_schema(table: &str, spoken: &[Spoken<'_>]) -> SchemaRef {
    let mut fields = vec![Field::new("household_id", DataType::Utf8, false)];
    if table == "people" {
        fields.push(Field::new("person_id", DataType::Utf8, false));
    }
    fields.extend(
        spoken
            .iter()
            .map(|s| Field::new(&s.fact.id, coded(), false)),
    );
    Arc::new(Schema::new(fields))
}

/// Values of a fact as a column that is read as the same.
fn array(
    set: &PackSet,
    ty: Type,
    values: impl Iterator<Item = Option<i64>>,
) -> Result<ArrayRef, Error> {
    let small = |v: i64| i32::try_from(v).ok();
    Ok(match ty {
        Type::Bool => Arc::new(values.map(|v| v.map(|v| v != 0)).collect::<BooleanArray>()),
        Type::Date => Arc::new(values.map(|v| v.and_then(small)).collect::<Date32Array>()),
        Type::Place => {
            let words = values.map(|v| v.map(|v| format!("{v:06}")));
            Arc::new(words.collect::<StringArray>())
        }
        Type::Ratio => {
            let wide: Decimal128Array = values.map(|v| v.map(i128::from)).collect();
            Arc::new(
                wide.with_precision_and_scale(18, 4)
                    .map_err(|_| fault("people"))?,
            )
        }
        Type::Code(list) => match set.code_lists().get(list) {
            Some(list) => {
                let ids = StringArray::from_iter_values(list.codes.iter().map(|c| c.id.as_str()));
                let keys: Int32Array = values.map(|v| v.and_then(small)).collect();
                let new = DictionaryArray::<Int32Type>::try_new(keys, Arc::new(ids));
                Arc::new(new.map_err(|_| fault("people"))?)
            }
            None => Arc::new(values.collect::<Int64Array>()),
        },
        _ => Arc::new(values.collect::<Int64Array>()),
    })
}

fn words<'w>(words: impl Iterator<Item = &'w str>) -> ArrayRef {
    Arc::new(words.collect::<DictionaryArray<Int32Type>>())
}

/// Rows of the table of differences.
#[derive(Debug, Default)]
struct Differences {
    row: Vec<u64>,
    home: Vec<String>,
    person: Vec<Option<String>>,
    fact: Vec<String>,
    declared: Vec<Option<i64>>,
    evidence: Vec<i64>,
    adopted: Vec<Option<i64>>,
    by: Vec<Option<i64>>,
    grade: Vec<&'static str>,
    reason: Vec<&'static str>,
    items: Vec<String>,
}

impl Differences {
    fn schema() -> SchemaRef {
        let text = |name: &str, null| Field::new(name, DataType::Utf8, null);
        let number = |name: &str, null| Field::new(name, DataType::Int64, null);
        Arc::new(Schema::new(vec![
            Field::new("row", DataType::UInt64, false),
            text("household_id", false),
            text("person_id", true),
            text("fact", false),
            number("declared", true),
            number("evidence", false),
            number("adopted", true),
            number("by", true),
            text("grade", false),
            text("reason", false),
            text("items", false),
        ]))
    }

    fn batch(self, schema: SchemaRef) -> Result<RecordBatch, Error> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(UInt64Array::from(self.row)),
            Arc::new(StringArray::from(self.home)),
            Arc::new(StringArray::from(self.person)),
            Arc::new(StringArray::from(self.fact)),
            Arc::new(Int64Array::from(self.declared)),
            Arc::new(Int64Array::from(self.evidence)),
            Arc::new(Int64Array::from(self.adopted)),
            Arc::new(Int64Array::from(self.by)),
            Arc::new(StringArray::from(self.grade)),
            Arc::new(StringArray::from(self.reason)),
            Arc::new(StringArray::from(self.items)),
        ];
        RecordBatch::try_new(schema, columns).map_err(|_| fault("differences"))
    }
}
