//! The table of one item: matched to people batch by batch, every row of evidence folded while it goes by.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use minzheng::catalog::{Field, FieldType, Resource};
use minzheng::identity::ResidentNumber;
use minzheng::verification::AnswerStatus;
use minzheng::verification::collect::{Unclear, days};
use minzheng::verification::evidence::{Evidence, When};
use minzheng_rules::date::Day;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use sha2::{Digest, Sha256};

use super::answers::{Answers, Said};
use super::fold::Fold;
use super::matcher::{Hit, Matcher, NO_KEY, Scratch};
use super::people::{NO_ROW, People, ix, picks, row32};
use super::tally::{ItemTally, Notes, count};
use crate::error::{Error, at};
use crate::files::TableFile;
use crate::import::cells::{Cells, Change, Codes, Unit, Want, read};
use crate::import::{Key, KeyCells};

/// The field that says whose a record is, and that numbers it.
const IDENTITY: &str = "id_number";
const NUMBER: &str = "record_no";

/// What the records of one row of evidence come to, by slot, rising.
#[derive(Debug)]
pub(super) struct Found {
    /// Index of the row of evidence.
    pub(super) row: usize,
    pub(super) values: Vec<(u32, Result<i64, Unclear>)>,
}

/// What a source is matched with.
pub(super) struct Against<'a> {
    pub(super) set: &'a PackSet,
    pub(super) people: &'a People,
    pub(super) matcher: &'a Matcher,
    pub(super) day: Day,
}

/// A row of evidence while its records go by.
pub(super) struct Folding<'a> {
    index: usize,
    evidence: &'a Evidence,
    fact: Type,
    of_household: bool,
    fold: Fold,
    /// For each filter the field, and the numbers that pass.
    filters: Vec<(&'a str, Vec<i64>)>,
    first: Option<i64>,
    last: i64,
}

/// The values of a batch by field.
struct Values<'b> {
    cells: BTreeMap<&'b str, Cells<'b>>,
    things: BTreeMap<&'b str, KeyCells<'b>>,
}

impl Values<'_> {
    fn number(&self, field: &str, row: usize) -> Option<i64> {
        self.cells.get(field)?.number(row)
    }
}

/// The want of a field, whose money column is in fen or in yuan.
pub(crate) fn want(set: &PackSet, ty: &FieldType, is_fen: bool) -> Want {
    let number = |places| {
        Want::Number(Unit {
            places,
            period: Change::Same,
        })
    };
    match ty {
        FieldType::Money(_) => number(if is_fen { 0 } else { 2 }),
        FieldType::Number { places, .. } => number(*places),
        FieldType::Count => number(0),
        FieldType::Ratio => number(4),
        FieldType::Bool => Want::Bool,
        FieldType::Date | FieldType::Month => Want::Date,
        FieldType::Place => Want::Place,
        FieldType::Code(list) => match set.code_lists().iter().find(|l| l.id == *list) {
            Some(list) => Want::Code(Codes::new(list)),
            None => Want::Text,
        },
        _ => Want::Text,
    }
}

/// The column of a field, and whether it is money in fen; money may also come in yuan, under the id of the field.
pub(crate) fn located(schema: &Schema, field: &Field) -> Option<(usize, bool)> {
    let is_money = matches!(field.ty, FieldType::Money(_));
    let column = |name: &str| Some(schema.column_with_name(name)?.0);
    let fen = is_money.then(|| column(&field.column())).flatten();
    let fen = fen.map(|at| (at, true));
    fen.or_else(|| Some((column(&field.id)?, false)))
}

/// A field that is read: its column, and how.
struct Column<'a> {
    field: &'a str,
    name: String,
    index: usize,
    want: Want,
    is_month: bool,
    /// It tells things apart: its words are read too.
    tells: bool,
}

impl<'a> Folding<'a> {
    fn new(
        index: usize,
        evidence: &'a Evidence,
        fact: Type,
        resource: &Resource,
        against: &Against<'_>,
    ) -> Self {
        let of_household = evidence.entity == "household";
        let slots = if of_household {
            against.people.households()
        } else {
            against.people.len()
        };
        let (first, last) = days(evidence.window, against.day);
        let filters = evidence.filters.iter().map(|filter| {
            let ty = resource.field(&filter.field).map(|f| &f.ty);
            let list = match ty {
                Some(FieldType::Code(list)) => {
                    against.set.code_lists().iter().find(|l| l.id == *list)
                }
                _ => None,
            };
            let number = |word: &String| match list {
                Some(list) => {
                    let at = list.codes.iter().position(|c| c.id == *word)?;
                    i64::try_from(at).ok()
                }
                None => match word.as_str() {
                    "true" => Some(1),
                    "false" => Some(0),
                    _ => None,
                },
            };
            let passes = filter.is.iter().filter_map(number).collect();
            (filter.field.as_str(), passes)
        });
        Self {
            index,
            evidence,
            fact,
            of_household,
            fold: Fold::new(evidence, slots),
            filters: filters.collect(),
            first: first.map(Day::number),
            last: last.number(),
        }
    }

