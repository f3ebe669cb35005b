//! The tree of reasons.

use std::collections::BTreeSet;

use serde::Serialize;

use super::grounds::Grounds;
use super::missing::Missing;
use crate::facts::Provenance;
use crate::ir::{AggK, NodeId, Op, children, ix};
use crate::lang::{Outcome, Type};
use crate::pack::model::{Dated, Lang, Words};
use crate::scalar::{Found, V};
use crate::scenario::Assessment;
use crate::truth::Truth;

/// How deep an explanation goes from a condition to the facts.
const MAX_DEPTH: usize = 12;

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

/// What a step of an explanation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
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
}

/// One step: what it is, its value, its ground, and the steps it follows from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What it is.
    pub kind: StepKind,
    /// Its id in the packs.
    pub id: String,
    /// The row, where it is not the root's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// Its words.
    pub title: Words,
    /// Its value as packs write it; `undetermined` where unknown.
    pub value: String,
    /// Its value in words.
    pub shown: Words,
    /// The rule with its values filled in.
    #[serde(skip_serializing_if = "no_words")]
    pub said: Words,
    /// The rule as written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub expr: String,
    /// The articles it stands on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cite: Vec<String>,
    /// Its standing, for rules and figures.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// First day in force, for rules and figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The place a figure holds for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Free words of the rule or figure.
    #[serde(skip_serializing_if = "no_words")]
    pub note: Words,
    /// Where a fact or finding comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What it follows from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Step>,
    #[serde(skip)]
    pub(crate) truth: Option<Truth>,
}

impl Step {
    /// The truth of a condition, relation or yes/no step.
    pub const fn truth(&self) -> Option<Truth> {
        self.truth
    }
}

/// The outcome of a programme as a name.
fn outcome_words(title: &Words, which: Outcome) -> Words {
    let (zh, en) = match which {
        Outcome::Qualifies => ("符合条件", "conditions hold"),
        Outcome::Eligible => ("符合", "entitled"),
        Outcome::Amount => ("金额", "amount"),
    };
    Words {
        zh: format!("{}：{zh}", title.zh),
        en: format!("{}: {en}", title.en),
    }
}

fn no_words(words: &Words) -> bool {
    words.zh.is_empty() && words.en.is_empty()
}

/// The explanation of one programme for one row.
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
    pub dates: Vec<Step>,
    /// Its ground.
    pub cite: Vec<String>,
    /// Its conditions.
    pub conditions: Vec<Step>,
    /// Other programmes that stand against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Step>,
    /// Figures shown with the outcome.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Step>,
    /// How the amount came about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amount_because: Vec<Step>,
    /// What the outcome rests on.
    pub grounds: Grounds,
    /// What is missing to decide it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
}

