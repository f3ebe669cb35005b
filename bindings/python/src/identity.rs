//! Identity numbers of a column.

use minzheng::identity::ResidentNumber;
use pyo3::prelude::*;

/// Each number in its one form, in full: for the host that matches by it, never for a log. `None` where one is missing or wrong.
#[pyfunction]
pub(crate) fn standard_numbers(py: Python<'_>, texts: Vec<Option<String>>) -> Vec<Option<String>> {
    let standard = |text: Option<String>| Some(ResidentNumber::parse(&text?).ok()?.reveal());
    py.detach(|| texts.into_iter().map(standard).collect())
}
