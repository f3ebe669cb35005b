//! A plan as a Python module with Polars expressions.

use chrono::Datelike as _;

use super::nulls::{ATOM, Division, Expr, Views, Words, joined, left_to_right};
use super::stages::{Col, Stage};
use super::{ExportResult, ExportTable, Work, commas, id_of, kind_word};
use crate::ir::{NodeId, Op};
use crate::lang::Type;
use crate::scalar::V;

const PRELUDE: &str = include_str!("prelude.py");

pub(super) fn write(work: &Work<'_>, tables: &[ExportTable]) -> String {
    let python = Python { work };
    let mut lines: Vec<String> = Vec::new();
    lines.extend(work.head().iter().map(|l| format!("# {l}")));
    lines.extend(python.contract(tables));
    lines.push(PRELUDE.to_owned());
    for parameter in work.keyed() {
        lines.extend(python.figure(parameter));
    }
    lines.extend(python.calendar());
    lines.push("\n\ndef run(tables):".to_owned());
    lines.extend(python.guard());
    for stage in &work.schedule.stages {
        lines.extend(python.stage(stage));
    }
    lines.push("    return {".to_owned());
    for (entity, result) in work.results {
        lines.extend(python.result(*entity, result));
    }
    lines.push("    }\n".to_owned());
    lines.join("\n")
}

/// Every output an expression, all in a dictionary by result.
pub(super) fn write_nulls(work: &Work<'_>, tables: &[ExportTable], views: &Views) -> String {
    let python = Python { work };
    let mut lines: Vec<String> = Vec::new();
    lines.extend(work.head().iter().map(|l| format!("# {l}")));
    lines.extend(python.contract(tables));
    lines.push("import datetime\n\nimport polars as pl\n\nEXPRESSIONS = {".to_owned());
    for (result, expressions) in work.results.values().zip(views) {
        lines.push(format!("    {}: {{", quoted(&result.name)));
        for ((name, id, _), expr) in result.outputs.iter().zip(expressions) {
            let text = match expr {
                Expr::Number(_) | Expr::Day(_) => format!("pl.lit({})", term(expr).text),
                other => term(other).text,
            };
            lines.push(format!(
                "        {}: {text},  # {}",
                quoted(name),
                work.comment(*id)
            ));
        }
        lines.push("    },".to_owned());
    }
    lines.push("}\n\n\ndef run(tables):".to_owned());
    lines.extend(python.guard());
    lines.push("    return {".to_owned());
    for (entity, result) in work.results {
        let name = quoted(&result.name);
        lines.push(format!(
            "        {name}: tables[{}].lazy().select({}, **EXPRESSIONS[{name}]).collect(),",
            quoted(id_of(work.set, *entity)),
            quoted(&result.key)
        ));
    }
    lines.push("    }\n".to_owned());
    lines.join("\n")
}

/// An expression over nulls: comparisons, `|`, `&`, sums, products, `~`, in the order of how tightly they bind.
fn term(expr: &Expr) -> Words {
    let within = |e: &Expr, binds| term(e).within(binds);
    let list = |parts: &[Expr], between, binds| joined(term, parts, between, binds);
    let two = |a: &Expr, op, b: &Expr, binds| left_to_right(term, a, op, b, binds);
    let column = |name: &String| format!("pl.col({})", quoted(name));
    let (text, binds) = match expr {
        Expr::Column(name) => (column(name), ATOM),
        Expr::Number(n) => (n.to_string(), ATOM),
        Expr::Day(day) => {
            let d = day.to_date();
            let text = format!("datetime.date({}, {}, {})", d.year(), d.month(), d.day());
            (text, ATOM)
        }
        Expr::Truth(true) => ("pl.lit(True)".to_owned(), ATOM),
        Expr::Truth(false) => ("pl.lit(False)".to_owned(), ATOM),
        Expr::Abs(a) => (format!("{}.abs()", within(a, ATOM)), ATOM),
        Expr::Coalesce(a, b) => (
            format!("{}.fill_null({})", within(a, ATOM), term(b).text),
            ATOM,
        ),
        Expr::In(a, values) => (
            format!("{}.is_in([{}])", within(a, ATOM), list(values, ", ", 0)),
            ATOM,
        ),
        Expr::Has(name, true) => (format!("{}.is_not_null()", column(name)), ATOM),
        Expr::Has(name, false) => (format!("{}.is_null()", column(name)), ATOM),
        Expr::Compare(sign, a, b) => {
            let sign = sign.written("==", "!=");
            (format!("{} {sign} {}", within(a, 4), within(b, 4)), 1)
        }
        Expr::Or(parts) => (list(parts, " | ", 2), 2),
        Expr::And(parts) => (list(parts, " & ", 3), 3),
        Expr::Add(a, b) => (two(a, "+", b, 4), 4),
        Expr::Sub(a, b) => (two(a, "-", b, 4), 4),
        Expr::Mul(a, b) => (two(a, "*", b, 5), 5),
        Expr::Div(division) => (quotient(division), 5),
        Expr::Not(a) => (format!("~{}", within(a, 7)), 7),
    };
    Words { text, binds }
}

