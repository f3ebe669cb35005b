//! The rows of packs as they are written.

use minzheng_rules::pack::model::{self, Words};
use serde::Deserialize;

use super::super::{Cycle, Format, Inferred, Mode, Personal, RowOrder, Status, Subject, Unit};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDepartment {
    pub(super) id: String,
    pub(super) title: Words,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) seen: Words,
    #[serde(default, rename = "cite")]
    pub(super) _cite: Vec<String>,
    #[serde(default)]
    pub(super) note: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawKind {
    pub(super) id: String,
    pub(super) title: Words,
    pub(super) status: model::Status,
    #[serde(default, rename = "cite")]
    pub(super) _cite: Vec<String>,
    #[serde(default)]
    pub(super) note: Words,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SharingWord {
    Unconditional,
    Conditional,
    Withheld,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawResource {
    pub(super) id: String,
    pub(super) number: Option<u16>,
    pub(super) title: Words,
    #[serde(default)]
    pub(super) summary: Words,
    pub(super) code: Option<String>,
    pub(super) department: Option<String>,
    pub(super) keeper: Option<String>,
    pub(super) line: Option<String>,
    #[serde(default)]
    pub(super) kinds: Vec<String>,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) seen: Words,
    #[serde(default)]
    pub(super) inferred: Vec<Inferred>,
    #[serde(default, rename = "cite")]
    pub(super) _cite: Vec<String>,
    pub(super) subject: Subject,
    pub(super) key: String,
    pub(super) order: RowOrder,
    pub(super) cycle: Cycle,
    pub(super) grace: Option<u16>,
    pub(super) sharing: SharingWord,
    #[serde(default)]
    pub(super) condition: Words,
    #[serde(default)]
    pub(super) modes: Vec<Mode>,
    pub(super) openness: Option<OpennessWord>,
    #[serde(default)]
    pub(super) open_condition: Words,
    #[serde(default)]
    pub(super) formats: Vec<Format>,
    pub(super) retention: Option<RawRetention>,
    pub(super) grade: u8,
    pub(super) personal: Personal,
    #[serde(default)]
    pub(super) supplies: Vec<RawSupply>,
    #[serde(default)]
    pub(super) related: Vec<String>,
    pub(super) published_on: Option<toml::value::Datetime>,
    pub(super) withdrawn: Option<RawWithdrawn>,
    #[serde(default)]
    pub(super) note: Words,
    pub(super) field: Vec<RawField>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawField {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) unit: Option<Unit>,
    pub(super) title: Words,
    pub(super) grade: u8,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) sensitive: bool,
    pub(super) element: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OpennessWord {
    Closed,
    Conditional,
    Open,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawRetention {
    Years(u16),
    Word(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSupply {
    pub(super) fact: String,
    #[serde(default)]
    pub(super) fields: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWithdrawn {
    pub(super) on: toml::value::Datetime,
    pub(super) reason: Words,
    pub(super) successor: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawElement {
    pub(super) id: String,
    pub(super) title: Words,
    pub(super) authority: String,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) seen: Words,
    #[serde(default, rename = "cite")]
    pub(super) _cite: Vec<String>,
    #[serde(default)]
    pub(super) note: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLine {
    pub(super) id: String,
    pub(super) title: Words,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) seen: Words,
}
