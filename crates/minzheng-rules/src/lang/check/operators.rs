//! Operators: negation, logic, comparison, membership, sums and products.

use super::{Checked, Checker, Scope};
use crate::lang::LangError;
use crate::lang::ast::{BinaryOp, Expr, ExprKind};
use crate::lang::types::{CmpOp, Period, TExpr, TOp, Type};

impl Checker<'_> {
    pub(super) fn negative(
        &self,
        e: &Expr,
        inner: &Expr,
        scope: &Scope,
        want: Option<Type>,
    ) -> Checked {
        let a = self.expr(inner, scope, want)?;
        let (ty, row) = (a.ty, a.row);
        if let (TOp::Const(value), Type::Count | Type::Ratio) = (&a.op, ty) {
            let op = TOp::Const(value.saturating_neg());
            return Ok(TExpr::new(op, ty, row, e.span));
        }
        if !ty.is_quantity() {
            let message = format!("a {} has no negative", self.describe(ty));
            return Err(LangError::new("E-TYPE", e.span, message));
        }
        let zero = TExpr::constant(0, ty, e.span);
        let op = TOp::Sub(Box::new(zero), Box::new(a));
        Ok(TExpr::new(op, ty, row, e.span))
    }

    pub(super) fn binary(
        &self,
        e: &Expr,
        op: BinaryOp,
        a: &Expr,
        b: &Expr,
        scope: &Scope,
    ) -> Checked {
        match op {
            BinaryOp::And => self.logic(e, op, TOp::And, scope),
            BinaryOp::Or => self.logic(e, op, TOp::Or, scope),
            BinaryOp::In => self.member_of(e, a, b, scope),
            BinaryOp::Eq => self.comparison(e, op, CmpOp::Eq, (a, b), scope),
            BinaryOp::Ne => self.comparison(e, op, CmpOp::Ne, (a, b), scope),
            BinaryOp::Lt => self.comparison(e, op, CmpOp::Lt, (a, b), scope),
            BinaryOp::Le => self.comparison(e, op, CmpOp::Le, (a, b), scope),
            BinaryOp::Gt => self.comparison(e, op, CmpOp::Gt, (a, b), scope),
            BinaryOp::Ge => self.comparison(e, op, CmpOp::Ge, (a, b), scope),
            BinaryOp::Add | BinaryOp::Sub => self.sum(e, op, a, b, scope),
            BinaryOp::Mul => self.product(e, a, b, scope),
        }
    }

    fn logic(&self, e: &Expr, op: BinaryOp, make: fn(Vec<TExpr>) -> TOp, scope: &Scope) -> Checked {
        let mut parts = Vec::new();
        self.flatten(op, e, scope, &mut parts)?;
        let row = self.finest(e.span, &parts)?;
        Ok(TExpr::new(make(parts), Type::Bool, row, e.span))
    }

    /// `a && b && c` as one node with three parts.
    fn flatten(
        &self,
        op: BinaryOp,
        e: &Expr,
        scope: &Scope,
        parts: &mut Vec<TExpr>,
    ) -> Result<(), LangError> {
        match &e.kind {
            ExprKind::Binary(inner, a, b) if *inner == op => {
                self.flatten(op, a, scope, parts)?;
                self.flatten(op, b, scope, parts)
            }
            _ => {
                parts.push(self.wanted(e, scope, Type::Bool)?);
                Ok(())
            }
        }
    }

    fn comparison(
        &self,
        e: &Expr,
        op: BinaryOp,
        cmp: CmpOp,
        (a, b): (&Expr, &Expr),
        scope: &Scope,
    ) -> Checked {
        let (left, right) = self.pair(a, b, scope, None)?;
        let (left, right) = self.same(left, right, e.span)?;
        if left.ty == Type::Shown {
            let message = "a value for reading only is compared";
            return Err(LangError::new("E-SHOWN", e.span, message)
                .help("compare exactly: `income < standard * size`"));
        }
        let allowed = match left.ty {
            Type::Bool | Type::Code(_) | Type::Place => matches!(cmp, CmpOp::Eq | CmpOp::Ne),
            ty => ty.is_ordered(),
        };
        if !allowed {
            return Err(self.lacks(e, left.ty, op));
        }
        let row = self.finest(e.span, [&left, &right])?;
        let op = TOp::Cmp(cmp, Box::new(left), Box::new(right));
        Ok(TExpr::new(op, Type::Bool, row, e.span))
    }

    fn member_of(&self, e: &Expr, a: &Expr, b: &Expr, scope: &Scope) -> Checked {
        let ExprKind::List(items) = &b.kind else {
            return Err(LangError::new(
                "E-TYPE",
                b.span,
                "after `in` stands a list, as `in [a, b]`",
            ));
        };
        let left = self.expr(a, scope, None)?;
        if !matches!(left.ty, Type::Count | Type::Code(_)) {
            let message = format!(
                "`in` goes with a code or a count, this is a {}",
                self.describe(left.ty)
            );
            return Err(LangError::new("E-TYPE", a.span, message));
        }
        let mut values = Vec::new();
        for item in items {
            match self.wanted(item, scope, left.ty)?.op {
                TOp::Const(value) => values.push(value),
                _ => {
                    return Err(LangError::new(
                        "E-TYPE",
                        item.span,
                        "the list holds constants only",
                    ));
                }
            }
        }
        values.sort_unstable();
        values.dedup();
        let row = left.row;
        let op = TOp::In(Box::new(left), values);
        Ok(TExpr::new(op, Type::Bool, row, e.span))
    }

    fn sum(&self, e: &Expr, op: BinaryOp, a: &Expr, b: &Expr, scope: &Scope) -> Checked {
        let (left, right) = (self.expr(a, scope, None)?, self.expr(b, scope, None)?);
        let row = self.finest(e.span, [&left, &right])?;
        let plus = op == BinaryOp::Add;
        let (left, right, ty) = match (left.ty, right.ty) {
            (Type::Date, Type::Days) => (left, right, Type::Date),
            (Type::Days, Type::Date) if plus => (left, right, Type::Date),
            (Type::Date, Type::Date) if !plus => (left, right, Type::Days),
            (Type::Date, Type::Months) => {
                let error = LangError::new("E-TYPE", e.span, "months have no fixed length");
                return Err(error.help("write add_months(date, months(6))"));
            }
            (Type::Date, Type::Count) => {
                let error = LangError::new("E-TYPE", e.span, "a bare count is not a duration");
                return Err(error.help("write date + days(7)"));
            }
            _ => {
                let (left, right) = self.same(left, right, e.span)?;
                let ty = left.ty;
                if !ty.is_quantity() {
                    return Err(self.lacks(e, ty, op));
                }
                (left, right, ty)
            }
        };
        let (left, right) = (Box::new(left), Box::new(right));
        let op = if plus {
            TOp::Add(left, right)
        } else {
            TOp::Sub(left, right)
        };
        Ok(TExpr::new(op, ty, row, e.span))
    }

    fn product(&self, e: &Expr, a: &Expr, b: &Expr, scope: &Scope) -> Checked {
        let (left, right) = (self.expr(a, scope, None)?, self.expr(b, scope, None)?);
        let row = self.finest(e.span, [&left, &right])?;
        let ty = match (left.ty, right.ty) {
            (Type::Count, other) | (other, Type::Count) if other.is_quantity() => other,
            (
                Type::Money {
                    period: Period::Month,
                    scale,
                },
                Type::Months,
            )
            | (
                Type::Months,
                Type::Money {
                    period: Period::Month,
                    scale,
                },
            ) => Type::Money {
                period: Period::Once,
                scale,
            },
            (Type::Money { period, scale }, Type::Ratio)
            | (Type::Ratio, Type::Money { period, scale })
                if scale < 2 =>
            {
                Type::Money {
                    period,
                    scale: scale.saturating_add(1),
                }
            }
            (ta, tb) => {
                let message = format!(
                    "`{}` × `{}` has no meaning",
                    self.describe(ta),
                    self.describe(tb)
                );
                return Err(LangError::new("E-TYPE", e.span, message));
            }
        };
        let op = TOp::Mul(Box::new(left), Box::new(right));
        Ok(TExpr::new(op, ty, row, e.span))
    }

    fn lacks(&self, e: &Expr, ty: Type, op: BinaryOp) -> LangError {
        let message = format!("a {} has no `{}`", self.describe(ty), op.symbol());
        LangError::new("E-TYPE", e.span, message)
    }
}
