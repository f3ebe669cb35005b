//! The list of the files of the built-in packs, as Rust.

use crate::{Outcome, shell};
use std::fs;
use std::path::Path;

const PACKS: [&str; 3] = ["cn", "cn-15", "demo"];

/// Prints `crates/minzheng/src/packs/files.rs`.
pub(crate) fn list() -> Outcome {
    let root = shell::root().join("crates/minzheng/packs");
    println!("//! The files of the built-in packs. Written by `cargo xtask gen`; do not edit.");
    for pack in PACKS {
        let mut files = Vec::new();
        walk(&root.join(pack), "", &mut files)?;
        files.sort();
        let (tests, rules): (Vec<&String>, Vec<&String>) =
            files.iter().partition(|f| f.starts_with("cases/"));
        let name = pack.to_uppercase().replace('-', "_");
        print_list(&name, pack, &rules);
        if !tests.is_empty() {
            println!("\n#[cfg(feature = \"pack-tests\")]");
            print_list(&format!("{name}_TESTS"), pack, &tests);
        }
    }
    Ok(())
}

fn print_list(name: &str, pack: &str, files: &[&String]) {
    let lead = if name.ends_with("_TESTS") { "" } else { "\n" };
    println!("{lead}#[rustfmt::skip]\npub(super) const {name}: &[(&str, &str)] = &[");
    for file in files {
        println!("    (\"{file}\", include_str!(\"../../packs/{pack}/{file}\")),");
    }
    println!("];");
    if !name.ends_with("_TESTS") {
        println!("pub(super) const {name}_OUTLINES: &str = include_str!(\"{pack}.outlines\");");
    }
}

fn walk(folder: &Path, prefix: &str, into: &mut Vec<String>) -> Outcome {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let entry = entry.map_err(|error| format!("{}: {error}", folder.display()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if path.is_dir() {
            walk(&path, &format!("{prefix}{name}/"), into)?;
        } else if path.extension().is_some_and(|end| end == "toml") {
            into.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}
