//! The command `verify` on the shipped household.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::process::{Command, Output};

use minzheng_testkit::repo_root;
use serde_json::Value;

const FILE: &str = "examples/data/verification-family.toml";

fn command(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_minzheng"))
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

#[track_caller]
fn holds(text: &str, words: &[&str]) {
    for words in words {
        assert!(text.contains(words), "no `{words}` in\n{text}");
    }
}

#[test]
fn a_reader_follows_an_amount_to_its_records() {
    holds(
        &text(&["verify", FILE, "--lang", "zh"]),
        &[
            "苏和（p1） 工资性收入: 24,000.00 元/年 <已核实> 记录与申报一致",
            "1. 个人所得税·收入额 24,000.00 元/年 <2025-08-01..2026-07-31, 截至 2026-07-31, p1/GS-01 2,000.00 元、p1/GS-02 2,000.00 元",
            "家庭 银行存款: 66,234.56 元 <已核实> 记录与申报不一致，以记录为准",
            "p1/YH-1 5,000.00 元、p2/YH-2 1,234.56 元、p2/YH-3 60,000.00 元",
            "= 苏和（p1） 本人收入（不含赡养、抚养、扶养费）: 16,800.00 元/年\n      由 工资性收入 24,000.00 元/年；扣除的必要就业成本 7,200.00 元/年\n",
            "= 家庭 金融资产: 66,234.56 元\n      由 银行存款 66,234.56 元\n",
            "1. 证券与基金·市值 未获授权",
            "! 家庭 银行存款: 申报 5,000.00 元 (2026-08-18), 记录 66,234.56 元，差额 61,234.56 元 [重大差异]",
            "→ 娜仁（p2） 商业保险: 尚未答复 等待保险公司反馈 — 涉及 商业保险、本人名下金融资产",
            "授权 逐项核验：98 项查询已获授权，1 项未获授权、不予查询",
            "18 证券与基金 [证券监管机构和证券公司]: p1 无记录 2026-08-15；p2 未获授权 数据项不在授权范围内；p3 无记录 2026-08-15",
            "→ 娜仁（p2） 证券与基金: 未获授权 数据项不在授权范围内 — 涉及 ",
            "有效期至 未设定，由当地规定",
        ],
    );
    holds(
        &text(&["verify", FILE]),
        &[
            "household bank deposits: 66,234.56 yuan <verified> the records differ from the declaration and are taken",
            "declared 5,000.00 yuan",
            "valid until not set: the place sets it",
        ],
    );
}

#[test]
fn the_adopted_facts_are_decided_and_say_where_they_come_from() {
    let decided = text(&["verify", FILE, "--assess", "--lang", "zh"]);
    holds(
        &decided,
        &[
            "金融资产: 66,234.56 元",
            "银行存款: 66,234.56 元 <verified, bank_deposits 银行存款余额",
            "未采用：5,000.00 元 <declared",
            "初步结论",
        ],
    );
    let household: Value = serde_json::from_str(&text(&["verify", FILE, "--household"])).unwrap();
    assert_eq!(household["household"]["deposits"]["value"], "66234.56");
    assert_eq!(
        household["household"]["deposits"]["also"][0]["value"],
        "5000.00"
    );
    assert_eq!(
        household["household"]["insurance_value"]["status"],
        "declared"
    );
}

#[test]
fn json_and_page() {
    let report: Value = serde_json::from_str(&text(&["verify", FILE, "--json"])).unwrap();
    assert_eq!(report["schema"], "minzheng/verification-report/1");
    assert_eq!(report["sources"].as_array().unwrap().len(), 99);
    assert_eq!(report["differences"][0]["grade"], "material");
    assert_eq!(report["valid_until"], Value::Null);
    let schema: Value = serde_json::from_str(&text(&["schema", "verification-report"])).unwrap();
    let named: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    let there: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert_eq!(named, there);
    let page = text(&["verify", FILE, "--html", "--lang", "zh"]);
    holds(
        &page,
        &[
            "<!DOCTYPE html>",
            "@page{size:A4",
            "一、核对委托",
            "核对机构（盖章）：",
            "lang=\"zh-CN\"",
        ],
    );
}

/// A file of this test alone.
fn scratch(name: &str, content: Option<&str>) -> String {
    let path = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("verify-{name}"));
    let _ = fs::remove_file(&path);
    if let Some(content) = content {
        fs::write(&path, content).unwrap();
    }
    path.display().to_string()
}

