//! The command on the shipped households, in both languages.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::process::{Command, Output};

use minzheng_testkit::repo_root;

fn command(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_minzheng"))
        .args(args)
        .current_dir(repo_root())
        .output()
        .unwrap_or_else(|e| panic!("cannot start: {e}"))
}

fn text(args: &[&str]) -> String {
    let output = command(args);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{args:?}: {error}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('\u{1b}'), "no colour in a pipe");
    text
}

fn file(name: &str) -> String {
    format!("examples/data/{name}.toml")
}

/// The line of the table of outcomes that begins with these words, its columns one space apart.
fn line(text: &str, begin: &str) -> String {
    let found = text
        .lines()
        .find(|l| l.starts_with(begin))
        .unwrap_or_else(|| panic!("no `{begin}` in\n{text}"));
    found.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn outcome(name: &str, en: &[&str], zh: &[&str]) {
    for (lang, wanted) in [("en", en), ("zh", zh)] {
        let text = text(&["assess", &file(name), "--lang", lang]);
        for words in wanted {
            let spaced = text.lines().any(|l| {
                l.split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
                    .contains(words)
            });
            assert!(spaced, "{name} {lang}: no `{words}` in\n{text}");
        }
    }
}

#[test]
fn dibao_by_gap() {
    outcome(
        "low-income-family",
        &[
            "minimum living allowance (dibao) eligible 1,270.00 yuan/month from 2026-09",
            "place 示范旗 (159921)",
            "16,800.00 yuan/year",
            "《中华人民共和国社会救助法》第十八条",
            "family at the edge of dibao not eligible",
        ],
        &[
            "最低生活保障 符合 1,270.00 元/月 自 2026-09",
            "家庭可支配（计入）收入（16,800.00 元/年）",
            "第十八条",
        ],
    );
}

#[test]
fn single_entry() {
    outcome(
        "single-entry",
        &[
            "dibao for a person alone p2 eligible 820.00 yuan/month from 2026-09",
            "family at the edge of dibao eligible",
        ],
        &[
            "最低生活保障（单独纳入） p2 符合 820.00 元/月 自 2026-09",
            "最低生活保障边缘家庭 符合",
        ],
    );
}

#[test]
fn tekun() {
    outcome(
        "tekun",
        &["support of tekun persons p1 eligible 1,140.00 yuan/month from 2026-09"],
        &[
            "特困人员供养 p1 符合 1,140.00 元/月 自 2026-09",
            "《特困人员认定办法》第五条",
        ],
    );
}

#[test]
fn edge() {
    outcome(
        "edge",
        &[
            "family at the edge of dibao eligible",
            "minimum living allowance (dibao) not eligible",
        ],
        &["最低生活保障边缘家庭 符合", "最低生活保障 不符合"],
    );
}

#[test]
fn rigid() {
    outcome(
        "rigid",
        &[
            "family in hardship through unavoidable spending eligible",
            "67,320.00 yuan/year",
        ],
        &["刚性支出困难家庭 符合", "67,320.00 元/年"],
    );
}

#[test]
fn child() {
    outcome(
        "child",
        &["basic living for orphans p1 eligible 1,500.00 yuan/month"],
        &["孤儿基本生活保障 p1 符合 1,500.00 元/月"],
    );
}

#[test]
fn provisional() {
    outcome(
        "provisional",
        &[
            "minimum living allowance (dibao) eligible 1,270.00 yuan/month",
            "Provisional: these answers rest on declared facts",
        ],
        &["最低生活保障 符合 1,270.00 元/月", "初步结论"],
    );
}

#[test]
fn undetermined_asks_for_the_wage() {
    outcome(
        "undetermined",
        &[
            "minimum living allowance (dibao) undetermined",
            "missing fact [p1] wage",
        ],
        &["最低生活保障 无法确定", "尚缺事实 [p1] wage"],
    );
    let asked = text(&["missing", &file("undetermined")]);
    assert!(
        asked.lines().next().unwrap().contains("[p1] wages (wage)"),
        "{asked}"
    );
    assert!(
        asked.contains("who can answer: applicant, item:TAX"),
        "{asked}"
    );
    let output = command(&["assess", &file("undetermined"), "--fail-undetermined"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        !output.stdout.is_empty(),
        "what was found out is printed all the same"
    );
}

#[test]
fn a_real_banner_names_the_figure_and_who_sets_it() {
    outcome(
        "real-banner",
        &[
            "minimum living allowance (dibao) undetermined",
            "missing figure standard.dibao",
            "(150123)",
        ],
        &["最低生活保障 无法确定", "尚缺标准 standard.dibao", "由"],
    );
    let set_by = text(&["missing", &file("real-banner")]);
    assert!(
        set_by.contains("standard.dibao") && set_by.contains("It is set by the province"),
        "{set_by}"
    );
}

#[test]
fn json_and_html_are_whole() {
    let json = text(&["assess", &file("low-income-family"), "--json"]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["schema"], "minzheng/assessment/1");
    assert_eq!(value["explanation"]["schema"], "minzheng/explanation/2");
    let programmes = value["programmes"].as_array().unwrap();
    let dibao = programmes.iter().find(|p| p["id"] == "dibao").unwrap();
    assert_eq!(
        (&dibao["verdict"], &dibao["amount_fen"]),
        (&"eligible".into(), &127_000.into())
    );
    assert_eq!(
        json,
        text(&["assess", &file("low-income-family"), "--json"]),
        "the same bytes"
    );
    let html = text(&[
        "assess",
        &file("low-income-family"),
        "--html",
        "--lang",
        "zh",
    ]);
    assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"));
    assert_eq!(html.matches("<h2>").count(), html.matches("</h2>").count());
}

#[test]
fn explain_one_programme() {
    let why = text(&["explain", &file("edge"), "edge", "--lang", "zh"]);
    assert!(
        why.contains("最低生活保障边缘家庭: 符合") && !why.contains("高龄津贴: "),
        "{why}"
    );
    let output = command(&["explain", &file("edge"), "dibbao"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("E-PROGRAMME-NAME"));
}

#[test]
fn what_if_the_standard_rises() {
    let out = text(&[
        "simulate",
        &file("low-income-family"),
        "--set",
        "standard.dibao[hukou=urban]=900/month",
    ]);
    assert_eq!(
        line(&out, "minimum living allowance"),
        "minimum living allowance (dibao) eligible 1,270.00 yuan/month eligible 1,360.00 yuan/month ← changed"
    );
    let wrong = command(&[
        "simulate",
        &file("edge"),
        "--set",
        "standard.dbao=900/month",
    ]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean `standard.dibao`?"));
}

#[test]
fn a_figure_as_it_was_known() {
    let show = |known: &str| {
        text(&[
            "params",
            "show",
            "standard.dibao",
            "--place",
            "159921",
            "--on",
            "2026-07-15",
            "--known-on",
            known,
        ])
    };
    assert!(show("2026-08-15").contains("820.00") && !show("2026-08-15").contains("870.00"));
    assert!(show("2026-08-20").contains("870.00"));
    let assess = |known: &str| text(&["assess", &file("low-income-family"), "--known-on", known]);
    assert!(line(&assess("2026-08-15"), "minimum living allowance").contains("1,120.00"));
}

#[test]
fn refusals_say_where_and_never_what() {
    let dir = std::env::temp_dir().join(format!("minzheng-cli-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let path = dir.join("bad.toml");
    std::fs::write(
        &path,
        "on = 2026-08-25\n[[person]]\nid = \"p1\"\nidentity = \"110105194912310021\"\n",
    )
    .unwrap();
    let path = path.display().to_string();
    for (lang, words) in [
        ("en", "a wrong check character"),
        ("zh", "身份号码的校验码不符"),
    ] {
        let output = command(&["assess", &path, "--lang", lang]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            error.contains("E-ID-CHECK") && error.contains("person[0].identity"),
            "{error}"
        );
        assert!(error.contains(words), "{error}");
        assert!(!error.contains("1949"), "{error}");
    }
    std::fs::write(
        &path,
        "on = 2026-08-25\n[[person]]\nid = \"p1\"\nidentity = \"11010519491231002X\"\n",
    )
    .unwrap();
    let json = text(&["assess", &path, "--json"]);
    assert!(
        !json.contains("11010519491231002"),
        "the number is not echoed"
    );
    std::fs::remove_dir_all(&dir).unwrap();
    assert_eq!(command(&["assess"]).status.code(), Some(2));
    assert_eq!(command(&["assess", "nowhere.toml"]).status.code(), Some(1));
}

/// The commands below these words, as the help lists them.
fn below(words: &[String], out: &mut Vec<Vec<String>>) {
    let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
    args.push("--help");
    let help = text(&args);
    let list = help.split_once("Commands:\n").map_or("", |(_, rest)| rest);
    let names = list.lines().take_while(|line| !line.is_empty());
    // a line that goes on from the one above begins further right
    let names = names.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    for name in names.filter(|name| !name.is_empty()) {
        if name != "help" {
            let mut inner = words.to_vec();
            inner.push(name.to_owned());
            below(&inner, out);
        }
    }
    out.push(words.to_vec());
}

/// An example of a help text does what it says.
fn runs(words: &[String], example: &str) {
    let mut args: Vec<String> = example
        .split_whitespace()
        .map(|word| word.trim_matches('\'').to_owned())
        .collect();
    assert!(args.starts_with(words), "{words:?}: {example}");
    // what an example writes goes into a folder of this test's own
    let out = args.iter().position(|word| word == "--out");
    if let Some(folder) = out.and_then(|at| args.get_mut(at.saturating_add(1))) {
        let own = repo_root().join("target/test-help").join(words.join("-"));
        if own.exists() {
            std::fs::remove_dir_all(&own).unwrap();
        }
        let given = std::path::Path::new(&folder);
        let own = match (given.extension(), given.file_name()) {
            (Some(_), Some(name)) => {
                std::fs::create_dir_all(&own).unwrap();
                own.join(name)
            }
            _ => own,
        };
        own.to_str().unwrap().clone_into(folder);
    }
    let output = command(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let code = output.status.code().unwrap();
    let wanted = if example.contains("--fail-undetermined") {
        3
    } else {
        0
    };
    assert_eq!(code, wanted, "{example}");
    assert!(!output.stdout.is_empty(), "{example} says nothing");
}

/// Every command has examples that run, and every exit code it can give.
#[test]
fn help_teaches_with_an_example() {
    let mut commands = Vec::new();
    below(&[], &mut commands);
    assert!(commands.len() >= 16, "{commands:?}");
    for words in commands {
        let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
        args.push("--help");
        let help = text(&args);
        let (before, codes) = help.split_once("\n\nExit codes:\n").unwrap();
        let heads = ["Example:\n  minzheng ", "Examples:\n  minzheng "];
        let rest = heads.iter().find_map(|head| before.split_once(head));
        let (_, rest) = rest.unwrap_or_else(|| panic!("{words:?} has no example"));
        for example in rest.split("\n  minzheng ") {
            runs(&words, example);
        }
        for code in [0, 1, 2] {
            assert!(codes.contains(&format!("  {code}  ")), "{words:?}: {codes}");
        }
        // a trail is verified to learn whether it was tampered with: that needs no asking
        let fails = help.contains("--fail-") || words.first().is_some_and(|w| w == "audit");
        assert_eq!(codes.contains("  3  "), fails, "{words:?}: {codes}");
    }
}

#[test]
fn packs_are_shown_and_compared() {
    assert!(text(&["pack", "show"]).contains("programmes   12"));
    let same = text(&["pack", "diff", "crates/minzheng/packs/demo", "demo"]);
    assert_eq!(same.trim(), "0 added, 0 removed, 0 changed");
    let layers = text(&["pack", "diff", "demo", "cn-15"]);
    for line in [
        "- pack demo\n  - extends: cn\n",
        "- place 159921\n",
        "+ instrument nm-edge-rigid-2024\n",
    ] {
        assert!(layers.contains(line), "{line}");
    }
    let table = text(&["pack", "show", "--markdown", "--programmes", "--lang", "zh"]);
    assert!(table.starts_with("| 编号 |") && table.contains("| `dibao` | 最低生活保障 |"));
    let schema: serde_json::Value = serde_json::from_str(&text(&["schema", "household"])).unwrap();
    assert!(schema["properties"]["person"]["items"]["properties"]["wage"].is_object());
}

#[test]
fn rules_are_written_out_for_another_engine() {
    let export = |dialect: &str| {
        let day = ["--on", "2026-08-25", "--place", "159921"];
        let what = [
            "pack",
            "export",
            "--dialect",
            dialect,
            "--output",
            "dibao.eligible",
        ];
        text(&[&what[..], &day[..]].concat())
    };
    let (sql, python) = (export("duckdb"), export("polars"));
    for text in [&sql, &python] {
        assert!(text.contains("decided on 2026-08-25"), "{text}");
        assert!(text.contains("members_complete"));
        assert!(text.contains("dibao.eligible_lo"));
    }
    assert!(sql.contains("CREATE OR REPLACE TEMP TABLE \"result_household\""));
    assert!(python.contains("def run(tables):"));
    let wrong = command(&[
        "pack",
        "export",
        "--dialect",
        "duckdb",
        "--on",
        "2026-08-25",
        "--place",
        "159921",
        "--output",
        "dibao.eligibel",
    ]);
    assert_eq!(wrong.status.code(), Some(1));
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(said.contains("E-EXPORT-OUTPUT"), "{said}");
}

#[test]
fn a_rule_is_exported_as_one_expression_over_nulls() {
    let export = |output: &str| {
        let day = ["--on", "2026-08-25", "--place", "159921", "--nulls"];
        let what = ["pack", "export", "--dialect", "duckdb", "--output", output];
        command(&[&what[..], &day[..]].concat())
    };
    let good = export("aged_eighty");
    let sql = String::from_utf8_lossy(&good.stdout).into_owned();
    assert!(
        sql.contains("\"birth\" <= DATE '1946-08-25' AS \"aged_eighty\""),
        "{sql}"
    );
    let refused = export("dibao.eligible");
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("E-EXPORT-NULLS"), "{said}");
}

#[test]
fn what_is_owed_when_a_standard_is_raised_backwards() {
    let file = file("raised-backwards");
    let asked = |more: &[&str]| {
        let mut args = vec!["arrears", &file, "--from", "2026-06", "--to", "2026-08"];
        args.extend(["--programme", "dibao"]);
        args.extend(more);
        args.iter()
            .map(|a| (*a).to_owned())
            .collect::<Vec<String>>()
    };
    let run = |more: &[&str]| {
        let args = asked(more);
        text(&args.iter().map(String::as_str).collect::<Vec<_>>())
    };
    // three members: 3 × 820 − 1,400 + 60 before, 3 × 870 − 1,400 + 60 after, from July on
    let en = run(&["--known-before", "2026-08-15"]);
    let june = "minimum living allowance (dibao) 2026-06 1120.00 1120.00 0.00";
    assert_eq!(line(&en, "minimum living"), june);
    for words in [
        "2026-07 1120.00 1270.00 150.00",
        "2026-08 1120.00 1270.00 150.00",
    ] {
        let stands = |l: &str| l.split_whitespace().collect::<Vec<_>>().join(" ") == words;
        assert!(en.lines().any(stands), "{en}");
    }
    assert_eq!(line(&en, "owed:"), "owed: 300.00 yuan (2 months of rows)");
    assert_eq!(
        line(&en, "overpaid:"),
        "overpaid: 0.00 yuan (0 months of rows)"
    );
    // if 900 were published: 90 a month more than 870, and 240 more than 820 in June; if 800: too much was paid
    let more = run(&["--set", "standard.dibao[hukou=urban]=900/month"]);
    assert_eq!(line(&more, "owed:"), "owed: 420.00 yuan (3 months of rows)");
    let less = run(&[
        "--set",
        "standard.dibao[hukou=urban]=800/month",
        "--lang",
        "zh",
    ]);
    assert_eq!(line(&less, "应补发"), "应补发 0.00 元 (0 个月次)");
    assert_eq!(line(&less, "已多发"), "已多发 480.00 元 (3 个月次)");
    let json = run(&["--known-before", "2026-08-15", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["schema"], "minzheng/arrears/1");
    assert_eq!(json["total"]["owed_fen"], 30_000);

    // the day of the decision is not known: nothing is made up
    let other = "examples/data/undetermined.toml";
    let open = command(&[
        "arrears",
        other,
        "--from",
        "2026-07",
        "--to",
        "2026-07",
        "--known-before",
        "2026-08-15",
        "--fail-undetermined",
    ]);
    assert_eq!(open.status.code(), Some(3));
    let open = String::from_utf8(open.stdout).unwrap();
    assert_eq!(line(&open, "owed:"), "owed: 0.00 yuan (0 months of rows)");
}

#[test]
fn arrears_without_two_laws_or_with_two_kinds_of_input_are_wrong_usage() {
    let file = file("raised-backwards");
    let months = ["--from", "2026-07", "--to", "2026-08"];
    for (more, word) in [
        (vec![file.as_str()], "--known-before"),
        (vec!["--known-before", "2026-08-15"], "--households"),
        (
            vec![
                &file,
                "--known-before",
                "2026-08-15",
                "--households",
                "x",
                "--people",
                "y",
            ],
            "cannot be used with",
        ),
        (
            vec![&file, "--known-before", "2026-08-15", "--out", "x"],
            "--out",
        ),
        (vec![&file, "--known-before", "2026-8"], "2026-8"),
    ] {
        let mut args = vec!["arrears"];
        args.extend(months);
        args.extend(more);
        let output = command(&args);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {error}");
        assert!(error.contains(word), "{args:?}: {error}");
    }
    let output = command(&[
        "arrears",
        &file,
        "--from",
        "2026-09",
        "--to",
        "2026-08",
        "--known-before",
        "2026-08-15",
    ]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(1) && error.contains("E-ARREARS-MONTHS"),
        "{error}"
    );
}
