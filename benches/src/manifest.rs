//! The manifest: what is measured, on what, and against whom.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// All benches.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// In the order of the report.
    pub bench: Vec<Bench>,
}

/// One piece of work.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bench {
    /// Its data, its pack and its engines are found by it.
    pub id: String,
    /// Words for the report.
    pub title: String,
    /// What the time is divided by.
    pub per: Per,
    /// The size that is reported.
    pub full: Size,
    /// The size of a quick look and of the smoke run.
    pub quick: Size,
    /// Whether the answer is the lowest value that is still possible, because facts are missing.
    #[serde(default)]
    pub lowest: bool,
    /// Whether the peers run what `minzheng pack export --nulls` writes of its pack.
    #[serde(default)]
    pub emitted: bool,
    /// Whether its pack are those that the library ships; else it stands in `packs/ID`.
    #[serde(default)]
    pub built_in: bool,
    /// Columns of the answer, and the weight of each in the check value.
    pub answer: BTreeMap<String, u64>,
    /// Who is measured against whom.
    pub pair: Vec<Pair>,
    /// Engines that run once, for what they get wrong.
    #[serde(default)]
    pub shown: Vec<String>,
}

/// What the time of a run is divided by.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    /// Households.
    Household,
    /// Members of households.
    Person,
    /// Records of sources: the members, where the households are people.
    Record,
    /// People who are the households and have no members.
    #[serde(rename = "person alone")]
    Alone,
}

/// How much.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// How many households; people, where the work is for a record.
    pub households: u32,
    /// How many rounds are timed.
    pub rounds: usize,
    /// What every engine must give, in hexadecimal.
    pub check: String,
}

/// Two engines that run one after the other in every round.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// The one whose speed is told.
    pub engine: String,
    /// The one it is compared with.
    pub against: String,
    /// The bar: how many times as fast it must be.
    pub at_least: Option<f64>,
}

impl Bench {
    /// Every engine that is timed, each once.
    #[must_use]
    pub fn engines(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for pair in &self.pair {
            for name in [&pair.engine, &pair.against] {
                if !found.contains(&name.as_str()) {
                    found.push(name);
                }
            }
        }
        found
    }
}

/// The folder of the benches.
#[must_use]
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads `manifest.toml`.
///
/// # Errors
/// What is wrong with the file.
pub fn read() -> Result<Manifest, String> {
    let path = folder().join("manifest.toml");
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(&path).map_err(|error| told(&error))?;
    toml::from_str(&text).map_err(|error| told(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::is_native;

    #[test]
    fn every_engine_of_the_manifest_is_there() {
        let manifest = read().unwrap();
        assert!(!manifest.bench.is_empty());
        for bench in &manifest.bench {
            let shown = bench.shown.iter().map(String::as_str);
            for name in bench.engines().into_iter().chain(shown) {
                let module = name.split('-').next().unwrap_or(name);
                let peer = folder().join(format!("peers/with_{module}.py"));
                assert!(is_native(name) || peer.is_file(), "{name} of {}", bench.id);
            }
        }
    }
}
