//! What a close code says about the model: data of a pack.

use std::collections::BTreeMap;

use minzheng_rules::error::Diagnostics;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Lang, Status, Words};
use serde::Deserialize;

use super::super::alert::CloseCode;
use crate::catalog::words;
use crate::error::Error;
use crate::packs::rows::{finding, read};

words! {
    /// What a close code says about the suspicion.
    Reading {
        /// It was right.
        Confirms = "confirms",
        /// It was wrong.
        Refutes = "refutes",
        /// Nothing either way: it is not counted.
        Silent = "silent",
    }
}

impl Reading {
    /// Its words for people.
    pub const fn words(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Confirms => ("属实", "confirmed"),
            Self::Refutes => ("不属实", "refuted"),
            Self::Silent => ("不计", "not counted"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// What each close code says (`[[warning.close_code]]`): every code has one row.
///
/// ```
/// use minzheng::warning::alert::CloseCode;
/// use minzheng::warning::learn::{Reading, Readings};
///
/// let readings = Readings::load(minzheng::Engine::built_in()?.packs())?;
/// assert_eq!(readings.of(CloseCode::Enrolled), Reading::Confirms);
/// assert_eq!(readings.of(CloseCode::Unreachable), Reading::Silent);
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readings {
    by_code: BTreeMap<CloseCode, Reading>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    code: CloseCode,
    says: Reading,
    #[serde(rename = "status")]
    _status: Status,
    #[serde(default, rename = "note")]
    _note: Words,
    #[serde(default, rename = "cite")]
    _cite: Vec<String>,
}

impl Readings {
    /// The readings of some packs.
    ///
    /// # Errors
    /// `E-ALERT-ROW`, with file and line: a row of another form, a code that is there twice, or one that is not there.
    pub fn load(packs: &PackSet) -> Result<Self, Error> {
        let mut findings = Diagnostics::new();
        let mut by_code = BTreeMap::new();
        let rows = packs.host_rows("warning.close_code");
        for row in rows {
            let raw: Raw = match read(row, "E-ALERT-ROW") {
                Ok(raw) => raw,
                Err(found) => {
                    findings.push(found);
                    continue;
                }
            };
            if by_code.insert(raw.code, raw.says).is_some() {
                let message = format!("the close code `{}` is there twice", raw.code.word());
                findings.push(finding(&row.origin, "E-ALERT-ROW", message).help("keep one"));
            }
        }
        for code in CloseCode::ALL {
            if !by_code.contains_key(code) && !findings.has_errors() {
                let message = format!("no pack says what the close code `{}` means", code.word());
                let help = "add a row `[[warning.close_code]]`";
                let found = crate::error::Finding::new("E-ALERT-ROW", message, help);
                return Err(Error::one(found));
            }
        }
        if findings.has_errors() {
            return Err(findings.into());
        }
        Ok(Self { by_code })
    }

    /// What a code says.
    pub fn of(&self, code: CloseCode) -> Reading {
        // every code has a row
        self.by_code.get(&code).copied().unwrap_or(Reading::Silent)
    }

    /// All codes with what they say.
    pub fn iter(&self) -> impl Iterator<Item = (CloseCode, Reading)> {
        self.by_code.iter().map(|(code, says)| (*code, *says))
    }
}
