//! Warning models by the command: a model that comes as one file, over tables, in the reference; a run that goes on.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use minzheng_testkit::repo_root;
use serde_json::Value;

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let path = repo_root().join("target").join("test-warnings").join(name);
    if path.exists() {
        fs::remove_dir_all(&path).unwrap();
    }
    fs::create_dir_all(&path).unwrap();
    path
}

fn minzheng(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minzheng"));
    command.current_dir(repo_root()).args(args);
    command
}

fn done(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{error}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The pack that the guide writes, as files.
fn guide_pack(home: &Path) -> String {
    let page = fs::read_to_string(repo_root().join("docs/guide/adding-a-model.md")).unwrap();
    for block in page
        .split("```toml\n")
        .skip(1)
        .filter_map(|b| b.split("```").next())
    {
        let name = block.lines().next().unwrap().strip_prefix("# ").unwrap();
        let path = home.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, block).unwrap();
    }
    home.join("my-models").display().to_string()
}

const HOUSEHOLDS: &str =
    "household_id,registration_place,handling_place\nh1,150121,150121\nh2,150122,150122\n";
const PEOPLE: &str = "household_id,person_id,dibao_recipient,scholarship,death_certified,cancelled_by_death,died_on\n\
    h1,p1,true,9000,false,false,\nh1,p2,true,8000,true,,2026-05-03\nh2,p1,true,9000,,,\nh2,p2,,9000,true,true,2026-05-03\n";

#[test]
fn a_model_of_one_file_is_in_the_run_the_commands_and_the_reference() {
    let home = folder("one-file");
    let pack = guide_pack(&home);
    let run = |args: &[&str]| done(&minzheng(args).args(["--pack", &pack]).output().unwrap());
    assert!(run(&["models", "list"]).contains("z01_scholarship"));
    assert!(run(&["models", "list", "--markdown"]).contains("### `z01_scholarship` a scholarship"));
    assert!(run(&["models", "show", "z01_scholarship"]).contains("8,000.00 yuan/year"));
    fs::write(home.join("households.csv"), HOUSEHOLDS).unwrap();
    fs::write(home.join("people.csv"), PEOPLE).unwrap();
    let path = |name: &str| home.join(name).display().to_string();
    let (households, people, out) = (path("households.csv"), path("people.csv"), path("out"));
    let tables = [
        "--households",
        &households,
        "--people",
        &people,
        "--on",
        "2026-08-25",
    ];
    let mut args = vec![
        "warn",
        "--out",
        &out,
        "--format",
        "csv",
        "--json",
        "--explain-sample",
        "2",
    ];
    args.extend(tables);
    args.extend([
        "--only",
        "z01_scholarship,c01_dead_on_dibao",
        "--as-of",
        "2026-08-01",
    ]);
    let summary: Value = serde_json::from_str(&run(&args)).unwrap();
    let tally = |league: &str, model: &str| &summary["leagues"][league]["models"][model];
    // the banner has the model, the one beside it does not: there it cannot tell
    let model = tally("1501", "z01_scholarship");
    assert_eq!(
        (&model["hit"], &model["miss"], &model["unknown"]),
        (&1.into(), &1.into(), &2.into())
    );
    let dead = tally("1501", "c01_dead_on_dibao");
    assert_eq!(
        (&dead["hit"], &dead["miss"], &dead["unknown"]),
        (&1.into(), &1.into(), &2.into())
    );
    let alerts = fs::read_to_string(home.join("out/alerts/part-00000.csv")).unwrap();
    let lines: Vec<&str> = alerts.lines().collect();
    assert_eq!(lines.len(), 3, "{alerts}");
    assert!(
        lines.iter().any(|l| l.starts_with(
            "h1,p1,z01_scholarship,overstay,blue,person,150121,2026-08-25,2026-09-21,"
        )),
        "{alerts}"
    );
    assert!(
        lines
            .iter()
            .any(|l| l.contains("died") || l.contains("dead since 2026-05-03")),
        "{alerts}"
    );
    assert!(alerts.contains("家庭申报，截至2026-08-01"), "{alerts}");
    let explained = fs::read_to_string(home.join("out/explained/part-00000.jsonl")).unwrap();
    let open: Vec<Value> = explained
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .filter(|l: &Value| l["outcome"] == "unknown")
        .collect();
    assert!(
        open.iter()
            .all(|l| l["warning"]["missing"][0]["title"]["zh"].is_string()),
        "{explained}"
    );
    // a run that is done goes on with nothing, one with other models is another
    args.push("--resume");
    assert_eq!(serde_json::from_str::<Value>(&run(&args)).unwrap(), summary);
    let mut other = args.clone();
    other.extend(["--without", "c01_dead_on_dibao"]);
    let refused = minzheng(&other).args(["--pack", &pack]).output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("E-RUN-CHANGED"));
}

#[test]
fn what_is_not_there_is_refused_with_the_nearest_name() {
    let refused = |args: &[&str], words: &[&str]| {
        let output = minzheng(args).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(words.iter().all(|w| error.contains(w)), "{error}");
    };
    refused(
        &["models", "show", "c01_dead_on_dibo"],
        &["E-WARNING-NONE", "did you mean `c01_dead_on_dibao`?"],
    );
    refused(
        &["models", "list", "--group", "c_identiti"],
        &["E-WARNING-NONE", "`c_identity`"],
    );
    refused(
        &[
            "warn",
            "explain",
            "examples/data/warnings.toml",
            "--person",
            "p9",
        ],
        &["E-ROW-KEY", "`p9`"],
    );
    let hit = minzheng(&[
        "warn",
        "explain",
        "examples/data/warnings.toml",
        "--fail-hits",
    ])
    .output()
    .unwrap();
    assert_eq!(hit.status.code(), Some(3));
    let nothing = minzheng(&["warn"]).output().unwrap();
    assert_eq!(
        nothing.status.code(),
        Some(2),
        "{}",
        String::from_utf8_lossy(&nothing.stderr)
    );
}
