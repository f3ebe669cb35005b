//! Record batches of the same households to a batch for the columnar program.
//!
//! A value that is none of its type, and a row that has no place, are findings: the household they belong to is set aside, as one
//! household with such a value is refused, and all others are decided. A value outside its sensible bounds is read as
//! unknown, as everywhere.

pub(crate) mod cells;
mod keys;
pub(crate) mod matched;
mod reading;
mod rows;

use std::collections::BTreeMap;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, FieldRef, SchemaRef};
use arrow_select::concat::concat_batches;
use minzheng_rules::columnar::{Answer, Batch, Bitmap, Columns, NO_ROW, OutputColumn};
use minzheng_rules::date::Day;
use minzheng_rules::error::Diagnostics;
use minzheng_rules::facts::FactStatus;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;

use crate::contract::{Contract, Mapping, Role};
use crate::error::{Error, Findings, at};
use crate::files::Pick;
pub(crate) use keys::{Key, KeyCells, kind};
use matched::MatchedTable;
use reading::Reading;
use rows::ix;

/// A row number as the batch has it; tables are refused before they have more.
fn row32(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// How tables are read.
///
/// ```
/// use minzheng_arrow::ImportOptions;
/// use minzheng_rules::date::Day;
/// let options = ImportOptions { on: Day::parse("2026-08-25"), ..ImportOptions::default() };
/// assert!(!options.ignore_unknown);
/// ```
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The day decided of households that do not say `on`.
    pub on: Option<Day>,
    /// How the facts of the tables stand: declared, verified or attested.
    pub status: FactStatus,
    /// Other names and units of columns.
    pub mapping: Mapping,
    /// Whether columns that nobody knows are left out in silence.
    pub ignore_unknown: bool,
    /// Most rows that one household may have in one table.
    pub most_rows: usize,
    /// Most findings that one call of [`Importer::read`] keeps; the others are counted.
    pub most_findings: usize,
}

impl Default for ImportOptions {
    /// No day for all, facts declared, 1,000 rows of a household, 100,000 findings.
    fn default() -> Self {
        Self {
            on: None,
            status: FactStatus::Declared,
            mapping: Mapping::default(),
            ignore_unknown: false,
            most_rows: 1_000,
            most_findings: 100_000,
        }
    }
}

/// Tables whose columns have been matched with the packs: reads part after part of them.
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, Date32Array, RecordBatch, StringArray};
/// use minzheng::packs::{self, BuiltIn};
/// use minzheng_arrow::{ImportOptions, Importer, Tables};
/// use minzheng_rules::date::Day;
///
/// let packs = packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?;
/// let text = |words: &[&str]| -> ArrayRef { Arc::new(StringArray::from(words.to_vec())) };
/// let households = RecordBatch::try_from_iter([
///     ("household_id", text(&["h1", "h2"])),
///     ("hukou", text(&["urban", "moon"])),
/// ])?;
/// let birth: ArrayRef = Arc::new(Date32Array::from(vec![Some(7_000), None, Some(9_000)]));
/// let people = RecordBatch::try_from_iter([("household_id", text(&["h1", "h1", "h2"])), ("birth", birth)])?;
///
/// let options = ImportOptions { on: Day::parse("2026-08-25"), ..ImportOptions::default() };
/// let schemas = [("households", households.schema()), ("people", people.schema())];
/// let importer = Importer::new(&packs, &schemas, options)?;
/// let tables = Tables::new(&[(0, &[households], 0), (1, &[people], 0)])?;
/// let imported = importer.read(&tables)?;
/// assert_eq!((imported.batch.cases(), imported.batch.rows(1)), (2, 3));
/// assert_eq!(imported.findings.iter().map(|f| f.code).collect::<Vec<_>>(), ["E-VALUE-CODE"]);
/// assert!(imported.is_set_aside(1) && !imported.is_set_aside(0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Importer<'p> {
    set: &'p PackSet,
    options: ImportOptions,
    tables: Vec<MatchedTable>,
    entities: Vec<usize>,
    /// Id of the first fact of the root that is a place.
    place: Option<String>,
}

