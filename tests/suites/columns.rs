//! The columnar program gives what the scalar program gives: every formula, condition and outcome of every row.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(
    clippy::arithmetic_side_effects,
    reason = "small numbers of the tests' own making"
)]

use minzheng::packs::BuiltIn;
use minzheng_arrow::synth::{Province, SynthOptions};
use minzheng_arrow::{ImportOptions, Importer, Tables};
use minzheng_rules::columnar::{Batch, Columns, Request};
use minzheng_rules::date::Day;
use minzheng_rules::pack::PackSet;
use minzheng_rules::scenario::Engine;
use minzheng_testkit::tables::{Mix, random};

/// How many cases are compared; more where `MINZHENG_CASES` says so.
fn cases(usual: usize) -> usize {
    #[expect(
        clippy::disallowed_methods,
        reason = "a longer run is asked for by the environment"
    )]
    let asked = std::env::var("MINZHENG_CASES");
    asked.ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

fn engine() -> Engine {
    Engine::new(minzheng::packs::load_with_tests(&BuiltIn::ALL, &[]).unwrap())
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Days in every regime of dibao, places with and without figures, of both packs.
fn mix(seed: u64, cases: usize) -> Mix {
    let days = [
        "2001-05-01",
        "2009-03-31",
        "2013-07-15",
        "2018-01-01",
        "2021-06-11",
        "2023-12-31",
        "2025-08-01",
        "2026-06-30",
        "2026-07-01",
        "2026-08-25",
    ];
    Mix {
        cases,
        seed,
        days: days.into_iter().map(day).collect(),
        places: vec![159_921, 150_123, 150_781, 159_999, 110_101],
        unknown: 12,
        given: 85,
        findings: 10,
    }
}

fn everything(set: &PackSet) -> Vec<String> {
    let formulas = set.formulas().iter().map(|f| f.id.clone());
    let outcomes = set.programmes().iter().flat_map(|p| {
        let words = ["eligible", "qualifies", "amount"];
        let words = words
            .into_iter()
            .filter(|w| *w != "amount" || p.amount.is_some());
        words.map(|w| format!("{}.{w}", p.id)).collect::<Vec<_>>()
    });
    formulas.chain(outcomes).collect()
}

/// All outputs, low and high.
fn columns(engine: &Engine, threads: usize) -> Columns<'_> {
    let request = Request {
        outputs: everything(engine.packs()),
        bounds: true,
        threads,
        ..Request::default()
    };
    engine.columns(request).unwrap()
}

/// Compares all outputs of all rows, for one and for two threads; how many values were equal.
fn compare(engine: &Engine, batch: &Batch<'_>, [one, two]: &[Columns<'_>; 2]) -> usize {
    let set = engine.packs();
    let (known_on, columns) = (Day::MAX, one);
    let answer = columns.run(batch);
    assert!(two.run(batch) == answer, "two threads say something else");
    let mut equal = 0;
    for case in 0..batch.cases() {
        let input = batch.case(set, case, known_on, |_, row| row.to_string());
        let scalar = engine.evaluate(&input);
        for (output, column) in columns.outputs().iter().zip(&answer.columns) {
            for row in batch.rows_of(set, output.entity, case..case + 1) {
                let id = row.to_string();
                let id = (output.entity > 0).then_some(id.as_str());
                let (want, _) = scalar.value(&output.name, id).unwrap();
                let got = column.value(row);
                assert_eq!(
                    got,
                    want,
                    "{} of case {case}, row {row}, on {}",
                    output.name,
                    batch.on(case)
                );
                equal += 1;
            }
        }
    }
    equal
}

#[test]
fn columns_agree_with_the_reference_on_random_cases_of_mixed_dates_and_places() {
    let engine = engine();
    let columns = [1, 2].map(|threads| columns(&engine, threads));
    let (mut left, mut seed, mut equal) = (cases(1_500), 1, 0);
    while left > 0 {
        let n = left.min(20_000);
        let batch = random(engine.packs(), &mix(seed, n)).unwrap();
        equal += compare(&engine, &batch, &columns);
        (left, seed) = (left - n, seed + 1);
    }
    assert!(
        equal > 400 * cases(1_500),
        "only {equal} values were compared"
    );
}

#[test]
fn the_answer_does_not_depend_on_threads() {
    let engine = engine();
    let batch = random(engine.packs(), &mix(3, 20_000)).unwrap();
    let one = columns(&engine, 1).run(&batch);
    assert!(one.groups > 1, "cases of several regimes are mixed");
    assert!(
        batch.rows(1) > 65_536,
        "too few rows for more threads than one"
    );
    assert!(columns(&engine, 2).run(&batch) == one);
}

/// People as the synthetic province has them, with many gaps, in two regimes.
#[test]
fn columns_agree_with_the_reference_on_the_synthetic_province() {
    let engine = engine();
    let set = engine.packs();
    let columns = [1, 2].map(|threads| columns(&engine, threads));
    let importer = Importer::new(set, &Province::schemas(), ImportOptions::default()).unwrap();
    let mut equal = 0;
    for (seed, on) in [(1, "2026-08-25"), (2, "2018-01-01")] {
        let mut options = SynthOptions::new(set, 1_200, seed, day(on));
        options.gaps = 400;
        for part in Province::new(options).unwrap() {
            let part = part.unwrap();
            let list = [part.households, part.people, part.obligors, part.parents];
            let list: Vec<_> = list
                .iter()
                .enumerate()
                .map(|(entity, table)| (entity, core::slice::from_ref(table), 0))
                .collect();
            let tables = Tables::new(&list).unwrap();
            let imported = importer.read(&tables).unwrap();
            equal += compare(&engine, &imported.batch, &columns);
        }
    }
    assert!(equal > 400_000, "only {equal} values were compared");
}
