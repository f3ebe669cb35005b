//! The answers to models as a table of alerts, with counts and samples.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use minzheng::warning::{Model, Models, Outcome, Sources, Target, Warnings};
use minzheng_rules::columnar::{Answer, Bitmap, Columns, Request};
use minzheng_rules::date::Day;
use minzheng_rules::error::{Diagnostic, nearest};
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::place::Places;
use serde_json::{Value, json};

use super::earlier::{Before, ENDED};
use super::hits::fields;
use super::kept::{KEPT, Kept, SUPPRESSED};
use super::now::Now;
use super::rows::Said;
use super::{Earlier, WarnOptions, chosen};
use crate::error::{Error, fault};
use crate::export::{AnswerTable, ExportOptions, Shape, field, metadata};
use crate::import::{Imported, Importer};
use crate::stream::beside::Beside;
use crate::stream::cursor::Taken;
use crate::stream::sample::{Met, Sample};
use crate::stream::summary::{Counted, Summary};
use crate::stream::tell::Tell;
use crate::stream::work::Shop;

/// Name of the table.
const TABLE: &str = "alerts";

/// The outcomes that are explained, at the places where samples count them.
const OUTCOMES: [Outcome; 2] = [Outcome::Unknown, Outcome::Hit];

/// A model with its outputs.
pub(super) struct Asked {
    pub(super) model: Model,
    pub(super) entity: usize,
    population: Option<usize>,
    trigger: usize,
    pub(super) due: Option<usize>,
    /// Only asked for where alerts are kept.
    pub(super) quiet: Option<usize>,
    /// Whether it may be switched off somewhere.
    is_switched: bool,
}

/// A formula that is a column of the alerts.
pub(super) struct Figure {
    pub(super) output: usize,
    pub(super) entity: usize,
    pub(super) shape: Shape,
}

/// What the answers are held against.
pub(super) enum Memory {
    Nothing,
    /// The run before.
    Before(Before),
    /// The host's alerts.
    Kept(Box<Kept>),
}

impl Memory {
    fn open(earlier: &Earlier, importer: &Importer<'_>) -> Result<Self, Error> {
        Ok(match earlier {
            Earlier::Nothing => Self::Nothing,
            Earlier::Hits(path) => Self::Before(Before::open(path, importer)?),
            Earlier::Alerts {
                kept,
                suppressions: held,
            } => Self::Kept(Box::new(Kept::open(
                kept.as_deref(),
                held.as_deref(),
                importer,
            )?)),
        })
    }

    pub(super) const fn wants_figures(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    fn beside(&self) -> &[Beside] {
        match self {
            Self::Nothing => &[],
            Self::Before(before) => &before.beside,
            Self::Kept(kept) => &kept.beside,
        }
    }

    /// The tables that are told beside the hits.
    fn tables(&self) -> Vec<AnswerTable> {
        let table = |name: &str, schema: &SchemaRef| AnswerTable {
            name: name.to_owned(),
            entity: 0,
            schema: Arc::clone(schema),
        };
        match self {
            Self::Nothing => Vec::new(),
            Self::Before(before) => vec![table(ENDED, &before.schema)],
            Self::Kept(kept) => vec![
                table(KEPT, &kept.alerts_after),
                table(SUPPRESSED, &kept.suppressed),
            ],
        }
    }
}

/// Makes alerts of the answers to models: the parts of [`warn`](crate::warn()) for those who have their columns in memory.
///
/// ```
/// # use std::sync::Arc;
/// # use arrow_array::{ArrayRef, BooleanArray, Date32Array, RecordBatch, StringArray};
/// # use minzheng::Engine;
/// # use minzheng_arrow::{Alerts, ExportOptions, ImportOptions, Importer, Tables, WarnOptions};
/// # use minzheng_rules::date::Day;
/// # let engine = Engine::built_in()?;
/// # let ids: ArrayRef = Arc::new(StringArray::from(vec!["h1"]));
/// # let households = RecordBatch::try_from_iter([("household_id", Arc::clone(&ids))])?;
/// # let died: ArrayRef = Arc::new(Date32Array::from(vec![20_000]));
/// # let paid: ArrayRef = Arc::new(BooleanArray::from(vec![true]));
/// # let certified = Arc::clone(&paid);
/// # let people = RecordBatch::try_from_iter([
/// #     ("household_id", ids), ("death_certified", certified), ("died_on", died), ("dibao_recipient", paid),
/// # ])?;
/// # let options = ImportOptions { on: Day::parse("2026-08-25"), ..ImportOptions::default() };
/// # let schemas = [("households", households.schema()), ("people", people.schema())];
/// let importer = Importer::new(engine.packs(), &schemas, options)?;
/// let only = vec!["c01_dead_on_dibao".to_owned()];
/// let options = WarnOptions { only, words: true, ..WarnOptions::default() };
/// let alerts = Alerts::new(engine.models()?, &importer, &ExportOptions::default(), &options)?;
/// let columns = engine.rules().columns(alerts.request())?;
/// let tables = Tables::new(&[(0, &[households], 0), (1, &[people], 0)])?;
/// let imported = importer.read(&tables)?;
/// let (table, summary) = alerts.export(&columns, &imported, &imported.answer(&columns))?;
/// assert_eq!(summary.models()["c01_dead_on_dibao"].hit, 1);
/// assert_eq!(table.num_rows(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Alerts {
    hits: AnswerTable,
    /// That of hits, then those of what is remembered.
    tables: Vec<AnswerTable>,
    request: Request,
    pub(super) asked: Vec<Asked>,
    pub(super) figures: Vec<Figure>,
    /// Indices of the key columns of people that are in the table.
    pub(super) person_keys: Vec<usize>,
    models: Arc<Models>,
    sources: Arc<Sources>,
    places: Places,
    pub(super) words: bool,
    pub(super) memory: Memory,
    header: Value,
}

