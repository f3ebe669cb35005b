//! The JSON Schema of the household file, from the words of the packs.

use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::Fact;
use serde_json::{Map, Value, json};

/// The schema.
pub(crate) fn household(set: &PackSet) -> Value {
    let mut properties = Map::new();
    let day = json!({ "$ref": "#/$defs/day" });
    properties.insert(
        "on".to_owned(),
        described(day.clone(), "the day decided", "认定日"),
    );
    properties.insert(
        "known_on".to_owned(),
        described(
            day,
            "the law as published by this day",
            "截至该日已公布的规定",
        ),
    );
    properties.insert(
        "default_status".to_owned(),
        json!({ "enum": ["declared", "verified", "attested"], "description": "status of facts that give none / 未注明状态的事实的状态" }),
    );
    for word in ["schema", "title", "note"] {
        properties.insert(word.to_owned(), json!({ "type": "string" }));
    }
    for (index, entity) in set.entities().iter().enumerate() {
        let mut fields = Map::new();
        let mut required = Vec::new();
        if let Some(parent) = entity.parent {
            fields.insert("id".to_owned(), json!({ "type": "string", "minLength": 1, "maxLength": 64, "description": "your own key, never an identity number / 自用编号，不得用身份号码" }));
            if parent > 0 {
                fields.insert("of".to_owned(), json!({ "type": "string", "description": "id of the row above / 所属记录的编号" }));
                required.push("of");
            }
        }
        if entity.id == "person" {
            fields.insert("identity".to_owned(), json!({ "type": "string", "description": "identity number: checked, read for birth, never kept / 身份号码：校验后取出生日期，不保存" }));
            fields.insert("disability_card".to_owned(), json!({ "type": "string", "description": "number of the disability card: checked, read for kind, grade and birth, never kept / 残疾人证号：校验后取残疾类别和等级、出生日期，不保存" }));
        }
        for (link, _) in &entity.links {
            fields.insert(
                link.clone(),
                json!({ "type": "string", "description": "id of a row / 记录的编号" }),
            );
        }
        for fact in set.facts().filter(|f| f.entity == index) {
            fields.insert(fact.id.clone(), of_fact(set, fact));
        }
        let object = json!({ "type": "object", "properties": fields, "required": required, "additionalProperties": false });
        let whole = if index == 0 {
            object
        } else {
            json!({ "type": "array", "items": object })
        };
        properties.insert(entity.id.clone(), whole);
    }
    properties.insert(
        "finding".to_owned(),
        json!({ "type": "array", "description": "an official's determinations / 经办人的认定", "items": {
            "type": "object", "required": ["of", "value"], "additionalProperties": false,
            "properties": {
                "of": { "type": "string" }, "row": { "type": "string" }, "value": {}, "by": { "type": "string" },
                "on": { "$ref": "#/$defs/day" }, "ground": { "type": "string" },
            },
        } }),
    );
    let parameters: Vec<&str> = set.parameters().iter().map(|p| p.id.as_str()).collect();
    properties.insert(
        "overlay".to_owned(),
        json!({ "type": "array", "description": "figures for this case alone / 仅用于本案的数额", "items": {
            "type": "object", "required": ["parameter", "value"], "additionalProperties": false,
            "properties": { "parameter": { "enum": parameters }, "value": {}, "key": { "type": "object" } },
        } }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Minzheng household file",
        "type": "object",
        "required": ["on"],
        "additionalProperties": false,
        "properties": properties,
        "$defs": {
            "day": { "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
            "status": { "enum": ["declared", "verified", "attested", "none", "pending", "refused", "unavailable"] },
        },
    })
}

fn described(mut schema: Value, en: &str, zh: &str) -> Value {
    if let Value::Object(fields) = &mut schema {
        fields.insert("description".to_owned(), json!(format!("{en} / {zh}")));
    }
    schema
}

fn of_fact(set: &PackSet, fact: &Fact) -> Value {
    let plain = match fact.ty {
        Type::Bool => json!({ "type": "boolean" }),
        Type::Count | Type::Days | Type::Months => {
            let mut schema = Map::from_iter([("type".to_owned(), json!("integer"))]);
            for (word, bound) in [("minimum", fact.low), ("maximum", fact.high)] {
                if let Some(bound) = bound {
                    schema.insert(word.to_owned(), json!(bound));
                }
            }
            Value::Object(schema)
        }
        Type::Date => json!({ "$ref": "#/$defs/day" }),
        Type::Place => json!({ "type": "string", "pattern": "^[0-9]{6}$" }),
        Type::Code(list) => {
            let codes = set
                .code_lists()
                .get(list)
                .map(|l| l.codes.as_slice())
                .unwrap_or_default();
            json!({ "enum": codes.iter().map(|c| c.id.as_str()).collect::<Vec<_>>() })
        }
        Type::Money { .. } => {
            json!({ "type": ["string", "integer"], "pattern": "^[0-9]+(\\.[0-9]{1,2})?(/(month|year))?$" })
        }
        Type::Ratio => json!({ "type": ["string", "integer"] }),
        _ => json!({ "type": "string" }),
    };
    let table = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "value": plain,
            "per": { "enum": ["month", "year", "once"] },
            "window": { "type": "string" },
            "source": { "type": "string" },
            "as_of": { "$ref": "#/$defs/day" },
            "status": { "$ref": "#/$defs/status" },
            "reason": { "type": "string" },
            "also": { "type": "array", "description": "other values that are known and not taken / 已知而未采用的取值", "items": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "value": plain,
                    "per": { "enum": ["month", "year", "once"] },
                    "source": { "type": "string" },
                    "as_of": { "$ref": "#/$defs/day" },
                    "status": { "$ref": "#/$defs/status" },
                    "reason": { "type": "string" },
                },
            } },
        },
    });
    json!({
        "description": format!("{} / {}", fact.title.en, fact.title.zh),
        "x-type": set.type_word(fact.ty),
        "anyOf": [plain, table],
    })
}
