//! Typed expressions to linked nodes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::date::Day;
use crate::lang::{AggKind, CmpOp, Outcome, Span, TExpr, TOp, Type};
use crate::pack::PackSet;
use crate::pack::model::RelationKind;
use crate::scalar::{Program, V};

/// Most nodes of one plan.
const MAX_NODES: usize = 200_000;

pub(crate) type NodeId = u32;

pub(crate) fn ix(id: NodeId) -> usize {
    usize::try_from(id).unwrap_or(usize::MAX)
}

/// One step of a plan.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) ty: Type,
    /// The entity whose rows have a value.
    pub(crate) row: usize,
    /// Place among the nodes of its entity.
    pub(crate) slot: usize,
    /// What the value can be, whatever the facts.
    pub(crate) bounds: V,
    /// The rule it was written in, and where.
    pub(crate) rule: Option<(usize, usize)>,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Op {
    Const(i64),
    Today,
    Fact(usize),
    Param(usize, Vec<NodeId>),
    /// A formula or condition: an official's finding, else what the rule gives; no rule in force is unknown.
    Formula(usize, Option<NodeId>),
    Not(NodeId),
    And(Vec<NodeId>),
    Or(Vec<NodeId>),
    Lt(NodeId, NodeId),
    Le(NodeId, NodeId),
    Eq(NodeId, NodeId),
    In(NodeId, Vec<i64>),
    Add(NodeId, NodeId),
    Sub(NodeId, NodeId),
    Mul(NodeId, NodeId),
    Scale(NodeId, i64),
    Min(Vec<NodeId>),
    Max(Vec<NodeId>),
    MulRound(NodeId, NodeId, NodeId),
    DivRound(NodeId, NodeId, NodeId),
    RoundTo(NodeId, NodeId, NodeId),
    If(NodeId, NodeId, NodeId),
    Has(NodeId),
    HasLink(usize),
    Coalesce(NodeId, i64),
    Age(NodeId, NodeId),
    AddMonths(NodeId, NodeId),
    AddDays(NodeId, NodeId, bool),
    AddWorkingDays(NodeId, NodeId),
    FirstOfMonth(NodeId, bool),
    MonthsBetween(NodeId, NodeId),
    Year(NodeId),
    Month(NodeId),
    Agg {
        kind: AggK,
        child: usize,
        filter: Option<NodeId>,
        value: Option<NodeId>,
    },
    Gather(usize, NodeId),
}

/// [`AggKind`] with an order, so that equal nodes are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AggK {
    All,
    Exists,
    Count,
    Sum,
    Min,
    Max,
}

/// The nodes of one programme.
#[derive(Debug, Clone)]
pub(crate) struct ProgrammePlan {
    pub(crate) programme: usize,
    pub(crate) in_force: bool,
    /// Condition (formula index) and its node, those in force.
    pub(crate) conditions: Vec<(usize, NodeId)>,
    /// Relation index and the node that must hold.
    pub(crate) relations: Vec<(usize, NodeId)>,
    pub(crate) qualifies: NodeId,
    pub(crate) eligible: NodeId,
    pub(crate) amount: Option<NodeId>,
}

/// The rules in force on a day at a place, linked. Immutable, shared between threads.
#[derive(Debug)]
pub struct Plan {
    pub(crate) nodes: Vec<Node>,
    /// The node of every formula.
    pub(crate) formulas: Vec<Option<NodeId>>,
    /// The version of every formula that holds.
    pub(crate) versions: Vec<Option<usize>>,
    /// By index of the programme.
    pub(crate) programmes: Vec<ProgrammePlan>,
    /// How many nodes each entity has.
    pub(crate) widths: Vec<usize>,
    /// Of them those that programmes and what is shown with them need: they come first.
    pub(crate) core: Vec<usize>,
    /// Entity and place of every node, close together for the evaluation.
    pub(crate) layout: Vec<(usize, usize)>,
    /// The fact that holds the finding for every formula.
    pub(crate) findings: Vec<Option<usize>>,
    /// Nodes that are the outcome of a programme.
    pub(crate) outcomes: BTreeMap<NodeId, (usize, Outcome)>,
    /// The longest way from a node down to a fact or figure.
    pub(crate) height: usize,
    /// Nodes that depend on a case, lowest first, like operations of an entity together: what is read comes before.
    pub(crate) live: Vec<NodeId>,
    /// Nodes that depend on the law alone.
    pub(crate) constant: Vec<NodeId>,
    /// The nodes as the scalar program runs them.
    pub(crate) program: Arc<Program>,
}

