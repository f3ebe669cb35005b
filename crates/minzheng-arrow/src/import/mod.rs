//! Record batches of the same households to a batch for the columnar program.

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use minzheng_rules::columnar::{Answer, Batch, Columns};
use minzheng_rules::date::Day;
use minzheng_rules::facts::FactStatus;
use minzheng_rules::pack::PackSet;

use crate::contract::Mapping;
use crate::error::{Error, Findings};

/// How tables are read.
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

/// Tables whose columns have been matched with the packs: reads part after part of them.
#[derive(Debug)]
pub struct Importer<'p> {
    set: &'p PackSet,
}

impl<'p> Importer<'p> {
    /// Matches the columns of tables, by the name of the table, with the packs. A table that is not given has no rows, and
    /// nothing is said of whether that is complete.
    ///
    /// # Errors
    /// Everything that is wrong at once: `E-TABLE-…`.
    pub fn new(
        set: &'p PackSet,
        schemas: &[(&str, SchemaRef)],
        options: ImportOptions,
    ) -> Result<Self, Error> {
        let _ = (schemas, options);
        Ok(Self { set })
    }

    /// The packs.
    pub const fn packs(&self) -> &'p PackSet {
        self.set
    }

    /// The entities whose tables were given, in order.
    pub fn entities(&self) -> &[usize] {
        unimplemented!()
    }

    /// The columns of the table of an entity that are read, as indices in its schema, rising. [`Tables`] may hold these alone.
    pub fn needed(&self, entity: usize) -> &[usize] {
        let _ = entity;
        unimplemented!()
    }

    /// The name of the column in the table of an entity that holds the key of the household, and its type.
    pub fn household_key(&self, entity: usize) -> Option<(&str, &DataType)> {
        let _ = entity;
        unimplemented!()
    }

    /// Reads tables that hold the same households: all people and records of every household among them. The order of
    /// rows does not matter; where people and records come in the order of their households, nothing is sorted or copied
    /// that need not be.
    ///
    /// # Errors
    /// `E-TABLE-TYPE` where a column is of another type than its schema was matched with, `E-TABLE-SIZE`.
    pub fn read<'a>(&self, tables: &'a Tables) -> Result<Imported<'a>, Error> {
        let _ = tables;
        unimplemented!()
    }
}

/// The rows of some households: one record batch for every entity.
#[derive(Debug, Clone)]
pub struct Tables {
    batches: Vec<Option<RecordBatch>>,
    /// The number of the first row of each in its whole table.
    first_rows: Vec<u64>,
}

impl Tables {
    /// Joins record batches, by the index of their entity; one alone is not copied. `first_row` is the number of the first
    /// row in the whole table, for findings.
    ///
    /// # Errors
    /// `E-TABLE-SCHEMA` where the batches of one table have different columns.
    pub fn new(parts: &[(usize, &[RecordBatch], u64)]) -> Result<Self, Error> {
        let _ = parts;
        unimplemented!()
    }
}

/// The keys of one table's rows that are in the batch, in its order.
#[derive(Debug, Clone)]
pub struct Keys {
    tables: Vec<Vec<(String, ArrayRef)>>,
    identity: Option<Vec<u64>>,
}

impl Keys {
    /// The key columns of an entity's rows as they were given, in the order of the batch: `household_id`, then `person_id` (numbers from 1
    /// in the household, where none were given), `of`.
    pub fn columns(&self, entity: usize) -> &[(String, ArrayRef)] {
        self.tables
            .get(entity)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The key of a row in words; of a household for entity 0, of the row in its household for others.
    pub fn key(&self, entity: usize, row: usize) -> String {
        let _ = (entity, row);
        unimplemented!()
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
    set_aside: Vec<bool>,
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

    /// Decides the batch: what [`Columns::run`] gives, with everything of households that are set aside unknown.
    pub fn answer(&self, columns: &Columns<'_>) -> Answer {
        columns.run(&self.batch)
    }
}
