//! How often a model was right at a place, and what that cost.

use std::collections::BTreeMap;

use minzheng_rules::pack::model::Level;
use minzheng_rules::pack::place::{Places, parse_code};
use serde_json::{Value, json};

use super::super::alert::CloseCode;
use super::cases::Case;
use super::readings::{Reading, Readings};
use super::wilson::{Interval, wilson};

/// Counts of some cases. Sums of tallies are tallies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Cases by how they were closed.
    pub codes: BTreeMap<CloseCode, u64>,
    /// Cases still open: they say nothing yet.
    pub open: u64,
    /// Cases of which it is not known how often they were checked.
    pub cost_unknown: u64,
    /// Checks in any way, of all other cases.
    pub checks: u64,
    /// Visits at home, of all other cases.
    pub home_visits: u64,
}

impl Tally {
    fn add(&mut self, case: &Case) {
        match case.code {
            None => self.open = self.open.saturating_add(1),
            Some(code) => {
                let many = self.codes.entry(code).or_default();
                *many = many.saturating_add(1);
            }
        }
        let (Some(checks), Some(visits)) = (case.checks, case.home_visits) else {
            self.cost_unknown = self.cost_unknown.saturating_add(1);
            return;
        };
        self.checks = self.checks.saturating_add(u64::from(checks));
        self.home_visits = self.home_visits.saturating_add(u64::from(visits));
    }

    pub(super) fn join(&mut self, other: &Self) {
        for (code, many) in &other.codes {
            let here = self.codes.entry(*code).or_default();
            *here = here.saturating_add(*many);
        }
        self.open = self.open.saturating_add(other.open);
        self.cost_unknown = self.cost_unknown.saturating_add(other.cost_unknown);
        self.checks = self.checks.saturating_add(other.checks);
        self.home_visits = self.home_visits.saturating_add(other.home_visits);
    }

    /// All cases.
    pub fn cases(&self) -> u64 {
        self.codes
            .values()
            .fold(self.open, |a, b| a.saturating_add(*b))
    }

    /// Cases whose close code has a reading.
    pub fn read(&self, readings: &Readings, reading: Reading) -> u64 {
        let own = self
            .codes
            .iter()
            .filter(|(code, _)| readings.of(**code) == reading);
        own.fold(0, |sum, (_, many)| sum.saturating_add(*many))
    }

    /// Confirmed cases, and all that were confirmed or refuted: what is silent and what is open is in neither.
    pub fn precision(&self, readings: &Readings) -> (u64, u64) {
        let confirmed = self.read(readings, Reading::Confirms);
        (
            confirmed,
            confirmed.saturating_add(self.read(readings, Reading::Refutes)),
        )
    }

    /// The interval of the precision; `None`, unknown, where nothing was confirmed or refuted.
    pub fn interval(&self, readings: &Readings) -> Option<Interval> {
        let (confirmed, counted) = self.precision(readings);
        wilson(confirmed, counted)
    }
}

/// Counts by model and place.
///
/// ```
/// use minzheng::warning::alert::CloseCode;
/// use minzheng::warning::learn::{Case, Readings, Review};
///
/// let readings = Readings::load(minzheng::Engine::built_in()?.packs())?;
/// let case = |code| Case {
///     model: "a01".into(), place: "150123".into(), code: Some(code), checks: Some(1), home_visits: Some(1), figure: None,
/// };
/// let mut review = Review::default();
/// for code in [CloseCode::Enrolled, CloseCode::NotFit, CloseCode::Unreachable] {
///     review.add(&case(code));
/// }
/// let tally = &review.by_model()["a01"];
/// assert_eq!(tally.precision(&readings), (1, 2)); // nobody reached says nothing
/// assert_eq!(tally.home_visits, 3); // and cost a visit all the same
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Review {
    tallies: BTreeMap<(String, String), Tally>,
}

impl Review {
    /// Counts a case.
    pub fn add(&mut self, case: &Case) {
        let key = (case.model.clone(), case.place.clone());
        self.tallies.entry(key).or_default().add(case);
    }

    /// Joins the counts of two parts.
    #[must_use]
    pub fn merge(mut self, other: &Self) -> Self {
        for (key, tally) in &other.tallies {
            self.tallies.entry(key.clone()).or_default().join(tally);
        }
        self
    }

