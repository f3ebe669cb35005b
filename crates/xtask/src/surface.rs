//! What a binding lets its users see: its public declarations, one a line, read from its sources. A change of it is seen in review.

use std::fs;
use std::path::Path;

use crate::{Outcome, shell};

mod blocks;
mod indents;

/// The sources of a language, and how they are read.
struct Sources {
    name: &'static str,
    /// Files, and folders whose files count.
    paths: &'static [&'static str],
    ending: &'static str,
    read: fn(&str) -> Vec<String>,
}

const SOURCES: &[Sources] = &[
    Sources {
        name: "kotlin",
        paths: &["bindings/kotlin/src/main/kotlin"],
        ending: "kt",
        read: |text| blocks::declarations(text, &blocks::KOTLIN),
    },
    Sources {
        name: "swift",
        paths: &["bindings/swift/Sources/Minzheng"],
        ending: "swift",
        read: |text| blocks::declarations(text, &blocks::SWIFT),
    },
    Sources {
        name: "python",
        paths: &["bindings/python/python/minzheng"],
        ending: "py",
        read: indents::declarations,
    },
];

/// Prints the surface of a language.
pub(crate) fn print(language: &str) -> Outcome {
    let Some(sources) = SOURCES.iter().find(|s| s.name == language) else {
        let known: Vec<&str> = SOURCES.iter().map(|s| s.name).collect();
        return Err(format!(
            "no surface is known of `{language}`; the languages are: {}",
            known.join(" ")
        ));
    };
    let mut files = Vec::new();
    for path in sources.paths {
        walk(&shell::root().join(path), sources.ending, &mut files)?;
    }
    // a module that begins with a stroke is private
    let is_private = |file: &std::path::PathBuf| {
        let name = file.file_stem().map(|s| s.to_string_lossy().into_owned());
        name.is_some_and(|name| name.starts_with('_') && name != "__init__")
    };
    files.retain(|file| !is_private(file));
    files.sort();
    let mut lines = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
        lines.extend((sources.read)(&text));
    }
    lines.retain(|line| !is_machinery(line) && !line.ends_with("companion object"));
    lines.sort();
    lines.dedup();
    for line in lines {
        println!("{line}");
    }
    Ok(())
}

/// Whether a declaration is of what generated sources need for themselves.
fn is_machinery(line: &str) -> bool {
    [
        "Ffi",
        "uniffi",
        "Uniffi",
        "RustBuffer",
        "ForeignBytes",
        "NoHandle",
        "Disposable",
    ]
    .iter()
    .any(|word| line.contains(word))
}

fn walk(path: &Path, ending: &str, into: &mut Vec<std::path::PathBuf>) -> Outcome {
    let told = |e: std::io::Error| format!("{}: {e}", path.display());
    if path.is_dir() {
        for entry in fs::read_dir(path).map_err(told)? {
            walk(&entry.map_err(told)?.path(), ending, into)?;
        }
    } else if path.extension().is_some_and(|found| found == ending) {
        into.push(path.to_owned());
    }
    Ok(())
}
