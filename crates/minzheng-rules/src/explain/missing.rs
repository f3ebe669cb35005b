//! What is still to be asked: the unknown facts, figures and rules that can still decide.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::ir::{NodeId, Op, children, ix};
use crate::pack::model::{Cite, Words};
use crate::scalar::{Found, V};
use crate::scenario::Assessment;
use crate::truth::Truth;

/// What kind of thing is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum MissingKind {
    /// A fact nobody has given, or whose source has not answered.
    Fact,
    /// A figure that no pack holds for the place and day.
    Parameter,
    /// A rule: no version is in force on the day.
    Rule,
    /// An official's finding: the rule alone cannot decide.
    Finding,
    /// A link of a record to another row.
    Link,
}

/// One thing that is missing, whose it is, and who can supply it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// What kind of thing it is.
    pub kind: MissingKind,
    /// Its id.
    pub id: String,
    /// The row it belongs to, where that is not the root.
    pub row: Option<String>,
    /// Its words.
    pub title: Words,
    /// The question to ask.
    pub question: Words,
    /// Who can answer: `applicant`, `official`, `item:…`, or who sets the figure.
    pub answered_by: Vec<String>,
    /// Its type, in the words of packs.
    #[serde(rename = "type")]
    pub ty: String,
    /// The conditions that wait for it, as `programme/condition`.
    pub needed_by: Vec<String>,
    /// The articles of those conditions.
    pub cite: Vec<String>,
    /// Why it is not known.
    pub reason: Words,
}

/// One thing that is missing, by its name alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingName {
    /// What kind of thing it is.
    pub kind: MissingKind,
    /// Its id: of a fact, figure, rule, finding or link.
    pub id: String,
    /// Index of the entity whose rows can have it; `None` for a figure.
    pub entity: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    Fact(usize, usize),
    Param(usize),
    Rule(usize, usize),
    Finding(usize, usize),
    Link(usize, usize, usize),
}

/// What waits for a thing: conditions, programmes and amounts by id.
pub(super) type Waiting<'a> = BTreeSet<Cow<'a, str>>;

/// What is missing: when it was met first, and what waits for it.
type Open<'a> = BTreeMap<Thing, (usize, Waiting<'a>)>;

