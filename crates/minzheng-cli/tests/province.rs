//! A province by the command: made, decided in parts, killed, and gone on with.
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first surprise, and its numbers are small"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use minzheng_testkit::repo_root;

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
    made.args(["synth", "--people", people, "--seed", "7", "--out"])
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
fn arrears_of_a_province_are_the_same_bytes_for_any_threads_and_add_up() {
    let home = folder("arrears");
    synth(&home, "3000");
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
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
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
