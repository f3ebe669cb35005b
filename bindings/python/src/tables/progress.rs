//! How far a long call is: told to Python now and then, which is also when Ctrl-C gets through.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use minzheng::Error;
use pyo3::prelude::*;

use crate::raise::{exception, work};

/// Least time between two words.
const EVERY: Duration = Duration::from_millis(100);

/// What tells Python, on the thread that was called.
pub(crate) struct Reporter<'s> {
    callback: Option<Py<PyAny>>,
    stop: &'s AtomicBool,
    last: Option<Instant>,
    raised: Option<PyErr>,
}

impl Reporter<'_> {
    /// Tells a step; `important` ones always, others at most every tenth of a second.
    pub(crate) fn step(&mut self, phase: &str, what: &str, done: u64, of: Option<u64>) {
        let is_due = self.last.is_none_or(|last| last.elapsed() >= EVERY);
        let is_end = of == Some(done);
        if self.raised.is_some() || !(is_due || is_end) {
            return;
        }
        self.last = Some(Instant::now());
        let goes_on = Python::attach(|py| -> PyResult<bool> {
            py.check_signals()?;
            let Some(callback) = &self.callback else {
                return Ok(true);
            };
            let said = callback.bind(py).call1((phase, what, done, of))?;
            // nothing said means go on
            Ok(said.is_none() || said.is_truthy()?)
        });
        match goes_on {
            Ok(true) => {}
            Ok(false) => self.stop.store(true, Ordering::Relaxed),
            Err(raised) => {
                self.raised = Some(raised);
                self.stop.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// Does a long call without the lock of the interpreter. What the callback raised is raised here; so is `KeyboardInterrupt`.
pub(crate) fn reported<T: Send>(
    py: Python<'_>,
    callback: Option<Py<PyAny>>,
    long: impl FnOnce(&AtomicBool, &mut Reporter<'_>) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let stop = AtomicBool::new(false);
    let mut reporter = Reporter {
        callback,
        stop: &stop,
        last: None,
        raised: None,
    };
    let done = work(py, || Ok(long(&stop, &mut reporter)));
    if let Some(raised) = reporter.raised {
        return Err(raised);
    }
    done?.map_err(|error| exception(py, &error))
}
