//! One call in JSON, one answer in JSON, for hosts in other languages.
//!
//! | call | fields | answer |
//! |---|---|---|
//! | `assess` | `household` | verdicts, amounts, dates, what is missing, receipt |
//! | `explain` | `household`, `programme`?, `lang`? | the tree of reasons; with `lang` also as text and HTML |
//! | `missing` | `household` | what to ask, whom, and why |
//! | `simulate` | `household`, `set`: list of `{parameter, key?, value}` | every programme before and after |
//! | `arrears` | `household`, `programme`?, `first`, `last`, `known_before`, `known_after`?, `set`?, `paid_throughout`? | what is owed and was overpaid, by month; `known_before` may be left out where `set` is given |
//! | `verify` | `verification` (a verification file), `assess`?, `audit`?: `{at, actor, subjects}` | the report, with `lang` also as text and HTML; the adopted household; the plan of its queries; with `assess` the decision; with `audit` the events for the trail, `subjects` being the keyed digest of each person |
//! | `warn` | `household`, `model`?, `explain`? | what the warning models point at, and of what they cannot tell |
//! | `models` | `model`? | the warning models, or one |
//! | `authorize` | `request`, `authorizations` | which queries of a check may be asked, and why the others may not |
//! | `gate` | `request`, `authorizations`?, `agreed`? | which rows and columns are given, and by which rule |
//! | `sharing_step`, `correction_step` | `request` or `correction`, `event`, `on` | the record after the step |
//! | `audit_append` | `head`?, `events` | the lines to be written, and the new head |
//! | `audit_verify` | `trail`, `head`? | whether the trail is intact, or where it is not |
//! | `packs` | | ids, versions and digests |
//! | `catalog_search` | `text`?, `department`?, `line`?, `sharing`?, `grade`?, `cycle`?, `subject`?, `limit`? | the resources that fit, best first, and facets |
//! | `catalog_show` | `id`, `on` | a resource with its fields, and what stands on it |
//! | `catalog_check` | | what should be looked at in the catalogue |
//! | `catalog_diff` | `before`?, `after`: a list of the ministry's form, rows of cells with the head first; `fill`? | what changed, and whom it breaks; without `before` from the catalogue of the packs |
//! | `lineage` | `id`, `on`, `direction`: `down` or `up` | what comes of a field, fact or rule, or what it comes from |
//! | `impact` | `lost`: list of ids, `on` | which facts, rules, programmes and models go quiet, and why |
//! | `freshness` | `on`, `deliveries`: list of `{resource, as_of, received}` | what is fresh, due, late or never came |
//! | `quality_rules` | `resource` | the quality rules of a resource, each with its check and limit |
//! | `quality` | `on`, `counts`: list of `{resource, rule, fields, evaluated, failed}`, `deliveries` | the quality report of rows that were counted elsewhere: which rules hold, which resources are to be treated as not answered |
//! | `alert_step` | `alert`, `step` | the alert after a step of a person, and what is possible then |
//! | `alert_reconcile` | `on`, `alerts`, `answers`, `suppressions` | every alert after this period, with its class; what was held back; counts |
//! | `alert_tasks` | `alerts` | one task for each household, the most urgent first |
//! | `alert_due` | `on`, `within` | the last day |
//! | `alert_overdue` | `on`, `alerts` | what is due or overdue, and who is told |
//! | `alert_review` | `alerts`?, `cases`?, `by`?: `county`, `prefecture`, `province` | precision and cost by model and place; with `lang` also as text and HTML |
//! | `alert_thresholds` | `cases`, `side`, `thresholds` | what each threshold would have done; with `lang` also as text and HTML |
//! | `alert_shadow` | `old`, `new` | two versions by place; with `lang` also as text and HTML |
//! | `version` | | the version of the library |
//!
//! The answer is `{"ok": …}` or `{"error": {"code", "message": {"zh", "en"}, "help": {"zh", "en"}, "path", "more"}}`.
//!
//! ```
//! let answer = minzheng::api::call(r#"{"call": "assess", "household": {"household": {}}}"#);
//! assert!(answer.starts_with(r#"{"error":{"code":"E-DOC-DATE""#), "{answer}");
//! ```