/// What most waits for comes first, then what was met first.
fn ordered(found: Open<'_>) -> Vec<(Thing, Waiting<'_>)> {
    let mut list: Vec<(Thing, usize, Waiting<'_>)> =
        found.into_iter().map(|(t, (at, by))| (t, at, by)).collect();
    list.sort_by_key(|(thing, at, by)| (core::cmp::Reverse(by.len()), *at, *thing));
    list.into_iter().map(|(thing, _, by)| (thing, by)).collect()
}

impl Assessment {
    /// The facts, figures and rules that could still decide an open outcome, most needed first.
    ///
    /// A superset of what can change an outcome, never less: a part that is already decided is not asked about.
    pub fn missing(&self) -> Vec<Missing> {
        self.missing_for(None)
    }

    /// The same for one programme and row.
    pub fn missing_for(&self, only: Option<(usize, usize)>) -> Vec<Missing> {
        self.open_things(only)
            .into_iter()
            .map(|(thing, by)| self.missing_words(thing, by))
            .collect()
    }

    /// What could still decide some formulas or conditions by id, each in this row of its entity, most needed first.
    pub fn missing_of(&self, wanted: &[&str], row: usize) -> Vec<Missing> {
        let mut found = BTreeMap::new();
        for (name, id, entity, row) in self.formula_nodes(wanted, row) {
            self.open(id, entity, row, || name.into(), &mut found);
        }
        ordered(found)
            .into_iter()
            .map(|(thing, by)| self.missing_words(thing, by))
            .collect()
    }

    /// The names of [`Assessment::missing_for`] one programme, by its index, and row: each once, whichever rows it is missing of.
    pub fn missing_names(&self, programme: usize, row: usize) -> Vec<MissingName> {
        let mut out: Vec<MissingName> = Vec::new();
        for (thing, _) in self.open_things(Some((programme, row))) {
            if let Some(name) = self.name(thing)
                && !out.contains(&name)
            {
                out.push(name);
            }
        }
        out
    }

    fn name(&self, thing: Thing) -> Option<MissingName> {
        let formula = |kind, formula| {
            let def: &crate::pack::model::Formula = self.set.formulas.get(formula)?;
            Some((kind, &def.id, Some(def.entity)))
        };
        let (kind, id, entity) = match thing {
            Thing::Fact(fact, _) => {
                let def = self.set.facts.get(fact)?;
                (MissingKind::Fact, &def.id, Some(def.entity))
            }
            Thing::Param(param) => {
                let def = self.set.parameters.get(param)?;
                (MissingKind::Parameter, &def.id, None)
            }
            Thing::Rule(rule, _) => formula(MissingKind::Rule, rule)?,
            Thing::Finding(rule, _) => formula(MissingKind::Finding, rule)?,
            Thing::Link(entity, link, _) => {
                let (name, _) = self.set.entities.get(entity)?.links.get(link)?;
                (MissingKind::Link, name, Some(entity))
            }
        };
        Some(MissingName {
            kind,
            id: id.clone(),
            entity,
        })
    }

    /// What is missing with the conditions that wait for it, most needed first.
    pub(super) fn open_things(&self, only: Option<(usize, usize)>) -> Vec<(Thing, Waiting<'_>)> {
        let mut found = BTreeMap::new();
        for plan in &self.regime.plan.programmes {
            let Some(programme) = self.set.programmes.get(plan.programme) else {
                continue;
            };
            for row in 0..self.input.row_count(programme.entity) {
                if only.is_some_and(|o| o != (plan.programme, row)) {
                    continue;
                }
                match self
                    .node_value(plan.eligible, programme.entity, row)
                    .truth()
                {
                    Truth::False => continue,
                    Truth::Unknown => {
                        for (formula, id) in &plan.conditions {
                            let name = self
                                .set
                                .formulas
                                .get(*formula)
                                .map_or("", |f| f.id.as_str());
                            self.open(*id, programme.entity, row, || name.into(), &mut found);
                        }
                        for (_, id) in &plan.relations {
                            let name = || programme.id.as_str().into();
                            self.open(*id, programme.entity, row, name, &mut found);
                        }
                    }
                    Truth::True => {}
                }
                if let Some(amount) = plan.amount {
                    let eligible = self.node_value(plan.eligible, programme.entity, row);
                    if eligible == V::TRUE {
                        let name = || format!("{}.amount", programme.id).into();
                        self.open(amount, programme.entity, row, name, &mut found);
                    }
                }
            }
        }
        ordered(found)
    }

    fn open<'a>(
        &self,
        id: NodeId,
        entity: usize,
        row: usize,
        name: impl Fn() -> Cow<'a, str>,
        found: &mut Open<'a>,
    ) {
        let mut seen = BTreeSet::new();
        let mut things = Vec::new();
        self.walk_open(id, entity, row, &mut seen, &mut things);
        for thing in things {
            let next = found.len();
            found
                .entry(thing)
                .or_insert_with(|| (next, BTreeSet::new()))
                .1
                .insert(name());
        }
    }

    fn walk_open(
        &self,
        id: NodeId,
        entity: usize,
        row: usize,
        seen: &mut BTreeSet<(NodeId, usize)>,
        out: &mut Vec<Thing>,
    ) {
        let Some(node) = self.regime.plan.nodes.get(ix(id)) else {
            return;
        };
        let row = self.row_for(node.row, entity, row);
        let entity = node.row;
        if self.at(id, row).is_known() || !seen.insert((id, row)) {
            return;
        }
        match &node.op {
            Op::Fact(fact) => out.push(Thing::Fact(*fact, row)),
            Op::Param(param, keys) => {
                let values: Vec<V> = keys
                    .iter()
                    .map(|k| self.node_value(*k, entity, row))
                    .collect();
                match self.regime.params.lookup(*param, &values).1 {
                    Found::UnknownKey => {
                        for key in keys {
                            self.walk_open(*key, entity, row, seen, out);
                        }
                    }
                    _ => match self.set.parameters.get(*param).and_then(|p| p.place_fact) {
                        Some(fact) if !self.input.value(fact, 0).is_known() => {
                            out.push(Thing::Fact(fact, 0));
                        }
                        _ => out.push(Thing::Param(*param)),
                    },
                }
            }
            Op::Formula(formula, inner) => {
                let before = out.len();
                match inner {
                    Some(inner) => {
                        self.walk_open(*inner, entity, row, seen, out);
                        let attestable = self
                            .set
                            .formulas
                            .get(*formula)
                            .is_some_and(|f| f.finding.is_some());
                        // what was seen on another way below is not seen again: look afresh before asking an official
                        if out.len() == before && attestable {
                            let mut below = Vec::new();
                            self.walk_open(*inner, entity, row, &mut BTreeSet::new(), &mut below);
                            if below.is_empty() {
                                out.push(Thing::Finding(*formula, row));
                            }
                        }
                    }
                    None => out.push(Thing::Rule(*formula, row)),
                }
            }
            Op::If(test, yes, no) => match self.node_value(*test, entity, row).get() {
                Some(1) => self.walk_open(*yes, entity, row, seen, out),
                Some(_) => self.walk_open(*no, entity, row, seen, out),
                None => {
                    for part in [test, yes, no] {
                        self.walk_open(*part, entity, row, seen, out);
                    }
                }
            },
            Op::Agg {
                child,
                filter,
                value,
                ..
            } => {
                if let Some(complete) = self.set.entities.get(*child).and_then(|e| e.complete)
                    && self.input.value(complete, row) != V::TRUE
                {
                    out.push(Thing::Fact(complete, row));
                }
                for at in 0..self.input.row_count(*child) {
                    if self.row_for(entity, *child, at) != row {
                        continue;
                    }
                    if let Some(filter) = filter {
                        self.walk_open(*filter, *child, at, seen, out);
                        if self.node_value(*filter, *child, at) == V::FALSE {
                            continue;
                        }
                    }
                    if let Some(value) = value {
                        self.walk_open(*value, *child, at, seen, out);
                    }
                }
            }
            Op::Gather(link, inner) => {
                let target = self.input.target(entity, *link, row);
                match (target, self.regime.plan.nodes.get(ix(*inner))) {
                    (Some(target), Some(below)) => {
                        self.walk_open(*inner, below.row, target, seen, out);
                    }
                    _ => out.push(Thing::Link(entity, *link, row)),
                }
            }
            other => {
                for child in children(other) {
                    self.walk_open(child, entity, row, seen, out);
                }
            }
        }
    }

    pub(super) fn missing_words(&self, thing: Thing, by: Waiting<'_>) -> Missing {
        let words = |zh: &str, en: &str| Words {
            zh: zh.to_owned(),
            en: en.to_owned(),
        };
        let formulas = by
            .iter()
            .filter_map(|id| self.set.formulas_by_id.get(id.as_ref()));
        // many conditions stand on one article: it is put into words once
        let articles: BTreeSet<&Cite> = formulas
            .flat_map(|f| self.cites_in_force(self.cited_by(*f)))
            .collect();
        let words_of = articles.into_iter().map(|c| self.set.cite_words(c));
        let mut cites: Vec<String> = words_of.collect();
        cites.sort();
        cites.dedup();
        let mut out = Missing {
            kind: MissingKind::Fact,
            id: String::new(),
            row: None,
            title: Words::default(),
            question: Words::default(),
            answered_by: Vec::new(),
            ty: String::new(),
            needed_by: by.into_iter().map(Cow::into_owned).collect(),
            cite: cites,
            reason: words("未提供", "not given"),
        };
        match thing {
            Thing::Fact(fact, row) => {
                let Some(def) = self.set.facts.get(fact) else {
                    return out;
                };
                out.id.clone_from(&def.id);
                out.row = self.row_word(def.entity, row);
                out.title = def.title.clone();
                out.question = def.question.clone();
                out.answered_by.clone_from(&def.answered_by);
                out.ty = self.set.type_word(def.ty);
                if let Some(p) = self.input.provenance.get(&(fact, row)) {
                    out.reason = if p.out_of_range {
                        words(
                            "数值超出合理范围，按未知处理",
                            "outside its sensible bounds, read as unknown",
                        )
                    } else {
                        p.status.words()
                    };
                }
                if self.input.value(fact, row).is_known() {
                    out.reason = words("名单尚不完整", "the list is said not to be complete");
                }
            }
            Thing::Param(param) => {
                let Some(def) = self.set.parameters.get(param) else {
                    return out;
                };
                out.kind = MissingKind::Parameter;
                out.id.clone_from(&def.id);
                out.title = def.title.clone();
                out.ty = self.set.type_word(def.ty);
                let place = def.place_fact.and_then(|f| self.input.value(f, 0).get());
                let place = place.map_or_else(String::new, |code| self.set.places.name(code));
                let or = |text: &str, other: &str| {
                    if text.is_empty() {
                        other.to_owned()
                    } else {
                        text.to_owned()
                    }
                };
                let (zh, en) = (
                    or(&def.setter.zh, "制定机关"),
                    or(&def.setter.en, "the body that sets it"),
                );
                out.question = words(
                    &format!(
                        "{place}的“{}”在{}是多少？由{zh}制定。",
                        def.title.zh,
                        self.input.on()
                    ),
                    &format!(
                        "What is `{}` for {place} on {}? It is set by {en}.",
                        def.title.en,
                        self.input.on()
                    ),
                );
                out.answered_by = vec![zh];
                out.reason = words(
                    "规则包中没有该地该日的数值",
                    "no pack holds a figure for the place and day",
                );
            }
            Thing::Rule(formula, row) | Thing::Finding(formula, row) => {
                let Some(def) = self.set.formulas.get(formula) else {
                    return out;
                };
                out.id.clone_from(&def.id);
                out.row = self.row_word(def.entity, row);
                out.title = def.title.clone();
                out.ty = self.set.type_word(def.ty);
                out.answered_by = vec!["official".to_owned()];
                if matches!(thing, Thing::Rule(..)) {
                    out.kind = MissingKind::Rule;
                    out.reason = words("该日没有有效规定", "no rule is in force on the day");
                } else {
                    out.kind = MissingKind::Finding;
                    out.reason = words(
                        "法规未作规定，须由经办机关认定",
                        "the rules leave it open: the authority has to find on it",
                    );
                }
            }
            Thing::Link(entity, link, row) => {
                let Some((name, _)) = self
                    .set
                    .entities
                    .get(entity)
                    .and_then(|e| e.links.get(link))
                else {
                    return out;
                };
                out.kind = MissingKind::Link;
                out.id.clone_from(name);
                out.row = self.row_word(entity, row);
                out.answered_by = vec!["applicant".to_owned()];
                out.title = words("所指人员", "the row it points to");
            }
        }
        out
    }

    /// Citations in words: those of instruments in force on the day decided, or all where none is.
    pub(crate) fn cites_on(&self, cites: &[Cite]) -> Vec<String> {
        let cites = self.cites_in_force(cites).into_iter();
        cites.map(|c| self.set.cite_words(c)).collect()
    }

    fn cites_in_force<'c>(&self, cites: &'c [Cite]) -> Vec<&'c Cite> {
        let on = self.input.on();
        let in_force = |c: &&Cite| {
            self.set.instrument(&c.instrument).is_none_or(|i| {
                i.in_force.is_none_or(|d| d <= on) && i.until.is_none_or(|d| on <= d)
            })
        };
        let found: Vec<&Cite> = cites.iter().filter(in_force).collect();
        if found.is_empty() {
            return cites.iter().collect();
        }
        found
    }

    /// The articles of the version of a formula that holds.
    fn cited_by(&self, formula: usize) -> &[Cite] {
        let version = self.regime.plan.versions.get(formula).copied().flatten();
        let row = version.and_then(|v| self.set.formulas.get(formula)?.versions.get(v));
        row.map(|r| r.cite.as_slice()).unwrap_or_default()
    }
}
