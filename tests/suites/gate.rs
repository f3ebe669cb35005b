//! Vectors of authorisations, the gate and the audit trail: through the JSON call, and through the types.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use minzheng::audit::{Event, Head, Verifier};
use minzheng::authorization::{Authorization, CheckRequest};
use minzheng::catalog::Catalog;
use minzheng::gate::{self, Case, Decision};
use minzheng::{Engine, Error, api};
use minzheng_testkit::repo_root;
use minzheng_testkit::vectors::file_text;
use serde_json::{Value, json};

const AREAS: [&str; 3] = ["authorization", "gate", "audit"];

fn file(area: &str) -> PathBuf {
    repo_root().join(format!("tests/vectors/{area}/{area}.json"))
}

fn vectors(area: &str) -> Vec<Value> {
    serde_json::from_str(&fs::read_to_string(file(area)).unwrap()).unwrap()
}

/// `MINZHENG_BLESS=1` writes the answers anew; they are read before they are kept.
#[test]
fn the_json_call_answers_as_expected() {
    let bless = std::env::var_os("MINZHENG_BLESS").is_some();
    let engine = Engine::built_in().unwrap();
    let mut met = BTreeSet::new();
    for area in AREAS {
        let mut all = vectors(area);
        for vector in &mut all {
            let id = format!("{area}/{}", vector["id"].as_str().unwrap());
            assert!(met.insert(id.clone()), "{id} is there twice");
            let answer = api::call_with(&engine, &vector["call"].to_string());
            let answer = brief(&serde_json::from_str(&answer).unwrap());
            if bless {
                vector["answer"] = answer;
            } else {
                assert_eq!(answer, vector["answer"], "{id}: {}", vector["title"]);
            }
        }
        if bless {
            fs::write(file(area), file_text(&all)).unwrap();
        }
    }
    assert!(met.len() > 60, "{}", met.len());
}

/// Of an error what a vector holds: where and which, for every finding.
fn brief(answer: &Value) -> Value {
    let Some(error) = answer.get("error") else {
        return answer["ok"].clone();
    };
    let more = error["more"].as_array().unwrap();
    let all = core::iter::once(error).chain(more);
    json!({ "error": all.map(|e| json!([e["code"], e["path"]])).collect::<Vec<_>>() })
}

fn of_error(error: &Error) -> Value {
    json!({ "error": error.findings().map(|f| json!([f.code(), f.path()])).collect::<Vec<_>>() })
}

#[test]
fn the_types_answer_as_the_json_call_does() {
    let engine = Engine::built_in().unwrap();
    let packs = engine.packs();
    let catalog = Catalog::load(packs).unwrap();
    let mut run = 0;
    for vector in AREAS.into_iter().flat_map(vectors) {
        let call = &vector["call"];
        let papers = || -> Result<Vec<Authorization>, Error> {
            let list = call.get("authorizations").and_then(Value::as_array);
            let rows = list.into_iter().flatten().enumerate();
            rows.map(|(at, row)| {
                Authorization::from_json(&format!("authorizations[{at}]"), row.clone())
            })
            .collect()
        };
        let answer = match call["call"].as_str().unwrap() {
            "authorize" => CheckRequest::from_json("request", call["request"].clone())
                .and_then(|request| request.plan(packs, &catalog, &papers()?))
                .map(|plan| json!(plan)),
            "gate" => {
                let mut case = call.clone();
                case.as_object_mut().unwrap().shift_remove("call");
                Case::from_json(case)
                    .and_then(|case| case.decide(packs, &catalog))
                    .map(|decision| {
                        // a decision that was kept reads back as the same decision
                        let kept: Decision = serde_json::from_value(json!(decision)).unwrap();
                        assert_eq!(kept, decision);
                        json!(decision)
                    })
            }
            "audit_verify" if call["head"].as_str().is_none_or(|h| h.contains(':')) => {
                let head = call["head"].as_str().map(|h| h.parse::<Head>().unwrap());
                let mut verifier = Verifier::new(head);
                let trail = call["trail"].as_str().unwrap();
                trail
                    .split_inclusive('\n')
                    .for_each(|line| verifier.line(line.as_bytes()));
                Ok(match verifier.finish() {
                    Ok(head) => json!({ "intact": true, "head": head.to_string() }),
                    Err(tamper) => json!({ "intact": false, "tamper": tamper }),
                })
            }
            _ => continue,
        };
        let answer = answer.unwrap_or_else(|e| of_error(&e));
        assert_eq!(answer, vector["answer"], "{}", vector["id"]);
        run += 1;
    }
    assert!(run > 50, "{run}");
}

