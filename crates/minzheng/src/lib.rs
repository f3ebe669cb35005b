//! Social assistance law as data.

pub mod identity;
