//! The records of sources beside what is declared, over tables.

use minzheng::{Engine, Error};
use minzheng_arrow::matching::{VerifyOptions, VerifyStep, verify_held};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Deserialize;
use serde_json::json;

use super::input::tables;
use super::output::Kept;
use super::progress::reported;
use super::{day, mapping, maybe_day, options};
use crate::convert::python;
use crate::raise::refused;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    as_of: String,
    declared_on: Option<String>,
    mapping: Option<String>,
    ignore_unknown: bool,
    threads: usize,
}

impl Asked {
    fn options<'c>(&self) -> Result<VerifyOptions<'c>, Error> {
        Ok(VerifyOptions {
            declared_on: maybe_day(self.declared_on.as_deref(), "declared_on")?,
            mapping: mapping(self.mapping.as_deref())?,
            ignore_unknown: self.ignore_unknown,
            threads: self.threads,
            ..VerifyOptions::new(day(&self.as_of, "as_of")?)
        })
    }
}

/// `given` holds households, people and perhaps answers; the items are by their ids.
pub(crate) fn verify<'py>(
    py: Python<'py>,
    engine: &Engine,
    (given, items): (&Bound<'py, PyDict>, &Bound<'py, PyDict>),
    asked: &Bound<'py, PyDict>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(Bound<'py, PyDict>, Bound<'py, PyAny>)> {
    let asked: Asked = options(asked)?;
    let (given, items) = (tables(given)?, tables(items)?);
    let (kept, verified) = reported(py, progress, |stop, reporter| {
        let options = VerifyOptions {
            cancel: Some(stop),
            ..asked.options()?
        };
        let table = |name: &str| {
            given.get(name).ok_or_else(|| {
                let help = "give households and people";
                refused("E-TABLE-MISSING", name, "the table is missing", help)
            })
        };
        let both = (table("households")?, table("people")?);
        let mut kept = Kept::default();
        let mut keep = |name: &str, batch| kept.take(name, batch);
        let mut told = |step: VerifyStep| match step {
            VerifyStep::Matched { item, rows } => reporter.step("matching", &item, rows, None),
            VerifyStep::Adopted { table, rows } => reporter.step("adopting", table, rows, None),
            _ => {}
        };
        let answers = given.get("answers");
        let verified = verify_held(
            engine, both, &items, answers, &mut keep, &options, &mut told,
        )?;
        Ok((kept, verified))
    })?;
    let mut summary = json!(verified.summary);
    if let Some(fields) = summary.as_object_mut() {
        fields.insert("mapping".to_owned(), json!(verified.mapping.to_toml()));
    }
    Ok((kept.finish(py)?, python(py, &summary)?))
}
