//! The calls about the life of alerts, and about what is learnt from it.

use minzheng_rules::pack::model::{Lang, Level};
use serde_json::{Map, Value, json};

use super::{day, wrong};
use crate::Engine;
use crate::error::Error;
use crate::records;
use crate::warning::alert::{Alert, Step};
use crate::warning::due::{Ladder, Within};
use crate::warning::learn::{Case, Flagged, Readings, Review, Shadow, Side, Thresholds};
use crate::warning::reconcile::{Answer, reconcile};
use crate::warning::suppress::Suppression;
use crate::warning::task::Tasks;

type Fields = Map<String, Value>;

/// The calls with the fields that each takes.
pub(super) fn known(call: &str) -> Option<&'static [&'static str]> {
    Some(match call {
        "alert_step" => &["call", "lang", "alert", "step"],
        "alert_reconcile" => &["call", "lang", "on", "alerts", "answers", "suppressions"],
        "alert_tasks" => &["call", "lang", "alerts"],
        "alert_due" => &["call", "lang", "on", "within"],
        "alert_overdue" => &["call", "lang", "on", "alerts"],
        "alert_review" => &["call", "lang", "alerts", "cases", "by"],
        "alert_thresholds" => &["call", "lang", "cases", "side", "thresholds"],
        "alert_shadow" => &["call", "lang", "old", "new"],
        _ => return None,
    })
}

/// Answers one of the calls of [`known`].
pub(super) fn answer(
    engine: &Engine,
    call: &str,
    mut fields: Fields,
    lang: Option<Lang>,
) -> Result<Value, Error> {
    let packs = engine.packs();
    let calendar = packs.calendar();
    match call {
        "alert_step" => {
            let alert = Alert::from_json("alert", take(&mut fields, "alert"))?;
            let step = Step::from_json("step", take(&mut fields, "step"))?;
            let next = alert.step(step, calendar)?;
            Ok(json!({ "alert": next, "possible": next.possible() }))
        }
        "alert_reconcile" => {
            let on = day(&fields, "on")?;
            let alerts = records::list(&mut fields, "alerts", Alert::from_json)?;
            let answers = records::list(&mut fields, "answers", Answer::from_json)?;
            let held = records::list(&mut fields, "suppressions", Suppression::from_json)?;
            Ok(json!(reconcile(on, calendar, &alerts, &answers, &held)?))
        }
        "alert_tasks" => {
            let mut tasks = Tasks::default();
            let alerts = records::list(&mut fields, "alerts", Alert::from_json)?;
            for alert in &alerts {
                tasks.add(alert);
            }
            Ok(json!(tasks.finish()))
        }
        "alert_due" => {
            let on = day(&fields, "on")?;
            let within: Within =
                records::read(take(&mut fields, "within"), "within", "E-ALERT-SHAPE")?;
            Ok(json!({ "due": within.last(on, calendar)?.to_string() }))
        }
        "alert_overdue" => {
            let on = day(&fields, "on")?;
            let alerts = records::list(&mut fields, "alerts", Alert::from_json)?;
            Ok(json!(Ladder::load(packs)?.overdue(&alerts, on, calendar)?))
        }
        "alert_review" => {
            let (readings, models) = (Readings::load(packs)?, engine.models()?);
            let mut review = Review::default();
            for alert in records::list(&mut fields, "alerts", Alert::from_json)? {
                review.add(&Case::of(&alert));
            }
            for case in records::list(&mut fields, "cases", Case::from_json)? {
                review.add(&case);
            }
            if fields.contains_key("by") {
                let by: Level = records::read(take(&mut fields, "by"), "by", "E-API-SHAPE")?;
                review = review.at_level(packs.places(), by);
            }
            let words = lang.map(|l| {
                (
                    review.to_text(&readings, models, packs.places(), l),
                    review.to_html(&readings, models, packs.places(), l),
                )
            });
            Ok(with_words(review.to_json(&readings), words))
        }
        "alert_thresholds" => {
            let side: Side = records::read(take(&mut fields, "side"), "side", "E-ALERT-SHAPE")?;
            let list: Vec<i64> = records::read(
                take(&mut fields, "thresholds"),
                "thresholds",
                "E-ALERT-SHAPE",
            )?;
            if list.is_empty() || list.len() > 1_000 {
                let message = "between one and 1,000 thresholds are wanted";
                return Err(wrong(
                    "E-API-SHAPE",
                    "thresholds",
                    message,
                    "send whole numbers",
                ));
            }
            let readings = Readings::load(packs)?;
            let mut tried = Thresholds::new(side, list);
            for case in records::list(&mut fields, "cases", Case::from_json)? {
                tried.add(&case, &readings);
            }
            let words = lang.map(|l| (tried.to_text(l), tried.to_html(l)));
            Ok(with_words(tried.to_json(), words))
        }
        // the last of those that are known
        _ => {
            let old = records::list(&mut fields, "old", Flagged::from_json)?;
            let new = records::list(&mut fields, "new", Flagged::from_json)?;
            let shadow = Shadow::between(&old, &new)?;
            let words = lang.map(|l| {
                (
                    shadow.to_text(packs.places(), l),
                    shadow.to_html(packs.places(), l),
                )
            });
            Ok(with_words(shadow.to_json(), words))
        }
    }
}

/// An answer with its text and its page beside it.
fn with_words(mut answer: Value, words: Option<(String, String)>) -> Value {
    if let (Some((text, html)), Value::Object(out)) = (words, &mut answer) {
        out.insert("text".to_owned(), json!(text));
        out.insert("html".to_owned(), json!(html));
    }
    answer
}

fn take(fields: &mut Fields, key: &str) -> Value {
    fields.shift_remove(key).unwrap_or(Value::Null)
}
