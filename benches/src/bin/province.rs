//! The columns of a province in memory, decided in one batch: what `evaluate` of a run costs without its files and parts.
//!
//! `province FOLDER DAY RUNS` reads `households.parquet` and `people.parquet` of a folder and its tables of records in `records`, each in
//! the order of households, as `minzheng synth` writes them. It prints the CPU time of all programmes and of
//! the shipped warning models: least, middle and most of the runs. The first run also compiles the rules of every place.
#![expect(clippy::print_stdout, reason = "a program talks to its terminal")]

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use arrow_array::RecordBatch;
use minzheng::Engine;
use minzheng_arrow::{ImportOptions, Importer, TableFile, Tables, WarnOptions, warn_request};
use minzheng_benches::{clock::cpu, program};
use minzheng_rules::columnar::Request;
use minzheng_rules::date::Day;

fn main() -> ExitCode {
    program::run(run)
}

fn run(args: &[&str]) -> Result<(), String> {
    let [folder, on, runs] = args else {
        return Err("usage: province FOLDER DAY RUNS".to_owned());
    };
    let runs: usize = runs.parse().map_err(|e| format!("`{runs}`: {e}"))?;
    let on = Day::parse(on).ok_or_else(|| format!("`{on}` is no day"))?;
    let engine = Engine::built_in().map_err(|e| e.to_string())?;
    let folder = Path::new(folder);
    let mut tables: Vec<(&str, usize, Vec<RecordBatch>)> = Vec::new();
    for (entity, name, path) in [
        (0, "households", "households.parquet"),
        (1, "people", "people.parquet"),
        (2, "obligors", "records/obligors.parquet"),
        (3, "parents", "records/parents.parquet"),
    ] {
        let table = TableFile::open(&folder.join(path)).map_err(|e| e.to_string())?;
        let batches: Result<_, _> = table.batches().collect();
        tables.push((name, entity, batches.map_err(|e| format!("{name}: {e}"))?));
    }
    let schemas: Vec<_> = tables
        .iter()
        .filter_map(|(name, _, batches)| Some((*name, batches.first()?.schema())))
        .collect();
    let options = ImportOptions {
        on: Some(on),
        ..ImportOptions::default()
    };
    let set = engine.rules().packs();
    let importer = Importer::new(set, &schemas, options).map_err(|e| e.to_string())?;
    let parts: Vec<(usize, &[RecordBatch], u64)> = tables
        .iter()
        .map(|(_, entity, batches)| (*entity, batches.as_slice(), 0))
        .collect();
    let joined = Tables::new(&parts).map_err(|e| e.to_string())?;
    let imported = importer.read(&joined).map_err(|e| e.to_string())?;
    let models = engine.models().map_err(|e| e.to_string())?;
    let shipped = warn_request(models, &WarnOptions::default()).map_err(|e| e.to_string())?;
    println!("{} households", imported.batch.cases());
    for (what, request) in [("programmes", Request::default()), ("models", shipped)] {
        let columns = engine.rules().columns(request).map_err(|e| e.to_string())?;
        let outputs = columns.outputs().len();
        let mut times: Vec<Duration> = Vec::new();
        for _ in 0..runs {
            let before = cpu();
            let answer = columns.run(&imported.batch);
            times.push(cpu().saturating_sub(before));
            drop(answer);
        }
        times.sort_unstable();
        let [least, .., most] = times.as_slice() else {
            continue;
        };
        let middle = times.get(times.len() / 2).unwrap_or(most);
        println!("{what}: {outputs} outputs, {least:?} {middle:?} {most:?}");
    }
    Ok(())
}
