//! Arrow tables in, Arrow tables out: what a whole province is entitled to, with the answers of one household.
//!
//! [`contract`] says which tables and columns the packs ask for, [`import`] turns record batches into a
//! [`Batch`](minzheng_rules::columnar::Batch) for the columnar program and lists what is wrong with them row by row,
//! [`export`] turns the answer into record batches. [`files`] reads and writes tables in files, and [`stream`] takes a province
//! from files to files in bounded memory. [`mod@compare`] decides the same tables twice and tells what differs, [`mod@arrears`] says
//! what is owed by month when the law is published backwards, [`warn()`] holds the warning models against the tables. [`catalog`] says which columns hold the records of a resource,
//! [`gate`] gives of them what may be given, [`mod@quality`] counts in them what breaks the rules of the catalogue. [`synth`] makes a province that never was, to try all of it.
#![forbid(unsafe_code)]

pub mod arrears;
pub mod catalog;
pub mod compare;
pub mod contract;
mod decide;
pub mod error;
pub mod export;
pub mod files;
pub mod gate;
pub mod import;
pub mod matching;
pub mod quality;
pub mod stream;
pub mod synth;
mod warn;

pub use arrears::{
    ArrearsBatch, ArrearsColumns, ArrearsLeague, ArrearsOptions, ArrearsSummary, arrears,
    arrears_held,
};
pub use compare::{CompareOptions, Comparison, Side, compare, compare_held};
pub use contract::{Contract, Mapping};
pub use decide::{Decided, decide};
pub use error::{Effect, Error, Finding, Findings};
pub use export::{ExportOptions, Exporter, Status};
pub use files::{Format, MemoryTable, TableFile, TextEncoding, read_sheet, write_sheet};
pub use import::{ImportOptions, Imported, Importer, Keys, Tables};
pub use stream::{
    Clock, Keep, League, ModelTally, Phase, Progress, RunInputs, RunOptions, Summary, Tally, run,
    run_held, sorted,
};
pub use warn::{Alerts, Earlier, WarnOptions, warn, warn_held, warn_request};
