//! Packs put to work: one case, a what-if, coverage.

mod engine;

pub use engine::{Assessment, Engine, ProgrammeOutcome};
