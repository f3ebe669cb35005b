//! The JSON Schema of a report.

use serde_json::{Map, Value, json};

use super::SCHEMA;

/// An object with exactly these fields, all of them there.
pub(crate) fn object(fields: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> = fields
        .iter()
        .map(|(name, schema)| ((*name).to_owned(), schema.clone()))
        .collect();
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

pub(crate) fn list(of: &Value) -> Value {
    json!({ "type": "array", "items": of })
}

pub(crate) fn or_null(ty: &str) -> Value {
    json!({ "type": [ty, "null"] })
}

pub(crate) fn one_of(words: &[&str]) -> Value {
    json!({ "enum": words })
}

pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

pub(super) fn schema() -> Value {
    let text = json!({ "type": "string" });
    let flag = json!({ "type": "boolean" });
    let whole = json!({ "type": "integer" });
    let (day, words) = (reference("day"), reference("words"));
    let maybe_day = json!({ "anyOf": [day, { "type": "null" }] });
    let maybe = |name: &str| json!({ "anyOf": [reference(name), { "type": "null" }] });
    let person = or_null("string");
    let fact_status = one_of(&[
        "declared",
        "verified",
        "attested",
        "none",
        "pending",
        "refused",
        "unavailable",
    ]);
    let grades = ["same", "within_tolerance", "minor", "material", "existence"];
    let said = object(&[
        ("value", text.clone()),
        ("shown", words.clone()),
        ("number", or_null("integer")),
        ("status", fact_status),
        ("source", text.clone()),
        ("as_of", maybe_day.clone()),
    ]);
    let evidence = object(&[
        ("item", text.clone()),
        ("title", words.clone()),
        ("field", words.clone()),
        (
            "found",
            one_of(&["value", "silent", "unclear", "awaited", "not_asked"]),
        ),
        ("shown", words.clone()),
        ("value", or_null("string")),
        ("number", or_null("integer")),
        ("precedence", whole.clone()),
        ("from", maybe_day.clone()),
        ("to", day.clone()),
        ("as_of", maybe_day.clone()),
        ("stale", flag.clone()),
        ("short", flag.clone()),
        (
            "records",
            list(&object(&[
                ("record", text.clone()),
                ("shown", words.clone()),
            ])),
        ),
    ]);
    let difference = object(&[
        ("grade", one_of(&grades)),
        ("grade_words", words.clone()),
        ("by", or_null("integer")),
        ("by_shown", words.clone()),
        ("evidence", whole.clone()),
        ("evidence_shown", words.clone()),
    ]);
    let fact = object(&[
        ("fact", text.clone()),
        ("title", words.clone()),
        ("person", person.clone()),
        ("type", text.clone()),
        ("declared", maybe("said")),
        ("evidence", list(&reference("evidence"))),
        ("adopted", reference("said")),
        (
            "reason",
            one_of(&[
                "evidence_agrees",
                "evidence_within_tolerance",
                "evidence_differs",
                "evidence_alone",
                "attested",
                "no_record",
                "awaited",
                "unclear",
                "stale",
                "not_asked",
            ]),
        ),
        ("reason_words", words.clone()),
        ("difference", maybe("difference")),
    ]);
    let total = object(&[
        ("id", text.clone()),
        ("title", words.clone()),
        ("person", person.clone()),
        ("value", text.clone()),
        ("shown", words.clone()),
        ("number", or_null("integer")),
        (
            "parts",
            list(&object(&[
                ("id", text.clone()),
                ("title", words.clone()),
                ("value", text.clone()),
                ("shown", words.clone()),
            ])),
        ),
    ]);
    let source = object(&[
        ("item", text.clone()),
        ("number", whole),
        ("title", words.clone()),
        ("department", words.clone()),
        ("person", text.clone()),
        (
            "status",
            one_of(&["hit", "none", "pending", "refused", "unavailable"]),
        ),
        ("as_of", maybe_day.clone()),
        ("asked_on", maybe_day.clone()),
        ("answered_on", maybe_day.clone()),
        ("records", json!({ "type": "integer", "minimum": 0 })),
        ("stale", flag.clone()),
        ("reason", text.clone()),
        ("authorization", or_null("string")),
        ("uncovered", maybe("uncovered")),
    ]);
    let uncovered = object(&[
        ("refusal", text.clone()),
        ("words", words.clone()),
        ("authorization", or_null("string")),
        ("came_in", flag.clone()),
    ]);
    let asked = object(&[
        ("id", text.clone()),
        ("applicant", text.clone()),
        ("purpose", text.clone()),
        ("requested_on", day.clone()),
        ("declared_on", day.clone()),
        ("as_of", day),
        ("recheck_of", text.clone()),
        ("authorizations", one_of(&["checked", "elsewhere"])),
    ]);
    let persons = object(&[
        ("id", text.clone()),
        ("name", text.clone()),
        ("relation", words.clone()),
        ("member", flag),
    ]);
    let awaited = object(&[
        ("item", text.clone()),
        ("title", words.clone()),
        ("person", text.clone()),
        ("status", one_of(&["pending", "refused", "unavailable"])),
        ("reason", text.clone()),
        ("uncovered", maybe("uncovered")),
        (
            "facts",
            list(&object(&[("id", text.clone()), ("title", words.clone())])),
        ),
    ]);
    let far = object(&[
        ("fact", text.clone()),
        ("person", person),
        ("grade", one_of(&["minor", "material", "existence"])),
    ]);
    let ledger = object(&[
        ("id", text.clone()),
        ("title", words.clone()),
        ("lines", list(&reference("fact"))),
        ("totals", list(&total)),
    ]);
    let note = object(&[("text", words), ("cite", list(&text))]);
    let pack = object(&[
        ("id", text.clone()),
        ("version", text.clone()),
        ("digest", text.clone()),
    ]);
    let mut out = object(&[
        ("schema", json!({ "const": SCHEMA })),
        (
            "id",
            json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        ),
        ("request", asked),
        ("persons", list(&persons)),
        ("sources", list(&source)),
        ("ledgers", list(&ledger)),
        ("differences", list(&far)),
        ("awaited", list(&awaited)),
        ("valid_until", maybe_day),
        ("notes", list(&note)),
        ("packs", list(&pack)),
    ]);
    if let Value::Object(fields) = &mut out {
        fields.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        fields.insert("title".to_owned(), json!("Minzheng verification report"));
        fields.insert(
            "$defs".to_owned(),
            json!({
                "day": { "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
                "words": object(&[("zh", text.clone()), ("en", text)]),
                "said": said,
                "evidence": evidence,
                "difference": difference,
                "fact": fact,
                "uncovered": uncovered,
            }),
        );
    }
    out
}
