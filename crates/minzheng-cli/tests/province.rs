//! A province by the command: made, decided in parts, killed, and gone on with.
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first surprise, and its numbers are small"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use arrow_array::cast::AsArray as _;
use minzheng_testkit::repo_root;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let path = repo_root().join("target").join("test-province").join(name);
    if path.exists() {
        fs::remove_dir_all(&path).unwrap();
    }
    fs::create_dir_all(&path).unwrap();
    path
}

fn minzheng() -> Command {
    Command::new(env!("CARGO_BIN_EXE_minzheng"))
}

fn done(output: Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{error}");
    String::from_utf8(output.stdout).unwrap()
}

/// A province of some people, with its records in a folder of their own.
fn synth(home: &Path, people: &str) {
    let mut made = minzheng();
    made.args([
        "synth",
        "--no-items",
        "--people",
        people,
        "--seed",
        "7",
        "--out",
    ])
    .arg(home.join("in"));
    done(made.output().unwrap());
    fs::create_dir_all(home.join("records")).unwrap();
    for table in ["obligors.parquet", "parents.parquet"] {
        fs::rename(
            home.join("in").join(table),
            home.join("records").join(table),
        )
        .unwrap();
    }
}

fn run(home: &Path, out: &str, more: &[&str]) -> Command {
    let mut command = minzheng();
    command
        .arg("run")
        .arg("--households")
        .arg(home.join("in/households.parquet"))
        .arg("--people")
        .arg(home.join("in/people.parquet"))
        .arg("--records")
        .arg(home.join("records"))
        .arg("--out")
        .arg(home.join(out))
        .args(["--part-households", "500", "--reasons", "--lang", "en"])
        .args(more);
    command
}

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_path_buf();
                out.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    out
}

