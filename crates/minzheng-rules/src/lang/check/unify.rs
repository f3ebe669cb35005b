//! Sides brought together: to one type, and to one row.

use super::{Checker, Scope};
use crate::lang::ast::Expr;
use crate::lang::types::{Period, Row, TExpr, TOp, Type};
use crate::lang::{LangError, Span};
use crate::number::RATIO_ONE;

/// Gives a literal the period that is wanted; `None` where the types differ.
pub(super) fn fit(mut e: TExpr, want: Type) -> Option<TExpr> {
    if let (
        Type::Money {
            period: Period::Any,
            scale,
        },
        Type::Money {
            period,
            scale: wanted,
        },
    ) = (e.ty, want)
        && scale == wanted
    {
        e.ty = Type::Money { period, scale };
    }
    (e.ty == want).then_some(e)
}

impl Checker<'_> {
    /// Two sides of one type; a bare code is read in the list of the other side.
    pub(super) fn pair(
        &self,
        a: &Expr,
        b: &Expr,
        scope: &Scope,
        want: Option<Type>,
    ) -> Result<(TExpr, TExpr), LangError> {
        match self.expr(a, scope, want) {
            Ok(left) => {
                let ty = left.ty;
                Ok((left, self.expr(b, scope, Some(want.unwrap_or(ty)))?))
            }
            Err(first) => {
                let Ok(right) = self.expr(b, scope, want) else {
                    return Err(first);
                };
                let left = self.expr(a, scope, Some(right.ty)).map_err(|_| first)?;
                Ok((left, right))
            }
        }
    }

    /// Brings two sides to one type: literals take the period, scaled money is brought to one scale.
    pub(super) fn same(&self, a: TExpr, b: TExpr, span: Span) -> Result<(TExpr, TExpr), LangError> {
        let (ta, tb) = (a.ty, b.ty);
        if ta == tb {
            return Ok((a, b));
        }
        if let (
            Type::Money {
                period: pa,
                scale: sa,
            },
            Type::Money {
                period: pb,
                scale: sb,
            },
        ) = (ta, tb)
        {
            let period = if pa == Period::Any { pb } else { pa };
            if period == pb || pb == Period::Any {
                let scale = sa.max(sb);
                let lift = |e: TExpr, from: u8| {
                    let ty = Type::Money { period, scale };
                    let factor = RATIO_ONE
                        .checked_pow(u32::from(scale.saturating_sub(from)))
                        .unwrap_or(1);
                    let (row, span) = (e.row, e.span);
                    if factor == 1 {
                        TExpr { ty, ..e }
                    } else if let TOp::Const(value) = e.op {
                        let op = TOp::Const(value.saturating_mul(factor));
                        TExpr::new(op, ty, row, span)
                    } else {
                        TExpr::new(TOp::Scale(Box::new(e), factor), ty, row, span)
                    }
                };
                return Ok((lift(a, sa), lift(b, sb)));
            }
        }
        let message = format!(
            "`{}` and `{}` do not go together",
            self.describe(ta),
            self.describe(tb)
        );
        let error = LangError::new("E-TYPE", span, message);
        Err(match (ta, tb) {
            (Type::Money { .. }, Type::Money { .. }) => {
                error.help("bring both to one period with per_year(x) or per_month(x, rule)")
            }
            (Type::Code(_), Type::Code(_)) => error.help("the codes are of two lists"),
            (Type::Money { .. }, Type::Count) | (Type::Count, Type::Money { .. }) => {
                error.help("write an amount as yuan(100)")
            }
            (Type::Days, Type::Count) | (Type::Count, Type::Days) => {
                error.help("write a duration as days(7)")
            }
            (Type::Months, Type::Count) | (Type::Count, Type::Months) => {
                error.help("write a duration as months(6)")
            }
            _ => error,
        })
    }

    /// The finest of the rows, which must all lie on one line from the root.
    pub(super) fn finest<'t>(
        &self,
        span: Span,
        parts: impl IntoIterator<Item = &'t TExpr>,
    ) -> Result<Row, LangError> {
        let mut best = 0;
        for part in parts {
            if self.is_above(best, part.row) {
                best = part.row;
            } else if !self.is_above(part.row, best) {
                let (a, b) = (self.names.entity_id(best), self.names.entity_id(part.row));
                return Err(LangError::new(
                    "E-ROW",
                    span,
                    format!("rows of `{a}` and of `{b}` do not meet here"),
                ));
            }
        }
        Ok(best)
    }

    pub(super) fn is_above(&self, row: Row, of: Row) -> bool {
        let mut at = Some(of);
        while let Some(current) = at {
            if current == row {
                return true;
            }
            at = self.names.parent(current);
        }
        false
    }
}