    /// The fields that it reads.
    fn fields(&self) -> impl Iterator<Item = &'a str> {
        let evidence = self.evidence;
        let when: Vec<&str> = match &evidence.when {
            When::Always => Vec::new(),
            When::On(on) => vec![on],
            When::Span(from, to) => vec![from, to],
        };
        evidence
            .field
            .as_deref()
            .into_iter()
            .chain(evidence.filters.iter().map(|f| f.field.as_str()))
            .chain(when)
            .chain(evidence.distinct.as_deref())
    }

    fn slot(&self, people: &People, person: u32) -> u32 {
        if self.of_household {
            people.home.get(ix(person)).copied().unwrap_or(NO_ROW)
        } else {
            person
        }
    }

    /// A record of a person.
    fn take(&mut self, values: &Values<'_>, record: usize, slot: u32, day: i64) {
        let mut open = None;
        for (field, passes) in &self.filters {
            match values.number(field, record) {
                None => open = Some(Unclear::FieldMissing),
                Some(number) if passes.contains(&number) => {}
                Some(_) => return,
            }
        }
        let on = match &self.evidence.when {
            When::Always => Some(0),
            When::On(field) => match values.number(field, record) {
                Some(n) if n > self.last || self.first.is_some_and(|f| n < f) => return,
                on => on,
            },
            When::Span(from, to) => {
                match (values.number(from, record), values.number(to, record)) {
                    (Some(from), _) if from > day => return,
                    (_, Some(to)) if to < day => return,
                    (from, _) => from,
                }
            }
        };
        let why = match on {
            None => Some(open.unwrap_or(Unclear::Undated)),
            Some(_) => open,
        };
        if let Some(why) = why {
            self.fold.leave_open(slot, why);
            return;
        }
        let field = self.evidence.field.as_deref();
        let value = field.and_then(|field| values.number(field, record));
        let on = on.and_then(|n| i32::try_from(n).ok()).unwrap_or(0);
        let is_any = self.evidence.how == minzheng::verification::evidence::How::Any;
        match &self.evidence.distinct {
            Some(by) if !is_any => {
                let thing = values.things.get(by.as_str()).and_then(|t| t.get(record));
                let thing = thing.map(Key::words);
                self.fold.keep(slot, thing.as_deref(), value, on);
            }
            _ => self.fold.add(slot, value, on),
        }
    }
}

/// The columns of a source that its rows of evidence read.
fn columns<'a>(
    set: &PackSet,
    resource: &'a Resource,
    schema: &Schema,
    wanted: &[&str],
) -> Result<Vec<Column<'a>>, Error> {
    let mut out = Vec::new();
    for field in resource
        .fields
        .iter()
        .filter(|f| wanted.contains(&f.id.as_str()))
    {
        let Some((index, is_fen)) = located(schema, field) else {
            if field.required {
                let help = "the columns of an item stand in the catalogue";
                let error = at(
                    "E-TABLE-COLUMN",
                    &resource.id,
                    &field.column(),
                    "the column is missing",
                    help,
                );
                return Err(error.into());
            }
            continue;
        };
        out.push(Column {
            field: &field.id,
            name: if is_fen {
                field.column()
            } else {
                field.id.clone()
            },
            index,
            want: want(set, &field.ty, is_fen),
            is_month: field.ty == FieldType::Month,
            tells: false,
        });
    }
    Ok(out)
}

/// One batch whose records are known to be whose, for one row of evidence.
#[cfg(test)]
pub(super) fn fold_batch(
    against: &Against<'_>,
    resource: &Resource,
    evidence: &Evidence,
    fact: Type,
    batch: &RecordBatch,
    hits: &[Hit],
) -> Vec<(u32, Result<i64, Unclear>)> {
    let mut fold = Folding::new(0, evidence, fact, resource, against);
    let wanted: Vec<&str> = fold.fields().collect();
    let mut columns = columns(against.set, resource, &batch.schema(), &wanted).unwrap();
    for column in &mut columns {
        column.tells = evidence.distinct.as_deref() == Some(column.field);
    }
    let stands: Vec<Option<usize>> = columns.iter().map(|c| Some(c.index)).collect();
    let mut notes = Notes::new(10);
    let values = read_batch(batch, &columns, &stands, resource, 0, &mut notes).unwrap();
    assert!(notes.findings.is_empty());
    for hit in hits {
        let slot = fold.slot(against.people, hit.person);
        fold.take(&values, ix(hit.record), slot, against.day.number());
    }
    let field = evidence.field.as_deref().and_then(|id| resource.field(id));
    fold.fold.finish(evidence, field.map(|f| &f.ty), fact)
}