/// A division toward minus infinity: of what is not negative, then the signs.
fn quotient(d: &Division) -> String {
    let size = |e: &Expr, any: bool, binds| {
        if any {
            format!("{}.abs()", term(e).within(ATOM))
        } else {
            term(e).within(binds)
        }
    };
    let above = match &d.added {
        None => size(&d.dividend, d.of_any_sign, 5),
        Some(added) => format!(
            "({} + {})",
            size(&d.dividend, d.of_any_sign, 4),
            term(added).within(5)
        ),
    };
    let mut text = format!("{above} // {}", size(&d.divisor, d.by_any_sign, 6));
    for (part, any) in [(&d.dividend, d.of_any_sign), (&d.divisor, d.by_any_sign)] {
        if any {
            text = format!("{text} * {}.sign()", term(part).within(ATOM));
        }
    }
    text
}

struct Python<'a> {
    work: &'a Work<'a>,
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn number(value: i64) -> String {
    match value {
        i64::MIN => "MIN".to_owned(),
        i64::MAX => "MAX".to_owned(),
        other => other.to_string(),
    }
}

fn ends(v: V) -> String {
    format!("{}, {}", number(v.lo), number(v.hi))
}

fn written(v: V) -> String {
    v.get().map_or_else(
        || format!("(lit({}), lit({}))", number(v.lo), number(v.hi)),
        |known| format!("known({})", number(known)),
    )
}

fn tuple<T: ToString>(list: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = list.into_iter().map(|x| x.to_string()).collect();
    match words.len() {
        1 => format!("({},)", words.concat()),
        _ => format!("({})", words.join(", ")),
    }
}

