//! Published determinations and exam questions: every answer to the fen, through the national pack and the case's own overlay.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and prints its counts"
)]

use std::collections::{BTreeMap, BTreeSet};

use minzheng_rules::error::Diagnostic;
use minzheng_rules::pack::{PackSource, SourceFile};
use minzheng_rules::scenario::Engine;
use minzheng_testkit::published::{Refusal, answers, household, pack_of, readings, vocabulary};
use minzheng_testkit::repo_root;
use serde_json::Value;

/// How many items of the questions follow from the law and so are to be accounted for.
const ITEMS: usize = 42;

/// Readings that do not come out yet, each with its reason.
const OPEN: &[(&str, &str)] = &[];

fn engine() -> Engine {
    Engine::new(minzheng::packs::load(&[minzheng::packs::BuiltIn::Nation], &[]).unwrap())
}

fn cases(file: &str) -> Vec<Value> {
    let text =
        std::fs::read_to_string(repo_root().join("tests/vectors/published").join(file)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn run(file: &str) {
    let engine = engine();
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
            Err(findings) => findings.iter().map(Diagnostic::code).collect(),
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
    // the id of a part is that of its item, and a name after a stroke
    let item = |case: &Value| {
        let id = case["id"].as_str().unwrap();
        id.split('/').next().unwrap().to_owned()
    };
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
    let engine = engine();
    let case = serde_json::json!({ "id": "x", "on": "2022-06-15", "programme": "dibao", "facts": { "houshold_size": 3 },
        "expect": { "eligible": true } });
    assert_eq!(
        answers(&engine, &case, None).unwrap_err().to_string(),
        "unknown word at `facts.houshold_size`"
    );
}

/// Every word of the vocabulary stands in some case, and every word of some case is known in a case of every programme.
#[test]
fn every_word_is_known_in_every_case() {
    let all: Vec<Value> = ["cases.json", "quiz.json", "words.json"]
        .into_iter()
        .flat_map(cases)
        .collect();
    // a reading is a case of its own: what it sets and expects beside
    let with_readings = all.iter().flat_map(|case| {
        let of = |group: &str| case[group].as_object().into_iter().flatten();
        let expected = of("readings").map(|(_, more)| serde_json::json!({ "expect": more }));
        let settings = of("settings").map(|(_, more)| more.clone());
        [case.clone()].into_iter().chain(expected).chain(settings)
    });
    let mut samples: BTreeMap<(&str, String), Value> = BTreeMap::new();
    for case in with_readings {
        for (group, _) in vocabulary() {
            for (word, value) in case[group].as_object().into_iter().flatten() {
                samples
                    .entry((group, word.clone()))
                    .or_insert_with(|| value.clone());
            }
        }
    }
    for (group, words) in vocabulary() {
        for word in words {
            let sample = samples.contains_key(&(group, (*word).to_owned()));
            assert!(sample, "no case uses `{group}.{word}`");
        }
    }
    let engine = engine();
    let mut programmes: BTreeMap<String, Value> = BTreeMap::new();
    for case in all {
        let programme = case["programme"].as_str().unwrap().to_owned();
        programmes.entry(programme).or_insert(case);
    }
    for (programme, case) in &programmes {
        for ((group, word), value) in &samples {
            let mut case = case.clone();
            case[group][word] = value.clone();
            let reading = readings(&case).remove(0);
            if let Err(Refusal::UnknownWord(at)) = household(&engine, &case, reading.as_deref()) {
                panic!("`{group}.{word}` in a case of {programme}: unknown word at `{at}`");
            }
        }
    }
    println!("{} words, {} programmes", samples.len(), programmes.len());
}

/// Words that the cases at hand do not use, each with an answer worked out by hand.
#[test]
fn words_beyond_the_cases_at_hand() {
    run("words.json");
}
