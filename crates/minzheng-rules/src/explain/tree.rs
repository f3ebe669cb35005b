//! The reasons of an answer: every value once, with the steps it follows from.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Serialize;

use super::missing::{Missing, Thing, Waiting};
use super::sentence::{Sentence, outcome_words};
use crate::facts::{OtherValue, Provenance};
use crate::ir::{NodeId, Op, children, ix};
use crate::lang::{Outcome, Type};
use crate::pack::model::{Cite, Dated, Lang, Status, Words};
use crate::scalar::{Found, V};
use crate::scenario::Assessment;
use crate::truth::Truth;

/// The outcome of a programme in one word.
///
/// ```
/// use minzheng_rules::explain::Verdict;
/// use minzheng_rules::pack::model::Lang;
/// assert_eq!(Verdict::NotEligible.to_string(), "not eligible");
/// assert_eq!(Verdict::NotEligible.words(Lang::Zh), "不符合");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Entitled.
    Eligible,
    /// Not entitled.
    NotEligible,
    /// Not decided by what is known.
    Undetermined,
}

impl Verdict {
    /// The verdict of a truth value.
    pub const fn of(truth: Truth) -> Self {
        match truth {
            Truth::True => Self::Eligible,
            Truth::False => Self::NotEligible,
            Truth::Unknown => Self::Undetermined,
        }
    }

    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Eligible => "eligible",
            Self::NotEligible => "not_eligible",
            Self::Undetermined => "undetermined",
        }
    }

    /// The words for people.
    pub const fn words(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Eligible, Lang::Zh) => "符合",
            (Self::NotEligible, Lang::Zh) => "不符合",
            (Self::Undetermined, Lang::Zh) => "无法确定",
            (Self::Eligible, Lang::En) => "eligible",
            (Self::NotEligible, Lang::En) => "not eligible",
            (Self::Undetermined, Lang::En) => "undetermined",
        }
    }
}

impl core::fmt::Display for Verdict {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.words(Lang::En))
    }
}

/// What a definition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A condition of a programme.
    Condition,
    /// A relation to another programme.
    Relation,
    /// A derived quantity.
    Formula,
    /// A figure of a pack.
    Parameter,
    /// A named reading of the law.
    Setting,
    /// A fact of the case.
    Fact,
    /// The outcome of another programme.
    Outcome,
}

/// Where a fact of the case comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Its status.
    pub status: String,
    /// Its source, as the case gives it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The day its value was true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// The span of time it covers.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub window: String,
    /// A reason or ground.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who found it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Other values that the case knows of the fact and does not take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Beside>,
}

/// A value of a fact that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// The value as packs write it; `undetermined` where unknown.
    pub value: String,
    /// The value in words.
    pub shown: Words,
    /// Its status.
    pub status: String,
    /// Its source, as the case gives it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The day it was true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Why it was not taken.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What the packs say about a thing, whatever its value in this case: its words, its rule, its ground in law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// What it is.
    pub kind: Kind,
    /// Its id in the packs.
    pub id: String,
    /// Its words.
    pub title: Words,
    /// The rule as written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub expr: String,
    /// The keys a figure holds for, by name: a code, or the lower bound of a band.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<String, String>,
    /// The figure as it was published, where that is another form.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub published_as: String,
    /// The articles it stands on: places in [`Explanation::articles`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cite: Vec<usize>,
    /// Its standing, for rules and figures.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// First day in force, for rules and figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The place a figure holds for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The number of the ambiguity that a setting settles, where it is one of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ambiguity: Option<u32>,
    /// Free words of the rule or figure.
    #[serde(skip_serializing_if = "no_words")]
    pub note: Words,
}

