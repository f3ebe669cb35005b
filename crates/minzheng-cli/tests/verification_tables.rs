//! The command `verify` over tables small enough to be worked out by hand.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use minzheng::identity::ResidentNumber;
use serde_json::Value;

/// An invented number: division 159921, which no place has, and so many days into 1980.
fn number(day: u64) -> String {
    let packed = 15_992_119_800_101_001_u64.saturating_add(day.saturating_mul(1_000));
    ResidentNumber::from_packed(packed).unwrap().reveal()
}

struct Tables(PathBuf);

impl Tables {
    fn new(name: &str) -> Self {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("items")).unwrap();
        Self(dir)
    }

    fn write(&self, name: &str, lines: &[String]) {
        fs::write(self.0.join(name), lines.join("\n")).unwrap();
    }

    /// Verifies; the summary, and everything that was printed.
    fn verify(&self) -> (Value, String) {
        self.verify_with(&["--json"])
    }

    /// Verifies with more arguments; what was printed as JSON where it is, and everything that was.
    fn verify_with(&self, more: &[&str]) -> (Value, String) {
        let path = |name: &str| self.0.join(name).display().to_string();
        let output = Command::new(env!("CARGO_BIN_EXE_minzheng"))
            .args(["verify", "--as-of", "2026-08-25", "--format", "csv"])
            .args(more)
            .args([
                "--households",
                &path("households.csv"),
                "--people",
                &path("people.csv"),
            ])
            .args([
                "--items",
                &path("items"),
                "--answers",
                &path("answers.csv"),
                "--out",
                &path("out"),
            ])
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{error}");
        let text = String::from_utf8(output.stdout).unwrap();
        (
            serde_json::from_str(&text).unwrap_or_default(),
            format!("{text}{error}"),
        )
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join("out").join(name)).unwrap()
    }

    /// The cells of a column that was written.
    fn column(&self, table: &str, name: &str) -> Vec<String> {
        let text = self.read(table);
        let mut lines = text.lines();
        let head: Vec<&str> = lines.next().unwrap().split(',').collect();
        let at = head.iter().position(|h| *h == name).unwrap();
        lines
            .map(|l| l.split(',').nth(at).unwrap().to_owned())
            .collect()
    }
}

fn province(name: &str, reversed: bool) -> Tables {
    let tables = Tables::new(name);
    let [a, b, c, d, stranger] = [0, 1, 2, 3, 4].map(number);
    let lines = |lines: &[&str]| -> Vec<String> { lines.iter().map(|l| (*l).to_owned()).collect() };
    tables.write(
        "households.csv",
        &lines(&["household_id,deposits_fen", "h1,500000", "h2,", "h3,100"]),
    );
    tables.write(
        "people.csv",
        &[
            "household_id,person_id,id_number,wage_fen".to_owned(),
            format!("h1,p1,{a},1800000"),
            format!("h1,p2,{b},"),
            format!("h2,p1,{c},100"),
            // the number of somebody else
            format!("h2,p2,{c},"),
            format!("h3,p1,{d},"),
        ],
    );
    let mut tax = vec![
        format!("R1,{a},wages,2026-03-01,10000.00,"),
        // the first month of the window, and the one before it
        format!("R2,{a},wages,2025-08-01,2000.50,"),
        format!("R3,{a},wages,2025-07-01,999.00,"),
        format!("R4,{a},rent,2026-01-01,300.00,"),
        // one number twice: which holds cannot be told
        format!("R5,{b},wages,2026-03-01,1.00,"),
        format!("R5,{b},wages,2026-04-01,2.00,"),
        format!("R6,{c},wages,2026-03-01,5.00,"),
        "R7,159921198001010010,wages,2026-03-01,5.00,".to_owned(),
        format!("R8,{stranger},wages,2026-03-01,5.00,"),
    ];
    if reversed {
        tax.reverse();
    }
    tax.insert(
        0,
        "record_no,id_number,income_kind,month,amount,tax".to_owned(),
    );
    tables.write("items/income_tax.csv", &tax);
    tables.write(
        "items/bank_deposits.csv",
        &[
            "record_no,id_number,balance,balance_on".to_owned(),
            format!("B1,{a},3000.00,2026-08-01"),
        ],
    );
    tables.write(
        "answers.csv",
        &lines(&[
            "household_id,person_id,item,status,as_of",
            "h1,p1,income_tax,hit,2026-07-31",
            "h1,p2,income_tax,hit,2026-07-31",
            "h2,p1,income_tax,none,2026-07-31",
            "h2,p2,income_tax,none,2026-07-31",
            "h1,p1,bank_deposits,hit,2026-08-20",
            "h1,p2,bank_deposits,none,2026-08-20",
            "h2,p1,bank_deposits,none,2026-08-20",
            "h2,p2,bank_deposits,none,2026-08-20",
            "h3,p1,bank_deposits,pending,",
        ]),
    );
    tables
}

