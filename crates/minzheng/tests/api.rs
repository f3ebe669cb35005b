//! The typed and the JSON surface on one household.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use chrono::NaiveDate;
use minzheng::eligibility::{Arrears, ArrearsQuestion, Months, RowOfArrears};
use minzheng::identity::{DisabilityCard, ResidentNumber};
use minzheng::{Engine, Household, Lang, Money, Person, Verdict, api};
use minzheng_rules::explain::Step;
use serde_json::{Value, json};

const FAMILY: &str = include_str!("../../../examples/data/low-income-family.toml");

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

#[test]
fn a_family_is_decided() {
    let engine = Engine::built_in().unwrap();
    let answer = engine
        .assess(&Household::from_toml(FAMILY).unwrap())
        .unwrap();
    let dibao = answer.programme("dibao", None).unwrap();
    assert_eq!(dibao.verdict(), Verdict::Eligible);
    assert_eq!(dibao.amount(), Some(Money::from_fen(127_000)));
    assert_eq!(dibao.first_month(), Some(day(2026, 9, 1)));
    assert_eq!(
        answer.value("household_size", None).unwrap().count(),
        Some(3)
    );
    assert_eq!(answer.value("counted", Some("p3")).unwrap().word(), "yes");
    assert!(
        dibao
            .figures()
            .iter()
            .any(|f| f.shown(Lang::Zh).contains('元'))
    );
    assert_eq!(answer.receipt().on, "2026-08-25");
    assert!(answer.programme("edge", None).unwrap().amount().is_none());
}

/// The family in payment since some day, June to August of 2026; the standard rose from July, published on 20 August.
fn asked(decided_on: &str, change: impl FnOnce(&Engine, &mut ArrearsQuestion)) -> Arrears {
    let engine = Engine::built_in().unwrap();
    let family = FAMILY.replace("decided_on = 2026-08-20\n", decided_on);
    let mut question = ArrearsQuestion {
        programmes: vec!["dibao".to_owned()],
        known_before: Some(day(2026, 8, 15)),
        ..ArrearsQuestion::new(Months::between(day(2026, 6, 1), day(2026, 8, 31)).unwrap())
    };
    change(&engine, &mut question);
    let family = Household::from_toml(&family).unwrap();
    engine.arrears(&family, &question).unwrap()
}

fn differences(owed: &Arrears) -> Vec<Option<i64>> {
    let months = owed.rows().iter().flat_map(RowOfArrears::months);
    months.map(|m| m.difference().map(Money::fen)).collect()
}

#[test]
fn a_standard_raised_backwards_is_owed() {
    // three members, 50 yuan each, from July
    let owed = asked("decided_on = 2026-03-10\n", |_, _| {});
    assert_eq!(differences(&owed), [Some(0), Some(15_000), Some(15_000)]);
    let tally = owed.tally();
    assert_eq!((tally.owed, tally.months_owed), (30_000, 2));
    assert_eq!((tally.overpaid, tally.months_unchanged), (0, 1));
    // 3 × 820 − 1,400 + 60
    let july = owed.rows().first().and_then(|row| row.months().get(1));
    assert_eq!(july.unwrap().before(), Some(Money::from_fen(112_000)));
}

#[test]
fn nothing_is_owed_for_a_month_before_the_first_one_paid() {
    // decided in July, paid from August
    let owed = asked("decided_on = 2026-07-10\n", |_, _| {});
    assert_eq!(differences(&owed), [Some(0), Some(0), Some(15_000)]);
    // nobody said since when they are paid
    let owed = asked("", |_, _| {});
    assert_eq!(differences(&owed), [None, None, None]);
    assert_eq!((owed.tally().months_unknown, owed.tally().owed), (3, 0));
    // it was said that all were paid throughout
    let owed = asked("", |_, question| question.paid_throughout = true);
    assert_eq!(differences(&owed), [Some(0), Some(15_000), Some(15_000)]);
}

