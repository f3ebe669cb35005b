//! The command `minzheng`.
#![forbid(unsafe_code)]

mod args;
mod arrears;
mod audit;
mod catalog;
mod clock;
mod compare;
mod gate;
mod input;
mod models;
mod output;
mod pack;
mod params;
mod province;
mod quality;
mod run;
mod schema;
mod synth;
mod tables;
mod verify;
mod verify_tables;
mod warn;
mod warn_review;
mod warn_work;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

/// Why a command did not do what was asked.
#[derive(Debug)]
enum Failure {
    /// The input or a pack was refused: exit code 1.
    Refused(String),
    /// Something is undetermined and that was asked to fail: exit code 3. What was found out is printed all the same.
    Undetermined(String),
    /// A person stopped it: exit code 130, as a shell has it.
    Stopped(String),
}

impl From<minzheng::Error> for Failure {
    fn from(error: minzheng::Error) -> Self {
        Self::Refused(error.to_string())
    }
}

/// What a command prints.
type Outcome = Result<String, Failure>;

/// The exit code of what was stopped by Ctrl-C.
const STOPPED: u8 = 130;

/// Says on standard error why nothing, or not all, was done.
fn told(text: &str, code: u8) -> ExitCode {
    // nobody is left to tell when standard error is closed
    let _ = writeln!(anstream::stderr(), "{}", output::findings(text));
    ExitCode::from(code)
}

fn main() -> ExitCode {
    let args = args::Args::parse();
    let (text, code) = match run::run(args) {
        Ok(text) => (text, ExitCode::SUCCESS),
        Err(Failure::Undetermined(text)) => (text, ExitCode::from(3)),
        Err(Failure::Refused(text)) => return told(&text, 1),
        Err(Failure::Stopped(text)) => return told(&text, STOPPED),
    };
    let mut stdout = anstream::stdout().lock();
    // a reader that stops early, as `head`, is no failure
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    code
}
