//! Packs: the law as dated, placed, cited data.
//!
//! [`PackSet::load`] reads packs layer by layer and checks everything that can be checked without facts: names, types,
//! units, dates, citations, delegation. The format is described in `docs/guide/pack-format.md`.

mod compare;
mod lint;
mod load;
pub mod model;
mod needs;
pub mod place;
mod set;

pub use compare::{Difference, FieldChange};
pub use lint::lint;
pub(crate) use load::hex as load_hex;
pub use load::{MAX_PACK_BYTES, PackSource, SourceFile};
pub use set::PackSet;
pub(crate) use set::{NameOf, outcome_word};
