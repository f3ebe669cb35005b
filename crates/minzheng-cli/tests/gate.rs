//! The gate and the audit trail on the command line.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use minzheng_testkit::repo_root;

fn command(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_minzheng"))
        .args(args)
        .current_dir(repo_root())
        .output()
        .unwrap_or_else(|e| panic!("cannot start: {e}"))
}

fn run(args: &[&str]) -> (i32, String, String) {
    let output = command(args);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// A file of this test alone.
fn scratch(name: &str, content: Option<&str>) -> String {
    let path: PathBuf = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("gate-{name}"));
    let _ = fs::remove_file(&path);
    if let Some(content) = content {
        fs::write(&path, content).unwrap();
    }
    path.display().to_string()
}

const TRAIL: &str = "examples/data/gate/trail.jsonl";

#[test]
fn the_gate_says_what_is_given_and_to_whom() {
    let (code, text, _) = run(&["gate", "check", "examples/data/gate/check.json"]);
    assert_eq!(code, 0);
    for words in [
        "p1 (a1)",
        "p2: the person has given no authorisation",
        "amount",
    ] {
        assert!(text.contains(words), "no `{words}` in\n{text}");
    }
    let (_, text, _) = run(&[
        "gate",
        "check",
        "examples/data/gate/check.json",
        "--lang",
        "zh",
    ]);
    assert!(
        text.contains("p2: 本人未授权") && text.contains("个人所得税"),
        "{text}"
    );
}

#[test]
fn a_request_that_is_given_nothing_fails_where_that_is_asked() {
    let check = fs::read_to_string(repo_root().join("examples/data/gate/check.json")).unwrap();
    let other = scratch(
        "denied.json",
        Some(&check.replace("2026-08-25", "2026-07-31")),
    );
    let (code, text, _) = run(&["gate", "check", &other, "--fail-denied"]);
    assert_eq!(code, 3);
    assert!(
        text.contains("nothing is given: no person has authorised it"),
        "{text}"
    );
    assert!(text.contains("it holds from 2026-08-01 on"), "{text}");
    assert_eq!(run(&["gate", "check", &other]).0, 0);
    let (code, _, error) = run(&["gate", "check", TRAIL]);
    assert_eq!(code, 1);
    assert!(error.contains("not well-formed JSON"), "{error}");
}

#[test]
fn a_trail_is_verified() {
    let (code, text, _) = run(&["audit", "verify", TRAIL]);
    assert_eq!(code, 0);
    let head = text.trim().strip_prefix("intact: ").unwrap().to_owned();
    assert!(head.starts_with("3:"), "{head}");
    assert_eq!(run(&["audit", "verify", TRAIL, "--head", &head]).0, 0);
    // another chain, a head that is none, a file that is not there
    let other = format!("3:{}", "0".repeat(64));
    let (code, text, _) = run(&["audit", "verify", TRAIL, "--head", &other, "--json"]);
    assert_eq!(code, 3);
    assert!(text.contains("\"rewritten\""), "{text}");
    assert_eq!(run(&["audit", "verify", TRAIL, "--head", "3"]).0, 2);
    assert_eq!(run(&["audit", "verify", "not-there.jsonl"]).0, 1);
    let trail = fs::read_to_string(repo_root().join(TRAIL)).unwrap();
    let lines: Vec<&str> = trail.split_inclusive('\n').collect();
    let cut = scratch("cut.jsonl", Some(&lines[..2].concat()));
    let (code, text, _) = run(&["audit", "verify", &cut, "--head", &head, "--lang", "zh"]);
    assert_eq!((code, text.trim()), (3, "被改动: 第3条至第3条被截去"));
    let changed = scratch("changed.jsonl", Some(&trail.replace("refused", "allowed")));
    let (code, text, _) = run(&["audit", "verify", &changed]);
    assert_eq!(
        (code, text.trim()),
        (3, "tampered with: entry 2 was changed")
    );
}

#[test]
fn events_are_appended_to_a_trail_that_holds_and_to_no_other() {
    let events = "examples/data/gate/events.jsonl";
    let trail = scratch("made.jsonl", None);
    let (code, first, error) = run(&["audit", "append", &trail, events]);
    assert_eq!(code, 0, "{error}");
    let made = fs::read_to_string(&trail).unwrap();
    assert_eq!(made, fs::read_to_string(repo_root().join(TRAIL)).unwrap());
    let (code, second, _) = run(&["audit", "append", &trail, events, "--head", first.trim()]);
    assert_eq!(code, 0);
    assert!(second.starts_with("6:"), "{second}");
    assert_eq!(
        run(&["audit", "verify", &trail, "--head", second.trim()]).0,
        0
    );
    // a trail that was tampered with grows no further
    let broken = scratch("broken.jsonl", Some(&made.replace("u7", "u8")));
    assert_eq!(run(&["audit", "append", &broken, events]).0, 3);
    assert_eq!(
        fs::read_to_string(&broken).unwrap(),
        made.replace("u7", "u8")
    );
    // of events of which one is refused, none is written
    let line = fs::read_to_string(repo_root().join(events)).unwrap();
    let clear = line.replacen("\"u7\"", "\"11010519491231002X\"", 2);
    let clear = scratch("clear.jsonl", Some(&clear));
    let target = scratch("untouched.jsonl", None);
    let (code, _, error) = run(&["audit", "append", &target, &clear]);
    assert_eq!(code, 1);
    assert!(
        error.contains("E-AUDIT-CLEAR") && !error.contains("1949"),
        "{error}"
    );
    assert!(!PathBuf::from(&target).exists());
}
