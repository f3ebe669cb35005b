//! The private module `minzheng._native`: every function converts in, makes one call, converts out.
//!
//! What Python sees of it is `python/minzheng`; its types stand in `python/minzheng/_native.pyi`.
#![forbid(unsafe_code)]

mod assessment;
mod convert;
mod engine;
mod identity;
mod packs;
mod raise;
mod report;
mod synth;
mod tables;

use pyo3::pymodule;

/// Python's own objects stay with Python's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The module.
#[pymodule(gil_used = true)]
mod _native {
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use super::assessment::{Assessment, Explanation, Outcome};
    #[pymodule_export]
    use super::convert::{household_from_text, plain, verification_from_text};
    #[pymodule_export]
    use super::engine::{Engine, lint};
    #[pymodule_export]
    use super::identity::standard_numbers;
    #[pymodule_export]
    use super::raise::fault;
    #[pymodule_export]
    use super::report::Report;
    #[pymodule_export]
    use super::synth::synth;
    #[pymodule_export]
    use super::tables::compare::compare;
    #[pymodule_export]
    use super::tables::output::Table;
}
