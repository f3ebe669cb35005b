//! Whom a sentence names for a fact where the case itself does not say.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use minzheng_rules::pack::model::Words;

use super::model::Target;
use crate::verification::Basis;

/// Who says the facts of tables that carry no source of their own: tables of a province say it once for all rows.
///
/// Without it a sentence says that the source is not named: nothing is guessed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    all: Words,
    of: BTreeMap<(String, String), Words>,
    as_of: Option<NaiveDate>,
}

impl Sources {
    /// Facts that were adopted from records: the items that evidence reads for each, by name; `as_of` is the day of which the
    /// records speak.
    ///
    /// ```
    /// use minzheng::Engine;
    /// use minzheng::warning::{Sources, Target};
    ///
    /// let engine = Engine::built_in()?;
    /// let sources = Sources::of_records(engine.basis()?, None);
    /// let words = sources.of(Target::Person, "medical_own_year");
    /// assert_eq!(words.map(|w| w.zh.as_str()), Some("医疗费用结算"));
    /// assert_eq!(sources.of(Target::Person, "relation"), None);
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn of_records(basis: &Basis, as_of: Option<NaiveDate>) -> Self {
        let mut of: BTreeMap<(String, String), Words> = BTreeMap::new();
        for row in &basis.evidence {
            let Some(item) = basis.catalog.resource(&row.item) else {
                continue;
            };
            let key = (row.entity.clone(), row.fact.clone());
            let words = of.entry(key).or_default();
            for (known, title, between) in [
                (&mut words.zh, &item.title.zh, "、"),
                (&mut words.en, &item.title.en, ", "),
            ] {
                if known.split(between).all(|k| k != title) {
                    if !known.is_empty() {
                        known.push_str(between);
                    }
                    known.push_str(title);
                }
            }
        }
        Self {
            all: Words::default(),
            of,
            as_of,
        }
    }

    /// Facts that households declared; `as_of` is the day of the declarations.
    pub fn declared(as_of: Option<NaiveDate>) -> Self {
        Self {
            all: Words {
                zh: "家庭申报".to_owned(),
                en: "the household's declaration".to_owned(),
            },
            of: BTreeMap::new(),
            as_of,
        }
    }

    /// Who says a fact.
    pub fn of(&self, whose: Target, fact: &str) -> Option<&Words> {
        let own = self.of.get(&(whose.word().to_owned(), fact.to_owned()));
        own.or_else(|| (!self.all.zh.is_empty()).then_some(&self.all))
    }

    /// The day of which they speak.
    pub const fn as_of(&self) -> Option<NaiveDate> {
        self.as_of
    }
}
