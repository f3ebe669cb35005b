//! The law ready to decide.

use std::sync::Arc;

use minzheng::packs::{BuiltIn, over};
use minzheng::{Error, Household, api};
use minzheng_rules::error::{Diagnostic, Diagnostics};
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Map, Value};

use crate::assessment::Assessment;
use crate::convert::{python, value};
use crate::packs;
use crate::raise::{refused, work};
use crate::report::{Kind, Report};
use crate::tables;

/// Packs as lists of paths and texts.
type Texts = Vec<Vec<(String, String)>>;

fn sources(above: Texts) -> Vec<PackSource> {
    let pack = |files: Vec<(String, String)>| {
        let files = files.into_iter();
        PackSource::new(
            files
                .map(|(path, text)| SourceFile::new(path, text))
                .collect(),
        )
    };
    above.into_iter().map(pack).collect()
}

/// The built-in packs and these above them, lowest layer first; or only those that are named.
fn load(above: &[PackSource], only: Option<&[BuiltIn]>) -> Result<PackSet, Diagnostics> {
    match only {
        None => PackSet::load(&over(above, BuiltIn::source)),
        Some(built_in) => minzheng::packs::load(built_in, above),
    }
}

/// What is wrong with packs above the built-in ones, or else what should be looked at in them.
#[pyfunction]
pub(crate) fn lint(py: Python<'_>, above: Texts) -> PyResult<Py<PyAny>> {
    let found = work(py, || {
        let above = sources(above);
        let own = above.iter().filter_map(minzheng::packs::id);
        let own: Vec<String> = own.map(|id| format!("{id}/")).collect();
        let is_own = |d: &&Diagnostic| own.iter().any(|id| d.file().starts_with(id));
        Ok(match load(&above, None) {
            Err(found) => packs::remarks(found.iter()),
            Ok(set) => packs::remarks(set.lint().iter().filter(is_own)),
        })
    })?;
    Ok(python(py, &found)?.unbind())
}

/// A call. The paths of a household or a verification file begin in it, as those that the library says do.
fn request_of(request: &Bound<'_, PyDict>) -> PyResult<Value> {
    let mut fields = Map::new();
    for (key, field) in request.iter() {
        let key: String = key.extract()?;
        let path = match key.as_str() {
            "household" | "verification" => "",
            other => other,
        };
        let field = value(&field, path)?;
        fields.insert(key, field);
    }
    Ok(Value::Object(fields))
}

/// Packs, ready to decide. It never changes, and serves many threads.
#[pyclass(frozen, module = "minzheng._native")]
pub(crate) struct Engine {
    pub(crate) inner: Arc<minzheng::Engine>,
}

