//! The names of every entity: facts, formulas, programmes, collections and links.

use std::collections::BTreeSet;

use super::Loader;
use crate::error::Diagnostic;
use crate::pack::model::Origin;
use crate::pack::set::{NameOf, NamesOf};

impl Loader<'_> {
    /// Gives every entity its names; a name may be used once.
    pub(super) fn name_entities(&mut self) {
        let mut names: Vec<NamesOf> = vec![NamesOf::default(); self.set.entities.len()];
        let mut clash: Vec<(String, Origin)> = Vec::new();
        let mut put = |entity: usize, name: &str, what: NameOf, origin: &Origin| {
            if let Some(map) = names.get_mut(entity)
                && map.insert(name.to_owned(), what).is_some()
            {
                clash.push((name.to_owned(), origin.clone()));
            }
        };
        for (i, fact) in self
            .set
            .facts
            .iter()
            .enumerate()
            .filter(|(_, f)| !f.finding)
        {
            put(fact.entity, &fact.id, NameOf::Fact(i), &fact.origin);
        }
        for (i, formula) in self
            .set
            .formulas
            .iter()
            .enumerate()
            .filter(|(_, f)| !f.id.contains('/'))
        {
            put(
                formula.entity,
                &formula.id,
                NameOf::Formula(i),
                &formula.origin,
            );
        }
        for (i, programme) in self.set.programmes.iter().enumerate() {
            put(
                programme.entity,
                &programme.id,
                NameOf::Programme(i),
                &programme.span.origin,
            );
        }
        let nowhere = Origin::default();
        for (i, entity) in self.set.entities.iter().enumerate() {
            if let Some(parent) = entity.parent {
                put(parent, &entity.collection, NameOf::Rows(i), &nowhere);
            }
            for (link, (name, _)) in entity.links.iter().enumerate() {
                put(i, name, NameOf::Link(link), &nowhere);
            }
        }
        for (name, origin) in clash {
            let finding = Diagnostic::error(
                "E-PACK-TWICE",
                format!("the name `{name}` is used twice in one entity"),
            );
            self.findings
                .push(finding.at(origin.file.as_ref(), origin.line, 0));
        }
        let groups: BTreeSet<String> = self
            .set
            .params_by_id
            .keys()
            .filter_map(|id| id.split('.').next().map(str::to_owned))
            .collect();
        for (entity, map) in names.iter().enumerate() {
            for group in groups.iter().filter(|g| map.contains_key(*g)) {
                let id = self.set.entities.get(entity).map_or("", |e| e.id.as_str());
                let message = format!("`{group}` is a name of `{id}` and a group of parameters");
                self.findings
                    .push(Diagnostic::error("E-PACK-TWICE", message));
            }
        }
        self.set.names = names;
    }
}
