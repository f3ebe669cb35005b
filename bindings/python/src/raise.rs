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
    raised(py, done)
}

/// Reads something that is at hand: it takes less time than to give the lock away and wait for it. A panic becomes an exception.
pub(crate) fn read<T>(py: Python<'_>, read: impl FnOnce() -> Result<T, Error>) -> PyResult<T> {
    raised(py, catch_unwind(AssertUnwindSafe(read)))
}

fn raised<T>(py: Python<'_>, done: std::thread::Result<Result<T, Error>>) -> PyResult<T> {
    let result = done.unwrap_or_else(|_| Err(fault_found()));
    result.map_err(|error| exception(py, &error))
}

/// A fault of the library itself.
pub(crate) fn fault_found() -> Error {
    let message = "a fault of the library was caught";
    let help = "report it, with what was called";
    refused("E-HOST-FAULT", "", message, help)
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