    /// The counts by model and place.
    pub const fn tallies(&self) -> &BTreeMap<(String, String), Tally> {
        &self.tallies
    }

    /// The same with every place read as the one above it at a level, by the links between places; a place that has none stays.
    ///
    /// ```
    /// # use minzheng::warning::learn::{Case, Review};
    /// use minzheng_rules::pack::model::Level;
    /// # let engine = minzheng::Engine::built_in()?;
    /// # let case = |place: &str| Case {
    /// #     model: "a01".into(), place: place.into(), code: None, checks: None, home_visits: None, figure: None,
    /// # };
    /// let mut review = Review::default();
    /// review.add(&case("150123"));
    /// review.add(&case("150102001"));
    /// let leagues = review.at_level(engine.packs().places(), Level::Prefecture);
    /// assert_eq!(leagues.by_place()["150100"].open, 2);
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    #[must_use]
    pub fn at_level(&self, places: &Places, level: Level) -> Self {
        let mut out = Self::default();
        for ((model, place), tally) in &self.tallies {
            let above = above(places, place, level).unwrap_or_else(|| place.clone());
            out.tallies
                .entry((model.clone(), above))
                .or_default()
                .join(tally);
        }
        out
    }

    /// The counts by model, over all places.
    pub fn by_model(&self) -> BTreeMap<&str, Tally> {
        let mut out: BTreeMap<&str, Tally> = BTreeMap::new();
        for ((model, _), tally) in &self.tallies {
            out.entry(model).or_default().join(tally);
        }
        out
    }

    /// The counts by place, over all models.
    pub fn by_place(&self) -> BTreeMap<&str, Tally> {
        let mut out: BTreeMap<&str, Tally> = BTreeMap::new();
        for ((_, place), tally) in &self.tallies {
            out.entry(place).or_default().join(tally);
        }
        out
    }

    /// All counts.
    pub fn total(&self) -> Tally {
        let mut out = Tally::default();
        self.tallies.values().for_each(|tally| out.join(tally));
        out
    }

    /// As JSON, schema `minzheng/review/1`. Shares are in ten-thousandths; what is unknown is null.
    pub fn to_json(&self, readings: &Readings) -> Value {
        let rows = self.tallies.iter().map(|((model, place), tally)| {
            json!({ "model": model, "place": place, "tally": tally.to_json(readings) })
        });
        let of = |(name, tally): (&str, Tally), key: &str| json!({ key: name, "tally": tally.to_json(readings) });
        let models = self.by_model().into_iter().map(|row| of(row, "model"));
        let places = self.by_place().into_iter().map(|row| of(row, "place"));
        json!({
            "schema": "minzheng/review/1",
            "readings": readings.iter().map(|(code, says)| (code.word().to_owned(), json!(says))).collect::<serde_json::Map<_, _>>(),
            "rows": rows.collect::<Vec<_>>(),
            "models": models.collect::<Vec<_>>(),
            "places": places.collect::<Vec<_>>(),
            "total": self.total().to_json(readings),
        })
    }
}

impl Tally {
    /// As JSON.
    pub fn to_json(&self, readings: &Readings) -> Value {
        let (confirmed, counted) = self.precision(readings);
        let codes = self.codes.iter();
        json!({
            "cases": self.cases(),
            "open": self.open,
            "confirmed": confirmed,
            "refuted": counted.saturating_sub(confirmed),
            "silent": self.read(readings, Reading::Silent),
            "precision": self.interval(readings).map(|i| json!({ "low": i.low, "high": i.high })),
            "cost_unknown": self.cost_unknown,
            "checks": self.checks,
            "home_visits": self.home_visits,
            "codes": codes.map(|(code, many)| (code.word().to_owned(), json!(many))).collect::<serde_json::Map<_, _>>(),
        })
    }
}

/// The place at a level above a code, or the code itself.
fn above(places: &Places, code: &str, level: Level) -> Option<String> {
    let level_of = |code: i64| {
        let by_digits = match (code.rem_euclid(10_000), code.rem_euclid(100)) {
            (0, _) => Level::Province,
            (_, 0) => Level::Prefecture,
            _ => Level::County,
        };
        places.get(code).map_or(by_digits, |place| place.level)
    };
    let chain = places.chain(parse_code(code)?);
    let found = chain.into_iter().find(|code| level_of(*code) == level)?;
    Some(format!("{found:06}"))
}
