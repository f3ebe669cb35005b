//! What is done with the rows of some households: decide them twice, and look at what differs.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int8Type};
use arrow_array::{Array as _, ArrayRef, Decimal128Array, RecordBatch};
use minzheng_rules::columnar::{Answer, Columns};

use super::movers::{Mover, Movers};
use super::shift::{Cause, Change, IN_FORCE, Part, PartProgramme, PartSide, SET_ASIDE, Shift};
use super::two::Two;
use crate::error::{Error, fault};
use crate::export::{Exporter, Status};
use crate::import::{Imported, Importer};
use crate::stream::cursor::Taken as Rows;
use crate::stream::summary::{count_findings, spans};
use crate::stream::work::tables;

/// How one side decides.
#[derive(Debug)]
pub(super) struct Look<'r> {
    pub(super) importer: &'r Importer<'r>,
    pub(super) exporter: &'r Exporter,
    pub(super) columns: &'r Columns<'r>,
    /// By table, the entity of the side.
    pub(super) entities: Vec<Option<usize>>,
}

/// A programme on one side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Own {
    /// Its number among the programmes of the answer.
    pub(super) number: usize,
    /// Where its columns stand: the table of the answer, status, amount.
    pub(super) table: usize,
    pub(super) status: usize,
    pub(super) amount: Option<usize>,
}

/// A programme of either side.
#[derive(Debug, Clone)]
pub(super) struct Twin {
    /// Which table's rows it is for.
    pub(super) table: usize,
    pub(super) sides: Two<Option<Own>>,
    /// Whether the amounts of both sides are for the same time.
    pub(super) comparable: bool,
}

/// What is the same for all batches.
#[derive(Debug)]
pub(super) struct Pair<'r> {
    pub(super) looks: Two<Look<'r>>,
    pub(super) twins: &'r [Twin],
    /// Whether both sides decide the same rows as they were read once.
    pub(super) read_once: bool,
    /// Where the rows that change are written down, if they are.
    pub(super) movers: Option<&'r Movers>,
}

/// What comes of a batch.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) part: Part,
    /// By table of movers; empty where none change, or nothing is written.
    pub(super) movers: Vec<Option<RecordBatch>>,
}

/// A batch as one side decided it.
struct Side<'s, 'a> {
    look: &'s Look<'s>,
    imported: &'s Imported<'a>,
    answer: Answer,
    tables: Vec<RecordBatch>,
}

/// Statuses and amounts of a programme; a side that does not have it says that it is not in force.
struct Outcomes<'s> {
    statuses: Option<&'s [i8]>,
    amounts: Option<&'s Decimal128Array>,
}

impl Outcomes<'_> {
    fn status(&self, row: usize) -> Status {
        let key = match self.statuses {
            None => return Status::NotInForce,
            Some(keys) => keys.get(row),
        };
        let status = key.and_then(|key| Status::of_key(*key));
        status.unwrap_or(Status::Undetermined)
    }

    fn amount(&self, row: usize) -> Option<i128> {
        let amounts = self.amounts?;
        let known = row < amounts.len() && amounts.is_valid(row);
        known.then(|| amounts.values().get(row).copied()).flatten()
    }
}

impl Side<'_, '_> {
    fn outcomes(&self, own: Option<Own>) -> Result<Outcomes<'_>, Error> {
        let Some(own) = own else {
            return Ok(Outcomes {
                statuses: None,
                amounts: None,
            });
        };
        let table = self.tables.get(own.table).ok_or_else(|| fault(""))?;
        let column = |at: usize| table.columns().get(at).ok_or_else(|| fault(""));
        let statuses = column(own.status)?.as_dictionary_opt::<Int8Type>();
        let statuses = statuses.ok_or_else(|| fault(""))?.keys().values();
        let amounts = match own.amount {
            None => None,
            Some(at) => {
                let amounts = column(at)?.as_primitive_opt::<Decimal128Type>();
                Some(amounts.ok_or_else(|| fault(""))?)
            }
        };
        Ok(Outcomes {
            statuses: Some(statuses.as_ref()),
            amounts,
        })
    }
}

