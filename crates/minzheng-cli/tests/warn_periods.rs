//! Warnings of one month beside those of the month before, by the command.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use minzheng_testkit::repo_root;
use serde_json::Value;

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let path = repo_root().join("target").join("test-periods").join(name);
    if path.exists() {
        fs::remove_dir_all(&path).unwrap();
    }
    fs::create_dir_all(&path).unwrap();
    path
}

fn minzheng(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minzheng"));
    command.current_dir(repo_root()).args(args);
    command.output().unwrap()
}

fn done(args: &[&str]) -> String {
    let output = minzheng(args);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{error}");
    String::from_utf8(output.stdout).unwrap()
}

/// Writes the tables of a month: household, person, own medical costs, on dibao.
fn month(dir: &Path, homes: &[&str], people: &[(&str, &str, &str, &str)]) -> [String; 2] {
    let mut households =
        "household_id,registration_place,handling_place,edge_recipient,rigid_recipient\n"
            .to_owned();
    for home in homes {
        writeln!(households, "{home},150121,150121,false,false").unwrap();
    }
    let mut rows =
        "household_id,person_id,medical_own_year,dibao_recipient,tekun_recipient\n".to_owned();
    for (home, person, cost, dibao) in people {
        writeln!(rows, "{home},{person},{cost},{dibao},false").unwrap();
    }
    fs::create_dir_all(dir).unwrap();
    let paths = ["households.csv", "people.csv"].map(|n| dir.join(n));
    fs::write(&paths[0], households).unwrap();
    fs::write(&paths[1], rows).unwrap();
    paths.map(|p| p.display().to_string())
}

fn warn(tables: &[String; 2], on: &str, out: &str, more: &[&str]) -> Value {
    let mut args = vec![
        "warn",
        "--households",
        &tables[0],
        "--people",
        &tables[1],
        "--on",
        on,
        "--out",
        out,
        "--format",
        "csv",
        "--only",
        "a01_high_cost_low_income",
        "--json",
    ];
    args.extend(more);
    serde_json::from_str(&done(&args)).unwrap()
}

/// Rows of a table by their columns.
fn rows(dir: &str, table: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(Path::new(dir).join(table).join("part-00000.csv")).unwrap();
    let mut lines = text.lines();
    let heads: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &str| {
        let cells = line.split(',').map(str::to_owned);
        heads.iter().map(|h| (*h).to_owned()).zip(cells).collect()
    };
    lines.map(row).collect()
}

/// Some columns of every row, with a space between.
fn told(dir: &str, table: &str, columns: &[&str]) -> Vec<String> {
    let one = |row: &BTreeMap<String, String>| {
        columns
            .iter()
            .map(|c| row[*c].as_str())
            .collect::<Vec<_>>()
            .join(" ")
    };
    rows(dir, table).iter().map(one).collect()
}

const HITS: [&str; 5] = ["household_id", "person_id", "class", "since", "figure"];
const ENDED: [&str; 6] = [
    "household_id",
    "person_id",
    "class",
    "outcome",
    "since",
    "last_on",
];

