//! The plan of a day and a place written out for another engine: SQL for `DuckDB`, or Python with Polars expressions.
//!
//! Every node of the plan becomes two columns, `n7_lo` and `n7_hi`: the interval of the scalar program. So an analyst can
//! read a rule in a language of tables, and the tests have two evaluators that share no code with ours. Where an output needs
//! no interval, [`Form::Nulls`] writes it as one expression.

mod nulls;
mod polars;
mod sql;
mod stages;

use std::collections::BTreeMap;

use crate::date::Day;
use crate::error::{Diagnostic, Diagnostics, nearest};
use crate::facts::{Document, Input};
use crate::ir::{AggK, Node, NodeId, Op, Plan, children, ix};
use crate::lang::{Outcome, Type};
use crate::pack::PackSet;
use crate::pack::model::Fact;
use crate::scalar::{Params, V};
use crate::scenario::{Engine, named_node};
use stages::{Col, Schedule, Stage, is_inline, schedule};

/// The language a plan is written out in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// A script of SQL statements for `DuckDB`: it reads the input tables and leaves temporary tables `result_…`.
    DuckDb,
    /// A Python module: `run(tables)` takes a dictionary of Polars data frames and returns one.
    Polars,
}

/// How values are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Every value is an interval in two columns: all that the library can say.
    Intervals,
    /// The same, and the results also hold every node on the way, as `n7_lo` and `n7_hi`.
    Steps,
    /// Every output is one expression over the columns of its row, null where it is unknown, as one writes it who knows the engine.
    ///
    /// What is not null is what the library says. Null may also stand where the library decides from the declared bounds of
    /// what is missing, or because it is multiplied by nothing.
    Nulls,
}

/// What to write out.
#[derive(Debug, Clone, Copy)]
pub struct ExportRequest<'a> {
    /// The language.
    pub dialect: Dialect,
    /// The day decided.
    pub on: Day,
    /// The day as of which the law is read.
    pub known_on: Day,
    /// The place of every place fact of the root, as a six-digit code.
    pub place: &'a str,
    /// Ids of formulas, `PROGRAMME/CONDITION`, or `PROGRAMME.eligible|qualifies|amount`; none: whether every programme is
    /// granted, and its amount.
    pub outputs: &'a [String],
    /// How values are written out.
    pub form: Form,
    /// The lowest value of columns, by the id of the fact, where it is known what the tables hold, in the engine's unit. In
    /// [`Form::Nulls`] a division need not be written for what is lower.
    pub lows: &'a [(String, i64)],
}

/// A plan written out, with the tables it reads and leaves.
///
/// The text folds in the law of one day and one place: rows of other days or places do not belong in its tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The language.
    pub dialect: Dialect,
    /// How values are written out.
    pub form: Form,
    /// The SQL script or Python source.
    pub text: String,
    /// What it reads.
    pub tables: Vec<ExportTable>,
    /// What it leaves.
    pub results: Vec<ExportResult>,
    /// The nodes on the way, those that are written where they are read included.
    pub nodes: Vec<ExportNode>,
}

/// A table that is read: one row per row of an entity, of any number of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportTable {
    /// Its name: the id of the entity.
    pub name: String,
    /// The column that numbers its rows: `BIGINT`, unique, never null.
    pub key: String,
    /// The column with the number of the row above, where there is one and it is read: `BIGINT`, never null.
    pub parent: Option<String>,
    /// Its other columns.
    pub columns: Vec<ExportColumn>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// A `BIGINT` in the engine's unit: fen, days since 1970-01-01, ten-thousandths, the index of a code, a place code as a
    /// number (an alias already replaced by the place it is read as).
    Number,
    /// A `BOOLEAN`.
    Truth,
    /// A `DATE`: where values are nulls; else dates are numbers.
    Date,
    /// The number of the row a link points to: `BIGINT`, null where it points to none.
    Link,
}

/// A column that is read. Null is unknown: then a fact can be anything between its declared bounds.
///
/// In [`Form::Nulls`] bounds are not looked at: a value outside them is to be given as null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportColumn {
    /// Its name: the id of a fact, `finding:ID` for an official's finding, `link:NAME` for a link.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// The type in the words of packs; empty for a link.
    pub ty: String,
    /// Lowest sensible value; a value below is read as unknown.
    pub low: Option<i64>,
    /// Highest sensible value; a value above is read as unknown.
    pub high: Option<i64>,
}

