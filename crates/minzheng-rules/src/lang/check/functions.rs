//! Functions: the table of their names, and how each checks its arguments.

use super::unify::fit;
use super::{Checked, Checker, Scope};
use crate::date::Day;
use crate::error::did_you_mean;
use crate::lang::ast::{Expr, ExprKind};
use crate::lang::names::Named;
use crate::lang::types::{Period, Row, TExpr, TOp, Type};
use crate::lang::{LangError, Span};
use crate::number::parse_fixed;

/// A function: its name, the least and the most arguments it takes, and what checks them.
type Function = (&'static str, usize, usize, fn(&Call<'_>) -> Checked);

const FUNCTIONS: [Function; 22] = [
    ("min", 2, 16, |call| extreme(call, TOp::Min)),
    ("max", 2, 16, |call| extreme(call, TOp::Max)),
    ("per_year", 1, 1, per_year),
    ("per_month", 2, 2, per_month),
    ("mul_round", 3, 3, |call| {
        rounded(call, |_| Type::Ratio, TOp::MulRound)
    }),
    ("div_round", 3, 3, |call| {
        rounded(call, |_| Type::Count, TOp::DivRound)
    }),
    ("round_to", 3, 3, |call| {
        rounded(call, |money| money, TOp::RoundTo)
    }),
    ("show_div", 2, 2, show_div),
    ("age", 1, 2, age),
    ("add_months", 2, 2, |call| {
        with_date(call, Type::Months, TOp::AddMonths, Type::Date)
    }),
    ("add_working_days", 2, 2, |call| {
        with_date(call, Type::Count, TOp::AddWorkingDays, Type::Date)
    }),
    ("first_of_month", 1, 1, |call| {
        of_date(call, TOp::FirstOfMonth, Type::Date)
    }),
    ("first_of_next_month", 1, 1, |call| {
        of_date(call, TOp::FirstOfNextMonth, Type::Date)
    }),
    ("months_between", 2, 2, |call| {
        with_date(call, Type::Date, TOp::MonthsBetween, Type::Count)
    }),
    ("year", 1, 1, |call| of_date(call, TOp::Year, Type::Count)),
    ("month", 1, 1, |call| of_date(call, TOp::Month, Type::Count)),
    ("has", 1, 1, has),
    ("coalesce", 2, 2, coalesce),
    ("yuan", 1, 1, yuan),
    ("date", 1, 1, date),
    ("days", 1, 1, |call| duration(call, Type::Days, "days(7)")),
    ("months", 1, 1, |call| {
        duration(call, Type::Months, "months(6)")
    }),
];

/// A call of a function.
struct Call<'a> {
    checker: &'a Checker<'a>,
    span: Span,
    name: &'a str,
    args: &'a [Expr],
    scope: &'a Scope,
    /// The type that is wanted of the call.
    want: Option<Type>,
}

impl Checker<'_> {
    pub(super) fn function(
        &self,
        e: &Expr,
        name: &str,
        name_span: Span,
        args: &[Expr],
        scope: &Scope,
        want: Option<Type>,
    ) -> Checked {
        let Some((_, low, high, check)) = FUNCTIONS.into_iter().find(|(n, ..)| *n == name) else {
            // a macro called as a function is taken for its name
            let words = FUNCTIONS.into_iter().map(|(name, ..)| name);
            let near = did_you_mean(name, words.chain(["all", "exists", "count"]));
            let message = format!("unknown function `{name}`");
            return Err(
                LangError::new("E-CALL", name_span, message).help(near.unwrap_or_else(|| {
                    "the functions stand in docs/guide/rule-language.md".to_owned()
                })),
            );
        };
        if args.len() < low || args.len() > high {
            let wants = if low == high {
                low.to_string()
            } else {
                format!("{low} to {high}")
            };
            let message = format!("`{name}` takes {wants} arguments, {} are given", args.len());
            return Err(LangError::new("E-CALL", e.span, message));
        }
        check(&Call {
            checker: self,
            span: e.span,
            name,
            args,
            scope,
            want,
        })
    }
}

