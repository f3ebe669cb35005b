//! Record tables matched to people by identity number, and put together while they are matched.

mod fold;
mod matcher;

pub use fold::Fold;
pub use matcher::{Hit, Matcher, NO_KEY, Scratch};