#[test]
fn records_are_matched_added_and_adopted_and_nothing_unknown_becomes_nothing() {
    let tables = province("verify-tables", false);
    let (summary, printed) = tables.verify();
    let tax = &summary["items"]["income_tax"];
    for (name, many) in [
        ("rows", 9),
        ("matched", 6),
        ("people", 2),
        ("ambiguous", 1),
        ("bad_keys", 1),
        ("unmatched", 1),
        ("twice", 1),
        ("pending", 1),
    ] {
        assert_eq!(tax[name], many, "{name}");
    }
    assert_eq!(summary["items"].as_object().unwrap().len(), 2);
    assert_eq!(summary["duplicate_people"], 2);
    let findings = &summary["findings"];
    for (code, many) in [
        ("E-MATCH-TWICE", 2),
        ("E-RECORD-TWICE", 1),
        ("E-ID-CHECK", 1),
    ] {
        assert_eq!(findings[code], many, "{code}");
    }

    // 10,000.00 + 2,000.50 yuan; two records of one number; no record; the same; not answered about
    let wage = tables.column("people.csv", "wage_fen");
    assert_eq!(wage, ["1200050", "", "100", "", ""]);
    let status = tables.column("status/people.csv", "wage");
    assert_eq!(
        status,
        [
            "verified",
            "unavailable",
            "declared",
            "unavailable",
            "pending"
        ]
    );
    assert_eq!(tables.column("people.csv", "property_net_fen")[0], "30000");
    // 3,000.00 yuan; both have answered and have none; not answered, so the declaration stands
    let deposits = tables.column("households.csv", "deposits_fen");
    assert_eq!(deposits, ["300000", "0", "100"]);
    let status = tables.column("status/households.csv", "deposits");
    assert_eq!(status, ["verified", "verified", "declared"]);

    let differences = tables.read("differences.csv");
    let mut lines = differences.lines().skip(1);
    assert_eq!(
        lines.next(),
        Some("0,h1,,deposits,500000,300000,300000,-200000,minor,evidence_differs,bank_deposits")
    );
    assert_eq!(
        lines.next(),
        Some("0,h1,p1,wage,1800000,1200050,1200050,-599950,material,evidence_differs,income_tax")
    );
    assert_eq!(lines.next(), None);

    for person in 0..5 {
        let number = number(person);
        assert!(!printed.contains(&number) && !tables.read("findings.csv").contains(&number));
    }
}

#[test]
fn the_order_of_the_records_does_not_matter() {
    let (one, other) = (
        province("verify-order", false),
        province("verify-reversed", true),
    );
    one.verify();
    other.verify();
    for table in [
        "people.csv",
        "households.csv",
        "differences.csv",
        "status/people.csv",
    ] {
        assert_eq!(one.read(table), other.read(table), "{table}");
    }
}

/// The findings: table, row, column, code, and the key in full.
fn found(text: &str) -> Vec<String> {
    let cells = |line: &str| {
        let all: Vec<&str> = line.split(',').collect();
        let key = all.last().unwrap();
        format!("{} {key}", all.get(..4).unwrap().join(" "))
    };
    text.lines().skip(1).map(cells).collect()
}

