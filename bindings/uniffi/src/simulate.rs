//! What if a figure were another.

use std::sync::Arc;

use minzheng::eligibility;

use crate::assess::{Figure, Verdict};
use crate::engine::Engine;
use crate::error::MinzhengError;
use crate::household::Household;
use crate::values::{KeyValue, Words};

/// A figure that wins over every pack.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct FigureSetting {
    /// Id of the parameter: `standard.dibao`.
    pub parameter: String,
    /// Its value as packs write it: `900/month`.
    pub value: String,
    /// The keys it holds for; those that are not named stand for all.
    #[uniffi(default = [])]
    pub keys: Vec<KeyValue>,
}

/// A programme on one side of a change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct ChangeSide {
    /// The verdict; none where the programme is not there on this side.
    pub verdict: Option<Verdict>,
    /// The amount, where the verdict is eligible and the programme pays.
    pub amount: Option<Figure>,
}

/// One programme before and after, for the household or one person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Change {
    /// The id of the programme.
    pub id: String,
    /// The person, for a programme of persons.
    pub person: Option<String>,
    /// Its title.
    pub title: Words,
    /// Before.
    pub before: ChangeSide,
    /// After.
    pub after: ChangeSide,
    /// Whether verdict or amount differ.
    pub changed: bool,
}

impl From<&eligibility::Change> for Change {
    fn from(change: &eligibility::Change) -> Self {
        let side = |(verdict, amount): &(Option<minzheng::Verdict>, Option<minzheng::Figure>)| {
            ChangeSide {
                verdict: verdict.map(Verdict::from),
                amount: amount.as_ref().map(Figure::from),
            }
        };
        Self {
            id: change.id.clone(),
            person: change.person.clone(),
            title: (&change.title).into(),
            before: side(&change.before),
            after: side(&change.after),
            changed: change.is_change(),
        }
    }
}

#[uniffi::export]
impl Engine {
    /// Decides one household as it is, and with other figures: every programme before and after.
    ///
    /// Errors: as of `assess`; `E-OVERLAY-NAME`, `E-OVERLAY-KEY`, `E-VALUE-…` for a figure that cannot be set so.
    pub fn simulate(
        &self,
        household: Arc<Household>,
        figures: Vec<FigureSetting>,
    ) -> Result<Vec<Change>, MinzhengError> {
        let overlay = |figure: FigureSetting| {
            let keys: Vec<(String, String)> = (figure.keys.into_iter())
                .map(|k| (k.key, k.value))
                .collect();
            let packs = self.inner.packs();
            packs.overlay_from_words(&figure.parameter, &figure.value, &keys)
        };
        let overlays = figures.into_iter().map(overlay);
        let overlays: Vec<_> =
            (overlays.collect::<Result<_, _>>()).map_err(MinzhengError::argument)?;
        let before = self.inner.assess(&household.inner)?;
        let after = self.inner.assess_with(&household.inner, overlays)?;
        let changes = eligibility::Change::between(&before, &after);
        Ok(changes.iter().map(Change::from).collect())
    }
}
