//! The sources of other languages, written from what the built library says of itself. They are committed and never edited by hand.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Outcome, generated, shell};

/// The library and its writers; both are built as they are for a developer's tests.
const BUILD: &[&str] = &[
    "cargo build --quiet --package minzheng-ffi",
    "cargo build --quiet --manifest-path bindings/uniffi-bindgen/Cargo.toml --target-dir target",
];

/// The library, not stripped: what it says of itself stands in its symbols.
pub(crate) const LIBRARY: &str = "target/debug/libminzheng_ffi.so";

/// Where sources are written before they are compared.
const DRAFT: &str = "target/bindings";

struct Language {
    name: &'static str,
    /// The commands that write its files below [`DRAFT`].
    commands: &'static [&'static str],
    /// The files: below [`DRAFT`], and where they are committed.
    files: &'static [(&'static str, &'static str)],
    /// What is mended in them.
    mended: &'static [Mended],
}

/// Something that the writer gets wrong: it must be there, so that a newer writer that has it right is noticed.
struct Mended {
    from: &'static str,
    to: &'static str,
}

const LANGUAGES: &[Language] = &[
    Language {
        name: "kotlin",
        commands: &[
            "target/debug/uniffi-bindgen generate --language kotlin --no-format --out-dir target/bindings/kotlin target/debug/libminzheng_ffi.so",
        ],
        files: &[(
            "kotlin/cn/minzheng/minzheng.kt",
            "bindings/kotlin/src/main/kotlin/cn/minzheng/minzheng.kt",
        )],
        // an object that is handed over as an argument was not held while its handle is taken: one that is closed already, or is
        // closed meanwhile by another thread, led to memory that is gone. Held, the first is an IllegalStateException
        mended: &[Mended {
            from: "        return value.uniffiCloneHandle()\n",
            to: "        return value.callWithHandle { it }\n",
        }],
    },
    Language {
        name: "swift",
        commands: &[
            "target/debug/uniffi-bindgen-swift --swift-sources target/debug/libminzheng_ffi.so target/bindings/swift",
            "target/debug/uniffi-bindgen-swift --headers target/debug/libminzheng_ffi.so target/bindings/swift",
            "target/debug/uniffi-bindgen-swift --modulemap --module-name MinzhengFFI --modulemap-filename module.modulemap target/debug/libminzheng_ffi.so target/bindings/swift",
        ],
        files: &[
            (
                "swift/Minzheng.swift",
                "bindings/swift/Sources/Minzheng/Minzheng.swift",
            ),
            (
                "swift/MinzhengFFI.h",
                "bindings/swift/Sources/MinzhengFFI/include/MinzhengFFI.h",
            ),
            (
                "swift/module.modulemap",
                "bindings/swift/Sources/MinzhengFFI/include/module.modulemap",
            ),
        ],
        mended: &[],
    },
];

/// The languages that are named, or all.
fn chosen(names: &[&str]) -> Result<Vec<&'static Language>, String> {
    if let Some(other) = (names.iter()).find(|n| LANGUAGES.iter().all(|l| l.name != **n)) {
        let known: Vec<&str> = LANGUAGES.iter().map(|l| l.name).collect();
        return Err(format!(
            "no sources are written for `{other}`; the languages are: {}",
            known.join(" ")
        ));
    }
    let is_wanted = |l: &&Language| names.is_empty() || names.contains(&l.name);
    Ok(LANGUAGES.iter().filter(is_wanted).collect())
}

/// Writes the sources of languages, or of all.
pub(crate) fn write(names: &[&str]) -> Outcome {
    let chosen = chosen(names)?;
    draft(&chosen)?;
    for (from, to) in chosen.iter().flat_map(|l| l.files) {
        let new = read(&Path::new(DRAFT).join(from))?;
        let path = shell::root().join(to);
        if fs::read_to_string(&path).is_ok_and(|old| old == new) {
            continue;
        }
        write_file(&path, &new)?;
        println!("wrote {to}");
    }
    Ok(())
}

