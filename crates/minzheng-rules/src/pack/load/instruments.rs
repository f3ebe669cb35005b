//! `[[instrument]]`: the legal texts that rows cite.

use super::file::Spot;
use super::{Loader, raw};
use crate::pack::model::Instrument;

impl Loader<'_> {
    pub(super) fn instrument(&mut self, at: Spot<'_>, raw: &raw::Instrument) {
        if self.set.instruments.contains_key(&raw.id) {
            self.findings.push(at.twice("instrument", &raw.id));
        }
        if raw
            .copy
            .as_deref()
            .is_some_and(|c| c != "official" && c != "unofficial")
        {
            self.findings
                .push(at.finding("E-PACK-VALUE", "`copy` is `official` or `unofficial`"));
        }
        let instrument = Instrument {
            id: raw.id.clone(),
            title: raw.title.clone(),
            title_en: raw.title_en.clone(),
            number: raw.number.clone(),
            issuer: raw.issuer.clone(),
            published: self.date(at, "published", raw.published),
            in_force: self.date(at, "in_force", raw.in_force),
            until: self.date(at, "until", raw.until),
            replaces: raw.replaces.clone(),
            copy: raw.copy.clone(),
            note: raw.note.clone(),
            origin: at.origin(),
        };
        self.set.instruments.insert(raw.id.clone(), instrument);
    }
}
