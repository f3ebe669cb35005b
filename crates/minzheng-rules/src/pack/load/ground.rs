//! When, where and on what ground a row holds: dates, place, citations, status.

use toml::Spanned;

use super::file::Spot;
use super::{Loader, raw};
use crate::date::Day;
use crate::error::Diagnostic;
use crate::pack::model::{Cite, Dated, Level, Status};
use crate::pack::place::NATION;
use crate::pack::set::RowNotes;

impl Loader<'_> {
    pub(super) fn cites(&mut self, at: Spot<'_>, cites: &[Spanned<String>]) -> Vec<Cite> {
        cites
            .iter()
            .map(|word| self.cite(at.of(word), word.get_ref()))
            .collect()
    }

    /// A citation: `instrument#article`, or an instrument as a whole.
    pub(super) fn cite(&mut self, at: Spot<'_>, word: &str) -> Cite {
        let (instrument, article) = word.split_once('#').unwrap_or((word, ""));
        if !self.set.instruments.contains_key(instrument) {
            let known = self.set.instruments.keys().map(String::as_str);
            self.findings
                .push(at.unknown("instrument", instrument, known));
        }
        Cite {
            instrument: instrument.to_owned(),
            article: article.to_owned(),
        }
    }

    /// The dates, place, ground and status of a row; what it left out is kept for the lint.
    pub(super) fn ground(&mut self, at: Spot<'_>, raw: &raw::Ground, what: &str) -> Dated<()> {
        let from = self.date(at, "from", raw.from);
        let published = self.date(at, "published", raw.published);
        let until = self.date(at, "until", raw.until);
        let until_published = self.date(at, "until_published", raw.until_published);
        let review_by = self.date(at, "review_by", raw.review_by);
        let needs_dates = what != "setting" && what != "calendar";
        if raw.from.is_none() && needs_dates {
            let message = "`from`, the first day in force, is missing";
            self.findings.push(
                at.finding("E-PACK-DATE", message)
                    .help("write from = 2026-07-01"),
            );
        }
        let start = from.unwrap_or(Day::MIN);
        if until.is_some_and(|last| last < start) {
            self.findings
                .push(at.finding("E-PACK-DATE", "`until` is before `from`"));
        }
        let place = self.ground_place(at, raw.place.as_deref());
        let cite = self.cites(at, &raw.cite);
        let status = raw.status.unwrap_or(Status::Unconfirmed);
        if matches!(status, Status::Law | Status::Local) && !self.was_read(&cite) {
            let message = format!(
                "status `{}` without an instrument that was read",
                status.word()
            );
            self.findings.push(
                at.finding("E-PACK-CITE", message)
                    .help("cite an instrument that has a `copy`, or say status = \"unconfirmed\""),
            );
        }
        let origin = at.origin();
        let notes = RowNotes {
            no_published: published.is_none() && needs_dates,
            no_status: raw.status.is_none(),
            what: what.to_owned(),
        };
        self.set.raw_status.insert(origin.clone(), notes);
        let published = published.unwrap_or(start);
        Dated {
            place,
            from: start,
            until: until.map(|last| (last, until_published.unwrap_or(published))),
            published,
            status,
            cite,
            note: raw.note.clone(),
            review_by,
            origin,
            value: (),
        }
    }

    /// The place a row is for: its own, which lies inside the pack's, or the pack's.
    fn ground_place(&mut self, at: Spot<'_>, own: Option<&str>) -> Option<i64> {
        let (level, home) = self.home(at);
        let Some(own) = own else {
            return (level != Level::Nation).then_some(home);
        };
        let code = self.place_code(at, own)?;
        if home != NATION && !self.set.places.is_within(code, home) {
            let message = format!("the place {code:06} is outside the pack's place {home:06}");
            self.findings.push(at.finding("E-PACK-LAYER", message));
        }
        (code != NATION).then_some(code)
    }

    /// Whether one of the instruments was read by those who keep the pack.
    fn was_read(&self, cite: &[Cite]) -> bool {
        cite.iter()
            .filter_map(|c| self.set.instruments.get(&c.instrument))
            .any(|i| i.copy.is_some())
    }
}

/// The finding that a row is in force together with another of the same publication.
pub(super) fn overlap<T>(at: Spot<'_>, rows: &str, id: &str, other: &Dated<T>) -> Diagnostic {
    let message = format!(
        "two {rows} of `{id}` are in force together and were published on the same day (the other is at {}:{})",
        other.origin.file, other.origin.line
    );
    at.finding("E-PACK-OVERLAP", message)
        .help("give `published` or `until`")
}