/// One value of the case: of what, which value, where it comes from, and the steps it follows from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Of what: the place in [`Explanation::definitions`].
    pub of: usize,
    /// The row, where it is not the root's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// Its value as packs write it; `undetermined` where unknown.
    pub value: String,
    /// Its value in words.
    pub shown: Words,
    /// The rule with its values filled in; [`Explanation::said`] has it in words.
    #[serde(skip_serializing_if = "Sentence::is_empty")]
    pub said: Sentence,
    /// Where a fact or finding comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What it follows from: places in [`Explanation::steps`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<usize>,
    #[serde(skip)]
    pub(crate) truth: Option<Truth>,
}

impl Step {
    /// The truth of a condition, relation or yes/no step.
    pub const fn truth(&self) -> Option<Truth> {
        self.truth
    }
}

fn no_words(words: &Words) -> bool {
    words.zh.is_empty() && words.en.is_empty()
}

/// What the outcome of one programme rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Grounds {
    /// Declared facts, as places in [`Explanation::steps`]: the answer is provisional while there is one.
    pub provisional: Vec<usize>,
    /// Rules and figures that are believed but not confirmed, by id.
    pub unconfirmed: Vec<String>,
    /// Rules and figures that were invented for demonstration, by id.
    pub invented: Vec<String>,
    /// Readings that decided, as places in [`Explanation::steps`].
    pub choices: Vec<usize>,
}

/// The explanation of one programme for one row; steps are places in [`Explanation::steps`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProgrammeExplanation {
    /// Its id.
    pub id: String,
    /// The row, where the programme is not the root's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// Its words.
    pub title: Words,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether it was a programme on the day.
    pub in_force: bool,
    /// The amount, where it is entitled: as packs write it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// The amount in words.
    #[serde(skip_serializing_if = "no_words")]
    pub amount_shown: Words,
    /// First month of payment, next review, last day of validity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<usize>,
    /// Its ground: places in [`Explanation::articles`].
    pub cite: Vec<usize>,
    /// Its conditions.
    pub conditions: Vec<usize>,
    /// Other programmes that stand against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<usize>,
    /// Figures shown with the outcome.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<usize>,
    /// How the amount came about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_step: Option<usize>,
    /// What the outcome rests on.
    pub grounds: Grounds,
    /// What is missing to decide it: places in [`Explanation::missing`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<usize>,
}

/// The explanation of an answer.
///
/// Every value stands once in `steps`, every rule, figure and fact once in `definitions`, every article once in
/// `articles`; whatever speaks of one gives its place in that list, counted from zero. The steps form no circle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The version of this shape.
    pub schema: &'static str,
    /// The day decided.
    pub on: String,
    /// The places of the case: which, code, name.
    pub places: Vec<(String, String, String)>,
    /// The programmes in the order of tests.
    pub programmes: Vec<ProgrammeExplanation>,
    /// The formulas that were asked for by themselves: places in [`Explanation::steps`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub formulas: Vec<usize>,
    /// Every value that a programme speaks of, and every value behind it.
    pub steps: Vec<Step>,
    /// What the steps are values of.
    pub definitions: Vec<Definition>,
    /// The articles that the definitions and programmes stand on.
    pub articles: Vec<String>,
    /// What is missing to decide the programmes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    /// What was wrong with the facts and did not stop the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl Explanation {
    /// The step at a place, with what it is a value of.
    pub fn step(&self, at: usize) -> Option<(&Step, &Definition)> {
        let step = self.steps.get(at)?;
        Some((step, self.definitions.get(step.of)?))
    }
}

/// What makes a step the same step.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum StepKey {
    /// A formula or an outcome, for a row.
    Node(NodeId, usize),
    /// A relation, seen from one of its programmes.
    Relation(usize, NodeId, usize),
    Fact(usize, usize),
    /// A figure that was found is the same whichever row asked for it.
    Figure(usize, Found, i64, i64, Option<usize>),
}

/// What makes a definition the same definition.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum DefinitionKey {
    Formula(usize),
    Outcome(NodeId),
    Relation(usize),
    Fact(usize),
    Figure(usize, Found),
}

