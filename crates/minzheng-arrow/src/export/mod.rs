//! Answers to record batches.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use minzheng_rules::columnar::{Answer, Request};
use minzheng_rules::date::Day;

use crate::error::Error;
use crate::import::{Imported, Importer};

/// What an answer's tables hold beside keys, statuses and amounts.
#[derive(Debug, Clone, Default)]
pub struct ExportOptions {
    /// The law as published by this day; `None`: all that the packs have.
    pub known_on: Option<Day>,
    /// Programmes by id, in this order; empty: all.
    pub programmes: Vec<String>,
    /// A column of truths for every condition of the programmes: `dibao/income`.
    pub conditions: bool,
    /// For every programme the conditions that fail, or that leave it open: `dibao.reasons`.
    pub reasons: bool,
    /// Formulas by id, each a column.
    pub formulas: Vec<String>,
}

/// One table of an answer.
#[derive(Debug, Clone)]
pub struct AnswerTable {
    /// Its name, as the table that was read: `households`, `people`.
    pub name: String,
    /// Index of the entity whose rows it holds.
    pub entity: usize,
    /// Its columns.
    pub schema: SchemaRef,
}

/// Turns answers into record batches.
#[derive(Debug)]
pub struct Exporter {
    tables: Vec<AnswerTable>,
}

impl Exporter {
    /// Prepares the tables of an answer.
    ///
    /// # Errors
    /// `E-PROGRAMME-NAME`, `E-OUTPUT-NAME`.
    pub fn new(importer: &Importer<'_>, options: &ExportOptions) -> Result<Self, Error> {
        let _ = (importer, options);
        unimplemented!()
    }

    /// What the columnar program must be asked; `threads`, `overlays` are the caller's to set.
    pub fn request(&self) -> Request {
        unimplemented!()
    }

    /// The tables of the answer: households, people, and records where formulas of theirs are asked for.
    pub fn tables(&self) -> &[AnswerTable] {
        &self.tables
    }

    /// The record batches of an answer, in the order of [`Exporter::tables`].
    ///
    /// # Errors
    /// `E-TABLE-ANSWER` where the answer is not one to [`Exporter::request`].
    pub fn export(
        &self,
        imported: &Imported<'_>,
        answer: &Answer,
    ) -> Result<Vec<RecordBatch>, Error> {
        let _ = (imported, answer);
        unimplemented!()
    }
}
