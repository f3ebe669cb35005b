//! Arrears of tables are those of each household alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use arrow_array::types::{Date32Type, Decimal128Type};
use arrow_array::{Array, RecordBatch, cast::AsArray};
use arrow_select::concat::concat_batches;
use chrono::NaiveDate;
use minzheng::eligibility::{ArrearsQuestion, ArrearsTally, Months};
use minzheng::packs::BuiltIn;
use minzheng::{Engine, Household, Money};
use minzheng_arrow::{
    ArrearsBatch, ArrearsColumns, ArrearsOptions, Format, ImportOptions, Importer, Progress,
    RunInputs, TableFile, arrears, arrears_held,
};
use minzheng_rules::date::Day;
use minzheng_rules::pack::model::PackTest;
use minzheng_testkit::{repo_root, vectors};

use super::grid::Layout;
use super::{batches, grids, runs, tables};

fn engine() -> Engine {
    Engine::new(minzheng::packs::load_with_tests(&BuiltIn::ALL, &[]).unwrap())
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Summer of 2026, when the standard of the demonstration banner rose backwards.
fn question(engine: &Engine) -> ArrearsQuestion {
    let figure = |name: &str, value: &str| {
        let overlay = engine.packs().overlay_from_words(name, value, &[]);
        overlay.unwrap()
    };
    ArrearsQuestion {
        known_before: Some(day(2026, 8, 15)),
        // some rise, some fall
        figures: vec![
            figure("standard.dibao_single", "650/month"),
            figure("standard.tekun_basic", "900/month"),
        ],
        ..ArrearsQuestion::new(Months::between(day(2026, 6, 1), day(2026, 8, 1)).unwrap())
    }
}

/// A month of a row: household, person, programme, month.
type At = (String, String, String, NaiveDate);

/// Before, after and the difference in fen; `None`: unknown.
type Found = [Option<i64>; 3];

fn of_tables(engine: &Engine, tests: &[PackTest], question: &ArrearsQuestion) -> ArrearsBatch {
    let set = engine.packs();
    let batches = batches(set, &grids(set, tests), Layout::Text);
    let options = ImportOptions {
        on: Day::parse("2026-06-01"),
        ..ImportOptions::default()
    };
    let importer = super::importer(set, &batches, options);
    let columns = ArrearsColumns::new(engine.rules(), &importer, question).unwrap();
    let tables = tables(&batches);
    columns.batch(importer.read(&tables).unwrap()).unwrap()
}

/// The lines of a table of rows; the person is empty in that of households.
fn lines(batch: &RecordBatch, into: &mut BTreeMap<At, Found>) {
    let text = |name: &str, row: usize| {
        let column = batch.column_by_name(name);
        column.map_or_else(String::new, |c| c.as_string::<i32>().value(row).to_owned())
    };
    let month = batch.column_by_name("month").unwrap();
    for row in 0..batch.num_rows() {
        let fen = |name: &str| {
            let column = batch.column_by_name(name).unwrap();
            let column = column.as_primitive::<Decimal128Type>();
            column
                .is_valid(row)
                .then(|| i64::try_from(column.value(row)).unwrap())
        };
        let number = month.as_primitive::<Date32Type>().value(row);
        let month = Day::from_number(i64::from(number)).unwrap().to_date();
        let at = (
            text("household_id", row),
            text("person_id", row),
            text("programme", row),
            month,
        );
        let before = into.insert(at.clone(), ["before", "after", "difference"].map(fen));
        assert_eq!(before, None, "{at:?} stands twice");
    }
}

fn compare(paid_throughout: bool, first: u32) -> ArrearsTally {
    let engine = engine();
    let set = engine.packs();
    let mut asked = question(&engine);
    asked.paid_throughout = paid_throughout;
    asked.months = Months::between(day(2026, first, 1), day(2026, 7, 1)).unwrap();
    let plain = runs(set).into_iter().filter(|run| run.overlays.is_empty());
    let tests: Vec<PackTest> = plain.flat_map(|run| run.tests).collect();
    assert!(tests.len() > 150, "{} households", tests.len());

    let found = of_tables(&engine, &tests, &asked);
    assert!(found.findings.iter().all(|f| f.code == "W-FACT-RANGE"));
    let mut rows = BTreeMap::new();
    for table in &found.tables {
        lines(table, &mut rows);
    }
    let (mut months, mut total) = (0, ArrearsTally::default());
    for test in &tests {
        let input = vectors::of_table(&test.document);
        let household = Household::from_value(&test.id, input).unwrap();
        let alone = engine.arrears(&household, &asked).unwrap();
        total.add(&alone.tally());
        for row in alone.rows() {
            for month in row.months() {
                months += 1;
                let fen = |side: Option<Money>| side.map(Money::fen);
                let want = [
                    fen(month.before()),
                    fen(month.after()),
                    fen(month.difference()),
                ];
                let person = row.person().unwrap_or_default().to_owned();
                let at = (
                    test.id.clone(),
                    person,
                    row.programme().to_owned(),
                    month.month(),
                );
                let got = rows.remove(&at);
                // only what makes a difference, or is unknown, is written
                let want = (want[2] != Some(0)).then_some(want);
                assert_eq!(got, want, "{at:?}");
            }
        }
    }
    assert!(rows.is_empty(), "rows of nobody: {rows:?}");
    assert_eq!(found.summary.total(), total);
    println!(
        "{} households, {months} months of rows, {total:?}",
        tests.len()
    );
    total
}

#[test]
fn vectors_are_owed_in_tables_what_they_are_owed_alone() {
    let total = compare(true, 6);
    assert!(
        total.months_owed > 50 && total.months_overpaid > 5,
        "{total:?}"
    );
    assert!(
        total.months_unknown > 50 && total.months_unchanged > 50,
        "{total:?}"
    );
    // most are paid from a later month on, or nobody said since when
    let asked = compare(false, 7);
    assert!(
        asked.owed > 0 && asked.owed * 10 < total.owed && asked.months_unknown > 50,
        "{asked:?}"
    );
}

#[test]
fn what_is_set_aside_is_unknown_and_no_sum() {
    let engine = engine();
    let set = engine.packs();
    let test = set
        .tests()
        .iter()
        .find(|t| t.id == "dibao-gap")
        .unwrap_or_else(|| {
            panic!(
                "{:?}",
                set.tests()
                    .iter()
                    .map(|t| &t.id)
                    .take(20)
                    .collect::<Vec<_>>()
            )
        });
    let mut asked = question(&engine);
    asked.programmes = vec!["dibao".to_owned()];
    asked.paid_throughout = true;
    let mut other = test.clone();
    other.id = "wrong".to_owned();
    let household = other
        .document
        .get_mut("household")
        .and_then(|h| h.as_table_mut())
        .unwrap();
    household.insert("hukou".to_owned(), "moon".into());
    let found = of_tables(&engine, &[test.clone(), other], &asked);
    let league = &found.summary.leagues["1599"];
    assert_eq!((league.households, league.set_aside), (2, 1));
    let months = &league.programmes["dibao"];
    let july = &months[&Day::parse("2026-07-01").unwrap()];
    assert_eq!((july.months_owed, july.months_unknown), (1, 1));
    let june = &months[&Day::parse("2026-06-01").unwrap()];
    assert_eq!(
        (
            june.months_owed,
            june.owed,
            june.months_unchanged,
            june.months_unknown
        ),
        (0, 0, 1, 1)
    );
    let mut rows = BTreeMap::new();
    lines(&found.tables[0], &mut rows);
    let wrong: BTreeSet<&Found> = rows
        .iter()
        .filter(|(at, _)| at.0 == "wrong")
        .map(|r| r.1)
        .collect();
    assert_eq!(wrong, BTreeSet::from([&[None; 3]]));
}

#[test]
fn a_question_about_no_programme_of_the_month_is_refused() {
    let engine = engine();
    let set = engine.packs();
    let batches = batches(set, &grids(set, &[]), Layout::Text);
    let schemas: Vec<_> = batches
        .iter()
        .map(|(n, b)| (n.as_str(), b.schema()))
        .collect();
    let options = ImportOptions {
        on: Day::parse("2026-06-01"),
        ..ImportOptions::default()
    };
    let importer = Importer::new(set, &schemas, options).unwrap();
    for (id, code) in [("edge", "E-ARREARS-PROGRAMME"), ("x", "E-PROGRAMME-NAME")] {
        let mut asked = question(&engine);
        asked.programmes = vec![id.to_owned()];
        let error = ArrearsColumns::new(engine.rules(), &importer, &asked).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
}

/// A folder of this test's own with two households, in no order of their keys.
fn folder(name: &str) -> (std::path::PathBuf, RunInputs) {
    let home = repo_root().join("target/test-arrears").join(name);
    if home.exists() {
        std::fs::remove_dir_all(&home).unwrap();
    }
    std::fs::create_dir_all(&home).unwrap();
    let write = |file: &str, text: &str| {
        let path = home.join(file);
        std::fs::write(&path, text).unwrap();
        path
    };
    let inputs = RunInputs {
        households: write("households.csv", "household_id,on\nh2,2020-01-01\nh1,\n"),
        people: write(
            "people.csv",
            "household_id,birth\nh2,1950-01-01\nh1,2001-05-01\n",
        ),
        records: None,
    };
    (home, inputs)
}

#[test]
fn months_stand_in_place_of_the_day_of_the_table_and_what_was_sorted_is_removed() {
    let engine = engine();
    let (home, inputs) = folder("sorted");
    let mut asked = question(&engine);
    asked.programmes = vec!["dibao".to_owned()];
    let mut options = ArrearsOptions::new(asked);
    options.format = Some(Format::Csv);
    let out = home.join("out");
    let mut steps = Vec::new();
    let mut told = |step| steps.push(step);
    let found = arrears(engine.rules(), &inputs, &out, &options, &mut told).unwrap();
    assert!(
        steps.contains(&Progress::Sorting { entity: 0 }),
        "{steps:?}"
    );
    // nothing is known of both: three months each, in 2026
    assert_eq!(found.total().months_unknown, 6);
    let text = std::fs::read_to_string(out.join("households.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "household_id,programme,month,before,after,difference"
    );
    assert_eq!(lines[1], "h1,dibao,2026-06-01,,,");
    assert_eq!(lines.len(), 7);
    let left: Vec<_> = std::fs::read_dir(&out).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    let again = arrears(engine.rules(), &inputs, &out, &options, &mut |_| {});
    assert_eq!(again.unwrap_err().code(), "E-RUN-EXISTS");
}

#[test]
fn tables_in_memory_are_owed_what_files_are() {
    let engine = engine();
    let (home, inputs) = folder("held");
    let mut options = ArrearsOptions::new(question(&engine));
    options.format = Some(Format::Ipc);
    let out = home.join("out");
    let of_files = arrears(engine.rules(), &inputs, &out, &options, &mut |_| {}).unwrap();
    let rows = |path: &std::path::Path| -> Vec<RecordBatch> {
        let table = TableFile::open(path).unwrap();
        table.batches().map(Result::unwrap).collect()
    };
    let given = [
        ("households", &inputs.households),
        ("people", &inputs.people),
    ];
    let given = given.map(|(name, path)| {
        let batches = rows(path);
        let table = TableFile::held(batches[0].schema(), batches).unwrap();
        (name.to_owned(), table)
    });
    let mut kept: BTreeMap<String, Vec<RecordBatch>> = BTreeMap::new();
    let mut keep = |table: &str, batch: RecordBatch| {
        kept.entry(table.to_owned()).or_default().push(batch);
    };
    let held = BTreeMap::from(given);
    let found = arrears_held(engine.rules(), &held, &mut keep, &options, &mut |_| {}).unwrap();
    assert_eq!(found, of_files);
    assert_eq!(kept.keys().collect::<Vec<_>>(), ["households", "people"]);
    for (name, batches) in kept {
        // the first batch is empty: it tells the columns
        let whole = concat_batches(&batches[0].schema(), &batches).unwrap();
        let files = rows(&out.join(format!("{name}.arrow")));
        let files = concat_batches(&whole.schema(), &files).unwrap();
        assert!(whole.num_rows() > 0, "{name}");
        assert_eq!(whole, files, "{name}");
    }
}

#[test]
fn what_is_stopped_leaves_nothing_behind() {
    let engine = engine();
    let (home, inputs) = folder("stopped");
    let stop = AtomicBool::new(true);
    let mut options = ArrearsOptions::new(question(&engine));
    (options.format, options.cancel) = (Some(Format::Parquet), Some(&stop));
    let out = home.join("out");
    let error = arrears(engine.rules(), &inputs, &out, &options, &mut |_| {}).unwrap_err();
    assert_eq!(error.code(), "E-RUN-STOPPED");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 0);
}
