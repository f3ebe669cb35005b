//! The table of hits.

use std::sync::Arc;

use arrow_array::types::{Int8Type, Int16Type};
use arrow_array::{
    ArrayRef, Date32Array, DictionaryArray, Int8Array, Int16Array, Int64Array, StringArray,
    UInt32Array,
};
use arrow_schema::{ArrowError, DataType, Field};
use arrow_select::take::take;
use minzheng::Lang;
use minzheng::warning::reconcile::Class;
use minzheng::warning::{Direction, Level, Model, Target};
use minzheng_rules::columnar::{Columns, OutputColumn};
use minzheng_rules::date::Day;

use super::alerts::{Alerts, Hit};
use super::now::Now;
use crate::import::Imported;

/// One word of a model.
type WordOf = fn(&Model) -> &'static str;

/// What hits are since the period before, in their order.
pub(super) struct Since {
    pub(super) class: Vec<Class>,
    /// The first day of the periods in a row in which they were hit.
    pub(super) since: Vec<Day>,
}

/// What the scalar program tells of hits, in their order.
#[derive(Default)]
pub(super) struct Told {
    pub(super) figures: Vec<Option<i64>>,
    zh: Vec<String>,
    en: Vec<String>,
}

/// Words as a column, by their place in a list.
pub(super) fn dictionary(
    words: &[&str],
    of: impl Iterator<Item = Option<&'static str>>,
) -> Result<ArrayRef, ArrowError> {
    let place = |word: Option<&str>| {
        let at = words.iter().position(|w| Some(*w) == word)?;
        i8::try_from(at).ok()
    };
    Ok(Arc::new(DictionaryArray::<Int8Type>::try_new(
        of.map(place).collect::<Int8Array>(),
        Arc::new(StringArray::from_iter_values(words)),
    )?))
}

/// A column of a few words.
pub(super) fn word(name: &str) -> Field {
    let ty = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
    Field::new(name, ty, false)
}

/// The columns that every table of hits has behind the keys.
pub(super) fn fields(has_since: bool) -> Vec<Field> {
    let model = DataType::Dictionary(Box::new(DataType::Int16), Box::new(DataType::Utf8));
    let mut out = vec![
        Field::new("model", model, false),
        word("direction"),
        word("level"),
        word("subject"),
        Field::new("place", DataType::Utf8, true),
        Field::new("on", DataType::Date32, false),
        Field::new("due", DataType::Date32, true),
        Field::new("figure", DataType::Int64, true),
    ];
    if has_since {
        out.push(word("class"));
        out.push(Field::new("since", DataType::Date32, false));
    }
    out
}

pub(super) fn day32(day: i64) -> Option<i32> {
    i32::try_from(day).ok()
}

impl Alerts {
    /// The columns of the table.
    pub(super) fn columns(
        &self,
        now: &Now<'_>,
        told: Told,
        since: Option<&Since>,
    ) -> Result<Vec<ArrayRef>, ArrowError> {
        let (imported, hits) = (now.imported, now.hits);
        let number = |n: usize| u32::try_from(n).ok();
        let households: UInt32Array = hits.iter().map(|h| number(h.0)).collect();
        let is_person = |hit: &Hit| now.model(*hit).is_some_and(|a| a.entity > 0);
        let person = |hit: &Hit| number(hit.2).filter(|_| is_person(hit));
        let people: UInt32Array = hits.iter().map(person).collect();
        let mut out = Vec::new();
        for (_, keys) in imported.keys.columns(0) {
            out.push(take(keys, &households, None)?);
        }
        let keys = imported.keys.columns(1);
        for at in &self.person_keys {
            let missing = || ArrowError::SchemaError("no such key".to_owned());
            let (_, keys) = keys.get(*at).ok_or_else(missing)?;
            out.push(take(keys, &people, None)?);
        }
        let ids = now.asked.iter().map(|a| a.model.id.as_str());
        let places = hits.iter().map(|h| i16::try_from(h.1).ok());
        out.push(Arc::new(DictionaryArray::<Int16Type>::try_new(
            places.collect::<Int16Array>(),
            Arc::new(StringArray::from_iter_values(ids)),
        )?));
        let directions: Vec<&str> = Direction::ALL.iter().map(|d| d.word()).collect();
        let levels: Vec<&str> = Level::ALL.iter().map(|l| l.word()).collect();
        let subjects = [Target::Household.word(), Target::Person.word()];
        let word_of: [(&[&str], WordOf); 3] = [
            (&directions, |model| model.direction.word()),
            (&levels, |model| model.level.word()),
            (&subjects, |model| model.target.word()),
        ];
        for (words, word) in word_of {
            let of = |hit: &Hit| now.model(*hit).map(|a| word(&a.model));
            out.push(dictionary(words, hits.iter().map(of))?);
        }
        let place = |h: &Hit| imported.place(h.0).map(|code| format!("{code:06}"));
        out.push(Arc::new(hits.iter().map(place).collect::<StringArray>()));
        let on = |h: &Hit| day32(now.on(h.0).number());
        out.push(Arc::new(hits.iter().map(on).collect::<Date32Array>()));
        let due = |h: &Hit| now.number(now.model(*h)?.due, h.0).and_then(day32);
        out.push(Arc::new(hits.iter().map(due).collect::<Date32Array>()));
        let figure = |at: usize| told.figures.get(at).copied().flatten();
        let figures = (0..hits.len()).map(figure);
        out.push(Arc::new(figures.collect::<Int64Array>()));
        if let Some(Since { class, since }) = since {
            let words: Vec<&str> = Class::ALL.iter().map(|c| c.word()).collect();
            out.push(dictionary(&words, class.iter().map(|c| Some(c.word())))?);
            let since = since.iter().map(|day| day32(day.number()));
            out.push(Arc::new(since.collect::<Date32Array>()));
        }
        for figure in &self.figures {
            let missing = || ArrowError::SchemaError("no such output".to_owned());
            let column: &OutputColumn =
                now.answer.columns.get(figure.output).ok_or_else(missing)?;
            let rows = if figure.entity == 0 {
                &households
            } else {
                &people
            };
            out.push(take(&figure.shape.array(column, None)?, rows, None)?);
        }
        if self.words {
            out.push(Arc::new(StringArray::from_iter_values(told.zh)));
            out.push(Arc::new(StringArray::from_iter_values(told.en)));
        }
        Ok(out)
    }

    /// Sentences and figures of hits where they are wanted, each household evaluated once.
    pub(super) fn told(
        &self,
        columns: &Columns<'_>,
        imported: &Imported<'_>,
        hits: &[Hit],
    ) -> Told {
        let mut out = Told::default();
        if !self.words && !self.memory.wants_figures() {
            return out;
        }
        for of_case in hits.chunk_by(|a, b| a.0 == b.0) {
            let Some((case, ..)) = of_case.first() else {
                continue;
            };
            let warnings = self.warnings(columns, imported, *case);
            for (_, at, row) in of_case {
                let Some(asked) = self.asked.get(*at) else {
                    continue;
                };
                let first = imported.rows(asked.entity, *case).start;
                let warning = warnings.about(&asked.model, row.saturating_sub(first));
                out.figures.push(warning.figure());
                if self.words {
                    out.zh.push(warning.sentence(Lang::Zh));
                    out.en.push(warning.sentence(Lang::En));
                }
            }
        }
        out
    }
}
