//! Tables give what households give: whichever way columns are laid out, in whichever order rows come.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and prints its counts"
)]

#[path = "tables/arrears.rs"]
mod arrears;
#[path = "tables/bad.rs"]
mod bad;
#[path = "tables/files.rs"]
mod files;
#[path = "tables/grid.rs"]
mod grid;
#[path = "tables/layouts.rs"]
mod layouts;
#[path = "tables/warnings.rs"]
mod warnings;

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use grid::{Grid, Layout};
use minzheng::packs::BuiltIn;
use minzheng_arrow::{
    Contract, ExportOptions, Exporter, ImportOptions, Imported, Importer, Tables,
};
use minzheng_rules::columnar::{Answer, Request};
use minzheng_rules::date::Day;
use minzheng_rules::explain::{Missing, MissingKind, Verdict};
use minzheng_rules::facts::{Document, Overlay};
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::PackTest;
use minzheng_rules::scalar::V;
use minzheng_rules::scenario::{Assessment, Engine};
use minzheng_rules::truth::Truth;
use minzheng_testkit::{repo_root, vectors};
use serde_json::Value;

fn engine() -> Engine {
    Engine::new(minzheng::packs::load_with_tests(&BuiltIn::ALL, &[]).unwrap())
}

/// Every formula, condition and outcome.
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

/// Households that can be decided in one run: the same figures for a what-if, the same day of knowledge.
struct Run {
    known_on: Option<Day>,
    overlays: Vec<Overlay>,
    tests: Vec<PackTest>,
}

fn runs(set: &PackSet) -> Vec<Run> {
    let mut out: BTreeMap<String, Run> = BTreeMap::new();
    for test in set.tests() {
        let input = vectors::of_table(&test.document);
        let overlays = input["overlay"].as_array().cloned().unwrap_or_default();
        let key = format!("{} {overlays:?}", input["known_on"]);
        let overlay = |o: &Value| {
            let name = o["parameter"].as_str().unwrap();
            let value = o["value"]
                .as_str()
                .map_or_else(|| o["value"].to_string(), str::to_owned);
            let keys = o["key"].as_object().cloned().unwrap_or_default();
            let words = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
            let keys: Vec<_> = keys.iter().map(|(k, v)| (k.clone(), words(v))).collect();
            set.overlay_from_words(name, &value, &keys).unwrap()
        };
        let run = out.entry(key).or_insert_with(|| Run {
            known_on: input["known_on"].as_str().and_then(Day::parse),
            overlays: overlays.iter().map(overlay).collect(),
            tests: Vec::new(),
        });
        run.tests.push(test.clone());
    }
    out.into_values().collect()
}

/// The tables of some households, by entity.
fn grids(set: &PackSet, tests: &[PackTest]) -> Vec<Grid> {
    let mut grids = Grid::empty(set);
    for test in tests {
        grid::add(
            set,
            &mut grids,
            &test.id,
            &vectors::of_table(&test.document),
        );
    }
    grids
}

fn batches(set: &PackSet, grids: &[Grid], layout: Layout) -> Vec<(String, RecordBatch)> {
    grids
        .iter()
        .enumerate()
        .map(|(entity, grid)| {
            (
                grid::table_name(set, entity),
                grid.batch(set, entity, layout),
            )
        })
        .collect()
}

fn importer<'p>(
    set: &'p PackSet,
    batches: &[(String, RecordBatch)],
    options: ImportOptions,
) -> Importer<'p> {
    let schemas: Vec<_> = batches
        .iter()
        .map(|(n, b)| (n.as_str(), b.schema()))
        .collect();
    Importer::new(set, &schemas, options).unwrap_or_else(|e| panic!("{e}"))
}

fn tables(batches: &[(String, RecordBatch)]) -> Tables {
    let parts: Vec<_> = batches
        .iter()
        .enumerate()
        .map(|(entity, (_, batch))| (entity, core::slice::from_ref(batch), 0))
        .collect();
    Tables::new(&parts).unwrap()
}

