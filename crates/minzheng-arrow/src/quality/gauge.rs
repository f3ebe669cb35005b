//! What breaks the rules of one table, counted batch by batch. Counts of two parts put together are those of the whole, in any
//! order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema};
use minzheng::catalog::quality::{Check, Unmeasured};
use minzheng::catalog::{Field, FieldType, Resource};
use minzheng::identity::{ResidentNumber, UnifiedCreditCode};
use minzheng_rules::pack::PackSet;

use super::keys::{Datum, Entry, Keys, Room};
use crate::error::Error;
use crate::import::cells::{Bad, Cells, Want, read};
use crate::import::{Key, KeyCells};
use crate::matching::{located, want};

/// A check, seen from the table that is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Task {
    /// The resource whose rule it is.
    pub(super) home: String,
    pub(super) check: Check,
    /// Whether the table is the other one of the check.
    pub(super) is_other: bool,
}

impl Task {
    /// The fields of the table that it reads: those of its key, and its value behind them.
    fn fields<'t>(&'t self, resource: &'t Resource) -> Vec<&'t str> {
        let all = |ids: &'t [String]| ids.iter().map(String::as_str);
        match (&self.check, self.is_other) {
            (Check::Repeated { but }, _) => {
                let fields = resource.fields.iter().map(|f| f.id.as_str());
                fields.filter(|id| !but.iter().any(|b| b == id)).collect()
            }
            (Check::Same { by, field, .. }, false) => {
                all(by).chain(core::iter::once(field.as_str())).collect()
            }
            (Check::Same { at, with, .. }, true) => {
                all(at).chain(core::iter::once(with.as_str())).collect()
            }
            (Check::In { at, .. } | Check::NotIn { at, .. }, true) => all(at).collect(),
            (check, _) => check.fields(),
        }
    }
}

/// How a column is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// As a value of its type.
    Typed,
    Text,
    IdNumber,
    CreditCode,
}

#[derive(Debug)]
struct Column {
    index: usize,
    kind: Kind,
    want: Want,
    is_month: bool,
    is_wrong: bool,
}

/// A task with the places of its columns; none where the table has no such column.
#[derive(Debug)]
struct Job {
    task: Task,
    columns: Vec<Option<usize>>,
    not: Option<Unmeasured>,
}

/// What is counted, the same for all parts of a table.
#[derive(Debug)]
pub(super) struct Plan {
    columns: Vec<Column>,
    jobs: Vec<Job>,
    /// The day asked, as its number.
    as_of: i64,
    /// Rows of a sample.
    most: usize,
}

/// Rows that were looked at, and those that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) evaluated: u64,
    pub(super) failed: u64,
    pub(super) causes: BTreeMap<&'static str, u64>,
    /// The first rows that failed, with why.
    pub(super) sample: BTreeSet<(u64, &'static str)>,
}

impl Count {
    pub(super) fn fail(&mut self, row: u64, why: &'static str, most: usize) {
        self.failed = self.failed.saturating_add(1);
        if !why.is_empty() {
            let many = self.causes.entry(why).or_default();
            *many = many.saturating_add(1);
        }
        self.keep((row, why), most);
    }

