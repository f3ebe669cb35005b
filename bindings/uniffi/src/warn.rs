//! Who may need help, who may no longer qualify: suspicions for a person to check.

use std::sync::Arc;

use minzheng::warning;

use crate::assess::Figure;
use crate::engine::Engine;
use crate::error::MinzhengError;
use crate::household::Household;
use crate::missing::MissingFact;
use crate::values::{CalendarDate, Words};

/// What a model says about a person or household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Outcome {
    /// It points at them: a suspicion to check.
    Hit,
    /// Something is missing to tell: never the same as not pointing at them.
    Unknown,
    /// It does not point at them.
    Miss,
    /// They are not among those it looks at.
    Outside,
    /// The place has switched it off.
    Off,
}

impl From<warning::Outcome> for Outcome {
    fn from(outcome: warning::Outcome) -> Self {
        match outcome {
            warning::Outcome::Hit => Self::Hit,
            warning::Outcome::Unknown => Self::Unknown,
            warning::Outcome::Miss => Self::Miss,
            warning::Outcome::Outside => Self::Outside,
            warning::Outcome::Off => Self::Off,
        }
    }
}

/// A value that a hit shows, with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Evidence {
    /// The value with its words.
    pub figure: Figure,
    /// How it stands; empty for a formula.
    pub status: String,
    /// Who says so; empty where nobody is named.
    pub source: Words,
    /// The day of which that speaks.
    pub as_of: Option<CalendarDate>,
}

/// What one model says about one person or the household.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Warning {
    /// Id of the model.
    pub model: String,
    /// Its title.
    pub title: Words,
    /// The person, for a model of persons.
    pub person: Option<String>,
    /// What it says.
    pub outcome: Outcome,
    /// What a hit says about aid: `missed`, `overstay`, `error`, `change`, `safety`.
    pub direction: String,
    /// How grave a hit is: `red`, `orange`, `yellow`, `blue`.
    pub level: String,
    /// Of a hit, a sentence an officer can act on; else empty.
    pub sentence: Words,
    /// Of a hit, what it shows.
    pub evidence: Vec<Evidence>,
    /// Of a hit, the last day to deal with it; none where a figure or the calendar of the year is missing.
    pub due: Option<CalendarDate>,
    /// Of what cannot be told, what is missing.
    pub missing: Vec<MissingFact>,
}

impl From<&warning::Warning<'_>> for Warning {
    fn from(warning: &warning::Warning<'_>) -> Self {
        let model = warning.model();
        let is_hit = warning.outcome() == warning::Outcome::Hit;
        let evidence = if is_hit {
            warning.evidence()
        } else {
            Vec::new()
        };
        Self {
            model: model.id.clone(),
            title: (&model.title).into(),
            person: warning.person().map(str::to_owned),
            outcome: warning.outcome().into(),
            direction: model.direction.word().to_owned(),
            level: model.level.word().to_owned(),
            sentence: Words::each(|lang| {
                if is_hit {
                    warning.sentence(lang)
                } else {
                    String::new()
                }
            }),
            evidence: (evidence.iter())
                .map(|e| Evidence {
                    figure: (&e.figure).into(),
                    status: e.status.clone(),
                    source: (&e.source).into(),
                    as_of: e.as_of,
                })
                .collect(),
            due: warning.due().filter(|_| is_hit),
            missing: warning.missing().iter().map(MissingFact::from).collect(),
        }
    }
}

/// The models over one household.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Warnings {
    /// The day asked about.
    pub on: CalendarDate,
    /// The hits, model by model.
    pub hits: Vec<Warning>,
    /// What cannot be told, with what is missing.
    pub unknown: Vec<Warning>,
}

#[uniffi::export]
impl Engine {
    /// Holds the warning models, or one, against a household: suspicions to check, never a decision.
    ///
    /// Errors: as of `assess`; `E-WARNING-NONE` where there is no such model.
    #[uniffi::method(default(model = None))]
    pub fn warn(
        &self,
        household: Arc<Household>,
        model: Option<String>,
    ) -> Result<Warnings, MinzhengError> {
        if let Some(id) = &model {
            self.inner.models()?.get(id)?;
        }
        let warnings = self.inner.warn(&household.inner)?;
        let of = |outcome| {
            let all = warnings.all().filter(|w| w.outcome() == outcome);
            let all = all.filter(|w| model.as_ref().is_none_or(|id| w.model().id == *id));
            all.map(|w| Warning::from(&w)).collect()
        };
        Ok(Warnings {
            on: warnings.on(),
            hits: of(warning::Outcome::Hit),
            unknown: of(warning::Outcome::Unknown),
        })
    }
}
