//! Deciding tables, and holding warning models against them.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use minzheng::warning::Sources;
use minzheng::{Engine, Error};
use minzheng_arrow::{
    ExportOptions, Keep, Progress, RunOptions, Summary, WarnOptions, run_held, warn_held,
};
use minzheng_rules::facts::{FactStatus, Overlay};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Deserialize;
use serde_json::json;

use super::input::tables;
use super::output::Kept;
use super::progress::{Reporter, reported};
use super::{Reading, maybe_day, options};
use crate::convert::python;

/// The law, and how the work goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deciding {
    known_on: Option<String>,
    figures: Vec<String>,
    pub(super) threads: usize,
}

impl Deciding {
    pub(super) fn export(&self, engine: &Engine) -> Result<ExportOptions, Error> {
        let figures = self.figures.iter();
        let figures = figures.map(|text| Ok(engine.packs().overlay_from_text(text)?));
        Ok(ExportOptions {
            known_on: maybe_day(self.known_on.as_deref(), "known_on")?,
            overlays: figures.collect::<Result<Vec<Overlay>, Error>>()?,
            ..ExportOptions::default()
        })
    }
}

/// What is asked of a run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunAsked {
    reading: Reading,
    deciding: Deciding,
    programmes: Vec<String>,
    conditions: bool,
    reasons: bool,
    missing: usize,
    formulas: Vec<String>,
}

/// What is asked of the warning models.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WarnAsked {
    reading: Reading,
    deciding: Deciding,
    only: Vec<String>,
    without: Vec<String>,
    groups: Vec<String>,
    formulas: Vec<String>,
    words: bool,
    as_of: Option<String>,
}

/// What a run gives: tables by name, and the summary.
pub(super) type Answer<'py> = (Bound<'py, PyDict>, Bound<'py, PyAny>);

/// Tells a step of a run.
fn told(reporter: &mut Reporter<'_>, names: &[String], step: Progress) {
    match step {
        Progress::Sorting { entity } => {
            let name = names.get(entity).map_or("", String::as_str);
            reporter.step("sorting", name, 0, None);
        }
        Progress::Decided { households, of } => {
            reporter.step("deciding", "households", households, Some(of));
        }
        _ => {}
    }
}

/// The names of the tables by entity.
fn names(engine: &Engine) -> Vec<String> {
    let contract = minzheng_arrow::Contract::new(engine.packs());
    let tables = contract.tables().iter();
    tables.map(|t| t.name.clone()).collect()
}

/// Does work over tables: what it gives is kept, and its steps are told.
pub(super) fn kept<T>(
    engine: &Engine,
    reporter: &mut Reporter<'_>,
    work: impl FnOnce(&mut Keep<'_>, &mut dyn FnMut(Progress)) -> Result<T, Error>,
) -> Result<(Kept, T), Error> {
    let (mut kept, names) = (Kept::default(), names(engine));
    let mut keep = |name: &str, batch| kept.take(name, batch);
    let mut told = |step| told(reporter, &names, step);
    let done = work(&mut keep, &mut told)?;
    Ok((kept, done))
}

fn answered(py: Python<'_>, (kept, summary): (Kept, Summary)) -> PyResult<Answer<'_>> {
    Ok((kept.finish(py)?, python(py, &json!(summary))?))
}

pub(crate) fn run<'py>(
    py: Python<'py>,
    engine: &Engine,
    given: &Bound<'py, PyDict>,
    asked: &Bound<'py, PyDict>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Answer<'py>> {
    let asked: RunAsked = options(asked)?;
    let given = tables(given)?;
    let done = reported(py, progress, |stop, reporter| {
        let options = RunOptions {
            import: asked.reading.import()?,
            export: ExportOptions {
                programmes: asked.programmes,
                conditions: asked.conditions,
                reasons: asked.reasons,
                missing: asked.missing,
                formulas: asked.formulas,
                ..asked.deciding.export(engine)?
            },
            ..working(&asked.deciding, stop)
        };
        kept(engine, reporter, |keep, told| {
            run_held(engine.rules(), &given, keep, &options, told)
        })
    })?;
    answered(py, done)
}

pub(crate) fn warn<'py>(
    py: Python<'py>,
    engine: &Engine,
    given: &Bound<'py, PyDict>,
    asked: &Bound<'py, PyDict>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Answer<'py>> {
    let asked: WarnAsked = options(asked)?;
    let given = tables(given)?;
    let done = reported(py, progress, |stop, reporter| {
        let as_of =
            maybe_day(asked.as_of.as_deref(), "as_of")?.map(minzheng_rules::date::Day::to_date);
        let import = asked.reading.import()?;
        let sources = if import.status == FactStatus::Verified {
            Sources::of_records(engine.basis()?, as_of)
        } else {
            Sources::declared(as_of)
        };
        let options = RunOptions {
            import,
            export: asked.deciding.export(engine)?,
            ..working(&asked.deciding, stop)
        };
        let chosen = WarnOptions {
            only: asked.only,
            without: asked.without,
            groups: asked.groups,
            figures: asked.formulas,
            words: asked.words,
            sources: Arc::new(sources),
            ..WarnOptions::default()
        };
        let (rules, models) = (engine.rules(), engine.models()?);
        kept(engine, reporter, |keep, told| {
            warn_held(rules, models, &given, keep, &options, &chosen, told)
        })
    })?;
    answered(py, done)
}

fn working<'s>(deciding: &Deciding, stop: &'s AtomicBool) -> RunOptions<'s> {
    RunOptions {
        threads: deciding.threads,
        cancel: Some(stop),
        ..RunOptions::default()
    }
}
