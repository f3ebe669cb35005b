//! What is learnt from closed alerts, honestly: counts and intervals, never a verdict on people, and never a switch of a model.
//!
//! - [`Review`]: how often a model was right at a place, with its Wilson interval, and what that cost in visits.
//! - [`Thresholds`]: what other thresholds would have done on the cases of the past.
//! - [`Shadow`]: a new version beside the old over the same tables, by place.
//!
//! All of them are sums over rows: parts of a table are counted alone and merged, in any order. No figure here switches anything:
//! a model or a threshold is changed by a person, in a pack, with a date.

mod cases;
mod readings;
mod report;
mod review;
mod shadow;
mod threshold;
mod wilson;

pub use cases::{Case, CaseColumns};
pub use readings::{Reading, Readings};
pub use review::{Review, Tally};
pub use shadow::{Flagged, Shadow, Shift};
pub use threshold::{Side, Thresholds, Tried, Would};
pub use wilson::{Interval, LARGEST, wilson};
