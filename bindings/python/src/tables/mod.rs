//! Whole tables: Arrow in, one call, Arrow out.

pub(crate) mod arrears;
pub(crate) mod compare;
mod input;
pub(crate) mod output;
mod progress;
pub(crate) mod quality;
pub(crate) mod run;
pub(crate) mod verify;

use minzheng::Error;
use minzheng_arrow::{ImportOptions, Mapping};
use minzheng_rules::date::Day;
use minzheng_rules::facts::FactStatus;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::convert::value;
use crate::raise::{exception, refused};

/// Options as a record. The Python side writes them: what does not fit is said as it is found.
pub(crate) fn options<T: DeserializeOwned>(given: &Bound<'_, PyDict>) -> PyResult<T> {
    let value = value(given.as_any(), "")?;
    serde_json::from_value(value).map_err(|wrong| {
        let error = refused(
            "E-HOST-TYPE",
            "",
            wrong.to_string(),
            "see the arguments of the method",
        );
        exception(given.py(), &error)
    })
}

/// A day as it is written.
pub(crate) fn day(text: &str, path: &str) -> Result<Day, Error> {
    Day::parse(text).ok_or_else(|| {
        let message = "not a day of the calendar";
        refused("E-VALUE-DATE", path, message, "write 2026-07-01")
    })
}

/// A day that need not be given.
pub(crate) fn maybe_day(text: Option<&str>, path: &str) -> Result<Option<Day>, Error> {
    text.map(|text| day(text, path)).transpose()
}

/// How tables are read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reading {
    on: Option<String>,
    status: String,
    mapping: Option<String>,
    ignore_unknown: bool,
}

impl Reading {
    pub(crate) fn import(&self) -> Result<ImportOptions, Error> {
        let statuses = FactStatus::ALL.into_iter();
        let mut statuses = statuses.filter(|(word, _)| *word == self.status);
        let (_, status) = statuses.next().ok_or_else(|| {
            let help = "write declared, verified or attested";
            refused(
                "E-FACT-STATUS",
                "status",
                "not a status for all facts",
                help,
            )
        })?;
        Ok(ImportOptions {
            on: maybe_day(self.on.as_deref(), "on")?,
            status,
            mapping: mapping(self.mapping.as_deref())?,
            ignore_unknown: self.ignore_unknown,
            ..ImportOptions::default()
        })
    }
}

/// Other names and units of columns.
pub(crate) fn mapping(text: Option<&str>) -> Result<Mapping, Error> {
    text.map_or_else(
        || Ok(Mapping::default()),
        |text| Mapping::from_toml("mapping.toml", text),
    )
}
