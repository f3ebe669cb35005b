//! Tables in, adopted tables out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use minzheng::catalog::Resource;
use minzheng::verification::Basis;
use minzheng::verification::evidence::Evidence;
use minzheng_rules::date::Day;
use minzheng_rules::error::Diagnostic;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;

use super::adopt::{Adopting, Column};
use super::answers::Answers;
use super::matcher::{Matcher, NO_KEY};
use super::people::People;
use super::source::{Against, Found, settle_answers, stream};
use super::tally::{ItemTally, Notes, VerifySummary, count};
use crate::contract::Mapping;
use crate::error::{Error, Findings, fault};
use crate::files::{Format, Part, TableFile, TextEncoding};
use crate::import::{ImportOptions, Importer};

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
    /// Set to stop between two batches.
    pub cancel: Option<&'c AtomicBool>,
}

impl VerifyOptions<'_> {
    /// As of a day: columns as the packs name them, Parquet, 100,000 findings.
    pub fn new(as_of: Day) -> Self {
        Self {
            as_of,
            declared_on: None,
            mapping: Mapping::default(),
            ignore_unknown: false,
            format: Format::Parquet,
            encoding: TextEncoding::Utf8,
            most_findings: 100_000,
            cancel: None,
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
}

/// The file of a table in a folder, or the folder with its parts; none where there is neither.
fn find(folder: &Path, name: &str) -> Result<Option<TableFile>, Error> {
    let mut paths = vec![folder.join(name)];
    paths.extend(["parquet", "arrow", "csv"].map(|end| folder.join(format!("{name}.{end}"))));
    let found = paths.into_iter().find(|path| path.exists());
    found.map(|path| TableFile::open(&path)).transpose()
}

/// Matches the records of the items to people by identity number, puts them together, and takes for each fact the declaration or the
/// records, as [`Engine::verify`](minzheng::Engine::verify) does for one household.
///
/// Writes to `out`, in the format asked for: `households` and `people`, with the facts that evidence speaks of adopted, as
/// [`run`](crate::run) reads them; `status/households` and `status/people` with a column a fact (`verified`, `declared`, `pending`,
/// `refused`, `unavailable`); `differences` between declaration and records; `findings`. The last two name people by their keys in
/// full. A person without an answer and without a record has not been answered about: unknown, never zero.
///
/// # Errors
/// What is wrong with packs, files or columns as a whole: `E-FILE-…`, `E-TABLE-…`, `E-MAP-…`, `E-MATCH-SIZE`;
/// `E-RUN-STOPPED` where `cancel` was set. What is wrong with rows are findings.
pub fn verify(
    set: &PackSet,
    basis: &Basis,
    inputs: &VerifyInputs,
    out: &Path,
    options: &VerifyOptions<'_>,
    progress: &mut dyn FnMut(VerifyStep),
) -> Result<VerifySummary, Error> {
    let households = TableFile::open(&inputs.households)?;
    let people = TableFile::open(&inputs.people)?;
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

    let (rows, keys) = People::read((&households, homes), (&people, persons), &mut notes)?;
    let matcher = Matcher::new(&keys)?;
    for person in matcher.twice() {
        let message =
            "another person has the same identity number: whose its records are cannot be told";
        notes.row(
            "people",
            *person,
            "id_number",
            "E-MATCH-TWICE",
            message,
            rows.words(*person),
        );
        count(&mut summary.duplicate_people);
    }
    let without = keys.iter().filter(|k| **k == NO_KEY).count();
    summary.unmatchable_people = u64::try_from(without).unwrap_or(0);
    drop(keys);

    let items: Vec<&Resource> = basis.catalog.items().collect();
    let ids: Vec<String> = items.iter().map(|i| i.id.clone()).collect();
    let mut answers = match &inputs.answers {
        None => Answers::default(),
        Some(path) => Answers::read(&TableFile::open(path)?, &rows, &ids, &mut notes)?,
    };
    let against = Against {
        set,
        people: &rows,
        matcher: &matcher,
        day: options.as_of,
    };
    let mut columns: BTreeMap<usize, Column> = BTreeMap::new();
    for resource in items {
        let evidence = evidence_of(set, basis, resource);
        let (found, tally, bytes) = match find(&inputs.items, &resource.id)? {
            Some(table) => {
                let mut going = |rows| {
                    progress(VerifyStep::Matched {
                        item: resource.id.clone(),
                        rows,
                    });
                    options.go_on()
                };
                let source = (resource, &table);
                stream(
                    source,
                    &evidence,
                    &against,
                    &mut answers,
                    &mut notes,
                    &mut going,
                )?
            }
            None if answers.is_asked(&resource.id) => {
                let mut tally = ItemTally::default();
                let none = vec![false; rows.len()];
                let id = &resource.id;
                settle_answers(
                    id,
                    &none,
                    &against,
                    &mut answers,
                    &mut [],
                    &mut notes,
                    &mut tally,
                );
                (Vec::new(), tally, 0)
            }
            None => continue,
        };
        summary.matching_bytes = summary
            .matching_bytes
            .max(u64::try_from(bytes).unwrap_or(u64::MAX));
        for Found { row, values } in found {
            columns.insert(row, Column::new(values));
        }
        summary.items.insert(resource.id.clone(), tally);
    }
    drop(matcher);

    let mut adopting = Adopting::new(set, basis, &rows, &answers, columns, options);
    adopting.tally_answers(&mut summary);
    adopting.write(
        0,
        (&households, homes),
        out,
        &mut notes,
        &mut summary,
        progress,
    )?;
    adopting.write(
        1,
        (&people, persons),
        out,
        &mut notes,
        &mut summary,
        progress,
    )?;
    adopting.finish()?;
    write_findings(out, options, &notes.findings)?;
    summary.findings = notes.by_code;
    Ok(summary)
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

fn write_findings(
    out: &Path,
    options: &VerifyOptions<'_>,
    findings: &Findings,
) -> Result<(), Error> {
    let path = out.join(format!("findings.{}", options.format.extension()));
    let mut part = Part::table(
        &path,
        (options.format, options.encoding),
        &Findings::schema(),
    )?;
    part.write(&findings.to_batch()?)?;
    part.finish()?;
    Ok(())
}
