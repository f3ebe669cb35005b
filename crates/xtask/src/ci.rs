//! What must pass: one table, read by `cargo xtask test` and `cargo xtask ci`.

use crate::{Outcome, shell};
use std::time::Instant;

struct Step {
    name: &'static str,
    /// The commands, in order, as a person would type them at the top of the repository.
    commands: &'static [&'static str],
    /// A program that must answer, and what to install when it does not.
    needs: &'static [shell::Need],
}

/// Steps that install packages from outside and take minutes: `cargo xtask ci` runs them, `cargo xtask test` does not.
const APART: &[&str] = &["oracles"];

/// Cheap first. The first failure ends the run. Steps that test take the whole workspace, also where they run little of it: crates that are
/// built for other packages together have other features, and would be built and kept again.
const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        commands: &[
            "cargo fmt --all --check",
            "cargo fmt --manifest-path tests/fuzz/Cargo.toml --check",
            "cargo fmt --manifest-path bindings/uniffi-bindgen/Cargo.toml --check",
        ],
        needs: &[shell::RUSTFMT],
    },
    Step {
        name: "version",
        commands: &["cargo xtask version --check"],
        needs: &[],
    },
    Step {
        name: "clippy",
        commands: &["cargo clippy --workspace --all-targets -- -D warnings"],
        needs: &[shell::CLIPPY],
    },
    Step {
        name: "deps",
        commands: &["cargo test --quiet --workspace --test house dependencies"],
        needs: &[],
    },
    Step {
        name: "packs",
        commands: &[
            "cargo run --quiet --package minzheng-cli -- pack lint",
            "cargo run --quiet --package minzheng-cli -- pack test",
            "cargo run --quiet --package minzheng-cli -- pack coverage --deny-unmet",
        ],
        needs: &[],
    },
    Step {
        name: "gen",
        commands: &["cargo xtask gen --check"],
        needs: &[],
    },
    Step {
        name: "doc",
        commands: &["cargo doc --workspace --lib --no-deps --quiet"],
        needs: &[],
    },
    Step {
        name: "test",
        commands: &["cargo test --workspace"],
        needs: &[shell::GIT],
    },
    Step {
        // the committed sources of Kotlin and Swift are what the library says of itself
        name: "bindings",
        commands: &["cargo xtask bindings --check"],
        needs: &[],
    },
    Step {
        // the jar with this machine's library: its tests, every vector, the bytes of Rust, load, what is refused, examples
        name: "kotlin",
        commands: &[
            "cargo xtask bindings native",
            "cargo run --quiet --package minzheng-tests --bin calls -- --count 400 --seed 1 --out target/bindings/calls",
            "mvn --batch-mode --no-transfer-progress --file bindings/kotlin/pom.xml verify",
        ],
        needs: &[shell::JAVA, shell::MAVEN, shell::STRIP],
    },
    Step {
        // the package with this machine's library: its tests, every vector, the bytes of Rust, load, what is refused, the quickstart
        name: "swift",
        commands: &[
            "cargo rustc --quiet --package minzheng-ffi --lib --crate-type staticlib",
            "cargo run --quiet --package minzheng-tests --bin calls -- --count 1000 --seed 1 --out target/bindings/calls",
            "cargo xtask swift",
        ],
        needs: &[shell::SWIFT],
    },
    Step {
        name: "examples",
        commands: &["cargo xtask examples"],
        needs: &[],
    },
    Step {
        name: "fuzz",
        commands: &["cargo xtask fuzz --seconds 10"],
        needs: &[shell::CXX],
    },
    Step {
        // each benchmark once, unmeasured and without peers: it must run, and give its check value
        name: "bench",
        commands: &["cargo test --workspace --bench columns --bench household --bench peers"],
        needs: &[],
    },
    Step {
        // the exported catalogue under readers that are not ours: rdflib, SHACL, the schema of data contracts
        name: "catalog",
        commands: &[
            "python3 -m venv target/oracles",
            "target/oracles/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/catalog/requirements.txt",
            "target/oracles/bin/python tests/catalog/check.py",
        ],
        needs: &[shell::PYTHON],
    },
    Step {
        // the Python package: types, stubs, and pytest with and without the libraries of analysts
        name: "python",
        commands: &["cargo xtask python"],
        needs: &[shell::PYTHON],
    },
    Step {
        // a master and two workers on 127.0.0.1, one of them killed in the middle of a job
        name: "spark",
        commands: &["cargo xtask python spark"],
        needs: &[shell::PYTHON, shell::JAVA],
    },
    Step {
        name: "notebooks",
        commands: &["cargo xtask python notebooks"],
        needs: &[shell::PYTHON],
    },
    Step {
        // the exported plans in engines of their own; the tests are ignored by a plain `cargo test`
        name: "oracles",
        commands: &[
            "python3 -m venv target/oracles",
            "target/oracles/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/oracles/requirements.txt",
            "cargo test --package minzheng-tests --test oracles -- --ignored --nocapture",
        ],
        needs: &[shell::PYTHON],
    },
];

/// The names of all steps, for help.
pub(crate) fn names() -> String {
    let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
    names.join(" ")
}

