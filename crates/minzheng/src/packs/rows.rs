//! Rows of packs that this crate reads itself, as types: with file and line, unknown keys refused.

use minzheng_rules::error::{Diagnostic, nearest};
use minzheng_rules::pack::model::{HostRow, Origin};
use serde::de::DeserializeOwned;

/// Reads a row.
///
/// # Errors
/// A finding of this code where a key is unknown, missing, or of another kind.
pub(crate) fn read<T: DeserializeOwned>(
    row: &HostRow,
    code: &'static str,
) -> Result<T, Diagnostic> {
    let value = toml::Value::Table(row.table.clone());
    value.try_into().map_err(|error: toml::de::Error| {
        let words = error.message().trim();
        let mut quoted = words.split('`').skip(1).step_by(2);
        let known = |prefix: &str| words.strip_prefix(prefix).is_some();
        let unknown = ["unknown field", "unknown variant"]
            .into_iter()
            .find(|p| known(p));
        let (message, help) = match (unknown, quoted.next()) {
            (Some(_), Some(word)) => {
                let help = nearest(word, quoted).map(|near| format!("did you mean `{near}`?"));
                (format!("`{word}` is not known here"), help)
            }
            _ => (words.lines().next().unwrap_or_default().to_owned(), None),
        };
        finding(&row.origin, code, message).help(help.unwrap_or_default())
    })
}

/// A finding about a row.
pub(crate) fn finding(
    origin: &Origin,
    code: &'static str,
    message: impl Into<String>,
) -> Diagnostic {
    Diagnostic::error(code, message).at(origin.file.as_ref(), origin.line, 0)
}

/// The finding that nothing is called so, with the nearest name.
pub(crate) fn unknown<'n>(
    origin: &Origin,
    code: &'static str,
    what: &str,
    word: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Diagnostic {
    let help = nearest(word, known).map(|near| format!("did you mean `{near}`?"));
    finding(origin, code, format!("unknown {what} `{word}`")).help(help.unwrap_or_default())
}

/// Small letters, digits and underscores, beginning with a letter.
pub(crate) fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
