//! A synthetic province, for examples and tests.

use minzheng_arrow::synth::{Province, SynthOptions, SynthPart};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use serde::Deserialize;

use crate::engine::Engine;
use crate::raise::work;
use crate::tables::output::Kept;
use crate::tables::{day, options};

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    people: u64,
    seed: u64,
    on: String,
    places: Vec<(i64, i64)>,
    others: Option<u32>,
}

impl Asked {
    fn province(&self, engine: &minzheng::Engine) -> Result<Province, minzheng::Error> {
        let on = day(&self.on, "on")?;
        let mut options = SynthOptions::new(engine.packs(), self.people, self.seed, on);
        if !self.places.is_empty() {
            options.places.clone_from(&self.places);
        }
        options.records = self.others;
        Province::new(options)
    }
}

/// The tables of a part, and those of its items.
fn keep(part: SynthPart, names: &[&str], tables: &mut Kept, items: &mut Kept) {
    let SynthPart {
        households,
        people,
        obligors,
        parents,
        items: records,
        answers,
    } = part;
    tables.take("households", households);
    tables.take("people", people);
    tables.take("obligors", obligors);
    tables.take("parents", parents);
    if let Some(answers) = answers {
        tables.take("answers", answers);
    }
    for (name, rows) in names.iter().zip(records) {
        items.take(name, rows);
    }
}

/// A province that never was: its tables, and those of the items, by name. It is held in memory.
#[pyfunction]
pub(crate) fn synth<'py>(
    py: Python<'py>,
    engine: &Bound<'py, Engine>,
    asked: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyTuple>> {
    let asked: Asked = options(asked)?;
    let engine = &engine.get().inner;
    let (tables, items) = work(py, || {
        let (mut tables, mut items) = (Kept::default(), Kept::default());
        let named: Vec<_> = asked.others.map(|_| Province::items()).unwrap_or_default();
        let names: Vec<&str> = named.iter().map(|item| item.name).collect();
        for part in asked.province(engine)? {
            keep(part?, &names, &mut tables, &mut items);
        }
        Ok((tables, items))
    })?;
    PyTuple::new(py, [tables.finish(py)?, items.finish(py)?])
}