/// A table that is left: the key of the entity, then `NAME_lo` and `NAME_hi` for every output; in the order of the key.
///
/// In [`Form::Nulls`] a view, with one column `NAME` for every output, in no order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportResult {
    /// Its name: `result_` and the id of the entity.
    pub name: String,
    /// The column with the number of the row.
    pub key: String,
    /// The outputs: name without `_lo` or `_hi`, the number of its node, the type in the words of packs.
    pub outputs: Vec<(String, NodeId, String)>,
}

/// A node of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportNode {
    /// Its number: columns `n7_lo` and `n7_hi`.
    pub number: NodeId,
    /// The id of the entity whose rows have it.
    pub entity: String,
    /// What it does, as `add`.
    pub operation: &'static str,
    /// The id of the formula or condition it was written in, and where; empty for what stands in no rule.
    pub rule: String,
}

impl Exported {
    /// The rows of the tables that are read, for one case: per table and row the key, the row above where there is one, and the
    /// columns; rows are counted from 0 in the case. Truth is 0 or 1; `None` is null.
    ///
    /// A fact that was refused for its bounds is given as a value outside them, in [`Form::Nulls`] as null.
    pub fn rows(&self, set: &PackSet, input: &Input) -> Vec<Vec<Vec<Option<i64>>>> {
        let number = |row: usize| i64::try_from(row).ok();
        let of_table = |table: &ExportTable| {
            let entity = set.entity_index(&table.name).unwrap_or(usize::MAX);
            let row = |row: usize| {
                let mut out = vec![number(row)];
                if table.parent.is_some() {
                    let parents = input.parents.get(entity);
                    out.push(parents.and_then(|p| p.get(row)).copied().and_then(number));
                }
                out.extend(table.columns.iter().map(|column| match column.kind {
                    ColumnKind::Link => {
                        let name = column.name.strip_prefix("link:").unwrap_or_default();
                        let links = set.entities.get(entity).map(|e| e.links.as_slice());
                        let link = links?.iter().position(|(n, _)| n == name)?;
                        input.target(entity, link, row).and_then(number)
                    }
                    ColumnKind::Number | ColumnKind::Truth | ColumnKind::Date => {
                        let named =
                            |f: &(usize, &Fact)| f.1.entity == entity && f.1.id == column.name;
                        let (at, fact) = set.facts.iter().enumerate().find(named)?;
                        let value = input.value(at, row);
                        let outside = self.form != Form::Nulls
                            && value != V::missing(fact.ty, fact.low, fact.high);
                        let above = fact.high.and_then(|h| h.checked_add(1));
                        let below = fact.low.and_then(|l| l.checked_sub(1));
                        value.get().or(if outside { above.or(below) } else { None })
                    }
                }));
                out
            };
            (0..input.row_count(entity)).map(row).collect()
        };
        self.tables.iter().map(of_table).collect()
    }
}