impl Plan {
    /// Whether a node depends on the law alone.
    pub(crate) fn is_constant(&self, id: usize) -> bool {
        let small = NodeId::try_from(id).unwrap_or(NodeId::MAX);
        self.constant.binary_search(&small).is_ok()
    }

    /// Whether a node is there for a formula alone that no programme needs: such nodes are evaluated when one is asked for.
    pub(crate) fn is_aside(&self, id: NodeId) -> bool {
        self.nodes
            .get(ix(id))
            .is_some_and(|n| self.core.get(n.row).is_some_and(|core| n.slot >= *core))
    }

    /// How many nodes the plan has.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }
}

/// Which version of every formula holds on a day at a place.
pub(crate) fn versions(set: &PackSet, chain: &[i64], on: Day, known_on: Day) -> Vec<Option<usize>> {
    set.formulas
        .iter()
        .map(|f| {
            let row = PackSet::resolve(&f.versions, chain, on, known_on)?;
            f.versions.iter().position(|v| core::ptr::eq(v, row))
        })
        .collect()
}

/// Links the rules in force.
pub(crate) fn link(set: &Arc<PackSet>, chain: &[i64], on: Day, known_on: Day) -> Plan {
    let holds = |span: &crate::pack::model::Dated<()>| {
        span.holds(on, known_on) && span.place.is_none_or(|p| chain.contains(&p))
    };
    let mut linker = Linker {
        set,
        versions: versions(set, chain, on, known_on),
        in_force: set.programmes.iter().map(|p| holds(&p.span)).collect(),
        relations: set.relations.iter().map(|r| holds(&r.span)).collect(),
        nodes: Vec::new(),
        known: BTreeMap::new(),
        formulas: vec![None; set.formulas.len()],
        outcomes: BTreeMap::new(),
        widths: vec![0; set.entities.len()],
        rule: None,
    };
    let programmes: Vec<ProgrammePlan> = (0..set.programmes.len())
        .map(|p| linker.programme(p))
        .collect();
    for programme in &set.programmes {
        let dates = [
            programme.first_month,
            programme.review_date,
            programme.valid_until,
        ];
        for formula in dates
            .into_iter()
            .flatten()
            .chain(programme.figures.iter().copied())
        {
            linker.formula(formula);
        }
    }
    let core = linker.widths.clone();
    for formula in 0..set.formulas.len() {
        linker.formula(formula);
    }
    let Linker {
        nodes,
        formulas,
        versions,
        widths,
        outcomes,
        ..
    } = linker;
    let named = |n: &Node| !matches!(n.op, Op::Const(_));
    let outcomes = outcomes.into_iter().map(|(what, id)| (id, what));
    let outcomes = outcomes
        .filter(|(id, _)| nodes.get(ix(*id)).is_some_and(named))
        .collect();
    let layout = nodes.iter().map(|n| (n.row, n.slot)).collect();
    let mut heights: Vec<usize> = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let below = children(&node.op)
            .into_iter()
            .filter_map(|c| heights.get(ix(c)).copied())
            .max()
            .unwrap_or(0);
        heights.push(below.saturating_add(1));
    }
    let height = heights.iter().copied().max().unwrap_or(0);
    let mut fixed: Vec<bool> = Vec::with_capacity(nodes.len());
    let (mut live, mut constant) = (Vec::new(), Vec::new());
    for (id, node) in (0_u32..).zip(&nodes) {
        let below = |n: NodeId| fixed.get(ix(n)).copied().unwrap_or(false);
        let law_only = match &node.op {
            Op::Const(_) | Op::Today => true,
            Op::Param(_, keys) => keys.iter().all(|k| below(*k)),
            Op::Fact(_) | Op::Formula(..) | Op::HasLink(_) | Op::Agg { .. } | Op::Gather(..) => {
                false
            }
            other => children(other).into_iter().all(below),
        };
        fixed.push(law_only && node.row == 0);
        if law_only && node.row == 0 {
            constant.push(id);
        } else {
            live.push(id);
        }
    }
    live.sort_by_key(|id| {
        let node = nodes.get(ix(*id));
        (heights.get(ix(*id)), node.map(|n| (n.row, &n.op)))
    });
    let mut plan = Plan {
        nodes,
        formulas,
        versions,
        programmes,
        widths,
        core,
        layout,
        findings: set.formulas.iter().map(|f| f.finding).collect(),
        outcomes,
        height,
        live,
        constant,
        program: Arc::default(),
    };
    plan.program = Arc::new(Program::new(&plan));
    plan
}

