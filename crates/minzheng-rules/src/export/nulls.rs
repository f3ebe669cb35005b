//! An output as one expression over the columns of its row, where null is unknown.
//!
//! And, or and comparisons over nulls are Kleene's, and every other operation on null is null: so what is not null is the value of
//! the scalar program, and more is null only where an interval says more than "unknown". An operation of which that does not hold
//! is refused. A test of an age or of days gone by becomes a test of the date itself.

use super::{Work, word};
use crate::date::{Birthday, Day};
use crate::error::{Diagnostic, Diagnostics};
use crate::ir::{NodeId, Op, ix};
use crate::lang::Type;
use crate::number::{RATIO_ONE, Rounding};
use crate::scalar::V;
use crate::scenario::Assessment;

/// Most parts of one expression, and the deepest: engines read no more without complaint.
const MAX_PARTS: usize = 4_000;
const MAX_DEPTH: usize = 100;

/// An expression that both engines can say.
#[derive(Debug, Clone)]
pub(super) enum Expr {
    Column(String),
    Number(i64),
    Day(Day),
    Truth(bool),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
    Compare(Sign, Box<Self>, Box<Self>),
    In(Box<Self>, Vec<Self>),
    /// Whether a column is known.
    Has(String, bool),
    Coalesce(Box<Self>, Box<Self>),
    Add(Box<Self>, Box<Self>),
    Sub(Box<Self>, Box<Self>),
    Mul(Box<Self>, Box<Self>),
    Abs(Box<Self>),
    Div(Box<Division>),
}

/// The whole part of (|dividend| + added) / |divisor|, with the sign of dividend / divisor; null where the divisor is 0.
#[derive(Debug, Clone)]
pub(super) struct Division {
    pub(super) dividend: Expr,
    /// What rounds, not negative.
    pub(super) added: Option<Expr>,
    pub(super) divisor: Expr,
    /// Whether the dividend can be negative, as far as is known of the columns.
    pub(super) of_any_sign: bool,
    /// Whether the divisor can.
    pub(super) by_any_sign: bool,
    pub(super) may_be_zero: bool,
}

/// Words of an expression, and how tightly they hold together.
pub(super) struct Words {
    pub(super) text: String,
    pub(super) binds: u8,
}

/// What needs no brackets anywhere.
pub(super) const ATOM: u8 = 9;

impl Words {
    /// The words where only what holds as tightly can stand.
    pub(super) fn within(self, binds: u8) -> String {
        if self.binds < binds {
            format!("({})", self.text)
        } else {
            self.text
        }
    }
}

/// Expressions in a row, each held together as tightly as `binds`.
pub(super) fn joined(term: fn(&Expr) -> Words, parts: &[Expr], between: &str, binds: u8) -> String {
    let parts: Vec<String> = parts.iter().map(|e| term(e).within(binds)).collect();
    parts.join(between)
}

/// An operation of two expressions that is read from left to right.
pub(super) fn left_to_right(
    term: fn(&Expr) -> Words,
    a: &Expr,
    op: &str,
    b: &Expr,
    binds: u8,
) -> String {
    let (a, b) = (term(a), term(b));
    let b = b.within(binds.saturating_add(1));
    format!("{} {op} {b}", a.within(binds))
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
}

impl Sign {
    /// The sign, with the words of a language for "is" and "is not".
    pub(super) const fn written(self, is: &'static str, is_not: &'static str) -> &'static str {
        match self {
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Eq => is,
            Self::Ne => is_not,
        }
    }

    /// The same with the sides changed.
    const fn turned(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            same => same,
        }
    }
}

impl Expr {
    /// The whole numbers that stand for it, where it is the same in every row.
    fn literal(&self) -> Option<V> {
        match self {
            Self::Number(n) => Some(V::known(*n)),
            Self::Day(day) => Some(V::known(day.number())),
            Self::Truth(truth) => Some(V::bool(*truth)),
            _ => None,
        }
    }

