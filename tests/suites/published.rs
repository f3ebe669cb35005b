//! Published determinations and exam questions: every answer to the fen, through the national pack and the case's own overlay.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and prints its counts"
)]

use minzheng_rules::scenario::Engine;
use minzheng_testkit::published::{answers, readings};
use minzheng_testkit::repo_root;
use serde_json::Value;

/// Readings that do not come out yet, each with its reason.
const OPEN: &[(&str, &str)] = &[];

fn cases(file: &str) -> Vec<Value> {
    let text =
        std::fs::read_to_string(repo_root().join("tests/vectors/published").join(file)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn run(file: &str) {
    let set = minzheng::packs::load(&[minzheng::packs::BuiltIn::Nation], &[]).unwrap();
    let engine = Engine::new(set);
    let (mut given, mut passed, mut checked, mut wrong) = (0, 0, 0, Vec::new());
    for case in cases(file) {
        let id = case["id"].as_str().unwrap();
        for reading in readings(&case) {
            given += 1;
            let name = reading
                .as_ref()
                .map_or_else(|| id.to_owned(), |r| format!("{id}/{r}"));
            let mut bad = Vec::new();
            match answers(&engine, &case, reading.as_deref()) {
                Err(refusal) => bad.push(refusal.to_string()),
                Ok(found) => {
                    checked += found.len();
                    assert!(!found.is_empty(), "{name} expects nothing");
                    bad.extend(
                        found.iter().filter(|a| !a.agrees()).map(|a| {
                            format!("{}: published {}, found {}", a.key, a.wanted, a.found)
                        }),
                    );
                }
            }
            let open = OPEN.iter().find(|(n, _)| *n == name);
            match (bad.is_empty(), open) {
                (true, None) => passed += 1,
                (true, Some(_)) => {
                    wrong.push(format!("{name}: comes out now, take it off the list"));
                }
                (false, Some((_, why))) => println!("open: {name}: {why}"),
                (false, None) => wrong.push(format!("{name}: {}", bad.join("; "))),
            }
        }
    }
    println!("{file}: {passed} readings passed of {given} given, {checked} keys compared");
    assert!(
        wrong.is_empty(),
        "{} of {given}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn cases_come_out_as_published() {
    run("cases.json");
}

#[test]
fn questions_come_out_as_answered() {
    run("quiz.json");
}

#[test]
fn unknown_words_are_refused() {
    let set = minzheng::packs::load(&[minzheng::packs::BuiltIn::Nation], &[]).unwrap();
    let engine = Engine::new(set);
    let case = serde_json::json!({ "id": "x", "on": "2022-06-15", "programme": "dibao", "facts": { "houshold_size": 3 },
        "expect": { "eligible": true } });
    assert_eq!(
        answers(&engine, &case, None).unwrap_err().to_string(),
        "unknown word at `facts.houshold_size`"
    );
}

/// Words that the cases at hand do not use, each with an answer worked out by hand.
#[test]
fn words_beyond_the_cases_at_hand() {
    run("words.json");
}