/// A hit: household, model, row.
pub(super) type Hit = (usize, usize, usize);

impl core::fmt::Debug for Alerts {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Alerts")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

impl Alerts {
    /// Prepares the table of alerts; of `export` the law known and the figures of a what-if count.
    ///
    /// # Errors
    /// `E-WARNING-NONE` and `E-OUTPUT-NAME` where the packs have no such model, group or formula; `E-FILE-…`, `E-TABLE-COLUMN` and
    /// `E-TABLE-KEY` where a table of [`Earlier`] cannot be read.
    pub fn new(
        models: &Arc<Models>,
        importer: &Importer<'_>,
        export: &ExportOptions,
        options: &WarnOptions,
    ) -> Result<Self, Error> {
        let set = importer.packs();
        let mut request = Request {
            known_on: export.known_on,
            overlays: export.overlays.clone(),
            ..Request::default()
        };
        let memory = Memory::open(&options.earlier, importer)?;
        let mut asked = Vec::new();
        for model in chosen(models, options)? {
            let population = model.population.as_ref();
            let handling = models.handling(&model);
            let due = handling.map(|h| h.due.as_str());
            let quiet = handling.filter(|_| matches!(memory, Memory::Kept(_)));
            let quiet = quiet.map(|h| h.quiet.as_str());
            asked.push(Asked {
                entity: entity(set, model.target),
                population: population.map(|id| output(&mut request, id)),
                trigger: output(&mut request, &model.trigger),
                due: due.map(|id| output(&mut request, id)),
                quiet: quiet.map(|id| output(&mut request, id)),
                is_switched: !model.enabled || models.is_switched(&model),
                model,
            });
        }
        let mut figures = Vec::new();
        let mut columns = Vec::new();
        for id in &options.figures {
            let formula = set.formula(id).ok_or_else(|| no_formula(set, id))?;
            let shape = Shape::of(set, formula.ty);
            columns.push(field(id, &shape, set, formula.ty));
            figures.push(Figure {
                output: output(&mut request, id),
                entity: formula.entity,
                shape,
            });
        }
        // nothing asked of the columnar program would be everything
        if request.outputs.is_empty()
            && let Some(first) = set.programmes().first()
        {
            output(&mut request, &format!("{}.eligible", first.id));
        }
        let households = importer.key_columns(0).into_iter();
        let households: Vec<Field> = households
            .map(|(n, _, ty)| Field::new(n, ty, true))
            .collect();
        let mut people = Vec::new();
        let mut person_keys = Vec::new();
        for (at, (name, _, ty)) in importer.key_columns(1).into_iter().enumerate() {
            if households.iter().all(|f| *f.name() != name) {
                people.push(Field::new(name, ty, true));
                person_keys.push(at);
            }
        }
        let mut all = households;
        all.extend(people);
        all.extend(fields(matches!(memory, Memory::Before(_))));
        all.extend(columns);
        if options.words {
            let sentence = |name: &str| Field::new(name, DataType::Utf8, false);
            all.extend([sentence("sentence_zh"), sentence("sentence_en")]);
        }
        let ids: Vec<&str> = asked.iter().map(|a| a.model.id.as_str()).collect();
        let day = |day: Option<Day>| day.map_or_else(String::new, |d| d.to_string());
        let own = [
            ("minzheng.plan", format!("sha256:{}", request.digest(set))),
            ("minzheng.on", day(importer.options().on)),
            ("minzheng.known_on", day(request.known_on)),
        ];
        let pairs = metadata(importer, "minzheng/alerts/1", own).into_iter();
        let header = json!({
            "models": ids,
            "figures": options.figures,
            "words": options.words,
            "sources": format!("{:?}", options.sources),
            "earlier": options.earlier.word(),
        });
        let hits = AnswerTable {
            name: TABLE.to_owned(),
            entity: 0,
            schema: Arc::new(Schema::new_with_metadata(all, pairs.collect())),
        };
        let mut tables = vec![hits.clone()];
        tables.extend(memory.tables());
        Ok(Self {
            hits,
            tables,
            memory,
            request,
            asked,
            figures,
            person_keys,
            models: Arc::clone(models),
            sources: Arc::clone(&options.sources),
            places: set.places().clone(),
            words: options.words,
            header,
        })
    }

