//! Two pack sets, or a what-if, over the same tables.

use minzheng::Error;
use minzheng_arrow::compare::{CompareOptions, Side, compare_held};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Deserialize;

use super::input::tables;
use super::progress::reported;
use super::run::kept;
use super::{Reading, maybe_day, options};
use crate::engine::Engine;
use crate::report::{Kind, Report};

/// One side.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    on: Option<String>,
    known_on: Option<String>,
    figures: Vec<String>,
}

impl Asked {
    fn side<'e>(&self, engine: &'e minzheng::Engine) -> Result<Side<'e>, Error> {
        let side = Side::new(engine.rules())
            .on(maybe_day(self.on.as_deref(), "on")?)
            .known_on(maybe_day(self.known_on.as_deref(), "known_on")?);
        self.figures
            .iter()
            .try_fold(side, |side, text| side.figure(text))
    }
}

/// What is asked of both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    reading: Reading,
    before: Asked,
    after: Asked,
    programmes: Vec<String>,
    threads: usize,
}

/// Decides the same tables on both sides: the rows that change by table, and the comparison.
#[pyfunction]
#[pyo3(signature = (before, after, given, asked, progress = None))]
pub(crate) fn compare<'py>(
    py: Python<'py>,
    before: &Bound<'py, Engine>,
    after: &Bound<'py, Engine>,
    given: &Bound<'py, PyDict>,
    asked: &Bound<'py, PyDict>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(Bound<'py, PyDict>, Report)> {
    let asked: Both = options(asked)?;
    let given = tables(given)?;
    let (was, is) = (&before.get().inner, &after.get().inner);
    let (movers, comparison) = reported(py, progress, |stop, reporter| {
        let options = CompareOptions {
            import: asked.reading.import()?,
            programmes: asked.programmes,
            threads: asked.threads,
            cancel: Some(stop),
            ..CompareOptions::default()
        };
        let sides = (asked.before.side(was)?, asked.after.side(is)?);
        kept(is, reporter, |keep, told| {
            compare_held(&sides.0, &sides.1, &given, keep, &options, told)
        })
    })?;
    Ok((
        movers.finish(py)?,
        Report(Kind::Comparison(Box::new(comparison))),
    ))
}
