//! A sheet of text cells as a CSV file.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};

use super::{Format, Part, TableFile, TextEncoding, refused};
use crate::error::{Error, fault};

/// Reads a CSV file in UTF-8 or GB18030 as rows of cells, its head first; blanks at the ends of cells are taken away.
///
/// # Errors
/// `E-FILE-READ`, `E-FILE-KIND`, `E-FILE-TEXT`, `E-FILE-CSV`.
pub fn read_sheet(path: &Path) -> Result<Vec<Vec<String>>, Error> {
    if Format::of(path)? != Format::Csv {
        let help = "save the sheet as CSV, in UTF-8 or GB18030";
        return Err(refused(
            "E-FILE-KIND",
            path,
            "the file is no CSV file",
            help,
        ));
    }
    let table = TableFile::open(path)?;
    let fields = table.schema().fields();
    let mut rows = vec![fields.iter().map(|f| f.name().clone()).collect()];
    for batch in table.batches() {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            let cell = |column: &ArrayRef| {
                let texts = column.as_string_opt::<i32>();
                texts
                    .map_or("", |t| if t.is_null(row) { "" } else { t.value(row) })
                    .to_owned()
            };
            rows.push(batch.columns().iter().map(cell).collect());
        }
    }
    Ok(rows)
}

/// Writes rows of cells as a CSV file; the first row is the head, a row that is shorter is blank at its end.
///
/// ```
/// use minzheng_arrow::{TextEncoding, read_sheet, write_sheet};
///
/// let path = std::env::temp_dir().join(format!("minzheng-sheet-{}.csv", std::process::id()));
/// let rows = vec![vec!["代码".to_owned(), "名称".to_owned()], vec!["0012".to_owned(), "甲,乙".to_owned()]];
/// write_sheet(&path, &rows, TextEncoding::Gb18030)?;
/// assert_eq!(read_sheet(&path)?, rows);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `E-FILE-WRITE`.
pub fn write_sheet(path: &Path, rows: &[Vec<String>], encoding: TextEncoding) -> Result<(), Error> {
    let (head, body) = rows.split_first().ok_or_else(|| fault(""))?;
    let field = |name: &String| Field::new(name, DataType::Utf8, false);
    let schema = Arc::new(Schema::new(head.iter().map(field).collect::<Vec<_>>()));
    let columns = (0..head.len()).map(|column| -> ArrayRef {
        let cell = |row: &Vec<String>| row.get(column).cloned().unwrap_or_default();
        Arc::new(StringArray::from_iter_values(body.iter().map(cell)))
    });
    let batch =
        RecordBatch::try_new(Arc::clone(&schema), columns.collect()).map_err(|_| fault(""))?;
    let mut part = Part::table(path, (Format::Csv, encoding), &schema)?;
    part.write(&batch)?;
    part.finish().map(|_| ())
}
