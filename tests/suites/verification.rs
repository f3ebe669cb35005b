//! Checking a household: vectors through the typed and the JSON path, the report, the re-check, the explanation.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::sync::OnceLock;

use minzheng::audit::Head;
use minzheng::digest::Sm3;
use minzheng::verification::adopt::Reason;
use minzheng::verification::report::Objection;
use minzheng::verification::{Adoption, AnswerStatus};
use minzheng::{Engine, Household, Lang, Report, Verdict, Verification, VerificationRequest, api};
use minzheng_rules::scalar::V;
use minzheng_testkit::repo_root;
use serde_json::{Value, json};

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::built_in().unwrap())
}

fn vectors() -> Vec<Value> {
    let folder = repo_root().join("tests/vectors/verification");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|f| serde_json::from_str::<Vec<Value>>(&fs::read_to_string(f).unwrap()).unwrap())
        .collect()
}

/// `p1.wage` is a fact of a person, `deposits` one of the household.
fn split(path: &str) -> (Option<&str>, &str) {
    path.split_once('.')
        .map_or((None, path), |(person, fact)| (Some(person), fact))
}

fn read(vector: &Value) -> Result<Verification, minzheng::Error> {
    let engine = engine();
    engine.verify(&VerificationRequest::from_value(
        "vector",
        vector["verification"].clone(),
    )?)
}

fn call(vector: &Value) -> Value {
    let request =
        json!({ "call": "verify", "verification": vector["verification"], "assess": true });
    serde_json::from_str(&api::call_with(engine(), &request.to_string())).unwrap()
}

/// Which queries were refused, which of them were answered nevertheless: in the plan, the report and the events.
fn refused_as_said(vector: &Value, typed: &Verification, answer: &Value) {
    let id = vector["id"].as_str().unwrap();
    let report = typed.report();
    let events = typed.events("2026-08-25T09:30:00+08:00", "u1", |p| Sm3::of(p.as_bytes()));
    let Some(plan) = typed.plan() else {
        assert_eq!(report.request.authorizations, "elsewhere", "{id}");
        assert_eq!((&answer["plan"], events.len()), (&Value::Null, 0), "{id}");
        return;
    };
    assert_eq!(answer["plan"], json!(plan), "{id}");
    assert_eq!(report.request.authorizations, "checked", "{id}");
    let triple = |p: &str, i: &str, word: &str| json!([p, i, word]);
    let planned = plan
        .refused
        .iter()
        .map(|r| triple(&r.person, &r.item, r.refusal.word()));
    assert_eq!(planned.collect::<Value>(), vector["refused"], "{id}");
    let uncovered: Vec<_> = report
        .sources
        .iter()
        .filter_map(|s| Some((s, s.uncovered.as_ref()?)))
        .collect();
    let told = uncovered
        .iter()
        .map(|(s, u)| triple(&s.person, &s.item, &u.refusal));
    assert_eq!(told.collect::<Value>(), vector["refused"], "{id}");
    let not_used = uncovered.iter().filter(|(_, u)| u.came_in);
    let not_used = not_used.map(|(s, u)| triple(&s.person, &s.item, &u.refusal));
    assert_eq!(not_used.collect::<Value>(), vector["not_used"], "{id}");
    for (source, _) in &uncovered {
        let nothing = (
            source.status.as_str(),
            source.records,
            &source.as_of,
            &source.authorization,
        );
        assert_eq!(nothing, ("refused", 0, &None, &None), "{id}");
        assert!(
            report
                .awaited
                .iter()
                .any(|a| a.uncovered == source.uncovered),
            "{id}"
        );
    }
    let covered = report
        .sources
        .iter()
        .filter(|s| s.authorization.is_some())
        .count();
    assert_eq!(covered, plan.allowed.len(), "{id}");
    let decided = |word: &str| {
        let all = events
            .iter()
            .filter(|e| e.decision.split(':').next() == Some(word));
        all.count()
    };
    let many = |list: &str| vector[list].as_array().unwrap().len();
    let found = [decided("refused"), decided("allowed"), decided("not_used")];
    assert_eq!(found, [many("refused"), covered, many("not_used")], "{id}");
    assert_eq!(events.len(), found.iter().sum::<usize>(), "{id}");
    let mut head = Head::START;
    let chained = events.iter().all(|e| head.append(e.clone()).is_ok());
    assert!(chained, "{id}: an event that the trail does not take");
}

