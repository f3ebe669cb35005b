//! Two pack sets, or a what-if, over the same tables: who changes, by how much, where, by which condition, and what it costs.
//!
//! Both sides decide the same rows, batch by batch, in bounded memory; the outcome does not depend on threads. Where the packs of both
//! have the same facts and attestable conditions, and the days are the same, tables are read once.

mod facts;
mod movers;
mod reading;
mod report;
mod shift;
#[cfg(test)]
mod tests;
mod twins;
mod two;
mod work;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use minzheng_rules::columnar::Request;
use minzheng_rules::date::Day;
use minzheng_rules::error::Diagnostic;
use minzheng_rules::explain::PackReceipt;
use minzheng_rules::facts::Overlay;
use minzheng_rules::scenario::Engine;

use crate::error::Error;
use crate::export::Exporter;
use crate::files::{Format, TableFile, TextEncoding, refused};
use crate::import::ImportOptions;
use crate::stream::cursor::Cursors;
use crate::stream::given::in_order;
use crate::stream::journal::fresh;
use crate::stream::work::each;
use crate::stream::{Keep, Progress, ROWS, RunInputs, To, digest};
pub use facts::{FileFacts, LeagueFacts, SideFacts, TableFacts};
use movers::{Movers, Writer};
use reading::{Reader, SharedTable};
pub use shift::{
    Budget, Cause, Change, Comparison, IN_FORCE, Moved, Per, Presence, ProgrammeShift, SET_ASIDE,
    Shift,
};
use two::{Two, When};
use work::{Look, Pair, Twin};

/// One side of a comparison: packs, days, and figures that win over the packs.
///
/// ```
/// use minzheng::packs::{self, BuiltIn};
/// use minzheng_arrow::compare::Side;
/// use minzheng_rules::scenario::Engine;
///
/// let engine = Engine::new(packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?);
/// let raised = Side::new(&engine).figure("standard.dibao[hukou=urban]=900/month")?;
/// assert_eq!(raised.figures(), ["standard.dibao[hukou=urban]=900/month"]);
/// assert_eq!(Side::new(&engine).figure("standard.dibao").unwrap_err().code(), "E-SET");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Side<'e> {
    engine: &'e Engine,
    on: Option<Day>,
    known_on: Option<Day>,
    figures: Vec<String>,
    overlays: Vec<Overlay>,
}

impl<'e> Side<'e> {
    /// The law of these packs, all that they have.
    pub const fn new(engine: &'e Engine) -> Self {
        Self {
            engine,
            on: None,
            known_on: None,
            figures: Vec::new(),
            overlays: Vec::new(),
        }
    }

    /// The day decided, of this side; tables whose households say it themselves cannot be decided for two days.
    #[must_use]
    pub const fn on(mut self, day: Option<Day>) -> Self {
        self.on = day;
        self
    }

    /// The law as published by this day.
    #[must_use]
    pub const fn known_on(mut self, day: Option<Day>) -> Self {
        self.known_on = day;
        self
    }

    /// A what-if: a figure that wins over the packs, as `PARAMETER=VALUE` or `PARAMETER[key=value,…]=VALUE`.
    ///
    /// # Errors
    /// What [`PackSet::overlay_from_text`](minzheng_rules::pack::PackSet::overlay_from_text) refuses.
    pub fn figure(mut self, text: &str) -> Result<Self, Error> {
        let overlay = self.engine.packs().overlay_from_text(text)?;
        self.overlays.push(overlay);
        self.figures.push(text.to_owned());
        Ok(self)
    }

    /// The figures of the what-if, as they were written.
    pub fn figures(&self) -> &[String] {
        &self.figures
    }

    fn facts(&self, on: Option<Day>) -> SideFacts {
        let packs = self.engine.packs().packs().iter();
        SideFacts {
            packs: packs
                .map(|p| PackReceipt {
                    id: p.id.clone(),
                    version: p.version.clone(),
                    digest: p.digest.clone(),
                })
                .collect(),
            on: on.map(|d| d.to_string()),
            known_on: self.known_on.map(|d| d.to_string()),
            figures: self.figures.clone(),
            set_aside: 0,
            findings: BTreeMap::new(),
        }
    }
}

