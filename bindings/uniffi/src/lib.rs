//! Minzheng for Kotlin and Swift: one library, one file a concept.
//!
//! A function converts in, makes one call into `minzheng`, and converts out: nothing is decided here. Money crosses as whole fen in
//! [`Money`], days as the native type of each language, an error as [`MinzhengError`] with its code, its words in Chinese and
//! English, its way out and its place. What has no type of its own goes through [`Engine::ask`] and [`Engine::call`], the JSON
//! call that every language has.
//!
//! There are no callbacks: no thread of the library ever waits for the host.
#![forbid(unsafe_code)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "what crosses the border belongs to the function that takes it"
)]

mod alert;
mod assess;
mod call;
mod catalog;
mod engine;
mod error;
mod explain;
mod gate;
mod household;
mod identity;
mod missing;
mod packs;
mod params;
mod simulate;
mod tables;
#[cfg(test)]
mod tests;
mod values;
mod verify;
mod warn;

pub use alert::{AlertAct, AlertRecord, AlertStep};
pub use assess::{
    Assessment, Condition, Figure, ProgrammeOutcome, ProvisionalFact, Receipt, ReceiptPack,
    ValueName, Verdict,
};
pub use catalog::{CatalogHit, CatalogHits, CatalogQuery};
pub use engine::{Engine, library_version};
pub use error::{MinzhengError, Problem};
pub use explain::Explanation;
pub use gate::{GateDecision, GateField, GatePerson, GateReason, GateRows};
pub use household::{Fact, FactStatus, FactValue, Household, HouseholdFacts, Person};
pub use identity::{DisabilityCard, ResidentNumber};
pub use missing::{MissingFact, MissingKind};
pub use packs::{BuiltInPack, PackFile, PackInfo, Remark, Severity, lint_pack};
pub use params::{Parameter, ParameterRow};
pub use simulate::{Change, ChangeSide, FigureSetting};
pub use tables::{DecidedTables, TableBytes, TableFinding, TableOptions};
pub use values::{CalendarDate, KeyValue, Lang, Money, Words, money_of_yuan};
pub use verify::{Adoption, Verification};
pub use warn::{Evidence, Outcome, Warning, Warnings};

uniffi::setup_scaffolding!("minzheng");
