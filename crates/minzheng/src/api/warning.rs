//! The calls about warning models.

use serde_json::{Map, Value, json};

use super::{text, wrong};
use crate::error::Error;
use crate::{Engine, Household};

/// The calls with the fields that each takes.
pub(super) fn known(call: &str) -> Option<&'static [&'static str]> {
    Some(match call {
        "warn" => &["call", "lang", "household", "model", "explain"],
        "models" => &["call", "lang", "model"],
        _ => return None,
    })
}

/// Answers one of the calls of [`known`].
pub(super) fn answer(
    engine: &Engine,
    call: &str,
    mut fields: Map<String, Value>,
) -> Result<Value, Error> {
    let model = text(&fields, "model")?.map(str::to_owned);
    let models = engine.models()?;
    if let Some(id) = &model {
        models.get(id)?;
    }
    if call == "models" {
        return Ok(match model {
            None => models.to_json(engine.packs()),
            Some(id) => models.get(&id)?.to_json(engine.packs()),
        });
    }
    let explain = match fields.get("explain") {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Bool(true)) => true,
        Some(_) => {
            let help = "send true to have every hit explained";
            return Err(wrong(
                "E-API-SHAPE",
                "explain",
                "true or false is wanted",
                help,
            ));
        }
    };
    let household = fields.shift_remove("household").unwrap_or(Value::Null);
    let household = Household::from_value("household", household)?;
    let warnings = engine.warn(&household)?;
    let mut out = match &model {
        None => warnings.to_json(),
        Some(id) => warnings.to_json_of(id),
    };
    if explain {
        let explained = warnings
            .hits()
            .filter(|w| model.as_ref().is_none_or(|id| w.model().id == *id))
            .map(|w| json!({ "model": w.model().id, "person": w.person(), "explanation": w.explanation().to_json() }));
        let explained: Vec<Value> = explained.collect();
        if let Value::Object(out) = &mut out {
            out.insert("explained".to_owned(), Value::Array(explained));
        }
    }
    Ok(out)
}
