//! Answers read back: the steps of reasons, what is missing, what an answer rests on, the receipt.
//!
//! Everything here is computed from the values that the evaluation kept; nothing is decided a second time.

mod grounds;
mod missing;
mod receipt;
mod render;
mod sentence;
mod tree;
mod words;

pub use grounds::ProvisionalFact;
pub use missing::{Missing, MissingKind, MissingName};
pub use receipt::{PLAN_FORMAT, PackReceipt, Receipt};
pub use render::escape_html;
pub use sentence::{Part, Sentence};
pub use tree::{
    Beside, Definition, Explanation, Grounds, Kind, ProgrammeExplanation, Source, Step, Verdict,
};
