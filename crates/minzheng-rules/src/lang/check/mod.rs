//! Names, types, units and row domains: the untyped tree to the typed one.

mod functions;
mod operators;
mod paths;
mod rows;
mod unify;

use self::unify::fit;
use super::ast::{Expr, ExprKind};
use super::names::Names;
use super::types::{Period, Row, TExpr, TOp, Type};
use super::{LangError, Span};
use crate::number::parse_fixed;

/// A typed expression, or what is wrong with it.
type Checked = Result<TExpr, LangError>;

/// Checks an expression of entity `home` against the type `want` (`None`: any) and gives the typed tree.
pub(crate) fn check(names: &dyn Names, home: Row, tree: &Expr, want: Option<Type>) -> Checked {
    let checker = Checker { names, home };
    let scope = Scope {
        inner: home,
        home: true,
        vars: Vec::new(),
    };
    let typed = checker.expr(tree, &scope, want)?;
    match want {
        Some(want) => fit(typed, want)
            .ok_or_else(|| checker.mismatch(tree.span, want, &checker.type_of(tree, &scope))),
        None => Ok(typed),
    }
}

/// The rows that can be read: the innermost row, its rows above, and the words for those that have one.
#[derive(Clone)]
struct Scope {
    inner: Row,
    /// Whether the row the rule is about is `inner` or above it.
    home: bool,
    vars: Vec<(String, Row)>,
}

struct Checker<'a> {
    names: &'a dyn Names,
    home: Row,
}

impl Checker<'_> {
    fn type_of(&self, e: &Expr, scope: &Scope) -> String {
        self.expr(e, scope, None)
            .map_or_else(|_| "something else".to_owned(), |t| self.describe(t.ty))
    }

    fn describe(&self, ty: Type) -> String {
        match ty {
            Type::Code(list) => format!("code:{}", self.names.list_id(list)),
            other => other.to_string(),
        }
    }

    fn mismatch(&self, span: Span, want: Type, found: &str) -> LangError {
        let error = LangError::new(
            "E-TYPE",
            span,
            format!(
                "a {} is wanted here, this is a {found}",
                self.describe(want)
            ),
        );
        match want {
            Type::Money { .. } if found.starts_with("scaled") => {
                error.help("money × ratio is not whole fen: write mul_round(money, ratio, rule)")
            }
            Type::Money {
                period: Period::Month,
                ..
            } if found.ends_with("/year") => error.help("write per_month(x, rule)"),
            Type::Money {
                period: Period::Year,
                ..
            } if found.ends_with("/month") => error.help("write per_year(x)"),
            Type::Days => error.help("write days(7)"),
            Type::Months => error.help("write months(6)"),
            _ => error,
        }
    }

    fn expr(&self, e: &Expr, scope: &Scope, want: Option<Type>) -> Checked {
        let constant = |value, ty| Ok(TExpr::constant(value, ty, e.span));
        match &e.kind {
            ExprKind::Bool(value) => constant(i64::from(*value), Type::Bool),
            ExprKind::Int(value) => constant(*value, Type::Count),
            ExprKind::Decimal(text) => {
                let value = parse_fixed(text, 4).map_err(|error| {
                    LangError::new(
                        "E-EXPR-NUMBER",
                        e.span,
                        format!("the ratio `{text}`: {error}"),
                    )
                })?;
                constant(value, Type::Ratio)
            }
            ExprKind::Text(_) => {
                Err(
                    LangError::new("E-TYPE", e.span, "a string stands only in date(\"…\")")
                        .help("codes are written bare, without quotes"),
                )
            }
            ExprKind::List(_) => Err(LangError::new(
                "E-TYPE",
                e.span,
                "a list stands only after `in`",
            )),
            ExprKind::Name(_) | ExprKind::Select(..) => self.path(e, scope, want),
            ExprKind::Not(inner) => {
                let a = self.wanted(inner, scope, Type::Bool)?;
                let row = a.row;
                Ok(TExpr::new(TOp::Not(Box::new(a)), Type::Bool, row, e.span))
            }
            ExprKind::Neg(inner) => self.negative(e, inner, scope, want),
            ExprKind::If(test, yes, no) => {
                let test = self.wanted(test, scope, Type::Bool)?;
                let (yes, no) = self.pair(yes, no, scope, want)?;
                let (yes, no) = self.same(yes, no, e.span)?;
                let row = self.finest(e.span, [&test, &yes, &no])?;
                let ty = yes.ty;
                let op = TOp::If(Box::new(test), Box::new(yes), Box::new(no));
                Ok(TExpr::new(op, ty, row, e.span))
            }
            ExprKind::Binary(op, a, b) => self.binary(e, *op, a, b, scope),
            ExprKind::Call {
                target,
                name,
                name_span,
                args,
            } => match target {
                Some(target) => self.method(e, target, name, *name_span, args, scope),
                None => self.function(e, name, *name_span, args, scope, want),
            },
        }
    }

    fn wanted(&self, e: &Expr, scope: &Scope, want: Type) -> Checked {
        let typed = self.expr(e, scope, Some(want))?;
        let found = self.describe(typed.ty);
        fit(typed, want).ok_or_else(|| self.mismatch(e.span, want, &found))
    }
}
