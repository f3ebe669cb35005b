//! Rows of a pack as TOML text.

use serde_json::{Map, Value};

/// Keys whose texts are days.
const DAYS: [&str; 2] = ["published_on", "on"];

/// `[[catalog.item]]` where it has a number, else `[[catalog.resource]]`, with the cell that it comes from above it.
pub(super) fn row(from: &str, row: &Map<String, Value>, fields: &[Map<String, Value>]) -> String {
    let section = if row.contains_key("number") {
        "item"
    } else {
        "resource"
    };
    let mut out = format!("# {from}\n[[catalog.{section}]]\n");
    for (key, value) in row {
        out.push_str(&format!("{key} = {}\n", write(key, value)));
    }
    out.push_str("field = [\n");
    for field in fields {
        out.push_str(&format!("  {},\n", table(field)));
    }
    out.push_str("]\n\n");
    out
}

fn table(map: &Map<String, Value>) -> String {
    let pairs: Vec<String> = map
        .iter()
        .map(|(key, value)| format!("{key} = {}", write(key, value)))
        .collect();
    format!("{{ {} }}", pairs.join(", "))
}

fn write(key: &str, value: &Value) -> String {
    match value {
        Value::String(day) if DAYS.contains(&key) => day.clone(),
        Value::Object(map) => table(map),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| write("", item)).collect();
            format!("[{}]", items.join(", "))
        }
        // a JSON string, number or truth is one of TOML: cells hold no character that only one of them escapes
        plain => plain.to_string(),
    }
}
