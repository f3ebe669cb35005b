//! Two sides compared by the command.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use minzheng_testkit::repo_root;
use serde_json::Value;

const SET: &str = "standard.dibao[hukou=urban]=900/month";

fn compare(more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_minzheng"))
        .args(["compare", "--on", "2026-08-25"])
        .args(["--households", "examples/data/province/households.csv"])
        .args(["--people", "examples/data/province/people.csv"])
        .args(more)
        .current_dir(repo_root())
        .output()
        .unwrap()
}

fn text(more: &[&str]) -> String {
    let output = compare(more);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{more:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let path = repo_root().join("target/test-compare").join(name);
    if path.exists() {
        fs::remove_dir_all(&path).unwrap();
    }
    fs::create_dir_all(&path).unwrap();
    path
}

/// The line with these words, its columns one space apart.
fn line(text: &str, words: &str) -> String {
    let lines = text
        .lines()
        .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.into_iter().find(|l| l.contains(words)).unwrap()
}

#[test]
fn a_raised_standard_is_told_in_words_json_tables_and_a_page() {
    let home = folder("raised");
    let (page, out) = (home.join("page.html"), home.join("out"));
    let english = text(&[
        "--set",
        SET,
        "--html",
        page.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--format",
        "csv",
    ]);
    // h1 has 3 × 30 more, h2 comes in with 25
    assert_eq!(
        line(&english, "(dibao) 1 2"),
        "1599 minimum living allowance (dibao) 1 2 1 0 0 0 1 0 0 1,270.00 1,385.00 +115.00 yuan/month"
    );
    assert!(
        line(&english, "(dibao/income)").ends_with("1 0 0 0"),
        "{english}"
    );
    let chinese = text(&["--set", SET, "--lang", "zh"]);
    assert!(
        line(&chinese, "最低生活保障 1 2").ends_with("+115.00 元/月"),
        "{chinese}"
    );
    assert!(
        chinese.contains("家庭人均收入低于低保标准 (dibao/income)"),
        "{chinese}"
    );

    let json: Value = serde_json::from_str(&text(&["--set", SET, "--json"])).unwrap();
    let dibao = json["programmes"].as_array().unwrap();
    let dibao = dibao.iter().find(|p| p["id"] == "dibao").unwrap();
    assert_eq!(json["schema"], "minzheng/comparison/1");
    assert_eq!(dibao["difference"], "11500");
    assert_eq!(dibao["total"]["changes"]["gained"]["rows"], 1);
    assert_eq!(dibao["causes"]["dibao/income"]["gained"], 1);
    assert_eq!(json["after"]["figures"][0], SET);

    let page = fs::read_to_string(page).unwrap();
    for part in ["+115.00", "1,385.00", "<svg", "dibao/income", SET] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<script") && !page.contains("h1</td>"));
    let movers = fs::read_to_string(out.join("households/part-00000.csv")).unwrap();
    let gained =
        "h2,159921,dibao,gained,not_eligible,eligible,,25.00,25.00,month,month,dibao/income";
    assert!(movers.contains(gained), "{movers}");
    assert!(out.join("comparison.json").exists());
}

/// The demonstration pack in a folder, with one word changed.
fn pack(home: &Path, from: &str, to: &str) -> PathBuf {
    fn copy(from: &Path, to: &Path, change: &dyn Fn(String) -> String) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let own = to.join(path.file_name().unwrap());
            if path.is_dir() {
                copy(&path, &own, change);
            } else {
                fs::write(own, change(fs::read_to_string(path).unwrap())).unwrap();
            }
        }
    }
    let to_pack = home.join("demo");
    let change = |text: String| text.replace(from, to);
    copy(
        &repo_root().join("crates/minzheng/packs/demo"),
        &to_pack,
        &change,
    );
    to_pack
}

#[test]
fn packs_of_one_side_and_the_law_as_known_before() {
    let own = "crates/minzheng/packs/demo";
    let same = text(&["--after", own, "--fail-changes"]);
    assert!(same.starts_with("No outcome changes."), "{same}");
    let home = folder("packs");
    let raised = pack(&home, "\"870\"", "\"900\"");
    let raised = raised.to_str().unwrap();
    let after = compare(&["--after", raised, "--fail-changes"]);
    assert_eq!(after.status.code(), Some(3));
    let after = String::from_utf8(after.stdout).unwrap();
    assert!(
        line(&after, "(dibao) 1 2").ends_with("+115.00 yuan/month"),
        "{after}"
    );
    let before = text(&["--before", raised]);
    assert!(
        line(&before, "(dibao) 2 1").ends_with("-115.00 yuan/month"),
        "{before}"
    );
    // in both, it changes nothing; one of a side stands for that of both
    let both = text(&["--pack", raised, "--after", raised]);
    assert!(both.starts_with("No outcome changes."), "{both}");
    let lowered = text(&["--pack", raised, "--after", own]);
    assert_eq!(lowered, before);
    // a notice of August about July is not known in July
    let known = text(&[
        "--known-before",
        "2026-07-31",
        "--known-after",
        "2026-08-25",
    ]);
    assert!(line(&known, "(dibao) 1 1").contains(" 1 0 0 "), "{known}");
}

#[test]
fn what_is_wrong_is_refused() {
    let error = |more: &[&str], code: i32, words: &str| {
        let output = compare(more);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{more:?}: {error}");
        assert!(error.contains(words), "{more:?}: {error}");
    };
    error(&[], 2, "--after");
    error(&["--set", "standard.dibao"], 1, "E-SET");
    error(&["--set", "standard.dibo=1/month"], 1, "E-OVERLAY-NAME");
    error(&["--after", "nowhere"], 1, "E-FILE");
    error(
        &["--set", SET, "--programmes", "dibo"],
        1,
        "E-PROGRAMME-NAME",
    );
    error(&["--set", SET, "--out", "examples/data"], 1, "E-RUN-EXISTS");
    // no help in Chinese speaks of packs where a folder is meant
    error(
        &["--set", SET, "--out", "examples/data", "--lang", "zh"],
        1,
        "输出目录不是空的",
    );
}
