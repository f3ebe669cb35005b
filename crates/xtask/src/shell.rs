//! Running programs at the top of the repository.

use crate::Outcome;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program that must answer, and what to do when it does not.
pub(crate) struct Need {
    probe: &'static str,
    install: &'static str,
}

pub(crate) const RUSTFMT: Need = Need {
    probe: "cargo fmt --version",
    install: "rustfmt is missing: rustup component add rustfmt",
};
pub(crate) const CLIPPY: Need = Need {
    probe: "cargo clippy --version",
    install: "clippy is missing: rustup component add clippy",
};
pub(crate) const GIT: Need = Need {
    probe: "git --version",
    install: "git is missing: install the system package git (Debian: apt-get install git)",
};
pub(crate) const PYTHON: Need = Need {
    probe: "python3 -m venv --help",
    install: "Python is missing: install python3 (3.11 or newer) with its module venv (Debian: apt-get install python3-venv)",
};
pub(crate) const JAVA: Need = Need {
    probe: "java -version",
    install: "Java is missing: install a Java runtime, 17 or newer (Debian: apt-get install openjdk-17-jre-headless)",
};
pub(crate) const CXX: Need = Need {
    probe: "c++ --version",
    install: "a C++ compiler is missing: install the system package g++ (Debian: apt-get install g++)",
};

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Fails on the first missing program, with the line that says what to install.
pub(crate) fn require(needs: &[Need]) -> Outcome {
    match needs.iter().find(|need| !answers(need.probe)) {
        Some(need) => Err(need.install.to_owned()),
        None => Ok(()),
    }
}

/// Whether a program is there: its command line ends well. What it says is not shown.
pub(crate) fn answers(line: &str) -> bool {
    command(line)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a command line; its output goes where ours goes.
pub(crate) fn call(line: &str) -> Outcome {
    status(&mut command(line))
}

/// Runs a prepared command; its output goes where ours goes.
pub(crate) fn status(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| start(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(status.to_string())
    }
}

/// Runs a command line, passes its standard output on and shows each line of it to `read`.
pub(crate) fn stream(line: &str, mut read: impl FnMut(&str)) -> Outcome {
    let mut command = command(line);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| start(&command, &error))?;
    let mut copied = Ok(());
    if let Some(out) = child.stdout.take() {
        let mut out = BufReader::new(out);
        let mut bytes = Vec::new();
        while copied.is_ok() && out.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            copied = std::io::stdout().write_all(&bytes);
            read(&String::from_utf8_lossy(&bytes));
            bytes.clear();
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    copied.map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(status.to_string())
    }
}

/// Runs a command line and gives its standard output.
pub(crate) fn capture(line: &str) -> Result<Vec<u8>, String> {
    let mut command = command(line);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| start(&command, &error))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("`{line}`: {}", output.status))
    }
}

/// A command line split at blanks, run at the top of the repository, without input.
pub(crate) fn command(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = program(Path::new(words.next().unwrap_or_default()));
    command.args(words);
    command
}

/// A program run at the top of the repository, without input.
pub(crate) fn program(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

fn start(command: &Command, error: &std::io::Error) -> String {
    format!("cannot start {}: {error}", command.get_program().display())
}

/// The names, without their ending, of the files of a folder; in order.
pub(crate) fn stems(folder: &str, ending: &str) -> Result<Vec<String>, String> {
    let told = |error: std::io::Error| format!("{folder}: {error}");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root().join(folder)).map_err(told)? {
        let path = entry.map_err(told)?.path();
        if path.extension().is_some_and(|found| found == ending)
            && let Some(stem) = path.file_stem()
        {
            names.push(stem.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
