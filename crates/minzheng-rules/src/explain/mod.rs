//! Answers read back: the tree of reasons, what is missing, what an answer rests on, the receipt.
//!
//! Everything here is computed from the values that the evaluation kept; nothing is decided a second time.

mod grounds;
mod missing;
mod receipt;
mod render;
mod tree;
mod words;

pub use grounds::{Choice, Grounds, ProvisionalFact};
pub use missing::{Missing, MissingKind};
pub use receipt::{PLAN_FORMAT, PackReceipt, Receipt};
pub use tree::{Explanation, ProgrammeExplanation, Source, Step, StepKind, Verdict};
