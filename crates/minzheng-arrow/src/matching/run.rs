//! Tables in, adopted tables out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use minzheng::Engine;
use minzheng::catalog::Resource;
use minzheng::verification::Basis;
use minzheng::verification::evidence::Evidence;
use minzheng_rules::date::Day;
use minzheng_rules::error::Diagnostic;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;

use super::adopt::{Adopting, Figures};
use super::again::{Again, Contradicted, Explained, ToExplain};
use super::answers::Answers;
use super::matcher::{Matcher, NO_KEY};
use super::outputs::Outputs;
use super::people::People;
use super::source::{Against, Source};
use super::tally::{Notes, VerifySummary, count};
use super::threads;
use crate::contract::Mapping;
use crate::error::{Error, fault};
use crate::files::{Format, TableFile, TextEncoding};
use crate::import::{ImportOptions, Importer};
use crate::stream::spent::{Spent, Watch};
use crate::stream::{Clock, Keep, Phase};

/// The tables that are verified.
#[derive(Debug, Clone)]
pub struct VerifyInputs {
    /// The table of households: what they declare.
    pub households: PathBuf,
    /// The table of people, with `id_number`.
    pub people: PathBuf,
    /// A folder with the tables of the items, each named as its item: `income_tax.parquet`, or a folder `income_tax` with its
    /// parts.
    pub items: PathBuf,
    /// The table of answers: `household_id`, `person_id`, `item`, `status`, `as_of`. Without it whoever has a record has been
    /// answered about, and nobody else.
    pub answers: Option<PathBuf>,
}

/// How they are verified.
#[derive(Debug, Clone)]
pub struct VerifyOptions<'c> {
    /// The day windows are seen from.
    pub as_of: Day,
    /// The day of the declarations; without it the day asked.
    pub declared_on: Option<Day>,
    /// Other names and units of columns.
    pub mapping: Mapping,
    /// Whether columns that nobody knows pass through in silence.
    pub ignore_unknown: bool,
    /// How tables are written.
    pub format: Format,
    /// How the text of CSV is written.
    pub encoding: TextEncoding,
    /// Most findings that are listed; the others are counted.
    pub most_findings: usize,
    /// Threads that match and adopt; 0 and 1: the caller's own. Nothing that is written depends on it; each thread needs the room of
    /// an item more.
    pub threads: usize,
    /// The households that are put into words.
    pub explain: ToExplain,
    /// Set to stop between two batches.
    pub cancel: Option<&'c AtomicBool>,
    /// A clock, to be told what the time goes into: [`VerifyStep::Spent`].
    pub clock: Option<Clock<'c>>,
}

impl VerifyOptions<'_> {
    /// As of a day: columns as the packs name them, Parquet, 100,000 findings, one thread, no words.
    pub fn new(as_of: Day) -> Self {
        Self {
            as_of,
            declared_on: None,
            mapping: Mapping::default(),
            ignore_unknown: false,
            format: Format::Parquet,
            encoding: TextEncoding::Utf8,
            most_findings: 100_000,
            threads: 1,
            explain: ToExplain::default(),
            cancel: None,
            clock: None,
        }
    }

    /// Refuses to go on once a stop is asked for.
    pub(super) fn go_on(&self) -> Result<(), Error> {
        if self.cancel.is_some_and(|c| c.load(Ordering::Relaxed)) {
            let help = "start it again: nothing that was written stands under its own name unless it is whole";
            return Err(Diagnostic::error("E-RUN-STOPPED", "stopped as was asked")
                .help(help)
                .into());
        }
        Ok(())
    }
}

/// What a verification of tables gives.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Counts by item and fact.
    pub summary: VerifySummary,
    /// The households that were asked for, in the order of their rows.
    pub explained: Vec<Explained>,
    /// How the tables that were written are read: the mapping given, without the columns whose place the adopted facts took. It is
    /// written to `mapping.toml` too where one was given.
    pub mapping: Mapping,
}

/// How far a verification is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyStep {
    /// Rows of an item that went by.
    Matched {
        /// Id of the item.
        item: String,
        /// Rows so far.
        rows: u64,
    },
    /// Rows of a table that are written.
    Adopted {
        /// Name of the table.
        table: &'static str,
        /// Rows so far.
        rows: u64,
    },
    /// Time that was spent since the last word of this phase; only with [`VerifyOptions::clock`].
    Spent {
        /// What it was spent on.
        phase: Phase,
        /// By [`VerifyOptions::clock`].
        time: Duration,
        /// Rows that went through.
        rows: u64,
    },
}