    fn parts(&self) -> usize {
        let below: Vec<&Self> = match self {
            Self::Column(_) | Self::Number(_) | Self::Day(_) | Self::Truth(_) | Self::Has(..) => {
                Vec::new()
            }
            Self::Not(a) | Self::Abs(a) | Self::In(a, _) => vec![a],
            Self::And(list) | Self::Or(list) => list.iter().collect(),
            Self::Compare(_, a, b)
            | Self::Coalesce(a, b)
            | Self::Add(a, b)
            | Self::Sub(a, b)
            | Self::Mul(a, b) => vec![a, b],
            Self::Div(d) => {
                let ends = [&d.dividend, &d.divisor];
                ends.into_iter().chain(&d.added).collect()
            }
        };
        let below = below.into_iter().map(Self::parts);
        below.fold(1, usize::saturating_add)
    }

    fn not(self) -> Self {
        match self {
            Self::Not(a) => *a,
            Self::Truth(truth) => Self::Truth(!truth),
            Self::Has(column, yes) => Self::Has(column, !yes),
            Self::Compare(Sign::Eq, a, b) => Self::Compare(Sign::Ne, a, b),
            other => Self::Not(Box::new(other)),
        }
    }

    /// A column stands on the left, what is the same in every row on the right.
    fn compare(sign: Sign, a: Self, b: Self) -> Self {
        let weight = |e: &Self| match e {
            Self::Column(_) => 0,
            e if e.literal().is_some() => 2,
            _ => 1,
        };
        if let (Some(x), Some(y)) = (a.literal(), b.literal()) {
            return Self::Truth(match sign {
                Sign::Lt => x.lo < y.lo,
                Sign::Le => x.lo <= y.lo,
                Sign::Gt => x.lo > y.lo,
                Sign::Ge => x.lo >= y.lo,
                Sign::Eq => x == y,
                Sign::Ne => x != y,
            });
        }
        let turn = weight(&b) < weight(&a);
        let (sign, a, b) = if turn {
            (sign.turned(), b, a)
        } else {
            (sign, a, b)
        };
        Self::Compare(sign, Box::new(a), Box::new(b))
    }
}

/// Where a plan cannot be written, and why.
type Refused = (NodeId, &'static str);

/// The expressions of every result, in its order.
pub(super) type Views = Vec<Vec<Expr>>;

/// `law` is a case of the day and place that says nothing else.
pub(super) fn views(work: &Work<'_>, law: &Assessment) -> Result<Views, Diagnostics> {
    let mut findings = Diagnostics::new();
    let mut out = Views::new();
    for (entity, result) in work.results {
        let mut list = Vec::new();
        for (name, id, _) in &result.outputs {
            let mut writer = Writer {
                work,
                law,
                entity: *entity,
                left: MAX_PARTS,
            };
            match writer.expr(*id, 0) {
                Ok(expr) => list.push(expr),
                Err((at, why)) => findings.push(refusal(work, name, at, why)),
            }
        }
        out.push(list);
    }
    if findings.is_empty() {
        Ok(out)
    } else {
        Err(findings)
    }
}

fn refusal(work: &Work<'_>, name: &str, at: NodeId, why: &str) -> Diagnostic {
    let node = work.node(at);
    let rule = node.map_or_else(String::new, |n| work.rule(n));
    let rule = if rule.is_empty() {
        String::new()
    } else {
        format!(" in {rule}")
    };
    let op = node.map_or("", |n| word(&n.op));
    let message = format!("`{name}` is no single expression over nulls: `{op}`{rule}: {why}");
    Diagnostic::error("E-EXPORT-NULLS", message)
        .help("write it out as intervals, which can say all that the library can")
}

struct Writer<'a> {
    work: &'a Work<'a>,
    law: &'a Assessment,
    entity: usize,
    /// How many more parts there may be.
    left: usize,
}