/// How a comparison goes.
#[derive(Debug, Clone, Default)]
pub struct CompareOptions<'c> {
    /// How tables are read; its day is that of a side that has none.
    pub import: ImportOptions,
    /// Programmes by id; empty: all of both sides.
    pub programmes: Vec<String>,
    /// How the tables of movers are written.
    pub format: Format,
    /// How its text is written, where that is CSV.
    pub encoding: TextEncoding,
    /// Threads that decide; 0 and 1: the caller's own. The outcome does not depend on it.
    pub threads: usize,
    /// Stops between batches once it is true.
    pub cancel: Option<&'c AtomicBool>,
}

/// Decides the same tables on both sides and tells what differs.
///
/// Programmes, and their conditions, are the same where their ids are, and their rows are of one table; one that a side does not have counts
/// there as not in force. With `out`, the rows that change are written to `OUT/households/part-00000.parquet` and `OUT/people/…`, one line for
/// every programme and row: the keys as the host gave them, `place`, `programme`, `change` ([`Change`]), `status_before`, `status_after`, in
/// yuan `amount_before`, `amount_after` and `difference` (of what is known; null where the periods differ), `per_before`, `per_after`, and
/// `conditions` (what decided a change of status, see [`ProgrammeShift::causes`]); and at the end `OUT/comparison.json`.
///
/// # Errors
/// What [`run`](crate::run) refuses in tables and packs; `E-COMPARE-ON` where the sides have different days and the households say theirs,
/// `E-COMPARE-SORT` where a table must be sorted and there is no folder `out`, `E-COMPARE-TABLES` where the sides read
/// different columns as keys, `E-RUN-EXISTS` where the folder holds something, `E-RUN-STOPPED` where it was cancelled.
///
/// ```
/// use minzheng::packs::{self, BuiltIn};
/// use minzheng_arrow::RunInputs;
/// use minzheng_arrow::compare::{CompareOptions, Side, compare};
/// use minzheng_rules::{date::Day, scenario::Engine};
///
/// let engine = Engine::new(packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?);
/// let dir = std::env::temp_dir().join(format!("minzheng-compare-{}", std::process::id()));
/// std::fs::create_dir_all(&dir)?;
/// std::fs::write(dir.join("households.csv"), "household_id,registration_place\nh1,159921\n")?;
/// std::fs::write(dir.join("people.csv"), "household_id,birth\nh1,1950-01-01\n")?;
/// let inputs = RunInputs { households: dir.join("households.csv"), people: dir.join("people.csv"), records: None };
/// let mut options = CompareOptions::default();
/// options.import.on = Day::parse("2026-08-25");
/// let (before, after) = (Side::new(&engine), Side::new(&engine).figure("standard.dibao=900/month")?);
/// let comparison = compare(&before, &after, &inputs, None, &options, &mut |_| {})?;
/// assert_eq!((comparison.households, comparison.movers()), (1, 0)); // too little is known
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn compare(
    before: &Side<'_>,
    after: &Side<'_>,
    inputs: &RunInputs,
    out: Option<&Path>,
    options: &CompareOptions<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Comparison, Error> {
    let sets = Two::new(before.engine.packs(), after.engine.packs());
    let tables = reading::tables(sets, inputs)?;
    between(
        before,
        after,
        &tables,
        out.map(To::Folder),
        options,
        progress,
    )
}

/// As [`compare`], over tables that are in memory, by their names ([`TableFile::held`](crate::TableFile::held)). The rows that change go to `keep`,
/// batch by batch, with the name of their table; nothing is written, and what must be sorted is sorted in memory.
///
/// # Errors
/// As there, without those of files.
///
/// ```
/// # use std::collections::BTreeMap;
/// # use std::sync::Arc;
/// # use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// # use minzheng::packs::{self, BuiltIn};
/// # use minzheng_arrow::TableFile;
/// # use minzheng_arrow::compare::{CompareOptions, Side, compare_held};
/// # use minzheng_rules::{date::Day, scenario::Engine};
/// # let engine = Engine::new(packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?);
/// let ids: ArrayRef = Arc::new(StringArray::from(vec!["h1"]));
/// let rows = RecordBatch::try_from_iter([("household_id", ids)])?;
/// let table = TableFile::held(rows.schema(), vec![rows])?;
/// let tables = BTreeMap::from([("households".to_owned(), table.clone()), ("people".to_owned(), table)]);
/// let mut options = CompareOptions::default();
/// options.import.on = Day::parse("2026-08-25");
/// let (before, after) = (Side::new(&engine), Side::new(&engine).figure("standard.dibao=900/month")?);
/// let comparison = compare_held(&before, &after, &tables, &mut |_, _| {}, &options, &mut |_| {})?;
/// assert_eq!((comparison.households, comparison.movers()), (1, 0)); // too little is known
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn compare_held(
    before: &Side<'_>,
    after: &Side<'_>,
    tables: &BTreeMap<String, TableFile>,
    keep: &mut Keep<'_>,
    options: &CompareOptions<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Comparison, Error> {
    let sets = Two::new(before.engine.packs(), after.engine.packs());
    let tables = reading::held(sets, tables);
    let mut hand = |name: &str, batch| keep(name, batch);
    let to = To::Caller(&mut hand);
    between(before, after, &tables, Some(to), options, progress)
}

/// Decides tables that were opened on both sides.
fn between(
    before: &Side<'_>,
    after: &Side<'_>,
    tables: &[SharedTable],
    to: Option<To<'_>>,
    options: &CompareOptions<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Comparison, Error> {
    let (out, mut keep) = match to {
        None => (None, None),
        Some(To::Folder(out)) => (Some(out), None),
        Some(To::Caller(keep)) => (None, Some(keep)),
    };
    let sides = Two::new(before, after);
    let sets = Two::from(|when| sides.at(when).engine.packs());
    let days = Two::from(|when| sides.at(when).on.or(options.import.on));
    let readers = Two::try_from(|when| {
        let import = ImportOptions {
            on: *days.at(when),
            ..options.import.clone()
        };
        Reader::new(when, sets, tables, import)
    })?;
    let is_one_day = days.before == days.after;
    if !is_one_day && readers.each().iter().any(|r| r.importer.says_day()) {
        let message =
            "the households say the day they are decided for: they cannot be decided for two";
        return Err(Diagnostic::error("E-COMPARE-ON", message)
            .help("leave the column `on` out, or give one day")
            .into());
    }
    let read_once = is_one_day && sets.before.reads_like(sets.after);
    let chosen = twins::chosen(sets, &options.programmes)?;
    let exporters = Two::try_from(|when| {
        let known_on = sides.at(when).known_on;
        Exporter::for_comparison(&readers.at(when).importer, known_on, chosen.at(when))
    })?;
    let columns = Two::try_from(|when| {
        let request = Request {
            overlays: sides.at(when).overlays.clone(),
            ..exporters.at(when).request()
        };
        sides.at(when).engine.columns(request)
    })?;
    let both = Two::new(&exporters.before, &exporters.after);
    let (programmes, twins) = twins::twins(sets, &chosen, tables, both)?;
    let mut comparison = Comparison {
        before: before.facts(days.before),
        after: after.facts(days.after),
        read_once,
        tables: table_facts(tables)?,
        households: 0,
        people: 0,
        leagues: BTreeMap::new(),
        programmes,
    };
    if let Some(out) = out {
        fresh(out, "give another folder")?;
    }
    let is_told = out.is_some() || keep.is_some();
    let movers = is_told.then(|| mover_tables(&comparison, tables, &twins, &readers.before));
    if let (Some(keep), Some(movers)) = (&mut keep, &movers) {
        movers.begin(keep);
    }
    let mut writer = match (out, &movers) {
        (Some(out), Some(movers)) => {
            Some(Writer::new(out, (options.format, options.encoding), movers))
        }
        _ => None,
    };
    let looks = Two::from(|when| Look {
        importer: &readers.at(when).importer,
        exporter: exporters.at(when),
        columns: columns.at(when),
        entities: tables.iter().map(|t| t.entity(when)).collect(),
    });
    let pair = Pair {
        looks,
        twins: &twins,
        read_once,
        movers: movers.as_ref(),
    };
    let mut cursors = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        let picked = reading::columns(at, table, &readers)?;
        let folder = &mut || {
            progress(Progress::Sorting {
                entity: table.latest_entity(),
            });
            let out = out.ok_or_else(|| unsorted(table))?;
            Ok(out.join("sorting").join(table.name()))
        };
        let cursor = in_order(&table.file, at, &picked, (0, ROWS), options.cancel, folder)?;
        if let Some(facts) = comparison.tables.get_mut(at) {
            facts.rows = cursor.total();
        }
        cursors.push(cursor);
    }
    let total = comparison.tables.first().map_or(0, |t| t.rows);
    let mut cursors = Cursors::new(cursors, options.threads.max(1));
    loop {
        if options.cancel.is_some_and(|c| c.load(Ordering::Relaxed)) {
            let message = "the comparison was asked to stop";
            return Err(Diagnostic::error("E-RUN-STOPPED", message)
                .help("begin again")
                .into());
        }
        let batches = cursors.next(usize::MAX)?;
        if batches.is_empty() {
            break;
        }
        for done in each(batches, options.threads, |rows| pair.one(&rows))? {
            comparison.add(&done.part);
            if let Some(writer) = &mut writer {
                writer.write(&done.movers)?;
            }
            if let (Some(keep), Some(movers)) = (&mut keep, &movers) {
                movers.hand(done.movers, keep);
            }
        }
        progress(Progress::Decided {
            households: cursors.read(0),
            of: total,
        });
    }
    twins::name(&mut comparison, sets);
    if let Some(writer) = writer {
        writer.finish()?;
    }
    if let Some(out) = out {
        movers::whole(out, &comparison.to_json().to_string())?;
    }
    Ok(comparison)
}

fn unsorted(table: &SharedTable) -> Error {
    let message =
        "the table is not in the order of households, and there is no folder to sort it in";
    Diagnostic::error("E-COMPARE-SORT", message)
        .path(table.name().to_owned())
        .help(
            "give a folder for the rows that change, or sort the table by the key of the household",
        )
        .into()
}

fn table_facts(tables: &[SharedTable]) -> Result<Vec<TableFacts>, Error> {
    let file = |path: &Path| {
        let written = digest(path)?;
        let name = path.file_name().and_then(|n| n.to_str());
        Ok(FileFacts {
            name: name.ok_or_else(|| unnamed(path))?.to_owned(),
            bytes: written.bytes,
            sha256: written.sha256,
        })
    };
    let table = |table: &SharedTable| {
        Ok(TableFacts {
            name: table.name().to_owned(),
            rows: 0,
            files: table.file.files().map(file).collect::<Result<_, Error>>()?,
        })
    };
    tables.iter().map(table).collect()
}

fn unnamed(path: &Path) -> Error {
    let message = "the name of the file is no text";
    refused("E-FILE-KIND", path, message, "rename it")
}

/// The tables of movers: one for every table that a programme of both is for, and that the side before has keys of.
fn mover_tables(
    comparison: &Comparison,
    tables: &[SharedTable],
    twins: &[Twin],
    reader: &Reader<'_>,
) -> Movers {
    let is_met = |at: usize| twins.iter().any(|t| t.table == at);
    let list: Vec<(usize, usize)> = tables
        .iter()
        .enumerate()
        .filter(|(at, _)| is_met(*at))
        .filter_map(|(at, table)| Some((at, table.entity(When::Before)?)))
        .collect();
    let facts = |side: &SideFacts| serde_json::to_string(side).unwrap_or_default();
    let metadata = [
        ("minzheng.schema".to_owned(), "minzheng/movers/1".to_owned()),
        (
            "minzheng.engine".to_owned(),
            env!("CARGO_PKG_VERSION").to_owned(),
        ),
        ("minzheng.before".to_owned(), facts(&comparison.before)),
        ("minzheng.after".to_owned(), facts(&comparison.after)),
    ];
    Movers::new(&reader.importer, &list, &comparison.programmes, &metadata)
}
