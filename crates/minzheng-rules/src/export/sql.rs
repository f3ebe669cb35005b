//! A plan as a script of SQL for `DuckDB`.

use std::collections::BTreeMap;

use super::nulls::{ATOM, Division, Expr, Views, Words, joined, left_to_right};
use super::stages::{Col, Stage};
use super::{ExportResult, ExportTable, Work, commas, id_of, kind_word};
use crate::ir::{AggK, NodeId, Op};
use crate::lang::Type;
use crate::scalar::{Figures, V};

const PRELUDE: &str = include_str!("prelude.sql");

/// Low and high end as expressions.
type Ends = (String, String);

pub(super) fn write(work: &Work<'_>, tables: &[ExportTable]) -> String {
    let sql = Sql { work };
    let mut lines: Vec<String> = Vec::new();
    lines.extend(work.head().iter().map(|l| format!("-- {l}")));
    lines.extend(sql.contract(tables));
    lines.push(PRELUDE.trim_end().to_owned());
    lines.extend(sql.guard());
    lines.extend(sql.calendar());
    for parameter in work.keyed() {
        lines.extend(sql.figure(parameter));
    }
    for stage in &work.schedule.stages {
        lines.extend(sql.stage(stage));
    }
    for (entity, result) in work.results {
        lines.extend(sql.result(*entity, result));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Every result a view, every output an expression.
pub(super) fn write_nulls(work: &Work<'_>, tables: &[ExportTable], views: &Views) -> String {
    let sql = Sql { work };
    let mut lines: Vec<String> = Vec::new();
    lines.extend(work.head().iter().map(|l| format!("-- {l}")));
    lines.extend(sql.contract(tables));
    lines.extend(sql.guard());
    for ((entity, result), expressions) in work.results.iter().zip(views) {
        let mut columns = vec![(quoted(&result.key), String::new())];
        for ((name, id, _), expr) in result.outputs.iter().zip(expressions) {
            let column = format!("{} AS {}", term(expr).text, quoted(name));
            columns.push((column, work.comment(*id)));
        }
        lines.push(format!(
            "CREATE OR REPLACE TEMP VIEW {} AS",
            quoted(&result.name)
        ));
        lines.extend(select(&columns));
        lines.push(format!("  FROM {};", quoted(id_of(work.set, *entity))));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// An expression over nulls: `OR`, `AND`, `NOT`, tests, sums, products, in the order of how tightly they bind.
fn term(expr: &Expr) -> Words {
    let within = |e: &Expr, binds| term(e).within(binds);
    let list = |parts: &[Expr], between, binds| joined(term, parts, between, binds);
    let two = |a: &Expr, op, b: &Expr, binds| left_to_right(term, a, op, b, binds);
    let (text, binds) = match expr {
        Expr::Column(name) => (quoted(name), ATOM),
        Expr::Number(n) => (n.to_string(), ATOM),
        Expr::Day(day) => (format!("DATE '{day}'"), ATOM),
        Expr::Truth(truth) => (truth.to_string(), ATOM),
        Expr::Abs(a) => (format!("abs({})", term(a).text), ATOM),
        Expr::Coalesce(a, b) => (
            format!("coalesce({}, {})", term(a).text, term(b).text),
            ATOM,
        ),
        Expr::Or(parts) => (list(parts, " OR ", 1), 1),
        Expr::And(parts) => (list(parts, " AND ", 2), 2),
        Expr::Not(a) => (format!("NOT {}", within(a, 4)), 3),
        Expr::Compare(sign, a, b) => {
            let sign = sign.written("=", "<>");
            (format!("{} {sign} {}", within(a, 5), within(b, 5)), 4)
        }
        Expr::In(a, values) => (
            format!("{} IN ({})", within(a, 5), list(values, ", ", 0)),
            4,
        ),
        Expr::Has(name, true) => (format!("{} IS NOT NULL", quoted(name)), 4),
        Expr::Has(name, false) => (format!("{} IS NULL", quoted(name)), 4),
        Expr::Add(a, b) => (two(a, "+", b, 5), 5),
        Expr::Sub(a, b) => (two(a, "-", b, 5), 5),
        Expr::Mul(a, b) => (two(a, "*", b, 6), 6),
        Expr::Div(division) => (quotient(division), 6),
    };
    Words { text, binds }
}

/// A division toward zero: what rounds has the sign of the dividend.
fn quotient(d: &Division) -> String {
    let above = match &d.added {
        None => term(&d.dividend).within(6),
        Some(added) if d.of_any_sign => format!(
            "({} + CASE WHEN {} < 0 THEN -{} ELSE {} END)",
            term(&d.dividend).within(5),
            term(&d.dividend).within(5),
            term(added).within(ATOM),
            term(added).text
        ),
        Some(added) => format!(
            "({} + {})",
            term(&d.dividend).within(5),
            term(added).within(6)
        ),
    };
    // `DuckDB` stops at a division by zero
    let below = if d.may_be_zero {
        format!("nullif({}, 0)", term(&d.divisor).text)
    } else {
        term(&d.divisor).within(7)
    };
    format!("{above} // {below}")
}

struct Sql<'a> {
    work: &'a Work<'a>,
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn big(value: i64) -> String {
    match value {
        i64::MIN => "mz_min()".to_owned(),
        i64::MAX => "mz_max()".to_owned(),
        other => format!("CAST({other} AS BIGINT)"),
    }
}

fn ends(v: V) -> Ends {
    (big(v.lo), big(v.hi))
}

fn own(id: NodeId) -> Ends {
    (format!("n{id}_lo"), format!("n{id}_hi"))
}

/// `least(…)` or `greatest(…)`: each argument once, since `DuckDB` refuses a column given twice.
fn extreme(name: &str, list: Vec<String>) -> String {
    let mut once: Vec<String> = Vec::new();
    for part in list {
        if !once.contains(&part) {
            once.push(part);
        }
    }
    match once.len() {
        1 => once.concat(),
        _ => format!("{name}({})", once.join(", ")),
    }
}

impl Sql<'_> {
    fn contract(&self, tables: &[ExportTable]) -> Vec<String> {
        let mut lines = vec!["-- reads:".to_owned()];
        for table in tables {
            let mut columns = vec![format!("{} BIGINT NOT NULL", quoted(&table.key))];
            let parent = table.parent.as_ref();
            columns.extend(parent.map(|p| format!("{} BIGINT NOT NULL", quoted(p))));
            columns.extend(table.columns.iter().map(|c| {
                let ty = match c.kind {
                    super::ColumnKind::Truth => "BOOLEAN",
                    super::ColumnKind::Date => "DATE",
                    super::ColumnKind::Number | super::ColumnKind::Link => "BIGINT",
                };
                format!("{} {ty}", quoted(&c.name))
            }));
            lines.push(format!(
                "--   {}({})",
                quoted(&table.name),
                columns.join(", ")
            ));
        }
        let results: Vec<String> = self
            .work
            .results
            .values()
            .map(|r| quoted(&r.name))
            .collect();
        lines.push(format!("-- leaves: {}", results.join(", ")));
        lines
    }

    /// Stops at a row of another place.
    fn guard(&self) -> Vec<String> {
        let work = self.work;
        let other = work
            .places()
            .into_iter()
            .map(|(fact, place)| format!("{} IS DISTINCT FROM {place}", quoted(fact)));
        let other: Vec<String> = other.collect();
        if other.is_empty() {
            return Vec::new();
        }
        let root = id_of(work.set, 0);
        vec![format!(
            "SELECT CASE WHEN count(*) > 0 THEN error('{root}: rows of another place than {}, or of none: the law of each place is its own export') END FROM {} WHERE {};",
            work.place,
            quoted(root),
            other.join(" OR ")
        )]
    }

    fn calendar(&self) -> Vec<String> {
        let Some(calendar) = self.work.calendar() else {
            return Vec::new();
        };
        let values = |list: &[i64]| {
            if list.is_empty() {
                "SELECT CAST(NULL AS BIGINT) WHERE false".to_owned()
            } else {
                let rows = list.iter().map(|d| format!("({d})"));
                format!("VALUES {}", commas(rows))
            }
        };
        let spans = if calendar.spans.is_empty() {
            "SELECT 0, 0, 0 WHERE false".to_owned()
        } else {
            let spans = calendar.spans.iter().enumerate();
            format!(
                "VALUES {}",
                commas(spans.map(|(run, (first, last))| format!("({run}, {first}, {last})")))
            )
        };
        vec![
            "-- the working-day calendar: every day of a run of years with data, and the day before; how many days were worked in the run so far".to_owned(),
            format!("CREATE OR REPLACE TEMP TABLE mz_calendar AS WITH\n  run(run, first, last) AS ({spans}),"),
            format!("  rest(day) AS ({}),", values(&calendar.rest)),
            format!("  work(day) AS ({}),", values(&calendar.work)),
            "  day AS (SELECT run, unnest(range(first, last + 1)) AS day FROM run),".to_owned(),
            "  seen AS (SELECT run, day, day IN (SELECT w.day FROM work AS w) OR (isodow(DATE '1970-01-01' + CAST(day AS INTEGER)) < 6 AND day NOT IN (SELECT r.day FROM rest AS r)) AS worked FROM day)".to_owned(),
            "SELECT run, CAST(day AS BIGINT) AS day, worked, CAST(sum(CASE WHEN worked THEN 1 ELSE 0 END) OVER (PARTITION BY run ORDER BY day) AS BIGINT) AS nth FROM seen\nUNION ALL SELECT run, CAST(first - 1 AS BIGINT), false, 0 FROM run;".to_owned(),
            "CREATE OR REPLACE TEMP MACRO mz_known_add_working_days(al, ah, bl, bh) AS CASE WHEN mz_day(al, ah) IS NULL OR bl <> bh OR bl NOT BETWEEN 0 AND 10000 THEN NULL WHEN bl = 0 THEN al ELSE (SELECT min(e.day) FROM mz_calendar AS b JOIN mz_calendar AS e ON e.run = b.run AND e.worked WHERE b.day = al AND e.nth = b.nth + least(greatest(bl, 0), 10000)) END;".to_owned(),
        ]
    }

    /// The figures of a parameter with keys as two macros.
    fn figure(&self, parameter: usize) -> Vec<String> {
        let work = self.work;
        let Some(definition) = work.set.parameters.get(parameter) else {
            return Vec::new();
        };
        let figures = work.params.figures(parameter);
        let by_code = by_code(figures);
        let mut args = Vec::new();
        let mut wanted = vec!["1".to_owned()];
        let mut good = Vec::new();
        for (place, codes) in figures.codes.iter().enumerate() {
            let (lo, hi) = (format!("k{place}_lo"), format!("k{place}_hi"));
            if *codes == 0 {
                good.push(format!("{lo} = {hi}"));
            } else {
                wanted.push(format!("CASE WHEN {lo} = {hi} THEN 1 ELSE {codes} END"));
            }
            args.extend([lo, hi]);
        }
        let mut amounts = Vec::new();
        for (codes, bands) in &by_code {
            let fits: Vec<String> = codes
                .iter()
                .map(|(place, code)| {
                    format!("(k{place}_lo <> k{place}_hi OR k{place}_lo = {code})")
                })
                .collect();
            let rows = bands.iter().map(|(lower, value)| {
                let above = lower
                    .iter()
                    .map(|(place, bound)| format!("k{place}_lo >= {bound}"));
                let above: Vec<String> = above.collect();
                let test = if above.is_empty() {
                    "true".to_owned()
                } else {
                    above.join(" AND ")
                };
                format!("WHEN {test} THEN {}", big(*value))
            });
            let rows: Vec<String> = rows.collect();
            let fits = if fits.is_empty() {
                "true".to_owned()
            } else {
                fits.join(" AND ")
            };
            amounts.push(format!(
                "CASE WHEN {fits} THEN CASE {} END END",
                rows.join(" ")
            ));
        }
        let found: Vec<String> = amounts
            .iter()
            .map(|a| format!("CASE WHEN {a} IS NULL THEN 0 ELSE 1 END"))
            .collect();
        let mut lines = vec![format!("-- {}", definition.id)];
        for (end, pick, missing) in [
            ("lo", "least", figures.missing.lo),
            ("hi", "greatest", figures.missing.hi),
        ] {
            let body = if amounts.is_empty() {
                big(missing)
            } else {
                let mut tests = good.clone();
                tests.push(format!("{} = {}", wanted.join(" * "), found.join(" + ")));
                format!(
                    "CASE WHEN {} THEN {pick}({}) ELSE {} END",
                    tests.join(" AND "),
                    amounts.join(", "),
                    big(missing)
                )
            };
            lines.push(format!(
                "CREATE OR REPLACE TEMP MACRO mz_figure_{parameter}_{end}({}) AS {body};",
                args.join(", ")
            ));
        }
        lines
    }

    fn table(&self, entity: usize, number: usize) -> String {
        quoted(&format!("mz_{}_{number}", id_of(self.work.set, entity)))
    }

    fn before(&self, entity: usize, stage: usize) -> String {
        let newest = self.work.newest(entity, stage).map_or(0, |s| s.number);
        self.table(entity, newest)
    }

    fn stage(&self, stage: &Stage) -> Vec<String> {
        let work = self.work;
        let entity = stage.entity;
        let mut lines = vec![format!(
            "CREATE OR REPLACE TEMP TABLE {} AS WITH",
            self.table(entity, stage.number)
        )];
        let (mut columns, from) = self.base(stage);
        let mut keys = vec![quoted(&work.key(entity))];
        keys.extend(work.parent(entity).map(|p| quoted(&work.key(p))));
        if stage.number == 0 {
            columns.splice(0..0, keys.iter().map(|k| (k.clone(), String::new())));
        } else {
            columns.insert(0, ("s.*".to_owned(), String::new()));
        }
        let mut cte = 0_usize;
        lines.push("l0 AS (".to_owned());
        lines.extend(select(&columns));
        lines.extend(from);
        for level in stage.levels.iter().skip(1).filter(|l| !l.is_empty()) {
            lines.push("),".to_owned());
            let next = cte.saturating_add(1);
            lines.push(format!("l{next} AS ("));
            let mut columns = vec![("*".to_owned(), String::new())];
            for id in level {
                columns.extend(self.column(*id, &self.op(entity, *id)));
            }
            lines.extend(select(&columns));
            lines.push(format!("  FROM l{cte}"));
            cte = next;
        }
        lines.push(")".to_owned());
        for col in &stage.keep {
            match col {
                Col::Node(id) => {
                    let (lo, hi) = own(*id);
                    keys.extend([lo, hi]);
                }
                other => keys.push(quoted(&work.name(entity, *other))),
            }
        }
        lines.push(format!("SELECT {} FROM l{cte};", keys.join(", ")));
        lines
    }

    fn column(&self, id: NodeId, ends: &Ends) -> [(String, String); 2] {
        let (lo, hi) = own(id);
        [
            (format!("{} AS {lo}", ends.0), String::new()),
            (format!("{} AS {hi}", ends.1), self.work.comment(id)),
        ]
    }

    /// Columns taken from tables, and the tables.
    fn base(&self, stage: &Stage) -> (Vec<(String, String)>, Vec<String>) {
        let work = self.work;
        let entity = stage.entity;
        let mut columns = Vec::new();
        if stage.number == 0 {
            for col in &stage.given {
                let name = quoted(&work.name(entity, *col));
                let given = quoted(&work.given(entity, *col));
                let given = match col {
                    // a finding in the engine's unit, truth as 0 and 1
                    Col::Finding(_) => format!("CAST({given} AS BIGINT)"),
                    _ => given,
                };
                columns.push((format!("{given} AS {name}"), String::new()));
            }
            for id in stage.levels.first().into_iter().flatten() {
                columns.extend(self.column(*id, &self.fact(*id)));
            }
            let table = quoted(id_of(work.set, entity));
            return (columns, vec![format!("  FROM {table}")]);
        }
        let mut from = vec![format!("  FROM {} AS s", self.before(entity, stage.number))];
        if let Some(parent) = work.parent(entity).filter(|_| !stage.imports.is_empty()) {
            let key = quoted(&work.key(parent));
            from.push(format!(
                "  LEFT JOIN {} AS p ON p.{key} = s.{key}",
                self.before(parent, stage.number)
            ));
            for id in &stage.imports {
                let (lo, hi) = own(*id);
                let plain = ends(work.plain(*id));
                let value = (
                    format!("coalesce(p.{lo}, {})", plain.0),
                    format!("coalesce(p.{hi}, {})", plain.1),
                );
                columns.extend(self.column(*id, &value));
            }
        }
        let mut children: Vec<usize> = Vec::new();
        for id in &stage.aggregates {
            if let Some(Op::Agg { child, .. }) = work.node(*id).map(|n| &n.op)
                && !children.contains(child)
            {
                children.push(*child);
            }
        }
        for child in children {
            let key = quoted(&work.key(entity));
            let mut collected = vec![(key.clone(), String::new())];
            for id in &stage.aggregates {
                if let Some(node) = work.node(*id)
                    && let Op::Agg {
                        kind,
                        child: c,
                        filter,
                        value,
                    } = &node.op
                    && *c == child
                {
                    collected.extend(self.collect(*id, *kind, *filter, *value));
                    columns.extend(self.column(*id, &self.close(*id, *kind, child, *value)));
                }
            }
            from.push("  LEFT JOIN (".to_owned());
            from.extend(select(&collected));
            from.push(format!(
                "  FROM {} GROUP BY {key}) AS g{child} ON g{child}.{key} = s.{key}",
                self.before(child, stage.number)
            ));
        }
        let mut links: Vec<usize> = Vec::new();
        for id in &stage.gathers {
            let Some(Op::Gather(link, inner)) = work.node(*id).map(|n| &n.op) else {
                continue;
            };
            let (_, target) = work.link(entity, *link);
            let column = quoted(&work.name(entity, Col::Link(*link)));
            if !links.contains(link) {
                links.push(*link);
                let key = quoted(&work.key(target));
                from.push(format!(
                    "  LEFT JOIN {} AS t{link} ON t{link}.{key} = s.{column}",
                    self.before(target, stage.number)
                ));
            }
            let plain = ends(work.plain(*id));
            let value = match work.inline(*inner) {
                Some(v) => {
                    let v = ends(v);
                    let pick = |v: String, plain: String| {
                        format!("CASE WHEN s.{column} IS NULL THEN {plain} ELSE {v} END")
                    };
                    (pick(v.0, plain.0), pick(v.1, plain.1))
                }
                None => {
                    let (lo, hi) = own(*inner);
                    (
                        format!("coalesce(t{link}.{lo}, {})", plain.0),
                        format!("coalesce(t{link}.{hi}, {})", plain.1),
                    )
                }
            };
            columns.extend(self.column(*id, &value));
        }
        (columns, from)
    }

    fn fact(&self, id: NodeId) -> Ends {
        let work = self.work;
        let Some(Op::Fact(fact)) = work.node(id).map(|n| &n.op) else {
            return ends(V::UNKNOWN);
        };
        let column = quoted(work.fact_id(Some(*fact)));
        let Some(fact) = work.set.facts.get(*fact) else {
            return ends(V::UNKNOWN);
        };
        match fact.ty {
            Type::Bool => (
                format!("mz_truth_lo({column})"),
                format!("mz_truth_hi({column})"),
            ),
            // text decides nothing
            Type::Text => ends(V::UNKNOWN),
            ty => {
                let (low, high) = ends(V::missing(ty, fact.low, fact.high));
                (
                    format!("mz_fact_lo({column}, {low}, {high})"),
                    format!("mz_fact_hi({column}, {low}, {high})"),
                )
            }
        }
    }

    /// The value of a node in a column of the table at hand, or written out.
    fn v(&self, id: NodeId) -> Ends {
        self.work.inline(id).map_or_else(|| own(id), ends)
    }

    fn collect(
        &self,
        id: NodeId,
        kind: AggK,
        filter: Option<NodeId>,
        value: Option<NodeId>,
    ) -> Vec<(String, String)> {
        let (kl, kh) = filter.map_or_else(|| ends(V::TRUE), |f| self.v(f));
        let (vl, vh) = value.map_or_else(|| ends(V::TRUE), |v| self.v(v));
        let (lo, hi) = match kind {
            AggK::All => (
                format!("min(greatest(1 - {kh}, {vl}))"),
                format!("min(greatest(1 - {kl}, {vh}))"),
            ),
            AggK::Exists => (
                format!("max({})", extreme("least", vec![kl.clone(), vl])),
                format!("max({})", extreme("least", vec![kh.clone(), vh])),
            ),
            AggK::Count => (format!("sum({kl})"), format!("sum({kh})")),
            AggK::Sum => {
                let end = |v: &str, pick: &str, open: &str| {
                    let part = format!(
                        "CASE WHEN {kl} = 1 THEN {v} WHEN {kh} = 1 THEN {pick}({v}, 0) ELSE 0 END"
                    );
                    format!(
                        "CASE WHEN bool_or(mz_open({part})) THEN CAST({open} AS HUGEINT) ELSE mz_total(sum(CAST({part} AS HUGEINT))) END"
                    )
                };
                (
                    end(&vl, "least", "mz_min()"),
                    end(&vh, "greatest", "mz_max()"),
                )
            }
            AggK::Min => (
                format!("min({vl}) FILTER (WHERE {kh} = 1)"),
                format!("min({vh}) FILTER (WHERE {kl} = 1)"),
            ),
            AggK::Max => (
                format!("max({vl}) FILTER (WHERE {kl} = 1)"),
                format!("max({vh}) FILTER (WHERE {kh} = 1)"),
            ),
        };
        vec![
            (format!("{lo} AS a{id}_lo"), String::new()),
            (format!("{hi} AS a{id}_hi"), String::new()),
            (
                format!("bool_or({kl} = 1) AS a{id}_sure"),
                kind_word(kind).to_owned(),
            ),
        ]
    }

    fn close(&self, id: NodeId, kind: AggK, child: usize, value: Option<NodeId>) -> Ends {
        let work = self.work;
        let a = |end: &str| format!("g{child}.a{id}_{end}");
        let (lo, hi) = (a("lo"), a("hi"));
        let bounds = work.bounds(value);
        let whole = match work.complete(child) {
            Some(_) => {
                let entity = work.node(id).map_or(0, |n| n.row);
                let name = work.name(entity, Col::Complete(child));
                format!("s.{} IS TRUE", quoted(&name))
            }
            None => "true".to_owned(),
        };
        let or = |whole_value: &str, else_value: &str| {
            format!("CASE WHEN {whole} THEN {whole_value} ELSE {else_value} END")
        };
        match kind {
            AggK::All => (
                or(&format!("coalesce({lo}, 1)"), &big(0)),
                format!("coalesce({hi}, {})", big(1)),
            ),
            AggK::Exists => (
                format!("coalesce({lo}, {})", big(0)),
                or(&format!("coalesce({hi}, 0)"), &big(1)),
            ),
            AggK::Count => (
                format!("mz_small(coalesce({lo}, 0))"),
                or(&format!("mz_small(coalesce({hi}, 0))"), "mz_max()"),
            ),
            AggK::Sum => {
                let (lo, hi) = (format!("coalesce({lo}, 0)"), format!("coalesce({hi}, 0)"));
                let low = format!("mz_ends_lo({lo}, {hi})");
                let high = format!("mz_ends_hi({lo}, {hi})");
                (
                    if bounds.lo >= 0 {
                        low
                    } else {
                        or(&low, "mz_min()")
                    },
                    if bounds.hi <= 0 {
                        high
                    } else {
                        or(&high, "mz_max()")
                    },
                )
            }
            AggK::Min | AggK::Max => {
                let plain = ends(work.plain(id));
                let sure = format!("coalesce({}, false)", a("sure"));
                let pick = |value: &str, plain: &str| {
                    format!("CASE WHEN {sure} THEN {value} ELSE {plain} END")
                };
                if kind == AggK::Min {
                    let lo = or(&lo, &format!("least({}, {lo})", big(bounds.lo)));
                    (pick(&lo, &plain.0), pick(&hi, &plain.1))
                } else {
                    let hi = or(&hi, &format!("greatest({}, {hi})", big(bounds.hi)));
                    (pick(&lo, &plain.0), pick(&hi, &plain.1))
                }
            }
        }
    }

    /// A node over columns of its own table.
    fn op(&self, entity: usize, id: NodeId) -> Ends {
        let work = self.work;
        let Some(node) = work.node(id) else {
            return ends(V::UNKNOWN);
        };
        let args = |list: &[NodeId]| {
            let parts = list.iter().map(|id| {
                let (lo, hi) = self.v(*id);
                format!("{lo}, {hi}")
            });
            commas(parts)
        };
        let both = |name: &str, list: &[NodeId]| {
            let args = args(list);
            (
                format!("mz_{name}_lo({args})"),
                format!("mz_{name}_hi({args})"),
            )
        };
        let known = |name: &str, list: &[NodeId], more: &str| {
            let call = format!("mz_known_{name}({}{more})", args(list));
            (format!("mz_lo({call})"), format!("mz_hi({call})"))
        };
        let each = |name: &str, list: &[NodeId]| {
            let (lo, hi) = list.iter().map(|id| self.v(*id)).unzip();
            (extreme(name, lo), extreme(name, hi))
        };
        match &node.op {
            Op::Const(_) | Op::Today | Op::Fact(_) | Op::Agg { .. } | Op::Gather(..) => self.v(id),
            Op::Param(parameter, keys) => both(&format!("figure_{parameter}"), keys),
            Op::Formula(_, inner) => {
                let inner = inner.map_or_else(|| ends(work.plain(id)), |i| self.v(i));
                match work.finding(id) {
                    None => inner,
                    Some(_) => {
                        let found = quoted(&work.name(entity, Col::Finding(id)));
                        (
                            format!("coalesce({found}, {})", inner.0),
                            format!("coalesce({found}, {})", inner.1),
                        )
                    }
                }
            }
            Op::Not(a) => {
                let (lo, hi) = self.v(*a);
                (format!("1 - {hi}"), format!("1 - {lo}"))
            }
            Op::And(list) if list.is_empty() => ends(V::TRUE),
            Op::Or(list) if list.is_empty() => ends(V::FALSE),
            Op::And(list) | Op::Min(list) => each("least", list),
            Op::Or(list) | Op::Max(list) => each("greatest", list),
            Op::Lt(a, b) => both("lt", &[*a, *b]),
            Op::Le(a, b) => both("le", &[*a, *b]),
            Op::Eq(a, b) => both("eq", &[*a, *b]),
            Op::Add(a, b) => both("add", &[*a, *b]),
            Op::Sub(a, b) => both("sub", &[*a, *b]),
            Op::Mul(a, b) => both("mul", &[*a, *b]),
            Op::Scale(a, k) => {
                let args = format!("{}, {}", args(&[*a]), big(*k));
                (
                    format!("mz_scale_lo({args})"),
                    format!("mz_scale_hi({args})"),
                )
            }
            Op::In(a, values) => {
                let (lo, hi) = self.v(*a);
                let inside = if values.is_empty() {
                    "false".to_owned()
                } else {
                    format!("{lo} IN ({})", commas(values))
                };
                let possible = values.iter().map(|v| format!("{v} BETWEEN {lo} AND {hi}"));
                let possible: Vec<String> = core::iter::once("false".to_owned())
                    .chain(possible)
                    .collect();
                let pick = |open: &str| {
                    format!("CASE WHEN {lo} = {hi} THEN mz_bool({inside}) ELSE {open} END")
                };
                (
                    pick(&big(0)),
                    pick(&format!("mz_bool({})", possible.join(" OR "))),
                )
            }
            Op::MulRound(a, b, c) => known("mul_round", &[*a, *b, *c], ""),
            Op::DivRound(a, b, c) => known("div_round", &[*a, *b, *c], ""),
            Op::RoundTo(a, b, c) => known("round_to", &[*a, *b, *c], ""),
            Op::If(test, yes, no) => {
                let (test, yes, no) = (args(&[*test]), self.v(*yes), self.v(*no));
                let plain = ends(work.plain(id));
                (
                    format!("mz_if({test}, {}, {}, {})", yes.0, no.0, plain.0),
                    format!("mz_if({test}, {}, {}, {})", yes.1, no.1, plain.1),
                )
            }
            Op::Has(a) => {
                let (lo, hi) = self.v(*a);
                let has = format!("mz_bool({lo} = {hi})");
                (has.clone(), has)
            }
            Op::HasLink(link) => {
                let column = quoted(&work.name(entity, Col::Link(*link)));
                let has = format!("mz_bool({column} IS NOT NULL)");
                (has.clone(), has)
            }
            Op::Coalesce(a, value) => {
                let (lo, hi) = self.v(*a);
                let pick = |end: &str| {
                    format!("CASE WHEN {lo} = {hi} THEN {end} ELSE {} END", big(*value))
                };
                (pick(&lo), pick(&hi))
            }
            Op::Age(a, b) => known("age", &[*a, *b], ""),
            Op::AddMonths(a, b) => known("add_months", &[*a, *b], ""),
            Op::AddDays(a, b, minus) => {
                known("add_days", &[*a, *b], if *minus { ", -1" } else { ", 1" })
            }
            Op::AddWorkingDays(a, b) => known("add_working_days", &[*a, *b], ""),
            Op::FirstOfMonth(a, next) => {
                let name = if *next {
                    "first_of_next_month"
                } else {
                    "first_of_month"
                };
                known(name, &[*a], "")
            }
            Op::MonthsBetween(a, b) => known("months_between", &[*a, *b], ""),
            Op::Year(a) => known("year", &[*a], ""),
            Op::Month(a) => known("month", &[*a], ""),
        }
    }

    fn result(&self, entity: usize, result: &ExportResult) -> Vec<String> {
        let key = quoted(&result.key);
        let mut columns = vec![(key.clone(), String::new())];
        for (name, id, _) in &result.outputs {
            let (lo, hi) = self.v(*id);
            columns.push((
                format!("{lo} AS {}", quoted(&format!("{name}_lo"))),
                String::new(),
            ));
            columns.push((
                format!("{hi} AS {}", quoted(&format!("{name}_hi"))),
                String::new(),
            ));
        }
        let mut lines = vec![format!(
            "CREATE OR REPLACE TEMP TABLE {} AS",
            quoted(&result.name)
        )];
        lines.extend(select(&columns));
        let table = self.before(entity, usize::MAX);
        lines.push(format!("  FROM {table} ORDER BY {key};"));
        lines
    }
}

/// `SELECT` with one column a line and its comment.
fn select(columns: &[(String, String)]) -> Vec<String> {
    let mut lines = vec!["  SELECT".to_owned()];
    let last = columns.len().saturating_sub(1);
    for (at, (column, comment)) in columns.iter().enumerate() {
        let comma = if at == last { "" } else { "," };
        let comment = if comment.is_empty() {
            String::new()
        } else {
            format!(" -- {comment}")
        };
        lines.push(format!("    {column}{comma}{comment}"));
    }
    lines
}

/// Place of the key, and its code or lower bound.
type Keys = Vec<(usize, i64)>;

/// For every set of codes its figures with their lower bounds, the one that holds first.
fn by_code(figures: Figures<'_>) -> BTreeMap<Keys, Vec<(Keys, i64)>> {
    let mut out: BTreeMap<Keys, Vec<(Keys, i64)>> = BTreeMap::new();
    for (keys, value, _) in figures.cells {
        let places = keys.iter().copied().enumerate().zip(figures.codes);
        let (codes, bands): (Vec<_>, Vec<_>) = places.partition(|(_, codes)| **codes != 0);
        let plain = |list: Vec<((usize, i64), &i64)>| list.into_iter().map(|(k, _)| k).collect();
        let codes: Keys = plain(codes);
        out.entry(codes).or_default().push((plain(bands), *value));
    }
    for rows in out.values_mut() {
        rows.sort();
        rows.reverse();
    }
    out
}
