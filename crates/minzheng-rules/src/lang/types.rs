//! Types with units, and the typed tree.

use core::fmt;

use super::Span;

/// The period an amount of money belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// A stock or a single payment.
    Once,
    /// Per month.
    Month,
    /// Per year.
    Year,
    /// A literal: takes the period of the other side.
    Any,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// Yes, no or unknown.
    Bool,
    /// A whole number of things.
    Count,
    /// A pure number in ten-thousandths.
    Ratio,
    /// Money in fen; `scale` counts the ratios it was multiplied with (each adds four decimal places).
    Money {
        /// The period.
        period: Period,
        /// How many ratio factors are in it.
        scale: u8,
    },
    /// A calendar day.
    Date,
    /// A number of days.
    Days,
    /// A number of months.
    Months,
    /// A code of the list with this index.
    Code(usize),
    /// A place code.
    Place,
    /// Text that only passes through.
    Text,
    /// A value for reading only.
    Shown,
}

impl Type {
    /// Plain money of a period.
    pub const fn money(period: Period) -> Self {
        Self::Money { period, scale: 0 }
    }

    /// Whether values are added, negated and multiplied by a count.
    pub(crate) const fn is_quantity(self) -> bool {
        matches!(
            self,
            Self::Count | Self::Ratio | Self::Money { .. } | Self::Days | Self::Months
        )
    }

    /// Whether one value can be less than another.
    pub(crate) const fn is_ordered(self) -> bool {
        self.is_quantity() || matches!(self, Self::Date)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Money { scale: 1.., .. } = self {
            f.write_str("scaled ")?;
        }
        f.write_str(match self {
            Self::Bool => "bool",
            Self::Count => "count",
            Self::Ratio => "ratio",
            Self::Money { period, .. } => match period {
                Period::Once => "money",
                Period::Month => "money/month",
                Period::Year => "money/year",
                Period::Any => "money literal",
            },
            Self::Date => "date",
            Self::Days => "days",
            Self::Months => "months",
            Self::Code(_) => "code",
            Self::Place => "place",
            Self::Text => "text",
            Self::Shown => "shown value",
        })
    }
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum CmpOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// What goes over the rows below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum AggKind {
    All,
    Exists,
    Count,
    Sum,
    Min,
    Max,
}

/// What a later rule may read of a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Every condition holds.
    Qualifies,
    /// It is had, other programmes considered.
    Eligible,
    /// What is paid.
    Amount,
}

impl Outcome {
    pub(crate) const ALL: [(&'static str, Self); 3] = [
        ("qualifies", Self::Qualifies),
        ("eligible", Self::Eligible),
        ("amount", Self::Amount),
    ];

    /// The word in rules.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Qualifies => "qualifies",
            Self::Eligible => "eligible",
            Self::Amount => "amount",
        }
    }
}

/// The entity whose row a node has a value for; the root is 0.
pub(crate) type Row = usize;

/// A typed expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TExpr {
    pub(crate) op: TOp,
    pub(crate) ty: Type,
    pub(crate) row: Row,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TOp {
    Const(i64),
    Today,
    Fact(usize),
    Formula(usize),
    Outcome(usize, Outcome),
    Param(usize, Vec<TExpr>),
    Not(Box<TExpr>),
    And(Vec<TExpr>),
    Or(Vec<TExpr>),
    Cmp(CmpOp, Box<TExpr>, Box<TExpr>),
    In(Box<TExpr>, Vec<i64>),
    Add(Box<TExpr>, Box<TExpr>),
    Sub(Box<TExpr>, Box<TExpr>),
    Mul(Box<TExpr>, Box<TExpr>),
    /// Times a known whole number that is not negative: a change of unit or scale.
    Scale(Box<TExpr>, i64),
    Min(Vec<TExpr>),
    Max(Vec<TExpr>),
    MulRound(Box<TExpr>, Box<TExpr>, Box<TExpr>),
    DivRound(Box<TExpr>, Box<TExpr>, Box<TExpr>),
    RoundTo(Box<TExpr>, Box<TExpr>, Box<TExpr>),
    If(Box<TExpr>, Box<TExpr>, Box<TExpr>),
    Has(Box<TExpr>),
    HasLink(usize),
    Coalesce(Box<TExpr>, i64),
    Age(Box<TExpr>, Box<TExpr>),
    AddMonths(Box<TExpr>, Box<TExpr>),
    AddWorkingDays(Box<TExpr>, Box<TExpr>),
    FirstOfMonth(Box<TExpr>),
    FirstOfNextMonth(Box<TExpr>),
    MonthsBetween(Box<TExpr>, Box<TExpr>),
    Year(Box<TExpr>),
    Month(Box<TExpr>),
    Agg {
        kind: AggKind,
        child: usize,
        filter: Option<Box<TExpr>>,
        value: Option<Box<TExpr>>,
    },
    /// The value of another entity's row through the link with this index of this node's entity.
    Gather(usize, Box<TExpr>),
}

impl TExpr {
    pub(crate) const fn new(op: TOp, ty: Type, row: Row, span: Span) -> Self {
        Self { op, ty, row, span }
    }

    /// A value that is the same for all rows.
    pub(crate) const fn constant(value: i64, ty: Type, span: Span) -> Self {
        Self::new(TOp::Const(value), ty, 0, span)
    }

    /// The day decided.
    pub(crate) const fn today(span: Span) -> Self {
        Self::new(TOp::Today, Type::Date, 0, span)
    }

    /// Visits this node and all below it.
    pub(crate) fn visit(&self, see: &mut impl FnMut(&TExpr)) {
        see(self);
        for e in self.children() {
            e.visit(see);
        }
    }

    /// The expressions that this one reads.
    pub(crate) fn children(&self) -> Vec<&TExpr> {
        match &self.op {
            TOp::Const(_)
            | TOp::Today
            | TOp::Fact(_)
            | TOp::Formula(_)
            | TOp::Outcome(..)
            | TOp::HasLink(_) => Vec::new(),
            TOp::Param(_, list)
            | TOp::And(list)
            | TOp::Or(list)
            | TOp::Min(list)
            | TOp::Max(list) => list.iter().collect(),
            TOp::Not(a)
            | TOp::In(a, _)
            | TOp::Scale(a, _)
            | TOp::Has(a)
            | TOp::Coalesce(a, _)
            | TOp::FirstOfMonth(a)
            | TOp::FirstOfNextMonth(a)
            | TOp::Year(a)
            | TOp::Month(a)
            | TOp::Gather(_, a) => vec![a],
            TOp::Cmp(_, a, b)
            | TOp::Add(a, b)
            | TOp::Sub(a, b)
            | TOp::Mul(a, b)
            | TOp::Age(a, b)
            | TOp::AddMonths(a, b)
            | TOp::AddWorkingDays(a, b)
            | TOp::MonthsBetween(a, b) => vec![a, b],
            TOp::MulRound(a, b, c)
            | TOp::DivRound(a, b, c)
            | TOp::RoundTo(a, b, c)
            | TOp::If(a, b, c) => vec![a, b, c],
            TOp::Agg { filter, value, .. } => {
                filter.iter().chain(value).map(AsRef::as_ref).collect()
            }
        }
    }
}
