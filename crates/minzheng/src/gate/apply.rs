//! Doing to rows what was decided.

use serde_json::{Map, Value};

use super::{Decision, Generalisation, Rows, Treatment};
use crate::digest::Sm3;
use crate::error::{Error, Finding};
use crate::identity::ResidentNumber;

/// The keyed digest by which a person is named at the gate and in the audit trail: of the number in its one form, whatever
/// form it was written in.
///
/// # Errors
/// `E-ID-…` where the text is no identity number.
///
/// ```
/// use minzheng::gate::subject;
///
/// assert_eq!(subject(b"key", "11010519491231002x")?, subject(b"key", " 11010519491231002X")?);
/// # Ok::<(), minzheng::Error>(())
/// ```
pub fn subject(key: &[u8], number: &str) -> Result<Sm3, Error> {
    let number = ResidentNumber::parse(number)?;
    Ok(Sm3::keyed(key, number.reveal().as_bytes()))
}

impl Treatment {
    /// What becomes of a value written as text: a day as `2026-07-01`, a place as six digits. None is a value that is not
    /// given.
    pub fn text(self, value: &str, key: &[u8]) -> Option<String> {
        match self {
            Self::Plain => Some(value.to_owned()),
            Self::Mask { mask } => Some(mask.mask(value)),
            // a number that is none is still one value to be told from others
            Self::Digest => Some(match subject(key, value) {
                Ok(digest) => digest.to_string(),
                Err(_) => Sm3::keyed(key, value.trim().as_bytes()).to_string(),
            }),
            Self::Generalise { to } => {
                // four digits are the year of a day and the prefecture of a place
                let start = value.get(..4)?;
                let text = match to {
                    Generalisation::Year => start.to_owned(),
                    Generalisation::Prefecture => format!("{start}00"),
                };
                start.bytes().all(|b| b.is_ascii_digit()).then_some(text)
            }
            Self::Deny => None,
        }
    }
}

impl Decision {
    /// Whether the key of digests is needed to apply it.
    pub fn needs_key(&self) -> bool {
        matches!(self.rows, Rows::Subjects { .. })
            || self.fields.iter().any(|f| f.treatment == Treatment::Digest)
    }

    /// The column that says which rows are given; none where all or no rows are.
    pub fn row_column(&self) -> Option<&str> {
        match &self.rows {
            Rows::Subjects { column, .. } | Rows::Places { column, .. } => Some(column),
            Rows::Nothing | Rows::All => None,
        }
    }

    /// Whether a row is given, by the text of its [`row_column`](Self::row_column). A row that does not say of whom or from where
    /// it is, is not given.
    pub fn gives_row(&self, value: Option<&str>, key: &[u8]) -> bool {
        match (&self.rows, value) {
            (Rows::All, _) => true,
            (Rows::Subjects { subjects, .. }, Some(number)) => subject(key, number)
                .is_ok_and(|digest| subjects.iter().any(|s| s.subject == digest)),
            (Rows::Places { places, .. }, Some(place)) => places.iter().any(|p| p == place),
            _ => false,
        }
    }

    /// The key, where it is needed.
    ///
    /// # Errors
    /// `E-GATE-KEY` where it is needed and not given.
    pub fn key<'k>(&self, key: Option<&'k [u8]>) -> Result<&'k [u8], Error> {
        match key.filter(|k| !k.is_empty()) {
            Some(key) => Ok(key),
            None if !self.needs_key() => Ok(&[]),
            None => Err(Error::one(Finding::new(
                "E-GATE-KEY",
                "the decision names persons by a keyed digest, and there is no key",
                "give the key that the digests of the request were made with",
            ))),
        }
    }
}

/// Rows as the decision gives them: only rows and columns that are given, each treated. Keys of a row are the columns of its
/// table (money as `amount_fen`); a column that the decision does not name is not given.
///
/// # Errors
/// `E-GATE-KEY`; `E-GATE-ROW` where a row has no column that says whose it is.
pub fn apply(
    decision: &Decision,
    rows: &[Map<String, Value>],
    key: Option<&[u8]>,
) -> Result<Vec<Map<String, Value>>, Error> {
    let key = decision.key(key)?;
    let mut out = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let value = match decision.row_column() {
            Some(column) => match row.get(column) {
                Some(value) => text(value),
                None => {
                    let message = format!("the row has no column `{column}` by which it is given");
                    let found = Finding::new("E-GATE-ROW", message, "hand the column in as well");
                    return Err(Error::one(found.path_is(format!("rows[{at}]"))));
                }
            },
            None => None,
        };
        if !decision.gives_row(value.as_deref(), key) {
            continue;
        }
        let given = decision.fields.iter().filter_map(|field| {
            let value = row.get(&field.column)?;
            let value = match field.treatment {
                Treatment::Deny => return None,
                Treatment::Plain => value.clone(),
                other => text(value)
                    .and_then(|t| other.text(&t, key))
                    .map_or(Value::Null, Value::String),
            };
            Some((field.column.clone(), value))
        });
        out.push(given.collect());
    }
    Ok(out)
}

/// A value as text: numbers are places here, six digits.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(format!("{:06}", number.as_u64()?)),
        _ => None,
    }
}
