//! Households in memory, decided twice for every month.

use arrow_array::RecordBatch;
use minzheng::eligibility::{ArrearsQuestion, ArrearsTally, PaidFrom};
use minzheng_rules::columnar::{Answer, Columns, Request};
use minzheng_rules::date::Day;
use minzheng_rules::scenario::Engine;
use minzheng_rules::truth::Truth;

use super::rows::{self, Line};
use super::summary::ArrearsSummary;
use crate::error::{Error, Findings};
use crate::export::AnswerTable;
use crate::import::{Imported, Importer};
use crate::stream::cursor::Taken;
use crate::stream::summary::spans;
use crate::stream::work::with_imported;

/// A programme that is asked about, with the places of its outputs.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) id: String,
    entity: usize,
    eligible: usize,
    amount: usize,
    /// The first month of payment, where it is asked: its output and the entity that has it.
    first_month: Option<(usize, usize)>,
}

impl Asked {
    /// What a row is paid in a month, in fen; `None`: undetermined.
    fn paid(&self, answer: &Answer, month: Day, case: usize, row: usize) -> Option<i64> {
        let column = |at: usize| answer.columns.get(at);
        let eligible = column(self.eligible).map_or(Truth::Unknown, |c| c.value(row).truth());
        let amount = column(self.amount).and_then(|c| c.value(row).get());
        let from = match self.first_month {
            None => PaidFrom::Always,
            Some((at, entity)) => {
                let row = if entity == 0 { case } else { row };
                PaidFrom::of(column(at).and_then(|c| c.value(row).get()))
            }
        };
        from.paid(month, eligible, amount)
    }
}

/// Arrears of tables in memory: prepared once, asked for batch after batch, also by many threads.
///
/// The tables of rows are those that [`arrears()`](crate::arrears()) writes.
///
/// ```
/// # use std::sync::Arc;
/// # use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// # use minzheng::packs::{self, BuiltIn};
/// use minzheng::eligibility::{ArrearsQuestion, Months};
/// use minzheng_arrow::{ArrearsColumns, ImportOptions, Importer, Tables};
/// use minzheng_rules::{date::Day, scenario::Engine};
/// # let engine = Engine::new(packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?);
/// # let ids: ArrayRef = Arc::new(StringArray::from(vec!["h1"]));
/// # let households = RecordBatch::try_from_iter([("household_id", ids)])?;
/// # let people = households.clone();
/// let july = Day::parse("2026-07-01").ok_or("no day")?;
/// let options = ImportOptions { on: Some(july), ..ImportOptions::default() };
/// let schemas = [("households", households.schema()), ("people", people.schema())];
/// let importer = Importer::new(engine.packs(), &schemas, options)?;
/// let mut question = ArrearsQuestion::new(Months::between(july.to_date(), july.to_date())?);
/// question.programmes = vec!["dibao".to_owned()];
/// let columns = ArrearsColumns::new(&engine, &importer, &question)?;
/// let tables = Tables::new(&[(0, &[households], 0), (1, &[people], 0)])?;
/// let found = columns.batch(importer.read(&tables)?)?;
/// assert_eq!(found.summary.total().months_unknown, 1);
/// assert_eq!(found.tables.first().map(RecordBatch::num_rows), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ArrearsColumns<'r> {
    importer: &'r Importer<'r>,
    before: Columns<'r>,
    after: Columns<'r>,
    months: Vec<Day>,
    programmes: Vec<Asked>,
    tables: Vec<AnswerTable>,
}

/// The arrears of some households.
#[derive(Debug, Clone)]
pub struct ArrearsBatch {
    /// The rows, in the order of [`ArrearsColumns::tables`].
    pub tables: Vec<RecordBatch>,
    /// What is wrong with rows.
    pub findings: Findings,
    /// What it comes to.
    pub summary: ArrearsSummary,
}

