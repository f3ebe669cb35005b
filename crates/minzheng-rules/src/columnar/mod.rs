//! The columnar program: the same plan over the columns of many cases, with the answers of the scalar program.
//!
//! The outputs that are asked for are compiled together: nodes that are the same for every row are folded, nodes that are
//! nothing but another are left out, the rest runs step by step over chunks of about four thousand rows. A truth is two
//! bitmaps (is true, is false), a number is a lowest and a highest lane; what is proved of the lanes of a chunk (all known, none
//! without bound, between which numbers) chooses the kernel, and an operation without a proof runs row by row by its scalar
//! definition. Cases are grouped by the rules that hold for them; their figures are looked up for each.
//!
//! [`crate::scenario::Engine::columns`] prepares a run, [`Columns::run`] evaluates a [`Batch`].
#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "lanes and words are indexed within blocks of 64 that the chunk sized; sums and products run unchecked only where interval analysis proved them; rows fit 32 bits, which the batch checked"
)]
#![expect(
    clippy::inline_always,
    clippy::needless_bitwise_bool,
    reason = "kernels are compiled for wide instructions too, and only what is inlined into the wide copy is wide"
)]

mod batch;
mod bits;
mod chunk;
mod divide;
mod figures;
mod lanes;
mod program;
mod run;
mod segments;
mod session;
mod wide;

pub use batch::{Batch, BatchError, Column, Dates, NO_ROW, Table, Values};
pub use bits::Bitmap;
pub use session::{Answer, Columns, Output, OutputColumn, Request};