mod alert;
mod catalog;
mod gate;
mod verify;
mod warning;

use std::sync::OnceLock;

use chrono::NaiveDate;
use minzheng_rules::date::Day;
use minzheng_rules::explain::{Explanation, Missing};
use minzheng_rules::facts::Overlay;
use minzheng_rules::pack::model::Lang;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::eligibility::{ArrearsQuestion, Assessment, Change, Months};
use crate::error::{Error, Finding};
use crate::{Engine, Household};

/// Answers a call with the built-in packs.
pub fn call(request: &str) -> String {
    static ENGINE: OnceLock<Result<Engine, Error>> = OnceLock::new();
    match ENGINE.get_or_init(Engine::built_in) {
        Ok(engine) => call_with(engine, request),
        Err(error) => json!({ "error": envelope(error) }).to_string(),
    }
}

/// Answers a call with an engine of your own.
pub fn call_with(engine: &Engine, request: &str) -> String {
    written(
        &match read(request).and_then(|request| reply(engine, request)) {
            Ok(reply) => Envelope::Ok(reply),
            Err(error) => Envelope::Error(envelope(&error)),
        },
    )
}

/// What a call is answered with, until it is written: as text at once, without a tree of values, or as a value.
#[derive(Serialize)]
#[serde(untagged)]
enum Reply {
    Value(Value),
    Assessment(Box<Assessment>),
    Explanation(Box<Explained>),
    Missing(Vec<Missing>),
}

/// An explanation, in words too where a language was asked for.
#[derive(Serialize)]
struct Explained {
    #[serde(flatten)]
    explanation: Explanation,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Envelope {
    Ok(Reply),
    Error(Value),
}

fn written(of: &impl Serialize) -> String {
    // keys are strings and nothing is a float, so this cannot fail
    serde_json::to_string(of).unwrap_or_default()
}

/// An error as answers carry it.
pub fn envelope(error: &Error) -> Value {
    let mut all = error.findings().map(|f| {
        json!({
            "code": f.code(),
            "message": { "zh": f.message(Lang::Zh), "en": f.message(Lang::En) },
            "help": { "zh": f.help(Lang::Zh), "en": f.help(Lang::En) },
            "path": f.path(),
        })
    });
    let mut first = all.next().unwrap_or_else(|| json!({}));
    if let Value::Object(fields) = &mut first {
        fields.insert("more".to_owned(), Value::Array(all.collect()));
    }
    first
}

fn wrong(code: &'static str, path: &str, message: &str, help: &str) -> Error {
    Error::one(Finding::new(code, message, help).path_is(path))
}

fn read(request: &str) -> Result<Value, Error> {
    serde_json::from_str(request).map_err(|e| {
        wrong(
            "E-API-JSON",
            "",
            &format!("the call is not well-formed JSON (line {})", e.line()),
            "",
        )
    })
}

/// The text of bytes that a host hands over: of a call, of a file. `path` stands in the error.
///
/// ```
/// use minzheng::api::text_of;
/// assert_eq!(text_of("call", "低保".as_bytes())?, "低保");
/// assert_eq!(text_of("call", &[0xb5, 0xcd]).unwrap_err().code(), "E-API-TEXT"); // GB18030
/// # Ok::<(), minzheng::Error>(())
/// ```
///
/// # Errors
/// `E-API-TEXT` where they are not UTF-8.
pub fn text_of<'b>(path: &str, bytes: &'b [u8]) -> Result<&'b str, Error> {
    core::str::from_utf8(bytes).map_err(|e| {
        let message = format!("the text is not UTF-8 from byte {} on", e.valid_up_to());
        wrong("E-API-TEXT", path, &message, "send UTF-8")
    })
}

/// Answers a call that has been read, the error not in its envelope yet.
///
/// ```
/// use minzheng::{Engine, api};
/// use serde_json::json;
///
/// let engine = Engine::built_in()?;
/// let packs = api::answer(&engine, json!({ "call": "packs" }))?;
/// assert_eq!(packs[0]["id"], "cn");
/// assert_eq!(api::answer(&engine, json!({ "call": "pack" })).unwrap_err().code(), "E-API-CALL");
/// # Ok::<(), minzheng::Error>(())
/// ```
///
/// # Errors
/// What the call finds; `E-API-…` where it is no call.
pub fn answer(engine: &Engine, request: Value) -> Result<Value, Error> {
    Ok(match reply(engine, request)? {
        Reply::Value(value) => value,
        // as in `written`
        other => serde_json::to_value(other).unwrap_or_default(),
    })
}

