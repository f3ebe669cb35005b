//! The Swift package, built and tested with the library of this workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::{Outcome, shell};

/// Runs a command where `swift` is: on this machine, or in the root that `rootfs.sh` beside it makes.
const INSIDE: &str = "bindings/swift/ci/inside.sh";

/// The library as the step of the gate builds it.
const LIBRARY: &str = "target/debug/libminzheng_ffi.a";

/// Where the linker finds it: a folder of its own for every state of it.
const FOLDERS: &str = "target/swift";

/// What the program `calls` writes.
const CALLS: &str = "target/bindings/calls";

/// `[--library FILE] [--calls DIR]`: runs the tests of the package, and its quickstart over a household of the examples; with
/// another build of the library, or with other calls, for those who measure.
pub(crate) fn test(args: &[&str]) -> Outcome {
    let (library, calls) = match args {
        [] => (LIBRARY, CALLS),
        ["--library", file] => (*file, CALLS),
        ["--calls", folder] => (LIBRARY, *folder),
        ["--library", file, "--calls", folder] => (*file, *folder),
        _ => return Err("usage: cargo xtask swift [--library FILE] [--calls DIR]".to_owned()),
    };
    let folder = alone(library)?;
    let search = format!("-L{}", folder.display());
    let calls = shell::root().join(calls);
    let test = format!("{INSIDE} swift test -Xlinker {search}");
    shell::status(shell::command(&test).env("MINZHENG_CALLS", &calls))
        .map_err(|problem| format!("{test}: {problem}"))?;
    let family = shell::root().join("examples/data/low-income-family.toml");
    // `swift test` has built it
    let quickstart = format!(
        "{INSIDE} .build/debug/minzheng-quickstart {}",
        family.display()
    );
    let said = String::from_utf8_lossy(&shell::capture(&quickstart)?).into_owned();
    print!("{said}");
    if said.contains("eligible") {
        Ok(())
    } else {
        Err("the quickstart decides nothing".to_owned())
    }
}

/// The library alone in a folder whose name changes with it. `SwiftPM` links again when the folder is another one, and not when the
/// library changes; and beside a `.so` the linker would take that.
fn alone(library: &str) -> Result<PathBuf, String> {
    let told = |error: std::io::Error| format!("{library}: {error}; run: cargo xtask test swift");
    let built = shell::root().join(library);
    let found = fs::metadata(&built).map_err(told)?;
    let since = found.modified().map_err(told)?.duration_since(UNIX_EPOCH);
    let stamp = since.map_or(0, |time| time.as_nanos());
    let folder = shell::root()
        .join(FOLDERS)
        .join(format!("{stamp:x}-{:x}", found.len()));
    let place = folder.join(built.file_name().unwrap_or_default());
    if !place.exists() {
        forget(&shell::root().join(FOLDERS)).map_err(told)?;
        fs::create_dir_all(&folder).map_err(told)?;
        fs::copy(&built, &place).map_err(told)?;
    }
    Ok(folder)
}

/// Removes earlier states: each is some hundred megabytes.
fn forget(folders: &Path) -> std::io::Result<()> {
    if folders.exists() {
        fs::remove_dir_all(folders)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn arguments_are_read() {
        assert!(super::test(&["--calls"]).is_err_and(|e| e.starts_with("usage")));
        let nowhere = super::test(&["--library", "target/no/library.a"]);
        assert!(nowhere.is_err_and(|e| e.contains("target/no/library.a")));
    }
}