#[test]
fn every_wrong_row_is_listed_once_with_its_place() {
    let tables = province("verify-findings", false);
    let [a, b, _, d, _] = [0, 1, 2, 3, 4].map(number);
    // no number, one that a spreadsheet rounded, one about whom there was said to be nothing; nobody's hit
    tables.write(
        "items/housing_fund.csv",
        &[
            "record_no,id_number,base,month,status".to_owned(),
            "F1,,1.00,2026-07-01,paying".to_owned(),
            "F2,1.59921E+17,1.00,2026-07-01,paying".to_owned(),
            format!("F3,{d},1.00,2026-07-01,paying"),
            format!("F4,{a},soon,2026-07-01,paying"),
        ],
    );
    let mut answers = fs::read_to_string(tables.0.join("answers.csv")).unwrap();
    answers.push_str(
        "\nh1,p1,housing_fund,hit,2026-07-31\nh1,p2,housing_fund,hit,2026-07-31\nh3,p1,housing_fund,none,2026-07-31\n\
         h9,p1,housing_fund,none,2026-07-31\nh2,p2,housing_fund,none,2026-07-31\nh2,p2,housing_fund,none,2026-07-31\nh2,p1,no_such,none,2026-07-31\nh2,p1,housing_fund,maybe,2026-07-31",
    );
    fs::write(tables.0.join("answers.csv"), answers).unwrap();
    let (summary, printed) = tables.verify_with(&["--json", "--explain", "h1/p2"]);
    assert!(!printed.contains(&b), "a number in words");
    let found = found(&tables.read("findings.csv"));
    let of = |code: &str| {
        let mut own: Vec<&String> = found.iter().filter(|f| f.contains(code)).collect();
        own.sort();
        own
    };
    assert_eq!(
        of("E-MATCH-TWICE"),
        [
            "people 2 id_number E-MATCH-TWICE h2/p1",
            "people 3 id_number E-MATCH-TWICE h2/p2"
        ]
    );
    assert_eq!(
        of("E-RECORD-TWICE"),
        ["people 1 income_tax E-RECORD-TWICE h1/p2"]
    );
    assert_eq!(of("E-MATCH-KEY"), ["housing_fund 0 id_number E-MATCH-KEY "]);
    assert_eq!(
        of("E-ID-SPREADSHEET"),
        ["housing_fund 1 id_number E-ID-SPREADSHEET "]
    );
    assert_eq!(of("E-ID-CHECK"), ["income_tax 7 id_number E-ID-CHECK "]);
    assert_eq!(
        of("E-MATCH-LOST"),
        ["people 1 housing_fund E-MATCH-LOST h1/p2"]
    );
    assert_eq!(
        of("E-MATCH-ANSWER"),
        ["people 4 housing_fund E-MATCH-ANSWER h3/p1"]
    );
    assert_eq!(
        of("E-ANSWER-PERSON"),
        ["answers 12 person_id E-ANSWER-PERSON "]
    );
    assert_eq!(of("E-ANSWER-TWICE"), ["answers 14  E-ANSWER-TWICE h2/p2"]);
    assert_eq!(of("E-ANSWER-ITEM"), ["answers 15 item E-ANSWER-ITEM h2/p1"]);
    assert_eq!(
        of("E-ANSWER-STATUS"),
        ["answers 16 status E-ANSWER-STATUS h2/p1"]
    );
    assert_eq!(
        of("E-VALUE-NUMBER"),
        ["housing_fund 3 base E-VALUE-NUMBER "]
    );
    let listed: u64 = summary["findings"]
        .as_object()
        .unwrap()
        .values()
        .map(|n| n.as_u64().unwrap())
        .sum();
    assert_eq!(listed, u64::try_from(found.len()).unwrap(), "{found:?}");
    // the columns are as the household alone, but for what contradicts itself
    let words = &summary["explained"][0];
    assert_eq!(words["differing"], serde_json::json!([]));
    let own = words["contradicted"].as_array().unwrap();
    assert!(
        own.iter()
            .any(|f| f["person"] == "p2" && f["fact"] == "wage"),
        "{own:?}"
    );
}

