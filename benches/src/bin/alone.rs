//! One engine of this program alone, so many times over so many households: what a profiler runs.
//!
//! `alone BENCH ENGINE HOUSEHOLDS RUNS [--time]`. The data are made before the first run; so what a run costs is what one more
//! run adds. The clock is read with `--time` alone: valgrind does not map the page that it stands on.
#![expect(clippy::print_stdout, reason = "a program talks to its terminal")]

use std::process::ExitCode;
use std::time::Duration;

use minzheng_benches::data::Population;
use minzheng_benches::engine::{is_native, ready};
use minzheng_benches::{manifest, program};

fn main() -> ExitCode {
    program::run(run)
}

fn run(args: &[&str]) -> Result<(), String> {
    let ([id, engine, households, runs], timed) = match args {
        [id, engine, households, runs] => ([id, engine, households, runs], false),
        [id, engine, households, runs, "--time"] => ([id, engine, households, runs], true),
        _ => return Err("usage: alone BENCH ENGINE HOUSEHOLDS RUNS [--time]".to_owned()),
    };
    let number = |text: &str| text.parse::<u32>().map_err(|e| format!("`{text}`: {e}"));
    let (households, runs) = (number(households)?, number(runs)?);
    if !is_native(engine) {
        return Err(format!("`{engine}` is no engine of this program"));
    }
    let manifest = manifest::read()?;
    let bench = manifest.bench.iter().find(|bench| bench.id == *id);
    let bench = bench.ok_or_else(|| format!("no bench `{id}`"))?;
    let population = Population::of(id, households)?;
    let mut engine = ready(engine, bench, &population, None, "".as_ref())?;
    let mut best = Duration::MAX;
    for _ in 0..runs {
        if timed {
            best = best.min(engine.run()?.cpu);
        } else {
            engine.answer()?;
        }
    }
    if timed {
        let people = population.members.num_rows();
        println!("{households} households, {people} people: {best:?}, the best of {runs}");
    }
    Ok(())
}