impl Call<'_> {
    fn arg(&self, index: usize) -> Result<&Expr, LangError> {
        self.args.get(index).ok_or_else(|| {
            let message = format!("`{}` misses an argument", self.name);
            LangError::new("E-CALL", self.span, message)
        })
    }

    fn any(&self, index: usize, want: Option<Type>) -> Checked {
        self.checker.expr(self.arg(index)?, self.scope, want)
    }

    fn of_type(&self, index: usize, want: Type) -> Checked {
        self.checker.wanted(self.arg(index)?, self.scope, want)
    }

    /// An argument that is whole fen, of any period.
    fn whole_fen(&self, index: usize) -> Checked {
        let a = self.any(index, None)?;
        if let Type::Money { scale: 0, .. } = a.ty {
            return Ok(a);
        }
        let found = self.checker.describe(a.ty);
        let want = Type::money(Period::Once);
        Err(self.checker.mismatch(a.span, want, &found))
    }

    fn rounding_type(&self) -> Type {
        Type::Code(self.checker.names.rounding_list())
    }

    fn make(&self, op: TOp, ty: Type, row: Row) -> TExpr {
        TExpr::new(op, ty, row, self.span)
    }
}

fn extreme(call: &Call<'_>, op: fn(Vec<TExpr>) -> TOp) -> Checked {
    let mut parts: Vec<TExpr> = Vec::new();
    for item in call.args {
        let next = call.checker.expr(item, call.scope, call.want)?;
        let Some(first) = parts.pop() else {
            parts.push(next);
            continue;
        };
        let (first, next) = call.checker.same(first, next, call.span)?;
        let ty = first.ty;
        parts = parts.into_iter().filter_map(|p| fit(p, ty)).collect();
        parts.push(first);
        parts.push(next);
    }
    let ty = parts.last().map_or(Type::Count, |p| p.ty);
    if parts.len() != call.args.len() || !ty.is_ordered() {
        let message = format!("`{}` takes values of one ordered type", call.name);
        return Err(LangError::new("E-TYPE", call.span, message));
    }
    let row = call.checker.finest(call.span, &parts)?;
    Ok(call.make(op(parts), ty, row))
}

fn per_year(call: &Call<'_>) -> Checked {
    let a = call.of_type(0, Type::money(Period::Month))?;
    let row = a.row;
    Ok(call.make(TOp::Scale(Box::new(a), 12), Type::money(Period::Year), row))
}

fn per_month(call: &Call<'_>) -> Checked {
    let a = call.of_type(0, Type::money(Period::Year))?;
    let twelve = TExpr::constant(12, Type::Count, call.span);
    let rule = call.of_type(1, call.rounding_type())?;
    let row = call.checker.finest(call.span, [&a, &rule])?;
    Ok(call.make(
        TOp::DivRound(Box::new(a), Box::new(twelve), Box::new(rule)),
        Type::money(Period::Month),
        row,
    ))
}

/// Money brought to whole fen by a second value, of a type that depends on the money's, and a rounding.
fn rounded(
    call: &Call<'_>,
    second: fn(Type) -> Type,
    op: fn(Box<TExpr>, Box<TExpr>, Box<TExpr>) -> TOp,
) -> Checked {
    let a = call.whole_fen(0)?;
    let b = call.of_type(1, second(a.ty))?;
    let rule = call.of_type(2, call.rounding_type())?;
    let row = call.checker.finest(call.span, [&a, &b, &rule])?;
    let ty = a.ty;
    Ok(call.make(op(Box::new(a), Box::new(b), Box::new(rule)), ty, row))
}

fn show_div(call: &Call<'_>) -> Checked {
    let a = call.whole_fen(0)?;
    let b = call.of_type(1, Type::Count)?;
    let row = call.checker.finest(call.span, [&a, &b])?;
    let rule = TExpr::constant(0, call.rounding_type(), call.span);
    Ok(call.make(
        TOp::DivRound(Box::new(a), Box::new(b), Box::new(rule)),
        Type::Shown,
        row,
    ))
}

fn age(call: &Call<'_>) -> Checked {
    let birth = call.of_type(0, Type::Date)?;
    let day = if call.args.len() > 1 {
        call.of_type(1, Type::Date)?
    } else {
        TExpr::today(call.span)
    };
    let row = call.checker.finest(call.span, [&birth, &day])?;
    Ok(call.make(TOp::Age(Box::new(birth), Box::new(day)), Type::Count, row))
}

/// A date and a second value.
fn with_date(
    call: &Call<'_>,
    second: Type,
    op: fn(Box<TExpr>, Box<TExpr>) -> TOp,
    ty: Type,
) -> Checked {
    let a = call.of_type(0, Type::Date)?;
    let b = call.of_type(1, second)?;
    let row = call.checker.finest(call.span, [&a, &b])?;
    Ok(call.make(op(Box::new(a), Box::new(b)), ty, row))
}