    fn keep(&mut self, one: (u64, &'static str), most: usize) {
        self.sample.insert(one);
        if self.sample.len() > most {
            self.sample.pop_last();
        }
    }

    fn look(&mut self, holds: bool, row: u64, most: usize) {
        self.evaluated = self.evaluated.saturating_add(1);
        if !holds {
            self.fail(row, "", most);
        }
    }

    fn merge(&mut self, other: Self, most: usize) {
        self.evaluated = self.evaluated.saturating_add(other.evaluated);
        self.failed = self.failed.saturating_add(other.failed);
        for (why, many) in other.causes {
            let own = self.causes.entry(why).or_default();
            *own = own.saturating_add(many);
        }
        for one in other.sample {
            self.keep(one, most);
        }
    }
}

/// What was counted for one task.
#[derive(Debug)]
pub(super) enum State {
    Rows(Count),
    Keys(Keys),
    Newest { evaluated: u64, newest: Option<i64> },
    Not(Unmeasured),
}

impl State {
    fn new(job: &Job, room: Option<&Arc<Room>>) -> Self {
        if let Some(why) = &job.not {
            return Self::Not(why.clone());
        }
        match job.task.check {
            Check::Unique { .. }
            | Check::Repeated { .. }
            | Check::Distinct { .. }
            | Check::In { .. }
            | Check::NotIn { .. }
            | Check::Same { .. } => Self::Keys(Keys::new(room.cloned())),
            Check::Newest { .. } => Self::Newest {
                evaluated: 0,
                newest: None,
            },
            _ => Self::Rows(Count::default()),
        }
    }

