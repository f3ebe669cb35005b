//! Names and units of columns that are called otherwise.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use minzheng_rules::error::Diagnostic;
use serde::Deserialize;

use crate::error::Error;

/// What a mapping says of one column.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedColumn {
    /// The fact it holds.
    #[serde(default)]
    pub fact: Option<String>,
    /// The column of the contract it is, where that is no fact: `household_id`, `on`, `finding:FORMULA`.
    #[serde(default)]
    pub column: Option<String>,
    /// The unit of its amounts: `yuan` or `fen`.
    #[serde(default)]
    pub unit: Option<String>,
    /// The period of its amounts: `month` or `year`.
    #[serde(default)]
    pub per: Option<String>,
    /// Whether it is left out.
    #[serde(default)]
    pub ignore: bool,
}

/// Other names and units of columns, by table and column. It wins over the metadata of a field.
///
/// ```
/// use minzheng_arrow::Mapping;
///
/// let mapping = Mapping::from_toml("mapping.toml", r#"
///     [people]
///     "户号" = { column = "household_id" }
///     "月工资" = { fact = "wage", unit = "yuan", per = "month" }
///     "备注" = { ignore = true }
/// "#)?;
/// assert_eq!(mapping.column("people", "月工资").and_then(|c| c.fact.as_deref()), Some("wage"));
/// assert_eq!(Mapping::from_toml("mapping.toml", "[people").unwrap_err().code(), "E-MAP-TOML");
/// # Ok::<(), minzheng_arrow::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    tables: BTreeMap<String, BTreeMap<String, MappedColumn>>,
}

impl Mapping {
    /// Reads a mapping file; `name` is what messages call it.
    ///
    /// # Errors
    /// `E-MAP-TOML` with line and column.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Error> {
        toml::from_str(text)
            .map(|tables| Self { tables })
            .map_err(|error| {
                let before = error.span().and_then(|s| text.get(..s.start)).unwrap_or("");
                let lines = u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX);
                let last = before.rsplit('\n').next().unwrap_or("").chars().count();
                let column = u32::try_from(last).unwrap_or(0).saturating_add(1);
                Diagnostic::error("E-MAP-TOML", error.message().replace('\n', "; "))
                    .at(name, lines.saturating_add(1), column)
                    .help("write [people] and below it \"月工资\" = { fact = \"wage\", unit = \"yuan\" }")
                    .into()
            })
    }

    /// The mapping as the text of a mapping file.
    ///
    /// ```
    /// use minzheng_arrow::Mapping;
    /// let mapping = Mapping::from_toml("mapping.toml", "[people]\n\"工资\" = { fact = \"wage\", unit = \"yuan\" }")?;
    /// assert_eq!(Mapping::from_toml("again.toml", &mapping.to_toml())?, mapping);
    /// # Ok::<(), minzheng_arrow::Error>(())
    /// ```
    pub fn to_toml(&self) -> String {
        // a string of JSON is one of TOML
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mut out = String::new();
        for (table, columns) in &self.tables {
            // writing to a string cannot fail
            let _ = writeln!(out, "[{}]", quoted(table));
            for (name, column) in columns {
                let given = [
                    ("fact", &column.fact),
                    ("column", &column.column),
                    ("unit", &column.unit),
                    ("per", &column.per),
                ];
                let mut words: Vec<String> = given
                    .into_iter()
                    .filter_map(|(key, value)| {
                        Some(format!("{key} = {}", quoted(value.as_deref()?)))
                    })
                    .collect();
                if column.ignore {
                    words.push("ignore = true".to_owned());
                }
                let _ = writeln!(out, "{} = {{ {} }}", quoted(name), words.join(", "));
            }
        }
        out
    }

    /// Forgets what is said of a column.
    pub(crate) fn leave_out(&mut self, table: &str, column: &str) {
        if let Some(columns) = self.tables.get_mut(table) {
            columns.remove(column);
        }
    }

    /// Forgets what is said of a table.
    pub(crate) fn leave_out_table(&mut self, table: &str) {
        self.tables.remove(table);
    }

    /// What is said of a column.
    pub fn column(&self, table: &str, column: &str) -> Option<&MappedColumn> {
        self.tables.get(table)?.get(column)
    }

    /// The columns of a table that something is said of.
    pub fn columns(&self, table: &str) -> impl Iterator<Item = &str> {
        self.tables
            .get(table)
            .into_iter()
            .flat_map(|columns| columns.keys().map(String::as_str))
    }

    /// The tables that something is said of.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }
}
