//! Packs put to work: one case, a what-if, coverage.

mod coverage;
mod engine;
mod tests_run;

pub use coverage::{Branch, Coverage, Seen};
pub use engine::{Assessment, Engine, ProgrammeOutcome};
pub(crate) use engine::{Regime, named_node};
pub use tests_run::Check;
