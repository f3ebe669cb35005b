//! `[[place]]`: the places and the tree they form.

use super::file::Spot;
use super::{Loader, raw};
use crate::error::Diagnostic;
use crate::pack::model::Level;
use crate::pack::place::Place;

impl Loader<'_> {
    pub(super) fn place(&mut self, at: Spot<'_>, raw: &raw::Place) {
        let mut code = |text: Option<&String>| text.and_then(|t| self.place_code(at, t));
        let (Some(own), parent, alias_of) = (
            code(Some(&raw.code)),
            code(raw.parent.as_ref()),
            code(raw.alias_of.as_ref()),
        ) else {
            return;
        };
        let place = Place {
            code: own,
            name: raw.name.clone(),
            parent,
            level: raw.level.unwrap_or(Level::County),
            alias_of,
            note: raw.note.clone(),
            origin: at.origin(),
        };
        if self.set.places.insert(place).is_some() {
            self.findings.push(at.twice("place", &raw.code));
        }
    }

    pub(super) fn place_circles(&mut self) {
        for code in self.set.places.circles() {
            let message = format!("the place {code:06} lies above itself");
            let (name, line) = self.set.places.get(code).map_or((String::new(), 0), |p| {
                (p.origin.file.to_string(), p.origin.line)
            });
            self.findings
                .push(Diagnostic::error("E-PACK-CIRCLE", message).at(name, line, 0));
        }
    }
}
