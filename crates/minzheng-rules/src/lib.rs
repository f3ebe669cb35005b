//! A typed, exact, three-valued rule engine for dated law.
//!
//! Packs of TOML hold the law as data: words, figures, rules, citations. They are loaded and checked into a
//! [`pack::PackSet`], linked for a day and a place into an [`ir::Plan`], and evaluated over one case by the
//! [`scalar`] program, whose values are read back as an explanation. The engine knows no law: only tables with a parent.
//!
//! ```
//! use minzheng_rules::{facts::Document, pack::{PackSet, PackSource, SourceFile}, scenario::Engine, truth::Truth};
//!
//! let pack = PackSource::new(vec![SourceFile::new("pack.toml", r#"
//!     [pack]
//!     id = "small"
//!     title = { zh = "小包", en = "small pack" }
//!     publisher = "example"
//!     version = "1"
//!     level = "nation"
//!     place = "000000"
//!     reviewed_on = 2026-01-01
//!     [[entity]]
//!     id = "case"
//!     [[fact]]
//!     id = "income"
//!     entity = "case"
//!     type = "money/month"
//!     title = { zh = "收入", en = "income" }
//!     [[programme]]
//!     id = "help"
//!     entity = "case"
//!     order = 1
//!     from = 2020-01-01
//!     status = "invented"
//!     title = { zh = "帮助", en = "help" }
//!     [[programme.condition]]
//!     id = "low"
//!     from = 2020-01-01
//!     published = 2020-01-01
//!     status = "invented"
//!     title = { zh = "收入低", en = "low income" }
//!     expr = "income < yuan(100)"
//! "#)]);
//! let engine = Engine::new(PackSet::load(&[pack]).map_err(|e| e.to_string())?);
//! let case = Document::from_toml("case.toml", "on = 2026-01-01\n[case]\nincome = \"99.99/month\"")?;
//! let answer = engine.assess(&case)?;
//! assert_eq!(answer.truth("help.eligible", None), Some(Truth::True));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod columnar;
pub mod date;
pub mod error;
pub mod explain;
pub mod export;
pub mod facts;
pub mod ir;
pub mod lang;
pub mod number;
pub mod pack;
pub mod scalar;
pub mod scenario;
pub mod truth;
