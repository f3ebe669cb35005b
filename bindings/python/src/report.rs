//! Reports of the library: each is a value, a text and a page.

use minzheng::catalog::quality;
use minzheng_arrow::Comparison;
use pyo3::prelude::*;

use crate::convert::{lang, python};
use crate::raise::{refused, work};

/// What a report is about.
pub(crate) enum Kind {
    Quality(quality::Report),
    Comparison(Box<Comparison>),
    Verification(Box<minzheng::Report>),
}

/// A report.
#[pyclass(frozen, module = "minzheng._native")]
pub(crate) struct Report(pub(crate) Kind);

#[pymethods]
impl Report {
    /// The whole report.
    fn to_dict(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let json = work(py, || {
            Ok(match &self.0 {
                Kind::Quality(report) => report.to_json(),
                Kind::Comparison(report) => report.to_json(),
                Kind::Verification(report) => report.to_json(),
            })
        })?;
        Ok(python(py, &json)?.unbind())
    }

    /// In words: `text`, `page` or `junit`, where the report has them.
    fn render(&self, py: Python<'_>, form: &str, language: &str) -> PyResult<String> {
        let lang = lang(py, language)?;
        work(py, || match (&self.0, form) {
            (Kind::Quality(report), "text") => Ok(report.render_text(lang)),
            (Kind::Quality(report), "page") => Ok(report.to_html(lang)),
            (Kind::Quality(report), "junit") => Ok(report.to_junit(lang)),
            (Kind::Comparison(report), "page") => Ok(report.to_html(lang)),
            (Kind::Verification(report), "text") => Ok(report.render_text(lang)),
            (Kind::Verification(report), "page") => Ok(report.render_html(lang)),
            _ => {
                let help = "quality has text, page and junit, verification text and page, a comparison a page";
                Err(refused(
                    "E-API-SHAPE",
                    "form",
                    "not a form of this report",
                    help,
                ))
            }
        })
    }
}