fn of_date(call: &Call<'_>, op: fn(Box<TExpr>) -> TOp, ty: Type) -> Checked {
    let a = call.of_type(0, Type::Date)?;
    let row = a.row;
    Ok(call.make(op(Box::new(a)), ty, row))
}

fn has(call: &Call<'_>) -> Checked {
    let (checker, arg) = (call.checker, call.arg(0)?);
    let mut parts = Vec::new();
    if Checker::parts(arg, &mut parts)
        && let Some((row, used)) = checker.start(&parts, call.scope)
        && let [last] = parts.get(used..).unwrap_or(&[])
        && let Some(Named::Link { index, .. }) = checker.names.lookup(row, last)
    {
        return Ok(call.make(TOp::HasLink(index), Type::Bool, row));
    }
    let typed = call.any(0, None)?;
    let mut plain = &typed.op;
    while let TOp::Gather(_, inner) = plain {
        plain = &inner.op;
    }
    if !matches!(plain, TOp::Fact(_) | TOp::Formula(_)) {
        let message = "has(…) asks about a fact, a formula or a link";
        return Err(LangError::new("E-TYPE", arg.span, message));
    }
    if typed.ty == Type::Text {
        let message = "text is kept for people to read and is never seen by a rule";
        let found = LangError::new("E-TYPE", arg.span, message);
        return Err(found.help("declare a fact of type bool beside it, and ask for that"));
    }
    let row = typed.row;
    Ok(call.make(TOp::Has(Box::new(typed)), Type::Bool, row))
}

fn coalesce(call: &Call<'_>) -> Checked {
    let a = call.any(0, call.want)?;
    let fallback = call.of_type(1, a.ty)?;
    let TOp::Const(value) = fallback.op else {
        let message = "the second part of coalesce is a constant";
        return Err(LangError::new("E-TYPE", fallback.span, message));
    };
    let (ty, row) = (a.ty, a.row);
    Ok(call.make(TOp::Coalesce(Box::new(a), value), ty, row))
}

/// The literal an argument is, without its sign, and whether a minus stands before it.
fn literal(arg: &Expr) -> (&ExprKind, bool) {
    match &arg.kind {
        ExprKind::Neg(inner) => (&inner.kind, true),
        plain => (plain, false),
    }
}

fn signed(value: i64, negative: bool) -> i64 {
    if negative {
        value.saturating_neg()
    } else {
        value
    }
}

fn no_literal(call: &Call<'_>, arg: &Expr, example: &str) -> Checked {
    let message = format!("`{}` takes a literal", call.name);
    Err(LangError::new("E-CALL", arg.span, message).help(format!("as {example}")))
}

fn yuan(call: &Call<'_>) -> Checked {
    let arg = call.arg(0)?;
    let (kind, negative) = literal(arg);
    let text = match kind {
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Decimal(text) => text.clone(),
        _ => return no_literal(call, arg, "yuan(12.50)"),
    };
    let fen = parse_fixed(&text, 2).map_err(|error| {
        LangError::new("E-EXPR-NUMBER", arg.span, format!("`{text}` yuan: {error}"))
    })?;
    let period = match call.want {
        Some(Type::Money { period, scale: 0 }) => period,
        _ => Period::Any,
    };
    Ok(call.make(TOp::Const(signed(fen, negative)), Type::money(period), 0))
}

fn date(call: &Call<'_>) -> Checked {
    let arg = call.arg(0)?;
    let text = match literal(arg) {
        (ExprKind::Text(text), false) => text,
        (ExprKind::Text(_), true) => {
            let found = LangError::new("E-EXPR-DATE", arg.span, "a day has no sign");
            return Err(found.help("leave the `-` out"));
        }
        _ => return no_literal(call, arg, "date(\"2026-07-01\")"),
    };
    let Some(day) = Day::parse(text) else {
        let message = format!("\"{text}\" is not a day");
        return Err(
            LangError::new("E-EXPR-DATE", arg.span, message).help("write date(\"2026-07-01\")")
        );
    };
    Ok(call.make(TOp::Const(day.number()), Type::Date, 0))
}

fn duration(call: &Call<'_>, ty: Type, example: &str) -> Checked {
    let arg = call.arg(0)?;
    let (ExprKind::Int(value), negative) = literal(arg) else {
        return no_literal(call, arg, example);
    };
    Ok(call.make(TOp::Const(signed(*value, negative)), ty, 0))
}
