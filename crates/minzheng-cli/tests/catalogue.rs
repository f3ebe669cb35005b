//! The catalogue on the command line.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::process::{Command, Output};

use minzheng_testkit::repo_root;
use serde_json::Value;

fn command(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_minzheng"))
        .arg("catalog")
        .args(args)
        .current_dir(repo_root())
        .output()
        .unwrap()
}

fn text(args: &[&str]) -> String {
    let output = command(args);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{args:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&text(args)).unwrap()
}

#[test]
fn resources_are_listed_found_and_shown() {
    assert!(text(&["list"]).ends_with("161 of 161.\n"));
    let elders = text(&["list", "--line", "elder_care", "--lang", "zh"]);
    assert!(
        elders.contains("养老机构备案") && elders.ends_with("18项，共18项。\n"),
        "{elders}"
    );
    let found = json(&["search", "高龄津贴", "--json"]);
    assert_eq!(found["hits"][0]["id"], "old_age_allowance");
    assert_eq!(found["facets"]["line"]["elder_care"], found["total"]);
    let shown = json(&["show", "dibao_person", "--on", "2026-11-28", "--json"]);
    assert_eq!(shown["code"], "300002/00003");
    let facts = shown["feeds"]["facts"].as_array().unwrap();
    assert!(
        facts.iter().any(|f| f == "person.dibao_recipient"),
        "{facts:?}"
    );
    let words = text(&["show", "income_tax", "--on", "2026-11-28", "--lang", "zh"]);
    for part in ["个人所得税", "税务局", "person.wage", "dibao/income"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    let both = text(&["show", "person.wage", "--on", "2026-11-28"]);
    assert!(
        both.contains("income_tax.amount") && both.contains("dibao/income"),
        "{both}"
    );
}

#[test]
fn what_goes_quiet_is_named_with_its_way() {
    let shown = text(&["impact", "disability_certificate", "--on", "2026-11-28"]);
    assert!(
        shown.contains("disability_care/card") && !shown.contains("formula  "),
        "{shown}"
    );
    assert!(shown.contains("through the outcome of tekun: "), "{shown}");
    let steps = text(&[
        "impact",
        "disability_certificate",
        "--on",
        "2026-11-28",
        "--steps",
    ]);
    assert!(steps.contains("severe_disability"), "{steps}");
    let none = text(&[
        "impact",
        "assistive_device",
        "--on",
        "2026-11-28",
        "--lang",
        "zh",
    ]);
    assert!(none.contains("没有规则、项目或者模型受影响"), "{none}");
    let wrong = command(&["impact", "income_taxes", "--on", "2026-11-28"]);
    assert_eq!(wrong.status.code(), Some(1));
    let error = String::from_utf8(wrong.stderr).unwrap();
    assert!(
        error.contains("E-CATALOG-NONE") && error.contains("`income_tax`"),
        "{error}"
    );
}

#[test]
fn late_deliveries_show_what_they_silence() {
    let board = json(&[
        "freshness",
        "examples/data/deliveries.csv",
        "--on",
        "2026-11-27",
        "--json",
    ]);
    let line = |id: &str| {
        let lines = board["lines"].as_array().unwrap();
        lines.iter().find(|l| l["resource"] == id).unwrap().clone()
    };
    assert_eq!(line("severe_illness_list")["state"], "never");
    assert_eq!(line("disability_certificate")["state"], "late");
    assert_eq!(line("income_tax")["state"], "fresh");
    let words = text(&[
        "freshness",
        "examples/data/deliveries.csv",
        "--on",
        "2026-11-27",
        "--impact",
    ]);
    assert!(
        words.contains("never came") && words.contains("person.severe_illness"),
        "{words}"
    );
}

#[test]
fn a_changed_pack_is_compared_and_can_fail() {
    let built_in = "crates/minzheng/packs/cn-15";
    assert_eq!(
        text(&["diff", built_in]),
        "Nothing in the catalogue changed.\n"
    );
    let folder = repo_root().join("target/test-catalogue");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    let pack = r#"
[pack]
id = "own-list"
title = { zh = "本省清单", en = "the list of a province" }
publisher = "a test"
version = "1"
level = "province"
place = "150000"
extends = ["cn-15"]
reviewed_on = 2026-01-01

[[catalog.replaces]]
sections = ["resource", "element"]

[[catalog.element]]
id = "identity_number"
title = { zh = "公民身份号码", en = "identity number" }
authority = "household_register.id_number"
status = "inferred"
[[catalog.element]]
id = "registration_place"
title = { zh = "户籍地", en = "place of registration" }
authority = "household_register.registration_place"
status = "inferred"
[[catalog.element]]
id = "died_on"
title = { zh = "死亡日期", en = "day of death" }
authority = "death_certificate.died_on"
status = "inferred"
[[catalog.element]]
id = "disability_grade"
title = { zh = "残疾等级", en = "grade of disability" }
authority = "disability_certificate.disability_grade"
status = "inferred"

[[catalog.resource]]
id = "dibao_person"
title = { zh = "低保对象", en = "persons on dibao" }
status = "inferred"
subject = "person"
key = "id_number"
order = "key"
cycle = "monthly"
sharing = "unconditional"
grade = 3
personal = "general"
field = [{ id = "id_number", type = "id_number", title = { zh = "公民身份号码", en = "identity number" }, grade = 3, required = true, element = "identity_number" }]
"#;
    fs::write(folder.join("pack.toml"), pack).unwrap();
    let dir = folder.to_str().unwrap();
    let changes = json(&["diff", dir, "--json"]);
    let changes = changes.as_array().unwrap();
    let of = |what: &str| changes.iter().filter(|c| c["what"] == what).count();
    assert_eq!(
        of("resource_removed"),
        127,
        "a province's list stands in the place of the built-in one"
    );
    assert!(of("field_removed") > 0 && of("cycle_slowed") == 1);
    let failed = command(&["diff", dir, "--fail-breaking"]);
    assert_eq!(failed.status.code(), Some(3));
    assert!(text(&["list", "--pack", dir]).ends_with("34 of 34.\n"));
}

#[test]
fn the_built_in_catalogue_passes_its_check() {
    let remarks = json(&["check", "--json", "--fail-warnings"]);
    let codes: Vec<&str> = remarks
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|r| r["code"].as_str())
        .collect();
    assert!(
        codes.contains(&"L-CATALOG-UNSAID") && !codes.contains(&"L-CATALOG-GRADE"),
        "{codes:?}"
    );
}

