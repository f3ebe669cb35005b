//! A province from files to files: side by side by household, in parts that survive a crash.
//!
//! Tables are read from front to back where their rows lie in the order of households; a table that does not is sorted
//! on disk first. A part of the answer is written under a temporary name, made durable, renamed, and entered in the
//! journal; what was interrupted goes on after the last part of the journal, and gives the same bytes.

pub(crate) mod beside;
pub(crate) mod cursor;
pub(crate) mod given;
#[cfg(test)]
mod held_tests;
pub(crate) mod journal;
pub(crate) mod sample;
mod sort;
pub(crate) mod spent;
pub(crate) mod summary;
pub(crate) mod tell;
pub(crate) mod work;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use minzheng_rules::scenario::Engine;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::error::{Error, Findings};
use crate::export::{ExportOptions, Exporter};
use crate::files::{
    Format, Part, TableFile, TextEncoding, WrittenFile, hex, refused, sync_dir, unread,
};
use crate::import::{ImportOptions, Importer};
use cursor::{Cursor, Cursors};
use given::{Given, Opening, held, stopped, tables};
use journal::{Journal, PartLine};
use sample::Met;
pub use sort::sorted;
pub use spent::{Clock, Phase};
use spent::{Spent, Watch};
pub use summary::{League, ModelTally, Summary, Tally};
use tell::{Programmes, Tell};
use work::{Done, Shop};

/// Rows of a table that are decided at a time, at most.
pub(crate) const ROWS: usize = 8_192;

/// The files of a run.
#[derive(Debug, Clone)]
pub struct RunInputs {
    /// The table of households: a file, or a folder with its parts.
    pub households: PathBuf,
    /// The table of people.
    pub people: PathBuf,
    /// A folder with the tables of records, each a file or folder by its name: `obligors.parquet`, `parents`.
    pub records: Option<PathBuf>,
}

/// How a run goes.
#[derive(Debug, Clone)]
pub struct RunOptions<'c> {
    /// How tables are read.
    pub import: ImportOptions,
    /// What the answer holds.
    pub export: ExportOptions,
    /// How the answer is written.
    pub format: Format,
    /// How its text is written, where that is CSV.
    pub encoding: TextEncoding,
    /// Households of a part, about: rows with one key stay together.
    pub households_per_part: usize,
    /// Threads that decide; 0 and 1: the caller's own. The answer does not depend on it.
    pub threads: usize,
    /// Of every programme and outcome so many households are explained, the first ones in order.
    pub explain: usize,
    /// Go on after the last part of the journal, if there is one.
    pub resume: bool,
    /// Read, decide and count, but write no answer and keep no journal. The folder of the answer is then used only to sort in.
    pub dry: bool,
    /// Stops the run between batches once it is true.
    pub cancel: Option<&'c AtomicBool>,
    /// A clock, to be told what the time goes into: [`Progress::Spent`].
    pub clock: Option<Clock<'c>>,
}

impl Default for RunOptions<'_> {
    /// Parquet, 16,384 households a part, one thread, no explanations, from the beginning.
    fn default() -> Self {
        Self {
            import: ImportOptions::default(),
            export: ExportOptions::default(),
            format: Format::Parquet,
            encoding: TextEncoding::Utf8,
            households_per_part: 16_384,
            threads: 1,
            explain: 0,
            resume: false,
            dry: false,
            cancel: None,
            clock: None,
        }
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// An entity's table is not in the order of households and is sorted on disk.
    Sorting {
        /// Index of the entity; of a table that is read beside them one that no entity has.
        entity: usize,
    },
    /// Households were decided.
    Decided {
        /// So many rows of the table of households.
        households: u64,
        /// Out of so many.
        of: u64,
    },
    /// A part is durable.
    Part {
        /// Its number, from 0.
        part: usize,
    },
    /// Time that was spent since the last word of this phase, on all threads together; only with [`RunOptions::clock`].
    Spent {
        /// What it was spent on.
        phase: Phase,
        /// By [`RunOptions::clock`].
        time: Duration,
        /// Rows of all tables that went through.
        rows: u64,
    },
}