/// From a request with authorisations to rows, and from the decision to a trail that holds.
#[test]
fn a_decision_is_applied_and_recorded() {
    let engine = Engine::built_in().unwrap();
    let catalog = Catalog::load(engine.packs()).unwrap();
    let text = fs::read_to_string(repo_root().join("examples/data/gate/check.json")).unwrap();
    let case = Case::from_json(serde_json::from_str(&text).unwrap()).unwrap();
    let decision = case.decide(engine.packs(), &catalog).unwrap();
    let rows = [
        json!({ "id_number": "11010519491231002X", "amount_fen": 520_000, "payer": "x" }),
        json!({ "id_number": "440524188001010014", "amount_fen": 1 }),
    ];
    let rows: Vec<_> = rows
        .iter()
        .map(|r| r.as_object().unwrap().clone())
        .collect();
    let given = gate::apply(&decision, &rows, Some(b"key")).unwrap();
    let wanted = json!([{ "id_number": "11010519491231002X", "amount_fen": 520_000 }]);
    assert_eq!(
        json!(given),
        wanted,
        "the other person has not authorised it"
    );
    assert_eq!(
        gate::apply(&decision, &rows, None).unwrap_err().code(),
        "E-GATE-KEY"
    );

    let mut head = Head::START;
    let at = "2026-08-25T09:30:00+08:00";
    let first = head.append(decision.event(at, "u7")).unwrap();
    assert!(
        first.fields.contains(&"amount=plain".to_owned()),
        "{first:?}"
    );
    let request = CheckRequest {
        id: "q1".to_owned(),
        parties: case
            .request
            .persons
            .iter()
            .map(|p| p.party.clone())
            .collect(),
        purpose: "economic_check".to_owned(),
        programme: Some("dibao".to_owned()),
        items: vec!["income_tax".to_owned()],
        on: case.request.on,
    };
    let plan = request
        .plan(engine.packs(), &catalog, &case.authorizations)
        .unwrap();
    let subject = |person: &str| {
        let asked = case.request.persons.iter().find(|p| p.party.id == person);
        asked.unwrap().subject
    };
    let events: Vec<Event> = plan.events(at, "u7", "sal-2026#第四十一条", subject);
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].decision, "refused:no_authorization");
    let mut trail = vec![first];
    for event in events {
        trail.push(head.append(event).unwrap());
    }
    assert_eq!(minzheng::audit::verify(&trail, Some(head)), Ok(head));
    let written: String = trail.iter().map(|e| e.to_line() + "\n").collect();
    assert!(!written.contains("1949"), "no number in clear");
}

#[test]
fn rows_without_a_place_or_a_known_person_are_not_given() {
    let engine = Engine::built_in().unwrap();
    let catalog = Catalog::load(engine.packs()).unwrap();
    let vector = vectors("gate")
        .into_iter()
        .find(|v| v["id"] == "statistics")
        .unwrap();
    let mut case = vector["call"].clone();
    case.as_object_mut().unwrap().shift_remove("call");
    let decision = Case::from_json(case)
        .unwrap()
        .decide(engine.packs(), &catalog)
        .unwrap();
    let row = |place: Value| {
        let row = json!({
            "id_number": "11010519491231002X", "registration_place": place, "registered_since": "2019-07-01",
            "hukou": "urban", "address": "x", "other": "y",
        });
        row.as_object().unwrap().clone()
    };
    let rows = [row(json!("150102")), row(json!("150103")), row(Value::Null)];
    let given = gate::apply(&decision, &rows, Some(b"key")).unwrap();
    let digest = gate::subject(b"key", "11010519491231002X").unwrap();
    let wanted = json!([{
        "id_number": digest, "registration_place": "150100", "registered_since": "2019",
    }]);
    assert_eq!(json!(given), wanted);
    let mut lacking = row(json!("150102"));
    lacking.shift_remove("registration_place");
    let error = gate::apply(&decision, &[lacking], Some(b"key")).unwrap_err();
    assert_eq!((error.code(), error.path()), ("E-GATE-ROW", "rows[0]"));
}

