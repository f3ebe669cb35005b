//! One field (信息项) of a resource.

use core::fmt;

use minzheng_rules::lang::Period;
use minzheng_rules::pack::model::Words;
use serde::Deserialize;

use super::Grade;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unit {
    /// 平方米.
    SquareMetre,
    /// 亩, a fifteenth of a hectare.
    Mu,
}

impl Unit {
    /// The word in packs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SquareMetre => "square_metre",
            Self::Mu => "mu",
        }
    }
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldType {
    /// Text that is only shown.
    Text,
    /// A code of the list of the packs with this id.
    Code(String),
    /// A day.
    Date,
    /// A month; in tables its first day.
    Month,
    /// Money, once or for a period.
    Money(Period),
    /// A whole number of things.
    Count,
    /// A number with so many decimal places, in a unit.
    Number {
        /// Decimal places, at most four.
        places: u8,
        /// The unit.
        unit: Unit,
    },
    /// A pure number with four decimal places.
    Ratio,
    /// An identity number, 18 characters.
    IdNumber,
    /// A unified social credit code, 18 characters.
    CreditCode,
    /// A place code, six digits.
    Place,
    /// Yes or no.
    Bool,
}

impl FieldType {
    /// The words of packs for types that take nothing.
    pub(super) const PLAIN: [(&'static str, Self); 12] = [
        ("text", Self::Text),
        ("date", Self::Date),
        ("month", Self::Month),
        ("money", Self::Money(Period::Once)),
        ("money/month", Self::Money(Period::Month)),
        ("money/year", Self::Money(Period::Year)),
        ("count", Self::Count),
        ("ratio", Self::Ratio),
        ("id_number", Self::IdNumber),
        ("credit_code", Self::CreditCode),
        ("place", Self::Place),
        ("bool", Self::Bool),
    ];
}

impl fmt::Display for FieldType {
    /// The word in packs: `money/month`, `code:hukou`, `number:2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(list) => write!(f, "code:{list}"),
            Self::Number { places, .. } => write!(f, "number:{places}"),
            plain => {
                let word = Self::PLAIN.iter().find(|(_, ty)| ty == plain);
                f.write_str(word.map_or("", |(word, _)| word))
            }
        }
    }
}

/// A field of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Stable id; the name of its column, `_fen` behind it where it is money in whole fen.
    pub id: String,
    /// Its name.
    pub title: Words,
    /// What it holds.
    pub ty: FieldType,
    /// Whether every record has it.
    pub required: bool,
    /// Whether the law on personal information calls it sensitive.
    pub sensitive: bool,
    /// How far it must be kept.
    pub grade: Grade,
    /// Id of the [`Element`](super::Element) that it holds, where several resources hold the same datum.
    pub element: Option<String>,
}

impl Field {
    /// The name of its column: the id, with `_fen` behind it where it is money in whole fen.
    pub fn column(&self) -> String {
        match self.ty {
            FieldType::Money(_) => format!("{}_fen", self.id),
            _ => self.id.clone(),
        }
    }
}
