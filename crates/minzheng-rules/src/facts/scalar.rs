//! One written value, from TOML or JSON, read exactly as a type.

use std::borrow::Cow;

use crate::date::Day;
use crate::lang::{Period, Type};
use crate::number::{Rounding, div_round, parse_fixed};
use crate::pack::place::parse_code;

/// A value as a file gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scalar<'t> {
    Bool(bool),
    Int(i64),
    Float,
    Text(&'t str),
    Day(Option<Day>),
    Nothing,
    List,
    Table,
}

impl<'t> From<&'t toml::Value> for Scalar<'t> {
    fn from(value: &'t toml::Value) -> Self {
        match value {
            toml::Value::Boolean(b) => Self::Bool(*b),
            toml::Value::Integer(i) => Self::Int(*i),
            toml::Value::Float(_) => Self::Float,
            toml::Value::String(s) => Self::Text(s),
            toml::Value::Datetime(d) => Self::Day(day(d)),
            toml::Value::Array(_) => Self::List,
            toml::Value::Table(_) => Self::Table,
        }
    }
}

impl<'t> From<&'t serde_json::Value> for Scalar<'t> {
    fn from(value: &'t serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Nothing,
            serde_json::Value::Bool(b) => Self::Bool(*b),
            serde_json::Value::Number(n) => n.as_i64().map_or(Self::Float, Self::Int),
            serde_json::Value::String(s) => Self::Text(s),
            serde_json::Value::Array(_) => Self::List,
            serde_json::Value::Object(_) => Self::Table,
        }
    }
}

/// The day of a TOML date; `None` where it carries a time or does not exist.
pub(crate) fn day(d: &toml::value::Datetime) -> Option<Day> {
    let date = d.date.filter(|_| d.time.is_none() && d.offset.is_none())?;
    Day::from_ymd(
        i32::from(date.year),
        u32::from(date.month),
        u32::from(date.day),
    )
}

/// Why a written value is not of its type. The words never repeat the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadValue {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: String,
}

pub(crate) fn bad(
    code: &'static str,
    message: impl Into<String>,
    help: impl Into<String>,
) -> BadValue {
    BadValue {
        code,
        message: message.into(),
        help: help.into(),
    }
}

/// A code list as the reader of values needs it.
pub(crate) trait CodeIndex {
    fn code_index(&self, list: usize, id: &str) -> Option<i64>;
    fn nearest_code(&self, list: usize, id: &str) -> Option<String>;
}

/// A value in the engine's unit, and how it was written where it came in another period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) value: i64,
    pub(crate) published_as: Option<String>,
}

