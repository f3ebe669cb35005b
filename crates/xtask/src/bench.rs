//! Measures the engine beside its peers: `benches/manifest.toml` says what, `benches/README.md` how.

use crate::{Outcome, generated, shell};
use std::fs;
use std::path::Path;

const FOLDER: &str = "target/bench";
const REQUIREMENTS: &str = "benches/peers/requirements.txt";
const REPORT: &str = "docs/performance.md";

/// `--quick`: small data, few rounds. `--only ID`: one bench. `--write`: the tables of what ran at full size go to docs/performance.md.
/// `--instructions`, alone: no clock and no peers, but the instructions of our engines.
pub(crate) fn run(args: &[&str]) -> Outcome {
    if args == ["--instructions"] {
        return instructions();
    }
    let (mut passed_on, mut write) = (Vec::new(), false);
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match *arg {
            "--write" => write = true,
            "--quick" => passed_on.push("--quick"),
            "--only" => {
                let id = rest.next().ok_or("`--only` wants the id of a bench")?;
                passed_on.extend(["--only", *id]);
            }
            other => return Err(format!("no such argument: `{other}`")),
        }
    }
    if write && passed_on.contains(&"--quick") {
        return Err("`--write` does not go with `--quick`: the page shows full sizes".to_owned());
    }
    let folder = shell::root().join(FOLDER);
    let python = peers(&folder)?;
    let line = "cargo bench --quiet --package minzheng-benches --bench peers --";
    let mut command = shell::command(line);
    command.args(passed_on);
    command.arg("--python").arg(python);
    command.arg("--folder").arg(&folder);
    let reports = folder.join("reports");
    if reports.exists() {
        fs::remove_dir_all(&reports).map_err(|error| format!("{FOLDER}/reports: {error}"))?;
    }
    let outcome = shell::status(&mut command);
    // what was measured before a bench failed is kept
    if write {
        publish(&reports)?;
    }
    outcome
}

/// Benches and engines whose instructions are counted, and for how many households.
const COUNTED: [(&str, &str); 4] = [
    ("reference", "minzheng"),
    ("reference", "loop"),
    ("aggregates", "minzheng"),
    ("aggregates", "loop"),
];
const HOUSEHOLDS: u64 = 50_000;

/// Instructions for a household: what two more runs add, so that making the data does not count.
fn instructions() -> Outcome {
    if !shell::answers("valgrind --version") {
        println!("valgrind is missing, nothing is counted (Debian: apt-get install valgrind)");
        return Ok(());
    }
    shell::call("cargo build --quiet --release --package minzheng-benches --bin alone")?;
    let folder = shell::root().join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| format!("{FOLDER}: {error}"))?;
    for (bench, engine) in COUNTED {
        let (one, three) = (counted(bench, engine, 1)?, counted(bench, engine, 3)?);
        let each = three.saturating_sub(one) / 2 / HOUSEHOLDS;
        println!("{bench} {engine}: {each} instructions a household");
    }
    Ok(())
}

/// Instructions of so many runs; the profile of the last stays under target/bench.
fn counted(bench: &str, engine: &str, runs: u32) -> Result<u64, String> {
    let out = format!("{FOLDER}/{bench}-{engine}.callgrind");
    let program = "target/release/alone";
    shell::capture(&format!(
        "valgrind --quiet --tool=callgrind --callgrind-out-file={out} {program} {bench} {engine} {HOUSEHOLDS} {runs}"
    ))?;
    let profile =
        fs::read_to_string(shell::root().join(&out)).map_err(|e| format!("{out}: {e}"))?;
    let total = |line: &str| line.strip_prefix("totals: ")?.trim().parse().ok();
    profile
        .lines()
        .find_map(total)
        .ok_or_else(|| format!("{out} has no total"))
}

/// The interpreter of an environment that holds the peers; made anew when the list of them has changed.
fn peers(folder: &Path) -> Result<std::path::PathBuf, String> {
    let told = |error: std::io::Error| format!("{FOLDER}: {error}");
    let environment = folder.join("venv");
    let python = environment.join("bin/python");
    let wanted = fs::read(shell::root().join(REQUIREMENTS)).map_err(told)?;
    let installed = environment.join("requirements.txt");
    if fs::read(&installed).is_ok_and(|found| found == wanted) {
        return Ok(python);
    }
    shell::require(&[shell::PYTHON])?;
    println!("installing the peers under {FOLDER}/venv");
    fs::create_dir_all(folder).map_err(told)?;
    shell::call(&format!("python3 -m venv --clear {FOLDER}/venv"))?;
    let mut pip = shell::program(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--requirement"]);
    shell::status(pip.arg(REQUIREMENTS))?;
    fs::write(installed, wanted).map_err(told)?;
    Ok(python)
}

/// Puts the tables of the last run between their marks, one pair for each bench.
fn publish(reports: &Path) -> Outcome {
    let told = |error: std::io::Error| format!("{REPORT}: {error}");
    let path = shell::root().join(REPORT);
    let mut page = fs::read_to_string(&path).map_err(told)?;
    for entry in fs::read_dir(reports).map_err(told)? {
        let file = entry.map_err(told)?.path();
        let id = file.file_stem().and_then(|stem| stem.to_str());
        let (Some(id), Some("md")) = (id, file.extension().and_then(|end| end.to_str())) else {
            continue;
        };
        let table = fs::read_to_string(&file).map_err(told)?;
        let mark = format!("peers-{id}");
        page = generated::splice(&page, &mark, &table).ok_or_else(|| {
            format!("{REPORT} has no `<!-- {mark}:begin -->` … `<!-- {mark}:end -->`")
        })?;
    }
    fs::write(&path, page).map_err(told)?;
    println!("wrote {REPORT}");
    Ok(())
}
