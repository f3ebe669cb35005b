//! Readers: a table of a case, and what stands at one word of it.

use minzheng_rules::date::Day;
use minzheng_rules::number::parse_fixed;
use serde_json::{Map, Value};

use super::Refusal;
use super::vocabulary::WORDS_ONLY;

/// A table of a case and the word it stands under. A word that is absent, null or "not stated" says nothing.
#[derive(Clone, Copy)]
pub(super) struct Table<'v> {
    at: &'v str,
    rows: &'v Map<String, Value>,
}

impl<'v> Table<'v> {
    /// A table whose words are labels.
    pub(super) fn open(at: &'v str, value: &'v Value) -> Result<Self, Refusal> {
        match value {
            Value::Object(rows) => Ok(Self { at, rows }),
            _ => shape(at, "a table"),
        }
    }

    /// A table of which every word is in one of the lists.
    pub(super) fn read(at: &'v str, value: &'v Value, lists: &[&[&str]]) -> Result<Self, Refusal> {
        let table = Self::open(at, value)?;
        table.only(lists)?;
        Ok(table)
    }

    pub(super) fn of(at: &'v str, rows: &'v Map<String, Value>) -> Self {
        Self { at, rows }
    }

    /// Refuses a word that is in none of the lists.
    pub(super) fn only(self, lists: &[&[&str]]) -> Result<(), Refusal> {
        let known = |w: &str| WORDS_ONLY.contains(&w) || lists.iter().any(|list| list.contains(&w));
        match self.rows.keys().find(|key| !known(key)) {
            Some(key) => Err(Refusal::UnknownWord(self.place(key))),
            None => Ok(()),
        }
    }

    /// Where a word stands, for a message.
    pub(super) fn place(self, key: &str) -> String {
        format!("{}.{key}", self.at)
    }

    fn shape<T>(self, key: &str, want: &'static str) -> Result<T, Refusal> {
        shape(&self.place(key), want)
    }

    /// All that is written, whatever it says.
    pub(super) fn rows(self) -> &'v Map<String, Value> {
        self.rows
    }

    /// The stated value.
    pub(super) fn get(self, key: &str) -> Option<&'v Value> {
        self.rows
            .get(key)
            .filter(|v| !v.is_null() && v.as_str() != Some("not stated"))
    }

    pub(super) fn has(self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn truth(self, key: &str) -> Result<Option<bool>, Refusal> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Bool(b)) => Ok(Some(*b)),
            Some(Value::String(s)) if s == "none" => Ok(Some(false)),
            Some(_) => self.shape(key, "true or false"),
        }
    }

    pub(super) fn count(self, key: &str) -> Result<Option<i64>, Refusal> {
        match self.get(key).map(Value::as_i64) {
            None => Ok(None),
            Some(None) => self.shape(key, "a whole number"),
            Some(number) => Ok(number),
        }
    }

    pub(super) fn text(self, key: &str) -> Result<Option<&'v str>, Refusal> {
        match self.get(key).map(Value::as_str) {
            None => Ok(None),
            Some(None) => self.shape(key, "a word"),
            Some(word) => Ok(word),
        }
    }

    pub(super) fn list(self, key: &str) -> Result<Option<&'v [Value]>, Refusal> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Array(list)) => Ok(Some(list)),
            Some(_) => self.shape(key, "a list"),
        }
    }

    /// A list of words.
    pub(super) fn texts(self, key: &str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(list) = self.list(key)? else {
            return Ok(None);
        };
        let words: Option<Vec<String>> = list
            .iter()
            .map(|one| one.as_str().map(str::to_owned))
            .collect();
        words.map_or_else(|| self.shape(key, "a list of words"), |w| Ok(Some(w)))
    }

    /// A table within, of which every word is in the list.
    pub(super) fn table(self, key: &'v str, list: &[&str]) -> Result<Option<Self>, Refusal> {
        self.get(key)
            .map(|value| Self::read(key, value, &[list]))
            .transpose()
    }

    pub(super) fn day(self, key: &str) -> Result<Option<Day>, Refusal> {
        self.get(key).map(|value| day(key, value)).transpose()
    }

    /// An amount of no period, in fen.
    pub(super) fn fen(self, key: &str) -> Result<Option<i64>, Refusal> {
        self.get(key)
            .map(|value| fen(&self.place(key), value))
            .transpose()
    }

    /// An amount as fen per year.
    pub(super) fn yearly(self, key: &str) -> Result<Option<i64>, Refusal> {
        self.get(key)
            .map(|value| Flow::read(&self.place(key), value)?.yearly(key))
            .transpose()
    }

    /// The amount at a word of this table, in the period that the table names.
    pub(super) fn flow(self, key: &str) -> Result<Option<Flow>, Refusal> {
        let Some(amount) = self.get(key) else {
            return Ok(None);
        };
        let period = self.text("period")?.unwrap_or("month");
        Ok(Some(Flow {
            fen: fen(&self.place(key), amount)?,
            months: months(&self.place("period"), period)?,
        }))
    }
}

