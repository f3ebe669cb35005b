//! The command `quality` on the shipped tables.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::process::{Command, Output};

use minzheng_testkit::repo_root;
use serde_json::Value;

const TABLES: [&str; 5] = [
    "quality",
    "--items",
    "examples/data/quality",
    "--as-of",
    "2026-08-25",
];

fn command(more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_minzheng"))
        .args(TABLES)
        .args(more)
        .current_dir(repo_root())
        .output()
        .unwrap()
}

#[track_caller]
fn text(more: &[&str], code: i32) -> String {
    let output = command(more);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{more:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// Failed and looked at of a rule, as counted by hand in the tables.
#[test]
fn the_shipped_tables_have_the_faults_that_they_were_given() {
    let report: Value = serde_json::from_str(&text(&["--json"], 0)).unwrap();
    let failing: Vec<(String, u64, u64)> = report["rules"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["verdict"] == "failed")
        .map(|r| {
            let fields: Vec<&str> = r["check"]["fields"]
                .as_array()
                .unwrap()
                .iter()
                .map(|f| f.as_str().unwrap())
                .collect();
            let name = format!(
                "{}.{}/{}",
                r["resource"].as_str().unwrap(),
                fields.join("+"),
                r["rule"].as_str().unwrap()
            );
            (
                name,
                r["failed"].as_u64().unwrap(),
                r["evaluated"].as_u64().unwrap(),
            )
        })
        .collect();
    let expected = [
        (
            "death_register.died_on+cancelled_on/died_cancelled_ordered",
            1,
            2,
        ),
        ("death_register.died_on/copy_agrees", 1, 2),
        ("pension_paid.since/not_in_future", 1, 2),
        ("pension_paid.id_number/dead_not_paid", 1, 2),
        ("income_tax.amount/required_given", 1, 10),
        ("income_tax.income_kind/type_held", 1, 10),
        ("income_tax.income_kind/type_readable", 1, 10),
        ("income_tax.id_number/number_plain", 1, 9),
        ("income_tax.id_number/number_valid", 1, 10),
        ("income_tax.id_number/key_usable", 1, 10),
        ("income_tax.month/not_in_future", 1, 10),
        ("income_tax./told_once", 1, 10),
    ];
    let expected: Vec<(String, u64, u64)> = expected
        .iter()
        .map(|(n, f, of)| ((*n).to_owned(), *f, *of))
        .collect();
    assert_eq!(failing, expected);
    assert_eq!(report["unanswered"], serde_json::json!(["income_tax"]));
}

#[test]
fn no_number_is_shown_in_full_and_every_form_says_the_same() {
    let dir = std::env::temp_dir().join(format!("minzheng-quality-cli-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let (page, junit) = (dir.join("page.html"), dir.join("junit.xml"));
    let more = [
        "--lang",
        "zh",
        "--html",
        page.to_str().unwrap(),
        "--junit",
        junit.to_str().unwrap(),
        "--work",
        dir.to_str().unwrap(),
    ];
    let said = text(&more, 0);
    let (page_text, junit_text) = (
        std::fs::read_to_string(&page).unwrap(),
        std::fs::read_to_string(&junit).unwrap(),
    );
    // what was sorted is gone
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 2);
    std::fs::remove_dir_all(&dir).unwrap();
    let tax = std::fs::read_to_string(repo_root().join("examples/data/quality/income_tax.csv"));
    let tax = tax.unwrap();
    let numbers: Vec<&str> = tax
        .lines()
        .skip(1)
        .filter_map(|l| l.split(',').nth(1))
        .collect();
    for shown in [&said, &page_text, &junit_text, &text(&["--json"], 0)] {
        assert!(numbers.iter().all(|n| !shown.contains(n)), "{shown}");
    }
    assert!(
        said.contains("视为未答复：income_tax")
            && said.contains("行 6  15**************11  E-ID-CHECK"),
        "{said}"
    );
    assert!(page_text.contains("按资源和维度"));
    assert!(
        junit_text.contains("name=\"key_usable/income_tax.id_number\"><failure type=\"block\"")
    );
}

#[test]
fn the_exit_code_says_how_grave_it_is() {
    text(&["--fail-on", "block"], 3);
    text(&["--resource", "death_register", "--fail-on", "block"], 0);
    text(&["--resource", "death_register", "--fail-on", "warn"], 3);
    text(&["--resource", "death_certificate", "--fail-on", "warn"], 0);
    // a late source is blocked too
    let deliveries = "examples/data/deliveries.csv";
    let late = text(
        &[
            "--resource",
            "household_register",
            "--deliveries",
            deliveries,
            "--fail-on",
            "block",
        ],
        3,
    );
    assert!(late.contains("never delivered"), "{late}");
}

#[test]
fn what_is_not_there_is_refused_with_words() {
    let output = command(&["--resource", "income_tex"]);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("E-CATALOG-NONE") && error.contains("`income_tax`"),
        "{error}"
    );
    let output = command(&["--resource", "bank_deposits"]);
    assert_eq!(output.status.code(), Some(1));
}