#[test]
fn every_query_stands_in_the_trail_before_the_report_is_printed() {
    let (trail, key) = (
        scratch("trail.jsonl", None),
        scratch("key", Some("a secret\n")),
    );
    let at = "2026-08-25T09:30:00+08:00";
    let with = |file: &str, key: &str, more: &[&str]| {
        let mut args = vec![
            "verify", file, "--trail", &trail, "--actor", "u7", "--at", at, "--key", key,
        ];
        args.extend(more);
        command(&args)
    };
    let done = with(FILE, &key, &[]);
    let head = String::from_utf8(done.stderr).unwrap();
    let head = head
        .trim()
        .strip_prefix("head of the trail: 99:")
        .unwrap()
        .to_owned();
    assert_eq!((done.status.code(), head.len()), (Some(0), 64));
    let lines = fs::read_to_string(&trail).unwrap();
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let said = (
        &first["action"],
        &first["resource"],
        &first["decision"],
        &first["ground"],
    );
    let words = (
        "check_query",
        "securities",
        "refused:not_in_scope",
        "HD-2026-0820-001",
    );
    assert_eq!(
        said,
        (
            &words.0.into(),
            &words.1.into(),
            &words.2.into(),
            &words.3.into()
        )
    );
    assert_eq!(first["subject"].as_str().map(str::len), Some(64));
    assert!(
        !lines.contains("娜仁") && !lines.contains("\"p2\""),
        "a person in clear"
    );
    holds(&text(&["audit", "verify", &trail]), &["intact: 99:"]);
    // the next run goes on from there, and only from the head that was kept
    let kept = format!("99:{head}");
    assert_eq!(with(FILE, &key, &["--head", &kept]).status.code(), Some(0));
    assert_eq!(lines.lines().count(), 99);
    assert_eq!(fs::read_to_string(&trail).unwrap().lines().count(), 198);
    // nothing is printed where nothing could be recorded
    let no_key = with(FILE, &scratch("empty", Some("\n")), &[]);
    assert_eq!((no_key.status.code(), no_key.stdout.len()), (Some(1), 0));
    fs::write(&trail, lines.replacen("refused", "allowed", 1)).unwrap();
    let tampered = with(FILE, &key, &[]);
    assert_eq!(tampered.status.code(), Some(3));
    assert!(
        !String::from_utf8(tampered.stdout)
            .unwrap()
            .contains("HD-2026-0820-001")
    );
    // a file whose authorisations were checked elsewhere has nothing to record
    let shipped = fs::read_to_string(repo_root().join(FILE)).unwrap();
    let (head, rest) = shipped.split_once("# Each gives").unwrap();
    let (_, rest) = rest.split_once("[household]").unwrap();
    let elsewhere = head.replace("capacity =", "authorizations = \"elsewhere\"\ncapacity =");
    let elsewhere = scratch(
        "elsewhere.toml",
        Some(&format!("{elsewhere}[household]{rest}")),
    );
    holds(
        &text(&["verify", &elsewhere]),
        &["authorisations checked by who requested, not by this report"],
    );
    assert_eq!(with(&elsewhere, &key, &[]).status.code(), Some(1));
    let bare = scratch("bare.toml", Some(&format!("{head}[household]{rest}")));
    let refused = command(&["verify", &bare]);
    assert_eq!(refused.status.code(), Some(1));
    holds(
        &String::from_utf8(refused.stderr).unwrap(),
        &["error[E-REQUEST-AUTHORIZATION]: authorization: no authorisation is given"],
    );
    assert_eq!(
        command(&["verify", FILE, "--trail", &trail]).status.code(),
        Some(2)
    );
}

#[test]
fn what_is_awaited_can_fail_and_what_is_wrong_is_refused() {
    assert_eq!(
        command(&["verify", FILE, "--fail-awaited"]).status.code(),
        Some(3)
    );
    let refused = command(&[
        "verify",
        "examples/data/low-income-family.toml",
        "--lang",
        "zh",
    ]);
    assert_eq!(refused.status.code(), Some(1));
    let words = String::from_utf8(refused.stderr).unwrap();
    holds(&words, &["错误[E-REQUEST-SHAPE]: request"]);
}
