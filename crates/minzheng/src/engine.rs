//! The law ready to decide.

use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate};
use minzheng_rules::date::Day;
use minzheng_rules::facts::Overlay;
use minzheng_rules::number::Money;
use minzheng_rules::pack::{PackSet, PackSource};
use minzheng_rules::scenario;
use minzheng_rules::truth::Truth;

use crate::eligibility::{Arrears, Assessment, MonthOfArrears};
use crate::error::{Error, Finding};
use crate::household::Household;
use crate::packs::{self, BuiltIn};
use crate::verification::Basis;

/// Most months one question about arrears may span.
const MAX_MONTHS: usize = 600;

/// Packs of law, ready to decide households. One engine serves many threads.
///
/// ```
/// use minzheng::{Engine, Household};
///
/// let engine = Engine::built_in()?;
/// let household = Household::from_toml("on = 2026-08-15\n[household]\nregistration_place = \"159921\"")?;
/// let assessment = engine.assess(&household)?;
/// assert_eq!(assessment.programmes().next().map(|p| p.id().to_owned()).as_deref(), Some("dibao"));
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    rules: scenario::Engine,
    /// Read when something is first verified: an engine that only decides does not pay for it.
    pub(crate) basis: OnceLock<Result<Basis, Error>>,
}

impl Engine {
    /// The built-in packs: national law, Inner Mongolia, and the fictional banner of the examples.
    ///
    /// # Errors
    /// None that the library's own tests let through.
    pub fn built_in() -> Result<Self, Error> {
        Self::with_packs(&BuiltIn::ALL, &[])
    }

    /// Built-in packs, and more above them.
    ///
    /// # Errors
    /// `E-PACK-…` and the like, with file and line.
    pub fn with_packs(built_in: &[BuiltIn], above: &[PackSource]) -> Result<Self, Error> {
        Ok(Self::new(packs::load(built_in, above)?))
    }

    /// An engine over packs that are loaded already.
    pub fn new(set: PackSet) -> Self {
        Self {
            rules: scenario::Engine::new(set),
            basis: OnceLock::new(),
        }
    }

    /// The packs.
    pub fn packs(&self) -> &PackSet {
        self.rules.packs()
    }

    /// The engine of rules below.
    pub const fn rules(&self) -> &scenario::Engine {
        &self.rules
    }

    /// Decides one household.
    ///
    /// # Errors
    /// Everything that is wrong with the household at once, each with its path.
    pub fn assess(&self, household: &Household) -> Result<Assessment, Error> {
        Ok(Assessment::new(self.rules.assess(&household.document()?)?))
    }

    /// Decides one household with figures that win over every pack: a what-if.
    ///
    /// ```
    /// # use minzheng::{Engine, Household};
    /// # let household = Household::from_toml("on = 2026-08-25")?;
    /// let engine = Engine::built_in()?;
    /// let raised = engine.packs().overlay_from_words("standard.dibao", "900/month", &[])?;
    /// let assessment = engine.assess_with(&household, [raised])?;
    /// # let _ = assessment;
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Engine::assess`].
    pub fn assess_with(
        &self,
        household: &Household,
        figures: impl IntoIterator<Item = Overlay>,
    ) -> Result<Assessment, Error> {
        let mut input = self.packs().bind(&household.document()?)?;
        input.add_overlays(figures);
        Ok(Assessment::new(self.rules.evaluate(&input)))
    }

    /// What is owed for past months because a figure was raised backwards: for each month from `first` to `last`, the
    /// amount by the law as known on `known_after` less the amount as known on `known_before`. Amounts of several
    /// persons are added.
    ///
    /// ```
    /// # use chrono::NaiveDate;
    /// # use minzheng::{Engine, Household};
    /// # let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap_or_default();
    /// # let household = Household::new(day(2026, 8, 25));
    /// let engine = Engine::built_in()?;
    /// let owed = engine.arrears(
    ///     &household, "dibao", day(2026, 7, 1), day(2026, 8, 1), day(2026, 8, 15), day(2026, 8, 25),
    /// )?;
    /// assert_eq!(owed.months().len(), 2);
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    ///
    /// # Errors
    /// `E-PROGRAMME-NAME`, `E-ARREARS-MONTHS`, and what [`Engine::assess`] finds.
    pub fn arrears(
        &self,
        household: &Household,
        programme: &str,
        first: NaiveDate,
        last: NaiveDate,
        known_before: NaiveDate,
        known_after: NaiveDate,
    ) -> Result<Arrears, Error> {
        let index = self.programme_index(programme)?;
        let input = self.packs().bind(&household.document()?)?;
        let at = |month: NaiveDate, known: NaiveDate| -> Option<Money> {
            let (on, known) = (Day::from_date(month)?, Day::from_date(known)?);
            let answer = self.rules.evaluate(&input.clone().with_dates(on, known));
            let mut sum = 0_i64;
            for outcome in answer
                .outcomes()
                .into_iter()
                .filter(|o| o.programme == index && o.in_force)
            {
                match outcome.eligible {
                    Truth::False => {}
                    Truth::True => sum = sum.checked_add(outcome.amount?.0?)?,
                    Truth::Unknown => return None,
                }
            }
            Some(Money::from_fen(sum))
        };
        let mut months = Vec::new();
        let mut month = first.with_day(1);
        while let Some(at_month) = month.filter(|m| *m <= last) {
            if months.len() >= MAX_MONTHS {
                return Err(Error::one(Finding::new(
                    "E-ARREARS-MONTHS",
                    "more than 600 months",
                    "ask for fewer",
                )));
            }
            months.push(MonthOfArrears::new(
                at_month,
                at(at_month, known_before),
                at(at_month, known_after),
            ));
            month = at_month.checked_add_months(chrono::Months::new(1));
        }
        if months.is_empty() {
            let help = "the last month comes after the first";
            return Err(Error::one(Finding::new(
                "E-ARREARS-MONTHS",
                "no month lies between the two",
                help,
            )));
        }
        Ok(Arrears::new(programme.to_owned(), months))
    }

    /// The index of a programme by its id.
    pub(crate) fn programme_index(&self, id: &str) -> Result<usize, Error> {
        self.packs()
            .programmes()
            .iter()
            .position(|p| p.id == id)
            .ok_or_else(|| {
                let known: Vec<&str> = self
                    .packs()
                    .programmes()
                    .iter()
                    .map(|p| p.id.as_str())
                    .collect();
                let help = format!("the programmes are: {}", known.join(", "));
                Error::one(Finding::new(
                    "E-PROGRAMME-NAME",
                    "there is no such programme",
                    help,
                ))
            })
    }
}