/// Compares every value of every row with what the household alone gives; how many were equal.
fn compare(
    engine: &Engine,
    imported: &Imported<'_>,
    answer: &Answer,
    outputs: &[(String, usize)],
    alone: &BTreeMap<&str, Assessment>,
) -> usize {
    let mut equal = 0;
    for case in 0..imported.batch.cases() {
        let id = imported.keys.key(0, case);
        let scalar = &alone[id.as_str()];
        let ids: Vec<Vec<String>> = (0..engine.packs().entities().len())
            .map(|e| {
                imported
                    .rows(e, case)
                    .map(|row| imported.keys.key(e, row))
                    .collect()
            })
            .collect();
        for ((name, entity), column) in outputs.iter().zip(&answer.columns) {
            for (at, row) in imported.rows(*entity, case).enumerate() {
                let row_id = (*entity > 0).then(|| ids[*entity][at].as_str());
                let (want, ty) = scalar
                    .value(name, row_id)
                    .unwrap_or_else(|| panic!("{id}: no {name} of {row_id:?}"));
                let got = column.value(row);
                let words = |v: V| engine.packs().value_words(v, ty);
                assert_eq!(
                    got,
                    want,
                    "{id} {name} {row_id:?}: {} for {}",
                    words(got),
                    words(want)
                );
                equal += 1;
            }
        }
    }
    equal
}

/// Runs all households of the packs' tests through tables laid out one way.
fn all_vectors(layout: Layout) {
    let engine = engine();
    let set = engine.packs();
    let (mut equal, mut households, mut expected) = (0, 0, 0);
    for run in runs(set) {
        let alone: BTreeMap<&str, Assessment> = run
            .tests
            .iter()
            .map(|t| {
                let found = engine.assess(&Document::from_table(&t.id, &t.document));
                (
                    t.id.as_str(),
                    found.unwrap_or_else(|e| panic!("{}: {e}", t.id)),
                )
            })
            .collect();
        let batches = batches(set, &grids(set, &run.tests), layout);
        let importer = importer(set, &batches, ImportOptions::default());
        let tables = tables(&batches);
        let imported = importer.read(&tables).unwrap();
        let warnings: usize = alone
            .values()
            .map(|a| a.input().warnings().iter().count())
            .sum();
        let codes: Vec<&str> = imported.findings.iter().map(|f| f.code).collect();
        assert_eq!(codes, vec!["W-FACT-RANGE"; warnings]);
        assert_eq!(imported.set_aside(), 0);
        assert_eq!(imported.batch.cases(), run.tests.len());
        let request = Request {
            outputs: everything(set),
            known_on: run.known_on,
            overlays: run.overlays,
            bounds: true,
            threads: 1,
        };
        let columns = engine.columns(request).unwrap();
        let answer = imported.answer(&columns);
        let outputs: Vec<_> = columns
            .outputs()
            .iter()
            .map(|o| (o.name.clone(), o.entity))
            .collect();
        equal += compare(&engine, &imported, &answer, &outputs, &alone);
        expected += expectations(set, &imported, &answer, &outputs, &run.tests);
        households += run.tests.len();
    }
    println!(
        "{layout:?}: {households} households, {equal} values equal, {expected} expectations met"
    );
    let all: usize = set.tests().iter().map(|t| t.expect.len()).sum();
    assert_eq!((households, expected), (set.tests().len(), all));
    assert!(
        equal > 350 * households,
        "only {equal} values were compared"
    );
}

