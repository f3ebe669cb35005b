//! The reference program: the typed plan, node by node, over one case.

mod eval;
mod interval;

pub(crate) use eval::{Found, Frame, MAX_KEYS, Params, demand, evaluate, fold};
pub use interval::V;
