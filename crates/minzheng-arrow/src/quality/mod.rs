//! Quality rules counted over tables: every rule of the catalogue, in one pass over each table, in bounded memory.
//!
//! A table goes by in record batches. What is counted of a batch is put together with what was counted before in any order
//! (counts are added, samples keep the first rows, keys are sorted at the end), so that neither batches nor threads show in the
//! answer. Keys for what must be there once and for other tables are packed to 32 bytes a row, 8 MB of them kept in memory
//! for each such rule and the rest sorted on disk, where the caller gives a folder.
//!
//! [`measure`] gives the counts, [`quality`] the [`Report`] that they come to.

mod gauge;
mod groups;
mod keys;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "made-up values of known size"
)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use minzheng::catalog::quality::{Check, Measured, Offence, Report, Rule, TableLine, Unmeasured};
use minzheng::catalog::{Catalog, Delivery, Resource};
use minzheng_rules::date::Day;
use minzheng_rules::pack::PackSet;

use crate::error::{Error, at, fault, masked};
use crate::files::{Batches, Pick, TableFile};
use crate::import::{Key, KeyCells};
use crate::matching::located;
use crate::stream::given::stopped;
use gauge::{Count, Gauge, State, Task, read_fields};
use groups::Sum;
use keys::Room;

/// How rules are counted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct QualityOptions<'c> {
    /// The day asked: nothing that has happened lies behind it.
    pub as_of: Day,
    /// Threads; the answer does not depend on them.
    pub threads: usize,
    /// Rows that are named for each rule.
    pub sample: usize,
    /// A folder for keys that memory has no room for, which must be there; what is written there is the caller's to remove.
    /// Without it they stay in memory. They hold identity numbers.
    pub work: Option<PathBuf>,
    /// Set to stop between two batches.
    pub cancel: Option<&'c AtomicBool>,
}

impl QualityOptions<'_> {
    /// One thread, ten rows for each rule, nothing on disk.
    pub const fn new(as_of: Day) -> Self {
        Self {
            as_of,
            threads: 1,
            sample: 10,
            work: None,
            cancel: None,
        }
    }
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QualityStep {
    /// Rows of a table that were counted so far.
    Counted {
        /// The resource.
        resource: String,
        /// The rows.
        rows: u64,
    },
}

/// The tables of a folder, each named as its resource: `income_tax.parquet`, `.arrow` or `.csv`, or a folder `income_tax` with its
/// parts. What is named as no resource is left alone.
///
/// # Errors
/// `E-FILE-…`; `E-TABLE-TWICE` where a resource has two tables.
pub fn tables(catalog: &Catalog, folder: &Path) -> Result<BTreeMap<String, TableFile>, Error> {
    let mut out = BTreeMap::new();
    let entries = std::fs::read_dir(folder).map_err(|e| crate::files::unread(folder, &e))?;
    for entry in entries {
        let path = entry.map_err(|e| crate::files::unread(folder, &e))?.path();
        let named = path.file_stem().and_then(|s| s.to_str());
        let Some(resource) = named.and_then(|id| catalog.resource(id)) else {
            continue;
        };
        let table = TableFile::open(&path)?;
        if out.insert(resource.id.clone(), table).is_some() {
            let message = "the folder has two tables of one resource";
            let help = "keep one of them";
            return Err(at("E-TABLE-TWICE", &resource.id, "", message, help).into());
        }
    }
    Ok(out)
}

