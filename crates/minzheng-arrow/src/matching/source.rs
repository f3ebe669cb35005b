//! The table of one item: matched to people batch by batch, every row of evidence folded while it goes by.

use std::collections::BTreeMap;

#[cfg(test)]
use arrow_array::RecordBatch;
use minzheng::catalog::{FieldType, Resource};
use minzheng::identity::ResidentNumber;
use minzheng::verification::AnswerStatus;
use minzheng::verification::collect::{Unclear, days};
use minzheng::verification::evidence::{Evidence, When};
use minzheng_rules::date::Day;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use sha2::{Digest, Sha256};

use super::adopt::Figures;
use super::answers::{status_of, with_status};
use super::fields::{IDENTITY, NUMBER, Reading, Values, columns, read_batch};
use super::fold::Fold;
use super::matcher::{Hit, Matcher, NO_KEY, Scratch};
use super::people::{NO_ROW, People, ix};
use super::tally::{ItemTally, Notes, count};
use crate::error::{Error, at};
use crate::files::{Pick, TableFile};
use crate::import::{Key, KeyCells};
use crate::stream::Phase;
use crate::stream::spent::{Spent, Watch};

/// What the records of a person may contradict: each other, by one number; and their answer.
pub(super) const TWICE: &str = "E-RECORD-TWICE";
pub(super) const ANSWER: &str = "E-MATCH-ANSWER";

/// What a source is matched with.
pub(super) struct Against<'a> {
    pub(super) set: &'a PackSet,
    pub(super) people: &'a People,
    pub(super) matcher: &'a Matcher,
    pub(super) day: Day,
    pub(super) most_findings: usize,
    pub(super) watch: Watch<'a>,
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

/// The rows of a table that are of some people, rising.
pub(super) fn places(
    table: &TableFile,
    matcher: &Matcher,
    resource: &Resource,
) -> Result<Vec<(u64, Hit)>, Error> {
    let index = table.schema().column_with_name(IDENTITY).map(|(at, _)| at);
    let picked: Vec<Pick> = index
        .into_iter()
        .map(|index| Pick { index, exact: true })
        .collect();
    let (mut scratch, mut hits, mut keys) = (Scratch::default(), Vec::new(), Vec::new());
    let (mut first, mut out) = (0_u64, Vec::new());
    for batch in table.read(&picked, 0) {
        let batch = batch?;
        let array = batch.columns().first().map(|a| KeyCells::of(a.as_ref()));
        let things = array.flatten().map(|cells| (IDENTITY, cells));
        let values = Values {
            cells: BTreeMap::new(),
            things: things.into_iter().collect(),
        };
        let (notes, tally) = (&mut Notes::new(0), &mut ItemTally::default());
        let rows = batch.num_rows();
        packed(&values, &resource.id, first, rows, &mut keys, notes, tally);
        matcher.find(&keys, &mut scratch, &mut hits);
        let at = |hit: &Hit| first.saturating_add(u64::from(hit.record));
        out.extend(hits.iter().map(|hit| (at(hit), *hit)));
        first = first.saturating_add(u64::try_from(rows).unwrap_or(0));
    }
    out.sort_unstable();
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

/// The number of a record and whose it is, in little: two records with one number have one digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Numbered {
    digest: [u32; 2],
    person: u32,
}

impl Numbered {
    fn new(number: &str, person: u32) -> Self {
        let digest = Sha256::digest(number.as_bytes());
        let (high, rest) = digest.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
        let low = rest.first_chunk::<4>().unwrap_or(&[0; 4]);
        Self {
            digest: [u32::from_le_bytes(*high), u32::from_le_bytes(*low)],
            person,
        }
    }
}

