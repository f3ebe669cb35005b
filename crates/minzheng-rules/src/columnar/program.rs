//! The columnar program: all requested outputs of a plan together, folded, shared, in the rows they stand in.

use core::ops::Range;
use std::collections::BTreeMap;

use crate::ir::{AggK, NodeId, Op, Plan, children, ix};
use crate::lang::Type;
use crate::pack::PackSet;
use crate::scalar::{Apply, V};
use crate::scenario::Regime;

use super::batch::Batch;
use super::run::OLDEST;

/// Days that are far beyond the calendar.
const FAR: i64 = 1 << 40;

/// What a step reads: the register of an earlier step, negated where it is a truth that stands for its opposite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arg {
    pub(super) at: u32,
    pub(super) not: bool,
}

/// One operation over all rows of a chunk. `Or`, `!=`, `>` and `>=` are polarity and order of operands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Lowest and highest of one value for all rows.
    Const(i64, i64),
    /// A value that depends on the law alone: one for every regime.
    Law(usize),
    Load(usize),
    /// The rows of an entity above, seen from below.
    Spread(Arg),
    /// An official's finding, which is a fact, else what the rule gives.
    Finding(Arg, Arg),
    Param(usize, Vec<Arg>),
    And(Vec<Arg>),
    Lt(Arg, Arg),
    Le(Arg, Arg),
    Eq(Arg, Arg),
    In(Arg, Vec<i64>),
    Add(Arg, Arg),
    Sub(Arg, Arg),
    Mul(Arg, Arg),
    Scale(Arg, i64),
    /// A scaled number times another: their product scaled, where that is the same.
    Times {
        scaled: Arg,
        other: Arg,
        product: Arg,
        factor: i64,
    },
    Min(Vec<Arg>),
    Max(Vec<Arg>),
    If(Arg, Arg, Arg),
    Has(Arg),
    HasLink(usize),
    Coalesce(Arg, i64),
    Age(Arg, Arg),
    /// Whether somebody born on a day that is a fact is so many years old.
    Older {
        birth: Arg,
        on: Arg,
        years: i64,
    },
    /// Any other operation, row by row by its scalar definition: the node of the plan it came from.
    Each(NodeId, Vec<Arg>),
    Agg {
        kind: AggK,
        child: usize,
        filter: Option<Arg>,
        value: Option<Arg>,
        complete: Option<Arg>,
        bounds: (i64, i64),
    },
    Gather {
        link: usize,
        to: usize,
        inner: Arg,
    },
}

/// A step, the rows it has a value for, and the registers that nobody reads after it.
#[derive(Debug, Clone)]
pub(super) struct Instr {
    pub(super) step: Step,
    pub(super) ty: Type,
    pub(super) entity: usize,
    /// Whether it is an output.
    pub(super) kept: bool,
    /// Where what it reads ends in the list of the program; it begins where that of the step before ends.
    reads: usize,
    dies: usize,
}

/// A compiled program: its steps in order, and where the outputs stand.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) steps: Vec<Instr>,
    pub(super) outputs: Vec<Arg>,
    /// What the steps read and what dies after them, one behind the other: between two chunks all of it has left the nearest memory, and
    /// comes back in one stream.
    reads: Vec<Arg>,
    dies: Vec<u32>,
    /// The figures that were folded.
    folded: Vec<(NodeId, V)>,
}

