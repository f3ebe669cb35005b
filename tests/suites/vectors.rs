//! Vectors shared by every language: kept equal to the tests of the packs, and run through JSON.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and prints its counts"
)]

use minzheng_rules::facts::Document;
use minzheng_rules::scenario::Engine;
use minzheng_testkit::{repo_root, vectors};
use serde_json::Value;

fn engine() -> Engine {
    Engine::new(minzheng::packs::load_with_tests(&minzheng::packs::BuiltIn::ALL, &[]).unwrap())
}

/// `MINZHENG_BLESS=1` writes the files anew.
#[test]
fn files_are_current() {
    let folder = repo_root().join("tests/vectors");
    let bless = std::env::var_os("MINZHENG_BLESS").is_some();
    let made = vectors::of_packs(engine().packs());
    for (name, list) in &made {
        let (path, text) = (
            folder.join(format!("{name}.json")),
            vectors::file_text(list),
        );
        if bless {
            std::fs::write(&path, &text).unwrap();
        }
        let stands = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            stands == text,
            "{} is not current: run this suite with MINZHENG_BLESS=1",
            path.display()
        );
    }
    let files =
        ["eligibility", "models"].map(|f| std::fs::read_dir(folder.join(f)).unwrap().count());
    let files: usize = files.iter().sum();
    assert_eq!(
        files,
        made.len(),
        "a file of vectors without tests behind it"
    );
}

#[test]
fn json_decides_as_expected_and_as_toml_does() {
    let engine = engine();
    let (mut vectors_run, mut values) = (0, 0);
    let made = vectors::of_packs(engine.packs());
    for name in made.keys() {
        let text = std::fs::read_to_string(repo_root().join(format!("tests/vectors/{name}.json")))
            .unwrap();
        let list: Vec<Value> = serde_json::from_str(&text).unwrap();
        for vector in &list {
            let id = vector["id"].as_str().unwrap();
            let test = engine.packs().tests().iter().find(|t| t.id == id).unwrap();
            let json = Document::from_json(id, &vector["input"].to_string()).unwrap();
            let toml = Document::from_table(id, &test.document);
            let from_json = engine.assess(&json).unwrap_or_else(|e| panic!("{id}: {e}"));
            let from_toml = engine.assess(&toml).unwrap();
            assert_eq!(
                from_json.input().digest(),
                from_toml.input().digest(),
                "{id}"
            );
            assert_eq!(from_json.outcomes(), from_toml.outcomes(), "{id}");
            for (path, wanted) in vector["expect"].as_object().unwrap() {
                let parts: Vec<&str> = path.splitn(3, '.').collect();
                let below = parts.len() == 3
                    && engine
                        .packs()
                        .entities()
                        .iter()
                        .skip(1)
                        .any(|e| e.id == parts[0]);
                let (row, id_of) = if below {
                    (Some(parts[1]), parts[2])
                } else {
                    (None, path.as_str())
                };
                let (value, ty) = from_json
                    .value(id_of, row)
                    .unwrap_or_else(|| panic!("{id}: nothing is called {path}"));
                let found = engine.packs().value_words(value, ty);
                let wanted = wanted
                    .as_str()
                    .map_or_else(|| wanted.to_string(), str::to_owned);
                assert!(
                    same(&found, &wanted),
                    "{id} {path}: wanted {wanted}, found {found}"
                );
                values += 1;
            }
            vectors_run += 1;
        }
    }
    println!("{vectors_run} vectors, {values} values");
}

/// Equal words, or equal amounts written with and without fen or in the other period.
fn same(found: &str, wanted: &str) -> bool {
    let fen = |w: &str| -> Option<(i64, String)> {
        let (amount, unit) = w.split_once('/').unwrap_or((w, ""));
        let (whole, part) = amount.split_once('.').unwrap_or((amount, "0"));
        let part: i64 = format!("{part:0<2}").parse().ok()?;
        Some((whole.parse::<i64>().ok()? * 100 + part, unit.to_owned()))
    };
    found == wanted || matches!((fen(found), fen(wanted)), (Some(a), Some(b)) if a == b)
}

/// A real banner whose standard is not known: the answer stays open, and says which figure is missing and who sets it.
#[test]
fn what_is_missing_in_a_real_banner_is_named() {
    let engine = engine();
    let test = engine
        .packs()
        .tests()
        .iter()
        .find(|t| t.id == "nm-dibao-standard-unknown")
        .unwrap();
    let answer = engine
        .assess(&Document::from_table(&test.id, &test.document))
        .unwrap();
    let missing = answer.missing();
    let standard = missing.iter().find(|m| m.id == "standard.dibao").unwrap();
    assert_eq!(
        standard.kind,
        minzheng_rules::explain::MissingKind::Parameter
    );
    assert!(
        standard.needed_by.iter().any(|c| c == "dibao/income"),
        "{standard:?}"
    );
    assert!(!standard.answered_by.is_empty(), "{standard:?}");
    assert!(
        missing
            .iter()
            .all(|m| m.needed_by.iter().all(|c| c != "dibao/income") || m.id == "standard.dibao"),
        "{missing:?}"
    );
}

/// The tests that stand in the packs, through the engine.
#[test]
fn the_tests_of_the_packs_pass() {
    let checks = engine().run_tests();
    let failed: Vec<String> = checks
        .iter()
        .filter(|c| !c.passed)
        .map(|c| {
            format!(
                "{} {}: wanted {}, found {}",
                c.test, c.path, c.wanted, c.found
            )
        })
        .collect();
    println!(
        "{} of {} expectations met",
        checks.len() - failed.len(),
        checks.len()
    );
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The calls about the catalogue, whole answers; `MINZHENG_BLESS=1` writes the answers anew.
#[test]
fn catalogue_calls_answer_as_written() {
    answer_as_written("tests/vectors/catalog/calls.json");
}

/// The calls about quality: the rules of a resource, and what counts come to.
#[test]
fn quality_calls_answer_as_written() {
    answer_as_written("tests/vectors/catalog/quality.json");
}

fn answer_as_written(path: &str) {
    let path = repo_root().join(path);
    let mut list: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let engine = minzheng::Engine::built_in().unwrap();
    let bless = std::env::var_os("MINZHENG_BLESS").is_some();
    let mut ids = std::collections::BTreeSet::new();
    for vector in &mut list {
        let answer = minzheng::api::call_with(&engine, &vector["request"].to_string());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert!(
            ids.insert(vector["id"].to_string()),
            "twice: {}",
            vector["id"]
        );
        if bless {
            vector["answer"] = answer;
        } else {
            assert_eq!(vector["answer"], answer, "{}", vector["id"]);
        }
    }
    if bless {
        let text = serde_json::to_string_pretty(&list).unwrap();
        std::fs::write(&path, format!("{text}\n")).unwrap();
    }
    println!("{} calls", ids.len());
}
