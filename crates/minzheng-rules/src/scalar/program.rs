//! The plan as it runs: instructions of one size, those of an entity side by side, reading by place.

use crate::ir::{AggK, Node, NodeId, Op, Plan, ix};
use crate::lang::Type;

use super::V;

/// The instructions of a plan. What an instruction is follows from its [`Op`], one for one; a node stands at the place its entity and slot
/// give it, after the nodes of the entities before.
///
/// There are two kinds of code. Most cases have no finding by an official, and then a formula is what its rule gives: whoever reads the
/// formula reads the rule at once.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// Where the instructions of every entity begin, and how many there are.
    pub(super) areas: Vec<(usize, usize)>,
    /// The place of every node.
    pub(super) places: Vec<usize>,
    /// The entity of the instruction at every place.
    pub(super) entities: Vec<usize>,
    /// For a case without findings.
    pub(super) plain: Code,
    /// For a case with findings.
    pub(super) found: Code,
    /// How many of the instructions of every entity stand for what programmes need: they come first.
    pub(super) core: Vec<usize>,
    /// The places that depend on a case and that programmes need: what is read comes before.
    pub(super) live: Vec<usize>,
    /// The others that depend on a case.
    pub(super) aside: Vec<usize>,
    /// The places that depend on the law alone.
    pub(super) constant: Vec<usize>,
}

/// One instruction for every place, and what does not fit into one.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) steps: Vec<Step>,
    pub(super) lists: Vec<Operand>,
    pub(super) numbers: Vec<i64>,
    pub(super) aggregates: Vec<Aggregate>,
}

/// A stretch of [`Code::lists`] or [`Code::numbers`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) from: u32,
    pub(super) length: u32,
}

impl Stretch {
    /// The stretch of a pool.
    #[inline]
    pub(super) fn of<T>(self, pool: &[T]) -> &[T] {
        let (from, length) = (ix(self.from), ix(self.length));
        let tail = pool.get(from..).unwrap_or_default();
        tail.get(..length).unwrap_or_default()
    }
}

/// What an [`Op::Agg`] is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aggregate {
    pub(super) kind: AggK,
    pub(super) child: usize,
    pub(super) filter: Option<Operand>,
    pub(super) value: Option<Operand>,
    /// What a missing row's value could be.
    pub(super) bounds: V,
    pub(super) ty: Type,
}

/// What an instruction reads: a place, and in which row it lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operand(u32);

impl Operand {
    /// In the row of the root.
    const ROOT: u32 = 1 << 31;
    /// In another row above.
    const ABOVE: u32 = 1 << 30;
    /// A fact stands at the place.
    const FACT: u32 = 1 << 29;

    #[inline]
    pub(super) fn place(self) -> usize {
        ix(self.0 & !(Self::ROOT | Self::ABOVE | Self::FACT))
    }

    #[inline]
    pub(super) fn is_root(self) -> bool {
        self.0 & Self::ROOT != 0
    }

    #[inline]
    pub(super) fn is_above(self) -> bool {
        self.0 & Self::ABOVE != 0
    }

    #[inline]
    pub(super) fn is_fact(self) -> bool {
        self.0 & Self::FACT != 0
    }
}

/// An [`Op`] over operands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Const(i64),
    Today,
    Fact(u32),
    Param(u32, Stretch),
    /// The fact that holds an official's finding, and the rule.
    Formula(u32, Operand),
    /// The same without a rule in force; the flag: it is a yes or no.
    Finding(u32, bool),
    /// A formula for which nothing was found.
    Rule(Operand),
    /// The same without a rule in force.
    NoRule(bool),
    Not(Operand),
    And(Stretch),
    Or(Stretch),
    Lt(Operand, Operand),
    Le(Operand, Operand),
    Eq(Operand, Operand),
    In(Operand, Stretch),
    Add(Operand, Operand),
    Sub(Operand, Operand),
    Mul(Operand, Operand),
    Scale(Operand, i64),
    Min(Stretch),
    Max(Stretch),
    MulRound(Operand, Operand, Operand),
    DivRound(Operand, Operand, Operand),
    RoundTo(Operand, Operand, Operand),
    /// The flag: yes or no is chosen between.
    If(Operand, Operand, Operand, bool),
    Has(Operand),
    HasLink(u32),
    Coalesce(Operand, i64),
    Age(Operand, Operand),
    AddMonths(Operand, Operand),
    AddDays(Operand, Operand, bool),
    AddWorkingDays(Operand, Operand),
    FirstOfMonth(Operand, bool),
    MonthsBetween(Operand, Operand),
    Year(Operand),
    Month(Operand),
    /// Index of the [`Aggregate`].
    Agg(u32),
    /// Link, the place in the row it points to, and whether that is yes or no.
    Gather(u32, u32, bool),
}