impl<'p> Importer<'p> {
    /// Matches the columns of tables, by the name of the table, with the packs; see [`Contract`]. Households and people must be
    /// given; a table of records that is not given has no rows.
    ///
    /// # Errors
    /// Everything that is wrong at once: `E-TABLE-…` for tables and columns, `E-MAP-…` for the mapping, `E-FACT-STATUS` where
    /// facts cannot stand so.
    pub fn new(
        set: &'p PackSet,
        schemas: &[(&str, SchemaRef)],
        options: ImportOptions,
    ) -> Result<Self, Error> {
        let contract = Contract::new(set);
        let mut findings = Diagnostics::new();
        let known = [
            FactStatus::Declared,
            FactStatus::Verified,
            FactStatus::Attested,
        ];
        if !known.contains(&options.status) {
            let help = "write declared, verified or attested";
            findings.push(at(
                "E-FACT-STATUS",
                "",
                "",
                "not a status for all facts",
                help,
            ));
        }
        let tables = matched::tables(&contract, schemas, &options, &mut findings);
        if findings.has_errors() {
            return Err(findings.into());
        }
        let place = set.facts().find(|f| f.entity == 0 && f.ty == Type::Place);
        Ok(Self {
            set,
            options,
            entities: tables.iter().map(|t| t.entity).collect(),
            tables,
            place: place.map(|f| f.id.clone()),
        })
    }

    /// The packs.
    pub const fn packs(&self) -> &'p PackSet {
        self.set
    }

    /// How tables are read.
    pub const fn options(&self) -> &ImportOptions {
        &self.options
    }

    /// The entities whose tables were given, in order.
    pub fn entities(&self) -> &[usize] {
        &self.entities
    }

    pub(crate) fn table(&self, entity: usize) -> Option<&MatchedTable> {
        self.tables.iter().find(|t| t.entity == entity)
    }

    /// The name of the table of an entity; empty where it was not given.
    pub fn table_name(&self, entity: usize) -> &str {
        self.table(entity).map_or("", |t| &t.name)
    }

    /// The columns of the table of an entity that are read, as indices in its schema, rising. [`Tables`] may hold these alone.
    pub fn needed(&self, entity: usize) -> &[usize] {
        self.table(entity)
            .map(|t| t.needed.as_slice())
            .unwrap_or_default()
    }

    /// The columns that are read; facts may come in another type that holds the same.
    pub(crate) fn picks(&self, entity: usize) -> Vec<Pick> {
        let Some(table) = self.table(entity) else {
            return Vec::new();
        };
        let columns = table.needed.iter().zip(&table.columns);
        let pick = |(index, column): (&usize, &matched::Matched)| Pick {
            index: *index,
            exact: !matches!(column.role, Role::Fact(_) | Role::Finding(_)),
        };
        columns.map(pick).collect()
    }

    /// The name of the column in the table of an entity that holds the key of the household, and its type.
    pub fn household_key(&self, entity: usize) -> Option<(&str, &DataType)> {
        let role = if entity == 0 {
            Role::Key
        } else {
            Role::Household
        };
        let column = self.table(entity)?.role(&role)?;
        Some((&column.name, &column.ty))
    }

    /// Whether the table of households says the day decided.
    pub(crate) fn says_day(&self) -> bool {
        self.table(0).is_some_and(|t| t.role(&Role::Day).is_some())
    }

    /// The key columns of an entity's rows in an answer: names, roles and types.
    pub(crate) fn key_columns(&self, entity: usize) -> Vec<(String, Role, DataType)> {
        let entities = self.set.entities();
        let key = |entity: usize| {
            let id = entities.get(entity).map_or("", |e| e.id.as_str());
            format!("{id}_id")
        };
        let Some(table) = self.table(entity) else {
            return Vec::new();
        };
        let ty = |role: &Role| table.role(role).map(|c| c.ty.clone());
        if entity == 0 {
            let own = ty(&Role::Key).unwrap_or(DataType::Utf8);
            return vec![(key(0), Role::Key, own)];
        }
        let home = ty(&Role::Household).unwrap_or(DataType::Utf8);
        let mut out = vec![(key(0), Role::Household, home)];
        out.extend(ty(&Role::Above).map(|ty| ("of".to_owned(), Role::Above, ty)));
        let own = ty(&Role::Key).unwrap_or(DataType::Int64);
        out.push((key(entity), Role::Key, own));
        out
    }

    /// Reads tables that hold the same households: all people and records of every household among them. The order of
    /// rows does not matter; where the keys of households rise, and people and records come in the order of their
    /// households, nothing is sorted, and columns that are laid out as the engine's are borrowed.
    ///
    /// # Errors
    /// `E-TABLE-TYPE` and `E-TABLE-UNIT` where a column is missing, or is of another type, unit or period than its schema
    /// was matched with; `E-TABLE-NAME` where the schema of a table was not.
    pub fn read<'a>(&self, tables: &'a Tables) -> Result<Imported<'a>, Error> {
        let strange = tables.batches.keys().find(|e| self.table(**e).is_none());
        if let Some(entity) = strange {
            let id = self.set.entities().get(*entity).map_or("", |e| &e.id);
            let message = "rows are given of a table whose columns were not matched";
            let help = "give its schema to `Importer::new`";
            return Err(at("E-TABLE-NAME", id, "", message, help).into());
        }
        Reading::new(self, tables)?.run()
    }
}

