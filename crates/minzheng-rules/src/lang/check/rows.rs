//! Macros over the rows of a collection: `members.filter(m, …).sum(m, …)`.

use super::{Checked, Checker, Scope};
use crate::error::did_you_mean;
use crate::lang::ast::{Expr, ExprKind};
use crate::lang::names::Named;
use crate::lang::types::{AggKind, Row, TExpr, TOp, Type};
use crate::lang::{LangError, Span};

/// The macros that end a chain; `filter` stands before them.
const MACROS: [(&str, AggKind); 6] = [
    ("all", AggKind::All),
    ("exists", AggKind::Exists),
    ("count", AggKind::Count),
    ("sum", AggKind::Sum),
    ("min", AggKind::Min),
    ("max", AggKind::Max),
];

impl Checker<'_> {
    pub(super) fn method(
        &self,
        e: &Expr,
        target: &Expr,
        name: &str,
        name_span: Span,
        args: &[Expr],
        scope: &Scope,
    ) -> Checked {
        let mut parts = Vec::new();
        if Self::parts(target, &mut parts) {
            let mut with_name = parts.clone();
            with_name.push(name);
            if self.start(&parts, scope).is_none()
                && let Some(param) = self.names.param(&with_name.join("."))
            {
                return self.param(e, &param, args, scope);
            }
        }
        let (rows, filter) = self.rows(target, scope)?;
        self.aggregate(e, rows, filter, name, name_span, args, scope)
    }

    /// The rows a macro goes over, with the filters before it.
    fn rows(&self, target: &Expr, scope: &Scope) -> Result<((Row, Row), Vec<TExpr>), LangError> {
        if let ExprKind::Call {
            target: Some(inner),
            name,
            args,
            ..
        } = &target.kind
            && name == "filter"
        {
            let (rows, mut filters) = self.rows(inner, scope)?;
            let (body, inner_scope) = self.body(target.span, rows, args, scope, "filter")?;
            filters.push(self.wanted(body, &inner_scope, Type::Bool)?);
            return Ok((rows, filters));
        }
        let mut parts = Vec::new();
        if !Self::parts(target, &mut parts) {
            return Err(LangError::new(
                "E-NAME",
                target.span,
                "a macro goes over the rows of a collection",
            ));
        }
        let Some((row, used)) = self.start(&parts, scope) else {
            return Err(self.unknown(target.span, &parts, scope, None));
        };
        match parts.get(used..).unwrap_or(&[]) {
            [last] => match self.names.lookup(row, last) {
                Some(Named::Rows(child)) => Ok(((row, child), Vec::new())),
                _ => Err(LangError::new(
                    "E-NAME",
                    target.span,
                    format!("`{last}` is not a collection of rows"),
                )),
            },
            _ => Err(LangError::new(
                "E-NAME",
                target.span,
                "a collection is read directly from its row",
            )),
        }
    }

    fn body<'e>(
        &self,
        span: Span,
        (parent, child): (Row, Row),
        args: &'e [Expr],
        scope: &Scope,
        name: &str,
    ) -> Result<(&'e Expr, Scope), LangError> {
        let [var, body] = args else {
            return Err(LangError::new(
                "E-MACRO",
                span,
                format!("`{name}` takes a variable and an expression"),
            )
            .help(format!("as .{name}(x, x.something)")));
        };
        let ExprKind::Name(var_name) = &var.kind else {
            return Err(LangError::new(
                "E-MACRO",
                var.span,
                "the first part of a macro is the name of its variable",
            ));
        };
        let mut vars: Vec<(String, Row)> = scope
            .vars
            .iter()
            .filter(|(_, row)| self.is_above(*row, parent))
            .cloned()
            .collect();
        if self.names.lookup(self.home, var_name).is_some() || self.names.entity(var_name).is_some()
        {
            return Err(LangError::new(
                "E-MACRO",
                var.span,
                format!("the variable `{var_name}` hides a word of the packs"),
            ));
        }
        vars.push((var_name.clone(), child));
        // over the rows below a row above, the row the rule is about is out of sight
        let home = scope.home && self.is_above(self.home, parent);
        let inner = Scope {
            inner: child,
            home,
            vars,
        };
        Ok((body, inner))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one macro call")]
    fn aggregate(
        &self,
        e: &Expr,
        (parent, child): (Row, Row),
        mut filters: Vec<TExpr>,
        name: &str,
        name_span: Span,
        args: &[Expr],
        scope: &Scope,
    ) -> Checked {
        let Some((_, kind)) = MACROS.into_iter().find(|(word, _)| *word == name) else {
            let words = MACROS.into_iter().map(|(word, _)| word).chain(["filter"]);
            let help = did_you_mean(name, words).unwrap_or_else(|| {
                "they have all, exists, count, sum, min, max and filter".to_owned()
            });
            let message = format!("rows have no `{name}`");
            return Err(LangError::new("E-MACRO", name_span, message).help(help));
        };
        let mut value = None;
        if !(kind == AggKind::Count && args.is_empty()) {
            let (body, inner) = self.body(e.span, (parent, child), args, scope, name)?;
            let typed = match kind {
                AggKind::All | AggKind::Exists | AggKind::Count => {
                    self.wanted(body, &inner, Type::Bool)?
                }
                AggKind::Sum | AggKind::Min | AggKind::Max => self.expr(body, &inner, None)?,
            };
            if kind == AggKind::Count {
                filters.push(typed);
            } else {
                value = Some(Box::new(typed));
            }
        }
        let ty = match (kind, value.as_ref().map(|v| v.ty)) {
            (AggKind::All | AggKind::Exists, _) => Type::Bool,
            (AggKind::Count, _) => Type::Count,
            (AggKind::Sum, Some(ty)) if ty.is_quantity() => ty,
            (AggKind::Min | AggKind::Max, Some(ty)) if ty.is_ordered() => ty,
            (_, Some(ty)) => {
                let message = format!("a {} cannot go through `{name}`", self.describe(ty));
                return Err(LangError::new("E-TYPE", e.span, message));
            }
            (_, None) => {
                return Err(LangError::new(
                    "E-MACRO",
                    e.span,
                    format!("`{name}` needs a value"),
                ));
            }
        };
        let filter = match filters.len() {
            0 => None,
            1 => filters.pop().map(Box::new),
            _ => {
                let row = self.finest(e.span, &filters)?;
                let both = TExpr::new(TOp::And(filters), Type::Bool, row, e.span);
                Some(Box::new(both))
            }
        };
        let op = TOp::Agg {
            kind,
            child,
            filter,
            value,
        };
        Ok(TExpr::new(op, ty, parent, e.span))
    }
}