/// Gathers steps, each once, and then follows each to what it comes from.
pub(super) struct Builder<'a> {
    pub(super) a: &'a Assessment,
    conditions: BTreeSet<usize>,
    step_at: BTreeMap<StepKey, usize>,
    steps: Vec<Step>,
    definition_at: BTreeMap<DefinitionKey, usize>,
    definitions: Vec<Definition>,
    /// Steps whose reasons are still to be followed: the step, the node below, its table and row.
    open: VecDeque<(usize, NodeId, usize, usize)>,
    article_at: BTreeMap<String, usize>,
    articles: Vec<String>,
    missing_at: BTreeMap<Thing, usize>,
    missing: Vec<(Thing, Waiting<'a>)>,
}

impl Assessment {
    /// The explanation of every programme.
    pub fn explain(&self) -> Explanation {
        let all: Vec<usize> = (0..self.set.programmes.len()).collect();
        self.explain_programmes(&all)
    }

    /// The explanation of some programmes, by index.
    pub fn explain_programmes(&self, wanted: &[usize]) -> Explanation {
        let mut builder = Builder::new(self);
        let mut programmes = Vec::new();
        for plan in self
            .regime
            .plan
            .programmes
            .iter()
            .filter(|p| wanted.contains(&p.programme))
        {
            let entity = self
                .set
                .programmes
                .get(plan.programme)
                .map_or(0, |p| p.entity);
            for row in 0..self.input.row_count(entity) {
                programmes.extend(builder.programme(plan.programme, row));
            }
        }
        builder.finish(programmes, Vec::new())
    }

    /// The explanation of some formulas or conditions by id, each in this row of its entity; those of the root in its one row.
    pub fn explain_formulas(&self, wanted: &[&str], row: usize) -> Explanation {
        let mut builder = Builder::new(self);
        let steps = self.formula_nodes(wanted, row);
        let steps = steps.into_iter();
        let steps = steps
            .filter_map(|(_, id, entity, row)| builder.node(id, entity, row))
            .collect();
        builder.finish(Vec::new(), steps)
    }

