//! What a rule looks at.

use minzheng_rules::date::Day;
use minzheng_rules::number::{Money, parse_fixed};
use serde_json::{Map, Value, json};

use super::Pattern;
use crate::catalog::FieldType;

/// What a rule looks at, row by row or over a whole table. Numbers are in the unit of their field: fen, days since 1970-01-01,
/// hundredths where it has two places.
///
/// What a row lacks is looked at by [`Check::Given`] alone, and what is none of its type by [`Check::Valid`] alone: for every
/// other check such a row is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Check {
    /// The field is there.
    Given {
        /// The field.
        field: String,
    },
    /// The value is one of its type: a day of the calendar, a code of its list, an identity number or credit code whose check
    /// character is right.
    Valid {
        /// The field.
        field: String,
    },
    /// A valid identity number or credit code is written as its standard has it: 18 characters, capitals, nothing around.
    Plain {
        /// The field.
        field: String,
    },
    /// The text has a form.
    Pattern {
        /// The field.
        field: String,
        /// The form.
        pattern: Pattern,
    },
    /// The value lies between two, both included.
    Range {
        /// The field.
        field: String,
        /// The lowest.
        low: Option<i64>,
        /// The highest.
        high: Option<i64>,
    },
    /// The day, or first day of the month, is not after the day asked.
    Past {
        /// The field.
        field: String,
    },
    /// One day is not after another.
    Order {
        /// The earlier.
        from: String,
        /// The later.
        to: String,
    },
    /// No two rows have the same in these fields; each further row fails.
    Unique {
        /// The fields, together; a row that lacks one is not looked at.
        fields: Vec<String>,
    },
    /// No two rows are the same in all fields but some; each further row fails. Lacking a value is a value here.
    Repeated {
        /// The fields that may differ.
        but: Vec<String>,
    },
    /// How many different values there are.
    Distinct {
        /// The field.
        field: String,
        /// At least so many.
        low: Option<u64>,
        /// At most so many.
        high: Option<u64>,
    },
    /// What the fields hold is a key of another resource.
    In {
        /// The fields, together.
        fields: Vec<String>,
        /// The other resource.
        of: String,
        /// Its fields, in the same order.
        at: Vec<String>,
    },
    /// What the fields hold is no key of another resource.
    NotIn {
        /// The fields, together.
        fields: Vec<String>,
        /// The other resource.
        of: String,
        /// Its fields, in the same order.
        at: Vec<String>,
    },
    /// Two resources say the same under a key. What is looked at is a key that has a value in both; it fails unless all values
    /// of both are one.
    Same {
        /// The field.
        field: String,
        /// The fields of the key.
        by: Vec<String>,
        /// The other resource.
        of: String,
        /// The fields of its key, in the same order.
        at: Vec<String>,
        /// Its field.
        with: String,
    },
    /// The newest day that is not after the day asked is no older than the cycle of the resource, with its grace.
    Newest {
        /// The field.
        field: String,
    },
    /// The last delivery came in time, as the freshness board says.
    Delivered,
}

impl Check {
    /// The word in packs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Given { .. } => "given",
            Self::Valid { .. } => "valid",
            Self::Plain { .. } => "plain",
            Self::Pattern { .. } => "pattern",
            Self::Range { .. } => "range",
            Self::Past { .. } => "past",
            Self::Order { .. } => "order",
            Self::Unique { .. } => "unique",
            Self::Repeated { .. } => "repeated",
            Self::Distinct { .. } => "distinct",
            Self::In { .. } => "in",
            Self::NotIn { .. } => "not_in",
            Self::Same { .. } => "same",
            Self::Newest { .. } => "newest",
            Self::Delivered => "delivered",
        }
    }

    /// The fields of its own resource that it names.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::Given { field }
            | Self::Valid { field }
            | Self::Plain { field }
            | Self::Pattern { field, .. }
            | Self::Range { field, .. }
            | Self::Past { field }
            | Self::Distinct { field, .. }
            | Self::Same { field, .. }
            | Self::Newest { field } => vec![field],
            Self::Order { from, to } => vec![from, to],
            Self::Unique { fields } | Self::In { fields, .. } | Self::NotIn { fields, .. } => {
                fields.iter().map(String::as_str).collect()
            }
            Self::Repeated { .. } | Self::Delivered => Vec::new(),
        }
    }

    /// The other resource that it needs.
    pub fn other(&self) -> Option<&str> {
        match self {
            Self::In { of, .. } | Self::NotIn { of, .. } | Self::Same { of, .. } => Some(of),
            _ => None,
        }
    }

    /// As JSON.
    pub fn to_json(&self) -> Value {
        let mut out = Map::new();
        out.insert("is".to_owned(), json!(self.word()));
        out.insert("fields".to_owned(), json!(self.fields()));
        let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
        match self {
            Self::Pattern { pattern, .. } => {
                put("pattern", json!(pattern.as_str()));
            }
            Self::Range { low, high, .. } => {
                put("low", json!(low));
                put("high", json!(high));
            }
            Self::Distinct { low, high, .. } => {
                put("low", json!(low));
                put("high", json!(high));
            }
            Self::Repeated { but } => {
                put("but", json!(but));
            }
            Self::In { of, at, .. } | Self::NotIn { of, at, .. } => {
                put("of", json!(of));
                put("at", json!(at));
            }
            Self::Same {
                by, of, at, with, ..
            } => {
                put("by", json!(by));
                put("of", json!(of));
                put("at", json!(at));
                put("with", json!(with));
            }
            _ => {}
        }
        Value::Object(out)
    }
}

/// The words by which a row of a pack selects fields of a type.
pub(super) fn type_word(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::Text => "text",
        FieldType::Code(_) => "code",
        FieldType::Date => "date",
        FieldType::Month => "month",
        FieldType::Money(_) => "money",
        FieldType::Count => "count",
        FieldType::Number { .. } => "number",
        FieldType::Ratio => "ratio",
        FieldType::IdNumber => "id_number",
        FieldType::CreditCode => "credit_code",
        FieldType::Place => "place",
        FieldType::Bool => "bool",
    }
}

/// All of them.
pub(super) const TYPE_WORDS: [&str; 12] = [
    "text",
    "code",
    "date",
    "month",
    "money",
    "count",
    "number",
    "ratio",
    "id_number",
    "credit_code",
    "place",
    "bool",
];

/// A bound as a pack writes it, in the unit of a field; none where it is no value of its type.
pub(super) fn bound(ty: &FieldType, text: &str) -> Option<i64> {
    match ty {
        FieldType::Money(_) => text.parse::<Money>().ok().map(Money::fen),
        FieldType::Count => parse_fixed(text, 0).ok(),
        FieldType::Number { places, .. } => parse_fixed(text, u32::from(*places)).ok(),
        FieldType::Ratio => parse_fixed(text, 4).ok(),
        FieldType::Date | FieldType::Month => Day::parse(text).map(Day::number),
        _ => None,
    }
}

/// Whether its values are days.
pub(super) const fn is_day(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Date | FieldType::Month)
}

/// Whether its values lie in an order.
pub(super) const fn is_ranged(ty: &FieldType) -> bool {
    matches!(
        ty,
        FieldType::Money(_)
            | FieldType::Count
            | FieldType::Number { .. }
            | FieldType::Ratio
            | FieldType::Date
            | FieldType::Month
    )
}
