//! What the rules come to.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Months, NaiveDate};
use minzheng_rules::pack::model::{Calendar, Words};
use serde_json::{Value, json};

use super::{Check, Dimension, Rule, Severity, schema};
use crate::catalog::freshness::{due, state};
use crate::catalog::{Board, Catalog, Delivery, FieldType, Freshness, Impact, Lineage, Resource};
use crate::error::Error;

/// The version of the JSON of a report.
pub(super) const SCHEMA: &str = "minzheng/quality/1";

/// A row that broke a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offence {
    /// The row in its table, from 0.
    pub row: u64,
    /// The key of the row, masked; empty where it could not be read again.
    pub key: String,
    /// A code that says why, as `E-ID-CHECK`; empty where the rule says all.
    pub why: String,
}

/// What was counted for a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measured {
    /// Rows, or keys of two resources, that were looked at and that failed.
    Rows {
        /// Looked at.
        evaluated: u64,
        /// Failed.
        failed: u64,
        /// Failed by code; those without a code are in `failed` alone.
        causes: BTreeMap<String, u64>,
        /// The first that failed, by row.
        sample: Vec<Offence>,
    },
    /// Different values.
    Distinct {
        /// Rows with a value.
        evaluated: u64,
        /// Different values among them.
        distinct: u64,
    },
    /// The newest day.
    Newest {
        /// Rows with a day that is not after the day asked.
        evaluated: u64,
        /// The newest of these days.
        newest: Option<NaiveDate>,
    },
    /// For [`Check::Delivered`]: the board is asked.
    Board,
    /// Nothing could be counted.
    Not(Unmeasured),
}

/// Why nothing was counted: what is not known is neither good nor bad.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unmeasured {
    /// The table of this resource was not given.
    NoTable(String),
    /// The table has not this column.
    NoColumn(String),
    /// The type of this column cannot hold the field.
    WrongType(String),
    /// No row has what is looked at.
    NoRows,
    /// No list of deliveries was given, or the resource stands on no board.
    NoDeliveries,
}

impl Unmeasured {
    /// One word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NoTable(_) => "no_table",
            Self::NoColumn(_) => "no_column",
            Self::WrongType(_) => "wrong_type",
            Self::NoRows => "no_rows",
            Self::NoDeliveries => "no_deliveries",
        }
    }

    /// What it is about; empty where that is the rule itself.
    pub fn what(&self) -> &str {
        match self {
            Self::NoTable(what) | Self::NoColumn(what) | Self::WrongType(what) => what,
            Self::NoRows | Self::NoDeliveries => "",
        }
    }
}

/// Whether a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It holds.
    Met,
    /// It does not.
    Failed,
    /// Nothing was there to tell by.
    Unknown,
}

impl Verdict {
    /// One word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// A rule and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The rule.
    pub rule: Rule,
    /// What was counted.
    pub measured: Measured,
    /// How fresh it is, of [`Check::Newest`] and [`Check::Delivered`].
    pub freshness: Option<Freshness>,
    /// Whether it holds.
    pub verdict: Verdict,
}

impl Outcome {
    /// Rows looked at and failed, where rows were counted.
    pub const fn counts(&self) -> Option<(u64, u64)> {
        match &self.measured {
            Measured::Rows {
                evaluated, failed, ..
            } => Some((*evaluated, *failed)),
            _ => None,
        }
    }

    /// The failed share with six decimal places, rounded to be read; the verdict does not rest on it.
    pub fn ratio(&self) -> Option<String> {
        let (evaluated, failed) = self.counts()?;
        ratio(failed, evaluated)
    }

