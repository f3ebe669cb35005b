//! What is owed by month when the law is published backwards, over whole tables.
//!
//! Tables are read once, side by side by household as in a [`run`](crate::run); each batch is decided twice for every month of the
//! question: by the law as known before and as known after. What comes of it is what [`Engine::arrears`](minzheng::Engine::arrears) says of each household.

mod months;
mod rows;
mod summary;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use arrow_array::RecordBatch;
use minzheng::eligibility::ArrearsQuestion;
use minzheng_rules::scenario::Engine;

use crate::error::Error;
use crate::files::{Format, TableFile, TextEncoding, unwritten};
use crate::import::{ImportOptions, Importer};
use crate::stream::cursor::{Cursor, Cursors};
use crate::stream::given::{Given, Opening, held, stopped, tables};
use crate::stream::journal::fresh;
use crate::stream::work::each;
use crate::stream::{Keep, Progress, ROWS, RunInputs, To};
pub use months::{ArrearsBatch, ArrearsColumns};
use rows::{Rows, Written};
pub use summary::{ArrearsLeague, ArrearsSummary};

/// Months of rows that are held at a time, about.
const HELD: usize = 262_144;

/// Rows of a table that are decided at a time, at least.
const LEAST: usize = 64;

/// How arrears are worked out.
#[derive(Debug, Clone)]
pub struct ArrearsOptions<'c> {
    /// How tables are read. `on` need not be given: the first day of each month stands for it, and for a column `on`, whose values
    /// are checked and not used.
    pub import: ImportOptions,
    /// What is asked.
    pub question: ArrearsQuestion,
    /// How rows are written; `None`: they are not.
    pub format: Option<Format>,
    /// How their text is written, where that is CSV.
    pub encoding: TextEncoding,
    /// Threads that decide; 0 and 1: the caller's own. The answer does not depend on it.
    pub threads: usize,
    /// Stops between batches once it is true.
    pub cancel: Option<&'c AtomicBool>,
}

impl ArrearsOptions<'_> {
    /// A question, with one thread and without rows.
    pub fn new(question: ArrearsQuestion) -> Self {
        Self {
            import: ImportOptions::default(),
            question,
            format: None,
            encoding: TextEncoding::default(),
            threads: 1,
            cancel: None,
        }
    }
}

