//! Record tables matched to people by identity number, put together while they are matched, and adopted.
//!
//! [`Matcher`] finds whose a record is, [`Fold`] puts the records of a row of evidence together, [`verify`] does all of it
//! from files to files. No joined table is ever made. What one household's verification says is the definition:
//! [`minzheng::verification::collect`] and [`minzheng::verification::adopt`].

mod adopt;
mod answers;
mod fold;
mod matcher;
mod people;
mod run;
mod source;
mod tally;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "made-up values of known size"
)]
mod tests;

pub use fold::Fold;
pub use matcher::{Hit, Matcher, NO_KEY, Scratch};
pub use run::{VerifyInputs, VerifyOptions, VerifyStep, verify};
pub(crate) use source::{located, want};
pub use tally::{FactTally, ItemTally, VerifySummary};
