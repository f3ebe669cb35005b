//! The JSON Schema of what the models say of a household.

use serde_json::{Value, json};

use super::model::{Direction, Level};
use super::watch::{Outcome, SCHEMA};
use crate::catalog::Status;
use crate::verification::report::schema::{list, object, one_of, or_null, reference};

/// What hits and what cannot be told have in common, and what is their own.
fn warning(outcome: Outcome, own: Vec<(&str, Value)>) -> Value {
    let text = json!({ "type": "string" });
    let words = |all: Vec<&'static str>| one_of(&all);
    let mut fields = vec![
        ("model", text.clone()),
        ("title", reference("words")),
        ("group", text),
        (
            "direction",
            words(Direction::ALL.iter().map(|d| d.word()).collect()),
        ),
        (
            "level",
            words(Level::ALL.iter().map(|l| l.word()).collect()),
        ),
        (
            "status",
            words(Status::ALL.iter().map(|s| s.word()).collect()),
        ),
        ("person", or_null("string")),
        ("outcome", json!({ "const": outcome.word() })),
    ];
    fields.extend(own);
    object(&fields)
}

pub(super) fn schema() -> Value {
    let text = json!({ "type": "string" });
    let whole = json!({ "type": "integer" });
    let (day, words) = (reference("day"), reference("words"));
    let maybe_day = json!({ "anyOf": [day, { "type": "null" }] });
    let maybe_text = or_null("string");
    let evidence = object(&[
        ("id", text.clone()),
        ("title", words.clone()),
        ("value", text.clone()),
        ("shown", words.clone()),
        ("status", text.clone()),
        ("source", words.clone()),
        ("as_of", maybe_day.clone()),
        ("window", text.clone()),
    ]);
    let threshold = object(&[
        ("id", text.clone()),
        ("title", words.clone()),
        ("value", text.clone()),
        ("shown", words.clone()),
        ("place", text.clone()),
        ("status", text.clone()),
        ("cite", list(&text)),
        ("note", words.clone()),
    ]);
    let missing = object(&[
        (
            "kind",
            one_of(&["fact", "parameter", "rule", "finding", "link"]),
        ),
        ("id", text.clone()),
        ("row", maybe_text.clone()),
        ("title", words.clone()),
        ("question", words.clone()),
        ("answered_by", list(&text)),
        ("type", text.clone()),
        ("needed_by", list(&text)),
        ("cite", list(&text)),
        ("reason", words.clone()),
    ]);
    let mut provisional = object(&[
        ("id", text.clone()),
        ("row", maybe_text),
        ("title", words.clone()),
    ]);
    // why nobody has verified it is there where the case says so
    if let Some(Value::Object(fields)) = provisional.get_mut("properties") {
        fields.insert("reason".to_owned(), text.clone());
    }
    let hit = vec![
        ("sentence", words),
        ("evidence", list(&evidence)),
        ("thresholds", list(&threshold)),
        ("figure", or_null("integer")),
        ("due", maybe_day.clone()),
        ("quiet_days", or_null("integer")),
        ("provisional", list(&provisional)),
        ("unconfirmed", list(&text)),
    ];
    let counts: Vec<(&str, Value)> = Outcome::ALL
        .iter()
        .map(|o| (o.word(), whole.clone()))
        .collect();
    let pack = object(&[
        ("id", text.clone()),
        ("version", text.clone()),
        ("digest", text.clone()),
    ]);
    let receipt = object(&[
        ("engine", text.clone()),
        ("plan_format", whole),
        ("packs", list(&pack)),
        ("on", day.clone()),
        ("known_on", text.clone()),
        ("input", text.clone()),
        ("output", text.clone()),
    ]);
    let mut out = object(&[
        ("schema", json!({ "const": SCHEMA })),
        ("on", day),
        ("known_on", maybe_day),
        ("counts", object(&counts)),
        ("hits", list(&warning(Outcome::Hit, hit))),
        (
            "unknown",
            list(&warning(
                Outcome::Unknown,
                vec![("missing", list(&missing))],
            )),
        ),
        ("receipt", receipt),
    ]);
    if let Value::Object(fields) = &mut out {
        fields.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        fields.insert(
            "$defs".to_owned(),
            json!({
                "day": { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
                "words": object(&[("zh", text.clone()), ("en", text)]),
            }),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Engine, Household};

    /// Whether a value is what a schema of these helpers says.
    fn is_of(value: &Value, schema: &Value, all: &Value) -> bool {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap();
            return is_of(value, &all["$defs"][name], all);
        }
        if let Some(wanted) = schema.get("const") {
            return value == wanted;
        }
        if let Some(words) = schema["enum"].as_array() {
            return words.contains(value);
        }
        if let Some(any) = schema["anyOf"].as_array() {
            return any.iter().any(|one| is_of(value, one, all));
        }
        let is = |ty: &str| match ty {
            "string" => value.is_string(),
            "integer" => value.is_i64(),
            "null" => value.is_null(),
            "array" => {
                let items = value.as_array();
                items.is_some_and(|list| list.iter().all(|v| is_of(v, &schema["items"], all)))
            }
            "object" => value.as_object().is_some_and(|fields| {
                let known = schema["properties"].as_object().unwrap();
                let named: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
                let required = schema["required"].as_array().unwrap().iter();
                required
                    .filter_map(Value::as_str)
                    .all(|r| named.contains(r))
                    && fields
                        .iter()
                        .all(|(k, v)| known.get(k).is_some_and(|s| is_of(v, s, all)))
            }),
            other => panic!("{other}"),
        };
        match &schema["type"] {
            Value::String(ty) => is(ty),
            types => types
                .as_array()
                .unwrap()
                .iter()
                .any(|t| is(t.as_str().unwrap())),
        }
    }

    #[test]
    fn answers_are_what_the_schema_says() {
        let engine = Engine::built_in().unwrap();
        let text = include_str!("../../../../examples/data/warnings.toml");
        let household = Household::from_toml(text).unwrap();
        let answer = engine.warn(&household).unwrap().to_json();
        let schema = schema();
        assert!(!answer["hits"].as_array().unwrap().is_empty());
        assert!(!answer["unknown"].as_array().unwrap().is_empty());
        assert!(is_of(&answer, &schema, &schema), "{answer:#}");
        let mut other = answer.clone();
        other["hits"][0]["due"] = json!(3);
        assert!(!is_of(&other, &schema, &schema), "the test can fail");
        other = answer;
        other["unknown"][0]["more"] = json!("x");
        assert!(!is_of(&other, &schema, &schema), "the test can fail");
    }
}