    fn to_json(&self) -> Value {
        let mut out = self.rule.to_json();
        let (mut causes, mut sample) = (json!({}), json!([]));
        let (mut looked, mut failed, mut distinct, mut newest, mut unknown) =
            (None, None, None, None, None);
        match &self.measured {
            Measured::Rows {
                evaluated,
                failed: bad,
                causes: by,
                sample: rows,
            } => {
                (looked, failed) = (Some(*evaluated), Some(*bad));
                causes = json!(by);
                sample = rows
                    .iter()
                    .map(|o| json!({ "row": o.row, "key": o.key, "why": o.why }))
                    .collect();
            }
            Measured::Distinct {
                evaluated,
                distinct: many,
            } => (looked, distinct) = (Some(*evaluated), Some(*many)),
            Measured::Newest {
                evaluated,
                newest: day,
            } => (looked, newest) = (Some(*evaluated), day.map(|d| d.to_string())),
            Measured::Board => {}
            Measured::Not(why) => unknown = Some(json!({ "is": why.word(), "of": why.what() })),
        }
        if unknown.is_none() && self.verdict == Verdict::Unknown {
            let none = Unmeasured::NoRows;
            unknown = Some(json!({ "is": none.word(), "of": none.what() }));
        }
        let more = json!({
            "verdict": self.verdict.word(),
            "unknown": unknown,
            "evaluated": looked,
            "failed": failed,
            "ratio": self.ratio(),
            "distinct": distinct,
            "newest": newest,
            "freshness": self.freshness.map(Freshness::word),
            "causes": causes,
            "sample": sample,
        });
        if let (Value::Object(out), Value::Object(more)) = (&mut out, more) {
            out.extend(more);
        }
        out
    }
}

/// A share with six decimal places, rounded half up.
fn ratio(part: u64, of: u64) -> Option<String> {
    const MILLION: u128 = 1_000_000;
    let of = u128::from(of);
    let twice = u128::from(part).checked_mul(MILLION)?.checked_mul(2)?;
    let millionths = twice.checked_add(of)?.checked_div(of.checked_mul(2)?)?;
    let (whole, rest) = (
        millionths.checked_div(MILLION)?,
        millionths.checked_rem(MILLION)?,
    );
    Some(format!("{whole}.{rest:06}"))
}

/// A table that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLine {
    /// Id of the resource.
    pub resource: String,
    /// Its rows.
    pub rows: u64,
    /// Fields of the catalogue that it has no column for.
    pub lacking: Vec<String>,
    /// Columns that the catalogue does not know.
    pub foreign: Vec<String>,
}

/// What the rules of one resource and dimension come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryLine {
    /// Id of the resource.
    pub resource: String,
    /// The dimension.
    pub dimension: Dimension,
    /// Rules that hold.
    pub met: u32,
    /// Rules that do not.
    pub failed: u32,
    /// Rules of which nothing is known.
    pub unknown: u32,
    /// Of the rules that do not hold, the gravest.
    pub worst: Option<Severity>,
}

/// A report on the quality of data (数据质量报告). It names rows by their number and masked keys only.
///
/// ```
/// use minzheng::catalog::quality::{Measured, Quality, Report, Severity, Verdict};
/// use minzheng::catalog::Catalog;
/// use minzheng::packs::{self, BuiltIn};
///
/// let packs = packs::load(&BuiltIn::ALL, &[])?;
/// let catalog = Catalog::load(&packs)?;
/// let quality = Quality::load(&packs, &catalog)?;
/// // half of the identity numbers of a source are wrong
/// let half = Measured::Rows { evaluated: 10, failed: 5, causes: Default::default(), sample: vec![] };
/// let rules = quality.of("income_tax").filter(|r| r.check.word() == "valid" && r.check.fields() == ["id_number"]);
/// let measured = rules.map(|r| (r.clone(), half.clone())).collect();
/// let day = chrono::NaiveDate::from_ymd_opt(2026, 8, 25).unwrap_or_default();
/// let report = Report::new(&catalog, packs.calendar(), day, vec![], measured, None)?;
/// assert!(report.outcomes.iter().all(|o| o.verdict == Verdict::Failed));
/// assert_eq!(report.unanswered(), ["income_tax"]);
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The day asked.
    pub as_of: NaiveDate,
    /// The tables.
    pub tables: Vec<TableLine>,
    /// The rules, in the order of [`Quality::rules`](super::Quality::rules).
    pub outcomes: Vec<Outcome>,
    /// Names of the resources.
    pub(super) titles: BTreeMap<String, Words>,
}

