//! Which rules read which facts.

use std::collections::{BTreeMap, BTreeSet};

use super::PackSet;
use crate::lang::{TExpr, TOp};

impl PackSet {
    /// By entity and id of every fact what reads it, under any version of the rules: conditions as `help/income`, amounts as
    /// `help.amount`, in the order of programmes. What a programme reads of another programme's outcome is not followed.
    ///
    /// ```
    /// use minzheng_rules::pack::{PackSet, PackSource, SourceFile};
    /// let pack = PackSource::new(vec![SourceFile::new("pack.toml", r#"
    ///     [pack]
    ///     id = "small"
    ///     title = { zh = "小包", en = "small pack" }
    ///     publisher = "example"
    ///     version = "1"
    ///     level = "nation"
    ///     place = "000000"
    ///     reviewed_on = 2026-01-01
    ///     [[entity]]
    ///     id = "case"
    ///     [[fact]]
    ///     id = "income"
    ///     entity = "case"
    ///     type = "money/month"
    ///     title = { zh = "收入", en = "income" }
    ///     question = { zh = "收入多少？", en = "What is the income?" }
    /// "#)]);
    /// let set = PackSet::load(&[pack])?;
    /// assert!(set.needed_by().is_empty()); // no rule reads it
    /// # Ok::<(), minzheng_rules::error::Diagnostics>(())
    /// ```
    pub fn needed_by(&self) -> BTreeMap<(usize, String), Vec<String>> {
        let mut out: BTreeMap<(usize, String), Vec<String>> = BTreeMap::new();
        for programme in &self.programmes {
            let conditions = programme.conditions.iter().filter_map(|c| {
                let formula = self.formulas.get(*c)?;
                Some((*c, formula.id.clone()))
            });
            let amount = programme
                .amount
                .map(|a| (a, format!("{}.amount", programme.id)));
            for (formula, name) in conditions.chain(amount) {
                for fact in self.read_by(formula) {
                    let Some(def) = self.facts.get(fact).filter(|f| !f.finding) else {
                        continue;
                    };
                    let list = out.entry((def.entity, def.id.clone())).or_default();
                    if !list.contains(&name) {
                        list.push(name.clone());
                    }
                }
            }
        }
        out
    }

    /// The facts that a formula reads, itself and through others.
    fn read_by(&self, formula: usize) -> BTreeSet<usize> {
        let (mut facts, mut seen) = (BTreeSet::new(), BTreeSet::from([formula]));
        let mut open = vec![formula];
        while let Some(next) = open.pop() {
            let Some(formula) = self.formulas.get(next) else {
                continue;
            };
            let mut see = |e: &TExpr| match &e.op {
                TOp::Fact(fact) => {
                    facts.insert(*fact);
                }
                TOp::Formula(other) if seen.insert(*other) => open.push(*other),
                TOp::Param(parameter, _) => {
                    let place = self.parameters.get(*parameter).and_then(|p| p.place_fact);
                    facts.extend(place);
                }
                TOp::Agg { child, .. } => {
                    facts.extend(self.entities.get(*child).and_then(|e| e.complete));
                }
                _ => {}
            };
            for version in &formula.versions {
                version.value.typed.visit(&mut see);
            }
        }
        facts
    }
}
