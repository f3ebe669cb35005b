//! A program of the benches: its arguments in, its end out.
#![expect(clippy::print_stdout, reason = "a program talks to its terminal")]

use std::process::ExitCode;

/// Runs a program with the arguments of this process, and prints what stopped it.
pub fn run(work: impl Fn(&[&str]) -> Result<(), String>) -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match work(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("{problem}");
            ExitCode::FAILURE
        }
    }
}
