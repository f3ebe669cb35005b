//! Our engine and its peers in one run; `cargo xtask bench` prepares the peers and starts it.
//!
//! Started by `cargo test` it is a smoke run: small data, the engines of this program, their answers checked, nothing timed.
#![expect(clippy::print_stdout, reason = "a benchmark talks to its terminal")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use minzheng_benches::peer::Peers;
use minzheng_benches::{compare, manifest, report};

#[derive(Default)]
struct Wanted {
    /// `cargo bench` says so; `cargo test` does not.
    timed: bool,
    quick: bool,
    only: Option<String>,
    python: Option<PathBuf>,
    /// Where data and report go.
    folder: PathBuf,
}

fn main() -> ExitCode {
    match arguments().and_then(|wanted| run(&wanted)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Wanted, String> {
    let mut wanted = Wanted {
        folder: PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
        ..Wanted::default()
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("`{arg}` wants a value"));
        match arg.as_str() {
            "--bench" => wanted.timed = true,
            "--quick" => wanted.quick = true,
            "--only" => wanted.only = Some(value()?),
            "--python" => wanted.python = Some(value()?.into()),
            "--folder" => wanted.folder = value()?.into(),
            other => return Err(format!("no such argument: `{other}`")),
        }
    }
    Ok(wanted)
}

fn run(wanted: &Wanted) -> Result<(), String> {
    let manifest = manifest::read()?;
    let peers = match &wanted.python {
        Some(python) if wanted.timed => Some(Peers {
            python: python.clone(),
        }),
        None if wanted.timed => {
            return Err("the peers are missing: start this with `cargo xtask bench`".to_owned());
        }
        _ => None,
    };
    let mut ran = false;
    for bench in &manifest.bench {
        if wanted.only.as_ref().is_some_and(|only| *only != bench.id) {
            continue;
        }
        let small = wanted.quick || peers.is_none();
        let size = if small { &bench.quick } else { &bench.full };
        let mut say = |line: &str| println!("{line}");
        let folder = &wanted.folder;
        let one = compare::compare(bench, size, peers.as_ref(), folder, &mut say)?;
        ran = true;
        // written as soon as it is known: a later bench that fails takes nothing with it
        if peers.is_some() {
            let table = report::markdown(&one);
            println!("\n{table}\n");
            let reports = folder.join("reports");
            write(&reports.join(format!("{}.md", bench.id)), &table)?;
            let json = serde_json::to_string_pretty(&one).map_err(|error| error.to_string())?;
            write(&reports.join(format!("{}.json", bench.id)), &json)?;
        }
    }
    if !ran {
        let known: Vec<&str> = manifest
            .bench
            .iter()
            .map(|bench| bench.id.as_str())
            .collect();
        return Err(format!("no such bench; there are: {}", known.join(" ")));
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    std::fs::create_dir_all(path.parent().unwrap_or(path)).map_err(told)?;
    std::fs::write(path, text).map_err(told)
}