#[test]
fn what_was_overpaid_is_not_set_off_against_what_is_owed() {
    // as if 800 had been published: less than 820 was, and than 870
    let lower = |engine: &Engine, question: &mut ArrearsQuestion| {
        let figure = engine
            .packs()
            .overlay_from_words("standard.dibao", "800/month", &[]);
        question.figures = vec![figure.unwrap()];
    };
    let owed = asked("decided_on = 2026-03-10\n", lower);
    assert_eq!(differences(&owed), [Some(-6_000); 3]);
    let tally = owed.tally();
    assert_eq!(
        (tally.owed, tally.overpaid, tally.months_overpaid),
        (0, 18_000, 3)
    );
    let json = owed.to_json();
    assert_eq!(json["total"]["overpaid_fen"], 18_000);
    assert_eq!(json["rows"][0]["months"][0]["difference_fen"], -6_000);
}

#[test]
fn questions_about_arrears_that_make_no_sense_are_refused() {
    let engine = Engine::built_in().unwrap();
    let none = Months::between(day(2026, 8, 1), day(2026, 6, 1));
    assert_eq!(none.unwrap_err().code(), "E-ARREARS-MONTHS");
    let many = Months::between(day(1926, 8, 1), day(2026, 6, 1));
    assert_eq!(many.unwrap_err().code(), "E-ARREARS-MONTHS");
    let months = Months::between(day(2026, 8, 1), day(2026, 8, 1)).unwrap();
    let family = Household::from_toml(FAMILY).unwrap();
    for (programme, code) in [
        ("x", "E-PROGRAMME-NAME"),
        ("temp", "E-ARREARS-PROGRAMME"),
        ("edge", "E-ARREARS-PROGRAMME"),
    ] {
        let question = ArrearsQuestion {
            programmes: vec![programme.to_owned()],
            ..ArrearsQuestion::new(months.clone())
        };
        let error = engine.arrears(&family, &question).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
    // all that pay by the month, for the household or each person
    let owed = engine
        .arrears(&family, &ArrearsQuestion::new(months))
        .unwrap();
    let of = |id: &str| owed.rows().iter().filter(|r| r.programme() == id).count();
    assert_eq!((of("dibao"), of("old_age"), of("temp")), (1, 3, 0));
}

#[test]
fn an_identity_number_gives_birth_and_is_gone() {
    let number = ResidentNumber::parse("11010519491231002X").unwrap();
    let built = Household::new(day(2026, 8, 25)).person(Person::new("p1").identity(number));
    let read = Household::from_json(
        r#"{"on": "2026-08-25", "person": [{"id": "p1", "identity": "11010519491231002X"}]}"#,
    )
    .unwrap();
    for household in [built, read] {
        let shown = format!("{household:?}");
        assert!(shown.contains("1949-12-31"), "{shown}");
        assert!(!shown.contains("11010519491231002"), "{shown}");
    }
    for (bad, code) in [
        (json!("110105194912310021"), "E-ID-CHECK"),
        (json!(110_105_194_912_310_021_i64), "E-ID-SHAPE"),
        (json!("1.10105E+17"), "E-ID-SPREADSHEET"),
    ] {
        let error =
            Household::from_value("x", json!({ "person": [{}, { "identity": bad }] })).unwrap_err();
        assert_eq!((error.code(), error.path()), (code, "person[1].identity"));
        assert!(!error.lines(Lang::Zh).contains("1101051949"));
        assert_ne!(error.message(Lang::Zh), error.message(Lang::En));
    }
}

#[test]
fn a_disability_card_gives_kind_and_grade_and_is_gone() {
    const CARD: &str = "11010519491231002X42B1";
    let built = Household::new(day(2026, 8, 25))
        .person(Person::new("p1").disability_card(DisabilityCard::parse(CARD).unwrap()));
    let person = json!({ "id": "p1", "disability_card": CARD });
    let read = Household::from_value("x", json!({ "on": "2026-08-25", "person": [person] }));
    let engine = Engine::built_in().unwrap();
    for household in [built, read.unwrap()] {
        let shown = format!("{household:?}");
        assert!(!shown.contains("11010519491231002"), "{shown}");
        let why = engine.assess(&household).unwrap().explanation();
        let said = |fact: &str| {
            let of = |s: &Step| why.definitions.get(s.of).is_some_and(|d| d.id == fact);
            why.steps.iter().find(|s| of(s)).map(|s| s.value.clone())
        };
        for (fact, word) in [
            ("birth", "1949-12-31"),
            ("disability_kind", "limb"),
            ("disability_grade", "2"),
            // whether the card is still valid does not stand in its number
            ("has_disability_card", "undetermined"),
        ] {
            assert_eq!(said(fact).as_deref(), Some(word), "{fact}");
        }
    }
}

#[test]
fn what_is_written_and_a_document_never_differ_in_silence() {
    const NUMBER: &str = "11010519491231002X";
    const CARD: &str = "11010519491231002X42";
    const OTHER: &str = "110105194912310038";
    assert!(ResidentNumber::parse(OTHER).is_ok());
    let refused = |person: Value| {
        let tree = json!({ "on": "2026-08-25", "person": [{ "id": "p0" }, person] });
        Household::from_value("x", tree).err().map(|error| {
            for lang in [Lang::Zh, Lang::En] {
                let lines = error.lines(lang);
                for secret in ["1949", "4912", "female", "limb", "42"] {
                    assert!(!lines.contains(secret), "{lines}");
                }
            }
            assert_ne!(error.message(Lang::Zh), error.message(Lang::En));
            assert_ne!(error.help(Lang::Zh), error.help(Lang::En));
            (error.code(), error.path().to_owned())
        })
    };
    let contradicts = |field: &str| Some(("E-ID-CONTRADICTION", format!("person[1].{field}")));
    let own = json!({ "value": "1950-01-01", "status": "verified" });
    for (person, found) in [
        (
            json!({ "identity": NUMBER, "birth": "1950-01-01" }),
            contradicts("birth"),
        ),
        (
            json!({ "identity": NUMBER, "birth": own }),
            contradicts("birth"),
        ),
        (
            json!({ "disability_card": CARD, "birth": "1950-01-01" }),
            contradicts("birth"),
        ),
        (
            json!({ "disability_card": CARD, "disability_kind": "visual" }),
            contradicts("disability_kind"),
        ),
        (
            json!({ "disability_card": CARD, "disability_grade": 3 }),
            contradicts("disability_grade"),
        ),
        (
            json!({ "disability_card": CARD, "identity": OTHER }),
            contradicts("disability_card"),
        ),
        (json!({ "identity": NUMBER, "birth": "1949-12-31" }), None),
        (
            json!({ "identity": NUMBER, "disability_card": CARD, "disability_grade": 2 }),
            None,
        ),
        // unknown is a value: it is not filled in, and says nothing that could be contradicted
        (
            json!({ "identity": NUMBER, "birth": { "status": "pending" } }),
            None,
        ),
        (
            json!({ "disability_card": "11010519491231002X92" }),
            Some((
                "E-ID-DISABILITY-KIND",
                "person[1].disability_card".to_owned(),
            )),
        ),
        (
            json!({ "disability_card": 12 }),
            Some(("E-ID-SHAPE", "person[1].disability_card".to_owned())),
        ),
    ] {
        assert_eq!(refused(person.clone()), found, "{person}");
    }
    // a builder is told when the household is decided, in whatever order it was filled
    let number = ResidentNumber::parse(NUMBER).unwrap();
    let engine = Engine::built_in().unwrap();
    for person in [
        Person::new("p1")
            .identity(number)
            .fact("birth", "1950-01-01"),
        Person::new("p1")
            .fact("birth", "1950-01-01")
            .identity(number),
    ] {
        let household = Household::new(day(2026, 8, 25)).person(person);
        let error = engine.assess(&household).unwrap_err();
        assert_eq!(
            (error.code(), error.path()),
            ("E-ID-CONTRADICTION", "person[0].birth")
        );
    }
}

fn call(request: &Value) -> Value {
    serde_json::from_str(&api::call(&request.to_string())).unwrap()
}

#[test]
fn calls_are_answered() {
    let family = json!({
        "on": "2026-08-25",
        "household": { "registration_place": "159921", "hukou": "urban" },
        "person": [{ "id": "p1", "relation": "self", "birth": "1980-03-05" }],
    });
    let with = |name: &str| json!({ "call": name, "household": family });
    assert_eq!(
        call(&with("assess"))["ok"]["schema"],
        "minzheng/assessment/1"
    );
    assert_eq!(
        call(&with("explain"))["ok"]["schema"],
        "minzheng/explanation/2"
    );
    assert!(!call(&with("missing"))["ok"].as_array().unwrap().is_empty());
    let mut simulate = with("simulate");
    simulate["set"] = json!([{ "parameter": "standard.dibao", "value": "900/month", "key": { "hukou": "urban" } }]);
    assert_eq!(call(&simulate)["ok"][0]["changed"], false);
    let mut arrears = with("arrears");
    for (key, value) in [
        ("programme", "dibao"),
        ("first", "2026-07-01"),
        ("last", "2026-08-01"),
        ("known_before", "2026-08-01"),
        ("known_after", "2026-08-25"),
    ] {
        arrears[key] = json!(value);
    }
    let owed = &call(&arrears)["ok"];
    assert_eq!(owed["rows"][0]["months"].as_array().unwrap().len(), 2);
    // nothing is known of most: no sum is made up
    assert_eq!(owed["total"]["months_unknown"], 2);
    arrears["set"] = json!([{ "parameter": "standard.x", "value": "900/month" }]);
    let refused = &call(&arrears)["error"];
    assert_eq!(
        (&refused["code"], &refused["path"]),
        (&json!("E-OVERLAY-NAME"), &json!("set[0]"))
    );
    arrears["set"] = json!([{ "parameter": "standard.dibao", "value": "900/month" }]);
    arrears["paid_throughout"] = json!(true);
    assert_eq!(call(&arrears)["ok"]["schema"], "minzheng/arrears/1");
    arrears["paid_throughout"] = json!("yes");
    assert_eq!(call(&arrears)["error"]["path"], "paid_throughout");
    assert_eq!(call(&json!({ "call": "packs" }))["ok"][0]["id"], "cn");
    assert_eq!(
        call(&json!({ "call": "version" }))["ok"]["version"],
        env!("CARGO_PKG_VERSION")
    );
}

#[test]
fn bad_calls_have_an_envelope() {
    for (request, code) in [
        ("{", "E-API-JSON"),
        ("[]", "E-API-SHAPE"),
        (r#"{"call": 1}"#, "E-API-SHAPE"),
        (r#"{"call": "destroy"}"#, "E-API-CALL"),
        (r#"{"call": "version", "x": 1}"#, "E-API-KEY"),
        (r#"{"call": "assess"}"#, "E-DOC-SHAPE"),
        (r#"{"call": "assess", "household": {}}"#, "E-DOC-DATE"),
        (
            r#"{"call": "assess", "household": {"on": "2026-02-03", "household": {"accepted_on": "2026-02-30"}}}"#,
            "E-VALUE-DATE",
        ),
        (
            r#"{"call": "explain", "household": {"on": "2026-02-03"}, "programme": "x"}"#,
            "E-PROGRAMME-NAME",
        ),
    ] {
        let answer: Value = serde_json::from_str(&api::call(request)).unwrap();
        assert_eq!(answer["error"]["code"], code, "{answer}");
        assert_ne!(
            answer["error"]["message"]["zh"], answer["error"]["message"]["en"],
            "{answer}"
        );
        assert!(
            answer["error"]["path"].is_string() && answer["error"]["more"].is_array(),
            "{answer}"
        );
    }
}