    /// What the columnar program must be asked; `threads` are the caller's to set.
    pub fn request(&self) -> Request {
        self.request.clone()
    }

    /// The table of hits, whose columns [`warn`](crate::warn()) tells.
    pub const fn table(&self) -> &AnswerTable {
        &self.hits
    }

    /// The table of hits, then those of what is remembered.
    pub fn tables(&self) -> &[AnswerTable] {
        &self.tables
    }

    /// The hits of an answer, and how often each model said what; `columns` is the program that answered. Nothing is remembered of these
    /// households: with [`Earlier::Hits`] all of them are new.
    ///
    /// # Errors
    /// `E-TABLE-FAULT` where the answer is not one to [`Alerts::request`], or not of these households.
    pub fn export(
        &self,
        columns: &Columns<'_>,
        imported: &Imported<'_>,
        answer: &Answer,
    ) -> Result<(RecordBatch, Summary), Error> {
        let (hits, _, summary) = self.told_of(columns, imported, answer, &[])?;
        Ok((hits, summary))
    }

    /// The hits of an answer, the other tables, and what all come to; `taken` are the rows of the tables beside.
    fn told_of(
        &self,
        columns: &Columns<'_>,
        imported: &Imported<'_>,
        answer: &Answer,
        taken: &[Taken],
    ) -> Result<(RecordBatch, Vec<RecordBatch>, Summary), Error> {
        let said = self.said(imported, answer).ok_or_else(|| fault(TABLE))?;
        let hits = self.hits(imported, &said);
        let now = Now {
            asked: &self.asked,
            said: &said,
            imported,
            answer,
            hits: &hits,
        };
        let told = self.told(columns, imported, &hits);
        let mut summary = Summary::default();
        let (since, more) = match &self.memory {
            Memory::Nothing => (None, Vec::new()),
            Memory::Before(before) => {
                let (since, ended) = before.told(&now, &told.figures, taken, &mut summary)?;
                (Some(since), vec![ended])
            }
            Memory::Kept(kept) => {
                let warnings = |case| self.warnings(columns, imported, case);
                let tables = kept.told(&now, &told.figures, taken, warnings, &mut summary)?;
                (None, tables.into())
            }
        };
        let arrays = self.columns(&now, told, since.as_ref());
        let batch = arrays.and_then(|a| RecordBatch::try_new(Arc::clone(&self.hits.schema), a));
        let batch = batch.map_err(|_| fault(TABLE))?;
        let Counted {
            spans,
            leagues,
            of: mut counted,
        } = summary.begin(imported);
        for (asked, said) in self.asked.iter().zip(&said) {
            for (at, span) in &spans {
                if let Some(own) = counted.get_mut(*at) {
                    let tally = own.models.entry(asked.model.id.clone()).or_default();
                    tally.add(&said.count(&imported.rows_between(asked.entity, span)));
                }
            }
        }
        summary.end(leagues, &counted);
        Ok((batch, more, summary))
    }

    /// What every model says; `None`: the answer is to another question.
    fn said<'a>(&self, imported: &Imported<'_>, answer: &'a Answer) -> Option<Vec<Said<'a>>> {
        let one = |asked: &Asked| {
            let column = |at: usize| answer.columns.get(at);
            let population = match asked.population {
                None => None,
                Some(at) => Some(column(at)?),
            };
            let live = asked.is_switched.then(|| self.live(imported, asked));
            Said::new(population, column(asked.trigger)?, live)
        };
        self.asked.iter().map(one).collect()
    }

    /// The rows of places that have a model switched on.
    fn live(&self, imported: &Imported<'_>, asked: &Asked) -> Bitmap {
        let mut out = Bitmap::default();
        let mut last: Option<(Option<i64>, Day, bool)> = None;
        for case in 0..imported.batch.cases() {
            let (place, on) = (imported.place(case), imported.batch.on(case));
            let is_on = match last {
                Some((p, d, is_on)) if p == place && d == on => is_on,
                _ => self.models.is_on(&self.places, &asked.model, place, on),
            };
            last = Some((place, on, is_on));
            imported
                .rows(asked.entity, case)
                .for_each(|_| out.push(is_on));
        }
        out
    }