/// The nodes an operation reads.
pub(crate) fn children(op: &Op) -> Vec<NodeId> {
    match op {
        Op::Const(_) | Op::Today | Op::Fact(_) | Op::HasLink(_) => Vec::new(),
        Op::Param(_, list) | Op::And(list) | Op::Or(list) | Op::Min(list) | Op::Max(list) => {
            list.clone()
        }
        Op::Formula(_, inner) => inner.iter().copied().collect(),
        Op::Not(a)
        | Op::In(a, _)
        | Op::Scale(a, _)
        | Op::Has(a)
        | Op::Coalesce(a, _)
        | Op::FirstOfMonth(a, _)
        | Op::Year(a)
        | Op::Month(a)
        | Op::Gather(_, a) => vec![*a],
        Op::Lt(a, b)
        | Op::Le(a, b)
        | Op::Eq(a, b)
        | Op::Add(a, b)
        | Op::Sub(a, b)
        | Op::Mul(a, b)
        | Op::Age(a, b)
        | Op::AddMonths(a, b)
        | Op::AddDays(a, b, _)
        | Op::AddWorkingDays(a, b)
        | Op::MonthsBetween(a, b) => vec![*a, *b],
        Op::MulRound(a, b, c) | Op::DivRound(a, b, c) | Op::RoundTo(a, b, c) | Op::If(a, b, c) => {
            vec![*a, *b, *c]
        }
        Op::Agg { filter, value, .. } => filter.iter().chain(value).copied().collect(),
    }
}

struct Linker<'a> {
    set: &'a PackSet,
    versions: Vec<Option<usize>>,
    in_force: Vec<bool>,
    relations: Vec<bool>,
    nodes: Vec<Node>,
    known: BTreeMap<(usize, Type, Op), NodeId>,
    formulas: Vec<Option<NodeId>>,
    outcomes: BTreeMap<(usize, Outcome), NodeId>,
    widths: Vec<usize>,
    rule: Option<(usize, usize)>,
}

