//! The house in order: what depends on what, what lies where, what is said where, and what the library never touches.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use minzheng_testkit::repo_root;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which crates of ours a shipped crate may depend on. A crate of `bindings/` may depend on what the command may.
const ARROWS: &[(&str, &[&str])] = &[
    ("minzheng-rules", &[]),
    ("minzheng", &["minzheng-rules"]),
    ("minzheng-arrow", &["minzheng", "minzheng-rules"]),
    (
        "minzheng-cli",
        &["minzheng-arrow", "minzheng", "minzheng-rules"],
    ),
];

/// Never shipped: they may depend on any crate. Only they may depend on each other.
const DEVELOPMENT: &[&str] = &[
    "minzheng-testkit",
    "minzheng-tests",
    "minzheng-benches",
    "minzheng-examples",
    "xtask",
];

/// What the two library crates may use from outside, in what ships and in its build.
const OUTSIDE: &[&str] = &[
    "chrono",
    "rayon",
    "rust_decimal",
    "serde",
    "serde_json",
    "sha2",
    "sm3",
    "thiserror",
    "toml",
];

/// Crates in the normal tree of `minzheng`, itself included.
const LARGEST_TREE: usize = 40;

/// Licences that go with ours.
const LICENCES: &[&str] = &[
    "Apache-2.0",
    "MIT",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "Unlicense",
    "CC0-1.0",
    "BSL-1.0",
];

/// Of files, not of what uses them: whoever changes a file of these crates gives the changed file away. Nothing of ours is changed.
const OF_FILES: (&str, &str) = ("MPL-2.0", "uniffi");

/// What the top level holds besides dot-files.
const TOP: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches",
    "bindings",
    "crates",
    "docs",
    "examples",
    "tests",
];

/// Words of civil affairs: the engine knows tables with a parent and no law.
const CIVIL_AFFAIRS: &[&str] = &[
    "dibao",
    "tekun",
    "allowance",
    "低保",
    "特困",
    "救助",
    "民政",
];

mod unsafety {
    use super::*;

    /// The engine alone may have `unsafe`, and there one call: every other crate forbids it at its root.
    #[test]
    fn stands_in_one_place() {
        let mut found = Vec::new();
        let files = output("git", &["-c", "safe.directory=*", "ls-files", "*.rs"]);
        for file in files.lines() {
            let text = fs::read_to_string(repo_root().join(file)).unwrap();
            let calls = text.matches(concat!("unsafe ", "{")).count();
            found.extend(core::iter::repeat_n(file.to_owned(), calls));
            let root = (file.ends_with("src/lib.rs") || file.ends_with("src/main.rs"))
                && !file.starts_with("crates/minzheng-rules/")
                && !file.starts_with("tests/fuzz/");
            assert!(
                !root || text.contains("#![forbid(unsafe_code)]"),
                "{file} does not forbid unsafe code"
            );
        }
        assert_eq!(found, ["crates/minzheng-rules/src/columnar/wide.rs"]);
    }
}

mod dependencies {
    use super::*;

    #[test]
    fn run_one_way() {
        let metadata = metadata();
        let members = members(&metadata);
        let mut wrong = Vec::new();
        for (name, package) in &members {
            if DEVELOPMENT.contains(&name.as_str()) {
                continue;
            }
            let folder = text(package, "manifest_path");
            let own = ARROWS.iter().find(|(from, _)| from == name);
            let allowed = match own {
                Some((_, allowed)) => *allowed,
                None if folder.contains("/bindings/") => {
                    &["minzheng-arrow", "minzheng", "minzheng-rules"]
                }
                None => panic!("`{name}` has no place in ARROWS or DEVELOPMENT"),
            };
            for dependency in list(package, "dependencies") {
                let to = text(dependency, "name");
                let in_tests = dependency["kind"] == "dev";
                let fits = !members.contains_key(to)
                    || allowed.contains(&to)
                    || (in_tests && to == "minzheng-testkit");
                if !fits {
                    wrong.push(format!("{name} → {to}"));
                }
            }
        }
        assert!(wrong.is_empty(), "arrows that are not allowed: {wrong:?}");
    }

    #[test]
    fn of_the_library_are_on_the_list() {
        let metadata = metadata();
        let members = members(&metadata);
        for name in ["minzheng-rules", "minzheng"] {
            for dependency in list(members[name], "dependencies") {
                let to = text(dependency, "name");
                assert!(
                    dependency["kind"] == "dev"
                        || members.contains_key(to)
                        || OUTSIDE.contains(&to),
                    "`{name}` depends on `{to}`, which is not in OUTSIDE"
                );
            }
        }
    }

