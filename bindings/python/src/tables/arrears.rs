//! What is owed and was overpaid by month, over tables.

use minzheng::eligibility::{ArrearsQuestion, Months};
use minzheng::{Engine, Error};
use minzheng_arrow::{ArrearsOptions, arrears_held};
use minzheng_rules::date::Day;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Deserialize;

use super::progress::reported;
use super::run::{Answer, Deciding, kept};
use super::{Reading, day, input, maybe_day, options};
use crate::convert::python;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    reading: Reading,
    /// `known_on` is the day as of which the law is known after.
    deciding: Deciding,
    programmes: Vec<String>,
    first: String,
    last: String,
    known_before: Option<String>,
    paid_throughout: bool,
}

impl Asked {
    fn question(&self, engine: &Engine) -> Result<ArrearsQuestion, Error> {
        let month = |text: &str, path| Ok(day(text, path)?.to_date());
        let (first, last): (Result<_, Error>, _) =
            (month(&self.first, "first"), month(&self.last, "last"));
        let months = Months::between(first?, last?)?;
        let before = maybe_day(self.known_before.as_deref(), "known_before")?;
        let law = self.deciding.export(engine)?;
        Ok(ArrearsQuestion {
            programmes: self.programmes.clone(),
            known_before: before.map(Day::to_date),
            known_after: law.known_on.map(Day::to_date),
            figures: law.overlays,
            paid_throughout: self.paid_throughout,
            ..ArrearsQuestion::new(months)
        })
    }
}

pub(crate) fn arrears<'py>(
    py: Python<'py>,
    engine: &Engine,
    given: &Bound<'py, PyDict>,
    asked: &Bound<'py, PyDict>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Answer<'py>> {
    let asked: Asked = options(asked)?;
    let given = input::tables(given)?;
    let (tables, summary) = reported(py, progress, |stop, reporter| {
        let options = ArrearsOptions {
            import: asked.reading.import()?,
            threads: asked.deciding.threads,
            cancel: Some(stop),
            ..ArrearsOptions::new(asked.question(engine)?)
        };
        kept(engine, reporter, |keep, told| {
            arrears_held(engine.rules(), &given, keep, &options, told)
        })
    })?;
    Ok((tables.finish(py)?, python(py, &summary.to_json())?))
}
