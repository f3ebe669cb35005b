//! A peer in a Python process of its own, that answers line by line.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use arrow_array::RecordBatch;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::columns;
use crate::engine::{Engine, Run};
use crate::manifest;

/// Where the peers are found.
#[derive(Debug)]
pub struct Peers {
    /// The interpreter of an environment with `peers/requirements.txt`.
    pub python: PathBuf,
}

/// A running peer. Its process ends with it.
#[derive(Debug)]
pub struct Peer {
    name: String,
    version: String,
    folder: PathBuf,
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
struct Ready {
    version: String,
}

#[derive(Deserialize)]
struct Timed {
    cpu_ns: u64,
    check: String,
}

#[derive(Deserialize)]
struct Written {}

impl Peer {
    /// Starts a peer and waits until it holds the data of `folder`.
    ///
    /// # Errors
    /// What kept it from starting; its own words go to the standard error stream.
    pub fn start(peers: &Peers, name: &str, bench: &str, folder: &Path) -> Result<Self, String> {
        let told = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let mut command = Command::new(&peers.python);
        command
            .arg(manifest::folder().join("peers/worker.py"))
            .args([name, bench])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .env("PYTHONDONTWRITEBYTECODE", "1");
        for threads in [
            "POLARS_MAX_THREADS",
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "NUMEXPR_NUM_THREADS",
            "TOKIO_WORKER_THREADS",
        ] {
            command.env(threads, "1");
        }
        let mut process = command.spawn().map_err(|error| told(&error))?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(told(&"no pipe to it"));
        };
        let mut peer = Self {
            name: name.to_owned(),
            version: String::new(),
            folder: folder.to_owned(),
            process,
            input,
            output: BufReader::new(output),
        };
        peer.version = peer.read::<Ready>()?.version;
        Ok(peer)
    }

    fn ask<T: DeserializeOwned>(&mut self, line: &str) -> Result<T, String> {
        writeln!(self.input, "{line}").map_err(|error| format!("{}: {error}", self.name))?;
        self.read()
    }

    fn read<T: DeserializeOwned>(&mut self) -> Result<T, String> {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", self.name);
        let mut line = String::new();
        match self.output.read_line(&mut line) {
            Ok(0) => Err(told(&"it stopped; its words stand above")),
            Ok(_) => serde_json::from_str(&line).map_err(|error| told(&error)),
            Err(error) => Err(told(&error)),
        }
    }
}

impl Engine for Peer {
    fn version(&self) -> &str {
        &self.version
    }

    fn run(&mut self) -> Result<Run, String> {
        let timed: Timed = self.ask("run")?;
        let check = u64::from_str_radix(&timed.check, 16)
            .map_err(|error| format!("{}: {error}", self.name))?;
        Ok(Run {
            cpu: Duration::from_nanos(timed.cpu_ns),
            check,
        })
    }

    fn answer(&mut self) -> Result<RecordBatch, String> {
        let path = self.folder.join(format!("answer-{}.arrow", self.name));
        let _: Written = self.ask(&format!("write {}", path.display()))?;
        columns::read(&path)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // it may have ended already: nothing is lost either way
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