#[test]
fn vectors_hold_through_both_paths() {
    let packs = engine();
    let (mut reasons, mut statuses, mut codes) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for vector in vectors() {
        let id = vector["id"].as_str().unwrap();
        let answer = call(&vector);
        if let Some(code) = vector["error"].as_str() {
            let error = read(&vector).unwrap_err();
            let path = vector["path"].as_str().unwrap();
            let found = error
                .findings()
                .any(|f| f.code() == code && f.path() == path);
            assert!(found, "{id}: {error}");
            assert_eq!(answer["error"]["code"], json!(error.code()), "{id}");
            assert!(
                !error.message(Lang::Zh).is_ascii(),
                "{id}: no Chinese words"
            );
            codes.insert(code.to_owned());
            continue;
        }
        let typed = read(&vector).unwrap_or_else(|e| panic!("{id}: {e}"));
        let report = Report::from_json(answer["ok"]["report"].clone()).unwrap();
        assert_eq!(&report, typed.report(), "{id}");
        assert_eq!(
            answer["ok"]["household"],
            typed.household().to_json(),
            "{id}"
        );
        assert!(answer["ok"]["assessment"].is_object(), "{id}");
        statuses.extend(typed.answers().iter().map(|a| a.status));
        refused_as_said(&vector, &typed, &answer["ok"]);
        for (path, wanted) in vector["expect"].as_object().unwrap() {
            let (person, fact) = split(path);
            let a: &Adoption = typed
                .adoption(fact, person)
                .unwrap_or_else(|| panic!("{id}: no {path}"));
            let value = a.value.map_or(V::UNKNOWN, V::known);
            let found = json!([
                packs.packs().value_words(value, a.ty),
                a.status.word(),
                a.reason.code(),
                a.difference.map(|d| d.grade.word()),
            ]);
            assert_eq!(&found, wanted, "{id} {path}");
            let line = report.line(fact, person).unwrap();
            let said = json!([
                line.adopted.value,
                line.adopted.status,
                line.reason,
                line.difference.as_ref().map(|d| &d.grade)
            ]);
            assert_eq!(&said, wanted, "{id} {path}: the report");
            // what is adopted is what is decided on
            let assessed = packs.assess(typed.household()).unwrap();
            let (decided, _) = assessed
                .rules()
                .value(fact, person)
                .unwrap_or((V::UNKNOWN, a.ty));
            if a.value.is_some() && assessed.rules().value(fact, person).is_some() {
                assert_eq!(decided.get(), a.value, "{id} {path}");
            }
            reasons.insert(a.reason.code());
        }
    }
    let all = [
        Reason::EvidenceAgrees,
        Reason::EvidenceWithin,
        Reason::EvidenceDiffers,
        Reason::EvidenceAlone,
        Reason::Attested,
        Reason::NoRecord,
        Reason::Awaited,
        Reason::Stale,
        Reason::NotAsked,
    ];
    for reason in all {
        assert!(
            reasons.contains(reason.code()),
            "no vector ends with {}",
            reason.code()
        );
    }
    assert!(reasons.contains("unclear"));
    assert_eq!(statuses.len(), AnswerStatus::ALL.len());
    assert!(codes.len() >= 18, "{codes:?}");
}

fn family() -> (String, Verification) {
    let file = repo_root().join("examples/data/verification-family.toml");
    let text = fs::read_to_string(file).unwrap();
    let engine = engine();
    let verification = engine
        .verify(&VerificationRequest::from_toml(&text).unwrap())
        .unwrap();
    (text, verification)
}

#[test]
fn the_report_states_findings_and_no_verdict() {
    let (_, verification) = family();
    let report = verification.report();
    let items: BTreeSet<&str> = report.sources.iter().map(|s| s.item.as_str()).collect();
    assert_eq!((items.len(), report.sources.len()), (33, 99));
    let with = |status: &str| -> BTreeSet<&str> {
        let all = report.awaited.iter().filter(|a| a.status == status);
        all.map(|a| a.item.as_str()).collect()
    };
    let pending = with("pending");
    assert_eq!(
        Vec::from_iter(pending),
        ["commercial_insurance", "social_insurance_paid"]
    );
    assert_eq!(Vec::from_iter(with("refused")), ["securities"]);
    assert_eq!(with("unavailable").len(), 0);
    let refused: Vec<(&str, &str)> = report
        .awaited
        .iter()
        .filter_map(|a| Some((a.person.as_str(), a.uncovered.as_ref()?.refusal.as_str())))
        .collect();
    assert_eq!(refused, [("p2", "not_in_scope")]);
    let far: Vec<&str> = report.differences.iter().map(|d| d.fact.as_str()).collect();
    assert_eq!(far, ["deposits"]);
    let engine = engine();
    let facts: Vec<String> = engine.packs().facts().map(|f| f.title.zh.clone()).collect();
    for lang in [Lang::Zh, Lang::En] {
        for text in [report.render_text(lang), report.render_html(lang)] {
            // facts may be called after a programme; nothing else is
            let plain = facts
                .iter()
                .fold(text.clone(), |t, title| t.replace(title, ""));
            for programme in engine.packs().programmes() {
                let name = &programme.title.zh;
                let cited = format!("《{name}审核确认办法》");
                assert!(!plain.replace(&cited, "").contains(name.as_str()), "{name}");
            }
            for verdict in [
                Verdict::Eligible,
                Verdict::NotEligible,
                Verdict::Undetermined,
            ] {
                assert!(
                    !text.contains(verdict.words(Lang::Zh)),
                    "{}",
                    verdict.words(Lang::Zh)
                );
            }
            assert!(!text.contains("eligible"));
        }
    }
    assert!(!report.to_json().to_string().contains("\"verdict\""));
}