    /// The nodes of formulas or conditions by id, each with its id, entity and row.
    pub(super) fn formula_nodes<'n>(
        &self,
        wanted: &[&'n str],
        row: usize,
    ) -> Vec<(&'n str, NodeId, usize, usize)> {
        let node = |id: &&'n str| {
            let index = *self.set.formulas_by_id.get(*id)?;
            let entity = self.set.formulas.get(index)?.entity;
            let node = self.regime.plan.formulas.get(index).copied().flatten()?;
            Some((*id, node, entity, if entity == 0 { 0 } else { row }))
        };
        wanted.iter().filter_map(node).collect()
    }

    pub(super) fn both(&self, value: V, ty: Type) -> Words {
        Words {
            zh: self.set.value_for(value, ty, Lang::Zh),
            en: self.set.value_for(value, ty, Lang::En),
        }
    }

    fn value_step(&self, value: V, ty: Type) -> Step {
        Step {
            of: 0,
            row: None,
            value: self.set.value_words(value, ty),
            shown: self.both(value, ty),
            said: Sentence::default(),
            source: None,
            because: Vec::new(),
            truth: (ty == Type::Bool).then(|| value.truth()),
        }
    }

    fn source(&self, fact: usize, row: usize) -> Source {
        let given = self.input.provenance.get(&(fact, row));
        let text = |f: fn(&Provenance) -> &String| given.map_or_else(String::new, |p| f(p).clone());
        Source {
            status: self.input.status(fact, row).word().to_owned(),
            source: text(|p| &p.source),
            as_of: given.and_then(|p| p.as_of).map(|d| d.to_string()),
            window: text(|p| &p.window),
            reason: text(|p| &p.reason),
            by: text(|p| &p.by),
            also: given.map_or_else(Vec::new, |p| {
                let ty = self.set.facts.get(fact).map_or(Type::Text, |f| f.ty);
                let beside = |other: &OtherValue| Beside {
                    value: self.set.value_words(other.value, ty),
                    shown: self.both(other.value, ty),
                    status: other.status.word().to_owned(),
                    source: other.source.clone(),
                    as_of: other.as_of.map(|d| d.to_string()),
                    reason: other.reason.clone(),
                };
                p.also.iter().map(beside).collect()
            }),
        }
    }

    /// The named things directly below a node, each once, in order.
    fn leaves(&self, id: NodeId, entity: usize, row: usize, out: &mut Vec<(NodeId, usize, usize)>) {
        let Some(node) = self.regime.plan.nodes.get(ix(id)) else {
            return;
        };
        let row = self.row_for(node.row, entity, row);
        let entity = node.row;
        if self.regime.plan.outcomes.contains_key(&id) {
            if !out.contains(&(id, entity, row)) {
                out.push((id, entity, row));
            }
            return;
        }
        match &node.op {
            Op::Formula(..) | Op::Fact(_) | Op::Param(..) => {
                if !out.contains(&(id, entity, row)) {
                    out.push((id, entity, row));
                }
            }
            Op::Agg {
                child,
                filter,
                value,
                ..
            } => {
                for at in 0..self.input.row_count(*child) {
                    if self.row_for(entity, *child, at) != row {
                        continue;
                    }
                    for part in filter.iter().chain(value) {
                        self.leaves(*part, *child, at, out);
                    }
                }
            }
            Op::Gather(link, inner) => {
                let target = self.input.target(entity, *link, row);
                if let (Some(target), Some(below)) =
                    (target, self.regime.plan.nodes.get(ix(*inner)))
                {
                    self.leaves(*inner, below.row, target, out);
                }
            }
            Op::If(test, yes, no) => {
                self.leaves(*test, entity, row, out);
                match self.node_value(*test, entity, row).get() {
                    Some(1) => self.leaves(*yes, entity, row, out),
                    Some(_) => self.leaves(*no, entity, row, out),
                    None => {
                        self.leaves(*yes, entity, row, out);
                        self.leaves(*no, entity, row, out);
                    }
                }
            }
            other => {
                for child in children(other) {
                    self.leaves(child, entity, row, out);
                }
            }
        }
    }
}

impl Definition {
    fn new(kind: Kind, id: &str, title: Words) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            title,
            expr: String::new(),
            keys: BTreeMap::new(),
            published_as: String::new(),
            cite: Vec::new(),
            status: String::new(),
            from: None,
            place: None,
            ambiguity: None,
            note: Words::default(),
        }
    }
}

impl<'a> Builder<'a> {
    fn new(a: &'a Assessment) -> Self {
        let programmes = a.set.programmes.iter();
        Self {
            a,
            conditions: programmes
                .flat_map(|p| p.conditions.iter().copied())
                .collect(),
            step_at: BTreeMap::new(),
            steps: Vec::new(),
            definition_at: BTreeMap::new(),
            definitions: Vec::new(),
            open: VecDeque::new(),
            article_at: BTreeMap::new(),
            articles: Vec::new(),
            missing_at: BTreeMap::new(),
            missing: Vec::new(),
        }
    }

    /// Follows what was asked for to everything behind it.
    fn finish(
        mut self,
        programmes: Vec<ProgrammeExplanation>,
        formulas: Vec<usize>,
    ) -> Explanation {
        self.follow();
        let a = self.a;
        let places = a.set.facts.iter().enumerate();
        let places = places.filter(|(_, f)| f.entity == 0 && f.ty == Type::Place);
        let places = places.filter_map(|(i, f)| {
            let code = a.input.value(i, 0).get()?;
            Some((f.id.clone(), format!("{code:06}"), a.set.places.name(code)))
        });
        let missing = self.missing.into_iter();
        Explanation {
            schema: "minzheng/explanation/2",
            on: a.input.on().to_string(),
            places: places.collect(),
            programmes,
            formulas,
            steps: self.steps,
            definitions: self.definitions,
            articles: self.articles,
            missing: missing
                .map(|(thing, by)| a.missing_words(thing, by))
                .collect(),
            warnings: a.input.warnings().iter().map(ToString::to_string).collect(),
        }
    }

