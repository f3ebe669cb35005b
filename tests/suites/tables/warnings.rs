//! Warnings over tables are those of each household alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int16Type};
use arrow_array::{AnyDictionaryArray as _, Array, RecordBatch};
use chrono::NaiveDate;
use minzheng::warning::{Outcome, Warnings};
use minzheng::{Engine, Household, api, packs};
use minzheng_arrow::{
    Alerts, Earlier, ExportOptions, ImportOptions, Imported, ModelTally, RunInputs, RunOptions,
    TableFile, TextEncoding, WarnOptions, warn, write_sheet,
};
use minzheng_rules::date::Day;
use minzheng_testkit::{repo_root, vectors};
use serde_json::{Value, json};

use super::grid::{self, Grid, Layout};
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

/// Households as CSV tables, each under the key that stands beside its document.
fn written(
    set: &minzheng_rules::pack::PackSet,
    dir: &Path,
    homes: &[(String, Value)],
) -> RunInputs {
    let mut grids = Grid::empty(set);
    for (id, document) in homes {
        grid::add(set, &mut grids, id, document);
    }
    let records = dir.join("records");
    fs::create_dir_all(&records).unwrap();
    for (entity, grid) in grids.iter().enumerate() {
        let name = format!("{}.csv", grid::table_name(set, entity));
        let path = if entity < 2 {
            dir.join(name)
        } else {
            records.join(name)
        };
        let heads: Vec<String> = grid.columns.keys().cloned().collect();
        if heads.is_empty() {
            continue;
        }
        let mut rows = vec![heads];
        rows.extend((0..grid.rows).map(|row| {
            let cells = grid.columns.values();
            cells.map(|c| c[row].clone().unwrap_or_default()).collect()
        }));
        write_sheet(&path, &rows, TextEncoding::Utf8).unwrap();
    }
    RunInputs {
        households: dir.join("households.csv"),
        people: dir.join("people.csv"),
        records: Some(records),
    }
}

fn call(engine: &Engine, request: &Value) -> Value {
    let answer: Value =
        serde_json::from_str(&api::call_with(engine, &request.to_string())).unwrap();
    assert!(answer["error"].is_null(), "{answer}");
    answer["ok"].clone()
}

/// What the models say of a household, as the call `alert_reconcile` takes it. A hit without a place or a last day is left out
/// unless an alert says where it belongs.
fn answers(warnings: &Warnings, id: &str, place: &Value, alerts: &[Value]) -> Vec<Value> {
    let mut out = Vec::new();
    for warning in warnings.all() {
        let subject = warning.person().unwrap_or(id);
        let of = json!({ "household": id, "model": warning.model().id, "subject": subject });
        let before = alerts.iter().find(|a| a["of"] == of);
        let mut answer = json!({ "of": of, "outcome": warning.outcome().word() });
        match warning.outcome() {
            Outcome::Hit => {
                let place = place.as_str().or_else(|| before?["place"].as_str());
                let (Some(place), Some(due)) = (place, warning.due()) else {
                    continue;
                };
                answer["place"] = json!(place);
                answer["direction"] = json!(warning.model().direction);
                answer["level"] = json!(warning.model().level);
                answer["within"] = json!({ "by": due.to_string() });
                answer["quiet_days"] = json!(warning.quiet_days());
                let compared = warning.figure().zip(warning.model().compares.as_ref());
                answer["figure"] =
                    json!(compared.map(|(value, c)| json!({ "value": value, "side": c.side })));
            }
            Outcome::Unknown => {
                let missing = warning.missing();
                let items: BTreeSet<&str> = missing
                    .iter()
                    .flat_map(|m| &m.answered_by)
                    .filter_map(|who| who.strip_prefix("item:"))
                    .collect();
                answer["awaited"] = json!(items);
            }
            _ => {}
        }
        out.push(answer);
    }
    out
}

/// Household, then class and record of each of its alerts.
type Kept = BTreeMap<String, Vec<(String, Value)>>;