/// Three months: new, going on, worse, ended, and silence, which resolves nothing and is carried on.
#[test]
fn each_hit_is_new_continuing_or_worse_and_silence_ends_nothing() {
    let home = folder("months");
    let path = |name: &str| home.join(name).display().to_string();
    let july = month(
        &home.join("july"),
        &["h1", "h2", "h3", "h4", "h5"],
        &[
            ("h1", "p1", "12000", "true"),
            ("h2", "p1", "12000", "true"),
            ("h2", "p2", "15000", "true"),
            ("h3", "p1", "20000", "true"),
            ("h4", "p1", "20000", "true"),
            ("h5", "p1", "9000", "true"),
        ],
    );
    let out = [path("out-july"), path("out-august"), path("out-september")];
    let first = warn(&july, "2026-07-25", &out[0], &[]);
    assert!(first["leagues"]["1501"]["classes"].is_null(), "{first}");
    let august = month(
        &home.join("august"),
        &["h1", "h2", "h3", "h5"],
        &[
            ("h1", "p1", "12000", "true"),
            ("h2", "p1", "12000.01", "true"),
            ("h2", "p2", "8000", "true"),
            ("h3", "p1", "", "true"),
            ("h5", "p1", "10000.01", "true"),
        ],
    );
    let summary = warn(&august, "2026-08-25", &out[1], &["--before", &out[0]]);
    assert_eq!(
        told(&out[1], "alerts", &HITS),
        [
            "h1 p1 continuing 2026-07-25 1200000",
            "h2 p1 worse 2026-07-25 1200001",
            "h5 p1 new 2026-08-25 1000001",
        ]
    );
    assert_eq!(
        told(&out[1], "ended", &ENDED),
        [
            "h2 p2 resolved miss 2026-07-25 2026-07-25",
            "h3 p1 awaiting unknown 2026-07-25 2026-07-25",
            "h4 p1 awaiting absent 2026-07-25 2026-07-25",
        ]
    );
    let classes = &summary["leagues"]["1501"]["classes"]["a01_high_cost_low_income"];
    let wanted =
        serde_json::json!({"awaiting": 2, "continuing": 1, "new": 1, "resolved": 1, "worse": 1});
    assert_eq!(*classes, wanted);
    // the month after: who was awaited is known again, and goes on since July
    let september = month(
        &home.join("september"),
        &["h5", "h4", "h3", "h2", "h1"],
        &[
            ("h3", "p1", "20000", "true"),
            ("h2", "p1", "12000", "false"),
            ("h4", "p1", "9000", "true"),
            ("h5", "p1", "11000", "true"),
            ("h1", "p1", "11999", "true"),
        ],
    );
    let again = warn(&september, "2026-09-25", &out[2], &["--before", &out[1]]);
    assert_eq!(
        told(&out[2], "alerts", &HITS),
        [
            "h1 p1 continuing 2026-07-25 1199900",
            "h3 p1 continuing 2026-07-25 2000000",
            "h5 p1 worse 2026-08-25 1100000",
        ]
    );
    assert_eq!(
        told(&out[2], "ended", &ENDED),
        [
            "h2 p1 resolved outside 2026-07-25 2026-08-25",
            "h4 p1 resolved miss 2026-07-25 2026-07-25",
        ]
    );
    // in small parts, on several threads, gone on with: the same
    let parts = path("parts");
    let more = [
        "--before",
        &out[1],
        "--threads",
        "3",
        "--part-households",
        "2",
    ];
    assert_eq!(warn(&september, "2026-09-25", &parts, &more), again);
    let resumed = [&more[..], &["--resume"]].concat();
    assert_eq!(warn(&september, "2026-09-25", &parts, &resumed), again);
    // a run that is not done says nothing of those it has not reached
    let journal = home.join("out-august/journal.jsonl");
    let whole = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, whole.replace("{\"done\":true}\n", "")).unwrap();
    let refused = minzheng(&[
        "warn",
        "--households",
        &september[0],
        "--people",
        &september[1],
        "--on",
        "2026-09-25",
        "--out",
        &path("early"),
        "--before",
        &out[1],
    ]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("E-RUN-OPEN"));
    fs::write(&journal, whole).unwrap();
    // in words, by league and by model
    let words = done(&[
        "warn",
        "--households",
        &september[0],
        "--people",
        &september[1],
        "--on",
        "2026-09-25",
        "--out",
        &path("words"),
        "--only",
        "a01_high_cost_low_income",
        "--before",
        &out[1],
        "--lang",
        "zh",
    ]);
    for line in ["加重", "触发条件已消除", "低收入人口高额医疗费用"] {
        assert!(words.contains(line), "{line}: {words}");
    }
}

