//! The law ready to decide.

use std::sync::{Arc, OnceLock};

use minzheng_rules::explain::Explanation;
use minzheng_rules::facts::Overlay;
use minzheng_rules::pack::{PackSet, PackSource};
use minzheng_rules::scenario;

use crate::catalog::{Catalog, Lineage, When};
use crate::eligibility::{Arrears, ArrearsQuestion, Assessment, programme_index};
use crate::error::Error;
use crate::household::Household;
use crate::packs::{self, BuiltIn};
use crate::verification::Basis;
use crate::warning::{Models, Warnings};

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
    /// Read when it is first asked for, once for everything that stands on it: who only assesses never pays for it.
    catalog: OnceLock<Result<Arc<Catalog>, Error>>,
    /// Read when something is first verified: an engine that only decides does not pay for it.
    pub(crate) basis: OnceLock<Result<Basis, Error>>,
    /// Read when models are first asked for.
    models: OnceLock<Arc<Models>>,
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
            catalog: OnceLock::new(),
            basis: OnceLock::new(),
            models: OnceLock::new(),
        }
    }

    /// The packs.
    pub fn packs(&self) -> &PackSet {
        self.rules.packs()
    }

    /// The catalogue of the packs.
    ///
    /// # Errors
    /// As [`Catalog::load`].
    pub fn catalog(&self) -> Result<&Catalog, Error> {
        self.shared_catalog().map(AsRef::as_ref)
    }

    fn shared_catalog(&self) -> Result<&Arc<Catalog>, Error> {
        let read = || Catalog::load(self.packs()).map(Arc::new);
        self.catalog
            .get_or_init(read)
            .as_ref()
            .map_err(Clone::clone)
    }

    /// The catalogue, the evidence and the rest that verifying stands on, read from the packs once.
    ///
    /// # Errors
    /// As [`Basis::load`].
    pub fn basis(&self) -> Result<&Basis, Error> {
        let read = || Basis::over(self.packs(), Arc::clone(self.shared_catalog()?));
        self.basis.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// Which fields feed which facts, rules and models on a day.
    ///
    /// # Errors
    /// As [`Lineage::new`] and [`Basis::load`].
    pub fn lineage(&self, when: When) -> Result<Lineage, Error> {
        let basis = self.basis()?;
        Lineage::over(self.packs(), &basis.catalog, &basis.evidence, when)
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

    /// Why a household gets the answer it gets, for all programmes or for one by its id.
    ///
    /// ```
    /// # use minzheng::{Engine, Household};
    /// let engine = Engine::built_in()?;
    /// let household = Household::from_toml("on = 2026-08-25\n[household]\nregistration_place = \"159921\"")?;
    /// let explanation = engine.explain(&household, Some("dibao"))?;
    /// assert_eq!(explanation.programmes.len(), 1);
    /// assert_eq!(engine.explain(&household, Some("dibo")).unwrap_err().code(), "E-PROGRAMME-NAME");
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Engine::assess`]; `E-PROGRAMME-NAME` where there is no such programme.
    pub fn explain(
        &self,
        household: &Household,
        programme: Option<&str>,
    ) -> Result<Explanation, Error> {
        let assessment = self.assess(household)?;
        Ok(match programme {
            None => assessment.explanation(),
            Some(id) => assessment.explanation_of(&[self.programme_index(id)?]),
        })
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

    /// What is owed for past months because the law was published backwards: for each month the amount by the law as known
    /// after less the amount as known before.
    ///
    /// ```
    /// # use chrono::NaiveDate;
    /// # use minzheng::Engine;
    /// # use minzheng::Household;
    /// # use minzheng::eligibility::{ArrearsQuestion, Months};
    /// # let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap_or_default();
    /// # let household = Household::new(day(2026, 8, 25));
    /// let engine = Engine::built_in()?;
    /// let question = ArrearsQuestion {
    ///     programmes: vec!["dibao".to_owned()],
    ///     known_before: Some(day(2026, 8, 15)),
    ///     ..ArrearsQuestion::new(Months::between(day(2026, 7, 1), day(2026, 8, 1))?)
    /// };
    /// let owed = engine.arrears(&household, &question)?;
    /// assert_eq!(owed.tally().months_unknown, 2); // nothing is known of the household
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    ///
    /// # Errors
    /// What [`ArrearsQuestion::programmes`], [`ArrearsQuestion::known`] and [`Engine::assess`] find.
    pub fn arrears(
        &self,
        household: &Household,
        question: &ArrearsQuestion,
    ) -> Result<Arrears, Error> {
        let input = self.packs().bind(&household.document()?)?;
        question.answer(&self.rules, &input)
    }

    /// The warning models of the packs.
    ///
    /// # Errors
    /// As [`Models::load`].
    pub fn models(&self) -> Result<&Arc<Models>, Error> {
        if let Some(read) = self.models.get() {
            return Ok(read);
        }
        let read = Models::load(self.packs())?;
        Ok(self.models.get_or_init(|| Arc::new(read)))
    }

    /// Holds every warning model against one household: suspicions to check, never a decision.
    ///
    /// ```
    /// use minzheng::{Engine, Household, Lang};
    ///
    /// let engine = Engine::built_in()?;
    /// let household = Household::from_toml(
    ///     r#"
    ///     on = 2026-08-25
    ///     [[person]]
    ///     id = "p1"
    ///     alive = false
    ///     death_certified = true
    ///     died_on = { value = 2026-05-03, source = "death_certificate", as_of = 2026-08-01 }
    ///     dibao_recipient = { value = true, source = "subsidy_payment", as_of = 2026-07-31 }
    ///     "#,
    /// )?;
    /// let warnings = engine.warn(&household)?;
    /// let hit = warnings.of("c01_dead_on_dibao").next().map(|w| w.sentence(Lang::En));
    /// assert!(hit.is_some_and(|words| words.contains("2026-05-03") && words.contains("death_certificate")));
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Engine::models`] and [`Engine::assess`].
    pub fn warn(&self, household: &Household) -> Result<Warnings, Error> {
        let models = Arc::clone(self.models()?);
        let answer = self.rules.assess(&household.document()?)?;
        Ok(Warnings::new(answer, models, Arc::default()))
    }

    /// The index of a programme by its id, in the order of tests.
    ///
    /// # Errors
    /// `E-PROGRAMME-NAME` where there is no such programme.
    pub fn programme_index(&self, id: &str) -> Result<usize, Error> {
        programme_index(self.packs(), id)
    }
}
