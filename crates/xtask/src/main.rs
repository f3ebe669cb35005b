//! Every chore of the project. `cargo xtask` alone lists them.
#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to its terminal"
)]

mod bench;
mod bindings;
mod ci;
mod examples;
mod fuzz;
mod generated;
mod packs;
mod python;
mod shell;
mod surface;
mod swift;
mod version;

use std::process::ExitCode;

/// Nothing, or the one line that says what went wrong and what to do.
type Outcome = Result<(), String>;

const HELP: &str = "\
cargo xtask test [STEP…]                  everything that must pass, cheap steps first; or some of it: python, kotlin, swift
cargo xtask ci [STEP…]                    the same steps by name; without a name also those that need Python
cargo xtask python [spark|notebooks]      test the Python package; it on a cluster of Spark; the notebooks of examples/python
cargo xtask bindings python               wheels of the Python package, built through Zig for manylinux_2_28
cargo xtask gen [--check]                 write the generated files, or say which are stale
cargo xtask bindings [kotlin|swift] [--check]
                                          write the sources of a language from the built library, or say which are stale
cargo xtask bindings native               the library for a jar, in target/bindings/native
cargo xtask swift [--library FILE] [--calls DIR]
                                          test the Swift package with the library as built, or with another
cargo xtask surface LANGUAGE              print the public declarations of a binding
cargo xtask examples                      run every program of examples/rust
cargo xtask fuzz [TARGET] [--seconds N]   run the fuzz targets of tests/fuzz
cargo xtask bench [--quick] [--only ID] [--write]
                                          measure beside the peers of benches/manifest.toml
cargo xtask bench --instructions          count instructions of our engines with valgrind, where it is installed
cargo xtask version [--check]             print the version, or check that every crate carries it";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            if !problem.is_empty() {
                eprintln!("xtask: {problem}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Runs one subcommand; the steps of `ci` come through here too.
fn run(args: &[&str]) -> Outcome {
    match args {
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}\n\nsteps: {}", ci::names());
            Ok(())
        }
        ["test"] => ci::test(),
        ["test", names @ ..] => ci::run(names),
        ["bindings", "native"] => bindings::native(),
        ["bindings", "python"] => python::wheel(),
        ["bindings", names @ .., "--check"] => bindings::check(names),
        ["bindings", names @ ..] => bindings::write(names),
        ["python"] => python::check(),
        ["python", "spark"] => python::spark(),
        ["python", "notebooks"] => python::notebooks(),
        ["swift", rest @ ..] => swift::test(rest),
        ["surface", language] => surface::print(language),
        ["ci", names @ ..] => ci::run(names),
        ["pack-files"] => packs::list(),
        ["gen"] => generated::write(),
        ["gen", "--check"] => generated::check(),
        ["examples"] => examples::run(),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        ["version"] => version::print(),
        ["version", "--check"] => version::check(),
        _ => Err(format!(
            "no such command: `{}`; `cargo xtask` lists them",
            args.join(" ")
        )),
    }
}