/// A model that does not run says nothing of what it pointed at; a table in another order is sorted; what does not fit is refused.
#[test]
fn a_table_of_before_is_sorted_and_read_strictly() {
    let home = folder("strict");
    let tables = month(
        &home.join("now"),
        &["h1", "h2"],
        &[("h1", "p1", "12000", "true"), ("h2", "p1", "12000", "true")],
    );
    let path = |name: &str| home.join(name).display().to_string();
    let head = "household_id,person_id,model,direction,level,subject,on";
    let before = path("before.csv");
    let row =
        |home: &str, model: &str| format!("{home},p1,{model},missed,yellow,person,2026-07-25\n");
    let two = [
        row("h2", "a01_high_cost_low_income"),
        row("h1", "d01_wages"),
    ]
    .concat();
    fs::write(&before, format!("{head}\n{two}")).unwrap();
    let out = path("out");
    warn(&tables, "2026-08-25", &out, &["--before", &before]);
    assert_eq!(
        told(&out, "alerts", &HITS),
        [
            "h1 p1 new 2026-08-25 1200000",
            "h2 p1 continuing 2026-07-25 1200000"
        ]
    );
    assert_eq!(
        told(&out, "ended", &ENDED),
        ["h1 p1 awaiting not_asked 2026-07-25 2026-07-25"]
    );
    for (text, code) in [
        (
            format!("{head}\n{two}").replace("level", "grade"),
            "E-TABLE-COLUMN",
        ),
        (
            format!("{head}\n{two}").replacen("yellow", "amber", 1),
            "E-ALERT-SHAPE",
        ),
        (
            format!("{head}\n{two}").replacen("2026-07-25", "July", 1),
            "E-ALERT-SHAPE",
        ),
        (
            format!("{head}\n{two}").replacen(",p1,", ",,", 1),
            "E-ALERT-SHAPE",
        ),
        (
            format!("{head}\n{two}{}", row("h1", "d01_wages")),
            "E-ALERT-TWICE",
        ),
    ] {
        fs::write(&before, &text).unwrap();
        let output = minzheng(&[
            "warn",
            "--households",
            &tables[0],
            "--people",
            &tables[1],
            "--on",
            "2026-08-25",
            "--out",
            &path("refused"),
            "--before",
            &before,
            "--dry-run",
        ]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{code}: {error}");
        assert!(error.contains(code), "{code}: {error}");
    }
}

/// Alerts from the first period on, their tasks, what is late, and two versions side by side.
#[test]
fn alerts_are_kept_and_gathered_into_tasks() {
    let home = folder("kept");
    let path = |name: &str| home.join(name).display().to_string();
    let july = month(
        &home.join("july"),
        &["h1", "h2"],
        &[
            ("h1", "p1", "12000", "true"),
            ("h1", "p2", "13000", "true"),
            ("h2", "p1", "12000", "true"),
        ],
    );
    let (first, second) = (path("first"), path("second"));
    warn(&july, "2026-07-24", &first, &["--alerts"]);
    assert_eq!(
        told(
            &first,
            "kept",
            &["household_id", "subject_id", "class", "state", "due"]
        ),
        [
            "h1 p1 new issued 2026-08-07",
            "h1 p2 new issued 2026-08-07",
            "h2 p1 new issued 2026-08-07"
        ]
    );
    let august = month(
        &home.join("august"),
        &["h1", "h2"],
        &[
            ("h1", "p1", "12000", "true"),
            ("h1", "p2", "9000", "true"),
            ("h2", "p1", "", "true"),
        ],
    );
    let held = path("held.csv");
    let suppressions = "household_id,subject_id,model,id,level,from,until,reason,by\n\
        h3,p1,a01_high_cost_low_income,s1,red,2026-01-01,2026-12-31,seen,u7\n";
    fs::write(&held, suppressions).unwrap();
    let kept = format!("{first}/kept");
    let more = ["--alerts", &kept, "--suppressions", &held];
    let summary = warn(&august, "2026-08-25", &second, &more);
    let classes = &summary["leagues"]["1501"]["classes"]["a01_high_cost_low_income"];
    assert_eq!(
        *classes,
        serde_json::json!({"awaiting": 1, "continuing": 1, "resolved": 1})
    );
    let kept = format!("{second}/kept");
    let tasks: Value =
        serde_json::from_str(&done(&["warn", "tasks", "--alerts", &kept, "--json"])).unwrap();
    assert_eq!(tasks["count"], 2);
    let hits: Vec<(&str, u64)> = tasks["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| {
            (
                t["household"].as_str().unwrap(),
                t["hits"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(hits, [("h1", 1), ("h2", 1)]);
    let late: Value = serde_json::from_str(&done(&[
        "warn",
        "overdue",
        "--alerts",
        &kept,
        "--on",
        "2026-08-25",
        "--json",
    ]))
    .unwrap();
    assert_eq!(late["count"], 3);
    assert_eq!(late["overdue"][0]["told"][3], "city", "{late}");
    let words = done(&[
        "warn",
        "overdue",
        "--alerts",
        &kept,
        "--on",
        "2026-08-25",
        "--lang",
        "zh",
    ]);
    assert!(
        words.contains("盟市") && words.contains("只需办结"),
        "{words}"
    );
    // a record that was changed by hand is refused
    let wrong = path("wrong.csv");
    let text = fs::read_to_string(format!("{kept}/part-00000.csv")).unwrap();
    fs::write(&wrong, text.replace("\"\"issued\"\"", "\"\"closed\"\"")).unwrap();
    let output = minzheng(&["warn", "tasks", "--alerts", &wrong]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("E-ALERT-RECORD"), "{error}");
    let shadow: Value = serde_json::from_str(&done(&[
        "warn", "shadow", "--old", &first, "--new", &second, "--json",
    ]))
    .unwrap();
    assert_eq!(
        (&shadow["total"]["both"], &shadow["total"]["lost"]),
        (&1.into(), &2.into())
    );
}
