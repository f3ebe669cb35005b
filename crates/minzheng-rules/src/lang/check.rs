//! Names, types, units and row domains: the untyped tree to the typed one.

use super::ast::{BinaryOp, Expr, ExprKind};
use super::types::{AggKind, CmpOp, Outcome, Period, Row, TExpr, TOp, Type};
use super::{LangError, Span};
use crate::date::Day;
use crate::error::nearest;
use crate::number::{RATIO_ONE, parse_fixed};

/// What a name of an entity stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Named {
    Fact(usize, Type),
    Formula(usize, Type),
    Programme(usize),
    /// A link to a row of another entity.
    Link {
        index: usize,
        to: Row,
    },
    /// The collection of a child entity.
    Rows(Row),
}

/// A parameter as an expression sees it.
pub(crate) struct ParamShape {
    pub(crate) index: usize,
    pub(crate) ty: Type,
    pub(crate) keys: Vec<(String, Type)>,
}

/// The words an expression may use.
pub(crate) trait Names {
    fn entity(&self, id: &str) -> Option<Row>;
    fn entity_id(&self, row: Row) -> &str;
    fn parent(&self, row: Row) -> Option<Row>;
    fn lookup(&self, row: Row, name: &str) -> Option<Named>;
    fn amount_type(&self, programme: usize) -> Option<Type>;
    fn param(&self, id: &str) -> Option<ParamShape>;
    fn code(&self, list: usize, id: &str) -> Option<i64>;
    fn list_id(&self, list: usize) -> &str;
    fn rounding_list(&self) -> usize;
    fn words(&self, row: Row) -> Vec<&str>;
    fn param_words(&self) -> Vec<&str>;
    fn codes(&self, list: usize) -> Vec<&str>;
}

const FUNCTIONS: [&str; 25] = [
    "min",
    "max",
    "per_year",
    "per_month",
    "mul_round",
    "div_round",
    "round_to",
    "show_div",
    "age",
    "add_months",
    "add_working_days",
    "first_of_month",
    "first_of_next_month",
    "months_between",
    "year",
    "month",
    "has",
    "coalesce",
    "yuan",
    "date",
    "days",
    "months",
    "all",
    "exists",
    "count",
];