/// The rows of some households: one record batch for every entity.
#[derive(Debug, Clone)]
pub struct Tables {
    /// By entity, with the number of the first row.
    batches: BTreeMap<usize, (RecordBatch, u64)>,
}

impl Tables {
    /// Joins record batches, by the index of their entity; one alone is not copied. The number is that of the first row in the
    /// whole table, for findings.
    ///
    /// # Errors
    /// `E-TABLE-SCHEMA` where the batches of one table have different columns, `E-TABLE-TWICE`, `E-TABLE-SIZE` where a table has more
    /// than 4 thousand million rows.
    pub fn new(parts: &[(usize, &[RecordBatch], u64)]) -> Result<Self, Error> {
        let mut batches = BTreeMap::new();
        for (entity, list, first_row) in parts {
            let joined = match list {
                [] => continue,
                [one] => one.clone(),
                // joining goes by place alone: a column that stands elsewhere would be taken for another
                [first, more @ ..] if more.iter().all(|b| alike(first, b)) => {
                    concat_batches(&first.schema(), *list).map_err(|_| other_columns())?
                }
                _ => return Err(other_columns()),
            };
            if row32(joined.num_rows()) == NO_ROW {
                let message = "the table has more rows than one batch may have";
                return Err(at("E-TABLE-SIZE", "", "", message, "read it in parts").into());
            }
            if batches.insert(*entity, (joined, *first_row)).is_some() {
                let message = "the table is given twice";
                return Err(at(
                    "E-TABLE-TWICE",
                    "",
                    "",
                    message,
                    "give its parts as one list",
                )
                .into());
            }
        }
        Ok(Self { batches })
    }

    fn get(&self, entity: usize) -> Option<&(RecordBatch, u64)> {
        self.batches.get(&entity)
    }
}

/// Whether two parts of a table have the same columns, of the same types and units.
fn alike(first: &RecordBatch, other: &RecordBatch) -> bool {
    let (first, other) = (first.schema(), other.schema());
    let same = |(a, b): (&FieldRef, &FieldRef)| {
        a.name() == b.name() && a.data_type() == b.data_type() && a.metadata() == b.metadata()
    };
    first.fields().len() == other.fields().len()
        && first.fields().iter().zip(other.fields()).all(same)
}

pub(crate) fn other_columns() -> Error {
    let message = "the parts of the table have different columns";
    at(
        "E-TABLE-SCHEMA",
        "",
        "",
        message,
        "write all parts with one schema",
    )
    .into()
}

/// The keys of the rows that are in the batch, in its order.
#[derive(Debug, Clone)]
pub struct Keys {
    tables: Vec<Vec<(String, ArrayRef)>>,
    identity: Option<Vec<u64>>,
}

