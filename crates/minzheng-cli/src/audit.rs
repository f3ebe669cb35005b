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
            let open = File::open(file).map_err(|e| input::refused(file, e))?;
            let found = verify(file, &open, *head)?;
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
            let head = append(file, read(events, lang)?, *head, lang)?;
            Ok(format!("{head}\n"))
        }
    }
}

fn tampered(tamper: Tamper, lang: Lang) -> String {
    let no = bold(pick(("被改动", "tampered with"), lang));
    format!("{no}: {}\n", tamper.words(lang))
}

/// Reads a trail line by line, in constant memory.
fn verify(path: &Path, file: &File, kept: Option<Head>) -> Result<Result<Head, Tamper>, Failure> {
    let refused = |e| input::refused(path, e);
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

/// Appends all events or none and gives the new head: the events are checked by whoever has them, and the trail is locked and
/// verified before it grows.
pub(crate) fn append(
    path: &Path,
    events: Vec<Event>,
    kept: Option<Head>,
    lang: Lang,
) -> Result<Head, Failure> {
    let refused = |e| input::refused(path, e);
    let mut file = OpenOptions::new()
        .create(true)
        .read(true)
        .append(true)
        .open(path)
        .map_err(refused)?;
    if file.try_lock().is_err() {
        let why = "another program is writing to the trail, or it cannot be locked";
        return Err(input::refused(path, why));
    }
    let mut head = match verify(path, &file, kept)? {
        Ok(head) => head,
        Err(tamper) => return Err(Failure::Undetermined(tampered(tamper, lang))),
    };
    let mut lines = String::new();
    for event in events {
        let told = |e: Error| Failure::Refused(e.lines(lang));
        lines.push_str(&head.append(event).map_err(told)?.to_line());
        lines.push('\n');
    }
    file.write_all(lines.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(refused)?;
    Ok(head)
}

/// The events of a file, one a line, each checked.
fn read(path: &Path, lang: Lang) -> Result<Vec<Event>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| input::refused(path, e))?;
    let mut out = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let number = at.saturating_add(1);
        let value = serde_json::from_str(line)
            .map_err(|_| input::refused(path, format!("line {number}: not well-formed JSON")))?;
        let event = Event::from_json("", value)
            .and_then(|event| event.check().map(|()| event))
            .map_err(|e| {
                let name = path.display();
                Failure::Refused(format!("{name}:{number}: {}", e.lines(lang)))
            })?;
        out.push(event);
    }
    Ok(out)
}