#[test]
fn a_killed_run_goes_on_and_gives_the_same_bytes() {
    let home = folder("killed");
    synth(&home, "9000");
    let whole = done(run(&home, "whole", &[]).output().unwrap());
    assert!(whole.contains("9000 people"), "{whole}");
    let want = files(&home.join("whole"));
    assert!(want.len() > 10, "{} files", want.len());

    // dies without a word after a part, twice
    for part in ["0", "3"] {
        let output = run(&home, "broken", &["--resume", "--stop-after-part", part])
            .output()
            .unwrap();
        assert!(!output.status.success());
    }
    let rest = done(run(&home, "broken", &["--resume"]).output().unwrap());
    assert_eq!(rest, whole);
    assert_eq!(files(&home.join("broken")), want);

    // killed from outside, wherever it is
    for wait in [30, 90, 250, 600] {
        let mut child = run(&home, "shot", &["--resume"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    done(run(&home, "shot", &["--resume"]).output().unwrap());
    assert_eq!(files(&home.join("shot")), want);

    // two threads say the same
    done(run(&home, "threads", &["--threads", "2"]).output().unwrap());
    assert_eq!(files(&home.join("threads")), want);
}

/// Ctrl-C ends a run between two batches: words, an exit code of its own, and a folder that is gone on with.
#[cfg(unix)]
#[test]
fn a_run_that_is_stopped_says_how_to_go_on() {
    let home = folder("stopped");
    synth(&home, "3000");
    let small = ["--part-households", "40"];
    let run = |out: &str, more: &[&str]| {
        let mut command = minzheng();
        let input = home.join("in");
        command
            .arg("run")
            .arg("--households")
            .arg(input.join("households.parquet"))
            .arg("--people")
            .arg(input.join("people.parquet"))
            .arg("--out")
            .arg(home.join(out))
            .args(small)
            .args(more);
        command
    };
    let mut child = run("out", &[]);
    child.stderr(std::process::Stdio::piped());
    child.stdout(std::process::Stdio::null());
    let child = child.spawn().unwrap();
    let journal = home.join("out/journal.jsonl");
    let begun = || fs::read_to_string(&journal).is_ok_and(|t| t.lines().count() > 2);
    while !begun() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{error}");
    assert!(
        error.contains("E-RUN-STOPPED") && error.contains("--resume"),
        "{error}"
    );
    let rest = done(run("out", &["--resume"]).output().unwrap());
    assert_eq!(rest, done(run("whole", &[]).output().unwrap()));
    assert_eq!(files(&home.join("out")), files(&home.join("whole")));
}

#[test]
fn a_folder_that_holds_something_and_a_changed_table_are_refused() {
    let home = folder("refused");
    synth(&home, "600");
    done(run(&home, "out", &[]).output().unwrap());
    let again = run(&home, "out", &[]).output().unwrap();
    let error = String::from_utf8(again.stderr).unwrap();
    assert!(
        again.status.code() == Some(1) && error.contains("E-RUN-EXISTS"),
        "{error}"
    );
    let other = run(&home, "out", &["--resume", "--conditions"])
        .output()
        .unwrap();
    let error = String::from_utf8(other.stderr).unwrap();
    assert!(
        other.status.code() == Some(1) && error.contains("E-RUN-CHANGED"),
        "{error}"
    );
}

/// Households and people as CSV in a given order of households.
fn csv(home: &Path, order: &[usize]) {
    let mut households = String::from("household_id,registration_place,hukou\n");
    let mut people = String::from("household_id,person_id,birth\n");
    for at in order {
        let hukou = if at % 3 == 0 { "urban" } else { "rural" };
        writeln!(households, "h{at},159921,{hukou}").unwrap();
        for person in 0..=at % 4 {
            let (decade, day) = (4 + person, 1 + at % 9);
            writeln!(people, "h{at},p{at}-{person},19{decade}0-03-0{day}").unwrap();
        }
    }
    fs::write(home.join("households.csv"), households).unwrap();
    fs::write(home.join("people.csv"), people).unwrap();
}

/// The summary, the samples and the tables say the same: a clerk reads the first, a machine the last.
#[test]
fn the_summary_and_the_samples_are_those_of_the_tables() {
    let home = folder("summary");
    synth(&home, "3000");
    let more = [
        "--format",
        "csv",
        "--json",
        "--explain-sample",
        "1",
        "--missing",
        "2",
    ];
    let summary = done(run(&home, "out", &more).output().unwrap());
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let mut told: BTreeMap<(String, &str), u64> = BTreeMap::new();
    for league in summary["leagues"].as_object().unwrap().values() {
        for (id, tally) in league["programmes"].as_object().unwrap() {
            for word in STATUSES {
                *told.entry((id.clone(), word)).or_default() += tally[word].as_u64().unwrap();
            }
        }
    }
    let mut written: BTreeMap<(String, &str), u64> = BTreeMap::new();
    let mut open = 0;
    for (name, bytes) in files(&home.join("out")) {
        if name.extension().is_none_or(|e| e != "csv") {
            continue;
        }
        let text = String::from_utf8(bytes).unwrap();
        let mut lines = text.lines().map(|l| l.split(',').collect::<Vec<_>>());
        let head = lines.next().unwrap();
        for line in lines {
            for (name, cell) in head.iter().zip(&line) {
                if let Some(id) = name.strip_suffix(".status") {
                    let word = STATUSES.into_iter().find(|w| w == cell).unwrap();
                    *written.entry((id.to_owned(), word)).or_default() += 1;
                }
                open += u64::from(name.ends_with(".missing") && !cell.is_empty());
            }
        }
    }
    written.retain(|_, many| *many > 0);
    told.retain(|_, many| *many > 0);
    assert_eq!(told, written);
    let words: BTreeSet<&str> = told.keys().map(|(_, word)| *word).collect();
    assert!(words.len() >= 3, "{words:?}");
    assert!(open > 0, "nothing is missing anywhere");
    let mut explained = 0;
    for (name, bytes) in files(&home.join("out/explained")) {
        for line in String::from_utf8(bytes).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let programmes = line["explanation"]["programmes"].as_array().unwrap();
            let own = |p: &&Value| {
                p["id"] == line["programme"] && (line["row"].is_null() || p["row"] == line["row"])
            };
            let own = programmes.iter().find(own);
            let own = own.unwrap_or_else(|| panic!("{name:?}: {line}"));
            assert_eq!(own["verdict"], line["outcome"], "{line}");
            explained += 1;
        }
    }
    assert!(explained > 20, "{explained} explained");
}

/// The words of statuses.
const STATUSES: [&str; 4] = ["eligible", "not_eligible", "undetermined", "not_in_force"];

#[test]
fn tables_in_any_order_are_sorted_on_disk_and_decided_alike() {
    let mut answers = Vec::new();
    for (name, step) in [("sorted", 1_usize), ("mixed", 37)] {
        let home = folder(name);
        let mut order: Vec<usize> = (0..100).map(|i| 100 + i * step % 100).collect();
        if step == 1 {
            order.sort_unstable();
        }
        csv(&home, &order);
        let mut command = minzheng();
        command
            .arg("run")
            .arg("--households")
            .arg(home.join("households.csv"))
            .arg("--people")
            .arg(home.join("people.csv"))
            .arg("--out")
            .arg(home.join("out"))
            .args(["--on", "2026-08-25", "--format", "csv", "--lang", "en"]);
        done(command.output().unwrap());
        let mut all = files(&home.join("out"));
        all.retain(|name, _| name.extension().is_some_and(|e| e == "csv"));
        answers.push(all);
    }
    assert!(answers.iter().all(|a| a.len() >= 2));
    assert_eq!(answers.first(), answers.last());
}

#[test]
fn the_items_of_a_synthetic_province_are_whole_and_registers_lie_by_key() {
    let home = folder("items");
    let mut made = minzheng();
    made.args([
        "synth", "--people", "400", "--seed", "7", "--others", "3", "--lang", "en", "--out",
    ])
    .arg(&home);
    let text = done(made.output().unwrap());
    let names: Vec<PathBuf> = files(&home).into_keys().collect();
    assert_eq!(names.len(), 4 + 33 + 1, "{names:?}");
    assert!(text.contains("answers.parquet  13200 rows"), "{text}");
    let numbers = |table: &str| -> Vec<String> {
        let file = fs::File::open(home.join("items").join(table)).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .unwrap()
            .build()
            .unwrap();
        let mut out = Vec::new();
        for batch in reader {
            let batch = batch.unwrap();
            let column = batch
                .column_by_name("id_number")
                .unwrap()
                .as_string::<i32>()
                .clone();
            out.extend(column.iter().map(|n| n.unwrap_or_default().to_owned()));
        }
        out
    };
    let (register, log) = (
        numbers("household_register.parquet"),
        numbers("income_tax.parquet"),
    );
    assert!(register.len() > 380 && register.is_sorted());
    assert!(log.len() > 300 && !log.is_sorted());
}

/// How often each word stands in the columns of statuses, by programme and word.
fn words_of(table: &str) -> BTreeMap<(String, String), u64> {
    let mut lines = table.lines();
    let heads: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut out = BTreeMap::new();
    for line in lines {
        for (head, word) in heads.iter().zip(line.split(',')) {
            if let Some(id) = head.strip_suffix(".status") {
                *out.entry((id.to_owned(), word.to_owned())).or_default() += 1;
            }
        }
    }
    out
}

#[test]
fn the_summary_counts_the_words_that_are_written() {
    let home = folder("counted");
    synth(&home, "3000");
    let more = ["--json", "--format", "csv", "--explain-sample", "1"];
    let whole = done(run(&home, "out", &more).output().unwrap());
    let summary: Value = serde_json::from_str(&whole).unwrap();
    let mut counted: BTreeMap<(String, String), u64> = BTreeMap::new();
    for league in summary["leagues"].as_object().unwrap().values() {
        for (id, tally) in league["programmes"].as_object().unwrap() {
            for word in ["eligible", "not_eligible", "undetermined", "not_in_force"] {
                let many = tally[word].as_u64().unwrap();
                *counted.entry((id.clone(), word.to_owned())).or_default() += many;
            }
        }
    }
    counted.retain(|_, many| *many > 0);
    let mut written = BTreeMap::new();
    for table in ["households", "people"] {
        for (_, bytes) in files(&home.join("out").join(table)) {
            for (key, many) in words_of(std::str::from_utf8(&bytes).unwrap()) {
                *written.entry(key).or_default() += many;
            }
        }
    }
    assert_eq!(counted, written);
    assert!(written.keys().any(|(_, word)| word == "eligible"));

    // what is explained is what came out
    let mut lines = 0;
    for (_, bytes) in files(&home.join("out/explained")) {
        for line in std::str::from_utf8(&bytes).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let own = line["explanation"]["programmes"].as_array().unwrap();
            assert!(
                own.iter().any(|p| p["verdict"] == line["outcome"]),
                "{line:.300}"
            );
            lines += 1;
        }
    }
    assert!(lines > 20, "{lines}");
}

#[test]
fn a_dry_run_says_the_same_and_leaves_nothing() {
    let home = folder("dry");
    synth(&home, "2000");
    let whole = done(run(&home, "out", &[]).output().unwrap());
    let output = run(&home, "none", &["--dry-run", "--timings"])
        .output()
        .unwrap();
    let timings = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(done(output), whole);
    assert!(!home.join("none").exists());
    for phase in ["read", "match", "evaluate", "write"] {
        assert!(timings.lines().any(|l| l.starts_with(phase)), "{timings}");
    }
}

#[test]
fn arrears_of_a_province_are_the_same_bytes_for_any_threads_and_add_up() {
    let home = folder("arrears");
    synth(&home, "6000");
    let asked = |out: &str, threads: &str| {
        let mut command = minzheng();
        command.arg("arrears");
        for table in ["households", "people"] {
            let file = home.join(format!("in/{table}.parquet"));
            command.arg(format!("--{table}")).arg(file);
        }
        command
            .arg("--records")
            .arg(home.join("records"))
            .arg("--out")
            .arg(home.join(out))
            .args(["--from", "2026-06", "--to", "2026-08", "--format", "csv"])
            .args([
                "--known-before",
                "2026-08-15",
                "--threads",
                threads,
                "--json",
            ])
            .args(["--set", "standard.dibao_single=650/month"]);
        done(command.output().unwrap())
    };
    let text = asked("one", "1");
    assert_eq!(asked("two", "2"), text);
    let written = files(&home.join("one"));
    assert_eq!(files(&home.join("two")), written);

    // the rows add up to what is printed
    let (mut owed, mut overpaid, mut unknown) = (0, 0, 0);
    for table in ["households.csv", "people.csv"] {
        let rows = String::from_utf8(written[Path::new(table)].clone()).unwrap();
        for row in rows.lines().skip(1) {
            let fen = row.rsplit(',').next().unwrap().replace('.', "");
            match fen.parse::<i64>() {
                Ok(fen) if fen > 0 => owed += fen,
                Ok(fen) => overpaid -= fen,
                Err(_) => unknown += 1,
            }
        }
    }
    let json: Value = serde_json::from_str(&text).unwrap();
    let total = &json["total"];
    assert!(owed > 0 && overpaid > 0 && unknown > 0, "{total}");
    assert_eq!(
        (&total["owed_fen"], &total["overpaid_fen"]),
        (&owed.into(), &overpaid.into())
    );
    assert_eq!(total["months_unknown"], unknown);
    // nothing is owed for June: the standard holds from July
    let dibao = &json["leagues"]["1599"]["programmes"]["dibao"];
    assert_eq!(dibao["2026-06-01"]["owed_fen"], 0);
    assert!(
        dibao["2026-08-01"]["owed_fen"].as_i64().unwrap() > 0,
        "{dibao}"
    );
}