/// Compiles the outputs of a plan for the columns of a batch under one or more regimes of that plan.
pub(super) fn compile(
    set: &PackSet,
    plan: &Plan,
    regimes: &[&Regime],
    batch: &Batch<'_>,
    outputs: &[(NodeId, usize)],
) -> Program {
    let folded = fold(set, plan, regimes, batch);
    let figure = |id: &NodeId| match folded.get(ix(*id)) {
        Some(Fold::Const(v)) => Some((*id, *v)),
        _ => None,
    };
    let figures = plan.constant.iter().filter_map(figure).collect();
    let mut needed = vec![false; plan.nodes.len()];
    for (id, _) in outputs {
        if let Some(slot) = needed.get_mut(ix(*id)) {
            *slot = true;
        }
    }
    for id in (0..plan.nodes.len()).rev() {
        if needed.get(id) != Some(&true) {
            continue;
        }
        for child in reads(plan, &folded, id) {
            if let Some(slot) = needed.get_mut(ix(child)) {
                *slot = true;
            }
        }
    }
    let mut compiler = Compiler {
        set,
        plan,
        batch,
        folded,
        steps: Vec::new(),
        known: BTreeMap::new(),
        place: vec![None; plan.nodes.len()],
    };
    for (id, wanted) in needed.iter().enumerate() {
        if *wanted {
            let arg = compiler.node(id);
            if let Some(slot) = compiler.place.get_mut(id) {
                *slot = Some(arg);
            }
        }
    }
    let outputs = outputs
        .iter()
        .map(|(id, entity)| compiler.seen_from(*id, *entity))
        .collect();
    let mut program = Program {
        steps: compiler.steps,
        outputs,
        reads: Vec::new(),
        dies: Vec::new(),
        folded: figures,
    };
    program.bury();
    program
}

impl Program {
    /// Whether it answers for a regime of its plan: that it has the figures that were folded.
    pub(super) fn holds(&self, regime: &Regime) -> bool {
        self.folded.iter().all(|(id, v)| regime.constant(*id) == *v)
    }

    /// The registers that a step reads.
    pub(super) fn reads(&self, at: usize) -> &[Arg] {
        let range = self.before(at, |step| step.reads);
        self.reads.get(range).unwrap_or_default()
    }

    /// The registers that nobody reads after a step.
    pub(super) fn dies(&self, at: usize) -> &[u32] {
        let range = self.before(at, |step| step.dies);
        self.dies.get(range).unwrap_or_default()
    }

    fn before(&self, at: usize, end: impl Fn(&Instr) -> usize) -> Range<usize> {
        let start = at.checked_sub(1).and_then(|at| self.steps.get(at));
        start.map_or(0, &end)..self.steps.get(at).map_or(0, &end)
    }

    /// Marks the last reader of every register; a step that nobody reads does nothing.
    fn bury(&mut self) {
        let mut alive = vec![false; self.steps.len()];
        for output in &self.outputs {
            alive[output.at as usize] = true;
            self.steps[output.at as usize].kept = true;
        }
        let mut dead: Vec<Vec<u32>> = vec![Vec::new(); self.steps.len()];
        for at in (0..self.steps.len()).rev() {
            if !alive[at] {
                self.steps[at].step = Step::Const(0, 0);
            }
            let read = self.steps[at].step.args();
            let behind: Vec<Arg> = read.iter().filter_map(|arg| self.behind(*arg)).collect();
            for arg in read.into_iter().chain(behind) {
                if !core::mem::replace(&mut alive[arg.at as usize], true) {
                    dead[at].push(arg.at);
                }
            }
        }
        for (step, dead) in self.steps.iter_mut().zip(dead) {
            self.reads.extend(step.step.args());
            self.dies.extend(dead);
            (step.reads, step.dies) = (self.reads.len(), self.dies.len());
        }
    }

    /// The register that is read where a number that may still have to be scaled is read.
    fn behind(&self, arg: Arg) -> Option<Arg> {
        match self.steps.get(arg.at as usize)?.step {
            Step::Scale(of, _) | Step::Times { product: of, .. } => Some(of),
            _ => None,
        }
    }
}

impl Step {
    pub(super) fn args(&self) -> Vec<Arg> {
        match self {
            Self::Const(..) | Self::Law(_) | Self::Load(_) | Self::HasLink(_) => Vec::new(),
            Self::Spread(a)
            | Self::In(a, _)
            | Self::Scale(a, _)
            | Self::Has(a)
            | Self::Coalesce(a, _) => vec![*a],
            Self::Gather { inner, .. } => vec![*inner],
            Self::Param(_, list)
            | Self::And(list)
            | Self::Min(list)
            | Self::Max(list)
            | Self::Each(_, list) => list.clone(),
            Self::Lt(a, b)
            | Self::Le(a, b)
            | Self::Eq(a, b)
            | Self::Add(a, b)
            | Self::Sub(a, b)
            | Self::Mul(a, b)
            | Self::Finding(a, b)
            | Self::Age(a, b)
            | Self::Older {
                birth: a, on: b, ..
            } => vec![*a, *b],
            Self::If(a, b, c)
            | Self::Times {
                scaled: a,
                other: b,
                product: c,
                ..
            } => vec![*a, *b, *c],
            Self::Agg {
                filter,
                value,
                complete,
                ..
            } => filter
                .iter()
                .chain(value)
                .chain(complete)
                .copied()
                .collect(),
        }
    }
}