    #[test]
    fn of_the_library_are_few() {
        let tree = tree("minzheng");
        assert!(
            tree.len() <= LARGEST_TREE,
            "{} crates in the normal tree of minzheng: {tree:?}",
            tree.len()
        );
    }

    #[test]
    fn have_a_licence_that_goes_with_ours() {
        let metadata = metadata();
        let members = members(&metadata);
        let shipped: BTreeSet<String> = members
            .keys()
            .filter(|name| !DEVELOPMENT.contains(&name.as_str()))
            .flat_map(|name| tree(name))
            .collect();
        for package in list(&metadata, "packages") {
            let name = format!("{} v{}", text(package, "name"), text(package, "version"));
            let licence = package["license"].as_str().unwrap_or("none");
            let of_files = licence == OF_FILES.0 && name.starts_with(OF_FILES.1);
            assert!(
                !shipped.contains(&name) || fits(licence) || of_files,
                "the licence of {name} is {licence}: none of LICENCES"
            );
        }
    }

    /// One of the alternatives holds only licences of the list. Parentheses do not change that for the forms in use.
    fn fits(licence: &str) -> bool {
        let known = |name: &str| {
            let name = name.trim().trim_matches(['(', ')']);
            LICENCES.contains(&name.split(" WITH ").next().unwrap_or_default())
        };
        let joined = |all: &str| all.split(" AND ").all(|part| part.split(" OR ").any(known));
        if licence.contains(") AND ") || licence.contains(" AND (") {
            joined(licence)
        } else {
            licence.replace('/', " OR ").split(" OR ").any(joined)
        }
    }

    #[test]
    fn licence_expressions_are_read() {
        for good in [
            "MIT",
            "MIT OR Apache-2.0",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR MIT",
        ] {
            assert!(fits(good), "{good}");
        }
        for bad in [
            "none",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT OR ISC) AND GPL-3.0",
        ] {
            assert!(!fits(bad), "{bad}");
        }
    }

    /// `NAME vVERSION` of every crate in the normal tree, for this machine and the features in use.
    fn tree(package: &str) -> BTreeSet<String> {
        let args = ["tree", "--locked", "--edges", "normal", "--prefix", "none"];
        output("cargo", &[&args[..], &["--package", package]].concat())
            .lines()
            .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .filter(|line| !line.is_empty())
            .collect()
    }

    fn metadata() -> Value {
        let json = output("cargo", &["metadata", "--format-version", "1", "--locked"]);
        serde_json::from_str(&json).expect("cargo metadata writes JSON")
    }

    /// The packages of the workspace by name.
    fn members(metadata: &Value) -> BTreeMap<String, &Value> {
        let ids = list(metadata, "workspace_members");
        list(metadata, "packages")
            .iter()
            .filter(|package| ids.contains(&package["id"]))
            .map(|package| (text(package, "name").to_owned(), package))
            .collect()
    }

    fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
        value[key].as_array().expect(key)
    }

    fn text<'a>(value: &'a Value, key: &str) -> &'a str {
        value[key].as_str().expect(key)
    }
}

#[test]
fn the_top_level_holds_only_what_belongs_there() {
    // the files may belong to another user than the one who runs the tests
    let files = output("git", &["-c", "safe.directory=*", "ls-files"]);
    let stray: BTreeSet<&str> = files
        .lines()
        .map(|path| path.trim_matches('"').split('/').next().unwrap_or(path))
        .filter(|name| !name.starts_with('.') && !TOP.contains(name))
        .collect();
    assert!(stray.is_empty(), "{stray:?}");
}

#[test]
fn both_readmes_and_ci_say_the_same_two_commands() {
    let english = set_up("README.md");
    assert_eq!(english.len(), 2, "{english:?}");
    assert_eq!(english, set_up("docs/zh/README.md"));
    assert_eq!(english, set_up(".ci/run"));
    assert_eq!(english[1], "cargo xtask test");
}

/// The second command is the one that runs this test.
#[test]
fn the_first_command_of_the_readme_works() {
    let commands = set_up("README.md");
    let words: Vec<&str> = commands[0].split(' ').collect();
    let answer = output(words[0], &words[1..]);
    assert!(answer.lines().count() > 3, "it says too little: {answer}");
}

