//! The quality rules of the catalogue, counted over tables.

use minzheng::catalog::Delivery;
use minzheng::catalog::quality::Quality;
use minzheng::{Engine, Error};
use minzheng_arrow::quality::{QualityOptions, QualityStep, quality as count};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Deserialize;

use super::input::tables;
use super::progress::reported;
use super::{day, options};
use crate::report::{Kind, Report};

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    as_of: String,
    deliveries: Option<Vec<Came>>,
    sample: usize,
    threads: usize,
}

/// A delivery.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Came {
    resource: String,
    as_of: String,
    received: String,
}

pub(crate) fn quality(
    py: Python<'_>,
    engine: &Engine,
    items: &Bound<'_, PyDict>,
    asked: &Bound<'_, PyDict>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Report> {
    let asked: Asked = options(asked)?;
    let items = tables(items)?;
    let report = reported(py, progress, |stop, reporter| {
        let (set, catalog) = (engine.packs(), engine.catalog()?);
        if let Some(id) = items.keys().find(|id| catalog.resource(id).is_none()) {
            return Err(catalog.no_resource(id));
        }
        let one = |came: &Came| {
            Ok(Delivery {
                resource: came.resource.clone(),
                as_of: day(&came.as_of, "deliveries")?.to_date(),
                received: day(&came.received, "deliveries")?.to_date(),
            })
        };
        let came = asked.deliveries.as_ref();
        let came = came.map(|all| all.iter().map(one).collect::<Result<Vec<_>, Error>>());
        let came = came.transpose()?;
        let mut options = QualityOptions::new(day(&asked.as_of, "as_of")?);
        options.sample = asked.sample;
        options.threads = asked.threads;
        options.cancel = Some(stop);
        let rules = Quality::load(set, catalog)?;
        let mut told = |step| {
            if let QualityStep::Counted { resource, rows } = step {
                reporter.step("counting", &resource, rows, None);
            }
        };
        count(
            set,
            catalog,
            rules.rules(),
            &items,
            came.as_deref(),
            &options,
            &mut told,
        )
    })?;
    Ok(Report(Kind::Quality(report)))
}
