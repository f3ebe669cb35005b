//! Answers to record batches.

mod arrays;
mod missing;
mod status;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use minzheng_rules::columnar::{Answer, Columns as Program, OutputColumn, Request};
use minzheng_rules::date::Day;
use minzheng_rules::error::{Diagnostic, nearest};
use minzheng_rules::explain::PLAN_FORMAT;
use minzheng_rules::facts::{FactStatus, Overlay};
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Dated, RelationKind};
use minzheng_rules::pack::place::Places;
use minzheng_rules::truth::Truth;

use crate::error::{Error, at, fault};
use crate::import::{Imported, Importer};
pub(crate) use arrays::Shape;
use arrays::{dates, lists, plain_bools, statuses};
pub use status::Status;

/// What an answer's tables hold beside keys, statuses and amounts.
///
/// ```
/// use minzheng_arrow::ExportOptions;
/// let options = ExportOptions { reasons: true, ..ExportOptions::default() };
/// assert!(options.programmes.is_empty());
/// ```
#[derive(Debug, Clone, Default)]
pub struct ExportOptions {
    /// The law as published by this day; `None`: all that the packs have.
    pub known_on: Option<Day>,
    /// Programmes by id, in this order; empty: all.
    pub programmes: Vec<String>,
    /// A column of truths for every condition of the programmes: `dibao/income`.
    pub conditions: bool,
    /// For every programme what decides against it, or leaves it open: `dibao.reasons`.
    pub reasons: bool,
    /// For every programme that is open for a row, or whose amount is, so many things that are missing, the most needed first: `dibao.missing`.
    /// 0: no such columns. Every household with an open programme is decided again by the scalar program, which takes its time.
    pub missing: usize,
    /// Formulas by id, each a column.
    pub formulas: Vec<String>,
    /// Figures that win over the packs, for a what-if.
    pub overlays: Vec<Overlay>,
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
///
/// Tables have the keys of their rows as they were read (a person without a key has a number), then:
/// - in `households`: `on` (`Date32`), `set_aside` (`Boolean`: something is wrong with its rows, it was not decided),
///   `provisional` (`Boolean`: it was decided on declared facts);
/// - `PROGRAMME.status`: `eligible`, `not_eligible`, `undetermined`, `not_in_force`, as a dictionary of text;
/// - `PROGRAMME.amount`: `Decimal128(18, 2)` in yuan, where the status is eligible and the amount is known, else null; the period
///   stands in the metadata of the field;
/// - on request `PROGRAMME.missing`, a list, empty where the programme and its amount are decided: what is still to be asked, each once for the
///   household or person: `TABLE.COLUMN` of the [`Contract`](crate::Contract) that can give it (`people.wage`,
///   `households.finding:dibao/property`), `figure:ID` of a figure that no pack holds for the place and day, `rule:ID` of a rule
///   without a version in force;
/// - on request `PROGRAMME.reasons`, a list: what is known to decide against it, of one that is undetermined what leaves it
///   open: ids of conditions, `OTHER.eligible` of programmes that stand before it, `OTHER.qualifies` of one to choose from;
///   the truths of conditions (`Boolean`, null: unknown); formulas in the Arrow type of theirs.
///
/// The metadata of the schema names the engine, the format of plans, the plan by its digest ([`Request::digest`]), the packs with
/// their digests, and the dates.
///
/// ```
/// # use std::sync::Arc;
/// # use arrow_array::{ArrayRef, RecordBatch, StringArray, cast::AsArray};
/// # use minzheng::packs::{self, BuiltIn};
/// # use minzheng_arrow::{ExportOptions, Exporter, ImportOptions, Importer, Tables};
/// # use minzheng_rules::{date::Day, scenario::Engine};
/// # let engine = Engine::new(packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?);
/// # let ids: ArrayRef = Arc::new(StringArray::from(vec!["h1"]));
/// # let households = RecordBatch::try_from_iter([("household_id", ids)])?;
/// # let people = households.clone();
/// # let options = ImportOptions { on: Day::parse("2026-08-25"), ..ImportOptions::default() };
/// # let schemas = [("households", households.schema()), ("people", people.schema())];
/// let importer = Importer::new(engine.packs(), &schemas, options)?;
/// let exporter = Exporter::new(&importer, &ExportOptions::default())?;
/// let columns = engine.columns(exporter.request())?;
/// let tables = Tables::new(&[(0, &[households], 0), (1, &[people], 0)])?;
/// let imported = importer.read(&tables)?;
/// let answer = exporter.export(&columns, &imported, &imported.answer(&columns))?;
/// let status = answer.first().and_then(|t| t.column_by_name("dibao.status")).ok_or("no status")?;
/// let status = status.as_any_dictionary();
/// let words: &StringArray = status.values().as_string();
/// assert_eq!(words.value(status.normalized_keys()[0]), "undetermined"); // nothing is known
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Exporter {
    tables: Vec<AnswerTable>,
    request: Request,
    /// By entity, in the order of the schemas, without keys.
    columns: BTreeMap<usize, Vec<Made>>,
    programmes: Vec<Programme>,
    places: Places,
    known_on: Day,
    is_declared: bool,
    /// Entity of every output.
    entities: Vec<usize>,
    /// Things that are missing, at most, of a programme and row; 0: not asked.
    missing: usize,
}

/// A column of an answer, by how it is made.
#[derive(Debug, Clone)]
enum Made {
    Day,
    SetAside,
    Provisional,
    /// Index among the programmes.
    Status(usize),
    Amount(usize, usize, Shape),
    Reasons(usize),
    Missing(usize),
    /// Index of the output.
    Value(usize, Shape),
}

/// A programme of the answer.
#[derive(Debug)]
struct Programme {
    /// Index in the packs.
    index: usize,
    entity: usize,
    span: Dated<()>,
    /// The output that says whether it is had.
    eligible: usize,
    /// The output that says how much.
    amount: Option<usize>,
    /// What can decide against it.
    grounds: Vec<Ground>,
}

/// A condition or another programme that can decide against one.
#[derive(Debug)]
struct Ground {
    name: String,
    /// Index of its output.
    output: usize,
    /// The truth that decides against.
    against: Truth,
    /// Whether the person may choose against it.
    by_choice: bool,
    /// When and where it is asked.
    spans: Vec<Dated<()>>,
}

/// The outputs asked of the columnar program.
#[derive(Debug, Default)]
struct Asked {
    names: Vec<String>,
    entities: Vec<usize>,
}

impl Asked {
    fn add(&mut self, name: &str, entity: usize) -> usize {
        if let Some(at) = self.names.iter().position(|n| n == name) {
            return at;
        }
        self.names.push(name.to_owned());
        self.entities.push(entity);
        self.names.len().saturating_sub(1)
    }
}

impl Exporter {
    /// Prepares the tables of an answer.
    ///
    /// # Errors
    /// `E-PROGRAMME-NAME`, `E-OUTPUT-NAME` where the packs have no such programme or formula.
    pub fn new(importer: &Importer<'_>, options: &ExportOptions) -> Result<Self, Error> {
        let programmes = wanted(importer.packs(), &options.programmes)?;
        Self::build(importer, options, &programmes, options.reasons)
    }

