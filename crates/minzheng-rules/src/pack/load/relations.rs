//! `[[relation]]`: what two programmes mean for each other.

use toml::Spanned;

use super::Loader;
use super::file::Spot;
use super::raw::{self, Grounded};
use crate::pack::model::{Relation, RelationKind};
use crate::pack::set::NameOf;

impl Loader<'_> {
    pub(super) fn relation(&mut self, at: Spot<'_>, raw: &raw::Relation) {
        let span = self.ground(at, &raw.ground(), "relation");
        let mut programme = |name| self.programme_named(at, name);
        let (Some(first), Some(second)) = (programme(&raw.first), programme(&raw.second)) else {
            return;
        };
        let entity_of = |i: usize| self.set.programmes.get(i).map_or(0, |p| p.entity);
        let (ef, es) = (entity_of(first), entity_of(second));
        let above = self.set.entities.get(es).and_then(|e| e.parent) == Some(ef);
        let amounts = matches!(
            raw.kind,
            RelationKind::HigherOf | RelationKind::TopsUp | RelationKind::Choose
        );
        if ef != es && (!above || amounts) {
            let message =
                "the two programmes are not of one entity, nor the first of the entity above";
            self.findings.push(at.finding("E-PACK-RELATION", message));
            return;
        }
        let named = |name: &Option<Spanned<String>>| {
            let name = name.as_ref()?;
            self.set.name_of(ef, name.get_ref())
        };
        let choice = match named(&raw.choice) {
            Some(NameOf::Fact(i)) => Some(i),
            _ => None,
        };
        let less = match named(&raw.less) {
            Some(NameOf::Formula(i)) => Some(i),
            _ => None,
        };
        if (raw.kind == RelationKind::Choose) != choice.is_some()
            || (raw.kind == RelationKind::TopsUp) != less.is_some()
        {
            let message = "`choose` needs `choice`, a fact; `tops_up` needs `less`, a formula; others need neither";
            self.findings.push(at.finding("E-PACK-RELATION", message));
            return;
        }
        self.set.relations.push(Relation {
            kind: raw.kind,
            first,
            second,
            choice,
            less,
            span,
        });
    }

    fn programme_named(&mut self, at: Spot<'_>, name: &Spanned<String>) -> Option<usize> {
        let id = name.get_ref();
        let found = self.set.programmes.iter().position(|p| p.id == *id);
        if found.is_none() {
            let known = self.set.programmes.iter().map(|p| p.id.as_str());
            self.findings
                .push(at.of(name).unknown("programme", id, known));
        }
        found
    }
}
