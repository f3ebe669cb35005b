//! Tables in memory give what the same tables in files give.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, RecordBatch, UInt32Array};
use arrow_select::concat::concat_batches;
use arrow_select::take::take_record_batch;
use minzheng_rules::date::Day;

use super::*;
use crate::files::TableFile;
use crate::{WarnOptions, run_held, warn, warn_held};

fn file(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/data/province");
    root.join(name)
}

/// The tables of the examples in memory, their rows backwards and in parts of two.
fn backwards() -> BTreeMap<String, TableFile> {
    let table = |name: &str| {
        let rows: Vec<RecordBatch> = TableFile::open(&file(&format!("{name}.csv")))
            .unwrap()
            .batches()
            .collect::<Result<_, _>>()
            .unwrap();
        let schema = rows.first().unwrap().schema();
        let whole = concat_batches(&schema, &rows).unwrap();
        let many = u32::try_from(whole.num_rows()).unwrap();
        let turned = UInt32Array::from_iter_values((0..many).rev());
        let turned = take_record_batch(&whole, &turned).unwrap();
        let parts = (0..turned.num_rows()).step_by(2);
        let parts = parts.map(|at| turned.slice(at, 2.min(turned.num_rows().abs_diff(at))));
        TableFile::held(schema, parts.collect()).unwrap()
    };
    let names = ["households", "people"];
    names.map(|name| (name.to_owned(), table(name))).into()
}

fn options() -> RunOptions<'static> {
    let mut options = RunOptions {
        format: Format::Ipc,
        ..RunOptions::default()
    };
    options.import.on = Day::parse("2026-08-25");
    options
}

/// Rows in words, keys included, in order.
fn words(batches: &[RecordBatch]) -> Vec<String> {
    let row = |batch: &RecordBatch, at: usize| {
        let cells = batch.columns().iter().map(|array| {
            let one = match array.as_any_dictionary_opt() {
                Some(words) if words.is_valid(at) => {
                    words.values().slice(words.normalized_keys()[at], 1)
                }
                _ => array.slice(at, 1),
            };
            format!("{one:?}")
        });
        cells.collect::<String>()
    };
    let rows = |batch: &RecordBatch| {
        (0..batch.num_rows())
            .map(|at| row(batch, at))
            .collect::<Vec<_>>()
    };
    let mut all: Vec<String> = batches.iter().flat_map(rows).collect();
    all.sort();
    all
}

type Kept = BTreeMap<String, Vec<RecordBatch>>;

fn written(out: &Path, kept: &Kept) {
    for (table, batches) in kept {
        let folder = out.join(table);
        if !folder.exists() {
            assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 0);
            continue;
        }
        let file = TableFile::open(&folder).unwrap();
        let rows: Vec<RecordBatch> = file.batches().collect::<Result<_, _>>().unwrap();
        // people of a household come in the order of their table
        assert_eq!(words(batches), words(&rows), "{table}");
        assert_eq!(
            batches.first().unwrap().num_rows(),
            0,
            "the first tells the columns"
        );
        let names = |schema: &SchemaRef| -> Vec<String> {
            schema.fields().iter().map(|f| f.name().clone()).collect()
        };
        assert_eq!(
            names(&batches.first().unwrap().schema()),
            names(file.schema())
        );
    }
}

#[test]
fn a_run_in_memory_is_the_run_of_the_files() {
    let engine = minzheng::Engine::built_in().unwrap();
    let out = std::env::temp_dir().join(format!("minzheng-held-{}", std::process::id()));
    let inputs = RunInputs {
        households: file("households.csv"),
        people: file("people.csv"),
        records: None,
    };
    let options = options();
    let from_files = run(
        engine.rules(),
        &inputs,
        &out.join("run"),
        &options,
        &mut |_| {},
    )
    .unwrap();
    let mut kept = Kept::new();
    let mut sorted = 0;
    let held = run_held(
        engine.rules(),
        &backwards(),
        &mut |name, batch| kept.entry(name.to_owned()).or_default().push(batch),
        &options,
        &mut |step| sorted += u32::from(matches!(step, Progress::Sorting { .. })),
    )
    .unwrap();
    assert_eq!((held, sorted), (from_files, 2));
    assert!(kept.keys().any(|name| name == "people"));
    written(&out.join("run"), &kept);

    let (models, asked) = (engine.models().unwrap(), WarnOptions::default());
    let warned = warn(
        engine.rules(),
        models,
        &inputs,
        &out.join("warn"),
        &options,
        &asked,
        &mut |_| {},
    );
    let mut kept = Kept::new();
    let mut keep = |name: &str, batch| kept.entry(name.to_owned()).or_default().push(batch);
    let held = warn_held(
        engine.rules(),
        &Arc::clone(models),
        &backwards(),
        &mut keep,
        &options,
        &asked,
        &mut |_| {},
    );
    assert_eq!(held.unwrap(), warned.unwrap());
    written(&out.join("warn"), &kept);
    fs::remove_dir_all(&out).unwrap();
}

#[test]
fn a_table_that_nobody_knows_is_refused_and_batches_have_one_schema() {
    let engine = minzheng::Engine::built_in().unwrap();
    let mut tables = backwards();
    let people = tables["people"].clone();
    tables.insert("moons".to_owned(), people.clone());
    let error = run_held(
        engine.rules(),
        &tables,
        &mut |_, _| {},
        &options(),
        &mut |_| {},
    );
    assert_eq!(error.unwrap_err().code(), "E-TABLE-NAME");
    let other: Vec<RecordBatch> = tables["households"]
        .batches()
        .collect::<Result<_, _>>()
        .unwrap();
    let error = TableFile::held(people.schema().clone(), other);
    assert_eq!(error.unwrap_err().code(), "E-TABLE-SCHEMA");
}