    /// Hits in the order of households, of one household by model and row.
    fn hits(&self, imported: &Imported<'_>, said: &[Said<'_>]) -> Vec<Hit> {
        let mut out: Vec<Hit> = Vec::new();
        let cases = cases(imported);
        for (at, (asked, said)) in self.asked.iter().zip(said).enumerate() {
            let case = |row: usize| case_of(&cases, asked.entity, row);
            out.extend(said.hits().map(|row| (case(row), at, row)));
        }
        out.sort_unstable();
        out
    }

    pub(super) fn warnings(
        &self,
        columns: &Columns<'_>,
        imported: &Imported<'_>,
        case: usize,
    ) -> Warnings {
        let id = |entity: usize, row: usize| imported.keys.key(entity, row);
        let answer = columns.assess(&imported.batch, case, id);
        Warnings::new(answer, Arc::clone(&self.models), Arc::clone(&self.sources))
    }
}

impl Tell for Alerts {
    fn tables(&self) -> &[AnswerTable] {
        &self.tables
    }

    fn beside(&self) -> &[Beside] {
        self.memory.beside()
    }

    fn request(&self) -> Request {
        self.request.clone()
    }

    fn header(&self) -> (&'static str, Value) {
        ("minzheng/warn/1", self.header.clone())
    }

    fn tell(
        &self,
        columns: &Columns<'_>,
        imported: &Imported<'_>,
        answer: &Answer,
        beside: &[Taken],
    ) -> Result<(Vec<RecordBatch>, Summary), Error> {
        let (hits, mut more, summary) = self.told_of(columns, imported, answer, beside)?;
        more.insert(0, hits);
        Ok((more, summary))
    }

    fn samples(
        &self,
        shop: &Shop<'_>,
        imported: &Imported<'_>,
        answer: &Answer,
        _: &[RecordBatch],
        met: &Met,
    ) -> Vec<Sample> {
        let Some(said) = self.said(imported, answer) else {
            return Vec::new();
        };
        let most = u64::try_from(shop.explain).unwrap_or(u64::MAX);
        let cases = cases(imported);
        let mut out = Vec::new();
        for (asked, said) in self.asked.iter().zip(&said) {
            let id = &asked.model.id;
            let counts = met.get(id).copied().unwrap_or_default();
            for (place, outcome) in OUTCOMES.into_iter().enumerate() {
                let left = counts.get(place).map_or(0, |n| most.saturating_sub(*n));
                let rows: Box<dyn Iterator<Item = usize>> = match outcome {
                    Outcome::Hit => Box::new(said.hits()),
                    _ => Box::new(said.unknown()),
                };
                let rows = rows.map(|row| (case_of(&cases, asked.entity, row), row));
                let rows = rows.filter(|(case, _)| !imported.is_set_aside(*case));
                for (case, row) in rows.take(usize::try_from(left).unwrap_or(usize::MAX)) {
                    let first = imported.rows(asked.entity, case).start;
                    let warnings = self.warnings(shop.columns, imported, case);
                    let warning = warnings.about(&asked.model, row.saturating_sub(first));
                    let person = (asked.entity > 0).then(|| imported.keys.key(asked.entity, row));
                    let line = json!({
                        "model": id,
                        "outcome": outcome.word(),
                        "household": imported.keys.key(0, case),
                        "row": person,
                        "warning": warning.to_json(),
                    });
                    out.push(Sample {
                        of: id.clone(),
                        outcome: place,
                        line: line.to_string(),
                    });
                }
            }
        }
        out
    }
}

/// The number of an output, asked for once.
fn output(request: &mut Request, name: &str) -> usize {
    if let Some(at) = request.outputs.iter().position(|n| n == name) {
        return at;
    }
    request.outputs.push(name.to_owned());
    request.outputs.len().saturating_sub(1)
}

/// The index of the entity of a target.
fn entity(set: &PackSet, target: Target) -> usize {
    let entities = set.entities().iter();
    entities
        .map(|e| e.id.as_str())
        .position(|id| id == target.word())
        .unwrap_or(0)
}

fn no_formula(set: &PackSet, id: &str) -> Diagnostic {
    let near = nearest(id, set.formulas().iter().map(|f| f.id.as_str()));
    let help = near.map_or_else(String::new, |n| format!("did you mean `{n}`?"));
    Diagnostic::error("E-OUTPUT-NAME", format!("there is no formula `{id}`")).help(help)
}

/// Where the people of every household begin, household by household.
fn cases(imported: &Imported<'_>) -> Vec<usize> {
    let cases = 0..imported.batch.cases();
    cases.map(|case| imported.rows(1, case).start).collect()
}

/// The household that a row of households or people belongs to.
fn case_of(people: &[usize], entity: usize, row: usize) -> usize {
    if entity == 0 {
        return row;
    }
    people
        .partition_point(|start| *start <= row)
        .saturating_sub(1)
}