/// A folder of a test, empty.
fn folder(name: &str) -> std::path::PathBuf {
    let folder = repo_root().join("target/test-exchange").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_list_goes_out_and_comes_back_as_the_same_catalogue() {
    let folder = folder("round");
    let list = folder.join("list.csv");
    let pack = folder.join("pack");
    let (list, pack) = (list.to_str().unwrap(), pack.to_str().unwrap());
    text(&[
        "export",
        "--format",
        "list",
        "--encoding",
        "gb18030",
        "--out",
        list,
    ]);
    let again = command(&["export", "--format", "list", "--out", list]);
    assert_eq!(
        again.status.code(),
        Some(1),
        "what is there is not written over"
    );
    let about = [
        "--id",
        "list-15",
        "--place",
        "150000",
        "--publisher",
        "民政厅",
        "--reviewed-on",
        "2026-11-28",
    ];
    let import = |from: &str, to: &str| {
        let args: Vec<&str> = ["import", from, "--out", to]
            .into_iter()
            .chain(about)
            .collect();
        command(&args)
    };
    assert_eq!(import(list, pack).status.code(), Some(0));
    assert_eq!(text(&["diff", pack]), "Nothing in the catalogue changed.\n");
    let bad = folder.join("bad.csv");
    let example = fs::read_to_string(repo_root().join("examples/data/catalog-list.csv")).unwrap();
    fs::write(&bad, example.replace("每日", "1.1E+17")).unwrap();
    let output = import(bad.to_str().unwrap(), folder.join("none").to_str().unwrap());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        error.contains("E-LIST-DAMAGED") && error.contains("bad.csv!J2"),
        "{error}"
    );
    assert!(
        !folder.join("none").exists(),
        "nothing is written of a list that was refused"
    );
}

#[test]
fn a_list_of_its_own_stands_in_the_place_of_ours() {
    let folder = folder("own").join("pack");
    let pack = folder.to_str().unwrap();
    let said = text(&[
        "import",
        "examples/data/catalog-list.csv",
        "--out",
        pack,
        "--id",
        "list-15",
        "--place",
        "150000",
        "--publisher",
        "民政厅",
        "--reviewed-on",
        "2026-11-28",
    ]);
    assert!(
        said.contains("resources written: 2") && said.contains("extensions.csv: 1\n"),
        "{said}"
    );
    let listed = text(&["list", "--pack", pack]);
    assert!(listed.ends_with("35 of 35.\n"), "{listed}");
    let kept = fs::read_to_string(folder.join("extensions.csv")).unwrap();
    assert!(kept.contains("AA2,所属系统,示例平台"), "{kept}");
}