/// What passed and failed: tests where a step runs tests, else the step itself.
#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
}

/// Runs all steps but those that stand apart.
pub(crate) fn test() -> Outcome {
    let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
    let plain = names.into_iter().filter(|name| !APART.contains(name));
    run(&plain.collect::<Vec<_>>())
}

/// Runs the named steps, or all of them. The last line printed is `N passed, N failed`.
pub(crate) fn run(wanted: &[&str]) -> Outcome {
    if let Some(unknown) = wanted
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        return Err(format!("no step `{unknown}`; the steps are: {}", names()));
    }
    let steps = STEPS
        .iter()
        .filter(|step| wanted.is_empty() || wanted.contains(&step.name));
    let begun = Instant::now();
    let mut tally = Tally::default();
    let mut outcome = Ok(());
    for step in steps {
        outcome = run_step(step, &mut tally);
        if let Err(problem) = &outcome {
            println!("step {} failed: {problem}", step.name);
            break;
        }
    }
    println!("{:.1?} in all", begun.elapsed());
    println!("{} passed, {} failed", tally.passed, tally.failed);
    // the line above is the last one: the problem has been told
    outcome.map_err(|_| String::new())
}

fn run_step(step: &Step, tally: &mut Tally) -> Outcome {
    let begun = Instant::now();
    println!("== {} (cargo xtask ci {})", step.name, step.name);
    let before = (tally.passed, tally.failed);
    let outcome = shell::require(step.needs).and_then(|()| {
        for command in step.commands {
            println!("   {command}");
            let counted = match (command.strip_prefix("cargo xtask "), runner(command)) {
                (Some(own), _) => {
                    let args: Vec<&str> = own.split_whitespace().collect();
                    crate::run(&args)
                }
                (None, Some(result)) => shell::stream(command, |line| {
                    if let Some((passed, failed)) = result(line) {
                        tally.passed = tally.passed.saturating_add(passed);
                        tally.failed = tally.failed.saturating_add(failed);
                    }
                }),
                (None, None) => shell::call(command),
            };
            counted.map_err(|problem| format!("{problem}; reproduce: {command}"))?;
        }
        Ok(())
    });
    match &outcome {
        Ok(()) if before == (tally.passed, tally.failed) => {
            tally.passed = tally.passed.saturating_add(1);
        }
        Err(_) if before.1 == tally.failed => tally.failed = tally.failed.saturating_add(1),
        _ => {}
    }
    println!("   {} took {:.1?}", step.name, begun.elapsed());
    outcome
}

/// Reads a line of what ran tests: how many passed and failed.
type ReadResult = fn(&str) -> Option<(u64, u64)>;

/// What reads the output of a command that runs tests.
fn runner(command: &str) -> Option<ReadResult> {
    let runners: [(&str, ReadResult); 2] = [("cargo test", test_result), ("mvn ", surefire_result)];
    let found = runners
        .into_iter()
        .find(|(begins, _)| command.starts_with(begins));
    found.map(|(_, read)| read)
}

/// Reads the sum at the end of `Tests run: 12, Failures: 0, Errors: 1, Skipped: 2`; the lines of single classes say more.
fn surefire_result(line: &str) -> Option<(u64, u64)> {
    let (_, counts) = line
        .split_once("Tests run: ")
        .filter(|_| !line.contains("Time elapsed"))?;
    let mut counts = counts.split(',').map(|part| {
        let number = part.rsplit(' ').next().unwrap_or_default();
        number.trim().parse::<u64>().ok()
    });
    let mut next = || counts.next().flatten();
    let (run, failures, errors, skipped) = (next()?, next()?, next()?, next()?);
    let failed = failures.saturating_add(errors);
    Some((run.saturating_sub(failed).saturating_sub(skipped), failed))
}

/// Reads `test result: ok. 12 passed; 0 failed; …`.
fn test_result(line: &str) -> Option<(u64, u64)> {
    let rest = line.trim().strip_prefix("test result: ")?;
    let count = |unit: &str| {
        rest.split([';', '.'])
            .find_map(|part| part.trim().strip_suffix(unit))
            .and_then(|number| number.trim().parse().ok())
    };
    Some((count("passed")?, count("failed")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_summary_of_the_test_harness() {
        let line = "test result: ok. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(test_result(line), Some((12, 3)));
        assert_eq!(test_result("test tests::a ... ok"), None);
    }

    #[test]
    fn reads_the_sum_of_surefire() {
        let sum = "[INFO] Tests run: 12, Failures: 1, Errors: 2, Skipped: 3";
        assert_eq!(surefire_result(sum), Some((6, 3)));
        let one = "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.5 s -- in AssessTest";
        assert_eq!(surefire_result(one), None);
        assert!(runner("mvn verify").is_some() && runner("cargo doc").is_none());
    }

    #[test]
    fn step_names_are_distinct() {
        let mut names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }

    #[test]
    fn what_stands_apart_is_a_step() {
        for name in APART {
            assert!(STEPS.iter().any(|step| step.name == *name), "{name}");
        }
    }
}