/// The explanation of an answer.
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
    /// What was wrong with the facts and did not stop the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl Assessment {
    /// The explanation of every programme.
    pub fn explain(&self) -> Explanation {
        let all: Vec<usize> = (0..self.set.programmes.len()).collect();
        self.explain_programmes(&all)
    }

    /// The explanation of some programmes, by index.
    pub fn explain_programmes(&self, wanted: &[usize]) -> Explanation {
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
                programmes.extend(self.explain_one(plan.programme, row));
            }
        }
        let places = self
            .set
            .facts
            .iter()
            .enumerate()
            .filter(|(_, f)| f.entity == 0 && f.ty == Type::Place);
        let places = places.filter_map(|(i, f)| {
            let code = self.input.value(i, 0).get()?;
            Some((
                f.id.clone(),
                format!("{code:06}"),
                self.set.places.name(code),
            ))
        });
        Explanation {
            schema: "minzheng/explanation/1",
            on: self.input.on().to_string(),
            places: places.collect(),
            programmes,
            warnings: self
                .input
                .warnings()
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }

    fn explain_one(&self, index: usize, row: usize) -> Option<ProgrammeExplanation> {
        let plan = self.regime.plan.programmes.get(index)?;
        let programme = self.set.programmes.get(index)?;
        let entity = programme.entity;
        let verdict = Verdict::of(self.node_value(plan.eligible, entity, row).truth());
        let mut seen = BTreeSet::new();
        let mut conditions = Vec::new();
        for (_, id) in &plan.conditions {
            conditions.extend(self.step(*id, entity, row, StepKind::Condition, 0, &mut seen));
        }
        let relations = plan
            .relations
            .iter()
            .filter_map(|(r, id)| self.relation(*r, *id, entity, row))
            .collect();
        let formula = |f: usize| self.regime.plan.formulas.get(f).copied().flatten();
        let shallow = |f: Option<usize>| {
            let id = f.and_then(formula)?;
            self.step(
                id,
                entity,
                row,
                StepKind::Formula,
                MAX_DEPTH,
                &mut BTreeSet::new(),
            )
        };
        let parts = [
            programme.first_month,
            programme.review_date,
            programme.valid_until,
        ];
        let entitled = verdict == Verdict::Eligible;
        let dates = parts
            .into_iter()
            .filter(|_| entitled)
            .filter_map(shallow)
            .collect();
        let figures = programme
            .figures
            .iter()
            .filter_map(|f| shallow(Some(*f)))
            .collect();
        let mut amount_because = Vec::new();
        let mut amount = None;
        let mut amount_shown = Words::default();
        if let (true, Some(id), Some(f)) = (entitled, plan.amount, programme.amount) {
            let ty = self.set.formulas.get(f).map_or(Type::Count, |f| f.ty);
            let value = self.node_value(id, entity, row);
            amount = Some(self.set.value_words(value, ty));
            amount_shown = self.both(value, ty);
            if let Some(id) = formula(f) {
                amount_because.extend(self.step(id, entity, row, StepKind::Formula, 0, &mut seen));
            }
        }
        Some(ProgrammeExplanation {
            id: programme.id.clone(),
            row: self.row_word(entity, row),
            title: programme.title.clone(),
            verdict,
            in_force: plan.in_force,
            amount,
            amount_shown,
            dates,
            cite: self.cites_on(&programme.span.cite),
            conditions,
            relations,
            figures,
            amount_because,
            grounds: self.grounds(Some((index, row))),
            missing: self.missing_for(Some((index, row))),
        })
    }

    fn both(&self, value: V, ty: Type) -> Words {
        Words {
            zh: self.set.value_for(value, ty, Lang::Zh),
            en: self.set.value_for(value, ty, Lang::En),
        }
    }

    fn blank(&self, kind: StepKind, id: &str, title: &Words, value: V, ty: Type) -> Step {
        Step {
            kind,
            id: id.to_owned(),
            row: None,
            title: title.clone(),
            value: self.set.value_words(value, ty),
            shown: self.both(value, ty),
            said: Words::default(),
            expr: String::new(),
            cite: Vec::new(),
            status: String::new(),
            from: None,
            place: None,
            note: Words::default(),
            source: None,
            because: Vec::new(),
            truth: (ty == Type::Bool).then(|| value.truth()),
        }
    }

    fn ground<T>(&self, step: &mut Step, row: &Dated<T>) {
        step.cite = self.cites_on(&row.cite);
        row.status.word().clone_into(&mut step.status);
        step.from = (row.from > crate::date::Day::MIN).then(|| row.from.to_string());
        step.place = row.place.map(|code| self.set.places.name(code));
        step.note = row.note.clone();
    }

    fn relation(&self, index: usize, id: NodeId, entity: usize, row: usize) -> Option<Step> {
        let relation = self.set.relations.get(index)?;
        let value = self.node_value(id, entity, row);
        let other = self.set.programmes.get(relation.first)?;
        let title = Words {
            zh: format!("未享受{}", other.title.zh),
            en: format!("not entitled to {}", other.title.en),
        };
        let mut step = self.blank(
            StepKind::Relation,
            &format!("{}:{}", relation.kind.word(), other.id),
            &title,
            value,
            Type::Bool,
        );
        self.ground(&mut step, &relation.span);
        Some(step)
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
        }
    }

    /// A named node as a step, with the steps it follows from.
    fn step(
        &self,
        id: NodeId,
        entity: usize,
        row: usize,
        kind: StepKind,
        depth: usize,
        seen: &mut BTreeSet<(NodeId, usize)>,
    ) -> Option<Step> {
        let node = self.regime.plan.nodes.get(ix(id))?;
        let row = self.row_for(node.row, entity, row);
        let entity = node.row;
        let value = self.frame.get(id, row);
        if let Some((programme, which)) = self.regime.plan.outcomes.get(&id) {
            let def = self.set.programmes.get(*programme)?;
            let ty = match which {
                Outcome::Qualifies | Outcome::Eligible => Type::Bool,
                Outcome::Amount => node.ty,
            };
            let title = outcome_words(&def.title, *which);
            let mut step = self.blank(
                StepKind::Outcome,
                &format!("{}.{}", def.id, which.word()),
                &title,
                value,
                ty,
            );
            step.row = self.row_word(entity, row);
            return Some(step);
        }
        let mut step = match &node.op {
            Op::Formula(formula, inner) => {
                let def = self.set.formulas.get(*formula)?;
                let mut step = self.blank(kind, &def.id, &def.title, value, def.ty);
                let version = self.regime.plan.versions.get(*formula).copied().flatten();
                if let Some(version) = version.and_then(|v| def.versions.get(v)) {
                    self.ground(&mut step, version);
                    version.value.text.as_ref().clone_into(&mut step.expr);
                }
                let finding = def.finding.filter(|f| self.input.value(*f, row).is_known());
                if let Some(finding) = finding {
                    step.source = Some(self.source(finding, row));
                } else if let Some(inner) = inner {
                    if def.ty == Type::Bool {
                        step.said = Words {
                            zh: self.say(*inner, entity, row, Lang::Zh, 0),
                            en: self.say(*inner, entity, row, Lang::En, 0),
                        };
                    }
                    if depth < MAX_DEPTH && seen.insert((id, row)) {
                        let mut leaves = Vec::new();
                        self.leaves(*inner, entity, row, &mut leaves);
                        for (leaf, e, r) in leaves {
                            step.because.extend(self.step(
                                leaf,
                                e,
                                r,
                                StepKind::Formula,
                                depth.saturating_add(1),
                                seen,
                            ));
                        }
                    }
                }
                step
            }
            Op::Fact(fact) => {
                let def = self.set.facts.get(*fact)?;
                let mut step = self.blank(StepKind::Fact, &def.id, &def.title, value, def.ty);
                if value.is_known() || self.input.provenance.contains_key(&(*fact, row)) {
                    step.source = Some(self.source(*fact, row));
                }
                step
            }
            Op::Param(param, keys) => {
                let def = self.set.parameters.get(*param)?;
                let kind = if def.is_setting {
                    StepKind::Setting
                } else {
                    StepKind::Parameter
                };
                let mut step = self.blank(kind, &def.id, &def.title, value, def.ty);
                let known: Vec<V> = keys
                    .iter()
                    .map(|k| self.node_value(*k, entity, row))
                    .collect();
                match self.regime.params.lookup(*param, &known).1 {
                    Found::Row(at) => {
                        if let Some(found) = def.rows.get(at) {
                            self.ground(&mut step, found);
                            if let Some(text) = &found.value.published_as {
                                step.said = Words {
                                    zh: format!("公布值 {text}"),
                                    en: format!("published as {text}"),
                                };
                            }
                        }
                    }
                    Found::Overlay => "overlay".clone_into(&mut step.status),
                    Found::Nothing | Found::UnknownKey => {}
                }
                step
            }
            _ => return None,
        };
        step.row = self.row_word(entity, row);
        Some(step)
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

    fn is_constant(&self, id: NodeId) -> bool {
        self.regime
            .plan
            .nodes
            .get(ix(id))
            .is_some_and(|n| matches!(n.op, Op::Const(_)))
    }

    /// A node in a sentence with its values.
    fn say(&self, id: NodeId, entity: usize, row: usize, lang: Lang, depth: usize) -> String {
        let Some(node) = self.regime.plan.nodes.get(ix(id)) else {
            return String::new();
        };
        let row = self.row_for(node.row, entity, row);
        let entity = node.row;
        let value = self.frame.get(id, row);
        let zh = lang == Lang::Zh;
        let shown = || self.set.value_for(value, node.ty, lang);
        if depth > 5 {
            return shown();
        }
        let next = depth.saturating_add(1);
        let go = |id: &NodeId| self.say(*id, entity, row, lang, next);
        let both = |a: &NodeId, b: &NodeId, zh_word: &str, en_word: &str| {
            format!("{} {} {}", go(a), if zh { zh_word } else { en_word }, go(b))
        };
        let titled = |title: &Words, id: &str| {
            let words = title.of(lang);
            let name = if words.is_empty() { id } else { words };
            if zh {
                format!("{name}（{}）", shown())
            } else {
                format!("{name} ({})", shown())
            }
        };
        let join = |list: &[NodeId], zh_word: &str, en_word: &str| {
            let parts: Vec<String> = list.iter().map(go).collect();
            let text = parts.join(if zh { zh_word } else { en_word });
            if depth > 0 && list.len() > 1 {
                format!("({text})")
            } else {
                text
            }
        };
        if let Some((programme, which)) = self.regime.plan.outcomes.get(&id) {
            let title = self
                .set
                .programmes
                .get(*programme)
                .map(|p| outcome_words(&p.title, *which));
            return title.map_or_else(String::new, |t| titled(&t, ""));
        }
        match &node.op {
            Op::Const(_) => shown(),
            Op::Today => format!(
                "{}{}",
                if zh { "认定日 " } else { "the day decided " },
                shown()
            ),
            Op::Fact(f) => self
                .set
                .facts
                .get(*f)
                .map_or_else(String::new, |d| titled(&d.title, &d.id)),
            Op::Formula(f, _) => self
                .set
                .formulas
                .get(*f)
                .map_or_else(String::new, |d| titled(&d.title, &d.id)),
            Op::Param(p, _) => self
                .set
                .parameters
                .get(*p)
                .map_or_else(String::new, |d| titled(&d.title, &d.id)),
            Op::And(list) => join(list, "，且 ", " and "),
            Op::Or(list) => join(list, "，或 ", " or "),
            Op::Not(a) => match self.regime.plan.nodes.get(ix(*a)).map(|n| &n.op) {
                Some(Op::Eq(x, y)) => both(x, y, "不是", "is not"),
                _ => format!("{}{}", if zh { "并非：" } else { "not: " }, go(a)),
            },
            // a constant on the left was written on the right: `n > 0` is the node `0 < n`
            Op::Lt(a, b) if self.is_constant(*a) => both(b, a, "高于", "is above"),
            Op::Lt(a, b) => both(a, b, "低于", "is below"),
            Op::Le(a, b) if self.is_constant(*a) => both(b, a, "不低于", "is at least"),
            Op::Le(a, b) => both(a, b, "不高于", "is at most"),
            Op::Eq(a, b) => both(a, b, "是", "is"),
            Op::In(a, values) => {
                let names = values.iter().map(|v| {
                    let ty = self
                        .regime
                        .plan
                        .nodes
                        .get(ix(*a))
                        .map_or(Type::Count, |n| n.ty);
                    self.set.value_for(V::known(*v), ty, lang)
                });
                let names: Vec<String> = names.collect();
                format!(
                    "{} {} {}",
                    go(a),
                    if zh { "属于" } else { "is one of" },
                    names.join(if zh { "、" } else { ", " })
                )
            }
            Op::Add(a, b) | Op::AddDays(a, b, false) => both(a, b, "＋", "+"),
            Op::Sub(a, b) | Op::AddDays(a, b, true) => both(a, b, "－", "−"),
            Op::Mul(a, b) => both(a, b, "×", "×"),
            Op::Scale(a, 12) => format!("{} × 12", go(a)),
            Op::Scale(a, _) => go(a),
            Op::Agg { kind, .. } => {
                let words = match (kind, zh) {
                    (AggK::All, true) => "各行均满足",
                    (AggK::Exists, true) => "其中有满足条件的",
                    (AggK::Count, true) => "满足条件的数目",
                    (AggK::Sum, true) => "各行合计",
                    (AggK::Min, true) => "各行最小值",
                    (AggK::Max, true) => "各行最大值",
                    (AggK::All, false) => "it holds for every row",
                    (AggK::Exists, false) => "it holds for some row",
                    (AggK::Count, false) => "the number for which it holds",
                    (AggK::Sum, false) => "the sum over the rows",
                    (AggK::Min, false) => "the least of the rows",
                    (AggK::Max, false) => "the greatest of the rows",
                };
                if zh {
                    format!("{words}（{}）", shown())
                } else {
                    format!("{words} ({})", shown())
                }
            }
            _ => shown(),
        }
    }
}