/// Reads a value of a type. `per` is a period given beside the value; `rounding` is allowed where a year does not
/// divide into months.
pub(crate) fn read(
    lists: &dyn CodeIndex,
    ty: Type,
    value: Scalar<'_>,
    per: Option<&str>,
    rounding: Option<Rounding>,
) -> Result<Read, BadValue> {
    let plain = |value| {
        Ok(Read {
            value,
            published_as: None,
        })
    };
    let wrong = |what: &str, help: &str| {
        Err(bad(
            "E-VALUE-TYPE",
            format!("a {ty} is wanted, this is {what}"),
            help,
        ))
    };
    if per.is_some() && !matches!(ty, Type::Money { .. }) {
        return Err(bad(
            "E-VALUE-UNIT",
            format!("a {ty} has no period"),
            "leave `per` out",
        ));
    }
    match (ty, value) {
        (_, Scalar::Float) => Err(bad(
            "E-VALUE-FLOAT",
            "a number with a decimal point is not exact here",
            "write it as a string, as \"12.50\"",
        )),
        (_, Scalar::List) => wrong("a list", "give one value"),
        (_, Scalar::Table) => wrong("a table", "give one value"),
        (_, Scalar::Nothing) => wrong(
            "null",
            "leave the fact out where it is not known, or say status = \"none\"",
        ),
        (_, Scalar::Day(None)) => Err(bad(
            "E-VALUE-DATE",
            "the date has a time, or is no day of the calendar",
            "write 2026-07-01",
        )),
        (Type::Bool, Scalar::Bool(b)) => plain(i64::from(b)),
        (Type::Count | Type::Days | Type::Months, Scalar::Int(i)) => plain(i),
        (Type::Ratio, Scalar::Int(i)) => match i.checked_mul(crate::number::RATIO_ONE) {
            Some(v) => plain(v),
            None => Err(bad("E-VALUE-NUMBER", "the number is too large", "")),
        },
        (Type::Ratio, Scalar::Text(text)) => plain(parse_fixed(text, 4).map_err(|e| {
            bad(
                "E-VALUE-NUMBER",
                e.to_string(),
                "a ratio has at most four decimals",
            )
        })?),
        (Type::Date, Scalar::Day(Some(d))) => plain(d.number()),
        (Type::Date, Scalar::Text(text)) => match Day::parse(text) {
            Some(d) => plain(d.number()),
            None => Err(bad(
                "E-VALUE-DATE",
                "not a day of the calendar",
                "write 2026-07-01",
            )),
        },
        (Type::Code(list), Scalar::Text(text)) => match lists.code_index(list, text) {
            Some(v) => plain(v),
            None => {
                let help = lists.nearest_code(list, text).map_or_else(
                    || "the codes stand in the packs (minzheng pack show)".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                Err(bad("E-VALUE-CODE", "the code is not in its list", help))
            }
        },
        (Type::Place, Scalar::Text(text)) => match parse_code(text) {
            Some(v) => plain(v),
            None => Err(bad(
                "E-VALUE-PLACE",
                "not a place code",
                "write the six digits, as \"150123\"",
            )),
        },
        (Type::Place, Scalar::Int(_)) => wrong("a number", "write the place code as a string"),
        (Type::Money { period, .. }, Scalar::Int(_) | Scalar::Text(_)) => {
            money(period, value, per, rounding)
        }
        (Type::Text, Scalar::Text(_)) => plain(0),
        (_, Scalar::Bool(_)) => wrong("true or false", ""),
        (_, Scalar::Int(_)) => wrong("a number", ""),
        (_, Scalar::Text(_)) => wrong("a string", ""),
        (_, Scalar::Day(Some(_))) => wrong("a date", ""),
    }
}

/// Reads a figure whose parameter declares the period: one written without a period is in the declared one.
pub(crate) fn read_figure(
    lists: &dyn CodeIndex,
    ty: Type,
    value: Scalar<'_>,
    rounding: Option<Rounding>,
) -> Result<Read, BadValue> {
    let written = matches!(value, Scalar::Text(t) if t.contains('/'));
    let per = match ty {
        Type::Money {
            period: Period::Month,
            ..
        } if !written => Some("month"),
        Type::Money {
            period: Period::Year,
            ..
        } if !written => Some("year"),
        _ => None,
    };
    read(lists, ty, value, per, rounding)
}

fn money(
    period: Period,
    value: Scalar<'_>,
    per: Option<&str>,
    rounding: Option<Rounding>,
) -> Result<Read, BadValue> {
    let text = match value {
        Scalar::Int(i) => Cow::Owned(i.to_string()),
        Scalar::Text(t) => Cow::Borrowed(t),
        _ => Cow::Borrowed(""),
    };
    let (amount, inline) = match text.split_once('/') {
        Some((amount, unit)) => (amount.trim(), Some(unit.trim())),
        None => (text.trim(), None),
    };
    if per.is_some() && inline.is_some() && per != inline {
        return Err(bad(
            "E-VALUE-UNIT",
            "two periods are given",
            "give the period once",
        ));
    }
    let given = match inline.or(per) {
        None => None,
        Some("month") => Some(Period::Month),
        Some("year") => Some(Period::Year),
        Some("once") => Some(Period::Once),
        Some(_) => {
            return Err(bad(
                "E-VALUE-UNIT",
                "the period is not known",
                "write month or year",
            ));
        }
    };
    let fen = parse_fixed(amount, 2).map_err(|e| {
        bad(
            "E-VALUE-NUMBER",
            e.to_string(),
            "amounts are yuan with at most two decimals",
        )
    })?;
    let as_published = || Some(text.to_string());
    match (period, given) {
        (Period::Once | Period::Any, None | Some(Period::Once))
        | (Period::Month, Some(Period::Month))
        | (Period::Year, Some(Period::Year)) => Ok(Read {
            value: fen,
            published_as: None,
        }),
        (Period::Year, Some(Period::Month)) => {
            let value = fen
                .checked_mul(12)
                .ok_or_else(|| bad("E-VALUE-NUMBER", "the number is too large", ""))?;
            Ok(Read {
                value,
                published_as: as_published(),
            })
        }
        (Period::Month, Some(Period::Year)) => {
            let rule = rounding.unwrap_or(Rounding::Exact);
            match div_round(i128::from(fen), 12, rule) {
                Some(value) => Ok(Read {
                    value,
                    published_as: as_published(),
                }),
                None => Err(bad(
                    "E-VALUE-UNIT",
                    "the amount per year does not divide into whole fen per month",
                    "say rounding = \"half_up\", \"up\" or \"down\"",
                )),
            }
        }
        (Period::Once | Period::Any, Some(_)) => Err(bad(
            "E-VALUE-UNIT",
            "this is an amount, not an amount per month or year",
            "leave the period out",
        )),
        (Period::Month | Period::Year, None | Some(Period::Once | Period::Any)) => Err(bad(
            "E-VALUE-UNIT",
            "the period is missing",
            "write \"2600/month\" or { value = \"2600\", per = \"month\" }",
        )),
    }
}
