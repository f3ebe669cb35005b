use std::collections::BTreeMap;

use chrono::NaiveDate;
use minzheng_rules::pack::model::Lang;
use minzheng_rules::pack::{PackSource, SourceFile};

use super::*;
use crate::Engine;
use crate::catalog::{Delivery, Freshness, When};
use crate::packs::{self, BuiltIn};

const HEAD: &str = "[pack]\nid = \"above\"\ntitle = { zh = \"例\", en = \"example\" }\npublisher = \"an example\"\n\
    version = \"1\"\nlevel = \"county\"\nplace = \"150102\"\nextends = [\"cn-15\"]\nreviewed_on = 2026-01-01\n";

/// The line of the row in its file.
const LINE: u32 = 11;

const ROW: &str = "
[[catalog.quality]]
id = \"example\"
title = { zh = \"例\", en = \"example\" }
dimension = \"accuracy\"
severity = \"warn\"
status = \"operational\"
";

fn load_text(text: &str) -> Result<Quality, Error> {
    let above = PackSource::new(vec![SourceFile::new(
        "pack.toml",
        format!("{HEAD}{ROW}{text}"),
    )]);
    let packs = packs::load(&[BuiltIn::Nation, BuiltIn::InnerMongolia], &[above])?;
    Quality::load(&packs, &Catalog::load(&packs)?)
}

/// The checks of the example row, with the resources.
fn checks(text: &str) -> Vec<(String, Check)> {
    let quality = load_text(text).unwrap();
    let own = quality.rules().iter().filter(|r| r.id == "example");
    own.map(|r| (r.resource.clone(), r.check.clone())).collect()
}

#[test]
fn every_check_reads_from_its_row() {
    let tax = "resources = [\"income_tax\"]\n";
    let one = |text: &str| {
        let found = checks(&format!("{tax}{text}"));
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found.into_iter().next().unwrap().1
    };
    let field = "amount".to_owned();
    assert_eq!(
        one("check = \"given\"\nfields = [\"amount\"]\nat_most = \"0.01\""),
        Check::Given {
            field: field.clone()
        }
    );
    assert_eq!(
        one("check = \"range\"\nfields = [\"amount\"]\nlow = \"0.01\"\nat_most = \"0\""),
        Check::Range {
            field,
            low: Some(1),
            high: None
        }
    );
    assert_eq!(
        one("check = \"range\"\nfields = [\"month\"]\nhigh = \"1970-01-02\"\nat_most = \"0\""),
        Check::Range {
            field: "month".into(),
            low: None,
            high: Some(1)
        }
    );
    assert_eq!(
        one("check = \"plain\"\nover = [\"key\"]\nat_most = \"0\""),
        Check::Plain {
            field: "id_number".into()
        }
    );
    assert_eq!(
        one("check = \"distinct\"\nfields = [\"payer\"]\nlow = \"2\""),
        Check::Distinct {
            field: "payer".into(),
            low: Some(2),
            high: None
        }
    );
    assert_eq!(
        one("check = \"unique\"\nfields = [\"id_number\", \"month\"]\nat_most = \"0\""),
        Check::Unique {
            fields: vec!["id_number".into(), "month".into()]
        }
    );
    assert_eq!(
        one(
            "check = \"not_in\"\nfields = [\"id_number\"]\nof = \"death_register\"\nat = [\"id_number\"]\nat_most = \"0\""
        ),
        Check::NotIn {
            fields: vec!["id_number".into()],
            of: "death_register".into(),
            at: vec!["id_number".into()]
        }
    );
    let pattern = one(
        "check = \"pattern\"\nfields = [\"record_no\"]\npattern = \"R9999999999\"\nat_most = \"0\"",
    );
    assert!(
        matches!(pattern, Check::Pattern { pattern, .. } if pattern.matches("R0000000012") && !pattern.matches("R1"))
    );
}

#[test]
fn a_row_without_resources_is_about_every_table_that_has_the_fields() {
    let found =
        checks("check = \"order\"\nfields = [\"issued_on\", \"expires_on\"]\nat_most = \"0\"");
    let resources: Vec<&str> = found.iter().map(|(r, _)| r.as_str()).collect();
    assert!(resources.contains(&"disability_certificate"));
    assert!(!resources.contains(&"income_tax"));
}

#[test]
fn copies_of_an_element_are_held_against_its_one_source() {
    let found = checks("check = \"same\"\nover = [\"element\"]\nat_most = \"0\"");
    let check = Check::Same {
        field: "died_on".into(),
        by: vec!["id_number".into()],
        of: "death_certificate".into(),
        at: vec!["id_number".into()],
        with: "died_on".into(),
    };
    assert!(found.contains(&("death_register".into(), check)));
    // the source itself is no copy, and the key is none either
    assert!(found.iter().all(|(r, _)| r != "death_certificate"));
    assert!(
        found
            .iter()
            .all(|(_, c)| !c.fields().contains(&"id_number"))
    );
}

#[test]
fn a_bad_row_has_its_code_its_line_and_a_way_out() {
    let tax = "resources = [\"income_tax\"]\n";
    for (text, code, help) in [
        (
            "check = \"givn\"",
            "E-CATALOG-SHAPE",
            "did you mean `given`?",
        ),
        (
            "check = \"given\"\nfields = [\"amount\"]",
            "E-CATALOG-QUALITY",
            "what each takes",
        ),
        (
            "check = \"given\"\nat_most = \"0\"",
            "E-CATALOG-QUALITY",
            "`fields` or `over`",
        ),
        (
            "check = \"given\"\nfields = [\"amount\"]\nat_most = \"1.5\"",
            "E-CATALOG-QUALITY",
            "four decimal places",
        ),
        (
            "check = \"given\"\nfields = [\"amont\"]\nat_most = \"0\"",
            "E-CATALOG-NAME",
            "did you mean `amount`?",
        ),
        (
            "check = \"given\"\nover = [\"requird\"]\nat_most = \"0\"",
            "E-CATALOG-NAME",
            "did you mean `required`?",
        ),
        (
            "check = \"past\"\nfields = [\"amount\"]\nat_most = \"0\"",
            "E-CATALOG-QUALITY",
            "days and months",
        ),
        (
            "check = \"order\"\nfields = [\"month\"]\nat_most = \"0\"",
            "E-CATALOG-QUALITY",
            "two fields",
        ),
        (
            "check = \"range\"\nfields = [\"amount\"]\nlow = \"0.001\"\nat_most = \"0\"",
            "E-CATALOG-QUALITY",
            "unit of the field",
        ),
        (
            "check = \"range\"\nfields = [\"amount\"]\nlow = \"2\"\nhigh = \"1\"\nat_most = \"0\"",
            "E-CATALOG-QUALITY",
            "change them",
        ),
        (
            "check = \"unique\"\nfields = [\"month\"]\nlow = \"1\"\nat_most = \"0\"",
            "E-CATALOG-QUALITY",
            "leave it out",
        ),
        (
            "check = \"in\"\nfields = [\"id_number\"]\nof = \"death_registr\"\nat = [\"id_number\"]\nat_most = \"0\"",
            "E-CATALOG-NAME",
            "did you mean `death_register`?",
        ),
        (
            "check = \"in\"\nfields = [\"month\"]\nof = \"death_register\"\nat = [\"died_on\"]\nat_most = \"0\"",
            "E-CATALOG-QUALITY",
            "one type",
        ),
        (
            "check = \"pattern\"\nfields = [\"record_no\"]\npattern = \"a*b\"\nat_most = \"0\"",
            "E-CATALOG-QUALITY",
            "9 a digit",
        ),
    ] {
        let error = load_text(&format!("{tax}{text}")).unwrap_err();
        let lines: Vec<String> = error.findings().map(|f| f.line_of(Lang::En)).collect();
        let place = format!("pack.toml:{LINE}");
        let is_told = |l: &String| l.contains(&place) && l.contains(code) && l.contains(help);
        assert!(lines.iter().any(is_told), "{text}: {lines:?}");
    }
    let nowhere = "check = \"order\"\nfields = [\"month\", \"expires_on\"]\nat_most = \"0\"";
    assert_eq!(load_text(nowhere).unwrap_err().code(), "E-CATALOG-NAME");
    let law = format!("{tax}check = \"given\"\nfields = [\"month\"]\nat_most = \"0\"");
    let text = format!("{ROW}{law}").replace("operational", "law");
    let again = load_text(&format!(
        "{law}{}",
        text.replace("\"example\"", "\"other\"")
    ));
    assert_eq!(again.unwrap_err().code(), "E-CATALOG-STATUS");
    let twice = format!("{law}{ROW}{law}");
    assert_eq!(load_text(&twice).unwrap_err().code(), "E-CATALOG-TWICE");
}

#[test]
fn a_layer_above_writes_the_rules_anew() {
    let text = "check = \"given\"\nover = [\"key\"]\nat_most = \"0\"\n\
                [[catalog.replaces]]\nsections = [\"quality\"]\n";
    let quality = load_text(text).unwrap();
    assert!(quality.rules().iter().all(|r| r.id == "example"));
}

#[test]
fn the_built_in_rules_look_at_every_field_of_every_item() {
    let engine = Engine::built_in().unwrap();
    let catalog = engine.catalog().unwrap();
    let quality = Quality::load(engine.packs(), catalog).unwrap();
    for item in catalog.items() {
        for field in item.fields.iter().filter(|f| f.required) {
            let given = |r: &&Rule| matches!(&r.check, Check::Given { field: f } if *f == field.id);
            assert!(
                quality.of(&item.id).any(|r| given(&r)),
                "{}.{}",
                item.id,
                field.id
            );
        }
        let blocks = quality
            .of(&item.id)
            .filter(|r| r.severity == Severity::Block);
        assert!(blocks.count() >= 3, "{}", item.id);
    }
    // 可访问性 is a dimension that tables do not tell; every other one has rules
    for dimension in Dimension::ALL {
        let has = quality.rules().iter().any(|r| r.dimension == *dimension);
        assert_eq!(has, *dimension != Dimension::Accessibility, "{dimension:?}");
    }
    assert!(
        quality
            .rules()
            .iter()
            .all(|r| r.status == model::Status::Operational)
    );
}

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

fn rows(evaluated: u64, failed: u64) -> Measured {
    Measured::Rows {
        evaluated,
        failed,
        causes: BTreeMap::new(),
        sample: vec![Offence {
            row: 6,
            key: "11**************2X".into(),
            why: "E-ID-CHECK".into(),
        }],
    }
}

fn report(
    resource: &str,
    wanted: impl Fn(&Rule) -> bool,
    measured: &Measured,
    deliveries: Option<&[Delivery]>,
) -> Report {
    let packs = packs::load(&BuiltIn::ALL, &[]).unwrap();
    let catalog = Catalog::load(&packs).unwrap();
    let quality = Quality::load(&packs, &catalog).unwrap();
    let chosen = quality.of(resource).filter(|r| wanted(r));
    let chosen = chosen.map(|r| (r.clone(), measured.clone())).collect();
    let tables = vec![TableLine {
        resource: resource.to_owned(),
        rows: 10,
        lacking: vec![],
        foreign: vec!["extra".into()],
    }];
    Report::new(
        &catalog,
        packs.calendar(),
        day(2026, 8, 25),
        tables,
        chosen,
        deliveries,
    )
    .unwrap()
}

#[test]
fn a_limit_is_exact_on_both_sides() {
    let usable = |r: &Rule| r.id == "key_usable";
    let verdict = |measured| report("income_tax", usable, &measured, None).outcomes[0].verdict;
    // five of a hundred may fail
    assert_eq!(verdict(rows(1_000, 50)), Verdict::Met);
    assert_eq!(verdict(rows(1_000, 51)), Verdict::Failed);
    // nothing looked at is not good
    assert_eq!(verdict(rows(0, 0)), Verdict::Unknown);
    let none = Measured::Not(Unmeasured::NoColumn("id_number".into()));
    assert_eq!(verdict(none), Verdict::Unknown);
}

#[test]
fn a_blocked_source_makes_its_facts_unknown_and_an_unknown_rule_blocks_nothing() {
    let blocked = |r: &Rule| r.id == "key_usable";
    let bad = report("income_tax", blocked, &rows(10, 5), None);
    assert_eq!(
        (bad.worst(), bad.unanswered()),
        (Some(Severity::Block), vec!["income_tax"])
    );
    let engine = Engine::built_in().unwrap();
    let lineage = engine.lineage(When::day(day(2026, 8, 25))).unwrap();
    let impact = bad.impact(engine.catalog().unwrap(), &lineage).unwrap();
    assert!(
        impact.facts.iter().any(|f| f.fact.id() == "person.wage"),
        "{:?}",
        impact.facts
    );
    let open = report("income_tax", blocked, &rows(0, 0), None);
    assert!(open.unanswered().is_empty() && open.worst().is_none());
}

#[test]
fn deliveries_and_newest_records_are_held_against_the_cycle() {
    let delivered = |r: &Rule| r.check == Check::Delivered;
    let came = |as_of| {
        [Delivery {
            resource: "income_tax".into(),
            as_of,
            received: as_of,
        }]
    };
    let on = |deliveries: Option<&[Delivery]>| {
        let found = report("income_tax", delivered, &Measured::Board, deliveries);
        let outcome = &found.outcomes[0];
        (outcome.verdict, outcome.freshness, found.unanswered().len())
    };
    assert_eq!(
        on(Some(&came(day(2026, 7, 31)))),
        (Verdict::Met, Some(Freshness::Fresh), 0)
    );
    let (verdict, state, quiet) = on(Some(&came(day(2026, 5, 31))));
    assert!(matches!(
        (verdict, state),
        (Verdict::Failed, Some(Freshness::Late(_)))
    ));
    assert_eq!(quiet, 1);
    assert_eq!(on(Some(&[])).1, Some(Freshness::Never));
    // no list of deliveries: nothing is known, and nothing is late
    assert_eq!(on(None), (Verdict::Unknown, None, 0));

    let newest = |r: &Rule| r.id == "newest_in_cycle";
    let on = |newest_day| {
        let measured = Measured::Newest {
            evaluated: 3,
            newest: newest_day,
        };
        report("income_tax", newest, &measured, None).outcomes[0].verdict
    };
    // July is told at its end; the next month is due a month later
    assert_eq!(on(Some(day(2026, 7, 1))), Verdict::Met);
    assert_eq!(on(Some(day(2026, 5, 1))), Verdict::Failed);
    assert_eq!(on(None), Verdict::Unknown);
}

#[test]
fn the_report_reads_in_every_form() {
    let all = |r: &Rule| r.id.starts_with("number_") || r.id == "record_once";
    let found = report("income_tax", all, &rows(1_000, 3), None);
    let json = found.to_json();
    assert_eq!(json["schema"], report::SCHEMA);
    let first = &json["rules"][0];
    assert_eq!(
        (&first["evaluated"], &first["ratio"]),
        (&json!(1_000), &json!("0.003000"))
    );
    assert_eq!(first["sample"][0]["key"], "11**************2X");
    let schema = Report::json_schema();
    let names = |v: &Value| -> Vec<String> {
        let mut names: Vec<String> = v.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    assert_eq!(names(&json), names(&schema["properties"]));
    assert_eq!(
        names(first),
        names(&schema["properties"]["rules"]["items"]["properties"])
    );
    let zh = found.render_text(Lang::Zh);
    assert!(
        zh.contains("1,000 条中 3 条不符") && zh.contains("行 7"),
        "{zh}"
    );
    assert!(found.render_text(Lang::En).contains("cannot be told"));
    let page = found.to_html(Lang::Zh);
    assert!(page.contains("按资源和维度") && page.contains("extra") && !page.contains("<script"));
    let junit = found.to_junit(Lang::En);
    let failures = junit.matches("<failure ").count();
    let skipped = junit.matches("<skipped ").count();
    let failing = found.failing().count();
    assert_eq!(failures + skipped, failing);
    assert!(
        junit.contains(&format!("failures=\"{failures}\"")),
        "{junit}"
    );
}
