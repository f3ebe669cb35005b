//! The JSON Schema of a report.

use serde_json::{Value, json};

use super::report::SCHEMA;
use super::{Dimension, Severity};
use crate::verification::report::schema::{list, object, one_of, or_null, reference};

pub(super) fn schema() -> Value {
    let text = json!({ "type": "string" });
    let many = json!({ "type": "integer", "minimum": 0 });
    let texts = list(&text);
    let dimensions: Vec<&str> = Dimension::ALL.iter().map(|d| d.word()).collect();
    let severities: Vec<&str> = Severity::ALL.iter().map(|s| s.word()).collect();
    let maybe_severity = json!({ "enum": ["info", "warn", "block", null] });
    let statuses = [
        "law",
        "local",
        "operational",
        "unconfirmed",
        "reference",
        "invented",
    ];
    let check = json!({ "type": "object", "required": ["is", "fields"], "properties": { "is": text, "fields": texts } });
    let unknown = object(&[
        (
            "is",
            one_of(&[
                "no_table",
                "no_column",
                "wrong_type",
                "no_rows",
                "no_deliveries",
            ]),
        ),
        ("of", text.clone()),
    ]);
    let maybe_many = json!({ "type": ["integer", "null"], "minimum": 0 });
    let table = object(&[
        ("resource", text.clone()),
        ("title", reference("words")),
        ("rows", many.clone()),
        ("lacking", texts.clone()),
        ("foreign", texts.clone()),
    ]);
    let line = object(&[
        ("resource", text.clone()),
        ("dimension", one_of(&dimensions)),
        ("met", many.clone()),
        ("failed", many.clone()),
        ("unknown", many.clone()),
        ("worst", maybe_severity.clone()),
    ]);
    let offence = object(&[
        ("row", many.clone()),
        ("key", text.clone()),
        ("why", text.clone()),
    ]);
    let rule = object(&[
        ("rule", text.clone()),
        ("title", reference("words")),
        ("dimension", one_of(&dimensions)),
        ("odcs", or_null("string")),
        ("severity", one_of(&severities)),
        ("status", one_of(&statuses)),
        ("resource", text.clone()),
        ("check", check),
        (
            "at_most_of_10000",
            json!({ "type": ["integer", "null"], "minimum": 0, "maximum": 10_000 }),
        ),
        ("verdict", one_of(&["met", "failed", "unknown"])),
        ("unknown", json!({ "anyOf": [unknown, { "type": "null" }] })),
        ("evaluated", maybe_many.clone()),
        ("failed", maybe_many.clone()),
        (
            "ratio",
            json!({ "type": ["string", "null"], "pattern": "^[01]\\.[0-9]{6}$" }),
        ),
        ("distinct", maybe_many),
        (
            "newest",
            json!({ "anyOf": [reference("day"), { "type": "null" }] }),
        ),
        (
            "freshness",
            json!({ "enum": ["fresh", "due", "late", "never", null] }),
        ),
        (
            "causes",
            json!({ "type": "object", "additionalProperties": many }),
        ),
        ("sample", list(&offence)),
    ]);
    let mut out = object(&[
        ("schema", json!({ "const": SCHEMA })),
        ("as_of", reference("day")),
        ("worst", maybe_severity),
        ("unanswered", texts),
        ("tables", list(&table)),
        ("summary", list(&line)),
        ("rules", list(&rule)),
    ]);
    if let Value::Object(out) = &mut out {
        out.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        out.insert("title".to_owned(), json!("Minzheng quality report"));
        out.insert(
            "$defs".to_owned(),
            json!({
                "day": { "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
                "words": object(&[("zh", text.clone()), ("en", text)]),
            }),
        );
    }
    out
}