/// What is left of a node after folding.
#[derive(Debug, Clone, Copy)]
enum Fold {
    /// The same for every row.
    Const(V),
    /// Nothing but another node.
    Same(NodeId),
    Open,
}

/// The nodes that are the same for every row of the batch, or nothing but another node.
fn fold(set: &PackSet, plan: &Plan, regimes: &[&Regime], batch: &Batch<'_>) -> Vec<Fold> {
    let mut out: Vec<Fold> = vec![Fold::Open; plan.nodes.len()];
    let apply = Apply::new(set);
    for id in &plan.constant {
        let value = |r: &&Regime| r.constant(*id);
        let first = regimes.first().map_or(V::UNKNOWN, value);
        if let Some(slot) = out.get_mut(ix(*id))
            && regimes.iter().all(|r| value(r) == first)
        {
            *slot = Fold::Const(first);
        }
    }
    for id in &plan.live {
        let Some(node) = plan.nodes.get(ix(*id)) else {
            continue;
        };
        let value = |n: NodeId| match out.get(ix(n)) {
            Some(Fold::Const(v)) => Some(*v),
            _ => None,
        };
        let absent = |fact: usize| batch.columns.get(fact).is_none_or(Option::is_none);
        let alias = |n: NodeId| match out.get(ix(n)) {
            Some(Fold::Const(v)) => Fold::Const(*v),
            Some(Fold::Same(other)) => Fold::Same(*other),
            _ => Fold::Same(n),
        };
        let whole = || {
            let parts = children(&node.op);
            let all = parts.iter().all(|n| value(*n).is_some());
            if all {
                let applied = apply.node(node);
                Fold::Const(applied.value(|n| value(n).unwrap_or(V::UNKNOWN)))
            } else {
                Fold::Open
            }
        };
        let folded = match &node.op {
            Op::Fact(fact) if absent(*fact) => Fold::Const(
                set.facts
                    .get(*fact)
                    .map_or(V::UNKNOWN, |f| V::missing(f.ty, f.low, f.high)),
            ),
            Op::Formula(formula, inner)
                if plan
                    .findings
                    .get(*formula)
                    .copied()
                    .flatten()
                    .is_none_or(absent) =>
            {
                inner.map_or(Fold::Const(V::plain(node.ty)), alias)
            }
            Op::And(parts) if parts.iter().any(|p| value(*p) == Some(V::FALSE)) => {
                Fold::Const(V::FALSE)
            }
            Op::Or(parts) if parts.iter().any(|p| value(*p) == Some(V::TRUE)) => {
                Fold::Const(V::TRUE)
            }
            Op::If(test, yes, no) if value(*test).is_some() => {
                match value(*test).and_then(V::get) {
                    Some(1) => alias(*yes),
                    Some(_) => alias(*no),
                    None => Fold::Const(V::plain(node.ty)),
                }
            }
            Op::Fact(_)
            | Op::Formula(..)
            | Op::HasLink(_)
            | Op::Agg { .. }
            | Op::Gather(..)
            | Op::Param(..) => Fold::Open,
            _ => whole(),
        };
        if let Some(slot) = out.get_mut(ix(*id)) {
            *slot = folded;
        }
    }
    out
}

/// The nodes that a needed node still reads.
fn reads(plan: &Plan, folded: &[Fold], id: usize) -> Vec<NodeId> {
    let Some(node) = plan.nodes.get(id) else {
        return Vec::new();
    };
    match folded.get(id) {
        Some(Fold::Const(_)) => return Vec::new(),
        Some(Fold::Same(other)) => return vec![*other],
        _ => {}
    }
    // a figure of the law is looked up as a whole
    if node.row == 0 && plan.is_constant(id) {
        return Vec::new();
    }
    children(&node.op)
}

