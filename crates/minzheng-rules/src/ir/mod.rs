//! The typed plan: every rule in force on a day at a place, linked into one list of nodes.

mod circles;
mod plan;
mod reads;

pub(crate) use circles::circles;
pub use plan::Plan;
pub(crate) use plan::{AggK, Node, NodeId, Op, children, ix, link, versions};
pub use reads::{Need, Reads, Thing};