impl Engine {
    /// Writes the plan of a day and a place out for another engine.
    ///
    /// The text computes, for every output and every row, the interval that [`Engine::evaluate`] gives for a case with those
    /// facts, that day and that place, and no overlay; in [`Form::Nulls`] its value, or null.
    ///
    /// # Errors
    /// `E-EXPORT-OUTPUT` for an output that no pack has; `E-VALUE-PLACE` for a place that is no code; `E-EXPORT-NAME` where a
    /// fact has the name of a key column; `E-EXPORT-LOW` for a lowest value of no fact; `E-EXPORT-NULLS` for an output that is no single expression over nulls.
    ///
    /// ```
    /// use minzheng_rules::{date::Day, export::{Dialect, ExportRequest, Form}, pack::{PackSet, PackSource, SourceFile}, scenario::Engine};
    /// let pack = PackSource::new(vec![SourceFile::new("pack.toml", r#"
    ///     [pack]
    ///     id = "small"
    ///     title = { zh = "小包", en = "small pack" }
    ///     publisher = "example"
    ///     version = "1"
    ///     level = "nation"
    ///     place = "000000"
    ///     reviewed_on = 2026-01-01
    ///     [[entity]]
    ///     id = "case"
    ///     [[fact]]
    ///     id = "income"
    ///     entity = "case"
    ///     type = "money/month"
    ///     title = { zh = "收入", en = "income" }
    ///     [[formula]]
    ///     id = "low"
    ///     entity = "case"
    ///     type = "bool"
    ///     from = 2020-01-01
    ///     status = "invented"
    ///     expr = "income < yuan(100)"
    /// "#)]);
    /// let engine = Engine::new(PackSet::load(&[pack]).map_err(|e| e.to_string())?);
    /// let mut request = ExportRequest {
    ///     dialect: Dialect::DuckDb,
    ///     on: Day::parse("2026-07-01").unwrap(),
    ///     known_on: Day::MAX,
    ///     place: "000000",
    ///     outputs: &["low".to_owned()],
    ///     form: Form::Intervals,
    ///     lows: &[],
    /// };
    /// let exported = engine.export(&request).map_err(|e| e.to_string())?;
    /// assert_eq!(exported.tables[0].columns[0].name, "income");
    /// assert!(exported.text.contains("mz_lt_lo("));
    /// request.form = Form::Nulls;
    /// let exported = engine.export(&request).map_err(|e| e.to_string())?;
    /// assert!(exported.text.contains("\"income\" < 10000 AS \"low\""));
    /// # Ok::<(), String>(())
    /// ```
    pub fn export(&self, request: &ExportRequest<'_>) -> Result<Exported, Diagnostics> {
        let set = self.packs();
        for (id, _) in request.lows {
            if !set.facts().any(|f| f.id == *id) {
                let mut findings = Diagnostics::new();
                findings.push(no_fact(set, id));
                return Err(findings);
            }
        }
        let input = empty_case(set, request)?;
        let regime = self.regime(&input);
        let plan = &regime.plan;
        let outputs = outputs(set, plan, request.outputs)?;
        let wanted: Vec<(usize, NodeId)> = outputs.iter().map(|o| (o.entity, o.node)).collect();
        let reached = reached(plan, &wanted);
        let mut columns = wanted;
        if request.form == Form::Steps {
            let own = |id: &NodeId| plan.nodes.get(ix(*id)).map(|n| (n.row, *id));
            columns.extend(reached.iter().filter_map(own));
        }
        let mut schedule = schedule(set, plan, &columns);
        schedule.facts.extend(place_facts(set));
        let mut results: BTreeMap<usize, ExportResult> = BTreeMap::new();
        let mut add = |entity: usize, name: String, node: NodeId, ty: String| {
            let result = results.entry(entity).or_insert_with(|| ExportResult {
                name: format!("result_{}", id_of(set, entity)),
                key: key_of(set, entity),
                outputs: Vec::new(),
            });
            result.outputs.push((name, node, ty));
        };
        for o in &outputs {
            add(o.entity, o.name.clone(), o.node, set.type_word(o.ty));
        }
        if request.form == Form::Steps {
            for id in &reached {
                if let Some(node) = plan.nodes.get(ix(*id)) {
                    add(node.row, format!("n{id}"), *id, set.type_word(node.ty));
                }
            }
        }
        let work = Work {
            set,
            plan,
            params: &regime.params,
            input: &input,
            place: request.place,
            form: request.form,
            lows: request.lows,
            schedule: &schedule,
            results: &results,
        };
        let tables = work.tables()?;
        let nodes = reached
            .iter()
            .filter_map(|id| {
                let node = plan.nodes.get(ix(*id))?;
                Some(ExportNode {
                    number: *id,
                    entity: id_of(set, node.row).to_owned(),
                    operation: word(&node.op),
                    rule: work.rule(node),
                })
            })
            .collect();
        let views = || nulls::views(&work, &self.evaluate(&input));
        let text = match (request.form, request.dialect) {
            (Form::Nulls, Dialect::DuckDb) => sql::write_nulls(&work, &tables, &views()?),
            (Form::Nulls, Dialect::Polars) => polars::write_nulls(&work, &tables, &views()?),
            (_, Dialect::DuckDb) => sql::write(&work, &tables),
            (_, Dialect::Polars) => polars::write(&work, &tables),
        };
        Ok(Exported {
            dialect: request.dialect,
            form: request.form,
            text,
            tables,
            results: results.into_values().collect(),
            nodes,
        })
    }
}

