//! Quality rules over the columns of resources (数据质量规则), and the report that they come to.
//!
//! A row `[[catalog.quality]]` of a pack says one thing that should hold, of one field or of every field that it selects: by
//! name, by type, or because the catalogue says that every record has it. [`Quality::load`] turns the rows into [`Rule`]s, one
//! for each resource and field; `minzheng-arrow` counts over tables what breaks them ([`Measured`]), and a [`Report`] holds
//! each to its limit. No severity and no limit stands in code.
//!
//! The dimensions are those of GB/T 36344 (its contents were seen, its text was not); [`Rule::odcs`] gives the word of the Open
//! Data Contract Standard.

mod check;
mod html;
mod load;
mod pattern;
mod report;
mod schema;
mod text;

use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{self, Cite, Words};
use serde_json::{Value, json};

pub use check::Check;
pub use pattern::Pattern;
pub use report::{Measured, Offence, Outcome, Report, SummaryLine, TableLine, Unmeasured, Verdict};

use super::Catalog;
use super::resource::words;
use crate::error::Error;
use crate::report::words as both;

words! {
    /// What of the quality of data a rule is about (数据质量维度).
    Dimension {
        /// 规范性: written as the standard says.
        Conformity = "conformity",
        /// 完整性: nothing is missing.
        Completeness = "completeness",
        /// 准确性: what is written can be true.
        Accuracy = "accuracy",
        /// 一致性: it does not contradict itself or another source; told once.
        Consistency = "consistency",
        /// 时效性: it is recent enough.
        Timeliness = "timeliness",
        /// 可访问性: it can be had when it is needed.
        Accessibility = "accessibility",
    }
}

impl Dimension {
    /// Its name.
    ///
    /// ```
    /// use minzheng::catalog::quality::Dimension;
    /// assert_eq!(Dimension::Completeness.title().zh, "完整性");
    /// ```
    pub fn title(self) -> Words {
        let zh = match self {
            Self::Conformity => "规范性",
            Self::Completeness => "完整性",
            Self::Accuracy => "准确性",
            Self::Consistency => "一致性",
            Self::Timeliness => "时效性",
            Self::Accessibility => "可访问性",
        };
        both(zh, self.word())
    }
}

words! {
    /// What follows where a rule does not hold.
    Severity {
        /// It is said.
        Info = "info",
        /// Somebody should look.
        Warn = "warn",
        /// The resource is not to be relied on until it is mended.
        Block = "block",
    }
}

impl Severity {
    /// Its name.
    pub fn title(self) -> Words {
        let zh = match self {
            Self::Info => "提示",
            Self::Warn => "警告",
            Self::Block => "阻断",
        };
        both(zh, self.word())
    }
}

/// A share of rows in ten-thousandths: how many of those that were looked at may fail.
///
/// ```
/// use minzheng::catalog::quality::Share;
/// let share = Share::parse("0.0015").ok_or("no share")?;
/// assert!(share.admits(3, 2_000) && !share.admits(4, 2_000));
/// assert_eq!((Share::parse("1.1"), Share::parse("0.00001")), (None, None));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u16);

impl Share {
    /// Reads a decimal number from 0 to 1 with at most four places.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = minzheng_rules::number::parse_fixed(text, 4).ok()?;
        let parts = u16::try_from(parts).ok()?;
        (parts <= 10_000).then_some(Self(parts))
    }

    /// The share in ten-thousandths.
    pub const fn ten_thousandths(self) -> u16 {
        self.0
    }

    /// Whether so many failures of so many are within it; exact.
    pub fn admits(self, failed: u64, of: u64) -> bool {
        let failed = u128::from(failed).saturating_mul(10_000);
        failed <= u128::from(of).saturating_mul(u128::from(self.0))
    }
}

/// What should hold of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Id of its row in the pack; the same for all resources and fields that the row selects.
    pub id: String,
    /// What should hold, in words.
    pub title: Words,
    /// What of quality it is about.
    pub dimension: Dimension,
    /// What follows where it does not hold.
    pub severity: Severity,
    /// Its standing; ours to tune, as a rule.
    pub status: model::Status,
    /// Its ground, where it has one.
    pub cite: Vec<Cite>,
    /// Id of the resource.
    pub resource: String,
    /// What is looked at.
    pub check: Check,
    /// How many may fail; none where the check carries its own bounds.
    pub at_most: Option<Share>,
    /// Where it is written.
    pub written: model::Origin,
}

impl Rule {
    /// The rule and what it is about, as `given/income_tax.month`.
    pub fn path(&self) -> String {
        let fields = self.check.fields().join("+");
        if fields.is_empty() {
            format!("{}/{}", self.id, self.resource)
        } else {
            format!("{}/{}.{fields}", self.id, self.resource)
        }
    }

    /// The word of the Open Data Contract Standard for its dimension; 可访问性 has none there.
    ///
    /// Rows that should be there once are `uniqueness` there, which GB/T 36344 has not as a dimension of its own.
    pub const fn odcs(&self) -> Option<&'static str> {
        match (&self.check, self.dimension) {
            (Check::Unique { .. } | Check::Repeated { .. } | Check::Distinct { .. }, _) => {
                Some("uniqueness")
            }
            (_, Dimension::Accessibility) => None,
            (_, other) => Some(other.word()),
        }
    }

    /// As JSON.
    pub fn to_json(&self) -> Value {
        let at_most = self.at_most.map(Share::ten_thousandths);
        json!({
            "rule": self.id,
            "title": self.title,
            "dimension": self.dimension.word(),
            "odcs": self.odcs(),
            "severity": self.severity.word(),
            "status": self.status.word(),
            "resource": self.resource,
            "check": self.check.to_json(),
            "at_most_of_10000": at_most,
        })
    }
}

/// The quality rules of some packs, checked.
///
/// ```
/// use minzheng::catalog::Catalog;
/// use minzheng::catalog::quality::{Check, Quality};
/// use minzheng::packs::{self, BuiltIn};
///
/// let packs = packs::load(&BuiltIn::ALL, &[])?;
/// let quality = Quality::load(&packs, &Catalog::load(&packs)?)?;
/// let of_tax: Vec<_> = quality.of("income_tax").collect();
/// // written nowhere for this table: the catalogue says that every record has a month
/// assert!(of_tax.iter().any(|r| r.check == Check::Given { field: "month".into() }));
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quality {
    rules: Vec<Rule>,
}

impl Quality {
    /// Reads the rows of packs against their catalogue; packs without any give no rules.
    ///
    /// # Errors
    /// Everything that is wrong at once, each with file and line: `E-CATALOG-SHAPE`, `E-CATALOG-ID`, `E-CATALOG-TWICE`,
    /// `E-CATALOG-NAME`, `E-CATALOG-STATUS`, and `E-CATALOG-QUALITY` where keys, limits or types of fields do not go with the
    /// check.
    pub fn load(packs: &PackSet, catalog: &Catalog) -> Result<Self, Error> {
        load::load(packs, catalog).map(|rules| Self { rules })
    }

    /// The rules: by resource in the order of the catalogue, then in that of the packs.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rules of one resource.
    pub fn of<'q>(&'q self, resource: &'q str) -> impl Iterator<Item = &'q Rule> {
        self.rules.iter().filter(move |r| r.resource == resource)
    }
}

#[cfg(test)]
mod tests;
