//! The table of differences between declarations and records.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use crate::error::{Error, fault};

/// Rows of the table of differences.
#[derive(Debug, Default)]
pub(super) struct Differences {
    pub(super) row: Vec<u64>,
    pub(super) home: Vec<String>,
    pub(super) person: Vec<Option<String>>,
    pub(super) fact: Vec<String>,
    pub(super) declared: Vec<Option<i64>>,
    pub(super) evidence: Vec<i64>,
    pub(super) adopted: Vec<Option<i64>>,
    pub(super) by: Vec<Option<i64>>,
    pub(super) grade: Vec<&'static str>,
    pub(super) reason: Vec<&'static str>,
    pub(super) items: Vec<String>,
}

impl Differences {
    pub(super) const fn len(&self) -> usize {
        self.row.len()
    }

    /// Adds rows behind these.
    pub(super) fn append(&mut self, mut more: Self) {
        self.row.append(&mut more.row);
        self.home.append(&mut more.home);
        self.person.append(&mut more.person);
        self.fact.append(&mut more.fact);
        self.declared.append(&mut more.declared);
        self.evidence.append(&mut more.evidence);
        self.adopted.append(&mut more.adopted);
        self.by.append(&mut more.by);
        self.grade.append(&mut more.grade);
        self.reason.append(&mut more.reason);
        self.items.append(&mut more.items);
    }

    pub(super) fn schema() -> SchemaRef {
        let text = |name: &str, null| Field::new(name, DataType::Utf8, null);
        let number = |name: &str, null| Field::new(name, DataType::Int64, null);
        Arc::new(Schema::new(vec![
            Field::new("row", DataType::UInt64, false),
            text("household_id", false),
            text("person_id", true),
            text("fact", false),
            number("declared", true),
            number("evidence", false),
            number("adopted", true),
            number("by", true),
            text("grade", false),
            text("reason", false),
            text("items", false),
        ]))
    }

    pub(super) fn batch(self, schema: SchemaRef) -> Result<RecordBatch, Error> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(UInt64Array::from(self.row)),
            Arc::new(StringArray::from(self.home)),
            Arc::new(StringArray::from(self.person)),
            Arc::new(StringArray::from(self.fact)),
            Arc::new(Int64Array::from(self.declared)),
            Arc::new(Int64Array::from(self.evidence)),
            Arc::new(Int64Array::from(self.adopted)),
            Arc::new(Int64Array::from(self.by)),
            Arc::new(StringArray::from(self.grade)),
            Arc::new(StringArray::from(self.reason)),
            Arc::new(StringArray::from(self.items)),
        ];
        RecordBatch::try_new(schema, columns).map_err(|_| fault("differences"))
    }
}
