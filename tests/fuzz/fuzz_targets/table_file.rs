//! Tables in files: any bytes as CSV, Arrow or Parquet are rows or an error, and rows are read as people or refused.
//!
//! The first byte says which: `c`, `a`, `p`.
#![no_main]

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use libfuzzer_sys::fuzz_target;
use minzheng::packs::BuiltIn;
use minzheng_arrow::{ImportOptions, Importer, TableFile, Tables};
use minzheng_rules::date::Day;
use minzheng_rules::pack::PackSet;

static PACKS: LazyLock<PackSet> =
    LazyLock::new(|| match minzheng::packs::load(&BuiltIn::ALL, &[]) {
        Ok(set) => set,
        Err(findings) => panic!("{findings}"),
    });

/// The readers of other libraries may panic on a damaged file, and the library makes an error of it: such a panic is no failure. One
/// that leaves the library still is.
static CONTAINED: LazyLock<()> = LazyLock::new(|| std::panic::set_hook(Box::new(|_| {})));

fn path(end: &str) -> PathBuf {
    std::env::temp_dir().join(format!("minzheng-fuzz-{}.{end}", std::process::id()))
}

fn households() -> RecordBatch {
    let ids: ArrayRef = Arc::new(StringArray::from(vec!["1", "2", "h"]));
    match RecordBatch::try_from_iter([("household_id", ids)]) {
        Ok(batch) => batch,
        Err(error) => panic!("{error}"),
    }
}

fuzz_target!(|bytes: &[u8]| {
    *CONTAINED;
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    let path = path(match kind {
        b'c' => "csv",
        b'a' => "arrow",
        b'p' => "parquet",
        _ => return,
    });
    if std::fs::write(&path, bytes).is_err() {
        return;
    }
    let Ok(file) = TableFile::open(&path) else {
        return;
    };
    let Ok(batches) = file.batches().collect::<Result<Vec<_>, _>>() else {
        return;
    };
    let households = [households()];
    let schemas = [
        ("households", households[0].schema()),
        ("people", file.schema().clone()),
    ];
    let options = ImportOptions {
        on: Day::from_number(20_690),
        ignore_unknown: true,
        ..ImportOptions::default()
    };
    let Ok(importer) = Importer::new(&PACKS, &schemas, options) else {
        return;
    };
    let Ok(tables) = Tables::new(&[(0, &households, 0), (1, &batches, 0)]) else {
        return;
    };
    match importer.read(&tables) {
        Ok(imported) => {
            let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
            assert!(imported.batch.rows(1) <= rows, "rows out of nothing");
        }
        Err(error) => assert!(error.code().starts_with("E-")),
    }
});