/// Works out what is owed and was overpaid by league, programme and month, and, where a format is given, writes the rows of it:
/// `OUT/households.parquet` and `OUT/people.parquet`, each where a programme of theirs is asked, and `OUT/findings.parquet` where rows are wrong
/// (with keys in full).
///
/// A table of rows has one for every row, programme and month for which something is owed, was overpaid or is unknown, in the order
/// of households; months without a difference have none. Its columns, after the keys as they were read:
///
/// | column | type | what |
/// |---|---|---|
/// | `programme` | `Utf8` | its id |
/// | `month` | `Date32` | the first day of the month |
/// | `before`, `after` | `Decimal128(19, 2)` | yuan a month by the law as known before and after; null: undetermined |
/// | `difference` | `Decimal128(19, 2)` | what is owed, or, below zero, was overpaid; null where one of the two is |
///
/// A household that is set aside because something is wrong with its rows is undetermined in every month. `out` must be empty or not there; tables that are not in
/// the order of households are sorted in it, and what was sorted is removed.
///
/// # Errors
/// `E-FILE-…`, what [`Importer::new`], [`Importer::read`], [`ArrearsQuestion::programmes`] and [`ArrearsQuestion::known`] refuse; `E-RUN-EXISTS` where the
/// folder holds something, `E-RUN-STOPPED` where it was cancelled. Then no table of rows is left behind.
///
/// ```
/// use chrono::NaiveDate;
/// use minzheng::eligibility::{ArrearsQuestion, Months};
/// use minzheng::packs::{self, BuiltIn};
/// use minzheng_arrow::{ArrearsOptions, RunInputs, arrears};
/// use minzheng_rules::scenario::Engine;
///
/// let engine = Engine::new(packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?);
/// let dir = std::env::temp_dir().join(format!("minzheng-arrears-{}", std::process::id()));
/// std::fs::create_dir_all(&dir)?;
/// std::fs::write(dir.join("households.csv"), "household_id,registration_place\nh1,159921\n")?;
/// std::fs::write(dir.join("people.csv"), "household_id,birth\nh1,1950-01-01\n")?;
/// let inputs = RunInputs { households: dir.join("households.csv"), people: dir.join("people.csv"), records: None };
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap_or_default();
/// let mut question = ArrearsQuestion::new(Months::between(day(7, 1), day(8, 1))?);
/// question.programmes = vec!["dibao".to_owned()];
/// question.known_before = Some(day(8, 15));
/// let found = arrears(&engine, &inputs, &dir.join("out"), &ArrearsOptions::new(question), &mut |_| {})?;
/// let total = found.total();
/// assert_eq!((total.owed, total.months_unknown), (0, 2)); // nothing is known of the household
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn arrears(
    engine: &Engine,
    inputs: &RunInputs,
    out: &Path,
    options: &ArrearsOptions<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ArrearsSummary, Error> {
    let given = tables(engine, inputs)?;
    worked_out(engine, &given, To::Folder(out), options, progress)
}

/// As [`arrears`], over tables that are in memory, by their names ([`TableFile::held`]). The rows go to `keep`, batch by batch, with the name of their table:
/// `households` and `people`, each where a programme of theirs is asked, and `findings` where rows are wrong (with keys in full). Nothing is written, and what
/// must be sorted is sorted in memory; `format` and `encoding` are not looked at.
///
/// # Errors
/// As there, without those of files.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use chrono::NaiveDate;
/// use minzheng::Engine;
/// use minzheng::eligibility::{ArrearsQuestion, Months};
/// use minzheng_arrow::{ArrearsOptions, TableFile, arrears_held};
///
/// let engine = Engine::built_in()?;
/// let ids: ArrayRef = Arc::new(StringArray::from(vec!["h1"]));
/// let rows = RecordBatch::try_from_iter([("household_id", ids)])?;
/// let table = TableFile::held(rows.schema(), vec![rows])?;
/// let tables = BTreeMap::from([("households".to_owned(), table.clone()), ("people".to_owned(), table)]);
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap_or_default();
/// let mut question = ArrearsQuestion::new(Months::between(day(7, 1), day(8, 1))?);
/// question.programmes = vec!["dibao".to_owned()];
/// question.known_before = Some(day(8, 15));
/// let mut rows = 0;
/// let mut keep = |table: &str, batch: RecordBatch| rows += if table == "households" { batch.num_rows() } else { 0 };
/// let found = arrears_held(engine.rules(), &tables, &mut keep, &ArrearsOptions::new(question), &mut |_| {})?;
/// assert_eq!((found.total().months_unknown, rows), (2, 2)); // nothing is known of the household
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn arrears_held(
    engine: &Engine,
    tables: &BTreeMap<String, TableFile>,
    keep: &mut Keep<'_>,
    options: &ArrearsOptions<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ArrearsSummary, Error> {
    let mut hand = |name: &str, batch| keep(name, batch);
    let to = To::Caller(&mut hand);
    worked_out(engine, &held(engine, tables), to, options, progress)
}

fn worked_out(
    engine: &Engine,
    given: &[Given],
    to: To<'_>,
    options: &ArrearsOptions<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ArrearsSummary, Error> {
    let schemas: Vec<_> = given
        .iter()
        .map(|g| (g.name.as_str(), g.file.schema().clone()))
        .collect();
    let mut import = options.import.clone();
    // the day of households that give none: each month puts its own in its place
    import.on = import
        .on
        .or(options.question.months.days().first().copied());
    let importer = Importer::new(engine.packs(), &schemas, import)?;
    let columns = ArrearsColumns::new(engine, &importer, &options.question)?;
    let (work, mut rows) = match to {
        To::Folder(out) => {
            fresh(out, "give another folder")?;
            let format = options.format.map(|f| (f, options.encoding));
            let written = Written::new(out, format, columns.tables())?;
            (out.join("sorting"), Rows::Files(Box::new(written)))
        }
        To::Caller(keep) => {
            for table in columns.tables() {
                keep(&table.name, RecordBatch::new_empty(table.schema.clone()));
            }
            (PathBuf::new(), Rows::Caller(keep, columns.tables()))
        }
    };
    let opening = Opening {
        importer: &importer,
        work: &work,
        rows: HELD
            .checked_div(columns.months_of_a_row())
            .unwrap_or(HELD)
            .clamp(LEAST, ROWS),
        cancel: options.cancel,
    };
    let mut work_through = || -> Result<ArrearsSummary, Error> {
        let cursors = given.iter().map(|table| opening.open(table, 0, progress));
        let cursors: Vec<Cursor> = cursors.collect::<Result<_, _>>()?;
        let total = cursors.first().map_or(0, Cursor::total);
        let mut cursors = Cursors::new(cursors, options.threads.max(1));
        let mut summary = ArrearsSummary::default();
        loop {
            stopped(options.cancel)?;
            let batches = cursors.next(usize::MAX)?;
            if batches.is_empty() {
                return Ok(summary);
            }
            for done in each(batches, options.threads, |rows| columns.taken(rows))? {
                rows.write(&done)?;
                summary.add(&done.summary);
            }
            progress(Progress::Decided {
                households: cursors.read(0),
                of: total,
            });
        }
    };
    let found = work_through();
    if work.exists() {
        fs::remove_dir_all(&work).map_err(|e| unwritten(&work, &e))?;
    }
    match found {
        Ok(summary) => rows.finish().map(|()| summary),
        Err(error) => {
            rows.abandon();
            Err(error)
        }
    }
}
