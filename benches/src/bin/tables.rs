//! Tables at hand decided by the library alone: what `from_python.py` holds the Python package against.
//!
//! `tables HOUSEHOLDS PEOPLE DAY RUNS` reads two Arrow files, decides them so many times, and prints the CPU time of each run in
//! nanoseconds, a line each.
#![expect(clippy::print_stdout, reason = "a program talks to its terminal")]

use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;

use arrow_array::RecordBatch;
use minzheng::Engine;
use minzheng_arrow::{MemoryTable, RunOptions, TableFile, run_held};
use minzheng_benches::{clock::cpu, program};
use minzheng_rules::date::Day;

fn main() -> ExitCode {
    program::run(run)
}

fn run(args: &[&str]) -> Result<(), String> {
    let [households, people, on, runs] = args else {
        return Err("usage: tables HOUSEHOLDS PEOPLE DAY RUNS".to_owned());
    };
    let runs: u32 = runs.parse().map_err(|e| format!("`{runs}`: {e}"))?;
    let on = Day::parse(on).ok_or_else(|| format!("`{on}` is no day"))?;
    let engine = Engine::built_in().map_err(|e| e.to_string())?;
    let tables = BTreeMap::from([
        ("households".to_owned(), held(households)?),
        ("people".to_owned(), held(people)?),
    ]);
    let mut options = RunOptions::default();
    options.import.on = Some(on);
    options.threads = 1;
    for _ in 0..runs {
        let before = cpu();
        let mut answer: Vec<(String, RecordBatch)> = Vec::new();
        let mut keep = |name: &str, batch| answer.push((name.to_owned(), batch));
        let done = run_held(engine.rules(), &tables, &mut keep, &options, &mut |_| ());
        done.map_err(|e| e.to_string())?;
        println!("{}", cpu().saturating_sub(before).as_nanos());
    }
    Ok(())
}

fn held(path: &str) -> Result<TableFile, String> {
    let bytes = fs::read(path).map_err(|e| format!("{path}: {e}"))?;
    let table = MemoryTable::from_ipc(path, &bytes).map_err(|e| e.to_string())?;
    TableFile::held(table.schema, table.batches).map_err(|e| format!("{path}: {e}"))
}
