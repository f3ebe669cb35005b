//! Names and what stands after their dots: facts, formulas, outcomes, links, parameters.

use super::{Checked, Checker, Scope};
use crate::error::did_you_mean;
use crate::lang::ast::{Expr, ExprKind};
use crate::lang::names::{Named, ParamShape};
use crate::lang::types::{Outcome, Row, TExpr, TOp, Type};
use crate::lang::{LangError, Span};

impl Checker<'_> {
    /// A dotted name as its parts, if it is one.
    pub(super) fn parts<'e>(e: &'e Expr, into: &mut Vec<&'e str>) -> bool {
        match &e.kind {
            ExprKind::Name(name) => {
                into.push(name);
                true
            }
            ExprKind::Select(target, name) => {
                let dotted = Self::parts(target, into);
                into.push(name);
                dotted
            }
            _ => false,
        }
    }

    /// The row a dotted name starts from, and how many of its parts name it.
    pub(super) fn start(&self, parts: &[&str], scope: &Scope) -> Option<(Row, usize)> {
        let first = parts.first()?;
        if let Some((_, row)) = scope.vars.iter().rev().find(|(name, _)| name == first) {
            return Some((*row, 1));
        }
        if scope.home && self.names.lookup(self.home, first).is_some() {
            return Some((self.home, 0));
        }
        let row = self.names.entity(first)?;
        self.is_above(row, scope.inner).then_some((row, 1))
    }

    pub(super) fn path(&self, e: &Expr, scope: &Scope, want: Option<Type>) -> Checked {
        let mut parts = Vec::new();
        if !Self::parts(e, &mut parts) {
            return Err(LangError::new(
                "E-EXPR-SYNTAX",
                e.span,
                "only a name can be followed by a dot",
            ));
        }
        if let [name] = parts.as_slice() {
            if *name == "on" {
                return Ok(TExpr::today(e.span));
            }
            if let Some(Type::Code(list)) = want
                && let Some(code) = self.names.code(list, name)
            {
                return Ok(TExpr::constant(code, Type::Code(list), e.span));
            }
        }
        if let Some((row, used)) = self.start(&parts, scope) {
            let rest = parts.get(used..).unwrap_or(&[]);
            return self.field(e, row, rest);
        }
        let joined = parts.join(".");
        if let Some(param) = self.names.param(&joined) {
            return self.param(e, &param, &[], scope);
        }
        Err(self.unknown(e.span, &parts, scope, want))
    }

    pub(super) fn unknown(
        &self,
        span: Span,
        parts: &[&str],
        scope: &Scope,
        want: Option<Type>,
    ) -> LangError {
        let joined = parts.join(".");
        let first = parts.first().copied().unwrap_or("");
        if self.names.lookup(self.home, first).is_some() {
            let message = format!("`{first}` belongs to a row that this macro does not go over");
            return LangError::new("E-ROW", span, message)
                .help("inside the macro only its variable and the rows above are read");
        }
        let mut candidates = self.names.words(scope.inner);
        candidates.extend(self.names.words(self.home));
        candidates.extend(self.names.param_words());
        if let Some(Type::Code(list)) = want {
            candidates.extend(self.names.codes(list));
        }
        let error = LangError::new("E-NAME", span, format!("unknown name `{joined}`"));
        error.help(did_you_mean(&joined, candidates).unwrap_or_else(|| {
            "names are facts, formulas, programme outcomes and parameters of the packs".to_owned()
        }))
    }

    /// A field of a row: a fact, a formula, an outcome, or a field of a linked row.
    fn field(&self, e: &Expr, row: Row, rest: &[&str]) -> Checked {
        let make = |op, ty| Ok(TExpr::new(op, ty, row, e.span));
        let entity = self.names.entity_id(row);
        let Some((first, tail)) = rest.split_first() else {
            return Err(LangError::new(
                "E-NAME",
                e.span,
                format!("a row of `{entity}` is not a value"),
            )
            .help("name one of its facts after a dot"));
        };
        match (self.names.lookup(row, first), tail) {
            (Some(Named::Fact(index, ty)), []) => make(TOp::Fact(index), ty),
            (Some(Named::Formula(index, ty)), []) => make(TOp::Formula(index), ty),
            (Some(Named::Programme(index)), [word]) => {
                let Some((_, outcome)) = Outcome::ALL.into_iter().find(|(name, _)| name == word)
                else {
                    let message = format!("a programme has no `{word}`");
                    return Err(LangError::new("E-NAME", e.span, message)
                        .help("it has qualifies, eligible and amount"));
                };
                let ty = match outcome {
                    Outcome::Qualifies | Outcome::Eligible => Type::Bool,
                    Outcome::Amount => self.names.amount_type(index).ok_or_else(|| {
                        LangError::new(
                            "E-NAME",
                            e.span,
                            format!("the programme `{first}` has no amount"),
                        )
                    })?,
                };
                make(TOp::Outcome(index, outcome), ty)
            }
            (Some(Named::Link { index, to }), tail) if !tail.is_empty() => {
                let inner = self.field(e, to, tail)?;
                let ty = inner.ty;
                if inner.row == 0 {
                    return Ok(inner);
                }
                make(TOp::Gather(index, Box::new(inner)), ty)
            }
            (Some(Named::Rows(_)), _) => {
                Err(
                    LangError::new("E-NAME", e.span, format!("`{first}` is many rows")).help(
                        format!("go over them: {first}.exists(x, …), .all, .count, .sum, .filter"),
                    ),
                )
            }
            (Some(Named::Programme(_)), _) => {
                Err(
                    LangError::new("E-NAME", e.span, format!("`{first}` is a programme")).help(
                        format!("read {first}.eligible, {first}.qualifies or {first}.amount"),
                    ),
                )
            }
            (Some(_), _) => Err(LangError::new(
                "E-NAME",
                e.span,
                format!("`{first}` is not followed by that"),
            )),
            (None, _) => {
                let near = did_you_mean(first, self.names.words(row));
                let message = format!("`{entity}` has no `{first}`");
                Err(LangError::new("E-NAME", e.span, message).help(near.unwrap_or_default()))
            }
        }
    }

    pub(super) fn param(
        &self,
        e: &Expr,
        param: &ParamShape,
        args: &[Expr],
        scope: &Scope,
    ) -> Checked {
        if args.len() != param.keys.len() {
            let keys: Vec<&str> = param.keys.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!(
                "the parameter takes {} keys, {} are given",
                keys.len(),
                args.len()
            );
            let help = if keys.is_empty() {
                "it takes none".to_owned()
            } else {
                format!("in order: {}", keys.join(", "))
            };
            return Err(LangError::new("E-PARAM-KEYS", e.span, message).help(help));
        }
        let mut typed = Vec::new();
        for (arg, (_, ty)) in args.iter().zip(&param.keys) {
            typed.push(self.wanted(arg, scope, *ty)?);
        }
        let row = self.finest(e.span, &typed)?;
        let op = TOp::Param(param.index, typed);
        Ok(TExpr::new(op, param.ty, row, e.span))
    }
}