    fn programme(&mut self, index: usize, row: usize) -> Option<ProgrammeExplanation> {
        let a = self.a;
        let plan = a.regime.plan.programmes.get(index)?;
        let programme = a.set.programmes.get(index)?;
        let entity = programme.entity;
        let verdict = Verdict::of(a.node_value(plan.eligible, entity, row).truth());
        let conditions = plan
            .conditions
            .iter()
            .filter_map(|(_, id)| self.node(*id, entity, row))
            .collect();
        let relations = plan
            .relations
            .iter()
            .filter_map(|(r, id)| self.relation(*r, *id, entity, row))
            .collect();
        let entitled = verdict == Verdict::Eligible;
        let dates = [
            programme.first_month,
            programme.review_date,
            programme.valid_until,
        ];
        let dates = dates
            .into_iter()
            .filter(|_| entitled)
            .filter_map(|f| self.formula(f?, entity, row))
            .collect();
        let figures = programme
            .figures
            .iter()
            .filter_map(|f| self.formula(*f, entity, row))
            .collect();
        let mut amount = None;
        let mut amount_shown = Words::default();
        let mut amount_step = None;
        if let (true, Some(id), Some(f)) = (entitled, plan.amount, programme.amount) {
            let ty = a.set.formulas.get(f).map_or(Type::Count, |f| f.ty);
            let value = a.node_value(id, entity, row);
            amount = Some(a.set.value_words(value, ty));
            amount_shown = a.both(value, ty);
            amount_step = self.formula(f, entity, row);
        }
        Some(ProgrammeExplanation {
            id: programme.id.clone(),
            row: a.row_word(entity, row),
            title: programme.title.clone(),
            verdict,
            in_force: plan.in_force,
            amount,
            amount_shown,
            dates,
            cite: self.cites(&programme.span.cite),
            conditions,
            relations,
            figures,
            amount_step,
            grounds: self.grounds(index, row),
            missing: self.missing(index, row),
        })
    }

    fn grounds(&mut self, programme: usize, row: usize) -> Grounds {
        let rests = self.a.rests_on(Some((programme, row)));
        Grounds {
            provisional: rests
                .facts
                .iter()
                .filter_map(|(fact, row)| self.fact(*fact, *row))
                .collect(),
            unconfirmed: rests.with_status(Status::Unconfirmed),
            invented: rests.with_status(Status::Invented),
            choices: rests
                .choices
                .values()
                .filter_map(|(param, found, value)| self.figure(*param, *found, *value, 0, 0))
                .collect(),
        }
    }

    fn missing(&mut self, programme: usize, row: usize) -> Vec<usize> {
        let mut places = Vec::new();
        for (thing, by) in self.a.open_things(Some((programme, row))) {
            let next = self.missing.len();
            let at = *self.missing_at.entry(thing).or_insert(next);
            if at == next {
                self.missing.push((thing, Waiting::new()));
            }
            if let Some((_, all)) = self.missing.get_mut(at) {
                all.extend(by);
            }
            places.push(at);
        }
        places
    }

    /// The places of articles.
    fn cites(&mut self, cites: &[Cite]) -> Vec<usize> {
        let mut places = Vec::with_capacity(cites.len());
        for words in self.a.cites_on(cites) {
            let at = self.article_at.get(&words).copied().unwrap_or_else(|| {
                let next = self.articles.len();
                self.article_at.insert(words.clone(), next);
                self.articles.push(words);
                next
            });
            places.push(at);
        }
        places
    }

    /// Adds the ground of a row.
    fn stand<T>(&mut self, definition: &mut Definition, row: &Dated<T>) {
        definition.cite = self.cites(&row.cite);
        row.status.word().clone_into(&mut definition.status);
        definition.from = (row.from > crate::date::Day::MIN).then(|| row.from.to_string());
        definition.place = row.place.map(|code| self.a.set.places.name(code));
        definition.note = row.note.clone();
    }

