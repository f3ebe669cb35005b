//! What was compared: sides, tables, leagues.

use std::collections::BTreeMap;

use minzheng_rules::explain::PackReceipt;
use serde::Serialize;

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SideFacts {
    /// Its packs, lowest layer first.
    pub packs: Vec<PackReceipt>,
    /// The day decided of households that do not say it.
    pub on: Option<String>,
    /// The law as published by this day; `None`: all that the packs have.
    pub known_on: Option<String>,
    /// Figures that win over the packs, as they were written.
    pub figures: Vec<String>,
    /// Households that were not decided because something is wrong with their rows.
    pub set_aside: u64,
    /// Findings by their code, those that were not kept under an empty one.
    pub findings: BTreeMap<String, u64>,
}

/// One table that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableFacts {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Its files.
    pub files: Vec<FileFacts>,
}

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileFacts {
    /// Its name, without its folder.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// A league.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct LeagueFacts {
    /// Its name in the packs; empty where they have none.
    pub name: String,
    /// Households.
    pub households: u64,
    /// People in them.
    pub people: u64,
}
