//! Deflates the built-in packs, so that the library carries a fifth of their text.
#![forbid(unsafe_code)]

use std::path::Path;
use std::{env, fs, io};

const PACKS: [&str; 3] = ["cn", "cn-15", "demo"];

/// The best that the format gives: it is done once, on the machine that builds.
const LEVEL: u8 = 10;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=packs");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    for pack in PACKS {
        let mut files = Vec::new();
        walk(&Path::new("packs").join(pack), "", &mut files)?;
        files.sort();
        let (tests, rules): (Vec<_>, Vec<_>) = files
            .into_iter()
            .partition(|(path, _)| path.starts_with("cases/"));
        write(&Path::new(&out).join(format!("{pack}.packed")), &rules)?;
        write(
            &Path::new(&out).join(format!("{pack}-tests.packed")),
            &tests,
        )?;
    }
    Ok(())
}

/// Paths and texts in turn, each ended by the one character that TOML cannot hold.
fn write(to: &Path, files: &[(String, String)]) -> io::Result<()> {
    let mut all = String::new();
    for part in files.iter().flat_map(|(path, text)| [path, text]) {
        if part.contains('\0') {
            return Err(io::ErrorKind::InvalidData.into());
        }
        all.push_str(part);
        all.push('\0');
    }
    fs::write(
        to,
        miniz_oxide::deflate::compress_to_vec(all.as_bytes(), LEVEL),
    )
}

fn walk(folder: &Path, prefix: &str, into: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if path.is_dir() {
            walk(&path, &format!("{prefix}{name}/"), into)?;
        } else if path.extension().is_some_and(|end| end == "toml") {
            into.push((format!("{prefix}{name}"), fs::read_to_string(&path)?));
        }
    }
    Ok(())
}