/// A number for a number of a record: two records with one number have one of these.
fn digest(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    let mut bytes = [0_u8; 8];
    for (to, from) in bytes.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    u64::from_le_bytes(bytes)
}

/// Streams a source past the people. Answers that its records contradict are set right: see `docs/guide/verification-tables.md`.
pub(super) fn stream(
    (resource, table): (&Resource, &TableFile),
    evidence: &[(usize, &Evidence, Type)],
    against: &Against<'_>,
    answers: &mut Answers,
    notes: &mut Notes,
    going: &mut dyn FnMut(u64) -> Result<(), Error>,
) -> Result<(Vec<Found>, ItemTally, usize), Error> {
    let mut tally = ItemTally::default();
    let mut folds: Vec<Folding<'_>> = evidence
        .iter()
        .map(|(index, row, fact)| Folding::new(*index, row, *fact, resource, against))
        .collect();
    let mut wanted: Vec<&str> = vec![IDENTITY, NUMBER];
    wanted.extend(folds.iter().flat_map(Folding::fields));
    let mut columns = columns(against.set, resource, table.schema(), &wanted)?;
    for column in &mut columns {
        let tells = |f: &Folding<'_>| f.evidence.distinct.as_deref() == Some(column.field);
        column.tells = folds.iter().any(tells);
    }
    if !columns.iter().any(|c| c.field == IDENTITY) {
        let help = "a record is matched by it";
        let error = at(
            "E-TABLE-COLUMN",
            &resource.id,
            IDENTITY,
            "the column is missing",
            help,
        );
        return Err(error.into());
    }
    let places: Vec<Option<usize>> = columns.iter().map(|c| Some(c.index)).collect();
    let (picked, stands) = picks(&places);
    let (mut scratch, mut hits, mut keys) = (Scratch::default(), Vec::new(), Vec::new());
    let mut has = vec![false; against.people.len()];
    let mut numbers: Vec<(u64, u32)> = Vec::new();
    let day = against.day.number();
    for batch in table.read(&picked, 0) {
        let batch = batch?;
        let first = tally.rows;
        let values = read_batch(&batch, &columns, &stands, resource, first, notes)?;
        packed(
            &values,
            &resource.id,
            first,
            batch.num_rows(),
            &mut keys,
            notes,
            &mut tally,
        );
        against.matcher.find(&keys, &mut scratch, &mut hits);
        for hit in &hits {
            let record = ix(hit.record);
            if let Some(has) = has.get_mut(ix(hit.person)) {
                *has = true;
            }
            if let Some(Key::Text(number)) = values.things.get(NUMBER).and_then(|n| n.get(record)) {
                numbers.push((digest(number), hit.person));
            }
            for fold in &mut folds {
                let slot = fold.slot(against.people, hit.person);
                fold.take(&values, record, slot, day);
            }
        }
        unmatched(&keys, &hits, against.matcher, &mut tally);
        tally.rows = first.saturating_add(u64::try_from(batch.num_rows()).unwrap_or(0));
        going(tally.rows)?;
    }
    let spoilt = twice(numbers, &mut tally);
    let mut bytes = against.matcher.bytes();
    for fold in &mut folds {
        bytes = bytes.saturating_add(fold.fold.bytes());
        for person in &spoilt {
            let slot = fold.slot(against.people, *person);
            fold.fold.leave_open(slot, Unclear::Disagree);
        }
    }
    for person in &spoilt {
        let message = "two records of the item have one number";
        let key = against.people.words(*person);
        notes.row("people", *person, "", "E-RECORD-TWICE", message, key);
    }
    settle_answers(
        &resource.id,
        &has,
        against,
        answers,
        &mut folds,
        notes,
        &mut tally,
    );
    let found = folds.into_iter().map(|f| {
        let field = f
            .evidence
            .field
            .as_deref()
            .and_then(|id| resource.field(id));
        Found {
            row: f.index,
            values: f.fold.finish(f.evidence, field.map(|f| &f.ty), f.fact),
        }
    });
    Ok((found.collect(), tally, bytes))
}