impl Writer<'_> {
    fn expr(&mut self, id: NodeId, depth: usize) -> Result<Expr, Refused> {
        let work = self.work;
        let refused = |why| Err((id, why));
        let Some(node) = work.node(id) else {
            return refused("there is no such step");
        };
        self.left = match self.left.checked_sub(1) {
            Some(left) if depth < MAX_DEPTH => left,
            _ => return refused("it is too large"),
        };
        if let Some(value) = self.fixed(id) {
            return match value.get() {
                Some(value) => literal(value, node.ty).ok_or((id, "it is no day")),
                None => refused("it has no value"),
            };
        }
        let deeper = depth.saturating_add(1);
        let expr = match &node.op {
            Op::Fact(_) | Op::HasLink(_) if node.row != self.entity => {
                return refused("it stands in another row");
            }
            Op::Fact(fact) => match work.set.facts.get(*fact) {
                Some(fact) if fact.ty != Type::Text => Expr::Column(fact.id.clone()),
                _ => return refused("text decides nothing"),
            },
            Op::HasLink(link) => Expr::Has(format!("link:{}", work.link(node.row, *link).0), true),
            Op::Formula(..) if work.finding(id).is_some() => {
                return refused("an official's finding may stand for it");
            }
            Op::Formula(_, None) => return refused("no rule is in force"),
            Op::Formula(_, Some(inner)) => self.expr(*inner, deeper)?,
            Op::Not(a) => self.expr(*a, deeper)?.not(),
            Op::And(list) => match self.list(list, deeper)? {
                list if list.is_empty() => Expr::Truth(true),
                list => Expr::And(list),
            },
            Op::Or(list) => match self.list(list, deeper)? {
                list if list.is_empty() => Expr::Truth(false),
                list => Expr::Or(list),
            },
            Op::Lt(a, b) => self.compare(Sign::Lt, *a, *b, deeper)?,
            Op::Le(a, b) => self.compare(Sign::Le, *a, *b, deeper)?,
            Op::Eq(a, b) => self.compare(Sign::Eq, *a, *b, deeper)?,
            Op::In(a, values) => {
                let ty = self.ty(*a);
                let a = self.expr(*a, deeper)?;
                let values: Option<Vec<Expr>> = values.iter().map(|v| literal(*v, ty)).collect();
                match values {
                    Some(values) if !values.is_empty() && a.literal().is_none() => {
                        Expr::In(Box::new(a), values)
                    }
                    _ => return refused("it is the same in every row"),
                }
            }
            Op::Add(a, b) => self.sum(id, [*a, *b], deeper, V::add, Expr::Add)?,
            Op::Sub(a, b) => self.sum(id, [*a, *b], deeper, V::sub, Expr::Sub)?,
            Op::Mul(a, b) => self.sum(id, [*a, *b], deeper, V::mul, Expr::Mul)?,
            Op::Scale(a, k) => {
                let a = self.expr(*a, deeper)?;
                arithmetic(id, a, Expr::Number(*k), V::mul, Expr::Mul)?
            }
            Op::MulRound(a, b, rule) => {
                let product = self.sum(id, [*a, *b], deeper, V::mul, Expr::Mul)?;
                self.rounded(id, product, Expr::Number(RATIO_ONE), *rule)?
            }
            Op::DivRound(a, b, rule) => self.divided(id, *a, *b, *rule, deeper)?,
            Op::RoundTo(a, b, rule) => {
                let units = self.divided(id, *a, *b, *rule, deeper)?;
                Expr::Mul(Box::new(units), Box::new(self.expr(*b, deeper)?))
            }
            Op::Has(a) => match self.given(*a) {
                Some(column) => Expr::Has(column, true),
                None => return refused("only a fact of the row can be asked for"),
            },
            Op::Coalesce(a, value) => match (self.given(*a), literal(*value, node.ty)) {
                (Some(column), Some(value)) => {
                    Expr::Coalesce(Box::new(Expr::Column(column)), Box::new(value))
                }
                _ => return refused("only a fact of the row can be replaced"),
            },
            Op::Age(..) => return refused("only a comparison with a fixed age is one of dates"),
            _ => return refused("nulls do not say what it gives"),
        };
        Ok(expr)
    }

    fn list(&mut self, ids: &[NodeId], depth: usize) -> Result<Vec<Expr>, Refused> {
        ids.iter().map(|id| self.expr(*id, depth)).collect()
    }

    /// What a rule says that no finding can stand for.
    fn bare(&self, mut id: NodeId) -> NodeId {
        while let Some(Op::Formula(_, Some(inner))) = self.work.node(id).map(|n| &n.op)
            && self.work.finding(id).is_none()
        {
            id = *inner;
        }
        id
    }

    /// The value that the law alone gives, the same in every row.
    fn fixed(&self, id: NodeId) -> Option<V> {
        let id = self.bare(id);
        let constant = || self.law.node(id, 0);
        let inline = self.work.inline(id);
        inline.or_else(|| self.work.plan.is_constant(ix(id)).then(constant)?)
    }

    fn known(&self, id: NodeId) -> Option<i64> {
        self.fixed(id).and_then(V::get)
    }

    fn ty(&self, id: NodeId) -> Type {
        self.work.node(id).map_or(Type::Text, |n| n.ty)
    }

    /// The lowest value there can be, where it is known.
    fn low(&self, expr: &Expr) -> Option<i64> {
        let both = |a, b| Some((self.low(a)?, self.low(b)?));
        match expr {
            Expr::Column(name) => self.work.low(self.entity, name),
            Expr::Number(n) => Some(*n),
            Expr::Add(a, b) => both(a, b).and_then(|(a, b)| a.checked_add(b)),
            Expr::Mul(a, b) => {
                let (a, b) = both(a, b).filter(|(a, b)| *a >= 0 && *b >= 0)?;
                a.checked_mul(b)
            }
            Expr::Coalesce(a, b) => both(a, b).map(|(a, b)| a.min(b)),
            Expr::Div(d) if !d.of_any_sign && !d.by_any_sign => Some(0),
            Expr::Abs(_) => Some(0),
            _ => None,
        }
    }

    /// The column of a fact of this row that is unknown exactly where it is null.
    fn given(&self, id: NodeId) -> Option<String> {
        let node = self.work.node(self.bare(id))?;
        let Op::Fact(fact) = &node.op else {
            return None;
        };
        let fact = self.work.set.facts.get(*fact)?;
        // a fact that can only be one value is known without being given
        let open = fact.low.is_none() || fact.low != fact.high;
        let here = node.row == self.entity && fact.ty != Type::Text;
        (here && open).then(|| fact.id.clone())
    }

    fn sum(
        &mut self,
        id: NodeId,
        [a, b]: [NodeId; 2],
        depth: usize,
        known: impl Fn(V, V) -> V,
        make: impl Fn(Box<Expr>, Box<Expr>) -> Expr,
    ) -> Result<Expr, Refused> {
        if self.ty(a) == Type::Date || self.ty(b) == Type::Date {
            return Err((id, "only a comparison with fixed days is one of dates"));
        }
        let (a, b) = (self.expr(a, depth)?, self.expr(b, depth)?);
        arithmetic(id, a, b, known, make)
    }

    fn compare(&mut self, sign: Sign, a: NodeId, b: NodeId, depth: usize) -> Result<Expr, Refused> {
        if let Some(limit) = self.known(b)
            && let Some(found) = self.date_test(a, sign, limit, depth)?
        {
            return Ok(found);
        }
        if let Some(limit) = self.known(a)
            && let Some(found) = self.date_test(b, sign.turned(), limit, depth)?
        {
            return Ok(found);
        }
        let (a, b) = (self.expr(a, depth)?, self.expr(b, depth)?);
        Ok(Expr::compare(sign, a, b))
    }

    /// A comparison of days between a date and a fixed one, or of an age on a fixed day, with a fixed number.
    fn date_test(
        &mut self,
        id: NodeId,
        sign: Sign,
        limit: i64,
        depth: usize,
    ) -> Result<Option<Expr>, Refused> {
        let work = self.work;
        let far = (id, "the days compared with lie outside the years 1 to 9999");
        let day = |number: Option<i64>| number.and_then(Day::from_number).map(Expr::Day).ok_or(far);
        let test = match work.node(self.bare(id)).map(|n| &n.op) {
            Some(Op::Sub(a, b)) if self.ty(*a) == Type::Date => {
                if let Some(from) = self.known(*a) {
                    let than = day(from.checked_sub(limit))?;
                    Expr::compare(sign.turned(), self.expr(*b, depth)?, than)
                } else if let Some(from) = self.known(*b) {
                    let than = day(from.checked_add(limit))?;
                    Expr::compare(sign, self.expr(*a, depth)?, than)
                } else {
                    return Ok(None);
                }
            }
            Some(Op::Age(birth, on)) => {
                let Some(on) = self.known(*on).and_then(Day::from_number) else {
                    return Ok(None);
                };
                let birth = self.expr(*birth, depth)?;
                let older = limit.saturating_add(1);
                let born = |sign, years| {
                    let last = last_birth(on, years).ok_or(far)?;
                    Ok(Expr::compare(sign, birth.clone(), Expr::Day(last)))
                };
                match sign {
                    Sign::Lt => born(Sign::Gt, limit)?,
                    Sign::Ge => born(Sign::Le, limit)?,
                    Sign::Le => born(Sign::Gt, older)?,
                    Sign::Gt => born(Sign::Le, older)?,
                    Sign::Eq => Expr::And(vec![born(Sign::Le, limit)?, born(Sign::Gt, older)?]),
                    Sign::Ne => Expr::Or(vec![born(Sign::Gt, limit)?, born(Sign::Le, older)?]),
                }
            }
            _ => return Ok(None),
        };
        Ok(Some(test))
    }

    fn divided(
        &mut self,
        id: NodeId,
        a: NodeId,
        b: NodeId,
        rule: NodeId,
        depth: usize,
    ) -> Result<Expr, Refused> {
        let (dividend, divisor) = (self.expr(a, depth)?, self.expr(b, depth)?);
        self.rounded(id, dividend, divisor, rule)
    }

    /// A quotient rounded by a fixed rule.
    fn rounded(
        &self,
        id: NodeId,
        dividend: Expr,
        divisor: Expr,
        rule: NodeId,
    ) -> Result<Expr, Refused> {
        let of_any_sign = self.low(&dividend).is_none_or(|low| low < 0);
        let by_any_sign = self.low(&divisor).is_none_or(|low| low < 0);
        let may_be_zero = match divisor {
            Expr::Number(n) => n == 0,
            _ => self.low(&divisor).is_none_or(|low| low <= 0),
        };
        if dividend.literal().is_some() {
            return Err((id, "a fixed number is divided"));
        }
        let size = |e: Expr| match e {
            Expr::Number(n) => Expr::Number(n.saturating_abs()),
            e if by_any_sign => Expr::Abs(Box::new(e)),
            e => e,
        };
        let rule = self.known(rule);
        let (dividend, added, divisor) = match rule.and_then(Rounding::from_index) {
            Some(Rounding::HalfUp) => match halved(&divisor) {
                Some(half) => (dividend, Some(size(half)), divisor),
                None => (twice(dividend), Some(size(divisor.clone())), twice(divisor)),
            },
            Some(Rounding::Up) => {
                let less = match size(divisor.clone()) {
                    Expr::Number(n) => Expr::Number(n.saturating_sub(1)),
                    e => Expr::Sub(Box::new(e), Box::new(Expr::Number(1))),
                };
                (dividend, Some(less), divisor)
            }
            Some(Rounding::Down) => (dividend, None, divisor),
            _ => return Err((id, "its rounding cannot be written")),
        };
        let division = Expr::Div(Box::new(Division {
            dividend,
            added,
            divisor,
            of_any_sign,
            by_any_sign,
            may_be_zero,
        }));
        if division.parts() > MAX_PARTS {
            return Err((id, "it is too large"));
        }
        Ok(division)
    }
}