fn no_fact(set: &PackSet, id: &str) -> Diagnostic {
    let near = nearest(id, set.facts().map(|f| f.id.as_str()));
    let help = near.map(|n| format!("did you mean `{n}`?"));
    Diagnostic::error("E-EXPORT-LOW", format!("there is no fact `{id}`"))
        .help(help.unwrap_or_else(|| "give the id of a fact".to_owned()))
}

/// A case of the day and place that says nothing else.
fn empty_case(set: &PackSet, request: &ExportRequest<'_>) -> Result<Input, Diagnostics> {
    let mut places = toml::Table::new();
    for fact in place_facts(set).filter_map(|at| set.facts.get(at)) {
        places.insert(fact.id.clone(), request.place.into());
    }
    let mut case = toml::Table::new();
    case.insert("on".to_owned(), request.on.to_string().into());
    case.insert("known_on".to_owned(), request.known_on.to_string().into());
    case.insert(id_of(set, 0).to_owned(), places.into());
    set.bind(&Document::from_table("export", &case))
}

/// The facts of the root that are places.
fn place_facts(set: &PackSet) -> impl Iterator<Item = usize> {
    let facts = set.facts.iter().enumerate();
    facts
        .filter(|(_, f)| f.entity == 0 && f.ty == Type::Place)
        .map(|(at, _)| at)
}

struct Output {
    name: String,
    entity: usize,
    node: NodeId,
    ty: Type,
}

fn outputs(set: &PackSet, plan: &Plan, asked: &[String]) -> Result<Vec<Output>, Diagnostics> {
    let mut names: Vec<String> = Vec::new();
    for name in asked {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    if asked.is_empty() {
        for programme in &set.programmes {
            let amount = programme.amount.map(|_| Outcome::Amount.word());
            let words = core::iter::once(Outcome::Eligible.word()).chain(amount);
            names.extend(words.map(|w| format!("{}.{w}", programme.id)));
        }
    }
    let mut findings = Diagnostics::new();
    let mut out = Vec::new();
    for name in names {
        match named_node(set, plan, &name) {
            Some((node, entity, ty)) => out.push(Output {
                name,
                entity,
                node,
                ty,
            }),
            None => {
                let outcomes = set.programmes.iter().flat_map(|p| {
                    let words = Outcome::ALL.map(|(word, _)| word);
                    words.map(|word| format!("{}.{word}", p.id))
                });
                let formulas = set.formulas.iter().map(|f| f.id.clone());
                let known: Vec<String> = formulas.chain(outcomes).collect();
                let near = nearest(&name, known.iter().map(String::as_str));
                let help = near.map(|n| format!("did you mean `{n}`?"));
                findings.push(
                    Diagnostic::error("E-EXPORT-OUTPUT", format!("there is no output `{name}`"))
                        .help(help.unwrap_or_else(|| {
                            "give a formula, PROGRAMME/CONDITION or PROGRAMME.eligible".to_owned()
                        })),
                );
            }
        }
    }
    if findings.is_empty() {
        Ok(out)
    } else {
        Err(findings)
    }
}

/// The wanted nodes and all they read, in the order of the plan.
fn reached(plan: &Plan, wanted: &[(usize, NodeId)]) -> Vec<NodeId> {
    let mut seen = vec![false; plan.nodes.len()];
    let mut open: Vec<NodeId> = wanted.iter().map(|(_, id)| *id).collect();
    while let Some(id) = open.pop() {
        let Some(flag) = seen.get_mut(ix(id)) else {
            continue;
        };
        if !core::mem::replace(flag, true)
            && let Some(node) = plan.nodes.get(ix(id))
        {
            open.extend(children(&node.op));
        }
    }
    let ids = (0_u32..).zip(seen);
    ids.filter(|(_, seen)| *seen).map(|(id, _)| id).collect()
}

fn id_of(set: &PackSet, entity: usize) -> &str {
    set.entities.get(entity).map_or("", |e| e.id.as_str())
}

fn key_of(set: &PackSet, entity: usize) -> String {
    format!("{}_row", id_of(set, entity))
}

const fn word(op: &Op) -> &'static str {
    match op {
        Op::Const(_) => "constant",
        Op::Today => "on",
        Op::Fact(_) => "fact",
        Op::Param(..) => "figure",
        Op::Formula(..) => "rule",
        Op::Not(_) => "not",
        Op::And(_) => "and",
        Op::Or(_) => "or",
        Op::Lt(..) => "lt",
        Op::Le(..) => "le",
        Op::Eq(..) => "eq",
        Op::In(..) => "in",
        Op::Add(..) => "add",
        Op::Sub(..) => "sub",
        Op::Mul(..) => "mul",
        Op::Scale(..) => "scale",
        Op::Min(_) => "min",
        Op::Max(_) => "max",
        Op::MulRound(..) => "mul_round",
        Op::DivRound(..) => "div_round",
        Op::RoundTo(..) => "round_to",
        Op::If(..) => "if",
        Op::Has(_) => "has",
        Op::HasLink(_) => "has_link",
        Op::Coalesce(..) => "coalesce",
        Op::Age(..) => "age",
        Op::AddMonths(..) => "add_months",
        Op::AddDays(..) => "add_days",
        Op::AddWorkingDays(..) => "add_working_days",
        Op::FirstOfMonth(..) => "first_of_month",
        Op::MonthsBetween(..) => "months_between",
        Op::Year(_) => "year",
        Op::Month(_) => "month",
        Op::Agg { kind, .. } => kind_word(*kind),
        Op::Gather(..) => "gather",
    }
}

