//! A case put together from rows and values that were checked elsewhere.

use std::sync::Arc;

use super::bind::{Data, Input};
use crate::date::Day;
use crate::pack::PackSet;
use crate::scalar::V;

/// The rows of one entity.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// The id of every row.
    pub(crate) ids: Vec<String>,
    /// The row above of every row; empty for the root.
    pub(crate) parents: Vec<usize>,
    /// For every link, the row it points to.
    pub(crate) links: Vec<Vec<Option<usize>>>,
}

impl Input {
    /// A case without rows.
    pub(crate) fn empty(set: &PackSet) -> Self {
        Self {
            data: Arc::new(set.empty_input()),
        }
    }

    /// A case of one row of the root, for which the given facts are known.
    pub(crate) fn of_one_row(
        set: &PackSet,
        on: Day,
        known_on: Day,
        given: impl IntoIterator<Item = (usize, V)>,
    ) -> Self {
        let given: Vec<(usize, V)> = given.into_iter().collect();
        let mut rows: Vec<Rows> = set.entities.iter().map(|_| Rows::default()).collect();
        if let Some(root) = rows.first_mut() {
            root.ids.push("1".to_owned());
        }
        let value = |fact: usize, _: usize| {
            let found = given.iter().find(|(f, _)| *f == fact).map(|(_, v)| *v);
            let def = set.facts.get(fact);
            found.unwrap_or_else(|| def.map_or(V::UNKNOWN, |f| V::missing(f.ty, f.low, f.high)))
        };
        Self::of_rows(set, on, known_on, rows, value)
    }

    /// A case of these rows, by entity; `value` gives a fact of a row.
    pub(crate) fn of_rows(
        set: &PackSet,
        on: Day,
        known_on: Day,
        rows: Vec<Rows>,
        value: impl Fn(usize, usize) -> V,
    ) -> Self {
        let mut data: Data = set.empty_input();
        data.on = on;
        data.known_on = known_on;
        data.rows = rows.iter().map(|r| r.ids.len()).collect();
        for (fact, def) in set.facts.iter().enumerate() {
            let start = data.values.len();
            data.columns.push(start);
            let n = data.rows.get(def.entity).copied().unwrap_or(0);
            data.values.extend((0..n).map(|row| value(fact, row)));
            let mut given = data.values.iter().skip(start);
            data.has_findings |= def.finding && given.any(|v| v.is_known());
        }
        data.ids.clear();
        data.parents.clear();
        data.links.clear();
        for part in rows {
            data.ids.push(part.ids);
            data.parents.push(part.parents);
            data.links.push(part.links);
        }
        Self {
            data: Arc::new(data),
        }
    }
}