/// The events of the JSON call are those of the typed path, and need a digest for everybody.
#[test]
fn the_call_gives_the_events_for_the_trail() {
    let (text, verification) = family();
    let mut file = serde_json::to_value(toml::from_str::<toml::Table>(&text).unwrap()).unwrap();
    plain(&mut file);
    let digest = |p: &str| Sm3::keyed(b"key", p.as_bytes());
    let at = "2026-08-25T09:30:00+08:00";
    let asked = |subjects: Value, at: &str| {
        let request = json!({
            "call": "verify", "verification": file, "audit": {"at": at, "actor": "u1", "subjects": subjects},
        });
        serde_json::from_str::<Value>(&api::call_with(engine(), &request.to_string())).unwrap()
    };
    let all = json!({"p1": digest("p1"), "p2": digest("p2"), "p3": digest("p3")});
    let answer = asked(all.clone(), at);
    assert_eq!(
        answer["ok"]["events"],
        json!(verification.events(at, "u1", digest))
    );
    let decisions: Vec<&Value> = answer["ok"]["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["decision"])
        .collect();
    assert_eq!(
        (decisions.len(), decisions[0]),
        (99, &json!("refused:not_in_scope"))
    );
    let few = asked(json!({"p1": digest("p1")}), at);
    assert_eq!(
        (&few["error"]["code"], &few["error"]["path"]),
        (&json!("E-API-SHAPE"), &json!("audit.subjects"))
    );
    let late = asked(all, "yesterday");
    assert_eq!(
        (&late["error"]["code"], &late["error"]["path"]),
        (&json!("E-AUDIT-TIME"), &json!("audit.at"))
    );
    // what was checked elsewhere was not decided here
    let other = vectors()
        .into_iter()
        .find(|v| v["id"] == "hit-alone")
        .unwrap();
    let request = json!({
        "call": "verify", "verification": other["verification"],
        "audit": {"at": at, "actor": "u1", "subjects": {"p1": digest("p1")}},
    });
    let answer: Value =
        serde_json::from_str(&api::call_with(engine(), &request.to_string())).unwrap();
    assert_eq!(answer["error"]["code"], "E-REQUEST-AUTHORIZATION");
}

#[test]
fn an_identity_number_is_nowhere_in_what_comes_out() {
    let (text, _) = family();
    let text = text.replacen(
        "record_no = \"GS-01\"",
        "record_no = \"GS-01\"\n  id_number = \"11010519491231002X\"",
        1,
    );
    let engine = engine();
    let verification = engine
        .verify(&VerificationRequest::from_toml(&text).unwrap())
        .unwrap();
    let report = verification.report();
    let all = [
        report.to_json().to_string(),
        report.render_html(Lang::Zh),
        report.render_text(Lang::En),
        verification.household().to_json().to_string(),
        format!("{verification:?}"),
    ];
    for out in all {
        assert!(!out.contains("19491231"), "an identity number came out");
    }
}

/// Dates of TOML become tables in JSON: text again.
fn plain(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(day) = fields.get("$__toml_private_datetime").cloned() {
                *value = day;
            } else {
                fields.values_mut().for_each(plain);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(plain),
        _ => {}
    }
}

#[test]
fn the_order_of_answers_and_people_changes_no_fact() {
    let (text, first) = family();
    let mut value: Value =
        serde_json::to_value(toml::from_str::<toml::Table>(&text).unwrap()).unwrap();
    plain(&mut value);
    value["answer"].as_array_mut().unwrap().reverse();
    let engine = engine();
    let second = engine
        .verify(&VerificationRequest::from_value("v", value).unwrap())
        .unwrap();
    assert_eq!(first.report(), second.report());
    assert_eq!(first.report().id, second.report().id);
}

#[test]
fn the_explanation_shows_source_window_and_what_was_not_taken() {
    let (_, verification) = family();
    let engine = engine();
    let answer = engine.assess(verification.household()).unwrap();
    let explanation = answer.explanation();
    let source = |fact: &str, row: Option<&str>| {
        let step = explanation.steps.iter().find(|s| {
            explanation
                .definitions
                .get(s.of)
                .is_some_and(|d| d.id == fact)
                && s.row.as_deref() == row
        });
        step.unwrap().source.clone().unwrap()
    };
    let deposits = source("deposits", None);
    assert_eq!(
        (deposits.status.as_str(), deposits.as_of.as_deref()),
        ("verified", Some("2026-08-15"))
    );
    assert!(deposits.source.starts_with("bank_deposits"));
    let also: Vec<(&str, &str)> = deposits
        .also
        .iter()
        .map(|o| (o.value.as_str(), o.status.as_str()))
        .collect();
    assert_eq!(also, [("5000.00", "declared")]);
    assert_eq!(source("wage", Some("p1")).window, "2025-08-01..2026-07-31");
    let text = explanation.render_text(Lang::Zh);
    assert!(
        text.contains("66,234.56 元 <verified, bank_deposits"),
        "{text}"
    );
    assert!(text.contains("未采用：5,000.00 元 <declared"), "{text}");
    // what is awaited leaves the answer provisional, and says for whom
    let waiting = answer.provisional();
    let insurance = waiting.iter().find(|f| f.id == "insurance_value").unwrap();
    assert!(
        insurance.reason.contains("commercial_insurance"),
        "{}",
        insurance.reason
    );
}

#[test]
fn the_adopted_household_is_decided_again_to_the_same() {
    let (_, verification) = family();
    let engine = engine();
    let again = Household::from_json(&verification.household().to_json().to_string()).unwrap();
    let first = engine.assess(verification.household()).unwrap();
    assert_eq!(first.to_json(), engine.assess(&again).unwrap().to_json());
}

#[test]
fn a_recheck_shows_each_fact_before_and_after() {
    let (text, first) = family();
    let report = first.report();
    let text = text
        .replace(
            "id = \"HD-2026-0820-001\"",
            &format!("id = \"HD-2\"\nrecheck_of = \"{}\"", report.id),
        )
        .replace("balance = \"60000.00\"", "balance = \"600.00\"");
    let engine = engine();
    let second = engine
        .verify(&VerificationRequest::from_toml(&text).unwrap())
        .unwrap();
    let objection = Objection {
        report: report.id.clone(),
        by: "p2".to_owned(),
        on: "2026-09-01".to_owned(),
        facts: vec!["deposits".to_owned()],
        evidence: vec!["存款证明".to_owned()],
    };
    let recheck = second
        .report()
        .recheck(report, Some(objection.clone()))
        .unwrap();
    let changed: Vec<(&str, bool)> = recheck
        .facts
        .iter()
        .filter(|f| f.changed)
        .map(|f| (f.fact.as_str(), f.objected))
        .collect();
    assert_eq!(changed, [("deposits", true)]);
    let deposits = recheck.facts.iter().find(|f| f.fact == "deposits").unwrap();
    let number =
        |said: &Option<minzheng::verification::report::Said>| said.as_ref().and_then(|s| s.number);
    assert_eq!(
        (number(&deposits.before), number(&deposits.after)),
        (Some(6_623_456), Some(683_456))
    );
    // not the report that it names, and a report that was changed
    assert_eq!(
        report.recheck(second.report(), None).unwrap_err().code(),
        "E-RECHECK-OF"
    );
    let mut forged = report.to_json();
    forged["differences"] = json!([]);
    assert_eq!(Report::from_json(forged).unwrap_err().code(), "E-REPORT-ID");
    assert_eq!(
        Report::from_json(json!({})).unwrap_err().code(),
        "E-REPORT-SHAPE"
    );
}

#[test]
fn other_values_of_a_fact_are_read_as_its_type() {
    let engine = engine();
    let with = |also: &str| {
        let text =
            format!("on = 2026-08-25\n[household]\ndeposits = {{ value = \"1\", also = {also} }}");
        engine.assess(&Household::from_toml(&text).unwrap())
    };
    assert!(with("[{ value = \"2\", status = \"declared\", as_of = 2026-08-01 }]").is_ok());
    let code = |also: &str| {
        let error = with(also).unwrap_err();
        (error.code().to_owned(), error.path().to_owned())
    };
    let at = |code: &str, path: &str| (code.to_owned(), path.to_owned());
    assert_eq!(
        code("[{ value = true }]"),
        at("E-VALUE-TYPE", "household.deposits.also[0]")
    );
    assert_eq!(
        code("[{ also = [] }]"),
        at("E-FACT-SHAPE", "household.deposits.also[0]")
    );
    assert_eq!(
        code("[1]"),
        at("E-FACT-SHAPE", "household.deposits.also[0]")
    );
    assert_eq!(code("\"x\""), at("E-FACT-SHAPE", "household.deposits.also"));
}
