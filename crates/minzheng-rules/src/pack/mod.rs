//! Packs: the law as dated, placed, cited data.
//!
//! [`PackSet::load`] reads packs layer by layer and checks everything that can be checked without facts: names, types,
//! units, dates, citations, delegation. The format is described in `docs/guide/pack-format.md`.

use sha2::Digest as _;

mod compare;
mod lint;
mod load;
pub mod model;
mod needs;
mod node;
pub mod place;
mod set;

pub use compare::{Difference, FieldChange};
pub use lint::lint;
pub(crate) use load::hex as load_hex;
pub use load::{MAX_PACK_BYTES, PackSource, SourceFile};
pub use node::{Node, NodeError};
pub use set::PackSet;

/// SHA-256 of bytes, in hexadecimal: the digest of packs and of whatever else answers are tied to.
///
/// ```
/// assert!(minzheng_rules::pack::digest(b"").starts_with("e3b0c44298fc"));
/// ```
pub fn digest(bytes: &[u8]) -> String {
    load_hex(&sha2::Sha256::digest(bytes))
}
pub(crate) use set::{NameOf, outcome_word};