/// Fails when sources are not what the library says of itself.
pub(crate) fn check(names: &[&str]) -> Outcome {
    let chosen = chosen(names)?;
    draft(&chosen)?;
    let mut stale = Vec::new();
    for (from, to) in chosen.iter().flat_map(|l| l.files) {
        let new = read(&Path::new(DRAFT).join(from))?;
        match read(Path::new(to)) {
            Err(_) => stale.push(format!("{to} is missing")),
            Ok(old) => {
                if let Some(line) = generated::first_difference(&old, &new) {
                    stale.push(format!("{to} differs from line {line}"));
                }
            }
        }
    }
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!("{}; run: cargo xtask bindings", stale.join(", ")))
    }
}

/// The built library without what only a debugger reads, in a folder by the name that JNA gives this machine, for a jar.
pub(crate) fn native() -> Outcome {
    shell::call(BUILD.first().copied().unwrap_or_default())?;
    let to = PathBuf::from(DRAFT).join("native").join(platform());
    fs::create_dir_all(shell::root().join(&to)).map_err(|e| format!("{}: {e}", to.display()))?;
    let line = format!(
        "strip --strip-unneeded -o {}/libminzheng_ffi.so {LIBRARY}",
        to.display()
    );
    shell::call(&line)
        .map_err(|problem| format!("strip: {problem} (Debian: apt-get install binutils)"))
}

/// The name that JNA gives this machine.
fn platform() -> String {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "x86-64",
        other => other,
    };
    format!("{}-{arch}", std::env::consts::OS)
}

/// Builds the library and writes the sources below [`DRAFT`].
fn draft(chosen: &[&Language]) -> Outcome {
    let commands = chosen.iter().flat_map(|l| l.commands);
    BUILD
        .iter()
        .chain(commands)
        .try_for_each(|line| shell::call(line).map_err(|problem| format!("`{line}`: {problem}")))?;
    for language in chosen {
        for (from, _) in language.files {
            let path = Path::new(DRAFT).join(from);
            let tidy = mended(tidied(&read(&path)?), language.mended)?;
            write_file(&shell::root().join(&path), &tidy)?;
        }
    }
    Ok(())
}

fn mended(text: String, list: &[Mended]) -> Result<String, String> {
    list.iter().try_fold(text, |text, mend| {
        if text.contains(mend.from) {
            Ok(text.replace(mend.from, mend.to))
        } else {
            let line = mend.from.trim();
            Err(format!(
                "`{line}` is not written any more: see whether it still has to be mended"
            ))
        }
    })
}

/// Without blanks at the ends of lines and lines at the end: a diff shows what changed.
fn tidied(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim_end())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(shell::root().join(path)).map_err(|e| format!("{}: {e}", path.display()))
}

fn write_file(path: &Path, text: &str) -> Outcome {
    let told = |e: std::io::Error| format!("{}: {e}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(told)?;
    }
    fs::write(path, text).map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_chosen_by_name() {
        let names = |list: Vec<&Language>| list.iter().map(|l| l.name).collect::<Vec<_>>();
        assert_eq!(chosen(&["swift"]).map(names), Ok(vec!["swift"]));
        assert_eq!(chosen(&[]).map(|l| l.len()), Ok(LANGUAGES.len()));
        assert!(chosen(&["cobol"]).is_err_and(|e| e.contains("kotlin swift")));
    }

    #[test]
    fn what_is_mended_must_be_there() {
        let list = [Mended {
            from: "a\n",
            to: "b\n",
        }];
        assert_eq!(mended("a\na\n".to_owned(), &list).as_deref(), Ok("b\nb\n"));
        assert!(mended("c\n".to_owned(), &list).is_err());
    }

    #[test]
    fn blanks_at_the_ends_go() {
        assert_eq!(tidied("a \n\n b\t\n\n\n"), "a\n\n b\n");
    }
}
