//! What is done: one line of JSON for the run, one for every part that is durable, one for the end.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::sample::Met;
use super::summary::Summary;
use crate::error::{Error, fault};
use crate::files::{WrittenFile, refused, sync_dir, unread, unwritten};

const NAME: &str = "journal.jsonl";

/// Makes the folder of an answer; one that holds something is refused.
pub(crate) fn fresh(out: &Path, help: &str) -> Result<(), Error> {
    fs::create_dir_all(out).map_err(|e| unwritten(out, &e))?;
    let mut entries = fs::read_dir(out).map_err(|e| unread(out, &e))?;
    if entries.next().is_some() {
        let message = "the folder holds something";
        return Err(refused("E-RUN-EXISTS", out, message, help));
    }
    Ok(())
}

/// Refuses the tables of a run that is not done: what it has not reached would be taken for ended. A folder without a journal is no run's.
pub(crate) fn done(out: &Path) -> Result<(), Error> {
    let path = out.join(NAME);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(unread(&path, &e)),
    };
    let last = text.lines().last().unwrap_or_default();
    let is_done = serde_json::from_str::<Value>(last).is_ok_and(|v| v.get("done").is_some());
    if is_done {
        return Ok(());
    }
    let message = "the run whose tables are to be read is not done";
    Err(refused(
        "E-RUN-OPEN",
        out,
        message,
        "finish it with `--resume`",
    ))
}

/// A part that is durable.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartLine {
    pub(super) part: usize,
    /// Rows of every table that were read up to its end, in the order of households.
    pub(super) read: BTreeMap<String, u64>,
    pub(super) files: BTreeMap<String, WrittenFile>,
    pub(super) summary: Summary,
    /// Explanations by programme and outcome.
    pub(super) explained: Met,
}

#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    is_done: bool,
}

impl Journal {
    /// Begins a journal, or goes on with one of the same run; with the parts that are done.
    pub(super) fn open(
        out: &Path,
        header: &Value,
        resume: bool,
    ) -> Result<(Self, Vec<PartLine>), Error> {
        let path = out.join(NAME);
        fs::create_dir_all(out).map_err(|e| unwritten(out, &e))?;
        if !resume {
            fresh(out, "give another folder, or go on with `--resume`")?;
        }
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.map_err(|e| unwritten(&path, &e))?;
        // where a file system knows no locks, two runs in one folder are the user's to avoid
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            let help = "wait until it is done, or stop it";
            let message = "another run writes to this folder";
            return Err(refused("E-RUN-EXISTS", out, message, help));
        }
        let old = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(unread(&path, &e)),
        };
        // what was not written to its end is not there
        let whole = old.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let mut lines = old.get(..whole).unwrap_or_default().lines();
        let cut = u64::try_from(whole).unwrap_or(0);
        file.set_len(cut).map_err(|e| unwritten(&path, &e))?;
        let mut journal = Self {
            path,
            file,
            is_done: false,
        };
        let Some(first) = lines.next() else {
            journal.append(header)?;
            sync_dir(out)?;
            return Ok((journal, Vec::new()));
        };
        journal.same(first, header)?;
        let mut parts = Vec::new();
        for line in lines {
            if journal.is_done {
                return Err(journal.unreadable());
            }
            if serde_json::from_str::<Value>(line).is_ok_and(|v| v.get("done").is_some()) {
                journal.is_done = true;
                continue;
            }
            let part: PartLine = serde_json::from_str(line).map_err(|_| journal.unreadable())?;
            if part.part != parts.len() {
                return Err(journal.unreadable());
            }
            parts.push(part);
        }
        Ok((journal, parts))
    }

    fn unreadable(&self) -> Error {
        let help = "begin again in another folder";
        refused(
            "E-RUN-JOURNAL",
            &self.path,
            "the journal cannot be read",
            help,
        )
    }

    /// Whether the journal is of this very run.
    fn same(&self, first: &str, header: &Value) -> Result<(), Error> {
        let old: Value = serde_json::from_str(first).map_err(|_| self.unreadable())?;
        if old == *header {
            return Ok(());
        }
        let mut words = Vec::new();
        for key in ["run", "engine", "plan", "packs", "tables", "options"] {
            let (before, now) = (old.get(key), header.get(key));
            if before == now {
                continue;
            }
            match (
                before.and_then(Value::as_object),
                now.and_then(Value::as_object),
            ) {
                (Some(before), Some(now)) => {
                    let other = now.iter().filter(|(k, v)| before.get(*k) != Some(*v));
                    words.extend(other.map(|(k, _)| format!("{key}.{k}")));
                }
                _ => words.push(key.to_owned()),
            }
        }
        let message = format!(
            "the run that was begun here is another: {}",
            words.join(", ")
        );
        let help = "give what was given then, or begin again in another folder";
        Err(refused("E-RUN-CHANGED", &self.path, message, help))
    }

    /// Whether nothing is left to do.
    pub(super) const fn is_done(&self) -> bool {
        self.is_done
    }

    /// Adds a line and makes it durable.
    pub(super) fn append(&mut self, line: &impl Serialize) -> Result<(), Error> {
        let mut text = serde_json::to_string(line).map_err(|_| fault(NAME))?;
        text.push('\n');
        let written = self.file.write_all(text.as_bytes());
        written
            .and_then(|()| self.file.sync_all())
            .map_err(|e| unwritten(&self.path, &e))
    }

    /// Nothing is left to do.
    pub(super) fn done(&mut self) -> Result<(), Error> {
        self.is_done = true;
        self.append(&json!({"done": true}))
    }
}