/// Decides whole tables from files to files: `OUT/households/part-00000.parquet`, `OUT/people/…`, `OUT/findings/…` where rows
/// are wrong (with keys in full), `OUT/explained/….jsonl` on request, and `OUT/journal.jsonl`.
///
/// The answer is that of [`Importer`], [`Exporter`] and [`Columns`](minzheng_rules::columnar::Columns) in memory; it does not depend on threads, nor on how often the
/// run was interrupted.
///
/// # Errors
/// `E-FILE-…` where files cannot be read or written, what [`Importer::new`], [`Importer::read`] and [`Exporter::new`] refuse;
/// `E-RUN-EXISTS` where the folder holds something and `resume` was not asked, or another run writes there, `E-RUN-CHANGED` where packs, tables or options
/// are not those of the journal or a table changes while it is read, `E-RUN-PART` where a finished part was changed, `E-RUN-JOURNAL` where the journal cannot be
/// read, `E-RUN-STOPPED` where it was cancelled.
///
/// ```
/// use minzheng::packs::{self, BuiltIn};
/// use minzheng_arrow::{RunInputs, RunOptions, run};
/// use minzheng_rules::{date::Day, scenario::Engine};
///
/// let engine = Engine::new(packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?);
/// let dir = std::env::temp_dir().join(format!("minzheng-run-{}", std::process::id()));
/// std::fs::create_dir_all(&dir)?;
/// std::fs::write(dir.join("households.csv"), "household_id,hukou\nh1,urban\nh2,rural\n")?;
/// std::fs::write(dir.join("people.csv"), "household_id,birth\nh2,1950-01-01\nh1,2001-05-01\n")?;
/// let inputs = RunInputs { households: dir.join("households.csv"), people: dir.join("people.csv"), records: None };
/// let mut options = RunOptions::default();
/// options.import.on = Day::parse("2026-08-25");
/// let summary = run(&engine, &inputs, &dir.join("out"), &options, &mut |_| {})?;
/// assert_eq!((summary.households, summary.people), (2, 2));
/// assert!(dir.join("out/people/part-00000.parquet").exists());
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run(
    engine: &Engine,
    inputs: &RunInputs,
    out: &Path,
    options: &RunOptions<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, Error> {
    let teller = |importer: &Importer<'_>| -> Result<Programmes<'_>, Error> {
        Ok(Programmes {
            exporter: Exporter::new(importer, &options.export)?,
            options: &options.export,
        })
    };
    let given = tables(engine, inputs)?;
    through(engine, given, To::Folder(out), options, teller, progress)
}

/// As [`run`], over tables that are in memory, by their names ([`TableFile::held`](crate::TableFile::held)). The answer goes to `keep`, batch by
/// batch, with the name of its table: `households`, `people`, and `findings` where rows are wrong (with keys in full). Nothing is written, no journal is
/// kept, and what must be sorted is sorted in memory; of the options those about files and explanations are not looked at.
///
/// # Errors
/// What [`Importer::new`], [`Importer::read`] and [`Exporter::new`] refuse; `E-RUN-STOPPED` where it was cancelled.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use minzheng::Engine;
/// use minzheng_arrow::{RunOptions, TableFile, run_held};
/// use minzheng_rules::date::Day;
///
/// let engine = Engine::built_in()?;
/// let ids: ArrayRef = Arc::new(StringArray::from(vec!["h2", "h1"]));
/// let rows = RecordBatch::try_from_iter([("household_id", ids)])?;
/// let table = TableFile::held(rows.schema(), vec![rows])?;
/// let tables = BTreeMap::from([("households".to_owned(), table.clone()), ("people".to_owned(), table)]);
/// let mut options = RunOptions::default();
/// options.import.on = Day::parse("2026-08-25");
/// let mut rows = BTreeMap::new();
/// let mut keep = |table: &str, batch: RecordBatch| *rows.entry(table.to_owned()).or_insert(0) += batch.num_rows();
/// let summary = run_held(engine.rules(), &tables, &mut keep, &options, &mut |_| {})?;
/// assert_eq!((summary.households, rows["households"], rows["people"]), (2, 2, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run_held(
    engine: &Engine,
    tables: &BTreeMap<String, TableFile>,
    keep: &mut Keep<'_>,
    options: &RunOptions<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, Error> {
    let teller = |importer: &Importer<'_>| -> Result<Programmes<'_>, Error> {
        Ok(Programmes {
            exporter: Exporter::new(importer, &options.export)?,
            options: &options.export,
        })
    };
    let mut hand = |name: &str, batch| keep(name, batch);
    let to = To::Caller(&mut hand);
    through(engine, held(engine, tables), to, options, teller, progress)
}

/// Takes what is answered, batch by batch: the name of the table, and its rows. Of every table the first batch is empty: it tells the columns.
pub type Keep<'k> = dyn FnMut(&str, RecordBatch) + 'k;

/// Where an answer goes.
pub(crate) enum To<'t> {
    /// Into the files of a folder.
    Folder(&'t Path),
    /// To the caller, who has the tables in memory.
    Caller(&'t mut Keep<'t>),
}

/// Takes tables through the columnar program; `teller` makes what is told of them.
pub(crate) fn through<T: Tell>(
    engine: &Engine,
    mut given: Vec<Given>,
    to: To<'_>,
    options: &RunOptions<'_>,
    teller: impl FnOnce(&Importer<'_>) -> Result<T, Error>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, Error> {
    let (out, mut keep) = match to {
        To::Folder(out) => (out, None),
        To::Caller(keep) => (Path::new(""), Some(keep)),
    };
    let is_dry = options.dry || keep.is_some();
    let schemas: Vec<_> = given
        .iter()
        .map(|g| (g.name.as_str(), g.file.schema().clone()))
        .collect();
    let importer = Importer::new(engine.packs(), &schemas, options.import.clone())?;
    let teller = teller(&importer)?;
    let beside = teller.beside();
    given.extend(beside.iter().enumerate().map(|(at, b)| b.given(at)));
    let columns = engine.columns(teller.request())?;
    if let Some(keep) = &mut keep {
        for table in teller.tables() {
            keep(&table.name, RecordBatch::new_empty(table.schema.clone()));
        }
    }
    let stamps = Stamps::take(&given)?;
    let watch = Watch::new(options.clock);
    let (mut journal, parts) = if is_dry {
        (None, Vec::new())
    } else {
        let (header, time) = watch.over(|| header(engine, &given, &teller, options));
        Spent::one(Phase::Read, time).tell(0, progress);
        let (journal, parts) = Journal::open(out, &header?, options.resume)?;
        (Some(journal), parts)
    };
    let mut run = Run {
        shop: Shop {
            engine,
            importer: &importer,
            teller: &teller,
            columns: &columns,
            explain: options.explain,
            watch,
        },
        out,
        options,
        stamps,
        summary: Summary::default(),
        explained: Met::new(),
        part: parts.len(),
        keep,
    };
    for line in &parts {
        run.check(line)?;
        run.summary.add(&line.summary);
        sample::add(&mut run.explained, &line.explained);
    }
    if journal.as_ref().is_some_and(Journal::is_done) {
        return Ok(run.summary);
    }
    let skip = parts.last().map(|p| p.read.clone()).unwrap_or_default();
    let mut cursors = Vec::new();
    let work = out.join("sorting");
    let opening = Opening {
        importer: &importer,
        work: &work,
        rows: ROWS,
        cancel: options.cancel,
    };
    for table in &given {
        let after = skip.get(&table.name).copied().unwrap_or(0);
        let (cursor, time) = watch.over(|| match beside::of(beside, table.entity) {
            Some(beside) => opening.open_picked(table, beside.picked(), after, progress),
            None => opening.open(table, after, progress),
        });
        Spent::one(Phase::Match, time).tell(0, progress);
        cursors.push(cursor?);
    }
    let total = cursors.first().map_or(0, Cursor::total);
    let mut cursors = Cursors::new(cursors, options.threads.max(1));
    while run.next_part(&mut cursors, &given, total, journal.as_mut(), progress)? {}
    if let Some(journal) = &mut journal {
        journal.done()?;
    }
    if run.keep.is_none() && work.exists() {
        fs::remove_dir_all(&work).map_err(|e| crate::files::unwritten(&work, &e))?;
    }
    Ok(run.summary)
}

/// What a run is of: packs, tables, options.
fn header(
    engine: &Engine,
    given: &[Given],
    teller: &dyn Tell,
    options: &RunOptions<'_>,
) -> Result<Value, Error> {
    let packs = engine.packs().packs().iter();
    let packs: Vec<Value> = packs
        .map(|p| json!({"id": p.id, "version": p.version, "digest": p.digest}))
        .collect();
    let mut tables = BTreeMap::new();
    for table in given {
        let files = table.file.files().map(|file| {
            stopped(options.cancel)?;
            digest(file)
        });
        tables.insert(table.name.as_str(), files.collect::<Result<Vec<_>, _>>()?);
    }
    let day = |day: Option<minzheng_rules::date::Day>| day.map(|d| d.to_string());
    let (import, request) = (&options.import, teller.request());
    let (run, own) = teller.header();
    let mut all = json!({
        "on": day(import.on),
        "known_on": day(request.known_on),
        "facts": import.status.word(),
        "mapping": hex(&Sha256::digest(format!("{:?}", import.mapping))),
        "ignore_unknown": import.ignore_unknown,
        "most_rows": import.most_rows,
        "most_findings": import.most_findings,
        "encoding": options.encoding.word(),
        "format": options.format.extension(),
        "households_per_part": options.households_per_part,
        "explain": options.explain,
    });
    if let (Value::Object(all), Value::Object(own)) = (&mut all, own) {
        all.extend(own);
    }
    Ok(json!({
        "run": run,
        "engine": env!("CARGO_PKG_VERSION"),
        "plan": request.digest(engine.packs()),
        "packs": packs,
        "tables": tables,
        "options": all,
    }))
}

/// Length and time of change of every file that is read, as they were before the first was.
struct Stamps(Vec<(PathBuf, u64, Option<SystemTime>)>);

impl Stamps {
    fn take(given: &[Given]) -> Result<Self, Error> {
        let files = given.iter().flat_map(|g| g.file.files());
        let stamp = |path: &Path| {
            let found = fs::metadata(path).map_err(|e| unread(path, &e))?;
            Ok((path.to_owned(), found.len(), found.modified().ok()))
        };
        Ok(Self(files.map(stamp).collect::<Result<_, Error>>()?))
    }

    /// Whether the files are still the same: a part read from others is not entered in the journal.
    fn check(&self) -> Result<(), Error> {
        for (path, bytes, changed) in &self.0 {
            let now = fs::metadata(path).map_err(|e| unread(path, &e))?;
            if now.len() != *bytes || now.modified().ok() != *changed {
                let message = "the file was changed while it was read";
                let help = "begin again in another folder";
                return Err(refused("E-RUN-CHANGED", path, message, help));
            }
        }
        Ok(())
    }
}

/// A file by its bytes.
pub(crate) fn digest(path: &Path) -> Result<WrittenFile, Error> {
    let mut file = File::open(path).map_err(|e| unread(path, &e))?;
    let mut digest = Sha256::new();
    let (mut buffer, mut bytes) = (vec![0; 256 << 10], 0_u64);
    loop {
        let many = file.read(&mut buffer).map_err(|e| unread(path, &e))?;
        if many == 0 {
            break;
        }
        digest.update(buffer.get(..many).unwrap_or_default());
        bytes = bytes.saturating_add(u64::try_from(many).unwrap_or(0));
    }
    Ok(WrittenFile {
        bytes,
        sha256: hex(&digest.finalize()),
    })
}

struct Run<'r, 'k> {
    shop: Shop<'r>,
    out: &'r Path,
    options: &'r RunOptions<'r>,
    stamps: Stamps,
    summary: Summary,
    explained: Met,
    part: usize,
    /// Who has the answer, where it is not written.
    keep: Option<&'k mut Keep<'k>>,
}

impl Run<'_, '_> {
    /// Hands what a batch came to to who has the answer.
    fn hand(&mut self, done: &mut Done) -> Result<(), Error> {
        let Some(keep) = &mut self.keep else {
            return Ok(());
        };
        let names = self.shop.teller.tables().iter();
        for (table, batch) in names.zip(done.tables.drain(..)) {
            keep(&table.name, batch);
        }
        if !done.findings.is_empty() {
            keep("findings", done.findings.to_batch()?);
        }
        Ok(())
    }

    fn path(&self, table: &str, part: usize, end: &str) -> PathBuf {
        self.out.join(table).join(format!("part-{part:05}.{end}"))
    }

    /// Begins the file of a table for the part at hand.
    fn part_of(&self, table: &str, schema: &SchemaRef) -> Result<Part, Error> {
        let format = self.options.format;
        let path = self.path(table, self.part, format.extension());
        Part::table(&path, (format, self.options.encoding), schema)
    }

    /// Whether the files of a finished part are as they were written.
    fn check(&self, line: &PartLine) -> Result<(), Error> {
        for (table, written) in &line.files {
            let end = if table == sample::TABLE {
                sample::END
            } else {
                self.options.format.extension()
            };
            let path = self.path(table, line.part, end);
            if digest(&path).ok().as_ref() != Some(written) {
                let message = "a finished part is missing or was changed";
                let help = "begin again in another folder";
                return Err(refused("E-RUN-PART", &path, message, help));
            }
        }
        Ok(())
    }

    /// Decides and writes a part; whether there may be another.
    fn next_part(
        &mut self,
        cursors: &mut Cursors,
        given: &[Given],
        total: u64,
        journal: Option<&mut Journal>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<bool, Error> {
        let watch = self.shop.watch;
        let mut files = journal.is_some().then(|| Files::new(self)).transpose()?;
        let (mut own, mut households) = (Summary::default(), 0_usize);
        let before = self.explained.clone();
        loop {
            let left = self
                .options
                .households_per_part
                .max(1)
                .saturating_sub(households);
            if left == 0 {
                break;
            }
            stopped(self.options.cancel)?;
            let (batches, time) = watch.over(|| cursors.next(left));
            let batches = batches?;
            if batches.is_empty() {
                break;
            }
            let rows = batches.iter().flatten().map(cursor::Taken::rows).sum();
            let mut spent = Spent::one(Phase::Read, time);
            let threads = self.options.threads;
            for mut done in self.shop.decide(batches, &self.explained, threads)? {
                households = households.saturating_add(done.households);
                spent.add(&done.spent);
                own.add(&done.summary);
                self.hand(&mut done)?;
                let Some(files) = &mut files else { continue };
                let (written, time) = watch.over(|| files.write(self, &done));
                spent.add(&Spent::one(Phase::Write, time));
                let most = self.options.explain;
                written?;
                for line in sample::chosen(&done.samples, &mut self.explained, most) {
                    files.explain(self, line)?;
                }
            }
            spent.tell(rows, progress);
            progress(Progress::Decided {
                households: cursors.read(0),
                of: total,
            });
        }
        // a table without rows is an answer without rows
        if cursors.is_end() && self.part > 0 && own == Summary::default() {
            return Ok(false);
        }
        let (Some(journal), Some(files)) = (journal, files) else {
            self.summary.add(&own);
            return Ok(!cursors.is_end());
        };
        let read = given.iter().enumerate();
        let (files, time) = watch.over(|| files.finish(self.out));
        Spent::one(Phase::Write, time).tell(0, progress);
        let line = PartLine {
            part: self.part,
            read: read
                .map(|(at, g)| (g.name.clone(), cursors.read(at)))
                .collect(),
            files: files?,
            summary: own,
            explained: sample::between(&before, &self.explained),
        };
        self.stamps.check()?;
        journal.append(&line)?;
        self.summary.add(&line.summary);
        progress(Progress::Part { part: self.part });
        self.part = self.part.saturating_add(1);
        Ok(!cursors.is_end())
    }
}

/// The files of a part while it is written.
struct Files {
    tables: Vec<(String, Part)>,
    findings: Option<Part>,
    explained: Option<Part>,
}

impl Files {
    fn new(run: &Run<'_, '_>) -> Result<Self, Error> {
        let tables = run
            .shop
            .teller
            .tables()
            .iter()
            .map(|table| Ok((table.name.clone(), run.part_of(&table.name, &table.schema)?)));
        Ok(Self {
            tables: tables.collect::<Result<_, Error>>()?,
            findings: None,
            explained: None,
        })
    }

    fn write(&mut self, run: &Run<'_, '_>, done: &Done) -> Result<(), Error> {
        for ((_, part), batch) in self.tables.iter_mut().zip(&done.tables) {
            part.write(batch)?;
        }
        if done.findings.is_empty() {
            return Ok(());
        }
        let findings = match &mut self.findings {
            Some(findings) => findings,
            None => {
                let new = run.part_of("findings", &Findings::schema())?;
                self.findings.insert(new)
            }
        };
        findings.write(&done.findings.to_batch()?)
    }

    fn explain(&mut self, run: &Run<'_, '_>, line: &str) -> Result<(), Error> {
        let explained = match &mut self.explained {
            Some(explained) => explained,
            None => {
                let path = run.path(sample::TABLE, run.part, sample::END);
                self.explained.insert(Part::text(&path)?)
            }
        };
        explained.line(line)
    }

    fn finish(self, out: &Path) -> Result<BTreeMap<String, WrittenFile>, Error> {
        let findings = self.findings.map(|p| ("findings".to_owned(), p));
        let explained = self.explained.map(|p| (sample::TABLE.to_owned(), p));
        let parts = self.tables.into_iter().chain(findings).chain(explained);
        let mut written = BTreeMap::new();
        for (table, part) in parts {
            let file = part.finish()?;
            sync_dir(&out.join(&table))?;
            written.insert(table, file);
        }
        sync_dir(out)?;
        Ok(written)
    }
}