/// Counts rules over tables and holds them to their limits. With deliveries, an item that has no table is looked at for its
/// deliveries.
///
/// # Errors
/// As [`measure`] and [`Report::new`].
///
/// ```
/// use std::collections::BTreeMap;
/// use minzheng::catalog::quality::{Quality, Verdict};
/// use minzheng::{Engine, catalog::Catalog};
/// use minzheng_arrow::TableFile;
/// use minzheng_arrow::quality::{QualityOptions, quality};
/// use minzheng_rules::date::Day;
///
/// let engine = Engine::built_in().map_err(|e| e.to_string())?;
/// let rules = Quality::load(engine.packs(), engine.catalog()?)?;
/// let path = std::env::temp_dir().join(format!("minzheng-quality-{}.csv", std::process::id()));
/// std::fs::write(&path, "record_no,id_number,died_on\nR1,11010519491231002X,2026-08-01\nR1,110105194912310021,\n")?;
/// let tables = BTreeMap::from([("death_certificate".to_owned(), TableFile::open(&path)?)]);
/// let options = QualityOptions::new(Day::parse("2026-08-25").ok_or("no day")?);
/// let report = quality(engine.packs(), engine.catalog()?, rules.rules(), &tables, None, &options, &mut |_| {})?;
/// let broken: Vec<&str> = report.failing().map(|o| o.rule.id.as_str()).collect();
/// assert_eq!(broken, ["required_given", "number_valid", "key_usable", "record_once"]);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn quality(
    set: &PackSet,
    catalog: &Catalog,
    rules: &[Rule],
    tables: &BTreeMap<String, TableFile>,
    deliveries: Option<&[Delivery]>,
    options: &QualityOptions<'_>,
    progress: &mut dyn FnMut(QualityStep),
) -> Result<Report, Error> {
    let items: BTreeSet<&str> = catalog.items().map(|r| r.id.as_str()).collect();
    let is_asked = |r: &&Rule| {
        let has_table = tables.contains_key(&r.resource);
        let is_late = deliveries.is_some() && items.contains(r.resource.as_str());
        has_table || (is_late && r.check == Check::Delivered)
    };
    let rules: Vec<Rule> = rules.iter().filter(is_asked).cloned().collect();
    let (measured, lines) = measure(set, catalog, &rules, tables, options, progress)?;
    let measured = rules.into_iter().zip(measured).collect();
    let as_of = options.as_of.to_date();
    Report::new(catalog, set.calendar(), as_of, lines, measured, deliveries)
}

/// Counts rules over tables: for every rule, in their order, what was counted, and a line for every table that has rules, in the
/// order of the catalogue. A table is read once, and its keys again up to the last row that is named.
///
/// # Errors
/// `E-FILE-…` where a file cannot be read or written; `E-RUN-STOPPED` where it was cancelled.
pub fn measure(
    set: &PackSet,
    catalog: &Catalog,
    rules: &[Rule],
    tables: &BTreeMap<String, TableFile>,
    options: &QualityOptions<'_>,
    progress: &mut dyn FnMut(QualityStep),
) -> Result<(Vec<Measured>, Vec<TableLine>), Error> {
    let room = options.work.as_deref().map(Room::new);
    let mut lines = Vec::new();
    let mut sums: BTreeMap<(String, Check), Measured> = BTreeMap::new();
    // of checks that need two tables, what was counted of the first
    let mut counted: BTreeMap<(String, Check), State> = BTreeMap::new();
    for resource in catalog.resources() {
        let Some(table) = tables.get(&resource.id) else {
            continue;
        };
        let tasks = tasks(resource, rules, tables);
        let has_rules = rules.iter().any(|r| r.resource == resource.id);
        if tasks.is_empty() && !has_rules {
            continue;
        }
        let job = (options, room.as_ref());
        let (states, rows) = count(set, resource, table, tasks, job, progress)?;
        for (task, state) in states {
            let is_alone = task.check.other().is_none();
            let at = (task.home, task.check);
            // what needs no other table is summed up at once: its keys need no room any more
            if is_alone {
                let sum = measured(&at.1, state, options.sample)?;
                sums.insert(at, sum);
                continue;
            }
            match counted.remove(&at) {
                None => counted.insert(at, state),
                Some(mut held) => {
                    if let State::Not(_) = state {
                        held = state;
                    } else {
                        held.merge(state, options.sample)?;
                    }
                    counted.insert(at, held)
                }
            };
        }
        if has_rules {
            lines.push(line(resource, table, rows));
        }
    }
    for (at, state) in counted {
        let sum = measured(&at.1, state, options.sample)?;
        sums.insert(at, sum);
    }
    name_rows(catalog, tables, &mut sums, options.cancel)?;
    let of = |rule: &Rule| {
        if rule.check == Check::Delivered {
            return Measured::Board;
        }
        let lacks = core::iter::once(rule.resource.as_str()).chain(rule.check.other());
        if let Some(id) = lacks.into_iter().find(|id| !tables.contains_key(*id)) {
            return Measured::Not(Unmeasured::NoTable(id.to_owned()));
        }
        let found = sums.get(&(rule.resource.clone(), rule.check.clone()));
        found.cloned().unwrap_or(Measured::Not(Unmeasured::NoRows))
    };
    Ok((rules.iter().map(of).collect(), lines))
}

