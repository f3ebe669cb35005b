//! What was decided for one household, and why.

use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use minzheng::report::explained;
use minzheng::{Condition, Error, Figure, Lang, Money, ProgrammeOutcome};
use minzheng_rules::pack::model::Words;
use minzheng_rules::scenario;
use minzheng_rules::truth::Truth;
use pyo3::prelude::*;
use serde_json::{Value, json};

use crate::convert::{lang, python};
use crate::raise::{fault_found, read, refused, work};

/// An answer. Nothing of it is put into values of Python before it is asked for.
#[pyclass(frozen, module = "minzheng._native")]
pub(crate) struct Assessment {
    inner: Arc<minzheng::Assessment>,
    json: OnceLock<Value>,
}

impl Assessment {
    pub(crate) fn new(inner: minzheng::Assessment) -> Self {
        Self {
            inner: Arc::new(inner),
            json: OnceLock::new(),
        }
    }

    fn json(&self) -> &Value {
        self.json.get_or_init(|| self.inner.to_json())
    }

    /// A part of the answer as it stands in its JSON.
    fn part<'py>(
        &self,
        py: Python<'py>,
        part: impl FnOnce(&minzheng::Assessment) -> Value + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        let part = work(py, || Ok(part(&self.inner)))?;
        python(py, &part)
    }

    fn explained(&self, programme: Option<&str>) -> Result<minzheng::Explanation, Error> {
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
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        work(py, || {
            self.json();
            Ok(())
        })?;
        python(py, self.json())
    }

    /// The same as text.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        work(py, || Ok(self.json().to_string()))
    }

    /// The day decided.
    #[getter]
    fn on(&self) -> NaiveDate {
        self.inner.on()
    }

    /// The day as of which the law was read.
    #[getter]
    fn known_on(&self) -> Option<NaiveDate> {
        self.inner.known_on()
    }

    /// The outcomes in the order of the answer.
    fn outcomes(&self, py: Python<'_>) -> PyResult<Vec<Outcome>> {
        let outcomes = read(py, || Ok(self.inner.rules().outcomes()))?;
        let outcomes = outcomes.into_iter().filter(|o| o.in_force);
        Ok(outcomes
            .map(|outcome| Outcome {
                answer: Arc::clone(&self.inner),
                outcome,
            })
            .collect())
    }

    /// What is missing, for all outcomes.
    fn missing<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, |answer| json!(answer.missing()))
    }

    /// What is missing for one outcome.
    #[pyo3(signature = (programme, person = None))]
    fn missing_for<'py>(
        &self,
        py: Python<'py>,
        programme: &str,
        person: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, |answer| {
            let outcome = answer.programme(programme, person);
            outcome.map_or(Value::Array(Vec::new()), |p| json!(p.missing()))
        })
    }

    /// The declared facts that the answer rests on.
    fn provisional<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, |answer| json!(answer.provisional()))
    }

    /// The unconfirmed rules and figures that the answer rests on.
    fn unconfirmed(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        work(py, || Ok(self.inner.unconfirmed()))
    }

    /// Enough to run the decision again.
    fn receipt<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, |answer| json!(answer.receipt()))
    }

    /// Any value by its id.
    #[pyo3(signature = (id, person = None))]
    fn value(&self, py: Python<'_>, id: &str, person: Option<&str>) -> PyResult<Option<Told>> {
        work(py, || Ok(self.inner.value(id, person).as_ref().map(told)))
    }

    /// Why, for all programmes or one.
    #[pyo3(signature = (programme = None))]
    fn explanation(&self, py: Python<'_>, programme: Option<&str>) -> PyResult<Explanation> {
        work(py, || self.explained(programme)).map(|inner| Explanation { inner })
    }
}

/// The outcome of one programme for the household or one person, read from the answer it stands in.
#[pyclass(frozen, module = "minzheng._native")]
pub(crate) struct Outcome {
    answer: Arc<minzheng::Assessment>,
    outcome: scenario::ProgrammeOutcome,
}

impl Outcome {
    fn read<'s, T>(
        &'s self,
        py: Python<'_>,
        part: impl FnOnce(&ProgrammeOutcome<'s>) -> T,
    ) -> PyResult<T> {
        read(py, || {
            // it came from this answer
            let outcome = self.answer.outcome(self.outcome.clone());
            outcome.as_ref().map(part).ok_or_else(fault_found)
        })
    }
}

#[pymethods]
impl Outcome {
    #[getter]
    fn id(&self, py: Python<'_>) -> PyResult<String> {
        self.read(py, |o| o.id().to_owned())
    }

    #[getter]
    fn person(&self, py: Python<'_>) -> PyResult<Option<String>> {
        self.read(py, |o| o.person().map(str::to_owned))
    }

    #[getter]
    fn title(&self, py: Python<'_>) -> PyResult<Both> {
        self.read(py, |o| both(o.title()))
    }

    #[getter]
    fn verdict(&self, py: Python<'_>) -> PyResult<&'static str> {
        self.read(py, |o| o.verdict().word())
    }

    #[getter]
    fn qualifies(&self, py: Python<'_>) -> PyResult<&'static str> {
        self.read(py, |o| o.qualifies().word())
    }

    /// In whole fen.
    #[getter]
    fn amount(&self, py: Python<'_>) -> PyResult<Option<i64>> {
        self.read(py, |o| o.amount().map(Money::fen))
    }

    #[getter]
    fn amount_value(&self, py: Python<'_>) -> PyResult<Option<Told>> {
        self.read(py, |o| o.amount_figure().as_ref().map(told))
    }

    #[getter]
    fn first_month(&self, py: Python<'_>) -> PyResult<Option<NaiveDate>> {
        self.read(py, ProgrammeOutcome::first_month)
    }

    #[getter]
    fn review_date(&self, py: Python<'_>) -> PyResult<Option<NaiveDate>> {
        self.read(py, ProgrammeOutcome::review_date)
    }

    #[getter]
    fn valid_until(&self, py: Python<'_>) -> PyResult<Option<NaiveDate>> {
        self.read(py, ProgrammeOutcome::valid_until)
    }

    /// Of every condition its id, its words, and whether it holds.
    #[getter]
    fn conditions(&self, py: Python<'_>) -> PyResult<Vec<(String, Both, &'static str)>> {
        let one = |c: Condition| (c.id, (c.title.zh, c.title.en), c.truth.word());
        self.read(py, |o| o.conditions().into_iter().map(one).collect())
    }

    #[getter]
    fn figures(&self, py: Python<'_>) -> PyResult<Vec<Told>> {
        self.read(py, |o| o.figures().iter().map(told).collect())
    }
}

type Both = (String, String);

fn both(words: &Words) -> Both {
    (words.zh.clone(), words.en.clone())
}

/// A value with its type, in the order of the class `Value`; amounts in whole fen.
type Told = (
    String,
    Both,
    String,
    Both,
    bool,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<NaiveDate>,
    Option<i64>,
    Option<&'static str>,
);

fn told(figure: &Figure) -> Told {
    let fen = |m: Option<Money>| m.map(Money::fen);
    let shown = |lang| figure.shown(lang).to_owned();
    (
        figure.id().to_owned(),
        both(figure.title()),
        figure.word().to_owned(),
        (shown(Lang::Zh), shown(Lang::En)),
        figure.is_known(),
        fen(figure.money()),
        fen(figure.lowest()),
        fen(figure.highest()),
        figure.date(),
        figure.count(),
        figure.truth().map(Truth::word),
    )
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