    /// For an answer that is compared with another: statuses and amounts of programmes by index, and reasons row by row by
    /// [`Exporter::reasons_of`], not as a column.
    pub(crate) fn for_comparison(
        importer: &Importer<'_>,
        known_on: Option<Day>,
        programmes: &[usize],
    ) -> Result<Self, Error> {
        let options = ExportOptions {
            known_on,
            ..ExportOptions::default()
        };
        Self::build(importer, &options, programmes, true)
    }

    /// The same for programmes by index; `grounds_wanted`: whether reasons can be told.
    fn build(
        importer: &Importer<'_>,
        options: &ExportOptions,
        wanted: &[usize],
        grounds_wanted: bool,
    ) -> Result<Self, Error> {
        let set = importer.packs();
        let status = importer.options().status;
        let mut asked = Asked::default();
        let mut out = Columns::default();
        out.add(0, Field::new("on", DataType::Date32, false), Made::Day);
        out.add(
            0,
            Field::new("set_aside", DataType::Boolean, false),
            Made::SetAside,
        );
        out.add(
            0,
            Field::new("provisional", DataType::Boolean, false),
            Made::Provisional,
        );
        let mut programmes = Vec::new();
        for index in wanted.iter().copied() {
            let Some(def) = set.programmes().get(index) else {
                continue;
            };
            let (id, entity, number) = (&def.id, def.entity, programmes.len());
            let eligible = asked.add(&format!("{id}.eligible"), entity);
            out.add(
                entity,
                Field::new(format!("{id}.status"), arrays::status_type(), false),
                Made::Status(number),
            );
            let mut amount = None;
            if let Some(formula) = def.amount.and_then(|f| set.formulas().get(f)) {
                let name = format!("{id}.amount");
                let output = asked.add(&name, entity);
                amount = Some(output);
                let shape = Shape::of(set, formula.ty);
                let field = field(&name, &shape, set, formula.ty);
                out.add(entity, field, Made::Amount(number, output, shape));
            }
            if options.reasons {
                let name = format!("{id}.reasons");
                out.add(
                    entity,
                    Field::new(name, arrays::list_type(), false),
                    Made::Reasons(number),
                );
            }
            let mut grounds = Vec::new();
            for formula in def.conditions.iter().filter_map(|c| set.formulas().get(*c)) {
                if !options.conditions && !grounds_wanted {
                    break;
                }
                let output = asked.add(&formula.id, formula.entity);
                if options.conditions {
                    let field = field(&formula.id, &Shape::Truth, set, Type::Bool);
                    out.add(formula.entity, field, Made::Value(output, Shape::Truth));
                }
                grounds.push(Ground {
                    name: formula.id.clone(),
                    output,
                    against: Truth::False,
                    by_choice: false,
                    spans: formula.versions.iter().map(span).collect(),
                });
            }
            if grounds_wanted {
                grounds.extend(rivals(set, index, &mut asked));
            }
            if options.missing > 0 {
                let name = format!("{id}.missing");
                let field = Field::new(name, arrays::list_type(), false);
                out.add(entity, field, Made::Missing(number));
            }
            programmes.push(Programme {
                index,
                entity,
                span: def.span.clone(),
                eligible,
                amount,
                grounds,
            });
        }
        for id in &options.formulas {
            let formula = set.formula(id).ok_or_else(|| {
                let near = nearest(id, set.formulas().iter().map(|f| f.id.as_str()))
                    .map(|n| format!("did you mean `{n}`?"));
                Diagnostic::error("E-OUTPUT-NAME", format!("there is no formula `{id}`"))
                    .help(near.unwrap_or_default())
            })?;
            let output = asked.add(id, formula.entity);
            let shape = Shape::of(set, formula.ty);
            let field = field(id, &shape, set, formula.ty);
            out.add(formula.entity, field, Made::Value(output, shape));
        }
        // nothing asked of the columnar program would be everything
        if let Some(first) = set.programmes().first().filter(|_| asked.names.is_empty()) {
            asked.add(&format!("{}.eligible", first.id), first.entity);
        }
        let request = Request {
            outputs: asked.names,
            known_on: options.known_on,
            overlays: options.overlays.clone(),
            ..Request::default()
        };
        let day = |day: Option<Day>| day.map_or_else(String::new, |d| d.to_string());
        let own = [
            ("minzheng.plan", format!("sha256:{}", request.digest(set))),
            ("minzheng.on", day(importer.options().on)),
            ("minzheng.known_on", day(options.known_on)),
        ];
        let metadata = metadata(importer, "minzheng/answer/1", own);
        let (mut tables, mut columns) = (Vec::new(), BTreeMap::new());
        for entity in importer.entities().iter().copied() {
            let (fields, made) = out.by_entity.remove(&entity).unwrap_or_default();
            if entity > 1 && made.is_empty() {
                continue;
            }
            let keys = importer.key_columns(entity).into_iter();
            let keys = keys.map(|(name, _, ty)| Field::new(name, ty, true));
            let fields: Vec<Field> = keys.chain(fields).collect();
            let pairs = metadata.clone().into_iter().collect();
            tables.push(AnswerTable {
                name: importer.table_name(entity).to_owned(),
                entity,
                schema: Arc::new(Schema::new_with_metadata(fields, pairs)),
            });
            columns.insert(entity, made);
        }
        Ok(Self {
            tables,
            request,
            columns,
            programmes,
            places: set.places().clone(),
            known_on: options.known_on.unwrap_or(Day::MAX),
            is_declared: status == FactStatus::Declared,
            entities: asked.entities,
            missing: options.missing,
        })
    }