fn twice(e: Expr) -> Expr {
    match e {
        Expr::Number(n) => Expr::Number(n.saturating_mul(2)),
        e => Expr::Mul(Box::new(e), Box::new(Expr::Number(2))),
    }
}

/// Half of what is even in every row.
fn halved(e: &Expr) -> Option<Expr> {
    match e {
        Expr::Number(n) if n % 2 == 0 => Some(Expr::Number(n / 2)),
        Expr::Mul(a, k) => Some(Expr::Mul(a.clone(), Box::new(halved(k)?))),
        _ => None,
    }
}

fn arithmetic(
    id: NodeId,
    a: Expr,
    b: Expr,
    known: impl Fn(V, V) -> V,
    make: impl Fn(Box<Expr>, Box<Expr>) -> Expr,
) -> Result<Expr, Refused> {
    match (a.literal(), b.literal()) {
        (Some(x), Some(y)) => {
            let value = known(x, y).get().ok_or((id, "it has no value"))?;
            Ok(Expr::Number(value))
        }
        _ => Ok(make(Box::new(a), Box::new(b))),
    }
}

fn literal(value: i64, ty: Type) -> Option<Expr> {
    match ty {
        Type::Bool => Some(Expr::Truth(value != 0)),
        Type::Date => Day::from_number(value).map(Expr::Day),
        _ => Some(Expr::Number(value)),
    }
}

