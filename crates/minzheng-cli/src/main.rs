//! The command `minzheng`.
#![forbid(unsafe_code)]

mod args;
mod audit;
mod gate;
mod input;
mod output;
mod pack;
mod params;
mod province;
mod run;
mod schema;
mod synth;

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
}

impl From<minzheng::Error> for Failure {
    fn from(error: minzheng::Error) -> Self {
        Self::Refused(error.to_string())
    }
}

/// What a command prints.
type Outcome = Result<String, Failure>;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let (text, code) = match run::run(args) {
        Ok(text) => (text, ExitCode::SUCCESS),
        Err(Failure::Undetermined(text)) => (text, ExitCode::from(3)),
        Err(Failure::Refused(text)) => {
            // nobody is left to tell when standard error is closed
            let _ = writeln!(anstream::stderr(), "{}", output::findings(&text));
            return ExitCode::from(1);
        }
    };
    let mut stdout = anstream::stdout().lock();
    // a reader that stops early, as `head`, is no failure
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    code
}
