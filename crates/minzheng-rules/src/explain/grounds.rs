//! What a decided answer rests on: the facts, figures, readings and rules that were needed for it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::facts::{FactStatus, RowRef};
use crate::ir::{NodeId, Op, children, ix};
use crate::lang::Type;
use crate::pack::model::{Status, Words};
use crate::scalar::{Found, V};
use crate::scenario::Assessment;

/// A fact that an answer rests on and that nobody has verified yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvisionalFact {
    /// Its id.
    pub id: String,
    /// The row, where it is not the root's.
    pub row: Option<String>,
    /// Its words.
    pub title: Words,
    /// Why nobody has verified it, where the case says so: what is awaited.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What an outcome rests on, as indices into the packs and the case.
pub(super) struct Rests<'a> {
    /// Facts and their rows: those that are declared, or all that are known.
    pub(super) facts: BTreeSet<(usize, usize)>,
    status: BTreeMap<&'a str, Status>,
    /// Readings that decided, by the id of the setting: the setting, where its value was found, the value.
    pub(super) choices: BTreeMap<&'a str, (usize, Found, V)>,
}

impl Rests<'_> {
    /// The rules and figures of one standing, by id.
    pub(super) fn with_status(&self, wanted: Status) -> Vec<String> {
        self.status
            .iter()
            .filter(|(_, s)| **s == wanted)
            .map(|(id, _)| (*id).to_owned())
            .collect()
    }
}

impl Assessment {
    /// Declared facts that the outcomes rest on; while there is one, the answer is provisional.
    pub fn provisional(&self) -> Vec<ProvisionalFact> {
        self.provisional_facts(self.rests_on(None))
    }

    /// Declared facts that some formulas or conditions by id rest on, each in this row of its entity.
    pub fn provisional_of(&self, wanted: &[&str], row: usize) -> Vec<ProvisionalFact> {
        self.provisional_facts(self.formulas_rest_on(wanted, row))
    }

    fn provisional_facts(&self, rests: Rests<'_>) -> Vec<ProvisionalFact> {
        let facts = rests.facts.into_iter();
        facts
            .filter_map(|(fact, row)| {
                let def = self.set.facts.get(fact)?;
                Some(ProvisionalFact {
                    id: def.id.clone(),
                    row: self.row_word(def.entity, row),
                    title: def.title.clone(),
                    reason: self
                        .input
                        .provenance
                        .get(&(fact, row))
                        .map(|p| p.reason.clone())
                        .unwrap_or_default(),
                })
            })
            .collect()
    }

    /// Rules and figures that the outcomes rest on and that are not confirmed, by id.
    pub fn unconfirmed(&self) -> Vec<String> {
        self.rests_on(None).with_status(Status::Unconfirmed)
    }

    /// Rules and figures that some formulas or conditions by id rest on and that are not confirmed, each in this row of its entity.
    pub fn unconfirmed_of(&self, wanted: &[&str], row: usize) -> Vec<String> {
        self.formulas_rest_on(wanted, row)
            .with_status(Status::Unconfirmed)
    }

    /// The facts that some formulas or conditions by id rest on, each of these in this row of its entity: the ids of those that are
    /// known, with their rows. The example of [`Engine::prepare`](crate::scenario::Engine::prepare) asks it.
    pub fn facts_of(&self, wanted: &[&str], row: usize) -> Vec<(&str, RowRef)> {
        let mut walk = Walk::new(self);
        walk.every_fact = true;
        let facts = walk.through(self.formula_nodes(wanted, row)).facts;
        let named = |(fact, row): (usize, usize)| {
            let def = self.set.facts.get(fact)?;
            let entity = def.entity;
            Some((def.id.as_str(), RowRef { entity, row }))
        };
        facts.into_iter().filter_map(named).collect()
    }

    fn formulas_rest_on(&self, wanted: &[&str], row: usize) -> Rests<'_> {
        Walk::new(self).through(self.formula_nodes(wanted, row))
    }

    /// What the outcome of one programme (all programmes: `None`) rests on.
    pub(super) fn rests_on(&self, only: Option<(usize, usize)>) -> Rests<'_> {
        let mut walk = Walk::new(self);
        for plan in &self.regime.plan.programmes {
            let Some(programme) = self.set.programmes.get(plan.programme) else {
                continue;
            };
            for row in 0..self.input.row_count(programme.entity) {
                if only.is_none_or(|(p, r)| p == plan.programme && r == row) {
                    walk.visit(plan.eligible, programme.entity, row);
                    let eligible = self.node_value(plan.eligible, programme.entity, row) == V::TRUE;
                    if let Some(amount) = plan.amount.filter(|_| eligible) {
                        walk.visit(amount, programme.entity, row);
                    }
                }
            }
        }
        walk.rests
    }
}

struct Walk<'a> {
    a: &'a Assessment,
    /// Whether facts count that are not declared.
    every_fact: bool,
    seen: BTreeSet<(NodeId, usize)>,
    rests: Rests<'a>,
}