impl Python<'_> {
    fn contract(&self, tables: &[ExportTable]) -> Vec<String> {
        let mut lines = vec!["# reads:".to_owned()];
        for table in tables {
            let mut columns = vec![format!("{}: Int64", table.key)];
            columns.extend(table.parent.iter().map(|p| format!("{p}: Int64")));
            columns.extend(table.columns.iter().map(|c| {
                let ty = match c.kind {
                    super::ColumnKind::Truth => "Boolean",
                    super::ColumnKind::Date => "Date",
                    super::ColumnKind::Number | super::ColumnKind::Link => "Int64",
                };
                format!("{}: {ty}", c.name)
            }));
            lines.push(format!("#   {}: {}", table.name, columns.join(", ")));
        }
        let results: Vec<&str> = self
            .work
            .results
            .values()
            .map(|r| r.name.as_str())
            .collect();
        lines.push(format!("# returns: {}", results.join(", ")));
        lines
    }

    /// Stops at a row of another place.
    fn guard(&self) -> Vec<String> {
        let work = self.work;
        let other = work
            .places()
            .into_iter()
            .map(|(fact, place)| format!("pl.col({}).ne_missing({place})", quoted(fact)));
        let other: Vec<String> = other.collect();
        if other.is_empty() {
            return Vec::new();
        }
        let root = id_of(work.set, 0);
        vec![
            format!(
                "    if tables[{}].filter(pl.any_horizontal({})).height:",
                quoted(root),
                other.join(", ")
            ),
            format!(
                "        raise ValueError(\"{root}: rows of another place than {}, or of none: the law of each place is its own export\")",
                work.place
            ),
        ]
    }

    fn figure(&self, parameter: usize) -> Vec<String> {
        let figures = self.work.params.figures(parameter);
        let id = self.work.parameter_id(parameter).unwrap_or_default();
        let mut lines = vec![format!("\n# {id}"), format!("FIGURE_{parameter} = [")];
        for (keys, value, _) in figures.cells {
            lines.push(format!("    ({}, {}),", tuple(keys), number(*value)));
        }
        lines.push("]".to_owned());
        lines
    }

    fn calendar(&self) -> Vec<String> {
        let Some(calendar) = self.work.calendar() else {
            return Vec::new();
        };
        let spans = calendar
            .spans
            .iter()
            .map(|(first, last)| format!("({first}, {last})"));
        vec![
            "\n# the working-day calendar: runs of years with data, days off beside Saturday and Sunday, Saturdays and Sundays worked".to_owned(),
            format!(
                "CALENDAR = calendar([{}], [{}], [{}])",
                commas(spans),
                commas(&calendar.rest),
                commas(&calendar.work)
            ),
        ]
    }

    fn table(&self, entity: usize, before: usize) -> String {
        let newest = self.work.newest(entity, before).map_or(0, |s| s.number);
        format!("t_{}_{newest}", id_of(self.work.set, entity))
    }

    fn stage(&self, stage: &Stage) -> Vec<String> {
        let work = self.work;
        let entity = stage.entity;
        let name = format!("t_{}_{}", id_of(work.set, entity), stage.number);
        let mut keys = vec![quoted(&work.key(entity))];
        keys.extend(work.parent(entity).map(|p| quoted(&work.key(p))));
        let mut lines = Vec::new();
        if stage.number == 0 {
            let table = quoted(id_of(work.set, entity));
            lines.push(format!("    {name} = tables[{table}].select("));
            lines.push(format!("        {},", keys.join(", ")));
            for col in &stage.given {
                let (given, own) = (work.given(entity, *col), work.name(entity, *col));
                lines.push(format!(
                    "        pl.col({}).alias({}),",
                    quoted(&given),
                    quoted(&own)
                ));
            }
            for id in stage.levels.first().into_iter().flatten() {
                lines.push(self.node(*id, &self.fact(*id)));
            }
            lines.push("    )".to_owned());
        } else {
            let before = self.table(entity, stage.number);
            lines.push(format!("    {name} = {before}"));
            lines.extend(self.imports(stage, &name));
            lines.extend(self.aggregates(stage, &name));
            lines.extend(self.gathers(stage, &name));
        }
        for level in stage.levels.iter().skip(1) {
            let (by_calendar, plain): (Vec<NodeId>, Vec<NodeId>) = level.iter().partition(|id| {
                matches!(work.node(**id).map(|n| &n.op), Some(Op::AddWorkingDays(..)))
            });
            if !plain.is_empty() {
                lines.push(format!("    {name} = full({name}.with_columns("));
                for id in plain {
                    lines.push(self.node(id, &self.op(entity, id)));
                }
                lines.push("    ))".to_owned());
            }
            for id in by_calendar {
                if let Some(Op::AddWorkingDays(a, b)) = work.node(id).map(|n| &n.op) {
                    lines.push(format!(
                        "    {name} = with_working_days({name}, CALENDAR, {id}, {}, {})  # {}",
                        self.v(*a),
                        self.v(*b),
                        work.comment(id)
                    ));
                }
            }
        }
        for col in &stage.keep {
            match col {
                Col::Node(id) => keys.push(format!("*v({id})")),
                other => keys.push(quoted(&work.name(entity, *other))),
            }
        }
        lines.push(format!("    {name} = {name}.select({})", keys.join(", ")));
        lines
    }

    fn node(&self, id: NodeId, value: &str) -> String {
        format!("        *node({id}, {value}),  # {}", self.work.comment(id))
    }

    fn imports(&self, stage: &Stage, name: &str) -> Vec<String> {
        let work = self.work;
        let Some(parent) = work
            .parent(stage.entity)
            .filter(|_| !stage.imports.is_empty())
        else {
            return Vec::new();
        };
        let key = quoted(&work.key(parent));
        let brought: Vec<String> = stage.imports.iter().map(|id| format!("*v({id})")).collect();
        let mut lines = vec![
            format!(
                "    {name} = {name}.join({}.select({key}, {}), on={key}, how=\"left\", maintain_order=\"left\")",
                self.table(parent, stage.number),
                brought.join(", ")
            ),
            format!("    {name} = {name}.with_columns("),
        ];
        for id in &stage.imports {
            let plain = ends(work.plain(*id));
            lines.push(self.node(*id, &format!("bring(v({id}), {plain})")));
        }
        lines.push("    )".to_owned());
        lines
    }

    fn aggregates(&self, stage: &Stage, name: &str) -> Vec<String> {
        let work = self.work;
        let key = quoted(&work.key(stage.entity));
        let mut by_child: Vec<(usize, Vec<NodeId>)> = Vec::new();
        for id in &stage.aggregates {
            if let Some(Op::Agg { child, .. }) = work.node(*id).map(|n| &n.op) {
                match by_child.iter_mut().find(|(c, _)| c == child) {
                    Some((_, list)) => list.push(*id),
                    None => by_child.push((*child, vec![*id])),
                }
            }
        }
        let mut lines = Vec::new();
        for (child, list) in by_child {
            let table = self.table(child, stage.number);
            lines.push(format!("    below = {table}.group_by({key}).agg("));
            let (mut closed, mut dropped) = (Vec::new(), Vec::new());
            for id in list {
                let Some(Op::Agg {
                    kind,
                    filter,
                    value,
                    ..
                }) = work.node(id).map(|n| &n.op)
                else {
                    continue;
                };
                let keep = self.along(child, *filter);
                let taken = self.along(child, *value);
                let kind = kind_word(*kind).trim_end_matches("_of");
                lines.push(format!(
                    "        *collect({id}, \"{kind}\", {keep}, {taken}),"
                ));
                let whole = match work.complete(child) {
                    None => "pl.lit(True)".to_owned(),
                    Some(_) => {
                        let column = quoted(&work.name(stage.entity, Col::Complete(child)));
                        format!("pl.col({column}).fill_null(False)")
                    }
                };
                let value = format!(
                    "close({id}, \"{kind}\", {whole}, ({}), ({}))",
                    ends(work.bounds(*value)),
                    ends(work.plain(id))
                );
                closed.push(self.node(id, &value));
                dropped.extend(["lo", "hi", "sure"].map(|end| format!("\"a{id}_{end}\"")));
            }
            lines.push("    )".to_owned());
            lines.push(format!(
                "    {name} = {name}.join(below, on={key}, how=\"left\", maintain_order=\"left\").with_columns("
            ));
            lines.extend(closed);
            lines.push(format!("    ).drop({})", dropped.join(", ")));
        }
        lines
    }

    fn gathers(&self, stage: &Stage, name: &str) -> Vec<String> {
        let work = self.work;
        let mut lines = Vec::new();
        let mut links: Vec<usize> = Vec::new();
        for id in &stage.gathers {
            if let Some(Op::Gather(link, _)) = work.node(*id).map(|n| &n.op)
                && !links.contains(link)
            {
                links.push(*link);
            }
        }
        for link in links {
            let (_, target) = work.link(stage.entity, link);
            let key = quoted(&work.key(target));
            let column = quoted(&work.name(stage.entity, Col::Link(link)));
            let mut taken = vec![format!("pl.col({key}).alias(\"linked\")")];
            let (mut values, mut dropped) = (Vec::new(), Vec::new());
            for id in &stage.gathers {
                let Some(Op::Gather(l, inner)) = work.node(*id).map(|n| &n.op) else {
                    continue;
                };
                if *l != link {
                    continue;
                }
                let (lo, hi) = (format!("g{id}_lo"), format!("g{id}_hi"));
                let (low, high) = work.inline(*inner).map_or_else(
                    || (format!("v({inner})[0]"), format!("v({inner})[1]")),
                    |v| {
                        (
                            format!("lit({})", number(v.lo)),
                            format!("lit({})", number(v.hi)),
                        )
                    },
                );
                taken.push(format!("{low}.alias(\"{lo}\"), {high}.alias(\"{hi}\")"));
                let plain = ends(work.plain(*id));
                let value = format!("bring((pl.col(\"{lo}\"), pl.col(\"{hi}\")), {plain})");
                values.push(self.node(*id, &value));
                dropped.extend([quoted(&lo), quoted(&hi)]);
            }
            lines.push(format!(
                "    linked = {}.select({})",
                self.table(target, stage.number),
                taken.join(", ")
            ));
            lines.push(format!(
                "    {name} = {name}.join(linked, left_on={column}, right_on=\"linked\", how=\"left\", maintain_order=\"left\").with_columns("
            ));
            lines.extend(values);
            lines.push(format!("    ).drop({})", dropped.join(", ")));
        }
        lines
    }

    fn fact(&self, id: NodeId) -> String {
        let work = self.work;
        let Some(Op::Fact(fact)) = work.node(id).map(|n| &n.op) else {
            return written(V::UNKNOWN);
        };
        let Some(fact) = work.set.facts.get(*fact) else {
            return written(V::UNKNOWN);
        };
        // text decides nothing
        if fact.ty == Type::Text {
            return written(V::UNKNOWN);
        }
        let bounds = ends(V::missing(fact.ty, fact.low, fact.high));
        format!("fact(pl.col({}), {bounds})", quoted(&fact.id))
    }

    /// The value of a node in a column of the table at hand, or written out.
    fn v(&self, id: NodeId) -> String {
        self.work
            .inline(id)
            .map_or_else(|| format!("v({id})"), written)
    }

    /// A node for every row of a table, also where it is written out; without a node true.
    fn along(&self, entity: usize, id: Option<NodeId>) -> String {
        let same = id.map_or(Some(V::TRUE), |id| self.work.inline(id));
        match (same, id) {
            (None, Some(id)) => self.v(id),
            (same, _) => {
                let key = quoted(&self.work.key(entity));
                format!("along({key}, {})", ends(same.unwrap_or(V::TRUE)))
            }
        }
    }

    /// A node over columns of its own table.
    fn op(&self, entity: usize, id: NodeId) -> String {
        let work = self.work;
        let Some(node) = work.node(id) else {
            return written(V::UNKNOWN);
        };
        let call = |name: &str, list: &[NodeId]| {
            format!("{name}({})", commas(list.iter().map(|id| self.v(*id))))
        };
        match &node.op {
            Op::Const(_)
            | Op::Today
            | Op::Fact(_)
            | Op::Agg { .. }
            | Op::Gather(..)
            | Op::AddWorkingDays(..) => self.v(id),
            Op::Param(parameter, keys) => {
                let figures = work.params.figures(*parameter);
                format!(
                    "figure(FIGURE_{parameter}, {}, ({}), {})",
                    tuple(figures.codes),
                    ends(figures.missing),
                    commas(keys.iter().map(|id| self.v(*id)))
                )
            }
            Op::Formula(_, inner) => {
                let inner = inner.map_or_else(|| written(work.plain(id)), |i| self.v(i));
                match work.finding(id) {
                    None => inner,
                    Some(_) => {
                        let found = quoted(&work.name(entity, Col::Finding(id)));
                        format!("formula(pl.col({found}), {inner})")
                    }
                }
            }
            Op::And(list) if list.is_empty() => written(V::TRUE),
            Op::Or(list) if list.is_empty() => written(V::FALSE),
            Op::And(list) | Op::Min(list) => call("least", list),
            Op::Or(list) | Op::Max(list) => call("greatest", list),
            Op::Not(a) => call("not_", &[*a]),
            Op::Lt(a, b) => call("lt", &[*a, *b]),
            Op::Le(a, b) => call("le", &[*a, *b]),
            Op::Eq(a, b) => call("eq", &[*a, *b]),
            Op::In(a, values) => format!("is_in({}, [{}])", self.v(*a), commas(values)),
            Op::Add(a, b) => call("add", &[*a, *b]),
            Op::Sub(a, b) => call("sub", &[*a, *b]),
            Op::Mul(a, b) => call("mul", &[*a, *b]),
            Op::Scale(a, k) => format!("scale({}, lit({}))", self.v(*a), number(*k)),
            Op::MulRound(a, b, c) => call("mul_round_", &[*a, *b, *c]),
            Op::DivRound(a, b, c) => call("div_round_", &[*a, *b, *c]),
            Op::RoundTo(a, b, c) => call("round_to_", &[*a, *b, *c]),
            Op::If(test, yes, no) => format!(
                "if_({}, {}, {}, ({}))",
                self.v(*test),
                self.v(*yes),
                self.v(*no),
                ends(work.plain(id))
            ),
            Op::Has(a) => call("has", &[*a]),
            Op::HasLink(link) => {
                let column = quoted(&work.name(entity, Col::Link(*link)));
                format!("(truth(pl.col({column}).is_not_null()),) * 2")
            }
            Op::Coalesce(a, value) => format!("coalesce({}, {})", self.v(*a), number(*value)),
            Op::Age(a, b) => call("age_", &[*a, *b]),
            Op::AddMonths(a, b) => call("add_months", &[*a, *b]),
            Op::AddDays(a, b, minus) => format!(
                "add_days({}, {}, {})",
                self.v(*a),
                self.v(*b),
                if *minus { "-1" } else { "1" }
            ),
            Op::FirstOfMonth(a, false) => call("first_of_month", &[*a]),
            Op::FirstOfMonth(a, true) => call("first_of_next_month", &[*a]),
            Op::MonthsBetween(a, b) => call("months_between", &[*a, *b]),
            Op::Year(a) => call("year", &[*a]),
            Op::Month(a) => call("month", &[*a]),
        }
    }

    fn result(&self, entity: usize, result: &ExportResult) -> Vec<String> {
        let table = self.table(entity, usize::MAX);
        let key = quoted(&result.key);
        let mut lines = vec![format!("        {}: {table}.select(", quoted(&result.name))];
        lines.push(format!("            {key},"));
        for (name, id, _) in &result.outputs {
            let (lo, hi) = (format!("{name}_lo"), format!("{name}_hi"));
            lines.push(format!(
                "            *(end.alias(name) for end, name in zip({}, ({}, {}))),",
                self.v(*id),
                quoted(&lo),
                quoted(&hi)
            ));
        }
        lines.push(format!("        ).sort({key}),"));
        lines
    }
}