/// The last day of birth of whoever is so many years old on a day: who is born later is younger.
fn last_birth(on: Day, years: i64) -> Option<Day> {
    let is_old = |birth: Day| birth.age_on(on, Birthday::LastOfFebruary) >= years;
    let same_day = on.add_months(years.checked_mul(-12)?);
    // who was born on a leap day comes of age on the last of February
    let next = same_day.next();
    let last = if is_old(next) { next } else { same_day };
    // at the ends of the calendar `add_months` stops
    (is_old(last) && !is_old(last.next())).then_some(last)
}

#[cfg(test)]
mod tests {
    use core::fmt::Write as _;

    use super::*;
    use crate::export::{ColumnKind, Dialect, ExportRequest, Exported, Form};
    use crate::pack::{PackSet, PackSource, SourceFile};
    use crate::scenario::Engine;

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
        links = { boss = "part" }
        [[codes]]
        id = "colour"
        title = { zh = "色", en = "colour" }
        values = [{ id = "red", zh = "红", en = "red" }, { id = "blue", zh = "蓝", en = "blue" }]
        [[formula]]
        id = "years"
        entity = "part"
        type = "count"
        from = 2020-01-01
        status = "invented"
        expr = "age(born, on - days(1))"
    "#;

    /// Facts of a part, and of a unit `above`; a formula `f` of a part.
    fn export(dialect: Dialect, ty: &str, expr: &str) -> Result<Exported, Diagnostics> {
        export_knowing(dialect, ty, expr, &[])
    }

