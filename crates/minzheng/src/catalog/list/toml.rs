//! Rows of a pack as TOML text.

use serde_json::{Map, Value, json};

use super::write::cites;
use crate::catalog::Element;

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
        out.extend([key, " = ", &write(key, value), "\n"]);
    }
    out.push_str("field = [\n");
    for field in fields {
        out.extend(["  ", &table(field), ",\n"]);
    }
    out.push_str("]\n\n");
    out
}

/// `[[catalog.element]]`.
pub(super) fn element(of: &Element) -> String {
    let pairs = [
        ("id", json!(of.id)),
        ("title", json!(of.title)),
        ("authority", json!(format!("{}.{}", of.resource, of.field))),
        ("status", json!(of.status.word())),
        ("seen", json!(of.seen)),
        ("cite", json!(cites(&of.cite))),
        ("note", json!(of.note)),
    ];
    let pairs = pairs.map(|(key, value)| (key.to_owned(), value));
    row_as_toml("catalog.element", &pairs.into_iter().collect())
}

/// A row of a section.
pub(crate) fn row_as_toml(section: &str, row: &Map<String, Value>) -> String {
    let mut out = format!("[[{section}]]\n");
    for (key, value) in row {
        out.extend([key, " = ", &write(key, value), "\n"]);
    }
    out.push('\n');
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