impl Keys {
    /// The key columns of an entity's rows as they were given, in the order of the batch: `household_id`, `of`, then
    /// `person_id` (numbers from 1 in the household, where none were given).
    pub fn columns(&self, entity: usize) -> &[(String, ArrayRef)] {
        self.tables
            .get(entity)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The own key of a row in words: of a household, or of a person in it. It is personal data.
    pub fn key(&self, entity: usize, row: usize) -> String {
        let column = self.columns(entity).last();
        let one = column.filter(|(_, array)| row < array.len());
        one.and_then(|(_, array)| {
            let one = array.slice(row, 1);
            Some(KeyCells::of(one.as_ref())?.get(0)?.words())
        })
        .unwrap_or_default()
    }

    /// The packed identity number of every person, 0 where none is known; `None` where the table has no such column.
    pub fn identity(&self) -> Option<&[u64]> {
        self.identity.as_deref()
    }
}

/// Tables ready to be decided.
#[derive(Debug)]
pub struct Imported<'a> {
    /// The facts.
    pub batch: Batch<'a>,
    /// Whose they are.
    pub keys: Keys,
    /// What is wrong with rows.
    pub findings: Findings,
    /// For every household.
    set_aside: Vec<bool>,
    /// By entity, where the rows of every household begin, and the number of rows.
    starts: Vec<Vec<u32>>,
    places: Option<Vec<i64>>,
}

impl Imported<'_> {
    /// Whether a household is not decided because something is wrong with its rows.
    pub fn is_set_aside(&self, case: usize) -> bool {
        self.set_aside.get(case).copied().unwrap_or(false)
    }

    /// How many households are not decided.
    pub fn set_aside(&self) -> usize {
        self.set_aside.iter().filter(|aside| **aside).count()
    }

    /// The place a household's rules are read at, the place of registration, as given; `None` where it is unknown.
    pub fn place(&self, case: usize) -> Option<i64> {
        let place = self.places.as_ref()?.get(case).copied();
        place.filter(|p| *p != NO_PLACE)
    }

    /// The rows of an entity that belong to a household.
    pub fn rows(&self, entity: usize, case: usize) -> core::ops::Range<usize> {
        if entity == 0 {
            return case..case.saturating_add(1);
        }
        let starts = self.starts.get(entity).map(Vec::as_slice);
        let at = |case: usize| starts.and_then(|s| s.get(case)).map_or(0, |s| ix(*s));
        at(case)..at(case.saturating_add(1))
    }

    /// The rows of an entity that belong to households that follow each other.
    pub(crate) fn rows_between(
        &self,
        entity: usize,
        cases: &core::ops::Range<usize>,
    ) -> core::ops::Range<usize> {
        if entity == 0 {
            return cases.clone();
        }
        let start = self.rows(entity, cases.start).start;
        start..self.rows(entity, cases.end.saturating_sub(1)).end
    }

    /// Decides the batch: what [`Columns::run`] gives, with everything of households that are set aside unknown.
    pub fn answer(&self, columns: &Columns<'_>) -> Answer {
        let mut answer = columns.run(&self.batch);
        if self.set_aside.contains(&true) {
            for (column, output) in answer.columns.iter_mut().zip(columns.outputs()) {
                let mut rows = Vec::with_capacity(column.len());
                for (case, aside) in self.set_aside.iter().enumerate() {
                    let many = self.rows(output.entity, case).len();
                    rows.extend(core::iter::repeat_n(*aside, many));
                }
                forget(column, &rows);
            }
        }
        answer
    }
}

/// A place that is not known.
const NO_PLACE: i64 = i64::MIN;

/// Makes some rows of an answer unknown.
fn forget(column: &mut OutputColumn, rows: &[bool]) {
    let keep = |bits: &Bitmap| -> Bitmap {
        bits.iter()
            .zip(rows)
            .map(|(bit, aside)| bit && !aside)
            .collect()
    };
    match column {
        OutputColumn::Truth { yes, no } => (*yes, *no) = (keep(yes), keep(no)),
        OutputColumn::Number {
            known,
            values,
            highest,
        } => {
            *known = keep(known);
            let clear = |list: &mut [i64], to: i64| {
                let aside = list.iter_mut().zip(rows).filter(|(_, aside)| **aside);
                aside.for_each(|(value, _)| *value = to);
            };
            clear(values, i64::MIN);
            if let Some(highest) = highest {
                clear(highest, i64::MAX);
            }
        }
    }
}
