//! How the records of an item become facts: `[[verification.evidence]]`.
//!
//! A row says which records of one item count for one fact, over which window, and how they are put together. Rows of one
//! fact with one precedence are added; a lower number goes first. Nothing here is rounded but by a rounding that the row names.

mod check;
mod keep;
mod load;

use minzheng_rules::number::Rounding;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Cite, Origin, Status, Words};
use serde::Deserialize;

use crate::catalog::Catalog;
use crate::error::Error;

pub use keep::{Dropped, Kept, Lost};

/// How records are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum How {
    /// The values of the field are added.
    Sum,
    /// The value of the newest record.
    Latest,
    /// Whether there is a record.
    Any,
    /// How many records there are.
    Count,
    /// The greatest value of the field.
    Max,
    /// The mean of the field over the months that have a record, as a month or twelve times as a year: a few months stand for
    /// the whole year, so for what was really had [`Sum`](Self::Sum) is the right one.
    MeanMonth,
}

impl How {
    /// The word in packs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Latest => "latest",
            Self::Any => "any",
            Self::Count => "count",
            Self::Max => "max",
            Self::MeanMonth => "mean_month",
        }
    }

    /// Whether the facts of two sources may be added.
    const fn adds(self) -> bool {
        matches!(self, Self::Sum | Self::Count)
    }
}

/// Which records count, seen from the day as of which is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Window {
    /// Each record by itself: a single visit, a single payment.
    Single,
    /// Those of the calendar year before the day's own.
    CalendarYear,
    /// Those of the twelve whole months before the day's month.
    #[serde(rename = "rolling_12_months")]
    Rolling12Months,
    /// Those of the calendar year of the day, up to the day.
    YearToDate,
    /// Those of the six whole months before the day's month.
    #[serde(rename = "last_6_months")]
    Last6Months,
    /// Those of the three whole months before the day's month.
    #[serde(rename = "last_3_months")]
    Last3Months,
    /// Those of the whole month before the day's month.
    LastMonth,
    /// Those that hold on the day: from and to cover it, or they are dated on it or before. Of balances and the like an item holds
    /// the newest of each account alone: older ones would be added.
    AsOf,
}

impl Window {
    /// The word in packs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::CalendarYear => "calendar_year",
            Self::Rolling12Months => "rolling_12_months",
            Self::YearToDate => "year_to_date",
            Self::Last6Months => "last_6_months",
            Self::Last3Months => "last_3_months",
            Self::LastMonth => "last_month",
            Self::AsOf => "as_of",
        }
    }

    /// Whether it spans twelve months.
    pub const fn is_year(self) -> bool {
        matches!(self, Self::CalendarYear | Self::Rolling12Months)
    }

    /// Whether it spans some months that are no year and no month: what falls into it is a sum without a period.
    pub const fn is_part_of_year(self) -> bool {
        matches!(
            self,
            Self::YearToDate | Self::Last6Months | Self::Last3Months
        )
    }
}

/// What says when a record is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Nothing does: the item holds what is so on its as-of day.
    Always,
    /// A day or month field.
    On(String),
    /// A day field of the beginning and one of the end; an end that is not there is still open.
    Span(String, String),
}

/// A condition on a record: a code or yes/no field has one of these values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The field.
    pub field: String,
    /// Ids of codes; of a yes/no field `true` or `false`.
    pub is: Vec<String>,
}

/// What an answer without a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenNone {
    /// Nothing there: no amount, none of them, the opposite of what a record says.
    Zero,
    /// Nothing about the fact: the declaration stands.
    Silent,
}

/// How far a declaration may differ before it is a difference: by the greater of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// In the unit of the fact: fen, or things.
    pub absolute: i64,
    /// Of the declared value, in ten-thousandths.
    pub ratio: i64,
}

/// One row: an item's records to a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Id of the item.
    pub item: String,
    /// Id of the entity of the fact: `person`, or `household` where the records of its people go together.
    pub entity: String,
    /// Id of the fact.
    pub fact: String,
    /// How records are put together.
    pub how: How,
    /// The field that is read; none for `any` and `count`.
    pub field: Option<String>,
    /// Which records count: those that meet every filter.
    pub filters: Vec<Filter>,
    /// What says when a record is of.
    pub when: When,
    /// Which records count by time.
    pub window: Window,
    /// Records of one household that agree in this field count once.
    pub distinct: Option<String>,
    /// For `any`: the value of the fact where there is a record.
    pub gives: bool,
    /// The rounding, where the field's unit does not go into the fact's.
    pub rounding: Option<Rounding>,
    /// What an answer without a record says.
    pub none: WhenNone,
    /// Lower goes first.
    pub precedence: u8,
    /// How far a declaration may differ; none: not at all.
    pub tolerance: Option<Tolerance>,
    /// Its standing.
    pub status: Status,
    /// Its ground.
    pub cite: Vec<Cite>,
    /// Free words.
    pub note: Words,
    /// Where it is written.
    pub written: Origin,
}

impl Evidence {
    /// The fields it reads: of the value, of the filters, of when a record is of and of what counts once; in this order.
    pub fn fields(&self) -> Vec<&str> {
        let value = self.field.iter().map(String::as_str);
        let filters = self.filters.iter().map(|f| f.field.as_str());
        let when: Vec<&str> = match &self.when {
            When::Always => Vec::new(),
            When::On(day) => vec![day],
            When::Span(from, to) => vec![from, to],
        };
        value
            .chain(filters)
            .chain(when)
            .chain(self.distinct.iter().map(String::as_str))
            .collect()
    }

    /// Reads the rows of packs and checks them against the catalogue and the facts, in the order of the packs.
    ///
    /// # Errors
    /// Everything that is wrong at once, each with file and line: `E-EVIDENCE-SHAPE`, `E-EVIDENCE-NAME`,
    /// `E-EVIDENCE-TYPE`, `E-EVIDENCE-FILTER`, `E-EVIDENCE-WINDOW`, `E-EVIDENCE-ROUNDING`, `E-EVIDENCE-NONE`,
    /// `E-EVIDENCE-TOLERANCE`, `E-EVIDENCE-PRECEDENCE`, `E-EVIDENCE-TWICE`.
    ///
    /// ```
    /// use minzheng::catalog::Catalog;
    /// use minzheng::packs::{self, BuiltIn};
    /// use minzheng::verification::evidence::{Evidence, How};
    ///
    /// let packs = packs::load(&BuiltIn::ALL, &[])?;
    /// let rows = Evidence::load(&packs, &Catalog::load(&packs)?)?;
    /// let mut wage: Vec<&Evidence> = rows.iter().filter(|e| e.fact == "wage").collect();
    /// wage.sort_by_key(|e| e.precedence);
    /// let first = wage.first().map(|e| (e.item.as_str(), e.how));
    /// assert_eq!(first, Some(("income_tax", How::Sum)));
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn load(packs: &PackSet, catalog: &Catalog) -> Result<Vec<Self>, Error> {
        load::load(packs, catalog)
    }
}
