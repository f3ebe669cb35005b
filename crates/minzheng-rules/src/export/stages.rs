//! In which order the nodes of a plan can be computed table by table.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{Node, NodeId, Op, Plan, children, ix};
use crate::pack::PackSet;

/// A column of a table while it is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Col {
    /// The row that the link with this index points to.
    Link(usize),
    /// Whether the rows of this entity are all given.
    Complete(usize),
    /// The official's finding that may stand for the formula of this node.
    Finding(NodeId),
    /// Both ends of a node: of this entity, or brought from one above.
    Node(NodeId),
}

/// One pass over a table: columns brought from other tables, then nodes level by level.
#[derive(Debug, Default)]
pub(super) struct Stage {
    pub(super) entity: usize,
    pub(super) number: usize,
    /// Nodes brought from the row above.
    pub(super) imports: Vec<NodeId>,
    pub(super) aggregates: Vec<NodeId>,
    pub(super) gathers: Vec<NodeId>,
    /// Nodes that read nothing but earlier levels of this table.
    pub(super) levels: Vec<Vec<NodeId>>,
    /// For the first stage: what is taken from the table beside the facts.
    pub(super) given: Vec<Col>,
    /// What later stages still read.
    pub(super) keep: Vec<Col>,
}

/// The whole order.
#[derive(Debug)]
pub(super) struct Schedule {
    /// In the order of computation.
    pub(super) stages: Vec<Stage>,
    /// Facts that are read, in order.
    pub(super) facts: BTreeSet<usize>,
    /// The entities that take part.
    pub(super) entities: BTreeSet<usize>,
    pub(super) links: BTreeSet<(usize, usize)>,
}

/// Whether a node is written where it is read: the law alone gives it, without a key.
pub(super) fn is_inline(node: &Node) -> bool {
    match &node.op {
        Op::Const(_) | Op::Today => true,
        Op::Param(_, keys) => keys.is_empty(),
        _ => false,
    }
}

struct Planner<'a> {
    set: &'a PackSet,
    plan: &'a Plan,
    /// In which stage a column of an entity comes to be.
    born: BTreeMap<(usize, Col), usize>,
    /// The last stage that reads a column from a finished table.
    last: BTreeMap<(usize, Col), usize>,
    level: BTreeMap<NodeId, usize>,
}

/// Orders what the wanted nodes need; `wanted` are columns of the results.
pub(super) fn schedule(set: &PackSet, plan: &Plan, wanted: &[(usize, NodeId)]) -> Schedule {
    let mut needed = BTreeSet::new();
    let mut open: Vec<NodeId> = wanted.iter().map(|(_, id)| *id).collect();
    while let Some(id) = open.pop() {
        if needed.insert(id)
            && let Some(node) = plan.nodes.get(ix(id))
        {
            open.extend(children(&node.op));
        }
    }
    let mut planner = Planner {
        set,
        plan,
        born: BTreeMap::new(),
        last: BTreeMap::new(),
        level: BTreeMap::new(),
    };
    let mut entities: BTreeSet<usize> = wanted.iter().map(|(entity, _)| *entity).collect();
    let mut facts = BTreeSet::new();
    let mut links = BTreeSet::new();
    for id in &needed {
        let Some(node) = plan.nodes.get(ix(*id)).filter(|n| !is_inline(n)) else {
            continue;
        };
        entities.insert(node.row);
        match &node.op {
            Op::Fact(fact) => {
                facts.insert(*fact);
            }
            Op::Formula(formula, _) => {
                facts.extend(plan.findings.get(*formula).copied().flatten());
            }
            Op::Agg { child, .. } => {
                entities.insert(*child);
                facts.extend(set.entities.get(*child).and_then(|e| e.complete));
            }
            Op::HasLink(link) | Op::Gather(link, _) => {
                links.insert((node.row, *link));
                entities.extend(planner.target(node.row, *link));
            }
            _ => {}
        }
        planner.node(*id, node);
    }
    for (entity, id) in wanted {
        planner.available(*entity, *id);
        planner.read(*entity, Col::Node(*id), usize::MAX);
    }
    // a row above is reached through its own table
    for entity in entities.clone() {
        let mut at = entity;
        while let Some(parent) = set.entities.get(at).and_then(|e| e.parent) {
            entities.insert(parent);
            at = parent;
        }
    }
    let stages = planner.stages(&entities);
    Schedule {
        stages,
        facts,
        entities,
        links,
    }
}