    fn export_knowing(
        dialect: Dialect,
        ty: &str,
        expr: &str,
        lows: &[(String, i64)],
    ) -> Result<Exported, Diagnostics> {
        let mut pack = PACK.to_owned();
        for (entity, id, ty, bounds) in [
            ("unit", "above", "bool", ""),
            ("part", "yes", "bool", ""),
            ("part", "sure", "bool", ""),
            ("part", "hue", "code:colour", ""),
            ("part", "born", "date", ""),
            ("part", "begun", "date", ""),
            ("part", "pay", "money", ""),
            ("part", "paid", "money", "low = 0"),
            ("part", "many", "count", ""),
            ("part", "size", "count", "low = 1"),
            ("part", "fixed", "count", "low = 4\nhigh = 4"),
        ] {
            writeln!(
                pack,
                "[[fact]]\nid = \"{id}\"\nentity = \"{entity}\"\ntype = \"{ty}\"\n{bounds}\ntitle = {{ zh = \"x\", en = \"x\" }}"
            )
            .unwrap();
        }
        writeln!(
            pack,
            "[[formula]]\nid = \"f\"\nentity = \"part\"\ntype = \"{ty}\"\nfrom = 2020-01-01\nstatus = \"invented\"\nexpr = \"{expr}\""
        )
        .unwrap();
        let set = PackSet::load(&[PackSource::new(vec![SourceFile::new("pack.toml", pack)])]);
        Engine::new(set.unwrap_or_else(|e| panic!("{e}"))).export(&ExportRequest {
            dialect,
            on: Day::parse("2026-02-28").unwrap(),
            known_on: Day::MAX,
            place: "000000",
            outputs: &["f".to_owned()],
            form: Form::Nulls,
            lows,
        })
    }

    /// The expression in SQL and in Python.
    fn written(ty: &str, expr: &str) -> (String, String) {
        let part = |dialect, before: &str, after: &str| {
            let text = export(dialect, ty, expr).unwrap_or_else(|e| panic!("{e}"));
            let text = text.text;
            let line = text.lines().find(|l| l.contains(after)).unwrap();
            let before_it = line.split(after).next().unwrap().trim();
            before_it.trim_start_matches(before).to_owned()
        };
        let sql = part(Dialect::DuckDb, "", " AS \"f\" -- ");
        (sql, part(Dialect::Polars, "\"f\": ", ",  # "))
    }