    /// What the columnar program must be asked; `threads` are the caller's to set.
    pub fn request(&self) -> Request {
        self.request.clone()
    }

    /// The tables of the answer: households, people, and records where formulas of theirs are asked for.
    pub fn tables(&self) -> &[AnswerTable] {
        &self.tables
    }

    /// The record batches of an answer, in the order of [`Exporter::tables`]; `columns` is the program that answered.
    ///
    /// # Errors
    /// `E-TABLE-ANSWER` where the answer is not one to [`Exporter::request`], or not of these households.
    pub fn export(
        &self,
        columns: &Program<'_>,
        imported: &Imported<'_>,
        answer: &Answer,
    ) -> Result<Vec<RecordBatch>, Error> {
        let batch = &imported.batch;
        let fits = answer.columns.len() == self.entities.len()
            && answer
                .columns
                .iter()
                .zip(&self.entities)
                .all(|(c, entity)| c.len() == batch.rows(*entity));
        if !fits {
            let help = "ask for what `request` says, and give the tables that were decided";
            return Err(at(
                "E-TABLE-ANSWER",
                "",
                "",
                "the answer is to another question",
                help,
            )
            .into());
        }
        let in_force = self.in_force(imported);
        let missing = if self.missing > 0 {
            self.missing(columns, imported, answer)
        } else {
            Vec::new()
        };
        let parts = Parts {
            imported,
            answer,
            in_force,
            missing,
        };
        let made = |table: &AnswerTable| {
            let keys = imported.keys.columns(table.entity).iter();
            let mut arrays: Vec<ArrayRef> = keys.map(|(_, array)| Arc::clone(array)).collect();
            let columns = self.columns.get(&table.entity).map(Vec::as_slice);
            for column in columns.unwrap_or_default() {
                arrays.push(self.array(&parts, column).map_err(|_| fault(&table.name))?);
            }
            RecordBatch::try_new(Arc::clone(&table.schema), arrays).map_err(|_| fault(&table.name))
        };
        self.tables.iter().map(made).collect()
    }

