//! What the tests of every part share: where the repository is, and with it the files the tests read.
//!
//! Development only: the crates that ship never depend on it, except to test themselves.
#![forbid(unsafe_code)]

pub mod households;
pub mod programs;
pub mod published;
pub mod tables;
mod tape;
pub mod vectors;

use std::path::{Path, PathBuf};

/// The top of the repository: the folder that holds `Cargo.toml`, `crates/` and `tests/`.
///
/// # Example: the licence lies at the top
/// ```
/// assert!(minzheng_testkit::repo_root().join("LICENSE").is_file());
/// ```
pub fn repo_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .map_or_else(PathBuf::new, Path::to_path_buf)
}
