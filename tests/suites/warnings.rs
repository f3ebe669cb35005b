//! The warning models of the packs: each has its cases, and they come out as they should; a model that comes as one file
//! is everywhere; tables say what single households do.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::fs;

use minzheng::packs::{self, BuiltIn};
use minzheng::warning::Outcome;
use minzheng::{Engine, Household, Lang};
use minzheng_rules::pack::model::Level;
use minzheng_rules::pack::{PackSource, SourceFile};
use minzheng_testkit::repo_root;
use serde_json::{Value, json};

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

/// What was seen published names its place, and every threshold says where its figure is from.
#[test]
fn every_threshold_says_where_it_is_from() {
    let engine = engine();
    let (mut silent, set) = (Vec::new(), engine.packs());
    for model in engine.models().unwrap().all() {
        for id in model.thresholds.iter().filter(|id| id.starts_with("warn.")) {
            let parameter = set.parameter(id).unwrap();
            for row in &parameter.rows {
                if row.note.zh.is_empty() || row.note.en.is_empty() {
                    silent.push(format!("{id}: a value without a note of where it is from"));
                }
                if row.cite.is_empty() && row.status.word() == "local" {
                    silent.push(format!("{id}: a local value without a text"));
                }
            }
            if parameter.rows.is_empty() && parameter.setter.zh.is_empty() {
                silent.push(format!("{id}: no value, and nobody who sets one"));
            }
        }
    }
    assert!(silent.is_empty(), "\n{}", silent.join("\n"));
}

/// Words by which a figure says that it is ours, inferred, remembered, or from a text that was not seen as such.
const MARKS: [&str; 8] = [
    "推定",
    "默认",
    "未见",
    "转载",
    "转述",
    "凭记忆",
    "可靠性",
    "未写明",
];

/// The figures of models that were seen published: each says for which place it was published, or that it is a default for all, and how it is
/// known: a text that was read, or a mark that none was.
#[test]
fn figures_of_published_models_say_place_and_source() {
    let engine = engine();
    let set = engine.packs();
    let (mut seen, mut silent) = (0, Vec::new());
    let models = engine.models().unwrap();
    for model in models
        .all()
        .iter()
        .filter(|m| m.status.word() == "published")
    {
        for id in &model.thresholds {
            let parameter = set.parameter(id).unwrap();
            for row in &parameter.rows {
                let pack = &set.packs()[row.origin.pack];
                let status = row.status.word();
                // what is made up for demonstrations is marked by that
                if status == "invented" {
                    continue;
                }
                seen += 1;
                let texts = row
                    .cite
                    .iter()
                    .filter_map(|c| set.instrument(&c.instrument));
                let texts: Vec<_> = texts.collect();
                let was_read = texts.iter().any(|text| text.copy.is_some());
                let note = &row.note.zh;
                let is_marked = MARKS.iter().any(|mark| note.contains(mark));
                let has_source = match status {
                    "law" | "local" => was_read,
                    "operational" => was_read || note.contains("默认"),
                    _ => is_marked || was_read,
                };
                // a row of a place, a row of the nation's pack, or one that a note says is anybody's
                let has_place = row.place.is_some()
                    || pack.level == Level::Nation && (status == "law" || !note.is_empty());
                if !has_source || !has_place {
                    silent.push(format!("{}: {id} [{status}] {note}", model.id));
                }
            }
            let has_setter = !parameter.setter.zh.is_empty() || !parameter.set_by.is_empty();
            if parameter.rows.is_empty() && !has_setter {
                silent.push(format!(
                    "{}: {id}: no value, and nobody who sets one",
                    model.id
                ));
            }
        }
    }
    assert!(silent.is_empty(), "\n{}", silent.join("\n"));
    assert!(seen > 20, "{seen}");
}

/// The blocks of the guide as a pack: what stands after `# my-models/NAME`.
fn guide_pack() -> PackSource {
    let page = fs::read_to_string(repo_root().join("docs/guide/adding-a-model.md")).unwrap();
    let blocks = page
        .split("```toml\n")
        .skip(1)
        .filter_map(|b| b.split("```").next());
    let files: Vec<SourceFile> = blocks
        .map(|block| {
            let name = block
                .lines()
                .next()
                .unwrap()
                .strip_prefix("# my-models/")
                .unwrap();
            SourceFile::new(name.to_owned(), block.to_owned())
        })
        .collect();
    assert_eq!(files.len(), 3);
    PackSource::new(files)
}

/// Whatever a sentence says, it says of which day the data are.
#[test]
fn every_sentence_names_a_day_of_its_data() {
    let engine = Engine::built_in().unwrap();
    for model in engine.models().unwrap().all() {
        let written = model.sentence.written();
        for words in [&written.zh, &written.en] {
            assert!(words.contains(":as_of}"), "{}: {words}", model.id);
        }
    }
}

