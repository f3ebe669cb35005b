//! Which data exist, whose they are, and what stands on them.

use minzheng::api;
use minzheng::catalog::{Cycle, Grade, Query, Subject};
use minzheng_rules::error::Diagnostic;
use serde_json::json;

use crate::engine::Engine;
use crate::error::MinzhengError;
use crate::values::{CalendarDate, Words};

/// What is looked for: words, and facets that must hold. Without any, everything is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct CatalogQuery {
    /// Chinese or English words, an id, or a code.
    #[uniffi(default = "")]
    pub text: String,
    /// Id of the department or body that keeps it.
    #[uniffi(default = None)]
    pub department: Option<String>,
    /// Id of its line of business.
    #[uniffi(default = None)]
    pub line: Option<String>,
    /// `unconditional`, `conditional` or `withheld`.
    #[uniffi(default = None)]
    pub sharing: Option<String>,
    /// How far it must be kept, from 1 to 4.
    #[uniffi(default = None)]
    pub grade: Option<u8>,
    /// How often it comes: `daily`, `monthly` ….
    #[uniffi(default = None)]
    pub cycle: Option<String>,
    /// What a record is about: `person`, `household` ….
    #[uniffi(default = None)]
    pub subject: Option<String>,
    /// How many are shown; none: all.
    #[uniffi(default = None)]
    pub limit: Option<u32>,
}

/// A resource that was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct CatalogHit {
    /// Id of the resource.
    pub id: String,
    /// Its title.
    pub title: Words,
    /// How well it fits: more is better, within one search.
    pub score: u32,
    /// Ids of the fields whose names fit.
    pub fields: Vec<String>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct CatalogHits {
    /// How many fit, those that are not shown included.
    pub total: u32,
    /// The best first.
    pub hits: Vec<CatalogHit>,
}

fn word<T>(
    name: &str,
    given: Option<&String>,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, MinzhengError> {
    given
        .map(|word| {
            read(word).ok_or_else(|| {
                let wrong = Diagnostic::error("E-API-SHAPE", "not a word that this facet has");
                MinzhengError::argument(wrong.path(name))
            })
        })
        .transpose()
}

#[uniffi::export]
impl Engine {
    /// Finds resources of the catalogue by words and facets.
    ///
    /// Errors: `E-API-SHAPE` where a facet has no such word; `E-CATALOG-…` where the catalogue of the packs is wrong.
    pub fn catalog_search(&self, query: CatalogQuery) -> Result<CatalogHits, MinzhengError> {
        let catalog = self.inner.catalog()?;
        let grade = query.grade.map(|level| {
            let wrong = Diagnostic::error("E-API-SHAPE", "grades go from 1 to 4").path("grade");
            Grade::new(level).ok_or_else(|| MinzhengError::argument(wrong))
        });
        let hits = catalog.search(&Query {
            text: &query.text,
            department: query.department.as_deref(),
            line: query.line.as_deref(),
            sharing: query.sharing.as_deref(),
            grade: grade.transpose()?,
            cycle: word("cycle", query.cycle.as_ref(), Cycle::from_word)?,
            subject: word("subject", query.subject.as_ref(), Subject::from_word)?,
        });
        let limit = query
            .limit
            .map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
        let shown = hits.iter().take(limit).map(|hit| CatalogHit {
            id: hit.resource.clone(),
            title: (catalog.resource(&hit.resource))
                .map_or_else(|| Words::each(|_| String::new()), |r| Words::from(&r.title)),
            score: hit.score,
            fields: hit.fields.clone(),
        });
        Ok(CatalogHits {
            total: u32::try_from(hits.len()).unwrap_or(u32::MAX),
            hits: shown.collect(),
        })
    }

    /// A resource with its fields, and what stands on it on a day, as JSON. Lineage, impact, freshness, quality and the rest of the
    /// catalogue go through `ask`.
    ///
    /// Errors: `E-CATALOG-NONE` where there is no such resource, `E-VALUE-DATE`.
    pub fn catalog_show(&self, id: &str, on: CalendarDate) -> Result<String, MinzhengError> {
        let call = json!({ "call": "catalog_show", "id": id, "on": on.to_string() });
        Ok(api::answer(&self.inner, call)?.to_string())
    }
}
