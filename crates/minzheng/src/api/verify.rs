//! The call about checking a household.

use std::collections::BTreeMap;

use minzheng_rules::pack::model::Lang;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::wrong;
use crate::digest::Sm3;
use crate::error::Error;
use crate::records;
use crate::{Engine, Verification, VerificationRequest};

/// What the entries of the audit trail need of the host: its time, who acts, and the keyed digest of each person.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Audit {
    at: String,
    actor: String,
    subjects: BTreeMap<String, Sm3>,
}

pub(super) fn answer(
    engine: &Engine,
    mut fields: Map<String, Value>,
    lang: Option<Lang>,
) -> Result<Value, Error> {
    let value = fields.shift_remove("verification").unwrap_or(Value::Null);
    let request = VerificationRequest::from_value("verification", value)?;
    let wants_answer = match fields.get("assess") {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Bool(true)) => true,
        Some(_) => {
            let help = "send true to decide the adopted household";
            let message = "true or false is wanted";
            return Err(wrong("E-API-SHAPE", "assess", message, help));
        }
    };
    let audit = match fields.shift_remove("audit") {
        None | Some(Value::Null) => None,
        Some(value) => Some(records::read::<Audit>(value, "audit", "E-API-SHAPE")?),
    };
    let verification = engine.verify(&request)?;
    let report = verification.report();
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("report", report.to_json());
    put("household", verification.household().to_json());
    put("plan", json!(verification.plan()));
    if let Some(lang) = lang {
        put("text", json!(report.render_text(lang)));
        put("html", json!(report.render_html(lang)));
    }
    if wants_answer {
        let answer = engine.assess(verification.household())?;
        put("assessment", answer.to_json());
    }
    if let Some(audit) = audit {
        put("events", events(&verification, &audit)?);
    }
    Ok(Value::Object(out))
}

fn events(verification: &Verification, audit: &Audit) -> Result<Value, Error> {
    if verification.plan().is_none() {
        let message =
            "authorisations were checked elsewhere: nothing was decided here to be recorded";
        let help = "leave `audit` out";
        return Err(wrong("E-REQUEST-AUTHORIZATION", "audit", message, help));
    }
    let mut nobody = false;
    let events = verification.events(&audit.at, &audit.actor, |person| {
        let found = audit.subjects.get(person).copied();
        nobody |= found.is_none();
        found.unwrap_or(Sm3::ZERO)
    });
    if nobody {
        let message = "a person asked about has no digest";
        let help = "send the keyed digest of everybody asked about, by the id of the file";
        return Err(wrong("E-API-SHAPE", "audit.subjects", message, help));
    }
    for event in &events {
        event.check().map_err(|e| e.below("audit"))?;
    }
    Ok(json!(events))
}