impl Report {
    /// Holds what was counted to the limits of the rules.
    ///
    /// # Errors
    /// Those of [`Board::new`].
    pub fn new(
        catalog: &Catalog,
        calendar: &Calendar,
        as_of: NaiveDate,
        tables: Vec<TableLine>,
        measured: Vec<(Rule, Measured)>,
        deliveries: Option<&[Delivery]>,
    ) -> Result<Self, Error> {
        let board = deliveries.map(|d| Board::new(catalog, calendar, d, as_of));
        let board = board.transpose()?;
        let mut outcomes = Vec::new();
        for (rule, measured) in measured {
            outcomes.push(judge(
                catalog,
                calendar,
                as_of,
                board.as_ref(),
                rule,
                measured,
            )?);
        }
        let ids = tables
            .iter()
            .map(|t| &t.resource)
            .chain(outcomes.iter().map(|o| &o.rule.resource));
        let title = |id: &String| Some((id.clone(), catalog.resource(id)?.title.clone()));
        let titles = ids.filter_map(title).collect();
        Ok(Self {
            as_of,
            tables,
            outcomes,
            titles,
        })
    }

    /// The name of a resource.
    pub(super) fn title(&self, id: &str) -> Words {
        let own = self.titles.get(id).cloned();
        own.unwrap_or_else(|| crate::report::words(id, id))
    }

    /// The gravest rule that does not hold.
    pub fn worst(&self) -> Option<Severity> {
        self.failing().map(|o| o.rule.severity).max()
    }

    /// The rules that do not hold.
    pub fn failing(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes
            .iter()
            .filter(|o| o.verdict == Verdict::Failed)
    }

    /// The resources to be treated as not having answered, in the order of the report: those with a rule of severity
    /// [`Severity::Block`] that does not hold, late deliveries among them. A rule of which nothing is known blocks nothing.
    ///
    /// What rests on them is unknown: [`Report::impact`] says which facts, rules and models that are.
    pub fn unanswered(&self) -> Vec<&str> {
        let mut out = Vec::new();
        for outcome in self.failing() {
            let id = outcome.rule.resource.as_str();
            if outcome.rule.severity == Severity::Block && !out.contains(&id) {
                out.push(id);
            }
        }
        out
    }

    /// The facts that nothing answers any more without [`Report::unanswered`], and what goes quiet with them.
    ///
    /// # Errors
    /// Those of [`Impact::of`].
    pub fn impact(&self, catalog: &Catalog, lineage: &Lineage) -> Result<Impact, Error> {
        Impact::of(catalog, lineage, &self.unanswered())
    }

    /// One line for each resource and dimension that has rules, in the order of the report.
    pub fn summary(&self) -> Vec<SummaryLine> {
        let mut out: Vec<SummaryLine> = Vec::new();
        for outcome in &self.outcomes {
            let (resource, dimension) = (&outcome.rule.resource, outcome.rule.dimension);
            let is_own = |l: &SummaryLine| l.resource == *resource && l.dimension == dimension;
            let at = out.iter().position(is_own).unwrap_or_else(|| {
                out.push(SummaryLine {
                    resource: resource.clone(),
                    dimension,
                    met: 0,
                    failed: 0,
                    unknown: 0,
                    worst: None,
                });
                out.len().saturating_sub(1)
            });
            let Some(line) = out.get_mut(at) else {
                continue;
            };
            let many = match outcome.verdict {
                Verdict::Met => &mut line.met,
                Verdict::Failed => &mut line.failed,
                Verdict::Unknown => &mut line.unknown,
            };
            *many = many.saturating_add(1);
            if outcome.verdict == Verdict::Failed {
                line.worst = line.worst.max(Some(outcome.rule.severity));
            }
        }
        out
    }

