//! Who keeps data, and which kinds of data there are.

use minzheng_rules::pack::model::{self, Cite, Words};

use super::Status;

/// A department that shares data, or the bodies of a trade that answer together, as banks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub title: Words,
    /// Whether it was seen named.
    pub status: Status,
    /// Where; empty where it was not.
    pub seen: Words,
    /// The articles that name it.
    pub cite: Vec<Cite>,
    /// Free words.
    pub note: Words,
    /// Where it is written.
    pub written: model::Origin,
}

/// A kind of data that the law of checking knows, by the word that facts use: `answered_by = ["item:TAX"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Stable id: capital letters and hyphens.
    pub id: String,
    /// Its name.
    pub title: Words,
    /// Where the law names it.
    pub cite: Vec<Cite>,
    /// The standing of that ground.
    pub status: model::Status,
    /// Free words.
    pub note: Words,
    /// Where it is written.
    pub written: model::Origin,
}
