//! Vectors of the life of alerts and of what is learnt from it, through the JSON call.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;

use minzheng::{Engine, api};
use minzheng_testkit::repo_root;
use minzheng_testkit::vectors::file_text;
use serde_json::{Value, json};

/// Of an error what a vector holds: where and which, for every finding. Pages are long: of them only that they are there.
fn brief(answer: &Value) -> Value {
    let Some(error) = answer.get("error") else {
        let mut ok = answer["ok"].clone();
        if let Some(html) = ok.get_mut("html") {
            let page = html.as_str().unwrap();
            assert!(
                page.contains("<svg") && page.ends_with("</html>\n"),
                "{page}"
            );
            *html = json!("…");
        }
        return ok;
    };
    let more = error["more"].as_array().unwrap();
    let all = core::iter::once(error).chain(more);
    json!({ "error": all.map(|e| json!([e["code"], e["path"]])).collect::<Vec<_>>() })
}

/// `MINZHENG_BLESS=1` writes the answers anew; they are read before they are kept.
#[test]
fn the_json_call_answers_as_expected() {
    let path = repo_root().join("tests/vectors/warning/alerts.json");
    let mut all: Vec<Value> = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let bless = std::env::var_os("MINZHENG_BLESS").is_some();
    let engine = Engine::built_in().unwrap();
    let (mut ids, mut calls, mut codes) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for vector in &mut all {
        let id = vector["id"].as_str().unwrap().to_owned();
        assert!(ids.insert(id.clone()), "{id} is there twice");
        calls.insert(vector["call"]["call"].as_str().unwrap().to_owned());
        let answer = api::call_with(&engine, &vector["call"].to_string());
        let answer = brief(&serde_json::from_str(&answer).unwrap());
        if let Some(errors) = answer["error"].as_array() {
            codes.extend(errors.iter().map(|e| e[0].as_str().unwrap().to_owned()));
        }
        if bless {
            vector["answer"] = answer;
        } else {
            assert_eq!(answer, vector["answer"], "{id}: {}", vector["title"]);
        }
    }
    if bless {
        fs::write(&path, file_text(&all)).unwrap();
    }
    assert_eq!(calls.len(), 8, "{calls:?}");
    let wanted = [
        "E-ALERT-CALENDAR",
        "E-ALERT-DUE",
        "E-ALERT-ID",
        "E-ALERT-ORDER",
        "E-ALERT-REASON",
        "E-ALERT-RECORD",
        "E-ALERT-SHAPE",
        "E-ALERT-STEP",
        "E-ALERT-TWICE",
        "E-ALERT-WHO",
    ];
    for code in wanted {
        assert!(codes.contains(code), "no vector meets {code}");
    }
}

/// A life from the first hit to the second closing, each record as the call before gave it.
#[test]
fn a_life_goes_from_call_to_call() {
    let engine = Engine::built_in().unwrap();
    let ok = |request: Value| {
        let answer: Value =
            serde_json::from_str(&api::call_with(&engine, &request.to_string())).unwrap();
        assert!(answer.get("ok").is_some(), "{answer}");
        answer["ok"].clone()
    };
    let hit = json!([{
        "of": { "household": "h1", "model": "b23", "subject": "p1" }, "outcome": "hit", "place": "150123", "direction": "safety",
        "level": "red", "within": { "hours": 24 }, "quiet_days": 7,
    }]);
    let period = |on: &str, alert: &Value, answers: &Value| {
        let alerts = if alert.is_null() {
            json!([])
        } else {
            json!([alert])
        };
        let out = ok(
            json!({ "call": "alert_reconcile", "on": on, "alerts": alerts, "answers": answers }),
        );
        (
            out["alerts"][0]["class"].clone(),
            out["alerts"][0]["alert"].clone(),
        )
    };
    let step = |alert: &Value, step: Value| {
        ok(json!({ "call": "alert_step", "alert": alert, "step": step }))["alert"].clone()
    };
    let (class, alert) = period("2026-08-28", &Value::Null, &hit);
    assert_eq!(
        (class, alert["due"].clone()),
        (json!("new"), json!("2026-08-29"))
    );
    let alert = step(
        &alert,
        json!({ "on": "2026-08-28", "by": "u1", "act": "dispatch", "to": "u2" }),
    );
    let alert = step(
        &alert,
        json!({ "on": "2026-08-28", "by": "u2", "act": "visit", "way": "home" }),
    );
    let alert = step(
        &alert,
        json!({ "on": "2026-08-28", "by": "u2", "act": "close", "code": "referred", "reason": "carer found" }),
    );
    let (class, alert) = period("2026-09-04", &alert, &hit);
    assert_eq!(class, "quiet");
    let (class, alert) = period("2026-09-05", &alert, &hit);
    assert_eq!(
        (class, alert["state"].clone()),
        (json!("reopened"), json!("issued"))
    );
    let late = ok(json!({ "call": "alert_overdue", "on": "2026-09-07", "alerts": [alert] }));
    assert_eq!(late[0]["told"], json!(["officer", "township", "county"]));
    let tasks = ok(json!({ "call": "alert_tasks", "alerts": [alert] }));
    assert_eq!(
        (tasks[0]["safety"].clone(), tasks[0]["due"].clone()),
        (json!(true), json!("2026-09-06"))
    );
    let review = ok(json!({ "call": "alert_review", "alerts": [alert] }));
    assert_eq!(
        review["total"]["precision"],
        Value::Null,
        "open again: nothing is known"
    );
}