impl Linker<'_> {
    fn add(&mut self, op: Op, ty: Type, row: usize, span: Span) -> NodeId {
        if let Some(id) = self.known.get(&(row, ty, op.clone())) {
            return *id;
        }
        let id = u32::try_from(self.nodes.len().min(MAX_NODES)).unwrap_or(u32::MAX);
        let bounds = self.bounds(&op, ty);
        let slot = self.widths.get(row).copied().unwrap_or(0);
        if let Some(width) = self.widths.get_mut(row) {
            *width = slot.saturating_add(1);
        }
        self.known.insert((row, ty, op.clone()), id);
        self.nodes.push(Node {
            op,
            ty,
            row,
            slot,
            bounds,
            rule: self.rule,
            span,
        });
        id
    }

    fn bound(&self, id: NodeId) -> V {
        self.nodes.get(ix(id)).map_or(V::UNKNOWN, |n| n.bounds)
    }

    /// What a node can be, whatever the facts: the same interval arithmetic over declared bounds.
    fn bounds(&self, op: &Op, ty: Type) -> V {
        let b = |id: &NodeId| self.bound(*id);
        match op {
            Op::Const(v) => V::known(*v),
            Op::Fact(f) => self
                .set
                .facts
                .get(*f)
                .map_or(V::UNKNOWN, |f| V::missing(f.ty, f.low, f.high)),
            Op::Param(p, _) => self
                .set
                .parameters
                .get(*p)
                .map_or(V::UNKNOWN, |p| V::missing(p.ty, p.low, p.high)),
            // an official's finding may be any value of the type
            Op::Formula(f, Some(inner)) => match self.set.formulas.get(*f).map(|f| f.finding) {
                Some(None) => b(inner),
                _ => b(inner).hull(V::plain(ty)),
            },
            Op::Add(x, y) => b(x).add(b(y)),
            Op::Sub(x, y) => b(x).sub(b(y)),
            Op::Mul(x, y) => {
                let (x, y) = (b(x), b(y));
                if x.lo >= 0 && y.lo >= 0 {
                    V {
                        lo: x.lo.saturating_mul(y.lo),
                        hi: i64::MAX,
                    }
                } else {
                    V::UNKNOWN
                }
            }
            Op::Scale(x, k) => b(x).scale(*k),
            Op::Min(list) => list.iter().map(b).reduce(V::min).unwrap_or(V::UNKNOWN),
            Op::Max(list) => list.iter().map(b).reduce(V::max).unwrap_or(V::UNKNOWN),
            Op::If(_, x, y) => b(x).hull(b(y)),
            Op::Coalesce(x, v) => b(x).hull(V::known(*v)),
            Op::MulRound(x, y, _) | Op::DivRound(x, y, _) if b(x).lo >= 0 && b(y).lo >= 0 => V {
                lo: 0,
                hi: i64::MAX,
            },
            Op::RoundTo(x, _, _) if b(x).lo >= 0 => V {
                lo: 0,
                hi: i64::MAX,
            },
            Op::Agg {
                kind: AggK::Count, ..
            } => V {
                lo: 0,
                hi: i64::MAX,
            },
            Op::Agg {
                kind: AggK::Sum,
                value: Some(v),
                ..
            } if b(v).lo >= 0 => V {
                lo: 0,
                hi: i64::MAX,
            },
            Op::Gather(_, inner) => b(inner),
            _ => V::plain(ty),
        }
    }

    fn formula(&mut self, index: usize) -> NodeId {
        if let Some(Some(id)) = self.formulas.get(index) {
            return *id;
        }
        let set = self.set;
        let Some(formula) = set.formulas.get(index) else {
            return 0;
        };
        let version = self.versions.get(index).copied().flatten();
        let rule = version.and_then(|v| formula.versions.get(v).map(|row| (v, row)));
        let outer = self.rule;
        let mut span = Span::default();
        let inner = rule.map(|(v, row)| {
            self.rule = Some((index, v));
            span = row.value.typed.span;
            let typed = Arc::clone(&row.value.typed);
            self.expr(&typed)
        });
        self.rule = rule.map(|(v, _)| (index, v));
        let id = self.add(Op::Formula(index, inner), formula.ty, formula.entity, span);
        self.rule = outer;
        if let Some(slot) = self.formulas.get_mut(index) {
            *slot = Some(id);
        }
        id
    }

    fn constant(&mut self, value: i64, ty: Type) -> NodeId {
        self.add(Op::Const(value), ty, 0, Span::default())
    }

    fn programme(&mut self, index: usize) -> ProgrammePlan {
        let set = self.set;
        let in_force = self.in_force.get(index).copied().unwrap_or(false);
        let empty = ProgrammePlan {
            programme: index,
            in_force,
            conditions: Vec::new(),
            relations: Vec::new(),
            qualifies: 0,
            eligible: 0,
            amount: None,
        };
        let Some(programme) = set.programmes.get(index) else {
            return empty;
        };
        let qualifies = self.outcome(index, Outcome::Qualifies);
        let eligible = self.outcome(index, Outcome::Eligible);
        let amount = programme
            .amount
            .map(|_| self.outcome(index, Outcome::Amount));
        let conditions = if in_force {
            self.conditions(index)
        } else {
            Vec::new()
        };
        let relations = if in_force {
            self.stands(index)
        } else {
            Vec::new()
        };
        ProgrammePlan {
            conditions,
            relations,
            qualifies,
            eligible,
            amount,
            ..empty
        }
    }

    /// The conditions in force and their nodes.
    fn conditions(&mut self, programme: usize) -> Vec<(usize, NodeId)> {
        let set = self.set;
        let list = set
            .programmes
            .get(programme)
            .map(|p| p.conditions.as_slice())
            .unwrap_or_default();
        let holds = |s: &Self, c: usize| s.versions.get(c).copied().flatten().is_some();
        list.iter()
            .filter(|c| holds(self, **c))
            .copied()
            .collect::<Vec<_>>()
            .into_iter()
            .map(|c| (c, self.formula(c)))
            .collect()
    }

    /// For every relation against this programme, the node that must hold.
    fn stands(&mut self, programme: usize) -> Vec<(usize, NodeId)> {
        let set = self.set;
        let mut out = Vec::new();
        for (index, relation) in set.relations.iter().enumerate() {
            if !self.relations.get(index).copied().unwrap_or(false) {
                continue;
            }
            let row = set.programmes.get(programme).map_or(0, |p| p.entity);
            match relation.kind {
                RelationKind::Precedes | RelationKind::Excludes if relation.second == programme => {
                    let first = self.outcome(relation.first, Outcome::Eligible);
                    let row = self.nodes.get(ix(first)).map_or(row, |n| n.row);
                    out.push((
                        index,
                        self.add(Op::Not(first), Type::Bool, row, Span::default()),
                    ));
                }
                RelationKind::Choose
                    if relation.first == programme || relation.second == programme =>
                {
                    let other = if relation.first == programme {
                        relation.second
                    } else {
                        relation.first
                    };
                    let Some(choice) = relation.choice else {
                        continue;
                    };
                    let ty = set.facts.get(choice).map_or(Type::Bool, |f| f.ty);
                    let own = set.programmes.get(programme).map_or("", |p| p.id.as_str());
                    let Type::Code(list) = ty else { continue };
                    let code =
                        crate::facts::scalar::CodeIndex::code_index(set, list, own).unwrap_or(-1);
                    let rival = self.outcome(other, Outcome::Qualifies);
                    let free = self.add(Op::Not(rival), Type::Bool, row, Span::default());
                    let fact = self.add(Op::Fact(choice), ty, row, Span::default());
                    let code = self.constant(code, ty);
                    let chosen = self.add(Op::Eq(fact, code), Type::Bool, row, Span::default());
                    out.push((
                        index,
                        self.add(Op::Or(vec![free, chosen]), Type::Bool, row, Span::default()),
                    ));
                }
                _ => {}
            }
        }
        out
    }

    fn outcome(&mut self, index: usize, which: Outcome) -> NodeId {
        if let Some(id) = self.outcomes.get(&(index, which)) {
            return *id;
        }
        let set = self.set;
        let Some(programme) = set.programmes.get(index) else {
            return self.constant(0, Type::Bool);
        };
        let row = programme.entity;
        let in_force = self.in_force.get(index).copied().unwrap_or(false);
        let outer = self.rule.take();
        let id = match which {
            Outcome::Qualifies | Outcome::Eligible if !in_force => self.constant(0, Type::Bool),
            Outcome::Qualifies => {
                let parts = self.conditions(index).into_iter().map(|(_, n)| n).collect();
                self.add(Op::And(parts), Type::Bool, row, Span::default())
            }
            Outcome::Eligible => {
                let mut parts = vec![self.outcome(index, Outcome::Qualifies)];
                parts.extend(self.stands(index).into_iter().map(|(_, n)| n));
                self.add(Op::And(parts), Type::Bool, row, Span::default())
            }
            Outcome::Amount => {
                let ty = programme
                    .amount
                    .and_then(|f| set.formulas.get(f))
                    .map_or(Type::Count, |f| f.ty);
                let zero = self.constant(0, ty);
                if in_force {
                    let eligible = self.outcome(index, Outcome::Eligible);
                    let paid = self.paid(index, ty, row, zero);
                    self.add(Op::If(eligible, paid, zero), ty, row, Span::default())
                } else {
                    zero
                }
            }
        };
        self.rule = outer;
        self.outcomes.insert((index, which), id);
        id
    }

    /// The amount after the relations that change it.
    fn paid(&mut self, index: usize, ty: Type, row: usize, zero: NodeId) -> NodeId {
        let set = self.set;
        let Some(own) = set.programmes.get(index).and_then(|p| p.amount) else {
            return zero;
        };
        let mut amount = self.formula(own);
        for (number, relation) in set.relations.iter().enumerate() {
            if !self.relations.get(number).copied().unwrap_or(false) {
                continue;
            }
            let none = Span::default();
            match relation.kind {
                RelationKind::TopsUp if relation.first == index => {
                    let Some(less) = relation.less else { continue };
                    let less = self.formula(less);
                    let rest = self.add(Op::Sub(amount, less), ty, row, none);
                    amount = self.add(Op::Max(vec![rest, zero]), ty, row, none);
                }
                RelationKind::HigherOf if relation.first == index || relation.second == index => {
                    let first = relation.first == index;
                    let other = if first {
                        relation.second
                    } else {
                        relation.first
                    };
                    let Some(rival) = set.programmes.get(other).and_then(|p| p.amount) else {
                        continue;
                    };
                    let rival = self.formula(rival);
                    let has = self.outcome(other, Outcome::Eligible);
                    let loses = if first {
                        self.add(Op::Le(amount, rival), Type::Bool, row, none)
                    } else {
                        self.add(Op::Lt(amount, rival), Type::Bool, row, none)
                    };
                    let yields = self.add(Op::And(vec![has, loses]), Type::Bool, row, none);
                    amount = self.add(Op::If(yields, zero, amount), ty, row, none);
                }
                _ => {}
            }
        }
        amount
    }

    fn list(&mut self, parts: &[TExpr]) -> Vec<NodeId> {
        parts.iter().map(|p| self.expr(p)).collect()
    }

    fn expr(&mut self, e: &TExpr) -> NodeId {
        let op = match &e.op {
            TOp::Const(v) => Op::Const(*v),
            TOp::Today => Op::Today,
            TOp::Fact(f) => Op::Fact(*f),
            TOp::Formula(f) => return self.formula(*f),
            TOp::Outcome(p, which) => return self.outcome(*p, *which),
            TOp::Param(p, keys) => Op::Param(*p, self.list(keys)),
            TOp::Not(a) => Op::Not(self.expr(a)),
            TOp::And(parts) => Op::And(self.list(parts)),
            TOp::Or(parts) => Op::Or(self.list(parts)),
            TOp::Cmp(cmp, a, b) => {
                let (a, b) = (self.expr(a), self.expr(b));
                match cmp {
                    CmpOp::Lt => Op::Lt(a, b),
                    CmpOp::Gt => Op::Lt(b, a),
                    CmpOp::Le => Op::Le(a, b),
                    CmpOp::Ge => Op::Le(b, a),
                    CmpOp::Eq => Op::Eq(a, b),
                    CmpOp::Ne => Op::Not(self.add(Op::Eq(a, b), Type::Bool, e.row, e.span)),
                }
            }
            TOp::In(a, values) => Op::In(self.expr(a), values.clone()),
            TOp::Add(a, b) => {
                let date = a.ty == Type::Date || b.ty == Type::Date;
                let (first, second) = if b.ty == Type::Date { (b, a) } else { (a, b) };
                let (x, y) = (self.expr(first), self.expr(second));
                if date {
                    Op::AddDays(x, y, false)
                } else {
                    Op::Add(x, y)
                }
            }
            TOp::Sub(a, b) => {
                let (x, y) = (self.expr(a), self.expr(b));
                if a.ty == Type::Date && b.ty == Type::Days {
                    Op::AddDays(x, y, true)
                } else {
                    Op::Sub(x, y)
                }
            }
            TOp::Mul(a, b) => Op::Mul(self.expr(a), self.expr(b)),
            TOp::Scale(a, k) => Op::Scale(self.expr(a), *k),
            TOp::Min(parts) => Op::Min(self.list(parts)),
            TOp::Max(parts) => Op::Max(self.list(parts)),
            TOp::MulRound(a, b, c) => Op::MulRound(self.expr(a), self.expr(b), self.expr(c)),
            TOp::DivRound(a, b, c) => Op::DivRound(self.expr(a), self.expr(b), self.expr(c)),
            TOp::RoundTo(a, b, c) => Op::RoundTo(self.expr(a), self.expr(b), self.expr(c)),
            TOp::If(a, b, c) => Op::If(self.expr(a), self.expr(b), self.expr(c)),
            TOp::Has(a) => Op::Has(self.expr(a)),
            TOp::HasLink(l) => Op::HasLink(*l),
            TOp::Coalesce(a, v) => Op::Coalesce(self.expr(a), *v),
            TOp::Age(a, b) => Op::Age(self.expr(a), self.expr(b)),
            TOp::AddMonths(a, b) => Op::AddMonths(self.expr(a), self.expr(b)),
            TOp::AddWorkingDays(a, b) => Op::AddWorkingDays(self.expr(a), self.expr(b)),
            TOp::FirstOfMonth(a) => Op::FirstOfMonth(self.expr(a), false),
            TOp::FirstOfNextMonth(a) => Op::FirstOfMonth(self.expr(a), true),
            TOp::MonthsBetween(a, b) => Op::MonthsBetween(self.expr(a), self.expr(b)),
            TOp::Year(a) => Op::Year(self.expr(a)),
            TOp::Month(a) => Op::Month(self.expr(a)),
            TOp::Agg {
                kind,
                child,
                filter,
                value,
            } => {
                let kind = match kind {
                    AggKind::All => AggK::All,
                    AggKind::Exists => AggK::Exists,
                    AggKind::Count => AggK::Count,
                    AggKind::Sum => AggK::Sum,
                    AggKind::Min => AggK::Min,
                    AggKind::Max => AggK::Max,
                };
                let filter = filter.as_ref().map(|f| self.expr(f));
                let value = value.as_ref().map(|v| self.expr(v));
                Op::Agg {
                    kind,
                    child: *child,
                    filter,
                    value,
                }
            }
            TOp::Gather(link, inner) => Op::Gather(*link, self.expr(inner)),
        };
        self.add(op, e.ty, e.row, e.span)
    }
}
