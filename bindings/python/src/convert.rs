//! Values of Python as JSON values, and back.
//!
//! Only what is exact comes in: a float is refused, a `Decimal` is taken digit by digit, a moment is no day.

use minzheng::{Error, Household, VerificationRequest};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyDate, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyNone, PyString, PyTuple, PyType,
};
use serde_json::{Map, Number, Value};

use crate::raise::{exception, refused, work};

/// How deep values may lie within each other: as deep as text of JSON may be read.
const DEPTH: usize = 100;

/// The largest and smallest power of ten of a decimal that is looked at: no figure of the law comes near.
const POWERS: core::ops::RangeInclusive<i64> = -64..=64;

/// Why a value cannot come in; the path is gathered on the way out, innermost first.
struct Bad {
    code: &'static str,
    message: String,
    help: &'static str,
    path: Vec<String>,
}

impl Bad {
    fn new(code: &'static str, message: impl Into<String>, help: &'static str) -> Self {
        Self {
            code,
            message: message.into(),
            help,
            path: Vec::new(),
        }
    }

    fn under(mut self, step: String) -> Self {
        self.path.push(step);
        self
    }
}

/// A value of Python as JSON; what is wrong with it is said with its path.
pub(crate) fn value(any: &Bound<'_, PyAny>, path: &str) -> PyResult<Value> {
    read(any, 0).map_err(|bad| {
        let mut whole = path.to_owned();
        for step in bad.path.iter().rev() {
            if !whole.is_empty() && !step.starts_with('[') {
                whole.push('.');
            }
            whole.push_str(step);
        }
        let error = refused(bad.code, &whole, bad.message, bad.help);
        exception(any.py(), &error)
    })
}

fn read(any: &Bound<'_, PyAny>, depth: usize) -> Result<Value, Bad> {
    if depth > DEPTH {
        let help = "what holds itself cannot be sent";
        return Err(Bad::new("E-HOST-TYPE", "values lie too deep", help));
    }
    let deeper = depth.saturating_add(1);
    if let Ok(text) = any.cast::<PyString>() {
        return string(text).map(Value::String);
    }
    if let Ok(table) = any.cast::<PyDict>() {
        let mut out = Map::with_capacity(table.len());
        for (key, item) in table.iter() {
            let Ok(key) = key.cast::<PyString>() else {
                let help = "keys are the names of facts and fields";
                return Err(Bad::new("E-HOST-TYPE", "a key is no string", help));
            };
            let key = string(key)?;
            let item = read(&item, deeper).map_err(|bad| bad.under(key.clone()))?;
            out.insert(key, item);
        }
        return Ok(Value::Object(out));
    }
    let items: Option<Vec<Bound<'_, PyAny>>> = if let Ok(list) = any.cast::<PyList>() {
        Some(list.iter().collect())
    } else if let Ok(list) = any.cast::<PyTuple>() {
        Some(list.iter().collect())
    } else {
        None
    };
    if let Some(items) = items {
        let items = items.iter().enumerate();
        let items =
            items.map(|(at, item)| read(item, deeper).map_err(|bad| bad.under(format!("[{at}]"))));
        return items.collect::<Result<Vec<_>, _>>().map(Value::Array);
    }
    if let Ok(truth) = any.cast::<PyBool>() {
        return Ok(Value::Bool(truth.is_true()));
    }
    if any.cast::<PyInt>().is_ok() {
        return whole(any);
    }
    if any.cast::<PyNone>().is_ok() {
        return Ok(Value::Null);
    }
    if any.cast::<PyFloat>().is_ok() {
        let help = "write decimal.Decimal(\"12.50\") or the text \"12.50\"; money is never a float";
        return Err(Bad::new("E-VALUE-FLOAT", "a float is not exact here", help));
    }
    if any.cast::<PyDateTime>().is_ok() {
        let help =
            "a day is wanted, in the calendar of the place: give datetime.date, as moment.date()";
        return Err(Bad::new("E-HOST-TYPE", "a moment is no day", help));
    }
    if any.cast::<PyDate>().is_ok() {
        return said(any.call_method0(intern!(any.py(), "isoformat")));
    }
    if is_decimal(any) {
        return decimal(any);
    }
    other(any)
}

/// The rest: numbers and truths of other libraries that say of themselves what they are.
fn other(any: &Bound<'_, PyAny>) -> Result<Value, Bad> {
    let class = any.get_type();
    let name = class
        .name()
        .map_or_else(|_| String::new(), |n| n.to_string());
    let module = class
        .module()
        .map_or_else(|_| String::new(), |m| m.to_string());
    if module == "numpy" && (name == "bool" || name == "bool_") {
        return any.is_truthy().map(Value::Bool).map_err(|_| unfit(&name));
    }
    if module == "numpy" && any.hasattr("__index__").unwrap_or(false) {
        return whole(any);
    }
    Err(unfit(&name))
}

fn unfit(name: &str) -> Bad {
    let help = "give str, bool, int, decimal.Decimal, datetime.date, a list or a dict";
    let message = format!("a value of the type `{name}` cannot be taken");
    Bad::new("E-HOST-TYPE", message, help)
}

