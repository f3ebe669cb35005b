//! A case as written.

use super::scalar::Scalar;
use crate::error::Diagnostic;

/// Most bytes a case may hold.
pub const MAX_DOCUMENT_BYTES: usize = 4 << 20;

/// A value of any shape, with its keys in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Leaf(Scalar),
    List(Vec<Tree>),
    Table(Vec<(String, Tree)>),
}

/// A case as a file gives it, before it meets a vocabulary.
///
/// ```
/// use minzheng_rules::facts::Document;
/// assert!(Document::from_json("case.json", r#"{"on": "2026-01-01", "case": {"income": "100/month"}}"#).is_ok());
/// assert_eq!(Document::from_json("case.json", "{").unwrap_err().code(), "E-DOC-JSON");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub(crate) name: String,
    pub(crate) tree: Tree,
}

impl Document {
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
        Ok(Self::from_table(name, &table))
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// `E-DOC-JSON` with line and column, `E-DOC-SIZE` above [`MAX_DOCUMENT_BYTES`].
    pub fn from_json(name: &str, text: &str) -> Result<Self, Diagnostic> {
        size(name, text)?;
        let value: serde_json::Value = serde_json::from_str(text).map_err(|error| {
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
        Ok(Self::from_value(name, &value))
    }

    /// A case from a TOML table.
    pub fn from_table(name: &str, table: &toml::Table) -> Self {
        let tree = Tree::Table(
            table
                .iter()
                .map(|(k, v)| (k.clone(), from_toml(v)))
                .collect(),
        );
        Self {
            name: name.to_owned(),
            tree,
        }
    }

    /// A case from a JSON value.
    pub fn from_value(name: &str, value: &serde_json::Value) -> Self {
        Self {
            name: name.to_owned(),
            tree: from_json(value),
        }
    }

    /// A case from the fields of a JSON object.
    pub fn from_object(name: &str, fields: &serde_json::Map<String, serde_json::Value>) -> Self {
        Self {
            name: name.to_owned(),
            tree: from_fields(fields),
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

fn from_toml(value: &toml::Value) -> Tree {
    match value {
        toml::Value::Array(items) => Tree::List(items.iter().map(from_toml).collect()),
        toml::Value::Table(table) => Tree::Table(
            table
                .iter()
                .map(|(k, v)| (k.clone(), from_toml(v)))
                .collect(),
        ),
        leaf => Tree::Leaf(Scalar::from(leaf)),
    }
}

fn from_json(value: &serde_json::Value) -> Tree {
    match value {
        serde_json::Value::Array(items) => Tree::List(items.iter().map(from_json).collect()),
        serde_json::Value::Object(fields) => from_fields(fields),
        leaf => Tree::Leaf(Scalar::from(leaf)),
    }
}

fn from_fields(fields: &serde_json::Map<String, serde_json::Value>) -> Tree {
    let fields = fields.iter();
    Tree::Table(fields.map(|(k, v)| (k.clone(), from_json(v))).collect())
}