#[test]
fn a_figure_is_put_into_words_from_its_own_records() {
    let tables = province("verify-words", false);
    let (_, words) = tables.verify_with(&["--explain", "h1/p1", "--timings"]);
    for part in [
        "household h1",
        "12,000.50",
        "18,000",
        "R1",
        "read ",
        "match ",
        "adopt ",
        "write ",
    ] {
        assert!(words.contains(part), "{part} is not in\n{words}");
    }
    let (summary, _) = tables.verify_with(&["--json", "--explain-sample", "1"]);
    let all = summary["explained"].as_array().unwrap();
    assert!(!all.is_empty());
    assert!(
        all.iter()
            .all(|e| e["differing"] == serde_json::json!([]) && e["refused"].is_null()),
        "{all:?}"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_minzheng"))
        .current_dir(&tables.0)
        .args([
            "verify",
            "--as-of",
            "2026-08-25",
            "--households",
            "households.csv",
            "--people",
            "people.csv",
        ])
        .args(["--items", "items", "--out", "other", "--explain", "h1/p9"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("E-MATCH-PERSON"));
}

#[test]
fn without_answers_records_speak_and_nobody_else_is_known() {
    let tables = province("verify-no-answers", false);
    fs::write(
        tables.0.join("answers.csv"),
        "household_id,person_id,item,status,as_of\n",
    )
    .unwrap();
    let (summary, _) = tables.verify_with(&["--json", "--explain-sample", "9"]);
    assert_eq!(
        tables.column("people.csv", "wage_fen"),
        ["1200050", "", "100", "", ""]
    );
    for explained in summary["explained"].as_array().unwrap() {
        assert_eq!(explained["differing"], serde_json::json!([]), "{explained}");
    }
}

#[test]
fn the_adopted_tables_are_decided_as_they_are() {
    let tables = province("verify-run", false);
    // names and units of this place's own; the note passes through
    let text = fs::read_to_string(tables.0.join("people.csv")).unwrap();
    let text = text.replace(
        "household_id,person_id,id_number,wage_fen",
        "户号,person_id,id_number,年工资",
    );
    fs::write(tables.0.join("people.csv"), text).unwrap();
    fs::write(
        tables.0.join("mapping.toml"),
        "[people]\n\"户号\" = { column = \"household_id\" }\n\"年工资\" = { fact = \"wage\", unit = \"fen\" }\n",
    )
    .unwrap();
    let mapping = tables.0.join("mapping.toml").display().to_string();
    let (summary, _) = tables.verify_with(&["--json", "--mapping", &mapping, "--assess"]);
    assert_eq!(summary["assessed"]["households"], 3);
    assert_eq!(tables.column("people.csv", "wage_fen")[0], "1200050");
    let run = |out: &str| {
        Command::new(env!("CARGO_BIN_EXE_minzheng"))
            .current_dir(tables.0.join("out"))
            .args([
                "run",
                "--households",
                "households.csv",
                "--people",
                "people.csv",
                "--mapping",
                "mapping.toml",
            ])
            .args([
                "--on",
                "2026-08-25",
                "--format",
                "csv",
                "--json",
                "--out",
                out,
            ])
            .output()
            .unwrap()
    };
    let output = run("again");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{error}");
    let decided: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(decided, summary["assessed"]);
    let part = |folder: &str| tables.read(&format!("{folder}/people/part-00000.csv"));
    assert_eq!(part("again"), part("assessed"));
    // begun again over the same tables, it goes on where it was: nothing is left to do
    let before = fs::metadata(tables.0.join("out/assessed/people/part-00000.csv"))
        .unwrap()
        .modified()
        .unwrap();
    let (second, _) = tables.verify_with(&[
        "--json",
        "--mapping",
        &mapping,
        "--assess",
        "--threads",
        "2",
    ]);
    assert_eq!(second, summary);
    let after = fs::metadata(tables.0.join("out/assessed/people/part-00000.csv"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(before, after);
}

#[test]
fn tables_and_one_household_are_not_asked_for_together() {
    let usage = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_minzheng"))
            .args(args)
            .output()
            .unwrap();
        output.status.code()
    };
    assert_eq!(usage(&["verify"]), Some(2));
    assert_eq!(
        usage(&["verify", "file.toml", "--people", "p.csv"]),
        Some(2)
    );
    assert_eq!(usage(&["verify", "--people", "p.csv"]), Some(2));
}
