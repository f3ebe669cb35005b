//! What is done with the rows of some households: read, decide, write down, count, explain.

use arrow_array::RecordBatch;
use minzheng_rules::columnar::Columns;
use minzheng_rules::scenario::Engine;

use super::beside::is_beside;
use super::cursor::Taken as Rows;
use super::sample::{Met, Sample};
use super::spent::{Phase, Spent, Watch};
use super::summary::Summary;
use super::tell::Tell;
use crate::error::{Error, Findings, fault};
use crate::import::{Imported, Importer, Tables};

/// Does something with every batch, each on a thread of its own where there are threads; the order stays.
pub(crate) fn each<B: Send, D: Send>(
    batches: Vec<B>,
    threads: usize,
    one: impl Fn(B) -> Result<D, Error> + Sync,
) -> Result<Vec<D>, Error> {
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

/// The tables of some rows, each under the entity that `entity` makes of its own; none: the table is left out.
pub(crate) fn tables(
    rows: &[Rows],
    entity: impl Fn(usize) -> Option<usize>,
) -> Result<Tables, Error> {
    let part = |r: &Rows| if r.numbers.is_some() { 0 } else { r.first };
    let parts: Vec<_> = rows
        .iter()
        .filter_map(|r| Some((entity(r.entity)?, r.batches.as_slice(), part(r))))
        .collect();
    Tables::new(&parts)
}

/// What is the same for all batches.
pub(crate) struct Shop<'r> {
    pub(crate) engine: &'r Engine,
    pub(super) importer: &'r Importer<'r>,
    pub(super) teller: &'r dyn Tell,
    pub(crate) columns: &'r Columns<'r>,
    /// Samples of every programme or model and outcome.
    pub(crate) explain: usize,
    pub(super) watch: Watch<'r>,
}

/// What comes of a batch.
pub(super) struct Done {
    /// Rows of the table of households, those that were refused included.
    pub(super) households: usize,
    pub(super) tables: Vec<RecordBatch>,
    pub(super) findings: Findings,
    pub(super) samples: Vec<Sample>,
    pub(super) summary: Summary,
    pub(super) spent: Spent,
}

/// Rows to their places, with the numbers they have in their tables.
fn imported<'t>(
    importer: &'t Importer<'_>,
    tables: &'t Tables,
    numbers: &[(usize, Option<Vec<u64>>)],
) -> Result<Imported<'t>, Error> {
    let mut imported = importer.read(tables)?;
    for (entity, numbers) in numbers {
        if let Some(numbers) = numbers {
            let name = importer.table_name(*entity);
            imported.findings.renumber(name, numbers);
        }
    }
    Ok(imported)
}

/// Reads the rows of some households and hands them on.
pub(crate) fn with_imported<T>(
    importer: &Importer<'_>,
    rows: Vec<Rows>,
    then: impl FnOnce(Imported<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let tables = tables(&rows, Some)?;
    let numbers: Vec<_> = rows.into_iter().map(|r| (r.entity, r.numbers)).collect();
    then(imported(importer, &tables, &numbers)?)
}

impl Shop<'_> {
    /// Decides batches, each on a thread of its own where there are threads; the order stays.
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
        let (beside, rows): (Vec<Rows>, Vec<Rows>) =
            rows.into_iter().partition(|r| is_beside(r.entity));
        let (tables, joined) = self.watch.over(|| tables(&rows, Some));
        let tables = tables?;
        let numbers: Vec<_> = rows.into_iter().map(|r| (r.entity, r.numbers)).collect();
        let (read, matched) = self
            .watch
            .over(|| imported(self.importer, &tables, &numbers));
        let imported = read?;
        let (answer, evaluated) = self.watch.over(|| imported.answer(self.columns));
        let (told, written) = self.watch.over(|| {
            let (tables, summary) = self
                .teller
                .tell(self.columns, &imported, &answer, &beside)?;
            let samples = if self.explain == 0 {
                Vec::new()
            } else {
                self.teller.samples(self, &imported, &answer, &tables, met)
            };
            drop(answer);
            Ok::<_, Error>((tables, summary, samples))
        });
        let (tables, summary, samples) = told?;
        let mut spent = Spent::one(Phase::Match, joined.saturating_add(matched));
        spent.add(&Spent::one(Phase::Evaluate, evaluated));
        spent.add(&Spent::one(Phase::Write, written));
        Ok(Done {
            households,
            tables,
            findings: imported.findings,
            samples,
            summary,
            spent,
        })
    }
}
