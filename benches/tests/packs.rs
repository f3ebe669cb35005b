//! The packs of the benches say what the loops by hand say, household by household: decided one at a time and in columns.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use minzheng_benches::columns::{NEITHER, check_value, whole};
use minzheng_benches::data::Population;
use minzheng_benches::engine::Prepare;
use minzheng_benches::{aggregates, manifest, ours, reference, scalar};

fn same(id: &str, households: u32, by_hand: Prepare) {
    let manifest = manifest::read().unwrap();
    let bench = manifest.bench.iter().find(|bench| bench.id == id).unwrap();
    let population = Population::of(id, households).unwrap();
    let wanted = by_hand(bench, &population).unwrap()().unwrap();
    let columns: Vec<&String> = bench.answer.keys().collect();
    assert!(!columns.is_empty());
    let pack = scalar::pack(bench).unwrap();
    // those that are built in have their own tests
    let own = (!bench.built_in).then(|| pack.lint());
    for finding in own.iter().flatten() {
        // how many wages are not known is one of the twenty; the models ask for what is known, and stand in no programme
        let expected: &[&str] = match id {
            "models" => &[
                "L-HAS",
                "L-COALESCE",
                "L-LITERAL",
                "L-UNUSED-FACT",
                "L-UNUSED-FORMULA",
            ],
            _ => &["L-HAS"],
        };
        assert!(expected.contains(&finding.code()), "{id}: {finding}");
    }
    let found = scalar::answers(pack, &population, &columns, bench.lowest).unwrap();
    let many = ours::columnar(bench, &population).unwrap()().unwrap();
    for (column, found) in columns.into_iter().zip(found) {
        let wanted = whole(&wanted, column).unwrap();
        let many = whole(&many, column).unwrap();
        assert_eq!(
            (wanted.len(), many.len()),
            (found.len(), found.len()),
            "{column}"
        );
        for (row, found) in found.into_iter().enumerate() {
            let by_hand = wanted.get(row).copied();
            assert_eq!(
                by_hand,
                Some(found),
                "{column} of household {row}, one at a time"
            );
            assert_eq!(
                by_hand,
                many.get(row).copied(),
                "{column} of household {row}, in columns"
            );
        }
    }
}

#[test]
fn the_reference_pack_decides_as_the_loop_does() {
    same("reference", 20_000, reference::by_hand);
}

#[test]
fn the_pack_of_aggregates_counts_as_the_loop_does() {
    same("aggregates", 20_000, aggregates::by_hand);
}

#[test]
fn the_45_models_answer_alike_one_at_a_time_and_in_columns() {
    // nobody wrote them by hand: the columns stand for the loop
    same("models", 4_000, ours::columnar);
}

#[test]
fn the_shipped_models_answer_alike_one_at_a_time_and_in_columns() {
    same("shipped", 2_000, ours::columnar);
}

#[test]
fn every_model_hits_somebody_and_few_answers_are_unknown() {
    let manifest = manifest::read().unwrap();
    let bench = manifest.bench.iter().find(|b| b.id == "models").unwrap();
    assert_eq!(bench.answer.len(), 45);
    let population = Population::of("models", 60_000).unwrap();
    let answer = ours::columnar(bench, &population).unwrap()().unwrap();
    let mut counts = [0, 0];
    for name in bench.answer.keys() {
        let values = whole(&answer, name).unwrap();
        let found = [1, NEITHER].map(|wanted| values.iter().filter(|v| **v == wanted).count());
        assert!(found[0] > 0, "{name}: {found:?}");
        counts = [counts[0] + found[0], counts[1] + found[1]];
    }
    // of a thousand answers
    let share = counts.map(|count| count * 1_000 / (45 * 60_000));
    assert_eq!(share, [26, 35]);
}

#[test]
fn the_small_populations_have_the_check_values_of_the_manifest() {
    let all: [(&str, Prepare); 4] = [
        ("reference", reference::by_hand),
        ("aggregates", aggregates::by_hand),
        ("models", ours::columnar),
        ("shipped", ours::columnar),
    ];
    for (id, by_hand) in all {
        let manifest = manifest::read().unwrap();
        let bench = manifest.bench.iter().find(|bench| bench.id == id).unwrap();
        let population = Population::of(id, bench.quick.households).unwrap();
        let answer = by_hand(bench, &population).unwrap()().unwrap();
        let found = check_value(&answer, &bench.answer).unwrap();
        assert_eq!(format!("{found:016x}"), bench.quick.check, "{id}");
    }
}
