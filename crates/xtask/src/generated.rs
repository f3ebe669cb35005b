//! Files that a command writes. They are committed and never edited by hand.

use crate::{Outcome, shell};
use std::fs;

struct Generated {
    path: &'static str,
    part: Part,
    /// Its standard output is the content.
    command: &'static str,
}

enum Part {
    Whole,
    /// What stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`.
    Between(&'static str),
}

const GENERATED: &[Generated] = &[
    // first: the other commands read the packs it lists
    Generated {
        path: "crates/minzheng/src/packs/files.rs",
        part: Part::Whole,
        command: "cargo xtask pack-files",
    },
    Generated {
        path: "crates/minzheng/src/packs/cn.outlines",
        part: Part::Whole,
        command: "cargo run -q -p minzheng-tests --bin outlines -- cn",
    },
    Generated {
        path: "crates/minzheng/src/packs/cn-15.outlines",
        part: Part::Whole,
        command: "cargo run -q -p minzheng-tests --bin outlines -- cn-15",
    },
    Generated {
        path: "crates/minzheng/src/packs/demo.outlines",
        part: Part::Whole,
        command: "cargo run -q -p minzheng-tests --bin outlines -- demo",
    },
    Generated {
        path: "docs/reference/household.schema.json",
        part: Part::Whole,
        command: "cargo run -q -p minzheng-cli -- schema household",
    },
    Generated {
        path: "docs/reference/verification-report.schema.json",
        part: Part::Whole,
        command: "cargo run -q -p minzheng-cli -- schema verification-report",
    },
    Generated {
        path: "docs/reference/quality-report.schema.json",
        part: Part::Whole,
        command: "cargo run -q -p minzheng-cli -- schema quality-report",
    },
    Generated {
        path: "docs/reference/cn.md",
        part: Part::Whole,
        command: "cargo run -q -p minzheng-cli -- pack show --markdown cn",
    },
    Generated {
        path: "docs/reference/cn-15.md",
        part: Part::Whole,
        command: "cargo run -q -p minzheng-cli -- pack show --markdown cn-15",
    },
    Generated {
        path: "docs/reference/catalog.md",
        part: Part::Whole,
        command: "cargo run -q -p minzheng-cli -- catalog list --markdown",
    },
    Generated {
        path: "docs/reference/warnings.schema.json",
        part: Part::Whole,
        command: "cargo run -q -p minzheng-cli -- schema warnings",
    },
    Generated {
        path: "docs/reference/models.md",
        part: Part::Whole,
        command: "cargo run -q -p minzheng-cli -- models list --markdown",
    },
    Generated {
        path: "tests/surface/kotlin.txt",
        part: Part::Whole,
        command: "cargo xtask surface kotlin",
    },
    Generated {
        path: "tests/surface/python.txt",
        part: Part::Whole,
        command: "cargo xtask surface python",
    },
    Generated {
        path: "tests/surface/swift.txt",
        part: Part::Whole,
        command: "cargo xtask surface swift",
    },
    Generated {
        path: "README.md",
        part: Part::Between("programmes"),
        command: "cargo run -q -p minzheng-cli -- pack show --markdown --programmes --lang en",
    },
    Generated {
        path: "docs/zh/README.md",
        part: Part::Between("programmes"),
        command: "cargo run -q -p minzheng-cli -- pack show --markdown --programmes --lang zh",
    },
];

/// Writes every generated file that differs.
pub(crate) fn write() -> Outcome {
    for item in GENERATED {
        let (old, new) = contents(item)?;
        if old.as_deref() == Some(new.as_str()) {
            continue;
        }
        let path = shell::root().join(item.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", item.path))?;
        }
        fs::write(&path, new).map_err(|error| format!("{}: {error}", item.path))?;
        println!("wrote {}", item.path);
    }
    Ok(())
}

/// Fails when a generated file is not what its command writes, naming each and its first stale line.
pub(crate) fn check() -> Outcome {
    let mut stale = Vec::new();
    for item in GENERATED {
        let (old, new) = contents(item)?;
        match old {
            None => stale.push(format!("{} is missing", item.path)),
            Some(old) => {
                if let Some(line) = first_difference(&old, &new) {
                    stale.push(format!("{} differs from line {line}", item.path));
                }
            }
        }
    }
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!("{}; run: cargo xtask gen", stale.join(", ")))
    }
}

/// The file as it stands, if it stands, and as it should be.
fn contents(item: &Generated) -> Result<(Option<String>, String), String> {
    let output = String::from_utf8(shell::capture(item.command)?)
        .map_err(|_| format!("`{}` does not write UTF-8", item.command))?;
    let old = fs::read_to_string(shell::root().join(item.path)).ok();
    let new = match item.part {
        Part::Whole => output,
        Part::Between(name) => splice(old.as_deref().unwrap_or_default(), name, &output)
            .ok_or_else(|| {
                format!(
                    "{} has no `<!-- {name}:begin -->` … `<!-- {name}:end -->`",
                    item.path
                )
            })?,
    };
    Ok((old, new))
}

/// `text` with what stands between the two marks replaced.
pub(crate) fn splice(text: &str, name: &str, inner: &str) -> Option<String> {
    let begin = format!("<!-- {name}:begin -->");
    let end = format!("<!-- {name}:end -->");
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{}\n{end}{after}", inner.trim()))
}

/// The number of the first line that differs.
pub(crate) fn first_difference(old: &str, new: &str) -> Option<usize> {
    if old == new {
        return None;
    }
    let same = old
        .split_inclusive('\n')
        .zip(new.split_inclusive('\n'))
        .take_while(|(old, new)| old == new)
        .count();
    Some(same.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_what_stands_between_the_marks_and_nothing_else() {
        let text = "a\n<!-- t:begin -->\nold\n<!-- t:end -->\nb\n";
        assert_eq!(
            splice(text, "t", "new\n").as_deref(),
            Some("a\n<!-- t:begin -->\nnew\n<!-- t:end -->\nb\n")
        );
        assert_eq!(splice("no marks", "t", "new"), None);
    }

    #[test]
    fn names_the_first_line_that_differs() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
    }
}
