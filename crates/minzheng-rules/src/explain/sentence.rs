//! A rule as a sentence, with the values that it had.

use serde::Serialize;

use super::tree::{Builder, Explanation, Step};
use crate::ir::{AggK, NodeId, Op, ix};
use crate::lang::{Outcome, Type};
use crate::pack::model::{Lang, Words};
use crate::scalar::V;

/// How deep a sentence goes into the parts of a rule before it only says their value.
const MAX_DEPTH: usize = 5;

/// A part of a sentence: words, or a value named by its place in [`Explanation::steps`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Part {
    /// Words.
    Text(String),
    /// The title and the value of a step.
    Step(usize),
}

/// A sentence in both languages, in parts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Sentence {
    /// In Chinese.
    pub zh: Vec<Part>,
    /// In English.
    pub en: Vec<Part>,
}

impl Sentence {
    pub(super) const fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }

    fn text(&mut self, zh: &str, en: &str) {
        for (parts, text) in [(&mut self.zh, zh), (&mut self.en, en)] {
            match parts.last_mut() {
                Some(Part::Text(before)) => before.push_str(text),
                _ if text.is_empty() => {}
                _ => parts.push(Part::Text(text.to_owned())),
            }
        }
    }

    fn step(&mut self, at: usize) {
        self.zh.push(Part::Step(at));
        self.en.push(Part::Step(at));
    }
}

impl Explanation {
    /// The rule of a step with its values filled in; empty where the step has none.
    pub fn said(&self, step: &Step, lang: Lang) -> String {
        let parts = match lang {
            Lang::Zh => &step.said.zh,
            Lang::En => &step.said.en,
        };
        let mut out = String::new();
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Step(at) => {
                    let Some((step, of)) = self.step(*at) else {
                        continue;
                    };
                    let title = of.title.of(lang);
                    let (open, close) = match lang {
                        Lang::Zh => ("（", "）"),
                        Lang::En => (" (", ")"),
                    };
                    out.push_str(if title.is_empty() { &of.id } else { title });
                    out.push_str(open);
                    out.push_str(step.shown.of(lang));
                    out.push_str(close);
                }
            }
        }
        out
    }
}

/// The outcome of a programme as a name.
pub(super) fn outcome_words(title: &Words, which: Outcome) -> Words {
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

impl Builder<'_> {
    /// A node in a sentence with its values.
    pub(super) fn say(
        &mut self,
        out: &mut Sentence,
        id: NodeId,
        entity: usize,
        row: usize,
        depth: usize,
    ) {
        let a = self.a;
        let Some(node) = a.regime.plan.nodes.get(ix(id)) else {
            return;
        };
        let row = a.row_for(node.row, entity, row);
        let entity = node.row;
        if depth <= MAX_DEPTH
            && let Some(at) = self.node(id, entity, row)
        {
            out.step(at);
            return;
        }
        let value = a.at(id, row);
        let shown = a.both(value, node.ty);
        if depth > MAX_DEPTH {
            out.text(&shown.zh, &shown.en);
            return;
        }
        let next = depth.saturating_add(1);
        let mut both = |x: NodeId, y: NodeId, zh: &str, en: &str| {
            self.say(out, x, entity, row, next);
            out.text(&format!(" {zh} "), &format!(" {en} "));
            self.say(out, y, entity, row, next);
        };
        let constant = |id: NodeId| {
            let node = a.regime.plan.nodes.get(ix(id));
            node.is_some_and(|n| matches!(n.op, Op::Const(_)))
        };
        match &node.op {
            // a constant on the left was written on the right: `n > 0` is the node `0 < n`
            Op::Lt(x, y) if constant(*x) => both(*y, *x, "高于", "is above"),
            Op::Lt(x, y) => both(*x, *y, "低于", "is below"),
            Op::Le(x, y) if constant(*x) => both(*y, *x, "不低于", "is at least"),
            Op::Le(x, y) => both(*x, *y, "不高于", "is at most"),
            Op::Eq(x, y) => both(*x, *y, "是", "is"),
            Op::Add(x, y) | Op::AddDays(x, y, false) => both(*x, *y, "＋", "+"),
            Op::Sub(x, y) | Op::AddDays(x, y, true) => both(*x, *y, "－", "−"),
            Op::Mul(x, y) => both(*x, *y, "×", "×"),
            Op::Not(x) => {
                if let Some(Op::Eq(x, y)) = a.regime.plan.nodes.get(ix(*x)).map(|n| &n.op) {
                    both(*x, *y, "不是", "is not");
                } else {
                    out.text("并非：", "not: ");
                    self.say(out, *x, entity, row, next);
                }
            }
            Op::And(list) | Op::Or(list) => {
                let (zh, en) = if matches!(node.op, Op::And(_)) {
                    ("，且 ", " and ")
                } else {
                    ("，或 ", " or ")
                };
                let inside = depth > 0 && list.len() > 1;
                if inside {
                    out.text("(", "(");
                }
                for (at, part) in list.iter().enumerate() {
                    if at > 0 {
                        out.text(zh, en);
                    }
                    self.say(out, *part, entity, row, next);
                }
                if inside {
                    out.text(")", ")");
                }
            }
            Op::In(x, values) => {
                let ty = a
                    .regime
                    .plan
                    .nodes
                    .get(ix(*x))
                    .map_or(Type::Count, |n| n.ty);
                self.say(out, *x, entity, row, next);
                out.text(" 属于 ", " is one of ");
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        out.text("、", ", ");
                    }
                    let name = a.both(V::known(*value), ty);
                    out.text(&name.zh, &name.en);
                }
            }
            Op::Today => out.text(
                &format!("认定日 {}", shown.zh),
                &format!("the day decided {}", shown.en),
            ),
            Op::Scale(x, factor) => {
                self.say(out, *x, entity, row, next);
                if *factor == 12 {
                    out.text(" × 12", " × 12");
                }
            }
            Op::Agg { kind, .. } => {
                let (zh, en) = match kind {
                    AggK::All => ("各行均满足", "it holds for every row"),
                    AggK::Exists => ("其中有满足条件的", "it holds for some row"),
                    AggK::Count => ("满足条件的数目", "the number for which it holds"),
                    AggK::Sum => ("各行合计", "the sum over the rows"),
                    AggK::Min => ("各行最小值", "the least of the rows"),
                    AggK::Max => ("各行最大值", "the greatest of the rows"),
                };
                out.text(
                    &format!("{zh}（{}）", shown.zh),
                    &format!("{en} ({})", shown.en),
                );
            }
            _ => out.text(&shown.zh, &shown.en),
        }
    }
}