    #[test]
    fn a_formula_is_what_one_writes_who_knows_the_engine() {
        for (expr, sql, python) in [
            (
                "yes && !sure || hue in [red, blue]",
                r#""yes" AND NOT "sure" OR "hue" IN (0, 1)"#,
                r#"pl.col("yes") & ~pl.col("sure") | pl.col("hue").is_in([0, 1])"#,
            ),
            (
                "(yes || sure) && hue != blue",
                r#"("yes" OR "sure") AND "hue" <> 1"#,
                r#"(pl.col("yes") | pl.col("sure")) & (pl.col("hue") != 1)"#,
            ),
            (
                "!(yes && pay - (pay - yuan(1)) >= pay * 3)",
                r#"NOT ("yes" AND "pay" * 3 <= "pay" - ("pay" - 100))"#,
                r#"~(pl.col("yes") & (pl.col("pay") * 3 <= pl.col("pay") - (pl.col("pay") - 100)))"#,
            ),
            (
                "has(born) && !has(pay) && coalesce(many, 2) == 2 && has(boss)",
                r#""born" IS NOT NULL AND "pay" IS NULL AND coalesce("many", 2) = 2 AND "link:boss" IS NOT NULL"#,
                r#"pl.col("born").is_not_null() & pl.col("pay").is_null() & (pl.col("many").fill_null(2) == 2) & pl.col("link:boss").is_not_null()"#,
            ),
            // ages and days gone by
            (
                "age(born) >= 18 && age(born) <= 59",
                r#""born" <= DATE '2008-02-29' AND "born" > DATE '1966-02-28'"#,
                r#"(pl.col("born") <= datetime.date(2008, 2, 29)) & (pl.col("born") > datetime.date(1966, 2, 28))"#,
            ),
            (
                "age(born) == 1",
                r#""born" <= DATE '2025-02-28' AND "born" > DATE '2024-02-29'"#,
                r#"(pl.col("born") <= datetime.date(2025, 2, 28)) & (pl.col("born") > datetime.date(2024, 2, 29))"#,
            ),
            (
                "on - begun > days(59) || begun - on >= days(1) || begun < on || begun > born",
                r#""begun" < DATE '2025-12-31' OR "begun" >= DATE '2026-03-01' OR "begun" < DATE '2026-02-28' OR "born" < "begun""#,
                r#"(pl.col("begun") < datetime.date(2025, 12, 31)) | (pl.col("begun") >= datetime.date(2026, 3, 1)) | (pl.col("begun") < datetime.date(2026, 2, 28)) | (pl.col("born") < pl.col("begun"))"#,
            ),
            // what the law alone gives is a number, and a formula what it says
            (
                "years < 18 && begun < add_months(first_of_month(on), months(-1))",
                r#""born" > DATE '2008-02-27' AND "begun" < DATE '2026-01-01'"#,
                r#"(pl.col("born") > datetime.date(2008, 2, 27)) & (pl.col("begun") < datetime.date(2026, 1, 1))"#,
            ),
            (
                "1 < 2 || yes",
                r#"true OR "yes""#,
                r#"pl.lit(True) | pl.col("yes")"#,
            ),
        ] {
            assert_eq!(
                written("bool", expr),
                (sql.to_owned(), python.to_owned()),
                "{expr}"
            );
        }
    }

    #[test]
    fn a_division_rounds_either_sign() {
        for (expr, sql, python) in [
            (
                "div_round(pay, size * 12, half_up)",
                r#"("pay" + CASE WHEN "pay" < 0 THEN -("size" * 6) ELSE "size" * 6 END) // ("size" * 12)"#,
                r#"(pl.col("pay").abs() + pl.col("size") * 6) // (pl.col("size") * 12) * pl.col("pay").sign()"#,
            ),
            (
                "div_round(yuan(0) - pay, many, half_up)",
                r#"((0 - "pay") * 2 + CASE WHEN (0 - "pay") * 2 < 0 THEN -abs("many") ELSE abs("many") END) // nullif("many" * 2, 0)"#,
                r#"(((0 - pl.col("pay")) * 2).abs() + pl.col("many").abs()) // (pl.col("many") * 2).abs() * ((0 - pl.col("pay")) * 2).sign() * (pl.col("many") * 2).sign()"#,
            ),
            (
                "div_round(pay, size, up)",
                r#"("pay" + CASE WHEN "pay" < 0 THEN -("size" - 1) ELSE "size" - 1 END) // "size""#,
                r#"(pl.col("pay").abs() + (pl.col("size") - 1)) // pl.col("size") * pl.col("pay").sign()"#,
            ),
            (
                "div_round(paid, 3, half_up)",
                r#"("paid" * 2 + 3) // 6"#,
                r#"(pl.col("paid") * 2 + 3) // 6"#,
            ),
            (
                "round_to(pay, yuan(1), down)",
                r#""pay" // 100 * 100"#,
                r#"pl.col("pay").abs() // 100 * pl.col("pay").sign() * 100"#,
            ),
        ] {
            assert_eq!(
                written("money", expr),
                (sql.to_owned(), python.to_owned()),
                "{expr}"
            );
        }
    }