    /// The place of a definition, made where it is new.
    fn definition(
        &mut self,
        key: DefinitionKey,
        make: impl FnOnce(&mut Self) -> Definition,
    ) -> usize {
        if let Some(at) = self.definition_at.get(&key) {
            return *at;
        }
        let definition = make(self);
        let at = self.definitions.len();
        self.definition_at.insert(key, at);
        self.definitions.push(definition);
        at
    }

    fn push(&mut self, key: StepKey, step: Step) -> usize {
        let at = self.steps.len();
        self.step_at.insert(key, at);
        self.steps.push(step);
        at
    }

    fn formula(&mut self, formula: usize, entity: usize, row: usize) -> Option<usize> {
        let id = self
            .a
            .regime
            .plan
            .formulas
            .get(formula)
            .copied()
            .flatten()?;
        self.node(id, entity, row)
    }

    /// The step of a named node; `None` for a node without a name.
    pub(super) fn node(&mut self, id: NodeId, entity: usize, row: usize) -> Option<usize> {
        let a = self.a;
        let node = a.regime.plan.nodes.get(ix(id))?;
        let row = a.row_for(node.row, entity, row);
        let entity = node.row;
        if let Some(at) = self.step_at.get(&StepKey::Node(id, row)) {
            return Some(*at);
        }
        let value = a.at(id, row);
        if let Some((programme, which)) = a.regime.plan.outcomes.get(&id) {
            let def = a.set.programmes.get(*programme)?;
            let ty = match which {
                Outcome::Qualifies | Outcome::Eligible => Type::Bool,
                Outcome::Amount => node.ty,
            };
            let mut step = a.value_step(value, ty);
            step.row = a.row_word(entity, row);
            step.of = self.definition(DefinitionKey::Outcome(id), |_| {
                Definition::new(
                    Kind::Outcome,
                    &format!("{}.{}", def.id, which.word()),
                    outcome_words(&def.title, *which),
                )
            });
            return Some(self.push(StepKey::Node(id, row), step));
        }
        match &node.op {
            Op::Formula(formula, inner) => {
                let def = a.set.formulas.get(*formula)?;
                let mut step = a.value_step(value, def.ty);
                step.row = a.row_word(entity, row);
                let kind = if self.conditions.contains(formula) {
                    Kind::Condition
                } else {
                    Kind::Formula
                };
                step.of = self.definition(DefinitionKey::Formula(*formula), |all| {
                    let mut out = Definition::new(kind, &def.id, def.title.clone());
                    let version = a.regime.plan.versions.get(*formula).copied().flatten();
                    if let Some(version) = version.and_then(|v| def.versions.get(v)) {
                        all.stand(&mut out, version);
                        version.value.text.as_ref().clone_into(&mut out.expr);
                    }
                    out
                });
                let finding = def.finding.filter(|f| a.input.value(*f, row).is_known());
                if let Some(finding) = finding {
                    step.source = Some(a.source(finding, row));
                } else if let Some(inner) = inner {
                    self.open.push_back((self.steps.len(), *inner, entity, row));
                }
                Some(self.push(StepKey::Node(id, row), step))
            }
            Op::Fact(fact) => self.fact(*fact, row),
            Op::Param(param, keys) => {
                let known: Vec<V> = keys.iter().map(|k| a.node_value(*k, entity, row)).collect();
                let found = a.regime.params.lookup(*param, &known).1;
                self.figure(*param, found, value, entity, row)
            }
            _ => None,
        }
    }

