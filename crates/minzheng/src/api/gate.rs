//! The calls about authorisations, the gate, sharing and the audit trail.

use serde_json::{Map, Value, json};

use super::text;
use crate::Engine;
use crate::audit::{self, Head, Verifier};
use crate::authorization::{Authorization, CheckRequest};
use crate::error::{Error, Finding};
use crate::gate::Case;
use crate::records;
use crate::sharing::{self, Correction, Limits};

type Fields = Map<String, Value>;

/// The calls with the fields that each takes.
pub(super) fn known(call: &str) -> Option<&'static [&'static str]> {
    Some(match call {
        "authorize" => &["call", "lang", "request", "authorizations"],
        "gate" => &["call", "lang", "request", "authorizations", "agreed"],
        "sharing_step" => &["call", "lang", "request", "event", "on"],
        "correction_step" => &["call", "lang", "correction", "event", "on"],
        "audit_append" => &["call", "lang", "head", "events"],
        "audit_verify" => &["call", "lang", "trail", "head"],
        _ => return None,
    })
}

/// Answers one of the calls of [`known`].
pub(super) fn answer(engine: &Engine, call: &str, mut fields: Fields) -> Result<Value, Error> {
    let packs = engine.packs();
    match call {
        "authorize" => {
            let request = CheckRequest::from_json("request", take(&mut fields, "request"))?;
            let papers = records::list(&mut fields, "authorizations", Authorization::from_json)?;
            Ok(json!(request.plan(packs, engine.catalog()?, &papers)?))
        }
        "gate" => {
            fields.retain(|key, _| !matches!(key.as_str(), "call" | "lang"));
            let case = Case::from_json(Value::Object(fields))?;
            Ok(json!(case.decide(packs, engine.catalog()?)?))
        }
        "sharing_step" => {
            let request = sharing::Request::from_json("request", take(&mut fields, "request"))?;
            let event = records::read(take(&mut fields, "event"), "event", "E-SHARING-SHAPE")?;
            let on = super::day(&fields, "on")?;
            Ok(json!(request.step(event, on, &Limits::load(packs)?)?))
        }
        "correction_step" => {
            let correction: Correction = records::read(
                take(&mut fields, "correction"),
                "correction",
                "E-SHARING-SHAPE",
            )?;
            let event = records::read(take(&mut fields, "event"), "event", "E-SHARING-SHAPE")?;
            Ok(json!(correction.step(event, super::day(&fields, "on")?)?))
        }
        "audit_append" => {
            let mut head = head(&fields)?.unwrap_or(Head::START);
            let events = records::list(&mut fields, "events", audit::Event::from_json)?;
            let mut lines = String::new();
            for (at, event) in events.into_iter().enumerate() {
                let entry = head
                    .append(event)
                    .map_err(|e| e.below(&format!("events[{at}]")))?;
                lines.push_str(&entry.to_line());
                lines.push('\n');
            }
            Ok(json!({ "lines": lines, "head": head.to_string() }))
        }
        _ => {
            let mut verifier = Verifier::new(head(&fields)?);
            let trail = text(&fields, "trail")?.unwrap_or_default();
            trail
                .split_inclusive('\n')
                .for_each(|line| verifier.line(line.as_bytes()));
            Ok(match verifier.finish() {
                Ok(head) => json!({ "intact": true, "head": head.to_string() }),
                Err(tamper) => json!({ "intact": false, "tamper": tamper }),
            })
        }
    }
}

fn take(fields: &mut Fields, key: &str) -> Value {
    fields.shift_remove(key).unwrap_or(Value::Null)
}

fn head(fields: &Fields) -> Result<Option<Head>, Error> {
    let Some(written) = text(fields, "head")? else {
        return Ok(None);
    };
    written.parse().map(Some).map_err(|_| {
        let found = Finding::new(
            "E-AUDIT-HEAD",
            "a head is the number of an entry, a colon and its hash",
            "take it from `audit_append` or `audit_verify`",
        );
        Error::one(found.path_is("head"))
    })
}