/// Answers the text of a call with text out of its envelope, the error not in its envelope either.
///
/// ```
/// use minzheng::{Engine, api};
///
/// let engine = Engine::built_in()?;
/// assert!(api::ask(&engine, r#"{"call": "packs"}"#)?.starts_with(r#"[{"id":"cn""#));
/// assert_eq!(api::ask(&engine, "{").unwrap_err().code(), "E-API-JSON");
/// # Ok::<(), minzheng::Error>(())
/// ```
///
/// # Errors
/// As [`answer`]; `E-API-JSON` where it is not well-formed.
pub fn ask(engine: &Engine, request: &str) -> Result<String, Error> {
    Ok(written(&reply(engine, read(request)?)?))
}

fn reply(engine: &Engine, request: Value) -> Result<Reply, Error> {
    let Value::Object(mut fields) = request else {
        return Err(wrong(
            "E-API-SHAPE",
            "",
            "the call is not an object",
            "send {\"call\": …}",
        ));
    };
    let name = text(&fields, "call")?.unwrap_or_default().to_owned();
    let known: &[&str] = match name.as_str() {
        "assess" | "missing" => &["call", "household", "lang"],
        "explain" => &["call", "household", "lang", "programme"],
        "simulate" => &["call", "household", "lang", "set"],
        "arrears" => &[
            "call",
            "household",
            "lang",
            "programme",
            "first",
            "last",
            "known_before",
            "known_after",
            "set",
            "paid_throughout",
        ],
        "verify" => &["call", "verification", "assess", "audit", "lang"],
        "packs" | "version" => &["call", "lang"],
        _ if catalog::keys(&name).is_some() => catalog::keys(&name).unwrap_or_default(),
        other if let Some(known) = gate::known(other) => known,
        other if let Some(known) = warning::known(other) => known,
        other if let Some(known) = alert::known(other) => known,
        _ => {
            let help = "the calls are assess, explain, missing, simulate, arrears, verify, warn, models, alert_step, alert_reconcile, \
                        alert_tasks, alert_due, alert_overdue, alert_review, alert_thresholds, alert_shadow, authorize, gate, sharing_step, \
                        correction_step, audit_append, audit_verify, catalog_search, catalog_show, catalog_check, catalog_diff, lineage, \
                        impact, freshness, quality_rules, quality, packs, version";
            return Err(wrong("E-API-CALL", "call", "there is no such call", help));
        }
    };
    if let Some(other) = fields.keys().find(|k| !known.contains(&k.as_str())) {
        return Err(wrong(
            "E-API-KEY",
            other,
            "unknown field of this call",
            &format!("it takes {}", known.join(", ")),
        ));
    }
    let lang = match text(&fields, "lang")? {
        None => None,
        Some("zh") => Some(Lang::Zh),
        Some("en") => Some(Lang::En),
        Some(_) => {
            return Err(wrong(
                "E-API-SHAPE",
                "lang",
                "not a language",
                "write zh or en",
            ));
        }
    };
    if gate::known(&name).is_some() {
        return gate::answer(engine, &name, fields).map(Reply::Value);
    }
    if warning::known(&name).is_some() {
        return warning::answer(engine, &name, fields).map(Reply::Value);
    }
    if alert::known(&name).is_some() {
        return alert::answer(engine, &name, fields, lang).map(Reply::Value);
    }
    if catalog::keys(&name).is_some() {
        return catalog::answer(engine, &name, &fields).map(Reply::Value);
    }
    if name == "verify" {
        return verify::answer(engine, fields, lang).map(Reply::Value);
    }
    let mut household = || {
        let value = fields.shift_remove("household").unwrap_or(Value::Null);
        Household::from_value("household", value)
    };
    Ok(Reply::Value(match name.as_str() {
        "version" => json!({ "version": env!("CARGO_PKG_VERSION") }),
        "packs" => {
            let packs = engine.packs().packs().iter().map(|p| {
                json!({ "id": p.id, "title": p.title, "version": p.version, "digest": p.digest, "reviewed_on": p.reviewed_on.to_string() })
            });
            Value::Array(packs.collect())
        }
        "missing" => return Ok(Reply::Missing(engine.assess(&household()?)?.missing())),
        "simulate" => {
            let before = household()?;
            let mut after = before.clone();
            let Some(Value::Array(rows)) = fields.get("set") else {
                return Err(wrong(
                    "E-API-SHAPE",
                    "set",
                    "a list of figures is wanted",
                    "send [{\"parameter\", \"value\"}]",
                ));
            };
            for row in rows {
                after = after.overlay_row(row.clone());
            }
            let changes = Change::between(&engine.assess(&before)?, &engine.assess(&after)?);
            Value::Array(changes.iter().map(Change::to_json).collect())
        }
        "arrears" => {
            let household = household()?;
            let day = |key: &str| day(&fields, key);
            let given = |key: &str| -> Result<Option<NaiveDate>, Error> {
                text(&fields, key)?.map(|_| day(key)).transpose()
            };
            let figures = match fields.get("set") {
                None => Vec::new(),
                Some(rows) => overlays(engine, rows)?,
            };
            let question = ArrearsQuestion {
                programmes: text(&fields, "programme")?
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
                known_before: if figures.is_empty() {
                    Some(day("known_before")?)
                } else {
                    given("known_before")?
                },
                known_after: given("known_after")?,
                figures,
                paid_throughout: match fields.get("paid_throughout") {
                    None | Some(Value::Null) => false,
                    Some(Value::Bool(is)) => *is,
                    Some(_) => {
                        let message = "yes or no is wanted";
                        let help = "write true or false";
                        return Err(wrong("E-API-SHAPE", "paid_throughout", message, help));
                    }
                },
                ..ArrearsQuestion::new(Months::between(day("first")?, day("last")?)?)
            };
            engine.arrears(&household, &question)?.to_json()
        }
        "explain" => {
            let household = household()?;
            let explanation = engine.explain(&household, text(&fields, "programme")?)?;
            return Ok(Reply::Explanation(Box::new(Explained {
                text: lang.map(|lang| explanation.render_text(lang)),
                html: lang.map(|lang| explanation.render_html(lang)),
                explanation,
            })));
        }
        _ => return Ok(Reply::Assessment(Box::new(engine.assess(&household()?)?))),
    }))
}

