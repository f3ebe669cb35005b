//! What crosses the border, seen from Rust; the languages themselves test the rest.

use chrono::NaiveDate;

use super::*;

fn day(year: i32, month: u32, of: u32) -> CalendarDate {
    NaiveDate::from_ymd_opt(year, month, of).unwrap()
}

fn code(error: &MinzhengError) -> (&'static str, &str, &str) {
    match error {
        MinzhengError::Input { code, path, .. } => ("input", code, path),
        MinzhengError::Pack { code, path, .. } => ("pack", code, path),
        MinzhengError::Table { code, path, .. } => ("table", code, path),
    }
}

fn facts() -> HouseholdFacts {
    HouseholdFacts {
        on: day(2026, 8, 25),
        known_on: None,
        place: Some("159921".to_owned()),
        default_status: Some(FactStatus::Verified),
        facts: Vec::new(),
        persons: vec![Person {
            id: "p1".to_owned(),
            relation: Some("self".to_owned()),
            identity: None,
            disability_card: None,
            facts: Vec::new(),
        }],
    }
}

fn fact(id: &str, value: FactValue) -> Fact {
    Fact {
        id: id.to_owned(),
        value,
        status: None,
        source: None,
        as_of: None,
    }
}

#[test]
fn a_household_is_asked_decided_and_explained() {
    let engine = Engine::new().unwrap();
    let household = Household::of(facts()).unwrap();
    let asked = engine
        .missing(household.clone(), Some("old_age".into()), Some("p1".into()))
        .unwrap();
    assert!(
        asked
            .iter()
            .any(|m| m.id == "birth" && m.row.as_deref() == Some("p1"))
    );
    let birth = FactValue::Day {
        value: day(1990, 5, 1),
    };
    let learnt = household
        .learnt(fact("birth", birth), Some("p1".into()))
        .unwrap();
    let answer = engine.assess(learnt.clone()).unwrap();
    let of = |id: &str| {
        answer
            .programmes
            .iter()
            .find(|p| p.id == id)
            .unwrap()
            .verdict
    };
    assert_eq!(of("old_age"), Verdict::NotEligible);
    assert_eq!(of("dibao"), Verdict::Undetermined);
    let why = engine.explain(learnt, Some("old_age".into())).unwrap();
    assert!(
        why.text(Lang::Zh).contains("高龄津贴"),
        "{}",
        why.text(Lang::Zh)
    );
    assert!(
        why.json()
            .starts_with("{\"schema\":\"minzheng/explanation/2\"")
    );
}

#[test]
fn what_is_refused_says_of_what_kind_it_is() {
    let file = |text: &str| PackFile {
        path: "pack.toml".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let error = Engine::load_pack(vec![file("[pack]\nid = \"x")]).unwrap_err();
    assert_eq!(code(&error), ("pack", "E-PACK-TOML", "pack.toml:2"));
    let mut latin = file("");
    latin.bytes = vec![0xff];
    let error = Engine::load_pack(vec![latin]).unwrap_err();
    assert_eq!(code(&error), ("pack", "E-API-TEXT", "pack.toml"));
    let engine = Engine::new().unwrap();
    let error = engine.call_bytes(&[0xb5, 0xcd]).unwrap_err();
    assert_eq!(code(&error), ("input", "E-API-TEXT", ""));
    assert!(
        error
            .to_string()
            .starts_with("E-API-TEXT: the text is not UTF-8")
    );
    let error = money_of_yuan("0.001").unwrap_err();
    assert_eq!(code(&error), ("input", "E-VALUE-NUMBER", ""));
    let mut wrong = facts();
    wrong.facts.push(fact("hukuo", FactValue::AskedNone));
    let error = engine.assess(Household::of(wrong).unwrap()).unwrap_err();
    assert_eq!(code(&error), ("input", "E-FACT-NAME", "household.hukuo"));
}

#[test]
fn a_number_is_masked_wherever_it_is_shown() {
    let number = ResidentNumber::parse("11010519491231002X").unwrap();
    for shown in [number.masked(), number.to_string(), format!("{number:?}")] {
        assert!(!shown.contains("19491231"), "{shown}");
    }
    let error = ResidentNumber::parse("110105194912310021").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("1949"), "{error}");
}

#[test]
fn tables_are_decided_or_refused() {
    let engine = Engine::new().unwrap();
    let options = || TableOptions {
        on: Some(day(2026, 8, 25)),
        known_on: None,
        status: None,
        programmes: Vec::new(),
        formulas: Vec::new(),
        conditions: false,
        reasons: false,
        missing: 0,
        ignore_unknown: true,
    };
    let error = engine
        .decide_tables(b"no table", b"", Vec::new(), options())
        .unwrap_err();
    #[cfg(feature = "arrow-ipc")]
    assert_eq!(code(&error), ("table", "E-FILE-FORMAT", "households"));
    #[cfg(not(feature = "arrow-ipc"))]
    assert_eq!(code(&error), ("input", "E-TABLE-BUILD", ""));
}

/// The call and the typed functions say the same.
#[test]
fn a_call_out_of_its_envelope_is_the_same() {
    let engine = Engine::new().unwrap();
    let version = engine.ask(r#"{"call":"version"}"#).unwrap();
    let call = engine.call(r#"{"call":"version"}"#);
    assert_eq!(call, format!("{{\"ok\":{version}}}"));
    let bytes = engine.call_bytes(br#"{"call":"version"}"#).unwrap();
    assert_eq!(bytes, call.as_bytes());
    let error = engine.ask("{").unwrap_err();
    assert_eq!(code(&error), ("input", "E-API-JSON", ""));
}