/// What the vectors expect, read from the answer to the tables.
fn expectations(
    set: &PackSet,
    imported: &Imported<'_>,
    answer: &Answer,
    outputs: &[(String, usize)],
    tests: &[PackTest],
) -> usize {
    let files = vectors::of_packs(set);
    let expect: BTreeMap<&str, &Value> = files
        .values()
        .flatten()
        .map(|v| (v["id"].as_str().unwrap(), &v["expect"]))
        .collect();
    let mut met = 0;
    for case in 0..imported.batch.cases() {
        let id = imported.keys.key(0, case);
        assert!(tests.iter().any(|t| t.id == id));
        for (path, wanted) in expect[id.as_str()].as_object().unwrap() {
            let parts: Vec<&str> = path.splitn(3, '.').collect();
            let below = (parts.len() == 3)
                .then(|| set.entities().iter().skip(1).position(|e| e.id == parts[0]))
                .flatten();
            let name = if below.is_some() { parts[2] } else { path };
            let at = outputs.iter().position(|(n, _)| n == name).unwrap();
            let row = match below {
                None => case,
                Some(entity) => imported
                    .rows(entity + 1, case)
                    .find(|row| imported.keys.key(entity + 1, *row) == parts[1])
                    .unwrap(),
            };
            let ty = output_type(set, name);
            let found = set.value_words(answer.columns[at].value(row), ty);
            let wanted = wanted
                .as_str()
                .map_or_else(|| wanted.to_string(), str::to_owned);
            assert!(
                same(&found, &wanted),
                "{id} {path}: wanted {wanted}, found {found}"
            );
            met += 1;
        }
    }
    met
}

fn output_type(set: &PackSet, name: &str) -> Type {
    if let Some(formula) = set.formula(name) {
        return formula.ty;
    }
    let (programme, word) = name.rsplit_once('.').unwrap();
    let amount = set.programme(programme).unwrap().amount;
    match (word, amount) {
        ("amount", Some(formula)) => set.formulas()[formula].ty,
        _ => Type::Bool,
    }
}

/// Equal words, or equal amounts written with and without fen.
fn same(found: &str, wanted: &str) -> bool {
    let fen = |w: &str| -> Option<(i64, String)> {
        let (amount, unit) = w.split_once('/').unwrap_or((w, ""));
        let fen = minzheng_rules::number::parse_fixed(amount, 2).ok()?;
        Some((fen, unit.to_owned()))
    };
    found == wanted || matches!((fen(found), fen(wanted)), (Some(a), Some(b)) if a == b)
}

#[test]
fn vectors_as_text_give_what_households_give() {
    all_vectors(Layout::Text);
}

#[test]
fn vectors_in_every_type_give_what_households_give() {
    for turn in 0..2 {
        all_vectors(Layout::Typed {
            turn,
            shuffled: false,
        });
    }
}

#[test]
fn vectors_in_any_order_sliced_at_odd_offsets_give_what_households_give() {
    for turn in 2..4 {
        all_vectors(Layout::Typed {
            turn,
            shuffled: true,
        });
    }
}

/// The files every language reads are the tests that are run above.
#[test]
fn the_files_of_vectors_are_those_of_the_packs() {
    for (name, list) in vectors::of_packs(engine().packs()) {
        let path = repo_root().join(format!("tests/vectors/{name}.json"));
        let text = std::fs::read_to_string(path).unwrap();
        let stands: Vec<Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(stands, list, "{name}");
    }
}