#[test]
fn the_catalogue_goes_out_in_the_forms_of_others() {
    let dcat: Value = serde_json::from_str(&text(&[
        "export",
        "--format",
        "dcat",
        "--base",
        "https://data.example.org/",
    ]))
    .unwrap();
    assert_eq!(
        dcat["@graph"][0]["@id"],
        "https://data.example.org/catalog/all"
    );
    let two = text(&[
        "export",
        "--format",
        "odcs",
        "--resource",
        "income_tax",
        "--resource",
        "death_register",
    ]);
    assert_eq!(two.matches("apiVersion: \"v3.1.0\"").count(), 2);
    let output = command(&["export", "--format", "odcs", "--resource", "income_taxes"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("did you mean `income_tax`?"), "{error}");
}

const ABOUT: [&str; 8] = [
    "--id",
    "list-15",
    "--place",
    "150000",
    "--publisher",
    "民政厅",
    "--reviewed-on",
    "2026-11-28",
];

fn import(from: &str, to: &str, more: &[&str]) -> Output {
    let args: Vec<&str> = ["import", from, "--out", to]
        .into_iter()
        .chain(ABOUT)
        .chain(more.iter().copied())
        .collect();
    command(&args)
}

#[test]
fn a_workbook_goes_out_and_comes_back_as_the_same_catalogue() {
    let folder = folder("workbook");
    let place = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (book, pack) = (place("list.xlsx"), place("pack"));
    text(&["export", "--format", "xlsx", "--out", &book]);
    let output = import(&book, &pack, &["--fail-dropped"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        text(&["diff", &pack]),
        "Nothing in the catalogue changed.\n"
    );
    let wrong = import(&book, &place("none"), &["--sheet", "数据清单"]);
    let error = String::from_utf8(wrong.stderr).unwrap();
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        error.contains("E-SHEET-NAME") && error.contains("数据资源清单"),
        "{error}"
    );
    // a name that says another form is no way to get one
    for (form, name) in [("xlsx", "other.csv"), ("list", "other.xlsx")] {
        let output = command(&["export", "--format", form, "--out", &place(name)]);
        assert_eq!(output.status.code(), Some(1));
        assert!(!folder.join(name).exists());
    }
}

#[test]
fn evidence_of_items_that_the_list_has_stays_and_the_rest_is_named() {
    let folder = folder("evidence");
    let place = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (list, pack) = (place("list.csv"), place("pack"));
    text(&[
        "export",
        "--format",
        "list",
        "--encoding",
        "utf-8",
        "--out",
        &list,
    ]);
    // the list of a province that has no securities
    let whole = fs::read_to_string(&list).unwrap();
    let mut is_gone = false;
    let lines = whole.lines().filter(|line| {
        if !line.starts_with(",,,,,,,,,,,,,,,") {
            is_gone = line.contains(",securities,");
        } else if line.split(',').nth(14).is_some_and(|id| !id.is_empty()) {
            is_gone = line.split(',').nth(14) == Some("securities");
        }
        !is_gone
    });
    let other = lines.collect::<Vec<_>>().join("\n");
    assert!(other.len() < whole.len());
    fs::write(&list, other).unwrap();
    let strict = import(&list, &pack, &["--fail-dropped"]);
    let said = String::from_utf8(strict.stdout).unwrap();
    assert_eq!(strict.status.code(), Some(3), "{said}");
    assert!(
        said.contains("W-EVIDENCE-DROPPED") && !folder.join("pack").exists(),
        "{said}"
    );
    let output = import(&list, &pack, &[]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    for part in [
        "`securities.market_value` → `household.securities`: the list has no such item",
        "` → `person.own_financial_assets`: it is added to `securities`, which",
        "facts that no record says any more: ",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("`income_tax`"), "{said}");
    let wage = text(&["show", "person.wage", "--on", "2026-11-28", "--pack", &pack]);
    assert!(wage.contains("income_tax.amount"), "{wage}");
}

#[test]
fn names_that_people_use_are_understood_and_unknown_ones_refused() {
    let first = |words: &[&str]| {
        let args: Vec<&str> = ["search"]
            .into_iter()
            .chain(words.iter().copied())
            .chain(["--json"])
            .collect();
        let hits = json(&args)["hits"].clone();
        let all = hits.as_array().unwrap().iter();
        all.filter_map(|h| h["id"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    for words in [
        &["高龄", "补贴"][..],
        &["老人津贴"],
        &["elderly", "allowance"],
    ] {
        let found = first(words);
        assert!(
            found.iter().any(|id| id == "old_age_allowance"),
            "{words:?}: {found:?}"
        );
    }
    assert!(
        first(&["汽车"])
            .iter()
            .any(|id| id == "vehicle_registration")
    );
    let nothing = text(&["search", "zzzz", "--lang", "zh"]);
    assert!(nothing.starts_with("没有找到"), "{nothing}");
    assert_eq!(
        text(&["list", "--department", "税务局"]),
        text(&["list", "--department", "taxation"])
    );
    for (facet, given, near) in [
        ("--department", "taxatoin", "`taxation`"),
        ("--line", "养老", "养老"),
    ] {
        let output = command(&["list", facet, given]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(
            error.contains("E-CATALOG-NONE") && error.contains(near),
            "{error}"
        );
    }
    let by_id = text(&["show", "income_tax", "--on", "2026-11-28"]);
    assert_eq!(text(&["show", "个人所得税", "--on", "2026-11-28"]), by_id);
    assert_eq!(
        text(&["impact", "残疾人证", "--on", "2026-11-28"]),
        text(&["impact", "disability_certificate", "--on", "2026-11-28"])
    );
}
