//! The reference program: the typed plan, node by node, over one case.

mod eval;
mod interval;
mod program;

pub(crate) use eval::{
    Apply, Figures, Found, Frame, MAX_KEYS, Params, Part, Tally, demand, evaluate, fold,
};
pub use interval::V;
pub(crate) use interval::is_open;
pub(crate) use program::Program;