impl<'r> ArrearsColumns<'r> {
    /// Prepares what is asked.
    ///
    /// # Errors
    /// What [`ArrearsQuestion::programmes`] and [`ArrearsQuestion::known`] refuse.
    pub fn new(
        engine: &'r Engine,
        importer: &'r Importer<'r>,
        question: &ArrearsQuestion,
    ) -> Result<Self, Error> {
        let set = engine.packs();
        let (known_before, known_after) = question.known()?;
        let mut outputs: Vec<String> = Vec::new();
        let mut ask = |name: String| {
            let known = outputs.iter().position(|o| *o == name);
            known.unwrap_or_else(|| {
                outputs.push(name);
                outputs.len().saturating_sub(1)
            })
        };
        let mut programmes: Vec<Asked> = Vec::new();
        for index in question.programmes(set)? {
            let Some(programme) = set.programmes().get(index) else {
                continue;
            };
            let first = question.first_month(set, index);
            let first = first.and_then(|id| set.formula(id));
            programmes.push(Asked {
                id: programme.id.clone(),
                entity: programme.entity,
                eligible: ask(format!("{}.eligible", programme.id)),
                amount: ask(format!("{}.amount", programme.id)),
                first_month: first.map(|f| (ask(f.id.clone()), f.entity)),
            });
        }
        let side = |known_on: Day, overlays: &[_]| {
            engine.columns(Request {
                outputs: outputs.clone(),
                known_on: Some(known_on),
                overlays: overlays.to_vec(),
                ..Request::default()
            })
        };
        let mut entities: Vec<usize> = programmes.iter().map(|p| p.entity).collect();
        entities.sort_unstable();
        entities.dedup();
        let table = |entity| AnswerTable {
            name: importer.table_name(entity).to_owned(),
            entity,
            schema: rows::schema(importer, question, entity),
        };
        Ok(Self {
            importer,
            before: side(known_before, &[])?,
            after: side(known_after, &question.figures)?,
            months: question.months.days().to_vec(),
            tables: entities.into_iter().map(table).collect(),
            programmes,
        })
    }

    /// The tables of rows: one for every entity of the programmes asked.
    pub fn tables(&self) -> &[AnswerTable] {
        &self.tables
    }

    /// How many months of programmes one row can have.
    pub(super) fn months_of_a_row(&self) -> usize {
        self.months.len().saturating_mul(self.programmes.len())
    }

    /// Works out the arrears of rows that are read here.
    pub(super) fn taken(&self, taken: Vec<Taken>) -> Result<ArrearsBatch, Error> {
        with_imported(self.importer, taken, |imported| self.batch(imported))
    }

    /// Works out the arrears of tables that were read: twice for every month, from the same facts.
    ///
    /// # Errors
    /// None but a fault of this library.
    pub fn batch(&self, mut imported: Imported<'_>) -> Result<ArrearsBatch, Error> {
        let mut summary = ArrearsSummary::of(&imported);
        let leagues = spans(imported.batch.cases(), |case| imported.place(case));
        let mut lines: Vec<Vec<Line>> = vec![Vec::new(); self.tables.len()];
        for month in &self.months {
            imported.batch.decide_on(*month);
            let sides = (imported.answer(&self.before), imported.answer(&self.after));
            for (number, programme) in self.programmes.iter().enumerate() {
                let table = self
                    .tables
                    .iter()
                    .position(|t| t.entity == programme.entity);
                let Some(lines) = table.and_then(|at| lines.get_mut(at)) else {
                    continue;
                };
                for (league, cases) in &leagues {
                    let mut tally = ArrearsTally::default();
                    for (case, row) in rows_of(&imported, programme.entity, cases.clone()) {
                        let before = programme.paid(&sides.0, *month, case, row);
                        let after = programme.paid(&sides.1, *month, case, row);
                        let difference = tally.add_month(before, after);
                        if difference != Some(0) {
                            lines.push(Line {
                                row,
                                programme: number,
                                month: *month,
                                before,
                                after,
                                difference,
                            });
                        }
                    }
                    summary.count(league, &programme.id, *month, &tally);
                }
            }
        }
        let tables = self.tables.iter().zip(lines).map(|(table, lines)| {
            let keys = imported.keys.columns(table.entity);
            rows::batch(&table.schema, keys, lines, &self.programmes)
        });
        Ok(ArrearsBatch {
            tables: tables.collect::<Result<_, _>>()?,
            findings: imported.findings,
            summary,
        })
    }
}

/// The rows of an entity with their households.
fn rows_of(
    imported: &Imported<'_>,
    entity: usize,
    cases: core::ops::Range<usize>,
) -> impl Iterator<Item = (usize, usize)> {
    cases.flat_map(move |case| imported.rows(entity, case).map(move |row| (case, row)))
}
