//! Names and units of columns that are called otherwise.

use crate::error::Error;

/// Other names and units of columns, by table and column.
///
/// ```toml
/// [people]
/// "月工资" = { fact = "wage", unit = "yuan", per = "month" }
/// "备注" = { ignore = true }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {}

impl Mapping {
    /// Reads a mapping file; `name` is what messages call it.
    ///
    /// # Errors
    /// `E-MAP-TOML` with line and column.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Error> {
        let _ = (name, text);
        unimplemented!()
    }
}