#[test]
fn the_engine_knows_no_law() {
    for (path, source) in sources("crates/minzheng-rules/src") {
        let source = source.to_lowercase();
        for word in CIVIL_AFFAIRS {
            assert!(!source.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn the_library_reads_no_clock_environment_file_or_network() {
    for folder in ["crates/minzheng-rules/src", "crates/minzheng/src"] {
        for (path, source) in sources(folder) {
            let found = outside_world(&shipped(&source));
            assert!(found.is_empty(), "{}: {found:?}", path.display());
        }
    }
}

#[test]
fn reading_the_outside_world_is_seen() {
    for source in [
        "let now = std::time::Instant::now();",
        "use std::{\n    collections::BTreeMap,\n    fs::{self, File},\n};",
        "use std::env;",
        "use std::fs as files;",
        "let today = chrono::Local::now();",
        "use std::net::TcpStream;",
    ] {
        assert!(!outside_world(source).is_empty(), "{source}");
    }
    for source in [
        "use std::collections::BTreeMap;",
        "use std::{\n    fmt,\n    path::Path,\n};",
        "const VERSION: &str = env!(\"CARGO_PKG_VERSION\");",
    ] {
        assert_eq!(outside_world(source), Vec::<String>::new());
    }
    let source = "fn a() {}\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\nfn b() {}\n";
    assert_eq!(shipped(source), "fn a() {}\nfn b() {}\n");
    let source = "#[cfg(test)]\nmod tests;\nuse std::fs;\n";
    assert_eq!(shipped(source), "use std::fs;\n");
}

/// What a source names of `std` or `chrono` that reads the world around it.
fn outside_world(source: &str) -> Vec<String> {
    const MODULES: &[&str] = &["env", "fs", "net", "process", "time"];
    const WORDS: &[&str] = &["SystemTime", "Instant::now", "Utc::now", "Local::now"];
    let source = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(str::split_whitespace)
        .collect::<Vec<_>>()
        .join(" ");
    let mut found: Vec<String> = WORDS
        .iter()
        .filter(|word| source.contains(**word))
        .map(|word| (*word).to_owned())
        .collect();
    for after in source.split("std::").skip(1) {
        // `std::fs…`, or any item of `std::{…};`
        let items = after
            .strip_prefix('{')
            .and_then(|group| group.split(';').next())
            .unwrap_or(after);
        let first = if items.len() == after.len() {
            1
        } else {
            usize::MAX
        };
        for item in items.split(['{', '}', ',']).take(first) {
            let module = item
                .trim_start()
                .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .next()
                .unwrap_or_default();
            if MODULES.contains(&module) {
                found.push(format!("std::{module}"));
            }
        }
    }
    found
}

/// A source without its `#[cfg(test)]` items; formatted, such an item ends at `;` on its line or at a `}` in column one.
fn shipped(source: &str) -> String {
    let mut kept = String::new();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" {
            for skipped in lines.by_ref() {
                if skipped == "}" || (skipped.ends_with(';') && !skipped.starts_with(' ')) {
                    break;
                }
            }
        } else {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// The Rust files below a folder; files that hold only tests are left out.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default();
            if path.is_dir() && name != "tests" {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") && name != "tests.rs" {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&repo_root().join(folder), &mut found);
    found.sort();
    assert!(!found.is_empty(), "no source in {folder}");
    found
        .into_iter()
        .map(|path| {
            let source = fs::read_to_string(&path).unwrap();
            (path, source)
        })
        .collect()
}

/// The command lines between the marks `setup:begin` and `setup:end` of a file.
fn set_up(path: &str) -> Vec<String> {
    let text = fs::read_to_string(repo_root().join(path)).unwrap();
    let commands: Vec<String> = text
        .lines()
        .skip_while(|line| !line.contains("setup:begin"))
        .skip(1)
        .take_while(|line| !line.contains("setup:end"))
        .filter(|line| !line.starts_with("```") && !line.is_empty())
        .map(str::to_owned)
        .collect();
    assert!(!commands.is_empty(), "{path} has no set-up commands");
    commands
}

/// Runs a program at the top of the repository, without input, and gives what it writes.
fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .current_dir(repo_root())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("cannot start {program}: {error}"));
    assert!(
        output.status.success(),
        "{program} {args:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("it writes UTF-8")
}