fn string(text: &Bound<'_, PyString>) -> Result<String, Bad> {
    text.to_str().map(str::to_owned).map_err(|_| {
        let help = "half of a pair of code units is no character";
        Bad::new("E-HOST-TYPE", "the text is not UTF-8", help)
    })
}

fn whole(any: &Bound<'_, PyAny>) -> Result<Value, Bad> {
    any.extract::<i64>()
        .map(|n| Value::Number(Number::from(n)))
        .map_err(|_| {
            let help = "whole numbers have at most 64 bits";
            Bad::new("E-VALUE-NUMBER", "the number is too large", help)
        })
}

fn said(text: PyResult<Bound<'_, PyAny>>) -> Result<Value, Bad> {
    let text = text.and_then(|text| text.extract::<String>());
    text.map(Value::String).map_err(|_| unfit("date"))
}

fn is_decimal(any: &Bound<'_, PyAny>) -> bool {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let class = DECIMAL.import(any.py(), "decimal", "Decimal");
    class
        .and_then(|class| any.is_instance(class))
        .unwrap_or(false)
}

/// A decimal digit by digit. It is looked at before it is written out: `Decimal("1e999999999")` would fill the memory.
fn decimal(any: &Bound<'_, PyAny>) -> Result<Value, Bad> {
    let py = any.py();
    let finite = any.call_method0(intern!(py, "is_finite"));
    let finite = finite.and_then(|is| is.is_truthy());
    if !finite.unwrap_or(false) {
        let help = "where it is not known, leave the fact out or give its status";
        return Err(Bad::new("E-VALUE-NUMBER", "the decimal is no number", help));
    }
    let parts = any.call_method0(intern!(py, "as_tuple"));
    let exponent = parts.and_then(|parts| parts.getattr(intern!(py, "exponent"))?.extract::<i64>());
    let first = any
        .call_method0(intern!(py, "adjusted"))
        .and_then(|power| power.extract::<i64>());
    let fits = |power: PyResult<i64>| power.is_ok_and(|power| POWERS.contains(&power));
    if !fits(exponent) || !fits(first) {
        let help = "amounts are yuan with at most two decimals";
        return Err(Bad::new(
            "E-VALUE-NUMBER",
            "the number is too large or too fine",
            help,
        ));
    }
    // never in the form 1E+3
    said(any.call_method1(intern!(py, "__format__"), (intern!(py, "f"),)))
}

/// A JSON value as one of Python.
pub(crate) fn python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(is) => PyBool::new(py, *is).to_owned().into_any(),
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(n), _) => n.into_pyobject(py)?.into_any(),
            (None, Some(n)) => n.into_pyobject(py)?.into_any(),
            // no answer holds a number with a point; one that did would come as its text
            (None, None) => PyString::new(py, &number.to_string()).into_any(),
        },
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(python(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(fields) => {
            let dict = PyDict::new(py);
            for (key, item) in fields {
                dict.set_item(PyString::intern(py, key), python(py, item)?)?;
            }
            dict.into_any()
        }
    })
}

/// The language that a word names.
pub(crate) fn lang(py: Python<'_>, word: &str) -> PyResult<minzheng::Lang> {
    match word {
        "zh" => Ok(minzheng::Lang::Zh),
        "en" => Ok(minzheng::Lang::En),
        _ => {
            let error = refused("E-API-SHAPE", "lang", "not a language", "write zh or en");
            Err(exception(py, &error))
        }
    }
}

fn from_text(
    py: Python<'_>,
    text: &str,
    name: &str,
    read: impl FnOnce(&str, &str, bool) -> Result<Value, Error> + Send,
) -> PyResult<Py<PyAny>> {
    let end = std::path::Path::new(name).extension();
    let is_json = end.is_some_and(|end| end.eq_ignore_ascii_case("json"));
    let value = work(py, move || read(name, text, is_json))?;
    Ok(python(py, &value)?.unbind())
}

/// The text of a household file, as the value it holds: numbers of documents are checked, read and dropped.
#[pyfunction]
pub(crate) fn household_from_text(py: Python<'_>, text: &str, name: &str) -> PyResult<Py<PyAny>> {
    from_text(py, text, name, |name, text, is_json| {
        let read = if is_json {
            Household::named_json
        } else {
            Household::named_toml
        };
        Ok(read(name, text)?.to_json())
    })
}

/// The text of a verification file, as the value it holds.
#[pyfunction]
pub(crate) fn verification_from_text(
    py: Python<'_>,
    text: &str,
    name: &str,
) -> PyResult<Py<PyAny>> {
    from_text(py, text, name, |name, text, is_json| {
        let read = if is_json {
            VerificationRequest::named_json
        } else {
            VerificationRequest::named_toml
        };
        Ok(read(name, text)?.to_json())
    })
}

/// A value as an answer in JSON would have it: what is not exact is refused, days and decimals are text.
#[pyfunction]
pub(crate) fn plain<'py>(any: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    python(any.py(), &value(any, "")?)
}
