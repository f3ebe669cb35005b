//! Records that a host keeps and hands in as JSON: read strictly, and never repeated in an error.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{Error, Finding};

/// Longest key of a host.
const LONGEST_KEY: usize = 64;

/// Days as `2026-07-01`, for `#[serde(with = "…")]`.
pub(crate) mod day {
    use chrono::NaiveDate;
    use minzheng_rules::date::Day;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature that serde asks for"
    )]
    pub(crate) fn serialize<S: Serializer>(day: &NaiveDate, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(day)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
        let text = String::deserialize(from)?;
        let day = Day::parse(&text).map(Day::to_date);
        day.ok_or_else(|| D::Error::custom("not a day of the calendar"))
    }
}

/// A day that may be absent.
pub(crate) mod day_or_none {
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    struct Written(#[serde(with = "super::day")] NaiveDate);

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature that serde asks for"
    )]
    pub(crate) fn serialize<S: Serializer>(
        day: &Option<NaiveDate>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => to.collect_str(day),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<NaiveDate>, D::Error> {
        Ok(Option::<Written>::deserialize(from)?.map(|day| day.0))
    }
}

/// Reads a record.
///
/// # Errors
/// A finding of this code where a key is unknown, missing or of another kind; it names the key and never a value.
pub(crate) fn read<T: DeserializeOwned>(
    value: Value,
    path: &str,
    code: &'static str,
) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|error| {
        let words = error.to_string();
        let named = words.split('`').nth(1).unwrap_or_default();
        let message = if words.starts_with("unknown field") {
            format!("`{}` is not known here", shown(named))
        } else if words.starts_with("missing field") {
            format!("`{named}` is missing")
        } else if words.contains("day of the calendar") {
            "a day is not written as 2026-07-01, or is none".to_owned()
        } else if words.contains("hexadecimal") {
            "a digest is not 64 hexadecimal digits, small letters".to_owned()
        } else {
            "a value is of another kind, or a word is not known here".to_owned()
        };
        let help = words
            .split_once("expected")
            .filter(|_| words.starts_with("unknown"))
            .map(|(_, known)| format!("known: {}", known.trim_start_matches(" one of").trim()));
        Error::one(Finding::new(code, message, help.unwrap_or_default()).path_is(path))
    })
}

/// Takes a list of records out of an object, each read by its own reader; no list is an empty one.
///
/// # Errors
/// `E-API-SHAPE` where it is no list, and what the reader finds.
pub(crate) fn list<T>(
    fields: &mut Map<String, Value>,
    key: &str,
    read: impl Fn(&str, Value) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    match fields.shift_remove(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(rows)) => rows
            .into_iter()
            .enumerate()
            .map(|(at, row)| read(&format!("{key}[{at}]"), row))
            .collect(),
        Some(_) => {
            let found = Finding::new("E-API-SHAPE", "a list is wanted", "");
            Err(Error::one(found.path_is(key)))
        }
    }
}

/// A key that was typed, without a number that may stand in it.
fn shown(key: &str) -> &str {
    if has_number(key) { "…" } else { key }
}

/// Whether a text holds fifteen digits in a row or more, as numbers of identity cards and of accounts do.
pub(crate) fn has_number(text: &str) -> bool {
    let mut run = 0_usize;
    text.chars().any(|c| {
        run = if c.is_numeric() {
            run.saturating_add(1)
        } else {
            0
        };
        run >= 15
    })
}

/// What is wrong with a key of the host; `None` where nothing is.
pub(crate) fn wrong_key(key: &str, path: &str, code: &'static str) -> Option<Finding> {
    let message = if has_number(key) {
        "the key looks like an identity number"
    } else if key.is_empty() || key.len() > LONGEST_KEY || key.chars().any(char::is_control) {
        "the key is not a word of at most 64 bytes"
    } else {
        return None;
    };
    Some(
        Finding::new(
            code,
            message,
            "use a key of your own, never an identity number",
        )
        .path_is(path),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_seen_in_any_form() {
        for text in [
            "11010519491231002X",
            "id 110105491231002",
            "１１０１０５１９４９１２３１００２Ｘ",
        ] {
            assert!(has_number(text), "{text}");
        }
        assert!(!has_number("2026-07-01T08:00:00+08:00"));
        assert!(wrong_key("p1", "", "E-AUTH-ID").is_none());
        assert!(wrong_key("", "", "E-AUTH-ID").is_some());
    }
}