impl Planner<'_> {
    fn target(&self, entity: usize, link: usize) -> Option<usize> {
        let links = self.set.entities.get(entity).map(|e| &e.links)?;
        links.get(link).map(|(_, to)| *to)
    }

    fn read(&mut self, entity: usize, col: Col, stage: usize) {
        let last = self.last.entry((entity, col)).or_insert(stage);
        *last = (*last).max(stage);
    }

    /// The stage in which a row of an entity has the value of a node; brings it down where needed.
    fn available(&mut self, entity: usize, id: NodeId) -> usize {
        let Some(node) = self.plan.nodes.get(ix(id)).filter(|n| !is_inline(n)) else {
            return 0;
        };
        if let Some(stage) = self.born.get(&(entity, Col::Node(id))) {
            return *stage;
        }
        let parent = self.set.entities.get(entity).and_then(|e| e.parent);
        let Some(parent) = parent.filter(|_| node.row != entity) else {
            return 0;
        };
        let stage = self.available(parent, id).saturating_add(1);
        self.read(parent, Col::Node(id), stage);
        self.born.insert((entity, Col::Node(id)), stage);
        stage
    }

    /// The first stage in which a node can be computed, and its level there.
    fn node(&mut self, id: NodeId, node: &Node) {
        let row = node.row;
        let (stage, level) = match &node.op {
            Op::Fact(_) => (0, 0),
            Op::Agg {
                child,
                filter,
                value,
                ..
            } => {
                let parts: Vec<NodeId> = filter.iter().chain(value).copied().collect();
                let ready = parts.iter().map(|p| self.available(*child, *p)).max();
                let stage = ready.unwrap_or(0).saturating_add(1);
                for part in parts {
                    self.read(*child, Col::Node(part), stage);
                }
                self.read(row, Col::Complete(*child), stage);
                (stage, 0)
            }
            Op::Gather(link, inner) => {
                let target = self.target(row, *link).unwrap_or(row);
                let stage = self.available(target, *inner).saturating_add(1);
                self.read(target, Col::Node(*inner), stage);
                self.read(row, Col::Link(*link), stage);
                (stage, 0)
            }
            op => {
                let parts = children(op);
                let stages: Vec<usize> = parts.iter().map(|p| self.available(row, *p)).collect();
                let stage = stages.iter().copied().max().unwrap_or(0);
                let mut level = 1_usize;
                for (part, own) in parts.iter().zip(stages) {
                    if own == stage {
                        let below = self.level.get(part).copied().unwrap_or(0);
                        // what was brought from above is there from the beginning
                        let is_own = self.plan.nodes.get(ix(*part)).is_some_and(|n| n.row == row);
                        level = level.max(if is_own { below.saturating_add(1) } else { 1 });
                    } else {
                        self.read(row, Col::Node(*part), stage);
                    }
                }
                match op {
                    Op::HasLink(link) => self.read(row, Col::Link(*link), stage),
                    Op::Formula(..) => self.read(row, Col::Finding(id), stage),
                    _ => {}
                }
                (stage, level)
            }
        };
        self.born.insert((row, Col::Node(id)), stage);
        self.level.insert(id, level);
    }

    fn stages(&self, entities: &BTreeSet<usize>) -> Vec<Stage> {
        let mut stages: BTreeMap<(usize, usize), Stage> = BTreeMap::new();
        let fresh = |number: usize, entity: usize| Stage {
            entity,
            number,
            ..Stage::default()
        };
        for entity in entities {
            stages.insert((0, *entity), fresh(0, *entity));
        }
        for ((entity, col), number) in &self.born {
            let Col::Node(id) = *col else { continue };
            let Some(node) = self.plan.nodes.get(ix(id)) else {
                continue;
            };
            let stage = stages
                .entry((*number, *entity))
                .or_insert_with(|| fresh(*number, *entity));
            match &node.op {
                _ if node.row != *entity => stage.imports.push(id),
                Op::Agg { .. } => stage.aggregates.push(id),
                Op::Gather(..) => stage.gathers.push(id),
                _ => {
                    let level = self.level.get(&id).copied().unwrap_or(0);
                    while stage.levels.len() <= level {
                        stage.levels.push(Vec::new());
                    }
                    if let Some(list) = stage.levels.get_mut(level) {
                        list.push(id);
                    }
                }
            }
        }
        for stage in stages.values_mut() {
            let lives = |((entity, col), last): (&(usize, Col), &usize)| {
                let born = self.born.get(&(*entity, *col)).copied().unwrap_or(0);
                let is_column = match col {
                    Col::Node(id) => self.plan.nodes.get(ix(*id)).is_some_and(|n| !is_inline(n)),
                    Col::Finding(id) => self.finding(*id).is_some(),
                    Col::Complete(child) => {
                        let child = self.set.entities.get(*child);
                        child.is_some_and(|e| e.complete.is_some())
                    }
                    Col::Link(_) => true,
                };
                let here = *entity == stage.entity && born <= stage.number;
                (here && is_column).then_some((*col, *last))
            };
            let columns: Vec<(Col, usize)> = self.last.iter().filter_map(lives).collect();
            if stage.number == 0 {
                let given = columns.iter().map(|(col, _)| *col);
                stage.given = given.filter(|col| !matches!(col, Col::Node(_))).collect();
            }
            let kept = columns.into_iter().filter(|(_, last)| *last > stage.number);
            stage.keep = kept.map(|(col, _)| col).collect();
        }
        stages.into_values().collect()
    }

    fn finding(&self, id: NodeId) -> Option<usize> {
        match self.plan.nodes.get(ix(id)).map(|n| &n.op) {
            Some(Op::Formula(formula, _)) => self.plan.findings.get(*formula).copied().flatten(),
            _ => None,
        }
    }
}
