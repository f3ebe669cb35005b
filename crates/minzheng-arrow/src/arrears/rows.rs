//! The rows of arrears: their columns, their arrays, their files.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Decimal128Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use arrow_select::take::take;
use minzheng::eligibility::ArrearsQuestion;
use minzheng_rules::date::Day;
use minzheng_rules::facts::Overlay;
use minzheng_rules::pack::PackSet;
use minzheng_rules::scalar::V;

use super::months::{ArrearsBatch, Asked};
use crate::error::{Error, Findings, fault};
use crate::export::{AnswerTable, metadata};
use crate::files::{Format, Part, TextEncoding, sync_dir};
use crate::import::Importer;
use crate::stream::Keep;

/// Digits and places of an amount: every 64-bit number of fen fits.
const AMOUNT: DataType = DataType::Decimal128(19, 2);

/// A month of a row.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) row: usize,
    /// Index among the programmes asked.
    pub(super) programme: usize,
    pub(super) month: Day,
    pub(super) before: Option<i64>,
    pub(super) after: Option<i64>,
    pub(super) difference: Option<i64>,
}

/// The columns of the rows of an entity.
pub(super) fn schema(
    importer: &Importer<'_>,
    question: &ArrearsQuestion,
    entity: usize,
) -> SchemaRef {
    let keys = importer.key_columns(entity).into_iter();
    let mut fields: Vec<Field> = keys
        .map(|(name, _, ty)| Field::new(name, ty, true))
        .collect();
    fields.push(Field::new("programme", DataType::Utf8, false));
    fields.push(Field::new("month", DataType::Date32, false));
    for name in ["before", "after", "difference"] {
        let unit = [("unit", "yuan"), ("per", "month")];
        let unit = unit.map(|(key, word)| (key.to_owned(), word.to_owned()));
        fields.push(Field::new(name, AMOUNT, true).with_metadata(unit.into()));
    }
    let set = importer.packs();
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |d| d.to_string());
    let figures: Vec<String> = question.figures.iter().map(|f| words(set, f)).collect();
    let own = [
        ("minzheng.known_before", day(question.known_before)),
        ("minzheng.known_after", day(question.known_after)),
        ("minzheng.figures", figures.join("; ")),
        (
            "minzheng.paid_throughout",
            question.paid_throughout.to_string(),
        ),
    ];
    let pairs = metadata(importer, "minzheng/arrears/1", own);
    Arc::new(Schema::new_with_metadata(
        fields,
        pairs.into_iter().collect(),
    ))
}

/// A figure as it is typed: `standard.dibao[hukou=urban]=900.00/month`.
fn words(set: &PackSet, figure: &Overlay) -> String {
    let Some(parameter) = set.parameters().get(figure.parameter) else {
        return String::new();
    };
    let keys = parameter.keys.iter().zip(&figure.keys);
    let keys: Vec<String> = keys
        .filter_map(|(key, value)| {
            let value = set.value_words(V::known((*value)?), key.ty);
            Some(format!("{}={value}", key.name))
        })
        .collect();
    let keys = if keys.is_empty() {
        String::new()
    } else {
        format!("[{}]", keys.join(","))
    };
    let value = set.value_words(V::known(figure.value), parameter.ty);
    format!("{}{keys}={value}", parameter.id)
}

/// The lines of a batch by row, programme and month, under the keys of their rows.
pub(super) fn batch(
    schema: &SchemaRef,
    keys: &[(String, ArrayRef)],
    mut lines: Vec<Line>,
    programmes: &[Asked],
) -> Result<RecordBatch, Error> {
    lines.sort_by_key(|line| (line.row, line.programme, line.month));
    let number = |line: &Line| u32::try_from(line.row).unwrap_or(u32::MAX);
    let rows = UInt32Array::from_iter_values(lines.iter().map(number));
    let bad = |_| fault("arrears");
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (_, key) in keys {
        arrays.push(take(key.as_ref(), &rows, None).map_err(bad)?);
    }
    let id = |line: &Line| programmes.get(line.programme).map_or("", |p| p.id.as_str());
    arrays.push(Arc::new(StringArray::from_iter_values(
        lines.iter().map(id),
    )));
    let day = |line: &Line| i32::try_from(line.month.number()).unwrap_or(i32::MAX);
    arrays.push(Arc::new(Date32Array::from_iter_values(
        lines.iter().map(day),
    )));
    let amounts = |side: fn(&Line) -> Option<i64>| -> ArrayRef {
        let fen = lines.iter().map(|line| side(line).map(i128::from));
        Arc::new(fen.collect::<Decimal128Array>().with_data_type(AMOUNT))
    };
    arrays.push(amounts(|line| line.before));
    arrays.push(amounts(|line| line.after));
    arrays.push(amounts(|line| line.difference));
    RecordBatch::try_new(Arc::clone(schema), arrays).map_err(bad)
}

/// Where the rows go.
pub(super) enum Rows<'k> {
    Files(Box<Written>),
    /// The tables are in the order of those of a batch.
    Caller(&'k mut Keep<'k>, &'k [AnswerTable]),
}

impl Rows<'_> {
    pub(super) fn write(&mut self, done: &ArrearsBatch) -> Result<(), Error> {
        match self {
            Self::Files(written) => written.write(done),
            Self::Caller(keep, tables) => {
                for (table, batch) in tables.iter().zip(&done.tables) {
                    keep(&table.name, batch.clone());
                }
                if !done.findings.is_empty() {
                    keep("findings", done.findings.to_batch()?);
                }
                Ok(())
            }
        }
    }

    /// Gives files their names.
    pub(super) fn finish(self) -> Result<(), Error> {
        match self {
            Self::Files(written) => written.finish(),
            Self::Caller(..) => Ok(()),
        }
    }

    /// Removes files that were written.
    pub(super) fn abandon(self) {
        if let Self::Files(written) = self {
            written.abandon();
        }
    }
}

/// The files while they are written.
pub(super) struct Written {
    format: Option<(Format, TextEncoding)>,
    tables: Vec<Part>,
    findings: Option<Part>,
    out: std::path::PathBuf,
}

impl Written {
    pub(super) fn new(
        out: &Path,
        format: Option<(Format, TextEncoding)>,
        tables: &[AnswerTable],
    ) -> Result<Self, Error> {
        let mut parts = Vec::new();
        if let Some(format) = format {
            for table in tables {
                let path = out.join(format!("{}.{}", table.name, format.0.extension()));
                parts.push(Part::table(&path, format, &table.schema)?);
            }
        }
        Ok(Self {
            format,
            tables: parts,
            findings: None,
            out: out.to_owned(),
        })
    }

    fn write(&mut self, done: &ArrearsBatch) -> Result<(), Error> {
        let Some(format) = self.format else {
            return Ok(());
        };
        for (part, batch) in self.tables.iter_mut().zip(&done.tables) {
            part.write(batch)?;
        }
        if done.findings.is_empty() {
            return Ok(());
        }
        let findings = match &mut self.findings {
            Some(findings) => findings,
            None => {
                let path = self.out.join(format!("findings.{}", format.0.extension()));
                let new = Part::table(&path, format, &Findings::schema())?;
                self.findings.insert(new)
            }
        };
        findings.write(&done.findings.to_batch()?)
    }

    /// Gives the files their names.
    fn finish(self) -> Result<(), Error> {
        for part in self.tables.into_iter().chain(self.findings) {
            part.finish()?;
        }
        sync_dir(&self.out)
    }

    /// Removes what was written.
    fn abandon(self) {
        for part in self.tables.into_iter().chain(self.findings) {
            part.abandon();
        }
    }
}
