//! China's social assistance law as data: who is entitled to what, how much, since when, and why.
//!
//! ```
//! use minzheng::{Engine, Household, Verdict};
//!
//! let engine = Engine::built_in()?;
//! let household = Household::from_toml(
//!     r#"
//!     on = 2026-08-25
//!     [household]
//!     registration_place = "159921"
//!     hukou = "urban"
//!     [[person]]
//!     id = "p1"
//!     relation = "self"
//!     birth = 1990-05-01
//!     "#,
//! )?;
//! let assessment = engine.assess(&household)?;
//! let old_age = assessment.programme("old_age", Some("p1")).map(|p| p.verdict());
//! assert_eq!(old_age, Some(Verdict::NotEligible));
//! let dibao = assessment.programme("dibao", None).map(|p| p.verdict());
//! assert_eq!(dibao, Some(Verdict::Undetermined));
//! for missing in assessment.missing().iter().take(3) {
//!     println!("{} ({})", missing.question.en, missing.answered_by.join(", "));
//! }
//! # Ok::<(), minzheng::Error>(())
//! ```
#![forbid(unsafe_code)]

pub mod api;
pub mod audit;
pub mod authorization;
pub mod catalog;
pub mod digest;
pub mod eligibility;
mod engine;
pub mod error;
pub mod gate;
pub mod household;
pub mod identity;
pub mod packs;
mod records;
pub mod report;
pub mod sharing;
pub mod verification;
pub mod warning;

pub use eligibility::{Arrears, Assessment, Condition, Figure, ProgrammeOutcome, Verdict};
pub use engine::Engine;
pub use error::Error;
pub use household::{Fact, Household, Person};
pub use minzheng_rules::explain::{Explanation, Missing, ProvisionalFact, Receipt};
pub use minzheng_rules::facts::FactStatus;
pub use minzheng_rules::number::Money;
pub use minzheng_rules::pack::model::Lang;
pub use verification::{Report, Verification, VerificationRequest};

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/zh/README.md")]
struct ReadmeZh;