/// Statuses, amounts and reasons in the tables of an answer are those of the households alone.
#[test]
fn answers_hold_what_households_give() {
    let engine = engine();
    let set = engine.packs();
    let contract = Contract::new(set);
    let mut statuses = BTreeMap::<String, usize>::new();
    let (mut amounts, mut reasons, mut missing) = (0, 0, 0);
    for run in runs(set) {
        let batches = batches(
            set,
            &grids(set, &run.tests),
            Layout::Typed {
                turn: 0,
                shuffled: true,
            },
        );
        let importer = importer(set, &batches, ImportOptions::default());
        let options = ExportOptions {
            known_on: run.known_on,
            conditions: true,
            reasons: true,
            missing: 1_000,
            overlays: run.overlays,
            formulas: set.formulas().iter().map(|f| f.id.clone()).collect(),
            ..ExportOptions::default()
        };
        let exporter = Exporter::new(&importer, &options).unwrap();
        let columns = engine.columns(exporter.request()).unwrap();
        let tables = tables(&batches);
        let imported = importer.read(&tables).unwrap();
        let out = exporter
            .export(&columns, &imported, &imported.answer(&columns))
            .unwrap();
        for (table, batch) in exporter.tables().iter().zip(&out) {
            assert_eq!(table.schema, batch.schema());
            assert_eq!(batch.num_rows(), imported.batch.rows(table.entity));
        }
        for case in 0..imported.batch.cases() {
            let id = imported.keys.key(0, case);
            let test = run.tests.iter().find(|t| t.id == id).unwrap();
            let alone = engine
                .assess(&Document::from_table(&test.id, &test.document))
                .unwrap();
            let on = out[0]
                .column_by_name("on")
                .unwrap()
                .as_primitive::<Date32Type>();
            assert_eq!(i64::from(on.value(case)), alone.input().on().number());
            let rows_of = |entity: usize| imported.rows(entity, case);
            for outcome in alone.outcomes() {
                let programme = alone.programme(outcome.programme).unwrap();
                let entity = programme.entity;
                let own = alone.input().row_id(outcome.row);
                let at = if entity == 0 {
                    case
                } else {
                    rows_of(entity)
                        .find(|r| imported.keys.key(entity, *r) == own)
                        .unwrap()
                };
                let column =
                    |word: &str| out[entity].column_by_name(&format!("{}.{word}", programme.id));
                let verdict = Verdict::of(outcome.eligible);
                let wanted = if outcome.in_force {
                    verdict.word()
                } else {
                    "not_in_force"
                };
                let dictionary = column("status").unwrap().as_any_dictionary();
                let found = dictionary.values().as_string::<i32>();
                let found = found.value(dictionary.normalized_keys()[at]);
                assert_eq!(found, wanted, "{id} {own} {}", programme.id);
                *statuses.entry(found.to_owned()).or_default() += 1;
                if let Some(amount) = column("amount") {
                    assert_eq!(*amount.data_type(), DataType::Decimal128(18, 2));
                    let amount = amount.as_primitive::<Decimal128Type>();
                    let paid = outcome.amount.and_then(|(fen, _)| fen);
                    let paid = paid.filter(|_| found == "eligible").map(i128::from);
                    let got = amount.is_valid(at).then(|| amount.value(at));
                    assert_eq!(got, paid, "{id} {own} {}", programme.id);
                    amounts += usize::from(paid.is_some());
                }
                let names = column("missing").unwrap().as_list::<i32>().value(at);
                let names: Vec<&str> = names
                    .as_string::<i32>()
                    .iter()
                    .map(Option::unwrap)
                    .collect();
                let open = alone.missing_for(Some((outcome.programme, outcome.row.row)));
                let wanted: BTreeSet<String> = open.iter().map(named).collect();
                // a fact of two entities has one name in both
                let told = |name: &&str| match name.split_once('.') {
                    Some((_, rest)) if !name.contains(':') || rest.starts_with("finding:") => {
                        rest.to_owned()
                    }
                    _ => (*name).to_owned(),
                };
                let found_names: BTreeSet<String> = names.iter().map(told).collect();
                assert_eq!(found_names, wanted, "{id} {own} {}", programme.id);
                let tables = ["households", "people", "obligors", "parents"];
                let known = |name: &&str| {
                    name.starts_with("figure:")
                        || name.starts_with("rule:")
                        || tables.iter().any(|t| {
                            let column = name.strip_prefix(t).and_then(|n| n.strip_prefix('.'));
                            column.is_some_and(|c| contract.table(t).unwrap().column(c).is_some())
                        })
                };
                assert!(names.iter().all(known), "{names:?}");
                assert!(
                    found != "undetermined" || !names.is_empty(),
                    "{id} {own} {}",
                    programme.id
                );
                missing += names.len();
                let list = column("reasons").unwrap().as_list::<i32>().value(at);
                let list: Vec<&str> = list.as_string::<i32>().iter().map(Option::unwrap).collect();
                match found {
                    "not_eligible" | "undetermined" => {
                        assert!(!list.is_empty(), "{id} {own} {}: no reason", programme.id);
                        for reason in &list {
                            let truth = alone.truth(reason, Some(own).filter(|_| entity > 0));
                            let truth = truth.or_else(|| alone.truth(reason, None)).unwrap();
                            let rival =
                                reason.ends_with(".eligible") || reason.ends_with(".qualifies");
                            let stands = match found {
                                // one of two that may be chosen leaves the other open, also where it is had
                                "undetermined" if reason.ends_with(".qualifies") => {
                                    truth != Truth::False
                                }
                                "undetermined" => truth == Truth::Unknown,
                                _ => truth == Truth::from(rival),
                            };
                            assert!(stands, "{id} {own} {reason}: {truth:?}");
                            reasons += 1;
                        }
                    }
                    _ => assert!(list.is_empty(), "{id} {own} {}: {list:?}", programme.id),
                }
            }
        }
    }
    println!("{statuses:?}, {amounts} amounts, {reasons} reasons, {missing} missing");
    assert_eq!(statuses.len(), 4);
    assert!(amounts > 200 && reasons > 1_000 && missing > 1_000);
}