impl<'a> Walk<'a> {
    fn new(a: &'a Assessment) -> Self {
        Self {
            a,
            every_fact: false,
            seen: BTreeSet::new(),
            rests: Rests {
                facts: BTreeSet::new(),
                status: BTreeMap::new(),
                choices: BTreeMap::new(),
            },
        }
    }

    /// What some nodes rest on, each in a row of an entity.
    fn through(mut self, nodes: Vec<(&str, NodeId, usize, usize)>) -> Rests<'a> {
        for (_, id, entity, row) in nodes {
            self.visit(id, entity, row);
        }
        self.rests
    }

    fn visit(&mut self, id: NodeId, entity: usize, row: usize) {
        let a = self.a;
        let Some(node) = a.regime.plan.nodes.get(ix(id)) else {
            return;
        };
        let row = a.row_for(node.row, entity, row);
        if !self.seen.insert((id, row)) {
            return;
        }
        let value = a.at(id, row);
        let entity = node.row;
        match &node.op {
            Op::Fact(fact) => {
                if value.is_known() {
                    self.fact(*fact, row);
                }
            }
            Op::Param(param, keys) => {
                let known: Vec<V> = keys.iter().map(|k| a.node_value(*k, entity, row)).collect();
                let found = a.regime.params.lookup(*param, &known).1;
                self.figure(*param, found, value);
                for key in keys {
                    self.visit(*key, entity, row);
                }
            }
            Op::Formula(formula, inner) => {
                let Some(def) = a.set.formulas.get(*formula) else {
                    return;
                };
                if def
                    .finding
                    .is_some_and(|f| a.input.value(f, row).is_known())
                {
                    return;
                }
                let version = a.regime.plan.versions.get(*formula).copied().flatten();
                if let Some(version) = version.and_then(|v| def.versions.get(v)) {
                    self.rests.status.insert(&def.id, version.status);
                }
                if let Some(inner) = inner {
                    self.visit(*inner, entity, row);
                }
            }
            // a conjunction that is false rests on its false parts, a disjunction that is true on its true parts
            Op::And(parts) | Op::Or(parts) => {
                let decisive = if matches!(node.op, Op::And(_)) {
                    V::FALSE
                } else {
                    V::TRUE
                };
                for part in parts {
                    if value != decisive || a.node_value(*part, entity, row) == decisive {
                        self.visit(*part, entity, row);
                        if value == decisive {
                            break;
                        }
                    }
                }
            }
            Op::If(test, yes, no) => {
                self.visit(*test, entity, row);
                match a.node_value(*test, entity, row).get() {
                    Some(1) => self.visit(*yes, entity, row),
                    Some(_) => self.visit(*no, entity, row),
                    None => {}
                }
            }
            Op::Agg {
                child,
                filter,
                value: of,
                ..
            } => {
                if let Some(complete) = a.set.entities.get(*child).and_then(|e| e.complete)
                    && a.input.value(complete, row).is_known()
                {
                    self.fact(complete, row);
                }
                for at in 0..a.input.row_count(*child) {
                    if a.row_for(entity, *child, at) != row {
                        continue;
                    }
                    let kept = filter.is_none_or(|f| a.node_value(f, *child, at) != V::FALSE);
                    for part in filter.iter().chain(of.iter().filter(|_| kept)) {
                        self.visit(*part, *child, at);
                    }
                }
            }
            Op::Gather(link, inner) => {
                let target = a.input.target(entity, *link, row);
                if let (Some(target), Some(inner_node)) =
                    (target, a.regime.plan.nodes.get(ix(*inner)))
                {
                    self.visit(*inner, inner_node.row, target);
                }
            }
            other => {
                for child in children(other) {
                    self.visit(child, entity, row);
                }
            }
        }
    }

    fn fact(&mut self, fact: usize, row: usize) {
        if self.every_fact || self.a.input.status(fact, row) == FactStatus::Declared {
            self.rests.facts.insert((fact, row));
        }
    }

    fn figure(&mut self, param: usize, found: Found, value: V) {
        let a = self.a;
        let Some(def) = a.set.parameters.get(param) else {
            return;
        };
        if let Found::Row(row) = found
            && let Some(row) = def.rows.get(row)
        {
            self.rests.status.insert(&def.id, row.status);
        }
        if def.is_setting && value.is_known() && matches!(def.ty, Type::Code(_)) {
            self.rests.choices.insert(&def.id, (param, found, value));
        }
    }
}

impl Assessment {
    /// The id of a row; `None` for the root.
    pub(crate) fn row_word(&self, entity: usize, row: usize) -> Option<String> {
        (entity != 0).then(|| {
            self.input
                .ids
                .get(entity)
                .and_then(|ids| ids.get(row))
                .cloned()
                .unwrap_or_default()
        })
    }
}
