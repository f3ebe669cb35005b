//! What other thresholds would have done on the cases of the past.
//!
//! Only what the threshold of the past pointed at was ever looked into. Of a case that a wider threshold would add nobody knows what
//! would have been found: it stands under `unknown`, and no share is worked out with it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::cases::Case;
use super::readings::{Reading, Readings};
use super::wilson::{Interval, wilson};
use crate::catalog::words;

words! {
    /// On which side of a threshold a model points at somebody.
    Side {
        /// The figure is greater.
        Above = "above",
        /// The figure is greater or equal.
        AtLeast = "at_least",
        /// The figure is smaller.
        Below = "below",
        /// The figure is smaller or equal.
        AtMost = "at_most",
    }
}

impl Side {
    /// Whether a figure lies on this side.
    pub const fn holds(self, figure: i64, threshold: i64) -> bool {
        match self {
            Self::Above => figure > threshold,
            Self::AtLeast => figure >= threshold,
            Self::Below => figure < threshold,
            Self::AtMost => figure <= threshold,
        }
    }

    /// Whether a figure lies further out on this side than another.
    ///
    /// ```
    /// use minzheng::warning::learn::Side;
    /// assert!(Side::Above.is_further(12, 11) && Side::AtMost.is_further(11, 12));
    /// assert!(!Side::AtLeast.is_further(12, 12));
    /// ```
    pub const fn is_further(self, figure: i64, other: i64) -> bool {
        match self {
            Self::Above | Self::AtLeast => figure > other,
            Self::Below | Self::AtMost => figure < other,
        }
    }

    /// Its sign.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => "≥",
            Self::Below => "<",
            Self::AtMost => "≤",
        }
    }
}

/// What a threshold would have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tried {
    /// Cases it would have pointed at.
    pub hits: u64,
    /// Of them those that were confirmed.
    pub confirmed: u64,
    /// Of them those that were refuted.
    pub refuted: u64,
    /// Of them those of which nothing is known: open, never looked into, or closed so that it says nothing.
    pub unknown: u64,
    /// Confirmed cases that it would not have pointed at.
    pub missed: u64,
    /// Hits of which it is not known how often they were checked.
    pub cost_unknown: u64,
    /// Checks that its other hits cost.
    pub checks: u64,
}

impl Tried {
    /// The interval of the precision among what is known.
    pub fn interval(&self) -> Option<Interval> {
        wilson(self.confirmed, self.confirmed.saturating_add(self.refuted))
    }
}

/// A threshold with what it would have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Would {
    /// The threshold, in the unit of the figures.
    pub threshold: i64,
    /// What it would have done.
    #[serde(flatten)]
    pub tried: Tried,
}

/// Some thresholds over the cases of one model.
///
/// ```
/// use minzheng::warning::alert::CloseCode;
/// use minzheng::warning::learn::{Case, Readings, Side, Thresholds};
///
/// let readings = Readings::load(minzheng::Engine::built_in()?.packs())?;
/// let case = |figure, code| Case {
///     model: "a01".into(), place: "150123".into(), code, checks: Some(1), home_visits: Some(0), figure,
/// };
/// let mut tried = Thresholds::new(Side::Above, [10_000_00, 20_000_00]);
/// tried.add(&case(Some(15_000_00), Some(CloseCode::Enrolled)), &readings);
/// tried.add(&case(Some(30_000_00), Some(CloseCode::NotFit)), &readings);
/// tried.add(&case(None, None), &readings);
/// let would = tried.would();
/// assert_eq!((would[0].tried.hits, would[0].tried.confirmed), (2, 1));
/// assert_eq!((would[1].tried.hits, would[1].tried.missed), (1, 1));
/// assert_eq!(tried.without_figure(), 1);
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thresholds {
    side: Side,
    would: Vec<Would>,
    without_figure: u64,
}

impl Thresholds {
    /// Nothing counted yet; the thresholds stand in rising order, each once.
    pub fn new(side: Side, thresholds: impl IntoIterator<Item = i64>) -> Self {
        let mut list: Vec<i64> = thresholds.into_iter().collect();
        list.sort_unstable();
        list.dedup();
        let tried = Tried::default();
        let would = list.into_iter().map(|threshold| Would { threshold, tried });
        Self {
            side,
            would: would.collect(),
            without_figure: 0,
        }
    }

    /// Counts a case.
    pub fn add(&mut self, case: &Case, readings: &Readings) {
        let Some(figure) = case.figure else {
            self.without_figure = self.without_figure.saturating_add(1);
            return;
        };
        let reading = case.code.map_or(Reading::Silent, |code| readings.of(code));
        for would in &mut self.would {
            let tried = &mut would.tried;
            if !self.side.holds(figure, would.threshold) {
                let lost = u64::from(reading == Reading::Confirms);
                tried.missed = tried.missed.saturating_add(lost);
                continue;
            }
            tried.hits = tried.hits.saturating_add(1);
            match case.checks {
                None => tried.cost_unknown = tried.cost_unknown.saturating_add(1),
                Some(many) => tried.checks = tried.checks.saturating_add(u64::from(many)),
            }
            let many = match reading {
                Reading::Confirms => &mut tried.confirmed,
                Reading::Refutes => &mut tried.refuted,
                Reading::Silent => &mut tried.unknown,
            };
            *many = many.saturating_add(1);
        }
    }

    /// Joins the counts of two parts; `None` where they tried other thresholds.
    #[must_use]
    pub fn merge(mut self, other: &Self) -> Option<Self> {
        let same = self.side == other.side
            && self
                .would
                .iter()
                .map(|w| w.threshold)
                .eq(other.would.iter().map(|w| w.threshold));
        if !same {
            return None;
        }
        for (here, there) in self.would.iter_mut().zip(&other.would) {
            let (a, b) = (&mut here.tried, &there.tried);
            a.hits = a.hits.saturating_add(b.hits);
            a.confirmed = a.confirmed.saturating_add(b.confirmed);
            a.refuted = a.refuted.saturating_add(b.refuted);
            a.unknown = a.unknown.saturating_add(b.unknown);
            a.missed = a.missed.saturating_add(b.missed);
            a.cost_unknown = a.cost_unknown.saturating_add(b.cost_unknown);
            a.checks = a.checks.saturating_add(b.checks);
        }
        self.without_figure = self.without_figure.saturating_add(other.without_figure);
        Some(self)
    }

    /// On which side the model points at somebody.
    pub const fn side(&self) -> Side {
        self.side
    }

    /// What each threshold would have done.
    pub fn would(&self) -> &[Would] {
        &self.would
    }

    /// Cases whose figure is not known: they are in no count above.
    pub const fn without_figure(&self) -> u64 {
        self.without_figure
    }

    /// As JSON, schema `minzheng/thresholds/1`; shares in ten-thousandths.
    pub fn to_json(&self) -> Value {
        let would = self.would.iter().map(|w| {
            let mut row = json!(w);
            if let Value::Object(row) = &mut row {
                row.insert("precision".to_owned(), json!(w.tried.interval()));
            }
            row
        });
        json!({
            "schema": "minzheng/thresholds/1",
            "side": self.side,
            "without_figure": self.without_figure,
            "thresholds": would.collect::<Vec<_>>(),
        })
    }
}
