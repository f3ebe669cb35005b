//! What a decided answer rests on: the facts, figures, readings and rules that were needed for it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::facts::FactStatus;
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
}

/// A reading of the law that decided: a setting and the value it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The setting.
    pub id: String,
    /// Its words.
    pub title: Words,
    /// The reading that was used.
    pub value: String,
    /// The reading in words.
    pub words: Words,
    /// The number of the ambiguity, where it is one of the list.
    pub ambiguity: Option<u32>,
}

/// What an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Grounds {
    /// Declared facts: the answer is provisional while there is one.
    pub provisional: Vec<ProvisionalFact>,
    /// Rules and figures that are believed but not confirmed, by id.
    pub unconfirmed: Vec<String>,
    /// Rules and figures that were invented for demonstration, by id.
    pub invented: Vec<String>,
    /// Readings that decided.
    pub choices: Vec<Choice>,
}

impl Assessment {
    /// Declared facts that the outcomes rest on; while there is one, the answer is provisional.
    pub fn provisional(&self) -> Vec<ProvisionalFact> {
        self.grounds(None).provisional
    }

    /// Rules and figures that the outcomes rest on and that are not confirmed, by id.
    pub fn unconfirmed(&self) -> Vec<String> {
        self.grounds(None).unconfirmed
    }

    /// What the outcome of one programme (all programmes: `None`) rests on.
    pub fn grounds(&self, only: Option<(usize, usize)>) -> Grounds {
        let mut walk = Walk {
            a: self,
            seen: BTreeSet::new(),
            facts: BTreeMap::new(),
            status: BTreeMap::new(),
            choices: BTreeMap::new(),
        };
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
        let Walk {
            facts,
            status,
            choices,
            ..
        } = walk;
        let of = |wanted: Status| {
            status
                .iter()
                .filter(|(_, s)| **s == wanted)
                .map(|(id, _)| id.clone())
                .collect()
        };
        Grounds {
            provisional: facts.into_values().collect(),
            unconfirmed: of(Status::Unconfirmed),
            invented: of(Status::Invented),
            choices: choices.into_values().collect(),
        }
    }
}

struct Walk<'a> {
    a: &'a Assessment,
    seen: BTreeSet<(NodeId, usize)>,
    facts: BTreeMap<(usize, usize), ProvisionalFact>,
    status: BTreeMap<String, Status>,
    choices: BTreeMap<String, Choice>,
}

impl Walk<'_> {
    fn visit(&mut self, id: NodeId, entity: usize, row: usize) {
        let a = self.a;
        let Some(node) = a.regime.plan.nodes.get(ix(id)) else {
            return;
        };
        let row = a.row_for(node.row, entity, row);
        if !self.seen.insert((id, row)) {
            return;
        }
        let value = a.frame.get(id, row);
        let entity = node.row;
        match &node.op {
            Op::Fact(fact) => {
                if value.is_known() && a.input.status(*fact, row) == FactStatus::Declared {
                    self.declared(*fact, entity, row);
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
                    self.status.insert(def.id.clone(), version.status);
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
                    && a.input.status(complete, row) == FactStatus::Declared
                {
                    self.declared(complete, entity, row);
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

    fn declared(&mut self, fact: usize, entity: usize, row: usize) {
        let a = self.a;
        let Some(def) = a.set.facts.get(fact) else {
            return;
        };
        let row_id = a.row_word(entity, row);
        self.facts
            .entry((fact, row))
            .or_insert_with(|| ProvisionalFact {
                id: def.id.clone(),
                row: row_id,
                title: def.title.clone(),
            });
    }

    fn figure(&mut self, param: usize, found: Found, value: V) {
        let a = self.a;
        let Some(def) = a.set.parameters.get(param) else {
            return;
        };
        if let Found::Row(row) = found
            && let Some(row) = def.rows.get(row)
        {
            self.status.insert(def.id.clone(), row.status);
        }
        if let (true, Some(code), Type::Code(list)) = (def.is_setting, value.get(), def.ty) {
            let words = usize::try_from(code)
                .ok()
                .and_then(|i| a.set.lists.get(list)?.codes.get(i))
                .map(|c| c.words.clone());
            let choice = Choice {
                id: def.id.clone(),
                title: def.title.clone(),
                value: a.set.value_words(value, def.ty),
                words: words.unwrap_or_default(),
                ambiguity: def.ambiguity,
            };
            self.choices.insert(def.id.clone(), choice);
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