fn kept_of_table(dir: &Path) -> Kept {
    let table = TableFile::open(dir).unwrap();
    let mut out = Kept::new();
    for row in table.words(&["household_id", "class", "alert"]).unwrap() {
        let [household, class, alert] = <[String; 3]>::try_from(row.unwrap()).unwrap();
        let alert = serde_json::from_str(&alert).unwrap();
        out.entry(household).or_default().push((class, alert));
    }
    out
}

/// The alerts of three periods over tables, with steps of people and suppressions between them, are those that `alert_reconcile` gives for
/// each household alone; on one thread and on three the same bytes.
#[test]
fn alerts_kept_over_tables_are_those_of_each_household() {
    let engine = engine();
    let set = engine.packs();
    let run = runs(set).into_iter().max_by_key(|r| r.tests.len()).unwrap();
    assert!(run.overlays.is_empty() && run.known_on.is_none());
    let tests: Vec<_> = run.tests.iter().step_by(5).take(60).collect();
    let documents: Vec<Value> = tests
        .iter()
        .map(|t| vectors::of_table(&t.document))
        .collect();
    let home: PathBuf = repo_root().join("target/test-kept");
    if home.exists() {
        fs::remove_dir_all(&home).unwrap();
    }
    let (mut before, mut classes, mut suppressed) = (Kept::new(), BTreeSet::new(), 0);
    for (period, day) in ["2026-08-25", "2026-09-25", "2026-10-26"]
        .into_iter()
        .enumerate()
    {
        let dir = home.join(day);
        let on = day.parse::<NaiveDate>().unwrap();
        // every other household has in the second period what another one had, and is itself again in the third; the last ones are gone
        let shift = |at: usize| if at % 2 == 1 && period == 1 { 3 } else { 0 };
        let homes: Vec<(String, Value)> = tests
            .iter()
            .enumerate()
            .take(tests.len() - 3 * period)
            .map(|(at, test)| {
                let mut document = documents[(at + shift(at)) % documents.len()].clone();
                document["on"] = json!(day);
                (test.id.clone(), document)
            })
            .collect();
        let inputs = written(set, &dir, &homes);
        let warned = |id: &str, document: &Value| {
            engine
                .warn(&Household::from_value(id, document.clone()).unwrap())
                .unwrap()
        };
        // every fourth household has its first hit found in order
        let mut held: BTreeMap<&str, Value> = BTreeMap::new();
        let mut sheet = vec![
            [
                "household_id",
                "subject_id",
                "model",
                "id",
                "level",
                "from",
                "until",
                "reason",
                "by",
            ]
            .map(str::to_owned)
            .to_vec(),
        ];
        for (id, document) in homes.iter().skip(period).step_by(4) {
            let warnings = warned(id, document);
            let Some(hit) = warnings.hits().next() else {
                continue;
            };
            let subject = hit.person().unwrap_or(id);
            let (from, until) = ("2026-01-01", "2026-12-31");
            let own = json!({
                "id": format!("s-{id}"),
                "of": { "household": id, "model": hit.model().id, "subject": subject },
                "level": "red", "from": from, "until": until, "reason": "seen", "by": "u7",
            });
            held.insert(id, own);
            let row = [
                id,
                subject,
                &hit.model().id,
                &format!("s-{id}"),
                "red",
                from,
                until,
                "seen",
                "u7",
            ];
            sheet.push(row.map(str::to_owned).to_vec());
        }
        let suppressions = dir.join("suppressions.csv");
        write_sheet(&suppressions, &sheet, TextEncoding::Utf8).unwrap();
        let mut stored = vec![["household_id", "alert"].map(str::to_owned).to_vec()];
        for (id, alerts) in before.iter().rev() {
            stored.extend(alerts.iter().map(|(_, a)| vec![id.clone(), a.to_string()]));
        }
        let kept = dir.join("stored.csv");
        write_sheet(&kept, &stored, TextEncoding::Utf8).unwrap();
        let options = WarnOptions {
            earlier: Earlier::Alerts {
                kept: (period > 0).then_some(kept),
                suppressions: Some(suppressions),
            },
            ..WarnOptions::default()
        };
        let mut outs = Vec::new();
        for threads in [1, 3] {
            let out = dir.join(format!("out-{threads}"));
            let mut run = RunOptions {
                households_per_part: 7,
                threads,
                ..RunOptions::default()
            };
            run.import.on = Day::from_date(on);
            let models = engine.models().unwrap();
            let summary = warn(
                engine.rules(),
                models,
                &inputs,
                &out,
                &run,
                &options,
                &mut |_| {},
            )
            .unwrap();
            let bytes: Vec<Vec<u8>> = TableFile::open(&out.join("kept"))
                .unwrap()
                .files()
                .map(|f| fs::read(f).unwrap())
                .collect();
            outs.push((bytes, summary, out));
        }
        assert_eq!(outs[0].0, outs[1].0);
        assert_eq!(outs[0].1, outs[1].1);
        let (told, out) = (kept_of_table(&outs[0].2.join("kept")), &outs[0].2);
        let mut wanted = Kept::new();
        let mut ids: BTreeSet<&str> = homes.iter().map(|h| h.0.as_str()).collect();
        ids.extend(before.keys().map(String::as_str));
        for id in ids {
            let none = Vec::new();
            let alerts: Vec<Value> = before
                .get(id)
                .unwrap_or(&none)
                .iter()
                .map(|(_, alert)| alert.clone())
                .collect();
            let document = homes.iter().find(|h| h.0 == id).map(|h| &h.1);
            let answers = document.map_or_else(Vec::new, |document| {
                let place = &document["household"]["registration_place"];
                answers(&warned(id, document), id, place, &alerts)
            });
            let done = call(
                &engine,
                &json!({
                    "call": "alert_reconcile", "on": day, "alerts": alerts, "answers": answers,
                    "suppressions": held.get(id).into_iter().collect::<Vec<_>>(),
                }),
            );
            suppressed += done["suppressed"].as_array().unwrap().len();
            for one in done["alerts"].as_array().unwrap() {
                let class = one["class"].as_str().unwrap().to_owned();
                classes.insert(class.clone());
                let own = wanted.entry(id.to_owned()).or_default();
                own.push((class, one["alert"].clone()));
            }
        }
        assert_eq!(told, wanted, "{day}");
        let held_back = TableFile::open(&out.join("suppressed")).unwrap();
        let listed = held_back.words(&["household_id"]).unwrap().count();
        let counted = outs[0].1.classes();
        let many = |class: &str| -> u64 { counted.values().filter_map(|c| c.get(class)).sum() };
        assert_eq!(u64::try_from(listed).unwrap(), many("suppressed"));
        let all: usize = wanted.values().map(Vec::len).sum();
        let sum: u64 = counted.values().flat_map(|c| c.values()).sum();
        assert_eq!(
            u64::try_from(all).unwrap(),
            sum - many("suppressed") - many("left_out")
        );
        // people deal with every third
        let mut at = 0;
        for (_, alert) in wanted.values_mut().flatten() {
            at += 1;
            // and of every other the figure was nearer to its line
            let figure = alert["marks"][0]["figure"].as_i64();
            if let Some(figure) = figure.filter(|_| at % 3 == 1) {
                alert["marks"][0]["figure"] = json!(figure - 1);
            }
            if at % 3 > 0 || alert["state"] == "closed" {
                continue;
            }
            let steps = [
                json!({ "on": day, "by": "u7", "act": "dispatch", "to": "u9" }),
                json!({ "on": day, "by": "u9", "act": "visit", "way": "home" }),
                json!({ "on": day, "by": "u9", "act": "close", "code": "not_fit", "reason": "seen" }),
            ];
            for step in steps {
                let request = json!({ "call": "alert_step", "alert": alert, "step": step });
                *alert = call(&engine, &request)["alert"].clone();
            }
        }
        before = wanted;
    }
    println!("{classes:?}, {suppressed} held back");
    let wanted = [
        "awaiting",
        "continuing",
        "new",
        "quiet",
        "reopened",
        "resolved",
        "settled",
        "worse",
    ];
    assert!(wanted.iter().all(|c| classes.contains(*c)), "{classes:?}");
    assert!(suppressed > 5);
    fs::remove_dir_all(&home).unwrap();
}