/// Checks an expression of entity `home` against the type `want` (`None`: any) and gives the typed tree.
pub(crate) fn check(
    names: &dyn Names,
    home: Row,
    tree: &Expr,
    want: Option<Type>,
) -> Result<TExpr, LangError> {
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

/// Gives a literal the period that is wanted; `None` where the types differ.
fn fit(mut e: TExpr, want: Type) -> Option<TExpr> {
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

    fn is_above(&self, row: Row, of: Row) -> bool {
        let mut at = Some(of);
        while let Some(current) = at {
            if current == row {
                return true;
            }
            at = self.names.parent(current);
        }
        false
    }

    fn expr(&self, e: &Expr, scope: &Scope, want: Option<Type>) -> Result<TExpr, LangError> {
        let make = |op, ty, row| {
            Ok(TExpr {
                op,
                ty,
                row,
                span: e.span,
            })
        };
        match &e.kind {
            ExprKind::Bool(value) => make(TOp::Const(i64::from(*value)), Type::Bool, 0),
            ExprKind::Int(value) => make(TOp::Const(*value), Type::Count, 0),
            ExprKind::Decimal(text) => {
                let value = parse_fixed(text, 4).map_err(|error| {
                    LangError::new(
                        "E-EXPR-NUMBER",
                        e.span,
                        format!("the ratio `{text}`: {error}"),
                    )
                })?;
                make(TOp::Const(value), Type::Ratio, 0)
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
                make(TOp::Not(Box::new(a)), Type::Bool, row)
            }
            ExprKind::Neg(inner) => {
                let a = self.expr(inner, scope, want)?;
                let (ty, row) = (a.ty, a.row);
                if let (TOp::Const(value), Type::Count | Type::Ratio) = (&a.op, ty) {
                    return make(TOp::Const(value.saturating_neg()), ty, row);
                }
                if !matches!(
                    ty,
                    Type::Count | Type::Ratio | Type::Money { .. } | Type::Days | Type::Months
                ) {
                    return Err(LangError::new(
                        "E-TYPE",
                        e.span,
                        format!("a {} has no negative", self.describe(ty)),
                    ));
                }
                let zero = TExpr {
                    op: TOp::Const(0),
                    ty,
                    row: 0,
                    span: e.span,
                };
                make(TOp::Sub(Box::new(zero), Box::new(a)), ty, row)
            }
            ExprKind::If(test, yes, no) => {
                let test = self.wanted(test, scope, Type::Bool)?;
                let (yes, no) = self.pair(yes, no, scope, want)?;
                let (yes, no) = self.same(yes, no, e.span)?;
                let row = self.finest(e.span, &[&test, &yes, &no])?;
                let ty = yes.ty;
                make(
                    TOp::If(Box::new(test), Box::new(yes), Box::new(no)),
                    ty,
                    row,
                )
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

    fn wanted(&self, e: &Expr, scope: &Scope, want: Type) -> Result<TExpr, LangError> {
        let typed = self.expr(e, scope, Some(want))?;
        let found = self.describe(typed.ty);
        fit(typed, want).ok_or_else(|| self.mismatch(e.span, want, &found))
    }

    /// Two sides of one type; a bare code is read in the list of the other side.
    fn pair(
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
    fn same(&self, a: TExpr, b: TExpr, span: Span) -> Result<(TExpr, TExpr), LangError> {
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
                        TExpr {
                            op: TOp::Const(value.saturating_mul(factor)),
                            ty,
                            row,
                            span,
                        }
                    } else {
                        TExpr {
                            op: TOp::Scale(Box::new(e), factor),
                            ty,
                            row,
                            span,
                        }
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
    fn finest(&self, span: Span, parts: &[&TExpr]) -> Result<Row, LangError> {
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

    fn binary(
        &self,
        e: &Expr,
        op: BinaryOp,
        a: &Expr,
        b: &Expr,
        scope: &Scope,
    ) -> Result<TExpr, LangError> {
        let make = |op, ty, row| {
            Ok(TExpr {
                op,
                ty,
                row,
                span: e.span,
            })
        };
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let mut parts = Vec::new();
                self.flatten(op, e, scope, &mut parts)?;
                let row = self.finest(e.span, &parts.iter().collect::<Vec<_>>())?;
                make(
                    if op == BinaryOp::And {
                        TOp::And(parts)
                    } else {
                        TOp::Or(parts)
                    },
                    Type::Bool,
                    row,
                )
            }
            BinaryOp::In => self.member_of(e, a, b, scope),
            BinaryOp::Eq
            | BinaryOp::Ne
            | BinaryOp::Lt
            | BinaryOp::Le
            | BinaryOp::Gt
            | BinaryOp::Ge => {
                let (left, right) = self.pair(a, b, scope, None)?;
                let (left, right) = self.same(left, right, e.span)?;
                let cmp = match op {
                    BinaryOp::Eq => CmpOp::Eq,
                    BinaryOp::Ne => CmpOp::Ne,
                    BinaryOp::Lt => CmpOp::Lt,
                    BinaryOp::Le => CmpOp::Le,
                    BinaryOp::Gt => CmpOp::Gt,
                    _ => CmpOp::Ge,
                };
                let ordered = !matches!(cmp, CmpOp::Eq | CmpOp::Ne);
                let allowed = match left.ty {
                    Type::Shown => {
                        return Err(LangError::new(
                            "E-SHOWN",
                            e.span,
                            "a value for reading only is compared",
                        )
                        .help("compare exactly: `income < standard * size`"));
                    }
                    Type::Bool | Type::Code(_) | Type::Place => !ordered,
                    Type::Text => false,
                    Type::Count
                    | Type::Ratio
                    | Type::Money { .. }
                    | Type::Date
                    | Type::Days
                    | Type::Months => true,
                };
                if !allowed {
                    let message = format!("a {} has no `{}`", self.describe(left.ty), op.symbol());
                    return Err(LangError::new("E-TYPE", e.span, message));
                }
                let row = self.finest(e.span, &[&left, &right])?;
                make(
                    TOp::Cmp(cmp, Box::new(left), Box::new(right)),
                    Type::Bool,
                    row,
                )
            }
            BinaryOp::Add | BinaryOp::Sub => {
                let (left, right) = (self.expr(a, scope, None)?, self.expr(b, scope, None)?);
                let row = self.finest(e.span, &[&left, &right])?;
                let plus = op == BinaryOp::Add;
                let build = |l, r| {
                    if plus {
                        TOp::Add(Box::new(l), Box::new(r))
                    } else {
                        TOp::Sub(Box::new(l), Box::new(r))
                    }
                };
                match (left.ty, right.ty) {
                    (Type::Date, Type::Days) => make(build(left, right), Type::Date, row),
                    (Type::Days, Type::Date) if plus => make(build(left, right), Type::Date, row),
                    (Type::Date, Type::Date) if !plus => make(build(left, right), Type::Days, row),
                    (Type::Date, Type::Months) => {
                        Err(
                            LangError::new("E-TYPE", e.span, "months have no fixed length")
                                .help("write add_months(date, months(6))"),
                        )
                    }
                    (Type::Date, Type::Count) => {
                        Err(
                            LangError::new("E-TYPE", e.span, "a bare count is not a duration")
                                .help("write date + days(7)"),
                        )
                    }
                    _ => {
                        let (left, right) = self.same(left, right, e.span)?;
                        let ty = left.ty;
                        if !matches!(
                            ty,
                            Type::Count
                                | Type::Ratio
                                | Type::Money { .. }
                                | Type::Days
                                | Type::Months
                        ) {
                            let message =
                                format!("a {} has no `{}`", self.describe(ty), op.symbol());
                            return Err(LangError::new("E-TYPE", e.span, message));
                        }
                        make(build(left, right), ty, row)
                    }
                }
            }
            BinaryOp::Mul => {
                let (left, right) = (self.expr(a, scope, None)?, self.expr(b, scope, None)?);
                let row = self.finest(e.span, &[&left, &right])?;
                let ty = match (left.ty, right.ty) {
                    (Type::Count, Type::Count) => Type::Count,
                    (
                        Type::Count,
                        other @ (Type::Ratio | Type::Money { .. } | Type::Days | Type::Months),
                    )
                    | (
                        other @ (Type::Ratio | Type::Money { .. } | Type::Days | Type::Months),
                        Type::Count,
                    ) => other,
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
                make(TOp::Mul(Box::new(left), Box::new(right)), ty, row)
            }
        }
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

    fn member_of(&self, e: &Expr, a: &Expr, b: &Expr, scope: &Scope) -> Result<TExpr, LangError> {
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
        Ok(TExpr {
            op: TOp::In(Box::new(left), values),
            ty: Type::Bool,
            row,
            span: e.span,
        })
    }

    /// A dotted name as its parts, if it is one.
    fn parts<'e>(e: &'e Expr, into: &mut Vec<&'e str>) -> bool {
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
    fn start(&self, parts: &[&str], scope: &Scope) -> Option<(Row, usize)> {
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

    fn path(&self, e: &Expr, scope: &Scope, want: Option<Type>) -> Result<TExpr, LangError> {
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
                return Ok(TExpr {
                    op: TOp::Today,
                    ty: Type::Date,
                    row: 0,
                    span: e.span,
                });
            }
            if let Some(Type::Code(list)) = want
                && let Some(code) = self.names.code(list, name)
            {
                return Ok(TExpr {
                    op: TOp::Const(code),
                    ty: Type::Code(list),
                    row: 0,
                    span: e.span,
                });
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

    fn unknown(&self, span: Span, parts: &[&str], scope: &Scope, want: Option<Type>) -> LangError {
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
        match nearest(&joined, candidates) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error
                .help("names are facts, formulas, programme outcomes and parameters of the packs"),
        }
    }

    /// A field of a row: a fact, a formula, an outcome, or a field of a linked row.
    fn field(&self, e: &Expr, row: Row, rest: &[&str]) -> Result<TExpr, LangError> {
        let make = |op, ty| {
            Ok(TExpr {
                op,
                ty,
                row,
                span: e.span,
            })
        };
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
                let error =
                    LangError::new("E-NAME", e.span, format!("`{entity}` has no `{first}`"));
                Err(match nearest(first, self.names.words(row)) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error,
                })
            }
        }
    }

    fn param(
        &self,
        e: &Expr,
        param: &ParamShape,
        args: &[Expr],
        scope: &Scope,
    ) -> Result<TExpr, LangError> {
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
        let row = self.finest(e.span, &typed.iter().collect::<Vec<_>>())?;
        Ok(TExpr {
            op: TOp::Param(param.index, typed),
            ty: param.ty,
            row,
            span: e.span,
        })
    }

    fn method(
        &self,
        e: &Expr,
        target: &Expr,
        name: &str,
        name_span: Span,
        args: &[Expr],
        scope: &Scope,
    ) -> Result<TExpr, LangError> {
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
    ) -> Result<TExpr, LangError> {
        let (kind, wants) = match name {
            "all" => (AggKind::All, Some(Type::Bool)),
            "exists" => (AggKind::Exists, Some(Type::Bool)),
            "count" => (AggKind::Count, Some(Type::Bool)),
            "sum" => (AggKind::Sum, None),
            "min" => (AggKind::Min, None),
            "max" => (AggKind::Max, None),
            other => {
                let error = LangError::new("E-MACRO", name_span, format!("rows have no `{other}`"));
                let near = nearest(
                    other,
                    ["all", "exists", "count", "sum", "min", "max", "filter"],
                );
                return Err(match near {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help("they have all, exists, count, sum, min, max and filter"),
                });
            }
        };
        let mut value = None;
        if !(kind == AggKind::Count && args.is_empty()) {
            let (body, inner) = self.body(e.span, (parent, child), args, scope, name)?;
            let typed = match wants {
                Some(ty) => self.wanted(body, &inner, ty)?,
                None => self.expr(body, &inner, None)?,
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
            (
                AggKind::Sum,
                Some(
                    ty @ (Type::Count
                    | Type::Ratio
                    | Type::Money { .. }
                    | Type::Days
                    | Type::Months),
                ),
            )
            | (
                AggKind::Min | AggKind::Max,
                Some(
                    ty @ (Type::Count
                    | Type::Ratio
                    | Type::Money { .. }
                    | Type::Days
                    | Type::Months
                    | Type::Date),
                ),
            ) => ty,
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
                let row = self.finest(e.span, &filters.iter().collect::<Vec<_>>())?;
                Some(Box::new(TExpr {
                    op: TOp::And(filters),
                    ty: Type::Bool,
                    row,
                    span: e.span,
                }))
            }
        };
        Ok(TExpr {
            op: TOp::Agg {
                kind,
                child,
                filter,
                value,
            },
            ty,
            row: parent,
            span: e.span,
        })
    }

    fn function(
        &self,
        e: &Expr,
        name: &str,
        name_span: Span,
        args: &[Expr],
        scope: &Scope,
        want: Option<Type>,
    ) -> Result<TExpr, LangError> {
        let arity = |low: usize, high: usize| {
            if args.len() < low || args.len() > high {
                let wants = if low == high {
                    low.to_string()
                } else {
                    format!("{low} to {high}")
                };
                let message = format!("`{name}` takes {wants} arguments, {} are given", args.len());
                return Err(LangError::new("E-CALL", e.span, message));
            }
            Ok(())
        };
        let arg = |index: usize| {
            args.get(index).ok_or_else(|| {
                LangError::new("E-CALL", e.span, format!("`{name}` misses an argument"))
            })
        };
        let make = |op, ty, row| {
            Ok(TExpr {
                op,
                ty,
                row,
                span: e.span,
            })
        };
        let one = |want: Type| -> Result<(Box<TExpr>, Row), LangError> {
            arity(1, 1)?;
            let typed = self.wanted(arg(0)?, scope, want)?;
            let row = typed.row;
            Ok((Box::new(typed), row))
        };
        match name {
            "yuan" | "date" | "days" | "months" => {
                arity(1, 1)?;
                Self::literal(e, name, arg(0)?, want)
            }
            "min" | "max" => {
                arity(2, 16)?;
                let mut parts: Vec<TExpr> = Vec::new();
                for item in args {
                    let next = self.expr(item, scope, want)?;
                    let Some(first) = parts.pop() else {
                        parts.push(next);
                        continue;
                    };
                    let (first, next) = self.same(first, next, e.span)?;
                    let ty = first.ty;
                    parts = parts.into_iter().filter_map(|p| fit(p, ty)).collect();
                    parts.push(first);
                    parts.push(next);
                }
                let ty = parts.last().map_or(Type::Count, |p| p.ty);
                if parts.len() != args.len()
                    || !matches!(
                        ty,
                        Type::Count
                            | Type::Ratio
                            | Type::Money { .. }
                            | Type::Date
                            | Type::Days
                            | Type::Months
                    )
                {
                    return Err(LangError::new(
                        "E-TYPE",
                        e.span,
                        format!("`{name}` takes values of one ordered type"),
                    ));
                }
                let row = self.finest(e.span, &parts.iter().collect::<Vec<_>>())?;
                make(
                    if name == "min" {
                        TOp::Min(parts)
                    } else {
                        TOp::Max(parts)
                    },
                    ty,
                    row,
                )
            }
            "per_year" => {
                let (a, row) = one(Type::money(Period::Month))?;
                make(TOp::Scale(a, 12), Type::money(Period::Year), row)
            }
            "per_month" => {
                arity(2, 2)?;
                let a = self.wanted(arg(0)?, scope, Type::money(Period::Year))?;
                let twelve = TExpr {
                    op: TOp::Const(12),
                    ty: Type::Count,
                    row: 0,
                    span: e.span,
                };
                let rule = self.wanted(arg(1)?, scope, Type::Code(self.names.rounding_list()))?;
                let row = self.finest(e.span, &[&a, &rule])?;
                make(
                    TOp::DivRound(Box::new(a), Box::new(twelve), Box::new(rule)),
                    Type::money(Period::Month),
                    row,
                )
            }
            "mul_round" | "div_round" | "round_to" => {
                arity(3, 3)?;
                let a = self.expr(arg(0)?, scope, None)?;
                let Type::Money { scale: 0, .. } = a.ty else {
                    return Err(self.mismatch(
                        a.span,
                        Type::money(Period::Once),
                        &self.describe(a.ty),
                    ));
                };
                let second = match name {
                    "mul_round" => Type::Ratio,
                    "div_round" => Type::Count,
                    _ => a.ty,
                };
                let b = self.wanted(arg(1)?, scope, second)?;
                let rule = self.wanted(arg(2)?, scope, Type::Code(self.names.rounding_list()))?;
                let row = self.finest(e.span, &[&a, &b, &rule])?;
                let ty = a.ty;
                let (a, b, rule) = (Box::new(a), Box::new(b), Box::new(rule));
                let op = match name {
                    "mul_round" => TOp::MulRound(a, b, rule),
                    "div_round" => TOp::DivRound(a, b, rule),
                    _ => TOp::RoundTo(a, b, rule),
                };
                make(op, ty, row)
            }
            "show_div" => {
                arity(2, 2)?;
                let a = self.expr(arg(0)?, scope, None)?;
                let Type::Money { scale: 0, .. } = a.ty else {
                    return Err(self.mismatch(
                        a.span,
                        Type::money(Period::Once),
                        &self.describe(a.ty),
                    ));
                };
                let b = self.wanted(arg(1)?, scope, Type::Count)?;
                let row = self.finest(e.span, &[&a, &b])?;
                let rule = TExpr {
                    op: TOp::Const(0),
                    ty: Type::Code(self.names.rounding_list()),
                    row: 0,
                    span: e.span,
                };
                make(
                    TOp::DivRound(Box::new(a), Box::new(b), Box::new(rule)),
                    Type::Shown,
                    row,
                )
            }
            "age" => {
                arity(1, 2)?;
                let birth = self.wanted(arg(0)?, scope, Type::Date)?;
                let day = match args.get(1) {
                    Some(day) => self.wanted(day, scope, Type::Date)?,
                    None => TExpr {
                        op: TOp::Today,
                        ty: Type::Date,
                        row: 0,
                        span: e.span,
                    },
                };
                let row = self.finest(e.span, &[&birth, &day])?;
                make(TOp::Age(Box::new(birth), Box::new(day)), Type::Count, row)
            }
            "add_months" | "add_working_days" | "months_between" => {
                arity(2, 2)?;
                let a = self.wanted(arg(0)?, scope, Type::Date)?;
                let (want, ty) = match name {
                    "add_months" => (Type::Months, Type::Date),
                    "add_working_days" => (Type::Count, Type::Date),
                    _ => (Type::Date, Type::Count),
                };
                let b = self.wanted(arg(1)?, scope, want)?;
                let row = self.finest(e.span, &[&a, &b])?;
                let (a, b) = (Box::new(a), Box::new(b));
                let op = match name {
                    "add_months" => TOp::AddMonths(a, b),
                    "add_working_days" => TOp::AddWorkingDays(a, b),
                    _ => TOp::MonthsBetween(a, b),
                };
                make(op, ty, row)
            }
            "first_of_month" | "first_of_next_month" | "year" | "month" => {
                let (a, row) = one(Type::Date)?;
                match name {
                    "first_of_month" => make(TOp::FirstOfMonth(a), Type::Date, row),
                    "first_of_next_month" => make(TOp::FirstOfNextMonth(a), Type::Date, row),
                    "year" => make(TOp::Year(a), Type::Count, row),
                    _ => make(TOp::Month(a), Type::Count, row),
                }
            }
            "has" => {
                arity(1, 1)?;
                self.has(e, arg(0)?, scope)
            }
            "coalesce" => {
                arity(2, 2)?;
                let a = self.expr(arg(0)?, scope, want)?;
                let fallback = self.wanted(arg(1)?, scope, a.ty)?;
                let TOp::Const(value) = fallback.op else {
                    return Err(LangError::new(
                        "E-TYPE",
                        fallback.span,
                        "the second part of coalesce is a constant",
                    ));
                };
                let (ty, row) = (a.ty, a.row);
                make(TOp::Coalesce(Box::new(a), value), ty, row)
            }
            other => {
                let error =
                    LangError::new("E-CALL", name_span, format!("unknown function `{other}`"));
                Err(match nearest(other, FUNCTIONS) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help("the functions stand in docs/guide/rule-language.md"),
                })
            }
        }
    }

    fn has(&self, e: &Expr, arg: &Expr, scope: &Scope) -> Result<TExpr, LangError> {
        let mut parts = Vec::new();
        if Self::parts(arg, &mut parts)
            && let Some((row, used)) = self.start(&parts, scope)
            && let [last] = parts.get(used..).unwrap_or(&[])
            && let Some(Named::Link { index, .. }) = self.names.lookup(row, last)
        {
            return Ok(TExpr {
                op: TOp::HasLink(index),
                ty: Type::Bool,
                row,
                span: e.span,
            });
        }
        let typed = self.expr(arg, scope, None)?;
        let mut plain = &typed.op;
        while let TOp::Gather(_, inner) = plain {
            plain = &inner.op;
        }
        if !matches!(plain, TOp::Fact(_) | TOp::Formula(_)) {
            return Err(LangError::new(
                "E-TYPE",
                arg.span,
                "has(…) asks about a fact, a formula or a link",
            ));
        }
        let row = typed.row;
        Ok(TExpr {
            op: TOp::Has(Box::new(typed)),
            ty: Type::Bool,
            row,
            span: e.span,
        })
    }

    fn literal(e: &Expr, name: &str, arg: &Expr, want: Option<Type>) -> Result<TExpr, LangError> {
        let make = |value, ty| {
            Ok(TExpr {
                op: TOp::Const(value),
                ty,
                row: 0,
                span: e.span,
            })
        };
        let (negative, inner) = match &arg.kind {
            ExprKind::Neg(inner) => (true, inner.as_ref()),
            _ => (false, arg),
        };
        let sign = |value: i64| {
            if negative {
                value.saturating_neg()
            } else {
                value
            }
        };
        match (name, &inner.kind) {
            ("yuan", ExprKind::Int(_) | ExprKind::Decimal(_)) => {
                let text = match &inner.kind {
                    ExprKind::Int(value) => value.to_string(),
                    ExprKind::Decimal(text) => text.clone(),
                    _ => String::new(),
                };
                let fen = parse_fixed(&text, 2).map_err(|error| {
                    LangError::new("E-EXPR-NUMBER", arg.span, format!("`{text}` yuan: {error}"))
                })?;
                let period = match want {
                    Some(Type::Money { period, scale: 0 }) => period,
                    _ => Period::Any,
                };
                make(sign(fen), Type::money(period))
            }
            ("date", ExprKind::Text(text)) => match Day::parse(text) {
                Some(day) => make(day.number(), Type::Date),
                None => {
                    Err(
                        LangError::new("E-EXPR-DATE", arg.span, format!("\"{text}\" is not a day"))
                            .help("write date(\"2026-07-01\")"),
                    )
                }
            },
            ("days", ExprKind::Int(value)) => make(sign(*value), Type::Days),
            ("months", ExprKind::Int(value)) => make(sign(*value), Type::Months),
            _ => {
                let example = match name {
                    "yuan" => "yuan(12.50)",
                    "date" => "date(\"2026-07-01\")",
                    "days" => "days(7)",
                    _ => "months(6)",
                };
                Err(
                    LangError::new("E-CALL", arg.span, format!("`{name}` takes a literal"))
                        .help(format!("as {example}")),
                )
            }
        }
    }
}
