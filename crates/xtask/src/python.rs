//! The Python package: put together and tested as it is installed, and built into wheels.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{Outcome, shell};

/// Where the package stands as it is when it is installed.
const SITE: &str = "target/python-site";

/// Interpreters: with everything that the tests can use, and with nothing but what runs tests.
const FULL: &str = "target/python-full";
const BARE: &str = "target/python-bare";

/// The interpreter that builds wheels.
const WHEEL: &str = "target/python-wheel";

/// Where the programs of an interpreter stand.
const BIN: &str = if cfg!(windows) { "Scripts" } else { "bin" };

/// Calls whose answers are compared with those of Rust.
const CALLS: &str = "--count 500 --seed 7 --out target/calls";

/// Builds, puts together, and tests: types, stubs against the binary, and behaviour with and without the libraries of analysts.
pub(crate) fn check() -> Outcome {
    ready("")?;
    venv(BARE, "pytest==9.2.0 pytest-xdist==3.8.0")?;
    let line = format!("cargo run --quiet --package minzheng-tests --bin calls -- {CALLS}");
    shell::call(&line)?;
    python(FULL, "-m mypy --config-file bindings/python/mypy.ini", &[])?;
    let stubs = "-m mypy.stubtest minzheng._native --mypy-config-file bindings/python/mypy.ini";
    python(FULL, stubs, &[])?;
    let calls = shell::root().join("target/calls");
    let calls = [("MINZHENG_CALLS", calls.into_os_string())];
    python(
        FULL,
        "-m pytest --numprocesses 2 bindings/python/tests",
        &calls,
    )?;
    // without any of the libraries: the vectors were run
    let bare = "-m pytest --numprocesses 2 bindings/python/tests --ignore=bindings/python/tests/test_vectors.py";
    python(BARE, bare, &[])
}

/// The package on a cluster: a master and two workers on 127.0.0.1, started and ended by the tests. Those marked `apart` are left out.
pub(crate) fn spark() -> Outcome {
    ready("--requirement bindings/python/tests-spark/requirements.txt")?;
    python(
        FULL,
        "-m pytest bindings/python/tests-spark -k not(apart)",
        &[],
    )
}

/// Runs the notebooks of the examples.
pub(crate) fn notebooks() -> Outcome {
    ready("--requirement examples/python/requirements.txt")?;
    python(FULL, "examples/python/check.py", &[])
}

/// Builds the package, and puts it together for an interpreter with everything that tests use, and more.
fn ready(more: &str) -> Outcome {
    shell::call("cargo build --quiet --package minzheng-python")?;
    site()?;
    let packages = format!("--requirement bindings/python/requirements.txt {more}");
    venv(FULL, &packages)
}

/// Builds wheels that old servers can load, and looks at what they ask of the system. The profile stands in pyproject.toml.
pub(crate) fn wheel() -> Outcome {
    venv(WHEEL, "maturin==1.16.0 ziglang==0.17.1")?;
    // what an earlier build or `pip install` left there is not what is looked at
    let wheels = shell::root().join("target/wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels).map_err(|e| format!("{}: {e}", wheels.display()))?;
    }
    let build = "-m maturin build --zig --compatibility manylinux_2_28 --manifest-path bindings/python/Cargo.toml --compression-level 9 --out target/wheels";
    // maturin looks for zig in the Python that it finds by its name
    let known = std::env::var_os("PATH").unwrap_or_default();
    let bin = shell::root().join(WHEEL).join(BIN);
    let paths = core::iter::once(bin).chain(std::env::split_paths(&known));
    let paths = std::env::join_paths(paths).map_err(|e| format!("PATH: {e}"))?;
    python(WHEEL, build, &[("PATH", paths)])?;
    python(WHEEL, "bindings/python/check_wheel.py target/wheels", &[])
}

/// Puts the sources and the binary together.
fn site() -> Outcome {
    let root = shell::root();
    let to = root.join(SITE).join("minzheng");
    let told = |e: std::io::Error| format!("{SITE}: {e}");
    if to.exists() {
        fs::remove_dir_all(&to).map_err(told)?;
    }
    copy(&root.join("bindings/python/python/minzheng"), &to).map_err(told)?;
    let (built, name) = if cfg!(windows) {
        ("_native.dll", "_native.pyd")
    } else if cfg!(target_os = "macos") {
        ("lib_native.dylib", "_native.abi3.so")
    } else {
        ("lib_native.so", "_native.abi3.so")
    };
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    let built = target.join("debug").join(built);
    fs::copy(&built, to.join(name))
        .map(|_| ())
        .map_err(|e| format!("{}: {e}", built.display()))
}

/// The sources of a folder: no binary of another build, nothing that Python keeps.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        let is_source = ["py", "pyi", "typed"]
            .iter()
            .any(|e| path.extension() == Some(e.as_ref()));
        if path.is_dir() && name != "__pycache__" {
            copy(&path, &to.join(name))?;
        } else if is_source {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// An interpreter with some packages; one that is there is used again.
fn venv(folder: &str, packages: &str) -> Outcome {
    if !shell::root().join(folder).join("pyvenv.cfg").exists() {
        shell::call(&format!("python3 -m venv {folder}"))?;
    }
    let install = format!("-m pip install --quiet --disable-pip-version-check {packages}");
    python(folder, &install, &[])
}

/// Runs an interpreter that finds the package.
fn python(folder: &str, line: &str, more: &[(&str, OsString)]) -> Outcome {
    let mut command = shell::program(&shell::root().join(folder).join(BIN).join("python"));
    command.args(line.split_whitespace());
    command.env("PYTHONPATH", shell::root().join(SITE));
    // nothing is written beside the sources
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    for (name, value) in more {
        command.env(name, value);
    }
    println!("   python {line}");
    shell::status(&mut command)
}