#[pymethods]
impl Engine {
    /// The built-in packs and these above them, each a list of paths and texts, lowest layer first.
    #[new]
    #[pyo3(signature = (above, built_in = None))]
    fn new(py: Python<'_>, above: Texts, built_in: Option<Vec<String>>) -> PyResult<Self> {
        let inner = work(py, || {
            let named = |id: &String| {
                BuiltIn::from_id(id).ok_or_else(|| {
                    let help = "the built-in packs are cn, cn-15 and demo";
                    refused(
                        "E-PACK-LAYER",
                        "built_in",
                        "there is no such built-in pack",
                        help,
                    )
                })
            };
            let only = built_in.map(|ids| ids.iter().map(named).collect::<Result<Vec<_>, Error>>());
            let set = load(&sources(above), only.transpose()?.as_deref())?;
            Ok(minzheng::Engine::new(set))
        })?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Answers a call; what would stand under `error` is raised.
    fn call(&self, py: Python<'_>, request: &Bound<'_, PyDict>) -> PyResult<Py<PyAny>> {
        let request = request_of(request)?;
        let answer = work(py, || api::answer(&self.inner, request))?;
        Ok(python(py, &answer)?.unbind())
    }

    /// Answers the text of a call with the text of its answer, whatever it is.
    fn call_json(&self, py: Python<'_>, request: &str) -> PyResult<String> {
        work(py, || Ok(api::call_with(&self.inner, request)))
    }

    /// Decides a household.
    fn assess(&self, py: Python<'_>, household: &Bound<'_, PyAny>) -> PyResult<Assessment> {
        let household = value(household, "")?;
        work(py, || {
            let household = Household::from_value("household", household)?;
            self.inner.assess(&household).map(Assessment::new)
        })
    }

    /// Parameters with their rows, as `packs::Asked` says.
    fn parameters(&self, py: Python<'_>, asked: &Bound<'_, PyDict>) -> PyResult<Py<PyAny>> {
        let asked: packs::Asked = tables::options(asked)?;
        let found = work(py, || asked.answer(self.inner.packs()))?;
        Ok(python(py, &found)?.unbind())
    }

    /// What the packs declare: facts, programmes, code lists, places, instruments.
    fn vocabulary(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let found = work(py, || Ok(packs::vocabulary(self.inner.packs())))?;
        Ok(python(py, &found)?.unbind())
    }

    /// The rules of a day and a place in the words of another engine.
    fn export(&self, py: Python<'_>, asked: &Bound<'_, PyDict>) -> PyResult<String> {
        let asked: packs::Export = tables::options(asked)?;
        work(py, || asked.answer(&self.inner))
    }

    /// The tables and columns that the packs ask for.
    fn contract(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let found = work(py, || {
            Ok(minzheng_arrow::Contract::new(self.inner.packs()).to_json())
        })?;
        Ok(python(py, &found)?.unbind())
    }

    /// Decides tables: the tables of the answer by name, and the summary.
    #[pyo3(signature = (given, options, progress = None))]
    fn run<'py>(
        &self,
        py: Python<'py>,
        given: &Bound<'py, PyDict>,
        options: &Bound<'py, PyDict>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Bound<'py, PyDict>, Bound<'py, PyAny>)> {
        tables::run::run(py, &self.inner, given, options, progress)
    }

    /// Holds the warning models against tables.
    #[pyo3(signature = (given, options, progress = None))]
    fn warn_tables<'py>(
        &self,
        py: Python<'py>,
        given: &Bound<'py, PyDict>,
        options: &Bound<'py, PyDict>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Bound<'py, PyDict>, Bound<'py, PyAny>)> {
        tables::run::warn(py, &self.inner, given, options, progress)
    }

    /// Works out what is owed and was overpaid by month, over tables.
    #[pyo3(signature = (given, options, progress = None))]
    fn arrears_tables<'py>(
        &self,
        py: Python<'py>,
        given: &Bound<'py, PyDict>,
        options: &Bound<'py, PyDict>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Bound<'py, PyDict>, Bound<'py, PyAny>)> {
        tables::arrears::arrears(py, &self.inner, given, options, progress)
    }

    /// Matches the tables of items to people and adopts what they say.
    #[pyo3(signature = (given, items, options, progress = None))]
    fn verify_tables<'py>(
        &self,
        py: Python<'py>,
        given: &Bound<'py, PyDict>,
        items: &Bound<'py, PyDict>,
        options: &Bound<'py, PyDict>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Bound<'py, PyDict>, Bound<'py, PyAny>)> {
        tables::verify::verify(py, &self.inner, (given, items), options, progress)
    }

    /// Counts the quality rules over the tables of resources.
    #[pyo3(signature = (items, options, progress = None))]
    fn quality(
        &self,
        py: Python<'_>,
        items: &Bound<'_, PyDict>,
        options: &Bound<'_, PyDict>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Report> {
        tables::quality::quality(py, &self.inner, items, options, progress)
    }

    /// The page of the report of a verification of one household.
    fn verification(&self, py: Python<'_>, file: &Bound<'_, PyAny>) -> PyResult<Report> {
        let file = value(file, "")?;
        work(py, || {
            let request = minzheng::VerificationRequest::from_value("verification", file)?;
            let verification = self.inner.verify(&request)?;
            Ok(Report(Kind::Verification(Box::new(
                verification.report().clone(),
            ))))
        })
    }
}