/// An amount of money every so many months.
#[derive(Clone, Copy)]
pub(super) struct Flow {
    pub(super) fen: i64,
    pub(super) months: i64,
}

impl Flow {
    /// An amount of every month, or `{amount, period}`.
    pub(super) fn read(at: &str, value: &Value) -> Result<Self, Refusal> {
        if !value.is_object() {
            return Ok(Self {
                fen: fen(at, value)?,
                months: 1,
            });
        }
        let table = Table::read(
            at,
            value,
            &[&[
                "amount", "period", "per", "hukou", "level", "from_age", "groups", "added",
                "declared", "found",
            ]],
        )?;
        table
            .flow("amount")?
            .map_or_else(|| shape(at, "an amount"), Ok)
    }

    /// Fen per year.
    pub(super) fn yearly(self, at: &str) -> Result<i64, Refusal> {
        let times = 12_i64.checked_div(self.months).unwrap_or(12);
        self.fen
            .checked_mul(times)
            .map_or_else(|| shape(at, "a smaller amount"), Ok)
    }

    /// A figure per month or year, as a file writes it.
    pub(super) fn figure(self, at: &str) -> Result<String, Refusal> {
        if self.months == 12 {
            return Ok(format!("{}/year", yuan(self.fen)));
        }
        whole(
            self.fen,
            self.months,
            at,
            "the amount is not a whole number of fen per month",
        )
        .map(|month| format!("{}/month", yuan(month)))
    }
}

pub(super) fn shape<T>(at: &str, want: &'static str) -> Result<T, Refusal> {
    Err(Refusal::Shape(at.to_owned(), want))
}

/// A word that is known and says what no rule holds.
pub(super) fn untold<T>(at: &str, why: &'static str) -> Result<T, Refusal> {
    Err(Refusal::NotTranslated(at.to_owned(), why))
}

/// A word that is not known.
pub(super) fn unknown<T>(at: &str, word: &str) -> Result<T, Refusal> {
    Err(Refusal::UnknownWord(format!("{at}: {word}")))
}

/// A division that must leave nothing.
pub(super) fn whole(of: i64, by: i64, at: &str, why: &'static str) -> Result<i64, Refusal> {
    match (of.checked_rem(by), of.checked_div(by)) {
        (Some(0), Some(part)) => Ok(part),
        _ => untold(at, why),
    }
}

/// The nearest whole number of units, a half upwards.
pub(super) fn nearest(of: i64, unit: i64) -> i64 {
    let half = unit.checked_div(2).unwrap_or(0);
    of.saturating_add(half).checked_div(unit).unwrap_or(0)
}

/// Yuan as fen.
pub(super) fn fen(at: &str, value: &Value) -> Result<i64, Refusal> {
    let written = match value {
        Value::Number(n) => n.to_string(),
        Value::String(s) => s.clone(),
        _ => return shape(at, "an amount in yuan"),
    };
    let written = written.strip_suffix(".0").unwrap_or(&written);
    parse_fixed(written, 2).or_else(|_| shape(at, "an amount in yuan"))
}

/// Fen as yuan.
pub(super) fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen.div_euclid(100), fen.rem_euclid(100))
}

pub(super) fn months(at: &str, period: &str) -> Result<i64, Refusal> {
    Ok(match period {
        "month" => 1,
        "2 months" => 2,
        "quarter" => 3,
        "half-year" => 6,
        "year" => 12,
        _ => return shape(at, "month, quarter, half-year, year or \"2 months\""),
    })
}

/// A day, or the first one of a month.
pub(super) fn day(at: &str, value: &Value) -> Result<Day, Refusal> {
    let Some(word) = value.as_str() else {
        return shape(at, "a day");
    };
    let first = if word.len() == 7 {
        format!("{word}-01")
    } else {
        word.to_owned()
    };
    Day::parse(&first).map_or_else(|| shape(at, "a day"), Ok)
}