/// A formula speaks of the day of the oldest fact behind it, in whatever row that stands; where one has no day, it names none.
#[test]
fn a_formula_speaks_of_the_day_of_its_oldest_fact() {
    let engine = Engine::built_in().unwrap();
    let death = |recorded: bool, as_of: Option<&str>| {
        let mut fact = json!({ "value": recorded, "source": "民政" });
        if let Some(day) = as_of {
            fact["as_of"] = json!(day);
        }
        fact
    };
    let said = |first: Option<&str>, second: Option<&str>| {
        let complete = json!({ "value": true, "source": "民政", "as_of": "2026-08-01" });
        let case = json!({
            "on": "2026-08-25",
            "default_status": "verified",
            "household": { "registration_place": "150121", "handling_place": "150121", "members_complete": complete },
            "person": [
                { "id": "a", "birth": "1970-01-01", "death_recorded_recent": death(true, first) },
                { "id": "b", "birth": "2012-01-01", "death_recorded_recent": death(false, second) },
            ],
        });
        let household = Household::from_value("household", case).unwrap();
        let warnings = engine.warn(&household).unwrap();
        let hit = warnings.of("b10_death_in_family").next().unwrap();
        assert_eq!(hit.outcome(), Outcome::Hit);
        hit.sentence(Lang::En)
    };
    let both = said(Some("2026-07-31"), Some("2026-06-30"));
    assert!(both.contains("(oldest data: 2026-06-30)"), "{both}");
    let one = said(Some("2026-07-31"), None);
    assert!(one.contains("(oldest data: an unnamed day)"), "{one}");
}

/// The guide's own model: one file, without compiling, in the typed API and in the JSON calls.
#[test]
fn a_model_of_one_file_is_in_the_api() {
    let engine = Engine::with_packs(&BuiltIn::ALL, &[guide_pack()]).unwrap();
    let model = engine.models().unwrap().get("z01_scholarship").unwrap();
    assert_eq!(model.title.en, "a scholarship that was not declared");
    let case = json!({
        "on": "2026-08-25",
        "default_status": "verified",
        "household": { "registration_place": "150121", "handling_place": "150121" },
        "person": [{
            "id": "p1",
            "dibao_recipient": true,
            "scholarship": { "value": "9000", "per": "year", "source": "学生资助", "as_of": "2026-08-01" },
        }],
    });
    let household = Household::from_value("household", case.clone()).unwrap();
    let warnings = engine.warn(&household).unwrap();
    let hit = warnings.of("z01_scholarship").next().unwrap();
    assert_eq!(hit.outcome(), Outcome::Hit);
    assert_eq!(
        hit.sentence(Lang::En),
        "Scholarship 9,000.00 yuan/year (学生资助, 2026-08-01), above 8,000.00 yuan/year."
    );
    assert_eq!(
        hit.due().map(|d| d.to_string()).as_deref(),
        Some("2026-09-21")
    );
    let call = |request: Value| -> Value {
        serde_json::from_str(&minzheng::api::call_with(&engine, &request.to_string())).unwrap()
    };
    let models = call(json!({ "call": "models" }));
    let ids: Vec<&str> = models["ok"]["models"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|m| m["id"].as_str())
        .collect();
    assert!(ids.contains(&"z01_scholarship"), "{ids:?}");
    let warned = call(json!({ "call": "warn", "household": case, "model": "z01_scholarship" }));
    assert_eq!(warned["ok"]["counts"]["hit"], 1, "{warned}");
    assert_eq!(
        warned["ok"]["hits"][0]["thresholds"][0]["value"],
        "8000.00/year"
    );
    // its case runs with the others
    let cases = engine.test_models().unwrap();
    let boundary = cases
        .iter()
        .find(|c| c.model == "z01_scholarship" && c.kind.word() == "boundary");
    assert!(boundary.unwrap().passed(), "{boundary:?}");
}

/// Cases of the models as JSON calls: what all models point at and what they cannot tell, by person.
#[test]
fn the_json_call_says_what_the_typed_one_does() {
    let engine = engine();
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for test in engine
        .packs()
        .tests()
        .iter()
        .filter(|t| t.origin.file.starts_with("cases/warnings/"))
        .step_by(9)
    {
        let input = minzheng_testkit::vectors::of_table(&test.document);
        let household = Household::from_value(&test.id, input.clone()).unwrap();
        let typed = engine.warn(&household).unwrap();
        let request = json!({ "call": "warn", "household": input }).to_string();
        let answer: Value =
            serde_json::from_str(&minzheng::api::call_with(&engine, &request)).unwrap();
        for outcome in [Outcome::Hit, Outcome::Unknown] {
            let list = if outcome == Outcome::Hit {
                "hits"
            } else {
                "unknown"
            };
            let told: Vec<(String, Value)> = answer["ok"][list]
                .as_array()
                .unwrap()
                .iter()
                .map(|w| (w["model"].as_str().unwrap().to_owned(), w["person"].clone()))
                .collect();
            let wanted: Vec<(String, Value)> = typed
                .all()
                .filter(|w| w.outcome() == outcome)
                .map(|w| (w.model().id.clone(), json!(w.person())))
                .collect();
            assert_eq!(told, wanted, "{}", test.id);
            *seen.entry(outcome.word()).or_default() += u64::try_from(wanted.len()).unwrap();
        }
        for warning in answer["ok"]["unknown"].as_array().unwrap() {
            assert!(
                !warning["missing"].as_array().unwrap().is_empty(),
                "{}: {warning}",
                test.id
            );
        }
    }
    assert!(seen.values().all(|n| *n > 10), "{seen:?}");
}