    fn relation(&mut self, index: usize, id: NodeId, entity: usize, row: usize) -> Option<usize> {
        let a = self.a;
        let relation = a.set.relations.get(index)?;
        let other = a.set.programmes.get(relation.first)?;
        let key = StepKey::Relation(index, id, row);
        if let Some(at) = self.step_at.get(&key) {
            return Some(*at);
        }
        let mut step = a.value_step(a.node_value(id, entity, row), Type::Bool);
        step.of = self.definition(DefinitionKey::Relation(index), |all| {
            let title = Words {
                zh: format!("未享受{}", other.title.zh),
                en: format!("not entitled to {}", other.title.en),
            };
            let id = format!("{}:{}", relation.kind.word(), other.id);
            let mut out = Definition::new(Kind::Relation, &id, title);
            all.stand(&mut out, &relation.span);
            out
        });
        Some(self.push(key, step))
    }

    fn fact(&mut self, fact: usize, row: usize) -> Option<usize> {
        let a = self.a;
        let def = a.set.facts.get(fact)?;
        let key = StepKey::Fact(fact, row);
        if let Some(at) = self.step_at.get(&key) {
            return Some(*at);
        }
        let value = a.input.value(fact, row);
        let mut step = a.value_step(value, def.ty);
        step.row = a.row_word(def.entity, row);
        if value.is_known() || a.input.provenance.contains_key(&(fact, row)) {
            step.source = Some(a.source(fact, row));
        }
        step.of = self.definition(DefinitionKey::Fact(fact), |_| {
            Definition::new(Kind::Fact, &def.id, def.title.clone())
        });
        Some(self.push(key, step))
    }

    fn figure(
        &mut self,
        param: usize,
        found: Found,
        value: V,
        entity: usize,
        row: usize,
    ) -> Option<usize> {
        let a = self.a;
        let def = a.set.parameters.get(param)?;
        // only a figure whose keys are unknown belongs to the row that lacks them
        let own = (found == Found::UnknownKey && entity != 0).then_some(row);
        let key = StepKey::Figure(param, found, value.lo, value.hi, own);
        if let Some(at) = self.step_at.get(&key) {
            return Some(*at);
        }
        let mut step = a.value_step(value, def.ty);
        step.row = own.and_then(|row| a.row_word(entity, row));
        // where no figure was found there is one declaration, whatever was missing
        let found = match found {
            Found::UnknownKey => Found::Nothing,
            other => other,
        };
        step.of = self.definition(DefinitionKey::Figure(param, found), |all| {
            let kind = if def.is_setting {
                Kind::Setting
            } else {
                Kind::Parameter
            };
            let mut out = Definition::new(kind, &def.id, def.title.clone());
            out.ambiguity = def.ambiguity;
            match found {
                Found::Row(at) => {
                    if let Some(row) = def.rows.get(at) {
                        all.stand(&mut out, row);
                        out.published_as = row.value.published_as.clone().unwrap_or_default();
                        let keys = def.keys.iter().zip(&row.value.keys);
                        out.keys = keys
                            .map(|(key, value)| {
                                let word = a.set.value_words(V::known(*value), key.ty);
                                (key.name.clone(), word)
                            })
                            .collect();
                    }
                }
                Found::Overlay => "overlay".clone_into(&mut out.status),
                Found::Nothing | Found::UnknownKey => {}
            }
            out
        });
        Some(self.push(key, step))
    }

    /// Follows every step to the named things below it, until nothing new is found.
    fn follow(&mut self) {
        while let Some((at, inner, entity, row)) = self.open.pop_front() {
            let mut leaves = Vec::new();
            self.a.leaves(inner, entity, row, &mut leaves);
            let mut because = Vec::with_capacity(leaves.len());
            for (leaf, entity, row) in leaves {
                let place = self.node(leaf, entity, row);
                because.extend(place.filter(|p| !because.contains(p)));
            }
            let truth = self.steps.get(at).and_then(Step::truth);
            let mut said = Sentence::default();
            if truth.is_some() {
                self.say(&mut said, inner, entity, row, 0);
            }
            if let Some(step) = self.steps.get_mut(at) {
                step.because = because;
                step.said = said;
            }
        }
    }
}
