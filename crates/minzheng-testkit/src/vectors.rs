//! Vectors for every language, made from the tests that stand in packs.

use std::collections::BTreeMap;

use minzheng_rules::pack::PackSet;
use serde_json::{Map, Value, json};

/// The tests of packs as vectors, by the folder and file they stand in: `cases/dibao.toml` gives `eligibility/dibao`, and in a
/// pack of real places `eligibility/PACK-dibao`; `cases/warnings/c_identity.toml` gives `models/PACK-c_identity`.
pub fn of_packs(set: &PackSet) -> BTreeMap<String, Vec<Value>> {
    let mut out: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for test in set.tests() {
        let file = test
            .origin
            .file
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".toml");
        let pack = set
            .packs()
            .get(test.origin.pack)
            .map_or("", |p| p.id.as_str());
        let file = if pack == "demo" {
            file.to_owned()
        } else {
            format!("{pack}-{file}")
        };
        let (folder, call) = if test.origin.file.starts_with("cases/warnings/") {
            ("models", "warn")
        } else {
            ("eligibility", "assess")
        };
        let input = of_table(&test.document);
        let expect: Map<String, Value> = test
            .expect
            .iter()
            .map(|(path, wanted)| (path.clone(), of_toml(wanted)))
            .collect();
        out.entry(format!("{folder}/{file}"))
            .or_default()
            .push(json!({
                "id": test.id,
                "title": test.title,
                "call": call,
                "on": input.get("on"),
                "input": input,
                "expect": expect,
            }));
    }
    out
}

/// The text of one file of vectors: one vector a line.
pub fn file_text(vectors: &[Value]) -> String {
    let lines: Vec<String> = vectors.iter().map(ToString::to_string).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// A TOML table as JSON; days become text.
pub fn of_table(table: &toml::Table) -> Value {
    Value::Object(table.iter().map(|(k, v)| (k.clone(), of_toml(v))).collect())
}

fn of_toml(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(s) => json!(s),
        toml::Value::Integer(i) => json!(i),
        toml::Value::Boolean(b) => json!(b),
        toml::Value::Array(items) => items.iter().map(of_toml).collect(),
        toml::Value::Table(table) => of_table(table),
        toml::Value::Datetime(day) => json!(day.to_string()),
        // packs hold no floats: one that is there fails the vector
        toml::Value::Float(_) => Value::Null,
    }
}