    fn array(&self, parts: &Parts<'_>, column: &Made) -> Result<ArrayRef, ArrowError> {
        let Parts {
            imported,
            answer,
            in_force,
            missing,
        } = parts;
        let cases = imported.batch.cases();
        let other = || ArrowError::SchemaError("not such an output".to_owned());
        let output = |at: usize| answer.columns.get(at).ok_or_else(other);
        let eligible = |number: usize| {
            let programme = self.programmes.get(number).ok_or_else(other)?;
            match output(programme.eligible)? {
                OutputColumn::Truth { yes, no } => Ok((programme.entity, yes, no)),
                OutputColumn::Number { .. } => Err(other()),
            }
        };
        Ok(match column {
            Made::Day => dates((0..cases).map(|case| imported.batch.on(case))),
            Made::SetAside => plain_bools((0..cases).map(|case| imported.is_set_aside(case))),
            Made::Provisional => {
                let is = |case| self.is_declared && !imported.is_set_aside(case);
                plain_bools((0..cases).map(is))
            }
            Made::Status(number) => {
                let (entity, yes, no) = eligible(*number)?;
                // what was not decided is not said to be out of force: its day may be what is wrong
                let is_out =
                    |case: &usize| !in_force.get(*case, *number) && !imported.is_set_aside(*case);
                let cases = if in_force.always(*number) {
                    0..0
                } else {
                    0..cases
                };
                let out = cases.filter(is_out).map(|case| imported.rows(entity, case));
                return statuses(yes, no, out);
            }
            Made::Amount(number, at, shape) => {
                let (_, yes, _) = eligible(*number)?;
                return shape.array(output(*at)?, Some(yes));
            }
            Made::Reasons(number) => self.reasons(imported, answer, in_force, *number),
            Made::Missing(number) => Arc::clone(missing.get(*number).ok_or_else(other)?),
            Made::Value(at, shape) => return shape.array(output(*at)?, None),
        })
    }

    fn reasons(
        &self,
        imported: &Imported<'_>,
        answer: &Answer,
        in_force: &InForce,
        number: usize,
    ) -> ArrayRef {
        let Some(programme) = self.programmes.get(number) else {
            return lists(core::iter::empty::<core::iter::Empty<&str>>());
        };
        let rows_of = |case| {
            imported
                .rows(programme.entity, case)
                .map(move |row| (case, row))
        };
        let rows = (0..imported.batch.cases()).flat_map(rows_of);
        lists(rows.map(|(case, row)| {
            if imported.is_set_aside(case) || !in_force.get(case, number) {
                return Vec::new();
            }
            self.reasons_of(imported, answer, number, case, row)
        }))
    }