impl Pair<'_> {
    /// Reads and decides the rows for both sides, and compares.
    pub(super) fn one(&self, rows: &[Rows]) -> Result<Done, Error> {
        let [before, after] = self.looks.each();
        let read = |look: &Look<'_>| tables(rows, |at| look.entities.get(at).copied().flatten());
        let own = read(before)?;
        let first = before.importer.read(&own)?;
        if self.read_once {
            return self.compare(Two::new(&first, &first));
        }
        let own = read(after)?;
        self.compare(Two::new(&first, &after.importer.read(&own)?))
    }

    fn compare(&self, imported: Two<&Imported<'_>>) -> Result<Done, Error> {
        let sides = Two::try_from(|when| {
            let (look, imported) = (self.looks.at(when), *imported.at(when));
            let answer = imported.answer(look.columns);
            let tables = look.exporter.export(look.columns, imported, &answer)?;
            Ok::<_, Error>(Side {
                look,
                imported,
                answer,
                tables,
            })
        })?;
        let (first, second) = (imported.before, imported.after);
        self.same_rows(&sides)?;
        let mut part = Part::default();
        for (own, side) in part.sides.iter_mut().zip([first, second]) {
            *own = PartSide {
                set_aside: wide(side.set_aside()),
                ..PartSide::default()
            };
            count_findings(&mut own.findings, &side.findings);
        }
        let cases = first.batch.cases();
        let place = |case: usize| first.place(case).or_else(|| second.place(case));
        let spans = spans(cases, place);
        for (league, cases) in &spans {
            let (households, people) =
                (wide(cases.len()), wide(first.rows_between(1, cases).len()));
            let own = part.leagues.entry(league.clone()).or_default();
            own.0 = own.0.saturating_add(households);
            own.1 = own.1.saturating_add(people);
            part.households = part.households.saturating_add(households);
            part.people = part.people.saturating_add(people);
        }
        let mut movers = Vec::new();
        for (at, twin) in self.twins.iter().enumerate() {
            let own = self.programme(at, twin, &sides, &spans, &mut movers)?;
            part.programmes.push(own);
        }
        let movers = match self.movers {
            None => Vec::new(),
            Some(tables) => tables.batches(movers, self.looks.before.importer, first, place)?,
        };
        Ok(Done { part, movers })
    }

    /// Both sides have the same rows: what is wrong with a row may set its household aside, it moves no row.
    fn same_rows(&self, sides: &Two<Side<'_, '_>>) -> Result<(), Error> {
        if self.read_once {
            return Ok(());
        }
        let [before, after] = sides.each();
        let pairs = before.look.entities.iter().zip(&after.look.entities);
        for (one, other) in pairs {
            let (Some(one), Some(other)) = (one, other) else {
                continue;
            };
            let keys = |side: &Side<'_, '_>, entity: usize| -> Vec<ArrayRef> {
                let columns = side.imported.keys.columns(entity).iter();
                columns.map(|(_, array)| Arc::clone(array)).collect()
            };
            if keys(before, *one) != keys(after, *other) {
                return Err(fault(before.look.importer.table_name(*one)));
            }
        }
        Ok(())
    }

    /// Counts one programme.
    fn programme<'s>(
        &self,
        at: usize,
        twin: &Twin,
        sides: &'s Two<Side<'_, '_>>,
        spans: &[(String, core::ops::Range<usize>)],
        movers: &mut Vec<Mover<'s>>,
    ) -> Result<PartProgramme, Error> {
        let mut out = PartProgramme::default();
        let mut causes: BTreeMap<&str, Cause> = BTreeMap::new();
        let [before, after] = sides.each();
        let entity = |side: &Side<'_, '_>| side.look.entities.get(twin.table).copied().flatten();
        // rows are those of the side that has the programme
        let (rows_of, entity) = match (twin.sides.before, entity(before), entity(after)) {
            (Some(_), Some(entity), _) => (before.imported, entity),
            (_, _, Some(entity)) => (after.imported, entity),
            _ => return Ok(out),
        };
        let was = before.outcomes(twin.sides.before)?;
        let is = after.outcomes(twin.sides.after)?;
        for (league, cases) in spans {
            let shift = out.leagues.entry(league.clone()).or_default();
            for case in cases.clone() {
                for row in rows_of.rows(entity, case) {
                    let statuses = (was.status(row), is.status(row));
                    let amounts = (was.amount(row), is.amount(row));
                    shift.count(statuses.0, statuses.1);
                    let step = change(shift, twin, statuses, amounts, (&was, &is));
                    let Some((change, difference)) = step else {
                        continue;
                    };
                    shift.step(change, difference.unwrap_or(0));
                    let grounds = if statuses.0 == statuses.1 {
                        Vec::new()
                    } else {
                        grounds(twin, sides, statuses, case, row)
                    };
                    for ground in &grounds {
                        causes.entry(ground).or_default().step(change);
                    }
                    if self.movers.is_some() {
                        movers.push(Mover {
                            table: twin.table,
                            row,
                            case,
                            programme: at,
                            change,
                            statuses,
                            amounts,
                            difference: difference.filter(|_| is_known(statuses, amounts)),
                            grounds,
                        });
                    }
                }
            }
        }
        out.causes = causes
            .into_iter()
            .map(|(id, cause)| (id.to_owned(), cause))
            .collect();
        Ok(out)
    }
}

