//! Doing to record batches what the gate decided.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use arrow_select::filter::filter_record_batch;
use minzheng::gate::{Decision, Treatment};
use minzheng_rules::date::Day;

use crate::error::{Error, at, fault};

/// The key of a column's metadata that says what was done to it: `plain`, `mask:plate`, `digest`, `generalise:year`.
pub const TREATMENT: &str = "minzheng:treatment";

/// A batch as the decision gives it: only rows and columns that are given, in the order of the decision, each treated and with
/// what was done to it in its metadata ([`TREATMENT`]). A column that is plain keeps its type; every other is text. A column
/// that the batch has not is left out, one that the decision does not name is not given.
///
/// Text may be `Utf8`, `LargeUtf8`, `Utf8View` or a dictionary of `Utf8`; days `Date32`; places `Int32` or text.
///
/// # Errors
/// `E-GATE-KEY` as [`minzheng::gate::apply`]; `E-GATE-ROW` where the column by which rows are given is not there;
/// `E-TABLE-TYPE` where a column that is to be treated is of a type that is none of these.
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::{RecordBatch, StringArray};
/// use minzheng::gate::Decision;
/// use minzheng_arrow::gate;
///
/// let decision: Decision = serde_json::from_str(r#"{
///     "request": "r1", "consumer": "bureau", "direction": "within", "purpose": "service_counter", "ground": [],
///     "resource": "vehicle_registration", "on": "2026-08-25", "denied": null, "rows": { "scope": "all" },
///     "fields": [{ "field": "plate", "column": "plate", "treatment": "mask", "mask": "plate", "rule": "grade" }],
///     "refused": [], "agreement": null
/// }"#)?;
/// let plates = Arc::new(StringArray::from(vec![Some("蒙A12345"), None])) as _;
/// let owners = Arc::new(StringArray::from(vec!["x", "y"])) as _;
/// let batch = RecordBatch::try_from_iter([("plate", plates), ("owner", owners)])?;
/// let given = gate::apply(&decision, &batch, None)?;
/// assert_eq!(given.num_columns(), 1);
/// assert_eq!(given.schema().field(0).metadata()[gate::TREATMENT], "mask:plate");
/// assert_eq!(given.column(0).as_ref(), &StringArray::from(vec![Some("蒙A***45"), None]) as &dyn arrow_array::Array);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn apply(
    decision: &Decision,
    batch: &RecordBatch,
    key: Option<&[u8]>,
) -> Result<RecordBatch, Error> {
    let key = decision.key(key)?;
    let rows: BooleanArray = match decision.row_column() {
        Some(name) => {
            let column = batch.column_by_name(name).ok_or_else(|| {
                let message = format!("there is no column `{name}` by which rows are given");
                Error::from(at(
                    "E-GATE-ROW",
                    &decision.resource,
                    name,
                    message,
                    "hand it in as well",
                ))
            })?;
            let texts = Texts::of(&decision.resource, name, column)?;
            (0..batch.num_rows())
                .map(|row| Some(decision.gives_row(texts.at(row).as_deref(), key)))
                .collect()
        }
        None => (0..batch.num_rows())
            .map(|_| Some(decision.gives_row(None, key)))
            .collect(),
    };
    let kept = filter_record_batch(batch, &rows).map_err(|_| fault(&decision.resource))?;
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for one in &decision.fields {
        let Some((at, field)) = kept.schema_ref().column_with_name(&one.column) else {
            continue;
        };
        if one.treatment == Treatment::Deny {
            continue;
        }
        let column = kept.column(at);
        let (ty, given): (DataType, ArrayRef) = if one.treatment == Treatment::Plain {
            (field.data_type().clone(), Arc::clone(column))
        } else {
            let texts = Texts::of(&decision.resource, &one.column, column)?;
            let treated: StringArray = (0..column.len())
                .map(|row| texts.at(row).and_then(|t| one.treatment.text(&t, key)))
                .collect();
            (DataType::Utf8, Arc::new(treated))
        };
        let treatment = core::iter::once((TREATMENT.to_owned(), one.treatment.word()));
        fields.push(Field::new(&one.column, ty, true).with_metadata(treatment.collect()));
        columns.push(given);
    }
    let schema = Arc::new(Schema::new(fields));
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(kept.num_rows()));
    RecordBatch::try_new_with_options(schema, columns, &options)
        .map_err(|_| fault(&decision.resource))
}