/// Figures that win over the packs: a list of `{parameter, key?, value}`.
fn overlays(engine: &Engine, rows: &Value) -> Result<Vec<Overlay>, Error> {
    let words = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let shape = |path: &str| {
        let help = "send [{\"parameter\", \"value\"}]";
        wrong("E-API-SHAPE", path, "a list of figures is wanted", help)
    };
    let one = |(at, row): (usize, &Value)| {
        let path = format!("set[{at}]");
        let parameter = row.get("parameter").and_then(Value::as_str);
        let (Some(parameter), Some(value)) = (parameter, row.get("value")) else {
            return Err(shape(&path));
        };
        let keys = match row.get("key") {
            None => Vec::new(),
            Some(Value::Object(keys)) => keys.iter().map(|(k, v)| (k.clone(), words(v))).collect(),
            Some(_) => return Err(shape(&path)),
        };
        let overlay = engine.packs();
        let overlay = overlay.overlay_from_words(parameter, &words(value), &keys);
        overlay.map_err(|e| Error::from(e.path(&path)))
    };
    let rows = rows.as_array().ok_or_else(|| shape("set"))?;
    rows.iter().enumerate().map(one).collect()
}

fn text<'f>(fields: &'f Map<String, Value>, key: &str) -> Result<Option<&'f str>, Error> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong("E-API-SHAPE", key, "a string is wanted", "")),
    }
}

fn day(fields: &Map<String, Value>, key: &str) -> Result<NaiveDate, Error> {
    let given = text(fields, key)?.and_then(Day::parse);
    given.map(Day::to_date).ok_or_else(|| {
        wrong(
            "E-VALUE-DATE",
            key,
            "not a day of the calendar",
            "write 2026-07-01",
        )
    })
}