const fn kind_word(kind: AggK) -> &'static str {
    match kind {
        AggK::All => "all",
        AggK::Exists => "exists",
        AggK::Count => "count",
        AggK::Sum => "sum",
        AggK::Min => "min_of",
        AggK::Max => "max_of",
    }
}

/// What both writers read.
struct Work<'a> {
    set: &'a PackSet,
    plan: &'a Plan,
    params: &'a Params,
    input: &'a Input,
    place: &'a str,
    form: Form,
    lows: &'a [(String, i64)],
    schedule: &'a Schedule,
    results: &'a BTreeMap<usize, ExportResult>,
}

impl Work<'_> {
    fn node(&self, id: NodeId) -> Option<&Node> {
        self.plan.nodes.get(ix(id))
    }

    /// The value of a node that is written where it is read.
    fn inline(&self, id: NodeId) -> Option<V> {
        match &self.node(id).filter(|n| is_inline(n))?.op {
            Op::Const(value) => Some(V::known(*value)),
            Op::Today => Some(V::known(self.input.on().number())),
            Op::Param(parameter, _) => Some(self.params.lookup(*parameter, &[]).0),
            _ => None,
        }
    }

    fn plain(&self, id: NodeId) -> V {
        self.node(id).map_or(V::UNKNOWN, |n| V::plain(n.ty))
    }

    fn bounds(&self, id: Option<NodeId>) -> V {
        let node = id.and_then(|id| self.node(id));
        node.map_or(V::UNKNOWN, |n| n.bounds)
    }

    /// The lowest value of a column of facts: the declared bound, or what is known of the table.
    fn low(&self, entity: usize, name: &str) -> Option<i64> {
        let facts = &self.set.facts;
        let fact = facts.iter().find(|f| f.entity == entity && f.id == name);
        let held = self
            .lows
            .iter()
            .find(|(id, _)| id == name)
            .map(|(_, low)| *low);
        fact.and_then(|f| f.low).max(held)
    }

    fn key(&self, entity: usize) -> String {
        key_of(self.set, entity)
    }

    fn parent(&self, entity: usize) -> Option<usize> {
        self.set.entities.get(entity).and_then(|e| e.parent)
    }

    fn link(&self, entity: usize, link: usize) -> (&str, usize) {
        let links = self.set.entities.get(entity).map(|e| &e.links);
        let found = links.and_then(|l| l.get(link));
        found.map_or(("", entity), |(name, to)| (name.as_str(), *to))
    }

    /// The fact that says whether the rows of an entity are all given.
    fn complete(&self, child: usize) -> Option<usize> {
        self.set.entities.get(child).and_then(|e| e.complete)
    }

    fn finding(&self, id: NodeId) -> Option<usize> {
        match &self.node(id)?.op {
            Op::Formula(formula, _) => self.plan.findings.get(*formula).copied().flatten(),
            _ => None,
        }
    }

    fn fact_id(&self, fact: Option<usize>) -> &str {
        let fact = fact.and_then(|f| self.set.facts.get(f));
        fact.map_or("", |f| f.id.as_str())
    }

    /// The column that a column of work comes from in the input, or its own name where it is computed.
    fn given(&self, entity: usize, col: Col) -> String {
        match col {
            Col::Link(link) => format!("link:{}", self.link(entity, link).0),
            Col::Complete(child) => self.fact_id(self.complete(child)).to_owned(),
            Col::Finding(id) => self.fact_id(self.finding(id)).to_owned(),
            Col::Node(id) => format!("n{id}"),
        }
    }

    /// The name of a column while a table is worked on.
    fn name(&self, entity: usize, col: Col) -> String {
        match col {
            Col::Link(_) | Col::Node(_) => self.given(entity, col),
            Col::Complete(child) => format!("complete:{}", id_of(self.set, child)),
            Col::Finding(id) => format!("finding:n{id}"),
        }
    }

    /// The stage whose table of an entity is the newest before a stage.
    fn newest(&self, entity: usize, before: usize) -> Option<&Stage> {
        let own = |s: &&Stage| s.entity == entity && s.number < before;
        self.schedule.stages.iter().rfind(own)
    }

    /// The rule a node was written in: its id and where it stands.
    fn rule(&self, node: &Node) -> String {
        let found = node.rule.and_then(|(formula, version)| {
            let formula = self.set.formulas.get(formula)?;
            Some((formula, formula.versions.get(version)?))
        });
        found.map_or_else(String::new, |(formula, version)| {
            let at = self.set.origin_words(&version.origin);
            format!("{} ({at})", formula.id)
        })
    }

    /// What a reader wants to know of a node, on one line.
    fn comment(&self, id: NodeId) -> String {
        let Some(node) = self.node(id) else {
            return String::new();
        };
        let mut words = vec![word(&node.op).to_owned()];
        match &node.op {
            Op::Fact(fact) => {
                let fact = self.set.facts.get(*fact);
                words.extend(fact.map(|f| format!("{}: {} {}", f.id, f.title.zh, f.title.en)));
            }
            Op::Formula(formula, inner) => {
                let formula = self.set.formulas.get(*formula);
                words.extend(formula.map(|f| format!("{}: {} {}", f.id, f.title.zh, f.title.en)));
                if inner.is_none() {
                    words.push("no rule in force".to_owned());
                }
            }
            Op::Param(parameter, _) => words.extend(self.parameter_id(*parameter)),
            _ => {}
        }
        if let Some((programme, which)) = self.plan.outcomes.get(&id) {
            let programme = self.set.programmes.get(*programme);
            words.extend(programme.map(|p| format!("{}.{}", p.id, which.word())));
        }
        for child in children(&node.op) {
            if let Some(Op::Param(parameter, _)) = self.node(child).map(|n| &n.op)
                && let Some(value) = self.inline(child)
                && let Some(id) = self.parameter_id(*parameter)
            {
                let known = value.get().map_or("unknown".to_owned(), |v| v.to_string());
                words.push(format!("{id} = {known}"));
            }
        }
        let rule = self.rule(node);
        if !rule.is_empty() {
            words.push(format!("in {rule}"));
        }
        let line = words.join("; ");
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn parameter_id(&self, parameter: usize) -> Option<String> {
        self.set.parameters.get(parameter).map(|p| p.id.clone())
    }

    /// The parameters with keys that are read.
    fn keyed(&self) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for id in self
            .schedule
            .stages
            .iter()
            .flat_map(|s| s.levels.iter().flatten())
        {
            if let Some(Op::Param(parameter, _)) = self.node(*id).map(|n| &n.op) {
                found.push(*parameter);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Spans of consecutive years with a calendar, days off and days worked, as day numbers; `None` where none is read.
    fn calendar(&self) -> Option<Calendar> {
        let mut nodes = self
            .schedule
            .stages
            .iter()
            .flat_map(|s| s.levels.iter().flatten());
        let reads =
            |id: &NodeId| matches!(self.node(*id).map(|n| &n.op), Some(Op::AddWorkingDays(..)));
        if !nodes.any(reads) {
            return None;
        }
        let mut out = Calendar::default();
        for year in self.set.calendar.years() {
            let first = Day::from_ymd(year.year, 1, 1).map_or(0, Day::number);
            let last = Day::from_ymd(year.year, 12, 31).map_or(0, Day::number);
            match out.spans.last_mut() {
                Some((_, end)) if end.saturating_add(1) == first => *end = last,
                _ => out.spans.push((first, last)),
            }
            let own = |d: &&Day| d.year() == year.year;
            out.rest
                .extend(year.rest.iter().filter(own).map(|d| d.number()));
            out.work
                .extend(year.work.iter().filter(own).map(|d| d.number()));
        }
        Some(out)
    }

    /// The place facts of the root and the place that every row must have: the law of another place is another text.
    fn places(&self) -> Vec<(&str, i64)> {
        let known = |at: usize| Some((self.fact_id(Some(at)), self.input.value(at, 0).get()?));
        place_facts(self.set).filter_map(known).collect()
    }

    /// Packs, dates and place, for the head of the text.
    fn head(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "decided on {}, law as known on {}, place {}",
            self.input.on(),
            self.input.known_on(),
            self.place
        )];
        for pack in self.set.packs() {
            let digest: String = pack.digest.chars().take(16).collect();
            lines.push(format!("pack {} {} ({digest})", pack.id, pack.version));
        }
        lines
    }

    fn tables(&self) -> Result<Vec<ExportTable>, Diagnostics> {
        let mut findings = Diagnostics::new();
        let mut tables = Vec::new();
        for entity in &self.schedule.entities {
            let key = self.key(*entity);
            let parent = self.parent(*entity).map(|p| self.key(p));
            let mut columns = Vec::new();
            for fact in &self.schedule.facts {
                let Some(fact) = self.set.facts.get(*fact).filter(|f| f.entity == *entity) else {
                    continue;
                };
                // text decides nothing
                if fact.ty == Type::Text {
                    continue;
                }
                if fact.id == key || Some(&fact.id) == parent.as_ref() {
                    findings.push(
                        Diagnostic::error(
                            "E-EXPORT-NAME",
                            format!("the fact `{}` has the name of a key column", fact.id),
                        )
                        .help("give the fact another id"),
                    );
                }
                columns.push(ExportColumn {
                    name: fact.id.clone(),
                    kind: match fact.ty {
                        Type::Bool => ColumnKind::Truth,
                        Type::Date if self.form == Form::Nulls => ColumnKind::Date,
                        _ => ColumnKind::Number,
                    },
                    ty: self.set.type_word(fact.ty),
                    low: fact.low,
                    high: fact.high,
                });
            }
            for (_, link) in self.schedule.links.iter().filter(|(e, _)| e == entity) {
                columns.push(ExportColumn {
                    name: self.given(*entity, Col::Link(*link)),
                    kind: ColumnKind::Link,
                    ty: String::new(),
                    low: None,
                    high: None,
                });
            }
            // an expression over nulls stays in its row: what lies above is not reached
            let read = self.form != Form::Nulls
                || !columns.is_empty()
                || self.results.contains_key(entity);
            if read {
                tables.push(ExportTable {
                    name: id_of(self.set, *entity).to_owned(),
                    key,
                    parent: parent.filter(|_| self.form != Form::Nulls),
                    columns,
                });
            }
        }
        if findings.is_empty() {
            Ok(tables)
        } else {
            Err(findings)
        }
    }
}