fn many(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// The file of a table in a folder, or the folder with its parts; none where there is neither.
fn find(folder: &Path, name: &str) -> Result<Option<TableFile>, Error> {
    let mut paths = vec![folder.join(name)];
    paths.extend(["parquet", "arrow", "csv"].map(|end| folder.join(format!("{name}.{end}"))));
    let found = paths.into_iter().find(|path| path.exists());
    found.map(|path| TableFile::open(&path)).transpose()
}

/// What was spent, with the rows that went through.
pub(super) fn tell(spent: Spent, rows: u64, step: &mut dyn FnMut(VerifyStep)) {
    for (phase, time) in spent.each() {
        step(VerifyStep::Spent { phase, time, rows });
    }
}

/// Matches the records of the items to people by identity number, puts them together, and takes for each fact the declaration or the
/// records, as [`Engine::verify`] does for one household.
///
/// Writes to `out`, in the format asked for: `households` and `people`, with the facts that evidence speaks of adopted, as
/// [`run`](crate::run) reads them; `status/households` and `status/people` with a column a fact (`verified`, `declared`, `pending`,
/// `refused`, `unavailable`); `differences` between declaration and records; `findings`. The last two name people by their keys in
/// full. `mapping.toml` says how the tables are read where a mapping was given. `summary.json` is written last: without it the folder is not whole. What an earlier call wrote there is replaced, its
/// `summary.json` first of all. A person without an answer and without a record has not been answered about: unknown, never zero.
///
/// Nothing that is written depends on threads. The households of [`VerifyOptions::explain`] are checked once more, one by one, with
/// their own records read again by key.
///
/// # Errors
/// What is wrong with packs, files or columns as a whole: `E-FILE-…`, `E-TABLE-…`, `E-MAP-…`, `E-MATCH-SIZE`; `E-MATCH-PERSON`
/// where nobody has a key that is to be explained; `E-RUN-STOPPED` where `cancel` was set. What is wrong with rows are findings.
pub fn verify(
    engine: &Engine,
    inputs: &VerifyInputs,
    out: &Path,
    options: &VerifyOptions<'_>,
    progress: &mut dyn FnMut(VerifyStep),
) -> Result<Verified, Error> {
    let answers = inputs.answers.as_ref();
    let tables = VerifyTables {
        households: TableFile::open(&inputs.households)?,
        people: TableFile::open(&inputs.people)?,
        items: Items::Folder(inputs.items.clone()),
        answers: answers.map(|path| TableFile::open(path)).transpose()?,
    };
    let begin = || Outputs::begin(out, options);
    check(engine, &tables, begin, options, progress)
}

/// As [`verify`], over tables that are in memory ([`TableFile::held`]), the items by their ids. What is adopted goes to `keep` batch by batch, with the
/// name of its table: `households`, `people`, `status/households`, `status/people`, `differences`, `findings`. Nothing is written.
///
/// # Errors
/// As there, without those of files; `E-CATALOG-NONE` where the catalogue has no such item.
pub fn verify_held(
    engine: &Engine,
    (households, people): (&TableFile, &TableFile),
    items: &BTreeMap<String, TableFile>,
    answers: Option<&TableFile>,
    keep: &mut Keep<'_>,
    options: &VerifyOptions<'_>,
    progress: &mut dyn FnMut(VerifyStep),
) -> Result<Verified, Error> {
    let catalog = &engine.basis()?.catalog;
    if let Some(id) = items
        .keys()
        .find(|id| catalog.items().all(|r| r.id != **id))
    {
        return Err(catalog.no_resource(id));
    }
    let tables = VerifyTables {
        households: households.clone(),
        people: people.clone(),
        items: Items::Held(items.clone()),
        answers: answers.cloned(),
    };
    let mut hand = |name: &str, batch| keep(name, batch);
    let outputs = Outputs::handed_to(&mut hand, options);
    check(engine, &tables, move || Ok(outputs), options, progress)
}

/// The tables of a verification, opened.
struct VerifyTables {
    households: TableFile,
    people: TableFile,
    items: Items,
    answers: Option<TableFile>,
}

/// The tables of the items.
#[derive(Debug)]
pub(super) enum Items {
    Folder(PathBuf),
    Held(BTreeMap<String, TableFile>),
}

impl Items {
    /// The table of an item.
    pub(super) fn find(&self, id: &str) -> Result<Option<TableFile>, Error> {
        match self {
            Self::Folder(folder) => find(folder, id),
            Self::Held(tables) => Ok(tables.get(id).cloned()),
        }
    }
}

/// Matches, puts together, adopts; what is put out begins once all of it is ready.
fn check<'a, 'k>(
    engine: &Engine,
    inputs: &VerifyTables,
    begin: impl FnOnce() -> Result<Outputs<'a, 'k>, Error>,
    options: &VerifyOptions<'_>,
    progress: &mut dyn FnMut(VerifyStep),
) -> Result<Verified, Error> {
    let (set, basis) = (engine.packs(), engine.basis()?);
    let watch = Watch::new(options.clock);
    let (households, people) = (&inputs.households, &inputs.people);
    let import = ImportOptions {
        on: Some(options.as_of),
        mapping: options.mapping.clone(),
        ignore_unknown: options.ignore_unknown,
        ..ImportOptions::default()
    };
    let schemas = [
        ("households", households.schema().clone()),
        ("people", people.schema().clone()),
    ];
    let importer = Importer::new(set, &schemas, import)?;
    let (homes, persons) = importer
        .table(0)
        .zip(importer.table(1))
        .ok_or_else(|| fault("people"))?;
    let mut notes = Notes::new(options.most_findings);
    let mut summary = VerifySummary::default();

    let (read, time) =
        watch.over(|| People::read((households, homes), (people, persons), &mut notes));
    let (rows, keys) = read?;
    tell(Spent::one(Phase::Read, time), many(rows.len()), progress);
    let (matcher, time) = watch.over(|| Matcher::new(&keys));
    let matcher = matcher?;
    tell(Spent::one(Phase::Match, time), 0, progress);
    for person in matcher.twice() {
        let message =
            "another person has the same identity number: whose its records are cannot be told";
        let key = rows.words(*person);
        notes.row(
            "people",
            *person,
            "id_number",
            "E-MATCH-TWICE",
            message,
            key,
        );
        count(&mut summary.duplicate_people);
    }
    summary.unmatchable_people = many(keys.iter().filter(|k| **k == NO_KEY).count());
    drop(keys);
    let wanted = options.explain.homes(&rows)?;

    let items: Vec<&Resource> = basis.catalog.items().collect();
    let ids: Vec<String> = items.iter().map(|i| i.id.clone()).collect();
    let mut answers = match &inputs.answers {
        None => Answers::default(),
        Some(table) => {
            let (read, time) =
                watch.over(|| Answers::read(table, &rows, &ids, options, &mut notes));
            tell(Spent::one(Phase::Read, time), 0, progress);
            read?
        }
    };
    let against = Against {
        set,
        people: &rows,
        matcher: &matcher,
        day: options.as_of,
        most_findings: options.most_findings,
        watch,
    };
    let mut sources = Vec::new();
    for resource in items {
        let table = inputs.items.find(&resource.id)?;
        if table.is_some() || answers.is_asked(&resource.id) {
            sources.push(Source {
                resource,
                evidence: if table.is_some() {
                    evidence_of(set, basis, resource)
                } else {
                    Vec::new()
                },
                table,
                words: answers.take(&resource.id, rows.len()),
            });
        }
    }
    let asked: Vec<&Resource> = sources.iter().map(|s| s.resource).collect();
    let mut columns: BTreeMap<usize, Figures> = BTreeMap::new();
    let mut contradicted = Contradicted::new();
    for (resource, matched) in asked
        .into_iter()
        .zip(threads::all(sources, &against, options, progress)?)
    {
        summary.matching_bytes = summary.matching_bytes.max(many(matched.bytes));
        columns.extend(matched.found);
        for (person, code) in matched.contradicted {
            contradicted.insert((resource.id.clone(), person), code);
        }
        answers.give(&resource.id, matched.words);
        summary.items.insert(resource.id.clone(), matched.tally);
        notes.add(matched.notes);
    }
    let twice = matcher.twice().to_vec();
    drop(matcher);
    let figures = columns.values().map(Figures::bytes);
    let figures = figures.fold(answers.bytes(), usize::saturating_add);
    summary.table_bytes = many(figures);
    let adopting = Adopting {
        set,
        basis,
        people: &rows,
        answers: &answers,
        columns,
        options,
    };
    adopting.tally_answers(&mut summary);
    let mut outputs = begin()?;
    let tables = [
        adopting.table(0, households.schema(), homes),
        adopting.table(1, people.schema(), persons),
    ];
    for (table, file) in tables.iter().zip([households, people]) {
        outputs.adopt(
            &adopting,
            table,
            file,
            (&mut notes, &mut summary),
            watch,
            progress,
        )?;
    }
    let again = Again {
        engine,
        adopting: &adopting,
        tables: &tables,
        files: [households, people],
        items: &inputs.items,
        twice: &twice,
        contradicted: &contradicted,
    };
    let mut homes = outputs.samples();
    homes.extend(wanted);
    let explained = again.explain(&homes, &mut notes)?;
    summary.findings = notes.by_code;
    let mut mapping = options.mapping.clone();
    for table in &tables {
        for name in table.replaced() {
            mapping.leave_out(table.name, name);
        }
    }
    outputs.finish(&notes.findings, &mapping, &summary)?;
    Ok(Verified {
        summary,
        explained,
        mapping,
    })
}

/// The rows of evidence that read an item, with the types of their facts.
fn evidence_of<'b>(
    set: &PackSet,
    basis: &'b Basis,
    resource: &Resource,
) -> Vec<(usize, &'b Evidence, Type)> {
    let entity = |index: usize| set.entities().get(index).map_or("", |e| e.id.as_str());
    let ty = |row: &Evidence| {
        let mut facts = set.facts();
        facts
            .find(|f| f.id == row.fact && entity(f.entity) == row.entity)
            .map(|f| f.ty)
    };
    basis
        .evidence
        .iter()
        .enumerate()
        .filter(|(_, row)| row.item == resource.id)
        .filter_map(|(index, row)| Some((index, row, ty(row)?)))
        .collect()
}