fn small(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl Program {
    /// Lays out what is linked.
    pub(crate) fn new(plan: &Plan) -> Self {
        let nodes = &plan.nodes;
        let mut areas = Vec::with_capacity(plan.widths.len());
        let mut entities = Vec::with_capacity(nodes.len());
        for (entity, width) in plan.widths.iter().enumerate() {
            areas.push((entities.len(), *width));
            entities.extend(core::iter::repeat_n(entity, *width));
        }
        let place = |n: &Node| {
            let first = areas.get(n.row).map_or(0, |a| a.0);
            first.saturating_add(n.slot)
        };
        let places: Vec<usize> = nodes.iter().map(place).collect();
        let at = |id: &NodeId| places.get(ix(*id)).copied().unwrap_or(0);
        let code = |found| {
            let mut lowering = Lowering {
                nodes,
                places: Some(&places),
                findings: if found { &plan.findings } else { &[] },
                code: Code::default(),
            };
            let mut steps = vec![Step::Today; nodes.len()];
            for (node, place) in nodes.iter().zip(&places) {
                let step = lowering.step(node);
                if let Some(slot) = steps.get_mut(*place) {
                    *slot = step;
                }
            }
            lowering.code.steps = steps;
            lowering.code
        };
        let (aside, live): (Vec<NodeId>, Vec<NodeId>) =
            plan.live.iter().partition(|id| plan.is_aside(**id));
        Self {
            plain: code(false),
            found: code(true),
            core: plan.core.clone(),
            live: live.iter().map(at).collect(),
            aside: aside.iter().map(at).collect(),
            constant: plan.constant.iter().map(at).collect(),
            areas,
            entities,
            places,
        }
    }

    /// The place of a node and the entity whose rows have it.
    #[inline]
    pub(super) fn place(&self, id: NodeId) -> (usize, usize) {
        let at = self.places.get(ix(id)).copied().unwrap_or(usize::MAX);
        (at, self.entities.get(at).copied().unwrap_or(0))
    }
}

impl Code {
    /// The one instruction of a node that is run apart from its plan.
    pub(super) fn of_one(node: &Node) -> Self {
        let mut lowering = Lowering {
            nodes: &[],
            places: None,
            findings: &[],
            code: Self::default(),
        };
        let step = lowering.step(node);
        lowering.code.steps.push(step);
        lowering.code
    }
}

struct Lowering<'a> {
    nodes: &'a [Node],
    /// `None`: what is read is known by the number of its node.
    places: Option<&'a [usize]>,
    findings: &'a [Option<usize>],
    code: Code,
}

