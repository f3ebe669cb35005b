//! A case as written.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use crate::error::Diagnostic;

/// Most bytes a case may hold.
pub const MAX_DOCUMENT_BYTES: usize = 4 << 20;

/// A case as a file gives it, before it meets a vocabulary: the fields of an object of JSON, in their order, owned or lent.
///
/// ```
/// use minzheng_rules::facts::Document;
/// assert!(Document::from_json("case.json", r#"{"on": "2026-01-01", "case": {"income": "100/month"}}"#).is_ok());
/// assert_eq!(Document::from_json("case.json", "{").unwrap_err().code(), "E-DOC-JSON");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Document<'d> {
    pub(crate) name: Cow<'d, str>,
    pub(crate) fields: Cow<'d, Map<String, Value>>,
}

impl<'d> Document<'d> {
    /// A case from the fields of a JSON object, as they lie there.
    pub const fn from_object(name: &'d str, fields: &'d Map<String, Value>) -> Self {
        Self {
            name: Cow::Borrowed(name),
            fields: Cow::Borrowed(fields),
        }
    }

    /// Its fields.
    ///
    /// ```
    /// use minzheng_rules::facts::Document;
    /// let case = Document::from_toml("case.toml", "on = 2026-01-01")?;
    /// assert_eq!(case.into_fields()["on"], "2026-01-01");
    /// # Ok::<(), minzheng_rules::error::Diagnostic>(())
    /// ```
    pub fn into_fields(self) -> Map<String, Value> {
        self.fields.into_owned()
    }
}

impl Document<'static> {
    /// Reads TOML.
    ///
    /// # Errors
    /// `E-DOC-TOML` with line and column, `E-DOC-SIZE` above [`MAX_DOCUMENT_BYTES`].
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Diagnostic> {
        size(name, text)?;
        let table: toml::Table = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|s| text.get(..s.start)).unwrap_or("");
            let line = u32::try_from(before.matches('\n').count())
                .unwrap_or(u32::MAX)
                .saturating_add(1);
            let column = u32::try_from(before.rsplit('\n').next().unwrap_or("").chars().count())
                .unwrap_or(0);
            let message = error.message().replace('\n', "; ");
            Diagnostic::error("E-DOC-TOML", message).at(name, line, column.saturating_add(1))
        })?;
        Ok(Self::of(name, fields(table)))
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// `E-DOC-JSON` with line and column, `E-DOC-SIZE` above [`MAX_DOCUMENT_BYTES`], `E-DOC-SHAPE` where it is no object.
    pub fn from_json(name: &str, text: &str) -> Result<Self, Diagnostic> {
        size(name, text)?;
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (
                u32::try_from(error.line()).unwrap_or(0),
                u32::try_from(error.column()).unwrap_or(0),
            );
            let what = match error.classify() {
                serde_json::error::Category::Eof => "the JSON ends too early",
                _ => "the JSON is not well-formed",
            };
            Diagnostic::error("E-DOC-JSON", what).at(name, line, column)
        })?;
        Self::from_value(name, value)
    }

    /// A case from a TOML table.
    pub fn from_table(name: &str, table: &toml::Table) -> Self {
        Self::of(name, fields(table.clone()))
    }

    /// A case from a JSON value.
    ///
    /// # Errors
    /// `E-DOC-SHAPE` where it is no object.
    pub fn from_value(name: &str, value: Value) -> Result<Self, Diagnostic> {
        match value {
            Value::Object(fields) => Ok(Self::of(name, fields)),
            _ => Err(Diagnostic::error("E-DOC-SHAPE", "the case is not a table").at(name, 0, 0)),
        }
    }

    fn of(name: &str, fields: Map<String, Value>) -> Self {
        Self {
            name: Cow::Owned(name.to_owned()),
            fields: Cow::Owned(fields),
        }
    }
}

fn size(name: &str, text: &str) -> Result<(), Diagnostic> {
    if text.len() <= MAX_DOCUMENT_BYTES {
        return Ok(());
    }
    let message = format!(
        "the case holds {} bytes, more than {MAX_DOCUMENT_BYTES}",
        text.len()
    );
    Err(Diagnostic::error("E-DOC-SIZE", message).at(name, 0, 0))
}

fn fields(table: toml::Table) -> Map<String, Value> {
    table.into_iter().map(|(k, v)| (k, json(v))).collect()
}

/// A value of TOML as one of JSON: dates become text, everything else stays what it is.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(n) => Value::from(n),
        // null would be nothing said: what is no number stays a word, and is refused where a number is wanted
        toml::Value::Float(n) => {
            Number::from_f64(n).map_or_else(|| Value::String(n.to_string()), Value::Number)
        }
        toml::Value::Boolean(b) => Value::Bool(b),
        toml::Value::Datetime(day) => Value::String(day.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(json).collect()),
        toml::Value::Table(table) => Value::Object(fields(table)),
    }
}
