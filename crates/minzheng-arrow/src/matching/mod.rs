//! Record tables matched to people by identity number, put together while they are matched, and adopted.
//!
//! [`Matcher`] finds whose a record is, [`Fold`] puts the records of a row of evidence together, [`verify`] does all of it
//! from files to files, and puts a household into words with its own records read again. No joined table is ever made. What one household's verification says is the definition:
//! [`minzheng::verification::collect`] and [`minzheng::verification::adopt`].

mod adopt;
mod again;
mod answers;
mod columns;
mod differences;
mod fields;
mod fold;
mod matcher;
mod outputs;
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
mod threads;

pub use again::{Apart, Differing, Explained, ToExplain};
pub(crate) use fields::{located, want};
pub use fold::Fold;
pub use matcher::{Hit, Matcher, NO_KEY, Scratch};
pub use run::{Verified, VerifyInputs, VerifyOptions, VerifyStep, verify, verify_held};
pub use tally::{FactTally, ItemTally, VerifySummary};
