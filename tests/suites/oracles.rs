//! The plan in two engines that are not ours: every node of every row is the interval the scalar program gives.
//!
//! Random programs on random cases, and the built-in packs on random households, are exported, run in `DuckDB` and Polars
//! (`tests/oracles/compare.py`) and compared, low end and high end. So are outputs written as expressions over nulls: a value where
//! the scalar program has one, else null. `cargo xtask ci oracles` sets Python up and runs it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    reason = "a test stops at the first surprise"
)]
#![expect(
    clippy::print_stdout,
    reason = "the figures of a run are worth reading"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use arrow_array::Array as _;
use minzheng::packs::BuiltIn;
use minzheng_arrow::synth::{Province, SynthOptions};
use minzheng_arrow::{ImportOptions, Importer, Tables};
use minzheng_rules::date::Day;
use minzheng_rules::export::{ColumnKind, Dialect, ExportRequest, Exported, Form};
use minzheng_rules::facts::{Document, Input};
use minzheng_rules::lang::Type;
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};
use minzheng_rules::scenario::Engine;
use minzheng_testkit::{households, programs, repo_root};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// How many random programs are compared.
const PROGRAMS: usize = 200;

const PYTHON: &str = "target/oracles/bin/python";

/// What an exported plan says of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// Its interval.
    Intervals,
    /// The value, or null exactly where it is unknown.
    Nulls,
    /// The value, or null; never a value where it is unknown.
    NullsAtLeast,
}

