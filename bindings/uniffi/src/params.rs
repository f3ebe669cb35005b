//! Figures of the packs: dated, placed, cited.

use minzheng_rules::date::Day;
use minzheng_rules::error::{Diagnostic, nearest};
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Cell, Dated, Key};
use minzheng_rules::scalar::V;

use crate::engine::Engine;
use crate::error::MinzhengError;
use crate::values::{CalendarDate, KeyValue, Words};

/// One value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct ParameterRow {
    /// The keys it holds for: a code, or the lower bound of a band.
    pub keys: Vec<KeyValue>,
    /// The six digits of the place it holds at; none: everywhere.
    pub place: Option<String>,
    /// The value as packs write it.
    pub word: String,
    /// The value in words for people.
    pub shown: Words,
    /// As it was published, where that differs.
    pub published_as: Option<String>,
    /// First day in force; none: always.
    pub from: Option<CalendarDate>,
    /// Last day in force, where it was repealed.
    pub until: Option<CalendarDate>,
    /// The day it was published.
    pub published: Option<CalendarDate>,
    /// Its standing: `law`, `local`, `operational`, `unconfirmed`, `reference`, `invented`.
    pub status: String,
    /// Its articles.
    pub cite: Vec<String>,
    /// Free words.
    pub note: Words,
}

/// A figure with all its values.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Parameter {
    /// Its id: `standard.dibao`.
    pub id: String,
    /// Its title.
    pub title: Words,
    /// Its type in the words of packs: `money/month`.
    pub value_type: String,
    /// Who sets it.
    pub setter: Words,
    /// The names of its keys.
    pub keys: Vec<String>,
    /// Its values.
    pub rows: Vec<ParameterRow>,
}

fn day(day: Day) -> Option<CalendarDate> {
    (day > Day::MIN && day < Day::MAX).then(|| day.to_date())
}

fn row(set: &PackSet, keys: &[Key], ty: Type, row: &Dated<Cell>) -> ParameterRow {
    let named = keys
        .iter()
        .zip(&row.value.keys)
        .map(|(key, value)| KeyValue {
            key: key.name.clone(),
            value: match key.ty {
                Type::Code(_) => set.value_words(V::known(*value), key.ty),
                _ => value.to_string(),
            },
        });
    let value = V::known(row.value.value);
    ParameterRow {
        keys: named.collect(),
        place: row.place.map(|code| format!("{code:06}")),
        word: set.value_words(value, ty),
        shown: Words::each(|lang| set.value_for(value, ty, lang)),
        published_as: row.value.published_as.clone(),
        from: day(row.from),
        until: row.until.and_then(|(last, _)| day(last)),
        published: day(row.published),
        status: row.status.word().to_owned(),
        cite: row.cite.iter().map(|c| set.cite_words(c)).collect(),
        note: (&row.note).into(),
    }
}

#[uniffi::export]
impl Engine {
    /// The ids of all figures of the packs.
    pub fn params(&self) -> Vec<String> {
        let all = self.inner.packs().parameters().iter();
        all.map(|p| p.id.clone()).collect()
    }

    /// A figure with its values; with a day only those in force on it, by the law as published by `known_on`, else by all that the
    /// packs hold. Of values of several places the nearest holds for a household.
    ///
    /// Errors: `E-OVERLAY-NAME` where there is no such figure, `E-VALUE-DATE`.
    #[uniffi::method(default(on = None, known_on = None))]
    pub fn param(
        &self,
        id: &str,
        on: Option<CalendarDate>,
        known_on: Option<CalendarDate>,
    ) -> Result<Parameter, MinzhengError> {
        let set = self.inner.packs();
        let found = set.parameter(id).ok_or_else(|| {
            let near = nearest(id, set.parameters().iter().map(|p| p.id.as_str()));
            let help = near.map_or_else(String::new, |n| format!("did you mean `{n}`?"));
            let wrong = Diagnostic::error("E-OVERLAY-NAME", "there is no such figure");
            MinzhengError::argument(wrong.help(help))
        })?;
        let on = on.and_then(Day::from_date);
        let known_on = known_on.and_then(Day::from_date).unwrap_or(Day::MAX);
        let in_force = |r: &&Dated<Cell>| on.is_none_or(|on| r.holds(on, known_on));
        Ok(Parameter {
            id: found.id.clone(),
            title: (&found.title).into(),
            value_type: set.type_word(found.ty),
            setter: (&found.setter).into(),
            keys: found.keys.iter().map(|k| k.name.clone()).collect(),
            rows: (found.rows.iter().filter(in_force))
                .map(|r| row(set, &found.keys, found.ty, r))
                .collect(),
        })
    }
}
