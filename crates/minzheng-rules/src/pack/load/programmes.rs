//! `[[programme]]`: the assistances, their conditions, and the formulas that make their outcomes.

use super::Loader;
use super::file::Spot;
use super::raw::{self, Grounded};
use crate::error::did_you_mean;
use crate::lang::Type;
use crate::pack::model::{Formula, Programme};

impl<'a> Loader<'a> {
    pub(super) fn programme(&mut self, at: Spot<'a>, raw: &'a raw::Programme) {
        self.id(at, &raw.id);
        let Some(entity) = self.entity_named(at, &raw.entity) else {
            return;
        };
        if self.set.programme(&raw.id).is_some() {
            self.findings.push(at.twice("programme", &raw.id));
        }
        let span = self.ground(at, &raw.ground(), "programme");
        let mut conditions = Vec::new();
        for condition in &raw.condition {
            let (at, condition) = (at.of(condition), condition.get_ref());
            self.id(at, &condition.id);
            let formula = Formula {
                id: format!("{}/{}", raw.id, condition.id),
                entity,
                ty: Type::Bool,
                title: condition.title.clone(),
                finding: None,
                delegated: self.delegated(at, &condition.delegated),
                versions: Vec::new(),
                origin: at.origin(),
            };
            let index = self.add_formula(at, formula, true);
            conditions.push(index);
            let expr = condition.expr.as_ref();
            self.pend(at, index, expr, condition, &condition.version);
        }
        self.set.programmes.push(Programme {
            id: raw.id.clone(),
            entity,
            order: raw.order,
            title: raw.title.clone(),
            conditions,
            amount: None,
            first_month: None,
            review_date: None,
            valid_until: None,
            figures: Vec::new(),
            span,
        });
    }

    pub(super) fn order_programmes(&mut self) {
        self.set
            .programmes
            .sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    }

    /// Finds the formulas a programme names; they may stand anywhere in the packs.
    pub(super) fn programme_parts(&mut self, at: Spot<'a>, raw: &'a raw::Programme) {
        let Some(index) = self.set.programmes.iter().position(|p| p.id == raw.id) else {
            return;
        };
        let entity = self.set.programmes.get(index).map_or(0, |p| p.entity);
        let is_amount = |ty| matches!(ty, Type::Money { scale: 0, .. });
        let is_date = |ty| ty == Type::Date;
        let mut part = |what: &str, name: Option<&String>, fits: fn(Type) -> bool| {
            self.programme_part(at, entity, what, name?, fits)
        };
        let amount = part("amount", raw.amount.as_ref(), is_amount);
        let first_month = part("first_month", raw.first_month.as_ref(), is_date);
        let review_date = part("review_date", raw.review_date.as_ref(), is_date);
        let valid_until = part("valid_until", raw.valid_until.as_ref(), is_date);
        let figures = raw
            .figures
            .iter()
            .filter_map(|f| part("figures", Some(f.get_ref()), |_| true))
            .collect();
        if let Some(programme) = self.set.programmes.get_mut(index) {
            programme.amount = amount;
            programme.first_month = first_month;
            programme.review_date = review_date;
            programme.valid_until = valid_until;
            programme.figures = figures;
        }
    }

    fn programme_part(
        &mut self,
        at: Spot<'_>,
        entity: usize,
        what: &str,
        name: &str,
        fits: fn(Type) -> bool,
    ) -> Option<usize> {
        let found = self.set.formulas_by_id.get(name).copied();
        let formula = found
            .and_then(|i| self.set.formulas.get(i))
            .filter(|f| f.entity == entity);
        let Some(formula) = formula else {
            let known = self.set.formulas_by_id.keys().map(String::as_str);
            let message = format!("`{what}` names no formula `{name}` of the programme's entity");
            self.findings.push(
                at.finding("E-PACK-NAME", message)
                    .help(did_you_mean(name, known).unwrap_or_default()),
            );
            return None;
        };
        if !fits(formula.ty) {
            let message = format!("`{what}` is of type {}", formula.ty);
            self.findings.push(at.finding("E-TYPE", message));
        }
        found
    }
}