/// The working-day calendar as numbers.
#[derive(Debug, Default)]
struct Calendar {
    spans: Vec<(i64, i64)>,
    rest: Vec<i64>,
    work: Vec<i64>,
}

fn commas<T: ToString>(list: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = list.into_iter().map(|x| x.to_string()).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{PackSource, SourceFile};

    const PACK: &str = r#"
        [pack]
        id = "small"
        title = { zh = "小包", en = "small" }
        publisher = "test"
        version = "1"
        level = "nation"
        place = "000000"
        reviewed_on = 2026-01-01
        [[entity]]
        id = "unit"
        [[entity]]
        id = "part"
        parent = "unit"
        collection = "parts"
        complete = "all_parts"
        links = { boss = "part" }
        [[fact]]
        id = "all_parts"
        entity = "unit"
        type = "bool"
        title = { zh = "全部", en = "all" }
        [[fact]]
        id = "weight"
        entity = "part"
        type = "count"
        low = 0
        high = 9
        title = { zh = "重", en = "weight" }
        [[fact]]
        id = "NAME"
        entity = "part"
        type = "bool"
        title = { zh = "是", en = "yes" }
        [[formula]]
        id = "total"
        entity = "unit"
        type = "count"
        attestable = true
        from = 2020-01-01
        status = "invented"
        expr = "parts.filter(p, p.NAME && has(p.boss)).sum(p, p.weight)"
        [[formula]]
        id = "unread"
        entity = "part"
        type = "count"
        from = 2020-01-01
        status = "invented"
        expr = "weight + 1"
    "#;

    fn engine(name: &str) -> Engine {
        let source = SourceFile::new("pack.toml", PACK.replace("NAME", name));
        Engine::new(PackSet::load(&[PackSource::new(vec![source])]).unwrap())
    }

    fn export(name: &str, output: &str) -> Result<Exported, Diagnostics> {
        engine(name).export(&ExportRequest {
            dialect: Dialect::DuckDb,
            on: Day::parse("2026-01-01").unwrap(),
            known_on: Day::MAX,
            place: "000000",
            outputs: &[output.to_owned()],
            form: Form::Intervals,
            lows: &[],
        })
    }

    #[test]
    fn the_tables_name_what_is_read_and_nothing_else() {
        let exported = export("yes", "total").unwrap();
        let names = |t: &ExportTable| {
            let columns = t.columns.iter().map(|c| c.name.clone());
            columns.collect::<Vec<_>>()
        };
        let [unit, part] = exported.tables.as_slice() else {
            panic!("{:?}", exported.tables);
        };
        assert_eq!((unit.key.as_str(), &unit.parent), ("unit_row", &None));
        assert_eq!(names(unit), ["all_parts", "finding:total"]);
        assert_eq!(part.parent.as_deref(), Some("unit_row"));
        assert_eq!(names(part), ["weight", "yes", "link:boss"]);
        assert_eq!(exported.results.len(), 1);
        assert!(exported.nodes.iter().all(|n| !n.rule.starts_with("unread")));
    }

    #[test]
    fn rows_of_a_case_say_what_is_null_and_what_lies_outside() {
        let exported = export("yes", "total").unwrap();
        let engine = engine("yes");
        let case = "on = 2026-01-01\n[unit]\nall_parts = true\n[[part]]\nid = \"a\"\nyes = false\nweight = 10\n[[part]]\nid = \"b\"\nboss = \"a\"\n";
        let input = engine
            .packs()
            .bind(&Document::from_toml("case", case).unwrap());
        let rows = exported.rows(engine.packs(), &input.unwrap());
        let unit = vec![vec![Some(0), Some(1), None]];
        // 10 was refused for its bounds: it comes back as a value outside them
        let part = vec![
            vec![Some(0), Some(0), Some(10), Some(0), None],
            vec![Some(1), Some(0), None, None, Some(0)],
        ];
        assert_eq!(rows, [unit, part]);
    }

    #[test]
    fn what_cannot_be_written_out_is_refused() {
        let code = |found: Result<Exported, Diagnostics>| {
            found.unwrap_err().first().map(|d| d.code().to_owned())
        };
        let unknown = export("yes", "totall");
        assert_eq!(code(unknown).as_deref(), Some("E-EXPORT-OUTPUT"));
        let clash = export("part_row", "total");
        assert_eq!(code(clash).as_deref(), Some("E-EXPORT-NAME"));
    }
}
