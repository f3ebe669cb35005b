//! The packs of the benches say what the loops by hand say, household by household.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use minzheng_benches::columns::{check_value, whole};
use minzheng_benches::data::Population;
use minzheng_benches::engine::Prepared;
use minzheng_benches::{aggregates, manifest, reference, scalar};

type ByHand = for<'a> fn(&'a Population) -> Result<Prepared<'a>, String>;

fn same(id: &str, households: u32, by_hand: ByHand) {
    let manifest = manifest::read().unwrap();
    let bench = manifest.bench.iter().find(|bench| bench.id == id).unwrap();
    let population = Population::of(id, households).unwrap();
    let wanted = by_hand(&population).unwrap()().unwrap();
    let columns: Vec<&String> = bench.answer.keys().collect();
    assert!(!columns.is_empty());
    let pack = scalar::pack(id).unwrap();
    for finding in pack.lint().iter() {
        // how many wages are not known is one of the twenty
        assert_eq!(finding.code(), "L-HAS", "{id}: {finding}");
    }
    let found = scalar::lowest(pack, &population, &columns).unwrap();
    for (column, found) in columns.into_iter().zip(found) {
        let wanted = whole(&wanted, column).unwrap();
        assert_eq!(wanted.len(), found.len(), "{column}");
        for (row, (wanted, found)) in wanted.iter().zip(&found).enumerate() {
            assert_eq!(wanted, found, "{column} of household {row}");
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
fn the_small_populations_have_the_check_values_of_the_manifest() {
    let all: [(&str, ByHand); 2] = [
        ("reference", reference::by_hand),
        ("aggregates", aggregates::by_hand),
    ];
    for (id, by_hand) in all {
        let manifest = manifest::read().unwrap();
        let bench = manifest.bench.iter().find(|bench| bench.id == id).unwrap();
        let population = Population::of(id, bench.quick.households).unwrap();
        let answer = by_hand(&population).unwrap()().unwrap();
        let found = check_value(&answer, &bench.answer).unwrap();
        assert_eq!(format!("{found:016x}"), bench.quick.check, "{id}");
    }
}
