//! Errors of the library as exceptions of Python, and the border that no panic crosses.

use std::panic::{AssertUnwindSafe, catch_unwind};

use minzheng::{Error, Lang};
use minzheng_rules::error::Diagnostic;
use pyo3::prelude::*;
use pyo3::types::PyList;

/// A finding of the binding itself.
pub(crate) fn refused(
    code: &'static str,
    path: &str,
    message: impl Into<String>,
    help: &str,
) -> Error {
    Diagnostic::error(code, message)
        .path(path.to_owned())
        .help(help)
        .into()
}

/// The exception of an error: which class it is of is decided in `minzheng.errors`.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let made = || -> PyResult<PyErr> {
        let list = PyList::empty(py);
        for finding in error.findings() {
            list.append((
                finding.code(),
                (finding.message(Lang::Zh), finding.message(Lang::En)),
                (finding.help(Lang::Zh), finding.help(Lang::En)),
                finding.path(),
                finding.file(),
                finding.line(),
            ))?;
        }
        let class = py.import("minzheng.errors")?.getattr("of_findings")?;
        Ok(PyErr::from_value(class.call1((list,))?))
    };
    made().unwrap_or_else(|raised| raised)
}

/// Works without the lock of the interpreter, so that other threads of Python go on. A panic becomes an exception.
pub(crate) fn work<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    // what was shared with a call that panicked is dropped with it, or is never changed
    let done = py.detach(|| catch_unwind(AssertUnwindSafe(work)));
    let result = done.unwrap_or_else(|_| {
        let message = "a fault of the library was caught";
        let help = "report it, with what was called";
        Err(refused("E-HOST-FAULT", "", message, help))
    });
    result.map_err(|error| exception(py, &error))
}

/// Panics, for the test that says what becomes of it.
#[pyfunction]
pub(crate) fn fault(py: Python<'_>) -> PyResult<()> {
    #[expect(
        clippy::panic,
        reason = "the test of the border needs something to catch"
    )]
    work(py, || panic!("asked for"))
}
