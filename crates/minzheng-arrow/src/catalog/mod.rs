//! The columns that hold the records of a resource of the catalogue, and the list of the catalogue in files.

mod sheet;
#[cfg(feature = "xlsx")]
pub mod xlsx;

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use minzheng::catalog::{FieldType, Resource};

pub use sheet::{Sheet, is_workbook, read_list, write_list};

/// The columns of a resource, in the order of its fields; each may be null.
///
/// | field | column |
/// |---|---|
/// | text, identity number, credit code | text |
/// | code | text, as a dictionary |
/// | date; month | day; the first day of the month |
/// | money of any period | whole fen, 64 bits, with `_fen` behind the name |
/// | count, place | 32 bits |
/// | `number:2`, ratio | decimal with two, with four places |
/// | yes/no | boolean |
///
/// ```
/// use minzheng::catalog::Catalog;
/// use minzheng::packs::{self, BuiltIn};
/// use minzheng_arrow::catalog;
///
/// let packs = packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?;
/// let items = Catalog::load(&packs)?;
/// let tax = items.resource("income_tax").ok_or("no such item")?;
/// assert!(catalog::schema(tax).column_with_name("amount_fen").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn schema(resource: &Resource) -> SchemaRef {
    let columns = resource.fields.iter().map(|field| {
        let ty = match &field.ty {
            FieldType::Code(_) => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            }
            FieldType::Date | FieldType::Month => DataType::Date32,
            FieldType::Money(_) => DataType::Int64,
            FieldType::Count | FieldType::Place => DataType::Int32,
            FieldType::Number { places, .. } => {
                let places = i8::try_from(*places).unwrap_or(0);
                DataType::Decimal128(12, places)
            }
            FieldType::Ratio => DataType::Decimal128(9, 4),
            FieldType::Bool => DataType::Boolean,
            _ => DataType::Utf8,
        };
        Field::new(field.column(), ty, true)
    });
    Arc::new(Schema::new(columns.collect::<Vec<_>>()))
}