/// What matching a source came to.
#[derive(Debug)]
pub(super) struct Matched {
    /// By row of evidence.
    pub(super) found: Vec<(usize, Figures)>,
    pub(super) tally: ItemTally,
    /// The answers of the item by person, set right by its records.
    pub(super) words: Vec<u16>,
    /// People whose records contradict each other or their answer, with the code that says so.
    pub(super) contradicted: Vec<(u32, &'static str)>,
    /// Bytes of the table of people and of what was put together.
    pub(super) bytes: usize,
    pub(super) notes: Notes,
}

/// A source: the item, its table where there is one, the rows of evidence that read it, and what it has answered.
pub(super) struct Source<'a> {
    pub(super) resource: &'a Resource,
    pub(super) table: Option<TableFile>,
    pub(super) evidence: Vec<(usize, &'a Evidence, Type)>,
    pub(super) words: Vec<u16>,
}

/// Streams a source past the people. Answers that its records contradict are set right: see `docs/guide/verification-tables.md`.
pub(super) fn stream(
    source: Source<'_>,
    against: &Against<'_>,
    going: &mut dyn FnMut(u64, u64, Spent) -> Result<(), Error>,
) -> Result<Matched, Error> {
    let Source {
        resource,
        table,
        evidence,
        words,
    } = source;
    let mut folds: Vec<Folding<'_>> = evidence
        .iter()
        .map(|(index, row, fact)| Folding::new(*index, row, *fact, resource, against))
        .collect();
    let mut has = vec![false; against.people.len()];
    let mut out = Matched {
        found: Vec::new(),
        tally: ItemTally::default(),
        words,
        contradicted: Vec::new(),
        bytes: 0,
        notes: Notes::new(against.most_findings),
    };
    if let Some(table) = &table {
        past(
            table, resource, against, &mut folds, &mut has, &mut out, going,
        )?;
    }
    let (found, time) = against.watch.over(|| {
        settle_answers(&resource.id, &has, against, &mut folds, &mut out);
        let found = folds.into_iter().map(|f| {
            let field = f.evidence.field.as_deref();
            let field = field.and_then(|id| resource.field(id)).map(|f| &f.ty);
            let found = f.fold.finish(f.evidence, field, f.fact);
            (f.index, Figures::new(&found))
        });
        found.collect::<Vec<_>>()
    });
    out.found = found;
    going(out.tally.rows, 0, Spent::one(Phase::Match, time))?;
    Ok(out)
}

/// The records of a table past the people: who has one, and every row of evidence folded.
fn past(
    table: &TableFile,
    resource: &Resource,
    against: &Against<'_>,
    folds: &mut [Folding<'_>],
    has: &mut [bool],
    out: &mut Matched,
    going: &mut dyn FnMut(u64, u64, Spent) -> Result<(), Error>,
) -> Result<(), Error> {
    let Matched { tally, notes, .. } = out;
    let mut wanted: Vec<&str> = vec![IDENTITY, NUMBER];
    wanted.extend(folds.iter().flat_map(Folding::fields));
    let mut columns = columns(against.set, resource, table.schema(), &wanted)?;
    for column in &mut columns {
        let tells = |f: &Folding<'_>| f.evidence.distinct.as_deref() == Some(column.field);
        column.tells = folds.iter().any(tells);
    }
    if !columns.iter().any(|c| c.field == IDENTITY) {
        let help = "a record is matched by it";
        let message = "the column is missing";
        return Err(at("E-TABLE-COLUMN", &resource.id, IDENTITY, message, help).into());
    }
    let Reading {
        columns,
        picks,
        stands,
    } = Reading::of(columns);
    let (mut scratch, mut hits, mut keys) = (Scratch::default(), Vec::new(), Vec::new());
    let mut numbers: Vec<Numbered> = Vec::new();
    let day = against.day.number();
    let mut batches = table.read(&picks, 0);
    loop {
        let (batch, read) = against.watch.over(|| batches.next());
        let Some(batch) = batch.transpose()? else {
            break;
        };
        let first = tally.rows;
        let rows = u64::try_from(batch.num_rows()).unwrap_or(0);
        let (done, time) = against.watch.over(|| {
            let values = read_batch(&batch, &columns, &stands, resource, first, notes)?;
            let item = &resource.id;
            packed(
                &values,
                item,
                first,
                batch.num_rows(),
                &mut keys,
                notes,
                tally,
            );
            against.matcher.find(&keys, &mut scratch, &mut hits);
            let own = values.things.get(NUMBER);
            for hit in &hits {
                let record = ix(hit.record);
                if let Some(has) = has.get_mut(ix(hit.person)) {
                    *has = true;
                }
                if let Some(Key::Text(number)) = own.and_then(|n| n.get(record)) {
                    numbers.push(Numbered::new(number, hit.person));
                }
                for fold in &mut *folds {
                    let slot = fold.slot(against.people, hit.person);
                    fold.take(&values, record, slot, day);
                }
            }
            unmatched(&keys, &hits, against.matcher, tally);
            Ok::<_, Error>(())
        });
        done?;
        tally.rows = first.saturating_add(rows);
        let mut spent = Spent::one(Phase::Read, read);
        spent.add(&Spent::one(Phase::Match, time));
        going(tally.rows, rows, spent)?;
    }
    let numbered = numbers.len().saturating_mul(size_of::<Numbered>());
    let folded = folds.iter().map(|f| f.fold.bytes()).sum::<usize>();
    let spoilt = twice(numbers, tally);
    for person in &spoilt {
        for fold in &mut *folds {
            let slot = fold.slot(against.people, *person);
            fold.fold.contradict(slot, Unclear::Disagree);
        }
        let message = "two records of the item have one number";
        let key = against.people.words(*person);
        notes.row("people", *person, &resource.id, TWICE, message, key);
    }
    let matcher = against.matcher.bytes();
    out.bytes = matcher.saturating_add(folded).saturating_add(numbered);
    out.contradicted.extend(spoilt.iter().map(|p| (*p, TWICE)));
    Ok(())
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
fn twice(mut numbers: Vec<Numbered>, tally: &mut ItemTally) -> Vec<u32> {
    numbers.sort_unstable();
    let mut out = Vec::new();
    let same = numbers.chunk_by(|a, b| a.digest == b.digest);
    for same in same.filter(|s| s.len() > 1) {
        let more = u64::try_from(same.len().saturating_sub(1)).unwrap_or(0);
        tally.twice = tally.twice.saturating_add(more);
        out.extend(same.iter().map(|n| n.person));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Answers beside records: records without an answer are one; a hit without records has lost them; records where the source said
/// that there are none leave open which is so.
fn settle_answers(
    item: &str,
    has: &[bool],
    against: &Against<'_>,
    folds: &mut [Folding<'_>],
    out: &mut Matched,
) {
    let Matched { tally, notes, .. } = out;
    for ((person, has), word) in (0_u32..).zip(has).zip(&mut out.words) {
        if *has {
            count(&mut tally.people);
        }
        match (status_of(*word), *has) {
            (None, true) => *word = with_status(*word, AnswerStatus::Hit),
            (Some(AnswerStatus::Hit), false) => {
                count(&mut tally.lost);
                let message = "the source has records of the person and none came";
                let key = against.people.words(person);
                notes.row("people", person, item, "E-MATCH-LOST", message, key);
                *word = with_status(*word, AnswerStatus::Unavailable);
            }
            (Some(status), true) if status != AnswerStatus::Hit => {
                count(&mut tally.contradicted);
                let message = "a record came of a person of whom the source said that it has none, or has not answered";
                let key = against.people.words(person);
                notes.row("people", person, item, ANSWER, message, key);
                out.contradicted.push((person, ANSWER));
                for fold in folds.iter_mut() {
                    let slot = fold.slot(against.people, person);
                    fold.fold.contradict(slot, Unclear::Disagree);
                }
            }
            _ => {}
        }
    }
}
