//! What rows of every section hold: ids, dates, places, types, bounds.

use toml::Spanned;
use toml::value::Datetime;

use super::Loader;
use super::file::Spot;
use crate::date::Day;
use crate::facts::scalar::{Scalar, day as toml_day, read};
use crate::lang::{Period, Type};
use crate::pack::model::Level;
use crate::pack::place::{NATION, parse_code};

/// The words of types; a code list is written `code:list`.
const TYPES: [(&str, Type); 12] = [
    ("bool", Type::Bool),
    ("count", Type::Count),
    ("ratio", Type::Ratio),
    ("money", Type::money(Period::Once)),
    ("money/month", Type::money(Period::Month)),
    ("money/year", Type::money(Period::Year)),
    ("date", Type::Date),
    ("days", Type::Days),
    ("months", Type::Months),
    ("place", Type::Place),
    ("text", Type::Text),
    ("shown", Type::Shown),
];

/// Small letters, digits and underscores, beginning with a letter.
fn is_word(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_lowercase())
        && part
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

impl Loader<'_> {
    /// The level and the place of the pack a row stands in.
    pub(super) fn home(&self, at: Spot<'_>) -> (Level, i64) {
        let home = self.levels.get(at.pack()).copied();
        home.unwrap_or((Level::Nation, NATION))
    }

    /// An id of one word.
    pub(super) fn id(&mut self, at: Spot<'_>, id: &str) {
        if !is_word(id) || ["on", "in", "true", "false"].contains(&id) {
            self.malformed_id(at, id, "a_name");
        }
    }

    /// An id of at least two words with dots between.
    pub(super) fn dotted_id(&mut self, at: Spot<'_>, id: &str) {
        if !id.contains('.') || !id.split('.').all(is_word) {
            self.malformed_id(at, id, "group.name");
        }
    }

    fn malformed_id(&mut self, at: Spot<'_>, id: &str, wanted: &str) {
        let message = format!("`{id}` is not an id of the form {wanted}");
        self.findings.push(
            at.finding("E-PACK-ID", message)
                .help("small letters, digits and underscores, beginning with a letter"),
        );
    }

    pub(super) fn date(
        &mut self,
        at: Spot<'_>,
        what: &str,
        value: Option<Datetime>,
    ) -> Option<Day> {
        let day = toml_day(&value?);
        if day.is_none() {
            let message = format!("`{what}` is not a day of the calendar");
            self.findings
                .push(at.finding("E-VALUE-DATE", message).help("write 2026-07-01"));
        }
        day
    }

    pub(super) fn place_code(&mut self, at: Spot<'_>, text: &str) -> Option<i64> {
        let code = parse_code(text);
        if code.is_none() {
            let message = format!("`{text}` is not a six-digit place code");
            self.findings.push(at.finding("E-VALUE-PLACE", message));
        }
        code
    }

    /// The entity a row says it belongs to.
    pub(super) fn entity_named(&mut self, at: Spot<'_>, name: &str) -> Option<usize> {
        let found = self.set.entity_index(name);
        if found.is_none() {
            let known = self.set.entities.iter().map(|e| e.id.as_str());
            self.findings.push(at.unknown("entity", name, known));
        }
        found
    }

    pub(super) fn ty(&mut self, at: Spot<'_>, word: &Spanned<String>) -> Type {
        let (at, text) = (at.of(word), word.get_ref().as_str());
        if let Some((_, ty)) = TYPES.into_iter().find(|(word, _)| *word == text) {
            return ty;
        }
        let finding = match text.strip_prefix("code:") {
            Some(list) => {
                if let Some(index) = self.set.list_index(list) {
                    return Type::Code(index);
                }
                at.unknown("code list", list, self.set.list_ids())
            }
            None => at.unknown("type", text, TYPES.map(|(word, _)| word)),
        };
        self.findings.push(finding);
        Type::Bool
    }

    pub(super) fn bound(
        &mut self,
        at: Spot<'_>,
        ty: Type,
        value: Option<&toml::Value>,
    ) -> Option<i64> {
        // a bound of money is given in yuan, in the type's own period
        let per = match ty {
            Type::Money {
                period: Period::Month,
                ..
            } => Some("month"),
            Type::Money {
                period: Period::Year,
                ..
            } => Some("year"),
            _ => None,
        };
        match read(&self.set, ty, Scalar::from(value?), per, None) {
            Ok(read) => Some(read.value),
            Err(bad) => {
                let message = format!("bound: {}", bad.message);
                self.findings
                    .push(at.finding(bad.code, message).help(bad.help));
                None
            }
        }
    }
}