impl Lowering<'_> {
    fn finding(&self, formula: usize) -> Option<usize> {
        self.findings.get(formula).copied().flatten()
    }

    /// How rows of an entity read a node; a formula that nothing is found for is read from its rule.
    fn operand(&self, id: NodeId, entity: usize) -> Operand {
        let Some(places) = self.places else {
            return Operand(id);
        };
        let (Some(node), Some(place)) = (self.nodes.get(ix(id)), places.get(ix(id))) else {
            return Operand(u32::MAX);
        };
        let row = match node.row {
            0 => Operand::ROOT,
            row if row == entity => 0,
            _ => Operand::ABOVE,
        };
        let fact = match node.op {
            Op::Formula(formula, Some(inner)) if self.finding(formula).is_none() => {
                return self.operand(inner, entity);
            }
            Op::Fact(_) if row != Operand::ABOVE => Operand::FACT,
            _ => 0,
        };
        Operand(small(*place) | row | fact)
    }

    fn list(&mut self, ids: &[NodeId], entity: usize) -> Stretch {
        let from = small(self.code.lists.len());
        let operands = ids.iter().map(|id| self.operand(*id, entity));
        let operands: Vec<Operand> = operands.collect();
        self.code.lists.extend(operands);
        Stretch {
            from,
            length: small(ids.len()),
        }
    }

    fn step(&mut self, node: &Node) -> Step {
        let (e, truth) = (node.row, node.ty == Type::Bool);
        let o = |id: &NodeId| self.operand(*id, e);
        match &node.op {
            Op::Const(value) => Step::Const(*value),
            Op::Today => Step::Today,
            Op::Fact(fact) => Step::Fact(small(*fact)),
            Op::Param(param, keys) => Step::Param(small(*param), self.list(keys, e)),
            Op::Formula(formula, inner) => match (self.finding(*formula), inner) {
                (Some(fact), Some(rule)) => Step::Formula(small(fact), o(rule)),
                (Some(fact), None) => Step::Finding(small(fact), truth),
                (None, Some(rule)) => Step::Rule(o(rule)),
                (None, None) => Step::NoRule(truth),
            },
            Op::Not(a) => Step::Not(o(a)),
            Op::And(list) => Step::And(self.list(list, e)),
            Op::Or(list) => Step::Or(self.list(list, e)),
            Op::Lt(a, b) => Step::Lt(o(a), o(b)),
            Op::Le(a, b) => Step::Le(o(a), o(b)),
            Op::Eq(a, b) => Step::Eq(o(a), o(b)),
            Op::In(a, values) => {
                let (a, from) = (o(a), small(self.code.numbers.len()));
                self.code.numbers.extend(values);
                let length = small(values.len());
                Step::In(a, Stretch { from, length })
            }
            Op::Add(a, b) => Step::Add(o(a), o(b)),
            Op::Sub(a, b) => Step::Sub(o(a), o(b)),
            Op::Mul(a, b) => Step::Mul(o(a), o(b)),
            Op::Scale(a, k) => Step::Scale(o(a), *k),
            Op::Min(list) => Step::Min(self.list(list, e)),
            Op::Max(list) => Step::Max(self.list(list, e)),
            Op::MulRound(a, b, rule) => Step::MulRound(o(a), o(b), o(rule)),
            Op::DivRound(a, b, rule) => Step::DivRound(o(a), o(b), o(rule)),
            Op::RoundTo(a, b, rule) => Step::RoundTo(o(a), o(b), o(rule)),
            Op::If(test, yes, no) => Step::If(o(test), o(yes), o(no), truth),
            Op::Has(a) => Step::Has(o(a)),
            Op::HasLink(link) => Step::HasLink(small(*link)),
            Op::Coalesce(a, value) => Step::Coalesce(o(a), *value),
            Op::Age(a, b) => Step::Age(o(a), o(b)),
            Op::AddMonths(a, b) => Step::AddMonths(o(a), o(b)),
            Op::AddDays(a, b, minus) => Step::AddDays(o(a), o(b), *minus),
            Op::AddWorkingDays(a, b) => Step::AddWorkingDays(o(a), o(b)),
            Op::FirstOfMonth(a, next) => Step::FirstOfMonth(o(a), *next),
            Op::MonthsBetween(a, b) => Step::MonthsBetween(o(a), o(b)),
            Op::Year(a) => Step::Year(o(a)),
            Op::Month(a) => Step::Month(o(a)),
            Op::Agg {
                kind,
                child,
                filter,
                value,
            } => {
                let below = |id: &Option<NodeId>| id.map(|id| self.operand(id, *child));
                let bounds = value.and_then(|v| self.nodes.get(ix(v)));
                let aggregate = Aggregate {
                    kind: *kind,
                    child: *child,
                    filter: below(filter),
                    value: below(value),
                    bounds: bounds.map_or(V::UNKNOWN, |n| n.bounds),
                    ty: node.ty,
                };
                let index = small(self.code.aggregates.len());
                self.code.aggregates.push(aggregate);
                Step::Agg(index)
            }
            Op::Gather(link, inner) => {
                let at = self.places.and_then(|p| p.get(ix(*inner)).copied());
                let at = at.unwrap_or(usize::MAX);
                Step::Gather(small(*link), small(at), truth)
            }
        }
    }
}