/// What is to be counted of one table: the checks of its own rules, and its side of those of others.
fn tasks(resource: &Resource, rules: &[Rule], tables: &BTreeMap<String, TableFile>) -> Vec<Task> {
    let mut out = BTreeSet::new();
    for rule in rules.iter().filter(|r| r.check != Check::Delivered) {
        let other = rule.check.other();
        let has_both = tables.contains_key(&rule.resource)
            && other.is_none_or(|other| tables.contains_key(other));
        let sides = [
            (rule.resource == resource.id, false),
            (other == Some(&resource.id), true),
        ];
        for (_, is_other) in sides
            .into_iter()
            .filter(|(is_mine, _)| *is_mine && has_both)
        {
            out.insert(Task {
                home: rule.resource.clone(),
                check: rule.check.clone(),
                is_other,
            });
        }
    }
    out.into_iter().collect()
}

/// A table beside its catalogue.
fn line(resource: &Resource, table: &TableFile, rows: u64) -> TableLine {
    let schema = table.schema();
    let found = resource.fields.iter().map(|f| located(schema, f));
    let known: BTreeSet<usize> = found.clone().flatten().map(|(at, _)| at).collect();
    let lacking = resource
        .fields
        .iter()
        .zip(found)
        .filter(|(_, f)| f.is_none());
    let foreign = schema.fields().iter().enumerate();
    let foreign = foreign.filter(|(at, _)| !known.contains(at));
    TableLine {
        resource: resource.id.clone(),
        rows,
        lacking: lacking.map(|(f, _)| f.id.clone()).collect(),
        foreign: foreign.map(|(_, f)| f.name().clone()).collect(),
    }
}

/// Some columns of a table, in their order.
fn some(mut indices: Vec<usize>) -> Vec<Pick> {
    indices.sort_unstable();
    indices.dedup();
    let pick = |index| Pick { index, exact: true };
    indices.into_iter().map(pick).collect()
}

