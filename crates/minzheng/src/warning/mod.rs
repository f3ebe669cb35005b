//! Who may need help, who may no longer qualify, what looks wrong: suspicions for a person to check, never a decision.
//!
//! A model is a row of a pack beside the formulas it names; it has no code of its own. A person or household it cannot tell
//! about is unknown, with the list of what is missing, and never a miss.

pub mod alert;
mod cases;
pub mod due;
pub mod learn;
#[cfg(test)]
mod life_tests;
mod load;
pub mod model;
pub mod reconcile;
mod schema;
mod sentence;
mod sources;
pub mod suppress;
pub mod task;
pub mod watch;

pub use cases::{CaseKind, ModelCase};
pub use model::{
    Compared, Direction, Group, Handling, Level, Model, Models, Named, Prior, Switch, Target,
};
pub use reconcile::reconcile;
pub use sentence::Sentence;
pub use sources::Sources;
pub use watch::{Evidence, Outcome, Threshold, Warning, Warnings};
