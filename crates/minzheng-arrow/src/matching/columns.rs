//! The columns of adopted facts, and of how they stand.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int32Array, Int64Array,
    StringArray,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use minzheng_rules::facts::FactStatus;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Fact;

use super::adopt::Spoken;
use crate::error::{Error, fault};

fn field(set: &PackSet, fact: &Fact) -> Field {
    let (name, ty) = match fact.ty {
        Type::Money { .. } => (format!("{}_fen", fact.id), DataType::Int64),
        Type::Bool => (fact.id.clone(), DataType::Boolean),
        Type::Date => (fact.id.clone(), DataType::Date32),
        Type::Place => (fact.id.clone(), DataType::Utf8),
        Type::Ratio => (fact.id.clone(), DataType::Decimal128(18, 4)),
        Type::Code(list) if set.code_lists().get(list).is_some() => (fact.id.clone(), coded()),
        _ => (fact.id.clone(), DataType::Int64),
    };
    Field::new(name, ty, true)
}

fn coded() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

pub(super) fn adopted_schema(
    set: &PackSet,
    own: &SchemaRef,
    kept: &[usize],
    spoken: &[Spoken<'_>],
) -> SchemaRef {
    let kept = kept.iter().filter_map(|at| own.fields().get(*at));
    let mut fields: Vec<Field> = kept.map(|f| f.as_ref().clone()).collect();
    fields.extend(spoken.iter().map(|s| field(set, s.fact)));
    Arc::new(Schema::new(fields))
}

pub(super) fn status_schema(table: &str, spoken: &[Spoken<'_>]) -> SchemaRef {
    let mut fields = vec![Field::new("household_id", DataType::Utf8, false)];
    if table == "people" {
        fields.push(Field::new("person_id", DataType::Utf8, false));
    }
    fields.extend(
        spoken
            .iter()
            .map(|s| Field::new(&s.fact.id, coded(), false)),
    );
    Arc::new(Schema::new(fields))
}

/// Values of a fact as a column that is read as the same.
pub(super) fn array(
    set: &PackSet,
    ty: Type,
    values: impl Iterator<Item = Option<i64>>,
) -> Result<ArrayRef, Error> {
    let small = |v: i64| i32::try_from(v).ok();
    Ok(match ty {
        Type::Bool => Arc::new(values.map(|v| v.map(|v| v != 0)).collect::<BooleanArray>()),
        Type::Date => Arc::new(values.map(|v| v.and_then(small)).collect::<Date32Array>()),
        Type::Place => {
            let words = values.map(|v| v.map(|v| format!("{v:06}")));
            Arc::new(words.collect::<StringArray>())
        }
        Type::Ratio => {
            let wide: Decimal128Array = values.map(|v| v.map(i128::from)).collect();
            Arc::new(
                wide.with_precision_and_scale(18, 4)
                    .map_err(|_| fault("people"))?,
            )
        }
        Type::Code(list) => match set.code_lists().get(list) {
            Some(list) => {
                let ids = StringArray::from_iter_values(list.codes.iter().map(|c| c.id.as_str()));
                let keys: Int32Array = values.map(|v| v.and_then(small)).collect();
                let new = DictionaryArray::<Int32Type>::try_new(keys, Arc::new(ids));
                Arc::new(new.map_err(|_| fault("people"))?)
            }
            None => Arc::new(values.collect::<Int64Array>()),
        },
        _ => Arc::new(values.collect::<Int64Array>()),
    })
}

/// How facts stand, as words of one list.
pub(super) fn states(all: impl Iterator<Item = FactStatus>) -> Result<ArrayRef, Error> {
    let place = |status| FactStatus::ALL.iter().position(|(_, s)| *s == status);
    let keys: Int32Array = all
        .map(|status| place(status).and_then(|at| i32::try_from(at).ok()))
        .collect();
    let words = StringArray::from_iter_values(FactStatus::ALL.iter().map(|(word, _)| *word));
    let new = DictionaryArray::<Int32Type>::try_new(keys, Arc::new(words));
    Ok(Arc::new(new.map_err(|_| fault("status"))?))
}