/// A folder of the run, empty.
fn folder(name: &str) -> PathBuf {
    let folder = repo_root().join("target/oracles/run").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Writes cases of one day and place with what the scalar program gives, for every node; the number of values.
fn batch(
    folder: &Path,
    engine: &Engine,
    on: &str,
    place: &str,
    outputs: &[String],
    cases: &[Input],
    says: Says,
) -> (u64, Exported) {
    let request = |dialect| ExportRequest {
        dialect,
        on: Day::parse(on).unwrap(),
        known_on: Day::MAX,
        place,
        outputs,
        form: match says {
            Says::Intervals => Form::Steps,
            Says::Nulls | Says::NullsAtLeast => Form::Nulls,
        },
        lows: &[],
    };
    let export = |dialect| {
        engine
            .export(&request(dialect))
            .unwrap_or_else(|e| panic!("{e}"))
    };
    let (sql, python) = (export(Dialect::DuckDb), export(Dialect::Polars));
    assert_eq!(sql.tables, python.tables);
    assert_eq!(sql.results, python.results);
    assert_eq!(sql, export(Dialect::DuckDb), "the same text every time");
    fs::write(folder.join("duckdb.sql"), &sql.text).unwrap();
    fs::write(folder.join("polars.py"), &python.text).unwrap();

    let set = engine.packs();
    let entity_of: BTreeMap<u32, &str> = sql
        .nodes
        .iter()
        .map(|n| (n.number, n.entity.as_str()))
        .collect();
    let entity_at = |id: &str| set.entities().iter().position(|e| e.id == id).unwrap();
    // rows of a table go on from case to case
    let mut begun: BTreeMap<&str, i64> = sql.tables.iter().map(|t| (t.name.as_str(), 0)).collect();
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for table in &sql.tables {
        let columns: Vec<String> = columns(table).into_iter().map(|(name, _)| name).collect();
        files.insert(&table.name, format!("{}\n", columns.join(",")));
    }
    let mut expected: Vec<Vec<Vec<[i64; 2]>>> = sql
        .results
        .iter()
        .map(|r| vec![Vec::new(); r.outputs.len()])
        .collect();
    for input in cases {
        let rows = sql.rows(set, input);
        for (table, rows) in sql.tables.iter().zip(&rows) {
            let entity = entity_at(&table.name);
            let file = files.get_mut(table.name.as_str()).unwrap();
            for row in rows {
                let mut cells = row.iter().copied();
                let shifted = |cell: Option<i64>, of: &str| {
                    cell.map_or_else(String::new, |c| (c + begun[of]).to_string())
                };
                let mut line = vec![shifted(cells.next().unwrap(), &table.name)];
                if table.parent.is_some() {
                    let parent = set.entities()[entity].parent.unwrap();
                    line.push(shifted(cells.next().unwrap(), &set.entities()[parent].id));
                }
                for (cell, column) in cells.zip(&table.columns) {
                    line.push(match (column.kind, cell) {
                        (ColumnKind::Link, cell) => {
                            let links = &set.entities()[entity].links;
                            let link = links
                                .iter()
                                .find(|l| format!("link:{}", l.0) == column.name);
                            shifted(cell, &set.entities()[link.unwrap().1].id)
                        }
                        (_, None) => String::new(),
                        (ColumnKind::Truth, Some(truth)) => (truth == 1).to_string(),
                        (ColumnKind::Number, Some(number)) => number.to_string(),
                        (ColumnKind::Date, Some(number)) => {
                            Day::from_number(number).unwrap().to_string()
                        }
                    });
                }
                // a row of nothing but nulls is still a row: its key is never null
                writeln!(file, "{}", line.join(",")).unwrap();
            }
        }
        for (table, rows) in sql.tables.iter().zip(&rows) {
            *begun.get_mut(table.name.as_str()).unwrap() += i64::try_from(rows.len()).unwrap();
        }
        let answer = engine.evaluate(input);
        for (result, columns) in sql.results.iter().zip(&mut expected) {
            let entity = result.name.strip_prefix("result_").unwrap();
            let rows = input.row_count(entity_at(entity));
            for ((_, node, _), column) in result.outputs.iter().zip(columns) {
                let own = entity_of[node] == entity;
                for row in 0..rows {
                    // what the law alone gives stands at the root
                    let v = answer.node(*node, if own { row } else { 0 }).unwrap();
                    column.push([v.lo, v.hi]);
                }
            }
        }
    }
    for (name, text) in files {
        fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    }
    let words: BTreeMap<u32, String> = sql
        .nodes
        .iter()
        .map(|n| {
            (
                n.number,
                format!("n{} {} {}", n.number, n.operation, n.rule),
            )
        })
        .collect();
    let mut values = 0;
    let mut results = Vec::new();
    for (result, columns) in sql.results.iter().zip(&expected) {
        let mut bytes = Vec::new();
        for column in columns {
            for end in 0..2 {
                bytes.extend(column.iter().flat_map(|v| v[end].to_le_bytes()));
            }
            values += u64::try_from(column.len()).unwrap();
        }
        fs::write(folder.join(format!("{}.bin", result.name)), bytes).unwrap();
        let outputs: Vec<Value> = result
            .outputs
            .iter()
            .map(|(name, node, _)| json!([name, words[node]]))
            .collect();
        results.push(json!({ "name": result.name, "key": result.key, "rows": columns.first().map_or(0, Vec::len), "outputs": outputs }));
    }
    let tables: Vec<Value> = sql
        .tables
        .iter()
        .map(|t| json!({ "name": t.name, "columns": columns(t) }))
        .collect();
    let says = match says {
        Says::Intervals => "intervals",
        Says::Nulls => "nulls",
        Says::NullsAtLeast => "nulls at least",
    };
    let described = json!({ "tables": tables, "results": results, "says": says });
    fs::write(folder.join("batch.json"), described.to_string()).unwrap();
    (values, sql)
}

/// Name and kind of every column of a table that is read.
fn columns(table: &minzheng_rules::export::ExportTable) -> Vec<(String, &'static str)> {
    let keys = core::iter::once(&table.key).chain(&table.parent);
    let mut out: Vec<(String, &'static str)> = keys.map(|k| (k.clone(), "number")).collect();
    out.extend(table.columns.iter().map(|c| {
        let kind = match c.kind {
            ColumnKind::Truth => "truth",
            ColumnKind::Date => "date",
            ColumnKind::Number | ColumnKind::Link => "number",
        };
        (c.name.clone(), kind)
    }));
    out
}

/// Runs both engines over batches and demands that every value was compared and agrees.
fn agree(batches: &[(PathBuf, u64)]) {
    let python = repo_root().join(PYTHON);
    assert!(
        python.is_file(),
        "{PYTHON} is missing: run `cargo xtask ci oracles`; it needs python3 with its module venv (Debian: apt-get install python3-venv) \
         and installs tests/oracles/requirements.txt"
    );
    let output = Command::new(python)
        .arg("tests/oracles/compare.py")
        .args(batches.iter().map(|(folder, _)| folder))
        .current_dir(repo_root())
        .output()
        .unwrap_or_else(|e| panic!("cannot start {PYTHON}: {e}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "compare.py failed; if a module is missing: {PYTHON} -m pip install -r tests/oracles/requirements.txt\n{errors}"
    );
    let reports: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(reports.len(), batches.len() * 2, "two engines a batch");
    let mut bad = Vec::new();
    for engine in ["duckdb", "polars"] {
        let own: Vec<&Value> = reports.iter().filter(|r| r["engine"] == engine).collect();
        let (mut compared, mut wrong, mut seconds) = (0, 0, 0.0);
        for (report, (folder, values)) in own.iter().zip(batches) {
            assert_eq!(
                report["batch"].as_str(),
                folder.file_name().and_then(|n| n.to_str())
            );
            if report["compared"].as_u64() != Some(*values) || report["wrong"].as_u64() != Some(0) {
                bad.push(report.to_string());
            }
            compared += report["compared"].as_u64().unwrap();
            wrong += report["wrong"].as_u64().unwrap();
            seconds += report["seconds"].as_f64().unwrap();
        }
        println!(
            "{engine}: {} batches, {compared} intervals compared, {wrong} differ, {seconds:.0} s",
            own.len()
        );
    }
    bad.truncate(6);
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Operations that every run of the random programs must meet.
const OPERATIONS: [&str; 40] = [
    "constant",
    "on",
    "fact",
    "figure",
    "rule",
    "not",
    "and",
    "or",
    "lt",
    "le",
    "eq",
    "in",
    "add",
    "sub",
    "mul",
    "scale",
    "min",
    "max",
    "mul_round",
    "div_round",
    "round_to",
    "if",
    "has",
    "has_link",
    "coalesce",
    "age",
    "add_months",
    "add_days",
    "add_working_days",
    "first_of_month",
    "months_between",
    "year",
    "month",
    "all",
    "exists",
    "count",
    "sum",
    "min_of",
    "max_of",
    "gather",
];

#[test]
#[ignore = "needs Python with DuckDB and Polars: cargo xtask ci oracles"]
fn random_programs_agree() {
    let mut runner = TestRunner::deterministic();
    let strategy = (
        programs::program(),
        prop::collection::vec(programs::case(), 24),
    );
    let mut batches = Vec::new();
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    for number in 0..PROGRAMS {
        let (program, cases) = strategy.new_tree(&mut runner).unwrap().current();
        let engine =
            Engine::new(PackSet::load(&[program.source()]).unwrap_or_else(|e| panic!("{e}")));
        let folder = folder(&format!("program_{number}"));
        fs::write(folder.join("pack.toml"), &program.pack).unwrap();
        let documents = cases.iter().map(|c| c.document(&program));
        let documents = bound(engine.packs(), documents);
        let (values, exported) = batch(
            &folder,
            &engine,
            programs::ON,
            programs::PLACE,
            &program.outputs(),
            &documents,
            Says::Intervals,
        );
        for node in &exported.nodes {
            *seen.entry(node.operation).or_default() += 1;
        }
        batches.push((folder, values));
    }
    let lacking: BTreeSet<&str> = OPERATIONS
        .into_iter()
        .filter(|op| !seen.contains_key(op))
        .collect();
    assert!(
        lacking.is_empty(),
        "operations that no program has: {lacking:?}"
    );
    println!("{seen:?}");
    agree(&batches);
}

#[test]
#[ignore = "needs Python with DuckDB and Polars: cargo xtask ci oracles"]
fn the_built_in_packs_agree() {
    let engine =
        Engine::new(minzheng::packs::load(&BuiltIn::ALL, &[]).unwrap_or_else(|e| panic!("{e}")));
    let set = engine.packs();
    let outputs = everything(set);
    let mut runner = TestRunner::deterministic();
    let people = (
        households::household(),
        prop::collection::vec(prop::bool::weighted(0.12), 97),
    );
    let anything = prop::collection::vec(any::<u32>(), 2_000);
    let mut batches = Vec::new();
    for number in 0..3 {
        let mut cases = Vec::new();
        for _ in 0..500 {
            let (full, gone) = people.new_tree(&mut runner).unwrap().current();
            let mut thin = households::without(&full, &gone);
            // a row of another place belongs to another export
            for place in ["registration_place", "handling_place"] {
                thin.root.insert(place.to_owned(), households::PLACE.into());
            }
            cases.push(thin.document());
            cases.push(households::any_case(
                set,
                &anything.new_tree(&mut runner).unwrap().current(),
            ));
        }
        let folder = folder(&format!("households_{number}"));
        let (values, exported) = batch(
            &folder,
            &engine,
            households::ON,
            households::PLACE,
            &outputs,
            &bound(set, cases),
            Says::Intervals,
        );
        println!(
            "{} nodes, 1000 households, {values} intervals",
            exported.nodes.len(),
        );
        batches.push((folder, values));
    }
    agree(&batches);
}

/// Households of the synthetic province of one place, read from its tables.
#[test]
#[ignore = "needs Python with DuckDB and Polars: cargo xtask ci oracles"]
fn the_synthetic_province_agrees() {
    let engine =
        Engine::new(minzheng::packs::load(&BuiltIn::ALL, &[]).unwrap_or_else(|e| panic!("{e}")));
    let set = engine.packs();
    let mut options = SynthOptions::new(set, 3_000, 11, Day::parse(households::ON).unwrap());
    options.places = vec![(households::PLACE.parse().unwrap(), 1)];
    options.gaps = 300;
    let importer = Importer::new(set, &Province::schemas(), ImportOptions::default()).unwrap();
    let mut cases = Vec::new();
    for part in Province::new(options).unwrap() {
        let part = part.unwrap();
        // a household without a place is under another law
        let places = ["registration_place", "handling_place"]
            .map(|name| part.households.column_by_name(name).unwrap().clone());
        let list = [part.households, part.people, part.obligors, part.parents];
        let list: Vec<_> = list
            .iter()
            .enumerate()
            .map(|(entity, table)| (entity, core::slice::from_ref(table), 0))
            .collect();
        let tables = Tables::new(&list).unwrap();
        let imported = importer.read(&tables).unwrap();
        assert!(imported.findings.is_empty(), "{:?}", imported.findings);
        let id = |entity: usize, row: usize| imported.keys.key(entity, row);
        let of = |case| imported.batch.case(set, case, Day::MAX, id);
        let here = |case: &usize| places.iter().all(|p| p.is_valid(*case));
        cases.extend((0..imported.batch.cases()).filter(here).map(of));
    }
    let folder = folder("province");
    let outputs = everything(set);
    let (values, _) = batch(
        &folder,
        &engine,
        households::ON,
        households::PLACE,
        &outputs,
        &cases,
        Says::Intervals,
    );
    println!("{} households, {values} intervals", cases.len());
    assert!(cases.len() > 800);
    agree(&[(folder, values)]);
}

/// The 45 models of the benches, as the peers of the benches run them.
#[test]
#[ignore = "needs Python with DuckDB and Polars: cargo xtask ci oracles"]
fn the_models_agree_over_nulls() {
    let folder_of_pack = repo_root().join("benches/packs/models");
    let files = fs::read_dir(folder_of_pack).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        SourceFile::new(name, fs::read_to_string(&path).unwrap())
    });
    let engine = Engine::new(PackSet::load(&[PackSource::new(files.collect())]).unwrap());
    let outputs = everything(engine.packs());
    assert_eq!(outputs.len(), 45);
    // as in the benches, nobody is without the size of a household: an unknown standard times nothing would be nothing
    let cases = drawn(engine.packs(), "2026-01-01", 4_000, &["hh_size"]);
    let folder = folder("models");
    let (values, _) = batch(
        &folder,
        &engine,
        "2026-01-01",
        "000000",
        &outputs,
        &cases,
        Says::Nulls,
    );
    agree(&[(folder, values)]);
}

/// Formulas that are expressions over nulls, by type; of the last list those of which an interval says more.
const OVER_NULLS: [(&str, &[&str]); 3] = [
    (
        "bool",
        &[
            "yes && !sure || hue in [red, blue]",
            "(yes || sure) && hue != blue",
            "!(yes && pay - (pay - cap) >= pay * 3)",
            "yes == sure",
            "has(born) && !has(pay)",
            "coalesce(yes, true) && coalesce(born, date(\"1999-01-01\")) < on",
            "age(born) >= 18",
            "age(born) > 18",
            "age(born) < 2",
            "age(born) <= 2",
            "age(born) == 1",
            "age(born) != 18",
            "60 > age(born)",
            "on - begun > days(30)",
            "begun - on >= days(1)",
            "on - begun == days(2)",
            "days(2) != on - begun",
            "begun < born",
            "begun <= on && born >= date(\"1990-06-30\")",
            "div_round(pay, many, half_up) > cap * 2 - pay",
        ],
    ),
    (
        "money",
        &[
            "div_round(pay, many, half_up)",
            "div_round(pay, many - 3, half_up)",
            "div_round(pay, many - 3, up)",
            "div_round(pay, many - 3, down)",
            "div_round(pay, (many - 3) * 4, half_up)",
            "div_round(yuan(0) - pay, size * 12, half_up)",
            "div_round(pay, 7, up)",
            "div_round(pay, 12, half_up)",
            "mul_round(pay, share, half_up)",
            "mul_round(pay, share, up)",
            "mul_round(pay, 0.35, down)",
            "round_to(pay, yuan(1), half_up)",
            "round_to(pay, yuan(3), up)",
            "coalesce(pay, yuan(5)) + cap - yuan(3)",
            "pay * 3 - cap",
        ],
    ),
    (
        "bool",
        &[
            "pay * many >= cap",
            "size >= 1 || yes",
            "size > 0 && pay > cap",
            "pay * size > cap",
        ],
    ),
];

#[test]
#[ignore = "needs Python with DuckDB and Polars: cargo xtask ci oracles"]
fn expressions_over_nulls_agree() {
    // the last of February: who was born on a leap day
    let on = "2026-02-28";
    let mut pack = r#"
        [pack]
        id = "nulls"
        title = { zh = "空值", en = "nulls" }
        publisher = "test"
        version = "1"
        level = "nation"
        place = "000000"
        reviewed_on = 2026-01-01
        [[entity]]
        id = "unit"
        [[codes]]
        id = "colour"
        title = { zh = "色", en = "colour" }
        values = [{ id = "red", zh = "红", en = "red" }, { id = "blue", zh = "蓝", en = "blue" }, { id = "grey", zh = "灰", en = "grey" }]
    "#
    .to_owned();
    for (id, ty) in [
        ("yes", "bool"),
        ("sure", "bool"),
        ("hue", "code:colour"),
        ("born", "date"),
        ("begun", "date"),
        ("pay", "money"),
        ("cap", "money"),
        ("many", "count"),
        ("share", "ratio"),
        ("size", "count"),
    ] {
        let bounds = if id == "size" { "low = 1" } else { "" };
        writeln!(
            pack,
            "[[fact]]\nid = \"{id}\"\nentity = \"unit\"\ntype = \"{ty}\"\n{bounds}\ntitle = {{ zh = \"x\", en = \"x\" }}"
        )
        .unwrap();
    }
    let mut named: Vec<Vec<String>> = Vec::new();
    for (list, (ty, formulas)) in OVER_NULLS.iter().enumerate() {
        named.push(Vec::new());
        for (number, expr) in formulas.iter().enumerate() {
            let id = format!("f{list}_{number}");
            writeln!(
                pack,
                "[[formula]]\nid = \"{id}\"\nentity = \"unit\"\ntype = \"{ty}\"\nfrom = 2020-01-01\nstatus = \"invented\"\nexpr = '{expr}'"
            )
            .unwrap();
            named[list].push(id);
        }
    }
    let source = PackSource::new(vec![SourceFile::new("pack.toml", pack)]);
    let engine = Engine::new(PackSet::load(&[source]).unwrap_or_else(|e| panic!("{e}")));
    let cases = drawn(engine.packs(), on, 8_000, &[]);
    let loose = named.pop().unwrap();
    let mut batches = Vec::new();
    for (name, outputs, says) in [
        ("nulls", named.concat(), Says::Nulls),
        ("nulls_at_least", loose, Says::NullsAtLeast),
    ] {
        let folder = folder(name);
        let (values, _) = batch(&folder, &engine, on, "000000", &outputs, &cases, says);
        batches.push((folder, values));
    }
    agree(&batches);
}

/// Cases of a pack with one entity: facts drawn near what rules ask for, three of ten missing; `given` never are, nor are they 0.
fn drawn(set: &PackSet, on: &str, rows: usize, given: &[&str]) -> Vec<Input> {
    let mut runner = TestRunner::deterministic();
    let numbers = prop::collection::vec(any::<u32>(), set.facts().count());
    let root = set.entities()[0].id.clone();
    let day = Day::parse(on).unwrap();
    let documents = (0..rows).map(|_| {
        let mut facts = serde_json::Map::new();
        let numbers = numbers.new_tree(&mut runner).unwrap().current();
        for (fact, number) in set.facts().zip(numbers) {
            let is_given = given.contains(&fact.id.as_str());
            if number % 10 < 3 && !is_given {
                continue;
            }
            let number = i64::from(number / 10);
            let low = fact.low.unwrap_or(i64::from(is_given));
            let value = match fact.ty {
                Type::Bool => json!(number % 2 == 0),
                Type::Code(list) => {
                    let codes = &set.code_lists()[list].codes;
                    json!(codes[usize::try_from(number).unwrap() % codes.len()].id)
                }
                // birthdays, and days around
                Type::Date if number % 2 == 0 => {
                    let birthday = day.add_months(number / 2 % 90 * -12);
                    json!(birthday.add_days(number % 7 - 3).to_string())
                }
                Type::Date => json!(day.add_days(30 - number % 800).to_string()),
                Type::Count => json!(number % 7 + low),
                Type::Ratio => json!(format!("0.{:04}", number % 10_000)),
                Type::Money { .. } => {
                    // halves, nothing, and either sign
                    let fen =
                        [0, 600, 18_000, number % 4_000_000][usize::try_from(number % 4).unwrap()];
                    let sign = if number % 5 == 0 { "-" } else { "" };
                    json!(format!("{sign}{}.{:02}", fen / 100, fen % 100))
                }
                _ => continue,
            };
            facts.insert(fact.id.clone(), value);
        }
        let mut case = json!({ "on": on });
        case[root.as_str()] = facts.into();
        Document::from_value("drawn", case).unwrap()
    });
    let documents: Vec<Document> = documents.collect();
    bound(set, documents)
}

/// Every formula, condition and outcome.
fn everything(set: &PackSet) -> Vec<String> {
    let mut outputs: Vec<String> = set.formulas().iter().map(|f| f.id.clone()).collect();
    for programme in set.programmes() {
        let amount = programme.amount.map(|_| "amount");
        let words = ["qualifies", "eligible"].into_iter().chain(amount);
        outputs.extend(words.map(|w| format!("{}.{w}", programme.id)));
    }
    outputs
}

/// Checked cases.
fn bound<'d>(set: &PackSet, cases: impl IntoIterator<Item = Document<'d>>) -> Vec<Input> {
    let bind = |case| set.bind(&case).unwrap_or_else(|e| panic!("{e}"));
    cases.into_iter().map(bind).collect()
}