    /// As JSON, by [`Report::json_schema`].
    pub fn to_json(&self) -> Value {
        let tables = self.tables.iter().map(|t| {
            json!({
                "resource": t.resource,
                "title": self.title(&t.resource),
                "rows": t.rows,
                "lacking": t.lacking,
                "foreign": t.foreign,
            })
        });
        let summary = self.summary();
        let summary = summary.iter().map(|l| {
            json!({
                "resource": l.resource,
                "dimension": l.dimension.word(),
                "met": l.met,
                "failed": l.failed,
                "unknown": l.unknown,
                "worst": l.worst.map(Severity::word),
            })
        });
        json!({
            "schema": SCHEMA,
            "as_of": self.as_of.to_string(),
            "worst": self.worst().map(Severity::word),
            "unanswered": self.unanswered(),
            "tables": tables.collect::<Vec<_>>(),
            "summary": summary.collect::<Vec<_>>(),
            "rules": self.outcomes.iter().map(Outcome::to_json).collect::<Vec<_>>(),
        })
    }

    /// The JSON Schema of [`Report::to_json`].
    pub fn json_schema() -> Value {
        schema::schema()
    }
}

/// The last day of which a value tells: of a month its last.
fn last_day(resource: &Resource, check: &Check, newest: NaiveDate) -> NaiveDate {
    let fields = check.fields();
    let field = fields.first().and_then(|id| resource.field(id));
    if field.is_none_or(|f| f.ty != FieldType::Month) {
        return newest;
    }
    let next = newest
        .with_day(1)
        .and_then(|first| first.checked_add_months(Months::new(1)));
    next.and_then(|next| next.pred_opt()).unwrap_or(newest)
}

/// Holds what was counted to the limit of its rule.
fn judge(
    catalog: &Catalog,
    calendar: &Calendar,
    as_of: NaiveDate,
    board: Option<&Board>,
    rule: Rule,
    measured: Measured,
) -> Result<Outcome, Error> {
    let mut freshness = None;
    let mut measured = measured;
    let told = |holds: bool| {
        if holds { Verdict::Met } else { Verdict::Failed }
    };
    let verdict = match &measured {
        Measured::Not(_) => Verdict::Unknown,
        Measured::Rows { evaluated: 0, .. } | Measured::Distinct { evaluated: 0, .. } => {
            Verdict::Unknown
        }
        Measured::Rows {
            evaluated, failed, ..
        } => match rule.at_most {
            Some(share) => told(share.admits(*failed, *evaluated)),
            None => told(*failed == 0),
        },
        Measured::Distinct { distinct, .. } => match &rule.check {
            Check::Distinct { low, high, .. } => {
                let above = low.is_none_or(|low| *distinct >= low);
                told(above && high.is_none_or(|high| *distinct <= high))
            }
            _ => Verdict::Unknown,
        },
        Measured::Newest { newest, .. } => {
            if let Some((newest, resource)) = newest.zip(catalog.resource(&rule.resource)) {
                let newest = last_day(resource, &rule.check, newest);
                freshness = Some(match due(resource.cycle, newest) {
                    Some(due) => state(resource, calendar, due, as_of)?,
                    None => Freshness::Fresh,
                });
            }
            freshness.map_or(Verdict::Unknown, |f| told(!f.is_quiet()))
        }
        Measured::Board => {
            let line = board.and_then(|b| b.lines.iter().find(|l| l.resource == rule.resource));
            freshness = line.map(|l| l.state);
            if freshness.is_none() {
                measured = Measured::Not(Unmeasured::NoDeliveries);
            }
            freshness.map_or(Verdict::Unknown, |f| told(!f.is_quiet()))
        }
    };
    Ok(Outcome {
        rule,
        measured,
        freshness,
        verdict,
    })
}
