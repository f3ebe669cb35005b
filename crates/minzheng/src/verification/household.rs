//! The adopted facts as a household that is decided like any other.

use minzheng_rules::facts::FactStatus;
use minzheng_rules::lang::Type;
use minzheng_rules::pack::PackSet;
use minzheng_rules::scalar::V;
use serde_json::{Map, Value, json};

use super::adopt::{Adoption, EvidenceValue, Found, Reason};
use super::basis::Basis;
use crate::household::Household;

/// The word for what is known to be nothing.
const NOTHING: &str = "none";

/// The declared household with what was adopted in its place.
pub(super) fn adopted(
    packs: &PackSet,
    basis: &Basis,
    declared: &Household,
    adoptions: &[Adoption],
) -> Household {
    let mut out = declared.clone();
    let writer = Writer { packs, basis };
    for adoption in adoptions {
        let person = adoption.person.as_deref();
        let given = declared.fact_value(person, &adoption.fact);
        if let Some(fact) = writer.fact(adoption, given) {
            out.put_fact(person, &adoption.fact, fact);
        }
    }
    out
}

struct Writer<'a> {
    packs: &'a PackSet,
    basis: &'a Basis,
}

impl Writer<'_> {
    /// The fact as it is written in its place; none where it stays as it was.
    fn fact(&self, adoption: &Adoption, given: Option<&Value>) -> Option<Value> {
        let mut fact = Map::new();
        let mut also = Vec::new();
        let words = adoption.reason_words();
        let reason = format!("{} / {}", words.zh, words.en);
        if let (true, Some(value)) = (adoption.reason.is_evidence(), adoption.value) {
            fact.insert("value".to_owned(), self.value(adoption.ty, value));
            fact.insert("status".to_owned(), json!(FactStatus::Verified.word()));
            self.sources(&mut fact, adoption);
            // a declaration of the same value is no other value
            if let Some(declared) = adoption.declared.as_ref().filter(|d| d.value != value) {
                also.push(json!({
                    "value": self.value(adoption.ty, declared.value),
                    "status": declared.status.word(),
                    "source": declared.source,
                    "as_of": declared.as_of.to_string(),
                    "reason": "申报值 / the declaration",
                }));
            }
            also.extend(self.others(adoption, adoption.settled));
        } else if let (Some(value), Some(given)) = (adoption.value, given) {
            let says_nothing = matches!(adoption.reason, Reason::NoRecord | Reason::NotAsked);
            let is_none = |v: &Value| v.get("status").and_then(Value::as_str) == Some(NOTHING);
            let own_word = is_none(given) && adoption.status == FactStatus::Declared;
            if says_nothing && !own_word {
                return None;
            }
            match given {
                Value::Object(parts) => fact.clone_from(parts),
                plain => {
                    fact.insert("value".to_owned(), plain.clone());
                }
            }
            if own_word {
                fact.insert("value".to_owned(), self.value(adoption.ty, value));
                fact.insert("status".to_owned(), json!(FactStatus::Declared.word()));
            }
            if says_nothing {
                return Some(Value::Object(fact));
            }
            also.extend(self.others(adoption, None));
            if adoption.reason == Reason::Attested && also.is_empty() {
                return None;
            }
        } else if matches!(adoption.reason, Reason::NoRecord | Reason::NotAsked) {
            return None;
        } else {
            fact.insert("status".to_owned(), json!(adoption.status.word()));
            fact.insert("source".to_owned(), json!(self.waiting(adoption)));
            also.extend(self.others(adoption, None));
        }
        let reason = match fact.get("reason").and_then(Value::as_str) {
            Some(own) if !own.is_empty() => format!("{own}; {reason}"),
            _ => reason,
        };
        let waiting = self.waiting(adoption);
        let reason = if waiting.is_empty() {
            reason
        } else {
            format!("{reason}: {waiting}")
        };
        fact.insert("reason".to_owned(), json!(reason));
        if !also.is_empty() {
            fact.insert("also".to_owned(), Value::Array(also));
        }
        Some(Value::Object(fact))
    }

    /// Source, day and window of the rows that settled a fact.
    fn sources(&self, fact: &mut Map<String, Value>, adoption: &Adoption) {
        let rows: Vec<&EvidenceValue> = adoption.settling().collect();
        let spoke = |row: &&&EvidenceValue| !matches!(row.found, Found::Silent);
        let mut items: Vec<String> = Vec::new();
        for row in rows.iter().filter(spoke) {
            let name = self.item(&row.item);
            if !items.contains(&name) {
                items.push(name);
            }
        }
        fact.insert("source".to_owned(), json!(items.join(" + ")));
        if let Some(day) = rows.iter().filter_map(|r| r.as_of).min() {
            fact.insert("as_of".to_owned(), json!(day.to_string()));
        }
        if let Some((from, to)) = rows.iter().find_map(|r| Some((r.from?, r.to))) {
            fact.insert("window".to_owned(), json!(format!("{from}..{to}")));
        }
    }

    /// The sources that a fact waits for.
    fn waiting(&self, adoption: &Adoption) -> String {
        if !adoption.is_awaited() {
            return String::new();
        }
        let mut items: Vec<String> = Vec::new();
        for row in adoption.settling().filter(|r| !r.awaited.is_empty()) {
            let name = self.item(&row.item);
            if !items.contains(&name) {
                items.push(name);
            }
        }
        items.join(" + ")
    }

    /// The values of records that were not taken.
    fn others(&self, adoption: &Adoption, taken: Option<u8>) -> Vec<Value> {
        let rows = adoption.evidence.iter();
        rows.filter(|row| Some(row.precedence) != taken)
            .filter_map(|row| {
                let Found::Value(value) = row.found else {
                    return None;
                };
                let mut other = Map::new();
                other.insert("value".to_owned(), self.value(adoption.ty, value));
                other.insert("status".to_owned(), json!(FactStatus::Verified.word()));
                other.insert("source".to_owned(), json!(self.item(&row.item)));
                if let Some(day) = row.as_of {
                    other.insert("as_of".to_owned(), json!(day.to_string()));
                }
                let reason = if row.stale {
                    "记录已过更新周期 / past its cycle"
                } else {
                    "未被采用的记录 / records that were not taken"
                };
                other.insert("reason".to_owned(), json!(reason));
                Some(Value::Object(other))
            })
            .collect()
    }

    fn item(&self, id: &str) -> String {
        let title = self.basis.item(id).map_or("", |r| r.title.zh.as_str());
        format!("{id} {title}").trim_end().to_owned()
    }

    /// A value as a household file writes it.
    fn value(&self, ty: Type, value: i64) -> Value {
        match ty {
            Type::Bool => json!(value != 0),
            Type::Count | Type::Days | Type::Months => json!(value),
            _ => json!(self.packs.value_words(V::known(value), ty)),
        }
    }
}
