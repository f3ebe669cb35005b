//! The commands about the audit trail.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use minzheng::audit::{Event, Head, Tamper, Verifier};
use minzheng::{Error, Lang};
use serde_json::json;

use crate::args::AuditCommand;
use crate::output::{bold, pick};
use crate::{Failure, Outcome, input, output};

/// Lines between two looks at the bar.
const LINES: u64 = 4_096;

/// Does what was asked.
pub(crate) fn run(command: &AuditCommand, lang: Lang) -> Outcome {
    match command {
        AuditCommand::Verify { file, head, json } => {
            let found = verify(file, *head)?;
            let text = match (json, &found) {
                (true, Ok(head)) => {
                    output::json(&json!({ "intact": true, "head": head.to_string() }))
                }
                (true, Err(tamper)) => output::json(&json!({ "intact": false, "tamper": tamper })),
                (false, Ok(head)) => format!("{}: {head}\n", bold(pick(("完好", "intact"), lang))),
                (false, Err(tamper)) => tampered(*tamper, lang),
            };
            match found {
                Ok(_) => Ok(text),
                Err(_) => Err(Failure::Undetermined(text)),
            }
        }
        AuditCommand::Append { file, events, head } => {
            let at = if file.exists() {
                verify(file, *head)?
            } else {
                Verifier::new(*head).finish()
            };
            match at {
                Ok(at) => append(file, events, at, lang),
                Err(tamper) => Err(Failure::Undetermined(tampered(tamper, lang))),
            }
        }
    }
}

fn tampered(tamper: Tamper, lang: Lang) -> String {
    let no = bold(pick(("被改动", "tampered with"), lang));
    format!("{no}: {}\n", tamper.words(lang))
}

/// Reads a trail line by line, in constant memory.
fn verify(path: &Path, kept: Option<Head>) -> Result<Result<Head, Tamper>, Failure> {
    let refused = |e| input::refused(path, e);
    let file = File::open(path).map_err(refused)?;
    let size = file.metadata().map_err(refused)?.len();
    // the bar draws to standard error, and only where that is a terminal
    let bar = ProgressBar::new(size);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:40} {binary_bytes}/{binary_total_bytes} {eta}")
    {
        bar.set_style(style);
    }
    let mut reader = BufReader::new(file);
    let mut verifier = Verifier::new(kept);
    let (mut line, mut lines, mut bytes) = (Vec::new(), 0_u64, 0_u64);
    while !verifier.is_decided() {
        line.clear();
        let many = reader.read_until(b'\n', &mut line).map_err(refused)?;
        if many == 0 {
            break;
        }
        verifier.line(&line);
        bytes = bytes.saturating_add(u64::try_from(many).unwrap_or(0));
        lines = lines.saturating_add(1);
        if lines.is_multiple_of(LINES) {
            bar.set_position(bytes);
        }
    }
    bar.finish_and_clear();
    Ok(verifier.finish())
}

/// Appends all events or none: they are checked before the first is written.
fn append(path: &Path, events: &Path, mut head: Head, lang: Lang) -> Outcome {
    let text = std::fs::read_to_string(events).map_err(|e| input::refused(events, e))?;
    let mut lines = String::new();
    for (at, line) in text
        .lines()
        .enumerate()
        .filter(|(_, l)| !l.trim().is_empty())
    {
        let told = |e: Error| {
            let name = events.display();
            Failure::Refused(format!(
                "{name}:{}: {}",
                at.saturating_add(1),
                e.lines(lang)
            ))
        };
        let value = serde_json::from_str(line).map_err(|_| {
            let why = format!("line {}: not well-formed JSON", at.saturating_add(1));
            input::refused(events, why)
        })?;
        let entry = Event::from_json("", value)
            .and_then(|event| head.append(event))
            .map_err(told)?;
        lines.push_str(&entry.to_line());
        lines.push('\n');
    }
    let write = || {
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        file.write_all(lines.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|e| input::refused(path, e))?;
    Ok(format!("{head}\n"))
}
