//! `[[fact]]`: the words a case is asked for.

use super::file::Spot;
use super::{Loader, raw};
use crate::lang::Type;
use crate::pack::model::Fact;

impl Loader<'_> {
    pub(super) fn fact(&mut self, at: Spot<'_>, raw: &raw::Fact) {
        self.id(at, &raw.id);
        let Some(entity) = self.entity_named(at, &raw.entity) else {
            return;
        };
        let ty = self.ty(at, &raw.ty);
        if ty == Type::Shown {
            self.findings
                .push(at.finding("E-TYPE", "a fact cannot be a shown value"));
        }
        let low = self.bound(at, ty, raw.low.as_ref());
        let high = self.bound(at, ty, raw.high.as_ref());
        if low.zip(high).is_some_and(|(l, h)| l > h) {
            self.findings
                .push(at.finding("E-PACK-VALUE", "`low` is above `high`"));
        }
        self.set.facts.push(Fact {
            id: raw.id.clone(),
            entity,
            ty,
            low,
            high,
            title: raw.title.clone(),
            question: raw.question.clone(),
            answered_by: raw.answered_by.clone(),
            sensitivity: raw.sensitivity.clone(),
            note: raw.note.clone(),
            origin: at.origin(),
            finding: false,
        });
    }
}
