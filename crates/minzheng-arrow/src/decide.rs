//! Tables in memory: all of them at once, for hosts that hold them.

use minzheng_rules::scenario::Engine;

use crate::error::{Error, Findings};
use crate::export::{ExportOptions, Exporter};
use crate::files::MemoryTable;
use crate::import::{ImportOptions, Importer, Tables};

/// What was decided of tables in memory.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The tables of the answer, as [`Exporter`] makes them.
    pub tables: Vec<MemoryTable>,
    /// What is wrong with rows.
    pub findings: Findings,
    /// How many households are not decided, because something is wrong with their rows.
    pub set_aside: usize,
}

/// Decides tables that lie in memory: [`Importer`], the columnar program and [`Exporter`], one after the other.
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use minzheng::Engine;
/// use minzheng_arrow::{ExportOptions, ImportOptions, MemoryTable, decide};
/// use minzheng_rules::date::Day;
///
/// let ids: ArrayRef = Arc::new(StringArray::from(vec!["h1", "h2"]));
/// let batch = RecordBatch::try_from_iter([("household_id", ids)])?;
/// let table = |name: &str| MemoryTable { name: name.into(), schema: batch.schema(), batches: vec![batch.clone()] };
/// let import = ImportOptions { on: Day::parse("2026-08-25"), ..ImportOptions::default() };
/// let tables = [table("households"), table("people")];
/// let decided = decide(Engine::built_in()?.rules(), &tables, import, &ExportOptions::default())?;
/// let names: Vec<&str> = decided.tables.iter().map(|t| t.name.as_str()).collect();
/// assert_eq!((names, decided.set_aside), (vec!["households", "people"], 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// What [`Importer::new`], [`Importer::read`] and [`Exporter::new`] refuse.
pub fn decide(
    engine: &Engine,
    tables: &[MemoryTable],
    import: ImportOptions,
    export: &ExportOptions,
) -> Result<Decided, Error> {
    let schemas: Vec<_> = tables
        .iter()
        .map(|t| (t.name.as_str(), t.schema.clone()))
        .collect();
    let importer = Importer::new(engine.packs(), &schemas, import)?;
    let exporter = Exporter::new(&importer, export)?;
    let columns = engine.columns(exporter.request())?;
    let parts: Vec<_> = importer
        .entities()
        .iter()
        .filter_map(|entity| {
            let own = importer.table_name(*entity);
            let table = tables.iter().find(|t| t.name == own)?;
            Some((*entity, table.batches.as_slice(), 0))
        })
        .collect();
    let rows = Tables::new(&parts)?;
    let imported = importer.read(&rows)?;
    let answers = exporter.export(&columns, &imported, &imported.answer(&columns))?;
    let made = exporter.tables().iter().zip(answers);
    Ok(Decided {
        tables: made
            .map(|(table, batch)| MemoryTable {
                name: table.name.clone(),
                schema: batch.schema(),
                batches: vec![batch],
            })
            .collect(),
        set_aside: imported.set_aside(),
        findings: imported.findings,
    })
}