fn wide(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// What changes for a row, and by how much; budgets are added up on the way.
fn change(
    shift: &mut Shift,
    twin: &Twin,
    (before, after): (Status, Status),
    (old, new): (Option<i128>, Option<i128>),
    (was, is): (&Outcomes<'_>, &Outcomes<'_>),
) -> Option<(Change, Option<i128>)> {
    for (budget, status, amount, outcomes) in [
        (&mut shift.before, before, old, was),
        (&mut shift.after, after, new, is),
    ] {
        match amount {
            Some(amount) => budget.amount = budget.amount.saturating_add(amount),
            None if status == Status::Eligible && outcomes.amounts.is_some() => {
                budget.unknown = budget.unknown.saturating_add(1);
            }
            None => {}
        }
    }
    let difference = || {
        // what is unknown on a side is not in its sum
        let sum = new.unwrap_or(0).saturating_sub(old.unwrap_or(0));
        twin.comparable.then_some(sum)
    };
    if let Some(change) = Change::between(before, after) {
        return Some((change, difference()));
    }
    if (before, after) != (Status::Eligible, Status::Eligible) {
        return None;
    }
    match (old, new) {
        _ if !twin.comparable => Some((Change::Unclear, None)),
        (None, None) => None,
        (Some(old), Some(new)) if old == new => None,
        (Some(old), Some(new)) if old < new => Some((Change::Up, difference())),
        (Some(_), Some(_)) => Some((Change::Down, difference())),
        _ => Some((Change::Unclear, difference())),
    }
}

/// Whether the difference of a row is known: an amount of every side on which it is eligible, and of one of them at least.
fn is_known((before, after): (Status, Status), (old, new): (Option<i128>, Option<i128>)) -> bool {
    let is_told = |status: Status, amount: Option<i128>| {
        amount.is_some() || matches!(status, Status::NotEligible | Status::NotInForce)
    };
    is_told(before, old) && is_told(after, new) && (old.is_some() || new.is_some())
}

/// How good an outcome is for the one whose it is.
const fn rank(status: Status) -> u8 {
    match status {
        Status::NotInForce => 0,
        Status::NotEligible => 1,
        Status::Undetermined => 2,
        Status::Eligible => 3,
    }
}

/// What decided that the status of a row changed: the reasons of the lower of the two outcomes, none of which stood on the other side.
fn grounds<'s>(
    twin: &Twin,
    sides: &'s Two<Side<'_, '_>>,
    (before, after): (Status, Status),
    case: usize,
    row: usize,
) -> Vec<&'s str> {
    let [was, is] = sides.each();
    if was.imported.is_set_aside(case) != is.imported.is_set_aside(case) {
        return vec![SET_ASIDE];
    }
    if before == Status::NotInForce || after == Status::NotInForce {
        return vec![IN_FORCE];
    }
    let (lower, own) = if rank(before) < rank(after) {
        (was, twin.sides.before)
    } else {
        (is, twin.sides.after)
    };
    let Some(own) = own else { return Vec::new() };
    let exporter = lower.look.exporter;
    exporter.reasons_of(lower.imported, &lower.answer, own.number, case, row)
}