/// Counts one table: so many batches at a time as there are threads.
fn count(
    set: &PackSet,
    resource: &Resource,
    table: &TableFile,
    tasks: Vec<Task>,
    (options, room): (&QualityOptions<'_>, Option<&Arc<Room>>),
    progress: &mut dyn FnMut(QualityStep),
) -> Result<(Vec<(Task, State)>, u64), Error> {
    let fields = read_fields(resource, &tasks);
    let found = fields
        .into_iter()
        .filter_map(|f| located(table.schema(), f));
    let mut picks = some(found.map(|(at, _)| at).collect());
    if picks.is_empty() && !table.schema().fields().is_empty() {
        // rows are counted all the same
        picks = some(vec![0]);
    }
    let indices: Vec<usize> = picks.iter().map(|p| p.index).collect();
    let schema = table
        .schema()
        .project(&indices)
        .map_err(|_| fault(&resource.id))?;
    let day = (options.as_of.number(), options.sample);
    let mut gauge = Gauge::new(set, resource, tasks, &schema, day, room.cloned());
    let mut batches = table.read(&picks, 0);
    loop {
        stopped(options.cancel)?;
        let some = take(&mut batches, options.threads.max(1))?;
        if some.is_empty() {
            break;
        }
        let mut first = gauge.rows;
        let mut parts = Vec::new();
        for batch in some {
            let many = u64::try_from(batch.num_rows()).unwrap_or(0);
            parts.push((gauge.fresh(), batch, first));
            first = first.saturating_add(many);
        }
        let counted = if let [(part, batch, first)] = parts.as_mut_slice() {
            part.update(batch, *first);
            parts
        } else {
            at_once(parts).ok_or_else(|| fault(&resource.id))?
        };
        for (part, _, _) in counted {
            gauge.merge(part)?;
        }
        progress(QualityStep::Counted {
            resource: resource.id.clone(),
            rows: gauge.rows,
        });
    }
    let rows = gauge.rows;
    Ok((gauge.finish(), rows))
}

/// A batch, the number of its first row, and what is counted of it.
type Counting = (Gauge, arrow_array::RecordBatch, u64);

/// Counts each on a thread of its own.
fn at_once(parts: Vec<Counting>) -> Option<Vec<Counting>> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = parts
            .into_iter()
            .map(|(mut part, batch, first)| {
                scope.spawn(move || {
                    part.update(&batch, first);
                    (part, batch, first)
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().ok()).collect()
    })
}

fn take(from: &mut Batches, many: usize) -> Result<Vec<arrow_array::RecordBatch>, Error> {
    from.take(many).collect()
}

/// What a state comes to.
fn measured(check: &Check, state: State, most: usize) -> Result<Measured, Error> {
    Ok(match state {
        State::Not(why) => Measured::Not(why),
        State::Newest { evaluated, newest } => Measured::Newest {
            evaluated,
            newest: newest.and_then(Day::from_number).map(Day::to_date),
        },
        State::Rows(count) => rows(count),
        State::Keys(keys) => match groups::sum(check, keys, most)? {
            Sum::Rows(count) => rows(count),
            Sum::Distinct {
                evaluated,
                distinct,
            } => Measured::Distinct {
                evaluated,
                distinct,
            },
        },
    })
}

fn rows(count: Count) -> Measured {
    let causes = count.causes.into_iter();
    let sample = count.sample.into_iter().map(|(row, why)| Offence {
        row,
        key: String::new(),
        why: why.to_owned(),
    });
    Measured::Rows {
        evaluated: count.evaluated,
        failed: count.failed,
        causes: causes.map(|(why, many)| (why.to_owned(), many)).collect(),
        sample: sample.collect(),
    }
}

/// Reads the keys of the rows that are named, and writes them masked.
fn name_rows(
    catalog: &Catalog,
    tables: &BTreeMap<String, TableFile>,
    sums: &mut BTreeMap<(String, Check), Measured>,
    cancel: Option<&AtomicBool>,
) -> Result<(), Error> {
    let mut wanted: BTreeMap<String, BTreeMap<u64, String>> = BTreeMap::new();
    for ((id, _), sum) in &*sums {
        if let Measured::Rows { sample, .. } = sum {
            let of = wanted.entry(id.clone()).or_default();
            of.extend(sample.iter().map(|o| (o.row, String::new())));
        }
    }
    for (id, rows) in &mut wanted {
        let key = catalog.resource(id).and_then(|r| r.field(&r.key));
        let table = tables.get(id);
        let Some((table, key)) = table.zip(key) else {
            continue;
        };
        let Some((index, _)) = located(table.schema(), key) else {
            continue;
        };
        let mut first = 0_u64;
        let last = rows.keys().next_back().copied();
        for batch in table.read(&some(vec![index]), 0) {
            if last.is_none_or(|last| first > last) {
                break;
            }
            stopped(cancel)?;
            let batch = batch?;
            let next = first.saturating_add(u64::try_from(batch.num_rows()).unwrap_or(0));
            let cells = batch.columns().first();
            let cells = cells.and_then(|c| KeyCells::of(c.as_ref()));
            for (row, words) in rows.range_mut(first..next) {
                let at = usize::try_from(row.saturating_sub(first)).unwrap_or(usize::MAX);
                let key = cells.as_ref().and_then(|c| c.get(at));
                *words = key.map(|k| masked(&Key::words(k))).unwrap_or_default();
            }
            first = next;
        }
    }
    for ((id, _), sum) in sums {
        let Measured::Rows { sample, .. } = sum else {
            continue;
        };
        let names = wanted.get(id);
        for one in sample {
            let name = names.and_then(|n| n.get(&one.row));
            one.key = name.cloned().unwrap_or_default();
        }
    }
    Ok(())
}