fn read_batch<'b>(
    batch: &'b RecordBatch,
    columns: &'b [Column<'_>],
    stands: &[Option<usize>],
    resource: &Resource,
    first: u64,
    notes: &mut Notes,
) -> Result<Values<'b>, Error> {
    let mut out = Values {
        cells: BTreeMap::new(),
        things: BTreeMap::new(),
    };
    for (column, stands) in columns.iter().zip(stands) {
        let Some(array) = stands.and_then(|at| batch.columns().get(at)) else {
            continue;
        };
        let other = || -> Error {
            let help = "the columns of an item stand in the catalogue";
            let message = "the column is of another type than its field";
            at("E-TABLE-TYPE", &resource.id, &column.name, message, help).into()
        };
        if column.tells || matches!(column.field, IDENTITY | NUMBER) {
            let things = KeyCells::of(array.as_ref()).ok_or_else(other)?;
            out.things.insert(column.field, things);
        }
        if column.want == Want::Text {
            continue;
        }
        let mut cells = read(array.as_ref(), &column.want).ok_or_else(other)?;
        for (row, bad) in core::mem::take(&mut cells.bad) {
            let row = first.saturating_add(u64::from(row));
            notes.row(
                &resource.id,
                row,
                &column.name,
                bad.code,
                bad.message,
                String::new(),
            );
        }
        if column.is_month {
            cells = cells.months();
        }
        out.cells.insert(column.field, cells);
    }
    Ok(out)
}

/// The packed identity numbers of a batch; [`NO_KEY`] where one is missing or wrong.
fn packed(
    values: &Values<'_>,
    item: &str,
    first: u64,
    rows: usize,
    keys: &mut Vec<u64>,
    notes: &mut Notes,
    tally: &mut ItemTally,
) {
    keys.clear();
    let texts = values.things.get(IDENTITY);
    for row in 0..rows {
        let number = first.saturating_add(u64::try_from(row).unwrap_or(0));
        let found = match texts.and_then(|t| t.get(row)) {
            Some(Key::Text(text)) => {
                ResidentNumber::parse(text).map_err(|e| (e.code(), e.to_string()))
            }
            _ => Err((
                "E-MATCH-KEY",
                "the record says no identity number".to_owned(),
            )),
        };
        keys.push(match found {
            Ok(number) => number.packed(),
            Err((code, message)) => {
                count(&mut tally.bad_keys);
                notes.row(item, number, IDENTITY, code, message, String::new());
                NO_KEY
            }
        });
    }
}

fn unmatched(keys: &[u64], hits: &[Hit], matcher: &Matcher, tally: &mut ItemTally) {
    let many = |n: usize| u64::try_from(n).unwrap_or(0);
    tally.matched = tally.matched.saturating_add(many(hits.len()));
    let valid = keys.iter().filter(|k| **k != NO_KEY).count();
    let mut others = valid.saturating_sub(hits.len());
    if !matcher.twice().is_empty() {
        let both = keys.iter().filter(|k| matcher.is_twice(**k)).count();
        tally.ambiguous = tally.ambiguous.saturating_add(many(both));
        others = others.saturating_sub(both);
    }
    tally.unmatched = tally.unmatched.saturating_add(many(others));
}

/// The people of whose records two have one number, rising.
fn twice(mut numbers: Vec<(u64, u32)>, tally: &mut ItemTally) -> Vec<u32> {
    numbers.sort_unstable();
    let mut out = Vec::new();
    for same in numbers.chunk_by(|a, b| a.0 == b.0).filter(|s| s.len() > 1) {
        let more = u64::try_from(same.len().saturating_sub(1)).unwrap_or(0);
        tally.twice = tally.twice.saturating_add(more);
        out.extend(same.iter().map(|(_, person)| *person));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Answers beside records: records without an answer are one; a hit without records has lost them; records where the source said
/// that there are none leave open which is so.
pub(super) fn settle_answers(
    item: &str,
    has: &[bool],
    against: &Against<'_>,
    answers: &mut Answers,
    folds: &mut [Folding<'_>],
    notes: &mut Notes,
    tally: &mut ItemTally,
) {
    answers.ask(item, against.people.len());
    for (person, has) in has.iter().enumerate() {
        let person = row32(person);
        if *has {
            count(&mut tally.people);
        }
        let word = answers.of(item).get(ix(person)).copied().unwrap_or(0);
        let said = answers.said(word);
        match (said.map(|s| s.status), *has) {
            (None, true) => answers.set(
                item,
                person,
                Said {
                    status: AnswerStatus::Hit,
                    as_of: None,
                },
            ),
            (Some(AnswerStatus::Hit), false) => {
                count(&mut tally.lost);
                let message = "the source has records of the person and none came";
                let key = against.people.words(person);
                notes.row("people", person, item, "E-MATCH-LOST", message, key);
                answers.set(
                    item,
                    person,
                    Said {
                        status: AnswerStatus::Unavailable,
                        as_of: said.and_then(|s| s.as_of),
                    },
                );
            }
            (Some(status), true) if status != AnswerStatus::Hit => {
                count(&mut tally.contradicted);
                let message = "a record came of a person of whom the source said that it has none, or has not answered";
                let key = against.people.words(person);
                notes.row("people", person, item, "E-MATCH-ANSWER", message, key);
                for fold in folds.iter_mut() {
                    let slot = fold.slot(against.people, person);
                    fold.fold.leave_open(slot, Unclear::Disagree);
                }
            }
            _ => {}
        }
    }
}