struct Compiler<'a> {
    set: &'a PackSet,
    plan: &'a Plan,
    batch: &'a Batch<'a>,
    folded: Vec<Fold>,
    steps: Vec<Instr>,
    known: BTreeMap<(usize, Type, Step), u32>,
    place: Vec<Option<Arg>>,
}

impl Compiler<'_> {
    fn step(&mut self, step: Step, ty: Type, entity: usize) -> Arg {
        // a constant is the same in every entity
        let (ty, entity) = if matches!(step, Step::Const(..)) {
            (Type::Count, 0)
        } else {
            (ty, entity)
        };
        let key = (entity, ty, step);
        if let Some(at) = self.known.get(&key) {
            return Arg {
                at: *at,
                not: false,
            };
        }
        let at = self.steps.len() as u32;
        self.steps.push(Instr {
            step: key.2.clone(),
            ty,
            entity,
            kept: false,
            reads: 0,
            dies: 0,
        });
        self.known.insert(key, at);
        Arg { at, not: false }
    }

    fn constant(&mut self, value: V) -> Arg {
        self.step(Step::Const(value.lo, value.hi), Type::Count, 0)
    }

    /// The value of a node for the rows of an entity at or below its own.
    fn seen_from(&mut self, id: NodeId, entity: usize) -> Arg {
        let Some(arg) = self.place.get(ix(id)).copied().flatten() else {
            return self.constant(V::UNKNOWN);
        };
        let Some(instr) = self.steps.get(arg.at as usize) else {
            return arg;
        };
        if instr.entity == entity || matches!(instr.step, Step::Const(..)) {
            return arg;
        }
        let ty = instr.ty;
        let spread = self.step(
            Step::Spread(Arg {
                at: arg.at,
                not: false,
            }),
            ty,
            entity,
        );
        Arg {
            at: spread.at,
            not: arg.not,
        }
    }

    fn is_const(&self, arg: Arg) -> Option<V> {
        match self.steps.get(arg.at as usize).map(|i| &i.step) {
            Some(Step::Const(lo, hi)) => {
                let v = V { lo: *lo, hi: *hi };
                Some(if arg.not { v.not() } else { v })
            }
            _ => None,
        }
    }

    /// All must hold; parts that always do are left out.
    fn all(&mut self, parts: Vec<Arg>, entity: usize) -> Arg {
        let mut kept: Vec<Arg> = Vec::with_capacity(parts.len());
        for part in parts {
            match self.is_const(part) {
                Some(V::TRUE) => {}
                Some(V::FALSE) => return self.constant(V::FALSE),
                _ if kept.contains(&part) => {}
                _ => kept.push(part),
            }
        }
        match kept.as_slice() {
            [] => self.constant(V::TRUE),
            [one] => *one,
            _ => {
                kept.sort_unstable();
                self.step(Step::And(kept), Type::Bool, entity)
            }
        }
    }

    fn node(&mut self, id: usize) -> Arg {
        match self.folded.get(id) {
            Some(Fold::Const(v)) => return self.constant(*v),
            Some(Fold::Same(other)) => {
                if let Some(arg) = self.place.get(ix(*other)).copied().flatten() {
                    return arg;
                }
            }
            _ => {}
        }
        let Some(node) = self.plan.nodes.get(id) else {
            return self.constant(V::UNKNOWN);
        };
        let (e, ty) = (node.row, node.ty);
        if e == 0 && self.plan.is_constant(id) {
            return self.step(Step::Law(node.slot), ty, 0);
        }
        let step = match &node.op {
            Op::Const(v) => return self.constant(V::known(*v)),
            Op::Today => Step::Law(node.slot),
            Op::Fact(fact) => Step::Load(*fact),
            Op::Formula(formula, inner) => {
                let inner = match inner {
                    Some(inner) => self.seen_from(*inner, e),
                    None => self.constant(V::plain(ty)),
                };
                match self.plan.findings.get(*formula).copied().flatten() {
                    Some(fact) => Step::Finding(self.step(Step::Load(fact), ty, e), inner),
                    None => return inner,
                }
            }
            Op::Not(a) => {
                let arg = self.seen_from(*a, e);
                return self.negated(arg);
            }
            Op::And(parts) => {
                let parts = self.list(parts, e);
                return self.all(parts, e);
            }
            Op::Or(parts) => {
                let parts = self
                    .list(parts, e)
                    .into_iter()
                    .map(|a| self.negated(a))
                    .collect();
                let none = self.all(parts, e);
                return self.negated(none);
            }
            Op::Lt(a, b) => {
                let (a, b) = (self.seen_from(*a, e), self.seen_from(*b, e));
                return self.below(a, b, false, e);
            }
            Op::Le(a, b) => {
                let (a, b) = (self.seen_from(*a, e), self.seen_from(*b, e));
                return self.below(a, b, true, e);
            }
            Op::Eq(a, b) => Step::Eq(self.seen_from(*a, e), self.seen_from(*b, e)),
            Op::In(a, values) => Step::In(self.seen_from(*a, e), values.clone()),
            Op::Add(a, b) => {
                let (a, b) = ordered(self.seen_from(*a, e), self.seen_from(*b, e));
                Step::Add(a, b)
            }
            Op::Sub(a, b) => Step::Sub(self.seen_from(*a, e), self.seen_from(*b, e)),
            Op::Mul(a, b) => {
                let (a, b) = (self.seen_from(*a, e), self.seen_from(*b, e));
                self.times(a, b, ty, e)
            }
            Op::Scale(a, k) => Step::Scale(self.seen_from(*a, e), *k),
            Op::Min(parts) => Step::Min(self.list(parts, e)),
            Op::Max(parts) => Step::Max(self.list(parts, e)),
            Op::If(a, b, c) => Step::If(
                self.seen_from(*a, e),
                self.seen_from(*b, e),
                self.seen_from(*c, e),
            ),
            Op::Has(a) => Step::Has(self.seen_from(*a, e)),
            Op::HasLink(link) => Step::HasLink(*link),
            Op::Coalesce(a, v) => Step::Coalesce(self.seen_from(*a, e), *v),
            Op::Age(a, b) => Step::Age(self.seen_from(*a, e), self.seen_from(*b, e)),
            Op::Param(param, keys) => Step::Param(*param, self.list(keys, e)),
            Op::MulRound(..)
            | Op::DivRound(..)
            | Op::RoundTo(..)
            | Op::AddMonths(..)
            | Op::AddDays(..)
            | Op::AddWorkingDays(..)
            | Op::FirstOfMonth(..)
            | Op::MonthsBetween(..)
            | Op::Year(_)
            | Op::Month(_) => Step::Each(id as u32, self.list(&children(&node.op), e)),
            Op::Agg {
                kind,
                child,
                filter,
                value,
            } => self.aggregate(*kind, *child, *filter, *value, e),
            Op::Gather(link, inner) => {
                let to = self
                    .set
                    .entities
                    .get(e)
                    .and_then(|x| x.links.get(*link))
                    .map_or(0, |l| l.1);
                Step::Gather {
                    link: *link,
                    to,
                    inner: self.seen_from(*inner, to),
                }
            }
        };
        self.step(step, ty, e)
    }

    fn aggregate(
        &mut self,
        kind: AggK,
        child: usize,
        filter: Option<NodeId>,
        value: Option<NodeId>,
        entity: usize,
    ) -> Step {
        let bounds = value
            .and_then(|v| self.plan.nodes.get(ix(v)))
            .map_or(V::UNKNOWN, |n| n.bounds);
        let complete = self
            .set
            .entities
            .get(child)
            .and_then(|x| x.complete)
            .map(|fact| {
                let given = self.batch.columns.get(fact).is_some_and(Option::is_some);
                if given {
                    self.step(Step::Load(fact), Type::Bool, entity)
                } else {
                    self.constant(V::MAYBE)
                }
            });
        Step::Agg {
            kind,
            child,
            filter: filter.map(|f| self.seen_from(f, child)),
            value: value.map(|v| self.seen_from(v, child)),
            complete,
            bounds: (bounds.lo, bounds.hi),
        }
    }

    /// A product. Of a scaled number it is the product of what was scaled, scaled: thresholds that are so many times the same figure
    /// share it.
    fn times(&mut self, a: Arg, b: Arg, ty: Type, entity: usize) -> Step {
        let known = |arg: Arg| self.is_const(arg).and_then(V::get).filter(|k| *k > 0);
        match (known(a), known(b)) {
            (None, Some(factor)) => return Step::Scale(a, factor),
            (Some(factor), None) => return Step::Scale(b, factor),
            _ => {}
        }
        let scaled = |arg: Arg| match self.steps.get(arg.at as usize)?.step {
            Step::Scale(of, factor) if factor > 0 => Some((of, factor)),
            _ => None,
        };
        let (scaled, other, of, factor) = match (scaled(a), scaled(b)) {
            (Some((of, factor)), _) => (a, b, of, factor),
            (None, Some((of, factor))) => (b, a, of, factor),
            (None, None) => {
                let (a, b) = ordered(a, b);
                return Step::Mul(a, b);
            }
        };
        let (first, second) = ordered(of, other);
        let product = self.step(Step::Mul(first, second), ty, entity);
        Step::Times {
            scaled,
            other,
            product,
            factor,
        }
    }

    /// `a < b`, or `a <= b`. An age, and the days since a date, beside a constant are a test of the date itself.
    fn below(&mut self, a: Arg, b: Arg, same: bool, entity: usize) -> Arg {
        if let Some(test) = self.by_age(a, b, same, entity) {
            return test;
        }
        let (a, b) = self.by_date(a, b).unwrap_or((a, b));
        let step = if same { Step::Le(a, b) } else { Step::Lt(a, b) };
        self.step(step, Type::Bool, entity)
    }

    fn by_age(&mut self, a: Arg, b: Arg, same: bool, entity: usize) -> Option<Arg> {
        let of = |arg: Arg| match self.steps.get(arg.at as usize)?.step {
            Step::Age(birth, on) if self.is_date_fact(birth) => Some((birth, on)),
            _ => None,
        };
        let known = |arg: Arg| self.is_const(arg).and_then(V::get);
        // k <= age: k years old. k < age: k + 1. age <= k: not k + 1. age < k: not k
        let (age, years, not) = match (known(a), known(b)) {
            (Some(k), _) => (of(b)?, k + i64::from(!same), false),
            (_, Some(k)) => (of(a)?, k + i64::from(same), true),
            _ => return None,
        };
        let (birth, on) = age;
        let step = Step::Older { birth, on, years };
        let found = (1..=OLDEST).contains(&years).then_some(step)?;
        let test = self.step(found, Type::Bool, entity);
        Some(Arg { at: test.at, not })
    }

    /// `k < on - date` is `date < on - k`, `on - date < k` is `on - k < date`; a known date is no further than the calendar, so that
    /// no difference overflows.
    fn by_date(&mut self, a: Arg, b: Arg) -> Option<(Arg, Arg)> {
        let known = |arg: Arg| self.is_const(arg).and_then(V::get);
        let since = |arg: Arg| match self.steps.get(arg.at as usize)?.step {
            Step::Sub(on, date) if self.is_date_fact(date) => Some((known(on)?, date)),
            _ => None,
        };
        let near = |n: i64| (-FAR..FAR).contains(&n);
        let (on, k, date, first) = match (known(a), known(b)) {
            (Some(k), None) => since(b).map(|(on, date)| (on, k, date, true))?,
            (None, Some(k)) => since(a).map(|(on, date)| (on, k, date, false))?,
            _ => return None,
        };
        if !near(on) || !near(k) {
            return None;
        }
        let day = self.constant(V::known(on - k));
        Some(if first { (date, day) } else { (day, date) })
    }

    fn is_date_fact(&self, arg: Arg) -> bool {
        let step = self.steps.get(arg.at as usize);
        step.is_some_and(|s| matches!(s.step, Step::Load(_)) && s.ty == Type::Date)
    }

    fn negated(&mut self, arg: Arg) -> Arg {
        match self.is_const(arg) {
            Some(v) => self.constant(v.not()),
            None => Arg {
                at: arg.at,
                not: !arg.not,
            },
        }
    }

    fn list(&mut self, parts: &[NodeId], entity: usize) -> Vec<Arg> {
        parts.iter().map(|p| self.seen_from(*p, entity)).collect()
    }
}

/// The two sides of an operation that has no order.
fn ordered(a: Arg, b: Arg) -> (Arg, Arg) {
    (a.min(b), a.max(b))
}
