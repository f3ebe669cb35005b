//! The small province of the examples as Arrow's own bytes, and what Rust decides of it.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use minzheng::{Engine, FactStatus};
use minzheng_arrow::{ExportOptions, ImportOptions, MemoryTable, decide};
use minzheng_rules::date::Day;
use minzheng_testkit::repo_root;

/// Writes `households.arrow`, `people.arrow`, and each once more as `decided-…`.
pub(crate) fn write(engine: &Engine, out: &Path) -> Result<(), Box<dyn Error>> {
    let tables = [read("households")?, read("people")?];
    let import = ImportOptions {
        on: Day::parse("2026-08-25"),
        status: FactStatus::Verified,
        ..ImportOptions::default()
    };
    let decided = decide(engine.rules(), &tables, import, &ExportOptions::default())?;
    let decided = decided.tables.into_iter().map(|table| MemoryTable {
        name: format!("decided-{}", table.name),
        ..table
    });
    for table in tables.into_iter().chain(decided) {
        fs::write(out.join(format!("{}.arrow", table.name)), table.to_ipc()?)?;
    }
    Ok(())
}

/// Every column as text, which can carry a fact of every type. No cell of the examples holds a comma.
fn read(name: &str) -> Result<MemoryTable, Box<dyn Error>> {
    let text = fs::read_to_string(repo_root().join(format!("examples/data/province/{name}.csv")))?;
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let heads = lines.next().unwrap_or_default();
    let rows: Vec<Vec<&str>> = lines.collect();
    let columns = heads.iter().enumerate().map(|(at, head)| {
        let cells = rows.iter().map(|row| row.get(at).copied());
        let column: ArrayRef = Arc::new(cells.collect::<StringArray>());
        ((*head).to_owned(), column)
    });
    let batch = RecordBatch::try_from_iter(columns)?;
    Ok(MemoryTable {
        name: name.to_owned(),
        schema: batch.schema(),
        batches: vec![batch],
    })
}
