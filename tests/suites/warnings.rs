//! The warning models of the packs: each has its cases, and they come out as they should.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use minzheng::Engine;
use minzheng::packs::{self, BuiltIn};

fn engine() -> Engine {
    Engine::new(packs::load_with_tests(&BuiltIn::ALL, &[]).unwrap())
}

/// A hit, a miss, the boundary and what cannot be told: every model has all four.
#[test]
fn every_model_has_its_cases() {
    let engine = engine();
    let cases = engine.test_models().unwrap();
    assert_eq!(cases.len(), 4 * engine.models().unwrap().all().len());
    let lacking: Vec<String> = cases
        .iter()
        .filter(|c| !c.passed())
        .map(|c| {
            let wrong = if c.tests.is_empty() {
                "there is no such case".to_owned()
            } else {
                c.wrong.join("\n    ")
            };
            format!("{}-{}: {wrong}", c.model, c.kind.word())
        })
        .collect();
    assert!(lacking.is_empty(), "\n{}", lacking.join("\n"));
}
