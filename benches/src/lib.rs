//! What is measured beside its peers: the data, the work, the engines, and the comparing.
//!
//! [`manifest`] says what is measured; [`data`] makes the columns; an [`engine::Engine`] answers for all households at
//! once; [`compare`] checks that all give the same and then times them in pairs; [`report`] writes it down.
#![forbid(unsafe_code)]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    reason = "made-up data of known size and statistics of time: nothing here decides"
)]

pub mod aggregates;
pub mod clock;
pub mod columns;
pub mod compare;
pub mod data;
pub mod engine;
pub mod manifest;
pub mod matching;
pub mod ours;
pub mod peer;
pub mod program;
pub mod reference;
pub mod report;
pub mod scalar;

/// As the Python extension has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
