//! What was decided for one household, and why.

use std::sync::OnceLock;

use minzheng::report::explained;
use minzheng::{Figure, Lang};
use minzheng_rules::truth::Truth;
use pyo3::prelude::*;
use serde_json::{Value, json};

use crate::convert::{lang, python};
use crate::raise::{refused, work};

/// An answer that has not been put into words of Python yet.
#[pyclass(frozen, module = "minzheng._native")]
pub(crate) struct Assessment {
    inner: minzheng::Assessment,
    json: OnceLock<Value>,
}

impl Assessment {
    pub(crate) const fn new(inner: minzheng::Assessment) -> Self {
        Self {
            inner,
            json: OnceLock::new(),
        }
    }

    fn json(&self) -> &Value {
        self.json.get_or_init(|| self.inner.to_json())
    }

    fn explained(&self, programme: Option<&str>) -> Result<minzheng::Explanation, minzheng::Error> {
        let Some(id) = programme else {
            return Ok(self.inner.explanation());
        };
        let set = self.inner.rules().packs();
        let index = set.programmes().iter().position(|p| p.id == id);
        let index = index.ok_or_else(|| {
            let known: Vec<&str> = set.programmes().iter().map(|p| p.id.as_str()).collect();
            let help = format!("the programmes are {}", known.join(", "));
            refused(
                "E-PROGRAMME-NAME",
                "programme",
                "there is no such programme",
                &help,
            )
        })?;
        Ok(self.inner.explanation_of(&[index]))
    }
}

#[pymethods]
impl Assessment {
    /// The whole answer, schema `minzheng/assessment/1`.
    fn to_dict(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        work(py, || {
            self.json();
            Ok(())
        })?;
        Ok(python(py, self.json())?.unbind())
    }

    /// The same as text.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        work(py, || Ok(self.json().to_string()))
    }

    /// By outcome, in the order of the answer: its conditions and its figures.
    fn details(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let list = work(py, || {
            let one = |p: minzheng::ProgrammeOutcome<'_>| {
                let conditions = p.conditions();
                let conditions = conditions
                    .iter()
                    .map(|c| json!({ "id": c.id, "title": c.title, "truth": c.truth.word() }));
                let figures = p.figures();
                json!({
                    "qualifies": p.qualifies().word(),
                    "amount": p.amount_figure().as_ref().map(figure),
                    "conditions": conditions.collect::<Vec<_>>(),
                    "figures": figures.iter().map(figure).collect::<Vec<_>>(),
                })
            };
            Ok(self.inner.programmes().map(one).collect::<Value>())
        })?;
        Ok(python(py, &list)?.unbind())
    }

    /// Any value by its id.
    #[pyo3(signature = (id, person = None))]
    fn value(&self, py: Python<'_>, id: &str, person: Option<&str>) -> PyResult<Py<PyAny>> {
        let found = work(py, || Ok(self.inner.value(id, person)))?;
        match found {
            None => Ok(py.None()),
            Some(found) => Ok(python(py, &figure(&found))?.unbind()),
        }
    }

    /// What is missing for one outcome.
    #[pyo3(signature = (programme, person = None))]
    fn missing(
        &self,
        py: Python<'_>,
        programme: &str,
        person: Option<&str>,
    ) -> PyResult<Py<PyAny>> {
        let found = work(py, || {
            let outcome = self.inner.programme(programme, person);
            Ok(outcome.map_or(Value::Array(Vec::new()), |p| json!(p.missing())))
        })?;
        Ok(python(py, &found)?.unbind())
    }

    /// Why, for all programmes or one.
    #[pyo3(signature = (programme = None))]
    fn explanation(&self, py: Python<'_>, programme: Option<&str>) -> PyResult<Explanation> {
        work(py, || self.explained(programme)).map(|inner| Explanation { inner })
    }
}

/// A value with its type.
fn figure(figure: &Figure) -> Value {
    let fen = |m: Option<minzheng::Money>| m.map(minzheng::Money::fen);
    json!({
        "id": figure.id(),
        "title": figure.title(),
        "word": figure.word(),
        "shown": { "zh": figure.shown(Lang::Zh), "en": figure.shown(Lang::En) },
        "known": figure.is_known(),
        "fen": fen(figure.money()),
        "lowest_fen": fen(figure.lowest()),
        "highest_fen": fen(figure.highest()),
        "date": figure.date().map(|d| d.to_string()),
        "count": figure.count(),
        "truth": figure.truth().map(Truth::word),
    })
}

/// Reasons, with every figure and article.
#[pyclass(frozen, module = "minzheng._native")]
pub(crate) struct Explanation {
    inner: minzheng::Explanation,
}

#[pymethods]
impl Explanation {
    /// The tree, schema `minzheng/explanation/2`.
    fn to_dict(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let json = work(py, || Ok(self.inner.to_json()))?;
        Ok(python(py, &json)?.unbind())
    }

    /// In words: `text`, `markdown`, `html` (a part of a page) or `page`.
    fn render(&self, py: Python<'_>, form: &str, language: &str) -> PyResult<String> {
        let lang = lang(py, language)?;
        work(py, || match form {
            "text" => Ok(self.inner.render_text(lang)),
            "markdown" => Ok(self.inner.render_markdown(lang)),
            "html" => Ok(self.inner.render_html(lang)),
            "page" => Ok(explained(&self.inner.render_html(lang), lang)),
            _ => {
                let help = "write text, markdown, html or page";
                Err(refused("E-API-SHAPE", "form", "not a form", help))
            }
        })
    }
}