/// The values of a column as text.
enum Texts<'a> {
    Utf8(&'a StringArray),
    Large(&'a arrow_array::LargeStringArray),
    View(&'a arrow_array::StringViewArray),
    Dictionary(&'a arrow_array::DictionaryArray<Int32Type>, &'a StringArray),
    Day(&'a arrow_array::PrimitiveArray<Date32Type>),
    Place(&'a arrow_array::PrimitiveArray<Int32Type>),
}

impl<'a> Texts<'a> {
    fn of(table: &str, name: &str, column: &'a ArrayRef) -> Result<Self, Error> {
        let known = match column.data_type() {
            DataType::Utf8 => column.as_string_opt().map(Self::Utf8),
            DataType::LargeUtf8 => column.as_string_opt().map(Self::Large),
            DataType::Utf8View => column.as_string_view_opt().map(Self::View),
            DataType::Dictionary(..) => column
                .as_dictionary_opt::<Int32Type>()
                .and_then(|d| Some(Self::Dictionary(d, d.values().as_string_opt()?))),
            DataType::Date32 => column.as_primitive_opt().map(Self::Day),
            DataType::Int32 => column.as_primitive_opt().map(Self::Place),
            _ => None,
        };
        known.ok_or_else(|| {
            let message = "the column is neither text, nor a day, nor a place";
            let help = "hand it in with the type that the schema of the resource has";
            at("E-TABLE-TYPE", table, name, message, help).into()
        })
    }

    fn at(&self, row: usize) -> Option<String> {
        match self {
            Self::Utf8(all) => all.is_valid(row).then(|| all.value(row).to_owned()),
            Self::Large(all) => all.is_valid(row).then(|| all.value(row).to_owned()),
            Self::View(all) => all.is_valid(row).then(|| all.value(row).to_owned()),
            Self::Dictionary(all, words) => {
                let word = all.key(row)?;
                words.is_valid(word).then(|| words.value(word).to_owned())
            }
            Self::Day(all) => {
                let number = all.is_valid(row).then(|| all.value(row))?;
                Day::from_number(i64::from(number)).map(|day| day.to_string())
            }
            Self::Place(all) => all.is_valid(row).then(|| format!("{:06}", all.value(row))),
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::{Date32Array, Int32Array, Int64Array};
    use minzheng::gate::{Admitted, Direction, FieldDecision, Generalisation, Rows, Rule, subject};

    use super::*;

    fn decision(rows: Rows, fields: Vec<(&str, Treatment)>) -> Decision {
        Decision {
            request: "r1".to_owned(),
            consumer: "bureau".to_owned(),
            direction: Direction::Inlet,
            purpose: "economic_check".to_owned(),
            ground: Vec::new(),
            resource: "income_tax".to_owned(),
            on: Day::from_ymd(2026, 8, 25).unwrap().to_date(),
            denied: None,
            rows,
            fields: fields
                .into_iter()
                .map(|(name, treatment)| FieldDecision {
                    field: name.to_owned(),
                    column: name.to_owned(),
                    treatment,
                    rule: Rule::LeastSet,
                })
                .collect(),
            refused: Vec::new(),
            agreement: None,
        }
    }

    fn batch() -> RecordBatch {
        let numbers = StringArray::from(vec![
            Some("11010519491231002X"),
            Some("440524188001010014"),
            Some("none"),
            None,
        ]);
        let days = Date32Array::from(vec![Some(0), Some(20_000), None, Some(1)]);
        let places = Int32Array::from(vec![Some(150_102), Some(150_103), None, Some(159_921)]);
        let fen = Int64Array::from(vec![1, 2, 3, 4]);
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("id_number", Arc::new(numbers)),
            ("day", Arc::new(days)),
            ("place", Arc::new(places)),
            ("amount_fen", Arc::new(fen)),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    #[test]
    fn only_the_rows_of_admitted_persons_are_given() {
        let admitted = Admitted {
            person: "p1".to_owned(),
            subject: subject(b"key", "11010519491231002X").unwrap(),
            authorization: "a1".to_owned(),
        };
        let rows = Rows::Subjects {
            column: "id_number".to_owned(),
            subjects: vec![admitted],
        };
        let decision = decision(rows, vec![("amount_fen", Treatment::Plain)]);
        let given = apply(&decision, &batch(), Some(b"key")).unwrap();
        assert_eq!((given.num_rows(), given.num_columns()), (1, 1));
        assert_eq!(
            given
                .column(0)
                .as_primitive::<arrow_array::types::Int64Type>()
                .value(0),
            1
        );
        // without the key, or with another, nobody is recognised
        assert_eq!(
            apply(&decision, &batch(), None).unwrap_err().code(),
            "E-GATE-KEY"
        );
        assert_eq!(
            apply(&decision, &batch(), Some(b"other"))
                .unwrap()
                .num_rows(),
            0
        );
    }

    #[test]
    fn columns_are_treated_as_decided() {
        let places = Rows::Places {
            column: "place".to_owned(),
            places: vec!["150102".to_owned(), "150103".to_owned()],
        };
        let general = |to| Treatment::Generalise { to };
        let fields = vec![
            ("id_number", Treatment::Digest),
            ("day", general(Generalisation::Year)),
            ("place", general(Generalisation::Prefecture)),
            ("amount_fen", Treatment::Deny),
            ("absent", Treatment::Plain),
        ];
        let given = apply(&decision(places, fields), &batch(), Some(b"key")).unwrap();
        let text =
            |at: usize, row: usize| given.column(at).as_string::<i32>().value(row).to_owned();
        assert_eq!((given.num_rows(), given.num_columns()), (2, 3));
        assert_eq!(
            text(0, 0),
            subject(b"key", "11010519491231002X").unwrap().to_string()
        );
        assert_eq!((text(1, 0).as_str(), text(1, 1).as_str()), ("1970", "2024"));
        assert_eq!(text(2, 1), "150100");
        let words: Vec<&str> = given
            .schema_ref()
            .fields()
            .iter()
            .map(|f| f.metadata()[TREATMENT].as_str())
            .collect();
        assert_eq!(
            words,
            ["digest", "generalise:year", "generalise:prefecture"]
        );
    }

    #[test]
    fn a_denied_decision_gives_no_rows() {
        let nothing = decision(Rows::Nothing, vec![("id_number", Treatment::Deny)]);
        let given = apply(&nothing, &batch(), None).unwrap();
        assert_eq!((given.num_rows(), given.num_columns()), (0, 0));
    }
}
