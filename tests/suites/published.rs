//! Published determinations and exam questions: every answer to the fen, through the national pack and the case's own overlay.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and prints its counts"
)]

use std::collections::BTreeSet;

use minzheng_rules::pack::{PackSource, SourceFile};
use minzheng_rules::scenario::Engine;
use minzheng_testkit::published::{answers, pack_of, readings};
use minzheng_testkit::repo_root;
use serde_json::Value;

/// How many items of the questions follow from the law and so are to be accounted for.
const ITEMS: usize = 42;

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

/// Who may set a figure: a pack of the wrong level is refused by its code, one of the right level loads.
#[test]
fn questions_on_who_sets_a_figure() {
    for question in cases("packs.json") {
        let text = pack_of(&question).unwrap();
        let pack = PackSource::new(vec![SourceFile::new("pack.toml", text)]);
        let found = minzheng::packs::load(&[minzheng::packs::BuiltIn::Nation], &[pack]);
        let codes: Vec<&str> = match &found {
            Ok(_) => Vec::new(),
            Err(findings) => findings.iter().map(|f| f.code()).collect(),
        };
        assert_eq!(
            question["expect"]["codes"],
            serde_json::json!(codes),
            "{question}: {found:?}"
        );
    }
}

/// Every item is a test or says why it is none; every test is of an item.
#[test]
fn no_item_is_forgotten() {
    let item = |case: &Value| case["id"].as_str().unwrap()[..5].to_owned();
    let tested: BTreeSet<String> = (cases("quiz.json").iter())
        .chain(&cases("packs.json"))
        .map(item)
        .collect();
    let (mut decided, mut neither) = (BTreeSet::new(), BTreeSet::new());
    for row in cases("items.json") {
        let id = row["id"].as_str().unwrap().to_owned();
        let new = match row["asks"].as_str().unwrap() {
            "decision" => decided.insert(id),
            "neither" => {
                let told = |word: &str| row[word].as_str().is_some_and(|w| !w.is_empty());
                assert!(told("about") && told("why"), "{row}: no reason");
                neither.insert(id)
            }
            other => panic!("{row}: `{other}` is neither of the two"),
        };
        assert!(new, "{row}: it stands twice");
    }
    assert_eq!(decided, tested, "items that ask for a decision, and tests");
    assert!(decided.is_disjoint(&neither));
    println!(
        "{} items: {} decided, {} ask for none",
        decided.len() + neither.len(),
        decided.len(),
        neither.len()
    );
    assert_eq!(decided.len() + neither.len(), ITEMS);
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