    pub(super) fn merge(&mut self, other: Self, most: usize) -> Result<(), Error> {
        match (self, other) {
            (Self::Rows(own), Self::Rows(other)) => own.merge(other, most),
            (Self::Keys(own), Self::Keys(other)) => own.merge(other)?,
            (
                Self::Newest { evaluated, newest },
                Self::Newest {
                    evaluated: more,
                    newest: other,
                },
            ) => {
                *evaluated = evaluated.saturating_add(more);
                *newest = (*newest).max(other);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The counts of some part of a table.
#[derive(Debug)]
pub(super) struct Gauge {
    plan: Arc<Plan>,
    states: Vec<State>,
    room: Option<Arc<Room>>,
    pub(super) rows: u64,
}

/// The fields that tasks read of a table.
pub(super) fn read_fields<'r>(resource: &'r Resource, tasks: &[Task]) -> Vec<&'r Field> {
    let wanted: BTreeSet<&str> = tasks.iter().flat_map(|t| t.fields(resource)).collect();
    let fields = resource.fields.iter();
    fields.filter(|f| wanted.contains(f.id.as_str())).collect()
}

impl Gauge {
    /// Nothing counted yet of a table with these columns.
    pub(super) fn new(
        set: &PackSet,
        resource: &Resource,
        tasks: Vec<Task>,
        schema: &Schema,
        (as_of, most): (i64, usize),
        room: Option<Arc<Room>>,
    ) -> Self {
        let mut columns = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for field in read_fields(resource, &tasks) {
            let Some((index, is_fen)) = located(schema, field) else {
                continue;
            };
            let want = want(set, &field.ty, is_fen);
            let kind = match field.ty {
                FieldType::IdNumber => Kind::IdNumber,
                FieldType::CreditCode => Kind::CreditCode,
                _ if want == Want::Text => Kind::Text,
                _ => Kind::Typed,
            };
            let ty = schema.fields().get(index).map(|f| f.data_type().clone());
            let empty = arrow_array::new_empty_array(&ty.unwrap_or(DataType::Null));
            let is_wrong = *empty.data_type() != DataType::Null
                && if kind == Kind::Typed {
                    read(empty.as_ref(), &want).is_none()
                } else {
                    KeyCells::of(empty.as_ref()).is_none()
                };
            places.insert(&field.id, columns.len());
            columns.push(Column {
                index,
                kind,
                want,
                is_month: field.ty == FieldType::Month,
                is_wrong,
            });
        }
        let job = |task: Task| {
            let fields = task.fields(resource);
            let found: Vec<Option<usize>> = fields.iter().map(|f| places.get(f).copied()).collect();
            let name = |id: &str| resource.field(id).map_or_else(String::new, Field::column);
            let absent = fields.iter().zip(&found).find(|(_, at)| at.is_none());
            let wrong = fields.iter().zip(&found).find(|(_, at)| {
                at.and_then(|at| columns.get(at))
                    .is_some_and(|c| c.is_wrong)
            });
            // what no row has is missing in every row; a value of a wrong type is none of its type
            let not = match task.check {
                Check::Given { .. } | Check::Repeated { .. } => None,
                Check::Valid { .. } => absent.map(|(id, _)| Unmeasured::NoColumn(name(id))),
                _ => absent
                    .map(|(id, _)| Unmeasured::NoColumn(name(id)))
                    .or_else(|| wrong.map(|(id, _)| Unmeasured::WrongType(name(id)))),
            };
            Job {
                columns: found,
                not,
                task: task.clone(),
            }
        };
        let jobs = tasks.into_iter().map(job).collect();
        let plan = Arc::new(Plan {
            columns,
            jobs,
            as_of,
            most,
        });
        Self::of(plan, room)
    }

    fn of(plan: Arc<Plan>, room: Option<Arc<Room>>) -> Self {
        let states = plan.jobs.iter();
        let states = states.map(|j| State::new(j, room.as_ref())).collect();
        Self {
            plan,
            states,
            room,
            rows: 0,
        }
    }

    /// Nothing counted yet of the same table.
    pub(super) fn fresh(&self) -> Self {
        Self::of(Arc::clone(&self.plan), self.room.clone())
    }

    /// Takes the counts of another part too.
    pub(super) fn merge(&mut self, other: Self) -> Result<(), Error> {
        self.rows = self.rows.saturating_add(other.rows);
        for (own, other) in self.states.iter_mut().zip(other.states) {
            own.merge(other, self.plan.most)?;
        }
        Ok(())
    }

    /// The tasks with what was counted.
    pub(super) fn finish(self) -> Vec<(Task, State)> {
        let tasks: Vec<Task> = self.plan.jobs.iter().map(|j| j.task.clone()).collect();
        tasks.into_iter().zip(self.states).collect()
    }

    /// Counts a batch whose first row has this number in its table.
    pub(super) fn update(&mut self, batch: &RecordBatch, first: u64) {
        let many = u64::try_from(batch.num_rows()).unwrap_or(0);
        self.rows = self.rows.saturating_add(many);
        let plan = Arc::clone(&self.plan);
        let column = |column: &Column| {
            let array = batch.columns().get(column.index)?;
            Some(Values::of(column, array))
        };
        let columns: Vec<Option<Values<'_>>> = plan.columns.iter().map(column).collect();
        for (job, state) in plan.jobs.iter().zip(&mut self.states) {
            let of: Vec<Option<&Values<'_>>> = job
                .columns
                .iter()
                .map(|at| columns.get((*at)?)?.as_ref())
                .collect();
            let part = Part {
                plan: &plan,
                rows: batch.num_rows(),
                first,
            };
            part.count(&job.task, &of, state);
        }
    }
}

/// An identity number or credit code as it was read.
enum Number {
    Missing,
    Bad(&'static str),
    /// Its key, and whether it is written as its standard has it.
    Good(Datum, bool),
}

/// The values of a column in a batch.
struct Values<'b> {
    kind: Kind,
    array: &'b ArrayRef,
    is_wrong: bool,
    cells: Option<Cells<'b>>,
    bad: Vec<(u32, Bad)>,
    texts: Option<KeyCells<'b>>,
    numbers: Vec<Number>,
}

/// Whether an identity number or credit code is written as its standard has it.
fn is_plain(text: &str) -> bool {
    let is_one = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    text.len() == 18 && text.bytes().all(is_one)
}

fn number(kind: Kind, text: &str) -> Number {
    if text.trim().is_empty() {
        return Number::Missing;
    }
    let read = if kind == Kind::IdNumber {
        ResidentNumber::parse(text).map(|n| Datum::packed(n.packed()))
    } else {
        UnifiedCreditCode::parse(text).map(|c| Datum::text(c.as_str()))
    };
    match read {
        Ok(datum) => Number::Good(datum, is_plain(text)),
        Err(why) => Number::Bad(why.code()),
    }
}

impl<'b> Values<'b> {
    fn of(column: &Column, array: &'b ArrayRef) -> Self {
        let mut out = Self {
            kind: column.kind,
            array,
            is_wrong: column.is_wrong,
            cells: None,
            bad: Vec::new(),
            texts: None,
            numbers: Vec::new(),
        };
        if column.kind == Kind::Typed {
            out.cells = read(array.as_ref(), &column.want).map(|mut cells| {
                out.bad = core::mem::take(&mut cells.bad);
                if column.is_month {
                    cells = cells.months();
                }
                cells
            });
        }
        // words of values that are none of their type tell rows apart
        if column.kind != Kind::Typed || !out.bad.is_empty() {
            out.texts = KeyCells::of(array.as_ref());
        }
        if matches!(column.kind, Kind::IdNumber | Kind::CreditCode) {
            let one = |row: usize| match out.texts.as_ref().and_then(|t| t.get(row)) {
                None => Number::Missing,
                Some(Key::Text(text)) => number(column.kind, text),
                Some(key) => number(column.kind, &key.words()),
            };
            out.numbers = (0..array.len()).map(one).collect();
        }
        out
    }

    fn number(&self, row: usize) -> Option<i64> {
        self.cells.as_ref()?.number(row)
    }

    fn why_bad(&self, row: usize) -> Option<&'static str> {
        if self.bad.is_empty() {
            return None;
        }
        let row = u32::try_from(row).ok()?;
        let at = self.bad.binary_search_by_key(&row, |b| b.0).ok()?;
        self.bad.get(at).map(|(_, bad)| bad.code)
    }

    fn text(&self, row: usize) -> Option<&str> {
        match self.texts.as_ref()?.get(row)? {
            Key::Text(text) => Some(text.trim()).filter(|t| !t.is_empty()),
            Key::Number(_) => None,
        }
    }

    /// The words of a text column that holds numbers.
    fn words(&self, row: usize) -> Option<Datum> {
        match self.texts.as_ref()?.get(row)? {
            Key::Text(text) => Some(text.trim()).filter(|t| !t.is_empty()).map(Datum::text),
            key @ Key::Number(_) => Some(Datum::text(&key.words())),
        }
    }

    fn is_missing(&self, row: usize) -> bool {
        if self.is_wrong {
            return self.array.is_null(row);
        }
        match self.kind {
            Kind::Typed => self.number(row).is_none() && self.why_bad(row).is_none(),
            Kind::Text => self.words(row).is_none(),
            Kind::IdNumber | Kind::CreditCode => {
                matches!(self.numbers.get(row), None | Some(Number::Missing))
            }
        }
    }

    /// What is wrong with a value that is there; nothing where it is one of its type.
    fn is_bad(&self, row: usize) -> Option<&'static str> {
        if self.is_wrong {
            return Some("E-TABLE-TYPE");
        }
        match self.numbers.get(row) {
            Some(Number::Bad(why)) => Some(why),
            _ => self.why_bad(row),
        }
    }

