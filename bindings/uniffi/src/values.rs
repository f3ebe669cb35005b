//! Values that cross the border: money, days, words, languages.

use chrono::NaiveDate;
use minzheng_rules::date::Day;
use minzheng_rules::error::Diagnostic;
use minzheng_rules::pack::model;

use crate::error::MinzhengError;

/// A day of the calendar, from the year 1 to 9999: `java.time.LocalDate` in Kotlin, `DateComponents` with year, month and day in
/// Swift. It has no time and no time zone.
pub type CalendarDate = NaiveDate;

uniffi::custom_type!(CalendarDate, i32, {
    remote,
    try_lift: |days| NaiveDate::from_epoch_days(days)
        .filter(|day| Day::from_date(*day).is_some())
        .ok_or_else(|| {
            let wrong = Diagnostic::error("E-VALUE-DATE", "not a day of the calendar, or outside the years 1 to 9999")
                .help("give year, month and day of a day that there is");
            MinzhengError::argument(wrong).into_lift()
        }),
    lower: |day| day.to_epoch_days(),
});

/// An exact amount of money in whole fen (分), a hundredth of a yuan. Never a floating-point number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, uniffi::Record)]
pub struct Money {
    /// The whole fen.
    pub fen: i64,
}

impl From<minzheng::Money> for Money {
    fn from(money: minzheng::Money) -> Self {
        Self { fen: money.fen() }
    }
}

impl From<Money> for minzheng::Money {
    fn from(money: Money) -> Self {
        Self::from_fen(money.fen)
    }
}

/// Reads an amount in yuan as it is written: `2113.00`. Nothing is rounded.
///
/// Errors: `E-VALUE-NUMBER` where it is no decimal number, has more than two places, or is too large.
#[uniffi::export]
pub fn money_of_yuan(text: &str) -> Result<Money, MinzhengError> {
    let read = text.parse::<minzheng::Money>();
    read.map(Money::from).map_err(|e| {
        let wrong = Diagnostic::error("E-VALUE-NUMBER", e.to_string());
        MinzhengError::argument(wrong.help("write yuan with at most two places, as 2113.00"))
    })
}

/// The same words in Chinese and in English.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&model::Words> for Words {
    fn from(words: &model::Words) -> Self {
        Self {
            zh: words.zh.clone(),
            en: words.en.clone(),
        }
    }
}

impl Words {
    /// The words that a function gives for each language.
    pub(crate) fn each(say: impl Fn(model::Lang) -> String) -> Self {
        Self {
            zh: say(model::Lang::Zh),
            en: say(model::Lang::En),
        }
    }
}

/// A language of words for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl From<Lang> for model::Lang {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Zh => Self::Zh,
            Lang::En => Self::En,
        }
    }
}

/// A key with its value, in the words of packs: `hukou`, `urban`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct KeyValue {
    /// The name of the key.
    pub key: String,
    /// Its value.
    pub value: String,
}