    #[test]
    fn a_division_is_shorter_where_the_tables_hold_nothing_negative() {
        let expr = "div_round(pay, many * 12, half_up)";
        let text = |lows: &[(&str, i64)]| {
            let lows: Vec<_> = lows
                .iter()
                .map(|(id, low)| ((*id).to_owned(), *low))
                .collect();
            let found = export_knowing(Dialect::DuckDb, "money", expr, &lows);
            found.map(|exported| exported.text)
        };
        let plain = r#"("pay" + "many" * 6) // ("many" * 12) AS "f""#;
        assert!(text(&[("pay", 0), ("many", 1)]).unwrap().contains(plain));
        let zero = r#"("pay" + "many" * 6) // nullif("many" * 12, 0) AS "f""#;
        assert!(text(&[("pay", 0), ("many", 0)]).unwrap().contains(zero));
        assert!(text(&[("pay", -1), ("many", 1)]).unwrap().contains("CASE"));
        let refused = text(&[("pai", 0)]).unwrap_err();
        assert_eq!(refused.first().unwrap().code(), "E-EXPORT-LOW");
    }

    #[test]
    fn tables_have_what_is_read() {
        let exported = export(Dialect::DuckDb, "bool", "yes && has(born)").unwrap();
        let [part] = exported.tables.as_slice() else {
            panic!("{:?}", exported.tables);
        };
        assert_eq!((part.name.as_str(), &part.parent), ("part", &None));
        let columns: Vec<_> = part
            .columns
            .iter()
            .map(|c| (c.name.as_str(), c.kind))
            .collect();
        assert_eq!(
            columns,
            [("yes", ColumnKind::Truth), ("born", ColumnKind::Date)]
        );
        assert!(
            exported.text.contains("\"born\" DATE)"),
            "{}",
            exported.text
        );
    }

    #[test]
    fn what_nulls_cannot_say_is_refused_by_name() {
        for (ty, expr, why) in [
            ("bool", "unit.above", "another row"),
            ("bool", "has(fixed)", "only a fact"),
            ("count", "coalesce(fixed, 1)", "only a fact"),
            ("count", "age(born)", "fixed age"),
            ("bool", "age(born) > 3000", "outside the years"),
            ("bool", "begun - born > days(3)", "fixed days"),
            ("bool", "begun + days(3) < on", "nulls do not say"),
            ("count", "yes ? 1 : 2", "nulls do not say"),
            ("count", "min(many, size)", "nulls do not say"),
            ("money", "div_round(pay, size, exact)", "rounding"),
            ("money", "div_round(yuan(7), size, up)", "a fixed number"),
        ] {
            let refused = export(Dialect::Polars, ty, expr).unwrap_err();
            let first = refused.first().unwrap();
            assert_eq!(first.code(), "E-EXPORT-NULLS", "{expr}");
            assert!(first.message().contains(why), "{expr}: {first}");
        }
    }

    #[test]
    fn an_age_is_reached_exactly_by_those_born_up_to_the_last_day() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(last_birth(day("2026-01-01"), 60), Some(day("1966-01-01")));
        assert_eq!(last_birth(day("2026-02-28"), 18), Some(day("2008-02-29")));
        assert_eq!(last_birth(day("2024-02-29"), 1), Some(day("2023-02-28")));
        assert_eq!(last_birth(day("2026-01-01"), 2_026), None);
        assert_eq!(last_birth(day("2026-01-01"), i64::MAX), None);
        for year in [2_023, 2_024, 2_025, 2_100] {
            for month in [1, 2, 3, 12] {
                for of_month in [1, 27, 28, 29, 30, 31] {
                    let Some(on) = Day::from_ymd(year, month, of_month) else {
                        continue;
                    };
                    for years in [-3, -1, 0, 1, 4, 18, 60, 100] {
                        let last = last_birth(on, years).unwrap();
                        for off in -800..800 {
                            let birth = last.add_days(off);
                            let age = birth.age_on(on, Birthday::LastOfFebruary);
                            assert_eq!(age >= years, birth <= last, "{birth} {on} {years}");
                        }
                    }
                }
            }
        }
    }
}
