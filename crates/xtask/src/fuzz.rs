//! Runs the fuzz targets of `tests/fuzz` on the stable compiler.

use crate::{Outcome, shell};
use std::fs;
use std::path::{Path, PathBuf};

/// The version of cargo-fuzz that is installed under `target/tools`.
const CARGO_FUZZ: &str = "0.13.2";
const DEFAULT_SECONDS: u32 = 10;

/// `[TARGET] [--seconds N]`: one target or all, each for so many seconds.
pub(crate) fn run(args: &[&str]) -> Outcome {
    let (wanted, seconds) = match args {
        [] => (None, DEFAULT_SECONDS),
        ["--seconds", number] => (None, parse(number)?),
        [target] => (Some(*target), DEFAULT_SECONDS),
        [target, "--seconds", number] | ["--seconds", number, target] => {
            (Some(*target), parse(number)?)
        }
        _ => return Err("usage: cargo xtask fuzz [TARGET] [--seconds N]".to_owned()),
    };
    let mut targets = shell::stems("tests/fuzz/fuzz_targets", "rs")?;
    if let Some(wanted) = wanted {
        if !targets.iter().any(|target| target == wanted) {
            return Err(format!(
                "no fuzz target `{wanted}`; the targets are: {}",
                targets.join(" ")
            ));
        }
        targets.retain(|target| target == wanted);
    }
    shell::require(&[shell::CXX])?;
    let tool = install()?;
    for target in targets {
        fuzz(&tool, &target, seconds)?;
    }
    Ok(())
}

fn parse(number: &str) -> Result<u32, String> {
    number
        .parse()
        .ok()
        .filter(|seconds| *seconds > 0)
        .ok_or_else(|| format!("`{number}` is not a number of seconds above zero"))
}

/// Installs cargo-fuzz on first use, and again when the version above changes.
fn install() -> Result<PathBuf, String> {
    let folder = shell::root().join("target/tools");
    let tool = folder.join("bin/cargo-fuzz");
    // what cargo install itself writes down
    let installed = fs::read_to_string(folder.join(".crates.toml")).unwrap_or_default();
    if !(tool.is_file() && installed.contains(&format!("\"cargo-fuzz {CARGO_FUZZ} "))) {
        shell::call(&format!(
            "cargo install cargo-fuzz --version {CARGO_FUZZ} --locked --root target/tools"
        ))
        .map_err(|problem| format!("cargo-fuzz could not be installed: {problem}"))?;
    }
    Ok(tool)
}

/// New inputs go to `target/fuzz`; the committed corpus is read beside them and stays as it is.
fn fuzz(tool: &Path, target: &str, seconds: u32) -> Outcome {
    let found = format!("target/fuzz/corpus/{target}");
    let kept = format!("tests/fuzz/corpus/{target}");
    let crashes = format!("tests/fuzz/artifacts/{target}");
    let root = shell::root();
    fs::create_dir_all(root.join(&found)).map_err(|error| format!("{found}: {error}"))?;
    if !root.join(&kept).is_dir() {
        return Err(format!(
            "{kept} is missing: give the target inputs to begin with"
        ));
    }
    println!("-- {target}, {seconds} s");
    // no sanitizer: the library forbids unsafe code; what is sought is a panic, a hang, memory without bounds
    let mut command = shell::program(tool);
    command
        .args(["run", "--sanitizer", "none", "--fuzz-dir", "tests/fuzz"])
        .args([
            "--target-dir",
            "target/fuzz/build",
            target,
            &found,
            &kept,
            "--",
        ])
        .arg(format!("-max_total_time={seconds}"))
        .args([
            "-timeout=10",
            "-rss_limit_mb=1024",
            "-print_final_stats=1",
            "-verbosity=0",
        ])
        // cargo-fuzz needs unstable compiler flags
        .env("RUSTC_BOOTSTRAP", "1");
    shell::status(&mut command).map_err(|problem| {
        format!("fuzz target {target}: {problem}; an input that fails is kept in {crashes}")
    })
}