/// What is missing, as the column of missing things says it, without the table.
fn named(missing: &Missing) -> String {
    let id = &missing.id;
    match missing.kind {
        MissingKind::Fact | MissingKind::Link => id.clone(),
        MissingKind::Finding => format!("finding:{id}"),
        MissingKind::Parameter => format!("figure:{id}"),
        MissingKind::Rule => format!("rule:{id}"),
    }
}

/// Nothing is copied that lies as the engine has it, and rows in order are not sorted: the batch reads the caller's memory.
#[test]
fn a_dictionary_a_slice_and_parts_are_the_same_table() {
    let engine = engine();
    let set = engine.packs();
    let run = runs(set).into_iter().max_by_key(|r| r.tests.len()).unwrap();
    let batches = batches(
        set,
        &grids(set, &run.tests),
        Layout::Typed {
            turn: 1,
            shuffled: false,
        },
    );
    let importer = importer(set, &batches, ImportOptions::default());
    let columns = engine
        .columns(Request {
            known_on: run.known_on,
            ..Request::default()
        })
        .unwrap();
    let whole = tables(&batches);
    let whole = importer.read(&whole).unwrap();
    let answer = whole.answer(&columns);
    // the same rows in parts of odd sizes
    let cut: Vec<Vec<RecordBatch>> = batches
        .iter()
        .map(|(_, batch)| {
            let (mut at, mut size, mut out) = (0, 1, Vec::new());
            while at < batch.num_rows() {
                let many = size.min(batch.num_rows() - at);
                out.push(batch.slice(at, many));
                (at, size) = (at + many, size * 3 % 31 + 1);
            }
            out
        })
        .collect();
    let parts: Vec<_> = cut
        .iter()
        .enumerate()
        .map(|(e, list)| (e, list.as_slice(), 0))
        .collect();
    let joined = Tables::new(&parts).unwrap();
    let joined = importer.read(&joined).unwrap();
    assert_eq!(joined.answer(&columns), answer);
    assert!(joined.findings.is_empty() && whole.findings.is_empty());
    // household by household
    for (case, _) in run.tests.iter().enumerate() {
        let one: Vec<RecordBatch> = (0..batches.len())
            .map(|e| {
                let rows = whole.rows(e, case);
                batches[e].1.slice(rows.start, rows.len())
            })
            .collect();
        let parts: Vec<_> = one
            .iter()
            .enumerate()
            .map(|(e, b)| (e, core::slice::from_ref(b), 0))
            .collect();
        let one = Tables::new(&parts).unwrap();
        let one = importer.read(&one).unwrap();
        let alone = one.answer(&columns);
        for ((column, all), output) in alone
            .columns
            .iter()
            .zip(&answer.columns)
            .zip(columns.outputs())
        {
            for (row, at) in whole.rows(output.entity, case).enumerate() {
                assert_eq!(column.value(row), all.value(at), "{}", output.name);
            }
        }
    }
}
