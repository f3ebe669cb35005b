//! Warnings over tables are those of each household alone.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int16Type};
use arrow_array::{AnyDictionaryArray as _, Array, RecordBatch};
use minzheng::warning::{Outcome, Warnings};
use minzheng::{Engine, Household, packs};
use minzheng_arrow::{Alerts, ExportOptions, ImportOptions, Imported, ModelTally, WarnOptions};
use minzheng_rules::date::Day;
use minzheng_testkit::vectors;

use super::grid::Layout;
use super::{batches, grids, importer, runs, tables};

fn engine() -> Engine {
    Engine::new(packs::load_with_tests(&packs::BuiltIn::ALL, &[]).unwrap())
}

/// Household, person, model, last day.
type Alert = (String, Option<String>, String, Option<i32>);

fn of_table(table: &RecordBatch) -> BTreeSet<Alert> {
    let text = |name: &str| table.column_by_name(name).unwrap().as_string::<i32>();
    let models = table
        .column_by_name("model")
        .unwrap()
        .as_dictionary::<Int16Type>();
    let names = models.values().as_string::<i32>();
    let due = table
        .column_by_name("due")
        .unwrap()
        .as_primitive::<Date32Type>();
    // tables without a person have no keys of people
    let person = table
        .column_by_name("person_id")
        .unwrap()
        .as_string_opt::<i32>();
    let row = |at: usize| {
        let model = names.value(models.normalized_keys()[at]).to_owned();
        let person = person
            .filter(|p| p.is_valid(at))
            .map(|p| p.value(at).to_owned());
        let due = due.is_valid(at).then(|| due.value(at));
        (
            text("household_id").value(at).to_owned(),
            person,
            model,
            due,
        )
    };
    (0..table.num_rows()).map(row).collect()
}

fn tally(tallies: &mut BTreeMap<String, ModelTally>, warnings: &Warnings) {
    for warning in warnings.all() {
        let own = tallies.entry(warning.model().id.clone()).or_default();
        let slot = match warning.outcome() {
            Outcome::Hit => &mut own.hit,
            Outcome::Unknown => &mut own.unknown,
            Outcome::Miss => &mut own.miss,
            Outcome::Outside => &mut own.outside,
            Outcome::Off => &mut own.off,
        };
        *slot += 1;
    }
}

/// Every household of the packs' tests: the same hits with the same last days, and the same counts, as it alone.
#[test]
fn alerts_of_tables_are_those_of_each_household() {
    let engine = engine();
    let set = engine.packs();
    let models = engine.models().unwrap();
    let (mut met, mut left_out, mut hits) = (BTreeSet::new(), BTreeSet::new(), 0);
    for run in runs(set) {
        let batches = batches(set, &grids(set, &run.tests), Layout::Text);
        let options = ImportOptions {
            on: Day::parse("2026-08-25"),
            ..ImportOptions::default()
        };
        let importer = importer(set, &batches, options);
        let export = ExportOptions {
            known_on: run.known_on,
            overlays: run.overlays.clone(),
            ..ExportOptions::default()
        };
        let alerts = Alerts::new(models, &importer, &export, &WarnOptions::default()).unwrap();
        let columns = engine.rules().columns(alerts.request()).unwrap();
        let tables = tables(&batches);
        let imported: Imported<'_> = importer.read(&tables).unwrap();
        let (table, summary) = alerts
            .export(&columns, &imported, &imported.answer(&columns))
            .unwrap();
        let mut wanted = BTreeSet::new();
        let ids = models
            .all()
            .iter()
            .map(|m| (m.id.clone(), ModelTally::default()));
        let mut counts: BTreeMap<String, ModelTally> = ids.collect();
        for test in &run.tests {
            let household =
                Household::from_value(&test.id, vectors::of_table(&test.document)).unwrap();
            let warnings = engine.warn(&household).unwrap();
            tally(&mut counts, &warnings);
            for hit in warnings.hits() {
                let due = hit.due().map(|d| Day::from_date(d).unwrap().number());
                let due = due.map(|d| i32::try_from(d).unwrap());
                let person = hit.person().map(str::to_owned);
                wanted.insert((test.id.clone(), person, hit.model().id.clone(), due));
                met.insert(hit.model().id.clone());
            }
        }
        assert_eq!(of_table(&table), wanted);
        let ran = summary.models();
        // what is switched off everywhere is not run over tables
        counts.retain(|id, own| {
            let only_off = ModelTally {
                off: own.off,
                ..ModelTally::default()
            };
            let is_left_out = !ran.contains_key(id);
            assert!(!is_left_out || *own == only_off, "{id}");
            left_out.extend(is_left_out.then(|| id.clone()));
            !is_left_out
        });
        assert_eq!(ran, counts);
        hits += wanted.len();
    }
    println!("{hits} hits of {} models", met.len());
    let all: BTreeSet<String> = models.all().iter().map(|m| m.id.clone()).collect();
    assert!(!left_out.is_empty() && met.is_disjoint(&left_out));
    met.extend(left_out);
    assert_eq!(met, all, "every model that runs hits somebody");
}