    /// What decides against a programme, or leaves it open, for a row of a household that was decided, where it is in force; nothing
    /// where it is had. The number is that among the programmes of the answer.
    pub(crate) fn reasons_of(
        &self,
        imported: &Imported<'_>,
        answer: &Answer,
        number: usize,
        case: usize,
        row: usize,
    ) -> Vec<&str> {
        let Some(programme) = self.programmes.get(number) else {
            return Vec::new();
        };
        let value = |output: usize, row: usize| {
            let column = answer.columns.get(output);
            column.map_or(Truth::Unknown, |c| c.value(row).truth())
        };
        let eligible = value(programme.eligible, row);
        if eligible == Truth::True {
            return Vec::new();
        }
        let truth = |ground: &Ground| match self.entities.get(ground.output).copied() {
            Some(entity) if entity == programme.entity => value(ground.output, row),
            Some(0) => value(ground.output, case),
            _ => Truth::Unknown,
        };
        let is_open = eligible == Truth::Unknown;
        let (on, place) = (imported.batch.on(case), imported.place(case));
        let found = |ground: &&Ground| {
            let truth = truth(ground);
            let stands = if is_open {
                truth == Truth::Unknown || (ground.by_choice && truth == ground.against)
            } else {
                truth == ground.against
            };
            stands && self.holds(&ground.spans, on, place)
        };
        let (choices, mut others): (Vec<&Ground>, _) = programme
            .grounds
            .iter()
            .filter(found)
            .partition(|g| g.by_choice);
        // which of two was chosen matters only where nothing else decides
        if others.is_empty() {
            others = choices;
        }
        others.iter().map(|ground| ground.name.as_str()).collect()
    }

    fn holds(&self, spans: &[Dated<()>], on: Day, place: Option<i64>) -> bool {
        spans.iter().any(|span| {
            let here = |at: i64| place.is_some_and(|place| self.places.is_within(place, at));
            span.holds(on, self.known_on) && span.place.is_none_or(here)
        })
    }

    /// Which programmes are in force for every household.
    fn in_force(&self, imported: &Imported<'_>) -> InForce {
        let placed = self.programmes.iter().any(|p| p.span.place.is_some());
        let mut out = InForce::default();
        let mut met: BTreeMap<(Day, Option<i64>), usize> = BTreeMap::new();
        let mut last: Option<((Day, Option<i64>), usize)> = None;
        for case in 0..imported.batch.cases() {
            let place = if placed { imported.place(case) } else { None };
            let key = (imported.batch.on(case), place);
            let at = match last {
                Some((before, at)) if before == key => at,
                _ => *met.entry(key).or_insert_with(|| {
                    let spans = self
                        .programmes
                        .iter()
                        .map(|p| core::slice::from_ref(&p.span));
                    out.kinds
                        .push(spans.map(|s| self.holds(s, key.0, place)).collect());
                    out.kinds.len().saturating_sub(1)
                }),
            };
            last = Some((key, at));
            out.of_case.push(at);
        }
        out
    }
}

/// What the columns of an answer are made of.
struct Parts<'i> {
    imported: &'i Imported<'i>,
    answer: &'i Answer,
    in_force: InForce,
    /// By programme of the answer.
    missing: Vec<ArrayRef>,
}

/// Which programmes are in force: households by kind, and what is in force for every kind.
#[derive(Debug, Default)]
struct InForce {
    of_case: Vec<usize>,
    kinds: Vec<Vec<bool>>,
}

impl InForce {
    fn always(&self, programme: usize) -> bool {
        let holds = |kind: &Vec<bool>| kind.get(programme) == Some(&true);
        self.kinds.iter().all(holds)
    }

    fn get(&self, case: usize, programme: usize) -> bool {
        let kind = self
            .of_case
            .get(case)
            .and_then(|kind| self.kinds.get(*kind));
        kind.and_then(|k| k.get(programme))
            .copied()
            .unwrap_or(false)
    }
}

