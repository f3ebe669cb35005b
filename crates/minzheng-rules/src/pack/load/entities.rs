//! `[[entity]]`: the tables of a case, their parents, links and completeness.

use super::file::{PackFile, Spot};
use super::{Loader, raw};
use crate::error::Diagnostic;
use crate::lang::Type;
use crate::pack::model::Entity;

impl Loader<'_> {
    pub(super) fn entity(&mut self, at: Spot<'_>, raw: &raw::Entity) {
        self.id(at, &raw.id);
        if self.set.entity_index(&raw.id).is_some() {
            self.findings.push(at.twice("entity", &raw.id));
            return;
        }
        let parent = raw.parent.as_ref().and_then(|p| self.set.entity_index(p));
        if let Some(name) = raw.parent.as_ref().filter(|_| parent.is_none()) {
            let known = self.set.entities.iter().map(|e| e.id.as_str());
            self.findings.push(at.unknown("entity above", name, known));
        } else if parent.is_none() != self.set.entities.is_empty() {
            let message = "exactly one entity, the first, has no parent";
            self.findings.push(at.finding("E-PACK-ENTITY", message));
        }
        self.set.entities.push(Entity {
            id: raw.id.clone(),
            title: raw.title.clone(),
            parent,
            collection: raw
                .collection
                .clone()
                .unwrap_or_else(|| format!("{}s", raw.id)),
            complete: None,
            links: Vec::new(),
        });
    }

    /// Links may point to an entity that is declared further down.
    pub(super) fn entity_links(&mut self, at: Spot<'_>, raw: &raw::Entity) {
        let Some(own) = self.set.entity_index(&raw.id) else {
            return;
        };
        for (name, to) in &raw.links {
            match self.set.entity_index(to) {
                Some(target) => {
                    if let Some(entity) = self.set.entities.get_mut(own) {
                        entity.links.push((name.clone(), target));
                    }
                }
                None => self.findings.push(at.unknown("entity", to, [])),
            }
        }
    }

    pub(super) fn one_entity(&mut self, files: &[PackFile<'_>]) {
        if self.set.entities.is_empty() && !files.is_empty() {
            self.findings.push(
                Diagnostic::error("E-PACK-ENTITY", "the packs declare no entity")
                    .help("add [[entity]]"),
            );
        }
    }

    /// Finds the fact that says whether all rows of an entity were given; facts are read after entities.
    pub(super) fn entity_complete(&mut self, at: Spot<'_>, raw: &raw::Entity) {
        let own = self.set.entity_index(&raw.id);
        let entity = own.and_then(|own| self.set.entities.get(own));
        let (Some(own), Some(name), Some(parent)) =
            (own, &raw.complete, entity.and_then(|e| e.parent))
        else {
            return;
        };
        let found = self
            .set
            .facts
            .iter()
            .position(|f| f.id == *name && f.entity == parent && f.ty == Type::Bool);
        if found.is_none() {
            let message = format!("`complete` names no yes/no fact `{name}` of the entity above");
            self.findings.push(at.finding("E-PACK-ENTITY", message));
        }
        if let Some(entity) = self.set.entities.get_mut(own) {
            entity.complete = found;
        }
    }
}
