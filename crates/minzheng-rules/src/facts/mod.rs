//! The facts of one case: read from TOML or JSON, checked against the vocabulary, laid out for evaluation.

mod assemble;
mod bind;
mod document;
pub(crate) mod scalar;

pub(crate) use assemble::Rows;
pub(crate) use bind::Data;
pub use bind::{Given, Input, Overlay, RowRef};
pub use document::{Document, MAX_DOCUMENT_BYTES};

use crate::date::Day;
use crate::pack::model::Words;
use crate::scalar::V;

/// How a fact stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactStatus {
    /// Said by the applicant, not checked yet: an answer that rests on it is provisional.
    Declared,
    /// Confirmed by evidence.
    Verified,
    /// Found by an official.
    Attested,
    /// Asked, and known to be nothing.
    Nothing,
    /// Asked, not answered yet: unknown.
    Pending,
    /// The answer was refused: unknown.
    Refused,
    /// The source cannot answer: unknown.
    Unavailable,
}

impl FactStatus {
    /// All statuses with their words in files.
    pub const ALL: [(&'static str, Self); 7] = [
        ("declared", Self::Declared),
        ("verified", Self::Verified),
        ("attested", Self::Attested),
        ("none", Self::Nothing),
        ("pending", Self::Pending),
        ("refused", Self::Refused),
        ("unavailable", Self::Unavailable),
    ];

    /// The word in files.
    pub fn word(self) -> &'static str {
        Self::ALL
            .into_iter()
            .find(|(_, s)| *s == self)
            .map_or("", |(w, _)| w)
    }

    /// Words for people.
    pub fn words(self) -> Words {
        let (zh, en) = match self {
            Self::Declared => ("申报，未核实", "declared, not verified"),
            Self::Verified => ("已核实", "verified"),
            Self::Attested => ("经办人认定", "found by an official"),
            Self::Nothing => ("查询无记录", "known to be nothing"),
            Self::Pending => ("等待答复", "pending"),
            Self::Refused => ("拒绝提供", "refused"),
            Self::Unavailable => ("暂不可得", "unavailable"),
        };
        Words {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// How it stands.
    pub status: FactStatus,
    /// The source, as the case gives it.
    pub source: String,
    /// The day its value was true.
    pub as_of: Option<Day>,
    /// The span of time it covers, as written.
    pub window: String,
    /// Why it is as it is: a refusal, a finding's ground.
    pub reason: String,
    /// For a finding: who found it.
    pub by: String,
    /// Which bound the value is outside of, where it was refused for that.
    pub out_of_range: bool,
    /// Other values of the fact that the case knows and does not take.
    pub also: Vec<OtherValue>,
}

/// A value of a fact that stands beside the one taken: said by somebody else, older, or overruled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherValue {
    /// The value in the engine's unit.
    pub value: V,
    /// How it stands.
    pub status: FactStatus,
    /// Its source, as the case gives it.
    pub source: String,
    /// The day it was true.
    pub as_of: Option<Day>,
    /// Why it was not taken.
    pub reason: String,
}
