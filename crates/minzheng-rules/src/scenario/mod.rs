//! Packs put to work: one case, a what-if, coverage.

mod engine;
mod tests_run;

pub use engine::{Assessment, Engine, ProgrammeOutcome};
pub use tests_run::Check;