    /// The value as a key; none where it is missing or bad.
    fn datum(&self, row: usize) -> Option<Datum> {
        match self.kind {
            Kind::Typed => self.number(row).map(Datum::number),
            Kind::Text => self.words(row),
            Kind::IdNumber | Kind::CreditCode => match self.numbers.get(row) {
                Some(Number::Good(datum, _)) => Some(*datum),
                _ => None,
            },
        }
    }

    /// The value as a key, what is bad by its words, and what is missing as nothing.
    fn any(&self, row: usize) -> Datum {
        let good = self.datum(row);
        good.or_else(|| self.words(row)).unwrap_or(Datum::NONE)
    }
}

/// A batch in its table.
struct Part<'p> {
    plan: &'p Plan,
    rows: usize,
    first: u64,
}

impl Part<'_> {
    fn row(&self, row: usize) -> u64 {
        self.first.saturating_add(u64::try_from(row).unwrap_or(0))
    }

    fn count(&self, task: &Task, of: &[Option<&Values<'_>>], state: &mut State) {
        let most = self.plan.most;
        let one = of.first().copied().flatten();
        match (state, one) {
            (State::Not(_), _) => {}
            (State::Keys(keys), _) => self.keys(task, of, keys),
            (State::Newest { evaluated, newest }, Some(days)) => {
                let past = (0..self.rows)
                    .filter_map(|row| days.number(row))
                    .filter(|day| *day <= self.plan.as_of);
                for day in past {
                    *evaluated = evaluated.saturating_add(1);
                    *newest = (*newest).max(Some(day));
                }
            }
            (State::Rows(count), None) => {
                // only what should be given is asked of a column that is not there
                for row in 0..self.rows {
                    count.look(false, self.row(row), most);
                }
            }
            (State::Rows(count), Some(values)) => {
                self.rows(&task.check, values, of.get(1).copied().flatten(), count);
            }
            (State::Newest { .. }, None) => {}
        }
    }

    fn rows(
        &self,
        check: &Check,
        values: &Values<'_>,
        second: Option<&Values<'_>>,
        to: &mut Count,
    ) {
        let most = self.plan.most;
        let rows = (0..self.rows).map(|row| (row, self.row(row)));
        match check {
            Check::Given { .. } => {
                for (row, number) in rows {
                    to.look(!values.is_missing(row), number, most);
                }
            }
            Check::Valid { .. } => {
                for (row, number) in rows.filter(|(row, _)| !values.is_missing(*row)) {
                    to.evaluated = to.evaluated.saturating_add(1);
                    if let Some(why) = values.is_bad(row) {
                        to.fail(number, why, most);
                    }
                }
            }
            Check::Plain { .. } => {
                for (row, number) in rows {
                    if let Some(Number::Good(_, is_plain)) = values.numbers.get(row) {
                        to.look(*is_plain, number, most);
                    }
                }
            }
            Check::Pattern { pattern, .. } => {
                for (row, number) in rows {
                    if let Some(text) = values.text(row) {
                        to.look(pattern.matches(text), number, most);
                    }
                }
            }
            Check::Range { low, high, .. } => {
                let (low, high) = (low.unwrap_or(i64::MIN), high.unwrap_or(i64::MAX));
                for (row, number) in rows {
                    if let Some(value) = values.number(row) {
                        to.look((low..=high).contains(&value), number, most);
                    }
                }
            }
            Check::Past { .. } => {
                for (row, number) in rows {
                    if let Some(day) = values.number(row) {
                        to.look(day <= self.plan.as_of, number, most);
                    }
                }
            }
            Check::Order { .. } => {
                let Some(second) = second else { return };
                for (row, number) in rows {
                    if let Some((from, until)) = values.number(row).zip(second.number(row)) {
                        to.look(from <= until, number, most);
                    }
                }
            }
            _ => {}
        }
    }

    fn keys(&self, task: &Task, of: &[Option<&Values<'_>>], to: &mut Keys) {
        let is_repeated = matches!(task.check, Check::Repeated { .. });
        let has_value = matches!(task.check, Check::Same { .. });
        let (key, value) = match of.split_last() {
            Some((value, key)) if has_value => (key, *value),
            _ => (of, None),
        };
        for row in 0..self.rows {
            let datum = if is_repeated {
                let any = key.iter().map(|v| v.map_or(Datum::NONE, |v| v.any(row)));
                Some(Datum::all(any))
            } else {
                let all = key.iter().map(|v| v.and_then(|v| v.datum(row)));
                all.collect::<Option<Vec<Datum>>>().map(Datum::all)
            };
            let value = match (has_value, value) {
                (true, value) => value.and_then(|v| v.number(row)),
                (false, _) => Some(0),
            };
            if let Some((key, value)) = datum.zip(value) {
                to.push(Entry {
                    key,
                    is_other: task.is_other,
                    row: self.row(row),
                    value,
                });
            }
        }
    }
}