/// Every purpose and every resource: nothing is given that the purpose does not take, and nothing without its condition.
#[test]
fn nothing_is_given_that_no_rule_gives() {
    let engine = Engine::built_in().unwrap();
    let packs = engine.packs();
    let catalog = Catalog::load(packs).unwrap();
    let (mut given, mut denied) = (0, 0);
    for purpose in catalog.purposes() {
        for resource in catalog.resources() {
            let fields: Vec<&str> = resource.fields.iter().map(|f| f.id.as_str()).collect();
            let request = json!({
                "id": "r1", "consumer": { "id": "c1", "places": ["150000"] }, "purpose": purpose.id, "resource": resource.id,
                "fields": fields, "on": "2026-08-25",
                "persons": [{ "party": { "id": "p1", "role": "applicant", "capacity": "full" }, "subject": "0".repeat(64) }],
            });
            let paper = json!({
                "id": "a1", "person": "p1", "signer": "p1", "signer_relation": "own", "purposes": [purpose.id],
                "scope": { "items": [resource.id] }, "signed_on": "2026-08-01", "valid_from": "2026-08-01",
                "valid_until": "2026-12-31", "medium": "paper", "evidence": "0".repeat(64),
            });
            let agreed = json!({
                "id": "s1", "consumer": "c1", "resource": resource.id, "fields": fields, "purpose": purpose.id, "ground": "x",
                "conditional": true, "until": "2026-12-31", "state": "in_use",
                "history": [{ "on": "2026-08-02", "event": "start_use" }],
            });
            let decide = |papers: &[&Value], agreed: &[&Value]| {
                let case =
                    json!({ "request": request, "authorizations": papers, "agreed": agreed });
                Case::from_json(case)
                    .unwrap()
                    .decide(packs, &catalog)
                    .unwrap()
            };
            let all_denied = |d: &Decision| {
                d.denied.is_some()
                    && d.rows == gate::Rows::Nothing
                    && d.fields
                        .iter()
                        .all(|f| f.treatment == gate::Treatment::Deny)
            };
            let whole = decide(&[&paper], &[&agreed]);
            assert_eq!(
                all_denied(&whole),
                !purpose.takes_any(resource),
                "{}",
                resource.id
            );
            if purpose.needs_authorization {
                assert!(all_denied(&decide(&[], &[&agreed])), "{}", resource.id);
            } else if matches!(resource.sharing, minzheng::catalog::Sharing::Conditional(_))
                && matches!(resource.origin, minzheng::catalog::Origin::Obtained { .. })
            {
                // what civil affairs keeps itself needs nobody's agreement within
                assert!(all_denied(&decide(&[&paper], &[])), "{}", resource.id);
            }
            for (decided, field) in whole.fields.iter().zip(&resource.fields) {
                let of = format!("{} {}.{}", purpose.id, resource.id, field.id);
                if decided.treatment == gate::Treatment::Deny {
                    denied += 1;
                    continue;
                }
                given += 1;
                assert!(purpose.takes(resource, &field.id), "{of}");
                let is_number = field.ty == minzheng::catalog::FieldType::IdNumber;
                assert!(
                    is_number || purpose.sees_sensitive || !field.sensitive,
                    "{of}"
                );
                if decided.treatment == gate::Treatment::Plain && !is_number {
                    assert!(field.grade <= purpose.plain_up_to, "{of}");
                }
                if is_number {
                    let word = decided.treatment.word();
                    assert!(word.starts_with(purpose.identity.word()), "{of}: {word}");
                }
            }
        }
    }
    assert!(given > 200 && denied > 200, "{given} {denied}");
}
