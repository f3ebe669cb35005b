//! The answers to models as a table of alerts, with counts and samples.

use std::sync::Arc;

use arrow_array::types::{Int8Type, Int16Type};
use arrow_array::{
    ArrayRef, Date32Array, DictionaryArray, Int8Array, Int16Array, RecordBatch, StringArray,
    UInt32Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use arrow_select::take::take;
use minzheng::Lang;
use minzheng::warning::{Direction, Level, Model, Models, Outcome, Sources, Target, Warnings};
use minzheng_rules::columnar::{Answer, Bitmap, Columns, OutputColumn, Request};
use minzheng_rules::date::Day;
use minzheng_rules::error::{Diagnostic, nearest};
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::place::Places;
use serde_json::{Value, json};

use super::rows::Said;
use super::{WarnOptions, chosen};
use crate::error::{Error, fault};
use crate::export::{AnswerTable, ExportOptions, Shape, field, metadata};
use crate::import::{Imported, Importer};
use crate::stream::sample::{Met, Sample};
use crate::stream::summary::{Counted, Summary};
use crate::stream::tell::Tell;
use crate::stream::work::Shop;

/// Name of the table.
const TABLE: &str = "alerts";

/// The outcomes that are explained, at the places where samples count them.
const OUTCOMES: [Outcome; 2] = [Outcome::Unknown, Outcome::Hit];

/// A model with its outputs.
struct Asked {
    model: Model,
    entity: usize,
    population: Option<usize>,
    trigger: usize,
    due: Option<usize>,
    /// Whether it may be switched off somewhere.
    is_switched: bool,
}

/// A formula that is a column of the alerts.
struct Figure {
    output: usize,
    entity: usize,
    shape: Shape,
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
/// # let people = RecordBatch::try_from_iter([("household_id", ids), ("died_on", died), ("dibao_recipient", paid)])?;
/// # let options = ImportOptions { on: Day::parse("2026-08-25"), ..ImportOptions::default() };
/// # let schemas = [("households", households.schema()), ("people", people.schema())];
/// let importer = Importer::new(engine.packs(), &schemas, options)?;
/// let options = WarnOptions { words: true, ..WarnOptions::default() };
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
    table: AnswerTable,
    request: Request,
    asked: Vec<Asked>,
    figures: Vec<Figure>,
    /// Indices of the key columns of people that are in the table.
    person_keys: Vec<usize>,
    models: Arc<Models>,
    sources: Arc<Sources>,
    places: Places,
    words: bool,
    header: Value,
}

/// A hit: household, model, row.
type Hit = (usize, usize, usize);

/// One word of a model.
type WordOf = fn(&Model) -> &'static str;

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
    /// `E-WARNING-NONE` and `E-OUTPUT-NAME` where the packs have no such model, group or formula.
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
        let mut asked = Vec::new();
        for model in chosen(models, options)? {
            let population = model.population.as_ref();
            let due = models.handling(&model).map(|h| h.due.as_str());
            asked.push(Asked {
                entity: entity(set, model.target),
                population: population.map(|id| output(&mut request, id)),
                trigger: output(&mut request, &model.trigger),
                due: due.map(|id| output(&mut request, id)),
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
        let word = |name: &str| Field::new(name, dictionary(DataType::Int8), false);
        let mut fields = households;
        fields.extend(people);
        fields.extend([
            Field::new("model", dictionary(DataType::Int16), false),
            word("direction"),
            word("level"),
            word("subject"),
            Field::new("place", DataType::Utf8, true),
            Field::new("on", DataType::Date32, false),
            Field::new("due", DataType::Date32, true),
        ]);
        fields.extend(columns);
        if options.words {
            let sentence = |name: &str| Field::new(name, DataType::Utf8, false);
            fields.extend([sentence("sentence_zh"), sentence("sentence_en")]);
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
        });
        Ok(Self {
            table: AnswerTable {
                name: TABLE.to_owned(),
                entity: 0,
                schema: Arc::new(Schema::new_with_metadata(fields, pairs.collect())),
            },
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

    /// The table of alerts, whose columns [`warn`](crate::warn()) tells.
    pub fn table(&self) -> &AnswerTable {
        &self.table
    }

    /// The alerts of an answer, and how often each model said what; `columns` is the program that answered.
    ///
    /// # Errors
    /// `E-TABLE-FAULT` where the answer is not one to [`Alerts::request`], or not of these households.
    pub fn export(
        &self,
        columns: &Columns<'_>,
        imported: &Imported<'_>,
        answer: &Answer,
    ) -> Result<(RecordBatch, Summary), Error> {
        let said = self.said(imported, answer).ok_or_else(|| fault(TABLE))?;
        let hits = self.hits(imported, &said);
        let arrays = self.columns(columns, imported, answer, &hits);
        let batch = arrays.and_then(|a| RecordBatch::try_new(Arc::clone(&self.table.schema), a));
        let batch = batch.map_err(|_| fault(TABLE))?;
        let mut summary = Summary::default();
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
        Ok((batch, summary))
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

    fn warnings(&self, columns: &Columns<'_>, imported: &Imported<'_>, case: usize) -> Warnings {
        let id = |entity: usize, row: usize| imported.keys.key(entity, row);
        let answer = columns.assess(&imported.batch, case, id);
        Warnings::new(answer, Arc::clone(&self.models), Arc::clone(&self.sources))
    }

    /// The columns of the table.
    fn columns(
        &self,
        columns: &Columns<'_>,
        imported: &Imported<'_>,
        answer: &Answer,
        hits: &[Hit],
    ) -> Result<Vec<ArrayRef>, ArrowError> {
        let asked = |hit: &Hit| self.asked.get(hit.1);
        let number = |n: usize| u32::try_from(n).ok();
        let households: UInt32Array = hits.iter().map(|h| number(h.0)).collect();
        let person = |hit: &Hit| number(hit.2).filter(|_| asked(hit).is_some_and(|a| a.entity > 0));
        let people: UInt32Array = hits.iter().map(person).collect();
        let mut out = Vec::new();
        for (_, keys) in imported.keys.columns(0) {
            out.push(take(keys, &households, None)?);
        }
        let keys = imported.keys.columns(1);
        for at in &self.person_keys {
            let missing = || ArrowError::SchemaError("no such key".to_owned());
            let (_, keys) = keys.get(*at).ok_or_else(missing)?;
            out.push(take(keys, &people, None)?);
        }
        let ids = self.asked.iter().map(|a| a.model.id.as_str());
        let places = hits.iter().map(|h| i16::try_from(h.1).ok());
        out.push(Arc::new(DictionaryArray::<Int16Type>::try_new(
            places.collect::<Int16Array>(),
            Arc::new(StringArray::from_iter_values(ids)),
        )?));
        let of = |hit: &Hit| asked(hit).map(|a| &a.model);
        let directions: Vec<&str> = Direction::ALL.iter().map(|d| d.word()).collect();
        let levels: Vec<&str> = Level::ALL.iter().map(|l| l.word()).collect();
        let subjects = [Target::Household.word(), Target::Person.word()];
        let word_of: [(&[&str], WordOf); 3] = [
            (&directions, |model| model.direction.word()),
            (&levels, |model| model.level.word()),
            (&subjects, |model| model.target.word()),
        ];
        for (words, word) in word_of {
            let place = |hit: &Hit| {
                let word = of(hit).map(word)?;
                let at = words.iter().position(|w| *w == word)?;
                i8::try_from(at).ok()
            };
            out.push(Arc::new(DictionaryArray::<Int8Type>::try_new(
                hits.iter().map(place).collect::<Int8Array>(),
                Arc::new(StringArray::from_iter_values(words)),
            )?));
        }
        let place = |h: &Hit| imported.place(h.0).map(|code| format!("{code:06}"));
        out.push(Arc::new(hits.iter().map(place).collect::<StringArray>()));
        let day = |day: i64| i32::try_from(day).ok();
        let on = |h: &Hit| day(imported.batch.on(h.0).number());
        out.push(Arc::new(hits.iter().map(on).collect::<Date32Array>()));
        let due = |h: &Hit| {
            let column = answer.columns.get(asked(h)?.due?)?;
            column.value(h.0).get().and_then(day)
        };
        out.push(Arc::new(hits.iter().map(due).collect::<Date32Array>()));
        for figure in &self.figures {
            let missing = || ArrowError::SchemaError("no such output".to_owned());
            let column: &OutputColumn = answer.columns.get(figure.output).ok_or_else(missing)?;
            let rows = if figure.entity == 0 {
                &households
            } else {
                &people
            };
            out.push(take(&figure.shape.array(column, None)?, rows, None)?);
        }
        if self.words {
            let (zh, en) = self.sentences(columns, imported, hits);
            out.push(Arc::new(StringArray::from_iter_values(zh)));
            out.push(Arc::new(StringArray::from_iter_values(en)));
        }
        Ok(out)
    }

    /// The sentences of hits, each household evaluated once.
    fn sentences(
        &self,
        columns: &Columns<'_>,
        imported: &Imported<'_>,
        hits: &[Hit],
    ) -> (Vec<String>, Vec<String>) {
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        for of_case in hits.chunk_by(|a, b| a.0 == b.0) {
            let Some((case, ..)) = of_case.first() else {
                continue;
            };
            let warnings = self.warnings(columns, imported, *case);
            for (_, at, row) in of_case {
                let Some(asked) = self.asked.get(*at) else {
                    continue;
                };
                let first = imported.rows(asked.entity, *case).start;
                let warning = warnings.about(&asked.model, row.saturating_sub(first));
                zh.push(warning.sentence(Lang::Zh));
                en.push(warning.sentence(Lang::En));
            }
        }
        (zh, en)
    }
}

impl Tell for Alerts {
    fn tables(&self) -> &[AnswerTable] {
        core::slice::from_ref(&self.table)
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
    ) -> Result<(Vec<RecordBatch>, Summary), Error> {
        let (alerts, summary) = self.export(columns, imported, answer)?;
        Ok((vec![alerts], summary))
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

fn dictionary(keys: DataType) -> DataType {
    DataType::Dictionary(Box::new(keys), Box::new(DataType::Utf8))
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
