//! What is done with the rows of some households: read, decide, write down, count, explain.

use arrow_array::RecordBatch;
use minzheng_rules::columnar::Columns;
use minzheng_rules::scenario::Engine;

use super::cursor::Taken as Rows;
use super::sample::{Met, Sample, samples};
use super::summary::Summary;
use crate::error::{Error, Findings, fault};
use crate::export::Exporter;
use crate::import::{Imported, Importer, Tables};

/// What is the same for all batches.
pub(super) struct Shop<'r> {
    pub(super) engine: &'r Engine,
    pub(super) importer: &'r Importer<'r>,
    pub(super) exporter: &'r Exporter,
    pub(super) columns: &'r Columns<'r>,
    /// Samples of every programme and outcome.
    pub(super) explain: usize,
}

/// What comes of a batch.
pub(super) struct Done {
    /// Rows of the table of households, those that were refused included.
    pub(super) households: usize,
    pub(super) tables: Vec<RecordBatch>,
    pub(super) findings: Findings,
    pub(super) samples: Vec<Sample>,
    pub(super) summary: Summary,
}

/// Does something with batches, each on a thread of its own where there are threads; the order stays.
pub(crate) fn each<T: Send>(
    batches: Vec<Vec<Rows>>,
    threads: usize,
    one: impl Fn(Vec<Rows>) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    if threads < 2 {
        return batches.into_iter().map(one).collect();
    }
    std::thread::scope(|scope| {
        let one = &one;
        let started: Vec<_> = batches
            .into_iter()
            .map(|batch| scope.spawn(move || one(batch)))
            .collect();
        let ended = started.into_iter().map(std::thread::ScopedJoinHandle::join);
        ended.map(|done| done.map_err(|_| fault(""))?).collect()
    })
}

/// Reads the rows of some households and hands them on.
pub(crate) fn with_imported<T>(
    importer: &Importer<'_>,
    rows: Vec<Rows>,
    then: impl FnOnce(Imported<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let part = |r: &Rows| if r.numbers.is_some() { 0 } else { r.first };
    let parts: Vec<_> = rows
        .iter()
        .map(|r| (r.entity, r.batches.as_slice(), part(r)))
        .collect();
    let tables = Tables::new(&parts)?;
    drop(parts);
    let numbers: Vec<_> = rows.into_iter().map(|r| (r.entity, r.numbers)).collect();
    let mut imported = importer.read(&tables)?;
    for (entity, numbers) in &numbers {
        if let Some(numbers) = numbers {
            let name = importer.table_name(*entity);
            imported.findings.renumber(name, numbers);
        }
    }
    then(imported)
}

impl Shop<'_> {
    /// Decides batches; the order stays.
    pub(super) fn decide(
        &self,
        batches: Vec<Vec<Rows>>,
        met: &Met,
        threads: usize,
    ) -> Result<Vec<Done>, Error> {
        each(batches, threads, |batch| self.one(batch, met))
    }

    fn one(&self, rows: Vec<Rows>, met: &Met) -> Result<Done, Error> {
        let households = rows.first().map_or(0, Rows::rows);
        with_imported(self.importer, rows, |imported| {
            let answer = imported.answer(self.columns);
            let tables = self.exporter.export(&imported, &answer)?;
            drop(answer);
            let mut summary = Summary::default();
            summary.count(&imported, self.exporter.tables(), &tables);
            let samples = if self.explain == 0 {
                Vec::new()
            } else {
                samples(self, &imported, &tables, met)
            };
            Ok(Done {
                households,
                tables,
                findings: imported.findings,
                samples,
                summary,
            })
        })
    }
}
