//! What is owed and was overpaid by month, over tables.

use minzheng::eligibility::{ArrearsQuestion, Months};
use minzheng::{Engine, Error};
use minzheng_arrow::{ArrearsOptions, arrears_held};
use minzheng_rules::date::Day;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Deserialize;

use super::input::tables;
use super::output::Kept;
use super::progress::reported;
use super::run::{Answer, Deciding, names, told};
use super::{Reading, day, options};
use crate::convert::python;
use crate::raise::refused;

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
        let date = |text: Option<&str>, path| Ok(day(text, path)?.map(Day::to_date));
        let month = |text: &str, path| {
            let found: Result<_, Error> = date(Some(text), path);
            let help = "write 2026-07-01";
            found?.ok_or_else(|| refused("E-VALUE-DATE", path, "the month is missing", help))
        };
        let months = Months::between(month(&self.first, "first")?, month(&self.last, "last")?)?;
        let law = self.deciding.export(engine)?;
        Ok(ArrearsQuestion {
            programmes: self.programmes.clone(),
            known_before: date(self.known_before.as_deref(), "known_before")?,
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
    let given = tables(given)?;
    let (kept, summary) = reported(py, progress, |stop, reporter| {
        let options = ArrearsOptions {
            import: asked.reading.import()?,
            threads: asked.deciding.threads(),
            cancel: Some(stop),
            ..ArrearsOptions::new(asked.question(engine)?)
        };
        let (mut kept, names) = (Kept::default(), names(engine));
        let mut keep = |name: &str, batch| kept.take(name, batch);
        let mut told = |step| told(reporter, &names, step);
        let summary = arrears_held(engine.rules(), &given, &mut keep, &options, &mut told)?;
        Ok((kept, summary))
    })?;
    Ok((kept.finish(py)?, python(py, &summary.to_json())?))
}
