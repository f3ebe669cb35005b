//! What models were right about, on the command line.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use minzheng_testkit::repo_root;
use parquet::arrow::ArrowWriter;
use serde_json::Value;

const CLOSED: &str = "examples/data/warnings/closed.csv";

fn run(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_minzheng"))
        .args(["warn", "review", "--alerts"])
        .args(args)
        .current_dir(repo_root())
        .output()
        .unwrap_or_else(|e| panic!("cannot start: {e}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn json(args: &[&str]) -> Value {
    let (code, text, errors) = run(args);
    assert_eq!(code, 0, "{errors}");
    serde_json::from_str(&text).unwrap()
}

fn array(column: impl Array + 'static) -> ArrayRef {
    Arc::new(column)
}

fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("review-{name}"))
}

#[test]
fn a_table_is_told_in_text_json_and_a_page() {
    let (code, text, _) = run(&[CLOSED]);
    assert_eq!(code, 0);
    for words in [
        "a01_high_cost_low_income",
        "呼和浩特市 150100",
        "rounded outward",
        "No model is switched by itself",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let (_, text, _) = run(&[CLOSED, "--lang", "zh", "--by", "county"]);
    assert!(
        text.contains("150102") && text.contains("模型不会自动启停"),
        "{text}"
    );
    let rows = fs::read_to_string(repo_root().join(CLOSED))
        .unwrap()
        .lines()
        .count();
    let page = scratch("page.html");
    let told = json(&[CLOSED, "--json", "--html", page.to_str().unwrap()]);
    assert_eq!(told["total"]["cases"], rows - 1);
    let html = fs::read_to_string(page).unwrap();
    assert!(html.contains("<svg") && html.contains("by model and place"));
    // counts over places are counts over models
    let sum = |key: &str| -> u64 {
        let all = told[key].as_array().unwrap().iter();
        all.map(|row| row["tally"]["confirmed"].as_u64().unwrap())
            .sum()
    };
    assert_eq!((sum("models"), sum("places")), (sum("rows"), sum("rows")));
}

#[test]
fn other_thresholds_are_tried_on_one_model() {
    let model = ["--model", "a01_high_cost_low_income", "--side", "above"];
    let figures = ["--threshold", "1000000", "--threshold", "2000000", "--json"];
    let told = json(&[&[CLOSED][..], &model, &figures].concat());
    let hits: Vec<u64> = told["thresholds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["hits"].as_u64().unwrap())
        .collect();
    assert!(hits.len() == 2 && hits[1] < hits[0], "{hits:?}");
    let (code, _, _) = run(&[CLOSED, "--threshold", "1"]);
    assert_eq!(code, 2, "a threshold goes with a model and a side");
}

#[test]
fn parquet_and_json_say_the_same_as_csv() {
    let text = "model,place,code,figure\na01,150123,enrolled,5\na01,150102001,,\n";
    let csv = scratch("same.csv");
    fs::write(&csv, text).unwrap();
    let column = |words: [Option<&str>; 2]| array(StringArray::from(words.to_vec()));
    let batch = RecordBatch::try_from_iter([
        ("place", column([Some("150123"), Some("150102001")])),
        ("figure", array(Int64Array::from(vec![Some(5), None]))),
        ("code", column([Some("enrolled"), None])),
        ("model", column([Some("a01"), Some("a01")])),
    ])
    .unwrap();
    let parquet = scratch("same.parquet");
    let mut writer =
        ArrowWriter::try_new(fs::File::create(&parquet).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let list = scratch("same.json");
    let rows = r#"[{"model": "a01", "place": "150123", "code": "enrolled", "figure": 5}, {"model": "a01", "place": "150102001"}]"#;
    fs::write(&list, rows).unwrap();
    let told = [csv, parquet, list].map(|path| json(&[path.to_str().unwrap(), "--json"]));
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
    assert_eq!(told[0]["total"]["open"], 1);
    assert_eq!(
        told[0]["total"]["cost_unknown"], 2,
        "what is not in the table is not zero"
    );
    let (_, text, _) = run(&[scratch("same.csv").to_str().unwrap()]);
    assert!(text.lines().nth(1).unwrap().ends_with('–'), "{text}");
}

#[test]
fn what_is_wrong_is_said_at_its_row() {
    let path = scratch("wrong.csv");
    let refused = |text: &str, words: &[&str]| {
        fs::write(&path, text).unwrap();
        let (code, _, errors) = run(&[path.to_str().unwrap()]);
        assert_eq!(code, 1);
        for word in words {
            assert!(errors.contains(word), "{word}\n{errors}");
        }
    };
    refused("model,place\na01,150123\n", &["E-TABLE-COLUMN", "`code`"]);
    refused(
        "model,place,code\na01,150123,gone\n",
        &["E-ALERT-SHAPE", "row 2.code", "enrolled"],
    );
    refused(
        "model,place,code\na01,150123,\na01,15,\n",
        &["E-VALUE-PLACE", "row 3.place"],
    );
    refused(
        "model,place,code,figure\na01,150123,,1.5\n",
        &["E-ALERT-SHAPE", "row 2.figure"],
    );
    refused(
        "model,place,code,checks\na01,150123,,1\n",
        &["E-TABLE-COLUMN", "home_visits"],
    );
    let word = |word: &str| array(StringArray::from(vec![word]));
    let batch = RecordBatch::try_from_iter([
        ("model", word("a01")),
        ("place", word("150123")),
        ("code", word("enrolled")),
        ("figure", array(Float64Array::from(vec![1.5]))),
    ])
    .unwrap();
    let path = scratch("float.parquet");
    let mut writer =
        ArrowWriter::try_new(fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let (code, _, errors) = run(&[path.to_str().unwrap()]);
    assert!(code == 1 && errors.contains("E-TABLE-FLOAT"), "{errors}");
}
