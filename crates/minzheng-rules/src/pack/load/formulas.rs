//! `[[formula]]` and `[[version]]`: what is computed, and the dated rules that say how.

use std::sync::Arc;

use toml::Spanned;

use super::Loader;
use super::file::Spot;
use super::ground::overlap;
use super::raw::{self, Ground, Grounded};
use crate::error::Diagnostic;
use crate::lang::{self, LangError};
use crate::pack::model::{Fact, Formula, Rule, Words};

/// A version of a formula or condition before its expression is checked.
pub(super) struct PendingRule<'a> {
    at: Spot<'a>,
    formula: usize,
    text: &'a Spanned<String>,
    ground: Ground,
}

impl<'a> Loader<'a> {
    pub(super) fn formula(&mut self, at: Spot<'a>, raw: &'a raw::Formula) {
        self.id(at, &raw.id);
        let Some(entity) = self.entity_named(at, &raw.entity) else {
            return;
        };
        let formula = Formula {
            id: raw.id.clone(),
            entity,
            ty: self.ty(at, &raw.ty),
            title: raw.title.clone(),
            finding: None,
            delegated: self.delegated(at, &raw.delegated),
            versions: Vec::new(),
            origin: at.origin(),
        };
        let index = self.add_formula(at, formula, raw.attestable);
        self.pend(at, index, raw.expr.as_ref(), raw, &raw.version);
    }

    /// A version that stands by itself, of a formula of this pack or a layer below.
    pub(super) fn version(&mut self, at: Spot<'a>, raw: &'a raw::Version) {
        let Some(of) = &raw.of else {
            let message = "`of` names the formula or condition";
            self.findings.push(at.finding("E-PACK-VERSION", message));
            return;
        };
        let id = of.get_ref();
        let Some(index) = self.set.formulas_by_id.get(id).copied() else {
            let known = self.set.formulas_by_id.keys().map(String::as_str);
            self.findings.push(at.of(of).unknown("formula", id, known));
            return;
        };
        self.pend_one(at, index, &raw.expr, raw);
    }

    /// Makes room for a formula or condition, with the fact for its finding.
    pub(super) fn add_formula(
        &mut self,
        at: Spot<'_>,
        mut formula: Formula,
        attestable: bool,
    ) -> usize {
        let index = self.set.formulas.len();
        if attestable {
            formula.finding = Some(self.set.facts.len());
            self.set.facts.push(Fact {
                id: format!("finding:{}", formula.id),
                entity: formula.entity,
                ty: formula.ty,
                low: None,
                high: None,
                title: formula.title.clone(),
                question: Words::default(),
                answered_by: vec!["official".to_owned()],
                sensitivity: "internal".to_owned(),
                note: Words::default(),
                origin: formula.origin.clone(),
                finding: true,
            });
        }
        let id = formula.id.clone();
        if self.set.formulas_by_id.insert(id, index).is_some() {
            self.findings.push(at.twice("formula", &formula.id));
        }
        self.set.formulas.push(formula);
        index
    }

    /// Keeps the rules of a formula or condition until all names are known.
    pub(super) fn pend(
        &mut self,
        at: Spot<'a>,
        formula: usize,
        inline: Option<&'a Spanned<String>>,
        ground: &dyn Grounded,
        versions: &'a [Spanned<raw::Version>],
    ) {
        if inline.is_some() != versions.is_empty() {
            let message = "give either `expr` or version tables, and at least one";
            self.findings.push(at.finding("E-PACK-VERSION", message));
        }
        if let Some(text) = inline {
            self.pend_one(at, formula, text, ground);
        }
        for version in versions {
            let (at, raw) = (at.of(version), version.get_ref());
            if raw.of.is_some() {
                let message = "`of` stands only in a top-level [[version]]";
                self.findings.push(at.finding("E-PACK-VERSION", message));
            }
            self.pend_one(at, formula, &raw.expr, raw);
        }
    }

    fn pend_one(
        &mut self,
        at: Spot<'a>,
        formula: usize,
        text: &'a Spanned<String>,
        ground: &dyn Grounded,
    ) {
        self.pending.push(PendingRule {
            at,
            formula,
            text,
            ground: ground.ground(),
        });
    }

    /// Parses and checks the rules that were kept.
    pub(super) fn rules(&mut self) {
        for rule in core::mem::take(&mut self.pending) {
            let dated = self.ground(rule.at, &rule.ground, "rule");
            let Some(formula) = self.set.formulas.get(rule.formula) else {
                continue;
            };
            let (id, owner) = (&formula.id, formula.origin.pack);
            let found = self.not_delegated(rule.at, id, owner, &formula.delegated, dated.from);
            self.findings.extend(found);
            let text = rule.text.get_ref();
            let typed = lang::parse(text)
                .and_then(|tree| lang::check(&self.set, formula.entity, &tree, Some(formula.ty)));
            let typed = match typed {
                Ok(typed) => typed,
                Err(error) => {
                    self.findings.push(rule.malformed(&formula.id, &error));
                    continue;
                }
            };
            let row = dated.map(Rule {
                text: Arc::from(text.as_str()),
                typed: Arc::new(typed),
            });
            let Some(formula) = self.set.formulas.get_mut(rule.formula) else {
                continue;
            };
            if let Some(rival) = formula.versions.iter().find(|r| r.rivals(&row)) {
                self.findings
                    .push(overlap(rule.at, "versions", &formula.id, rival));
            }
            formula.versions.push(row);
        }
    }
}

impl PendingRule<'_> {
    fn malformed(&self, id: &str, error: &LangError) -> Diagnostic {
        let words = error.span.of(self.text.get_ref());
        let shown: String = words.chars().take(60).collect();
        let message = format!(
            "in `{id}`: {}: `{}`",
            error.finding.message(),
            shown.replace('\n', " ")
        );
        self.at
            .inside(self.text, error.span.start)
            .finding(error.finding.code(), message)
            .help(error.finding.help_text())
    }
}
