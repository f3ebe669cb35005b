//! Published determinations as cases of the engine: words of a case in, a household and its answers out.
//!
//! A case gives `facts`, `assume`, `overlay`, `on`, `programme` and `expect`; a probe gives `readings` and `settings` beside.
//! Everything here is driven by those words. A word that is not known is refused, never skipped. A question of ours may add
//! `given`, facts in the words of the packs, and ask for `value:ID`, `instrument:ID` or `codes:ID` of them; a question on who
//! may set a figure is a [`pack_of`] one value that loads or does not.
//!
//! `vocabulary` lists the words, `words` reads what stands at one, `case` is a case in one reading. `build` makes the
//! household: `persons` and `means` from the facts, `overlay` and `benefits` from the figures of the place, `assume` from what
//! is taken for granted. `expect` asks the engine, `payroll` sums.

mod assume;
mod benefits;
mod build;
mod case;
mod expect;
mod means;
mod overlay;
mod pack;
mod payroll;
mod persons;
mod vocabulary;
mod words;

use std::fmt;

use minzheng_rules::scenario::Engine;
use serde_json::{Value, json};

pub use pack::pack_of;

use build::Build;
use case::Case;

/// Why a case could not be turned into a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The word is not in the vocabulary.
    UnknownWord(String),
    /// The word is known, what stands there is not of its form.
    Shape(String, &'static str),
    /// The word is known and says something that no rule can hold.
    NotTranslated(String, &'static str),
    /// The engine refused the household.
    Engine(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownWord(at) => write!(f, "unknown word at `{at}`"),
            Self::Shape(at, want) => write!(f, "`{at}`: {want} is wanted"),
            Self::NotTranslated(at, why) => write!(f, "`{at}`: {why}"),
            Self::Engine(what) => write!(f, "the engine refused the household: {what}"),
        }
    }
}

impl std::error::Error for Refusal {}

/// One expectation and what came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The key of `expect`.
    pub key: String,
    /// What was published.
    pub wanted: Value,
    /// What the engine says.
    pub found: Value,
}

impl Answer {
    /// Whether both are the same.
    pub fn agrees(&self) -> bool {
        self.wanted == self.found
    }
}

/// The words a case may use, by the group they stand in.
pub fn vocabulary() -> [(&'static str, &'static [&'static str]); 4] {
    [
        ("facts", vocabulary::FACTS),
        ("overlay", vocabulary::OVERLAY),
        ("assume", vocabulary::ASSUME),
        ("expect", vocabulary::EXPECT),
    ]
}

/// The household of a case in one reading, as a household file gives it, without its payroll.
///
/// # Errors
/// [`Refusal`]: a word that is not known, or says what no rule can hold.
pub fn household(engine: &Engine, case: &Value, reading: Option<&str>) -> Result<Value, Refusal> {
    let case = Case::read(engine, case, reading)?;
    Ok(Build::new(engine, &case)?.document())
}

/// Runs a case in one reading: one answer per key of what is expected.
///
/// # Errors
/// As [`household`], and what the engine refuses.
pub fn answers(
    engine: &Engine,
    case: &Value,
    reading: Option<&str>,
) -> Result<Vec<Answer>, Refusal> {
    let case = Case::read(engine, case, reading)?;
    let build = Build::new(engine, &case)?;
    let found = if case.is_payroll() {
        build.payroll()?
    } else {
        build.decide()?
    };
    Ok(case
        .expect()
        .rows()
        .iter()
        .map(|(key, wanted)| Answer {
            key: key.clone(),
            wanted: wanted.clone(),
            found: found.get(key).cloned().unwrap_or_else(|| json!("nothing")),
        })
        .collect())
}

/// The names of the readings of a probe; one `None` for a case that has one answer.
pub fn readings(case: &Value) -> Vec<Option<String>> {
    match case.get("readings").and_then(Value::as_object) {
        Some(readings) if !readings.is_empty() => {
            readings.keys().map(|k| Some(k.clone())).collect()
        }
        _ => vec![None],
    }
}
