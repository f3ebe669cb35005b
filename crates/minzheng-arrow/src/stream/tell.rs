//! What a run tells of households that were decided: tables, counts, samples.

use arrow_array::RecordBatch;
use minzheng_rules::columnar::{Answer, Columns, Request};
use serde_json::{Value, json};

use super::beside::Beside;
use super::cursor::Taken;
use super::sample::{self, Met, Sample};
use super::summary::Summary;
use super::work::Shop;
use crate::error::Error;
use crate::export::{AnswerTable, ExportOptions, Exporter};
use crate::import::Imported;

/// What is asked of the columnar program, and what is made of its answer.
pub(crate) trait Tell: Sync {
    /// The tables of the answer.
    fn tables(&self) -> &[AnswerTable];

    /// Tables that are read beside those of the entities, household by household.
    fn beside(&self) -> &[Beside] {
        &[]
    }

    /// What the columnar program must be asked.
    fn request(&self) -> Request;

    /// What a run is of, by which one that was interrupted is known again: its kind, and its options.
    fn header(&self) -> (&'static str, Value);

    /// The record batches of an answer, one for every table, and what they come to; `beside` holds the rows that the tables beside have
    /// of these households, and of households that nobody else has.
    fn tell(
        &self,
        columns: &Columns<'_>,
        imported: &Imported<'_>,
        answer: &Answer,
        beside: &[Taken],
    ) -> Result<(Vec<RecordBatch>, Summary), Error>;

    /// The first rows of every kind of outcome, explained.
    fn samples(
        &self,
        shop: &Shop<'_>,
        imported: &Imported<'_>,
        answer: &Answer,
        tables: &[RecordBatch],
        met: &Met,
    ) -> Vec<Sample>;
}

/// Programmes: who is entitled to what.
pub(crate) struct Programmes<'o> {
    pub(crate) exporter: Exporter,
    pub(crate) options: &'o ExportOptions,
}

impl Tell for Programmes<'_> {
    fn tables(&self) -> &[AnswerTable] {
        self.exporter.tables()
    }

    fn request(&self) -> Request {
        self.exporter.request()
    }

    fn header(&self) -> (&'static str, Value) {
        let export = self.options;
        let options = json!({
            "programmes": export.programmes,
            "conditions": export.conditions,
            "reasons": export.reasons,
            "missing": export.missing,
            "formulas": export.formulas,
        });
        ("minzheng/run/1", options)
    }

    fn tell(
        &self,
        columns: &Columns<'_>,
        imported: &Imported<'_>,
        answer: &Answer,
        _: &[Taken],
    ) -> Result<(Vec<RecordBatch>, Summary), Error> {
        let tables = self.exporter.export(columns, imported, answer)?;
        let mut summary = Summary::default();
        summary.count(imported, self.exporter.tables(), &tables);
        Ok((tables, summary))
    }

    fn samples(
        &self,
        shop: &Shop<'_>,
        imported: &Imported<'_>,
        _: &Answer,
        tables: &[RecordBatch],
        met: &Met,
    ) -> Vec<Sample> {
        sample::samples(shop, imported, self.exporter.tables(), tables, met)
    }
}