/// The columns of the tables, while they are collected.
#[derive(Debug, Default)]
struct Columns {
    by_entity: BTreeMap<usize, (Vec<Field>, Vec<Made>)>,
    names: BTreeSet<(usize, String)>,
}

impl Columns {
    /// Adds a column, once.
    fn add(&mut self, entity: usize, field: Field, made: Made) {
        if self.names.insert((entity, field.name().clone())) {
            let (fields, list) = self.by_entity.entry(entity).or_default();
            fields.push(field);
            list.push(made);
        }
    }
}

/// The programmes asked for, by index.
pub(crate) fn wanted(set: &PackSet, ids: &[String]) -> Result<Vec<usize>, Error> {
    if ids.is_empty() {
        return Ok((0..set.programmes().len()).collect());
    }
    let known = || set.programmes().iter().map(|p| p.id.as_str());
    let find = |id: &String| {
        known().position(|p| p == id).ok_or_else(|| {
            let near = nearest(id, known()).map_or_else(
                || {
                    format!(
                        "the programmes are: {}",
                        known().collect::<Vec<_>>().join(", ")
                    )
                },
                |near| format!("did you mean `{near}`?"),
            );
            Diagnostic::error("E-PROGRAMME-NAME", "there is no such programme")
                .help(near)
                .into()
        })
    };
    ids.iter().map(find).collect()
}

/// The programmes that can stand in the way of one.
fn rivals(set: &PackSet, programme: usize, asked: &mut Asked) -> Vec<Ground> {
    let mut out = Vec::new();
    for relation in set.relations() {
        let (other, word) = match relation.kind {
            RelationKind::Precedes | RelationKind::Excludes if relation.second == programme => {
                (relation.first, "eligible")
            }
            RelationKind::Choose if relation.first == programme => (relation.second, "qualifies"),
            RelationKind::Choose if relation.second == programme => (relation.first, "qualifies"),
            _ => continue,
        };
        let Some(def) = set.programmes().get(other) else {
            continue;
        };
        let name = format!("{}.{word}", def.id);
        out.push(Ground {
            output: asked.add(&name, def.entity),
            name,
            against: Truth::True,
            by_choice: relation.kind == RelationKind::Choose,
            spans: vec![relation.span.clone()],
        });
    }
    out
}

/// When and where something dated holds, without what.
fn span<T>(dated: &Dated<T>) -> Dated<()> {
    Dated {
        place: dated.place,
        from: dated.from,
        until: dated.until,
        published: dated.published,
        status: dated.status,
        cite: Vec::new(),
        note: minzheng_rules::pack::model::Words::default(),
        review_by: None,
        origin: dated.origin.clone(),
        value: (),
    }
}

/// The column of a value.
pub(crate) fn field(name: &str, shape: &Shape, set: &PackSet, ty: Type) -> Field {
    let field = Field::new(name, shape.data_type(), true);
    let Type::Money { period, .. } = ty else {
        return field.with_metadata([("type".to_owned(), set.type_word(ty))].into());
    };
    let mut metadata = BTreeMap::from([("unit".to_owned(), "yuan".to_owned())]);
    match period {
        Period::Month => metadata.insert("per".to_owned(), "month".to_owned()),
        Period::Year => metadata.insert("per".to_owned(), "year".to_owned()),
        Period::Once | Period::Any => None,
    };
    field.with_metadata(metadata.into_iter().collect())
}

/// What the metadata of a schema says: engine, packs, how facts stand, and more.
pub(crate) fn metadata<const N: usize>(
    importer: &Importer<'_>,
    schema: &str,
    more: [(&str, String); N],
) -> BTreeMap<String, String> {
    let packs = importer
        .packs()
        .packs()
        .iter()
        .map(|p| format!("{}@{} sha256:{}", p.id, p.version, p.digest));
    let status = importer.options().status;
    let pairs = [
        ("minzheng.schema", schema.to_owned()),
        ("minzheng.engine", env!("CARGO_PKG_VERSION").to_owned()),
        ("minzheng.plan_format", PLAN_FORMAT.to_string()),
        ("minzheng.packs", packs.collect::<Vec<_>>().join(", ")),
        ("minzheng.facts", status.word().to_owned()),
    ];
    let pairs = pairs.into_iter().chain(more);
    pairs.map(|(key, value)| (key.to_owned(), value)).collect()
}
